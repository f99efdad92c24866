"""Asking the index of areas, compiled: inside now, edges near; `area_path_kernels` follows paths.

Importing this loads Numba. Coordinates are those of `cube_faces`, in units of a face. Tracks are
taken in blocks whose cells, entries and edges are touched in turn before they are read, so that
waits for memory overlap.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.area_index_kernels import REFERENCE_X, REFERENCE_Y
from comity.domain.geometry.area_rough_kernels import (
    LANES,
    NO_LANES,
    ONE,
    ROUGH_PER_CELL,
    ROUGH_PER_UNIT,
    ROUGH_SLACK,
    crossed_on_the_way,
    lanes_until,
    lowest_lane,
    odd_lanes,
)
from comity.domain.geometry.cube_faces import CELLS, CELLS_PER_UNIT, ORIGIN, TILE_CELLS
from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M, Floats
from comity.domain.geometry.jit import inline_kernel, kernel
from comity.domain.geometry.kernels import dot_m2, minus, point_to_piece

Ints16 = NDArray[np.int16]
Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]

MARGIN_M = 0.4
"""Within it of an edge counts as inside: 0.1 m edges, 0.1 m path, 0.05 m its nodes, 0.03 m its time,
and rounding; docs/rooms/alerts.md, "How far areas err"."""
MARGIN = MARGIN_M / SEMI_MINOR_M
BLOCK = 128
TILES = CELLS // TILE_CELLS


NEVER = -(1 << 62)  # what sums of whole numbers read ahead do not come to
EMPTY = -1
WHOLE = -2
"""A cell's word: nothing there; or `WHOLE` less the number of the one area that takes in all of it; or
its first entry."""
AREA_SHIFT = 2
LAST = 2
"""Of an entry's code: the area's number from this bit on; set where the cell has no further entry; and
bit 0 whether the cell's reference is inside."""


class Tables(NamedTuple):
    """The index.

    Attributes:
        tile_words: (6·(CELLS/8)²,) the word of all cells of a tile where it is negative and the same
            everywhere; else which 64 of `cells` are its.
        cells: (64·T,) word of each cell of a tile that has different ones.
        tiles: (6·(CELLS/8)²,) which cells of a tile have edges, a bit each, row by row.
        entries: (M + 1, 2) code, and the first edge times 2³²; which 64ths of the cell its edges come
            near to, a bit each, row by row. One more behind the last.
        rough: (4·K + 4·LANES,) ends of the edges of each entry, as `area_rough_kernels` has them.
        edge_at: (K,) the exact edge, from this row of `points` to the next.
        points: (P, 2) ends of pieces of the outlines on their face, one after another.
        piece: (P,) which piece of the outlines begins here.
    """

    tile_words: Ints32
    cells: Ints32
    tiles: NDArray[np.uint64]
    entries: Ints64
    rough: Ints16
    edge_at: Ints32
    points: Floats
    piece: Ints32


@inline_kernel
def code_of(entries: Ints64, k: int) -> int:
    """Code of an entry."""
    return int(entries[k, 0] & 0xFFFFFFFF)


@inline_kernel
def edges_from(entries: Ints64, k: int) -> int:
    """First edge of an entry; its last is before the first of the next entry."""
    return int(entries[k, 0] >> 32)


@kernel
def face_point(x: float, y: float, z: float) -> tuple[int, float, float]:
    """Face and coordinates of a place; x/a, y/a, z/b or any multiple of it."""
    ax = abs(x)
    ay = abs(y)
    az = abs(z)
    if ax >= ay and ax >= az:
        r = 1.0 / x
        return (0 if x > 0.0 else 1), y * r, z * r
    if ay >= az:
        r = 1.0 / y
        return (2 if y > 0.0 else 3), z * r, x * r
    r = 1.0 / z
    return (4 if z > 0.0 else 5), x * r, y * r


@kernel
def column(value: float) -> int:
    """Column or row of cells in which a coordinate lies, within the grid."""
    return min(CELLS - 1, max(0, int((value + ORIGIN) * CELLS_PER_UNIT)))


@inline_kernel
def cell_at(face: int, i: int, j: int) -> int:
    """Number of a cell: of its tile, times 64, and of the cell in it."""
    tile = (face * TILES + (j >> 3)) * TILES + (i >> 3)
    return (tile << 6) | ((j & 7) << 3) | (i & 7)


@inline_kernel
def column_of(cell: int) -> int:
    """Column of a cell on its face."""
    return (((cell >> 6) % TILES) << 3) | (cell & 7)


