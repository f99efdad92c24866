"""One seeded run: what happens, what must hold at each step, and what must hold in the end."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.simulation.invariants import logs_agree, own_versions, safe
from tests.simulation.parties import lane
from tests.simulation.people import LANES, People
from tests.simulation.remembered import remembering
from tests.simulation.settings import setting_of
from tests.simulation.world import Place, World

from comity.domain.agreement import StatementAction
from comity.domain.intents import IntentState

BUSY_S = 180
ACTS_PER_S = 0.6
HEALED_S_MIN = 65  # late copies of messages come up to a minute after
HEALED_S_MAX = 240  # decide-by, guard band and a node's way back are all far shorter
ALONE_S = 20
COUNTED_STATES = (IntentState.ACCEPTED, IntentState.WITHDRAWN, IntentState.REPLACED)


def run_seed(seed: int, **planted: Any) -> World:
    """Run one seed; an AssertionError names what broke.

    Args:
        seed: decides the world and all that happens in it.
        planted: fields of the `Setting` that a planted fault needs otherwise.
    """
    with remembering(), _without_collection():
        world = World(seed, replace(setting_of(seed), **planted))
        people = People(world)
        for _ in range(BUSY_S):
            if world.rng.random() < ACTS_PER_S:
                people.act()
                safe(world)
            world.run(1, check=safe)
        _heal(world)
        _a_lone_flight_is_accepted(world, people)
    return world


@contextmanager
def _without_collection() -> Iterator[None]:
    """A run makes little garbage in circles; looking for it over and over takes a quarter of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _heal(world: World) -> None:
    """Liveness is owed once the network heals: everything delivered, everything decided."""
    world.heal()
    stepped_s = world.setting.faults.clock_step_ms_max // 1_000  # a clock set back is waited for
    world.run(max(HEALED_S_MIN, stepped_s if world.counts["clock-steps"] else 0), check=safe)
    for _ in range(HEALED_S_MIN, HEALED_S_MAX, 5):
        if logs_agree(world) and not _undecided(world):
            break
        world.run(5, check=safe)
    assert logs_agree(world), f"seed {world.seed}: logs differ after healing"
    undecided = _undecided(world)
    assert not undecided, f"seed {world.seed}: undecided after healing: {undecided}"
    for place in world.places.values():
        for version in own_versions(place.node):
            name = version.state.value
            if version.acceptance and version.state is not IntentState.REPLACED:
                name = "accepted"  # whatever became of it since
            if name in world.counts:
                world.counts[name] += 1


def _undecided(world: World) -> list[str]:
    return [
        f"{version.intent} at {place.party.id}"
        for place in world.places.values()
        for version in place.node.intents.holdings.undecided()
    ]


def _a_lone_flight_is_accepted(world: World, people: People) -> None:
    """Each party plans one flight where nobody else is; silence would hold it up for good."""
    before = {party: set(place.node.intents.intents()) for party, place in world.places.items()}
    for place in world.places.values():
        _restore_agreement(world, place)
    world.run(5, check=safe)
    for number, place in enumerate(world.places.values()):
        start = world.at(place).plus_s(300)
        people.declare(place, lane(LANES + number, start, 60))
    world.run(ALONE_S, check=safe)
    for party, place in world.places.items():
        lone = [v for v in own_versions(place.node) if v.intent not in before[party]]
        states = [version.state.value for version in lone]
        assert states == ["accepted"], f"seed {world.seed}: a lone flight of {party} is {states}"


def _restore_agreement(world: World, place: Place) -> None:
    """Restore what this party has suspended, whatever its clock said then."""
    status = place.node.agreements.legal_status(world.at(place))
    if place.party.id in status.by:
        world.state_agreement(place, StatementAction.RESTORE)
