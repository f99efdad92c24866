"""Durable storage of one node: records, logs, checkpoints, settings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from comity.domain.ledger import commitment_of_hash, leaf_commitment
from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class LogId:
    """One pairwise log: what `owner` has sent to `reader`.

    `owner == reader` is the owner's private master log.
    """

    owner: PartyId
    reader: PartyId


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One record in the order in which this node took it in.

    Replaying the journal rebuilds the node. `erased_sha256` is the SHA-256 of an envelope that was erased;
    `envelope_bytes` is then the stub that is left of it.
    """

    digest: RecordDigest
    envelope_bytes: bytes
    received_at: Instant
    erased_sha256: bytes | None = None


@dataclass(frozen=True, slots=True)
class StoredLeaf:
    """One leaf of a pairwise log. `envelope_bytes` are the very bytes committed to with `salt`.

    A record that went to several parties stands in several logs and once in the journal.
    `quarantine_reason` is the code a peer's record was refused with; such a record is a leaf
    (the log must be whole) but not in the journal.
    """

    index: int
    salt: bytes
    digest: RecordDigest
    envelope_bytes: bytes
    quarantine_reason: str | None = None
    erased_sha256: bytes | None = None

    @property
    def commitment(self) -> bytes:
        """The leaf data; the same before and after its envelope was erased.

        Raises:
            InputError: the salt is not 32 bytes.
        """
        if self.erased_sha256 is not None:
            return commitment_of_hash(self.salt, self.erased_sha256)
        return leaf_commitment(self.salt, self.envelope_bytes)

    @property
    def envelope_sha256(self) -> bytes:
        """SHA-256 of the envelope, erased or not."""
        return self.erased_sha256 or sha256(self.envelope_bytes).digest()


@dataclass(frozen=True, slots=True)
class Stub:
    """What is left of an erased record."""

    stub_bytes: bytes
    envelope_sha256: bytes


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A signed note over one size of one log, with the witness's cosignature when it came."""

    size: int
    note_bytes: bytes
    cosignature_bytes: bytes | None


@dataclass(frozen=True, slots=True)
class StoreFault:
    """One thing wrong with the store itself, whatever the records in it say.

    `place` names it for a person: `journal[17]`, `leaf a.xxxxxxxx->b.yyyyyyyy[3]`, `setting clock`.
    """

    place: str
    why: str


class RecordStore(Protocol):
    """One node's memory. One writer; everything staged becomes durable at `commit`, all or nothing.

    Contract, run against every adapter by tests/contract/test_record_store.py:
      - nothing staged is visible after a crash or a `rollback` unless its `commit` returned;
        a commit that a crash cut off is there wholly or not at all;
      - after `commit` returned, everything staged survives kill -9 and power loss;
      - staged writes are visible to reads of the same store object before the commit;
      - `staged` is False after a commit, a rollback and an opening, and True after a staged write;
      - appending a digest that the journal holds already is a no-op;
      - `append_leaf` refuses (InvariantError) an index that is not the log's next;
      - `read` returns the very bytes appended, or None; a leaf keeps its own bytes, even where the
        journal holds another envelope of the same digest (one payload can be signed twice);
      - after the commit of an `erase`, `read` of that record returns None, `stub` what is left, and the journal and
        leaves carry the stub with the SHA-256 that the envelope had; no byte of the envelope is in the store;
      - a digest that is not 64 lower-case hex digits is an InvariantError;
      - an iterator sees what is appended while it runs;
      - a store that was closed raises StoreError("closed");
      - a staged write that raises StoreError has dropped all that was staged, as `rollback` would;
      - a failed `commit` raises StoreError and leaves the store as it was before the first staged
        write.
    """

    @property
    def staged(self) -> bool:
        """Whether a commit would have anything to make durable."""
        ...

    def append_journal(self, entry: JournalEntry) -> None:
        """Stage one record at the end of the journal."""
        ...

    def append_leaf(self, log: LogId, leaf: StoredLeaf) -> None:
        """Stage one leaf at the end of a log."""
        ...

    def erase(self, digest: RecordDigest, stub_bytes: bytes) -> None:
        """Stage that a journalled record's envelope goes, and a stub takes its place, here and in its leaves.

        Raises:
            StoreError: `journal`: no such record.
        """
        ...

    def stub(self, digest: RecordDigest) -> Stub | None:
        """What is left of an erased record; None where it is whole or not there."""
        ...

    def put_checkpoint(self, log: LogId, checkpoint: StoredCheckpoint) -> None:
        """Stage a checkpoint; the same size again replaces it (to add a cosignature)."""
        ...

    def put_setting(self, name: str, value: bytes) -> None:
        """Stage one named value (last write wins)."""
        ...

    def commit(self) -> None:
        """Make everything staged durable, or raise StoreError and have staged nothing."""
        ...

    def rollback(self) -> None:
        """Forget everything staged since the last commit."""
        ...

    def read(self, digest: RecordDigest) -> bytes | None:
        """The envelope bytes of a journalled record, or None; None too where they were erased."""
        ...

    def journal(self, start: int = 0) -> Iterator[JournalEntry]:
        """The journal in order, from a position counted from 0."""
        ...

    def log_ids(self) -> tuple[LogId, ...]:
        """Every log that has a leaf or a checkpoint."""
        ...

    def leaves(
        self, log: LogId, start: int = 0, count_max: int | None = None
    ) -> Iterator[StoredLeaf]:
        """Leaves of a log in order of index from `start`."""
        ...

    def log_size(self, log: LogId) -> int:
        """How many leaves the log has."""
        ...

    def latest_checkpoint(self, log: LogId, cosigned: bool = False) -> StoredCheckpoint | None:
        """The checkpoint of greatest size (that carries a cosignature, if asked)."""
        ...

    def checkpoints(self, log: LogId) -> Iterator[StoredCheckpoint]:
        """Every checkpoint kept for a log, by size."""
        ...

    def settings(self) -> Mapping[str, bytes]:
        """All named values."""
        ...

    def faults(self) -> Iterator[StoreFault]:
        """What the adapter finds wrong when it re-checks every row and file it keeps."""
        ...

    def close(self) -> None:
        """Release the store; staged writes are dropped."""
        ...
