"""The map of a past moment: processor time of one question to a journal of some thousand flights.

Peer: the same flights as one would write them for this question alone, a row a volume in SQLite with an index on its
time, read by the same code. Both name the flights that count at random moments; the sets are compared. Outlines are the
same for both, and told apart.
"""

import contextlib
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from bench.store import _Key
from tests.agreement_world import Actor

from comity.adapters.sqlite import SqliteRecordStore
from comity.application.ports.record_store import JournalEntry
from comity.application.reconstruct import Reconstruction
from comity.domain.airspace import (
    Altitude,
    Datum,
    EdgeKind,
    Shape,
    ShapeKind,
    Volume4D,
    volume_to_body,
)
from comity.domain.airspace.volume_body import volume_from_body
from comity.domain.records import Draft, seal
from comity.entrypoints.api.map_scene import DRAWN_MAX, Drawn, Wanted, outlined
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

PARTY = Actor("alpha")
FLIGHTS = 4_000
VOLUMES = 20
VOLUME_S = 300.0
DAY_S = 86_400.0
ASKED = 40
T = Instant(1_795_000_000_000)
LOWER, UPPER = Altitude(3_000.0, Datum.QNE), Altitude(3_600.0, Datum.QNE)


def rows() -> Iterator[dict[str, Any]]:
    """One result a work: `{work, n, ours_s, peer, peer_s, ratio}`, in seconds of this thread's processor time."""
    chance = random.Random(1)
    flights = [_volumes(chance) for _ in range(FLIGHTS)]
    with tempfile.TemporaryDirectory() as place:
        journal, table = Path(place) / "store.db", Path(place) / "peer.db"
        _journal(journal, flights)
        _table(table, flights)
        of = Reconstruction(
            lambda: SqliteRecordStore(journal, read_only=True),
            PARTY.card(),
            lambda: None,
        )
        connection = sqlite3.connect(table)
        first_s, _ = _timed(lambda: of.changes(T, T.plus_s(1.0)))
        moments = [T.plus_s(chance.uniform(0.0, DAY_S)) for _ in range(ASKED)]
        ours, peer, there = [], [], []
        for at in moments:
            ours_s, found = _timed(lambda at=at: _ours(of, at))
            peer_s, known = _timed(lambda at=at: _peer(connection, at))
            if found[0] != known[0]:
                raise AssertionError(f"{at}: {len(found[0])} flights, the peer has {len(known[0])}")
            ours.append(ours_s)
            peer.append(peer_s)
            there.append(len(found[0]))
        outlines_s, _ = _timed(lambda: outlined(Wanted(_drawn("all"), found[1])))
        connection.close()
    count = f"{FLIGHTS} flights, {4 * FLIGHTS} records, {round(np.mean(there))} drawn"
    for name, share in (("median", 50.0), ("worst", 100.0)):
        ours_s, peer_s = float(np.percentile(ours, share)), float(np.percentile(peer, share))
        yield {
            "work": f"map of a moment as known then, {name} ({count})",
            "n": ASKED, "ours_s": ours_s, "peer": "SQLite, index on time", "peer_s": peer_s,
            "ratio": peer_s / ours_s,
        }  # fmt: skip
    yield {
        "work": f"outlines of {len(found[1])} volumes never drawn before, the same for both",
        "n": len(found[1]), "ours_s": outlines_s, "peer": "the same", "peer_s": outlines_s, "ratio": 1.0,
    }  # fmt: skip
    yield {
        "work": "taking in the journal, once after a start; the peer has no journal",
        "n": 4 * FLIGHTS, "ours_s": first_s, "peer": "none", "peer_s": 0.0, "ratio": 0.0,
    }  # fmt: skip


def _volumes(chance: random.Random) -> list[Volume4D]:
    start = T.plus_s(chance.uniform(-VOLUMES * VOLUME_S, DAY_S))
    latitude, longitude = chance.uniform(40.0, 60.0), chance.uniform(0.0, 40.0)
    step = chance.uniform(-0.3, 0.3)
    return [
        Volume4D(
            Shape(
                ShapeKind.PATH,
                (latitude, latitude + 0.1),
                (longitude + n * step, longitude + (n + 1) * step),
                5_000.0,
                EdgeKind.GEODESIC,
            ),
            LOWER, UPPER, start.plus_s(n * VOLUME_S), start.plus_s((n + 1) * VOLUME_S),
        )
        for n in range(VOLUMES)
    ]  # fmt: skip


def _journal(path: Path, flights: list[list[Volume4D]]) -> None:
    key = _Key()
    alpha, bravo = PARTY.id, PartyId("bravo.bbbbbbbb")
    sequence, previous = 0, None
    with contextlib.closing(SqliteRecordStore(path, create=True)) as store:

        def say(kind: str, body: dict[str, Any], made_at: Instant) -> Any:
            nonlocal sequence, previous
            record = seal(Draft(kind, (bravo,), body), alpha, sequence, previous, made_at, key)
            sequence, previous = sequence + 1, record.digest
            store.append_journal(JournalEntry(record.digest, record.envelope_bytes, made_at))
            return record.digest

        for number, volumes in enumerate(flights):
            at = volumes[0].start.plus_s(-3_600.0)
            footprint = {
                "flight_class": "ifr",
                "volumes": [volume_to_body(each) for each in volumes],
            }
            named = say("intent.proposal", {
                "intent": f"{alpha}/{number:016x}", "version": 1, "callsign": f"C{number}", "footprint": footprint,
                "decide_by": str(at.plus_s(60.0)), "required": [],
            }, at)  # fmt: skip
            say("intent.acceptance", {"proposal": named, "assents": []}, at.plus_s(10.0))
            flown = {"proposal": named, "off_nominal": None}
            say("intent.state", flown | {"state": "activated"}, volumes[0].start)
            say("intent.state", flown | {"state": "ended"}, volumes[-1].end.plus_s(1.0))
        store.commit()


def _table(path: Path, flights: list[list[Volume4D]]) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE volume (flight TEXT, starts INT, ends INT, body BLOB)")
        connection.executemany("INSERT INTO volume VALUES (?, ?, ?, ?)", (
            (f"C{number}", each.start.unix_ms, each.end.unix_ms, msgspec.json.encode(volume_to_body(each)))
            for number, volumes in enumerate(flights) for each in volumes
        ))  # fmt: skip
        connection.execute("CREATE INDEX by_time ON volume (starts, ends)")


def _ours(of: Reconstruction, at: Instant) -> tuple[set[str], list[Volume4D]]:
    flights = of.map_then(at, at, DRAWN_MAX).flights
    volumes = [each for flight in flights if flight.footprint for each in flight.footprint.volumes]
    return {str(each.callsign) for each in flights}, volumes


def _peer(connection: sqlite3.Connection, at: Instant) -> tuple[set[str], list[Volume4D]]:
    query = "SELECT flight, body FROM volume WHERE starts BETWEEN ? AND ? AND ends >= ?"
    least = at.unix_ms - round(VOLUME_S * 1000.0)
    found = connection.execute(query, (least, at.unix_ms, at.unix_ms)).fetchall()
    volumes = [volume_from_body(msgspec.json.decode(body)) for _, body in found]
    return {name for name, _ in found}, volumes


def _drawn(name: str) -> Drawn:
    return Drawn(kind="intent", id=name, name=name, word="activated", parts=[])


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.thread_time()
    found = work()
    return time.thread_time() - start, found
