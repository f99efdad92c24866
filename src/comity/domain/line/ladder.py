"""The ladder of an agreement: who is called next where nobody takes a FLASH, and after how long (L-05, L-06)."""

from collections.abc import Sequence

from comity.domain.agreement import LadderStep, Terms
from comity.domain.line.limits import LADDER_AFTER_S_ASSUMED
from comity.kernel.ids import PartyId

ASSUMED_ECHELON = "any officer on watch"


def ladder_of(terms: Terms | None, party: PartyId) -> Sequence[LadderStep]:
    """A party's steps in order; one assumed step where the agreement says nothing of it."""
    agreed = () if terms is None else tuple(each for each in terms.ladder if each.party == party)
    return agreed or (
        LadderStep(party, ASSUMED_ECHELON, LADDER_AFTER_S_ASSUMED, "watch", "", assumed=True),
    )
