"""The signed record: what parties say to each other and can prove later."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from comity.domain.records.canonical import (
    INTEGER_MAX,
    JsonValue,
    decode_canonical,
    encode_canonical,
)
from comity.domain.records.envelope import signed_message, unwrap, wrap
from comity.domain.records.reasons import Reason
from comity.domain.records.signatures import (
    RecordSigner,
    check_public_key,
    key_id_of,
    verify_signature,
)
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import (
    DIGEST,
    NODE_OPERATOR,
    OPERATOR_ID,
    PARTY_ID,
    KeyId,
    OperatorId,
    PartyId,
    RecordDigest,
)
from comity.kernel.instants import Instant, instant_from_canonical

DIGEST_PREFIX = b"comity-record-v1\x00"  # a record's digest is never the hash of anything else
RECIPIENTS_MAX = 64  # parties of one agreement; an assent is awaited from each
LABELS_MAX = 32  # releasability labels on one record
KIND_VERSION_MAX = 65_535
KIND = re.compile(r"(?=.{1,64}\Z)[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+")
LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9:+._/-]{0,63}")

PublicKeyOf = Callable[[PartyId, KeyId], bytes | None]


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Who approved what a record says, and the record by which they did (docs/spec/approval.md)."""

    operator: OperatorId
    record: RecordDigest


