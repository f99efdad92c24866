"""Pairs of moving points that lose separation, compiled: the driver of the kernels.

The loops hold no lock: spread over threads by whoever calls, below some thousand points not at all.
"""

import math
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry import closest_pairs_kernels as kernels
from comity.domain.geometry import closest_pairs_sweep as sweeping
from comity.domain.geometry.closest_pairs import (
    OWN_GROUP,
    FlownPaths,
    Ints32,
    LevelMinima,
    LosingPairs,
    MovingPoints,
    check_look_ahead,
    path_rows,
    refuse_row,
)
from comity.domain.geometry.closest_pairs_kernels import LANES
from comity.domain.geometry.ellipsoid import SEMI_MINOR_M, Floats

Result = TypeVar("Result")
Floats32 = NDArray[np.float32]
Run = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""`map`, or one that spreads its tasks over threads."""

SERIAL_BELOW = 4_000  # points that one thread has done before another has woken
ROWS_PER_TASK_MIN = 2_500
TASKS_MAX = 24
REACH_STEPS = 64
BAND_BITS_MAX = 17
KEY_BITS_MAX = 30  # so that a band or two beyond the last one do not reach `LAST_KEY`
_FOUND_PER_ROW = 0.5  # room for pairs found; a task that needs more is run again
_DENSE = 100_000  # rows from which narrower bands pay: more spans a row, fewer rows in them
_BANDS_DENSE = 3
_LOOK_AROUND = 10.0


class PairFinder:
    """`closest_pairs_few.losing_pairs` for many points; keeps its room from one call to the next.

    Not for two callers at once.
    """

    def __init__(self, run: Run = map, tasks: int = 1) -> None:
        """Say how tasks are run.

        Args:
            run: spreads tasks over threads.
            tasks: how many threads it has.
        """
        self._run = run
        self._threads = tasks
        self._room: dict[str, NDArray[Any]] = {}

    def search(
        self, points: MovingPoints, paths: FlownPaths, minima: LevelMinima, look_ahead_s: float
    ) -> LosingPairs:
        """All pairs of rows that lose both minima at once within the look-ahead.

        Raises:
            InputError: as `rows_of`; or a look-ahead out of range.
        """
        check_look_ahead(look_ahead_s)
        points_count = len(points)
        count = points_count + len(paths.owner)
        if count < 2:
            return _pairs(np.empty((0, 2), np.int32), np.empty((0, 4)), points, None, None)
        line, packed, reach, place = self._rows(points, paths, minima, look_ahead_s, count)
        widest_m = float(minima.horizontal_m.max())
        highest_m = float(minima.vertical_m.max())
        reach_max_m = float(reach.max())
        cap_m = _cap(reach, reach_max_m, widest_m)
        grid = _bands(widest_m + 2.0 * cap_m, count)
        keys, ids = self._ordered(place, grid)
        lanes = self._kept("lanes", (kernels.LANES_KEPT, count + LANES), np.float32)
        self._each(lambda cut: kernels.gather(ids, packed, lanes, *cut), count)
        owner, path = self._whose(paths, points_count)
        air = sweeping.Air(
            keys, ids, lanes, sweeping.WEIGHTS, line, owner, path, minima.horizontal_m,
            minima.vertical_m, paths.node_ecef_m, paths.node_height_m,
        )  # fmt: skip
        view = sweeping.View(
            look_ahead_s, grid[0], grid[1], cap_m, widest_m, highest_m, reach_max_m * (1.0 + 1e-6)
        )
        parts = self._each(lambda cut: _swept(air, view, cut), count)
        found_ids = np.concatenate([part[0] for part in parts])
        found_s = np.concatenate([part[1] for part in parts])
        return _pairs(found_ids, found_s, points, owner, path)

    def _rows(
        self,
        points: MovingPoints,
        paths: FlownPaths,
        minima: LevelMinima,
        look_ahead_s: float,
        count: int,
    ) -> tuple[Floats, Floats32, Floats32, Floats]:
        line = self._kept("line", (count, 10), np.float64)
        packed = self._kept("packed", (count, LANES), np.float32)
        reach = self._kept("reach", (count,), np.float32)
        place = self._kept("place", (2, count), np.float64)
        code = (points.height_group.astype(np.uint16) << np.uint16(8)) | points.minima_class
        widest_m, least_m = float(minima.horizontal_m.max()), float(minima.horizontal_m.min())
        position = np.ascontiguousarray(points.position_ecef_m).reshape(-1)
        velocity = np.ascontiguousarray(points.velocity_ecef_mps).reshape(-1)
        unsound = max(
            self._each(
                lambda cut: kernels.make_rows(
                    position, velocity, points.height_m, points.vertical_rate_mps,
                    points.margin_m, points.height_slack_m, code, look_ahead_s / 2.0, widest_m,
                    least_m, line, packed, reach, place, *cut,
                ),
                len(points),
            )
        )  # fmt: skip
        if unsound >= 0:
            refuse_row(unsound)
        if len(paths.owner):
            rows = slice(len(points), None)
            ball, reach_m, height_reach_m, margin_m = path_rows(points, paths)
            line[rows, :8], line[rows, 8] = ball, margin_m
            line[rows, 9] = points.height_slack_m[paths.owner]
            packed[rows, :3], packed[rows, 3] = ball[:, :3], ball[:, 6]
            packed[rows, 4], packed[rows, 5] = reach_m, height_reach_m
            packed[rows, 6:9], packed[rows, 9] = 0.0, reach_m
            packed[rows, 10] = code[paths.owner]
            reach[rows] = reach_m
            across = np.hypot(ball[:, 0], ball[:, 1])
            place[0, rows] = np.arctan2(ball[:, 2], across) + np.pi / 2.0
            place[1, rows] = np.arctan2(ball[:, 1], ball[:, 0]) + np.pi
        return line, packed, reach, place

    def _ordered(
        self, place: Floats, grid: tuple[float, int, int]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Keys in order, with `LANES + 1` more that stand behind them all, and whose they are."""
        count = place.shape[1]
        band_rad, bits, band_max = grid
        digits = -(-(bits + band_max.bit_length()) // kernels.DIGIT_BITS)
        keys = self._kept("keys", (2, count + LANES + 1), np.int32)
        ids = self._kept("ids", (2, count), np.int32)
        counts = self._kept("counts", (3, 1 << kernels.DIGIT_BITS), np.int64)
        self._each(
            lambda cut: kernels.make_keys(place, band_rad, band_max, bits, keys[0], *cut), count
        )
        kernels.order(keys[0, :count], ids[0], keys[1, :count], ids[1], digits, counts)
        keys[:, count:] = sweeping.LAST_KEY
        return keys[digits % 2], ids[digits % 2]

    def _whose(self, paths: FlownPaths, points: int) -> tuple[Ints32, Ints32]:
        """Of each row: which point, and which path or -1."""
        count = points + len(paths.owner)
        owner = self._kept("owner", (count,), np.int32)
        path = self._kept("path", (count,), np.int32)
        owner[:points] = np.arange(points, dtype=np.int32)
        owner[points:] = paths.owner
        path[:points] = -1
        path[points:] = np.arange(len(paths.owner), dtype=np.int32)
        return owner, path

    def _each(self, task: Callable[[tuple[int, int]], Result], count: int) -> list[Result]:
        """What a task gives for each cut of the rows."""
        return list(self._run(task, self._cuts(count)))

    def _cuts(self, count: int) -> list[tuple[int, int]]:
        """Rows of each task: one where threads would not pay."""
        if self._threads == 1 or count < SERIAL_BELOW:
            return [(0, count)]
        tasks = min(TASKS_MAX, max(self._threads, count // ROWS_PER_TASK_MIN))
        edges = [count * task // tasks for task in range(tasks + 1)]
        return list(pairwise(edges))

    def _kept(self, name: str, shape: tuple[int, ...], dtype: type) -> NDArray[Any]:
        """Room of the last call, where it fits: fresh memory costs more than the search."""
        room = self._room.get(name)
        if room is None or room.shape != shape:
            room = self._room[name] = np.empty(shape, dtype)
        return room


def _swept(air: sweeping.Air, view: sweeping.View, cut: tuple[int, int]) -> tuple[Ints32, Floats]:
    room = 256 + int((cut[1] - cut[0]) * _FOUND_PER_ROW)
    while True:
        found_ids = np.empty((room, 2), np.int32)
        found_s = np.empty((room, 4))
        count = sweeping.sweep(air, view, found_ids, found_s, *cut)
        if count <= room:
            return found_ids[:count], found_s[:count]
        room = count


def _cap(reach: Floats32, reach_max_m: float, widest_m: float) -> float:
    """Reach up to which rows look ahead only: the one for which all rows look at least land."""
    counts = np.zeros(REACH_STEPS, np.int32)
    kernels.count_reach(reach, reach_max_m, counts)
    tops = reach_max_m * np.arange(1, REACH_STEPS + 1) / REACH_STEPS
    below = np.cumsum(counts)
    ahead = below * (widest_m + 2.0 * tops) ** 2
    around = (widest_m + tops - 0.5 * tops[0] + reach_max_m) ** 2 * counts
    beyond = around.sum() - np.cumsum(around)
    return float(np.float32(tops[np.argmin(ahead + 2.0 * _LOOK_AROUND * beyond)]))


def _bands(look_m: float, count: int) -> tuple[float, int, int]:
    """Height of the bands (radians), bits of longitude, greatest band."""
    look_rad = 2.0 * math.asin(min(1.0, look_m / (2.0 * SEMI_MINOR_M)))
    look_rad += 4.0 * kernels.ANGLE_ERROR_RAD
    band_rad = look_rad * 1.0001 / (_BANDS_DENSE if count >= _DENSE else 1)
    band_rad = max(band_rad, math.pi / (1 << BAND_BITS_MAX))
    band_max = int(math.pi / band_rad) + 1
    bits = math.ceil(math.log2(2.0 * math.pi / (look_rad / 8.0)))
    digits = 2 if bits + band_max.bit_length() <= 23 else 3
    return (
        band_rad,
        min(max(bits, 1), min(KEY_BITS_MAX, digits * kernels.DIGIT_BITS) - band_max.bit_length()),
        band_max,
    )


def _pairs(
    found_ids: NDArray[np.int32],
    found_s: Floats,
    points: MovingPoints,
    owner: NDArray[np.int32] | None,
    path: NDArray[np.int32] | None,
) -> LosingPairs:
    i, j = found_ids[:, 0], found_ids[:, 1]
    along = np.zeros(len(i), np.bool_)
    if owner is not None and path is not None:
        along = (path[i] >= 0) | (path[j] >= 0)
        i, j = owner[i], owner[j]
    same = points.height_group[i] == points.height_group[j]
    same &= points.height_group[i] != OWN_GROUP
    return LosingPairs(
        np.minimum(i, j), np.maximum(i, j), along,
        found_s[:, 0], found_s[:, 1], found_s[:, 2], found_s[:, 3], same,
    )  # fmt: skip


def warm() -> None:
    """Compile what is not in the cache."""
    from comity.domain.geometry.closest_pairs_warming import small_air  # noqa: PLC0415

    points, paths, minima = small_air()
    PairFinder().search(points, paths, minima, 120.0)
