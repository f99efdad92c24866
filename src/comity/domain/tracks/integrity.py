"""Tracks that cannot be true: evidence gathered plot by plot, and findings that stand on it.

One contradiction is a garble; what is found is a contradiction that lasts, or one that is beyond any
lag. A finding says what contradicts what. It does not say who is lying (DESIGN, "decided against").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.domain.tracks import plausibility
from comity.domain.tracks.absorb import GATED_OUT, HELD, TAKEN
from comity.domain.tracks.integrity_kinds import (
    REASONS,
    WEIGHINGS,
    IntegrityFinding,
    IntegrityKind,
)
from comity.domain.tracks.plot import FeedId, PlotSource
from comity.domain.tracks.rules import RADIUS_95_PER_SD, SOURCE_CODE
from comity.domain.tracks.snapshot import TrackSnapshot
from comity.domain.tracks.taken import Taken
from comity.kernel.instants import Instant

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]
Categories = NDArray[np.object_]

MEMORY_S = 3_600.0  # how long the last place of an address is remembered after its track ended
MEMORIES_MAX = 200_000
BASELINE_S = 10.0  # over which a way is compared with a velocity
JUMP_MPS_MIN = 400.0  # with the lag allowed: 6 km, what a fast jet flies while a receiver lags
HEIGHT_CHANGE_M = 30.0  # 100 ft
VELOCITY_CHANGE_MPS = 2.0  # beyond the steps of a level flight, 1 kt
SELF_REPORTED = np.array([SOURCE_CODE[PlotSource.ADS_B], SOURCE_CODE[PlotSource.COT]])
KINDS = tuple(WEIGHINGS)
_ROW = {kind: row for row, kind in enumerate(KINDS)}
_PIECES = np.array([WEIGHINGS[kind].pieces for kind in KINDS])[:, None]
_FADE_S = np.array([WEIGHINGS[kind].fade_s for kind in KINDS])[:, None]

_COLUMNS: dict[str, tuple[tuple[int, ...], Any]] = {
    "track_id": ((), np.int64),
    "name": ((), np.int64),
    "has_name": ((), np.bool_),
    "last_ms": ((), np.int64),
    "last_ecef_m": ((3,), np.float64),
    "anchor_ms": ((), np.int64),
    "anchor_ecef_m": ((3,), np.float64),
    "anchor_mps": ((), np.float64),
    "has_anchor": ((), np.bool_),
    "height_ms": ((), np.int64),
    "height_m": ((), np.float64),
    "has_height": ((), np.bool_),
    "fed_twin": ((), np.bool_),
    "score": ((len(KINDS),), np.float64),
    "scored_ms": ((len(KINDS),), np.int64),
    "since_ms": ((len(KINDS),), np.int64),
    "stands": ((len(KINDS),), np.bool_),
}


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a feed's antenna stands: earth-fixed foot on the ellipsoid, and its height."""

    position_ecef_m: Floats
    height_m: float


