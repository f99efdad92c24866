"""Our own vectors of intent records and ranks: would another implementation agree with us?"""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.envelope_vectors import expected_of, opened_by_operator
from tests.intents_world import agreement

from comity.domain.intents import Acceptance, Proposal, rank, read_body, window_of
from comity.domain.intents.footprints import parts_of
from comity.domain.operators import check_operator
from comity.domain.records import open_record
from comity.kernel.errors import RecordError
from comity.kernel.ids import PartyId
from comity.kernel.instants import instant_from_canonical

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "vectors" / "intent"
CASES = sorted(place.parent for place in FOLDER.glob("*/envelope.json"))
RANKS = sorted(place.parent for place in FOLDER.glob("*/rank.json"))


def read(case):
    record = opened_by_operator(case / "envelope.json")
    return record, read_body(record)


@pytest.mark.requirement("INTENT-015")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_reader_answers_as_the_page_says(case):
    expected = expected_of(case)
    assert case.name.endswith("_reject") == (expected["result"] == "reject")
    if expected["result"] == "reject":
        with pytest.raises(RecordError) as caught:
            read(case)
        assert caught.value.reason == expected["reason"]
        return
    record, body = read(case)
    assert record.kind == expected["kind"]
    for name, value in expected["says"].items():
        assert told(body, name) == value, name


def told(body, name):
    if name in ("start", "end"):
        return str(window_of(body.footprint)[name == "end"])
    if name == "parts":
        return parts_of(body.footprint)
    if isinstance(body, Acceptance) and name == "assents":
        return dict(body.assents)
    if isinstance(body, Proposal) and name == "required":
        return list(body.required)
    return getattr(body, name)


@pytest.mark.requirement("INTENT-002")
@pytest.mark.parametrize("case", RANKS, ids=lambda case: case.name)
def test_the_rank_is_that_of_the_page(case):
    asked = json.loads((case / "rank.json").read_text(encoding="utf-8"))
    parties = [PartyId(f"party-{index}.aaaaaaaa") for index in range(asked["parties"])]
    terms = agreement(*parties, precedence=tuple(asked["precedence"]))

    def ranked(intent):
        row = SimpleNamespace(**intent)
        return rank(
            terms, row.priority, parties[row.party_index], instant_from_canonical(row.start)
        )

    assert sorted(asked["intents"], key=ranked) == expected_of(case)["order"]
    assert len({ranked(each) for each in asked["intents"]}) == len(asked["intents"])


def test_every_kind_is_taken_and_refused_and_every_code_of_the_page_has_a_case():
    rejects = [case for case in CASES if case.name.endswith("_reject")]
    assert len(rejects) > len(CASES) - len(rejects)
    assert len(RANKS) >= 5
    page = (ROOT / "docs/spec/intent.md").read_text(encoding="utf-8")
    codes = set(re.findall(r"`([a-z-]+)`", page.partition("## 10.")[2]))
    assert codes == {expected_of(case)["reason"] for case in rejects}
    for kind in re.findall(r"`intent\.([a-z]+)`", page.partition("## 2.")[2].partition("## 3.")[0]):
        assert any(each.name.startswith(f"{kind}-") for each in rejects), kind
        assert any(each.name.startswith(f"{kind}-") for each in CASES if each not in rejects), kind
