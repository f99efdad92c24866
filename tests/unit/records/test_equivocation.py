"""Two things said at one place of one chain."""

import pytest
from tests.signing import SeededSigner

from comity.domain.records import (
    Draft,
    EquivocationProof,
    Record,
    is_equivocation,
    open_equivocation,
    party_id_of,
    prove_equivocation,
    seal,
)
from comity.kernel.errors import RecordError
from comity.kernel.ids import RecordDigest
from comity.kernel.instants import Instant

SIGNER, OTHER = SeededSigner("alfa"), SeededSigner("charlie")
ALFA, CHARLIE = party_id_of("alfa", b"a"), party_id_of("charlie", b"c")
BRAVO = party_id_of("bravo", b"b")
KEYS = {ALFA: SIGNER.public_key, CHARLIE: OTHER.public_key}


def said(text: str, *, author=ALFA, signer=SIGNER, sequence=0, recipients=(BRAVO,)) -> Record:
    previous = None if sequence == 0 else RecordDigest("0" * 64)
    draft = Draft("line.text", recipients, {"text": text})
    return seal(draft, author, sequence, previous, Instant(0), signer)


def public_key_of(author, key_id):
    return KEYS.get(author)


@pytest.mark.requirement("RECORD-010")
def test_two_digests_at_one_place_are_a_proof_that_a_stranger_verifies():
    one, other = said("yes"), said("no")
    proof = prove_equivocation(one, other)
    assert proof == prove_equivocation(other, one)
    author, first, second = open_equivocation(proof, public_key_of)
    assert author == ALFA
    assert {first, second} == {one, other}


@pytest.mark.requirement("RECORD-010")
@pytest.mark.parametrize(
    "other",
    [
        said("yes"),
        said("no", sequence=1),
        said("no", recipients=(BRAVO, CHARLIE)),
        said("no", author=CHARLIE, signer=OTHER),
    ],
    ids=["the same", "another place", "another audience", "another author"],
)
def test_anything_else_proves_nothing(other):
    one = said("yes")
    assert not is_equivocation(one, other)
    with pytest.raises(RecordError, match="not-equivocation"):
        prove_equivocation(one, other)
    first, second = sorted((one, other), key=lambda record: record.digest)
    with pytest.raises(RecordError, match="not-equivocation"):
        open_equivocation(
            EquivocationProof(first.envelope_bytes, second.envelope_bytes), public_key_of
        )


@pytest.mark.requirement("RECORD-010")
def test_a_forged_half_proves_nothing():
    forged = said("no", signer=OTHER)
    first, second = sorted((said("yes"), forged), key=lambda record: record.digest)
    with pytest.raises(RecordError, match="unknown-key"):
        open_equivocation(
            EquivocationProof(first.envelope_bytes, second.envelope_bytes), public_key_of
        )


@pytest.mark.requirement("RECORD-010")
def test_one_payload_signed_twice_is_not_equivocation():
    assert not is_equivocation(said("yes"), said("yes", signer=OTHER))
