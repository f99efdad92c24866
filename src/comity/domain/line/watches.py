"""The roster: who has the watch at which echelon of each party, and how it is handed over.

Source: docs/spec/line.md §9.
"""

from dataclasses import dataclass

from comity.domain.line.answers import Given, given
from comity.domain.line.upkeep import (
    HANDOVER,
    HANDOVER_ACCEPTANCE,
    WATCH,
    Handover,
    WatchChange,
    read_handover,
    read_handover_acceptance,
    read_watch,
)
from comity.domain.records import Record
from comity.kernel.errors import RecordError
from comity.kernel.ids import OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant

ECHELONS_MAX = 16  # of one party
HANDOVERS_KEPT_MAX = 1_000
KINDS = frozenset({WATCH, HANDOVER, HANDOVER_ACCEPTANCE})


@dataclass(slots=True)
class HandoverSeen:
    """The watch offered, and taken once `accepted` is there: both officers have signed."""

    given: Given
    handover: Handover
    accepted: Given | None = None


class Watches:
    """Changed by records alone."""

    def __init__(self) -> None:
        self._watches: dict[tuple[PartyId, str], tuple[Given, WatchChange]] = {}
        self._handovers: dict[RecordDigest, HandoverSeen] = {}

    def on_watch(self) -> tuple[tuple[Given, WatchChange], ...]:
        """Who has the watch now, by party and echelon."""
        ordered = sorted(self._watches.items())
        return tuple(each for _, each in ordered if each[1].officer is not None)

    def officer(self, party: PartyId, echelon: str) -> OperatorId | None:
        """Who has the watch at one echelon; None: nobody, as far as this node knows."""
        found = self._watches.get((party, echelon))
        return None if found is None else found[1].officer

    def handovers(self) -> tuple[HandoverSeen, ...]:
        """The hand-overs of this party, the newest last."""
        return tuple(self._handovers.values())

    def handover(self, digest: RecordDigest) -> HandoverSeen | None:
        """One hand-over."""
        return self._handovers.get(digest)

    def apply(self, record: Record, received_at: Instant) -> None:
        """Take in one record of the watch.

        Raises:
            RecordError: the body is malformed, `other-officer`, `unknown-handover` or `too-many`.
        """
        if record.kind == WATCH:
            self._watch(record, received_at)
        elif record.kind == HANDOVER:
            self._handovers[record.digest] = HandoverSeen(
                given(record, received_at), read_handover(record)
            )
            while len(self._handovers) > HANDOVERS_KEPT_MAX:
                del self._handovers[next(iter(self._handovers))]
        else:
            self._accept(record, received_at)

    def _watch(self, record: Record, received_at: Instant) -> None:
        change = read_watch(record)
        key = (record.author, change.echelon)
        count = sum(party == record.author for party, _ in self._watches)
        if key not in self._watches and count >= ECHELONS_MAX:
            raise RecordError("too-many", f"{record.author} has {count} echelons, the most")
        self._watches[key] = given(record, received_at), change

    def _accept(self, record: Record, received_at: Instant) -> None:
        seen = self._handovers.get(read_handover_acceptance(record))
        if seen is None:
            raise RecordError("unknown-handover", "no such hand-over")
        if record.operator != seen.handover.to:
            raise RecordError("other-officer", f"it is for {seen.handover.to}")
        seen.accepted = seen.accepted or given(record, received_at)
