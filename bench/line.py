"""FLASH on loopback: from the request at one node until that node tells of the other's receipt.

Two nodes as processes, with an empty line, and with 1,000 ROUTINE messages queued: the reader is
stopped while they are handed in, and goes on as the FLASH is sent. The peer is the same program
without the window (docs/decisions/0023): everything is appended to the log as it is handed in.
A third load is 1,000 flights declared in one request, during which FLASH follows FLASH; no peer.
"""

import asyncio
import json
import re
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.end_to_end import Nodes, _Connection, _flight, _quantile

QUEUED = 1_000
ROUNDS = 40
FLIGHTS = 1_000
QUIET = 200
WAIT_S_MAX = 60.0
ROUTINE_TEXT = "The papers of yesterday's meeting follow by the usual way. " * 8  # 470 characters

_WITHOUT_WINDOW = """
import sys
import comity.application.pair_log as pair_log
pair_log.WINDOW_RECORDS = pair_log.WINDOW_BYTES = 2**53
from comity import bootstrap
sys.argv[0] = "comity"
bootstrap.main()
"""


class LineNodes(Nodes):
    """Two nodes that agreed; with or without the window."""

    def __init__(self, folder: Path, *, window: bool) -> None:
        folder.mkdir()
        program = ("-m", "comity") if window else ("-c", _WITHOUT_WINDOW)
        super().__init__(folder, (sys.executable, *program))
        self.agree()
        cards = [
            self.comity("peer", "invite", "--home", str(home), "--json") for home in self.homes
        ]
        self.reader = json.loads(cards[1])["party"]


class Receipts:
    """When the owner's node told of receipts, by how much of its log they are for."""

    def __init__(self) -> None:
        self.told: list[tuple[float, int]] = []

    async def watch(self, home: Path) -> None:
        """Note them as they are told."""
        connection = await _Connection(home).open()
        connection.events()
        while line := await connection.reader.readline():
            if line.startswith(b"data: ") and b'"kind":"receipt"' in line:
                size = int(re.sub(r"\D", "", json.loads(line[6:])["text"]))
                self.told.append((time.perf_counter(), size))

    async def of(self, index: int) -> float:
        """When the receipt of one record was told."""
        deadline_s = time.perf_counter() + WAIT_S_MAX
        while time.perf_counter() < deadline_s:
            for at_s, size in self.told:
                if size > index:
                    return at_s
            await asyncio.sleep(0.001)
        raise TimeoutError(f"no receipt of record {index} within {WAIT_S_MAX} s")


