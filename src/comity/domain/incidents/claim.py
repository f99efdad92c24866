"""What a party says happened: statements with times, places and figures, and what they rest on.

Source: docs/spec/claim.md.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from comity.domain.airspace import Datum
from comity.domain.incidents.quantities import Quantity
from comity.domain.places import StatedPosition
from comity.kernel.instants import StatedTime


class StatementKind(StrEnum):
    """What a statement is about."""

    BORDER_VIOLATION = "border-violation"
    LOSS_OF_SEPARATION = "loss-of-separation"
    UNSAFE_CONDUCT = "unsafe-conduct"
    LATE_OR_MISSING_NOTICE = "late-or-missing-notice"
    HARM_TO_PROTECTED_SITE = "harm-to-protected-site"
    HARM_TO_CIVILIANS = "harm-to-civilians"
    INTERFERENCE = "interference"
    OTHER = "other"


class Says(StrEnum):
    """What a claim says of its topic. Unknown differs from none (L-11)."""

    YES = "yes"
    """It happened."""
    NO = "no"
    """It did not."""
    UNKNOWN = "unknown"
    """The claimant says that it does not know."""


class SourceKind(StrEnum):
    """What a source is to its claimant."""

    OWN = "own"
    """The claimant's own word."""
    REPORTED = "reported"
    """Its word, as others published it."""
    RECORDING = "recording"
    """Data of an instrument."""
    WITNESS = "witness"
    """A person who was there."""
    THIRD_PARTY = "third-party"
    """Somebody who is neither side."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from.

    Attributes:
        source: its name within the file.
        kind: what it is.
        reference: enough for a stranger to find it.
        origin: whose data or word it goes back to; two sources of one origin are one (corroboration).
    """

    source: str
    kind: SourceKind
    reference: str
    origin: str


@dataclass(frozen=True, slots=True)
class Material:
    """A file offered, by digest only.

    Attributes:
        material: its name within the file.
        description: what it is.
        sha256: hex; `None`: named, never handed over.
        origin: as of a source.
        synthetic: made up to illustrate: it is no evidence of anything.
    """

    material: str
    description: str
    sha256: str | None
    origin: str
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Height:
    """A height as stated; `datum` is `None` where none was stated, which is not the same as any."""

    quantity: Quantity
    datum: Datum | None
    as_stated: str


@dataclass(frozen=True, slots=True)
class Aircraft:
    """An aircraft of a claim, and what it can do by a named source; `None`: not known.

    Attributes:
        aircraft: its name within the file.
        type_name: as published; may be empty.
        category: emitter category (RTCA DO-260B §2.2.3.2.5.2), for what any of its class can do.
        limits: greatest and least figures by name: `speed_max`, `speed_min`, `climb_max`,
            `acceleration_max`, `height_max`.
        limits_source: who says so; never empty where there are limits.
    """

    aircraft: str
    type_name: str
    category: str | None
    limits: dict[str, Quantity]
    limits_source: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as stated, and how far it may be off."""

    stated: StatedTime
    error_s: float


@dataclass(frozen=True, slots=True)
class ClaimedPlace:
    """A place of a statement.

    Attributes:
        words: as stated; may be all there is.
        position: as resolved; `None`: not stated.
        error_m: how far it may be off: what was stated, or the step of its digits.
    """

    words: str
    position: StatedPosition | None
    error_m: float | None


@dataclass(frozen=True, slots=True)
class Clause:
    """What rule the claimant relies on, and in which version (L-03)."""

    document: str
    clause: str
    version: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a claimant says.

    Attributes:
        statement: its name within the file.
        topic: what it answers; statements of rival claims on one topic are compared.
        kind: what it is about.
        says: whether it happened.
        words: the claimant's own, or as published.
        starts, ends: when; both or one or none.
        place, place_end: where, and where it ended.
        figures: by name: `length`, `depth`, `duration`, `speed`, `climb_rate`, `turned`,
            `turn_rate`, `separation`, `minimum`.
        height, height_end: with their datum.
        border_of: the country whose border it is about.
        aircraft: the name of one of the file's aircraft.
        clause: relied on.
        sources, material: names of those of the file.
        disputed: whether somebody outside both claims is known to dispute it.
    """

    statement: str
    topic: str
    kind: StatementKind
    says: Says
    words: str
    starts: Moment | None = None
    ends: Moment | None = None
    place: ClaimedPlace | None = None
    place_end: ClaimedPlace | None = None
    figures: dict[str, Quantity] = field(default_factory=dict)
    height: Height | None = None
    height_end: Height | None = None
    border_of: str | None = None
    aircraft: str | None = None
    clause: Clause | None = None
    sources: tuple[str, ...] = ()
    material: tuple[str, ...] = ()
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """What one party says of one incident.

    Attributes:
        claimant: who says it.
        title: of the incident, in its words.
        note: what a reader must know of how the file was made; may be empty.
    """

    claimant: str
    title: str
    note: str
    statements: tuple[Statement, ...]
    sources: dict[str, Source]
    material: dict[str, Material]
    aircraft: dict[str, Aircraft]

    @property
    def party(self) -> str:
        """The claimant without regard to capitals and spaces: the same name is the same party."""
        return same_name(self.claimant)

    @property
    def ambiguous(self) -> bool:
        """Whether it has a mile that may be statute or nautical."""
        return any(
            each.ambiguous
            for statement in self.statements
            for each in (*statement.figures.values(), *_height_figures(statement))
        )


def same_name(name: str) -> str:
    """A name by which to compare: capitals and spaces do not make another of it."""
    return " ".join(name.casefold().split())


def _height_figures(statement: Statement) -> list[Quantity]:
    return [each.quantity for each in (statement.height, statement.height_end) if each is not None]
