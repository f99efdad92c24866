"""What the watch is told of agreement and flights, and what its alerts of own flights make of the books."""

from dataclasses import replace

import pytest
from tests.simulation.parties import lane
from tests.simulation.world import OFFICER, World

from comity.application import plan_flights
from comity.application.brief_watch import NO_AGREEMENT, NetsBrief, brief_of, minima_of
from comity.application.flights_under_way import FlightsUnderWay
from comity.application.keep_alerts import AlertChange
from comity.application.note_departure import note_departure
from comity.application.plan_flights import FlightRequest
from comity.application.take_brief import (
    FlightVolumes,
    bounds_of,
    conformance_rule_of,
    pair_severity_of,
    rule_of,
)
from comity.domain.agreement import SeparationTable, WatchTerms
from comity.domain.airspace import Separation
from comity.domain.alerts import PairRule
from comity.domain.alerts.conformance import ConformanceRule
from comity.domain.intents import DeclaredState, IntentState
from comity.kernel.ids import NODE_OPERATOR
from comity.kernel.instants import Instant

LONG_S = 300


class Books:
    """Two parties with an agreement; the first one's flights under way, followed batch by batch."""

    def __init__(self):
        self.world = World(seed=5)
        self.here, self.there = self.world.places.values()
        self.under_way = FlightsUnderWay()
        self.position = 0

    def declare(self, place, number, start_s):
        start = Instant(self.world.agenda.now_ms).plus_s(start_s)
        request = FlightRequest(
            lane(number, start, LONG_S), "general", OFFICER, callsign=f"AUR{number}"
        )
        declared = self.do(place, lambda n, at: plan_flights.declare_flight(n, request, at))
        assert declared.record is not None
        self.world.run(5)
        return declared.intent

    def do(self, place, work):
        return self.world.do(place, work).result()

    def state(self, place, intent):
        return place.node.intents.holdings.agreed_version(intent).state

    def say(self, intent, state):
        self.do(
            self.here, lambda n, at: plan_flights.change_flight_state(n, intent, state, OFFICER, at)
        )
        self.world.run(5)

    def flights(self, place=None):
        """As the desk asks, once a second or so."""
        node = (place or self.here).node
        self.under_way.follow(node, [])
        self.under_way._changed |= dict.fromkeys(node.intents.intents())
        at = self.world.at(place or self.here)
        return {version.intent for version in self.under_way.at(node, at)}


@pytest.mark.requirement("WATCH-009")
def test_a_flight_is_under_way_from_its_start_until_it_is_over():
    books = Books()
    intent = books.declare(books.here, 0, 600)
    assert books.flights() == set()
    books.world.run(600)
    assert books.flights() == {intent}
    books.world.run(LONG_S + 20)
    assert books.flights() == set(), "it never began"


@pytest.mark.requirement("WATCH-009")
def test_a_flight_that_flies_is_watched_until_its_owner_ends_it():
    books = Books()
    intent = books.declare(books.here, 0, 60)
    books.say(intent, DeclaredState.ACTIVATED)
    assert books.flights() == {intent}, "early, and all the same"
    books.world.run(60 + LONG_S + 60)
    assert books.flights() == {intent}, "late, and all the same"
    node = books.here.node
    books.under_way.follow(node, [])
    assert books.under_way.at(node, books.world.at(books.here).plus_s(3_600)) == []


@pytest.mark.requirement("WATCH-009")
def test_a_flight_that_its_owner_ended_is_watched_no_more():
    books = Books()
    intent = books.declare(books.here, 0, 60)
    books.say(intent, DeclaredState.ACTIVATED)
    assert books.flights() == {intent}
    books.say(intent, DeclaredState.ENDED)
    assert books.flights() == set()


@pytest.mark.requirement("WATCH-009")
def test_a_peers_flight_is_watched_too_and_a_node_opened_anew_finds_all_again():
    books = Books()
    intent = books.declare(books.there, 0, 60)
    books.world.run(120)
    assert books.flights() == {intent}
    books.world._crash(books.here)
    books.world.run(10)
    books.under_way.follow(books.here.node, [])
    at = books.world.at(books.here)
    (version,) = books.under_way.at(books.here.node, at)
    assert version.intent == intent
    assert not version.own


@pytest.mark.requirement("WATCH-009")
def test_only_what_a_batch_was_about_is_looked_at_again():
    books = Books()
    node = books.here.node
    books.under_way.follow(node, [])
    books.under_way.at(node, books.world.at(books.here))
    start = Instant(books.world.agenda.now_ms).plus_s(10)
    request = FlightRequest(lane(1, start, LONG_S), "general", OFFICER, callsign="AUR1")
    books.do(books.here, lambda n, at: plan_flights.declare_flight(n, request, at))
    for _ in range(12):
        books.under_way.follow(books.here.node, books.here.node.settled)
        books.world.run(2)
    found = books.under_way.at(books.here.node, books.world.at(books.here))
    assert [version.proposal.callsign for version in found] == ["AUR1"]


