"""Areas that a path enters, compiled: which edges it meets, in which order, for how long.

Importing this loads Numba. Coordinates are those of `cube_faces`, in units of a face; a path is cut
into steps so short that each is a straight line on the face where it begins.
"""

import math

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.area_index_kernels import REFERENCE_X, REFERENCE_Y
from comity.domain.geometry.area_search_kernels import (
    BLOCK,
    MARGIN_M,
    Tables,
    column,
    face_point,
    is_inside,
    near_segment,
)
from comity.domain.geometry.cube_faces import CELLS, CELLS_PER_UNIT, ORIGIN
from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M, Floats
from comity.domain.geometry.jit import kernel

Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]
Bytes = NDArray[np.uint8]

STEP_M = 38_000.0  # as edges.GEODESIC_PIECE_M: a geodesic is within 0.1 m of a great ellipse
STEPS_MAX = 130  # 1,200 s at 3,500 m/s take 111
ROUNDING = 1e-9  # cells; places on a face round at 1e-13 of one
DRIFT_PER_M = 1.6e-12
"""Times the square of the way: how far `advance`, step after step, may end from the geodesic (m)."""
INSIDE_AT_START = -1
TOUCH = -2
NO_EDGE = -9
AREA, SHARE, SLACK, EDGE = 0, 1, 2, 3
"""Columns of events (R, 4): what a path meets. The area; when, as a share of the look-ahead; for how
long before and after it may be within the margin; which edge, or one of the three codes above."""
Vector = tuple[float, float, float]
_A2 = 1.0 / SEMI_MAJOR_M**2
_B2 = 1.0 / SEMI_MINOR_M**2
_MEAN_CURVATURE = 1.0 / 6.371e6


@kernel
def on_face(face: int, x: float, y: float, z: float) -> tuple[float, float, float]:
    """Coordinates of a place on a given face, and how far it is along the face's axis."""
    if face < 2:
        r = 1.0 / x
        return y * r, z * r, abs(x)
    if face < 4:
        r = 1.0 / y
        return z * r, x * r, abs(y)
    r = 1.0 / z
    return x * r, y * r, abs(z)


@kernel
def advance(p: Vector, v: Vector, step_s: float) -> tuple[Vector, Vector]:
    """A foot on the ellipsoid and its level velocity, moved along the geodesic.

    As `closest_pairs.rows_of`; off by 1.3 mm in a step of `STEP_M`.
    """
    gx = p[0] * _A2
    gy = p[1] * _A2
    gz = p[2] * _B2
    steep = math.sqrt(gx * gx + gy * gy + gz * gz)
    bend = step_s * step_s * ((v[0] * v[0] + v[1] * v[1]) * _A2 + v[2] * v[2] * _B2) / steep
    q = bend * _MEAN_CURVATURE
    forth = step_s * (1.0 - q / 6.0)
    down = bend * (0.5 - q / 24.0) / steep
    turn = 1.0 - 0.5 * q
    dive = bend / step_s * (1.0 - q / 6.0) / steep
    px = p[0] + forth * v[0] - down * gx
    py = p[1] + forth * v[1] - down * gy
    pz = p[2] + forth * v[2] - down * gz
    r = 1.0 / math.sqrt((px * px + py * py) * _A2 + pz * pz * _B2)
    onward = (turn * v[0] - dive * gx, turn * v[1] - dive * gy, turn * v[2] - dive * gz)
    return (px * r, py * r, pz * r), onward


@kernel
def level(p: Vector, v: Vector) -> Vector:
    """A velocity without what of it is not level."""
    gx = p[0] * _A2
    gy = p[1] * _A2
    gz = p[2] * _B2
    up = (v[0] * gx + v[1] * gy + v[2] * gz) / (gx * gx + gy * gy + gz * gz)
    return v[0] - up * gx, v[1] - up * gy, v[2] - up * gz


@kernel
def length(v: Vector) -> float:
    """Length of a vector."""
    return math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])


