"""Keeps pulling from one peer: long polls over one connection, backing off when it is away."""

import asyncio
import contextlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from comity.adapters.http_peer.connection import (
    NOT_TAKEN,
    NOT_YET_VALID,
    OUT_OF_TIME,
    UNREACHABLE,
    PeerAddress,
    PeerConnection,
)
from comity.adapters.http_peer.pins import PeerPins, asked_name
from comity.adapters.http_peer.wire import (
    HELLO_PATH,
    PEER_VERSIONS,
    PULL_MEDIA_TYPE,
    PULL_PATH,
    PULL_WAIT_S_MAX,
    WAKE_PATH,
)
from comity.application.ports.entropy import Entropy
from comity.kernel.errors import ComityError, PeerError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

BACKOFF_S_MIN = 0.2
BACKOFF_S_MAX = 15.0  # a peer that comes back also wakes us, so this is the worst case only
ANSWER_S_MAX = 10.0  # beyond the wait asked for


class Reach(StrEnum):
    """Whether a peer answers."""

    UNTRIED = "untried"
    REACHABLE = "reachable"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"  # somebody answers, and one of the two refuses what the other says
    STOPPED = "stopped"  # a fault of ours ended the pulling


@dataclass(frozen=True, slots=True)
class LinkState:
    """What is known of the way to a peer.

    Attributes:
        since: when `reach` last changed.
        reason: why it is not reachable: code and detail.
        round_trip_s: of the short exchange that opened the connection; None before one.
    """

    reach: Reach
    since: Instant
    reason: str | None = None
    round_trip_s: float | None = None

    @property
    def out_of_time(self) -> PeerError | None:
        """The refusal, where the peer's pinned certificate is outside its time by our clock."""
        code, _, detail = (self.reason or "").partition(": ")
        return PeerError(code, detail) if code in OUT_OF_TIME else None


class PullExchange(Protocol):
    """What the node does with what is pulled."""

    def now(self) -> Instant:
        """This node's clock."""
        ...

    async def next_request(
        self, peer: PartyId, response_bytes: bytes | None, wait_s: float
    ) -> bytes:
        """Take in what the peer answered, if anything, and say what to ask it for next.

        Args:
            peer: who is asked.
            response_bytes: the answer to the last request; None where there is none.
            wait_s: how long the peer may hold its answer while it has no news.

        Raises:
            ComityError: the answer was refused; the loop backs off and asks again.
        """
        ...

    def pull_failed(self, peer: PartyId) -> None:
        """The last request may not have arrived."""
        ...

    def link_changed(self, peer: PartyId, state: LinkState) -> None:
        """The way to a peer changed."""
        ...


