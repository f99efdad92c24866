# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity site`: protected sites, who may know of them, and what is notified near a place."""

from pathlib import Path
from typing import Annotated, Any

import typer

from comity.entrypoints.cli.acts import make_record
from comity.entrypoints.cli.frame import (
    HOME_DEFAULT,
    ExerciseOption,
    HomeOption,
    JsonOption,
    OperatorOption,
    composition,
    ended_properly,
    group,
)
from comity.entrypoints.cli.paths import site_path

site = group("Protected sites: the register, consents, and what is notified near a place.")

SiteArgument = Annotated[str, typer.Argument(help="The site's id, party/number.")]
OriginOption = Annotated[str, typer.Option(help="Where this comes from: a name.")]
OriginKindOption = Annotated[
    str, typer.Option(help="owner, visit, imagery, register or report: how it is known.")
]
WordsOption = Annotated[str, typer.Option(help="In words, for whoever reads the record.")]
SitesOption = Annotated[
    list[str] | None, typer.Option("--site", help="Of this site; repeatable. All if left out.")
]
PrecisionOption = Annotated[
    float, typer.Option(help="0: as entered; else a disc of at least this size holds the place.")
]


@site.command("add")
@ended_properly
def add(
    context: typer.Context,
    kind: Annotated[
        str, typer.Argument(help="hospital, school, shelter … (docs/spec/site.md §4).")
    ],
    name: Annotated[
        list[str],
        typer.Option(help="Text, or text@Script/language: Больница@Cyrl/ru; repeatable."),
    ],
    lat: Annotated[list[float], typer.Option(help="Latitude in degrees; repeat for an area.")],
    lon: Annotated[list[float], typer.Option(help="Longitude in degrees; as many.")],
    owner: Annotated[str, typer.Option(help="Who runs the place.")],
    origin: OriginOption,
    origin_kind: OriginKindOption,
    radius_m: Annotated[float, typer.Option(help="The place is all within this.")] = 0.0,
    accuracy_m: Annotated[
        float | None, typer.Option(help="Of the position; not stated: taken for 1 km.")
    ] = None,
    datum: Annotated[
        str, typer.Option(help="WGS84 or unstated: another is widened by 1 km.")
    ] = "unstated",
    contact: Annotated[str | None, typer.Option(help="Whom to reach there.")] = None,
    contact_until: Annotated[str | None, typer.Option(help="RFC 3339; needed with it.")] = None,
    renew_by: Annotated[str | None, typer.Option(help="RFC 3339; half a year if left out.")] = None,
    change: Annotated[str | None, typer.Option(help="A new version of this site.")] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter a site that this party speaks for, or a new version of one. It is self-reported at first.

    Example: `comity site add hospital --name "Invented hospital" --lat -10 --lon -150 --owner "Invented Trust"
    --origin "owner's list" --origin-kind owner --datum WGS84 --accuracy-m 20`
    """
    from comity.entrypoints.cli import sites

    row: dict[str, Any] = {
        "site": change,
        "kind": kind,
        "names": [sites.stated_name(each) for each in name],
        "place": {
            "latitude_deg": lat,
            "longitude_deg": lon,
            "kind": "ring" if len(lat) > 2 else "path",
            "radius_m": radius_m,
            "accuracy_m": accuracy_m,
            "datum": datum,
        },
        "owner": owner,
        "origin": {"name": origin, "kind": origin_kind},
        "contact": None if contact is None else {"words": contact, "until": contact_until or ""},
        "renew_by": renew_by,
    }
    sites.enter(composition(context), home, operator, [row], exercise=exercise, as_json=as_json)


@site.command("list")
@ended_properly
def list_(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help="Only in this state.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only of this party.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 100,
    offset: Annotated[int, typer.Option(help="Leave out the first so many.")] = 0,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List sites known here, own and notified. What is not listed may be protected all the same.

    Example: `comity site list --state disputed`

    Each other party is told that you saw its sites, once until they change. Asking for more than 5,000 rows of
    different lists in a day rings, here and at the owners; 20,000 are the most. --owner with our own id is free.
    """
    from comity.entrypoints.api.site_messages import SitesTold
    from comity.entrypoints.cli import sites
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_banner, print_json

    with open_node(composition(context), home, operator) as client:
        told = client.get(
            "/v1/sites", SitesTold,
            state=state, owner=owner, limit=limit, offset=offset, exercise=exercise,
        )  # fmt: skip
    if as_json:
        print_json(told)
    else:
        print_banner(exercise=exercise)
        sites.print_sites(told)


@site.command("show")
@ended_properly
def show(
    context: typer.Context,
    site: SiteArgument,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one site: where it is or may be, its state, who checked it and when.

    Example: `comity site show aurelia.q3mbt5aa/00c0ffee00c0ffee`
    """
    from comity.entrypoints.api.site_messages import SiteTold
    from comity.entrypoints.cli import sites
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    with open_node(composition(context), home, operator) as client:
        told = client.get(site_path(site), SiteTold, exercise=exercise)
    print_told(told, sites.print_site, as_json=as_json)


@site.command("verify")
@ended_properly
def verify(
    context: typer.Context,
    site: SiteArgument,
    origin: OriginOption,
    origin_kind: OriginKindOption,
    words: WordsOption = "confirmed",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Confirm a site: as a second person, from a second origin. Of a peer's site its owner is told.

    Example: `comity site verify aurelia.q3mbt5aa/00c0ffee00c0ffee --origin "visit of June" --origin-kind visit`
    """
    body = {"finding": "confirmed", "origin": {"name": origin, "kind": origin_kind}, "words": words}
    make_record(
        context, home, operator, f"{site_path(site)}/finding", body,
        exercise=exercise, as_json=as_json,
    )  # fmt: skip


@site.command("dispute")
@ended_properly
def dispute(
    context: typer.Context,
    site: SiteArgument,
    origin: OriginOption,
    origin_kind: OriginKindOption,
    words: WordsOption,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that a site is not as entered. It stays notified, as disputed, until its owner settles it.

    Example: `comity site dispute aurelia.q3mbt5aa/00c0ffee00c0ffee --origin "imagery of May"
    --origin-kind imagery --words "no building there"`
    """
    body = {"finding": "disputed", "origin": {"name": origin, "kind": origin_kind}, "words": words}
    make_record(
        context, home, operator, f"{site_path(site)}/finding", body,
        exercise=exercise, as_json=as_json,
    )  # fmt: skip


@site.command("renew")
@ended_properly
def renew(
    context: typer.Context,
    site: SiteArgument,
    until: Annotated[str, typer.Argument(help="RFC 3339, at most 400 days ahead.")],
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that an entry still holds, until then.

    Example: `comity site renew aurelia.q3mbt5aa/00c0ffee00c0ffee 2027-06-01T00:00:00Z`
    """
    make_record(
        context, home, operator, f"{site_path(site)}/renew", {"renew_by": until},
        exercise=exercise, as_json=as_json,
    )  # fmt: skip


@site.command("end")
@ended_properly
def end(
    context: typer.Context,
    site: SiteArgument,
    words: WordsOption,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that there is nothing to protect there any more; whoever was told of it is told that too.

    Example: `comity site end aurelia.q3mbt5aa/00c0ffee00c0ffee --words "moved to the new building"`
    """
    make_record(
        context, home, operator, f"{site_path(site)}/end", {"words": words},
        exercise=exercise, as_json=as_json,
    )  # fmt: skip


@site.command("erase")
@ended_properly
def erase(
    context: typer.Context,
    site: SiteArgument,
    words: WordsOption,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase what was entered of an own site that has ended: place, names, owner, contact, origin.

    Example: `comity site erase aurelia.q3mbt5aa/00c0ffee00c0ffee --words "asked for by the trust"`

    The bytes go from this node's store and cannot be brought back; that there was a site, who erased it and why
    stays. What was told to others stays with them: they are listed, and `comity site ask-erase` asks them. A backup
    made before still holds it.
    """
    from comity.entrypoints.api.site_messages import SiteErasedTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_line

    path = f"{site_path(site)}/erase"
    with open_node(composition(context), home, operator) as client:
        told = client.post(path, {"words": words}, SiteErasedTold, exercise=exercise)
    if as_json:
        print_json(told)
        return
    print_line(f"erased from {len(told.records)} record(s), on record as {told.digest}")
    for each in told.told:
        print_line(f"  {each} was given it: that copy is not erased by this")
    print_line("  Drop every backup that was made before.")


@site.command("copies")
@ended_properly
def copies(
    context: typer.Context,
    site: SiteArgument,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who may still hold an own site: copies, what was taken back or erased by whose word, and packs.

    Example: `comity site copies aurelia.q3mbt5aa/00c0ffee00c0ffee`
    """
    from comity.entrypoints.api.site_messages import HoldersTold
    from comity.entrypoints.cli import sites
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    path = f"{site_path(site)}/copies"
    with open_node(composition(context), home, operator) as client:
        told = client.get(path, HoldersTold, exercise=exercise)
    print_told(told, lambda told: sites.print_holders(told.copies, told.packs), as_json=as_json)


@site.command("ask-erase")
@ended_properly
def ask_erase(
    context: typer.Context,
    recipient: Annotated[str, typer.Argument(help="The party that was told of them.")],
    site: Annotated[list[str], typer.Option("--site", help="An own site; repeatable, up to 100.")],
    words: WordsOption,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a party to erase all that it was told of own sites that were taken back there.

    Example: `comity site ask-erase borealis.h46ugnyl --site aurelia.q3mbt5aa/00c0ffee00c0ffee
    --words "the clinic has been threatened"`

    A person there erases it or says why not; until then nothing is known, and after a day it is overdue: then the very
    same may be asked again, for a node of an earlier version cannot read it. Packs, prints and backups are beside it:
    `comity site withdraw` lists the packs, the answer says in words what became of them.
    """
    body = {"recipient": recipient, "sites": site, "words": words}
    make_record(
        context, home, operator, "/v1/sites/erasures", body,
        exercise=exercise, as_json=as_json,
    )  # fmt: skip


@site.command("erasures")
@ended_properly
def erasures(
    context: typer.Context,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Requests to erase copies, made here and got from others, and what came of each.

    Example: `comity site erasures`
    """
    from comity.entrypoints.api.site_messages import ErasureTold
    from comity.entrypoints.cli import sites
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/sites/erasures", list[ErasureTold], exercise=exercise)
    print_told(told, sites.print_erasures, as_json=as_json)


@site.command("answer-erase")
@ended_properly
def answer_erase(
    context: typer.Context,
    request: Annotated[str, typer.Argument(help="The request's digest, from `site erasures`.")],
    words: WordsOption,
    refuse: Annotated[bool, typer.Option("--refuse", help="Keep it, and say why.")] = False,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase what another party asks to be erased here, or refuse and say why. The owner is told, signed.

    Example: `comity site answer-erase 7d0f… --words "packs P1 and P2 destroyed, none printed"`

    The bytes go from this node's store and cannot be brought back. What an own incident rests on is not erased.
    """
    from comity.entrypoints.api.site_messages import ErasureAnsweredTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_line

    body = {"answer": "refused" if refuse else "erased", "words": words}
    path = f"/v1/sites/erasures/{request}/answer"
    with open_node(composition(context), home, operator) as client:
        told = client.post(path, body, ErasureAnsweredTold, exercise=exercise)
    if as_json:
        print_json(told)
        return
    if refuse:
        print_line(f"refused, on record as {told.digest}")
        return
    print_line(f"erased from {len(told.records)} notice(s), on record as {told.digest}")
    print_line("  Drop every backup that was made before, and destroy packs and prints.")


@site.command("consent")
@ended_properly
def consent(
    context: typer.Context,
    recipient: Annotated[str, typer.Argument(help="The party that may know.")],
    precision_m: PrecisionOption,
    until: Annotated[str, typer.Option(help="RFC 3339; nothing more is given after it.")],
    words: WordsOption,
    site: SitesOption = None,
    names: Annotated[bool, typer.Option("--names", help="With names.")] = False,
    contact: Annotated[bool, typer.Option("--contact", help="With the contact.")] = False,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a party know of sites, as finely as you say. Without a consent nobody is told anything.

    Example: `comity site consent borealis.h46ugnyl --precision-m 2000 --until 2027-01-01T00:00:00Z
    --words "agreed at the table"`
    """
    body = {
        "recipient": recipient, "precision_m": precision_m, "until": until, "words": words,
        "sites": site or None, "names": names, "contact": contact,
    }  # fmt: skip
    make_record(
        context, home, operator, "/v1/sites/consents", body,
        exercise=exercise, as_json=as_json,
    )  # fmt: skip


@site.command("withdraw")
@ended_properly
def withdraw(
    context: typer.Context,
    recipient: Annotated[str, typer.Argument(help="The party that may know no longer.")],
    words: WordsOption,
    site: SitesOption = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a consent back. The party is told; who may still hold copies is listed.

    Example: `comity site withdraw borealis.h46ugnyl --words "the agreement was broken"`
    """
    from comity.entrypoints.api.site_messages import TakenBackTold
    from comity.entrypoints.cli import sites
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    body = {"recipient": recipient, "sites": site or None, "words": words}
    with open_node(composition(context), home, operator) as client:
        told = client.post("/v1/sites/consents/withdraw", body, TakenBackTold, exercise=exercise)
    print_told(told, sites.print_taken_back, as_json=as_json)


@site.command("expose")
@ended_properly
def expose(
    context: typer.Context,
    viewer: Annotated[str, typer.Argument(help="Who saw it, in words.")],
    site: Annotated[list[str], typer.Option("--site", help="Of this site; repeatable.")],
    precision_m: PrecisionOption,
    way: Annotated[str, typer.Option(help="How: on paper, by telephone.")],
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Note that somebody saw sites in a way that the node does not know of.

    Example: `comity site expose "crew of relief 7" --site aurelia.q3mbt5aa/00c0ffee00c0ffee
    --precision-m 0 --way "on paper"`
    """
    body = {"sites": site, "viewer": viewer, "precision_m": precision_m, "way": way}
    make_record(
        context, home, operator, "/v1/sites/exposures", body,
        exercise=exercise, as_json=as_json,
    )  # fmt: skip


@site.command("exposures")
@ended_properly
def exposures(
    context: typer.Context,
    site: SiteArgument,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who saw an own site, how finely, when and how.

    Example: `comity site exposures aurelia.q3mbt5aa/00c0ffee00c0ffee`
    """
    from comity.entrypoints.api.site_messages import SeenTold
    from comity.entrypoints.cli import sites
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    path = f"{site_path(site)}/exposures"
    with open_node(composition(context), home, operator) as client:
        told = client.get(path, list[SeenTold], exercise=exercise)
    print_told(told, sites.print_exposures, as_json=as_json)


@site.command("query")
@ended_properly
def query(
    context: typer.Context,
    lat: Annotated[list[float], typer.Option(help="Latitude in degrees; repeat for an area.")],
    lon: Annotated[list[float], typer.Option(help="Longitude in degrees; as many.")],
    radius_m: Annotated[float, typer.Option(help="How far around the point or area.")] = 0.0,
    begins: Annotated[str | None, typer.Option(help="RFC 3339; any time if left out.")] = None,
    ends: Annotated[str | None, typer.Option(help="RFC 3339.")] = None,
    own: Annotated[
        bool, typer.Option("--own", help="Of what this party speaks for alone; on no record.")
    ] = False,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask what is notified near a point, or an area of three corners and more.

    Example: `comity site query --lat -10 --lon -150 --radius-m 2000`

    Answers «touches …», «nothing notified here as of …» or «undetermined because …». Ends with 0 whatever the
    answer: none of them says that a place may be used, and a place that nobody notified may be protected.

    As with previews of notices, the question is on record, each owner of what it touches is told that you asked, and
    there are limits: 20 an hour, 60 a day, 12 about one area in a day, 64 cells of some 39 km. With --own nothing of
    that counts, and no answer says that nothing is notified.
    """
    from comity.entrypoints.api.site_messages import SiteAnswerTold
    from comity.entrypoints.cli import sites
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    body = {
        "latitude_deg": lat, "longitude_deg": lon, "radius_m": radius_m, "area": len(lat) > 2,
        "begins": begins, "ends": ends, "own": own,
    }  # fmt: skip
    with open_node(composition(context), home, operator) as client:
        told = client.post("/v1/sites/query", body, SiteAnswerTold, exercise=exercise)
    print_told(told, sites.print_answer, as_json=as_json)


@site.command("import")
@ended_properly
def import_(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="CSV with or without HXL tags, GeoJSON, KML, KMZ or GeoPackage.")
    ],
    origin: OriginOption,
    origin_kind: OriginKindOption = "register",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and check the file; enter nothing.")
    ] = False,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in a list of sites. Rows with a doubt wait for a person; nothing held is changed.

    Example: `comity site import clinics.csv --origin "ministry list of May"`

    Doubts: at (0, 0), axes swapped, wrong hemisphere, at sea, another country than stated, a duplicate, another
    name at the place, a contradiction. Ends with 1 where a row could not be read.
    """
    from comity.entrypoints.cli import site_import
    from comity.entrypoints.cli.exit_codes import RefusedError
    from comity.entrypoints.cli.render import print_told

    report = site_import.import_file(
        composition(context), home, operator, file, {"name": origin, "kind": origin_kind},
        dry_run=dry_run, exercise=exercise,
    )  # fmt: skip
    print_told(report, site_import.print_report, as_json=as_json)
    if report["refused"]:
        raise RefusedError(f"{len(report['refused'])} of {report['rows']} rows could not be read")


@site.command("proposals")
@ended_properly
def proposals(
    context: typer.Context,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 100,
    offset: Annotated[int, typer.Option(help="Leave out the first so many.")] = 0,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rows of imports that wait for a person, and why.

    Example: `comity site proposals`
    """
    from comity.entrypoints.api.site_messages import ProposalsTold
    from comity.entrypoints.cli import site_import
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    with open_node(composition(context), home, operator) as client:
        told = client.get(
            "/v1/sites/proposals", ProposalsTold, limit=limit, offset=offset, exercise=exercise
        )
    print_told(told, site_import.print_proposals, as_json=as_json)


@site.command("decide")
@ended_properly
def decide(
    context: typer.Context,
    record: Annotated[str, typer.Argument(help="The record that the row stands in.")],
    number: Annotated[int, typer.Argument(help="The row's number.")],
    enter: Annotated[bool, typer.Option("--enter/--leave", help="As a site of its own, or not.")],
    words: WordsOption,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter a row that waits, as a site of its own, or leave it.

    Example: `comity site decide 5e1f… 17 --leave --words "the same house twice"`
    """
    from comity.entrypoints.api.site_messages import AnsweredRowTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_line, print_told
    from comity.kernel.ids import record_digest

    path = f"/v1/sites/proposals/{record_digest(record)}/{number}"
    body = {"answer": "enter" if enter else "leave", "words": words}
    with open_node(composition(context), home, operator) as client:
        told = client.post(path, body, AnsweredRowTold, exercise=exercise)
    print_told(
        told,
        lambda told: print_line(
            f"entered as {told.site}" if told.site else "left; nothing was entered"
        ),
        as_json=as_json,
    )
