"""An answer is taken in, and what is owed decided, in slices: other work, crashes and losses come in between."""

import random

import pytest
from tests.simulation.invariants import logs_agree, safe
from tests.simulation.parties import lane
from tests.simulation.test_peering import _wake_up_with
from tests.simulation.world import OFFICER, World, copy_of

from comity.application import exchange_logs, plan_flights, take_entries
from comity.application.pair_log import unfinished_setting
from comity.application.plan_flights import FlightRequest
from comity.domain.agreement import LegalState, StatementAction
from comity.domain.intents import IntentState
from comity.domain.ledger import Checkpoint, log_origin, sign_checkpoint
from comity.domain.peering import (
    ENTRIES_SIZE_BYTES_MAX,
    GIVEN_BACK_SIZE_BYTES_MAX,
    PROTOCOL_VERSION,
    RESPONSE_SIZE_BYTES_MAX,
    PullResponse,
    decode_request,
    decode_response,
    encode_message,
)
from comity.kernel.errors import StoreError
from comity.kernel.instants import Instant

COUNT = 6


def never():
    return False


@pytest.fixture
def world():
    """Two nodes; the first has declared more than the second has taken."""
    world = World(seed=7)
    here, there = world.places.values()
    for place in (here, there):  # what is under way is not what the tests are about
        place.slices = random.Random(0)
    for number in range(COUNT):
        footprint = lane(number, Instant(world.agenda.now_ms).plus_s(600), 300)
        request = FlightRequest(footprint=footprint, priority="general", operator=OFFICER)
        world.do(here, lambda n, at, r=request: plan_flights.declare_flight(n, r, at)).result()
    return world


def places(world):
    return tuple(world.places.values())


def answer(world, reader, owner):
    request = exchange_logs.pull_request(reader.node, owner.party.id, world.at(reader))
    return exchange_logs.serve_pull(
        owner.node, reader.party.id, request, world.at(owner), waited=True
    )


def begin(world, reader, owner, message_bytes):
    """The first slice: one entry."""

    def take(node, at):
        return exchange_logs.take_pull_response(node, owner.party.id, message_bytes, at, never)

    (outcome,) = reader.runner.run([take], world.at(reader), never)
    return outcome.result()


def go_on(world, reader, owner):
    """A further slice of one entry; whether that was all."""

    def take(node, at):
        return take_entries.go_on_taking(node, owner.party.id, at, never)

    (outcome,) = reader.runner.run([take], world.at(reader), never)
    return outcome.result()


def asks(world, reader, owner):
    return decode_request(exchange_logs.pull_request(reader.node, owner.party.id, world.at(reader)))


def reopen(world, place):
    """The process is gone, and what was not committed with it."""
    world._crash(place)
    world._restart(place)


def states(node):
    return sorted((d, v.state) for d, v in node.intents.holdings.versions.items())


@pytest.mark.requirement("PEER-014")
def test_nothing_of_an_answer_is_cosigned_before_all_of_it_is_in_the_log(world):
    here, there = places(world)
    log = there.node.peer_log(here.party.id)
    before, size = log.checkpoint, log.tree.size
    assert begin(world, there, here, answer(world, there, here)) == COUNT
    for taken in range(1, COUNT):
        assert log.tree.size == size + taken
        assert there.store.latest_checkpoint(log.log) == before
        asked = asks(world, there, here)
        assert asked.cosignature == b""
        assert asked.position == size + COUNT  # that many are durable, under the owner's note
        assert go_on(world, there, here) is (taken == COUNT - 1)
    assert log.checkpoint.size == log.tree.size == size + COUNT
    assert there.store.settings()[unfinished_setting(here.party.id)] == b""
    assert asks(world, there, here).cosignature
    world.run(10, check=safe)
    assert logs_agree(world)


@pytest.mark.requirement("PEER-014")
def test_other_work_is_done_and_kept_between_two_slices(world):
    here, there = places(world)
    begin(world, there, here, answer(world, there, here))
    footprint = lane(30, Instant(world.agenda.now_ms).plus_s(600), 300)
    request = FlightRequest(footprint=footprint, priority="general", operator=OFFICER)
    declared = world.do(there, lambda n, at: plan_flights.declare_flight(n, request, at)).result()
    assert there.node.peer_log(here.party.id).unfinished is not None
    assert there.store.read(declared.record.digest) is not None
    served = exchange_logs.serve_pull(
        there.node, here.party.id,
        exchange_logs.pull_request(here.node, there.party.id, world.at(here)), world.at(there),
    )  # fmt: skip
    assert declared.record.envelope_bytes in {e.envelope for e in decode_response(served).entries}


