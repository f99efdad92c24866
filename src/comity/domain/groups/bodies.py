"""Bodies of the group records (docs/spec/group.md §3): read strictly, own and peers' alike."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from comity.domain.groups.documents import Document, content_of, document
from comity.domain.groups.limits import (
    CREATION_SIZE_BYTES_MAX,
    NAME_LENGTH_MAX,
    PERSON_LENGTH_MAX,
    RECORDS_TOLD_MAX,
    REPLACES_MAX,
    SUBJECT_LENGTH_MAX,
    TERMS_LENGTH_MAX,
    WORDS_LENGTH_MAX,
)
from comity.domain.records import (
    ENVELOPE_SIZE_BYTES_MAX,
    RECIPIENTS_MAX,
    Record,
    body_choice,
    body_digest,
    body_field,
    body_instant,
    body_integer,
    body_optional,
    body_parties,
    body_party,
    body_rows,
    body_text,
    body_texts,
    body_words,
)
from comity.domain.releasability import KNOWN_LABELS
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import DIGEST, MINTED_ID, GroupId, PartyId, RecordDigest
from comity.kernel.instants import Instant

CREATION: Final = "group.creation"
INVITATION: Final = "group.invitation"
CONSENT: Final = "group.consent"
ACCEPTANCE: Final = "group.acceptance"
REFUSAL: Final = "group.refusal"
DEPARTURE: Final = "group.departure"
REMOVAL: Final = "group.removal"
EFFECT: Final = "group.effect"
OPENING: Final = "group.opening"
EARLIER: Final = "group.earlier"
MEMBERS: Final = "group.members"
POST: Final = "group.post"
DOCUMENT: Final = "group.document"
TASK: Final = "group.task"

MATERIAL_KINDS = frozenset({POST, DOCUMENT, TASK, EARLIER})
MEMBERSHIP_KINDS = frozenset(
    {
        CREATION,
        INVITATION,
        CONSENT,
        ACCEPTANCE,
        REFUSAL,
        DEPARTURE,
        REMOVAL,
        EFFECT,
        OPENING,
        MEMBERS,
    }
)
KINDS = MATERIAL_KINDS | MEMBERSHIP_KINDS

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")  # the form of BCP 47, not its registry
_LABEL = re.compile("|".join(re.escape(each) for each in sorted(KNOWN_LABELS - {"not-releasable"})))


class GroupType(StrEnum):
    """What a group is for."""

    FLIGHT_SAFETY = "flight-safety"
    BORDER_INCIDENTS = "border-incidents"
    HUMANITARIAN_ACCESS = "humanitarian-access"
    TECHNICAL = "technical"
    FREE = "free"


class Consent(StrEnum):
    """A member's word on somebody whom another member invited."""

    YES = "yes"
    NO = "no"


class TaskState(StrEnum):
    """How one version of a task has it."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, order=True)
class Admission:
    """What makes one party a member: the creation or invitation that names it, and the party."""

    digest: RecordDigest
    party: PartyId


@dataclass(frozen=True, slots=True)
class Creation:
    """A group, as its owner made it. It never changes; another one is another group."""

    group: GroupId
    type: GroupType
    name: str
    terms: str
    legal_basis: str
    labels: tuple[str, ...]
    members: tuple[PartyId, ...]


@dataclass(frozen=True, slots=True)
class Invitation:
    """One party asked in; `members` are those that the inviter holds to be members."""

    group: GroupId
    party: PartyId
    members: tuple[Admission, ...]
    words: str
    creation_envelope: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """An acceptance, a refusal, a departure, a removal, a consent or an opening: about one admission.

    Attributes:
        party: whose admission it is; in an answer about one's own, the author.
        consent: in a consent.
    """

    group: GroupId
    admission: RecordDigest
    party: PartyId
    reason: str = ""
    consent: Consent | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """From its place in the author's log to `party` on, nothing of the group goes there."""

    group: GroupId
    admission: RecordDigest
    party: PartyId
    because: RecordDigest


@dataclass(frozen=True, slots=True)
class Post:
    """Words in a matter of the group."""

    group: GroupId
    admission: RecordDigest
    matter: str
    subject: str | None
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Filed:
    """A document of the group."""

    group: GroupId
    admission: RecordDigest
    matter: str | None
    document: Document


