"""Which H3 cells a thickened shape can touch: never too few. H3 is loaded where it is needed only.

H3 cuts an icosahedron into hexagons, face by face in gnomonic projection, and takes geodetic latitude
and longitude for those of a sphere. Nothing here relies on how H3 draws the edges of its cells; only on
  (a) a cell's points being within one planar circumradius of its centre: on the unit sphere an arc is
      no longer than its gnomonic image, so that is `RADIUS_RAD[resolution]` at most;
  (b) cells that touch being neighbours, `grid_disk(cell, 1)`;
  (c) a point outside `grid_disk(cell, 1)` being at least one planar edge from every point of the cell,
      and so `REACH_RAD[resolution]` on the sphere: an arc is at least cos² of the angle from the
      face's centre times its image.
A path of s metres on the ellipsoid is one of at most s / `CURVATURE_RADIUS_M_MIN` radians of latitude
and longitude taken for a sphere's, and at least s / `CURVATURE_RADIUS_M_MAX`.
"""

import math
from collections.abc import Iterable

import numpy as np

from comity.domain.geometry import (
    EDGE_TOLERANCE_M,
    PreparedShape,
    degrees_from_unit,
    nearest,
    unit_from_degrees,
)
from comity.domain.geometry.ellipsoid import (
    CURVATURE_RADIUS_M_MAX,
    SEMI_MAJOR_M,
    SEMI_MINOR_M,
    Floats,
)
from comity.kernel.errors import InputError

RESOLUTION_MAX = 15  # H3 4.5 «Tables of Cell Statistics»: edges of 0.6 m
APERTURE = 7.0  # H3: a cell has the area of 7 of the next resolution

# H3 4.5, constants.h RES0_U_GNOMONIC: distance of neighbouring centres in the plane of a face, in
# earth radii, at resolution 0. A hexagon's circumradius and edge are that over the root of 3.
_EDGE_PLANAR = 0.381966011250105 / math.sqrt(3.0)
# From the centre of a face of an icosahedron to its corners: acos(sqrt((5 + 2·sqrt 5) / 15)).
_FACE_ANGLE_RAD = math.acos(math.sqrt((5.0 + 2.0 * math.sqrt(5.0)) / 15.0))
RADIUS_RAD = tuple(_EDGE_PLANAR / APERTURE ** (each / 2.0) for each in range(RESOLUTION_MAX + 1))
REACH_RAD = tuple(math.cos(_FACE_ANGLE_RAD) ** 2 * radius for radius in RADIUS_RAD)

ROUNDING_M = 1.0  # H3 and we compute in float64: some 1e-8 m
_AREA_M2_MEAN = 5.1e14 / 122.0  # at resolution 0 H3 has 122 cells
_BULGE_PER_SQUARE_M = 1.01 / (
    8.0 * 6_335_439.0
)  # how far an arc rises above its chord, over chord²
_AXES_M = np.array([SEMI_MAJOR_M, SEMI_MAJOR_M, SEMI_MINOR_M])
_TABLE_MAX = 200_000  # cells times pieces at once: 5 MB a table


class TooManyCellsError(Exception):
    """A shape touches more cells than wanted; the caller takes larger ones."""


def check_cell(cell: int, resolution: int) -> None:
    """Check that a number is an H3 cell of a resolution.

    Raises:
        InputError: it is not.
    """
    from h3.api import basic_int as h3  # noqa: PLC0415  loaded for cells only

    if not 0 <= cell < 1 << 63 or not h3.is_valid_cell(cell):
        raise InputError("cells", f"{cell:x} is not an H3 cell")
    if h3.get_resolution(cell) != resolution:
        why = f"{cell:x} has resolution {h3.get_resolution(cell)}, not {resolution}"
        raise InputError("cells", why)


def cell_centre_deg(cell: int) -> tuple[float, float]:
    """Latitude and longitude of a cell's centre."""
    from h3.api import basic_int as h3  # noqa: PLC0415  loaded for cells only

    latitude_deg, longitude_deg = h3.cell_to_latlng(cell)
    return float(latitude_deg), float(longitude_deg)


def cell_radius_m(resolution: int) -> float:
    """No point of a cell is farther from its centre (over-approximates by about a third)."""
    radius_m: float = RADIUS_RAD[resolution] * CURVATURE_RADIUS_M_MAX + ROUNDING_M
    return radius_m


