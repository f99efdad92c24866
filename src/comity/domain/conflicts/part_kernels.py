"""Compiled loops over rows of volumes: copying them and noting where their boxes are."""

import numpy as np
from numpy.typing import NDArray

from comity.domain.conflicts.volume_arrays import VolumeArrays
from comity.domain.geometry.jit import kernel

Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]


@kernel
def gather_rows(source: VolumeArrays, rows: Ints64, target: VolumeArrays, start: int) -> None:
    """Copy `rows` (N,) of `source` to rows `start`, `start + 1`, ... of `target`, in that order.

    `target.shapes.first[start]` says where its free points begin.
    """
    for k in range(rows.size):
        row = rows[k]
        to = start + k
        point = target.shapes.first[to]
        for p in range(source.shapes.first[row], source.shapes.first[row + 1]):
            for axis in range(3):
                target.shapes.points[point, axis] = source.shapes.points[p, axis]
            point += 1
        target.shapes.first[to + 1] = point
        target.shapes.ring[to] = source.shapes.ring[row]
        target.shapes.radius_m[to] = source.shapes.radius_m[row]
        for axis in range(3):
            target.shapes.centre[to, axis] = source.shapes.centre[row, axis]
        target.shapes.reach_m[to] = source.shapes.reach_m[row]
        target.shapes.piece_m[to] = source.shapes.piece_m[row]
        target.lower_m[to] = source.lower_m[row]
        target.upper_m[to] = source.upper_m[row]
        target.lower_datum[to] = source.lower_datum[row]
        target.upper_datum[to] = source.upper_datum[row]
        target.start_ms[to] = source.start_ms[row]
        target.end_ms[to] = source.end_ms[row]
        target.flight_class[to] = source.flight_class[row]


@kernel
def write_positions(box_rows: Ints32, positions: Ints32, row_positions: Ints32) -> None:
    """Fill `row_positions` (N, 2) with the first and last position of each row's boxes.

    Args:
        box_rows: (B,) row of each box, ascending; every row has a box.
        positions: (B,) position of each box in the tree.
        row_positions: (N, 2).
    """
    for box in range(box_rows.size):
        row = box_rows[box]
        if box == 0 or box_rows[box - 1] != row:
            row_positions[row, 0] = positions[box]
        row_positions[row, 1] = positions[box]
