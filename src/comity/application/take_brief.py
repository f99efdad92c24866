"""What the node says of agreement and flights, as the nets of the watch take it."""

from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np

from comity.application.brief_watch import MinimaBrief, NetsBrief, WatchBrief
from comity.application.watched_flights import WatchedFlight
from comity.domain.airspace import HeightBounds, Volume4D, volumes_from_body
from comity.domain.alerts import LevelMinima, PairRule, PairSeverityRule
from comity.domain.alerts.area_rules import AreaRule, AreaSeverityRule
from comity.domain.alerts.conformance import ConformanceRule
from comity.kernel.ids import IntentId, PartyId
from comity.kernel.instants import Instant

PAIR_LOOK_AHEAD_S = PairRule().look_ahead_s


def rule_of(minima: MinimaBrief) -> PairRule:
    """The pair net's rule by these minima."""
    if not minima.horizontal_m:
        return PairRule()
    table = LevelMinima(np.array(minima.horizontal_m), np.array(minima.vertical_m))
    stated_s = minima.nets.look_ahead_s
    every_s = PAIR_LOOK_AHEAD_S if stated_s is None else stated_s
    by_class = tuple(every_s if each is None else each for each in minima.nets.class_look_ahead_s)
    return PairRule(
        minima=table,
        look_ahead_s=max(every_s, *by_class) if by_class else every_s,
        look_ahead_s_by_class=by_class,
        height_bounds=bounds_of(minima),
    )


def pair_severity_of(nets: NetsBrief) -> PairSeverityRule:
    """When a closing pair is a warning, by the agreement or by default."""
    return PairSeverityRule(**_stated(nets, "warning_s", "caution_s"))


def area_rule_of(nets: NetsBrief, bounds: HeightBounds) -> AreaRule:
    """How far the area net looks."""
    return AreaRule(height_bounds=bounds, **_stated(nets, "look_ahead_s"))


def area_severity_of(nets: NetsBrief, guarded: AbstractSet[str]) -> AreaSeverityRule:
    """When an area ahead is a warning, and which borders are guarded."""
    return AreaSeverityRule(guarded=guarded, **_stated(nets, "warning_s", "caution_s"))


def conformance_rule_of(nets: NetsBrief) -> ConformanceRule:
    """Times of grace of a flight that leaves its volumes."""
    return ConformanceRule(
        **_stated(
            nets,
            "nonconforming_after_s",
            "at_once_m",
            "conforming_after_s",
            "contingent_after_s",
            "lost_after_s",
        )
    )


def _stated(nets: NetsBrief, *names: str) -> dict[str, Any]:
    """Those of some parameters that the agreement states."""
    told = {name: getattr(nets, name) for name in names}
    return {name: value for name, value in told.items() if value is not None}


def bounds_of(minima: MinimaBrief) -> HeightBounds:
    """What the parties take for granted between datums."""
    return HeightBounds(minima.pressure_error_m, minima.terrain_m)


class FlightVolumes:
    """Volumes of the flights under way, as the watch keeps them from brief to brief."""

    def __init__(self) -> None:
        self._volumes: dict[str, tuple[Volume4D, ...]] = {}

    def flights_of(self, brief: WatchBrief) -> tuple[WatchedFlight, ...]:
        """The flights of a brief; what no flight of it needs is forgotten.

        Raises:
            RecordError: volumes that the node itself would have refused.
        """
        for digest, body in brief.volumes.items():
            self._volumes[digest] = () if body is None else volumes_from_body(body)
        needed = {flight.proposal for flight in brief.flights}
        self._volumes = {key: held for key, held in self._volumes.items() if key in needed}
        return tuple(
            WatchedFlight(
                intent=IntentId(flight.intent),
                owner=PartyId(flight.owner),
                own=flight.own,
                flying=flight.flying,
                overdue=flight.overdue,
                callsign=flight.callsign,
                formation=flight.formation,
                flight_class=flight.flight_class,
                start=Instant(flight.start_ms),
                end=Instant(flight.end_ms),
                volumes=self._volumes[flight.proposal],
            )
            for flight in brief.flights
        )
