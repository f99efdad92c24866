"""What records say of incidents and claims, as types. Source: docs/spec/incident.md §3."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from comity.domain.groups import Document
from comity.domain.incidents.claim import Claim, StatementKind
from comity.domain.incidents.grade import Grade
from comity.domain.incidents.states import IncidentEvent, IncidentState
from comity.kernel.ids import ClaimId, GroupId, IncidentId, PartyId, RecordDigest
from comity.kernel.instants import Instant, StatedTime


class OpenedBy(StrEnum):
    """What an incident was opened by."""

    ALERT = "alert"
    MESSAGE = "message"
    PERSON = "person"
    CLAIM = "claim"
    TELLING = "telling"


class Linked(StrEnum):
    """What a link is to; each by a digest."""

    TRACK = "track"
    FILE = "file"
    AGREEMENT = "agreement"
    INTENT = "intent"
    ALERT = "alert"
    MESSAGE = "message"
    NOTICE = "notice"
    SITE = "site"
    OBSERVATION = "observation"
    CLAIM = "claim"
    TELLING = "telling"
    RECORD = "record"


OF_BYTES = frozenset({Linked.TRACK, Linked.FILE})
"""Links by the SHA-256 of bytes; all others but an agreement are by a record's digest."""

FAMILIES: Mapping[Linked, tuple[str, ...]] = {
    Linked.INTENT: ("intent.",),
    Linked.ALERT: ("alert.",),
    Linked.MESSAGE: ("line.",),
    Linked.NOTICE: ("notice.",),
    Linked.SITE: ("site.", "movement."),
    Linked.OBSERVATION: ("observation.",),
    Linked.CLAIM: ("claim.version",),
    Linked.TELLING: ("incident.telling",),
    Linked.RECORD: ("",),
}
"""Beginnings of the kinds of record that a link may be to."""


class TaskState(StrEnum):
    """How a task stands."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Standing(StrEnum):
    """Whose word a claim is."""

    OWN = "own"
    """The author's own."""
    PUBLISHED = "published"
    """What somebody published, taken in by the author with its source."""


@dataclass(frozen=True, slots=True)
class Because:
    """What opened an incident; a person's own initiative has no record."""

    source: OpenedBy
    record: RecordDigest | None


@dataclass(frozen=True, slots=True)
class Opening:
    """An incident as it was opened."""

    incident: IncidentId
    kind: StatementKind
    title: str
    words: str
    because: Because
    begins: StatedTime | None
    ends: StatedTime | None


@dataclass(frozen=True, slots=True)
class LinkKey:
    """What makes a link this one: `part` is the clause, or the place within it."""

    what: Linked
    digest: str
    part: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """Something that belongs to an incident, by its digest alone."""

    what: Linked
    digest: str
    part: str | None = None
    words: str = ""

    @property
    def key(self) -> LinkKey:
        """What makes it this one."""
        return LinkKey(self.what, self.digest, self.part)


@dataclass(frozen=True, slots=True)
class Links:
    """Things that belong to an incident."""

    incident: IncidentId
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Unlink:
    """A link that does not belong."""

    incident: IncidentId
    key: LinkKey
    reason: str


@dataclass(frozen=True, slots=True)
class Task:
    """One version of something to be done.

    Attributes:
        owner: who answers for it, in words or by operator id.
        party: which side that is; a task of another side is what this party asked of it.
    """

    incident: IncidentId
    task: str
    version: int
    title: str
    owner: str
    party: PartyId
    due: Instant
    state: TaskState
    words: str


@dataclass(frozen=True, slots=True)
class Move:
    """What a person did with an incident, and why."""

    incident: IncidentId
    event: IncidentEvent
    reason: str


@dataclass(frozen=True, slots=True)
class File:
    """A file of an incident, with its bytes or by its digest alone.

    Attributes:
        media_type: what the bytes show; None without them.
        document: the bytes; None where they are elsewhere.
        origin: whose it is: two files of one origin are one (corroboration).
        obtained_at: None where that is not known.
    """

    incident: IncidentId
    name: str
    sha256: str
    size_bytes: int
    media_type: str | None
    description: str
    origin: str
    obtained_at: Instant | None
    document: Document | None = field(repr=False, compare=False, default=None)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a claim.

    Attributes:
        document: the claim file as a tree of JSON.
        sha256: of the document's canonical JSON.
        claim: the same, read.
        published_as: where it was published; None for the author's own word.
    """

    claim_id: ClaimId
    incident: IncidentId
    version: int
    standing: Standing
    published_as: str | None
    document: Mapping[str, Any] = field(repr=False, compare=False)
    sha256: str
    claim: Claim = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A claim that is taken back."""

    claim_id: ClaimId
    reason: str


@dataclass(frozen=True, slots=True)
class ByRule:
    """What the published rule gives (docs/spec/claim.md §7)."""

    grade: Grade
    rule: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """A person's grade of one statement.

    Attributes:
        at_hand: SHA-256 of the material that counted.
        words: the person's; never empty where the grade is not the rule's.
    """

    incident: IncidentId
    claim_id: ClaimId
    version: int
    sha256: str
    statement: str
    grade: Grade
    by_rule: ByRule
    at_hand: tuple[str, ...]
    words: str
    replaces: RecordDigest | None


@dataclass(frozen=True, slots=True)
class Dissent:
    """Another person sees a grade otherwise."""

    incident: IncidentId
    grade: RecordDigest
    would_be: Grade
    words: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """What a telling leaves out: how many of what, and why."""

    what: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Telling:
    """What a party tells of its own incident."""

    incident: IncidentId
    version: int
    kind: StatementKind
    title: str
    words: str
    begins: StatedTime | None
    ends: StatedTime | None
    state: IncidentState
    links: tuple[Link, ...]
    withheld: tuple[Withheld, ...]
    group: GroupId | None
    beside: RecordDigest | None


Said = (
    Opening
    | Links
    | Unlink
    | Task
    | Move
    | File
    | Version
    | Withdrawal
    | Signed
    | Dissent
    | Telling
)
