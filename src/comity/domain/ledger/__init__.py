"""Append-only logs: Merkle trees, checkpoints, cosignatures, receipts (docs/spec/checkpoint.md)."""

from comity.domain.ledger.checkpoint import (
    Checkpoint,
    Cosignature,
    SignedCheckpoint,
    add_cosignature,
    check_extension,
    cosign,
    log_origin,
    open_checkpoint,
    open_cosigned_checkpoint,
    sign_checkpoint,
    verify_cosignature,
    witness_name,
)
from comity.domain.ledger.fork import (
    Comparison,
    ForkProof,
    compare_checkpoints,
    open_fork_proof,
)
from comity.domain.ledger.merkle import (
    EMPTY_ROOT,
    HASH_SIZE_BYTES,
    CompactRange,
    MerkleLog,
    hash_children,
    hash_leaf,
)
from comity.domain.ledger.note import NoteKey
from comity.domain.ledger.proofs import LOG_SIZE_MAX, verify_consistency, verify_inclusion
from comity.domain.ledger.reasons import LogReason
from comity.domain.ledger.receipt import (
    SALT_SIZE_BYTES,
    Receipt,
    TlogProof,
    commitment_of_hash,
    format_proof,
    leaf_commitment,
    make_receipt,
    open_receipt,
    parse_proof,
)

__all__ = [
    "EMPTY_ROOT",
    "HASH_SIZE_BYTES",
    "LOG_SIZE_MAX",
    "SALT_SIZE_BYTES",
    "Checkpoint",
    "CompactRange",
    "Comparison",
    "Cosignature",
    "ForkProof",
    "LogReason",
    "MerkleLog",
    "NoteKey",
    "Receipt",
    "SignedCheckpoint",
    "TlogProof",
    "add_cosignature",
    "check_extension",
    "commitment_of_hash",
    "compare_checkpoints",
    "cosign",
    "format_proof",
    "hash_children",
    "hash_leaf",
    "leaf_commitment",
    "log_origin",
    "make_receipt",
    "open_checkpoint",
    "open_cosigned_checkpoint",
    "open_fork_proof",
    "open_receipt",
    "parse_proof",
    "sign_checkpoint",
    "verify_consistency",
    "verify_cosignature",
    "verify_inclusion",
    "witness_name",
]
