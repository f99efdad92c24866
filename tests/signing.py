"""Signers for tests: keys from a seed, no chance involved."""

import hashlib

import nacl.bindings

from comity.domain.records import key_id_of
from comity.kernel.ids import KeyId


class SeededSigner:
    """Signs with the Ed25519 key of a named seed; a `RecordSigner` and a `Signer`."""

    def __init__(self, seed_text: str) -> None:
        self._seed = hashlib.sha256(seed_text.encode("utf-8")).digest()
        self.public_key, self._secret = nacl.bindings.crypto_sign_seed_keypair(self._seed)

    @property
    def key_id(self) -> KeyId:
        return key_id_of(self.public_key)

    def sign(self, message: bytes) -> bytes:
        return nacl.bindings.crypto_sign(message, self._secret)[:64]
