"""The verdict of whole footprints from those of their volumes, compiled."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.domain.conflicts.hits import CONFLICT
from comity.domain.geometry.box_tree_packing_kernels import sorted_order
from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M
from comity.domain.geometry.jit import kernel

Rows = NDArray[np.void]


@kernel
def combine(numbers: NDArray[np.uint64], hits: Rows, said: Rows) -> int:
    """Fill `said` with one row for each number, ascending; see `hits.verdicts`.

    Args:
        numbers: (H,) which hits belong together.
        hits: (H,) of `HIT`.
        said: (H,) of `SAID`.

    Returns:
        How many numbers there are.
    """
    order = sorted_order(numbers)
    count = 0
    start = 0
    while start < order.size:
        number = numbers[order[start]]
        end = start
        first = hits[order[start]]
        horizontal_m = vertical_m = math.inf
        while end < order.size and numbers[order[end]] == number:
            hit = hits[order[end]]
            if _is_before(hit, first):
                first = hit
            if hit.outcome == CONFLICT:
                horizontal_m = min(horizontal_m, hit.horizontal_m)
                vertical_m = min(vertical_m, hit.vertical_m)
            end += 1
        one = said[count]
        one.number = number
        one.conflict = first.outcome == CONFLICT
        one.first_ms = first.first_ms
        across = math.hypot(first.place_x, first.place_y)
        latitude_rad = math.atan2(SEMI_MAJOR_M * first.place_z, SEMI_MINOR_M * across)
        one.latitude_deg = math.degrees(latitude_rad)
        one.longitude_deg = math.degrees(math.atan2(first.place_y, first.place_x))
        one.horizontal_m = horizontal_m
        one.vertical_m = vertical_m
        one.volume = first.volume
        one.other_volume = first.other_volume
        count += 1
        start = end
    return count


@kernel
def _is_before(hit: Any, other: Any) -> bool:
    """Conflicts before doubts; the earliest conflict; the lowest volumes."""
    if (hit.outcome == CONFLICT) != (other.outcome == CONFLICT):
        return bool(hit.outcome == CONFLICT)
    if hit.outcome == CONFLICT and hit.first_ms != other.first_ms:
        return bool(hit.first_ms < other.first_ms)
    if hit.volume != other.volume:
        return bool(hit.volume < other.volume)
    return bool(hit.other_volume < other.other_volume)
