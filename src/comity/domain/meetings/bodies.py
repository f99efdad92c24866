"""Bodies of the meeting records (docs/spec/meeting.md §3): read strictly, own and peers' alike."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from comity.domain.meetings.limits import (
    AGENDA_MAX,
    DECISIONS_MAX,
    DURATION_S_MAX,
    LINE_LENGTH_MAX,
    LINES_MAX,
    PARTIES_MAX,
    PERSON_LENGTH_MAX,
    PERSONS_MAX,
    PLACE_LENGTH_MAX,
    STATED_LENGTH_MAX,
    TASKS_MAX,
    TITLE_LENGTH_MAX,
    WORDS_LENGTH_MAX,
)
from comity.domain.records import (
    Record,
    body_choice,
    body_digest,
    body_instant,
    body_optional,
    body_parties,
    body_party,
    body_rows,
    body_text,
    body_words,
)
from comity.kernel.errors import RecordError
from comity.kernel.ids import MINTED_ID, GroupId, MeetingId, PartyId, RecordDigest
from comity.kernel.instants import Instant

PROPOSAL: Final = "meeting.proposal"
ANSWER: Final = "meeting.answer"
CANCELLATION: Final = "meeting.cancellation"
ATTENDANCE: Final = "meeting.attendance"
MINUTES: Final = "meeting.minutes"
SIGNATURE: Final = "meeting.signature"

ARRANGING_KINDS = frozenset({PROPOSAL, ANSWER, CANCELLATION, ATTENDANCE, MINUTES, SIGNATURE})

# The form of a name of the IANA time zone data; whether there is such a zone is judged at the doors.
ZONE = re.compile(r"(?=.{1,64}\Z)[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")


class Means(StrEnum):
    """How the parties meet."""

    VIDEO = "video"
    IN_PERSON = "in-person"
    OTHER = "other"


class Reply(StrEnum):
    """A party's answer to one proposal."""

    ACCEPT = "accept"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One point, and the matter it is about."""

    item: str
    matter: str | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """When, where, between whom and about what; another's counter-proposal names the one it replaces."""

    meeting: MeetingId
    title: str
    start: Instant
    end: Instant
    stated: str
    zone: str
    means: Means
    place: str
    parties: tuple[PartyId, ...]
    group: GroupId | None
    agenda: tuple[AgendaItem, ...]
    replaces: RecordDigest | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A party's answer to one proposal, and the zone in which its people read the time."""

    meeting: MeetingId
    proposal: RecordDigest
    reply: Reply
    zone: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Cancellation:
    """One party says that the meeting is off."""

    meeting: MeetingId
    reason: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the author's who was there."""

    name: str
    role: str
    since: Instant
    until: Instant | None


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who of the author's side was there. Each side speaks of its own people only."""

    meeting: MeetingId
    persons: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Undertaking:
    """A task from a meeting."""

    title: str
    owner: PartyId
    person: str | None
    due: Instant


@dataclass(frozen=True, slots=True)
class Minutes:
    """What one side holds to have been said and decided; `disputes` names the version it contests."""

    meeting: MeetingId
    lines: tuple[str, ...]
    decisions: tuple[str, ...]
    tasks: tuple[Undertaking, ...]
    disputes: RecordDigest | None


@dataclass(frozen=True, slots=True)
class Signature:
    """A party signs one version of the minutes, by its digest."""

    meeting: MeetingId
    minutes: RecordDigest


Arranged = Proposal | Answer | Cancellation | Attendance | Minutes | Signature


def read_arranged(record: Record) -> Arranged:
    """What a record of a meeting says; those of a call are read by `read_call`.

    Raises:
        RecordError: a code of docs/spec/meeting.md §8.
    """
    return _READERS[record.kind](record)


def meeting_named(body: Mapping[str, Any]) -> MeetingId:
    """The meeting that a body is about."""
    return MeetingId(body_text(body, "meeting", MINTED_ID))


