"""Areas that a path enters, compiled: which edges it meets, in which order, for how long.

Importing this loads Numba. Coordinates are those of `cube_faces`, in units of a face; a path is cut
into steps so short that each is a straight line on the face where it begins.
"""

import math

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.area_index_kernels import PARTS, REFERENCE_X, REFERENCE_Y
from comity.domain.geometry.area_search_kernels import (
    AREA_SHIFT,
    EMPTY,
    LAST,
    MARGIN_M,
    TILES,
    WHOLE,
    Tables,
    cell_at,
    code_of,
    column_of,
    edges_from,
    face_point,
    is_inside,
    near_segment,
    row_of,
    word_at,
)
from comity.domain.geometry.cube_faces import CELLS, CELLS_PER_UNIT, ORIGIN, TILE_CELLS
from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M, Floats
from comity.domain.geometry.jit import inline_kernel, kernel, lane_kernel

Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]
Bytes = NDArray[np.uint8]

STEP_M = 38_000.0  # as edges.GEODESIC_PIECE_M: a geodesic is within 0.1 m of a great ellipse
STEPS_MAX = 130  # 1,200 s at 3,500 m/s take 111
ROUNDING = 1e-9  # cells; places on a face round at 1e-13 of one
PART_ROUNDING = 1e-6  # of a 64th's side; a place on a face rounds at 1e-12 of it
DRIFT_PER_M = 1.6e-12
"""Times the square of the way: how far `advance`, step after step, may end from the geodesic (m)."""
INSIDE_AT_START = -1
TOUCH = -2
NO_EDGE = -9
AREA, SHARE, SLACK, EDGE = 0, 1, 2, 3
"""Columns of events (R, 4): what a path meets. The area; when, as a share of the look-ahead; for how
long before and after it may be within the margin; which edge, or one of the three codes above."""
FROM_X, FROM_Y, TO_X, TO_Y, DEPTH, MARGIN = 0, 1, 2, 3, 4, 5
"""Rows of legs (6, L), the steps of paths: where each begins and ends on the face where it begins;
how far along the face's axis it begins, of how far it ends; and the margin there."""
FACE, WAY, OFF = 6, 7, 8
LEGS = 128  # at a time, and what the last path has beyond that
EDGES_A_READ = 2  # that come with one line of memory
CELLS_A_LEG = 36  # a leg of `STEP_M` takes at most 8.3 columns and rows, and touches two in each
Vector = tuple[float, float, float]
_NO_BITS = np.uint64(0)
_SPREAD = np.uint64(
    0x03F79D71B4CB0A89
)  # a de Bruijn sequence: its six leading bits tell where a bit is
PLACE_OF_BIT = np.zeros(64, np.int64)
PLACE_OF_BIT[[(int(_SPREAD) << place & 0xFFFFFFFFFFFFFFFF) >> 58 for place in range(64)]] = range(
    64
)
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
def first_legs(
    position: Floats, velocity: Floats, look_ahead_s: float, row0: int, row1: int, work: Floats
) -> None:  # fmt: skip
    """The paths of rows row0 to row1, as far as they are one leg: vector instructions, no branches.

    As `level`, `face_point`, `advance`, `on_face` in turn, with what `cut_legs` needs of them; positions
    and velocities are flat (3·N,). Into `work` (16, `LEGS`): six columns of `legs`, then the face, the
    way in metres, and how far the start is from the ellipsoid.
    """
    base = np.uint64(row0)
    many = np.uint64(row1 - row0)
    one, two, three = np.uint64(1), np.uint64(2), np.uint64(3)
    for u in range(many):
        at = three * (base + u)
        work[10, u] = position[at]
        work[11, u] = position[at + one]
        work[12, u] = position[at + two]
    for u in range(many):
        at = three * (base + u)
        work[13, u] = velocity[at]
        work[14, u] = velocity[at + one]
        work[15, u] = velocity[at + two]
    for u in range(many):
        x, y, z = work[10, u], work[11, u], work[12, u]
        gx, gy, gz = x * _A2, y * _A2, z * _B2
        square = gx * gx + gy * gy + gz * gz
        vx, vy, vz = work[13, u], work[14, u], work[15, u]
        out = (vx * gx + vy * gy + vz * gz) / square
        vx -= out * gx
        vy -= out * gy
        vz -= out * gz
        way = math.sqrt(vx * vx + vy * vy + vz * vz) * look_ahead_s
        per_steep = 1.0 / math.sqrt(square)
        bend = look_ahead_s * look_ahead_s * ((vx * vx + vy * vy) * _A2 + vz * vz * _B2) * per_steep
        q = bend * _MEAN_CURVATURE
        forth = look_ahead_s * (1.0 - q * (1.0 / 6.0))
        down = bend * (0.5 - q * (1.0 / 24.0)) * per_steep
        ex = x + forth * vx - down * gx
        ey = y + forth * vy - down * gy
        ez = z + forth * vz - down * gz
        r = 1.0 / math.sqrt((ex * ex + ey * ey) * _A2 + ez * ez * _B2)
        work[WAY, u] = way
        work[OFF, u] = abs((x * x + y * y) * _A2 + z * z * _B2 - 1.0)
        x *= SEMI_MINOR_M
        y *= SEMI_MINOR_M
        z *= SEMI_MAJOR_M
        ex *= r * SEMI_MINOR_M
        ey *= r * SEMI_MINOR_M
        ez *= r * SEMI_MAJOR_M
        ax, ay, az = abs(x), abs(y), abs(z)
        is_x = (ax >= ay) & (ax >= az)
        is_y = ay >= az
        depth = x if is_x else (y if is_y else z)
        beyond = ex if is_x else (ey if is_y else ez)
        per = 1.0 / depth
        px = (y if is_x else (z if is_y else x)) * per
        py = (z if is_x else (x if is_y else y)) * per
        per_beyond = 1.0 / beyond
        qx = (ey if is_x else (ez if is_y else ex)) * per_beyond
        qy = (ez if is_x else (ex if is_y else ey)) * per_beyond
        margin = (MARGIN_M + DRIFT_PER_M * way * way) * (1.0 / SEMI_MINOR_M)
        work[FROM_X, u] = px
        work[FROM_Y, u] = py
        work[TO_X, u] = qx
        work[TO_Y, u] = qy
        work[DEPTH, u] = abs(depth) * abs(per_beyond)
        work[MARGIN, u] = margin * (1.0 + max(px * px + py * py, qx * qx + qy * qy))
        face = 0.0 if is_x else (2.0 if is_y else 4.0)
        work[FACE, u] = face + (0.0 if depth > 0.0 else 1.0)