def rows() -> list[dict[str, Any]]:
    """Quiet, and behind the queue, beside the program without the window."""
    with tempfile.TemporaryDirectory() as folder:
        ours = _measured(Path(folder) / "window", window=True, rounds=ROUNDS, quiet=QUIET)
        peer = _measured(Path(folder) / "none", window=False, rounds=ROUNDS // 2, quiet=0)
    found = []
    for name, p in (("p50", 0.5), ("p99", 0.99)):
        found.append(_row(f"FLASH to receipt told, nothing queued, {name}", ours["quiet"], [], p))
        work = f"FLASH to receipt told, {QUEUED:,} ROUTINE queued, {name}"
        found.append(_row(work, ours["queued"], peer["queued"], p))
        work = f"FLASH to receipt told, while {FLIGHTS:,} flights are declared, {name}"
        found.append(_row(work, ours["flights"], [], p))
    return found


def _row(work: str, ours: list[float], peer: list[float], p: float) -> dict[str, Any]:
    ours_s = _quantile(ours, p)
    peer_s = _quantile(peer, p) if peer else None
    return {
        "work": work,
        "n": len(ours),
        "ours_s": ours_s,
        "peer": "no window" if peer else None,
        "peer_s": peer_s,
        "ratio": None if peer_s is None else peer_s / ours_s,
    }


def _measured(folder: Path, *, window: bool, rounds: int, quiet: int) -> dict[str, list[float]]:
    nodes = LineNodes(folder, window=window)
    try:
        return asyncio.run(_run(nodes, rounds, quiet))
    finally:
        nodes.processes[1].send_signal(signal.SIGCONT)
        nodes.stop()


async def _run(nodes: LineNodes, rounds: int, quiet: int) -> dict[str, list[float]]:
    receipts = Receipts()
    watching = asyncio.create_task(receipts.watch(nodes.homes[0]))
    urgent = await _Connection(nodes.homes[0]).open()
    posters = [await _Connection(nodes.homes[0]).open() for _ in range(8)]
    await asyncio.sleep(0.5)
    found: dict[str, list[float]] = {"quiet": [], "queued": [], "flights": []}
    for number in range(quiet):
        found["quiet"].append(await _flash(nodes, urgent, receipts, f"quiet {number}"))
    for number in range(rounds):
        nodes.processes[1].send_signal(signal.SIGSTOP)
        await _fill(nodes, posters)
        nodes.processes[1].send_signal(signal.SIGCONT)
        found["queued"].append(await _flash(nodes, urgent, receipts, f"round {number}"))
        await _drained(urgent)
    if quiet:
        found["flights"] = await _behind_flights(nodes, urgent, posters[0], receipts)
    watching.cancel()
    return found


async def _behind_flights(
    nodes: LineNodes, urgent: _Connection, poster: _Connection, receipts: Receipts
) -> list[float]:
    found: list[float] = []
    for start in (0, FLIGHTS):
        plans = [json.loads(_flight(start + number)) for number in range(FLIGHTS)]
        body = json.dumps({"type": "FlightPlans", "plans": plans}).encode()
        declaring = asyncio.create_task(poster.post("/v1/intents/batch", body))
        while not declaring.done():
            await asyncio.sleep(0.05)
            found.append(await _flash(nodes, urgent, receipts, f"flights {len(found)}"))
        await declaring
        await _drained(urgent)
    return found


async def _flash(nodes: LineNodes, urgent: _Connection, receipts: Receipts, text: str) -> float:
    receipts.told.clear()
    began_s = time.perf_counter()
    told = await urgent.post("/v1/line/messages", _message(nodes, text, "flash"))
    record = await urgent.get(f"/v1/records/{told['digest']}")
    ended_s = await receipts.of(record["deliveries"][0]["index"])
    await _acknowledged(nodes, told["digest"])
    return ended_s - began_s


async def _acknowledged(nodes: LineNodes, digest: str) -> None:
    """The other side takes it, so that no ladder runs."""
    connection = await _Connection(nodes.homes[1]).open()
    for _ in range(2_000):
        try:
            await connection.post(f"/v1/line/items/{digest}/acknowledge", b"{}")
        except RuntimeError:
            await asyncio.sleep(0.005)
        else:
            connection.writer.close()
            return
    raise TimeoutError("the FLASH never came")


async def _fill(nodes: LineNodes, posters: list[_Connection]) -> None:
    body = _message(nodes, ROUTINE_TEXT, "routine")

    async def some(connection: _Connection) -> None:
        for _ in range(QUEUED // len(posters)):
            await connection.post("/v1/line/messages", body)

    await asyncio.gather(*(some(each) for each in posters))


async def _drained(connection: _Connection) -> None:
    for _ in range(int(WAIT_S_MAX / 0.05)):
        peers = await connection.get("/v1/peers")
        line = await connection.get("/v1/line")
        if line["held_back_count"] == 0 and all(each["owed"] == 0 for each in peers):
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(f"the queue did not drain within {WAIT_S_MAX} s")


def _message(nodes: LineNodes, text: str, precedence: str) -> bytes:
    return json.dumps(
        {
            "text": text,
            "language": "en",
            "to": [nodes.reader],
            "subject": "Bench",
            "precedence": precedence,
        }
    ).encode()
