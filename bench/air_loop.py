"""The live loop in a running node: feed to subscriber at 20,000 tracks a second, and what it does to the handshake.

The traffic comes over HTTP from a process of its own (`bench.air_traffic`: aircraft.json, decoded by the real decoder);
the load generators run on the same cores and are part of what the figures show. COMITY_AIR_TRACKS, COMITY_AIR_S and
COMITY_AIR_PLACES change what is measured. No peer stands beside it; the places stand beside each other.
"""

import asyncio
import http.client
import json
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from bench.air_traffic import Pass, World
from bench.end_to_end import Nodes, _name, _quantile, measure

from comity.adapters.readsb import SnapshotDecoder
from comity.application.conformance_net import ConformanceNet
from comity.application.integrity_net import IntegrityNet
from comity.application.pair_net import PairNet
from comity.application.plot_inbox import PlotInbox
from comity.application.watch_air import AirWatch
from comity.application.watched_flights import FlightBoard
from comity.domain.geometry.closest_pairs_many import PairFinder
from comity.domain.tracks import FeedId
from comity.domain.tracks.integrity import IntegrityMonitor
from comity.domain.tracks.table import Feed, TrackTable
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

TRACKS = int(os.environ.get("COMITY_AIR_TRACKS", "20000"))
RUN_S = float(os.environ.get("COMITY_AIR_S", "60"))
PLACES = os.environ.get("COMITY_AIR_PLACES", "none,process,thread,loop").split(",")
LARGER = (20_000, 30_000, 40_000, 60_000, 80_000)
LARGER_S = 20.0
SETTLE_S = 20.0
COST_SECONDS = 16
FEED = FeedId("bench")
FILL = 200
RATE_PER_S, HANDSHAKE_S = 20.0, 20.0
WATCHING_S_MAX = 180.0


def rows() -> Iterator[dict[str, Any]]:
    """`{work, n, ours_s, peer, peer_s, ratio}`, and beside it what was measured in the same run."""
    for count in LARGER:
        yield from _cost(count)
    for place in PLACES:
        with tempfile.TemporaryDirectory() as folder, Traffic() as traffic:
            yield from _handshake(Path(folder), place, traffic)
    with tempfile.TemporaryDirectory() as folder, Traffic() as traffic:
        yield from _loop(Path(folder), traffic)


def row(work: str, n: int, ours_s: float, **more: Any) -> dict[str, Any]:
    none = {"peer": None, "peer_s": None, "ratio": None}
    return {"work": work, "n": n, "ours_s": ours_s, **none, **more, "load_1m": os.getloadavg()[0]}