@kernel
def cut_legs(
    position: Floats, velocity: Floats, look_ahead_s: float, row0: int, row1: int, work: Floats,
    legs: Floats, first_leg: Ints64, faces: Ints64,
) -> tuple[int, int]:  # fmt: skip
    """Legs of the paths of rows from row0 on, until there are `LEGS` or row1 is reached.

    Positions and velocities are flat (3·N,). Gives the row after the last that was cut, and one that is
    not sound or -1.
    """
    upto = min(row1, row0 + LEGS)
    first_legs(position, velocity, look_ahead_s, row0, upto, work)
    count = 0
    r = row0
    while r < upto and count < LEGS:
        u = r - row0
        first_leg[u] = count
        travel_m = work[WAY, u]
        if not (work[OFF, u] <= 1e-6 and travel_m <= STEPS_MAX * STEP_M):
            return r, r
        if travel_m <= STEP_M:
            for k in range(6):
                legs[k, count] = work[k, u]
            faces[count] = int(work[FACE, u])
            count += 1
            r += 1
            continue
        p = (position[3 * r], position[3 * r + 1], position[3 * r + 2])
        v = level(p, (velocity[3 * r], velocity[3 * r + 1], velocity[3 * r + 2]))
        steps = math.ceil(travel_m / STEP_M)
        margin_angle = (MARGIN_M + DRIFT_PER_M * travel_m * travel_m) / SEMI_MINOR_M
        for _ in range(steps):
            face, px, py = face_point(p[0] * SEMI_MINOR_M, p[1] * SEMI_MINOR_M, p[2] * SEMI_MAJOR_M)
            depth = depth_on(face, p)
            p, v = advance(p, v, look_ahead_s / steps)
            qx, qy, beyond = on_face(
                face, p[0] * SEMI_MINOR_M, p[1] * SEMI_MINOR_M, p[2] * SEMI_MAJOR_M
            )
            faces[count] = face
            legs[FROM_X, count] = px
            legs[FROM_Y, count] = py
            legs[TO_X, count] = qx
            legs[TO_Y, count] = qy
            legs[DEPTH, count] = depth / beyond
            legs[MARGIN, count] = margin_angle * (1.0 + max(px * px + py * py, qx * qx + qy * qy))
            count += 1
        r += 1
    first_leg[r - row0] = count
    return r, -1