@kernel
def meet_edge(
    edge: tuple[float, float, float, float], px: float, py: float, qx: float, qy: float,
    margin: float,
) -> tuple[int, float, float]:  # fmt: skip
    """How a step from p to q meets an edge: 0 not, 1 crosses, 2 comes within the margin.

    Then when, as a share of the step on the face, and for how long before and after it may be within
    the margin. Signs are those of the same numbers for edges that share an end.
    """
    ux = qx - px
    uy = qy - py
    ax = edge[0] - px
    ay = edge[1] - py
    bx = edge[2] - px
    by = edge[3] - py
    side0 = ux * ay - uy * ax
    side1 = ux * by - uy * bx
    square = ux * ux + uy * uy
    length = math.sqrt(square)
    beside = margin * length
    if (side0 > beside and side1 > beside) or (side0 < -beside and side1 < -beside):
        return 0, 0.0, 0.0
    ex = bx - ax
    ey = by - ay
    reach = math.sqrt(ex * ex + ey * ey)
    ends0 = ey * ax - ex * ay
    ends1 = ex * (qy - edge[1]) - ey * (qx - edge[0])
    around = margin * reach
    if (ends0 > around and ends1 > around) or (ends0 < -around and ends1 < -around):
        return 0, 0.0, 0.0
    if square == 0.0:
        return 0, 0.0, 0.0  # the start is asked by itself
    along0 = (ax * ux + ay * uy) / square
    along1 = (bx * ux + by * uy) / square
    slack = margin / length
    crosses = False
    share = 0.0
    if (side0 > 0.0) != (side1 > 0.0):  # and where it does so, for it may run along the edge itself
        share = along0 + side0 / (side0 - side1) * (along1 - along0)
        crosses = 0.0 < share <= 1.0
    if crosses:
        wide = around / abs(ends0 - ends1)
        most = max(along0, along1) - share
        least = share - min(along0, along1)
        return 1, share, min(wide, max(most, least) + slack)
    best = math.inf
    if abs(side0) <= beside and -slack <= along0 <= 1.0 + slack:
        best = along0
    if abs(side1) <= beside and -slack <= along1 <= 1.0 + slack:
        best = min(best, along1)
    if near_segment(px, py, edge[0], edge[1], edge[2], edge[3], margin):
        best = 0.0
    if best == math.inf and near_segment(qx, qy, edge[0], edge[1], edge[2], edge[3], margin):
        best = 1.0
    if best == math.inf:
        return 0, 0.0, 0.0
    return 2, min(1.0, max(0.0, best)), slack


