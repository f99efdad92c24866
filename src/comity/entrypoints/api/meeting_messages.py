"""What the local API takes and gives about meetings and their calls."""

from typing import Literal

import msgspec

from comity.entrypoints.api.messages import RecordTold, _Asked, _Told


class AgendaRow(_Asked):
    """One point of an agenda, and the matter it is about."""

    item: str
    matter: str | None = None


class ProposeMeeting(_Asked):
    """When, where, with whom. `start` and `end` are RFC 3339 times with their offset, that of `zone`.

    Attributes:
        zone: IANA name of the zone in which this party reads them.
        parties: the peers to meet; in a counter-proposal left out.
        replaces: in a counter-proposal, the one it counters; the current one where left out.
    """

    title: str
    start: str
    end: str
    zone: str
    parties: list[str] = msgspec.field(default_factory=list)
    means: Literal["video", "in-person", "other"] = "video"
    place: str = ""
    group: str | None = None
    agenda: list[AgendaRow] = msgspec.field(default_factory=list)
    replaces: str | None = None


class ImportMeeting(_Asked):
    """An iCalendar file with one event, and the peers to meet."""

    calendar: str
    parties: list[str]
    group: str | None = None


class AnswerMeeting(_Asked):
    """An answer to a proposal, the current one if none is named; `zone` is this party's."""

    reply: Literal["accept", "decline"]
    zone: str | None = None
    words: str = ""
    proposal: str | None = None


class MeetingReason(_Asked):
    """Why it is off."""

    reason: str


class PersonRow(_Asked):
    """Somebody of this side who was there; RFC 3339 times."""

    name: str
    since: str
    role: str = ""
    until: str | None = None


class AttendMeeting(_Asked):
    """Who of this side was there."""

    persons: list[PersonRow]


class UndertakingRow(_Asked):
    """A task from the meeting; `due` is an RFC 3339 time."""

    title: str
    owner: str
    due: str
    person: str | None = None


class MinuteMeeting(_Asked):
    """Minutes; `disputes` is the version they contest."""

    lines: list[str] = msgspec.field(default_factory=list)
    decisions: list[str] = msgspec.field(default_factory=list)
    tasks: list[UndertakingRow] = msgspec.field(default_factory=list)
    disputes: str | None = None


class SignMinutes(_Asked):
    """Which version of the minutes is signed."""

    minutes: str


class JoinCall(_Asked):
    """A console comes in, with the fingerprint of its DTLS certificate."""

    station: str
    fingerprint: str
    name: str


class LeaveCall(_Asked):
    """A station goes, or is cleared away."""

    station: str


class SignalStation(_Asked):
    """A session description for another station."""

    station: str
    to: str
    step: Literal["offer", "answer"]
    number: int
    sdp: str


class SwitchRecording(_Asked):
    """A consent, or the beginning or end of a recording."""

    station: str
    recording: bool
    number: int


class TimeTold(_Told):
    """How one party's people read a time; null where their zone is not known."""

    party: str
    zone: str | None
    start: str | None
    end: str | None


class MeetingProposalTold(_Told):
    """One proposal and each party's answer to it."""

    digest: str
    author: str
    operator: str
    at: str
    title: str
    start: str
    end: str
    stated: str
    zone: str
    means: str
    place: str
    agenda: list[AgendaRow]
    replaces: str | None
    replies: dict[str, str]
    waiting_for: list[str]


class PersonTold(_Told):
    """Somebody who was there, as their own side says."""

    party: str
    name: str
    role: str
    since: str
    until: str | None


class UndertakingTold(_Told):
    """A task from the minutes."""

    title: str
    owner: str
    person: str | None
    due: str
    overdue: bool


class MinutesTold(_Told):
    """One version of the minutes."""

    digest: str
    author: str
    operator: str
    at: str
    state: str
    signed_by: list[str]
    waiting_for: list[str]
    disputes: str | None
    disputed_by: list[str]
    lines: list[str]
    decisions: list[str]
    tasks: list[UndertakingTold]


class MeetingTold(_Told):
    """A meeting as the records held here have it; what was not received is null or `unknown`.

    Attributes:
        answer_owed: the current proposal, where this party has not answered it.
        unsigned: open versions of the minutes that this party has not signed.
    """

    meeting: str
    state: str
    parties: list[str]
    group: str | None
    exercise: bool
    current: str | None
    times: list[TimeTold]
    proposals: list[MeetingProposalTold]
    cancelled_by: list[str]
    answer_owed: str | None
    unsigned: list[str]
    attendance: list[PersonTold]
    minutes: list[MinutesTold]
    in_call: int


class CalendarTold(_Told):
    """An iCalendar file."""

    name: str
    calendar: str


class MeetingActTold(_Told):
    """What was made."""

    record: RecordTold
    meeting: str


class StationTold(_Told):
    """One console in the call; `fingerprint` is signed by its party's node in the record `join`."""

    party: str
    own: bool
    operator: str
    station: str
    name: str
    fingerprint: str
    join: str
    joined_at: str
    may_be_recorded: bool | None
    records: bool


class SignalTold(_Told):
    """A session description for a station of this party's, under the key its sender joined with."""

    digest: str
    station: str
    step: str
    number: int
    sdp: str


class IceServerTold(_Told):
    """A STUN or TURN server of this party's choice; the credential lasts an hour."""

    url: str
    username: str | None
    credential: str | None


class CallTold(_Told):
    """Who is in the call, and what was sent to one station."""

    meeting: str
    title: str
    exercise: bool
    party: str
    stations: list[StationTold]
    ambiguous: list[str]
    recording_allowed: bool
    signals: list[SignalTold]
    ice_servers: list[IceServerTold]
