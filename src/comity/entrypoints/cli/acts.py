# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""One act of a person at a node: asked for once, and told as JSON or in one line."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from comity.entrypoints.cli.frame import composition

if TYPE_CHECKING:
    import typer

    from comity.entrypoints.api.messages import RecordTold
    from comity.entrypoints.cli.access import NodeClient

Told = TypeVar("Told")


def ask_and_tell(
    context: "typer.Context",
    home: Path,
    operator: str | None,
    path: str,
    body: "Mapping[str, object] | Callable[[NodeClient], Mapping[str, object]]",
    kind: type[Told],
    words: Callable[[Told], str],
    *,
    running_only: bool = False,
    exercise: bool,
    as_json: bool,
) -> None:
    """Ask for one act and print what it made.

    Args:
        context: of the command.
        home: the node's.
        operator: who acts; None: the only one with a token here.
        path: of the API, its ids checked.
        body: of the request, or what makes it of what the node has; a peer in it may be named by the word before
            its dot.
        kind: of the answer.
        words: the answer in one line.
        running_only: whether only a running node may be asked.
        exercise: whether it is of the exercise.
        as_json: whether the answer is printed as it came.
    """
    from comity.entrypoints.cli.access import open_node
    from comity.entrypoints.cli.parties import with_parties
    from comity.entrypoints.cli.render import print_banner, print_json, print_line

    with open_node(composition(context), home, operator, running_only=running_only) as client:
        made = body(client) if callable(body) else body
        told = client.post(path, with_parties(client, made), kind, exercise=exercise)
    if as_json:
        print_json(told)
        return
    print_banner(exercise=exercise)
    print_line(words(told))


def make_record(
    context: "typer.Context",
    home: Path,
    operator: str | None,
    path: str,
    body: Mapping[str, object],
    *,
    running_only: bool = False,
    exercise: bool,
    as_json: bool,
) -> None:
    """Ask for one record and print where it stands."""
    from comity.entrypoints.api.messages import RecordTold

    ask_and_tell(
        context, home, operator, path, body, RecordTold, record_words,
        running_only=running_only, exercise=exercise, as_json=as_json,
    )  # fmt: skip


def record_words(record: "RecordTold") -> str:
    """A record that was made, and whom it is owed to."""
    readers = ", ".join(each.reader for each in record.deliveries)
    return f"{record.kind} {record.digest}, {f'owed to {readers}' if readers else 'kept here'}"
