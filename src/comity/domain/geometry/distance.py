"""Distance between two shapes with NumPy alone: for small sets, and beside the compiled kernel."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.edges import ecef_lengths
from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M, Floats
from comity.domain.geometry.prepared import BULGE_PER_SQUARE_M, PreparedShape, pack
from comity.domain.geometry.rings import contains

RANGE_M_MAX = 600_000.0  # two radii and a separation at their limits: how far distances are proved
TOLERANCE_M = 0.3  # two edges of 0.1 m, 0.1 m for foot, positions and series (docs/spec/volume.md)
TOLERANCE_RELATIVE = 1e-6

_PAIRS_AT_ONCE = 100_000  # of pieces: some 20 MB of tables
_METRIC = np.array([SEMI_MAJOR_M**2, SEMI_MAJOR_M**2, SEMI_MINOR_M**2])


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """Where two shapes are closest, their radii left out of account.

    Attributes:
        distance_m: geodesic, 0 where they overlap; within `tolerance_m` of the truth.
        point: (3,) unit vector, the closest point of the first shape.
        other_point: (3,) of the second; the same where they overlap.
    """

    distance_m: float
    point: Floats
    other_point: Floats


Measure = Callable[[PreparedShape, PreparedShape, float], Nearest | None]
"""Least distance of two shapes, or `None` where it is not below the cutoff (metres)."""


def tolerance_m(distance_m: float) -> float:
    """How far a distance found may be from the truth, either way."""
    return TOLERANCE_M + TOLERANCE_RELATIVE * distance_m


def nearest(a: PreparedShape, b: PreparedShape, cutoff_m: float) -> Nearest | None:
    """Least geodesic distance between two shapes.

    Args:
        a: the one shape.
        b: the other.
        cutoff_m: beyond it only that fact is wanted.

    Returns:
        `None` where the distance is not below the cutoff.

    Source: docs/spec/volume.md, "Distance"; `kernels.pair_distance` is the same, compiled.
    """
    apart_m = float(ecef_lengths(a.centre - b.centre))
    if apart_m > a.reach_m + b.reach_m + cutoff_m:
        return None
    if a.ring and contains(a.points, a.centre, b.points[0]):
        return Nearest(0.0, b.points[0], b.points[0])
    if b.ring and contains(b.points, b.centre, a.points[0]):
        return Nearest(0.0, a.points[0], a.points[0])
    u, e = _near_pieces(a, b, cutoff_m)
    v, f = _near_pieces(b, a, cutoff_m)
    rows = max(1, _PAIRS_AT_ONCE // max(1, len(v)))
    found = None
    for start in range(0, len(u), rows):
        block = slice(start, start + rows)
        better = _nearest_pieces(u[block], e[block], v, f, cutoff_m)
        if better is not None:
            found = better
            cutoff_m = better.distance_m
        if cutoff_m == 0.0:
            break
    return found


def nearest_compiled(a: PreparedShape, b: PreparedShape, cutoff_m: float) -> Nearest | None:
    """As `nearest`, by the compiled kernel: worth its start-up from some hundred pairs on."""
    from comity.domain.geometry.kernels import pair_distance  # noqa: PLC0415  loads Numba

    first: Any = np.int32(0)  # as where shapes come by the thousand: one signature to compile
    distance_m, point, other_point = pair_distance(pack([a]), first, pack([b]), first, cutoff_m)
    if math.isinf(distance_m):
        return None
    return Nearest(distance_m, np.array(point), np.array(other_point))


def surface_lengths_m(points: Floats, others: Floats) -> Floats:
    """Geodesic distances of pairs of points from the straight lines between them.

    s = c·(1 + (kc)²/24 + 3(kc)⁴/640), c the straight line, k the curvature of the normal section in
    its direction at the middle; within 0.1 m up to `RANGE_M_MAX`.

    Args:
        points: (N, 3) unit vectors.
        others: (N, 3).

    Returns:
        (N,) metres.

    Source: docs/spec/volume.md, "Distance".
    """
    difference = points - others
    square = (difference**2) @ _METRIC
    total = points + others
    slope = (total**2) @ (1.0 / _METRIC) / (total**2).sum(axis=-1)
    across = (difference**2).sum(axis=-1)
    turn = across**2 / (slope * np.where(square > 0.0, square, 1.0))
    lengths: Floats = np.sqrt(square) * (1.0 + turn * (1.0 / 24.0 + turn * (3.0 / 640.0)))
    return lengths


def _nearest_pieces(u: Floats, e: Floats, v: Floats, f: Floats, cutoff_m: float) -> Nearest | None:
    """Closest points of pieces from u to u + e and pieces from v to v + f."""
    if len(v) == 0:
        return None
    meeting = _first_crossing(u, e, v, f)
    if meeting is not None:
        return Nearest(0.0, meeting, meeting)
    found = points_to_pieces(np.concatenate([u, u + e]), v, f, cutoff_m)
    if found is not None:
        cutoff_m = found.distance_m
    back = points_to_pieces(np.concatenate([v, v + f]), u, e, cutoff_m)
    return found if back is None else Nearest(back.distance_m, back.other_point, back.point)


def _near_pieces(
    shape: PreparedShape, other: PreparedShape, cutoff_m: float
) -> tuple[Floats, Floats]:
    """Starts and chords of the pieces that come within the cutoff of the ball around the other."""
    start = shape.points[:-1]
    chord = np.diff(shape.points, axis=0)
    far = ecef_lengths(chord) + other.reach_m + cutoff_m
    near = ecef_lengths(start - other.centre) <= far
    return start[near], chord[near]


def _first_crossing(u: Floats, e: Floats, v: Floats, f: Floats) -> Floats | None:
    """Where the first two pieces that cross do so; see `kernels.crossing`."""
    n = np.cross(u, e)
    m = np.cross(v, f)
    apart = v[None, :, :] - u[:, None, :]
    side0 = np.einsum("id,ijd->ij", n, apart)
    side1 = side0 + n @ f.T
    side2 = -np.einsum("jd,ijd->ij", m, apart)
    side3 = side2 + e @ m.T
    crosses = ((side0 > 0.0) != (side1 > 0.0)) & ((side2 > 0.0) != (side3 > 0.0))
    for i, j in zip(*np.nonzero(crosses), strict=True):
        place = v[j] + side0[i, j] / (side0[i, j] - side1[i, j]) * f[j]
        if place @ u[i] > 0.0:
            unit: Floats = place / np.sqrt(place @ place)
            return unit
    return None


def points_to_pieces(p: Floats, u: Floats, e: Floats, cutoff_m: float) -> Nearest | None:
    """Closest of points (N, 3) and pieces (M, 3), (M, 3): bounds from chords, then the few left."""
    apart = p[:, None, :] - u[None, :, :]
    de = np.einsum("nmd,md,d->nm", apart, e, _METRIC)
    ee = (e**2) @ _METRIC
    share = np.clip(de / np.where(ee > 0.0, ee, 1.0), 0.0, 1.0)
    chord_m = np.sqrt(np.maximum((apart**2) @ _METRIC - share * (2.0 * de - share * ee), 0.0))
    bulge_m = BULGE_PER_SQUARE_M * ee
    # the surface is longer than the straight line by under 0.04 % up to RANGE_M_MAX
    bound_m = min(cutoff_m, float((chord_m + bulge_m).min()) * 1.001)
    n, m = np.nonzero(chord_m - bulge_m <= bound_m)
    if len(n) == 0:
        return None
    foot = _feet(p[n], u[m], e[m], share[n, m])
    length_m = surface_lengths_m(p[n], foot)
    best = int(np.argmin(length_m))
    if length_m[best] >= cutoff_m:
        return None
    return Nearest(float(length_m[best]), p[n[best]], foot[best])


def _feet(p: Floats, u: Floats, e: Floats, share: Floats) -> Floats:
    """Closest points of pieces to points, row by row; see `kernels.foot`."""
    w = _units(u + share[:, None] * e)
    t = e - (e * w).sum(axis=1)[:, None] * w
    square = (t**2) @ _METRIC
    step = ((p - w) * t) @ _METRIC / np.where(square > 0.0, square, 1.0)
    inner: NDArray[np.bool_] = (share > 0.0) & (share < 1.0)
    step = np.where(inner, np.clip(step, -share, 1.0 - share), 0.0)
    return _units(w + step[:, None] * t)


def _units(vectors: Floats) -> Floats:
    units: Floats = vectors / np.sqrt((vectors**2).sum(axis=1))[:, None]
    return units
