"""What takes two persons: who proposed, who approved, and the exact digest that both meant."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from comity.domain.records import Draft, Record, SecondPerson, encode_canonical, fault_of_words
from comity.kernel.errors import AgreementError, InputError, RecordError
from comity.kernel.ids import DIGEST, OPERATOR_ID, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant, instant_from_canonical

RULE: Final = "operator.rule"
PROPOSAL: Final = "operator.proposal"
APPROVAL: Final = "operator.approval"
REFUSAL: Final = "operator.refusal"
CHANGE: Final = "operator.change"
KINDS = frozenset({RULE, PROPOSAL, APPROVAL, REFUSAL, CHANGE})

# A person signs these and another approves; observations of a marked label have the same rule in their own room.
TWO_PERSON_KINDS = frozenset(
    {"agreement.signature", "evidence.bundle", "party.key", "peer.unfreeze", RULE}
)
LATEST_ALONE = frozenset({"party.key", RULE})  # a newer proposal takes the place of an older

PROPOSAL_S_MAX = (
    24 * 3600.0
)  # a watch and the next; a proposal forgotten must not wait for a careless yes
WAITING_MAX = 100
KEPT_MAX = 1_000  # ended proposals told; the journal has them all
REASON_LENGTH_MAX = 1_000
WHAT_PREFIX = b"comity approval v1\n"
APPROVAL_FIELD = "approval"


class SecondPersonNeededError(AgreementError):
    """Another person approves it first.

    Attributes:
        draft: what is to be said, with everything but the approval.
    """

    def __init__(self, draft: Draft) -> None:
        super().__init__("second-person", f"{draft.kind}: another person approves it first")
        self.draft = draft


class ProposalState(StrEnum):
    """How a proposal stands."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one person wants recorded and another is asked to approve.

    Attributes:
        digest: of the proposal's record.
        what: digest of exactly what is to be recorded; see `what_of`.
        draft: what is to be recorded; the proposer is its operator.
        approval: who approved it, and by which record.
        done: digest of the record that was made of it.
        refused: why it was refused; None where it was not.
    """

    digest: RecordDigest
    what: str
    draft: Draft
    made_at: Instant
    expires_at: Instant
    approval: SecondPerson | None = None
    done: RecordDigest | None = None
    refused: str | None = None

    def state(self, at: Instant) -> ProposalState:
        """How it stands now; an approval without its record is as good as none."""
        if self.done is not None:
            return ProposalState.DONE
        if self.refused is not None:
            return ProposalState.REFUSED
        return ProposalState.EXPIRED if at >= self.expires_at else ProposalState.WAITING


class TwoPersonBook:
    """The rule in force, and the proposals under it. State changes by records alone."""

    def __init__(self) -> None:
        self.rule: bool | None = None
        self.rule_reason = ""
        self._proposals: dict[RecordDigest, Proposal] = {}
        self._by_approval: dict[RecordDigest, RecordDigest] = {}

    @property
    def required(self) -> bool:
        """Whether two persons are needed; not so on a node where nobody has said it yet."""
        return self.rule is True

    @property
    def word(self) -> str:
        """How the rule stands: `required`, `one-person`, or `not-set` where nobody has said it yet."""
        if self.rule is None:
            return "not-set"
        return "required" if self.rule else "one-person"

    def proposals(self) -> list[Proposal]:
        """All kept, the oldest first."""
        return list(self._proposals.values())

    def waiting(self, at: Instant) -> list[Proposal]:
        """Those that another person could still approve."""
        return [each for each in self.proposals() if each.state(at) is ProposalState.WAITING]

    def get(self, digest: str) -> Proposal:
        """One of them.

        Raises:
            InputError: not known here.
        """
        found = self._proposals.get(RecordDigest(digest))
        if found is None:
            raise InputError("proposal", f"{digest[:12]!r} is no proposal known here")
        return found

    def same(self, draft: Draft, state: ProposalState, at: Instant) -> Proposal | None:
        """A proposal of this very thing by this very person that stands so; None where there is none."""
        what = what_of(draft)
        for each in reversed(self._proposals.values()):
            by_same = each.draft.operator == draft.operator
            if each.what == what and by_same and each.state(at) is state:
                return each
        return None

    def check(self, draft: Draft, at: Instant) -> None:
        """Check a draft of this node's own before it is signed.

        Raises:
            SecondPersonNeededError: the rule is in force and nobody has approved.
            AgreementError: `second-person`: the approval is not for this, is the signer's own, or has ended.
        """
        if draft.kind not in TWO_PERSON_KINDS:
            return
        if draft.approval is None:
            if (
                self.required and draft.kind != RULE
            ):  # who may change the rule alone: the door knows
                raise SecondPersonNeededError(draft)
            return
        proposal = self._proposals.get(self._by_approval.get(draft.approval.record, _NOBODY))
        if proposal is None or proposal.approval != draft.approval:
            raise AgreementError("second-person", "no such approval is known here")
        if proposal.what != what_of(draft):
            raise AgreementError("second-person", "what was approved is not what is to be signed")
        if draft.approval.operator == draft.operator or proposal.draft.operator != draft.operator:
            raise AgreementError("second-person", "who signs and who approves are two persons")
        if proposal.state(at) is not ProposalState.WAITING:
            raise AgreementError("proposal-ended", f"it is {proposal.state(at)}")

    def apply(self, record: Record) -> None:
        """Take in one record of this room.

        Raises:
            RecordError: `field-form`, `field-limit`, `approval-unknown`, `approval-what`,
                `second-person`, `proposal-ended`.
        """
        match record.kind:
            case "operator.rule":
                self._apply_rule(record)
            case "operator.proposal":
                self._apply_proposal(record)
            case "operator.approval":
                self._apply_approval(record)
            case "operator.refusal":
                self._apply_refusal(record)
            case _:
                _apply_change(record)

    def note_made(self, record: Record) -> None:
        """A record of this node's own that carries an approval stands in the journal."""
        named = record.unknown_fields.get(APPROVAL_FIELD)
        if not isinstance(named, dict):
            return
        digest = self._by_approval.get(RecordDigest(str(named.get("record"))))
        if digest is not None:
            self._proposals[digest] = replace(self._proposals[digest], done=record.digest)

    def _apply_rule(self, record: Record) -> None:
        wanted = record.body.get("two_persons")
        if type(wanted) is not bool:
            raise RecordError("field-form", "two_persons: neither true nor false")
        self.rule, self.rule_reason = wanted, _words(record.body, "reason")

    def _apply_proposal(self, record: Record) -> None:
        body = record.body
        expires_at = _instant(body, "expires_at")
        if not 0 < expires_at.minus(record.made_at) <= PROPOSAL_S_MAX:
            raise RecordError("field-limit", f"expires_at: within {PROPOSAL_S_MAX:.0f} s")
        draft = _draft_of(record)
        if draft.kind not in TWO_PERSON_KINDS:
            raise RecordError("field-form", f"kind: {draft.kind} takes one person")
        what = what_of(draft)
        if body.get("what") != what:
            raise RecordError(
                "approval-what", f"what: {str(body.get('what'))[:12]} is not {what[:12]}"
            )
        waiting = self.waiting(record.made_at)
        if len(waiting) >= WAITING_MAX:
            raise RecordError("field-limit", f"{WAITING_MAX} proposals wait, the most")
        for each in waiting:
            if each.draft.kind == draft.kind and (each.what == what or draft.kind in LATEST_ALONE):
                self._proposals[each.digest] = replace(each, refused="a newer one took its place")
        proposal = Proposal(record.digest, what, draft, record.made_at, expires_at)
        self._proposals[record.digest] = proposal
        self._forget(record.made_at)

    def _apply_approval(self, record: Record) -> None:
        proposal = self._named(record)
        if record.body.get("what") != proposal.what:
            raise RecordError("approval-what", "what: is not what the proposal names")
        if record.operator == proposal.draft.operator:
            raise RecordError("second-person", f"{record.operator} proposed it; another approves")
        self._must_wait(proposal, record)
        self._by_approval[record.digest] = proposal.digest
        approval = SecondPerson(record.operator, record.digest)
        self._proposals[proposal.digest] = replace(proposal, approval=approval)

    def _apply_refusal(self, record: Record) -> None:
        proposal = self._named(record)
        self._must_wait(proposal, record)
        reason = f"{record.operator}: {_words(record.body, 'reason')}"
        self._proposals[proposal.digest] = replace(proposal, refused=reason)

    def _named(self, record: Record) -> Proposal:
        found = self._proposals.get(RecordDigest(str(record.body.get("proposal"))))
        if found is None:
            raise RecordError("approval-unknown", "proposal: none of that digest is here")
        return found

    def _must_wait(self, proposal: Proposal, record: Record) -> None:
        state = proposal.state(record.made_at)
        if state is not ProposalState.WAITING:
            raise RecordError("proposal-ended", f"it is {state}")

    def _forget(self, at: Instant) -> None:
        """Keep all that wait, and of the ended ones the latest."""
        ended = [each for each in self.proposals() if each.state(at) is not ProposalState.WAITING]
        for each in ended[: max(0, len(ended) - KEPT_MAX)]:
            del self._proposals[each.digest]
            if each.approval is not None:
                self._by_approval.pop(each.approval.record, None)


