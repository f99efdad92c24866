"""The call of a meeting: stations, session descriptions, consent to record. Pictures and sound do not come here."""

from collections.abc import Callable

from comity.application.hold_meetings import act_in_meeting
from comity.application.node import Node
from comity.domain.meetings import MeetingDrafts, Step
from comity.domain.operators import Action, Operator, authorise
from comity.domain.records import Draft
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.meeting_messages import (
    CallTold,
    JoinCall,
    LeaveCall,
    MeetingActTold,
    SignalStation,
    SwitchRecording,
)
from comity.entrypoints.api.meeting_telling import tell_call
from comity.entrypoints.api.meetings import done, meeting_at
from comity.entrypoints.api.routing import get, post
from comity.kernel.instants import Instant

Act = Callable[[MeetingDrafts], Draft]


@get("/v1/meetings/{owner}/{number}/call", summary="Who is in the call")
async def show_call(
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    station: str | None = None,
    exercise: bool = False,
) -> CallTold:
    """And what was sent to a station of this party's, under the very key its sender joined with."""
    authorise(operator, Action.MEETING_CALL)
    meeting = meeting_at(owner, number)

    def work(node: Node, at: Instant) -> CallTold:
        servers = context.ice_servers(operator.id, at)
        return tell_call(node, meeting, station, servers, exercise=exercise)

    return await context.service.do(work)


@post("/v1/meetings/{owner}/{number}/call/join", summary="Enter the call with a console")
async def join_call(
    data: JoinCall,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> MeetingActTold:
    """The node signs the fingerprint of the console's certificate. The person's older stations go."""
    meeting = meeting_at(owner, number)
    act: Act = lambda d: d.join(  # noqa: E731 - one line says it
        meeting, data.station, data.fingerprint, data.name
    )
    return await _acted(context, operator, act, exercise=exercise)


@post("/v1/meetings/{owner}/{number}/call/leave", summary="Leave the call with a station")
async def leave_call(
    data: LeaveCall,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> MeetingActTold:
    """Anybody of this party may clear away a station that died."""
    meeting = meeting_at(owner, number)
    act: Act = lambda d: d.leave(meeting, data.station)  # noqa: E731 - one line says it
    return await _acted(context, operator, act, exercise=exercise)


@post("/v1/meetings/{owner}/{number}/call/signal", summary="Send a session description")
async def signal_station(
    data: SignalStation,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> MeetingActTold:
    """Refused where a fingerprint in it is not the one that the station joined with."""
    meeting = meeting_at(owner, number)
    act: Act = lambda d: d.signal(  # noqa: E731 - one line says it
        meeting, data.station, data.to, Step(data.step), data.number, data.sdp
    )
    return await _acted(context, operator, act, exercise=exercise)


@post("/v1/meetings/{owner}/{number}/call/consent", summary="Agree to be recorded, or no more")
async def consent_to_record(
    data: SwitchRecording,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> MeetingActTold:
    """The highest number counts."""
    meeting = meeting_at(owner, number)
    act: Act = lambda d: d.consent(  # noqa: E731 - one line says it
        meeting, data.station, data.number, recording=data.recording
    )
    return await _acted(context, operator, act, exercise=exercise)


@post("/v1/meetings/{owner}/{number}/call/recording", summary="Begin or end to record")
async def record_call(
    data: SwitchRecording,
    context: ApiContext,
    operator: Operator,
    owner: str,
    number: str,
    exercise: bool = False,
) -> MeetingActTold:
    """Refused without the recorded consent of every station in the call."""
    meeting = meeting_at(owner, number)
    act: Act = lambda d: d.record(  # noqa: E731 - one line says it
        meeting, data.station, data.number, recording=data.recording
    )
    return await _acted(context, operator, act, exercise=exercise)


CALL_ROUTES = (
    consent_to_record,
    join_call,
    leave_call,
    record_call,
    show_call,
    signal_station,
)


async def _acted(
    context: ApiContext, operator: Operator, act: Act, *, exercise: bool
) -> MeetingActTold:
    authorise(operator, Action.MEETING_CALL)
    return await done(
        context, lambda n, at: act_in_meeting(n, act, operator.id, at, exercise=exercise)
    )
