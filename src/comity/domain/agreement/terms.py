"""What an agreement's text binds the nodes to: parties, area, minima, times, caps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from comity.domain.agreement.protection import Buffers, EchelonTerm
from comity.domain.agreement.watch_terms import WatchTerms
from comity.domain.airspace import Altitude, HeightBounds, Separation, Shape
from comity.domain.releasability import Disclosure, ReleaseRule
from comity.kernel.errors import AgreementError
from comity.kernel.ids import AgreementDigest, PartyId
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class PartyTerm:
    """One party as the text names it.

    Attributes:
        id: slug and fingerprint of the root key.
        name: as people write it.
        root_key: raw Ed25519 public key of the party's offline root.
        area_of_interest: where it wants to be asked; empty means everywhere.
    """

    id: PartyId
    name: str
    root_key: bytes
    area_of_interest: tuple[Shape, ...] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """The heights that an agreement covers, both limits included and of one datum."""

    lower: Altitude
    upper: Altitude


@dataclass(frozen=True, slots=True)
class SeparationTable:
    """Minima per class of flight and per named pair of classes.

    Attributes:
        default: for a class without minima of its own.
        by_class: a class's own minima.
        by_pair: a pair's minima, keyed by its two classes in alphabetical order; they stand
            whatever the classes' own are.
    """

    default: Separation
    by_class: Mapping[str, Separation] = field(default_factory=dict)
    by_pair: Mapping[tuple[str, str], Separation] = field(default_factory=dict)

    def minima(self, class_a: str, class_b: str) -> Separation:
        """The minima between two classes, in either order; an unknown class has the default's."""
        pair = (class_a, class_b) if class_a <= class_b else (class_b, class_a)
        named = self.by_pair.get(pair)
        if named is not None:
            return named
        a = self.by_class.get(class_a, self.default)
        b = self.by_class.get(class_b, self.default)
        return _greater(a, b)

    def greatest(self, flight_class: str) -> Separation:
        """The greatest minima of this class with any other (over-approximates)."""
        own = self.by_class.get(flight_class, self.default)
        found = _greater(own, self.default)
        for other in self.by_class.values():
            found = _greater(found, other)
        for pair, minima in self.by_pair.items():
            if flight_class in pair:
                found = _greater(found, minima)
        return found


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that one party may propose, so that holds cannot be used to close the sky."""

    volumes_per_proposal_max: int = 1_000
    horizontal_extent_m_max: float = 5_000_000.0
    duration_s_max: float = 86_400.0
    look_ahead_s_max: float = 14 * 86_400.0
    open_proposals_max: int = 2_000
    proposals_per_hour_max: int = 20_000


@dataclass(frozen=True, slots=True)
class Border:
    """Which border data the parties use; a border is itself a claim (L-13)."""

    name: str
    version: str
    sha256: str
    at_sea: Literal["undetermined", "derived-12-nm"] = "undetermined"


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """Why something may lawfully be released or done (L-04)."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class LadderStep:
    """Who is called next where nobody of a party takes a FLASH (L-05, L-06).

    Attributes:
        party: whose ladder it is.
        echelon: as people call it.
        after_s: since the FLASH came, or was sent.
        channel: `watch` for the console alone, or the name of another channel that a node may have.
        reach: how people reach that echelon: numbers, frequencies; may be empty.
        assumed: the agreement says nothing, and this stands in for it.
    """

    party: PartyId
    echelon: str
    after_s: float
    channel: str = "watch"
    reach: str = ""
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything in an agreement's text that a node obeys. The prose is for people.

    Attributes:
        digest: of the whole text these terms stand in.
        title: as people call the agreement.
        version: counted by the parties from 1.
        amends: the version this one replaces, None for the first.
        parties: in the order of the text, which is the party index of the rank of intents.
        area: what the agreement covers, shapes together.
        band: heights covered; None where the text states none (flagged).
        valid_from, valid_until: first instant, and the first instant after.
        separation: minima per class of flight.
        height_bounds: what is taken for granted where two datums meet.
        notice_s: lead of a notice in seconds per class of activity (L-10).
        line_check_interval_s: between scheduled line checks; None where none are stated (flagged).
        clock_difference_s_max: above it, new acceptances stop.
        guard_band_s: carried by decide-by and every expiry.
        decide_within_s: how long after it is made a proposal may be decided at most.
        disclosure: how finely flights are shown.
        assent_by: the node by standing policy, or a person.
        on_suspension: whether intents already accepted are kept as they are, or flagged too.
        suspension_notice_s, withdrawal_notice_s: from a statement to its effect.
        precedence: priority classes of flights, highest first.
        caps: limits on one party's proposals.
        border: border data; None where none are named (flagged).
        releasability: what may be released and why.
        legal_basis: the bases that the rules above name.
        flight_classes: the classes the text names.
        undefined: what the text leaves open, in words, each headed by the name of the key (L-01).
        ladder: who is called next where nobody takes a FLASH, each party's steps in order.
        buffers: how near an activity comes before it touches what is protected.
        echelons: who of each party has to acknowledge what is told for protection.
        watch: parameters of the nets; what is left out has the nets' own defaults.
    """

    digest: AgreementDigest
    title: str
    version: int
    amends: AgreementDigest | None
    parties: tuple[PartyTerm, ...]
    area: tuple[Shape, ...]
    band: Band | None
    valid_from: Instant
    valid_until: Instant
    separation: SeparationTable
    height_bounds: HeightBounds
    notice_s: Mapping[str, float]
    line_check_interval_s: float | None
    clock_difference_s_max: float
    guard_band_s: float
    decide_within_s: float
    disclosure: Disclosure
    assent_by: Literal["node", "person"]
    on_suspension: Literal["keep", "flag"]
    suspension_notice_s: float
    withdrawal_notice_s: float
    precedence: tuple[str, ...]
    caps: Caps
    border: Border | None
    releasability: tuple[ReleaseRule, ...]
    legal_basis: tuple[LegalBasis, ...]
    flight_classes: tuple[str, ...]
    undefined: tuple[str, ...]
    ladder: tuple[LadderStep, ...] = ()
    buffers: Buffers = field(default_factory=Buffers)
    echelons: tuple[EchelonTerm, ...] = ()
    watch: WatchTerms = field(default_factory=WatchTerms)

    @property
    def party_ids(self) -> tuple[PartyId, ...]:
        """The parties' ids in the order of the text."""
        return tuple(party.id for party in self.parties)

    def party(self, party: PartyId) -> PartyTerm:
        """What the text says of a party.

        Raises:
            AgreementError: `not-a-party`.
        """
        return self.parties[self.party_index(party)]

    def party_index(self, party: PartyId) -> int:
        """A party's place in the text, from 0; it ranks intents (docs/rooms/intents.md).

        Raises:
            AgreementError: `not-a-party`.
        """
        for index, each in enumerate(self.parties):
            if each.id == party:
                return index
        raise AgreementError("not-a-party", f"{party} is not a party of {self.digest[:12]}")

    def priority_rank(self, priority_class: str) -> int:
        """A priority class's place in the precedence table; 0 is the highest.

        Where the text has no table, every class ranks 0 (and that is flagged).

        Raises:
            AgreementError: `unknown-priority`.
        """
        if not self.precedence:
            return 0
        try:
            return self.precedence.index(priority_class)
        except ValueError as error:
            known = ", ".join(self.precedence)
            why = f"{priority_class!r} is not in the precedence table: {known}"
            raise AgreementError("unknown-priority", why) from error

    def covers_time(self, at: Instant) -> bool:
        """Whether the text is valid at that instant."""
        return self.valid_from <= at < self.valid_until


def _greater(a: Separation, b: Separation) -> Separation:
    """The greater of each distance; the height bounds are one for the whole text."""
    if a.horizontal_m >= b.horizontal_m and a.vertical_m >= b.vertical_m:
        return a
    if b.horizontal_m >= a.horizontal_m and b.vertical_m >= a.vertical_m:
        return b
    return Separation(
        max(a.horizontal_m, b.horizontal_m), max(a.vertical_m, b.vertical_m), a.height_bounds
    )
