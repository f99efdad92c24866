"""What an agreement says of protection: how near an activity touches, and who has to acknowledge what is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from comity.kernel.ids import PartyId

BUFFER_M_ASSUMED: Final = 2_000.0
"""Where the text states none, and flagged: never zero, which would let what is beside a hospital touch nothing."""
BUFFER_M_MAX: Final = 100_000.0  # with a shape's own 200 km within what distances are proved for

PROTECTED_KINDS: Final = frozenset({
    "hospital", "clinic", "school", "place-of-worship", "shelter", "displacement-camp", "water",
    "food-distribution", "power-for-civilians", "dangerous-forces", "cultural-heritage", "aid-office",
    "orphanage", "cemetery", "other", "relief-convoy", "medical-evacuation", "evacuation",
    "repatriation", "aid-staff",
})  # fmt: skip
"""Kinds of sites and movements that a text can name: those of docs/spec/site.md §4 and movement.md §2."""


@dataclass(frozen=True, slots=True)
class Buffers:
    """How far around a notified activity protected sites and movements count as touched.

    Attributes:
        default_m: around every activity, for every kind.
        by_kind: of sites and movements.
        by_activity: classes of the agreement's table of leads.
        assumed: whether the text states no default, and `BUFFER_M_ASSUMED` stands in for it.
    """

    default_m: float = BUFFER_M_ASSUMED
    by_kind: Mapping[str, float] = field(default_factory=dict)
    by_activity: Mapping[str, float] = field(default_factory=dict)
    assumed: bool = True

    def around_m(self, kind: str, activity: str) -> float:
        """The greatest of all that is said of a kind, an activity, and everything."""
        of_kind, of_activity = self.by_kind.get(kind, 0.0), self.by_activity.get(activity, 0.0)
        return max(self.default_m, of_kind, of_activity)

    def greatest_m(self, activity: str) -> float:
        """The greatest for an activity, whatever the kind."""
        return max(self.around_m("", activity), *self.by_kind.values(), 0.0)


class EchelonLevel(StrEnum):
    """From where orders come, through who passes them on, to who flies (L-20)."""

    HEADQUARTERS = "headquarters"
    UNIT = "unit"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class EchelonTerm:
    """One echelon of a party that has to acknowledge what is told for protection, and within what time.

    Attributes:
        name: as people call it.
        within_s: since it was told; None where no time is agreed, so that nothing is escalated.
        assumed: the text names none of that party, and this stands in for it.
    """

    party: PartyId
    level: EchelonLevel
    name: str
    within_s: float | None
    assumed: bool = False
