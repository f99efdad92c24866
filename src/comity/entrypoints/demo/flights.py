"""The demonstration's flights, as the flight plan files that the nodes' doors read."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from comity.adapters.generated_traffic import (
    GeneratedDay,
    GeneratedFlight,
    Performance,
    PlannedPoint,
    Role,
)
from comity.adapters.recorded_traffic import RecordedDay, RecordedPoint
from comity.kernel.instants import Instant

LIVE_UNCERTAINTY_S = 8.0  # a flight under way keeps its times
RECORDED_CLASS = "jet"  # the sample holds nothing below flight level 300


@dataclass(frozen=True, slots=True)
class DemoFlight:
    """One flight of one party.

    Attributes:
        party: 0 or 1; 2 is the relief service.
        role: why it is in the day.
        plan: its Trajectory (docs/howto/flight-plan-formats.md).
        against: callsign of the flight it was made to meet.
        changed_plan: the same flight after its change of plan.
    """

    callsign: str
    party: int
    role: Role
    plan: dict[str, Any]
    against: str | None = None
    changed_plan: dict[str, Any] | None = None


def from_generated(day: GeneratedDay) -> list[DemoFlight]:
    """A generated day, in the order in which it is declared.

    Every second planted flight stands right behind the flight that it meets, so that the two nodes
    propose both at once; the others come when their partner has been accepted.
    """
    flights = [
        DemoFlight(
            flight.callsign,
            flight.service,
            flight.role,
            _generated_plan(flight, flight.points),
            flight.against,
            _generated_plan(flight, flight.changed_points) if flight.changed_points else None,
        )
        for flight in day.flights
    ]
    planted = [flight for flight in flights if flight.role is Role.PLANTED]
    racing = {flight.against: flight for flight in planted[::2]}
    ordered: list[DemoFlight] = []
    for flight in flights:
        if flight not in planted[::2]:
            ordered.append(flight)
        if flight.callsign in racing:
            ordered.append(racing[flight.callsign])
    return ordered


def from_recorded(day: RecordedDay) -> list[DemoFlight]:
    """Recorded flights as if they had been planned."""
    uncertainty = _uncertainty(
        day.horizontal_uncertainty_m, day.vertical_uncertainty_m, day.time_uncertainty_s
    )
    return [
        DemoFlight(
            flight.callsign,
            flight.party,
            Role.ROUTINE,
            _trajectory(flight.callsign, RECORDED_CLASS, "general", uncertainty)
            | {"points": _points(flight.points, "QNE")},
        )
        for flight in day.flights
    ]


def live_plan(
    callsign: str, limits: Performance, priority: str, points: Sequence[PlannedPoint]
) -> dict[str, Any]:
    """A flight of the live scene, by pressure heights."""
    uncertainty = _uncertainty(
        limits.horizontal_uncertainty_m, limits.vertical_uncertainty_m, LIVE_UNCERTAINTY_S
    )
    return _trajectory(callsign, limits.flight_class, priority, uncertainty) | {
        "points": _points(points, "QNE")
    }


def from_relief(flights: Iterable[GeneratedFlight]) -> list[DemoFlight]:
    """Flights of the relief service, in the order in which they are declared."""
    return [
        DemoFlight(
            flight.callsign, flight.service, flight.role, _generated_plan(flight, flight.points)
        )
        for flight in flights
    ]


def plan_file(plans: Iterable[dict[str, Any]]) -> bytes:
    """A FlightPlans file; the same flights give the same bytes."""
    return json.dumps({"type": "FlightPlans", "plans": list(plans)}, separators=(",", ":")).encode()


def _generated_plan(flight: GeneratedFlight, points: Sequence[PlannedPoint]) -> dict[str, Any]:
    limits = flight.performance
    uncertainty = _uncertainty(
        limits.horizontal_uncertainty_m, limits.vertical_uncertainty_m, limits.time_uncertainty_s
    )
    return _trajectory(flight.callsign, limits.flight_class, flight.priority, uncertainty) | {
        "points": _points(points, flight.datum)
    }


def _trajectory(
    callsign: str, flight_class: str, priority: str, uncertainty: dict[str, Any]
) -> dict[str, Any]:
    return {
        "type": "Trajectory",
        "callsign": callsign,
        "flight_class": flight_class,
        "priority": priority,
        "uncertainty": uncertainty,
    }


def _uncertainty(horizontal_m: float, vertical_m: float, time_s: float) -> dict[str, Any]:
    return {
        "horizontal": {"value": horizontal_m, "unit": "m"},
        "vertical": {"value": vertical_m, "unit": "m"},
        "time_s": time_s,
    }


def _points(
    points: Sequence[PlannedPoint] | Sequence[RecordedPoint], datum: str
) -> list[dict[str, Any]]:
    return [
        {
            "time": str(point.at),
            "latitude_deg": point.latitude_deg,
            "longitude_deg": point.longitude_deg,
            "altitude": {"value": point.pressure_height_m, "unit": "m", "datum": datum},
        }
        for point in points
    ]


def day_after_tomorrow(at: Instant) -> Instant:
    """00:00 UTC at least a day ahead, so that every flight keeps its class's notice."""
    day_ms = 86_400_000
    return Instant((at.unix_ms // day_ms + 2) * day_ms)