@kernel
def box_legs(legs: Floats, count: int, boxes: Ints32) -> None:
    """Columns and rows of cells of legs, into `boxes` (6, L): where each begins, then the least and most.

    Vector instructions, no branches.
    """
    last = np.int32(CELLS - 1)
    none = np.int32(0)
    for leg in range(np.uint64(count)):
        gx = (legs[FROM_X, leg] + ORIGIN) * CELLS_PER_UNIT
        gy = (legs[FROM_Y, leg] + ORIGIN) * CELLS_PER_UNIT
        hx = gx + (legs[TO_X, leg] - legs[FROM_X, leg]) * CELLS_PER_UNIT
        hy = gy + (legs[TO_Y, leg] - legs[FROM_Y, leg]) * CELLS_PER_UNIT
        boxes[0, leg] = min(last, max(none, np.int32(gx)))
        boxes[1, leg] = min(last, max(none, np.int32(gy)))
        boxes[2, leg] = max(none, np.int32(math.floor(min(gx, hx) - ROUNDING)))
        boxes[3, leg] = min(last, np.int32(math.floor(max(gx, hx) + ROUNDING)))
        boxes[4, leg] = max(none, np.int32(math.floor(min(gy, hy) - ROUNDING)))
        boxes[5, leg] = min(last, np.int32(math.floor(max(gy, hy) + ROUNDING)))


@lane_kernel
def crossed_parts(x: float, y: float, run: float, rise: float) -> np.uint64:
    """Which of the 64 parts of a square a segment comes into, a bit each; those it only touches too.

    From (x, y) on by (run, rise), in sides of a part from the square's corner. Eight rows alike and without
    branches: one row a lane. Over-approximates by `PART_ROUNDING`.
    """
    low = min(y, y + rise) - PART_ROUNDING
    high = max(y, y + rise) + PART_ROUNDING
    level = abs(rise) <= 1e-9
    per_row = 0.0 if level else 1.0 / rise
    least = -2.0 if level else 0.0
    most = 2.0 if level else 0.0
    bits = np.uint64(0)
    for row in range(np.uint64(PARTS)):
        south = float(row)
        a = min(1.0, max(0.0, (south - PART_ROUNDING - y) * per_row + least))
        b = min(1.0, max(0.0, (south + 1.0 + PART_ROUNDING - y) * per_row + most))
        west = min(a * run, b * run) + x - PART_ROUNDING
        east = max(a * run, b * run) + x + PART_ROUNDING
        met = (low <= south + 1.0) & (high >= south) & (west <= 8.0) & (east >= 0.0)
        first = np.int64(min(7.0, max(0.0, west)))
        last = np.int64(min(7.0, max(0.0, east)))
        columns = (np.int64(0xFF) << first) & (np.int64(0xFF) >> (np.int64(7) - last))
        columns = columns if met else np.int64(0)
        bits |= np.uint64(columns << np.int64(row << np.uint64(3)))
    return bits