@pytest.mark.requirement("PEER-014")
@pytest.mark.parametrize("slices", range(1, COUNT))
def test_a_crash_between_two_slices_loses_nothing_and_takes_nothing_twice(world, slices):
    here, there = places(world)
    log = there.node.peer_log(here.party.id).log
    size = there.node.peer_log(here.party.id).tree.size
    message_bytes = answer(world, there, here)
    begin(world, there, here, message_bytes)
    for _ in range(slices - 1):
        go_on(world, there, here)
    reopen(world, there)
    assert there.node.peer_log(here.party.id).tree.size == size + slices
    assert there.node.peer_log(here.party.id).unfinished is not None
    world.run(20, check=safe)
    leaves = list(there.store.leaves(log))[size:]
    assert [leaf.envelope_bytes for leaf in leaves][:COUNT] == [
        entry.envelope for entry in decode_response(message_bytes).entries
    ]
    assert logs_agree(world)
    assert not here.node.frozen
    assert not there.node.frozen


@pytest.mark.requirement("PEER-014")
def test_a_batch_that_is_not_kept_takes_the_answer_put_aside_with_it(world):
    here, there = places(world)
    size = there.node.peer_log(here.party.id).tree.size
    there.store.fail_next_commit()
    with pytest.raises(StoreError):
        begin(world, there, here, answer(world, there, here))
    log = there.node.peer_log(here.party.id)
    assert (log.tree.size, log.unfinished) == (size, None)
    world.run(20, check=safe)
    assert logs_agree(world)


@pytest.mark.requirement("PEER-014")
def test_a_node_opened_in_the_middle_asks_whether_its_store_is_old_before_it_goes_on(world):
    here, there = places(world)
    begin(world, there, here, answer(world, there, here))
    reopen(world, there)
    log = there.node.peer_log(here.party.id)
    size = log.tree.size
    assert go_on(world, there, here) is True  # nothing to go on with before it has asked
    assert log.tree.size == size
    asked = asks(world, there, here)
    assert asked.recover_from is not None
    assert asked.position == log.held_size == size + COUNT - 1
    begin(world, there, here, answer(world, there, here))
    assert go_on(world, there, here) is False
    assert log.tree.size == size + 1


@pytest.mark.requirement("PEER-014")
@pytest.mark.requirement("PEER-006")
def test_the_same_answer_again_between_two_slices_changes_nothing(world):
    here, there = places(world)
    message_bytes = answer(world, there, here)
    begin(world, there, here, message_bytes)
    size = there.node.peer_log(here.party.id).tree.size
    assert begin(world, there, here, message_bytes) == 0
    assert there.node.peer_log(here.party.id).tree.size == size


@pytest.mark.requirement("PEER-011")
@pytest.mark.requirement("PEER-014")
def test_an_owner_that_lost_its_store_gets_back_what_is_put_aside_too(world):
    here, there = places(world)
    lost = states(here.node)
    old = copy_of(here.store)
    empty = World(seed=7)  # the same world before anything was declared
    begin(world, there, here, answer(world, there, here))
    _wake_up_with(world, here, copy_of(next(iter(empty.places.values())).store))
    assert here.node.own_log(there.party.id).tree.size < old.log_size(
        here.node.own_log(there.party.id).log
    )
    world.run(30, check=safe)
    assert not here.node.recovering
    assert {digest for digest, _ in lost} <= set(here.node.intents.holdings.versions)
    assert there.node.frozen == here.node.frozen == {}
    assert logs_agree(world)


@pytest.mark.requirement("PEER-014")
def test_a_reader_restored_from_the_middle_of_an_answer_goes_on_with_it(world):
    here, there = places(world)
    begin(world, there, here, answer(world, there, here))
    backup = copy_of(there.store)
    world.run(10, check=safe)
    _wake_up_with(world, there, backup)
    assert there.node.peer_log(here.party.id).unfinished is not None
    world.run(30, check=safe)
    assert not there.node.recovering
    assert there.node.peer_log(here.party.id).unfinished is None
    assert there.node.frozen == here.node.frozen == {}
    assert logs_agree(world)


@pytest.mark.requirement("PEER-014")
def test_an_answer_put_aside_that_cannot_be_read_stops_the_node_from_opening(world):
    here, there = places(world)
    begin(world, there, here, answer(world, there, here))
    there.store.put_setting(unfinished_setting(here.party.id), b"\xff")
    there.store.commit()
    world._crash(there)
    with pytest.raises(StoreError, match="unfinished-answer"):
        world._restart(there)


