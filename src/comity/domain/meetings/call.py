"""Who is in a call now, and whether it may be recorded, by the set of its records (docs/spec/meeting.md §6)."""

from collections.abc import Iterable
from dataclasses import dataclass

from comity.domain.meetings.call_bodies import (
    CallBody,
    ConsentToRecord,
    Join,
    Leave,
    Recording,
    Signal,
)
from comity.domain.records import Record
from comity.kernel.ids import OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class Station:
    """One console in the call.

    Attributes:
        fingerprint: of its DTLS certificate, as its node signed it.
        join: the record that says so.
        may_be_recorded: None: nothing said, which is no consent.
        records: whether it says that it records.
    """

    party: PartyId
    operator: OperatorId
    station: str
    fingerprint: str
    name: str
    join: RecordDigest
    joined_at: Instant
    may_be_recorded: bool | None
    records: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the records held here have it.

    Attributes:
        stations: who is in it, by party and station.
        ambiguous: stations that two parties, or two joins with different keys, claim: nobody connects to them.
    """

    stations: tuple[Station, ...] = ()
    ambiguous: tuple[str, ...] = ()

    @property
    def recording_allowed(self) -> bool:
        """Only with the recorded consent of every station that is in the call."""
        return (
            bool(self.stations)
            and not self.ambiguous
            and all(each.may_be_recorded is True for each in self.stations)
        )

    def get(self, station: str) -> Station | None:
        """One station that is in the call."""
        return next((each for each in self.stations if each.station == station), None)


def call_of(records: Iterable[tuple[Record, CallBody]], parties: tuple[PartyId, ...]) -> Call:
    """Derive who is in a call from its records, in whatever order they are given."""
    found = sorted(
        (each for each in records if each[0].author in parties), key=lambda each: each[0].digest
    )
    joins = [(r, b) for r, b in found if isinstance(b, Join)]
    gone = {(r.author, b.station) for r, b in found if isinstance(b, Leave)}
    gone |= {(r.author, each) for r, b in joins for each in b.replaces}
    by_station: dict[str, list[tuple[Record, Join]]] = {}
    for record, join in joins:
        if (record.author, join.station) not in gone:
            by_station.setdefault(join.station, []).append((record, join))
    ambiguous = tuple(
        sorted(
            station
            for station, each in by_station.items()
            if len({(r.author, b.fingerprint) for r, b in each}) > 1
        )
    )
    switches = [(r, b) for r, b in found if isinstance(b, ConsentToRecord | Recording)]
    stations = [
        _station(*each[0], switches)
        for station, each in by_station.items()
        if station not in ambiguous
    ]
    return Call(tuple(sorted(stations, key=lambda e: (e.party, e.station))), ambiguous)


def signals_to(
    station: str, call: Call, records: Iterable[tuple[Record, CallBody]]
) -> list[tuple[Record, Signal]]:
    """What stations in the call sent to one last, under the very key that they joined with.

    Of each station the descriptions of its highest number; more than one where it was said again.
    """
    found: dict[str, list[tuple[Record, Signal]]] = {}
    for record, body in records:
        if not isinstance(body, Signal) or body.to != station:
            continue
        sender = call.get(body.station)
        if (
            sender is not None
            and sender.party == record.author
            and sender.fingerprint == body.fingerprint
        ):
            held = found.setdefault(body.station, [])
            if held and held[0][1].number < body.number:
                held.clear()
            if not held or held[0][1].number == body.number:
                held.append((record, body))
    return sorted(
        (each for held in found.values() for each in held),
        key=lambda each: (each[1].station, each[0].digest),
    )


def _station(
    record: Record, join: Join, switches: list[tuple[Record, ConsentToRecord | Recording]]
) -> Station:
    own = [b for r, b in switches if (r.author, b.station) == (record.author, join.station)]
    return Station(
        party=record.author,
        operator=record.operator,
        station=join.station,
        fingerprint=join.fingerprint,
        name=join.name,
        join=record.digest,
        joined_at=record.made_at,
        may_be_recorded=_switched([b for b in own if isinstance(b, ConsentToRecord)], safe=False),
        records=_switched([b for b in own if isinstance(b, Recording)], safe=True) is True,
    )


def _switched(said: list[ConsentToRecord] | list[Recording], *, safe: bool) -> bool | None:
    """The word of the highest number; where two of one number differ, the one that is safe to assume."""
    if not said:
        return None
    highest = max(each.number for each in said)
    words = {each.recording for each in said if each.number == highest}
    return safe if len(words) > 1 else words.pop()
