"""End to end: two nodes as processes on loopback, flights declared at one, accepted by the other.

No peer stands beside it: nothing else does this work (two sovereign sides, signed, durable, receipted).
The load generator runs on the same cores and is part of what the figures show.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

WARM_UP = 50
STEADY_PER_S = 50.0
STEADY_S = 20.0
BURST = 3_000
CONNECTIONS = 32
BATCH = 50
WAIT_S_MAX = 120.0
START_S_MAX = 120.0


def rows() -> list[dict[str, Any]]:
    """Latency at 50 flights a second, and the highest sustained rate of accepted flights."""
    with tempfile.TemporaryDirectory() as folder:
        nodes = _Nodes(Path(folder))
        try:
            nodes.agree()
            asyncio.run(_measure(nodes, WARM_UP, rate_per_s=25.0, day=0))
            steady = asyncio.run(
                _measure(nodes, int(STEADY_PER_S * STEADY_S), rate_per_s=STEADY_PER_S, day=1)
            )
            cpu_s = nodes.cpu_s()
            burst = asyncio.run(_measure(nodes, BURST, rate_per_s=None, day=2))
            burst_cpu_s = [
                after - before for before, after in zip(cpu_s, nodes.cpu_s(), strict=True)
            ]
        finally:
            nodes.stop()
    latencies_s = sorted(steady["latencies_s"])
    made = [
        ("declare -> accepted at the owner and told to the peer, p50, 50 flights/s", 0.50),
        ("declare -> accepted at the owner and told to the peer, p99, 50 flights/s", 0.99),
    ]
    found = [
        _row(
            work,
            len(latencies_s),
            latencies_s[min(int(len(latencies_s) * p), len(latencies_s) - 1)],
        )
        for work, p in made
    ]
    sustained = _row(
        f"{BURST} flights declared as fast as they are taken, all accepted",
        BURST,
        burst["elapsed_s"],
    )
    sustained |= {
        "accepted_per_s": BURST / burst["elapsed_s"],
        "cpu_s_owner": burst_cpu_s[0],
        "cpu_s_peer": burst_cpu_s[1],
    }
    return [*found, sustained]


def _row(work: str, n: int, ours_s: float) -> dict[str, Any]:
    return {"work": work, "n": n, "ours_s": ours_s, "peer": None, "peer_s": None, "ratio": None}


class _Nodes:
    """Two homes and their processes."""

    def __init__(self, folder: Path) -> None:
        self.homes = [folder / "a", folder / "b"]
        for name, home in zip(("Aurelia", "Borealis"), self.homes, strict=True):
            self.comity(
                "init", name, "--home", str(home), "--peer-listen", "127.0.0.1:0", "--api-port", "0"
            )
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-m", "comity", "node", "run", "--home", str(home)],
                stderr=(home / "bench.log").open("wb"),
            )
            for home in self.homes
        ]
        deadline = time.monotonic() + START_S_MAX
        while not all((home / "run" / "node.json").exists() for home in self.homes):
            if time.monotonic() > deadline:
                raise TimeoutError(f"the nodes did not start within {START_S_MAX} s")
            time.sleep(0.1)

    def comity(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "comity", *arguments], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def agree(self) -> None:
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

    def cpu_s(self) -> list[float]:
        """User and system time of each node so far."""
        ticks = os.sysconf("SC_CLK_TCK")
        return [
            sum(map(int, Path(f"/proc/{process.pid}/stat").read_text().split()[13:15])) / ticks
            for process in self.processes
        ]

    def stop(self) -> None:
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
        head = await self.reader.readuntil(b"\r\n\r\n")
        fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:] if line)
        answer = json.loads(await self.reader.readexactly(int(fields[b"content-length"])))
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{head[:40]!r}: {answer}")
        return answer

    def events(self) -> None:
        self._head("GET", "/v1/events", "", b"")

    def _head(self, verb: str, path: str, more: str, body: bytes) -> None:
        self.writer.write(
            f"{verb} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {self.token}\r\n{more}\r\n".encode()
            + body
        )


async def _measure(nodes: _Nodes, count: int, rate_per_s: float | None, day: int) -> dict[str, Any]:
    accepted_at: dict[str, float] = {}
    declared_at: dict[str, float] = {}
    watcher = asyncio.create_task(_watch(nodes.homes[1], accepted_at))
    await asyncio.sleep(0.5)
    free: asyncio.Queue[_Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await _Connection(nodes.homes[0]).open())

    async def declare(number: int) -> None:
        began = time.perf_counter()
        connection = await free.get()
        told = await connection.post("/v1/intents", _flight(number, day))
        free.put_nowait(connection)
        if told["outcome"] != "proposed":
            raise RuntimeError(f"flight {number}: {told}")
        declared_at[told["digest"]] = began

    start = time.perf_counter()
    tasks = []
    for number in range(count):
        if rate_per_s is not None:
            await asyncio.sleep(max(0.0, start + number / rate_per_s - time.perf_counter()))
        tasks.append(asyncio.create_task(declare(number)))
    await asyncio.gather(*tasks)
    while not declared_at.keys() <= accepted_at.keys():
        if time.perf_counter() - start > WAIT_S_MAX:
            raise TimeoutError(f"{len(accepted_at)} of {count} accepted after {WAIT_S_MAX} s")
        await asyncio.sleep(0.01)
    watcher.cancel()
    return {
        "elapsed_s": max(accepted_at[digest] for digest in declared_at) - start,
        "latencies_s": [accepted_at[digest] - began for digest, began in declared_at.items()],
    }


async def _watch(home: Path, accepted_at: dict[str, float]) -> None:
    """Note when the peer's node tells of each acceptance, durable there."""
    connection = await _Connection(home).open()
    connection.events()
    while line := await connection.reader.readline():
        if line.startswith(b"data: ") and b'"intent.acceptance"' in line:
            accepted_at[json.loads(line[6:])["proposal"]] = time.perf_counter()


def _flight(number: int, day: int) -> bytes:
    """One of 4,320 places 1.1 km apart, at an hour of its own: no two flights meet."""
    latitude_deg = 59.05 + (number % 180) * 0.01
    longitude_deg = 22.05 + (number // 180 % 24) * 0.2
    start_s = time.time() + 3_600.0 * (2 + 2 * day + number // 4_320)
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
