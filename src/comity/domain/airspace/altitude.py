"""Heights with their datum, and how far two of them can be compared."""

import math
from dataclasses import dataclass
from enum import StrEnum

from comity.kernel.errors import InputError

HEIGHT_M_MIN = -1_000.0  # below every shore (Dead Sea, -430 m) whatever the datum
HEIGHT_M_MAX = 100_000.0  # the Kármán line: no aircraft is separated above it


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
