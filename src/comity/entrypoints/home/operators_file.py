"""The party's operators on disk: who they are, what they may do, and a hash of each one's token."""

import hashlib
from typing import Literal

import msgspec

from comity.adapters.file_keys import read_private, write_private
from comity.application.ports.entropy import Entropy
from comity.domain.operators import Operator, OperatorRegister, Role
from comity.entrypoints.home.layout import HomeLayout
from comity.kernel.errors import InputError, StoreError
from comity.kernel.ids import OperatorId

_TOKEN_BYTES = 32
_PREFIX = "comity-"


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    roles: list[str]
    token_sha256: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal["comity-operators-v1"]
    operators: list[_Row]


def token_digest(token: str) -> str:
    """SHA-256 of a token. It holds 256 random bits, so that a fast hash is no help to a guesser."""
    return hashlib.sha256(token.encode()).hexdigest()


def load_operators(layout: HomeLayout) -> OperatorRegister:
    """Read the register.

    Raises:
        StoreError: missing, open to others, or malformed.
    """
    try:
        kept = msgspec.json.decode(read_private(layout.operators), type=_File)
        return OperatorRegister(
            Operator(
                OperatorId(row.id),
                row.name,
                frozenset(Role(role) for role in row.roles),
                row.token_sha256,
            )
            for row in kept.operators
        )
    except (msgspec.DecodeError, UnicodeDecodeError, InputError, ValueError) as error:
        raise StoreError("operators-malformed", f"{layout.operators}: {error}") from error


def add_operator(
    layout: HomeLayout,
    register: OperatorRegister,
    operator: OperatorId,
    name: str,
    roles: frozenset[Role],
    entropy: Entropy,
) -> Operator:
    """Take in an operator and write a token file that only the owner of the home can read.

    Raises:
        InputError: the id is taken, or a value is out of bounds; nothing was written.
        StoreError: a file could not be written.
    """
    token = f"{_PREFIX}{entropy.token(_TOKEN_BYTES).hex()}"
    added = Operator(operator, name, roles, token_digest(token))
    register.add(added)
    write_private(layout.token(operator), f"{token}\n".encode(), replace=True)
    _save(layout, register)
    return added


def load_token(layout: HomeLayout, operator: OperatorId) -> str:
    """Read an operator's token.

    Raises:
        StoreError: missing, open to others, or malformed.
    """
    path = layout.token(operator)
    content = read_private(path).decode("ascii", "replace").strip()
    if not content.startswith(_PREFIX):
        raise StoreError("token-malformed", f"{path} does not hold a token")
    return content


def token_holders(layout: HomeLayout) -> tuple[OperatorId, ...]:
    """Operators whose token file is in this home."""
    return tuple(OperatorId(path.stem) for path in sorted(layout.tokens.glob("*.token")))


def _save(layout: HomeLayout, register: OperatorRegister) -> None:
    rows = [
        _Row(operator.id, operator.name, sorted(operator.roles), operator.secret_hash)
        for operator in register
    ]
    content = msgspec.json.format(msgspec.json.encode(_File("comity-operators-v1", rows)), indent=2)
    write_private(layout.operators, content + b"\n", replace=True)
