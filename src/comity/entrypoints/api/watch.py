"""The state of the line, its checks, who has the watch, and the card for the day the node is down."""

import asyncio
from collections.abc import Sequence

from comity.adapters.phrase_files import packaged_phrasebook
from comity.adapters.place_names import place_index
from comity.application.keep_watch import (
    accept_watch,
    answer_check,
    check_line,
    echelon_flags,
    find_handover,
    hand_over,
    leave_watch,
    take_watch,
)
from comity.application.line_card import line_card
from comity.application.node import Node
from comity.domain.line import CheckWants
from comity.domain.operators import Action, Operator, authorise
from comity.domain.records import Record
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.line_messages import (
    AcceptWatch,
    CardPrinted,
    CheckLine,
    HandOver,
    HandoverTold,
    LeaveWatch,
    LineStatusTold,
    RecordMade,
    TakeWatch,
    WatchTold,
)
from comity.entrypoints.api.line_telling import tell_handover, tell_line_status, tell_watch
from comity.entrypoints.api.routing import get, post
from comity.kernel.errors import InputError
from comity.kernel.ids import RecordDigest, operator_id, party_id
from comity.kernel.instants import Instant


@get("/v1/line/status", summary="How the line stands")
async def show_line_status(
    context: ApiContext, operator: Operator, exercise: bool = False
) -> LineStatusTold:
    """Of each party: working, degraded or unknown; watch, ladders, FLASH not taken, stops. Legal status apart."""
    authorise(operator, Action.LINE_READ)
    places = await asyncio.to_thread(place_index)

    def work(node: Node, at: Instant) -> LineStatusTold:
        links = {peer: context.link_state(peer) for peer in node.peers()}
        return tell_line_status(node, at, places, links, exercise=exercise)

    return await context.service.do(work)


@post("/v1/line/checks/{peer}", summary="Check a line by hand")
async def check(data: CheckLine, context: ApiContext, operator: Operator, peer: str) -> RecordMade:
    """Beside the schedule; asks the other node, or a person there."""
    authorise(operator, Action.LINE_SPEAK)
    asked, wants = party_id(peer), CheckWants(data.wants)

    def work(node: Node, at: Instant) -> RecordMade:
        return _made(check_line(node, asked, operator.id, at, wants=wants))

    return await context.service.do(work, urgent=True)


@post("/v1/line/checks/{peer}/answer", summary="Answer a line check as a person")
async def answer(context: ApiContext, operator: Operator, peer: str) -> RecordMade:
    """The newest check of that party that no person here has answered."""
    authorise(operator, Action.LINE_SPEAK)
    asked = party_id(peer)

    def work(node: Node, at: Instant) -> RecordMade:
        return _made(answer_check(node, asked, operator.id, at))

    return await context.service.do(work, urgent=True)


@get("/v1/watch", summary="Who has the watch")
async def show_watch(
    context: ApiContext, operator: Operator, exercise: bool = False
) -> list[WatchTold]:
    """Of every party, as its own records say."""
    authorise(operator, Action.LINE_READ)

    def work(node: Node, _at: Instant) -> list[WatchTold]:
        return tell_watch(node, exercise=exercise)

    return await context.service.do(work)


@post("/v1/watch/take", summary="Take the watch")
async def take(
    data: TakeWatch, context: ApiContext, operator: Operator, exercise: bool = False
) -> RecordMade:
    """At an echelon that nobody has; the other parties are told."""
    authorise(operator, Action.WATCH_KEEP)

    def work(node: Node, at: Instant) -> RecordMade:
        taken = take_watch(node, data.echelon, operator.id, at, reach=data.reach, exercise=exercise)
        return _made(taken, echelon_flags(node, data.echelon, at))

    return await context.service.do(work)


@post("/v1/watch/leave", summary="Leave the watch")
async def leave(
    data: LeaveWatch, context: ApiContext, operator: Operator, exercise: bool = False
) -> RecordMade:
    """With nobody after; the other parties are told so."""
    authorise(operator, Action.WATCH_KEEP)

    def work(node: Node, at: Instant) -> RecordMade:
        return _made(leave_watch(node, data.echelon, operator.id, at, exercise=exercise))

    return await context.service.do(work)


@post("/v1/watch/handover", summary="Offer the watch to another officer")
async def offer(
    data: HandOver, context: ApiContext, operator: Operator, exercise: bool = False
) -> HandoverTold:
    """With every open matter and its last record; it holds once the other officer has accepted."""
    authorise(operator, Action.WATCH_KEEP)
    to = operator_id(data.to)
    receiver = context.operators.get(to)
    if receiver is None or receiver.revoked_at is not None:
        raise InputError("to", f"{to} is no operator of this party")
    authorise(receiver, Action.WATCH_KEEP)

    def work(node: Node, at: Instant) -> HandoverTold:
        record = hand_over(
            node, data.echelon, to, operator.id, at, remark=data.remark, exercise=exercise
        )
        return _handover(node, record.digest, exercise=exercise)

    return await context.service.do(work)


@get("/v1/watch/handovers/{digest}", summary="Show a hand-over")
async def show_handover(
    context: ApiContext, operator: Operator, digest: str, exercise: bool = False
) -> HandoverTold:
    """The open matters that it lists, and what is new since."""
    authorise(operator, Action.LINE_READ)

    def work(node: Node, _at: Instant) -> HandoverTold:
        seen = find_handover(node, digest, exercise=exercise)
        return _handover(node, seen.given.digest, exercise=exercise)

    return await context.service.do(work)


@post("/v1/watch/accept", summary="Accept the watch")
async def accept(
    data: AcceptWatch, context: ApiContext, operator: Operator, exercise: bool = False
) -> HandoverTold:
    """Both officers have then signed the list of open matters."""
    authorise(operator, Action.WATCH_KEEP)

    def work(node: Node, at: Instant) -> HandoverTold:
        seen = find_handover(node, data.handover, exercise=exercise)
        accept_watch(node, seen.given.digest, operator.id, at, reach=data.reach, exercise=exercise)
        return _handover(node, seen.given.digest, exercise=exercise)

    return await context.service.do(work)


@get("/v1/line/card", summary="The backup card")
async def show_card(context: ApiContext, operator: Operator, exercise: bool = False) -> CardPrinted:
    """Numbers, ladders, watches and open matters for paper; as text and as a page to print."""
    authorise(operator, Action.LINE_READ)

    def work(node: Node, at: Instant) -> CardPrinted:
        card = line_card(node, at, packaged_phrasebook(), exercise=exercise)
        return CardPrinted(text=card.as_text(), html=card.as_html())

    return await context.service.do(work)


WATCH_ROUTES = (
    accept,
    answer,
    check,
    leave,
    offer,
    show_card,
    show_handover,
    show_line_status,
    show_watch,
    take,
)


def _made(record: Record, flags: Sequence[str] = ()) -> RecordMade:
    return RecordMade(digest=record.digest, kind=record.kind, flags=list(flags))


def _handover(node: Node, digest: RecordDigest, *, exercise: bool) -> HandoverTold:
    told = tell_handover(node, digest, exercise=exercise)
    if told is None:
        raise InputError("handover", f"{digest[:12]} is not known here")
    return told
