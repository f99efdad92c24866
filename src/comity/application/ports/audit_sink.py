"""Where the audit log is handed on to, away from this machine or at least from this account."""

from collections.abc import Sequence
from typing import Protocol

from comity.domain.operators.access import Sealed


class AuditSink(Protocol):
    """Takes sealed lines in their order, each at least once; never makes its caller wait."""

    @property
    def handed_on(self) -> int:
        """Number of the last line that went out; 0 before the first."""
        ...

    @property
    def waiting(self) -> int:
        """How many lines were taken and are not out."""
        ...

    @property
    def fault(self) -> str | None:
        """Why nothing goes out now; None where the last try went well or none was made."""
        ...

    def take(self, lines: Sequence[Sealed]) -> None:
        """Send these when it can."""
        ...

    def close(self) -> None:
        """Let go; what waits is sent after the next start."""
        ...
