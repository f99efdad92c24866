"""The form in which one recipient is told of an observation: one function makes it, shows it and is held to it.

The preview, the record and the gate all come here, so that what is shown is what goes, to the byte.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from comity.domain.geometry.nested_cells import Cell, coarser
from comity.domain.observations.bodies import REPORT, report_to_body
from comity.domain.observations.observation import ORIGINS_MAX, Entry, GradedSource, Link, Report
from comity.domain.observations.policy import (
    LabelRule,
    Policy,
    SourceTold,
    WordsTold,
    stricter_marking,
)
from comity.domain.records import encode_canonical
from comity.kernel.ids import OriginId, PartyId, RecordDigest
from comity.kernel.instants import UNIX_MS_MAX, Instant

FORM_PREFIX = b"comity observation form v1\n"


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A report of another party that an entry rests on.

    Attributes:
        onward: to whom its author lets it be passed on.
        labels: of its record.
        withdrawn: whether its author took it back.
    """

    record: RecordDigest
    author: PartyId
    onward: tuple[PartyId, ...]
    labels: tuple[str, ...]
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Lineage:
    """What an entry rests on, as far as it is here.

    Attributes:
        reports: every report of another party among its ancestors.
        missing: records that it or an ancestor names and that are not here.
        origins: its own and all ancestors'.
    """

    reports: tuple[Ancestor, ...]
    missing: tuple[RecordDigest, ...]
    origins: tuple[OriginId, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing goes to this recipient, and why, in words that show nothing of the observation."""

    why: str


@dataclass(frozen=True, slots=True)
class Form:
    """What one recipient would be told.

    Attributes:
        report: without an approval, which comes after the form.
        two_persons: whether another person must approve this form first.
    """

    recipient: PartyId
    report: Report
    labels: tuple[str, ...]
    exercise: bool
    two_persons: bool

    @property
    def body(self) -> dict[str, Any]:
        """The record's body."""
        return report_to_body(self.report)

    @property
    def body_bytes(self) -> bytes:
        """The very bytes of the body."""
        return encode_canonical(self.body)

    @property
    def digest(self) -> str:
        """What an approval names: recipient, labels and every byte of the body."""
        said = {
            "body": self.body,
            "exercise": self.exercise,
            "kind": REPORT,
            "labels": list(self.labels),
            "recipient": self.recipient,
        }
        return hashlib.sha256(FORM_PREFIX + encode_canonical(said)).hexdigest()


def form_for(
    entry: Entry,
    recipient: PartyId,
    policy: Policy | None,
    lineage: Lineage,
    *,
    me: PartyId,
    recipient_has: Callable[[RecordDigest], bool],
    supersedes: RecordDigest | None,
    consented: Callable[[Entry, PartyId], str | None],
    exercise: bool,
) -> Form | Refused:
    """Everything that one recipient may be told of an entry, or why nothing.

    Args:
        entry: this party's.
        recipient: one party.
        policy: in force; None where none was ever set.
        lineage: what the entry rests on.
        me: whose entry it is.
        recipient_has: whether a record was made by the recipient or went to it.
        supersedes: the last report of it to this recipient that stands.
        consented: why the owner of the subject does not let this recipient be told; None where it does.
        exercise: in which world.
    """
    if policy is None:
        return Refused("this party has no policy of release")
    rule = policy.strictest(entry.labels)
    if isinstance(rule, str):
        return Refused(rule)
    if recipient not in rule.recipients:
        return Refused(f"the policy does not name {recipient} for every label of it")
    if entry.kind not in rule.kinds:
        return Refused(f"the policy does not name {entry.kind} for every label of it")
    why = _held_back_by_others(lineage, recipient) or _subject_refused(
        entry, recipient, me, consented
    )
    if why is not None:
        return Refused(why)
    if len(lineage.origins) > ORIGINS_MAX:
        return Refused(
            f"it rests on {len(lineage.origins)} origins, at most {ORIGINS_MAX} are told"
        )
    marking = stricter_marking(
        [rule.marking, *(label for each in lineage.reports for label in each.labels)]
    )
    report = Report(
        id=entry.id,
        supersedes=supersedes,
        kind=entry.kind,
        nature=entry.nature,
        area=coarse_area(entry.area, rule.level_max),
        subject=entry.subject,
        begins=step_before(entry.begins, rule.time_step_s),
        ends=step_after(entry.ends, rule.time_step_s),
        words=_words_told(entry, rule),
        source=_source_told(entry, rule),
        credibility=entry.credibility,
        origins=lineage.origins,
        provenance=_links_told(entry.provenance, recipient_has),
        onward=_onward(rule, lineage, marking, recipient),
        legal_basis=entry.legal_basis,
        consent=entry.consent,
        approval=None,
    )
    return Form(recipient, report, (marking.value,), exercise, rule.two_persons)


def coarse_area(area: Cell | None, level_max: int) -> Cell | None:
    """The cell that is told: the entry's own, or the coarser one that it lies in."""
    return None if area is None else coarser(area, min(area.level, level_max))


def step_before(at: Instant, step_s: int) -> Instant:
    """The last step at or before an instant."""
    step_ms = step_s * 1_000
    return Instant(at.unix_ms // step_ms * step_ms)


def step_after(at: Instant, step_s: int) -> Instant:
    """The first step at or after an instant."""
    step_ms = step_s * 1_000
    return Instant(min(-(-at.unix_ms // step_ms) * step_ms, UNIX_MS_MAX))


def _held_back_by_others(lineage: Lineage, recipient: PartyId) -> str | None:
    """Originator control: whoever was told first decides how far it goes."""
    if lineage.missing:
        return "it rests on a record that is not here, whose author cannot be asked"
    for each in lineage.reports:
        if each.withdrawn:
            return f"it rests on a report that {each.author} took back"
        if recipient != each.author and recipient not in each.onward:
            return f"it rests on a report of {each.author}, who does not let it go to {recipient}"
    return None


def _subject_refused(
    entry: Entry,
    recipient: PartyId,
    me: PartyId,
    consented: Callable[[Entry, PartyId], str | None],
) -> str | None:
    if entry.subject is None or entry.subject.owner in (me, recipient):
        return None
    return consented(entry, recipient)


def _words_told(entry: Entry, rule: LabelRule) -> str:
    match rule.words:
        case WordsTold.NONE:
            return ""
        case WordsTold.BELOW_TEAR_LINE:
            return entry.words_below
        case WordsTold.ALL:
            return entry.words or entry.words_below


def _source_told(entry: Entry, rule: LabelRule) -> GradedSource | None:
    match rule.source:
        case SourceTold.NOTHING:
            return None
        case SourceTold.RELIABILITY:
            return GradedSource(None, entry.source.reliability)
        case SourceTold.KIND:
            return GradedSource(entry.source.kind, entry.source.reliability)


def _links_told(
    links: Iterable[Link], recipient_has: Callable[[RecordDigest], bool]
) -> tuple[Link, ...]:
    return tuple(each for each in links if recipient_has(each.record))


def _onward(
    rule: LabelRule, lineage: Lineage, marking: str, recipient: PartyId
) -> tuple[PartyId, ...]:
    """Parties that this party's rule and every author before it let it go on to."""
    if marking in ("tlp:red", "tlp:amber+strict"):
        return ()
    allowed = set(rule.onward)
    for each in lineage.reports:
        allowed &= {*each.onward, each.author}
    return tuple(sorted(allowed - {recipient}))
