"""Corridors and trajectories hold every point that a flight may be at, by geographiclib's geodesics."""

import itertools
import os

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.geodesic_reference import apart_m, at, edge_distance_m, edges_of

from comity.domain.airspace import (
    Altitude,
    Datum,
    EdgeKind,
    Shape,
    ShapeKind,
    TrajectoryPoint,
    Uncertainty,
    corridor,
    trajectory,
)
from comity.domain.geometry import nearest, prepare
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant, instant_from_canonical

WGS84 = Geodesic.WGS84
NOON = instant_from_canonical("2026-11-23T12:00:00.000Z")
EXAMPLES = int(os.environ.get("COMITY_EXAMPLES", "15"))
LEG_M_MAX = 2_000_000.0
EDGE_M = 0.1  # an edge may be followed by curves that stay this near (docs/spec/volume.md §3)
REFERENCE_M = 0.05  # Brent's method finds the foot on a leg of 2,000 km within 1.5e-8 of it, 3 cm

shares = st.floats(0.0, 1.0)
uncertainties = st.builds(
    Uncertainty, st.floats(0.0, 50_000.0), st.floats(0.0, 500.0), st.floats(0.0, 600.0)
)


@st.composite
def flights(draw):
    """Points from one anywhere, poles and ±180° not left out; some legs are no longer than a wait."""
    latitude_deg = draw(st.sampled_from([0.0, 60.0, -89.99, 89.999, 90.0]) | st.floats(-90.0, 90.0))
    longitude_deg = draw(st.sampled_from([0.0, 179.99, -180.0, 180.0]) | st.floats(-180.0, 180.0))
    place, points, when = (latitude_deg, longitude_deg), [], NOON
    for _ in range(draw(st.integers(2, 4))):
        height_m = draw(st.floats(0.0, 12_000.0))
        points.append(TrajectoryPoint(when, place, Altitude(height_m, Datum.EGM2008)))
        away_m = draw(st.sampled_from([0.0, 0.04, 0.06, 500.0]) | st.floats(1.0, LEG_M_MAX))
        line = WGS84.Direct(*place, draw(st.floats(-180.0, 180.0)), away_m)
        place = (line["lat2"], line["lon2"])
        when = when.plus_s(draw(st.floats(0.001, 7_200.0)))
    return points


def point(latitude_deg, longitude_deg):
    return Shape(ShapeKind.PATH, (latitude_deg,), (longitude_deg,))


def holds(volume, place, altitude, when):
    """Whether a place, height and time are in a volume; places by the reference alone."""
    own = edges_of(point(*place))[0]
    away_m = min(edge_distance_m(line, own) for line in edges_of(volume.shape))
    return (
        away_m <= volume.shape.radius_m + REFERENCE_M
        and volume.lower.height_m - 1e-6 <= altitude.height_m <= volume.upper.height_m + 1e-6
        and volume.start <= when <= volume.end
    )


@pytest.mark.requirement("AIR-007")
@settings(max_examples=EXAMPLES, deadline=None)
@given(flights(), uncertainties, st.data())
def test_a_flight_is_in_the_volume_of_its_leg_wherever_it_may_be(points, uncertainty, data):
    volumes = trajectory(points, uncertainty)
    assert len(volumes) == len(points) - 1
    for (earlier, later), volume in zip(itertools.pairwise(points), volumes, strict=True):
        leg = WGS84.InverseLine(*earlier.position, *later.position)
        on_leg = at(leg, data.draw(shares))
        aside = WGS84.Direct(
            *on_leg,
            data.draw(st.floats(-180.0, 180.0)),
            uncertainty.horizontal_m * data.draw(shares),
        )
        share = data.draw(shares)
        height_m = (1.0 - share) * earlier.altitude.height_m + share * later.altitude.height_m
        height_m += uncertainty.vertical_m * data.draw(st.sampled_from([-1.0, 0.0, 1.0]))
        span_s = later.at.minus(earlier.at) + 2.0 * uncertainty.time_s
        when_ms = earlier.at.unix_ms + (data.draw(shares) * span_s - uncertainty.time_s) * 1000
        when = Instant(round(when_ms))
        place = (aside["lat2"], aside["lon2"])
        assert holds(volume, place, Altitude(height_m, Datum.EGM2008), when)
        # and the shape as this implementation follows it holds the place too, within its tolerance
        reach_m = volume.shape.radius_m + EDGE_M + REFERENCE_M
        assert nearest(prepare(point(*place)), prepare(volume.shape), reach_m) is not None


