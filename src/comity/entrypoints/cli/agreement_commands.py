# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity agreement`: draft, propose, sign, show, suspend, restore, withdraw."""

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from comity.entrypoints.cli.frame import (
    HOME_DEFAULT,
    HomeOption,
    JsonOption,
    OperatorOption,
    ReasonOption,
    composition,
    ended_properly,
    group,
)

if TYPE_CHECKING:
    from comity.entrypoints.api.messages import AgreementTold

agreement = group("The text that the parties hold to.")

DigestArgument = Annotated[str, typer.Argument(help="Its digest, or the first 8 digits or more.")]
FromOption = Annotated[
    str | None, typer.Option("--effective-at", help="RFC 3339 time; now if left out.")
]


@agreement.command("draft")
@ended_properly
def draft(
    context: typer.Context,
    title: Annotated[str, typer.Option(help="One line.")],
    area: Annotated[str, typer.Option(help="What it covers: south,west,north,east in degrees.")],
    valid_from: Annotated[str, typer.Option("--from", help="RFC 3339, first instant.")],
    valid_until: Annotated[str, typer.Option("--until", help="RFC 3339, first instant after.")],
    horizontal_m: Annotated[float, typer.Option(help="Horizontal minimum in metres.")] = 9_260.0,
    vertical_m: Annotated[float, typer.Option(help="Vertical minimum in metres.")] = 304.8,
    disclosure: Annotated[str, typer.Option(help="full or cells.")] = "full",
    assent_by: Annotated[str, typer.Option(help="node or person.")] = "node",
    party: Annotated[
        list[str] | None, typer.Option(help="A peer that is to be a party; every peer if left out.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")] = None,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a complete first text between this party and its peers, to be edited further.

    Example: `comity agreement draft --title "Gulf" --area=59,22,61,27 --from 2026-12-01T00:00:00Z
    --until 2027-12-01T00:00:00Z -o gulf.md`

    Both parties can start from the same text only: the order of the parties is theirs by id, and counts for rank.
    """
    from comity.entrypoints.api.messages import DraftedTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.files import write_file
    from comity.entrypoints.cli.render import print_json

    south, west, north, east = _box(area)
    body = {
        "title": title,
        "south_deg": south,
        "west_deg": west,
        "north_deg": north,
        "east_deg": east,
        "valid_from": valid_from,
        "valid_until": valid_until,
        "horizontal_m": horizontal_m,
        "vertical_m": vertical_m,
        "disclosure": disclosure,
        "assent_by": assent_by,
        "parties": party,
    }
    with open_node(composition(context), home, operator) as client:
        told = client.post("/v1/agreements/draft", body, DraftedTold)
    if output is not None:
        write_file(output, told.text.encode())
    if as_json:
        print_json(told)
    elif output is None:
        sys.stdout.write(told.text)


@agreement.command("propose")
@ended_properly
def propose(
    context: typer.Context,
    text: Annotated[Path, typer.Argument(help="The file with the text.")],
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Offer a text to its other parties. It binds nobody before every party has signed it.

    Example: `comity agreement propose gulf.md`
    """
    from comity.entrypoints.cli.files import TEXT_BYTES_MAX, read_text

    content = read_text(text, TEXT_BYTES_MAX)
    _ask(context, home, operator, "/v1/agreements", {"text": content}, as_json=as_json)


@agreement.command("sign")
@ended_properly
def sign(
    context: typer.Context,
    digest: DigestArgument,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign a text that was offered. The signing person's id stands in the record.

    Example: `comity agreement sign 3f9a1c02`
    """
    _ask(context, home, operator, f"/v1/agreements/{digest}/sign", {}, as_json=as_json)


@agreement.command("suspend")
@ended_properly
def suspend(
    context: typer.Context,
    digest: DigestArgument,
    reason: ReasonOption,
    effective_at: FromOption = None,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Suspend alone: recorded and shown as unilateral. Nothing new is accepted meanwhile.

    Example: `comity agreement suspend 3f9a1c02 --reason "incident of 17 September"`
    """
    _state(context, home, operator, digest, "suspend", reason, effective_at, as_json=as_json)


@agreement.command("restore")
@ended_properly
def restore(
    context: typer.Context,
    digest: DigestArgument,
    reason: ReasonOption,
    effective_at: FromOption = None,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take one's own suspension back.

    Example: `comity agreement restore 3f9a1c02 --reason "inquiry closed"`
    """
    _state(context, home, operator, digest, "restore", reason, effective_at, as_json=as_json)


@agreement.command("withdraw")
@ended_properly
def withdraw(
    context: typer.Context,
    digest: DigestArgument,
    reason: ReasonOption,
    effective_at: FromOption = None,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Leave the agreement, with the notice that it states.

    Example: `comity agreement withdraw 3f9a1c02 --reason "notice of 1 May"`
    """
    _state(context, home, operator, digest, "withdraw", reason, effective_at, as_json=as_json)


@agreement.command("show")
@ended_properly
def show(
    context: typer.Context,
    digest: Annotated[str | None, typer.Argument(help="One text; all of them if left out.")] = None,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how the texts stand, or one text in full with what it leaves undefined.

    Example: `comity agreement show`
    """
    from comity.entrypoints.api.messages import AgreementsTold, AgreementTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_line, print_table

    with open_node(composition(context), home, operator) as client:
        if digest is not None:
            one = client.get(f"/v1/agreements/{digest}", AgreementTold)
            if as_json:
                print_json(one)
                return
            print_line(_summary(one))
            for words in one.undefined:
                print_line(f"UNDEFINED {words}")
            print_line(one.text or "")
            return
        told = client.get("/v1/agreements", AgreementsTold)
    if as_json:
        print_json(told)
        return
    for each in told.agreements:
        print_line(_summary(each))
    rows = [
        (each.made_at, each.party, each.operator, each.words, "alone" if each.unilateral else "")
        for each in told.history
    ]
    if rows:
        print_table(("when", "party", "operator", "did", ""), rows)


def _state(
    context: typer.Context,
    home: Path,
    operator: str | None,
    digest: str,
    action: str,
    reason: str,
    effective_at: str | None,
    *,
    as_json: bool,
) -> None:
    body: dict[str, object] = {"action": action, "reason": reason, "effective_at": effective_at}
    _ask(context, home, operator, f"/v1/agreements/{digest}/state", body, as_json=as_json)


def _ask(
    context: typer.Context,
    home: Path,
    operator: str | None,
    path: str,
    body: dict[str, object],
    *,
    as_json: bool,
) -> None:
    from comity.entrypoints.api.messages import AgreementTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_line

    with open_node(composition(context), home, operator) as client:
        told = client.post(path, body, AgreementTold)
    if as_json:
        print_json(told)
        return
    print_line(_summary(told))
    for words in told.undefined:
        print_line(f"UNDEFINED {words}")


def _summary(told: "AgreementTold") -> str:
    by = f" by {', '.join(told.by)} alone" if told.unilateral else ""
    waiting = f", waiting for {', '.join(told.waiting_for)}" if told.waiting_for else ""
    return f"{told.digest[:12]} {told.title} v{told.version}: {told.state}{by}{waiting}"


def _box(stated: str) -> tuple[float, ...]:
    from comity.kernel.errors import InputError

    try:
        numbers = tuple(float(each) for each in stated.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != 4 or not all(math.isfinite(each) for each in numbers):
        raise InputError("--area", f"{stated!r} is not south,west,north,east in degrees")
    return numbers
