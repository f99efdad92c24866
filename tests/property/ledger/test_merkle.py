"""Any log of any size agrees with RFC 9162 written down plainly."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import naive_merkle

from comity.domain.ledger import (
    CompactRange,
    MerkleLog,
    hash_leaf,
    verify_consistency,
    verify_inclusion,
)
from comity.kernel.errors import RecordError

LEAVES = st.lists(st.binary(max_size=3), min_size=1, max_size=140)


@pytest.mark.requirement("LEDGER-001")
@settings(max_examples=80, deadline=None)
@given(LEAVES, st.data())
def test_roots_and_proofs_agree(leaves, data):
    log = MerkleLog(leaves)
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    old_size = data.draw(st.integers(1, size))
    root = log.root(size)
    assert root == naive_merkle.root(leaves[:size])
    inclusion = log.inclusion_proof(index, size)
    assert list(inclusion) == naive_merkle.inclusion(index, leaves[:size])
    consistency = log.consistency_proof(old_size, size)
    assert list(consistency) == naive_merkle.consistency(old_size, leaves[:size])
    verify_inclusion(hash_leaf(leaves[index]), index, size, inclusion, root)
    verify_consistency(old_size, size, consistency, log.root(old_size), root)
    edge = CompactRange()
    for leaf in leaves:
        edge.append(leaf)
    assert edge.root() == log.root()


@pytest.mark.requirement("LEDGER-003")
@settings(max_examples=80, deadline=None)
@given(LEAVES, st.data())
def test_a_proof_with_one_bit_flipped_or_another_place_is_refused(leaves, data):
    log = MerkleLog(leaves)
    size = len(leaves)
    index = data.draw(st.integers(0, size - 1))
    parts = [log.leaf_hash(index), log.root(), *log.inclusion_proof(index)]
    leaf_hash, root, *proof = flipped(parts, data)
    with pytest.raises(RecordError, match="bad-inclusion-proof"):
        verify_inclusion(leaf_hash, index, size, proof, root)
    leaf_hash, root, *proof = parts
    other = data.draw(st.integers(0, size + 1).filter(lambda place: place != index))
    if proof and other < size and leaves[other] != leaves[index]:
        with pytest.raises(RecordError, match="bad-inclusion-proof"):
            verify_inclusion(leaf_hash, other, size, proof, root)


@pytest.mark.requirement("LEDGER-004")
@settings(max_examples=80, deadline=None)
@given(LEAVES, st.data())
def test_a_consistency_proof_with_one_bit_flipped_is_refused(leaves, data):
    log = MerkleLog(leaves)
    old_size = data.draw(st.integers(1, log.size))
    parts = [log.root(old_size), log.root(), *log.consistency_proof(old_size)]
    old_root, root, *proof = flipped(parts, data)
    with pytest.raises(RecordError, match="bad-consistency-proof"):
        verify_consistency(old_size, log.size, proof, old_root, root)


def flipped(parts: list[bytes], data) -> list[bytes]:
    which = data.draw(st.integers(0, len(parts) - 1))
    bit = data.draw(st.integers(0, 255))
    changed = bytearray(parts[which])
    changed[bit // 8] ^= 1 << bit % 8
    return [*parts[:which], bytes(changed), *parts[which + 1 :]]
