"""Places near a point or a shape: against geographiclib, compiled against plain, while places come and go."""

import math
import os

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests import geodesic_reference as reference

from comity.domain.geometry import Shape, ShapeKind
from comity.domain.geometry.point_index import RECENT_MAX, PointIndex
from comity.domain.geometry.point_rows import point_rows
from comity.domain.geometry.point_search import SLACK_M, SLACK_SHAPE_M

EXAMPLES = int(os.environ.get("COMITY_EXAMPLES", "15"))
PLAIN, COMPILED = 10**9, 0
ALWAYS = (-math.inf, math.inf)

latitudes = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, -89.99, 0.0, 88.7, 89.95, 90.0]))
longitudes = st.one_of(st.floats(-180, 180), st.sampled_from([-180.0, -179.99999, 179.9999, 180.0]))


def indexes(latitude, longitude, reach_m, from_s=None, until_s=None):
    """The same places in a plain and in a compiled index."""
    count = len(latitude)
    rows = point_rows(
        np.array(latitude),
        np.array(longitude),
        np.array(reach_m),
        np.full(count, -math.inf) if from_s is None else np.array(from_s),
        np.full(count, math.inf) if until_s is None else np.array(until_s),
        np.arange(count),
    )
    made = []
    for plain_max in (PLAIN, COMPILED):
        index = PointIndex(plain_max=plain_max)
        index.load(rows)
        made.append(index)
    return made


def around(latitude, longitude, azimuth, distance_m):
    place = reference.WGS84.Direct(latitude, longitude, azimuth, distance_m)
    return place["lat2"], place["lon2"]


def apart_m(a, b):
    return reference.WGS84.Inverse(*a, *b, Geodesic.DISTANCE)["s12"]


@pytest.mark.requirement("GEO-007")
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, phases=[Phase.generate])
@given(latitudes, longitudes, st.floats(1.0, 5.6), st.integers(0, 2**32 - 1))
def test_no_place_within_the_radius_is_left_out(latitude, longitude, radius_log10, seed):
    chance = np.random.default_rng(seed)
    radius_m = 10**radius_log10
    reach_m = np.where(chance.random(60) < 0.3, 10 ** chance.uniform(0, 5, 60), 0.0)
    away_m = (radius_m + reach_m) * np.concatenate(
        [chance.uniform(0, 2, 40), np.full(20, 1.0) + chance.uniform(-1e-6, 1e-6, 20)]
    )
    places = [
        around(latitude, longitude, azimuth, min(float(each), 590_000.0))
        for azimuth, each in zip(chance.uniform(0, 360, 60), away_m, strict=True)
    ]
    stated = [(round(a * 1e7) / 1e7, round(b * 1e7) / 1e7) for a, b in places]
    apart = np.array([apart_m((latitude, longitude), place) for place in stated]) - reach_m
    for index in indexes(*zip(*stated, strict=True), reach_m):
        near = index.near_point(latitude, longitude, radius_m)
        found = set(near.number)
        assert found >= set(np.flatnonzero(apart <= radius_m).tolist())
        assert found <= set(np.flatnonzero(apart <= radius_m + 2 * SLACK_M).tolist())
        expected = np.maximum(apart[list(near.number)], 0.0)
        assert np.abs(np.array(near.distance_m) - expected).max(initial=0.0) < SLACK_M


@pytest.mark.requirement("GEO-007")
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, phases=[Phase.generate])
@given(st.floats(-89.5, 89.5), longitudes, st.floats(2.0, 5.0), st.integers(0, 2**32 - 1))
def test_places_near_a_shape_are_those_of_geodesics(latitude, longitude, size_log10, seed):
    chance = np.random.default_rng(seed)
    size_m = 10**size_log10
    corners = [
        around(latitude, longitude, turn, size_m * chance.uniform(0.5, 1))
        for turn in (0.0, 80.0, 170.0, 250.0)
    ]
    shape = Shape(ShapeKind.RING, *zip(*corners, strict=True))
    radius_m = size_m * 0.3
    places = [
        around(latitude, longitude, chance.uniform(0, 360), size_m * chance.uniform(0, 2))
        for _ in range(12)
    ]
    apart = [reference.distance_m(shape, Shape(ShapeKind.PATH, (a,), (b,))) for a, b in places]
    plain, compiled = (
        each.near_shape(shape.prepared, radius_m)
        for each in indexes(*zip(*places, strict=True), np.zeros(12))
    )
    assert dict(zip(plain.number, np.round(plain.distance_m, 5), strict=True)) == dict(
        zip(compiled.number, np.round(compiled.distance_m, 5), strict=True)
    )
    found = set(compiled.number)
    assert found >= {n for n, each in enumerate(apart) if each <= radius_m}
    assert found <= {n for n, each in enumerate(apart) if each <= radius_m + 2 * SLACK_SHAPE_M}


