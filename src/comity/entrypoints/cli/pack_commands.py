# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity pack`: offline packs of what is protected, made by a node and read without one."""

from pathlib import Path
from typing import Annotated

import typer

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

pack = group(
    "Offline packs: what is notified, signed, with its age and expiry, for machines without a node."
)
PackArgument = Annotated[Path, typer.Argument(help="The pack's file.")]
RootOption = Annotated[
    list[str] | None,
    typer.Option("--root", help="The maker's card, or its file: no other root key is then taken."),
]


@pack.command("make")
@ended_properly
def make(
    context: typer.Context,
    holder: Annotated[
        str,
        typer.Argument(
            help="Who gets it, in words: stands in the exposure log, and the owners of what it holds are told."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    recipient: Annotated[
        str | None,
        typer.Option("--for", help="The party whose people these are; this one if left out."),
    ] = None,
    near_lat: Annotated[
        float | None, typer.Option(help="Middle of the area it is for; everywhere if left out.")
    ] = None,
    near_lon: Annotated[float | None, typer.Option(help="Likewise.")] = None,
    within_km: Annotated[float, typer.Option(help="Radius of that area; at most 400.")] = 100.0,
    stale_after_h: Annotated[
        float, typer.Option(help="From then on it warns that it is old.")
    ] = 24.0,
    expires_after_h: Annotated[
        float, typer.Option(help="From then on it answers only what it touches; at most 720.")
    ] = 168.0,
    borders: Annotated[
        list[Path] | None, typer.Option(help="A border file to include; repeatable.")
    ] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a pack of what its holder may know: for this party's own people, or for another party's.

    Example: `comity pack make "crew of relief 7" -o relief-7.pack --near-lat -10 --near-lon -150 --within-km 200`

    It holds sites at the precision consented to, movements, notices, the border data by digest, and what earlier
    packs held and none may hold any more. That it was made, for whom and of what, is on record before the file
    appears; what was written is opened and checked first.
    """
    from comity.entrypoints.cli import packs
    from comity.entrypoints.cli.render import print_told

    told = packs.make(
        composition(context), home, operator, output,
        packs.wish(
            holder, recipient, (near_lat, near_lon, within_km), (stale_after_h, expires_after_h), borders or ()
        ),
        exercise=exercise,
    )  # fmt: skip
    print_told(told, packs.print_made, as_json=as_json)


@pack.command("verify")
@ended_properly
def verify(
    context: typer.Context,
    pack_file: PackArgument,
    root: RootOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a pack and say how old it is. Needs no node, no home and no network.

    Example: `comity pack verify relief-7.pack --root aurelia.card`

    Ends with 1 when anything does not hold, and when it has expired or is from the future. Without `--root`,
    compare the fingerprint that is printed with what the maker tells you.
    """
    from comity.entrypoints.cli import packs
    from comity.entrypoints.cli.exit_codes import RefusedError
    from comity.entrypoints.cli.render import print_told

    del context
    opened, told = packs.verified(pack_file, root or ())
    print_told(told, packs.print_verified, as_json=as_json)
    if told["condition"] in ("expired", "from-the-future"):
        raise RefusedError(packs.loud(opened))


@pack.command("check")
@ended_properly
def check(
    context: typer.Context,
    pack_file: PackArgument,
    lat: Annotated[
        list[float] | None, typer.Option(help="Latitude in degrees; three and more for an area.")
    ] = None,
    lon: Annotated[list[float] | None, typer.Option(help="Longitude in degrees; as many.")] = None,
    plan: Annotated[
        Path | None,
        typer.Option(help="Instead: a flight plan's file; every volume of it is asked about."),
    ] = None,
    radius_m: Annotated[float, typer.Option(help="How far around it; at most 200,000.")] = 0.0,
    begins: Annotated[str | None, typer.Option(help="RFC 3339; any time if left out.")] = None,
    ends: Annotated[str | None, typer.Option(help="RFC 3339.")] = None,
    root: RootOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a pack about a point, an area or a flight. Needs no node, no home and no network.

    Example: `comity pack check relief-7.pack --lat -10 --lon -150 --radius-m 2000`

    Answers «touches …», «nothing notified here as of …, pack … old» or «undetermined because …». Ends with 0
    whatever the answer: none of them says that a place may be used, and a place that nobody notified may be
    protected. An expired pack, or one from the future, still says what it touches, and nothing else.
    """
    from comity.entrypoints.cli import packs
    from comity.entrypoints.cli.render import print_told

    del context
    told = packs.checked(
        pack_file, root or (), (lat or (), lon or ()), plan, radius_m, (begins, ends)
    )
    print_told(told, packs.print_checked, as_json=as_json)


@pack.command("show")
@ended_properly
def show(
    context: typer.Context,
    pack_file: PackArgument,
    root: RootOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what is in a pack, after checking it as `verify` does.

    Example: `comity pack show relief-7.pack`
    """
    from comity.entrypoints.cli import packs
    from comity.entrypoints.cli.render import print_told

    del context
    opened, told = packs.verified(pack_file, root or ())
    contents = packs.contents(opened)
    print_told(
        {**told, **contents}, lambda _: packs.print_contents(told, contents), as_json=as_json
    )


@pack.command("export")
@ended_properly
def export(
    context: typer.Context,
    pack_file: PackArgument,
    form: Annotated[str, typer.Option("--format", help="kml, geojson or cot.")],
    viewer: Annotated[str, typer.Option(help="Who gets it, in words: stands in the exposure log.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a pack that this node made in a form that other tools read. The node puts it on record first.

    Example: `comity pack export relief-7.pack --format kml --viewer "tablet of relief 7" -o relief-7.kml`

    With it go the pack's age, its expiry, and that areas contain the true place. An expired pack is refused: the
    other tool would show it as if it were new.
    """
    from comity.entrypoints.cli import packs
    from comity.entrypoints.cli.render import print_line, print_told

    told = packs.export(composition(context), home, operator, pack_file, form, viewer, output)
    print_told(
        told,
        lambda told: print_line(
            f"{output}: SHA-256 {told['sha256']}, on record as {told['record']}"
        ),
        as_json=as_json,
    )


@pack.command("list")
@ended_properly
def list_(
    context: typer.Context,
    site: Annotated[str | None, typer.Option(help="Only packs that hold this site.")] = None,
    in_force: Annotated[bool, typer.Option("--in-force", help="Leave out expired ones.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 100,
    offset: Annotated[int, typer.Option(help="Leave out the first so many.")] = 0,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Packs that this node made, newest first: who holds which, how finely, until when.

    Example: `comity pack list --site aurelia.q3mbt5aa/00c0ffee00c0ffee`
    """
    from comity.entrypoints.api.pack_messages import PackTold
    from comity.entrypoints.cli import packs
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_told

    with open_node(composition(context), home, operator) as client:
        told = client.get(
            "/v1/packs", list[PackTold], site=site, in_force=in_force, limit=limit, offset=offset
        )
    print_told(told, packs.print_packs, as_json=as_json)
