"""What the node says of agreement and flights, as the nets of the watch take it."""

import numpy as np

from comity.application.brief_watch import MinimaBrief, WatchBrief
from comity.application.watched_flights import WatchedFlight
from comity.domain.airspace import HeightBounds, Volume4D, volumes_from_body
from comity.domain.alerts import LevelMinima, PairRule
from comity.kernel.ids import IntentId, PartyId
from comity.kernel.instants import Instant


def rule_of(minima: MinimaBrief) -> PairRule:
    """The pair net's rule by these minima."""
    if not minima.horizontal_m:
        return PairRule()
    table = LevelMinima(np.array(minima.horizontal_m), np.array(minima.vertical_m))
    return PairRule(minima=table, height_bounds=bounds_of(minima))


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
