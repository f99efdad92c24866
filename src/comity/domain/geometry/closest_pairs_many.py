"""Pairs of moving points that lose separation, compiled: the driver of the kernels.

The loops hold no lock: spread over threads by whoever calls, below some thousand points not at all.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry import closest_pairs_kernels as kernels
from comity.domain.geometry import closest_pairs_sweep as sweeping
from comity.domain.geometry.closest_pairs import (
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
_NOBODY = np.empty(0, np.int32)
_LOG_STEP = math.log(2.0) / 32.0
Run = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""`map`, or one that spreads its tasks over threads."""

SERIAL_BELOW = 10_000  # points that one thread has done before another has woken
ROWS_PER_TASK_MIN = 5_000
TASKS_MAX = 24
BAND_BITS_MAX = 17
KEY_BITS_MAX = 30  # so that a band or two beyond the last one do not reach `LAST_KEY`
_FOUND_PER_ROW = 0.5  # room for pairs found; a task that needs more is run again
LINE_BYTES = 64  # of memory that comes at once; a row that fills one begins with it
LOOK_STEP = 2.0 ** (
    1.0 / 32.0
)  # looks are rounded up to powers of it: so grids last from call to call
_DENSE = 100_000  # rows from which narrower bands pay: more spans a row, fewer rows in them
_BANDS_DENSE = 3


@dataclass(frozen=True, slots=True)
class _Grid:
    """Bands and longitudes of keys.

    Attributes:
        band_rad: height of the bands.
        band_max: the greatest.
        bits: of longitude.
        digits: of the sort.
        ahead: bands a row looks at, its own among them.
    """

    band_rad: float
    band_max: int
    bits: int
    digits: int
    ahead: int


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
        self._look: tuple[float, bool] | None = None
        self._grid = _Grid(0.0, 0, 0, 0, 0)
        self._halves = np.empty((0, 0), np.int32)
        self._starts = np.empty(0, np.int32)

    def search(
        self, points: MovingPoints, paths: FlownPaths, minima: LevelMinima, look_ahead_s: float
    ) -> LosingPairs:
        """All pairs of rows that lose both minima at once within the look-ahead.

        Raises:
            InputError: as `rows_of`; or a look-ahead out of range.
        """
        check_look_ahead(look_ahead_s)
        count = len(points) + len(paths.owner)
        if count < 2:
            return _nothing()
        widest_m = float(minima.horizontal_m.max())
        least_m = float(minima.horizontal_m.min())
        line, reach, margin, place = self._rows(
            points, paths, (widest_m, least_m), look_ahead_s, count
        )
        reach_max_m, cap_m = kernels.reach_and_cap(reach, widest_m)
        look_m = widest_m + 2.0 * cap_m
        look_m = LOOK_STEP ** math.ceil(math.log(look_m) / _LOG_STEP)
        grid = self._grid_of(look_m, dense=count >= _DENSE)
        keys = self._kept("keys", (2, count + LANES + 1), np.int32)
        ids = self._kept("ids", (2, count), np.int32)
        counts = self._kept("counts", (3, 1 << kernels.DIGIT_BITS), np.int32)
        lanes = self._kept("lanes", (kernels.LANES_KEPT, count + LANES), np.float32)
        slack = points.height_slack_m
        if len(paths.owner):
            slack = np.concatenate([slack, slack[paths.owner]])
        owner, path = self._whose(paths, len(points))
        odd = grid.digits % 2
        air = sweeping.Air(
            keys[odd], ids[odd], self._starts, self._halves, lanes, sweeping.WEIGHTS, line, reach,
            margin, slack, owner, path, minima.horizontal_m, minima.vertical_m, paths.node_ecef_m,
            paths.node_height_m,
        )  # fmt: skip
        view = sweeping.View(
            look_ahead_s, grid.band_rad, grid.bits, (look_m - widest_m) / 2.0, widest_m,
            float(minima.vertical_m.max()), reach_max_m * (1.0 + 1e-6),
        )  # fmt: skip
        cuts = self._cuts(count)
        if len(cuts) == 1:
            serially = (place, grid.band_max, grid.digits, keys, ids, counts, air, view)
            work = partial(sweeping.search_serially, *serially)
            return _told([self._found(work, 0, count)], air)
        keyed = count >= _DENSE  # below, one thread is as soon done as two are asked
        if keyed:
            self._each(
                lambda cut: kernels.make_keys(
                    place, grid.band_rad, grid.band_max, grid.bits, keys[0], *cut
                ),
                cuts,
            )
        sweeping.arrange(
            place, grid.band_rad, grid.band_max, grid.bits, grid.digits, keys, ids, counts,
            self._starts, int(keyed),
        )  # fmt: skip
        self._each(lambda cut: kernels.gather(ids[odd], line, reach, lanes, *cut), cuts)

        def swept(task: tuple[int, tuple[int, int]]) -> tuple[Ints32, Floats, int]:
            number, cut = task
            work = lambda found_ids, found_s: sweeping.sweep(air, view, found_ids, found_s, *cut)  # noqa: E731
            return self._found(work, number, cut[1] - cut[0])

        return _told(list(self._run(swept, list(enumerate(cuts)))), air)

    def _rows(
        self,
        points: MovingPoints,
        paths: FlownPaths,
        widest_least_m: tuple[float, float],
        look_ahead_s: float,
        count: int,
    ) -> tuple[Floats, Floats32, Floats, Floats]:
        line = self._kept("line", (count, 8), np.float64)
        reach = self._kept("reach", (count, 4), np.float32)
        margin = self._kept("margin", (count,), np.float64)
        place = self._kept("place", (2, count), np.float64)
        given = (
            np.ascontiguousarray(points.position_ecef_m).reshape(-1),
            np.ascontiguousarray(points.velocity_ecef_mps).reshape(-1),
            points.height_m, points.vertical_rate_mps, points.margin_m, points.height_slack_m,
            points.height_group, points.minima_class, look_ahead_s / 2.0,
            *widest_least_m, line, reach, margin, place,
        )  # fmt: skip
        unsound = max(
            self._each(lambda cut: kernels.make_rows(*given, *cut), self._cuts(len(points)))
        )
        if unsound >= 0:
            refuse_row(unsound)
        if len(paths.owner):
            rows = slice(len(points), None)
            ball, reach_m, height_reach_m, margin_m = path_rows(points, paths)
            line[rows], margin[rows] = ball, margin_m
            reach[rows, 0], reach[rows, 1], reach[rows, 2] = reach_m, height_reach_m, reach_m
            reach[rows, 3] = reach[paths.owner, 3]
            across = np.hypot(ball[:, 0], ball[:, 1])
            place[0, rows] = np.arctan2(ball[:, 2], across) + np.pi / 2.0
            place[1, rows] = np.arctan2(ball[:, 1], ball[:, 0]) + np.pi
        return line, reach, margin, place

    def _grid_of(self, look_m: float, *, dense: bool) -> _Grid:
        """The grid of a look; what was worked out for it is kept until the look is another."""
        if self._look != (look_m, dense):
            self._look = look_m, dense
            grid = self._grid = _grid(look_m, dense=dense)
            bands = grid.band_max + grid.ahead + 2
            self._halves = np.full((grid.ahead, bands), sweeping.UNSEEN, np.int32)
            self._starts = np.empty(bands + 1, np.int32)
        return self._grid

    def _whose(self, paths: FlownPaths, points: int) -> tuple[Ints32, Ints32]:
        """Of each row: which point, and which path or -1. Empty where there are no paths."""
        if not len(paths.owner):
            return _NOBODY, _NOBODY
        count = points + len(paths.owner)
        owner = self._kept("owner", (count,), np.int32)
        path = self._kept("path", (count,), np.int32)
        owner[:points] = np.arange(points, dtype=np.int32)
        owner[points:] = paths.owner
        path[:points] = -1
        path[points:] = np.arange(len(paths.owner), dtype=np.int32)
        return owner, path

    def _found(
        self, work: Callable[[Ints32, Floats], int], number: int, rows: int
    ) -> tuple[Ints32, Floats, int]:
        """What a task finds, in room of its own that it keeps."""
        room = 256 + int(rows * _FOUND_PER_ROW)
        while True:
            found_ids = self._kept(f"found ids {number}", (room, 2), np.int32)
            found_s = self._kept(f"found s {number}", (room, 4), np.float64)
            count = work(found_ids, found_s)
            if count <= room:
                return found_ids, found_s, count
            room = count

    def _each(
        self, task: Callable[[tuple[int, int]], Result], cuts: list[tuple[int, int]]
    ) -> list[Result]:
        """What a task gives for each cut of the rows."""
        return [task(cuts[0])] if len(cuts) == 1 else list(self._run(task, cuts))

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
            size_bytes = math.prod(shape) * np.dtype(dtype).itemsize
            raw = np.empty(size_bytes + LINE_BYTES, np.uint8)
            skip = -raw.ctypes.data % LINE_BYTES
            room = self._room[name] = raw[skip : skip + size_bytes].view(dtype).reshape(shape)
        return room


