"""Fewer points with a bounded error: every point left out lies near the leg that stands for it."""

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

Floats = NDArray[np.float64]
Indexes = NDArray[np.int64]

_GEOD = Geod(ellps="WGS84")
WINDOW_MAX = 64  # points looked ahead at once; a leg longer than that is cut


def simplify(
    unix_s: Floats,
    latitude_deg: Floats,
    longitude_deg: Floats,
    height_m: Floats,
    *,
    horizontal_m: float,
    vertical_m: float,
    leg_s_max: float,
) -> Indexes:
    """Choose points so that the legs between them stand for all.

    Each point left out lies within `horizontal_m` of the geodesic of its leg, and within
    `vertical_m` of the heights between the leg's ends. Distances are taken in the azimuthal
    equidistant plane of the leg's start, where that geodesic is straight; on a surface of positive
    curvature such a plane never shortens a distance, so the error over-approximates.

    Args:
        unix_s: (N,) rising.
        latitude_deg: (N,).
        longitude_deg: (N,).
        height_m: (N,).
        horizontal_m: the bound across.
        vertical_m: the bound in height.
        leg_s_max: the longest leg, unless two neighbours are further apart.

    Returns:
        Indexes of the points kept, rising; the first and the last are among them.
    """
    kept, start, last = [0], 0, len(unix_s) - 1
    while start < last:
        stop = min(last, start + WINDOW_MAX)
        ahead = slice(start + 1, stop + 1)
        azimuth_deg, _, distance_m = _GEOD.inv(
            np.full(stop - start, longitude_deg[start]),
            np.full(stop - start, latitude_deg[start]),
            longitude_deg[ahead],
            latitude_deg[ahead],
        )
        angle_rad = np.radians(azimuth_deg)
        plane_m = distance_m[:, None] * np.column_stack((np.sin(angle_rad), np.cos(angle_rad)))
        heights_m = height_m[start : stop + 1]
        reach = int(np.searchsorted(unix_s[ahead], unix_s[start] + leg_s_max, side="right"))
        end = max(reach, 1)
        while end > 1 and not (
            _between(heights_m[: end + 1], vertical_m) and _near(plane_m[:end], horizontal_m)
        ):
            end -= 1
        start += end
        kept.append(start)
    return np.array(kept, dtype=np.int64)


def _near(plane_m: Floats, horizontal_m: float) -> bool:
    """Whether all lie near the segment from the origin to the last of them."""
    target = plane_m[-1]
    length2_m2 = float(target @ target)
    if length2_m2 == 0.0:
        return bool(np.hypot(plane_m[:, 0], plane_m[:, 1]).max() <= horizontal_m)
    share = np.clip(plane_m @ target / length2_m2, 0.0, 1.0)
    away = plane_m - share[:, None] * target
    return bool(np.hypot(away[:, 0], away[:, 1]).max() <= horizontal_m)


def _between(heights_m: Floats, vertical_m: float) -> bool:
    low_m, high_m = sorted((float(heights_m[0]), float(heights_m[-1])))
    return bool(heights_m.min() >= low_m - vertical_m and heights_m.max() <= high_m + vertical_m)
