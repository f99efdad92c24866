"""Places by the million, asked while they come and go.

Three stores: the main one, packed; what came since, packed too; and the newest in order of arrival. A
place that is taken out keeps its row, with a reach of NaN that nothing is within, until its store is
packed anew.
"""

import math
from array import array
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from comity.domain.geometry.ellipsoid import SEMI_MINOR_M, Floats, unit_from_degrees
from comity.domain.geometry.kinds import ShapeKind
from comity.domain.geometry.point_rows import (
    POINT_ROW,
    Ints,
    PackedPoints,
    no_points,
    pack_points,
    point_rows,
    table_of,
)
from comity.domain.geometry.point_search import SLACK_M, rows_near_point, rows_near_shape
from comity.domain.geometry.prepared import PreparedShape, Rows
from comity.domain.geometry.prepared import warm as warm_shapes
from comity.domain.geometry.shape import Shape
from comity.kernel.invariants import InvariantError, invariant

RECENT_MAX = 1_024  # in order of latitude, so that a question reads those of its window
FRESH_MAX = 32_768  # packed anew whenever the newest are full: some 5 ms
FRESH_SHARE = 8  # of the main store, before both become one: packing a million takes some 0.3 s
PLAIN_MAX = 2_000  # up to so many, NumPy answers as fast as Numba is loaded

_ROWS = 1 << 32  # in the key of one of the newest, its latitude stands above its row
_MAIN, _FRESH, _RECENT = 0, 1 << 40, 2 << 40
"""Which store a place stands in; its row is added, and tells them apart up to 10¹² places."""
_NOWHERE = -1


_WARM: list[bool] = []  # one entry once compiled code is loaded


def warm() -> None:
    """Load the compiled search, or compile it where the cache has not got it: some seconds."""
    warm_shapes()
    index = PointIndex(plain_max=-1)
    index.put(0, 0.0, 0.0, 0.0)
    index.near_point(0.0, 0.0, 1.0)
    ring = Shape(ShapeKind.RING, (0.0, 0.0, 0.1), (0.0, 0.1, 0.0))
    index.near_shape(ring.prepared, 1.0)
    _WARM.append(True)


class Near(NamedTuple):
    """Places found, in no order.

    Attributes:
        number: the caller's numbers.
        distance_m: least geodesic distance of the question and each place's disc; 0 where they meet.
    """

    number: Sequence[int]
    distance_m: Sequence[float]


_NOTHING = Near((), ())
_NO_ROWS = np.empty(0, POINT_ROW)
Kernel = Callable[..., int]


