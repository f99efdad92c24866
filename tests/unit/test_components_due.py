"""What is past its time frame is told, and what nobody looked up is unknown."""

import re
from datetime import date

import pytest
from tools.components_due import (
    DAYS,
    FINE,
    OVERDUE,
    PAGE,
    UNKNOWN,
    judge,
    of_npm_audit,
    of_pip_audit,
    read_rows,
)

HEAD = "| Advisory | Part | Known | Severity | What was done |\n|---|---|---|---|---|\n"
ROW = "| GHSA-aaaa-bbbb-cccc | pynacl | 2026-01-01 | {severity} | {done} |\n"
PIP = {
    "dependencies": [{"name": "pynacl", "version": "1", "vulns": [{"id": "GHSA-aaaa-bbbb-cccc"}]}]
}
CLEAN = {"dependencies": [{"name": "pynacl", "version": "1", "vulns": []}]}
NPM = {"vulnerabilities": {}}
PARTS = frozenset({"pynacl", "preact"})


def judged(rows: str, pip: dict, npm: dict, today: str) -> int:
    found = [of_pip_audit(pip), of_npm_audit(npm, frozenset({"preact"}))]
    return judge(read_rows(HEAD + rows), found, PARTS, date.fromisoformat(today))[0]


@pytest.mark.parametrize(("severity", "days"), DAYS.items())
def test_a_row_is_due_by_its_severity(severity: str, days: int) -> None:
    row = read_rows(HEAD + ROW.format(severity=severity, done="guarded"))["GHSA-aaaa-bbbb-cccc"]
    last = row.due().isoformat()
    assert (row.due() - row.known).days == days
    text = ROW.format(severity=severity, done="guarded")
    assert judged(text, PIP, NPM, last) == FINE
    next_day = date.fromordinal(row.due().toordinal() + 1).isoformat()
    assert judged(text, PIP, NPM, next_day) == OVERDUE


def test_the_page_states_the_very_days() -> None:
    stated = re.findall(
        r"^\| (critical|high|medium|low)\b[^|]*\| (\d+) \|$", PAGE.read_text(), re.MULTILINE
    )
    assert {name: int(days) for name, days in stated} == DAYS
    read_rows(PAGE.read_text())


def test_an_advisory_in_no_row_and_one_that_was_closed_too_soon_are_told() -> None:
    assert judged("", PIP, NPM, "2026-01-01") == OVERDUE
    assert judged(ROW.format(severity="low", done="closed"), PIP, NPM, "2026-01-01") == OVERDUE
    assert judged(ROW.format(severity="low", done="closed"), CLEAN, NPM, "2027-01-01") == FINE
    with pytest.raises(ValueError, match="none of"):
        read_rows(HEAD + ROW.format(severity="bad", done=""))


def test_what_was_not_looked_up_is_unknown_and_never_clear() -> None:
    skipped = {"dependencies": [{"name": "pynacl", "skip_reason": "not found"}]}
    assert judged("", CLEAN, NPM, "2026-01-01") == FINE
    assert judged("", skipped, NPM, "2026-01-01") == UNKNOWN
    assert judged("", CLEAN, {"message": "405"}, "2026-01-01") == UNKNOWN
    via = {"via": [{"url": "x/advisories/GHSA-dddd-eeee-ffff"}]}
    assert judged("", CLEAN, {"vulnerabilities": {"preact": via}}, "2026-01-01") == OVERDUE
