"""What an export may hold of one observation, and the rectangles that hold its area."""

import math
from dataclasses import dataclass

from comity.domain.geometry.ellipsoid import CURVATURE_RADIUS_M_MIN
from comity.domain.geometry.nested_cells import Cell, cell_disc, parallel_radius_m
from comity.kernel.instants import Instant

POLE_NEAR_DEG = 89.0


@dataclass(frozen=True, slots=True)
class ExportedObservation:
    """One observation as it may leave by a file: no source's name, no word of it above the tear line.

    Attributes:
        marking: TLP label, or the party's own labels; it stands beside every copy.
        onward: parties to whom its author lets it go on.
    """

    observation: str
    record: str
    author: str
    exercise: bool
    state: str
    kind: str
    nature: str
    area: Cell | None
    subject: str | None
    begins: Instant
    ends: Instant
    words: str
    reliability: str
    credibility: int
    circular: bool
    marking: str
    onward: tuple[str, ...]


Box = tuple[float, float, float, float]
"""West, south, east, north in degrees; west is not greater than east."""


def boxes_holding(area: Cell) -> tuple[Box, ...]:
    """One or two rectangles of latitude and longitude that hold the disc of a cell, cut at ±180°.

    Over-approximates: the half-width is that of the narrowest parallel that the disc reaches.
    """
    disc = cell_disc(area)
    high_deg = math.degrees(disc.radius_m / CURVATURE_RADIUS_M_MIN)
    south_deg = max(disc.latitude_deg - high_deg, -90.0)
    north_deg = min(disc.latitude_deg + high_deg, 90.0)
    farthest_deg = max(abs(south_deg), abs(north_deg))
    if farthest_deg >= POLE_NEAR_DEG:
        return ((-180.0, south_deg, 180.0, north_deg),)
    wide_deg = math.degrees(disc.radius_m / parallel_radius_m(farthest_deg))
    west_deg, east_deg = disc.longitude_deg - wide_deg, disc.longitude_deg + wide_deg
    if west_deg < -180.0:
        return (
            (-180.0, south_deg, east_deg, north_deg),
            (west_deg + 360.0, south_deg, 180.0, north_deg),
        )
    if east_deg > 180.0:
        return (
            (west_deg, south_deg, 180.0, north_deg),
            (-180.0, south_deg, east_deg - 360.0, north_deg),
        )
    return ((west_deg, south_deg, east_deg, north_deg),)
