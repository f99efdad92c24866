"""Volumes held together with a tree over their boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.conflicts.volume_arrays import (
    VolumeArrays,
    empty_arrays,
    padded,
    size_bytes,
    write_rows,
)
from comity.domain.geometry.box_tree import BoxTree, growing_tree, packed_tree

Flags = NDArray[np.bool_]
Floats32 = NDArray[np.float32]
Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]


@dataclass(slots=True)
class Part:
    """Rows of volumes that are added at the end and dropped anywhere.

    The rows of one footprint stand together, in the order of its volumes.

    Attributes:
        volumes: arrays with room for `count` rows or more.
        owner: (room,) number of the footprint a row belongs to.
        index: (room,) number of the volume within its footprint.
        dropped: (room,) rows that are no longer held.
        positions: (room, 2) where the tree has the row's boxes; the same twice where it is one.
        tree: over the rows' boxes, widened by their share of the minima; its ids are rows.
        count: rows used so far, dropped ones included.
        doubled: whether some row has two boxes.
    """

    volumes: VolumeArrays
    owner: Ints32
    index: Ints32
    dropped: Flags
    positions: Ints32
    tree: BoxTree
    count: int
    doubled: bool

    @property
    def size_bytes(self) -> int:
        """Memory held, room included."""
        own = self.owner.nbytes + self.index.nbytes + self.dropped.nbytes + self.positions.nbytes
        return own + size_bytes(self.volumes) + self.tree.size_bytes

    def has_room(self, box_count: int) -> bool:
        """Whether the tree takes so many more boxes."""
        return self.tree.count + box_count <= len(self.tree.ids)

    def add(self, volumes: VolumeArrays, owner: int, boxes: Floats32, box_rows: Ints32) -> int:
        """Add the volumes of one footprint.

        Args:
            volumes: full arrays, a row a volume.
            owner: number of the footprint.
            boxes: (B, 8) the volumes' boxes, those of a volume side by side.
            box_rows: (B,) the volume of each box, ascending.

        Returns:
            The first row; the others follow.
        """
        from comity.domain.conflicts import part_kernels as kernels  # noqa: PLC0415 (Numba)

        first, count = self.count, len(volumes.lower_m)
        self._make_room(count, len(volumes.shapes.points))
        write_rows(self.volumes, first, volumes, count)
        self.count += count
        self.owner[first : self.count] = owner
        self.index[first : self.count] = np.arange(count)
        self.dropped[first : self.count] = False
        self.doubled |= len(boxes) > count
        position = self.tree.append(boxes, box_rows + np.int32(first), owner)
        kernels.write_positions(
            box_rows,
            np.arange(position, position + len(box_rows), dtype=np.int32),
            self.positions[first : self.count],
        )
        return first

    def drop(self, first: int, count: int) -> None:
        """Forget rows: their boxes meet nothing any more."""
        self.tree.blank(self.positions[first : first + count].reshape(-1))
        self.dropped[first : first + count] = True

    def enlarge(self) -> None:
        """Double the room for boxes."""
        self.tree = self.tree.enlarged(2 * len(self.tree.ids))

    def _make_room(self, rows: int, points: int) -> None:
        points_used = int(self.volumes.shapes.first[self.count])
        room = len(self.owner)
        points_room = len(self.volumes.shapes.points)
        if self.count + rows <= room and points_used + points <= points_room:
            return
        room = max(2 * room, self.count + rows)
        grown = empty_arrays(room, max(2 * points_room, points_used + points))
        write_rows(grown, 0, self.volumes, self.count)
        self.volumes = grown
        self.owner = padded(self.owner, room, 0)
        self.index = padded(self.index, room, 0)
        self.dropped = padded(self.dropped, room, 0)
        self.positions = padded(self.positions, room, 0)


def growing_part(rows: int, boxes: int) -> Part:
    """An empty part: room for rows grows by itself, room for boxes when asked."""
    return Part(
        volumes=empty_arrays(rows, 8 * rows),
        owner=np.zeros(rows, np.int32),
        index=np.zeros(rows, np.int32),
        dropped=np.zeros(rows, np.bool_),
        positions=np.zeros((rows, 2), np.int32),
        tree=growing_tree(boxes),
        count=0,
        doubled=False,
    )


def packed_part(
    volumes: VolumeArrays, owner: Ints32, index: Ints32, boxes: Floats32, box_rows: Ints32
) -> Part:
    """A part packed at once.

    Args:
        volumes: (N,) full arrays.
        owner: (N,).
        index: (N,).
        boxes: (B, 8) the volumes' boxes, those of a volume side by side.
        box_rows: (B,) the volume of each box, ascending.
    """
    from comity.domain.conflicts import part_kernels as kernels  # noqa: PLC0415 (Numba)

    numbers = np.arange(len(box_rows), dtype=np.int32)
    tree = packed_tree(boxes, numbers, owner[box_rows])
    position = np.empty_like(numbers)
    position[tree.ids] = numbers
    tree.ids = box_rows[tree.ids]
    positions = np.zeros((len(owner), 2), np.int32)
    kernels.write_positions(box_rows, position, positions)
    dropped = np.zeros(len(owner), np.bool_)
    return Part(
        volumes, owner, index, dropped, positions, tree, len(owner), len(boxes) > len(owner)
    )


def rows_of(volumes: VolumeArrays, rows: Ints64) -> VolumeArrays:
    """The given rows in arrays of their own, in the given order."""
    from comity.domain.conflicts import part_kernels as kernels  # noqa: PLC0415 (Numba)

    first = volumes.shapes.first
    found = empty_arrays(len(rows), int((first[rows + 1] - first[rows]).sum()))
    kernels.gather_rows(volumes, rows, found, 0)
    return found


def live_rows(
    parts: Sequence[Part], dropped: Sequence[Flags]
) -> tuple[VolumeArrays, Ints32, Ints32]:
    """Rows of the parts, one part after the other, without those dropped.

    Args:
        parts: whose rows up to the length of their `dropped` are taken.
        dropped: as they were at the moment that matters; `Part.dropped` may go on changing.

    Returns:
        volumes: full arrays.
        owner: number of the footprint of each row.
        index: number of the volume within its footprint.
    """
    from comity.domain.conflicts import part_kernels as kernels  # noqa: PLC0415 (Numba)

    kept = [np.flatnonzero(~flags) for flags in dropped]
    points = 0
    for part, rows in zip(parts, kept, strict=True):
        first = part.volumes.shapes.first
        points += int((first[rows + 1] - first[rows]).sum())
    volumes = empty_arrays(sum(map(len, kept)), points)
    row = 0
    for part, rows in zip(parts, kept, strict=True):
        kernels.gather_rows(part.volumes, rows, volumes, row)
        row += len(rows)
    return (
        volumes,
        np.concatenate([part.owner[rows] for part, rows in zip(parts, kept, strict=True)]),
        np.concatenate([part.index[rows] for part, rows in zip(parts, kept, strict=True)]),
    )
