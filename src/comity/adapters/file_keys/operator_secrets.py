"""Operators' secrets, kept as argon2id hashes: the node can check one and cannot tell it."""

from pathlib import Path
from typing import Literal

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from comity.adapters.file_keys.private_file import read_private, write_private
from comity.application.ports.entropy import Entropy
from comity.kernel.errors import InputError, StoreError
from comity.kernel.ids import OPERATOR_ID, OperatorId, operator_id

OPERATORS_MAX = 200  # the file stays within what read_private accepts
SECRET_CHARS_MAX = 256  # hashing a longer one only spends our time
_SECRET_BYTES = 20
# argon2id of 16 bytes that nobody kept, at the hasher's own cost: a guess at a name costs as much.
_DECOY_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$ynxVGgU+0UhieRx5ySiTpQ$TlUM44"
    "uJ31BLl18v/kp4GeNX1cJh3UcCShQXjvsSQ6E"
)


class _SecretsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal["comity-operator-secrets-v1"]
    hashes: dict[str, str]


class OperatorSecrets:
    """The file of hashes. Each change is durable before its method returns.

    Raises:
        StoreError: those of `read_private`; `secrets-malformed`. A file that is not there is empty.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hasher = PasswordHasher()  # RFC 9106 section 4, second recommendation: t=3, 64 MiB
        self._hashes = self._load()

    @property
    def operators(self) -> tuple[OperatorId, ...]:
        """Who has a secret."""
        return tuple(OperatorId(name) for name in sorted(self._hashes))

    def issue(self, operator: OperatorId, entropy: Entropy) -> str:
        """Give an operator a new secret, shown this once; an older one stops working.

        Raises:
            InputError: the id's form, or more than OPERATORS_MAX operators.
            StoreError: `file-write`.
        """
        operator_id(operator)
        if operator not in self._hashes and len(self._hashes) >= OPERATORS_MAX:
            raise InputError("operator", f"more than {OPERATORS_MAX} operators")
        secret = entropy.token(_SECRET_BYTES).hex()
        self._keep({**self._hashes, operator: self._hasher.hash(secret)})
        return secret

    def remove(self, operator: OperatorId) -> None:
        """Take an operator's secret away.

        Raises:
            InputError: there is none.
            StoreError: `file-write`.
        """
        if operator not in self._hashes:
            raise InputError("operator", f"{operator} has no secret")
        self._keep({name: kept for name, kept in self._hashes.items() if name != operator})

    def matches(self, operator: OperatorId, secret: str) -> bool:
        """Whether this is the operator's secret. Takes as long for an operator that is not there.

        Raises:
            StoreError: `secrets-malformed` where the hash kept cannot be read.
        """
        kept = self._hashes.get(operator)
        if len(secret) > SECRET_CHARS_MAX:
            return False
        try:
            self._hasher.verify(_DECOY_HASH if kept is None else kept, secret)
        except VerifyMismatchError:
            return False
        except (InvalidHashError, VerificationError) as error:
            raise StoreError("secrets-malformed", f"{self._path}: {operator}: {error}") from error
        return kept is not None

    def _keep(self, hashes: dict[str, str]) -> None:
        kept = _SecretsFile("comity-operator-secrets-v1", hashes)
        encoded = msgspec.json.format(msgspec.json.encode(kept, order="sorted"), indent=2)
        write_private(self._path, encoded + b"\n", replace=True)
        self._hashes = hashes

    def _load(self) -> dict[str, str]:
        try:
            content = read_private(self._path)
        except StoreError as error:
            if error.reason == "file-missing":
                return {}
            raise
        try:
            kept = msgspec.json.decode(content, type=_SecretsFile)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise StoreError("secrets-malformed", f"{self._path}: {error}") from error
        for name in kept.hashes:
            if OPERATOR_ID.fullmatch(name) is None:
                raise StoreError("secrets-malformed", f"{self._path}: {name!r} is no operator id")
        return kept.hashes
