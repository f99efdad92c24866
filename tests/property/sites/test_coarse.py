"""Coarse forms: always a disc that holds the place, never finer than asked, never narrowed by several."""

import os

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests import geodesic_reference as reference

from comity.domain.sites import PRECISION_MM_MAX, Disc, coarse, coarse_form
from comity.domain.sites.coarse import (
    LEVEL_COARSEST,
    LEVEL_FINEST,
    cell_of,
    disc_of,
    level_of,
    margin_m,
)

EXAMPLES = int(os.environ.get("COMITY_EXAMPLES", "60"))
QUICK = settings(max_examples=EXAMPLES, derandomize=True, deadline=None, phases=[Phase.generate])

EDGES_E7 = [0, 1, -1, 900_000_000, -900_000_000, 896_484_375, 896_484_374, 899_999_999]
latitudes = st.one_of(st.integers(-900_000_000, 900_000_000), st.sampled_from(EDGES_E7))
longitudes = st.one_of(
    st.integers(-1_800_000_000, 1_800_000_000),
    st.sampled_from([-1_800_000_000, 1_800_000_000, 0, -1, 1_799_999_999]),
)
precisions = st.one_of(st.integers(1, PRECISION_MM_MAX), st.sampled_from([1, PRECISION_MM_MAX]))


def apart_m(a, b):
    return reference.WGS84.Inverse(*a, *b)["s12"]


def centre(place):
    return place.latitude_e7[0] / 1e7, place.longitude_e7[0] / 1e7


@pytest.mark.requirement("SITES-020")
@QUICK
@given(latitudes, longitudes, precisions, st.floats(0.0, 1.0), st.floats(0.0, 360.0))
def test_the_disc_holds_the_whole_place(latitude, longitude, precision, share, azimuth):
    """Measured by geographiclib: the far edge of a place of any size that a level takes."""
    radius_m = share * margin_m(level_of(precision))
    place = Disc(latitude / 1e7, longitude / 1e7, radius_m)
    form = coarse_form((place,), precision)
    edge = reference.WGS84.Direct(place.latitude_deg, place.longitude_deg, azimuth, radius_m)
    assert apart_m(centre(form), (edge["lat2"], edge["lon2"])) <= form.radius_mm / 1000
    farthest_m = apart_m(centre(form), (place.latitude_deg, place.longitude_deg)) + radius_m
    assert farthest_m <= form.radius_mm / 1000


@pytest.mark.requirement("SITES-020")
@QUICK
@given(latitudes, longitudes, precisions)
def test_a_form_is_as_coarse_as_asked_and_bounded(latitude, longitude, precision):
    """The cell, all of whose places look alike, is at least as high and as wide as was asked."""
    form = coarse_form((Disc(latitude / 1e7, longitude / 1e7, 0.0),), precision)
    assert 2 * form.radius_mm >= precision
    assert form.radius_mm <= 200_000_000
    level = level_of(precision)
    cell = cell_of(latitude, longitude, level)
    if cell.is_cap:
        return
    same = [
        (lat, lon)
        for lat, lon in corners_around(latitude, longitude, level)
        if cell_of(lat, lon, level) == cell
    ]
    assert same
    assert all(coarse_form((Disc(a / 1e7, b / 1e7, 0.0),), precision) == form for a, b in same)
    high_m, wide_m = extent_m(cell)
    assert high_m * 1000 >= precision - 20
    assert wide_m * 1000 >= precision - 20


def corners_around(latitude, longitude, level):
    step = 1_800_000_000 // 2**level // 2
    for north in (-1, 0, 1):
        for east in (-1, 0, 1):
            lat = min(max(latitude + north * step, -900_000_000), 900_000_000)
            yield lat, (longitude + east * step + 1_800_000_000) % 3_600_000_000 - 1_800_000_000


def extent_m(cell):
    """Height along the meridian, and the shorter of its two parallels, by geographiclib."""
    south, north, west, east = coarse._bounds(cell)
    high_m = apart_m((south, 0.0), (north, 0.0))
    wide = []
    for latitude in (south, north):
        pieces = 64  # a parallel is no geodesic; its length is the limit of short ones
        one = apart_m((latitude, 0.0), (latitude, (east - west) / 1e7 / pieces))
        wide.append(one * pieces)
    return high_m, min(wide)


def parent_of(cell):
    """The cell of the next coarser level that this one lies in."""
    level = cell.level - 1
    if cell.is_cap:
        return coarse.Cell(level, cell.row >> 1, 0)
    band = cell.row >> (cell.level - LEVEL_COARSEST)
    columns, finer = coarse._columns(level, band), coarse._columns(cell.level, band)
    return coarse.Cell(level, cell.row >> 1, cell.column * columns // finer)


@pytest.mark.requirement("SITES-021")
@QUICK
@given(latitudes, longitudes)
def test_every_coarser_cell_follows_from_a_finer_one(latitude, longitude):
    """So a coarser form tells nothing that a finer one has not told: together they tell what the finest does."""
    cell = cell_of(latitude, longitude, LEVEL_FINEST)
    for level in range(LEVEL_FINEST - 1, LEVEL_COARSEST - 1, -1):
        cell = parent_of(cell)
        assert cell == cell_of(latitude, longitude, level)
        precision = min(int(margin_m(level) * 2_000), PRECISION_MM_MAX)
        assert disc_of(cell) == coarse_form(
            (Disc(latitude / 1e7, longitude / 1e7, 0.0),), precision
        )


@pytest.mark.requirement("SITES-021")
@QUICK
@given(latitudes, longitudes, precisions, st.lists(st.floats(0.0, 1.0), max_size=6))
def test_a_place_measured_again_nearby_keeps_its_form(latitude, longitude, precision, moves):
    """On whatever side of an edge it comes out: only a place that leaves the disc shows that it moved."""
    first = Disc(latitude / 1e7, longitude / 1e7, 0.0)
    form = coarse_form((first,), precision)
    near_m = margin_m(level_of(precision)) - 2.0
    places = [first]
    for share in moves:
        moved = reference.WGS84.Direct(
            first.latitude_deg, first.longitude_deg, share * 360.0, share * near_m
        )
        places.append(Disc(moved["lat2"], moved["lon2"], 0.0))
    assert coarse_form(tuple(places), precision) == form


@pytest.mark.requirement("SITES-021")
@QUICK
@given(latitudes, longitudes, precisions, st.floats(0.0, 360.0), st.floats(0.0, 20.0))
def test_a_place_that_moved_far_is_held_by_its_new_form(latitude, longitude, precision, way, far):
    first = Disc(latitude / 1e7, longitude / 1e7, 0.0)
    level = level_of(precision)
    moved = reference.WGS84.Direct(
        first.latitude_deg, first.longitude_deg, way, far * margin_m(level)
    )
    second = Disc(moved["lat2"], moved["lon2"], margin_m(level) / 2)
    form = coarse_form((first, second), precision)
    away_m = apart_m(centre(form), (second.latitude_deg, second.longitude_deg))
    assert away_m + second.radius_m <= form.radius_mm / 1000


@pytest.mark.requirement("SITES-020")
def test_what_is_too_wide_for_the_coarsest_has_no_coarse_form():
    assert coarse_form((Disc(10.0, 20.0, 19_000.0),), 1) is not None
    assert coarse_form((Disc(10.0, 20.0, 20_000.0),), 1) is None