@kernel
def walk_rows(  # noqa: C901, PLR0912, PLR0915  calls that hand arrays on cost more than the work
    tables: Tables, position: Floats, velocity: Floats, look_ahead_s: float, row0: int, row1: int,
    events: Floats, first_event: Ints64,
) -> tuple[int, int]:  # fmt: skip
    """What the paths of some rows meet, appended to `events`; row0 + u owns those from u's first on.

    Gives how many events there are, room or not, and a row that is not sound or -1. Shares are of
    the whole look-ahead; those of a step of the straight line in space, which a great ellipse
    follows evenly within 0.03 m.
    """
    cell_first, entries, edges = tables.cell_first, tables.entries, tables.edges
    edge_number = tables.edge_number
    room = len(events)
    count = 0
    for r in range(row0, row1):
        first_event[r - row0] = count
        p = (position[r, 0], position[r, 1], position[r, 2])
        v = level(p, (velocity[r, 0], velocity[r, 1], velocity[r, 2]))
        travel_m = length(v) * look_ahead_s
        off = abs((p[0] * p[0] + p[1] * p[1]) * _A2 + p[2] * p[2] * _B2 - 1.0)
        if not (off <= 1e-6 and travel_m <= STEPS_MAX * STEP_M):
            return count, r
        steps = max(1, math.ceil(travel_m / STEP_M))
        margin_angle = (MARGIN_M + DRIFT_PER_M * travel_m * travel_m) / SEMI_MINOR_M
        for step in range(steps):
            face, px, py = face_point(p[0] * SEMI_MINOR_M, p[1] * SEMI_MINOR_M, p[2] * SEMI_MAJOR_M)
            depth0 = depth_on(face, p)
            p, v = advance(p, v, look_ahead_s / steps)
            qx, qy, depth1 = on_face(
                face, p[0] * SEMI_MINOR_M, p[1] * SEMI_MINOR_M, p[2] * SEMI_MAJOR_M
            )
            depth0 /= depth1
            margin = margin_angle * (1.0 + max(px * px + py * py, qx * qx + qy * qy))
            beyond = math.sqrt((qx - px) * (qx - px) + (qy - py) * (qy - py))
            per = 1.0 / beyond if beyond > 0.0 else 0.0
            ux = (qx - px) * per
            uy = (qy - py) * per
            beyond += margin
            gx0 = (px + ORIGIN) * CELLS_PER_UNIT
            gy0 = (py + ORIGIN) * CELLS_PER_UNIT
            run = (qx - px) * CELLS_PER_UNIT
            rise = (qy - py) * CELLS_PER_UNIT
            own_i = column(px)
            own_j = column(py)
            j0 = max(0, math.floor(min(gy0, gy0 + rise) - ROUNDING))
            j1 = min(CELLS - 1, math.floor(max(gy0, gy0 + rise) + ROUNDING))
            for j in range(j0, j1 + 1):
                xa = gx0
                xb = gx0 + run
                if j1 > j0 and abs(rise) > 1e-12:
                    a = min(1.0, max(0.0, (j - ROUNDING - gy0) / rise))
                    b = min(1.0, max(0.0, (j + 1 + ROUNDING - gy0) / rise))
                    xa = gx0 + a * run
                    xb = gx0 + b * run
                i0 = max(0, math.floor(min(xa, xb) - ROUNDING))
                i1 = min(CELLS - 1, math.floor(max(xa, xb) + ROUNDING))
                for i in range(i0, i1 + 1):
                    c = (face * CELLS + j) * CELLS + i
                    low = cell_first[c]
                    high = cell_first[c + 1]
                    if low == high:
                        continue
                    if step == 0 and i == own_i and j == own_j:
                        rx = (i + REFERENCE_X) / CELLS_PER_UNIT - ORIGIN
                        ry = (j + REFERENCE_Y) / CELLS_PER_UNIT - ORIGIN
                        for k in range(low, high):
                            first = entries[k, 1]
                            last = entries[k + 1, 1]
                            odd = entries[k, 0] & 1
                            kind = INSIDE_AT_START
                            if last > first:
                                odd = is_inside(edges, first, last, odd, px, py, rx, ry, margin)
                                if odd == 2:
                                    kind = TOUCH
                            if odd:
                                if count < room:
                                    events[count, AREA] = entries[k, 0] >> 1
                                    events[count, SHARE] = 0.0
                                    events[count, SLACK] = 0.0
                                    events[count, EDGE] = kind
                                count += 1
                    k = low
                    for m in range(entries[low, 1], entries[high, 1]):
                        ax = edges[m, 0] - px
                        ay = edges[m, 1] - py
                        bx = edges[m, 2] - px
                        by = edges[m, 3] - py
                        off0 = ax * uy - ay * ux
                        off1 = bx * uy - by * ux
                        if min(off0, off1) > margin or max(off0, off1) < -margin:
                            continue
                        on0 = ax * ux + ay * uy
                        on1 = bx * ux + by * uy
                        if max(on0, on1) < -margin or min(on0, on1) > beyond:
                            continue
                        edge = (edges[m, 0], edges[m, 1], edges[m, 2], edges[m, 3])
                        how, share, slack = meet_edge(edge, px, py, qx, qy, margin)
                        if how == 0:
                            continue
                        while entries[k + 1, 1] <= m:
                            k += 1
                        if count < room:
                            share = share * depth0 / (1.0 - share + share * depth0)
                            events[count, AREA] = entries[k, 0] >> 1
                            events[count, SHARE] = (step + share) / steps
                            events[count, SLACK] = slack / steps
                            events[count, EDGE] = edge_number[m] if how == 1 else TOUCH
                        count += 1
    first_event[row1 - row0] = count
    return count, -1


@kernel
def depth_on(face: int, p: Vector) -> float:
    """How far a place is along a face's axis, in the scale of `on_face`."""
    if face < 2:
        return abs(p[0]) * SEMI_MINOR_M
    if face < 4:
        return abs(p[1]) * SEMI_MINOR_M
    return abs(p[2]) * SEMI_MAJOR_M


