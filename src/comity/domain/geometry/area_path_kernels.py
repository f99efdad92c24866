"""Areas that a path enters, compiled: which edges it meets, in which order, for how long.

Importing this loads Numba. Coordinates are those of `cube_faces`, in units of a face;
`area_leg_kernels` cuts the paths.
"""

import math

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry.area_index_kernels import PARTS
from comity.domain.geometry.area_leg_kernels import (
    CELLS_A_LEG,
    DEPTH,
    FROM_X,
    FROM_Y,
    LEGS,
    MARGIN,
    STEPS_MAX,
    TO_X,
    TO_Y,
    crossed_parts,
    cut_legs,
    list_cells,
)
from comity.domain.geometry.area_rough_kernels import (
    LANES,
    NO_LANES,
    ONE,
    ROUGH_PER_CELL,
    ROUGH_PER_UNIT,
    lanes_until,
    lowest_lane,
    near_leg,
)
from comity.domain.geometry.area_search_kernels import (
    AREA_SHIFT,
    EMPTY,
    LAST,
    NEVER,
    WHOLE,
    Tables,
    code_of,
    column_of,
    edges_from,
    is_inside,
    near_segment,
    row_of,
    word_at,
)
from comity.domain.geometry.cube_faces import CELLS_PER_UNIT, ORIGIN
from comity.domain.geometry.ellipsoid import Floats
from comity.domain.geometry.jit import inline_kernel, kernel

Ints16 = NDArray[np.int16]
Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]
Bytes = NDArray[np.uint8]

INSIDE_AT_START = -1
TOUCH = -2
NO_EDGE = -9
AREA, SHARE, SLACK, EDGE = 0, 1, 2, 3
"""Columns of events (R, 4): what a path meets. The area; when, as a share of the look-ahead; for how
long before and after it may be within the margin; which edge, or one of the three codes above."""
LISTED, OF_AREA, WHICH = 0, 1, 2
"""Columns of candidates (R, 3): where in the list of cells, the area, and the edge or a code as above."""


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
def touch_cells(
    tables: Tables, cells: Ints64, count: int, legs: Floats, words: Ints64, parts: Ints64
) -> int:  # fmt: skip
    """Words of cells, and which parts of them their legs come into; a sum that means nothing.

    Cells, entries and rough edges are read in turn, so that waits for memory overlap.
    """
    tile_words, cell_words = tables.tile_words, tables.cells
    entries, rough = tables.entries, tables.rough
    total = 0
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
                for edge in range(edges_from(entries, k), edges_from(entries, k + 1), LANES):
                    total += rough[4 * edge]
            k = -1 if code_of(entries, k) & LAST else k + 1
    return total


@inline_kernel
def sift_start(
    entries: Ints64, rough: Ints16, edge_at: Ints32, points: Floats, cell: int, word: int,
    px: float, py: float, margin: float, m: int, candidates: Ints64, count: int,
) -> int:  # fmt: skip
    """Areas that a path's start is in or touches, appended to `candidates`; how many by now."""
    room = len(candidates)
    if word <= WHOLE:
        if count < room:
            candidates[count, LISTED] = m
            candidates[count, OF_AREA] = WHOLE - word
            candidates[count, WHICH] = INSIDE_AT_START
        return count + 1
    k = word
    while True:
        first = edges_from(entries, k)
        last = edges_from(entries, k + 1)
        odd = code_of(entries, k) & 1
        if last > first:
            odd = is_inside(rough, edge_at, points, first, last, odd, cell, px, py, margin)
        if odd:
            if count < room:
                candidates[count, LISTED] = m
                candidates[count, OF_AREA] = code_of(entries, k) >> AREA_SHIFT
                candidates[count, WHICH] = TOUCH if odd == 2 else INSIDE_AT_START
            count += 1
        if code_of(entries, k) & LAST:
            return count
        k += 1


@inline_kernel
def sift_edges(
    entries: Ints64, rough: Ints16, cell: int, word: int, gone: int, legs: Floats, leg: int,
    m: int, candidates: Ints64, count: int,
) -> int:  # fmt: skip
    """Edges of a cell that a leg may meet, appended to `candidates`; how many by now.

    `gone` is which parts of the cell it comes into: entries without edges there are passed over.
    """
    room = len(candidates)
    px = ((legs[FROM_X, leg] + ORIGIN) * CELLS_PER_UNIT - column_of(cell)) * ROUGH_PER_CELL
    py = ((legs[FROM_Y, leg] + ORIGIN) * CELLS_PER_UNIT - row_of(cell)) * ROUGH_PER_CELL
    ux = (legs[TO_X, leg] - legs[FROM_X, leg]) * ROUGH_PER_UNIT
    uy = (legs[TO_Y, leg] - legs[FROM_Y, leg]) * ROUGH_PER_UNIT
    margin = legs[MARGIN, leg] * ROUGH_PER_UNIT
    length = math.sqrt(ux * ux + uy * uy)
    per = 1.0 / length if length > 0.0 else 0.0
    ux *= per
    uy *= per
    k = word
    while True:
        if entries[k, 1] & gone != 0:
            last = edges_from(entries, k + 1)
            for first in range(edges_from(entries, k), last, LANES):
                near = near_leg(rough, first, px, py, ux, uy, length, margin)
                near &= lanes_until(first, last)
                while near != NO_LANES:
                    if count < room:
                        candidates[count, LISTED] = m
                        candidates[count, OF_AREA] = code_of(entries, k) >> AREA_SHIFT
                        candidates[count, WHICH] = first + lowest_lane(near)
                    count += 1
                    near &= near - ONE
        if code_of(entries, k) & LAST:
            return count
        k += 1


