# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity log`: show, prove, verify."""

from pathlib import Path
from typing import Annotated

import typer

from comity.entrypoints.cli.frame import (
    HOME_DEFAULT,
    HomeOption,
    JsonOption,
    OperatorOption,
    composition,
    ended_properly,
    group,
)

log = group("Records and logs: what was said, and the proof of it.")


@log.command("show")
@ended_properly
def show(
    context: typer.Context,
    start: Annotated[int, typer.Option(help="Place in the journal to begin at.")] = 0,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 100,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the journal: every record this node took in, own and peers', in order.

    Example: `comity log show --start 120 --limit 20`
    """
    from comity.entrypoints.api.messages import JournalTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_table

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/journal", JournalTold, start=start, limit=limit)
    if as_json:
        print_json(told)
        return
    rows = [
        (
            str(each.number),
            each.at,
            each.author,
            each.operator or "",
            each.kind,
            (each.digest or "")[:12],
        )
        for each in told.entries
    ]
    print_table(("no.", "taken in", "author", "operator", "kind", "digest"), rows)


@log.command("prove")
@ended_properly
def prove(
    context: typer.Context,
    digest: Annotated[str, typer.Argument(help="Digest of a record of this node.")],
    reader: Annotated[
        str | None, typer.Option(help="The peer that stored it; all if left out.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write into.")] = Path(),
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the receipt of a record: a tlog-proof that the peer stored it, and the record itself.

    Example: `comity log prove 5e1f… -o evidence/`

    Anyone who has both parties' cards can check the two files offline: `comity log verify --proof FILE`.
    """
    from comity.entrypoints.api.messages import ProofTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.proving import write_proofs
    from comity.entrypoints.cli.render import print_json, print_line

    with open_node(composition(context), home, operator) as client:
        told = client.get(f"/v1/records/{digest}/proof", list[ProofTold], reader=reader)
    files = write_proofs(told, output)
    if as_json:
        print_json(files)
    else:
        for written in files:
            print_line(f"{written['proof']}: stored by {written['reader']}")


@log.command("verify")
@ended_properly
def verify(
    context: typer.Context,
    proof: Annotated[
        Path | None, typer.Option(help="A receipt; the whole store if left out.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="The record's file; beside the receipt if left out.")
    ] = None,
    owner_card: Annotated[
        str | None,
        typer.Option(help="Card of the log's owner, or its file; the home's if left out."),
    ] = None,
    reader_card: Annotated[
        str | None, typer.Option(help="Card of the reader, or its file; the home's if left out.")
    ] = None,
    home: HomeOption = HOME_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Check the whole store offline, or one receipt. Ends with 1 when anything does not hold.

    Example: `comity log verify` · `comity log verify --proof 5e1f….tlog-proof --owner-card a.card --reader-card b.card`

    The store is only read; the node may be running.
    """
    from comity.entrypoints.cli import proving
    from comity.entrypoints.cli.exit_codes import RefusedError
    from comity.entrypoints.cli.render import print_json, print_line, print_told

    del context
    if proof is not None:
        told = proving.verify_proof(proof, record, owner_card, reader_card, home)
        print_told(
            told,
            lambda told: print_line(
                f"{told['reader']} had stored {told['record']} by {told['cosigned_at']}"
            ),
            as_json=as_json,
        )
        return
    report = proving.verify_home(home)
    if as_json:
        print_json(report)
    else:
        print_line(
            f"{report['records']} records, {report['leaves']} leaves, {report['checkpoints']} "
            f"checkpoints, {report['cosignatures']} cosignatures, "
            f"{report['put_down']} checkpoints in the master log, {report['erased']} records erased on record"
        )
        for fault in report["faults"]:
            print_line(f"FAULT {fault}")
    if report["faults"]:
        raise RefusedError(f"{len(report['faults'])} things do not hold")
