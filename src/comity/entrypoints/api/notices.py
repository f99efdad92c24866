"""Notices: check, send, revise, cancel, acknowledge, list, show; what has been notified at a place."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from comity.adapters.place_names import place_index
from comity.application.node import Node
from comity.application.notice_picture import notice_picture
from comity.application.notify import (
    acknowledge_notice,
    cancel_notice,
    revise_notice,
    send_notice,
)
from comity.application.ports.live_tracks import LivePicture
from comity.domain.notices import Held, NothingNotified, NoticeState, NotifiedHere, notified_at
from comity.domain.operators import Action, Operator, authorise
from comity.domain.places import read_position
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.messages import RecordTold
from comity.entrypoints.api.notice_messages import (
    CancelNotice,
    HereTold,
    NoticeCheckedTold,
    NoticesTold,
    NoticeTold,
    NoticeWritten,
    SendNotice,
)
from comity.entrypoints.api.notice_reading import read_notice
from comity.entrypoints.api.notice_telling import (
    Shown,
    shown_by,
    tell_checked_notice,
    tell_notice,
)
from comity.entrypoints.api.routing import Offset, get, post
from comity.entrypoints.api.telling import tell_record
from comity.kernel.errors import InputError
from comity.kernel.ids import NoticeId, RecordDigest, notice_id, party_id, record_digest
from comity.kernel.instants import Instant

NOTICES_TOLD_MAX = 1_000


@post("/v1/notices/check", summary="Check a notice; nothing is sent or recorded")
async def check_one(
    data: NoticeWritten, context: ApiContext, operator: Operator
) -> NoticeCheckedTold:
    """By the agreement in force and the rules of docs/spec/notice.md, as if it came now."""
    authorise(operator, Action.STATUS_READ)
    written = read_notice(data)
    places = await asyncio.to_thread(place_index)

    at, terms = await context.service.do(lambda node, at: (at, node.terms(at)))
    return await asyncio.to_thread(
        tell_checked_notice, written.notice, at, terms, places, written.assumed
    )


@post("/v1/notices", summary="Make a notice known, or revise one")
async def send_one(
    data: SendNotice, context: ApiContext, operator: Operator, exercise: bool = False
) -> NoticeTold:
    """What is wrong with it is told and keeps nothing back: a warning that is held back is lost."""
    authorise(operator, Action.NOTICE_SEND)
    written = read_notice(data.notice)
    to = tuple(party_id(each) for each in data.to or ())
    revises = None if data.revises is None else notice_id(data.revises)
    if revises is not None and to:
        raise InputError("to", "a revision goes to those whom the notice went to")
    if data.base is not None and revises is None:
        raise InputError("base", "a new notice has none")
    base = None if data.base is None else record_digest(data.base)
    places = await asyncio.to_thread(place_index)
    labels = tuple(data.labels)

    def work(node: Node, at: Instant) -> Shown:
        if revises is None:
            record = send_notice(
                node,
                written.notice,
                operator.id,
                at,
                recipients=to,
                labels=labels,
                exercise=exercise,
            )
        else:
            record = revise_notice(
                node,
                revises,
                written.notice,
                operator.id,
                at,
                base=base,
                labels=labels,
                exercise=exercise,
            )
        return _shown(node, record.digest, at, exercise=exercise)

    done = await context.service.do(work)
    live = await _live(context, [done])
    return await asyncio.to_thread(tell_notice, done, places, live)


@get("/v1/notices", summary="List notices known here, own and others'")
async def list_notices(
    context: ApiContext,
    operator: Operator,
    state: str | None = None,
    author: str | None = None,
    offset: Offset = 0,
    limit: Annotated[int, Meta(ge=1, le=NOTICES_TOLD_MAX)] = 100,
    exercise: bool = False,
) -> NoticesTold:
    """Newest first; without a state, those that stand and are not over."""
    authorise(operator, Action.STATUS_READ)
    if state is not None and state not in set(NoticeState):
        raise InputError("state", f"{state[:40]!r} is none of {', '.join(NoticeState)}")
    by = None if author is None else party_id(author)
    places = await asyncio.to_thread(place_index)

    def work(node: Node, at: Instant) -> tuple[Instant, int, list[Shown]]:
        book = node.notices_of(exercise=exercise)
        chosen = list(book.standing(at)) if state is None else list(book.held())
        found = []
        for held in reversed(chosen):
            view = book.view(held.record, at)
            if view is None or by not in (None, held.author):
                continue
            if state in (None, view.state.value):
                found.append(view)
        return (
            at,
            len(found),
            [
                shown_by(node, each, at, exercise=exercise)
                for each in found[offset : offset + limit]
            ],
        )

    as_of, total, page = await context.service.do(work)
    told = await asyncio.to_thread(lambda: [tell_notice(each, places) for each in page])
    return NoticesTold(notices=told, total=total, as_of=str(as_of))


@get("/v1/notices/here", summary="What has been notified at a place")
async def show_here(
    context: ApiContext, operator: Operator, position: str, exercise: bool = False
) -> HereTold:
    """Now or later, at any height. The strongest answer says that nothing has been, as of a time."""
    authorise(operator, Action.STATUS_READ)
    stated = read_position(position)
    places = await asyncio.to_thread(place_index)

    def standing(node: Node, at: Instant) -> tuple[Instant, list[Held]]:
        return at, list(node.notices_of(exercise=exercise).standing(at))

    as_of, held = await context.service.do(standing)
    answer = await asyncio.to_thread(
        notified_at, held, stated.latitude_deg, stated.longitude_deg, as_of, stated.resolution_m
    )
    found: tuple[tuple[Held, ...], ...] = ((), ())
    if isinstance(answer, NotifiedHere):
        found = answer.notices, answer.anywhere

    def show(node: Node, at: Instant) -> list[list[Shown]]:
        return [
            [_shown(node, each.record, at, exercise=exercise) for each in some] for some in found
        ]

    reaching, anywhere = await context.service.do(show)
    if isinstance(answer, NothingNotified):
        words = answer.words
    else:
        words = (
            f"{len(reaching)} notified here, {len(anywhere)} without an area, as of {answer.as_of}"
        )

    live = await _live(context, reaching)

    def tell() -> HereTold:
        where = places.whereabouts(stated.latitude_deg, stated.longitude_deg)
        return HereTold(
            as_of=str(answer.as_of),
            words=words,
            whereabouts=where.nearest.words,
            grid=where.grid,
            notices=[tell_notice(each, places, live) for each in reaching],
            anywhere=[tell_notice(each, places) for each in anywhere],
            assumed=list(stated.assumed),
        )

    return await asyncio.to_thread(tell)


@get("/v1/notices/{party}/{number}", summary="Show a notice, and what flies there")
async def show_notice(
    context: ApiContext, operator: Operator, party: str, number: str, exercise: bool = False
) -> list[NoticeTold]:
    """The revisions that stand, or the last one: more than one where its author contradicts itself."""
    authorise(operator, Action.STATUS_READ)
    named = notice_id(f"{party}/{number}")
    places = await asyncio.to_thread(place_index)

    def work(node: Node, at: Instant) -> list[Shown]:
        latest = node.notices_of(exercise=exercise).latest(named)
        return [_shown(node, held.record, at, exercise=exercise) for held in latest]

    found = await context.service.do(work)
    live = await _live(context, found)
    return await asyncio.to_thread(lambda: [tell_notice(each, places, live) for each in found])


@post("/v1/notices/{party}/{number}/cancel", summary="Take an own notice back")
async def cancel_one(
    data: CancelNotice,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> RecordTold:
    """With each recipient it stands until the cancellation has been received there."""
    authorise(operator, Action.NOTICE_CANCEL)
    named = notice_id(f"{party}/{number}")

    def work(node: Node, at: Instant) -> RecordTold:
        record = cancel_notice(node, named, data.reason, operator.id, at, exercise=exercise)
        return tell_record(node, record.digest, record.kind)

    return await context.service.do(work)


@post("/v1/notices/{party}/{number}/acknowledge", summary="Say that you have a notice")
async def acknowledge_one(
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    record: str | None = None,
    exercise: bool = False,
) -> RecordTold:
    """The person's id stands in the record. It is no agreement. `record` names a revision where two stand."""
    authorise(operator, Action.NOTICE_ACKNOWLEDGE)
    named = notice_id(f"{party}/{number}")
    wanted = None if record is None else record_digest(record)

    def work(node: Node, at: Instant) -> RecordTold:
        digest = _revision(node, named, wanted, exercise=exercise)
        made = acknowledge_notice(node, digest, operator.id, at, exercise=exercise)
        return tell_record(node, made.digest, made.kind)

    return await context.service.do(work)


