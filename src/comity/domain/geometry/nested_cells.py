"""Cells of the ellipsoid by halving: a cell of one level lies in one cell of every coarser level.

Whoever is told a cell, and the coarser ones around it, learns no more than the finest of them tells: no
intersection narrows it. Integers decide which cell a point is in, so that all nodes find the same.
"""

import math
from dataclasses import dataclass

from comity.domain.geometry.ellipsoid import (
    CURVATURE_RADIUS_M_MAX,
    CURVATURE_RADIUS_M_MIN,
    ECCENTRICITY_SQUARED,
    SEMI_MAJOR_M,
)
from comity.kernel.errors import InputError
from comity.kernel.units import E7_PER_DEGREE

CELL_LEVEL_FINEST = 17  # half a turn in 2^17: cells 152 m high
CELL_LEVEL_COARSEST = 9  # 38.9 km high, a band of 0.35 degrees
LATITUDE_E7_MAX = 900_000_000
LONGITUDE_E7_MAX = 1_800_000_000

_TURN_E7 = 2 * LONGITUDE_E7_MAX
_HALF_E7 = 2 * LATITUDE_E7_MAX
_HEIGHT_M = math.pi * CURVATURE_RADIUS_M_MIN  # of all latitudes together, at the least
_BANDS = 1 << CELL_LEVEL_COARSEST
_ROUNDED_M = 1.0  # middle and edges are rounded to 1e-7 degrees, 11 mm each


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: rows from the south, columns from ±180° eastwards.

    A cap around a pole, one band of the coarsest level high, is one cell at every level: row -1 in the
    south, and one beyond the last in the north, column 0.

    Raises:
        InputError: there is no such cell.
    """

    level: int
    row: int
    column: int

    def __post_init__(self) -> None:
        if not CELL_LEVEL_COARSEST <= self.level <= CELL_LEVEL_FINEST:
            why = f"{self.level} is not within {CELL_LEVEL_COARSEST} to {CELL_LEVEL_FINEST}"
            raise InputError("level", why)
        rows = 1 << self.level
        if self.is_cap:
            if self.column != 0:
                raise InputError("column", f"{self.column}; a cap has column 0 alone")
            return
        if not 0 <= self.row < rows or self._band in (0, _BANDS - 1):
            raise InputError("row", f"{self.row} is no row of level {self.level}")
        columns = columns_of(self.level, self._band)
        if not 0 <= self.column < columns:
            raise InputError("column", f"{self.column} is not within 0 to {columns - 1}")

    @property
    def is_cap(self) -> bool:
        """Whether it is all there is around a pole."""
        return self.row in (-1, 1 << self.level)

    @property
    def _band(self) -> int:
        return self.row >> (self.level - CELL_LEVEL_COARSEST)


@dataclass(frozen=True, slots=True)
class CellBox:
    """Least and greatest latitude and longitude of a cell, degrees; whole turns for a cap."""

    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float


@dataclass(frozen=True, slots=True)
class CellDisc:
    """A disc on the surface that holds a cell and everything within the cell's margin of it."""

    latitude_deg: float
    longitude_deg: float
    radius_m: float


