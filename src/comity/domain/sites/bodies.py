"""Bodies of the site records: what is said, checked to the letter before anything acts on it.

Source: docs/spec/site.md §4 and §5.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from comity.domain.records import ErasedRecord, Record
from comity.domain.sites import fields
from comity.domain.sites.coarse import PRECISION_MM_MAX
from comity.domain.sites.entry import (
    VERSION_MAX,
    WORDS_LENGTH_MAX,
    Contact,
    Name,
    Origin,
    SiteEntry,
    SiteKind,
    contact_from_body,
    contact_to_body,
    entry_from_body,
    instant_to_body,
    names_from_body,
    names_to_body,
    origin_from_body,
)
from comity.domain.sites.erasure import ERASURE, NOWHERE, Erasure, erased_entry, read_erasure
from comity.domain.sites.peer_erasure import (
    REPLY,
    REQUEST,
    ErasureReply,
    ErasureRequest,
    read_reply,
    read_request,
)
from comity.domain.sites.place import Place, place_from_body
from comity.domain.sites.proposals import (
    ANSWER,
    PROPOSALS,
    Answer,
    Proposed,
    read_answer,
    read_proposals,
)
from comity.domain.sites.states import SiteState
from comity.kernel.errors import RecordError
from comity.kernel.ids import PARTY_ID, PartyId, SiteId
from comity.kernel.instants import Instant

ENTRIES: Final = "site.entries"
RENEWAL: Final = "site.renewal"
ENDING: Final = "site.ending"
CONSENT: Final = "site.consent"
CONSENT_WITHDRAWAL: Final = "site.consent-withdrawal"
EXPOSURE: Final = "site.exposure"
FINDING: Final = "site.finding"
NOTICE: Final = "site.notice"
WITHDRAWAL: Final = "site.withdrawal"

PRIVATE_KINDS: Final = frozenset({
    ENTRIES, RENEWAL, ENDING, CONSENT, CONSENT_WITHDRAWAL, EXPOSURE, PROPOSALS, ANSWER, ERASURE,
})  # fmt: skip
SHARED_KINDS: Final = frozenset({FINDING, NOTICE, WITHDRAWAL, REQUEST, REPLY})
KINDS: Final = PRIVATE_KINDS | SHARED_KINDS

ROWS_MAX: Final = 1_000  # of one record: at some 500 bytes each half of what a record may have


class FindingWord(StrEnum):
    """What a second look found."""

    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


class WithdrawalWhy(StrEnum):
    """Why a notified site is taken back."""

    CONSENT_WITHDRAWN = "consent-withdrawn"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Finding:
    """What somebody found of one version of a site."""

    site: SiteId
    version: int
    word: FindingWord
    origin: Origin
    words: str


@dataclass(frozen=True, slots=True)
class Renewal:
    """An entry still holds, until a later date."""

    site: SiteId
    renew_by: Instant


@dataclass(frozen=True, slots=True)
class Ending:
    """There is nothing to protect at the place any more."""

    site: SiteId
    words: str


@dataclass(frozen=True, slots=True)
class Consent:
    """A recipient may know of sites, as finely as this says.

    Attributes:
        sites: which; None: every site this party speaks for, later ones too.
        precision_mm: 0: the place as entered; else the coarse form of docs/spec/site.md §6.
        names, contact: whether they go along.
        until: from when it gives nothing more.
    """

    recipient: PartyId
    sites: tuple[SiteId, ...] | None
    precision_mm: int
    names: bool
    contact: bool
    until: Instant
    words: str


@dataclass(frozen=True, slots=True)
class ConsentWithdrawal:
    """A consent is taken back."""

    recipient: PartyId
    sites: tuple[SiteId, ...] | None
    words: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """Somebody saw sites other than by a notice: on paper, by telephone, in a pack, in a preview.

    Attributes:
        viewer: who, in words.
        precision_mm: how finely; 0: the place as entered.
        way: how, in words.
    """

    sites: tuple[SiteId, ...]
    viewer: str
    precision_mm: int
    way: str


@dataclass(frozen=True, slots=True)
class NotifiedSite:
    """A site as one recipient may know it.

    Attributes:
        precision_mm: 0: the place as entered; else the place is a coarse form.
    """

    site: SiteId
    version: int
    kind: SiteKind
    state: SiteState
    place: Place
    precision_mm: int
    names: tuple[Name, ...]
    contact: Contact | None
    valid_from: Instant | None
    valid_until: Instant | None
    renew_by: Instant

    def to_body(self) -> dict[str, Any]:
        """The record form."""
        return {
            "site": self.site,
            "version": self.version,
            "kind": self.kind.value,
            "state": self.state.value,
            "place": self.place.to_body(),
            "precision_mm": self.precision_mm,
            "names": names_to_body(self.names),
            "contact": contact_to_body(self.contact),
            "valid_from": instant_to_body(self.valid_from),
            "valid_until": instant_to_body(self.valid_until),
            "renew_by": str(self.renew_by),
        }


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Sites that a recipient shall use no longer."""

    sites: tuple[SiteId, ...]
    why: WithdrawalWhy


