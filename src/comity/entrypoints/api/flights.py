"""Flights: check, declare, change, list, show, and what becomes of them."""

import asyncio
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from comity.adapters.flight_plans import FlightPlan, read_flight_plans
from comity.application.left_open import SHAPES_OF_ONE_MAX, LeftOpen
from comity.application.mark_stopped import stopped_intents
from comity.application.node import Node
from comity.application.past_flights import view_flight
from comity.application.plan_flights import (
    FlightRequest,
    announce_flight,
    answer_proposal,
    change_flight_state,
    check_flight,
    declare_flight,
    end_announcement,
    withdraw_flight,
)
from comity.domain.intents import DeclaredState, IntentState, Move, NotPossible
from comity.domain.operators import Action, Operator, authorise
from comity.domain.records import Record
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.messages import (
    BATCH_FLIGHTS_MAX,
    AnnouncedTold,
    AnsweredTold,
    AnswerProposal,
    ChangeState,
    DeclaredTold,
    IntentsTold,
    IntentTold,
    RecordTold,
    Remark,
    Withdraw,
)
from comity.entrypoints.api.routing import Offset, get, post
from comity.entrypoints.api.telling import (
    tell_announcement,
    tell_checked,
    tell_declared,
    tell_intent,
    tell_record,
    tell_refused,
)
from comity.entrypoints.node_service import NodeService
from comity.kernel.errors import AgreementError, InputError, RecordError, StoreError
from comity.kernel.ids import IntentId, PartyId, intent_id, record_digest
from comity.kernel.instants import Instant, instant_from_rfc3339

INTENTS_TOLD_MAX = 1_000
LABELS_MAX = 16
AT_ONCE = 5  # flights of one batch of the node, so that a FLASH that comes meanwhile is next
UNDER_WAY = (
    4  # records of those before that a peer may still owe a receipt for (docs/decisions/0062)
)
FEW_S = 1.0  # for so long a piece waits for that; then for the line's window alone
FEW_IN_ALL_S = 20.0  # of one request: who asked waits 60 s for the answer (`cli/access.py`)
LOOKED_S = 0.01  # between two looks at what the peers have taken
STANDS_STILL_S = 2.0  # a peer that takes nothing for so long is not waited for

Decide = Annotated[str | None, Meta(description="RFC 3339 time")]
Labels = list[str] | None


@post("/v1/intents/check", summary="Check flights; nothing is sent or held")
async def check_flights(
    content: bytes, context: ApiContext, operator: Operator, exercise: bool = False
) -> list[DeclaredTold]:
    """Body: a flight plan file, as docs/howto/flight-plan-formats.md says."""
    authorise(operator, Action.INTENT_CHECK)
    plans = read_flight_plans(content)
    requests = [_request(plan, operator, exercise=exercise) for plan in _bounded(plans)]

    def work(node: Node, at: Instant) -> list[DeclaredTold]:
        return [
            tell_checked(plan.callsign, *check_flight(node, asked, at))
            for plan, asked in zip(plans, requests, strict=True)
        ]

    return await context.service.do(work)


@post("/v1/intents", summary="Declare one flight")
async def declare_one(
    content: bytes,
    context: ApiContext,
    operator: Operator,
    decide_by: Decide = None,
    label: Labels = None,
    formation: str | None = None,
    allow_own_conflict: bool = False,
    exercise: bool = False,
) -> DeclaredTold:
    """Body: a flight plan file of one flight. Answered once the proposal is durable."""
    authorise(operator, Action.INTENT_DECLARE)
    plan = _only(read_flight_plans(content))
    asked = _request(
        plan,
        operator,
        decide_by=decide_by,
        labels=label,
        formation=formation,
        allow_own_conflict=allow_own_conflict,
        exercise=exercise,
    )

    def work(node: Node, at: Instant) -> DeclaredTold:
        return tell_declared(plan.callsign, declare_flight(node, asked, at))

    return await context.service.do(work)


