"""The index of areas against geodesics, for areas and paths anywhere, poles and ±180° included."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.air_reference import Flight
from tests.area_reference import boundary, edge_distance_m, first_entry_s, winds_round
from tests.geodesic_reference import WGS84

from comity.domain.alerts.picture import ecef_from_degrees, velocity_from_track
from comity.domain.geometry import area_path_kernels as following
from comity.domain.geometry import area_rough_kernels as coarse
from comity.domain.geometry import area_search_kernels as asking
from comity.domain.geometry.area_index import AreaIndex, Moving, any_time, moved
from comity.domain.geometry.area_index_kernels import REFERENCE_X, REFERENCE_Y
from comity.domain.geometry.area_leg_kernels import DRIFT_PER_M
from comity.domain.geometry.area_outlines import outline_of_rings
from comity.domain.geometry.area_search_kernels import MARGIN_M
from comity.domain.geometry.cube_faces import CELLS, CELLS_PER_UNIT, ORIGIN
from comity.domain.geometry.ellipsoid import unit_from_degrees
from comity.domain.geometry.kinds import EdgeKind

EXAMPLES = int(os.environ.get("COMITY_EXAMPLES", "5"))
LATE_S = 1e-3
OVER_M = 1.0  # docs/rooms/alerts.md, "How far areas err"


@st.composite
def rings(draw):
    """A star-shaped ring round a middle, anywhere; its kind of edges, and the middle."""
    latitude = draw(st.one_of(st.floats(-90, 90), st.sampled_from([90.0, -90.0, 45.0, 35.26])))
    longitude = draw(st.one_of(st.floats(-180, 180), st.sampled_from([180.0, -180.0, 45.0, 0.0])))
    size_m = draw(st.sampled_from([800.0, 9_000.0, 40_000.0, 150_000.0]))
    corners = draw(st.lists(st.floats(0.4, 1.0), min_size=3, max_size=7))
    vertices = []
    for number, share in enumerate(corners):
        there = WGS84.Direct(latitude, longitude, 360.0 * number / len(corners), share * size_m)
        vertices.append((there["lat2"], there["lon2"]))
    polar = max(abs(latitude) + 4.0, *(abs(vertex[0]) for vertex in vertices)) > 88.0
    kinds = ["geodesic"] if polar else ["geodesic", "rhumb", "chord"]
    return vertices, draw(st.sampled_from(kinds)), (latitude, longitude), size_m


def index_of(vertices, edge, middle):
    latitude, longitude = np.array(vertices).T
    centre = unit_from_degrees(np.array([middle[0]]), np.array([middle[1]]))[0]
    return AreaIndex([outline_of_rings([(latitude, longitude)], EdgeKind(edge), -centre)])


def moving_of(flights):
    latitude = np.array([f.latitude_deg for f in flights])
    longitude = np.array([f.longitude_deg for f in flights])
    speed = np.array([f.speed_mps for f in flights])
    track = np.radians([f.track_deg for f in flights])
    return Moving(
        ecef_from_degrees(latitude, longitude),
        velocity_from_track(latitude, longitude, speed, track),
        np.array([f.height_m for f in flights]),
        np.array([f.climb_mps for f in flights]),
        np.zeros(len(flights), np.uint8),
    )


@pytest.mark.requirement("ALERT-050")
@settings(max_examples=2 * EXAMPLES, derandomize=True, deadline=None)
@given(rings(), st.lists(st.tuples(st.floats(0, 360), st.floats(0, 1.6)), min_size=2, max_size=4))
def test_what_geodesics_put_inside_is_inside_and_distances_are_theirs(ring, places):
    vertices, edge, middle, size_m = ring
    index = index_of(vertices, edge, middle)
    points = boundary(vertices, edge)
    there = [WGS84.Direct(*middle, azimuth, share * size_m) for azimuth, share in places]
    asked = [(place["lat2"], place["lon2"]) for place in there]
    positions = ecef_from_degrees(*np.array(asked).T)
    found = set(index.inside(positions).place.tolist())
    near = index.near(positions, 20_000.0)
    distances = dict(zip(near.place.tolist(), near.distance_m.tolist(), strict=True))
    for number, place in enumerate(asked):
        gap_m = edge_distance_m(points, place)
        if winds_round(points, place):
            assert number in found
        elif number in found:
            assert gap_m <= OVER_M
        if gap_m < 19_990.0:
            assert distances[number] == pytest.approx(gap_m, abs=1.0, rel=1e-5)
        elif gap_m > 20_010.0:
            assert number not in distances


@pytest.mark.requirement("ALERT-051")
@settings(max_examples=3 * EXAMPLES, derandomize=True, deadline=None)
@given(
    rings(), st.floats(0, 360), st.floats(0.2, 1.8), st.floats(-60, 60),
    st.sampled_from([0.0, 12.0, 90.0, 250.0, 330.0]), st.sampled_from([60.0, 120.0, 400.0]),
)  # fmt: skip
def test_the_time_of_entry_is_never_late_and_hardly_early(
    ring, azimuth, share, aside, speed_mps, look_ahead_s
):
    vertices, edge, middle, size_m = ring
    index = index_of(vertices, edge, middle)
    points = boundary(vertices, edge)
    start = WGS84.Direct(*middle, azimuth, share * size_m)
    back = WGS84.Inverse(start["lat2"], start["lon2"], *middle)
    flight = Flight(start["lat2"], start["lon2"], 1000.0, speed_mps, back["azi1"] + aside)
    found = index.entering(moving_of([flight]), look_ahead_s, any_time(1))
    expected_s = first_entry_s(points, flight, look_ahead_s, 20)
    if expected_s is not None:
        assert len(found.path) == 1
        assert found.time_in_s[0] <= expected_s + LATE_S
    if len(found.path) == 1:
        place = flight.at(float(found.time_in_s[0]))[:2]
        assert winds_round(points, place) or edge_distance_m(points, place) <= OVER_M
        gone = flight.at(float(found.time_out_s[0]))[:2]
        assert winds_round(points, gone) or edge_distance_m(points, gone) <= OVER_M


@pytest.mark.requirement("ALERT-050")
@pytest.mark.parametrize(
    ("vertices", "middle"),
    [
        ([(88.0, 0.0), (88.0, 120.0), (88.0, -120.0)], (90.0, 0.0)),
        ([(-89.9, 10.0), (-89.8, 130.0), (-89.95, -110.0)], (-90.0, 0.0)),
        ([(-1.0, 179.0), (-1.0, -179.0), (1.0, -179.0), (1.0, 179.0)], (0.0, 180.0)),
        ([(34.0, 44.0), (34.0, 46.0), (37.0, 46.0), (37.0, 44.0)], (35.2644, 45.0)),
        ([(-0.5, 44.5), (-0.5, 45.5), (0.5, 45.5), (0.5, 44.5)], (0.0, 45.0)),
    ],
    ids=["north pole", "south pole", "antimeridian", "corner of the cube", "rim of a face"],
)
def test_places_where_maps_break_are_places_like_others(vertices, middle):
    index = index_of(vertices, "geodesic", middle)
    points = boundary(vertices, "geodesic")
    asked = [middle]
    for azimuth in range(0, 360, 45):
        for distance_m in (10.0, 6_000.0, 60_000.0, 110_000.0, 250_000.0):
            place = WGS84.Direct(*middle, azimuth, distance_m)
            asked.append((place["lat2"], place["lon2"]))
    found = set(index.inside(ecef_from_degrees(*np.array(asked).T)).place.tolist())
    expected = {k for k, place in enumerate(asked) if winds_round(points, place)}
    assert found == expected
    assert 0 < len(expected) < len(asked)


@pytest.mark.requirement("ALERT-051")
def test_a_flight_over_the_pole_enters_on_the_other_side():
    vertices = [(88.0, 150.0), (88.0, -150.0), (85.0, -150.0), (85.0, 150.0)]
    index = index_of(vertices, "geodesic", (86.5, 180.0))
    points = boundary(vertices, "geodesic")
    flight = Flight(88.5, 0.0, 1000.0, 340.0, 0.0)
    found = index.entering(moving_of([flight]), 1_200.0, any_time(1))
    expected_s = first_entry_s(points, flight, 1_200.0, 20)
    assert expected_s - 0.01 <= found.time_in_s[0] <= expected_s + LATE_S
    assert bool(found.across[0])


@pytest.mark.requirement("ALERT-051")
@pytest.mark.parametrize("travel_m", [30_000.0, 150_000.0, 420_000.0, 4_000_000.0])
def test_paths_keep_to_their_geodesics_within_what_is_stated(travel_m):
    rng = np.random.default_rng(2)
    latitude = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, 60)))
    longitude, azimuth = rng.uniform(-180.0, 180.0, 60), rng.uniform(0.0, 360.0, 60)
    velocity = velocity_from_track(
        latitude, longitude, np.full(60, travel_m / 100.0), np.radians(azimuth)
    )
    gone = moved(ecef_from_degrees(latitude, longitude), velocity, np.full(60, 100.0))
    there = [
        WGS84.Direct(*start, travel_m)
        for start in zip(latitude.tolist(), longitude.tolist(), azimuth.tolist(), strict=True)
    ]
    expected = ecef_from_degrees(
        np.array([place["lat2"] for place in there]), np.array([place["lon2"] for place in there])
    )
    off_m = np.sqrt(((gone - expected) ** 2).sum(axis=1))
    assert off_m.max() <= 0.05 + DRIFT_PER_M * travel_m**2


@pytest.mark.requirement("ALERT-051")
@pytest.mark.parametrize("off_m", [0.0, 0.2, MARGIN_M])
def test_a_path_that_grazes_a_corner_is_told(off_m):
    """A geodesic along a meridian past the corner of a square, just beside it."""
    square = [(10.0, 20.0), (10.0, 20.2), (10.2, 20.2), (10.2, 20.0)]
    index = index_of(square, "geodesic", (10.1, 20.1))
    beside = WGS84.Direct(10.2, 20.0, 270.0, off_m)["lon2"]
    flight = Flight(10.3, beside, 1000.0, 200.0, 180.0)
    found = index.entering(moving_of([flight]), 120.0, any_time(1))
    assert len(found.path) == 1
    far = WGS84.Direct(10.2, 20.0, 270.0, 1.5)["lon2"]
    away = Flight(10.3, far, 1000.0, 200.0, 180.0)
    assert len(index.entering(moving_of([away]), 120.0, any_time(1)).path) == 0


@pytest.mark.requirement("ALERT-052")
def test_height_and_time_decide_when_an_area_counts():
    index = index_of(
        [(10.0, 20.0), (10.0, 20.2), (10.2, 20.2), (10.2, 20.0)], "chord", (10.1, 20.1)
    )
    bands = any_time(1)
    bands.height_m[0, 0] = (2_000.0, 3_000.0)
    inside_low = Flight(10.1, 20.1, 1_500.0, 10.0, 90.0, 10.0)
    level_low = Flight(10.1, 20.1, 1_500.0, 10.0, 90.0)
    at_floor = Flight(10.1, 20.1, 2_000.0, 10.0, 90.0)
    found = index.entering(moving_of([inside_low, level_low, at_floor]), 120.0, bands)
    assert dict(zip(found.path.tolist(), found.time_in_s.tolist(), strict=True)) == {
        0: pytest.approx(50.0),
        2: 0.0,
    }
    bands.time_s[0] = (30.0, 90.0)
    found = index.entering(moving_of([at_floor]), 120.0, bands)
    assert (found.time_in_s[0], found.time_out_s[0]) == (30.0, 90.0)
    bands.time_s[0] = (np.inf, -np.inf)
    assert len(index.entering(moving_of([at_floor]), 120.0, bands).path) == 0


@pytest.mark.requirement("ALERT-051")
def test_rough_edges_leave_out_no_exact_one_and_are_sure_only_where_exact_ones_agree():
    """Edges of a metre to 38 km, points of a cell near their ends and beside them."""
    rng = np.random.default_rng(5)
    left, low = 700, 333
    start = rng.uniform(-0.2, 1.2, (1_200, 2))
    reach = 10.0 ** rng.uniform(-4.0, 0.95, (len(start), 1))
    turn = rng.uniform(0.0, 2.0 * np.pi, len(start))
    turn[::7] = np.round(turn[::7] / (np.pi / 2)) * (np.pi / 2)  # level and upright
    ends = np.concatenate([start, start + reach * np.stack([np.cos(turn), np.sin(turn)], 1)], 1)
    edges = ends + np.array([left, low, left, low])
    cell = low * CELLS + left
    first = np.zeros(CELLS * CELLS + 1, np.int64)
    first[cell + 1 :] = len(edges)
    rough = np.zeros(4 * (len(edges) + coarse.LANES), np.int16)
    most = coarse.roughen(edges, first, np.arange(len(edges), dtype=np.int32), rough)
    assert most <= coarse.ROUGH_MAX
    faced = edges / CELLS_PER_UNIT - ORIGIN
    reference = [
        (left + REFERENCE_X) / CELLS_PER_UNIT - ORIGIN,
        (low + REFERENCE_Y) / CELLS_PER_UNIT - ORIGIN,
    ]
    margin, sure, met = 1e-7, 0, 0
    for number in range(len(edges)):
        base = number // coarse.LANES * coarse.LANES
        lane = number - base
        along = ends[number, :2] + rng.uniform(0.0, 1.0) * (ends[number, 2:] - ends[number, :2])
        near = along + rng.normal(0.0, 10.0 ** rng.uniform(-7.0, -2.0), 2)
        for x, y in (near, rng.uniform(0.0, 1.0, 2), ends[number, :2], ends[number, 2:]):
            there = (
                (x + left) / CELLS_PER_UNIT - ORIGIN,
                (y + low) / CELLS_PER_UNIT - ORIGIN,
            )
            if 0.0 <= x <= 1.0 and 0.0 <= y <= 1.0:
                scaled = (x * coarse.ROUGH_PER_CELL, y * coarse.ROUGH_PER_CELL)
                crossed, unsure = coarse.crossed_on_the_way(
                    rough, base, *scaled, margin * coarse.ROUGH_PER_UNIT
                )
                if not (int(unsure) >> lane) & 1:
                    exact = asking.crosses_way(tuple(faced[number]), *there, *reference, margin)
                    assert exact == (int(crossed) >> lane) & 1
                    sure += 1
            heading = rng.uniform(0.0, 2.0 * np.pi)
            length = rng.uniform(0.0, 5.0) / CELLS_PER_UNIT
            unit = np.array([np.cos(heading), np.sin(heading)])
            there_after = np.array(there) + length * unit
            how, _, _ = following.meet_edge(tuple(faced[number]), *there, *there_after, margin)
            if how:
                bits = coarse.near_leg(
                    rough, base, x * coarse.ROUGH_PER_CELL, y * coarse.ROUGH_PER_CELL, *unit,
                    length * coarse.ROUGH_PER_UNIT, margin * coarse.ROUGH_PER_UNIT,
                )  # fmt: skip
                assert (int(bits) >> lane) & 1
                met += 1
    assert sure > 1_000
    assert met > 1_000