@kernel
def list_cells(
    tiles: NDArray[np.uint64], legs: Floats, first_leg: Ints64, faces: Ints64, rows: int,
    boxes: Ints32, cells: Ints64,
) -> int:  # fmt: skip
    """Cells (M, 2) of legs that are to be looked into: that of a path's start, and those with edges.

    Columns: cell, as `cell_at`; the leg, times two, and whether it is the start's. Gives how many.
    """
    box_legs(legs, first_leg[rows], boxes)
    count = 0
    for r in range(rows):
        for leg in range(first_leg[r], first_leg[r + 1]):
            face = faces[leg]
            own = -1
            if leg == first_leg[r]:
                own = cell_at(face, boxes[0, leg], boxes[1, leg])
                cells[count, 0] = own
                cells[count, 1] = 2 * leg + 1
                count += 1
            for tj in range(boxes[4, leg] >> 3, (boxes[5, leg] >> 3) + 1):
                for ti in range(boxes[2, leg] >> 3, (boxes[3, leg] >> 3) + 1):
                    tile = (face * TILES + tj) * TILES + ti
                    bits = tiles[tile]
                    if bits == _NO_BITS:
                        continue
                    bits &= crossed_parts(
                        (legs[FROM_X, leg] + ORIGIN) * CELLS_PER_UNIT - TILE_CELLS * ti,
                        (legs[FROM_Y, leg] + ORIGIN) * CELLS_PER_UNIT - TILE_CELLS * tj,
                        (legs[TO_X, leg] - legs[FROM_X, leg]) * CELLS_PER_UNIT,
                        (legs[TO_Y, leg] - legs[FROM_Y, leg]) * CELLS_PER_UNIT,
                    )
                    while bits != _NO_BITS:
                        lowest = bits & (~bits + np.uint64(1))
                        bits ^= lowest
                        cell = (tile << 6) | PLACE_OF_BIT[(lowest * _SPREAD) >> np.uint64(58)]
                        if cell != own:
                            cells[count, 0] = cell
                            cells[count, 1] = 2 * leg
                            count += 1
    return count


@kernel
def touch_cells(
    tables: Tables, cells: Ints64, count: int, legs: Floats, words: Ints64, parts: Ints64
) -> float:  # fmt: skip
    """Words of cells, and which parts of them their legs come into; a sum that means nothing.

    Cells, entries, edges and their numbers are read in turn, so that waits for memory overlap.
    """
    tile_words, cell_words = tables.tile_words, tables.cells
    entries, edges, edge_number = tables.entries, tables.edges, tables.edge_number
    total = 0.0
    for m in range(count):
        words[m] = word_at(tile_words, cell_words, cells[m, 0])
    for m in range(count):
        leg, cell = cells[m, 1] >> 1, cells[m, 0]
        parts[m] = entries[max(words[m], 0), 1]
        if words[m] >= 0:
            bits = crossed_parts(
                ((legs[FROM_X, leg] + ORIGIN) * CELLS_PER_UNIT - column_of(cell)) * PARTS,
                ((legs[FROM_Y, leg] + ORIGIN) * CELLS_PER_UNIT - row_of(cell)) * PARTS,
                (legs[TO_X, leg] - legs[FROM_X, leg]) * CELLS_PER_UNIT * PARTS,
                (legs[TO_Y, leg] - legs[FROM_Y, leg]) * CELLS_PER_UNIT * PARTS,
            )
            parts[m] = np.int64(bits)
    for m in range(count):
        k = words[m]
        while k >= 0:
            if entries[k, 1] & parts[m] != 0 or cells[m, 1] & 1:
                for edge in range(edges_from(entries, k), edges_from(entries, k + 1), EDGES_A_READ):
                    total += edges[edge, 0] + edge_number[edge]
            k = -1 if code_of(entries, k) & LAST else k + 1
    return total


