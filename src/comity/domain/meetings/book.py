"""The meetings of one world at one node: a set of records in, how each meeting stands out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from comity.domain.meetings.bodies import (
    ARRANGING_KINDS,
    PROPOSAL,
    Answer,
    Arranged,
    Attendance,
    Minutes,
    Proposal,
    read_arranged,
)
from comity.domain.meetings.call import Call, call_of
from comity.domain.meetings.call_bodies import CALL_KINDS, CallBody, Signal, read_call
from comity.domain.meetings.limits import (
    MEETINGS_MAX,
    MEETINGS_OF_A_PARTY_MAX,
    RECORDS_OF_A_PARTY_MAX,
    SIGNALS_OF_A_PARTY_MAX,
)
from comity.domain.meetings.standing import MeetingStanding, standing_of
from comity.domain.operators import check_operator
from comity.domain.records import Draft, Record
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import GroupId, MeetingId, PartyId, RecordDigest

KINDS = ARRANGING_KINDS | CALL_KINDS

GroupShares = Callable[[GroupId, PartyId], bool]
"""Whether this party shares with another in a group; for meetings of a group."""


@dataclass(slots=True)
class Meeting:
    """The records of one meeting, as a set."""

    meeting: MeetingId
    first_by: PartyId
    arranged: dict[RecordDigest, tuple[Record, Arranged]] = field(default_factory=dict)
    called: dict[RecordDigest, tuple[Record, CallBody]] = field(default_factory=dict)
    counts: dict[tuple[PartyId, bool], int] = field(default_factory=dict)
    _standing: MeetingStanding | None = None
    _call: Call | None = None

    @property
    def standing(self) -> MeetingStanding:
        """How it stands."""
        if self._standing is None:
            self._standing = standing_of(self.meeting, self.arranged.values())
        return self._standing

    @property
    def call(self) -> Call:
        """Who is in its call."""
        if self._call is None:
            others = [each for each in self.called.values() if not isinstance(each[1], Signal)]
            self._call = call_of(others, self.standing.parties)
        return self._call

    @property
    def group(self) -> GroupId | None:
        """The group that its first proposal names."""
        for record, body in self.arranged.values():
            first = isinstance(body, Proposal) and body.replaces is None
            if (
                first
                and self.meeting.startswith(f"{record.author}/")
                and isinstance(body, Proposal)
            ):
                return body.group
        return None

    def attendances(self) -> list[tuple[Record, Attendance]]:
        """What each side said of its own people, in the order of their own clocks."""
        found = [(r, b) for r, b in self.arranged.values() if isinstance(b, Attendance)]
        return sorted(found, key=lambda each: (each[0].made_at, each[0].digest))

    def minutes(self) -> list[tuple[Record, Minutes]]:
        """Every version of the minutes, in the order of their authors' clocks."""
        found = [(r, b) for r, b in self.arranged.values() if isinstance(b, Minutes)]
        return sorted(found, key=lambda each: (each[0].made_at, each[0].digest))

    def zones(self) -> dict[PartyId, str]:
        """The zone in which each party reads times, as it said last by its own clock; else not there."""
        said = [
            (r.made_at, r.digest, r.author, b.zone)
            for r, b in self.arranged.values()
            if isinstance(b, Proposal | Answer) and b.zone is not None
        ]
        return {author: zone for _, _, author, zone in sorted(said)}

    def file(self, record: Record, body: Arranged | CallBody) -> None:
        """Add a record to the set."""
        if isinstance(body, Arranged):
            self.arranged[record.digest] = record, body
            self._standing = None
        else:
            self.called[record.digest] = record, body
        self._call = None


@dataclass(slots=True)
class MeetingBook:
    """Every meeting that this party holds a record of, in one world (live or exercise).

    Attributes:
        party: whose book this is.
        group_shares: for meetings of a group: its members that this party shares with.
    """

    party: PartyId
    group_shares: GroupShares
    exercise: bool = False
    _meetings: dict[MeetingId, Meeting] = field(default_factory=dict)

    def meetings(self) -> Mapping[MeetingId, Meeting]:
        """Every meeting, in the order in which this node first heard of them."""
        return MappingProxyType(self._meetings)

    def get(self, meeting: MeetingId) -> Meeting:
        """One meeting.

        Raises:
            InputError: `meeting`: none such here.
        """
        found = self._meetings.get(meeting)
        if found is None:
            raise InputError("meeting", f"{meeting} is not known here")
        return found

    def apply(self, record: Record) -> None:
        """Take in one record, own or a peer's. How the meeting stands never decides whether it is taken in.

        Raises:
            RecordError: a code of docs/spec/meeting.md §8; nothing changed.
        """
        check_operator(record.kind, record.operator)
        if record.kind_version != 1:
            raise RecordError("field-limit", f"kind_version: {record.kind_version}, known is 1")
        body = read_call(record) if record.kind in CALL_KINDS else read_arranged(record)
        meeting = self._meetings.get(body.meeting)
        if meeting is None:
            of_author = sum(e.first_by == record.author for e in self._meetings.values())
            if of_author >= MEETINGS_OF_A_PARTY_MAX or len(self._meetings) >= MEETINGS_MAX:
                why = f"{MEETINGS_MAX} meetings, {MEETINGS_OF_A_PARTY_MAX} of {record.author}"
                raise RecordError("meeting-limit", f"at most {why} began here")
            meeting = Meeting(body.meeting, record.author)
        counted = record.author, isinstance(body, Signal)
        most = SIGNALS_OF_A_PARTY_MAX if counted[1] else RECORDS_OF_A_PARTY_MAX
        if meeting.counts.get(counted, 0) >= most:
            why = f"{most} records of {record.author} in {body.meeting}, the most"
            raise RecordError("meeting-limit", why)
        self._meetings[body.meeting] = meeting
        meeting.counts[counted] = meeting.counts.get(counted, 0) + 1
        # The store has the bytes; a book of descriptions would hold each three times.
        meeting.file(replace(record, envelope_bytes=b""), body)

    # What the release gate asks (releasability.Circle)

    def denies(self, draft: Draft, recipient: PartyId) -> str | None:
        """Why a draft may not go to a recipient; None where it may."""
        named = draft.body.get("meeting")
        held = self._meetings.get(MeetingId(named)) if isinstance(named, str) else None
        parties = () if held is None else held.standing.parties
        group = None if held is None else held.group
        if not parties and draft.kind == PROPOSAL:
            stated = draft.body.get("parties")
            parties = tuple(stated) if isinstance(stated, list) else ()
            group = draft.body.get("group")
        if self.party not in parties or recipient not in parties:
            return f"{recipient} or this party is no party of meeting {str(named)[:80]}"
        if group is not None and not self.group_shares(group, recipient):
            return f"this party does not share with {recipient} in {group}"
        return None

    def allowed_labels(self, draft: Draft) -> frozenset[str]:
        """A meeting binds no label beside the table's."""
        return frozenset(draft.labels)

    def legal_basis(self, draft: Draft) -> str:
        """The table names it."""
        del draft
        return ""
