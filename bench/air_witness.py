"""What became of an encounter that no alert was heard of: who lost it, and what each held of it.

While the soak runs, the witness asks the node about every encounter that is not told some seconds after it ought to
be: the tracks at that place, the open alerts about either aircraft, what the feed refused. So a miss explains itself.
"""

import threading
import time
from dataclasses import asdict
from typing import Any

from bench.air_loop import Subscriber, Traffic, WatchedNodes, address_of
from bench.air_traffic import ENCOUNTER_S, Pass, wrapped_deg

LOOKS_EVERY_S = 2.0
OWED_AFTER_S = 6.0  # three times of what an alert takes on a busy machine
AROUND_DEG = 0.5  # of latitude; the pair is 7 NM apart when it appears
LOST_M = 9_260.0  # the minimum that the watch keeps by default, 5 NM


class Witness:
    """Looks at encounters that are not told, as long as the soak runs.

    Attributes:
        seen: by first address, what the node held when the encounter was overdue, each look.
    """

    def __init__(self, nodes: WatchedNodes, traffic: Traffic, subscriber: Subscriber) -> None:
        self._nodes, self._traffic, self._subscriber = nodes, traffic, subscriber
        self.seen: dict[int, list[dict[str, Any]]] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(LOOKS_EVERY_S):
            now_ms = time.time() * 1000
            heard = self._subscriber.heard_of()
            for address, each in self._traffic.encounters().items():
                if address in heard or each.second_ms is None:
                    continue
                if not self._subscriber.watched(each):
                    continue
                if OWED_AFTER_S < (now_ms - each.second_ms) / 1000 < ENCOUNTER_S + 10.0:
                    self.seen.setdefault(address, []).append(self._held(address, each))

    def _held(self, address: int, each: Pass) -> dict[str, Any]:
        """What the node holds of both now."""
        latitude, longitude = each.places_deg[0]
        around = 4.0 * AROUND_DEG  # a degree of longitude is a quarter of one of latitude there
        box = {
            "south_deg": latitude - AROUND_DEG,
            "north_deg": latitude + AROUND_DEG,
            "west_deg": wrapped_deg(longitude - around),
            "east_deg": wrapped_deg(longitude + around),
        }
        asked = "&".join(f"{name}={value:.4f}" for name, value in box.items())
        tracks = self._nodes.ask("GET", f"/v1/air/tracks?limit=100&{asked}")
        both = {f"{address:06x}", f"{address + 1:06x}"}
        alerts = self._nodes.ask("GET", "/v1/alerts")
        air = self._nodes.ask("GET", "/v1/air")
        return {
            "at": tracks["at"],
            "tracks": [row for row in tracks["rows"] if row["address"] in both],
            "alerts": [
                {
                    name: alert[name]
                    for name in ("net", "subjects", "severity", "phase", "raised_at")
                }
                for alert in alerts
                if {address_of(subject) for subject in alert["subjects"]} & {address, address + 1}
            ],
            "refused": [feed["counts"].get("refused") for feed in air["feeds"]],
            **{name: air[name] for name in ("cycle", "late_s", "skipped", "changes_waiting")},
            "nets": {net["net"]: net["health"] for net in air["nets"]},
        }

    def explained(self, address: int, each: Pass) -> dict[str, Any]:
        """A missed encounter: where it was lost, its course as it went out, and what the node held."""
        looks = self.seen.get(address, [])
        return {
            "address": f"{address:06x}",
            "lost_by": lost_by(address, each, looks),
            "sent": asdict(each),
            "held": looks,
        }


def lost_by(address: int, each: Pass, looks: list[dict[str, Any]]) -> str:
    """Which of traffic, feed, watch, records and subscriber an encounter was lost by."""
    both = {f"{address:06x}", f"{address + 1:06x}"}
    if each.least_m >= LOST_M:
        return f"traffic: {each.reports} reports went out, and none showed a loss of separation"
    if any(
        abs(longitude) > 180.0 or abs(latitude) > 90.0 for latitude, longitude in each.places_deg
    ):
        return "traffic: a place that is not on Earth went out, and the feed refused it"
    if not looks:
        return "subscriber: told between two looks of the witness, and not heard of as this pair"
    alerts = [
        alert for look in looks for alert in look["alerts"] if alert["net"] == "pair-conflict"
    ]
    pairs = [{address_of(subject) for subject in alert["subjects"]} for alert in alerts]
    if {address, address + 1} in pairs:
        return "subscriber: on record as an alert, and not heard of in the stream"
    tracked = {row["address"] for row in looks[-1]["tracks"]}
    if tracked != both:
        return f"feed or tracks: no track of {', '.join(sorted(both - tracked))}"
    if any(each_pair & {address, address + 1} for each_pair in pairs):
        return "watch: an alert with another aircraft, none of this pair"
    return "watch: both tracked, and no alert of this pair"