@post("/v1/intents/batch", summary="Declare many flights")
async def declare_many(
    content: bytes,
    context: ApiContext,
    operator: Operator,
    decide_by: Decide = None,
    label: Labels = None,
    exercise: bool = False,
) -> list[DeclaredTold]:
    """Body: a flight plan file. Every flight is read before any is proposed; each has its outcome.

    They go out at the pace at which the peers take them, so that a FLASH stands behind nine, seldom behind 40.
    """
    authorise(operator, Action.INTENT_DECLARE)
    plans = read_flight_plans(content)
    requests = [
        _request(plan, operator, decide_by=decide_by, labels=label, exercise=exercise)
        for plan in _bounded(plans)
    ]

    named = list(zip(plans, requests, strict=True))
    told: list[DeclaredTold] = []
    pace = _Pace()
    for start in range(0, len(named), AT_ONCE):
        some = named[start : start + AT_ONCE]
        if start:
            await _taken(context.service, pace)

        def work(
            node: Node, at: Instant, some: list[tuple[FlightPlan, FlightRequest]] = some
        ) -> list[DeclaredTold]:
            done = [_declared(node, plan.callsign, asked, at) for plan, asked in some]
            pace.note(node)
            return done

        try:
            told += await context.service.do(work)
        except StoreError as error:
            if not told:
                raise
            told += [tell_refused(plan.callsign, error.reason, error.detail) for plan, _ in some]
    return told


@post("/v1/intents/{party}/{number}/change", summary="Change an accepted flight")
async def change_one(
    content: bytes,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    decide_by: Decide = None,
    label: Labels = None,
    base: str | None = None,
    exercise: bool = False,
) -> DeclaredTold:
    """Body: a flight plan file of one flight. The old version stays until the new one is accepted.

    With `base`, the digest of the version that the person had before them, it is refused where another stands by now.
    """
    authorise(operator, Action.INTENT_CHANGE)
    intent = _intent(party, number)
    plan = _only(read_flight_plans(content))
    asked = _request(
        plan, operator, decide_by=decide_by, labels=label, exercise=exercise, intent=intent
    )

    def work(node: Node, at: Instant) -> DeclaredTold:
        _known_intent(node, intent, exercise=exercise)
        if base is not None:
            _unchanged(node, intent, base, at, exercise=exercise)
        return tell_declared(plan.callsign, declare_flight(node, asked, at))

    return await context.service.do(work)


@get("/v1/intents", summary="List flights known here, own and others'")
async def list_intents(
    context: ApiContext,
    operator: Operator,
    state: str | None = None,
    owner: str | None = None,
    offset: Offset = 0,
    limit: Annotated[int, Meta(ge=1, le=INTENTS_TOLD_MAX)] = 100,
    exercise: bool = False,
) -> IntentsTold:
    """In the order in which this node learnt of them."""
    authorise(operator, Action.STATUS_READ)
    if state is not None and state not in tuple(IntentState):
        raise InputError("state", f"{state[:40]!r} is none of {', '.join(IntentState)}")

    def work(node: Node, at: Instant) -> IntentsTold:
        book, basis = node.book(exercise=exercise), node.context(at)
        stopped = stopped_intents(node, at, exercise=exercise)
        left_open = LeftOpen(node)
        told: list[IntentTold] = []
        total = 0
        for intent in book.intents():
            if owner is not None and intent.partition("/")[0] != owner:
                continue
            view = book.view(intent, at, basis)
            if view is None or (state is not None and view.current.state.value != state):
                continue
            if offset <= total < offset + limit:
                told.append(tell_intent(node, view, stopped, left_open))
            total += 1
        announcements = [tell_announcement(each) for each in book.announcements(at)]
        return IntentsTold(intents=told, announcements=announcements, total=total)

    return await context.service.do(work)


