"""Paths cut into legs, compiled, and the cells of the index that are to be looked into for each.

Importing this loads Numba. Coordinates are those of `cube_faces`, in units of a face; a path is cut
into steps so short that each is a straight line on the face where it begins.
"""

import math

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.area_index_kernels import PARTS
from comity.domain.geometry.area_search_kernels import MARGIN_M, TILES, cell_at, face_point
from comity.domain.geometry.cube_faces import CELLS, CELLS_PER_UNIT, ORIGIN, TILE_CELLS
from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M, Floats
from comity.domain.geometry.jit import kernel, lane_kernel

Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]

STEP_M = 38_000.0  # as edges.GEODESIC_PIECE_M: a geodesic is within 0.1 m of a great ellipse
STEPS_MAX = 130  # 1,200 s at 3,500 m/s take 111
ROUNDING = 1e-9  # cells; places on a face round at 1e-13 of one
PART_ROUNDING = 1e-6  # of a 64th's side; a place on a face rounds at 1e-12 of it
DRIFT_PER_M = 1.6e-12
"""Times the square of the way: how far `advance`, step after step, may end from the geodesic (m)."""
FROM_X, FROM_Y, TO_X, TO_Y, DEPTH, MARGIN = 0, 1, 2, 3, 4, 5
"""Rows of legs (6, L), the steps of paths: where each begins and ends on the face where it begins;
how far along the face's axis it begins, of how far it ends; and the margin there."""
FACE, WAY, OFF = 6, 7, 8
LEGS = 128  # at a time, and what the last path has beyond that
CELLS_A_LEG = 36  # a leg of `STEP_M` takes at most 9.8 columns and rows, and touches two in each
Vector = tuple[float, float, float]

_NO_BITS = np.uint64(0)
# a de Bruijn sequence: times a bit, its six leading bits tell where the bit is
_SPREAD = np.uint64(0x03F79D71B4CB0A89)
_KEYS = [(int(_SPREAD) << place & 0xFFFFFFFFFFFFFFFF) >> 58 for place in range(64)]
PLACE_OF_BIT = np.zeros(64, np.int64)
PLACE_OF_BIT[_KEYS] = range(64)
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
