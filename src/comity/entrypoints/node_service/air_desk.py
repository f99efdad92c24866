"""The node's side of its watch over the air: starts it, tells it what it must know, keeps its alerts."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol

import structlog

from comity.application.brief_areas import areas_brief
from comity.application.brief_watch import MinimaBrief, WatchBrief, brief_of
from comity.application.flights_under_way import FlightsUnderWay
from comity.application.keep_alerts import AlertChange, keep_changes
from comity.application.node import Node, TakenIn
from comity.application.note_departure import note_departure
from comity.application.ports.entropy import Entropy
from comity.domain.alerts import ACKNOWLEDGED, Alert, AlertKind, AlertPhase, alert_body
from comity.domain.tracks import FeedSettings
from comity.entrypoints.air_process import (
    Acknowledged,
    AirChannel,
    AlertNow,
    AreasTold,
    Begin,
    Briefed,
    Changes,
    ChannelClosedError,
    CycleTold,
    FeedsWanted,
    FromAir,
    Kept,
    NetTold,
    OpenAlert,
    PicturesWanted,
    PictureTold,
    ToAir,
    TracksAsked,
    TracksTold,
)
from comity.entrypoints.air_process.messages import wanted_of
from comity.entrypoints.node_service.events import Event, EventStream
from comity.entrypoints.node_service.service import NodeService
from comity.entrypoints.node_service.track_streams import TrackStreams
from comity.entrypoints.track_stream.frame import Health
from comity.kernel.errors import ComityError, RecordError, StoreError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant
from comity.kernel.invariants import InvariantError

PIECE = 8  # records a work: 8 signatures and appends are some 5 ms of the loop, as a flight or two
FAULTS_MAX = (
    3  # of a batch, which another's work may have undone, until a piece is looked at singly
)
RETRY_S = 1.0  # between two tries to keep what the store refused
AGAIN_S_MIN, AGAIN_S_MAX = 1.0, 30.0  # until a watch that ended is started again
SOUND_S = 60.0  # a watch that lasted so long is started again at once
SILENT_S = 3.0  # without a cycle: whatever the reason, nobody is watching
TRACKS_S_MAX = 5.0
ASKING_MAX = 16  # people who wait for tracks at once
FEED_NAMES_MAX = 64  # `tracks.table.FEEDS_MAX`: names that one run of the watch has room for
NETS = (
    AlertKind.PAIR_CONFLICT,
    AlertKind.CONFORMANCE,
    AlertKind.INTEGRITY,
    AlertKind.AREA_PROXIMITY,
)
"""The nets that every node has."""
AREAS_S_MAX = 60.0  # until areas are looked at anew though no record came: notices end
AREAS_S_MIN = 2.0  # between two looks, however many records come: an import brings thousands
AREA_RECORDS = ("area.", "notice.", "site.")
"""How kinds begin whose records may change what areas there are."""

_LOG = structlog.get_logger("comity.air")


class AirProcess(Protocol):
    """A watch that was started."""

    @property
    def channel(self) -> AirChannel[FromAir, ToAir]:
        """The way to it."""
        ...

    async def end(self) -> None:
        """End it, whatever it is doing."""
        ...


Launch = Callable[[], Awaitable[AirProcess]]
Check = Callable[[FeedSettings], None]
"""Whether a feed of these settings could be connected.

Raises:
    InputError: no such format, or an address that the format is not read from.
