"""The tracks of a node: plots of all feeds go in, tracks at any instant come out."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.tracks import absorb as absorbing
from comity.domain.tracks import motion
from comity.domain.tracks.columns import (
    ELLIPSOID_TIME,
    POSITION_TIME,
    PRESSURE_TIME,
    FeedColumns,
    TrackColumns,
)
from comity.domain.tracks.newcomers import placed
from comity.domain.tracks.plot import FeedId, Plot, PlotSource
from comity.domain.tracks.plot_batch import TEXTS, PlotBatch, batch_of_plots
from comity.domain.tracks.ready_plots import ReadyPlots, ready_plots
from comity.domain.tracks.rules import RADIUS_95_PER_SD, SOURCES, TrackRules
from comity.domain.tracks.snapshot import TrackSnapshot, degrees_of
from comity.domain.tracks.taken import Taken, collected, taken_part
from comity.kernel.errors import InputError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

FEEDS_MAX = 64  # each takes 100 bytes a track
PASSES_MAX = 4  # a name's plots at two places, its twin's, a third, and what is left is an outlier
VELOCITY_SD_KNOWN_MPS = 60.0  # beyond it a direction is a guess
RATE_SD_KNOWN_MPS = 10.0
_OF_POSITION = (
    "position_ecef_m",
    "has_position",
    "velocity_ecef_mps",
    "has_velocity",
    "heights",
    "has_heights",
)
SD_PER_95 = 1.959963984540054  # one dimension: 95 % within 1.96 sd


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed and whose it is: tracks are made of the feeds of one party, never across parties."""

    feed: FeedId
    party: PartyId


@dataclass(frozen=True, slots=True)
class Said:
    """What one feed said of a track, and last: a source that a track keeps.

    Attributes:
        plot_count: its plots in this track.
        at, received_at: of its last plot.
        source: of its last plot.
        latitude_deg, longitude_deg: its last position there; None where it gave none.
        altitude_pressure_m, altitude_ellipsoid_m: with that position.
    """

    feed: FeedId
    plot_count: int
    at: Instant
    received_at: Instant
    source: PlotSource
    latitude_deg: float | None
    longitude_deg: float | None
    altitude_pressure_m: float | None
    altitude_ellipsoid_m: float | None


