"""Candidate pairs of volumes judged exactly, compiled."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace.vertical import ROUNDING_M
from comity.domain.conflicts.flight_classes import MinimaTables
from comity.domain.conflicts.hits import CONFLICT, UNDETERMINED
from comity.domain.conflicts.volume_arrays import VolumeArrays
from comity.domain.geometry.box_tree_kernels import entries_meeting
from comity.domain.geometry.distance import TOLERANCE_M, TOLERANCE_RELATIVE
from comity.domain.geometry.jit import kernel
from comity.domain.geometry.kernels import pair_distance

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]
Rows = NDArray[np.void]

CANDIDATES_ROOM = 1_024  # of one question; made larger where there are more


@kernel
def hits_of_boxes(
    nodes: Floats32,
    level_start: Ints64,
    owners: Ints32,
    held: VolumeArrays,
    asked: VolumeArrays,
    boxes: Floats32,
    box_rows: Ints32,
    ignoring: Ints32,
    minima: MinimaTables,
    hits: Rows,
    count: int,
    pairs_max: int,
) -> int:
    """Look volumes up in a tree and judge what is found.

    Args:
        nodes: of a tree over `held`, with the two that follow.
        level_start: as `BoxTree`.
        owners: as `BoxTree`.
        held: a row for each position of the tree.
        asked: the volumes asked about.
        boxes: (B, 8) what they are looked up by.
        box_rows: (B,) the volume of each box.
        ignoring: owners to leave out.
        minima: of the classes of both.
        hits: (H,) of `HIT`, filled from `count` on; its asker says nothing.
        count: how many are there.
        pairs_max: how many pairs may be judged.

    Returns:
        How many there are then; where it exceeds H, only the first H were written. -1: there are
        more pairs than may be judged, and none was.
    """
    found = np.empty((CANDIDATES_ROOM, 2), np.int32)
    candidates = entries_meeting(nodes, level_start, boxes, found)
    if candidates > pairs_max:
        return -1
    if candidates > found.shape[0]:
        found = np.empty((candidates, 2), np.int32)
        entries_meeting(nodes, level_start, boxes, found)
    for p in range(candidates):
        position = found[p, 1]
        owner = owners[position]
        ignored = False
        for each in ignoring:
            ignored |= each == owner
        if not ignored:
            count = _judge(
                asked, box_rows[found[p, 0]], held, position, minima, hits, count, owner, owner
            )
    return count


@kernel
def hits_of_pairs(
    volumes: VolumeArrays,
    owners: Ints32,
    positions: Ints32,
    others: Ints32,
    minima: MinimaTables,
    hits: Rows,
) -> int:
    """Judge pairs of volumes of one part.

    Args:
        volumes: (N,).
        owners: (N,).
        positions: (P,) the one of each pair.
        others: (P,) the other.
        minima: of their classes.
        hits: (P,) of `HIT`, filled.

    Returns:
        How many were filled.
    """
    count = 0
    for p in range(positions.size):
        i, j = positions[p], others[p]
        count = _judge(volumes, i, volumes, j, minima, hits, count, owners[i], owners[j])
    return count


@kernel
def _judge(
    volumes: VolumeArrays,
    i: int,
    others: VolumeArrays,
    j: int,
    minima: MinimaTables,
    hits: Rows,
    count: int,
    asker: int,
    owner: int,
) -> int:
    """Judge volume i of the one set against j of the other; a hit is written where there is room.

    Source: docs/spec/volume.md, "Conflict"; `pair.pair_verdict` is the same, one at a time.
    """
    one, other = volumes.rows[i], others.rows[j]
    if one.start_ms > other.end_ms or other.start_ms > one.end_ms:
        return count
    kind = minima.kind[one.flight_class, other.flight_class]
    vertical_m = minima.vertical_m[kind]
    low, high = minima.rise_low_m[kind], minima.rise_high_m[kind]
    above_m = _difference_m(
        one.lower_m, one.lower_datum, other.upper_m, other.upper_datum, low, high
    )
    below_m = _difference_m(
        other.lower_m, other.lower_datum, one.upper_m, one.upper_datum, low, high
    )
    gap_m = max(above_m, below_m)
    if gap_m > ROUNDING_M and gap_m >= vertical_m - ROUNDING_M:
        return count
    radius_m = volumes.shapes.rows[i].radius_m
    other_radius_m = others.shapes.rows[j].radius_m
    limit_m = minima.horizontal_m[kind] + radius_m + other_radius_m
    limit_m += TOLERANCE_M + TOLERANCE_RELATIVE * limit_m
    core_m, point, other_point = pair_distance(volumes.shapes, i, others.shapes, j, limit_m)
    if core_m >= limit_m:
        return count
    if count < hits.size:
        share = 0.0
        if core_m > 0.0:
            share = min(max(0.5 * (core_m + radius_m - other_radius_m) / core_m, 0.0), 1.0)
        hit: Any = hits[count]
        hit.first_ms = max(one.start_ms, other.start_ms)
        hit.horizontal_m = max(core_m - radius_m - other_radius_m, 0.0)
        hit.vertical_m = max(gap_m, 0.0)
        hit.place_x = point[0] + share * (other_point[0] - point[0])
        hit.place_y = point[1] + share * (other_point[1] - point[1])
        hit.place_z = point[2] + share * (other_point[2] - point[2])
        hit.asker = asker
        hit.owner = owner
        hit.volume = one.index
        hit.other_volume = other.index
        known = above_m > -np.inf and below_m > -np.inf
        hit.outcome = CONFLICT if known else UNDETERMINED
    return count + 1


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
