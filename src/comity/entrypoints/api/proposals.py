"""Proposals: what one person wants recorded and another approves; and the rule that asks for it."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from comity.application.node import Node
from comity.application.two_persons import (
    approve,
    approve_for_later,
    propose,
    refuse,
    set_rule,
)
from comity.domain.agreement import KEY_KIND
from comity.domain.operators import (
    KIND_ACTIONS,
    Action,
    Operator,
    Proposal,
    ProposalState,
    SecondPersonNeededError,
    authorise,
    may,
)
from comity.domain.operators.two_persons import TWO_PERSON_KINDS
from comity.domain.records import Record
from comity.entrypoints.api.access_messages import (
    Approve,
    ProposalsTold,
    ProposalTold,
    RefuseProposal,
    RuleTold,
    SetRule,
)
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.routing import get, post
from comity.kernel.errors import ComityError, InputError
from comity.kernel.instants import Instant

PROPOSALS_TOLD_MAX = 200
SHORT_DIGEST = 8  # digits; people copy the first ones

Told = TypeVar("Told")


class SecondPersonWaitsError(ComityError):
    """A proposal was made and waits for another person."""

    def __init__(self, proposal: Proposal) -> None:
        super().__init__(f"second-person: proposal {proposal.digest[:12]} waits")
        self.proposal = proposal


async def done_by_two(context: ApiContext, work: Callable[[Node, Instant], Told]) -> Told:
    """Do what may take two persons; where it does, put it down as a proposal.

    Raises:
        SecondPersonWaitsError: it was proposed.
    """
    try:
        return await context.service.do(work)
    except SecondPersonNeededError as needed:
        draft = needed.draft
    proposal = await context.service.do(lambda node, at: propose(node, draft, at))
    raise SecondPersonWaitsError(proposal)


@get("/v1/proposals", summary="What waits for a second person, and what became of it")
async def list_proposals(context: ApiContext, operator: Operator) -> ProposalsTold:
    """The latest first."""
    authorise(operator, Action.STATUS_READ)

    def work(node: Node, at: Instant) -> ProposalsTold:
        found = list(reversed(node.two_persons.proposals()))[:PROPOSALS_TOLD_MAX]
        return ProposalsTold(proposals=[tell_proposal(each, operator, at) for each in found])

    return await context.service.do(work)


@get("/v1/proposals/{proposal}", summary="Show one proposal")
async def show_proposal(context: ApiContext, operator: Operator, proposal: str) -> ProposalTold:
    """By its digest or the first eight digits of it or more."""
    authorise(operator, Action.STATUS_READ)
    return await _told(context, lambda node, at: tell_proposal(_find(node, proposal), operator, at))


@post("/v1/proposals/{proposal}/approve", summary="Approve as the second person")
async def approve_one(
    data: Approve, context: ApiContext, operator: Operator, proposal: str
) -> ProposalTold:
    """Then what was proposed is recorded, with both persons in the record; of a key, as the node starts next."""
    authorise(operator, Action.PROPOSAL_DECIDE)

    def work(node: Node, at: Instant) -> ProposalTold:
        found = _find(node, proposal)
        proposer = context.operators.get(found.draft.operator)
        if proposer is None:
            raise InputError("proposal", f"{found.draft.operator} is no operator here")
        authorise(proposer, KIND_ACTIONS[found.draft.kind])
        if found.draft.kind == KEY_KIND and context.serving:
            waits = approve_for_later(node, found.digest, data.what, operator.id, at)
            return tell_proposal(waits, operator, at)
        done, _ = approve(node, found.digest, data.what, operator.id, at)
        return tell_proposal(done, operator, at)

    return await _told(context, work)


@post("/v1/proposals/{proposal}/refuse", summary="Refuse a proposal, or take back one's own")
async def refuse_one(
    data: RefuseProposal, context: ApiContext, operator: Operator, proposal: str
) -> ProposalTold:
    """By anybody who could approve it, or by the proposer."""

    def work(node: Node, at: Instant) -> ProposalTold:
        found = _find(node, proposal)
        if found.draft.operator != operator.id:
            authorise(operator, Action.PROPOSAL_DECIDE)
        return tell_proposal(refuse(node, found.digest, data.reason, operator.id, at), operator, at)

    return await _told(context, work)


@get("/v1/access/rule", summary="Whether acts of weight take two persons here")
async def show_rule(context: ApiContext, operator: Operator) -> RuleTold:
    """And who could be the second."""
    authorise(operator, Action.STATUS_READ)
    return await _told(context, lambda node, _at: _tell_rule(node, context))


@post("/v1/access/rule", summary="Set whether acts of weight take two persons")
async def change_rule(data: SetRule, context: ApiContext, operator: Operator) -> RuleTold:
    """Taking it away takes a second person wherever there is one."""
    authorise(operator, Action.RULE_SET)
    others = bool(context.operators.who_may(Action.PROPOSAL_DECIDE) - {operator.id})

    def work(node: Node, at: Instant) -> Proposal | Record:
        wanted = data.two_persons == "required"
        return set_rule(node, data.reason, operator.id, at, two_persons=wanted, others=others)

    made = await context.service.do(work)
    if isinstance(made, Proposal):
        raise SecondPersonWaitsError(made)
    return await show_rule.handler(context, operator)  # type: ignore[no-any-return]  # a Route hides the type


def tell_proposal(proposal: Proposal, operator: Operator, at: Instant) -> ProposalTold:
    """One proposal, to one person."""
    draft, state = proposal.draft, proposal.state(at)
    mine = draft.operator == operator.id
    able = Action.PROPOSAL_DECIDE in may(operator)
    approved = state is ProposalState.WAITING and proposal.approval is not None
    return ProposalTold(
        proposal=proposal.digest,
        what=proposal.what,
        kind=draft.kind,
        body=dict(draft.body),
        recipients=list(draft.recipients),
        proposed_by=draft.operator,
        made_at=str(proposal.made_at),
        expires_at=str(proposal.expires_at),
        state="approved" if approved else state.value,
        may_approve=state is ProposalState.WAITING and able and not mine and not approved,
        approved_by=None if proposal.approval is None else proposal.approval.operator,
        refused=proposal.refused,
        record=proposal.done,
    )


PROPOSAL_ROUTES = (
    approve_one,
    change_rule,
    list_proposals,
    refuse_one,
    show_proposal,
    show_rule,
)


async def _told(context: ApiContext, work: Callable[[Node, Instant], Told]) -> Told:
    doing: Awaitable[Told] = context.service.do(work)
    return await doing


def _tell_rule(node: Node, context: ApiContext) -> RuleTold:
    return RuleTold(
        two_persons=node.two_persons.word,
        reason=node.two_persons.rule_reason,
        kinds=sorted(TWO_PERSON_KINDS),
        may_approve=sorted(context.operators.who_may(Action.PROPOSAL_DECIDE)),
    )


def _find(node: Node, start: str) -> Proposal:
    if len(start) < SHORT_DIGEST:
        raise InputError("proposal", f"{start[:20]!r} is shorter than {SHORT_DIGEST} digits")
    found = [each for each in node.two_persons.proposals() if each.digest.startswith(start)]
    if len(found) != 1:
        raise InputError("proposal", f"{start[:20]!r} fits {len(found)} proposals here")
    return found[0]
