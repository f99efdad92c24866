"""Restores a node's home from a backup; it signs nothing until its peers have answered."""

from collections.abc import Mapping
from pathlib import Path

from comity.application.backup_manifest import (
    MANIFEST_NAME,
    SIGNATURE_NAME,
    STORE_NAME,
    BackupManifest,
    log_states,
    open_manifest,
)
from comity.application.node import RESTORED_SETTING
from comity.application.ports.backup_files import BackupFiles, ExtractedFile, StoreCopies
from comity.kernel.errors import StoreError
from comity.kernel.ids import PartyId

_MANIFEST_BYTES_MAX = 1 << 20  # a party of some thousand logs


def restore_node(
    source: Path,
    home: Path,
    copies: StoreCopies,
    archives: BackupFiles,
    party: PartyId | None = None,
) -> BackupManifest:
    """Lay a backup out as a home, whole or not at all.

    Since the backup this party may have signed checkpoints that the backup does not know; signing
    others of the same size would look like lying. So the restored store carries a mark, and its
    node signs nothing until it has pulled its peers' last cosigned checkpoints.

    Args:
        source: the backup.
        home: a folder that is not there, or empty.
        copies: opens the store in it.
        archives: reads the backup.
        party: whose backup it must be, where the caller knows.

    Returns:
        The manifest; the key that signed it is for a person to recognise.

    Raises:
        StoreError: `backup-missing`, `backup-form`; `backup-tampered`, naming the file;
            `backup-of-another`; `home-not-empty`; `damaged`; whatever the disk refuses.
    """
    staging = archives.staging(home)
    try:
        found = archives.extract(source, staging)
        manifest = _checked(staging, found)
        if party is not None and manifest.party != party:
            raise StoreError("backup-of-another", f"it is {manifest.party}'s, not {party}'s")
        _mark(staging / STORE_NAME, manifest, copies)
        archives.place(staging, home)
    finally:
        archives.discard(staging)
    return manifest


def _checked(staging: Path, found: Mapping[str, ExtractedFile]) -> BackupManifest:
    for name in (MANIFEST_NAME, SIGNATURE_NAME):
        if name not in found or found[name].size_bytes > _MANIFEST_BYTES_MAX:
            raise StoreError("backup-tampered", f"{name}: missing, or too large")
    manifest = open_manifest(
        (staging / MANIFEST_NAME).read_bytes(), (staging / SIGNATURE_NAME).read_bytes()
    )
    files = {
        name: file for name, file in found.items() if name not in (MANIFEST_NAME, SIGNATURE_NAME)
    }
    for name in sorted({STORE_NAME, *files, *manifest.files}):
        if name not in files:
            raise StoreError("backup-tampered", f"{name}: missing")
        if manifest.files.get(name) != files[name]:
            raise StoreError("backup-tampered", f"{name}: not the bytes that the manifest names")
    for name in (MANIFEST_NAME, SIGNATURE_NAME):
        (staging / name).unlink()
    return manifest


def _mark(path: Path, manifest: BackupManifest, copies: StoreCopies) -> None:
    store = copies.open(path)
    try:
        for fault in store.faults():
            raise StoreError("damaged", f"{fault.place}: {fault.why}")
        if log_states(store) != manifest.logs:
            raise StoreError("backup-tampered", f"{STORE_NAME}: logs differ from the manifest")
        store.put_setting(RESTORED_SETTING, b"1")
        store.commit()
    finally:
        store.close()