@pytest.mark.requirement("GEO-007")
def test_only_what_counts_in_the_window_is_found():
    for index in indexes([0.0] * 4, [0.0] * 4, [0.0] * 4, [0, 10, 20, -math.inf], [9, 19, 29, 5]):
        assert set(index.near_point(0.0, 0.0, 1.0, 9, 10).number) == {0, 1}
        assert set(index.near_point(0.0, 0.0, 1.0, 30, 40).number) == set()
        assert set(index.near_point(0.0, 0.0, 1.0).number) == {0, 1, 2, 3}


@pytest.mark.requirement("GEO-008")
def test_places_that_come_and_go_are_as_if_packed_anew():
    """Past the newest, past what came since, over numbers taken again; both ways of searching."""
    chance = np.random.default_rng(8)
    kept: dict[int, tuple[float, float, float]] = {}
    plain, compiled = indexes([], [], [])
    for step in range(2 * RECENT_MAX + 300):
        number = int(chance.integers(0, 1_500))
        if step % 3 == 2:
            plain.drop(number)
            compiled.drop(number)
            kept.pop(number, None)
        else:
            place = (*chance.uniform(-0.05, 0.05, 2).tolist(), float(chance.uniform(0, 900)))
            plain.put(number, *place)
            compiled.put(number, *place)
            kept[number] = place
        if step % 500 == 499:  # and many at once, of numbers that were never there
            first = 1_500 + step
            places = np.column_stack([
                chance.uniform(-0.05, 0.05, (40, 2)), chance.uniform(0, 900, 40)
            ])  # fmt: skip
            ever = (np.full(40, -math.inf), np.full(40, math.inf))
            for each in (plain, compiled):
                each.put_many(point_rows(*places.T, *ever, np.arange(first, first + 40)))
            kept |= {first + n: tuple(place) for n, place in enumerate(places.tolist())}
    assert len(plain) == len(compiled) == len(kept)
    numbers = np.array(sorted(kept))
    columns = np.array([kept[number] for number in numbers])
    always = (np.full(len(numbers), -math.inf), np.full(len(numbers), math.inf))
    anew = PointIndex(plain_max=COMPILED)
    anew.load(point_rows(*columns.T, *always, numbers))
    for latitude, longitude in chance.uniform(-0.05, 0.05, (20, 2)):
        wanted = set(anew.near_point(latitude, longitude, 700.0).number)
        assert wanted
        assert set(plain.near_point(latitude, longitude, 700.0).number) == wanted
        assert set(compiled.near_point(latitude, longitude, 700.0).number) == wanted


@pytest.mark.requirement("GEO-007")
def test_more_are_found_than_room_was_made_for():
    count = 5_000
    _, compiled = indexes([10.0] * count, [20.0] * count, [0.0] * count)
    assert len(compiled.near_point(10.0, 20.0, 1.0).number) == count


@pytest.mark.requirement("GEO-007")
def test_what_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="not finite"):
        indexes([math.nan], [0.0], [0.0])
    with pytest.raises(ValueError, match="not finite"):
        indexes([0.0], [0.0], [math.inf])


@pytest.mark.requirement("GEO-008")
def test_without_compiled_code_the_answers_are_the_same():
    """No question waits for it: until it is loaded NumPy answers."""
    chance = np.random.default_rng(3)
    plain, compiled = indexes(*chance.uniform(-1, 1, (2, 3_000)), np.zeros(3_000))
    lazy = PointIndex()
    lazy.load(plain._main.rows)
    for latitude, longitude in chance.uniform(-1, 1, (5, 2)):
        found = set(lazy.near_point(latitude, longitude, 5_000.0).number)
        assert found == set(compiled.near_point(latitude, longitude, 5_000.0).number)
