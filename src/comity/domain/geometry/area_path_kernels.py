"""Areas that a path enters, compiled: which edges it meets, in which order, for how long.

Importing this loads Numba. Coordinates are those of `cube_faces`, in units of a face; a path is cut
into steps so short that each is a straight line on the face where it begins.
"""

import math
from typing import NamedTuple

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
DRIFT_PER_M = 1.6e-12
"""Times the square of the way: how far `advance`, step after step, may end from the geodesic (m)."""
INSIDE_AT_START = -1
TOUCH = -2
NO_EDGE = -9
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
def advance(p: Floats, v: Floats, step_s: float) -> None:
    """Move a foot on the ellipsoid along its geodesic; its level velocity turns with it.

    As `closest_pairs.rows_of`: off by under 0.05 m in `STEP_M_MAX`.
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
    v[0] = turn * v[0] - dive * gx
    v[1] = turn * v[1] - dive * gy
    v[2] = turn * v[2] - dive * gz
    p[0] = px * r
    p[1] = py * r
    p[2] = pz * r


@kernel
def level(p: Floats, v: Floats) -> float:
    """Take out of a velocity what is not level; gives the speed."""
    gx = p[0] * _A2
    gy = p[1] * _A2
    gz = p[2] * _B2
    up = (v[0] * gx + v[1] * gy + v[2] * gz) / (gx * gx + gy * gy + gz * gz)
    v[0] -= up * gx
    v[1] -= up * gy
    v[2] -= up * gz
    return math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2])


class Events(NamedTuple):
    """What a path meets: areas, times as shares of a step, how much sooner or later, which edge."""

    area: Ints32
    share: Floats
    slack: Floats
    edge: Ints32


@kernel
def meet_edge(
    edges: Floats, k: int, px: float, py: float, qx: float, qy: float, margin: float
) -> tuple[int, float, float]:
    """How a step from p to q meets edge k: 0 not, 1 crosses, 2 comes within the margin.

    Then when, as a share of the step on the face, and for how long before and after it may be within
    the margin. Signs are those of the same numbers for edges that share an end.
    """
    ux = qx - px
    uy = qy - py
    ax = edges[k, 0] - px
    ay = edges[k, 1] - py
    bx = edges[k, 2] - px
    by = edges[k, 3] - py
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
    ends1 = ex * (qy - edges[k, 1]) - ey * (qx - edges[k, 0])
    around = margin * reach
    if (ends0 > around and ends1 > around) or (ends0 < -around and ends1 < -around):
        return 0, 0.0, 0.0
    if square == 0.0:
        return 0, 0.0, 0.0  # the start is asked by itself
    along0 = (ax * ux + ay * uy) / square
    along1 = (bx * ux + by * uy) / square
    slack = margin / length
    if (side0 > 0.0) != (side1 > 0.0) and (ends0 > 0.0) != (ends1 > 0.0):
        share = ends0 / (ends0 - ends1)
        wide = around / abs(ends0 - ends1)
        most = max(along0, along1) - share
        least = share - min(along0, along1)
        return 1, share, min(wide, max(most, least) + slack)
    best = math.inf
    if abs(side0) <= beside and -slack <= along0 <= 1.0 + slack:
        best = along0
    if abs(side1) <= beside and -slack <= along1 <= 1.0 + slack:
        best = min(best, along1)
    if near_segment(px, py, edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3], margin):
        best = 0.0
    if best == math.inf and near_segment(
        qx, qy, edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3], margin
    ):
        best = 1.0
    if best == math.inf:
        return 0, 0.0, 0.0
    return 2, min(1.0, max(0.0, best)), slack


@kernel
def put(events: Events, count: int, area: int, share: float, slack: float, edge: int) -> int:
    """Append an event where there is room; gives how many there are, room or not."""
    if count < len(events.area):
        events.area[count] = area
        events.share[count] = share
        events.slack[count] = slack
        events.edge[count] = edge
    return count + 1


@kernel
def start_in_cell(
    tables: Tables, c: int, x: float, y: float, margin: float, count: int, events: Events
) -> int:
    """Append the areas that the start of a path is in, or within the margin of."""
    entries = tables.entries
    rx = (column(x) + REFERENCE_X) / CELLS_PER_UNIT - ORIGIN
    ry = (column(y) + REFERENCE_Y) / CELLS_PER_UNIT - ORIGIN
    for k in range(tables.cell_first[c], tables.cell_first[c + 1]):
        first = entries[k, 1]
        last = entries[k + 1, 1]
        odd = entries[k, 0] & 1
        edge = INSIDE_AT_START
        if last > first:
            odd = is_inside(tables.edges, first, last, odd, x, y, rx, ry, -1.0)
            if not odd and is_inside(tables.edges, first, last, 0, x, y, x, y, margin):
                odd = 1
                edge = TOUCH
        if odd:
            count = put(events, count, entries[k, 0] >> 1, 0.0, 0.0, edge)
    return count


@kernel
def walk_step(  # noqa: PLR0915  one loop over what is in registers
    tables: Tables, face: int, start: tuple[float, float, float], end: tuple[float, float, float],
    margin_angle: float, begins: bool, count: int, events: Events,
) -> int:  # fmt: skip
    """What one step meets, appended to `events`; gives how many there are, room or not.

    Shares are of the straight line in space, which a great ellipse follows evenly within 0.03 m.
    """
    cell_first, entries, edges = tables.cell_first, tables.entries, tables.edges
    px, py, depth0 = start
    qx, qy, depth1 = end
    far = max(px * px + py * py, qx * qx + qy * qy)
    margin = margin_angle * (1.0 + far)
    length = math.hypot(qx - px, qy - py)
    beyond = length + margin
    ux = (qx - px) / length if length > 0.0 else 0.0
    uy = (qy - py) / length if length > 0.0 else 0.0
    gx0 = (px + ORIGIN) * CELLS_PER_UNIT
    gy0 = (py + ORIGIN) * CELLS_PER_UNIT
    gx1 = (qx + ORIGIN) * CELLS_PER_UNIT
    gy1 = (qy + ORIGIN) * CELLS_PER_UNIT
    own_i = column(px)
    own_j = column(py)
    pad = 1e-9
    j0 = max(0, math.floor(min(gy0, gy1) - pad))
    j1 = min(CELLS - 1, math.floor(max(gy0, gy1) + pad))
    rise = gy1 - gy0
    for j in range(j0, j1 + 1):
        a = 0.0
        b = 1.0
        if abs(rise) > 1e-12:
            a = (j - pad - gy0) / rise
            b = (j + 1 + pad - gy0) / rise
            if a > b:
                a, b = b, a
            a = min(1.0, max(0.0, a))
            b = min(1.0, max(0.0, b))
        xa = gx0 + a * (gx1 - gx0)
        xb = gx0 + b * (gx1 - gx0)
        i0 = max(0, math.floor(min(xa, xb) - pad))
        i1 = min(CELLS - 1, math.floor(max(xa, xb) + pad))
        if begins and j == own_j:
            i0 = min(i0, own_i)
            i1 = max(i1, own_i)
        for i in range(i0, i1 + 1):
            c = (face * CELLS + j) * CELLS + i
            low = cell_first[c]
            high = cell_first[c + 1]
            if low == high:
                continue
            if begins and i == own_i and j == own_j:
                count = start_in_cell(tables, c, px, py, margin, count, events)
            k = low
            for m in range(entries[low, 1], entries[high, 1]):
                # beside the path, or before or behind it: most edges
                ax = edges[m, 0] - px
                ay = edges[m, 1] - py
                bx = edges[m, 2] - px
                by = edges[m, 3] - py
                off0 = ax * uy - ay * ux
                off1 = bx * uy - by * ux
                on0 = ax * ux + ay * uy
                on1 = bx * ux + by * uy
                apart = (
                    (min(off0, off1) > margin)
                    | (max(off0, off1) < -margin)
                    | (max(on0, on1) < -margin)
                    | (min(on0, on1) > beyond)
                )  # one branch that is nearly always taken, for four that cannot be foreseen
                if apart:
                    continue
                how, share, slack = meet_edge(edges, m, px, py, qx, qy, margin)
                if how == 0:
                    continue
                while entries[k + 1, 1] <= m:
                    k += 1
                share = share * depth0 / (depth1 * (1.0 - share) + share * depth0)
                edge = tables.edge_number[m] if how == 1 else TOUCH
                count = put(events, count, entries[k, 0] >> 1, share, slack, edge)
    return count


@kernel
def sort_events(events: Events, count: int) -> None:
    """Order by area, then time, then edge; few, so by insertion."""
    for a in range(1, count):
        area, share, slack = events.area[a], events.share[a], events.slack[a]
        edge = events.edge[a]
        b = a - 1
        while b >= 0 and (
            events.area[b] > area
            or (
                events.area[b] == area
                and (
                    events.share[b] > share or (events.share[b] == share and events.edge[b] > edge)
                )
            )
        ):
            events.area[b + 1] = events.area[b]
            events.share[b + 1] = events.share[b]
            events.slack[b + 1] = events.slack[b]
            events.edge[b + 1] = events.edge[b]
            b -= 1
        events.area[b + 1] = area
        events.share[b + 1] = share
        events.slack[b + 1] = slack
        events.edge[b + 1] = edge


@kernel
def crosses_next(events: Events, m: int, last: int) -> bool:
    """Whether an edge is crossed while the path is still within the margin of touch m."""
    until = events.share[m] + events.slack[m]
    for n in range(m + 1, last):
        if events.share[n] - events.slack[n] > until:
            return False
        if events.edge[n] >= 0:
            return True
    return False


@kernel
def first_stay(
    events: Events, first: int, last: int, low: float, high: float
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
        share = events.share[m]
        slack = events.slack[m]
        if events.edge[m] == INSIDE_AT_START:
            inside_now = True
            since = 0.0
            continue
        if events.edge[m] == TOUCH:
            if not inside_now:
                begin = max(0.0, share - slack, low)
                until = min(1.0, share + slack, high)
                if crosses_next(events, m, last):
                    early = min(early, begin)  # at a corner, just before the edge it crosses
                elif begin <= until:
                    return begin, until, False
            continue
        if events.edge[m] == edge:
            continue  # the same edge, met in the next cell
        edge = events.edge[m]
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
def walk(
    tables: Tables, p: Floats, v: Floats, travel_m: float, look_ahead_s: float, events: Events
) -> int:
    """What a path from p with level velocity v meets; gives how many, room or not. Moves p and v."""
    steps = max(1, math.ceil(travel_m / STEP_M))
    margin_angle = (MARGIN_M + DRIFT_PER_M * travel_m * travel_m) / SEMI_MINOR_M
    count = 0
    for step in range(steps):
        face, _, _ = face_point(p[0] * SEMI_MINOR_M, p[1] * SEMI_MINOR_M, p[2] * SEMI_MAJOR_M)
        begin = on_face(face, p[0] * SEMI_MINOR_M, p[1] * SEMI_MINOR_M, p[2] * SEMI_MAJOR_M)
        advance(p, v, look_ahead_s / steps)
        end = on_face(face, p[0] * SEMI_MINOR_M, p[1] * SEMI_MINOR_M, p[2] * SEMI_MAJOR_M)
        before = count
        count = walk_step(tables, face, begin, end, margin_angle, step == 0, before, events)
        if steps > 1:
            for m in range(before, min(count, len(events.area))):
                events.share[m] = (step + events.share[m]) / steps
                events.slack[m] /= steps
    return count


@kernel
def move(position: Floats, velocity: Floats, time_s: Floats) -> None:
    """Move feet (N, 3) with their velocities along their geodesics, a time each."""
    for r in range(len(time_s)):
        p = position[r]
        v = velocity[r]
        steps = max(1, math.ceil(level(p, v) * time_s[r] / STEP_M))
        if time_s[r] > 0.0:
            for _ in range(steps):
                advance(p, v, time_s[r] / steps)


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
def entering(
    tables: Tables, position: Floats, velocity: Floats, height_m: Floats, rate_mps: Floats,
    group: Bytes, look_ahead_s: float, band_m: Floats, active_s: Floats, room: int, found: Ints32,
    times: Floats, row0: int, row1: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Pairs (path, area, whether the edge is crossed) into `found`, times of the stay into `times`.

    Gives how many pairs there are, the most events of one path, and a row that is not sound or -1.
    """
    events = Events(
        np.empty(room, np.int32), np.empty(room), np.empty(room), np.empty(room, np.int32)
    )
    p = np.empty(3)
    v = np.empty(3)
    begins = np.empty(BLOCK, np.int64)
    count = 0
    most = 0
    unused = 0.0
    for r in range(row0, row1):
        if (r - row0) % BLOCK == 0:
            upto = min(row1, r + BLOCK)
            unused += touch_ahead(tables, position, velocity, 0.0, r, upto, begins)
            unused += touch_ahead(tables, position, velocity, look_ahead_s, r, upto, begins)
        for axis in range(3):
            p[axis] = position[r, axis]
            v[axis] = velocity[r, axis]
        travel_m = level(p, v) * look_ahead_s
        off = abs((p[0] * p[0] + p[1] * p[1]) * _A2 + p[2] * p[2] * _B2 - 1.0)
        sound = off <= 1e-6 and travel_m <= STEPS_MAX * STEP_M
        if not (sound and math.isfinite(height_m[r]) and math.isfinite(rate_mps[r])):
            return count, most, r
        met = walk(tables, p, v, travel_m, look_ahead_s, events)
        most = max(most, met)
        if met == 0 or met > room:
            continue
        sort_events(events, met)
        first = 0
        while first < met:
            area = events.area[first]
            last = first
            while last < met and events.area[last] == area:
                last += 1
            low, high = counting(
                band_m[area, group[r], 0] - height_m[r], band_m[area, group[r], 1] - height_m[r],
                rate_mps[r] * look_ahead_s, active_s[area, 0] / look_ahead_s,
                active_s[area, 1] / look_ahead_s,
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
    if unused == 1.2345e300:  # never: the reads ahead must not be optimised away
        count = 0
    return count, most, -1
