"""Bounds of volumes on the four axes of the box tree, compiled; heights as heights.py lays them out."""

import math

import numpy as np
from numpy.typing import NDArray

from comity.domain.conflicts.heights import BAND_COUNT, BAND_M, BAND_REACH_M, MIXED, DatumTables
from comity.domain.conflicts.volume_arrays import VolumeArrays
from comity.domain.geometry.jit import kernel

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints32 = NDArray[np.int32]


@kernel
def bounds_held(
    volumes: VolumeArrays,
    places_deg: Floats,
    rows: Ints32,
    share_m: Floats,
    epoch_ms: int,
    lower: Floats,
    upper: Floats,
) -> None:
    """Where volumes are held: fill `lower` and `upper` (B, 4) with lon, lat, height, time.

    Args:
        volumes: (N,).
        places_deg: (B, 4) west, south, east, north.
        rows: (B,) the volume of each place.
        share_m: (C,) vertical share of the minima, by class.
        epoch_ms: time 0.
        lower: (B, 4).
        upper: (B, 4).
    """
    for box in range(rows.size):
        row = rows[box]
        _write_place_and_time(volumes, places_deg, box, row, epoch_ms, lower, upper, box)
        lower[box, 2], upper[box, 2] = heights_held(
            volumes, row, share_m[volumes.flight_class[row]]
        )


@kernel
def bounds_asked(
    volumes: VolumeArrays,
    places_deg: Floats,
    rows: Ints32,
    share_m: Floats,
    datums: DatumTables,
    bands_used: Flags,
    epoch_ms: int,
    lower: Floats,
    upper: Floats,
    asked_rows: Ints32,
) -> int:
    """Where volumes are looked up: as `bounds_held`, once in every band used that they can reach.

    Args:
        volumes: (N,).
        places_deg: (B, 4).
        rows: (B,).
        share_m: (C,).
        datums: (D,) each, the widest there is.
        bands_used: (bands,).
        epoch_ms: time 0.
        lower: (B x bands, 4) filled.
        upper: (B x bands, 4) filled.
        asked_rows: (B x bands,) filled with the volume of each.

    Returns:
        How many were filled.
    """
    count = 0
    for box in range(rows.size):
        row = rows[box]
        own = volumes.flight_class[row]
        for band in range(BAND_COUNT):
            if not bands_used[band]:
                continue
            low, high = heights_in_band(volumes, row, share_m[own], datums, band)
            if low <= high:
                _write_place_and_time(volumes, places_deg, box, row, epoch_ms, lower, upper, count)
                lower[count, 2], upper[count, 2] = low, high
                asked_rows[count] = row
                count += 1
    return count


@kernel
def heights_held(volumes: VolumeArrays, row: int, share_m: float) -> tuple[float, float]:
    """Where a volume is on the axis of heights, widened by its share."""
    if volumes.lower_datum[row] != volumes.upper_datum[row]:
        return MIXED * BAND_M - BAND_REACH_M, MIXED * BAND_M + BAND_REACH_M
    middle_m = volumes.lower_datum[row] * BAND_M
    return middle_m + volumes.lower_m[row] - share_m, middle_m + volumes.upper_m[row] + share_m


@kernel
def heights_in_band(
    volumes: VolumeArrays, row: int, share_m: float, datums: DatumTables, band: int
) -> tuple[float, float]:
    """Where a volume asked about reaches in a band; all of it where the datums tell nothing."""
    low_m, high_m = -math.inf, math.inf
    if band != MIXED:
        lower, upper = volumes.lower_datum[row], volumes.upper_datum[row]
        low_m, high_m = volumes.lower_m[row] - share_m, volumes.upper_m[row] + share_m
        if lower != band:
            low_m += datums.rise_low_m[lower] - datums.rise_high_m[band]
        if upper != band:
            high_m += datums.rise_high_m[upper] - datums.rise_low_m[band]
    return band * BAND_M + max(low_m, -BAND_REACH_M), band * BAND_M + min(high_m, BAND_REACH_M)


@kernel
def _write_place_and_time(
    volumes: VolumeArrays,
    places_deg: Floats,
    box: int,
    row: int,
    epoch_ms: int,
    lower: Floats,
    upper: Floats,
    to: int,
) -> None:
    lower[to, 0] = places_deg[box, 0]
    lower[to, 1] = places_deg[box, 1]
    upper[to, 0] = places_deg[box, 2]
    upper[to, 1] = places_deg[box, 3]
    lower[to, 3] = (volumes.start_ms[row] - epoch_ms) / 1000.0
    upper[to, 3] = (volumes.end_ms[row] - epoch_ms) / 1000.0