def estimated_count(core: PreparedShape, buffer_m: float, resolution: int) -> float:
    """About how many cells a thickened shape touches; only to choose a resolution by."""
    wide_m = buffer_m + cell_radius_m(resolution)
    if core.ring:
        area_m2 = math.pi * (core.reach_m + wide_m) ** 2
    else:
        area_m2 = 4.0 * wide_m * core.reach_m + math.pi * wide_m**2
    return area_m2 / (_AREA_M2_MEAN / APERTURE**resolution)


def places_of(core: PreparedShape, buffer_m: float, resolution: int, most: int) -> frozenset[int]:
    """Every cell that holds a point within a distance of a shape's core, and some beside them.

    Over-approximates by cells whose centre is within the buffer and `cell_radius_m` of the core.
    What is within the buffer of a core is connected, so the cells that hold it hang together by
    touching; neighbours of what was found are tried until none is near enough.

    Args:
        core: pieces, and the inside of a ring; its radius is left out of account.
        buffer_m: on the ellipsoid.
        resolution: H3's.
        most: give up above this number.

    Raises:
        TooManyCellsError: more than `most`.
    """
    from h3.api import basic_int as h3  # noqa: PLC0415  loaded for cells only

    near_m = buffer_m + cell_radius_m(resolution) + EDGE_TOLERANCE_M + ROUNDING_M
    latitude_deg, longitude_deg = degrees_from_unit(core.points[0])
    found = {int(h3.latlng_to_cell(float(latitude_deg), float(longitude_deg), resolution))}
    tried = set(found)
    newest = found
    while newest:
        around = {int(each) for cell in newest for each in h3.grid_disk(cell, 1)} - tried
        tried |= around
        newest = _near_cells(sorted(around), core, near_m)
        found = found | newest
        if len(found) > most:
            raise TooManyCellsError
    return frozenset(found)


def lift_cells(cell: int, resolution: int) -> Iterable[int]:
    """Coarser cells that hold every point of a cell (over-approximates by a ring of neighbours).

    A point of the cell is within its radius of its centre, and `RADIUS_RAD` of one resolution is
    less than `REACH_RAD` of the next coarser one; by (c) it lies in a neighbour of the coarse cell
    that holds the centre, or in that one.
    """
    from h3.api import basic_int as h3  # noqa: PLC0415  loaded for cells only

    latitude_deg, longitude_deg = h3.cell_to_latlng(cell)
    found: list[int] = h3.grid_disk(h3.latlng_to_cell(latitude_deg, longitude_deg, resolution), 1)
    return found


def _near_cells(cells: list[int], core: PreparedShape, near_m: float) -> set[int]:
    """Those of the cells whose centre may be within a distance of the core."""
    if not cells:
        return set()
    centres_deg = np.array([cell_centre_deg(cell) for cell in cells])
    centres = unit_from_degrees(centres_deg[:, 0], centres_deg[:, 1])
    # the surface is nowhere shorter than the straight line, nor a piece far above its chord
    straight_m = _distances_m(centres * _AXES_M, core.points * _AXES_M)
    near = straight_m <= near_m + _BULGE_PER_SQUARE_M * core.piece_m**2
    if core.ring:
        for index in np.flatnonzero(~near):
            near[index] = nearest(_point(centres[index]), core, 1e-3) is not None
    return {cell for cell, is_near in zip(cells, near, strict=True) if is_near}


def _distances_m(points: Floats, line: Floats) -> Floats:
    """Straight-line distances of points (N, 3) from the nearest of the chords between (P + 1, 3)."""
    start = line[:-1]
    chord = np.diff(line, axis=0)
    square = (chord**2).sum(axis=1)
    rows = max(1, _TABLE_MAX // len(start))
    found = np.empty(len(points))
    for first in range(0, len(points), rows):
        apart = points[first : first + rows, None, :] - start[None, :, :]
        along = np.einsum("npd,pd->np", apart, chord) / np.where(square > 0.0, square, 1.0)
        along = np.clip(along, 0.0, 1.0)
        rest = apart - along[:, :, None] * chord[None, :, :]
        found[first : first + rows] = np.sqrt((rest**2).sum(axis=2)).min(axis=1)
    return found


def _point(place: Floats) -> PreparedShape:
    line = np.stack([place, place])
    return PreparedShape(line, ring=False, radius_m=0.0, centre=place, reach_m=0.0, piece_m=0.0)
