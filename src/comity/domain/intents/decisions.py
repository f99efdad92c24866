"""What this node owes next: the handshake's rules, applied to what it holds until nothing is owed.

Level-triggered: nothing here remembers having decided. The record that a draft becomes changes the
holdings, and then nothing more is owed about it; after a crash the same question has the same
answer.

Source: docs/spec/intent.md §5 and §7.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from comity.domain.agreement import Terms
from comity.domain.airspace import Conflict, Verdict
from comity.domain.intents.answers import Answer, Blocker, Move, RefusalReason, answer_to
from comity.domain.intents.applying import REPLACED
from comity.domain.intents.bodies import (
    ACCEPTANCE,
    ASSENT,
    REFUSAL,
    STATE,
    WITHDRAWAL,
    Acceptance,
    Assent,
    DeclaredState,
    Refusal,
    StateChange,
    Withdrawal,
    acceptance_to_body,
    assent_to_body,
    refusal_to_body,
    state_to_body,
    withdrawal_to_body,
)
from comity.domain.intents.checks import Fault, Offer, fault_of
from comity.domain.intents.context import PEER_REMOVED, BookContext
from comity.domain.intents.holdings import Holdings
from comity.domain.intents.rank import rank
from comity.domain.intents.states import IntentState
from comity.domain.intents.versions import Version
from comity.domain.records import Draft
from comity.domain.releasability import Disclosure
from comity.kernel.errors import AgreementError
from comity.kernel.ids import NODE_OPERATOR, OperatorId, PartyId, RecordDigest
from comity.kernel.units import MM_PER_METRE, e7_from_degrees

CELLS_NAMED_MAX = 100  # shared cells that a refusal names
NO_AGREEMENT = "no-agreement-in-force"
AWAITING_PERSON = "awaiting-person"
WAITING_FOR_OTHER = "waiting-for-another-proposal"
HOLDING = "holding-new-acceptances"
_UNDECIDED = frozenset({IntentState.PROPOSED, IntentState.PENDING})


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer to a proposal and the first verdict behind it."""

    answer: Answer
    verdict: Verdict | None = None
    fault: Fault | None = None


def owed_about(holdings: Holdings, version: Version, context: BookContext) -> Draft | None:
    """The record that this node owes about one version now, or None."""
    version.put_off = None
    terms = context.terms
    if terms is None:  # nothing may be said under no agreement, and nothing be accepted
        if version.state in _UNDECIDED or version.notify_replaced or version.activation_owed:
            holdings.put_off(version, NO_AGREEMENT)
        return None
    if version.own:
        return _owed_by_owner(holdings, version, context, terms)
    if version.state is not IntentState.PENDING:
        return None
    return _owed_by_holder(holdings, version, context, terms)


def judge(holdings: Holdings, version: Version, terms: Terms, context: BookContext) -> Judgement:
    """What the terms and the holdings say to another party's proposal now."""
    if version.fault is not None:
        return _refuse(Fault(version.fault))
    offer = Offer(
        version.proposal, version.owner, version.made_at, version.open_count, version.hour_count
    )
    fault = fault_of(offer, terms, context, holdings.now)
    if fault is not None:
        return _refuse(fault)
    verdicts: dict[RecordDigest, Verdict] = {}
    blockers: list[Blocker] = []
    for finding in holdings.finder.find(version.proposal.footprint):
        other = holdings.kept(finding.key)
        if not isinstance(other, Version) or other.owner == version.owner:
            continue  # announcements flag and do not block; an owner answers for its own flights
        if other.digest in verdicts and not isinstance(finding.verdict, Conflict):
            continue
        verdicts[other.digest] = finding.verdict
        blockers.append(_blocker(version, other, terms, finding.verdict))
    answer = answer_to(blockers)
    first = answer.blockers[0].key if answer.blockers else None
    return Judgement(answer, None if first is None else verdicts[first])


