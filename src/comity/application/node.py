"""One party's node: its state, how it changes, and what it owes. No clock, no network, no chance of its own.

State changes only by `apply_record`, for own and peers' records alike and in the order of the journal, so that
replaying the journal rebuilds the node. Decisions are level-triggered: `decide` asks what is owed until nothing is.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256

from comity.application.accept_record import apply_record
from comity.application.alarm import Alarm
from comity.application.books import Books
from comity.application.master_log import MasterLog, keep_master_log
from comity.application.pair_log import Delivery, OwnLog, PeerLog, unfinished_in
from comity.application.ports.entropy import Entropy
from comity.application.ports.record_store import JournalEntry, LogId, RecordStore, StoredLeaf
from comity.application.ports.signer import Signer
from comity.application.record_places import RecordPlaces
from comity.application.recover_logs import Recovery, finish_recovery
from comity.application.take_hazard import lines_owing, look_at_hazards
from comity.domain.agreement import (
    KEY_KIND,
    AgreementBook,
    LegalState,
    LegalStatus,
    PartyCard,
    PartyDirectory,
    Terms,
    read_key_record,
    required_parties,
)
from comity.domain.airspace import Footprint
from comity.domain.groups import KINDS as GROUP_KINDS
from comity.domain.groups import next_owed as next_owed_to_groups
from comity.domain.hazards import HazardBook
from comity.domain.intents import KINDS as INTENT_KINDS
from comity.domain.intents import PEER_REMOVED, BookContext, ConflictFinder, IntentBook
from comity.domain.ledger import SALT_SIZE_BYTES
from comity.domain.line import LineBook, LineContext
from comity.domain.meetings import KINDS as MEETING_KINDS
from comity.domain.observations import KINDS as OBSERVATION_KINDS
from comity.domain.observations import ObservationBook
from comity.domain.operators import TwoPersonBook
from comity.domain.packs import ToldPacks
from comity.domain.peering import ClockDifference
from comity.domain.records import Draft, ErasedRecord, Record, open_record, open_stub, seal
from comity.domain.releasability import Circle, Denied, release
from comity.domain.sites import MovementRegister, SiteRegister
from comity.domain.sites.movements import KINDS as MOVEMENT_KINDS
from comity.kernel.errors import AgreementError, RecordError, StoreError
from comity.kernel.ids import AgreementDigest, PartyId, RecordDigest
from comity.kernel.instants import Instant
from comity.kernel.invariants import invariant
from comity.kernel.latest_by_source import LatestBySource

RESTORED_SETTING = "restored_unsynced"  # set by a restore; while set, nothing is signed
KEY_WARNED_S = 14 * 86_400.0  # two weeks: whoever keeps the root key may be away for one
ALARMS_OF_A_CODE_MAX = 100  # of one peer; what they tell of stays in the store for good
VERIFIED_TOLD_EVERY = 64  # records; some 20 ms of work
DECISIONS_PER_BATCH_MAX = 100_000  # a loop that goes on is a bug, not a long day


@dataclass(frozen=True, slots=True)
class TakenIn:
    """One record in its place in the journal."""

    number: int
    record: Record
    received_at: Instant


@dataclass(slots=True)
class Place:
    """The last record of one author to one audience."""

    sequence: int
    digest: RecordDigest


@dataclass(slots=True)
class Node(Books):
    """Everything one party's node knows, over one store.

    Attributes:
        lost_with: peers that were restored together with this node, and until when what the two told each
            other may be lost to both.
        out_of_time: peers whose pinned certificate is outside its time by our clock now, and the reason
            code; the links tell it (`note_out_of_time`), no record does.
        audit_unreached: since when the collector of the audit log is not reached; None: it is, or there is none.
        settled: what the last `settle` made durable, for those who follow the journal.
        more_owed: the last `decide` had no time for all of it.
    """

    store: RecordStore
    signer: Signer
    entropy: Entropy
    card: PartyCard
    make_finder: Callable[[], ConflictFinder]
    kernel: str
    directory: PartyDirectory = field(init=False)
    agreements: AgreementBook = field(init=False)
    own_logs: dict[PartyId, OwnLog] = field(init=False, default_factory=dict)
    peer_logs: dict[PartyId, PeerLog] = field(init=False, default_factory=dict)
    clocks: dict[PartyId, ClockDifference] = field(init=False, default_factory=dict)
    two_persons: TwoPersonBook = field(init=False, default_factory=TwoPersonBook)
    frozen: dict[PartyId, str] = field(init=False, default_factory=dict)
    out_of_time: dict[PartyId, str] = field(init=False, default_factory=dict)
    audit_unreached: Instant | None = field(init=False, default=None)
    removed: dict[PartyId, Instant] = field(init=False, default_factory=dict)
    alarms: LatestBySource[Alarm] = field(
        init=False, default_factory=lambda: LatestBySource(ALARMS_OF_A_CODE_MAX)
    )
    lost_with: dict[PartyId, Instant] = field(init=False, default_factory=dict)
    recovery: Recovery | None = field(init=False, default=None)
    master_log: MasterLog = field(init=False, default_factory=MasterLog)
    settled: list[TakenIn] = field(init=False, default_factory=list)
    _groups_asked: dict[bool, tuple[int, tuple[PartyId, ...]]] = field(
        init=False, default_factory=dict
    )
    more_owed: bool = field(init=False, default=False)
    _taken_in: list[TakenIn] = field(init=False, default_factory=list)
    _stood: tuple[Instant, Terms | None, LegalStatus] | None = field(init=False, default=None)
    _tried_under: tuple[AgreementDigest | None, tuple[PartyId, ...]] = field(
        init=False, default=(None, ())
    )
    _stubs: dict[RecordDigest, tuple[str, str]] = field(init=False, default_factory=dict)
    _places: dict[tuple[PartyId, tuple[PartyId, ...]], Place] = field(
        init=False, default_factory=dict
    )
    left_open: dict[RecordDigest, tuple[str, ...]] = field(init=False, default_factory=dict)
    """What the terms leave open about versions that somebody was shown; found anew when lost."""
    _known: RecordPlaces = field(init=False, default_factory=RecordPlaces)
    _key_sequences: dict[RecordDigest, tuple[PartyId, int]] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        self.directory = PartyDirectory(self.card)
        self.agreements = AgreementBook(self.party, self.directory.root_key_of)
        self.make_books(self.party, self.make_finder, self.open_envelope)

    @property
    def party(self) -> PartyId:
        """Whose node this is."""
        return self.card.party

    @classmethod
    def open(
        cls,
        store: RecordStore,
        signer: Signer,
        entropy: Entropy,
        card: PartyCard,
        make_finder: Callable[[], ConflictFinder],
        kernel: str,
        verified: Callable[[int], None] = lambda _: None,
    ) -> "Node":
        """Rebuild a node from what its store holds.

        Args:
            store: the node's memory.
            signer: the node key that the card's statement names.
            entropy: salts and ids.
            card: the party's own card.
            make_finder: an empty conflict finder for one world (live, exercise).
            kernel: name and version of what finds conflicts; it goes into every answer.
            verified: told now and then how many records have been verified.

        Raises:
            StoreError: the store holds something that this node could not have written.
        """
        node = cls(store, signer, entropy, card, make_finder, kernel)
        settings = store.settings()
        if settings.get(RESTORED_SETTING):
            node.recovery = Recovery()
        for number, entry in enumerate(store.journal(), start=1):
            node._replay(entry)
            if not number % VERIFIED_TOLD_EVERY:
                verified(number)
        node._check_stubs()
        for log in store.log_ids():
            node._reload_log(log)
        for peer, peer_log in node.peer_logs.items():
            peer_log.unfinished = unfinished_in(settings, peer)
        return node

    # What others ask of the state

    @property
    def recovering(self) -> bool:
        """Whether the node signs nothing because its store is older than what it has signed."""
        return self.recovery is not None

    def peers(self) -> tuple[PartyId, ...]:
        """Every party this node is paired with, in order of id."""
        return tuple(
            sorted(
                party
                for party in self.directory.parties()
                if party != self.party and party not in self.removed
            )
        )

    def own_log(self, peer: PartyId) -> OwnLog:
        """What this node owes a peer."""
        if peer not in self.own_logs:
            self.own_logs[peer] = OwnLog(LogId(self.party, peer))
        return self.own_logs[peer]

    def peer_log(self, peer: PartyId) -> PeerLog:
        """This node's copy of what a peer owes it."""
        if peer not in self.peer_logs:
            self.peer_logs[peer] = PeerLog(LogId(peer, self.party))
        return self.peer_logs[peer]

    def pull_position(self, peer: PartyId) -> int:
        """How many leaves of a peer's log this node holds or has been given back."""
        held = self.peer_log(peer).held_size
        return held + (len(self.recovery.of(peer).peer_entries) if self.recovery else 0)

    def recover_position(self, peer: PartyId) -> int:
        """How many leaves of its own log to a peer this node holds or has been given back."""
        held = self.own_log(peer).tree.size
        return held + (len(self.recovery.of(peer).own_entries) if self.recovery else 0)

    @property
    def journal_size(self) -> int:
        """How many records the journal holds, staged ones included."""
        return len(self._known)

    def own_key_record(self) -> RecordDigest | None:
        """The record that named the key this node signs with; None where only its card did."""
        keys = {each.sequence: each.node_key for each in self.directory.statements(self.party)}
        for digest, sequence in reversed(self.own_key_records()):
            if keys.get(sequence) == self.signer.public_key:
                return digest
        return None

    def key_ends(self) -> Instant | None:
        """The first instant at which peers refuse what is signed with this node's key, if it is named."""
        mine = (
            each.not_after
            for each in self.directory.statements(self.party)
            if each.node_key == self.signer.public_key
        )
        return max(mine, default=None)

    def own_key_records(self) -> tuple[tuple[RecordDigest, int], ...]:
        """The records of this party's key statements and the statements' numbers, as they came."""
        return tuple(
            (digest, sequence)
            for digest, (party, sequence) in self._key_sequences.items()
            if party == self.party
        )

    def knows(self, digest: RecordDigest) -> bool:
        """Whether a record is in the journal."""
        return digest in self._known

    def records_beginning(self, start: str) -> list[RecordDigest]:
        """Records of the journal whose digest begins so, in order."""
        return self._known.beginning(start)

    def deliveries(self, digest: RecordDigest) -> tuple[Delivery, ...]:
        """Where an own record stands with each recipient."""
        return tuple(
            Delivery(peer, index, index < self.own_log(peer).receipted_size)
            for peer, index in self._known.places(digest)
        )

    @property
    def awaits_receipts(self) -> bool:
        """Whether a receipt that comes is news at once, and not only with the next batch."""
        return self.line.awaits_receipts or self.exercise_line.awaits_receipts

    def line_context(self, at: Instant) -> LineContext:
        """What the line books may rely on at an instant."""
        peers = self.peers()
        return LineContext(
            terms=self.terms(at),
            peers=peers,
            room=lambda to: any(self.own_log(peer).has_room() for peer in to if peer in peers),
            receipted=self._is_receipted,
        )

    def open_envelope(self, envelope_bytes: bytes) -> Record:
        """Open a record that stands inside another, under the keys enrolled here.

        Raises:
            RecordError: as `open_record`.
        """
        return open_record(envelope_bytes, self.directory.resolver_for(envelope_bytes))

    def terms(self, at: Instant) -> Terms | None:
        """The terms in force."""
        return self._standing(at)[0]

    def context(self, at: Instant) -> BookContext:
        """What the intent books may rely on at an instant."""
        terms, status = self._standing(at)
        suspended = status.state is LegalState.SUSPENDED
        holding = None
        if self.recovering:
            holding = "recovering"
        elif terms is not None and status.state is not LegalState.IN_FORCE:
            holding = status.state.value
        return BookContext(
            terms=terms,
            required_parties=_required_parties,
            kernel=self.kernel,
            holding=holding,
            holding_with=self.blocked_peers(terms),
            suspended_flags=suspended and terms is not None and terms.on_suspension == "flag",
            recovering=self.recovering,
        )

    def blocked_peers(self, terms: Terms | None) -> dict[PartyId, str]:
        """Peers with whom nothing new is accepted now, and why."""
        blocked = {**self.frozen, **dict.fromkeys(self.removed, PEER_REMOVED)}
        if terms is not None:
            for peer, clock in self.clocks.items():
                if clock.exceeds(terms.clock_difference_s_max):
                    blocked.setdefault(peer, "clock-difference")
        return blocked

    # How the state changes

    def issue(self, draft: Draft, at: Instant) -> Record:
        """Release, sign, journal and apply one record of this node's own.

        Raises:
            AgreementError: the release gate denies a recipient, the node signs nothing for now, its
                key has ended, so that every peer would refuse the record, or it takes a second person.
            RecordError: the record breaks a rule of its own kind.
        """
        if self.recovering:
            raise AgreementError(
                "recovering", "restored from a backup; signs nothing until every peer has answered"
            )
        ends = self.key_ends()
        if ends is not None and at >= ends and draft.recipients and draft.kind != KEY_KIND:
            raise AgreementError("key-expired", f"this node's key ended at {ends}; rotate it")
        self.two_persons.check(draft, at)
        self.check_release(draft, at)
        recipients = tuple(sorted(draft.recipients))
        place = self._places.get((self.party, recipients))
        record = seal(
            draft,
            self.party,
            0 if place is None else place.sequence + 1,
            None if place is None else place.digest,
            at,
            self.signer,
        )
        self._take_in(record, at)
        for recipient in recipients or (self.party,):
            self.append_leaf(
                self.own_log(recipient),
                self.entropy.token(SALT_SIZE_BYTES),
                record.envelope_bytes,
                record.digest,
            )
        return record

    def check_release(self, draft: Draft, at: Instant) -> None:
        """Ask the gate for every recipient of a draft, and change nothing.

        Raises:
            AgreementError: it denies one.
        """
        terms = self.terms(at)
        register: SiteRegister | MovementRegister | ObservationBook = self.sites_of(
            exercise=draft.exercise
        )
        if draft.kind in MOVEMENT_KINDS:
            register = self.movements_of(exercise=draft.exercise)
        elif draft.kind in OBSERVATION_KINDS:
            register = self.observations_of(exercise=draft.exercise)
        for recipient in draft.recipients:
            verdict = release(
                draft,
                recipient,
                terms,
                circle=self._circle(draft),
                refusal=lambda said, to: register.refusal(said, to, at),
            )
            if isinstance(verdict, Denied):
                raise AgreementError("not-releasable", f"to {recipient}: {verdict.reason}")

    def decide(self, at: Instant, may_go_on: Callable[[], bool] = lambda: True) -> int:
        """Make the records that are owed now, as far as there is time; returns how many.

        Args:
            at: now.
            may_go_on: asked before each flight looked at but the first of a world; at its no the rest
                waits, and `more_owed` says so.
        """
        self.more_owed = False
        self.try_to_finish_recovery(at)
        self._warn_of_key(at)
        if self.recovering:
            return 0
        context, line_context = self.context(at), self.line_context(at)
        registers = (self.sites, self.exercise_sites, self.movements, self.exercise_movements)
        peers = self.peers()
        under = None if context.terms is None else context.terms.digest
        if self._tried_under != (under, peers):
            self._tried_under = under, peers
            for register in (*registers, self.hazards, self.exercise_hazards, self.told_packs):
                register.try_again()
        owing: list[
            tuple[
                IntentBook | LineBook | SiteRegister | MovementRegister | HazardBook | ToldPacks,
                Callable[[], Draft | None],
            ]
        ] = [
            *lines_owing(self, line_context, at),
            *((each, partial(each.next_owed, at, context, may_go_on)) for each in self._books()),
            *((each, partial(each.next_owed, at, peers)) for each in registers),
            *look_at_hazards(self, at),
            (self.told_packs, partial(self.told_packs.next_owed, peers)),
        ]
        count = 0
        for book, next_owed in owing:
            while (draft := next_owed()) is not None:
                count += 1
                try:
                    self.issue(draft, at)
                except AgreementError as error:  # the gate's no must not hold up what else is owed
                    self.alarm(Alarm(at, error.reason, f"{draft.kind}: {error.detail}"))
                    book.pass_over()
                invariant(count < DECISIONS_PER_BATCH_MAX, f"{count} decisions and no end")
                if isinstance(book, IntentBook) and not may_go_on():
                    break
            if isinstance(book, IntentBook):
                self.more_owed = self.more_owed or book.undecided_now
        return count + self._decide_groups(at) + keep_master_log(self, at)

    def accept(self, record: Record, index: int, at: Instant) -> None:
        """Take in one opened record of a peer, from its place in that peer's log.

        Raises:
            RecordError: the record is refused; nothing changed. The log goes on behind it.
        """
        if record.digest in self._known:
            return
        if self.party not in record.recipients:
            raise RecordError("not-addressed", f"to {', '.join(record.recipients) or 'nobody'}")
        if record.kind != KEY_KIND:
            self.directory.check_key(record, self.party, index)
        self._check_place(record, at)
        self._take_in(record, at)

    def append_leaf(
        self,
        pair_log: OwnLog | PeerLog,
        salt: bytes,
        envelope_bytes: bytes,
        digest: RecordDigest,
        quarantine_reason: str | None = None,
        erased_sha256: bytes | None = None,
    ) -> int:
        """Stage one leaf at the end of a log, and file an own record under its place in it."""
        size = pair_log.tree.size
        leaf = StoredLeaf(size, salt, digest, envelope_bytes, quarantine_reason, erased_sha256)
        index = pair_log.tree.append(leaf.commitment)
        self.store.append_leaf(pair_log.log, leaf)
        if isinstance(pair_log, OwnLog):
            pair_log.weigh(len(envelope_bytes))
        self._file_delivery(pair_log.log, digest, index)
        return index

    def begin_recovery(self) -> None:
        """Sign nothing more until every peer has given back what this node had signed."""
        if self.recovery is None:
            self.recovery = Recovery()
            self.store.put_setting(RESTORED_SETTING, b"1")

    def take_back(self, record: Record, at: Instant) -> None:
        """Take in a record, own or a peer's, that this store had lost.

        Raises:
            RecordError: it is refused, as it was before the loss.
        """
        self._take_in(record, at)

    def take_back_stub(self, record: ErasedRecord, envelope_sha256: bytes, at: Instant) -> None:
        """Take in what an erasure left of a record that this store had lost.

        Raises:
            RecordError: it is refused, as the record was before the loss.
        """
        self._apply(record, at)
        entry = JournalEntry(record.digest, record.envelope_bytes, at, envelope_sha256)
        self.store.append_journal(entry)

    def try_to_finish_recovery(self, at: Instant) -> bool:
        """Take in what the peers gave back, once all of them have; returns whether it is done."""
        if self.recovery is None or self.recovery.waiting_for(self.peers()):
            return False
        if any(self.peer_log(peer).unfinished is not None for peer in self.peers()):
            return False  # what is behind it is taken in after it
        recovery, self.recovery = self.recovery, None
        finish_recovery(self, recovery, at)
        self.store.put_setting(RESTORED_SETTING, b"")
        return True

    def settle(self) -> None:
        """Make everything staged durable; only then may answers leave.

        Raises:
            StoreError: nothing of this batch was kept; the node must be opened anew.
        """
        self.store.commit()
        self.settled, self._taken_in = self._taken_in, []
        for own_log in self.own_logs.values():
            own_log.durable_size = own_log.tree.size

    def alarm(self, alarm: Alarm) -> None:
        """Raise an alarm, once in a row."""
        source = alarm.code, alarm.peer
        if self.alarms.latest(source) != alarm:
            self.alarms.add(source, alarm)

    # Inside

    def _warn_of_key(self, at: Instant) -> None:
        ends = self.key_ends()
        if ends is not None and (warned_from := ends.plus_s(-KEY_WARNED_S)) <= at:
            words, values = f"the node key ends at {ends}: rotate it", (("at", str(ends)),)
            self.alarm(Alarm(warned_from, "key-ends", words, says="key-ends", values=values))

    def _decide_groups(self, at: Instant) -> int:
        """What is owed to the groups; asked again only when a record or a pairing changed something."""
        count = 0
        peers = self.peers()
        for book in (self.groups, self.exercise_groups):
            if self._groups_asked.get(book.exercise) == (book.revision, peers):
                continue
            passed: list[Draft] = []
            while (draft := next_owed_to_groups(book, peers, self.store.read, passed)) is not None:
                count += 1
                try:
                    self.issue(draft, at)
                except (AgreementError, RecordError) as error:
                    # A no must not hold up what else is owed.
                    self.alarm(Alarm(at, error.reason, f"{draft.kind}: {error.detail}"))
                    passed.append(draft)
                invariant(count < DECISIONS_PER_BATCH_MAX, f"{count} decisions and no end")
            self._groups_asked[book.exercise] = book.revision, peers
        return count

    def _circle(self, draft: Draft) -> Circle | None:
        if draft.kind in GROUP_KINDS:
            return self.groups_of(exercise=draft.exercise)
        return self.meetings_of(exercise=draft.exercise) if draft.kind in MEETING_KINDS else None

    def _books(self) -> tuple[IntentBook, IntentBook]:
        return self.intents, self.exercise_intents

    def _lines(self) -> tuple[LineBook, LineBook]:
        return self.line, self.exercise_line

    def _is_receipted(self, digest: RecordDigest, peer: PartyId) -> bool:
        return any(each.reader == peer and each.receipted for each in self.deliveries(digest))

    def _standing(self, at: Instant) -> tuple[Terms | None, LegalStatus]:
        """Terms in force and legal status; remembered, for a batch asks many times of one instant."""
        if self._stood is None or self._stood[0] != at:
            self._stood = at, self.agreements.in_force(at), self.agreements.legal_status(at)
        return self._stood[1:]

    def _check_place(self, record: Record, at: Instant) -> None:
        """Compare a peer's record with the last of its audience (docs/spec/record.md)."""
        place = self._places.get((record.author, record.recipients))
        expected = 0 if place is None else place.sequence + 1
        if record.sequence == expected and record.previous == (place and place.digest):
            return
        if record.sequence < expected:
            raise RecordError("equivocation", f"place {record.sequence} is taken")
        if place is not None and record.sequence == expected:
            why = f"names {record.previous} at place {place.sequence}, where {place.digest} stands"
            raise RecordError("equivocation", why)
        self.alarm(
            Alarm(at, "audience-gap", f"place {record.sequence} follows {expected - 1}",
                  record.author, record.digest)
        )  # fmt: skip

    def _take_in(self, record: Record, at: Instant) -> None:
        number = None if record.digest in self._known else self.journal_size
        self._apply(record, at)
        if number is not None:
            self._taken_in.append(TakenIn(number, record, at))
        self.store.append_journal(JournalEntry(record.digest, record.envelope_bytes, at))

    def _apply(self, record: Record, at: Instant) -> None:
        apply_record(self, record, at)
        if record.kind not in INTENT_KINDS:
            self._stood = None
        if record.kind == KEY_KIND:
            sequence = read_key_record(record).statement.sequence
            self._key_sequences[record.digest] = (record.author, sequence)
        self._known.add(record.digest)
        self._places[record.author, record.recipients] = Place(record.sequence, record.digest)

    def _replay(self, entry: JournalEntry) -> None:
        try:
            if entry.erased_sha256 is not None:
                stub = open_stub(entry.digest, entry.envelope_bytes)
                found = (entry.erased_sha256.hex(), sha256(entry.envelope_bytes).hexdigest())
                self._stubs[entry.digest] = found
                self._apply(stub, entry.received_at)
                return
            resolver = self.directory.resolver_for(entry.envelope_bytes)
            record = open_record(entry.envelope_bytes, resolver)
            self._apply(record, entry.received_at)
        except RecordError as error:
            raise StoreError("journal", f"record {entry.digest}: {error}") from error

    def _reload_log(self, log: LogId) -> None:
        if log.owner == self.party:
            own_log = self.own_log(log.reader)
            for leaf in self.store.leaves(log):
                own_log.tree.append(leaf.commitment)
                own_log.weigh(len(leaf.envelope_bytes))
                self._file_delivery(log, leaf.digest, leaf.index)
            own_log.durable_size = own_log.tree.size
            own_log.receipted = self.store.latest_checkpoint(log, cosigned=True)
            own_log.has_room()  # lets go of the sizes of what is receipted
            return
        peer_log = self.peer_log(log.owner)
        for leaf in self.store.leaves(log):
            peer_log.tree.append(leaf.commitment)
            self._file_delivery(log, leaf.digest, leaf.index)
        peer_log.checkpoint = self.store.latest_checkpoint(log)

    def _check_stubs(self) -> None:
        """Nothing but an erasure on record leaves a stub."""
        for digest, found in self._stubs.items():
            if not any(each.vouches(digest, found) for each in (self.sites, self.exercise_sites)):
                raise StoreError(
                    "erased-without-record", f"record {digest} is a stub that no erasure names"
                )

    def _file_delivery(self, log: LogId, digest: RecordDigest, index: int) -> None:
        if digest in self._key_sequences:
            party, sequence = self._key_sequences[digest]
            self.directory.mark_delivered(party, sequence, log.reader, index)
        if log.owner == self.party and log.reader != self.party:
            self._known.place(digest, log.reader, index)


def _required_parties(terms: Terms, owner: PartyId, footprint: Footprint) -> tuple[PartyId, ...]:
    return required_parties(footprint, owner, terms)
