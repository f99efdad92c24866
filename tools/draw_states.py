"""Draw state diagrams into the room pages from the transition tables that the code runs.

python tools/draw_states.py           writes every diagram
python tools/draw_states.py --check   writes nothing; exits 1 if a page is not as the table says
"""

import argparse
import importlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Diagram:
    """One table and the place of its drawing: between two comments of a page."""

    page: str
    name: str
    module: str
    table: str
    first: tuple[str, ...]


DIAGRAMS = (
    Diagram(
        "docs/rooms/intents.md",
        "owner",
        "comity.domain.intents.states",
        "OWNER_TRANSITIONS",
        ("proposed", "announced"),
    ),
    Diagram(
        "docs/rooms/intents.md",
        "holder",
        "comity.domain.intents.states",
        "HOLDER_TRANSITIONS",
        ("pending", "announced"),
    ),
    Diagram(
        "docs/rooms/sites.md",
        "site",
        "comity.domain.sites.states",
        "TRANSITIONS",
        ("self-reported",),
    ),
    Diagram(
        "docs/rooms/incidents.md",
        "incident",
        "comity.domain.incidents.states",
        "TRANSITIONS",
        ("open",),
    ),
)


def drawn(table: Mapping[tuple[StrEnum, StrEnum], StrEnum], first: tuple[str, ...]) -> str:
    """A Mermaid state diagram; the events between one pair of states share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (before, event), after in table.items():
        arrows.setdefault((before.value, after.value), []).append(event.value)
    final = {after for _, after in arrows} - {before for before, _ in arrows}
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    [*] --> {name}" for name in first]
    lines += [
        f"    {before} --> {after}: {', '.join(events)}"
        for (before, after), events in arrows.items()
    ]
    lines += [f"    {name} --> [*]" for name in sorted(final)]
    return "\n".join([*lines, "```"])


def page_with(text: str, diagram: Diagram) -> str:
    """The page's text with the diagram drawn anew.

    Raises:
        ValueError: the page has not got the diagram's two comments.
    """
    opening, closing = f"<!-- states: {diagram.name} -->", f"<!-- end: {diagram.name} -->"
    before, found, rest = text.partition(opening)
    _, found_end, after = rest.partition(closing)
    if not found or not found_end:
        raise ValueError(f"{diagram.page} has no {opening} … {closing}")
    table = getattr(importlib.import_module(diagram.module), diagram.table)
    return f"{before}{opening}\n{drawn(table, diagram.first)}\n{closing}{after}"


def main() -> int:
    """Draw, or check, every diagram."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    stale = 0
    for diagram in DIAGRAMS:
        page = ROOT / diagram.page
        text = page.read_text()
        new = page_with(text, diagram)
        if new != text:
            stale += 1
            print(f"{diagram.page}: {diagram.name} {'is not as the table' if check else 'drawn'}")
            if not check:
                page.write_text(new)
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
