"""Shapes of the local API's bodies and answers about observations."""

from typing import Any

import msgspec


class _Told(msgspec.Struct, kw_only=True):
    """An answer."""


class _Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A body; a field that is not known is refused by name."""


class SubjectWritten(_Asked):
    """A site or movement, by its id and the digest of what was known of it."""

    kind: str
    id: str
    digest: str


class SourceWritten(_Asked):
    """Who or what it comes from.

    Attributes:
        kind: person, crew, sensor, imagery, document, open-source, partner, unknown.
        reliability: A to F; F where it cannot be judged.
        name: as this party knows it; never leaves. Without one it is of no known origin.
    """

    kind: str = "unknown"
    reliability: str = "F"
    name: str = ""


class LinkWritten(_Asked):
    """One step of provenance.

    Attributes:
        relation: derived-from, reported-by, same-origin.
        record: digest of the other record.
        observation: its id, where the record is not here.
    """

    relation: str
    record: str
    observation: str | None = None


class ObservationWritten(_Asked):
    """An observation as a person writes it.

    Attributes:
        position: in any form that people use; only the cell that holds it is kept.
        within: how far it may be from there, with its unit, `2 km`: what was seen, and the error.
        begins: RFC 3339 with its zone; begins and ends hold the time, its error included.
        words: everything; no position with figures.
        words_below: below the tear line.
        credibility: 1 to 6; 6 where it cannot be judged.
        labels: of this party's policy; without one it goes nowhere.
        consent: digest of the record by which the subject's owner consented.
    """

    kind: str
    nature: str
    begins: str
    ends: str
    position: str | None = None
    within: str = "0 m"
    subject: SubjectWritten | None = None
    words: str = ""
    words_below: str = ""
    source: SourceWritten = msgspec.field(default_factory=SourceWritten)
    credibility: int = 6
    provenance: list[LinkWritten] = []
    labels: list[str] = []
    legal_basis: str = "flight-safety"
    consent: str | None = None


class EnterObservation(_Asked):
    """An observation to enter, or to put in the place of one that stands."""

    observation: ObservationWritten
    revises: str | None = None


class ReleaseTo(_Asked):
    """Parties to whom it is to go; a preview without any shows every peer."""

    to: list[str] = []


class ApproveForm(_Asked):
    """The form, by its digest in the preview, that may go to a party."""

    to: str
    form: str


class TakeBack(_Asked):
    """Why it is taken back."""

    reason: str = ""


class VerifyAgainst(_Asked):
    """Records of another origin, and what the check was.

    Attributes:
        record: which record of it was checked; the one that stands if left out.
    """

    beside: list[str]
    words: str = ""
    record: str | None = None


class GiveConsent(_Asked):
    """What the owner of a site or movement lets another party tell of it."""

    subject_kind: str
    subject: str
    observer: str
    to: list[str]
    kinds: list[str]
    until: str


class WithdrawConsent(_Asked):
    """A consent that holds no more."""

    consent: str
    reason: str = ""


class AreaTold(_Told):
    """A cell of the published grid, and the disc that stands for it: it is somewhere in there.

    Attributes:
        latitude_deg: of the middle of the disc, WGS 84; not of what was observed.
        k: of how many of the finest cells that may be told this one is made.
    """

    level: int
    row: int
    column: int
    latitude_deg: float
    longitude_deg: float
    radius_m: float
    k: int
    whereabouts: str


class SubjectTold(_Told):
    """A site or movement of another page."""

    kind: str
    id: str
    digest: str


class SourceTold(_Told):
    """What is known or told of the source; a name only of an own one."""

    kind: str | None
    reliability: str
    name: str | None = None


class LinkTold(_Told):
    """One step of provenance."""

    relation: str
    observation: str
    record: str
    here: bool


class SupportTold(_Told):
    """How many origins bear some records (docs/spec/observation.md §6).

    Attributes:
        words: the same in words.
        counted: own origins, and one at most on the word of each other party.
        left_out: records that count for nothing, for they were taken back or rest on what was.
    """

    words: str
    records: list[str]
    left_out: list[str]
    reports: int
    channels: int
    stated: int
    counted: int
    unknown: list[str]
    circular: list[str]
    classes: list[list[str]]


class CheckTold(_Told):
    """What a person recorded of a check."""

    operator: str
    at: str
    beside: list[str]
    words: str


class SentTold(_Told):
    """One report that went out. `receipted` false means unknown."""

    recipient: str
    record: str
    at: str
    withdrawn_at: str | None
    receipted: bool


class ObservationTold(_Told):
    """An observation as this node may show it.

    Attributes:
        consent: `not-needed`, `given`, `not-seen-here` or `not-any-more`; of an own one whether it names one.
        in_question: records that it rests on and that were taken back.
        resting_on_it: records here that rest on it; left out of lists.
        beside: records that may tell of the same, for a person to judge; left out of lists.
    """

    observation: str
    record: str
    revision: int | None
    author: str
    operator: str
    own: bool
    exercise: bool
    state: str
    kind: str
    nature: str
    area: AreaTold | None
    subject: SubjectTold | None
    begins: str
    ends: str
    words: str
    words_below: str | None
    source: SourceTold | None
    credibility: int
    origins: list[str]
    provenance: list[LinkTold]
    labels: list[str]
    onward: list[str]
    legal_basis: str
    consent: str
    approved_by: str | None
    made_at: str
    received_at: str
    withdrawn_because: str | None
    circular: bool
    in_question: list[str]
    resting_on_it: list[str]
    beside: list[str]
    checks: list[CheckTold]
    sent: list[SentTold]


class ObservationsTold(_Told):
    """A page of observations."""

    observations: list[ObservationTold]
    total: int
    as_of: str


class FormTold(_Told):
    """What one party would be told, or why nothing.

    Attributes:
        body: the very bytes of the record's body; UTF-8, which canonical JSON is.
        form: its digest, with labels and recipient; what an approval names.
        approved_by: other persons who approved it.
    """

    recipient: str
    why_not: str | None = None
    body: str | None = None
    labels: list[str] = []
    form: str | None = None
    two_persons: bool = False
    approved_by: list[str] = []


class ReleasedTold(_Told):
    """One record that was made and is owed to a party."""

    recipient: str
    digest: str
    kind: str


class ConsentTold(_Told):
    """A consent as it stands here."""

    consent: str
    owner: str
    subject_kind: str
    subject: str
    observer: str
    to: list[str]
    kinds: list[str]
    until: str
    withdrawn_at: str | None
    stands: bool


class PolicyTold(_Told):
    """The policy in force.

    Attributes:
        policy: as a record carries it; null where none was ever set, and then nothing goes out.
    """

    record: str | None
    policy: dict[str, Any] | None
