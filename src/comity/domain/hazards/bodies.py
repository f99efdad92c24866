"""Bodies of the hazard records, checked to the letter before anything acts on them.

Source: docs/spec/hazard.md §2 and §3.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from comity.domain.agreement import EchelonLevel
from comity.domain.hazards.answers import How
from comity.domain.hazards.previews import CELLS_MAX, SweepRule, Where
from comity.domain.notices import ACTIVITY
from comity.domain.records import Record
from comity.domain.records.body_fields import (
    array,
    choice,
    digest,
    flag,
    instant,
    integer,
    optional,
    text,
    words,
)
from comity.domain.sites import PRECISION_MM_MAX
from comity.kernel.errors import RecordError
from comity.kernel.ids import (
    DIGEST,
    MINTED_ID,
    NOTICE_ID,
    OPERATOR_ID,
    NoticeId,
    OperatorId,
    RecordDigest,
)
from comity.kernel.instants import Instant

PREVIEW: Final = "hazard.preview"
READING: Final = "hazard.reading"
EXPOSURE: Final = "hazard.exposure"
TOUCH: Final = "hazard.touch"
SWEEP: Final = "hazard.sweep"
OBJECTION: Final = "hazard.objection"
RECEIPT: Final = "hazard.receipt"
PRIVATE_KINDS: Final = frozenset({PREVIEW, READING})
SHARED_KINDS: Final = frozenset({EXPOSURE, TOUCH, SWEEP, OBJECTION, RECEIPT})
KINDS: Final = PRIVATE_KINDS | SHARED_KINDS

ROWS_MAX: Final = 1_000
SEEN_MAX: Final = 2 * ROWS_MAX  # of one preview or reading
VERSION_MAX: Final = 1_000_000
DISTANCE_MM_MAX: Final = 400_000_000  # twice what distances are proved for
COUNT_MAX: Final = 2_010_000  # sites and movements of a register
WORDS_LENGTH_MAX: Final = 1_000
NAME_LENGTH_MAX: Final = 64  # an echelon as people call it, as in agreements
HOLDER_LENGTH_MAX: Final = 100
ROW_MAX: Final = 1 << 9  # of the coarsest level; the northern cap is one beyond the last
COLUMN_MAX: Final = (1 << 11) - 1


class AnswerWord(StrEnum):
    """What a preview answered. There is no fourth word."""

    TOUCHES = "touches"
    NOTHING = "nothing-notified"
    UNDETERMINED = "undetermined"


class Way(StrEnum):
    """How a person came to see what others speak for."""

    PREVIEW = "preview"
    """A notice was previewed."""
    QUERY = "query"
    """The register was asked about a place."""
    LIST = "list"
    """Sites or movements were listed, or one was shown."""
    MAP = "map"
    """They stood on the map."""


class Standing(StrEnum):
    """How the notice that touches stands."""

    STANDS = "stands"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a person asked before a notice was sent; kept by its party alone."""

    question: str
    cells: tuple[Where, ...]
    activity: str
    answer: AnswerWord
    seen: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person read of the register; kept by its party alone.

    Attributes:
        question: digest of what was asked; the same question has the same.
        cells: that a query met; none otherwise.
        rows: how many rows of a list were asked for, found or not; 0 otherwise.
        seen: what others speak for that this person was shown, as far as it is news.
    """

    way: Way
    question: str
    cells: tuple[Where, ...]
    rows: int
    seen: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Exposure:
    """Somebody saw sites and movements: told to who speaks for them.

    Attributes:
        preview: the preview's or the reading's record.
        way: how they were seen.
    """

    preview: RecordDigest
    by: OperatorId
    seen: tuple[tuple[str, int], ...]
    way: Way = Way.PREVIEW


@dataclass(frozen=True, slots=True)
class TouchedRow:
    """One site or movement that a notice touches, as its author knows it."""

    id: str
    version: int
    precision_mm: int
    how: How
    distance_mm: int
    buffer_mm: int

    def to_body(self) -> dict[str, Any]:
        """The record form."""
        return {
            "id": self.id,
            "version": self.version,
            "precision_mm": self.precision_mm,
            "how": self.how.value,
            "distance_mm": self.distance_mm,
            "buffer_mm": self.buffer_mm,
        }


@dataclass(frozen=True, slots=True)
class TouchTold:
    """What of one owner's a revision of a notice touches now; none: nothing that its author knows of.

    Attributes:
        record: of the revision.
        count: of all touched; those told are the nearest.
    """

    notice: NoticeId
    record: RecordDigest
    activity: str
    begins: Instant
    ends: Instant
    standing: Standing
    count: int
    touched: tuple[TouchedRow, ...]


@dataclass(frozen=True, slots=True)
class SweepTold:
    """That questions of an author's operators make a sweep where the owner's sites are."""

    preview: RecordDigest
    rule: SweepRule
    by: OperatorId | None
    questions: int
    cells: int
    since: Instant
    until: Instant
    seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Objection:
    """An owner's person objects to a revision of a notice, or takes that back. It commands nobody.

    Attributes:
        ids: sites and movements it is about; none: the notice as a whole.
    """

    notice: NoticeId
    record: RecordDigest
    ids: tuple[str, ...]
    words: str
    taken_back: bool


@dataclass(frozen=True, slots=True)
class EchelonReceipt:
    """An echelon of a party has what was told for protection.

    Attributes:
        record: of the notice, site notice or movement notice.
        holder: who there, in words; the record's operator may have relayed it.
        had_at: since when.
    """

    record: RecordDigest
    level: EchelonLevel
    name: str
    holder: str
    had_at: Instant


HazardBody = Preview | Reading | Exposure | TouchTold | SweepTold | Objection | EchelonReceipt


def preview_to_body(preview: Preview) -> dict[str, Any]:
    """The record form."""
    return {
        "question": preview.question,
        "cells": [list(each) for each in preview.cells],
        "activity": preview.activity,
        "answer": preview.answer.value,
        "seen": _seen_to_body(preview.seen),
    }


def reading_to_body(reading: Reading) -> dict[str, Any]:
    """The record form."""
    return {
        "way": reading.way.value,
        "question": reading.question,
        "cells": [list(each) for each in reading.cells],
        "rows": reading.rows,
        "seen": _seen_to_body(reading.seen),
    }


def exposure_to_body(exposure: Exposure) -> dict[str, Any]:
    """The record form; `way` is left out of a preview's, as it was before there were others."""
    body = {
        "preview": exposure.preview,
        "by": exposure.by,
        "seen": _seen_to_body(exposure.seen),
    }
    if exposure.way is not Way.PREVIEW:
        body["way"] = exposure.way.value
    return body


