"""A few moving points with a path, for compiling the search ahead of need."""

import numpy as np

from comity.domain.geometry.closest_pairs import FlownPaths, LevelMinima, MovingPoints
from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M, unit_from_degrees


def small_air() -> tuple[MovingPoints, FlownPaths, LevelMinima]:
    """Three points near the equator, one of which has another path; two lose separation."""
    semi_axes_m = np.array([SEMI_MAJOR_M, SEMI_MAJOR_M, SEMI_MINOR_M])
    place = unit_from_degrees(np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.01, 0.0])) * semi_axes_m
    zeros = np.zeros(3)
    points = MovingPoints(
        place, np.zeros((3, 3)), zeros, zeros, np.zeros(3, np.uint8), zeros, zeros,
        np.zeros(3, np.uint8),
    )  # fmt: skip
    paths = FlownPaths(
        np.array([0], np.int32), np.repeat(place[:1, None, :], 3, axis=1), np.zeros((1, 3)),
        np.zeros(1),
    )  # fmt: skip
    return points, paths, LevelMinima(np.array([[9_260.0]]), np.array([[304.8]]))
