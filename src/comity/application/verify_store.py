"""Re-checks a whole store offline: records, chains, logs, checkpoints, cosignatures, the file."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from comity.application.master_log import CHECKPOINTS_KIND, PairCheckpoint, read_checkpoints
from comity.application.ports.record_store import (
    JournalEntry,
    LogId,
    RecordStore,
    StoredCheckpoint,
    StoredLeaf,
)
from comity.domain.ledger import (
    MerkleLog,
    NoteKey,
    SignedCheckpoint,
    log_origin,
    open_checkpoint,
    verify_cosignature,
    witness_name,
)
from comity.domain.records import Record, open_record, open_stub, verify_signature
from comity.domain.sites import (
    ERASURE,
    REPLY,
    REQUEST,
    ErasedRow,
    ErasureWord,
    read_erasure,
    read_reply,
    read_request,
)
from comity.kernel.errors import InputError, RecordError, StoreError
from comity.kernel.ids import KeyId, PartyId, RecordDigest

UNREADABLE_RUN_MAX = 128  # rows in a row; the tables themselves are then gone
_ERASING = frozenset({ERASURE, REQUEST, REPLY})
PROGRESS_EVERY = 1000  # rows between two calls of the progress callback

Progress = Callable[[str, int], None]
"""(part: `journal` or `owner->reader`, rows of it checked so far)."""


class Keys(Protocol):
    """Every key that ever spoke for a party; a revoked one still signed what it signed."""

    def public_key_of(self, author: PartyId, key_id: KeyId) -> bytes | None:
        """The raw public key enrolled under an id, or None."""
        ...

    def public_keys(self, party: PartyId) -> Iterable[bytes]:
        """All raw public keys of a party."""
        ...


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not hold, and where.

    `reason` is a code of docs/rooms/store.md or, for records, notes and logs, of their spec pages.
    """

    place: str
    reason: str
    why: str
    log: LogId | None = None
    index: int | None = None
    digest: RecordDigest | None = None

    def __str__(self) -> str:
        """One line for a person."""
        record = f" (record {self.digest})" if self.digest else ""
        return f"{self.place}{record}: {self.reason}: {self.why}"


