"""What a node holds of incidents and claims, as its records made it."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from comity.domain.incidents.grade import EVIDENCED
from comity.domain.incidents.said import (
    Dissent,
    File,
    Link,
    LinkKey,
    Move,
    Opening,
    Signed,
    Task,
    TaskState,
    Telling,
    Unlink,
    Version,
)
from comity.domain.incidents.states import WORKED_ON, IncidentState
from comity.kernel.ids import ClaimId, IncidentId, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class Made:
    """Where something stands: its record, whose, by whom, when, and to whom."""

    record: RecordDigest
    author: PartyId
    operator: OperatorId
    made_at: Instant
    received_at: Instant
    recipients: tuple[PartyId, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldLink:
    """A link, and the record that took it away, if one did."""

    link: Link
    made: Made
    unlinked: tuple[Unlink, Made] | None = None


@dataclass(frozen=True, slots=True)
class HeldTask:
    """One version of a task."""

    task: Task
    made: Made

    def overdue(self, at: Instant) -> bool:
        """Whether it is open and its due time has passed."""
        return self.task.state is TaskState.OPEN and self.task.due < at


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file, without its bytes: the record in the store has them."""

    file: File
    made: Made
    stored: bool


@dataclass(slots=True)
class HeldVersion:
    """One version of a claim, and every record that says it: to nobody, and to others later."""

    version: Version
    made: list[Made]

    @property
    def told_to(self) -> tuple[PartyId, ...]:
        """Every party that it was made to."""
        return tuple(sorted({each for made in self.made for each in made.recipients}))


@dataclass(slots=True)
class HeldClaim:
    """A claim through its versions."""

    id: ClaimId
    author: PartyId
    incident: IncidentId
    versions: list[HeldVersion] = field(default_factory=list)
    withdrawn: tuple[str, Made] | None = None

    @property
    def last(self) -> HeldVersion:
        """The version that counts."""
        return self.versions[-1]

    @property
    def stands(self) -> bool:
        """Whether it was not taken back."""
        return self.withdrawn is None

    def offered(self, version: int, statement: str) -> frozenset[str]:
        """SHA-256 of the material that a statement of one version offers, but what is made up to illustrate."""
        claim = next(e.version.claim for e in self.versions if e.version.version == version)
        said = next(each for each in claim.statements if each.statement == statement)
        materials = (claim.material[name] for name in said.material)
        return frozenset(e.sha256 for e in materials if e.sha256 is not None and not e.synthetic)

    def all_made(self) -> Iterator[Made]:
        """Every record of it."""
        for each in self.versions:
            yield from each.made
        if self.withdrawn is not None:
            yield self.withdrawn[1]


@dataclass(slots=True)
class HeldGrade:
    """A signed grade, and who sees it otherwise.

    Attributes:
        basis: claims and files of the incident when it was made, by name.
    """

    signed: Signed
    made: Made
    basis: frozenset[str]
    dissents: list[tuple[Dissent, Made]] = field(default_factory=list)


