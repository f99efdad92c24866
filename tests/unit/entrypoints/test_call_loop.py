"""Calls by another channel: made in a thread, put down once, tried again, and never in anybody's way."""

import asyncio
import threading
from dataclasses import replace

import pytest
from tests.simulation.line_people import line_world
from tests.simulation.world import OFFICER

from comity.adapters.place_names import place_index
from comity.application.answer_on_line import answer_item
from comity.application.call_channels import calls_owed
from comity.application.ports.call_channel import CallError
from comity.application.speak_on_line import Words, send_message
from comity.domain.line import Acknowledged, Called, Precedence
from comity.entrypoints.api.line_telling import tell_item
from comity.entrypoints.node_service import CallLoop


class ServiceOfWorld:
    """What the loop asks of a node's service, over a node of the simulator."""

    def __init__(self, world, place):
        self.world, self.place = world, place

    async def do(self, work, *, urgent=False):
        return self.world.do(self.place, work).result()


class Channel:
    """Takes or refuses what it is called with, in turn."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.notices = []

    def call(self, notice):
        self.notices.append(notice)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def waiting():
    """A node at which a step by the channel `pager` has come due."""
    world = line_world(1)
    here, there = world.places.values()
    words = Words("Do you see them?", "en", OFFICER, (there.party.id,), subject="Seen")
    world.do(here, lambda n, at: send_message(n, words, Precedence.FLASH, at)).result()
    world.run(15)
    return world, there, step_by_pager(there)


def step_by_pager(place):
    """A node's own step of the ladder, as if the agreement named another channel for it."""
    book = place.node.line
    [item] = book.untaken()
    own = next(each for each in item.escalated if each.given.party == place.party.id)
    step = replace(own.escalation, channel="pager")
    called = Called(own.given.digest, step, own.given.received_at)
    book._calls[called.digest] = called
    book._calls_open[called.digest] = None
    return called


async def looked(loop):
    """One look, and what it began brought to its end."""
    await loop.look()
    await asyncio.gather(*loop._tasks)


def outcomes(called):
    return [(call.outcome.value, call.detail, call.attempt) for _, call in called.calls]


@pytest.mark.requirement("LINE-014")
def test_a_call_that_failed_is_made_again_later_and_one_that_was_taken_is_not(waiting):
    world, there, called = waiting
    channel = Channel(CallError("answered 500"), "answered 200")
    loop = CallLoop(ServiceOfWorld(world, there), {"pager": channel})

    async def run():
        await looked(loop)
        await loop.look()  # not at once again
        world.run(31)
        await looked(loop)
        world.run(31)
        await loop.look()

    asyncio.run(run())
    assert outcomes(called) == [("failed", "answered 500", 1), ("sent", "answered 200", 2)]
    assert [each.key for each in channel.notices] == [called.digest] * 2


@pytest.mark.requirement("LINE-014")
def test_whatever_a_channel_raises_is_on_record_without_its_words_and_rings_after_the_last_try(
    waiting,
):
    world, there, called = waiting
    loop = CallLoop(
        ServiceOfWorld(world, there), {"pager": Channel(*[ValueError("https://a.example")] * 5)}
    )

    def rung():
        return [
            dict(each.values)["channel"]
            for each in there.node.alarms.since(0)
            if each.code == "call-failed"
        ]

    for attempt in range(1, 7):
        assert rung() == ([] if attempt < 6 else ["pager"])
        asyncio.run(looked(loop))
        world.run(31)
    assert outcomes(called) == [("failed", "not made: ValueError", each) for each in range(1, 6)]


@pytest.mark.requirement("LINE-014")
def test_a_channel_that_this_node_has_not_is_said_so_once(waiting):
    world, there, called = waiting
    loop = CallLoop(ServiceOfWorld(world, there), {})
    asyncio.run(looked(loop))
    assert outcomes(called) == [("failed", "this node has no channel of that name", 5)]
    assert there.node.line._calls_open == {}


@pytest.mark.requirement("LINE-014")
def test_the_author_calls_of_the_others_ladder_only_by_a_channel_it_has_and_while_it_is_untaken(
    waiting,
):
    world, there, _ = waiting
    here = next(each for each in world.places.values() if each is not there)
    called = step_by_pager(here)
    assert called.escalation.party == there.party.id

    def told():
        item = here.node.line.item(called.escalation.message)
        shown = tell_item(here.node, item, world.at(here), place_index(), exercise=False)
        return [each.calls for each in shown.escalations if each.by == here.party.id]

    asyncio.run(looked(CallLoop(ServiceOfWorld(world, here), {})))
    assert outcomes(called) == []  # the channel is the other's: to have none is no failure
    assert told() == [None]  # nor is a call under way
    channel = Channel("answered 200")
    loop = CallLoop(ServiceOfWorld(world, here), {"pager": channel})
    asyncio.run(looked(loop))
    assert outcomes(called) == [("sent", "answered 200", 1)]
    assert told() == [["sent: answered 200"]]


@pytest.mark.requirement("LINE-014")
def test_a_channel_that_comes_late_calls_nobody_for_what_the_other_has_taken(waiting):
    world, there, _ = waiting
    here = next(each for each in world.places.values() if each is not there)
    called = step_by_pager(here)
    message = called.escalation.message
    world.do(there, lambda n, at: answer_item(n, message, Acknowledged(), OFFICER, at)).result()
    world.run(15)
    assert calls_owed(here.node, world.at(here), {"pager"}) == []
    assert len(calls_owed(there.node, world.at(there), {"pager"})) == 1  # the own one is called


@pytest.mark.requirement("LINE-014")
def test_a_channel_that_hangs_is_called_once_and_holds_up_nothing(waiting):
    world, there, called = waiting
    let_go = threading.Event()

    class Hanging:
        count = 0

        def call(self, notice):
            self.count += 1
            let_go.wait(10)
            return "at last"

    channel = Hanging()
    loop = CallLoop(ServiceOfWorld(world, there), {"pager": channel})

    async def run():
        await loop.look()
        world.run(40)
        await loop.look()
        assert called.calls == []
        let_go.set()
        await asyncio.gather(*loop._tasks)

    asyncio.run(run())
    assert channel.count == 1
    assert outcomes(called) == [("sent", "at last", 1)]
