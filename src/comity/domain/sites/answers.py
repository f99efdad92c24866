"""What can be said of a place or an area: three answers, and none of them is an all-clear (L-19).

An answer has no truth value, so that no code can take one for permission.
"""

from dataclasses import dataclass
from typing import Final, NoReturn

from comity.domain.sites.deviation import DeviationKind
from comity.domain.sites.entry import Name, SiteKind
from comity.domain.sites.movement import MovementKind
from comity.domain.sites.states import SiteState
from comity.kernel.ids import MovementId, PartyId, SiteId
from comity.kernel.instants import Instant

ALWAYS: Final = "Protection does not depend on notification: what nobody notified may be protected all the same."
"""Goes with every answer, in every door."""
REGISTER_AGE_S_MAX: Final = 30 * 86_400.0
"""A register that has heard nothing for so long answers nothing: sites are renewed and moved more often."""


class _NoTruthValue:
    """Refuses to be asked whether it is true."""

    def __bool__(self) -> NoReturn:
        raise TypeError("an answer about protected sites is neither yes nor no; match on its kind")


@dataclass(frozen=True, slots=True)
class TouchedSite:
    """One site within reach of what was asked.

    Attributes:
        names: none where the owner did not consent to them.
        precision_mm: 0: as entered; else the site is anywhere in a wider disc.
        distance_m: least distance of the question from where the site may be; 0: it may be in it.
    """

    site: SiteId
    owner: PartyId
    kind: SiteKind
    names: tuple[Name, ...]
    state: SiteState
    precision_mm: int
    distance_m: float


@dataclass(frozen=True, slots=True)
class TouchedMovement:
    """One movement within reach of what was asked, at some time of both.

    Attributes:
        deviation: how it travels other than notified; its whole corridor counts then, at any time of it.
    """

    movement: MovementId
    owner: PartyId
    kind: MovementKind
    begins: Instant
    ends: Instant
    deviation: DeviationKind | None
    precision_mm: int
    distance_m: float


@dataclass(frozen=True, slots=True)
class Touches(_NoTruthValue):
    """What was asked about touches sites or movements; those told are the nearest.

    Attributes:
        count: of all touched sites, told or not.
    """

    sites: tuple[TouchedSite, ...]
    count: int
    as_of: Instant
    register_age_s: float
    movements: tuple[TouchedMovement, ...] = ()

    @property
    def words(self) -> str:
        """In words."""
        said = []
        if self.sites:
            site = self.sites[0]
            nearest = f"{site.kind}, {site.state}, {_away(site.distance_m)}"
            said.append(f"touches {self.count} notified site(s); nearest: {nearest}")
        if self.movements:
            movement = self.movements[0]
            how = (
                "as notified" if movement.deviation is None else f"DEVIATING: {movement.deviation}"
            )
            nearest = f"{movement.kind}, {how}, {_away(movement.distance_m)}"
            said.append(f"touches {len(self.movements)} notified movement(s); nearest: {nearest}")
        return "; ".join(said)


@dataclass(frozen=True, slots=True)
class NothingNotified(_NoTruthValue):
    """No site that this register holds is within reach. It says nothing of those it does not hold."""

    as_of: Instant
    register_age_s: float

    @property
    def words(self) -> str:
        """In words."""
        return f"nothing notified here as of {self.as_of}, register {age_words(self.register_age_s)} old"


@dataclass(frozen=True, slots=True)
class Undetermined(_NoTruthValue):
    """This register cannot tell, and why."""

    reason: str
    as_of: Instant

    @property
    def words(self) -> str:
        """In words."""
        return f"undetermined because {self.reason}"


SiteAnswer = Touches | NothingNotified | Undetermined


def _away(distance_m: float) -> str:
    return "in it or touching it" if distance_m == 0.0 else f"{distance_m:.0f} m away"


def age_words(age_s: float) -> str:
    """An age in its two largest units."""
    minutes, hours = int(age_s // 60), int(age_s // 3600)
    if hours >= 48:
        return f"{hours // 24} d {hours % 24} h"
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min"
