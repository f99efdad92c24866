"""All pairs of volumes of one packed part that conflict, or may."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from comity.domain.conflicts.boxes import Boxing
from comity.domain.conflicts.flight_classes import MinimaTables
from comity.domain.conflicts.heights import BAND_COUNT, bands
from comity.domain.conflicts.hits import HIT
from comity.domain.conflicts.part import Part
from comity.domain.geometry.box_tree import Run

Flags = NDArray[np.bool_]
Ints32 = NDArray[np.int32]
Rows = NDArray[np.void]

Task = Callable[[], Rows]

LEAVES_PER_TASK = 512  # 8,192 boxes: some milliseconds
ROWS_PER_TASK = 4_096


def all_pairs(part: Part, boxing: Boxing, minima: MinimaTables, run: Run) -> Rows:
    """Every pair of volumes of different footprints that is not clear: (H,) of `HIT`.

    Volumes of one band meet in the tree itself; a volume of another band is looked up. A pair of a
    volume with two boxes may be there more than once.

    Args:
        part: packed, nothing given up, its boxes made by `boxing`.
        boxing: in use.
        minima: of all classes.
        run: `map`, or one that spreads its tasks over threads.
    """
    own = bands(part.volumes)
    used = np.unique(own).tolist()
    tasks: list[Task] = [
        partial(_pairs_from, part, minima, first)
        for first in range(0, part.tree.leaf_count, LEAVES_PER_TASK)
    ]
    for band in used:
        above = np.zeros(BAND_COUNT, np.bool_)
        above[[other for other in used if other > band]] = True
        if above.any():
            rows = np.flatnonzero((own == band) & ~part.volumes.rows["again"]).astype(np.int32)
            tasks += [
                partial(
                    _pairs_across, part, boxing, minima, rows[first : first + ROWS_PER_TASK], above
                )
                for first in range(0, len(rows), ROWS_PER_TASK)
            ]
    return np.concatenate([np.empty(0, HIT), *run(_call, tasks)])


def _call(task: Task) -> Rows:
    return task()


def _pairs_from(part: Part, minima: MinimaTables, first_leaf: int) -> Rows:
    return _judged(part, minima, *part.tree.pairs(first_leaf, first_leaf + LEAVES_PER_TASK))


def _pairs_across(
    part: Part, boxing: Boxing, minima: MinimaTables, rows: Ints32, above: Flags
) -> Rows:
    """Pairs of the given rows, of one band, and any rows of the bands above."""
    boxes, box_rows = boxing.boxes_asked(part.volumes, rows, above)
    found, others = part.tree.meeting(boxes)
    own = box_rows[found]
    apart = part.tree.owners[own] != part.tree.owners[others]
    return _judged(part, minima, own[apart], others[apart])


def _judged(part: Part, minima: MinimaTables, positions: Ints32, others: Ints32) -> Rows:
    from comity.domain.conflicts import judge_kernels as kernels  # noqa: PLC0415 (Numba)

    hits = np.empty(len(positions), HIT)
    count = kernels.hits_of_pairs(
        part.volumes,
        part.tree.owners,
        np.ascontiguousarray(positions),
        np.ascontiguousarray(others),
        minima,
        hits,
    )
    return hits[:count]
