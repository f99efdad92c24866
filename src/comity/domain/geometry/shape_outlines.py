"""The outline of a shape of a volume: what is notified or agreed, watched as an area."""

import numpy as np

from comity.domain.geometry.area_outlines import (
    AreaOutline,
    buffered_lines,
    buffered_outline,
    circle_outline,
    outline_of_rings,
)
from comity.domain.geometry.edges import along_edges
from comity.domain.geometry.kinds import ShapeKind
from comity.domain.geometry.shape import Shape

RADIUS_M_MIN = 1.0  # of an outline: a line or point has no inside, and is taken as so wide


def shape_outline(shape: Shape) -> AreaOutline:
    """Everything in a shape (over-approximates by `excess_m` of its radius, a line by `RADIUS_M_MIN`).

    Raises:
        InputError: it has a radius and reaches too far for one plane map (some 500 km).
    """
    latitude, longitude = np.array(shape.latitude_deg), np.array(shape.longitude_deg)
    if shape.kind is ShapeKind.RING:
        outline = outline_of_rings([(latitude, longitude)], shape.edge, -shape.prepared.centre)
        if shape.radius_m <= 0.0:
            return outline
        return buffered_outline(outline, max(shape.radius_m, RADIUS_M_MIN))
    radius_m = max(shape.radius_m, RADIUS_M_MIN)
    start, end = along_edges(latitude, longitude, shape.edge)
    if len(start) == 0:
        return circle_outline(float(latitude[0]), float(longitude[0]), radius_m)
    return buffered_lines(start, end, radius_m)
