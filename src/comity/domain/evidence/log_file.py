"""Log files of a bundle: a checkpoint, and leaves with the proofs that they stand under it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from comity.domain.evidence.fields import FieldReader, encoded
from comity.domain.evidence.limits import PART_SIZE_BYTES_MAX, WORDS_LENGTH_MAX
from comity.domain.evidence.reasons import BundleReason
from comity.domain.ledger import HASH_SIZE_BYTES, LOG_SIZE_MAX, SALT_SIZE_BYTES
from comity.domain.ledger.proofs import PROOF_HASHES_MAX
from comity.domain.records import decode_canonical, encode_canonical
from comity.kernel.errors import RecordError
from comity.kernel.ids import PartyId

_HEAD = frozenset({"consistency", "cosignature", "note", "owner", "reader"})
_SHOWN = frozenset({"envelope", "index", "proof", "salt"})
_WITHHELD = frozenset({"index", "leaf", "proof", "reason"})
_REASON = BundleReason.LOG_FORM


@dataclass(frozen=True, slots=True)
class LogHead:
    """Which log, under which checkpoint.

    Attributes:
        note_bytes: the checkpoint with its owner's signature alone.
        cosignature_bytes: the reader's line over it, or None.
        consistency: hashes from the checkpoint of the file before, where that is of the same log.
    """

    owner: PartyId
    reader: PartyId
    note_bytes: bytes
    cosignature_bytes: bytes | None
    consistency: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownLeaf:
    """A leaf with its record."""

    index: int
    proof: tuple[bytes, ...]
    salt: bytes
    envelope_bytes: bytes


@dataclass(frozen=True, slots=True)
class WithheldLeaf:
    """A leaf without its record: whoever is later handed salt and envelope can match them with it.

    Attributes:
        leaf_data: the salted commitment (docs/spec/checkpoint.md §2).
        reason: why it is withheld.
    """

    index: int
    proof: tuple[bytes, ...]
    leaf_data: bytes
    reason: str


def encode_log_head(head: LogHead) -> bytes:
    """The first line, newline included."""
    cosignature = head.cosignature_bytes
    return _line(
        {
            "consistency": [encoded(each) for each in head.consistency],
            "cosignature": None if cosignature is None else cosignature.decode("utf-8"),
            "note": head.note_bytes.decode("utf-8"),
            "owner": head.owner,
            "reader": head.reader,
        }
    )


def encode_leaf(leaf: ShownLeaf | WithheldLeaf) -> bytes:
    """A line of a leaf, newline included.

    Raises:
        InputError: the reason is no text, or the line is too long.
    """
    value: dict[str, object] = {
        "index": leaf.index,
        "proof": [encoded(each) for each in leaf.proof],
    }
    if isinstance(leaf, ShownLeaf):
        value["envelope"] = leaf.envelope_bytes.decode("utf-8")
        value["salt"] = encoded(leaf.salt)
    else:
        value["leaf"] = encoded(leaf.leaf_data)
        value["reason"] = leaf.reason
    return _line(value)


def lines_of(chunks: Iterable[bytes], place: str) -> Iterator[bytes]:
    """The lines of a log file, without their newlines.

    Raises:
        RecordError: `bundle-size`: a line is longer than [E5] allows; `log-form`: the last has no newline.
    """
    pending = b""
    for chunk in chunks:
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            yield _checked(line, place)
        _checked(pending, place)
    if pending:
        raise RecordError(_REASON, f"{place}: the last line has no newline")


def decode_log_head(line: bytes, place: str) -> LogHead:
    """Read the first line; nothing in it is verified.

    Raises:
        RecordError: `log-form`.
    """
    read = FieldReader(_value(line, place), _HEAD, _REASON, place)
    cosignature = read.optional_text("cosignature")
    return LogHead(
        read.party("owner"),
        read.party("reader"),
        read.text("note").encode("utf-8"),
        None if cosignature is None else cosignature.encode("utf-8"),
        read.hashes("consistency", PROOF_HASHES_MAX + 1),
    )


def decode_leaf(line: bytes, place: str) -> ShownLeaf | WithheldLeaf:
    """Read the line of a leaf; nothing in it is verified.

    Raises:
        RecordError: `log-form`.

    Source: docs/spec/bundle.md §5.
    """
    value = _value(line, place)
    shown = type(value) is dict and "envelope" in value
    read = FieldReader(value, _SHOWN if shown else _WITHHELD, _REASON, place)
    index = read.integer("index", 0, LOG_SIZE_MAX)
    proof = read.hashes("proof", PROOF_HASHES_MAX)
    if shown:
        envelope_bytes = read.text("envelope").encode("utf-8")
        return ShownLeaf(index, proof, read.base64("salt", SALT_SIZE_BYTES), envelope_bytes)
    leaf_data = read.base64("leaf", HASH_SIZE_BYTES)
    return WithheldLeaf(index, proof, leaf_data, read.words("reason", 1, WORDS_LENGTH_MAX))


def _line(value: dict[str, object]) -> bytes:
    return encode_canonical(value, PART_SIZE_BYTES_MAX - 1) + b"\n"


def _value(line: bytes, place: str) -> object:
    try:
        value: object = decode_canonical(line, PART_SIZE_BYTES_MAX)
    except RecordError as error:
        raise RecordError(_REASON, f"{place}: {error}") from error
    return value


def _checked(line: bytes, place: str) -> bytes:
    if len(line) >= PART_SIZE_BYTES_MAX:
        why = f"{place}: a line of more than {PART_SIZE_BYTES_MAX} bytes"
        raise RecordError(BundleReason.BUNDLE_SIZE, why)
    return line
