"""What the local API takes and gives about incidents and claims."""

from typing import Any, Literal

import msgspec

from comity.entrypoints.api.messages import RecordTold, _Asked, _Told

KindOfIncident = Literal[
    "border-violation",
    "loss-of-separation",
    "unsafe-conduct",
    "late-or-missing-notice",
    "harm-to-protected-site",
    "harm-to-civilians",
    "interference",
    "other",
]
GradeWord = Literal["confirmed", "fair", "weak", "contested", "discounted"]
LinkedWord = Literal[
    "track",
    "file",
    "agreement",
    "intent",
    "alert",
    "message",
    "notice",
    "site",
    "observation",
    "claim",
    "telling",
    "record",
]


class TimeWritten(_Asked):
    """A time as stated, RFC 3339 with an offset, and the zone by its name or words (L-15)."""

    stated: str
    zone: str = ""


class BecauseWritten(_Asked):
    """What opened it, by the digest of its record; an alert by the beginning of its id, too."""

    source: Literal["alert", "message", "claim", "telling"]
    record: str


class OpenIncident(_Asked):
    """An incident to open; without `because` a person opens it."""

    kind: KindOfIncident
    title: str
    words: str = ""
    because: BecauseWritten | None = None
    begins: TimeWritten | None = None
    ends: TimeWritten | None = None
    labels: list[str] = msgspec.field(default_factory=list)


class LinkWritten(_Asked):
    """Something that belongs to an incident, by its digest; `part` is a clause, or a place within it."""

    what: LinkedWord
    digest: str
    part: str | None = None
    words: str = ""


class LinkThings(_Asked):
    """Things to link."""

    links: list[LinkWritten]


class UnlinkThing(_Asked):
    """A link that does not belong."""

    what: LinkedWord
    digest: str
    reason: str
    part: str | None = None


class SetTaskOf(_Asked):
    """A task, or its next version: what is left out stays as it was.

    Attributes:
        party: which side answers for it; this party if left out.
        base: the version that the writer has seen; refused where another stands by now.
    """

    task: str | None = None
    base: int | None = None
    title: str | None = None
    owner: str | None = None
    party: str | None = None
    due: str | None = None
    state: Literal["open", "done", "cancelled"] = "open"
    words: str = ""


class MoveIncident(_Asked):
    """What is done with it, and why."""

    event: Literal["review", "resume", "close", "reopen", "void"]
    reason: str


class FileOf(_Asked):
    """A file with its bytes, or its digest and size where they are elsewhere."""

    name: str
    origin: str
    content_base64: str | None = None
    sha256: str | None = None
    size_bytes: int | None = None
    description: str = ""
    obtained_at: str | None = None


class MakeClaim(_Asked):
    """A claim file as JSON; `published_as` says where it was published; `claim` is the one amended."""

    document: dict[str, Any]
    published_as: str | None = None
    claim: str | None = None


class GiveTo(_Asked):
    """Parties that get it."""

    to: list[str]
    labels: list[str] = msgspec.field(default_factory=list)


class WithdrawClaim(_Asked):
    """Why it is taken back."""

    reason: str


class GradeStatement(_Asked):
    """A statement of a claim; without a grade the rule's is signed.

    Attributes:
        material: files on the node's machine that claims name by digest and that are too large to file.
    """

    claim: str
    statement: str
    grade: GradeWord | None = None
    words: str = ""
    material: list[str] = msgspec.field(default_factory=list)


class DissentFrom(_Asked):
    """A grade, by its record, that should be otherwise."""

    grade: str
    would_be: GradeWord
    words: str


class TellIncident(_Asked):
    """To whom it is told; with a group its members whom this party shares with, if nobody is named.

    Attributes:
        withhold: digests of links withheld beyond the rule, and why.
        beside: a telling of theirs that it stands beside.
        labels: those of the opening if left out.
        preview: only show what would go out.
    """

    to: list[str] = msgspec.field(default_factory=list)
    words: str = ""
    group: str | None = None
    beside: str | None = None
    withhold: dict[str, str] = msgspec.field(default_factory=dict)
    labels: list[str] | None = None
    preview: bool = False


class TimeTold(_Told):
    """A time in UTC, as stated, with its zone."""

    at: str
    stated: str
    zone: str


class LinkOfTold(_Told):
    """A link as it stands; `here` is whether this node holds what it is to."""

    what: str
    digest: str
    part: str | None
    words: str
    here: bool


class TaskOfTold(_Told):
    """The last version of a task."""

    incident: str
    task: str
    version: int
    title: str
    owner: str
    party: str
    due: str
    state: str
    overdue: bool
    words: str
    set_by: str


class MovedTold(_Told):
    """What was done with it."""

    event: str
    reason: str
    operator: str
    at: str
    record: str


class FileOfTold(_Told):
    """A file; `stored` is whether its bytes are here."""

    name: str
    sha256: str
    size_bytes: int
    media_type: str | None
    stored: bool
    description: str
    origin: str
    obtained_at: str | None
    given_to: list[str]
    record: str


class StatementTold(_Told):
    """One thing that a claim says."""

    statement: str
    topic: str
    kind: str
    says: str
    words: str
    starts: str | None
    clause: str | None


