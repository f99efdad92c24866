"""The node's store in one SQLite file: durable, one writer, every row sealed."""

from comity.adapters.sqlite.record_store import SqliteRecordStore
from comity.adapters.sqlite.store_copies import SqliteStoreCopies

__all__ = ["SqliteRecordStore", "SqliteStoreCopies"]
