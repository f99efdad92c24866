"""Our own vectors of notices: would another implementation read and find the same?"""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.envelope_vectors import expected_of, opened_by_operator
from tests.intents_world import ALPHA, BRAVO, agreement

from comity.domain.airspace import Altitude, Shape, ShapeKind
from comity.domain.notices import (
    Cancellation,
    Notice,
    acknowledgement_to_body,
    cancellation_to_body,
    check_notice,
    held_band,
    held_window,
    notice_to_body,
    read_body,
)
from comity.domain.operators import check_operator
from comity.domain.records import open_record
from comity.kernel.errors import RecordError
from comity.kernel.ids import AgreementDigest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "vectors" / "notice"
CASES = sorted(place.parent for place in FOLDER.glob("*/envelope.json"))
FOUND = sorted(place.parent for place in FOLDER.glob("*/notice.json"))
EVERYWHERE = Shape(ShapeKind.RING, (10.0, 10.0, 60.0, 60.0), (10.0, 70.0, 70.0, 10.0))


def read(path):
    record = opened_by_operator(path)
    return record, read_body(record)


def written(body):
    if isinstance(body, Notice):
        return notice_to_body(body)
    return cancellation_to_body(body) if isinstance(body, Cancellation) else acknowledgement_to_body(body)


@pytest.mark.requirement("NOTICE-001")
@pytest.mark.requirement("NOTICE-002")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case):
    expected = expected_of(case)
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            read(case / "envelope.json")
        assert caught.value.reason == expected["reason"]
        return
    record, body = read(case / "envelope.json")
    said = {name: value for name, value in record.body.items() if name != "tomorrow"}
    assert written(body) == said


@pytest.mark.requirement("NOTICE-003")
@pytest.mark.requirement("NOTICE-006")
@pytest.mark.parametrize("case", FOUND, ids=lambda case: case.name)
def test_each_side_finds_the_same(case):
    expected = expected_of(case)
    record, notice = read(case / "notice.json")
    terms = replace(
        agreement(ALPHA, BRAVO),
        digest=AgreementDigest("a1" * 32),
        area=(EVERYWHERE,),
        notice_s={"firing": float(expected["lead_s"])},
    )
    findings = check_notice(notice, record.made_at, terms)
    assert [[each.rule, each.field] for each in findings] == expected["found"]
    for rule, figures in expected["figures"].items():
        [finding] = [each for each in findings if each.rule == rule]
        for name, value in figures.items():
            assert finding.figures[name] == pytest.approx(value, abs=1.0), name
            assert re.search(rf"\b{value // 1000 if name == 'across_m' else value}\b", finding.words)
    held = expected["held"]
    if "lower_mm" in held:
        limits = [
            Altitude(each.height_m, each.datum)
            for area in notice.areas
            for each in held_band(area, terms.height_bounds, _claimed(notice))
        ]
        assert [round(each.height_m * 1000) for each in limits] == [held["lower_mm"], held["upper_mm"]]
    if "start" in held:
        assert [str(each) for each in held_window(notice, record.made_at)] == [held["start"], held["end"]]


def _claimed(notice):
    from comity.domain.notices.safer import unstated_heights

    return unstated_heights(notice)


def test_every_code_and_rule_of_the_page_has_a_case():
    page = (ROOT / "docs/spec/notice.md").read_text(encoding="utf-8")
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    assert len(rejects) > len(CASES) - len(rejects)
    told = page.partition("## 8.")[2].partition("By what the book holds")[0]
    assert set(re.findall(r"`([a-z]+-[a-z-]+)`", told)) == {expected_of(each)["reason"] for each in rejects}
    rules = set(re.findall(r"^\| (N\d+) \|", page, re.MULTILINE))
    # N7 needs a band over 15,000 m, N15 a list of places, N17 an agreement's area, N18 a book: in the unit tests
    assert rules - {"N7", "N15", "N17", "N18"} == {expected_of(each)["rule"] for each in FOUND}
