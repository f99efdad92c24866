"""The book of one node's agreements: records in, legal status out."""

from collections.abc import Callable
from dataclasses import dataclass

from comity.domain.agreement.limits import (
    PROPOSALS_OPEN_MAX,
    RECORDS_UNMATCHED_MAX,
    STATEMENTS_MAX,
    VERSIONS_MAX,
)
from comity.domain.agreement.parse import Agreement
from comity.domain.agreement.records import (
    KINDS,
    PROPOSAL,
    SIGNATURE,
    Statement,
    StatementAction,
    check_audience,
    read_proposal,
    read_signature,
    read_statement,
)
from comity.domain.agreement.standing import (
    Effect,
    LegalState,
    LegalStatus,
    Signed,
    Version,
    standing_at,
    succession,
    suspended_by,
)
from comity.domain.agreement.terms import Terms
from comity.domain.agreement.turns import Turns
from comity.domain.records import Record
from comity.kernel.errors import AgreementError, RecordError
from comity.kernel.ids import AgreementDigest, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant

RootKeyOf = Callable[[PartyId], bytes | None]
"""The root key that a party was enrolled with, None for a party met only in a text."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing a party did about an agreement, for people to read."""

    made_at: Instant
    received_at: Instant
    party: PartyId
    operator: OperatorId
    agreement: AgreementDigest
    words: str
    unilateral: bool
    record: RecordDigest


