"""Compiled loops of the packed 4D box tree (see box_tree.py for the layout).

All boxes here are float32 `(lon_min, lat_min, alt_min, time_min, lon_max, lat_max, alt_max,
time_max)`, degrees, metres and seconds, rounded outwards; comparisons are closed.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.jit import kernel

Floats32 = NDArray[np.float32]
Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]
Keys = NDArray[np.uint64]

FAN_OUT = 16
FAN_OUT_BITS = 4
LANE_MASK = FAN_OUT - 1
BOX_SIZE = 8
BLOCK_SIZE = BOX_SIZE * FAN_OUT
MAXIMA = 4 * FAN_OUT  # offset of the four upper bounds within a block
STACK_SIZE = 256  # (levels <= 8) x (FAN_OUT - 1) + 1 is the deepest a walk can get
EMPTY_MIN = np.float32(np.inf)
EMPTY_MAX = np.float32(-np.inf)
ROUNDING = 2.0**-23  # twice what rounding to the nearest float32 can move a number
SMALLEST = 2.0**-126  # of normal float32: below it rounding errors are absolute
RADIX_BITS = 11  # 2048 counters stay in the first cache
ONE = np.int32(1)
ALL_LANES = np.int32((1 << FAN_OUT) - 1)


@kernel
def round_outwards(lower: NDArray[np.float64], upper: NDArray[np.float64], rows: Floats32) -> bool:
    """Fill `rows` (N, 8) from bounds (N, 4), rounded outwards.

    Returns:
        Whether all bounds are finite and no lower one is above its upper one.
    """
    sound = True
    for i in range(lower.shape[0]):
        for axis in range(4):
            low, high = lower[i, axis], upper[i, axis]
            rows[i, axis] = np.float32(low - (abs(low) * ROUNDING + SMALLEST))
            rows[i, 4 + axis] = np.float32(high + (abs(high) * ROUNDING + SMALLEST))
            sound &= -np.inf < low <= high < np.inf
    return sound


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
        keys: (N,) filled. Only the order of entries hangs on it: clipping costs no correctness.
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
            | _spread(min(max(column, 0.0), cells_max))
            | (_spread(min(max(row, 0.0), cells_max)) << np.uint64(1))
            | (_spread(min(max(slot, 0.0), cells_max)) << np.uint64(2))
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
def _empty_lane(nodes: Any, lane: Any) -> None:
    """Make the box at a lane the empty box, which meets nothing."""
    for axis in range(4):
        nodes[lane + axis * FAN_OUT] = EMPTY_MIN
        nodes[lane + MAXIMA + axis * FAN_OUT] = EMPTY_MAX


@kernel
def empty_nodes(nodes: Floats32) -> None:
    """Make every box of every block the empty box."""
    for block in range(nodes.size // BLOCK_SIZE):
        for u in range(FAN_OUT):
            _empty_lane(nodes, block * BLOCK_SIZE + u)


@kernel
def fill_nodes(boxes: Floats32, order: Ints32, level_start: Ints64, nodes: Floats32) -> None:
    """Write the boxes in the order given into the leaf blocks, and the bounds of blocks above.

    Args:
        boxes: (N, 8).
        order: (N,) row of `boxes` at each position.
        level_start: (levels + 1,) first block of each level, leaves first.
        nodes: (blocks * 128,) filled, lanes without a box with empty ones.
    """
    for position in range(level_start[1] * FAN_OUT):
        lane = (position >> FAN_OUT_BITS) * BLOCK_SIZE + (position & LANE_MASK)
        if position < order.size:
            for bound in range(BOX_SIZE):
                nodes[lane + bound * FAN_OUT] = boxes[order[position], bound]
        else:
            _empty_lane(nodes, lane)
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
    """Write boxes (N, 8) at positions `first`, `first + 1`, ... and widen the blocks above them."""
    for i in range(boxes.shape[0]):
        child = first + i
        for level in range(level_start.size - 1):
            block = level_start[level] + (child >> FAN_OUT_BITS)
            lane = block * BLOCK_SIZE + (child & LANE_MASK)
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
def _lanes_meeting(
    nodes: Any,
    block_offset: Any,
    a0: Any,
    a1: Any,
    a2: Any,
    a3: Any,
    b0: Any,
    b1: Any,
    b2: Any,
    b3: Any,
) -> Any:
    """Bit u is set where box u of the block meets the box with lower bounds a, upper bounds b."""
    offset = np.uint64(block_offset)
    lanes = np.int32(0)
    for u in range(np.uint64(FAN_OUT)):
        k = offset + u
        meets = (
            (nodes[k] <= b0)
            & (nodes[k + np.uint64(64)] >= a0)
            & (nodes[k + np.uint64(16)] <= b1)
            & (nodes[k + np.uint64(80)] >= a1)
            & (nodes[k + np.uint64(32)] <= b2)
            & (nodes[k + np.uint64(96)] >= a2)
            & (nodes[k + np.uint64(48)] <= b3)
            & (nodes[k + np.uint64(112)] >= a3)
        )
        lanes |= np.int32(1) << np.int32(u) if meets else np.int32(0)
    return lanes


@kernel
def _lanes_meeting_lane(nodes: Any, block_offset: Any, other: Any) -> Any:
    """The same for the box whose first bound is `nodes[other]`, in this tree."""
    return _lanes_meeting(
        nodes,
        block_offset,
        nodes[other],
        nodes[other + 16],
        nodes[other + 32],
        nodes[other + 48],
        nodes[other + 64],
        nodes[other + 80],
        nodes[other + 96],
        nodes[other + 112],
    )


@kernel
def entries_meeting(nodes: Floats32, level_start: Ints64, boxes: Floats32, found: Ints32) -> int:
    """Find the entries that each of the boxes (Q, 8) meets.

    Args:
        nodes: (blocks * 128,).
        level_start: (levels + 1,).
        boxes: (Q, 8).
        found: (C, 2) filled with (row of `boxes`, position of the entry), row by row.

    Returns:
        The number of pairs there are; where it exceeds C, only the first C were written.
    """
    stack = np.empty((STACK_SIZE, 2), np.int64)
    count = 0
    for row in range(boxes.shape[0]):
        a0, a1, a2, a3 = boxes[row, 0], boxes[row, 1], boxes[row, 2], boxes[row, 3]
        b0, b1, b2, b3 = boxes[row, 4], boxes[row, 5], boxes[row, 6], boxes[row, 7]
        stack[0, 0] = level_start.size - 2
        stack[0, 1] = 0
        depth = 1
        while depth > 0:
            depth -= 1
            level = stack[depth, 0]
            block = stack[depth, 1]
            lanes = _lanes_meeting(
                nodes, (level_start[level] + block) * BLOCK_SIZE, a0, a1, a2, a3, b0, b1, b2, b3
            )
            child = block << FAN_OUT_BITS
            while lanes != 0:
                while lanes & ONE == 0:
                    lanes >>= ONE
                    child += 1
                if level > 0:
                    stack[depth, 0] = level - 1
                    stack[depth, 1] = child
                    depth += 1
                else:
                    if count < found.shape[0]:
                        found[count, 0] = row
                        found[count, 1] = child
                    count += 1
                lanes >>= ONE
                child += 1
    return count


@kernel
def _pairs_of_leaves(
    nodes: Floats32, owners: Ints32, leaf: int, other: int, mine: Any, found: Ints32, count: int
) -> int:
    """Append the pairs of the lanes `mine` of one leaf block and the lanes of another.

    Each pair is found once where both are the same block.
    """
    position = leaf * FAN_OUT
    while mine != 0:
        while mine & ONE == 0:
            mine >>= ONE
            position += 1
        lane = position & LANE_MASK
        lanes = _lanes_meeting_lane(nodes, other * BLOCK_SIZE, leaf * BLOCK_SIZE + lane)
        if other == leaf:
            lanes &= ~((np.int32(2) << np.int32(lane)) - ONE)
        other_position = other * FAN_OUT
        while lanes != 0:
            while lanes & ONE == 0:
                lanes >>= ONE
                other_position += 1
            if owners[other_position] != owners[position]:
                if count < found.shape[0]:
                    found[count, 0] = position
                    found[count, 1] = other_position
                count += 1
            lanes >>= ONE
            other_position += 1
        mine >>= ONE
        position += 1
    return count


@kernel
def pairs_meeting(
    nodes: Floats32, level_start: Ints64, owners: Ints32, first: int, last: int, found: Ints32
) -> int:
    """Find the pairs of entries of different owners that meet, the earlier one in [first, last).

    The walk is done once for the 16 entries of a leaf block, so its cost is shared among them.

    Args:
        nodes: (blocks * 128,).
        level_start: (levels + 1,).
        owners: (entries,) by position; a pair of one owner is not a pair.
        first: leaf block to start with.
        last: leaf block to stop before.
        found: (C, 2) filled with positions, the lower one first.

    Returns:
        The number of pairs there are; where it exceeds C, only the first C were written.
    """
    levels = level_start.size - 1
    stack = np.empty((STACK_SIZE, 2), np.int64)
    count = 0
    for leaf in range(first, last):
        if levels == 1:
            count = _pairs_of_leaves(nodes, owners, leaf, leaf, ALL_LANES, found, count)
            continue
        leaf_lane = (level_start[1] + (leaf >> FAN_OUT_BITS)) * BLOCK_SIZE + (leaf & LANE_MASK)
        stack[0, 0] = levels - 1
        stack[0, 1] = 0
        depth = 1
        while depth > 0:
            depth -= 1
            level = stack[depth, 0]
            block = stack[depth, 1]
            lanes = _lanes_meeting_lane(nodes, (level_start[level] + block) * BLOCK_SIZE, leaf_lane)
            child = block << FAN_OUT_BITS
            while lanes != 0:
                while lanes & ONE == 0:
                    lanes >>= ONE
                    child += 1
                if level == 1:
                    if child >= leaf:
                        other_lane = (level_start[1] + block) * BLOCK_SIZE + (child & LANE_MASK)
                        mine = _lanes_meeting_lane(nodes, leaf * BLOCK_SIZE, other_lane)
                        if mine != 0:
                            theirs = _lanes_meeting_lane(nodes, child * BLOCK_SIZE, leaf_lane)
                            if theirs != 0:
                                count = _pairs_of_leaves(
                                    nodes, owners, leaf, child, mine, found, count
                                )
                elif (child + 1) << (FAN_OUT_BITS * (level - 1)) > leaf:
                    stack[depth, 0] = level - 1
                    stack[depth, 1] = child
                    depth += 1
                lanes >>= ONE
                child += 1
    return count
