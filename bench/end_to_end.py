"""End to end: two nodes as processes on loopback, flights declared at one, accepted by the other.

No peer stands beside it: nothing else does this work (two sovereign sides, signed, durable, receipted).
The load generator runs on the same cores and is part of what the figures show. Figures are taken
with some thousands of flights held already, for a node must not grow slower with what it holds.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILL = 2_000  # flights held before anything is measured
STEADY = ((50.0, 60.0), (100.0, 20.0))  # flights a second, for so many seconds
STAGED_PER_S, STAGED_S = 50.0, 10.0
BURST = 4_000
CONNECTIONS = 32
WAIT_S_MAX = 120.0
START_S_MAX = 120.0

STAGES = (
    ("declared -> proposal durable at the owner", "declared", "a intent.proposal"),
    ("proposal durable at the owner -> at the peer", "a intent.proposal", "b intent.proposal"),
    ("proposal -> assent durable at the peer", "b intent.proposal", "b intent.assent"),
    ("assent durable at the peer -> at the owner", "b intent.assent", "a intent.assent"),
    ("assent -> acceptance durable at the owner", "a intent.assent", "a intent.acceptance"),
    ("acceptance durable at the owner -> at the peer", "a intent.acceptance", "b intent.acceptance"),
)  # fmt: skip
"""What a flight goes through, as both nodes tell it: from what, to what."""


@dataclass
class Run:
    """What one load showed.

    Attributes:
        latencies_s: declared until the peer's node told of the acceptance, a value a flight.
        elapsed_s: first declared until last told.
        stages_s: by stage, a value a flight; empty unless asked for.
        cpu_s: of the owner's node, the peer's node, and the load generator.
    """

    latencies_s: list[float]
    elapsed_s: float
    stages_s: Mapping[str, Sequence[float]]
    cpu_s: tuple[float, float, float]


def rows() -> list[dict[str, Any]]:
    """Latency at steady rates, where it goes, and the highest sustained rate of accepted flights."""
    with tempfile.TemporaryDirectory() as folder:
        nodes = Nodes(Path(folder))
        try:
            nodes.agree()
            asyncio.run(measure(nodes, FILL))
            found = []
            for rate_per_s, run_s in STEADY:
                run = asyncio.run(measure(nodes, int(rate_per_s * run_s), rate_per_s))
                found += _latency_rows(run, rate_per_s)
            staged = asyncio.run(
                measure(nodes, int(STAGED_PER_S * STAGED_S), STAGED_PER_S, staged=True)
            )
            found += [
                _row(f"{work}, {STAGED_PER_S:g} flights/s, {_name(p)}", len(each), _quantile(each, p))
                for work, each in staged.stages_s.items()
                for p in (0.5, 0.99)
            ]  # fmt: skip
            found.append(_sustained_row(asyncio.run(measure(nodes, BURST))))
        finally:
            nodes.stop()
    return found


def _latency_rows(run: Run, rate_per_s: float) -> list[dict[str, Any]]:
    work = "declare -> accepted at the owner and told to the peer"
    return [
        _row(
            f"{work}, {_name(p)}, {rate_per_s:g} flights/s",
            len(run.latencies_s),
            _quantile(run.latencies_s, p),
        )
        | _cpu_ms(run)
        for p in (0.5, 0.99)
    ]


def _sustained_row(run: Run) -> dict[str, Any]:
    count = len(run.latencies_s)
    work = f"{count} flights declared as fast as they are taken, all accepted"
    return _row(work, count, run.elapsed_s) | {
        "accepted_per_s": count / run.elapsed_s,
        **_cpu_ms(run),
    }


def _cpu_ms(run: Run) -> dict[str, float]:
    names = ("cpu_ms_owner", "cpu_ms_peer", "cpu_ms_load")
    count = len(run.latencies_s)
    return {name: 1e3 * each / count for name, each in zip(names, run.cpu_s, strict=True)}


def _row(work: str, n: int, ours_s: float) -> dict[str, Any]:
    return {"work": work, "n": n, "ours_s": ours_s, "peer": None, "peer_s": None, "ratio": None}


def _name(p: float) -> str:
    return f"p{100 * p:g}"


def _quantile(values: Sequence[float], p: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * p), len(ordered) - 1)]


class Nodes:
    """Two homes and their processes.

    Args:
        folder: where the homes are made.
        program: what runs a node; the rest of its command line is added.
    """

    def __init__(
        self, folder: Path, program: Sequence[str] = (sys.executable, "-m", "comity")
    ) -> None:
        self.program = program
        self.homes = [folder / "a", folder / "b"]
        self.flights = 0
        for name, home in zip(("Aurelia", "Borealis"), self.homes, strict=True):
            self.comity(
                "init", name, "--home", str(home), "--peer-listen", "127.0.0.1:0", "--api-port", "0"
            )
        self.processes = [
            subprocess.Popen(self.command(number, home), stderr=(home / "bench.log").open("wb"))
            for number, home in enumerate(self.homes)
        ]
        deadline = time.monotonic() + START_S_MAX
        while not all((home / "run" / "node.json").exists() for home in self.homes):
            if time.monotonic() > deadline:
                raise TimeoutError(f"the nodes did not start within {START_S_MAX} s")
            time.sleep(0.1)

    def command(self, number: int, home: Path) -> list[str]:
        """How a node is started."""
        del number
        return [*self.program, "node", "run", "--home", str(home)]

    def comity(self, *arguments: str) -> str:
        """One command of the command line."""
        done = subprocess.run(
            [sys.executable, "-m", "comity", *arguments], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def agree(self) -> None:
        """Pair them, and put an agreement in force."""
        a, b = (str(home) for home in self.homes)
        cards = [self.comity("peer", "invite", "--home", home) for home in (a, b)]
        self.comity("peer", "accept", cards[1], "--home", a, "--yes")
        self.comity("peer", "accept", cards[0], "--home", b, "--yes")
        text = str(self.homes[0] / "bench.md")
        self.comity(
            "agreement", "draft", "--home", a, "--title", "Bench", "--area=59,22,61,27",
            "--from", "2026-01-01T00:00:00Z", "--until", "2035-01-01T00:00:00Z",
            "--horizontal-m", "100", "--vertical-m", "30", "-o", text,
        )  # fmt: skip
        digest = json.loads(self.comity("agreement", "propose", text, "--home", a, "--json"))[
            "digest"
        ]
        self.comity("agreement", "sign", digest[:12], "--home", a)
        time.sleep(1.0)
        self.comity("agreement", "sign", digest[:12], "--home", b)
        time.sleep(1.0)

    def cpu_s(self) -> tuple[float, float, float]:
        """User and system time so far: of the owner's node, the peer's, and this process."""
        ticks = os.sysconf("SC_CLK_TCK")
        owner_s, peer_s = (
            sum(map(int, Path(f"/proc/{process.pid}/stat").read_text().split()[13:15])) / ticks
            for process in self.processes
        )
        return owner_s, peer_s, time.process_time()

    def stop(self) -> None:
        """End both."""
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(30)


class _Connection:
    """One kept-alive HTTP/1.1 connection: the generator must cost little."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.token = next((home / "tokens").glob("*.token")).read_text().strip()

    async def open(self) -> "_Connection":
        address = json.loads((self.home / "run" / "node.json").read_text())["api_address"]
        host, port = address.rsplit(":", 1)
        self.reader, self.writer = await asyncio.open_connection(host, int(port), limit=2**24)
        return self

    async def post(self, path: str, body: bytes) -> Any:
        self._head(
            "POST", path, f"content-type: application/json\r\ncontent-length: {len(body)}\r\n", body
        )
        return await self._answer()

    async def _answer(self) -> Any:
        head = await self.reader.readuntil(b"\r\n\r\n")
        fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:] if line)
        answer = json.loads(await self.reader.readexactly(int(fields[b"content-length"])))
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{head[:40]!r}: {answer}")
        return answer

    async def get(self, path: str) -> Any:
        self._head("GET", path, "", b"")
        return await self._answer()

    def events(self) -> None:
        self._head("GET", "/v1/events", "", b"")

    def _head(self, verb: str, path: str, more: str, body: bytes) -> None:
        self.writer.write(
            f"{verb} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {self.token}\r\n{more}\r\n".encode()
            + body
        )


