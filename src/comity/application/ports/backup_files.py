"""Copies of a store, archives and homes on disk, as backup and restore need them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from comity.application.ports.record_store import RecordStore


@dataclass(frozen=True, slots=True)
class ExtractedFile:
    """One file of an archive as it was found."""

    size_bytes: int
    sha256: str


class BackupFiles(Protocol):
    """An archive is one file; it and a restored home appear whole or not at all."""

    def write_archive(self, target: Path, entries: Mapping[str, bytes | Path]) -> None:
        """Write entries, by name, into a new private file, durable before this returns.

        Raises:
            StoreError: `file-exists`, `file-write`.
        """
        ...

    def extract(self, source: Path, folder: Path) -> Mapping[str, ExtractedFile]:
        """Lay an archive's entries out in a new private folder.

        Raises:
            StoreError: `backup-missing`, `backup-form`, `file-write`.
        """
        ...

    def staging(self, near: Path) -> Path:
        """A new private folder on the same file system as a path."""
        ...

    def place(self, staging: Path, home: Path) -> None:
        """Give a staged folder its final name, durably.

        Raises:
            StoreError: `home-not-empty`, `file-write`.
        """
        ...

    def discard(self, staging: Path) -> None:
        """Remove a staged folder and all in it, if it is there."""
        ...


class StoreCopies(Protocol):
    """Consistent copies of a store that a node may be writing."""

    def write_copy(self, store: Path, target: Path) -> None:
        """Write what is committed into a new file.

        Raises:
            StoreError: whatever the store or the disk refuses.
        """
        ...

    def open(self, path: Path) -> RecordStore:
        """Open a store that is there, for writing.

        Raises:
            StoreError: as the adapter says.
        """
        ...
