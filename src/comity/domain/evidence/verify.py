"""Verification of a bundle: offline, trusting neither side, from its bytes alone."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from comity.domain.agreement import KEY_KIND, read_key_record
from comity.domain.evidence.archive import ArchiveReader, EntryHead, Read
from comity.domain.evidence.limits import LEAVES_MAX, PART_SIZE_BYTES_MAX
from comity.domain.evidence.log_file import (
    LogHead,
    ShownLeaf,
    decode_leaf,
    decode_log_head,
    lines_of,
)
from comity.domain.evidence.manifest import ListedFile, Manifest, read_manifest
from comity.domain.evidence.parties import BundleKeys, BundleParty, decode_parties
from comity.domain.evidence.reasons import BundleReason
from comity.domain.ledger import (
    Checkpoint,
    Cosignature,
    NoteKey,
    SignedCheckpoint,
    check_extension,
    hash_leaf,
    leaf_commitment,
    log_origin,
    open_checkpoint,
    verify_cosignature,
    verify_inclusion,
    witness_name,
)
from comity.domain.ledger.note import parse_note
from comity.domain.records import Record, is_equivocation, open_record, verify_signature
from comity.kernel.errors import RecordError
from comity.kernel.ids import PartyId, RecordDigest


@dataclass(frozen=True, slots=True)
class PlacedRecord:
    """A record that is shown, at its place in a log."""

    record: Record
    index: int


@dataclass(frozen=True, slots=True)
class WithheldPlace:
    """A place whose record is withheld, and why."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class VerifiedLog:
    """What a log file shows.

    Attributes:
        checkpoint: signed by the owner.
        cosignature: the reader's, or None: that the reader has it is then not shown.
    """

    file: str
    owner: PartyId
    reader: PartyId
    checkpoint: Checkpoint
    cosignature: Cosignature | None
    shown: tuple[PlacedRecord, ...]
    withheld: tuple[WithheldPlace, ...]

    @property
    def not_shown_count(self) -> int:
        """Leaves of this log under this checkpoint of which the bundle says nothing."""
        return self.checkpoint.size - len(self.shown) - len(self.withheld)


@dataclass(frozen=True, slots=True)
class VerifiedBundle:
    """A bundle in which everything holds.

    Attributes:
        manifest_record: signed by the maker.
        equivocations: pairs of records that prove that their author said two things at once.
    """

    manifest_record: Record
    manifest: Manifest
    parties: tuple[BundleParty, ...]
    logs: tuple[VerifiedLog, ...]
    equivocations: tuple[tuple[Record, Record], ...]


def verify_bundle(read: Read, roots: Mapping[PartyId, bytes] | None = None) -> VerifiedBundle:
    """Check a bundle completely.

    Args:
        read: its bytes, from the first to the last.
        roots: root keys that the verifier knows by other means.

    Raises:
        RecordError: with a reason of docs/spec/bundle.md §7; nothing of the bundle counts.

    Source: docs/spec/bundle.md.
    """
    entries = ArchiveReader(read).entries()
    manifest_bytes = _small(entries)
    parties_bytes = _small(entries)
    keys = decode_parties(parties_bytes, roots)
    record = open_record(manifest_bytes, keys.public_key_of)
    keys.check_time(record)
    if keys.revoked_by(record) is not None:
        raise RecordError(BundleReason.KEY_REVOKED, "the manifest's key is revoked")
    manifest = read_manifest(record)
    listed = iter(manifest.files)
    _check_listed(next(listed), "parties.json", len(parties_bytes), parties_bytes)
    logs = _Logs(keys)
    for head, chunks in entries:
        expected = next(listed, None)
        if expected is None or (expected.name, expected.size_bytes) != (head.name, head.size_bytes):
            raise _mismatch(head.name, "is not the next one listed, or of another size")
        digest = hashlib.sha256()
        logs.take(head, _hashed(chunks, digest.update))
        if digest.hexdigest() != expected.sha256:
            raise _mismatch(head.name, f"has the SHA-256 {digest.hexdigest()}")
    missing = next(listed, None)
    if missing is not None:
        raise _mismatch(missing.name, "is listed and not there")
    return VerifiedBundle(
        record,
        manifest,
        tuple(keys.parties.values()),
        tuple(logs.verified),
        tuple(_equivocations(logs.records.values())),
    )


