"""Cells may warn too often and never too seldom: against geodesics, poles and edges of H3 included."""

import math

import h3
import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import example, given, settings
from hypothesis import strategies as st

from comity.domain.airspace import (
    Altitude,
    Conflict,
    Datum,
    EdgeKind,
    Footprint,
    HeightBounds,
    Separation,
    Shape,
    ShapeKind,
    Undetermined,
    Volume4D,
    cell_circles,
    cover_footprint,
    covers_meet,
)
from comity.domain.airspace.h3_grid import (
    RADIUS_RAD,
    REACH_RAD,
    cell_radius_m,
    lift_cells,
    places_of,
)
from comity.domain.conflicts import footprint_verdict
from comity.kernel.instants import Instant

EPOCH_S = 1_795_000_000
PENTAGON = h3.cell_to_latlng(h3.get_pentagons(3)[4])
PLACES = st.one_of(
    st.tuples(st.floats(-90.0, 90.0), st.floats(-180.0, 180.0)),
    st.tuples(st.floats(89.5, 90.0), st.floats(-180.0, 180.0)),
    st.tuples(st.floats(-60.0, 60.0), st.sampled_from([180.0, -180.0, 179.9999])),
    st.tuples(st.just(PENTAGON[0]), st.just(PENTAGON[1])),
)
MINIMA = st.sampled_from(
    [Separation(9_260.0, 304.8), Separation(250.0, 30.0), Separation(37_040.0, 600.0)]
)


def moved(place: tuple[float, float], azimuth: float, distance_m: float) -> tuple[float, float]:
    found = Geodesic.WGS84.Direct(place[0], place[1], azimuth, distance_m)
    longitude = math.remainder(found["lon2"], 360.0)
    return max(-90.0, min(90.0, found["lat2"])), longitude


def volume(points, radius_m, lower_m, upper_m, start_s, end_s, kind=ShapeKind.PATH, datum=None):
    latitudes, longitudes = zip(*points, strict=True)
    datum = datum or Datum.EGM2008
    return Volume4D(
        Shape(kind, latitudes, longitudes, radius_m),
        Altitude(lower_m, datum),
        Altitude(upper_m, datum),
        Instant((EPOCH_S + start_s) * 1000),
        Instant((EPOCH_S + end_s) * 1000),
    )


def flight(*volumes: Volume4D, flight_class: str = "uncrewed") -> Footprint:
    return Footprint(tuple(volumes), None, flight_class)


def meet(a: Footprint, b: Footprint, minima: Separation, *resolutions: int | None) -> bool:
    finest = resolutions or (None, None)
    covers = [
        cover_footprint(each, minima, resolution).cells
        for each, resolution in zip((a, b), finest, strict=True)
    ]
    assert covers[0] is not None
    assert covers[1] is not None
    found = covers_meet(covers[0], covers[1], minima.height_bounds)
    assert found == covers_meet(covers[1], covers[0], minima.height_bounds)
    return found


@pytest.mark.requirement("CELL-001")
@settings(max_examples=40, deadline=None)
@given(
    place=PLACES,
    minima=MINIMA,
    azimuth=st.floats(-180.0, 180.0),
    legs_m=st.lists(st.floats(50.0, 60_000.0), min_size=1, max_size=3),
    radii_m=st.tuples(st.floats(1.0, 5_000.0), st.floats(1.0, 5_000.0)),
    share=st.floats(0.0, 1.0),
    rise_share=st.floats(0.0, 1.0),
    delay_s=st.integers(0, 3600),
    resolutions=st.sampled_from([(None, None), (None, 3), (4, 6)]),
)
def test_flights_that_break_the_minima_have_cells_that_meet(
    place, minima, azimuth, legs_m, radii_m, share, rise_share, delay_s, resolutions
):
    """The second flight begins at just under the minimum from the first one's start, in every respect."""
    points = [place]
    for turn, leg_m in enumerate(legs_m):
        points.append(moved(points[-1], azimuth + 70.0 * turn, leg_m))
    apart_m = radii_m[0] + radii_m[1] + share * minima.horizontal_m * 0.999
    other = [moved(place, azimuth + 180.0, apart_m)]
    other.append(moved(other[0], azimuth + 150.0, 20_000.0))
    own = flight(volume(points, radii_m[0], 1000.0, 1100.0, 0, 3600))
    low_m = 1100.0 + rise_share * minima.vertical_m * 0.999
    theirs = flight(volume(other, radii_m[1], low_m, low_m + 50.0, delay_s, delay_s + 60))
    verdict = footprint_verdict(own, theirs, minima)
    assert isinstance(verdict, Conflict)
    assert meet(own, theirs, minima, *resolutions)


