"""Observations: enter, list, show, preview, approve, release, take back, check, count; policy and consents."""

import asyncio
from typing import Annotated

from msgspec import Meta

from comity.adapters.place_names import place_index
from comity.application.node import Node
from comity.application.observe import (
    approve_release,
    enter_observation,
    give_consent,
    preview_release,
    release_observation,
    revise_observation,
    set_policy,
    verify_observation,
    withdraw_consent,
    withdraw_observation,
)
from comity.domain.observations import ObservationKind, ObservationState
from comity.domain.operators import Action, Operator, authorise
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.messages import RecordTold
from comity.entrypoints.api.observation_messages import (
    ApproveForm,
    ConsentTold,
    EnterObservation,
    FormTold,
    GiveConsent,
    ObservationsTold,
    ObservationTold,
    PolicyTold,
    ReleasedTold,
    ReleaseTo,
    SupportTold,
    TakeBack,
    VerifyAgainst,
    WithdrawConsent,
)
from comity.entrypoints.api.observation_reading import read_consent, read_entry, read_policy
from comity.entrypoints.api.observation_telling import (
    tell_consent,
    tell_observation,
    tell_policy,
    tell_preview,
    tell_released,
    tell_support,
)
from comity.entrypoints.api.routing import Offset, get, post
from comity.entrypoints.api.telling import tell_record
from comity.kernel.errors import InputError
from comity.kernel.ids import RecordDigest, observation_id, party_id, record_digest
from comity.kernel.instants import Instant

OBSERVATIONS_TOLD_MAX = 1_000
BESIDE_MAX = 100  # records of one count


@post("/v1/observations", summary="Enter an observation, or revise one; it goes to nobody")
async def enter_one(
    data: EnterObservation, context: ApiContext, operator: Operator, exercise: bool = False
) -> ObservationTold:
    """A position becomes the cell that holds it and is kept nowhere."""
    authorise(operator, Action.OBSERVATION_ENTER)
    revises = None if data.revises is None else observation_id(data.revises)
    await asyncio.to_thread(place_index)

    def work(node: Node, at: Instant) -> ObservationTold:
        entry = read_entry(node, data.observation, exercise=exercise)
        if revises is None:
            record = enter_observation(node, entry, operator.id, at, exercise=exercise)
        else:
            record = revise_observation(node, revises, entry, operator.id, at, exercise=exercise)
        return _told(node, record.digest, at, exercise=exercise)

    return await context.service.do(work)


@get("/v1/observations", summary="List observations known here, own and others'")
async def list_observations(
    context: ApiContext,
    operator: Operator,
    state: str | None = None,
    author: str | None = None,
    of_kind: str | None = None,
    offset: Offset = 0,
    limit: Annotated[int, Meta(ge=1, le=OBSERVATIONS_TOLD_MAX)] = 100,
    exercise: bool = False,
) -> ObservationsTold:
    """Newest first, by when it came and by nothing else; without a state, those that stand."""
    authorise(operator, Action.OBSERVATION_READ)
    if state is not None and state not in set(ObservationState):
        raise InputError("state", f"{state[:40]!r} is none of {', '.join(ObservationState)}")
    if of_kind is not None and of_kind not in set(ObservationKind):
        raise InputError("of_kind", f"{of_kind[:40]!r} is none of {', '.join(ObservationKind)}")
    by = None if author is None else party_id(author)
    await asyncio.to_thread(place_index)

    def work(node: Node, at: Instant) -> ObservationsTold:
        book = node.observations_of(exercise=exercise)
        found = [
            held
            for held in reversed(list(book.held()))
            if by in (None, held.author)
            and of_kind in (None, held.kind.value)
            and (held.stands if state is None else book.state(held).value == state)
        ]
        page = found[offset : offset + limit]
        told = [tell_observation(node, each, at, exercise=exercise, full=False) for each in page]
        return ObservationsTold(observations=told, total=len(found), as_of=str(at))

    return await context.service.do(work)


