"""Split views: two roots of one size, signed by the owner, prove that it shows two histories."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from comity.domain.ledger.checkpoint import SignedCheckpoint, open_checkpoint
from comity.domain.ledger.note import NoteKey, Verify
from comity.domain.ledger.reasons import LogReason
from comity.kernel.errors import RecordError


class Comparison(StrEnum):
    """What two verified checkpoints of one log say of each other without a proof."""

    SAME = "same"
    NEEDS_PROOF = "needs-proof"


@dataclass(frozen=True, slots=True)
class ForkProof:
    """Two notes of one origin and size with different roots, in the order of their roots.

    Transferable: anyone who knows the owner's keys can verify it with `open_fork_proof`.
    """

    first_note_bytes: bytes
    second_note_bytes: bytes


def compare_checkpoints(one: SignedCheckpoint, other: SignedCheckpoint) -> Comparison | ForkProof:
    """Compare two verified checkpoints of one log.

    Returns:
        `SAME` for one size and root, a `ForkProof` for one size and two roots, `NEEDS_PROOF` for
        two sizes: then only a consistency proof shows that the larger extends the smaller.

    Raises:
        RecordError: `other-origin`: they are not of one log.

    Source: docs/spec/checkpoint.md §7.
    """
    if one.origin != other.origin:
        raise RecordError(LogReason.OTHER_ORIGIN, f"{other.origin!r} is not {one.origin!r}")
    if one.size != other.size:
        return Comparison.NEEDS_PROOF
    if one.root == other.root:
        return Comparison.SAME
    first, second = sorted((one, other), key=lambda signed: signed.root)
    return ForkProof(first.note_bytes, second.note_bytes)


def open_fork_proof(
    proof: ForkProof, log_keys: Sequence[NoteKey], verify: Verify
) -> tuple[SignedCheckpoint, SignedCheckpoint]:
    """Verify a proof made by anyone.

    Args:
        proof: what was handed in.
        log_keys: every key the owner has had for this log, all under its origin.
        verify: `records.verify_signature`.

    Raises:
        RecordError: `not-a-fork`, or what `open_checkpoint` says of a note that no key opens.

    Source: docs/spec/checkpoint.md §7.
    """
    first = _open_with_any(proof.first_note_bytes, log_keys, verify)
    second = _open_with_any(proof.second_note_bytes, log_keys, verify)
    same_place = first.origin == second.origin and first.size == second.size
    if not same_place or first.root >= second.root:
        raise RecordError(LogReason.NOT_A_FORK, "not one origin and size with two roots in order")
    return first, second


def _open_with_any(
    note_bytes: bytes, log_keys: Sequence[NoteKey], verify: Verify
) -> SignedCheckpoint:
    refusal = RecordError(LogReason.UNKNOWN_SIGNER, "no key of the owner was given")
    for log_key in log_keys:
        try:
            return open_checkpoint(note_bytes, log_key, verify)
        except RecordError as error:
            refusal = error
    raise refusal
