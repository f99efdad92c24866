"""The generated day: real airports, flights an aircraft can fly, and what is planted in it."""

import dataclasses
import hashlib
import itertools
import math
from collections import Counter

import airportsdata
import pytest
import shapely
from geographiclib.geodesic import Geodesic

from comity.adapters.generated_traffic import (
    SERVICES,
    GeneratedDay,
    GeneratedFlight,
    Role,
    airport,
    generate_day,
)
from comity.adapters.natural_earth import border_data_set
from comity.kernel.errors import InputError
from comity.kernel.instants import instant_from_rfc3339

BEGINS = instant_from_rfc3339("2026-11-24T00:00:00Z")
ROUNDING_MPS = 0.1  # positions are rounded to 1e-6 degree, times to 1 ms, heights to 0.1 m
SEEDS = (1, 2, 2026)


@pytest.fixture(scope="module", params=SEEDS)
def day(request) -> GeneratedDay:
    return generate_day(request.param, BEGINS)


def by_callsign(day: GeneratedDay) -> dict[str, GeneratedFlight]:
    return {flight.callsign: flight for flight in day.flights}


def distance_m(a, b) -> float:
    return Geodesic.WGS84.Inverse(a.latitude_deg, a.longitude_deg, b.latitude_deg, b.longitude_deg)[
        "s12"
    ]


@pytest.mark.requirement("TRAF-001")
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    def digest(seed):
        return hashlib.sha256(repr(generate_day(seed, BEGINS, 60)).encode()).hexdigest()

    assert digest(5) == digest(5)
    assert digest(5) != digest(6)


@pytest.mark.requirement("TRAF-002")
def test_no_leg_asks_for_more_than_the_class_can_do(day):
    for flight in day.flights:
        limits = flight.performance
        for here, there in itertools.pairwise(flight.points):
            elapsed_s = there.at.minus(here.at)
            assert elapsed_s >= 1.0
            speed_mps = distance_m(here, there) / elapsed_s
            assert speed_mps <= limits.cruise_speed_mps + ROUNDING_MPS
            rate_mps = (there.pressure_height_m - here.pressure_height_m) / elapsed_s
            assert rate_mps <= limits.climb_rate_mps + ROUNDING_MPS
            assert -rate_mps <= limits.descent_rate_mps + ROUNDING_MPS


@pytest.mark.requirement("TRAF-002")
def test_no_turn_is_tighter_than_the_bank_allows_nor_leaves_the_corridor(day):
    """At 25° of bank a fly-by turn cuts its corner by less than the half-width."""
    bent = 0
    for flight in day.flights:
        radius_m = flight.performance.cruise_speed_mps**2 / (9.80665 * math.tan(math.radians(25)))
        for a, b, c in zip(flight.points, flight.points[1:], flight.points[2:], strict=False):
            arriving = Geodesic.WGS84.Inverse(
                a.latitude_deg, a.longitude_deg, b.latitude_deg, b.longitude_deg
            )
            leaving = Geodesic.WGS84.Inverse(
                b.latitude_deg, b.longitude_deg, c.latitude_deg, c.longitude_deg
            )
            turn_deg = abs((leaving["azi1"] - arriving["azi2"] + 180) % 360 - 180)
            if turn_deg < 1.0:
                continue
            bent += 1
            cut_m = radius_m * (1 / math.cos(math.radians(turn_deg) / 2) - 1)
            assert cut_m <= flight.performance.horizontal_uncertainty_m + 1.0
    assert bent > 40


@pytest.mark.requirement("TRAF-002")
def test_cruise_levels_suit_the_direction_and_stay_under_the_ceiling(day):
    for flight in day.flights:
        if flight.datum != "QNE" or flight.role is Role.PATROL:
            continue
        start, end = flight.points[0], flight.points[-1]
        azimuth_deg = Geodesic.WGS84.Inverse(
            start.latitude_deg, start.longitude_deg, end.latitude_deg, end.longitude_deg
        )["azi1"]
        top_m = max(point.pressure_height_m for point in flight.points)
        thousands_ft = round(top_m / 0.3048 / 1000)
        assert thousands_ft % 2 == (1 if azimuth_deg % 360 < 180 else 0)
        assert top_m <= flight.performance.ceiling_m + 0.1