@pytest.mark.requirement("PEER-011")
def test_leaves_are_given_back_in_answers_that_can_be_read(world, monkeypatch):
    here, there = places(world)
    world.run(5)
    assert ENTRIES_SIZE_BYTES_MAX + GIVEN_BACK_SIZE_BYTES_MAX < RESPONSE_SIZE_BYTES_MAX
    monkeypatch.setattr(exchange_logs, "GIVEN_BACK_SIZE_BYTES_MAX", 3_000)  # two or three records
    _wake_up_with(world, here, copy_of(next(iter(World(seed=7).places.values())).store))
    served = decode_response(answer(world, here, there)).recovered
    assert 0 < len(served.entries) < served.size
    assert sum(len(entry.envelope) for entry in served.entries[:-1]) <= 3_000
    world.run(60, check=safe)
    assert not here.node.recovering
    assert logs_agree(world)


@pytest.mark.requirement("INTENT-022")
def test_what_is_owed_is_decided_in_slices_and_all_of_it_in_the_end(world):
    here, there = places(world)
    message_bytes = answer(world, there, here)

    def take(node, at):
        return exchange_logs.take_pull_response(node, here.party.id, message_bytes, at)

    there.runner.run([take], world.at(there), never)[0].result()
    batches = 1
    while there.runner.more_owed:
        decided = [s for _, s in states(there.node)].count(IntentState.HELD)
        assert decided <= batches
        there.runner.run([], world.at(there), never)
        batches += 1
    assert batches >= COUNT
    assert [s for _, s in states(there.node)] == [IntentState.HELD] * COUNT


@pytest.mark.requirement("INTENT-022")
def test_what_was_not_decided_before_a_crash_is_decided_after_it(world):
    here, there = places(world)
    message_bytes = answer(world, there, here)

    def take(node, at):
        return exchange_logs.take_pull_response(node, here.party.id, message_bytes, at)

    there.runner.run([take], world.at(there), never)[0].result()
    assert there.runner.more_owed
    reopen(world, there)
    there.runner.run([], world.at(there))
    assert not there.runner.more_owed
    assert [s for _, s in states(there.node)] == [IntentState.HELD] * COUNT


@pytest.mark.requirement("PEER-014")
def test_another_answer_cannot_take_the_place_of_one_put_aside(world):
    here, there = places(world)
    begin(world, there, here, answer(world, there, here))
    log = there.node.peer_log(here.party.id)
    put_aside, size = log.unfinished, log.tree.size
    asked = asks(world, there, here)
    own_log = here.node.own_log(there.party.id)
    signed = sign_checkpoint(
        Checkpoint(
            log_origin(here.party.id, there.party.id), size + 1, own_log.tree.root(size + 1)
        ),
        here.party.signer.public_key,
        here.party.signer.sign,
    )
    unasked = PullResponse(
        protocol=PROTOCOL_VERSION,
        owner=here.party.id,
        position=size,
        entries=put_aside.entries[1:2],
        checkpoint=signed.note_bytes,
        request_sent_unix_ms=asked.sent_unix_ms,
    )
    assert begin(world, there, here, encode_message(unasked)) == 0
    assert (log.unfinished, log.tree.size) == (put_aside, size)


@pytest.mark.requirement("PEER-014")
def test_what_is_put_aside_is_given_back_with_what_is_in_the_log(world):
    here, there = places(world)
    whole = decode_response(answer(world, there, here)).entries
    begin(world, there, here, answer(world, there, here))
    _wake_up_with(world, here, copy_of(next(iter(World(seed=7).places.values())).store))
    recovered = decode_response(answer(world, here, there)).recovered
    assert recovered.entries[-COUNT:] == whole
    assert recovered.size == there.node.peer_log(here.party.id).held_size
    assert (
        recovered.checkpoint == there.node.peer_log(here.party.id).unfinished.checkpoint.note_bytes
    )


@pytest.mark.requirement("PEER-014")
@pytest.mark.requirement("PEER-007")
def test_a_recovery_ends_only_after_what_was_put_aside_before_it(world):
    here, there = places(world)
    begin(world, there, here, answer(world, there, here))
    old = copy_of(there.store)
    world.state_agreement(
        there, StatementAction.SUSPEND
    )  # the peer hears of it, and the disk is lost
    message_bytes = answer(world, here, there)
    world.do(
        here, lambda n, at: exchange_logs.take_pull_response(n, there.party.id, message_bytes, at)
    ).result()
    world._crash(there)
    there.store = old
    world._restart(there)
    begin(world, there, here, answer(world, there, here))
    assert there.node.recovering
    assert there.node.recovery.of(here.party.id).done
    for _ in range(COUNT - 2):
        assert go_on(world, there, here) is False
        assert there.node.recovering
    assert go_on(world, there, here) is True
    there.runner.run([], world.at(there))
    assert not there.node.recovering
    status = there.node.agreements.legal_status(world.at(there))
    assert status.state is LegalState.SUSPENDED
    world.run(20, check=safe)
    assert there.node.frozen == here.node.frozen == {}
    assert logs_agree(world)
