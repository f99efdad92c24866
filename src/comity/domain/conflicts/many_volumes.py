"""Held volumes by the thousand and million: a packed tree, arrivals, and the making of both anew.

Three parts at most: the packed one; arrivals since it was packed, in a tree that grows; and, while
a new packed part is made of those two, newcomers since that began. A released footprint is blanked
in whichever part holds it, so every search is exact at all times.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.conflicts.all_pairs import Run, all_pairs
from comity.domain.conflicts.boxes import Boxing, boxing
from comity.domain.conflicts.flight_classes import FlightClasses
from comity.domain.conflicts.heights import BAND_COUNT, bands
from comity.domain.conflicts.hits import Hits, joined_hits
from comity.domain.conflicts.judge import hits_in
from comity.domain.conflicts.part import Flags, Part, growing_part, live_rows, packed_part
from comity.domain.conflicts.volume_arrays import VolumeArrays, padded
from comity.kernel.invariants import invariant

Ints64 = NDArray[np.int64]

ARRIVALS_MAX = 16_384  # boxes: searching so many in order of arrival takes about a microsecond
ARRIVALS_ROOM = 4 * ARRIVALS_MAX
REBUILT_AT_ONCE_MAX = 65_536  # volumes; takes some 50 ms
ROWS_ROOM = 1_024

PACKED, ARRIVALS, NEWCOMERS = 0, 1, 2
RELEASED = -1


@dataclass(frozen=True, slots=True)
class Rebuild:
    """A packed part in the making.

    `packed` reads only what nobody writes meanwhile and holds no lock of the interpreter for long,
    so it may run in a thread of its own; run at once, it gives the same.
    """

    parts: tuple[Part, ...]
    dropped: tuple[Flags, ...]
    boxing: Boxing

    def packed(self) -> Part:
        """Pack what was held when the rebuild began."""
        volumes, owner, index = live_rows(self.parts, self.dropped)
        boxes, box_rows = self.boxing.boxes_held(volumes)
        return packed_part(volumes, owner, index, boxes, box_rows)


class ManyVolumes:
    """Footprints by number, searched exactly at all times.

    A number may be used again once no rebuild is under way that began before its release.
    """

    __slots__ = (
        "_bands_used",
        "_boxing",
        "_changes",
        "_classes",
        "_count",
        "_epoch_ms",
        "_first",
        "_part",
        "_parts",
        "_rebuild",
        "_released_meanwhile",
    )

    def __init__(self, classes: FlightClasses, epoch_ms: int) -> None:
        self._classes = classes
        self._epoch_ms = epoch_ms
        self._boxing = boxing(classes, epoch_ms)
        self._parts = {ARRIVALS: growing_part(ROWS_ROOM, ARRIVALS_ROOM)}
        self._part = np.full(ROWS_ROOM, RELEASED, np.int8)
        self._first = np.zeros(ROWS_ROOM, np.int32)
        self._count = np.zeros(ROWS_ROOM, np.int32)
        self._bands_used = np.zeros(BAND_COUNT, np.bool_)
        self._changes = 0
        self._rebuild: Rebuild | None = None
        self._released_meanwhile: list[int] = []

    @property
    def volume_count(self) -> int:
        """Volumes held."""
        return int(self._count[self._part != RELEASED].sum())

    @property
    def size_bytes(self) -> int:
        """Memory held, room included."""
        table = self._part.nbytes + self._first.nbytes + self._count.nbytes
        return table + sum(part.size_bytes for part in self._parts.values())

    @property
    def rebuilding(self) -> bool:
        """Whether a rebuild has begun and not been finished."""
        return self._rebuild is not None

    @property
    def rebuild_due(self) -> bool:
        """Whether so much has changed since the last that searches are slowed."""
        return self._changes > ARRIVALS_MAX and not self.rebuilding

    def hold(self, number: int, volumes: VolumeArrays) -> None:
        """Keep the volumes of one footprint (full arrays, a row a volume) under a free number."""
        self._note_classes()
        boxes, box_rows = self._boxing.boxes_held(volumes)
        self._make_room(number, len(boxes))
        place = NEWCOMERS if self.rebuilding else ARRIVALS
        self._part[number] = place
        self._first[number] = self._parts[place].add(volumes, number, boxes, box_rows)
        self._count[number] = len(volumes.lower_m)
        self._bands_used[bands(volumes)] = True
        self._changes += len(boxes)
        if self.rebuild_due and self.volume_count <= REBUILT_AT_ONCE_MAX:
            self.rebuild()

    def release(self, number: int) -> None:
        """Forget a footprint."""
        place = int(self._part[number])
        self._parts[place].drop(int(self._first[number]), int(self._count[number]))
        self._part[number] = RELEASED
        self._changes += int(self._count[number])
        if self.rebuilding and place != NEWCOMERS:
            self._released_meanwhile.append(number)

    def find(self, volumes: VolumeArrays, ignoring: Collection[int] = ()) -> Hits:
        """What the volumes of one footprint meet, or may meet, but for the numbers to ignore."""
        self._note_classes()
        boxes, box_rows = self._boxing.boxes_asked(volumes, self._bands_used)
        return joined_hits(
            [
                hits_in(part, volumes, boxes, box_rows, self._classes.tables, ignoring)
                for part in self._parts.values()
            ]
        )

    def pairs(self, run: Run) -> tuple[Ints64, Hits]:
        """All pairs of volumes of different footprints that meet, or may meet, each once.

        Args:
            run: `map`, or one that spreads its tasks over threads.

        Returns:
            askers: (H,) number of the first volume's footprint.
            hits: (H,) of the second volume's footprint, and all the rest.
        """
        if self._changes or PACKED not in self._parts:
            self.rebox(self._classes)
        return all_pairs(self._parts[PACKED], self._boxing, self._classes.tables, run)

    def rebuild(self) -> None:
        """Pack everything, at once."""
        rebuild = self.begin_rebuild()
        self.finish_rebuild(rebuild, rebuild.packed())

    def begin_rebuild(self) -> Rebuild:
        """Take down what is held now; what comes meanwhile is kept apart."""
        invariant(not self.rebuilding, "one rebuild at a time")
        self._note_classes()
        parts = tuple(self._parts.values())
        dropped = tuple(part.dropped[: part.count].copy() for part in parts)
        rebuild = Rebuild(parts, dropped, self._boxing)
        self._parts[NEWCOMERS] = growing_part(ROWS_ROOM, ARRIVALS_ROOM)
        self._rebuild = rebuild
        self._released_meanwhile = []
        self._changes = 0
        return rebuild

    def finish_rebuild(self, rebuild: Rebuild, packed: Part) -> None:
        """Put the packed part in place, less what was released meanwhile; a stale one is let go."""
        if rebuild is not self._rebuild:
            return
        starts = np.flatnonzero(np.diff(packed.owner, prepend=-1))
        owners = packed.owner[starts]
        self._first[owners] = starts
        self._part[owners] = PACKED
        for number in self._released_meanwhile:
            packed.drop(int(self._first[number]), int(self._count[number]))
            self._part[number] = RELEASED
        self._part[self._part == NEWCOMERS] = ARRIVALS
        self._parts = {PACKED: packed, ARRIVALS: self._parts[NEWCOMERS]}
        self._rebuild = None

    def rebox(self, classes: FlightClasses) -> None:
        """Take up other minima for the same classes; a rebuild under way becomes stale."""
        self._classes = classes
        self._boxing = boxing(classes, self._epoch_ms)
        self._rebuild = None
        self.rebuild()

    def _note_classes(self) -> None:
        if len(self._boxing.horizontal_share_m) != len(self._classes.horizontal_share_m):
            self._boxing = boxing(self._classes, self._epoch_ms)

    def _make_room(self, number: int, box_count: int) -> None:
        if number >= len(self._part):
            room = max(2 * len(self._part), number + 1)
            self._part = padded(self._part, room, RELEASED)
            self._first = padded(self._first, room, 0)
            self._count = padded(self._count, room, 0)
        if self.rebuilding:
            while not self._parts[NEWCOMERS].has_room(box_count):
                self._parts[NEWCOMERS].enlarge()
        elif not self._parts[ARRIVALS].has_room(box_count):
            self.rebuild()