NOTICE_ROUTES = (
    acknowledge_one,
    cancel_one,
    check_one,
    list_notices,
    send_one,
    show_here,
    show_notice,
)


def _revision(
    node: Node, named: NoticeId, wanted: RecordDigest | None, *, exercise: bool
) -> RecordDigest:
    latest = node.notices_of(exercise=exercise).latest(named)
    if wanted is not None:
        return wanted
    if len(latest) > 1:
        digests = ", ".join(each.record[:12] for each in latest)
        raise InputError("record", f"{len(latest)} revisions stand: {digests}; name one")
    return latest[0].record


def _shown(node: Node, digest: RecordDigest, at: Instant, *, exercise: bool) -> Shown:
    view = node.notices_of(exercise=exercise).view(digest, at)
    if view is None:
        raise InputError("notice", f"no revision {digest[:12]} is here")
    picture = notice_picture(node, view.held, at, exercise=exercise)
    return shown_by(node, view, at, exercise=exercise, picture=picture)


async def _live(context: ApiContext, shown: Sequence[Shown]) -> LivePicture | None:
    """Live tracks where notices that are told with a picture are; None: unknown."""
    volumes = [
        volume
        for each in shown
        if each.picture is not None and not each.exercise
        for volume in each.view.held.volumes
    ]
    return await context.live_tracks.over(volumes) if volumes and context.live_tracks else None
