"""The release gate: a draft becomes releasable to one recipient here, or nowhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from comity.domain.records import Draft
from comity.domain.releasability.table import (
    FOOTPRINT_NAMES,
    KNOWN_LABELS,
    NAMES_AT_CELLS,
    RELEASE_TABLE,
    Audience,
    Disclosure,
    KindRule,
    ReleaseRule,
)
from comity.kernel.ids import AgreementDigest, PartyId
from comity.kernel.invariants import invariant


class ReleaseTerms(Protocol):
    """What the gate reads of an agreement in force."""

    @property
    def digest(self) -> AgreementDigest:
        """Which version of the agreement this is."""
        ...

    @property
    def party_ids(self) -> tuple[PartyId, ...]:
        """The parties that signed it."""
        ...

    @property
    def disclosure(self) -> Disclosure:
        """How finely flights are shown."""
        ...

    @property
    def releasability(self) -> tuple[ReleaseRule, ...]:
        """What the parties agreed may be released, and why it is lawful."""
        ...


class Circle(Protocol):
    """What the gate asks of a group or a meeting; whoever keeps its records answers."""

    def denies(self, draft: Draft, recipient: PartyId) -> str | None:
        """Why a draft may not go to a recipient; None where it may."""
        ...

    def allowed_labels(self, draft: Draft) -> frozenset[str]:
        """The labels that its material may carry."""
        ...

    def legal_basis(self, draft: Draft) -> str:
        """What makes its exchange lawful (L-04); empty where that is not known."""
        ...


Refusal = Callable[[Draft, PartyId], str | None]
"""Why the owner of what a draft tells has not consented that a recipient is told so; None: it has."""


class DenyRule(StrEnum):
    """Which rule a release was denied under (docs/rooms/releasability.md)."""

    UNKNOWN_KIND = "unknown-kind"
    UNKNOWN_LABEL = "unknown-label"
    LABEL = "label"
    NOT_A_RECIPIENT = "not-a-recipient"
    NO_AGREEMENT = "no-agreement"
    NOT_A_PARTY = "not-a-party"
    NOT_IN_CIRCLE = "not-in-circle"
    NO_LEGAL_BASIS = "no-legal-basis"
    DISCLOSURE = "disclosure"
    NO_CONSENT = "no-consent"


@dataclass(frozen=True, slots=True)
class Denied:
    """Not released. `reason` is in words for the operator; `rule` is the code."""

    reason: str
    rule: DenyRule


_GATE = object()  # only this module has it, so nothing else can make a Released


@dataclass(frozen=True, slots=True)
class Released:
    """The gate's permission for one draft to go to one recipient.

    Attributes:
        draft: the very draft that was judged.
        recipient: to whom it may go.
        legal_basis: id of the agreement's legal basis, or of the table's where none is in force.
        agreement: the agreement under which it goes; None for what comes before one.
    """

    draft: Draft
    recipient: PartyId
    legal_basis: str
    agreement: AgreementDigest | None
    _gate: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        invariant(self._gate is _GATE, "only the release gate makes a Released")


def release(
    draft: Draft,
    recipient: PartyId,
    terms: ReleaseTerms | None,
    table: Mapping[str, KindRule] = RELEASE_TABLE,
    circle: Circle | None = None,
    refusal: Refusal | None = None,
) -> Released | Denied:
    """Judge whether a draft may go to a recipient. What no rule allows is denied (L-04).

    Args:
        draft: what is about to be said.
        recipient: one of the draft's recipients.
        terms: the agreement in force, None where none is.
        table: the rule of each kind of record.
        circle: the group or meeting that the draft is about; None denies all that needs one.
        refusal: asked where the kind needs the consent of whom it tells of; without it nothing of
            such a kind goes out.

    Source: docs/rooms/releasability.md, rules in this order.
    """
    rule = table.get(draft.kind)
    if rule is None:
        return Denied(f"no rule speaks of {draft.kind!r}", DenyRule.UNKNOWN_KIND)
    if recipient not in draft.recipients:
        return Denied(f"{recipient} is not a recipient of this record", DenyRule.NOT_A_RECIPIENT)
    denied = _label_denied(draft, rule.labels)
    if denied is not None:
        return denied
    if rule.audience is Audience.NAMED:
        if not rule.footprint and _names(draft.body) & FOOTPRINT_NAMES:
            return Denied(f"{draft.kind} may not show where a flight goes", DenyRule.DISCLOSURE)
        return Released(draft, recipient, rule.legal_basis, None, _GATE)
    if rule.audience is Audience.CIRCLE:
        return _release_within(draft, recipient, circle, rule)
    if rule.consent:
        why = "nobody was asked for consent" if refusal is None else refusal(draft, recipient)
        if why is not None:
            return Denied(why, DenyRule.NO_CONSENT)
    return _release_under(draft, recipient, terms, rule)


def _release_within(
    draft: Draft, recipient: PartyId, circle: Circle | None, rule: KindRule
) -> Released | Denied:
    if circle is None:
        return Denied(f"{draft.kind} goes out only within a circle", DenyRule.NOT_IN_CIRCLE)
    why = circle.denies(draft, recipient)
    if why is not None:
        return Denied(why, DenyRule.NOT_IN_CIRCLE)
    basis = rule.legal_basis or circle.legal_basis(draft)
    if not basis:
        why = f"no legal basis is known for releasing {draft.kind}"
        return Denied(why, DenyRule.NO_LEGAL_BASIS)
    if rule.material and (denied := _label_denied(draft, circle.allowed_labels(draft))):
        return denied
    if _names(draft.body) & FOOTPRINT_NAMES:
        return Denied(f"{draft.kind} may not show where a flight goes", DenyRule.DISCLOSURE)
    return Released(draft, recipient, basis, None, _GATE)


def _release_under(
    draft: Draft, recipient: PartyId, terms: ReleaseTerms | None, rule: KindRule
) -> Released | Denied:
    if terms is None:
        return Denied(f"{draft.kind} goes out only under an agreement", DenyRule.NO_AGREEMENT)
    for party in draft.recipients:
        if party not in terms.party_ids:
            why = f"{party} is not a party of agreement {terms.digest[:12]}"
            return Denied(why, DenyRule.NOT_A_PARTY)
    agreed = next((each for each in terms.releasability if each.covers(draft.kind)), None)
    if agreed is None or not agreed.legal_basis:
        why = f"agreement {terms.digest[:12]} names no legal basis for releasing {draft.kind}"
        return Denied(why, DenyRule.NO_LEGAL_BASIS)
    denied = _label_denied(draft, agreed.labels) or _disclosure_denied(draft, terms, rule)
    if denied is not None:
        return denied
    return Released(draft, recipient, agreed.legal_basis, terms.digest, _GATE)


def _label_denied(draft: Draft, allowed: frozenset[str]) -> Denied | None:
    for label in draft.labels:
        if label not in KNOWN_LABELS:
            return Denied(f"the label {label!r} is not known", DenyRule.UNKNOWN_LABEL)
        if label not in allowed:
            return Denied(f"{label!r} is not releasable for {draft.kind}", DenyRule.LABEL)
    return None


def _disclosure_denied(draft: Draft, terms: ReleaseTerms, rule: KindRule) -> Denied | None:
    """Where cells are agreed, or this intent says so, a body holds no name that places it better."""
    names = _names(draft.body)
    if not rule.footprint and names & FOOTPRINT_NAMES:
        return Denied(f"{draft.kind} may not show where a flight goes", DenyRule.DISCLOSURE)
    own_level = draft.body.get("disclosure", terms.disclosure.value)
    if rule.consent or (terms.disclosure is Disclosure.FULL and own_level == Disclosure.FULL.value):
        return None  # levels of disclosure are about flights; a consent is to the letter
    finer = sorted(names - NAMES_AT_CELLS)
    if finer:
        why = f"cells only are shown; {draft.kind} may not hold {finer[0]!r}"
        return Denied(why, DenyRule.DISCLOSURE)
    return None


def _names(body: Mapping[str, Any]) -> set[str]:
    """Every field name in a body, at any depth."""
    names: set[str] = set()
    level: list[Any] = [body]
    while level:
        deeper: list[Any] = []
        for item in level:
            if isinstance(item, Mapping):
                names.update(item)
                deeper.extend(item.values())
            elif isinstance(item, (list, tuple)):
                deeper.extend(item)
        level = deeper
    return names
