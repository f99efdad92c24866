"""Outlines as rings that a flat or round map can draw: longitudes that do not jump, poles closed."""

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.area_outlines import AreaOutline
from comity.domain.geometry.ellipsoid import degrees_from_unit

Floats = NDArray[np.float64]
Ring = list[list[float]]
"""Longitude and latitude in degrees, the first vertex repeated at the end."""

DRAWN_DECIMALS = 6  # 0.06 m; a picture, never what a rule looks at
JOINED = 1e-12  # unit vectors; two pieces that meet are cut from one vertex
RING_VERTICES_MAX = 20_000


def drawn_rings(outline: AreaOutline) -> list[Ring]:
    """The rings of an outline, for drawing only.

    Longitudes go on beyond ±180° rather than jump, so that a ring over that meridian is one ring; each
    ring begins between -180° and 180°. A ring round a pole is closed along the pole. A ring that has
    more than `RING_VERTICES_MAX` vertices is drawn by every n-th of them.
    """
    rings = []
    count = len(outline.start)
    if not count:
        return []
    apart = np.abs(outline.start[1:] - outline.end[:-1]).max(axis=1) > JOINED
    cuts = [0, *(np.flatnonzero(apart) + 1).tolist(), count]
    for first, beyond in pairwise(cuts):
        step = math.ceil((beyond - first) / RING_VERTICES_MAX)
        latitude, longitude = degrees_from_unit(outline.start[first:beyond:step])
        if len(latitude) >= 3:
            rings.append(unwrapped_ring(latitude, longitude))
    return rings


def unwrapped_ring(latitude_deg: Floats, longitude_deg: Floats) -> Ring:
    """One ring (N,) whose last vertex joins its first, with longitudes that do not jump."""
    step = np.diff(longitude_deg, append=longitude_deg[:1])
    step = (step + 180.0) % 360.0 - 180.0
    longitude = longitude_deg[0] + np.concatenate([[0.0], np.cumsum(step)])
    latitude = np.concatenate([latitude_deg, latitude_deg[:1]])
    ring = _pairs(longitude, latitude)
    turned = float(longitude[-1] - longitude[0])
    if abs(turned) > 180.0:
        pole = math.copysign(90.0, float(latitude_deg.mean()))
        ring += [[ring[-1][0], pole], [ring[0][0], pole], list(ring[0])]
    else:
        ring[-1] = list(ring[0])
    return ring


def _pairs(longitude_deg: Floats, latitude_deg: Floats) -> Ring:
    pairs = np.stack([longitude_deg, latitude_deg], axis=1).round(DRAWN_DECIMALS)
    rows: Ring = pairs.tolist()
    return rows