@kernel
def touch_ahead(
    tables: Tables, position: Floats, velocity: Floats, ahead_s: float, row0: int, row1: int,
    begins: Ints64,
) -> float:  # fmt: skip
    """Bring the first edges of the cells in which tracks are `ahead_s` from now near; a sum of them."""
    total = 0.0
    for u in range(row1 - row0):
        r = row0 + u
        face, x, y = face_point(
            (position[r, 0] + ahead_s * velocity[r, 0]) * SEMI_MINOR_M,
            (position[r, 1] + ahead_s * velocity[r, 1]) * SEMI_MINOR_M,
            (position[r, 2] + ahead_s * velocity[r, 2]) * SEMI_MAJOR_M,
        )
        begins[u] = (face * CELLS + column(y)) * CELLS + column(x)
    for u in range(row1 - row0):
        begins[u] = tables.cell_first[begins[u]]
    for u in range(row1 - row0):
        begins[u] = tables.entries[begins[u], 1]
    for u in range(row1 - row0):
        if begins[u] < len(tables.edges):
            total += tables.edges[begins[u], 0]
    return total


@kernel
def move(position: Floats, velocity: Floats, time_s: Floats) -> None:
    """Move feet (N, 3) with their velocities along their geodesics, a time each."""
    for r in range(len(time_s)):
        if time_s[r] <= 0.0:
            continue
        p = (position[r, 0], position[r, 1], position[r, 2])
        v = level(p, (velocity[r, 0], velocity[r, 1], velocity[r, 2]))
        steps = max(1, math.ceil(length(v) * time_s[r] / STEP_M))
        for _ in range(steps):
            p, v = advance(p, v, time_s[r] / steps)
        position[r, 0], position[r, 1], position[r, 2] = p


@kernel
def counting(
    bottom_m: float, top_m: float, climb_m: float, low: float, high: float
) -> tuple[float, float]:
    """Part of [low, high] in which a height that climbs by `climb_m` from 0 is in the band."""
    if abs(climb_m) > 1e-9:
        below = bottom_m / climb_m
        above = top_m / climb_m
        return max(low, min(below, above)), min(high, max(below, above))
    if bottom_m > 0.0 or top_m < 0.0:
        return low, -1.0
    return low, high


@kernel
def sort_events(events: Floats, first: int, last: int) -> None:
    """Order some by area, then time, then edge; few, so by insertion."""
    for a in range(first + 1, last):
        area, share, slack = events[a, AREA], events[a, SHARE], events[a, SLACK]
        edge = events[a, EDGE]
        b = a - 1
        while b >= first and (
            events[b, AREA] > area
            or (
                events[b, AREA] == area
                and (
                    events[b, SHARE] > share
                    or (events[b, SHARE] == share and events[b, EDGE] > edge)
                )
            )
        ):
            events[b + 1, AREA] = events[b, AREA]
            events[b + 1, SHARE] = events[b, SHARE]
            events[b + 1, SLACK] = events[b, SLACK]
            events[b + 1, EDGE] = events[b, EDGE]
            b -= 1
        events[b + 1, AREA] = area
        events[b + 1, SHARE] = share
        events[b + 1, SLACK] = slack
        events[b + 1, EDGE] = edge


@kernel
def crosses_next(events: Floats, m: int, last: int) -> bool:
    """Whether an edge is crossed while the path is still within the margin of touch m."""
    until = events[m, SHARE] + events[m, SLACK]
    for n in range(m + 1, last):
        if events[n, SHARE] - events[n, SLACK] > until:
            return False
        if events[n, EDGE] >= 0:
            return True
    return False


