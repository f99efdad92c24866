"""What the line book is told about the world at the moment of a decision."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from comity.domain.agreement import Terms
from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant

Room = Callable[[tuple[PartyId, ...]], bool]
"""Whether something that is no FLASH may be put in the way to these parties now (docs/decisions/0023)."""

Receipted = Callable[[RecordDigest, PartyId], bool]
"""Whether a party has given its receipt for an own record."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Something told for protection that an echelon of a party has not acknowledged in time.

    Attributes:
        record: by which it was told.
        author: who told it.
        party: whose echelon is silent; its ladder runs.
        since: when the first echelon was overdue.
    """

    record: RecordDigest
    author: PartyId
    party: PartyId
    since: Instant


Silences = Callable[[Instant], Iterable[Silence]]
"""What echelons have not acknowledged in time, the oldest first (docs/spec/hazard.md §6)."""


@dataclass(frozen=True, slots=True)
class LineContext:
    """The terms in force, whom this node is paired with, and how its logs stand.

    Attributes:
        terms: in force now, suspended or not; None where there are none. The line goes on all the same.
        peers: parties that this node is paired with.
        room: see `Room`.
        receipted: see `Receipted`.
        silences: see `Silences`; nothing is awaited where it is left out.
    """

    terms: Terms | None
    peers: tuple[PartyId, ...]
    room: Room
    receipted: Receipted
    silences: Silences = lambda _: ()