def touch_to_body(told: TouchTold) -> dict[str, Any]:
    """The record form."""
    return {
        "notice": told.notice,
        "record": told.record,
        "activity": told.activity,
        "begins": str(told.begins),
        "ends": str(told.ends),
        "standing": told.standing.value,
        "count": told.count,
        "touched": [each.to_body() for each in told.touched],
    }


def sweep_to_body(told: SweepTold) -> dict[str, Any]:
    """The record form."""
    return {
        "preview": told.preview,
        "rule": told.rule.value,
        "by": told.by,
        "questions": told.questions,
        "cells": told.cells,
        "since": str(told.since),
        "until": str(told.until),
        "seen": list(told.seen),
    }


def objection_to_body(objection: Objection) -> dict[str, Any]:
    """The record form."""
    return {
        "notice": objection.notice,
        "record": objection.record,
        "ids": list(objection.ids),
        "words": objection.words,
        "taken_back": objection.taken_back,
    }


def receipt_to_body(receipt: EchelonReceipt) -> dict[str, Any]:
    """The record form."""
    return {
        "record": receipt.record,
        "level": receipt.level.value,
        "name": receipt.name,
        "holder": receipt.holder,
        "had_at": str(receipt.had_at),
    }


def read_body(record: Record) -> HazardBody:
    """What a record of any hazard kind says.

    Raises:
        RecordError: a code of docs/spec/hazard.md §7.
    """
    if record.kind not in PRIVATE_KINDS and len(record.recipients) != 1:
        why = f"{len(record.recipients)} recipients; it goes to one party"
        raise RecordError("one-recipient", why)
    return _READERS[record.kind](record)


def _read_preview(record: Record) -> Preview:
    body = record.body
    return Preview(
        text(body, "question", DIGEST),
        tuple(_cell(item) for item in array(body, "cells", CELLS_MAX)),
        text(body, "activity", ACTIVITY),
        choice(body, "answer", AnswerWord),
        _seen(body, "seen"),
    )


def _read_reading(record: Record) -> Reading:
    body = record.body
    way = choice(body, "way", Way)
    if way is Way.PREVIEW:
        raise RecordError("field-form", "way: a preview has a kind of its own")
    return Reading(
        way,
        text(body, "question", DIGEST),
        tuple(_cell(item) for item in array(body, "cells", CELLS_MAX)),
        integer(body, "rows", 0, ROWS_MAX),
        _seen(body, "seen"),
    )


def _read_exposure(record: Record) -> Exposure:
    seen = _seen(record.body, "seen")
    _check_owner(record.recipients[0], [name for name, _ in seen])
    return Exposure(
        RecordDigest(digest(record.body, "preview")),
        OperatorId(text(record.body, "by", OPERATOR_ID)),
        seen,
        choice(record.body, "way", Way) if "way" in record.body else Way.PREVIEW,
    )


