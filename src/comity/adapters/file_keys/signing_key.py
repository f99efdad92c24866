"""Ed25519 keys in files: the node key as it is, the root key under a passphrase if one is given."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
from nacl import pwhash
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.signing import SigningKey

from comity.adapters.file_keys.private_file import read_private, write_private
from comity.application.ports.entropy import Entropy
from comity.domain.records import key_id_of
from comity.kernel.errors import StoreError
from comity.kernel.ids import KeyId

KeyUse = Literal["node", "root"]

_SEED_BYTES = 32  # RFC 8032 section 5.1.5
_SALT_BYTES = int(pwhash.argon2id.SALTBYTES)
_NONCE_BYTES = int(SecretBox.NONCE_SIZE)
_PASSES_MAX = 16
_MEMORY_BYTES_MAX = 1 << 30  # a key file may not make us allocate more than libsodium's SENSITIVE


@dataclass(frozen=True, slots=True)
class SealCost:
    """What guessing one passphrase costs: passes over so much memory (argon2id, RFC 9106)."""

    passes: int = int(pwhash.argon2id.OPSLIMIT_MODERATE)
    memory_bytes: int = int(pwhash.argon2id.MEMLIMIT_MODERATE)


class _Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kdf: Literal["argon2id"]
    passes: int
    memory_bytes: int
    salt: str
    nonce: str
    box: str


class _KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal["comity-key-v1"]
    use: KeyUse
    public_key: str
    seed: str | None = None
    sealed: _Sealed | None = None


class FileSigner:
    """`Signer` whose secret was read from a file."""

    def __init__(self, seed: bytes) -> None:
        self._key = SigningKey(seed)

    @property
    def key_id(self) -> KeyId:
        """`ed25519:<SHA-256 of the public key>`."""
        return key_id_of(self.public_key)

    @property
    def public_key(self) -> bytes:
        """The raw 32-byte public key."""
        return bytes(self._key.verify_key)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of `message`."""
        return self._key.sign(message).signature

    def __repr__(self) -> str:
        """Names the key, never the secret."""
        return f"FileSigner({self.key_id})"


def create_signing_key(
    path: Path,
    use: KeyUse,
    entropy: Entropy,
    passphrase: str | None = None,
    cost: SealCost | None = None,
) -> FileSigner:
    """Make a key and keep it in a new file, encrypted where a passphrase is given.

    Raises:
        StoreError: `file-exists`, `file-write`, `passphrase-empty`.
    """
    seed = entropy.token(_SEED_BYTES)
    signer = FileSigner(seed)
    public_key = signer.public_key.hex()
    if passphrase is None:
        kept = _KeyFile("comity-key-v1", use, public_key, seed=seed.hex())
    else:
        sealed = _seal(seed, passphrase, cost or SealCost(), entropy)
        kept = _KeyFile("comity-key-v1", use, public_key, sealed=sealed)
    encoded = msgspec.json.format(msgspec.json.encode(kept), indent=2)
    write_private(path, encoded + b"\n")
    return signer


def load_signing_key(path: Path, use: KeyUse, passphrase: str | None = None) -> FileSigner:
    """Read a key back. Nothing in the file is trusted: form, bounds, and that both halves match.

    Raises:
        StoreError: those of `read_private`; `key-malformed`; `key-wrong-use` for a root key where a
            node key belongs or the reverse; `passphrase-needed`; `passphrase-wrong`.
    """
    content = read_private(path)
    try:
        kept = msgspec.json.decode(content, type=_KeyFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StoreError("key-malformed", f"{path}: {error}") from error
    if kept.use != use:
        raise StoreError("key-wrong-use", f"{path} is a {kept.use} key; a {use} key belongs here")
    signer = FileSigner(_seed(path, kept, passphrase))
    if signer.public_key.hex() != kept.public_key:
        raise StoreError("key-malformed", f"{path}: public_key does not belong to the secret")
    return signer


def _seed(path: Path, kept: _KeyFile, passphrase: str | None) -> bytes:
    if (kept.seed is None) == (kept.sealed is None):
        raise StoreError("key-malformed", f"{path}: exactly one of seed and sealed belongs in it")
    if kept.sealed is None:
        return _hex(path, "seed", kept.seed or "", _SEED_BYTES)
    if passphrase is None:
        raise StoreError("passphrase-needed", f"{path} is encrypted")
    return _unseal(path, kept.sealed, passphrase)


def _seal(seed: bytes, passphrase: str, cost: SealCost, entropy: Entropy) -> _Sealed:
    if not passphrase:
        raise StoreError("passphrase-empty", "an empty passphrase protects nothing")
    salt, nonce = entropy.token(_SALT_BYTES), entropy.token(_NONCE_BYTES)
    box = SecretBox(_stretch(passphrase, salt, cost.passes, cost.memory_bytes))
    return _Sealed(
        kdf="argon2id",
        passes=cost.passes,
        memory_bytes=cost.memory_bytes,
        salt=salt.hex(),
        nonce=nonce.hex(),
        box=box.encrypt(seed, nonce).ciphertext.hex(),
    )


def _unseal(path: Path, sealed: _Sealed, passphrase: str) -> bytes:
    passes_min = int(pwhash.argon2id.OPSLIMIT_MIN)
    memory_bytes_min = int(pwhash.argon2id.MEMLIMIT_MIN)
    if not passes_min <= sealed.passes <= _PASSES_MAX:
        raise StoreError("key-malformed", f"{path}: passes {sealed.passes} exceeds {_PASSES_MAX}")
    if not memory_bytes_min <= sealed.memory_bytes <= _MEMORY_BYTES_MAX:
        raise StoreError(
            "key-malformed",
            f"{path}: memory_bytes {sealed.memory_bytes} is outside "
            f"{memory_bytes_min} to {_MEMORY_BYTES_MAX}",
        )
    salt = _hex(path, "salt", sealed.salt, _SALT_BYTES)
    nonce = _hex(path, "nonce", sealed.nonce, _NONCE_BYTES)
    ciphertext = _hex(path, "box", sealed.box, _SEED_BYTES + int(SecretBox.MACBYTES))
    box = SecretBox(_stretch(passphrase, salt, sealed.passes, sealed.memory_bytes))
    try:
        return box.decrypt(ciphertext, nonce)
    except CryptoError as error:
        raise StoreError(
            "passphrase-wrong", f"{path}: wrong passphrase, or the file is damaged"
        ) from error


def _stretch(passphrase: str, salt: bytes, passes: int, memory_bytes: int) -> bytes:
    return pwhash.argon2id.kdf(
        int(SecretBox.KEY_SIZE), passphrase.encode(), salt, opslimit=passes, memlimit=memory_bytes
    )


def _hex(path: Path, field: str, text: str, size_bytes: int) -> bytes:
    try:
        content = bytes.fromhex(text)
    except ValueError as error:
        raise StoreError("key-malformed", f"{path}: {field} is not hex digits") from error
    if len(content) != size_bytes or content.hex() != text:
        raise StoreError(
            "key-malformed", f"{path}: {field} is not {size_bytes} bytes in lower-case hex"
        )
    return content
