"""Slant range and azimuth from a radar whose place is known, put on WGS 84."""

import math
from dataclasses import dataclass

HEIGHT_M_LEAST, HEIGHT_M_GREATEST = 0.0, 18_300.0  # FL600; where an echo may be that says no height
HEIGHT_ERROR_M = 1_000.0  # pressure altitude against height: 30 hPa off standard and a warm column
SEMI_MAJOR_M = 6_378_137.0
ECCENTRICITY_2 = 0.00669437999014


@dataclass(frozen=True, slots=True)
class PlacedReport:
    """A position, and the radius that holds it (95 %) as far as the radar's own errors are known."""

    latitude_deg: float
    longitude_deg: float
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class RadarPlace:
    """Where a radar's antenna stands and how well it measures.

    Attributes:
        height_m: of the antenna above the ellipsoid.
        range_error_m, azimuth_error_rad: one standard deviation, from the maker or an evaluation.
    """

    latitude_deg: float
    longitude_deg: float
    height_m: float
    range_error_m: float = 70.0
    azimuth_error_rad: float = math.radians(0.08)

    def position(self, range_m: float, azimuth_rad: float, height_m: float | None) -> PlacedReport:
        """Where a report is. The less is known of its height, the larger the stated radius.

        Args:
            range_m: slant range.
            azimuth_rad: from true north.
            height_m: above the ellipsoid, or pressure altitude for want of it; None if unknown.

        Source: law of cosines on the sphere of Gaussian curvature at the antenna, then the geodesic
        problem; the sphere errs by less than 20 m at 470 km.
        """
        if height_m is None:
            far_m = self._ground_m(range_m, HEIGHT_M_LEAST)
            near_m = self._ground_m(range_m, HEIGHT_M_GREATEST)
        else:
            far_m = self._ground_m(range_m, height_m - HEIGHT_ERROR_M)
            near_m = self._ground_m(range_m, height_m + HEIGHT_ERROR_M)
        least_m, greatest_m = min(near_m, far_m), max(near_m, far_m)
        ground_m = (least_m + greatest_m) / 2.0
        half_m = (greatest_m - least_m) / 2.0
        latitude_deg, longitude_deg = self._walk(azimuth_rad, ground_m)
        across_m = ground_m * self.azimuth_error_rad
        spread_m = 2.45 * math.hypot(self.range_error_m, across_m)
        return PlacedReport(latitude_deg, longitude_deg, half_m + spread_m)

    def _radius_m(self) -> float:
        """Gaussian radius of curvature at the antenna."""
        sine = math.sin(math.radians(self.latitude_deg))
        return SEMI_MAJOR_M * math.sqrt(1.0 - ECCENTRICITY_2) / (1.0 - ECCENTRICITY_2 * sine**2)

    def _ground_m(self, range_m: float, height_m: float) -> float:
        """Distance on the ellipsoid's surface; 0 where the target would be higher than the range."""
        radius_m = self._radius_m()
        antenna_m, target_m = radius_m + self.height_m, radius_m + height_m
        cosine = (antenna_m**2 + target_m**2 - range_m**2) / (2.0 * antenna_m * target_m)
        return radius_m * math.acos(max(-1.0, min(1.0, cosine)))

    def _walk(self, azimuth_rad: float, distance_m: float) -> tuple[float, float]:
        from pyproj import Geod  # noqa: PLC0415  # 0.1 s, and only with a radar's place

        longitude_deg, latitude_deg, _ = Geod(ellps="WGS84").fwd(
            self.longitude_deg, self.latitude_deg, math.degrees(azimuth_rad), distance_m
        )
        return float(latitude_deg), float(longitude_deg)
