"""Tokens of machines: scopes within an operator's roles, an end, and no more of the secret than its hash."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace

from comity.application.ports.access_store import AccessStore
from comity.application.ports.entropy import Entropy
from comity.domain.operators import NEVER_BY_TOKEN, Action, Operator, OperatorRegister, may
from comity.domain.operators.access import (
    TOKEN_DAYS_MAX,
    TOKEN_NAME_LENGTH_MAX,
    TOKENS_MAX,
    ApiToken,
)
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

SECRET_BYTES = 32
HANDLE_BYTES = 8
DAY_S = 86_400.0
API_TOKEN = re.compile(r"comity-api-[0-9a-f]{64}")


class MachineTokens:
    """Those of one node."""

    def __init__(
        self,
        store: AccessStore,
        register: OperatorRegister,
        entropy: Entropy,
        kept: Iterable[ApiToken],
    ) -> None:
        self._store = store
        self._register = register
        self._entropy = entropy
        self._tokens = {each.id: each for each in kept}

    def make(
        self,
        operator: Operator,
        name: str,
        scopes: frozenset[Action],
        days: int,
        made_by: OperatorId,
        at: Instant,
    ) -> tuple[str, ApiToken]:
        """A token for a machine, told once.

        Raises:
            InputError: names the field: a scope that the person may not do or a token never does, a name, the days.
        """
        if not name.strip() or len(name) > TOKEN_NAME_LENGTH_MAX or not name.isprintable():
            raise InputError("name", f"1 to {TOKEN_NAME_LENGTH_MAX} printable characters")
        if not 1 <= days <= TOKEN_DAYS_MAX:
            raise InputError("days", f"{days} is not within 1 to {TOKEN_DAYS_MAX}")
        if not scopes:
            raise InputError("scopes", "none given; name the actions that the machine needs")
        never = sorted(scopes & NEVER_BY_TOKEN)
        if never:
            raise InputError("scopes", f"{never[0]} takes a person; no token does it")
        beyond = sorted(scopes - may(operator))
        if beyond:
            raise InputError("scopes", f"{operator.id} may not {beyond[0]} either")
        if sum(each.stands(at) for each in self._tokens.values()) >= TOKENS_MAX:
            raise InputError("tokens", f"{TOKENS_MAX} stand, the most; revoke one first")
        secret = f"comity-api-{self._entropy.token(SECRET_BYTES).hex()}"
        token = ApiToken(
            self._entropy.token(HANDLE_BYTES).hex(), hashed(secret), operator.id, name, scopes,
            made_by, at, at.plus_s(days * DAY_S),
        )  # fmt: skip
        self._store.change([token])
        self._tokens[token.id] = token
        return secret, token

    def of(self, secret: str, at: Instant) -> ApiToken | None:
        """The token of that secret; None where it does not stand."""
        if API_TOKEN.fullmatch(secret) is None:
            return None
        stated = hashed(secret)
        found = next((e for e in self._tokens.values() if e.secret_hash == stated), None)
        return found if found is not None and self.stands(found.id, at) else None

    def stands(self, token: str, at: Instant) -> bool:
        """Whether a token may be used: neither it nor its operator is revoked, and it has not ended."""
        found = self._tokens.get(token)
        return found is not None and found.stands(at) and self._acting(found.operator) is not None

    def all(self, operator: OperatorId | None = None) -> list[ApiToken]:
        """All of one person, or of everybody, the latest first; those revoked and ended too."""
        found = [e for e in self._tokens.values() if operator in {None, e.operator}]
        return sorted(found, key=lambda each: each.made_at, reverse=True)

    def revoke(self, token: str, at: Instant) -> ApiToken:
        """Let a token be used no more.

        Raises:
            InputError: no such token, or revoked before.
        """
        found = self._tokens.get(token)
        if found is None or found.revoked_at is not None:
            raise InputError("token", "no token of that id stands")
        self._tokens[token] = replace(found, revoked_at=at)
        self._store.change([self._tokens[token]])
        return self._tokens[token]

    def acting(self, token: ApiToken) -> Operator | None:
        """The operator who answers for a machine, held to the token's scopes."""
        person = self._acting(token.operator)
        return None if person is None else replace(person, scopes=token.scopes)

    def _acting(self, operator: OperatorId) -> Operator | None:
        found = self._register.get(operator)
        return found if found is not None and found.revoked_at is None else None


def hashed(secret: str) -> str:
    """SHA-256 of a secret of 120 random bits or more; a fast hash is no help to a guesser."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
