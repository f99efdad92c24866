"""The bytes of one frame (docs/spec/track-stream.md)."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.entrypoints.track_stream.picture import COLUMNS, DETAILS, Named
from comity.kernel.errors import RecordError

MAGIC = b"CTS1"
HEADER = struct.Struct("<4sIIIddBBBBIIIIIIHHIIIIII")
FRAME_BYTES_MAX = 16 << 20  # 65,536 tracks, all of them new, with names of 200 bytes
SEPARATOR = "\0"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
NAME_PARTS = 3

EXERCISE, AS_OF_KNOWN = 1, 2
Columns = dict[str, NDArray[Any]]

_RATES = {"latitude_rate": "<i2", "longitude_rate": "<i2"}
PLACED = {"slot": "<u2", "latitude": "<i4", "longitude": "<i4", **_RATES}
MOVED = {"slot": "<u2", "latitude_off": "<i2", "longitude_off": "<i2", **_RATES}
DETAILED = {
    "slot": "<u2",
    **{name: np.dtype(COLUMNS[name]).newbyteorder("<").str for name in DETAILS},
}
SLOTS = {"slot": "<u2"}


class FrameKind(IntEnum):
    """What a frame is to what the reader holds."""

    WHOLE = 1
    """Forget everything; this is all there is."""
    CHANGE = 2
    HEARTBEAT = 3
    """Nothing new; the header says how old the picture is."""


class Health(IntEnum):
    """Of the worst net of the watch."""

    BLIND = 0
    DEGRADED = 1
    WORKING = 2


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. Columns of a section have equal lengths; slots of one section differ.

    Attributes:
        kind: what it is to what the reader holds.
        sequence: one more with each frame of a stream, from 1.
        cycle: of the watch; 0 where there is no picture.
        as_of_ms: instant of all positions, since 1970; None where there is no picture.
        sent_ms: when the node made the frame, by its clock.
        exercise: all tracks are of the exercise.
        health: of the watch.
        total: tracks in the picture.
        held: tracks the reader holds after this frame.
        left_out: tracks that the stream cannot name.
        skipped: cycles since the frame before that were overtaken by newer ones.
        tolerance_mm: how far a track within the view may be from where it is extrapolated to.
        tolerance_far_mm: likewise outside it.
        far_cycles: tracks outside the view are looked at once in so many cycles.
        ended: slots of tracks that are no more.
        named: slots whose names follow in `names`; a slot named is a new track where it was ended or
            never heard of.
        names: of the slots named.
        placed: where tracks are.
        moved: likewise, as a difference from where they were extrapolated to.
        detailed: all else.
    """

    kind: FrameKind
    sequence: int
    cycle: int
    as_of_ms: int | None
    sent_ms: int
    exercise: bool = False
    health: Health = Health.BLIND
    total: int = 0
    held: int = 0
    left_out: int = 0
    skipped: int = 0
    tolerance_mm: int = 0
    tolerance_far_mm: int = 0
    far_cycles: int = 1
    ended: NDArray[Any] = field(default_factory=lambda: np.empty(0, np.uint16))
    named: NDArray[Any] = field(default_factory=lambda: np.empty(0, np.uint16))
    names: Sequence[Named] = ()
    placed: Columns = field(default_factory=lambda: _none(PLACED))
    moved: Columns = field(default_factory=lambda: _none(MOVED))
    detailed: Columns = field(default_factory=lambda: _none(DETAILED))


def encode_frame(frame: Frame) -> bytes:
    """The bytes of a frame."""
    text = SEPARATOR.join(part for named in frame.names for part in _parts(named)).encode()
    parts = [
        *_spelt({"slot": frame.ended}, SLOTS),
        *_spelt({"slot": frame.named}, SLOTS),
        *_spelt(frame.placed, PLACED),
        *_spelt(frame.moved, MOVED),
        *_spelt(frame.detailed, DETAILED),
        _padded(text),
    ]
    known = frame.as_of_ms is not None
    header = HEADER.pack(
        MAGIC,
        HEADER.size + sum(map(len, parts)),
        frame.sequence,
        frame.cycle,
        float(frame.as_of_ms or 0),
        float(frame.sent_ms),
        frame.kind,
        (EXERCISE if frame.exercise else 0) | (AS_OF_KNOWN if known else 0),
        frame.health,
        0,
        frame.total,
        frame.held,
        frame.left_out,
        frame.skipped,
        frame.tolerance_mm,
        frame.tolerance_far_mm,
        frame.far_cycles,
        0,
        len(frame.ended),
        len(frame.named),
        len(frame.placed["slot"]),
        len(frame.moved["slot"]),
        len(frame.detailed["slot"]),
        len(text),
    )
    return b"".join([header, *parts])


