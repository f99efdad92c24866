"""Opening a pack: offline, from its bytes and a clock alone.

Source: docs/spec/pack.md §5.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from comity.domain.evidence.archive import ArchiveReader, EntryHead, Read
from comity.domain.evidence.limits import PART_SIZE_BYTES_MAX
from comity.domain.evidence.log_file import lines_of
from comity.domain.evidence.parties import BundleParty, decode_parties
from comity.domain.evidence.reasons import BundleReason
from comity.domain.geometry.point_index import PointIndex
from comity.domain.geometry.point_rows import point_rows
from comity.domain.packs.answers import Condition, condition_at
from comity.domain.packs.contents import (
    Packed,
    PackedMovement,
    PackedNotice,
    PackedSite,
    TakenBack,
    read_lines,
    read_movement,
    read_notice,
    read_site,
    read_taken_back,
)
from comity.domain.packs.limits import PACK_SIZE_BYTES_MAX
from comity.domain.packs.manifest import Manifest, PackFile, PackNames, read_manifest
from comity.domain.packs.reasons import PackReason
from comity.domain.records import Record, open_record
from comity.domain.sites import MovementKind, OwnSite, Route, TheirSite
from comity.domain.sites.deviation import Deviation
from comity.kernel.errors import RecordError
from comity.kernel.ids import MovementId, PartyId, RecordDigest, SiteId
from comity.kernel.instants import Instant
from comity.kernel.invariants import invariant

Value = TypeVar("Value")


@dataclass(frozen=True)
class PackedSites:
    """The sites of a pack, to be asked about as a register is."""

    sites: Mapping[SiteId, PackedSite]
    heard_at: Instant | None
    record: RecordDigest

    @cached_property
    def _index(self) -> tuple[PointIndex, list[SiteId]]:
        ids = list(self.sites)
        table = np.empty((5, len(ids)))
        for number, site in enumerate(ids):
            told = self.sites[site].notified
            disc = told.place.disc()
            begins_s = -np.inf if told.valid_from is None else told.valid_from.unix_s
            ends_s = np.inf if told.valid_until is None else told.valid_until.unix_s
            table[:, number] = (
                disc.latitude_deg, disc.longitude_deg, disc.radius_m, begins_s, ends_s,
            )  # fmt: skip
        index = PointIndex()
        if ids:
            latitude, longitude, reach_m, from_s, until_s = table
            numbers = np.arange(len(ids))
            index.load(point_rows(latitude, longitude, reach_m, from_s, until_s, numbers))
        invariant(len(index) == len(ids), "every packed site is in the index")
        return index, ids

    def index(self) -> tuple[PointIndex, list[SiteId]]:
        """All of them, and whose number is whose; made when first asked for."""
        return self._index

    def own(self, site: SiteId) -> OwnSite | None:
        """None: a pack tells what was told, whoever speaks for it."""
        del site
        return None

    def theirs(self, site: SiteId) -> TheirSite | None:
        """A packed site, or None."""
        packed = self.sites.get(site)
        if packed is None:
            return None
        return TheirSite(packed.notified, packed.received_at, packed.record or self.record)


@dataclass(frozen=True, slots=True)
class PackedMovements:
    """The movements of a pack, to be asked about as a register is."""

    movements: tuple[PackedMovement, ...]
    heard_at: Instant | None

    def under_watch(
        self, at: Instant
    ) -> Iterable[tuple[MovementId, MovementKind, Route, int, Deviation | None]]:
        """All of them: a pack holds none that had ended."""
        del at
        for each in self.movements:
            told = each.notified
            yield told.movement, told.kind, told.route, told.precision_mm, told.deviation


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack in which everything holds.

    Attributes:
        record: signed by the maker's node.
        maker: with the keys it signed with.
        borders: files that are included, by name.
        sha256: of all of its bytes.
    """

    record: Record
    manifest: Manifest
    maker: BundleParty
    sites: PackedSites
    movements: PackedMovements
    notices: tuple[PackedNotice, ...]
    taken_back: tuple[TakenBack, ...]
    borders: Mapping[str, bytes]
    sha256: str

    @property
    def made_at(self) -> Instant:
        """By the maker's clock."""
        return self.record.made_at

    @property
    def expires_at(self) -> Instant:
        """From when it answers nothing but what it touches."""
        invariant(self.record.expires_at is not None, "a pack expires")
        return self.record.expires_at or self.record.made_at

    def condition(self, at: Instant) -> Condition:
        """How it stands by a clock (L-21, L-27)."""
        return condition_at(self.made_at, self.manifest.stale_from, self.expires_at, at)

    def age_s(self, at: Instant) -> float:
        """Since it was made; 0 where the clock is behind the maker's."""
        return max(0.0, at.minus(self.made_at))


