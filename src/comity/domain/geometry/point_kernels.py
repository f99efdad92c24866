"""Places near a point or a shape, compiled. `point_search` holds the same for small sets.

Short names are those of `kernels`: p and q points as unit vectors, d a difference, s a distance.
"""

import math

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.ellipsoid import (
    CURVATURE_RADIUS_M_MIN,
    SEMI_MAJOR_M,
    SEMI_MINOR_M,
    Floats,
)
from comity.domain.geometry.jit import kernel
from comity.domain.geometry.kernels import (
    Vector,
    dot_m2,
    minus,
    point_to_piece,
    surface_m,
    winds_round,
)
from comity.domain.geometry.point_rows import (
    STARTS,
    TIER_BANDS,
    TIER_FIRST,
    TIER_HEIGHT_DEG,
    TIERS,
)
from comity.domain.geometry.point_search import (
    ARC_PER_CHORD,
    ARC_PER_CHORD_FAR,
    CHORD_M_NEAR,
    POLAR_DEG,
    SLACK_M,
    SLACK_SHAPE_M,
)

X, Y, Z, REACH_M, FROM_S, UNTIL_S, NUMBER = range(7)
"""Columns of the table of `POINT_ROW`."""
Numbers = NDArray[np.int64]
DEGREES = 180.0 / math.pi
RATIO = SEMI_MINOR_M / SEMI_MAJOR_M
E7_HALF_TURN = 1_800_000_000.0
ROWS = 1 << 32
ROW_FIRST = TIERS + STARTS
"""Of the rows' longitudes in `PackedPoints.lines`."""
Lines = NDArray[np.int32]


@kernel
def unit_at(latitude_deg: float, longitude_deg: float) -> Vector:
    """A point of the ellipsoid as a unit vector."""
    across = math.cos(latitude_deg / DEGREES)
    up = RATIO * math.sin(latitude_deg / DEGREES)
    r = 1.0 / math.sqrt(across * across + up * up)
    turn = longitude_deg / DEGREES
    return across * r * math.cos(turn), across * r * math.sin(turn), up * r


@kernel
def first_at_least(values: NDArray[np.int32], low: int, high: int, wanted: float) -> int:
    """First place between two at which ascending values are at least what is wanted."""
    while low < high:
        mid = (low + high) >> 1
        if values[mid] < wanted:
            low = mid + 1
        else:
            high = mid
    return low


@kernel
def point_distance_m(p: Vector, points: Floats, ring: bool, c: Vector, cutoff_m: float) -> float:
    """Distance of a point from a shape's ring or line, its radius left out; at most the cutoff."""
    if ring and winds_round(points, 0, len(points), c, p):
        return 0.0
    best_m = cutoff_m
    u = (points[0, 0], points[0, 1], points[0, 2])
    for k in range(1, len(points)):
        v = (points[k, 0], points[k, 1], points[k, 2])
        e = minus(v, u)
        best_m, _ = point_to_piece(p, u, e, dot_m2(e, e), best_m)
        u = v
    return best_m


@kernel
def where_is(c: Vector) -> tuple[float, float]:
    """Latitude and longitude (degrees) of a unit vector."""
    across = math.sqrt(c[0] * c[0] + c[1] * c[1])
    return math.atan2(c[2], RATIO * across) * DEGREES, math.atan2(c[1], c[0]) * DEGREES


@kernel
def window(
    lines: Lines, t: int, latitude_deg: float, longitude_deg: float, around_m: float
) -> tuple[int, int, float, float]:
    """Bands (first, last) of tier t, and longitudes (west, east, 1e-7 degrees), that may hold what is near.

    `around_m` is what is looked around, the reach of the tier left out. An empty tier has no bands.
    """
    if lines[t] < 0:
        return 0, -1, 0.0, 0.0
    s = around_m + lines[t] * 1e-3 + SLACK_SHAPE_M
    high_deg = s / CURVATURE_RADIUS_M_MIN * DEGREES
    most_deg = abs(latitude_deg) + high_deg
    west, east = -E7_HALF_TURN, E7_HALF_TURN
    if most_deg < POLAR_DEG:
        wide_deg = s / (SEMI_MAJOR_M * math.cos(most_deg / DEGREES)) * DEGREES
        if wide_deg < 180.0:
            west = (longitude_deg - wide_deg) * 1e7 - 1.0  # rounded to whole 1e-7 degrees
            east = (longitude_deg + wide_deg) * 1e7 + 1.0
    per_deg = 1.0 / TIER_HEIGHT_DEG[t]
    low = max(0, int((latitude_deg - high_deg + 90.0) * per_deg))
    high = min(TIER_BANDS[t] - 1, int((latitude_deg + high_deg + 90.0) * per_deg))
    return TIERS + TIER_FIRST[t] + low, TIERS + TIER_FIRST[t] + high, west, east


