"""Every promise that the demonstration checks can be seen to break."""

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.adapters.flight_plans import read_flight_plans
from comity.domain.airspace import Clear, Footprint, Separation
from comity.domain.conflicts import footprint_verdict
from comity.entrypoints.demo.checks import (
    Check,
    check_assents,
    check_decided,
    check_known_to_all_required,
    check_no_conflict,
    check_planted,
    check_roles,
    check_same_verdict,
    pairs_that_come_near,
)
from comity.entrypoints.demo.flights import plan_file
from comity.entrypoints.demo.outcomes import FlightOutcome, Outcome

MINIMA = Separation(9_260.0, 304.8)


def minima(_one: str, _other: str) -> Separation:
    return MINIMA


def told(state: str, digest: str = "d1", **answers: str) -> dict:
    return {
        "current": {
            "state": state,
            "digest": digest,
            "answers": [{"party": party, "answer": said} for party, said in answers.items()],
        }
    }


def outcome(callsign: str, which: Outcome, why: str = "because") -> FlightOutcome:
    return FlightOutcome(callsign, 0, "routine", which, why, "")


@pytest.mark.requirement("DEMO-004")
@pytest.mark.parametrize(
    ("second", "breaches"),
    [
        (told("accepted"), 0),
        (told("activated"), 0),
        (told("held"), 1),
        (told("withdrawn"), 1),
        (told("accepted", "d2"), 1),
    ],
)
def test_two_nodes_that_tell_different_things_are_found(second, breaches):
    check = check_same_verdict({"i": told("accepted"), "own": told("held")}, {"i": second})
    assert (check.looked_at, len(check.breaches)) == (1, breaches)
    assert check.held is (breaches == 0)


@pytest.mark.requirement("DEMO-004")
def test_an_accepted_flight_without_an_assent_is_found():
    good, bad = told("accepted", b="assent"), told("accepted", b="unknown")
    assert check_assents([{"i": good}, {}]).held
    assert check_assents([{"i": good}, {"i": bad}]).breaches == ("i: accepted without b",)


@pytest.mark.requirement("DEMO-004")
def test_a_party_that_was_asked_and_does_not_know_is_found():
    asked = told("held", b="unknown")
    assert check_known_to_all_required([{"i": asked}, {"i": asked}], ["a", "b"]).held
    assert not check_known_to_all_required([{"i": asked}, {}], ["a", "b"]).held


@pytest.mark.requirement("DEMO-004")
@pytest.mark.parametrize(
    ("one", "other", "held"),
    [
        (Outcome.ACCEPTED, Outcome.REFUSED, True),
        (Outcome.REFUSED, Outcome.ACCEPTED, True),
        (Outcome.ACCEPTED, Outcome.ACCEPTED, False),
        (Outcome.ACCEPTED, Outcome.HELD, False),
        (Outcome.REFUSED, Outcome.REFUSED, True),
    ],
)
def test_a_planted_pair_is_never_accepted_twice_nor_left_open(one, other, held):
    outcomes = {"P1": outcome("P1", one), "F1": outcome("F1", other)}
    assert check_planted(outcomes, {"P1": "F1"}).held is held


def test_a_refusal_without_a_reason_is_found():
    outcomes = {"P1": outcome("P1", Outcome.REFUSED, ""), "F1": outcome("F1", Outcome.ACCEPTED)}
    assert not check_planted(outcomes, {"P1": "F1"}).held


@pytest.mark.requirement("DEMO-004")
def test_a_flight_left_open_is_found():
    assert check_decided({"A": outcome("A", Outcome.REFUSED)}).held
    assert not check_decided({"A": outcome("A", Outcome.HELD)}).held


MET = FlightOutcome("M", 0, "routine", Outcome.ACCEPTED, "assented", "", intent="p/1")
SEEN = {
    "M": MET,
    "O": FlightOutcome("O", 0, "outside", Outcome.ACCEPTED, "assented", "", flags=("not covered",)),
    "U": FlightOutcome(
        "U", 0, "undecided", Outcome.REFUSED, "own node: conflict (undetermined)", ""
    ),
    "E": FlightOutcome("E", 1, "emergency", Outcome.ANNOUNCED, "never", "", met=("p/1",)),
}


