"""`comity backup` and `comity restore`."""

from pathlib import Path

from comity.adapters.backup_file import ZipBackupFiles
from comity.adapters.file_keys import load_signing_key, read_private, write_private
from comity.adapters.sqlite import SqliteStoreCopies
from comity.adapters.system_clock import SystemClock
from comity.application.backup_manifest import BackupManifest
from comity.application.backup_node import KEYS_WARNING, BackupRequest, backup_node
from comity.application.restore_node import restore_node
from comity.entrypoints.home import HOME_MODE, HomeLayout, load_config

__all__ = ["KEYS_WARNING", "back_up", "bring_back"]


def back_up(home: Path, target: Path, *, with_keys: bool) -> BackupManifest:
    """Write a backup of a home.

    Raises:
        InputError: the home is none.
        StoreError: the target is there, a file cannot be read, or the store is damaged.
    """
    layout = HomeLayout(home)
    config = load_config(layout.config)
    files = {path.name: path for path in (layout.config, layout.card, layout.current_card)}
    files[layout.operators.name] = layout.operators
    keys: dict[str, Path] = {}
    if with_keys:
        keys = {f"keys/{path.name}": path for path in _key_files(layout)}
        keys |= {f"tokens/{path.name}": path for path in sorted(layout.tokens.glob("*.token"))}
    request = BackupRequest(party=config.party, store=layout.store, files=files, keys=keys)
    signer = load_signing_key(layout.node_key, "node")
    return backup_node(
        request, target, signer, SystemClock().now(), SqliteStoreCopies(), ZipBackupFiles()
    )


def bring_back(source: Path, home: Path, secrets: Path | None) -> BackupManifest:
    """Lay a backup out as a home; with keys and tokens from a folder where the backup has none.

    Args:
        source: the backup.
        home: a folder that is not there, or empty.
        secrets: a folder with `keys` and `tokens` as a home has them.

    Raises:
        StoreError: the backup is damaged or another's, the home is in use, or a secret is missing.
    """
    if secrets is not None:
        load_signing_key(HomeLayout(secrets).node_key, "node")
    manifest = restore_node(source, home, SqliteStoreCopies(), ZipBackupFiles())
    layout = HomeLayout(home)
    layout.run.mkdir(mode=HOME_MODE, exist_ok=True)
    if secrets is not None and not manifest.has_keys:
        kept = HomeLayout(secrets)
        for path in _key_files(kept):
            write_private(layout.keys / path.name, read_private(path))
        for path in sorted(kept.tokens.glob("*.token")):
            write_private(layout.tokens / path.name, read_private(path))
    return manifest


def _key_files(layout: HomeLayout) -> tuple[Path, ...]:
    """What a node signs with and shows, the TLS certificates before the one in use included."""
    older = [f"{name}{suffix}" for name in layout.older_tls_names() for suffix in (".key", ".crt")]
    return (
        layout.node_key,
        layout.tls_key,
        layout.tls_certificate,
        *(layout.keys / name for name in older),
    )
