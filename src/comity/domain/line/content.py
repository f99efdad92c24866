"""What is said on the line: messages, stops and denials, checked to the letter before anything acts on it.

Source: docs/spec/line.md §3 to §8.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from comity.domain.agreement import AgreementTextError, check_text
from comity.domain.line.attachments import Attachment, attachment_to_body, attachments_from_body
from comity.domain.line.limits import (
    RADIUS_M_MAX,
    REFERENCE_ID_LENGTH_MAX,
    REFERENCES_MAX,
    SCOPE_LENGTH_MAX,
    SUBJECT_LENGTH_MAX,
    TEXT_LENGTH_MAX,
)
from comity.domain.line.particulars import (
    NO_PARTICULARS,
    Particulars,
    particulars_from_body,
    particulars_to_body,
)
from comity.domain.phrasebook import PhraseWritten, written_from_body
from comity.domain.records import Record
from comity.domain.records.body_fields import (
    array,
    choice,
    digest,
    flag,
    instant,
    integer,
    optional,
    required_field,
    text,
    words,
)
from comity.kernel.errors import RecordError
from comity.kernel.ids import MATTER_ID, MatterId, PartyId, RecordDigest
from comity.kernel.instants import Instant

MESSAGE: Final = "line.message"
STOP: Final = "line.stop"
DENIAL: Final = "line.denial"
SAID_KINDS: Final = frozenset({MESSAGE, STOP, DENIAL})

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")  # BCP 47, as in agreements
REFERENCE_ID = re.compile(rf"[A-Za-z0-9][A-Za-z0-9 ./:_+-]{{0,{REFERENCE_ID_LENGTH_MAX - 1}}}")


class Precedence(StrEnum):
    """How soon it must be in a person's hands; highest first."""

    FLASH = "flash"
    IMMEDIATE = "immediate"
    PRIORITY = "priority"
    ROUTINE = "routine"

    @property
    def rank(self) -> int:
        """0 is the highest."""
        return list(Precedence).index(self)


class ReferenceKind(StrEnum):
    """What a message can point to."""

    INTENT = "intent"
    MESSAGE = "message"
    NOTICE = "notice"
    SITE = "site"
    RECORD = "record"
    TRACK = "track"
    ALERT = "alert"


WITH_DIGEST = frozenset(ReferenceKind) - {ReferenceKind.TRACK, ReferenceKind.ALERT}


@dataclass(frozen=True, slots=True)
class Reference:
    """One thing pointed to; what is a record is named by its digest (L-25)."""

    kind: ReferenceKind
    id: str | None
    digest: RecordDigest | None


class DenialAnswer(StrEnum):
    """What a party says of itself within a scope and a time. The two are never one answer (L-11)."""

    NONE = "none"
    """It states that it had or has none there then."""
    UNKNOWN = "unknown"
    """It states that it does not know."""


@dataclass(frozen=True, slots=True)
class Denial:
    """A statement «none of ours» or «we do not know», with what it covers."""

    answer: DenialAnswer
    scope: str
    begins: Instant
    ends: Instant
    radius_mm: int | None