@dataclass(slots=True)
class _Logs:
    """The log files of one bundle, one after the other."""

    keys: BundleKeys
    verified: list[VerifiedLog] = field(default_factory=list)
    records: dict[bytes, Record] = field(default_factory=dict)  # a record to many is opened once
    leaves: int = 0

    def take(self, head: EntryHead, chunks: Iterable[bytes]) -> None:
        """The next entry; material is only read to its end."""
        if not head.is_log:
            for _ in chunks:
                pass
            return
        lines = lines_of(chunks, head.name)
        first = next(lines, None)
        if first is None:
            raise RecordError(BundleReason.LOG_FORM, f"{head.name} is empty")
        log_head = decode_log_head(first, head.name)
        signed = self._opened(log_head, head.name)
        cosignature = self._cosigned(log_head, signed)
        self._check_order(log_head, signed, head.name)
        shown: list[PlacedRecord] = []
        withheld: list[WithheldPlace] = []
        last = -1
        for number, line in enumerate(lines, start=2):
            place = f"{head.name} line {number}"
            leaf = decode_leaf(line, place)
            self.leaves += 1
            if self.leaves > LEAVES_MAX:
                raise RecordError(BundleReason.BUNDLE_SIZE, f"more than {LEAVES_MAX} leaves")
            if leaf.index <= last:
                raise RecordError(
                    BundleReason.LEAF_ORDER, f"{place}: leaf {leaf.index} behind leaf {last}"
                )
            last = leaf.index
            if isinstance(leaf, ShownLeaf):
                leaf_data = leaf_commitment(leaf.salt, leaf.envelope_bytes)
                shown.append(PlacedRecord(self._record(leaf, log_head, place), leaf.index))
            else:
                leaf_data = leaf.leaf_data
                withheld.append(WithheldPlace(leaf.index, leaf.reason))
            verify_inclusion(hash_leaf(leaf_data), leaf.index, signed.size, leaf.proof, signed.root)
        _check_revocations(self.keys, shown, head.name)
        self.verified.append(
            VerifiedLog(
                head.name,
                log_head.owner,
                log_head.reader,
                signed.checkpoint,
                cosignature,
                tuple(shown),
                tuple(withheld),
            )
        )

    def _opened(self, head: LogHead, place: str) -> SignedCheckpoint:
        """The checkpoint under whichever key of the owner signed it."""
        if len(parse_note(head.note_bytes).signatures) != 1:
            raise RecordError(BundleReason.LOG_FORM, f"{place}: note: not one signature line")
        origin = log_origin(head.owner, head.reader)
        refusal: RecordError | None = None
        for public_key in self.keys.public_keys(head.owner):
            try:
                key = NoteKey(origin, public_key)
                return open_checkpoint(head.note_bytes, key, verify_signature)
            except RecordError as error:
                refusal = _nearer(refusal, error, "unknown-signer")
        raise refusal or RecordError(BundleReason.UNKNOWN_PARTY, place)

    def _cosigned(self, head: LogHead, signed: SignedCheckpoint) -> Cosignature | None:
        """The reader's cosignature under whichever of its keys made it."""
        readers = self.keys.public_keys(head.reader)
        if head.cosignature_bytes is None:
            return None
        refusal: RecordError | None = None
        for public_key in readers:
            witness = NoteKey(witness_name(head.reader), public_key)
            try:
                return verify_cosignature(
                    head.cosignature_bytes, signed.checkpoint, witness, verify_signature
                )
            except RecordError as error:
                refusal = _nearer(refusal, error, "unknown-witness")
        raise refusal or RecordError(BundleReason.UNKNOWN_PARTY, head.reader)

    def _check_order(self, head: LogHead, signed: SignedCheckpoint, place: str) -> None:
        before = self.verified[-1] if self.verified else None
        old = None
        if before is not None:
            earlier = (before.owner, before.reader, before.checkpoint.size)
            later = (head.owner, head.reader, signed.size)
            if earlier == later and before.checkpoint.root != signed.root:
                raise RecordError("split-view", f"{place}: two roots of size {signed.size}")
            if earlier >= later:
                why = f"{place}: {later} stands behind {earlier}"
                raise RecordError(BundleReason.LOG_ORDER, why)
            if earlier[:2] == later[:2]:
                old = before.checkpoint
        check_extension(old, signed.checkpoint, head.consistency)

    def _record(self, leaf: ShownLeaf, head: LogHead, place: str) -> Record:
        record = self.records.get(leaf.envelope_bytes)
        if record is None:
            try:
                record = open_record(leaf.envelope_bytes, self.keys.public_key_of)
            except RecordError as error:
                raise RecordError(error.reason, f"{place}: {error.detail}") from error
            self.keys.check_time(record)
            self.records[leaf.envelope_bytes] = record
        addressed = head.reader in record.recipients or (
            not record.recipients and head.owner == head.reader
        )
        if record.author != head.owner or not addressed:
            to = ", ".join(record.recipients) or "nobody"
            why = f"{place}: a record of {record.author} to {to}"
            raise RecordError(BundleReason.WRONG_LOG, why)
        return record


