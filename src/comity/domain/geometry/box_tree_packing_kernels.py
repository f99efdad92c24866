"""Compiled loops that make and change the packed 4D box tree (see box_tree.py for the layout)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.box_tree_kernels import (
    BLOCK_SIZE,
    BOX_SIZE,
    FAN_OUT,
    FAN_OUT_BITS,
    LANE_MASK,
)
from comity.domain.geometry.jit import kernel

Flags = NDArray[np.bool_]
Floats32 = NDArray[np.float32]
Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]
Keys = NDArray[np.uint64]

MAXIMA = 4 * FAN_OUT  # offset of the four upper bounds within a block
EMPTY_MIN = np.float32(np.inf)
EMPTY_MAX = np.float32(-np.inf)
RADIX_BITS = 11  # 2048 counters stay in the first cache


@kernel
def _spread(value: Any) -> Any:
    """Put two zero bits after each of the 21 low bits (Morton order in three dimensions)."""
    bits = np.uint64(value) & np.uint64(0x1FFFFF)
    bits = (bits | (bits << np.uint64(32))) & np.uint64(0x1F00000000FFFF)
    bits = (bits | (bits << np.uint64(16))) & np.uint64(0x1F0000FF0000FF)
    bits = (bits | (bits << np.uint64(8))) & np.uint64(0x100F00F00F00F00F)
    bits = (bits | (bits << np.uint64(4))) & np.uint64(0x10C30C30C30C30C3)
    return (bits | (bits << np.uint64(2))) & np.uint64(0x1249249249249249)


@kernel
def _clipped(cell: float, cells_max: float) -> float:
    """Between 0 and `cells_max`; 0 for what is not a number."""
    return min(cell, cells_max) if cell > 0.0 else 0.0


@kernel
def order_keys(
    boxes: Floats32,
    width_deg_max: NDArray[np.float64],
    duration_s_max: NDArray[np.float64],
    cell_deg: NDArray[np.float64],
    cell_s: NDArray[np.float64],
    time_origin_s: float,
    keys: Keys,
) -> None:
    """Fill `keys` with size class, then the Morton code of (lon, lat, time) of each box's middle.

    Args:
        boxes: (N, 8).
        width_deg_max: (W - 1,) ascending; a box's width class is the number of limits it exceeds.
        duration_s_max: (D - 1,) ascending; the same for its duration.
        cell_deg: (W,) cell width of each width class.
        cell_s: (D,) cell duration of each duration class.
        time_origin_s: the earliest time in `boxes`.
        keys: (N,) filled. Only the order of entries hangs on it: clipping costs no correctness, nor
            does a box that is being blanked.
    """
    cells_max = float((1 << 20) - 1)
    for i in range(boxes.shape[0]):
        width_deg = max(boxes[i, 4] - boxes[i, 0], boxes[i, 5] - boxes[i, 1])
        duration_s = boxes[i, 7] - boxes[i, 3]
        wide = 0
        while wide < width_deg_max.size and width_deg > width_deg_max[wide]:
            wide += 1
        long = 0
        while long < duration_s_max.size and duration_s > duration_s_max[long]:
            long += 1
        column = (0.5 * (boxes[i, 0] + boxes[i, 4]) + 360.0) / cell_deg[wide]
        row = (0.5 * (boxes[i, 1] + boxes[i, 5]) + 90.0) / cell_deg[wide]
        slot = (0.5 * (boxes[i, 3] + boxes[i, 7]) - time_origin_s) / cell_s[long]
        size_class = np.uint64(wide * cell_s.size + long)
        keys[i] = (
            (size_class << np.uint64(60))
            | _spread(_clipped(column, cells_max))
            | (_spread(_clipped(row, cells_max)) << np.uint64(1))
            | (_spread(_clipped(slot, cells_max)) << np.uint64(2))
        )


@kernel
def sorted_order(keys: Keys) -> Ints32:
    """Stable order of the keys: least significant digit first, digits that never differ skipped."""
    size = keys.size
    source = keys.copy()
    target = np.empty_like(source)
    source_order = np.arange(size).astype(np.int32)
    target_order = np.empty_like(source_order)
    digits = 1 << RADIX_BITS
    digit_mask = np.uint64(digits - 1)
    any_set = np.uint64(0)
    all_set = ~np.uint64(0)
    for i in range(size):
        any_set |= source[i]
        all_set &= source[i]
    differing = any_set ^ all_set
    place = np.empty(digits, np.int64)
    for shift_bits in range(0, 64, RADIX_BITS):
        shift = np.uint64(shift_bits)
        if (differing >> shift) & digit_mask == 0:
            continue
        place[:] = 0
        for i in range(size):
            place[(source[i] >> shift) & digit_mask] += 1
        before = 0
        for digit in range(digits):
            before, place[digit] = before + place[digit], before
        for i in range(size):
            digit = (source[i] >> shift) & digit_mask
            to = place[digit]
            place[digit] = to + 1
            target[to] = source[i]
            target_order[to] = source_order[i]
        source, target = target, source
        source_order, target_order = target_order, source_order
    return source_order


@kernel
def merged_order(keys: Keys, order: Ints32, middle: int, merged: Ints32) -> None:
    """Merge two sorted stretches of one order, the first one first where keys are equal.

    Args:
        keys: (N,).
        order: (N,) sorted within [0, middle) and within [middle, N).
        middle: where the second begins.
        merged: (N,) filled.
    """
    left, right = 0, middle
    for to in range(order.size):
        second = left == middle or (right < order.size and keys[order[right]] < keys[order[left]])
        if second:
            merged[to] = order[right]
            right += 1
        else:
            merged[to] = order[left]
            left += 1


@kernel
def _empty_lane(nodes: Any, lane: Any) -> None:
    """Make the box at a lane the empty box, which meets nothing."""
    for axis in range(4):
        nodes[lane + axis * FAN_OUT] = EMPTY_MIN
        nodes[lane + MAXIMA + axis * FAN_OUT] = EMPTY_MAX


@kernel
def fill_leaves(boxes: Floats32, order: Ints32, first: int, last: int, nodes: Floats32) -> None:
    """Write boxes in the order given into the leaf blocks [first, last).

    Args:
        boxes: (N, 8).
        order: (N,) row of `boxes` at each position.
        first: leaf block to start with.
        last: leaf block to stop before.
        nodes: (blocks * 128,) filled, lanes without a box with empty ones.
    """
    for position in range(first * FAN_OUT, last * FAN_OUT):
        lane = (position >> FAN_OUT_BITS) * BLOCK_SIZE + (position & LANE_MASK)
        if position < order.size:
            row = order[position]
            for bound in range(BOX_SIZE):
                nodes[lane + bound * FAN_OUT] = boxes[row, bound]
        else:
            _empty_lane(nodes, lane)


@kernel
def fill_bounds(level_start: Ints64, nodes: Floats32) -> None:
    """Fill the blocks above the leaves with the bounds of the blocks below them."""
    for level in range(1, level_start.size - 1):
        children = level_start[level] - level_start[level - 1]
        for child in range((level_start[level + 1] - level_start[level]) * FAN_OUT):
            lane = (level_start[level] + (child >> FAN_OUT_BITS)) * BLOCK_SIZE + (child & LANE_MASK)
            _empty_lane(nodes, lane)
            if child < children:
                source = (level_start[level - 1] + child) * BLOCK_SIZE
                for axis in range(4):
                    lowest = EMPTY_MIN
                    highest = EMPTY_MAX
                    for u in range(FAN_OUT):
                        lowest = min(lowest, nodes[source + axis * FAN_OUT + u])
                        highest = max(highest, nodes[source + MAXIMA + axis * FAN_OUT + u])
                    nodes[lane + axis * FAN_OUT] = lowest
                    nodes[lane + MAXIMA + axis * FAN_OUT] = highest


@kernel
def append_entries(boxes: Floats32, first: int, level_start: Ints64, nodes: Floats32) -> None:
    """Write boxes (N, 8) at positions `first`, `first + 1`, ... and widen the blocks above them.

    A block is emptied when its first lane is written: room that is never used costs nothing.
    """
    for i in range(boxes.shape[0]):
        child = first + i
        untouched = True
        for level in range(level_start.size - 1):
            block = (level_start[level] + (child >> FAN_OUT_BITS)) * BLOCK_SIZE
            lane = block + (child & LANE_MASK)
            untouched &= child & LANE_MASK == 0
            if untouched:
                for u in range(FAN_OUT):
                    _empty_lane(nodes, block + u)
            for axis in range(4):
                low = lane + axis * FAN_OUT
                nodes[low] = min(nodes[low], boxes[i, axis])
                nodes[low + MAXIMA] = max(nodes[low + MAXIMA], boxes[i, 4 + axis])
            child >>= FAN_OUT_BITS


@kernel
def blank_entries(positions: Ints32, nodes: Floats32) -> None:
    """Make the entries at the positions (N,) empty boxes; the bounds above them stay wide."""
    for position in positions:
        _empty_lane(nodes, (position >> FAN_OUT_BITS) * BLOCK_SIZE + (position & LANE_MASK))


@kernel
def copy_entries(
    nodes: Floats32, gone: Flags, boxes: Floats32, positions: Ints32, start: int
) -> int:
    """Read back the boxes of entries.

    An entry may be blanked meanwhile by another thread: its box then comes out whole, empty or in
    between, and whoever reads without a lock must forget it afterwards.

    Args:
        nodes: of a tree.
        gone: (C,) positions to leave out.
        boxes: (N, 8) filled from `start` on.
        positions: (N,) filled from `start` on with the position of each.
        start: where to begin.

    Returns:
        Where the filled rows end.
    """
    for position in range(gone.size):
        if not gone[position]:
            lane = (position >> FAN_OUT_BITS) * BLOCK_SIZE + (position & LANE_MASK)
            for bound in range(BOX_SIZE):
                boxes[start, bound] = nodes[lane + bound * FAN_OUT]
            positions[start] = position
            start += 1
    return start
