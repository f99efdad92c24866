"""How a meeting stands: a function of the set of its records, in no order (docs/spec/meeting.md §4, §5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from comity.domain.meetings.bodies import (
    Answer,
    Arranged,
    Cancellation,
    Minutes,
    Proposal,
    Reply,
    Signature,
)
from comity.domain.records import Record
from comity.kernel.ids import MeetingId, PartyId, RecordDigest


class MeetingState(StrEnum):
    """What the records say of a meeting."""

    UNKNOWN = "unknown"
    """Its first proposal was not received here."""
    PROPOSED = "proposed"
    AGREED = "agreed"
    CONTESTED = "contested"
    """Two proposals that do not replace each other were each accepted by all, or its owner began it twice."""
    CANCELLED = "cancelled"


class MinutesState(StrEnum):
    """What the records say of one version of the minutes."""

    OPEN = "open"
    SIGNED = "signed"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class MinutesStanding:
    """One version, who signed it, and the versions that contest it."""

    author: PartyId
    state: MinutesState
    signed_by: tuple[PartyId, ...]
    waiting_for: tuple[PartyId, ...]
    disputed_by: tuple[RecordDigest, ...]


@dataclass(frozen=True, slots=True)
class MeetingStanding:
    """How a meeting stands.

    Attributes:
        parties: between whom, as the first proposal says; the circle of all its records.
        current: the agreed proposal; where none is, the newest in the line of replacements if there is
            only one; else None.
        proposals: every proposal that counts, by digest.
        replies: each party's answer to each proposal; who is not there has not answered.
        cancelled_by: each alone.
        uncounted: proposals between other parties than the first.
    """

    state: MeetingState = MeetingState.UNKNOWN
    parties: tuple[PartyId, ...] = ()
    current: RecordDigest | None = None
    proposals: Mapping[RecordDigest, Proposal] = field(default_factory=dict)
    authors: Mapping[RecordDigest, PartyId] = field(default_factory=dict)
    replies: Mapping[RecordDigest, Mapping[PartyId, Reply]] = field(default_factory=dict)
    cancelled_by: tuple[PartyId, ...] = ()
    minutes: Mapping[RecordDigest, MinutesStanding] = field(default_factory=dict)
    uncounted: tuple[RecordDigest, ...] = ()

    def answer_owed(self, party: PartyId) -> RecordDigest | None:
        """The current proposal, where a party has not answered it and the meeting is not off."""
        off = (MeetingState.CANCELLED, MeetingState.UNKNOWN)
        if self.current is None or self.state in off or party not in self.parties:
            return None
        return None if party in self.replies.get(self.current, {}) else self.current

    def unsigned(self, party: PartyId) -> tuple[RecordDigest, ...]:
        """Open versions of the minutes that a party has neither signed nor contested."""
        return tuple(
            digest
            for digest, each in self.minutes.items()
            if each.state is MinutesState.OPEN and party in each.waiting_for
        )

    def waiting_for(self, proposal: RecordDigest) -> tuple[PartyId, ...]:
        """Parties that have not answered a proposal."""
        replies = self.replies.get(proposal, {})
        return tuple(each for each in self.parties if each not in replies)


def standing_of(meeting: MeetingId, records: Iterable[tuple[Record, Arranged]]) -> MeetingStanding:
    """Derive how a meeting stands from its records, in whatever order they are given."""
    found = sorted(records, key=lambda each: each[0].digest)
    proposals = {r.digest: (r.author, b) for r, b in found if isinstance(b, Proposal)}
    firsts = {
        digest: body
        for digest, (author, body) in proposals.items()
        if body.replaces is None and meeting.startswith(f"{author}/")
    }
    if not firsts:
        return MeetingStanding(uncounted=tuple(proposals))
    parties = firsts[min(firsts)].parties
    counted = {d: body for d, (_, body) in proposals.items() if body.parties == parties}
    authors = {digest: proposals[digest][0] for digest in counted}
    replies = _replies(found, authors, parties)
    agreed = {
        digest
        for digest in counted
        if all(replies[digest].get(each) is Reply.ACCEPT for each in parties)
    }
    left = agreed - {old for new in agreed for old in _replaced(new, counted)}
    cancelled_by = tuple(
        sorted({r.author for r, b in found if isinstance(b, Cancellation)} & {*parties})
    )
    if cancelled_by:
        state = MeetingState.CANCELLED
    elif len(firsts) > 1 or len(left) > 1:
        state = MeetingState.CONTESTED
    else:
        state = MeetingState.AGREED if left else MeetingState.PROPOSED
    open_ends = left or set(counted) - {b.replaces for b in counted.values()}
    return MeetingStanding(
        state=state,
        parties=parties,
        current=next(iter(open_ends)) if len(open_ends) == 1 else None,
        proposals=counted,
        authors=authors,
        replies=replies,
        cancelled_by=cancelled_by,
        minutes=_minutes(found, parties),
        uncounted=tuple(digest for digest in proposals if digest not in counted),
    )


def _replies(
    found: Iterable[tuple[Record, Arranged]],
    authors: Mapping[RecordDigest, PartyId],
    parties: tuple[PartyId, ...],
) -> dict[RecordDigest, dict[PartyId, Reply]]:
    """A proposal is its author's yes; a decline beside an acceptance is a decline."""
    replies = {digest: {author: Reply.ACCEPT} for digest, author in authors.items()}
    for record, body in found:
        if isinstance(body, Answer) and body.proposal in replies and record.author in parties:
            said = replies[body.proposal]
            if said.get(record.author) is not Reply.DECLINE:
                said[record.author] = body.reply
    return replies


def _replaced(
    proposal: RecordDigest, proposals: Mapping[RecordDigest, Proposal]
) -> set[RecordDigest]:
    """Every proposal in the line that this one goes back to."""
    line: set[RecordDigest] = set()
    at = proposals[proposal].replaces
    while at is not None and at in proposals and at not in line:
        line.add(at)
        at = proposals[at].replaces
    return line


def _minutes(
    found: Iterable[tuple[Record, Arranged]], parties: tuple[PartyId, ...]
) -> dict[RecordDigest, MinutesStanding]:
    """Signed where all signed the same digest; else disputed where another version names it."""
    found = list(found)
    versions = {
        r.digest: (r.author, b) for r, b in found if isinstance(b, Minutes) and r.author in parties
    }
    standings: dict[RecordDigest, MinutesStanding] = {}
    for digest, (author, _) in versions.items():
        signed = {author} | {
            r.author for r, b in found if isinstance(b, Signature) and b.minutes == digest
        }
        waiting = tuple(each for each in parties if each not in signed)
        disputed_by = tuple(d for d, (_, b) in versions.items() if b.disputes == digest)
        state = MinutesState.DISPUTED if disputed_by else MinutesState.OPEN
        standings[digest] = MinutesStanding(
            author=author,
            state=MinutesState.SIGNED if not waiting else state,
            signed_by=tuple(sorted(signed & {*parties})),
            waiting_for=waiting,
            disputed_by=disputed_by,
        )
    return standings