@pytest.mark.requirement("DEMO-004")
def test_special_flights_that_pass_for_ordinary_ones_are_found():
    against = {"E": "M"}
    assert check_roles(SEEN, {"C": "version 2 accepted"}, against).held
    assert check_roles(SEEN, {"C": "no change of a flight not accepted"}, against).held
    assert not check_roles(SEEN, {"C": "version 1 withdrawn"}, against).held
    for callsign, changed in (
        ("O", {"flags": ()}),
        ("U", {"outcome": Outcome.ACCEPTED}),
        ("U", {"why": "own node: conflict"}),
        ("E", {"outcome": Outcome.HELD}),
        ("E", {"met": ()}),
        ("E", {"met": ("p/2",)}),
    ):
        spoilt = SEEN | {callsign: dataclasses.replace(SEEN[callsign], **changed)}
        check = check_roles(spoilt, {}, against)
        assert [breach[0] for breach in check.breaches] == [callsign]


@pytest.mark.requirement("DEMO-004")
def test_an_emergency_that_meets_a_refused_flight_takes_no_label_from_it():
    refused = {"M": dataclasses.replace(MET, outcome=Outcome.REFUSED)}
    alone = {"E": dataclasses.replace(SEEN["E"], met=())}
    assert check_roles(SEEN | refused | alone, {}, {"E": "M"}).held


def test_a_promise_about_nothing_does_not_hold():
    assert not Check("of nothing", 0, ()).held


def footprint(
    latitude_deg: float, longitude_deg: float, azimuth: float, height_m: float, minute: int
) -> Footprint:
    """Two legs of a minute each, 15 km long."""
    points = [
        {
            "time": f"2026-11-24T12:{minute + leg:02d}:00Z",
            "latitude_deg": latitude_deg + leg * 0.13 * np.cos(azimuth),
            "longitude_deg": (longitude_deg + leg * 0.2 * np.sin(azimuth) + 180) % 360 - 180,
            "altitude": {"value": height_m, "unit": "m", "datum": "QNE"},
        }
        for leg in range(3)
    ]
    plan = {
        "type": "Trajectory",
        "callsign": "A1",
        "flight_class": "jet",
        "uncertainty": {
            "horizontal": {"value": 1000, "unit": "m"},
            "vertical": {"value": 50, "unit": "m"},
            "time_s": 10,
        },
        "points": points,
    }
    return read_flight_plans(plan_file([plan]))[0].footprint


@pytest.mark.requirement("DEMO-005")
def test_two_accepted_flights_that_conflict_are_found():
    accepted = {
        "A": footprint(59.0, 20.0, 0.0, 9_000, 0),
        "B": footprint(59.05, 20.05, 3.0, 9_000, 1),
        "C": footprint(59.0, 20.0, 0.0, 9_600, 0),
        "D": footprint(59.0, 20.0, 0.0, 9_000, 30),
    }
    check = check_no_conflict(accepted, minima)
    assert check.looked_at == 4
    assert [breach.partition(":")[0] for breach in check.breaches] == ["A and B"]


@pytest.mark.requirement("DEMO-005")
@settings(max_examples=40, deadline=None)
@given(
    base=st.tuples(st.floats(-88, 88), st.sampled_from([0.0, 179.95, -60.0])),
    others=st.lists(
        st.tuples(
            st.floats(-0.3, 0.3),
            st.floats(-0.6, 0.6),
            st.floats(0, 6.3),
            st.sampled_from([9000.0, 9300.0, 9700.0]),
            st.integers(0, 6),
        ),
        min_size=2,
        max_size=6,
    ),
)
def test_no_pair_that_conflicts_is_left_out_of_those_measured(base, others):
    """Against the plain way: every pair, exactly."""
    flights = {
        f"F{n}": footprint(base[0] + dy, base[1] + dx, azimuth, height_m, minute)
        for n, (dy, dx, azimuth, height_m, minute) in enumerate(others)
    }
    near = set(pairs_that_come_near(flights, minima))
    for one, other in itertools.combinations(flights, 2):
        verdict = footprint_verdict(flights[one], flights[other], MINIMA)
        assert isinstance(verdict, Clear) or (one, other) in near
