"""What the local API takes and gives about working groups."""

from typing import Literal

import msgspec

from comity.entrypoints.api.messages import RecordTold, _Asked, _Told

TypeOfGroup = Literal[
    "flight-safety", "border-incidents", "humanitarian-access", "technical", "free"
]


class CreateGroup(_Asked):
    """A group, and the peers asked in first."""

    type: TypeOfGroup
    name: str
    terms: str
    legal_basis: str
    members: list[str]
    labels: list[str] = msgspec.field(
        default_factory=lambda: ["tlp:amber", "tlp:clear", "tlp:green"]
    )


class InviteToGroup(_Asked):
    """A peer to ask in."""

    party: str
    words: str = ""


class AgreeToMember(_Asked):
    """Whether this party shares with one that another member asked in."""

    party: str
    consent: Literal["yes", "no"]


class GroupReason(_Asked):
    """Why one declines or leaves."""

    reason: str = ""


class RemoveFromGroup(_Asked):
    """Who is removed, and why."""

    party: str
    reason: str


class OpenEarlier(_Asked):
    """To which later member this party agrees to show what was before it."""

    party: str


class PostInGroup(_Asked):
    """Words in a matter; a new matter (null) has a subject."""

    text: str
    language: str = "en"
    matter: str | None = None
    subject: str | None = None
    labels: list[str] = msgspec.field(default_factory=list)


class FileInGroup(_Asked):
    """A document."""

    name: str
    content_base64: str
    matter: str | None = None
    labels: list[str] = msgspec.field(default_factory=list)


class SetTask(_Asked):
    """A task (null: a new one), or its next version; `due` is an RFC 3339 time with its zone.

    Attributes:
        base: digests of the versions that the writer has seen; refused where another stands by now.
    """

    title: str
    owner: str
    due: str
    task: str | None = None
    base: list[str] | None = None
    person: str | None = None
    state: Literal["open", "done", "cancelled"] = "open"


class AdmissionTold(_Told):
    """One admission of a party.

    Attributes:
        consents: what members said of it; who is not here has said nothing.
        ended_by: the records that ended it.
        effects: by which record of each member nothing goes there any more, and its place in the log
            where that log is this party's own.
    """

    admission: str
    party: str
    by: str
    standing: str
    consents: dict[str, str]
    ended_by: list[str]
    effects: dict[str, str]
    effect_index: int | None
    barred_by: list[str]
    opened_by: list[str]


class PartyInGroup(_Told):
    """One party of a group.

    Attributes:
        own: it is this party.
        we_share: this party's material goes there.
        shares_with_us: its material comes here, as far as its records are held.
        waiting_for: members that do not share with it.
    """

    party: str
    own: bool
    standing: str
    we_share: bool
    shares_with_us: bool
    waiting_for: list[str]


class PostTold(_Told):
    """One post. `author_standing` is how its author's admission stands now."""

    digest: str
    author: str
    author_standing: str
    operator: str
    at: str
    matter: str
    subject: str | None
    language: str
    text: str
    recipients: list[str]
    labels: list[str]
    earlier: bool


class DocumentTold(_Told):
    """One document; its bytes only where it was asked for by itself."""

    digest: str
    author: str
    author_standing: str
    operator: str
    at: str
    matter: str | None
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    recipients: list[str]
    labels: list[str]
    earlier: bool
    content_base64: str | None = None


class TaskVersionTold(_Told):
    """One current version of a task."""

    digest: str
    author: str
    operator: str
    at: str
    title: str
    owner: str
    person: str | None
    due: str
    state: str
    overdue: bool


class TaskTold(_Told):
    """A task. More than one version: members changed it at once, and `rival` is true."""

    task: str
    rival: bool
    versions: list[TaskVersionTold]


class GroupTold(_Told):
    """A group as the records held here have it. What was not received is null or `unknown`."""

    group: str
    owner: str | None
    type: str | None
    name: str | None
    terms: str | None
    legal_basis: str | None
    labels: list[str]
    contested: bool
    exercise: bool
    standing: str
    parties: list[PartyInGroup]
    admissions: list[AdmissionTold]
    posts: list[PostTold]
    documents: list[DocumentTold]
    tasks: list[TaskTold]
    meetings: list[str]
    unmatched: int


class GroupLineTold(_Told):
    """A group in a list. What was not received is null or `unknown`.

    Attributes:
        undecided: parties in or asked in, of which this one has said neither yes nor no.
    """

    group: str
    name: str | None
    type: str | None
    standing: str
    contested: bool
    exercise: bool
    members: list[str]
    undecided: list[str]
    overdue_tasks: int


class GroupActTold(_Told):
    """What was made, and the group after it."""

    record: RecordTold
    group: str