@dataclass(frozen=True, slots=True)
class Stop:
    """A request to stop; it takes effect on receipt and commands nobody.

    Attributes:
        radius_mm: round the position of the particulars; None: only what the references name.
        until: when it lapses by itself; None: until it is released.
    """

    radius_mm: int | None
    until: Instant | None


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said: a message, a stop or a denial.

    Attributes:
        matter: the thread it belongs to.
        subject: of a new matter; None in one that is open already.
        precedence: a stop is always FLASH.
        language: of the text, BCP 47.
        text: the original words; never replaced by a translation.
        particulars: what of it can be read back.
        references: what it is about.
        attachments: files.
        written_at: when its author handed it in; later than that only if it was held back.
        queued: the author's own record of the held-back draft; None where it went out at once.
        closes: whether its author takes the matter for closed.
        stop: where it is one.
        denial: where it is one.
        by_number: the phrase that it says; its text is the same in one language.
    """

    matter: MatterId
    subject: str | None
    precedence: Precedence
    language: str
    text: str
    particulars: Particulars = NO_PARTICULARS
    references: tuple[Reference, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    written_at: Instant = field(default=Instant(0))
    queued: RecordDigest | None = None
    closes: bool = False
    stop: Stop | None = None
    denial: Denial | None = None
    by_number: PhraseWritten | None = None

    @property
    def kind(self) -> str:
        """The kind of record that says it."""
        if self.stop is not None:
            return STOP
        return MESSAGE if self.denial is None else DENIAL


def read_said(record: Record) -> Said:
    """What a record of one of `SAID_KINDS` says.

    Raises:
        RecordError: a code of docs/spec/line.md §10.
    """
    if not record.recipients:
        raise RecordError("line-audience", "to nobody")
    return said_from_body(record.kind, record.author, record.body)


def said_from_body(kind: str, author: PartyId, body: Mapping[str, Any]) -> Said:
    """As `read_said`, of a body alone."""
    matter = MatterId(text(body, "matter", MATTER_ID))
    subject = optional(body, "subject", lambda b, n: words(b, n, SUBJECT_LENGTH_MAX))
    if subject is not None and matter.split("/")[0] != author:
        raise RecordError("matter-owner", f"{author} opens {matter}")
    said = Said(
        matter=matter,
        subject=subject,
        precedence=Precedence.FLASH if kind == STOP else choice(body, "precedence", Precedence),
        language=text(body, "language", LANGUAGE),
        text=prose(body, "text", TEXT_LENGTH_MAX),
        particulars=particulars_from_body(body, "particulars"),
        references=_references(body),
        attachments=attachments_from_body(body, "attachments"),
        written_at=instant(body, "written_at"),
        queued=optional(body, "queued", lambda b, n: RecordDigest(digest(b, n))),
        closes=flag(body, "closes"),
        stop=_stop(body) if kind == STOP else None,
        denial=_denial(body) if kind == DENIAL else None,
        by_number=_by_number(body),
    )
    scoped = said.stop or said.denial
    if scoped and scoped.radius_mm is not None and said.particulars.position is None:
        raise RecordError("field-form", "radius_mm: there is no position to measure it from")
    return said


def said_to_body(said: Said) -> dict[str, Any]:
    """The record form."""
    body: dict[str, Any] = {
        "matter": said.matter,
        "subject": said.subject,
        "language": said.language,
        "text": said.text,
        "particulars": particulars_to_body(said.particulars),
        "references": [
            {"kind": each.kind.value, "id": each.id, "digest": each.digest}
            for each in said.references
        ],
        "attachments": [attachment_to_body(each) for each in said.attachments],
        "written_at": str(said.written_at),
        "queued": said.queued,
        "closes": said.closes,
    }
    if said.by_number is not None:
        body["by_number"] = dict(said.by_number.body)
    if said.stop is not None:
        until = said.stop.until
        return body | {
            "radius_mm": said.stop.radius_mm,
            "until": None if until is None else str(until),
        }
    body["precedence"] = said.precedence.value
    if said.denial is not None:
        body |= {
            "answer": said.denial.answer.value,
            "scope": said.denial.scope,
            "begins": str(said.denial.begins),
            "ends": str(said.denial.ends),
            "radius_mm": said.denial.radius_mm,
        }
    return body


def prose(body: Mapping[str, Any], name: str, length_max: int) -> str:
    """Words of several lines, in which nothing hides (the rule of agreement texts).

    Raises:
        RecordError: `field-limit`, or a reason of docs/spec/agreement.md §2.
    """
    value = required_field(body, name)
    if type(value) is not str or not value.strip():
        raise RecordError("field-form", f"{name}: not a text, or empty")
    if len(value) > length_max:
        raise RecordError("field-limit", f"{name}: {len(value)} characters, at most {length_max}")
    try:
        check_text(value)
    except AgreementTextError as error:
        raise RecordError(error.reason, f"{name}: {error.why}") from error
    return value


def _references(body: Mapping[str, Any]) -> tuple[Reference, ...]:
    found: list[Reference] = []
    for item in array(body, "references", REFERENCES_MAX):
        if type(item) is not dict:
            raise RecordError("field-form", "references: not an object")
        kind = choice(item, "kind", ReferenceKind)
        named = optional(item, "id", lambda b, n: text(b, n, REFERENCE_ID))
        by_digest = optional(item, "digest", lambda b, n: RecordDigest(digest(b, n)))
        if kind in WITH_DIGEST and by_digest is None:
            raise RecordError("reference", f"{kind} without the digest of what it refers to")
        if kind not in WITH_DIGEST and named is None:
            raise RecordError("reference", f"{kind} without an id")
        found.append(Reference(kind, named, by_digest))
    return tuple(found)


def _by_number(body: Mapping[str, Any]) -> PhraseWritten | None:
    """A member added later: what has none is in words alone."""
    if "by_number" not in body:
        return None
    return written_from_body(body["by_number"], "by_number")


def _stop(body: Mapping[str, Any]) -> Stop:
    return Stop(_radius(body), optional(body, "until", instant))


def _denial(body: Mapping[str, Any]) -> Denial:
    begins, ends = instant(body, "begins"), instant(body, "ends")
    if ends < begins:
        raise RecordError("times-reversed", f"ends at {ends}, begins at {begins}")
    return Denial(
        choice(body, "answer", DenialAnswer),
        words(body, "scope", SCOPE_LENGTH_MAX),
        begins,
        ends,
        _radius(body),
    )


def _radius(body: Mapping[str, Any]) -> int | None:
    return optional(body, "radius_mm", lambda b, n: integer(b, n, 0, RADIUS_M_MAX * 1000))