@inline_kernel
def meet_start(
    entries: Ints64, edges: Floats, cell: int, word: int, px: float, py: float, margin: float,
    events: Floats, count: int,
) -> int:  # fmt: skip
    """Areas that a path's start is in or touches, appended to `events`; how many events now."""
    room = len(events)
    if word <= WHOLE:
        if count < room:
            events[count, AREA] = WHOLE - word
            events[count, SHARE] = 0.0
            events[count, SLACK] = 0.0
            events[count, EDGE] = INSIDE_AT_START
        return count + 1
    rx = (column_of(cell) + REFERENCE_X) / CELLS_PER_UNIT - ORIGIN
    ry = (row_of(cell) + REFERENCE_Y) / CELLS_PER_UNIT - ORIGIN
    k = word
    while True:
        first = edges_from(entries, k)
        last = edges_from(entries, k + 1)
        odd = code_of(entries, k) & 1
        kind = INSIDE_AT_START
        if last > first:
            odd = is_inside(edges, first, last, odd, px, py, rx, ry, margin)
            if odd == 2:
                kind = TOUCH
        if odd:
            if count < room:
                events[count, AREA] = code_of(entries, k) >> AREA_SHIFT
                events[count, SHARE] = 0.0
                events[count, SLACK] = 0.0
                events[count, EDGE] = kind
            count += 1
        if code_of(entries, k) & LAST:
            return count
        k += 1


@inline_kernel
def meet_edges(
    entries: Ints64, edges: Floats, edge_number: Ints32, word: int, gone: int, legs: Floats,
    leg: int, step: int, steps: int, events: Floats, count: int,
) -> int:  # fmt: skip
    """Edges of a cell that a leg meets, appended to `events`; how many events now.

    `gone` is which parts of the cell it comes into: entries without edges there are passed over. Shares
    are of the whole look-ahead; those of a leg of the straight line in space, which a great ellipse
    follows evenly within 0.03 m.
    """
    room = len(events)
    px, py, qx, qy = legs[FROM_X, leg], legs[FROM_Y, leg], legs[TO_X, leg], legs[TO_Y, leg]
    depth, margin = legs[DEPTH, leg], legs[MARGIN, leg]
    beyond = math.sqrt((qx - px) * (qx - px) + (qy - py) * (qy - py))
    per = 1.0 / beyond if beyond > 0.0 else 0.0
    ux = (qx - px) * per
    uy = (qy - py) * per
    beyond += margin
    k = word
    while True:
        if entries[k, 1] & gone == 0:
            if code_of(entries, k) & LAST:
                return count
            k += 1
            continue
        for m in range(edges_from(entries, k), edges_from(entries, k + 1)):
            ax = edges[m, 0] - px
            ay = edges[m, 1] - py
            bx = edges[m, 2] - px
            by = edges[m, 3] - py
            off0 = ax * uy - ay * ux
            off1 = bx * uy - by * ux
            on0 = ax * ux + ay * uy
            on1 = bx * ux + by * uy
            away = (min(off0, off1) > margin) | (max(off0, off1) < -margin)
            away |= (max(on0, on1) < -margin) | (min(on0, on1) > beyond)
            if away:
                continue
            edge = (edges[m, 0], edges[m, 1], edges[m, 2], edges[m, 3])
            how, share, slack = meet_edge(edge, px, py, qx, qy, margin)
            if how == 0:
                continue
            if count < room:
                share = share * depth / (1.0 - share + share * depth)
                events[count, AREA] = code_of(entries, k) >> AREA_SHIFT
                events[count, SHARE] = (step + share) / steps
                events[count, SLACK] = slack / steps
                events[count, EDGE] = edge_number[m] if how == 1 else TOUCH
            count += 1
        if code_of(entries, k) & LAST:
            return count
        k += 1


