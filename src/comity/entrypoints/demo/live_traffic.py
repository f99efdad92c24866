"""What flies in the demonstration: a scene that repeats, others between airports, and an antenna for each node."""

import json
import math
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from comity.adapters.generated_traffic import (
    CLASSES,
    RELIEF,
    RELIEF_SERVICE,
    SERVICES,
    Flown,
    Performance,
    Stage,
    between_airports,
    planned_points,
    snapshot,
    staged,
)
from comity.adapters.system_clock import SystemClock
from comity.entrypoints.demo.agreement_text import Region
from comity.entrypoints.demo.flights import live_plan
from comity.kernel.instants import Instant

WAVE_S = 1_800.0  # the scene begins anew
BETWEEN_AIRPORTS = 44
ADDRESS = 0xF00000  # of the scene; not assigned to anybody
AVOID_M = 25_000.0
PREFIXES = (*(service.prefix for service in SERVICES), RELIEF.prefix)
JET, TURBOPROP, HELICOPTER = (CLASSES[each] for each in ("jet", "turboprop", "helicopter"))

# Kilometres east and north of the centre.
ZONE = ((95.0, -5.0), (170.0, -5.0), (170.0, -35.0), (95.0, -35.0))
Way = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Part:
    """One declared flight of the scene: whose, what, at which level, from where to where."""

    party: int
    limits: Performance
    level: int
    way: Way
    priority: str = "general"


PARTS = (
    Part(0, JET, 310, ((-110.0, 175.0), (160.0, 60.0))),
    Part(0, TURBOPROP, 180, ((-190.0, 95.0), (0.0, 75.0)), "state"),
    Part(0, HELICOPTER, 40, ((-80.0, 55.0), (0.0, 70.0))),
    Part(1, JET, 330, ((-60.0, -170.0), (190.0, -110.0))),
    Part(1, TURBOPROP, 160, ((-150.0, -120.0), (40.0, -80.0)), "state"),
    Part(1, HELICOPTER, 50, ((40.0, -75.0), (100.0, -95.0))),
    Part(RELIEF_SERVICE, TURBOPROP, 140, ((-75.0, 90.0), (-95.0, -130.0)), "relief"),
    Part(RELIEF_SERVICE, HELICOPTER, 30, ((-20.0, 85.0), (-60.0, 25.0)), "medical"),
)
STRAY, MET = 1, 4  # of the parts: who leaves its plan, and whom another comes near
BORDER_FLIGHT, CLOSING_FLIGHT = "NAG77{}", "PVT{}{}"
BORDER_MPS, CLOSING_MPS = 130.0, 150.0
MEET_S, TURN_S = 130.0, 70.0
CLOSING_MAX = 5
CLOSING_EACH_S = 300.0  # another one comes so long after the last
BORDER_ROUND_S = 260.0  # at most, from one approach to the next


@dataclass(frozen=True, slots=True)
class LiveFlight:
    """A flight of the scene as declared."""

    callsign: str
    party: int
    plan: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wave:
    """One repetition: what is declared, what flies, and who does what."""

    number: int
    begins_s: float
    declared: tuple[LiveFlight, ...]
    flown: tuple[Flown, ...]
    stray: str
    closing: tuple[str, str]
    border: str


