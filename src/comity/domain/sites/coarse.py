"""The coarse form of a place: a disc that holds it and tells no more than which cell it is in.

The sphere of latitudes and longitudes is cut into cells by halving, level by level, so that a cell of one
level lies in one cell of every coarser level. What a recipient gets is made of the cell alone: every place
of one cell has the same disc, and each coarser disc can be computed from a finer one. So all discs of one
place together tell what the finest tells, and no intersection of them narrows it (docs/spec/site.md §6).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from comity.domain.geometry import Shape, ShapeKind, degrees_from_unit, nearest
from comity.domain.geometry.distance import surface_lengths_m
from comity.domain.geometry.ellipsoid import (
    CURVATURE_RADIUS_M_MAX,
    CURVATURE_RADIUS_M_MIN,
    ECCENTRICITY_SQUARED,
    SEMI_MAJOR_M,
    SEMI_MINOR_M,
    unit_from_degrees,
)
from comity.domain.sites.place import (
    LATITUDE_E7_MAX,
    LONGITUDE_E7_MAX,
    Disc,
    Place,
    PlaceDatum,
    point_place,
)
from comity.kernel.errors import InputError
from comity.kernel.invariants import invariant
from comity.kernel.units import E7_PER_DEGREE, MM_PER_METRE

LEVEL_FINEST: Final = 17  # half a turn in 2^17: cells 151 m high
LEVEL_COARSEST: Final = 9  # 38.9 km high, a band of 0.35°; its discs reach at most some 100 km
PRECISION_MM_MAX: Final = 38_800_000
"""The coarsest that can be asked for."""

_TURN_E7 = 2 * LONGITUDE_E7_MAX
_HALF_E7 = 2 * LATITUDE_E7_MAX
_HEIGHT_M = math.pi * CURVATURE_RADIUS_M_MIN  # of all latitudes together, at the least
_NEAR_COSINE = 0.997  # within 490 km, where `surface_lengths_m` is proved


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its row and column at a level, rows from the south, columns from ±180° eastwards.

    The caps around the poles, one band of the coarsest level high, are one cell each at every level: row
    -1 in the south, and one beyond the last in the north.
    """

    level: int
    row: int
    column: int

    @property
    def is_cap(self) -> bool:
        """Whether it is all there is around a pole."""
        return self.row == -1 or self.row == 1 << self.level


def level_of(precision_mm: int) -> int:
    """The finest level whose cells are at least so high and so wide.

    Raises:
        InputError: nothing, or coarser than the coarsest.
    """
    if not 0 < precision_mm <= PRECISION_MM_MAX:
        raise InputError("precision_mm", f"{precision_mm} is outside 1 to {PRECISION_MM_MAX}")
    for level in range(LEVEL_FINEST, LEVEL_COARSEST - 1, -1):
        if _HEIGHT_M / 2**level * MM_PER_METRE >= precision_mm:
            return level
    invariant(condition=False, why="the coarsest level is as high as the coarsest precision")
    return LEVEL_COARSEST


