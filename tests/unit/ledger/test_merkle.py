"""Merkle logs: appending, past roots, proofs, compact ranges."""

import hashlib

import pytest
from tests import naive_merkle

from comity.domain.ledger import (
    EMPTY_ROOT,
    CompactRange,
    MerkleLog,
    hash_leaf,
    leaf_commitment,
    verify_consistency,
    verify_inclusion,
)
from comity.kernel.errors import InputError, RecordError
from comity.kernel.invariants import InvariantError

LEAVES = [b"leaf %d" % index for index in range(70)]


@pytest.mark.requirement("LEDGER-001")
def test_every_root_and_proof_up_to_seventy_leaves_is_that_of_the_standard():
    log = MerkleLog()
    assert log.root() == naive_merkle.root([]) == EMPTY_ROOT
    for index, leaf in enumerate(LEAVES):
        assert log.append(leaf) == index
    for size in range(len(LEAVES) + 1):
        assert log.root(size) == naive_merkle.root(LEAVES[:size])
    for size in (1, 2, 3, 7, 8, 9, 31, 32, 33, 64, 65, 70):
        for index in range(size):
            proof = log.inclusion_proof(index, size)
            assert list(proof) == naive_merkle.inclusion(index, LEAVES[:size])
            verify_inclusion(hash_leaf(LEAVES[index]), index, size, proof, log.root(size))
        for old_size in range(1, size + 1):
            proof = log.consistency_proof(old_size, size)
            assert list(proof) == naive_merkle.consistency(old_size, LEAVES[:size])
            verify_consistency(old_size, size, proof, log.root(old_size), log.root(size))


@pytest.mark.requirement("LEDGER-001")
def test_the_published_tree_of_eight_leaves_has_its_published_roots():
    """Inputs and roots of RFC 6962's reference tests, as transparency logs have used them since."""
    inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "".join(f"{c:02x}" for c in range(0x60, 0x70)),
    ]
    log = MerkleLog(bytes.fromhex(text) for text in inputs)
    assert log.root(1).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert log.root(8).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.requirement("LEDGER-001")
def test_a_compact_range_goes_on_where_a_log_stands():
    log = MerkleLog(LEAVES[:37])
    edge = log.compact_range()
    early = log.compact_range(5)
    for leaf in LEAVES[37:]:
        assert edge.append(leaf) == log.append(leaf)
        assert edge.root() == log.root()
    assert edge.size == log.size == 70
    assert early.root() == log.root(5)
    assert CompactRange().root() == EMPTY_ROOT
    with pytest.raises(InvariantError):
        CompactRange(3, [bytes(32)])


@pytest.mark.requirement("LEDGER-001")
def test_places_outside_a_log_are_refused():
    log = MerkleLog(LEAVES[:5])
    for outside in (
        lambda: log.leaf_hash(5),
        lambda: log.leaf_hash(-1),
        lambda: log.root(6),
        lambda: log.root(-1),
        lambda: log.inclusion_proof(5),
        lambda: log.inclusion_proof(-1),
        lambda: log.inclusion_proof(3, 3),
        lambda: log.inclusion_proof(0, 6),
        lambda: log.consistency_proof(4, 3),
        lambda: log.consistency_proof(-1, 3),
        lambda: log.consistency_proof(2, 6),
        lambda: log.compact_range(6),
    ):
        with pytest.raises(IndexError, match="of a log of"):
            outside()
    assert log.consistency_proof(0) == log.consistency_proof(5) == ()


@pytest.mark.requirement("LEDGER-002")
def test_a_leaf_commits_to_salt_and_envelope():
    envelope_bytes, salt = b"{}", bytes(range(32))
    inner = hashlib.sha256(envelope_bytes).digest()
    expected = hashlib.sha256(b"comity-leaf-v1\x00" + salt + inner).digest()
    assert leaf_commitment(salt, envelope_bytes) == expected
    assert leaf_commitment(salt[::-1], envelope_bytes) != expected
    assert leaf_commitment(salt, b"[]") != expected
    for size_bytes in (0, 31, 33):
        with pytest.raises(InputError, match="salt"):
            leaf_commitment(bytes(size_bytes), envelope_bytes)


@pytest.mark.requirement("LEDGER-012")
def test_a_large_log_takes_few_hashes_a_proof_and_64_bytes_a_leaf():
    size = 20_000
    log = MerkleLog(index.to_bytes(4, "big") for index in range(size))
    nodes = sum(len(level) for level in log._levels) // 32
    assert size <= nodes < 2 * size
    for index in (0, 1, 9_999, 16_384, size - 1):
        proof = log.inclusion_proof(index)
        assert len(proof) <= 15
        verify_inclusion(log.leaf_hash(index), index, size, proof, log.root())
    for old_size in (1, 8_191, 16_384, size - 1):
        proof = log.consistency_proof(old_size)
        assert len(proof) <= 16
        verify_consistency(old_size, size, proof, log.root(old_size), log.root())


@pytest.mark.requirement("LEDGER-003")
@pytest.mark.parametrize("size_bytes", [0, 31, 33])
def test_hashes_of_other_lengths_lead_nowhere(size_bytes):
    root = hash_leaf(b"")
    with pytest.raises(RecordError, match=f"bad-inclusion-proof: a hash of {size_bytes} bytes"):
        verify_inclusion(root, 0, 2, [bytes(size_bytes)], root)
    with pytest.raises(RecordError, match=f"bad-consistency-proof: a hash of {size_bytes} bytes"):
        verify_consistency(1, 2, [bytes(size_bytes)], root, root)


@pytest.mark.requirement("LEDGER-010")
def test_hostile_sizes_and_long_proofs_are_refused_at_once():
    root = hash_leaf(b"")
    with pytest.raises(RecordError, match="bad-inclusion-proof"):
        verify_inclusion(root, 0, 2**63, [root] * 63, root)
    with pytest.raises(RecordError, match="bad-inclusion-proof"):
        verify_inclusion(root, 0, 2**63 - 1, [root] * 10_000, root)
    with pytest.raises(RecordError, match="bad-consistency-proof"):
        verify_consistency(1, 2**63, [root] * 63, root, root)
    with pytest.raises(RecordError, match="bad-consistency-proof"):
        verify_consistency(1, 2**63 - 1, [root] * 10_000, root, root)
