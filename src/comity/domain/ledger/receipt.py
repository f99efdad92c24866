"""Receipts: proof, good offline, that a record stands in a log and that the reader stored it."""

import base64
import hashlib
import re
from dataclasses import dataclass

from comity.domain.ledger.checkpoint import (
    Cosignature,
    SignedCheckpoint,
    open_cosigned_checkpoint,
    parse_body,
)
from comity.domain.ledger.merkle import HASH_SIZE_BYTES, MerkleLog, hash_leaf
from comity.domain.ledger.note import (
    NOTE_SIZE_BYTES_MAX,
    NoteKey,
    Verify,
    decode_base64,
    parse_note,
)
from comity.domain.ledger.proofs import LOG_SIZE_MAX, PROOF_HASHES_MAX, verify_inclusion
from comity.domain.ledger.reasons import LogReason
from comity.kernel.errors import InputError, RecordError

LEAF_PREFIX = b"comity-leaf-v1\x00"  # a leaf commitment is never the hash of anything else
SALT_SIZE_BYTES = 32  # as long as the hash: contents cannot be guessed from a leaf
EXTRA_SIZE_BYTES_MAX = 4096  # ours is 64 bytes; room for another implementation's
PROOF_SIZE_BYTES_MAX = NOTE_SIZE_BYTES_MAX + 4 * EXTRA_SIZE_BYTES_MAX  # note, extra, 63 lines of 45
_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class TlogProof:
    """A tlog-proof whose form is checked; nothing in it is verified yet."""

    index: int
    hashes: tuple[bytes, ...]
    note_bytes: bytes
    extra: bytes | None = None  # None and no bytes are written alike: without the line


@dataclass(frozen=True, slots=True)
class Receipt:
    """A verified statement: the reader had stored this very record by `cosignature.cosigned_at`."""

    index: int
    envelope_hash: bytes
    signed_checkpoint: SignedCheckpoint
    cosignature: Cosignature


def leaf_commitment(salt: bytes, envelope_bytes: bytes) -> bytes:
    """The leaf data of a record: a salted commitment to its envelope.

    Raises:
        InputError: the salt is not 32 bytes.

    Source: docs/spec/checkpoint.md §2.
    """
    return _commitment(salt, hashlib.sha256(envelope_bytes).digest())


def commitment_of_hash(salt: bytes, envelope_sha256: bytes) -> bytes:
    """The same, of an envelope that is known by its SHA-256 alone: its bytes were erased.

    Raises:
        InputError: the salt is not 32 bytes.
    """
    return _commitment(salt, envelope_sha256)


def format_proof(proof: TlogProof) -> bytes:
    """Write a tlog-proof. Source: C2SP tlog-proof, «Format»."""
    lines = [_HEADER]
    if proof.extra:
        lines.append("extra " + base64.b64encode(proof.extra).decode("ascii"))
    lines.append(f"index {proof.index}")
    lines += [base64.b64encode(item).decode("ascii") for item in proof.hashes]
    return "\n".join(lines).encode("ascii") + b"\n\n" + proof.note_bytes


def parse_proof(proof_bytes: bytes) -> TlogProof:
    """Read a tlog-proof in its one spelling. The note in it is left as it is.

    Raises:
        RecordError: `proof-size` or `proof-form`.

    Source: C2SP tlog-proof; docs/spec/checkpoint.md §8.
    """
    reason = LogReason.PROOF_FORM
    if len(proof_bytes) > PROOF_SIZE_BYTES_MAX:
        raise RecordError(
            LogReason.PROOF_SIZE, f"{len(proof_bytes)} bytes, at most {PROOF_SIZE_BYTES_MAX}"
        )
    head, blank, note_bytes = proof_bytes.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise RecordError(reason, f"not ASCII at byte {error.start}") from error
    if not blank or lines.pop(0) != _HEADER:
        raise RecordError(reason, f"does not begin with {_HEADER}, or holds no note")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "), reason)
        if not 0 < len(extra) <= EXTRA_SIZE_BYTES_MAX:
            raise RecordError(reason, f"extra data of {len(extra)} bytes")
    match = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if match is None or int(match[1]) >= LOG_SIZE_MAX:
        raise RecordError(reason, "no index line")
    if len(lines) > PROOF_HASHES_MAX:
        raise RecordError(reason, f"{len(lines)} hashes, at most {PROOF_HASHES_MAX}")
    hashes = tuple(decode_base64(line, reason) for line in lines)
    if any(len(item) != HASH_SIZE_BYTES for item in hashes):
        raise RecordError(reason, f"a hash that is not {HASH_SIZE_BYTES} bytes")
    return TlogProof(int(match[1]), hashes, note_bytes, extra)


def make_receipt(
    log: MerkleLog,
    index: int,
    cosigned_note_bytes: bytes,
    salt: bytes,
    envelope_bytes: bytes,
) -> bytes:
    """Write the receipt of one record, once the reader has cosigned a checkpoint that covers it.

    Args:
        log: the owner's log.
        index: where the record stands in it.
        cosigned_note_bytes: the checkpoint with the owner's signature and the reader's cosignature.
        salt: the leaf's salt.
        envelope_bytes: the record.

    Raises:
        InputError: the leaf at the index does not commit to this salt and envelope, or the
            checkpoint does not cover it.

    Source: docs/spec/checkpoint.md §8.
    """
    if log.leaf_hash(index) != hash_leaf(leaf_commitment(salt, envelope_bytes)):
        raise InputError("index", f"leaf {index} is not the commitment to this record")
    extra = salt + hashlib.sha256(envelope_bytes).digest()
    size = parse_body(parse_note(cosigned_note_bytes).text_bytes).size
    if index >= size:
        raise InputError("index", f"leaf {index} is not covered by a checkpoint of size {size}")
    hashes = log.inclusion_proof(index, size)
    return format_proof(TlogProof(index, hashes, cosigned_note_bytes, extra))


def open_receipt(
    receipt_bytes: bytes,
    envelope_bytes: bytes,
    log_key: NoteKey,
    witness_key: NoteKey,
    verify: Verify,
) -> Receipt:
    """Verify a receipt offline, given the record and both parties' keys.

    Raises:
        RecordError: what `parse_proof` and `open_cosigned_checkpoint` raise, `receipt-form` when
            the extra data are not this record's, `bad-inclusion-proof`.

    Source: docs/spec/checkpoint.md §8.
    """
    proof = parse_proof(receipt_bytes)
    if proof.extra is None or len(proof.extra) != SALT_SIZE_BYTES + HASH_SIZE_BYTES:
        raise RecordError(LogReason.RECEIPT_FORM, "extra data are not a salt and a hash")
    salt, envelope_hash = proof.extra[:SALT_SIZE_BYTES], proof.extra[SALT_SIZE_BYTES:]
    if envelope_hash != hashlib.sha256(envelope_bytes).digest():
        raise RecordError(LogReason.RECEIPT_FORM, "the receipt is of another record")
    signed, cosignature = open_cosigned_checkpoint(proof.note_bytes, log_key, witness_key, verify)
    leaf = hash_leaf(_commitment(salt, envelope_hash))
    verify_inclusion(leaf, proof.index, signed.size, proof.hashes, signed.root)
    return Receipt(proof.index, envelope_hash, signed, cosignature)


def _commitment(salt: bytes, envelope_hash: bytes) -> bytes:
    if len(salt) != SALT_SIZE_BYTES:
        raise InputError("salt", f"{len(salt)} bytes, not {SALT_SIZE_BYTES}")
    return hashlib.sha256(LEAF_PREFIX + salt + envelope_hash).digest()
