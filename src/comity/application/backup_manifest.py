"""What a backup says of itself: whose, when, which files, how far each log went; signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from comity.application.ports.backup_files import ExtractedFile
from comity.application.ports.record_store import LogId, RecordStore
from comity.application.ports.signer import Signer
from comity.domain.records import decode_canonical, encode_canonical, verify_signature
from comity.kernel.errors import InputError, RecordError, StoreError
from comity.kernel.ids import PartyId, party_id
from comity.kernel.instants import Instant, instant_from_canonical

MANIFEST_NAME = "manifest.json"
SIGNATURE_NAME = "manifest.sig"
STORE_NAME = "store.db"
FORMAT = "comity-backup-v1"

_DOMAIN = b"comity-backup-v1\x00"  # a manifest's signature is never one of anything else


@dataclass(frozen=True, slots=True)
class LogState:
    """How far one log went, and the checkpoint that stands over it."""

    log: LogId
    size: int
    checkpoint_size: int | None
    checkpoint_sha256: str | None


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """The contents of `manifest.json`."""

    party: PartyId
    made_at: Instant
    has_keys: bool
    public_key: bytes
    files: Mapping[str, ExtractedFile]
    logs: tuple[LogState, ...]

    def encoded(self) -> bytes:
        """Canonical bytes, which are signed."""
        return encode_canonical(
            {
                "format": FORMAT,
                "party": self.party,
                "made_at": str(self.made_at),
                "has_keys": self.has_keys,
                "public_key": self.public_key.hex(),
                "files": {
                    name: {"size_bytes": file.size_bytes, "sha256": file.sha256}
                    for name, file in self.files.items()
                },
                "logs": [
                    {
                        "owner": state.log.owner,
                        "reader": state.log.reader,
                        "size": state.size,
                        "checkpoint_size": state.checkpoint_size,
                        "checkpoint_sha256": state.checkpoint_sha256,
                    }
                    for state in self.logs
                ],
            }
        )


def sign_manifest(manifest_bytes: bytes, signer: Signer) -> bytes:
    """The signature over a manifest, as hex digits and a line end."""
    return signer.sign(_DOMAIN + manifest_bytes).hex().encode() + b"\n"


def open_manifest(manifest_bytes: bytes, signature_bytes: bytes) -> BackupManifest:
    """Read a manifest and check the signature by the key it names; whose key that is, a person sees.

    Raises:
        StoreError: `backup-tampered`, naming the manifest.
    """
    try:
        manifest = _manifest(decode_canonical(manifest_bytes))
        signature = bytes.fromhex(signature_bytes.decode("ascii"))
        holds = verify_signature(manifest.public_key, _DOMAIN + manifest_bytes, signature)
    except (RecordError, InputError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreError("backup-tampered", f"{MANIFEST_NAME}: {error}") from error
    if not holds:
        raise StoreError("backup-tampered", f"{MANIFEST_NAME}: its signature does not hold")
    return manifest


def log_states(store: RecordStore) -> tuple[LogState, ...]:
    """How far each log of a store goes."""
    states = []
    for log in store.log_ids():
        checkpoint = store.latest_checkpoint(log)
        states.append(
            LogState(
                log,
                store.log_size(log),
                None if checkpoint is None else checkpoint.size,
                None if checkpoint is None else sha256(checkpoint.note_bytes).hexdigest(),
            )
        )
    return tuple(states)


def _manifest(value: Any) -> BackupManifest:
    if value["format"] != FORMAT:
        raise InputError("format", f"{value['format']!r} is not {FORMAT}")
    return BackupManifest(
        party=party_id(value["party"]),
        made_at=instant_from_canonical(value["made_at"]),
        has_keys=value["has_keys"] is True,
        public_key=bytes.fromhex(value["public_key"]),
        files={
            name: ExtractedFile(file["size_bytes"], file["sha256"])
            for name, file in value["files"].items()
        },
        logs=tuple(
            LogState(
                LogId(party_id(state["owner"]), party_id(state["reader"])),
                state["size"],
                state["checkpoint_size"],
                state["checkpoint_sha256"],
            )
            for state in value["logs"]
        ),
    )
