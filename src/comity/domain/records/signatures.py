"""Ed25519 by one strict predicate, the same in every verifier we ship."""

import base64
import hashlib
import re
from functools import lru_cache
from typing import Protocol

import nacl.bindings
import nacl.exceptions

from comity.domain.records.reasons import Reason
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import SLUG, KeyId, PartyId

PUBLIC_KEY_SIZE_BYTES = 32  # RFC 8032 §5.1.5
SIGNATURE_SIZE_BYTES = 64  # RFC 8032 §5.1.6
KEYS_REMEMBERED_MAX = (
    1024  # checking a key's group takes about 80 µs; 1024 keys of peers take 100 kB
)
ALGORITHM = "ed25519"
_KEY_ID = re.compile(r"ed25519:[0-9a-f]{64}")


class RecordSigner(Protocol):
    """Whoever signs records; the application's `Signer` port is one."""

    @property
    def key_id(self) -> KeyId:
        """`ed25519:<SHA-256 of the public key>`."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of `message`."""
        ...


def key_id_of(public_key: bytes) -> KeyId:
    """The id of a raw public key: the algorithm and the SHA-256 of its 32 bytes."""
    return KeyId(f"{ALGORITHM}:{hashlib.sha256(public_key).hexdigest()}")


def check_key_id(text: str) -> KeyId:
    """Check the form of a key id.

    Raises:
        RecordError: `unknown-algorithm`, or `envelope-form` for a malformed digest.
    """
    if not text.startswith(f"{ALGORITHM}:"):
        raise RecordError(
            Reason.UNKNOWN_ALGORITHM, f"{text[:80]!r}; this version reads {ALGORITHM}"
        )
    if _KEY_ID.fullmatch(text) is None:
        raise RecordError(Reason.ENVELOPE_FORM, f"key id {text[:80]!r} is not {ALGORITHM}:<64 hex>")
    return KeyId(text)


def party_id_of(slug: str, root_key: bytes) -> PartyId:
    """The id of a party: a readable name and the first 40 bits of its root key's SHA-256 in base32.

    Raises:
        InputError: the slug is not a letter followed by at most 31 of a-z, 0-9 and hyphen.

    Source: docs/spec/record.md §2.
    """
    if SLUG.fullmatch(slug) is None:
        raise InputError("party", f"{slug!r} is not of the form {SLUG.pattern}")
    fingerprint = base64.b32encode(hashlib.sha256(root_key).digest()[:5]).decode("ascii").lower()
    return PartyId(f"{slug}.{fingerprint}")


def check_public_key(public_key: bytes) -> None:
    """Check a key before it is enrolled.

    Raises:
        RecordError: `bad-key`: not 32 bytes, not the canonical spelling of a point of the curve,
            the neutral element, or outside the subgroup of prime order.

    Source: docs/spec/record.md §5.
    """
    if len(public_key) != PUBLIC_KEY_SIZE_BYTES:
        raise RecordError(Reason.BAD_KEY, f"{len(public_key)} bytes, not {PUBLIC_KEY_SIZE_BYTES}")
    if not _is_prime_order_point(bytes(public_key)):
        raise RecordError(Reason.BAD_KEY, "not a canonical point of the prime-order subgroup")


def verify_signature(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature holds, by the predicate of docs/spec/record.md §5.

    True exactly when the key is one that `check_public_key` passes, S < L, and R, which is not the
    neutral element, is spelt as the canonical encoding of [S]B − [SHA-512(R ‖ A ‖ M)]A.

    Source: RFC 8032 §5.1.7 without the cofactor; docs/spec/record.md §5.
    """
    if len(public_key) != PUBLIC_KEY_SIZE_BYTES or len(signature) != SIGNATURE_SIZE_BYTES:
        return False
    if not _is_prime_order_point(bytes(public_key)):
        return False
    try:
        nacl.bindings.crypto_sign_open(bytes(signature) + message, bytes(public_key))
    except nacl.exceptions.BadSignatureError:
        return False
    return True


@lru_cache(maxsize=KEYS_REMEMBERED_MAX)
def _is_prime_order_point(public_key: bytes) -> bool:
    return bool(nacl.bindings.crypto_core_ed25519_is_valid_point(public_key))