class IntegrityMonitor:
    """Evidence against each track of one table, in columns by slot.

    Attributes:
        receivers: antennas of the feeds for which the horizon is to be judged.
    """

    def __init__(self, receivers: Mapping[FeedId, Receiver] | None = None) -> None:
        self.receivers = dict(receivers or {})
        self._held: dict[str, NDArray[Any]] = {
            name: np.zeros((0, *shape), kind) for name, (shape, kind) in _COLUMNS.items()
        }
        self._basis: dict[tuple[int, int], Mapping[str, float]] = {}
        self._left: dict[int, tuple[int, Floats]] = {}

    def watch(self, taken: Taken, categories: Categories) -> None:
        """Weigh the plots of one batch.

        Args:
            taken: what the table made of them.
            categories: (N,) emitter category of the track of each row of `taken`, None where unknown.
        """
        if not len(taken):
            return
        self._meet(taken.slot, taken.track_id)
        ready, row = taken.ready, taken.row
        placed = ready.has_position[row] & np.isin(taken.outcome, (TAKEN, GATED_OUT))
        speed, climb, _ = plausibility.abilities_of(categories)
        elapsed_s = (ready.at_ms[row] - taken.previous_at_ms) / 1000.0
        moved_m = _lengths(ready.position_ecef_m[row] - taken.previous_position_ecef_m)
        accuracy_m = 2.0 * RADIUS_95_PER_SD * np.sqrt(ready.position_variance_m2[row])
        pair = placed & taken.has_previous
        basis = {"moved_m": moved_m, "elapsed_s": elapsed_s, "off_m": taken.off_m}
        too_fast = pair & plausibility.too_fast(moved_m, elapsed_s, accuracy_m, speed)
        self._weigh(IntegrityKind.IMPOSSIBLE_SPEED, taken, too_fast, basis)
        reported_mps = _lengths(ready.velocity_ecef_mps[row])
        lag_m = plausibility.LAG_S * np.maximum(reported_mps, JUMP_MPS_MIN) + accuracy_m
        jumped = (taken.outcome == GATED_OUT) & (taken.off_m > lag_m)
        self._weigh(IntegrityKind.JUMP, taken, jumped, basis)
        self._watch_frozen(taken, elapsed_s)
        self._watch_climb(taken, climb)
        self._watch_heights(taken)
        self._watch_velocity(taken)
        self._watch_horizon(taken)
        self._watch_return(taken, placed & ~taken.has_previous, speed)
        last = np.flatnonzero(taken.outcome == TAKEN)
        slots, rows = taken.slot[last], row[last]
        self._held["last_ms"][slots] = ready.at_ms[rows]
        self._held["last_ecef_m"][slots] = ready.position_ecef_m[rows]
        self._held["name"][slots] = (ready.party << 24) | ready.address[rows]
        self._held["has_name"][slots] = ready.has_address[rows] & ready.address_is_icao[rows]

    def _watch_frozen(self, taken: Taken, elapsed_s: Floats) -> None:
        """A place that stands still while heights or velocities go on: no receiver's memory."""
        ready, row = taken.ready, taken.row
        climbed_m = np.abs(ready.heights[row, 0] - taken.previous_heights[:, 0])
        both = ready.has_heights[row, 0] & taken.previous_has_heights[:, 0]
        speed = _lengths(taken.previous_velocity_ecef_mps)
        other = np.abs(ready.reported[row, 0] - speed) > VELOCITY_CHANGE_MPS
        other &= ready.has_velocity[row] & taken.previous_has_velocity
        alive = (both & (climbed_m > HEIGHT_CHANGE_M)) | other
        frozen = (taken.outcome == HELD) & alive & (elapsed_s >= BASELINE_S)
        self._weigh(IntegrityKind.FROZEN_POSITION, taken, frozen, {"elapsed_s": elapsed_s})

    def _watch_climb(self, taken: Taken, climb_mps: Floats) -> None:
        """Pressure heights that the track believed, one against the one before."""
        ready, held = taken.ready, self._held
        believed = ready.has_heights[taken.row, 0] & ~taken.height_refused
        believed &= taken.outcome != GATED_OUT
        last = _last_of_slot(taken.slot, believed)
        slots, rows = taken.slot[last], taken.row[last]
        elapsed_s = (ready.at_ms[rows] - held["height_ms"][slots]) / 1000.0
        climbed_m = ready.heights[rows, 0] - held["height_m"][slots]
        steep = held["has_height"][slots]
        steep &= plausibility.climbs_too_fast(climbed_m, elapsed_s, climb_mps[last])
        basis = {"climbed_m": climbed_m, "elapsed_s": elapsed_s}
        at_ms = ready.at_ms[rows[steep]]
        self._add(IntegrityKind.IMPOSSIBLE_CLIMB, slots[steep], at_ms, _rows(basis, steep))
        held["height_ms"][slots] = ready.at_ms[rows]
        held["height_m"][slots] = ready.heights[rows, 0]
        held["has_height"][slots] = True

    def _watch_heights(self, taken: Taken) -> None:
        ready, row = taken.ready, taken.row
        heights, has = ready.heights[row], ready.has_heights[row] & ~taken.height_refused[:, None]
        apart = has[:, 0] & has[:, 1]
        apart &= plausibility.heights_diverge(heights[:, 0], heights[:, 1])
        basis = {"altitude_pressure_m": heights[:, 0], "altitude_ellipsoid_m": heights[:, 1]}
        self._weigh(IntegrityKind.HEIGHTS_DIVERGE, taken, apart, basis)
        speed = ready.reported[row, 0]
        slow = ready.has_velocity[row] & has[:, 0]
        slow &= plausibility.too_slow_for_height(speed, heights[:, 0])
        basis = {"ground_speed_mps": speed, "altitude_pressure_m": heights[:, 0]}
        self._weigh(IntegrityKind.TOO_SLOW, taken, slow, basis)

    def _watch_velocity(self, taken: Taken) -> None:
        """Ways over at least `BASELINE_S` against speeds that are not stuck."""
        ready, held = taken.ready, self._held
        moving = (taken.outcome == TAKEN) & ready.has_velocity[taken.row]
        last = _last_of_slot(taken.slot, moving)
        slots, rows = taken.slot[last], taken.row[last]
        elapsed_s = (ready.at_ms[rows] - held["anchor_ms"][slots]) / 1000.0
        speed, before = ready.reported[rows, 0], held["anchor_mps"][slots]
        moved_m = _lengths(ready.position_ecef_m[rows] - held["anchor_ecef_m"][slots])
        due = ~held["has_anchor"][slots] | (elapsed_s >= BASELINE_S)
        off = held["has_anchor"][slots] & due & (speed != before)
        off &= elapsed_s <= 6.0 * BASELINE_S
        off &= plausibility.velocity_contradicts(moved_m, elapsed_s, speed, before)
        basis = {"moved_m": moved_m, "elapsed_s": elapsed_s, "ground_speed_mps": speed}
        at_ms = ready.at_ms[rows[off]]
        self._add(IntegrityKind.VELOCITY_CONTRADICTS, slots[off], at_ms, _rows(basis, off))
        slots, rows = slots[due], rows[due]
        held["anchor_ms"][slots] = ready.at_ms[rows]
        held["anchor_ecef_m"][slots] = ready.position_ecef_m[rows]
        held["anchor_mps"][slots] = speed[due]
        held["has_anchor"][slots] = True

    def _watch_horizon(self, taken: Taken) -> None:
        receiver = self.receivers.get(taken.feed)
        if receiver is None:
            return
        ready, row = taken.ready, taken.row
        has = ready.has_heights[row]
        height_m = np.where(has[:, 0], ready.heights[row, 0], ready.heights[row, 1])
        far = ready.has_position[row] & has[:, :2].any(axis=1)
        far &= plausibility.beyond_horizon(
            ready.position_ecef_m[row], height_m, receiver.position_ecef_m, receiver.height_m
        )
        distance_m = _lengths(ready.position_ecef_m[row] - receiver.position_ecef_m)
        basis = {"distance_m": distance_m, "height_m": height_m}
        self._weigh(IntegrityKind.BEYOND_HORIZON, taken, far, basis)

    def _watch_return(self, taken: Taken, first: Mask, speed_mps: Floats) -> None:
        """An address whose track had ended: can it have flown from there to here?"""
        ready, row = taken.ready, taken.row
        named = ready.has_address[row] & ready.address_is_icao[row]
        off = np.zeros(len(taken), np.bool_)
        moved_m, elapsed_s = np.zeros(len(taken)), np.zeros(len(taken))
        for place in np.flatnonzero(first & named).tolist():
            plot = int(row[place])
            left = self._left.pop((ready.party << 24) | int(ready.address[plot]), None)
            if left is None:
                continue
            elapsed_s[place] = (int(ready.at_ms[plot]) - left[0]) / 1000.0
            moved_m[place] = np.linalg.norm(ready.position_ecef_m[plot] - left[1])
            off[place] = 0.0 < elapsed_s[place] <= MEMORY_S
        off &= plausibility.too_fast(moved_m, elapsed_s, np.zeros(len(taken)), speed_mps)
        basis = {"moved_m": moved_m, "elapsed_s": elapsed_s}
        self._weigh(IntegrityKind.IMPOSSIBLE_SPEED, taken, off, basis)

    def look(self, snapshot: TrackSnapshot, categories: Categories) -> None:
        """Weigh what shows in the tracks of one instant: turns, twins. Call it once a second or so.

        Args:
            snapshot: of the table whose plots were watched.
            categories: (N,) emitter category of each row of the snapshot.
        """
        self._meet(snapshot.slot, snapshot.track_id)
        _, _, turn_mps2 = plausibility.abilities_of(categories)
        speed = _lengths(snapshot.velocity_ecef_mps)
        hard = snapshot.has_velocity & ~snapshot.stale
        hard &= plausibility.turns_too_hard(
            speed, snapshot.turn_rate_radps, snapshot.accuracy_turn_radps, turn_mps2
        )
        basis = {"ground_speed_mps": speed, "turn_rate_radps": snapshot.turn_rate_radps}
        at_ms = np.full(len(snapshot), snapshot.at.unix_ms)
        slots = snapshot.slot[hard]
        self._add(IntegrityKind.IMPOSSIBLE_TURN, slots, at_ms[hard], _rows(basis, hard))
        self._look_at_twins(snapshot)

    def _look_at_twins(self, snapshot: TrackSnapshot) -> None:
        """Two places of one name that are fed in turn, again and again."""
        twins = np.flatnonzero(snapshot.is_twin)
        order = np.argsort(snapshot.track_id, kind="stable")
        at = np.searchsorted(snapshot.track_id, snapshot.twin_of[twins], sorter=order)
        at = order[np.minimum(at, max(len(order) - 1, 0))]
        found = snapshot.track_id[at] == snapshot.twin_of[twins]
        twins, firsts = twins[found], at[found]
        fed_twin = snapshot.age_s[twins] < snapshot.age_s[firsts]
        apart_m = _lengths(snapshot.position_ecef_m[twins] - snapshot.position_ecef_m[firsts])
        slots = snapshot.slot[firsts]
        turned = fed_twin != self._held["fed_twin"][slots]
        turned |= (snapshot.age_s[twins] <= 1.0) & (snapshot.age_s[firsts] <= 1.0)
        self._held["fed_twin"][slots] = fed_twin
        own = np.isin(snapshot.source[twins], SELF_REPORTED)
        measured = own != np.isin(snapshot.source[firsts], SELF_REPORTED)
        at_ms = np.full(len(twins), snapshot.at.unix_ms)
        for kind, of in (
            (IntegrityKind.DUPLICATED_ADDRESS, turned & ~measured),
            (IntegrityKind.CONTRADICTS_RADAR, turned & measured),
        ):
            self._add(kind, slots[of], at_ms[of], _rows({"distance_m": apart_m}, of))

    def end(self, track_ids: Integers) -> None:
        """Tracks that the table has ended: their last places are remembered by address."""
        slots = np.flatnonzero(np.isin(self._held["track_id"], track_ids))
        self._leave(slots)

    def findings(self, at: Instant) -> tuple[IntegrityFinding, ...]:
        """Contradictions that stand at an instant, by track and kind."""
        held = self._held
        faded = _faded(held["score"], held["scored_ms"], at.unix_ms)
        stands = held["stands"] & (faded >= _PIECES.T / 2.0)
        held["stands"] = stands
        found = []
        for slot, row in np.argwhere(stands).tolist():
            kind = KINDS[row]
            found.append(
                IntegrityFinding(
                    track_id=int(held["track_id"][slot]),
                    kind=kind,
                    severity=WEIGHINGS[kind].severity,
                    since=Instant(int(held["since_ms"][slot, row])),
                    reason=REASONS[kind],
                    basis=self._basis[slot, row],
                )
            )
        return tuple(sorted(found, key=lambda each: (each.track_id, each.kind)))

    def _weigh(
        self, kind: IntegrityKind, taken: Taken, off: Mask, basis: Mapping[str, Floats]
    ) -> None:
        places = np.flatnonzero(off)
        at_ms = taken.ready.at_ms[taken.row[places]]
        self._add(kind, taken.slot[places], at_ms, _rows(basis, places))

    def _add(
        self,
        kind: IntegrityKind,
        slots: Integers,
        at_ms: Integers,
        basis: list[Mapping[str, float]],
    ) -> None:
        """One piece of evidence for each slot named, in order of time within a slot."""
        held, row = self._held, _ROW[kind]
        weighing = WEIGHINGS[kind]
        score, scored_ms = held["score"], held["scored_ms"]
        for slot, when_ms, piece in zip(slots.tolist(), at_ms.tolist(), basis, strict=True):
            gone = max(when_ms - int(scored_ms[slot, row]), 0) / 1000.0 / weighing.fade_s
            total = max(float(score[slot, row]) - gone, 0.0) + 1.0
            score[slot, row] = min(total, 2.0 * weighing.pieces)
            scored_ms[slot, row] = when_ms
            self._basis[slot, row] = piece
            if total >= weighing.pieces and not held["stands"][slot, row]:
                held["stands"][slot, row] = True
                held["since_ms"][slot, row] = when_ms

    def _meet(self, slots: Integers, track_ids: Integers) -> None:
        """Make room, and clear slots that another track has now."""
        needed = int(slots.max(initial=-1)) + 1
        held = self._held
        if needed > len(held["track_id"]):
            size = max(needed, 2 * len(held["track_id"]), 1_024)
            for name, (shape, kind) in _COLUMNS.items():
                larger = np.zeros((size, *shape), kind)
                larger[: len(held[name])] = held[name]
                held[name] = larger
        other = held["track_id"][slots] != track_ids
        self._leave(np.unique(slots[other]))
        held["track_id"][slots] = track_ids

    def _leave(self, slots: Integers) -> None:
        held = self._held
        named = slots[held["has_name"][slots]]
        for slot in named.tolist():
            while len(self._left) >= MEMORIES_MAX:
                del self._left[next(iter(self._left))]
            place = held["last_ecef_m"][slot].copy()
            self._left[int(held["name"][slot])] = (int(held["last_ms"][slot]), place)
        if len(slots):
            gone = set(slots.tolist())
            self._basis = {key: value for key, value in self._basis.items() if key[0] not in gone}
            for column in held.values():
                column[slots] = 0


def _last_of_slot(slots: Integers, chosen: Mask) -> Integers:
    """Places of the last chosen row of each slot."""
    places = np.flatnonzero(chosen)[::-1]
    _, first = np.unique(slots[places], return_index=True)
    return places[first]


def _faded(score: Floats, scored_ms: Integers, at_ms: int) -> Floats:
    """Evidence (T, K) that is left at an instant."""
    gone = np.maximum(at_ms - scored_ms, 0) / 1000.0 / _FADE_S.T
    left: Floats = np.maximum(score - gone, 0.0)
    return left


def _rows(basis: Mapping[str, Floats], chosen: NDArray[Any]) -> list[Mapping[str, float]]:
    columns = {name: values[chosen].tolist() for name, values in basis.items()}
    count = len(next(iter(columns.values())))
    return [{name: values[place] for name, values in columns.items()} for place in range(count)]


def _lengths(vectors: Floats) -> Floats:
    lengths: Floats = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return lengths