@dataclass(frozen=True, slots=True)
class Task:
    """One version of a task; it takes the place of those that it names."""

    group: GroupId
    admission: RecordDigest
    task: str
    title: str
    owner: PartyId
    person: str | None
    due: Instant
    state: TaskState
    replaces: tuple[RecordDigest, ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An own record of the group, as it was signed, for a party that joined later."""

    group: GroupId
    admission: RecordDigest
    to: Admission
    envelope: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Members:
    """Records that a member may not have, for they were made before it came, or beside it."""

    group: GroupId
    to: PartyId
    envelopes: tuple[bytes, ...] = field(repr=False)


Body = Creation | Invitation | Answer | Effect | Post | Filed | Task | Earlier | Members


def read_body(record: Record) -> Body:
    """What a record of a group says.

    Raises:
        RecordError: a code of docs/spec/group.md §9.
    """
    if record.kind_version != 1:
        raise RecordError("field-limit", f"kind_version: {record.kind_version}, known is 1")
    return _READERS[record.kind](record)


def admission_row(admission: Admission) -> dict[str, Any]:
    """One admission as a row of a body."""
    return {"admission": admission.digest, "party": admission.party}


def document_body(filed: Document) -> dict[str, Any]:
    """The fields of a document."""
    return {
        "content_base64": base64.b64encode(filed.content).decode(),
        "media_type": filed.media_type.value,
        "name": filed.name,
        "sha256": filed.sha256,
        "size_bytes": len(filed.content),
    }


def _read_creation(record: Record) -> Creation:
    body = record.body
    group = _group(body)
    if group.partition("/")[0] != record.author:
        raise RecordError("group-owner", f"group: {group} is not minted by {record.author}")
    members = body_parties(body, "members", least=1)
    if record.recipients != members:
        raise RecordError("group-recipients", "recipients: not exactly the members named")
    return Creation(
        group=group,
        type=body_choice(body, "type", GroupType),
        name=body_words(body, "name", NAME_LENGTH_MAX),
        terms=body_words(body, "terms", TERMS_LENGTH_MAX),
        legal_basis=body_words(body, "legal_basis", WORDS_LENGTH_MAX),
        labels=body_texts(body, "labels", _LABEL, 0, len(KNOWN_LABELS)),
        members=members,
    )


def _read_invitation(record: Record) -> Invitation:
    body = record.body
    members = body_rows(body, "members", _read_admission, 1, RECIPIENTS_MAX)
    if list(members) != sorted(set(members), key=lambda each: (each.party, each.digest)):
        raise RecordError("field-form", "members: not ascending by party and digest, or one twice")
    party = body_party(body, "party")
    if party == record.author:
        raise RecordError("group-contradiction", "party: nobody invites themselves")
    if party in {each.party for each in members}:
        raise RecordError("group-contradiction", f"party: {party} stands among the members")
    if record.author not in {each.party for each in members}:
        raise RecordError("group-contradiction", f"members: {record.author} does not stand there")
    if party not in record.recipients:
        raise RecordError("group-recipients", f"recipients: not to {party}, who is invited")
    return Invitation(
        group=_group(body),
        party=party,
        members=members,
        words=body_words(body, "words", WORDS_LENGTH_MAX, empty=True),
        creation_envelope=_envelope(body, "creation", CREATION_SIZE_BYTES_MAX),
    )


def _read_own(record: Record) -> Answer:
    """An acceptance: of one's own admission."""
    return Answer(_group(record.body), body_digest(record.body, "admission"), record.author)


def _read_own_end(record: Record) -> Answer:
    """A refusal or a departure: of one's own admission, with a reason."""
    reason = body_words(record.body, "reason", WORDS_LENGTH_MAX, empty=True)
    digest = body_digest(record.body, "admission")
    return Answer(_group(record.body), digest, record.author, reason)


def _read_other(record: Record) -> Answer:
    body = record.body
    party = body_party(body, "party")
    if party == record.author:
        raise RecordError("group-contradiction", f"party: {record.kind} is about another party")
    removal, consent = record.kind == REMOVAL, record.kind == CONSENT
    if removal and party not in record.recipients:
        raise RecordError("group-recipients", f"recipients: not to {party}, who is removed")
    return Answer(
        group=_group(body),
        admission=body_digest(body, "admission"),
        party=party,
        reason=body_words(body, "reason", WORDS_LENGTH_MAX) if removal else "",
        consent=body_choice(body, "consent", Consent) if consent else None,
    )


def _read_effect(record: Record) -> Effect:
    body = record.body
    party = body_party(body, "party")
    if party not in record.recipients:
        raise RecordError("group-recipients", f"recipients: not to {party}, whom it is about")
    return Effect(_group(body), body_digest(body, "admission"), party, body_digest(body, "because"))


def _read_post(record: Record) -> Post:
    body = record.body
    return Post(
        group=_group(body),
        admission=body_digest(body, "admission"),
        matter=body_text(body, "matter", MINTED_ID),
        subject=body_optional(
            body, "subject", lambda of, name: body_words(of, name, SUBJECT_LENGTH_MAX)
        ),
        language=body_text(body, "language", LANGUAGE),
        text=body_words(body, "text", WORDS_LENGTH_MAX),
    )


def _read_document(record: Record) -> Filed:
    body = record.body
    name = body_field(body, "name")
    content_base64 = body_field(body, "content_base64")
    if type(name) is not str or type(content_base64) is not str:
        raise RecordError("field-form", "name, content_base64: not texts")
    try:
        filed = document(name, content_of(content_base64))
    except InputError as error:
        raise RecordError("group-document", str(error)) from error
    size_bytes = body_integer(body, "size_bytes", 1, len(filed.content) + 1)
    stated = body_field(body, "media_type")
    if stated != filed.media_type:
        why = f"media_type: {str(stated)[:40]!r}, its bytes are {filed.media_type}"
        raise RecordError("group-document", why)
    if size_bytes != len(filed.content) or body_digest(body, "sha256") != filed.sha256:
        raise RecordError("group-document", "size_bytes, sha256: not those of the content")
    matter = body_optional(body, "matter", lambda of, key: body_text(of, key, MINTED_ID))
    return Filed(_group(body), body_digest(body, "admission"), matter, filed)


def _read_task(record: Record) -> Task:
    body = record.body
    replaces = body_texts(body, "replaces", DIGEST, 0, REPLACES_MAX)
    task = body_text(body, "task", MINTED_ID)
    if not replaces and task.partition("/")[0] != record.author:
        raise RecordError("group-owner", f"task: {task} is not minted by {record.author}")
    return Task(
        group=_group(body),
        admission=body_digest(body, "admission"),
        task=task,
        title=body_words(body, "title", SUBJECT_LENGTH_MAX),
        owner=body_party(body, "owner"),
        person=body_optional(
            body, "person", lambda of, name: body_words(of, name, PERSON_LENGTH_MAX)
        ),
        due=body_instant(body, "due"),
        state=body_choice(body, "state", TaskState),
        replaces=tuple(RecordDigest(each) for each in replaces),
    )


def _read_earlier(record: Record) -> Earlier:
    body = record.body
    party = body_party(body, "party")
    if record.recipients != (party,):
        raise RecordError("group-recipients", f"recipients: not {party} alone")
    return Earlier(
        group=_group(body),
        admission=body_digest(body, "admission"),
        to=Admission(body_digest(body, "joined"), party),
        envelope=_envelope(body, "envelope", ENVELOPE_SIZE_BYTES_MAX),
    )


def _read_members(record: Record) -> Members:
    body = record.body
    party = body_party(body, "party")
    if record.recipients != (party,):
        raise RecordError("group-recipients", f"recipients: not {party} alone")
    rows = body_rows(body, "records", _read_envelope, 1, RECORDS_TOLD_MAX)
    return Members(_group(body), party, rows)


def _read_envelope(row: Mapping[str, Any]) -> bytes:
    return _envelope(row, "envelope", ENVELOPE_SIZE_BYTES_MAX)


def _group(body: Mapping[str, Any]) -> GroupId:
    return GroupId(body_text(body, "group", MINTED_ID))


def _read_admission(row: Mapping[str, Any]) -> Admission:
    return Admission(body_digest(row, "admission"), body_party(row, "party"))


def _envelope(body: Mapping[str, Any], name: str, size_bytes_max: int) -> bytes:
    value = body_field(body, name)
    if type(value) is not str:
        raise RecordError("field-form", f"{name}: not a text")
    envelope = value.encode()
    if len(envelope) > size_bytes_max:
        why = f"{name}: {len(envelope)} bytes, at most {size_bytes_max}"
        raise RecordError("field-limit", why)
    return envelope


_READERS: Mapping[str, Callable[[Record], Body]] = {
    CREATION: _read_creation,
    INVITATION: _read_invitation,
    CONSENT: _read_other,
    ACCEPTANCE: _read_own,
    REFUSAL: _read_own_end,
    DEPARTURE: _read_own_end,
    REMOVAL: _read_other,
    EFFECT: _read_effect,
    OPENING: _read_other,
    EARLIER: _read_earlier,
    MEMBERS: _read_members,
    POST: _read_post,
    DOCUMENT: _read_document,
    TASK: _read_task,
}
