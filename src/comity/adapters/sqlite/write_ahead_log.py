"""Reads a write-ahead log before SQLite does.

SQLite stops at the first frame that does not hold and takes all after it for never written. That is
right after a power cut, which can only tear the last commit; after damage it would silently drop
commits that had been acknowledged. Here the two are told apart.

Source: sqlite.org/fileformat2.html section 4 (the write-ahead log).
"""

import struct
from dataclasses import dataclass
from enum import StrEnum

_HEADER = struct.Struct(">8I")  # magic, version, page size, sequence, two salts, two checksums
_FRAME = struct.Struct(">6I")  # page, pages after commit or 0, two salts, two checksums
_MAGIC = 0x377F0682  # the lowest bit says that checksums read big-endian words
_VERSION = 3_007_000
_MASK = 0xFFFFFFFF


class WalVerdict(StrEnum):
    """Whether the log can be opened, and whether it tells the whole story."""

    SOUND = "sound"
    TORN = "torn"  # its last commit does not hold: cut off by a crash, or damaged
    DAMAGED = "damaged"  # something before the last commit does not hold


@dataclass(frozen=True, slots=True)
class WalState:
    """What stands in a log: frames up to the last whole commit, and what is wrong after that."""

    verdict: WalVerdict
    frames_committed: int
    why: str = ""


def inspect_wal(content: bytes) -> WalState:
    """Judge a write-ahead log by its own checksums and salts."""
    header = content[: _HEADER.size]
    if len(header) < _HEADER.size or not any(header):
        return WalState(WalVerdict.SOUND, 0)  # never written, or cut off before its first sync
    magic, version, page_bytes, _, salt_1, salt_2, *sums = _HEADER.unpack(header)
    order = ">" if magic & 1 else "<"
    if (
        magic & ~1 != _MAGIC
        or version != _VERSION
        or _checksum((0, 0), header[:24], order) != tuple(sums)
    ):
        return WalState(WalVerdict.DAMAGED, 0, "the header does not hold")
    step = _FRAME.size + page_bytes
    frames = [
        _FRAME.unpack_from(content, start)
        for start in range(_HEADER.size, len(content) - step + 1, step)
    ]
    holding, committed = _holding(content, frames, page_bytes, order)
    # Frames of older generations differ in both salts; a single damaged byte spares one of them.
    ours = [
        number
        for number, frame in enumerate(frames)
        if number >= holding and (frame[2] == salt_1 or frame[3] == salt_2)
    ]
    if not ours:
        return WalState(WalVerdict.SOUND, committed)
    commits = [number for number in ours if frames[number][1]]
    why = f"frame {holding + 1} does not hold"
    if len(commits) <= 1 and commits in ([], [ours[-1]]):
        return WalState(WalVerdict.TORN, committed, why)
    return WalState(WalVerdict.DAMAGED, committed, f"{why}, and {len(commits)} commits follow it")


def _holding(
    content: bytes, frames: list[tuple[int, ...]], page_bytes: int, order: str
) -> tuple[int, int]:
    """How many frames hold from the start, and how many of them up to the last commit."""
    *_, salt_1, salt_2, sum_1, sum_2 = _HEADER.unpack_from(content)
    salts, sums = (salt_1, salt_2), (sum_1, sum_2)
    committed = 0
    start = _HEADER.size
    for number, (page, pages_after, frame_1, frame_2, *expected) in enumerate(frames):
        end = start + _FRAME.size + page_bytes
        sums = _checksum(sums, content[start : start + 8], order)
        sums = _checksum(sums, content[start + _FRAME.size : end], order)
        if (frame_1, frame_2) != salts or sums != tuple(expected) or page == 0:
            return number, committed
        if pages_after:
            committed = number + 1
        start = end
    return len(frames), committed


def _checksum(sums: tuple[int, int], content: bytes, order: str) -> tuple[int, int]:
    one, two = sums
    for first, second in struct.iter_unpack(f"{order}2I", content):
        one = (one + first + two) & _MASK
        two = (two + second + one) & _MASK
    return one, two
