"""Areas in plain Python with geographiclib only: what the index of areas must find."""

import itertools
import math

import numpy as np
from geographiclib.geodesic import Geodesic
from tests.geodesic_reference import WGS84

STEP_M = 2_000.0
_E2 = WGS84.f * (2.0 - WGS84.f)


def _isometric(latitude_deg):
    sine = math.sin(math.radians(latitude_deg))
    e = math.sqrt(_E2)
    return math.atanh(sine) - e * math.atanh(e * sine)


def _rhumb_turn(start, end, latitude_deg):
    """Share of the longitude turned at a latitude on a rhumb line."""
    climb = _isometric(end[0]) - _isometric(start[0])
    return (_isometric(latitude_deg) - _isometric(start[0])) / climb


def along(start, end, edge):
    """Points (latitude, longitude) of an edge from its start on, its end left out."""
    line = WGS84.InverseLine(*start, *end)
    count = max(2, math.ceil(line.s13 / STEP_M))
    turn = (end[1] - start[1] + 180.0) % 360.0 - 180.0
    places = []
    for k in range(count):
        share = k / count
        if edge == "geodesic":
            place = line.Position(share * line.s13)
            places.append((place["lat2"], place["lon2"]))
            continue
        latitude = start[0] + share * (end[0] - start[0])
        part = share
        if edge == "rhumb" and abs(end[0] - start[0]) > 1e-6:
            part = _rhumb_turn(start, end, latitude)
        places.append((latitude, start[1] + part * turn))
    return places


def boundary(vertices, edge):
    """Points of a ring's edge, no two more than `STEP_M` apart or so."""
    closed = [*vertices, vertices[0]]
    return [place for start, end in itertools.pairwise(closed) for place in along(start, end, edge)]


def winds_round(points, place):
    """Whether a closed line of points goes round a place: azimuths to it make a full turn."""
    azimuths = np.array(
        [WGS84.Inverse(*place, *point, Geodesic.AZIMUTH)["azi1"] for point in points]
    )
    turns = (np.diff(azimuths, append=azimuths[0]) + 180.0) % 360.0 - 180.0
    return abs(turns.sum()) > 180.0


def edge_distance_m(points, place):
    """Least distance from a place to a closed line of points; its segments taken as geodesics."""
    gaps = [WGS84.Inverse(*place, *point, Geodesic.DISTANCE)["s12"] for point in points]
    nearest = int(np.argmin(gaps))
    best = gaps[nearest]
    for step in (-1, 1):
        line = WGS84.InverseLine(*points[nearest], *points[(nearest + step) % len(points)])

        def gap(share, line=line):
            there = line.Position(share * line.s13)
            return WGS84.Inverse(*place, there["lat2"], there["lon2"], Geodesic.DISTANCE)["s12"]

        low, high = 0.0, 1.0
        for _ in range(40):
            third = (high - low) / 3.0
            if gap(low + third) < gap(high - third):
                high -= third
            else:
                low += third
        best = min(best, gap((low + high) / 2.0))
    return best


def first_entry_s(points, flight, look_ahead_s, steps):
    """When a flight is first inside, to 0.1 ms; `None` where it is at no step."""
    times = [look_ahead_s * k / steps for k in range(steps + 1)]

    def is_in(time_s):
        return winds_round(points, flight.at(time_s)[:2])

    if is_in(0.0):
        return 0.0
    for earlier, later in itertools.pairwise(times):
        if is_in(later):
            before, after = earlier, later
            while after - before > 1e-4:
                middle = (before + after) / 2.0
                before, after = (before, middle) if is_in(middle) else (middle, after)
            return after
    return None
