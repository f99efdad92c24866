"""What is drawn of a past moment: of each flight what counts then, by the record that said so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.agreement_world import Actor
from tests.intents_world import NOON as T
from tests.intents_world import at_places

from comity.adapters.sqlite import SqliteRecordStore
from comity.application.ports.record_store import JournalEntry
from comity.application.reconstruct import Reconstruction
from comity.domain.intents import footprint_to_body
from comity.domain.records import Draft, seal
from comity.kernel.ids import PartyId

HERE = Actor("alpha")
THERE = PartyId("bravo.bbbbbbbb")
FLIGHT = f"{HERE.id}/0123456789abcdef"


class Kept:
    """A journal, and what a reconstruction draws of it."""

    def __init__(self, path: Path) -> None:
        self.store = SqliteRecordStore(path, create=True)
        self.said = 0
        self.previous: Any = None
        self.of = Reconstruction(
            lambda: SqliteRecordStore(path, read_only=True), HERE.card(), lambda: None
        )

    def say(
        self, kind: str, made_s: float, body: dict[str, Any], received_s: float | None = None
    ) -> Any:
        record = seal(
            Draft(kind, (THERE,), body),
            HERE.id,
            self.said,
            self.previous,
            T.plus_s(made_s),
            HERE.node,
        )
        self.said, self.previous = self.said + 1, record.digest
        received_at = T.plus_s(made_s if received_s is None else received_s)
        self.store.append_journal(JournalEntry(record.digest, record.envelope_bytes, received_at))
        self.store.commit()
        return record.digest

    def propose(
        self,
        made_s: float,
        version: int = 1,
        intent: str = FLIGHT,
        places: tuple[int, ...] = (1,),
        **when: float,
    ) -> Any:
        body = {"intent": intent, "version": version, "callsign": "RED1", "required": [],
                "decide_by": str(T.plus_s(made_s + 60)),
                "footprint": footprint_to_body(at_places(*places, **when))}  # fmt: skip
        return self.say("intent.proposal", made_s, body)

    def drawn(self, seconds: float, known_s: float | None = None, most: int = 9) -> Any:
        at = T.plus_s(seconds)
        known_by = at if known_s is None else T.plus_s(known_s)
        return self.of.map_then(at, known_by, most)


@pytest.fixture(name="kept")
def made_kept(tmp_path: Path) -> Iterator[Kept]:
    kept = Kept(tmp_path / "store.db")
    yield kept
    kept.store.close()


def told(map_then: Any) -> list[tuple[str, bool, int, int]]:
    return [
        (
            each.state.value,
            each.change,
            0 if each.footprint is None else len(each.footprint.volumes),
            0 if each.outside is None else len(each.outside.volumes),
        )
        for each in map_then.flights
    ]


@pytest.mark.requirement("RECON-014")
def test_of_a_flight_only_what_counts_then_is_drawn_in_the_state_of_then(kept: Kept) -> None:
    first = kept.propose(0, places=(1, 2), start_s=100, duration_s=200)
    kept.say("intent.acceptance", 10, {"proposal": first, "assents": []}, received_s=150)
    assert (told(kept.drawn(50)), kept.drawn(50).flights_not_now) == ([], 1), "still to come"
    assert told(kept.drawn(120)) == [("proposed", False, 2, 0)], "the acceptance was not yet here"
    assert told(kept.drawn(120, known_s=999)) == [("accepted", False, 2, 0)]
    assert told(kept.drawn(300)) == [], "over"
    assert kept.drawn(120).flights[0].footprint.volumes[0].start == T.plus_s(100)


@pytest.mark.requirement("RECON-014")
def test_a_change_and_where_it_may_be_outside_are_drawn_with_it(kept: Kept) -> None:
    first = kept.propose(0, places=(1,), start_s=100, duration_s=500)
    kept.say("intent.acceptance", 10, {"proposal": first, "assents": []})
    kept.propose(150, version=2, places=(3, 4), start_s=100, duration_s=500)
    assert told(kept.drawn(160)) == [("accepted", False, 1, 0), ("proposed", True, 2, 0)]
    outside = footprint_to_body(at_places(7, start_s=200, duration_s=900))
    left = {"proposal": first, "state": "nonconforming", "off_nominal": outside}
    kept.say("intent.state", 200, left)
    kept.say("intent.state", 220, left | {"state": "contingent", "off_nominal": None})
    assert told(kept.drawn(250))[0] == ("contingent", False, 1, 1)
    kept.say("intent.state", 300, left | {"state": "activated", "off_nominal": None})
    assert told(kept.drawn(310))[0] == ("activated", False, 1, 0)


@pytest.mark.requirement("RECON-014")
def test_more_flights_than_are_drawn_are_counted(kept: Kept) -> None:
    for number in range(4):
        kept.propose(number, intent=f"{HERE.id}/{number:016x}", places=(1,), start_s=100)
    few = kept.drawn(200, most=3)
    assert (len(few.flights), dict(few.left_out)) == (3, {"flights": 1})