def cell_of(latitude_e7: int, longitude_e7: int, level: int) -> Cell:
    """The cell that a point is in; on an edge, the one to the north or east.

    Raises:
        InputError: no such level, or no such point.
    """
    if not -LATITUDE_E7_MAX <= latitude_e7 <= LATITUDE_E7_MAX:
        raise InputError("latitude_deg_e7", f"{latitude_e7} is beyond a pole")
    if not -LONGITUDE_E7_MAX <= longitude_e7 <= LONGITUDE_E7_MAX:
        raise InputError("longitude_deg_e7", f"{longitude_e7} is beyond half a turn")
    if not CELL_LEVEL_COARSEST <= level <= CELL_LEVEL_FINEST:
        raise InputError("level", f"{level}: {CELL_LEVEL_COARSEST} to {CELL_LEVEL_FINEST}")
    rows = 1 << level
    row = min((latitude_e7 + LATITUDE_E7_MAX) * rows // _HALF_E7, rows - 1)
    band = row >> (level - CELL_LEVEL_COARSEST)
    if band == 0:
        return Cell(level, -1, 0)
    if band == _BANDS - 1:
        return Cell(level, rows, 0)
    turned = (longitude_e7 + LONGITUDE_E7_MAX) % _TURN_E7
    return Cell(level, row, turned * columns_of(level, band) // _TURN_E7)


def coarser(cell: Cell, level: int) -> Cell:
    """The cell of a coarser level, or of its own, that a cell lies in.

    Raises:
        InputError: a finer level is asked for.
    """
    if level > cell.level:
        raise InputError("level", f"{level} is finer than {cell.level}, which is all that is known")
    steps = cell.level - level
    if cell.is_cap:
        return Cell(level, -1 if cell.row < 0 else 1 << level, 0)
    band = cell.row >> (cell.level - CELL_LEVEL_COARSEST)
    column = cell.column * columns_of(level, band) // columns_of(cell.level, band)
    return Cell(level, cell.row >> steps, column)


def cells_overlap(a: Cell, b: Cell) -> bool:
    """Whether one of two cells lies in the other; cells that only touch do not overlap."""
    level = min(a.level, b.level)
    return coarser(a, level) == coarser(b, level)


def cell_count_within(cell: Cell, level: int) -> int:
    """How many cells of a finer level, or of its own, a cell is made of: its k.

    Raises:
        InputError: a coarser level is asked for.
    """
    if level < cell.level:
        raise InputError("level", f"{level} is coarser than {cell.level}")
    if cell.is_cap:
        return 1  # a cap is one cell at every level
    band = cell.row >> (cell.level - CELL_LEVEL_COARSEST)
    across = columns_of(level, band) // columns_of(cell.level, band)
    return int(across << (level - cell.level))


def cell_margin_m(level: int) -> float:
    """How far something may reach beyond its point and still be told by a cell of a level."""
    return _HEIGHT_M / (2 << level)


def cell_box(cell: Cell) -> CellBox:
    """Latitudes and longitudes of a cell."""
    high_deg = 180.0 / (1 << CELL_LEVEL_COARSEST)
    if cell.is_cap:
        south_deg = -90.0 if cell.row < 0 else 90.0 - high_deg
        return CellBox(south_deg, -180.0, south_deg + high_deg, 180.0)
    high_deg = 180.0 / (1 << cell.level)
    band = cell.row >> (cell.level - CELL_LEVEL_COARSEST)
    wide_deg = 360.0 / columns_of(cell.level, band)
    south_deg, west_deg = -90.0 + cell.row * high_deg, -180.0 + cell.column * wide_deg
    return CellBox(south_deg, west_deg, south_deg + high_deg, west_deg + wide_deg)


def cell_disc(cell: Cell) -> CellDisc:
    """The disc that stands for a cell: it holds the cell and its margin around it.

    From the middle of the cell to any point of it: along the meridian at most half its height, then along
    the parallel at most half its width where it is widest. No geodesic is longer than that way.
    """
    box = cell_box(cell)
    if cell.is_cap:
        way_m = math.radians(box.north_deg - box.south_deg) * CURVATURE_RADIUS_M_MAX
        latitude_deg, longitude_deg = math.copysign(90.0, box.south_deg), 0.0
    else:
        latitude_deg = _rounded((box.south_deg + box.north_deg) / 2.0)
        longitude_deg = _rounded((box.west_deg + box.east_deg) / 2.0)
        across = box.south_deg < 0.0 < box.north_deg
        nearest_deg = 0.0 if across else min(abs(box.south_deg), abs(box.north_deg))
        wide_m = math.radians(box.east_deg - box.west_deg) * parallel_radius_m(nearest_deg)
        high_m = math.radians(box.north_deg - box.south_deg) * CURVATURE_RADIUS_M_MAX
        way_m = (high_m + wide_m) / 2.0
    return CellDisc(latitude_deg, longitude_deg, way_m + cell_margin_m(cell.level) + _ROUNDED_M)


def parallel_radius_m(latitude_deg: float) -> float:
    """Radius of the parallel of a geodetic latitude."""
    sine = math.sin(math.radians(latitude_deg))
    normal_m = SEMI_MAJOR_M / math.sqrt(1.0 - ECCENTRICITY_SQUARED * sine * sine)
    return normal_m * math.cos(math.radians(latitude_deg))


def columns_of(level: int, band: int) -> int:
    """Columns of a level in a band of the coarsest level: a power of two, each at least as wide as high."""
    high_deg = 180.0 / _BANDS
    south_deg = -90.0 + band * high_deg
    farthest_deg = max(abs(south_deg), abs(south_deg + high_deg))
    # a parallel at latitude φ is at least 2π·a·cos φ long; half a meridian at least _HEIGHT_M
    ratio = 2.0 * math.pi * SEMI_MAJOR_M * math.cos(math.radians(farthest_deg)) / _HEIGHT_M
    return int(2 ** math.floor(math.log2(ratio * 2**level)))


def _rounded(degrees: float) -> float:
    return round(degrees * E7_PER_DEGREE) / E7_PER_DEGREE