class ClaimTold(_Told):
    """The last version of a claim, own or another's.

    Attributes:
        standing: `own`: its author's word; `published`: taken in by its author from what was published.
        in_incidents: own incidents that it is in; empty: a person has not filed it.
        doubts: what this machine's time zone data have against its zones.
    """

    claim: str
    record: str
    author: str
    operator: str
    own: bool
    incident: str
    version: int
    standing: str
    published_as: str | None
    claimant: str
    title: str
    sha256: str
    statements: list[StatementTold]
    made_to: list[str]
    withdrawn_because: str | None
    in_incidents: list[str]
    received_at: str
    doubts: list[str]
    document: dict[str, Any] | None = None


class DissentTold(_Told):
    """Another person sees a grade otherwise."""

    would_be: str
    words: str
    operator: str
    at: str
    record: str


class GradeTold(_Told):
    """A grade that a person signed. It is no finding of fact or law.

    Attributes:
        last: whether it is the one that counts; the others are its history.
        since: what came or went since it was made; empty: nothing.
    """

    claim: str
    version: int
    statement: str
    claimant: str
    grade: str
    by_rule: str
    rule: str
    reasons: list[str]
    words: str
    at_hand: list[str]
    operator: str
    at: str
    record: str
    last: bool
    since: list[str]
    dissents: list[DissentTold]


class CountedTold(_Told):
    """«Claimed n, evidenced m» by signed grades; what nobody graded is counted apart.

    Attributes:
        evidenced: whose last grade is confirmed or fair, `by_person_alone` among them.
        by_person_alone: of these, by a person's grade with no material at hand; to be told apart.
    """

    claimant: str
    claimed: int
    graded: int
    evidenced: int
    by_person_alone: int
    overtaken: int
    dissented: int


class WithheldTold(_Told):
    """What a telling leaves out."""

    what: str
    count: int
    reason: str


class TellingTold(_Told):
    """What a party told of its own incident. `receipted` names who has stored it."""

    incident: str
    version: int
    author: str
    operator: str
    kind: str
    title: str
    words: str
    begins: TimeTold | None
    ends: TimeTold | None
    state: str
    links: list[LinkOfTold]
    withheld: list[WithheldTold]
    group: str | None
    beside: str | None
    to: list[str]
    receipted: list[str]
    at: str
    record: str | None


class ToldIncidentTold(_Told):
    """A peer's incident, as that peer told it; nothing of it is this party's."""

    incident: str
    author: str
    last: TellingTold | None
    tellings: int
    files: list[FileOfTold]
    beside: list[str]


class IncidentLineTold(_Told):
    """One own incident of a list."""

    incident: str
    kind: str
    title: str
    state: str
    exercise: bool
    opened_at: str
    opened_by: str
    begins: str | None
    links: int
    claims: int
    claimed: int
    graded: int
    evidenced: int
    by_person_alone: int
    dissented: int
    tasks_open: int
    tasks_overdue: int
    told_to: list[str]


class IncidentsTold(_Told):
    """Own incidents, what peers told of theirs, and claims that nobody here has filed.

    Attributes:
        told: the newest 100; `told_total` says how many there are.
        unfiled_claims: the newest 100; `unfiled_total` says how many there are.
    """

    incidents: list[IncidentLineTold]
    told: list[ToldIncidentTold]
    told_total: int
    unfiled_claims: list[ClaimTold]
    unfiled_total: int
    tasks: list[TaskOfTold]
    counted: list[CountedTold]
    as_of: str


class IncidentTold(_Told):
    """One own incident, whole.

    Attributes:
        side_by_side: peers' incidents that a person put beside it; never merged.
        unlinked: links that were taken away, and why.
    """

    incident: str
    record: str
    kind: str
    title: str
    words: str
    state: str
    exercise: bool
    labels: list[str]
    opened_by: str
    because: str
    because_record: str | None
    opened_at: str
    begins: TimeTold | None
    ends: TimeTold | None
    links: list[LinkOfTold]
    unlinked: list[str]
    tasks: list[TaskOfTold]
    files: list[FileOfTold]
    claims: list[ClaimTold]
    grades: list[GradeTold]
    counted: list[CountedTold]
    moves: list[MovedTold]
    told: list[TellingTold]
    side_by_side: list[ToldIncidentTold]
    caveat: str


class IncidentActTold(_Told):
    """The record that was made."""

    incident: str
    record: RecordTold


class WouldTell(_Told):
    """What would be told, and by which record it was; null where it is a preview."""

    telling: TellingTold
    record: RecordTold | None


class PaperTold(_Told):
    """A claim of an incident as it is assessed, and files with their bytes."""

    claim: str
    version: int
    document: dict[str, Any]


class BytesTold(_Told):
    """A file of an incident with its bytes."""

    name: str
    sha256: str
    content_base64: str


class PapersTold(_Told):
    """What an assessment of an incident rests on."""

    claims: list[PaperTold]
    files: list[BytesTold]
    agreement: str | None


class IncidentRecordTold(_Told):
    """One record that an incident is made of, or that it links.

    Attributes:
        what: opening, state, link, unlink, task, file, claim, grade, dissent, telling; or of a link
            what it is to.
        kind: of the record; null where it is not here.
        linked: whether it is only linked.
    """

    record: str
    what: str
    kind: str | None
    linked: bool


class IncidentRecordsTold(_Told):
    """All that a bundle of an incident can show.

    Attributes:
        not_records: links to what is no record, files and tracks, by their digest.
        digest_only: SHA-256 of material that no record here holds the bytes of.
    """

    incident: str
    title: str
    records: list[IncidentRecordTold]
    not_records: list[LinkOfTold]
    digest_only: list[str]
