"""Candidate pairs of volumes judged exactly, compiled."""

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace.vertical import ROUNDING_M
from comity.domain.conflicts.flight_classes import MinimaTables
from comity.domain.conflicts.hits import CLEAR, CONFLICT, UNDETERMINED
from comity.domain.conflicts.volume_arrays import VolumeArrays
from comity.domain.geometry.distance import TOLERANCE_M, TOLERANCE_RELATIVE
from comity.domain.geometry.jit import kernel
from comity.domain.geometry.kernels import pair_distance

Floats = NDArray[np.float64]
Ints8 = NDArray[np.int8]
Ints32 = NDArray[np.int32]


@kernel
def judge(
    volumes: VolumeArrays,
    rows: Ints32,
    others: VolumeArrays,
    other_rows: Ints32,
    minima: MinimaTables,
    outcome: Ints8,
    distances_m: Floats,
    places: Floats,
) -> None:
    """Judge volume rows[p] of the one set against other_rows[p] of the other, for every p.

    Args:
        volumes: the one set.
        rows: (P,).
        others: the other set.
        other_rows: (P,).
        minima: of the classes of both sets.
        outcome: (P,) filled with CLEAR, CONFLICT or UNDETERMINED.
        distances_m: (P, 2) filled with least horizontal and vertical, where not CLEAR.
        places: (P, 3) filled as `pair.place_between`, in unit coordinates, where not CLEAR.

    Source: docs/spec/volume.md, "Conflict"; `pair.pair_verdict` is the same, one at a time.
    """
    for p in range(rows.size):
        i, j = rows[p], other_rows[p]
        outcome[p] = CLEAR
        if volumes.start_ms[i] > others.end_ms[j] or others.start_ms[j] > volumes.end_ms[i]:
            continue
        kind = minima.kind[volumes.flight_class[i], others.flight_class[j]]
        vertical_m = minima.vertical_m[kind]
        low, high = minima.rise_low_m[kind], minima.rise_high_m[kind]
        above_m = _difference_m(
            volumes.lower_m[i],
            volumes.lower_datum[i],
            others.upper_m[j],
            others.upper_datum[j],
            low,
            high,
        )
        below_m = _difference_m(
            others.lower_m[j],
            others.lower_datum[j],
            volumes.upper_m[i],
            volumes.upper_datum[i],
            low,
            high,
        )
        gap_m = max(above_m, below_m)
        if gap_m > ROUNDING_M and gap_m >= vertical_m - ROUNDING_M:
            continue
        radius_m, other_radius_m = volumes.shapes.radius_m[i], others.shapes.radius_m[j]
        limit_m = minima.horizontal_m[kind] + radius_m + other_radius_m
        limit_m += TOLERANCE_M + TOLERANCE_RELATIVE * limit_m
        core_m, point, other_point = pair_distance(volumes.shapes, i, others.shapes, j, limit_m)
        if core_m >= limit_m:
            continue
        known = above_m > -np.inf and below_m > -np.inf
        outcome[p] = CONFLICT if known else UNDETERMINED
        distances_m[p, 0] = max(core_m - radius_m - other_radius_m, 0.0)
        distances_m[p, 1] = max(gap_m, 0.0)
        share = 0.0
        if core_m > 0.0:
            share = min(max(0.5 * (core_m + radius_m - other_radius_m) / core_m, 0.0), 1.0)
        for axis in range(3):
            places[p, axis] = point[axis] + share * (other_point[axis] - point[axis])


@kernel
def _difference_m(
    upper_m: float, upper_datum: int, lower_m: float, lower_datum: int, low: Floats, high: Floats
) -> float:
    """How far one height is above another at the least, as `airspace.vertical_gap` has it.

    Minus infinity where nothing tells.
    """
    if upper_datum == lower_datum:
        return upper_m - lower_m
    least_m: float = upper_m + low[upper_datum] - lower_m - high[lower_datum]
    return least_m
