"""The demonstration's flights pass through the doors as they are, and in an order that tests them."""

import json

import pytest

from comity.adapters.flight_plans import read_flight_plans
from comity.adapters.generated_traffic import Role, generate_day
from comity.entrypoints.demo.flights import day_after_tomorrow, from_generated, plan_file
from comity.entrypoints.demo.outcomes import Outcome, by_reason, outcome_of
from comity.kernel.instants import instant_from_rfc3339

BEGINS = instant_from_rfc3339("2026-11-24T00:00:00Z")


@pytest.fixture(scope="module")
def flights():
    return from_generated(generate_day(2026, BEGINS, 120))


@pytest.mark.requirement("DEMO-001")
def test_every_generated_flight_is_a_flight_plan_with_its_points(flights):
    read = {plan.callsign: plan for plan in read_flight_plans(plan_file(f.plan for f in flights))}
    assert len(read) == 120
    for flight in flights:
        volumes = read[flight.callsign].footprint.volumes
        assert len(volumes) == len(flight.plan["points"]) - 1
        widest_m = flight.plan["uncertainty"]["horizontal"]["value"]
        assert {volume.shape.radius_m for volume in volumes} == {widest_m}


@pytest.mark.requirement("DEMO-001")
def test_the_same_day_gives_the_same_bytes():
    files = [
        plan_file(f.plan for f in from_generated(generate_day(9, BEGINS, 60))) for _ in range(2)
    ]
    assert files[0] == files[1]
    assert json.loads(files[0])["type"] == "FlightPlans"


@pytest.mark.requirement("DEMO-003")
def test_half_of_the_planted_race_with_their_partner_and_half_come_after_it(flights):
    order = [flight.callsign for flight in flights]
    planted = [flight for flight in flights if flight.role is Role.PLANTED]
    behind = [order.index(f.callsign) - order.index(f.against) for f in planted]
    assert sorted(order) == sorted(set(order))
    assert sum(places == 1 for places in behind) == 4
    assert all(places >= 1 for places in behind)


def test_the_day_leaves_every_notice_its_lead():
    for stated in ("2026-11-22T00:00:00Z", "2026-11-22T23:59:59Z"):
        at = instant_from_rfc3339(stated)
        assert 86_400 < day_after_tomorrow(at).minus(at) <= 2 * 86_400


def declared(**changed):
    return {"outcome": "proposed", "intent": "p/1", "flags": [], "met": []} | changed


def version(state, *answers, **changed):
    current = {"state": state, "digest": "d", "answers": list(answers), "why_not": []} | changed
    return {"intent": "p/1", "current": current}


ASSENT = {"party": "b", "answer": "assent", "reason": None}
REFUSAL = {"party": "b", "answer": "refusal", "reason": "conflict"}
UNKNOWN = {"party": "b", "answer": "unknown", "reason": None}
MET = {
    "intent": "q/2",
    "owner": "q",
    "verdict": {
        "verdict": "conflict",
        "least_horizontal_m": 0.0,
        "least_vertical_m": 12.0,
        "first_time": "T",
    },
}
OWN = MET | {"intent": "p/9", "owner": "p"}
DOUBT = {
    "intent": "q/2",
    "owner": "q",
    "verdict": {"verdict": "undetermined", "reason": "AGL and QNE"},
}


@pytest.mark.requirement("DEMO-003")
@pytest.mark.parametrize(
    ("answer", "told", "outcome", "why"),
    [
        (declared(), version("accepted", ASSENT), Outcome.ACCEPTED, "assented"),
        (declared(), version("accepted"), Outcome.ACCEPTED, "concerns nobody else"),
        (declared(), version("proposed", UNKNOWN), Outcome.HELD, "no answer yet"),
        (declared(), version("proposed", REFUSAL), Outcome.REFUSED, "peer: conflict"),
        (
            declared(),
            version("withdrawn", UNKNOWN, withdrawn_because="outranked"),
            Outcome.REFUSED,
            "outranked",
        ),
        *(
            (
                declared(outcome="not-possible", reason="conflict", met=met),
                None,
                Outcome.REFUSED,
                f"own node: conflict{words}",
            )
            for met, words in (
                ([MET], " with the other's"),
                ([OWN], " with own flights"),
                ([OWN, DOUBT], " with flights of both"),
                ([DOUBT], ": undetermined"),
                ([], ""),
            )
        ),
    ],
)
def test_an_outcome_says_what_happened_and_why(flights, answer, told, outcome, why):
    found = outcome_of(flights[0], answer, told)
    assert (found.outcome, found.why) == (outcome, why)


def test_the_table_counts_each_reason_by_party_most_frequent_first(flights):
    ours = next(f for f in flights if f.party == 0)
    theirs = next(f for f in flights if f.party == 1)
    accepted = version("accepted", ASSENT)
    outcomes = [
        outcome_of(theirs, declared(), version("proposed", REFUSAL)),
        outcome_of(ours, declared(), version("accepted")),
        *(outcome_of(f, declared(), accepted) for f in (ours, ours, theirs)),
    ]
    assert by_reason(outcomes) == [
        ("accepted", "assented", (2, 1)),
        ("accepted", "concerns nobody else", (1, 0)),
        ("refused", "peer: conflict", (0, 1)),
    ]
