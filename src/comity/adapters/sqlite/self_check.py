"""Re-checks the whole file: SQLite's structures, every row's seal, and that nothing lies loose."""

import contextlib
from collections.abc import Callable, Iterable, Iterator

import apsw

from comity.adapters.sqlite.rows import (
    PAGE_ROWS,
    checkpoint_rows,
    fetch,
    fetch_one,
    journal_rows,
    leaf_place,
    leaf_rows,
    log_place,
    log_rows,
    setting_rows,
)
from comity.adapters.sqlite.write_ahead_log import WalState, WalVerdict
from comity.application.ports.record_store import LogId, StoreFault
from comity.kernel.errors import StoreError

_STRUCTURE_FAULTS_MAX = 100  # what SQLite names of one file; the rows are named one by one below
_LOOSE_ENVELOPES = """SELECT id FROM envelope
  EXCEPT SELECT envelope FROM journal EXCEPT SELECT envelope FROM leaf"""
_JOURNAL_SIZE = "SELECT max(position) + 1 FROM journal"
_LOG_SIZE = "SELECT max(position) + 1 FROM leaf WHERE log = ?"


def self_check(connection: apsw.Connection, wal: WalState) -> Iterator[StoreFault]:
    """Name every row and structure that does not hold."""
    if wal.verdict is not WalVerdict.SOUND:
        yield StoreFault("write-ahead log", f"{wal.why}: a commit cut off by a crash, or damage")
    for part, faults in (
        ("file", _structure(connection)),
        ("journal", _journal(connection)),
        ("logs", _logs(connection)),
        ("settings", _settings(connection)),
    ):
        try:
            yield from faults
        except StoreError as error:  # not even the list of rows can be read
            yield StoreFault(part, error.detail)


def _structure(connection: apsw.Connection) -> Iterator[StoreFault]:
    for (line,) in fetch(connection, f"PRAGMA integrity_check({_STRUCTURE_FAULTS_MAX})"):
        if line != "ok":
            yield StoreFault("file", str(line))
    for table, row, parent, _ in fetch(connection, "PRAGMA foreign_key_check"):
        yield StoreFault(f"{table} row {row}", f"points to no row of {parent}")
    for (number,) in fetch(connection, _LOOSE_ENVELOPES):
        yield StoreFault(f"envelope row {number}", "belongs to no record and to no leaf")


def _journal(connection: apsw.Connection) -> Iterator[StoreFault]:
    yield from _numbered(
        _size(connection, _JOURNAL_SIZE),
        lambda position: f"journal[{position}]",
        lambda start, count: journal_rows(connection, start, count),
    )


def _logs(connection: apsw.Connection) -> Iterator[StoreFault]:
    for log, number in log_rows(connection).items():
        try:
            yield from _log(connection, log, number)
        except StoreError as error:
            yield StoreFault(log_place(log), error.detail)


def _log(connection: apsw.Connection, log: LogId, number: int) -> Iterator[StoreFault]:
    yield from _numbered(
        _size(connection, _LOG_SIZE, number),
        lambda position: leaf_place(log, position),
        lambda start, count: leaf_rows(connection, log, number, start, count),
    )
    for (size,) in fetch(connection, "SELECT size FROM checkpoint WHERE log = ?", (number,)):
        yield from _fault(
            f"checkpoint {log_place(log)} of size {size}",
            checkpoint_rows(connection, log, number, "AND size = ?", size),
        )


def _settings(connection: apsw.Connection) -> Iterator[StoreFault]:
    for (name,) in fetch(connection, "SELECT name FROM setting"):
        yield from _fault(f"setting {name}", setting_rows(connection, "WHERE name = ?", name))


def _numbered(
    size: int, place: Callable[[int], str], rows: Callable[[int, int], Iterable[object]]
) -> Iterator[StoreFault]:
    """Check rows by the page, and one by one where a page does not hold."""
    for start in range(0, size, PAGE_ROWS):
        count = min(PAGE_ROWS, size - start)
        with contextlib.suppress(StoreError):
            if len(list(rows(start, count))) == count:
                continue
        for position in range(start, start + count):
            yield from _fault(place(position), rows(position, 1))


def _size(connection: apsw.Connection, query: str, *bindings: int) -> int:
    row = fetch_one(connection, query, bindings)
    return row[0] if row is not None and isinstance(row[0], int) else 0


def _fault(place: str, rows: Iterable[object]) -> Iterator[StoreFault]:
    try:
        found = list(rows)
    except StoreError as error:
        yield StoreFault(place, error.detail.removeprefix(f"{place}: "))
    else:
        if not found:
            yield StoreFault(place, "the row is not there")
