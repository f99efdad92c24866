"""What a person asks of an own intent: declare, change, take back, say what became of it, announce.

Each gives a draft to sign or says why not; nothing changes before the record is applied.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from comity.domain.agreement import Terms
from comity.domain.airspace import Footprint, Verdict
from comity.domain.intents.bodies import (
    ANNOUNCEMENT,
    PROPOSAL,
    Announcement,
    DeclaredState,
    Proposal,
    StateChange,
    announcement_to_body,
    proposal_to_body,
)
from comity.domain.intents.checks import Offer, fault_of
from comity.domain.intents.context import BookContext
from comity.domain.intents.decisions import HOLDING, NO_AGREEMENT, draft, withdrawal_draft
from comity.domain.intents.decisions import state_draft as _state_draft
from comity.domain.intents.finished import ANNOUNCEMENTS_OPEN_MAX
from comity.domain.intents.footprints import footprint_from_body, footprint_to_body
from comity.domain.intents.holdings import Holdings
from comity.domain.intents.states import (
    FINAL,
    OWNER_TRANSITIONS,
    IntentEvent,
    IntentState,
    next_state,
)
from comity.domain.intents.versions import Version
from comity.domain.records import Draft
from comity.domain.releasability import Disclosure
from comity.kernel.ids import IntentId, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class PlannedFlight:
    """What is to be declared, or what an accepted intent is to be changed to.

    Attributes:
        intent: minted by the caller; the same id again is a change.
        decide_by: at the latest; None takes all the time that the terms give.
        allow_own_conflict: the owner answers for a conflict among its own flights (a formation).
    """

    intent: IntentId
    footprint: Footprint
    priority: str
    operator: OperatorId
    callsign: str | None = None
    formation: str | None = None
    disclosure: Disclosure = Disclosure.FULL
    decide_by: Instant | None = None
    allow_own_conflict: bool = False
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Met:
    """Something held here that the plan meets: whose, in which state, and the verdict."""

    proposal: RecordDigest
    intent: IntentId
    owner: PartyId
    state: IntentState
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class NotPossible:
    """Nothing is sent: a code, the values and limits, and what stands in the way."""

    reason: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    met: tuple[Met, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedPlan:
    """A plan that may be proposed, and what it meets that does not stand in its way.

    Attributes:
        proposal: as it will be signed.
        noticed: announced flights, own flights, and holds that lapsed, whose owners are asked too.
    """

    proposal: Proposal
    noticed: tuple[Met, ...] = ()


def check_plan(
    holdings: Holdings, flight: PlannedFlight, at: Instant, context: BookContext
) -> CheckedPlan | NotPossible:
    """Check a plan against the terms and everything held, as `declare` would, and send nothing."""
    holdings.advance(at)
    terms = context.terms
    if terms is None:
        return NotPossible(NO_AGREEMENT)
    # What peers will judge is the record's form, rounded outwards; judge the same.
    footprint = footprint_from_body(footprint_to_body(flight.footprint))
    earlier = [holdings.versions[each] for each in holdings.history.get(flight.intent, ())]
    undecided = next((each for each in earlier if each.state is IntentState.PROPOSED), None)
    if undecided is not None:
        return NotPossible("version-undecided", {"proposal": undecided.digest})
    agreed = holdings.agreed_version(flight.intent)
    if agreed is not None and agreed.state is IntentState.CONTINGENT:
        return NotPossible("contingent", {"proposal": agreed.digest})
    met = _met(holdings, footprint, flight.intent)
    in_the_way = tuple(each for each in met if _stands_in_the_way(holdings, each, flight))
    if in_the_way:
        return NotPossible("conflict", met=in_the_way)
    lapsed_owners = {each.owner for each in met if each.state is IntentState.LAPSED}
    required = set(context.required_parties(terms, holdings.me, footprint)) | lapsed_owners
    required.discard(holdings.me)
    proposal = Proposal(
        intent=flight.intent,
        version=1 + max((each.proposal.version for each in earlier), default=0),
        basis=context.basis(terms),
        decide_by=flight.decide_by or holdings.now.plus_s(terms.decide_within_s),
        priority=flight.priority,
        callsign=flight.callsign,
        formation=flight.formation,
        disclosure=flight.disclosure,
        required=tuple(sorted(required)),
        replaces=None if agreed is None else agreed.digest,
        footprint=footprint,
    )
    why_not = _why_not(holdings, proposal, terms, context)
    return why_not or CheckedPlan(proposal, met)


def proposal_draft(holdings: Holdings, flight: PlannedFlight, checked: CheckedPlan) -> Draft:
    """The proposal of a new intent, or of a change to an accepted one."""
    return Draft(
        kind=PROPOSAL,
        recipients=checked.proposal.required,
        body=proposal_to_body(checked.proposal),
        operator=flight.operator,
        labels=flight.labels,
        exercise=holdings.exercise,
    )


def withdraw(
    holdings: Holdings, intent: IntentId, operator: OperatorId, *, change_only: bool = False
) -> Draft | NotPossible:
    """Take an intent back: the undecided version if there is no other, else the accepted one.

    Args:
        holdings: what this node holds.
        intent: one of our own.
        operator: who asks.
        change_only: take back an undecided change and keep the accepted version.
    """
    version = _own_version(holdings, intent, undecided=change_only)
    if version is None:
        return NotPossible("no-such-intent", {"intent": intent})
    if next_state(OWNER_TRANSITIONS, version.state, IntentEvent.WITHDRAWAL) is None:
        return NotPossible("state", {"state": version.state.value})
    return withdrawal_draft(holdings, version, "operator", operator=operator)


def change_state(
    holdings: Holdings,
    intent: IntentId,
    state: DeclaredState,
    operator: OperatorId,
    off_nominal: Footprint | None = None,
) -> Draft | NotPossible:
    """Say that an accepted intent is activated, nonconforming, contingent or ended."""
    version = _own_version(holdings, intent, undecided=False)
    if version is None:
        return NotPossible("no-such-intent", {"intent": intent})
    event = {
        DeclaredState.ACTIVATED: IntentEvent.ACTIVATION,
        DeclaredState.NONCONFORMING: IntentEvent.DEVIATION,
        DeclaredState.CONTINGENT: IntentEvent.CONTINGENCY,
        DeclaredState.ENDED: IntentEvent.END,
    }[state]
    if next_state(OWNER_TRANSITIONS, version.state, event) is None:
        return NotPossible("state", {"state": version.state.value})
    if off_nominal is not None and state in (DeclaredState.ACTIVATED, DeclaredState.ENDED):
        return NotPossible("off-nominal", {"state": state.value})
    return _state_draft(
        holdings, version, StateChange(version.digest, state, off_nominal), operator
    )


def announce(
    holdings: Holdings,
    intent: IntentId,
    footprint: Footprint,
    operator: OperatorId,
    context: BookContext,
    *,
    callsign: str | None = None,
    remark: str = "",
) -> Draft | NotPossible:
    """Make an emergency flight known to every party of the agreement, without asking."""
    terms = context.terms or holdings.terms
    if terms is None:
        return NotPossible(NO_AGREEMENT)
    if holdings.announced_by(holdings.me) >= ANNOUNCEMENTS_OPEN_MAX:
        return NotPossible("too-many-announced", {"most": ANNOUNCEMENTS_OPEN_MAX})
    others = tuple(sorted(party for party in terms.party_ids if party != holdings.me))
    body = announcement_to_body(Announcement(intent, callsign, remark, footprint, None))
    return draft(holdings, ANNOUNCEMENT, others, body, operator)


def end_announcement(
    holdings: Holdings, digest: RecordDigest, operator: OperatorId, *, remark: str = ""
) -> Draft | NotPossible:
    """Say that an announced emergency is over."""
    announced = holdings.announcements.get(digest)
    if announced is None or not announced.own or announced.state is not IntentState.ANNOUNCED:
        return NotPossible("no-such-announcement", {"announcement": digest})
    body = announcement_to_body(
        Announcement(announced.intent, announced.callsign, remark, None, digest)
    )
    return draft(holdings, ANNOUNCEMENT, announced.recipients, body, operator)


def _met(holdings: Holdings, footprint: Footprint, intent: IntentId) -> tuple[Met, ...]:
    found: dict[RecordDigest, Met] = {}
    for finding in holdings.finder.find(footprint):
        other = holdings.kept(finding.key)
        if other is not None and other.intent != intent:
            found.setdefault(
                other.digest,
                Met(other.digest, other.intent, other.owner, other.state, finding.verdict),
            )
    return tuple(found.values())


def _stands_in_the_way(holdings: Holdings, met: Met, flight: PlannedFlight) -> bool:
    if met.state in (IntentState.ANNOUNCED, IntentState.LAPSED):
        return False
    return met.owner != holdings.me or not flight.allow_own_conflict


def _why_not(
    holdings: Holdings, proposal: Proposal, terms: Terms, context: BookContext
) -> NotPossible | None:
    why_held = context.why_held(proposal.required)
    if why_held is not None:
        return NotPossible(HOLDING, {"why": why_held})
    tally = holdings.tally(holdings.me)
    offer = Offer(
        proposal=proposal,
        owner=holdings.me,
        made_at=holdings.now,
        open_count=tally.open_count + 1,
        hour_count=tally.count_in_hour(tally.proposed_ms, holdings.now) + 1,
    )
    fault = fault_of(offer, terms, context, holdings.now)
    return None if fault is None else NotPossible(fault.reason.value, fault.detail)


def _own_version(holdings: Holdings, intent: IntentId, *, undecided: bool) -> Version | None:
    own = [
        version
        for version in (holdings.versions[each] for each in holdings.history.get(intent, ()))
        if version.own
    ]
    proposed = next((each for each in own if each.state is IntentState.PROPOSED), None)
    if undecided:
        return proposed
    return next((each for each in own if each.stands), None) or proposed or _last(own)


def _last(own: list[Version]) -> Version | None:
    return own[-1] if own and own[-1].state in FINAL else None
