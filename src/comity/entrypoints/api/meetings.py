"""Meetings: propose, answer, cancel, attend, minute, sign; calendar files."""

import asyncio
from collections.abc import Callable

from comity.adapters.icalendar_file import load_library, read_calendar
from comity.adapters.icalendar_file.zones import check_offset, zone_named
from comity.application.hold_meetings import act_in_meeting, propose_meeting
from comity.application.node import Node
from comity.domain.meetings import (
    AgendaItem,
    Means,
    MeetingDrafts,
    Minutes,
    NewMeeting,
    Person,
    Reply,
    Undertaking,
)
from comity.domain.operators import Action, Operator, authorise
from comity.domain.records import Draft, Record
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.meeting_messages import (
    AnswerMeeting,
    AttendMeeting,
    CalendarTold,
    ImportMeeting,
    MeetingActTold,
    MeetingReason,
    MeetingTold,
    MinuteMeeting,
    ProposeMeeting,
    SignMinutes,
)
from comity.entrypoints.api.meeting_telling import tell_calendar, tell_meeting, tell_meeting_act
from comity.entrypoints.api.routing import get, post
from comity.kernel.errors import InputError
from comity.kernel.ids import GroupId, MeetingId, RecordDigest, minted_id, party_id, record_digest
from comity.kernel.instants import Instant, instant_from_rfc3339

Act = Callable[[MeetingDrafts], Draft]


@post("/v1/meetings", summary="Propose a meeting")
async def propose_one(
    data: ProposeMeeting, context: ApiContext, operator: Operator, exercise: bool = False
) -> MeetingActTold:
    """It is agreed once every party has accepted; silence never consents."""
    authorise(operator, Action.MEETING_ARRANGE)
    if data.replaces is not None:
        raise InputError("replaces", "a counter-proposal is made to the meeting's own path")
    wish = _wish(data)
    return await done(
        context, lambda n, at: propose_meeting(n, wish, operator.id, at, exercise=exercise)
    )


@post("/v1/meetings/import", summary="Propose a meeting from an iCalendar file")
async def import_one(
    data: ImportMeeting, context: ApiContext, operator: Operator, exercise: bool = False
) -> MeetingActTold:
    """One event with a time zone; recurrence and floating times are refused, and a meeting that is known here."""
    authorise(operator, Action.MEETING_ARRANGE)
    events = await asyncio.to_thread(read_calendar, data.calendar.encode())
    if len(events) != 1:
        raise InputError("calendar", f"{len(events)} events; one is taken")
    [event] = events
    known, _, host = event.uid.rpartition("@")
    wish = NewMeeting(
        title=event.title,
        start=event.start,
        end=event.end,
        stated=event.stated,
        zone=event.zone,
        parties=tuple(party_id(each) for each in data.parties),
        place=event.place,
        group=_group(data.group),
    )

    def work(node: Node, at: Instant) -> Record:
        if host == "comity" and known in node.meetings_of(exercise=exercise).meetings():
            raise InputError(
                "calendar", f"it is meeting {known}, known here; answer or counter that"
            )
        return propose_meeting(node, wish, operator.id, at, exercise=exercise)

    return await done(context, work)


@get("/v1/meetings", summary="Meetings known here")
async def list_meetings(
    context: ApiContext, operator: Operator, exercise: bool = False
) -> list[MeetingTold]:
    """Proposed, agreed, contested, cancelled, or known by a part only."""
    authorise(operator, Action.STATUS_READ)

    def work(node: Node, at: Instant) -> list[MeetingTold]:
        meetings = node.meetings_of(exercise=exercise).meetings()
        return [tell_meeting(node, each, at, exercise=exercise) for each in meetings]

    return await context.service.do(work)


@get("/v1/meetings/{owner}/{number}", summary="Show one meeting")
async def show_meeting(
    context: ApiContext, operator: Operator, owner: str, number: str, exercise: bool = False
) -> MeetingTold:
    """With the time as each side reads it, every proposal and answer, and every version of the minutes."""
    authorise(operator, Action.STATUS_READ)
    meeting = meeting_at(owner, number)

    def work(node: Node, at: Instant) -> MeetingTold:
        return tell_meeting(node, meeting, at, exercise=exercise)

    return await context.service.do(work)


@get("/v1/meetings/{owner}/{number}/calendar", summary="A meeting as an iCalendar file")
async def export_meeting(
    context: ApiContext, operator: Operator, owner: str, number: str, exercise: bool = False
) -> CalendarTold:
    """The current proposal, in UTC, with the readings of both sides in words."""
    authorise(operator, Action.STATUS_READ)
    meeting = meeting_at(owner, number)

    await asyncio.to_thread(load_library)

    def work(node: Node, _at: Instant) -> CalendarTold:
        return tell_calendar(node, meeting, exercise=exercise)

    return await context.service.do(work)


