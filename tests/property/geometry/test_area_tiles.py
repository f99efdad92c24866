"""The short cuts of the area search: parts of squares that a segment comes into, cells by tiles."""

import math

import numpy as np
import pytest

from comity.domain.geometry import area_leg_kernels as following
from comity.domain.geometry import area_search_kernels as asking
from comity.domain.geometry.area_index import AreaIndex
from comity.domain.geometry.area_index_kernels import PAD, PARTS
from comity.domain.geometry.area_outlines import outline_of_rings
from comity.domain.geometry.area_rough_kernels import ROUGH_PER_CELL, mark_parts
from comity.domain.geometry.cube_faces import CELLS
from comity.domain.geometry.kinds import EdgeKind

SEGMENTS = [
    (0.5, 0.5, 0.0, 0.0),
    (-3.0, 2.5, 20.0, 0.0),  # level
    (2.0, 2.0, 4.0, 1e-10),  # on a line between parts
    (4.0, -5.0, 0.0, 30.0),  # upright, on a line
    (8.0, 8.0, 3.0, 3.0),  # touches a corner from beyond
    (-1.0, 9.0, 10.0, -10.0),
    (9.0, 1.0, 3.0, 1.0),  # beside
    (1.0, -9.0, 1.0, 8.0),  # below
    (1e-7, 8.0 + 1e-7, 1e-9, -1e-8),
]


def bits_of(mask) -> set[tuple[int, int]]:
    return {(bit & 7, bit >> 3) for bit in range(64) if int(mask) >> bit & 1}


def random_segments(count: int):
    chance = np.random.default_rng(5)
    starts = chance.uniform(-6, 14, (count, 2))
    ways = chance.normal(0, 5, (count, 2)) * (chance.random((count, 2)) > 0.1)
    return [(*start, *way) for start, way in zip(starts.tolist(), ways.tolist(), strict=True)]


@pytest.mark.requirement("ALERT-055")
def test_every_part_that_a_segment_comes_into_is_told_and_few_others():
    """Against points along the segment, and each part that is told against the segment's distance."""
    for x, y, run, rise in SEGMENTS + random_segments(600):
        told = bits_of(following.crossed_parts(x, y, run, rise))
        for share in np.linspace(0.0, 1.0, 401).tolist():
            px, py = x + share * run, y + share * rise
            if 0.0 <= px <= 8.0 and 0.0 <= py <= 8.0:
                assert (min(7, int(px)), min(7, int(py))) in told, (x, y, run, rise)
        for column, row in told:
            assert clipped(x, y, run, rise, column, row), (x, y, run, rise, column, row)


def clipped(x: float, y: float, run: float, rise: float, column: int, row: int) -> bool:
    """Whether a segment meets a part that is 1e-5 larger on each side (Liang and Barsky, 1984)."""
    first, last = 0.0, 1.0
    for at, way, low in ((x, run, column), (y, rise, row)):
        near, far = low - 1e-5 - at, low + 1.0 + 1e-5 - at
        if way == 0.0:
            if near > 0.0 or far < 0.0:
                return False
            continue
        one, other = sorted((near / way, far / way))
        first, last = max(first, one), min(last, other)
    return first <= last


@pytest.mark.requirement("ALERT-055")
def test_an_edge_is_marked_in_every_part_within_the_pad_of_it():
    for x, y, run, rise in SEGMENTS + random_segments(200):
        ends = np.array([x, y, x + run, y + rise]) / PARTS
        rough = np.rint(ends * ROUGH_PER_CELL).astype(np.int16)
        parts = np.zeros(1, np.int64)
        mark_parts(np.array([1], np.int32), rough, parts)
        told = bits_of(int(parts[0]) & 0xFFFFFFFFFFFFFFFF)
        for share in np.linspace(0.0, 1.0, 101).tolist():
            for turn in range(8):
                away = 0.99 * PAD * PARTS
                px = x + share * run + away * math.cos(turn * math.pi / 4)
                py = y + share * rise + away * math.sin(turn * math.pi / 4)
                if 0.0 <= px < 8.0 and 0.0 <= py < 8.0:
                    assert (int(px), int(py)) in told, (x, y, run, rise)


@pytest.mark.requirement("ALERT-055")
def test_a_cell_s_number_tells_its_column_and_row():
    chance = np.random.default_rng(2)
    places = [(0, 0), (CELLS - 1, CELLS - 1), (7, 8), (8, 7)]
    places += [tuple(each) for each in chance.integers(0, CELLS, (100, 2)).tolist()]
    for face in range(6):
        for i, j in places:
            cell = asking.cell_at(face, i, j)
            assert (asking.column_of(cell), asking.row_of(cell)) == (i, j)
            assert cell >> 6 == (face * asking.TILES + j // 8) * asking.TILES + i // 8


@pytest.mark.requirement("ALERT-055")
def test_the_place_of_each_bit_is_told():
    for place in range(64):
        lowest = np.uint64(1 << place)
        with np.errstate(over="ignore"):
            key = int(lowest * following._SPREAD >> np.uint64(58))
        assert following.PLACE_OF_BIT[key] == place


@pytest.mark.requirement("ALERT-050")
def test_tiles_that_are_alike_everywhere_and_those_that_are_not_tell_the_same_cells():
    """Whole tiles inside, tiles cut by edges, tiles outside, and cells of two areas."""
    outlines = [
        outline_of_rings([(np.array(north), np.array(east))], EdgeKind.CHORD)
        for north, east in (
            ([-9.0, -9.0, 9.0, 9.0, -9.0], [-9.0, 9.0, 9.0, -9.0, -9.0]),
            ([-3.0, -3.0, 3.0, 3.0, -3.0], [-3.0, 3.0, 3.0, -3.0, -3.0]),
        )
    ]
    tables = AreaIndex(outlines).tables
    words = set(tables.tile_words[tables.tile_words < 0].tolist())
    assert words == {asking.EMPTY, asking.WHOLE}
    assert len(tables.cells) == 64 * (tables.tile_words >= 0).sum()
    for cell in range(64 * len(tables.tile_words)):
        if tables.tile_words[cell >> 6] < 0:
            continue
        word = asking.word_at(tables.tile_words, tables.cells, cell)
        listed = False
        k = word
        while k >= 0:
            listed |= asking.edges_from(tables.entries, k) < asking.edges_from(
                tables.entries, k + 1
            )
            k = -1 if asking.code_of(tables.entries, k) & asking.LAST else k + 1
        assert listed == asking.has_edges(tables.tiles, cell)
