"""Verdicts on pairs of volumes and of flights."""

import pytest
from tests import geodesic_reference as reference

from comity.domain.airspace import (
    Altitude,
    CellCover,
    Clear,
    Conflict,
    Datum,
    EdgeKind,
    Footprint,
    Separation,
    Shape,
    ShapeKind,
    Undetermined,
    Volume4D,
)
from comity.domain.conflicts import footprint_verdict, pair_verdict
from comity.domain.geometry import nearest_compiled
from comity.kernel.instants import Instant

NOON = Instant(1_800_000_000_000)
FIVE_MILES = Separation(9_260.0, 304.8)
NONE = Separation(0.0, 0.0)


def circle(latitude, longitude, radius_m):
    return Shape(ShapeKind.PATH, (latitude,), (longitude,), radius_m)


def square(latitude, longitude, half_deg):
    low, high = latitude - half_deg, latitude + half_deg
    west, east = longitude - half_deg, longitude + half_deg
    return Shape(ShapeKind.RING, (low, low, high, high), (west, east, east, west))


def volume(shape, lower_m=1000.0, upper_m=2000.0, start_s=0.0, end_s=600.0, datum=Datum.EGM2008):
    return Volume4D(
        shape,
        Altitude(lower_m, datum),
        Altitude(upper_m, datum),
        NOON.plus_s(start_s),
        NOON.plus_s(end_s),
    )


@pytest.mark.requirement("CONF-001")
def test_times_that_touch_meet_and_a_millisecond_apart_do_not():
    here = volume(circle(50, 10, 100))
    assert isinstance(
        pair_verdict(here, volume(circle(50, 10, 100), start_s=600, end_s=900), NONE), Conflict
    )
    later = volume(circle(50, 10, 100), start_s=600.001, end_s=900)
    assert pair_verdict(here, later, FIVE_MILES) == Clear()


@pytest.mark.requirement("CONF-001")
def test_all_three_must_be_too_near_at_once():
    here = volume(circle(50, 10, 100))
    assert isinstance(pair_verdict(here, volume(circle(50, 10.1, 100)), FIVE_MILES), Conflict)
    far = volume(circle(50, 10.2, 100))
    high = volume(circle(50, 10.1, 100), lower_m=2304.8, upper_m=3000.0)
    late = volume(circle(50, 10.1, 100), start_s=700, end_s=800)
    for other in (far, high, late):
        assert pair_verdict(here, other, FIVE_MILES) == Clear()


@pytest.mark.requirement("CONF-002")
def test_volumes_that_touch_conflict_even_where_no_minimum_is_asked():
    here = volume(square(0.0, 0.0, 0.1))
    beside = volume(square(0.0, 0.2, 0.1))
    above = volume(square(0.0, 0.0, 0.1), lower_m=2000.0, upper_m=3000.0)
    assert isinstance(pair_verdict(here, beside, NONE), Conflict)
    assert isinstance(pair_verdict(here, above, NONE), Conflict)


@pytest.mark.requirement("CONF-002")
def test_a_distance_within_the_tolerance_of_the_minimum_is_a_conflict():
    apart_m = 10_000.0
    place = reference.WGS84.Direct(47.0, 8.0, 70.0, apart_m)
    here, there = circle(47.0, 8.0, 0.0), circle(place["lat2"], place["lon2"], 0.0)
    just_less = Separation(apart_m - 0.05, 0.0)
    well_less = Separation(apart_m - 1.0, 0.0)
    assert isinstance(pair_verdict(volume(here), volume(there), just_less), Conflict)
    assert pair_verdict(volume(here), volume(there), well_less) == Clear()


@pytest.mark.requirement("CONF-003")
def test_a_conflict_names_first_time_place_and_least_distances():
    east = reference.WGS84.Direct(60.0, 20.0, 90.0, 6_000.0)
    here = volume(circle(60.0, 20.0, 1_000.0), 1000, 2000, 0, 600)
    there = volume(circle(east["lat2"], east["lon2"], 3_000.0), 2100, 2500, 300, 900)
    found = pair_verdict(here, there, FIVE_MILES)
    assert isinstance(found, Conflict)
    assert found.first_time == NOON.plus_s(300)
    assert found.least_horizontal_m == pytest.approx(2_000.0, abs=0.01)
    assert found.least_vertical_m == pytest.approx(100.0, abs=1e-9)
    place = (found.latitude_deg, found.longitude_deg)
    assert reference.apart_m((60.0, 20.0), place) == pytest.approx(2_000.0, abs=1.0)
    assert reference.apart_m((east["lat2"], east["lon2"]), place) == pytest.approx(4_000.0, abs=1.0)


@pytest.mark.requirement("CONF-003")
def test_the_place_of_overlapping_volumes_lies_in_both():
    wide, narrow = circle(60.0, 20.0, 9_000.0), circle(60.07, 20.0, 10.0)
    found = pair_verdict(volume(wide), volume(narrow), NONE)
    assert found.least_horizontal_m == 0.0
    place = (found.latitude_deg, found.longitude_deg)
    assert reference.apart_m((60.0, 20.0), place) <= 9_000.0
    assert reference.apart_m((60.07, 20.0), place) <= 10.1


