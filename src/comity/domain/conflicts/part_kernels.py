"""Compiled loops over rows of volumes: adding them, gathering them anew, finding those of an owner."""

import numpy as np
from numpy.typing import NDArray

from comity.domain.conflicts.volume_arrays import VolumeArrays
from comity.domain.geometry.jit import kernel

Flags = NDArray[np.bool_]
Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]


@kernel
def _copy_row(source: VolumeArrays, row: int, target: VolumeArrays, to: int) -> None:
    """Copy one volume, its shape still pointing at the points of `source`."""
    ours, theirs = target.rows[to], source.rows[row]
    ours.start_ms = theirs.start_ms
    ours.end_ms = theirs.end_ms
    ours.lower_m = theirs.lower_m
    ours.upper_m = theirs.upper_m
    ours.index = theirs.index
    ours.flight_class = theirs.flight_class
    ours.lower_datum = theirs.lower_datum
    ours.upper_datum = theirs.upper_datum
    ours.again = theirs.again
    shape, other = target.shapes.rows[to], source.shapes.rows[row]
    shape.centre_x = other.centre_x
    shape.centre_y = other.centre_y
    shape.centre_z = other.centre_z
    shape.reach_m = other.reach_m
    shape.radius_m = other.radius_m
    shape.piece_m = other.piece_m
    shape.first = other.first
    shape.count = other.count
    shape.ring = other.ring


@kernel
def _copy_points(
    source: VolumeArrays, first: int, count: int, target: VolumeArrays, to: int
) -> None:
    for k in range(count):
        for axis in range(3):
            target.shapes.points[to + k, axis] = source.shapes.points[first + k, axis]


@kernel
def append_rows(
    source: VolumeArrays, box_rows: Ints32, target: VolumeArrays, start: int, point: int
) -> int:
    """Add a row for each box, from `start` on, and points from `point` on.

    Args:
        source: volumes of one footprint.
        box_rows: (B,) the volume of each box, those of a volume side by side.
        target: with room for them.
        start: first free row.
        point: first free point.

    Returns:
        The first point that is free then.
    """
    first = point
    for box in range(box_rows.size):
        row, to = box_rows[box], start + box
        again = box > 0 and box_rows[box - 1] == row
        if not again:
            first = point
            count = source.shapes.rows[row].count
            _copy_points(source, source.shapes.rows[row].first, count, target, first)
            point += count
        _copy_row(source, row, target, to)
        target.rows[to].again = again
        target.shapes.rows[to].first = first
    return point


@kernel
def gather_rows(
    source: VolumeArrays,
    positions: Ints32,
    order: Ints32,
    low: int,
    high: int,
    target: VolumeArrays,
) -> None:
    """Copy rows without their points: entry `order[k]` to row k, where it is one of [low, high).

    Args:
        source: one part.
        positions: (N,) row of each entry in its part; the part's own are [low, high).
        order: (N,) entry for each row of `target`.
        low: first entry of the part.
        high: end of the part.
        target: (N,) whose shapes go on pointing at the points of `source`.
    """
    for to in range(order.size):
        entry = order[to]
        if low <= entry < high:
            _copy_row(source, positions[entry], target, to)


@kernel
def move_first_points(target: VolumeArrays, old_first: Ints64) -> int:
    """Let each shape point at points of its own, side by side in the order of rows.

    Args:
        target: (N,).
        old_first: (N,) filled with the points they pointed at.

    Returns:
        How many points they have in all.
    """
    point = 0
    for row in range(old_first.size):
        old_first[row] = target.shapes.rows[row].first
        target.shapes.rows[row].first = point
        point += target.shapes.rows[row].count
    return point


@kernel
def gather_points(
    source: VolumeArrays,
    old_first: Ints64,
    order: Ints32,
    low: int,
    high: int,
    target: VolumeArrays,
) -> None:
    """Copy the points of the rows that `gather_rows` copied."""
    for to in range(order.size):
        if low <= order[to] < high:
            shape = target.shapes.rows[to]
            _copy_points(source, old_first[to], shape.count, target, shape.first)


@kernel
def group_by_owner(owners: Ints32, starts: Ints32, slots: Ints32) -> None:
    """Note where each owner's rows are: owner o has rows slots[starts[o]:starts[o + 1]].

    Args:
        owners: (N,) from 0 on.
        starts: (highest owner + 2,) filled.
        slots: (N,) filled.
    """
    starts[:] = 0
    for owner in owners:
        starts[owner + 1] += 1
    for owner in range(1, starts.size):
        starts[owner] += starts[owner - 1]
    for row in range(owners.size):
        slots[starts[owners[row]]] = row
        starts[owners[row]] += 1
    for owner in range(starts.size - 1, 0, -1):
        starts[owner] = starts[owner - 1]
    starts[0] = 0


@kernel
def once_only(volumes: VolumeArrays, gone: Flags, rows: Ints32) -> int:
    """Fill `rows` with those not gone, a volume in two boxes once; returns how many."""
    count = 0
    for row in range(gone.size):
        if not gone[row] and not volumes.rows[row].again:
            rows[count] = row
            count += 1
    return count
