"""Heights with their datum, and how far two of them can be compared."""

import math
from dataclasses import dataclass
from enum import StrEnum

from comity.kernel.errors import InputError

HEIGHT_M_MIN = -1_000.0  # below every shore (Dead Sea, -430 m) whatever the datum
HEIGHT_M_MAX = 100_000.0  # the Kármán line: no aircraft is separated above it

# Least and greatest height of the EGM2008 geoid above the WGS 84 ellipsoid. NGA's grid of 1' runs from
# about -107 m (south of India) to +86 m (New Guinea). Widened to what the published scaled form of that
# grid can hold at all: GeographicLib egm2008-1, 16-bit steps of 3 mm from -108 m, so -108 m to 88.605 m.
GEOID_M_MIN = -108.0
GEOID_M_MAX = 89.0


class Datum(StrEnum):
    """What a height is measured from."""

    WGS84 = "WGS84"
    """The WGS 84 ellipsoid (height above ellipsoid)."""

    EGM2008 = "EGM2008"
    """The EGM2008 geoid (orthometric height; mean sea level)."""

    QNE = "QNE"
    """The 1013.25 hPa surface of the standard atmosphere (pressure height; flight levels)."""

    AGL = "AGL"
    """The ground below: comparable only where a bound of the terrain is known."""


@dataclass(frozen=True, slots=True)
class Altitude:
    """A height and what it is measured from; the one never travels without the other."""

    height_m: float
    datum: Datum

    def __post_init__(self) -> None:
        if not math.isfinite(self.height_m):
            raise InputError("height_m", f"{self.height_m} is not a finite number")
        if not HEIGHT_M_MIN <= self.height_m <= HEIGHT_M_MAX:
            raise InputError(
                "height_m", f"{self.height_m} is outside {HEIGHT_M_MIN:.0f} to {HEIGHT_M_MAX:.0f} m"
            )


@dataclass(frozen=True, slots=True)
class HeightBounds:
    """What the parties agreed to take for granted where two datums meet; `None`: nothing.

    Attributes:
        pressure_error_m: a pressure height (QNE) lies within this of the EGM2008 height.
        terrain_m: lowest and highest EGM2008 height of the ground in the agreed area.
    """

    pressure_error_m: float | None = None
    terrain_m: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        error_m = self.pressure_error_m
        if error_m is not None and not (math.isfinite(error_m) and error_m >= 0.0):
            raise InputError("pressure_error_m", f"{error_m} is not a finite number from 0 on")
        if self.terrain_m is not None:
            lowest_m, highest_m = self.terrain_m
            if not HEIGHT_M_MIN <= lowest_m <= highest_m <= HEIGHT_M_MAX:
                raise InputError(
                    "terrain_m",
                    f"{lowest_m} to {highest_m} is not ascending within {HEIGHT_M_MIN:.0f} to"
                    f" {HEIGHT_M_MAX:.0f} m",
                )


NO_HEIGHT_BOUNDS = HeightBounds()


def geoid_span_m(datum: Datum, bounds: HeightBounds) -> tuple[float, float] | None:
    """By how much the EGM2008 height can differ from a height of that datum, at least and at most.

    Nothing is converted by a grid, for none ships: a height is widened by a published or agreed
    bound, or `None` says that nothing tells.

    Source: docs/spec/volume.md §5.
    """
    match datum:
        case Datum.EGM2008:
            return 0.0, 0.0
        case Datum.WGS84:
            return -GEOID_M_MAX, -GEOID_M_MIN
        case Datum.QNE:
            error_m = bounds.pressure_error_m
            return None if error_m is None else (-error_m, error_m)
        case Datum.AGL:
            return bounds.terrain_m


def geoid_heights_m(altitude: Altitude, bounds: HeightBounds) -> tuple[float, float] | None:
    """Least and greatest EGM2008 height that an altitude can mean; None where nothing tells."""
    span_m = geoid_span_m(altitude.datum, bounds)
    if span_m is None:
        return None
    return altitude.height_m + span_m[0], altitude.height_m + span_m[1]
