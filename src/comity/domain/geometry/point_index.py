"""Places by the million, asked while they come and go.

Three stores: the main one, packed; what came since, packed too; and the newest in order of arrival. A
place that is taken out keeps its row, with a reach of NaN that nothing is within, until its store is
packed anew.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from comity.domain.geometry.ellipsoid import (
    SEMI_MAJOR_M,
    SEMI_MINOR_M,
    Floats,
    unit_from_degrees,
)
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
from comity.domain.geometry.point_search import rows_near_point, rows_near_shape
from comity.domain.geometry.prepared import PreparedShape, Rows
from comity.domain.geometry.shape import Shape
from comity.kernel.invariants import invariant

RECENT_MAX = 1_024  # in order of latitude, so that a question reads those of its window
FRESH_MAX = 32_768  # packed anew whenever the newest are full: some 5 ms
FRESH_SHARE = 8  # of the main store, before both become one: packing a million takes some 0.3 s
PLAIN_MAX = 2_000  # up to so many, NumPy answers as fast as Numba is loaded

_NO_LINE = np.empty((0, 3))
_ROWS = 1 << 32  # in the key of one of the newest, its latitude stands above its row
_MAIN, _FRESH, _RECENT = 0, 1 << 40, 2 << 40
"""Which store a place stands in; its row is added, and tells them apart up to 10¹² places."""
_NOWHERE = -1


_WARM: list[bool] = []  # one entry once compiled code is loaded


def warm() -> None:
    """Load the compiled search, or compile it where the cache has not got it: some seconds."""
    index = PointIndex(plain_max=-1)
    index.put(0, 0.0, 0.0, 0.0)
    index.near_point(0.0, 0.0, 1.0)
    ring = Shape(ShapeKind.RING, (0.0, 0.0, 0.1), (0.0, 0.1, 0.0))
    index.near_shape(ring.prepared, 1.0)
    _WARM.append(True)


class Near(NamedTuple):
    """Places found, in no order.

    Attributes:
        number: (H,) the caller's numbers.
        distance_m: (H,) least geodesic distance of the question and the place's disc; 0 where they meet.
    """

    number: Ints
    distance_m: Floats


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
        self._kernels: tuple[Callable[..., int], Callable[..., int]] | None = None
        self._numbers = np.empty(4_096, np.int64)
        self._distance_m = np.empty(4_096)

    def __len__(self) -> int:
        return self._count

    @property
    def size_bytes(self) -> int:
        """Of its arrays."""
        stores = (self._main, self._fresh)
        packed = sum(array.nbytes for store in stores for array in store[:4])
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
        if number >= len(self._where):
            more = np.full(max(number + 1, 2 * len(self._where)) - len(self._where), _NOWHERE)
            self._where = np.concatenate([self._where, more])
        self._where[number] = _RECENT + newest
        self._recent_count += 1
        self._count += 1

    def drop(self, number: int) -> None:
        """Take a place out; nothing where there is none of that number."""
        place = int(self._where[number]) if number < len(self._where) else _NOWHERE
        if place == _NOWHERE:
            return
        rows = (self._main.rows, self._fresh.rows, self._recent)[place >> 40]
        rows["reach_m"][place & (_FRESH - 1)] = math.nan
        self._where[number] = _NOWHERE
        self._count -= 1

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
        if self._plain:
            point = unit_from_degrees(np.array([latitude_deg]), np.array([longitude_deg]))[0]
            return Near(*rows_near_point(self._all(), point, radius_m, from_s, until_s))
        return self._compiled(latitude_deg, longitude_deg, radius_m, from_s, until_s)

    def near_shape(
        self,
        shape: PreparedShape,
        radius_m: float,
        from_s: float = -math.inf,
        until_s: float = math.inf,
    ) -> Near:
        """As `near_point`, of a shape with its own radius; none is told that is 0.3 m beyond it."""
        if self._plain:
            return Near(*rows_near_shape(self._all(), shape, radius_m, from_s, until_s))
        x, y, z = shape.centre.tolist()
        latitude = math.atan2(SEMI_MAJOR_M * z, SEMI_MINOR_M * math.hypot(x, y))
        return self._compiled(
            math.degrees(latitude), math.degrees(math.atan2(y, x)), radius_m + shape.radius_m,
            from_s, until_s, shape.points, shape.ring, shape.reach_m,
        )  # fmt: skip

    def _compiled(
        self,
        latitude_deg: float,
        longitude_deg: float,
        radius_m: float,
        from_s: float,
        until_s: float,
        points: Floats = _NO_LINE,
        ring: bool = False,
        ball_m: float = 0.0,
    ) -> Near:
        near, near_newest = self._kernels or self._loaded()
        numbers, distance_m = self._numbers, self._distance_m
        asked = (
            points, ring, latitude_deg, longitude_deg, ball_m, radius_m, from_s, until_s,
            numbers, distance_m,
        )  # fmt: skip
        main, fresh, recent = self._main, self._fresh, self._recent_count
        count = near(main.tiers, main.starts, main.longitude_e7, main.table, *asked, 0)
        if len(fresh.rows):
            count = near(fresh.tiers, fresh.starts, fresh.longitude_e7, fresh.table, *asked, count)
        if recent:
            keys = self._recent_keys[:recent]
            count = near_newest(self._recent_table, keys, self._recent_reach_m, *asked, count)
        if count > len(numbers):
            self._numbers, self._distance_m = np.empty(2 * count, np.int64), np.empty(2 * count)
            return self._compiled(
                latitude_deg, longitude_deg, radius_m, from_s, until_s, points, ring, ball_m
            )
        return Near(numbers[:count].copy(), distance_m[:count].copy())

    def _loaded(self) -> tuple[Callable[..., int], Callable[..., int]]:
        from comity.domain.geometry.point_kernels import near, near_newest  # noqa: PLC0415  Numba

        self._kernels = near, near_newest
        return self._kernels

    def _all(self) -> Rows:
        recent = self._recent[: self._recent_count]
        rows: Rows = np.concatenate([self._main.rows, self._fresh.rows, recent])
        return rows

    def _fold(self) -> None:
        """Pack the newest with what came before them, and all of it where it has grown."""
        newest = self._recent[: self._recent_count]
        fresh = pack_points(np.concatenate([self._fresh.rows, newest]))
        self._recent_count, self._recent_reach_m = 0, 0.0
        if len(fresh.rows) > max(FRESH_MAX, len(self._main.rows) // FRESH_SHARE):
            self._main = pack_points(np.concatenate([self._main.rows, fresh.rows]))
            fresh = no_points()
            self._file(_MAIN, self._main)
        self._fresh = fresh
        self._file(_FRESH, fresh)

    def _file(self, store: int, packed: PackedPoints) -> None:
        self._where[packed.rows["number"].astype(np.int64)] = store + np.arange(len(packed.rows))
