"""What a person does about observations: enter, revise, approve, release, take back, check, consent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from comity.application.node import Node
from comity.domain.observations import (
    APPROVAL,
    CONSENT,
    CONSENT_WITHDRAWAL,
    ENDING,
    ENTRY,
    POLICY,
    REPORT,
    VERIFICATION,
    WITHDRAWAL,
    Approval,
    Approved,
    Consent,
    ConsentWithdrawal,
    Ending,
    Entry,
    Form,
    HeldObservation,
    Policy,
    Refused,
    SourceKind,
    Verified,
    Withdrawal,
    to_body,
)
from comity.domain.records import Draft, Record
from comity.domain.releasability import Denied, release
from comity.kernel.errors import AgreementError, InputError
from comity.kernel.ids import ObservationId, OperatorId, OriginId, PartyId, RecordDigest
from comity.kernel.instants import Instant

TOKEN_SIZE_BYTES = 8  # 16 hex digits after the author's id
NOT_OWN_ORIGINS = frozenset({SourceKind.PARTNER, SourceKind.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Preview:
    """What one party would be told, or why nothing.

    Attributes:
        form: to the byte, an approval left out; None where nothing goes.
        why: nothing goes; None where something does.
        approved_by: other persons who approved this very form.
    """

    recipient: PartyId
    form: Form | None
    why: str | None
    approved_by: tuple[OperatorId, ...]


@dataclass(frozen=True, slots=True)
class Released:
    """One report that went out."""

    recipient: PartyId
    record: Record


def enter_observation(
    node: Node, entry: Entry, operator: OperatorId, at: Instant, *, exercise: bool = False
) -> Record:
    """Take in a new observation; it goes to nobody.

    Its origin is that of the source's name: one source is one origin, however often it reports. A source
    without a name, a partner and an unknown one have none.

    Raises:
        RecordError: a rule of the record is broken; `observation-cycle`.
    """
    book = node.observations_of(exercise=exercise)
    origin: OriginId | None = None
    if entry.source.kind not in NOT_OWN_ORIGINS and entry.source.name.strip():
        origin = book.origin_of_source(entry.source.name) or OriginId(_minted(node))
    stated = replace(
        entry, id=ObservationId(_minted(node)), revision=1, replaces=None, origin=origin
    )
    return _keep(node, ENTRY, to_body(stated), operator, at, exercise=exercise)


def revise_observation(
    node: Node,
    observation: ObservationId,
    entry: Entry,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> Record:
    """Put another revision in the place of the one that stands. What went out stays until it is released anew.

    Raises:
        InputError: no own observation of that id stands.
        RecordError: a rule of the record is broken; `observation-cycle`.
    """
    held = _own_standing(node, observation, exercise=exercise)
    before = _entry(held)
    origin = before.origin
    if entry.source.name != before.source.name or entry.source.kind != before.source.kind:
        raise InputError("source", "a revision keeps its source; enter another observation")
    stated = replace(
        entry, id=observation, revision=before.revision + 1, replaces=held.record, origin=origin
    )
    return _keep(node, ENTRY, to_body(stated), operator, at, exercise=exercise)


def set_policy(
    node: Node, policy: Policy, operator: OperatorId, at: Instant, *, exercise: bool = False
) -> Record:
    """Put a policy of release in force; what went out before is not called back."""
    return _keep(node, POLICY, to_body(policy), operator, at, exercise=exercise)


def preview_release(
    node: Node,
    observation: ObservationId,
    recipients: Sequence[PartyId],
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> tuple[Preview, ...]:
    """What each party would be told if this person released now, by the function that makes the records.

    Raises:
        InputError: no own observation of that id stands.
    """
    held = _own_standing(node, observation, exercise=exercise)
    book = node.observations_of(exercise=exercise)
    found = []
    for recipient in recipients or node.peers():
        form = book.form(held, recipient, at)
        why = form.why if isinstance(form, Refused) else _gate_denies(node, form, operator, at)
        if isinstance(form, Refused) or why is not None:
            found.append(Preview(recipient, None, why, ()))
            continue
        others = tuple(e.operator for e in book.approval(held, form) if e.operator != operator)
        found.append(Preview(recipient, form, None, others))
    return tuple(found)


def approve_release(
    node: Node,
    observation: ObservationId,
    recipient: PartyId,
    form: str,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> Record:
    """Say as a person that a form, named by its digest, may go to a recipient; somebody else releases it.

    Raises:
        InputError: no own observation of that id stands, or the form is not the one that would go now.
        AgreementError: `not-releasable`: nothing would go to that recipient.
    """
    held = _own_standing(node, observation, exercise=exercise)
    now = node.observations_of(exercise=exercise).form(held, recipient, at)
    if isinstance(now, Refused):
        raise AgreementError("not-releasable", f"to {recipient}: {now.why}")
    if now.digest != form:
        why = f"{form[:12]} is not what would go to {recipient} now; look at the preview again"
        raise InputError("form", why)
    body = to_body(Approved(held.record, recipient, form))
    return _keep(node, APPROVAL, body, operator, at, exercise=exercise)


def release_observation(
    node: Node,
    observation: ObservationId,
    recipients: Sequence[PartyId],
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> tuple[Released, ...]:
    """Send each recipient its own form; all of them, or none where one is denied.

    Raises:
        InputError: no own observation of that id stands, or nobody is named.
        AgreementError: `not-paired`; `not-releasable` with what denies it; `second-person` where another
            person has not approved the form.
    """
    if not recipients:
        raise InputError("to", "name the parties; nothing goes to everybody")
    strangers = sorted(set(recipients) - set(node.peers()))
    if strangers:
        raise AgreementError("not-paired", f"pair with {', '.join(strangers)} first")
    held = _own_standing(node, observation, exercise=exercise)
    book = node.observations_of(exercise=exercise)
    drafts = []
    for recipient in sorted(set(recipients)):
        form = book.form(held, recipient, at)
        if isinstance(form, Refused):
            raise AgreementError("not-releasable", f"to {recipient}: {form.why}")
        drafts.append(_draft(form, book.approval(held, form), operator))
    for draft in drafts:
        node.check_release(draft, at)
    return tuple(Released(draft.recipients[0], node.issue(draft, at)) for draft in drafts)


def withdraw_observation(
    node: Node,
    observation: ObservationId,
    reason: str,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> tuple[Record, tuple[Record, ...]]:
    """Take an own observation back, and tell each who was told; each hears of its own report alone.

    Returns:
        The ending, and the notices of withdrawal.

    Raises:
        InputError: no own observation of that id stands.
    """
    held = _own_standing(node, observation, exercise=exercise)
    standing = [
        each
        for each in node.observations_of(exercise=exercise).sent_of(observation)
        if each.withdrawn_at is None
    ]
    body = to_body(Ending(observation, held.record, reason))
    ending = _keep(node, ENDING, body, operator, at, exercise=exercise)
    notices = [
        node.issue(
            Draft(
                WITHDRAWAL,
                (each.recipient,),
                to_body(Withdrawal(observation, each.record, reason)),
                operator,
                (),
                exercise,
            ),
            at,
        )
        for each in standing
    ]
    return ending, tuple(notices)


def verify_observation(
    node: Node,
    record: RecordDigest,
    beside: Sequence[RecordDigest],
    words: str,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> Record:
    """Record that this person checked a record against others of another origin.

    Raises:
        RecordError: `observation-second-person`, `observation-one-origin`, `observation-unknown`.
    """
    others = tuple(sorted(set(beside)))
    node.observations_of(exercise=exercise).check_apart((record, *others))
    body = to_body(Verified(record, others, words))
    return _keep(node, VERIFICATION, body, operator, at, exercise=exercise)


def give_consent(
    node: Node, consent: Consent, operator: OperatorId, at: Instant, *, exercise: bool = False
) -> Record:
    """Let a party tell others of a site or movement of this party; they and it are told so.

    Raises:
        AgreementError: `not-paired`.
        RecordError: `observation-consent`: the subject is not this party's.
    """
    to = tuple(sorted({consent.observer, *consent.recipients} - {node.party}))
    strangers = sorted(set(to) - set(node.peers()))
    if strangers:
        raise AgreementError("not-paired", f"pair with {', '.join(strangers)} first")
    return node.issue(Draft(CONSENT, to, to_body(consent), operator, (), exercise), at)


def withdraw_consent(
    node: Node,
    consent: RecordDigest,
    reason: str,
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool = False,
) -> Record:
    """Consent no more; what was told before is with those whom the consent names.

    Raises:
        InputError: no consent of this party is here under that digest.
    """
    held = node.observations_of(exercise=exercise).consents.get(consent)
    if held is None or held.owner != node.party:
        raise InputError("consent", f"{consent[:12]} is no consent of this party")
    body = to_body(ConsentWithdrawal(consent, reason))
    return node.issue(Draft(CONSENT_WITHDRAWAL, held.recipients, body, operator, (), exercise), at)


def _gate_denies(node: Node, form: Form, operator: OperatorId, at: Instant) -> str | None:
    """Why no form of it would pass the gate now, approved or not: no agreement, no legal basis, a label."""
    draft = Draft(REPORT, (form.recipient,), form.body, operator, form.labels, form.exercise)
    verdict = release(draft, form.recipient, node.terms(at), refusal=lambda *_: None)
    return verdict.reason if isinstance(verdict, Denied) else None


def _draft(form: Form, approvals: Sequence[Approval], operator: OperatorId) -> Draft:
    others = [each for each in approvals if each.operator != operator]
    body = form.body
    if form.two_persons:
        if not others:
            why = (
                f"to {form.recipient}: another person approves form {form.digest} first; "
                f"{operator} may not do both"
            )
            raise AgreementError("second-person", why)
        body["approval"] = {"operator": others[0].operator, "record": others[0].record}
    return Draft(REPORT, (form.recipient,), body, operator, form.labels, form.exercise)


def _keep(
    node: Node,
    kind: str,
    body: dict[str, object],
    operator: OperatorId,
    at: Instant,
    *,
    exercise: bool,
) -> Record:
    return node.issue(Draft(kind, (), body, operator, (), exercise), at)


def _minted(node: Node) -> str:
    return f"{node.party}/{node.entropy.token(TOKEN_SIZE_BYTES).hex()}"


def _entry(held: HeldObservation) -> Entry:
    if held.entry is None:
        raise InputError("observation", f"{held.id} is of {held.author}, not this party's")
    return held.entry


def _own_standing(node: Node, observation: ObservationId, *, exercise: bool) -> HeldObservation:
    held = node.observations_of(exercise=exercise).latest(observation)
    _entry(held)
    if not held.stands:
        raise InputError("observation", f"{observation} does not stand: it was taken back")
    return held
