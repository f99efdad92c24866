"""Our own vectors of working groups: would another implementation agree with us?"""

import itertools
import json
from pathlib import Path

import pytest
from tools.vector_cases import ALFA, BRAVO, CHARLIE

from comity.domain.groups import GroupBook
from comity.domain.records import open_record
from comity.kernel.errors import RecordError
from comity.kernel.ids import PartyId

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "group"
CASES = sorted(place.parent for place in FOLDER.glob("*/envelope.json"))
SETS = sorted(place.parent for place in FOLDER.glob("set-*/expected.json"))
KNOWN = json.loads((FOLDER / "keys.json").read_text(encoding="utf-8"))


def opened(envelope_bytes):
    return open_record(envelope_bytes, lambda who, key: bytes.fromhex(KNOWN[who].get(key, "")) or None)


def book():
    return GroupBook(PartyId(BRAVO.id), opened)


@pytest.mark.requirement("GROUP-010")
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
    assert list(taken.groups()) == [record.body["group"]]


@pytest.mark.requirement("GROUP-003")
@pytest.mark.parametrize("case", SETS, ids=lambda case: case.name)
def test_who_is_in_follows_from_the_set_in_any_order(case):
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    records = [opened(path.read_bytes()) for path in sorted(case.glob("[0-9]*.json"))]
    for order in (records, records[::-1], records[1::2] + records[::2]):
        taken = book()
        for record in order:
            taken.apply(record)
        [group] = taken.groups().values()
        found = group.membership
        assert {p: found.standing_of(PartyId(p)) for p in expected["standing"]} == {
            p: how for p, how in expected["standing"].items()
        }
        slugs = {each.slug: PartyId(each.id) for each in (ALFA, BRAVO, CHARLIE)}
        shares = [
            f"{one}>{other}"
            for one, other in itertools.permutations(slugs, 2)
            if found.shares(slugs[one], slugs[other])
        ]
        assert sorted(shares) == expected["shares"]


def test_at_least_as_many_are_refused_as_taken():
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    assert len(rejects) >= 50
    assert len(CASES) - len(rejects) >= 15
