"""Incidents and claims: open, link, set tasks, file, claim, weigh, grade, dissent, move on, tell."""

import base64
from collections.abc import Callable
from typing import Annotated, Any

from msgspec import Meta

from comity.application.keep_incidents import IncidentDesk, contents_of
from comity.application.node import Node
from comity.domain.incidents import (
    Grade,
    IncidentEvent,
    Linked,
    LinkKey,
)
from comity.domain.operators import Action, Operator, authorise
from comity.domain.records import Record
from comity.entrypoints.api.assessment_telling import assessment_fields
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.incident_messages import (
    BytesTold,
    ClaimTold,
    DissentFrom,
    FileOf,
    GiveTo,
    GradeStatement,
    IncidentActTold,
    IncidentRecordsTold,
    IncidentsTold,
    IncidentTold,
    LinkThings,
    MakeClaim,
    MoveIncident,
    OpenIncident,
    PapersTold,
    PaperTold,
    SetTaskOf,
    TellIncident,
    UnlinkThing,
    WithdrawClaim,
    WouldTell,
)
from comity.entrypoints.api.incident_reading import (
    read_claim,
    read_file,
    read_link,
    read_opening,
    read_task,
)
from comity.entrypoints.api.incident_telling import (
    tell_act,
    tell_claim,
    tell_incident,
    tell_incidents,
    tell_records,
    tell_telling,
)
from comity.entrypoints.api.incident_weighing import weigh_incident
from comity.entrypoints.api.routing import Offset, get, post
from comity.entrypoints.api.telling import tell_record
from comity.kernel.errors import InputError
from comity.kernel.ids import (
    ClaimId,
    GroupId,
    IncidentId,
    OperatorId,
    claim_id,
    incident_id,
    minted_id,
    party_id,
    record_digest,
)
from comity.kernel.instants import Instant

MATERIAL_PATHS_MAX = 20


@post("/v1/incidents", summary="Open an incident; nobody hears of it")
async def open_incident(
    data: OpenIncident, context: ApiContext, operator: Operator, exercise: bool = False
) -> IncidentTold:
    """What opened it, an alert, a message, a claim or a telling of a peer, is linked at once."""
    authorise(operator, Action.INCIDENT_KEEP)

    def work(node: Node, at: Instant) -> IncidentTold:
        desk = IncidentDesk(node, operator.id, at, exercise=exercise)
        record = desk.open(read_opening(data, desk.alert_record), data.labels)
        named = incident_id(str(record.body["incident"]))
        return tell_incident(node, named, at, exercise=exercise)

    return await context.service.do(work)


@get("/v1/incidents", summary="List incidents, tasks owed, and what peers told or claim")
async def list_incidents(
    context: ApiContext,
    operator: Operator,
    open_only: bool = False,
    exercise: bool = False,
) -> IncidentsTold:
    """Claims that no person has filed stand apart; counts are by signed grades."""
    authorise(operator, Action.INCIDENT_READ)

    def work(node: Node, at: Instant) -> IncidentsTold:
        return tell_incidents(node, at, exercise=exercise, open_only=open_only)

    return await context.service.do(work)


@get("/v1/incidents/{party}/{number}", summary="Show an incident")
async def show_incident(
    context: ApiContext, operator: Operator, party: str, number: str, exercise: bool = False
) -> IncidentTold:
    """With everything in it, every dissent, and peers' incidents beside it."""
    authorise(operator, Action.INCIDENT_READ)
    named = _incident(party, number)

    def work(node: Node, at: Instant) -> IncidentTold:
        return tell_incident(node, named, at, exercise=exercise)

    return await context.service.do(work)