SiteBody = (
    tuple[SiteEntry, ...]
    | tuple[NotifiedSite, ...]
    | Renewal
    | Ending
    | Consent
    | ConsentWithdrawal
    | Exposure
    | Finding
    | Withdrawal
    | Proposed
    | Answer
    | Erasure
    | ErasureRequest
    | ErasureReply
)


def read_entries(record: Record) -> tuple[SiteEntry, ...]:
    """The entries of a record, each site once and its author's own.

    Raises:
        RecordError: `not-owner`, `site-twice`, or as `entry_from_body`.
    """
    rows = fields.rows(record.body, "entries", ROWS_MAX)
    entries = tuple(
        (isinstance(record, ErasedRecord) and erased_entry(row))
        or entry_from_body(row, f"entries[{index}]")
        for index, row in enumerate(rows)
    )
    _check_own(record, [entry.site for entry in entries])
    return entries


def read_notice(record: Record) -> tuple[NotifiedSite, ...]:
    """The sites of a notice, each once and its author's own; it goes to one party only.

    Raises:
        RecordError: `one-recipient`, `not-owner`, `site-twice` or a code of a field.
    """
    _check_one_recipient(record)
    rows = fields.rows(record.body, "sites", ROWS_MAX)
    found = tuple(
        (isinstance(record, ErasedRecord) and erased_notice_row(row))
        or notified_from_body(row, f"sites[{index}]")
        for index, row in enumerate(rows)
    )
    _check_own(record, [each.site for each in found])
    return found


def read_body(record: Record) -> SiteBody:
    """What a record of any site kind says.

    Raises:
        RecordError: a code of docs/spec/site.md §9.
    """
    return _READERS[record.kind](record)


def _read_renewal(record: Record) -> Renewal:
    return Renewal(_own(record, record.body), fields.instant(record.body, "renew_by"))


def _read_ending(record: Record) -> Ending:
    words = fields.words(record.body, "words", WORDS_LENGTH_MAX)
    return Ending(_own(record, record.body), words)


def _read_exposure(record: Record) -> Exposure:
    return Exposure(
        _sites(record, record.body),
        fields.words(record.body, "viewer", WORDS_LENGTH_MAX),
        fields.integer(record.body, "precision_mm", 0, PRECISION_MM_MAX),
        fields.words(record.body, "way", WORDS_LENGTH_MAX),
    )


def _read_withdrawal(record: Record) -> Withdrawal:
    _check_one_recipient(record)
    why = fields.choice(record.body, "why", WithdrawalWhy)
    return Withdrawal(_sites(record, record.body), why)


def _read_consent(record: Record) -> Consent | ConsentWithdrawal:
    body = record.body
    recipient = PartyId(fields.form(body, "recipient", PARTY_ID))
    if recipient == record.author:
        raise RecordError("field-form", "recipient: a party needs no consent of its own")
    sites = None if fields.required(body, "sites") is None else _sites(record, body)
    words = fields.words(body, "words", WORDS_LENGTH_MAX)
    if record.kind == CONSENT_WITHDRAWAL:
        return ConsentWithdrawal(recipient, sites, words)
    return Consent(
        recipient,
        sites,
        fields.integer(body, "precision_mm", 0, PRECISION_MM_MAX),
        fields.flag(body, "names"),
        fields.flag(body, "contact"),
        fields.instant(body, "until"),
        words,
    )


def _read_finding(record: Record) -> Finding:
    body, site = record.body, fields.site(record.body)
    owner = site.partition("/")[0]
    expected = () if record.author == owner else (PartyId(owner),)
    if record.recipients != expected:
        raise RecordError(
            "finding-audience", f"{', '.join(record.recipients) or 'nobody'}; the owner is {owner}"
        )
    return Finding(
        site,
        fields.integer(body, "version", 1, VERSION_MAX),
        fields.choice(body, "finding", FindingWord),
        origin_from_body(body),
        fields.words(body, "words", WORDS_LENGTH_MAX),
    )