@dataclass(frozen=True, slots=True)
class Draft:
    """What a node is about to say, before it has a place in the chain and a signature."""

    kind: str
    recipients: tuple[PartyId, ...]
    body: Mapping[str, JsonValue]
    operator: OperatorId = NODE_OPERATOR
    labels: tuple[str, ...] = ()
    exercise: bool = False
    expires_at: Instant | None = None
    kind_version: int = 1
    approval: SecondPerson | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One verified record. Two are equal when their envelopes are the same bytes.

    `body` is the parsed body and must not be changed; `envelope_bytes` is what is
    stored and sent on. `unknown_fields` are top-level fields this version does not know; they are
    part of the signed bytes.
    """

    digest: RecordDigest
    envelope_bytes: bytes = field(repr=False)
    kind: str = field(compare=False)
    kind_version: int = field(compare=False)
    author: PartyId = field(compare=False)
    operator: OperatorId = field(compare=False)
    recipients: tuple[PartyId, ...] = field(compare=False)
    labels: tuple[str, ...] = field(compare=False)
    exercise: bool = field(compare=False)
    sequence: int = field(compare=False)
    previous: RecordDigest | None = field(compare=False)
    made_at: Instant = field(compare=False)
    expires_at: Instant | None = field(compare=False)
    body: Mapping[str, Any] = field(compare=False)
    key_id: KeyId = field(compare=False)
    unknown_fields: Mapping[str, Any] = field(compare=False, default_factory=dict)


def payload_digest(payload_bytes: bytes) -> RecordDigest:
    """The digest that names a record: SHA-256 of the domain prefix and the payload."""
    return RecordDigest(hashlib.sha256(DIGEST_PREFIX + payload_bytes).hexdigest())


def seal(
    draft: Draft,
    author: PartyId,
    sequence: int,
    previous: RecordDigest | None,
    made_at: Instant,
    signer: RecordSigner,
) -> Record:
    """Give a draft its place in the author's chain to that audience, and sign it.

    Args:
        draft: what to say; recipients and labels in any order, without repetition.
        author: the party speaking.
        sequence: how many records the author has made to exactly these recipients before.
        previous: digest of the last of those; None exactly when `sequence` is 0.
        made_at: the author's clock.
        signer: the author's node key.

    Raises:
        InputError: a field breaks its form or limit (docs/spec/record.md §2).
    """
    payload: dict[str, JsonValue] = {
        "author": author,
        "body": dict(draft.body),
        "exercise": draft.exercise,
        "expires_at": None if draft.expires_at is None else str(draft.expires_at),
        "kind": draft.kind,
        "kind_version": draft.kind_version,
        "labels": sorted(draft.labels),
        "made_at": str(made_at),
        "operator": draft.operator,
        "previous": previous,
        "recipients": sorted(draft.recipients),
        "sequence": sequence,
    }
    if draft.approval is not None:
        payload["approval"] = {
            "operator": draft.approval.operator,
            "record": draft.approval.record,
        }
    payload_bytes = encode_canonical(payload)
    try:
        fields = fields_of_payload(decode_canonical(payload_bytes))
    except RecordError as error:
        raise InputError("record", error.detail) from error
    return Record(
        digest=payload_digest(payload_bytes),
        envelope_bytes=wrap(payload_bytes, signer),
        key_id=signer.key_id,
        **fields,
    )


def open_record(envelope_bytes: bytes, public_key_of: PublicKeyOf) -> Record:
    """Check an envelope completely and give the record in it.

    Args:
        envelope_bytes: as received; they are kept and forwarded as they are.
        public_key_of: the raw public key that an author has enrolled under a key id, or None.

    Raises:
        RecordError: with the first reason that applies in the order of docs/spec/record.md §7.

    Source: docs/spec/record.md §6.
    """
    envelope = unwrap(envelope_bytes)
    fields = fields_of_payload(decode_canonical(envelope.payload_bytes))
    author: PartyId = fields["author"]
    public_key = public_key_of(author, envelope.key_id)
    if public_key is None or key_id_of(public_key) != envelope.key_id:
        raise RecordError(Reason.UNKNOWN_KEY, f"{author} has no key {envelope.key_id}")
    check_public_key(public_key)
    message = signed_message(envelope.payload_bytes)
    if not verify_signature(public_key, message, envelope.signature):
        raise RecordError(Reason.BAD_SIGNATURE, f"not signed with {envelope.key_id} of {author}")
    return Record(
        digest=payload_digest(envelope.payload_bytes),
        envelope_bytes=bytes(envelope_bytes),
        key_id=envelope.key_id,
        **fields,
    )


_REQUIRED = (
    "author",
    "body",
    "exercise",
    "expires_at",
    "kind",
    "kind_version",
    "labels",
    "made_at",
    "operator",
    "previous",
    "recipients",
    "sequence",
)
_KNOWN = frozenset(_REQUIRED)


def fields_of_payload(payload: JsonValue) -> dict[str, Any]:
    """Check every field of a payload and turn them into the record's types.

    Raises:
        RecordError: a code of docs/spec/record.md §7.
    """
    if type(payload) is not dict:
        raise RecordError(Reason.FIELD_FORM, "the payload is not an object")
    for name in _REQUIRED:
        if name not in payload:
            raise RecordError(Reason.MISSING_FIELD, name)
    author = _text(payload["author"], "author", PARTY_ID)
    recipients = _ordered(payload["recipients"], "recipients", PARTY_ID, RECIPIENTS_MAX)
    if author in recipients:
        raise RecordError(Reason.FIELD_FORM, "recipients: the author is not among its recipients")
    sequence = _integer(payload["sequence"], "sequence", 0, INTEGER_MAX)
    previous = payload["previous"]
    if previous is not None:
        _text(previous, "previous", DIGEST)
    if (previous is None) != (sequence == 0):
        raise RecordError(Reason.CHAIN_FORM, f"previous is {previous} at sequence {sequence}")
    made_at = _instant(payload["made_at"], "made_at")
    expires_at = None
    if payload["expires_at"] is not None:
        expires_at = _instant(payload["expires_at"], "expires_at")
        if expires_at < made_at:
            raise RecordError(
                Reason.EXPIRY_BEFORE_MAKING, f"made at {made_at}, expires at {expires_at}"
            )
    if type(payload["exercise"]) is not bool:
        raise RecordError(Reason.FIELD_FORM, "exercise: neither true nor false")
    if type(payload["body"]) is not dict:
        raise RecordError(Reason.FIELD_FORM, "body: not an object")
    return {
        "kind": _text(payload["kind"], "kind", KIND),
        "kind_version": _integer(payload["kind_version"], "kind_version", 1, KIND_VERSION_MAX),
        "author": PartyId(author),
        "operator": OperatorId(_text(payload["operator"], "operator", OPERATOR_ID)),
        "recipients": recipients,
        "labels": _ordered(payload["labels"], "labels", LABEL, LABELS_MAX),
        "exercise": payload["exercise"],
        "sequence": sequence,
        "previous": previous,
        "made_at": made_at,
        "expires_at": expires_at,
        "body": payload["body"],
        "unknown_fields": (
            {}
            if len(payload) == len(_REQUIRED)
            else {name: value for name, value in payload.items() if name not in _KNOWN}
        ),
    }


def _text(value: JsonValue, name: str, form: re.Pattern[str]) -> str:
    if type(value) is not str or form.fullmatch(value) is None:
        raise RecordError(Reason.FIELD_FORM, f"{name}: {str(value)[:80]!r} is not {form.pattern}")
    return value


def _integer(value: JsonValue, name: str, least: int, most: int) -> int:
    if type(value) is not int:
        raise RecordError(Reason.FIELD_FORM, f"{name}: {str(value)[:80]!r} is not an integer")
    if not least <= value <= most:
        raise RecordError(Reason.FIELD_LIMIT, f"{name}: {value} is not within {least} to {most}")
    return value


def _instant(value: JsonValue, name: str) -> Instant:
    if type(value) is not str:
        raise RecordError(Reason.FIELD_FORM, f"{name}: {str(value)[:80]!r} is not an instant")
    try:
        return instant_from_canonical(value)
    except InputError as error:
        raise RecordError(Reason.FIELD_FORM, f"{name}: {error.why}") from error


def _ordered(value: JsonValue, name: str, form: re.Pattern[str], count_max: int) -> tuple[Any, ...]:
    if type(value) is not list:
        raise RecordError(Reason.FIELD_FORM, f"{name}: not an array")
    if len(value) > count_max:
        raise RecordError(Reason.FIELD_LIMIT, f"{name}: {len(value)}, at most {count_max}")
    for item in value:
        _text(item, name, form)
    for before, after in pairwise(value):
        if before >= after:
            reason = Reason.RECIPIENT_ORDER if name == "recipients" else Reason.LABEL_ORDER
            raise RecordError(reason, f"{after!r} after {before!r}")
    return tuple(value)
