import h3
import pytest

from comity.domain.airspace import (
    Altitude,
    CellCover,
    Datum,
    Footprint,
    Separation,
    Shape,
    ShapeKind,
    Volume4D,
    cell_circles,
    cover_footprint,
    covers_meet,
)
from comity.domain.airspace.cell_covers import MADE_MAX
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

CELL = 0x871F8C4D1FFFFFF
GOOD = {
    "cells": frozenset({(CELL, 3, 29_000_000)}),
    "resolution": 7,
    "band_height_m": 300.0,
    "slot_s": 60,
    "datum": Datum.EGM2008,
}


@pytest.mark.requirement("CELL-005")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"cells": frozenset()}, "cells"),
        ({"cells": frozenset((CELL, 0, slot) for slot in range(20_001))}, "cells"),
        ({"cells": frozenset({(1, 0, 0)})}, "cells"),
        ({"cells": frozenset({(-1, 0, 0)})}, "cells"),
        ({"cells": frozenset({(1 << 64, 0, 0)})}, "cells"),
        ({"cells": frozenset({(0x861F8C4D7FFFFFF, 0, 0)})}, "cells"),
        ({"cells": frozenset({(CELL, 10**9, 0)})}, "cells"),
        ({"cells": frozenset({(CELL, 0, -1)})}, "cells"),
        ({"cells": frozenset({(CELL, 0, 10**12)})}, "cells"),
        ({"resolution": 16}, "resolution"),
        ({"resolution": 6}, "cells"),
        ({"band_height_m": 0.5}, "band_height_m"),
        ({"band_height_m": float("nan")}, "band_height_m"),
        ({"slot_s": 0}, "slot_s"),
        ({"slot_s": 86_401}, "slot_s"),
    ],
)
def test_a_cover_out_of_form_cannot_exist(changed, field):
    assert CellCover(**GOOD)
    with pytest.raises(InputError) as caught:
        CellCover(**(GOOD | changed))
    assert caught.value.field == field


def test_the_window_is_that_of_the_slots():
    cover = CellCover(**(GOOD | {"cells": frozenset({(CELL, 3, 10), (CELL, 3, 12)})}))
    assert cover.window() == (Instant(600_000), Instant(780_000))


@pytest.mark.requirement("CELL-003")
@pytest.mark.parametrize(
    ("slot_s", "band_m"), [(60, 300.0), (7, 300.0), (3600, 1_000.0), (50, 70.0)]
)
def test_covers_of_unlike_grids_meet_where_they_overlap(slot_s, band_m):
    start_s, low_m = 29_000_000 * 60, 3 * 300.0
    slot, band = start_s // slot_s, int(low_m // band_m)
    same = CellCover(frozenset({(CELL, band, slot)}), 7, band_m, slot_s, Datum.EGM2008)
    assert covers_meet(CellCover(**GOOD), same)
    assert covers_meet(same, CellCover(**GOOD))
    later = CellCover(frozenset({(CELL, band, slot + 7200)}), 7, band_m, slot_s, Datum.EGM2008)
    assert not covers_meet(CellCover(**GOOD), later)
    higher = CellCover(frozenset({(CELL, band + 12, slot)}), 7, band_m, slot_s, Datum.EGM2008)
    assert covers_meet(CellCover(**GOOD), higher) == ((band + 12) * band_m < 4 * 300.0)


@pytest.mark.requirement("CELL-004")
@pytest.mark.parametrize(
    ("points", "radius_m", "duration_s", "top_m"),
    [
        (((40.0, 0.0), (60.0, 100.0)), 5_000.0, 86_400, 20_000.0),
        (((0.0, 0.0),), 200_000.0, 7 * 86_400, 100_000.0),
        (((46.0, 7.0),), 50.0, 600, 150.0),
    ],
)
def test_a_cover_stays_within_its_limit_by_taking_coarser_cells(
    points, radius_m, duration_s, top_m
):
    latitudes, longitudes = zip(*points, strict=True)
    volume = Volume4D(
        Shape(ShapeKind.PATH, latitudes, longitudes, radius_m),
        Altitude(0.0, Datum.EGM2008),
        Altitude(top_m, Datum.EGM2008),
        Instant(1_795_000_000_000),
        Instant(1_795_000_000_000 + duration_s * 1000),
    )
    cover = cover_footprint(Footprint((volume,), None, "uncrewed"), Separation(250.0, 30.0)).cells
    assert cover is not None
    assert 1 <= len(cover.cells) <= MADE_MAX


@pytest.mark.requirement("CELL-002")
def test_a_slot_that_begins_as_the_flight_ends_is_covered():
    """Volumes hold their last instant, slots begin with their first: that instant is in the next."""
    shape = Shape(ShapeKind.PATH, (47.0,), (8.0,), 100.0)
    low, high = Altitude(100.0, Datum.EGM2008), Altitude(200.0, Datum.EGM2008)
    start, end = Instant(600_000), Instant(660_000)
    footprint = Footprint((Volume4D(shape, low, high, start, end),), None, "standard")
    cover = cover_footprint(footprint, Separation(1_000.0, 100.0)).cells
    assert cover is not None
    assert cover.slot_s == 60
    assert {slot for _, _, slot in cover.cells} == {10, 11}


@pytest.mark.requirement("CELL-004")
def test_a_flight_too_large_for_any_grid_is_refused_by_name():
    volumes = tuple(
        Volume4D(
            Shape(ShapeKind.PATH, (latitude,), (longitude,), 200_000.0),
            Altitude(0.0, Datum.EGM2008),
            Altitude(100_000.0, Datum.EGM2008),
            Instant(0),
            Instant(7 * 86_400_000),
        )
        for latitude in range(-80, 81, 8)
        for longitude in range(-180, 180, 10)
    )
    with pytest.raises(InputError, match="5000 cells") as caught:
        cover_footprint(Footprint(volumes, None, "uncrewed"), Separation(250.0, 30.0))
    assert caught.value.field == "volumes"


def test_circles_of_cells_hold_their_corners():
    circle = cell_circles(CellCover(**GOOD))[0]
    for corner in h3.cell_to_boundary(f"{CELL:x}"):
        apart_m = h3.great_circle_distance(
            corner, (circle.latitude_deg[0], circle.longitude_deg[0]), unit="m"
        )
        assert apart_m <= circle.radius_m
