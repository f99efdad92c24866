"""What the index searches by: boxes around shapes, heights on one axis, shares of the minima."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flights import PLACES, random_footprint

from comity.domain.airspace import (
    Altitude,
    Datum,
    HeightBounds,
    Separation,
    Shape,
    ShapeKind,
    Volume4D,
    vertical_gap,
)
from comity.domain.conflicts.flight_classes import FlightClasses
from comity.domain.conflicts.height_kernels import heights_held, heights_in_band
from comity.domain.conflicts.heights import (
    BAND_M,
    bands,
    datum_tables,
)
from comity.domain.conflicts.shape_box_kernels import shape_boxes
from comity.domain.conflicts.volume_arrays import volume_arrays
from comity.domain.geometry import bounding_boxes, pack
from comity.kernel.instants import Instant

POINT = Shape(ShapeKind.PATH, (47.0,), (8.0,))


def compiled_boxes(shapes, buffer_m):
    arrays = pack([shape.prepared for shape in shapes])
    boxes = np.empty((2, 4))
    return [
        [tuple(box) for box in boxes[: shape_boxes(arrays, np.int32(s), buffer_m, boxes)]]
        for s in range(len(shapes))
    ]


def assert_same_boxes(shapes, buffer_m):
    for shape, boxes in zip(shapes, compiled_boxes(shapes, buffer_m), strict=True):
        expected = bounding_boxes(shape.prepared, buffer_m)
        assert len(boxes) == len(expected)
        for box, other in zip(boxes, expected, strict=True):
            assert box == pytest.approx(other, abs=1e-11)


@pytest.mark.requirement("CONF-024")
@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    place=st.sampled_from(sorted(PLACES)),
    buffer_m=st.sampled_from([0.0, 25.0, 9_000.0, 150_000.0]),
)
def test_compiled_boxes_are_those_of_the_geometry(seed, place, buffer_m):
    footprint = random_footprint(np.random.default_rng(seed), place, spread_m=15_000.0)
    assert_same_boxes([volume.shape for volume in footprint.volumes], buffer_m)


@pytest.mark.requirement("CONF-024")
def test_boxes_of_rings_around_a_pole_on_one_and_through_one():
    around = Shape(ShapeKind.RING, (80.0, 81.0, 80.0, 82.0), (0.0, 90.0, 180.0, -90.0))
    south = Shape(ShapeKind.RING, (-80.0, -81.0, -80.0), (0.0, 120.0, -120.0))
    through = Shape(ShapeKind.PATH, (89.0, 89.0), (10.0, -170.0))
    on_it = Shape(ShapeKind.PATH, (90.0,), (0.0,), 10.0)
    across = Shape(ShapeKind.RING, (10.0, 10.0, 11.0), (179.0, -179.0, 180.0))
    shapes = [around, south, through, on_it, across]
    assert_same_boxes(shapes, 100.0)
    boxes = compiled_boxes(shapes, 100.0)
    assert boxes[0][0][:3:2] == (-180.0, 180.0)
    assert boxes[0][0][3] == 90.0
    assert boxes[1][0][1] == -90.0
    assert len(boxes[4]) == 2


@st.composite
def height_volumes(draw):
    lower_datum = draw(st.sampled_from(list(Datum)))
    upper_datum = draw(st.sampled_from([lower_datum, lower_datum, *Datum]))
    heights = sorted(draw(st.lists(st.integers(-10, 200), min_size=2, max_size=2)))
    return Volume4D(
        POINT,
        Altitude(50.0 * heights[0], lower_datum),
        Altitude(50.0 * heights[1], upper_datum),
        Instant(0),
        Instant(1_000),
    )


@pytest.mark.requirement("CONF-025")
@settings(deadline=None)
@given(
    one=height_volumes(),
    other=height_volumes(),
    vertical_m=st.sampled_from([0.0, 15.0, 304.8]),
    bounds=st.sampled_from(
        [HeightBounds(), HeightBounds(pressure_error_m=250.0), HeightBounds(100.0, (-5.0, 900.0))]
    ),
)
def test_heights_that_may_be_too_near_meet_on_the_axis(one, other, vertical_m, bounds):
    if vertical_gap(one, other, bounds).keeps(vertical_m):
        return
    own, held = (volume_arrays([each], 0) for each in (one, other))
    low, high = heights_held(held, 0, vertical_m / 2.0)
    asked_low, asked_high = heights_in_band(
        own, 0, vertical_m / 2.0, datum_tables(bounds), int(bands(held)[0])
    )
    assert asked_low <= high + 1e-9
    assert low <= asked_high + 1e-9


@pytest.mark.requirement("CONF-025")
def test_heights_of_one_datum_far_apart_do_not_meet_and_bands_are_apart():
    def at(height_m, datum):
        volume = Volume4D(
            POINT, Altitude(height_m, datum), Altitude(height_m, datum), Instant(0), Instant(1)
        )
        return volume_arrays([volume], 0)

    high = at(9_000.0, Datum.QNE)
    band = int(bands(high)[0])
    asked = heights_in_band(at(8_000.0, Datum.QNE), 0, 100.0, datum_tables(HeightBounds()), band)
    assert asked[1] < heights_held(high, 0, 100.0)[0]
    spans = [heights_held(at(0.0, datum), 0, 200_000.0) for datum in Datum]
    assert all(upper - lower < BAND_M for lower, upper in spans)
    assert np.diff(sorted((lower + upper) / 2.0 for lower, upper in spans)).min() >= BAND_M


@pytest.mark.requirement("CONF-026")
@given(
    st.lists(st.integers(0, 40), min_size=10, max_size=10), st.permutations(["a", "b", "c", "d"])
)
def test_shares_of_two_classes_reach_their_minimum(minima, order):
    pairs = sorted((one, other) for one in "abcd" for other in "abcd" if one <= other)
    table = dict(zip(pairs, minima, strict=True))

    def separation(one, other):
        value = table[min(one, other), max(one, other)]
        return Separation(1_000.0 * value, 100.0 * value)

    classes = FlightClasses(separation)
    numbers = {name: classes.number(name) for name in order}
    for one, other in pairs:
        minimum = separation(one, other)
        shares = [classes.horizontal_share_m[numbers[each]] for each in (one, other)]
        assert sum(shares) >= minimum.horizontal_m
        shares = [classes.vertical_share_m[numbers[each]] for each in (one, other)]
        assert sum(shares) >= minimum.vertical_m - 1e-9


@pytest.mark.requirement("CONF-026")
def test_small_classes_keep_small_shares_beside_large_ones():
    def separation(one, other):
        return Separation(9_260.0 if "crewed" in {one, other} else 50.0, 300.0)

    classes = FlightClasses(separation, ("drone", "crewed"))
    assert classes.horizontal_share_m[0] < 30.0
    assert classes.horizontal_share_m[1] > 9_200.0


@pytest.mark.requirement("CONF-026")
def test_each_pair_of_a_hundred_classes_has_its_own_minima():
    def separation(one, other):
        return Separation(float(min(one, other)[1:]), 10.0 * len({one, other}))

    names = [f"c{number}" for number in range(100)]
    classes = FlightClasses(separation, names)
    for one in (0, 7, 99):
        for other in range(100):
            kind = classes.tables.kind[one, other]
            expected = separation(names[one], names[other])
            assert classes.tables.horizontal_m[kind] == expected.horizontal_m
            assert classes.tables.vertical_m[kind] == expected.vertical_m
    assert classes.names == tuple(names)
