"""Longitude and latitude boxes around packed shapes: `geometry.bounding_boxes`, compiled."""

import math

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry import EDGE_TOLERANCE_M, ShapeArrays
from comity.domain.geometry.bounds import POLAR_DEG, ROUNDING_DEG
from comity.domain.geometry.ellipsoid import (
    CURVATURE_RADIUS_M_MIN,
    SEMI_MAJOR_M,
    SEMI_MINOR_M,
)
from comity.domain.geometry.jit import kernel

Floats = NDArray[np.float64]

DEGREE = math.pi / 180.0
BOXES_MAX = 2  # of one shape: it may lie across the antimeridian


@kernel
def latitude_deg(height_unit: float) -> float:
    """Geodetic latitude of a unit vector's third coordinate."""
    across = math.sqrt(max(0.0, 1.0 - height_unit * height_unit))
    return math.atan2(SEMI_MAJOR_M * height_unit, SEMI_MINOR_M * across) / DEGREE


@kernel
def shape_boxes(shapes: ShapeArrays, s: int, buffer_m: float, boxes_deg: Floats) -> int:
    """Boxes that contain every point within `radius_m` + `buffer_m` of shape s.

    Args:
        shapes: packed shapes.
        s: which of them.
        buffer_m: such as a share of the separation minimum.
        boxes_deg: (2, 4) filled with west, south, east, north.

    Returns:
        How many boxes there are: one, or two where they meet at ±180°.

    Source: geometry/bounds.py, whose reasoning and margins these are; docs/spec/volume.md, "Boxes".
    """
    south, north, west, east, first, turns = _extent(shapes, s)
    margin_m = shapes.rows[s].radius_m + buffer_m + EDGE_TOLERANCE_M
    climb = margin_m / CURVATURE_RADIUS_M_MIN / DEGREE + ROUNDING_DEG
    if shapes.rows[s].ring and abs(turns) > 180.0:
        if shapes.rows[s].centre_z > 0.0:
            north = 90.0
        else:
            south = -90.0
    south = max(south - climb, -90.0)
    north = min(north + climb, 90.0)
    highest = max(abs(south), abs(north))
    turn = 360.0
    if highest <= POLAR_DEG:
        across = SEMI_MAJOR_M * math.cos(highest * DEGREE)
        turn = margin_m / across / DEGREE + ROUNDING_DEG
    west += first - turn
    east += first + turn
    if east - west >= 360.0:
        west, east = -180.0, 180.0
    elif west < -180.0:
        west, east = west + 360.0, east + 360.0
    elif west > 180.0:
        west, east = west - 360.0, east - 360.0
    _write_box(boxes_deg, 0, west, south, min(east, 180.0), north)
    if east <= 180.0:
        return 1
    _write_box(boxes_deg, 1, -180.0, south, east - 360.0, north)
    return 2


@kernel
def _write_box(
    boxes_deg: Floats, box: int, west: float, south: float, east: float, north: float
) -> None:
    boxes_deg[box, 0] = west
    boxes_deg[box, 1] = south
    boxes_deg[box, 2] = east
    boxes_deg[box, 3] = north


@kernel
def _extent(shapes: ShapeArrays, s: int) -> tuple[float, float, float, float, float, float]:
    """South, north; west and east of the first longitude; that longitude; and turns made in all.

    Along a piece of great circle the height is greatest where it stops rising, and the longitude
    runs one way by less than half a turn.
    """
    points = shapes.points
    first = shapes.rows[s].first
    low = high = points[first, 2]
    origin = math.atan2(points[first, 1], points[first, 0]) / DEGREE
    before = origin
    running = west = east = 0.0
    for k in range(first + 1, first + shapes.rows[s].count):
        x0, y0, z0 = points[k - 1, 0], points[k - 1, 1], points[k - 1, 2]
        x1, y1, z1 = points[k, 0], points[k, 1], points[k, 2]
        low, high = min(low, z1), max(high, z1)
        nx, ny, nz = y0 * z1 - z0 * y1, z0 * x1 - x0 * z1, x0 * y1 - y0 * x1
        rise0 = nx * y0 - ny * x0
        rise1 = nx * y1 - ny * x1
        square = nx * nx + ny * ny + nz * nz
        if rise0 * rise1 < 0.0 and square > 0.0:
            top = math.sqrt((nx * nx + ny * ny) / square)
            if rise0 > 0.0:
                high = max(high, top)
            else:
                low = min(low, -top)
        longitude = math.atan2(y1, x1) / DEGREE
        step = longitude - before
        if step >= 180.0:
            step -= 360.0
        elif step < -180.0:
            step += 360.0
        running += step
        west, east = min(west, running), max(east, running)
        before = longitude
    return latitude_deg(low), latitude_deg(high), west, east, origin, running
