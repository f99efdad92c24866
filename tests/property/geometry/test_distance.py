"""Distances between shapes against geographiclib, and the compiled kernel against NumPy."""

import math
import os

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from tests import geodesic_reference as reference

from comity.domain.geometry import (
    EdgeKind,
    Shape,
    ShapeKind,
    nearest,
    nearest_compiled,
    prepare,
    tolerance_m,
)

EXAMPLES = int(os.environ.get("COMITY_EXAMPLES", "12"))
CUTOFF_M = 500_000.0


@st.composite
def shapes(draw, latitude, longitude, size_m):
    """A star-shaped ring, or a path, of geodesic edges around a place."""
    kind = draw(st.sampled_from(ShapeKind))
    count = draw(st.integers(3 if kind is ShapeKind.RING else 1, 5))
    vertices = []
    for index in range(count):
        azimuth = (index + draw(st.floats(0.0, 0.8))) * 360.0 / count
        place = reference.WGS84.Direct(
            latitude, longitude, azimuth, size_m * draw(st.floats(0.3, 1))
        )
        vertices.append((place["lat2"], place["lon2"]))
    latitudes, longitudes = zip(*vertices, strict=True)
    return Shape(kind, latitudes, longitudes)


@st.composite
def pairs(draw):
    """Two shapes of 10 m to 500 km, anywhere, from nested to twice as far as they are large."""
    latitude = draw(
        st.one_of(st.floats(-90.0, 90.0), st.sampled_from([-90.0, -89.99, 0.0, 89.99, 90.0]))
    )
    longitude = draw(st.one_of(st.floats(-180.0, 180.0), st.sampled_from([-180.0, 179.999, 0.0])))
    size_m = 10 ** draw(st.floats(1.0, 5.7))
    other_size_m = 10 ** draw(st.floats(1.0, 5.7))
    away_m = draw(st.floats(0.0, 1.5)) * (size_m + other_size_m)
    centre = reference.WGS84.Direct(latitude, longitude, draw(st.floats(0.0, 360.0)), away_m)
    first = draw(shapes(latitude, longitude, size_m))
    second = draw(shapes(centre["lat2"], centre["lon2"], other_size_m))
    return first, second


@pytest.mark.requirement("GEO-002")
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, phases=[Phase.generate])
@given(pairs())
def test_distance_is_that_of_geographiclib_within_the_tolerance(pair):
    first, second = pair
    expected_m = reference.distance_m(first, second)
    found = nearest(prepare(first), prepare(second), CUTOFF_M)
    if found is None:
        assert expected_m > CUTOFF_M - tolerance_m(CUTOFF_M)
    else:
        assert abs(found.distance_m - expected_m) <= tolerance_m(expected_m)


@pytest.mark.requirement("GEO-003")
@settings(max_examples=4 * EXAMPLES, derandomize=True, deadline=None)
@given(pairs())
def test_the_compiled_kernel_and_numpy_agree(pair):
    first, second = map(prepare, pair)
    plain = nearest(first, second, CUTOFF_M)
    compiled = nearest_compiled(first, second, CUTOFF_M)
    if plain is None or compiled is None:
        assert plain is compiled
    else:
        assert abs(plain.distance_m - compiled.distance_m) < 1e-6


@pytest.mark.requirement("GEO-004")
@settings(max_examples=2 * EXAMPLES, derandomize=True, deadline=None)
@given(pairs(), st.floats(-360.0, 360.0))
def test_distance_is_symmetric_and_the_same_at_every_longitude(pair, turn_deg):
    first, second = pair
    found = nearest(prepare(first), prepare(second), CUTOFF_M)
    back = nearest(prepare(second), prepare(first), CUTOFF_M)
    turned = nearest(
        prepare(_turned(first, turn_deg)), prepare(_turned(second, turn_deg)), CUTOFF_M
    )
    if found is None:
        assert back is None
        assert turned is None or turned.distance_m > CUTOFF_M - 1e-3
        return
    assert abs(found.distance_m - back.distance_m) < 1e-6
    assert abs(found.distance_m - turned.distance_m) < 1e-3


@pytest.mark.requirement("GEO-001")
@settings(max_examples=2 * EXAMPLES, derandomize=True, deadline=None)
@given(
    st.floats(-80.0, 80.0),
    st.floats(-180.0, 180.0),
    st.floats(-80.0, 80.0),
    st.floats(-90.0, 90.0),
    st.sampled_from(EdgeKind),
    st.floats(0.0, 1.0),
)
def test_every_point_of_an_edge_is_within_the_edge_tolerance_of_its_pieces(
    latitude, longitude, other_latitude, turn, edge, share
):
    other_longitude = (longitude + turn + 180.0) % 360.0 - 180.0
    # edges under 1 mm or over 10,000 km are refused
    assume(1e-3 < abs(latitude - other_latitude) + abs(turn) < 89.0)
    path = Shape(
        ShapeKind.PATH, (latitude, other_latitude), (longitude, other_longitude), edge=edge
    )
    prepared = prepare(path)
    at = _point_of_edge(path, share)
    point = prepare(Shape(ShapeKind.PATH, (at[0],), ((at[1] + 180.0) % 360.0 - 180.0,)))
    found = nearest(prepared, point, 1000.0)
    assert found is not None
    assert found.distance_m <= 0.1 + 1e-3


def _point_of_edge(path, share):
    (latitude, other), (longitude, _) = path.latitude_deg, path.longitude_deg
    turn = (path.longitude_deg[1] - longitude + 180.0) % 360.0 - 180.0
    between = latitude + share * (other - latitude)
    if path.edge is EdgeKind.GEODESIC:
        return reference.at(reference.edges_of(path)[0], share)
    if path.edge is EdgeKind.RHUMB and abs(other - latitude) > 1e-6:
        whole = _rhumb_turn(latitude, other)
        return between, longitude + turn * _rhumb_turn(latitude, between) / whole
    return between, longitude + share * turn


def _rhumb_turn(low_deg, high_deg):
    """Longitude turned per tangent of the azimuth: the integral of M/(N cos) by Gauss-Legendre."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    low, high = math.radians(low_deg), math.radians(high_deg)
    latitude = low + (high - low) * (nodes + 1) / 2
    e2 = 2 / 298.257223563 - 1 / 298.257223563**2
    ratio = (1 - e2) / ((1 - e2 * np.sin(latitude) ** 2) * np.cos(latitude))
    return float((weights * ratio).sum() * (high - low) / 2)


def _turned(shape, turn_deg):
    longitudes = tuple((value + turn_deg + 180.0) % 360.0 - 180.0 for value in shape.longitude_deg)
    return Shape(shape.kind, shape.latitude_deg, longitudes, shape.radius_m, shape.edge)