@pytest.mark.requirement("CELL-001")
@settings(max_examples=30, deadline=None)
@given(
    place=PLACES,
    minima=MINIMA,
    apart_m=st.floats(0.0, 60_000.0),
    azimuth=st.floats(-180.0, 180.0),
    size_m=st.floats(100.0, 40_000.0),
    heights_m=st.tuples(st.floats(0.0, 3000.0), st.floats(0.0, 3000.0)),
    times_s=st.tuples(st.integers(0, 7200), st.integers(0, 7200)),
)
@example((90.0, 0.0), Separation(9_260.0, 304.8), 0.0, 0.0, 1000.0, (0.0, 304.0), (0, 3600))
@example((0.0, 180.0), Separation(250.0, 30.0), 20_249.0, 90.0, 20_000.0, (0.0, 0.0), (0, 0))
def test_whatever_the_exact_verdict_warns_of_the_cells_warn_of_too(
    place, minima, apart_m, azimuth, size_m, heights_m, times_s
):
    corners = [moved(place, each, size_m) for each in (20.0, 110.0, 200.0, 290.0)]
    area = volume(
        corners, 0.0, heights_m[0], heights_m[0] + 100.0, times_s[0], times_s[0] + 1800,
        ShapeKind.RING,
    )  # fmt: skip
    centre = moved(place, azimuth, apart_m)
    disk = volume(
        [centre], 100.0, heights_m[1], heights_m[1] + 100.0, times_s[1], times_s[1] + 1800
    )
    verdict = footprint_verdict(flight(area), flight(disk), minima)
    if isinstance(verdict, (Conflict, Undetermined)):
        assert meet(flight(area), flight(disk), minima)


@pytest.mark.requirement("CELL-001")
@pytest.mark.parametrize("place", [(46.0, 7.0), (-89.9999, 12.0), (0.0, 180.0), PENTAGON])
def test_half_the_minimum_on_each_side_is_neither_less_nor_forgotten(place):
    """Cells much smaller than the buffer: they meet at the minimum, and not at half as much again."""
    minima = Separation(250.0, 30.0)
    own = flight(volume([place], 1.0, 1000.0, 1100.0, 0, 60))
    for azimuth in range(0, 360, 45):
        for share, expected in ((0.999, True), (1.6, False)):
            centre = moved(place, float(azimuth), 2.0 + share * minima.horizontal_m)
            other = flight(volume([centre], 1.0, 1000.0, 1100.0, 0, 60))
            assert meet(own, other, minima, 12, 12) == expected


@pytest.mark.requirement("CELL-001")
def test_flights_nearer_than_the_vertical_minimum_share_a_band():
    minima = Separation(250.0, 304.8)
    for step in range(60):
        top_m = 1000.0 + 17.3 * step
        own = flight(volume([(46.0, 7.0)], 1.0, top_m - 50.0, top_m, 0, 60))
        low_m = top_m + 0.999 * minima.vertical_m
        other = flight(volume([(46.0, 7.0)], 1.0, low_m, low_m + 50.0, 60, 120))
        assert meet(own, other, minima)


@pytest.mark.requirement("CELL-002")
@settings(max_examples=40, deadline=None)
@given(
    place=PLACES,
    azimuth=st.floats(-180.0, 180.0),
    length_m=st.floats(10.0, 100_000.0),
    buffer_m=st.floats(1.0, 30_000.0),
    along=st.floats(0.0, 1.0),
    aside=st.floats(0.0, 1.0),
    turn=st.floats(-180.0, 180.0),
    resolution=st.integers(0, 5),
)
def test_every_point_within_the_buffer_lies_in_a_cell(
    place, azimuth, length_m, buffer_m, along, aside, turn, resolution
):
    end = moved(place, azimuth, length_m)
    shape = Shape(ShapeKind.PATH, (place[0], end[0]), (place[1], end[1]), 0.0, EdgeKind.GEODESIC)
    cells = places_of(shape.prepared, buffer_m, resolution, most=100_000)
    on_line = Geodesic.WGS84.Inverse(*place, *end)
    foot = moved(place, on_line["azi1"], along * on_line["s12"])
    point = moved(foot, turn, aside * buffer_m)
    assert int(h3.latlng_to_cell(*point, resolution), 16) in cells


@pytest.mark.requirement("CELL-002")
@pytest.mark.parametrize("resolution", [3, 4, 5])
@pytest.mark.parametrize("place", [(46.0, 7.0), (90.0, 0.0), (10.0, 180.0), PENTAGON])
def test_a_polygon_is_filled_and_a_tiny_one_is_not_lost(place, resolution):
    corners = [moved(place, each, 150_000.0) for each in range(0, 360, 45)]
    shape = Shape(ShapeKind.RING, *(tuple(axis) for axis in zip(*corners, strict=True)))
    cells = places_of(shape.prepared, 0.0, resolution, most=100_000)
    rng = np.random.default_rng(resolution)
    for azimuth, share in zip(rng.uniform(0, 360, 60), rng.uniform(0, 1, 60), strict=True):
        point = moved(place, azimuth, 130_000.0 * math.sqrt(share))
        assert int(h3.latlng_to_cell(*point, resolution), 16) in cells
    tiny = [moved(place, each, 1.0) for each in (0, 120, 240)]
    small = Shape(ShapeKind.RING, *(tuple(axis) for axis in zip(*tiny, strict=True)))
    assert places_of(small.prepared, 0.0, resolution, most=10)


