"""The exact test of job C as it was first measured: polygons straight in longitude and latitude.

It is here, and not in the domain, because such edges are not what flies: the node tests geodesic
edges with separation. It exists so that the index is compared with its peers on the very same work.
"""

from typing import Any

from comity.domain.geometry.box_tree_kernels import entries_meeting, round_outwards
from comity.domain.geometry.jit import kernel


@kernel
def ring_bounds(
    ring_start: Any, longitude_deg: Any, latitude_deg: Any, lower: Any, upper: Any
) -> None:
    """Fill columns 0 and 1 of `lower` and `upper` (N, 4) with each ring's bounds."""
    for i in range(ring_start.size - 1):
        first = ring_start[i]
        west = east = longitude_deg[first]
        south = north = latitude_deg[first]
        for k in range(first + 1, ring_start[i + 1]):
            west = min(west, longitude_deg[k])
            east = max(east, longitude_deg[k])
            south = min(south, latitude_deg[k])
            north = max(north, latitude_deg[k])
        lower[i, 0], lower[i, 1], upper[i, 0], upper[i, 1] = west, south, east, north


@kernel
def meeting(
    rows: Any,
    other_rows: Any,
    ring_start: Any,
    longitude_deg: Any,
    latitude_deg: Any,
    lower_m: Any,
    upper_m: Any,
    start_s: Any,
    end_s: Any,
    other_ring_start: Any,
    other_longitude_deg: Any,
    other_latitude_deg: Any,
    other_lower_m: Any,
    other_upper_m: Any,
    other_start_s: Any,
    other_end_s: Any,
    meets: Any,
) -> None:
    """Fill `meets` (P,): do volumes `rows[p]` and `other_rows[p]` (of the other set) meet?

    Times are open, altitudes closed, rings closed (they meet where they touch).
    """
    for p in range(rows.size):
        i, j = rows[p], other_rows[p]
        meets[p] = (
            start_s[i] < other_end_s[j]
            and other_start_s[j] < end_s[i]
            and lower_m[i] <= other_upper_m[j]
            and other_lower_m[j] <= upper_m[i]
            and _rings_meet(
                longitude_deg[ring_start[i] : ring_start[i + 1]],
                latitude_deg[ring_start[i] : ring_start[i + 1]],
                other_longitude_deg[other_ring_start[j] : other_ring_start[j + 1]],
                other_latitude_deg[other_ring_start[j] : other_ring_start[j + 1]],
            )
        )


@kernel
def flight_meets(
    nodes: Any,
    level_start: Any,
    ids: Any,
    owners: Any,
    flight: Any,
    asked: Any,
    held: Any,
    lower: Any,
    upper: Any,
    boxes: Any,
    found: Any,
    meets: Any,
) -> int:
    """One flight against all in a single call: boxes, search, exact test.

    Args:
        nodes: of the tree, with the three that follow.
        level_start: as `BoxTree`.
        ids: as `BoxTree`.
        owners: as `BoxTree`.
        flight: number of the flight asked about.
        asked: its arrays, as `meeting` takes them.
        held: those of all.
        lower: (N, 4) room for as many volumes as the flight has.
        upper: (N, 4).
        boxes: (N, 8).
        found: (C, 2) filled with (own volume, other volume) of each pair that meets.
        meets: (C,) room.

    Returns:
        How many meet; C or more where there was no room for all candidates.
    """
    count = asked[0].size - 1
    ring_bounds(asked[0], asked[1], asked[2], lower, upper)
    for i in range(count):
        lower[i, 2], upper[i, 2] = asked[3][i], asked[4][i]
        lower[i, 3], upper[i, 3] = asked[5][i], asked[6][i]
    round_outwards(lower[:count], upper[:count], boxes)
    candidates = entries_meeting(nodes, level_start, boxes[:count], found)
    if candidates > found.shape[0]:
        return candidates
    kept = 0
    for p in range(candidates):
        if owners[found[p, 1]] != flight:
            found[kept, 0], found[kept, 1] = found[p, 0], ids[found[p, 1]]
            kept += 1
    meeting(
        found[:kept, 0],
        found[:kept, 1],
        asked[0],
        asked[1],
        asked[2],
        asked[3],
        asked[4],
        asked[5],
        asked[6],
        held[0],
        held[1],
        held[2],
        held[3],
        held[4],
        held[5],
        held[6],
        meets,
    )
    met = 0
    for p in range(kept):
        if meets[p]:
            found[met, 0], found[met, 1] = found[p, 0], found[p, 1]
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