@kernel
def judge_point(
    q: Floats,
    i: int,
    c: Vector,
    radius_m: float,
    from_s: float,
    until_s: float,
    numbers: Numbers,
    distance_m: Floats,
    count: int,
) -> int:
    """Add row i where it is within the radius of the point c."""
    d = minus((q[i, X], q[i, Y], q[i, Z]), c)
    reach_m = q[i, REACH_M]
    far = radius_m + reach_m + SLACK_SHAPE_M
    # a reach of NaN, a place taken out, makes this false
    if not dot_m2(d, d) <= far * far:
        return count
    if q[i, FROM_S] > until_s or q[i, UNTIL_S] < from_s:
        return count
    s = surface_m((q[i, X], q[i, Y], q[i, Z]), c)
    if not s <= radius_m + reach_m + SLACK_M:
        return count
    if count < len(numbers):
        numbers[count] = int(q[i, NUMBER])
        distance_m[count] = max(0.0, s - reach_m)
    return count + 1


@kernel
def judge_shape(
    q: Floats,
    i: int,
    c: Vector,
    ball_m: float,
    radius_m: float,
    from_s: float,
    until_s: float,
    points: Floats,
    ring: bool,
    numbers: Numbers,
    distance_m: Floats,
    count: int,
) -> int:
    """Add row i where it is within the radius of the shape in a ball around c."""
    p = (q[i, X], q[i, Y], q[i, Z])
    d = minus(p, c)
    reach_m = q[i, REACH_M]
    far = ball_m + radius_m + reach_m + SLACK_SHAPE_M
    # a reach of NaN, a place taken out, makes this false
    if not dot_m2(d, d) <= far * far:
        return count
    if q[i, FROM_S] > until_s or q[i, UNTIL_S] < from_s:
        return count
    s = point_distance_m(p, points, ring, c, radius_m + reach_m + SLACK_SHAPE_M)
    if not s < radius_m + reach_m + SLACK_SHAPE_M:
        return count
    if count < len(numbers):
        numbers[count] = int(q[i, NUMBER])
        distance_m[count] = max(0.0, s - reach_m)
    return count + 1


@kernel
def near_point(
    lines: Lines,
    table: Floats,
    latitude_deg: float,
    longitude_deg: float,
    radius_m: float,
    from_s: float,
    until_s: float,
    numbers: Numbers,
    distance_m: Floats,
    count: int,
) -> int:
    """Add the places of one store within the radius of a point.

    Every row is judged whose band and longitude the window meets, tier by tier.

    Args:
        lines: these two as in `PackedPoints`
        table: .
        latitude_deg: of the point.
        longitude_deg: of it.
        radius_m: of the question.
        from_s: places that count at any time from then
        until_s: to then.
        numbers: filled from `count` on with the numbers of those found, as far as it goes.
        distance_m: filled with their distances, reach subtracted.
        count: how many were found before.

    Returns:
        How many are found now; more than `numbers` holds: ask again with a longer one.
    """
    c = unit_at(latitude_deg, longitude_deg)
    for t in range(TIERS):
        low, high, west, east = window(lines, t, latitude_deg, longitude_deg, radius_m)
        for band in range(low, high + 1):
            start, end = ROW_FIRST + lines[band], ROW_FIRST + lines[band + 1]
            if start == end:
                continue
            for turn in range(-1, 2):
                shift = turn * 2.0 * E7_HALF_TURN
                if west + shift > E7_HALF_TURN or east + shift < -E7_HALF_TURN:
                    continue
                i = first_at_least(lines, start, end, west + shift)
                while i < end and lines[i] <= east + shift:
                    count = judge_point(
                        table,
                        i - ROW_FIRST,
                        c,
                        radius_m,
                        from_s,
                        until_s,
                        numbers,
                        distance_m,
                        count,
                    )
                    i += 1
    return count


