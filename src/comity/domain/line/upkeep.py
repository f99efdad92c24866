"""Bodies of the records that keep the line alive: queue, escalation, calls, checks, status, watch, hand-over.

Source: docs/spec/line.md §7 and §9.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from comity.domain.line.content import Precedence, Said, said_from_body
from comity.domain.line.limits import (
    ECHELON_LENGTH_MAX,
    LADDER_STEPS_MAX,
    NAME_LENGTH_MAX,
    WORDS_LENGTH_MAX,
)
from comity.domain.records import Record
from comity.domain.records.body_fields import (
    array,
    choice,
    digest,
    instant,
    integer,
    mapping,
    optional,
    parties,
    text,
    words,
)
from comity.kernel.errors import RecordError
from comity.kernel.ids import (
    MATTER_ID,
    NODE_OPERATOR,
    OPERATOR_ID,
    PARTY_ID,
    MatterId,
    OperatorId,
    PartyId,
    RecordDigest,
)
from comity.kernel.instants import Instant

QUEUED: Final = "line.queued"
ESCALATION: Final = "line.escalation"
CALL: Final = "line.call"
CHECK: Final = "line.check"
CHECK_ANSWER: Final = "line.check-answer"
STATUS: Final = "line.status"
WATCH: Final = "line.watch"
HANDOVER: Final = "line.handover"
HANDOVER_ACCEPTANCE: Final = "line.handover-acceptance"
PRIVATE_KINDS: Final = frozenset({QUEUED, CALL, HANDOVER, HANDOVER_ACCEPTANCE})
"""What a party keeps for itself."""

MATTERS_HANDED_MAX = 2_000
CALL_TRIES_MAX = 5
CHANNEL = re.compile(r"[a-z][a-z0-9-]{0,31}")
SAID_KIND = re.compile(r"line\.(message|denial)")


class LineState(StrEnum):
    """Whether the line to a party works; the agreement's legal status is another thing (L-02)."""

    UNKNOWN = "unknown"
    """No check has been due yet, or none is agreed."""
    WORKING = "working"
    DEGRADED = "degraded"


class CheckWants(StrEnum):
    """Who is to answer a check."""

    NODE = "node"
    PERSON = "person"


class CallOutcome(StrEnum):
    """What became of a call by another channel."""

    SENT = "sent"
    """The channel took it; that a person has it is not said by this."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Queued:
    """A draft held back at its author's node."""

    kind: str
    recipients: tuple[PartyId, ...]
    body: Mapping[str, Any]
    said: Said


@dataclass(frozen=True, slots=True)
class Escalation:
    """One step of a ladder that has come due."""

    message: RecordDigest
    party: PartyId
    step: int
    echelon: str
    channel: str
    due_at: Instant


@dataclass(frozen=True, slots=True)
class Call:
    """What an adapter did about an escalation."""

    escalation: RecordDigest
    channel: str
    attempt: int
    outcome: CallOutcome
    detail: str


@dataclass(frozen=True, slots=True)
class Check:
    """One line check; slot None: made by hand."""

    slot: Instant | None
    wants: CheckWants


@dataclass(frozen=True, slots=True)
class Status:
    """How the line looks from the author's side."""

    state: LineState
    why: str
    since: Instant


@dataclass(frozen=True, slots=True)
class WatchChange:
    """Who has the watch at an echelon of the author's party; officer None: nobody."""

    echelon: str
    officer: OperatorId | None
    reach: str


@dataclass(frozen=True, slots=True)
class Handover:
    """The watch offered to another officer, with what is open."""

    echelon: str
    to: OperatorId
    matters: tuple[tuple[MatterId, RecordDigest], ...]
    remark: str


def read_queued(record: Record) -> Queued:
    """A held-back message or denial."""
    body = record.body
    kind = text(body, "kind", SAID_KIND)
    said_body = mapping(body, "body")
    said = said_from_body(kind, record.author, said_body)
    if said.precedence is Precedence.FLASH:
        raise RecordError("line-flash-queued", "a FLASH is never held back")
    recipients = parties(body, "recipients")
    if not recipients:
        raise RecordError("line-audience", "to nobody")
    return Queued(kind, recipients, said_body, said)


