"""Writes the tables of docs/rooms/operators.md and docs/reference/access-table.md from the one table in code."""

from pathlib import Path

from comity.domain.operators import ACTIONS, KIND_ACTIONS, NEVER_BY_TOKEN, STEP_UP, Action, Role
from comity.domain.operators.two_persons import TWO_PERSON_KINDS
from comity.entrypoints.api.route_actions import ROUTE_ACTIONS, Door

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "access-table.md"


def page() -> str:
    """The whole page."""
    lines = [
        "# Who may do what\n",
        "Written by `python -m tools.roles_table` from `domain/operators` and",
        "`entrypoints/api/route_actions.py`. What stands in no row is refused.\n",
        "Roles do not contain each other; a person may have several.",
        "*Step-up*: in a browser only with a passkey or code used at most 5 minutes ago.",
        "*Token*: whether a machine's token may have it as a scope.\n",
        "## Actions",
        f"| Action | {' | '.join(Role)} | step-up | token |",
        "|---|" + "---|" * (len(Role) + 2),
    ]
    for action in sorted(Action):
        marks = ["yes" if role in ACTIONS[action] else "" for role in Role]
        marks += ["yes" if action in STEP_UP else "", "" if action in NEVER_BY_TOKEN else "yes"]
        lines.append(f"| `{action}` | {' | '.join(marks)} |")
    lines += [
        "\n## Records that a person makes",
        "| Kind | Action | takes two persons |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{kind}` | `{action}` | {'yes' if kind in TWO_PERSON_KINDS else ''} |"
        for kind, action in sorted(KIND_ACTIONS.items())
    ]
    lines += ["\n## Endpoints", "| Method | Path | Action |", "|---|---|---|"]
    for (method, path), wanted in sorted(ROUTE_ACTIONS.items(), key=lambda each: each[0][::-1]):
        match wanted:
            case Door():
                said = wanted.value
            case Action():
                said = f"`{wanted}`"
            case _:
                said = " or ".join(f"`{each}`" for each in wanted)
        lines.append(f"| {method} | `{path}` | {said} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
