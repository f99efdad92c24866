"""Kernels of the search for pairs that lose separation: rows, their order, the test. Loads Numba.

`closest_pairs_sweep` has the search itself.
"""

import math

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.closest_pairs import (
    LENGTH_ROUNDING_M,
    MEAN_CURVATURE_PER_M,
    SURFACE_TOLERANCE,
    TRAVEL_M_MAX,
    Ints32,
)
from comity.domain.geometry.ellipsoid import (
    CURVATURE_RADIUS_M_MIN,
    SEMI_MAJOR_M,
    SEMI_MINOR_M,
    Floats,
)
from comity.domain.geometry.jit import kernel

Keys = NDArray[np.int32]
Lanes = NDArray[np.float32]
Codes = NDArray[np.uint8]

ANGLE_ERROR_RAD = 1e-6  # of the polynomial, 2.5e-7; a test compares
LANES = 16
LANES_KEPT = 10
DIGIT_BITS = 11
REACH_STEPS = 64
LOOK_AROUND = 10.0  # a row that looks all round costs so much more than its land
ROWS_AT_ONCE = 128  # 20 columns of them fill 20 kB, and leave room in the nearest memory

_AA = 1.0 / (SEMI_MAJOR_M * SEMI_MAJOR_M)
_BB = 1.0 / (SEMI_MINOR_M * SEMI_MINOR_M)
_HALF_PI = math.pi / 2.0


@kernel
def angle(y: float, x: float) -> float:
    """atan2(y, x) within 2.5e-7 rad; minimax polynomial of the odd powers up to 13 on [0, 1].

    Without branches, so that it becomes vector instructions where it is asked in a loop.
    """
    across, along = abs(x), abs(y)
    steep = along > across
    least = across if steep else along
    most = along if steep else across
    t = least / (most if most > 0.0 else 1.0)
    u = t * t
    a = t * (
        0.999996112
        + u
        * (
            -0.333173689
            + u
            * (
                0.198078192
                + u * (-0.132333484 + u * (0.079623706 + u * (-0.033604206 + u * 0.006811779)))
            )
        )
    )
    a = _HALF_PI - a if steep else a
    a = math.pi - a if x < 0.0 else a
    return -a if y < 0.0 else a


