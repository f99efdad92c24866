"""Two schedules that chance seldom finds: what they take is a hold that lapses while its flight lives on.

Each is safe as the node is, and breaks it with one rule left out (tests/simulation/planted.py).
"""

from collections.abc import Callable
from unittest.mock import patch

from tests.simulation.invariants import own_versions, safe
from tests.simulation.parties import lane
from tests.simulation.settings import ArbitratedNode, Setting
from tests.simulation.world import OFFICER, Place, World

from comity.application import plan_flights
from comity.application.plan_flights import FlightRequest
from comity.domain.intents import IntentState
from comity.domain.peering import ClockDifference
from comity.kernel.instants import Instant

LONG_MS = 600_000
SET_BACK_MS = 25_000
LAPSED_AFTER_S = 73.0  # decide-by within 60 s, and the guard band


def _declare(world: World, place: Place, priority: str, within_s: float = 60.0) -> None:
    footprint = lane(0, Instant(world.agenda.now_ms).plus_s(400), 300)
    request = FlightRequest(
        footprint=footprint,
        priority=priority,
        operator=OFFICER,
        decide_by=world.at(place).plus_s(within_s),
    )
    declared = world.do(place, lambda n, at: plan_flights.declare_flight(n, request, at))
    assert declared is not None
    assert declared.result().record is not None, declared.result().not_possible
    safe(world)


def outranked_behind_a_lapse() -> World:
    """The arbiter's own flight waits for one last assent when a flight that outranks it comes.

    Whoever plans the second had assented to the first and let the hold go in time; the arbiter's clock
    was set back meanwhile, unseen, so that for it the time to decide is not over. Nodes see such a
    step in the next exchange: here they are blind to it, for the rule must hold by itself.
    """
    with patch.object(ClockDifference, "exceeds", lambda *_: False):
        return _outranked_behind_a_lapse()


def _outranked_behind_a_lapse() -> World:
    world = World(1, Setting(nodes=3, node_class=ArbitratedNode))
    alder, birch, cedar = world.places.values()
    world.run(0.5)
    _declare(world, cedar, "general")  # goes out to both, whose pulls are waiting
    world.network.partition(birch.party.id, cedar.party.id, LONG_MS)
    world.run(5, check=safe)
    assert set(own_versions(cedar.node)[0].assents) == {alder.party.id}
    world.network.partition(alder.party.id, cedar.party.id, LONG_MS)
    world.network.partition(cedar.party.id, alder.party.id, LONG_MS)
    cedar.skew_ms = -SET_BACK_MS
    world.run(LAPSED_AFTER_S - 5, check=safe)
    _declare(world, alder, "medical", within_s=20)
    del world.network.cut_until_ms[alder.party.id, cedar.party.id]
    del world.network.cut_until_ms[cedar.party.id, alder.party.id]
    world.run(5, check=safe)
    world.network.heal()
    world.run(10, check=safe)
    return world


def taken_behind_a_lapse() -> World:
    """The arbiter never hears that a flight was accepted, its hold lapses, and another wants the place."""
    world = World(1, Setting(nodes=3, node_class=ArbitratedNode))
    alder, birch, cedar = world.places.values()
    world.run(0.5)
    _declare(world, alder, "general")  # goes out to the arbiter, whose pull is waiting
    world.network.partition(alder.party.id, cedar.party.id, LONG_MS)
    world.run(LAPSED_AFTER_S, check=safe)
    assert own_versions(alder.node)[0].state is IntentState.ACCEPTED
    _declare(world, birch, "general")
    world.run(10, check=safe)
    return world


SCHEDULES: dict[str, Callable[[], World]] = {
    "not-withdrawn": outranked_behind_a_lapse,
    "lapse-forgotten": taken_behind_a_lapse,
}
"""The planted fault that each schedule shows."""
