"""Bodies of the intent records: what is said, checked to the letter before anything acts on it.

Source: docs/spec/intent.md §3 to §9.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from comity.domain.airspace import Footprint
from comity.domain.intents.fields import (
    OBJECT,
    choice,
    digest,
    instant,
    integer,
    optional,
    parties,
    required_field,
    text,
)
from comity.domain.intents.footprints import footprint_from_body, footprint_to_body
from comity.domain.records import Record, fault_of_words
from comity.domain.releasability import Disclosure
from comity.kernel.errors import RecordError
from comity.kernel.ids import INTENT_ID, PARTY_ID, AgreementDigest, IntentId, PartyId, RecordDigest
from comity.kernel.instants import Instant

PROPOSAL: Final = "intent.proposal"
ASSENT: Final = "intent.assent"
REFUSAL: Final = "intent.refusal"
ACCEPTANCE: Final = "intent.acceptance"
WITHDRAWAL: Final = "intent.withdrawal"
STATE: Final = "intent.state"
ANNOUNCEMENT: Final = "intent.announcement"
DOUBT: Final = "intent.doubt"
KINDS: Final = frozenset({
    PROPOSAL, ASSENT, REFUSAL, ACCEPTANCE, WITHDRAWAL, STATE, ANNOUNCEMENT, DOUBT,
})  # fmt: skip

PRIVATE_KINDS: Final = frozenset({DOUBT})

VERSION_MAX = 9_999  # changes of one flight; a day of changes every 10 s is 8,640
CALLSIGN = re.compile(r"[A-Z0-9-]{1,16}")  # ICAO flight plan item 7 has 7; uncrewed ones use more
FORMATION = re.compile(r"[A-Za-z0-9 ._-]{1,32}")
NAME = re.compile(r"[a-z0-9][a-z0-9._+-]{0,63}")  # priority classes, kernel versions, data sets
REASON = re.compile(r"[a-z][a-z0-9-]{0,47}")
REMARK_LENGTH_MAX = 400


class DeclaredState(StrEnum):
    """What an owner may say of its accepted intent (ASTM F3548-21)."""

    ACTIVATED = "activated"
    NONCONFORMING = "nonconforming"
    CONTINGENT = "contingent"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer was computed with: two answers are comparable only where these are equal."""

    agreement: AgreementDigest
    kernel: str
    border: str | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """One version of an intent, offered to every party that must assent to it."""

    intent: IntentId
    version: int
    basis: Basis
    decide_by: Instant
    priority: str
    callsign: str | None
    formation: str | None
    disclosure: Disclosure
    required: tuple[PartyId, ...]
    replaces: RecordDigest | None
    footprint: Footprint


@dataclass(frozen=True, slots=True)
class Assent:
    """A signed yes to the exact digest of a proposal."""

    proposal: RecordDigest
    basis: Basis


