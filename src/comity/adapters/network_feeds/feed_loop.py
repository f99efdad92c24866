"""Keeps one feed going: connects, decodes, backs off when it is lost, and says how it stands."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from comity.application.feeds import Backoff, FeedLink, LinkPhase, PlotDecoder
from comity.application.ports.clock import Clock
from comity.application.ports.entropy import Entropy
from comity.domain.tracks import Plot


class SourceError(Exception):
    """The source answered, and not as it should: a status, a silence, too much."""


class ByteSource(Protocol):
    """Where the bytes of a feed come from.

    Attributes:
        is_documents: whether each chunk is a whole document or datagram.
    """

    is_documents: bool

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """One connection: an empty chunk as soon as it stands, then bytes until it is lost.

        Raises:
            OSError, SourceError: it could not be made, or was lost with a reason.
        """
        ...


class FeedSink(Protocol):
    """Where plots go."""

    def take(self, plots: Sequence[Plot]) -> None:
        """Take plots in; must not wait: what it cannot hold, it drops and counts itself."""
        ...

    def link_changed(self, link: FeedLink) -> None:
        """The link's phase changed."""
        ...


class FeedLoop:
    """One live feed, until its task is cancelled."""

    def __init__(
        self,
        source: ByteSource,
        decoder: PlotDecoder,
        sink: FeedSink,
        clock: Clock,
        entropy: Entropy,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._source = source
        self._decoder = decoder
        self._sink = sink
        self._clock = clock
        self._backoff = Backoff(entropy)
        self._sleep = sleep
        self._link = FeedLink(LinkPhase.CONNECTING, clock.now())

    @property
    def link(self) -> FeedLink:
        """What is known of the link now."""
        return self._link

    async def run(self) -> None:
        """Go on for ever; end it by cancelling the task."""
        try:
            while True:
                self._change(LinkPhase.CONNECTING)
                reason = await self._one_connection()
                self._decoder.end(self._clock.now())
                was_up = self._link.phase is LinkPhase.UP
                heard = was_up and self._link.heard_at is not None
                self._link = replace(
                    self._link,
                    retries=1 if heard else self._link.retries + 1,
                    drops=self._link.drops + was_up,
                )
                self._change(LinkPhase.DOWN, reason)
                await self._sleep(self._backoff.delay_s(self._link.retries))
        finally:
            self._change(LinkPhase.CLOSED)

    async def _one_connection(self) -> str:
        """Decode until the connection is lost; why it was."""
        try:
            async with aclosing(self._source.chunks()) as chunks:
                async for chunk in chunks:
                    if self._link.phase is not LinkPhase.UP:
                        self._change(LinkPhase.UP)
                    if chunk:
                        self._decode(chunk)
        except (OSError, SourceError) as error:
            return f"{type(error).__name__}: {error}"
        return "the other side closed the connection"

    def _decode(self, chunk: bytes) -> None:
        now = self._clock.now()
        self._link = replace(self._link, heard_at=now, retries=0)
        plots = self._decoder.feed(chunk, now)
        if plots:
            self._sink.take(plots)
        if self._source.is_documents:
            plots = self._decoder.end(now)
            if plots:
                self._sink.take(plots)

    def _change(self, phase: LinkPhase, reason: str | None = None) -> None:
        since = self._clock.now()
        self._link = replace(self._link, phase=phase, since=since, reason=reason)
        self._sink.link_changed(self._link)
