"""Bodies of the agreement records: a text proposed, a signature, a party's own statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from comity.domain.agreement.limits import WORDS_LENGTH_MAX
from comity.domain.agreement.parse import Agreement, parse_agreement
from comity.domain.agreement.text import AgreementTextError
from comity.domain.operators import check_operator
from comity.domain.records import Draft, Record, fault_of_words
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import DIGEST, AgreementDigest, OperatorId, PartyId
from comity.kernel.instants import Instant, instant_from_canonical

PROPOSAL = "agreement.proposal"
SIGNATURE = "agreement.signature"
STATEMENT = "agreement.statement"
KINDS = frozenset({PROPOSAL, SIGNATURE, STATEMENT})


class StatementAction(StrEnum):
    """What one party says of an agreement, alone (L-02)."""

    SUSPEND = "suspend"
    RESTORE = "restore"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Statement:
    """One party's unilateral statement; no `effective_at` means at once."""

    agreement: AgreementDigest
    action: StatementAction
    effective_at: Instant | None
    reason: str


def proposal_draft(agreement: Agreement, author: PartyId, operator: OperatorId) -> Draft:
    """The record that offers a text to every other party of it.

    Raises:
        AgreementError: `not-a-party`: the author is not named in the text.
    """
    agreement.terms.party(author)
    body = {
        "agreement": agreement.digest,
        "languages": list(agreement.languages),
        "previous": agreement.terms.amends,
        "text": agreement.text,
    }
    return Draft(PROPOSAL, _others(agreement, author), body, operator)


def signature_draft(agreement: Agreement, author: PartyId, operator: OperatorId) -> Draft:
    """The record by which a party's person signs a text.

    Raises:
        AgreementError: `not-a-party`.
    """
    agreement.terms.party(author)
    return Draft(SIGNATURE, _others(agreement, author), {"agreement": agreement.digest}, operator)


def statement_draft(
    agreement: Agreement,
    author: PartyId,
    operator: OperatorId,
    *,
    action: StatementAction,
    reason: str,
    effective_at: Instant | None = None,
) -> Draft:
    """The record of one party's own statement.

    Raises:
        AgreementError: `not-a-party`.
        InputError: the reason is empty, too long, or holds control characters.
    """
    agreement.terms.party(author)
    fault = _fault_of_words(reason)
    if fault is not None:
        raise InputError("reason", fault)
    body = {
        "action": action.value,
        "agreement": agreement.digest,
        "effective_at": None if effective_at is None else str(effective_at),
        "reason": reason,
    }
    return Draft(STATEMENT, _others(agreement, author), body, operator)


def read_proposal(record: Record) -> Agreement:
    """The text in a proposal, checked completely.

    Raises:
        RecordError: `missing-field`, `field-form`, `agreement-text` with the text's own reason,
            `agreement-digest`, `agreement-recipients`, `not-a-party` or `person-required`.

    Source: docs/spec/agreement.md §5.
    """
    _check_kind(record)
    text = _field(record.body, "text", str)
    languages = _field(record.body, "languages", list)
    named = _digest(record.body, "agreement")
    previous = record.body.get("previous")
    if previous is not None:
        _digest(record.body, "previous")
    try:
        agreement = parse_agreement(text)
    except AgreementTextError as error:
        raise RecordError("agreement-text", f"{error.reason}: {error}") from error
    if agreement.digest != named:
        why = f"agreement: {named} is named, the text has {agreement.digest}"
        raise RecordError("agreement-digest", why)
    if previous != agreement.terms.amends:
        why = f"previous: {previous} is named, the text amends {agreement.terms.amends}"
        raise RecordError("agreement-digest", why)
    if languages != list(agreement.languages):
        why = f"languages: {languages!r:.80}, the text has {', '.join(agreement.languages)}"
        raise RecordError("field-form", why)
    check_audience(record, agreement)
    return agreement


def read_signature(record: Record) -> AgreementDigest:
    """Which text a signature names.

    Raises:
        RecordError: `missing-field`, `field-form` or `person-required`.
    """
    _check_kind(record)
    return _digest(record.body, "agreement")


def read_statement(record: Record) -> Statement:
    """A party's own statement.

    Raises:
        RecordError: `missing-field`, `field-form` or `person-required`.
    """
    _check_kind(record)
    agreement = _digest(record.body, "agreement")
    word = _field(record.body, "action", str)
    if word not in tuple(StatementAction):
        raise RecordError("field-form", f"action: {word[:40]!r} is none of {list(StatementAction)}")
    reason = _field(record.body, "reason", str)
    fault = _fault_of_words(reason)
    if fault is not None:
        raise RecordError("field-form", f"reason: {fault}")
    effective_at = None
    if record.body.get("effective_at") is not None:
        try:
            effective_at = instant_from_canonical(_field(record.body, "effective_at", str))
        except InputError as error:
            raise RecordError("field-form", f"effective_at: {error.why}") from error
    return Statement(agreement, StatementAction(word), effective_at, reason)


def check_audience(record: Record, agreement: Agreement) -> None:
    """Check that a record about an agreement is between its parties, all of them.

    Raises:
        RecordError: `not-a-party` or `agreement-recipients`.
    """
    parties = set(agreement.terms.party_ids)
    if record.author not in parties:
        raise RecordError("not-a-party", f"{record.author} is not in {agreement.digest[:12]}")
    if set(record.recipients) != parties - {record.author}:
        why = f"recipients: {list(record.recipients)} are not the other parties of the text"
        raise RecordError("agreement-recipients", why)


def _check_kind(record: Record) -> None:
    if record.kind_version != 1:
        raise RecordError("field-limit", f"kind_version: {record.kind_version}, known is 1")
    if record.exercise:
        why = "an agreement is never an exercise; the intents under it may be"
        raise RecordError("field-form", f"exercise: {why}")
    check_operator(record.kind, record.operator)


def _others(agreement: Agreement, author: PartyId) -> tuple[PartyId, ...]:
    return tuple(sorted(party for party in agreement.terms.party_ids if party != author))


def _field(body: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    if name not in body:
        raise RecordError("missing-field", name)
    if type(body[name]) is not kind:
        raise RecordError("field-form", f"{name}: not of type {kind.__name__}")
    return body[name]


def _digest(body: Mapping[str, Any], name: str) -> AgreementDigest:
    value = _field(body, name, str)
    if DIGEST.fullmatch(value) is None:
        raise RecordError("field-form", f"{name}: {value[:80]!r} is not 64 hex digits")
    return AgreementDigest(value)


def _fault_of_words(words: str) -> str | None:
    """Why a reason cannot be shown to people as it is, or None."""
    if not words.strip():
        return f"{len(words)} characters; 1 to {WORDS_LENGTH_MAX} are allowed, not all blank"
    return fault_of_words(words, WORDS_LENGTH_MAX)