def _cost(count: int) -> Iterator[dict[str, Any]]:
    """What a second costs the watch: processor time, which others' load does not stretch much.

    At most 1.0 s may be spent where one core is to hold the loop at 1 Hz.
    """
    watch = AirWatch(
        TrackTable([Feed(FEED, PartyId("bench.aaaaaaaa"))]), (), time.process_time, "b"
    )
    board = FlightBoard(watch.tracks)
    search = PairFinder().search
    watch.nets = (
        PairNet(search=search, agreed=board.formations, classes=board.classes),
        ConformanceNet(board),
        IntegrityNet(watch.tracks, IntegrityMonitor()),
    )
    world, decoder, inbox = World(count), SnapshotDecoder(FEED), PlotInbox()
    parts: dict[str, list[float]] = {}
    for second in range(COST_SECONDS):
        at_s = world.began_s + second
        document, at = world.document(at_s), Instant(round(at_s * 1000))
        marks = [time.process_time()]
        decoder.feed(document, at)
        plots = decoder.end(at)
        marks.append(time.process_time())
        inbox.put_plots(plots)
        batches = inbox.drain()
        marks.append(time.process_time())
        cycle = watch.cycle(at, batches)
        marks.append(time.process_time())
        for name, start, end in zip(("decode", "columns", "cycle"), marks, marks[1:], strict=False):
            parts.setdefault(name, []).append(end - start)
        for name, took_s in cycle.stage_s.items():
            parts.setdefault(f"cycle: {name}", []).append(took_s)
        parts.setdefault("whole", []).append(marks[-1] - marks[0])
    for name, values in parts.items():
        steady = values[COST_SECONDS // 2 :]
        yield row(f"CPU of one second, {name}", count, statistics.median(steady))


class Traffic:
    """The process that the traffic comes from."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "bench.air_traffic", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)

    def address(self, count: int) -> str:
        """Of the document with so many aircraft."""
        return f"http://127.0.0.1:{self.port}/aircraft.json?count={count}"

    def encounters(self) -> dict[int, Pass]:
        """Address of the first of each pair to what went out of it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", "/encounters")
        told = json.loads(connection.getresponse().read())
        connection.close()
        return {int(key): Pass(**each) for key, each in told.items()}


class WatchedNodes(Nodes):
    """Two nodes, the first with its watch at a place."""

    def __init__(self, folder: Path, place: str) -> None:
        self._place = place
        super().__init__(folder)

    def command(self, number: int, home: Path) -> list[str]:
        """How a node is started."""
        if number == 0 and self._place in {"thread", "loop"}:
            return [sys.executable, "-m", "bench.node_with_watch", self._place, str(home)]
        return super().command(number, home)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the first node."""
        running = json.loads((self.homes[0] / "run" / "node.json").read_text())
        token = next((self.homes[0] / "tokens").glob("*.token")).read_text().strip()
        connection = http.client.HTTPConnection(running["api_address"], timeout=60)
        content = None if body is None else json.dumps(body)
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        connection.request(method, path, content, headers)
        told = json.loads(connection.getresponse().read())
        connection.close()
        return told

    def watch(self, traffic: Traffic, count: int) -> None:
        """Let the first node watch so many aircraft, and wait until it does."""
        feed = {"feed": f"world{count}", "address": traffic.address(count), "format": "readsb"}
        self.ask("POST", "/v1/feeds", feed)
        deadline_s = time.monotonic() + WATCHING_S_MAX
        while (self.ask("GET", "/v1/air")["tracks"] or 0) < 0.95 * count:
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"not {count} tracks within {WATCHING_S_MAX} s")
            time.sleep(1.0)

    def watch_pid(self) -> int:
        """The process of the watch."""
        children = Path(f"/proc/{self.processes[0].pid}/task/{self.processes[0].pid}/children")
        return int(children.read_text().split()[0])


def _handshake(folder: Path, place: str, traffic: Traffic) -> Iterator[dict[str, Any]]:
    """Flights accepted between two nodes while the first watches."""
    nodes = WatchedNodes(folder, place)
    try:
        nodes.agree()
        asyncio.run(measure(nodes, FILL))
        if place != "none":
            nodes.watch(traffic, TRACKS)
            time.sleep(SETTLE_S)
        run = asyncio.run(measure(nodes, int(RATE_PER_S * HANDSHAKE_S), RATE_PER_S))
        air = nodes.ask("GET", "/v1/air")
        for p in (0.5, 0.99):
            yield row(
                f"handshake, {RATE_PER_S:g} flights/s, watch: {place}, {_name(p)}",
                len(run.latencies_s),
                _quantile(run.latencies_s, p),
                tracks=air["tracks"],
                cycles_skipped=air["skipped"],
            )
    finally:
        nodes.stop()


def _loop(folder: Path, traffic: Traffic) -> Iterator[dict[str, Any]]:
    """The loop itself: stages, alert latency, cost; then how many tracks it holds."""
    nodes = WatchedNodes(folder, "process")
    try:
        nodes.watch(traffic, TRACKS)
        time.sleep(SETTLE_S)
        yield from _measured(nodes, traffic)
        for count in LARGER:
            nodes.ask("POST", f"/v1/feeds/world{TRACKS}/remove", {}) if count == LARGER[0] else None
            found = _holds(nodes, traffic, count)
            yield found
            if not found["held"]:
                break
    finally:
        nodes.stop()


def _measured(nodes: WatchedNodes, traffic: Traffic) -> Iterator[dict[str, Any]]:
    subscriber = Subscriber(nodes)
    watch_pid, node_pid = nodes.watch_pid(), nodes.processes[0].pid
    cpu_s = {pid: _cpu_s(pid) for pid in (watch_pid, node_pid, traffic.process.pid)}
    cycles: dict[int, dict[str, Any]] = {}
    began_s = time.monotonic()
    while time.monotonic() - began_s < RUN_S:
        air = nodes.ask("GET", "/v1/air")
        if air["cycle"] is not None:
            cycles[air["cycle"]] = air
        time.sleep(0.5)
    elapsed_s = time.monotonic() - began_s
    shares = {pid: (_cpu_s(pid) - before) / elapsed_s for pid, before in cpu_s.items()}
    subscriber.stop()
    told = list(cycles.values())
    names = sorted({name for air in told for name in air["stage_s"]})
    for name in (*names, "late"):
        values = [air["late_s"] if name == "late" else air["stage_s"][name] for air in told]
        for p in (0.5, 0.99):
            yield row(f"stage {name}, {_name(p)}", TRACKS, _quantile(values, p))
    latencies = subscriber.latencies_s(traffic.encounters())
    for p in (0.5, 0.99):
        yield row(
            f"alert: second report served -> subscriber told of the durable record, {_name(p)}",
            len(latencies),
            _quantile(latencies, p),
            missed=len(subscriber.missed),
        )
    last = told[-1]
    yield row(
        "CPU seconds a second: watch", TRACKS, shares[watch_pid],
        node=shares[node_pid], traffic=shares[traffic.process.pid],
        watch_memory_mb=last["memory_bytes"] >> 20, alerts_open=last["alerts_open"],
        skipped=last["skipped"] - told[0]["skipped"], cycles=len(told),
    )  # fmt: skip


def _holds(nodes: WatchedNodes, traffic: Traffic, count: int) -> dict[str, Any]:
    """Whether so many tracks are taken in each second without a second left out."""
    nodes.watch(traffic, count)
    time.sleep(SETTLE_S)
    before = nodes.ask("GET", "/v1/air")
    plots, late = [], []
    began_s = time.monotonic()
    while time.monotonic() - began_s < LARGER_S:
        air = nodes.ask("GET", "/v1/air")
        plots.append(air["plots"])
        late.append(air["late_s"])
        time.sleep(1.0)
    after = nodes.ask("GET", "/v1/air")
    nodes.ask("POST", f"/v1/feeds/world{count}/remove", {})
    skipped = after["skipped"] - before["skipped"]
    taken = received(after, count) - received(before, count)
    rate = taken / (LARGER_S * count)
    return row(
        f"{count} tracks at 1 Hz", count, max(late), skipped=skipped,
        plots_a_track_a_second=round(rate, 2), held=skipped == 0 and rate > 0.8,
    )  # fmt: skip


def received(air: dict[str, Any], count: int) -> int:
    return sum(
        feed["waiting"].get("received", 0)
        for feed in air["feeds"]
        if feed["feed"] == f"world{count}"
    )


def _cpu_s(pid: int) -> float:
    ticks = os.sysconf("SC_CLK_TCK")
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().split()[13:15])) / ticks


class Subscriber:
    """Someone who watches the event stream, and when they heard of each alert.

    Attributes:
        missed: first addresses of the encounters that no alert was heard of.
        cut_off: why the stream ended before it was to; empty where it did not.
    """

    def __init__(self, nodes: WatchedNodes) -> None:
        self._nodes = nodes
        self._heard: dict[str, float] = {}
        self._told: dict[str, dict[str, Any]] = {}
        self._to_ask: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._stopped = False
        self.missed: list[int] = []
        self.cut_off = ""
        self._began_ms = time.time() * 1000
        threading.Thread(target=self._listen, daemon=True).start()
        self._asking = threading.Thread(target=self._ask, daemon=True)
        self._asking.start()

    def _listen(self) -> None:
        try:
            self._read_stream()
            why = "the node ended the stream"
        except (OSError, http.client.HTTPException) as error:
            why = f"{type(error).__name__}: {error}"
        if not self._stopped:
            self.cut_off = why

    def _read_stream(self) -> None:
        running = json.loads((self._nodes.homes[0] / "run" / "node.json").read_text())
        token = next((self._nodes.homes[0] / "tokens").glob("*.token")).read_text().strip()
        connection = http.client.HTTPConnection(running["api_address"], timeout=60)
        connection.request("GET", "/v1/events", headers={"authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        while not self._stopped and (line := answer.readline()):
            if line.startswith(b"data: "):
                event = json.loads(line[6:])
                if event["kind"] == "alert.raised" and event["alert"] not in self._heard:
                    self._heard[event["alert"]] = time.time() * 1000
                    self._to_ask.put(event["alert"])

    def _ask(self) -> None:
        """What each alert is about, while the node holds it: of those cleared, only the last stay in memory."""
        while (alert := self._to_ask.get()) is not None:
            self._told[alert] = self._nodes.ask("GET", f"/v1/alerts/{alert}")

    def stop(self) -> None:
        """Hear no more."""
        self._stopped = True
        self._to_ask.put(None)
        self._asking.join()

    def heard_of(self) -> dict[int, float]:
        """Address of the first of each pair to when its first alert was heard of, Unix ms."""
        by_address: dict[int, float] = {}
        for alert, told in list(self._told.items()):
            if told.get("net") != "pair-conflict":
                continue
            addresses = sorted(address_of(each) for each in told["subjects"])
            if addresses[1] == addresses[0] + 1:
                by_address.setdefault(addresses[0], self._heard[alert])
        return by_address

    def watched(self, each: Pass) -> bool:
        """Whether an encounter is one of the time watched; of the last seconds none is."""
        until_ms = self._began_ms + (RUN_S - 5.0) * 1000
        return each.second_ms is not None and self._began_ms < each.second_ms < until_ms

    def latencies_s(self, encounters: dict[int, Pass]) -> list[float]:
        """Second report until told, for each pair of the time watched."""
        heard = self.heard_of()
        found = []
        for address, each in encounters.items():
            if self.watched(each) and each.second_ms is not None:
                if address in heard:
                    found.append((heard[address] - each.second_ms) / 1000)
                else:
                    self.missed.append(address)
        return found or [float("nan")]


def address_of(subject: str) -> int:
    """The address that ends the name of a track; -1 for a track without one."""
    try:
        return int(subject.rpartition("/")[2].lstrip("~"), 16)
    except ValueError:
        return -1
