"""Checkpoints, cosignatures and growth."""

import dataclasses

import pytest
from tests.signing import SeededSigner

from comity.domain.ledger import (
    EMPTY_ROOT,
    Checkpoint,
    LogReason,
    MerkleLog,
    NoteKey,
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
from comity.domain.records import party_id_of, verify_signature
from comity.kernel.errors import InputError, RecordError
from comity.kernel.instants import Instant

OWNER, READER = SeededSigner("alfa"), SeededSigner("bravo")
ALFA, BRAVO = party_id_of("alfa", b"a"), party_id_of("bravo", b"b")
ORIGIN = log_origin(ALFA, BRAVO)
LOG_KEY = NoteKey(ORIGIN, OWNER.public_key)
WITNESS_KEY = NoteKey(witness_name(BRAVO), READER.public_key)
LOG = MerkleLog(b"%d" % index for index in range(9))
CHECKPOINT = Checkpoint(ORIGIN, 9, LOG.root())
SIGNED = sign_checkpoint(CHECKPOINT, OWNER.public_key, OWNER.sign)
AT = Instant(1_795_368_590_123)
COSIGNATURE = cosign(CHECKPOINT, WITNESS_KEY, AT, READER.sign)


def at_size(size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, LOG.root(size))


@pytest.mark.requirement("LEDGER-005")
def test_a_signed_checkpoint_opens_to_itself():
    assert open_checkpoint(SIGNED.note_bytes, LOG_KEY, verify_signature) == SIGNED
    assert (SIGNED.origin, SIGNED.size, SIGNED.root) == (ORIGIN, 9, LOG.root())


@pytest.mark.requirement("LEDGER-006")
def test_a_cosignature_carries_its_time_in_whole_seconds():
    found = verify_cosignature(COSIGNATURE, CHECKPOINT, WITNESS_KEY, verify_signature)
    assert found.witness == WITNESS_KEY.name
    assert found.cosigned_at == Instant(1_795_368_590_000)
    note_bytes = add_cosignature(SIGNED.note_bytes, COSIGNATURE)
    signed, again = open_cosigned_checkpoint(note_bytes, LOG_KEY, WITNESS_KEY, verify_signature)
    assert again == found
    assert signed.checkpoint == CHECKPOINT
    assert signed.note_bytes == note_bytes
    assert open_checkpoint(note_bytes, LOG_KEY, verify_signature).checkpoint == CHECKPOINT


@pytest.mark.requirement("LEDGER-006")
def test_a_cosignature_is_over_one_checkpoint_by_one_witness():
    with pytest.raises(RecordError, match="bad-cosignature"):
        verify_cosignature(COSIGNATURE, at_size(8), WITNESS_KEY, verify_signature)
    other = dataclasses.replace(WITNESS_KEY, public_key=OWNER.public_key)
    with pytest.raises(RecordError, match="unknown-witness"):
        verify_cosignature(COSIGNATURE, CHECKPOINT, other, verify_signature)


@pytest.mark.requirement("LEDGER-005")
def test_no_bit_of_a_checkpoint_can_be_flipped():
    note_bytes = SIGNED.note_bytes
    for at in range(len(note_bytes)):
        for bit in range(8):
            flipped = bytearray(note_bytes)
            flipped[at] ^= 1 << bit
            with pytest.raises(RecordError):
                open_checkpoint(bytes(flipped), LOG_KEY, verify_signature)


@pytest.mark.requirement("LEDGER-006")
def test_no_bit_of_a_cosignature_can_be_flipped():
    for at in range(len(COSIGNATURE)):
        for bit in range(8):
            flipped = bytearray(COSIGNATURE)
            flipped[at] ^= 1 << bit
            with pytest.raises(RecordError):
                verify_cosignature(bytes(flipped), CHECKPOINT, WITNESS_KEY, verify_signature)


@pytest.mark.requirement("LEDGER-010")
def test_a_note_takes_no_seventeenth_line_and_no_broken_one():
    note_bytes = SIGNED.note_bytes
    for _ in range(15):
        note_bytes = add_cosignature(note_bytes, COSIGNATURE)
    with pytest.raises(RecordError, match="note-form"):
        add_cosignature(note_bytes, COSIGNATURE)
    with pytest.raises(RecordError, match="note-form"):
        add_cosignature(SIGNED.note_bytes, COSIGNATURE[:-1])
    with pytest.raises(RecordError, match="note-form"):
        add_cosignature(SIGNED.note_bytes, COSIGNATURE * 2)


@pytest.mark.requirement("LEDGER-010")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"origin": ""}, "origin"),
        ({"origin": "a\nb"}, "origin"),
        ({"size": -1}, "size"),
        ({"size": 2**63}, "size"),
        ({"root": bytes(31)}, "root"),
        ({"size": 0}, "root"),
    ],
    ids=str,
)
def test_a_checkpoint_has_one_form(changes, field):
    with pytest.raises(InputError) as caught:
        dataclasses.replace(CHECKPOINT, **changes)
    assert caught.value.field == field
    assert Checkpoint(ORIGIN, 0, EMPTY_ROOT).size == 0


@pytest.mark.requirement("LEDGER-010")
@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "a\x00b"])
def test_a_key_name_has_no_space_and_no_plus(name):
    with pytest.raises(InputError, match="note key name"):
        NoteKey(name, OWNER.public_key)


@pytest.mark.requirement("LEDGER-007")
def test_growth_is_shown_from_every_size_to_every_later_one():
    for old_size in range(10):
        for size in range(old_size, 10):
            proof = LOG.consistency_proof(old_size, size)
            check_extension(at_size(old_size), at_size(size), proof)
    check_extension(None, CHECKPOINT, ())


@pytest.mark.requirement("LEDGER-007")
@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (at_size(5), at_size(4), LogReason.LOG_SHRANK),
        (at_size(5), at_size(0), LogReason.LOG_SHRANK),
        (at_size(5), Checkpoint(ORIGIN, 5, bytes(32)), LogReason.SPLIT_VIEW),
        (at_size(5), Checkpoint("other", 6, LOG.root(6)), LogReason.OTHER_ORIGIN),
        (at_size(0), Checkpoint("other", 6, LOG.root(6)), LogReason.OTHER_ORIGIN),
        (at_size(5), Checkpoint(ORIGIN, 6, bytes(32)), LogReason.BAD_CONSISTENCY_PROOF),
    ],
    ids=["shrank", "emptied", "split", "other log", "other log from empty", "rewritten"],
)
def test_what_is_not_growth_is_refused(old, new, reason):
    proof = LOG.consistency_proof(5, 6) if new.size == 6 and old.size == 5 else ()
    with pytest.raises(RecordError) as caught:
        check_extension(old, new, proof)
    assert caught.value.reason == reason