@inline_kernel
def row_of(cell: int) -> int:
    """Row of a cell on its face."""
    return (((cell >> 6) // TILES % TILES) << 3) | ((cell >> 3) & 7)


@inline_kernel
def word_at(tile_words: Ints32, cells: Ints32, cell: int) -> int:
    """Word of a cell."""
    word = int(tile_words[cell >> 6])
    return word if word < 0 else int(cells[(word << 6) | (cell & 63)])


@inline_kernel
def has_edges(tiles: NDArray[np.uint64], cell: int) -> bool:
    """Whether a cell lists edges; the tiles of all faces fit where memory is near."""
    return bool((tiles[cell >> 6] >> np.uint64(cell & 63)) & np.uint64(1) != np.uint64(0))


@kernel
def near_segment(
    x: float, y: float, x0: float, y0: float, x1: float, y1: float, margin: float
) -> bool:
    """Whether a point lies within the margin of a segment."""
    ex = x1 - x0
    ey = y1 - y0
    square = ex * ex + ey * ey
    t = min(1.0, max(0.0, ((x - x0) * ex + (y - y0) * ey) / square))
    dx = x - x0 - t * ex
    dy = y - y0 - t * ey
    return dx * dx + dy * dy <= margin * margin


@inline_kernel
def edge_of(edge_at: Ints32, points: Floats, k: int) -> tuple[float, float, float, float]:
    """Ends of an entry's edge, exact."""
    at = edge_at[k]
    return points[at, 0], points[at, 1], points[at + 1, 0], points[at + 1, 1]


@inline_kernel
def crosses_way(
    edge: tuple[float, float, float, float], x: float, y: float, rx: float, ry: float,
    margin: float,
) -> int:  # fmt: skip
    """1 where an edge parts a point from the cell's reference (rx, ry); 2 more within its margin.

    On the way from the reference, first level and then upright.
    """
    x0, y0, x1, y1 = edge
    odd = 0
    if (y0 <= y) != (y1 <= y):
        across = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
        odd ^= int((across < x) != (across < rx))
    if (x0 <= rx) != (x1 <= rx):
        up = y0 + (rx - x0) / (x1 - x0) * (y1 - y0)
        odd ^= int((up < y) != (up < ry))
    close = (
        (min(x0, x1) - margin <= x)
        & (x <= max(x0, x1) + margin)
        & (min(y0, y1) - margin <= y)
        & (y <= max(y0, y1) + margin)
    )
    if close and near_segment(x, y, x0, y0, x1, y1, margin):
        odd += 2
    return odd


@inline_kernel
def is_inside(
    rough: Ints16, edge_at: Ints32, points: Floats, first: int, last: int, odd: int, cell: int,
    x: float, y: float, margin: float,
) -> int:  # fmt: skip
    """1 where a point of a cell is inside; 2 more where it is within the margin of an edge.

    Counts the edges first to last that part it from the cell's reference; `odd` is whether that is
    inside. Rough edges are asked first, exact ones where those leave it open.
    """
    left, low = column_of(cell), row_of(cell)
    rough_x = ((x + ORIGIN) * CELLS_PER_UNIT - left) * ROUGH_PER_CELL
    rough_y = ((y + ORIGIN) * CELLS_PER_UNIT - low) * ROUGH_PER_CELL
    touch = 0
    for k in range(first, last, LANES):
        crossed, unsure = crossed_on_the_way(rough, k, rough_x, rough_y, margin * ROUGH_PER_UNIT)
        asked = lanes_until(k, last)
        unsure &= asked
        odd ^= odd_lanes(crossed & asked & ~unsure)
        while unsure != NO_LANES:
            lane = lowest_lane(unsure)
            unsure &= unsure - ONE
            rx = (left + REFERENCE_X) / CELLS_PER_UNIT - ORIGIN
            ry = (low + REFERENCE_Y) / CELLS_PER_UNIT - ORIGIN
            how = crosses_way(edge_of(edge_at, points, k + lane), x, y, rx, ry, margin)
            odd ^= how & 1
            touch |= how & 2
    return odd | touch


@kernel
def inside(  # noqa: C901, PLR0912  one loop over what is in registers
    tables: Tables, position: Floats, found: Ints32, row0: int, row1: int
) -> int:
    """Pairs (place, area) into `found` while it has room; gives how many there are."""
    tile_words, cell_words, entries = tables.tile_words, tables.cells, tables.entries
    rough, edge_at, points = tables.rough, tables.edge_at, tables.points
    cells = np.empty(BLOCK, np.int64)
    words = np.empty(BLOCK, np.int64)
    xs = np.empty(BLOCK)
    ys = np.empty(BLOCK)
    firsts = np.empty(BLOCK, np.int64)
    count = 0
    unused = 0
    for base in range(row0, row1, BLOCK):
        many = min(BLOCK, row1 - base)
        for u in range(many):
            p = base + u
            face, xs[u], ys[u] = face_point(
                position[p, 0] * SEMI_MINOR_M, position[p, 1] * SEMI_MINOR_M,
                position[p, 2] * SEMI_MAJOR_M,
            )  # fmt: skip
            cells[u] = cell_at(face, column(xs[u]), column(ys[u]))
        for u in range(many):
            words[u] = word_at(tile_words, cell_words, cells[u])
        for u in range(many):
            firsts[u] = edges_from(entries, max(words[u], 0))
        for u in range(many):
            if words[u] >= 0:
                unused += rough[4 * firsts[u]]
        for u in range(many):
            k = words[u]
            if k == EMPTY:
                continue
            if k <= WHOLE:
                if count < len(found):
                    found[count, 0] = base + u
                    found[count, 1] = WHOLE - k
                count += 1
                continue
            x = xs[u]
            y = ys[u]
            margin = MARGIN * (1.0 + x * x + y * y)
            first = firsts[u]
            while True:
                code = code_of(entries, k)
                last = edges_from(entries, k + 1)
                odd = code & 1
                if last > first:
                    odd = is_inside(
                        rough, edge_at, points, first, last, odd, cells[u], x, y, margin
                    )
                if odd:
                    if count < len(found):
                        found[count, 0] = base + u
                        found[count, 1] = code >> AREA_SHIFT
                    count += 1
                if code & LAST:
                    break
                first = last
                k += 1
    if unused == NEVER:  # the reads above must not be optimised away
        count = 0
    return count


@kernel
def unit_on(face: int, x: float, y: float) -> tuple[float, float, float]:
    """The place of a face's coordinates as a unit vector."""
    r = (1.0 if face % 2 == 0 else -1.0) / math.sqrt(1.0 + x * x + y * y)
    if face < 2:
        return r, x * r, y * r
    if face < 4:
        return y * r, r, x * r
    return x * r, y * r, r


@kernel
def near(  # noqa: C901  one loop over what is in registers
    tables: Tables, position: Floats, limit_m: float, found: Ints32, distance_m: Floats, row0: int,
    row1: int,
) -> int:  # fmt: skip
    """Pairs (place, area) whose edge is within the limit, and how far it is; gives how many."""
    tile_words, cells, tiles = tables.tile_words, tables.cells, tables.tiles
    entries, rough = tables.entries, tables.rough
    edge_at, points = tables.edge_at, tables.points
    angle = 1.05 * limit_m / SEMI_MINOR_M
    count = 0
    for p in range(row0, row1):
        face, x, y = face_point(
            position[p, 0] * SEMI_MINOR_M,
            position[p, 1] * SEMI_MINOR_M,
            position[p, 2] * SEMI_MAJOR_M,
        )
        place = unit_on(face, x, y)
        stretch = angle * math.sqrt(1.0 + x * x + y * y)
        reach_x = stretch * math.sqrt(1.0 + x * x)
        reach_y = stretch * math.sqrt(1.0 + y * y)
        own = count
        for j in range(column(y - reach_y), column(y + reach_y) + 1):
            for i in range(column(x - reach_x), column(x + reach_x) + 1):
                cell = cell_at(face, i, j)
                if not has_edges(tiles, cell):
                    continue
                west = ((x - reach_x + ORIGIN) * CELLS_PER_UNIT - i) * ROUGH_PER_CELL - ROUGH_SLACK
                east = ((x + reach_x + ORIGIN) * CELLS_PER_UNIT - i) * ROUGH_PER_CELL + ROUGH_SLACK
                south = ((y - reach_y + ORIGIN) * CELLS_PER_UNIT - j) * ROUGH_PER_CELL - ROUGH_SLACK
                north = ((y + reach_y + ORIGIN) * CELLS_PER_UNIT - j) * ROUGH_PER_CELL + ROUGH_SLACK
                k = word_at(tile_words, cells, cell) - 1
                more = True
                while more:
                    k += 1
                    more = code_of(entries, k) & LAST == 0
                    first = edges_from(entries, k)
                    last = edges_from(entries, k + 1)
                    if first == last:
                        continue
                    area = code_of(entries, k) >> AREA_SHIFT
                    best = limit_m
                    row = -1
                    for m in range(own, min(count, len(found))):
                        if found[m, 1] == area:
                            best = distance_m[m]
                            row = m
                    least = best
                    for m in range(first, last):
                        if (
                            max(rough[4 * m], rough[4 * m + 2]) < west
                            or min(rough[4 * m], rough[4 * m + 2]) > east
                            or max(rough[4 * m + 1], rough[4 * m + 3]) < south
                            or min(rough[4 * m + 1], rough[4 * m + 3]) > north
                        ):
                            continue
                        x0, y0, x1, y1 = edge_of(edge_at, points, m)
                        u = unit_on(face, x0, y0)
                        e = minus(unit_on(face, x1, y1), u)
                        least, _ = point_to_piece(place, u, e, dot_m2(e, e), least)
                    if least < best:
                        if row < 0:
                            row = count
                            count += 1
                        if row < len(found):
                            found[row, 0] = p
                            found[row, 1] = area
                            distance_m[row] = least
    return count
