"""`BackupFiles` over a zip without compression, which any tool can look into."""

import hashlib
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from comity.application.ports.backup_files import ExtractedFile
from comity.kernel.errors import StoreError

ENTRIES_MAX = 32  # a manifest, a store, and the few files of a home
FILE_MODE = 0o600
FOLDER_MODE = 0o700
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}(/[a-z0-9][a-z0-9._-]{0,63}){0,2}")
_CHUNK_BYTES = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # zip's first date: the manifest says when, for everyone alike


class ZipBackupFiles:
    """`BackupFiles` on the local file system."""

    def write_archive(self, target: Path, entries: Mapping[str, bytes | Path]) -> None:
        """Write entries, by name, into a new private file, durable before this returns."""
        temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC, FILE_MODE)
            try:
                with os.fdopen(handle, "w+b") as file:
                    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                        for name, content in entries.items():
                            _add(archive, name, content)
                    file.flush()
                    os.fsync(file.fileno())
                _give_name(temporary, target)
            finally:
                temporary.unlink(missing_ok=True)
            _sync_folder(target.parent)
        except OSError as error:
            raise StoreError("file-write", f"{target}: {error.strerror}") from error

    def extract(self, source: Path, folder: Path) -> Mapping[str, ExtractedFile]:
        """Lay an archive's entries out in a private folder; only plain names of ours are accepted."""
        try:
            with zipfile.ZipFile(source) as archive:
                entries = archive.infolist()
                _check_entries(source, entries)
                return {
                    entry.filename: _extracted(archive, entry.filename, folder) for entry in entries
                }
        except FileNotFoundError as error:
            raise StoreError("backup-missing", f"{source} is not there") from error
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise StoreError("backup-form", f"{source}: {error}") from error
        except OSError as error:
            raise StoreError("file-write", f"{source}: {error.strerror}") from error

    def staging(self, near: Path) -> Path:
        """A new private folder beside a path."""
        try:
            near.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            return Path(tempfile.mkdtemp(prefix=f".{near.name}.", dir=near.parent))
        except OSError as error:
            raise StoreError("file-write", f"{near.parent}: {error.strerror}") from error

    def place(self, staging: Path, home: Path) -> None:
        """Rename the staged folder to its final name, which may be an empty folder."""
        try:
            for folder, _, names in os.walk(staging, topdown=False):
                for name in names:
                    _sync_file(Path(folder, name))
                _sync_folder(Path(folder))
            if home.exists() and (not home.is_dir() or any(home.iterdir())):
                raise StoreError("home-not-empty", f"{home} is there and not empty")
            staging.rename(home)  # over an empty folder at most: rename(2)
            _sync_folder(home.parent)
        except OSError as error:
            raise StoreError("file-write", f"{home}: {error.strerror}") from error

    def discard(self, staging: Path) -> None:
        """Remove a staged folder and all in it, if it is there."""
        shutil.rmtree(staging, ignore_errors=True)


def _add(archive: zipfile.ZipFile, name: str, content: bytes | Path) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = FILE_MODE << 16
    if isinstance(content, bytes):
        archive.writestr(entry, content)
        return
    entry.file_size = content.stat().st_size
    with content.open("rb") as source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target, _CHUNK_BYTES)


def _check_entries(source: Path, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > ENTRIES_MAX:
        raise StoreError("backup-form", f"{source} holds {len(entries)} files, over {ENTRIES_MAX}")
    for entry in entries:
        if _NAME.fullmatch(entry.filename) is None:
            raise StoreError("backup-form", f"{source} holds {entry.filename!r}: no backup does")
        if entry.compress_type != zipfile.ZIP_STORED:  # so that it takes no more room than it has
            raise StoreError("backup-form", f"{source}: {entry.filename} is compressed")
    if len({entry.filename for entry in entries}) != len(entries):
        raise StoreError("backup-form", f"{source} holds a name twice")


def _extracted(archive: zipfile.ZipFile, name: str, folder: Path) -> ExtractedFile:
    target = folder / name
    target.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    digest = hashlib.sha256()
    size_bytes = 0
    with os.fdopen(handle, "wb") as file, archive.open(name) as source:
        while chunk := source.read(_CHUNK_BYTES):
            file.write(chunk)
            digest.update(chunk)
            size_bytes += len(chunk)
    return ExtractedFile(size_bytes, digest.hexdigest())


def _give_name(temporary: Path, target: Path) -> None:
    try:
        target.hardlink_to(temporary)
    except FileExistsError as error:
        raise StoreError("file-exists", f"{target} is there already and stays as it is") from error


def _sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
