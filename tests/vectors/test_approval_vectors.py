"""Our own vectors of approvals: would another implementation refuse the same?"""

import json
from pathlib import Path

import pytest
from tests.envelope_vectors import opened_by_operator

from comity.domain.operators import TwoPersonBook, check_operator
from comity.domain.operators.two_persons import TWO_PERSON_KINDS, read_second_person
from comity.domain.records import Record, open_record
from comity.kernel.errors import RecordError

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "approval"
CASES = sorted(place.parent for place in FOLDER.glob("*/envelope.json"))


def read(case: Path) -> Record:
    record = opened_by_operator(case / "envelope.json")
    if record.kind in TWO_PERSON_KINDS:
        read_second_person(record)
    else:
        TwoPersonBook().apply(record)
    return record


@pytest.mark.requirement("OPER-020")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            read(case)
        assert caught.value.reason == expected["reason"]
        return
    record = read(case)
    said = read_second_person(record) if record.kind in TWO_PERSON_KINDS else None
    assert (said is not None) is ("by-two" in case.name)


def test_there_are_more_rejects_than_accepts() -> None:
    refused = [case for case in CASES if case.name.endswith("_reject")]
    assert len(refused) > len(CASES) / 2 > 5
