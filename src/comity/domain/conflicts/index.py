"""The footprints held, under their keys, and which of them a footprint meets."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol, cast

import numpy as np

from comity.domain.airspace import (
    CellCover,
    Conflict,
    Datum,
    Footprint,
    Minima,
    Undetermined,
    Verdict,
)
from comity.domain.conflicts import compiled
from comity.domain.conflicts.cell_meetings import CELLS_MEET, CellMeetings, arrays_around
from comity.domain.conflicts.few_volumes import TOO_MUCH, FewVolumes
from comity.domain.conflicts.flight_classes import FlightClasses
from comity.domain.conflicts.hits import Doubt, pair_numbers, pair_of, verdicts
from comity.domain.conflicts.many_volumes import ManyVolumes
from comity.domain.conflicts.pair import pair_verdict
from comity.domain.conflicts.part import PackedPart
from comity.domain.conflicts.volume_arrays import VolumeArrays, volume_arrays
from comity.domain.geometry.box_tree import Run
from comity.domain.intents import Finding
from comity.kernel.ids import RecordDigest
from comity.kernel.invariants import invariant

COMPILED_FROM = 1_000
"""Volumes from which on the compiled loops are loaded if they are not yet, whatever that takes."""

EPOCH_STEP_MS = 86_400_000

Packing = Callable[[], PackedPart]


class Pending(Protocol):
    """A packed part in the making, such as a `concurrent.futures.Future`."""

    def done(self) -> bool:
        """Whether `result` would not wait."""
        ...

    def result(self) -> PackedPart:
        """The packed part."""
        ...


InBackground = Callable[[Packing], Pending]
"""Runs a task in another thread, such as `ThreadPoolExecutor(1).submit`."""


class ConflictIndex:
    """Keeps the promises of `intents.ConflictFinder`.

    Flights disclosed as cells are compared as cells. Volumes are indexed by compiled loops where
    `warm` has loaded these or there are `compiled_from` volumes and more; until then NumPy looks at
    them one by one. Both ways give the same verdicts (cells apart: see docs/rooms/conflicts.md).

    Searches are exact at all times. After many changes the index is packed anew, which changes no
    answer: `in_background` where that is given, with the result put in place by the next call; else
    at once, within the call that made it due, so that a run can be repeated to the letter.
    """

    def __init__(
        self,
        minima: Minima,
        compiled_from: int | None = COMPILED_FROM,
        in_background: InBackground | None = None,
    ) -> None:
        """Make an empty one.

        Args:
            minima: of any two flight classes.
            compiled_from: volumes; `None`: loaded by others or not at all.
            in_background: where to pack; `None`: in the calling thread.
        """
        self._minima = minima
        self._compiled_from = compiled_from
        self._in_background = in_background
        self._classes = FlightClasses(minima)
        self._footprints: dict[RecordDigest, Footprint] = {}
        self._numbers: dict[RecordDigest, int] = {}
        self._keys: list[RecordDigest | None] = []
        self._free: list[int] = []
        self._few = FewVolumes(minima)
        self._few_count = 0
        self._many: ManyVolumes | None = None
        self._pending: Pending | None = None
        self._last: tuple[Footprint, VolumeArrays] | None = None
        self._doubts: dict[tuple[Datum, ...], Undetermined] = {}
        self._as_cells: dict[RecordDigest, Footprint] = {}
        self._meetings = CellMeetings(minima)

    @property
    def volume_count(self) -> int:
        """Volumes held, cells not counted."""
        return self._many.volume_count if self._many else self._few_count

    @property
    def size_bytes(self) -> int:
        """Memory of the compiled index; footprints themselves are their owner's."""
        return self._many.size_bytes if self._many else 0

    def hold(self, key: RecordDigest, footprint: Footprint) -> None:
        """Keep a footprint under a key, in place of what was there."""
        self.release(key)
        if footprint.cells is not None:
            self._as_cells[key] = footprint
            return
        number = self._free.pop() if self._free else len(self._keys)
        if number == len(self._keys):
            self._keys.append(None)
        self._keys[number] = key
        self._numbers[key] = number
        self._footprints[key] = footprint
        if self._many is not None:
            self._many.hold(number, self._arrays(footprint))
        else:
            self._few.hold(number, footprint)
            self._few_count += len(footprint.volumes)
        self.maintain()

    def release(self, key: RecordDigest) -> None:
        """Forget a key; one that is not held is no matter."""
        self._as_cells.pop(key, None)
        if key not in self._numbers:
            return
        number = self._numbers.pop(key)
        footprint = self._footprints.pop(key)
        self._keys[number] = None
        self._free.append(number)
        if self._many is not None:
            self._many.release(number, len(footprint.volumes))
        else:
            self._few.release(number)
            self._few_count -= len(footprint.volumes)
        self.maintain()

    def find(
        self, footprint: Footprint, ignoring: Collection[RecordDigest] = ()
    ) -> Sequence[Finding]:
        """Everything held that the footprint meets or may meet, by key, but for those ignored."""
        if self._pending is not None or self._many is None:
            self.maintain()
        found: list[tuple[RecordDigest, Verdict]] = [
            (key, CELLS_MEET)
            for key, other in self._as_cells.items()
            if key not in ignoring and self._meetings.may_meet(footprint, other)
        ]
        if footprint.cells is not None:
            found += self._find_by_cells(footprint, footprint.cells, ignoring)
        else:
            found += self._find_by_volumes(footprint, ignoring)
        return [Finding(key, verdict) for key, verdict in sorted(found, key=lambda each: each[0])]

    def all_conflicts(self, run: Run = map) -> Sequence[tuple[RecordDigest, RecordDigest, Verdict]]:
        """Every two footprints held that meet or may meet, each pair once, the lesser key first.

        Args:
            run: `map`, or one that spreads its tasks over threads.
        """
        every = {**self._footprints, **self._as_cells}
        if self._many is None or self._as_cells:
            return [
                (key, finding.key, finding.verdict)
                for key in sorted(every)
                for finding in self.find(every[key])
                if finding.key > key
            ]
        self._settle()
        hits = self._many.pairs(run)
        by_key = sorted(self._numbers)
        rank = np.zeros(len(self._keys), np.int64)
        rank[[self._numbers[key] for key in by_key]] = np.arange(len(by_key))
        ranks = np.stack([rank[hits["asker"]], rank[hits["owner"]]])
        turn = ranks[0] > ranks[1]
        volume = hits["volume"].copy()
        hits["volume"] = np.where(turn, hits["other_volume"], volume)
        hits["other_volume"] = np.where(turn, volume, hits["other_volume"])
        found: list[tuple[RecordDigest, RecordDigest, Verdict]] = []
        for number, said in verdicts(pair_numbers(*np.sort(ranks, axis=0)), hits):
            key, other = (by_key[each] for each in pair_of(number))
            found.append((key, other, self._verdict(self._footprints[key], other, said)))
        return found

    def set_minima(self, minima: Minima) -> None:
        """Use these separation minima from now on."""
        self._minima = minima
        self._doubts.clear()
        self._meetings = CellMeetings(minima)
        self._few.set_minima(minima)
        self._classes = FlightClasses(minima, self._classes.names)
        if self._many is not None:
            self._many.set_classes(self._classes)

    def maintain(self) -> None:
        """Do what makes later questions quicker and is due; every call but questions does so too.

        With `in_background` it takes microseconds, but for the one time when volumes held until now
        without an index are put into one.
        """
        if self._many is None:
            if self._compiling_pays:
                self._compile()
            return
        if self._pending is not None and self._pending.done():
            self._settle()
        if self._many.rebuild_due:
            if self._in_background is None:
                self._many.rebuild()
            else:
                self._pending = self._in_background(self._many.begin_rebuild().packed)

    @property
    def _compiling_pays(self) -> bool:
        if self._compiled_from is None or self._few_count == 0:
            return False
        return compiled.loaded() or self._few_count >= self._compiled_from

    def _settle(self) -> None:
        """Wait for what is being packed, if anything is, and put it in place."""
        pending, self._pending = self._pending, None
        if pending is None:
            return
        many = cast("ManyVolumes", self._many)
        try:
            packed = pending.result()
        except Exception:  # noqa: BLE001 - whoever ran it tells; all is held, and answers are exact
            many.abandon_rebuild()
        else:
            many.finish_rebuild(packed)

    def _compile(self) -> None:
        earliest_ms = min(
            volume.start.unix_ms
            for footprint in self._footprints.values()
            for volume in footprint.volumes
        )
        many = ManyVolumes(self._classes, earliest_ms // EPOCH_STEP_MS * EPOCH_STEP_MS)
        for key, footprint in self._footprints.items():
            many.hold(self._numbers[key], self._arrays(footprint))
        self._many = many
        self._few = FewVolumes(self._minima)

    def _arrays(self, footprint: Footprint) -> VolumeArrays:
        """In arrays; the last ones are kept, for who asks about a flight often holds it next."""
        if self._last is None or self._last[0] is not footprint:
            number = self._classes.number(footprint.flight_class)
            self._last = footprint, volume_arrays(footprint.volumes, number)
        return self._last[1]

    def _find_by_volumes(
        self, footprint: Footprint, ignoring: Collection[RecordDigest]
    ) -> list[tuple[RecordDigest, Verdict]]:
        numbers = [self._numbers[key] for key in ignoring if key in self._numbers]
        if self._many is None:
            found = self._few.find(footprint, numbers)
            return [(self._key(number), verdict) for number, verdict in found]
        arrays = self._arrays(footprint)
        hits = self._many.find(arrays, numbers)
        if hits is None:
            near = set(self._many.near(arrays).tolist()) - set(numbers)
            return [(self._key(number), TOO_MUCH) for number in sorted(near)]
        return [
            (key := self._key(owner), self._verdict(footprint, key, said))
            for owner, said in verdicts(hits["owner"].astype(np.uint64), hits)
        ]

    def _find_by_cells(
        self, footprint: Footprint, cover: CellCover, ignoring: Collection[RecordDigest]
    ) -> list[tuple[RecordDigest, Verdict]]:
        """Flights held in full that a flight disclosed as cells may meet."""
        keys = list(self._footprints)
        if self._many is not None:
            around = arrays_around(cover, self._classes.number(footprint.flight_class))
            if around is not None:
                hits = self._many.find(around)
                near = self._many.near(around) if hits is None else np.unique(hits["owner"])
                keys = [self._key(owner) for owner in near.tolist()]
        return [
            (key, CELLS_MEET)
            for key in keys
            if key not in ignoring and self._meetings.may_meet(footprint, self._footprints[key])
        ]

    def _verdict(self, footprint: Footprint, key: RecordDigest, said: Conflict | Doubt) -> Verdict:
        """A conflict as it is; a doubt with the reason that `pair_verdict` gives for the pair.

        The reason hangs on the datums alone.
        """
        if isinstance(said, Conflict):
            return said
        other = self._footprints[key]
        volume, other_volume = footprint.volumes[said.volume], other.volumes[said.other_volume]
        datums = tuple(
            altitude.datum
            for each in (volume, other_volume)
            for altitude in (each.lower, each.upper)
        )
        if datums not in self._doubts:
            separation = self._minima(footprint.flight_class, other.flight_class)
            verdict = pair_verdict(volume, other_volume, separation)
            invariant(isinstance(verdict, Undetermined), "both paths agree that it is undetermined")
            self._doubts[datums] = cast("Undetermined", verdict)
        return self._doubts[datums]

    def _key(self, number: int) -> RecordDigest:
        key = self._keys[number]
        invariant(key is not None, "what is found is held")
        return cast("RecordDigest", key)
