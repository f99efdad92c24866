"""Writes docs/reference/cli.md from the program itself: `python -m tools.cli_reference`."""

from pathlib import Path
from typing import Any

import typer

from comity.entrypoints.cli.app import create_app
from comity.entrypoints.cli.exit_codes import MEANINGS

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "cli.md"

_HEAD = """# The command line

Written by `python -m tools.cli_reference` from the program; a test compares. `comity COMMAND --help` says the same.

Every command takes `--home` (or the environment's `COMITY_HOME`; `~/.comity` if neither is given), and prints JSON with
`--json`. Commands that act do so as one operator, `--operator`; where a home holds the token of one operator only, that
one is meant. A command speaks to the running node; where the node does not run, it opens the home itself, except for
what needs the peers now (`intent declare` and what follows it).

## Exit codes

| Code | Meaning |
|---|---|
"""


def reference() -> str:
    """The whole page."""
    lines = [_HEAD + "\n".join(f"| {code.value} | {text} |" for code, text in MEANINGS.items())]
    root: Any = typer.main.get_command(create_app())
    for name, command in root.commands.items():
        inner = getattr(command, "commands", None)
        if inner is None:
            lines.append(_section(f"comity {name}", command))
            continue
        for each, sub in inner.items():
            lines.append(_section(f"comity {name} {each}", sub))
    return "\n\n".join(lines) + "\n"


def _section(name: str, command: Any) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name != "argument"]
    usage = " ".join([name, *(_argument_name(each) for each in arguments)])
    text = "\n".join(line.strip() for line in (command.help or "").strip().splitlines())
    rows = [f"| `{_argument_name(each)}` | {each.help} |" for each in arguments]
    rows += [
        f"| `{'`, `'.join(each.opts + each.secondary_opts)}` | {each.help} |" for each in options
    ]
    return f"## `{usage}`\n\n{text}\n\n| | |\n|---|---|\n" + "\n".join(rows)


def _argument_name(argument: Any) -> str:
    name = argument.name.upper()
    return name if argument.required else f"[{name}]"


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(reference())
