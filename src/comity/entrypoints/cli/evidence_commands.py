# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity evidence`: bundle, verify, show."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from comity.entrypoints.cli.paths import incident_path

if TYPE_CHECKING:
    from comity.application.make_bundle import Chosen
    from comity.domain.evidence import VerifiedBundle

evidence = group("Evidence bundles: chosen records with their proofs, verified by anyone offline.")
BundleArgument = Annotated[Path, typer.Argument(help="The bundle's file.")]
RootOption = Annotated[
    list[str] | None,
    typer.Option(
        "--root", help="A party's card, or its file: its root key is then the only one taken."
    ),
]


@evidence.command("bundle")
@ended_properly
def bundle(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    title: Annotated[str, typer.Option(help="What it is about; stands in the signed list.")],
    record: Annotated[
        list[str] | None,
        typer.Option(help="Digest of a record to show, or its beginning; repeatable."),
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Kinds to show: intent.proposal, intent.*; repeatable.")
    ] = None,
    party: Annotated[list[str] | None, typer.Option(help="Only what these parties said.")] = None,
    since: Annotated[str | None, typer.Option(help="Only records made from then on.")] = None,
    until: Annotated[str | None, typer.Option(help="Only records made before.")] = None,
    about: Annotated[
        str | None, typer.Option(help="Only records that name this: an intent, a digest.")
    ] = None,
    incident: Annotated[
        str | None,
        typer.Option(help="An own incident: its records, the claims in it, and all that it links."),
    ] = None,
    withhold: Annotated[
        list[str] | None,
        typer.Option(help="DIGEST=REASON: name a record by its place alone; repeatable."),
    ] = None,
    withhold_kind: Annotated[
        list[str] | None,
        typer.Option(help="KIND=REASON: the same for all of a kind of the incident; repeatable."),
    ] = None,
    material: Annotated[
        list[str] | None, typer.Option(help="FILE or FILE=DESCRIPTION to put in; repeatable.")
    ] = None,
    no_time_stamp: Annotated[
        bool,
        typer.Option("--no-time-stamp", help="Ask no authority, though the settings name one."),
    ] = False,
    exercise: ExerciseOption = False,
    wait_s: Annotated[
        float, typer.Option("--wait", help="Seconds to wait for a second person's approval.")
    ] = 0.0,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a bundle: records of this node's store, the proofs that they stand in the logs, and material.

    Example: `comity evidence bundle -o airprox.zip --title "Airprox, 3 December" --kind "intent.*"`

    The list of all files is signed by the node and stands in its journal. What was written is verified
    before the file appears. Of an incident (`--incident ID`, with `--exercise` one of the exercise) it is said
    what is withheld, what no checkpoint covers yet, and of which material no bytes go in. Where the settings name a
    `time_stamp_authority`, its token over all files goes in as the last; only a digest is sent to it.
    Where two persons are needed, leave it waiting (`--wait`) while the other approves.
    """
    from functools import partial

    from comity.adapters.time_stamps import ask_for_stamp
    from comity.entrypoints.api.incident_messages import IncidentRecordsTold
    from comity.entrypoints.api.messages import BundleSigned, BundleToSign, PrivateLogSigned
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.bundling import chosen_from, stamp_in, told, write_bundle
    from comity.entrypoints.cli.choosing import (
        lacking_of,
        material_of,
        of_kinds,
        wanted_of,
        withheld_of,
    )
    from comity.entrypoints.cli.digests import id_or_record_typed, record_typed
    from comity.entrypoints.cli.render import print_json
    from comity.entrypoints.cli.second_person import waited
    from comity.entrypoints.home import HomeLayout, load_config
    from comity.kernel.errors import InputError

    files = material_of(material)
    authority = "" if no_time_stamp else load_config(HomeLayout(home).config).time_stamp_authority
    lacking: list[str] = []
    with open_node(composition(context), home, operator) as client:
        whole = partial(record_typed, client)
        withheld = withheld_of(withhold, partial(whole, field="withhold"))
        digests = [whole(each, field="record") for each in record or ()]
        named = None if about is None else id_or_record_typed(client, about, "about")
        if incident is not None:
            path = f"{incident_path(incident)}/records"
            told_of = client.get(path, IncidentRecordsTold, exercise=exercise)
            withheld = of_kinds(told_of, withhold_kind) | withheld
            digests += [each.record for each in told_of.records if each.record not in withheld]
            lacking = lacking_of(told_of, files)
        elif withhold_kind:
            raise InputError("withhold-kind", "is of an incident; name it with --incident")
        wanted = wanted_of(digests, kind, party, since, until, named)
        client.post("/v1/evidence/private-log", None, PrivateLogSigned)
        chosen = chosen_from(home, wanted, withheld)

        def sign(listed: BundleToSign) -> BundleSigned:
            return waited(lambda: client.post("/v1/evidence/bundles", listed, BundleSigned), wait_s)

        stamp = None if authority == "" else partial(ask_for_stamp, authority)
        verified = write_bundle(chosen, files, title, output, sign, stamp)
    left_out: dict[str, list[str]] = {
        "without_checkpoint": [*sorted(chosen.without_checkpoint)],
        "missing": [*sorted(chosen.missing)],
        "bytes": lacking,
    }
    if as_json:
        stamp_told = stamp_in(output, verified, None)
        shown = told(verified, time_stamp=stamp_told)
        print_json({**shown, "file": str(output), "left_out": left_out})
        return
    _print_written(output, chosen, verified, len(files), lacking)


@evidence.command("verify")
@ended_properly
def verify(
    context: typer.Context,
    bundle_file: BundleArgument,
    root: RootOption = None,
    time_stamp_root: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Root certificates, PEM: the time-stamp must hold under one.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a bundle offline, trusting neither side. Ends with 1 when anything does not hold.

    Example: `comity evidence verify airprox.zip --root alfa.card --root bravo.card`

    Needs no node, no home and no network. Without `--root`, compare the fingerprints that are printed
    with what the parties tell you. A time-stamp token must be over this bundle; who signed it is checked with
    `--time-stamp-root`, and without it told as not checked.
    """
    from comity.entrypoints.cli.bundling import roots_of, stamp_in, told, verify_file
    from comity.entrypoints.cli.render import print_told
    from comity.entrypoints.cli.showing import print_verdict

    del context
    roots = roots_of(root or ())
    verified = verify_file(bundle_file, roots)
    found = told(verified, roots, stamp_in(bundle_file, verified, time_stamp_root))
    print_told(found, print_verdict, as_json=as_json)


@evidence.command("show")
@ended_properly
def show(
    context: typer.Context,
    bundle_file: BundleArgument,
    root: RootOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the records of a bundle with their bodies, after checking it as `verify` does.

    Example: `comity evidence show airprox.zip --json`
    """
    from comity.entrypoints.cli.bundling import roots_of, stamp_in, verify_file
    from comity.entrypoints.cli.render import print_json
    from comity.entrypoints.cli.showing import print_records, records_told

    del context
    verified = verify_file(bundle_file, roots_of(root or ()))
    stamp_in(bundle_file, verified, None)  # one that is not over this bundle is refused
    if as_json:
        print_json(records_told(verified))
    else:
        print_records(verified)


@evidence.command("verifier")
@ended_properly
def verifier(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The folder to write into.")
    ] = Path(),
    as_json: JsonOption = False,
) -> None:
    """Write the verifiers to hand over with a bundle: comity-verify.pyz for Python, comity-verify.html for a browser.

    Example: `comity evidence verifier` and then, anywhere, `python3 comity-verify.pyz airprox.zip`

    Each is one file that needs no network, no Comity and nothing beside it; the page is opened from disk. Both
    were written from the specification alone. They share no code with `comity evidence verify`, except that it reads
    time-stamp tokens with the same reader before it checks them with another.
    """
    from hashlib import sha256

    from comity.entrypoints.cli.files import made_folder, write_file
    from comity.entrypoints.cli.render import print_json, print_line
    from comity.entrypoints.cli.verifier_file import verifier_file, verifier_page

    del context
    made = {"comity-verify.pyz": verifier_file(), "comity-verify.html": verifier_page()}
    found = []
    made_folder(output)
    for name, content in made.items():
        write_file(output / name, content)
        found.append({"file": str(output / name), "sha256": sha256(content).hexdigest()})
    if as_json:
        print_json(found)
        return
    for each in found:
        print_line(f"{each['file']}: SHA-256 {each['sha256']}")


def _print_written(
    output: Path,
    chosen: "Chosen",
    verified: "VerifiedBundle",
    files_count: int,
    lacking: Sequence[str],
) -> None:
    """What a bundle holds, what was left out of it and what is withheld in it."""
    from comity.entrypoints.cli.render import print_line

    withheld_count = sum(len(each.withheld) for each in verified.logs)
    print_line(
        f"{output}: {len(chosen.shown)} records shown, {withheld_count} places withheld, "
        f"{files_count} files of material; signed as {verified.manifest_record.digest}"
    )
    if chosen.without_checkpoint:
        print_line(
            f"LEFT OUT {len(chosen.without_checkpoint)} records: no signed checkpoint covers them yet "
            "(--json names them)"
        )
    for digest in sorted(chosen.missing):
        print_line(f"LEFT OUT {digest}: not in this store's journal")
    for sha256 in lacking:
        print_line(f"LEFT OUT {sha256}: named by its digest alone; give the file with --material")
    reasons: dict[str, int] = {}
    for log in verified.logs:
        for place in log.withheld:
            reasons[place.reason] = reasons.get(place.reason, 0) + 1
    for reason, count in sorted(reasons.items()):
        print_line(f"WITHHELD {count} places: {reason}")
