"""Signed notes: a text and the lines of those who signed it, in their one spelling."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from comity.domain.ledger.reasons import LogReason
from comity.kernel.errors import InputError, RecordError

NOTE_SIZE_BYTES_MAX = 65_536  # 16 signatures of ML-DSA-44 take 53 kB in base64
NOTE_SIGNATURES_MAX = 16  # C2SP signed-note: a verifier accepts at least 16; we accept no more
KEY_HASH_SIZE_BYTES = 4  # C2SP signed-note
ED25519_NOTE = 0x01  # C2SP signed-note, signature types
ED25519_COSIGNATURE = 0x04  # C2SP tlog-cosignature

Verify = Callable[[bytes, bytes, bytes], bool]
"""(public key, message, signature) -> whether it holds: `records.verify_signature`, passed in."""

Sign = Callable[[bytes], bytes]
"""message -> 64-byte Ed25519 signature."""

_LINE_START = "— "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SPACE_OR_PLUS = re.compile(r"[\s+]")


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A name and a raw Ed25519 public key that may sign notes under it."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        if not self.name or _SPACE_OR_PLUS.search(self.name) or _CONTROL.search(self.name):
            raise InputError("note key name", f"{self.name!r} is empty or holds a space or a plus")

    def key_hash(self, signature_type: int) -> bytes:
        """The 4 bytes that stand before this key's signatures of one type.

        Source: C2SP signed-note, «Signatures».
        """
        return hashlib.sha256(
            b"%b\n%c%b" % (self.name.encode("utf-8"), signature_type, self.public_key)
        ).digest()[:KEY_HASH_SIZE_BYTES]


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line of a note; nothing in it is verified yet."""

    name: str
    key_hash: bytes
    signature: bytes

    def line_bytes(self) -> bytes:
        """The line as it stands in a note, with its newline."""
        text = base64.b64encode(self.key_hash + self.signature).decode("ascii")
        return f"{_LINE_START}{self.name} {text}\n".encode()


@dataclass(frozen=True, slots=True)
class Note:
    """A note whose form is checked; its signatures are not."""

    text_bytes: bytes
    signatures: tuple[NoteSignature, ...]


def parse_note(note_bytes: bytes) -> Note:
    """Read a note in its one spelling.

    Raises:
        RecordError: `note-size` or `note-form`.

    Source: C2SP signed-note; docs/spec/checkpoint.md §3.
    """
    if len(note_bytes) > NOTE_SIZE_BYTES_MAX:
        raise RecordError(
            LogReason.NOTE_SIZE, f"{len(note_bytes)} bytes, at most {NOTE_SIZE_BYTES_MAX}"
        )
    _utf8_without_controls(note_bytes)
    text_bytes, blank, tail = note_bytes.rpartition(b"\n\n")
    if not blank or not text_bytes or not tail.endswith(b"\n"):
        raise RecordError(LogReason.NOTE_FORM, "no blank line, or no newline at the end")
    lines = tail[:-1].split(b"\n")
    if len(lines) > NOTE_SIGNATURES_MAX:
        raise RecordError(
            LogReason.NOTE_FORM, f"{len(lines)} signatures, at most {NOTE_SIGNATURES_MAX}"
        )
    return Note(text_bytes + b"\n", tuple(parse_signature_line(line + b"\n") for line in lines))


def parse_signature_line(line_bytes: bytes) -> NoteSignature:
    """Read one signature line, newline included.

    Raises:
        RecordError: `note-form`.
    """
    line = _utf8_without_controls(line_bytes)
    if not line.startswith(_LINE_START) or not line.endswith("\n") or line.count("\n") != 1:
        raise RecordError(LogReason.NOTE_FORM, f"{line[:80]!r} is not a signature line")
    name, space, encoded = line[len(_LINE_START) : -1].rpartition(" ")
    if not space or not name or _SPACE_OR_PLUS.search(name):
        raise RecordError(LogReason.NOTE_FORM, f"{name[:80]!r} is not a key name")
    blob = decode_base64(encoded, LogReason.NOTE_FORM)
    if len(blob) <= KEY_HASH_SIZE_BYTES:
        raise RecordError(LogReason.NOTE_FORM, f"a signature of {len(blob)} bytes")
    return NoteSignature(name, blob[:KEY_HASH_SIZE_BYTES], blob[KEY_HASH_SIZE_BYTES:])


def decode_base64(encoded: str, reason: LogReason) -> bytes:
    """Decode standard padded base64 in its one spelling.

    Raises:
        RecordError: with the given reason.

    Source: RFC 4648 §4; padding bits are zero (§3.5).
    """
    try:
        decoded = binascii.a2b_base64(encoded.encode("ascii"), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise RecordError(reason, f"base64: {error}") from error
    if base64.b64encode(decoded) != encoded.encode("ascii"):
        raise RecordError(reason, f"{encoded[:80]!r} is not the one base64 spelling")
    return decoded


def _utf8_without_controls(text_bytes: bytes) -> str:
    try:
        text = text_bytes.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        raise RecordError(LogReason.NOTE_FORM, f"not UTF-8 at byte {error.start}") from error
    if _CONTROL.search(text) is not None:
        raise RecordError(LogReason.NOTE_FORM, "a control character")
    return text
