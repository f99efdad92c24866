"""Places near a point or a shape, with NumPy alone: for small sets, and beside the compiled kernel."""

import math

import numpy as np

from comity.domain.geometry.distance import TOLERANCE_M, nearest, surface_lengths_m
from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M, Floats
from comity.domain.geometry.point_rows import Ints
from comity.domain.geometry.prepared import PreparedShape, Rows

SLACK_M = 0.01  # `surface_lengths_m` errs by 2 mm at 600 km; positions are whole 1e-7 degrees
SLACK_SHAPE_M = TOLERANCE_M  # feet on pieces and edges, docs/spec/volume.md "Distance"
POLAR_DEG = 89.9  # a window that reaches it takes every longitude (docs/spec/volume.md "Boxes")
CHORD_M_NEAR = 1_000_000.0
ARC_PER_CHORD = 1.0011  # up to 1,000 km: 1 + c²/24R² is 1.00104
ARC_PER_CHORD_FAR = math.pi / 2.0  # up to half a turn

_AXES_M = np.array([SEMI_MAJOR_M, SEMI_MAJOR_M, SEMI_MINOR_M])


def rows_near_point(
    rows: Rows, point: Floats, radius_m: float, from_s: float, until_s: float
) -> tuple[Ints, Floats]:
    """Numbers and distances of the rows within a radius of a point.

    Args:
        rows: (N,) of `POINT_ROW`.
        point: (3,) unit vector.
        radius_m: geodesic, between the point and the edge of the place's disc.
        from_s: places that count at any time from then
        until_s: to then.

    Returns:
        numbers: (H,) in the order of the rows.
        distance_m: (H,) least distance of the disc, 0 inside it. Over-approximates by at most
            `SLACK_M`: what is within the radius is never left out.
    """
    found = _active(rows, from_s, until_s)
    places = _places(found)
    away_m = surface_lengths_m(np.broadcast_to(point, places.shape), places) - found["reach_m"]
    within = away_m <= radius_m + SLACK_M
    return found["number"][within].astype(np.int64), np.maximum(away_m[within], 0.0)


def rows_near_shape(
    rows: Rows, shape: PreparedShape, radius_m: float, from_s: float, until_s: float
) -> tuple[Ints, Floats]:
    """As `rows_near_point`, of a shape and its radius. Over-approximates by at most `SLACK_SHAPE_M`."""
    found = _active(rows, from_s, until_s)
    places = _places(found)
    whole_m = radius_m + shape.radius_m
    straight_m = np.sqrt((((places - shape.centre) * _AXES_M) ** 2).sum(axis=1))
    near = straight_m <= shape.reach_m + whole_m + found["reach_m"] + SLACK_SHAPE_M
    numbers, distances = [], []
    for index in np.flatnonzero(near):
        place = places[index]
        point = PreparedShape(np.stack([place, place]), False, 0.0, place, 0.0, 0.0)  # noqa: FBT003
        reach_m = float(found["reach_m"][index])
        hit = nearest(point, shape, whole_m + reach_m + SLACK_SHAPE_M)
        if hit is not None:
            numbers.append(int(found["number"][index]))
            distances.append(max(0.0, hit.distance_m - reach_m))
    return np.array(numbers, np.int64), np.array(distances, np.float64)


def _active(rows: Rows, from_s: float, until_s: float) -> Rows:
    counts = (rows["from_s"] <= until_s) & (rows["until_s"] >= from_s)
    active: Rows = rows[counts & ~np.isnan(rows["reach_m"])]
    return active


def _places(rows: Rows) -> Floats:
    return np.stack([rows["x"], rows["y"], rows["z"]], axis=-1)
