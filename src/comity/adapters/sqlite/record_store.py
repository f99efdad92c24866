"""The node's record store in one SQLite file."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import apsw

from comity.adapters.sqlite.connection import (
    OpenFile,
    drop_cached_pages,
    open_reader,
    open_writer,
)
from comity.adapters.sqlite.errors import store_error
from comity.adapters.sqlite.migrations import check_identity, migrate, packaged_migrations
from comity.adapters.sqlite.rows import (
    PAGE_ROWS,
    SqliteValue,
    checkpoint_rows,
    fetch_one,
    journal_rows,
    leaf_rows,
    log_rows,
    setting_rows,
)
from comity.adapters.sqlite.seals import (
    CHAIN_START,
    checkpoint_seal,
    journal_chain,
    leaf_seal,
    setting_seal,
)
from comity.adapters.sqlite.self_check import self_check
from comity.adapters.sqlite.write_ahead_log import WalState, WalVerdict
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

WAL_FRAMES_MAX = 1000  # 4 MB of log before it is folded into the file, as SQLite's own default
_PUT_CHECKPOINT = """INSERT INTO checkpoint VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (log, size) DO UPDATE
  SET note = excluded.note, cosignature = excluded.cosignature, seal = excluded.seal"""
_PUT_SETTING = """INSERT INTO setting VALUES (?, ?, ?)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value, seal = excluded.seal"""
_JOURNAL_TAIL = "SELECT position + 1, chain FROM journal ORDER BY position DESC LIMIT 1"
_LOG_SIZE = "SELECT max(position) + 1 FROM leaf WHERE log = ?"


class SqliteRecordStore:
    """`RecordStore` in a file: WAL, synchronous=FULL, one writer, group commit, sealed rows.

    Everything staged stands in one open transaction, so that reads see it and `commit` makes it
    durable with one flush. Whatever is read back is checked against its seal first.

    Args:
        path: the file; beside it lie `-wal`, `-shm` and `.lock`.
        create: make the file where there is none; otherwise a missing store is an error, so that
            a lost one is never taken for a new one.
        read_only: look only; works beside a running node.
        vfs: name of a registered apsw VFS, for tests that lose power.
        exclusive: hold SQLite's own lock too; a VFS without shared memory needs it.

    Raises:
        StoreError: `file-missing`, `busy`, `damaged`, `not-a-store`, `newer-version`,
            `sqlite-too-old`, `cannot-open`, `read-only`, `disk-full`, `disk-io`.
    """

    def __init__(
        self,
        path: Path,
        *,
        create: bool = False,
        read_only: bool = False,
        vfs: str | None = None,
        exclusive: bool = False,
    ) -> None:
        self._path = path
        self._read_only = read_only
        self._vfs, self._exclusive = vfs, exclusive
        self._closed = False
        self._failed: StoreError | None = None
        self._wal_frames = 0
        self._erased = False
        self._log_numbers: dict[LogId, int] | None = None
        self._log_sizes: dict[LogId, int] = {}
        self._journal_end: tuple[int, bytes] | None = None
        self._file = self._open(create)
        self._connection = self._file.connection

    @property
    def recovery(self) -> str | None:
        """What was found torn at the end of the write-ahead log when this store was opened."""
        wal = self._file.wal
        return None if wal.verdict is WalVerdict.SOUND else wal.why

    # --- writing ---------------------------------------------------------------------------

    @property
    def staged(self) -> bool:
        """Whether a commit would have anything to make durable."""
        self._check_open()
        return bool(self._connection.in_transaction)

    def append_journal(self, entry: JournalEntry) -> None:
        """Stage one record at the end of the journal."""
        digest = _digest(entry.digest)
        self._begin()
        if self._look_up("SELECT 1 FROM journal WHERE digest = ?", digest):
            return
        number, envelope_sha256 = self._envelope(entry.envelope_bytes, entry.erased_sha256)
        position, before = self._journal_tail()
        received_ms = entry.received_at.unix_ms
        chain = journal_chain(before, digest, envelope_sha256, received_ms)
        row = (position, digest, number, received_ms, chain)
        self._execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?)", row)
        self._journal_end = (position + 1, chain)

    def append_leaf(self, log: LogId, leaf: StoredLeaf) -> None:
        """Stage one leaf at the end of a log."""
        digest = _digest(leaf.digest)
        size = self.log_size(log)
        invariant(leaf.index == size, f"leaf {leaf.index} does not follow a log of size {size}")
        self._begin()
        number, envelope_sha256 = self._envelope(leaf.envelope_bytes, leaf.erased_sha256)
        row = (
            self._log_number(log),
            leaf.index,
            leaf.salt,
            digest,
            number,
            leaf.quarantine_reason,
            leaf_seal(log, leaf, envelope_sha256),
        )
        self._execute("INSERT INTO leaf VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        self._log_sizes[log] = leaf.index + 1

    def erase(self, digest: RecordDigest, stub_bytes: bytes) -> None:
        """Stage that a record's envelope goes; what SQLite frees is overwritten."""
        key = _digest(digest)
        self._begin()
        found = self._look_up("SELECT envelope FROM journal WHERE digest = ?", key)
        if found is None:
            self._drop_staged()
            raise StoreError("journal", f"record {digest} is not there")
        row = (stub_bytes, sha256(stub_bytes).digest(), found[0])
        self._execute("UPDATE envelope SET content = ?, stub_sha256 = ? WHERE id = ?", row)
        self._erased = True

    def put_checkpoint(self, log: LogId, checkpoint: StoredCheckpoint) -> None:
        """Stage a checkpoint; the same size again replaces it."""
        self._begin()
        row = (
            self._log_number(log),
            checkpoint.size,
            checkpoint.note_bytes,
            checkpoint.cosignature_bytes,
            checkpoint_seal(log, checkpoint),
        )
        self._execute(_PUT_CHECKPOINT, row)

    def put_setting(self, name: str, value: bytes) -> None:
        """Stage one named value."""
        self._begin()
        self._execute(_PUT_SETTING, (name, value, setting_seal(name, value)))

    def commit(self) -> None:
        """Make everything staged durable with one flush, or raise StoreError and drop it."""
        self._check_usable()
        if not self._connection.in_transaction:
            return
        self._execute("COMMIT")
        if self._erased:  # what the log still holds of the bytes goes too
            self._erased = False
            self._fold_log(apsw.SQLITE_CHECKPOINT_TRUNCATE)
            return
        if self._wal_frames >= WAL_FRAMES_MAX:
            self._fold_log()

    def rollback(self) -> None:
        """Forget everything staged since the last commit."""
        self._check_open()
        self._drop_staged()

    def write_copy(self, target: Path) -> None:
        """Write what is committed, as one compact file without a log, while the node goes on.

        Raises:
            StoreError: as for reading and writing; `target` must not be there.
        """
        self._check_open()
        opened = open_reader(self._path)
        try:
            opened.connection.execute("VACUUM INTO ?", (str(target),))
        except apsw.Error as error:
            raise store_error(error, f"copying to {target}") from error
        finally:
            opened.close()

    # --- reading ---------------------------------------------------------------------------

    def read(self, digest: RecordDigest) -> bytes | None:
        """The envelope bytes of a journalled record, or None."""
        key = _digest(digest)
        self._check_open()
        found = fetch_one(self._connection, "SELECT position FROM journal WHERE digest = ?", (key,))
        if found is None:
            return None
        (row,) = journal_rows(self._connection, found[0], 1)
        return None if row.entry.erased_sha256 is not None else row.entry.envelope_bytes

    def stub(self, digest: RecordDigest) -> Stub | None:
        """What is left of an erased record; None where it is whole or not there."""
        key = _digest(digest)
        self._check_open()
        found = fetch_one(self._connection, "SELECT position FROM journal WHERE digest = ?", (key,))
        if found is None:
            return None
        (row,) = journal_rows(self._connection, found[0], 1)
        erased = row.entry.erased_sha256
        return None if erased is None else Stub(row.entry.envelope_bytes, erased)

    def journal(self, start: int = 0) -> Iterator[JournalEntry]:
        """The journal in order, from a position counted from 0."""
        self._check_open()
        return self._journal(start)

    def journal_size(self) -> int:
        """How many records the journal has, by its last row."""
        self._check_open()
        found = self._look_up(_JOURNAL_TAIL)
        return 0 if found is None else int(found[0])

    def log_ids(self) -> tuple[LogId, ...]:
        """Every log that has a leaf or a checkpoint."""
        self._check_open()
        return tuple(sorted(self._logs(), key=lambda log: (log.owner, log.reader)))

    def leaves(
        self, log: LogId, start: int = 0, count_max: int | None = None
    ) -> Iterator[StoredLeaf]:
        """Leaves of a log in order of index from `start`."""
        self._check_open()
        return self._leaves(log, start, None if count_max is None else start + count_max)

    def log_size(self, log: LogId) -> int:
        """How many leaves the log has."""
        self._check_open()
        size = self._log_sizes.get(log)
        if size is None:
            found = fetch_one(self._connection, _LOG_SIZE, (self._logs().get(log),))
            size = (found[0] if found else None) or 0
            if not self._read_only:  # beside a node, logs grow meanwhile
                self._log_sizes[log] = size
        return size

    def latest_checkpoint(self, log: LogId, cosigned: bool = False) -> StoredCheckpoint | None:
        """The checkpoint of greatest size (that carries a cosignature, if asked)."""
        which = "AND cosignature IS NOT NULL " if cosigned else ""
        return next(self._checkpoints(log, f"{which}ORDER BY size DESC LIMIT 1"), None)

    def checkpoints(self, log: LogId) -> Iterator[StoredCheckpoint]:
        """Every checkpoint kept for a log, by size."""
        return self._checkpoints(log, "ORDER BY size")

    def settings(self) -> Mapping[str, bytes]:
        """All named values."""
        self._check_open()
        return dict(setting_rows(self._connection))

    def faults(self) -> Iterator[StoreFault]:
        """Every row and structure of the file that does not hold."""
        self._check_open()
        wal = self._file.wal if self._read_only else WalState(WalVerdict.SOUND, 0)  # folded
        return self_check(self._connection, wal)

    def reopen_if_failed(self) -> None:
        """After a flush that failed: let go of the file and open it anew, as a new process would.

        What the write-ahead log holds is written and flushed once more; then the system is asked to
        forget its copy of the file, so that what is read next, and checked against its seals, is
        what the disk holds. What was staged is gone; what a failed commit had staged may be there.

        Raises:
            StoreError: the disk still refuses; the store can be tried again later.
        """
        self._check_open()
        if self._failed is None:
            return
        self._forget()
        with contextlib.suppress(apsw.Error):  # closing writes, too; opening tells whether it works
            self._file.close()
        self._file = self._open(create=False)
        self._connection = self._file.connection
        drop_cached_pages(self._path)
        self._failed, self._wal_frames = None, 0

    def close(self) -> None:
        """Release the store; staged writes are dropped."""
        if self._closed:
            return
        self._closed = True
        try:
            self._drop_staged()
        finally:
            self._file.close()

    # --- private: opening and failing ------------------------------------------------------

    def _open(self, create: bool) -> OpenFile:
        try:
            if self._read_only:
                opened = open_reader(self._path)
            else:
                opened = open_writer(
                    self._path, create=create, vfs=self._vfs, exclusive=self._exclusive
                )
        except apsw.Error as error:
            raise store_error(error, f"opening {self._path}") from error
        try:
            self._settle(opened.connection, create)
        except BaseException as error:
            with contextlib.suppress(apsw.Error):  # closing writes, too, on the same disk
                opened.close()
            if isinstance(error, apsw.Error):
                raise store_error(error, f"opening {self._path}") from error
            raise
        return opened

    def _settle(self, connection: apsw.Connection, create: bool) -> None:
        """Bring the file to this version, or refuse it."""
        migrations = packaged_migrations()
        version = check_identity(connection, migrations)
        if version == 0 and not create:
            raise StoreError("not-a-store", f"{self._path} is empty")
        if self._read_only:
            if version != len(migrations):
                raise StoreError("older-version", f"{self._path}: start its node once first")
            return
        migrate(connection, version, migrations)
        # Pages that a failed flush may have left in the system's cache alone are written and
        # flushed once more, and a torn tail is gone for good.
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        connection.set_wal_hook(self._on_wal)

    def _on_wal(self, _connection: apsw.Connection, _database: str, frames: int) -> int:
        self._wal_frames = frames
        return apsw.SQLITE_OK

    def _fold_log(self, mode: int = apsw.SQLITE_CHECKPOINT_PASSIVE) -> None:
        """Fold the log into the file. What was committed is durable, whatever happens here."""
        try:
            self._connection.wal_checkpoint(mode=mode)
        except apsw.Error as error:
            failure = store_error(error, "folding the write-ahead log")
            if failure.reason == "sync-failed":
                self._failed = failure
        self._wal_frames = 0

    def _failure(self, error: apsw.Error, doing: str) -> StoreError:
        """Drop what was staged, and stop for good where the disk's state is in doubt."""
        failure = store_error(error, doing)
        if failure.reason == "sync-failed":
            # The system may drop pages it failed to flush; only reading the disk anew tells.
            self._failed = failure
        self._drop_staged()
        return failure

    def _drop_staged(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except apsw.ConnectionClosedError:
            pass  # it could not be opened anew; there is nothing staged
        except apsw.Error as error:
            self._failed = store_error(error, "rolling back")
        self._forget()

    def _forget(self) -> None:
        """Drop what is remembered of the file; the next use reads it again."""
        self._log_numbers = None
        self._log_sizes.clear()
        self._journal_end = None

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("closed", f"{self._path} was closed")

    def _check_usable(self) -> None:
        self._check_open()
        if self._read_only:
            raise StoreError("read-only", f"{self._path} was opened to look only")
        if self._failed is not None:
            raise StoreError(self._failed.reason, f"{self._failed.detail}; open it anew")

    def _begin(self) -> None:
        self._check_usable()
        if not self._connection.in_transaction:
            self._execute("BEGIN IMMEDIATE")

    def _execute(self, statement: str, bindings: Sequence[SqliteValue] = ()) -> None:
        try:
            self._connection.execute(statement, bindings)
        except apsw.Error as error:
            raise self._failure(error, "writing") from error

    def _look_up(self, query: str, *bindings: bytes) -> tuple[Any, ...] | None:
        """A row that a write depends on; where it cannot be read, what is staged is dropped."""
        try:
            return fetch_one(self._connection, query, bindings)
        except StoreError:
            self._drop_staged()
            raise

    # --- private: rows ---------------------------------------------------------------------

    def _envelope(self, content: bytes, erased_sha256: bytes | None) -> tuple[int, bytes]:
        """The row that holds these bytes, made where there is none, and their SHA-256; of a stub its envelope's."""
        digest = sha256(content).digest()
        key = erased_sha256 or digest
        found = self._look_up("SELECT id FROM envelope WHERE sha256 = ?", key)
        if found is not None:
            return found[0], key
        statement = "INSERT INTO envelope (sha256, content, stub_sha256) VALUES (?, ?, ?)"
        self._execute(statement, (key, content, None if erased_sha256 is None else digest))
        return self._connection.last_insert_rowid(), key

    def _journal_tail(self) -> tuple[int, bytes]:
        if self._journal_end is None:
            position, chain = self._look_up(_JOURNAL_TAIL) or (0, CHAIN_START)
            self._journal_end = position, chain
        return self._journal_end

    def _logs(self) -> dict[LogId, int]:
        if self._log_numbers is None or self._read_only:  # beside a node, logs appear meanwhile
            self._log_numbers = log_rows(self._connection)
        return self._log_numbers

    def _log_number(self, log: LogId) -> int:
        logs = self._logs()
        if log not in logs:
            self._execute("INSERT INTO log (owner, reader) VALUES (?, ?)", (log.owner, log.reader))
            logs[log] = self._connection.last_insert_rowid()
        return logs[log]

    def _journal(self, start: int) -> Iterator[JournalEntry]:
        before: bytes | None = None
        while True:
            self._check_open()
            first = start
            for row in journal_rows(self._connection, start, PAGE_ROWS, before):
                yield row.entry  # what stands before a damaged row is told before that is
                start, before = start + 1, row.chain
            if start == first:
                return

    def _leaves(self, log: LogId, start: int, end: int | None) -> Iterator[StoredLeaf]:
        while end is None or start < end:
            self._check_open()
            number = self._logs().get(log)
            if number is None:
                return
            count = PAGE_ROWS if end is None else min(PAGE_ROWS, end - start)
            found = list(leaf_rows(self._connection, log, number, start, count))
            if not found:
                return
            yield from found
            start += len(found)

    def _checkpoints(self, log: LogId, clause: str) -> Iterator[StoredCheckpoint]:
        self._check_open()
        number = self._logs().get(log)
        if number is None:
            return iter(())
        return iter(list(checkpoint_rows(self._connection, log, number, clause)))


def _digest(digest: RecordDigest) -> bytes:
    invariant(DIGEST.fullmatch(digest) is not None, f"{digest!r} is not 64 lower-case hex digits")
    return bytes.fromhex(digest)
