"""Making the index of areas, compiled: which cells an edge touches, which cells lie inside.

Importing this loads Numba. Coordinates are those of `cube_faces`, counted in cells of one face.
"""

import math

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.cube_faces import CELLS, CELLS_PER_UNIT, ORIGIN
from comity.domain.geometry.ellipsoid import Floats
from comity.domain.geometry.jit import kernel

Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]
Bytes = NDArray[np.uint8]

PAD = 0.01  # cells, 41 m at a corner: an edge is listed in all cells within a margin of it
REFERENCE_X = 0.5037  # of a cell: the point whose being inside is kept; off any round coordinate
REFERENCE_Y = 0.4973
PARTS = 8  # a cell's side is cut so often, to know which 64ths of it edges come near to


@kernel
def cover(edges: Floats, counts: Ints32, position: Ints64, listed: Ints32, fill: bool) -> None:
    """List every edge (E, 4), in cells, in each cell of the face that it touches within `PAD`.

    First called to count into `counts` (cells of the face), then to fill `listed` at `position`.
    """
    for m in range(edges.shape[0]):
        x0 = edges[m, 0]
        y0 = edges[m, 1]
        x1 = edges[m, 2]
        y1 = edges[m, 3]
        if y0 > y1:
            x0, y0, x1, y1 = x1, y1, x0, y0
        low = max(0, math.floor(y0 - PAD))
        high = min(CELLS - 1, math.floor(y1 + PAD))
        for j in range(low, high + 1):
            a = 0.0
            b = 1.0
            if y1 > y0:
                a = min(1.0, max(0.0, (j - PAD - y0) / (y1 - y0)))
                b = min(1.0, max(0.0, (j + 1 + PAD - y0) / (y1 - y0)))
            xa = x0 + a * (x1 - x0)
            xb = x0 + b * (x1 - x0)
            if xa > xb:
                xa, xb = xb, xa
            first = max(0, math.floor(xa - PAD))
            last = min(CELLS - 1, math.floor(xb + PAD))
            for i in range(first, last + 1):
                c = j * CELLS + i
                if fill:
                    listed[position[c]] = m
                    position[c] += 1
                else:
                    counts[c] += 1


@kernel
def arc_parity(p: Floats, q: Floats, start: Floats, end: Floats) -> int:
    """Parity of pieces that the shorter arc from p to q crosses; both off every piece."""
    nx = p[1] * q[2] - p[2] * q[1]
    ny = p[2] * q[0] - p[0] * q[2]
    nz = p[0] * q[1] - p[1] * q[0]
    ax = ny * p[2] - nz * p[1]
    ay = nz * p[0] - nx * p[2]
    az = nx * p[1] - ny * p[0]
    bx = q[1] * nz - q[2] * ny
    by = q[2] * nx - q[0] * nz
    bz = q[0] * ny - q[1] * nx
    odd = 0
    for m in range(start.shape[0]):
        side0 = nx * start[m, 0] + ny * start[m, 1] + nz * start[m, 2]
        side1 = nx * end[m, 0] + ny * end[m, 1] + nz * end[m, 2]
        if (side0 > 0.0) == (side1 > 0.0):
            continue
        t = side0 / (side0 - side1)
        wx = start[m, 0] + t * (end[m, 0] - start[m, 0])
        wy = start[m, 1] + t * (end[m, 1] - start[m, 1])
        wz = start[m, 2] + t * (end[m, 2] - start[m, 2])
        # between p and q by where it is on the arc, for a piece may lie along the arc itself
        after = ax * wx + ay * wy + az * wz
        before = bx * wx + by * wy + bz * wz
        if after > 0.0 and before > 0.0:
            odd ^= 1
    return odd


@kernel
def cell_parities(edges: Floats, i0: int, i1: int, j0: int, j1: int, parity: Bytes) -> None:
    """Whether an odd number of edges part each cell's reference point from that of cell (i0, j0).

    Into `parity` (rows, columns + 1), for the cells of a box.
    """
    width = i1 - i0 + 2
    for j in range(j1 - j0 + 1):
        for i in range(width):
            parity[j, i] = 0
    for m in range(edges.shape[0]):
        x0 = edges[m, 0]
        y0 = edges[m, 1]
        x1 = edges[m, 2]
        y1 = edges[m, 3]
        low = max(j0, math.floor(min(y0, y1) - REFERENCE_Y))
        high = min(j1, math.floor(max(y0, y1) - REFERENCE_Y) + 1)
        for j in range(low, high + 1):
            y = j + REFERENCE_Y
            if (y0 <= y) != (y1 <= y):
                x = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
                i = math.floor(x - REFERENCE_X) + 1  # first column whose reference lies beyond
                if i > i0:
                    parity[j - j0, min(i, i1 + 1) - i0] ^= 1
        x = i0 + REFERENCE_X
        if (x0 <= x) != (x1 <= x):
            y = y0 + (x - x0) / (x1 - x0) * (y1 - y0)
            j = math.floor(y - REFERENCE_Y) + 1
            if j0 < j <= j1:
                parity[j - j0, 0] ^= 1
    column = 0
    for j in range(j1 - j0 + 1):
        column ^= parity[j, 0]
        here = column
        for i in range(i1 - i0 + 1):
            if i > 0:
                here ^= parity[j, i]
            parity[j, i] = here


