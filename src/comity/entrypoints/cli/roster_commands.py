# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""`comity roster`, and of `comity line` what keeps it alive: status, checks, the backup card."""

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

if TYPE_CHECKING:
    from comity.entrypoints.api.line_messages import HandoverTold

roster = group("The watch: who is on it at which echelon, and its hand-over.")

EchelonArgument = Annotated[
    str, typer.Argument(help="The echelon, as the agreement's ladder has it.")
]
ReachOption = Annotated[str, typer.Option("--reach", help="How the others reach you.")]


def add_to(line: typer.Typer) -> None:
    """Put status, checks and card into `comity line`."""
    line.command("status")(status)
    line.command("check")(check)
    line.command("card")(card)


@ended_properly
def status(
    context: typer.Context,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how the line to each party stands, who has the watch, what nobody has taken, stops in force.

    Example: `comity line status`

    Ends with 1 while a line is degraded.
    """
    from comity.entrypoints.api.line_messages import LineStatusTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.exit_codes import RefusedError
    from comity.entrypoints.cli.line_words import print_status
    from comity.entrypoints.cli.render import print_banner, print_json

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/line/status", LineStatusTold, exercise=exercise)
    if as_json:
        print_json(told)
    else:
        print_banner(exercise=exercise)
        print_status(told)
    degraded = [each.party for each in told.lines if each.state == "degraded"]
    if degraded:
        raise RefusedError(f"degraded: {', '.join(degraded)}")


@ended_properly
def check(
    context: typer.Context,
    peer: Annotated[str, typer.Argument(help="The party, by id or the word before the dot.")],
    answer: Annotated[
        bool, typer.Option("--answer", help="Answer the party's newest check, as a person.")
    ] = False,
    node_only: Annotated[
        bool, typer.Option("--node", help="Ask the other node, not a person there.")
    ] = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check the line by hand, or answer a check as a person. Scheduled checks go on beside it.

    Example: `comity line check borealis`
    """
    from comity.entrypoints.api.line_messages import RecordMade
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.parties import parties_typed
    from comity.entrypoints.cli.render import print_line, print_told

    with open_node(composition(context), home, operator, running_only=True) as client:
        (party,) = parties_typed(client, [peer])
        if answer:
            told = client.post(f"/v1/line/checks/{party}/answer", b"", RecordMade)
        else:
            wants = {"wants": "node" if node_only else "person"}
            told = client.post(f"/v1/line/checks/{party}", wants, RecordMade)
    print_told(told, lambda told: print_line(f"{told.kind} {told.digest}"), as_json=as_json)


@ended_properly
def card(
    context: typer.Context,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page to print.")] = None,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the backup card for the day the node is down: ladders, how to reach whom, open matters.

    Example: `comity line card --html card.html`
    """
    from comity.entrypoints.api.line_messages import CardPrinted
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.files import write_file
    from comity.entrypoints.cli.render import print_json, print_line

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/line/card", CardPrinted, exercise=exercise)
    if html is not None:
        write_file(html, told.html.encode())
    if as_json:
        print_json(told)
    elif html is None:
        print_line(told.text.rstrip("\n"))
    else:
        print_line(f"written to {html}")


@roster.command("list")
@ended_properly
def list_(
    context: typer.Context,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who has the watch, of every party, as its own records say.

    Example: `comity roster list`
    """
    from comity.entrypoints.api.line_messages import WatchTold
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_json, print_line, print_table

    with open_node(composition(context), home, operator) as client:
        told = client.get("/v1/watch", list[WatchTold], exercise=exercise)
    if as_json:
        print_json(told)
    elif told:
        rows = [(w.party, w.echelon, w.officer, w.since, w.reach) for w in told]
        print_table(("party", "echelon", "officer", "since", "reach"), rows)
    else:
        print_line("nobody has said that they are on watch")


@roster.command("take")
@ended_properly
def take(
    context: typer.Context,
    echelon: EchelonArgument,
    reach: ReachOption = "",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a watch that nobody has; the other parties are told.

    Example: `comity roster take "officer on watch" --reach "desk 2, line 4"`
    """
    _post(context, "take", {"echelon": echelon, "reach": reach}, home, operator, exercise, as_json)


@roster.command("leave")
@ended_properly
def leave(
    context: typer.Context,
    echelon: EchelonArgument,
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a watch with nobody after; the other parties are told so.

    Example: `comity roster leave "officer on watch"`
    """
    _post(context, "leave", {"echelon": echelon}, home, operator, exercise, as_json)


@roster.command("handover")
@ended_properly
def handover(
    context: typer.Context,
    echelon: EchelonArgument,
    to: Annotated[str, typer.Option("--to", help="The officer who takes it, by id.")],
    remark: Annotated[str, typer.Option("--remark", help="What the list does not say.")] = "",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Offer the watch to another officer, with every open matter. It holds once they accept.

    Example: `comity roster handover "officer on watch" --to grace`
    """
    from comity.entrypoints.api.line_messages import HandoverTold
    from comity.entrypoints.cli.access import open_node

    body = {"echelon": echelon, "to": to, "remark": remark}
    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.post("/v1/watch/handover", body, HandoverTold, exercise=exercise)
    _print_handover(told, as_json=as_json)


@roster.command("accept")
@ended_properly
def accept(
    context: typer.Context,
    digest: Annotated[str, typer.Argument(help="Digest of the hand-over.")],
    reach: ReachOption = "",
    exercise: ExerciseOption = False,
    home: HomeOption = HOME_DEFAULT,
    operator: OperatorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Accept the watch that was offered: both officers have then signed the list.

    Example: `comity roster accept 31aac4f8147a --operator grace`
    """
    from comity.entrypoints.api.line_messages import HandoverTold
    from comity.entrypoints.cli.access import open_node

    body = {"handover": digest, "reach": reach}
    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.post("/v1/watch/accept", body, HandoverTold, exercise=exercise)
    _print_handover(told, as_json=as_json)


def _print_handover(told: "HandoverTold", *, as_json: bool) -> None:
    from comity.entrypoints.cli.line_words import print_matters
    from comity.entrypoints.cli.render import print_json, print_line

    if as_json:
        print_json(told)
        return
    accepted = "not accepted yet"
    if told.accepted is not None:
        accepted = f"accepted by {told.accepted.operator} {told.accepted.made_at}"
    print_line(
        f"{told.digest}: {told.echelon} from {told.given_by.operator} to {told.to}, {accepted}"
    )
    if told.remark:
        print_line(f"  {told.remark}")
    print_matters(told.matters)
    if told.new_matters:
        print_line("NEW SINCE:")
        print_matters(told.new_matters)


def _post(
    context: typer.Context,
    verb: str,
    body: dict[str, str],
    home: Path,
    operator: str | None,
    exercise: bool,
    as_json: bool,
) -> None:
    from comity.entrypoints.api.line_messages import RecordMade
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.render import print_banner, print_json, print_line

    with open_node(composition(context), home, operator, running_only=True) as client:
        told = client.post(f"/v1/watch/{verb}", body, RecordMade, exercise=exercise)
    if as_json:
        print_json(told)
    else:
        print_banner(exercise=exercise)
        print_line(f"{told.kind} {told.digest}")
        for words in told.flags:
            print_line(f"FLAG {words}")
