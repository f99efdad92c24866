"""What the book is told about the world at the moment of a decision."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from comity.domain.agreement import Terms
from comity.domain.airspace import Footprint
from comity.domain.intents.bodies import Basis
from comity.kernel.ids import PartyId

RequiredParties = Callable[[Terms, PartyId, Footprint], Collection[PartyId]]
"""Every party but the owner whose area of interest meets the footprint buffered by the minima."""

PEER_REMOVED = "removed"
"""Why nothing is accepted with a party whose pairing was ended; nothing is said to it either."""


@dataclass(frozen=True, slots=True)
class BookContext:
    """The terms in force and what stands in the way of new acceptances.

    Attributes:
        terms: the agreement in force now, or None.
        required_parties: the agreement room's rule for whom a footprint concerns.
        kernel: name and version of the code that finds conflicts.
        holding: why no new acceptance may be made with anybody (suspension, own clock), or None.
        holding_with: why none may be made with one party (frozen after a proof of lying, clock
            difference).
        suspended_flags: the agreement is suspended and says that accepted intents are flagged
            meanwhile.
    """

    terms: Terms | None
    required_parties: RequiredParties
    kernel: str
    holding: str | None = None
    holding_with: Mapping[PartyId, str] = field(default_factory=lambda: MappingProxyType({}))
    suspended_flags: bool = False
    recovering: bool = False

    def basis(self, terms: Terms) -> Basis:
        """What an answer given now is computed with."""
        border = None if terms.border is None else terms.border.sha256
        return Basis(terms.digest, self.kernel, border)

    def why_held(self, parties: Collection[PartyId]) -> str | None:
        """Why no new acceptance may be made that needs these parties, or None."""
        if self.holding is not None:
            return self.holding
        return next(
            (self.holding_with[party] for party in sorted(parties) if party in self.holding_with),
            None,
        )
