"""Live traffic made from a seed: the same for the same, and nobody near anybody."""

import itertools

import numpy as np
import pytest
from pyproj import Geod

from comity.adapters.generated_traffic import (
    Stage,
    between_airports,
    relief_flights,
    snapshot,
    staged,
)
from comity.adapters.generated_traffic.live import PERIOD_S
from comity.entrypoints.demo.agreement_text import ALPS, BALTIC
from comity.kernel.instants import Instant

GEOD = Geod(ellps="WGS84")
BEGAN = Instant(1_790_000_000_000)
MINIMA_M = (9_260.0, 304.8)


@pytest.fixture(scope="module")
def others():
    return between_airports(7, BALTIC.airports, 12, [], {})


def test_the_same_seed_gives_the_same_traffic(others):
    again = between_airports(7, BALTIC.airports, 12, [], {})
    told = [snapshot(each, BEGAN, 500.0, 1) for each in (others, again)]
    assert told[0] == told[1]
    assert told[0]["aircraft"]
    assert snapshot(between_airports(8, BALTIC.airports, 12, [], {}), BEGAN, 500.0, 1) != told[0]


def test_no_two_come_near_each_other_in_a_whole_period(others):
    looked_at = 0
    for since_s in np.arange(3.0, PERIOD_S, 31.0):  # not the steps that the maker looks at
        here = [each.at(float(since_s)) for each in others]
        for a, b in itertools.combinations([each for each in here if each is not None], 2):
            looked_at += 1
            apart_m = GEOD.inv(a[1], a[0], b[1], b[0])[2]
            assert apart_m >= MINIMA_M[0] or abs(a[2] - b[2]) >= MINIMA_M[1]
    assert looked_at > 1_000


def test_what_an_antenna_hears_moves_as_it_says():
    stage = Stage((59.6, 23.6), 1.0, 0)
    flown = staged(stage, "NAG600", 0xF00000, [(10.0, 0.0, 0.0, 180), (110.0, 0.0, 13.5, 180)])
    assert flown.report(9.0) is None
    assert flown.report(111.0) is None
    told = flown.report(60.0)
    assert told["gs"] == pytest.approx(135.0 / 0.514444, abs=0.5)
    assert told["track"] % 360 == pytest.approx(0.0, abs=0.5)
    assert told["alt_baro"] == 18_000
    assert told["hex"] == "~f00000"  # no address of anybody


def test_who_flies_again_is_another_flight(others):
    flown = others[0]
    middle_s = float(flown.time_s[0] + flown.time_s[-1]) / 2 + PERIOD_S
    first, second = flown.report(middle_s), flown.report(middle_s + PERIOD_S)
    assert (first["lat"], first["lon"]) == (second["lat"], second["lon"])
    assert first["flight"] != second["flight"]
    assert first["hex"] != second["hex"]


@pytest.mark.parametrize("region", [BALTIC, ALPS])
def test_relief_flights_fly_what_their_class_can(region):
    flights = relief_flights(3, BEGAN, region.relief_fields, 12, region.level_raised)
    assert flights == relief_flights(3, BEGAN, region.relief_fields, 12, region.level_raised)
    assert len({each.callsign for each in flights}) == 12
    assert {each.priority for each in flights} == {"relief", "medical"}
    for flight in flights:
        limits = flight.performance
        for a, b in itertools.pairwise(flight.points):
            moved_m = GEOD.inv(a.longitude_deg, a.latitude_deg, b.longitude_deg, b.latitude_deg)[2]
            assert moved_m / b.at.minus(a.at) <= limits.cruise_speed_mps * 1.01
