"""Opens the file: the right SQLite, one writer, full durability."""

import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path

import apsw

from comity.adapters.sqlite.write_ahead_log import WalState, WalVerdict, inspect_wal
from comity.kernel.errors import StoreError

SQLITE_VERSION_MIN = (3, 51, 3)  # older ones can corrupt a WAL on reset (L-30)
BUSY_MS = 1000  # another tool may hold the file for a moment; a node never waits longer
_LOCK_TRIES = 10
_LOCK_WAIT_S = 0.05  # a reader that asks whether we live holds it for a moment
_FILE_MODE = 0o600

_SETTINGS = (
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is erased is overwritten, not only let go
    "PRAGMA mmap_size = 0",
    "PRAGMA temp_store = MEMORY",
)


@dataclass(slots=True)
class OpenFile:
    """A connection, the writer's lock on the file, and what its log looked like before."""

    connection: apsw.Connection
    lock: int | None
    wal: WalState

    def close(self) -> None:
        """Close the connection, then let go of the lock."""
        try:
            self.connection.close()
        finally:
            if self.lock is not None:
                os.close(self.lock)
                self.lock = None


def check_sqlite_version(version: str) -> None:
    """Refuse a SQLite without the fix our durability rests on.

    Raises:
        StoreError: `sqlite-too-old`.
    """
    if tuple(int(part) for part in version.split(".")) < SQLITE_VERSION_MIN:
        wanted = ".".join(map(str, SQLITE_VERSION_MIN))
        raise StoreError("sqlite-too-old", f"SQLite {version} is older than {wanted}")


def open_writer(path: Path, *, create: bool, vfs: str | None, exclusive: bool) -> OpenFile:
    """Open for the one writer.

    Raises:
        StoreError: `sqlite-too-old`, `file-missing`, `busy`, `damaged`, `cannot-open`.
    """
    check_sqlite_version(apsw.sqlite_lib_version())
    _check_there(path, create)
    lock = _lock(path)
    try:
        wal = _inspect(path)
        _refuse_damaged(path, wal)
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE, vfs=vfs)
    except BaseException:
        os.close(lock)
        raise
    opened = OpenFile(connection, lock, wal)
    try:
        _configure(connection)
        if exclusive:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        _write_ahead(path, connection)
    except BaseException:
        opened.close()
        raise
    return opened


def open_reader(path: Path) -> OpenFile:
    """Open to look only; a node may be writing meanwhile.

    Raises:
        StoreError: `sqlite-too-old`, `file-missing`, `cannot-open`.
    """
    check_sqlite_version(apsw.sqlite_lib_version())
    _check_there(path, create=False)
    # Of a log that a node is writing, the node's own index is the judge.
    wal = WalState(WalVerdict.SOUND, 0) if _has_writer(path) else _inspect(path)
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        _configure(connection)
    except BaseException:
        connection.close()
        raise
    return OpenFile(connection, None, wal)


def _refuse_damaged(path: Path, wal: WalState) -> None:
    if wal.verdict is WalVerdict.DAMAGED:
        raise StoreError("damaged", f"write-ahead log of {path}: {wal.why}")


def _write_ahead(path: Path, connection: apsw.Connection) -> None:
    if connection.execute("PRAGMA journal_mode = WAL").get != "wal":
        raise StoreError("cannot-open", f"{path}: its file system has no write-ahead log")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")


def _configure(connection: apsw.Connection) -> None:
    connection.set_busy_timeout(BUSY_MS)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    for setting in _SETTINGS:
        connection.execute(setting)


def _check_there(path: Path, create: bool) -> None:
    try:
        if create:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
            os.close(handle)
            _sync_folder(path.parent)
        elif not path.is_file():
            raise StoreError("file-missing", f"there is no store at {path}")
    except OSError as error:
        raise StoreError("cannot-open", f"{path}: {error.strerror}") from error


def _lock(path: Path) -> int:
    """Take the writer's lock on the file beside the store. The kernel frees it when we die."""
    try:
        handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
    except OSError as error:
        raise StoreError("cannot-open", f"{path}.lock: {error.strerror}") from error
    for _ in range(_LOCK_TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            time.sleep(_LOCK_WAIT_S)
        else:
            return handle
    os.close(handle)
    raise StoreError(
        "busy", f"{path} is open in another process: a node, or a command that works without one"
    )


def _has_writer(path: Path) -> bool:
    try:
        handle = os.open(f"{path}.lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _inspect(path: Path) -> WalState:
    try:
        return inspect_wal(Path(f"{path}-wal").read_bytes())
    except FileNotFoundError:
        return WalState(WalVerdict.SOUND, 0)
    except OSError as error:
        raise StoreError("disk-io", f"write-ahead log of {path}: {error.strerror}") from error


def drop_cached_pages(path: Path) -> None:
    """Ask the system to forget its copy of a file that was flushed, so that the disk is read next."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if hasattr(os, "posix_fadvise"):  # not on macOS
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