@dataclass(slots=True)
class HeldIncident:
    """One own incident.

    Attributes:
        unlinked: links taken away.
        files: by SHA-256.
        named_before: how a file was filed by its digest, before its bytes came.
        given: files as they were given to others.
        claims: own ones made for it.
        grades: of each statement of each claim, the last one last.
        told: what was told of it.
    """

    opening: Opening
    made: Made
    state: IncidentState = IncidentState.OPEN
    moves: list[tuple[Move, Made]] = field(default_factory=list)
    links: dict[LinkKey, HeldLink] = field(default_factory=dict)
    unlinked: list[HeldLink] = field(default_factory=list)
    tasks: dict[str, list[HeldTask]] = field(default_factory=dict)
    files: dict[str, HeldFile] = field(default_factory=dict)
    named_before: list[HeldFile] = field(default_factory=list)
    given: list[HeldFile] = field(default_factory=list)
    claims: list[ClaimId] = field(default_factory=list)
    grades: dict[tuple[ClaimId, str], list[HeldGrade]] = field(default_factory=dict)
    told: list[tuple[Telling, Made]] = field(default_factory=list)

    @property
    def id(self) -> IncidentId:
        """Its id."""
        return self.opening.incident

    @property
    def worked_on(self) -> bool:
        """Whether things may be added to it."""
        return self.state in WORKED_ON

    def current_tasks(self) -> tuple[HeldTask, ...]:
        """The last version of each task."""
        return tuple(versions[-1] for versions in self.tasks.values())

    def open_tasks(self) -> tuple[HeldTask, ...]:
        """Tasks that are neither done nor cancelled."""
        return tuple(e for e in self.current_tasks() if e.task.state is TaskState.OPEN)

    def has_file(self, sha256: str) -> frozenset[PartyId]:
        """Parties that this file was given to."""
        return frozenset(
            party
            for each in self.given
            if each.file.sha256 == sha256
            for party in each.made.recipients
        )

    def own_records(self) -> Iterator[tuple[str, RecordDigest]]:
        """Every record that is of this incident alone, each with what it is."""
        yield "opening", self.made.record
        yield from (("state", made.record) for _, made in self.moves)
        yield from self._link_records()
        for versions in self.tasks.values():
            yield from (("task", each.made.record) for each in versions)
        yield from (("file", e.made.record) for e in self._file_records())
        for grade in self.all_grades():
            yield "grade", grade.made.record
            yield from (("dissent", made.record) for _, made in grade.dissents)
        yield from (("telling", made.record) for _, made in self.told)

    def _file_records(self) -> Iterator[HeldFile]:
        yield from (*self.named_before, *self.files.values(), *self.given)

    def _link_records(self) -> Iterator[tuple[str, RecordDigest]]:
        for held in (*self.links.values(), *self.unlinked):
            yield "link", held.made.record
            if held.unlinked is not None:
                yield "unlink", held.unlinked[1].record

    def all_grades(self) -> Iterator[HeldGrade]:
        """Every grade, the replaced ones too."""
        for versions in self.grades.values():
            yield from versions


@dataclass(slots=True)
class ToldIncident:
    """What a peer told of its own incident, the last telling last; nothing of it is ours."""

    id: IncidentId
    author: PartyId
    tellings: list[tuple[Telling, Made]] = field(default_factory=list)
    files: dict[str, HeldFile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """«Claimed n, evidenced m», by signed grades (L-03).

    Attributes:
        claimed: statements of claims that stand.
        graded: of these, with a signed grade.
        evidenced: of these, whose last grade is confirmed or fair.
        by_person_alone: of those evidenced, for which a person's grade is all there is: the rule gives no such
            grade, and no material that the statement offers was at hand. Told apart, never as evidenced.
        overtaken: grades made before something came or went.
        dissented: grades from which somebody dissents.
    """

    claimed: int = 0
    graded: int = 0
    evidenced: int = 0
    overtaken: int = 0
    dissented: int = 0
    by_person_alone: int = 0

    def plus(self, other: "Counted") -> "Counted":
        """Both together."""
        return Counted(
            self.claimed + other.claimed,
            self.graded + other.graded,
            self.evidenced + other.evidenced,
            self.overtaken + other.overtaken,
            self.dissented + other.dissented,
            self.by_person_alone + other.by_person_alone,
        )


def counted(
    grade: HeldGrade | None, offered: AbstractSet[str] = frozenset(), *, overtaken: bool
) -> Counted:
    """One statement with its last grade, counted; `offered` is the SHA-256 of the material it offers, none made up.

    Source: docs/spec/incident.md §5.
    """
    if grade is None:
        return Counted(claimed=1)
    alone = offered.isdisjoint(grade.signed.at_hand) and grade.signed.by_rule.grade not in EVIDENCED
    return Counted(
        claimed=1,
        graded=1,
        evidenced=int(grade.signed.grade in EVIDENCED),
        overtaken=int(overtaken),
        dissented=int(bool(grade.dissents)),
        by_person_alone=int(grade.signed.grade in EVIDENCED and alone),
    )
