"""Edges between vertices, cut into pieces of great ellipse so short that they cannot be told apart.

A great ellipse is where a plane through the earth's centre meets the ellipsoid. In the unit
coordinates of `ellipsoid` it is a great circle, so all that follows needs one kind of piece only.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.ellipsoid import (
    CURVATURE_RADIUS_M_MAX,
    CURVATURE_RADIUS_M_MIN,
    ECCENTRICITY,
    ECCENTRICITY_SQUARED,
    SEMI_MAJOR_M,
    SEMI_MINOR_M,
    Floats,
    unit_from_degrees,
)
from comity.domain.geometry.kinds import EdgeKind
from comity.kernel.errors import InputError

if TYPE_CHECKING:
    from pyproj import Geod

Counts = NDArray[np.int64]

EDGE_TOLERANCE_M = 0.1  # no point of an edge is farther than this from its pieces, and conversely
EDGE_CHORD_M_MAX = 9_100_000.0  # 91° of the earth; nearer the antipode a geodesic is not one line
PIECES_MAX = 16_384  # a chord along half of the parallel of 60° takes 6,000
OUTLINE_PIECES_MAX = 2_000_000  # of one area's outline: Canada at 1:10,000,000 takes 200,000
VERTEX_GAP_M = 1e-3  # vertices nearer than this are one
FEW = 32  # vertices for which plain floats outrun NumPy
CURVED_LATITUDE_DEG_MAX = 89.0  # towards a pole a rhumb line or chord winds without bound

# The plane of a great ellipse leans from the normal by at most the angle between geodetic and
# geocentric vertical, atan(e²/(2·sqrt(1-e²))), so its geodesic curvature is at most:
_GREAT_ELLIPSE_CURVATURE = (
    ECCENTRICITY_SQUARED / (2.0 * math.sqrt(1.0 - ECCENTRICITY_SQUARED)) / CURVATURE_RADIUS_M_MIN
)
# sin α (1 + cos²α) is at most 1.0887 on a sphere (docs/spec/volume.md); 1 % for the flattening.
_CHORD_CURVATURE_FACTOR = 1.10
_RHUMB_CURVATURE_FACTOR = 1.01
_LENGTH_MARGIN = 1.01  # pieces are equal in latitude or longitude, and of lengths within this
GEODESIC_PIECE_M = 38_000.0
"""sqrt(8·EDGE_TOLERANCE_M/_GREAT_ELLIPSE_CURVATURE) is 38,850 m."""


def trace(
    latitude_deg: tuple[float, ...], longitude_deg: tuple[float, ...], edge: EdgeKind, *, ring: bool
) -> Floats:
    """Cut the edges of a shape into pieces of great ellipse.

    Two curves with the same ends whose geodesic curvatures differ by at most k part by at most
    k·L²/8; each edge is cut into equal pieces for which that is within `EDGE_TOLERANCE_M`.

    Args:
        latitude_deg: (V,) geodetic.
        longitude_deg: (V,).
        edge: what runs between the vertices.
        ring: whether the last vertex joins the first.

    Returns:
        (P + 1, 3) unit vectors, the ends of P pieces. A ring's last equals its first; a single
        point becomes one piece of no length.

    Raises:
        InputError: ends of an edge farther apart than `EDGE_CHORD_M_MAX`, more than `PIECES_MAX`
            pieces, a rhumb line or chord near a pole, two consecutive vertices in one place, or
            half a turn of longitude.

    Source: docs/spec/volume.md, "Edges".
    """
    if ring:
        latitude_deg = (*latitude_deg, latitude_deg[0])
        longitude_deg = (*longitude_deg, longitude_deg[0])
    elif len(latitude_deg) == 1:
        return unit_from_degrees(np.array(latitude_deg * 2), np.array(longitude_deg * 2))
    few = edge is EdgeKind.GEODESIC and len(latitude_deg) <= FEW
    unit, chord_m = (_few if few else _many)(latitude_deg, longitude_deg)
    count = len(latitude_deg) - (1 if ring else 0)
    for index, length_m in enumerate(chord_m):
        if length_m < VERTEX_GAP_M:
            after = (index + 1) % count
            raise InputError(
                f"latitude_deg[{after}]",
                f"vertex {after} is within {VERTEX_GAP_M * 1000:.0f} mm of vertex {index}",
            )
        if length_m > EDGE_CHORD_M_MAX:
            raise InputError(
                f"latitude_deg[{index}]",
                f"from vertex {index} to the next are {length_m:.0f} m in a straight line; at most"
                f" {EDGE_CHORD_M_MAX:.0f}",
            )
    if edge is EdgeKind.GEODESIC:
        return _along_geodesics(latitude_deg, longitude_deg, unit, chord_m)
    return _along_parametric(np.array(latitude_deg), np.array(longitude_deg), unit, edge)


def along_edges(
    latitude_deg: Floats, longitude_deg: Floats, edge: EdgeKind
) -> tuple[Floats, Floats]:
    """Cut edges into pieces of great ellipse, as `trace`, for outlines of any number of vertices.

    Args:
        latitude_deg: (V,) geodetic, in range.
        longitude_deg: (V,).
        edge: what runs between the vertices.

    Returns:
        Starts and ends (P, 3) of the pieces. Edges of no length have none.

    Raises:
        InputError: as `trace`, but for the number of pieces and for vertices in one place.
    """
    unit = unit_from_degrees(latitude_deg, longitude_deg)
    chord_m = ecef_lengths(np.diff(unit, axis=0))
    for index in np.flatnonzero(chord_m > EDGE_CHORD_M_MAX)[:1].tolist():
        raise InputError(
            f"latitude_deg[{index}]",
            f"from vertex {index} to the next are {chord_m[index]:.0f} m in a straight line; at"
            f" most {EDGE_CHORD_M_MAX:.0f}",
        )
    if edge is EdgeKind.GEODESIC:
        short = len(chord_m) == 0 or float(chord_m.max()) <= GEODESIC_PIECE_M
        points = unit if short else _long_geodesics(latitude_deg, longitude_deg, unit, chord_m)
    else:
        points = _along_parametric(latitude_deg, longitude_deg, unit, edge, OUTLINE_PIECES_MAX)
    return points[:-1], points[1:]


def _long_geodesics(
    latitude_deg: Floats, longitude_deg: Floats, unit: Floats, chord_m: Floats
) -> Floats:
    return _along_geodesics(
        tuple(latitude_deg.tolist()),
        tuple(longitude_deg.tolist()),
        unit,
        chord_m.tolist(),
        OUTLINE_PIECES_MAX,
    )


def ecef_length_m(p: Sequence[float], q: Sequence[float]) -> float:
    """Earth-fixed length of the straight line between two unit vectors."""
    x, y, z = p[0] - q[0], p[1] - q[1], p[2] - q[2]
    return math.sqrt(SEMI_MAJOR_M**2 * (x * x + y * y) + SEMI_MINOR_M**2 * (z * z))


def ecef_lengths(difference_unit: Floats) -> Floats:
    """Earth-fixed lengths (metres) of differences (…, 3) of unit vectors."""
    across = difference_unit[..., 0] ** 2 + difference_unit[..., 1] ** 2
    lengths: Floats = np.sqrt(
        SEMI_MAJOR_M**2 * across + SEMI_MINOR_M**2 * difference_unit[..., 2] ** 2
    )
    return lengths


def _many(
    latitude_deg: tuple[float, ...], longitude_deg: tuple[float, ...]
) -> tuple[Floats, list[float]]:
    """Vertices as unit vectors, and the straight lines between them (metres)."""
    unit = unit_from_degrees(np.array(latitude_deg), np.array(longitude_deg))
    return unit, ecef_lengths(np.diff(unit, axis=0)).tolist()


def _few(
    latitude_deg: tuple[float, ...], longitude_deg: tuple[float, ...]
) -> tuple[Floats, list[float]]:
    """As `_many`, in plain floats: NumPy takes longer to start than the few vertices do.

    Square roots, not `hypot`: `shape_kernels` rounds the same way, so both give the same bits.
    """
    rows = []
    for latitude, longitude in zip(latitude_deg, longitude_deg, strict=True):
        across = math.cos(math.radians(latitude))
        up = (SEMI_MINOR_M / SEMI_MAJOR_M) * math.sin(math.radians(latitude))
        length = math.sqrt(across * across + up * up)
        across /= length
        turn = math.radians(longitude)
        rows.append((across * math.cos(turn), across * math.sin(turn), up / length))
    return np.array(rows), list(map(ecef_length_m, rows[:-1], rows[1:]))


def _along_geodesics(
    latitude_deg: tuple[float, ...],
    longitude_deg: tuple[float, ...],
    unit: Floats,
    chord_m: list[float],
    pieces_max: int = PIECES_MAX,
) -> Floats:
    if max(chord_m) <= GEODESIC_PIECE_M:
        return unit
    counts = [_geodesic_pieces(length_m) for length_m in chord_m]
    _refuse_many(sum(counts), pieces_max)
    geod = _wgs84()
    parts = []
    for index, count in enumerate(counts):
        parts.append(unit[index : index + 1])
        if count > 1:
            inner = geod.npts(
                longitude_deg[index],
                latitude_deg[index],
                longitude_deg[index + 1],
                latitude_deg[index + 1],
                count - 1,
            )
            degrees = np.array(inner, dtype=np.float64)
            parts.append(unit_from_degrees(degrees[:, 1], degrees[:, 0]))
    parts.append(unit[-1:])
    return np.concatenate(parts)


def _geodesic_pieces(chord_m: float) -> int:
    if chord_m <= GEODESIC_PIECE_M:
        return 1
    arc_m = 2.0 * CURVATURE_RADIUS_M_MAX * math.asin(chord_m / (2.0 * CURVATURE_RADIUS_M_MIN))
    return math.ceil(arc_m / GEODESIC_PIECE_M)


@cache
def _wgs84() -> "Geod":
    from pyproj import Geod  # noqa: PLC0415  slow to import, and needed for long edges only

    return Geod(ellps="WGS84")


def _along_parametric(
    latitude: Floats,
    longitude: Floats,
    unit: Floats,
    edge: EdgeKind,
    pieces_max: int = PIECES_MAX,
) -> Floats:
    turn = (np.diff(longitude) + 180.0) % 360.0 - 180.0
    rise = np.diff(latitude)
    highest = np.maximum(np.abs(latitude[:-1]), np.abs(latitude[1:]))
    lowest = np.where(
        latitude[:-1] * latitude[1:] <= 0.0,
        0.0,
        np.minimum(np.abs(latitude[:-1]), np.abs(latitude[1:])),
    )
    curved = (turn != 0.0) & (highest < 90.0)
    for index in np.flatnonzero((turn != 0.0) & (highest > CURVED_LATITUDE_DEG_MAX)):
        raise InputError(
            f"latitude_deg[{index}]",
            f"a {edge} edge to {highest[index]}°; beyond {CURVED_LATITUDE_DEG_MAX}° it follows a"
            " meridian, or is a geodesic",
        )
    for index in np.flatnonzero(turn == -180.0):
        raise InputError(
            f"longitude_deg[{index}]", f"a {edge} edge of half a turn has no short way round"
        )
    length_m = CURVATURE_RADIUS_M_MAX * np.hypot(
        np.radians(rise), np.cos(np.radians(lowest)) * np.radians(turn)
    )
    factor = _CHORD_CURVATURE_FACTOR if edge is EdgeKind.CHORD else _RHUMB_CURVATURE_FACTOR
    own = np.where(curved, factor * np.tan(np.radians(highest)) / CURVATURE_RADIUS_M_MIN, 0.0)
    curvature = own + _GREAT_ELLIPSE_CURVATURE
    counts = np.ceil(_LENGTH_MARGIN * length_m * np.sqrt(curvature / (8.0 * EDGE_TOLERANCE_M)))
    counts = np.maximum(counts, 1.0).astype(np.int64)
    _refuse_many(int(counts.sum()), pieces_max)
    if counts.max() == 1:
        return unit
    start = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(len(start)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = step / counts[start]
    between_latitude = latitude[start] + share * rise[start]
    if edge is EdgeKind.RHUMB:
        share = _rhumb_share(latitude, rise, between_latitude, start, share)
    points = unit_from_degrees(between_latitude, longitude[start] + share * turn[start])
    points[step == 0] = unit[:-1]
    return np.concatenate([points, unit[-1:]])


def _rhumb_share(
    latitude: Floats, rise: Floats, between_latitude: Floats, start: Counts, share: Floats
) -> Floats:
    """Share of the longitude turned at latitudes on the way; linear in isometric latitude."""
    isometric = _isometric(latitude)
    climb = np.diff(isometric)
    steep = (np.abs(rise) > 1e-7) & np.isfinite(climb)  # flatter ones part by under 1 mm
    safe = np.where(steep, climb, 1.0)
    exact = (_isometric(between_latitude) - isometric[start]) / safe[start]
    return np.where(steep[start], exact, share)


def _isometric(latitude_deg: Floats) -> Floats:
    sine = np.sin(np.radians(latitude_deg))
    with np.errstate(divide="ignore"):
        isometric: Floats = np.arctanh(sine) - ECCENTRICITY * np.arctanh(ECCENTRICITY * sine)
    return isometric


def _refuse_many(count: int, pieces_max: int) -> None:
    if count > pieces_max:
        raise InputError(
            "latitude_deg",
            f"edges take {count} pieces to follow within {EDGE_TOLERANCE_M} m; at most"
            f" {pieces_max}",
        )
