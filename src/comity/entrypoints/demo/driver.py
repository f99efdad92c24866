"""The main job from nothing to a proved day: homes, pairing, agreement, flights, checks."""

import contextlib
import itertools
import json
import shutil
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from comity.adapters.flight_plans import read_flight_plans
from comity.adapters.generated_traffic import (
    RELIEF,
    RELIEF_SERVICE,
    SERVICES,
    Role,
    generate_day,
    relief_flights,
)
from comity.adapters.natural_earth import border_data_set
from comity.adapters.recorded_traffic import read_rows, read_sample, recorded_day
from comity.adapters.system_clock import SystemClock
from comity.domain.agreement import decode_card, parse_agreement
from comity.domain.airspace import Footprint
from comity.domain.releasability import Disclosure
from comity.entrypoints.demo.agreement_text import ALPS, BALTIC, Region, agreement_text
from comity.entrypoints.demo.checks import (
    Check,
    check_assents,
    check_decided,
    check_known_to_all_required,
    check_no_conflict,
    check_planted,
    check_relief,
    check_roles,
    check_same_verdict,
)
from comity.entrypoints.demo.exchange import Exchange
from comity.entrypoints.demo.flights import (
    DemoFlight,
    from_generated,
    from_recorded,
    from_relief,
    plan_file,
)
from comity.entrypoints.demo.incident_scene import IncidentScene
from comity.entrypoints.demo.line_scene import LineScene
from comity.entrypoints.demo.live_scene import LiveScene
from comity.entrypoints.demo.nodes import (
    DemoError,
    DemoNode,
    mark_demonstration,
    refuse_running,
    wait_for,
)
from comity.entrypoints.demo.outcomes import FlightOutcome, Outcome
from comity.entrypoints.demo.screen import Screen
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

MARKER = ".comity-demo"  # only a folder with it is emptied
PARTIES = (*SERVICES, RELIEF)
HOMES = tuple(service.slug for service in PARTIES)
RELIEF_FLIGHTS = 12
AGREE_S_MAX = 60.0


@dataclass(frozen=True, slots=True)
class DemoInput:
    """A day of flights and where it takes place."""

    region: Region
    flights: Sequence[DemoFlight]
    about: Mapping[str, Any]


