"""What a hazard notice touches: three answers, and none of them is an all-clear (L-19).

Like the answers of the register they have no truth value, so that no code can take one for permission.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from comity.domain.sites import NothingNotified, TouchedMovement, TouchedSite, Undetermined
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant


class How(StrEnum):
    """In which way an activity touches what is protected."""

    WITHIN = "within"
    """It lies, or may lie, in the notified area."""
    NEAR = "within-buffer"
    """It lies, or may lie, within the buffer around the area."""


@dataclass(frozen=True, slots=True)
class Touch:
    """One protected site or movement that an activity touches, as finely as this node may know it.

    Attributes:
        what: the site or movement.
        version: of the site or movement, as this node holds it.
        buffer_m: within which it counts.
    """

    what: TouchedSite | TouchedMovement
    version: int
    buffer_m: float

    @property
    def id(self) -> str:
        """Of the site or movement; its owner's party id stands before the stroke."""
        return self.what.site if isinstance(self.what, TouchedSite) else self.what.movement

    @property
    def owner(self) -> PartyId:
        """Who speaks for it."""
        return self.what.owner

    @property
    def how(self) -> How:
        """Whether in the area or beside it."""
        return How.WITHIN if self.what.distance_m == 0.0 else How.NEAR


@dataclass(frozen=True, slots=True)
class NoticeTouches:
    """An activity touches protected sites or movements; those told are the nearest.

    Attributes:
        count: of all touched, told or not.
    """

    touched: tuple[Touch, ...]
    count: int
    as_of: Instant
    register_age_s: float

    def __bool__(self) -> NoReturn:
        raise TypeError("what a notice touches is neither yes nor no; match on its kind")

    @property
    def words(self) -> str:
        """In words."""
        nearest = self.touched[0]
        what = nearest.what
        how = what.state.value if isinstance(what, TouchedSite) else "a movement"
        if isinstance(what, TouchedMovement) and what.deviation is not None:
            how = f"a movement DEVIATING: {what.deviation}"
        away = "in the area or touching it"
        if what.distance_m > 0.0:
            away = f"{what.distance_m:.0f} m from it, within {nearest.buffer_m:.0f} m counts"
        return f"touches {self.count} notified; nearest: {what.kind}, {how}, {away}"


HazardAnswer = NoticeTouches | NothingNotified | Undetermined
"""Everything that can be said of what a notice touches."""
