"""Cells that lie in each other: each holds its point, its disc holds it, and coarser ones tell no more."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comity.domain.geometry.nested_cells import (
    CELL_LEVEL_COARSEST,
    CELL_LEVEL_FINEST,
    LATITUDE_E7_MAX,
    LONGITUDE_E7_MAX,
    Cell,
    cell_box,
    cell_count_within,
    cell_disc,
    cell_margin_m,
    cell_of,
    cells_overlap,
    coarser,
)
from comity.domain.observations import AREA_LEVEL_MAX, AREA_RADIUS_M_MIN
from comity.domain.places.bearing import geodesics
from comity.domain.sites import coarse
from comity.kernel.errors import InputError

LATITUDES = st.integers(-LATITUDE_E7_MAX, LATITUDE_E7_MAX)
LONGITUDES = st.integers(-LONGITUDE_E7_MAX, LONGITUDE_E7_MAX)
LEVELS = st.integers(CELL_LEVEL_COARSEST, CELL_LEVEL_FINEST)


@pytest.mark.requirement("OBSERVE-003")
@given(LATITUDES, LONGITUDES, LEVELS)
@example(0, 0, 14)
@example(LATITUDE_E7_MAX, 0, 14)
@example(-LATITUDE_E7_MAX, LONGITUDE_E7_MAX, 9)
@example(1, LONGITUDE_E7_MAX, 17)
@example(600_000_000, -LONGITUDE_E7_MAX, 12)
def test_the_disc_of_a_cell_holds_every_point_of_it_and_its_margin(
    latitude_e7: int, longitude_e7: int, level: int
) -> None:
    cell = cell_of(latitude_e7, longitude_e7, level)
    disc = cell_disc(cell)
    _, _, apart_m = geodesics().inv(
        disc.longitude_deg, disc.latitude_deg, longitude_e7 / 1e7, latitude_e7 / 1e7
    )
    assert apart_m + cell_margin_m(level) <= disc.radius_m
    assert disc.radius_m >= 1.5 * math.pi * 6_335_439.0 / 2**level
    if level <= AREA_LEVEL_MAX:
        assert disc.radius_m >= AREA_RADIUS_M_MIN


@given(LATITUDES, LONGITUDES, LEVELS, LEVELS)
def test_a_coarser_cell_is_that_of_the_point_and_can_be_found_without_it(
    latitude_e7: int, longitude_e7: int, one: int, other: int
) -> None:
    fine, coarse = max(one, other), min(one, other)
    cell = cell_of(latitude_e7, longitude_e7, fine)
    above = cell_of(latitude_e7, longitude_e7, coarse)
    assert coarser(cell, coarse) == above
    assert cells_overlap(cell, above)
    count = cell_count_within(above, fine)
    if above.is_cap:
        assert count == 1
        return
    assert count >= 4 ** (fine - coarse) / 2
    inner, outer = cell_box(cell), cell_box(above)
    assert outer.south_deg <= inner.south_deg < inner.north_deg <= outer.north_deg
    assert outer.west_deg - 1e-9 <= inner.west_deg < inner.east_deg <= outer.east_deg + 1e-9


def test_a_cell_that_is_not_there_is_refused() -> None:
    for level, row, column in (
        (8, 3, 0), (18, 3, 0), (14, 0, 0), (14, 1 << 14, 1), (14, (1 << 14) + 1, 0), (14, -2, 0),
        (14, 1 << 13, 1 << 15), (14, 1 << 13, -1), (14, -1, 1),
    ):  # fmt: skip
        with pytest.raises(InputError):
            Cell(level, row, column)
    with pytest.raises(InputError, match="finer than"):
        coarser(Cell(10, 512, 0), 11)
    with pytest.raises(InputError, match="beyond a pole"):
        cell_of(LATITUDE_E7_MAX + 1, 0, 14)


@given(LATITUDES, LONGITUDES, LEVELS)
def test_the_grid_is_that_of_the_coarse_forms_of_sites(
    latitude_e7: int, longitude_e7: int, level: int
) -> None:
    """Two implementations of one published grid: what is told of a site and seen beside it fits together."""
    theirs = coarse.cell_of(latitude_e7, longitude_e7, level)
    ours = cell_of(latitude_e7, longitude_e7, level)
    assert (theirs.level, theirs.row, theirs.column) == (ours.level, ours.row, ours.column)
    assert coarse.disc_of(theirs).disc().radius_m == pytest.approx(
        cell_disc(ours).radius_m, abs=1.0
    )
