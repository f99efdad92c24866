"""Receipts: stored, and provable offline."""

import pytest
from tests.signing import SeededSigner

from comity.domain.ledger import (
    Checkpoint,
    MerkleLog,
    NoteKey,
    TlogProof,
    add_cosignature,
    cosign,
    format_proof,
    leaf_commitment,
    make_receipt,
    open_receipt,
    parse_proof,
    sign_checkpoint,
)
from comity.domain.records import verify_signature
from comity.kernel.errors import InputError, RecordError
from comity.kernel.instants import Instant

OWNER, READER = SeededSigner("alfa"), SeededSigner("bravo")
ORIGIN = "comity.invalid/log/alfa/bravo"
LOG_KEY = NoteKey(ORIGIN, OWNER.public_key)
WITNESS_KEY = NoteKey("comity.invalid/witness/bravo", READER.public_key)
ENVELOPES = [b"envelope %d" % index for index in range(11)]
SALTS = [bytes([index]) * 32 for index in range(11)]
LOG = MerkleLog(map(leaf_commitment, SALTS, ENVELOPES))
AT = Instant(1_795_368_590_000)


def cosigned(size: int) -> bytes:
    checkpoint = Checkpoint(ORIGIN, size, LOG.root(size))
    signed = sign_checkpoint(checkpoint, OWNER.public_key, OWNER.sign)
    return add_cosignature(signed.note_bytes, cosign(checkpoint, WITNESS_KEY, AT, READER.sign))


def opened(receipt_bytes: bytes, index: int):
    return open_receipt(receipt_bytes, ENVELOPES[index], LOG_KEY, WITNESS_KEY, verify_signature)


@pytest.mark.requirement("LEDGER-009")
def test_a_receipt_of_every_leaf_verifies_from_the_record_and_two_keys():
    for size in (1, 2, 7, 8, 11):
        note_bytes = cosigned(size)
        for index in range(size):
            receipt_bytes = make_receipt(LOG, index, note_bytes, SALTS[index], ENVELOPES[index])
            receipt = opened(receipt_bytes, index)
            assert receipt.index == index
            assert receipt.signed_checkpoint.size == size
            assert receipt.cosignature.cosigned_at == AT


@pytest.mark.requirement("LEDGER-009")
def test_no_bit_of_a_receipt_can_be_flipped():
    receipt_bytes = make_receipt(LOG, 4, cosigned(7), SALTS[4], ENVELOPES[4])
    for at in range(len(receipt_bytes)):
        for bit in range(8):
            flipped = bytearray(receipt_bytes)
            flipped[at] ^= 1 << bit
            with pytest.raises(RecordError):
                opened(bytes(flipped), 4)


@pytest.mark.requirement("LEDGER-009")
def test_a_receipt_of_one_record_is_none_of_another():
    receipt_bytes = make_receipt(LOG, 4, cosigned(7), SALTS[4], ENVELOPES[4])
    with pytest.raises(RecordError, match="another record"):
        opened(receipt_bytes, 5)


@pytest.mark.requirement("LEDGER-009")
def test_a_receipt_is_made_only_for_a_leaf_that_it_covers():
    with pytest.raises(InputError, match="not the commitment"):
        make_receipt(LOG, 4, cosigned(7), SALTS[5], ENVELOPES[4])
    with pytest.raises(InputError, match="not the commitment"):
        make_receipt(LOG, 4, cosigned(7), SALTS[4], ENVELOPES[5])
    with pytest.raises(InputError, match="not covered"):
        make_receipt(LOG, 7, cosigned(7), SALTS[7], ENVELOPES[7])


@pytest.mark.requirement("LEDGER-010")
@pytest.mark.parametrize("extra", [None, b"\x00", bytes(4096)], ids=["none", "one", "most"])
def test_proofs_read_back_as_written(extra):
    for count in (0, 1, 63):
        proof = TlogProof(2**63 - 2, (bytes(32),) * count, cosigned(7), extra)
        assert parse_proof(format_proof(proof)) == proof


@pytest.mark.requirement("LEDGER-010")
def test_empty_extra_data_are_written_as_none():
    proof = TlogProof(0, (), b"note", b"")
    assert parse_proof(format_proof(proof)) == TlogProof(0, (), b"note", None)
