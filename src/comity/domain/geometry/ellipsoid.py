"""The WGS 84 ellipsoid, and positions on it as vectors without singular points."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SEMI_MAJOR_M = 6_378_137.0  # NIMA TR8350.2, WGS 84 defining parameter a
FLATTENING = 1.0 / 298.257223563  # NIMA TR8350.2, WGS 84 defining parameter 1/f
SEMI_MINOR_M = SEMI_MAJOR_M * (1.0 - FLATTENING)
ECCENTRICITY_SQUARED = FLATTENING * (2.0 - FLATTENING)
ECCENTRICITY = math.sqrt(ECCENTRICITY_SQUARED)
CURVATURE_RADIUS_M_MIN = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED)  # b²/a: meridian, equator
CURVATURE_RADIUS_M_MAX = SEMI_MAJOR_M**2 / SEMI_MINOR_M  # a²/b: every direction at a pole


def unit_from_degrees(latitude_deg: Floats, longitude_deg: Floats) -> Floats:
    """Points of the ellipsoid as unit vectors: earth-fixed x/a, y/a, z/b.

    The map is linear in earth-fixed coordinates, so a plane through the centre stays one: a great
    ellipse becomes a great circle. It has no singular point at the poles nor at ±180°.

    Args:
        latitude_deg: (V,) geodetic.
        longitude_deg: (V,).

    Returns:
        (V, 3) unit vectors.

    Source: docs/spec/volume.md, "Distance" (tan of the parametric latitude = (b/a)·tan of the
    geodetic one).
    """
    latitude_rad = np.radians(latitude_deg)
    longitude_rad = np.radians(longitude_deg)
    across = np.cos(latitude_rad)
    up = (SEMI_MINOR_M / SEMI_MAJOR_M) * np.sin(latitude_rad)
    length = np.hypot(across, up)
    across = across / length
    return np.stack(
        [across * np.cos(longitude_rad), across * np.sin(longitude_rad), up / length], axis=-1
    )


def degrees_from_unit(unit: Floats) -> tuple[Floats, Floats]:
    """Geodetic latitude and longitude (degrees) of unit vectors (V, 3) or (3,)."""
    across = np.hypot(unit[..., 0], unit[..., 1])
    latitude = np.degrees(np.arctan2(SEMI_MAJOR_M * unit[..., 2], SEMI_MINOR_M * across))
    longitude = np.degrees(np.arctan2(unit[..., 1], unit[..., 0]))
    return latitude, longitude
