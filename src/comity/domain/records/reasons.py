"""The closed list of codes a record is refused with (docs/spec/record.md §7)."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a record, envelope, key or signature was refused. Two nodes refuse alike."""

    ENVELOPE_SIZE = "envelope-size"
    ENVELOPE_FORM = "envelope-form"
    PAYLOAD_TYPE = "payload-type"
    SIGNATURE_COUNT = "signature-count"
    UNKNOWN_ALGORITHM = "unknown-algorithm"
    PAYLOAD_SIZE = "payload-size"
    NOT_JSON = "not-json"
    NUMBER_FORM = "number-form"
    TOO_DEEP = "too-deep"
    NOT_CANONICAL = "not-canonical"
    MISSING_FIELD = "missing-field"
    FIELD_FORM = "field-form"
    FIELD_LIMIT = "field-limit"
    RECIPIENT_ORDER = "recipient-order"
    LABEL_ORDER = "label-order"
    EXPIRY_BEFORE_MAKING = "expiry-before-making"
    CHAIN_FORM = "chain-form"
    UNKNOWN_KEY = "unknown-key"
    BAD_KEY = "bad-key"
    BAD_SIGNATURE = "bad-signature"
    NOT_EQUIVOCATION = "not-equivocation"
