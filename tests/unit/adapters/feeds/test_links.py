"""Live links over loopback: they drop and return, back off, and say how they stand."""

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest
from tests.feed_samples import ASTERIX, BASESTATION, FEED, NOW, aircraft_json, event, snapshot

from comity.adapters.network_feeds import (
    DatagramSource,
    FeedLoop,
    HttpPollSource,
    SourceError,
    TcpSource,
    datagrams,
    http_poll,
)
from comity.application.feeds import Backoff, FeedLink, LinkPhase
from comity.feed_formats import decoder_of, source_of
from comity.kernel.errors import InputError

WAIT_S = 5.0


class Chance:
    """Entropy that always gives the same bytes."""

    def __init__(self, byte: int = 0) -> None:
        self.byte = byte

    def token(self, size_bytes: int) -> bytes:
        return bytes([self.byte]) * size_bytes


class Clock:
    def now(self):
        return NOW


class Sink:
    """Keeps all that comes, and wakes who waits for it."""

    def __init__(self) -> None:
        self.plots = []
        self.links: list[FeedLink] = []
        self.news = asyncio.Event()

    def take(self, plots) -> None:
        self.plots += plots
        self.news.set()

    def link_changed(self, link: FeedLink) -> None:
        self.links.append(link)
        self.news.set()

    async def until(self, condition) -> None:
        async with asyncio.timeout(WAIT_S):
            while not condition():
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def running(source, format_name: str, waited_s: list[float]):
    """A feed's loop, which does not wait out its back-off but notes it."""

    async def no_sleep(seconds: float) -> None:
        waited_s.append(seconds)
        await asyncio.sleep(0)

    sink = Sink()
    decoder = decoder_of(format_name, FEED)
    loop = FeedLoop(source, decoder, sink, Clock(), Chance(), no_sleep)
    task = asyncio.create_task(loop.run())
    try:
        yield sink, loop, decoder
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert loop.link.phase is LinkPhase.CLOSED


def free_datagram_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


@pytest.mark.requirement("FEED-015")
def test_a_connection_that_drops_returns_and_what_was_said_before_is_still_known():
    async def scenario() -> None:
        served = 0

        async def serve(_reader, writer) -> None:
            nonlocal served
            served += 1
            half = len(BASESTATION) // 2
            writer.write(BASESTATION[:half] if served == 1 else BASESTATION)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        waited_s: list[float] = []
        async with server, running(TcpSource("127.0.0.1", port), "sbs1", waited_s) as it:
            sink, loop, decoder = it
            await sink.until(lambda: len(sink.plots) >= 3 and loop.link.drops >= 2)
            phases = [link.phase.value for link in sink.links[:6]]
            assert phases == ["connecting", "up", "down", "connecting", "up", "down"]
            assert sink.links[2].reason == "the other side closed the connection"
            assert waited_s[0] == 0.25, "half of the least back-off, with chance at its least"
            assert decoder.counts.messages >= 6
            assert loop.link.heard_at == NOW

    asyncio.run(scenario())


@pytest.mark.requirement("FEED-015")
def test_a_source_that_is_away_is_tried_with_growing_waits_and_the_tries_are_counted():
    async def scenario() -> None:
        waited_s: list[float] = []
        with socket.socket() as away:  # taken and not listening: it stays away while this runs
            away.bind(("127.0.0.1", 0))
            source = TcpSource(*away.getsockname())
            async with running(source, "beast", waited_s) as (sink, loop, _):
                await sink.until(lambda: loop.link.retries >= 9)
                assert waited_s[:8] == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]
                assert loop.link.drops == 0
                downs = [link for link in sink.links if link.phase is LinkPhase.DOWN]
                assert all("ConnectionRefusedError" in (link.reason or "") for link in downs)

    asyncio.run(scenario())


@pytest.mark.requirement("FEED-015")
def test_back_off_is_spread_by_chance():
    least, most = Backoff(Chance(0x00)), Backoff(Chance(0xFF))
    assert least.delay_s(3) == 1.0
    assert most.delay_s(3) == pytest.approx(2.0)
    assert most.delay_s(10_000) == pytest.approx(30.0)


