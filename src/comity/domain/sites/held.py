"""What a register holds of one site: its own entries with their checks, and what others notified."""

from dataclasses import dataclass
from typing import Final

from comity.domain.sites.bodies import FindingWord, NotifiedSite
from comity.domain.sites.entry import Origin, SiteEntry
from comity.domain.sites.erasure import NOWHERE
from comity.domain.sites.peer_erasure import Asked
from comity.domain.sites.place import Disc
from comity.domain.sites.states import SiteEvent, SiteState, next_state
from comity.kernel.errors import RecordError
from comity.kernel.ids import OperatorId, PartyId, RecordDigest, SiteId
from comity.kernel.instants import Instant

RENEW_S_MAX: Final = (
    400 * 86_400.0
)  # a year and a month: who has not looked for so long does not know
CHECKS_MAX: Final = (
    100  # of one version: a peer that disputes without end must not fill the register
)
EARLIER_MAX: Final = 64  # earlier places of one site that are remembered for its coarse form


@dataclass(frozen=True, slots=True)
class Check:
    """One finding of the version that stands, and whose it was."""

    word: FindingWord
    party: PartyId
    operator: OperatorId
    origin: Origin
    at: Instant
    words: str
    digest: RecordDigest


@dataclass(slots=True)
class OwnSite:
    """A site this party speaks for.

    Attributes:
        recorded: its state but for expiry, which is time alone.
        since, by: when it came into that state, and through whom.
        entered_by: who entered the version that stands.
        checks: findings of that version.
        earlier: discs of its earlier places, oldest first.
        records: in which it was entered, oldest first.
    """

    entry: SiteEntry
    recorded: SiteState
    since: Instant
    by: tuple[PartyId, OperatorId]
    entered_by: tuple[PartyId, OperatorId]
    renew_by: Instant
    checks: tuple[Check, ...] = ()
    earlier: tuple[Disc, ...] = ()
    records: tuple[RecordDigest, ...] = ()

    @property
    def erased(self) -> bool:
        """Whether what was entered is gone: nothing is left but that there was a site."""
        return self.entry.place is NOWHERE

    def state(self, at: Instant) -> SiteState:
        """Its state at an instant: expired where it was not renewed in time."""
        return state_at(self.recorded, self.renew_by, at)

    def move(self, event: SiteEvent, at: Instant, by: tuple[PartyId, OperatorId]) -> None:
        """Come into the state after an event.

        Raises:
            RecordError: `site-state`: the table has no such move; nothing changed.
        """
        before = self.state(at)
        after = next_state(before, event)
        if after is None:
            raise RecordError("site-state", f"{self.entry.site} is {before}: no {event}")
        if after is not self.recorded:
            self.since, self.by = at, by
        self.recorded = after


@dataclass(frozen=True, slots=True)
class TheirSite:
    """A site another party notified to this one.

    Attributes:
        received_at: when this copy came.
        withdrawn: its owner took it back; nothing of it is shown but that.
    """

    notified: NotifiedSite
    received_at: Instant
    notice: RecordDigest
    withdrawn: bool = False

    @property
    def erased(self) -> bool:
        """Whether what was told of it is gone, at its owner's wish."""
        return self.notified.place is NOWHERE

    def state(self, at: Instant) -> SiteState:
        """Its state at an instant: expired where it was not renewed in time."""
        return state_at(self.notified.state, self.notified.renew_by, at)


@dataclass(frozen=True, slots=True)
class Seen:
    """One line of the exposure log: who saw a site, how finely, when and how; `notice`: in which record, if so."""

    at: Instant
    viewer: str
    precision_mm: int
    way: str
    notice: RecordDigest | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a site that somebody may still hold after it was taken back.

    Attributes:
        finest_mm: the finest form that went there; 0: the place as entered.
        withdrawal: the record that took it back there; None: nothing has.
        erasure: what that party was asked last to erase of it, and what it said; None: nothing was asked.
        told_since: it was told again after that request: a copy stands there whatever was answered.
    """

    site: SiteId
    viewer: str
    finest_mm: int
    last_at: Instant
    withdrawal: RecordDigest | None
    erasure: Asked | None = None
    told_since: bool = False


def state_at(recorded: SiteState, renew_by: Instant, at: Instant) -> SiteState:
    """A recorded state with the time gone by (L-27)."""
    if at >= renew_by:
        return next_state(recorded, SiteEvent.EXPIRY) or recorded
    return recorded
