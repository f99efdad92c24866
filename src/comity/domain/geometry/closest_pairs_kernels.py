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
    Codes,
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

ANGLE_ERROR_RAD = 1e-6  # of the polynomial, 2.5e-7; a test compares
LANES = 16

_AA = 1.0 / (SEMI_MAJOR_M * SEMI_MAJOR_M)
_BB = 1.0 / (SEMI_MINOR_M * SEMI_MINOR_M)
_HALF_PI = math.pi / 2.0


@kernel
def angle(y: float, x: float) -> float:
    """atan2(y, x) within 2.5e-7 rad; minimax polynomial of the odd powers up to 13 on [0, 1]."""
    across, along = abs(x), abs(y)
    steep = along > across
    least, most = (across, along) if steep else (along, across)
    t = least / most if most > 0.0 else 0.0
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
    if steep:
        a = _HALF_PI - a
    if x < 0.0:
        a = math.pi - a
    return -a if y < 0.0 else a


@kernel
def make_rows(
    position: Floats,
    velocity: Floats,
    height: Floats,
    climb: Floats,
    margin_given: Floats,
    slack: Floats,
    half_s: float,
    widest_m: float,
    least_m: float,
    line: Floats,
    reach: Floats,
    height_reach: Floats,
    margin: Floats,
    start: int,
    end: int,
) -> int:
    """`closest_pairs.rows_of` for straight lines, rows start to end; the first unsound one, or -1."""
    for i in range(start, end):
        x, y, z = position[i, 0], position[i, 1], position[i, 2]
        gx, gy, gz = x * _AA, y * _AA, z * _BB
        off = abs(x * gx + y * gy + z * gz - 1.0)
        per = 1.0 / math.sqrt(gx * gx + gy * gy + gz * gz)
        gx *= per
        gy *= per
        gz *= per
        u, v, w = velocity[i, 0], velocity[i, 1], velocity[i, 2]
        square = u * u + v * v + w * w
        out = u * gx + v * gy + w * gz
        u -= gx * out
        v -= gy * out
        w -= gz * out
        h, c = height[i], climb[i]
        sound = off <= SURFACE_TOLERANCE and square * half_s * half_s <= TRAVEL_M_MAX**2
        if not (sound and abs(h) < math.inf and abs(c) < math.inf):
            return i
        bend = half_s * half_s * ((u * u + v * v) * _AA + w * w * _BB) * per
        q = bend * MEAN_CURVATURE_PER_M
        ahead = half_s * (1.0 - q / 6.0)
        drop = bend * (0.5 - q / 24.0)
        slower = 1.0 - q / 2.0
        bent = bend / half_s * (1.0 - q / 6.0)
        line[i, 0] = x + ahead * u - drop * gx
        line[i, 1] = y + ahead * v - drop * gy
        line[i, 2] = z + ahead * w - drop * gz
        line[i, 3] = slower * u - bent * gx
        line[i, 4] = slower * v - bent * gy
        line[i, 5] = slower * w - bent * gz
        line[i, 6] = h + half_s * c
        line[i, 7] = c
        travel = half_s * math.sqrt(u * u + v * v + w * w)
        rise = 0.5 * bend
        above = 1.01 * min(rise, rise * rise / (2.0 * least_m))
        wide = 0.2 * travel * bend * MEAN_CURVATURE_PER_M + above + LENGTH_ROUNDING_M
        wide += 0.505 * rise * (widest_m / CURVATURE_RADIUS_M_MIN) + margin_given[i]
        margin[i] = wide
        reach[i] = travel + wide
        height_reach[i] = half_s * abs(c) + slack[i]
    return -1


@kernel
def count_reach(reach: Floats, widest: float, counts: Ints32) -> None:
    """Histogram of reaches, in equal steps up to the widest."""
    scale = len(counts) / widest if widest > 0.0 else 0.0
    for i in range(len(reach)):
        counts[min(int(reach[i] * scale), len(counts) - 1)] += 1


@kernel
def place(
    line: Floats,
    band_rad: float,
    band_max: int,
    longitude_bits: int,
    keys: Keys,
    start: int,
    end: int,
) -> None:
    """Key of rows start to end: band of latitude, then longitude."""
    turn = (1 << longitude_bits) / (2.0 * math.pi)
    full = (1 << longitude_bits) - 1
    per_band = 1.0 / band_rad
    for i in range(start, end):
        x, y, z = line[i, 0], line[i, 1], line[i, 2]
        latitude = angle(z, math.sqrt(x * x + y * y)) + _HALF_PI
        longitude = angle(y, x) + math.pi
        band = min(max(int(latitude * per_band), 0), band_max)
        keys[i] = (band << longitude_bits) | min(max(int(longitude * turn), 0), full)


@kernel
def order(
    keys: Keys,
    ids: Ints32,
    other_keys: Keys,
    other_ids: Ints32,
    digits: int,
    counts: NDArray[np.int64],
) -> None:
    """Radix sort of keys with their rows, 11 bits a digit; the result is in `other_…` if odd."""
    count = len(keys)
    for d in range(digits):
        for k in range(2048):
            counts[d, k] = 0
    for i in range(count):
        k = keys[i]
        for d in range(digits):
            counts[d, (k >> (11 * d)) & 2047] += 1
    for d in range(digits):
        total = 0
        for k in range(2048):
            here = counts[d, k]
            counts[d, k] = total
            total += here
    a, b, p, q = keys, other_keys, ids, other_ids
    for d in range(digits):
        shift = 11 * d
        for i in range(count):
            k = a[i]
            slot = (k >> shift) & 2047
            to = counts[d, slot]
            counts[d, slot] = to + 1
            b[to] = k
            q[to] = i if d == 0 else p[i]
        a, b, p, q = b, a, q, p


@kernel
def gather(
    ids: Ints32,
    line: Floats,
    reach: Floats,
    height_reach: Floats,
    margin: Floats,
    owner: Ints32,
    path: Ints32,
    slack: Floats,
    group: Codes,
    minima_class: Codes,
    sorted_line: Floats,
    sorted_reach: Lanes,
    code: NDArray[np.uint16],
    lanes: Lanes,
    start: int,
    end: int,
) -> None:
    """Rows start to end in order of keys: `closest_pairs_sweep.Air`."""
    for p in range(start, end):
        i = ids[p]
        a = owner[i]
        for k in range(8):
            sorted_line[p, k] = line[i, k]
        sorted_line[p, 8] = margin[i]
        sorted_line[p, 9] = slack[a]
        sorted_reach[p] = reach[i]
        code[p] = (group[a] << 8) | minima_class[a]
        lanes[0, p] = line[i, 0]
        lanes[1, p] = line[i, 1]
        lanes[2, p] = line[i, 2]
        lanes[3, p] = line[i, 6]
        lanes[4, p] = margin[i] if path[i] < 0 else reach[i]
        lanes[5, p] = height_reach[i]
        lanes[6, p] = line[i, 3]
        lanes[7, p] = line[i, 4]
        lanes[8, p] = line[i, 5]


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
