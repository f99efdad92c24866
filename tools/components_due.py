"""Which components are past the time frames of docs/howto/update-components.md, by what pip-audit and npm audit told.

    python -m tools.components_due pip.json npm.json

A part that neither looked up is unknown, and unknown is no success.
"""

import json
import re
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tools.bill_of_materials import CONSOLE_LOCK, ROOT, Component, bill

PAGE = ROOT / "docs" / "howto" / "update-components.md"
DAYS = {"critical": 3, "high": 14, "medium": 45, "low": 180}
FRESH_DAYS = 7
FINE, OVERDUE, UNKNOWN = 0, 1, 2
_ROW = re.compile(
    r"^\| (?P<id>[A-Z]+-[\w-]+) \| (?P<part>[^|]+) \| (?P<known>\d{4}-\d\d-\d\d) \| "
    r"(?P<severity>\w+) \| (?P<done>[^|]*) \|$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One advisory that is known, as the page has it."""

    part: str
    known: date
    severity: str
    done: str

    def due(self) -> date:
        """The last day."""
        return self.known + timedelta(days=DAYS[self.severity])


@dataclass(frozen=True, slots=True)
class Found:
    """What the databases told.

    Attributes:
        advisories: id and part.
        looked_up: names of parts that a database knew.
    """

    advisories: frozenset[tuple[str, str]]
    looked_up: frozenset[str]


def read_rows(text: str) -> dict[str, Row]:
    """Rows of the page by advisory.

    Raises:
        ValueError: a severity that is none of the four.
    """
    rows = {}
    for each in _ROW.finditer(text):
        if each["severity"] not in DAYS:
            raise ValueError(f"{each['id']}: {each['severity']!r} is none of {', '.join(DAYS)}")
        known = date.fromisoformat(each["known"])
        rows[each["id"]] = Row(each["part"].strip(), known, each["severity"], each["done"].strip())
    return rows


def of_pip_audit(told: dict[str, Any]) -> Found:
    """Of `pip-audit -f json`; a part that it skipped was not looked up."""
    parts = [each for each in told["dependencies"] if "skip_reason" not in each]
    ids = {(vuln["id"], each["name"]) for each in parts for vuln in each["vulns"]}
    return Found(frozenset(ids), frozenset(each["name"] for each in parts))


def of_npm_audit(told: dict[str, Any], console: frozenset[str]) -> Found:
    """Of `npm audit --json`; where it reached no database it has no `vulnerabilities`, and nothing was looked up."""
    if "vulnerabilities" not in told:
        return Found(frozenset(), frozenset())
    ids = {
        (str(via["url"]).rpartition("/")[2], name)
        for name, each in told["vulnerabilities"].items()
        for via in each["via"]
        if isinstance(via, dict)
    }
    return Found(frozenset(ids), console)


def judge(
    rows: dict[str, Row], found: list[Found], parts: frozenset[str], today: date
) -> tuple[int, list[str]]:
    """An exit code, and a line for each thing to be done."""
    lines = [
        f"{name}: {row.part} was due on {row.due()} ({row.severity}, known {row.known})"
        for name, row in sorted(rows.items())
        if row.done != "closed" and today > row.due()
    ]
    told = sorted({each for one in found for each in one.advisories})
    lines += [
        f"{name}: {part} stands in no row of {PAGE.name}" for name, part in told if name not in rows
    ]
    lines += [
        f"{name}: {part} is closed there and still found"
        for name, part in told
        if name in rows and rows[name].done == "closed"
    ]
    unknown = sorted(parts - {each for one in found for each in one.looked_up})
    if unknown:
        lines.append(
            f"unknown: {len(unknown)} of {len(parts)} parts were not looked up: {', '.join(unknown[:5])} …"
        )
    overdue = len(lines) > bool(unknown)
    return OVERDUE if overdue else UNKNOWN if unknown else FINE, lines


def main() -> int:
    """Read both answers, and tell."""
    pip, npm = (Path(each) for each in sys.argv[1:3])
    now = datetime.now(UTC)  # noqa: TID251 # a tool of the release, no part of a node
    parts = bill()["components"]
    console = frozenset(each["name"] for each in parts if _is_console(each))
    found = [
        of_pip_audit(json.loads(pip.read_text())),
        of_npm_audit(json.loads(npm.read_text()), console),
    ]
    code, lines = judge(
        read_rows(PAGE.read_text()), found, frozenset(e["name"] for e in parts), now.date()
    )
    for each in (pip, npm):
        made = datetime.fromtimestamp(each.stat().st_mtime, UTC)
        if now - made > timedelta(days=FRESH_DAYS):
            lines.append(
                f"unknown: {each.name} was made on {made.date()}, over {FRESH_DAYS} days ago"
            )
            code = max(code, UNKNOWN) if code != OVERDUE else code
    print("\n".join(lines) or f"{len(parts)} parts looked up, nothing overdue")
    return code


def _is_console(part: Component) -> bool:
    return {"name": "comity:lock", "value": CONSOLE_LOCK} in part["properties"]


if __name__ == "__main__":
    sys.exit(main())
