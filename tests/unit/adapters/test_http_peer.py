"""The peer door and the pull loop over real TLS on loopback, in one event loop, without a node."""

import asyncio
import contextlib
import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from comity.adapters.file_keys import create_tls_identity
from comity.adapters.file_keys.tls_identity import VALID_DAYS
from comity.adapters.http_peer import (
    LinkState,
    OwnCertificate,
    PeerAddress,
    PeerConnection,
    PeerDoor,
    PeerPins,
    PullLoop,
    Reach,
    certificate_digest,
)
from comity.adapters.http_peer import door as door_module
from comity.adapters.http_peer import pull_loop as pull_loop_module
from comity.adapters.http_peer.pull_loop import BACKOFF_S_MAX, BACKOFF_S_MIN, backoff_s
from comity.adapters.http_peer.server import UnsignalledServer, bound_socket, peer_server
from comity.adapters.http_peer.wire import (
    CONNECTIONS_OF_A_PEER_MAX,
    HEADER_BYTES_MAX,
    PULLS_WAITING_MAX,
    REQUEST_BODY_BYTES_MAX,
)
from comity.adapters.system_clock import SystemClock, SystemEntropy
from comity.kernel.errors import InputError, PeerError, RecordError, StoreError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

AT = Instant(1_790_000_000_000)
ALICE, BOB, MALLORY = (PartyId(f"{name}.aaaaaaaa") for name in ("alice", "bob", "mallory"))


class Chance:
    """Entropy that always answers the same byte."""

    def __init__(self, byte: int = 0) -> None:
        self.byte = byte

    def token(self, size_bytes: int) -> bytes:
        return bytes([self.byte]) * size_bytes


class Exchange:
    """A node's stand-in at both ends: serves what is put in, notes what it is given."""

    def __init__(self, party: PartyId) -> None:
        self.party = party
        self.news: asyncio.Queue[bytes | Exception] = asyncio.Queue()
        self.requests: list[tuple[PartyId, bytes]] = []
        self.taken: asyncio.Queue[bytes] = asyncio.Queue()
        self.heard: list[PartyId] = []
        self.links: list[LinkState] = []
        self.failed = 0

    def now(self) -> Instant:
        return AT.plus_s(asyncio.get_running_loop().time() % 1000)

    async def serve_pull(self, peer: PartyId, request_bytes: bytes) -> bytes:
        self.requests.append((peer, request_bytes))
        item = await self.news.get()
        if isinstance(item, Exception):
            raise item
        return item

    def heard_from(self, peer: PartyId) -> None:
        self.heard.append(peer)

    async def next_request(
        self, peer: PartyId, response_bytes: bytes | None, wait_s: float
    ) -> bytes:
        if response_bytes == b"poison":
            raise RecordError("bad-signature", "of record 7")
        if response_bytes is not None:
            self.taken.put_nowait(response_bytes)
        return b"request of " + self.party.encode()

    def pull_failed(self, peer: PartyId) -> None:
        self.failed += 1

    def link_changed(self, peer: PartyId, state: LinkState) -> None:
        self.links.append(state)


class Homes:
    """Certificates of several parties on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.der: dict[PartyId, bytes] = {}
        self.connections: list[PeerConnection] = []
        for party in (ALICE, BOB, MALLORY):
            identity = create_tls_identity(folder / party, party, AT, SystemEntropy())
            self.der[party] = identity.certificate_der

    def pins(self, party: PartyId, *peers: PartyId) -> PeerPins:
        pins = PeerPins([self.own(party)])
        assert pins.replace({peer: [self.der[peer]] for peer in peers}) == ()
        return pins

    def own(self, party: PartyId, name: str = "tls") -> OwnCertificate:
        folder = self.folder / party
        return OwnCertificate(folder / f"{name}.crt", folder / f"{name}.key")

    def renew(self, party: PartyId, name: str) -> bytes:
        identity = create_tls_identity(
            self.folder / party, party, AT, SystemEntropy(), name=name, replace=True
        )
        return identity.certificate_der

    async def connect(
        self, party: PartyId, address: PeerAddress, server: PartyId
    ) -> PeerConnection:
        context = self.pins(party, server).client_context(server)
        assert context is not None
        connection = await PeerConnection.open(
            address, context, {certificate_digest(self.der[server])}
        )
        self.connections.append(connection)
        return connection


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return Homes(tmp_path_factory.mktemp("tls"))


class Serving:
    """Bob's door, open."""

    def __init__(self, homes: Homes, *peers: PartyId) -> None:
        self.exchange = Exchange(BOB)
        self.pins = homes.pins(BOB, *peers)
        self.door = PeerDoor(self.pins, self.exchange)
        self.server = peer_server(self.pins, self.door)
        self.socket = bound_socket("127.0.0.1", 0)
        self.address = PeerAddress("127.0.0.1", self.socket.getsockname()[1])


