"""Held volumes by the thousand and million: a packed part, arrivals, and the making of both anew.

The packed part; arrivals since it was packed, in a part that grows; and, while a new packed part is
made of those two, another one for newcomers since that began. A released footprint is blanked in
whichever part holds it, so every search is exact at all times.
"""

from collections.abc import Collection, Iterator
from typing import cast

import numpy as np
from numpy.typing import NDArray

from comity.domain.conflicts.all_pairs import all_pairs
from comity.domain.conflicts.boxes import Boxing, boxing
from comity.domain.conflicts.flight_classes import FlightClasses
from comity.domain.conflicts.heights import BAND_COUNT
from comity.domain.conflicts.hits import HIT
from comity.domain.conflicts.packing import Rebuild
from comity.domain.conflicts.part import PackedPart, Part, growing_part
from comity.domain.conflicts.volume_arrays import VolumeArrays
from comity.domain.geometry.box_tree import Run
from comity.kernel.invariants import invariant

Floats = NDArray[np.float64]
Ints32 = NDArray[np.int32]
Rows = NDArray[np.void]

ARRIVALS_MAX = 16_384  # boxes: searching so many in order of arrival takes about a microsecond
ARRIVALS_SHARE = 16  # or one for so many packed: rebuilding then costs each arrival so many copies
ROOM_SPARE = 4_096  # boxes that may come before a rebuild that is due has begun
PAIRS_JUDGED_MAX = (
    50_000  # of one question: a tenth of a second; a busy day's flight has some hundreds
)
HITS_ROOM = 1_024  # of one question; made larger where there are more


