"""Candidate pairs of volumes judged exactly."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from comity.domain.conflicts.flight_classes import MinimaTables
from comity.domain.conflicts.hits import CLEAR, Hits, no_hits
from comity.domain.conflicts.part import Part
from comity.domain.conflicts.volume_arrays import VolumeArrays

Floats32 = NDArray[np.float32]
Ints32 = NDArray[np.int32]


def hits_in(
    part: Part,
    volumes: VolumeArrays,
    boxes: Floats32,
    box_rows: Ints32,
    minima: MinimaTables,
    ignoring: Collection[int],
) -> Hits:
    """What the volumes of one footprint meet, or may meet, in a part.

    Args:
        part: where to look.
        volumes: those asked about, indexed as in their footprint.
        boxes: (B, 8) to look them up by.
        box_rows: (B,) the volume of each box.
        minima: of all classes.
        ignoring: numbers of footprints to leave out.
    """
    if part.count == 0:
        return no_hits()
    found, positions = part.tree.meeting(boxes)
    for number in ignoring:
        kept = part.tree.owners[positions] != number
        found, positions = found[kept], positions[kept]
    if len(found) == 0:
        return no_hits()
    rows, other_rows = box_rows[found], part.tree.ids[positions]
    if part.doubled:  # once is enough: a pair of two boxes each may be found up to four times
        pairs = np.unique((rows.astype(np.int64) << 32) | other_rows)
        rows, other_rows = (pairs >> 32).astype(np.int32), pairs.astype(np.int32)
    hits = hits_between(volumes, rows, part, other_rows, minima)
    return hits._replace(volume=rows[hits.volume].astype(np.int64))


def hits_between(
    volumes: VolumeArrays, rows: Ints32, part: Part, other_rows: Ints32, minima: MinimaTables
) -> Hits:
    """Those of the pairs volumes[rows[p]], part.volumes[other_rows[p]] that are not clear.

    `Hits.volume` is the p of each.
    """
    from comity.domain.conflicts import judge_kernels as kernels  # noqa: PLC0415 (Numba)

    outcome = np.empty(len(rows), np.int8)
    distances_m = np.empty((len(rows), 2))
    places = np.empty((len(rows), 3))
    kernels.judge(volumes, rows, part.volumes, other_rows, minima, outcome, distances_m, places)
    pairs = np.flatnonzero(outcome != CLEAR)
    row, other_row = rows[pairs], other_rows[pairs]
    return Hits(
        owner=part.owner[other_row].astype(np.int64),
        volume=pairs,
        other_volume=part.index[other_row].astype(np.int64),
        outcome=outcome[pairs],
        first_ms=np.maximum(volumes.start_ms[row], part.volumes.start_ms[other_row]),
        horizontal_m=distances_m[pairs, 0],
        vertical_m=distances_m[pairs, 1],
        place=places[pairs],
    )