@contextlib.asynccontextmanager
async def serving(homes: Homes, *peers: PartyId) -> AsyncIterator[Serving]:
    at_work = Serving(homes, *peers)
    task = asyncio.create_task(at_work.server.serve(sockets=[at_work.socket]))
    await started(at_work.server)
    try:
        yield at_work
    finally:
        while homes.connections:
            homes.connections.pop().close()
        at_work.server.should_exit = True
        at_work.server.force_exit = True
        await task


async def started(server: UnsignalledServer) -> None:
    await until(lambda: server.started)


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not happened():  # noqa: ASYNC110 - what is waited for knows no event
            await asyncio.sleep(0.005)


async def ask(
    connection: PeerConnection,
    method: str = "POST",
    target: str = "/peer/v1/wake",
    body: bytes = b"",
) -> Any:
    return await connection.ask(method, target, body, "application/json", 5)


@pytest.mark.requirement("DOORS-001")
def test_both_ends_are_held_to_their_pins(homes: Homes) -> None:
    async def scenario() -> None:
        async with serving(homes, ALICE) as bob:
            connection = await homes.connect(ALICE, bob.address, BOB)
            hello = json.loads((await ask(connection, "GET", "/peer/v1/hello")).body)
            assert hello["party"] == BOB
            assert hello["versions"] == [1]
            await ask(connection)
            assert bob.exchange.heard == [ALICE]
            connection.close()
            with pytest.raises(PeerError, match="unreachable"):  # refused after the handshake
                await ask(await homes.connect(MALLORY, bob.address, BOB))
            with pytest.raises(PeerError, match="wrong-certificate"):
                await homes.connect(ALICE, bob.address, MALLORY)
            assert bob.exchange.heard == [ALICE]

    asyncio.run(scenario())


@pytest.mark.requirement("DOORS-001")
def test_no_certificate_and_older_tls_are_refused(homes: Homes) -> None:
    async def scenario() -> None:
        async with serving(homes, ALICE) as bob:
            bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            bare.check_hostname = False
            bare.load_verify_locations(cadata=homes.der[BOB])
            connection = await PeerConnection.open(
                bob.address, bare, {certificate_digest(homes.der[BOB])}
            )
            with pytest.raises(PeerError, match="unreachable"):  # after the client's handshake
                await ask(connection)
            old = homes.pins(ALICE, BOB).client_context(BOB)
            assert old is not None
            old.minimum_version = ssl.TLSVersion.TLSv1_2
            old.maximum_version = ssl.TLSVersion.TLSv1_2
            with pytest.raises(PeerError, match="unreachable"):
                await PeerConnection.open(bob.address, old, {certificate_digest(homes.der[BOB])})
            assert bob.exchange.heard == []

    asyncio.run(scenario())


@pytest.mark.requirement("DOORS-002")
def test_peers_come_and_go_while_serving(homes: Homes) -> None:
    async def scenario() -> None:
        async with serving(homes, ALICE) as bob:
            kept_alive = await homes.connect(ALICE, bob.address, BOB)
            await ask(kept_alive)
            bob.pins.replace({MALLORY: [homes.der[MALLORY]]})
            await ask(await homes.connect(MALLORY, bob.address, BOB))
            with pytest.raises(PeerError, match="not-a-peer"):  # the connection outlived its pin
                await ask(kept_alive)
            with pytest.raises(PeerError, match="unreachable"):
                await ask(await homes.connect(ALICE, bob.address, BOB))
            assert bob.exchange.heard == [ALICE, MALLORY]

    asyncio.run(scenario())


