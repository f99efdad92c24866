"""The exact test of job C as it was first measured: polygons straight in longitude and latitude.

It is here, and not in the domain, because such edges are not what flies: the node tests geodesic
edges with separation. It exists so that the index is compared with its peers on the very same work.
"""

from typing import Any

import numpy as np

from comity.domain.geometry.box_tree_kernels import entries_meeting, rounded_down, rounded_up
from comity.domain.geometry.jit import kernel

STAGE = 32  # pairs whose memory is touched before any is tested, so that waits overlap


@kernel
def ring_boxes(
    ring_start: Any,
    longitude_deg: Any,
    latitude_deg: Any,
    lower_m: Any,
    upper_m: Any,
    start_s: Any,
    end_s: Any,
    first: Any,
    last: Any,
    boxes: Any,
) -> None:
    """Fill rows [first, last) of `boxes` (N, 8) with the box of each volume, rounded outwards."""
    for i in range(first, last):
        k = ring_start[i]
        west = east = longitude_deg[k]
        south = north = latitude_deg[k]
        for k in range(ring_start[i] + 1, ring_start[i + 1]):
            west = min(west, longitude_deg[k])
            east = max(east, longitude_deg[k])
            south = min(south, latitude_deg[k])
            north = max(north, latitude_deg[k])
        boxes[i, 0], boxes[i, 4] = rounded_down(west), rounded_up(east)
        boxes[i, 1], boxes[i, 5] = rounded_down(south), rounded_up(north)
        boxes[i, 2], boxes[i, 6] = rounded_down(lower_m[i]), rounded_up(upper_m[i])
        boxes[i, 3], boxes[i, 7] = rounded_down(start_s[i]), rounded_up(end_s[i])


@kernel
def pairs_that_meet(rows: Any, other_rows: Any, volumes: Any, met: Any) -> int:
    """Those of the pairs of volumes that meet.

    Args:
        rows: (P,).
        other_rows: (P,).
        volumes: arrays as `ring_boxes` takes them.
        met: (P, 2) filled, the lower one first.

    Returns:
        How many were filled.
    """
    ring_start, longitude_deg, latitude_deg = volumes[0], volumes[1], volumes[2]
    count = 0
    touched = 0.0
    for start in range(0, rows.size, STAGE):
        end = min(start + STAGE, rows.size)
        for p in range(start, end):
            touched += ring_start[rows[p]] + ring_start[other_rows[p]]
        for p in range(start, end):
            k, other_k = ring_start[rows[p]], ring_start[other_rows[p]]
            touched += longitude_deg[k] + latitude_deg[k]
            touched += longitude_deg[other_k] + latitude_deg[other_k]
        for p in range(start, end):
            if _volumes_meet(volumes, rows[p], volumes, other_rows[p]):
                met[count, 0] = min(rows[p], other_rows[p])
                met[count, 1] = max(rows[p], other_rows[p])
                count += 1
    return count if touched > -np.inf else 0  # so that the touching is not optimised away


@kernel
def _volumes_meet(volumes: Any, i: Any, others: Any, j: Any) -> Any:
    """Times are open, altitudes closed, rings closed (they meet where they touch)."""
    ring_start, longitude_deg, latitude_deg, lower_m, upper_m, start_s, end_s = volumes
    other_start, other_longitude, other_latitude, other_lower, other_upper, begins, ends = others
    return (
        start_s[i] < ends[j]
        and begins[j] < end_s[i]
        and lower_m[i] <= other_upper[j]
        and other_lower[j] <= upper_m[i]
        and _rings_meet(
            longitude_deg[ring_start[i] : ring_start[i + 1]],
            latitude_deg[ring_start[i] : ring_start[i + 1]],
            other_longitude[other_start[j] : other_start[j + 1]],
            other_latitude[other_start[j] : other_start[j + 1]],
        )
    )


@kernel
def flight_meets(
    nodes: Any,
    level_start: Any,
    owners: Any,
    order: Any,
    flight: Any,
    asked: Any,
    held: Any,
    boxes: Any,
    found: Any,
) -> int:
    """One flight against all in a single call: boxes, search, exact test.

    Args:
        nodes: of the tree, with the two that follow.
        level_start: as `BoxTree`.
        owners: as `BoxTree`.
        order: (N,) the volume at each position of the tree.
        flight: number of the flight asked about.
        asked: its arrays, as `ring_boxes` takes them.
        held: those of all, in the order of positions.
        boxes: (N, 8) room for as many volumes as the flight has.
        found: (C, 2) filled with (own volume, other volume) of each pair that meets.

    Returns:
        How many meet; C or more where there was no room for all candidates.
    """
    count = asked[0].size - 1
    ring_boxes(
        asked[0], asked[1], asked[2], asked[3], asked[4], asked[5], asked[6], 0, count, boxes
    )
    candidates = entries_meeting(nodes, level_start, boxes[:count], found)
    if candidates > found.shape[0]:
        return candidates
    met = 0
    for p in range(candidates):
        own, position = found[p, 0], found[p, 1]
        if owners[position] != flight and _volumes_meet(asked, own, held, position):
            found[met, 0], found[met, 1] = own, order[position]
            met += 1
    return met


@kernel
def _side(x0: Any, y0: Any, x1: Any, y1: Any, x: Any, y: Any) -> Any:
    """Positive, zero or negative: the point is left of, on or right of the line from 0 to 1."""
    return (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)


@kernel
def _within(x0: Any, y0: Any, x1: Any, y1: Any, x: Any, y: Any) -> Any:
    """Is a point on the line through 0 and 1 within the box of the two?"""
    return (min(x0, x1) <= x <= max(x0, x1)) and (min(y0, y1) <= y <= max(y0, y1))


@kernel
def _rings_meet(ax: Any, ay: Any, bx: Any, by: Any) -> bool:
    """Two edges meet, or one ring lies within the other."""
    for i in range(ax.size):
        x0, y0, x1, y1 = ax[i - 1], ay[i - 1], ax[i], ay[i]
        before = _side(x0, y0, x1, y1, bx[-1], by[-1])
        for k in range(bx.size):
            after = _side(x0, y0, x1, y1, bx[k], by[k])
            if not ((before > 0 and after > 0) or (before < 0 and after < 0)):
                c = _side(bx[k - 1], by[k - 1], bx[k], by[k], x0, y0)
                d = _side(bx[k - 1], by[k - 1], bx[k], by[k], x1, y1)
                across = ((before > 0) != (after > 0)) and ((c > 0) != (d > 0))
                if across and before != 0 and after != 0 and c != 0 and d != 0:
                    return True
                if (
                    (before == 0 and _within(x0, y0, x1, y1, bx[k - 1], by[k - 1]))
                    or (after == 0 and _within(x0, y0, x1, y1, bx[k], by[k]))
                    or (c == 0 and _within(bx[k - 1], by[k - 1], bx[k], by[k], x0, y0))
                    or (d == 0 and _within(bx[k - 1], by[k - 1], bx[k], by[k], x1, y1))
                ):
                    return True
            before = after
    return _encloses(bx, by, ax[0], ay[0]) or _encloses(ax, ay, bx[0], by[0])


@kernel
def _encloses(xs: Any, ys: Any, x: Any, y: Any) -> bool:
    """Is the point inside the ring (even-odd; a point on the boundary was found by the edges)?"""
    inside = False
    for i in range(xs.size):
        straddles = (ys[i] > y) != (ys[i - 1] > y)
        if straddles and x < (xs[i - 1] - xs[i]) * (y - ys[i]) / (ys[i - 1] - ys[i]) + xs[i]:
            inside = not inside
    return inside
