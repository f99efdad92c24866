"""The line: what is said, answered, stopped and denied."""

import asyncio
import base64
from typing import Annotated

from msgspec import Meta

from comity.adapters.phrase_files import packaged_phrasebook
from comity.adapters.place_names import place_index
from comity.application.answer_on_line import answer_item, attachment_bytes, find_item
from comity.application.node import Node
from comity.application.speak_on_line import Spoken, Words, deny, request_stop, send_message
from comity.domain.line import (
    About,
    Acknowledged,
    Concurrence,
    Concurs,
    Denial,
    DenialAnswer,
    Precedence,
    ReadBack,
    Stop,
    StopRelease,
    TranslatedBy,
    Translation,
)
from comity.domain.operators import Action, Operator, authorise
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.line_messages import (
    Acknowledge,
    AnsweredTold,
    AttachmentAsked,
    Concur,
    Deny,
    GiveReadBack,
    ItemsTold,
    ItemTold,
    LineListTold,
    MatterShown,
    ReadBackCompared,
    ReleaseStop,
    RequestStop,
    SendMessage,
    SpokenAsked,
    SpokenTold,
    Translate,
)
from comity.entrypoints.api.line_phrases import by_number
from comity.entrypoints.api.line_reading import (
    radius_mm,
    read_attachments,
    read_particulars,
    read_references,
)
from comity.entrypoints.api.line_telling import (
    show_matter,
    tell_compared,
    tell_item,
    tell_items,
    tell_list,
)
from comity.entrypoints.api.routing import get, post
from comity.kernel.errors import InputError
from comity.kernel.ids import matter_id, party_id
from comity.kernel.instants import Instant, instant_from_rfc3339

ITEMS_LISTED_MAX = 500


@get("/v1/line", summary="Matters of the line, the newest first")
async def list_matters(
    context: ApiContext, operator: Operator, exercise: bool = False, closed: bool = False
) -> LineListTold:
    """Open ones, or closed ones too; what is held back, what nobody has taken, stops in force."""
    authorise(operator, Action.LINE_READ)

    def work(node: Node, at: Instant) -> LineListTold:
        return tell_list(node, at, exercise=exercise, include_closed=closed)

    return await context.service.do(work)


@get("/v1/line/matters/{party}/{number}", summary="Show one matter")
async def show_one_matter(
    context: ApiContext, operator: Operator, party: str, number: str, exercise: bool = False
) -> MatterShown:
    """Everything said in it, the oldest first, with every answer; what has none is unknown."""
    authorise(operator, Action.LINE_READ)
    named = matter_id(f"{party}/{number}")
    places = await asyncio.to_thread(place_index)

    def work(node: Node, at: Instant) -> MatterShown:
        matter = node.line_of(exercise=exercise).matter(named)
        if matter is None:
            raise InputError("matter", f"{named} is not known here")
        return show_matter(node, matter, at, places, exercise=exercise)

    return await context.service.do(work)


@get("/v1/line/items", summary="Things said in open matters, by precedence")
async def list_items(
    context: ApiContext,
    operator: Operator,
    limit: Annotated[int, Meta(ge=1, le=ITEMS_LISTED_MAX)] = 200,
    exercise: bool = False,
) -> ItemsTold:
    """The highest first, and of one precedence the newest; with every answer as it stands."""
    authorise(operator, Action.LINE_READ)
    places = await asyncio.to_thread(place_index)

    def work(node: Node, at: Instant) -> ItemsTold:
        return tell_items(node, at, places, limit, exercise=exercise)

    return await context.service.do(work)


@get("/v1/line/items/{digest}", summary="Show one thing said")
async def show_item(
    context: ApiContext, operator: Operator, digest: str, exercise: bool = False
) -> ItemTold:
    """By its digest or the first eight digits of it or more."""
    authorise(operator, Action.LINE_READ)
    places = await asyncio.to_thread(place_index)

    def work(node: Node, at: Instant) -> ItemTold:
        item = find_item(node, digest, exercise=exercise)
        return tell_item(node, item, at, places, exercise=exercise, with_notices=True)

    return await context.service.do(work)


@get("/v1/line/items/{digest}/attachments/{sha256}", summary="The bytes of an attachment")
async def show_attachment(
    context: ApiContext, operator: Operator, digest: str, sha256: str, exercise: bool = False
) -> AttachmentAsked:
    """In base64, so that no browser ever takes them for a page."""
    authorise(operator, Action.LINE_READ)

    def work(node: Node, _at: Instant) -> AttachmentAsked:
        item = find_item(node, digest, exercise=exercise)
        found = attachment_bytes(node, item, sha256)
        content = base64.b64encode(found.content).decode()
        return AttachmentAsked(name=found.name, media_type=found.media_type, content_base64=content)

    return await context.service.do(work)


@post("/v1/line/messages", summary="Send a message")
async def send(
    data: SendMessage, context: ApiContext, operator: Operator, exercise: bool = False
) -> SpokenTold:
    """FLASH goes before everything; all else may be held back here while much is under way."""
    authorise(operator, Action.LINE_SPEAK)
    words = _words(data, operator, exercise=exercise)
    precedence = Precedence(data.precedence)

    def work(node: Node, at: Instant) -> SpokenTold:
        return _spoken(send_message(node, words, precedence, at))

    urgent = precedence is Precedence.FLASH
    return await context.service.do(work, urgent=urgent)


