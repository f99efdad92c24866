"""The predicate through the library against the algebra of the page."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import naive_ed25519
from tests.signing import SeededSigner

from comity.domain.records import verify_signature


@pytest.mark.requirement("RECORD-004")
@settings(max_examples=30, deadline=None)
@given(st.text(max_size=4), st.binary(max_size=80), st.integers(0, 96 * 8 - 1))
def test_the_library_and_the_algebra_agree(seed_text, message, flipped_bit):
    signer = SeededSigner(seed_text)
    signature = signer.sign(message)
    assert verify_signature(signer.public_key, message, signature)
    assert naive_ed25519.holds(signer.public_key, message, signature)
    both = bytearray(signer.public_key + signature)
    both[flipped_bit // 8] ^= 1 << flipped_bit % 8
    key, changed = bytes(both[:32]), bytes(both[32:])
    assert not verify_signature(key, message, changed)
    assert not naive_ed25519.holds(key, message, changed)
