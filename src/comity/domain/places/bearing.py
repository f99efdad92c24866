"""Distance and direction between two positions, on the ellipsoid."""

from dataclasses import dataclass
from functools import cache
from typing import Any

COMPASS_POINTS = (
    "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bearing:
    """How to go from one position to another.

    Attributes:
        distance_m: along the geodesic.
        azimuth_true_deg: direction at the first position, clockwise from true north, from 0 up to and
            without 360. Where the two are one position it is 0 and means nothing.
    """

    distance_m: float
    azimuth_true_deg: float

    @property
    def compass_point(self) -> str:
        """The nearest of the sixteen points."""
        return compass_point(self.azimuth_true_deg)


def compass_point(azimuth_true_deg: float) -> str:
    """The nearest of the sixteen compass points; each is 22.5 degrees wide."""
    return COMPASS_POINTS[int(((azimuth_true_deg % 360.0) + 11.25) // 22.5) % 16]


def bearing(
    from_latitude_deg: float,
    from_longitude_deg: float,
    to_latitude_deg: float,
    to_longitude_deg: float,
) -> Bearing:
    """The geodesic from one WGS 84 position to another; right at the poles and across ±180°.

    Source: Karney, «Algorithms for geodesics» (2013), as PROJ has it.
    """
    azimuth_deg, _, distance_m = geodesics().inv(
        from_longitude_deg, from_latitude_deg, to_longitude_deg, to_latitude_deg
    )
    return Bearing(float(distance_m), float(azimuth_deg) % 360.0 % 360.0)


@cache
def geodesics() -> Any:
    """PROJ's geodesics of WGS 84."""
    from pyproj import Geod  # noqa: PLC0415  0.1 s, and only where a place is wanted

    return Geod(ellps="WGS84")
