"""One place against the lines of one border data set: over which country, how far from which line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from comity.domain.airspace import Altitude
from comity.domain.alerts.areas import Area, AreaSet
from comity.domain.alerts.border_position import (
    TWELVE_NM_M,
    BorderPosition,
    border_position,
)
from comity.domain.geometry import degrees_from_unit
from comity.domain.geometry.areas_few import NearestEdge, bearing_deg, holds, nearest_edge
from comity.domain.geometry.ellipsoid import unit_from_degrees
from comity.kernel.errors import InputError

REACHES_M = (30_000.0, 120_000.0, 500_000.0)
"""How far lines are looked for, nearer first; the first takes in 12 NM and any error of lines here."""
SAME_LINE_M = 0.5


class BorderLines(Protocol):
    """The lines of one data set (L-13: a border is itself a claim).

    Attributes:
        name: whose.
        version: of which publication.
        digest: SHA-256 of the bytes, hex.
        error_m: of the lines; `None`: not stated.
        view: what kind of statement they are.
    """

    name: str
    version: str
    digest: str
    error_m: float | None
    view: str

    def over(
        self, latitude_deg: float, longitude_deg: float, altitude: Altitude | None
    ) -> Sequence[str]:
        """Countries inside whose lines a place lies."""
        ...

    def near(
        self, latitude_deg: float, longitude_deg: float, limit_m: float
    ) -> Sequence[tuple[str, NearestEdge]]:
        """Countries whose line comes within the limit, nearest first."""
        ...


@dataclass(frozen=True, slots=True)
class BorderCheck:
    """What one data set says of one place.

    Attributes:
        position: the verdict.
        line_of: countries of the nearest line; one at a coast, two at a border between them, none
            where no line is within the farthest reach.
        line_m: how far it is.
        bearing_deg: from true north.
        line_latitude_deg: its nearest point.
        line_longitude_deg: likewise.
    """

    position: BorderPosition
    line_of: tuple[str, ...]
    line_m: float | None
    bearing_deg: float | None
    line_latitude_deg: float | None
    line_longitude_deg: float | None


def check_border(
    lines: BorderLines,
    latitude_deg: float,
    longitude_deg: float,
    altitude: Altitude | None = None,
    *,
    twelve_nm: bool = False,
) -> BorderCheck:
    """The verdict of one data set on one place, and its nearest line.

    Raises:
        InputError: a coordinate is out of range.
    """
    for field, value, limit in (("lat", latitude_deg, 90.0), ("lon", longitude_deg, 180.0)):
        if not abs(value) <= limit:
            raise InputError(field, f"{value} is outside -{limit:.0f} to {limit:.0f}")
    over = tuple(lines.over(latitude_deg, longitude_deg, altitude))
    near: Sequence[tuple[str, NearestEdge]] = ()
    needed_m = max(lines.error_m or 0.0, TWELVE_NM_M if twelve_nm else 0.0)
    for reach_m in REACHES_M:
        near = lines.near(latitude_deg, longitude_deg, reach_m)
        if near and reach_m > needed_m:
            break
    close = [(name, edge.distance_m) for name, edge in near]
    position = border_position(over, close, lines.error_m, twelve_nm=twelve_nm)
    if not near:
        return BorderCheck(position, (), None, None, None, None)
    nearest = near[0][1]
    line_of = tuple(
        sorted(name for name, edge in near if edge.distance_m <= nearest.distance_m + SAME_LINE_M)
    )
    place = unit_from_degrees(np.array([latitude_deg]), np.array([longitude_deg]))[0]
    north, east = degrees_from_unit(nearest.point)
    return BorderCheck(
        position,
        line_of,
        nearest.distance_m,
        bearing_deg(place, nearest.point),
        float(north),
        float(east),
    )


class AreaLines:
    """The lines of a set of areas, as `BorderLines`; small sets, for one place at a time."""

    def __init__(self, areas: AreaSet) -> None:
        self.name = areas.name
        self.version = areas.version
        self.digest = areas.digest
        self.error_m = areas.error_m
        self.view = areas.view
        self._areas = areas.areas

    def over(
        self, latitude_deg: float, longitude_deg: float, altitude: Altitude | None
    ) -> Sequence[str]:
        """Areas inside whose lines a place lies, but for those whose band is surely missed."""
        place = unit_from_degrees(np.array([latitude_deg]), np.array([longitude_deg]))[0]
        return [
            area.name
            for area in self._areas
            if not _missed(area, altitude) and holds(area.outline, place)
        ]

    def near(
        self, latitude_deg: float, longitude_deg: float, limit_m: float
    ) -> Sequence[tuple[str, NearestEdge]]:
        """Areas whose line comes within the limit, nearest first."""
        place = unit_from_degrees(np.array([latitude_deg]), np.array([longitude_deg]))[0]
        found = []
        for area in self._areas:
            nearest = nearest_edge(area.outline.start, area.outline.end, place, limit_m)
            if nearest is not None:
                found.append((area.name, nearest))
        return sorted(found, key=lambda each: (each[1].distance_m, each[0]))


def _missed(area: Area, altitude: Altitude | None) -> bool:
    """Whether a height is outside an area's band for sure: heights of other datums do not tell."""
    if altitude is None:
        return False
    low, high = area.lower, area.upper
    below = low is not None and low.datum is altitude.datum and altitude.height_m < low.height_m
    above = high is not None and high.datum is altitude.datum and altitude.height_m > high.height_m
    return below or above
