"""One small SQLite file beside the node's store; none of it is a record."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import apsw
import msgspec

from comity.application.ports.access_store import AllKept, Kept
from comity.domain.operators.access import (
    AUDIT_ROWS_MAX,
    ApiToken,
    Audited,
    Link,
    Passkey,
    Password,
    Recovery,
    Session,
)
from comity.kernel.errors import StoreError

BUSY_MS = 2_000
_FILE_MODE = 0o600
_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (
  kind TEXT NOT NULL, id TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit (number INTEGER PRIMARY KEY AUTOINCREMENT, value BLOB NOT NULL);
"""
_KEY_OF: dict[type, Callable[[Any], str]] = {
    Session: lambda each: each.handle,
    Passkey: lambda each: each.id,
    Password: lambda each: each.operator,
    Recovery: lambda each: each.operator,
    Link: lambda each: each.secret_hash,
    ApiToken: lambda each: each.id,
}


class SqliteAccessStore:
    """`AccessStore` in one file. A path of None keeps it in memory."""

    def __init__(self, path: Path | None) -> None:
        """Open or make the file.

        Raises:
            StoreError: `cannot-open`, or `file-open-to-others`.
        """
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
        except (apsw.Error, OSError) as error:
            raise StoreError("cannot-open", f"{path}: {error}") from error

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

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
                    else:
                        self._connection.execute(
                            "UPDATE audit SET value = ? WHERE number = ?", (_encode(each), number)
                        )
                        numbers.append(number)
                self._connection.execute(
                    "DELETE FROM audit WHERE number <= (SELECT max(number) FROM audit) - ?",
                    (AUDIT_ROWS_MAX,),
                )
        except apsw.Error as error:
            raise StoreError("access-store", str(error)) from error
        return numbers

    def audited(self, before: int | None, limit: int) -> list[tuple[int, Audited]]:
        """Rows with their numbers, the newest first."""
        least = (1 << 62) if before is None else before
        query = "SELECT number, value FROM audit WHERE number < ? ORDER BY number DESC LIMIT ?"
        rows = self._connection.execute(query, (least, limit))
        return [(number, _decode(value, Audited)) for number, value in rows]


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
