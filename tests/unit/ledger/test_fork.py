"""Split views."""

import pytest
from tests.signing import SeededSigner

from comity.domain.ledger import (
    Checkpoint,
    Comparison,
    ForkProof,
    MerkleLog,
    NoteKey,
    compare_checkpoints,
    open_fork_proof,
    sign_checkpoint,
)
from comity.domain.records import verify_signature
from comity.kernel.errors import RecordError

FIRST_KEY, SECOND_KEY = SeededSigner("alfa"), SeededSigner("alfa's next key")
ORIGIN = "comity.invalid/log/a/b"
KEYS = [NoteKey(ORIGIN, FIRST_KEY.public_key), NoteKey(ORIGIN, SECOND_KEY.public_key)]


def shown(*leaves: bytes, signer: SeededSigner = FIRST_KEY, origin: str = ORIGIN):
    log = MerkleLog(leaves)
    checkpoint = Checkpoint(origin, log.size, log.root())
    return sign_checkpoint(checkpoint, signer.public_key, signer.sign)


@pytest.mark.requirement("LEDGER-008")
def test_two_roots_of_one_size_are_a_proof_that_a_stranger_verifies():
    one, other = shown(b"1", b"2"), shown(b"1", b"3", signer=SECOND_KEY)
    proof = compare_checkpoints(one, other)
    assert isinstance(proof, ForkProof)
    assert proof == compare_checkpoints(other, one)
    assert set(open_fork_proof(proof, KEYS, verify_signature)) == {one, other}


@pytest.mark.requirement("LEDGER-008")
def test_equal_checkpoints_and_other_sizes_are_no_proof():
    one = shown(b"1", b"2")
    assert compare_checkpoints(one, shown(b"1", b"2")) is Comparison.SAME
    assert compare_checkpoints(one, shown(b"1")) is Comparison.NEEDS_PROOF
    with pytest.raises(RecordError, match="other-origin"):
        compare_checkpoints(one, shown(b"1", b"2", origin="comity.invalid/log/a/c"))


@pytest.mark.requirement("LEDGER-008")
def test_a_forged_proof_is_refused():
    one, other = shown(b"1", b"2"), shown(b"1", b"3")
    true_proof = compare_checkpoints(one, other)
    stranger = shown(b"1", b"3", signer=SeededSigner("charlie"))
    swapped = ForkProof(true_proof.second_note_bytes, true_proof.first_note_bytes)
    for proof, reason in (
        (ForkProof(one.note_bytes, one.note_bytes), "not-a-fork"),
        (ForkProof(one.note_bytes, shown(b"1").note_bytes), "not-a-fork"),
        (swapped, "not-a-fork"),
        (ForkProof(one.note_bytes, stranger.note_bytes), "unknown-signer"),
        (ForkProof(b"", other.note_bytes), "note-form"),
    ):
        with pytest.raises(RecordError, match=reason):
            open_fork_proof(proof, KEYS, verify_signature)
    with pytest.raises(RecordError, match="unknown-signer"):
        open_fork_proof(true_proof, [], verify_signature)
