"""Gaps between altitude bands, datum by datum."""

import math

import pytest

from comity.domain.airspace import (
    Altitude,
    Datum,
    HeightBounds,
    Shape,
    ShapeKind,
    Volume4D,
    vertical_gap,
)
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

POINT = Shape(ShapeKind.PATH, (0.0,), (0.0,))
NOTHING = HeightBounds()


def band(lower, upper, datum, upper_datum=None):
    return Volume4D(
        POINT,
        Altitude(lower, datum),
        Altitude(upper, upper_datum or datum),
        Instant(0),
        Instant(1000),
    )


@pytest.mark.requirement("AIR-004")
def test_a_gap_equal_to_the_minimum_keeps_it_and_a_millimetre_less_does_not():
    level_330 = band(10_058.4, 10_058.4, Datum.QNE)
    level_340 = band(10_363.2, 10_363.2, Datum.QNE)
    assert vertical_gap(level_330, level_340, NOTHING).keeps(304.8)
    assert vertical_gap(level_340, level_330, NOTHING).keeps(304.8)
    assert not vertical_gap(level_330, level_340, NOTHING).keeps(304.801)


@pytest.mark.requirement("AIR-004")
def test_bands_that_touch_are_not_apart_even_where_no_minimum_is_asked():
    gap = vertical_gap(band(0, 100, Datum.EGM2008), band(100, 200, Datum.EGM2008), NOTHING)
    assert gap.known
    assert gap.least_m == 0.0
    assert not gap.keeps(0.0)


@pytest.mark.requirement("AIR-005")
def test_ellipsoid_against_geoid_is_widened_by_the_range_of_the_geoid():
    geoid = band(1000, 1100, Datum.EGM2008)
    # 1208 m above the ellipsoid is at least 1119 m above the geoid (86 m, New Guinea), and
    # 890 m above it at most 997 m (-107 m, south of India)
    above = vertical_gap(band(1208, 1300, Datum.WGS84), geoid, NOTHING)
    below = vertical_gap(band(500, 880, Datum.WGS84), geoid, NOTHING)
    assert above.known
    assert below.known
    assert 0 < above.least_m <= 1208 - 86 - 1100
    assert 0 < below.least_m <= 1000 - (880 + 107)
    assert vertical_gap(band(1180, 1300, Datum.WGS84), geoid, NOTHING).least_m < 0


@pytest.mark.requirement("AIR-006")
@pytest.mark.parametrize("datum", [Datum.QNE, Datum.AGL])
def test_pressure_and_ground_against_others_do_not_tell_without_agreed_bounds(datum):
    gap = vertical_gap(band(0, 100, datum), band(9000, 9100, Datum.EGM2008), NOTHING)
    assert gap.least_m == -math.inf
    assert not gap.known
    assert not gap.keeps(0.0)


@pytest.mark.requirement("AIR-006")
def test_agreed_bounds_make_them_comparable():
    bounds = HeightBounds(pressure_error_m=600.0, terrain_m=(200.0, 1500.0))
    geoid = band(4000, 4100, Datum.EGM2008)
    assert vertical_gap(band(5000, 5100, Datum.QNE), geoid, bounds).least_m == 300.0
    assert vertical_gap(band(0, 120, Datum.AGL), geoid, bounds).least_m == 4000 - 1620
    assert vertical_gap(band(0, 120, Datum.AGL), band(5000, 5100, Datum.QNE), bounds).known


@pytest.mark.requirement("AIR-006")
def test_a_limit_that_tells_suffices_where_the_other_does_not():
    surface_to_level = band(0, 3000, Datum.AGL, Datum.EGM2008)
    above = vertical_gap(surface_to_level, band(4000, 5000, Datum.EGM2008), NOTHING)
    assert above.keeps(1000.0)
    below = vertical_gap(surface_to_level, band(1000, 2000, Datum.EGM2008), NOTHING)
    assert not below.known
    assert not below.keeps(0.0)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"pressure_error_m": -1.0}, "pressure_error_m"),
        ({"pressure_error_m": math.nan}, "pressure_error_m"),
        ({"terrain_m": (100.0, 0.0)}, "terrain_m"),
        ({"terrain_m": (math.nan, 0.0)}, "terrain_m"),
    ],
)
def test_bounds_that_bound_nothing_are_refused(fields, named):
    with pytest.raises(InputError) as caught:
        HeightBounds(**fields)
    assert caught.value.field == named
