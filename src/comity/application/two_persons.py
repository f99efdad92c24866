"""A person proposes what takes two; another approves the exact digest, and then it is done."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from comity.application.accept_record import UNFREEZE_KIND
from comity.application.node import Node
from comity.domain.agreement import KEY_KIND, SIGNATURE, open_key_body, signature_draft
from comity.domain.operators import Proposal, ProposalState
from comity.domain.operators.two_persons import (
    approval_draft,
    proposal_draft,
    refusal_draft,
    rule_draft,
)
from comity.domain.records import Draft, Record, SecondPerson
from comity.kernel.errors import AgreementError, InputError
from comity.kernel.ids import AgreementDigest, KeyId, OperatorId, PartyId
from comity.kernel.instants import Instant


def propose(node: Node, draft: Draft, at: Instant) -> Proposal:
    """Put down what a person wants recorded, for another to approve; what they proposed already waits on."""
    waiting = node.two_persons.same(draft, ProposalState.WAITING, at)
    if waiting is not None:
        return waiting
    record = node.issue(proposal_draft(draft, at), at)
    return node.two_persons.get(record.digest)


def approve(
    node: Node, digest: str, what: str, operator: OperatorId, at: Instant
) -> tuple[Proposal, Record]:
    """Approve a proposal as another person, and make the record it is about.

    Args:
        node: the node.
        digest: of the proposal.
        what: the digest that the approver has looked at.
        operator: the approver.
        at: now.

    Raises:
        InputError: no such proposal, or it is about something else than the approver has looked at.
        AgreementError: `second-person` where the approver proposed it; `proposal-ended`; or what now stands
            against it, such as an agreement that can be signed no more. Nothing was recorded.
    """
    proposal = _approvable(node, digest, what, operator, at)
    check = _STILL_POSSIBLE.get(proposal.draft.kind)
    if check is not None:
        check(node, proposal.draft, at)
    node.check_release(proposal.draft, at)
    approval = node.issue(approval_draft(proposal, operator), at)
    signed = replace(proposal.draft, approval=SecondPerson(operator, approval.digest))
    record = node.issue(signed, at)
    return node.two_persons.get(digest), record


def approve_for_later(
    node: Node, digest: str, what: str, operator: OperatorId, at: Instant
) -> Proposal:
    """Approve a change of the key while the node runs: the record is made as the node starts next.

    Raises:
        InputError: as `approve`. AgreementError: as `approve`; nothing was recorded.
    """
    proposal = _approvable(node, digest, what, operator, at)
    if proposal.approval is None:
        node.issue(approval_draft(proposal, operator), at)
    return node.two_persons.get(digest)


def make_approved_key(node: Node, key: KeyId, at: Instant) -> bool:
    """Make the record of a change of the key that was approved while the node ran; says whether there was one.

    Args:
        node: not yet serving.
        key: that lies ready in the home; another than the one approved is not taken.
        at: now.
    """
    for proposal in node.two_persons.waiting(at):
        draft, approval = proposal.draft, proposal.approval
        if draft.kind != KEY_KIND or approval is None:
            continue
        if open_key_body(draft.body, draft.kind_version)[0].statement.key_id == key:
            node.issue(replace(draft, approval=approval), at)
            return True
    return False


def refuse(node: Node, digest: str, reason: str, operator: OperatorId, at: Instant) -> Proposal:
    """Refuse a proposal, or take back one's own.

    Raises:
        InputError: no such proposal, or a reason that cannot be shown.
        AgreementError: `proposal-ended`.
    """
    proposal = _waiting(node, digest, at)
    node.issue(refusal_draft(proposal, reason, operator), at)
    return node.two_persons.get(digest)


def set_rule(
    node: Node,
    reason: str,
    operator: OperatorId,
    at: Instant,
    *,
    two_persons: bool,
    others: bool,
) -> Proposal | Record:
    """Say whether this node's acts of weight take two persons; taking the rule away takes two where there are two.

    Args:
        node: the node.
        reason: in words, on record.
        operator: the administrator.
        at: now.
        two_persons: whether the rule is to be in force.
        others: whether somebody else could approve.
    """
    draft = rule_draft(reason, operator, two_persons=two_persons)
    if node.two_persons.required and not two_persons and others:
        return propose(node, draft, at)
    return node.issue(draft, at)


def _approvable(node: Node, digest: str, what: str, operator: OperatorId, at: Instant) -> Proposal:
    proposal = _waiting(node, digest, at)
    if operator == proposal.draft.operator:
        raise AgreementError("second-person", f"{operator} proposed it; another person approves")
    if what != proposal.what:
        raise InputError("what", f"{what[:12]!r} is not {proposal.what[:12]}; look at it again")
    return proposal


def _waiting(node: Node, digest: str, at: Instant) -> Proposal:
    proposal = node.two_persons.get(digest)
    state = proposal.state(at)
    if state is not ProposalState.WAITING:
        raise AgreementError("proposal-ended", f"{digest[:12]} is {state}")
    return proposal


def _may_still_sign(node: Node, draft: Draft, at: Instant) -> None:
    digest = AgreementDigest(str(draft.body["agreement"]))
    agreement = node.agreements.check_may_sign(digest, node.party, at)
    signature_draft(agreement, node.party, draft.operator)


def _still_frozen(node: Node, draft: Draft, at: Instant) -> None:
    del at
    peer = PartyId(str(draft.body["peer"]))
    if peer not in node.frozen:
        raise AgreementError("proposal-ended", f"{peer} is not frozen")


_STILL_POSSIBLE: Mapping[str, Callable[[Node, Draft, Instant], None]] = MappingProxyType(
    {SIGNATURE: _may_still_sign, UNFREEZE_KIND: _still_frozen}
)