@dataclass(slots=True)
class Report:
    """What was checked, and what did not hold.

    `put_down` counts the checkpoints of pair logs in the private master log, `erased` the records of which
    only a stub is left, with an erasure on record.
    """

    records: int = 0
    leaves: int = 0
    quarantined: int = 0
    checkpoints: int = 0
    cosignatures: int = 0
    put_down: int = 0
    erased: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether everything held."""
        return not self.faults


def verify_store(store: RecordStore, keys: Keys, progress: Progress | None = None) -> Report:
    """Check that the store holds what was signed, sent and cosigned, and nothing else.

    Every envelope is parsed and its signature verified; digests match; every author's sequence to
    every audience is unbroken; every leaf stands in the journal or says why not; the leaves of each
    log lead to the root of every checkpoint kept (so that all of them are consistent with one
    another), in the store and in the private master log; owners' and witnesses' signatures hold;
    and the adapter re-checks its own rows.
    """
    check = _Check(store, keys, progress or (lambda _part, _count: None))
    for damage in store.faults():
        check.fault(damage.place, "damaged", damage.why)
    for part, run in (("journal", check.journal), ("logs", check.logs)):
        try:
            run()
        except StoreError as error:  # the adapter has named the row; what is behind it is unread
            check.fault(part, error.reason, error.detail)
    check.chains()
    return check.report


def readable_journal(
    store: RecordStore, damaged: Callable[[int, StoreError], None]
) -> Iterator[tuple[int, JournalEntry]]:
    """Every entry that can be read and its position; one that is damaged is told and passed over.

    Raises:
        StoreError: so many rows in a row cannot be read that nothing behind them is looked for.
    """
    position = unreadable = 0
    while True:
        try:
            for entry in store.journal(position):
                yield position, entry
                position, unreadable = position + 1, 0
        except StoreError as error:
            unreadable += 1
            if error.reason != "damaged" or unreadable > UNREADABLE_RUN_MAX:
                raise
            damaged(position, error)
            position += 1
        else:
            return


@dataclass(frozen=True, slots=True)
class _Journalled:
    """What the journal says of a digest: enough to judge a leaf by, without its bytes."""

    envelope_sha256: bytes
    author: PartyId
    recipients: tuple[PartyId, ...]


@dataclass(slots=True)
class _Check:
    store: RecordStore
    keys: Keys
    progress: Progress
    report: Report = field(default_factory=Report)
    _journalled: dict[RecordDigest, _Journalled | None] = field(default_factory=dict)
    _journal_is_whole: bool = False
    _damaged: set[int] = field(default_factory=set)
    _quarantined: set[RecordDigest] = field(default_factory=set)
    _last: dict[tuple[PartyId, tuple[PartyId, ...]], tuple[int, RecordDigest]] = field(
        default_factory=dict
    )
    _stubs: dict[RecordDigest, tuple[str, str]] = field(default_factory=dict)
    _erasures: dict[RecordDigest, tuple[str, str]] = field(default_factory=dict)
    _requests: dict[RecordDigest, tuple[ErasedRow, ...]] = field(default_factory=dict)
    _asked: dict[RecordDigest, set[tuple[str, str]]] = field(default_factory=dict)
    _put_down: dict[LogId, list[tuple[str, PairCheckpoint]]] = field(default_factory=dict)
    _breaks: list[tuple[RecordDigest | None, Fault]] = field(default_factory=list)
    _own: PartyId | None = field(init=False)

    def __post_init__(self) -> None:
        """Whose store it is: its log to nobody says so; nobody's where that cannot be read."""
        try:
            private = [log.owner for log in self.store.log_ids() if log.owner == log.reader]
        except StoreError:  # said where the logs are checked
            private = []
        self._own = next(iter(private), None)

    def fault(
        self,
        place: str,
        reason: str,
        why: str,
        *,
        log: LogId | None = None,
        leaf: StoredLeaf | None = None,
        digest: RecordDigest | None = None,
    ) -> None:
        """Note one thing that does not hold."""
        index = None if leaf is None else leaf.index
        digest = digest if leaf is None else leaf.digest
        self.report.faults.append(Fault(place, reason, why, log, index, digest))

    def journal(self) -> None:
        """Every record by itself, and its place among its author's records to that audience."""
        for position, entry in readable_journal(self.store, self._unreadable):
            place = f"journal[{position}]"
            self.report.records += 1
            self._journalled[entry.digest] = None
            try:
                record = self._opened_entry(entry)
            except RecordError as error:
                self.fault(place, error.reason, error.detail, digest=entry.digest)
                continue
            if record.digest != entry.digest:
                why = f"filed as {entry.digest}"
                self.fault(place, "digest-mismatch", why, digest=record.digest)
                continue
            self._journalled[entry.digest] = _Journalled(
                entry.erased_sha256 or sha256(entry.envelope_bytes).digest(),
                record.author,
                record.recipients,
            )
            self._follow(record, place)
            if record.kind == CHECKPOINTS_KIND:
                self._take_put_down(record, place)
            elif record.kind in _ERASING:
                self._take_erasure(record, place)
            self._count("journal", position + 1)
        self._check_stubs()
        self._journal_is_whole = not self._damaged

    def _unreadable(self, position: int, error: StoreError) -> None:
        self._damaged.add(position)
        self.fault("journal", error.reason, error.detail)

    def _opened_entry(self, entry: JournalEntry) -> Record:
        """A record under its signature; of an erased one the stub, to be compared with its erasure."""
        if entry.erased_sha256 is None:
            return open_record(entry.envelope_bytes, self.keys.public_key_of)
        found = (entry.erased_sha256.hex(), sha256(entry.envelope_bytes).hexdigest())
        self._stubs[entry.digest] = found
        self.report.erased += 1
        return open_stub(entry.digest, entry.envelope_bytes)

    def _take_erasure(self, record: Record, place: str) -> None:
        """File what an erasure or an own answer erased here, and the stubs that an own request vouches for."""
        try:
            if record.kind == REQUEST:
                rows = self._requests[record.digest] = read_request(record).records
                if record.author == self._own:
                    for row in rows:
                        found = (row.envelope_sha256, row.stub_sha256)
                        self._asked.setdefault(row.record, set()).add(found)
                return
            if record.kind == REPLY:
                reply = read_reply(record)
                if record.author != self._own or reply.word is not ErasureWord.ERASED:
                    return
                rows = self._requests.get(reply.request, ())
            else:
                rows = read_erasure(record).records
            for row in rows:
                self._erasures[row.record] = (row.envelope_sha256, row.stub_sha256)
        except RecordError as error:
            self.fault(place, error.reason, error.detail, digest=record.digest)

    def _check_stubs(self) -> None:
        """Every stub is the one that the last erasure of its record names, and what was erased is gone."""
        for digest, found in self._stubs.items():
            if self._erasures.get(digest) != found and found not in self._asked.get(digest, ()):
                why = "a stub stands where its envelope was, and no erasure names it"
                self.fault("journal", "erased-without-record", why, digest=digest)
        for digest in self._erasures.keys() - self._stubs.keys():
            why = "an erasure names it, and its envelope is still there"
            self.fault("journal", "erasure-not-done", why, digest=digest)

    def logs(self) -> None:
        """Every log: its leaves, and the checkpoints signed over them."""
        for log in self.store.log_ids():
            try:
                self._log(log)
            except StoreError as error:
                self.fault(_name(log), error.reason, error.detail, log=log)
                self._put_down.pop(log, None)  # its leaves are there; they cannot be read
        for log, rows in self._put_down.items():
            self.fault(rows[0][0], "leaves-missing", f"{_name(log)} has no leaf", log=log)

    def _take_put_down(self, record: Record, place: str) -> None:
        """File what the master log says of the pair logs, to be compared with their leaves."""
        try:
            for each in read_checkpoints(record.body):
                self.report.put_down += 1
                self._put_down.setdefault(each.log, []).append((place, each))
        except RecordError as error:
            self.fault(place, error.reason, error.detail, digest=record.digest)

    def chains(self) -> None:
        """Sequences that break, except behind a record that was refused when it came, or is unread."""
        for previous, fault in self._breaks:
            unread = self._damaged and previous not in self._journalled
            if previous not in self._quarantined and not unread:
                self.report.faults.append(fault)

    def _follow(self, record: Record, place: str) -> None:
        audience = (record.author, record.recipients)
        last = self._last.get(audience)
        self._last[audience] = (record.sequence, record.digest)
        if (record.sequence, record.previous) != (
            (0, None) if last is None else (last[0] + 1, last[1])
        ):
            to = ", ".join(record.recipients) or "itself"
            before = "nothing" if last is None else f"{last[0]} ({last[1]})"
            why = f"{record.author} to {to}: {record.sequence} follows {before}"
            fault = Fault(place, "sequence-broken", why, digest=record.digest)
            self._breaks.append((record.previous, fault))

    def _log(self, log: LogId) -> None:
        tree = MerkleLog()
        for leaf in self.store.leaves(log):
            self.report.leaves += 1
            self._leaf(tree, log, leaf)
            self._count(_name(log), tree.size)
        sound_size = 0
        for checkpoint in self.store.checkpoints(log):
            self.report.checkpoints += 1
            if self._checkpoint(log, tree, checkpoint, sound_size):
                sound_size = checkpoint.size
        for place, each in self._put_down.pop(log, ()):
            line = each.cosignature_text
            cosignature = None if line is None else line.encode()
            kept = StoredCheckpoint(each.size, each.note_text.encode(), cosignature)
            self._checkpoint(log, tree, kept, 0, f"{place}, {_name(log)} of size {each.size}")

    def _leaf(self, tree: MerkleLog, log: LogId, leaf: StoredLeaf) -> None:
        place = f"leaf {_name(log)}[{leaf.index}]"
        try:
            tree.append(leaf.commitment)
        except InputError as error:
            self.fault(place, "salt-form", str(error), log=log, leaf=leaf)
            tree.append(b"")  # keeps the places of the leaves behind it
        if leaf.quarantine_reason is not None:
            self.report.quarantined += 1
            self._quarantined.add(leaf.digest)
            return
        if leaf.digest not in self._journalled:
            if self._journal_is_whole:
                why = "the journal lacks its record"
                self.fault(place, "not-in-journal", why, log=log, leaf=leaf)
            return
        journalled = self._journalled[leaf.digest]
        if journalled is None:
            return  # named already, where the journal was read
        if journalled.envelope_sha256 != leaf.envelope_sha256:
            self._signed_again(place, log, leaf)
        if not _belongs(journalled, log):
            why = f"from {journalled.author} to {', '.join(journalled.recipients) or 'itself'}"
            self.fault(place, "wrong-log", why, log=log, leaf=leaf)

    def _signed_again(self, place: str, log: LogId, leaf: StoredLeaf) -> None:
        """Check a leaf whose envelope is not the journal's: one payload can be signed twice."""
        try:
            record = open_record(leaf.envelope_bytes, self.keys.public_key_of)
        except RecordError as error:
            self.fault(place, error.reason, error.detail, log=log, leaf=leaf)
            return
        if record.digest != leaf.digest:
            why = f"its envelope holds {record.digest}"
            self.fault(place, "digest-mismatch", why, log=log, leaf=leaf)

    def _checkpoint(
        self,
        log: LogId,
        tree: MerkleLog,
        kept: StoredCheckpoint,
        sound_size: int,
        place: str | None = None,
    ) -> bool:
        place = place or f"checkpoint {_name(log)} of size {kept.size}"
        signed = self._opened(log, kept, place)
        if signed is None:
            return False
        if signed.size != kept.size:
            self.fault(place, "checkpoint-size", f"the note says size {signed.size}", log=log)
            return False
        if kept.cosignature_bytes is not None:
            self._cosignature(log, signed, kept.cosignature_bytes, place)
        if kept.size > tree.size:
            self.fault(place, "leaves-missing", f"the log has {tree.size} leaves", log=log)
            return False
        if tree.root(kept.size) != signed.root:
            why = f"leaves {sound_size} to {kept.size - 1} do not lead to the root that was signed"
            self.fault(place, "root-mismatch", why, log=log)
            return False
        return True

    def _opened(self, log: LogId, kept: StoredCheckpoint, place: str) -> SignedCheckpoint | None:
        origin = log_origin(log.owner, log.reader)
        refusal = RecordError("unknown-key", f"no key of {log.owner} is enrolled")
        for public_key in self.keys.public_keys(log.owner):
            try:
                key = NoteKey(origin, public_key)
                return open_checkpoint(kept.note_bytes, key, verify_signature)
            except RecordError as error:
                refusal = error
        self.fault(place, refusal.reason, refusal.detail, log=log)
        return None

    def _cosignature(
        self, log: LogId, signed: SignedCheckpoint, cosignature_bytes: bytes, place: str
    ) -> None:
        self.report.cosignatures += 1
        refusal = RecordError("unknown-key", f"no key of {log.reader} is enrolled")
        for public_key in self.keys.public_keys(log.reader):
            witness = NoteKey(witness_name(log.reader), public_key)
            try:
                verify_cosignature(cosignature_bytes, signed.checkpoint, witness, verify_signature)
            except RecordError as error:
                refusal = error
            else:
                return
        self.fault(place, refusal.reason, f"cosignature: {refusal.detail}", log=log)

    def _count(self, part: str, count: int) -> None:
        if count % PROGRESS_EVERY == 0:
            self.progress(part, count)


def _belongs(record: _Journalled, log: LogId) -> bool:
    """Whether a record may stand in a log: its author's, to one of its recipients or to none."""
    if record.author != log.owner:
        return False
    return log.reader in record.recipients or (not record.recipients and log.reader == log.owner)


def _name(log: LogId) -> str:
    return f"{log.owner}->{log.reader}"
