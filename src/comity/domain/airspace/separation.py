"""Separation minima: the least permitted distances between two flights."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from comity.domain.airspace.altitude import NO_HEIGHT_BOUNDS, HeightBounds
from comity.kernel.errors import InputError

HORIZONTAL_M_MAX = 200_000.0  # 108 NM; beyond it distances lose the stated tolerance
VERTICAL_M_MAX = 100_000.0


@dataclass(frozen=True, slots=True)
class Separation:
    """Two flights conflict where they come nearer than both of these at once."""

    horizontal_m: float
    vertical_m: float
    height_bounds: HeightBounds = NO_HEIGHT_BOUNDS

    def __post_init__(self) -> None:
        for field, value, limit in (
            ("horizontal_m", self.horizontal_m, HORIZONTAL_M_MAX),
            ("vertical_m", self.vertical_m, VERTICAL_M_MAX),
        ):
            if not (math.isfinite(value) and 0.0 <= value <= limit):
                raise InputError(field, f"{value} is outside 0 to {limit:.0f} m")


Minima = Callable[[str, str], Separation]
"""The minima between two flight classes, in either order."""