@get("/v1/observations/{party}/{number}", summary="Show an observation")
async def show_observation(
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    record: str | None = None,
    exercise: bool = False,
) -> ObservationTold:
    """The record that stands, or its last one; `record` names another."""
    authorise(operator, Action.OBSERVATION_READ)
    named = observation_id(f"{party}/{number}")
    wanted = None if record is None else record_digest(record)
    await asyncio.to_thread(place_index)

    def work(node: Node, at: Instant) -> ObservationTold:
        latest = node.observations_of(exercise=exercise).latest(named)
        return _told(node, wanted or latest.record, at, exercise=exercise)

    return await context.service.do(work)


@post("/v1/observations/{party}/{number}/preview", summary="Show what each party would be told")
async def preview_one(
    data: ReleaseTo,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> list[FormTold]:
    """To the byte, by the function that makes the records; nothing goes out."""
    authorise(operator, Action.OBSERVATION_READ)
    named = observation_id(f"{party}/{number}")
    to = tuple(party_id(each) for each in data.to)

    def work(node: Node, at: Instant) -> list[FormTold]:
        shown = preview_release(node, named, to, operator.id, at, exercise=exercise)
        return [tell_preview(each) for each in shown]

    return await context.service.do(work)


@post("/v1/observations/{party}/{number}/approve", summary="Approve a form that another releases")
async def approve_one(
    data: ApproveForm,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> RecordTold:
    """The form is named by its digest in the preview; a changed one is another."""
    authorise(operator, Action.OBSERVATION_RELEASE)
    named, to = observation_id(f"{party}/{number}"), party_id(data.to)

    def work(node: Node, at: Instant) -> RecordTold:
        made = approve_release(node, named, to, data.form, operator.id, at, exercise=exercise)
        return tell_record(node, made.digest, made.kind)

    return await context.service.do(work)


@post("/v1/observations/{party}/{number}/release", summary="Tell the parties named")
async def release_one(
    data: ReleaseTo,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> list[ReleasedTold]:
    """Each its own form; all of them, or none where one is denied."""
    authorise(operator, Action.OBSERVATION_RELEASE)
    named = observation_id(f"{party}/{number}")
    to = tuple(party_id(each) for each in data.to)

    def work(node: Node, at: Instant) -> list[ReleasedTold]:
        made = release_observation(node, named, to, operator.id, at, exercise=exercise)
        return [tell_released(each.record) for each in made]

    return await context.service.do(work)


@post("/v1/observations/{party}/{number}/withdraw", summary="Take an own observation back")
async def withdraw_one(
    data: TakeBack,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> list[ReleasedTold]:
    """Each who has a report of it hears so; the answer lists the notices."""
    authorise(operator, Action.OBSERVATION_RELEASE)
    named = observation_id(f"{party}/{number}")

    def work(node: Node, at: Instant) -> list[ReleasedTold]:
        _, notices = withdraw_observation(
            node, named, data.reason, operator.id, at, exercise=exercise
        )
        return [tell_released(each) for each in notices]

    return await context.service.do(work)


@get("/v1/observations/{party}/{number}/support", summary="Count the origins that bear it")
async def support_one(
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    beside: list[str] | None = None,
    exercise: bool = False,
) -> SupportTold:
    """With the records named beside it, or with those that may tell of the same."""
    authorise(operator, Action.OBSERVATION_READ)
    named = observation_id(f"{party}/{number}")
    if beside is not None and len(beside) > BESIDE_MAX:
        raise InputError("beside", f"{len(beside)} records, at most {BESIDE_MAX}")
    others = None if beside is None else tuple(record_digest(each) for each in beside)

    def work(node: Node, at: Instant) -> SupportTold:
        del at
        book = node.observations_of(exercise=exercise)
        held = book.latest(named)
        more = book.beside(held.record)[:BESIDE_MAX] if others is None else others
        for each in more:
            if book.observation_of(each) is None:
                raise InputError("beside", f"no record {each[:12]} is here")
        records = (held.record, *more)
        return tell_support(book.support(records), records, book.left_out(records))

    return await context.service.do(work)


@post("/v1/observations/{party}/{number}/verify", summary="Record a check against another origin")
async def verify_one(
    data: VerifyAgainst,
    context: ApiContext,
    operator: Operator,
    party: str,
    number: str,
    exercise: bool = False,
) -> RecordTold:
    """By a second person, with a second origin; else it is refused with the count."""
    authorise(operator, Action.OBSERVATION_CHECK)
    named = observation_id(f"{party}/{number}")
    wanted = None if data.record is None else record_digest(data.record)
    beside = [record_digest(each) for each in data.beside]

    def work(node: Node, at: Instant) -> RecordTold:
        digest = wanted or node.observations_of(exercise=exercise).latest(named).record
        made = verify_observation(
            node, digest, beside, data.words, operator.id, at, exercise=exercise
        )
        return tell_record(node, made.digest, made.kind)

    return await context.service.do(work)


@post("/v1/observation-policy", summary="Put a policy of release in force")
async def put_policy(
    content: bytes, context: ApiContext, operator: Operator, exercise: bool = False
) -> PolicyTold:
    """What went out before is not called back."""
    authorise(operator, Action.OBSERVATION_POLICY)
    policy = read_policy(content)

    def work(node: Node, at: Instant) -> PolicyTold:
        set_policy(node, policy, operator.id, at, exercise=exercise)
        book = node.observations_of(exercise=exercise)
        return tell_policy(book.policy, book.policy_record)

    return await context.service.do(work)


@get("/v1/observation-policy", summary="Show the policy of release")
async def show_policy(
    context: ApiContext, operator: Operator, exercise: bool = False
) -> PolicyTold:
    """Where none was ever set, nothing goes out."""
    authorise(operator, Action.OBSERVATION_READ)

    def work(node: Node, at: Instant) -> PolicyTold:
        del at
        book = node.observations_of(exercise=exercise)
        return tell_policy(book.policy, book.policy_record)

    return await context.service.do(work)


@post("/v1/observation-consents", summary="Let a party tell of an own site or movement")
async def consent_one(
    data: GiveConsent, context: ApiContext, operator: Operator, exercise: bool = False
) -> RecordTold:
    """The observer and the parties named hear of it."""
    authorise(operator, Action.OBSERVATION_CONSENT)
    consent = read_consent(data)

    def work(node: Node, at: Instant) -> RecordTold:
        made = give_consent(node, consent, operator.id, at, exercise=exercise)
        return tell_record(node, made.digest, made.kind)

    return await context.service.do(work)


@get("/v1/observation-consents", summary="List consents known here")
async def list_consents(
    context: ApiContext, operator: Operator, exercise: bool = False
) -> list[ConsentTold]:
    """Own ones and others', those that ended left out."""
    authorise(operator, Action.OBSERVATION_READ)

    def work(node: Node, at: Instant) -> list[ConsentTold]:
        consents = node.observations_of(exercise=exercise).consents
        return [tell_consent(each, at) for each in consents.held()]

    return await context.service.do(work)


@post("/v1/observation-consents/withdraw", summary="Consent no more")
async def withdraw_consent_one(
    data: WithdrawConsent, context: ApiContext, operator: Operator, exercise: bool = False
) -> RecordTold:
    """What was told before is with those whom the consent names."""
    authorise(operator, Action.OBSERVATION_CONSENT)
    named = record_digest(data.consent)

    def work(node: Node, at: Instant) -> RecordTold:
        made = withdraw_consent(node, named, data.reason, operator.id, at, exercise=exercise)
        return tell_record(node, made.digest, made.kind)

    return await context.service.do(work)


OBSERVATION_ROUTES = (
    approve_one,
    consent_one,
    enter_one,
    list_consents,
    list_observations,
    preview_one,
    put_policy,
    release_one,
    show_observation,
    show_policy,
    support_one,
    verify_one,
    withdraw_consent_one,
    withdraw_one,
)


def _told(node: Node, record: RecordDigest, at: Instant, *, exercise: bool) -> ObservationTold:
    held = node.observations_of(exercise=exercise).get(record)
    if held is None:
        raise InputError("record", f"no entry or report {record[:12]} is here")
    return tell_observation(node, held, at, exercise=exercise)
