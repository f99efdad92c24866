"""Our own vectors of hazard records: would another implementation read and refuse the same?"""

import json
import re
from pathlib import Path

import pytest
from tests.envelope_vectors import opened_by_operator

from comity.application.accept_record import HANDLERS
from comity.domain.hazards import (
    EchelonReceipt,
    Exposure,
    Objection,
    Preview,
    Reading,
    SweepTold,
    TouchTold,
    exposure_to_body,
    objection_to_body,
    preview_to_body,
    read_body,
    reading_to_body,
    receipt_to_body,
    sweep_to_body,
    touch_to_body,
)
from comity.domain.operators import check_operator
from comity.domain.records import open_record
from comity.kernel.errors import RecordError

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "vectors" / "hazard"
CASES = sorted(place.parent for place in FOLDER.glob("*/envelope.json"))
WRITTEN = {
    Preview: preview_to_body,
    Reading: reading_to_body,
    Exposure: exposure_to_body,
    TouchTold: touch_to_body,
    SweepTold: sweep_to_body,
    Objection: objection_to_body,
    EchelonReceipt: receipt_to_body,
}


def read(path):
    record = opened_by_operator(path)
    if HANDLERS[record.kind].private and record.recipients:
        raise RecordError("private-kind", record.kind)
    return record, read_body(record)


@pytest.mark.requirement("HAZARD-013")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            read(case / "envelope.json")
        assert caught.value.reason == expected["reason"]
        return
    record, body = read(case / "envelope.json")
    said = {name: value for name, value in record.body.items() if name != "tomorrow"}
    assert WRITTEN[type(body)](body) == said


def test_every_code_of_form_on_the_page_has_a_case():
    page = (ROOT / "docs/spec/hazard.md").read_text(encoding="utf-8")
    told = page.partition("## 7.")[2].partition("by what the book holds")[0]
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    reasons = {json.loads((case / "expected.json").read_text())["reason"] for case in rejects}
    assert set(re.findall(r"`([a-z]+-[a-z-]+)`", told)) == reasons
    assert len(rejects) > len(CASES) - len(rejects)
