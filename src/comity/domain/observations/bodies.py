"""Bodies of the observation records, checked to the letter before anything acts on them.

Source: docs/spec/observation.md §2 to §4.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, Final

from comity.domain.geometry.nested_cells import CELL_LEVEL_COARSEST, Cell
from comity.domain.observations.observation import (
    AREA_LEVEL_MAX,
    CREDIBILITY_MAX,
    CREDIBILITY_MIN,
    LABELS_MAX,
    NATURES,
    ORIGINS_MAX,
    PROVENANCE_MAX,
    REASON_LENGTH_MAX,
    REVISION_MAX,
    SITE_KINDS,
    SOURCE_NAME_LENGTH_MAX,
    SUBJECT_OF,
    WINDOW_S_MAX,
    WORDS_LENGTH_MAX,
    Approval,
    Approved,
    Consent,
    ConsentWithdrawal,
    Ending,
    Entry,
    GradedSource,
    Link,
    ObservationKind,
    Relation,
    Reliability,
    Report,
    Source,
    SourceKind,
    Subject,
    SubjectKind,
    Verified,
    Withdrawal,
)
from comity.domain.observations.policy import LABEL, Policy, policy_from_body, policy_to_body
from comity.domain.observations.words_check import position_in
from comity.domain.records import Record
from comity.domain.records.body_fields import (
    array,
    choice,
    digest,
    instant,
    integer,
    mapping,
    optional,
    parties,
    text,
    words,
)
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import (
    OBSERVATION_ID,
    OPERATOR_ID,
    ORIGIN_ID,
    PARTY_ID,
    ObservationId,
    OperatorId,
    OriginId,
    PartyId,
    RecordDigest,
)
from comity.kernel.instants import Instant

ENTRY: Final = "observation.entry"
APPROVAL: Final = "observation.approval"
VERIFICATION: Final = "observation.verification"
ENDING: Final = "observation.ending"
POLICY: Final = "observation.policy"
REPORT: Final = "observation.report"
WITHDRAWAL: Final = "observation.withdrawal"
CONSENT: Final = "observation.consent"
CONSENT_WITHDRAWAL: Final = "observation.consent-withdrawal"
PRIVATE_KINDS: Final = frozenset({ENTRY, APPROVAL, VERIFICATION, ENDING, POLICY})
SHARED_KINDS: Final = frozenset({REPORT, WITHDRAWAL, CONSENT, CONSENT_WITHDRAWAL})
KINDS: Final = PRIVATE_KINDS | SHARED_KINDS

LEGAL_BASIS = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
SUBJECT_ID = OBSERVATION_ID  # every global id has one form: <party>/<16 hex>
_ROW_MAX = 2**20

Body = (
    Entry
    | Approved
    | Verified
    | Ending
    | Policy
    | Report
    | Withdrawal
    | Consent
    | ConsentWithdrawal
)


def read_body(record: Record) -> Body:
    """Check the body of an observation record completely.

    Raises:
        RecordError: `missing-field`, `field-form`, `field-limit`, `observation-owner`,
            `observation-recipients`, `observation-kind`, `observation-area`, `observation-position`,
            `observation-field`, `observation-revision`, `observation-second-person`,
            `observation-consent` or `observation-policy`.
    """
    reader = _READERS.get(record.kind)
    if reader is None:
        raise RecordError("field-form", f"kind: {record.kind!r} is not an observation record")
    if record.kind_version != 1:
        raise RecordError("field-limit", f"kind_version: {record.kind_version}, known is 1")
    if record.kind in PRIVATE_KINDS and record.recipients:
        raise RecordError("observation-recipients", f"{record.kind} goes to nobody")
    if record.kind in (REPORT, WITHDRAWAL) and len(record.recipients) != 1:
        why = f"to {len(record.recipients)}; each recipient has a form of its own"
        raise RecordError("observation-recipients", why)
    if record.kind in (CONSENT, CONSENT_WITHDRAWAL) and not record.recipients:
        raise RecordError("observation-recipients", "to nobody")
    body = reader(record)
    if to_body(body) != record.body:
        why = "a field that docs/spec/observation.md does not name; nothing else may stand here"
        raise RecordError("observation-field", why)
    return body


def to_body(body: Body) -> dict[str, Any]:
    """The record form of any body: all that may stand in one."""
    match body:
        case Entry():
            return entry_to_body(body)
        case Report():
            return report_to_body(body)
        case Approved():
            return {"entry": body.entry, "form": body.form, "recipient": body.recipient}
        case Verified():
            return {"beside": list(body.beside), "record": body.record, "words": body.words}
        case Ending() | Withdrawal():
            return {"observation": body.id, "reason": body.reason, "record": body.record}
        case Consent():
            return consent_to_body(body)
        case ConsentWithdrawal():
            return {"consent": body.consent, "reason": body.reason}
        case Policy():
            return policy_to_body(body)


def entry_to_body(entry: Entry) -> dict[str, Any]:
    """The record form of an entry."""
    return {
        "area": area_to_body(entry.area),
        "begins": str(entry.begins),
        "consent": entry.consent,
        "credibility": entry.credibility,
        "ends": str(entry.ends),
        "kind": entry.kind.value,
        "labels": list(entry.labels),
        "legal_basis": entry.legal_basis,
        "nature": entry.nature,
        "observation": entry.id,
        "origin": entry.origin,
        "provenance": [_link_to_body(each) for each in entry.provenance],
        "replaces": entry.replaces,
        "revision": entry.revision,
        "source": {
            "kind": entry.source.kind.value,
            "name": entry.source.name,
            "reliability": entry.source.reliability.value,
        },
        "subject": _subject_to_body(entry.subject),
        "words": entry.words,
        "words_below": entry.words_below,
    }


def report_to_body(report: Report) -> dict[str, Any]:
    """The record form of a report."""
    source, approval = report.source, report.approval
    return {
        "approval": None
        if approval is None
        else {"operator": approval.operator, "record": approval.record},
        "area": area_to_body(report.area),
        "begins": str(report.begins),
        "consent": report.consent,
        "credibility": report.credibility,
        "ends": str(report.ends),
        "kind": report.kind.value,
        "legal_basis": report.legal_basis,
        "nature": report.nature,
        "observation": report.id,
        "onward": list(report.onward),
        "origins": list(report.origins),
        "provenance": [_link_to_body(each) for each in report.provenance],
        "source": None
        if source is None
        else {
            "kind": None if source.kind is None else source.kind.value,
            "reliability": source.reliability.value,
        },
        "subject": _subject_to_body(report.subject),
        "supersedes": report.supersedes,
        "words": report.words,
    }


def consent_to_body(consent: Consent) -> dict[str, Any]:
    """The record form of a consent."""
    return {
        "kinds": [each.value for each in consent.kinds],
        "observer": consent.observer,
        "parties": list(consent.recipients),
        "subject": {"id": consent.subject, "kind": consent.subject_kind.value},
        "until": str(consent.until),
    }


def area_to_body(area: Cell | None) -> dict[str, int] | None:
    """A cell by its place in the grid; there is no member in which a point could stand."""
    if area is None:
        return None
    return {"column": area.column, "level": area.level, "row": area.row}


def _read_entry(record: Record) -> Entry:
    body = record.body
    revision = integer(body, "revision", 1, REVISION_MAX)
    replaces = _optional_digest(body, "replaces")
    if (replaces is None) != (revision == 1):
        raise RecordError("observation-revision", f"revision {revision} replaces {replaces}")
    kind, nature = _read_kind(body)
    begins, ends = _read_window(body)
    labels = array(body, "labels", LABELS_MAX)
    for label in labels:
        if type(label) is not str or LABEL.fullmatch(label) is None:
            raise RecordError("field-form", f"labels: {str(label)[:40]!r} is not {LABEL.pattern}")
    if any(before >= after for before, after in pairwise(labels)):
        raise RecordError("field-form", "labels: not ascending, or one twice")
    origin = optional(body, "origin", lambda of, name: OriginId(text(of, name, ORIGIN_ID)))
    if origin is not None and origin.split("/")[0] != record.author:
        raise RecordError("observation-owner", f"origin: {origin} is not minted here")
    source = mapping(body, "source")
    return Entry(
        id=_own_id(record),
        revision=revision,
        replaces=replaces,
        kind=kind,
        nature=nature,
        area=_read_area(body, kind),
        subject=_read_subject(body, kind),
        begins=begins,
        ends=ends,
        words=_read_words(body, "words"),
        words_below=_read_words(body, "words_below"),
        source=Source(
            choice(source, "kind", SourceKind),
            choice(source, "reliability", Reliability),
            words(source, "name", SOURCE_NAME_LENGTH_MAX, least=0),
        ),
        credibility=integer(body, "credibility", CREDIBILITY_MIN, CREDIBILITY_MAX),
        origin=origin,
        provenance=_read_provenance(record),
        labels=tuple(labels),
        legal_basis=text(body, "legal_basis", LEGAL_BASIS),
        consent=_optional_digest(body, "consent"),
    )


def _read_report(record: Record) -> Report:
    body = record.body
    kind, nature = _read_kind(body)
    begins, ends = _read_window(body)
    subject = _read_subject(body, kind)
    consent = _optional_digest(body, "consent")
    owner = None if subject is None else subject.owner
    if owner not in (None, record.author, *record.recipients) and consent is None:
        raise RecordError("observation-consent", f"consent: null, and {owner} owns the subject")
    origins = array(body, "origins", ORIGINS_MAX)
    for origin in origins:
        if type(origin) is not str or ORIGIN_ID.fullmatch(origin) is None:
            raise RecordError("field-form", f"origins: {str(origin)[:80]!r} is not an origin")
    if any(before >= after for before, after in pairwise(origins)):
        raise RecordError("field-form", "origins: not ascending, or one twice")
    return Report(
        id=_own_id(record),
        supersedes=_optional_digest(body, "supersedes"),
        kind=kind,
        nature=nature,
        area=_read_area(body, kind),
        subject=subject,
        begins=begins,
        ends=ends,
        words=_read_words(body, "words"),
        source=optional(body, "source", _read_graded),
        credibility=integer(body, "credibility", CREDIBILITY_MIN, CREDIBILITY_MAX),
        origins=tuple(OriginId(each) for each in origins),
        provenance=_read_provenance(record),
        onward=parties(body, "onward"),
        legal_basis=text(body, "legal_basis", LEGAL_BASIS),
        consent=consent,
        approval=optional(body, "approval", lambda of, name: _read_approval(of, name, record)),
    )


def _read_approved(record: Record) -> Approved:
    return Approved(
        RecordDigest(digest(record.body, "entry")),
        PartyId(text(record.body, "recipient", PARTY_ID)),
        digest(record.body, "form"),
    )


def _read_verified(record: Record) -> Verified:
    beside = array(record.body, "beside", PROVENANCE_MAX)
    found = tuple(RecordDigest(digest({"beside": each}, "beside")) for each in beside)
    if not found or any(before >= after for before, after in pairwise(found)):
        raise RecordError("field-form", "beside: empty, not ascending, or a record twice")
    return Verified(
        RecordDigest(digest(record.body, "record")), found, _read_words(record.body, "words")
    )


def _read_ending(record: Record) -> Ending:
    return Ending(_own_id(record), RecordDigest(digest(record.body, "record")), _reason(record))


def _read_withdrawal(record: Record) -> Withdrawal:
    return Withdrawal(_own_id(record), RecordDigest(digest(record.body, "record")), _reason(record))


def _read_policy(record: Record) -> Policy:
    return policy_from_body(record.body)


def _read_consent(record: Record) -> Consent:
    body = record.body
    subject = mapping(body, "subject")
    subject_id = text(subject, "id", SUBJECT_ID)
    if subject_id.split("/")[0] != record.author:
        why = f"subject: {subject_id} is not {record.author}'s, who cannot consent for it"
        raise RecordError("observation-consent", why)
    observer = PartyId(text(body, "observer", PARTY_ID))
    if observer not in record.recipients:
        raise RecordError("observation-recipients", f"{observer} may tell, and is not told so")
    kinds = tuple(
        choice({"kinds": each}, "kinds", ObservationKind)
        for each in array(body, "kinds", len(ObservationKind))
    )
    if not kinds or any(before >= after for before, after in pairwise(kinds)):
        raise RecordError("field-form", "kinds: empty, not ascending, or one twice")
    return Consent(
        choice(subject, "kind", SubjectKind),
        subject_id,
        observer,
        parties(body, "parties"),
        kinds,
        instant(body, "until"),
    )


def _read_consent_withdrawal(record: Record) -> ConsentWithdrawal:
    return ConsentWithdrawal(RecordDigest(digest(record.body, "consent")), _reason(record))


def _own_id(record: Record) -> ObservationId:
    named = text(record.body, "observation", OBSERVATION_ID)
    if named.split("/")[0] != record.author:
        raise RecordError("observation-owner", f"{named} is not minted by {record.author}")
    return ObservationId(named)


def _read_kind(body: Mapping[str, Any]) -> tuple[ObservationKind, str]:
    kind = choice(body, "kind", ObservationKind)
    nature = text(body, "nature", LEGAL_BASIS)
    if nature not in NATURES[kind]:
        known = ", ".join(sorted(NATURES[kind]))
        raise RecordError("observation-kind", f"nature: {nature!r} of {kind} is none of {known}")
    return kind, nature


def _read_window(body: Mapping[str, Any]) -> tuple[Instant, Instant]:
    begins, ends = instant(body, "begins"), instant(body, "ends")
    lasts_s = ends.minus(begins)
    if not 0.0 < lasts_s <= WINDOW_S_MAX:
        why = f"ends: {lasts_s:.3f} s after begins; more than 0, at most {WINDOW_S_MAX:.0f}"
        raise RecordError("field-limit", why)
    return begins, ends


def _read_area(body: Mapping[str, Any], kind: ObservationKind) -> Cell | None:
    if (value := optional(body, "area", mapping)) is None:
        if kind not in SITE_KINDS:
            raise RecordError("observation-area", f"area: null; {kind} has one")
        return None
    if kind in SITE_KINDS:
        raise RecordError("observation-area", f"area: {kind} names the site, and no place")
    level = integer(value, "level", 0, _ROW_MAX)
    if not CELL_LEVEL_COARSEST <= level <= AREA_LEVEL_MAX:
        why = f"area.level: {level} is not within {CELL_LEVEL_COARSEST} to {AREA_LEVEL_MAX}"
        raise RecordError("observation-area", why)
    row = integer(value, "row", -1, _ROW_MAX)
    column = integer(value, "column", 0, _ROW_MAX)
    try:
        return Cell(level, row, column)
    except InputError as error:
        raise RecordError("observation-area", f"area.{error.field}: {error.why}") from error


def _read_subject(body: Mapping[str, Any], kind: ObservationKind) -> Subject | None:
    value = optional(body, "subject", mapping)
    wanted = SUBJECT_OF[kind]
    if (value is None) != (wanted is None):
        needed = "none" if wanted is None else f"a {wanted}"
        raise RecordError("observation-kind", f"subject: {kind} has {needed}")
    if value is None:
        return None
    found = Subject(
        choice(value, "kind", SubjectKind), text(value, "id", SUBJECT_ID), digest(value, "digest")
    )
    if found.kind is not wanted:
        raise RecordError("observation-kind", f"subject: a {found.kind}; {kind} has a {wanted}")
    return found


def _read_provenance(record: Record) -> tuple[Link, ...]:
    found = []
    for item in array(record.body, "provenance", PROVENANCE_MAX):
        if type(item) is not dict:
            raise RecordError("field-form", "provenance: not an array of objects")
        found.append(
            Link(
                choice(item, "relation", Relation),
                ObservationId(text(item, "observation", OBSERVATION_ID)),
                RecordDigest(digest(item, "record")),
            )
        )
    keys = [(each.relation, each.record) for each in found]
    if any(before >= after for before, after in pairwise(keys)):
        raise RecordError("field-form", "provenance: not ascending, or a step twice")
    return tuple(found)


def _read_graded(body: Mapping[str, Any], name: str) -> GradedSource:
    value = mapping(body, name)
    kind = optional(value, "kind", lambda of, each: choice(of, each, SourceKind))
    return GradedSource(kind, choice(value, "reliability", Reliability))


def _read_approval(body: Mapping[str, Any], name: str, record: Record) -> Approval:
    value = mapping(body, name)
    operator = OperatorId(text(value, "operator", OPERATOR_ID))
    if operator == record.operator:
        why = f"{name}: {operator} both signs and approves"
        raise RecordError("observation-second-person", why)
    return Approval(operator, RecordDigest(digest(value, "record")))


def _read_words(body: Mapping[str, Any], name: str) -> str:
    said = words(body, name, WORDS_LENGTH_MAX, least=0)
    if not unicodedata.is_normalized("NFC", said):
        raise RecordError("field-form", f"{name}: not in form NFC")
    if (found := position_in(said)) is not None:
        why = f"{name}: {len(found)} characters read as a position with figures; the area is enough"
        raise RecordError("observation-position", why)
    return said


def _reason(record: Record) -> str:
    said = words(record.body, "reason", REASON_LENGTH_MAX, least=0)
    if position_in(said) is not None:
        raise RecordError("observation-position", "reason: a position with figures")
    return said


def _optional_digest(body: Mapping[str, Any], name: str) -> RecordDigest | None:
    return optional(body, name, lambda of, each: RecordDigest(digest(of, each)))


def _subject_to_body(subject: Subject | None) -> dict[str, str] | None:
    if subject is None:
        return None
    return {"digest": subject.digest, "id": subject.id, "kind": subject.kind.value}


def _link_to_body(link: Link) -> dict[str, str]:
    return {
        "observation": link.observation,
        "record": link.record,
        "relation": link.relation.value,
    }


_READERS: Mapping[str, Callable[[Record], Body]] = {
    ENTRY: _read_entry,
    APPROVAL: _read_approved,
    VERIFICATION: _read_verified,
    ENDING: _read_ending,
    POLICY: _read_policy,
    REPORT: _read_report,
    WITHDRAWAL: _read_withdrawal,
    CONSENT: _read_consent,
    CONSENT_WITHDRAWAL: _read_consent_withdrawal,
}