@kernel
def make_rows(  # noqa: C901, PLR0915  one stage after the other over what is in the nearest memory
    position: Floats,
    velocity: Floats,
    height: Floats,
    climb: Floats,
    margin_given: Floats,
    slack: Floats,
    group: Codes,
    minima_class: Codes,
    half_s: float,
    widest_m: float,
    least_m: float,
    line: Floats,
    reach: Lanes,
    margin: Floats,
    place: Floats,
    start: int,
    end: int,
) -> int:
    """`closest_pairs.rows_of` for straight lines, rows start to end; the first unsound one, or -1.

    Positions and velocities are flat (3·N,): so the compiler knows how far apart rows are. Works through
    blocks that stay in the nearest memory, a stage a loop, each of few arrays: so they become vector
    instructions. Writes `line` (N, 8) as `Rows.line`; `reach` (N, 4), as float32: margin, reach of
    heights, reach, and the code: group of heights times 256, and class of minima; `margin` (N,);
    `place` (2, N): latitude and longitude, from -π/2 and -π on.
    """
    work = np.empty((20, ROWS_AT_ONCE))
    per_half_s = 1.0 / half_s
    per_least_m = 0.5 / least_m
    leaning = 0.505 * (widest_m / CURVATURE_RADIUS_M_MIN)
    two, three = np.uint64(2), np.uint64(3)
    for start_of_block in range(start, end, ROWS_AT_ONCE):
        base = np.uint64(start_of_block)
        many = np.uint64(min(ROWS_AT_ONCE, end - start_of_block))
        for u in range(many):
            at = three * (base + u)
            work[0, u] = position[at]
            work[1, u] = position[at + np.uint64(1)]
            work[2, u] = position[at + two]
        for u in range(many):
            at = three * (base + u)
            work[3, u] = velocity[at]
            work[4, u] = velocity[at + np.uint64(1)]
            work[5, u] = velocity[at + two]
        for u in range(many):
            work[6, u] = height[base + u]
        for u in range(many):
            work[7, u] = climb[base + u]
        for u in range(many):
            work[8, u] = margin_given[base + u]
        for u in range(many):
            work[9, u] = slack[base + u]
        sound = 0
        for u in range(many):
            x, y, z = work[0, u], work[1, u], work[2, u]
            gx, gy, gz = x * _AA, y * _AA, z * _BB
            off = abs(x * gx + y * gy + z * gz - 1.0)
            per = 1.0 / math.sqrt(gx * gx + gy * gy + gz * gz)
            gx *= per
            gy *= per
            gz *= per
            vx, vy, vz = work[3, u], work[4, u], work[5, u]
            square = vx * vx + vy * vy + vz * vz
            out = vx * gx + vy * gy + vz * gz
            vx -= gx * out
            vy -= gy * out
            vz -= gz * out
            h, c = work[6, u], work[7, u]
            sound += (
                (off <= SURFACE_TOLERANCE)
                & (square * half_s * half_s <= TRAVEL_M_MAX**2)
                & (abs(h) < math.inf)
                & (abs(c) < math.inf)
            )
            bend = half_s * half_s * ((vx * vx + vy * vy) * _AA + vz * vz * _BB) * per
            q = bend * MEAN_CURVATURE_PER_M
            less = 1.0 - q * (1.0 / 6.0)
            ahead = half_s * less
            drop = bend * (0.5 - q * (1.0 / 24.0))
            slower = 1.0 - q * 0.5
            bent = bend * per_half_s * less
            x += ahead * vx - drop * gx
            y += ahead * vy - drop * gy
            z += ahead * vz - drop * gz
            travel = half_s * math.sqrt(vx * vx + vy * vy + vz * vz)
            rise = 0.5 * bend
            above = 1.01 * min(rise, rise * rise * per_least_m)
            wide = 0.2 * travel * bend * MEAN_CURVATURE_PER_M + above + LENGTH_ROUNDING_M
            wide += leaning * rise + work[8, u]
            work[10, u] = x
            work[11, u] = y
            work[12, u] = z
            work[13, u] = slower * vx - bent * gx
            work[14, u] = slower * vy - bent * gy
            work[15, u] = slower * vz - bent * gz
            work[16, u] = h + half_s * c
            work[17, u] = wide
            work[18, u] = travel + wide
            work[19, u] = half_s * abs(c) + work[9, u]
        if sound < many:
            return first_unsound(work, int(many), half_s) + start_of_block
        for u in range(many):
            x, y, z = work[10, u], work[11, u], work[12, u]
            place[0, base + u] = angle(z, math.sqrt(x * x + y * y)) + _HALF_PI
        for u in range(many):
            place[1, base + u] = angle(work[11, u], work[10, u]) + math.pi
        for u in range(many):
            margin[base + u] = work[17, u]
        for u in range(many):  # rows are written one by one: apart it would scatter, slower
            at = base + u
            line[at, 0] = work[10, u]
            line[at, 1] = work[11, u]
            line[at, 2] = work[12, u]
            line[at, 3] = work[13, u]
            line[at, 4] = work[14, u]
            line[at, 5] = work[15, u]
            line[at, 6] = work[16, u]
            line[at, 7] = work[7, u]
            reach[at, 0] = work[17, u]
            reach[at, 1] = work[19, u]
            reach[at, 2] = work[18, u]
            reach[at, 3] = np.float32(group[at]) * np.float32(256.0) + np.float32(minima_class[at])
    return -1


@kernel
def first_unsound(work: Floats, many: int, half_s: float) -> int:
    """Which of a block's rows cannot be searched."""
    for u in range(many):
        x, y, z = work[0, u], work[1, u], work[2, u]
        off = abs((x * x + y * y) * _AA + z * z * _BB - 1.0)
        square = work[3, u] * work[3, u] + work[4, u] * work[4, u] + work[5, u] * work[5, u]
        sound = off <= SURFACE_TOLERANCE and square * half_s * half_s <= TRAVEL_M_MAX**2
        if not (sound and abs(work[6, u]) < math.inf and abs(work[7, u]) < math.inf):
            return u
    return many - 1


