"""One place against a few outlines, with NumPy alone: no compiled code to load, no index to make.

Beside the kernels of `area_search_kernels`, and a reference for them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.area_outlines import (
    HALF_TURN_DEG,
    AreaOutline,
    is_on_cut,
    open_cuts,
)
from comity.domain.geometry.distance import points_to_pieces
from comity.domain.geometry.edges import along_edges, ecef_lengths
from comity.domain.geometry.ellipsoid import (
    CURVATURE_RADIUS_M_MIN,
    SEMI_MAJOR_M,
    SEMI_MINOR_M,
    Floats,
    degrees_from_unit,
    unit_from_degrees,
)
from comity.domain.geometry.kinds import EdgeKind

Rows = NDArray[np.intp]

_POLAR_DEG = 85.0  # from here on every longitude is near
_BORDER = 1.01  # degrees taken wider than the limit is


class NearestEdge(NamedTuple):
    """The nearest point of an edge: how far, and where as a unit vector (3,)."""

    distance_m: float
    point: Floats


def holds(outline: AreaOutline, place: Floats) -> bool:
    """Whether a place (3,), a unit vector, lies inside: pieces crossed on the arc to the outside."""
    start, end, far = outline.start, outline.end, outline.outside
    normal = np.cross(place, far)
    side0, side1 = _dot(start, normal), _dot(end, normal)
    straddles = np.flatnonzero((side0 > 0.0) != (side1 > 0.0))
    start, end = start[straddles], end[straddles]
    share = side0[straddles] / (side0[straddles] - side1[straddles])
    met = start + share[:, None] * (end - start)
    after, before = np.cross(normal, place), np.cross(far, normal)
    return bool(np.count_nonzero((_dot(met, after) > 0.0) & (_dot(met, before) > 0.0)) % 2)


def nearest_edge(start: Floats, end: Floats, place: Floats, limit_m: float) -> NearestEdge | None:
    """The point of pieces (P, 3) nearest to a place (3,); `None` where none is within the limit."""
    chord = end - start
    near = ecef_lengths(start - place) <= limit_m * 1.001 + ecef_lengths(chord) + 1.0
    if not near.any():
        return None
    found = points_to_pieces(place[None, :], start[near], chord[near], limit_m)
    return None if found is None else NearestEdge(found.distance_m, found.other_point)


class ChordRings:
    """Rings with edges straight in longitude and latitude, the short way round, of many owners.

    Rings may cross ±180° and go round the south pole; none holds the north pole.
    """

    def __init__(self, owners: Sequence[Sequence[tuple[Floats, Floats]]]) -> None:
        """Take the rings of each owner: latitudes and longitudes, closed or not."""
        parts = []
        for owner, rings in enumerate(owners):
            for latitude, longitude in rings:
                after = np.roll(latitude, -1), np.roll(longitude, -1)
                columns = (latitude, longitude, *after, np.full(len(latitude), float(owner)))
                parts.append(np.stack(columns, axis=1))
        table = np.concatenate(parts) if parts else np.empty((0, 5))
        apart = (table[:, 0] != table[:, 2]) | (table[:, 1] != table[:, 3])
        on_cut = is_on_cut(table[:, 1], table[:, 3])
        whole = [table[apart & ~on_cut]]
        for owner in np.unique(table[on_cut, 4]).tolist():
            cut = table[on_cut & (table[:, 4] == owner)]
            for south, north in open_cuts(cut[:, [0, 2]]):
                whole.append(np.array([[south, HALF_TURN_DEG, north, HALF_TURN_DEG, owner]]))
        self._table = np.ascontiguousarray(np.concatenate(whole).T)
        self._owner = self._table[4].astype(np.int64)
        self._count = len(owners)

    def holding(self, latitude_deg: float, longitude_deg: float) -> list[int]:
        """Owners inside whose rings a place lies: edges north of it on its meridian (even-odd)."""
        south, west, north, east, _ = self._table
        before = _turn_deg(west - longitude_deg)
        after = _turn_deg(east - longitude_deg)
        crosses = ((before <= 0.0) != (after <= 0.0)) & (np.abs(before - after) < HALF_TURN_DEG)
        rows = np.flatnonzero(crosses)
        share = before[rows] / (before[rows] - after[rows])
        met_deg = south[rows] + share * (north[rows] - south[rows])
        counts = np.bincount(self._owner[rows[met_deg > latitude_deg]], minlength=self._count)
        holding: list[int] = np.flatnonzero(counts % 2).tolist()
        return holding

    def near(
        self, latitude_deg: float, longitude_deg: float, limit_m: float
    ) -> list[tuple[int, NearestEdge]]:
        """Owners whose edge comes within the limit, nearest first."""
        place = unit_from_degrees(np.array([latitude_deg]), np.array([longitude_deg]))[0]
        rows = self._close(latitude_deg, longitude_deg, limit_m)
        south, west, north, east, _ = self._table
        found: dict[int, NearestEdge] = {}
        breaks = (np.diff(rows) > 1) | (np.diff(self._owner[rows]) != 0)
        joined = (north[rows[:-1]] == south[rows[1:]]) & (east[rows[:-1]] == west[rows[1:]])
        for run in np.split(rows, np.flatnonzero(breaks | ~joined) + 1) if len(rows) else []:
            latitude = np.append(south[run], north[run[-1]])
            longitude = np.append(west[run], east[run[-1]])
            owner = int(self._owner[run[0]])
            best_m = found[owner].distance_m if owner in found else limit_m
            nearest = nearest_edge(*along_edges(latitude, longitude, EdgeKind.CHORD), place, best_m)
            if nearest is not None:
                found[owner] = nearest
        return sorted(found.items(), key=lambda each: (each[1].distance_m, each[0]))

    def _close(self, latitude_deg: float, longitude_deg: float, limit_m: float) -> Rows:
        """Rows of edges that may come within the limit."""
        south, west, north, east, _ = self._table
        reach_deg = _BORDER * float(np.degrees(limit_m / CURVATURE_RADIUS_M_MIN))
        close = (np.minimum(south, north) <= latitude_deg + reach_deg) & (
            np.maximum(south, north) >= latitude_deg - reach_deg
        )
        highest_deg = abs(latitude_deg) + reach_deg
        if highest_deg < _POLAR_DEG:
            wide_deg = reach_deg / float(np.cos(np.radians(highest_deg)))
            before, after = _turn_deg(west - longitude_deg), _turn_deg(east - longitude_deg)
            far = np.abs(before - after) > HALF_TURN_DEG
            close &= far | (
                (np.minimum(before, after) <= wide_deg) & (np.maximum(before, after) >= -wide_deg)
            )
        return np.flatnonzero(close)


def _dot(vectors: Floats, normal: Floats) -> Floats:
    """Products (P,) of vectors (P, 3) with one, each rounded alike wherever it stands.

    A matrix product rounds by position: a vertex exactly on the arc would lie on one side as the end
    of one piece and on the other as the start of the next.
    """
    products: Floats = (
        vectors[:, 0] * normal[0] + vectors[:, 1] * normal[1] + vectors[:, 2] * normal[2]
    )
    return products


def bearing_deg(place: Floats, other: Floats) -> float:
    """Azimuth from one place to another near it, both unit vectors (3,); good to 0.1° up to 100 km."""
    latitude_deg, longitude_deg = degrees_from_unit(place)
    north, east = np.radians(latitude_deg), np.radians(longitude_deg)
    gone = (other - place) * np.array([SEMI_MAJOR_M, SEMI_MAJOR_M, SEMI_MINOR_M])
    across = gone[1] * np.cos(east) - gone[0] * np.sin(east)
    outward = gone[0] * np.cos(east) + gone[1] * np.sin(east)
    along = gone[2] * np.cos(north) - outward * np.sin(north)
    return float(np.degrees(np.arctan2(across, along)) % 360.0)


def _turn_deg(longitudes_deg: Floats) -> Floats:
    turned: Floats = (longitudes_deg + HALF_TURN_DEG) % 360.0 - HALF_TURN_DEG
    return turned
