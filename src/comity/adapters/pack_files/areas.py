"""Where the things of a pack are, as rings of longitude and latitude for tools that draw straight between them.

Over-approximates: everything of the shape, with what is added for its error, is inside the rings.
"""

import math

import numpy as np

from comity.domain.geometry import EdgeKind, Shape, ShapeKind, degrees_from_unit
from comity.domain.geometry.edges import along_edges

Ring = list[tuple[float, float]]
"""Longitude and latitude in degrees, counter-clockwise, the first again at the end."""

REACH_M_MAX = 500_000.0  # from its middle; beyond it one plane map stretches by more than 0.1 %
STRETCH = 1.002  # of a plane around the middle: c²/6R² is 0.1 % at that reach, and as much again
SLACK_M = 5.0  # pieces of 40 km are drawn straight in the plane
STEP_M = 5_000.0  # between corners: a parallel then leaves the geodesic by STEP_M²·tan φ/8R
EARTH_M = 6_356_752.0
POLE_DEG = 89.9  # nearer to a pole the least tangent is taken; a pole inside is drawn as a cap
QUARTER = 16  # corners of a quarter of a circle


def rings_around(shape: Shape, added_m: float) -> list[Ring] | None:
    """Outer rings that together hold a shape and everything within a distance; None: it is too large to draw.

    Args:
        shape: a point, line or area with its own radius.
        added_m: what else counts: its error.
    """
    import shapely  # noqa: PLC0415  only where a pack is exported
    from pyproj import Transformer  # noqa: PLC0415

    prepared = shape.prepared
    wide_m = shape.radius_m + added_m
    if prepared.reach_m + wide_m > REACH_M_MAX:
        return None
    middle = degrees_from_unit(prepared.centre)
    middle_latitude, middle_longitude = (float(each) for each in middle)
    plane = f"+proj=aeqd +lon_0={middle_longitude} +lat_0={middle_latitude} +ellps=WGS84"
    project = Transformer.from_crs("OGC:CRS84", plane, always_xy=True)
    latitude, longitude = _vertices(shape)
    points = np.column_stack(project.transform(longitude, latitude))
    drawn = shapely.Point(points[0])
    if len(points) > 1:
        ring = shape.kind is ShapeKind.RING
        drawn = shapely.make_valid(shapely.Polygon(points)) if ring else shapely.LineString(points)
    steepest = min(POLE_DEG, float(np.abs(latitude).max()) + wide_m / 110_000.0)
    bent_m = STEP_M**2 * math.tan(math.radians(steepest)) / (8.0 * EARTH_M)
    across_m = (wide_m * STRETCH + SLACK_M + bent_m) / math.cos(math.pi / (4 * QUARTER))
    grown = shapely.segmentize(shapely.buffer(drawn, across_m, quad_segs=QUARTER), STEP_M)
    cap = _cap(grown, project)
    if cap is not None:
        return cap
    rings: list[Ring] = []
    for part in shapely.get_parts(grown):
        x, y = shapely.get_coordinates(part.exterior).T
        longitude, latitude = project.transform(x, y, direction="INVERSE")
        turned = (
            middle_longitude + (np.asarray(longitude) - middle_longitude + 180.0) % 360.0 - 180.0
        )
        rings += _cut(np.column_stack([turned, np.asarray(latitude)]))
    return rings


def _vertices(shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """Vertices of the shape with its edges in pieces of at most 40 km."""
    latitude, longitude = np.array(shape.latitude_deg), np.array(shape.longitude_deg)
    if len(latitude) == 1:
        return latitude, longitude
    if shape.kind is ShapeKind.RING:
        latitude, longitude = np.append(latitude, latitude[0]), np.append(longitude, longitude[0])
    start, end = along_edges(latitude, longitude, EdgeKind(shape.edge))
    if not len(start):
        return latitude[:1], longitude[:1]
    found = degrees_from_unit(np.concatenate([start, end[-1:]]))
    return np.asarray(found[0]), np.asarray(found[1])


def _cap(grown: "object", project: "object") -> list[Ring] | None:
    """Everything poleward of an area's lowest latitude, where the area holds a pole."""
    import shapely  # noqa: PLC0415

    for sign in (1.0, -1.0):
        x, y = project.transform(0.0, 90.0 * sign)  # type: ignore[attr-defined]
        if not (math.isfinite(x) and math.isfinite(y) and shapely.contains_xy(grown, x, y)):
            continue
        corners = shapely.get_coordinates(grown)
        _, latitude = project.transform(  # type: ignore[attr-defined]
            corners[:, 0], corners[:, 1], direction="INVERSE"
        )
        least = float(np.abs(latitude).min()) - 0.01
        south, north = (least, 90.0) if sign > 0 else (-90.0, -least)
        return [[(-180.0, south), (180.0, south), (180.0, north), (-180.0, north), (-180.0, south)]]
    return None


def _cut(points: np.ndarray) -> list[Ring]:
    """One ring, cut where it crosses ±180° (RFC 7946 §3.1.9)."""
    import shapely  # noqa: PLC0415

    whole = shapely.make_valid(shapely.Polygon(points))
    found: list[Ring] = []
    for turn in (-360.0, 0.0, 360.0):
        world = shapely.box(-180.0 + turn, -90.0, 180.0 + turn, 90.0)
        for part in shapely.get_parts(shapely.intersection(whole, world)):
            if part.geom_type != "Polygon" or part.is_empty:
                continue
            ring = shapely.get_coordinates(shapely.orient_polygons(part).exterior)
            found.append([(round(x - turn, 7), round(y, 7)) for x, y in ring.tolist()])
    return found


def middle_of(shape: Shape) -> tuple[float, float]:
    """Latitude and longitude of a shape's middle: where a label stands, not where the place is."""
    latitude, longitude = degrees_from_unit(shape.prepared.centre)
    return float(latitude), float(longitude)


def farthest_m(shape: Shape, added_m: float) -> float:
    """The radius of a circle around `middle_of` that holds all of it (over-approximates by 60 %, at most)."""
    reach_m = shape.prepared.reach_m
    stretch = 1.0006 if reach_m < 700_000.0 else 1.6
    return reach_m * stretch + shape.radius_m + added_m + 1.0