@kernel
def greatest_reach(reach: Lanes) -> float:
    """Of all rows; four at a time, for each comparison waits for the one before it."""
    count = len(reach)
    one = other = third = fourth = np.float32(0.0)
    for i in range(0, count - 3, 4):
        one = max(one, reach[i, 2])
        other = max(other, reach[i + 1, 2])
        third = max(third, reach[i + 2, 2])
        fourth = max(fourth, reach[i + 3, 2])
    for i in range(count - count % 4, count):
        one = max(one, reach[i, 2])
    return float(max(one, other, third, fourth))


@kernel
def reach_and_cap(reach: Lanes, widest_m: float) -> tuple[float, float]:
    """Greatest reach, and up to which rows look ahead only: the one for which all look at least land."""
    reach_max_m = greatest_reach(reach)
    counts = np.zeros(REACH_STEPS, np.int64)
    scale = REACH_STEPS / reach_max_m if reach_max_m > 0.0 else 0.0
    for i in range(len(reach)):
        counts[min(int(reach[i, 2] * scale), REACH_STEPS - 1)] += 1
    step_m = reach_max_m / REACH_STEPS
    around = 0.0
    least, cap_m = math.inf, reach_max_m
    ahead = len(reach)
    for k in range(REACH_STEPS - 1, -1, -1):
        top_m = step_m * (k + 1)
        cost = ahead * (widest_m + 2.0 * top_m) ** 2 + 2.0 * LOOK_AROUND * around
        if cost < least:
            least, cap_m = cost, top_m
        ahead -= counts[k]
        around += counts[k] * (widest_m + top_m - 0.5 * step_m + reach_max_m) ** 2
    return reach_max_m, cap_m


@kernel
def make_keys(
    place: Floats,
    band_rad: float,
    band_max: int,
    longitude_bits: int,
    keys: Keys,
    start: int,
    end: int,
) -> None:
    """Key of rows start to end: band of latitude, then longitude."""
    turn = (1 << longitude_bits) / (2.0 * math.pi)
    full = np.int32((1 << longitude_bits) - 1)
    per_band = 1.0 / band_rad
    last = np.int32(band_max)
    bits = np.int32(longitude_bits)
    none = np.int32(0)
    for i in range(start, end):
        band = min(max(np.int32(place[0, i] * per_band), none), last)
        column = min(max(np.int32(place[1, i] * turn), none), full)
        keys[i] = (band << bits) | column


@kernel
def order(
    keys: Keys,
    ids: Ints32,
    other_keys: Keys,
    other_ids: Ints32,
    digits: int,
    counts: Ints32,
) -> None:
    """Radix sort of keys with their rows, `DIGIT_BITS` a digit; the result is in `other_…` if odd."""
    count = len(keys)
    for d in range(digits):
        for k in range(1 << DIGIT_BITS):
            counts[d, k] = 0
    for i in range(count):
        k = keys[i]
        for d in range(digits):
            counts[d, (k >> (DIGIT_BITS * d)) & ((1 << DIGIT_BITS) - 1)] += 1
    for d in range(digits):
        total = 0
        for k in range(1 << DIGIT_BITS):
            here = counts[d, k]
            counts[d, k] = total
            total += here
    a, b, p, q = keys, other_keys, ids, other_ids
    for d in range(digits):
        shift = DIGIT_BITS * d
        for i in range(count):
            k = a[i]
            slot = (k >> shift) & ((1 << DIGIT_BITS) - 1)
            to = counts[d, slot]
            counts[d, slot] = to + 1
            b[to] = k
            q[to] = i if d == 0 else p[i]
        a, b, p, q = b, a, q, p


@kernel
def gather(ids: Ints32, line: Floats, reach: Lanes, lanes: Lanes, start: int, end: int) -> None:
    """Rows start to end in order of keys, a lane a column: `closest_pairs_sweep.Air`."""
    for p in range(start, end):
        i = ids[p]
        lanes[0, p] = line[i, 0]
        lanes[1, p] = line[i, 1]
        lanes[2, p] = line[i, 2]
        lanes[3, p] = line[i, 6]
        lanes[4, p] = reach[i, 0]
        lanes[5, p] = reach[i, 1]
        lanes[6, p] = line[i, 3]
        lanes[7, p] = line[i, 4]
        lanes[8, p] = line[i, 5]
        lanes[9, p] = reach[i, 2]


