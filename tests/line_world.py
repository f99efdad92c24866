"""A few parties, their line books and the records between them, without keys, store or network.

Records are made as `seal` makes them but for the signature, which the line room never looks at.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.intents_world import ALPHA, BRAVO, CHARLIE, NOON, agreement

from comity.domain.agreement import LadderStep, Terms
from comity.domain.line import (
    NO_PARTICULARS,
    About,
    LineBook,
    LineContext,
    Particulars,
    Precedence,
    Said,
    about_to_body,
    said_to_body,
)
from comity.domain.records import Draft, Record, encode_canonical, payload_digest
from comity.kernel.errors import RecordError
from comity.kernel.ids import KeyId, MatterId, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant

ADA = OperatorId("ada")
MATTER = MatterId(f"{ALPHA}/00c0ffee00c0ffee")
LADDER = (
    LadderStep(BRAVO, "officer on watch", 60.0),
    LadderStep(BRAVO, "chief of watch", 180.0, "pager"),
)


def line_terms(*parties: PartyId, **changed: Any) -> Terms:
    """Terms with a ladder of Bravo's and a check every ten minutes."""
    return agreement(
        *(parties or (ALPHA, BRAVO)),
        **{"ladder": LADDER, "line_check_interval_s": 600.0, **changed},
    )


def said(text: str = "Do you see them?", **changed: Any) -> Said:
    """A FLASH that opens a matter."""
    fields: dict[str, Any] = {
        "matter": MATTER,
        "subject": "Two aircraft",
        "precedence": Precedence.FLASH,
        "language": "en",
        "text": text,
        "particulars": NO_PARTICULARS,
        "written_at": NOON,
    }
    return Said(**{**fields, **changed})


class Records:
    """Makes records, each with a digest of its own."""

    def __init__(self) -> None:
        self._count = 0

    def make(self, author: PartyId, draft: Draft, at: Instant) -> Record:
        self._count += 1
        payload = {
            "author": author,
            "body": dict(draft.body),
            "kind": draft.kind,
            "number": self._count,
            "recipients": list(draft.recipients),
        }
        payload_bytes = encode_canonical(payload)
        return Record(
            digest=payload_digest(payload_bytes),
            envelope_bytes=payload_bytes,
            kind=draft.kind,
            kind_version=1,
            author=author,
            operator=draft.operator,
            recipients=tuple(sorted(draft.recipients)),
            labels=(),
            exercise=draft.exercise,
            sequence=self._count,
            previous=None,
            made_at=at,
            expires_at=None,
            body=payload["body"],  # type: ignore[arg-type]
            key_id=KeyId("ed25519:none"),
        )


@dataclass
class Side:
    """One party's book, what it took in, and how its logs stand."""

    party: PartyId
    book: LineBook
    journal: list[tuple[Record, Instant]] = field(default_factory=list)
    room: bool = True
    receipted: bool = True


class Line:
    """Two or three parties; what one says reaches the others at once unless they are cut off."""

    def __init__(self, *parties: PartyId, terms: Terms | None = None) -> None:
        parties = parties or (ALPHA, BRAVO)
        self.terms = terms if terms is not None else line_terms(*parties)
        self.records = Records()
        self.sides = {p: Side(p, LineBook(p)) for p in parties}
        self.cut: set[PartyId] = set()
        self.at = NOON

    def __getitem__(self, party: PartyId) -> Side:
        return self.sides[party]

    def say(self, author: PartyId, what: Said, *to: PartyId, operator: OperatorId = ADA) -> Record:
        recipients = to or tuple(p for p in self.sides if p != author)
        return self.issue(author, Draft(what.kind, recipients, said_to_body(what), operator))

    def answer(self, author: PartyId, message: RecordDigest, about: About) -> Record:
        kind, body = about_to_body(message, about)
        others = tuple(p for p in self.sides if p != author)
        return self.issue(author, Draft(kind, others, body, ADA))

    def issue(self, author: PartyId, draft: Draft) -> Record:
        record = self.records.make(author, draft, self.at)
        self.take(author, record)
        for party in draft.recipients:
            if party not in self.cut and author not in self.cut:
                self.take(party, record)
        return record

    def take(self, party: PartyId, record: Record) -> None:
        side = self.sides[party]
        side.book.apply(record, self.at)
        side.journal.append((record, self.at))

    def context(self, party: PartyId) -> LineContext:
        side = self.sides[party]
        return LineContext(
            terms=self.terms,
            peers=tuple(p for p in self.sides if p != party),
            room=lambda _to: side.room,
            receipted=lambda _digest, _peer: side.receipted,
        )

    def settle(self) -> list[tuple[PartyId, Draft]]:
        """Let every side make what it owes; gives it in order."""
        made: list[tuple[PartyId, Draft]] = []
        busy = True
        while busy:
            busy = False
            for party, side in self.sides.items():
                while (draft := side.book.next_owed(self.at, self.context(party))) is not None:
                    busy = True
                    made.append((party, draft))
                    self.issue(party, draft)
                    assert len(made) < 1_000, "no end"
        return made

    def wait(self, seconds: float) -> list[tuple[PartyId, Draft]]:
        self.at = self.at.plus_s(seconds)
        return self.settle()

    def replayed(self, party: PartyId) -> LineBook:
        book = LineBook(party)
        for record, at in self.sides[party].journal:
            book.apply(record, at)
        return book


def refused(work: Callable[[], object]) -> str | None:
    """The reason of refusal, or None."""
    try:
        work()
    except RecordError as error:
        return error.reason
    return None


__all__ = ["ADA", "ALPHA", "BRAVO", "CHARLIE", "MATTER", "NOON", "Line", "Particulars", "refused"]
