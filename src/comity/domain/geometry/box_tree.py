"""A packed tree of 4D boxes (longitude, latitude, altitude, time), searched sixteen at a time.

Boxes over-approximate what they stand for: they are float32 rounded outwards, and comparisons are
closed, so a search may report too many entries and never too few.

A block is sixteen boxes, bound by bound (`nodes[block * 128 + bound * 16 + lane]`, 512 bytes), so
that one search step is eight vector comparisons. Leaf blocks hold the entries; box `lane` of block
`b` one level up bounds block `16 b + lane` below. An empty box (lower bounds +inf, upper -inf) pads
blocks and marks deleted entries. The same layout serves a tree packed at once (entries sorted by
size class and Morton code of place and time) and one that grows entry by entry.
"""

from dataclasses import dataclass

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


@dataclass(slots=True)
class BoxTree:
    """Boxes with an owner each, at positions that never change.

    Attributes:
        nodes: (blocks * 128,) float32, see the module.
        level_start: (levels + 1,) first block of each level, leaves first.
        ids: (capacity,) what the caller calls the entry at each position.
        owners: (capacity,) entries of one owner are not paired with each other.
        count: positions used so far, deleted ones included.
    """

    nodes: Floats32
    level_start: Ints64
    ids: Ints32
    owners: Ints32
    count: int

    @property
    def leaf_count(self) -> int:
        """Leaf blocks in use; `pairs` is asked for ranges of them."""
        return (self.count + FAN_OUT - 1) // FAN_OUT

    @property
    def size_bytes(self) -> int:
        """Memory held."""
        return self.nodes.nbytes + self.level_start.nbytes + self.ids.nbytes + self.owners.nbytes

    def meeting(self, boxes: Floats32) -> tuple[Ints32, Ints32]:
        """The entries that meet each of the boxes (Q, 8).

        Returns:
            rows: (F,) row of `boxes`, ascending.
            positions: (F,) position of an entry that meets it.
        """
        from comity.domain.geometry import box_tree_kernels as kernels  # noqa: PLC0415 (Numba)

        room = max(256, 64 * len(boxes))
        while True:
            found = np.empty((room, 2), np.int32)
            count = kernels.entries_meeting(self.nodes, self.level_start, boxes, found)
            if count <= room:
                return found[:count, 0], found[:count, 1]
            room = count

    def pairs(self, first_leaf: int, last_leaf: int) -> tuple[Ints32, Ints32]:
        """Pairs of entries of different owners that meet, the first in leaves [first, last).

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
                self.owners[: self.count],
                first_leaf,
                min(last_leaf, self.leaf_count),
                found,
            )
            if count <= room:
                return found[:count, 0], found[:count, 1]
            room = count

    def append(self, boxes: Floats32, ids: Ints32, owner: int) -> int:
        """Add boxes (N, 8) of one owner; the tree must have room for them.

        Returns:
            The position of the first; the others follow it.
        """
        from comity.domain.geometry import box_tree_kernels as kernels  # noqa: PLC0415 (Numba)

        first = self.count
        if first + len(boxes) > len(self.ids):
            raise ValueError(f"{first} + {len(boxes)} entries exceed {len(self.ids)}")
        self.count += len(boxes)
        self.ids[first : self.count] = ids
        self.owners[first : self.count] = owner
        kernels.append_entries(boxes, first, self.level_start, self.nodes)
        return first

    def enlarged(self, capacity: int) -> "BoxTree":
        """The same entries at the same positions, with room for more."""
        tree = growing_tree(capacity)
        used = np.arange(self.count)
        lanes = (used // FAN_OUT) * BLOCK_SIZE + used % FAN_OUT
        boxes = self.nodes[lanes[:, None] + np.arange(BOX_SIZE) * FAN_OUT]
        tree.append(boxes, self.ids[: self.count], 0)
        tree.owners[: self.count] = self.owners[: self.count]
        return tree

    def blank(self, positions: Ints32) -> None:
        """Delete the entries at the positions (N,): they meet nothing any more."""
        from comity.domain.geometry import box_tree_kernels as kernels  # noqa: PLC0415 (Numba)

        kernels.blank_entries(positions, self.nodes)


def growing_tree(capacity: int) -> BoxTree:
    """An empty tree with room for that many entries, to be filled by `append`."""
    from comity.domain.geometry import box_tree_kernels as kernels  # noqa: PLC0415 (Numba)

    level_start = level_starts(capacity)
    nodes = np.empty(int(level_start[-1]) * BLOCK_SIZE, np.float32)
    kernels.empty_nodes(nodes)
    ids = np.zeros(capacity, np.int32)
    return BoxTree(nodes, level_start, ids, ids.copy(), 0)


def packed_tree(boxes: Floats32, ids: Ints32, owners: Ints32) -> BoxTree:
    """A tree of the boxes (N, 8), sorted so that what lies together is stored together.

    Args:
        boxes: (N, 8) from `box_rows`.
        ids: (N,).
        owners: (N,).

    Raises:
        ValueError: shapes differ.
    """
    from comity.domain.geometry import box_tree_kernels as kernels  # noqa: PLC0415 (Numba)

    if boxes.shape != (len(ids), BOX_SIZE) or len(owners) != len(ids):
        raise ValueError(f"boxes {boxes.shape}, ids {ids.shape}, owners {owners.shape} differ")
    keys = np.empty(len(boxes), np.uint64)
    time_origin_s = float(boxes[:, 3].min()) if len(boxes) else 0.0
    kernels.order_keys(boxes, WIDTH_DEG_MAX, DURATION_S_MAX, CELL_DEG, CELL_S, time_origin_s, keys)
    order = kernels.sorted_order(keys)
    level_start = level_starts(len(boxes))
    nodes = np.empty(int(level_start[-1]) * BLOCK_SIZE, np.float32)
    kernels.fill_nodes(boxes, order, level_start, nodes)
    return BoxTree(nodes, level_start, ids[order], owners[order], len(boxes))


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
