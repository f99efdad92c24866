"""Whatever the bytes, a parser answers or refuses; what it takes, it would write the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.signing import SeededSigner

from comity.domain.ledger import Checkpoint, TlogProof, format_proof, parse_proof, sign_checkpoint
from comity.domain.ledger.checkpoint import parse_body
from comity.domain.ledger.note import parse_note
from comity.kernel.errors import RecordError

SIGNER = SeededSigner("alfa")
NOTE = sign_checkpoint(
    Checkpoint("comity.invalid/log/a/b", 7, bytes(32)), SIGNER.public_key, SIGNER.sign
).note_bytes
PROOF = format_proof(TlogProof(5, (bytes(32), b"\xff" * 32), NOTE, bytes(64)))
PIECES = st.sampled_from(
    [
        b"\n",
        b"\n\n",
        b" ",
        b"+",
        b"=",
        b"\x00",
        b"\xff",
        "—".encode(),
        "\u00a0".encode(),
        b"0",
        b"A",
    ]
)


def mutated(original: bytes):
    """The original with a stretch cut out and something put in its place."""
    places = st.integers(0, len(original))
    return st.tuples(places, st.integers(0, 3), PIECES | st.binary(max_size=3)).map(
        lambda cut: original[: cut[0]] + cut[2] + original[cut[0] + cut[1] :]
    )


@pytest.mark.requirement("LEDGER-010")
@settings(max_examples=400, deadline=None)
@given(mutated(NOTE) | st.binary(max_size=40))
def test_a_note_that_is_read_is_written_the_same(note_bytes):
    try:
        note = parse_note(note_bytes)
    except RecordError:
        return
    lines = b"".join(line.line_bytes() for line in note.signatures)
    assert note.text_bytes + b"\n" + lines == note_bytes
    try:
        checkpoint = parse_body(note.text_bytes)
    except RecordError:
        return
    assert checkpoint.body_bytes == note.text_bytes


@pytest.mark.requirement("LEDGER-010")
@settings(max_examples=400, deadline=None)
@given(mutated(PROOF) | st.binary(max_size=40))
def test_a_proof_that_is_read_is_written_the_same(proof_bytes):
    try:
        proof = parse_proof(proof_bytes)
    except RecordError:
        return
    assert format_proof(proof) == proof_bytes