class PointIndex:
    """Discs around points, by number: the caller's, from 0 up, without great gaps.

    Args:
        plain_max: with more places than this, compiled code is loaded and used. None: with more than
            `PLAIN_MAX`, once `warm` has loaded it; until then NumPy answers the same, slower.
    """

    def __init__(self, plain_max: int | None = None) -> None:
        self._plain_max = plain_max
        self._main, self._fresh = no_points(), no_points()
        self._recent = np.empty(RECENT_MAX, POINT_ROW)
        self._recent_table = table_of(self._recent)
        self._recent_keys = np.empty(RECENT_MAX, np.int64)
        self._recent_count, self._recent_reach_m = 0, 0.0
        self._where = np.full(0, _NOWHERE)
        self._count = 0
        self._near_point: Kernel | None = None  # None: to be looked up, for something changed
        self._rows: Rows | None = None  # all of them for NumPy, by z, until something changes
        self._heights, self._rows_reach_m = np.empty(0), 0.0
        self._near_shape: Kernel = _unloaded
        self._newest_near_point: Kernel = _unloaded
        self._newest_near_shape: Kernel = _unloaded
        self._has_newer = False
        self._make_room(4_096)

    def __len__(self) -> int:
        return self._count

    @property
    def size_bytes(self) -> int:
        """Of its arrays."""
        stores = (self._main, self._fresh)
        packed = sum(each.nbytes for store in stores for each in (store.lines, store.rows))
        return packed + self._recent.nbytes + self._where.nbytes

    @property
    def _plain(self) -> bool:
        if self._plain_max is not None:
            return self._count <= self._plain_max
        return self._count <= PLAIN_MAX or not _WARM

    def load(self, rows: Rows) -> None:
        """Take in many places at once (`point_rows`), in place of everything held."""
        self._main, self._fresh = pack_points(rows), no_points()
        self._recent_count, self._recent_reach_m = 0, 0.0
        self._near_point = self._rows = None
        self._count = len(self._main.rows)
        self._where = np.full(int(rows["number"].max(initial=-1)) + 1, _NOWHERE)
        self._file(_MAIN, self._main)
        invariant(
            int((self._where != _NOWHERE).sum()) == self._count,
            "a number stands twice in the index",
        )

    def put(
        self,
        number: int,
        latitude_deg: float,
        longitude_deg: float,
        reach_m: float,
        from_s: float = -math.inf,
        until_s: float = math.inf,
    ) -> None:
        """Take in one place, in the stead of an older one of that number."""
        self.drop(number)
        if self._recent_count == RECENT_MAX:
            self._fold()
        row = point_rows(
            np.array([latitude_deg]), np.array([longitude_deg]), np.array([reach_m]),
            np.array([from_s]), np.array([until_s]), np.array([number]),
        )  # fmt: skip
        newest = self._recent_count
        self._recent[newest] = row[0]
        key = round(latitude_deg * 1e7) * _ROWS + newest
        keys = self._recent_keys
        after = int(np.searchsorted(keys[:newest], key))
        keys[after + 1 : newest + 1] = keys[after:newest].copy()
        keys[after] = key
        self._recent_reach_m = max(self._recent_reach_m, reach_m)
        self._reach(number + 1)
        self._where[number] = _RECENT + newest
        self._recent_count += 1
        self._count += 1
        self._near_point = self._rows = None

    def put_many(self, rows: Rows) -> None:
        """Take in many places (`point_rows`) of numbers that are not in it: packed at once, not one by one."""
        numbers = rows["number"].astype(np.int64)
        self._reach(int(numbers.max(initial=-1)) + 1)
        invariant(
            bool((self._where[numbers] == _NOWHERE).all()), "places taken in together are new ones"
        )
        self._count += len(rows)
        self._near_point = self._rows = None
        self._fold(rows)

    def drop(self, number: int) -> None:
        """Take a place out; nothing where there is none of that number."""
        place = int(self._where[number]) if number < len(self._where) else _NOWHERE
        if place == _NOWHERE:
            return
        rows = (self._main.rows, self._fresh.rows, self._recent)[place >> 40]
        rows["reach_m"][place & (_FRESH - 1)] = math.nan
        self._where[number] = _NOWHERE
        self._count -= 1
        self._near_point = self._rows = None

    def near_point(
        self,
        latitude_deg: float,
        longitude_deg: float,
        radius_m: float,
        from_s: float = -math.inf,
        until_s: float = math.inf,
    ) -> Near:
        """Places of which something is within a radius of a point, at some time of a window.

        One-sided: none is left out that a geodesic of WGS 84 brings within the radius, and none is
        told that is farther than 1 cm beyond it.
        """
        near = self._near_point or self._ready()
        if near is None:
            point = unit_from_degrees(np.array([latitude_deg]), np.array([longitude_deg]))[0]
            about = self._about(float(point[2]), radius_m)
            return _listed(*rows_near_point(about, point, radius_m, from_s, until_s))
        main = self._main
        count = near(
            main.lines, main.table, latitude_deg, longitude_deg, radius_m, from_s, until_s,
            self._numbers, self._distance_m, 0,
        )  # fmt: skip
        if self._has_newer:
            asked = (
                latitude_deg, longitude_deg, radius_m, from_s, until_s, self._numbers, self._distance_m,
            )  # fmt: skip
            count = self._newer(self._newest_near_point, near, asked, count)
        if count == 0:
            return _NOTHING
        if count > len(self._numbers):
            self._make_room(2 * count)
            return self.near_point(latitude_deg, longitude_deg, radius_m, from_s, until_s)
        return Near(self._number_room[:count].tolist(), self._distance_room[:count].tolist())

    def near_shape(
        self,
        shape: PreparedShape,
        radius_m: float,
        from_s: float = -math.inf,
        until_s: float = math.inf,
    ) -> Near:
        """As `near_point`, of a shape with its own radius; none is told that is 0.3 m beyond it."""
        if self._near_point is None and self._ready() is None:
            return _listed(*rows_near_shape(self._all(), shape, radius_m, from_s, until_s))
        near, main = self._near_shape, self._main
        count = near(
            main.lines, main.table, shape.points, shape.centre, shape.ring, shape.reach_m,
            radius_m + shape.radius_m, from_s, until_s, self._numbers, self._distance_m, 0,
        )  # fmt: skip
        if self._has_newer:
            asked = (
                shape.points, shape.centre, shape.ring, shape.reach_m, radius_m + shape.radius_m,
                from_s, until_s, self._numbers, self._distance_m,
            )  # fmt: skip
            count = self._newer(self._newest_near_shape, near, asked, count)
        if count == 0:
            return _NOTHING
        if count > len(self._numbers):
            self._make_room(2 * count)
            return self.near_shape(shape, radius_m, from_s, until_s)
        return Near(self._number_room[:count].tolist(), self._distance_room[:count].tolist())

    def _newer(self, newest: Kernel, near: Kernel, asked: tuple[Any, ...], count: int) -> int:
        """Add what came since the main store was packed."""
        fresh, recent = self._fresh, self._recent_count
        if len(fresh.rows):
            count = near(fresh.lines, fresh.table, *asked, count)
        if recent:
            keys = self._recent_keys[:recent]
            count = newest(self._recent_table, keys, self._recent_reach_m, *asked, count)
        return count

    def _ready(self) -> Kernel | None:
        """Compiled code to ask with, until something changes; None: NumPy answers."""
        if self._plain:
            return None
        from comity.domain.geometry import point_kernels  # noqa: PLC0415  Numba

        self._near_point, self._near_shape = point_kernels.near_point, point_kernels.near_shape
        self._newest_near_point = point_kernels.newest_near_point
        self._newest_near_shape = point_kernels.newest_near_shape
        self._has_newer = bool(len(self._fresh.rows) or self._recent_count)
        return self._near_point

    def _make_room(self, count: int) -> None:
        """Room for so many to be found; Python makes lists of an `array` in less time than of NumPy's."""
        self._number_room, self._distance_room = array("q", [0] * count), array("d", [0.0] * count)
        self._numbers = np.frombuffer(self._number_room, np.int64)
        self._distance_m = np.frombuffer(self._distance_room, np.float64)

    def _all(self) -> Rows:
        if self._rows is None:
            recent = self._recent[: self._recent_count]
            rows = np.concatenate([self._main.rows, self._fresh.rows, recent])
            self._rows = rows[np.argsort(rows["z"])]
            self._heights = np.ascontiguousarray(self._rows["z"])
            self._rows_reach_m = float(np.fmax.reduce(rows["reach_m"], initial=0.0))
        return self._rows

    def _about(self, z: float, radius_m: float) -> Rows:
        """Those as high above the equator's plane, within a radius: no way is shorter than the difference."""
        rows = self._all()
        span = (radius_m + self._rows_reach_m + SLACK_M) / SEMI_MINOR_M
        first, last = np.searchsorted(self._heights, (z - span, z + span))
        about: Rows = rows[first : last + 1]
        return about

    def _reach(self, count: int) -> None:
        """Room for numbers below a count."""
        if count > len(self._where):
            more = np.full(max(count, 2 * len(self._where)) - len(self._where), _NOWHERE)
            self._where = np.concatenate([self._where, more])

    def _fold(self, more: Rows = _NO_ROWS) -> None:
        """Pack the newest, and more, with what came before them, and all of it where it has grown."""
        newest = self._recent[: self._recent_count]
        fresh = pack_points(np.concatenate([self._fresh.rows, newest, more]))
        self._recent_count, self._recent_reach_m = 0, 0.0
        if len(fresh.rows) > max(FRESH_MAX, len(self._main.rows) // FRESH_SHARE):
            self._main = pack_points(np.concatenate([self._main.rows, fresh.rows]))
            fresh = no_points()
            self._file(_MAIN, self._main)
        self._fresh = fresh
        self._file(_FRESH, fresh)

    def _file(self, store: int, packed: PackedPoints) -> None:
        self._where[packed.rows["number"].astype(np.int64)] = store + np.arange(len(packed.rows))


def _listed(number: Ints, distance_m: Floats) -> Near:
    return Near(number.tolist(), distance_m.tolist())


def _unloaded(*asked: object) -> int:
    raise InvariantError(f"compiled code is asked before it is loaded, with {len(asked)} values")
