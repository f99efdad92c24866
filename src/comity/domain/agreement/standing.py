"""Which version is in force, and since when: a function of the set of records, in any order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from comity.domain.agreement.parse import Agreement
from comity.domain.agreement.records import StatementAction
from comity.kernel.ids import AgreementDigest, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant


class LegalState(StrEnum):
    """Legal status of an agreement; whether the line works is another thing (L-02)."""

    DRAFT = "draft"
    """Nothing is proposed between the parties."""

    PROPOSED = "proposed"
    PARTLY_SIGNED = "partly-signed"

    SIGNED = "signed"
    """Every party signed; the first day of validity is to come."""

    IN_FORCE = "in-force"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    SUPERSEDED = "superseded"
    """A later version, which names this one, took its place."""

    RIVAL = "rival"
    """Every party signed, but another version stood in its way. Never in force."""


@dataclass(frozen=True, slots=True)
class LegalStatus:
    """How an agreement stands at an instant.

    Attributes:
        state: the one word.
        agreement: the version spoken of; None for a draft.
        by: who suspended or withdrew it, by their own statement.
        since: from when the state holds, where a record or the text says so.
        waiting_for: whose signature is missing.
    """

    state: LegalState
    agreement: AgreementDigest | None = None
    by: tuple[PartyId, ...] = ()
    since: Instant | None = None
    waiting_for: tuple[PartyId, ...] = ()

    @property
    def unilateral(self) -> bool:
        """Whether the state is one side's doing alone."""
        return bool(self.by)


@dataclass(frozen=True, slots=True)
class Signed:
    """One party's signature under a text."""

    made_at: Instant
    operator: OperatorId
    record: RecordDigest


@dataclass(frozen=True, slots=True)
class Effect:
    """One party's statement as it takes effect.

    Attributes:
        action: what it says.
        made_at: by that party's clock.
        effective_at: from when on.
        number: its place among all statements of that party, in the order of the party's log.
    """

    action: StatementAction
    made_at: Instant
    effective_at: Instant
    number: int


@dataclass(slots=True, eq=False)
class Version:
    """One text, with what its parties have said of it."""

    agreement: Agreement
    proposed_by: PartyId
    proposed_at: Instant
    signatures: dict[PartyId, Signed] = field(default_factory=dict)
    effects: dict[PartyId, list[Effect]] = field(default_factory=dict)

    @property
    def waiting_for(self) -> tuple[PartyId, ...]:
        """Parties that have not signed, in the order of the text."""
        return tuple(
            party for party in self.agreement.terms.party_ids if party not in self.signatures
        )

    @property
    def signed_at(self) -> Instant | None:
        """When the last party signed, by that party's clock; None before."""
        if self.waiting_for:
            return None
        return max(signed.made_at for signed in self.signatures.values())

    def withdrawn(self) -> tuple[Instant, tuple[PartyId, ...]] | None:
        """From when it is withdrawn and by whom first; None if by nobody.

        Before the last signature there is nothing to give notice of: it takes effect at once.
        """
        signed_at = self.signed_at
        first = [
            (
                effect.effective_at if signed_at and signed_at < effect.made_at else effect.made_at,
                party,
            )
            for party, effects in self.effects.items()
            for effect in effects
            if effect.action is StatementAction.WITHDRAW
        ]
        if not first:
            return None
        since = min(at for at, _ in first)
        return since, tuple(sorted(party for at, party in first if at == since))

    def suspensions(self, at: Instant) -> dict[PartyId, Effect]:
        """Who has this version suspended at an instant, by which of their statements.

        A restoration ends what its party suspended before it in the order of that party's log,
        whatever the clocks said then: a suspension that waits for its notice, or was made with a clock
        ahead, does not come back after it.
        """
        found: dict[PartyId, Effect] = {}
        for party, effects in self.effects.items():
            said = [effect for effect in effects if effect.effective_at <= at]
            restored = self.restored_number(party, at)
            holding = [
                effect
                for effect in said
                if effect.action is StatementAction.SUSPEND and effect.number > restored
            ]
            if holding:
                found[party] = min(holding, key=lambda each: each.effective_at)
        return found

    def restored_number(self, party: PartyId, at: Instant) -> int:
        """The number of a party's last restoration of this version in effect; -1 before the first."""
        return max(
            (
                effect.number
                for effect in self.effects.get(party, ())
                if effect.action is StatementAction.RESTORE and effect.effective_at <= at
            ),
            default=-1,
        )


def succession(versions: Mapping[AgreementDigest, Version]) -> tuple[Version, ...]:
    """The versions that came into force, in their order; each takes the place of the one before.

    Versions that every party signed are taken by the time of the last signature (then by digest).
    An amendment comes into force where it names the version then standing; a first version where
    none stands, or the one standing has ended. Any other is a rival and never comes into force.

    Source: docs/rooms/agreement.md, «In force».
    """
    complete = sorted(
        ((signed_at, digest) for digest, each in versions.items() if (signed_at := each.signed_at)),
    )
    chain: list[Version] = []
    for signed_at, digest in complete:
        version = versions[digest]
        withdrawn = version.withdrawn()
        if withdrawn is not None and withdrawn[0] <= signed_at:
            continue  # taken back before the last signature
        standing = chain[-1] if chain else None
        amends = version.agreement.terms.amends
        if amends is None:
            if standing is None or _ended(standing, signed_at):
                chain.append(version)
        elif (
            standing is not None
            and standing.agreement.digest == amends
            and not _withdrawn_at(standing, signed_at)
        ):
            chain.append(version)
    return tuple(chain)


def standing_at(chain: Sequence[Version], at: Instant) -> Version | None:
    """The version that stands at an instant: the latest signed by then whose validity has begun.

    Before any has begun, the first signed. It may be suspended, withdrawn or expired.
    """
    signed = [each for each in chain if (signed_at := each.signed_at) and signed_at <= at]
    begun = [each for each in signed if each.agreement.terms.valid_from <= at]
    return begun[-1] if begun else (signed[0] if signed else None)


def suspended_by(chain: Sequence[Version], version: Version, at: Instant) -> dict[PartyId, Effect]:
    """Who has a version suspended, by which statement.

    A suspension of an earlier version carries over, unless that party signed the later one after it
    made the statement (signing anew is consent anew) or has restored the later one since.
    """
    found = version.suspensions(at)
    for earlier in chain[: next(n for n, each in enumerate(chain) if each is version)]:
        for party, effect in earlier.suspensions(at).items():
            signed = version.signatures.get(party)
            consented_anew = signed is not None and signed.made_at > effect.made_at
            if not consented_anew and version.restored_number(party, at) < effect.number:
                found.setdefault(party, effect)
    return found


def _withdrawn_at(version: Version, at: Instant) -> bool:
    withdrawn = version.withdrawn()
    return withdrawn is not None and withdrawn[0] <= at


def _ended(version: Version, at: Instant) -> bool:
    return at >= version.agreement.terms.valid_until or _withdrawn_at(version, at)