def notified_from_body(value: object, field: str) -> NotifiedSite:
    """Read a site as one recipient may know it.

    Raises:
        RecordError: a code of docs/spec/site.md §9, naming the field and the limit.
    """
    body = fields.mapping(value, field)
    state = fields.choice(body, "state", SiteState)
    if state in (SiteState.EXPIRED, SiteState.ENDED):
        raise RecordError(
            "field-form", f"{field}.state: {state} is judged by the reader, or withdrawn"
        )
    place = place_from_body(fields.required(body, "place"), f"{field}.place")
    precision_mm = fields.integer(body, "precision_mm", 0, PRECISION_MM_MAX)
    if precision_mm and 2 * place.radius_mm < precision_mm:
        why = f"{field}.place: a disc of {place.radius_mm} mm is finer than {precision_mm} mm"
        raise RecordError("too-fine", why)
    names = fields.required(body, "names")
    return NotifiedSite(
        site=fields.site(body),
        version=fields.integer(body, "version", 1, VERSION_MAX),
        kind=fields.choice(body, "kind", SiteKind),
        state=state,
        place=place,
        precision_mm=precision_mm,
        names=names_from_body(body) if names else (),
        contact=contact_from_body(body),
        valid_from=fields.instant_or_none(body, "valid_from"),
        valid_until=fields.instant_or_none(body, "valid_until"),
        renew_by=fields.instant(body, "renew_by"),
    )


def erased_notice_row(row: object) -> NotifiedSite | None:
    """What is left of an erased site in the stub of a notice; None: it was not erased."""
    left = erased_entry(row) if isinstance(row, Mapping) else None
    if left is None:
        return None
    return NotifiedSite(
        site=left.site, version=left.version, kind=SiteKind.OTHER, state=SiteState.SELF_REPORTED,
        place=NOWHERE, precision_mm=0, names=(), contact=None, valid_from=None, valid_until=None,
        renew_by=left.renew_by,
    )  # fmt: skip


def emptied_notice(notified: NotifiedSite) -> NotifiedSite:
    """A notified site as it is kept in memory once it is erased: the same as after the next start."""
    row = {
        "erased": True, "site": notified.site, "version": notified.version,
        "renew_by": str(notified.renew_by),
    }  # fmt: skip
    return erased_notice_row(row) or notified


def _own(record: Record, body: fields.Body) -> SiteId:
    site = fields.site(body)
    _check_own(record, [site])
    return site


def _read_request(record: Record) -> ErasureRequest:
    _check_one_recipient(record)
    request = read_request(record)
    _check_own(record, list(request.sites))
    return request


def _read_reply(record: Record) -> ErasureReply:
    _check_one_recipient(record)
    return read_reply(record)


def _sites(record: Record, body: fields.Body) -> tuple[SiteId, ...]:
    values = fields.rows(body, "sites", ROWS_MAX)
    found = [fields.site({"sites": value}, "sites") for value in values]
    _check_own(record, found)
    return tuple(found)


def _check_own(record: Record, sites: list[SiteId]) -> None:
    """Ids are minted by whoever speaks for the site, and nobody else speaks for it (L-26)."""
    start = f"{record.author}/"
    for site in sites:
        if not site.startswith(start):
            raise RecordError("not-owner", f"{site} is not of {record.author}")
    if len(set(sites)) != len(sites):
        raise RecordError("site-twice", "one site stands twice in one record")


def _check_one_recipient(record: Record) -> None:
    if len(record.recipients) != 1:
        raise RecordError(
            "one-recipient", f"{len(record.recipients)} recipients; what each may know differs"
        )


_READERS: Final[Mapping[str, Callable[[Record], SiteBody]]] = {
    ENTRIES: read_entries,
    RENEWAL: _read_renewal,
    ENDING: _read_ending,
    CONSENT: _read_consent,
    CONSENT_WITHDRAWAL: _read_consent,
    EXPOSURE: _read_exposure,
    FINDING: _read_finding,
    NOTICE: read_notice,
    WITHDRAWAL: _read_withdrawal,
    PROPOSALS: read_proposals,
    ANSWER: read_answer,
    ERASURE: read_erasure,
    REQUEST: _read_request,
    REPLY: _read_reply,
}
