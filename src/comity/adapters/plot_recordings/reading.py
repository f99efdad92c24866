"""Reads segments back: what covers which time, and the plots of a moment as known then or as known now."""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from comity.domain.tracks import PlotBatch
from comity.domain.tracks.recorded_block import (
    HEAD_BYTES,
    MAGIC,
    SUFFIX,
    BlockHead,
    check_chain,
    decode_block,
    first_chain,
    read_head,
)
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

SEGMENTS_MAX = 10_000
SEGMENT_BYTES_MAX = 5 << 30  # of one file that is handed in; a node's own are far smaller
CACHED_BLOCKS = 64
SEAM_MS = (
    1_500  # one cycle and its lateness: blocks that follow each other so closely leave nothing out
)


@dataclass(frozen=True, slots=True)
class RecordedStretch:
    """A time without a break of which plots were kept; `dropped` of it could not be."""

    starts: Instant
    ends: Instant
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class SegmentInfo:
    """One file.

    Attributes:
        whole: False where it ends within a block: what came after is not known.
    """

    path: Path
    size_bytes: int
    blocks: int
    rows: int
    starts: Instant | None
    ends: Instant | None
    whole: bool


@dataclass(frozen=True, slots=True)
class _Block:
    path: Path
    offset: int
    head: BlockHead


class PlotArchive:
    """The segments of a folder, or one file. Looking again takes in what was added since."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._blocks: list[_Block] = []
        self._ends: dict[Path, tuple[int, bool]] = {}
        self._cache: OrderedDict[tuple[Path, int], tuple[list[PlotBatch], int]] = OrderedDict()
        self.look_again()

    def look_again(self) -> None:
        """Read the heads of new blocks; files that are gone are let go.

        Raises:
            InputError: too many files, or one is no recording.
        """
        paths = self._paths()
        gone = self._ends.keys() - set(paths)
        if gone:
            self._blocks = [each for each in self._blocks if each.path not in gone]
            for path in gone:
                del self._ends[path]
        for path in paths:
            self._scan(path)
        self._blocks.sort(key=lambda each: (each.head.covers_from_ms, str(each.path), each.offset))

    def segments(self) -> list[SegmentInfo]:
        """The files, in the order of their names."""
        found = []
        for path, (end, whole) in sorted(self._ends.items()):
            heads = [each.head for each in self._blocks if each.path == path]
            found.append(
                SegmentInfo(
                    path, end, len(heads), sum(each.rows for each in heads),
                    Instant(min(h.covers_from_ms for h in heads)) if heads else None,
                    Instant(max(h.covers_to_ms for h in heads)) if heads else None, whole,
                )
            )  # fmt: skip
        return found

    def stretches(self) -> list[RecordedStretch]:
        """The times of which plots were kept; all else is unknown."""
        found: list[list[int]] = []
        for each in self._blocks:
            head = each.head
            if found and head.covers_from_ms <= found[-1][1] + SEAM_MS:
                found[-1][1] = max(found[-1][1], head.covers_to_ms)
            else:
                found.append([head.covers_from_ms, head.covers_to_ms])
        return [RecordedStretch(Instant(a), Instant(b)) for a, b in found]

    def covers(self, at: Instant) -> bool:
        """Whether plots received at a moment were kept."""
        return any(each.starts <= at <= each.ends for each in self.stretches())

    def plots(
        self, since: Instant, until: Instant, known_by: Instant | None = None
    ) -> tuple[list[PlotBatch], int]:
        """Plots of a time of applicability from `since` to `until`, both included, and how many were dropped.

        Args:
            since: the first.
            until: the last.
            known_by: only what had been received by then; None: whenever it came.

        Raises:
            InputError: a file was changed since it was written.
        """
        found, dropped = [], 0
        for block in self._blocks:
            head = block.head
            if known_by is not None and head.covers_from_ms > known_by.unix_ms:
                break
            elsewhere = head.at_to_ms < since.unix_ms or head.at_from_ms > until.unix_ms
            if elsewhere and (
                head.covers_to_ms < since.unix_ms or head.covers_from_ms > until.unix_ms
            ):
                continue
            batches, lost = self._read(block)
            dropped += lost
            for batch in batches:
                wanted = (batch.at_ms >= since.unix_ms) & (batch.at_ms <= until.unix_ms)
                if known_by is not None:
                    wanted &= batch.received_at_ms <= known_by.unix_ms
                if wanted.all():
                    found.append(batch)
                elif wanted.any():
                    found.append(batch.rows(wanted))
        return found, dropped

    def verify(self) -> Iterator[tuple[SegmentInfo, str, str | None]]:
        """Each file with its SHA-256, and what is wrong with it, if anything."""
        for info in self.segments():
            yield info, *_verified(info)

    def _paths(self) -> Sequence[Path]:
        if self._place.is_file():
            return [self._place]
        paths = sorted(self._place.glob(f"*{SUFFIX}"))
        if len(paths) > SEGMENTS_MAX:
            raise InputError("recordings", f"{len(paths)} files, at most {SEGMENTS_MAX}")
        return paths

    def _scan(self, path: Path) -> None:
        try:
            size = path.stat().st_size
            at, _ = self._ends.get(path, (0, True))
            if size == at:
                return
            if size > SEGMENT_BYTES_MAX:
                raise InputError(
                    "recording", f"{path.name}: {size} bytes, at most {SEGMENT_BYTES_MAX}"
                )
            with path.open("rb") as file:
                if at == 0:
                    if file.read(len(MAGIC)) != MAGIC:
                        raise InputError("recording", f"{path.name} is no recording of plots")
                    at = len(MAGIC)
                at, whole = self._scan_blocks(path, file.fileno(), at, size)
        except OSError as error:
            raise InputError("recording", f"{path.name}: {error.strerror}") from error
        self._ends[path] = (at, whole)

    def _scan_blocks(self, path: Path, handle: int, at: int, size: int) -> tuple[int, bool]:
        while at < size:
            head_bytes = os.pread(handle, HEAD_BYTES, at)
            if len(head_bytes) < HEAD_BYTES:
                return at, False
            head = read_head(head_bytes)
            if at + HEAD_BYTES + head.packed_bytes > size:
                return at, False
            self._blocks.append(_Block(path, at, head))
            at += HEAD_BYTES + head.packed_bytes
        return at, True

    def _read(self, block: _Block) -> tuple[list[PlotBatch], int]:
        key = block.path, block.offset
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        try:
            with block.path.open("rb") as file:
                file.seek(block.offset + HEAD_BYTES)
                packed = file.read(block.head.packed_bytes)
        except OSError as error:
            raise InputError("recording", f"{block.path.name}: {error.strerror}") from error
        found = decode_block(block.head, packed)
        self._cache[key] = found
        while len(self._cache) > CACHED_BLOCKS:
            self._cache.popitem(last=False)
        return found


def _verified(info: SegmentInfo) -> tuple[str, str | None]:
    whole = hashlib.sha256()
    wrong: str | None = None
    with info.path.open("rb") as file:
        whole.update(file.read(len(MAGIC)))
        chain = first_chain()
        while head_bytes := file.read(HEAD_BYTES):
            whole.update(head_bytes)
            try:
                head = read_head(head_bytes)
                packed = file.read(head.packed_bytes)
                whole.update(packed)
                if len(packed) < head.packed_bytes:
                    raise InputError("recording", "ends within a block")
                chain = check_chain(head_bytes, packed, chain)
                decode_block(head, packed)
            except InputError as error:
                wrong = error.why
                while rest := file.read(1 << 20):
                    whole.update(rest)
                break
    return whole.hexdigest(), wrong
