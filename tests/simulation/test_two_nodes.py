"""Without faults: flights of two parties are accepted or refused, and both sides say the same."""

from unittest.mock import patch

import pytest
from tests.simulation.invariants import logs_agree, safe
from tests.simulation.parties import agreement_text, lane
from tests.simulation.settings import Setting
from tests.simulation.world import OFFICER, World

from comity.application import plan_flights
from comity.application.node import Node
from comity.application.plan_flights import FlightRequest
from comity.domain.agreement import StatementAction
from comity.domain.intents import IntentState
from comity.kernel.errors import AgreementError
from comity.kernel.instants import Instant


def _declare(world, place, number, start_s=600, *, exercise=False):
    footprint = lane(number, Instant(world.agenda.now_ms).plus_s(start_s), 300)
    request = FlightRequest(footprint, "general", OFFICER, exercise=exercise)
    return world.do(place, lambda n, at: plan_flights.declare_flight(n, request, at)).result()


def _state(place, declared):
    return place.node.intents.holdings.versions[declared.record.digest].state


def test_a_flight_nobody_meets_is_accepted_on_both_sides():
    world = World(seed=1)
    here, there = world.places.values()
    declared = _declare(world, here, 0)
    assert declared.not_possible is None
    world.run(5, check=safe)
    assert _state(here, declared) is IntentState.ACCEPTED
    assert _state(there, declared) is IntentState.ACCEPTED
    assert logs_agree(world)


def test_a_flight_that_meets_an_accepted_one_is_not_sent():
    world = World(seed=2)
    here, there = world.places.values()
    _declare(world, here, 0)
    world.run(5, check=safe)
    declared = _declare(world, there, 0)
    assert declared.record is None
    assert declared.not_possible.reason == "conflict"


@pytest.mark.requirement("INTENT-012", "AGREE-013")
@pytest.mark.parametrize(
    ("says", "label"), [("keep", "deconflicted"), ("flag", "not-deconflicted")]
)
def test_a_suspension_leaves_accepted_flights_as_the_terms_say(says, label):
    def text_of(parties, **settings):
        return agreement_text(parties, **settings).replace(
            'on_suspension = "keep"', f'on_suspension = "{says}"'
        )

    with patch("tests.simulation.world.agreement_text", text_of):
        world = World(seed=3)
    here, there = world.places.values()
    declared = _declare(world, here, 0)
    world.run(10)
    world.state_agreement(there, StatementAction.SUSPEND).result()
    world.run(10)
    for place in (here, there):
        at = world.at(place)
        view = place.node.intents.view(declared.intent, at, place.node.context(at))
        assert (view.current.state, view.current.label) == ("accepted", label)
    refused = _declare(world, here, 1)
    assert refused.record is None
    assert refused.not_possible.detail == {"why": "suspended"}


def test_two_that_cross_on_the_way_end_with_one_accepted():
    world = World(seed=3)
    here, there = world.places.values()
    one, other = _declare(world, here, 0), _declare(world, there, 0)
    world.run(10, check=safe)
    states = {_state(here, one), _state(there, other)}
    assert states == {IntentState.ACCEPTED, IntentState.WITHDRAWN}


def test_an_exercise_is_decided_in_its_own_world_and_meets_nothing_live():
    world = World(seed=6)
    here, there = world.places.values()
    live = _declare(world, here, 0)
    played = _declare(world, there, 0, exercise=True)
    world.run(10, check=safe)
    assert _state(here, live) is IntentState.ACCEPTED
    for place in (here, there):
        versions = place.node.exercise_intents.holdings.versions
        assert versions[played.record.digest].state is IntentState.ACCEPTED
        assert played.record.digest not in place.node.intents.holdings.versions
        assert live.record.digest not in versions
    again = _declare(world, here, 0, exercise=True)
    assert again.not_possible.reason == "conflict"


def test_three_parties_accept_a_flight():
    world = World(4, Setting(nodes=3))
    first, *others = world.places.values()
    declared = _declare(world, first, 0)
    world.run(10, check=safe)
    for place in (first, *others):
        assert _state(place, declared) is IntentState.ACCEPTED


def test_what_the_gate_denies_holds_up_nothing_else():
    """A record that may not go out is an alarm; the flights behind it are decided all the same."""
    world = World(seed=5)
    here, there = world.places.values()
    denied = _declare(world, here, 0)
    node = there.node
    issue, refused = Node.issue, []

    def deny_first(self, draft, at):
        if draft.kind == "intent.assent" and not refused:
            refused.append(draft)
            raise AgreementError("not-releasable", "a planted denial")
        return issue(self, draft, at)

    with patch.object(Node, "issue", deny_first):
        behind = _declare(world, here, 1)
        world.run(5)
    assert refused
    assert _state(here, behind) is IntentState.ACCEPTED
    assert _state(here, denied) is not IntentState.ACCEPTED
    assert "not-releasable" in {alarm.code for alarm in node.alarms.since(0)}
