"""From rings on the sphere to valid polygons of the longitude-latitude plane, cut at ±180°."""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TURN_DEG = 360.0
POLE_DEG = 90.0
RING_POINTS_MIN = 4  # a triangle and its first point again; fewer have no area


def unstitch(rings: Sequence[Floats]) -> shapely.MultiPolygon:
    """Cut one polygon at ±180°, close it over a pole it encloses, and make it valid.

    Each edge is taken the short way round in longitude. A ring that goes once round the Earth is
    closed along the pole of the hemisphere it lies in. What has no area after that (a ring
    folded flat by quantisation) is dropped.

    Args:
        rings: exterior first, each (N, 2) longitude and latitude in degrees, closed.

    Returns:
        Polygons within [-180, 180] × [-90, 90], valid, exteriors counter-clockwise; edges are
        straight in longitude and latitude. Empty where the polygon has no area.
    """
    unrolled = [_unroll(ring) for ring in rings]
    exterior = _filled(unrolled[0])
    if exterior.is_empty:
        return exterior
    for hole in unrolled[1:]:
        turns = round((exterior.centroid.x - hole[:, 0].mean()) / TURN_DEG)
        offset_deg = np.array((turns * TURN_DEG, 0.0))
        exterior = exterior.difference(_filled(hole + offset_deg))
    west, _, east, _ = exterior.bounds
    turns_west = math.floor((west + TURN_DEG / 2) / TURN_DEG)
    turns_east = math.ceil((east - TURN_DEG / 2) / TURN_DEG)
    if turns_west == turns_east == 0:
        return _polygons_of(exterior)
    worlds = [_world(exterior, turns) for turns in range(turns_west, turns_east + 1)]
    return _polygons_of(shapely.union_all(worlds))


def _world(polygon: shapely.Geometry, turns: int) -> shapely.Geometry:
    """The part `turns` full turns east of the plane's own 360 degrees, moved back into them."""
    offset = (turns * TURN_DEG, 0.0)
    world = shapely.box(-TURN_DEG / 2, -POLE_DEG, TURN_DEG / 2, POLE_DEG)
    return shapely.transform(polygon, lambda points: points - offset).intersection(world)


def _unroll(ring: Floats) -> Floats:
    """Longitudes without jumps; a ring that goes round is closed over its pole."""
    longitude_deg = np.unwrap(ring[:, 0], period=TURN_DEG)
    unrolled = np.column_stack((longitude_deg, ring[:, 1]))
    if abs(longitude_deg[-1] - longitude_deg[0]) < TURN_DEG / 2:
        return unrolled
    pole_deg = np.copysign(POLE_DEG, ring[:, 1].mean())
    over = [(longitude_deg[-1], pole_deg), (longitude_deg[0], pole_deg), unrolled[0]]
    return np.concatenate((unrolled, over))


def _filled(ring: Floats) -> shapely.Geometry:
    if len(ring) < RING_POINTS_MIN:
        return shapely.MultiPolygon()
    polygon = shapely.Polygon(ring)
    return _polygons_of(polygon if polygon.is_valid else shapely.make_valid(polygon))


def _polygons_of(geometry: shapely.Geometry) -> shapely.MultiPolygon:
    """The parts of a geometry that have area, exteriors counter-clockwise."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    kept = [
        shapely.orient_polygons(part)
        for part in parts
        if isinstance(part, shapely.Polygon) and part.area > 0
    ]
    return shapely.MultiPolygon(kept)
