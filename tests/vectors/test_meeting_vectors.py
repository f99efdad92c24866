"""Our own vectors of meetings: would another implementation agree with us?"""

import json
from pathlib import Path

import pytest
from tools.vector_cases import BRAVO

from comity.domain.meetings import MeetingBook
from comity.domain.records import open_record
from comity.kernel.errors import RecordError
from comity.kernel.ids import PartyId

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "meeting"
CASES = sorted(place.parent for place in FOLDER.glob("*/envelope.json"))
SETS = sorted(place.parent for place in FOLDER.glob("set-*/expected.json"))
KNOWN = json.loads((FOLDER / "keys.json").read_text(encoding="utf-8"))


def opened(envelope_bytes):
    return open_record(envelope_bytes, lambda who, key: bytes.fromhex(KNOWN[who][key]))


def book():
    return MeetingBook(PartyId(BRAVO.id), lambda _group, _other: False)


@pytest.mark.requirement("MEET-010")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    record = opened((case / "envelope.json").read_bytes())
    assert case.name.endswith("_reject") == (expected["result"] == "reject")
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            book().apply(record)
        assert caught.value.reason == expected["reason"]
        return
    taken = book()
    taken.apply(record)
    assert list(taken.meetings()) == [record.body["meeting"]]


@pytest.mark.requirement("MEET-003")
@pytest.mark.parametrize("case", SETS, ids=lambda case: case.name)
def test_how_a_meeting_stands_follows_from_the_set_in_any_order(case):
    says = json.loads((case / "expected.json").read_text(encoding="utf-8"))["says"]
    records = [opened(path.read_bytes()) for path in sorted(case.glob("[0-9]*.json"))]
    for order in (records, records[::-1], records[1::2] + records[::2]):
        taken = book()
        for record in order:
            taken.apply(record)
        [meeting] = taken.meetings().values()
        standing, call = meeting.standing, meeting.call
        found = {
            "state": standing.state,
            "current": standing.current,
            "minutes": {digest: each.state for digest, each in standing.minutes.items()},
            "stations": sorted(each.station for each in call.stations),
            "recording": call.recording_allowed,
        }
        assert {name: found[name] for name in says} == says


def test_at_least_as_many_are_refused_as_taken():
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    assert len(rejects) >= 50
    assert len(CASES) - len(rejects) >= 14
