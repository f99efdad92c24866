"""A planned flight as a file states it, before it is anybody's intent."""

import re
from dataclasses import dataclass

from comity.domain.airspace import Footprint
from comity.kernel.instants import StatedTime

CALLSIGN = re.compile(r"[A-Z0-9][A-Z0-9-]{0,15}")  # ICAO Doc 4444 item 7 has 7; drones' ids 16
PRIORITY = re.compile(r"[a-z][a-z0-9-]{0,31}")
PRIORITY_DEFAULT = "general"


@dataclass(frozen=True, slots=True)
class FlightPlan:
    """One flight: who, how urgent, and everything it takes up.

    Attributes:
        callsign: names the flight within one file.
        priority: a class of the agreement's precedence table.
        footprint: its volumes and its flight class, which selects the minima.
        start: the earliest time stated, as it was stated (L-15).
        end: the latest time stated.
        field: where in the file it stands, for later messages.
    """

    callsign: str
    priority: str
    footprint: Footprint
    start: StatedTime
    end: StatedTime
    field: str

    @property
    def flight_class(self) -> str:
        """The class that selects the minima."""
        return self.footprint.flight_class
