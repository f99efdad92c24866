"""`python -m bench.air_soak`: the watch of a running node over made-up traffic for as long as one likes.

A line of JSON every ten seconds goes to `--samples`; the end is 0 where memory is flat, alerts come no later at the
end than at the beginning, and none is missing. Of each encounter that was not told the end says where it was lost
(`air_witness`). A soak that is stopped begins anew: memory is a matter of one process.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import air_loop
from bench.air_loop import Subscriber, Traffic, WatchedNodes
from bench.air_witness import Witness

SAMPLE_S = 10.0
LATE_AGAIN_S = 8.0  # an encounter of the last seconds may still be on its way
MEMORY_RATIO_MAX, MEMORY_MB_MAX = 1.05, 16.0  # last quarter against the second
LATENCY_RATIO_MAX, LATENCY_S_MAX = 1.5, 0.5


def main() -> int:
    """Soak, judge, tell."""
    parser = argparse.ArgumentParser(prog="python -m bench.air_soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--tracks", type=int, default=20_000)
    parser.add_argument("--samples", type=Path, required=True)
    asked = parser.parse_args()
    air_loop.RUN_S = asked.minutes * 60.0
    with tempfile.TemporaryDirectory() as folder, Traffic() as traffic:
        nodes = WatchedNodes(Path(folder), "process")
        try:
            nodes.watch(traffic, asked.tracks)
            time.sleep(air_loop.SETTLE_S)
            subscriber = Subscriber(nodes)
            witness = Witness(nodes, traffic, subscriber)
            samples = list(_samples(nodes, asked.samples))
            witness.stop()
            subscriber.stop()
            encounters = traffic.encounters()
            latencies_s = subscriber.latencies_s(encounters)
            missed = [
                witness.explained(address, encounters[address]) for address in subscriber.missed
            ]
        finally:
            nodes.stop()
    told = verdict(samples, latencies_s, missed) | {"stream_cut_off": subscriber.cut_off}
    print(json.dumps(told))
    return 0 if told["held"] else 1


def _samples(nodes: WatchedNodes, path: Path) -> Any:
    began_s = time.monotonic()
    with path.open("w") as file:
        while (elapsed_s := time.monotonic() - began_s) < air_loop.RUN_S:
            air = nodes.ask("GET", "/v1/air")
            sample = {
                "elapsed_s": round(elapsed_s),
                **{name: air[name] for name in ("cycle", "tracks", "late_s", "skipped", "untold")},
                "watch_mb": air["memory_bytes"] / 2**20,
                "node_mb": _memory_mb(nodes.processes[0].pid),
                "alerts_open": air["alerts_open"],
                "changes_waiting": air["changes_waiting"],
                "restarts": air["restarts"],
                "received": sum(feed["waiting"].get("received", 0) for feed in air["feeds"]),
                "load_1m": float(Path("/proc/loadavg").read_text().split()[0]),
            }
            file.write(json.dumps(sample) + "\n")
            file.flush()
            yield sample
            time.sleep(SAMPLE_S)


def _memory_mb(pid: int) -> float:
    """What a process has in memory, resident."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4_096 / 2**20


def verdict(
    samples: list[dict[str, Any]], latencies_s: list[float], missed: list[dict[str, Any]]
) -> dict[str, Any]:
    """What the soak showed, and whether it held."""
    quarter = max(len(samples) // 4, 1)
    second, last = samples[quarter : 2 * quarter] or samples, samples[-quarter:]
    told: dict[str, Any] = {"samples": len(samples), "alerts": len(latencies_s)}
    told |= {"missed": len(missed), "missed_were": missed}
    held = not missed and samples[-1]["restarts"] == 0
    for name in ("watch_mb", "node_mb"):
        before, after = (statistics.median(each[name] for each in part) for part in (second, last))
        told[name] = [round(before, 1), round(after, 1)]
        held &= after <= before * MEMORY_RATIO_MAX + MEMORY_MB_MAX
    part = max(len(latencies_s) // 4, 1)
    early, late = (statistics.median(each) for each in (latencies_s[:part], latencies_s[-part:]))
    told["alert_latency_s"] = [round(early, 2), round(late, 2)]
    held &= late <= early * LATENCY_RATIO_MAX + LATENCY_S_MAX
    cycles = samples[-1]["cycle"] - samples[0]["cycle"]
    told |= {
        "cycles": cycles,
        "skipped": samples[-1]["skipped"] - samples[0]["skipped"],
        "plots_a_second": round(
            (samples[-1]["received"] - samples[0]["received"])
            / max(samples[-1]["elapsed_s"] - samples[0]["elapsed_s"], 1)
        ),
        "load_1m": [samples[0]["load_1m"], samples[-1]["load_1m"]],
        "held": held,
    }
    return told


if __name__ == "__main__":
    sys.exit(main())
