"""Writes plots into segments: a new one each hour or so, the oldest removed where room runs out."""

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from comity.domain.tracks import PlotBatch
from comity.domain.tracks.recorded_block import MAGIC, SUFFIX, encode_block, first_chain
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

_LOG = structlog.get_logger("comity.plots")
_MODE = 0o600


@dataclass(frozen=True, slots=True)
class RecorderLimits:
    """How much is kept.

    Attributes:
        total_bytes_max: of all segments; the oldest goes first. 2 GiB hold about a week of 300 aircraft.
        segment_bytes_max, segment_s_max: when a new segment begins.
        block_s: how much of the newest is lost where the process is killed.
        block_rows_max: a block is written sooner where so many plots wait.
        waiting_rows_max: plots that may wait for the disk; further ones are dropped and counted in the file.
    """

    total_bytes_max: int = 2 << 30
    segment_bytes_max: int = 64 << 20
    segment_s_max: float = 3_600.0
    block_s: float = 10.0
    block_rows_max: int = 250_000
    waiting_rows_max: int = 2_000_000


class PlotRecorder:
    """Takes the plots of each cycle. A thread of its own packs and writes them: no cycle waits for the disk.

    A disk that is full or refuses costs plots, which are counted; it never stops the watch.
    """

    def __init__(self, folder: Path, limits: RecorderLimits | None = None) -> None:
        self._folder = folder
        self._limits = limits or RecorderLimits()
        self._waiting: list[PlotBatch] = []
        self._rows = 0
        self._dropped = 0
        self._from: Instant | None = None
        self._at: Instant | None = None
        self._queue: queue.SimpleQueue[tuple[list[PlotBatch], tuple[int, int], int] | None] = (
            queue.SimpleQueue()
        )
        self._queued_rows = 0
        self._lock = threading.Lock()
        self._segment: _Segment | None = None
        self.failed = 0
        self.written_rows = 0
        self._thread = threading.Thread(target=self._write_for_ever, name="plots", daemon=True)
        self._thread.start()

    def take(self, at: Instant, batches: Sequence[PlotBatch]) -> None:
        """The plots that came since the last call, up to `at` by this node's clock."""
        if self._from is None:
            self._from = at
        self._at = at
        for batch in batches:
            with self._lock:
                room = self._queued_rows + self._rows + len(batch) <= self._limits.waiting_rows_max
            if not room:
                self._dropped += len(batch)
                continue
            self._waiting.append(batch)
            self._rows += len(batch)
        if at.minus(self._from) < 0:  # the clock was set back: what waits is written as it stands
            self._hand_over(self._from)
            self._from = at
        elif (
            at.minus(self._from) >= self._limits.block_s
            or self._rows >= self._limits.block_rows_max
        ):
            self._hand_over(at)

    def close(self) -> None:
        """Write what waits, and end the thread."""
        if self._at is not None:
            self._hand_over(self._at)
        self._queue.put(None)
        self._thread.join(30.0)

    def _hand_over(self, at: Instant) -> None:
        if self._from is None:
            return
        with self._lock:
            self._queued_rows += self._rows
        self._queue.put((self._waiting, (self._from.unix_ms, at.unix_ms), self._dropped))
        self._waiting, self._rows, self._dropped, self._from = [], 0, 0, at

    def _write_for_ever(self) -> None:
        lost = 0
        while (work := self._queue.get()) is not None:
            batches, covers_ms, dropped = work
            rows = sum(len(each) for each in batches)
            try:
                self._write(batches, covers_ms, dropped + lost)
            except (OSError, InputError) as error:
                lost += rows + dropped
                self.failed += rows
                self._segment = None
                _LOG.error("plots-not-kept", rows=rows, why=str(error))
            else:
                lost = 0
                self.written_rows += rows
            with self._lock:
                self._queued_rows -= rows
        if self._segment is not None:
            self._segment.close()

    def _write(self, batches: list[PlotBatch], covers_ms: tuple[int, int], dropped: int) -> None:
        segment = self._segment
        if segment is not None and segment.is_full(covers_ms[1], self._limits):
            segment.close()
            segment = None
        if segment is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            segment = _Segment(self._folder, covers_ms[0])
            self._segment = segment
            self._make_room(segment.path)
        segment.append(lambda chain: encode_block(batches, covers_ms, dropped, chain))

    def _make_room(self, newest: Path) -> None:
        room = self._limits.total_bytes_max - self._limits.segment_bytes_max
        sizes = [(path, path.stat().st_size) for path in sorted(self._folder.glob(f"*{SUFFIX}"))]
        total = sum(size for _, size in sizes)
        for path, size in sizes:
            if total <= room or path == newest:
                break
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
            total -= size


class _Segment:
    """One file in the making."""

    def __init__(self, folder: Path, from_ms: int) -> None:
        name = str(Instant(from_ms)).replace(":", "").replace(".", "")
        path = folder / f"plots-{name}{SUFFIX}"
        number = 1
        while path.exists():  # two runs that began within one millisecond, or a clock set back
            number += 1
            path = folder / f"plots-{name}-{number}{SUFFIX}"
        self.path = path
        self._from_ms = from_ms
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE)
        self._size = 0
        self._chain = first_chain()
        self._put(MAGIC)

    def is_full(self, to_ms: int, limits: RecorderLimits) -> bool:
        """Whether the next block belongs into a new file."""
        age_s = (to_ms - self._from_ms) / 1000.0
        return self._size >= limits.segment_bytes_max or not 0 <= age_s < limits.segment_s_max

    def append(self, make: Callable[[bytes], tuple[bytes, bytes]]) -> None:
        """Add a block, whole or not at all: a file that was cut short is read up to its last whole block."""
        block, chain = make(self._chain)
        self._put(block)
        self._chain = chain

    def close(self) -> None:
        """Flush and close."""
        with contextlib.suppress(OSError):
            os.fsync(self._handle)
        os.close(self._handle)

    def _put(self, content: bytes) -> None:
        at = self._size
        left = memoryview(content)
        try:
            while left:
                left = left[os.write(self._handle, left) :]
        except OSError:
            with contextlib.suppress(OSError):  # half a block would hide the whole ones behind it
                os.ftruncate(self._handle, at)
            os.close(self._handle)
            raise
        self._size += len(content)
