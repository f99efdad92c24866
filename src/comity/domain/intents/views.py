"""Intents as a node may truthfully show them: what is not known is unknown, never clear."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from comity.domain.airspace import Footprint
from comity.domain.intents.bodies import Proposal
from comity.domain.intents.context import BookContext
from comity.domain.intents.holdings import Holdings
from comity.domain.intents.states import FINAL, IntentState
from comity.domain.intents.versions import Announced, FlagReason, Version
from comity.kernel.ids import IntentId, PartyId, RecordDigest
from comity.kernel.instants import Instant

Receipted = Callable[[RecordDigest, PartyId], bool]
"""Whether a party's receipt for one of our records is here."""


class Label(StrEnum):
    """The one word that a person acts on."""

    DECONFLICTED = "deconflicted"
    NOT_DECONFLICTED = "not-deconflicted"
    ANNOUNCED = "announced"
    NONE = "none"


class AnswerKind(StrEnum):
    """What a required party said, as far as this node knows."""

    ASSENT = "assent"
    REFUSAL = "refusal"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One required party's answer; a holder learns of others' from the owner's acceptance."""

    party: PartyId
    kind: AnswerKind
    digest: RecordDigest | None = None
    reason: str | None = None
    detail: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version, its answers, and why it may not be shown as deconflicted.

    Attributes:
        why_not: every reason against the label `deconflicted`; empty exactly when it has the label.
        put_off: why it is undecided at this node.
        withdrawing: withdrawn, and these parties' receipts are not here yet.
        overdue: its time is over and its owner has not said that it ended.
    """

    digest: RecordDigest
    proposal: Proposal
    owner: PartyId
    own: bool
    state: IntentState
    label: Label
    why_not: tuple[str, ...]
    answers: tuple[AnswerView, ...]
    flags: Mapping[RecordDigest, FlagReason]
    start: Instant
    end: Instant
    made_at: Instant
    received_at: Instant
    withdrawn_because: str | None
    put_off: str | None
    withdrawing: tuple[PartyId, ...]
    overdue: bool
    footprint: Footprint | None


@dataclass(frozen=True, slots=True)
class IntentView:
    """An intent: the version that stands, and a change that is under way."""

    intent: IntentId
    owner: PartyId
    current: VersionView
    change: VersionView | None
    version_count: int


@dataclass(frozen=True, slots=True)
class AnnouncementView:
    """An emergency flight: made known, asked of nobody, never deconflicted."""

    digest: RecordDigest
    intent: IntentId
    owner: PartyId
    own: bool
    state: IntentState
    label: Label
    callsign: str | None
    remark: str
    start: Instant
    end: Instant


def view_intent(
    holdings: Holdings,
    intent: IntentId,
    context: BookContext,
    receipted: Receipted | None = None,
) -> IntentView | None:
    """An intent as this node may show it now, or None where it knows of none."""
    digests = holdings.history.get(intent)
    if not digests:
        return None
    versions = [holdings.versions[each] for each in digests]
    agreed = holdings.agreed_version(intent)
    latest = versions[-1]
    current = agreed or latest
    under_way = latest if agreed is not None and latest is not agreed else None
    change = under_way if under_way is not None and under_way.state not in FINAL else None
    return IntentView(
        intent=intent,
        owner=current.owner,
        current=view_version(holdings, current, context, receipted),
        change=None if change is None else view_version(holdings, change, context, receipted),
        version_count=len(versions),
    )


def view_version(
    holdings: Holdings,
    version: Version,
    context: BookContext,
    receipted: Receipted | None = None,
) -> VersionView:
    """One version as this node may show it now."""
    why_not = _why_not_deconflicted(version, context)
    over = version.state in FINAL
    label = Label.NONE if over else Label.NOT_DECONFLICTED if why_not else Label.DECONFLICTED
    return VersionView(
        digest=version.digest,
        proposal=version.proposal,
        owner=version.owner,
        own=version.own,
        state=version.state,
        label=label,
        why_not=why_not,
        answers=tuple(_answer(version, party) for party in version.proposal.required),
        flags=dict(version.flags),
        start=version.start,
        end=version.end,
        made_at=version.made_at,
        received_at=version.received_at,
        withdrawn_because=version.withdrawn_because,
        put_off=version.put_off,
        withdrawing=_withdrawing(version, receipted),
        overdue=version.state is IntentState.EXPIRED
        or (version.agreed and holdings.now > version.last_end),
        footprint=version.footprint,
    )


def view_announcement(announced: Announced) -> AnnouncementView:
    """An announced flight as this node may show it now."""
    active = announced.state is IntentState.ANNOUNCED
    return AnnouncementView(
        digest=announced.digest,
        intent=announced.intent,
        owner=announced.owner,
        own=announced.own,
        state=announced.state,
        label=Label.ANNOUNCED if active else Label.NONE,
        callsign=announced.callsign,
        remark=announced.remark,
        start=announced.start,
        end=announced.end,
    )


def _why_not_deconflicted(version: Version, context: BookContext) -> tuple[str, ...]:
    """Deconflicted: accepted with every assent, in its volumes, unflagged, terms not suspended."""
    reasons = []
    if version.state not in (IntentState.ACCEPTED, IntentState.ACTIVATED):
        reasons.append(f"state-{version.state.value}")
    missing = [party for party in version.proposal.required if party not in version.assents]
    reasons += [f"no-assent-from-{party}" for party in missing]
    reasons += sorted({reason.value for reason in version.flags.values()})
    if context.suspended_flags:
        reasons.append("agreement-suspended")
    if context.recovering:
        reasons.append("recovering")
    return tuple(reasons)


def _answer(version: Version, party: PartyId) -> AnswerView:
    refusal = version.refusals.get(party)
    if refusal is not None:
        return AnswerView(party, AnswerKind.REFUSAL, refusal.digest, refusal.reason, refusal.detail)
    assent = version.assents.get(party)
    kind = AnswerKind.UNKNOWN if assent is None else AnswerKind.ASSENT
    return AnswerView(party, kind, assent)


def _withdrawing(version: Version, receipted: Receipted | None) -> tuple[PartyId, ...]:
    if not version.own or version.withdrawal is None or receipted is None:
        return ()
    withdrawal = version.withdrawal
    return tuple(party for party in version.proposal.required if not receipted(withdrawal, party))