@dataclass
class _Told:
    """When each flight reached each stage, by the digest of its proposal."""

    at_s: dict[str, dict[str, float]] = field(default_factory=dict)

    def note(self, digest: str, stage: str) -> None:
        self.at_s.setdefault(digest, {})[stage] = time.perf_counter()


async def measure(
    nodes: Nodes, count: int, rate_per_s: float | None = None, *, staged: bool = False
) -> Run:
    """Declare flights at the owner's node until the peer's has told of every acceptance.

    Args:
        nodes: where.
        count: how many flights.
        rate_per_s: None declares them as fast as they are taken.
        staged: watch the owner's node too, which costs it something.
    """
    told, accepted = _Told(), "b intent.acceptance"
    watchers = [asyncio.create_task(_watch(nodes.homes[1], "b", told))]
    if staged:
        watchers.append(asyncio.create_task(_watch(nodes.homes[0], "a", told)))
    await asyncio.sleep(0.5)
    free: asyncio.Queue[_Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await _Connection(nodes.homes[0]).open())
    declared: list[str] = []

    async def declare(number: int) -> None:
        began_s = time.perf_counter()
        connection = await free.get()
        answer = await connection.post("/v1/intents", _flight(number))
        free.put_nowait(connection)
        if answer["outcome"] != "proposed":
            raise RuntimeError(f"flight {number}: {answer}")
        told.at_s.setdefault(answer["digest"], {})["declared"] = began_s
        declared.append(answer["digest"])

    cpu_before_s = nodes.cpu_s()
    start_s = time.perf_counter()
    tasks = []
    for number in range(count):
        if rate_per_s is not None:
            await asyncio.sleep(max(0.0, start_s + number / rate_per_s - time.perf_counter()))
        tasks.append(asyncio.create_task(declare(nodes.flights + number)))
    nodes.flights += count
    await asyncio.gather(*tasks)
    await _until(lambda: all(accepted in told.at_s[digest] for digest in declared), start_s)
    cpu_s = nodes.cpu_s()
    for watcher in watchers:
        watcher.cancel()
    flights = [told.at_s[digest] for digest in declared]
    return Run(
        latencies_s=[each[accepted] - each["declared"] for each in flights],
        elapsed_s=max(each[accepted] for each in flights) - start_s,
        stages_s={
            work: [each[after] - each[before] for each in flights]
            for work, before, after in STAGES
            if staged
        },
        cpu_s=(
            cpu_s[0] - cpu_before_s[0],
            cpu_s[1] - cpu_before_s[1],
            cpu_s[2] - cpu_before_s[2],
        ),
    )


