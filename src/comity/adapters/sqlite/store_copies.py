"""Copies of a store file for backup and restore."""

from pathlib import Path

from comity.adapters.sqlite.record_store import SqliteRecordStore


class SqliteStoreCopies:
    """`StoreCopies` over SQLite files."""

    def write_copy(self, store: Path, target: Path) -> None:
        """Write what is committed into a new file, beside a running node or without one."""
        source = SqliteRecordStore(store, read_only=True)
        try:
            source.write_copy(target)
        finally:
            source.close()

    def open(self, path: Path) -> SqliteRecordStore:
        """Open a store that is there, for writing."""
        return SqliteRecordStore(path)
