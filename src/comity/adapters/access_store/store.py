"""One small SQLite file beside the node's store; none of it is a record."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

import apsw
import msgspec

from comity.application.ports.access_store import AllKept, Kept
from comity.domain.operators.access import (
    AUDIT_ROWS_MAX,
    ApiToken,
    AuditChecked,
    Audited,
    Link,
    Passkey,
    Password,
    Recovery,
    Sealed,
    Session,
)
from comity.kernel.errors import StoreError
from comity.kernel.instants import Instant

_Asked = ParamSpec("_Asked")
_Told = TypeVar("_Told")
BUSY_MS = 2_000
_FILE_MODE = 0o600
_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (
  kind TEXT NOT NULL, id TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit (number INTEGER PRIMARY KEY AUTOINCREMENT, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS audit_seal (number INTEGER PRIMARY KEY, seal BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS audit_place (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
"""
_SEAL_PREFIX, _SEAL_START = b"comity-audit-seal-v1\0", bytes(32)
_KEY_OF: dict[type, Callable[[Any], str]] = {
    Session: lambda each: each.handle,
    Passkey: lambda each: each.id,
    Password: lambda each: each.operator,
    Recovery: lambda each: each.operator,
    Link: lambda each: each.secret_hash,
    ApiToken: lambda each: each.id,
}


def _alone(
    method: Callable[Concatenate["SqliteAccessStore", _Asked], _Told],
) -> Callable[Concatenate["SqliteAccessStore", _Asked], _Told]:
    @wraps(method)
    def one_at_a_time(
        self: "SqliteAccessStore", /, *asked: _Asked.args, **named: _Asked.kwargs
    ) -> _Told:
        with self.one_thread:
            return method(self, *asked, **named)

    return one_at_a_time