@pytest.mark.requirement("DOORS-002")
def test_no_session_can_be_resumed(homes: Homes) -> None:
    async def scenario() -> bool:
        async with serving(homes, ALICE) as bob:
            context = homes.pins(ALICE, BOB).client_context(BOB)
            assert context is not None
            return await asyncio.to_thread(holds_ticket, context, bob.address)

    def holds_ticket(context: ssl.SSLContext, address: PeerAddress) -> bool:
        with (
            socket.create_connection((address.host, address.port)) as plain,
            context.wrap_socket(plain) as tls,
        ):
            tls.sendall(b"POST /peer/v1/wake HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            assert tls.recv(64).startswith(b"HTTP/1.1 204")
            assert tls.session is not None
            return tls.session.has_ticket

    assert asyncio.run(scenario()) is False


BAD_REQUESTS = [
    ("POST", "/peer/v2/pull", b"", "version-not-spoken", "speaks [1]"),
    ("POST", "/peer/v1/record", b"", "no-such-path", "/peer/v1/pull"),
    ("GET", "/peer/v1/pull", b"", "method-not-taken", "takes POST"),
    ("POST", "/peer/v1/pull", b"x" * (REQUEST_BODY_BYTES_MAX + 1), "too-large", "at most 65536"),
]


@pytest.mark.requirement("DOORS-003")
@pytest.mark.parametrize(("method", "target", "body", "reason", "names"), BAD_REQUESTS)
def test_a_bad_request_is_refused_by_name_and_the_next_one_served(
    homes: Homes, method: str, target: str, body: bytes, reason: str, names: str
) -> None:
    async def scenario() -> None:
        async with serving(homes, ALICE) as bob:
            connection = await homes.connect(ALICE, bob.address, BOB)
            with pytest.raises(PeerError) as caught:
                await ask(connection, method, target, body)
            assert caught.value.reason == reason
            assert names in caught.value.detail
            assert bob.exchange.requests == []
            await ask(await homes.connect(ALICE, bob.address, BOB))

    asyncio.run(scenario())


@pytest.mark.requirement("DOORS-003")
def test_endless_headers_are_cut_off(homes: Homes) -> None:
    async def scenario() -> bytes:
        async with serving(homes, ALICE) as bob:
            context = homes.pins(ALICE, BOB).client_context(BOB)
            reader, writer = await asyncio.open_connection(
                bob.address.host, bob.address.port, ssl=context
            )
            writer.write(b"GET /peer/v1/hello HTTP/1.1\r\nX: " + b"y" * (HEADER_BYTES_MAX + 1))
            async with asyncio.timeout(5):
                answer = await reader.read()
            writer.close()
            return answer

    answer = asyncio.run(scenario())
    assert answer.startswith(b"HTTP/1.1 400")
    assert str(HEADER_BYTES_MAX).encode() in answer


@pytest.mark.requirement("DOORS-003")
def test_a_dribbled_body_is_cut_off(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_module, "BODY_READ_S_MAX", 0.05)

    async def scenario() -> bytes:
        async with serving(homes, ALICE) as bob:
            context = homes.pins(ALICE, BOB).client_context(BOB)
            reader, writer = await asyncio.open_connection(
                bob.address.host, bob.address.port, ssl=context
            )
            writer.write(b"POST /peer/v1/pull HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
            async with asyncio.timeout(5):
                answer = await reader.read()
            writer.close()
            return answer

    assert b"too-slow" in asyncio.run(scenario())


@pytest.mark.requirement("DOORS-003")
def test_one_peer_cannot_hold_the_door_with_waiting_pulls(homes: Homes) -> None:
    async def scenario() -> None:
        async with serving(homes, ALICE) as bob:
            waiting = []
            for _ in range(PULLS_WAITING_MAX):
                connection = await homes.connect(ALICE, bob.address, BOB)
                waiting.append(asyncio.create_task(ask(connection, target="/peer/v1/pull")))
            await until(lambda: len(bob.exchange.requests) == PULLS_WAITING_MAX)
            with pytest.raises(PeerError, match=f"{PULLS_WAITING_MAX} pulls") as caught:
                await ask(await homes.connect(ALICE, bob.address, BOB), target="/peer/v1/pull")
            assert caught.value.reason == "too-many-pulls"
            for _ in waiting:
                bob.exchange.news.put_nowait(b"news")
            answers = await asyncio.gather(*waiting)
            assert {answer.body for answer in answers} == {b"news"}

    asyncio.run(scenario())


@pytest.mark.requirement("DOORS-003")
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (InputError("position", "-1 is below 0"), "input-refused"),
        (RecordError("bad-cosignature", "of size 3"), "bad-cosignature"),
        (StoreError("full", "no space left"), "store-failed"),
        (PeerError("wrong-party", "another's name"), "wrong-party"),
    ],
)
def test_an_error_of_ours_reaches_the_peer_as_a_reason(
    homes: Homes, error: Exception, reason: str
) -> None:
    async def scenario() -> None:
        async with serving(homes, ALICE) as bob:
            bob.exchange.news.put_nowait(error)
            with pytest.raises(PeerError) as caught:
                await ask(await homes.connect(ALICE, bob.address, BOB), target="/peer/v1/pull")
            assert caught.value.reason == reason

    asyncio.run(scenario())