@pytest.mark.requirement("CELL-002")
@settings(max_examples=100, deadline=None)
@given(place=PLACES, finer=st.integers(1, 9), steps=st.integers(1, 5))
def test_a_coarser_cover_holds_every_point_of_the_finer_cell(place, finer, steps):
    cell = int(h3.latlng_to_cell(*place, finer), 16)
    coarse = max(0, finer - steps)
    assert int(h3.latlng_to_cell(*place, coarse), 16) in lift_cells(cell, coarse)


@pytest.mark.requirement("CELL-002")
@pytest.mark.parametrize("resolution", [0, 1, 2])
def test_the_bounds_on_cells_hold(resolution):
    """Radius and reach are derived from H3's projection; here they meet cells of every kind."""
    every = [each for base in h3.get_res0_cells() for each in h3.cell_to_children(base, resolution)]
    chosen = [*h3.get_pentagons(resolution), *every[:: max(1, len(every) // 30)]]
    for cell in chosen:
        outline = unit_vectors(h3.cell_to_boundary(cell))
        centre = unit_vectors([h3.cell_to_latlng(cell)])
        assert angles(centre, outline).max() <= RADIUS_RAD[resolution]
        near = h3.grid_disk(cell, 1)
        for other in set(h3.grid_disk(cell, 2)) - set(near):
            apart = angles(outline, unit_vectors(h3.cell_to_boundary(other)))
            assert apart.min() >= REACH_RAD[resolution]


def unit_vectors(corners_deg) -> np.ndarray:
    """Unit vectors of corners and of points between them."""
    corners = np.radians(np.array(corners_deg))
    across = np.cos(corners[:, 0])
    units = np.stack(
        [across * np.cos(corners[:, 1]), across * np.sin(corners[:, 1]), np.sin(corners[:, 0])],
        axis=1,
    )
    shares = np.linspace(0.0, 1.0, 9)[:, None, None]
    between = (shares * units + (1.0 - shares) * np.roll(units, 1, axis=0)).reshape(-1, 3)
    return between / np.linalg.norm(between, axis=1)[:, None]


def angles(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return 2.0 * np.arcsin(np.linalg.norm(a[:, None, :] - b[None, :, :], axis=2) / 2.0)


@pytest.mark.requirement("CELL-003")
@pytest.mark.parametrize(
    ("datums", "bounded", "expected"),
    [
        ((Datum.QNE, Datum.QNE), False, False),
        ((Datum.QNE, Datum.EGM2008), False, True),
        ((Datum.QNE, Datum.EGM2008), True, False),
        ((Datum.WGS84, Datum.EGM2008), False, False),
        ((Datum.AGL, Datum.EGM2008), False, True),
    ],
)
def test_heights_of_two_datums_are_compared_as_the_agreement_allows(datums, bounded, expected):
    bounds = HeightBounds(pressure_error_m=500.0) if bounded else HeightBounds()
    minima = Separation(9_260.0, 304.8, bounds)
    low, high = (
        flight(volume([(46.0, 7.0)], 100.0, height_m, height_m + 10.0, 0, 60, datum=datum))
        for height_m, datum in zip((1000.0, 5000.0), datums, strict=True)
    )
    assert meet(low, high, minima) == expected


@pytest.mark.requirement("CELL-003")
def test_a_flight_of_several_datums_is_covered_over_every_height_it_may_mean():
    minima = Separation(9_260.0, 304.8)
    mixed = flight(
        volume([(46.0, 7.0)], 100.0, 0.0, 10.0, 0, 60),
        volume([(46.0, 7.0)], 100.0, 3000.0, 3100.0, 60, 120, datum=Datum.AGL),
    )
    anywhere = flight(volume([(46.0, 7.0)], 100.0, 18_000.0, 18_010.0, 90, 100))
    assert cover_footprint(mixed, minima).cells.datum is Datum.EGM2008
    assert meet(mixed, anywhere, minima)


@pytest.mark.requirement("CELL-004")
def test_flights_far_apart_in_place_height_or_time_have_cells_that_do_not_meet():
    minima = Separation(9_260.0, 304.8)
    own = flight(volume([(46.0, 7.0), (46.2, 7.5)], 500.0, 1000.0, 1300.0, 0, 3600))
    for other in (
        volume([(47.0, 9.0)], 500.0, 1000.0, 1300.0, 0, 3600),
        volume([(46.0, 7.0)], 500.0, 4000.0, 4300.0, 0, 3600),
        volume([(46.0, 7.0)], 500.0, 1000.0, 1300.0, 7200, 9000),
    ):
        assert not meet(own, flight(other), minima)
    assert len(cell_circles(cover_footprint(own, minima).cells)) < 40
    assert cell_radius_m(5) < 11_000.0


def test_a_flight_disclosed_as_cells_already_stays_as_it_is():
    minima = Separation(9_260.0, 304.8)
    cells = cover_footprint(flight(volume([(46.0, 7.0)], 1.0, 0.0, 1.0, 0, 60)), minima)
    assert cover_footprint(cells, minima) is cells