@kernel
def sift_cells(
    tables: Tables, cells: Ints64, listed: int, words: Ints64, parts: Ints64, legs: Floats,
    candidates: Ints64,
) -> int:  # fmt: skip
    """What paths may meet in their cells, by rough edges, into `candidates`; how many.

    What starts are in or touch is exact already.
    """
    entries, rough = tables.entries, tables.rough
    edge_at, points = tables.edge_at, tables.points
    count = 0
    for m in range(listed):
        leg = cells[m, 1] >> 1
        word = words[m]
        if word != EMPTY and cells[m, 1] & 1:
            count = sift_start(
                entries, rough, edge_at, points, cells[m, 0], word, legs[FROM_X, leg],
                legs[FROM_Y, leg], legs[MARGIN, leg], m, candidates, count,
            )  # fmt: skip
        if word >= 0:
            count = sift_edges(
                entries, rough, cells[m, 0], word, parts[m], legs, leg, m, candidates, count
            )
    return count


@kernel
def touch_edges(tables: Tables, candidates: Ints64, count: int) -> float:
    """Put the rows of exact edges in the place of edges; a sum that means nothing, as `touch_cells`."""
    edge_at, points, piece = tables.edge_at, tables.points, tables.piece
    total = 0.0
    for c in range(count):
        if candidates[c, WHICH] >= 0:
            candidates[c, WHICH] = edge_at[candidates[c, WHICH]]
    for c in range(count):
        at = candidates[c, WHICH]
        if at >= 0:
            total += points[at, 0] + points[at + 1, 1] + piece[at]
    return total


@kernel
def meet_rows(
    tables: Tables, cells: Ints64, candidates: Ints64, count: int, legs: Floats, first_leg: Ints64,
    rows: int, events: Floats, first_event: Ints64,
) -> None:  # fmt: skip
    """Which candidates paths do meet, into `events`; row u owns those from its first on.

    Shares of a leg are of the straight line in space, which a great ellipse follows evenly within
    0.03 m.
    """
    points, piece = tables.points, tables.piece
    met = 0
    c = 0
    for r in range(rows):
        first_event[r] = met
        first = first_leg[r]
        steps = first_leg[r + 1] - first
        while c < count and cells[candidates[c, LISTED], 1] >> 1 < first_leg[r + 1]:
            leg = cells[candidates[c, LISTED], 1] >> 1
            at = candidates[c, WHICH]
            events[met, AREA] = candidates[c, OF_AREA]
            events[met, SHARE] = 0.0
            events[met, SLACK] = 0.0
            events[met, EDGE] = at
            c += 1
            if at >= 0:
                how, share, slack = meet_edge(
                    (points[at, 0], points[at, 1], points[at + 1, 0], points[at + 1, 1]),
                    legs[FROM_X, leg], legs[FROM_Y, leg], legs[TO_X, leg], legs[TO_Y, leg],
                    legs[MARGIN, leg],
                )  # fmt: skip
                if how == 0:
                    continue
                depth = legs[DEPTH, leg]
                share = share * depth / (1.0 - share + share * depth)
                events[met, SHARE] = (leg - first + share) / steps
                events[met, SLACK] = slack / steps
                events[met, EDGE] = piece[at] if how == 1 else TOUCH
            met += 1
    first_event[rows] = met


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

    Gives how many pairs there are, the most candidates of a block, and a row that is not sound or -1.
    """
    candidates = np.empty((room, 3), np.int64)
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
    unused = 0
    unused_edges = 0.0
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
        sifted = sift_cells(tables, cells, listed, words, parts, legs, candidates)
        most = max(most, sifted)
        if sifted <= room:
            unused_edges += touch_edges(tables, candidates, sifted)
            meet_rows(tables, cells, candidates, sifted, legs, first_leg, rows, events, first_event)
            count = stay_rows(
                events, first_event, height_m, rate_mps, group, look_ahead_s, band_m, active_s,
                row, upto, count, found, times,
            )  # fmt: skip
        row = upto
    if unused == NEVER or unused_edges == math.inf:  # reads ahead must not be optimised away
        count = 0
    return count, most, -1
