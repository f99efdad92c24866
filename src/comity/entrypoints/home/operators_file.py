"""The party's operators on disk: who they are, what they may do, and a hash of each one's token."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from comity.adapters.file_keys import (
    load_token,
    new_token,
    read_private,
    token_digest,
    write_private,
)
from comity.application.ports.entropy import Entropy
from comity.domain.operators import Operator, OperatorRegister, Role
from comity.entrypoints.home.layout import HomeLayout
from comity.kernel.errors import InputError, StoreError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant, instant_from_rfc3339

FILE_BYTES_MAX = 1 << 20  # 1,000 operators with the longest names


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    roles: list[str]
    token_sha256: str
    revoked_at: str | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal["comity-operators-v1"]
    operators: list[_Row]


def load_operators(layout: HomeLayout) -> OperatorRegister:
    """Read the register.

    Raises:
        StoreError: missing, open to others, or malformed.
    """
    try:
        kept = msgspec.json.decode(read_private(layout.operators, FILE_BYTES_MAX), type=_File)
        return OperatorRegister(
            Operator(
                OperatorId(row.id),
                row.name,
                frozenset(Role(role) for role in row.roles),
                row.token_sha256,
                None
                if row.revoked_at is None
                else instant_from_rfc3339(row.revoked_at, "revoked_at"),
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
    token = new_token(entropy)
    added = Operator(operator, name, roles, token_digest(token))
    OperatorRegister([*register, added])  # refuses what may not be, before anything is written
    write_private(layout.token(operator), f"{token}\n".encode(), replace=True)
    _save(layout, [*register, added])
    register.add(added)
    return added


def revoke_operator(
    layout: HomeLayout, register: OperatorRegister, operator: OperatorId, at: Instant
) -> Operator:
    """Let an operator act no more, from the next request on; the token file here goes.

    Raises:
        InputError: no such operator, revoked before, or the last who may manage operators.
        StoreError: a file could not be written.
    """
    after = OperatorRegister(register)
    after.revoke(operator, at)
    _save(layout, after)
    layout.token(operator).unlink(missing_ok=True)
    return register.revoke(operator, at)


def set_roles(
    layout: HomeLayout, register: OperatorRegister, operator: OperatorId, roles: frozenset[Role]
) -> Operator:
    """Give an operator other roles, from the next request on.

    Raises:
        InputError: no such operator, revoked, no role, or the last who may manage operators.
        StoreError: a file could not be written.
    """
    after = OperatorRegister(register)
    after.set_roles(operator, roles)
    _save(layout, after)
    return register.set_roles(operator, roles)


def load_operator_token(layout: HomeLayout, operator: OperatorId) -> str:
    """Read an operator's token from this home.

    Raises:
        StoreError: missing, open to others, or malformed.
    """
    return load_token(layout.token(operator))


def token_holders(layout: HomeLayout) -> tuple[OperatorId, ...]:
    """Operators whose token file is in this home."""
    return tuple(OperatorId(path.stem) for path in sorted(layout.tokens.glob("*.token")))


def _save(layout: HomeLayout, operators: Iterable[Operator]) -> None:
    rows = [
        _Row(
            each.id,
            each.name,
            sorted(each.roles),
            each.secret_hash,
            None if each.revoked_at is None else str(each.revoked_at),
        )
        for each in operators
    ]
    content = msgspec.json.format(msgspec.json.encode(_File("comity-operators-v1", rows)), indent=2)
    write_private(layout.operators, content + b"\n", replace=True)