def assent_drafts(
    holdings: Holdings,
    version: Version,
    judgement: Judgement,
    *,
    terms: Terms,
    context: BookContext,
    operator: OperatorId,
) -> list[Draft]:
    """What gives way, then the assent: in this order in the journal and in the logs (rule 2)."""
    drafts = []
    if judgement.answer.move is Move.WITHDRAW_OWN:
        drafts = [
            withdrawal_draft(
                holdings, holdings.versions[each.key], "outranked", because=version.digest
            )
            for each in judgement.answer.blockers
        ]
    assent = Assent(version.digest, context.basis(terms))
    body = assent_to_body(assent)
    drafts.append(draft(holdings, ASSENT, (version.owner,), body, operator))
    return drafts


def refusal_draft(
    holdings: Holdings,
    version: Version,
    reason: RefusalReason,
    *,
    detail: Mapping[str, Any],
    context: BookContext,
    operator: OperatorId = NODE_OPERATOR,
) -> Draft:
    """A signed no."""
    basis = version.proposal.basis if context.terms is None else context.basis(context.terms)
    refusal = Refusal(version.digest, basis, reason.value, detail)
    return draft(holdings, REFUSAL, (version.owner,), refusal_to_body(refusal), operator)


def refusal_of(
    holdings: Holdings, version: Version, judgement: Judgement, context: BookContext
) -> Draft:
    """The refusal that a judgement calls for, telling no more than the disclosure level allows."""
    reason = judgement.answer.reason or RefusalReason.CONFLICT
    if judgement.fault is not None:
        return refusal_draft(
            holdings, version, reason, detail=judgement.fault.detail, context=context
        )
    blocker = judgement.answer.blockers[0]
    other = holdings.versions[blocker.key]
    detail: dict[str, Any] = {"with": "third-party"}
    if reason is RefusalReason.LAPSED_HOLD:
        detail = {"also_require": [other.owner]}
    elif blocker.own:
        detail = {"with": holdings.me, **_disclosed(version, other, judgement.verdict)}
    return refusal_draft(holdings, version, reason, detail=detail, context=context)


def withdrawal_draft(
    holdings: Holdings,
    version: Version,
    reason: str,
    *,
    because: RecordDigest | None = None,
    operator: OperatorId = NODE_OPERATOR,
    recipients: Sequence[PartyId] | None = None,
) -> Draft:
    """A version taken back, told to everybody who was asked about it."""
    body = withdrawal_to_body(Withdrawal(version.digest, reason, because))
    to = version.proposal.required if recipients is None else tuple(recipients)
    return draft(holdings, WITHDRAWAL, to, body, operator)


def state_draft(
    holdings: Holdings, version: Version, change: StateChange, operator: OperatorId
) -> Draft:
    """What became of an accepted version."""
    return draft(holdings, STATE, version.proposal.required, state_to_body(change), operator)


def draft(
    holdings: Holdings,
    kind: str,
    recipients: tuple[PartyId, ...],
    body: Mapping[str, Any],
    operator: OperatorId,
) -> Draft:
    """A draft in the world, live or exercise, that these holdings are of."""
    return Draft(
        kind=kind,
        recipients=recipients,
        body=body,
        operator=operator,
        exercise=holdings.exercise,
    )


def _owed_by_owner(
    holdings: Holdings, version: Version, context: BookContext, terms: Terms
) -> Draft | None:
    if version.state is IntentState.PROPOSED:
        return _owed_about_own_proposal(holdings, version, context, terms)
    if version.notify_replaced:
        return withdrawal_draft(holdings, version, REPLACED, recipients=version.notify_replaced)
    if version.activation_owed and version.state is IntentState.ACCEPTED:
        change = StateChange(version.digest, DeclaredState.ACTIVATED, None)
        return state_draft(holdings, version, change, NODE_OPERATOR)
    return None


