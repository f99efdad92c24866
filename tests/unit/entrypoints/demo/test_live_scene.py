"""The live scene: what is staged is what the checks are told of, and each check can break."""

import itertools
from typing import Any

import pytest
from pyproj import Geod

from comity.adapters.flight_plans import read_flight_plans
from comity.entrypoints.demo.agreement_text import ALPS, BALTIC
from comity.entrypoints.demo.checks import check_relief
from comity.entrypoints.demo.flights import plan_file
from comity.entrypoints.demo.incident_scene import check_incident
from comity.entrypoints.demo.live_scene import check_alerts, check_followed
from comity.entrypoints.demo.live_traffic import MEET_S, WAVE_S, LiveTraffic
from comity.entrypoints.demo.outcomes import FlightOutcome, Outcome
from comity.kernel.instants import Instant

BEGAN = Instant(1_790_000_000_000)
GEOD = Geod(ellps="WGS84")
REGIONS = pytest.mark.parametrize("region", [BALTIC, ALPS])


def apart_m(a: Any, b: Any) -> float:
    return float(GEOD.inv(a[1], a[0], b[1], b[0])[2])


def scene(region: Any) -> tuple[Any, dict[str, Any]]:
    traffic = LiveTraffic(region, 1, BEGAN, scene_s=100.0)
    wave = traffic.wave(0)
    return traffic, {each.callsign: each for each in wave.flown}


@REGIONS
@pytest.mark.requirement("DEMO-012")
def test_the_closing_pair_comes_near_and_does_not_meet(region):
    traffic, flown = scene(region)
    met, closing = (flown[callsign] for callsign in traffic.wave(0).closing)
    pairs = [(met.at(100.0 + t), closing.at(100.0 + t)) for t in range(400)]
    near = [(apart_m(a, b), abs(a[2] - b[2])) for a, b in pairs]
    assert near[0][0] > 30_000.0
    assert min(away for away, up in near if up < 300.0) < 15_000.0
    assert min(away for away, _ in near) > 4_000.0
    straight_s = MEET_S - 20.0  # who looks 120 s ahead sees them meet, head on
    assert straight_s < 120.0


@REGIONS
@pytest.mark.requirement("DEMO-012")
def test_who_comes_near_the_border_region_turns_before_it(region):
    traffic, flown = scene(region)
    border = flown[traffic.wave(0).border]
    north = max(latitude for latitude, _ in traffic.zone_ring())
    latitudes = [border.at(100.0 + t)[0] for t in range(1_400)]
    least_m = (min(latitudes) - north) * 111_000.0
    assert 500.0 < least_m < 4_000.0
    near = [latitude < north + 0.03 for latitude in latitudes]
    approaches = sum(now and not before for before, now in itertools.pairwise(near))
    assert approaches >= 4  # it comes again while the scene lasts


@REGIONS
@pytest.mark.requirement("DEMO-012")
def test_flights_under_way_are_declared_as_they_fly_but_for_one(region):
    traffic, flown = scene(region)
    wave = traffic.wave(0)
    read = read_flight_plans(plan_file([each.plan for each in wave.declared]), "live")
    assert [each.callsign for each in read] == [each.callsign for each in wave.declared]
    for each in wave.declared:
        points = each.plan["points"]
        middle = points[len(points) // 2]
        at_s = flown[each.callsign].time_s[
            min(len(points) // 2, len(flown[each.callsign].time_s) - 1)
        ]
        here = flown[each.callsign].at(float(at_s))
        off_m = apart_m(here, (middle["latitude_deg"], middle["longitude_deg"]))
        if each.callsign != wave.stray:
            assert off_m < 50.0
    stray = flown[wave.stray].at(101.0)
    first = next(e for e in wave.declared if e.callsign == wave.stray).plan["points"][0]
    assert apart_m(stray, (first["latitude_deg"], first["longitude_deg"])) > 1_852.0 * 2.5


def test_the_scene_begins_anew_with_other_flights():
    traffic, _ = scene(BALTIC)
    first, second = traffic.wave(0), traffic.wave(1)
    assert second.begins_s == first.begins_s + WAVE_S
    names = [{each.callsign for each in wave.flown} for wave in (first, second)]
    assert not names[0] & names[1]
    addresses = [{each.address for each in wave.flown} for wave in (first, second)]
    assert not addresses[0] & addresses[1]
    quiet = LiveTraffic(BALTIC, 1, BEGAN)
    quiet.__dict__["others"] = []
    assert quiet.heard(BEGAN.plus_s(10.0), 0)["aircraft"] == []
    quiet.scene_s = 5.0
    told = {each["flight"] for each in quiet.heard(BEGAN.plus_s(10.0), 0)["aircraft"]}
    assert {each.callsign for each in first.declared} < told <= names[0]


SEEN = {
    "declared": [{"callsign": "NAG600", "party": "a"}],
    "flights": {
        "a": {"states": {"NAG600": "activated"}, "tracks": ["NAG600"]},
        "b": {"states": {}, "tracks": ["NAG600"]},
    },
    "alerts": {net: {} for net in ("pair-conflict", "area-proximity", "conformance")},
}


@pytest.mark.requirement("DEMO-012")
def test_a_flight_not_accepted_or_not_seen_breaks_the_check():
    assert check_followed(SEEN).held
    held = {"states": {"NAG600": "held"}, "tracks": ["NAG600"]}
    assert not check_followed(SEEN | {"flights": {"a": held}}).held
    blind = {"states": {"NAG600": "accepted"}, "tracks": []}
    assert not check_followed(SEEN | {"flights": {"a": blind}}).held
    assert check_alerts(SEEN).held
    for net in SEEN["alerts"]:
        less = {name: told for name, told in SEEN["alerts"].items() if name != net}
        assert check_alerts(SEEN | {"alerts": less}).breaches == (f"no alert of {net}",)


@pytest.mark.requirement("DEMO-013")
def test_an_incident_that_takes_a_side_breaks_the_check():
    seen = {"claimants": ["a", "b"], "relations": ["excludes"], "grades": ["contested"]}
    assert check_incident(seen).held
    for changed in (
        {"claimants": ["a", "a"]},
        {"relations": ["agrees"]},
        {"grades": ["confirmed"]},
        {"grades": []},
    ):
        assert not check_incident(seen | changed).held


@pytest.mark.requirement("DEMO-011")
def test_relief_flights_that_a_service_never_assented_to_break_the_check():
    def flight(callsign: str, *assents: str, outcome: Outcome = Outcome.ACCEPTED, why: str = "x"):
        return FlightOutcome(callsign, 2, "routine", outcome, why, "", assents=assents)

    told = {"R1": flight("R1", "a", "b"), "R2": flight("R2", "a")}
    assert check_relief(told, ["R1", "R2"], ["a", "b"]).held
    assert not check_relief(told, ["R2"], ["a", "b"]).held
    silent = told | {"R2": flight("R2", outcome=Outcome.REFUSED, why="")}
    assert not check_relief(silent, ["R1", "R2"], ["a", "b"]).held
    assert not check_relief(told, [], ["a", "b"]).held


def test_the_zone_is_drawn_the_right_way_round():
    ring = LiveTraffic(BALTIC, 1, BEGAN).zone_ring()
    assert len(ring) == 4
    assert all(apart_m(a, b) > 20_000.0 for a, b in itertools.pairwise(ring))