@kernel
def meet_rows(
    tables: Tables, cells: Ints64, listed: int, words: Ints64, parts: Ints64, legs: Floats,
    first_leg: Ints64, rows: int, events: Floats, first_event: Ints64,
) -> int:  # fmt: skip
    """What paths meet in their cells, into `events`; row u owns those from its first on; how many."""
    entries, edges, edge_number = tables.entries, tables.edges, tables.edge_number
    count = 0
    m = 0
    for r in range(rows):
        first_event[r] = count
        first = first_leg[r]
        steps = first_leg[r + 1] - first
        while m < listed and cells[m, 1] >> 1 < first_leg[r + 1]:
            leg = cells[m, 1] >> 1
            word = words[m]
            if word != EMPTY and cells[m, 1] & 1:
                count = meet_start(
                    entries, edges, cells[m, 0], word, legs[FROM_X, leg], legs[FROM_Y, leg],
                    legs[MARGIN, leg], events, count,
                )  # fmt: skip
            if word >= 0:
                count = meet_edges(
                    entries,
                    edges,
                    edge_number,
                    word,
                    parts[m],
                    legs,
                    leg,
                    leg - first,
                    steps,
                    events,
                    count,
                )
            m += 1
    first_event[rows] = count
    return count


@kernel
def depth_on(face: int, p: Vector) -> float:
    """How far a place is along a face's axis, in the scale of `on_face`."""
    if face < 2:
        return abs(p[0]) * SEMI_MINOR_M
    if face < 4:
        return abs(p[1]) * SEMI_MINOR_M
    return abs(p[2]) * SEMI_MAJOR_M


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


@inline_kernel
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


@inline_kernel
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


@inline_kernel
def crosses_next(events: Floats, m: int, last: int) -> bool:
    """Whether an edge is crossed while the path is still within the margin of touch m."""
    until = events[m, SHARE] + events[m, SLACK]
    for n in range(m + 1, last):
        if events[n, SHARE] - events[n, SLACK] > until:
            return False
        if events[n, EDGE] >= 0:
            return True
    return False


@inline_kernel
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
            if last - first == 1 and events[first, EDGE] == INSIDE_AT_START:
                begin, end, crossed = max(0.0, low), min(1.0, high), False
                begin = begin if begin <= end else math.inf
            else:
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
    first_event = np.empty(LEGS + 1, np.int64)
    first_leg = np.empty(LEGS + 1, np.int64)
    work = np.empty((16, LEGS))
    legs = np.empty((6, LEGS + STEPS_MAX))
    boxes = np.empty((6, LEGS + STEPS_MAX), np.int32)
    faces = np.empty(LEGS + STEPS_MAX, np.int64)
    cells = np.empty(((LEGS + STEPS_MAX) * CELLS_A_LEG, 2), np.int64)
    words = np.empty(len(cells), np.int64)
    parts = np.empty(len(cells), np.int64)
    count = 0
    most = 0
    unused = 0.0
    row = row0
    while row < row1:
        upto, unsound = cut_legs(
            position, velocity, look_ahead_s, row, row1, work, legs, first_leg, faces
        )
        for r in range(row, upto):
            if not (math.isfinite(height_m[r]) and math.isfinite(rate_mps[r])):
                return count, most, r
        if unsound >= 0:
            return count, most, unsound
        rows = upto - row
        listed = list_cells(tables.tiles, legs, first_leg, faces, rows, boxes, cells)
        unused += touch_cells(tables, cells, listed, legs, words, parts)
        met = meet_rows(
            tables, cells, listed, words, parts, legs, first_leg, rows, events, first_event
        )
        most = max(most, met)
        if met <= room:
            count = stay_rows(
                events, first_event, height_m, rate_mps, group, look_ahead_s, band_m, active_s,
                row, upto, count, found, times,
            )  # fmt: skip
        row = upto
    if unused == 1.2345e300:  # never: the reads ahead must not be optimised away
        count = 0
    return count, most, -1
