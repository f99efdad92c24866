"""Two flights on geodesics, in plain Python with geographiclib only: what the pair net must find."""

import math
from dataclasses import dataclass

from tests.geodesic_reference import WGS84


@dataclass(frozen=True)
class Flight:
    """Starts here, keeps its azimuth's geodesic, speed and vertical rate."""

    latitude_deg: float
    longitude_deg: float
    height_m: float
    speed_mps: float
    track_deg: float
    climb_mps: float = 0.0

    def at(self, time_s: float) -> tuple[float, float, float]:
        there = WGS84.Direct(
            self.latitude_deg, self.longitude_deg, self.track_deg, self.speed_mps * time_s
        )
        return there["lat2"], there["lon2"], self.height_m + self.climb_mps * time_s


def horizontal_m(one: Flight, other: Flight, time_s: float) -> float:
    a, b = one.at(time_s), other.at(time_s)
    return WGS84.Inverse(a[0], a[1], b[0], b[1])["s12"]


def vertical_m(one: Flight, other: Flight, time_s: float) -> float:
    return abs(one.height_m - other.height_m + (one.climb_mps - other.climb_mps) * time_s)


def least_excess_m(
    one: Flight, other: Flight, minima_m: tuple[float, float], look_ahead_s: float, steps: int
) -> float:
    """Least, over instants with vertical separation lost, of the distance over its minimum."""
    times = [look_ahead_s * k / steps for k in range(steps + 1)]
    return min(
        (
            horizontal_m(one, other, t) - minima_m[0]
            for t in times
            if vertical_m(one, other, t) < minima_m[1]
        ),
        default=math.inf,
    )


def first_loss_s(
    one: Flight, other: Flight, minima_m: tuple[float, float], look_ahead_s: float, steps: int
) -> float | None:
    """When both minima are first broken at once, to a millisecond; `None` within no step."""

    def lost(time_s: float) -> bool:
        return (
            vertical_m(one, other, time_s) < minima_m[1]
            and horizontal_m(one, other, time_s) < minima_m[0]
        )

    before = 0.0
    for step in range(steps + 1):
        after = look_ahead_s * step / steps
        if lost(after):
            while after - before > 1e-3:
                middle = (before + after) / 2.0
                before, after = (before, middle) if lost(middle) else (middle, after)
            return after
        before = after
    return None
