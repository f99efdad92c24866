"""A day of flights through the doors of all nodes, until every one of them is decided."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from comity.adapters.generated_traffic import Role
from comity.entrypoints.demo.flights import DemoFlight, plan_file
from comity.entrypoints.demo.nodes import DemoNode
from comity.entrypoints.demo.outcomes import OPEN, FlightOutcome, Outcome, outcome_of

BATCH_SIZE = 20  # flights of one request: small enough to watch, large enough to share a commit
SETTLE_S_MAX = 120.0  # longest wait for the last answers
POLL_S = 0.2

Tick = Callable[[int, int], None]
"""How many flights are declared, and how many of them are decided."""


@dataclass
class Exchange:
    """Everything that was sent, and what the nodes said to it.

    Attributes:
        flights: in the order of declaration.
        declared: each node's first answer (`DeclaredTold`), by callsign.
        elapsed_s: from the first request until nothing was open.
    """

    nodes: Sequence[DemoNode]
    flights: Sequence[DemoFlight]
    tick: Tick
    declared: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    announced: dict[str, str] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)
    elapsed_s: float = 0.0

    def run(self) -> None:
        """Declare the day, then what comes later in it: meetings, the change, the emergency."""
        start_s = time.monotonic()
        late = {Role.PLANTED, Role.UNDECIDED, Role.OUTSIDE}
        racing = self._racing()
        first = [f for f in self.flights if f.role not in {*late, Role.EMERGENCY} or f in racing]
        second = [f for f in self.flights if f.role in late and f not in racing]
        for flights in (first, second):
            self._declare(flights)
            self.settle()
        self.elapsed_s = time.monotonic() - start_s
        for flight in self.flights:
            if flight.changed_plan is not None:
                self._change(flight)
        self.settle()
        for flight in self.flights:
            if flight.role is Role.EMERGENCY:
                self._announce(flight)

    def settle(self) -> None:
        """Wait until no node holds an undecided flight, or for the longest time allowed."""
        stop_s = time.monotonic() + SETTLE_S_MAX
        while time.monotonic() < stop_s:
            open_count = 0
            for node in self.nodes:
                view, _ = node.intents()
                open_count += sum(
                    each["current"]["state"] in OPEN or each["change"] is not None
                    for each in view.values()
                    if each["own"]
                )
            self.tick(len(self.declared), len(self.declared) - open_count)
            if open_count == 0:
                return
            time.sleep(POLL_S)

    def outcomes(self) -> list[FlightOutcome]:
        """What became of each flight, as its owner's node tells it."""
        views = [node.intents() for node in self.nodes]
        found = []
        for flight in self.flights:
            if flight.callsign in self.announced:
                found.append(self._announced(flight, views))
                continue
            declared = self.declared[flight.callsign]
            told = views[flight.party][0].get(str(declared.get("intent")))
            found.append(outcome_of(flight, declared, told))
        return found

    def _racing(self) -> list[DemoFlight]:
        """Planted flights that stand right behind their partner: both nodes propose at once."""
        return [
            flight
            for before, flight in zip(self.flights, self.flights[1:], strict=False)
            if flight.role is Role.PLANTED and flight.against == before.callsign
        ]

    def _declare(self, flights: Sequence[DemoFlight]) -> None:
        queues = [[f for f in flights if f.party == party] for party in range(len(self.nodes))]
        with ThreadPoolExecutor(len(queues)) as pool:
            for at in range(0, max(map(len, queues), default=0), BATCH_SIZE):
                batches = [queue[at : at + BATCH_SIZE] for queue in queues]
                for told in pool.map(self._send, self.nodes, batches):
                    self.declared |= {each["callsign"]: each for each in told}
                self.tick(len(self.declared), 0)

    @staticmethod
    def _send(node: DemoNode, flights: Sequence[DemoFlight]) -> list[Any]:
        if not flights:
            return []
        body = plan_file(flight.plan for flight in flights)
        told: list[Any] = node.post("/v1/intents/batch", body)
        return told

    def _change(self, flight: DemoFlight) -> None:
        """Move an accepted flight; until the new version is accepted the old one stands."""
        intent = self.declared[flight.callsign].get("intent")
        node = self.nodes[flight.party]
        view, _ = node.intents()
        if intent not in view or view[intent]["current"]["state"] != "accepted":
            self.changed[flight.callsign] = "no change of a flight not accepted"
            return
        plan = flight.changed_plan or {}
        told = node.post(f"/v1/intents/{intent}/change", plan_file([plan]))
        self.settle()
        current = node.intents()[0][intent]["current"]
        why = "" if told["outcome"] == "proposed" else f"{told['outcome']}: {told['reason']}; "
        self.changed[flight.callsign] = f"{why}version {current['version']} {current['state']}"

    def _announce(self, flight: DemoFlight) -> None:
        node = self.nodes[flight.party]
        told = node.post(
            "/v1/intents/announce", plan_file([flight.plan]), remark="medical emergency on board"
        )
        self.announced[flight.callsign] = str(told["record"]["digest"])
        digest = told["record"]["digest"]
        stop_s = time.monotonic() + SETTLE_S_MAX
        while time.monotonic() < stop_s:
            known = [any(a["digest"] == digest for a in each.intents()[1]) for each in self.nodes]
            if all(known):
                return
            time.sleep(POLL_S)

    def _announced(
        self, flight: DemoFlight, views: Sequence[tuple[dict[str, Any], list[Any]]]
    ) -> FlightOutcome:
        """An emergency: who knows of it, and which flights are not deconflicted any more."""
        digest = self.announced[flight.callsign]
        known = [
            node.party
            for node, (_, announcements) in zip(self.nodes, views, strict=True)
            if any(each["digest"] == digest for each in announcements)
        ]
        met = {
            intent
            for view, _ in views
            for intent, told in view.items()
            if digest in told["current"]["flags"]
        }
        return FlightOutcome(
            flight.callsign,
            flight.party,
            flight.role.value,
            Outcome.ANNOUNCED if len(known) == len(self.nodes) else Outcome.HELD,
            "never shown as deconflicted",
            f"known to {', '.join(known)}",
            digest=digest,
            met=tuple(sorted(met)),
        )