@pytest.mark.requirement("CONF-004")
def test_heights_that_cannot_be_compared_are_undetermined_only_where_the_rest_is_too_near():
    here = volume(circle(50, 10, 100))
    level = volume(circle(50, 10.1, 100), 9000.0, 9500.0, datum=Datum.QNE)
    found = pair_verdict(here, level, FIVE_MILES)
    assert isinstance(found, Undetermined)
    assert "EGM2008" in found.reason
    assert "QNE" in found.reason
    far = volume(circle(50, 11, 100), 9000.0, 9500.0, datum=Datum.QNE)
    assert pair_verdict(here, far, FIVE_MILES) == Clear()


@pytest.mark.requirement("CONF-005")
@pytest.mark.parametrize(
    ("shape", "other", "conflicts"),
    [
        (circle(90, 0, 1_000), circle(90, 137, 1_000), True),
        (circle(89.99, 0, 1_118), circle(89.99, 180, 1_118), True),  # each 1117 m from the pole
        (circle(89.99, 0, 1_116), circle(89.99, 180, 1_116), False),
        (circle(-89.99, 90, 1_118), circle(-89.99, -90, 1_118), True),
        (circle(10, 179.999, 100), circle(10, -179.999, 130), True),  # 219 m apart
        (circle(10, 179.999, 100), circle(10, -179.999, 110), False),
        (circle(10, 180, 0), circle(10, -180, 0), True),
        (square(0, 179.95, 0.05), square(0, -179.9, 0.1), True),
        (
            Shape(ShapeKind.RING, (80.0,) * 4, (0.0, 90.0, 180.0, -90.0)),
            circle(89.5, 45, 0),
            True,
        ),
        (
            Shape(ShapeKind.RING, (-80.0,) * 4, (0.0, 90.0, 180.0, -90.0)),
            circle(-79.0, 0, 0),
            False,
        ),
        (Shape(ShapeKind.PATH, (85.0, 85.0), (0.0, 180.0), 100.0), circle(90, 0, 0), True),
        (
            Shape(ShapeKind.PATH, (60.0, 60.0), (170.0, -170.0), 1_000.0, EdgeKind.RHUMB),
            circle(60.0, 180.0, 0.0),
            True,
        ),
        (
            Shape(ShapeKind.PATH, (60.0, 60.0), (170.0, -170.0), 1_000.0),
            circle(60.0, 180.0, 0.0),
            False,  # the geodesic runs 37 km north of the parallel
        ),
    ],
)
def test_poles_and_the_antimeridian_are_places_like_others(shape, other, conflicts):
    expected = Conflict if conflicts else Clear
    shape_first = pair_verdict(volume(shape), volume(other), NONE)
    other_first = pair_verdict(volume(other), volume(shape), NONE, nearest_compiled)
    assert isinstance(shape_first, expected)
    assert isinstance(other_first, expected)


@pytest.mark.requirement("CONF-006")
def test_two_flights_conflict_first_where_they_conflict_earliest():
    legs = tuple(
        volume(circle(50.0, 10.0 + 0.1 * step, 100), start_s=60 * step, end_s=60 * step + 60)
        for step in range(10)
    )
    against = tuple(
        volume(circle(50.001, 10.9 - 0.1 * step, 100), start_s=60 * step, end_s=60 * step + 60)
        for step in range(10)
    )
    found = footprint_verdict(
        Footprint(legs, None, "crewed"), Footprint(against, None, "crewed"), FIVE_MILES
    )
    assert isinstance(found, Conflict)
    # legs 4 and 5 pass each other; 4 touches 4 (7.2 km apart) when its time begins
    assert (found.volume, found.other_volume) == (4, 4)
    assert found.first_time == NOON.plus_s(240)
    assert found.least_horizontal_m == 0.0  # 4 and 5 at the very same place, later on
    assert 10.4 < found.longitude_deg < 10.5


@pytest.mark.requirement("CONF-006")
def test_a_conflict_anywhere_outweighs_a_doubt_and_a_doubt_outweighs_clear():
    here = volume(circle(50, 10, 100))
    doubt = volume(circle(50, 10.05, 100), datum=Datum.QNE)
    clear = volume(circle(50, 12, 100))
    conflict = volume(circle(50, 10.05, 100))
    own = Footprint((here,), None, "crewed")

    def verdict(*volumes):
        return footprint_verdict(own, Footprint(volumes, None, "crewed"), FIVE_MILES)

    assert verdict(clear) == Clear()
    assert isinstance(verdict(clear, doubt), Undetermined)
    assert isinstance(verdict(doubt, conflict), Conflict)
    assert verdict(doubt, conflict).other_volume == 1


@pytest.mark.requirement("CONF-006")
def test_flights_disclosed_as_cells_are_not_compared_here():
    cells = CellCover(frozenset({(0x871F8C4D1FFFFFF, 0, 0)}), 7, 300.0, 60, Datum.EGM2008)
    own = Footprint((volume(circle(50, 10, 100)),), None, "crewed")
    with pytest.raises(ValueError, match="volumes only"):
        footprint_verdict(own, Footprint((), cells, "crewed"), FIVE_MILES)
