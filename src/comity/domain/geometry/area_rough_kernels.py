"""Edges of the index of areas in a quarter of the memory, compiled: read before exact ones.

Importing this loads Numba. An entry's edges stand as whole numbers, `ROUGH_PER_CELL` to a side of the
entry's cell, counted from the cell's corner: 8 bytes an edge, eight in a line of memory. What they
leave open is asked of the exact edge, and nothing else is, so answers are those of the exact edges.

The bound: rounding moves each end of an edge by at most half in both coordinates, so by √½ at most;
every point of the edge between them moves by a mean of the two, so by no more, and that holds at
each moment while both ends are moved evenly from rough to exact. `ROUGH_SLACK` has 0.04 over for
rounding in float64, which is 1e-9 here. Hence, for any point p:

- *Within a margin.* An edge within m of p is within m + √½ of it when rough.
- *Which side.* While both ends of an edge keep to their sides of a level line through p, the point
  where it crosses that line passes p only if the edge itself does, at some moment of the move. So
  a rough edge farther than √½ from p, its ends farther than that from the line, is on the same side
  of p as the exact one. So too for upright lines.
"""

import math

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.area_index_kernels import PAD, PARTS, REFERENCE_X, REFERENCE_Y
from comity.domain.geometry.cube_faces import CELLS, CELLS_PER_UNIT
from comity.domain.geometry.ellipsoid import Floats
from comity.domain.geometry.jit import inline_kernel, kernel

Ints16 = NDArray[np.int16]
Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]

ROUGH_PER_CELL = 2048.0  # 2 to 6 m each; pieces of 38 km end within 11 cells, int16 holds 16
ROUGH_MAX = 32_767.0
ROUGH_PER_UNIT = ROUGH_PER_CELL * CELLS_PER_UNIT
ROUGH_SLACK = 0.75  # √½ and 0.04 over
LANES = 8  # edges asked at a time: one line of memory; as many follow the last
CORNER_X = REFERENCE_X * ROUGH_PER_CELL
CORNER_Y = REFERENCE_Y * ROUGH_PER_CELL
"""The reference point of any cell."""
LANE = np.uint64(LANES)
NO_LANES = np.uint64(0)
ONE, TWO, THREE, ENDS = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
SET, UNSET = np.int64(1), np.int64(0)


@kernel
def roughen(edges: Floats, cell_first: Ints64, listed: Ints32, rough: Ints16) -> float:
    """Rough ends of the edges that the cells of one face list, into `rough`.

    Args:
        edges: (E, 4) ends, in cells.
        cell_first: (cells + 1,) the first of each cell in `listed`.
        listed: number of the edge.
        rough: (4·K,), filled.

    Returns:
        The greatest of them without its sign; over `ROUGH_MAX` what was filled in is wrong.
    """
    most = 0.0
    for cell in range(len(cell_first) - 1):
        left = cell % CELLS
        low = cell // CELLS
        for k in range(cell_first[cell], cell_first[cell + 1]):
            for end in range(4):
                corner = left if end % 2 == 0 else low
                value = np.rint((edges[listed[k], end] - corner) * ROUGH_PER_CELL)
                most = max(most, abs(value))
                rough[4 * k + end] = np.int16(min(ROUGH_MAX, max(-ROUGH_MAX, value)))
    return most


@kernel
def mark_parts(edge_counts: Ints32, rough: Ints16, parts: Ints64) -> None:
    """Into `parts` (M,): the 64ths of its cell that an entry's edges come near to, within `PAD` cells.

    Args:
        edge_counts: (M,) of each entry; `rough` has them in this order.
        rough: as `roughen`; what its rounding takes from the pad is added to it.
        parts: bit 8·row + column.
    """
    pad = (PAD + ROUGH_SLACK / ROUGH_PER_CELL) * PARTS
    per = PARTS / ROUGH_PER_CELL
    m = 0
    for k in range(len(edge_counts)):
        bits = NO_LANES
        for _ in range(edge_counts[k]):
            x0, y0, x1, y1 = (
                rough[m] * per,
                rough[m + 1] * per,
                rough[m + 2] * per,
                rough[m + 3] * per,
            )
            m += 4
            if y0 > y1:
                x0, y0, x1, y1 = x1, y1, x0, y0
            j0 = max(0, math.floor(y0 - pad))
            j1 = min(PARTS - 1, math.floor(y1 + pad))
            for j in range(j0, j1 + 1):
                a = 0.0
                b = 1.0
                if y1 > y0:
                    a = min(1.0, max(0.0, (j - pad - y0) / (y1 - y0)))
                    b = min(1.0, max(0.0, (j + 1 + pad - y0) / (y1 - y0)))
                xa = x0 + a * (x1 - x0)
                xb = x0 + b * (x1 - x0)
                i0 = max(0, math.floor(min(xa, xb) - pad))
                i1 = min(PARTS - 1, math.floor(max(xa, xb) + pad))
                for i in range(i0, i1 + 1):
                    bits |= ONE << np.uint64(8 * j + i)
        parts[k] = np.int64(bits)


