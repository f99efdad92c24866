"""Index of areas: which a place is in, which a path enters, which edges are near.

Driver of the kernels in `area_index_kernels` (making), `area_search_kernels` and
`area_path_kernels` (asking); loads Numba. Exactness: docs/rooms/alerts.md, "How far areas err".
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry import area_index_kernels as making
from comity.domain.geometry import area_leg_kernels as legs
from comity.domain.geometry import area_path_kernels as following
from comity.domain.geometry import area_rough_kernels as coarse
from comity.domain.geometry import area_search_kernels as asking
from comity.domain.geometry.area_outlines import AreaOutline, outline_of_rings
from comity.domain.geometry.cube_faces import (
    AXES,
    CELLS,
    CELLS_PER_UNIT,
    FACES,
    ORIGIN,
    SIGNS,
    STEP_M_MAX,
    TILE_CELLS,
)
from comity.domain.geometry.ellipsoid import (
    SEMI_MAJOR_M,
    SEMI_MINOR_M,
    Floats,
    unit_from_degrees,
)
from comity.domain.geometry.kinds import EdgeKind
from comity.kernel.errors import InputError
from comity.kernel.invariants import invariant

Ints16 = NDArray[np.int16]
Ints32 = NDArray[np.int32]
Ints64 = NDArray[np.int64]
Flags = NDArray[np.bool_]
Run = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""`map`, or one that spreads its tasks over threads."""

AREAS_MAX = 200_000
ENTRIES_MAX = 200_000_000  # 1.6 GB
ROOM_MAX = 4_000_000
SERIAL_BELOW = 4_000  # places that one thread has done before another has woken
ROWS_PER_TASK_MIN = 2_500
_REACH = 0.03  # beyond the grid, in units of a face: longer than any piece of an edge there
_FEW_EVENTS = 2_048  # of a block of 128 paths


class Inside(NamedTuple):
    """Places and the areas they are in, one entry a pair."""

    place: Ints32
    area: Ints32


class Entering(NamedTuple):
    """Paths and the areas they are in or enter, one entry a pair; the first stay only.

    Attributes:
        path: (P,) which.
        area: (P,) which.
        time_in_s: (P,) never late; 0 where inside now.
        time_out_s: (P,) of the end of that stay, never early; the look-ahead where it does not end.
        across: (P,) whether the path crosses the edge to get in; else it was above, below or beside
            in time, or it only comes within the margin of the edge.
    """

    path: Ints32
    area: Ints32
    time_in_s: Floats
    time_out_s: Floats
    across: Flags


class Near(NamedTuple):
    """Places and areas whose edge is near, one entry a pair; least distance."""

    place: Ints32
    area: Ints32
    distance_m: Floats


class Moving(NamedTuple):
    """What is looked at; row k of each array is one track.

    Attributes:
        position_ecef_m: (N, 3) feet on the ellipsoid.
        velocity_ecef_mps: (N, 3); what of it is not level is left out.
        height_m: (N,) finite; 0 where not known, with a group whose bands are without end.
        vertical_rate_mps: (N,) finite.
        height_group: (N,) which column of the table of bands.
    """

    position_ecef_m: Floats
    velocity_ecef_mps: Floats
    height_m: Floats
    vertical_rate_mps: Floats
    height_group: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """When and between which heights each of A areas counts.

    Attributes:
        height_m: (A, G, 2) lowest and highest for each group of heights; infinite where any.
        time_s: (A, 2) from and until when, from now on; infinite where always, `from` after
            `until` where not within the look-ahead.
    """

    height_m: Floats
    time_s: Floats


def any_time(areas: int, groups: int = 1) -> Bands:
    """Every height, always."""
    heights = np.empty((areas, groups, 2))
    heights[..., 0], heights[..., 1] = -np.inf, np.inf
    times = np.empty((areas, 2))
    times[:, 0], times[:, 1] = -np.inf, np.inf
    return Bands(heights, times)