class TrackTable:
    """Tracks of all parties' feeds, in columns.

    Plots of one party's feeds under one ICAO address make one track; plots without a name go to the
    track that they fit best, or begin one. Tracks of two parties are never merged (L-13): see
    `rivals.same_event_pairs`.

    Attributes:
        rules: see `TrackRules`.
        counts: per feed, what became of its plots, by name; nothing is dropped uncounted.
    """

    def __init__(self, feeds: Iterable[Feed], rules: TrackRules | None = None) -> None:
        self.rules = rules or TrackRules()
        self.counts: dict[FeedId, Counter[str]] = {}
        self._columns = TrackColumns()
        self._feeds: dict[FeedId, tuple[int, int]] = {}
        self._parties: list[PartyId] = []
        self._stale_s = np.array([self.rules.stale_s[source] for source in SOURCES])
        self._drop_s = np.array([self.rules.drop_s[source] for source in SOURCES])
        for feed in feeds:
            self.add_feed(feed)

    def __len__(self) -> int:
        return self._columns.live_count()

    def add_feed(self, feed: Feed) -> None:
        """Take plots of one more feed from now on.

        Raises:
            InputError: the feed is known already, or there are `FEEDS_MAX`.
        """
        if feed.feed in self._feeds:
            raise InputError("feed", f"{feed.feed!r} is here already")
        if len(self._feeds) >= FEEDS_MAX:
            raise InputError("feed", f"{len(self._feeds)} feeds are here; at most {FEEDS_MAX}")
        if feed.party not in self._parties:
            self._parties.append(feed.party)
        self._feeds[feed.feed] = len(self._feeds), self._parties.index(feed.party)
        self._columns.add_feed()
        self.counts[feed.feed] = Counter()

    def take_plots(self, plots: Iterable[Plot]) -> list[Taken]:
        """Take single plots, checked already; columns are the fast door."""
        return [self.take(batch) for batch in batch_of_plots(plots)]

    def take(self, batch: PlotBatch) -> Taken:
        """Take the plots of one feed, in any order of time.

        Returns:
            Which track each plot reached, and what it was like there: for `integrity`.

        Raises:
            InputError: a feed that is not known.
        """
        if batch.feed not in self._feeds:
            raise InputError("feed", f"{batch.feed!r} is not known here; add it first")
        feed_index, party = self._feeds[batch.feed]
        counts = self.counts[batch.feed]
        counts["received"] += len(batch)
        ready = ready_plots(batch, feed_index, party, self.rules, self._drop_s, counts)
        parts = [
            self._take_rows(ready, rows, slots, counts)
            for rows, slots in placed(self._columns, ready, self.rules, counts)
            if len(rows)
        ]
        nobody = np.empty(0, np.int64)
        return collected(
            parts, self._absorbed(self._columns.feeds[feed_index], ready, nobody, nobody)
        )

    def _take_rows(
        self, ready: ReadyPlots, rows: Integers, slots: Integers, counts: Counter[str]
    ) -> Taken:
        """Filter rows into their tracks; what falls far from a track begins its twin."""
        feed = self._columns.feeds[ready.feed_index]
        order = np.lexsort((ready.at_ms[rows], slots))
        rows, slots = rows[order], slots[order]
        parts: list[Taken] = []
        for number in range(PASSES_MAX):
            if number:
                rows, slots = self._twins_of(ready, rows, slots, counts)
            fresh = _fresh(feed, ready, rows, slots, counts)
            rows, slots = rows[fresh], slots[fresh]
            part = self._absorbed(feed, ready, rows, slots)
            parts.append(part)
            away = part.outcome == absorbing.GATED_OUT
            self._keep(feed, ready, part, ~away)
            rows, slots = rows[away], slots[away]
            if not len(rows):
                break
        taken = collected(parts, parts[0])
        counts["taken"] += int(np.count_nonzero(taken.outcome == absorbing.TAKEN))
        counts["without-position"] += int(np.count_nonzero(taken.outcome == absorbing.NO_POSITION))
        counts["held"] += int(np.count_nonzero(taken.outcome == absorbing.HELD))
        counts["late"] += int(np.count_nonzero(taken.outcome == absorbing.LATE))
        counts["elsewhere"] += int(np.count_nonzero(taken.outcome == absorbing.GATED_OUT))
        counts["outlier"] += len(rows)
        counts["height-refused"] += int(np.count_nonzero(taken.height_refused))
        return taken

    def _absorbed(
        self, feed: FeedColumns, ready: ReadyPlots, rows: Integers, slots: Integers
    ) -> Taken:
        """Run the filter over rows sorted by slot and time."""
        held = _held(feed, ready, rows, slots)
        late_s_max = self.rules.late_s_max
        outcomes = absorbing.absorb(self._columns, ready, rows, slots, held, late_s_max)
        return taken_part(ready, feed, self._columns, rows, slots, outcomes)

    def _twins_of(
        self, ready: ReadyPlots, rows: Integers, slots: Integers, counts: Counter[str]
    ) -> tuple[Integers, Integers]:
        """Slots of the twins of tracks, begun where there are none; rows without room are left out."""
        columns = self._columns
        lacking = np.unique(slots[~columns.has_twin[slots]])
        room = self.rules.tracks_max - columns.live_count()
        if len(lacking) > room:
            counts["table-full"] += int(np.isin(slots, lacking[room:]).sum())
            lacking = lacking[: max(room, 0)]
        twins = columns.allocate(len(lacking))
        columns.party[twins] = ready.party
        for name in ("address", "has_address", "address_is_icao"):
            column = getattr(columns, name)
            column[twins] = column[lacking]
        columns.is_twin[twins] = True
        columns.twin[lacking], columns.has_twin[lacking] = twins, True
        columns.twin[twins] = lacking
        has = columns.has_twin[slots]
        rows, slots = rows[has], columns.twin[slots[has]]
        order = np.lexsort((ready.at_ms[rows], slots))
        return rows[order], slots[order]

    def _keep(self, feed: FeedColumns, ready: ReadyPlots, part: Taken, kept: Mask) -> None:
        """Note the last plot of the feed, and what it says of the aircraft, in each track."""
        columns = self._columns
        rows, slots = part.row[kept], part.slot[kept]
        if not len(rows):
            return
        np.add.at(feed.plot_count, slots, 1)
        last = np.append(slots[1:] != slots[:-1], True)
        positioned = ready.has_position[rows] & (part.outcome[kept] == absorbing.TAKEN)
        columns.source[slots[positioned]] = ready.source[rows[positioned]]
        for name in _OF_POSITION:
            getattr(feed, name)[slots[positioned]] = getattr(ready, name)[rows[positioned]]
        feed.position_at_ms[slots[positioned]] = ready.at_ms[rows[positioned]]
        for name in ("at_ms", "received_at_ms", "source"):
            getattr(feed, name)[slots[last]] = getattr(ready, name)[rows[last]]
        grounded = ready.has_on_ground[rows]
        columns.on_ground[slots[grounded]] = ready.on_ground[rows[grounded]]
        columns.has_on_ground[slots[grounded]] = True
        addressed = ready.has_address[rows] & ~columns.has_address[slots]
        for name in ("address", "address_is_icao"):
            getattr(columns, name)[slots[addressed]] = getattr(ready, name)[rows[addressed]]
        columns.has_address[slots[addressed]] = True
        for name in TEXTS:
            texts = ready.texts.get(name)
            if texts is not None:
                said = texts[rows] != np.array(None)
                getattr(columns, name)[slots[said]] = texts[rows[said]]

    def tidy(self, at: Instant) -> Integers:
        """End tracks that have had no position for too long, and those their twin has replaced.

        Returns:
            ids of the tracks that ended, (E,).
        """
        columns = self._columns
        live = np.flatnonzero(columns.live)
        age_s = (at.unix_ms - columns.times_ms[live, POSITION_TIME]) / 1000.0
        gone = age_s > self._drop_s[columns.source[live]]
        paired = live[columns.has_twin[live]]
        twins = columns.twin[paired]
        behind_s = (
            columns.times_ms[twins, POSITION_TIME] - columns.times_ms[paired, POSITION_TIME]
        ) / 1000.0
        replaced = (behind_s > self._stale_s[columns.source[paired]]) & (
            columns.position_count[twins] > self.rules.confirm_count
        )
        ending = np.unique(np.concatenate([live[gone], paired[replaced]]))
        for slot in ending.tolist():
            if columns.is_twin[slot]:
                columns.has_twin[columns.twin[slot]] = False
            elif columns.has_twin[slot]:
                twin = int(columns.twin[slot])
                columns.is_twin[twin] = False
                columns.hand_over(slot, twin)
        ended: Integers = columns.track_id[ending]
        columns.release(ending)
        return ended

    def categories(self, slots: Integers) -> NDArray[np.object_]:
        """Emitter category (N,) of tracks by slot, None where nobody said one."""
        found: NDArray[np.object_] = self._columns.category[slots]
        return found

    def texts(self, name: str, slots: Integers) -> NDArray[np.object_]:
        """One of `plot_batch.TEXTS` (N,) of tracks by slot, None where nobody said it."""
        found: NDArray[np.object_] = getattr(self._columns, name)[slots]
        return found

    def said_by(self, track_id: int) -> tuple[Said, ...]:
        """What each feed said of a track; empty for a track that is no more."""
        columns = self._columns
        slots = np.flatnonzero(columns.live & (columns.track_id == track_id))
        found = []
        for feed, (index, _) in self._feeds.items():
            held = columns.feeds[index]
            for slot in slots[held.plot_count[slots] > 0].tolist():
                latitude, longitude = degrees_of(held.position_ecef_m[slot : slot + 1])
                placed_there = bool(held.has_position[slot])
                heights, has = held.heights[slot].tolist(), held.has_heights[slot].tolist()
                found.append(
                    Said(
                        feed=feed,
                        plot_count=int(held.plot_count[slot]),
                        at=Instant(int(held.at_ms[slot])),
                        received_at=Instant(int(held.received_at_ms[slot])),
                        source=SOURCES[held.source[slot]],
                        latitude_deg=float(latitude[0]) if placed_there else None,
                        longitude_deg=float(longitude[0]) if placed_there else None,
                        altitude_pressure_m=heights[0] if has[0] else None,
                        altitude_ellipsoid_m=heights[1] if has[1] else None,
                    )
                )
        return tuple(found)

    def at(self, at: Instant) -> TrackSnapshot:
        """All tracks at one instant; extrapolated, with errors grown accordingly."""
        columns = self._columns
        slots = np.flatnonzero(columns.live & columns.known[:, POSITION_TIME])
        state = absorbing.extrapolated(columns, slots, at.unix_ms)
        position = np.ascontiguousarray(state[motion.POSITION].T)
        latitude_deg, longitude_deg = degrees_of(position)
        known = columns.known[slots]
        by_pressure = known[:, PRESSURE_TIME]
        rate = np.where(by_pressure, state[motion.PRESSURE + 1], state[motion.ELLIPSOID + 1])
        rate_sd = np.sqrt(
            np.where(by_pressure, state[motion.PRESSURE + 4], state[motion.ELLIPSOID + 4])
        )
        held = columns.state[:, slots]  # as of each track's own time: a rate once known stays so
        rate_sd_last = np.sqrt(
            np.where(by_pressure, held[motion.PRESSURE + 4], held[motion.ELLIPSOID + 4])
        )
        has_height = by_pressure | known[:, ELLIPSOID_TIME]
        position_sd = np.sqrt(np.maximum(state[motion.ALONG], state[motion.RIGHT]))
        velocity_sd = np.sqrt(np.maximum(state[motion.ALONG + 2], state[motion.RIGHT + 2]))
        age_s = (at.unix_ms - columns.times_ms[slots, POSITION_TIME]) / 1000.0
        is_twin = columns.is_twin[slots]
        return TrackSnapshot(
            at=at,
            parties=tuple(self._parties),
            track_id=columns.track_id[slots],
            slot=slots,
            party=columns.party[slots],
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            position_ecef_m=position,
            velocity_ecef_mps=np.ascontiguousarray(state[motion.VELOCITY].T),
            has_velocity=velocity_sd <= VELOCITY_SD_KNOWN_MPS,
            accuracy_horizontal_m=RADIUS_95_PER_SD * position_sd,
            accuracy_velocity_mps=RADIUS_95_PER_SD * velocity_sd,
            turn_rate_radps=state[motion.TURN],
            accuracy_turn_radps=SD_PER_95 * np.sqrt(state[motion.TURN_VARIANCE]),
            altitude_pressure_m=state[motion.PRESSURE],
            has_altitude_pressure=by_pressure,
            accuracy_pressure_m=SD_PER_95 * np.sqrt(state[motion.PRESSURE + 2]),
            altitude_ellipsoid_m=state[motion.ELLIPSOID],
            has_altitude_ellipsoid=known[:, ELLIPSOID_TIME],
            accuracy_ellipsoid_m=SD_PER_95 * np.sqrt(state[motion.ELLIPSOID + 2]),
            vertical_rate_mps=rate,
            has_vertical_rate=has_height & (rate_sd_last <= RATE_SD_KNOWN_MPS),
            accuracy_vertical_rate_mps=SD_PER_95 * rate_sd,
            on_ground=columns.on_ground[slots],
            has_on_ground=columns.has_on_ground[slots],
            age_s=np.maximum(age_s, 0.0),
            stale=age_s > self._stale_s[columns.source[slots]],
            confirmed=columns.position_count[slots] >= self.rules.confirm_count,
            address=columns.address[slots],
            has_address=columns.has_address[slots],
            address_is_icao=columns.address_is_icao[slots],
            source=columns.source[slots],
            twin_of=np.where(is_twin, columns.track_id[columns.twin[slots]], 0),
            is_twin=is_twin,
            unrest=state[motion.UNREST],
        )


