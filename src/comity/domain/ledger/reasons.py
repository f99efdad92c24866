"""The closed list of codes of docs/spec/checkpoint.md."""

from enum import StrEnum


class LogReason(StrEnum):
    """Why a note, checkpoint, cosignature, proof or receipt was refused."""

    NOTE_SIZE = "note-size"
    NOTE_FORM = "note-form"
    CHECKPOINT_FORM = "checkpoint-form"
    OTHER_ORIGIN = "other-origin"
    UNKNOWN_SIGNER = "unknown-signer"
    BAD_NOTE_SIGNATURE = "bad-note-signature"
    UNKNOWN_WITNESS = "unknown-witness"
    COSIGNATURE_FORM = "cosignature-form"
    BAD_COSIGNATURE = "bad-cosignature"
    BAD_INCLUSION_PROOF = "bad-inclusion-proof"
    BAD_CONSISTENCY_PROOF = "bad-consistency-proof"
    LOG_SHRANK = "log-shrank"
    SPLIT_VIEW = "split-view"
    NOT_A_FORK = "not-a-fork"
    PROOF_SIZE = "proof-size"
    PROOF_FORM = "proof-form"
    RECEIPT_FORM = "receipt-form"
