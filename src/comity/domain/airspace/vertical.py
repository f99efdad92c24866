"""The gap between two altitude bands, through whatever their datums allow."""

import math
from dataclasses import dataclass

from comity.domain.airspace.altitude import Altitude, HeightBounds, geoid_heights_m
from comity.domain.airspace.volume import Volume4D

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
    upper_m = geoid_heights_m(upper, bounds)
    lower_m = geoid_heights_m(lower, bounds)
    if upper_m is None or lower_m is None:
        return -math.inf
    return upper_m[0] - lower_m[1]