@pytest.mark.requirement("AIR-007")
@settings(max_examples=EXAMPLES, deadline=None)
@given(flights(), uncertainties)
def test_neighbouring_volumes_share_the_point_between_them(points, uncertainty):
    for (one, other), shared in zip(
        itertools.pairwise(trajectory(points, uncertainty)), points[1:], strict=False
    ):
        for volume in (one, other):
            assert holds(volume, shared.position, shared.altitude, shared.at)


@pytest.mark.requirement("AIR-007")
@settings(max_examples=EXAMPLES, deadline=None)
@given(flights(), st.floats(1.0, 50_000.0), shares, shares, st.floats(-180.0, 180.0))
@example(
    [TrajectoryPoint(NOON, place, Altitude(0.0, Datum.EGM2008)) for place in ((60, 179.9), (60, -179.9))],
    1_000.0, 0.5, 1.0, 90.0,
)  # fmt: skip
@example(
    [TrajectoryPoint(NOON, place, Altitude(0.0, Datum.EGM2008)) for place in ((89.9, 0), (89.9, 180))],
    1_000.0, 0.5, 1.0, 0.0,
)  # fmt: skip
def test_a_corridor_holds_its_line_and_its_half_width(points, half_width_m, along, aside, azimuth):
    places = [each.position for each in points]
    if any(apart_m(a, b) < 0.05 for a, b in itertools.pairwise(places)):
        places = places[:1]
    heights = (Altitude(0.0, Datum.QNE), Altitude(9_000.0, Datum.QNE))
    window = (NOON, NOON.plus_s(60.0))
    volume = corridor(places, half_width_m, EdgeKind.GEODESIC, heights=heights, window=window)
    assert ((volume.lower, volume.upper), (volume.start, volume.end)) == (heights, window)
    for line in edges_of(volume.shape):
        place = WGS84.Direct(*at(line, along), azimuth, half_width_m * aside)
        where = (place["lat2"], place["lon2"])
        assert holds(volume, where, Altitude(4_500.0, Datum.QNE), NOON)


def test_a_wait_is_a_circle_and_a_move_of_centimetres_still_is():
    stands = [
        TrajectoryPoint(NOON.plus_s(60.0 * n), (47.0, 8.0), Altitude(100.0, Datum.AGL))
        for n in range(3)
    ]
    for volume in trajectory(stands, Uncertainty(30.0, 10.0, 5.0)):
        assert volume.shape.latitude_deg == (47.0,)
        assert volume.shape.radius_m == pytest.approx(30.05)


AT = Altitude(100.0, Datum.EGM2008)
FIRST = TrajectoryPoint(NOON, (47.0, 8.0), AT)


@pytest.mark.parametrize(
    ("points", "field"),
    [
        ([FIRST], "points"),
        ([FIRST] * 1_002, "points"),
        ([FIRST, FIRST], "points[1].time"),
        ([FIRST, TrajectoryPoint(NOON.plus_s(-1.0), (47.0, 9.0), AT)], "points[1].time"),
        (
            [FIRST, TrajectoryPoint(NOON.plus_s(1.0), (47.0, 9.0), Altitude(1.0, Datum.QNE))],
            "points[1].altitude.datum",
        ),
        ([FIRST, TrajectoryPoint(NOON.plus_s(8 * 86_400.0), (47.0, 9.0), AT)], "points[1].end"),
    ],
)
def test_a_trajectory_that_is_none_is_refused_by_its_point(points, field):
    with pytest.raises(InputError) as caught:
        trajectory(points, Uncertainty(100.0, 10.0, 1.0))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ((-1.0, 0.0, 0.0), "uncertainty.horizontal"),
        ((float("nan"), 0.0, 0.0), "uncertainty.horizontal"),
        ((0.0, 10_001.0, 0.0), "uncertainty.vertical"),
        ((0.0, 0.0, 3_601.0), "uncertainty.time_s"),
    ],
)
def test_an_uncertainty_beyond_its_limit_is_refused(given, field):
    with pytest.raises(InputError) as caught:
        Uncertainty(*given)
    assert caught.value.field == field


def test_a_corridor_without_width_or_with_one_place_twice_is_refused():
    heights, window = (AT, AT), (NOON, NOON.plus_s(1.0))
    for places, width_m, field in (
        ([(47.0, 8.0)], 0.0, "half_width"),
        ([(47.0, 8.0), (47.0, 8.0)], 100.0, "waypoints."),
    ):
        with pytest.raises(InputError) as caught:
            corridor(places, width_m, EdgeKind.GEODESIC, heights=heights, window=window)
        assert caught.value.field.startswith(field)
