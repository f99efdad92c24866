"""Verification of inclusion and consistency proofs by someone who holds no log."""

from collections.abc import Sequence

from comity.domain.ledger.merkle import HASH_SIZE_BYTES, hash_children
from comity.domain.ledger.reasons import LogReason
from comity.kernel.errors import RecordError

LOG_SIZE_MAX = 2**63 - 1  # C2SP and RFC 9162 count leaves in 64 bits; signed in most stores
PROOF_HASHES_MAX = 63  # the height of a tree of LOG_SIZE_MAX leaves


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf stands at an index of the tree with this size and root.

    Raises:
        RecordError: `bad-inclusion-proof`.

    Source: RFC 9162 §2.1.3.2.
    """
    reason = LogReason.BAD_INCLUSION_PROOF
    if not 0 <= index < size <= LOG_SIZE_MAX:
        raise RecordError(reason, f"no leaf {index} in a log of {size}")
    _check_hashes(reason, leaf_hash, root, *proof)
    place, last, node = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            raise RecordError(reason, f"{len(proof)} hashes are too many")
        if place & 1 or place == last:
            node = hash_children(sibling, node)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            node = hash_children(node, sibling)
        place >>= 1
        last >>= 1
    if last != 0:
        raise RecordError(reason, f"{len(proof)} hashes are too few")
    if node != root:
        raise RecordError(reason, f"leaf {index} does not lead to the root of size {size}")


def verify_consistency(
    old_size: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes
) -> None:
    """Check that a tree begins with an older, non-empty one.

    Raises:
        RecordError: `bad-consistency-proof`; also for an old size of 0, of which nothing can be
            shown: see `check_extension`.

    Source: RFC 9162 §2.1.4.2.
    """
    reason = LogReason.BAD_CONSISTENCY_PROOF
    if not 0 < old_size <= size <= LOG_SIZE_MAX:
        raise RecordError(reason, f"no proof leads from size {old_size} to {size}")
    if old_size == size:
        if proof or old_root != root:
            raise RecordError(reason, f"two roots of size {size}, or hashes where none belong")
        return
    if not proof:
        raise RecordError(reason, f"no hashes from size {old_size} to {size}")
    _check_hashes(reason, old_root, root, *proof)
    old_node, node = _roots_led_to(old_size, size, proof, old_root)
    if old_node != old_root or node != root:
        raise RecordError(reason, f"size {size} does not begin with the tree of size {old_size}")


def _roots_led_to(
    old_size: int, size: int, proof: Sequence[bytes], old_root: bytes
) -> tuple[bytes, bytes]:
    """The two roots that a consistency proof leads to, from the bottom up."""
    reason = LogReason.BAD_CONSISTENCY_PROOF
    path = list(proof)
    if old_size & (old_size - 1) == 0:  # the old tree is one complete subtree of the new one
        path.insert(0, old_root)
    place, last = old_size - 1, size - 1
    while place & 1:
        place >>= 1
        last >>= 1
    old_node = node = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise RecordError(reason, f"{len(proof)} hashes are too many")
        if place & 1 or place == last:
            old_node = hash_children(sibling, old_node)
            node = hash_children(sibling, node)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            node = hash_children(node, sibling)
        place >>= 1
        last >>= 1
    if last != 0:
        raise RecordError(reason, f"{len(proof)} hashes are too few")
    return old_node, node


def _check_hashes(reason: LogReason, *hashes: bytes) -> None:
    if len(hashes) > PROOF_HASHES_MAX + 2:
        raise RecordError(
            reason, f"{len(hashes)} hashes, at most {PROOF_HASHES_MAX} lead to a root"
        )
    for item in hashes:
        if len(item) != HASH_SIZE_BYTES:
            raise RecordError(reason, f"a hash of {len(item)} bytes, not {HASH_SIZE_BYTES}")
