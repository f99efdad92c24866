"""What the intent book asks of whatever finds conflicts; the conflicts room keeps the promise."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from comity.domain.airspace import Footprint, Minima, Verdict
from comity.kernel.ids import RecordDigest


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing held that a footprint meets, or may meet."""

    key: RecordDigest
    verdict: Verdict


class ConflictFinder(Protocol):
    """Footprints held under a key, and which of them a footprint meets.

    Promises:
      - `find` names every key held whose verdict against the footprint is Conflict or Undetermined,
        and no other, in an order that depends only on what is held (not on when it came);
      - holding a key again replaces its footprint; releasing a key that is not held does nothing.
    """

    def hold(self, key: RecordDigest, footprint: Footprint) -> None:
        """Keep a footprint under a key."""
        ...

    def release(self, key: RecordDigest) -> None:
        """Forget a key."""
        ...

    def find(
        self, footprint: Footprint, ignoring: Collection[RecordDigest] = ()
    ) -> Sequence[Finding]:
        """Everything held that the footprint meets or may meet, but for the keys to ignore."""
        ...

    def set_minima(self, minima: Minima) -> None:
        """Use these separation minima from now on."""
        ...
