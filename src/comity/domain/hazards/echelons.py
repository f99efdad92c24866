"""Who of a party has what was told for protection, by echelon, down to who flies; unknown until they say so (L-20).

Followed are notices, protected sites and movements, as told by one record to one party; a newer record about the
same takes the place of the older, and its receipts do not count for the newer.

Source: docs/spec/hazard.md §6.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from comity.domain import notices, sites
from comity.domain.agreement import EchelonLevel, EchelonTerm, Terms
from comity.domain.hazards.bodies import EchelonReceipt
from comity.domain.line import Silence
from comity.domain.notices import Notice, held_window
from comity.domain.records import Record
from comity.domain.sites import movements
from comity.kernel.errors import RecordError
from comity.kernel.ids import OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant

TOLD_MAX: Final = 20_000  # records that are followed; the oldest are let go of first
RECEIPTS_MAX: Final = 1_000  # of one record by one party
KEPT_S: Final = (
    86_400.0  # after the end of a notice; a site or movement stands until it is taken back
)


class Sort(StrEnum):
    """What was told."""

    NOTICE = "notice"
    SITE = "site"
    MOVEMENT = "movement"


@dataclass(frozen=True, slots=True)
class Received:
    """An echelon's word, and who put it on record."""

    receipt: EchelonReceipt
    operator: OperatorId
    record: RecordDigest
    made_at: Instant


@dataclass(slots=True)
class Told:
    """One record told to one party.

    Attributes:
        ids: the notice, sites or movement that it still is the newest word of.
        told_at: when it was made, or came here.
        ends: from when it matters no more; None: until it is taken back.
        expected: echelons that have to acknowledge it, by the terms then in force.
        received: by level and name.
    """

    record: RecordDigest
    sort: Sort
    author: PartyId
    party: PartyId
    ids: dict[str, None]
    told_at: Instant
    ends: Instant | None
    expected: tuple[EchelonTerm, ...]
    received: dict[tuple[EchelonLevel, str], Received] = field(default_factory=dict)

    def state(self, term: EchelonTerm, at: Instant) -> "EchelonState":
        """How one echelon stands."""
        if (term.level, term.name) in self.received:
            return EchelonState.ACKNOWLEDGED
        if term.within_s is not None and at > self.told_at.or_last_plus_s(term.within_s):
            return EchelonState.OVERDUE
        return EchelonState.UNKNOWN

    @property
    def silent(self) -> tuple[EchelonTerm, ...]:
        """Echelons that have not acknowledged."""
        return tuple(each for each in self.expected if (each.level, each.name) not in self.received)

    @property
    def due_at(self) -> Instant | None:
        """When the first silent echelon is, or was, overdue; None: none is, or no time is agreed."""
        dues = [
            self.told_at.or_last_plus_s(each.within_s)
            for each in self.silent
            if each.within_s is not None
        ]
        return min(dues, default=None)


class EchelonState(StrEnum):
    """How an echelon stands; what is not acknowledged is unknown, and never «seen»."""

    ACKNOWLEDGED = "acknowledged"
    UNKNOWN = "unknown"
    OVERDUE = "overdue"
    """Unknown, and the agreed time is over."""


