"""Replay of a recorded day: time to the state at a moment, and room on disk for an aircraft's hour.

Peer: SQLite as one would write it first, a row a plot in columns with an index on its time, on the same disk. Needs
the recording of Switzerland in shared/data.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import numpy as np
from tests.recorded_plots import recorded_plots

from comity.adapters.plot_recordings import PlotArchive, PlotRecorder, RecorderLimits
from comity.domain.reconstruction import tracks_then
from comity.domain.tracks import FeedId, PlotBatch
from comity.kernel.instants import Instant

FEED = FeedId("switzerland")
ASKED = 500
GONE_MS = 60_000
COLUMNS = (
    "at_ms", "received_at_ms", "address", "callsign", "latitude_deg", "longitude_deg",
    "altitude_pressure_m", "altitude_ellipsoid_m", "ground_speed_mps", "track_true_rad",
    "vertical_rate_mps",
)  # fmt: skip


def rows() -> Iterator[dict[str, Any]]:
    """One result a work: `{work, n, ours_s, peer, peer_s, ratio}`."""
    day = recorded_plots("switzerland", FEED)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _record(folder / "plots", day)
        _table(folder / "peer.db", day)
        ours_bytes = sum(path.stat().st_size for path in (folder / "plots").iterdir())
        peer_bytes = (folder / "peer.db").stat().st_size
        hours = _aircraft_hours(day)
        yield {
            "work": f"bytes on disk for an aircraft's hour ({len(day)} plots, {hours:.0f} aircraft-hours)",
            "n": len(day),
            "ours_s": ours_bytes / hours,
            "peer": "SQLite, bytes",
            "peer_s": peer_bytes / hours,
            "ratio": peer_bytes / ours_bytes,
        }
        chance = random.Random(1)
        low, high = int(day.received_at_ms.min()) + GONE_MS, int(day.received_at_ms.max())
        moments = [Instant(chance.randrange(low, high)) for _ in range(ASKED)]
        archive = PlotArchive(folder / "plots")
        connection = apsw.Connection(str(folder / "peer.db"))
        ours, peer = [], []
        differing = 0
        for at in moments:
            ours_s, found = _timed(lambda at=at: _ours(archive, at))
            peer_s, there = _timed(lambda at=at: _peer(connection, at))
            ours.append(ours_s)
            peer.append(peer_s)
            differing += found != there
        for name, share in (("median", 50.0), ("p99", 99.0)):
            ours_s, peer_s = float(np.percentile(ours, share)), float(np.percentile(peer, share))
            yield {
                "work": f"tracks at a moment as known then, {name}; {differing} of {ASKED} differ from the peer",
                "n": ASKED,
                "ours_s": ours_s,
                "peer": "SQLite, index on time",
                "peer_s": peer_s,
                "ratio": peer_s / ours_s,
            }


def _ours(archive: PlotArchive, at: Instant) -> set[str]:
    batches, _ = archive.plots(Instant(at.unix_ms - GONE_MS), at, known_by=at)
    return {each.identity for each in tracks_then(batches, at)}


def _peer(connection: apsw.Connection, at: Instant) -> set[str]:
    query = (
        "SELECT address, max(at_ms), latitude_deg, longitude_deg, altitude_pressure_m, callsign FROM plot "
        "WHERE at_ms BETWEEN ? AND ? AND received_at_ms <= ? AND latitude_deg IS NOT NULL GROUP BY address"
    )
    found = connection.execute(query, (at.unix_ms - GONE_MS, at.unix_ms, at.unix_ms))
    return {f"{row[0]:06x}" for row in found}


def _record(folder: Path, day: PlotBatch) -> None:
    recorder = PlotRecorder(folder, RecorderLimits())
    order = np.argsort(day.received_at_ms, kind="stable")
    day = day.rows(order)
    second = day.received_at_ms // 1000
    for chosen in np.split(np.arange(len(day)), np.flatnonzero(np.diff(second)) + 1):
        batch = day.rows(chosen)
        recorder.take(Instant(int(batch.received_at_ms.max())), [batch])
    recorder.close()


def _table(path: Path, day: PlotBatch) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(f"CREATE TABLE plot ({', '.join(COLUMNS)})")
    masks = {"latitude_deg": day.has_position, "longitude_deg": day.has_position}
    columns = []
    for name in COLUMNS:
        values = getattr(day, name)
        mask = masks.get(name)
        listed = list(values) if name == "callsign" else values.tolist()
        columns.append(
            listed
            if mask is None
            else [v if m else None for v, m in zip(listed, mask, strict=True)]
        )
    with connection:
        marks = ", ".join("?" * len(COLUMNS))
        connection.executemany(f"INSERT INTO plot VALUES ({marks})", zip(*columns, strict=True))
    connection.execute("CREATE INDEX by_time ON plot (at_ms)")
    connection.execute("VACUUM")
    connection.close()


def _aircraft_hours(day: PlotBatch) -> float:
    """Minutes in which an aircraft has a plot, as hours."""
    minutes = np.unique(np.stack([day.address, day.at_ms // 60_000]), axis=1)
    return minutes.shape[1] / 60.0


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found
