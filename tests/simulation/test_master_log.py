"""The private master log: what a node puts down of its pair logs, how often, and what it proves."""

import itertools

import pytest
from tests.simulation.parties import lane
from tests.simulation.world import OFFICER, World

from comity.application import master_log, plan_flights
from comity.application.accept_record import apply_record
from comity.application.master_log import CHECKPOINTS_KIND, INTERVAL_S, read_checkpoints
from comity.application.plan_flights import FlightRequest
from comity.application.ports.record_store import LogId
from comity.application.verify_store import verify_store
from comity.domain.records import Draft, open_record, seal
from comity.kernel.errors import RecordError, StoreError
from comity.kernel.instants import Instant


@pytest.fixture
def world():
    return World(seed=11)


def declare(world, place, number):
    footprint = lane(number, Instant(world.agenda.now_ms).plus_s(600), 300)
    request = FlightRequest(footprint=footprint, priority="general", operator=OFFICER)
    world.do(place, lambda n, at: plan_flights.declare_flight(n, request, at)).result()


def put_down(place):
    resolver = place.node.directory.public_key_of
    records = (open_record(each.envelope_bytes, resolver) for each in place.store.journal())
    return [record for record in records if record.kind == CHECKPOINTS_KIND]


@pytest.mark.requirement("LEDGER-013")
def test_the_pair_logs_are_put_down_once_a_minute_while_they_grow(world):
    here, there = world.places.values()
    for number in range(24):
        declare(world, here, number)
        world.run(10)
    records = put_down(here)
    apart_s = [b.made_at.minus(a.made_at) for a, b in itertools.pairwise(records)]
    assert len(records) >= 4
    assert min(apart_s) >= INTERVAL_S
    world.run(2 * INTERVAL_S)
    quiet = len(put_down(here))
    world.run(5 * INTERVAL_S)
    assert len(put_down(here)) == quiet, "nothing grew"
    latest = {each.log: each for record in put_down(here) for each in read_checkpoints(record.body)}
    out, back = LogId(here.party.id, there.party.id), LogId(there.party.id, here.party.id)
    assert set(latest) == {out, back}
    assert latest[out].size == here.node.own_log(there.party.id).tree.size
    assert latest[out].cosignature_text is not None
    assert latest[back].size == here.node.peer_log(there.party.id).tree.size
    own = LogId(here.party.id, here.party.id)
    kept = here.store.latest_checkpoint(own)
    assert kept.size == here.node.own_log(here.party.id).tree.size, "the private log ends with one"


@pytest.mark.requirement("LEDGER-013")
def test_a_busy_minute_is_put_down_sooner_but_not_in_every_batch(world, monkeypatch):
    monkeypatch.setattr(master_log, "LEAVES_MAX", 2)
    here, _ = world.places.values()
    before = len(put_down(here))
    for number in range(10):
        declare(world, here, number)
        world.run(3)
    records = put_down(here)[before:]
    assert 8 <= len(records) <= 30
    apart_s = [b.made_at.minus(a.made_at) for a, b in itertools.pairwise(records)]
    assert min(apart_s) >= master_log.INTERVAL_S_MIN


@pytest.mark.requirement("LEDGER-013")
def test_a_restart_knows_what_was_put_down(world):
    here, _ = world.places.values()
    declare(world, here, 0)
    world.run(2 * INTERVAL_S)
    before = here.node.master_log
    assert before.sizes
    assert here.runner.open_node().master_log == before


class ShortLogs:
    """A store from which the last leaves of one log are gone, with the checkpoints over them."""

    def __init__(self, store, log, size):
        self._store, self._log, self._size = store, log, size

    def __getattr__(self, name):
        return getattr(self._store, name)

    def log_ids(self):
        return tuple(log for log in self._store.log_ids() if self._size or log != self._log)

    def leaves(self, log, start=0, count_max=None):
        leaves = self._store.leaves(log, start, count_max)
        return (each for each in leaves if log != self._log or each.index < self._size)

    def checkpoints(self, log):
        kept = self._store.checkpoints(log)
        return (each for each in kept if log != self._log or each.size <= self._size)


@pytest.mark.requirement("LEDGER-013")
@pytest.mark.parametrize("size", [0, 1])
def test_the_check_of_a_store_compares_the_master_log_with_the_leaves(world, size):
    here, there = world.places.values()
    for number in range(3):
        declare(world, here, number)
    world.run(3 * INTERVAL_S)
    report = verify_store(here.store, here.node.directory)
    assert report.sound
    assert report.put_down == sum(
        len(list(read_checkpoints(record.body))) for record in put_down(here)
    )
    cut = ShortLogs(here.store, LogId(here.party.id, there.party.id), size)
    report = verify_store(cut, here.node.directory)
    assert {fault.reason for fault in report.faults} == {"leaves-missing"}

    class Unreadable(ShortLogs):
        def leaves(self, log, start=0, count_max=None):
            if log == self._log:
                raise StoreError("damaged", "leaf[0]: a field of the row was changed")
            return self._store.leaves(log, start, count_max)

    unreadable = Unreadable(here.store, LogId(here.party.id, there.party.id), 99)
    report = verify_store(unreadable, here.node.directory)
    assert [fault.reason for fault in report.faults] == ["damaged"], "damaged is not gone"


GOOD = {"checkpoint": "note", "cosignature": None, "owner": "a.aaaaaaaa", "reader": "b.aaaaaaaa"}


@pytest.mark.requirement("LEDGER-013")
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "missing-field"),
        ({"logs": {}}, "field-form"),
        ({"logs": [5]}, "field-form"),
        ({"logs": [{**GOOD}]}, "missing-field"),
        ({"logs": [{**GOOD, "size": "7"}]}, "field-form"),
        ({"logs": [{**GOOD, "size": 7, "owner": "nobody"}]}, "field-form"),
        ({"logs": [{**GOOD, "size": 7, "cosignature": 5}]}, "field-form"),
    ],
)
def test_a_record_of_another_form_is_named(body, reason):
    with pytest.raises(RecordError) as caught:
        list(read_checkpoints(body))
    assert caught.value.reason == reason


@pytest.mark.requirement("LEDGER-013")
def test_a_master_log_is_taken_from_nobody_else(world):
    here, there = world.places.values()
    record = seal(
        Draft(CHECKPOINTS_KIND, (there.party.id,), {"logs": []}),
        here.party.id, 0, None, world.at(here), here.party.signer,
    )  # fmt: skip
    with pytest.raises(RecordError, match="private-kind"):
        apply_record(there.node, record, world.at(there))
