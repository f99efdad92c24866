"""The gap between two altitude bands, through whatever their datums allow."""

import math
from dataclasses import dataclass

from comity.domain.airspace.altitude import Altitude, Datum, HeightBounds
from comity.domain.airspace.volume import Volume4D

# Least and greatest height of the EGM2008 geoid above the WGS 84 ellipsoid. The 1' grid of NGA runs
# from -107 m (south of India) to +86 m (New Guinea); widened to what its published scaled form
# (GeographicLib egm2008-1: offset -108 m, 65535 steps of 3 mm) can hold.
GEOID_M_MIN = -108.0
GEOID_M_MAX = 89.0
ROUNDING_M = 1e-6  # heights are whole millimetres; differences in float64 round at 3e-11 m


@dataclass(frozen=True, slots=True)
class VerticalGap:
    """How far apart two bands are; negative where they overlap.

    Attributes:
        least_m: no less than this for sure; minus infinity where the datums tell nothing.
        known: whether the datums tell enough to say that the bands are nearer than a minimum.
    """

    least_m: float
    known: bool

    def keeps(self, minimum_m: float) -> bool:
        """Whether the bands are apart, and by the minimum, for sure. Bands that touch are not."""
        return self.least_m > ROUNDING_M and self.least_m >= minimum_m - ROUNDING_M


def vertical_gap(a: Volume4D, b: Volume4D, bounds: HeightBounds) -> VerticalGap:
    """Gap between the bands of two volumes.

    Heights of one datum are compared as they stand; heights above ground too, which is exact over
    one ground, and between two places as good as the ground is level. WGS 84 against EGM2008 is
    widened by the range of the geoid; pressure heights and heights above ground against others by
    what the agreement takes for granted, and without that they do not tell.

    Source: docs/spec/volume.md, "Heights".
    """
    above_m = _difference_m(a.lower, b.upper, bounds)
    below_m = _difference_m(b.lower, a.upper, bounds)
    return VerticalGap(max(above_m, below_m), math.isfinite(above_m) and math.isfinite(below_m))


def _difference_m(upper: Altitude, lower: Altitude, bounds: HeightBounds) -> float:
    """How far `upper` is above `lower` at the least; minus infinity where nothing tells."""
    if upper.datum is lower.datum:
        return upper.height_m - lower.height_m
    upper_m = _geoid_height_range_m(upper, bounds)
    lower_m = _geoid_height_range_m(lower, bounds)
    if upper_m is None or lower_m is None:
        return -math.inf
    return upper_m[0] - lower_m[1]


def _geoid_height_range_m(altitude: Altitude, bounds: HeightBounds) -> tuple[float, float] | None:
    """Least and greatest EGM2008 height that an altitude can mean; `None` where nothing tells."""
    height_m = altitude.height_m
    match altitude.datum:
        case Datum.EGM2008:
            return height_m, height_m
        case Datum.WGS84:
            return height_m - GEOID_M_MAX, height_m - GEOID_M_MIN
        case Datum.QNE:
            if bounds.pressure_error_m is None:
                return None
            return height_m - bounds.pressure_error_m, height_m + bounds.pressure_error_m
        case Datum.AGL:
            if bounds.terrain_m is None:
                return None
            return height_m + bounds.terrain_m[0], height_m + bounds.terrain_m[1]
