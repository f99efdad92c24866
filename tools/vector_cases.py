"""What the vectors of every page share: parties with known keys, and the form of a case."""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Fields = dict[str, Any]


class Party:
    """One party of the vectors, its keys made from its name."""

    def __init__(self, slug: str) -> None:
        self.root = _key(f"comity vector root {slug}")
        self.slug = slug
        self.node_seed = hashlib.sha256(f"comity vector node {slug}".encode()).digest()
        self.node = _key(f"comity vector node {slug}")
        self.root_public = self.root.public_key().public_bytes_raw()
        self.node_public = self.node.public_key().public_bytes_raw()
        self.id = f"{slug}.{base32_40(hashlib.sha256(self.root_public).digest())}"
        self.key_id = key_id(self.node_public)


@dataclass
class Case:
    """One folder: its files and what a reader must say of them."""

    name: str
    rule: str
    why: str
    files: dict[str, bytes]
    reason: str | None = None
    values: Fields = field(default_factory=dict)


def base32_40(digest: bytes) -> str:
    """The first 40 bits in lower-case base32, as party ids have them."""
    return base64.b32encode(digest[:5]).decode("ascii").lower()


def key_id(public_key: bytes) -> str:
    """The id of a raw public key."""
    return "ed25519:" + hashlib.sha256(public_key).hexdigest()


def b64(data: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def _key(seed_text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed_text.encode()).digest())


ALFA, BRAVO, CHARLIE = Party("alfa"), Party("bravo"), Party("charlie")
