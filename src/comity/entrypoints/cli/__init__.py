# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""The command `comity`. Nothing heavy is imported before a command needs it."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from comity.entrypoints.cli.access import Composition


def run(composition: "Composition", arguments: list[str] | None = None) -> int:
    """Run one command; gives the exit code of docs/reference/cli.md."""
    from comity.entrypoints.cli.app import command_line

    command = command_line()
    try:
        command(args=arguments, obj=composition, prog_name="comity", standalone_mode=True)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    return 0


__all__ = ["run", "typer"]
