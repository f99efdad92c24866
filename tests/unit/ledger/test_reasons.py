"""Reasons of refusal: each one documented, each one reached."""

import json
import re
from pathlib import Path

import pytest

from comity.domain.ledger import LogReason

ROOT = Path(__file__).resolve().parents[3]


def cases() -> list[dict]:
    paths = sorted((ROOT / "vectors/checkpoint").glob("*/expected.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


@pytest.mark.requirement("LEDGER-011")
def test_the_page_lists_every_reason_and_no_other():
    page = (ROOT / "docs/spec/checkpoint.md").read_text(encoding="utf-8")
    section = page.split("## 9. Reasons of refusal")[1].split("\n## 10.")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE) == [str(r) for r in LogReason]


@pytest.mark.requirement("LEDGER-011")
def test_a_vector_reaches_every_reason():
    assert {case.get("reason") for case in cases()} - {None} == set(LogReason)


@pytest.mark.requirement("LEDGER-011")
def test_every_rule_of_the_page_is_named_by_a_vector_or_is_the_caller_s():
    page = (ROOT / "docs/spec/checkpoint.md").read_text(encoding="utf-8")
    rules = set(re.findall(r"\[(C\d+)\]", page))
    # leaf and tree: every receipt; storing before cosigning: the node; the private log: test_master_log.py
    unseen = {"C1", "C2", "C8", "C13"}
    assert rules - unseen == {case["rule"] for case in cases()}