class AgreementBook:
    """Every agreement record a node holds; replaying them, in any order of authors, rebuilds it.

    Whether a record is refused depends on its author's own records and on texts already here, never
    on how records of different authors interleave; what is refused has no effect.
    """

    def __init__(self, own: PartyId, root_key_of: RootKeyOf = lambda _: None) -> None:
        self._own = own
        self._root_key_of = root_key_of
        self._versions: dict[AgreementDigest, Version] = {}
        self._unmatched: dict[AgreementDigest, list[tuple[Record, Statement | None, int]]] = {}
        self._statements: dict[PartyId, list[Statement]] = {}
        self._history: list[HistoryEntry] = []
        self._chain: tuple[Version, ...] = ()
        self._turns = Turns()
        self._stretches: dict[int, tuple[Terms | None, LegalStatus]] = {}

    def apply(self, record: Record, received_at: Instant) -> None:
        """Take in one agreement record, own or a peer's.

        Raises:
            RecordError: a reason of docs/spec/agreement.md §7; the book is as it was before.
        """
        if record.kind not in KINDS:
            raise RecordError("unknown-kind", f"{record.kind!r} is not an agreement record")
        if record.kind == PROPOSAL:
            digest, words = self._propose(record)
        elif record.kind == SIGNATURE:
            digest, words = self._sign(record)
        else:
            digest, words = self._state(record)
        self._chain = succession(self._versions)
        self._turns = Turns(self._versions.values())
        self._stretches.clear()
        entry = HistoryEntry(
            record.made_at,
            received_at,
            record.author,
            record.operator,
            digest,
            words,
            record.kind not in (PROPOSAL, SIGNATURE),
            record.digest,
        )
        self._history.append(entry)

    def agreement(self, digest: AgreementDigest) -> Agreement | None:
        """The text of that digest, if it was proposed here."""
        version = self._versions.get(digest)
        return None if version is None else version.agreement

    def agreements(self) -> tuple[Agreement, ...]:
        """Every text proposed, in the order it came in."""
        return tuple(version.agreement for version in self._versions.values())

    def in_force(self, at: Instant) -> Terms | None:
        """The terms that bind at an instant: signed by every party, valid, not withdrawn.

        A suspension does not end them: flights already accepted stand by them (`may_accept_new`).
        """
        return self._stretch(at)[0]

    def may_accept_new(self, at: Instant) -> bool:
        """Whether new intents may be accepted: terms are in force and nobody has suspended them."""
        return self.legal_status(at).state is LegalState.IN_FORCE

    def legal_status(self, at: Instant) -> LegalStatus:
        """How the agreement between the parties stands."""
        return self._stretch(at)[1]

    def _stretch(self, at: Instant) -> tuple[Terms | None, LegalStatus]:
        """What is asked with every batch, worked out once for each stretch of time."""
        stretch = self._turns.stretch(at)
        if stretch not in self._stretches:
            self._stretches[stretch] = (self._terms_at(at), self._status_at(at))
        return self._stretches[stretch]

    def _terms_at(self, at: Instant) -> Terms | None:
        version = standing_at(self._chain, at)
        if version is None or not version.agreement.terms.covers_time(at):
            return None
        withdrawn = version.withdrawn()
        if withdrawn is not None and withdrawn[0] <= at:
            return None
        return version.agreement.terms

    def _status_at(self, at: Instant) -> LegalStatus:
        version = standing_at(self._chain, at)
        if version is not None:
            return self._status_in_chain(version, at)
        if not self._versions:
            return LegalStatus(LegalState.DRAFT)
        newest = max(self._versions.values(), key=lambda each: each.proposed_at)
        return self.status_of(newest.agreement.digest, at)

    def status_of(self, digest: AgreementDigest, at: Instant) -> LegalStatus:
        """How one version stands.

        Raises:
            AgreementError: `unknown-agreement`.
        """
        version = self._version(digest)
        terms = version.agreement.terms
        waiting_for = version.waiting_for
        withdrawn = version.withdrawn()
        if withdrawn is not None and withdrawn[0] <= at:
            return LegalStatus(
                LegalState.WITHDRAWN, digest, withdrawn[1], withdrawn[0], waiting_for
            )
        if at >= terms.valid_until:
            return LegalStatus(LegalState.EXPIRED, digest, (), terms.valid_until, waiting_for)
        if waiting_for:
            state = LegalState.PARTLY_SIGNED if version.signatures else LegalState.PROPOSED
            return LegalStatus(state, digest, (), version.proposed_at, waiting_for)
        if not any(each is version for each in self._chain):
            return LegalStatus(LegalState.RIVAL, digest, (), version.signed_at)
        return self._status_in_chain(version, at)

    def history(self) -> tuple[HistoryEntry, ...]:
        """Everything said about agreements, in the order this node took it in."""
        return tuple(self._history)

    def check_may_sign(self, digest: AgreementDigest, party: PartyId, at: Instant) -> Agreement:
        """Check, before a person signs, that signing would make sense.

        Raises:
            AgreementError: `unknown-agreement`, `not-a-party`, `already-signed`,
                `agreement-withdrawn`, `agreement-expired`, or `rival-signed`: the party signed
                another text that amends the same version, and has not withdrawn it.
        """
        version = self._version(digest)
        terms = version.agreement.terms
        terms.party(party)
        if party in version.signatures:
            raise AgreementError("already-signed", f"{party} signed {digest[:12]} already")
        if version.withdrawn() is not None:
            raise AgreementError("agreement-withdrawn", f"{digest[:12]} is withdrawn")
        if at >= terms.valid_until:
            raise AgreementError("agreement-expired", f"{digest[:12]} ended at {terms.valid_until}")
        for other in self._versions.values():
            others = other.agreement.terms
            same_place = others.amends == terms.amends and party in other.signatures
            if same_place and others.valid_until > at and other.withdrawn() is None:
                why = f"{party} signed {others.digest[:12]}, which takes the same place"
                raise AgreementError("rival-signed", why)
        return version.agreement

    def check_may_state(self, digest: AgreementDigest, party: PartyId, action: str) -> Agreement:
        """Check, before a person states something alone, that it would be accepted.

        Raises:
            AgreementError: `unknown-agreement`, `not-a-party`, `agreement-withdrawn` or
                `nothing-to-restore`.
        """
        version = self._version(digest)
        version.agreement.terms.party(party)
        try:
            self._check_statement(party, Statement(digest, StatementAction(action), None, ""))
        except RecordError as error:
            raise AgreementError(error.reason, error.detail) from error
        return version.agreement

    def _propose(self, record: Record) -> tuple[AgreementDigest, str]:
        agreement = read_proposal(record)
        digest = agreement.digest
        if self._own not in agreement.terms.party_ids:
            raise RecordError("not-a-party", f"{self._own} is not named in {digest[:12]}")
        for party in agreement.terms.parties:
            enrolled = self._root_key_of(party.id)
            if enrolled is not None and enrolled != party.root_key:
                why = f"{party.id}: the text has another root key than the one enrolled"
                raise RecordError("root-key", why)
        if digest in self._versions:
            return digest, "proposed the same text again"
        waiting = [each for each in self._versions.values() if each.waiting_for]
        if sum(1 for each in waiting if each.proposed_by == record.author) >= PROPOSALS_OPEN_MAX:
            why = f"{record.author} has {PROPOSALS_OPEN_MAX} texts open; no more are allowed"
            raise RecordError("too-many", why)
        if len(self._versions) >= VERSIONS_MAX:
            raise RecordError("too-many", f"{VERSIONS_MAX} texts are held; no more are allowed")
        self._versions[digest] = Version(agreement, record.author, record.made_at)
        for earlier, statement, number in self._unmatched.pop(digest, ()):
            try:
                check_audience(earlier, agreement)
            except RecordError:
                continue  # said by an outsider, or not to all: it has no effect
            self._take(earlier, statement, number)
        words = "proposed the text" if agreement.terms.amends is None else "proposed an amendment"
        return digest, words

    def _sign(self, record: Record) -> tuple[AgreementDigest, str]:
        digest = read_signature(record)
        self._match(record, digest, None)
        return digest, "signed"

    def _state(self, record: Record) -> tuple[AgreementDigest, str]:
        statement = read_statement(record)
        self._check_statement(record.author, statement)
        self._match(record, statement.agreement, statement)
        self._statements.setdefault(record.author, []).append(statement)
        past = {"suspend": "suspended", "restore": "restored", "withdraw": "withdrew from"}
        words = f"{past[statement.action]} it, by its own statement: {statement.reason}"
        return statement.agreement, words

    def _check_statement(self, author: PartyId, statement: Statement) -> None:
        earlier = self._statements.get(author, [])
        if len(earlier) >= STATEMENTS_MAX:
            raise RecordError("too-many", f"{author} made {STATEMENTS_MAX} statements")
        about = [each for each in earlier if each.agreement == statement.agreement]
        if any(each.action is StatementAction.WITHDRAW for each in about):
            why = f"{author} withdrew {statement.agreement[:12]}; that cannot be taken back"
            raise RecordError("agreement-withdrawn", why)
        if statement.action is StatementAction.RESTORE:
            turns = [each for each in earlier if each.action is not StatementAction.WITHDRAW]
            if not turns or turns[-1].action is not StatementAction.SUSPEND:
                why = f"{author} has suspended nothing; only the party that suspended restores"
                raise RecordError("nothing-to-restore", why)

    def _match(self, record: Record, digest: AgreementDigest, statement: Statement | None) -> None:
        version = self._versions.get(digest)
        number = len(self._statements.get(record.author, ()))
        if version is not None:
            check_audience(record, version.agreement)
            self._take(record, statement, number)
            return
        rows = [row for each in self._unmatched.values() for row, *_ in each]
        unmatched = sum(1 for row in rows if row.author == record.author)
        if unmatched >= RECORDS_UNMATCHED_MAX:
            why = f"{digest[:12]} was not proposed here; {RECORDS_UNMATCHED_MAX} such are kept"
            raise RecordError("unknown-agreement", why)
        self._unmatched.setdefault(digest, []).append((record, statement, number))

    def _take(self, record: Record, statement: Statement | None, number: int) -> None:
        if statement is None:
            digest = read_signature(record)
            signed = Signed(record.made_at, record.operator, record.digest)
            self._versions[digest].signatures.setdefault(record.author, signed)
            return
        version = self._versions[statement.agreement]
        terms = version.agreement.terms
        notice_s = {
            StatementAction.SUSPEND: terms.suspension_notice_s,
            StatementAction.RESTORE: 0.0,
            StatementAction.WITHDRAW: terms.withdrawal_notice_s,
        }[statement.action]
        earliest = record.made_at.or_last_plus_s(notice_s)
        stated = statement.effective_at
        effective_at = earliest if stated is None else max(stated, earliest)
        effect = Effect(statement.action, record.made_at, effective_at, number)
        version.effects.setdefault(record.author, []).append(effect)

    def _status_in_chain(self, version: Version, at: Instant) -> LegalStatus:
        """The status of a version that came into force, or will when its validity begins."""
        terms = version.agreement.terms
        digest = terms.digest
        withdrawn = version.withdrawn()
        if withdrawn is not None and withdrawn[0] <= at:
            return LegalStatus(LegalState.WITHDRAWN, digest, withdrawn[1], withdrawn[0])
        standing = standing_at(self._chain, at)
        later = self._chain[next(n for n, each in enumerate(self._chain) if each is version) + 1 :]
        if standing is not None and any(each is standing for each in later):
            return LegalStatus(LegalState.SUPERSEDED, digest)
        if at >= terms.valid_until:
            return LegalStatus(LegalState.EXPIRED, digest, (), terms.valid_until)
        since = max(terms.valid_from, version.signed_at or terms.valid_from)
        if at < since:
            return LegalStatus(LegalState.SIGNED, digest, (), version.signed_at)
        suspensions = suspended_by(self._chain, version, at)
        if suspensions:
            first = min(effect.effective_at for effect in suspensions.values())
            return LegalStatus(LegalState.SUSPENDED, digest, tuple(sorted(suspensions)), first)
        return LegalStatus(LegalState.IN_FORCE, digest, (), since)

    def _version(self, digest: AgreementDigest) -> Version:
        version = self._versions.get(digest)
        if version is None:
            raise AgreementError("unknown-agreement", f"{digest[:12]} was not proposed here")
        return version
