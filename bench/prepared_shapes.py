"""Shapes of a million rings in seconds: what `Shape` computes one by one, for all at once.

Making and checking a shape takes a third of a millisecond, a load of a million some minutes. These
are the same shapes (every thousandth is made the usual way and compared), taken as checked.
"""

from collections.abc import Iterator

import numpy as np
from bench.planned_flights import Plans
from numpy.typing import NDArray
from pyproj import Geod

from comity.domain.geometry import EdgeKind, PreparedShape, Shape, ShapeKind, unit_from_degrees
from comity.domain.geometry.edges import _geodesic_pieces, ecef_lengths
from comity.domain.geometry.prepared import BULGE_PER_SQUARE_M

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COMPARED_EACH = 1_000
DIFFERENCE_MAX = 1e-12


def shapes_of(plans: Plans) -> Iterator[Shape]:
    """The ring of each volume, geodesic edges."""
    longitude_deg = (plans.longitude_deg + 180.0) % 360.0 - 180.0
    latitude_deg = plans.latitude_deg
    points, first = _pieces(plans.ring_start, latitude_deg, longitude_deg)
    starts = first[:-1]
    middle = (np.minimum.reduceat(points, starts) + np.maximum.reduceat(points, starts)) / 2.0
    centre = middle / np.sqrt((middle**2).sum(axis=1))[:, None]
    of = np.repeat(np.arange(len(starts)), np.diff(first))
    reach_m = np.maximum.reduceat(ecef_lengths(points - centre[of]), starts)
    lengths_m = ecef_lengths(np.diff(points, axis=0, append=points[-1:]))
    lengths_m[first[1:] - 1] = 0.0  # from the end of one ring to the start of the next
    piece_m = np.maximum.reduceat(lengths_m, starts)
    reach_m += BULGE_PER_SQUARE_M * piece_m**2
    latitudes, longitudes = latitude_deg.tolist(), longitude_deg.tolist()
    rings = zip(plans.ring_start[:-1].tolist(), plans.ring_start[1:].tolist(), strict=True)
    spans = zip(first[:-1].tolist(), first[1:].tolist(), strict=True)
    sizes = zip(reach_m.tolist(), piece_m.tolist(), strict=True)
    for number, ((low, high), (start, end), (reach, piece)) in enumerate(
        zip(rings, spans, sizes, strict=True)
    ):
        prepared = PreparedShape(
            points[start:end],
            ring=True,
            radius_m=0.0,
            centre=centre[number],
            reach_m=reach,
            piece_m=piece,
        )
        vertices = (tuple(latitudes[low:high]), tuple(longitudes[low:high]))
        if number % COMPARED_EACH == 0:
            _compare(prepared, Shape(ShapeKind.RING, *vertices).prepared)
        shape = object.__new__(Shape)
        fields = zip(("latitude_deg", "longitude_deg"), vertices, strict=True)
        shape.__dict__.update(fields, kind=ShapeKind.RING, radius_m=0.0, edge=EdgeKind.GEODESIC)
        shape.__dict__["prepared"] = prepared
        yield shape


def _pieces(ring_start: Ints, latitude_deg: Floats, longitude_deg: Floats) -> tuple[Floats, Ints]:
    """Ends of pieces (P, 3) of all rings, and (N + 1,) where those of each ring begin."""
    vertex = np.arange(ring_start[-1])
    after = vertex + 1
    after[ring_start[1:] - 1] = ring_start[:-1]
    unit = unit_from_degrees(latitude_deg, longitude_deg)
    chord_m = ecef_lengths(unit[after] - unit)
    counts = np.ones(len(unit), np.int64)
    long = np.flatnonzero(chord_m > 30_000.0)
    counts[long] = [_geodesic_pieces(length_m) for length_m in chord_m[long].tolist()]
    rows = counts.copy()
    rows[ring_start[1:] - 1] += 1  # a ring ends where it began
    place = np.concatenate([[0], np.cumsum(rows)])
    points = np.empty((place[-1], 3))
    points[place[:-1]] = unit
    points[place[ring_start[1:]] - 1] = unit[ring_start[:-1]]
    geod = Geod(ellps="WGS84")
    for step in range(1, int(counts.max())):
        cut = np.flatnonzero(counts > step)
        there = after[cut]
        azimuth, _, length_m = geod.inv(
            longitude_deg[cut], latitude_deg[cut], longitude_deg[there], latitude_deg[there]
        )
        share = step / counts[cut]
        longitude, latitude, _ = geod.fwd(
            longitude_deg[cut], latitude_deg[cut], azimuth, length_m * share
        )
        points[place[cut] + step] = unit_from_degrees(latitude, longitude)
    return points, place[ring_start]


def _compare(ours: PreparedShape, usual: PreparedShape) -> None:
    same = len(ours.points) == len(usual.points) and (
        np.abs(ours.points - usual.points).max() <= DIFFERENCE_MAX
        and np.abs(ours.centre - usual.centre).max() <= DIFFERENCE_MAX
        and abs(ours.reach_m - usual.reach_m) <= DIFFERENCE_MAX * 1e7
        and abs(ours.piece_m - usual.piece_m) <= DIFFERENCE_MAX * 1e7
    )
    if not same:
        raise AssertionError(f"a shape prepared among many differs: {ours} for {usual}")