def open_pack(read: Read, roots: Mapping[PartyId, bytes] | None = None) -> Pack:
    """Check a pack completely; how old it is, is `Pack.condition`'s question.

    Args:
        read: its bytes, from the first to the last.
        roots: root keys that the reader knows by other means; with any given, the maker must be among them.

    Raises:
        RecordError: with a reason of docs/spec/pack.md §8; nothing of the pack counts.
    """
    whole, size_bytes = hashlib.sha256(), 0

    def counted(count: int) -> bytes:
        nonlocal size_bytes
        found = read(count)
        whole.update(found)
        size_bytes += len(found)
        if size_bytes > PACK_SIZE_BYTES_MAX:
            raise RecordError(PackReason.LIMIT, f"more than {PACK_SIZE_BYTES_MAX} bytes")
        return found

    entries = ArchiveReader(counted, PackNames()).entries()
    manifest_bytes = _small(entries)
    parties_bytes = _small(entries)
    keys = decode_parties(parties_bytes, roots)
    record = open_record(manifest_bytes, keys.public_key_of)
    keys.check_time(record)
    if keys.revoked_by(record) is not None:
        raise RecordError(BundleReason.KEY_REVOKED, "the manifest's key is revoked")
    if roots and record.author not in roots:
        raise RecordError(BundleReason.ROOT_KEY, f"{record.author} is none of the parties given")
    manifest = read_manifest(record)
    listed = iter(manifest.files)
    _check_listed(next(listed), "parties.json", parties_bytes)
    counts = manifest.counts
    sites = _lines(entries, next(listed), read_site, counts["sites"])
    movements = _lines(entries, next(listed), read_movement, counts["movements"])
    notices = _lines(entries, next(listed), read_notice, counts["notices"])
    taken_back = _lines(entries, next(listed), read_taken_back, counts["taken_back"])
    borders = {}
    for head, chunks in entries:
        expected = next(listed, None)
        content = b"".join(chunks)
        if expected is None:
            raise _mismatch(f"{head.name} is not listed")
        _check_listed(expected, head.name, content)
        borders[head.name] = content
    missing = next(listed, None)
    if missing is not None:
        raise _mismatch(f"{missing.name} is listed and not there")
    return Pack(
        record,
        manifest,
        keys.parties[record.author],
        PackedSites({each.notified.site: each for each in sites}, manifest.heard_at, record.digest),
        PackedMovements(tuple(movements), manifest.heard_at),
        tuple(notices),
        tuple(taken_back),
        borders,
        whole.hexdigest(),
    )


def _small(entries: Iterator[tuple[EntryHead, Iterator[bytes]]]) -> bytes:
    head, chunks = next(entries, (None, iter(())))
    if head is None:
        raise RecordError(BundleReason.BUNDLE_FORM, "fewer than two entries")
    if head.size_bytes > PART_SIZE_BYTES_MAX:
        why = f"{head.name}: {head.size_bytes} bytes, at most {PART_SIZE_BYTES_MAX}"
        raise RecordError(BundleReason.BUNDLE_SIZE, why)
    return b"".join(chunks)


def _lines(
    entries: Iterator[tuple[EntryHead, Iterator[bytes]]],
    listed: PackFile,
    read: Callable[[object, str], Packed],
    count: int,
) -> list[Packed]:
    head, chunks = next(entries, (None, iter(())))
    if head is None:
        raise _mismatch(f"{listed.name} is listed and not there")
    content = b"".join(chunks)
    _check_listed(listed, head.name, content)
    return list(read_lines(lines_of(iter((content,)), head.name), head.name, read, count))


def _check_listed(listed: PackFile, name: str, content: bytes) -> None:
    found = PackFile(name, hashlib.sha256(content).hexdigest(), len(content))
    if listed != found:
        raise _mismatch(f"{name} is not the one listed")


def _mismatch(why: str) -> RecordError:
    return RecordError(BundleReason.FILE_MISMATCH, why)