class AreaIndex:
    """Areas ready to be asked about. Immutable once made; may be asked by several threads at once.

    Attributes:
        count: areas.
        edge_count: pieces of their edges.
        size_bytes: memory it holds.
    """

    def __init__(self, outlines: Sequence[AreaOutline]) -> None:
        """Make the index.

        Raises:
            InputError: too many areas, or areas that cover too much.
        """
        if len(outlines) > AREAS_MAX:
            raise InputError("areas", f"{len(outlines)} areas; at most {AREAS_MAX}")
        self.count = len(outlines)
        first = np.zeros(self.count + 1, np.int64)
        np.cumsum([len(outline.start) for outline in outlines], out=first[1:])
        self.edge_count = int(first[-1])
        empty = np.empty((0, 3))
        start = np.concatenate([empty, *(outline.start for outline in outlines)])
        end = np.concatenate([empty, *(outline.end for outline in outlines)])
        outside = np.array([outline.outside for outline in outlines]).reshape(-1, 3)
        owner = np.repeat(np.arange(self.count), np.diff(first))
        faces = [_face(number, start, end, owner, first, outside) for number in range(FACES)]
        counts = np.concatenate([face.entry_counts for face in faces])
        total = int(counts.sum(dtype=np.int64))
        if total > ENTRIES_MAX:
            raise InputError("areas", f"cover {total} cells; at most {ENTRIES_MAX}")
        entries = np.concatenate([face.entries for face in faces])
        rough = np.concatenate(
            [*(face.rough for face in faces), np.zeros(4 * coarse.LANES, np.int16)]
        )
        points_before = np.cumsum([0, *(len(face.points) for face in faces[:-1])])
        words, packed, edged = _packed(counts, entries, rough)
        self.tables = asking.Tables(
            *_tile_words(words),
            _tiled(edged),
            packed,
            rough,
            np.concatenate(
                [face.edge_at + before for face, before in zip(faces, points_before, strict=True)],
                dtype=np.int32,
            ),
            np.concatenate([face.points for face in faces]),
            np.concatenate([face.piece for face in faces]),
        )
        self.size_bytes = sum(table.nbytes for table in self.tables)

    def inside(self, position_ecef_m: Floats, run: Run = map, threads: int = 1) -> Inside:
        """Areas that places (N, 3) are in, or within the margin of their edge."""
        tables = self.tables

        def task(cut: tuple[int, int]) -> Ints32:
            room = 64 + 4 * (cut[1] - cut[0])
            while True:
                found = np.empty((room, 2), np.int32)
                count = asking.inside(tables, position_ecef_m, found, *cut)
                if count <= room:
                    return found[:count]
                room = count

        found = np.concatenate(list(run(task, _cuts(len(position_ecef_m), threads))))
        return Inside(found[:, 0], found[:, 1])

    def entering(
        self, moving: Moving, look_ahead_s: float, bands: Bands, run: Run = map, threads: int = 1
    ) -> Entering:
        """Areas that paths are in or enter within the look-ahead, at a height and time that count.

        A path is a geodesic at constant speed and vertical rate.

        Raises:
            InputError: a row is not finite or goes farther than the search is made for.
        """
        tables = self.tables
        position = np.ascontiguousarray(moving.position_ecef_m).reshape(-1)
        velocity = np.ascontiguousarray(moving.velocity_ecef_mps).reshape(-1)

        def task(cut: tuple[int, int]) -> tuple[Ints32, Floats]:
            room, events = 64 + 4 * (cut[1] - cut[0]), _FEW_EVENTS
            while True:
                found = np.empty((room, 3), np.int32)
                times = np.empty((room, 2))
                count, needed, unsound = following.entering(
                    tables, position, velocity, *moving[2:], look_ahead_s, bands.height_m, bands.time_s, events, found,
                    times, *cut,
                )  # fmt: skip
                if unsound >= 0:
                    raise InputError(
                        f"position_ecef_m[{unsound}]",
                        f"not finite, or over {legs.STEPS_MAX * legs.STEP_M / 1000:.0f} km on the"
                        " way in the look-ahead",
                    )
                if count <= room and needed <= events:
                    return found[:count], times[:count]
                if max(count, needed) > ROOM_MAX:
                    raise InputError("areas", f"{max(count, needed)} met; at most {ROOM_MAX}")
                room, events = max(room, count), max(events, needed)

        parts = list(run(task, _cuts(len(moving.height_m), threads)))
        found = np.concatenate([part[0] for part in parts])
        times = np.concatenate([part[1] for part in parts])
        return Entering(found[:, 0], found[:, 1], times[:, 0], times[:, 1], found[:, 2] != 0)

    def near(
        self, position_ecef_m: Floats, limit_m: float, run: Run = map, threads: int = 1
    ) -> Near:
        """Areas whose edge lies within `limit_m` of places (N, 3), from inside or outside.

        Raises:
            InputError: the limit is out of range.
        """
        if not 0.0 < limit_m <= STEP_M_MAX:
            raise InputError("limit_m", f"{limit_m} is outside 0 to {STEP_M_MAX:.0f} m")
        tables = self.tables

        def task(cut: tuple[int, int]) -> tuple[Ints32, Floats]:
            room = 64 + 2 * (cut[1] - cut[0])
            while True:
                found = np.empty((room, 2), np.int32)
                distances = np.empty(room)
                count = asking.near(tables, position_ecef_m, limit_m, found, distances, *cut)
                if count <= room:
                    return found[:count], distances[:count]
                room = count

        parts = list(run(task, _cuts(len(position_ecef_m), threads)))
        found = np.concatenate([part[0] for part in parts])
        return Near(found[:, 0], found[:, 1], np.concatenate([part[1] for part in parts]))


