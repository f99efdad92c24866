"""What a pack can say of a place: the three answers of a register, and how old the pack is (L-19, L-21).

An answer has no truth value, so that no code can take one for permission.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from comity.domain.notices import Notice
from comity.domain.packs.limits import AHEAD_S_MAX
from comity.domain.sites import Touches, age_words
from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant


class Condition(StrEnum):
    """How a pack stands by the clock of the machine that reads it."""

    CURRENT = "current"
    STALE = "stale"
    EXPIRED = "expired"
    AHEAD = "from-the-future"


def condition_at(
    made_at: Instant, stale_from: Instant, expires_at: Instant, at: Instant
) -> Condition:
    """How a pack of these times stands by a clock (L-21, L-27)."""
    if made_at.minus(at) > AHEAD_S_MAX:
        return Condition.AHEAD
    if at >= expires_at:
        return Condition.EXPIRED
    return Condition.STALE if at >= stale_from else Condition.CURRENT


class _NoTruthValue:
    """Refuses to be asked whether it is true."""

    def __bool__(self) -> NoReturn:
        raise TypeError("an answer about protected places is neither yes nor no; match on its kind")


@dataclass(frozen=True, slots=True)
class TouchedNotice:
    """A hazard notice within reach of what was asked, at some time of both, at whatever height.

    Attributes:
        anywhere: it states no area, and so may mean this place too.
    """

    notice: Notice
    author: PartyId
    record: RecordDigest
    begins: Instant
    ends: Instant
    anywhere: bool


@dataclass(frozen=True, slots=True)
class PackTouches(_NoTruthValue):
    """What was asked about touches what the pack holds.

    Attributes:
        register: sites and movements; None: notices only.
    """

    register: Touches | None
    notices: tuple[TouchedNotice, ...]
    as_of: Instant
    age_s: float

    @property
    def words(self) -> str:
        """In words."""
        said = [] if self.register is None else [self.register.words]
        if self.notices:
            kinds = ", ".join(sorted({each.notice.activity for each in self.notices}))
            said.append(f"touches {len(self.notices)} hazard notice(s): {kinds}")
        return "; ".join(said)


@dataclass(frozen=True, slots=True)
class PackNothingNotified(_NoTruthValue):
    """Nothing that this pack holds is within reach. It says nothing of what it does not hold."""

    as_of: Instant
    age_s: float

    @property
    def words(self) -> str:
        """In words."""
        return f"nothing notified here as of {self.as_of}, pack {age_words(self.age_s)} old"


@dataclass(frozen=True, slots=True)
class PackUndetermined(_NoTruthValue):
    """This pack cannot tell, and why."""

    reason: str
    as_of: Instant
    age_s: float

    @property
    def words(self) -> str:
        """In words."""
        return f"undetermined because {self.reason}"


PackAnswer = PackTouches | PackNothingNotified | PackUndetermined
