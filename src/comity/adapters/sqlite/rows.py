"""Rows read back and checked against their seals: what is damaged is named, never handed on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import apsw

from comity.adapters.sqlite.errors import store_error
from comity.adapters.sqlite.seals import (
    CHAIN_START,
    checkpoint_seal,
    journal_chain,
    leaf_seal,
    setting_seal,
)
from comity.application.ports.record_store import (
    JournalEntry,
    LogId,
    StoredCheckpoint,
    StoredLeaf,
)
from comity.kernel.errors import InputError, StoreError
from comity.kernel.ids import PartyId, RecordDigest
from comity.kernel.instants import Instant

PAGE_ROWS = 128  # rows read at once, so that no statement stays open while others write

_JOURNAL = """SELECT j.position, j.digest, j.received_ms, j.chain, e.sha256, e.content, e.stub_sha256
  FROM journal j LEFT JOIN envelope e ON e.id = j.envelope
  WHERE j.position >= ? ORDER BY j.position LIMIT ?"""
_CHAIN = "SELECT chain FROM journal WHERE position = ?"
_LEAVES = """SELECT l.position, l.salt, l.digest, l.quarantine_reason, l.seal, e.sha256, e.content, e.stub_sha256
  FROM leaf l LEFT JOIN envelope e ON e.id = l.envelope
  WHERE l.log = ? AND l.position >= ? ORDER BY l.position LIMIT ?"""
_SETTINGS = "SELECT name, value, seal FROM setting"
_CHECKPOINTS = "SELECT size, note, cosignature, seal FROM checkpoint WHERE log = ?"


# What each query's columns must hold; a damaged row can hold anything.
_OPTIONAL_BYTES = (bytes, type(None))
_JOURNAL_TYPES = (int, bytes, int, bytes, _OPTIONAL_BYTES, _OPTIONAL_BYTES, _OPTIONAL_BYTES)
_LEAF_TYPES = (
    int, bytes, bytes, (str, type(None)), bytes, _OPTIONAL_BYTES, _OPTIONAL_BYTES, _OPTIONAL_BYTES,
)  # fmt: skip
_CHECKPOINT_TYPES = (int, bytes, _OPTIONAL_BYTES, bytes)
_SETTING_TYPES = (str, bytes, bytes)
_LOG_TYPES = (str, str, int)

SqliteValue = str | bytes | int | float | None
_Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A journal entry with the chain value its row carries."""

    entry: JournalEntry
    chain: bytes


def log_place(log: LogId) -> str:
    """A log as a person reads it."""
    return f"{log.owner}->{log.reader}"


def leaf_place(log: LogId, position: int) -> str:
    """A leaf as a person reads it."""
    return f"leaf {log_place(log)}[{position}]"


def fetch(
    connection: apsw.Connection, query: str, bindings: Sequence[SqliteValue] = ()
) -> list[_Row]:
    """All rows of a query.

    Raises:
        StoreError: whatever SQLite reports, by reason; `damaged` for text that is not UTF-8.
    """
    try:
        return list(connection.execute(query, bindings))
    except apsw.Error as error:
        raise store_error(error, "reading") from error
    except UnicodeDecodeError as error:
        raise StoreError("damaged", f"reading: {error}") from error


def fetch_one(
    connection: apsw.Connection, query: str, bindings: Sequence[SqliteValue] = ()
) -> _Row | None:
    """The first row of a query, or None; raises as `fetch`."""
    found = fetch(connection, query, bindings)
    return found[0] if found else None


def journal_rows(
    connection: apsw.Connection, start: int, count_max: int, before: bytes | None = None
) -> Iterator[JournalRow]:
    """Rows from a position on, each checked against the chain before it (looked up if not given).

    Raises:
        StoreError: `damaged`, naming the row.
    """
    if before is None:
        before = _chain_before(connection, start)
    for expected, row in enumerate(fetch(connection, _JOURNAL, (start, count_max)), start):
        place = f"journal[{expected}]"
        _check_types(row, _JOURNAL_TYPES, place)
        position, digest, received_ms, chain, envelope_sha256, content, stub_sha256 = row
        _check(position == expected, place, "the row is not there")
        _check_envelope(stub_sha256 or envelope_sha256, content, place)
        _check(
            before is not None
            and chain == journal_chain(before, digest, envelope_sha256, received_ms),
            place,
            "digest, envelope, time or place in the chain was changed",
        )
        erased = None if stub_sha256 is None else envelope_sha256
        received_at = _instant(received_ms, place)
        entry = JournalEntry(RecordDigest(digest.hex()), content, received_at, erased)
        yield JournalRow(entry, chain)
        before = chain