@post("/v1/line/stops", summary="Ask to stop")
async def stop(
    data: RequestStop, context: ApiContext, operator: Operator, exercise: bool = False
) -> SpokenTold:
    """It takes effect here now and there on receipt, waits for no person, and commands nobody."""
    authorise(operator, Action.LINE_STOP)
    words = _words(data, operator, exercise=exercise)
    until = None if data.until is None else instant_from_rfc3339(data.until, "until")
    asked = Stop(radius_mm(data.radius_m), until)

    def work(node: Node, at: Instant) -> SpokenTold:
        return _spoken(request_stop(node, words, asked, at))

    return await context.service.do(work, urgent=True)


@post("/v1/line/denials", summary="State what is not there, or not known")
async def deny_one(
    data: Deny, context: ApiContext, operator: Operator, exercise: bool = False
) -> SpokenTold:
    """Within a scope and a time. «None of ours» and «we do not know» are different answers."""
    authorise(operator, Action.LINE_SPEAK)
    words = _words(data, operator, exercise=exercise)
    denial = Denial(
        DenialAnswer(data.answer),
        data.scope,
        instant_from_rfc3339(data.begins, "begins"),
        instant_from_rfc3339(data.ends, "ends"),
        radius_mm(data.radius_m),
    )
    precedence = Precedence(data.precedence)

    def work(node: Node, at: Instant) -> SpokenTold:
        return _spoken(deny(node, words, denial, precedence, at))

    urgent = precedence is Precedence.FLASH
    return await context.service.do(work, urgent=urgent)


@post("/v1/line/items/{digest}/acknowledge", summary="Acknowledge, and so take a FLASH")
async def acknowledge(
    data: Acknowledge,
    context: ApiContext,
    operator: Operator,
    digest: str,
    exercise: bool = False,
) -> AnsweredTold:
    """A person of the receiving side has it; any officer on watch may take a FLASH."""
    return await _answer(context, operator, digest, Acknowledged(data.remark), exercise=exercise)


@post("/v1/line/items/{digest}/read-back", summary="Read back")
async def read_back(
    data: GiveReadBack,
    context: ApiContext,
    operator: Operator,
    digest: str,
    exercise: bool = False,
) -> AnsweredTold:
    """A person's own repetition, compared field by field; a mismatch is on record and not accepted."""
    about = ReadBack(read_particulars(data.particulars))
    return await _answer(context, operator, digest, about, exercise=exercise)


@post("/v1/line/items/{digest}/read-back/compare", summary="Compare a read-back before it is given")
async def compare_one(
    data: GiveReadBack,
    context: ApiContext,
    operator: Operator,
    digest: str,
    exercise: bool = False,
) -> ReadBackCompared:
    """Field by field, as the read-back itself would be; nothing is recorded."""
    authorise(operator, Action.LINE_READ)
    repeated = read_particulars(data.particulars)

    def work(node: Node, _at: Instant) -> ReadBackCompared:
        return tell_compared(find_item(node, digest, exercise=exercise), repeated)

    return await context.service.do(work)


@post("/v1/line/items/{digest}/concur", summary="Concur, or do not")
async def concur(
    data: Concur, context: ApiContext, operator: Operator, digest: str, exercise: bool = False
) -> AnsweredTold:
    """A person agrees, or does not; an acknowledgement says neither."""
    about = Concurrence(Concurs(data.answer), data.remark)
    return await _answer(context, operator, digest, about, exercise=exercise)


@post("/v1/line/items/{digest}/translate", summary="Add a translation")
async def translate(
    data: Translate, context: ApiContext, operator: Operator, digest: str, exercise: bool = False
) -> AnsweredTold:
    """Beside the original, which stays; a machine's names its engine."""
    by = TranslatedBy.PERSON if data.engine is None else TranslatedBy.MACHINE
    about = Translation(data.language, data.text, by, data.engine)
    return await _answer(context, operator, digest, about, exercise=exercise)


@post("/v1/line/items/{digest}/release", summary="Release a stop")
async def release(
    data: ReleaseStop,
    context: ApiContext,
    operator: Operator,
    digest: str,
    exercise: bool = False,
) -> AnsweredTold:
    """Only the side that asked to stop releases it, by a person's record."""
    return await _answer(context, operator, digest, StopRelease(data.reason), exercise=exercise)


LINE_ROUTES = (
    acknowledge,
    compare_one,
    concur,
    deny_one,
    list_items,
    list_matters,
    read_back,
    release,
    send,
    show_attachment,
    show_item,
    show_one_matter,
    stop,
    translate,
)


async def _answer(
    context: ApiContext, operator: Operator, digest: str, about: About, *, exercise: bool
) -> AnsweredTold:
    authorise(operator, Action.LINE_SPEAK)
    places = await asyncio.to_thread(place_index)

    def work(node: Node, at: Instant) -> AnsweredTold:
        item = find_item(node, digest, exercise=exercise)
        record = answer_item(node, item.digest, about, operator.id, at, exercise=exercise)
        return AnsweredTold(
            digest=record.digest, item=tell_item(node, item, at, places, exercise=exercise)
        )

    return await context.service.do(work, urgent=True)


def _words(data: SpokenAsked, operator: Operator, *, exercise: bool) -> Words:
    spoken, phrase = by_number(data, packaged_phrasebook())
    return Words(
        text=spoken.text,
        language=spoken.language,
        operator=operator.id,
        to=tuple(party_id(each) for each in data.to),
        matter=None if data.matter is None else matter_id(data.matter),
        subject=data.subject,
        particulars=read_particulars(spoken.particulars),
        references=read_references(data.references),
        attachments=read_attachments(data.attachments),
        closes=data.closes,
        labels=tuple(data.labels),
        exercise=exercise,
        by_number=phrase,
    )


def _spoken(spoken: Spoken) -> SpokenTold:
    return SpokenTold(
        matter=spoken.matter,
        digest=spoken.record.digest,
        state="held-back" if spoken.held_back else "sent",
    )