def _owed_about_own_proposal(
    holdings: Holdings, version: Version, context: BookContext, terms: Terms
) -> Draft | None:
    proposal = version.proposal
    if version.doubted:
        return withdrawal_draft(holdings, version, "doubt")
    if version.refusals:
        first = min(version.refusals.items())[1]
        return withdrawal_draft(holdings, version, "refused", because=first.digest)
    if terms.digest != proposal.basis.agreement:
        return withdrawal_draft(holdings, version, "agreement")
    if proposal.replaces is not None and not holdings.versions[proposal.replaces].stands:
        return withdrawal_draft(holdings, version, "nothing-to-replace")
    if holdings.now > proposal.decide_by:
        return withdrawal_draft(holdings, version, "decide-by")
    if any(party not in version.assents for party in proposal.required):
        return None
    why_held = context.why_held(proposal.required)
    if why_held is not None:
        holdings.put_off(version, f"{HOLDING}: {why_held}")
        return None
    acceptance = Acceptance(
        version.digest, proposal.basis.agreement, tuple(sorted(version.assents.items()))
    )
    body = acceptance_to_body(acceptance)
    return draft(holdings, ACCEPTANCE, proposal.required, body, NODE_OPERATOR)


def _owed_by_holder(
    holdings: Holdings, version: Version, context: BookContext, terms: Terms
) -> Draft | None:
    if context.holding_with.get(version.owner) == PEER_REMOVED:
        holdings.put_off(version, f"{HOLDING}: {PEER_REMOVED}")
        return None
    if version.proposal.basis.agreement != terms.digest:
        return refusal_draft(
            holdings,
            version,
            RefusalReason.AGREEMENT,
            detail={"in_force": terms.digest},
            context=context,
        )
    why_held = context.why_held((version.owner,))
    if why_held is not None:
        holdings.put_off(version, f"{HOLDING}: {why_held}")
        return None
    judgement = judge(holdings, version, terms, context)
    move = judgement.answer.move
    if move is Move.REFUSE:
        return refusal_of(holdings, version, judgement, context)
    if move is Move.WAIT:
        for blocker in judgement.answer.blockers:
            holdings.wait_for(version, blocker.key)
        holdings.put_off(version, WAITING_FOR_OTHER)
        return None
    if terms.assent_by == "person":
        holdings.put_off(version, AWAITING_PERSON)
        return None
    return assent_drafts(
        holdings, version, judgement, terms=terms, context=context, operator=NODE_OPERATOR
    )[0]


def _refuse(fault: Fault) -> Judgement:
    return Judgement(Answer(Move.REFUSE, (), fault.reason), fault=fault)


def _blocker(version: Version, other: Version, terms: Terms, verdict: Verdict) -> Blocker:
    asked = other.owner == version.owner or other.owner in version.proposal.required
    return Blocker(
        key=other.digest,
        own=other.own,
        state=other.state,
        gives_way=_outranks(version, other, terms),
        owner_asked=asked,
        determined=isinstance(verdict, Conflict),
    )


def _outranks(version: Version, other: Version, terms: Terms) -> bool:
    """Whether the first goes before the second; never where the second is of another agreement."""
    if other.proposal.basis.agreement != version.proposal.basis.agreement:
        return False
    try:
        return rank(terms, version.proposal.priority, version.owner, version.start) < rank(
            terms, other.proposal.priority, other.owner, other.start
        )
    except AgreementError:
        return False


def _disclosed(version: Version, other: Version, verdict: Verdict | None) -> dict[str, Any]:
    """What an owner may learn of our own flight that its proposal meets."""
    if Disclosure.CELLS in (version.proposal.disclosure, other.proposal.disclosure):
        theirs, ours = version.proposal.footprint.cells, other.proposal.footprint.cells
        if theirs is None or ours is None:
            return {}
        shared = sorted(theirs.cells & ours.cells)[:CELLS_NAMED_MAX]
        return {"cells": [[f"{cell:x}", band, slot] for cell, band, slot in shared]}
    if not isinstance(verdict, Conflict):
        return {}
    return {
        "at": str(verdict.first_time),
        "lat_e7": e7_from_degrees(verdict.latitude_deg),
        "least_horizontal_mm": round(verdict.least_horizontal_m * MM_PER_METRE),
        "least_vertical_mm": round(verdict.least_vertical_m * MM_PER_METRE),
        "lon_e7": e7_from_degrees(verdict.longitude_deg),
        "proposal_volume": verdict.volume,
    }