def leaf_rows(
    connection: apsw.Connection, log: LogId, number: int, start: int, count_max: int
) -> Iterator[StoredLeaf]:
    """Leaves of a log from an index on, each checked against its seal.

    Raises:
        StoreError: `damaged`, naming the leaf.
    """
    for expected, row in enumerate(fetch(connection, _LEAVES, (number, start, count_max)), start):
        place = leaf_place(log, expected)
        _check_types(row, _LEAF_TYPES, place)
        position, salt, digest, reason, seal, envelope_sha256, content, stub_sha256 = row
        _check(position == expected, place, "the leaf is not there")
        erased = None if stub_sha256 is None else envelope_sha256
        leaf = StoredLeaf(position, salt, RecordDigest(digest.hex()), content, reason, erased)
        _check(
            envelope_sha256 is not None and seal == leaf_seal(log, leaf, envelope_sha256),
            place,
            f"a field of the row was changed (digest {leaf.digest})",
        )
        _check_envelope(stub_sha256 or envelope_sha256, content, place)
        yield leaf


def checkpoint_rows(
    connection: apsw.Connection, log: LogId, number: int, clause: str, *bindings: int
) -> Iterator[StoredCheckpoint]:
    """Checkpoints of a log that a clause picks, each checked against its seal.

    Raises:
        StoreError: `damaged`, naming the checkpoint.
    """
    for row in fetch(connection, f"{_CHECKPOINTS} {clause}", (number, *bindings)):
        place = f"checkpoint {log_place(log)} of size {row[0]}"
        _check_types(row, _CHECKPOINT_TYPES, place)
        size, note, cosignature, seal = row
        checkpoint = StoredCheckpoint(size, note, cosignature)
        _check(seal == checkpoint_seal(log, checkpoint), place, "a field of the row was changed")
        yield checkpoint


def setting_rows(
    connection: apsw.Connection, clause: str = "", *bindings: str
) -> Iterator[tuple[str, bytes]]:
    """The named values, each checked against its seal.

    Raises:
        StoreError: `damaged`, naming the setting.
    """
    for row in fetch(connection, f"{_SETTINGS} {clause}", bindings):
        place = f"setting {row[0]}"
        _check_types(row, _SETTING_TYPES, place)
        name, value, seal = row
        _check(seal == setting_seal(name, value), place, "name or value was changed")
        yield name, value


def log_rows(connection: apsw.Connection) -> dict[LogId, int]:
    """Every log and its row number.

    Raises:
        StoreError: `damaged`, naming the row, where a name is no text. One that became another text is
            found at the log's leaves, whose seals cover it.
    """
    found = {}
    for row in fetch(connection, "SELECT owner, reader, id FROM log"):
        owner, reader, number = row
        _check_types(row, _LOG_TYPES, f"log {number}")
        found[LogId(PartyId(owner), PartyId(reader))] = number
    return found


def _chain_before(connection: apsw.Connection, start: int) -> bytes | None:
    if start == 0:
        return CHAIN_START
    row = fetch_one(connection, _CHAIN, (start - 1,))
    return row[0] if row is not None and isinstance(row[0], bytes) else None


def _check_types(row: _Row, types: tuple[Any, ...], place: str) -> None:
    fits = all(isinstance(value, kind) for value, kind in zip(row, types, strict=True))
    _check(fits, place, "a field has another type")


def _check_envelope(envelope_sha256: bytes | None, content: bytes | None, place: str) -> None:
    _check(content is not None, place, "its envelope is not there")
    _check(
        sha256(content or b"").digest() == envelope_sha256, place, "its envelope's bytes changed"
    )


def _instant(unix_ms: int, place: str) -> Instant:
    try:
        return Instant(unix_ms)
    except InputError as error:
        raise StoreError("damaged", f"{place}: {error}") from error


def _check(condition: bool, place: str, why: str) -> None:
    if not condition:
        raise StoreError("damaged", f"{place}: {why}")