def unit_from_ecef(position_ecef_m: Floats) -> Floats:
    """(N, 3) unit coordinates of feet on the ellipsoid."""
    units: Floats = position_ecef_m / np.array([SEMI_MAJOR_M, SEMI_MAJOR_M, SEMI_MINOR_M])
    return units


def moved(position_ecef_m: Floats, velocity_ecef_mps: Floats, time_s: Floats) -> Floats:
    """Feet on the ellipsoid (N, 3) after a time each (N,), as the search moves them."""
    gone = np.ascontiguousarray(position_ecef_m, np.float64).copy()
    legs.move(gone, np.ascontiguousarray(velocity_ecef_mps, np.float64).copy(), time_s)
    return gone


class _Face(NamedTuple):
    """One face: entries and number of their edges, cell by cell; of `asking.Tables` the rest."""

    entry_counts: Ints32
    entries: Ints32
    rough: Ints16
    edge_at: Ints32
    points: Floats
    piece: Ints32


def _face(
    face: int, start: Floats, end: Floats, owner: Ints64, first: Ints64, outside: Floats
) -> _Face:
    """Cells of one face."""
    rows, edges = _edges_on(face, start, end)
    own_first = np.searchsorted(owner[rows], np.arange(len(first)))
    cells = CELLS * CELLS
    if len(rows) == 0 and not making.covers_face(face, start, end, outside, first):
        entries, rough = np.empty((0, 2), np.int32), np.empty(0, np.int16)
        none = np.empty(0, np.int32)
        return _Face(np.zeros(cells, np.int32), entries, rough, none, np.empty((0, 2)), none)
    counts = np.zeros(cells, np.int32)
    making.cover(edges, counts, np.zeros(1, np.int64), np.zeros(1, np.int32), False)  # noqa: FBT003
    cell_first = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    listed = np.empty(cell_first[-1], np.int32)
    making.cover(edges, counts, cell_first[:-1].copy(), listed, True)  # noqa: FBT003
    boxes = _boxes(edges, own_first)
    parity = np.empty((CELLS, CELLS + 1), np.uint8)
    entry_counts = np.zeros(cells, np.int32)
    position = np.zeros(1, np.int64)
    entries = np.empty((1, 2), np.int32)
    for fill in (False, True):
        if fill:
            entry_first = np.concatenate([[0], np.cumsum(entry_counts, dtype=np.int64)])
            position = entry_first[:-1].copy()
            entries = np.empty((int(entry_first[-1]), 2), np.int32)
        making.enter_areas(
            face, start, end, outside, first, edges, own_first, boxes, parity, cell_first, listed,
            entry_counts, position, entries, fill,
        )  # fmt: skip
    rough = np.empty(4 * len(listed), np.int16)
    farthest = coarse.roughen(edges, cell_first, listed, rough)
    invariant(farthest <= coarse.ROUGH_MAX, "a piece of an edge is longer than its cell can tell")
    at, points, piece = _chained(rows, edges)
    return _Face(entry_counts, entries, rough, at[listed], points, piece)


