"""The compiled search for closing pairs against the plain one, and both against every pair."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from comity.domain.alerts import ecef_from_degrees, velocity_from_track
from comity.domain.geometry import closest_pairs_kernels as kernels
from comity.domain.geometry import closest_pairs_many as many
from comity.domain.geometry.closest_pairs import (
    OWN_GROUP,
    FlownPaths,
    LevelMinima,
    MovingPoints,
    no_paths,
)
from comity.domain.geometry.closest_pairs_few import losing_pairs
from comity.domain.geometry.closest_pairs_many import PairFinder

AIR = LevelMinima(
    np.array([[9_260.0, 5_556.0], [5_556.0, 926.0]]), np.array([[304.8, 304.8], [304.8, 152.4]])
)


def moving(seed, count, places, spread_deg, speed_max=300.0, heights=(9_000.0, 9_900.0)):
    """Points around places, some alike in everything, with heights of several groups."""
    chance = np.random.default_rng(seed)
    chosen = chance.integers(0, len(places), count)
    latitude = np.array([place[0] for place in places])[chosen]
    latitude = np.clip(latitude + chance.normal(0, spread_deg, count), -90, 90)
    narrow = np.maximum(np.cos(np.radians(latitude)), 0.01)
    longitude = np.array([place[1] for place in places])[chosen]
    longitude = longitude + chance.normal(0, spread_deg, count) / narrow
    speed = np.where(chance.random(count) < 0.1, 0.0, chance.uniform(0, speed_max, count))
    speed[chance.random(count) < 0.01] = 1_500.0
    track = np.where(chance.random(count) < 0.2, 0.5, chance.uniform(0, 2 * np.pi, count))
    latitude[: count // 20] = latitude[0]
    longitude[: count // 20] = longitude[0]
    group = chance.choice([0, 0, 0, 0, 1, OWN_GROUP], count).astype(np.uint8)
    slack = np.where(group == OWN_GROUP, np.inf, np.where(group == 1, 100.0, 0.0))
    return MovingPoints(
        ecef_from_degrees(latitude, longitude),
        velocity_from_track(latitude, longitude, speed, track),
        np.round(chance.uniform(*heights, count)),
        np.where(chance.random(count) < 0.6, 0.0, chance.normal(0, 8, count)),
        group,
        slack,
        np.where(chance.random(count) < 0.1, 300.0, 0.0),
        chance.integers(0, 2, count).astype(np.uint8),
    )


def found(pairs):
    """Pairs in order, and their figures in the same."""
    assert (pairs.first < pairs.second).all()
    figures = np.stack(
        [pairs.time_in_s, pairs.time_out_s, pairs.time_cpa_s, pairs.distance_cpa_m], axis=1
    )
    rough = np.round(figures, 2)  # several paths of one pair stand in the order of their figures
    order = np.lexsort((*rough.T, pairs.along_path, pairs.second, pairs.first))
    rows = np.stack([pairs.first, pairs.second, pairs.along_path], axis=1)[order]
    return rows.tolist(), figures[order]


WORLD = [(51, 0), (-30, 179.99), (30, -179.99), (89.9, 40), (-89.95, 0), (0, 0), (70, 90)]


@pytest.mark.requirement("ALERT-008")
@pytest.mark.parametrize(
    ("seed", "count", "places", "spread_deg", "look_ahead_s"),
    [
        (1, 900, WORLD, 0.5, 120.0),
        (2, 900, WORLD, 3.0, 600.0),
        (3, 400, [(90, 0)], 0.3, 120.0),
        (4, 400, [(-90, 0)], 1.0, 300.0),
        (5, 600, [(10, 180)], 0.4, 120.0),
        (6, 300, [(20, 20)], 0.0, 10.0),
        (7, 900, [(-80, 0), (-10, -90)], 30.0, 600.0),
    ],
)
def test_the_compiled_search_finds_what_the_plain_one_finds(
    seed, count, places, spread_deg, look_ahead_s
):
    points = moving(seed, count, places, spread_deg)
    plain, plain_columns = found(losing_pairs(points, no_paths(), AIR, look_ahead_s))
    assert len(plain) > 20
    with ThreadPoolExecutor(2) as pool:
        for finder in (PairFinder(), PairFinder(pool.map, 2)):
            for _ in range(2):
                rows, columns = found(finder.search(points, no_paths(), AIR, look_ahead_s))
                assert rows == plain
                np.testing.assert_allclose(columns, plain_columns, atol=1e-5)


@pytest.mark.requirement("ALERT-008")
def test_on_threads_and_at_any_density_too(monkeypatch):
    """Cuts, spans and bands of the dense layout, on a size that the plain search still bears."""
    monkeypatch.setattr(many, "SERIAL_BELOW", 10)
    monkeypatch.setattr(many, "ROWS_PER_TASK_MIN", 100)
    monkeypatch.setattr(many, "_DENSE", 10)
    monkeypatch.setattr(many, "_FOUND_PER_ROW", 0.0)
    for seed, places in enumerate((WORLD, [(89.99, 0)], [(0, 179.999)])):
        points = moving(20 + seed, 900, places, 0.3)
        plain, plain_columns = found(losing_pairs(points, no_paths(), AIR, 120.0))
        with ThreadPoolExecutor(2) as pool:
            rows, columns = found(PairFinder(pool.map, 2).search(points, no_paths(), AIR, 120.0))
        assert rows == plain
        np.testing.assert_allclose(columns, plain_columns, atol=1e-5)


@pytest.mark.requirement("ALERT-008")
def test_paths_are_followed_alike():
    points = moving(9, 500, WORLD, 0.4)
    chance = np.random.default_rng(3)
    owner = np.sort(chance.choice(500, 120)).astype(np.int32)
    steps = chance.normal(0, 1_500, (120, 13, 3)).cumsum(axis=1)
    nodes = points.position_ecef_m[owner][:, None, :] + steps - steps[:, :1]
    nodes *= (6_378_137.0 / np.sqrt((nodes**2).sum(axis=2)))[:, :, None]
    heights = points.height_m[owner][:, None] + chance.normal(0, 20, (120, 13)).cumsum(axis=1)
    paths = FlownPaths(owner, nodes, heights, np.full(120, 25.0))
    plain, plain_columns = found(losing_pairs(points, paths, AIR, 120.0))
    assert sum(along for _, _, along in plain) > 50
    rows, columns = found(PairFinder().search(points, paths, AIR, 120.0))
    assert rows == plain
    np.testing.assert_allclose(columns, plain_columns, atol=1e-5)


@pytest.mark.requirement("ALERT-008")
def test_none_one_and_two_points():
    for count, expected in ((0, 0), (1, 0), (2, 1)):
        points = MovingPoints(
            ecef_from_degrees(np.zeros(count), np.zeros(count)),
            np.zeros((count, 3)),
            *(np.zeros(count) for _ in range(2)),
            np.zeros(count, np.uint8),
            np.zeros(count),
            np.zeros(count),
            np.zeros(count, np.uint8),
        )
        assert len(PairFinder().search(points, no_paths(), AIR, 120.0).first) == expected
        assert len(losing_pairs(points, no_paths(), AIR, 120.0).first) == expected


@pytest.mark.requirement("ALERT-008")
def test_the_polynomial_angle_is_within_its_error():
    for turn in np.linspace(-math.pi, math.pi, 4_001).tolist():
        for length in (1e-3, 6.4e6):
            found_rad = kernels.angle(length * math.sin(turn), length * math.cos(turn))
            assert abs(math.remainder(found_rad - turn, 2 * math.pi)) < kernels.ANGLE_ERROR_RAD / 2