"""


class AirDesk:
    """Where the node and its watch meet. Without feeds there is no watch.

    The watch runs in a process of its own: decoding and tracking cost a core at 20,000 aircraft,
    and the node's loop waits for nobody (docs/decisions/0012-watch-beside-the-node.md).
    """

    def __init__(
        self,
        service: NodeService,
        events: EventStream,
        launch: Launch | None,
        check: Check,
        run: str,
        entropy: Entropy,
        retry_s: float = RETRY_S,
    ) -> None:
        """Take part in a node's batches.

        Args:
            service: the node.
            events: where changes are told.
            launch: starts a watch; None where the node does not serve.
            check: whether a feed could be connected.
            run: names this run of the node.
            entropy: for ids of streams of tracks.
            retry_s: between two tries to keep what the store refused.
        """
        self._retry_s = retry_s
        self.check = check
        self._service = service
        self._events = events
        self._launch = launch
        self._run = run
        self._lives = 0
        self._flights = FlightsUnderWay()
        self._position = 0
        self._node: Node | None = None
        self._feeds: tuple[FeedSettings, ...] = ()
        self._feeds_changed = asyncio.Event()
        self._channel: AirChannel[FromAir, ToAir] | None = None
        self._names: dict[str, PartyId] = {}
        self._last: CycleTold | None = None
        self._last_s = 0.0
        self._down = "not-running: this node does not serve" if launch is None else "starting"
        self._briefed: WatchBrief | None = None
        self._told_volumes: set[str] = set()
        self._areas_s = -AREAS_S_MAX
        self._areas_changed = True
        self._areas_told: AreasTold | None = None
        self._not_kept = ""
        self._now: dict[str, AlertNow] = {}
        self._health: dict[str, str] = {}
        self._asked: dict[int, asyncio.Future[TracksTold]] = {}
        self._asked_count = 0
        self.refused_changes = 0
        self.streams = TrackStreams(service.now, entropy, self._want_pictures, self._health_worst)
        service.on_settled(self._follow)

    # What the doors ask

    @property
    def cycle(self) -> CycleTold | None:
        """The last cycle of the watch that runs now."""
        return self._last

    def alert_now(self, alert_id: str) -> AlertNow | None:
        """How an alert stood in the last cycle; None where the watch did not tell of it."""
        return self._now.get(alert_id)

    @property
    def minima(self) -> str | None:
        """Where the separation of the nets comes from; None where nobody watches."""
        return None if self._briefed is None or self._last is None else self._briefed.minima.source

    @property
    def restarts(self) -> int:
        """How often the watch was started again."""
        return max(self._lives - 1, 0)

    def nets(self) -> list[NetTold]:
        """What each net says of itself, or this node of one that says nothing."""
        now = str(self._service.now())
        if self._launch is None:
            why = self._down
        elif not self._feeds:
            why = "no-feed: none is set up"
        elif self._last is None:
            why = self._down
        elif (silent_s := time.monotonic() - self._last_s) > SILENT_S:
            why = f"silent: no cycle for {silent_s:.0f} s"
        else:
            more = [f"not-kept: {self._not_kept}"] if self._not_kept else []
            return [_with_why(net, more) for net in self._last.nets]
        return [NetTold(net=str(net), health="blind", since=now, why=[why]) for net in NETS]

    @property
    def run_name(self) -> str:
        """Names the run of the watch, with which every track of the one before has ended."""
        return f"{self._run}{self._lives}"

    async def tracks(self, *, named: str = "", **asked: float) -> TracksTold:
        """Tracks within a box, of the last cycle.

        Raises:
            StoreError: `no-watch`: there is none now, or it does not answer; `overloaded`.
        """
        channel = self._channel
        if channel is None:
            raise StoreError("no-watch", self.nets()[0].why[0])
        if len(self._asked) >= ASKING_MAX:
            raise StoreError("overloaded", f"{ASKING_MAX} wait for tracks, the most there may be")
        self._asked_count += 1
        number = self._asked_count
        future = self._asked[number] = asyncio.get_running_loop().create_future()
        limit = int(asked.pop("limit"))
        channel.send(TracksAsked(number=number, limit=limit, named=named, **asked))
        try:
            return await asyncio.wait_for(future, TRACKS_S_MAX)
        except TimeoutError as error:
            raise StoreError("no-watch", f"no answer within {TRACKS_S_MAX:.0f} s") from error
        finally:
            self._asked.pop(number, None)

    def _want_pictures(self, wanted: bool) -> None:
        if self._channel is not None:
            self._channel.send(PicturesWanted(wanted=wanted))

    def _health_worst(self) -> Health:
        """Of the worst net."""
        return min(Health[net.health.upper()] for net in self.nets())

    # The life of the watch

    async def run(self) -> None:
        """Keep a watch while there are feeds; end it by cancelling the task."""
        failures = 0
        while True:
            while not self._feeds:
                self._feeds_changed.clear()
                await self._feeds_changed.wait()
            began_s = time.monotonic()
            try:
                await self._one_life()
                why = "its feeds are others now"
                failures = 0
            except (ChannelClosedError, OSError, ComityError, InvariantError) as error:
                why = str(error) or type(error).__name__
                failures = 1 if time.monotonic() - began_s > SOUND_S else failures + 1
            self._last, self._channel, self._now = None, None, {}
            self._down = f"down: {why}"
            self._tell_nets(self.nets())
            _LOG.warning("watch-ended", why=why, failures=failures)
            if failures:
                await asyncio.sleep(min(AGAIN_S_MAX, AGAIN_S_MIN * 2.0 ** (failures - 1)))

    async def _one_life(self) -> None:
        """Start a watch and serve it; returns when it must be started anew for its feeds' sake."""
        if self._launch is None:
            raise ChannelClosedError("this node does not serve")
        self._lives += 1
        self._names, self._told_volumes, self._briefed = {}, set(), None
        self._areas_changed, self._areas_told = True, None
        process = await self._launch()
        try:
            channel = process.channel
            alerts = await self._service.do(lambda node, _at: node.alerts.open_alerts())
            channel.send(
                Begin(
                    run=self.run_name,
                    party=self._service.party,
                    alerts=[_open_alert(each) for each in alerts],
                )
            )
            self._channel = channel
            self.streams.begin_run()
            self._send_feeds()
            await self._serve(channel)
        finally:
            self._channel = None
            await process.end()

    async def _serve(self, channel: AirChannel[FromAir, ToAir]) -> None:
        owed: asyncio.Queue[Changes] = asyncio.Queue()
        cycled = asyncio.Event()
        cycled.set()
        tasks = [
            asyncio.create_task(self._listen(channel, owed, cycled), name="air listen"),
            asyncio.create_task(self._keep_for_ever(channel, owed), name="air keep"),
            asyncio.create_task(self._brief_for_ever(channel, cycled), name="air brief"),
            asyncio.create_task(self._follow_feeds(), name="air feeds"),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for future in self._asked.values():
                if not future.done():
                    future.set_exception(StoreError("no-watch", "it ended"))

    async def _listen(
        self,
        channel: AirChannel[FromAir, ToAir],
        owed: asyncio.Queue[Changes],
        cycled: asyncio.Event,
    ) -> None:
        while True:
            message = await channel.receive()
            match message:
                case CycleTold():
                    self._last, self._last_s = message, time.monotonic()
                    self._now = {each.alert: each for each in message.now}
                    self._tell_nets(self.nets())
                    self.streams.tend()
                    cycled.set()
                case Changes():
                    owed.put_nowait(message)
                case PictureTold():
                    self.streams.put(message)
                case TracksTold():
                    future = self._asked.get(message.number)
                    if future is not None and not future.done():
                        future.set_result(message)

    async def _keep_for_ever(
        self, channel: AirChannel[FromAir, ToAir], owed: asyncio.Queue[Changes]
    ) -> None:
        """Make changes durable in pieces, each a work of its own, so that none waits behind many."""
        while True:
            lot = await owed.get()
            for start in range(0, len(lot.changes), PIECE):
                await self._keep(lot.changes[start : start + PIECE])
            channel.send(Kept(number=lot.number))

    async def _keep(self, piece: Sequence[AlertChange]) -> None:
        """Keep a piece, however often it takes.

        What the node itself refuses, or fails over again and again, is a fault of ours: it is looked
        at one by one, and what is refused alone is logged, counted and shown; all else goes on.
        """
        faults = 0
        while True:
            try:
                await self._service.do(lambda node, at: _kept(node, piece, at))
                break
            except (RecordError, InvariantError) as error:
                faults += 1
                if isinstance(error, RecordError) or faults >= FAULTS_MAX:
                    await self._keep_singly(piece, error)
                    break
                await self._wait_to_keep(error)
            except ComityError as error:
                await self._wait_to_keep(error)
        self._not_kept = ""

    async def _keep_singly(self, piece: Sequence[AlertChange], error: Exception) -> None:
        if len(piece) > 1:
            for change in piece:
                await self._keep([change])
            return
        self.refused_changes += 1
        _LOG.error("change-refused", body=piece[0].body, why=str(error))

    async def _wait_to_keep(self, error: Exception) -> None:
        if not self._not_kept:
            _LOG.warning("alerts-not-kept", why=str(error))
        self._not_kept = str(error)
        await asyncio.sleep(self._retry_s)

    async def _brief_for_ever(
        self, channel: AirChannel[FromAir, ToAir], cycled: asyncio.Event
    ) -> None:
        """Ask the books anew after each cycle, and tell the watch what changed."""
        while True:
            await cycled.wait()
            cycled.clear()

            def work(node: Node, at: Instant) -> WatchBrief:
                return brief_of(node, self._flights.at(node, at), at, self._told_volumes)

            brief = await self._service.do(work)
            before = self._briefed
            if before is None or (brief.minima, brief.flights) != (before.minima, before.flights):
                channel.send(Briefed(brief=brief))
                self._briefed = brief
                self._told_volumes = {flight.proposal for flight in brief.flights}
            await self._tell_areas(channel, brief.minima)

    async def _tell_areas(self, channel: AirChannel[FromAir, ToAir], minima: MinimaBrief) -> None:
        """Tell the watch of areas that came, went or changed since it was told last."""
        now_s, told = time.monotonic(), self._areas_told
        if told is not None:
            changed = self._areas_changed or told.minima != minima
            if now_s - self._areas_s < (AREAS_S_MIN if changed else AREAS_S_MAX):
                return
        self._areas_s, self._areas_changed = now_s, False
        areas = await self._service.do(areas_brief)
        message = AreasTold(areas=areas, minima=minima)
        if message != told:
            channel.send(message)
            self._areas_told = message

    async def _follow_feeds(self) -> None:
        """Tell the watch of feeds that come and go; returns where it has to begin anew for them."""
        while True:
            await self._feeds_changed.wait()
            self._feeds_changed.clear()
            if not self._feeds or self._clash():
                return
            self._send_feeds()

    def _send_feeds(self) -> None:
        self._names |= {feed.feed: feed.party for feed in self._feeds}
        if self._channel is not None:
            self._channel.send(FeedsWanted(feeds=[wanted_of(feed) for feed in self._feeds]))

    def _clash(self) -> bool:
        """Whether a name was another party's in this run of the watch, or there is no room for more."""
        names = {feed.feed: feed.party for feed in self._feeds}
        other = any(self._names.get(name, party) != party for name, party in names.items())
        return other or len(self._names | names) > FEED_NAMES_MAX

    # What the node says

    def _follow(self, node: Node) -> None:
        """Between two batches: what changed for the watch."""
        again = node is not self._node
        start = 0 if again else self._position
        news = [each for each in node.settled if each.number >= start]
        self._node, self._position = node, node.journal_size
        self._flights.follow(node, news)
        if (feeds := node.feeds.feeds()) != self._feeds:
            self._feeds = feeds
            self._feeds_changed.set()
        if again or any(each.record.kind.startswith(AREA_RECORDS) for each in news):
            self._areas_changed = True
        if self._channel is not None:
            for taken_in in news:
                self._pass_on(self._channel, taken_in)

    def _pass_on(self, channel: AirChannel[FromAir, ToAir], taken_in: TakenIn) -> None:
        record = taken_in.record
        if record.kind == ACKNOWLEDGED and not record.exercise:
            channel.send(
                Acknowledged(
                    alert=str(record.body["alert"]),
                    operator=record.operator,
                    at_ms=taken_in.received_at.unix_ms,
                )
            )

    def _tell_nets(self, nets: Sequence[NetTold]) -> None:
        """Tell whoever watches of each net whose health changed."""
        told = {net.net: net.health for net in nets}
        for net in nets:
            if self._health.get(net.net) != net.health:
                why = "; ".join(net.why)
                _LOG.info("net", net=net.net, health=net.health, why=why)
                text = f"{net.net} {net.health}" + (f": {why}" if why else "")
                self._events.tell(
                    Event(
                        kind="net",
                        at=str(self._service.now()),
                        author=self._service.party,
                        text=text,
                    )
                )
        self._health = told

    async def close(self, task: "asyncio.Task[None]") -> None:
        """End the watch, and the streams of its tracks."""
        self.streams.close()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _kept(node: Node, piece: Sequence[AlertChange], at: Instant) -> None:
    keep_changes(node, piece, at)
    for change in piece:
        note_departure(node, change, at)


def _open_alert(alert: Alert) -> OpenAlert:
    acknowledged_at = alert.acknowledged_at
    return OpenAlert(
        body=alert_body(replace(alert, phase=AlertPhase.RAISED)),
        severity_worst=int(alert.severity_worst),
        acknowledged_by=alert.acknowledged_by,
        acknowledged_ms=None if acknowledged_at is None else acknowledged_at.unix_ms,
    )


def _with_why(net: NetTold, more: list[str]) -> NetTold:
    return NetTold(net=net.net, health=net.health, since=net.since, why=[*net.why, *more])
