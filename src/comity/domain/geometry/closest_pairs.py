"""Pairs of moving points that lose horizontal and vertical separation: rows, bounds, results.

Each point moves along a geodesic at constant speed and climbs at a constant rate. In the search it
moves on the straight line that touches the geodesic half-way through the look-ahead. That line lies
above the ellipsoid, so that a distance measured between two such lines is too long by at most the
sum of the two points' `bound_m`; minima are widened by exactly that, and no loss is missed.

Derivation: docs/rooms/alerts.md, "How far the straight lines err".
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.ellipsoid import (
    CURVATURE_RADIUS_M_MIN,
    SEMI_MAJOR_M,
    SEMI_MINOR_M,
    Floats,
)
from comity.kernel.errors import InputError

Ints32 = NDArray[np.int32]
Codes = NDArray[np.uint8]

HEIGHT_ROUNDING_M = 1e-6  # heights differ in float64 by 1e-11 m; levels a minimum apart keep it
LENGTH_ROUNDING_M = 1e-3  # 6.4e6 m in float64 rounds at 1e-9 m; the squares of 100 km at 1e-5 m
TRAVEL_M_MAX = 500_000.0  # in half the look-ahead; the series below holds to 1e-3 of its last term
MINIMUM_M_MIN = 1.0
MINIMUM_M_MAX = 200_000.0  # as airspace.separation: beyond it distances lose the stated tolerance
LOOK_AHEAD_S_MAX = (
    1_200.0  # EUROCONTROL medium-term conflict detection looks up to 20 minutes ahead
)
MEAN_CURVATURE_PER_M = 1.0 / 6.371e6  # in third-order terms; the true one is within 0.7 %
INVERSE_SQUARES = np.array([SEMI_MAJOR_M**-2, SEMI_MAJOR_M**-2, SEMI_MINOR_M**-2])
SURFACE_TOLERANCE = 1e-6  # of (x/a)² + (y/a)² + (z/b)²: 3 m of height
CLASSES_MAX = 255
OWN_GROUP = 255
"""Height group of a point whose height cannot be compared with any other's, its like included."""


@dataclass(frozen=True, slots=True, eq=False)
class MovingPoints:
    """Points on the ellipsoid and how they move; row k of each array is point k.

    Attributes:
        position_ecef_m: (N, 3) foot of the point on the ellipsoid.
        velocity_ecef_mps: (N, 3); what of it is not level is left out.
        height_m: (N,) on one axis for all groups.
        vertical_rate_mps: (N,).
        height_group: (N,) heights of one group compare as they stand, those of two are widened.
        height_slack_m: (N,) widening against other groups; infinite where nothing tells.
        margin_m: (N,) further widening of the horizontal minimum, such as position accuracy.
        minima_class: (N,) row and column of the table of minima.
    """

    position_ecef_m: Floats
    velocity_ecef_mps: Floats
    height_m: Floats
    vertical_rate_mps: Floats
    height_group: Codes
    height_slack_m: Floats
    margin_m: Floats
    minima_class: Codes

    def __len__(self) -> int:
        return len(self.height_m)


@dataclass(frozen=True, slots=True, eq=False)
class LevelMinima:
    """Least distances between classes of points.

    Attributes:
        horizontal_m: (C, C) symmetric.
        vertical_m: (C, C) symmetric.
    """

    horizontal_m: Floats
    vertical_m: Floats

    def __post_init__(self) -> None:
        for field, table in (("horizontal_m", self.horizontal_m), ("vertical_m", self.vertical_m)):
            if table.ndim != 2 or table.shape[0] != table.shape[1] or not len(table):
                raise InputError(field, f"shape {table.shape} is not square")
            if len(table) > CLASSES_MAX:
                raise InputError(field, f"{len(table)} classes; at most {CLASSES_MAX}")
            if not np.array_equal(table, table.T):
                raise InputError(field, "the minimum of two classes differs by their order")
            if not ((table >= MINIMUM_M_MIN) & (table <= MINIMUM_M_MAX)).all():
                raise InputError(
                    field, f"a minimum is outside {MINIMUM_M_MIN:g} to {MINIMUM_M_MAX:.0f} m"
                )


