"""Reasons of refusal: each one documented, each one reached."""

import json
import re
from pathlib import Path

import pytest

from comity.domain.records import Reason

ROOT = Path(__file__).resolve().parents[3]
# Reached by tests/unit/records/test_record.py, for the length of the input.
REACHED_BY_LENGTH = {Reason.ENVELOPE_SIZE, Reason.PAYLOAD_SIZE}


@pytest.mark.requirement("RECORD-011")
def test_the_page_lists_every_reason_and_no_other():
    page = (ROOT / "docs/spec/record.md").read_text(encoding="utf-8")
    section = page.split("## 7. Reasons of refusal")[1].split("\n## 8.")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE) == [str(r) for r in Reason]


@pytest.mark.requirement("RECORD-011")
def test_a_vector_reaches_every_reason():
    reached = {
        json.loads(path.read_text(encoding="utf-8")).get("reason")
        for path in (ROOT / "vectors/record").glob("*/expected.json")
    }
    assert reached - {None} == set(Reason) - REACHED_BY_LENGTH


@pytest.mark.requirement("RECORD-011")
def test_every_rule_of_the_page_is_named_by_a_vector_or_a_limit_test():
    page = (ROOT / "docs/spec/record.md").read_text(encoding="utf-8")
    elsewhere = {"R12", "R19", "R13", "R24"}  # lengths; forwarding; words are in vectors/intent
    rules = set(re.findall(r"\[(R\d+)\]", page)) - elsewhere
    cited = {
        json.loads(path.read_text(encoding="utf-8"))["rule"]
        for path in (ROOT / "vectors/record").glob("*/expected.json")
    }
    assert rules == cited
