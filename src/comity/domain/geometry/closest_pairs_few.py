"""Pairs of moving points that lose separation, by NumPy: every pair is looked at.

For up to about a thousand points, where loading compiled code takes longer than the answer.
"""

from typing import NamedTuple

import numpy as np

from comity.domain.geometry.closest_pairs import (
    HEIGHT_ROUNDING_M,
    OWN_GROUP,
    FlownPaths,
    Ints32,
    LevelMinima,
    LosingPairs,
    MovingPoints,
    Rows,
    check_look_ahead,
    node_times_s,
    rows_of,
)
from comity.domain.geometry.ellipsoid import Floats

_PAIRS_AT_ONCE = 200_000  # pairs whose distances are held at once: 5 MB


class _Legs(NamedTuple):
    """Relative straight motion of pairs during a stretch of time.

    Attributes:
        start_s: (L,) of the stretch.
        end_s: (L,).
        apart_m: (L, 3) second minus first at the start.
        rate_mps: (L, 3).
        above_m: (L,) second's height minus first's at the start.
        climb_mps: (L,).
        horizontal_m: (L,) widened minimum.
        vertical_m: (L,) widened minimum.
    """

    start_s: Floats
    end_s: Floats
    apart_m: Floats
    rate_mps: Floats
    above_m: Floats
    climb_mps: Floats
    horizontal_m: Floats
    vertical_m: Floats


def losing_pairs(
    points: MovingPoints, paths: FlownPaths, minima: LevelMinima, look_ahead_s: float
) -> LosingPairs:
    """All pairs of rows that lose both minima at once within the look-ahead.

    Never too few: see `closest_pairs`. Loss is at less than a minimum; heights that differ by one
    minimum within `HEIGHT_ROUNDING_M` keep it.

    Raises:
        InputError: as `rows_of`; or a look-ahead out of range.
    """
    check_look_ahead(look_ahead_s)
    rows = rows_of(points, paths, minima, look_ahead_s / 2.0)
    first, second = _near(rows, float(minima.horizontal_m.max()), float(minima.vertical_m.max()))
    swap = rows.owner[first] > rows.owner[second]
    first, second = np.where(swap, second, first), np.where(swap, first, second)
    straight = (rows.path[first] < 0) & (rows.path[second] < 0)
    parts = [
        _judged(points, paths, minima, look_ahead_s, rows, first[chosen], second[chosen], pieces)
        for chosen, pieces in ((straight, 1), (~straight, paths.node_height_m.shape[1] - 1))
    ]
    return LosingPairs._make(np.concatenate(columns) for columns in zip(*parts, strict=True))


