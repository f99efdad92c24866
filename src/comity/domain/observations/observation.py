"""What a party observed, of closed kinds: areas and consented places, never a point, a unit or a target.

Nothing here can hold a nomination: no geometry but a cell of the published grid, no name of a unit, no weapon,
no priority, no order (docs/rooms/observations.md says why).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from comity.domain.geometry.nested_cells import Cell
from comity.kernel.ids import ObservationId, OperatorId, OriginId, PartyId, RecordDigest
from comity.kernel.instants import Instant

AREA_LEVEL_MAX = 14  # cells at least 1,215 m high: what stands for one reaches 1,823 m and more
AREA_RADIUS_M_MIN = 1_800.0  # no area of an observation is finer; the level above keeps it
WORDS_LENGTH_MAX = 1_000
REASON_LENGTH_MAX = 400
SOURCE_NAME_LENGTH_MAX = 100
PROVENANCE_MAX = 32
ORIGINS_MAX = 64
LABELS_MAX = 8
REVISION_MAX = 999
WINDOW_S_MAX = 31 * 86_400.0  # what goes on for longer is observed again


class ObservationKind(StrEnum):
    """The closed list of what can be observed here."""

    HAZARD_TO_FLIGHT = "hazard-to-flight"
    HAZARD_TO_MOVEMENT = "hazard-to-movement"
    AIRSPACE_EVENT = "airspace-event"
    SITE_DAMAGE = "site-damage"
    SITE_ACCESS_BLOCKED = "site-access-blocked"


# What each kind may say more closely: nothing that tells where a force is, or what it has.
NATURES: Mapping[ObservationKind, frozenset[str]] = MappingProxyType(
    {
        ObservationKind.HAZARD_TO_FLIGHT: frozenset(
            {
                *("obstacle", "falling-debris", "smoke-or-ash", "navigation-interference"),
                *("communication-loss", "uncrewed-aircraft", "weather", "other"),
            }
        ),
        ObservationKind.HAZARD_TO_MOVEMENT: frozenset(
            {
                *("blocked-route", "unexploded-ordnance", "falling-debris", "fire", "flood"),
                "other",
            }
        ),
        ObservationKind.AIRSPACE_EVENT: frozenset(
            {
                *("unidentified-aircraft", "entry", "near-approach", "aircraft-in-distress"),
                "other",
            }
        ),
        ObservationKind.SITE_DAMAGE: frozenset(
            {"structure", "water", "power", "fire", "vehicle", "other"}
        ),
        ObservationKind.SITE_ACCESS_BLOCKED: frozenset({"road", "bridge", "entrance", "other"}),
    }
)
SITE_KINDS = frozenset({ObservationKind.SITE_DAMAGE, ObservationKind.SITE_ACCESS_BLOCKED})


class SubjectKind(StrEnum):
    """Whose owner must consent before it is told of."""

    SITE = "site"
    MOVEMENT = "movement"


SUBJECT_OF: Mapping[ObservationKind, SubjectKind | None] = MappingProxyType(
    {
        ObservationKind.HAZARD_TO_FLIGHT: None,
        ObservationKind.HAZARD_TO_MOVEMENT: SubjectKind.MOVEMENT,
        ObservationKind.AIRSPACE_EVENT: None,
        ObservationKind.SITE_DAMAGE: SubjectKind.SITE,
        ObservationKind.SITE_ACCESS_BLOCKED: SubjectKind.SITE,
    }
)


class SourceKind(StrEnum):
    """What kind of source it was."""

    PERSON = "person"
    CREW = "crew"
    SENSOR = "sensor"
    IMAGERY = "imagery"
    DOCUMENT = "document"
    OPEN_SOURCE = "open-source"
    PARTNER = "partner"
    UNKNOWN = "unknown"


class Reliability(StrEnum):
    """Reliability of a source (STANAG 2511); F: it cannot be judged."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


CREDIBILITY_MIN = 1  # STANAG 2511: confirmed by other sources
CREDIBILITY_MAX = 6  # the truth cannot be judged: what is not known


class Relation(StrEnum):
    """How an observation hangs together with another record."""

    DERIVED_FROM = "derived-from"
    REPORTED_BY = "reported-by"
    SAME_ORIGIN = "same-origin"