@kernel
def enter_area(
    area: int, box: Ints64, parity: Bytes, flipped: int, edge_first: int, edge_last: int,
    cell_first: Ints64, listed: Ints32, counts: Ints32, position: Ints64, entries: Ints32,
    fill: bool,
) -> None:  # fmt: skip
    """Count or fill the entries of one area in the cells of a box of one face.

    An entry is (2·area + whether the cell's reference is inside, first of its edges in `listed`).
    `listed[cell_first[c] : cell_first[c + 1]]` are edge numbers, ascending.
    """
    i0, i1, j0, j1 = box[0], box[1], box[2], box[3]
    for j in range(j0, j1 + 1):
        for i in range(i0, i1 + 1):
            c = j * CELLS + i
            inside = parity[j - j0, i - i0] ^ flipped
            low = cell_first[c]
            high = cell_first[c + 1]
            found = 0
            if low < high:
                left = low
                right = high
                while left < right:
                    middle = (left + right) // 2
                    if listed[middle] < edge_first:
                        left = middle + 1
                    else:
                        right = middle
                low = left
                right = high
                while left < right:
                    middle = (left + right) // 2
                    if listed[middle] < edge_last:
                        left = middle + 1
                    else:
                        right = middle
                found = left - low
            if found > 0 or inside:
                if fill:
                    at = position[c]
                    position[c] += 1
                    entries[at, 0] = 2 * area + inside
                    entries[at, 1] = found
                else:
                    counts[c] += 1


@kernel
def reference(face: int, i: int, j: int, place: Floats) -> None:
    """Into `place` (3,): where the reference point of a cell lies, as a unit vector."""
    x = (i + REFERENCE_X) / CELLS_PER_UNIT - ORIGIN
    y = (j + REFERENCE_Y) / CELLS_PER_UNIT - ORIGIN
    r = (1.0 if face % 2 == 0 else -1.0) / math.sqrt(1.0 + x * x + y * y)
    place[face // 2] = r
    place[(face // 2 + 1) % 3] = x * r
    place[(face // 2 + 2) % 3] = y * r


@kernel
def covers_face(face: int, start: Floats, end: Floats, outside: Floats, first: Ints64) -> bool:
    """Whether an area takes in the whole of a face on which there is no edge."""
    place = np.empty(3)
    reference(face, 0, 0, place)
    for area in range(len(first) - 1):
        own = slice(first[area], first[area + 1])
        if arc_parity(place, outside[area], start[own], end[own]) == 1:
            return True
    return False


@kernel
def grow_box(
    face: int, box: Ints64, far: Floats, start: Floats, end: Floats, place: Floats
) -> None:
    """Grow a box of cells to the face's rim on every side on which the area goes on."""
    left, right, low, high = box[0], box[1], box[2], box[3]
    if left > 0:
        reference(face, 0, low, place)
        if arc_parity(place, far, start, end) == 1:
            box[0] = 0
    if right < CELLS - 1:
        reference(face, CELLS - 1, low, place)
        if arc_parity(place, far, start, end) == 1:
            box[1] = CELLS - 1
    if low > 0:
        reference(face, left, 0, place)
        if arc_parity(place, far, start, end) == 1:
            box[2] = 0
    if high < CELLS - 1:
        reference(face, left, CELLS - 1, place)
        if arc_parity(place, far, start, end) == 1:
            box[3] = CELLS - 1


@kernel
def enter_areas(
    face: int, start: Floats, end: Floats, outside: Floats, first: Ints64, edges: Floats,
    own_first: Ints64, boxes: Ints64, parity: Bytes, cell_first: Ints64, listed: Ints32,
    counts: Ints32, position: Ints64, entries: Ints32, fill: bool,
) -> None:  # fmt: skip
    """`enter_area` for every area of the index on one face.

    Outside the box of an area's edges its inside reaches as far as the strip beside the box does:
    each strip is asked once, and taken into the box where it is inside.
    """
    place = np.empty(3)
    box = np.empty(4, np.int64)
    for area in range(len(own_first) - 1):
        own = slice(first[area], first[area + 1])
        if first[area] == first[area + 1]:
            continue
        far = outside[area]
        for k in range(4):
            box[k] = boxes[area, k]
        if box[1] < box[0] or box[3] < box[2]:
            reference(face, 0, 0, place)
            if arc_parity(place, far, start[own], end[own]) == 0:
                continue
            box[0], box[1], box[2], box[3] = 0, CELLS - 1, 0, CELLS - 1
        else:
            grow_box(face, box, far, start[own], end[own], place)
        reference(face, box[0], box[2], place)
        flipped = arc_parity(place, far, start[own], end[own])
        on_face = slice(own_first[area], own_first[area + 1])
        cell_parities(edges[on_face], box[0], box[1], box[2], box[3], parity)
        enter_area(
            area, box, parity, flipped, own_first[area], own_first[area + 1], cell_first, listed,
            counts, position, entries, fill,
        )  # fmt: skip
