"""Making one packed part of what other parts hold, in a thread of its own if need be."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.conflicts.boxes import Boxing
from comity.domain.conflicts.heights import BAND_COUNT
from comity.domain.conflicts.part import Flags, PackedPart, Part
from comity.domain.conflicts.volume_arrays import VolumeArrays, empty_arrays
from comity.domain.geometry.box_tree import BOX_SIZE, Run, packed_tree

Floats32 = NDArray[np.float32]
Ints32 = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Rebuild:
    """A packed part in the making.

    `packed` reads what was held when the rebuild began, and nearly all its time is spent in loops
    that hold no lock, so it may run in a thread of its own; run at once, it gives the same. What
    is given up meanwhile may come out of it or not: whoever takes it in gives that up again.

    Attributes:
        parts: they may lose rows while this runs, and get none.
        gone: what they had lost when it began.
        boxing: by which boxes are made anew; `None`: those there are will do.
        number_end: above every number of a footprint.
    """

    parts: tuple[Part, ...]
    gone: tuple[Flags, ...]
    boxing: Boxing | None
    number_end: int

    def packed(self, run: Run = map) -> PackedPart:
        """Pack what was held when the rebuild began.

        Args:
            run: `map`, or one that spreads its tasks over threads.
        """
        from comity.domain.conflicts import part_kernels as kernels  # noqa: PLC0415 (Numba)

        boxes, positions, ends = self._boxes()
        owners = np.empty(len(boxes), np.int32)
        stretches = list(zip(self.parts, [0, *ends[:-1]], ends, strict=True))
        for part, low, high in stretches:
            np.take(part.tree.owners, positions[low:high], out=owners[low:high])
        tree, order = packed_tree(boxes, owners, run)
        rows = empty_arrays(len(order), 0)
        for part, low, high in stretches:
            kernels.gather_rows(part.volumes, positions, order, low, high, rows)
        if self.boxing is not None:
            rows.rows["again"] = _again(positions, ends)[order]
        old_first = np.empty(len(order), np.int64)
        points = np.empty((kernels.move_first_points(rows, old_first), 3))
        volumes = VolumeArrays(rows.rows, rows.shapes._replace(points=points))
        for part, low, high in stretches:
            kernels.gather_points(part.volumes, old_first, order, low, high, volumes)
        starts = np.empty(self.number_end + 1, np.int32)
        slots = np.empty(len(order), np.int32)
        kernels.group_by_owner(tree.owners, starts, slots)
        return PackedPart(volumes, tree, np.zeros(len(order), np.bool_), starts, slots)

    def _boxes(self) -> tuple[Floats32, Ints32, list[int]]:
        """Boxes (B, 8), (B,) the row of each in its part, and where the boxes of each part end."""
        made = [
            _boxes_there(part, gone)
            if self.boxing is None
            else _boxes_anew(part, gone, self.boxing)
            for part, gone in zip(self.parts, self.gone, strict=True)
        ]
        ends = np.cumsum([len(boxes) for boxes, _ in made]).tolist()
        boxes = np.concatenate([boxes for boxes, _ in made])
        return boxes, np.concatenate([positions for _, positions in made]), ends


def _boxes_there(part: Part, gone: Flags) -> tuple[Floats32, Ints32]:
    from comity.domain.geometry import (  # noqa: PLC0415 (Numba)
        box_tree_packing_kernels as kernels,
    )

    boxes = np.empty((len(gone), BOX_SIZE), np.float32)
    positions = np.empty(len(gone), np.int32)
    count = kernels.copy_entries(part.tree.nodes, gone, boxes, positions, 0)
    return boxes[:count], positions[:count]


def _boxes_anew(part: Part, gone: Flags, boxing: Boxing) -> tuple[Floats32, Ints32]:
    from comity.domain.conflicts import part_kernels as kernels  # noqa: PLC0415 (Numba)

    rows = np.empty(len(gone), np.int32)
    count = kernels.once_only(part.volumes, gone, rows)
    return boxing.boxes_held(part.volumes, rows[:count], np.zeros(BAND_COUNT, np.bool_))


def _again(positions: Ints32, ends: Sequence[int]) -> Flags:
    """(B,) boxes that belong to the volume of the box before them."""
    again = np.zeros(len(positions), np.bool_)
    again[1:] = positions[1:] == positions[:-1]
    again[[end for end in ends if end < len(again)]] = False
    return again
