"""Asking a party that was told of sites to erase its copies, and its answer: both are records that it keeps for good.

The request names, under the owner's signature, what is to go and what is to be left of it. So a copy of the log
in which only the rest stands can still be believed: by its owner, who may have lost its own, and by a reader that
was restored. Source: docs/spec/site.md §12, docs/decisions/0063.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import dropwhile, islice
from typing import Final

from comity.domain.records import Record
from comity.domain.sites import fields
from comity.domain.sites.entry import WORDS_LENGTH_MAX
from comity.domain.sites.erasure import ErasedRow
from comity.kernel.errors import RecordError
from comity.kernel.ids import DIGEST, OperatorId, PartyId, RecordDigest, SiteId
from comity.kernel.instants import Instant

REQUEST: Final = "site.erasure-request"
REPLY: Final = "site.erasure-answer"

SITES_MAX: Final = 100  # of one request: as many as a person can answer for at once
RECORDS_MAX: Final = 1_000
ANSWER_S_MAX: Final = 86_400.0  # docs/decisions/0064: each watch of a day has had it before it


class ErasureWord(StrEnum):
    """What a holder answers."""

    ERASED = "erased"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """What its owner asks a holder to erase.

    Attributes:
        records: notices to that holder, and what is to be left of each.
    """

    sites: tuple[SiteId, ...]
    words: str
    records: tuple[ErasedRow, ...]


@dataclass(frozen=True, slots=True)
class ErasureReply:
    """What a holder answers, and what it says of packs, prints and whatever else is not in its store."""

    request: RecordDigest
    word: ErasureWord
    words: str


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and whose it is."""

    word: ErasureWord
    words: str
    operator: OperatorId
    made_at: Instant
    record: RecordDigest


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and what came of it; `answer` None: not known, which is not «not erased»."""

    record: RecordDigest
    owner: PartyId
    holder: PartyId
    operator: OperatorId
    made_at: Instant
    received_at: Instant
    request: ErasureRequest
    answer: Answered | None = None

    @property
    def due_at(self) -> Instant:
        """From when on it is overdue, at both parties: a day after it was made."""
        return self.made_at.plus_s(ANSWER_S_MAX)

    def overdue(self, at: Instant) -> bool:
        """Whether no answer has come in time; what became of the copies is not known, before as after."""
        return self.answer is None and at >= self.due_at


@dataclass(slots=True)
class PeerErasures:
    """Every request made or got, in the order of the journal."""

    _asked: dict[RecordDigest, Asked] = field(default_factory=dict)
    _of: dict[SiteId, list[RecordDigest]] = field(default_factory=dict)
    _open: dict[RecordDigest, RecordDigest] = field(default_factory=dict)
    _vouched: dict[RecordDigest, set[tuple[str, str]]] = field(default_factory=dict)

    def get(self, request: RecordDigest) -> Asked | None:
        """One request."""
        return self._asked.get(request)

    def all(self) -> Iterable[Asked]:
        """All of them, oldest first."""
        return self._asked.values()

    def of(self, site: SiteId, holder: PartyId) -> tuple[Asked, ...]:
        """What a holder was asked about a site, oldest first."""
        found = (self._asked[each] for each in self._of.get(site, ()))
        return tuple(each for each in found if each.holder == holder)

    def open_about(self, record: RecordDigest) -> Asked | None:
        """The request about a notice that is not answered yet."""
        request = self._open.get(record)
        return None if request is None else self._asked[request]

    def overdue(self, asked: Asked, at: Instant) -> bool:
        """Whether one is overdue that was not asked again, nor answered by way of the same asked before."""
        return asked.overdue(at) and not self._asked_again(asked) and not self.is_gone(asked)

    def is_gone(self, asked: Asked) -> bool:
        """Whether its holder says that all it names is erased, in answer to whichever request."""
        sites = set(asked.request.sites)
        return all(
            sites <= set(self.gone_from(row.record, asked.holder)) for row in asked.request.records
        )

    def last_of(self, site: SiteId, holder: PartyId) -> Asked | None:
        """What tells most of a site at a holder: the last request, or the one by whose answer it is gone."""
        asked = self.of(site, holder)
        if not asked:
            return None
        if asked[-1].answer is None and self.is_gone(asked[-1]):
            erased = (
                each for each in asked if each.answer and each.answer.word is ErasureWord.ERASED
            )
            return next(reversed(list(erased)), asked[-1])
        return asked[-1]

    def gone_from(self, record: RecordDigest, holder: PartyId) -> tuple[SiteId, ...]:
        """Sites that a holder says it has erased from a notice."""
        gone: dict[SiteId, None] = {}
        for each in self._asked.values():
            erased = each.answer is not None and each.answer.word is ErasureWord.ERASED
            if erased and each.holder == holder and _names(each, record):
                gone.update(dict.fromkeys(each.request.sites))
        return tuple(gone)

    def vouches(self, record: RecordDigest, found: tuple[str, str]) -> bool:
        """Whether a request of this party names this envelope and this stub of a record."""
        return found in self._vouched.get(record, ())

    def _asked_again(self, asked: Asked) -> bool:
        """Whether a later request names all that this one does."""
        sites = set(asked.request.sites)
        records = {row.record for row in asked.request.records}
        since = dropwhile(lambda each: each.record != asked.record, self._asked.values())
        return any(
            each.holder == asked.holder
            and sites <= set(each.request.sites)
            and records <= {row.record for row in each.request.records}
            for each in islice(since, 1, None)
        )

    def take_request(
        self, record: Record, request: ErasureRequest, received_at: Instant, *, own: bool
    ) -> None:
        """Take in a request; an own one vouches for the stubs that it names.

        A second one about a notice is taken too: in recovery it may come before the answer to the first.
        """
        holder = record.recipients[0]
        self._asked[record.digest] = Asked(
            record.digest, record.author, holder, record.operator, record.made_at, received_at, request
        )  # fmt: skip
        for site in request.sites:
            self._of.setdefault(site, []).append(record.digest)
        for row in request.records:
            self._open[row.record] = record.digest
            if own:
                found = (row.envelope_sha256, row.stub_sha256)
                self._vouched.setdefault(row.record, set()).add(found)

    def take_reply(self, record: Record, reply: ErasureReply) -> Asked:
        """Take in an answer; gives what it answers.

        Raises:
            RecordError: `unknown-erasure` or `erasure-answered`; nothing changed.
        """
        asked = self._asked.get(reply.request)
        if asked is None or (asked.holder, asked.owner) != (record.author, record.recipients[0]):
            why = f"{reply.request[:12]} is no request of {record.recipients[0]} to {record.author}"
            raise RecordError("unknown-erasure", why)
        if asked.answer is not None:
            why = f"{reply.request[:12]} was answered: {asked.answer.word}"
            raise RecordError("erasure-answered", why)
        answer = Answered(reply.word, reply.words, record.operator, record.made_at, record.digest)
        self._asked[reply.request] = replace(asked, answer=answer)
        for row in asked.request.records:
            if self._open.get(row.record) == reply.request:
                del self._open[row.record]
        return asked


def read_request(record: Record) -> ErasureRequest:
    """What a `site.erasure-request` says.

    Raises:
        RecordError: a code of docs/spec/site.md §9.
    """
    body = record.body
    sites = tuple(
        fields.site({"sites": value}, "sites") for value in fields.rows(body, "sites", SITES_MAX)
    )
    rows = tuple(_row(value) for value in fields.rows(body, "records", RECORDS_MAX))
    if len({each.record for each in rows}) != len(rows):
        raise RecordError("field-form", "records: one record stands twice")
    return ErasureRequest(sites, fields.words(body, "words", WORDS_LENGTH_MAX), rows)


def read_reply(record: Record) -> ErasureReply:
    """What a `site.erasure-answer` says.

    Raises:
        RecordError: a code of docs/spec/site.md §9.
    """
    body = record.body
    return ErasureReply(
        RecordDigest(fields.form(body, "request", DIGEST)),
        fields.choice(body, "answer", ErasureWord),
        fields.words(body, "words", WORDS_LENGTH_MAX),
    )


def vouched_in(body: Mapping[str, object]) -> dict[tuple[str, str], RecordDigest]:
    """Which records a request's body names, by SHA-256 of envelope and stub; nothing of one that cannot be read."""
    try:
        rows = [_row(value) for value in fields.rows(body, "records", RECORDS_MAX)]
    except RecordError:
        return {}
    return {(each.envelope_sha256, each.stub_sha256): each.record for each in rows}


def _row(value: object) -> ErasedRow:
    row = fields.mapping(value, "records")
    return ErasedRow(
        RecordDigest(fields.form(row, "record", DIGEST)),
        fields.form(row, "envelope_sha256", DIGEST),
        fields.form(row, "stub_sha256", DIGEST),
    )


def _names(asked: Asked, record: RecordDigest) -> bool:
    return any(row.record == record for row in asked.request.records)