def decode_frame(content: bytes) -> Frame:
    """Read a frame: for tests, measurements and whoever reads a stream in Python.

    Raises:
        RecordError: `frame-malformed`.
    """
    if len(content) < HEADER.size:
        raise _malformed(f"{len(content)} bytes; a header has {HEADER.size}")
    (
        magic, size, sequence, cycle, as_of_ms, sent_ms, kind, bits, health, zero, total, held,
        left_out, skipped, tolerance_mm, tolerance_far_mm, far_cycles, zeros, *counts,
    ) = HEADER.unpack_from(content)  # fmt: skip
    if magic != MAGIC:
        raise _malformed("not a frame")
    if size != len(content) or size > FRAME_BYTES_MAX:
        raise _malformed(f"says {size} bytes, has {len(content)}; at most {FRAME_BYTES_MAX}")
    if kind not in set(FrameKind) or health not in set(Health):
        raise _malformed(f"kind {kind}, health {health}")
    if zero or zeros or bits & ~(EXERCISE | AS_OF_KNOWN):
        raise _malformed("reserved bits are set")
    if not _is_whole(as_of_ms) or not _is_whole(sent_ms):
        raise _malformed("an instant is no whole millisecond")
    sections = []
    offset = HEADER.size
    for count, form in zip(counts[:5], (SLOTS, SLOTS, PLACED, MOVED, DETAILED), strict=True):
        columns, offset = _read(content, offset, count, form)
        sections.append(columns)
    ended, named, placed, moved, detailed = sections
    if offset + _up(counts[5]) != len(content):
        raise _malformed(f"{len(content) - offset} bytes of text where {counts[5]} are stated")
    try:
        text = content[offset : offset + counts[5]].decode()
    except UnicodeDecodeError as error:
        raise _malformed("text is not UTF-8") from error
    return Frame(
        kind=FrameKind(kind), sequence=sequence, cycle=cycle,
        as_of_ms=int(as_of_ms) if bits & AS_OF_KNOWN else None, sent_ms=int(sent_ms),
        exercise=bool(bits & EXERCISE), health=Health(health), total=total, held=held,
        left_out=left_out, skipped=skipped, tolerance_mm=tolerance_mm,
        tolerance_far_mm=tolerance_far_mm, far_cycles=far_cycles, ended=ended["slot"],
        named=named["slot"], names=_names(text, len(named["slot"])), placed=placed, moved=moved,
        detailed=detailed,
    )  # fmt: skip


def frames_of(content: bytes) -> Iterator[Frame]:
    """Every frame of a stream's bytes.

    Raises:
        RecordError: `frame-malformed`.
    """
    offset = 0
    while offset < len(content):
        size = int.from_bytes(content[offset + 4 : offset + 8], "little")
        if size < HEADER.size:
            raise _malformed(f"says {size} bytes")
        yield decode_frame(content[offset : offset + size])
        offset += size


def _parts(named: Named) -> Iterator[str]:
    for part in (named.key, named.callsign, named.flight):
        yield (part or "").replace(SEPARATOR, REPLACEMENT)


def _names(text: str, count: int) -> list[Named]:
    if not count:
        if text:
            raise _malformed("names of no slot")
        return []
    parts = text.split(SEPARATOR)
    if len(parts) != NAME_PARTS * count:
        raise _malformed(f"{len(parts)} texts for {count} slots")
    return [
        Named(parts[k], parts[k + 1] or None, parts[k + 2] or None)
        for k in range(0, len(parts), NAME_PARTS)
    ]


def _spelt(columns: Columns, form: dict[str, str]) -> Iterator[bytes]:
    for name, kind in form.items():
        yield _padded(np.ascontiguousarray(columns[name], kind).tobytes())


def _read(content: bytes, offset: int, count: int, form: dict[str, str]) -> tuple[Columns, int]:
    columns: Columns = {}
    for name, kind in form.items():
        size = np.dtype(kind).itemsize * count
        if offset + _up(size) > len(content):
            raise _malformed(f"ends within {name}")
        columns[name] = np.frombuffer(content, kind, count, offset)
        offset += _up(size)
    if len(np.unique(columns["slot"])) != count:
        raise _malformed("a slot stands twice in one section")
    return columns, offset


def _none(form: dict[str, str]) -> Columns:
    return {name: np.empty(0, kind) for name, kind in form.items()}


def _padded(content: bytes) -> bytes:
    return content + bytes(_up(len(content)) - len(content))


def _up(size: int) -> int:
    """To the next multiple of four, so that columns can be looked at in place."""
    return (size + 3) & ~3


def _is_whole(value: float) -> bool:
    return abs(value) < 2.0**53 and value == int(value) if value == value else False  # noqa: PLR0124


def _malformed(why: str) -> RecordError:
    return RecordError("frame-malformed", why)
