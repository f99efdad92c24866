"""Protected sites: enter, check, consent, take back, and ask about a place."""

import math
from typing import Annotated, Any

from msgspec import Meta

from comity.application.erase_at_peer import answer_erasure, ask_to_erase
from comity.application.erase_site import erase_site
from comity.application.import_sites import ImportRow, answer_proposal_row, import_rows
from comity.application.keep_sites import (
    check_site,
    consent,
    end_site,
    enter_sites,
    note_exposure,
    renew_site,
    take_back_consent,
)
from comity.application.make_pack import packs_holding
from comity.application.node import Node
from comity.application.read_register import put_down_list, query_register
from comity.domain.airspace import EdgeKind, Shape, ShapeKind
from comity.domain.hazards import Way
from comity.domain.operators import Action, Operator, authorise
from comity.domain.packs import What
from comity.domain.sites import PRECISION_MM_MAX, Doubt, ErasureWord, Question, SiteState
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.messages import RecordTold
from comity.entrypoints.api.routing import Offset, get, post
from comity.entrypoints.api.site_messages import (
    AnsweredRowTold,
    AnswerErasure,
    AnswerRow,
    AskErasure,
    AskSites,
    CheckSite,
    EndSite,
    EnteredTold,
    EnterSites,
    EraseSite,
    ErasureAnsweredTold,
    ErasureTold,
    GiveConsent,
    HoldersTold,
    ImportedTold,
    ImportRows,
    NoteExposure,
    PlaceAsked,
    ProposalsTold,
    RenewSite,
    SeenTold,
    SiteAnswerTold,
    SiteAsked,
    SiteErasedTold,
    SitesTold,
    SiteTold,
    TakeBackConsent,
    TakenBackTold,
    record_form,
)
from comity.entrypoints.api.telling import tell_record
from comity.entrypoints.api.telling_sites import (
    tell_answer,
    tell_copy,
    tell_erasure,
    tell_pack_holding,
    tell_packed,
    tell_proposal,
    tell_seen,
    tell_site,
    tell_their_pack,
)
from comity.kernel.errors import InputError
from comity.kernel.ids import party_id, record_digest, site_id
from comity.kernel.instants import Instant, instant_from_rfc3339
from comity.kernel.units import MM_PER_METRE, e7_from_degrees

SITES_TOLD_MAX = 1_000


@post("/v1/sites", summary="Enter sites that this party speaks for")
async def enter(
    data: EnterSites, context: ApiContext, operator: Operator, exercise: bool = False
) -> EnteredTold:
    """All of them or none. Each is self-reported until a second person with a second origin confirms it."""
    authorise(operator, Action.SITE_ENTER)
    wishes = [entry_form(each, f"sites[{index}]") for index, each in enumerate(data.sites)]

    def work(node: Node, at: Instant) -> EnteredTold:
        record, sites = enter_sites(node, wishes, operator.id, at, exercise=exercise)
        return EnteredTold(digest=record.digest, sites=list(sites))

    return await context.service.do(work)


@get("/v1/sites", summary="List sites known here, own and notified")
async def list_sites(
    context: ApiContext,
    operator: Operator,
    state: str | None = None,
    owner: str | None = None,
    offset: Offset = 0,
    limit: Annotated[int, Meta(ge=1, le=SITES_TOLD_MAX)] = 100,
    exercise: bool = False,
) -> SitesTold:
    """In the order in which this node learnt of them. What others speak for is put down for its owner.

    Whoever asks for more than 5,000 rows of different lists in a day reads the register out: that rings, here and at
    the owners, and ends at 20,000 (docs/spec/hazard.md §4). With `owner` this party, nothing of that counts.
    """
    authorise(operator, Action.SITE_READ)
    known = (*SiteState, "withdrawn")
    if state is not None and state not in known:
        raise InputError("state", f"{state[:40]!r} is none of {', '.join(known)}")

    def work(node: Node, at: Instant) -> SitesTold:
        register = node.sites_of(exercise=exercise)
        told: list[SiteTold] = []
        total = 0
        for site in register.sites():
            if owner is not None and site.partition("/")[0] != owner:
                continue
            if state is not None and tell_site(register, site, at).state != state:
                continue
            if offset <= total < offset + limit:
                told.append(tell_site(register, site, at))
            total += 1
        if owner != node.party:
            asked = ("sites", str(owner), str(state), str(offset), str(limit))
            put_down_list(
                node, Way.LIST, asked, limit, [each.site for each in told], operator.id, at,
                exercise=exercise,
            )  # fmt: skip
        return SitesTold(sites=told, total=total)

    return await context.service.do(work)