@kernel
def loss(
    dx: float, dy: float, dz: float,
    ux: float, uy: float, uz: float,
    above: float, climb: float,
    length: float, horizontal: float, vertical: float,
) -> tuple[bool, float, float, float, float]:  # fmt: skip
    """Whether relative straight motion from (dx, dy, dz) loses both minima within a time `length`.

    Returns:
        Whether, from when, until when, time of closest approach within, square of its distance.
    """
    aa = ux * ux + uy * uy + uz * uz
    ab = dx * ux + dy * uy + dz * uz
    bb = dx * dx + dy * dy + dz * dz
    start, end, cpa = 0.0, length, 0.0
    if aa > 0.0:
        cpa = -ab / aa
        room = horizontal * horizontal - (bb + ab * cpa)
        if room <= 0.0:
            return False, 0.0, 0.0, 0.0, 0.0
        half = math.sqrt(room / aa)
        start = max(0.0, cpa - half)
        end = min(length, cpa + half)
    elif bb >= horizontal * horizontal:
        return False, 0.0, 0.0, 0.0, 0.0
    if climb != 0.0:
        one = (-vertical - above) / climb
        other = (vertical - above) / climb
        start = max(start, min(one, other))
        end = min(end, max(one, other))
        if vertical <= 0.0:
            return False, 0.0, 0.0, 0.0, 0.0
    elif abs(above) >= vertical:
        return False, 0.0, 0.0, 0.0, 0.0
    if not start < end:
        return False, 0.0, 0.0, 0.0, 0.0
    cpa = min(max(cpa, 0.0), length)
    return True, start, end, cpa, max(bb + cpa * (2.0 * ab + aa * cpa), 0.0)


@kernel
def place_at(
    line: Floats, path: int, nodes: Floats, heights: Floats, i: int, k: int, since_s: float
) -> tuple[float, float, float, float]:
    """Place and height of row i at node k, `since_s` after the middle of the look-ahead."""
    if path >= 0:
        return nodes[path, k, 0], nodes[path, k, 1], nodes[path, k, 2], heights[path, k]
    return (
        line[i, 0] + since_s * line[i, 3],
        line[i, 1] + since_s * line[i, 4],
        line[i, 2] + since_s * line[i, 5],
        line[i, 6] + since_s * line[i, 7],
    )


@kernel
def path_loss(
    line: Floats, i: int, j: int, path_i: int, path_j: int,
    nodes: Floats, heights: Floats, look_ahead_s: float, horizontal: float, vertical: float,
) -> tuple[bool, float, float, float, float]:  # fmt: skip
    """As `loss` for two rows of which one is a path, leg by leg."""
    pieces = heights.shape[1] - 1
    step = look_ahead_s / pieces
    found, first, last, cpa, least = False, math.inf, 0.0, 0.0, math.inf
    a = place_at(line, path_i, nodes, heights, i, 0, -look_ahead_s / 2.0)
    b = place_at(line, path_j, nodes, heights, j, 0, -look_ahead_s / 2.0)
    for k in range(pieces):
        since = (k + 1) * step - look_ahead_s / 2.0
        c = place_at(line, path_i, nodes, heights, i, k + 1, since)
        d = place_at(line, path_j, nodes, heights, j, k + 1, since)
        dx, dy, dz, above = b[0] - a[0], b[1] - a[1], b[2] - a[2], b[3] - a[3]
        ux = (d[0] - c[0] - dx) / step
        uy = (d[1] - c[1] - dy) / step
        uz = (d[2] - c[2] - dz) / step
        climb = (d[3] - c[3] - above) / step
        lost, start, end, _, _ = loss(
            dx, dy, dz, ux, uy, uz, above, climb, step, horizontal, vertical
        )
        if lost:
            if not found:
                first = k * step + start
            last = k * step + end
            found = True
        aa = ux * ux + uy * uy + uz * uz
        ab = dx * ux + dy * uy + dz * uz
        t = min(max(-ab / aa, 0.0), step) if aa > 0.0 else 0.0
        square = dx * dx + dy * dy + dz * dz + t * (2.0 * ab + aa * t)
        if square < least:
            least = square
            cpa = k * step + t
        a, b = c, d
    return found, first, last, cpa, max(least, 0.0)
