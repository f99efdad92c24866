r"""Hashes that cover whole rows, so that one flipped byte in any column is found.

They find damage, not a forger with the file in hand: for that there are signatures and peers.

    seal  = SHA-256("comity-row-v1\0" ‖ for each field: tag ‖ length (u64) ‖ bytes)
    chain = seal over the chain before it, digest, SHA-256 of the envelope, time of receipt
"""

import hashlib

from comity.application.ports.record_store import LogId, StoredCheckpoint, StoredLeaf

CHAIN_START = hashlib.sha256(b"comity-journal-v1\0").digest()

_DOMAIN = b"comity-row-v1\0"
_Field = bytes | str | int | None


def row_seal(*fields: _Field) -> bytes:
    """SHA-256 over fields that cannot run into each other."""
    parts = [_DOMAIN]
    for field in fields:
        tag, content = _encoded(field)
        parts += (tag, len(content).to_bytes(8), content)
    return hashlib.sha256(b"".join(parts)).digest()


def journal_chain(before: bytes, digest: bytes, envelope_sha256: bytes, received_ms: int) -> bytes:
    """The chain value of a journal row."""
    return row_seal("journal", before, digest, envelope_sha256, received_ms)


def leaf_seal(log: LogId, leaf: StoredLeaf, envelope_sha256: bytes) -> bytes:
    """The seal of a leaf row."""
    return row_seal(
        "leaf",
        log.owner,
        log.reader,
        leaf.index,
        leaf.salt,
        leaf.digest,
        envelope_sha256,
        leaf.quarantine_reason,
    )


def checkpoint_seal(log: LogId, checkpoint: StoredCheckpoint) -> bytes:
    """The seal of a checkpoint row."""
    return row_seal(
        "checkpoint",
        log.owner,
        log.reader,
        checkpoint.size,
        checkpoint.note_bytes,
        checkpoint.cosignature_bytes,
    )


def setting_seal(name: str, value: bytes) -> bytes:
    """The seal of a setting row."""
    return row_seal("setting", name, value)


def _encoded(field: _Field) -> tuple[bytes, bytes]:
    match field:
        case None:
            return b"n", b""
        case int():
            return b"i", field.to_bytes(8, signed=True)
        case str():
            return b"t", field.encode()
        case _:
            return b"b", field