class SqliteAccessStore:
    """`AccessStore` in one file. A path of None keeps it in memory.

    One thread is in it at a time: a transaction is the connection's, and another's statements would be in it.
    """

    def __init__(self, path: Path | None) -> None:
        """Open or make the file.

        Raises:
            StoreError: `cannot-open`, or `file-open-to-others`.
        """
        self.one_thread = Lock()
        try:
            if path is not None:
                _make(path)
            self._connection = apsw.Connection(":memory:" if path is None else str(path))
            self._connection.set_busy_timeout(BUSY_MS)
            self._connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
            self._connection.execute("PRAGMA trusted_schema = OFF")
            self._connection.execute("PRAGMA secure_delete = ON")
            if path is not None:
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute(_SCHEMA)
            self._sealed_to, self._seal = self._last_seal()
        except (apsw.Error, OSError) as error:
            raise StoreError("cannot-open", f"{path}: {error}") from error

    @_alone
    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @_alone
    def load(self) -> AllKept:
        """Everything kept."""
        kept = AllKept()
        lists: dict[str, tuple[type, list[Any]]] = {
            "Session": (Session, kept.sessions),
            "Passkey": (Passkey, kept.passkeys),
            "Password": (Password, kept.passwords),
            "Recovery": (Recovery, kept.recoveries),
            "Link": (Link, kept.links),
            "ApiToken": (ApiToken, kept.tokens),
        }
        try:
            for kind, value in self._connection.execute("SELECT kind, value FROM kept"):
                cls, found = lists[kind]
                found.append(_decode(value, cls))
        except (apsw.Error, KeyError, msgspec.MsgspecError) as error:
            raise StoreError("damaged", f"access store: {error}") from error
        return kept

    @_alone
    def change(self, put: Sequence[Kept], drop: Sequence[Kept] = ()) -> None:
        """Keep these and forget those, all or nothing."""
        try:
            with self._connection:
                for each in drop:
                    self._connection.execute(
                        "DELETE FROM kept WHERE kind = ? AND id = ?", _key(each)
                    )
                for each in put:
                    row = (*_key(each), _encode(each))
                    self._connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", row)
        except apsw.Error as error:
            raise StoreError("access-store", str(error)) from error

    @_alone
    def audit(self, rows: Sequence[tuple[int | None, Audited]]) -> list[int]:
        """Add rows to the audit log, or put one in the place of that number; beyond its limit the oldest go."""
        numbers = []
        try:
            with self._connection:
                for number, each in rows:
                    if number is None:
                        self._connection.execute(
                            "INSERT INTO audit (value) VALUES (?)", (_encode(each),)
                        )
                        numbers.append(self._connection.last_insert_rowid())
                    elif number <= self._sealed_to:
                        raise StoreError("audit-sealed", f"line {number} is not changed any more")
                    else:
                        self._connection.execute(
                            "UPDATE audit SET value = ? WHERE number = ?", (_encode(each), number)
                        )
                        numbers.append(number)
                self._drop_oldest()
        except apsw.Error as error:
            self._sealed_to, self._seal = self._last_seal()
            raise StoreError("access-store", str(error)) from error
        return numbers

    @_alone
    def audited(self, before: int | None, limit: int) -> list[tuple[int, Audited]]:
        """Rows with their numbers, the newest first."""
        least = (1 << 62) if before is None else before
        query = "SELECT number, value FROM audit WHERE number < ? ORDER BY number DESC LIMIT ?"
        rows = self._connection.execute(query, (least, limit))
        return [(number, _decode(value, Audited)) for number, value in rows]

    @property
    def audit_sealed_to(self) -> int:
        """Number of the last sealed row; 0 at first."""
        return self._sealed_to

    @_alone
    def seal_audit(self, before: Instant | None) -> None:
        """Seal rows in their order up to the first that is not older than that; all for None."""
        try:
            with self._connection:
                for number, value in list(self._audit_rows(self._sealed_to)):
                    if before is not None and _decode(value, Audited).at >= before:
                        break
                    self._seal_one(number, value)
        except apsw.Error as error:
            self._sealed_to, self._seal = self._last_seal()
            raise StoreError("access-store", str(error)) from error

    @_alone
    def check_audit(self) -> AuditChecked:
        """Compute every seal anew, from the one before the oldest row that is kept."""
        seals = dict(self._connection.execute("SELECT number, seal FROM audit_seal"))
        rows = dict(self._audit_rows(0))
        first, sealed_to = min(rows, default=0), max(seals, default=0)
        before = seals.get(first - 1, _SEAL_START if first <= 1 else None)
        fault = None if before is not None else f"the seal before line {first} is missing"
        for number in range(max(first, 1), sealed_to + 1):
            if before is None:
                break
            value = rows.get(number)
            known = isinstance(value, bytes)  # by a hand of its own it may be a text
            before = _seal(before, number, value) if value is not None and known else None
            if before is None or before != seals.get(number):
                what = "is missing" if value is None else "is not the one that was sealed"
                fault = f"line {number} {what}"
                break
        return AuditChecked(first, sealed_to, seals.get(sealed_to, _SEAL_START).hex(), fault)

    @_alone
    def sealed_after(self, number: int, limit: int) -> list[Sealed]:
        """Sealed rows behind a number, the oldest first."""
        query = (
            "SELECT number, value, seal FROM audit JOIN audit_seal USING (number) "
            "WHERE number > ? ORDER BY number LIMIT ?"
        )
        rows = self._connection.execute(query, (number, limit))
        return [Sealed(each, _decode(value, Audited), seal.hex()) for each, value, seal in rows]

    @_alone
    def audit_handed_on(self, number: int | None = None) -> int:
        """Up to which row the log was handed on; keeps another place where one is given."""
        if number is not None:
            row = ("handed-on", number)
            self._connection.execute("INSERT OR REPLACE INTO audit_place VALUES (?, ?)", row)
        found = self._connection.execute("SELECT number FROM audit_place").fetchone()
        return 0 if found is None else int(found[0])

    def _audit_rows(self, after: int) -> Iterator[tuple[int, bytes]]:
        query = "SELECT number, value FROM audit WHERE number > ? ORDER BY number"
        yield from self._connection.execute(query, (after,))

    def _drop_oldest(self) -> None:
        """Within a transaction: seal what is to go, so that the chain has no hole, and let it go."""
        found = self._connection.execute("SELECT max(number) FROM audit").fetchone()
        last = (found[0] if found and found[0] else 0) - AUDIT_ROWS_MAX
        if last <= 0:
            return
        for number, value in list(self._audit_rows(self._sealed_to)):
            if number > last:
                break
            self._seal_one(number, value)
        self._connection.execute("DELETE FROM audit WHERE number <= ?", (last,))
        self._connection.execute("DELETE FROM audit_seal WHERE number < ?", (last,))

    def _seal_one(self, number: int, value: bytes) -> None:
        seal = _seal(self._seal, number, value)
        self._connection.execute("INSERT INTO audit_seal VALUES (?, ?)", (number, seal))
        self._sealed_to, self._seal = number, seal

    def _last_seal(self) -> tuple[int, bytes]:
        query = "SELECT number, seal FROM audit_seal ORDER BY number DESC LIMIT 1"
        found = self._connection.execute(query).fetchone()
        return (0, _SEAL_START) if found is None else (int(found[0]), bytes(found[1]))


def _seal(before: bytes, number: int, value: bytes) -> bytes:
    return hashlib.sha256(_SEAL_PREFIX + before + number.to_bytes(8, "big") + value).digest()


def _make(path: Path) -> None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, _FILE_MODE)
    try:
        mode = os.fstat(handle).st_mode & 0o777
    finally:
        os.close(handle)
    if mode & 0o077:
        raise StoreError("file-open-to-others", f"{path} has mode {mode:04o}, it must be 0600")


def _key(value: Kept) -> tuple[str, str]:
    return type(value).__name__, _KEY_OF[type(value)](value)


def _encode(value: object) -> bytes:
    return msgspec.json.encode(value)


def _decode(value: bytes, kind: type[Any]) -> Any:
    return msgspec.json.decode(value, type=kind)
