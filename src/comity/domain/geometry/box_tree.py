"""A packed tree of 4D boxes (longitude, latitude, altitude, time), searched sixteen at a time.

Boxes over-approximate what they stand for: they are float32 rounded outwards, and comparisons are
closed, so a search may report too many entries and never too few.

A block is sixteen boxes, bound by bound (`nodes[block * 128 + bound * 16 + lane]`, 512 bytes), so
that one search step is eight vector comparisons. Leaf blocks hold the entries; box `lane` of block
`b` one level up bounds block `16 b + lane` below. An empty box (lower bounds +inf, upper -inf) pads
blocks and marks deleted entries. The same layout serves a tree packed at once (entries sorted by
size class and Morton code of place and time) and one that grows entry by entry.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]

BOX_SIZE = 8
FAN_OUT = 16
BLOCK_SIZE = BOX_SIZE * FAN_OUT

# Size classes keep one wide or long-lived box from widening the blocks of small ones. Cells are
# about as large as the boxes of their class: measured best on planned flights, and a factor of 2
# either way changes little.
WIDTH_DEG_MAX = np.array([0.06, 0.6, 6.0])
CELL_DEG = np.array([0.005, 0.05, 0.5, 5.0])
DURATION_S_MAX = np.array([4.0 * 3600, 48.0 * 3600])
CELL_S = np.array([600.0, 6.0 * 3600, 96.0 * 3600])

LEAVES_PER_TASK = 4_096  # 65,536 boxes: some milliseconds
SORTED_APART_MIN = 65_536  # boxes; below it threads cost what they save


Run = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""`map`, or one that spreads its tasks over threads (the loops hold no lock)."""


@dataclass(slots=True)
class BoxTree:
    """Boxes with an owner each, at positions that never change.

    Attributes:
        nodes: (blocks * 128,) float32, see the module.
        level_start: (levels + 1,) first block of each level, leaves first.
        owners: (capacity,) entries of one owner are not paired with each other.
        count: positions used so far, deleted ones included.
    """

    nodes: Floats32
    level_start: Ints64
    owners: Ints32
    count: int

    @property
    def leaf_count(self) -> int:
        """Leaf blocks in use; `pairs` is asked for ranges of them."""
        return (self.count + FAN_OUT - 1) // FAN_OUT

    @property
    def capacity(self) -> int:
        """Positions there are."""
        return len(self.owners)

    @property
    def size_bytes(self) -> int:
        """Memory held."""
        return self.nodes.nbytes + self.level_start.nbytes + self.owners.nbytes

    def meeting(self, boxes: Floats32) -> tuple[Ints32, Ints32]:
        """The entries that meet each of the boxes (Q, 8).

        Returns:
            rows: (F,) row of `boxes`, ascending.
            positions: (F,) position of an entry that meets it.
        """
        from comity.domain.geometry import box_tree_kernels as kernels  # noqa: PLC0415 (Numba)

        if self.count == 0:
            return np.empty(0, np.int32), np.empty(0, np.int32)
        room = max(256, 64 * len(boxes))
        while True:
            found = np.empty((room, 2), np.int32)
            count = kernels.entries_meeting(self.nodes, self.level_start, boxes, found)
            if count <= room:
                return found[:count, 0], found[:count, 1]
            room = count

    def pairs(self, first_leaf: int, last_leaf: int) -> tuple[Ints32, Ints32]:
        """Pairs of entries of different owners that meet, one of them in leaves [first, last).

        A pair belongs to the leaf of its lower position.

        Returns:
            positions: (F,) the lower position of each pair.
            others: (F,) the higher one.
        """
        from comity.domain.geometry import box_tree_kernels as kernels  # noqa: PLC0415 (Numba)

        room = max(1024, 4 * FAN_OUT * (last_leaf - first_leaf))
        while True:
            found = np.empty((room, 2), np.int32)
            count = kernels.pairs_meeting(
                self.nodes,
                self.level_start,
                self.owners,
                first_leaf,
                min(last_leaf, self.leaf_count),
                found,
            )
            if count <= room:
                return found[:count, 0], found[:count, 1]
            room = count

    def append(self, boxes: Floats32, owner: int) -> int:
        """Add boxes (N, 8) of one owner; the tree must have room for them.

        Returns:
            The position of the first; the others follow it.
        """
        from comity.domain.geometry import (  # noqa: PLC0415 (Numba)
            box_tree_packing_kernels as kernels,
        )

        first = self.count
        if first + len(boxes) > self.capacity:
            raise ValueError(f"{first} + {len(boxes)} entries exceed {self.capacity}")
        self.count += len(boxes)
        self.owners[first : self.count] = owner
        kernels.append_entries(boxes, first, self.level_start, self.nodes)
        return first

    def enlarged(self, capacity: int) -> "BoxTree":
        """The same entries at the same positions, with room for more."""
        from comity.domain.geometry import (  # noqa: PLC0415 (Numba)
            box_tree_packing_kernels as kernels,
        )

        tree = growing_tree(capacity)
        boxes = np.empty((self.count, BOX_SIZE), np.float32)
        none_gone = np.zeros(self.count, np.bool_)
        kernels.copy_entries(self.nodes, none_gone, boxes, np.empty(self.count, np.int32), 0)
        tree.append(boxes, 0)
        tree.owners[: self.count] = self.owners[: self.count]
        return tree

    def blank(self, positions: Ints32) -> None:
        """Delete the entries at the positions (N,): they meet nothing any more."""
        from comity.domain.geometry import (  # noqa: PLC0415 (Numba)
            box_tree_packing_kernels as kernels,
        )

        kernels.blank_entries(positions, self.nodes)