@dataclass(frozen=True, slots=True)
class Subject:
    """A site or movement, by the id that its owner minted and the digest of what was known of it."""

    kind: SubjectKind
    id: str
    digest: str

    @property
    def owner(self) -> PartyId:
        """Who minted the id."""
        return PartyId(self.id.split("/")[0])


@dataclass(frozen=True, slots=True)
class Source:
    """Who or what it comes from.

    Attributes:
        name: as this party knows the source; stays in its own log for ever.
    """

    kind: SourceKind
    reliability: Reliability
    name: str


@dataclass(frozen=True, slots=True)
class Link:
    """One step of provenance: another observation, and the very record of it."""

    relation: Relation
    observation: ObservationId
    record: RecordDigest


@dataclass(frozen=True, slots=True)
class Entry:
    """One revision of an observation as this party holds it; it never leaves its own log.

    Attributes:
        revision: 1 for the first; `replaces` names the record before.
        area: a cell that holds it, its error included; None for a site, which is named instead.
        begins, ends: a window that holds it, its error included.
        words: everything; for this party alone unless its policy says otherwise.
        words_below: below the tear line.
        credibility: 1 to 6; 6 where it is not known.
        origin: stands for the source, where it is this party's own; None where it is another's or unknown.
        labels: of this party's policy; every one must permit a release.
        consent: record by which the subject's owner consented; None where none is needed or known.
    """

    id: ObservationId
    revision: int
    replaces: RecordDigest | None
    kind: ObservationKind
    nature: str
    area: Cell | None
    subject: Subject | None
    begins: Instant
    ends: Instant
    words: str
    words_below: str
    source: Source
    credibility: int
    origin: OriginId | None
    provenance: tuple[Link, ...]
    labels: tuple[str, ...]
    legal_basis: str
    consent: RecordDigest | None


@dataclass(frozen=True, slots=True)
class Approval:
    """A second person's word that one form may go to one recipient."""

    operator: OperatorId
    record: RecordDigest


@dataclass(frozen=True, slots=True)
class GradedSource:
    """What is told of a source: its kind or nothing, and its reliability."""

    kind: SourceKind | None
    reliability: Reliability


@dataclass(frozen=True, slots=True)
class Report:
    """What one recipient is told of an observation.

    Attributes:
        supersedes: the report to the same recipient that this takes the place of.
        source: None where nothing of it is told.
        origins: what stands for the sources it rests on; empty means not known, never «independent».
        provenance: only records that the recipient has itself.
        onward: parties to whom the recipient may pass it on; the author decides on every other.
        approval: of a second person, where the author's policy asks for one.
    """

    id: ObservationId
    supersedes: RecordDigest | None
    kind: ObservationKind
    nature: str
    area: Cell | None
    subject: Subject | None
    begins: Instant
    ends: Instant
    words: str
    source: GradedSource | None
    credibility: int
    origins: tuple[OriginId, ...]
    provenance: tuple[Link, ...]
    onward: tuple[PartyId, ...]
    legal_basis: str
    consent: RecordDigest | None
    approval: Approval | None


@dataclass(frozen=True, slots=True)
class Approved:
    """That a person approves one form of an entry for one recipient."""

    entry: RecordDigest
    recipient: PartyId
    form: str


@dataclass(frozen=True, slots=True)
class Verified:
    """That a person checked an observation against others of another origin."""

    record: RecordDigest
    beside: tuple[RecordDigest, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Ending:
    """An own observation is taken back."""

    id: ObservationId
    record: RecordDigest
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A report is taken back; whoever has it must rest nothing on it."""

    id: ObservationId
    record: RecordDigest
    reason: str


@dataclass(frozen=True, slots=True)
class Consent:
    """The owner of a site or movement lets one party tell of it.

    Attributes:
        observer: who may tell.
        recipients: whom; the owner itself needs no naming.
        until: first instant at which it holds no more.
    """

    subject_kind: SubjectKind
    subject: str
    observer: PartyId
    recipients: tuple[PartyId, ...]
    kinds: tuple[ObservationKind, ...]
    until: Instant


@dataclass(frozen=True, slots=True)
class ConsentWithdrawal:
    """The owner consents no more."""

    consent: RecordDigest
    reason: str
