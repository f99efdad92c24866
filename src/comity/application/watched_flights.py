"""Agreed flights under way, and which track is which flight: by callsign, and never by guess."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from comity.application.watch_air import View
from comity.domain.airspace import Volume4D
from comity.domain.alerts import Suppression, track_keys
from comity.domain.tracks import TrackSnapshot
from comity.domain.tracks.missing import Known
from comity.domain.tracks.table import TrackTable
from comity.kernel.ids import IntentId, PartyId
from comity.kernel.instants import Instant

ADDRESS_LENGTH = 6  # hex digits of an ICAO address, where a flight has no other name


@dataclass(frozen=True, slots=True)
class WatchedFlight:
    """One agreed flight as the watch needs it.

    Attributes:
        own: whether this node's party flies it.
        flying: its owner has said that it flies; else it is accepted and may begin.
        volumes: empty where it is shown in cells only.
        overdue: its time ran out while it flew, and nobody has said that it ended.
    """

    intent: IntentId
    owner: PartyId
    own: bool
    flying: bool
    callsign: str | None
    formation: str | None
    flight_class: str
    start: Instant
    end: Instant
    volumes: tuple[Volume4D, ...]
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Matches:
    """Which row of the snapshot is which flight.

    Attributes:
        rows: by intent; of several tracks of one aircraft the freshest.
        unmatched: why no track is taken for a flight.
        contested: rows that flights of two parties claim: each party's flight is followed, and what
            either says of the aircraft makes no net milder.
    """

    rows: Mapping[IntentId, int]
    unmatched: Mapping[IntentId, str]
    contested: frozenset[int] = frozenset()


@dataclass(slots=True)
class FlightBoard:
    """The flights under way, matched with tracks once a cycle, for every net that asks.

    Attributes:
        flights: to be set whenever the node's books change.
        class_codes: row of the table of minima of each flight class.
        plans_held: whether plans are told to this node at all; else their absence says nothing.
    """

    table: TrackTable
    flights: Sequence[WatchedFlight] = ()
    class_codes: Mapping[str, int] = field(default_factory=dict)
    plans_held: bool = False
    _view: View | None = None
    _matches: Matches = field(default_factory=lambda: Matches({}, {}))

    def matches(self, view: View) -> Matches:
        """Flights and tracks of a view."""
        if self._view is not view:
            self._view = view
            self._matches = self._match(view)
        return self._matches

    def last_rows(self) -> Mapping[IntentId, int]:
        """Rows of the view looked at last, by flight."""
        return self._matches.rows

    def plans(self, snapshot: TrackSnapshot, rows: NDArray[np.int64]) -> Known | None:
        """Whether tracks (N,) of a snapshot bear the callsign of a flight under way, asked of these rows.

        A track that tells no callsign is not tried; one that shares a flight's callsign, or its address
        where that stands for one, has its plan though it is not taken for the flight. None: no plans here.
        """
        if not self.plans_held:
            return None
        tried, there = np.zeros(len(snapshot), np.bool_), np.zeros(len(snapshot), np.bool_)
        callsigns = self.table.texts("callsign", snapshot.slot[rows]).tolist()
        tried[rows] = [bool(each) for each in callsigns]
        wanted = {callsign_spelt(flight.callsign or "") for flight in self.flights} - {""}
        if wanted:
            there[rows] = [bool(each) and callsign_spelt(each) in wanted for each in callsigns]
            addresses = [int(each, 16) for each in wanted if _is_address(each)]
            there |= snapshot.has_address & np.isin(snapshot.address, addresses)
        return Known(tried, there)

    def formations(self) -> Suppression:
        """Tracks that fly together because this party's own accepted plans say so; of the last view.

        What a peer's plans say of formations silences nothing here: a plan that bears the callsign of
        somebody else's aircraft would else do away with the very warning that concerns it.
        """
        groups: dict[tuple[PartyId, str], list[int]] = defaultdict(list)
        for flight in self.flights:
            row = self._matches.rows.get(flight.intent)
            if row is None or row in self._matches.contested or not flight.own:
                continue
            if flight.formation is not None:
                groups[flight.owner, flight.formation].append(row)
        view = self._view
        if view is None:
            return Suppression()
        together = [np.array(rows, np.int64) for rows in groups.values() if len(rows) > 1]
        keys = [frozenset(track_keys(view.snapshot, rows, view.run)) for rows in together]
        return Suppression(formations=tuple(keys))

    def classes(self, view: View) -> NDArray[np.uint8] | None:
        """Row of the table of minima of each row of the picture; unmatched tracks have the first."""
        rows, contested = self.matches(view).rows, self.matches(view).contested
        codes = {
            int(view.snapshot.track_id[rows[flight.intent]]): self.class_codes[flight.flight_class]
            for flight in self.flights
            if flight.flight_class in self.class_codes
            and rows.get(flight.intent, -1) not in {-1, *contested}
        }
        if not codes:
            return None
        found = [codes.get(number, 0) for number in view.seen.track_id.tolist()]
        return np.array(found, np.uint8)

    def _match(self, view: View) -> Matches:
        if not self.flights:
            return Matches({}, {})
        wanted = {
            spelt for flight in self.flights if (spelt := callsign_spelt(flight.callsign or ""))
        }
        named = self._named(view, wanted)
        unmatched: dict[IntentId, str] = {}
        claims: dict[int, list[WatchedFlight]] = defaultdict(list)
        for flight in self.flights:
            spelt = callsign_spelt(flight.callsign or "")
            found = named.get(spelt, []) if spelt else []
            aircraft = {self._aircraft(view, row) for row in found}
            if not spelt:
                unmatched[flight.intent] = "the plan states no callsign"
            elif not found:
                unmatched[flight.intent] = f"no track has the callsign {spelt}"
            elif len(aircraft) > 1:
                unmatched[flight.intent] = f"{len(aircraft)} aircraft have the callsign {spelt}"
            else:
                row = min(found, key=lambda each: float(view.snapshot.age_s[each]))
                claims[row].append(flight)
        rows: dict[IntentId, int] = {}
        contested = set()
        for row, flights in claims.items():
            owners = {flight.owner for flight in flights}
            if len(owners) > 1:
                contested.add(row)
            for owner in sorted(owners):
                chosen, others = _due([each for each in flights if each.owner == owner], view.at)
                rows |= {flight.intent: row for flight in chosen}
                unmatched |= others
        return Matches(rows, unmatched, frozenset(contested))

    def _named(self, view: View, wanted: set[str]) -> dict[str, list[int]]:
        snapshot = view.snapshot
        named: dict[str, list[int]] = defaultdict(list)
        for row, callsign in enumerate(self.table.texts("callsign", snapshot.slot).tolist()):
            if callsign is not None and (spelt := callsign_spelt(callsign)) in wanted:
                named[spelt].append(row)
        addresses = {int(spelt, 16): spelt for spelt in wanted if _is_address(spelt)}
        if addresses:
            stated = snapshot.has_address & snapshot.address_is_icao
            stated &= np.isin(snapshot.address, np.array(list(addresses), np.int64))
            for row in np.flatnonzero(stated).tolist():
                spelt = addresses[int(snapshot.address[row])]
                if row not in named[spelt]:
                    named[spelt].append(row)
        return named

    def _aircraft(self, view: View, row: int) -> tuple[str, int]:
        """What tells two aircraft apart: the ICAO address, else the track itself."""
        snapshot = view.snapshot
        if (
            snapshot.has_address[row]
            and snapshot.address_is_icao[row]
            and not snapshot.is_twin[row]
        ):
            return "address", int(snapshot.address[row])
        return "track", int(snapshot.track_id[row])


def callsign_spelt(callsign: str) -> str:
    """A callsign without spaces and hyphens, in capitals: plans and transponders differ in these."""
    return "".join(each for each in callsign.upper() if each.isalnum())


def _is_address(text: str) -> bool:
    return len(text) == ADDRESS_LENGTH and all(each in "0123456789ABCDEF" for each in text)


def _due(
    flights: Sequence[WatchedFlight], at: Instant
) -> tuple[Sequence[WatchedFlight], dict[IntentId, str]]:
    """Of plans with one callsign the one that is due; two that are due at once are told, not chosen."""
    due = [flight for flight in flights if flight.start <= at <= flight.end]
    if len(due) > 1:
        why = f"{len(due)} plans at once have its callsign"
        return (), {flight.intent: why for flight in flights}
    begun = [flight for flight in flights if flight.start <= at]
    chosen = due or sorted(begun or flights, key=lambda flight: flight.start)[-1:]
    why = "another plan with its callsign is due"
    return chosen, {flight.intent: why for flight in flights if flight not in chosen}