def what_of(draft: Draft) -> str:
    """The digest that an approval names: everything that is to be signed, but who and when.

    Source: docs/spec/approval.md §2.
    """
    return hashlib.sha256(WHAT_PREFIX + encode_canonical(_said(draft))).hexdigest()


def proposal_draft(draft: Draft, at: Instant) -> Draft:
    """The record by which a person proposes what another is to approve."""
    body = {**_said(draft), "expires_at": str(at.plus_s(PROPOSAL_S_MAX)), "what": what_of(draft)}
    return Draft(PROPOSAL, (), body, draft.operator)


def approval_draft(proposal: Proposal, operator: OperatorId) -> Draft:
    """The record by which another person approves it."""
    body = {"proposal": proposal.digest, "what": proposal.what}
    return Draft(APPROVAL, (), body, operator)


def refusal_draft(proposal: Proposal, reason: str, operator: OperatorId) -> Draft:
    """The record by which a person refuses it, or the proposer takes it back."""
    return Draft(REFUSAL, (), {"proposal": proposal.digest, "reason": reason}, operator)


def rule_draft(reason: str, operator: OperatorId, *, two_persons: bool) -> Draft:
    """The record that sets the rule of this node."""
    return Draft(RULE, (), {"reason": reason, "two_persons": two_persons}, operator)


