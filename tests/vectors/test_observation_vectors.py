"""Our own vectors of observations: would another implementation refuse and count the same?"""

import json
import re
from pathlib import Path

import pytest
from tests.envelope_vectors import expected_of, opened_by_operator
from tools.vector_cases import ALFA, BRAVO, CHARLIE

from comity.domain.observations import (
    Link,
    ObservationKind,
    Relation,
    Told,
    read_body,
    support,
    to_body,
)
from comity.domain.operators import check_operator
from comity.domain.records import open_record
from comity.kernel.errors import RecordError
from comity.kernel.ids import ObservationId, OriginId, PartyId, RecordDigest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "vectors" / "observation"
CASES = sorted(place.parent for place in FOLDER.glob("*/envelope.json"))
COUNTED = sorted(place.parent for place in FOLDER.glob("*/me.txt"))


def read(case):
    record = opened_by_operator(case / "envelope.json")
    return record, read_body(record)


@pytest.mark.requirement("OBSERVE-001")
@pytest.mark.requirement("OBSERVE-003")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case):
    expected = expected_of(case)
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            read(case)
        assert caught.value.reason == expected["reason"]
        return
    record, body = read(case)
    assert to_body(body) == record.body


@pytest.mark.requirement("OBSERVE-005")
@pytest.mark.parametrize("case", COUNTED, ids=lambda case: case.name)
def test_each_side_counts_the_same(case):
    expected = expected_of(case)
    parties = {"a": ALFA.id, "b": BRAVO.id, "c": CHARLIE.id}
    authors = {each["number"]: parties[each["author"]] for each in expected["told"]}

    def digest(number):
        return RecordDigest(f"{number:064x}")

    held = {}
    for each in expected["told"]:
        number, origin = each["number"], each["origin"]
        links = tuple(
            Link(Relation(relation), ObservationId(f"{authors[to]}/{to:016x}"), digest(to))
            for relation, to in each["steps"]
        )
        origins = (OriginId(f"{parties[origin[0]]}/{int(origin[1]):016x}"),) if origin else ()
        named = ObservationId(f"{authors[number]}/{number:016x}")
        held[digest(number)] = Told(
            digest(number), named, PartyId(authors[number]), origins, links
        )
    me = PartyId(parties[(case / "me.txt").read_text()])
    found = support(held, held, me)
    assert (found.stated, found.counted) == (expected["stated"], expected["counted"])
    assert found.circular == tuple(digest(each) for each in expected["circular"])


@pytest.mark.requirement("OBSERVE-003")
def test_no_field_of_any_record_could_nominate_a_target():
    """Closed kinds, a cell as the only geometry, and no word of a target in any name."""
    names = set()
    for case in CASES:
        if not case.name.endswith("_reject"):
            waiting = [read(case)[0].body]
            while waiting:
                at = waiting.pop()
                if isinstance(at, dict):
                    names |= set(at)
                    waiting += at.values()
                elif isinstance(at, list):
                    waiting += at
    assert {"area", "level", "row", "column", "subject"} <= names
    never = r"target|nominat|strike|weapon|unit|priority|aim|engage|kill|latitude|longitude|point|force|rank|callsign"
    assert [name for name in names if re.search(never, name)] == []
    assert {each.value for each in ObservationKind} == {
        "hazard-to-flight", "hazard-to-movement", "airspace-event", "site-damage", "site-access-blocked",
    }  # fmt: skip


def test_every_code_of_the_page_has_a_case():
    page = (ROOT / "docs/spec/observation.md").read_text(encoding="utf-8")
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    assert len(rejects) > len(CASES) - len(rejects)
    told = page.partition("## 8.")[2].partition("By what the book holds")[0]
    codes = {each for each in re.findall(r"`([a-z]+-[a-z-]+)`", told)}
    assert codes == {expected_of(each)["reason"] for each in rejects}