class EchelonBook:
    """What was told to and by one party in one world, and which echelons have it."""

    def __init__(self) -> None:
        self._told: dict[tuple[RecordDigest, PartyId], Told] = {}
        self._newest: dict[tuple[str, PartyId], RecordDigest] = {}
        self._dues: list[tuple[int, RecordDigest, PartyId]] = []
        self._overdue: dict[tuple[RecordDigest, PartyId], Silence] = {}

    def told(self) -> Iterator[Told]:
        """Everything that stands, in the order in which it came."""
        return iter(self._told.values())

    def get(self, record: RecordDigest, party: PartyId) -> Told | None:
        """One record told to one party, or None."""
        return self._told.get((record, party))

    def follow(self, record: Record, received_at: Instant, terms: Terms | None) -> None:
        """Take note of a notice, site notice or movement notice, and of what is taken back."""
        if record.kind == notices.NOTICE:
            self._tell_notice(record, received_at, terms)
        elif record.kind == sites.NOTICE:
            ids = [str(row["site"]) for row in record.body["sites"]]
            self._tell(record, Sort.SITE, ids, received_at, None, terms)
        elif record.kind == movements.NOTICE:
            ids = [str(record.body["movement"])]
            self._tell(record, Sort.MOVEMENT, ids, received_at, None, terms)
        elif record.kind == notices.CANCELLATION:
            self._end(record, [str(record.body["notice"])])
        elif record.kind == sites.WITHDRAWAL:
            self._end(record, [str(each) for each in record.body["sites"]])
        elif record.kind == movements.WITHDRAWAL:
            self._end(record, [str(record.body["movement"])])

    def receive(self, record: Record, receipt: EchelonReceipt) -> None:
        """Take in an echelon's word; the first of an echelon counts.

        Raises:
            RecordError: `hazard-unknown` where nothing that stands was told to its author by that record.
        """
        told = self._told.get((receipt.record, record.author))
        if told is None or told.author != record.recipients[0]:
            why = f"{receipt.record[:12]} does not stand, or was not told to {record.author}"
            raise RecordError("hazard-unknown", why)
        key = receipt.level, receipt.name
        if key in told.received:
            return
        if len(told.received) >= RECEIPTS_MAX:
            raise RecordError("hazard-limit", f"{RECEIPTS_MAX} receipts of {told.party}, the most")
        told.received[key] = Received(receipt, record.operator, record.digest, record.made_at)
        self._overdue.pop((told.record, told.party), None)
        self._expect(told)

    def silences(self, at: Instant) -> Iterator[Silence]:
        """Everything that some echelon has not acknowledged in time, the oldest first."""
        while self._dues and self._dues[0][0] < at.unix_ms:
            _, record, party = heapq.heappop(self._dues)
            told = self._told.get((record, party))
            due_at = None if told is None else told.due_at
            if told is not None and due_at is not None and due_at < at:
                self._overdue[record, party] = Silence(record, told.author, party, due_at)
        for key, silence in list(self._overdue.items()):
            told = self._told.get(key)
            if told is None or self._is_over(told, at):
                del self._overdue[key]
            else:
                yield silence

    def _expect(self, told: Told) -> None:
        if told.due_at is not None:
            heapq.heappush(self._dues, (told.due_at.unix_ms, told.record, told.party))

    @staticmethod
    def _is_over(told: Told, at: Instant) -> bool:
        return told.ends is not None and at > told.ends

    def _tell_notice(self, record: Record, received_at: Instant, terms: Terms | None) -> None:
        said = notices.read_body(record)
        if isinstance(said, Notice):
            _, ends = held_window(said, received_at)
            self._tell(record, Sort.NOTICE, [said.id], received_at, ends, terms)

    def _tell(
        self,
        record: Record,
        sort: Sort,
        ids: Iterable[str],
        at: Instant,
        ends: Instant | None,
        terms: Terms | None,
    ) -> None:
        for party in record.recipients:
            told = Told(
                record.digest,
                sort,
                record.author,
                party,
                dict.fromkeys(ids),
                at,
                ends,
                echelons_of(terms, party),
            )
            for each in told.ids:
                self._drop(each, party)
                self._newest[each, party] = record.digest
            self._told[record.digest, party] = told
            self._expect(told)
        self._tidy(at)

    def _end(self, record: Record, ids: Iterable[str]) -> None:
        for party in record.recipients:
            for each in ids:
                self._drop(each, party)

    def _drop(self, name: str, party: PartyId) -> None:
        """The record that was the newest word of something is that no more."""
        before = self._newest.pop((name, party), None)
        told = None if before is None else self._told.get((before, party))
        if told is not None:
            told.ids.pop(name, None)
            if not told.ids:
                del self._told[told.record, party]

    def _tidy(self, at: Instant) -> None:
        if len(self._told) <= TOLD_MAX:
            return
        over = [
            each
            for each in self._told.values()
            if each.ends is not None and each.ends.or_last_plus_s(KEPT_S) < at
        ]
        oldest = list(self._told.values())[: len(self._told) - TOLD_MAX]
        for told in over or oldest:
            for each in list(told.ids):
                self._drop(each, told.party)


def echelons_of(terms: Terms | None, party: PartyId) -> tuple[EchelonTerm, ...]:
    """Who of a party has to acknowledge; where the agreement names none, each level, without a time."""
    agreed = () if terms is None else tuple(each for each in terms.echelons if each.party == party)
    return agreed or tuple(
        EchelonTerm(party, level, level.value, None, assumed=True) for level in EchelonLevel
    )