def _read_proposal(record: Record) -> Proposal:
    body = record.body
    meeting = meeting_named(body)
    replaces = body_optional(body, "replaces", body_digest)
    if replaces is None and meeting.partition("/")[0] != record.author:
        raise RecordError("meeting-owner", f"meeting: {meeting} is not minted by {record.author}")
    parties = body_parties(body, "parties", least=2)
    if len(parties) > PARTIES_MAX:
        raise RecordError("field-limit", f"parties: {len(parties)}, at most {PARTIES_MAX}")
    if record.author not in parties:
        raise RecordError("meeting-contradiction", f"parties: {record.author} is not among them")
    if set(record.recipients) != set(parties) - {record.author}:
        raise RecordError("meeting-recipients", "recipients: not exactly the other parties")
    start, end = body_instant(body, "start"), body_instant(body, "end")
    if not 0 < end.minus(start) <= DURATION_S_MAX:
        why = f"end: {end.minus(start):.0f} s after the start; up to {DURATION_S_MAX:.0f} s"
        raise RecordError("meeting-contradiction", why)
    return Proposal(
        meeting=meeting,
        title=body_words(body, "title", TITLE_LENGTH_MAX),
        start=start,
        end=end,
        stated=body_words(body, "stated", STATED_LENGTH_MAX),
        zone=body_text(body, "zone", ZONE),
        means=body_choice(body, "means", Means),
        place=body_words(body, "place", PLACE_LENGTH_MAX, empty=True),
        parties=parties,
        group=body_optional(body, "group", lambda of, n: GroupId(body_text(of, n, MINTED_ID))),
        agenda=body_rows(body, "agenda", _read_item, 0, AGENDA_MAX),
        replaces=replaces,
    )


def _read_answer(record: Record) -> Answer:
    body = record.body
    return Answer(
        meeting=meeting_named(body),
        proposal=body_digest(body, "proposal"),
        reply=body_choice(body, "reply", Reply),
        zone=body_optional(body, "zone", lambda of, name: body_text(of, name, ZONE)),
        words=body_words(body, "words", WORDS_LENGTH_MAX, empty=True),
    )


def _read_cancellation(record: Record) -> Cancellation:
    reason = body_words(record.body, "reason", WORDS_LENGTH_MAX)
    return Cancellation(meeting_named(record.body), reason)


def _read_attendance(record: Record) -> Attendance:
    persons = body_rows(record.body, "persons", _read_person, 1, PERSONS_MAX)
    return Attendance(meeting_named(record.body), persons)


def _read_minutes(record: Record) -> Minutes:
    body = record.body
    return Minutes(
        meeting=meeting_named(body),
        lines=body_rows(body, "lines", _read_line, 0, LINES_MAX),
        decisions=body_rows(body, "decisions", _read_line, 0, DECISIONS_MAX),
        tasks=body_rows(body, "tasks", _read_undertaking, 0, TASKS_MAX),
        disputes=body_optional(body, "disputes", body_digest),
    )


def _read_signature(record: Record) -> Signature:
    return Signature(meeting_named(record.body), body_digest(record.body, "minutes"))


def _read_item(row: Mapping[str, Any]) -> AgendaItem:
    matter = body_optional(row, "matter", lambda of, name: body_text(of, name, MINTED_ID))
    return AgendaItem(body_words(row, "item", LINE_LENGTH_MAX), matter)


def _read_line(row: Mapping[str, Any]) -> str:
    return body_words(row, "text", LINE_LENGTH_MAX)


def _read_person(row: Mapping[str, Any]) -> Person:
    since, until = body_instant(row, "since"), body_optional(row, "until", body_instant)
    if until is not None and until < since:
        raise RecordError("meeting-contradiction", f"until: {until} is before {since}")
    return Person(
        name=body_words(row, "name", PERSON_LENGTH_MAX),
        role=body_words(row, "role", PERSON_LENGTH_MAX, empty=True),
        since=since,
        until=until,
    )


def _read_undertaking(row: Mapping[str, Any]) -> Undertaking:
    return Undertaking(
        title=body_words(row, "title", TITLE_LENGTH_MAX),
        owner=body_party(row, "owner"),
        person=body_optional(
            row, "person", lambda of, name: body_words(of, name, PERSON_LENGTH_MAX)
        ),
        due=body_instant(row, "due"),
    )


_READERS: Mapping[str, Callable[[Record], Arranged]] = {
    PROPOSAL: _read_proposal,
    ANSWER: _read_answer,
    CANCELLATION: _read_cancellation,
    ATTENDANCE: _read_attendance,
    MINUTES: _read_minutes,
    SIGNATURE: _read_signature,
}
