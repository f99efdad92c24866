"""Checkpoints: what a log's owner signs about its size and root, and what a witness adds."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from comity.domain.ledger.merkle import EMPTY_ROOT, HASH_SIZE_BYTES
from comity.domain.ledger.note import (
    ED25519_COSIGNATURE,
    ED25519_NOTE,
    NoteKey,
    NoteSignature,
    Sign,
    Verify,
    decode_base64,
    parse_note,
    parse_signature_line,
)
from comity.domain.ledger.proofs import LOG_SIZE_MAX, verify_consistency
from comity.domain.ledger.reasons import LogReason
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import PartyId
from comity.kernel.instants import UNIX_MS_MAX, Instant

SIGNATURE_SIZE_BYTES = 64  # Ed25519, RFC 8032 §5.1.6
TIMESTAMP_SIZE_BYTES = 8  # C2SP tlog-cosignature, `timestamped_signature`
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The size and root of one log at some moment."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not self.origin or "\n" in self.origin:
            raise InputError("origin", f"{self.origin!r} is empty or more than one line")
        if not 0 <= self.size <= LOG_SIZE_MAX:
            raise InputError("size", f"{self.size} is not within 0 to {LOG_SIZE_MAX}")
        if len(self.root) != HASH_SIZE_BYTES:
            raise InputError("root", f"{len(self.root)} bytes, not {HASH_SIZE_BYTES}")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise InputError("root", "the root of size 0 is the SHA-256 of no bytes")

    @property
    def body_bytes(self) -> bytes:
        """The three lines that are signed. Source: C2SP tlog-checkpoint, «Note text»."""
        root_text = base64.b64encode(self.root).decode("ascii")
        return f"{self.origin}\n{self.size}\n{root_text}\n".encode()


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with the very note that carries its owner's verified signature."""

    checkpoint: Checkpoint
    note_bytes: bytes

    @property
    def origin(self) -> str:
        """Which log."""
        return self.checkpoint.origin

    @property
    def size(self) -> int:
        """How many leaves."""
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        """The root over them."""
        return self.checkpoint.root


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's verified statement that a checkpoint was the largest it had seen at a time."""

    witness: str
    cosigned_at: Instant


def log_origin(owner: PartyId, reader: PartyId) -> str:
    """The origin line of what `owner` sends to `reader`, and the owner's key name on it."""
    return f"comity.invalid/log/{owner}/{reader}"


def witness_name(party: PartyId) -> str:
    """The key name under which a party cosigns."""
    return f"comity.invalid/witness/{party}"


def sign_checkpoint(checkpoint: Checkpoint, public_key: bytes, sign: Sign) -> SignedCheckpoint:
    """Sign a checkpoint as the log's owner.

    The caller answers for never signing two that are inconsistent: see docs/rooms/ledger.md.

    Source: C2SP tlog-checkpoint, «Signatures».
    """
    key = NoteKey(checkpoint.origin, public_key)
    body = checkpoint.body_bytes
    signature = NoteSignature(key.name, key.key_hash(ED25519_NOTE), sign(body))
    return SignedCheckpoint(checkpoint, body + b"\n" + signature.line_bytes())


def open_checkpoint(note_bytes: bytes, log_key: NoteKey, verify: Verify) -> SignedCheckpoint:
    """Read a checkpoint and check its owner's signature; other lines are left alone.

    Args:
        note_bytes: as received.
        log_key: the origin expected and the owner's key.
        verify: `records.verify_signature`.

    Raises:
        RecordError: `note-size`, `note-form`, `checkpoint-form`, `other-origin`, `unknown-signer`
            or `bad-note-signature`.

    Source: C2SP tlog-checkpoint; docs/spec/checkpoint.md §4.
    """
    note = parse_note(note_bytes)
    checkpoint = parse_body(note.text_bytes)
    if checkpoint.origin != log_key.name:
        raise RecordError(
            LogReason.OTHER_ORIGIN, f"{checkpoint.origin[:160]!r} is not {log_key.name!r}"
        )
    key_hash = log_key.key_hash(ED25519_NOTE)
    found = [
        line for line in note.signatures if line.name == log_key.name and line.key_hash == key_hash
    ]
    if len(found) != 1:
        raise RecordError(
            LogReason.UNKNOWN_SIGNER, f"{len(found)} signatures by the key of {log_key.name}"
        )
    if not verify(log_key.public_key, note.text_bytes, found[0].signature):
        raise RecordError(LogReason.BAD_NOTE_SIGNATURE, log_key.name)
    return SignedCheckpoint(checkpoint, bytes(note_bytes))


def cosign(checkpoint: Checkpoint, witness_key: NoteKey, cosigned_at: Instant, sign: Sign) -> bytes:
    """Write a witness's cosignature line over a checkpoint that it has checked and stored.

    Source: C2SP tlog-cosignature, «Ed25519 signed message».
    """
    unix_s = cosigned_at.unix_ms // 1000
    signature = sign(_cosigned_message(checkpoint, unix_s))
    blob = unix_s.to_bytes(TIMESTAMP_SIZE_BYTES, "big") + signature
    key_hash = witness_key.key_hash(ED25519_COSIGNATURE)
    return NoteSignature(witness_key.name, key_hash, blob).line_bytes()


