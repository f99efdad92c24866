"""Heights of different datums on one axis, without losing what can be told apart.

The box tree has one axis of height. Each datum has a band of that axis to itself, so volumes of one
datum meet at their very heights; a volume asked about is looked up in every band, at the heights
of that datum which it may share.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace import GEOID_M_MAX, GEOID_M_MIN, Datum, HeightBounds
from comity.domain.conflicts.volume_arrays import DATUM_NUMBER, DATUMS, VolumeArrays

Floats = NDArray[np.float64]
Ints8 = NDArray[np.int8]

BAND_COUNT = len(DATUMS) + 1
MIXED = len(DATUMS)
"""The band of volumes whose two limits have different datums."""

BAND_M = float(1 << 19)  # heights and minima stay within ±202 km of the middle of a band
BAND_REACH_M = BAND_M / 2.0 - 1.0


class DatumTables(NamedTuple):
    """What two flight classes take for granted of datums, by number of the datum.

    Attributes:
        rise_low_m: (D,) least EGM2008 height that height 0 can mean; -inf where nothing tells.
        rise_high_m: (D,) greatest one; inf where nothing tells.
    """

    rise_low_m: Floats
    rise_high_m: Floats


def datum_tables(bounds: HeightBounds) -> DatumTables:
    """The tables for what an agreement takes for granted.

    Source: docs/spec/volume.md, "Heights"; `airspace.vertical_gap` is the same, one at a time.
    """
    low = np.full(len(DATUMS), -math.inf)
    high = np.full(len(DATUMS), math.inf)
    low[DATUM_NUMBER[Datum.EGM2008]] = high[DATUM_NUMBER[Datum.EGM2008]] = 0.0
    low[DATUM_NUMBER[Datum.WGS84]] = -GEOID_M_MAX
    high[DATUM_NUMBER[Datum.WGS84]] = -GEOID_M_MIN
    if bounds.pressure_error_m is not None:
        low[DATUM_NUMBER[Datum.QNE]] = -bounds.pressure_error_m
        high[DATUM_NUMBER[Datum.QNE]] = bounds.pressure_error_m
    if bounds.terrain_m is not None:
        low[DATUM_NUMBER[Datum.AGL]], high[DATUM_NUMBER[Datum.AGL]] = bounds.terrain_m
    return DatumTables(low, high)


def bands(volumes: VolumeArrays) -> Ints8:
    """(N,) the band each volume is in."""
    lower, upper = volumes.rows["lower_datum"], volumes.rows["upper_datum"]
    return np.where(lower == upper, lower, MIXED).astype(np.int8)
