"""Compiled searches of the packed 4D box tree (see box_tree.py for the layout).

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

FAN_OUT = 16
FAN_OUT_BITS = 4
LANE_MASK = FAN_OUT - 1
BOX_SIZE = 8
BLOCK_SIZE = BOX_SIZE * FAN_OUT
STACK_SIZE = 256  # (levels <= 8) x (FAN_OUT - 1) + 1 is the deepest a walk can get
ROUNDING = 2.0**-23  # twice what rounding to the nearest float32 can move a number
SMALLEST = 2.0**-126  # of normal float32: below it rounding errors are absolute
ONE = np.int32(1)
ALL_LANES = np.int32((1 << FAN_OUT) - 1)


@kernel
def rounded_down(bound: float) -> Any:
    """A float32 that is not above the bound."""
    return np.float32(bound - (abs(bound) * ROUNDING + SMALLEST))


@kernel
def rounded_up(bound: float) -> Any:
    """A float32 that is not below the bound."""
    return np.float32(bound + (abs(bound) * ROUNDING + SMALLEST))


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
            rows[i, axis] = rounded_down(low)
            rows[i, 4 + axis] = rounded_up(high)
            sound &= -np.inf < low <= high < np.inf
    return sound


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
def _count_lanes(lanes: Any) -> Any:
    """How many bits of sixteen are set."""
    lanes -= (lanes >> ONE) & np.int32(0x5555)
    lanes = (lanes & np.int32(0x3333)) + ((lanes >> np.int32(2)) & np.int32(0x3333))
    lanes = (lanes + (lanes >> np.int32(4))) & np.int32(0x0F0F)
    return (lanes + (lanes >> np.int32(8))) & np.int32(0x1F)


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
                    found[count, 0] = min(position, other_position)
                    found[count, 1] = max(position, other_position)
                count += 1
            lanes >>= ONE
            other_position += 1
        mine >>= ONE
        position += 1
    return count


@kernel
def _pairs_of_two_leaves(
    nodes: Floats32,
    owners: Ints32,
    leaf_count: int,
    levels: int,
    leaf: int,
    other: int,
    found: Ints32,
    count: int,
) -> int:
    """Append the pairs of two leaf blocks, if those of the one that meet the other's bounds meet it."""
    mine = theirs = ALL_LANES
    if levels > 1:
        leaf_lane = (leaf_count + (leaf >> FAN_OUT_BITS)) * BLOCK_SIZE + (leaf & LANE_MASK)
        other_lane = (leaf_count + (other >> FAN_OUT_BITS)) * BLOCK_SIZE + (other & LANE_MASK)
        mine = _lanes_meeting_lane(nodes, leaf * BLOCK_SIZE, other_lane)
        if mine == 0:
            return count
        theirs = _lanes_meeting_lane(nodes, other * BLOCK_SIZE, leaf_lane)
        if theirs == 0:
            return count
    if _count_lanes(theirs) < _count_lanes(mine):
        leaf, other, mine = other, leaf, theirs
    return _pairs_of_leaves(nodes, owners, leaf, other, mine, found, count)


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
        leaf_lane = (level_start[1] + (leaf >> FAN_OUT_BITS)) * BLOCK_SIZE + (leaf & LANE_MASK)
        stack[0, 0] = levels - 1
        stack[0, 1] = 0
        depth = 1
        while depth > 0:
            depth -= 1
            level = stack[depth, 0]
            block = stack[depth, 1]
            if level == 0:
                count = _pairs_of_two_leaves(
                    nodes, owners, level_start[1], levels, leaf, block, found, count
                )
                continue
            lanes = _lanes_meeting_lane(nodes, (level_start[level] + block) * BLOCK_SIZE, leaf_lane)
            child = block << FAN_OUT_BITS
            while lanes != 0:
                while lanes & ONE == 0:
                    lanes >>= ONE
                    child += 1
                if (child + 1) << (FAN_OUT_BITS * (level - 1)) > leaf:
                    stack[depth, 0] = level - 1
                    stack[depth, 1] = child
                    depth += 1
                lanes >>= ONE
                child += 1
    return count