class PullLoop:
    """Pulls from one peer until cancelled."""

    def __init__(
        self,
        peer: PartyId,
        address: PeerAddress,
        pins: PeerPins,
        exchange: PullExchange,
        entropy: Entropy,
    ) -> None:
        self._peer = peer
        self._address = address
        self._pins = pins
        self._exchange = exchange
        self._entropy = entropy
        self._woken = asyncio.Event()
        self._failures = 0
        self._state = LinkState(Reach.UNTRIED, exchange.now())

    @property
    def address(self) -> PeerAddress:
        """Where the peer is looked for."""
        return self._address

    @property
    def state(self) -> LinkState:
        """What is known of the way to the peer."""
        return self._state

    def wake(self) -> None:
        """Try now instead of waiting out the backoff."""
        self._woken.set()

    async def run(self) -> None:
        """Pull for ever; end it by cancelling the task."""
        while True:
            try:
                await self._pull_while_it_works()
            except ComityError as error:
                away = isinstance(error, PeerError) and error.reason == UNREACHABLE
                self._note(Reach.UNREACHABLE if away else Reach.REFUSED, str(error))
            await self._back_off()

    async def _pull_while_it_works(self) -> None:
        connection = await self._meet()
        try:
            await connection.ask("POST", WAKE_PATH, b"", "application/json", ANSWER_S_MAX)
            response_bytes: bytes | None = None
            # Asked before each pull: a connection kept alive must not outlive its pin.
            while self._pins.party_of(connection.certificate) == self._peer:
                response_bytes = await self._pull_once(connection, response_bytes)
                self._failures = 0
        finally:
            connection.close()

    async def _meet(self) -> PeerConnection:
        """Connect and exchange greetings, under an older certificate if the peer wants the newest not."""
        refusal = PeerError("not-a-peer", f"{self._peer} is not pinned here")
        for own_index in range(self._pins.own_count):
            connection = await self._connect(own_index)
            try:
                await self._say_hello(connection)
            except PeerError as error:  # a refusal of our certificate shows only now, if at all
                connection.close()
                refusal = error
            except BaseException:
                connection.close()
                raise
            else:
                return connection
        raise refusal

    async def _connect(self, own_index: int) -> PeerConnection:
        pinned = self._pins.digests_of(self._peer)
        context = self._pins.client_context(self._peer, own_index)
        if context is None:
            raise PeerError("not-a-peer", f"{self._peer} is not pinned here")
        try:
            return await PeerConnection.open(self._address, context, pinned)
        except PeerError as error:
            if error.reason not in NOT_TAKEN:
                raise
            refusal = error
        for digest in pinned:  # it may have renewed its certificate: ask for each known here
            try:
                return await PeerConnection.open(self._address, context, pinned, asked_name(digest))
            except PeerError as error:
                if error.reason not in NOT_TAKEN:
                    raise
                if error.reason in OUT_OF_TIME:
                    refusal = error
        raise self._with_times(refusal) if refusal.reason in OUT_OF_TIME else refusal

    def _with_times(self, refusal: PeerError) -> PeerError:
        """The refusal with how far our clock is outside the time of the nearest pinned certificate.

        The clocks differ by at least as much if the peer made the certificate for the time that it had.
        """
        now = self._exchange.now()
        if refusal.reason == NOT_YET_VALID:
            edges = [begins for begins, _ in self._pins.times_of(self._peer) if begins > now]
            word, edge = "begins", min(edges, default=None)
        else:
            edges = [ends for _, ends in self._pins.times_of(self._peer) if ends < now]
            word, edge = "ended", max(edges, default=None)
        if edge is None:  # the machine's clock was set between OpenSSL's look at it and ours
            return refusal
        apart_s = abs(edge.minus(now))
        why = f"it {word} at {edge}, our clock says {now}: clocks differ by {apart_s:.0f} s or more"
        return PeerError(refusal.reason, f"{refusal.detail}: {why}")

    async def _pull_once(self, connection: PeerConnection, response_bytes: bytes | None) -> bytes:
        request_bytes = await self._exchange.next_request(
            self._peer, response_bytes, PULL_WAIT_S_MAX
        )
        try:
            answer = await connection.ask(
                "POST", PULL_PATH, request_bytes, PULL_MEDIA_TYPE, PULL_WAIT_S_MAX + ANSWER_S_MAX
            )
        except BaseException:
            self._exchange.pull_failed(self._peer)
            raise
        return answer.body

    async def _say_hello(self, connection: PeerConnection) -> None:
        loop = asyncio.get_running_loop()
        sent_s = loop.time()
        answer = await connection.ask("GET", HELLO_PATH, b"", "application/json", ANSWER_S_MAX)
        versions = _versions_spoken(answer.body)
        if not versions & set(PEER_VERSIONS):
            why = f"{self._peer} speaks {sorted(versions)}, this node {list(PEER_VERSIONS)}"
            raise PeerError("version-not-spoken", why)
        self._note(Reach.REACHABLE, None, loop.time() - sent_s)

    def _note(self, reach: Reach, reason: str | None, round_trip_s: float | None = None) -> None:
        since = self._state.since if reach is self._state.reach else self._exchange.now()
        self._state = LinkState(reach, since, reason, round_trip_s)
        self._exchange.link_changed(self._peer, self._state)

    async def _back_off(self) -> None:
        self._failures += 1
        delay_s = backoff_s(self._failures, self._entropy)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), delay_s)
        self._woken.clear()


def backoff_s(failures: int, entropy: Entropy) -> float:
    """How long to wait after this many failures in a row: doubling, capped, half of it chance."""
    ceiling_s = min(BACKOFF_S_MAX, BACKOFF_S_MIN * 2.0 ** min(failures - 1, 30))
    chance = int.from_bytes(entropy.token(4), "big") / 2**32
    return ceiling_s * (0.5 + chance / 2)


def _versions_spoken(body: bytes) -> set[int]:
    try:
        return {int(version) for version in json.loads(body)["versions"]}
    except (ValueError, KeyError, TypeError) as error:
        raise PeerError("bad-hello", f"the hello could not be read: {error}") from error