@kernel
def first_stay(
    events: Floats, first: int, last: int, low: float, high: float
) -> tuple[float, float, bool]:
    """First stay inside the area of events first..last that meets [low, high], as shares.

    From (infinite where there is none), until, and whether the edge is crossed to get in.
    """
    inside_now = False
    since = 0.0
    crossed = False
    early = math.inf
    edge = NO_EDGE
    for m in range(first, last):
        share = events[m, SHARE]
        slack = events[m, SLACK]
        if events[m, EDGE] == INSIDE_AT_START:
            inside_now = True
            since = 0.0
            continue
        if events[m, EDGE] == TOUCH:
            if not inside_now:
                begin = max(0.0, share - slack, low)
                until = min(1.0, share + slack, high)
                if crosses_next(events, m, last):
                    early = min(early, begin)  # at a corner, just before the edge it crosses
                elif begin <= until:
                    return begin, until, False
            continue
        if events[m, EDGE] == edge:
            continue  # the same edge, met in the next cell
        edge = events[m, EDGE]
        if inside_now:
            until = min(1.0, share + slack, high)
            begin = max(since, low)
            if begin <= until:
                return begin, until, crossed and begin == since
            inside_now = False
        else:
            inside_now = True
            since = min(early, max(0.0, share - slack))
            early = math.inf
            crossed = True
    begin = max(since, low)
    if inside_now and begin <= min(1.0, high):
        return begin, min(1.0, high), crossed and begin == since
    return math.inf, math.inf, False


@kernel
def stay_rows(
    events: Floats, first_event: Ints64, height_m: Floats, rate_mps: Floats, group: Bytes,
    look_ahead_s: float, band_m: Floats, active_s: Floats, row0: int, row1: int, count: int,
    found: Ints32, times: Floats,
) -> int:  # fmt: skip
    """First stays of some rows, appended to `found` and `times`; gives how many there are by now."""
    per_s = 1.0 / look_ahead_s
    for r in range(row0, row1):
        first = first_event[r - row0]
        end_of_row = first_event[r - row0 + 1]
        if end_of_row - first > 1:
            sort_events(events, first, end_of_row)
        while first < end_of_row:
            area = int(events[first, AREA])
            last = first + 1
            while last < end_of_row and events[last, AREA] == area:
                last += 1
            low, high = counting(
                band_m[area, group[r], 0] - height_m[r], band_m[area, group[r], 1] - height_m[r],
                rate_mps[r] * look_ahead_s, active_s[area, 0] * per_s, active_s[area, 1] * per_s,
            )  # fmt: skip
            begin, end, crossed = first_stay(events, first, last, low, high)
            if begin <= 1.0:
                if count < len(found):
                    found[count, 0] = r
                    found[count, 1] = area
                    found[count, 2] = int(crossed)
                    times[count, 0] = begin * look_ahead_s
                    times[count, 1] = end * look_ahead_s
                count += 1
            first = last
    return count


@kernel
def entering(
    tables: Tables, position: Floats, velocity: Floats, height_m: Floats, rate_mps: Floats,
    group: Bytes, look_ahead_s: float, band_m: Floats, active_s: Floats, room: int, found: Ints32,
    times: Floats, row0: int, row1: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Pairs (path, area, whether the edge is crossed) into `found`, times of the stay into `times`.

    Gives how many pairs there are, the most events of a block, and a row that is not sound or -1.
    """
    events = np.empty((room, 4))
    first_event = np.empty(BLOCK + 1, np.int64)
    begins = np.empty(BLOCK, np.int64)
    count = 0
    most = 0
    unused = 0.0
    for row in range(row0, row1, BLOCK):
        upto = min(row1, row + BLOCK)
        for r in range(row, upto):
            if not (math.isfinite(height_m[r]) and math.isfinite(rate_mps[r])):
                return count, most, r
        for third in range(4):
            ahead_s = third / 3.0 * look_ahead_s
            unused += touch_ahead(tables, position, velocity, ahead_s, row, upto, begins)
        met, unsound = walk_rows(
            tables, position, velocity, look_ahead_s, row, upto, events, first_event
        )
        if unsound >= 0:
            return count, most, unsound
        most = max(most, met)
        if met <= room:
            count = stay_rows(
                events, first_event, height_m, rate_mps, group, look_ahead_s, band_m, active_s,
                row, upto, count, found, times,
            )  # fmt: skip
    if unused == 1.2345e300:  # never: the reads ahead must not be optimised away
        count = 0
    return count, most, -1