def growing_tree(capacity: int) -> BoxTree:
    """An empty tree with room for that many entries, to be filled by `append`."""
    level_start = level_starts(capacity)
    nodes = np.empty(int(level_start[-1]) * BLOCK_SIZE, np.float32)
    return BoxTree(nodes, level_start, np.empty(capacity, np.int32), 0)


def packed_tree(boxes: Floats32, owners: Ints32, run: Run = map) -> tuple[BoxTree, Ints32]:
    """A tree of the boxes, sorted so that what lies together is stored together.

    Args:
        boxes: (N, 8) from `box_rows`.
        owners: (N,).
        run: changes the time it takes, and nothing else.

    Returns:
        tree: of the boxes.
        order: (N,) row of `boxes` at each position.

    Raises:
        ValueError: shapes differ.
    """
    from comity.domain.geometry import (  # noqa: PLC0415 (Numba)
        box_tree_packing_kernels as kernels,
    )

    if boxes.shape != (len(owners), BOX_SIZE):
        raise ValueError(f"boxes {boxes.shape}, owners {owners.shape} differ")
    order = _order(boxes, run)
    level_start = level_starts(len(boxes))
    nodes = np.empty(int(level_start[-1]) * BLOCK_SIZE, np.float32)

    def fill(leaves: tuple[int, int]) -> None:
        kernels.fill_leaves(boxes, order, *leaves, nodes)

    cuts = [*range(0, int(level_start[1]), LEAVES_PER_TASK), int(level_start[1])]
    deque(run(fill, pairwise(cuts)), maxlen=0)
    kernels.fill_bounds(level_start, nodes)
    return BoxTree(nodes, level_start, owners[order], len(boxes)), order


def _order(boxes: Floats32, run: Run) -> Ints32:
    """Rows of the boxes by size class and Morton code; halves are sorted apart if there are many."""
    from comity.domain.geometry import (  # noqa: PLC0415 (Numba)
        box_tree_packing_kernels as kernels,
    )

    count = len(boxes)
    keys = np.empty(count, np.uint64)
    time_origin_s = float(boxes[:, 3].min()) if count else 0.0

    def half(rows: slice) -> Ints32:
        kernels.order_keys(
            boxes[rows],
            WIDTH_DEG_MAX,
            DURATION_S_MAX,
            CELL_DEG,
            CELL_S,
            time_origin_s,
            keys[rows],
        )
        return kernels.sorted_order(keys[rows])

    if run is map or count < SORTED_APART_MIN:
        return half(slice(0, count))
    middle = count // 2
    first, second = run(half, (slice(0, middle), slice(middle, count)))
    order = np.concatenate([first, second + np.int32(middle)])
    merged = np.empty(count, np.int32)
    kernels.merged_order(keys, order, middle, merged)
    return merged


def level_starts(entry_count: int) -> Ints64:
    """First block of each level, leaves first, and the number of blocks; one block at the top."""
    sizes = [max(1, -(-entry_count // FAN_OUT))]
    while sizes[-1] > 1:
        sizes.append(-(-sizes[-1] // FAN_OUT))
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def box_rows(lower: Floats, upper: Floats) -> Floats32:
    """Boxes (N, 8) from bounds (N, 4) in lon_deg, lat_deg, alt_m, time_s, rounded outwards.

    Over-approximates by at most 2 units in the last place of float32 (0.00003 deg at 180 deg,
    0.016 s within a day of time 0).

    Raises:
        ValueError: a bound is not finite, or a lower one is above its upper one.
    """
    from comity.domain.geometry import box_tree_kernels as kernels  # noqa: PLC0415 (Numba)

    rows = np.empty((len(lower), BOX_SIZE), np.float32)
    if not kernels.round_outwards(lower, upper, rows):
        raise ValueError("a bound of a box is not finite, or a lower one above its upper one")
    return rows
