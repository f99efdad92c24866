"""A flight along geodesics: climb, cruise, descent, as timed positions."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyproj import Geod

from comity.adapters.generated_traffic.performance import Performance
from comity.kernel.instants import Instant
from comity.kernel.invariants import invariant

LEG_M_MAX = 110_000.0  # 8 minutes of a jet: longer legs block more sky than they use
CLIMB_PARTS = 3  # a climb in one leg would take up every level for the whole of it
DECIMALS = 6  # 0.1 m; the same bytes whichever build of PROJ worked it out

Place = tuple[float, float]
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class PlannedPoint:
    """Where a flight means to be, and when; heights are pressure heights (QNE)."""

    at: Instant
    latitude_deg: float
    longitude_deg: float
    pressure_height_m: float


class Route:
    """Geodesics through places (latitude, longitude), measured along."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._legs: list[tuple[Place, float, float]] = []
        along_m = 0.0
        for here, there in itertools.pairwise(places):
            azimuth_deg, _, length_m = _GEOD.inv(here[1], here[0], there[1], there[0])
            self._legs.append((here, azimuth_deg, along_m))
            along_m += length_m
        self._end = places[-1]
        self.length_m = along_m
        self.corners_m = [start_m for _, _, start_m in self._legs[1:]]

    def place(self, along_m: float) -> Place:
        """The place so far along."""
        if along_m >= self.length_m:
            return self._end
        here, azimuth_deg, start_m = max(
            (leg for leg in self._legs if leg[2] <= along_m), key=lambda leg: leg[2]
        )
        longitude_deg, latitude_deg, _ = _GEOD.fwd(here[1], here[0], azimuth_deg, along_m - start_m)
        return latitude_deg, longitude_deg

    def turns_rad(self) -> list[float]:
        """How far the track turns at each corner."""
        turns = []
        for (here, azimuth_deg, start_m), (corner, onward_deg, end_m) in itertools.pairwise(
            self._legs
        ):
            _, _, back_deg = _GEOD.fwd(here[1], here[0], azimuth_deg, end_m - start_m)
            invariant(corner != here, "a leg has a length")
            arrival_deg = back_deg + 180.0
            turn_deg = (onward_deg - arrival_deg + 180.0) % 360.0 - 180.0
            turns.append(math.radians(abs(turn_deg)))
        return turns


@dataclass(frozen=True, slots=True)
class Profile:
    """Distances and times at which a flight changes from climb to cruise to descent."""

    performance: Performance
    length_m: float
    origin_m: float
    cruise_m: float
    destination_m: float

    @property
    def climb_m(self) -> float:
        """Ground covered in climb."""
        rise_m = self.cruise_m - self.origin_m
        return rise_m / self.performance.climb_rate_mps * self.performance.climb_speed_mps

    @property
    def descent_m(self) -> float:
        """Ground covered in descent."""
        fall_m = self.cruise_m - self.destination_m
        return fall_m / self.performance.descent_rate_mps * self.performance.climb_speed_mps

    @property
    def fits(self) -> bool:
        """Whether at least a quarter of the route is cruise."""
        return self.climb_m + self.descent_m <= 0.75 * self.length_m

    def height_m(self, along_m: float) -> float:
        """Pressure height so far along."""
        left_m = self.length_m - along_m
        if along_m < self.climb_m:
            return self.origin_m + (self.cruise_m - self.origin_m) * along_m / self.climb_m
        if left_m < self.descent_m:
            rise_m = self.cruise_m - self.destination_m
            return self.destination_m + rise_m * left_m / self.descent_m
        return self.cruise_m

    def time_s(self, along_m: float) -> float:
        """Elapsed time so far along."""
        slow_m = min(along_m, self.climb_m)
        top_of_descent_m = self.length_m - self.descent_m
        slow_m += max(0.0, along_m - top_of_descent_m)
        fast_m = along_m - slow_m
        speeds = self.performance
        return slow_m / speeds.climb_speed_mps + fast_m / speeds.cruise_speed_mps

    def stations_m(self, corners_m: Sequence[float]) -> Iterator[float]:
        """Where points are wanted: ends, parts of climb and descent, corners, long legs cut."""
        marks = {self.length_m, *corners_m}
        top_of_descent_m = self.length_m - self.descent_m
        for part in range(CLIMB_PARTS + 1):
            marks.add(self.climb_m * part / CLIMB_PARTS)
            marks.add(top_of_descent_m + self.descent_m * part / CLIMB_PARTS)
        ordered = sorted(mark for mark in marks if mark <= self.length_m)
        yield ordered[0]
        for here_m, there_m in itertools.pairwise(ordered):
            count = math.ceil((there_m - here_m) / LEG_M_MAX)
            for part in range(1, count + 1):
                yield here_m + (there_m - here_m) * part / count


def fly(route: Route, profile: Profile, departs: Instant) -> tuple[PlannedPoint, ...]:
    """The whole flight as timed positions, at least a second apart."""
    points: list[PlannedPoint] = []
    for along_m in profile.stations_m(route.corners_m):
        at = departs.plus_s(profile.time_s(along_m))
        if points and at.minus(points[-1].at) < 1.0:
            continue
        latitude_deg, longitude_deg = route.place(along_m)
        points.append(
            PlannedPoint(
                at,
                round(latitude_deg, DECIMALS),
                round(longitude_deg, DECIMALS),
                round(profile.height_m(along_m), 1),
            )
        )
    return tuple(points)
