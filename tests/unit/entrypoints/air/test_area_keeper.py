"""Areas come beside the cycle: what was watched goes on meanwhile, and what is lacking is told."""

import asyncio
import threading

import pytest
from tests.watched_areas import set_of, square

from comity.application.brief_areas import AreasBrief
from comity.application.take_areas import AreasTaken
from comity.domain.airspace import NO_HEIGHT_BOUNDS
from comity.domain.alerts.area_proximity import WatchedAreas
from comity.domain.alerts.area_rules import AreaSeverityRule
from comity.entrypoints.air_process.area_keeper import (
    COMPILING,
    NONE_LOADED,
    NOT_TOLD,
    AreaKeeper,
)


def _taken(name, *missing):
    watched = WatchedAreas([set_of(square(name, 0.0, 0.0))])
    return AreasTaken(watched, AreaSeverityRule(), tuple(missing))


def _brief(name):
    return AreasBrief(missing=[name])


@pytest.mark.requirement("ALERT-063")
def test_until_the_node_has_said_so_the_net_is_degraded():
    assert AreaKeeper(lambda *_: None).net.missing == (NOT_TOLD,)


@pytest.mark.requirement("ALERT-063")
def test_areas_before_are_watched_while_the_newest_word_is_compiled():
    go_on, taking, asked = threading.Event(), threading.Event(), []

    def take(brief, _bounds):
        asked.append(brief.missing[0])
        if len(asked) == 2:
            taking.set()
            go_on.wait(10)
        return _taken(brief.missing[0])

    async def scenario():
        keeper = AreaKeeper(take, told_after_s=0.0)
        keeper.want(_brief("one"), NO_HEIGHT_BOUNDS)
        await keeper._task
        first = keeper.net.watched
        assert (keeper.net.missing, keeper.net.aside) == ((), ())
        keeper.want(_brief("two"), NO_HEIGHT_BOUNDS)
        await asyncio.to_thread(taking.wait, 10)
        assert (keeper.net.missing, keeper.net.aside) == ((), (COMPILING,))
        keeper.want(_brief("three"), NO_HEIGHT_BOUNDS)
        keeper.want(_brief("four"), NO_HEIGHT_BOUNDS)
        assert keeper.net.watched is first
        go_on.set()
        await keeper._task
        return keeper

    keeper = asyncio.run(scenario())
    assert asked == ["one", "two", "four"]
    assert [area.area_id for area in keeper.net.watched.areas] == ["four"]
    assert (keeper.net.missing, keeper.net.aside) == ((), ())


@pytest.mark.requirement("ALERT-063")
def test_a_fault_in_compiling_leaves_the_areas_before_and_is_told():
    answers = [
        _taken("one", "gone: path"),
        RuntimeError("ours"),
        AreasTaken(None, AreaSeverityRule(), ()),
    ]

    def take(_brief, _bounds):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def scenario():
        keeper, told = AreaKeeper(take), []
        for _ in range(3):
            keeper.want(_brief("x"), NO_HEIGHT_BOUNDS)
            await keeper._task
            told.append((keeper.net.missing, keeper.net.aside, keeper.net.watched is not None))
        return told

    assert asyncio.run(scenario()) == [
        (("gone: path",), (), True),
        (("areas could not be compiled: RuntimeError",), (), True),
        ((), (NONE_LOADED,), False),
    ]
