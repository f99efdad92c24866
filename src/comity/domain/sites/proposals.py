"""Rows of an import that wait for a person: entered, or left, and never in the stead of anything."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from comity.domain.records import ErasedRecord, Record
from comity.domain.sites import fields
from comity.domain.sites.candidates import Doubt
from comity.domain.sites.entry import WORDS_LENGTH_MAX, SiteEntry, entry_from_body
from comity.domain.sites.erasure import erased_entry
from comity.kernel.errors import RecordError
from comity.kernel.ids import DIGEST, RecordDigest, SiteId

PROPOSALS: Final = "site.proposals"
ANSWER: Final = "site.answer"
PROPOSALS_MAX: Final = 200_000  # waiting in one register; a person answers some hundred a day
ROWS_MAX: Final = 1_000
NUMBER_MAX: Final = 10_000_000


class AnswerWord(StrEnum):
    """What a person did about a proposal."""

    ENTERED = "entered"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One row, why it waits, and what it would be entered as.

    Attributes:
        number: of the row in its file.
        rows, sites: what it may be the same as: earlier rows of the file, sites of the register.
    """

    number: int
    doubts: tuple[Doubt, ...]
    rows: tuple[int, ...]
    sites: tuple[SiteId, ...]
    entry: SiteEntry

    def to_body(self) -> dict[str, Any]:
        """The record form."""
        return {
            "number": self.number,
            "doubts": [doubt.value for doubt in self.doubts],
            "rows": list(self.rows),
            "sites": list(self.sites),
            "entry": self.entry.to_body(),
        }


@dataclass(frozen=True, slots=True)
class Proposed:
    """The rows of one record, and the file they came from."""

    file: str
    rows: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer to one proposal."""

    proposals: RecordDigest
    number: int
    word: AnswerWord
    words: str


def read_proposals(record: Record) -> Proposed:
    """The proposals of a record.

    Raises:
        RecordError: a code of docs/spec/site.md §9.
    """
    body = record.body
    file = fields.words(body, "file", WORDS_LENGTH_MAX)
    fields.form(body, "sha256", DIGEST)
    found = []
    for index, value in enumerate(fields.rows(body, "rows", ROWS_MAX)):
        row = fields.mapping(value, f"rows[{index}]")
        said = fields.required(row, "entry")
        left = erased_entry(said) if isinstance(record, ErasedRecord) else None
        entry = left or entry_from_body(said, f"rows[{index}].entry")
        if not entry.site.startswith(f"{record.author}/"):
            raise RecordError("not-owner", f"{entry.site} is not of {record.author}")
        doubts = tuple(
            fields.choice({"doubts": each}, "doubts", Doubt)
            for each in fields.rows(row, "doubts", 8)
        )
        rows = tuple(
            fields.integer({"rows": each}, "rows", 1, NUMBER_MAX)
            for each in fields.rows(row, "rows", ROWS_MAX, 0)
        )
        sites = tuple(
            fields.site({"sites": each}, "sites") for each in fields.rows(row, "sites", ROWS_MAX, 0)
        )
        number = fields.integer(row, "number", 1, NUMBER_MAX)
        found.append(Proposal(number, doubts, rows, sites, entry))
    if len({each.number for each in found}) != len(found):
        raise RecordError("site-twice", "one row stands twice in one record")
    return Proposed(file, tuple(found))


def read_answer(record: Record) -> Answer:
    """A person's answer.

    Raises:
        RecordError: a code of docs/spec/site.md §9.
    """
    body = record.body
    return Answer(
        RecordDigest(fields.form(body, "proposals", DIGEST)),
        fields.integer(body, "number", 1, NUMBER_MAX),
        fields.choice(body, "answer", AnswerWord),
        fields.words(body, "words", WORDS_LENGTH_MAX),
    )
