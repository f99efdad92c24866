"""Shapes made ready for measuring, one by one or packed by the thousand."""

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.edges import FEW, ecef_length_m, ecef_lengths, trace
from comity.domain.geometry.ellipsoid import CURVATURE_RADIUS_M_MIN, Floats
from comity.domain.geometry.kinds import EdgeKind
from comity.domain.geometry.rings import check_simple
from comity.kernel.errors import InputError

Rows = NDArray[np.void]

RING_COSINE_MIN = 0.5  # a ring lies within 60° of its centre: its inside is then the smaller side
NO_DIRECTION = 1e-9  # a path round the earth has no middle; its first point does as a centre
BULGE_PER_SQUARE_M = 1.01 / (8.0 * CURVATURE_RADIUS_M_MIN)
"""Times the square of its chord: how far a piece bulges above it (over-approximates by <= 2 %)."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedShape:
    """A shape as pieces of great ellipse, with a ball around it.

    Attributes:
        points: (P + 1, 3) unit vectors, ends of P pieces; a ring's last equals its first.
        ring: whether the inside belongs to the shape.
        radius_m: the shape is everything within this of the pieces and the inside.
        centre: (3,) unit vector; a ring's inside is the side without its antipode.
        reach_m: no point of pieces or inside is farther, in a straight line, from the centre.
        piece_m: no piece is longer, in a straight line.
    """

    points: Floats
    ring: bool
    radius_m: float
    centre: Floats
    reach_m: float
    piece_m: float


SHAPE_ROW = np.dtype(
    [
        ("centre_x", np.float64),
        ("centre_y", np.float64),
        ("centre_z", np.float64),
        ("reach_m", np.float64),
        ("radius_m", np.float64),
        ("piece_m", np.float64),
        ("first", np.int64),
        ("count", np.int32),
        ("ring", np.bool_),
    ],
    align=True,
)
"""One shape: its `PreparedShape` fields, and which points are its own. 64 bytes: one line of cache."""


class ShapeArrays(NamedTuple):
    """Many prepared shapes in a form that compiled kernels take.

    Attributes:
        rows: (S,) of `SHAPE_ROW`; shape s owns the points from `first` on, `count` of them.
        points: (P, 3) unit vectors of all shapes.
    """

    rows: Rows
    points: Floats


MakePlain = Callable[[Floats, bool, Floats, Floats], tuple[bool, float, float]]
_COMPILED: list[MakePlain] = []  # one entry once it is loaded: `warm`


def warm() -> None:
    """Load the compiled making of shapes, or compile it where the cache has not got it: some seconds."""
    from comity.domain.geometry.shape_kernels import make_plain  # noqa: PLC0415  Numba

    make_plain(np.array([0.0, 0.0, 0.1, 0.0, 0.1, 0.0]), True, np.empty((4, 3)), np.empty(3))  # noqa: FBT003
    _COMPILED[:] = [make_plain]


def prepare_plainly(
    latitude_deg: tuple[float, ...],
    longitude_deg: tuple[float, ...],
    radius_m: float,
    edge: EdgeKind,
    *,
    ring: bool,
) -> PreparedShape | None:
    """As `prepare_vertices`, of few corners near each other, compiled: the same to the last bit.

    Looks at the corners' numbers and ranges itself, at the radius not.

    Returns:
        `None`: not loaded, or to be looked at by what has the words for a refusal.
    """
    count = len(latitude_deg)
    fits = (3 if ring else 2) <= count == len(longitude_deg) <= FEW - ring
    if not (_COMPILED and fits and edge is EdgeKind.GEODESIC):
        return None
    try:
        corners = np.frombuffer(array("d", latitude_deg + longitude_deg))
    except (TypeError, OverflowError):
        return None
    points, centre = np.empty((count + ring, 3)), np.empty(3)
    made, reach_m, piece_m = _COMPILED[0](corners, ring, points, centre)
    return PreparedShape(points, ring, radius_m, centre, reach_m, piece_m) if made else None


def prepare_vertices(
    latitude_deg: tuple[float, ...],
    longitude_deg: tuple[float, ...],
    radius_m: float,
    edge: EdgeKind,
    *,
    ring: bool,
) -> PreparedShape:
    """Cut a shape into pieces and check what only the pieces show.

    Raises:
        InputError: as `trace`; or a ring that touches or crosses itself, or is too large.
    """
    points = trace(latitude_deg, longitude_deg, edge, ring=ring)
    measured = _measure_few if len(points) <= FEW else _measure_many
    centre, piece_m, reach_m = measured(points)
    if ring:
        if float((points @ centre).min()) < RING_COSINE_MIN:
            raise InputError("latitude_deg", "a ring reaches farther than 60° from its centre")
        check_simple(points, centre)
    bulge_m = BULGE_PER_SQUARE_M * piece_m * piece_m
    return PreparedShape(points, ring, radius_m, centre, reach_m + bulge_m, piece_m)


def pack(shapes: Sequence[PreparedShape]) -> ShapeArrays:
    """Put prepared shapes into one set of arrays, in their order."""
    rows = []
    first = 0
    for shape in shapes:
        count = len(shape.points)
        centre: list[float] = shape.centre.tolist()
        sizes_m = (shape.reach_m, shape.radius_m, shape.piece_m)
        rows.append((*centre, *sizes_m, first, count, shape.ring))
        first += count
    points = np.concatenate([shape.points for shape in shapes]) if shapes else np.empty((0, 3))
    return ShapeArrays(np.array(rows, SHAPE_ROW), points)


def _measure_many(points: Floats) -> tuple[Floats, float, float]:
    """Centre; the longest piece and the farthest end from it, in straight lines (metres)."""
    middle = (points.min(axis=0) + points.max(axis=0)) / 2.0
    length = math.sqrt(float(middle @ middle))
    centre = middle / length if length > NO_DIRECTION else points[0]
    piece_m = float(ecef_lengths(np.diff(points, axis=0)).max())
    return centre, piece_m, float(ecef_lengths(points - centre).max())


def _measure_few(points: Floats) -> tuple[Floats, float, float]:
    """As `_measure_many`, in plain floats: NumPy takes longer to start than the few points do."""
    rows: list[list[float]] = points.tolist()
    columns = list(zip(*rows, strict=True))
    middle = [(min(column) + max(column)) / 2.0 for column in columns]
    x, y, z = middle
    length = math.sqrt(x * x + y * y + z * z)
    centre = [value / length for value in middle] if length > NO_DIRECTION else rows[0]
    piece_m = max(map(ecef_length_m, rows[:-1], rows[1:]))
    reach_m = max(ecef_length_m(row, centre) for row in rows)
    return np.array(centre), piece_m, reach_m
