# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""How the command line prints: JSON for programs, tables and words for people."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec

EXERCISE_BANNER = "*** EXERCISE EXERCISE EXERCISE ***"
WIDTH_UNSEEN = 200  # of a table that goes into a file or a pipe, so that ids stay whole

Told = TypeVar("Told")


def print_json(value: Any) -> None:
    """One JSON value on standard output."""
    sys.stdout.write(encoded_json(value).decode())


def print_told(told: Told, in_words: Callable[[Told], object], *, as_json: bool) -> None:
    """What a command tells, the one way or the other.

    Args:
        told: a record, or what was asked for.
        in_words: prints it for people; called only where they are to read it.
        as_json: for programs.
    """
    if as_json:
        print_json(told)
    else:
        in_words(told)


def encoded_json(value: Any) -> bytes:
    """One JSON value with its newline, as people read it too."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def print_line(text: str = "") -> None:
    """One line on standard output, markup and all read as plain text."""
    sys.stdout.write(text + "\n")


def print_banner(*, exercise: bool) -> None:
    """The banner over all that is shown of an exercise, so that nobody takes it for live."""
    if exercise:
        print_line(EXERCISE_BANNER)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns that line up, wrapped to the terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else WIDTH_UNSEEN).print(table)


def print_error(text: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"comity: {text}\n")
