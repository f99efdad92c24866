"""The largest count of tracks that the watch of a running node holds at 1 Hz; at most 15 minutes.

`script/bench air_largest` (or `script/campaign largest`) steps up by half from 20,000 until a count is not held,
then halves the gap between the last that was and the first that was not. Each count has a node of its own. Held is:
no second left out, every cycle begun within its second, at least 95 % of the reports taken in, no encounter
missed, and half of the alerts told within `ALERT_S_MAX`. The traffic is made and served on the same machine.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import air_loop
from bench.air_loop import Subscriber, Traffic, WatchedNodes

FIRST, STEP, MOST = 20_000, 1.5, 200_000
HALVINGS = 3
WATCHED_S = 35.0
ROUND_TO = 1_000
SETTLE_S = 15.0
ALLOWED_S = 13.5 * 60.0  # then no further count is begun; one takes up to a minute and a half
LATE_S_MAX = 1.0
TAKEN_IN_MIN = 0.95
ALERT_S_MAX = 3.0  # a second of the feed, one of the cycle, one of the record


def rows() -> Iterator[dict[str, Any]]:
    """One row a count, and at the end the largest that was held."""
    until_s = time.monotonic() + ALLOWED_S
    held, failed = 0, 0
    count = FIRST
    halvings = 0
    while time.monotonic() < until_s and count <= MOST:
        row = watched(count)
        yield row
        if row["held"]:
            held = count
        else:
            failed = count
        if not failed:
            count = rounded(count * STEP)
            continue
        halvings += 1
        count = rounded((held + failed) / 2)
        if halvings > HALVINGS or count in {held, failed}:
            break
    yield air_loop.row(
        "largest count of tracks held at 1 Hz" if held else "no count was held", held, 0.0,
        not_held=failed or None,
    )  # fmt: skip


def rounded(count: float) -> int:
    """To whole thousands."""
    return round(count / ROUND_TO) * ROUND_TO


def watched(count: int) -> dict[str, Any]:
    """Whether a node of its own holds so many."""
    air_loop.RUN_S = WATCHED_S
    with tempfile.TemporaryDirectory() as folder, Traffic() as traffic:
        nodes = WatchedNodes(Path(folder), "process")
        try:
            nodes.watch(traffic, count)
            time.sleep(SETTLE_S)
            return _judged(nodes, traffic, count)
        except TimeoutError as error:
            return air_loop.row(f"{count} tracks at 1 Hz", count, 0.0, held=False, why=str(error))
        finally:
            nodes.stop()


def _judged(nodes: WatchedNodes, traffic: Traffic, count: int) -> dict[str, Any]:
    subscriber = Subscriber(nodes)
    before = nodes.ask("GET", "/v1/air")
    began_s = time.monotonic()
    late_s: list[float] = []
    while time.monotonic() - began_s < WATCHED_S:
        late_s.append(nodes.ask("GET", "/v1/air")["late_s"])
        time.sleep(1.0)
    after = nodes.ask("GET", "/v1/air")
    elapsed_s = time.monotonic() - began_s
    subscriber.stop()
    latencies_s = subscriber.latencies_s(traffic.encounters())
    received = air_loop.received(after, count) - air_loop.received(before, count)
    skipped = after["skipped"] - before["skipped"]
    taken_in = received / (elapsed_s * count)
    alert_s = statistics.median(latencies_s)
    held = (
        skipped == 0
        and max(late_s) <= LATE_S_MAX
        and taken_in >= TAKEN_IN_MIN
        and not subscriber.missed
        and not alert_s > ALERT_S_MAX
    )
    stages = {name: round(value, 3) for name, value in after["stage_s"].items()}
    return air_loop.row(
        f"{count} tracks at 1 Hz: {'held' if held else 'not held'}", count, sum(stages.values()),
        held=held, skipped=skipped, late_s_max=round(max(late_s), 3),
        plots_a_track_a_second=round(taken_in, 3), alerts=len(latencies_s),
        alerts_missed=len(subscriber.missed), alert_s_median=round(alert_s, 2), stage_s=stages,
        watch_memory_mb=after["memory_bytes"] >> 20,
    )  # fmt: skip
