"""Keys, key ids, party ids and the strict predicate at its edges."""

import hashlib

import pytest
from tests import naive_ed25519
from tests.naive_ed25519 import BASE, NEUTRAL, L, P, add, encode, multiply
from tests.signing import SeededSigner

from comity.domain.records import (
    check_key_id,
    check_public_key,
    key_id_of,
    party_id_of,
    verify_signature,
)
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import PARTY_ID

ALFA = SeededSigner("alfa")
SECRET = 1234567890123456789
KEY = encode(multiply(SECRET, BASE))
ORDER_TWO = (0, P - 1)
MESSAGE = b"a message"


def made_with(r_point: tuple[int, int], nonce: int) -> bytes:
    """S fits R, A and the message as far as the subgroup of prime order can tell."""
    r_bytes = encode(r_point)
    k = int.from_bytes(hashlib.sha512(r_bytes + KEY + MESSAGE).digest(), "little")
    return r_bytes + ((nonce + k * SECRET) % L).to_bytes(32, "little")


@pytest.mark.requirement("RECORD-004")
def test_a_nonce_of_mixed_or_low_order_is_refused():
    assert verify_signature(KEY, MESSAGE, made_with(multiply(7, BASE), 7))
    assert not verify_signature(KEY, MESSAGE, made_with(add(multiply(7, BASE), ORDER_TWO), 7))
    assert not verify_signature(KEY, MESSAGE, made_with(NEUTRAL, 0))
    assert not verify_signature(KEY, MESSAGE, made_with(ORDER_TWO, 0))


@pytest.mark.requirement("RECORD-004")
def test_a_scalar_has_one_spelling():
    signature = ALFA.sign(MESSAGE)
    scalar = int.from_bytes(signature[32:], "little")
    raised = signature[:32] + (scalar + L).to_bytes(32, "little")
    assert verify_signature(ALFA.public_key, MESSAGE, signature)
    assert not verify_signature(ALFA.public_key, MESSAGE, raised)


@pytest.mark.requirement("RECORD-004")
@pytest.mark.parametrize("size_bytes", [0, 31, 33, 63, 65])
def test_keys_and_signatures_of_other_lengths_are_refused(size_bytes):
    signature = ALFA.sign(MESSAGE)
    assert not verify_signature(ALFA.public_key, MESSAGE, (signature * 2)[:size_bytes])
    assert not verify_signature((ALFA.public_key * 3)[:size_bytes], MESSAGE, signature)
    with pytest.raises(RecordError, match="bad-key"):
        check_public_key((ALFA.public_key * 3)[:size_bytes])


@pytest.mark.requirement("RECORD-005")
@pytest.mark.parametrize(
    "key",
    [
        encode(NEUTRAL),
        encode(ORDER_TWO),
        encode(add(multiply(5, BASE), ORDER_TWO)),
        (1 + P).to_bytes(32, "little"),  # the neutral element in another spelling
        (1 | 1 << 255).to_bytes(32, "little"),  # x = 0 with the sign bit
        (2).to_bytes(32, "little"),  # no point has this y
        bytes(32),
        b"\xff" * 32,
    ],
    ids=lambda key: key.hex()[:12],
)
def test_a_key_that_is_not_a_canonical_point_of_prime_order_is_refused(key):
    assert naive_ed25519.holds(key, MESSAGE, ALFA.sign(MESSAGE)) is False
    with pytest.raises(RecordError, match="bad-key"):
        check_public_key(key)
    assert not verify_signature(key, MESSAGE, ALFA.sign(MESSAGE))


@pytest.mark.requirement("RECORD-005")
def test_an_honest_key_passes_enrolment():
    check_public_key(ALFA.public_key)
    check_public_key(bytes(bytearray(KEY)))


@pytest.mark.requirement("RECORD-006")
def test_a_key_id_names_its_algorithm():
    digest = hashlib.sha256(ALFA.public_key).hexdigest()
    assert key_id_of(ALFA.public_key) == f"ed25519:{digest}"
    assert check_key_id(f"ed25519:{digest}") == f"ed25519:{digest}"
    for text, reason in (
        (f"ml-dsa-44:{digest}", "unknown-algorithm"),
        (digest, "unknown-algorithm"),
        ("", "unknown-algorithm"),
        (f"ed25519:{digest.upper()}", "envelope-form"),
        (f"ed25519:{digest}\n", "envelope-form"),
    ):
        with pytest.raises(RecordError) as caught:
            check_key_id(text)
        assert caught.value.reason == reason


@pytest.mark.requirement("RECORD-008")
def test_a_party_id_is_a_slug_and_forty_bits_of_its_root_key():
    party = party_id_of("relief-flights", ALFA.public_key)
    assert PARTY_ID.fullmatch(party)
    assert party != party_id_of("relief-flights", KEY)
    for slug in ("", "Alfa", "1alfa", "alfa.b", "a" * 33, "alfa\n"):
        with pytest.raises(InputError, match="party"):
            party_id_of(slug, ALFA.public_key)