async def _until(holds: Callable[[], bool], start_s: float) -> None:
    while not holds():
        if time.perf_counter() - start_s > WAIT_S_MAX:
            raise TimeoutError(f"not all flights were accepted after {WAIT_S_MAX:g} s")
        await asyncio.sleep(0.02)


async def _watch(home: Path, side: str, told: _Told) -> None:
    """Note when a node tells of each record about a proposal, durable there."""
    connection = await _Connection(home).open()
    connection.events()
    while line := await connection.reader.readline():
        if line.startswith(b"data: ") and b'"intent.' in line:
            event = json.loads(line[6:])
            told.note(event.get("proposal") or event["digest"], f"{side} {event['kind']}")


def _flight(number: int) -> bytes:
    """One of 4,320 places 1.1 km apart, at an hour of its own: no two flights meet."""
    latitude_deg = 59.05 + (number % 180) * 0.01
    longitude_deg = 22.05 + (number // 180 % 24) * 0.2
    start_s = time.time() + 3_600.0 * (2 + number // 4_320)
    return json.dumps(
        {
            "type": "Corridor",
            "callsign": f"F{number}",
            "flight_class": "uncrewed",
            "priority": "general",
            "waypoints": [
                {"latitude_deg": latitude_deg, "longitude_deg": longitude_deg},
                {"latitude_deg": latitude_deg + 0.002, "longitude_deg": longitude_deg + 0.02},
            ],
            "half_width": {"value": 50, "unit": "m"},
            "lower": {"value": 0, "unit": "m", "datum": "WGS84"},
            "upper": {"value": 100, "unit": "m", "datum": "WGS84"},
            "start": _utc(start_s),
            "end": _utc(start_s + 1_200.0),
        }
    ).encode()


def _utc(unix_s: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(unix_s))
