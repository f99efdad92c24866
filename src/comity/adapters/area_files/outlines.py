"""Outlines from vertices in degrees: rings, circles and buffers, and the side that is outside."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.area_outlines import (
    AreaOutline,
    buffered_outline,
    circle_outline,
    outline_of_rings,
)
from comity.domain.geometry.kinds import EdgeKind
from comity.kernel.errors import InputError

Floats = NDArray[np.float64]
Ring = tuple[Floats, Floats]
"""Latitudes and longitudes, degrees."""

POLE_DEG = 90.0
OVERLAP_SHARE = 1e-9  # of the whole: unions round at 1e-15


def area_outline(rings: Sequence[Ring], edge: EdgeKind, buffer_m: float, path: str) -> AreaOutline:
    """The outline of rings with a buffer round it.

    Raises:
        InputError: a ring goes round both poles, an edge goes once round the earth, or as
            `outline_of_rings`.
    """
    for latitude, longitude in rings:
        whole_turn = np.abs(np.diff(longitude)) == 360.0
        if (whole_turn & (np.abs(latitude[:-1]) < POLE_DEG)).any():
            raise InputError(path, "an edge goes once round the earth; give it vertices on the way")
    poles = {_pole(ring) for ring in rings} - {0}
    if len(poles) > 1:
        raise InputError(path, "an area round both poles; cut it in two")
    outside = np.array([0.0, 0.0, -1.0 if 1 in poles else 1.0])
    try:
        outline = outline_of_rings(rings, edge, outside)
        if len(outline.start) == 0:
            raise InputError(path, "the area has no extent")
        return buffered_outline(outline, buffer_m) if buffer_m > 0.0 else outline
    except InputError as error:
        raise InputError(f"{path}.{error.field}", error.why) from error


def refuse_crossings(polygons: Sequence[Sequence[Ring]], path: str) -> None:
    """Refuse rings that cross themselves or each other, and parts that overlap.

    By the even-odd rule a place enclosed twice would count as outside, and read as clear. Judged on
    the map of longitude and latitude, unrolled at ±180°; rings round a pole are not judged.

    Raises:
        InputError: names what is wrong and where.
    """
    import shapely  # noqa: PLC0415  only where areas are made

    parts = []
    for polygon in polygons:
        rings = []
        for latitude, longitude in polygon:
            east = np.unwrap(longitude, period=360.0)
            if abs(east[-1] - east[0]) > 180.0 or _pole((latitude, longitude)):
                return
            rings.append(np.column_stack([east, latitude]))
        first = rings[0][:, 0].mean()
        holes = [
            ring - [np.round((ring[:, 0].mean() - first) / 360.0) * 360.0, 0.0]
            for ring in rings[1:]
        ]
        part = shapely.Polygon(rings[0], holes)
        if not part.is_valid:
            raise InputError(path, f"crosses itself: {shapely.is_valid_reason(part)[:80]}")
        parts.append(part)
    if len(parts) > 1:
        area = sum(part.area for part in parts)
        if area - shapely.union_all(parts).area > OVERLAP_SHARE * area:
            raise InputError(path, "parts overlap; give them as areas of their own, or joined")


def circle(latitude_deg: float, longitude_deg: float, radius_m: float, path: str) -> AreaOutline:
    """Everything within a distance of a place."""
    if not (abs(latitude_deg) <= POLE_DEG and abs(longitude_deg) <= 180.0):
        raise InputError(path, f"{latitude_deg}, {longitude_deg} is no latitude and longitude")
    try:
        return circle_outline(latitude_deg, longitude_deg, radius_m)
    except InputError as error:
        raise InputError(f"{path}.{error.field}", error.why) from error


def _pole(ring: Ring) -> int:
    """1 or -1 where a ring holds the north or south pole, 0 where neither."""
    latitude, longitude = ring
    if (np.abs(latitude) == POLE_DEG).any():
        return int(np.sign(latitude[np.argmax(np.abs(latitude))]))
    turns = (np.diff(longitude, append=longitude[:1]) + 180.0) % 360.0 - 180.0
    if abs(turns.sum()) < 180.0:
        return 0
    return 1 if latitude.mean() > 0.0 else -1