def _read_touch(record: Record) -> TouchTold:
    body = record.body
    notice = text(body, "notice", NOTICE_ID)
    if notice.partition("/")[0] != record.author:
        raise RecordError("notice-owner", f"notice: {notice} is not minted by {record.author}")
    touched = tuple(_row(item) for item in array(body, "touched", ROWS_MAX))
    _check_owner(record.recipients[0], [each.id for each in touched])
    count = integer(body, "count", len(touched), COUNT_MAX)
    return TouchTold(
        NoticeId(notice),
        RecordDigest(digest(body, "record")),
        text(body, "activity", ACTIVITY),
        instant(body, "begins"),
        instant(body, "ends"),
        choice(body, "standing", Standing),
        count,
        touched,
    )


def _read_sweep(record: Record) -> SweepTold:
    body = record.body
    seen = _ids(body, "seen")
    _check_owner(record.recipients[0], seen)
    return SweepTold(
        RecordDigest(digest(body, "preview")),
        choice(body, "rule", SweepRule),
        optional(body, "by", lambda of, name: OperatorId(text(of, name, OPERATOR_ID))),
        integer(body, "questions", 1, 1_000_000),
        integer(body, "cells", 0, 1_000_000),
        instant(body, "since"),
        instant(body, "until"),
        seen,
    )


def _read_objection(record: Record) -> Objection:
    body = record.body
    notice = text(body, "notice", NOTICE_ID)
    if notice.partition("/")[0] != record.recipients[0]:
        raise RecordError("notice-owner", f"notice: {notice} is not of {record.recipients[0]}")
    ids = _ids(body, "ids")
    _check_owner(record.author, ids)
    return Objection(
        NoticeId(notice),
        RecordDigest(digest(body, "record")),
        ids,
        words(body, "words", WORDS_LENGTH_MAX),
        flag(body, "taken_back"),
    )


def _read_receipt(record: Record) -> EchelonReceipt:
    body = record.body
    return EchelonReceipt(
        RecordDigest(digest(body, "record")),
        choice(body, "level", EchelonLevel),
        words(body, "name", NAME_LENGTH_MAX),
        words(body, "holder", HOLDER_LENGTH_MAX),
        instant(body, "had_at"),
    )


def _seen_to_body(seen: tuple[tuple[str, int], ...]) -> list[dict[str, Any]]:
    return [{"id": name, "precision_mm": precision_mm} for name, precision_mm in seen]


def _seen(body: Mapping[str, Any], name: str) -> tuple[tuple[str, int], ...]:
    found = []
    for index, item in enumerate(array(body, name, SEEN_MAX)):
        row = _object(item, f"{name}[{index}]")
        precision_mm = integer(row, "precision_mm", 0, PRECISION_MM_MAX)
        found.append((text(row, "id", MINTED_ID), precision_mm))
    _check_once([each for each, _ in found])
    return tuple(found)


def _row(item: object) -> TouchedRow:
    row = _object(item, "touched")
    return TouchedRow(
        text(row, "id", MINTED_ID),
        integer(row, "version", 1, VERSION_MAX),
        integer(row, "precision_mm", 0, PRECISION_MM_MAX),
        choice(row, "how", How),
        integer(row, "distance_mm", 0, DISTANCE_MM_MAX),
        integer(row, "buffer_mm", 0, DISTANCE_MM_MAX),
    )


def _ids(body: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = tuple(text({name: item}, name, MINTED_ID) for item in array(body, name, ROWS_MAX))
    _check_once(found)
    return found


def _cell(item: object) -> Where:
    if type(item) is not list or len(item) != 2:
        raise RecordError("field-form", "cells: not pairs of row and column")
    pair = {"row": item[0], "column": item[1]}
    return integer(pair, "row", -1, ROW_MAX), integer(pair, "column", 0, COLUMN_MAX)


def _object(item: object, name: str) -> dict[str, Any]:
    if type(item) is not dict:
        raise RecordError("field-form", f"{name}: not an object")
    return item


def _check_owner(owner: str, ids: list[str] | tuple[str, ...]) -> None:
    """Of what one party speaks for, only that party is told, and only that party objects."""
    for each in ids:
        if each.partition("/")[0] != owner:
            raise RecordError("hazard-owner", f"{each} is not of {owner}")


def _check_once(ids: list[str] | tuple[str, ...]) -> None:
    if len(set(ids)) != len(ids):
        raise RecordError("field-form", "one site or movement stands twice in one record")


_READERS: Final[Mapping[str, Callable[[Record], HazardBody]]] = {
    PREVIEW: _read_preview,
    READING: _read_reading,
    EXPOSURE: _read_exposure,
    TOUCH: _read_touch,
    SWEEP: _read_sweep,
    OBJECTION: _read_objection,
    RECEIPT: _read_receipt,
}
