"""Places as discs around points, and how they are packed to be asked by the million.

A place is a point of the ellipsoid with a reach: everything of it is within the reach of the point. Rows
are sorted by bands of latitude, and in a band by longitude; a question walks the bands of its window.
Places of very different reach stand in different tiers, so that one wide place does not widen the
window of all the small ones.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.ellipsoid import Floats, degrees_from_unit, unit_from_degrees
from comity.domain.geometry.prepared import Rows

Ints = NDArray[np.int64]

POINT_ROW = np.dtype(
    [
        ("x", np.float64),
        ("y", np.float64),
        ("z", np.float64),
        ("reach_m", np.float64),
        ("from_s", np.float64),
        ("until_s", np.float64),
        ("number", np.float64),
        ("longitude_e7", np.float64),
    ]
)
"""One place: unit vector, reach (NaN: taken out), when it counts, the caller's number (below 2⁵³).

One line of cache, and of one type, so that kernels take it as a table of eight columns: Numba takes a
microsecond to look at an array of records each time it is called.
"""

TIER_REACH_M = (500.0, 8_000.0, np.inf)
TIER_HEIGHT_DEG = (0.01, 0.1, 2.0)
"""Bands about as high as a window of that tier, 1.1, 11 and 220 km: three or four are walked."""

TIERS = len(TIER_REACH_M)
TIER_BANDS = tuple(int(180.0 / height) for height in TIER_HEIGHT_DEG)
TIER_FIRST = tuple(sum(TIER_BANDS[:tier]) + tier for tier in range(TIERS))
STARTS = sum(TIER_BANDS) + TIERS
"""Bands of each tier, the place of its first among the starts, and how many starts there are."""

E7 = 1e7
_NO_ROWS = np.empty(0, POINT_ROW)


class PackedPoints(NamedTuple):
    """Places in a form that compiled kernels take, in as few arrays as will do: each costs 50 ns a call.

    Attributes:
        lines: the greatest reach of each tier (whole millimetres, upwards; -1: nothing in it); the first row
            of each band of each tier, and one more a tier; and of each row its longitude in whole 1e-7
            degrees, ascending within a band.
        rows: (N,) of `POINT_ROW`.
        table: (N, 8) the same memory as the rows.
    """

    lines: NDArray[np.int32]
    rows: Rows
    table: Floats


def point_rows(
    latitude_deg: Floats,
    longitude_deg: Floats,
    reach_m: Floats,
    from_s: Floats,
    until_s: Floats,
    number: Ints,
) -> Rows:
    """Rows of places, in the order given.

    Args:
        latitude_deg: (N,) geodetic; rounded to 1e-7 degree, as records carry them.
        longitude_deg: (N,).
        reach_m: (N,) everything of the place is within it of the point.
        from_s: (N,) POSIX seconds from which the place counts; -inf: always did.
        until_s: (N,) to which; inf: without end.
        number: (N,) the caller's; each once.

    Raises:
        ValueError: shapes differ, or a position or reach is not finite.
    """
    rows = np.empty(len(number), POINT_ROW)
    latitude_e7 = np.rint(np.asarray(latitude_deg) * E7)
    longitude_e7 = np.rint(np.asarray(longitude_deg) * E7)
    finite = np.isfinite(latitude_e7) & np.isfinite(longitude_e7) & np.isfinite(reach_m)
    if not finite.all():
        raise ValueError("a position or a reach is not finite")
    unit = unit_from_degrees(latitude_e7 / E7, longitude_e7 / E7)
    rows["x"], rows["y"], rows["z"] = unit.T
    rows["reach_m"], rows["from_s"], rows["until_s"] = reach_m, from_s, until_s
    rows["number"] = number
    rows["longitude_e7"] = longitude_e7
    return rows


def table_of(rows: Rows) -> Floats:
    """The rows as a table of eight columns: the same memory."""
    table: Floats = rows.view(np.float64).reshape(-1, len(POINT_ROW.names or ()))
    return table


def pack_points(rows: Rows) -> PackedPoints:
    """Sort rows into tiers and bands; rows that were taken out are left behind."""
    rows = rows[~np.isnan(rows["reach_m"])]
    tier = np.searchsorted(TIER_REACH_M, rows["reach_m"])
    height = np.asarray(TIER_HEIGHT_DEG)[tier]
    latitude_deg, _ = degrees_from_unit(table_of(rows)[:, :3])
    band = np.floor((latitude_deg + 90.0) / height).astype(np.int64)
    band = np.clip(band, 0, np.asarray(TIER_BANDS)[tier] - 1) + np.asarray(TIER_FIRST)[tier]
    longitude_e7 = rows["longitude_e7"].astype(np.int32)
    order = np.argsort((band << 32) + (longitude_e7.astype(np.int64) + (1 << 31)), kind="stable")
    rows, band, tier = rows[order], band[order], tier[order]
    reach_mm = [
        math.ceil(rows["reach_m"][tier == each].max(initial=-1e-3) * 1e3) for each in range(TIERS)
    ]
    starts = np.searchsorted(band, np.arange(STARTS))
    lines = np.concatenate([reach_mm, starts, longitude_e7[order]]).astype(np.int32)
    return PackedPoints(lines, rows, table_of(rows))


def no_points() -> PackedPoints:
    """Nothing, packed."""
    return pack_points(_NO_ROWS)
