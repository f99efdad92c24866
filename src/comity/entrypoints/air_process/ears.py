"""The live feeds of the watch, in a thread of their own: decoding never holds up a cycle for long."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from comity.adapters.network_feeds import ByteSource, FeedLoop
from comity.application.feeds import Backoff, FeedLink, LinkPhase, PlotDecoder
from comity.application.plot_inbox import PlotInbox
from comity.application.ports.clock import Clock
from comity.application.ports.entropy import Entropy
from comity.domain.tracks import FeedId, Plot, PlotBatch
from comity.entrypoints.air_process.messages import FeedState, FeedWanted
from comity.kernel.instants import Instant

TELL_S = 0.5  # between two looks at how the feeds stand
GATHERED_MAX = 4_096  # plots of a feed that wait to become columns: columns of few cost as much
SILENT_S = 12.0  # an open link without a byte, as `NetRule.blind_after_s`
STOP_S_MAX = 3.0

Connect = Callable[[FeedWanted], tuple[ByteSource, PlotDecoder]]
"""A source and a decoder of a feed.

Raises:
    InputError: its address or format cannot be used.
"""

_LOG = structlog.get_logger("comity.feeds")


@dataclass(slots=True)
class _Ear:
    """One feed that is listened to; to `FeedLoop` it is the sink."""

    wanted: FeedWanted
    put: Callable[[Sequence[Plot]], None]
    link: FeedLink | None = None
    decoder: PlotDecoder | None = None
    source: ByteSource | None = None
    loop: FeedLoop | None = None
    task: asyncio.Task[None] | None = None
    faults: int = 0
    gathered: list[Plot] = field(default_factory=list)

    def take(self, plots: Sequence[Plot]) -> None:
        """Gather plots."""
        self.gathered += plots
        if len(self.gathered) >= GATHERED_MAX:
            self.hand_over()

    def hand_over(self) -> None:
        """Pass on what was gathered."""
        if self.gathered:
            gathered, self.gathered = self.gathered, []
            self.put(gathered)

    def link_changed(self, link: FeedLink) -> None:
        """Note and log how the link stands."""
        before = self.link
        self.link = link
        if before is None or (before.phase, before.reason) != (link.phase, link.reason):
            _LOG.info("feed", feed=self.wanted.feed, phase=str(link.phase), reason=link.reason)


class Ears:
    """Listens to the feeds that are wanted; the cycle drains what they brought."""

    def __init__(self, connect: Connect, clock: Clock, entropy: Entropy) -> None:
        self._connect = connect
        self._clock = clock
        self._entropy = entropy
        self._inbox = PlotInbox()
        self._lock = threading.Lock()
        self._ears: dict[str, _Ear] = {}
        self._states: tuple[FeedState, ...] = ()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._listen, name="comity-ears", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_S_MAX)

    def want(self, feeds: Sequence[FeedWanted]) -> None:
        """Listen to these feeds and no others; a feed whose settings changed is connected anew."""
        self._loop.call_soon_threadsafe(self._change, tuple(feeds))

    def drain(self) -> list[PlotBatch]:
        """What came since the last call, one batch a feed."""
        with self._lock:
            return self._inbox.drain()

    def states(self) -> tuple[FeedState, ...]:
        """How each feed stood a moment ago."""
        return self._states

    def down(self, at: Instant) -> tuple[str, ...]:
        """Feeds that deliver nothing, and why."""
        told = []
        for state in self._states:
            if state.phase != LinkPhase.UP:
                told.append(f"{state.feed} {state.phase}")
                continue
            last_ms = state.heard_ms if state.heard_ms is not None else state.since_ms
            silent_s = (at.unix_ms - last_ms) / 1000
            if silent_s > SILENT_S:
                told.append(f"{state.feed} silent for {silent_s:.0f} s")
        return tuple(told)

    # In the thread of the feeds

    def _listen(self) -> None:
        asyncio.set_event_loop(self._loop)
        telling = self._loop.create_task(self._tell_for_ever(), name="tell")
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        pending = asyncio.gather(telling, *asyncio.all_tasks(self._loop), return_exceptions=True)
        self._loop.run_until_complete(pending)
        self._loop.close()

    def _put(self, plots: Sequence[Plot]) -> None:
        with self._lock:
            self._inbox.put_plots(plots)

    def _change(self, feeds: tuple[FeedWanted, ...]) -> None:
        wanted = {feed.feed: feed for feed in feeds}
        for name in list(self._ears):
            if wanted.get(name) != self._ears[name].wanted:
                ear = self._ears.pop(name)
                if ear.task is not None:
                    ear.task.cancel()
        for name, feed in wanted.items():
            if name not in self._ears:
                ear = self._ears[name] = _Ear(feed, self._put)
                ear.task = self._loop.create_task(self._hear(ear), name=f"feed {name}")
        self._tell()

    async def _hear(self, ear: _Ear) -> None:
        """Keep one feed going, over faults of ours too: they are logged, counted and backed off from."""
        backoff = Backoff(self._entropy)
        while True:
            try:
                ear.source, ear.decoder = self._connect(ear.wanted)
                ear.loop = FeedLoop(ear.source, ear.decoder, ear, self._clock, self._entropy)
                await ear.loop.run()
            except Exception as error:  # noqa: BLE001 - a fault of ours in one feed ends no other
                _LOG.exception("feed-failed", feed=ear.wanted.feed)
                ear.faults += 1
                reason = f"{type(error).__name__}: {error}"
                ear.link = FeedLink(LinkPhase.DOWN, self._clock.now(), reason=reason)
                await asyncio.sleep(backoff.delay_s(ear.faults))

    async def _tell_for_ever(self) -> None:
        while True:
            self._tell()
            await asyncio.sleep(TELL_S)

    def _tell(self) -> None:
        for ear in self._ears.values():
            ear.hand_over()
        self._states = tuple(self._state(ear) for ear in self._ears.values())

    def _state(self, ear: _Ear) -> FeedState:
        link = ear.loop.link if ear.loop is not None else ear.link
        if ear.link is not None and ear.link.phase is not LinkPhase.UP:
            link = ear.link
        if link is None:
            link = FeedLink(LinkPhase.CONNECTING, self._clock.now())
        waiting = dict(self._inbox.counts.get(FeedId(ear.wanted.feed), {}))
        dropped = getattr(ear.source, "dropped", 0)
        if dropped:
            waiting["datagrams_dropped"] = dropped
        if ear.faults:
            waiting["faults"] = ear.faults
        return FeedState(
            feed=ear.wanted.feed,
            phase=str(link.phase),
            since_ms=link.since.unix_ms,
            heard_ms=None if link.heard_at is None else link.heard_at.unix_ms,
            retries=link.retries,
            drops=link.drops,
            reason=link.reason,
            counts={} if ear.decoder is None else ear.decoder.counts.as_fields(),
            waiting=waiting,
        )
