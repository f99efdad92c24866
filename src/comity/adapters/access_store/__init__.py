"""Sessions, credentials, tokens and the audit log in a SQLite file of their own, or in memory."""

from comity.adapters.access_store.store import SqliteAccessStore

__all__ = ["SqliteAccessStore"]