@dataclass(frozen=True, slots=True)
class Refusal:
    """A signed no, with no more in it than the proposal's disclosure level allows."""

    proposal: RecordDigest
    basis: Basis
    reason: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The owner's statement that every required party assented in time, assent by assent."""

    proposal: RecordDigest
    agreement: AgreementDigest
    assents: tuple[tuple[PartyId, RecordDigest], ...]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The owner takes a version back; it will never be accepted, or is accepted no longer."""

    proposal: RecordDigest
    reason: str
    because: RecordDigest | None


@dataclass(frozen=True, slots=True)
class StateChange:
    """What became of an accepted intent; `off_nominal` is where it may be outside its volumes."""

    proposal: RecordDigest
    state: DeclaredState
    off_nominal: Footprint | None


@dataclass(frozen=True, slots=True)
class Announcement:
    """An emergency flight made known without assent, or the end of one."""

    intent: IntentId
    callsign: str | None
    remark: str
    footprint: Footprint | None
    ends: RecordDigest | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """What this node and a peer told each other before an instant may be lost to both: both were restored."""

    peer: PartyId
    until: Instant


Body = Proposal | Assent | Refusal | Acceptance | Withdrawal | StateChange | Announcement | Doubt


def proposal_to_body(proposal: Proposal) -> dict[str, Any]:
    """The record form of a proposal."""
    return {
        **_basis_to_body(proposal.basis),
        "callsign": proposal.callsign,
        "decide_by": str(proposal.decide_by),
        "disclosure": proposal.disclosure.value,
        "footprint": footprint_to_body(proposal.footprint),
        "formation": proposal.formation,
        "intent": proposal.intent,
        "priority": proposal.priority,
        "replaces": proposal.replaces,
        "required": list(proposal.required),
        "version": proposal.version,
    }


def assent_to_body(assent: Assent) -> dict[str, Any]:
    """The record form of an assent."""
    return {**_basis_to_body(assent.basis), "proposal": assent.proposal}


def refusal_to_body(refusal: Refusal) -> dict[str, Any]:
    """The record form of a refusal."""
    return {
        **_basis_to_body(refusal.basis),
        "detail": dict(refusal.detail),
        "proposal": refusal.proposal,
        "reason": refusal.reason,
    }


def acceptance_to_body(acceptance: Acceptance) -> dict[str, Any]:
    """The record form of an acceptance."""
    return {
        "agreement": acceptance.agreement,
        "assents": [{"digest": named, "party": party} for party, named in acceptance.assents],
        "proposal": acceptance.proposal,
    }


def withdrawal_to_body(withdrawal: Withdrawal) -> dict[str, Any]:
    """The record form of a withdrawal."""
    return {
        "because": withdrawal.because,
        "proposal": withdrawal.proposal,
        "reason": withdrawal.reason,
    }


def state_to_body(change: StateChange) -> dict[str, Any]:
    """The record form of a change of state."""
    return {
        "off_nominal": (
            None if change.off_nominal is None else footprint_to_body(change.off_nominal)
        ),
        "proposal": change.proposal,
        "state": change.state.value,
    }


def announcement_to_body(announcement: Announcement) -> dict[str, Any]:
    """The record form of an announcement; its precedence is always FLASH."""
    footprint = announcement.footprint
    return {
        "callsign": announcement.callsign,
        "ends": announcement.ends,
        "footprint": None if footprint is None else footprint_to_body(footprint),
        "intent": announcement.intent,
        "precedence": "FLASH",
        "remark": announcement.remark,
    }


def doubt_to_body(doubt: Doubt) -> dict[str, Any]:
    """The record form of a doubt."""
    return {"peer": doubt.peer, "until": str(doubt.until)}


def read_body(record: Record, footprint: Footprint | None = None) -> Body:
    """Check the body of an intent record completely.

    Args:
        record: of a kind in KINDS.
        footprint: what the footprint of a proposal reads as, where the caller has read it already.

    Raises:
        RecordError: `missing-field`, `field-form`, `field-limit`, `intent-owner`,
            `intent-recipients` or `intent-contradiction`, with the field and the limit named
            (docs/spec/intent.md §10).
    """
    reader = _READERS.get(record.kind)
    if reader is None:
        raise RecordError("field-form", f"kind: {record.kind!r} is not an intent record")
    if record.kind_version != 1:
        raise RecordError("field-limit", f"kind_version: {record.kind_version}, known is 1")
    if footprint is not None and record.kind == PROPOSAL:
        return _read_proposal(record, footprint)
    return reader(record)


def _basis_to_body(basis: Basis) -> dict[str, Any]:
    return {"agreement": basis.agreement, "border": basis.border, "kernel": basis.kernel}


def _read_basis(body: Mapping[str, Any]) -> Basis:
    return Basis(
        agreement=AgreementDigest(digest(body, "agreement")),
        kernel=text(body, "kernel", NAME),
        border=optional(body, "border", digest),
    )


def _read_proposal(record: Record, footprint: Footprint | None = None) -> Proposal:
    body = record.body
    required = parties(body, "required")
    if required != record.recipients:
        raise RecordError(
            "intent-recipients", f"required {list(required)}, sent to {list(record.recipients)}"
        )
    proposal = Proposal(
        intent=_own_intent(record),
        version=integer(body, "version", 1, VERSION_MAX),
        basis=_read_basis(body),
        decide_by=instant(body, "decide_by"),
        priority=text(body, "priority", NAME),
        callsign=optional(body, "callsign", lambda of, name: text(of, name, CALLSIGN)),
        formation=optional(body, "formation", lambda of, name: text(of, name, FORMATION)),
        disclosure=choice(body, "disclosure", Disclosure),
        required=required,
        replaces=optional(body, "replaces", lambda of, name: RecordDigest(digest(of, name))),
        footprint=footprint or _read_footprint(body, "footprint"),
    )
    if proposal.decide_by < record.made_at:
        raise RecordError(
            "intent-contradiction",
            f"decide_by: {proposal.decide_by} is before made_at {record.made_at}",
        )
    in_cells = proposal.footprint.cells is not None
    if in_cells != (proposal.disclosure is Disclosure.CELLS):
        raise RecordError(
            "intent-contradiction", f"footprint: not of the form of disclosure {body['disclosure']}"
        )
    return proposal


def _read_assent(record: Record) -> Assent:
    return Assent(_proposal_named(record), _read_basis(record.body))


def _read_refusal(record: Record) -> Refusal:
    body = record.body
    detail = required_field(body, "detail")
    if type(detail) is not dict:
        raise RecordError("field-form", f"detail: not {OBJECT}")
    return Refusal(_proposal_named(record), _read_basis(body), text(body, "reason", REASON), detail)


def _read_acceptance(record: Record) -> Acceptance:
    body = record.body
    rows = required_field(body, "assents")
    if type(rows) is not list or any(type(row) is not dict for row in rows):
        raise RecordError("field-form", "assents: not an array of objects")
    named = parties(
        {"assents.party": [required_field(row, "party") for row in rows]}, "assents.party"
    )
    return Acceptance(
        _proposal_named(record),
        AgreementDigest(digest(body, "agreement")),
        tuple(
            (party, RecordDigest(digest(row, "digest")))
            for party, row in zip(named, rows, strict=True)
        ),
    )


def _read_withdrawal(record: Record) -> Withdrawal:
    return Withdrawal(
        _proposal_named(record),
        text(record.body, "reason", REASON),
        optional(record.body, "because", lambda of, name: RecordDigest(digest(of, name))),
    )


def _read_state(record: Record) -> StateChange:
    state = choice(record.body, "state", DeclaredState)
    off_nominal = optional(record.body, "off_nominal", _read_footprint)
    left_its_volumes = state in (DeclaredState.NONCONFORMING, DeclaredState.CONTINGENT)
    if off_nominal is not None and not left_its_volumes:
        raise RecordError("intent-contradiction", f"off_nominal: not with state {state}")
    return StateChange(_proposal_named(record), state, off_nominal)


def _read_announcement(record: Record) -> Announcement:
    body = record.body
    footprint = optional(body, "footprint", _read_footprint)
    ends = optional(body, "ends", lambda of, name: RecordDigest(digest(of, name)))
    if (footprint is None) == (ends is None):
        raise RecordError("intent-contradiction", "footprint, ends: exactly one of them is given")
    if required_field(body, "precedence") != "FLASH":
        raise RecordError("field-form", "precedence: an announcement is FLASH")
    remark = required_field(body, "remark")
    if type(remark) is not str:
        raise RecordError("field-form", "remark: not a text")
    fault = fault_of_words(remark, REMARK_LENGTH_MAX)
    if fault is not None:
        raise RecordError("field-form", f"remark: {fault}")
    return Announcement(
        intent=_own_intent(record),
        callsign=optional(body, "callsign", lambda of, name: text(of, name, CALLSIGN)),
        remark=remark,
        footprint=footprint,
        ends=ends,
    )


def _read_doubt(record: Record) -> Doubt:
    peer = text(record.body, "peer", PARTY_ID)
    return Doubt(PartyId(peer), instant(record.body, "until"))


def _own_intent(record: Record) -> IntentId:
    intent = text(record.body, "intent", INTENT_ID)
    if intent.split("/")[0] != record.author:
        raise RecordError("intent-owner", f"intent: {intent} is not minted by {record.author}")
    return IntentId(intent)


def _proposal_named(record: Record) -> RecordDigest:
    return RecordDigest(digest(record.body, "proposal"))


def _read_footprint(body: Mapping[str, Any], name: str) -> Footprint:
    return footprint_from_body(required_field(body, name), name)


_READERS: Mapping[str, Callable[[Record], Body]] = {
    PROPOSAL: _read_proposal,
    ASSENT: _read_assent,
    REFUSAL: _read_refusal,
    ACCEPTANCE: _read_acceptance,
    WITHDRAWAL: _read_withdrawal,
    STATE: _read_state,
    ANNOUNCEMENT: _read_announcement,
    DOUBT: _read_doubt,
}
