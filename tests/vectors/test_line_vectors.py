"""Our own vectors of the line: would another implementation agree with us?"""

import json
from pathlib import Path

import pytest
from tests.envelope_vectors import opened

from comity.domain.line import compare, matches, read_about, read_said, upkeep
from comity.domain.line.answers import ABOUT_KINDS
from comity.domain.line.content import SAID_KINDS
from comity.domain.operators import check_operator
from comity.domain.records import open_record
from comity.kernel.errors import RecordError

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "line"
CASES = sorted(place.parent for place in FOLDER.glob("*/envelope.json"))
COMPARED = sorted(place.parent for place in FOLDER.glob("*/read_back.json"))
READERS = {
    upkeep.ESCALATION: lambda r: {"step": upkeep.read_escalation(r).step},
    upkeep.CHECK: lambda r: {"slot": (slot := upkeep.read_check(r).slot) and str(slot)},
    upkeep.CHECK_ANSWER: lambda r: {"check": upkeep.read_check_answer(r)},
    upkeep.STATUS: lambda r: {"state": upkeep.read_status(r).state},
    upkeep.WATCH: lambda r: {"officer": upkeep.read_watch(r).officer},
    upkeep.HANDOVER: lambda r: {"to": upkeep.read_handover(r).to},
    upkeep.QUEUED: lambda r: {"precedence": upkeep.read_queued(r).said.precedence},
}


def read(record):
    check_operator(record.kind, record.operator)
    if record.kind in ABOUT_KINDS:
        return {"message": read_about(record)[0]}
    if record.kind not in SAID_KINDS:
        return READERS[record.kind](record)
    said = read_said(record)
    scoped = said.stop or said.denial
    return {
        "matter": said.matter,
        "precedence": said.precedence,
        "text": said.text,
        "references": len(said.references),
        "sha256": [each.sha256 for each in said.attachments],
        "radius_mm": scoped and scoped.radius_mm,
        "answer": said.denial and said.denial.answer,
        "phrase": said.by_number and said.by_number.number,
    }


@pytest.mark.requirement("LINE-050")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    assert case.name.endswith("_reject") == (expected["result"] == "reject")
    record = opened(case / "envelope.json")
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            read(record)
        assert caught.value.reason == expected["reason"]
        return
    told = read(record)
    assert {name: told[name] for name in expected["says"]} == expected["says"]


@pytest.mark.requirement("LINE-050")
@pytest.mark.parametrize("case", COMPARED, ids=lambda case: case.name)
def test_a_read_back_is_compared_as_the_page_says(case):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    message, read_back = opened(case / "message.json"), opened(case / "read_back.json")
    about, repeated = read_about(read_back)
    assert about == message.digest
    found = compare(read_said(message).particulars, repeated.particulars)
    assert {each.name: each.outcome for each in found} == expected["fields"]
    assert matches(found) == expected["matches"]


def test_at_least_as_many_are_refused_as_taken():
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    assert len(rejects) >= 60
    assert len(rejects) >= len(CASES) - len(rejects)
    assert len(COMPARED) >= 12
