"""Answers to what was said: four different ones, each signed, none of which stands for another (L-28).

The receipt is the log's cosignature and no record of this room. The others are persons' records.

Source: docs/spec/line.md §6.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from comity.domain.line.content import LANGUAGE, prose
from comity.domain.line.limits import NAME_LENGTH_MAX, TEXT_LENGTH_MAX, WORDS_LENGTH_MAX
from comity.domain.line.particulars import (
    Particulars,
    particulars_from_body,
    particulars_to_body,
)
from comity.domain.records import Record
from comity.domain.records.body_fields import choice, digest, optional, text, words
from comity.kernel.errors import RecordError
from comity.kernel.ids import NODE_OPERATOR, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant

ACKNOWLEDGEMENT: Final = "line.acknowledgement"
READ_BACK: Final = "line.read-back"
CONCURRENCE: Final = "line.concurrence"
TRANSLATION: Final = "line.translation"
STOP_RELEASE: Final = "line.stop-release"
ANSWER_KINDS: Final = frozenset({ACKNOWLEDGEMENT, READ_BACK, CONCURRENCE})
ABOUT_KINDS: Final = ANSWER_KINDS | {TRANSLATION, STOP_RELEASE}
"""Every kind whose body names, in `message`, the thing said that it is about."""


class Concurs(StrEnum):
    """Whether a person agrees with what was said."""

    CONCUR = "concur"
    DO_NOT_CONCUR = "do-not-concur"


class TranslatedBy(StrEnum):
    """Who made a translation."""

    PERSON = "person"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Given:
    """Who said it, when, by which record.

    Attributes:
        made_at: the author's clock.
        received_at: this node's.
    """

    digest: RecordDigest
    party: PartyId
    operator: OperatorId
    made_at: Instant
    received_at: Instant


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A person has it in hand."""

    remark: str = ""


@dataclass(frozen=True, slots=True)
class ReadBack:
    """A person's own repetition."""

    particulars: Particulars


@dataclass(frozen=True, slots=True)
class Concurrence:
    """A person agrees, or does not."""

    concurs: Concurs
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """The text in another language, and who answers for it."""

    language: str
    text: str
    by: TranslatedBy
    engine: str | None = None


@dataclass(frozen=True, slots=True)
class StopRelease:
    """Who asked to stop asks no longer."""

    reason: str


About = Acknowledged | ReadBack | Concurrence | Translation | StopRelease


def given(record: Record, received_at: Instant) -> Given:
    """Who made a record about something said."""
    return Given(record.digest, record.author, record.operator, record.made_at, received_at)


def read_about(record: Record) -> tuple[RecordDigest, About]:
    """What a record of one of `ABOUT_KINDS` says, and about which thing said.

    Raises:
        RecordError: a code of docs/spec/line.md §10.
    """
    if not record.recipients:
        raise RecordError("line-audience", "to nobody")
    body = record.body
    return RecordDigest(digest(body, "message")), _READERS[record.kind](body, record.operator)


def about_to_body(message: RecordDigest, about: About) -> tuple[str, dict[str, Any]]:
    """The kind and the body of a record about something said."""
    body: dict[str, Any] = {"message": message}
    match about:
        case Acknowledged():
            return ACKNOWLEDGEMENT, body | {"remark": about.remark}
        case ReadBack():
            return READ_BACK, body | {"particulars": particulars_to_body(about.particulars)}
        case Concurrence():
            return CONCURRENCE, body | {"answer": about.concurs.value, "remark": about.remark}
        case Translation():
            return TRANSLATION, body | {
                "language": about.language,
                "text": about.text,
                "by": about.by.value,
                "engine": about.engine,
            }
        case StopRelease():
            return STOP_RELEASE, body | {"reason": about.reason}


def _remark(body: Mapping[str, Any]) -> str:
    return words(body, "remark", WORDS_LENGTH_MAX, least=0)


def _acknowledged(body: Mapping[str, Any], operator: OperatorId) -> About:
    del operator
    return Acknowledged(_remark(body))


def _read_back(body: Mapping[str, Any], operator: OperatorId) -> About:
    del operator
    return ReadBack(particulars_from_body(body, "particulars"))


def _concurrence(body: Mapping[str, Any], operator: OperatorId) -> About:
    del operator
    return Concurrence(choice(body, "answer", Concurs), _remark(body))


def _translation(body: Mapping[str, Any], operator: OperatorId) -> About:
    by = choice(body, "by", TranslatedBy)
    engine = optional(body, "engine", lambda b, n: words(b, n, NAME_LENGTH_MAX))
    if (by is TranslatedBy.PERSON) != (engine is None):
        raise RecordError("field-form", "engine: a machine's is named, a person's is null")
    if by is TranslatedBy.PERSON and operator == NODE_OPERATOR:
        raise RecordError("person-required", "a person's translation was made by the node")
    return Translation(
        text(body, "language", LANGUAGE), prose(body, "text", TEXT_LENGTH_MAX), by, engine
    )


def _release(body: Mapping[str, Any], operator: OperatorId) -> About:
    del operator
    return StopRelease(words(body, "reason", WORDS_LENGTH_MAX))


_READERS = {
    ACKNOWLEDGEMENT: _acknowledged,
    READ_BACK: _read_back,
    CONCURRENCE: _concurrence,
    TRANSLATION: _translation,
    STOP_RELEASE: _release,
}
