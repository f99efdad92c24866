"""Where sessions, credentials, tokens and the audit log are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from comity.domain.operators.access import (
    ApiToken,
    AuditChecked,
    Audited,
    Link,
    Passkey,
    Password,
    Recovery,
    Sealed,
    Session,
)
from comity.kernel.instants import Instant

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
      - What is sealed is not changed by `audit` any more (`audit-sealed`), and what is dropped was sealed before.
      - It may be called from several threads: each call is whole before the next begins.
      - `check_audit` finds a sealed line that was changed, left out or put in.
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

    @property
    def audit_sealed_to(self) -> int:
        """Number of the last sealed row; 0 at first."""
        ...

    def seal_audit(self, before: Instant | None) -> None:
        """Seal rows in their order up to the first that is not older than that; all for None."""
        ...

    def check_audit(self) -> AuditChecked:
        """Compute every seal anew."""
        ...

    def sealed_after(self, number: int, limit: int) -> list[Sealed]:
        """Sealed rows behind a number, the oldest first."""
        ...

    def audit_handed_on(self, number: int | None = None) -> int:
        """Up to which row the log was handed on; keeps another place where one is given."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...