@pytest.mark.requirement("FEED-015")
def test_a_connection_that_falls_silent_counts_as_lost():
    async def scenario() -> None:
        async def serve(reader, writer) -> None:
            await reader.read()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        source = TcpSource("127.0.0.1", port, silence_s_max=0.05)
        async with server, running(source, "sbs1", []) as (sink, loop, _):
            await sink.until(lambda: loop.link.drops >= 1)
            down = next(link for link in sink.links if link.phase is LinkPhase.DOWN)
            assert down.reason == "SourceError: silent for 0 s"

    asyncio.run(scenario())


@pytest.mark.requirement("FEED-015")
@pytest.mark.parametrize(
    ("host", "data", "format_name", "count"),
    [
        ("127.0.0.1", event(), "cot-datagrams", 1),
        ("239.2.3.1", event(), "cot-datagrams", 1),
        ("127.0.0.1", ASTERIX, "asterix", 3),
    ],
    ids=["unicast", "multicast", "asterix"],
)
def test_datagrams_reach_the_decoder(host, data, format_name, count):
    async def scenario() -> None:
        port = free_datagram_port()
        source = DatagramSource(host, port, interface="127.0.0.1")
        async with running(source, format_name, []) as (sink, loop, _):
            await sink.until(lambda: loop.link.phase is LinkPhase.UP)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                loopback = socket.inet_aton("127.0.0.1")
                sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, loopback)
                sender.sendto(data, (host, port))
            await sink.until(lambda: len(sink.plots) >= count)

    asyncio.run(scenario())


@pytest.mark.requirement("FEED-015")
def test_datagrams_that_come_too_fast_are_dropped_oldest_first_and_counted():
    source = DatagramSource("127.0.0.1", 1)
    receiver = datagrams._Receiver(source)
    for number in range(datagrams.DATAGRAMS_HELD_MAX + 10):
        receiver.datagram_received(number.to_bytes(4, "big"), None)
    assert source.dropped == 10
    assert receiver.held[0] == (10).to_bytes(4, "big")


@pytest.mark.requirement("FEED-015")
def test_a_polled_document_is_read_each_time_and_a_status_is_a_reason(monkeypatch):
    monkeypatch.setattr(http_poll, "BODY_BYTES_MAX", 4_000)

    async def scenario() -> None:
        answers = [
            (b"200 OK", snapshot(aircraft_json())),
            (b"200 OK", snapshot(aircraft_json(lon=8.3))),
            (b"503 Service Unavailable", b""),
            (b"200 OK", b"x" * 5_000),
            (b"200 OK", snapshot(aircraft_json(lon=8.4))),
        ]

        async def serve(reader, writer) -> None:
            await reader.readuntil(b"\r\n\r\n")
            status, body = answers.pop(0) if answers else (b"404 Not Found", b"")
            head = b"HTTP/1.1 " + status + b"\r\nConnection: close\r\nContent-Length: "
            writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)
            await writer.drain()
            writer.close()

        async def no_sleep(_seconds: float) -> None:
            await asyncio.sleep(0)

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        source = HttpPollSource(f"http://127.0.0.1:{port}/aircraft.json", 1.0, None, no_sleep)
        async with server, running(source, "readsb", []) as (sink, _, __):
            await sink.until(lambda: len(sink.plots) >= 3)
            assert [plot.longitude_deg for plot in sink.plots] == [8.2, 8.3, 8.4]
            reasons = [link.reason for link in sink.links if link.phase is LinkPhase.DOWN]
            assert reasons[:2] == [
                "SourceError: status 503",
                "SourceError: a document over 4000 bytes",
            ]

    asyncio.run(scenario())


@pytest.mark.requirement("FEED-015")
def test_an_address_says_how_bytes_come_and_a_wrong_one_is_refused_by_name():
    assert isinstance(source_of("tcp://127.0.0.1:30003"), TcpSource)
    assert isinstance(source_of("udp://239.2.3.1:6969"), DatagramSource)
    assert isinstance(source_of("http://127.0.0.1/data/aircraft.json"), HttpPollSource)
    for wrong in ("127.0.0.1:30003", "ftp://host/x", "tcp://host", "tcp://:5", "tcp://host:99999"):
        with pytest.raises(InputError, match="address"):
            source_of(wrong)
    with pytest.raises(InputError, match="every"):
        source_of("http://127.0.0.1/", every_s=0.0)
    assert issubclass(SourceError, Exception)
