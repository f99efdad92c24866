"""Consents of the owners of sites and movements: who may tell whom of what is theirs."""

from collections import Counter
from collections.abc import Iterator

from comity.domain.observations.held import HeldConsent
from comity.domain.observations.observation import (
    Consent,
    ConsentWithdrawal,
    Entry,
    ObservationKind,
    Report,
    Subject,
)
from comity.domain.records import Record
from comity.kernel.errors import RecordError
from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant

CONSENTS_PER_PARTY_MAX = 5_000


class ConsentBook:
    """Every consent that came here, own ones included."""

    def __init__(self, me: PartyId) -> None:
        self._me = me
        self._held: dict[RecordDigest, HeldConsent] = {}
        self._counts: Counter[PartyId] = Counter()

    def get(self, record: RecordDigest) -> HeldConsent | None:
        """One consent by its record."""
        return self._held.get(record)

    def held(self) -> Iterator[HeldConsent]:
        """Every consent, in the order in which it came."""
        return iter(self._held.values())

    def take(self, record: Record, consent: Consent, received_at: Instant) -> None:
        """Take in a consent of the owner of its subject.

        Raises:
            RecordError: `observation-limit`.
        """
        self._drop_ended(received_at)
        count = self._counts[record.author]
        if count >= CONSENTS_PER_PARTY_MAX:
            why = f"{count} consents of {record.author}, at most {CONSENTS_PER_PARTY_MAX}"
            raise RecordError("observation-limit", why)
        self._held[record.digest] = HeldConsent(
            record.digest, record.author, record.recipients, consent
        )
        self._counts[record.author] += 1

    def withdraw(self, record: Record, body: ConsentWithdrawal, received_at: Instant) -> None:
        """Let a consent hold no more, by the word of its owner alone.

        Raises:
            RecordError: `observation-unknown`, `observation-owner`.
        """
        held = self._held.get(body.consent)
        if held is None:
            raise RecordError("observation-unknown", f"no consent {body.consent[:12]} is here")
        if held.owner != record.author:
            raise RecordError("observation-owner", f"the consent is {held.owner}'s")
        if held.withdrawn_at is None:
            held.withdrawn_at = received_at

    def refusal(self, entry: Entry, recipient: PartyId, at: Instant) -> str | None:
        """Why the owner of an entry's subject has not let this party tell a recipient; None: it has."""
        if entry.subject is None:
            return None
        held = None if entry.consent is None else self._held.get(entry.consent)
        if held is None:
            return f"{entry.subject.owner}, whose it is, has not consented"
        return _fault(held, entry.subject, entry.kind, self._me, recipient, at)

    def check_report(self, record: Record, report: Report) -> None:
        """Hold a report against the consent that it names, where that is here.

        One that is not here may still come, by another log; it is shown as not seen.

        Raises:
            RecordError: `observation-consent`.
        """
        if report.subject is None or report.consent is None:
            return
        if report.subject.owner in (record.author, *record.recipients):
            return
        held = self._held.get(report.consent)
        if held is None:
            return
        [recipient] = record.recipients
        why = _fault(held, report.subject, report.kind, record.author, recipient, record.made_at)
        if why is not None:
            raise RecordError("observation-consent", why)

    def word_of(self, author: PartyId, report: Report, recipient: PartyId, at: Instant) -> str:
        """How the consent for a report stands here: a word for a screen."""
        if report.subject is None or report.subject.owner in (author, recipient):
            return "not-needed"
        held = None if report.consent is None else self._held.get(report.consent)
        if held is None:
            return "not-seen-here"
        why = _fault(held, report.subject, report.kind, author, recipient, at)
        return "given" if why is None else "not-any-more"

    def _drop_ended(self, now: Instant) -> None:
        for held in [each for each in self._held.values() if each.consent.until < now]:
            del self._held[held.record]
            self._counts[held.owner] -= 1


def _fault(
    held: HeldConsent,
    subject: Subject,
    kind: ObservationKind,
    observer: PartyId,
    recipient: PartyId,
    at: Instant,
) -> str | None:
    consent, owner = held.consent, subject.owner
    if (held.owner, consent.subject_kind, consent.subject) != (owner, subject.kind, subject.id):
        return f"the consent named is not {owner}'s for this {subject.kind}"
    if consent.observer != observer:
        return f"{owner} consented that {consent.observer} tells, not {observer}"
    if recipient not in consent.recipients:
        return f"{owner} has not consented that {recipient} is told"
    if kind not in consent.kinds:
        return f"{owner} has not consented to {kind}"
    if at >= consent.until:
        return f"the consent of {owner} ended at {consent.until}"
    if held.withdrawn_at is not None and held.withdrawn_at <= at:
        return f"{owner} withdrew its consent"
    return None