@get("/v1/intents/{party}/{number}", summary="Show one flight")
async def show_intent(
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> IntentTold:
    """Its state, each required party's answer, and why it may not be shown as deconflicted."""
    authorise(operator, Action.STATUS_READ)
    intent = _intent(party, number)

    def work(node: Node, at: Instant) -> IntentTold:
        def receipted(digest: str, reader: str) -> bool:
            return any(
                each.reader == reader and each.receipted
                for each in node.deliveries(record_digest(digest))
            )

        view = view_flight(node, intent, at, exercise=exercise, receipted=receipted)
        if view is None:
            raise _no_such(intent)
        stopped = stopped_intents(node, at, exercise=exercise)
        return tell_intent(node, view, stopped, LeftOpen(node, SHAPES_OF_ONE_MAX))

    return await context.service.do(work)


@post("/v1/intents/{party}/{number}/withdraw", summary="Take a flight back")
async def withdraw_one(
    data: Withdraw,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> RecordTold:
    """Or only the change that is under way."""
    authorise(operator, Action.INTENT_WITHDRAW)
    intent = _intent(party, number)

    def work(node: Node, at: Instant) -> RecordTold:
        asked = withdraw_flight(
            node, intent, operator.id, at, change_only=data.change_only, exercise=exercise
        )
        return _made(node, asked)

    return await context.service.do(work)


@post("/v1/intents/{party}/{number}/state", summary="Say what became of a flight")
async def state_one(
    data: ChangeState,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> RecordTold:
    """Activated, nonconforming, contingent or ended (ASTM F3548-21)."""
    action = Action.INTENT_END if data.state == "ended" else Action.INTENT_ACTIVATE
    authorise(operator, action)
    intent = _intent(party, number)
    off_nominal = None
    if data.off_nominal is not None:
        plans = read_flight_plans(data.off_nominal.encode(), "off_nominal")
        off_nominal = _only(plans).footprint

    def work(node: Node, at: Instant) -> RecordTold:
        asked = change_flight_state(
            node,
            intent,
            DeclaredState(data.state),
            operator.id,
            at,
            off_nominal=off_nominal,
            exercise=exercise,
        )
        return _made(node, asked)

    return await context.service.do(work)


@post("/v1/intents/announce", summary="Make an emergency flight known, asking nobody")
async def announce_one(
    content: bytes,
    context: ApiContext,
    operator: Operator,
    remark: str = "",
    exercise: bool = False,
) -> AnnouncedTold:
    """Body: a flight plan file of one flight. It is never shown as deconflicted."""
    authorise(operator, Action.INTENT_ANNOUNCE)
    plan = _only(read_flight_plans(content))

    def work(node: Node, at: Instant) -> AnnouncedTold:
        intent, asked = announce_flight(
            node,
            plan.footprint,
            operator.id,
            at,
            callsign=plan.callsign,
            remark=remark,
            exercise=exercise,
        )
        return AnnouncedTold(intent=intent, record=_made(node, asked))

    return await context.service.do(work)


@post("/v1/intents/announcements/{digest}/end", summary="Say that an emergency is over")
async def end_one(
    data: Remark,
    context: ApiContext,
    operator: Operator,
    digest: str,
    exercise: bool = False,
) -> RecordTold:
    """Only the party that announced it can."""
    authorise(operator, Action.INTENT_ANNOUNCE)
    announcement = record_digest(digest)

    def work(node: Node, at: Instant) -> RecordTold:
        asked = end_announcement(
            node, announcement, operator.id, at, remark=data.remark, exercise=exercise
        )
        return _made(node, asked)

    return await context.service.do(work)


@post("/v1/intents/proposals/{digest}/answer", summary="A person answers a proposal")
async def answer_one(
    data: AnswerProposal,
    context: ApiContext,
    operator: Operator,
    digest: str,
    exercise: bool = False,
) -> AnsweredTold:
    """Where the agreement asks for a person's assent."""
    move = Move.ASSENT if data.answer == "assent" else Move.REFUSE
    authorise(operator, Action.INTENT_ASSENT if move is Move.ASSENT else Action.INTENT_REFUSE)
    proposal = record_digest(digest)

    def work(node: Node, at: Instant) -> AnsweredTold:
        answered = answer_proposal(node, proposal, move, operator.id, at, exercise=exercise)
        if isinstance(answered, NotPossible):
            raise _not_possible(answered)
        given, records = answered
        return AnsweredTold(
            given="assent" if given is Move.ASSENT else "refuse",
            records=[tell_record(node, record.digest, record.kind) for record in records],
        )

    return await context.service.do(work)


FLIGHT_ROUTES = (
    announce_one,
    answer_one,
    change_one,
    check_flights,
    declare_many,
    declare_one,
    end_one,
    list_intents,
    show_intent,
    state_one,
    withdraw_one,
)


def _request(
    plan: FlightPlan,
    operator: Operator,
    *,
    decide_by: str | None = None,
    labels: list[str] | None = None,
    formation: str | None = None,
    intent: IntentId | None = None,
    allow_own_conflict: bool = False,
    exercise: bool = False,
) -> FlightRequest:
    if labels is not None and len(labels) > LABELS_MAX:
        raise InputError("label", f"{len(labels)} given, at most {LABELS_MAX}")
    return FlightRequest(
        footprint=plan.footprint,
        priority=plan.priority,
        operator=operator.id,
        callsign=plan.callsign,
        formation=formation,
        intent=intent,
        decide_by=None if decide_by is None else instant_from_rfc3339(decide_by, "decide_by"),
        allow_own_conflict=allow_own_conflict,
        exercise=exercise,
        labels=tuple(sorted(set(labels or ()))),
    )


@dataclass(slots=True)
class _Pace:
    """At what pace the flights of one request go out: that at which the peers take them.

    Attributes:
        sizes: of this node's log to each peer, as the last of them was put in. What others put in behind that is
            not waited for, so that two who declare at once both go on.
        still: peers that gave no receipt for `FEW_S`: with them the line's window alone counts.
        not_waited_for: peers that stood still for `STANDS_STILL_S`.
        waited_s: in this request; after `FEW_IN_ALL_S` the line's window alone counts with every peer.
    """

    sizes: dict[PartyId, int] = field(default_factory=dict)
    still: set[PartyId] = field(default_factory=set)
    not_waited_for: set[PartyId] = field(default_factory=set)
    waited_s: float = 0.0

    def note(self, node: Node) -> None:
        """Some flights have just been put in."""
        self.sizes = {peer: node.own_log(peer).tree.size for peer in node.peers()}

    def behind(self, node: Node, *, few: bool) -> dict[PartyId, int]:
        """The peers to wait for, and how much each has given a receipt for; `few`: until hardly any is under way."""
        found: dict[PartyId, int] = {}
        for peer in node.peers():
            log = node.own_log(peer)
            late = log.receipted_size < self.sizes.get(peer, 0) - UNDER_WAY
            waits = late and peer not in self.not_waited_for
            if waits and ((few and peer not in self.still) or not log.has_room()):
                found[peer] = log.receipted_size
        return found


async def _taken(service: NodeService, pace: _Pace) -> None:
    """Wait until every peer has taken most of what was sent; one that stands still is not waited for again.

    After `FEW_S` room in the line's window is enough: on a slow way few under way would be few a round trip.
    """
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    few_s = min(FEW_S, FEW_IN_ALL_S - pace.waited_s)
    moved_s: dict[PartyId, tuple[int, float]] = {}
    moved: set[PartyId] = set()
    while waiting := await service.do(
        lambda node, _at: pace.behind(node, few=loop.time() - began_s < few_s)
    ):
        now_s = loop.time()
        for peer, size in waiting.items():
            before, since_s = moved_s.setdefault(peer, (size, now_s))
            if size != before:
                moved.add(peer)
                moved_s[peer] = (size, now_s)
            elif now_s - since_s > STANDS_STILL_S:
                pace.not_waited_for.add(peer)
        await asyncio.sleep(LOOKED_S)
    pace.waited_s += loop.time() - began_s
    if loop.time() - began_s >= FEW_S:
        pace.still |= moved_s.keys() - moved


def _declared(node: Node, callsign: str, asked: FlightRequest, at: Instant) -> DeclaredTold:
    try:
        return tell_declared(callsign, declare_flight(node, asked, at))
    except (AgreementError, RecordError) as error:
        return tell_refused(callsign, error.reason, error.detail)
    except InputError as error:
        return tell_refused(callsign, "input-refused", str(error))


def _bounded(plans: tuple[FlightPlan, ...]) -> tuple[FlightPlan, ...]:
    if len(plans) > BATCH_FLIGHTS_MAX:
        why = f"{len(plans)} flights; one request takes at most {BATCH_FLIGHTS_MAX}"
        raise InputError("plan", why)
    return plans


def _only(plans: tuple[FlightPlan, ...]) -> FlightPlan:
    if len(plans) != 1:
        raise InputError("plan", f"{len(plans)} flights; exactly one belongs here")
    return plans[0]


def _intent(party: str, number: str) -> IntentId:
    return intent_id(f"{party}/{number}")


def _known_intent(node: Node, intent: IntentId, *, exercise: bool) -> None:
    if intent not in node.book(exercise=exercise).holdings.history:
        raise _no_such(intent)


def _unchanged(node: Node, intent: IntentId, base: str, at: Instant, *, exercise: bool) -> None:
    view = node.book(exercise=exercise).view(intent, at, node.context(at))
    newest = None if view is None else view.change or view.current
    if newest is not None and newest.digest != base:
        why = f"changed since, at {newest.made_at}: {newest.digest[:12]} is the newest"
        raise InputError("base", why)


def _no_such(intent: IntentId) -> InputError:
    return InputError("intent", f"{intent} is not known here")


def _not_possible(found: NotPossible) -> AgreementError:
    detail = ", ".join(f"{name} {value}" for name, value in found.detail.items())
    return AgreementError(found.reason, detail)


def _made(node: Node, asked: Record | NotPossible) -> RecordTold:
    if isinstance(asked, NotPossible):
        raise _not_possible(asked)
    return tell_record(node, asked.digest, asked.kind)