class ManyVolumes:
    """Footprints by number, searched exactly at all times.

    What changes only costs later questions time: rows given up stand empty, arrivals in no order,
    and boxes made under narrower minima are asked for with more around them. A rebuild undoes that.
    """

    __slots__ = (
        "_arrivals",
        "_asking",
        "_bands_used",
        "_boxing",
        "_changes",
        "_classes",
        "_epoch_ms",
        "_hits",
        "_made_under",
        "_newly_made_under",
        "_number_end",
        "_outdated",
        "_packed",
        "_rebuild",
        "_released_meanwhile",
        "volume_count",
    )

    def __init__(self, classes: FlightClasses, epoch_ms: int) -> None:
        self.volume_count = 0
        self._classes = classes
        self._epoch_ms = epoch_ms
        self._boxing = boxing(classes, epoch_ms)
        self._packed: PackedPart | None = None
        self._arrivals = [growing_part(ARRIVALS_MAX + ROOM_SPARE)]  # the last takes newcomers
        self._number_end = 0
        self._bands_used = np.zeros(BAND_COUNT, np.bool_)
        self._changes = 0
        self._rebuild: Rebuild | None = None
        self._released_meanwhile: list[int] = []
        self._made_under: list[Boxing] = [self._boxing]
        self._newly_made_under: list[Boxing] = []
        self._asking = self._boxing
        self._outdated = False
        self._hits = np.empty(HITS_ROOM, HIT)

    @property
    def size_bytes(self) -> int:
        """Memory held, room included."""
        return sum(part.size_bytes() for part in self._parts())

    @property
    def rebuilding(self) -> bool:
        """Whether a rebuild has begun and not been finished."""
        return self._rebuild is not None

    @property
    def rebuild_due(self) -> bool:
        """Whether so much has changed since the last that searches are slowed."""
        if self.rebuilding:
            return False
        return self._changes > self._changes_max or self._outdated

    def hold(self, number: int, volumes: VolumeArrays) -> None:
        """Keep the volumes of one footprint (a row a volume) under a free number."""
        self._note_classes()
        every = np.arange(len(volumes.rows), dtype=np.int32)
        boxes, box_rows = self._boxing.boxes_held(volumes, every, self._bands_used)
        self._arrivals[-1].add(volumes, number, boxes, box_rows)
        self._number_end = max(self._number_end, number + 1)
        self._changes += len(boxes)
        self.volume_count += len(every)

    def release(self, number: int, volume_count: int) -> None:
        """Forget a footprint, which has so many volumes; its number is free at once."""
        self.volume_count -= volume_count
        self._changes += volume_count
        holder = next((each for each in self._arrivals if number in each.spans), self._packed)
        invariant(holder is not None, "what is released is held")
        cast("Part", holder).drop(number)
        if self.rebuilding and holder is not self._arrivals[-1]:
            self._released_meanwhile.append(number)

    def find(self, volumes: VolumeArrays, ignoring: Collection[int] = ()) -> Rows | None:
        """What the volumes of one footprint meet, or may meet, but for the numbers to ignore.

        Returns:
            (H,) of `HIT`, good until the next question; None where more than `PAIRS_JUDGED_MAX`
            pairs would have to be judged (then see `near`).
        """
        from comity.domain.conflicts import judge_kernels as kernels  # noqa: PLC0415 (Numba)

        self._note_classes()
        every = np.arange(len(volumes.rows), dtype=np.int32)
        boxes, box_rows = self._asking.boxes_asked(volumes, every, self._bands_used)
        ignored = np.array(list(ignoring), np.int32)
        while True:
            count = 0
            for part in self._parts():
                if part.tree.count:
                    count = kernels.hits_of_boxes(
                        part.tree.nodes,
                        part.tree.level_start,
                        part.tree.owners,
                        part.volumes,
                        volumes,
                        boxes,
                        box_rows,
                        ignored,
                        self._classes.tables,
                        self._hits,
                        count,
                        PAIRS_JUDGED_MAX,
                    )
                    if count < 0:
                        return None
            if count <= len(self._hits):
                return self._hits[:count]
            self._hits = np.empty(2 * count, HIT)

    def near(self, volumes: VolumeArrays) -> Ints32:
        """The numbers of all footprints that meet the one box around all the volumes, ascending.

        Over-approximates `find` by all that lies between the volumes.
        """
        from comity.domain.geometry import box_tree_kernels as kernels  # noqa: PLC0415 (Numba)

        every = np.arange(len(volumes.rows), dtype=np.int32)
        boxes, _ = self._asking.boxes_asked(volumes, every, self._bands_used)
        around = np.concatenate([boxes[:, :4].min(axis=0), boxes[:, 4:].max(axis=0)])[None, :]
        owners = [np.empty(0, np.int32)]
        for part in self._parts():
            found = np.empty((max(part.tree.count, 1), 2), np.int32)
            if part.tree.count:
                tree = part.tree
                count = kernels.entries_meeting(tree.nodes, tree.level_start, around, found)
                owners.append(tree.owners[found[:count, 1]])
        return np.unique(np.concatenate(owners))

    def pairs(self, run: Run) -> Rows:
        """All pairs of volumes of different footprints that meet, or may meet.

        A pair of a volume with two boxes may be there more than once.

        Args:
            run: `map`, or one that spreads its tasks over threads.

        Returns:
            (H,) of `HIT`.
        """
        if self._changes or self._outdated or self._packed is None:
            self.rebuild(run)
        packed = cast("PackedPart", self._packed)  # rebuilding makes one
        return all_pairs(packed, self._boxing, self._classes.tables, run)

    def rebuild(self, run: Run = map) -> None:
        """Pack everything, at once."""
        rebuild = self.begin_rebuild()
        self.finish_rebuild(rebuild.packed(run))

    def begin_rebuild(self) -> Rebuild:
        """Take down what is held now; what comes meanwhile is kept apart."""
        invariant(not self.rebuilding, "one rebuild at a time")
        self._note_classes()
        parts = tuple(part for part in self._parts() if part.tree.count)
        self._rebuild = Rebuild(
            parts=parts,
            gone=tuple(part.gone[: part.tree.count].copy() for part in parts),
            boxing=self._boxing if self._outdated else None,
            number_end=self._number_end,
        )
        self._arrivals.append(growing_part(self._changes_max + ROOM_SPARE))
        self._released_meanwhile = []
        self._newly_made_under = [self._boxing]
        self._changes = 0
        return self._rebuild

    def finish_rebuild(self, packed: PackedPart) -> None:
        """Put what the rebuild begun has packed in place, less what was released meanwhile."""
        invariant(self.rebuilding, "a rebuild has begun")
        for number in self._released_meanwhile:
            packed.drop(number)
        self._packed = packed
        del self._arrivals[:-1]
        self._made_under = self._newly_made_under
        self._rebuild = None
        self._compare_boxings()

    def abandon_rebuild(self) -> None:
        """Go on with the parts there are; another rebuild may begin."""
        self._rebuild = None

    def set_classes(self, classes: FlightClasses) -> None:
        """Take up other minima for the same classes, from the next question on."""
        self._classes = classes
        self._boxing = boxing(classes, self._epoch_ms)
        self._made_under.append(self._boxing)
        self._newly_made_under.append(self._boxing)
        self._compare_boxings()

    @property
    def _changes_max(self) -> int:
        packed = 0 if self._packed is None else self._packed.tree.count
        return max(ARRIVALS_MAX, packed // ARRIVALS_SHARE)

    def _parts(self) -> Iterator[Part]:
        if self._packed is not None:
            yield self._packed
        yield from self._arrivals

    def _note_classes(self) -> None:
        """Take up the shares of classes met since; those of the others stay as they are."""
        if len(self._boxing.horizontal_share_m) != len(self._classes.horizontal_share_m):
            self._boxing = boxing(self._classes, self._epoch_ms)
            self._made_under[-1:] = [self._boxing]
            self._newly_made_under[-1:] = [self._boxing]
            self._compare_boxings()

    def _compare_boxings(self) -> None:
        """Note whether boxes held carry other shares than those in use, and what they lack."""
        now_m = self._boxing.shares_m
        lacking_m: Floats = np.zeros(2)
        self._outdated = False
        for each in self._made_under:
            lack_m = now_m[: len(each.shares_m)] - each.shares_m
            self._outdated |= bool(lack_m.any())
            lacking_m = np.maximum(lacking_m, lack_m.max(axis=0, initial=0.0))
        self._asking = self._boxing.wider(lacking_m) if lacking_m.any() else self._boxing
