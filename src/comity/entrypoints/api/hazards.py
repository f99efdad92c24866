"""What a notice would touch before it is sent; what notices touch of ours; objections; receipts by echelon."""

import asyncio
from typing import Annotated

from msgspec import Meta

from comity.adapters.place_names import place_index
from comity.application.answer_hazard import object_to_notice, receive_for_echelon
from comity.application.node import Node
from comity.application.notice_picture import tracks_there
from comity.application.preview_notice import Previewed, preview_notice
from comity.domain.operators import Action, Operator, authorise
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.hazard_messages import (
    EchelonsTold,
    ObjectToNotice,
    PreviewsTold,
    ReceiveForEchelon,
    TouchesReceivedTold,
)
from comity.entrypoints.api.hazard_telling import (
    tell_borders,
    tell_previews,
    tell_received,
    tell_told,
    tell_touches,
)
from comity.entrypoints.api.messages import RecordTold
from comity.entrypoints.api.notice_messages import NoticePreviewTold, PreviewNotice
from comity.entrypoints.api.notice_reading import read_notice
from comity.entrypoints.api.notice_telling import tell_checked_notice, tell_inside
from comity.entrypoints.api.routing import Offset, get, post
from comity.entrypoints.api.telling import tell_record
from comity.kernel.ids import notice_id, party_id, record_digest
from comity.kernel.instants import Instant, instant_from_rfc3339

TOLD_MAX = 1_000


@post("/v1/notices/preview", summary="What a notice would touch, before it is sent")
async def preview_one(
    data: PreviewNotice, context: ApiContext, operator: Operator, exercise: bool = False
) -> NoticePreviewTold:
    """On record, limited, and told to each owner of what it touches (docs/spec/hazard.md §4); nothing is sent."""
    authorise(operator, Action.HAZARD_PREVIEW)
    written = read_notice(data.notice)
    places = await asyncio.to_thread(place_index)

    def work(node: Node, at: Instant) -> Previewed:
        return preview_notice(node, written.notice, operator.id, at, exercise=exercise)

    found = await context.service.do(work)
    volumes = [] if exercise else list(found.held.volumes)
    live = await context.live_tracks.over(volumes) if volumes and context.live_tracks else None

    def tell() -> NoticePreviewTold:
        held = found.held
        return NoticePreviewTold(
            touches=tell_touches(found.answer),
            buffer_m=found.buffer_m,
            buffers_assumed=found.buffers_assumed,
            checked=tell_checked_notice(
                held.notice, held.received_at, held.terms, places, written.assumed
            ),
            inside=tell_inside(found.picture, tracks_there(held, live), places),
            borders=tell_borders([area.shape for area in held.notice.areas]),
            record=found.record,
            exercise=exercise,
        )

    return await asyncio.to_thread(tell)


@post("/v1/notices/{party}/{number}/object", summary="Object to a notice, or take that back")
async def object_one(
    data: ObjectToNotice,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> RecordTold:
    """An owner's word, shown with the notice at both sides; it commands nobody."""
    authorise(operator, Action.HAZARD_OBJECT)
    named = notice_id(f"{party}/{number}")

    def work(node: Node, at: Instant) -> RecordTold:
        record = object_to_notice(
            node,
            named,
            data.ids,
            data.words,
            operator.id,
            at,
            taken_back=data.taken_back,
            exercise=exercise,
        )
        return tell_record(node, record.digest, record.kind)

    return await context.service.do(work)


@get("/v1/notices/touches", summary="What other parties' notices touch of ours, as they told")
async def list_touches(
    context: ApiContext, operator: Operator, exercise: bool = False
) -> TouchesReceivedTold:
    """By the forms that their authors know; `comity notice show` has what this node's own register finds."""
    authorise(operator, Action.HAZARD_READ)

    def work(node: Node, at: Instant) -> TouchesReceivedTold:
        received = node.hazards_of(exercise=exercise).touches_received()
        return TouchesReceivedTold(
            touches=[tell_received(each) for each in received[::-1]], as_of=str(at)
        )

    return await context.service.do(work)


@get("/v1/notices/previews", summary="Who previewed what, and sweeps")
async def list_previews(
    context: ApiContext,
    operator: Operator,
    offset: Offset = 0,
    limit: Annotated[int, Meta(ge=1, le=TOLD_MAX)] = 100,
    exercise: bool = False,
) -> PreviewsTold:
    """For supervisors: own operators' previews in four weeks, sweeps by them, and sweeps over what is ours."""
    authorise(operator, Action.HAZARD_REVIEW)

    def work(node: Node, at: Instant) -> PreviewsTold:
        return tell_previews(node, node.hazards_of(exercise=exercise), at, offset, limit)

    return await context.service.do(work)


@get("/v1/echelons", summary="Which echelons have what was told for protection")
async def list_echelons(
    context: ApiContext,
    operator: Operator,
    silent: bool = False,
    party: str | None = None,
    record: str | None = None,
    offset: Offset = 0,
    limit: Annotated[int, Meta(ge=1, le=TOLD_MAX)] = 100,
    exercise: bool = False,
) -> EchelonsTold:
    """Notices, sites and movements told to and by this party, the newest first. What is not acknowledged is unknown."""
    authorise(operator, Action.HAZARD_READ)
    of = None if party is None else party_id(party)
    by = None if record is None else record_digest(record)

    def work(node: Node, at: Instant) -> EchelonsTold:
        book, line = node.hazards_of(exercise=exercise), node.line_of(exercise=exercise)
        found = [
            each
            for each in book.echelons.told()
            if of in (None, each.party)
            and by in (None, each.record)
            and (not silent or each.silent)
        ]
        page = found[::-1][offset : offset + limit]
        return EchelonsTold(
            told=[tell_told(each, line, at) for each in page], total=len(found), as_of=str(at)
        )

    return await context.service.do(work)


@post("/v1/echelons/{record}/receive", summary="Say that an echelon has what was told")
async def receive_one(
    data: ReceiveForEchelon,
    context: ApiContext,
    operator: Operator,
    record: str,
    exercise: bool = False,
) -> RecordTold:
    """By whoever there has it, or relayed: the person on duty stands in the record. It is no agreement."""
    authorise(operator, Action.ECHELON_RECEIVE)
    of = record_digest(record)
    had_at = None if data.had_at is None else instant_from_rfc3339(data.had_at, "had_at")

    def work(node: Node, at: Instant) -> RecordTold:
        made = receive_for_echelon(
            node, of, data.level, data.name, data.holder, had_at, operator.id, at, exercise=exercise
        )
        return tell_record(node, made.digest, made.kind)

    return await context.service.do(work)


HAZARD_ROUTES = (
    list_echelons,
    list_previews,
    list_touches,
    object_one,
    preview_one,
    receive_one,
)
