"""Signed records: canonical payloads, envelopes, signatures, equivocation (docs/spec/record.md)."""

from comity.domain.records.body_fields import choice as body_choice
from comity.domain.records.body_fields import flag as body_truth
from comity.domain.records.body_fields import instant as body_instant
from comity.domain.records.body_fields import integer as body_integer
from comity.domain.records.body_fields import optional as body_optional
from comity.domain.records.body_fields import required_field as body_field
from comity.domain.records.body_fields import text as body_text
from comity.domain.records.body_rows import (
    body_digest,
    body_parties,
    body_party,
    body_rows,
    body_texts,
    body_words,
)
from comity.domain.records.canonical import (
    DEPTH_MAX,
    INTEGER_MAX,
    PAYLOAD_SIZE_BYTES_MAX,
    JsonValue,
    decode_canonical,
    encode_canonical,
)
from comity.domain.records.envelope import (
    ENVELOPE_SIZE_BYTES_MAX,
    PAYLOAD_TYPE,
    Envelope,
    signed_message,
    unwrap,
)
from comity.domain.records.equivocation import (
    EquivocationProof,
    is_equivocation,
    open_equivocation,
    prove_equivocation,
)
from comity.domain.records.erased import (
    ErasedRecord,
    make_stub,
    open_stub,
    payload_of_kept,
    payload_of_stub,
)
from comity.domain.records.json_entry import JSON_DEPTH_MAX, JSON_SIZE_BYTES_MAX, parse_json_strict
from comity.domain.records.plain_words import fault_of_words
from comity.domain.records.reasons import Reason
from comity.domain.records.record import (
    LABELS_MAX,
    RECIPIENTS_MAX,
    Draft,
    PublicKeyOf,
    Record,
    SecondPerson,
    open_record,
    payload_digest,
    seal,
)
from comity.domain.records.signatures import (
    PUBLIC_KEY_SIZE_BYTES,
    SIGNATURE_SIZE_BYTES,
    RecordSigner,
    check_key_id,
    check_public_key,
    key_id_of,
    party_id_of,
    verify_signature,
)

__all__ = [
    "DEPTH_MAX",
    "ENVELOPE_SIZE_BYTES_MAX",
    "INTEGER_MAX",
    "JSON_DEPTH_MAX",
    "JSON_SIZE_BYTES_MAX",
    "LABELS_MAX",
    "PAYLOAD_SIZE_BYTES_MAX",
    "PAYLOAD_TYPE",
    "PUBLIC_KEY_SIZE_BYTES",
    "RECIPIENTS_MAX",
    "SIGNATURE_SIZE_BYTES",
    "Draft",
    "Envelope",
    "EquivocationProof",
    "ErasedRecord",
    "JsonValue",
    "PublicKeyOf",
    "Reason",
    "Record",
    "RecordSigner",
    "SecondPerson",
    "body_choice",
    "body_digest",
    "body_field",
    "body_instant",
    "body_integer",
    "body_optional",
    "body_parties",
    "body_party",
    "body_rows",
    "body_text",
    "body_texts",
    "body_truth",
    "body_words",
    "check_key_id",
    "check_public_key",
    "decode_canonical",
    "encode_canonical",
    "fault_of_words",
    "is_equivocation",
    "key_id_of",
    "make_stub",
    "open_equivocation",
    "open_record",
    "open_stub",
    "parse_json_strict",
    "party_id_of",
    "payload_digest",
    "payload_of_kept",
    "payload_of_stub",
    "prove_equivocation",
    "seal",
    "signed_message",
    "unwrap",
    "verify_signature",
]