def _grid(look_m: float, *, dense: bool) -> _Grid:
    look_rad = 2.0 * math.asin(min(1.0, look_m / (2.0 * SEMI_MINOR_M)))
    look_rad += 4.0 * kernels.ANGLE_ERROR_RAD
    band_rad = look_rad * 1.0001 / (_BANDS_DENSE if dense else 1)
    band_rad = max(band_rad, math.pi / (1 << BAND_BITS_MAX))
    band_max = int(math.pi / band_rad) + 1
    bits = math.ceil(math.log2(2.0 * math.pi / (look_rad / 8.0)))
    digits = 2 if bits + band_max.bit_length() <= 23 else 3
    bits = min(max(bits, 1), min(KEY_BITS_MAX, digits * kernels.DIGIT_BITS) - band_max.bit_length())
    digits = -(-(bits + band_max.bit_length()) // kernels.DIGIT_BITS)
    return _Grid(band_rad, band_max, bits, digits, math.ceil(look_rad / band_rad) + 1)


def _told(parts: list[tuple[Ints32, Floats, int]], air: sweeping.Air) -> LosingPairs:
    count = sum(found for _, _, found in parts)
    pairs = _nothing(count)
    times_s = np.empty((4, count))
    at = 0
    for found_ids, found_s, found in parts:
        sweeping.tell(
            found_ids, found_s, found, at, air, pairs.first, pairs.second, pairs.along_path,
            times_s, pairs.compared,
        )  # fmt: skip
        at += found
    return pairs._replace(
        time_in_s=times_s[0],
        time_out_s=times_s[1],
        time_cpa_s=times_s[2],
        distance_cpa_m=times_s[3],
    )


def _nothing(count: int = 0) -> LosingPairs:
    """Room for pairs; their figures come later."""
    none = np.empty(0)
    return LosingPairs(
        np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, np.bool_),
        none, none, none, none, np.empty(count, np.bool_),
    )  # fmt: skip


def warm() -> None:
    """Compile what is not in the cache."""
    from comity.domain.geometry.closest_pairs_warming import small_air  # noqa: PLC0415

    points, paths, minima = small_air()
    PairFinder().search(points, paths, minima, 120.0)
