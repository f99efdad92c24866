"""What must hold of verdicts for all pairs of volumes."""

import os

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests import geodesic_reference as reference
from tests.property.geometry.test_distance import shapes

from comity.domain.airspace import (
    Altitude,
    Clear,
    Conflict,
    Datum,
    Separation,
    Shape,
    Volume4D,
)
from comity.domain.conflicts import pair_verdict
from comity.domain.geometry import nearest_compiled, tolerance_m
from comity.kernel.instants import Instant

EXAMPLES = int(os.environ.get("COMITY_EXAMPLES", "12"))


@st.composite
def volumes(draw, latitude, longitude):
    away = reference.WGS84.Direct(
        latitude, longitude, draw(st.floats(0, 360)), draw(st.floats(0, 40_000))
    )
    shape = draw(shapes(away["lat2"], away["lon2"], draw(st.floats(100.0, 20_000.0))))
    shape = Shape(
        shape.kind, shape.latitude_deg, shape.longitude_deg, draw(st.floats(0.0, 10_000.0))
    )
    lower_m = draw(st.integers(0, 3000))
    start_s = draw(st.integers(0, 3000))
    return Volume4D(
        shape,
        Altitude(float(lower_m), Datum.EGM2008),
        Altitude(float(lower_m + draw(st.integers(0, 2000))), Datum.EGM2008),
        Instant(start_s * 1000),
        Instant((start_s + draw(st.integers(1, 3000))) * 1000),
    )


@st.composite
def pairs(draw):
    latitude = draw(st.one_of(st.floats(-90.0, 90.0), st.sampled_from([-90.0, 89.95])))
    longitude = draw(st.one_of(st.floats(-180.0, 180.0), st.just(180.0)))
    return draw(volumes(latitude, longitude)), draw(volumes(latitude, longitude))


minima = st.builds(Separation, st.floats(0.0, 20_000.0), st.floats(0.0, 1_000.0))


@pytest.mark.requirement("CONF-007")
@settings(max_examples=4 * EXAMPLES, derandomize=True, deadline=None)
@given(pairs(), minima, st.floats(0.0, 10_000.0), st.floats(0.0, 500.0))
def test_larger_minima_never_clear_a_conflict(pair, separation, wider_m, higher_m):
    larger = Separation(separation.horizontal_m + wider_m, separation.vertical_m + higher_m)
    if isinstance(pair_verdict(*pair, separation), Conflict):
        assert isinstance(pair_verdict(*pair, larger), Conflict)


@pytest.mark.requirement("CONF-007")
@settings(max_examples=4 * EXAMPLES, derandomize=True, deadline=None)
@given(pairs(), minima)
def test_both_sides_and_both_paths_come_to_the_same_verdict(pair, separation):
    one, other = pair
    ours = pair_verdict(one, other, separation)
    theirs = pair_verdict(other, one, separation, nearest_compiled)
    assert type(ours) is type(theirs)
    if isinstance(ours, Conflict):
        assert ours.first_time == theirs.first_time
        assert abs(ours.least_horizontal_m - theirs.least_horizontal_m) < 1e-6
        assert ours.least_vertical_m == theirs.least_vertical_m


@pytest.mark.requirement("CONF-008")
@settings(max_examples=max(4, EXAMPLES // 4), derandomize=True, deadline=None)
@given(pairs(), minima)
def test_the_verdict_is_that_of_the_definition_with_distances_of_geographiclib(pair, separation):
    one, other = pair
    in_time = one.start <= other.end and other.start <= one.end
    gap_m = max(
        one.lower.height_m - other.upper.height_m, other.lower.height_m - one.upper.height_m
    )
    assume(in_time and (gap_m <= 0 or gap_m < separation.vertical_m))
    core_m = reference.distance_m(one.shape, other.shape)
    limit_m = separation.horizontal_m + one.shape.radius_m + other.shape.radius_m
    found = pair_verdict(one, other, separation)
    if core_m < limit_m:
        assert isinstance(found, Conflict)
    elif core_m > limit_m + 2 * tolerance_m(core_m):
        assert found == Clear()
    if isinstance(found, Conflict):
        least_m = max(0.0, core_m - one.shape.radius_m - other.shape.radius_m)
        assert abs(found.least_horizontal_m - least_m) <= tolerance_m(core_m)