def change_draft(person: OperatorId, change: str, roles: list[str], operator: OperatorId) -> Draft:
    """The record of a change of who may act here."""
    body = {"change": change, "person": person, "roles": [str(each) for each in roles]}
    return Draft(CHANGE, (), body, operator)


def read_second_person(record: Record) -> SecondPerson | None:
    """Who approved a record, own or a peer's; None where it does not say.

    Raises:
        RecordError: `field-form`, or `second-person` where signer and approver are one.

    Source: docs/spec/approval.md §3.
    """
    if APPROVAL_FIELD not in record.unknown_fields:
        return None
    named = record.unknown_fields[APPROVAL_FIELD]
    if type(named) is not dict or set(named) != {"operator", "record"}:
        raise RecordError("field-form", "approval: not an object of operator and record")
    operator, digest = named["operator"], named["record"]
    if type(operator) is not str or OPERATOR_ID.fullmatch(operator) is None or operator == "node":
        raise RecordError("field-form", "approval.operator: not the id of a person")
    if type(digest) is not str or DIGEST.fullmatch(digest) is None:
        raise RecordError("field-form", "approval.record: not 64 hex digits")
    if operator == record.operator:
        raise RecordError("second-person", f"approval: {operator} signed it too")
    return SecondPerson(OperatorId(operator), RecordDigest(digest))


_NOBODY = RecordDigest("")
CHANGES = frozenset(
    {
        "added",
        "revoked",
        "roles",
        "link",
        "passkey-removed",
        "password-removed",
        "token",
        "token-revoked",
    }
)


def _said(draft: Draft) -> dict[str, Any]:
    return {
        "body": dict(draft.body),
        "exercise": draft.exercise,
        "kind": draft.kind,
        "kind_version": draft.kind_version,
        "labels": sorted(draft.labels),
        "recipients": sorted(draft.recipients),
    }


def _draft_of(record: Record) -> Draft:
    body = record.body
    kind, said, version = body.get("kind"), body.get("body"), body.get("kind_version")
    recipients, labels, exercise = body.get("recipients"), body.get("labels"), body.get("exercise")
    if type(kind) is not str or type(said) is not dict or type(version) is not int:
        raise RecordError("field-form", "kind, kind_version or body: of another type")
    if type(exercise) is not bool:
        raise RecordError("field-form", "exercise: neither true nor false")
    for name, values in (("recipients", recipients), ("labels", labels)):
        if type(values) is not list or any(type(each) is not str for each in values):
            raise RecordError("field-form", f"{name}: not an array of texts")
    return Draft(
        kind,
        tuple(PartyId(each) for each in recipients or ()),
        said,
        record.operator,
        tuple(labels or ()),
        exercise,
        kind_version=version,
    )


def _apply_change(record: Record) -> None:
    person, change, roles = (record.body.get(name) for name in ("person", "change", "roles"))
    if type(person) is not str or OPERATOR_ID.fullmatch(person) is None:
        raise RecordError("field-form", "person: not the id of an operator")
    if change not in CHANGES:
        raise RecordError("field-form", f"change: none of {', '.join(sorted(CHANGES))}")
    if type(roles) is not list or any(type(each) is not str for each in roles):
        raise RecordError("field-form", "roles: not an array of texts")


def _words(body: Mapping[str, Any], name: str) -> str:
    words = body.get(name)
    if type(words) is not str:
        raise RecordError("field-form", f"{name}: not a text")
    fault = fault_of_words(words, REASON_LENGTH_MAX)
    if fault is not None or not words.strip():
        raise RecordError("field-form", f"{name}: {fault or 'empty'}")
    return words


def _instant(body: Mapping[str, Any], name: str) -> Instant:
    try:
        return instant_from_canonical(body.get(name))
    except InputError as error:
        raise RecordError("field-form", f"{name}: {error.why}") from error
