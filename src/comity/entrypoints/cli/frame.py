# ruff: noqa: PLC0415 - imported where used, so that the command line starts at once
"""What every command shares: options, the composition it works with, and how it ends."""

import functools
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar, cast

import typer

if TYPE_CHECKING:
    from comity.entrypoints.cli.access import Composition

HOME_DEFAULT = Path("~/.comity")

HomeOption = Annotated[
    Path,
    typer.Option("--home", envvar="COMITY_HOME", help="The node's folder.", show_default=True),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
OperatorOption = Annotated[
    str | None,
    typer.Option(
        "--operator",
        help="Who acts, with a token of their own; the only one with a token here if left out.",
    ),
]
ExerciseOption = Annotated[bool, typer.Option("--exercise", help="In the exercise, never live.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stands in the record.")]
LabelOption = Annotated[
    list[str] | None, typer.Option("--label", help="Of the record; repeatable.")
]

Params = ParamSpec("Params")
Result = TypeVar("Result")


def group(help_text: str) -> typer.Typer:
    """A group of commands."""
    return typer.Typer(
        help=help_text,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
    )


def composition(context: typer.Context) -> "Composition":
    """What `bootstrap` handed in."""
    return cast("Composition", context.obj)


def ended_properly(command: Callable[Params, Result]) -> Callable[Params, Result]:
    """Turn what a command raises into one line for a person and the exit code of the table."""

    @functools.wraps(command)
    def run(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        home = kwargs.get("home")
        if isinstance(home, Path):
            kwargs["home"] = home.expanduser().absolute()
        try:
            return _written(command(*args, **kwargs))
        except typer.Exit:
            raise
        except (typer.Abort, EOFError) as gone:  # asked, and nobody there or somebody who left
            raise typer.Exit(_told(_unanswered())) from gone
        except BrokenPipeError as gone:  # head has read enough; what was asked for was not all told
            os.dup2(
                os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
            )  # what is left goes nowhere
            raise typer.Exit(_told(gone)) from gone
        except Exception as error:
            raise typer.Exit(_told(error)) from error

    return run


def _written(result: Result) -> Result:
    """All that was printed has left, or the reader is found gone while that can still be told."""
    sys.stdout.flush()
    return result


def _unanswered() -> Exception:
    from comity.entrypoints.cli.exit_codes import RefusedError

    return RefusedError("a question was not answered; nothing was done")


def _told(error: Exception) -> int:
    from comity.entrypoints.cli.exit_codes import ExitCode, exit_code_of

    code = exit_code_of(error)
    if code is ExitCode.READER_GONE:
        return code
    if code is ExitCode.INTERNAL:
        traceback.print_exception(error, file=sys.stderr)
    sys.stderr.write(f"comity: {error}\n")
    return code
