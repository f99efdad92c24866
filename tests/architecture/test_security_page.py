"""docs/security.md answers each item of the standard once, and its counts are those of its rows."""

import re
from collections import Counter
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "security.md"
ROW = re.compile(
    r"^\| (?P<items>[\d., ]+) \| (?P<stands>[a-z/ ]+) \| (?P<why>.+) \|$", re.MULTILINE
)
ITEMS_OF_LEVEL_2 = 253  # of version 5.0.0, with those of level 1
SECTIONS = dict(enumerate((5, 4, 7, 4, 4, 8, 6, 4, 2, 7, 6, 3, 4, 3, 3, 5, 3), start=1))


def test_every_item_is_answered_once_with_a_reason():
    text = PAGE.read_text()
    rows = list(ROW.finditer(text))
    items = [each for row in rows for each in row["items"].split(", ")]
    assert len(items) == len(set(items)) == ITEMS_OF_LEVEL_2
    last = {int(each.split(".")[0]): 0 for each in items}
    for each in items:
        chapter, section, _ = map(int, each.split("."))
        last[chapter] = max(last[chapter], section)
    assert last == SECTIONS
    counts = Counter(row["stands"] for row in rows for _ in row["items"].split(", "))
    assert set(counts) == {"met", "n/a", "not met"}
    told = f"Of 253 items: {counts['met']} met, {counts['n/a']} n/a, {counts['not met']} not met."
    assert told in text


def test_the_tests_that_a_row_names_are_there():
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text()))
    tests = PAGE.parents[1] / "tests"
    found = {
        each
        for path in tests.rglob("test_*.py")
        for each in re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE)
    }
    assert named - found == set()
    assert named
