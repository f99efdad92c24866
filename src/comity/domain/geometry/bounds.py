"""Longitude and latitude boxes around shapes, for indexes: too much, never too little."""

import math

import numpy as np

from comity.domain.geometry.edges import EDGE_TOLERANCE_M
from comity.domain.geometry.ellipsoid import (
    CURVATURE_RADIUS_M_MIN,
    SEMI_MAJOR_M,
    SEMI_MINOR_M,
    Floats,
    degrees_from_unit,
)
from comity.domain.geometry.prepared import PreparedShape
from comity.domain.geometry.rings import contains

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees; west <= east, south <= north."""

POLAR_DEG = 89.9  # from here on a box takes every longitude: over-approximates by 11 km
ROUNDING_DEG = 1e-9  # 0.1 mm, against 1e-14 of a degree lost in float64


def bounding_boxes(shape: PreparedShape, buffer_m: float) -> tuple[Box, ...]:
    """Boxes that contain every point within `radius_m` + `buffer_m` of the shape.

    One box, or two where they meet at ±180°. Over-approximates by at most the buffer's stretch of
    longitude between the shape's own parallel and the buffer's edge, plus `EDGE_TOLERANCE_M`.

    A line of length s climbs by at most s/M, M the least radius of curvature of a meridian, and
    turns by at most s/(N·cos of the highest latitude it reaches), N >= a.

    Args:
        shape: as prepared; its own radius is added.
        buffer_m: such as the separation minimum.

    Source: docs/spec/volume.md, "Boxes".
    """
    south_deg, north_deg = _latitudes_deg(shape.points)
    margin_m = shape.radius_m + buffer_m + EDGE_TOLERANCE_M
    climb_deg = math.degrees(margin_m / CURVATURE_RADIUS_M_MIN) + ROUNDING_DEG
    if shape.ring:
        if contains(shape.points, shape.centre, np.array([0.0, 0.0, 1.0])):
            north_deg = 90.0
        if contains(shape.points, shape.centre, np.array([0.0, 0.0, -1.0])):
            south_deg = -90.0
    south_deg = max(south_deg - climb_deg, -90.0)
    north_deg = min(north_deg + climb_deg, 90.0)
    highest_deg = max(abs(south_deg), abs(north_deg))
    if highest_deg > POLAR_DEG:
        return ((-180.0, south_deg, 180.0, north_deg),)
    first_deg, west_turn_deg, east_turn_deg = _longitudes_deg(shape.points)
    turn_deg = (
        math.degrees(margin_m / (SEMI_MAJOR_M * math.cos(math.radians(highest_deg)))) + ROUNDING_DEG
    )
    west_deg = first_deg + west_turn_deg - turn_deg
    east_deg = first_deg + east_turn_deg + turn_deg
    if east_deg - west_deg >= 360.0:
        return ((-180.0, south_deg, 180.0, north_deg),)
    if west_deg < -180.0:
        west_deg, east_deg = west_deg + 360.0, east_deg + 360.0
    if east_deg <= 180.0:
        return ((west_deg, south_deg, east_deg, north_deg),)
    if west_deg > 180.0:
        return ((west_deg - 360.0, south_deg, east_deg - 360.0, north_deg),)
    return (
        (west_deg, south_deg, 180.0, north_deg),
        (-180.0, south_deg, east_deg - 360.0, north_deg),
    )


def _latitudes_deg(points: Floats) -> tuple[float, float]:
    """Least and greatest latitude of the pieces."""
    start, end = points[:-1], points[1:]
    low = float(points[:, 2].min())
    high = float(points[:, 2].max())
    normal = np.cross(start, end)
    square = (normal**2).sum(axis=1)
    # the height rises along the piece by (normal x point).z: the top lies where it changes sign
    rise0 = normal[:, 0] * start[:, 1] - normal[:, 1] * start[:, 0]
    rise1 = normal[:, 0] * end[:, 1] - normal[:, 1] * end[:, 0]
    bends = (rise0 * rise1 < 0.0) & (square > 0.0)
    if bends.any():
        across = normal[bends, 0] ** 2 + normal[bends, 1] ** 2
        top = np.sqrt(across / square[bends])
        up = rise0[bends] > 0.0
        if up.any():
            high = max(high, float(top[up].max()))
        if not up.all():
            low = min(low, -float(top[~up].max()))
    return _latitude_deg(low), _latitude_deg(high)


def _latitude_deg(height_unit: float) -> float:
    across = math.sqrt(max(0.0, 1.0 - height_unit * height_unit))
    return math.degrees(math.atan2(SEMI_MAJOR_M * height_unit, SEMI_MINOR_M * across))


def _longitudes_deg(points: Floats) -> tuple[float, float, float]:
    """Longitude of the first point, and how far west and east of it the pieces go.

    Off the poles the longitude of a great circle runs one way and by less than half a turn.
    """
    longitude_deg = degrees_from_unit(points)[1]
    turns_deg = (np.diff(longitude_deg) + 180.0) % 360.0 - 180.0
    running_deg = np.concatenate([[0.0], np.cumsum(turns_deg)])
    return float(longitude_deg[0]), float(running_deg.min()), float(running_deg.max())