def verify_cosignature(
    cosignature_bytes: bytes, checkpoint: Checkpoint, witness_key: NoteKey, verify: Verify
) -> Cosignature:
    """Check a cosignature line over a checkpoint.

    Raises:
        RecordError: `note-form`, `unknown-witness`, `cosignature-form` or `bad-cosignature`.

    Source: C2SP tlog-cosignature; docs/spec/checkpoint.md §5.
    """
    return _checked_cosignature(
        parse_signature_line(cosignature_bytes), checkpoint, witness_key, verify
    )


def add_cosignature(note_bytes: bytes, cosignature_bytes: bytes) -> bytes:
    """The note with one more line at its end.

    Raises:
        RecordError: `note-form` or `note-size`: a part is malformed, or too many lines.
    """
    parse_signature_line(cosignature_bytes)
    joined = note_bytes + cosignature_bytes
    parse_note(joined)
    return joined


def open_cosigned_checkpoint(
    note_bytes: bytes, log_key: NoteKey, witness_key: NoteKey, verify: Verify
) -> tuple[SignedCheckpoint, Cosignature]:
    """Read a checkpoint that both its owner and a witness have signed.

    Raises:
        RecordError: as `open_checkpoint` and `verify_cosignature`.
    """
    signed = open_checkpoint(note_bytes, log_key, verify)
    key_hash = witness_key.key_hash(ED25519_COSIGNATURE)
    found = [
        line
        for line in parse_note(note_bytes).signatures
        if line.name == witness_key.name and line.key_hash == key_hash
    ]
    if len(found) != 1:
        raise RecordError(
            LogReason.UNKNOWN_WITNESS, f"{len(found)} cosignatures by the key of {witness_key.name}"
        )
    return signed, _checked_cosignature(found[0], signed.checkpoint, witness_key, verify)


def check_extension(old: Checkpoint | None, new: Checkpoint, proof: Sequence[bytes]) -> None:
    """Check that a log has only grown since the last checkpoint seen of it.

    Args:
        old: the last one accepted; None when the log was never seen.
        new: the one now shown, its signature verified.
        proof: the consistency proof between the two; empty when the old one is None, of size 0 or
            of the same size.

    Raises:
        RecordError: `other-origin`, `log-shrank`, `split-view` (same size, another root),
            `bad-consistency-proof`.

    Source: docs/spec/checkpoint.md §6.
    """
    if old is None or (old.size == 0 and old.origin == new.origin):
        if proof:
            raise RecordError(LogReason.BAD_CONSISTENCY_PROOF, "hashes where none belong")
        return
    if old.origin != new.origin:
        raise RecordError(LogReason.OTHER_ORIGIN, f"{new.origin!r} is not {old.origin!r}")
    if new.size < old.size:
        raise RecordError(LogReason.LOG_SHRANK, f"from size {old.size} to {new.size}")
    if new.size == old.size and new.root != old.root:
        raise RecordError(LogReason.SPLIT_VIEW, f"two roots of size {new.size}")
    verify_consistency(old.size, new.size, proof, old.root, new.root)


def parse_body(text_bytes: bytes) -> Checkpoint:
    """Read the three lines of a checkpoint in their one spelling; nothing is verified.

    Raises:
        RecordError: `checkpoint-form`.
    """
    lines = text_bytes.decode("utf-8").split("\n")
    if len(lines) != 4 or not all(lines[:3]):
        raise RecordError(LogReason.CHECKPOINT_FORM, "not three lines: origin, size, root")
    origin, size_text, root_text = lines[:3]
    if _SIZE.fullmatch(size_text) is None or int(size_text) > LOG_SIZE_MAX:
        raise RecordError(LogReason.CHECKPOINT_FORM, f"size {size_text[:40]!r}")
    root = decode_base64(root_text, LogReason.CHECKPOINT_FORM)
    if len(root) != HASH_SIZE_BYTES:
        raise RecordError(LogReason.CHECKPOINT_FORM, f"a root of {len(root)} bytes")
    if size_text == "0" and root != EMPTY_ROOT:
        raise RecordError(LogReason.CHECKPOINT_FORM, "the root of size 0 is not that of no leaves")
    return Checkpoint(origin, int(size_text), root)


def _checked_cosignature(
    line: NoteSignature, checkpoint: Checkpoint, witness_key: NoteKey, verify: Verify
) -> Cosignature:
    if line.name != witness_key.name or line.key_hash != witness_key.key_hash(ED25519_COSIGNATURE):
        raise RecordError(
            LogReason.UNKNOWN_WITNESS, f"{line.name[:160]!r}, not {witness_key.name!r}"
        )
    if len(line.signature) != TIMESTAMP_SIZE_BYTES + SIGNATURE_SIZE_BYTES:
        raise RecordError(LogReason.COSIGNATURE_FORM, f"{len(line.signature)} bytes, not 72")
    unix_s = int.from_bytes(line.signature[:TIMESTAMP_SIZE_BYTES], "big")
    if unix_s * 1000 > UNIX_MS_MAX:
        raise RecordError(LogReason.COSIGNATURE_FORM, f"{unix_s} s is beyond the year 9999")
    message = _cosigned_message(checkpoint, unix_s)
    if not verify(witness_key.public_key, message, line.signature[TIMESTAMP_SIZE_BYTES:]):
        raise RecordError(LogReason.BAD_COSIGNATURE, witness_key.name)
    return Cosignature(witness_key.name, Instant(unix_s * 1000))


def _cosigned_message(checkpoint: Checkpoint, unix_s: int) -> bytes:
    return b"cosignature/v1\ntime %d\n%b" % (unix_s, checkpoint.body_bytes)
