"""Boxes around shapes contain everything within the buffer, the poles and ±180° included."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import geodesic_reference as reference
from tests.property.geometry.test_distance import shapes

from comity.domain.geometry import EdgeKind, Shape, ShapeKind, bounding_boxes, prepare

EXAMPLES = int(os.environ.get("COMITY_EXAMPLES", "12"))


def within(boxes, latitude, longitude):
    return any(
        west <= longitude <= east and south <= latitude <= north
        for west, south, east, north in boxes
    )


@pytest.mark.requirement("GEO-006")
@settings(max_examples=8 * EXAMPLES, derandomize=True, deadline=None)
@given(st.data())
def test_boxes_contain_every_point_within_the_buffer_of_an_edge(data):
    latitude = data.draw(st.floats(-90.0, 90.0))
    longitude = data.draw(st.floats(-180.0, 180.0))
    shape = data.draw(shapes(latitude, longitude, 10 ** data.draw(st.floats(1.0, 6.3))))
    buffer_m = data.draw(st.one_of(st.just(0.0), st.floats(0.0, 200_000.0)))
    boxes = bounding_boxes(prepare(shape), buffer_m)
    assert 1 <= len(boxes) <= 2
    for west, south, east, north in boxes:
        assert -180.0 <= west <= east <= 180.0
        assert -90.0 <= south <= north <= 90.0
    lines = reference.edges_of(shape)
    for line in lines:
        on_edge = reference.at(line, data.draw(st.floats(0.0, 1.0)))
        away = reference.WGS84.Direct(*on_edge, data.draw(st.floats(0.0, 360.0)), buffer_m)
        assert within(boxes, away["lat2"], away["lon2"])


@pytest.mark.requirement("GEO-006")
def test_the_box_of_a_ring_round_a_pole_holds_the_pole():
    for sign in (1.0, -1.0):
        ring = Shape(ShapeKind.RING, (sign * 80.0,) * 4, (0.0, 90.0, 180.0, -90.0))
        assert within(bounding_boxes(prepare(ring), 0.0), sign * 90.0, 45.0)


@pytest.mark.requirement("GEO-006")
def test_a_shape_across_the_antimeridian_gets_two_narrow_boxes():
    path = Shape(ShapeKind.PATH, (10.0, 12.0), (179.5, -179.5), 1_000.0, EdgeKind.CHORD)
    boxes = bounding_boxes(prepare(path), 5_000.0)
    assert len(boxes) == 2
    assert sum(east - west for west, _, east, _ in boxes) < 1.2
    assert within(boxes, 11.0, 180.0)
    assert within(boxes, 11.0, -180.0)


@pytest.mark.requirement("GEO-006")
def test_boxes_of_small_shapes_stay_small():
    circle = Shape(ShapeKind.PATH, (60.0,), (10.0,), 1_000.0)
    ((west, south, east, north),) = bounding_boxes(prepare(circle), 0.0)
    assert north - south < 1.01 * 2 * 1_000.2 / 111_132
    assert east - west < 1.01 * 2 * 1_000.2 / 55_800