@dataclass
class Demo:
    """One run: parties, agreement, live traffic, the day, the line, the watch, an incident, the proof."""

    out: Path
    screen: Screen
    begins: Instant
    day: DemoInput
    disclosure: Disclosure = Disclosure.FULL
    nodes: list[DemoNode] = field(default_factory=list)
    agreement: str = ""
    digest: str = ""
    checks: list[Check] = field(default_factory=list)
    outcomes: list[FlightOutcome] = field(default_factory=list)
    changed: dict[str, str] = field(default_factory=dict)
    scene: LineScene | None = None
    live: LiveScene | None = None
    incident: IncidentScene | None = None
    elapsed_s: dict[str, float] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        """Whether every promise held."""
        return bool(self.checks) and all(check.held for check in self.checks)

    def run(self) -> None:
        """Everything, up to the checks; the nodes are left running."""
        stages = (
            ("parties", self._prepare),
            ("agreement", self._agree),
            ("live", self._fly),
            ("flights", self._exchange),
            ("launch", self._launch),
            ("line", self._speak),
            ("watch", self._watch),
            ("incident", self._answer),
            ("checks", self._check),
        )
        for name, stage in stages:
            start_s = time.monotonic()
            stage()
            self.elapsed_s[name] = round(time.monotonic() - start_s, 2)

    def keep_on(self) -> None:
        """Go on with the traffic; a node that does not answer in time is asked again later."""
        if self.live is not None:
            with contextlib.suppress(DemoError):
                self.live.keep_on()

    def stop(self) -> None:
        """Stop what was started."""
        if self.nodes:
            with ThreadPoolExecutor(len(self.nodes)) as pool:
                list(pool.map(DemoNode.stop, self.nodes))
        if self.live is not None:
            self.live.stop()

    def write_summary(self) -> Path:
        """Write `summary.json` with every flight; the file appears whole."""
        counts = {
            outcome.value: sum(each.outcome is outcome for each in self.outcomes)
            for outcome in Outcome
        }
        summary = {
            "held": self.held,
            "input": self.day.about,
            "parties": [{"party": node.party, "name": node.name} for node in self.nodes],
            "agreement": self.digest,
            "disclosure": self.disclosure.value,
            "counts": counts,
            "checks": [{**asdict(check), "held": check.held} for check in self.checks],
            "elapsed_s": self.elapsed_s,
            "changes": self.changed,
            "line": None if self.scene is None else self.scene.seen,
            "live": None if self.live is None else self.live.seen,
            "incident": None if self.incident is None else self.incident.seen,
            "flights": [asdict(each) for each in self.outcomes],
        }
        path = self.out / "summary.json"
        part = path.with_suffix(".part")
        part.write_text(json.dumps(summary, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(path)
        return path

    def _prepare(self) -> None:
        """Three homes, three running nodes, each pinned at the others by its card."""
        self.screen.stage("Three parties, three nodes")
        for party, service in enumerate(PARTIES):
            flights = [flight.plan for flight in self.day.flights if flight.party == party]
            (self.out / f"{service.slug}.flights.json").write_bytes(plan_file(flights))
            self.nodes.append(DemoNode(service.name, self.out / service.slug, self.screen.line))
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(self._start, self.nodes))
            for node in self.nodes:
                self.screen.line(f"  {node.party} serves peers at {node.running.peer_address}")
            words = set(itertools.chain.from_iterable(pool.map(self._pinned, self.nodes)))
        if len(words) != len(self.nodes):  # two sides of each of the three pairs read the same
            raise DemoError(f"the pairing words differ: {' / '.join(sorted(words))}")
        for each in sorted(words):
            self.screen.line(f"  both sides read the same words: {each}")

    @staticmethod
    def _start(node: DemoNode) -> None:
        told = node.command(
            *("init", node.name, "--slug", node.home.name),
            *("--peer-listen", "127.0.0.1:0", "--api-port", "0"),
        )
        node.party = told["party"]
        mark_demonstration(node.home)
        node.start()
        node.card.write_text(node.command("peer", "invite")["card"] + "\n", encoding="ascii")

    def _pinned(self, node: DemoNode) -> list[str]:
        others = [other for other in self.nodes if other is not node]
        told = [node.command("peer", "accept", str(other.card), "--yes") for other in others]
        return [" ".join(each["words"]) for each in told]

    def _agree(self) -> None:
        """One text, proposed by one side and signed by all."""
        self.screen.stage("One agreement")
        cards = [decode_card(node.card.read_text(encoding="ascii")) for node in self.nodes]
        self.agreement = agreement_text(
            self.day.region, cards, border_data_set(), self.begins, self.disclosure
        )
        path = self.out / "agreement.md"
        path.write_text(self.agreement, encoding="utf-8")
        first, others = self.nodes[0], self.nodes[1:]
        told = first.command("agreement", "propose", str(path))
        self.digest = told["digest"]
        for words in told["undefined"]:
            self.screen.line(f"  left open: {words}")
        wait_for(
            "the text at the other nodes",
            lambda: all(
                any(
                    each["digest"] == self.digest
                    for each in node.get("/v1/agreements")["agreements"]
                )
                for node in others
            ),
            AGREE_S_MAX,
        )
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            signed = [
                pool.submit(node.command, "agreement", "sign", self.digest[:12])
                for node in self.nodes
            ]
            for each in signed:
                each.result()
        wait_for("the agreement in force at all", self._in_force, AGREE_S_MAX)
        self.screen.line(f"  in force at all nodes: {self.digest[:12]}")

    def _in_force(self) -> bool:
        told = [node.get(f"/v1/agreements/{self.digest}") for node in self.nodes]
        return all(each["in_force"] and each["accepts_new"] for each in told)

    def _fly(self) -> None:
        self.screen.stage("The air now")
        self.live = LiveScene(
            self.nodes, self.day.region, self.out, self.screen, int(self.day.about.get("seed", 0))
        )
        self.live.begin()

    def _launch(self) -> None:
        if self.live is not None:
            self.live.launch()

    def _watch(self) -> None:
        self.screen.stage("The watch over the air")
        if self.live is not None:
            self.live.look()

    def _answer(self) -> None:
        if self.live is None:
            return
        self.screen.stage("An incident, and two accounts of it")
        alert = self.live.seen["alerts"]["area-proximity"]
        self.incident = IncidentScene(
            *(self.nodes, self.day.region, self.out, self.screen, alert),
            alert["callsigns"][0],
        )
        self.incident.run()

    def _exchange(self) -> None:
        self.screen.stage("A day of flights")
        with self.screen.progress(len(self.day.flights)) as tick:
            exchange = Exchange(self.nodes, self.day.flights, tick)
            exchange.run()
        self.elapsed_s["exchange"] = round(exchange.elapsed_s, 2)
        self.outcomes, self.changed = exchange.outcomes(), exchange.changed
        self.screen.outcomes(self.outcomes, [node.name for node in self.nodes])
        for callsign, what in self.changed.items():
            self.screen.line(f"  {callsign} asked to move 45 minutes later: {what}")

    def _speak(self) -> None:
        self.screen.stage("The line between the duty officers")
        self.scene = LineScene(
            self.nodes, self.day.region, self.out, self.screen, SystemClock().now()
        )
        self.scene.run()

    def _check(self) -> None:
        self.screen.stage("What must hold")
        views = [node.intents()[0] for node in self.nodes]
        by_callsign = {each.callsign: each for each in self.outcomes}
        terms = parse_agreement(self.agreement).terms
        against = {f.callsign: f.against for f in self.day.flights if f.against is not None}
        planted = {
            flight.callsign: against[flight.callsign]
            for flight in self.day.flights
            if flight.role is Role.PLANTED
        }
        self.checks = [
            check_decided(by_callsign),
            check_same_verdict(*views),
            check_known_to_all_required(views, [node.party for node in self.nodes]),
            check_assents(views),
            check_no_conflict(self._accepted(views), terms.separation.minima),
        ]
        if planted:
            self.checks.append(check_planted(by_callsign, planted))
            self.checks.append(check_roles(by_callsign, self.changed, against))
        relief = [f.callsign for f in self.day.flights if f.party == RELIEF_SERVICE]
        self.checks.append(
            check_relief(by_callsign, relief, [node.party for node in self.nodes[:RELIEF_SERVICE]])
        )
        if self.scene is not None:
            self.checks += self.scene.checks()
        if self.live is not None:
            self.checks += self.live.checks()
        if self.incident is not None:
            self.checks.append(self.incident.check())
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            self.checks += pool.map(self._verified, self.nodes)
        for check in self.checks:
            self.screen.check(check)

    def _accepted(self, views: Sequence[Mapping[str, Any]]) -> dict[str, Footprint]:
        """The footprint of the version that stands, of every flight accepted anywhere."""
        plans = {flight.callsign: flight for flight in self.day.flights}
        found: dict[str, Footprint] = {}
        for each in self.outcomes:
            if each.outcome is not Outcome.ACCEPTED or each.intent is None:
                continue
            flight = plans[each.callsign]
            version = views[each.party][each.intent]["current"]["version"]
            plan = flight.plan if version == 1 else flight.changed_plan or flight.plan
            (read,) = read_flight_plans(plan_file([plan]), each.callsign)
            found[each.callsign] = read.footprint
        return found

    def _verified(self, node: DemoNode) -> Check:
        """The whole store, re-checked offline: hashes, signatures, checkpoints, cosignatures."""
        name = f"the log of {node.party} verifies offline"
        try:
            told = node.command("log", "verify")
        except DemoError as error:
            return Check(name, 1, (str(error),))
        return Check(name, int(told["leaves"]), tuple(map(str, told["faults"])))


def generated_input(seed: int, flight_count: int, begins: Instant) -> DemoInput:
    """A day made from a seed."""
    day = generate_day(seed, begins, flight_count)
    flights = [*from_generated(day), *_relief(BALTIC, seed, begins)]
    about = {"kind": "generated", "seed": seed, "flights": len(flights), "day": str(begins)[:10]}
    return DemoInput(BALTIC, flights, about)


def recorded_input(file: Path | None, kept: Path, begins: Instant) -> DemoInput:
    """A recorded day, from a file or from the published sample.

    Raises:
        InputError: it cannot be had, or is no recording.
    """
    if file is None:
        file_bytes = read_sample(kept)
    else:
        try:
            file_bytes = file.read_bytes()
        except OSError as error:
            raise InputError("recorded", f"{file}: {error.strerror}") from error
    day = recorded_day(read_rows(file_bytes, "recorded"), begins)
    if not day.flights:
        raise InputError("recorded", "no flight in it")
    about: dict[str, Any] = {
        "kind": "recorded",
        "aircraft": day.aircraft_count,
        "rows": day.row_count,
        "flights": len(day.flights),
        "moved_days": day.moved_days,
        "dropped_rows": dict(day.dropped),
        "uncertainty": {
            "horizontal_m": day.horizontal_uncertainty_m,
            "vertical_m": day.vertical_uncertainty_m,
            "time_s": day.time_uncertainty_s,
        },
    }
    about["flights"] += RELIEF_FLIGHTS
    return DemoInput(ALPS, [*from_recorded(day), *_relief(ALPS, 0, begins)], about)


def _relief(region: Region, seed: int, begins: Instant) -> list[DemoFlight]:
    return from_relief(
        relief_flights(seed, begins, region.relief_fields, RELIEF_FLIGHTS, region.level_raised)
    )


def make_room(out: Path, homes: Sequence[str]) -> None:
    """Empty the folder of an earlier run, or make it; never a folder of somebody else.

    Raises:
        InputError: a node runs in it, or the folder is not one of this demonstration.
    """
    for home in homes:
        refuse_running(out / home)
    if out.exists() and any(out.iterdir()) and not (out / MARKER).is_file():
        raise InputError("out", f"{out} holds other files; give an empty folder")
    for home in homes:
        shutil.rmtree(out / home, ignore_errors=True)
        (out / f"{home}.log").unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARKER).write_text("made by script/demo; its contents are replaced by the next run\n")
