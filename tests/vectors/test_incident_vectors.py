"""Our own vectors of incidents and claims: would another implementation agree with us?"""

import json
from pathlib import Path

import pytest
from tools.vector_cases import ALFA

from comity.domain.incidents import Counted, IncidentBook
from comity.domain.records import open_record
from comity.kernel.errors import RecordError
from comity.kernel.ids import PartyId

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "incident"
CASES = sorted(place.parent for place in FOLDER.glob("*/envelope.json"))
KNOWN = json.loads((FOLDER / "keys.json").read_text(encoding="utf-8"))


def opened(envelope_bytes):
    return open_record(envelope_bytes, lambda who, key: bytes.fromhex(KNOWN[who].get(key, "")) or None)


def told(book):
    """What the page lets a reader say of the one incident, if there is one."""
    found = {"open_tasks": 0, "claimed": 0, "graded": 0, "evidenced": 0, "overtaken": 0, "dissented": 0}
    for incident in book.incidents():
        found["state"] = incident.state.value
        found["open_tasks"] += len(incident.open_tasks())
        counts = Counted()
        for each in book.count(incident).values():
            counts = counts.plus(each)
        found |= {name: getattr(counts, name) for name in Counted.__slots__}
    for claim in book.claims():
        found["claim_version"] = claim.last.version.version
    return found


@pytest.mark.requirement("INCIDENT-020")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    assert expected["reader"] == "alfa"
    book = IncidentBook(PartyId(ALFA.id))
    for path in sorted(case.glob("before-*.json")):
        record = opened(path.read_bytes())
        book.apply(record, record.made_at)
    record = opened((case / "envelope.json").read_bytes())
    assert case.name.endswith("_reject") == (expected["result"] == "reject")
    if expected["result"] == "reject":
        before = told(book)
        with pytest.raises(RecordError) as caught:
            book.apply(record, record.made_at)
        assert caught.value.reason == expected["reason"]
        assert told(book) == before
        return
    book.apply(record, record.made_at)
    found = told(book)
    stated = {name: value for name, value in expected.items() if name in found}
    assert {name: found[name] for name in stated} == stated


def test_at_least_as_many_are_refused_as_taken():
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    assert len(rejects) >= 60
    assert len(CASES) - len(rejects) >= 30