def _chained(rows: Ints64, edges: Floats) -> tuple[Ints32, Floats, Ints32]:
    """Row of `asking.Tables.points` at which each edge (E, 4) of a face begins, those, and `piece`.

    Edges that follow one another share a point: half the memory.
    """
    breaks = np.ones(len(rows), np.bool_)
    breaks[1:] = (np.diff(rows) != 1) | (edges[1:, :2] != edges[:-1, 2:]).any(axis=1)
    at = np.arange(len(rows), dtype=np.int32) + np.cumsum(breaks, dtype=np.int32) - 1
    ends = edges / CELLS_PER_UNIT - ORIGIN
    points = np.empty((len(rows) + np.count_nonzero(breaks), 2))
    points[at + 1] = ends[:, 2:]
    points[at] = ends[:, :2]
    piece = np.zeros(len(points), np.int32)
    piece[at] = rows
    return at, points, piece


def _packed(counts: Ints32, entries: Ints32, rough: Ints16) -> tuple[Ints32, Ints64, Flags]:
    """Word of each cell, face by face; `Tables.entries`; and which cells have edges.

    Args:
        counts: entries of each cell, face by face.
        entries: (M, 2) 2·area + whether the cell's reference is inside; number of its edges there.
        rough: edges in the order of entries.
    """
    beyond = np.cumsum(counts, dtype=np.int64)
    first = beyond - counts
    inside = entries[:, 0] & 1
    codes = ((entries[:, 0] >> 1) << asking.AREA_SHIFT) | inside
    some = counts > 0
    codes[beyond[some] - 1] |= asking.LAST
    bare = np.zeros(len(counts), np.bool_)  # one area and no edge of it: wholly inside
    bare[some] = (counts[some] == 1) & (entries[first[some], 1] == 0)
    kept = np.ones(len(entries), np.bool_)
    kept[first[bare]] = False
    rank = np.cumsum(kept, dtype=np.int64) - kept
    cells = np.full(len(counts), asking.EMPTY, np.int32)
    listed = some & ~bare
    cells[listed] = rank[first[listed]]
    cells[bare] = asking.WHOLE - (codes[first[bare]] >> asking.AREA_SHIFT)
    packed = np.zeros((int(kept.sum()) + 1, 2), np.int64)
    np.cumsum(entries[kept, 1], out=packed[1:, 0])
    packed[:, 0] <<= 32
    packed[:-1, 0] |= codes[kept]
    packed[-1, 0] |= asking.LAST
    parts = np.zeros(len(packed) - 1, np.int64)
    coarse.mark_parts(entries[kept, 1], rough, parts)
    packed[:-1, 1] = parts
    edged = np.zeros(len(counts), np.bool_)
    edged[np.repeat(np.arange(len(counts)), counts)[entries[:, 1] > 0]] = True
    return cells, packed, edged


def _by_tile(of_cells: NDArray[Any]) -> NDArray[Any]:
    """(T, 64): what is said of each cell, face by face, a tile a row."""
    side = CELLS // TILE_CELLS
    square = of_cells.reshape(FACES, side, TILE_CELLS, side, TILE_CELLS).transpose(0, 1, 3, 2, 4)
    return square.reshape(-1, TILE_CELLS**2)


