"""All pairs of volumes of one packed part that conflict, or may."""

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from comity.domain.conflicts.boxes import Boxing
from comity.domain.conflicts.flight_classes import MinimaTables
from comity.domain.conflicts.heights import BAND_COUNT, bands
from comity.domain.conflicts.hits import Hits, joined_hits, no_hits, taken
from comity.domain.conflicts.judge import hits_between
from comity.domain.conflicts.part import Part, rows_of

Flags = NDArray[np.bool_]
Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]
Pairs = tuple[Ints64, Hits]
"""(H,) number of the footprint that asks, and what it meets."""

Task = Callable[[], Pairs]
Run = Callable[[Callable[[Task], Pairs], Iterable[Task]], Iterable[Pairs]]
"""`map`, or one that spreads its tasks over threads (the loops hold no lock)."""

LEAVES_PER_TASK = 512  # 8,192 boxes: some milliseconds
ROWS_PER_TASK = 4_096


def all_pairs(part: Part, boxing: Boxing, minima: MinimaTables, run: Run) -> Pairs:
    """Every pair of volumes of different footprints that is not clear, once.

    Volumes of one band meet in the tree itself; a volume of another band is looked up.
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
        rows = np.flatnonzero(own == band)
        tasks += [
            partial(_pairs_across, part, boxing, minima, rows[first : first + ROWS_PER_TASK], above)
            for first in range(0, len(rows), ROWS_PER_TASK)
            if above.any()
        ]
    found = list(run(_call, tasks))
    askers = np.concatenate([np.empty(0, np.int64), *(askers for askers, _ in found)])
    hits = joined_hits([no_hits(), *(hits for _, hits in found)])
    if not part.doubled:
        return askers, hits
    rows = np.stack([askers, hits.volume, hits.owner, hits.other_volume], axis=1)
    _, once = np.unique(rows, axis=0, return_index=True)
    return askers[once], taken(hits, once)


def _call(task: Task) -> Pairs:
    return task()


def _pairs_from(part: Part, minima: MinimaTables, first_leaf: int) -> Pairs:
    positions, others = part.tree.pairs(first_leaf, first_leaf + LEAVES_PER_TASK)
    return _judged(part, minima, part.tree.ids[positions], part.tree.ids[others])


def _pairs_across(
    part: Part, boxing: Boxing, minima: MinimaTables, rows: Ints64, above: Flags
) -> Pairs:
    """Pairs of the given rows, of one band, and any rows of the bands above."""
    asked = rows_of(part.volumes, rows)
    boxes, box_rows = boxing.boxes_asked(asked, above)
    found, positions = part.tree.meeting(boxes)
    own = rows[box_rows[found]].astype(np.int32)
    others = part.tree.ids[positions]
    apart = part.owner[own] != part.owner[others]
    return _judged(part, minima, own[apart], others[apart])


def _judged(part: Part, minima: MinimaTables, rows: Ints32, others: Ints32) -> Pairs:
    hits = hits_between(part.volumes, rows, part, others, minima)
    askers = part.owner[rows[hits.volume]].astype(np.int64)
    return askers, hits._replace(volume=part.index[rows[hits.volume]].astype(np.int64))