@pytest.mark.requirement("TRAF-003")
def test_every_airport_is_real_and_flights_begin_and_end_at_one(day):
    known = airportsdata.load("ICAO")
    for flight in day.flights:
        assert {flight.origin, flight.destination} <= known.keys()
        if flight.datum != "QNE":
            continue
        for icao, point in (
            (flight.origin, flight.points[0]),
            (flight.destination, flight.points[-1]),
        ):
            assert point.latitude_deg == pytest.approx(known[icao]["lat"], abs=1e-6)
            assert point.longitude_deg == pytest.approx(known[icao]["lon"], abs=1e-6)
            assert point.pressure_height_m == pytest.approx(
                known[icao]["elevation"] * 0.3048, abs=0.06
            )


@pytest.mark.requirement("TRAF-003")
def test_every_airport_of_a_service_lies_in_its_countries():
    """Within the error that the border data set states for itself."""
    borders = border_data_set()
    for service in SERVICES:
        land = shapely.union_all([borders.country(name).geometry for name in service.countries])
        for icao in service.hubs + service.fields:
            port = airport(icao)
            place = shapely.Point(port.longitude_deg, port.latitude_deg)
            assert shapely.distance(land, place) * 111_694 <= borders.error_m


@pytest.mark.requirement("TRAF-003")
def test_an_airport_has_no_two_movements_within_a_slot(day):
    movements: dict[str, list[float]] = {}
    for flight in day.flights:
        if flight.datum == "QNE":
            movements.setdefault(flight.origin, []).append(flight.points[0].at.unix_s)
            movements.setdefault(flight.destination, []).append(flight.points[-1].at.unix_s)
    patrols = {f.points[0].at.unix_s for f in day.flights if f.role is Role.PATROL}
    for times_s in movements.values():
        times_s.sort()
        for earlier_s, later_s in itertools.pairwise(times_s):
            # a patrol's own return may fall as it will; it left from the same place
            assert later_s - earlier_s >= 960.0 - 0.01 or earlier_s in patrols


@pytest.mark.requirement("TRAF-004")
def test_each_planted_flight_passes_its_partner_at_one_place_height_and_time(day):
    flights = by_callsign(day)
    planted = [f for f in day.flights if f.role in (Role.PLANTED, Role.EMERGENCY)]
    assert len(planted) == 9
    assert len({f.against for f in planted}) == 9
    for flight in planted:
        met = flights[flight.against]
        assert met.service != flight.service
        nearest = min(
            (
                (distance_m(mine, theirs), mine, theirs)
                for mine in flight.points
                for theirs in met.points
                if abs(mine.at.minus(theirs.at)) < 1.0
            ),
            key=lambda found: found[0],
        )
        assert nearest[0] < 1.0
        assert nearest[1].pressure_height_m == pytest.approx(nearest[2].pressure_height_m, abs=0.1)


@pytest.mark.requirement("TRAF-004")
def test_one_flight_changes_one_is_an_emergency_one_is_outside_one_is_undecided(day):
    roles = Counter(flight.role for flight in day.flights)
    for role in (Role.CHANGED, Role.EMERGENCY, Role.OUTSIDE, Role.UNDECIDED):
        assert roles[role] == 1
    (changed,) = (f for f in day.flights if f.changed_points)
    assert changed.role is Role.CHANGED
    for before, after in zip(changed.points, changed.changed_points, strict=True):
        assert after.at.minus(before.at) == 2700.0
        assert dataclasses.replace(after, at=before.at) == before
    (outside,) = (f for f in day.flights if f.role is Role.OUTSIDE)
    assert all(point.latitude_deg < 45 for point in outside.points)
    (undecided,) = (f for f in day.flights if f.role is Role.UNDECIDED)
    assert undecided.datum == "AGL"
    (emergency,) = (f for f in day.flights if f.role is Role.EMERGENCY)
    assert emergency.priority == "medical"


def test_the_day_is_split_between_the_services_and_much_of_it_crosses_a_border(day):
    shares = Counter(flight.service for flight in day.flights)
    assert abs(shares[0] - shares[1]) <= 0.05 * len(day.flights)
    abroad = [f for f in day.flights if airport(f.origin).country != airport(f.destination).country]
    assert len(abroad) >= len(day.flights) / 3
    assert len({f.callsign for f in day.flights}) == len(day.flights) == 360


def test_every_flight_lies_within_its_day(day):
    for flight in day.flights:
        assert flight.points[0].at >= BEGINS
        assert flight.points[-1].at <= BEGINS.plus_s(26 * 3600)


@pytest.mark.parametrize("count", [59, 5001])
def test_too_few_and_too_many_flights_are_refused(count):
    with pytest.raises(InputError, match="outside 60 to 5000"):
        generate_day(1, BEGINS, count)


def test_full_airports_are_said_to_be_full():
    with pytest.raises(InputError, match="the airports are full"):
        generate_day(1, BEGINS, 5000)
