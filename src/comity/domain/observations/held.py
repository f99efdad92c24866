"""What a node holds of observations: its own entries with what went out of them, and what others reported."""

from dataclasses import dataclass, field
from enum import StrEnum

from comity.domain.observations.observation import (
    Approval,
    Consent,
    Entry,
    ObservationKind,
    Report,
    Verified,
)
from comity.kernel.ids import ObservationId, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant
from comity.kernel.invariants import InvariantError


class ObservationState(StrEnum):
    """How one record stands."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(slots=True)
class Sent:
    """One report that went out, and whether it was taken back."""

    record: RecordDigest
    recipient: PartyId
    entry: RecordDigest
    report: Report
    at: Instant
    withdrawn_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One person's check of a record against others."""

    operator: OperatorId
    at: Instant
    verified: Verified


@dataclass(slots=True)
class HeldObservation:
    """An own entry or a report of another party. Only the book changes it.

    Attributes:
        entry: of an own one; None else.
        report: of another party's; None else.
        labels: of the record.
        replaced_by: what took its place.
        withdrawn: why it was taken back; None where it stands.
        sent: reports made of an own one, by recipient, the last one last.
        approvals: of an own one, by recipient and form.
        checks: what persons here recorded.
    """

    record: RecordDigest
    author: PartyId
    operator: OperatorId
    made_at: Instant
    received_at: Instant
    labels: tuple[str, ...]
    entry: Entry | None = None
    report: Report | None = None
    replaced_by: RecordDigest | None = None
    withdrawn: str | None = None
    withdrawn_at: Instant | None = None
    sent: dict[PartyId, list[Sent]] = field(default_factory=dict)
    approvals: dict[tuple[PartyId, str], list[Approval]] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)

    @property
    def said(self) -> Entry | Report:
        """What it says, in either form."""
        said = self.entry if self.entry is not None else self.report
        if said is None:
            raise InvariantError("neither an entry nor a report")
        return said

    @property
    def id(self) -> ObservationId:
        """Its id."""
        return self.said.id

    @property
    def kind(self) -> ObservationKind:
        """Its kind."""
        return self.said.kind

    @property
    def stands(self) -> bool:
        """Whether it is neither replaced nor taken back."""
        return self.replaced_by is None and self.withdrawn is None


@dataclass(slots=True)
class HeldConsent:
    """A consent as it came, and whether it was withdrawn."""

    record: RecordDigest
    owner: PartyId
    recipients: tuple[PartyId, ...]
    consent: Consent
    withdrawn_at: Instant | None = None