@post("/v1/incidents/{party}/{number}/link", summary="Link things to an incident by digest")
async def link_things(
    data: LinkThings,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> IncidentActTold:
    """A record must be here and of the kind that is said; a peer's claim joins by this alone."""
    named = _incident(party, number)

    def act(desk: IncidentDesk) -> Record:
        return desk.link(named, [read_link(each, desk.alert_record) for each in data.links])

    return await _kept(context, operator, named, act, exercise)


@post("/v1/incidents/{party}/{number}/unlink", summary="Take a link away")
async def unlink_thing(
    data: UnlinkThing,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> IncidentActTold:
    """It stays on record that it was there, and why it is not."""
    key = LinkKey(Linked(data.what), record_digest(data.digest), data.part)
    named = _incident(party, number)
    return await _kept(
        context, operator, named, lambda d: d.unlink(named, key, data.reason), exercise
    )


@post("/v1/incidents/{party}/{number}/tasks", summary="Set a task, or its next version")
async def set_task(
    data: SetTaskOf,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> IncidentActTold:
    """What is left out stays as it was; of a new task title, owner and due time are wanted."""
    named = _incident(party, number)

    def act(desk: IncidentDesk) -> Record:
        return desk.set_task(read_task(desk.book.get(named), data, desk.book.party))

    return await _kept(context, operator, named, act, exercise)


@post("/v1/incidents/{party}/{number}/state", summary="Review, close, reopen or void an incident")
async def move_incident(
    data: MoveIncident,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> IncidentActTold:
    """One with open tasks does not close; a closed one takes nothing more until it is reopened."""
    named, event = _incident(party, number), IncidentEvent(data.event)
    return await _kept(
        context, operator, named, lambda d: d.move(named, event, data.reason), exercise
    )


@post("/v1/incidents/{party}/{number}/files", summary="File something, by its bytes or its digest")
async def add_file(
    data: FileOf,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> IncidentActTold:
    """A file is what its bytes are; one that lies about its type or would run in a viewer is refused."""
    named = _incident(party, number)
    file = read_file(named, data)
    return await _kept(context, operator, named, lambda d: d.add_file(file), exercise)


@post("/v1/incidents/{party}/{number}/claims", summary="Make a claim, amend one, or take one in")
async def make_claim(
    data: MakeClaim,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> ClaimTold:
    """It goes to nobody yet. What somebody else published is taken in with its source."""
    authorise(operator, Action.INCIDENT_KEEP)
    named = _incident(party, number)
    amended = None if data.claim is None else claim_id(data.claim)
    read_claim(data.document)

    def work(node: Node, at: Instant) -> ClaimTold:
        desk = IncidentDesk(node, operator.id, at, exercise=exercise)
        record = desk.make_claim(named, data.document, data.published_as, amended)
        held = desk.book.claim(claim_id(str(record.body["claim"])))
        return tell_claim(node, desk.book, held)

    return await context.service.do(work)


@get("/v1/incidents/{party}/{number}/papers", summary="What an assessment of it rests on")
async def show_papers(
    context: ApiContext, operator: Operator, party: str, number: str, exercise: bool = False
) -> PapersTold:
    """Claims that stand, files with their bytes, and the text of the agreement in force then."""
    authorise(operator, Action.INCIDENT_READ)
    named = _incident(party, number)

    def work(node: Node, at: Instant) -> PapersTold:
        book = node.incidents_of(exercise=exercise)
        held = book.get(named)
        begins = held.opening.begins
        terms = node.terms(at if begins is None else begins.instant)
        agreement = None if terms is None else node.agreements.agreement(terms.digest)
        return PapersTold(
            claims=[
                PaperTold(
                    claim=each.id,
                    version=each.last.version.version,
                    document=dict(each.last.version.document),
                )
                for each in book.claims_in(held)
                if each.stands
            ],
            files=[
                BytesTold(
                    name=name, sha256=sha256, content_base64=base64.b64encode(content).decode()
                )
                for sha256, (name, content) in contents_of(node, held).items()
            ],
            agreement=None if agreement is None else agreement.text,
        )

    return await context.service.do(work)


@get("/v1/incidents/{party}/{number}/assessment", summary="Assess the claims of an incident")
async def assess_incident(
    context: ApiContext, operator: Operator, party: str, number: str, exercise: bool = False
) -> dict[str, Any]:
    """Arithmetic, borders, rivals and the rule's grades, by the material filed; nothing is signed."""
    authorise(operator, Action.INCIDENT_READ)
    weighed = await weigh_incident(context, _incident(party, number), (), exercise=exercise)
    return assessment_fields(weighed.assessed)


@post("/v1/incidents/{party}/{number}/grades", summary="Sign a grade of one statement")
async def grade_statement(
    data: GradeStatement,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> IncidentActTold:
    """The rule's, computed by this node, or another with words; it takes the place of the last."""
    authorise(operator, Action.INCIDENT_GRADE)
    named, claim = _incident(party, number), claim_id(data.claim)
    grade = None if data.grade is None else Grade(data.grade)
    if len(data.material) > MATERIAL_PATHS_MAX:
        raise InputError("material", f"{len(data.material)} files, at most {MATERIAL_PATHS_MAX}")
    weighed = await weigh_incident(context, named, data.material, exercise=exercise)

    def work(node: Node, at: Instant) -> IncidentActTold:
        desk = IncidentDesk(node, operator.id, at, exercise=exercise)
        made = desk.grade(named, claim, data.statement, weighed, grade, data.words)
        return tell_act(node, named, made)

    return await context.service.do(work)


@post("/v1/incidents/{party}/{number}/dissents", summary="Dissent from a grade")
async def dissent(
    data: DissentFrom,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> IncidentActTold:
    """By another person than signed it; it is shown wherever the grade is."""
    authorise(operator, Action.INCIDENT_GRADE)
    named, grade = _incident(party, number), record_digest(data.grade)
    would_be = Grade(data.would_be)
    return await _done(
        context,
        operator.id,
        named,
        lambda d: d.dissent(named, grade, would_be, data.words),
        exercise,
    )


@post("/v1/incidents/{party}/{number}/tell", summary="Tell parties of an incident, or preview it")
async def tell(
    data: TellIncident,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> WouldTell:
    """Only links that all who are told have already; what is withheld is counted with the reason."""
    authorise(operator, Action.INCIDENT_READ if data.preview else Action.INCIDENT_TELL)
    named = _incident(party, number)
    to = [party_id(each) for each in data.to]
    group = None if data.group is None else GroupId(minted_id(data.group, "group"))
    beside = None if data.beside is None else record_digest(data.beside)

    def work(node: Node, at: Instant) -> WouldTell:
        desk = IncidentDesk(node, operator.id, at, exercise=exercise)
        draft, said = desk.tell(
            named,
            to,
            data.words,
            withheld=data.withhold,
            group=group,
            beside=beside,
            labels=data.labels,
        )
        if data.preview:
            told = tell_telling(node, said, None)
            told.to = list(draft.recipients)
            return WouldTell(telling=told, record=None)
        record = desk.issue(draft)
        held = desk.book.get(named)
        return WouldTell(
            telling=tell_telling(node, *held.told[-1]),
            record=tell_record(node, record.digest, record.kind),
        )

    return await context.service.do(work)


@post("/v1/incidents/{party}/{number}/files/{sha256}/give", summary="Give a file to parties")
async def give_file(
    data: GiveTo,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    sha256: str,
    exercise: bool = False,
) -> IncidentActTold:
    """Its bytes where they are here; it goes through the release gate by itself."""
    authorise(operator, Action.INCIDENT_TELL)
    named, to = _incident(party, number), [party_id(each) for each in data.to]
    digest = str(record_digest(sha256))
    return await _done(
        context, operator.id, named, lambda d: d.give_file(named, digest, to, data.labels), exercise
    )


@get("/v1/incidents/{party}/{number}/records", summary="Every record of an incident")
async def show_records(
    context: ApiContext, operator: Operator, party: str, number: str, exercise: bool = False
) -> IncidentRecordsTold:
    """For an evidence bundle: its own, the claims in it, and all that it links."""
    authorise(operator, Action.INCIDENT_READ)
    named = _incident(party, number)

    def work(node: Node, _at: Instant) -> IncidentRecordsTold:
        return tell_records(node, named, exercise=exercise)

    return await context.service.do(work)


@get("/v1/claims", summary="List claims, own and others'")
async def list_claims(
    context: ApiContext,
    operator: Operator,
    author: str | None = None,
    offset: Offset = 0,
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100,
    exercise: bool = False,
) -> list[ClaimTold]:
    """The last version of each, in the order in which they came."""
    authorise(operator, Action.INCIDENT_READ)
    by = None if author is None else party_id(author)

    def work(node: Node, _at: Instant) -> list[ClaimTold]:
        book = node.incidents_of(exercise=exercise)
        found = [each for each in book.claims() if by in (None, each.author)]
        return [tell_claim(node, book, each) for each in found[offset : offset + limit]]

    return await context.service.do(work)


@get("/v1/claims/{party}/{number}", summary="Show a claim with its document")
async def show_claim(
    context: ApiContext, operator: Operator, party: str, number: str, exercise: bool = False
) -> ClaimTold:
    """As its author wrote it; own or another's."""
    authorise(operator, Action.INCIDENT_READ)
    named = claim_id(f"{party}/{number}")

    def work(node: Node, _at: Instant) -> ClaimTold:
        book = node.incidents_of(exercise=exercise)
        return tell_claim(node, book, book.claim(named), with_document=True)

    return await context.service.do(work)


@post("/v1/claims/{party}/{number}/give", summary="Make a claim to parties")
async def give_claim(
    data: GiveTo,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> IncidentActTold:
    """Its last version, to those who do not have it; it goes through the release gate."""
    authorise(operator, Action.INCIDENT_TELL)
    to = [party_id(each) for each in data.to]
    return await _on_claim(
        context,
        operator.id,
        claim_id(f"{party}/{number}"),
        lambda d, claim: d.give_claim(claim, to, data.labels),
        exercise,
    )


@post("/v1/claims/{party}/{number}/withdraw", summary="Take an own claim back")
async def withdraw_claim(
    data: WithdrawClaim,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> IncidentActTold:
    """All to whom any version of it was made are told."""
    authorise(operator, Action.INCIDENT_TELL)
    return await _on_claim(
        context,
        operator.id,
        claim_id(f"{party}/{number}"),
        lambda d, claim: d.withdraw_claim(claim, data.reason),
        exercise,
    )


INCIDENT_ROUTES = (
    add_file,
    assess_incident,
    dissent,
    give_claim,
    give_file,
    grade_statement,
    link_things,
    list_claims,
    list_incidents,
    make_claim,
    move_incident,
    open_incident,
    set_task,
    show_claim,
    show_incident,
    show_papers,
    show_records,
    tell,
    unlink_thing,
    withdraw_claim,
)


def _incident(party: str, number: str) -> IncidentId:
    return incident_id(f"{party}/{number}")


async def _kept(
    context: ApiContext,
    operator: Operator,
    incident: IncidentId,
    act: Callable[[IncidentDesk], Record],
    exercise: bool,
) -> IncidentActTold:
    authorise(operator, Action.INCIDENT_KEEP)
    return await _done(context, operator.id, incident, act, exercise)


async def _done(
    context: ApiContext,
    operator: OperatorId,
    incident: IncidentId,
    act: Callable[[IncidentDesk], Record],
    exercise: bool,
) -> IncidentActTold:
    def work(node: Node, at: Instant) -> IncidentActTold:
        return tell_act(node, incident, act(IncidentDesk(node, operator, at, exercise=exercise)))

    return await context.service.do(work)


async def _on_claim(
    context: ApiContext,
    operator: OperatorId,
    claim: ClaimId,
    act: Callable[[IncidentDesk, ClaimId], Record],
    exercise: bool,
) -> IncidentActTold:
    def work(node: Node, at: Instant) -> IncidentActTold:
        desk = IncidentDesk(node, operator, at, exercise=exercise)
        record = act(desk, claim)
        return tell_act(node, desk.book.claim(claim).incident, record)

    return await context.service.do(work)