@post("/v1/meetings/{owner}/{number}/counter", summary="Propose another time, place or agenda")
async def counter(
    data: ProposeMeeting,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> MeetingActTold:
    """Between the same parties; the proposal that it counters stands until all accept the new one."""
    if data.parties or data.group is not None:
        raise InputError("parties", "a counter-proposal keeps the parties and the group")
    meeting, wish, replaces = meeting_at(owner, number), _wish(data), _digest(data.replaces)
    act: Act = lambda d: d.counter(meeting, wish, replaces)  # noqa: E731 - one line says it
    return await _arranged(context, operator, act, exercise=exercise)


@post("/v1/meetings/{owner}/{number}/answer", summary="Accept or decline a proposal")
async def answer(
    data: AnswerMeeting,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> MeetingActTold:
    """A decline of a proposal stands; counter it instead."""
    if data.zone is not None:
        zone_named(data.zone)
    meeting, proposal = meeting_at(owner, number), _digest(data.proposal)
    act: Act = lambda d: d.answer(  # noqa: E731 - one line says it
        meeting, Reply(data.reply), data.zone, data.words, proposal
    )
    return await _arranged(context, operator, act, exercise=exercise)


@post("/v1/meetings/{owner}/{number}/cancel", summary="Say that a meeting is off")
async def cancel(
    data: MeetingReason,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> MeetingActTold:
    """Shown as this party's alone."""
    meeting = meeting_at(owner, number)
    act: Act = lambda d: d.cancel(meeting, data.reason)  # noqa: E731 - one line says it
    return await _arranged(context, operator, act, exercise=exercise)


@post("/v1/meetings/{owner}/{number}/attendance", summary="Say who of this side was there")
async def attend(
    data: AttendMeeting,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> MeetingActTold:
    """Each side speaks of its own people."""
    meeting = meeting_at(owner, number)
    persons = tuple(
        Person(
            name=each.name,
            role=each.role,
            since=instant_from_rfc3339(each.since, f"persons[{place}].since"),
            until=None
            if each.until is None
            else instant_from_rfc3339(each.until, f"persons[{place}].until"),
        )
        for place, each in enumerate(data.persons)
    )
    act: Act = lambda d: d.attend(meeting, persons)  # noqa: E731 - one line says it
    return await _arranged(context, operator, act, exercise=exercise)


@post("/v1/meetings/{owner}/{number}/minutes", summary="Propose minutes, or one's own version")
async def minute(
    data: MinuteMeeting,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> MeetingActTold:
    """With decisions and tasks. A version that disputes another is shown beside it."""
    meeting = meeting_at(owner, number)
    minutes = Minutes(
        meeting=meeting,
        lines=tuple(data.lines),
        decisions=tuple(data.decisions),
        tasks=tuple(
            Undertaking(
                title=each.title,
                owner=party_id(each.owner),
                person=each.person,
                due=instant_from_rfc3339(each.due, f"tasks[{place}].due"),
            )
            for place, each in enumerate(data.tasks)
        ),
        disputes=_digest(data.disputes),
    )
    act: Act = lambda d: d.minute(meeting, minutes)  # noqa: E731 - one line says it
    return await _arranged(context, operator, act, exercise=exercise)


@post("/v1/meetings/{owner}/{number}/sign", summary="Sign one version of the minutes")
async def sign_minutes(
    data: SignMinutes,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> MeetingActTold:
    """By its digest: signed by all is the same words signed by all."""
    authorise(operator, Action.MEETING_SIGN)
    meeting, minutes = meeting_at(owner, number), record_digest(data.minutes)
    return await done(
        context,
        lambda n, at: act_in_meeting(
            n, lambda d: d.sign(meeting, minutes), operator.id, at, exercise=exercise
        ),
    )


MEETING_ROUTES = (
    answer,
    attend,
    cancel,
    counter,
    export_meeting,
    import_one,
    list_meetings,
    minute,
    propose_one,
    show_meeting,
    sign_minutes,
)


def meeting_at(owner: str, number: str) -> MeetingId:
    """The meeting that a path names."""
    return MeetingId(minted_id(f"{owner}/{number}", "meeting"))


async def done(context: ApiContext, work: Callable[[Node, Instant], Record]) -> MeetingActTold:
    """Do one act and tell of its record."""

    def told(node: Node, at: Instant) -> MeetingActTold:
        return tell_meeting_act(node, work(node, at))

    return await context.service.do(told)


async def _arranged(
    context: ApiContext, operator: Operator, act: Act, *, exercise: bool
) -> MeetingActTold:
    authorise(operator, Action.MEETING_ARRANGE)
    return await done(
        context, lambda n, at: act_in_meeting(n, act, operator.id, at, exercise=exercise)
    )


def _wish(data: ProposeMeeting) -> NewMeeting:
    start = instant_from_rfc3339(data.start, "start")
    end = instant_from_rfc3339(data.end, "end")
    check_offset(data.start, start, data.zone, "start")
    check_offset(data.end, end, data.zone, "end")
    return NewMeeting(
        title=data.title,
        start=start,
        end=end,
        stated=data.start.strip(),
        zone=data.zone,
        parties=tuple(party_id(each) for each in data.parties),
        means=Means(data.means),
        place=data.place,
        group=_group(data.group),
        agenda=tuple(
            AgendaItem(each.item, None if each.matter is None else minted_id(each.matter, "matter"))
            for each in data.agenda
        ),
    )


def _group(text: str | None) -> GroupId | None:
    return None if text is None else GroupId(minted_id(text, "group"))


def _digest(text: str | None) -> RecordDigest | None:
    return None if text is None else record_digest(text)
