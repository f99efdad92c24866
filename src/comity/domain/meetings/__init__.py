"""Meetings and their calls: when, who, what was decided, and by which keys they speak (docs/spec/meeting.md)."""

from comity.domain.meetings.bodies import (
    ZONE,
    AgendaItem,
    Answer,
    Attendance,
    Cancellation,
    Means,
    Minutes,
    Person,
    Proposal,
    Reply,
    Signature,
    Undertaking,
)
from comity.domain.meetings.book import KINDS, Meeting, MeetingBook
from comity.domain.meetings.call import Call, Station, call_of, signals_to
from comity.domain.meetings.call_bodies import Signal, Step, check_description
from comity.domain.meetings.drafting import MeetingDrafts, NewMeeting
from comity.domain.meetings.standing import (
    MeetingStanding,
    MeetingState,
    MinutesStanding,
    MinutesState,
    standing_of,
)

__all__ = [
    "KINDS",
    "ZONE",
    "AgendaItem",
    "Answer",
    "Attendance",
    "Call",
    "Cancellation",
    "Means",
    "Meeting",
    "MeetingBook",
    "MeetingDrafts",
    "MeetingStanding",
    "MeetingState",
    "Minutes",
    "MinutesStanding",
    "MinutesState",
    "NewMeeting",
    "Person",
    "Proposal",
    "Reply",
    "Signal",
    "Signature",
    "Station",
    "Step",
    "Undertaking",
    "call_of",
    "check_description",
    "signals_to",
    "standing_of",
]
