"""Plots as they are kept on disk: blocks of columns in whole numbers, chained by SHA-256.

A block says which stretch of this node's clock it covers, so that no plot in it means that none was received, and
a stretch that no block covers means that it is not known. Source: docs/spec/plot-recording.md.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.domain.tracks.plot import TEXT_LENGTH_MAX, TURN_RAD, FeedId, feed_id
from comity.domain.tracks.plot_batch import TEXTS, PlotBatch, plot_batch
from comity.kernel.errors import InputError

MAGIC = b"comity-plots/1\n"
SUFFIX = ".cplots"
HEAD = struct.Struct("<4sIIIqqqq")
"""Mark, bytes packed, bytes unpacked, rows, covers from, covers to, least and greatest `at_ms`."""
HEAD_BYTES = HEAD.size + 32
BLOCK_MARK = b"BLK1"
PACKED_BYTES_MAX = 64 << 20  # of one block: ten seconds of 200,000 aircraft pack to some 20 MB
UNPACKED_BYTES_MAX = 512 << 20
ROWS_MAX = 4_000_000
FEEDS_MAX = 256
DROPPED_MAX = (1 << 31) - 1
PACK_LEVEL = 6
_NONE = -1
Integers = NDArray[np.int64]

# Name, mask, units to one: what the whole numbers of a column count.
_SCALED = (
    ("latitude_deg", "has_position", 1e7),
    ("longitude_deg", "has_position", 1e7),
    ("altitude_pressure_m", "has_altitude_pressure", 1e3),
    ("altitude_ellipsoid_m", "has_altitude_ellipsoid", 1e3),
    ("ground_speed_mps", "has_velocity", 1e3),
    ("track_true_rad", "has_velocity", 1e5),
    ("vertical_rate_mps", "has_vertical_rate", 1e3),
    ("accuracy_horizontal_m", "has_accuracy_horizontal", 1e3),
)
_WHOLE = (("address", "has_address"), ("track_number", "has_track_number"))
_MASKS = (
    "has_position", "has_altitude_pressure", "has_altitude_ellipsoid", "on_ground", "has_on_ground",
    "has_velocity", "has_vertical_rate", "has_accuracy_horizontal", "has_address",
    "address_is_icao", "has_track_number",
)  # fmt: skip
_WIDTHS = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


@dataclass(frozen=True, slots=True)
class BlockHead:
    """What stands before a block, readable without unpacking it.

    Attributes:
        rows: plots in it.
        covers_from_ms, covers_to_ms: the stretch of this node's clock whose plots are in it.
        at_from_ms, at_to_ms: least and greatest time of applicability; the first above the second: no row.
        chain: SHA-256 of the chain before it and of the block.
    """

    packed_bytes: int
    unpacked_bytes: int
    rows: int
    covers_from_ms: int
    covers_to_ms: int
    at_from_ms: int
    at_to_ms: int
    chain: bytes


def first_chain() -> bytes:
    """The chain before the first block."""
    return hashlib.sha256(MAGIC).digest()


def encode_block(
    batches: Sequence[PlotBatch], covers_ms: tuple[int, int], dropped: int, chain: bytes
) -> tuple[bytes, bytes]:
    """A block of plots, and the chain after it.

    Positions are kept to 1e-7 degrees (1 cm), heights, speeds and accuracies to a thousandth, directions to
    1e-5 rad.

    Args:
        batches: checked plots, of any feeds; may be none.
        covers_ms: the stretch of this node's clock that they are all plots of.
        dropped: plots of that stretch that could not be kept.
        chain: of the block before, or `first_chain()`.

    Raises:
        InputError: more rows or feeds than a block may have.
    """
    rows = sum(len(each) for each in batches)
    feeds = sorted({each.feed for each in batches})
    if rows > ROWS_MAX or len(feeds) > FEEDS_MAX:
        raise InputError(
            "block", f"{rows} rows of {len(feeds)} feeds, at most {ROWS_MAX} of {FEEDS_MAX}"
        )
    body = _Writer()
    body.number(min(dropped, DROPPED_MAX))
    body.texts([str(each) for each in feeds])
    whole = _joined([each for each in batches if len(each)], feeds)
    at_from, at_to = 1, 0
    if whole is not None:
        feed_rows, batch = whole
        order = np.lexsort((batch.at_ms, batch.track_number, batch.address, feed_rows))
        batch, feed_rows = batch.rows(order), feed_rows[order]
        at_from, at_to = int(batch.at_ms.min()), int(batch.at_ms.max())
        _write_rows(body, feed_rows, batch)
    unpacked = body.bytes()
    packed = zlib.compress(unpacked, PACK_LEVEL)
    head = HEAD.pack(
        BLOCK_MARK, len(packed), len(unpacked), rows, covers_ms[0], covers_ms[1], at_from, at_to
    )
    after = hashlib.sha256(chain + head + packed).digest()
    return head + after + packed, after


def read_head(head_bytes: bytes) -> BlockHead:
    """The head of a block, checked against its limits before anything of that size is read.

    Raises:
        InputError: it is cut short or breaks a limit.
    """
    if len(head_bytes) != HEAD_BYTES:
        raise InputError("recording", f"a head of {len(head_bytes)} bytes, not {HEAD_BYTES}")
    mark, packed, unpacked, rows, covers_from, covers_to, at_from, at_to = HEAD.unpack(
        head_bytes[: HEAD.size]
    )
    if mark != BLOCK_MARK:
        raise InputError("recording", f"{mark!r} where a block begins")
    if packed > PACKED_BYTES_MAX or unpacked > UNPACKED_BYTES_MAX or rows > ROWS_MAX:
        why = f"{packed} bytes, {unpacked} unpacked, {rows} rows; at most"
        raise InputError(
            "recording", f"a block of {why} {PACKED_BYTES_MAX}, {UNPACKED_BYTES_MAX}, {ROWS_MAX}"
        )
    if covers_from > covers_to:
        raise InputError("recording", f"a block from {covers_from} to {covers_to} ms")
    chain = head_bytes[HEAD.size :]
    return BlockHead(packed, unpacked, rows, covers_from, covers_to, at_from, at_to, chain)


def check_chain(head_bytes: bytes, packed: bytes, chain: bytes) -> bytes:
    """The chain after a block.

    Raises:
        InputError: the block is not the one that was written behind that chain.
    """
    after = hashlib.sha256(chain + head_bytes[: HEAD.size] + packed).digest()
    if after != head_bytes[HEAD.size :]:
        raise InputError("recording", "a block does not fit the chain: it was changed or moved")
    return after


def decode_block(head: BlockHead, packed: bytes) -> tuple[list[PlotBatch], int]:
    """The plots of a block, one batch a feed, and how many had to be dropped.

    Raises:
        InputError: it does not unpack to what its head says.
    """
    unpacking = zlib.decompressobj()
    try:
        unpacked = unpacking.decompress(packed, head.unpacked_bytes)
    except zlib.error as error:
        raise InputError("recording", f"a block does not unpack: {error}") from error
    if len(unpacked) != head.unpacked_bytes or unpacking.unconsumed_tail or not unpacking.eof:
        raise InputError("recording", f"a block does not unpack to {head.unpacked_bytes} bytes")
    body = _Reader(unpacked)
    dropped = body.number()
    feeds = [feed_id(each) for each in body.texts(FEEDS_MAX)]
    if head.rows == 0:
        body.end()
        return [], dropped
    found = list(_read_rows(body, head.rows, feeds))
    body.end()
    return found, dropped


def _write_rows(body: "_Writer", feed_rows: Integers, batch: PlotBatch) -> None:
    body.column(feed_rows)
    body.column(batch.at_ms)
    body.column(batch.received_at_ms - batch.at_ms)
    body.column(batch.source.astype(np.int64))
    for name in _MASKS:
        body.raw(np.packbits(getattr(batch, name)).tobytes())
    for name, mask, units in _SCALED:
        column = np.round(getattr(batch, name)[getattr(batch, mask)] * units)
        body.column(column.astype(np.int64))
    for name, mask in _WHOLE:
        body.column(getattr(batch, name)[getattr(batch, mask)])
    for name in TEXTS:
        column = getattr(batch, name)
        values = [None] * len(batch) if column is None else list(column)
        known = sorted({each for each in values if each is not None})
        place = {each: row for row, each in enumerate(known)}
        body.texts(known)
        body.column(np.array([_NONE if v is None else place[v] for v in values], np.int64))


def _read_rows(body: "_Reader", rows: int, feeds: Sequence[FeedId]) -> Iterator[PlotBatch]:
    feed_rows = body.column(rows)
    at_ms = body.column(rows)
    received_at_ms = at_ms + body.column(rows)
    source = body.column(rows)
    if (
        feed_rows.min() < 0
        or feed_rows.max() >= len(feeds)
        or source.min() < 0
        or source.max() > 255
    ):
        raise InputError("recording", "a row names a feed or a source that is not there")
    columns: dict[str, NDArray[Any]] = {}
    for name in _MASKS:
        bits = np.frombuffer(body.raw((rows + 7) // 8), np.uint8)
        columns[name] = np.unpackbits(bits, count=rows).astype(np.bool_)
    for name, mask, units in _SCALED:
        values = np.zeros(rows)
        values[columns[mask]] = body.column(int(columns[mask].sum())) / units
        columns[name] = values
    columns["track_true_rad"] = np.minimum(columns["track_true_rad"], TURN_RAD)
    for name, mask in _WHOLE:
        whole = np.zeros(rows, np.int64)
        whole[columns[mask]] = body.column(int(columns[mask].sum()))
        columns[name] = whole
    for name in TEXTS:
        known = np.array([*body.texts(rows), None], np.object_)
        place = body.column(rows)
        if place.min() < _NONE or place.max() >= len(known) - 1:
            raise InputError("recording", f"a row names a {name} that is not there")
        columns[name] = known[place]
    for row, feed in enumerate(feeds):
        chosen = feed_rows == row
        if not chosen.any():
            continue
        batch = plot_batch(
            feed, source=source[chosen].astype(np.uint8), at_ms=at_ms[chosen],
            received_at_ms=received_at_ms[chosen],
            **{name: column[chosen] for name, column in columns.items()},
        )  # fmt: skip
        good, refused = batch.checked()
        if refused:
            raise InputError("recording", f"rows that no aircraft can be: {dict(refused)}")
        yield good


def _joined(
    batches: Sequence[PlotBatch], feeds: Sequence[FeedId]
) -> tuple[Integers, PlotBatch] | None:
    if not batches:
        return None
    place = {each: row for row, each in enumerate(feeds)}
    feed_rows = np.concatenate([np.full(len(b), place[b.feed], np.int64) for b in batches])
    columns: dict[str, Any] = {}
    for name in PlotBatch.__dataclass_fields__:
        if name == "feed":
            continue
        parts = [getattr(each, name) for each in batches]
        if name in TEXTS:
            parts = [
                np.full(len(b), None, np.object_) if part is None else part
                for part, b in zip(parts, batches, strict=True)
            ]
        columns[name] = np.concatenate(parts)
    return feed_rows, PlotBatch(feed=batches[0].feed, **columns)


class _Writer:
    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def raw(self, part: bytes) -> None:
        self._parts.append(part)

    def number(self, value: int) -> None:
        self._parts.append(struct.pack("<I", value))

    def texts(self, values: Sequence[str]) -> None:
        self.number(len(values))
        for each in values:
            encoded = each.encode()
            self._parts.append(struct.pack("<H", len(encoded)) + encoded)

    def column(self, values: Integers) -> None:
        """Differences from row to row, zigzag, in the narrowest width, the bytes of one place together."""
        steps = np.diff(values, prepend=np.int64(0))
        folded = ((steps << 1) ^ (steps >> 63)).astype(np.uint64)
        most = int(folded.max(initial=0))
        width = next(w for w in _WIDTHS if most < 1 << (8 * w))
        narrow = np.ascontiguousarray(folded.astype(f"<u{width}"))
        planes = narrow.view(np.uint8).reshape(-1, width).T
        self._parts += [bytes([width]), np.ascontiguousarray(planes).tobytes()]

    def bytes(self) -> bytes:
        return b"".join(self._parts)


class _Reader:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def raw(self, size: int) -> bytes:
        part = self._content[self._at : self._at + size]
        if len(part) != size:
            raise InputError("recording", "a block ends within a column")
        self._at += size
        return part

    def number(self) -> int:
        return int(struct.unpack("<I", self.raw(4))[0])

    def texts(self, count_max: int) -> list[str]:
        count = self.number()
        if count > count_max:
            raise InputError("recording", f"{count} texts, at most {count_max}")
        found = []
        for _ in range(count):
            (size,) = struct.unpack("<H", self.raw(2))
            if size > 4 * TEXT_LENGTH_MAX:
                raise InputError(
                    "recording", f"a text of {size} bytes, at most {4 * TEXT_LENGTH_MAX}"
                )
            try:
                text = self.raw(size).decode()
            except UnicodeDecodeError as error:
                raise InputError("recording", "a text is not UTF-8") from error
            if not text.isprintable() or not text:
                raise InputError("recording", f"{text!r} has characters that do not print")
            found.append(text)
        return found

    def column(self, rows: int) -> Integers:
        (width,) = self.raw(1)
        if width not in _WIDTHS:
            raise InputError("recording", f"a column of width {width}")
        planes = np.frombuffer(self.raw(width * rows), np.uint8).reshape(width, rows)
        folded = np.ascontiguousarray(planes.T).view(f"<u{width}").reshape(rows).astype(np.uint64)
        steps = (folded >> np.uint64(1)).astype(np.int64) ^ -(folded & np.uint64(1)).astype(
            np.int64
        )
        return np.cumsum(steps, dtype=np.int64)

    def end(self) -> None:
        if self._at != len(self._content):
            raise InputError("recording", "a block has bytes behind its last column")
