"""Trajectories: times and positions, and a chain of volumes that holds the flight between them."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from comity.domain.airspace.altitude import Altitude
from comity.domain.airspace.corridor import Position, line_shape
from comity.domain.airspace.volume import VOLUMES_MAX, Volume4D
from comity.domain.geometry import RADIUS_M_MAX, EdgeKind, unit_from_degrees
from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

TIME_UNCERTAINTY_S_MAX = 3_600.0
VERTICAL_UNCERTAINTY_M_MAX = 10_000.0
STILL_M = 0.05  # a leg that short is a place: a record's 1e-7 degrees could not tell its ends apart
HORIZONTAL_UNCERTAINTY_M_MAX = RADIUS_M_MAX - STILL_M


@dataclass(frozen=True, slots=True)
class TrajectoryPoint:
    """Where a flight means to be, and when."""

    at: Instant
    position: Position
    altitude: Altitude


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """How far from a trajectory a flight may be, on either side."""

    horizontal_m: float
    vertical_m: float
    time_s: float

    def __post_init__(self) -> None:
        for name, value, most in (
            ("horizontal", self.horizontal_m, HORIZONTAL_UNCERTAINTY_M_MAX),
            ("vertical", self.vertical_m, VERTICAL_UNCERTAINTY_M_MAX),
            ("time_s", self.time_s, TIME_UNCERTAINTY_S_MAX),
        ):
            if not 0.0 <= value <= most:
                raise InputError(f"uncertainty.{name}", f"{value} is outside 0 to {most:g}")


def trajectory(points: Sequence[TrajectoryPoint], uncertainty: Uncertainty) -> tuple[Volume4D, ...]:
    """A chain of volumes, one a leg, each widened by what is uncertain.

    Between two points the flight is taken to be within the horizontal uncertainty of the geodesic
    between them (of one of both points, where they are the same place), between their two heights
    widened by the vertical one, at any speed, from the earlier time less the time uncertainty to
    the later one plus it. Volumes of neighbouring legs share the point between them.

    Raises:
        InputError: naming the point: fewer than 2 or more than 1,001, not in order of time, of
            another datum than the first, or what a volume refuses.
    """
    if not 2 <= len(points) <= VOLUMES_MAX + 1:
        raise InputError("points", f"{len(points)} points; 2 to {VOLUMES_MAX + 1}")
    volumes = []
    for index, (earlier, later) in enumerate(itertools.pairwise(points), start=1):
        name = f"points[{index}]"
        if later.at <= earlier.at:
            raise InputError(f"{name}.time", f"{later.at} is not after the point before it")
        if later.altitude.datum is not earlier.altitude.datum:
            why = f"{later.altitude.datum}, and {earlier.altitude.datum} before it; one a flight"
            raise InputError(f"{name}.altitude.datum", why)
        try:
            volumes.append(_leg(earlier, later, uncertainty))
        except InputError as error:
            raise InputError(f"{name}.{error.field}", error.why) from error
    return tuple(volumes)


def _leg(earlier: TrajectoryPoint, later: TrajectoryPoint, uncertainty: Uncertainty) -> Volume4D:
    heights_m = (earlier.altitude.height_m, later.altitude.height_m)
    datum = earlier.altitude.datum
    positions, radius_m = [earlier.position, later.position], uncertainty.horizontal_m
    if _apart_m(*positions) < STILL_M:
        positions, radius_m = positions[:1], radius_m + STILL_M
    around_s = math.ceil(uncertainty.time_s * 1000) / 1000  # whole milliseconds, outwards
    return Volume4D(
        line_shape(positions, radius_m, EdgeKind.GEODESIC),
        Altitude(min(heights_m) - uncertainty.vertical_m, datum),
        Altitude(max(heights_m) + uncertainty.vertical_m, datum),
        earlier.at.plus_s(-around_s),
        later.at.plus_s(around_s),
    )


def _apart_m(a: Position, b: Position) -> float:
    """At least the distance of two places near each other (over-approximates by under 1 %)."""
    units = unit_from_degrees(np.array([a[0], b[0]]), np.array([a[1], b[1]]))
    return float(np.linalg.norm(units[1] - units[0])) * SEMI_MAJOR_M