def read_escalation(record: Record) -> Escalation:
    """One step of a ladder."""
    body = record.body
    return Escalation(
        RecordDigest(digest(body, "message")),
        PartyId(text(body, "party", PARTY_ID)),
        integer(body, "step", 1, LADDER_STEPS_MAX),
        words(body, "echelon", ECHELON_LENGTH_MAX),
        text(body, "channel", CHANNEL),
        instant(body, "due_at"),
    )


def escalation_body(escalation: Escalation) -> dict[str, Any]:
    """The record form."""
    return {
        "message": escalation.message,
        "party": escalation.party,
        "step": escalation.step,
        "echelon": escalation.echelon,
        "channel": escalation.channel,
        "due_at": str(escalation.due_at),
    }


def read_call(record: Record) -> Call:
    """What became of a call."""
    body = record.body
    return Call(
        RecordDigest(digest(body, "escalation")),
        text(body, "channel", CHANNEL),
        integer(body, "attempt", 1, CALL_TRIES_MAX),
        choice(body, "outcome", CallOutcome),
        words(body, "detail", WORDS_LENGTH_MAX, least=0),
    )


def call_body(call: Call) -> dict[str, Any]:
    """The record form; never an address, a token or a header of the channel."""
    return {
        "escalation": call.escalation,
        "channel": call.channel,
        "attempt": call.attempt,
        "outcome": call.outcome.value,
        "detail": call.detail,
    }


def read_check(record: Record) -> Check:
    """A line check, to one party."""
    if len(record.recipients) != 1:
        raise RecordError("line-audience", "a check goes to one party")
    check = Check(optional(record.body, "slot", instant), choice(record.body, "wants", CheckWants))
    if check.slot is None and record.operator == NODE_OPERATOR:
        raise RecordError("person-required", "a check outside the schedule is a person's")
    return check


def read_check_answer(record: Record) -> RecordDigest:
    """Which check is answered; by whom, the record's operator says."""
    if len(record.recipients) != 1:
        raise RecordError("line-audience", "an answer goes to who asked")
    return RecordDigest(digest(record.body, "check"))


def read_status(record: Record) -> Status:
    """How the line looks from the author's side."""
    if len(record.recipients) != 1:
        raise RecordError("line-audience", "a line has two ends")
    body = record.body
    return Status(
        choice(body, "state", LineState),
        words(body, "why", WORDS_LENGTH_MAX, least=0),
        instant(body, "since"),
    )


def read_watch(record: Record) -> WatchChange:
    """Who has the watch; everybody puts themselves on, and nobody another."""
    body = record.body
    officer = optional(body, "officer", lambda b, n: OperatorId(text(b, n, OPERATOR_ID)))
    if officer is not None and officer != record.operator:
        raise RecordError("other-officer", f"{record.operator} puts {officer} on watch")
    return WatchChange(
        words(body, "echelon", ECHELON_LENGTH_MAX),
        officer,
        words(body, "reach", NAME_LENGTH_MAX, least=0),
    )


def read_handover(record: Record) -> Handover:
    """The watch offered, with open matters and the last record of each."""
    body = record.body
    to = OperatorId(text(body, "to", OPERATOR_ID))
    if to == record.operator:
        raise RecordError("other-officer", f"{to} hands over to the same")
    matters: list[tuple[MatterId, RecordDigest]] = []
    for item in array(body, "matters", MATTERS_HANDED_MAX):
        if type(item) is not dict:
            raise RecordError("field-form", "matters: not an object")
        last = RecordDigest(digest(item, "last"))
        matters.append((MatterId(text(item, "matter", MATTER_ID)), last))
    return Handover(
        words(body, "echelon", ECHELON_LENGTH_MAX),
        to,
        tuple(matters),
        words(body, "remark", WORDS_LENGTH_MAX, least=0),
    )


def handover_body(handover: Handover) -> dict[str, Any]:
    """The record form."""
    return {
        "echelon": handover.echelon,
        "to": handover.to,
        "matters": [{"matter": matter, "last": last} for matter, last in handover.matters],
        "remark": handover.remark,
    }


def read_handover_acceptance(record: Record) -> RecordDigest:
    """Which hand-over is accepted."""
    return RecordDigest(digest(record.body, "handover"))