@get("/v1/sites/{party}/{number}", summary="Show one site")
async def show_site(
    context: ApiContext, operator: Operator, party: str, number: str, exercise: bool = False
) -> SiteTold:
    """With who checked it, and when. Another party's is put down for its owner, as a row of a list."""
    authorise(operator, Action.SITE_READ)
    site = site_id(f"{party}/{number}")

    def work(node: Node, at: Instant) -> SiteTold:
        register = node.sites_of(exercise=exercise)
        if register.own(site) is None and register.theirs(site) is None:
            raise InputError("site", f"{site} is not known here")
        if register.own(site) is None:
            put_down_list(
                node, Way.LIST, ("site", site), 1, [site], operator.id, at, exercise=exercise
            )
        return tell_site(register, site, at)

    return await context.service.do(work)


@post("/v1/sites/{party}/{number}/renew", summary="Say that an entry still holds")
async def renew(
    data: RenewSite,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> RecordTold:
    """Until a later date, at most 400 days ahead."""
    authorise(operator, Action.SITE_ENTER)
    site = site_id(f"{party}/{number}")
    renew_by = instant_from_rfc3339(data.renew_by, "renew_by")

    def work(node: Node, at: Instant) -> RecordTold:
        record = renew_site(node, site, renew_by, operator.id, at, exercise=exercise)
        return tell_record(node, record.digest, record.kind)

    return await context.service.do(work)


@post(
    "/v1/sites/{party}/{number}/end", summary="Say that there is nothing to protect there any more"
)
async def end(
    data: EndSite,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> RecordTold:
    """Whoever was told of the site is told that too."""
    authorise(operator, Action.SITE_ENTER)
    site = site_id(f"{party}/{number}")

    def work(node: Node, at: Instant) -> RecordTold:
        record = end_site(node, site, data.words, operator.id, at, exercise=exercise)
        return tell_record(node, record.digest, record.kind)

    return await context.service.do(work)


@post("/v1/sites/{party}/{number}/erase", summary="Erase what was entered of a site")
async def erase(
    data: EraseSite,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> SiteErasedTold:
    """The bytes go from this node's store; that there was a site, and who erased it and why, stays."""
    authorise(operator, Action.SITE_ERASE)
    site = site_id(f"{party}/{number}")

    def work(node: Node, at: Instant) -> SiteErasedTold:
        erased = erase_site(node, site, data.words, operator.id, at, exercise=exercise)
        return SiteErasedTold(
            digest=erased.erasure.digest, records=list(erased.records), told=list(erased.told)
        )

    return await context.service.do(work)


@post("/v1/sites/erasures", summary="Ask a party to erase what it was told of own sites")
async def ask_erasure(
    data: AskErasure, context: ApiContext, operator: Operator, exercise: bool = False
) -> RecordTold:
    """Of sites taken back there. Nothing is known until that party answers; packs and prints are beside it."""
    authorise(operator, Action.SITE_ERASE)
    recipient = party_id(data.recipient)
    sites = [site_id(each) for each in data.sites]

    def work(node: Node, at: Instant) -> RecordTold:
        record, _ = ask_to_erase(
            node, recipient, sites, data.words, operator.id, at, exercise=exercise
        )
        return tell_record(node, record.digest, record.kind)

    told: RecordTold = await context.service.do(work)
    return told


@get("/v1/sites/erasures", summary="Requests to erase copies, made and got")
async def list_erasures(
    context: ApiContext, operator: Operator, exercise: bool = False
) -> list[ErasureTold]:
    """Newest first; what is not answered is not known."""
    authorise(operator, Action.SITE_READ)

    def work(node: Node, at: Instant) -> list[ErasureTold]:
        asked = list(node.sites_of(exercise=exercise).peer_erasures.all())
        return [tell_erasure(node, each, at, exercise=exercise) for each in reversed(asked)]

    told: list[ErasureTold] = await context.service.do(work)
    return told


@post("/v1/sites/erasures/{digest}/answer", summary="Erase what a party asks, or refuse")
async def reply_to_erasure(
    data: AnswerErasure,
    context: ApiContext,
    operator: Operator,
    digest: str,
    exercise: bool = False,
) -> ErasureAnsweredTold:
    """The bytes of what was told go from this node's store; hashes, and that it was told, stay."""
    authorise(operator, Action.SITE_ERASE)
    request, word = record_digest(digest), ErasureWord(data.answer)

    def work(node: Node, at: Instant) -> ErasureAnsweredTold:
        done = answer_erasure(node, request, word, data.words, operator.id, at, exercise=exercise)
        return ErasureAnsweredTold(digest=done.answer.digest, records=list(done.records))

    told: ErasureAnsweredTold = await context.service.do(work)
    return told


@post("/v1/sites/{party}/{number}/finding", summary="Confirm or dispute a site")
async def find(
    data: CheckSite,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> RecordTold:
    """A confirmation counts from a second person with a second origin; of a peer's site its owner is told."""
    authorise(operator, Action.SITE_CHECK)
    site = site_id(f"{party}/{number}")
    origin = record_form(data.origin)

    def work(node: Node, at: Instant) -> RecordTold:
        record = check_site(
            node, site, data.finding, origin, data.words, operator.id, at, exercise=exercise
        )
        return tell_record(node, record.digest, record.kind)

    return await context.service.do(work)


@get("/v1/sites/{party}/{number}/exposures", summary="Who saw an own site")
async def list_exposures(
    context: ApiContext, operator: Operator, party: str, number: str, exercise: bool = False
) -> list[SeenTold]:
    """How finely, when and how; oldest first."""
    authorise(operator, Action.SITE_READ)
    site = site_id(f"{party}/{number}")

    def work(node: Node, at: Instant) -> list[SeenTold]:
        del at
        register = node.sites_of(exercise=exercise)
        if register.own(site) is None:
            raise InputError("site", f"{site} is not a site of this party")
        seen = [tell_seen(each) for each in register.exposures(site)]
        packed = [tell_packed(*each) for each in node.packs.holding(What.SITE, site)]
        packed += [tell_their_pack(*each) for each in node.told_packs.holding(What.SITE, site)]
        return sorted([*seen, *packed], key=lambda each: each.at)

    return await context.service.do(work)


@get("/v1/sites/{party}/{number}/copies", summary="Who may still hold an own site")
async def list_copies(
    context: ApiContext, operator: Operator, party: str, number: str, exercise: bool = False
) -> HoldersTold:
    """Who was given it in whatever way, what was taken back or erased there by whose word, and packs that hold it."""
    authorise(operator, Action.SITE_READ)
    site = site_id(f"{party}/{number}")

    def work(node: Node, at: Instant) -> HoldersTold:
        register = node.sites_of(exercise=exercise)
        if register.own(site) is None:
            raise InputError("site", f"{site} is not a site of this party")
        packs = [
            tell_pack_holding(each, at)
            for held_by in (node.party, *node.peers(), *sorted(node.removed))
            for each in packs_holding(node, held_by, [site], exercise=exercise)
        ]
        return HoldersTold(
            copies=[
                tell_copy(node, each, at, exercise=exercise) for each in register.copies([site])
            ],
            packs=packs,
        )

    told: HoldersTold = await context.service.do(work)
    return told


@post("/v1/sites/consents", summary="Let a party know of sites")
async def give_consent(
    data: GiveConsent, context: ApiContext, operator: Operator, exercise: bool = False
) -> RecordTold:
    """As finely as is said: 0 m is the place as entered, else a disc that holds it."""
    authorise(operator, Action.SITE_CONSENT)
    body = {
        "recipient": party_id(data.recipient),
        "sites": data.sites,
        "precision_mm": _precision_mm(data.precision_m),
        "names": data.names,
        "contact": data.contact,
        "until": str(instant_from_rfc3339(data.until, "until")),
        "words": data.words,
    }

    def work(node: Node, at: Instant) -> RecordTold:
        record = consent(node, body, operator.id, at, exercise=exercise)
        return tell_record(node, record.digest, record.kind)

    return await context.service.do(work)


@post("/v1/sites/consents/withdraw", summary="Take a consent back")
async def withdraw_consent(
    data: TakeBackConsent, context: ApiContext, operator: Operator, exercise: bool = False
) -> TakenBackTold:
    """The recipient is told; the answer lists who was given copies in whatever way."""
    authorise(operator, Action.SITE_CONSENT)
    recipient = party_id(data.recipient)
    sites = None if data.sites is None else [site_id(each) for each in data.sites]

    def work(node: Node, at: Instant) -> TakenBackTold:
        record, copies = take_back_consent(
            node, recipient, sites, data.words, operator.id, at, exercise=exercise
        )
        packs = packs_holding(node, recipient, sites, exercise=exercise)
        return TakenBackTold(
            digest=record.digest,
            copies=[tell_copy(node, each, at, exercise=exercise) for each in copies],
            packs=[tell_pack_holding(each, at) for each in packs],
        )

    return await context.service.do(work)


@post("/v1/sites/exposures", summary="Note that somebody saw sites")
async def expose(
    data: NoteExposure, context: ApiContext, operator: Operator, exercise: bool = False
) -> RecordTold:
    """In a way that the node does not know of: on paper, by telephone."""
    authorise(operator, Action.SITE_ENTER)
    body = {
        "sites": data.sites,
        "viewer": data.viewer,
        "precision_mm": _precision_mm(data.precision_m),
        "way": data.way,
    }

    def work(node: Node, at: Instant) -> RecordTold:
        record = note_exposure(node, body, operator.id, at, exercise=exercise)
        return tell_record(node, record.digest, record.kind)

    return await context.service.do(work)


@post("/v1/sites/query", summary="Ask what is notified near a point or an area")
async def query(
    data: AskSites, context: ApiContext, operator: Operator, exercise: bool = False
) -> SiteAnswerTold:
    """Touches, nothing notified here as of now, or undetermined. None of them is an all-clear.

    On record, limited as previews of notices are, and told to each owner of what it touches (docs/spec/hazard.md §4).
    With `own`, of what this party speaks for alone: none of that then, and no answer says that nothing is notified.
    """
    authorise(operator, Action.SITE_QUERY)
    question = _question(data)

    def work(node: Node, at: Instant) -> SiteAnswerTold:
        answer, record = query_register(
            node, question, operator.id, at, own=data.own, exercise=exercise
        )
        told = tell_answer(answer)
        told.record = record
        return told

    return await context.service.do(work)


@post("/v1/sites/import", summary="Take in rows of a file")
async def import_file_rows(
    data: ImportRows, context: ApiContext, operator: Operator, exercise: bool = False
) -> ImportedTold:
    """Rows without a doubt are entered; the others wait for a person. Nothing held is changed."""
    authorise(operator, Action.SITE_ENTER)
    rows = [
        ImportRow(
            each.number,
            entry_form(each.site, f"rows[{index}].site"),
            tuple(_doubt(word, f"rows[{index}].doubts") for word in each.doubts),
            tuple(each.rows),
        )
        for index, each in enumerate(data.rows)
    ]

    def work(node: Node, at: Instant) -> ImportedTold:
        done = import_rows(node, data.file, data.sha256, rows, operator.id, at, exercise=exercise)
        return ImportedTold(
            entered=list(done.entered), proposed=list(done.proposed), known=list(done.known)
        )

    return await context.service.do(work)


@get("/v1/sites/proposals", summary="Rows of imports that wait for a person")
async def list_proposals(
    context: ApiContext,
    operator: Operator,
    offset: Offset = 0,
    limit: Annotated[int, Meta(ge=1, le=SITES_TOLD_MAX)] = 100,
    exercise: bool = False,
) -> ProposalsTold:
    """Why each waits, and what it may be the same as."""
    authorise(operator, Action.SITE_READ)

    def work(node: Node, at: Instant) -> ProposalsTold:
        waiting = list(node.sites_of(exercise=exercise).proposals())
        told = [tell_proposal(*each, at) for each in waiting[offset : offset + limit]]
        return ProposalsTold(proposals=told, total=len(waiting))

    return await context.service.do(work)


@post("/v1/sites/proposals/{digest}/{number}", summary="Enter a row that waits, or leave it")
async def answer_row(
    data: AnswerRow,
    context: ApiContext,
    operator: Operator,
    digest: str,
    number: str,
    exercise: bool = False,
) -> AnsweredRowTold:
    """It is entered as a site of its own; what it may be the same as stays as it is."""
    authorise(operator, Action.SITE_ENTER)
    proposals = record_digest(digest)
    if not number.isdecimal() or len(number) > 8:
        raise InputError("number", f"{number[:40]!r} is not the number of a row")

    def work(node: Node, at: Instant) -> AnsweredRowTold:
        site = answer_proposal_row(
            node, proposals, int(number), data.words, operator.id, at,
            enter=data.answer == "enter", exercise=exercise,
        )  # fmt: skip
        return AnsweredRowTold(site=site)

    return await context.service.do(work)


def entry_form(asked: SiteAsked, field: str) -> dict[str, Any]:
    """A site asked for as an entry's body, but for version, id and blind.

    Raises:
        InputError: a number or a time is refused, by name.
    """
    contact = None
    if asked.contact is not None:
        until = instant_from_rfc3339(asked.contact.until, f"{field}.contact.until")
        contact = {"words": asked.contact.words, "until": str(until)}
    return {
        "site": asked.site,
        "kind": asked.kind,
        "names": record_form(asked.names),
        "place": _place_form(asked.place, f"{field}.place"),
        "owner": asked.owner,
        "contact": contact,
        "origin": record_form(asked.origin),
        "valid_from": _instant(asked.valid_from, f"{field}.valid_from"),
        "valid_until": _instant(asked.valid_until, f"{field}.valid_until"),
        "renew_by": _instant(asked.renew_by, f"{field}.renew_by"),
    }


def _doubt(word: str, field: str) -> Doubt:
    try:
        return Doubt(word)
    except ValueError as error:
        raise InputError(field, f"{word[:40]!r} is none of {', '.join(Doubt)}") from error


def _place_form(asked: PlaceAsked, field: str) -> dict[str, Any]:
    accuracy_mm = None
    if asked.accuracy_m is not None:
        accuracy_mm = _millimetres(asked.accuracy_m, f"{field}.accuracy_m")
    return {
        "kind": asked.kind,
        "edge": asked.edge,
        "latitude_deg_e7": _degrees(asked.latitude_deg, f"{field}.latitude_deg", 90.0),
        "longitude_deg_e7": _degrees(asked.longitude_deg, f"{field}.longitude_deg", 180.0),
        "radius_mm": _millimetres(asked.radius_m, f"{field}.radius_m"),
        "accuracy_mm": accuracy_mm,
        "datum": asked.datum,
    }


def _degrees(values: list[float], field: str, most: float) -> list[int]:
    for index, value in enumerate(values):
        if not abs(value) <= most:
            raise InputError(f"{field}[{index}]", f"{value} is outside -{most:g} to {most:g}")
    return [e7_from_degrees(value) for value in values]


def _millimetres(metres: float, field: str) -> int:
    if not 0.0 <= metres <= 200_000.0:
        raise InputError(field, f"{metres} is outside 0 to 200000")
    return math.ceil(metres * MM_PER_METRE)


def _precision_mm(metres: float) -> int:
    if not 0.0 <= metres <= PRECISION_MM_MAX / MM_PER_METRE:
        raise InputError(
            "precision_m", f"{metres} is outside 0 to {PRECISION_MM_MAX // MM_PER_METRE}"
        )
    return math.ceil(metres * MM_PER_METRE)


def _instant(text: str | None, field: str) -> str | None:
    return None if text is None else str(instant_from_rfc3339(text, field))


def _question(data: AskSites) -> Question:
    kind = ShapeKind.RING if data.area else ShapeKind.PATH
    shape = Shape(
        kind, tuple(data.latitude_deg), tuple(data.longitude_deg), 0.0, EdgeKind(data.edge)
    )
    begins = None if data.begins is None else instant_from_rfc3339(data.begins, "begins")
    ends = None if data.ends is None else instant_from_rfc3339(data.ends, "ends")
    return Question(shape, data.radius_m, begins, ends)


SITE_ROUTES = (
    enter,
    list_sites,
    show_site,
    renew,
    end,
    erase,
    ask_erasure,
    list_erasures,
    reply_to_erasure,
    find,
    list_exposures,
    list_copies,
    give_consent,
    withdraw_consent,
    expose,
    query,
    import_file_rows,
    list_proposals,
    answer_row,
)
