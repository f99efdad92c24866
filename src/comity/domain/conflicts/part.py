"""Volumes held together with a tree over their boxes: packed at once, or growing flight by flight."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from comity.domain.conflicts.volume_arrays import (
    VolumeArrays,
    empty_arrays,
    enlarged,
    size_bytes,
)
from comity.domain.geometry.box_tree import BoxTree, growing_tree
from comity.kernel.invariants import invariant

Flags = NDArray[np.bool_]
Floats32 = NDArray[np.float32]
Ints32 = NDArray[np.int32]

POINTS_PER_BOX = 8  # room made at first; it doubles when it does not do


@dataclass(slots=True)
class Part:
    """Rows of volumes, each at the position of its box in the tree.

    What lies together in place and time lies together in memory. A volume with two boxes, across
    the antimeridian, has two rows. Rows are never moved, only added or given up.

    Attributes:
        volumes: arrays with room for as many rows as the tree has positions.
        tree: over the rows' boxes, widened by their share of the minima.
        gone: (capacity,) rows that are no longer held.
    """

    volumes: VolumeArrays
    tree: BoxTree
    gone: Flags

    def size_bytes(self) -> int:
        """Memory held, room included."""
        return self.gone.nbytes + size_bytes(self.volumes) + self.tree.size_bytes

    def positions(self, number: int) -> Ints32:
        """Rows of a footprint that came into this part."""
        raise NotImplementedError

    def drop(self, number: int) -> None:
        """Give up the rows of a footprint: their boxes meet nothing any more."""
        positions = self.positions(number)
        self.tree.blank(positions)
        self.gone[positions] = True


@dataclass(slots=True)
class PackedPart(Part):
    """A part made at once, in the order of its tree.

    Attributes:
        starts: (numbers + 1,) where the rows of each footprint begin in `slots`.
        slots: (N,) rows, footprint by footprint.
    """

    starts: Ints32
    slots: Ints32

    def size_bytes(self) -> int:
        """Memory held."""
        return Part.size_bytes(self) + self.starts.nbytes + self.slots.nbytes

    def positions(self, number: int) -> Ints32:
        """Rows of a footprint that came into this part; none where none did."""
        if number + 1 >= len(self.starts):
            return self.slots[:0]
        return self.slots[self.starts[number] : self.starts[number + 1]]


@dataclass(slots=True)
class GrowingPart(Part):
    """A part to which footprints are added one after the other.

    Attributes:
        spans: first row and end of the footprints in it, those given up left out.
        point_count: points used so far.
    """

    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    point_count: int = 0

    def positions(self, number: int) -> Ints32:
        """Rows of a footprint in this part."""
        return np.arange(*self.spans[number], dtype=np.int32)

    def drop(self, number: int) -> None:
        """Give up the rows of a footprint."""
        Part.drop(self, number)
        del self.spans[number]

    def add(self, volumes: VolumeArrays, number: int, boxes: Floats32, box_rows: Ints32) -> None:
        """Add the volumes of one footprint.

        Args:
            volumes: a row a volume.
            number: of the footprint; none of the part.
            boxes: (B, 8) the volumes' boxes, those of a volume side by side.
            box_rows: (B,) the volume of each box, ascending.
        """
        from comity.domain.conflicts import part_kernels as kernels  # noqa: PLC0415 (Numba)

        invariant(number not in self.spans, "a footprint is added once")
        self._make_room(len(boxes), len(volumes.shapes.points))
        first = self.tree.append(boxes, number)
        self.point_count = kernels.append_rows(
            volumes, box_rows, self.volumes, first, self.point_count
        )
        self.gone[first : self.tree.count] = False
        self.spans[number] = (first, self.tree.count)

    def _make_room(self, boxes: int, points: int) -> None:
        room, points_room = self.tree.capacity, len(self.volumes.shapes.points)
        if self.tree.count + boxes > room:
            room = 2 * (room + boxes)
            self.tree = self.tree.enlarged(room)
            gone = np.ones(room, np.bool_)
            gone[: len(self.gone)] = self.gone
            self.gone = gone
        if self.point_count + points > points_room:
            points_room = 2 * (points_room + points)
        if room > len(self.volumes.rows) or points_room > len(self.volumes.shapes.points):
            self.volumes = enlarged(self.volumes, room, points_room)


def growing_part(room: int) -> GrowingPart:
    """An empty part with room for so many boxes, until it has to make more."""
    return GrowingPart(
        volumes=empty_arrays(room, POINTS_PER_BOX * room),
        tree=growing_tree(room),
        gone=np.ones(room, np.bool_),
    )
