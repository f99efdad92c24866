"""The node's signing key, wherever it is kept."""

from typing import Protocol

from comity.kernel.ids import KeyId


class Signer(Protocol):
    """Signs with one Ed25519 node key (RFC 8032). The secret never crosses this port."""

    @property
    def key_id(self) -> KeyId:
        """`ed25519:<SHA-256 of the public key>`."""
        ...

    @property
    def public_key(self) -> bytes:
        """The raw 32-byte public key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of `message`."""
        ...