def _check_revocations(keys: BundleKeys, shown: list[PlacedRecord], place: str) -> None:
    """A revoked key's records stand before the place at which the revocation was told."""
    told: dict[int, int] = {}  # statement sequence -> place of its record in this log
    for each in shown:
        if each.record.kind == KEY_KIND:
            told.setdefault(read_key_record(each.record).statement.sequence, each.index)
    for each in shown:
        sequence = keys.revoked_by(each.record)
        if sequence is not None and each.index > told.get(sequence, -1):
            why = (
                f"{place}: leaf {each.index} is signed with {each.record.key_id}, revoked by key "
                f"statement {sequence}, and stands behind it here, or it is not shown"
            )
            raise RecordError(BundleReason.KEY_REVOKED, why)


def _equivocations(records: Iterable[Record]) -> Iterator[tuple[Record, Record]]:
    first: dict[tuple[PartyId, tuple[PartyId, ...], int], Record] = {}
    seen: set[RecordDigest] = set()
    for record in records:
        if record.digest in seen:
            continue
        seen.add(record.digest)
        other = first.setdefault((record.author, record.recipients, record.sequence), record)
        if is_equivocation(other, record):
            yield (other, record) if other.digest < record.digest else (record, other)


def _small(entries: Iterator[tuple[EntryHead, Iterator[bytes]]]) -> bytes:
    head, chunks = next(entries, (None, iter(())))
    if head is None:
        raise RecordError(BundleReason.BUNDLE_FORM, "fewer than two entries")
    if head.size_bytes > PART_SIZE_BYTES_MAX:
        why = f"{head.name}: {head.size_bytes} bytes, at most {PART_SIZE_BYTES_MAX}"
        raise RecordError(BundleReason.BUNDLE_SIZE, why)
    return b"".join(chunks)


def _hashed(chunks: Iterable[bytes], update: Callable[[bytes], None]) -> Iterator[bytes]:
    for chunk in chunks:
        update(chunk)
        yield chunk


def _check_listed(listed: ListedFile, name: str, size_bytes: int, content: bytes) -> None:
    found = ListedFile(name, hashlib.sha256(content).hexdigest(), size_bytes)
    if listed != found:
        raise _mismatch(name, "is not the one listed")


def _nearer(before: RecordError | None, now: RecordError, unknown: str) -> RecordError:
    """Of two refusals the one by a key that was meant: a bad signature says more than an unknown key."""
    return now if before is None or before.reason == unknown else before


def _mismatch(name: str, why: str) -> RecordError:
    return RecordError(BundleReason.FILE_MISMATCH, f"{name} {why}")