@dataclass
class LiveTraffic:
    """Everything that flies, since `began`. The same seed and region give the same.

    Attributes:
        began: the instant that all times count from.
        scene_s: when the scene begins for the first time; None: not yet, and only the others fly.
    """

    region: Region
    seed: int
    began: Instant
    scene_s: float | None = None
    _waves: dict[int, Wave] = field(default_factory=dict)

    @cached_property
    def stage(self) -> Stage:
        """Where the scene is laid out."""
        return Stage(self.region.centre_deg, self.region.scale, self.region.level_raised)

    @cached_property
    def others(self) -> list[Flown]:
        """Traffic that no party of the demonstration answers for."""
        zone = self.stage.place(
            sum(east for east, _ in ZONE) / len(ZONE), sum(north for _, north in ZONE) / len(ZONE)
        )
        zone_m = math.hypot(37.5, 15.0) * self.region.scale * 1_000.0
        away = {zone: zone_m + AVOID_M, self.region.hospital_deg: AVOID_M * self.region.scale}
        scene = self._made(0, 0.0).flown
        return between_airports(self.seed, self.region.airports, BETWEEN_AIRPORTS, scene, away)

    def wave(self, number: int) -> Wave:
        """One repetition of the scene."""
        if number not in self._waves:
            began_s = 0.0 if self.scene_s is None else self.scene_s
            self._waves[number] = self._made(number, began_s + number * WAVE_S)
        return self._waves[number]

    def zone_ring(self) -> list[tuple[float, float]]:
        """Latitude and longitude of the guarded border region's corners."""
        return [self.stage.place(east, north) for east, north in ZONE]

    def heard(self, now: Instant, antenna: int) -> dict[str, Any]:
        """What one node's antenna hears."""
        since_s = now.minus(self.began)
        flown = list(self.others)
        if self.scene_s is not None and since_s >= self.scene_s:
            flown += self.wave(int((since_s - self.scene_s) // WAVE_S)).flown
        return snapshot(flown, now, since_s, antenna)

    def _made(self, number: int, begins_s: float) -> Wave:
        flown, declared = [], []
        for index, part in enumerate(PARTS):
            callsign = f"{PREFIXES[part.party]}{600 + 10 * (number % 40) + index}"
            planned = staged(
                self.stage, callsign, self._address(number, index), self._planned(part, begins_s)
            )
            points = planned_points(planned, self.began)
            plan = live_plan(callsign, part.limits, part.priority, points)
            declared.append(LiveFlight(callsign, part.party, plan))
            way = self._strayed(part, begins_s) if index == STRAY else None
            flown.append(
                planned if way is None else staged(self.stage, callsign, planned.address, way)
            )
        border = BORDER_FLIGHT.format(number % 10)
        flown.append(
            staged(self.stage, border, self._address(number, len(PARTS)), self._to_border(begins_s))
        )
        met_until_s = float(flown[MET].time_s[-1]) - begins_s
        meets_s = [
            MEET_S + n * CLOSING_EACH_S
            for n in range(CLOSING_MAX)
            if MEET_S * (n > 0) + n * CLOSING_EACH_S < met_until_s
        ]
        for n, meet_s in enumerate(meets_s):
            address = self._address(number, len(PARTS) + 1 + n)
            name = CLOSING_FLIGHT.format(number % 10, n)
            flown.append(staged(self.stage, name, address, self._closing(begins_s, meet_s)))
        closing = CLOSING_FLIGHT.format(number % 10, 0)
        return Wave(
            number,
            begins_s,
            tuple(declared),
            tuple(flown),
            declared[STRAY].callsign,
            (declared[MET].callsign, closing),
            border,
        )

    @staticmethod
    def _address(number: int, index: int) -> int:
        return ADDRESS + ((number % 0x800) << 4) + index

    def _planned(self, part: Part, begins_s: float) -> list[tuple[float, float, float, int]]:
        (e0, n0), (e1, n1) = part.way
        lasts_s = (
            math.hypot(e1 - e0, n1 - n0)
            * self.region.scale
            * 1_000.0
            / part.limits.cruise_speed_mps
        )
        ends_s = min(lasts_s, WAVE_S - 60.0)
        share = ends_s / lasts_s
        return [
            (begins_s, e0, n0, part.level),
            (begins_s + ends_s, e0 + (e1 - e0) * share, n0 + (n1 - n0) * share, part.level),
        ]

    def _beside(self, way: Way, along_km: float, right_km: float) -> tuple[float, float]:
        """So far along a way and to the right of it, in kilometres as they are flown."""
        (e0, n0), (e1, n1) = way
        length = math.hypot(e1 - e0, n1 - n0)
        east, north = (e1 - e0) / length, (n1 - n0) / length
        along, right = along_km / self.region.scale, right_km / self.region.scale
        return e0 + along * east + right * north, n0 + along * north - right * east

    def _strayed(self, part: Part, begins_s: float) -> list[tuple[float, float, float, int]]:
        """Off to the right of its plan from the beginning, farther off, and back."""
        speed = part.limits.cruise_speed_mps / 1_000.0
        at = (
            (0.0, 0.0, 5.5),
            (60.0, 55.0 * speed, 8.5),
            (900.0, 890.0 * speed, 8.5),
            (1_000.0, 960.0 * speed, 0.0),
        )
        way = [
            (begins_s + time, *self._beside(part.way, along, right), part.level)
            for time, along, right in at
        ]
        end = self._planned(part, begins_s)[-1]
        return [*way, end] if end[0] > way[-1][0] + 30.0 else way

    def _to_border(self, begins_s: float) -> list[tuple[float, float, float, int]]:
        """Towards the border region, round 2 km short of it, away, and again until the scene ends."""
        scale, speed = self.region.scale, BORDER_MPS / 1_000.0
        east, edge = 130.0, -5.0 * scale
        way = [(begins_s, east, (edge + 14.0) / scale, 110)]
        round_km = ((0.0, 3.0), (0.8, 2.2), (2.2, 2.0), (3.6, 2.8), (4.4, 4.0), (5.0, 15.0))
        back_km = ((4.4, 16.6), (2.6, 17.4), (0.8, 16.6), (0.0, 14.0))
        time = begins_s
        while time < begins_s + WAVE_S - BORDER_ROUND_S:
            for right, north in (*round_km, *back_km):
                before = way[-1]
                here = (east + right / scale, (edge + north) / scale)
                time += math.hypot(here[0] - before[1], here[1] - before[2]) * scale / speed
                way.append((time, *here, 110))
        return way

    def _closing(self, begins_s: float, meet_s: float) -> list[tuple[float, float, float, int]]:
        """Against the flight that it meets, at its level; it turns and climbs before they do.

        Args:
            begins_s: of the scene.
            meet_s: when they would meet, since then.
        """
        met, speed = PARTS[MET], CLOSING_MPS / 1_000.0
        meet_km = meet_s * met.limits.cruise_speed_mps / 1_000.0
        turns_s = meet_s - (MEET_S - TURN_S)
        at = (
            (meet_s - MEET_S, meet_km + MEET_S * speed, -2.0, 0),
            (turns_s, meet_km + (MEET_S - TURN_S) * speed, -2.0, 0),
            (turns_s + 60.0, meet_km + 4.0, -9.0, 15),
            (turns_s + 120.0, meet_km, -17.0, 20),
            (turns_s + 420.0, meet_km - 30.0, -50.0, 20),
        )
        return [
            (begins_s + time, *self._beside(met.way, along, right), met.level + climbed)
            for time, along, right, climbed in at
        ]


class Antennas:
    """An HTTP server on this machine, of which each node polls a path of its own."""

    def __init__(self, traffic: LiveTraffic, names: Sequence[str]) -> None:
        clock = SystemClock()
        paths = {f"/{name}/aircraft.json": number for number, name in enumerate(names)}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                antenna = paths.get(self.path)
                if antenna is None:
                    self.send_error(404)
                    return
                body = json.dumps(traffic.heard(clock.now(), antenna)).encode()
                with suppress(ConnectionError):  # a node that stops meanwhile
                    self.send_response(200)
                    self.send_header("content-type", "application/json")
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as inherited
                """Nothing: each node asks once a second."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def address(self, name: str) -> str:
        """Where a node polls its antenna."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/{name}/aircraft.json"

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