class FlownPaths(NamedTuple):
    """Other ways some points may go on: positions at instants evenly spread over the look-ahead.

    Attributes:
        owner: (M,) which point; one may own several paths.
        node_ecef_m: (M, K + 1, 3) feet on the ellipsoid at 0, T/K, …, T.
        node_height_m: (M, K + 1) on the points' axis of heights.
        bulge_m: (M,) no point of the path is farther than this from the straight lines of its nodes.
    """

    owner: Ints32
    node_ecef_m: Floats
    node_height_m: Floats
    bulge_m: Floats


def no_paths() -> FlownPaths:
    """Nobody is expected to do but go straight on."""
    return FlownPaths(np.empty(0, np.int32), np.empty((0, 2, 3)), np.empty((0, 2)), np.empty(0))


class Rows(NamedTuple):
    """What the search reads: a ball of places round each point or path, and its line.

    Attributes:
        line: (N + M, 8) at half the look-ahead: x, y, z (m), their rates, height and its rate. Of a
            path: the ball's centre, no rates, and the middle of its heights.
        reach_m: (N + M,) no place is farther from the centre; margin and bound included.
        height_reach_m: (N + M,) no height is farther from the middle one; slack included.
        margin_m: (N + M,) widening of the horizontal minimum: margin and bound.
        owner: (N + M,) which point.
        path: (N + M,) which path, or -1: a straight line.
    """

    line: Floats
    reach_m: Floats
    height_reach_m: Floats
    margin_m: Floats
    owner: Ints32
    path: Ints32


class LosingPairs(NamedTuple):
    """Rows that lose separation, one entry a pair of rows; first's owner below second's.

    Attributes:
        first: (P,) point.
        second: (P,) point.
        along_path: (P,) whether a path of either was followed, not straight lines only.
        time_in_s: (P,) when both minima are first broken at once; 0 where they are now.
        time_out_s: (P,) when that ends; the look-ahead where it does not.
        time_cpa_s: (P,) of the least horizontal distance within the look-ahead.
        distance_cpa_m: (P,) then, in a straight line; no longer than the geodesic.
        compared: (P,) False where the heights were widened because their groups differ.
    """

    first: Ints32
    second: Ints32
    along_path: NDArray[np.bool_]
    time_in_s: Floats
    time_out_s: Floats
    time_cpa_s: Floats
    distance_cpa_m: Floats
    compared: NDArray[np.bool_]


def check_look_ahead(look_ahead_s: float) -> None:
    """Refuse a look-ahead the bounds are not made for."""
    if not 0.0 < look_ahead_s <= LOOK_AHEAD_S_MAX:
        raise InputError("look_ahead_s", f"{look_ahead_s} is outside 0 to {LOOK_AHEAD_S_MAX:.0f} s")


