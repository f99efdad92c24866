"""Backs up a node, running or not, into one file that says what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from comity.application.backup_manifest import (
    MANIFEST_NAME,
    SIGNATURE_NAME,
    STORE_NAME,
    BackupManifest,
    log_states,
    sign_manifest,
)
from comity.application.ports.backup_files import BackupFiles, ExtractedFile, StoreCopies
from comity.application.ports.signer import Signer
from comity.kernel.errors import InputError, StoreError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

KEYS_WARNING = (
    "this backup holds the node's secret keys: whoever reads it can speak as this party"
    " until the keys are revoked"
)
_ROOT_KEY_MARK = b'"root"'  # a key file names its use (adapters/file_keys)
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class BackupRequest:
    """What to back up.

    Attributes:
        party: whose node it is.
        store: the store's file.
        files: further files of the home by their name in it, such as `config.toml`.
        keys: secret files by their name, such as `keys/node.key`; empty unless asked for.
    """

    party: PartyId
    store: Path
    files: Mapping[str, Path]
    keys: Mapping[str, Path]


def backup_node(
    request: BackupRequest,
    target: Path,
    signer: Signer,
    at: Instant,
    copies: StoreCopies,
    archives: BackupFiles,
) -> BackupManifest:
    """Write a backup. A node may be running: the copy is of one moment between two commits.

    Raises:
        InputError: the root key is among the files; it belongs offline and in no backup.
        StoreError: `file-exists` where the target is there; `damaged`; whatever the disk refuses.
    """
    for name, path in (*request.files.items(), *request.keys.items()):
        _refuse_root_key(name, path)
    staging = archives.staging(target)
    try:
        copy = staging / STORE_NAME
        copies.write_copy(request.store, copy)
        entries: dict[str, Path] = {STORE_NAME: copy, **request.files, **request.keys}
        store = copies.open(copy)
        try:
            for fault in store.faults():  # better no backup than one that cannot be restored
                raise StoreError("damaged", f"{fault.place}: {fault.why}")
            logs = log_states(store)
        finally:
            store.close()
        manifest = BackupManifest(
            party=request.party,
            made_at=at,
            has_keys=bool(request.keys),
            public_key=signer.public_key,
            files={name: _measured(path) for name, path in sorted(entries.items())},
            logs=logs,
        )
        manifest_bytes = manifest.encoded()
        archives.write_archive(
            target,
            {
                MANIFEST_NAME: manifest_bytes,
                SIGNATURE_NAME: sign_manifest(manifest_bytes, signer),
                **entries,
            },
        )
    finally:
        archives.discard(staging)
    return manifest


def _refuse_root_key(name: str, path: Path) -> None:
    if "root" in name or (name.endswith(".key") and _ROOT_KEY_MARK in _content(path)):
        raise InputError(name, "the root key belongs offline and goes into no backup")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreError("file-read", f"{path}: {error.strerror}") from error


def _measured(path: Path) -> ExtractedFile:
    digest = sha256()
    size_bytes = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
                size_bytes += len(chunk)
    except OSError as error:
        raise StoreError("file-read", f"{path}: {error.strerror}") from error
    return ExtractedFile(size_bytes, digest.hexdigest())
