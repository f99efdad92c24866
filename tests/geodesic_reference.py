"""Slow references for distances and insides, from geographiclib alone (Karney 2013)."""

import itertools

import numpy as np
from geographiclib.geodesic import Geodesic
from scipy.optimize import minimize_scalar

WGS84 = Geodesic.WGS84


def edges_of(shape):
    """The geodesic edges of a shape, as geographiclib lines; a lone point is a line of length 0."""
    vertices = list(zip(shape.latitude_deg, shape.longitude_deg, strict=True))
    if shape.kind == "ring":
        vertices.append(vertices[0])
    if len(vertices) == 1:
        vertices *= 2
    return [WGS84.InverseLine(*a, *b) for a, b in itertools.pairwise(vertices)]


def at(line, share):
    """The point at a share of a line's length."""
    place = line.Position(share * line.s13)
    return place["lat2"], place["lon2"]


def apart_m(a, b):
    """Geodesic distance of two points."""
    return WGS84.Inverse(*a, *b, Geodesic.DISTANCE)["s12"]


def edge_distance_m(first, second):
    """Least distance of two geodesic edges: the least over one of the least over the other."""

    def from_first(share):
        place = at(first, share)
        return _least(lambda other: apart_m(place, at(second, other)), second.s13)

    return _least(from_first, first.s13)


def _least(distance_at, length_m):
    """Least of a function of the share with one valley; Brent's method, and both ends."""
    ends = min(distance_at(0.0), distance_at(1.0))
    if length_m == 0.0:
        return ends
    options = {"xatol": 1e-4 / length_m}
    return min(
        ends, minimize_scalar(distance_at, bounds=(0, 1), method="bounded", options=options).fun
    )


def inside(shape, point, samples=8):
    """Whether a geodesic ring winds round a point: azimuths to its boundary make a full turn."""
    boundary = [
        at(line, share) for line in edges_of(shape) for share in np.arange(samples) / samples
    ]
    azimuths = np.array([WGS84.Inverse(*point, *place)["azi1"] for place in boundary])
    turns = (np.diff(azimuths, append=azimuths[0]) + 180.0) % 360.0 - 180.0
    return abs(turns.sum()) > 180.0


def distance_m(a, b):
    """Least distance of two shapes of geodesic edges, radii left out; 0 where they overlap."""
    if a.kind == "ring" and inside(a, (b.latitude_deg[0], b.longitude_deg[0])):
        return 0.0
    if b.kind == "ring" and inside(b, (a.latitude_deg[0], a.longitude_deg[0])):
        return 0.0
    pairs = [(first, second) for first in edges_of(a) for second in edges_of(b)]
    bounded = sorted(
        (
            apart_m(at(first, 0.5), at(second, 0.5)) - (first.s13 + second.s13) / 2,
            index,
            (first, second),
        )
        for index, (first, second) in enumerate(pairs)
    )
    best_m = np.inf
    for least_m, _, (first, second) in bounded:
        if least_m >= best_m or best_m < 1e-3:
            break
        best_m = min(best_m, edge_distance_m(first, second))
    return best_m