@inline_kernel
def lanes_until(first: int, last: int) -> np.uint64:
    """A bit for each of `LANES` edges from the first on that is before the last."""
    return (ONE << np.uint64(min(last - first, LANES))) - ONE


@inline_kernel
def lowest_lane(bits: np.uint64) -> int:
    """Which is the lowest bit that is set, of the first eight."""
    lane = 0
    while (bits >> np.uint64(lane)) & ONE == NO_LANES:
        lane += 1
    return lane


@inline_kernel
def odd_lanes(bits: np.uint64) -> int:
    """Whether an odd number of the first eight bits is set."""
    bits ^= bits >> np.uint64(4)
    bits ^= bits >> np.uint64(2)
    bits ^= bits >> ONE
    return int(bits & ONE)


@inline_kernel
def near_leg(
    rough: Ints16, first: int, px: float, py: float, ux: float, uy: float, length: float,
    margin: float,
) -> np.uint64:  # fmt: skip
    """Which of `LANES` edges from the first on may be within the margin of a leg, a bit each.

    From (px, py) on along the unit vector (ux, uy), all in the measure of rough ends. Tells too many by
    what is beyond the leg's ends and beside it at once; none too few.
    """
    beside = margin + ROUGH_SLACK
    beyond = length + beside
    bits = NO_LANES
    base = ENDS * np.uint64(first)
    for lane in range(LANE):
        k = base + ENDS * lane
        ax = rough[k] - px
        ay = rough[k + ONE] - py
        bx = rough[k + TWO] - px
        by = rough[k + THREE] - py
        off0 = ax * uy - ay * ux
        off1 = bx * uy - by * ux
        on0 = ax * ux + ay * uy
        on1 = bx * ux + by * uy
        across = (min(off0, off1) <= beside) & (max(off0, off1) >= -beside)
        near = across & (max(on0, on1) >= -beside) & (min(on0, on1) <= beyond)
        bits |= np.uint64((SET if near else UNSET) << np.int64(lane))
    return bits


@inline_kernel
def crossed_on_the_way(
    rough: Ints16, first: int, x: float, y: float, margin: float
) -> tuple[np.uint64, np.uint64]:
    """Which of `LANES` edges part a point from its cell's reference, and which leave that open.

    A bit each. The way is first level, then upright. Left open is also what may be within the margin.
    """
    near = margin + ROUGH_SLACK
    crossed = NO_LANES
    open_ = NO_LANES
    base = ENDS * np.uint64(first)
    for lane in range(LANE):
        k = base + ENDS * lane
        x0 = float(rough[k])
        y0 = float(rough[k + ONE])
        dx = rough[k + TWO] - x0
        dy = rough[k + THREE] - y0
        y0 -= y
        x0 -= CORNER_X
        level = (y0 <= 0.0) != (y0 + dy <= 0.0)
        upright = (x0 <= 0.0) != (x0 + dx <= 0.0)
        at_corner = x0 * dy - y0 * dx
        at_point = at_corner + (CORNER_X - x) * dy
        at_reference = at_corner + (CORNER_Y - y) * dx
        length = abs(dx) + abs(dy)
        slack = ROUGH_SLACK * length
        unsure = (abs(y0) <= near) | (abs(y0 + dy) <= near)
        unsure |= (abs(x0) <= ROUGH_SLACK) | (abs(x0 + dx) <= ROUGH_SLACK)
        unsure |= level & (abs(at_point) <= near * length)
        unsure |= (level | upright) & (abs(at_corner) <= slack)
        unsure |= upright & (abs(at_reference) <= slack)
        odd = level & ((at_point > 0.0) != (at_corner > 0.0))
        odd ^= upright & ((at_corner > 0.0) != (at_reference > 0.0))
        crossed |= np.uint64((SET if odd else UNSET) << np.int64(lane))
        open_ |= np.uint64((SET if unsure else UNSET) << np.int64(lane))
    return crossed, open_
