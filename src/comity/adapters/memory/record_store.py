"""The record store of the deterministic simulator: the port's promises and faults on demand."""

from bisect import insort
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TypeVar

from comity.application.ports.record_store import (
    JournalEntry,
    LogId,
    StoredCheckpoint,
    StoredLeaf,
    StoreFault,
    Stub,
)
from comity.kernel.errors import StoreError
from comity.kernel.ids import DIGEST, RecordDigest
from comity.kernel.invariants import invariant

# One step backwards: ("journal", digest) | ("leaf", log) | ("checkpoint", log, size, before)
# | ("setting", name, before) | ("erase", what stood there).
_Row = TypeVar("_Row")
_Undo = tuple[str, object, object, object]


@dataclass(frozen=True, slots=True)
class _Erased:
    """What stood where a stub stands now."""

    number: int
    entry: JournalEntry
    envelope: bytes | None
    leaves: tuple[tuple[LogId, int, StoredLeaf], ...]


class SimulatedCrash(BaseException):
    """The process died here. Not an `Exception`, so that no handler of ours outlives it."""


class MemoryRecordStore:
    """`RecordStore` whose disk is an undo list: staging, committing and crashing cost O(staged).

    The crash model: what a returned `commit` covered survives `crash()`, everything else is gone.
    A write point is one call of a writing method, before it takes effect; `commit` has two, before
    and after it is durable. `crash_at_write(n)` raises `SimulatedCrash` at the n-th point from now,
    and every later call raises it again until `crash()` has restarted the store.

    Args:
        unsynced_commits: planted fault: so many of the last commits are lost in a crash though
            they returned, as on a disk that lies about its flush. 0 is the honest store.
    """

    def __init__(self, unsynced_commits: int = 0) -> None:
        self._journal: list[JournalEntry] = []
        self._envelopes: dict[RecordDigest, bytes | None] = {}  # None: erased
        self._leaves: dict[LogId, list[StoredLeaf]] = {}
        self._checkpoints: dict[LogId, dict[int, StoredCheckpoint]] = {}
        self._sizes: dict[LogId, list[int]] = {}
        self._settings: dict[str, bytes] = {}
        self._staged: list[_Undo] = []
        self._unsynced: deque[list[_Undo]] = deque()
        self._unsynced_commits = unsynced_commits
        self._points_left: int | None = None
        self._fail_reason: str | None = None
        self._down = False
        self._closed = False
        self.write_points = 0

    # --- faults, for the simulator ---------------------------------------------------------

    def crash_at_write(self, point: int) -> None:
        """Die at the `point`-th write point from now, counted from 1."""
        invariant(point >= 1, f"write point {point} is not counted from 1")
        self._points_left = point

    def fail_next_commit(self, reason: str = "disk-full") -> None:
        """Let the next `commit` raise `StoreError(reason)` and stage nothing."""
        self._fail_reason = reason

    def crash(self) -> None:
        """Lose what was not committed (and the unsynced commits, if planted), and start again."""
        self._undo(self._staged)
        while self._unsynced:
            self._undo(self._unsynced.pop())
        self._points_left = None
        self._fail_reason = None
        self._down = False
        self._closed = False

    def reopen(self) -> None:
        """Open again after `close`, as a second process would."""
        self._closed = False

    # --- the port --------------------------------------------------------------------------

    @property
    def staged(self) -> bool:
        """Whether a commit would have anything to make durable."""
        self._check_up()
        return bool(self._staged)

    def append_journal(self, entry: JournalEntry) -> None:
        """Stage one record at the end of the journal."""
        self._write_point()
        _check_digest(entry.digest)
        if entry.digest in self._envelopes:
            return
        self._journal.append(entry)
        whole = entry.erased_sha256 is None
        self._envelopes[entry.digest] = entry.envelope_bytes if whole else None
        self._staged.append(("journal", entry.digest, None, None))

    def append_leaf(self, log: LogId, leaf: StoredLeaf) -> None:
        """Stage one leaf at the end of a log."""
        self._write_point()
        _check_digest(leaf.digest)
        size = self.log_size(log)
        invariant(leaf.index == size, f"leaf {leaf.index} does not follow a log of size {size}")
        self._leaves.setdefault(log, []).append(leaf)
        self._staged.append(("leaf", log, None, None))

    def erase(self, digest: RecordDigest, stub_bytes: bytes) -> None:
        """Stage that a record's envelope goes."""
        self._write_point()
        _check_digest(digest)
        number = next((n for n, each in enumerate(self._journal) if each.digest == digest), None)
        if number is None:
            raise StoreError("journal", f"record {digest} is not there")
        before = self._journal[number]
        erased = before.erased_sha256 or sha256(before.envelope_bytes).digest()
        self._journal[number] = replace(before, envelope_bytes=stub_bytes, erased_sha256=erased)
        leaves = []
        for log, rows in self._leaves.items():
            for index, leaf in enumerate(rows):
                if leaf.digest == digest and leaf.envelope_sha256 == erased:
                    leaves.append((log, index, leaf))
                    rows[index] = replace(leaf, envelope_bytes=stub_bytes, erased_sha256=erased)
        envelope = self._envelopes[digest]
        self._envelopes[digest] = None
        undo = _Erased(number, before, envelope, tuple(leaves))
        self._staged.append(("erase", undo, None, None))

    def stub(self, digest: RecordDigest) -> Stub | None:
        """What is left of an erased record."""
        self._check_up()
        for each in self._journal:
            if each.digest == digest and each.erased_sha256 is not None:
                return Stub(each.envelope_bytes, each.erased_sha256)
        return None

    def put_checkpoint(self, log: LogId, checkpoint: StoredCheckpoint) -> None:
        """Stage a checkpoint."""
        self._write_point()
        kept = self._checkpoints.setdefault(log, {})
        before = kept.get(checkpoint.size)
        if before is None:
            insort(self._sizes.setdefault(log, []), checkpoint.size)
        kept[checkpoint.size] = checkpoint
        self._staged.append(("checkpoint", log, checkpoint.size, before))

    def put_setting(self, name: str, value: bytes) -> None:
        """Stage one named value."""
        self._write_point()
        self._staged.append(("setting", name, self._settings.get(name), None))
        self._settings[name] = value

    def commit(self) -> None:
        """Make everything staged durable."""
        self._write_point()
        if self._fail_reason is not None:
            reason, self._fail_reason = self._fail_reason, None
            self._undo(self._staged)
            raise StoreError(reason, "planted by the simulator")
        if self._unsynced_commits:
            self._unsynced.append(self._staged)
            if len(self._unsynced) > self._unsynced_commits:
                self._unsynced.popleft()
        self._staged = []
        self._write_point()

    def rollback(self) -> None:
        """Forget everything staged since the last commit."""
        self._check_up()
        self._undo(self._staged)

    def read(self, digest: RecordDigest) -> bytes | None:
        """The envelope bytes of a journalled record, or None."""
        self._check_up()
        return self._envelopes.get(digest)

    def journal(self, start: int = 0) -> Iterator[JournalEntry]:
        """The journal in order, from a position counted from 0."""
        self._check_up()
        return _from(self._journal, start, None)

    def log_ids(self) -> tuple[LogId, ...]:
        """Every log that has a leaf or a checkpoint."""
        self._check_up()
        return tuple(
            sorted({*self._leaves, *self._checkpoints}, key=lambda log: (log.owner, log.reader))
        )

    def leaves(
        self, log: LogId, start: int = 0, count_max: int | None = None
    ) -> Iterator[StoredLeaf]:
        """Leaves of a log in order of index from `start`."""
        self._check_up()
        return _from(self._leaves.get(log, []), start, count_max)

    def log_size(self, log: LogId) -> int:
        """How many leaves the log has."""
        self._check_up()
        return len(self._leaves.get(log, ()))

    def latest_checkpoint(self, log: LogId, cosigned: bool = False) -> StoredCheckpoint | None:
        """The checkpoint of greatest size (that carries a cosignature, if asked)."""
        self._check_up()
        for size in reversed(self._sizes.get(log, ())):
            checkpoint = self._checkpoints[log][size]
            if not cosigned or checkpoint.cosignature_bytes is not None:
                return checkpoint
        return None

    def checkpoints(self, log: LogId) -> Iterator[StoredCheckpoint]:
        """Every checkpoint kept for a log, by size."""
        self._check_up()
        kept = self._checkpoints.get(log, {})
        return iter([kept[size] for size in self._sizes.get(log, ())])

    def settings(self) -> Mapping[str, bytes]:
        """All named values."""
        self._check_up()
        return dict(self._settings)

    def faults(self) -> Iterator[StoreFault]:
        """Nothing rots in memory."""
        self._check_up()
        return iter(())

    def close(self) -> None:
        """Release the store; staged writes are dropped."""
        if not self._down:
            self._undo(self._staged)
        self._closed = True

    # --- private ---------------------------------------------------------------------------

    def _check_up(self) -> None:
        if self._down:
            raise SimulatedCrash
        if self._closed:
            raise StoreError("closed", "the store was closed")

    def _write_point(self) -> None:
        self._check_up()
        self.write_points += 1
        if self._points_left is None:
            return
        self._points_left -= 1
        if self._points_left == 0:
            self._points_left = None
            self._down = True
            raise SimulatedCrash

    def _undo(self, steps: list[_Undo]) -> None:
        while steps:
            match steps.pop():
                case ("journal", str() as digest, _, _):
                    self._journal.pop()
                    del self._envelopes[RecordDigest(digest)]
                case ("leaf", LogId() as log, _, _):
                    self._leaves[log].pop()
                    if not self._leaves[log]:
                        del self._leaves[log]
                case ("erase", _Erased() as erased, _, _):
                    self._undo_erased(erased)
                case ("checkpoint", LogId() as log, int() as size, before):
                    self._undo_checkpoint(log, size, before)
                case ("setting", str() as name, bytes() as before, _):
                    self._settings[name] = before
                case ("setting", str() as name, _, _):
                    del self._settings[name]

    def _undo_erased(self, erased: "_Erased") -> None:
        self._journal[erased.number] = erased.entry
        self._envelopes[erased.entry.digest] = erased.envelope
        for log, index, leaf in erased.leaves:
            self._leaves[log][index] = leaf

    def _undo_checkpoint(self, log: LogId, size: int, before: object) -> None:
        if isinstance(before, StoredCheckpoint):
            self._checkpoints[log][size] = before
            return
        del self._checkpoints[log][size]
        self._sizes[log].remove(size)
        if not self._checkpoints[log]:
            del self._checkpoints[log], self._sizes[log]


def _check_digest(digest: RecordDigest) -> None:
    invariant(DIGEST.fullmatch(digest) is not None, f"{digest!r} is not 64 lower-case hex digits")


def _from(rows: list[_Row], start: int, count_max: int | None) -> Iterator[_Row]:
    index = start
    end = None if count_max is None else start + count_max
    while index < len(rows) and (end is None or index < end):
        yield rows[index]
        index += 1