@pytest.mark.requirement("DOORS-006")
def test_one_peer_cannot_take_the_connections_of_the_others(homes: Homes) -> None:
    async def scenario() -> None:
        async with serving(homes, ALICE, MALLORY) as bob:
            for _ in range(CONNECTIONS_OF_A_PEER_MAX):
                await ask(await homes.connect(MALLORY, bob.address, BOB))
            with pytest.raises(PeerError, match="unreachable"):
                await ask(await homes.connect(MALLORY, bob.address, BOB))
            await ask(await homes.connect(ALICE, bob.address, BOB))
            homes.connections[0].close()  # its place is free again
            await until(lambda: bob.door._connections[MALLORY] < CONNECTIONS_OF_A_PEER_MAX)
            await ask(await homes.connect(MALLORY, bob.address, BOB))

    asyncio.run(scenario())


@pytest.mark.requirement("DOORS-006")
def test_a_peer_that_asks_without_pause_waits_and_the_others_do_not(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "SERVED_BYTES_BURST", 1_000.0)
    monkeypatch.setattr(door_module, "SERVED_BYTES_PER_S", 10_000.0)
    monkeypatch.setattr(door_module, "REQUEST_COST_BYTES", 10.0)

    async def scenario() -> None:
        async with serving(homes, ALICE, MALLORY) as bob, asyncio.timeout(10):
            mallory = await homes.connect(MALLORY, bob.address, BOB)
            alice = await homes.connect(ALICE, bob.address, BOB)
            time_s = asyncio.get_running_loop().time
            bob.exchange.news.put_nowait(b"x" * 5_000)
            await ask(mallory, target="/peer/v1/pull")  # costs 0.4 s more than is left
            begun_s = time_s()
            again = asyncio.create_task(ask(mallory))
            await ask(alice)
            assert not again.done()
            await again
            assert time_s() - begun_s > 0.3

    asyncio.run(scenario())


class QuickLoop(asyncio.SelectorEventLoop):
    """A loop whose clock jumps to the next thing that is due."""

    now_s = 0.0

    def time(self) -> float:
        return self.now_s

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self.now_s = max(self.now_s, self._scheduled[0]._when)  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


async def pull_at(door: PeerDoor, certificate: str, pace_s: float, count: int) -> tuple[float, int]:
    """Ask so often, one request at a time, and say how long the door let it wait and what came."""
    waited_s, size_bytes = 0.0, 0
    time_s = asyncio.get_running_loop().time
    scope: dict[str, Any] = {
        "method": "POST", "path": "/peer/v1/pull", "headers": [],
        "state": {"peer_certificate": certificate},
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"request"}

    async def send(message: Any) -> None:
        nonlocal size_bytes
        size_bytes += len(message.get("body", b""))

    for _ in range(count):
        begun_s = time_s()
        await door(scope, receive, send)
        waited_s += time_s() - begun_s
        await asyncio.sleep(max(0.0, pace_s - (time_s() - begun_s)))
    return waited_s, size_bytes


