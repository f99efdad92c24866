"""Meetings and calls in the words of the API. Nothing is decided here."""

from collections.abc import Sequence

from comity.adapters.icalendar_file import EventStatus, write_event
from comity.adapters.icalendar_file.zones import local_reading
from comity.application.node import Node
from comity.domain.meetings import (
    Meeting,
    MeetingState,
    Minutes,
    Proposal,
    signals_to,
)
from comity.domain.records import Record
from comity.entrypoints.api.ice_servers import IceServer
from comity.entrypoints.api.meeting_messages import (
    AgendaRow,
    CalendarTold,
    CallTold,
    IceServerTold,
    MeetingActTold,
    MeetingProposalTold,
    MeetingTold,
    MinutesTold,
    PersonTold,
    SignalTold,
    StationTold,
    TimeTold,
    UndertakingTold,
)
from comity.entrypoints.api.telling import tell_record
from comity.kernel.errors import InputError
from comity.kernel.ids import MeetingId, PartyId, RecordDigest
from comity.kernel.instants import Instant

_STATUS = {
    MeetingState.AGREED: EventStatus.CONFIRMED,
    MeetingState.CANCELLED: EventStatus.CANCELLED,
}


def tell_meeting(node: Node, meeting: MeetingId, at: Instant, *, exercise: bool) -> MeetingTold:
    """One meeting, with the times as each side reads them."""
    held = node.meetings_of(exercise=exercise).get(meeting)
    standing = held.standing
    current = None if standing.current is None else standing.proposals[standing.current]
    return MeetingTold(
        meeting=meeting,
        state=standing.state.value,
        parties=list(standing.parties),
        group=held.group,
        exercise=exercise,
        current=standing.current,
        times=[] if current is None else _tell_times(held, current),
        proposals=[
            _tell_proposal(held, record, body)
            for record, body in held.arranged.values()
            if isinstance(body, Proposal) and record.digest in standing.proposals
        ],
        cancelled_by=list(standing.cancelled_by),
        answer_owed=standing.answer_owed(node.party),
        unsigned=list(standing.unsigned(node.party)),
        attendance=[
            PersonTold(
                party=record.author,
                name=each.name,
                role=each.role,
                since=str(each.since),
                until=None if each.until is None else str(each.until),
            )
            for record, body in held.attendances()
            for each in body.persons
        ],
        minutes=[_tell_minutes(held, record, body, at) for record, body in held.minutes()],
        in_call=len(held.call.stations),
    )


def tell_calendar(node: Node, meeting: MeetingId, *, exercise: bool) -> CalendarTold:
    """The current proposal as an iCalendar file.

    Raises:
        InputError: `meeting`: no proposal is current.
    """
    held = node.meetings_of(exercise=exercise).get(meeting)
    standing = held.standing
    if standing.current is None:
        raise InputError("meeting", f"{meeting} is {standing.state}, and no proposal is current")
    proposal = standing.proposals[standing.current]
    notes = [
        *(["EXERCISE"] if exercise else []),
        *(f"{t.party}: {t.start} {t.zone}" for t in _tell_times(held, proposal) if t.zone),
        *(f"- {each.item}" for each in proposal.agenda),
    ]
    content = write_event(
        uid=f"{meeting}@comity",
        title=("EXERCISE " if exercise else "") + proposal.title,
        start=proposal.start,
        end=proposal.end,
        made_at=held.arranged[standing.current][0].made_at,
        place=proposal.place,
        status=_STATUS.get(standing.state, EventStatus.TENTATIVE),
        notes=notes,
    )
    return CalendarTold(name=f"{meeting.partition('/')[2]}.ics", calendar=content.decode("utf-8"))


def tell_call(
    node: Node,
    meeting: MeetingId,
    station: str | None,
    ice_servers: Sequence[IceServer],
    *,
    exercise: bool,
) -> CallTold:
    """Who is in the call, and what was sent to one own station."""
    held = node.meetings_of(exercise=exercise).get(meeting)
    call, current = held.call, held.standing.current
    own = None if station is None else call.get(station)
    sent = (
        signals_to(station, call, held.called.values())
        if station is not None and own is not None and own.party == node.party
        else []
    )
    return CallTold(
        meeting=meeting,
        title="" if current is None else held.standing.proposals[current].title,
        exercise=exercise,
        party=node.party,
        stations=[
            StationTold(
                party=each.party,
                own=each.party == node.party,
                operator=each.operator,
                station=each.station,
                name=each.name,
                fingerprint=each.fingerprint,
                join=each.join,
                joined_at=str(each.joined_at),
                may_be_recorded=each.may_be_recorded,
                records=each.records,
            )
            for each in call.stations
        ],
        ambiguous=list(call.ambiguous),
        recording_allowed=call.recording_allowed,
        signals=[
            SignalTold(
                digest=record.digest,
                station=body.station,
                step=body.step.value,
                number=body.number,
                sdp=body.sdp,
            )
            for record, body in sent
        ],
        ice_servers=[
            IceServerTold(url=each.url, username=each.username, credential=each.credential)
            for each in ice_servers
        ],
    )


def tell_meeting_act(node: Node, record: Record) -> MeetingActTold:
    """What a person's act made."""
    told = tell_record(node, record.digest, record.kind)
    return MeetingActTold(record=told, meeting=record.body["meeting"])


def _tell_times(held: Meeting, proposal: Proposal) -> list[TimeTold]:
    zones = held.zones()
    return [_tell_time(each, zones.get(each), proposal) for each in held.standing.parties]


def _tell_time(party: PartyId, zone: str | None, proposal: Proposal) -> TimeTold:
    if zone is None:
        return TimeTold(party=party, zone=None, start=None, end=None)
    try:
        start, end = local_reading(proposal.start, zone), local_reading(proposal.end, zone)
    except InputError:  # a zone that the other side's data know and ours do not
        return TimeTold(party=party, zone=zone, start=None, end=None)
    return TimeTold(party=party, zone=zone, start=start, end=end)


def _tell_proposal(held: Meeting, record: Record, body: Proposal) -> MeetingProposalTold:
    replies = held.standing.replies[record.digest]
    return MeetingProposalTold(
        digest=record.digest,
        author=record.author,
        operator=record.operator,
        at=str(record.made_at),
        title=body.title,
        start=str(body.start),
        end=str(body.end),
        stated=body.stated,
        zone=body.zone,
        means=body.means.value,
        place=body.place,
        agenda=[AgendaRow(item=each.item, matter=each.matter) for each in body.agenda],
        replaces=body.replaces,
        replies={party: said.value for party, said in replies.items()},
        waiting_for=list(held.standing.waiting_for(record.digest)),
    )


def _tell_minutes(held: Meeting, record: Record, body: Minutes, at: Instant) -> MinutesTold:
    standing = held.standing.minutes.get(RecordDigest(record.digest))
    return MinutesTold(
        digest=record.digest,
        author=record.author,
        operator=record.operator,
        at=str(record.made_at),
        state="unknown" if standing is None else standing.state.value,
        signed_by=[] if standing is None else list(standing.signed_by),
        waiting_for=[] if standing is None else list(standing.waiting_for),
        disputes=body.disputes,
        disputed_by=[] if standing is None else list(standing.disputed_by),
        lines=list(body.lines),
        decisions=list(body.decisions),
        tasks=[
            UndertakingTold(
                title=each.title,
                owner=each.owner,
                person=each.person,
                due=str(each.due),
                overdue=each.due < at,
            )
            for each in body.tasks
        ],
    )