def cell_of(latitude_e7: int, longitude_e7: int, level: int) -> Cell:
    """The cell that a point is in; on an edge, the one to the north or east."""
    rows = 1 << level
    row = min((latitude_e7 + LATITUDE_E7_MAX) * rows // _HALF_E7, rows - 1)
    band = row >> (level - LEVEL_COARSEST)
    if band == 0:
        return Cell(level, -1, 0)
    if band == (1 << LEVEL_COARSEST) - 1:
        return Cell(level, rows, 0)
    columns = _columns(level, band)
    turned = (longitude_e7 + LONGITUDE_E7_MAX) % _TURN_E7
    return Cell(level, row, turned * columns // _TURN_E7)


def cells_around(shape: Shape, around_m: float, count_max: int) -> tuple[Cell, ...]:
    """Every cell of the coarsest level that a shape, widened, may meet (over-approximates by some hundred metres).

    Raises:
        InputError: they may be more than `count_max`.
    """
    middle = shape.prepared
    latitude_deg, _ = (float(each) for each in degrees_from_unit(middle.centre))
    reach_m = middle.reach_m * 1.6 + shape.radius_m + around_m  # over a surface, not straight
    high_m = _HEIGHT_M / 2**LEVEL_COARSEST
    high_deg = 180.0 / 2**LEVEL_COARSEST
    rows = math.ceil(reach_m / high_m) + 1
    middle_row = math.floor((latitude_deg + 90.0) / high_deg)
    found: dict[Cell, None] = {}
    for row in range(
        max(0, middle_row - rows), min((1 << LEVEL_COARSEST) - 1, middle_row + rows) + 1
    ):
        for cell in _cells_of_row(row, shape, around_m):
            found[cell] = None
            if len(found) > count_max:
                why = f"meets more than {count_max} cells of some 39 km; cut it into parts"
                raise InputError("areas", why)
    return tuple(found)


def cell_disc(row: int, column: int) -> Disc:
    """A disc that holds every place of a cell of the coarsest level."""
    return disc_of(Cell(LEVEL_COARSEST, row, column)).disc()


def _cells_of_row(row: int, shape: Shape, around_m: float) -> Iterator[Cell]:
    """Cells of one band that a widened shape may meet."""
    south_e7 = -LATITUDE_E7_MAX + row * _HALF_E7 // (1 << LEVEL_COARSEST)
    middle_e7 = south_e7 + _HALF_E7 // (2 << LEVEL_COARSEST)
    first = cell_of(middle_e7, 0, LEVEL_COARSEST)
    if first.is_cap:
        columns = [0]
    else:
        count = _columns(LEVEL_COARSEST, row)
        longitudes = np.arange(count) * 360.0 / count - 180.0 + 180.0 / count
        units = unit_from_degrees(np.full(count, middle_e7 / E7_PER_DEGREE), longitudes)
        straight_m = SEMI_MINOR_M * np.sqrt(((units - shape.prepared.centre) ** 2).sum(axis=1))
        disc_m = disc_of(Cell(LEVEL_COARSEST, row, 0)).radius_mm / MM_PER_METRE
        least_m = shape.prepared.reach_m + shape.radius_m + around_m + disc_m
        columns = np.flatnonzero(straight_m <= least_m).tolist()
    for column in columns:
        cell = Cell(LEVEL_COARSEST, first.row, column)
        drawn, slack_m = _drawn(cell)
        reach_m = shape.radius_m + drawn.radius_m + around_m + slack_m
        if nearest(shape.prepared, drawn.prepared, reach_m) is not None:
            yield cell


def _drawn(cell: Cell) -> tuple[Shape, float]:
    """A cell as a ring of its corners, or a cap as a disc, and how far it may lie beyond what is drawn."""
    if cell.is_cap:
        return disc_of(cell).shape, 0.0
    south_deg, north_deg, west_e7, east_e7 = _bounds(cell)
    west_deg, east_deg = west_e7 / E7_PER_DEGREE, min(east_e7 / E7_PER_DEGREE, 180.0)
    corners = (south_deg, south_deg, north_deg, north_deg)
    ring = Shape(ShapeKind.RING, corners, (west_deg, east_deg, east_deg, west_deg))
    farthest = math.radians(max(abs(south_deg), abs(north_deg)))
    wide_m = math.radians(east_deg - west_deg) * SEMI_MAJOR_M * math.cos(farthest)
    # a parallel bulges beyond the geodesic between its ends by w² tan φ / 8R
    return ring, 1.2 * wide_m * wide_m * math.tan(farthest) / (8.0 * CURVATURE_RADIUS_M_MIN) + 10.0


def margin_m(level: int) -> float:
    """How far a place, its error included, may reach from its point to be shown at a level."""
    return _HEIGHT_M / (2 << level)


def disc_of(cell: Cell) -> Place:
    """The disc that stands for a cell: it holds every place whose point is in the cell.

    From the middle of the cell to any point of it: along the meridian at most half its height, then along
    the parallel at most half its width where it is widest. No geodesic is longer than that way. A place
    reaches at most the margin beyond its point.
    """
    if cell.is_cap:
        latitude_e7 = -LATITUDE_E7_MAX if cell.row < 0 else LATITUDE_E7_MAX
        way_m = math.radians(180.0 / 2**LEVEL_COARSEST) * CURVATURE_RADIUS_M_MAX
        longitude_e7 = 0
    else:
        south_deg, north_deg, west_e7, east_e7 = _bounds(cell)
        latitude_e7 = round((south_deg + north_deg) / 2.0 * E7_PER_DEGREE)
        longitude_e7 = round((west_e7 + east_e7) / 2.0)
        nearest_deg = 0.0 if south_deg < 0.0 < north_deg else min(abs(south_deg), abs(north_deg))
        sine = math.sin(math.radians(nearest_deg))
        parallel_m = SEMI_MAJOR_M / math.sqrt(1.0 - ECCENTRICITY_SQUARED * sine * sine)
        parallel_m *= math.cos(math.radians(nearest_deg))
        wide_m = math.radians((east_e7 - west_e7) / E7_PER_DEGREE) * parallel_m
        high_m = math.radians(north_deg - south_deg) * CURVATURE_RADIUS_M_MAX
        way_m = (high_m + wide_m) / 2.0
    # 1 m: the middle and the edges are rounded to 1e-7 degrees, 11 mm each
    radius_mm = math.ceil((way_m + margin_m(cell.level) + 1.0) * MM_PER_METRE)
    return point_place(latitude_e7, longitude_e7, 0, PlaceDatum.WGS84, radius_mm)


def coarse_form(places: Sequence[Disc], precision_mm: int) -> Place | None:
    """The coarse form of the last of a site's places; None where it is too wide for the coarsest.

    A place that reaches beyond a level's margin is shown at the next coarser one that holds it. The cell of
    an earlier place stays as long as its disc holds the new one, so that a position that is measured
    again and again, on both sides of an edge, does not show that the edge is near.

    Args:
        places: discs that hold the site's places, with their errors, oldest first; the last one counts.
        precision_mm: cells are at least so high and so wide.

    Raises:
        InputError: the precision is out of bounds.
    """
    level = level_of(precision_mm)
    while places[-1].radius_m > margin_m(level):
        level -= 1
        if level < LEVEL_COARSEST:
            return None
    form = disc_of(_cell_at(places[0], level))
    for place in places[1:]:
        if not holds(form, place):
            form = disc_of(_cell_at(place, level))
    return form


def holds(form: Place, place: Disc) -> bool:
    """Whether a disc holds all of another, by the geodesic between their middles and 1 m of slack."""
    middle = form.disc()
    latitude_deg = np.array([middle.latitude_deg, place.latitude_deg])
    unit = unit_from_degrees(latitude_deg, np.array([middle.longitude_deg, place.longitude_deg]))
    if float(unit[0] @ unit[1]) < _NEAR_COSINE:
        return False
    apart_m = float(surface_lengths_m(unit[:1], unit[1:])[0])
    return apart_m + place.radius_m + 1.0 <= middle.radius_m


def _cell_at(place: Disc, level: int) -> Cell:
    return cell_of(
        round(place.latitude_deg * E7_PER_DEGREE), round(place.longitude_deg * E7_PER_DEGREE), level
    )


def _bounds(cell: Cell) -> tuple[float, float, float, float]:
    """South and north in degrees, west and east in 1e-7 degrees, of a cell that is no cap."""
    high_deg = 180.0 / 2**cell.level
    south_deg = -90.0 + cell.row * high_deg
    wide_e7 = _TURN_E7 / _columns(cell.level, cell.row >> (cell.level - LEVEL_COARSEST))
    west_e7 = -LONGITUDE_E7_MAX + cell.column * wide_e7
    return south_deg, south_deg + high_deg, west_e7, west_e7 + wide_e7


def _columns(level: int, band: int) -> int:
    """Columns of a level in a band of the coarsest level: a power of two, each at least as wide as high."""
    high_deg = 180.0 / 2**LEVEL_COARSEST
    south_deg = -90.0 + band * high_deg
    farthest = max(abs(south_deg), abs(south_deg + high_deg))
    # a parallel at latitude φ is at least 2π·a·cos φ long; half a meridian at least _HEIGHT_M
    ratio = 2.0 * math.pi * SEMI_MAJOR_M * math.cos(math.radians(farthest)) / _HEIGHT_M
    return int(2 ** math.floor(math.log2(ratio * 2**level)))