def _near(rows: Rows, horizontal_m: float, vertical_m: float) -> tuple[Ints32, Ints32]:
    """Pairs of rows whose balls come within the widest minima."""
    count = len(rows.owner)
    firsts, seconds = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    step = max(1, _PAIRS_AT_ONCE // max(1, count))
    for start in range(0, count, step):
        block = slice(start, start + step)
        apart = rows.line[None, start:, :3] - rows.line[block, None, :3]
        reach_m = rows.reach_m[block, None] + rows.reach_m[None, start:] + horizontal_m
        near = (apart**2).sum(axis=2) <= reach_m**2
        above_m = np.abs(rows.line[block, None, 6] - rows.line[None, start:, 6])
        height_m = rows.height_reach_m[block, None] + rows.height_reach_m[None, start:]
        near &= above_m <= height_m + vertical_m
        near &= rows.owner[block, None] != rows.owner[None, start:]
        i, j = np.nonzero(near)
        later = j > i
        firsts.append((i[later] + start).astype(np.int32))
        seconds.append((j[later] + start).astype(np.int32))
    return np.concatenate(firsts), np.concatenate(seconds)


def _judged(
    points: MovingPoints,
    paths: FlownPaths,
    minima: LevelMinima,
    look_ahead_s: float,
    rows: Rows,
    first: Ints32,
    second: Ints32,
    pieces: int,
) -> LosingPairs:
    """Which pairs of rows lose separation; `pieces` straight legs each."""
    i, j = rows.owner[first], rows.owner[second]
    classes = points.minima_class[i], points.minima_class[j]
    horizontal_m = minima.horizontal_m[classes] + rows.margin_m[first] + rows.margin_m[second]
    same = points.height_group[i] == points.height_group[j]
    same &= points.height_group[i] != OWN_GROUP
    slack_m = np.where(same, 0.0, points.height_slack_m[i] + points.height_slack_m[j])
    vertical_m = minima.vertical_m[classes] + slack_m - HEIGHT_ROUNDING_M
    count = len(first)
    if pieces == 1:
        apart = rows.line[second] - rows.line[first]
        half_s = look_ahead_s / 2.0
        legs = _Legs(
            np.zeros(count), np.full(count, look_ahead_s),
            apart[:, :3] - half_s * apart[:, 3:6], apart[:, 3:6],
            apart[:, 6] - half_s * apart[:, 7], apart[:, 7],
            horizontal_m, vertical_m,
        )  # fmt: skip
    else:
        times_s = node_times_s(paths, look_ahead_s)
        places, heights = _nodes(rows, paths, second, times_s, look_ahead_s)
        own_places, own_heights = _nodes(rows, paths, first, times_s, look_ahead_s)
        places, heights = places - own_places, heights - own_heights
        step_s = look_ahead_s / pieces
        legs = _Legs(
            np.tile(times_s[:-1], count), np.tile(times_s[1:], count),
            places[:, :-1].reshape(-1, 3), np.diff(places, axis=1).reshape(-1, 3) / step_s,
            heights[:, :-1].reshape(-1), np.diff(heights, axis=1).reshape(-1) / step_s,
            np.repeat(horizontal_m, pieces), np.repeat(vertical_m, pieces),
        )  # fmt: skip
    time_in, time_out, time_cpa, square = (each.reshape(count, pieces) for each in _losses(legs))
    lost = np.isfinite(time_in).any(axis=1)
    best = np.argmin(square, axis=1)[:, None]
    along = np.full(count, pieces > 1)
    columns = (
        i, j, along, time_in.min(axis=1, initial=np.inf), time_out.max(axis=1, initial=-np.inf),
        np.take_along_axis(time_cpa, best, 1)[:, 0],
        np.sqrt(np.take_along_axis(square, best, 1)[:, 0]), same,
    )  # fmt: skip
    return LosingPairs._make(column[lost] for column in columns)


def _nodes(
    rows: Rows, paths: FlownPaths, chosen: Ints32, times_s: Floats, look_ahead_s: float
) -> tuple[Floats, Floats]:
    """Places (L, K + 1, 3) and heights (L, K + 1) of rows at the instants of nodes."""
    line = rows.line[chosen]
    since_s = times_s - look_ahead_s / 2.0
    places = line[:, None, :3] + since_s[None, :, None] * line[:, None, 3:6]
    heights = line[:, None, 6] + since_s[None, :] * line[:, None, 7]
    flown = rows.path[chosen] >= 0
    places[flown] = paths.node_ecef_m[rows.path[chosen][flown]]
    heights[flown] = paths.node_height_m[rows.path[chosen][flown]]
    return places, heights


def _losses(legs: _Legs) -> tuple[Floats, Floats, Floats, Floats]:
    """Per leg: start and end of the loss (infinite where none), time and square of the CPA."""
    length_s = legs.end_s - legs.start_s
    aa = (legs.rate_mps**2).sum(axis=1)
    ab = (legs.apart_m * legs.rate_mps).sum(axis=1)
    bb = (legs.apart_m**2).sum(axis=1)
    moves = aa > 0.0
    divisor = np.where(moves, aa, 1.0)
    cpa = np.where(moves, -ab / divisor, 0.0)
    least = bb + ab * cpa
    room = legs.horizontal_m**2 - least
    half_width = np.where(moves, np.sqrt(np.maximum(room, 0.0) / divisor), np.inf)
    start = np.maximum(cpa - half_width, 0.0)
    end = np.minimum(cpa + half_width, length_s)
    lost = room > 0.0
    climbs = legs.climb_mps != 0.0
    rate = np.where(climbs, legs.climb_mps, 1.0)
    with np.errstate(over="ignore"):  # a rate below any that is flown: never, which is right
        one = (-legs.vertical_m - legs.above_m) / rate
        other = (legs.vertical_m - legs.above_m) / rate
    start = np.where(climbs, np.maximum(start, np.minimum(one, other)), start)
    end = np.where(climbs, np.minimum(end, np.maximum(one, other)), end)
    lost &= np.where(climbs, legs.vertical_m > 0.0, np.abs(legs.above_m) < legs.vertical_m)
    # Loss is open: a leg that only touches the minimum at one instant has none, but a loss that
    # begins as the look-ahead ends is one that the widening of minima brought in.
    lost &= start < end
    clipped = np.clip(cpa, 0.0, length_s)
    square = np.maximum(bb + 2.0 * ab * clipped + aa * clipped**2, 0.0)
    return (
        np.where(lost, legs.start_s + start, np.inf),
        np.where(lost, legs.start_s + end, -np.inf),
        legs.start_s + clipped,
        square,
    )
