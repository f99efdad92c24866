"""Flights disclosed as cells: which of them, and of those disclosed in full, may meet.

Cells say no more than "maybe": where two covers meet, the verdict is Undetermined. They are buffered
by half of the greatest minima of their flight's class, so covers that do not meet are clear.
"""

from functools import lru_cache

import numpy as np

from comity.domain.airspace import (
    CellCover,
    Footprint,
    Minima,
    Undetermined,
    cell_circles,
    cover_footprint,
    covers_meet,
)
from comity.domain.conflicts.volume_arrays import DATUM_NUMBER, VOLUME_ROW, VolumeArrays
from comity.domain.geometry import pack
from comity.domain.intents import window_of
from comity.kernel.errors import InputError

CELLS_MEET = Undetermined("the flights meet as cells; only their volumes would decide it")
COVERS_KEPT = 4_096  # covers of flights held in full: made when first asked for, 1 to 50 ms each


class CellMeetings:
    """Answers for pairs of footprints of which one or both are disclosed as cells."""

    __slots__ = ("_cover", "_minima")

    def __init__(self, minima: Minima) -> None:
        self._minima = minima
        self._cover = lru_cache(maxsize=COVERS_KEPT)(self._make_cover)

    def may_meet(self, footprint: Footprint, other: Footprint) -> bool:
        """Whether the covers of two footprints meet; volumes are covered for it."""
        if not windows_meet(footprint, other):
            return False
        cover = self._cover(footprint, other.flight_class)
        other_cover = self._cover(other, footprint.flight_class)
        if cover is None or other_cover is None:
            return True
        separation = self._minima(footprint.flight_class, other.flight_class)
        return covers_meet(cover, other_cover, separation.height_bounds)

    def _make_cover(self, footprint: Footprint, other_class: str) -> CellCover | None:
        """The cells of a footprint beside another class; `None` where they are too many to make."""
        separation = self._minima(footprint.flight_class, other_class)
        try:
            return cover_footprint(footprint, separation).cells
        except InputError:
            return None


def windows_meet(footprint: Footprint, other: Footprint) -> bool:
    """Whether the times from first start to last end have an instant in common."""
    start, end = window_of(footprint)
    other_start, other_end = window_of(other)
    return start <= other_end and other_start <= end


def arrays_around(cover: CellCover, flight_class: int) -> VolumeArrays | None:
    """Volumes that contain a cover, to look up what it may meet; `None`: cells too large for shapes.

    One circle a cell, from the lowest band to the highest, over all the time of the cover.
    """
    circles = cell_circles(cover)
    if circles is None:
        return None
    bands = [band for _, band, _ in cover.cells]
    start, end = cover.window()
    datum = DATUM_NUMBER[cover.datum]
    low_m = min(bands) * cover.band_height_m
    high_m = (max(bands) + 1) * cover.band_height_m
    row = (start.unix_ms, end.unix_ms, low_m, high_m, 0, flight_class, datum, datum, False)
    shapes = pack([circle.prepared for circle in circles])
    return VolumeArrays(np.full(len(circles), np.array(row, VOLUME_ROW)), shapes)