def _tiled(edged: Flags) -> NDArray[np.uint64]:
    """`Tables.tiles`."""
    bits = np.packbits(_by_tile(edged), axis=1, bitorder="little")
    return np.ascontiguousarray(bits).view("<u8").astype(np.uint64).reshape(-1)


def _tile_words(words: Ints32) -> tuple[Ints32, Ints32]:
    """`Tables.tile_words` and `Tables.cells`."""
    table = _by_tile(words)
    alike = (table == table[:, :1]).all(axis=1) & (table[:, 0] < 0)
    of_tile = table[:, 0].copy()
    of_tile[~alike] = np.arange(np.count_nonzero(~alike), dtype=np.int32)
    return of_tile, np.ascontiguousarray(table[~alike]).reshape(-1)


def _edges_on(face: int, start: Floats, end: Floats) -> tuple[Ints64, Floats]:
    """Numbers of the pieces on a face's grid, and their ends there (E, 4), in cells."""
    out, across, up = AXES[face].tolist()
    sign = SIGNS[face]
    depth0, depth1 = start[:, out] * sign, end[:, out] * sign
    limit = ORIGIN + _REACH
    on = (depth0 > 0.4) & (depth1 > 0.4)
    for axis in (across, up):
        on &= (np.abs(start[:, axis]) <= limit * depth0) | (np.abs(end[:, axis]) <= limit * depth1)
    rows = np.flatnonzero(on)
    edges = np.empty((len(rows), 4))
    for column, points in ((0, start), (2, end)):
        seen = points[rows]
        for offset, axis in ((0, across), (1, up)):
            edges[:, column + offset] = (seen[:, axis] / seen[:, out] + ORIGIN) * CELLS_PER_UNIT
    return rows, edges


def _boxes(edges: Floats, own_first: Ints64) -> Ints64:
    """(A, 4) first and last column and row of the cells that each area's edges come near to."""
    boxes = np.zeros((len(own_first) - 1, 4), np.int64)
    boxes[:, 1] = boxes[:, 3] = -1
    some = np.flatnonzero(np.diff(own_first) > 0)
    if len(some) == 0:
        return boxes
    at = own_first[some]
    low = np.minimum(edges[:, :2], edges[:, 2:])
    high = np.maximum(edges[:, :2], edges[:, 2:])
    for axis in (0, 1):
        least = np.minimum.reduceat(low[:, axis], at)
        most = np.maximum.reduceat(high[:, axis], at)
        boxes[some, 2 * axis] = np.clip(np.floor(least - making.PAD), 0, CELLS).astype(np.int64)
        boxes[some, 2 * axis + 1] = np.clip(np.floor(most + making.PAD), -1, CELLS - 1).astype(
            np.int64
        )
    return boxes


def _cuts(count: int, threads: int) -> list[tuple[int, int]]:
    if threads == 1 or count < SERIAL_BELOW:
        return [(0, count)]
    tasks = max(threads, min(8 * threads, count // ROWS_PER_TASK_MIN))
    return list(pairwise([count * task // tasks for task in range(tasks + 1)]))


def warm() -> None:
    """Compile what is not in the cache: a node that did so never waits for it in a cycle."""
    latitude, longitude = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.5])
    index = AreaIndex([outline_of_rings([(latitude, longitude)], EdgeKind.CHORD)])
    position = unit_from_degrees(np.array([0.2]), np.array([0.5])) * np.array(
        [SEMI_MAJOR_M, SEMI_MAJOR_M, SEMI_MINOR_M]
    )
    zeros = np.zeros(1)
    index.inside(position)
    index.near(position, 10_000.0)
    moving = Moving(position, np.zeros((1, 3)), zeros, zeros, np.zeros(1, np.uint8))
    index.entering(moving, 60.0, any_time(1))
    moved(position, np.zeros((1, 3)), zeros)
