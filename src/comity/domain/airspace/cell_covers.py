"""Making the cells of a flight: finest grid that keeps their number within the limit."""

import math
from dataclasses import dataclass

from comity.domain.airspace.altitude import HEIGHT_M_MAX, HEIGHT_M_MIN, Datum, geoid_heights_m
from comity.domain.airspace.cells import CellCover
from comity.domain.airspace.h3_grid import (
    RADIUS_RAD,
    RESOLUTION_MAX,
    TooManyCellsError,
    estimated_count,
    places_of,
)
from comity.domain.airspace.separation import Separation
from comity.domain.airspace.volume import Footprint, Volume4D
from comity.domain.geometry import prepare, tolerance_m
from comity.domain.geometry.ellipsoid import CURVATURE_RADIUS_M_MIN
from comity.kernel.errors import InputError

MADE_MAX = 5_000  # triples we make, some 180 kB of a record; up to CELLS_MAX are read
PLACES_MAX = 1_000  # H3 cells for one volume
SLOTS_S = (60, 300, 900, 3_600, 14_400, 86_400)  # finest first
BANDS_M = (100.0, 300.0, 1_500.0, 6_000.0)
HEIGHT_ROUNDING_M = 0.01  # records round heights outwards to whole millimetres
POSITION_ROUNDING_M = 0.1  # records round positions to 1e-7 degree: 8 mm an end


@dataclass(slots=True)
class _Grid:
    """The grid being tried."""

    resolution: int
    band: int = 0
    slot: int = 0


def cover_footprint(
    footprint: Footprint, greatest: Separation, resolution_max: int | None = None
) -> Footprint:
    """The same flight disclosed as cells that contain it, buffered by half of its greatest minima.

    Args:
        footprint: volumes; one disclosed as cells already is given back as it is.
        greatest: the greatest minima that its class has with any other
            (`SeparationTable.greatest`).
        resolution_max: take no finer H3 cells; by default none much smaller than the buffer.

    Raises:
        InputError: even the coarsest grid takes more than `MADE_MAX` cells.

    Source: docs/spec/cells.md §3.
    """
    if footprint.cells is not None:
        return footprint
    limit_m = greatest.horizontal_m + tolerance_m(greatest.horizontal_m)
    buffer_m = limit_m / 2.0 + POSITION_ROUNDING_M
    datum, heights_m = _heights(footprint.volumes, greatest)
    finest = _resolution_of(buffer_m) if resolution_max is None else resolution_max
    grid = _Grid(min(finest, RESOLUTION_MAX))
    while BANDS_M[grid.band] < greatest.vertical_m / 2.0 and grid.band + 1 < len(BANDS_M):
        grid.band += 1
    while True:
        bands = [_range(low, high, BANDS_M[grid.band]) for low, high in heights_m]
        slots = [_slots(volume, SLOTS_S[grid.slot]) for volume in footprint.volumes]
        others = [len(band) * len(slot) for band, slot in zip(bands, slots, strict=True)]
        places = _places(footprint.volumes, buffer_m, grid.resolution, others)
        if places is not None:
            break
        _coarsen(grid, bands, slots)
    triples = frozenset(
        (cell, band, slot)
        for cells, band_range, slot_range in zip(places, bands, slots, strict=True)
        for cell in cells
        for band in band_range
        for slot in slot_range
    )
    cover = CellCover(triples, grid.resolution, BANDS_M[grid.band], SLOTS_S[grid.slot], datum)
    return Footprint((), cover, footprint.flight_class)


def _places(
    volumes: tuple[Volume4D, ...], buffer_m: float, resolution: int, others: list[int]
) -> list[frozenset[int]] | None:
    """The H3 cells of each volume, or None where that makes too many triples."""
    if sum(others) > MADE_MAX:
        return None
    found: list[frozenset[int]] = []
    remaining = MADE_MAX - sum(others)
    for volume, factor in zip(volumes, others, strict=True):
        core = prepare(volume.shape)
        wide_m = volume.shape.radius_m + buffer_m
        most = min(PLACES_MAX, 1 + remaining // factor)
        if estimated_count(core, wide_m, resolution) > 2.0 * most:
            return None  # far too many: do not begin
        try:
            places = places_of(core, wide_m, resolution, most)
        except TooManyCellsError:
            return None
        remaining -= (len(places) - 1) * factor
        found.append(places)
    return found


def _coarsen(grid: _Grid, bands: list[range], slots: list[range]) -> None:
    """Coarsen whichever has most to give: slots, bands, or H3 cells in turn."""
    band_mean = sum(len(each) for each in bands) / len(bands)
    slot_mean = sum(len(each) for each in slots) / len(slots)
    if slot_mean > max(4.0, band_mean) and grid.slot + 1 < len(SLOTS_S):
        grid.slot += 1
    elif band_mean > 4.0 and grid.band + 1 < len(BANDS_M):
        grid.band += 1
    elif grid.resolution > 0:
        grid.resolution -= 1
    elif slot_mean > 1.0 and grid.slot + 1 < len(SLOTS_S):
        grid.slot += 1
    elif band_mean > 1.0 and grid.band + 1 < len(BANDS_M):
        grid.band += 1
    else:
        raise InputError("volumes", f"take more than {MADE_MAX} cells on the coarsest grid")


def _resolution_of(buffer_m: float) -> int:
    """The finest resolution whose cells are no smaller than the buffer."""
    fitting = [
        resolution
        for resolution, radius_rad in enumerate(RADIUS_RAD)
        if radius_rad * CURVATURE_RADIUS_M_MIN >= buffer_m
    ]
    return fitting[-1] if fitting else 0


def _heights(
    volumes: tuple[Volume4D, ...], greatest: Separation
) -> tuple[Datum, list[tuple[float, float]]]:
    """One datum for all bands, and each volume's heights in it, buffered.

    Where every altitude is of one datum, that one; else EGM2008, widened, and the whole range of
    heights where nothing tells.
    """
    datums = {altitude.datum for each in volumes for altitude in (each.lower, each.upper)}
    buffer_m = greatest.vertical_m / 2.0 + HEIGHT_ROUNDING_M
    if len(datums) == 1:
        heights_m = [
            (each.lower.height_m - buffer_m, each.upper.height_m + buffer_m) for each in volumes
        ]
        return datums.pop(), heights_m
    heights_m = []
    for each in volumes:
        lower = geoid_heights_m(each.lower, greatest.height_bounds)
        upper = geoid_heights_m(each.upper, greatest.height_bounds)
        low_m = HEIGHT_M_MIN if lower is None else lower[0]
        high_m = HEIGHT_M_MAX if upper is None else upper[1]
        heights_m.append((min(low_m, high_m) - buffer_m, max(low_m, high_m) + buffer_m))
    return Datum.EGM2008, heights_m


def _range(low: float, high: float, step: float) -> range:
    return range(math.floor(low / step), math.floor(high / step) + 1)


def _slots(volume: Volume4D, slot_s: int) -> range:
    slot_ms = 1000 * slot_s
    return range(volume.start.unix_ms // slot_ms, volume.end.unix_ms // slot_ms + 1)
