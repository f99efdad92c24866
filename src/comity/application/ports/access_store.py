"""Where sessions, credentials, tokens and the audit log are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from comity.domain.operators.access import (
    ApiToken,
    Audited,
    Link,
    Passkey,
    Password,
    Recovery,
    Session,
)

Kept = Session | Passkey | Password | Recovery | Link | ApiToken


@dataclass(slots=True)
class AllKept:
    """Everything but the audit log; it is small and lives in memory too."""

    sessions: list[Session] = field(default_factory=list)
    passkeys: list[Passkey] = field(default_factory=list)
    passwords: list[Password] = field(default_factory=list)
    recoveries: list[Recovery] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    tokens: list[ApiToken] = field(default_factory=list)


class AccessStore(Protocol):
    """Keeps values by their own key.

    Contract, run against every adapter by tests/contract/test_access_store.py:
      - `put` and `drop` return only after the change is durable; `put` replaces.
      - `load` gives back equal values.
      - `audit` keeps the latest `AUDIT_ROWS_MAX` rows, and numbers them without a gap from the first ever.
    """

    def load(self) -> AllKept:
        """Everything kept."""
        ...

    def change(self, put: Sequence[Kept], drop: Sequence[Kept] = ()) -> None:
        """Keep these and forget those, all or nothing.

        Raises:
            StoreError: the disk refuses.
        """
        ...

    def audit(self, rows: Sequence[tuple[int | None, Audited]]) -> list[int]:
        """Add rows to the audit log, or put one in the place of that number; gives the number of each."""
        ...

    def audited(self, before: int | None, limit: int) -> list[tuple[int, Audited]]:
        """Rows with their numbers, the newest first."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...