@pytest.mark.requirement("WATCH-007")
def test_the_brief_has_the_agreements_minima_and_each_volume_once():
    books = Books()
    books.declare(books.here, 0, 10)
    books.world.run(20)
    node, at = books.here.node, books.world.at(books.here)
    books.flights()
    versions = books.under_way.at(node, at)
    brief = brief_of(node, versions, at, ())
    terms = node.terms(at)
    assert brief.minima.source == terms.digest
    rule = rule_of(brief.minima)
    assert rule.minima.horizontal_m[0, 0] == terms.separation.default.horizontal_m
    assert bounds_of(brief.minima) == terms.height_bounds
    (flight,) = brief.flights
    assert list(brief.volumes) == [flight.proposal]
    assert brief_of(node, versions, at, {flight.proposal}).volumes == {}
    (watched,) = FlightVolumes().flights_of(brief)
    assert watched.callsign == "AUR0"
    assert minima_of(None).source == NO_AGREEMENT
    assert rule_of(minima_of(None)).minima.horizontal_m[0, 0] == 9_260.0


@pytest.mark.requirement("AGREE-033")
def test_the_nets_take_what_the_agreement_states_and_keep_their_own_where_it_states_nothing():
    stated = WatchTerms(
        look_ahead_s=90.0,
        look_ahead_s_by_class={"uncrewed": 60.0},
        warning_s=30.0,
        caution_s=60.0,
        nonconforming_after_s=20.0,
    )
    table = SeparationTable(Separation(9_260.0, 304.8), {"balloon": Separation(1_000.0, 100.0)})
    books = Books()
    agreed = books.here.node.terms(books.world.at(books.here))
    terms = replace(agreed, separation=table, watch=stated)
    minima = minima_of(terms)
    assert minima.classes == ["balloon", "uncrewed"]
    rule = rule_of(minima)
    assert (rule.look_ahead_s, rule.look_ahead_s_by_class) == (90.0, (90.0, 90.0, 60.0))
    severity = pair_severity_of(minima.nets)
    assert (severity.warning_s, severity.caution_s) == (30.0, 60.0)
    grace = conformance_rule_of(minima.nets)
    assert grace == replace(ConformanceRule(), nonconforming_after_s=20.0)
    silent = minima_of(replace(terms, watch=WatchTerms()))
    assert silent.nets == NetsBrief(class_look_ahead_s=[])
    assert rule_of(silent).look_ahead_s == PairRule().look_ahead_s
    assert conformance_rule_of(silent.nets) == ConformanceRule()
    longer = replace(terms, watch=WatchTerms(look_ahead_s_by_class={"uncrewed": 300.0}))
    assert rule_of(minima_of(longer)).look_ahead_s == 300.0


def _change(intent, state, kind="alert.raised", net="conformance"):
    return AlertChange(kind, {"net": net, "subjects": [intent], "basis": {"state": state}})


@pytest.mark.requirement("WATCH-009")
def test_an_own_flight_that_leaves_its_plan_is_told_to_every_party_by_the_node_itself():
    books = Books()
    intent = books.declare(books.here, 0, 60)
    books.say(intent, DeclaredState.ACTIVATED)
    change = _change(intent, "nonconforming")
    record = books.do(books.here, lambda n, at: note_departure(n, change, at))
    assert record.operator == NODE_OPERATOR
    books.world.run(5)
    assert books.state(books.there, intent) is IntentState.NONCONFORMING
    assert books.do(books.here, lambda n, at: note_departure(n, change, at)) is None, "said already"
    worse = _change(intent, "contingent")
    assert books.do(books.here, lambda n, at: note_departure(n, worse, at)) is not None
    assert books.do(books.here, lambda n, at: note_departure(n, change, at)) is None
    assert books.state(books.here, intent) is IntentState.CONTINGENT


@pytest.mark.requirement("WATCH-009")
def test_of_anything_else_the_node_says_nothing():
    books = Books()
    mine, theirs = books.declare(books.here, 0, 60), books.declare(books.there, 7, 60)
    for change in (
        _change(theirs, "nonconforming"),
        _change(mine, "conforming"),
        _change(mine, "nonconforming", kind="alert.cleared"),
        _change(mine, "nonconforming", net="pair-conflict"),
        _change(f"{books.here.node.party}/{0:016x}", "nonconforming"),
    ):
        assert books.do(books.here, lambda n, at, c=change: note_departure(n, c, at)) is None
    assert books.state(books.here, mine) is IntentState.ACCEPTED