@kernel
def near_shape(
    lines: Lines,
    table: Floats,
    points: Floats,
    centre: Floats,
    ring: bool,
    ball_m: float,
    radius_m: float,
    from_s: float,
    until_s: float,
    numbers: Numbers,
    distance_m: Floats,
    count: int,
) -> int:
    """As `near_point`, of a shape.

    Args:
        lines: these two as in `PackedPoints`
        table: .
        points: (P + 1, 3) of the shape as in `PreparedShape`, as are the next two and
        centre: (3,)
        ring: .
        ball_m: its reach.
        radius_m: of the question, the shape's own included.
        from_s: these and the others as in `near_point`.
        until_s: .
        numbers: .
        distance_m: .
        count: .
    """
    c = (centre[0], centre[1], centre[2])
    latitude_deg, longitude_deg = where_is(c)
    arc_m = ball_m * (ARC_PER_CHORD if ball_m < CHORD_M_NEAR else ARC_PER_CHORD_FAR)
    for t in range(TIERS):
        low, high, west, east = window(lines, t, latitude_deg, longitude_deg, arc_m + radius_m)
        for band in range(low, high + 1):
            start, end = ROW_FIRST + lines[band], ROW_FIRST + lines[band + 1]
            if start == end:
                continue
            for turn in range(-1, 2):
                shift = turn * 2.0 * E7_HALF_TURN
                if west + shift > E7_HALF_TURN or east + shift < -E7_HALF_TURN:
                    continue
                i = first_at_least(lines, start, end, west + shift)
                while i < end and lines[i] <= east + shift:
                    count = judge_shape(
                        table, i - ROW_FIRST, c, ball_m, radius_m, from_s, until_s,
                        points, ring, numbers, distance_m, count,
                    )  # fmt: skip
                    i += 1
    return count


@kernel
def keys_between(latitude_deg: float, around_m: float) -> tuple[int, int]:
    """Keys of the newest, from and to, that may hold what is near: latitudes in 1e-7 degrees times 2³²."""
    high_e7 = (around_m + SLACK_SHAPE_M) / CURVATURE_RADIUS_M_MIN * DEGREES * 1e7 + 1.0
    low = math.floor(latitude_deg * 1e7 - high_e7)
    return low * ROWS, (math.ceil(latitude_deg * 1e7 + high_e7) + 1) * ROWS


@kernel
def newest_near_point(
    table: Floats,
    keys: Numbers,
    newest_reach_m: float,
    latitude_deg: float,
    longitude_deg: float,
    radius_m: float,
    from_s: float,
    until_s: float,
    numbers: Numbers,
    distance_m: Floats,
    count: int,
) -> int:
    """As `near_point`, of rows in order of arrival.

    `keys` (N,) are ascending, each a latitude in whole 1e-7 degrees times 2³² plus the row;
    `newest_reach_m` is the greatest of the rows. The others are as there.
    """
    c = unit_at(latitude_deg, longitude_deg)
    low, high = keys_between(latitude_deg, radius_m + newest_reach_m)
    k = np.searchsorted(keys, low)
    while k < len(keys) and keys[k] < high:
        count = judge_point(
            table, keys[k] % ROWS, c, radius_m, from_s, until_s, numbers, distance_m, count
        )
        k += 1
    return count


@kernel
def newest_near_shape(
    table: Floats,
    keys: Numbers,
    newest_reach_m: float,
    points: Floats,
    centre: Floats,
    ring: bool,
    ball_m: float,
    radius_m: float,
    from_s: float,
    until_s: float,
    numbers: Numbers,
    distance_m: Floats,
    count: int,
) -> int:
    """As `near_shape`, of rows in order of arrival; `keys` and their reach as in `newest_near_point`."""
    c = (centre[0], centre[1], centre[2])
    latitude_deg, _ = where_is(c)
    arc_m = ball_m * (ARC_PER_CHORD if ball_m < CHORD_M_NEAR else ARC_PER_CHORD_FAR)
    low, high = keys_between(latitude_deg, arc_m + radius_m + newest_reach_m)
    k = np.searchsorted(keys, low)
    while k < len(keys) and keys[k] < high:
        count = judge_shape(
            table, keys[k] % ROWS, c, ball_m, radius_m, from_s, until_s,
            points, ring, numbers, distance_m, count,
        )  # fmt: skip
        k += 1
    return count
