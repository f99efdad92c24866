"""The air over the border region: a feed and a watch at each node, flights under way, three causes for an alert."""

import json
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from comity.adapters.system_clock import SystemClock
from comity.entrypoints.demo.agreement_text import Region
from comity.entrypoints.demo.checks import Check
from comity.entrypoints.demo.flights import plan_file
from comity.entrypoints.demo.live_traffic import WAVE_S, Antennas, LiveTraffic, Wave
from comity.entrypoints.demo.nodes import DemoError, DemoNode, wait_for
from comity.entrypoints.demo.outcomes import ACCEPTED
from comity.entrypoints.demo.screen import Screen

FEED = "radar"
ZONE_NAME = "Border region (invented)"
FIRST_S = (
    14.0  # from the declaration of the first flights until they begin; they are in the air already
)
AHEAD_S = 150.0  # from the declaration of the later ones
WATCH = b'{"echelon": "officer on watch", "reach": "this console"}'
LOOK_EACH_S = 1.0
SEEN_S_MAX = 150.0  # a watch that compiles its kernels first
NETS = ("pair-conflict", "area-proximity", "conformance")


@dataclass
class LiveScene:
    """`begin` starts the feeds, `launch` the scene; `look` waits for what must be seen, `keep_on` goes on with it.

    Attributes:
        nodes: two services and the relief service; the second guards the border region.
        seen: what the nodes showed, for the summary.
    """

    nodes: Sequence[DemoNode]
    region: Region
    out: Path
    screen: Screen
    seed: int
    seen: dict[str, Any] = field(default_factory=dict)
    _antennas: Antennas | None = field(default=None, repr=False)
    _declared: int = 0
    _looking: threading.Thread | None = field(default=None, repr=False)
    _ended: threading.Event = field(default_factory=threading.Event, repr=False)
    _missing: dict[str, tuple[DemoNode, frozenset[str]]] = field(default_factory=dict, repr=False)

    @cached_property
    def traffic(self) -> LiveTraffic:
        """What flies, since it was first asked for."""
        return LiveTraffic(self.region, self.seed, SystemClock().now())

    def begin(self) -> None:
        """Give each node its antenna, and the second its border region.

        Raises:
            DemoError: a command failed.
        """
        zone = self.out / "border-region.geojson"
        zone.write_text(json.dumps(self._zone()) + "\n", encoding="utf-8")
        count = len(self.traffic.others)  # drawn before anybody asks
        antennas = Antennas(self.traffic, [node.home.name for node in self.nodes])
        self._antennas = antennas

        def listen(node: DemoNode) -> None:
            address = antennas.address(node.home.name)
            node.command("feed", "add", FEED, address, "--format", "readsb", "--every", "1")
            if node is self.nodes[1]:
                node.command("area", "add", "border-region", str(zone), "--guard", ZONE_NAME)

        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(listen, self.nodes))
        self.screen.line(f"  an antenna for each node; {count} aircraft fly between airports")

    def launch(self) -> None:
        """Once every node watches, declare the flights under way; they are in the air already.

        Raises:
            DemoError: a node does not watch, or takes no flight.
        """
        for node in self.nodes:
            wait_for(
                f"the watch over the air of {node.party}",
                lambda node=node: bool(node.get("/v1/air")["tracks"]),  # type: ignore[misc]
                SEEN_S_MAX,
            )
        for node in self.nodes:
            node.post("/v1/watch/take", WATCH)
        self.traffic.scene_s = SystemClock().now().minus(self.traffic.began) + FIRST_S
        wave = self.traffic.wave(0)
        self._declare(wave)
        self._missing = {
            "pair-conflict": (self.nodes[1], frozenset(wave.closing)),
            "area-proximity": (self.nodes[1], frozenset({wave.border})),
            "conformance": (self.nodes[0], frozenset({wave.stray})),
        }
        self.seen["alerts"] = {}
        self._looking = threading.Thread(target=self._look, daemon=True)
        self._looking.start()
        self.screen.line(f"  {len(wave.declared)} flights under way declared")

    def look(self) -> None:
        """Wait until the flights are accepted and followed, and until each cause has its alert.

        Raises:
            DemoError: something did not come in time.
        """
        wave = self.traffic.wave(0)
        wait_for("the three alerts", lambda: not self._missing, SEEN_S_MAX)
        for net, told in self.seen["alerts"].items():
            who = " and ".join(told["callsigns"])
            self.screen.line(f"  at {told['at']}: {told['severity'].upper()} {net}, {who}")
        followed = [self._followed(node, wave) for node in self.nodes]
        self.seen["flights"] = {
            node.party: told for node, told in zip(self.nodes, followed, strict=True)
        }
        self.seen["declared"] = [
            {"callsign": each.callsign, "party": self.nodes[each.party].party}
            for each in wave.declared
        ]
        for party, told in self.seen["flights"].items():
            self.screen.line(f"  at {party}: {len(told['tracks'])} of them are seen")

    def _look(self) -> None:
        """Keep the first alert of each cause: it is over after a while, and other scenes are played meanwhile."""
        while self._missing and not self._ended.wait(LOOK_EACH_S):
            for net, (node, callsigns) in list(self._missing.items()):
                with suppress(DemoError):  # a node that is asked too much is asked again
                    found = self._alert(node, net, callsigns)
                    if found is not None:
                        self.seen["alerts"][net] = found | {
                            "at": node.party,
                            "callsigns": sorted(callsigns),
                        }
                        del self._missing[net]

    def checks(self) -> list[Check]:
        """What must hold of it."""
        return [check_followed(self.seen), check_alerts(self.seen)]

    def keep_on(self) -> None:
        """Declare what comes next, once it is near; called every few seconds while the demonstration stays."""
        if self.traffic.scene_s is None:
            return
        since_s = SystemClock().now().minus(self.traffic.began) - self.traffic.scene_s
        following = self._declared
        if since_s >= following * WAVE_S - AHEAD_S:
            self._declare(self.traffic.wave(following))

    def stop(self) -> None:
        """End the antennas, and the look for alerts."""
        self._ended.set()
        if self._looking is not None:
            self._looking.join(10)
        if self._antennas is not None:
            self._antennas.stop()
            self._antennas = None

    def _declare(self, wave: Wave) -> None:
        for party, node in enumerate(self.nodes):
            plans = [each.plan for each in wave.declared if each.party == party]
            node.post("/v1/intents/batch", plan_file(plans))
        self._declared = wave.number + 1

    def _zone(self) -> dict[str, Any]:
        ring = [[longitude, latitude] for latitude, longitude in self.traffic.zone_ring()]
        feature = {
            "type": "Feature",
            "properties": {"id": "border-region", "name": ZONE_NAME, "kind": "country"},
            "geometry": {"type": "Polygon", "coordinates": [[*reversed(ring), ring[-1]]]},
        }
        return {
            "type": "FeatureCollection",
            "name": "Invented for the demonstration",
            "version": "1",
            "error_m": 50,
            "view": "invented for the demonstration; nobody's claim",
            "features": [feature],
        }

    def _followed(self, node: DemoNode, wave: Wave) -> dict[str, Any]:
        """Which of the flights declared are accepted and followed at a node."""
        callsigns = {each.callsign for each in wave.declared}
        told: dict[str, Any] = {}

        def all_followed() -> bool:
            rows = node.get("/v1/air/tracks", limit=1_000)["rows"]
            tracks = {each["callsign"] for each in rows if each["callsign"] in callsigns}
            known = {
                each["callsign"]: each["current"]["state"]
                for each in node.intents()[0].values()
                if each["callsign"] in callsigns
            }
            told.update(tracks=sorted(tracks), states=known)
            own = {e.callsign for e in wave.declared if self.nodes[e.party] is node}
            return own <= known.keys() and tracks == callsigns

        stop_s = time.monotonic() + 20.0
        while not all_followed() and time.monotonic() < stop_s:
            time.sleep(0.5)
        return told

    @staticmethod
    def _alert(node: DemoNode, net: str, callsigns: frozenset[str]) -> dict[str, Any] | None:
        """The open alert of a net about these aircraft, if there is one."""
        rows = node.get("/v1/air/tracks", limit=1_000)["rows"]
        names = {
            each["callsign"]: {each["key"], each["flight"]}
            for each in rows
            if each["callsign"] in callsigns
        }
        if names.keys() != callsigns:
            return None
        for each in node.get("/v1/alerts"):
            subjects = set(each["subjects"])
            if each["net"] == net and all(named & subjects for named in names.values()):
                return {name: each[name] for name in ("alert", "severity", "raised_at", "subjects")}
        return None


def check_followed(seen: Mapping[str, Any]) -> Check:
    """Every flight under way is accepted at its owner's node, and each node with a feed sees it fly."""
    breaches = []
    looked_at = 0
    for each in seen["declared"]:
        state = seen["flights"][each["party"]]["states"].get(each["callsign"])
        looked_at += 1
        if state not in ACCEPTED:
            breaches.append(f"{each['callsign']}: {state or 'unknown'} at {each['party']}")
        for party, told in seen["flights"].items():
            looked_at += 1
            if each["callsign"] not in told["tracks"]:
                breaches.append(f"{each['callsign']}: no track at {party}")
    return Check("flights under way are accepted and seen where they fly", looked_at, (*breaches,))


def check_alerts(seen: Mapping[str, Any]) -> Check:
    """A closing pair, a border approach and a departure from plan each have their alert."""
    breaches = [f"no alert of {net}" for net in NETS if net not in seen["alerts"]]
    return Check(
        "a closing pair, a border approach and a departure from plan are alerted",
        len(seen["alerts"]),
        (*breaches,),
    )
