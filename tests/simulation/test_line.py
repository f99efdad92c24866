"""The line under partition, loss, duplicates, skew and crashes: nothing lost, nothing claimed, nobody forgotten."""

import random

import pytest
from tests.simulation.invariants import logs_agree, safe
from tests.simulation.line_people import (
    FAULTS,
    LADDER_S,
    MISHEARD,
    STATED,
    Officers,
    answers_are_the_same_everywhere,
    ladders_ran,
    line_world,
    nothing_lost_or_doubled,
    nothing_shown_without_receipt,
)
from tests.simulation.world import OFFICER

from comity.application.answer_on_line import answer_item
from comity.application.speak_on_line import Words, send_message
from comity.domain.line import (
    Acknowledged,
    LineState,
    Precedence,
    ReadBack,
)

BUSY_S = 60
SEEDS = range(6)
CRASH_POINTS = range(1, 7)


def check(world):
    safe(world)
    nothing_shown_without_receipt(world)


@pytest.mark.requirement("LINE-051")
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_or_claimed_and_ladders_run_though_nodes_crash(seed):
    world = line_world(seed, nodes=2 + seed % 2, faults=FAULTS)
    officers = Officers(world, random.Random(seed))
    for _ in range(BUSY_S):
        for _ in range(officers.rng.randrange(3)):
            officers.act()
        world.run(1)
        check(world)
    world.heal()
    world.run(65)  # late copies of messages come up to a minute after
    world.run(LADDER_S[-1] + 15)
    check(world)
    assert logs_agree(world)
    assert len(officers.sent) > 20
    nothing_lost_or_doubled(officers)
    answers_are_the_same_everywhere(world)
    ladders_ran(world)
    for party, place in world.places.items():
        for other in world.places:
            if other != party:
                assert place.node.line.checks.line(other).state is LineState.WORKING


@pytest.mark.requirement("LINE-051")
@pytest.mark.requirement("LINE-010")
def test_a_flash_is_there_before_a_thousand_that_were_queued_while_the_way_was_cut():
    world = line_world(1)
    here, there = world.places.values()
    world.network.partition(here.party.id, there.party.id, 10**9)
    world.network.partition(there.party.id, here.party.id, 10**9)
    officers = Officers(world, random.Random(1))
    for _ in range(1_000):
        officers.speak(here, Precedence.ROUTINE)
    officers.speak(here, Precedence.FLASH)
    assert len(here.node.line.outbox) > 900
    world.network.heal()
    world.run(120)
    order = [item.said.precedence for item in there.node.line.items()]
    assert len(order) == 1_001
    assert order.index(Precedence.FLASH) <= 32
    nothing_lost_or_doubled(officers)


@pytest.mark.requirement("LINE-051")
def test_one_way_loss_is_shown_as_unknown_and_as_a_degraded_line_at_both_ends():
    world = line_world(2)
    here, there = world.places.values()
    world.run(5)
    assert here.node.line.checks.line(there.party.id).state is LineState.WORKING
    world.network.partition(
        there.party.id, here.party.id, 10**9
    )  # what here asks for never arrives
    words = Words("Do you see them?", "en", OFFICER, (there.party.id,), subject="Seen")
    spoken = world.do(here, lambda n, at: send_message(n, words, Precedence.FLASH, at)).result()
    world.run(150)
    [delivery] = here.node.deliveries(spoken.record.digest)
    assert not delivery.receipted
    assert here.node.line.item(spoken.record.digest).own_steps == {there.party.id: len(LADDER_S)}
    for place, other in ((here, there), (there, here)):
        assert place.node.line.checks.line(other.party.id).state is LineState.DEGRADED
    world.network.heal()
    world.run(75)
    [delivery] = here.node.deliveries(spoken.record.digest)
    assert delivery.receipted
    for place, other in ((here, there), (there, here)):
        assert place.node.line.checks.line(other.party.id).state is LineState.WORKING


@pytest.mark.requirement("LINE-051")
@pytest.mark.parametrize("point", CRASH_POINTS)
def test_a_restart_in_the_middle_of_a_read_back_leaves_it_whole_or_not_there(point):
    world = line_world(3)
    here, there = world.places.values()
    words = Words("Two", "en", OFFICER, (there.party.id,), subject="Seen", particulars=STATED)
    digest = world.do(
        here, lambda n, at: send_message(n, words, Precedence.FLASH, at)
    ).result().record.digest  # fmt: skip
    world.run(5)
    there.store.crash_at_write(point)
    world.do(there, lambda n, at: answer_item(n, digest, ReadBack(MISHEARD), OFFICER, at))
    world.run(20)
    there.store._points_left = None
    seen = [
        place.node.line.item(digest).answers[there.party.id].read_backs for place in (here, there)
    ]
    assert seen[0] == [] or [each.matched for each in seen[0]] == [False]
    assert len(seen[0]) == len(seen[1])
    world.do(there, lambda n, at: answer_item(n, digest, ReadBack(STATED), OFFICER, at)).result()
    world.do(there, lambda n, at: answer_item(n, digest, Acknowledged(), OFFICER, at)).result()
    world.run(5)
    answers = here.node.line.item(digest).answers[there.party.id]
    assert answers.read_back_matched is True
    assert len(answers.read_backs) == len(seen[1])
    assert here.node.line.untaken() == ()
