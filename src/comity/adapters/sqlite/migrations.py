"""Numbered SQL files, each applied once, whole or not at all, and remembered by its digest."""

import hashlib
import re
from dataclasses import dataclass
from importlib import resources

import apsw

from comity.adapters.sqlite.rows import fetch
from comity.kernel.errors import StoreError
from comity.kernel.invariants import invariant

APPLICATION_ID = 0x436F6D74  # "Comt", shown by file(1)

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_MIGRATION_TABLE = """CREATE TABLE migration (
  number INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32)
) STRICT"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step of the schema."""

    number: int
    sql: str

    @property
    def sha256(self) -> bytes:
        """Digest of the text, kept in the store that it was applied to."""
        return hashlib.sha256(self.sql.encode()).digest()


def packaged_migrations() -> tuple[Migration, ...]:
    """The steps that ship with this version, in order."""
    found = [
        Migration(int(match[1]), file.read_text(encoding="utf-8"))
        for file in (resources.files(__package__) / "migrations").iterdir()
        if (match := _NAME.fullmatch(file.name))
    ]
    found.sort(key=lambda migration: migration.number)
    numbers = [migration.number for migration in found]
    invariant(numbers == list(range(1, len(found) + 1)), f"migrations are numbered {numbers}")
    return tuple(found)


def migrate(connection: apsw.Connection, version: int, migrations: tuple[Migration, ...]) -> None:
    """Bring a store of a version that `check_identity` found to the newest, in one transaction."""
    if version == len(migrations):
        return
    with connection:
        if version == 0:
            connection.execute(_MIGRATION_TABLE)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for migration in migrations[version:]:
            connection.execute(migration.sql)
            connection.execute(
                "INSERT INTO migration VALUES (?, ?)", (migration.number, migration.sha256)
            )
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


def check_identity(connection: apsw.Connection, migrations: tuple[Migration, ...]) -> int:
    """How many of our steps were applied; 0 for an empty file.

    Raises:
        StoreError: `not-a-store`, `newer-version`, `damaged`.
    """
    application = _number(connection, "PRAGMA application_id")
    version = _number(connection, "PRAGMA user_version")
    tables = _number(connection, "SELECT count(*) FROM sqlite_schema")
    if (application, version, tables) == (0, 0, 0):
        return 0
    if application != APPLICATION_ID:
        raise StoreError("not-a-store", f"its application id is {application:#x}")
    if version > len(migrations):
        raise StoreError(
            "newer-version", f"written by schema {version}; this program knows {len(migrations)}"
        )
    expected = [(migration.number, migration.sha256) for migration in migrations[:version]]
    if version < 1 or fetch(connection, "SELECT * FROM migration") != expected:
        raise StoreError("damaged", f"the migrations applied are not those of schema {version}")
    if _schema(connection) != _expected_schema(migrations[:version]):
        raise StoreError("damaged", f"the tables are not those of schema {version}")
    return version


def _schema(connection: apsw.Connection) -> list[tuple[object, ...]]:
    query = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
    return fetch(connection, query)


def _expected_schema(migrations: tuple[Migration, ...]) -> list[tuple[object, ...]]:
    with apsw.Connection(":memory:") as connection:
        connection.execute(_MIGRATION_TABLE)
        for migration in migrations:
            connection.execute(migration.sql)
        found = _schema(connection)
    connection.close()
    return found


def _number(connection: apsw.Connection, query: str) -> int:
    ((value,),) = fetch(connection, query)
    invariant(isinstance(value, int), f"{query} answered {value!r}")
    return int(value)