def rows_of(points: MovingPoints, paths: FlownPaths, minima: LevelMinima, half_s: float) -> Rows:
    """Lines that touch the geodesics at half the look-ahead, paths as balls, and their bounds.

    From the foot p with level velocity v, n the normal, k the curvature in its direction,
    s = half·|v|, q = (ks)²: the middle is p + half·v·(1 - q/6) - n·(k·s²/2)·(1 - q/12), the velocity
    there v·(1 - q/2) - n·(k·s²/half)·(1 - q/6).

    Raises:
        InputError: a row is not finite, off the ellipsoid, or goes too far.
    """
    position = points.position_ecef_m
    gradient = position * INVERSE_SQUARES
    steepness = np.sqrt((gradient**2).sum(axis=1))
    off = np.abs((position * gradient).sum(axis=1) - 1.0)
    velocity = points.velocity_ecef_mps
    square = (velocity**2).sum(axis=1)
    sound = (off <= SURFACE_TOLERANCE) & (square * half_s**2 <= TRAVEL_M_MAX**2)
    sound &= np.isfinite(points.height_m) & np.isfinite(points.vertical_rate_mps)
    if not sound.all():
        refuse_row(int(np.flatnonzero(~sound)[0]))
    normal = gradient / steepness[:, None]
    velocity = velocity - normal * (velocity * normal).sum(axis=1)[:, None]
    bend = half_s**2 * (velocity**2 @ INVERSE_SQUARES) / steepness  # k·s²
    q = (bend * MEAN_CURVATURE_PER_M)[:, None]
    straight = np.empty((len(points), 8))
    drop = normal * bend[:, None]
    straight[:, 0:3] = position + half_s * velocity * (1.0 - q / 6.0)
    straight[:, 0:3] -= drop * (0.5 - q / 24.0)
    straight[:, 3:6] = velocity * (1.0 - q / 2.0) - drop / half_s * (1.0 - q / 6.0)
    straight[:, 6] = points.height_m + half_s * points.vertical_rate_mps
    straight[:, 7] = points.vertical_rate_mps
    travel_m = half_s * np.sqrt((velocity**2).sum(axis=1))
    margin_m = points.margin_m + bound_m(bend, travel_m, minima)
    rise_m = np.abs(points.vertical_rate_mps) * half_s + points.height_slack_m
    line, reach_m, height_reach_m, path_margin_m = path_rows(points, paths)
    return Rows(
        np.concatenate([straight, line]),
        np.concatenate([travel_m + margin_m, reach_m]),
        np.concatenate([rise_m, height_reach_m]),
        np.concatenate([margin_m, path_margin_m]),
        np.concatenate([np.arange(len(points), dtype=np.int32), paths.owner]),
        np.concatenate(
            [np.full(len(points), -1, np.int32), np.arange(len(paths.owner), dtype=np.int32)]
        ),
    )


def bound_m(bend_m: Floats, travel_m: Floats, minima: LevelMinima) -> Floats:
    """How much too long a distance to each point's straight line may be, near the minimum.

    Args:
        bend_m: (N,) k·s²; the line rises to half of it above the ellipsoid.
        travel_m: (N,) s, in half the look-ahead.
        minima: the distances that matter.

    Source: docs/rooms/alerts.md, "How far the straight lines err".
    """
    widest_m, least_m = float(minima.horizontal_m.max()), float(minima.horizontal_m.min())
    rise_m = 0.5 * bend_m
    third_m = 0.2 * travel_m * bend_m * MEAN_CURVATURE_PER_M
    leaning_m = 0.505 * rise_m * (widest_m / CURVATURE_RADIUS_M_MIN)
    above_m = 1.01 * np.minimum(rise_m, rise_m**2 / (2.0 * least_m))
    return third_m + leaning_m + above_m + LENGTH_ROUNDING_M


def refuse_row(row: int) -> None:
    """Say which row cannot be searched."""
    raise InputError(
        f"position_ecef_m[{row}]",
        f"not finite, off the ellipsoid by over 3 m, or over {TRAVEL_M_MAX / 1000:.0f} km on the way"
        " in half the look-ahead",
    )


def path_rows(points: MovingPoints, paths: FlownPaths) -> tuple[Floats, Floats, Floats, Floats]:
    """Line, reach, reach of heights and margin of paths: the ball round their nodes."""
    nodes, heights = paths.node_ecef_m, paths.node_height_m
    line = np.zeros((len(paths.owner), 8))
    centre = 0.5 * (nodes.min(axis=1) + nodes.max(axis=1))
    centre /= np.sqrt((centre**2) @ INVERSE_SQUARES)[:, None]
    line[:, 0:3] = centre
    line[:, 6] = 0.5 * (heights.min(axis=1) + heights.max(axis=1))
    margin_m = points.margin_m[paths.owner] + paths.bulge_m
    reach_m = np.sqrt(((nodes - centre[:, None, :]) ** 2).sum(axis=2)).max(axis=1)
    half_m = 0.5 * (heights.max(axis=1) - heights.min(axis=1))
    return line, reach_m + margin_m, half_m + points.height_slack_m[paths.owner], margin_m


def node_times_s(paths: FlownPaths, look_ahead_s: float) -> Floats:
    """(K + 1,) instants of the nodes of paths."""
    return np.linspace(0.0, look_ahead_s, paths.node_height_m.shape[1])
