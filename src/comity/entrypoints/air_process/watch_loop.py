"""The cycle of the watch, once a second: what came is taken in, the nets look, the node is told."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import structlog

from comity.application.brief_watch import NO_AGREEMENT
from comity.application.conformance_net import ConformanceNet
from comity.application.integrity_net import IntegrityNet
from comity.application.pair_net import PairNet
from comity.application.ports.clock import Clock
from comity.application.take_brief import (
    FlightVolumes,
    bounds_of,
    conformance_rule_of,
    pair_severity_of,
    rule_of,
)
from comity.application.watch_air import AirWatch, Cycle, Net
from comity.application.watched_flights import FlightBoard
from comity.domain.alerts import Alert, AlertPhase, Severity, alert_as_raised
from comity.domain.alerts.pair_conflict import Search
from comity.domain.geometry.distance import Measure
from comity.domain.tracks import FeedId, PlotBatch
from comity.domain.tracks.integrity import IntegrityMonitor, Receiver
from comity.domain.tracks.snapshot import surface_ecef_m
from comity.domain.tracks.table import Feed, TrackTable
from comity.entrypoints.air_process.area_keeper import AreaKeeper
from comity.entrypoints.air_process.channel import AirChannel, ChannelClosedError
from comity.entrypoints.air_process.ears import Ears
from comity.entrypoints.air_process.messages import (
    ALERTS_NOW_MAX,
    CHANGES_MAX,
    Acknowledged,
    AreasTold,
    Begin,
    Briefed,
    Changes,
    CycleTold,
    FeedsWanted,
    FeedWanted,
    FromAir,
    Kept,
    NetTold,
    OpenAlert,
    PicturesWanted,
    PictureTold,
    ToAir,
    TracksAsked,
)
from comity.entrypoints.air_process.picturing import Picturing
from comity.entrypoints.air_process.telling import memory_bytes, tell_alert, tell_tracks
from comity.entrypoints.air_process.told_changes import ChangesOwed
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId, PartyId
from comity.kernel.instants import Instant

CYCLE_S = 1.0  # positions come once a second; ESASSP §4: updates of 5 s and slower
UNREAD_BYTES_MAX = 1 << 20  # a node that has not read so much is not told of further cycles

_LOG = structlog.get_logger("comity.air")


@dataclass(frozen=True, slots=True)
class Searches:
    """The compiled loops that the nets use, loaded."""

    pairs: Search
    nearest: Measure


class PlotKeeper(Protocol):
    """Keeps plots beside the watch; never makes it wait, and a fault of its disk is its own."""

    def take(self, at: Instant, batches: Sequence[PlotBatch]) -> None:
        """The plots of one cycle."""
        ...

    def close(self) -> None:
        """Write what waits."""
        ...


class WatchLoop:
    """One node's watch, until the node is gone."""

    def __init__(
        self,
        channel: AirChannel[ToAir, FromAir],
        ears: Ears,
        clock: Clock,
        searches: Searches,
        begin: Begin,
        areas: AreaKeeper | None = None,
        recorder: PlotKeeper | None = None,
    ) -> None:
        self._recorder = recorder
        self._channel = channel
        self._ears = ears
        self._areas = areas
        self._clock = clock
        self._table = TrackTable(())
        self._board = FlightBoard(self._table)
        self._volumes = FlightVolumes()
        self._monitor = IntegrityMonitor()
        self._pairs = PairNet(
            agreed=self._board.formations, search=searches.pairs, classes=self._board.classes
        )
        self._flown = ConformanceNet(self._board, measure=searches.nearest)
        nets: tuple[Net, ...] = (
            self._pairs,
            self._flown,
            IntegrityNet(self._table, self._monitor),
            *(() if areas is None else (areas.net,)),
        )
        self._watch = AirWatch(self._table, nets, time.perf_counter, begin.run)
        self._watch.alerts.restore(alert_of(each) for each in begin.alerts)
        self._owed = ChangesOwed(CHANGES_MAX)
        self._picturing = Picturing(begin.run)
        self._last: Cycle | None = None
        self._number = self._skipped = self._untold = 0

    async def run(self) -> None:
        """Go on until the other side is gone."""
        reading = asyncio.create_task(self._read(), name="read")
        try:
            await self._cycle_for_ever(reading)
        except ChannelClosedError:
            pass
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _cycle_for_ever(self, reading: asyncio.Task[None]) -> None:
        due_s = time.monotonic()
        while True:
            wait_s = due_s - time.monotonic()
            await asyncio.wait({reading}, timeout=max(wait_s, 0.0))
            if reading.done():
                reading.result()
                return
            late_s = max(time.monotonic() - due_s, 0.0)
            self.cycle(self._clock.now(), late_s)
            due_s += CYCLE_S
            missed = int(max(time.monotonic() - due_s, 0.0) / CYCLE_S)
            self._skipped += missed
            due_s += missed * CYCLE_S
            await asyncio.sleep(0)

    def cycle(self, at: Instant, late_s: float) -> None:
        """One cycle; told to the node where it reads."""
        batches = self._ears.drain()
        if self._recorder is not None:
            self._recorder.take(at, batches)
        known = self._table.counts
        cycle = self._watch.cycle(
            at, [batch for batch in batches if batch.feed in known], self._ears.down(at)
        )
        self._last = cycle
        self._number += 1
        for kind, error in cycle.faults.items():
            _LOG.error("net-failed", net=str(kind), exc_info=error)
        self._owed.add(cycle.changed)
        self._send_changes()
        if self._channel.waiting_bytes > UNREAD_BYTES_MAX:
            self._untold += 1
            return
        self._channel.send(self._told(cycle, late_s))
        if self._picturing.wanted:
            self._channel.send(self._picture(cycle))

    def _picture(self, cycle: Cycle) -> PictureTold:
        flights = {row: str(intent) for intent, row in self._board.last_rows().items()}
        return self._picturing.picture(
            self._number,
            cycle,
            self._table,
            flights,
            self._watch.alerts.open_alerts(),
            self._watch.view,
        )

    async def _read(self) -> None:
        while True:
            message = await self._channel.receive()
            match message:
                case FeedsWanted():
                    self._want(message.feeds)
                case Briefed():
                    self._brief(message)
                case AreasTold():
                    self._take_areas(message)
                case Kept():
                    self._owed.kept(message.number)
                    self._send_changes()
                case Acknowledged():
                    self._acknowledge(message)
                case TracksAsked():
                    self._channel.send(
                        tell_tracks(message, self._last, self._table, self._board, self._watch.run)
                    )
                case PicturesWanted():
                    self._picturing.want(wanted=message.wanted)
                case Begin():
                    raise ChannelClosedError("begun twice")

    def _want(self, feeds: list[FeedWanted]) -> None:
        for wanted in feeds:
            feed = FeedId(wanted.feed)
            if feed not in self._table.counts:
                self._table.add_feed(Feed(feed, PartyId(wanted.party)))
            self._monitor.receivers.pop(feed, None)
            receiver = receiver_of(wanted)
            if receiver is not None:
                self._monitor.receivers[feed] = receiver
        self._ears.want(feeds)

    def _brief(self, message: Briefed) -> None:
        minima = message.brief.minima
        self._pairs.rule = rule_of(minima)
        self._pairs.severity = pair_severity_of(minima.nets)
        self._flown.rule = conformance_rule_of(minima.nets)
        self._flown.bounds = bounds_of(minima)
        self._board.class_codes = {name: row for row, name in enumerate(minima.classes, 1)}
        self._board.plans_held = bool(message.brief.flights) or minima.source != NO_AGREEMENT
        self._board.flights = self._volumes.flights_of(message.brief)

    def _take_areas(self, message: AreasTold) -> None:
        if self._areas is not None:
            self._areas.want(message.areas, bounds_of(message.minima))

    def _acknowledge(self, message: Acknowledged) -> None:
        operator, at = OperatorId(message.operator), Instant(message.at_ms)
        try:
            self._watch.acknowledge(message.alert, operator, at)
        except InputError as error:  # cleared or acknowledged meanwhile: the records decide
            _LOG.info("acknowledged-late", why=str(error))

    def _send_changes(self) -> None:
        lot = self._owed.next_lot()
        if lot is not None:
            self._channel.send(Changes(number=lot[0], changes=lot[1]))

    def _told(self, cycle: Cycle, late_s: float) -> CycleTold:
        told = {feed: dict(counts) for feed, counts in self._table.counts.items()}
        return CycleTold(
            number=self._number,
            at=str(cycle.at),
            late_s=round(late_s, 3),
            tracks=len(cycle.snapshot),
            plots=cycle.plots,
            ended=cycle.ended,
            alerts_open=len(alerts := self._watch.alerts.open_alerts()),
            nets=[
                NetTold(
                    net=str(kind),
                    health=str(state.health),
                    since=str(state.since),
                    why=list(state.why),
                )
                for kind, state in cycle.nets.items()
            ],
            feeds=[
                state.with_tracks(told.get(FeedId(state.feed), {})) for state in self._ears.states()
            ],
            stage_s={name: round(value, 5) for name, value in cycle.stage_s.items()},
            skipped=self._skipped,
            untold=self._untold,
            changes=len(cycle.changed),
            changes_waiting=len(self._owed),
            unwatched={str(intent): why for intent, why in self._flown.unwatched.items()},
            suppressed=self._pairs.suppressed,
            memory_bytes=memory_bytes(),
            now=[tell_alert(alert) for alert in alerts[:ALERTS_NOW_MAX]],
        )


def alert_of(told: OpenAlert) -> Alert:
    """An open alert as the node's records have it."""
    raised = alert_as_raised(told.body)
    acknowledged = told.acknowledged_by is not None and told.acknowledged_ms is not None
    return Alert(
        alert_id=raised.alert_id,
        phase=AlertPhase.ACKNOWLEDGED if acknowledged else AlertPhase.RAISED,
        raised_at=raised.raised_at,
        revision=raised.revision,
        finding=raised.finding,
        severity_worst=Severity(told.severity_worst),
        seen_at=raised.seen_at,
        acknowledged_by=None if told.acknowledged_by is None else OperatorId(told.acknowledged_by),
        acknowledged_at=None if told.acknowledged_ms is None else Instant(told.acknowledged_ms),
    )


def receiver_of(wanted: FeedWanted) -> Receiver | None:
    """Where a feed's antenna stands, if it was said; on the ellipsoid where its height was not."""
    if wanted.receiver_deg is None:
        return None
    latitude_deg, longitude_deg = wanted.receiver_deg
    (foot,) = surface_ecef_m(np.array([latitude_deg]), np.array([longitude_deg]))
    return Receiver(foot, wanted.receiver_height_m or 0.0)