@pytest.mark.requirement("DOORS-006")
@pytest.mark.parametrize(
    ("pulls_per_s", "flights_per_s"),
    [(880, 900), (500, 900), (100, 900), (20, 2_000), (880, 200), (1, 900)],
)
def test_an_honest_peer_at_full_pace_is_never_slowed(
    homes: Homes, pulls_per_s: int, flights_per_s: int
) -> None:
    """It waits for nothing, and what it may take at once stays unspent."""
    flight_bytes = 5_000  # proposal, acceptance and the assent to one of the other's, in one log
    seconds = 4

    class Feed(Exchange):
        async def serve_pull(self, peer: PartyId, request_bytes: bytes) -> bytes:
            return bytes(flight_bytes * flights_per_s // pulls_per_s)

    door = PeerDoor(homes.pins(BOB, ALICE), Feed(BOB))
    certificate = certificate_digest(homes.der[ALICE])
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        waited_s, size_bytes = runner.run(
            pull_at(door, certificate, 1 / pulls_per_s, pulls_per_s * seconds)
        )
    assert size_bytes >= flight_bytes * flights_per_s * seconds * 0.99
    assert waited_s == 0.0
    answer_bytes = flight_bytes * flights_per_s / pulls_per_s
    spent = door_module.SERVED_BYTES_BURST - door._served[ALICE].left
    assert spent <= answer_bytes + 2 * door_module.REQUEST_COST_BYTES  # the last one's, no more


@pytest.mark.requirement("DOORS-006")
def test_a_peer_that_asks_without_pause_is_held_to_its_share(homes: Homes) -> None:
    class Feed(Exchange):
        async def serve_pull(self, peer: PartyId, request_bytes: bytes) -> bytes:
            return b""

    door = PeerDoor(homes.pins(BOB, ALICE), Feed(BOB))
    certificate = certificate_digest(homes.der[ALICE])
    with asyncio.Runner(loop_factory=QuickLoop) as runner:
        waited_s, _ = runner.run(pull_at(door, certificate, 0.0, 2_048 + 3 * 1_024))
    assert 2.9 < waited_s < 3.1  # 64 MiB at once are 2,048 requests; then 1,024 a second


@pytest.mark.requirement("DOORS-004")
def test_what_answers_and_is_no_node_is_named_as_such(homes: Homes) -> None:
    async def scenario() -> None:
        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 ready\r\n\r\n")
            await writer.drain()
            writer.close()

        context = homes.pins(BOB, ALICE).server_context()
        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
        address = PeerAddress("127.0.0.1", server.sockets[0].getsockname()[1])
        async with server:
            with pytest.raises(PeerError) as caught:
                await ask(await homes.connect(ALICE, address, BOB))
            assert caught.value.reason == "not-http"
            homes.connections.pop().close()

    asyncio.run(scenario())


@contextlib.asynccontextmanager
async def pulling(homes: Homes, bob: PeerAddress) -> AsyncIterator[tuple[PullLoop, Exchange]]:
    exchange = Exchange(ALICE)
    loop = PullLoop(BOB, bob, homes.pins(ALICE, BOB), exchange, Chance())
    task = asyncio.create_task(loop.run())
    try:
        yield loop, exchange
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.mark.requirement("DOORS-004")
def test_the_loop_pulls_each_news_once_over_one_connection(homes: Homes) -> None:
    async def scenario() -> None:
        async with (
            serving(homes, ALICE) as bob,
            pulling(homes, bob.address) as (loop, alice),
            asyncio.timeout(5),
        ):
            for number in range(20):
                bob.exchange.news.put_nowait(b"news %d" % number)
                assert await alice.taken.get() == b"news %d" % number
            assert set(bob.exchange.requests) == {(ALICE, b"request of " + ALICE.encode())}
            assert len(bob.server.server_state.connections) == 1
            assert bob.exchange.heard == [ALICE]
            assert loop.state.reach is Reach.REACHABLE
            assert loop.state.round_trip_s is not None
            assert alice.failed == 0

    asyncio.run(scenario())


@pytest.mark.requirement("DOORS-004")
def test_the_loop_survives_a_bad_answer_and_a_peer_that_goes_away(homes: Homes) -> None:
    async def scenario() -> None:
        async with serving(homes, ALICE) as bob:
            address = bob.address
            async with pulling(homes, address) as (loop, alice), asyncio.timeout(8):
                bob.exchange.news.put_nowait(b"poison")
                bob.exchange.news.put_nowait(b"good")
                assert await alice.taken.get() == b"good"
                assert (Reach.REFUSED, "bad-signature: of record 7") in [
                    (state.reach, state.reason) for state in alice.links
                ]
                bob.pins.replace({})  # Bob removes Alice: her next request is refused
                bob.exchange.news.put_nowait(b"last")
                await until(lambda: loop.state.reach is Reach.REFUSED)
                bob.pins.replace({ALICE: [homes.der[ALICE]]})
                loop.wake()
                bob.exchange.news.put_nowait(b"again")
                while await alice.taken.get() != b"again":
                    pass
                assert loop.state.reach is Reach.REACHABLE

    asyncio.run(scenario())


@pytest.mark.requirement("DOORS-004")
@pytest.mark.parametrize(
    ("hello", "reason"),
    [
        ({"versions": [2, 3]}, "version-not-spoken"),
        ({"version": 1}, "bad-hello"),
        ({"versions": "all"}, "bad-hello"),
        ([], "bad-hello"),
    ],
)
def test_a_peer_of_another_version_is_named_as_such(
    homes: Homes, hello: object, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PeerDoor, "_hello", lambda self: json.dumps(hello).encode())

    async def scenario() -> None:
        async with (
            serving(homes, ALICE) as bob,
            pulling(homes, bob.address) as (loop, alice),
            asyncio.timeout(5),
        ):
            await until(lambda: loop.state.reach is Reach.REFUSED)
            assert loop.state.reason is not None
            assert loop.state.reason.startswith(reason)
            assert bob.exchange.requests == []
            assert alice.failed == 0

    asyncio.run(scenario())


@pytest.mark.requirement("DOORS-004")
def test_the_loop_says_when_nobody_is_there_and_comes_when_woken(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull_loop_module, "BACKOFF_S_MIN", 600.0)
    monkeypatch.setattr(pull_loop_module, "BACKOFF_S_MAX", 600.0)

    async def scenario() -> None:
        closed = bound_socket("127.0.0.1", 0)
        address = PeerAddress("127.0.0.1", closed.getsockname()[1])
        closed.close()
        async with pulling(homes, address) as (loop, alice), asyncio.timeout(5):
            await until(lambda: loop.state.reach is Reach.UNREACHABLE)
            tries = len(alice.links)
            loop.wake()
            await until(lambda: len(alice.links) > tries)

    asyncio.run(scenario())


@pytest.mark.requirement("DOORS-004")
def test_backoff_doubles_to_its_cap_and_never_below_half() -> None:
    lows = [backoff_s(failures, Chance(0)) for failures in range(1, 40)]
    highs = [backoff_s(failures, Chance(255)) for failures in range(1, 40)]
    assert lows[0] == BACKOFF_S_MIN / 2
    assert lows[1] == BACKOFF_S_MIN
    assert lows[-1] == BACKOFF_S_MAX / 2
    assert highs[-1] <= BACKOFF_S_MAX
    assert all(low < high <= 2 * low for low, high in zip(lows, highs, strict=True))


@pytest.mark.requirement("DOORS-001")
@pytest.mark.parametrize("der", [b"", b"not a certificate", b"\x30" * 5000])
def test_what_is_no_certificate_is_never_pinned(homes: Homes, der: bytes) -> None:
    pins = homes.pins(BOB, ALICE)
    [refused] = pins.replace({ALICE: [homes.der[ALICE]], MALLORY: [der]})
    assert MALLORY in refused.why
    assert pins.digests_of(MALLORY) == ()
    assert pins.party_of(certificate_digest(homes.der[ALICE])) == ALICE


@pytest.mark.requirement("DOORS-001")
def test_a_certificate_that_bears_another_partys_name_shuts_nobody_out(
    homes: Homes, tmp_path: Path
) -> None:
    der = create_tls_identity(tmp_path, ALICE, AT, SystemEntropy()).certificate_der

    async def scenario() -> None:
        async with serving(homes, ALICE) as bob:
            [refused] = bob.pins.replace({MALLORY: [der], ALICE: [homes.der[ALICE]]})
            assert f"common name is not {MALLORY}" in refused.why
            await ask(await homes.connect(ALICE, bob.address, BOB))

    asyncio.run(scenario())


@pytest.mark.requirement("DOORS-005")
@pytest.mark.parametrize("knows_new", [False, True])
def test_a_server_that_renewed_its_certificate_is_found_by_the_one_pinned(
    homes: Homes, knows_new: bool
) -> None:
    new = homes.renew(BOB, "renewed")
    pinned = [new, homes.der[BOB]] if knows_new else [homes.der[BOB]]

    async def scenario() -> None:
        bob = Serving(homes, ALICE)
        bob.pins = PeerPins([homes.own(BOB, "renewed"), homes.own(BOB)])
        bob.pins.replace({ALICE: [homes.der[ALICE]]})
        bob.server = peer_server(bob.pins, PeerDoor(bob.pins, bob.exchange))
        task = asyncio.create_task(bob.server.serve(sockets=[bob.socket]))
        await started(bob.server)
        alice = Exchange(ALICE)
        pins = homes.pins(ALICE)
        pins.replace({BOB: pinned})
        loop = PullLoop(BOB, bob.address, pins, alice, Chance())
        pulling_task = asyncio.create_task(loop.run())
        try:
            async with asyncio.timeout(5):
                bob.exchange.news.put_nowait(b"news")
                assert await alice.taken.get() == b"news"
                assert [state.reach for state in alice.links] == [Reach.REACHABLE]
                pins.replace(
                    {BOB: []}
                )  # nothing is pinned any more: the connection does not outlive it
                bob.exchange.news.put_nowait(b"more")
                await until(lambda: loop.state.reach is Reach.REFUSED)
        finally:
            pulling_task.cancel()
            await asyncio.gather(pulling_task, return_exceptions=True)
            bob.server.should_exit = bob.server.force_exit = True
            await task

    asyncio.run(scenario())


@pytest.mark.requirement("DOORS-005")
@pytest.mark.parametrize("known", ["newest", "older", "none"])
def test_a_client_shows_the_certificate_that_the_server_knows(homes: Homes, known: str) -> None:
    new = homes.renew(ALICE, "renewed")
    by_name = {"newest": [new], "older": [homes.der[ALICE]], "none": []}

    async def scenario() -> None:
        async with serving(homes) as bob, asyncio.timeout(5):
            bob.pins.replace({ALICE: by_name[known]})
            alice = Exchange(ALICE)
            pins = PeerPins([homes.own(ALICE, "renewed"), homes.own(ALICE)])
            pins.replace({BOB: [homes.der[BOB]]})
            loop = PullLoop(BOB, bob.address, pins, alice, Chance())
            task = asyncio.create_task(loop.run())
            try:
                if known == "none":
                    await until(lambda: loop.state.reach is Reach.UNREACHABLE)
                    assert bob.exchange.heard == []
                    return
                bob.exchange.news.put_nowait(b"news")
                assert await alice.taken.get() == b"news"
                assert alice.links[0].reach is Reach.REACHABLE
                assert bob.exchange.heard == [ALICE]
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    asyncio.run(scenario())


@pytest.mark.requirement("DOORS-004")
@pytest.mark.parametrize(
    ("made_days_ago", "reason", "words"),
    [
        (-2, "certificate-not-yet-valid", "not yet valid by our clock: it begins at "),
        (VALID_DAYS + 2, "certificate-expired", "not valid any more by our clock: it ended at "),
    ],
)
def test_a_pinned_certificate_outside_its_time_is_told_as_clocks_that_differ(
    tmp_path: Path, made_days_ago: int, reason: str, words: str
) -> None:
    class ByMachine(Exchange):
        def now(self) -> Instant:
            return SystemClock().now()

    apart = Homes(tmp_path)
    made_at = SystemClock().now().plus_s(-86_400 * made_days_ago)
    folder = tmp_path / BOB
    apart.der[BOB] = create_tls_identity(
        folder, BOB, made_at, SystemEntropy(), replace=True
    ).certificate_der

    async def refused(*, older_too: bool) -> LinkState:
        async with serving(apart, ALICE) as bob, asyncio.timeout(5):
            pins = apart.pins(ALICE, BOB)
            if older_too:  # one more that it might have shown changes nothing of what is said
                pins.replace({BOB: [apart.der[BOB], apart.renew(BOB, "unused")]})
            loop = PullLoop(BOB, bob.address, pins, ByMachine(ALICE), Chance())
            task = asyncio.create_task(loop.run())
            await until(lambda: loop.state.reach is Reach.REFUSED)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return loop.state

    for older_too in (False, True):
        state = asyncio.run(refused(older_too=older_too))
        assert state.out_of_time is not None
        assert state.out_of_time.reason == reason
        assert words in state.out_of_time.detail
        apart_s = float(state.out_of_time.detail.split("clocks differ by ")[1].split(" s")[0])
        assert 2 * 86_400 - 400 < apart_s <= 2 * 86_400 + 400  # it is backdated by five minutes
    assert LinkState(Reach.REFUSED, AT, "wrong-certificate: of x").out_of_time is None


def test_httpx_can_speak_to_the_door(homes: Homes) -> None:
    """Another implementation's client is served as ours is."""

    async def scenario() -> httpx.Response:
        async with serving(homes, ALICE) as bob:
            context = homes.pins(ALICE, BOB).client_context(BOB)
            assert context is not None
            async with httpx.AsyncClient(verify=context, trust_env=False) as client:
                return await client.get(f"https://{bob.address}/peer/v1/hello")

    assert asyncio.run(scenario()).json()["party"] == BOB
