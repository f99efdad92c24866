"""The conformance net over the live loop's view: agreed flights that leave their volumes."""

from dataclasses import dataclass, field

import numpy as np

from comity.application.watch_air import Found, View
from comity.application.watched_flights import FlightBoard, WatchedFlight
from comity.domain.airspace import NO_HEIGHT_BOUNDS, Altitude, Datum, HeightBounds
from comity.domain.alerts import AlertKind, Finding, Severity, Situation, track_keys
from comity.domain.alerts.conformance import (
    Conformance,
    ConformanceRule,
    ConformanceState,
    Flown,
    advanced,
    begun,
    deviation_of,
)
from comity.domain.geometry.distance import Measure, nearest
from comity.domain.geometry.ellipsoid import unit_from_degrees
from comity.domain.tracks import Emergency, TrackSnapshot
from comity.kernel.ids import IntentId
from comity.kernel.units import MM_PER_METRE

EMERGENCY_SQUAWK = "7700"  # ICAO Doc 8168 vol. III §3.1.1
STATED = {Emergency.GENERAL, Emergency.UNLAWFUL_INTERFERENCE, Emergency.DOWNED}
SEVERITY = {
    ConformanceState.NONCONFORMING: Severity.CAUTION,
    ConformanceState.CONTINGENT: Severity.WARNING,
}


@dataclass(slots=True)
class ConformanceNet:
    """Flown against accepted: Nonconforming is a caution, Contingent a warning.

    A flight whose owner has not said that it flies is watched from its first track on; one that
    flies is watched whether a track is there or not. What cannot be watched is told in `unwatched`.

    Attributes:
        board: flights and the tracks that are theirs.
        rule: times of grace.
        bounds: what is taken for granted between datums, from the agreement in force.
        measure: `geometry.nearest`, or its compiled form.
        unwatched: flights that fly, or should, and why they are not watched.
        held: what is held of each flight.
    """

    board: FlightBoard
    rule: ConformanceRule = field(default_factory=ConformanceRule)
    bounds: HeightBounds = NO_HEIGHT_BOUNDS
    measure: Measure = nearest
    unwatched: dict[IntentId, str] = field(default_factory=dict)
    held: dict[IntentId, Conformance] = field(default_factory=dict)

    @property
    def kind(self) -> AlertKind:
        """Which net."""
        return AlertKind.CONFORMANCE

    def look(self, view: View) -> Found:
        """Follow every flight that is under way."""
        matches = self.board.matches(view)
        here = {flight.intent for flight in self.board.flights}
        self.held = {intent: held for intent, held in self.held.items() if intent in here}
        self.unwatched = {}
        findings = []
        for flight in self.board.flights:
            row = matches.rows.get(flight.intent)
            if row is None:
                self.unwatched[flight.intent] = matches.unmatched.get(flight.intent, "no track")
            if not flight.volumes:
                self.unwatched[flight.intent] = "shown in cells: its volumes are not known here"
                continue
            if row is None and flight.overdue:
                self.held.pop(
                    flight.intent, None
                )  # no track any more: it has landed, as far as seen
                continue
            if row is None and flight.intent not in self.held and not flight.flying:
                continue
            held = self._followed(flight, view, row)
            if held.state is not ConformanceState.CONFORMING:
                findings.append(finding_of(flight, held, view, row))
        flying = [each for each in self.board.flights if each.flying]
        blind = sum(each.intent in self.unwatched for each in flying)
        unseen = (f"unwatched: {blind} of {len(flying)} flights",) if blind else ()
        return Found(tuple(findings), unseen=unseen)

    def _followed(self, flight: WatchedFlight, view: View, row: int | None) -> Conformance:
        flown = flown_of(view.snapshot, row)
        deviation = deviation_of(
            flown, flight.volumes, self.bounds, self.rule.time_slack_s, self.measure
        )
        emergency = row is not None and self._emergency(view.snapshot, row)
        held = self.held.get(flight.intent) or begun(view.at)
        held = advanced(held, view.at, deviation, self.rule, emergency=emergency)
        self.held[flight.intent] = held
        return held

    def _emergency(self, snapshot: TrackSnapshot, row: int) -> bool:
        slot = snapshot.slot[row : row + 1]
        (squawk,) = self.board.table.texts("squawk", slot).tolist()
        (stated,) = self.board.table.texts("emergency", slot).tolist()
        return squawk == EMERGENCY_SQUAWK or stated in STATED


def flown_of(snapshot: TrackSnapshot, row: int | None) -> Flown:
    """Where a track is; a stale one has no position."""
    if row is None or snapshot.stale[row]:
        return Flown(snapshot.at, None, 0.0, ())
    altitudes = []
    if snapshot.has_altitude_pressure[row]:
        altitude = Altitude(float(snapshot.altitude_pressure_m[row]), Datum.QNE)
        altitudes.append((altitude, float(snapshot.accuracy_pressure_m[row])))
    if snapshot.has_altitude_ellipsoid[row]:
        altitude = Altitude(float(snapshot.altitude_ellipsoid_m[row]), Datum.WGS84)
        altitudes.append((altitude, float(snapshot.accuracy_ellipsoid_m[row])))
    unit = unit_from_degrees(
        snapshot.latitude_deg[row : row + 1], snapshot.longitude_deg[row : row + 1]
    )
    accuracy_m = float(snapshot.accuracy_horizontal_m[row])
    return Flown(snapshot.at, unit[0], accuracy_m, tuple(altitudes))


def finding_of(flight: WatchedFlight, held: Conformance, view: View, row: int | None) -> Finding:
    """A flight that left its plan, as alerts carry it."""
    deviation = held.deviation
    track = None
    if row is not None:
        (track,) = track_keys(view.snapshot, np.array([row], np.int64), view.run)
    time_ms = None if deviation.time_s is None else round(deviation.time_s * 1000)
    vertical_m = deviation.vertical_m
    return Finding(
        Situation(AlertKind.CONFORMANCE, (flight.intent,)),
        SEVERITY[held.state],
        0.0,
        row is not None,
        {
            "at_ms": view.at.unix_ms,
            "since_ms": held.since.unix_ms,
            "state": str(held.state),
            "why": held.why,
            "containment": str(deviation.containment),
            "lateral_mm": round(deviation.lateral_m * MM_PER_METRE),
            "vertical_mm": None if vertical_m is None else round(vertical_m * MM_PER_METRE),
            "time_off_ms": time_ms,
            "track": track,
        },
    )
