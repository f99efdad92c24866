"""Where volumes are on the axis of heights, compiled; heights.py says how that is laid out."""

import math

from comity.domain.conflicts.heights import BAND_M, BAND_REACH_M, MIXED, DatumTables
from comity.domain.conflicts.volume_arrays import VolumeArrays
from comity.domain.geometry.jit import kernel


@kernel
def band_of(volumes: VolumeArrays, row: int) -> int:
    """The band a volume is in: `heights.bands`, one at a time."""
    lower: int = volumes.rows[row].lower_datum
    return lower if lower == volumes.rows[row].upper_datum else MIXED


@kernel
def heights_held(volumes: VolumeArrays, row: int, share_m: float) -> tuple[float, float]:
    """Where a volume is held, widened by its share."""
    one = volumes.rows[row]
    if one.lower_datum != one.upper_datum:
        return MIXED * BAND_M - BAND_REACH_M, MIXED * BAND_M + BAND_REACH_M
    middle_m = one.lower_datum * BAND_M
    return middle_m + one.lower_m - share_m, middle_m + one.upper_m + share_m


@kernel
def heights_in_band(
    volumes: VolumeArrays, row: int, share_m: float, datums: DatumTables, band: int
) -> tuple[float, float]:
    """Where a volume asked about reaches in a band; all of it where the datums tell nothing."""
    low_m, high_m = -math.inf, math.inf
    if band != MIXED:
        one = volumes.rows[row]
        lower, upper = one.lower_datum, one.upper_datum
        low_m, high_m = one.lower_m - share_m, one.upper_m + share_m
        if lower != band:
            low_m += datums.rise_low_m[lower] - datums.rise_high_m[band]
        if upper != band:
            high_m += datums.rise_high_m[upper] - datums.rise_low_m[band]
    return band * BAND_M + max(low_m, -BAND_REACH_M), band * BAND_M + min(high_m, BAND_REACH_M)
