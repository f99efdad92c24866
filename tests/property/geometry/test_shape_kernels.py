"""Shapes made by compiled code are those made in Python, to the last bit, and so is what is refused."""

import math

import numpy as np
import pytest

from comity.domain.geometry import Shape, ShapeKind, prepared
from comity.kernel.errors import InputError

SHAPES = 800
MADE_MIN, REFUSED_MIN, COMPILED_MIN = 100, 200, 60
SPOTS = [(0.0, 0.0), (89.99, 10.0), (-90.0, 0.0), (52.0, 180.0), (-17.0, -179.999), (60.0, 25.0)]
GAPS_DEG = [0.0, 1e-9, 1e-8, 5e-8, 1e-7, 3e-7, 1e-6, 1e-4]


def awkward(chance):
    """Corners of a star, a tangle, a sliver, a spike, a comb, a C, of a line on lines, or of one with a fault."""
    count = int(chance.integers(3, 34))
    size = 10 ** chance.uniform(-7, 0.5)
    turn = np.sort(chance.uniform(0, 2 * np.pi, count))
    away = size * chance.uniform(0.2, 1, count)
    kind, gap = int(chance.integers(9)), float(chance.choice(GAPS_DEG))
    if kind == 0:
        turn = chance.permutation(turn)
    if kind == 1:
        away = size * chance.choice([1e-9, 1e-6, 1], count)
    x, y = away * np.cos(turn), away * np.sin(turn)
    if kind == 2:
        y = y * gap
    if kind == 3:
        x, y = (
            np.array([0, 3, 3, 1, 1, 3, 3, 0]) * size,
            np.array([0, 0, 1, 1, 0, 2, 2, 2.5]) * size,
        )
        y[4] = size + gap
    if kind == 4:
        x = np.array([0, 2 * size, 2 * size, size + gap, size, size - gap, 0])
        y = np.array([0, 0, size, size, gap, size, size])
    if kind == 5:
        x, y = np.array([0, 0.5, 1, 1, 1, 0]) * size, np.array([0, 0, 0, 0.5, 1, 1]) * size
    if kind == 6:
        x[1], y[1] = x[0], y[0] + gap
    latitude, longitude = SPOTS[int(chance.integers(len(SPOTS)))]
    lat = np.clip(latitude + y, -90, 90)
    lon = longitude + x / max(1e-3, math.cos(math.radians(latitude)))
    lon = (lon + 180) % 360 - 180
    if kind == 7:
        lat[0] = chance.choice([math.nan, math.inf, 90.0000001])
    if kind == 8:
        lon[-1] = chance.choice([math.nan, -math.inf, 180.0000001, 180.0])
    return tuple(lat.tolist()), tuple(lon.tolist())


def told(kind, corners, radius_m):
    try:
        shape = Shape(kind, *corners, radius_m).prepared
    except InputError as refusal:
        return str(refusal)
    return (
        shape.points.tobytes(), shape.centre.tobytes(), shape.reach_m, shape.piece_m, shape.radius_m, shape.ring,
    )  # fmt: skip


@pytest.fixture
def compiled():
    """The list of what is compiled, loaded; emptied, Python makes shapes."""
    before = list(prepared._COMPILED)
    prepared.warm()
    loaded = prepared._COMPILED[0]
    yield loaded
    prepared._COMPILED[:] = before


@pytest.mark.requirement("GEO-009")
def test_compiled_code_makes_the_same_shapes_and_leaves_the_same_refusals(compiled):
    chance = np.random.default_rng(77)
    made = refused = by_compiled = 0

    def counted(*asked):
        nonlocal by_compiled
        answer = compiled(*asked)
        by_compiled += answer[0]
        return answer

    for n in range(SHAPES):
        corners = awkward(chance)
        kind = ShapeKind.PATH if n % 7 == 0 else ShapeKind.RING
        radius_m = (0.0, 500.0, 1e4, 2.1e5, math.nan)[min(n % 11, 4) if n % 3 == 0 else 0]
        prepared._COMPILED[:] = [counted]
        quick = told(kind, corners, radius_m)
        prepared._COMPILED.clear()
        assert quick == told(kind, corners, radius_m), (kind, corners, radius_m)
        made += not isinstance(quick, str)
        refused += isinstance(quick, str)
    assert made > MADE_MIN
    assert refused > REFUSED_MIN
    assert by_compiled > COMPILED_MIN


@pytest.mark.requirement("GEO-009")
@pytest.mark.parametrize(
    ("latitude", "longitude", "why"),
    [
        ((0.0, 0.0), (0.0, 0.1), "latitude_deg: 2 vertices; a ring has 3 to 1000"),
        ((0.0, 0.0, 0.1), (0.0, 0.1), "longitude_deg: 2 values for 3 latitudes"),
        ((0.0, 0.0, 90.5), (0.0, 0.1, 0.0), "latitude_deg[2]: 90.5 is outside -90 to 90"),
        ((0.0, 0.0, 0.1), (0.0, math.nan, 0.0), "longitude_deg[1]: nan is outside -180 to 180"),
        ((0, 10**400, 1), (0, 1, 0), f"latitude_deg[1]: {10**400} is outside -90 to 90"),
        ((0.0, 0.1, 0.0, 0.1), (0.0, 0.1, 0.1, 0.0),
         "latitude_deg: the ring touches or crosses itself (pieces 0 and 2 of 4)"),
        ((0.0, 0.0, 0.1), (0.0, 0.0, 0.1), "latitude_deg[1]: vertex 1 is within 1 mm of vertex 0"),
    ],
)  # fmt: skip
def test_a_refusal_says_the_same_once_compiled_code_is_loaded(compiled, latitude, longitude, why):
    with pytest.raises(InputError) as caught:
        Shape(ShapeKind.RING, latitude, longitude)
    assert str(caught.value) == why