def _fresh(
    feed: FeedColumns, ready: ReadyPlots, rows: Integers, slots: Integers, counts: Counter[str]
) -> Mask:
    """Rows, sorted by slot and time, that say something new; the others are counted by name."""
    at_ms, position = ready.at_ms[rows], ready.position_ecef_m[rows]
    placed_before = ready.has_position[rows] & feed.has_position[slots]
    before_ms = np.where(placed_before, feed.position_at_ms[slots], feed.at_ms[slots])
    heard = np.where(ready.has_position[rows], placed_before, feed.plot_count[slots] > 0)
    backwards = heard & (at_ms < before_ms)
    same = heard & (at_ms == before_ms)
    same &= (position == feed.position_ecef_m[slots]).all(axis=1) | ~ready.has_position[rows]
    if len(rows) > 1:
        again = (slots[1:] == slots[:-1]) & (at_ms[1:] == at_ms[:-1])
        again &= ready.has_position[rows[1:]] == ready.has_position[rows[:-1]]
        same[1:] |= again & (position[1:] == position[:-1]).all(axis=1)
    counts["backwards"] += int(np.count_nonzero(backwards))
    counts["duplicate"] += int(np.count_nonzero(same))
    fresh: Mask = ~backwards & ~same
    return fresh


def _held(feed: FeedColumns, ready: ReadyPlots, rows: Integers, slots: Integers) -> Mask:
    """Whether a position is the feed's last one again, to the last bit."""
    position = ready.position_ecef_m[rows]
    held: Mask = feed.has_position[slots] & (position == feed.position_ecef_m[slots]).all(axis=1)
    if len(rows) > 1:
        held[1:] |= (slots[1:] == slots[:-1]) & (position[1:] == position[:-1]).all(axis=1)
    return held & ready.has_position[rows]
