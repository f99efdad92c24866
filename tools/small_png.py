"""A picture of a screen made small: its colours as a palette of at most 256, each row by the filter that packs best."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

COLOURS_MAX = 256
SIGNATURE = b"\x89PNG\r\n\x1a\n"
TRUECOLOUR, TRUECOLOUR_ALPHA, PALETTE = 2, 6, 3
Bytes = NDArray[np.uint8]


def small_png(png: bytes) -> bytes:
    """The same picture with at most 256 colours; those that a screen shows most are kept exactly.

    Args:
        png: 8 bits a channel, with or without alpha, not interlaced, as Chromium writes them.

    Raises:
        ValueError: it is another kind of picture.
    """
    pixels = _pixels(png)
    height, width, _ = pixels.shape
    packed = (
        pixels[..., 0].astype(np.uint32) << 16 | pixels[..., 1].astype(np.uint32) << 8
    ) | pixels[..., 2]
    colours, indices, counts = np.unique(packed, return_inverse=True, return_counts=True)
    palette, of_colour = _palette(colours, counts)
    rows = of_colour[indices].reshape(height, width).astype(np.uint8)
    raw = np.zeros((height, width + 1), np.uint8)  # filter 0: what a palette packs best with
    raw[:, 1:] = rows
    header = struct.pack(">IIBBBBB", width, height, 8, PALETTE, 0, 0, 0)
    body = zlib.compress(raw.tobytes(), 9)
    return SIGNATURE + b"".join(
        _chunk(kind, content)
        for kind, content in (
            (b"IHDR", header),
            (b"PLTE", palette.tobytes()),
            (b"IDAT", body),
            (b"IEND", b""),
        )
    )


def _palette(colours: NDArray[np.uint32], counts: NDArray[np.int64]) -> tuple[Bytes, Bytes]:
    """At most 256 colours, and for each colour given which of them stands for it."""
    rgb = np.stack([colours >> 16 & 255, colours >> 8 & 255, colours & 255], axis=1).astype(
        np.int32
    )
    if len(colours) <= COLOURS_MAX:
        return rgb.astype(np.uint8), np.arange(len(colours), dtype=np.uint8)
    order = np.argsort(-counts, kind="stable")
    chosen = [int(order[0])]
    # the most frequent first; then whatever is farthest from all that were chosen, weighed by how often it is seen
    exact = COLOURS_MAX // 2
    chosen = [int(each) for each in order[:exact]]
    away = np.min(
        np.stack([np.sum((rgb - rgb[each]) ** 2, axis=1) for each in chosen]), axis=0
    ).astype(np.float64)
    weight = np.sqrt(counts.astype(np.float64))
    while len(chosen) < COLOURS_MAX:
        next_one = int(np.argmax(away * weight))
        chosen.append(next_one)
        away = np.minimum(away, np.sum((rgb - rgb[next_one]) ** 2, axis=1))
    palette = rgb[chosen]
    nearest = np.empty(len(rgb), np.uint8)
    for start in range(0, len(rgb), 4_096):
        part = rgb[start : start + 4_096, None, :] - palette[None, :, :]
        nearest[start : start + 4_096] = np.argmin(np.sum(part**2, axis=2), axis=1)
    return palette.astype(np.uint8), nearest


def _pixels(png: bytes) -> Bytes:
    """(height, width, 3 or 4)."""
    if not png.startswith(SIGNATURE):
        raise ValueError("no PNG")
    at, data, header = len(SIGNATURE), b"", b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            header = content
        elif kind == b"IDAT":
            data += content
        at += 12 + length
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if depth != 8 or colour not in {TRUECOLOUR, TRUECOLOUR_ALPHA} or interlaced:
        raise ValueError(f"depth {depth}, colour type {colour}, interlaced {interlaced}")
    size = 3 if colour == TRUECOLOUR else 4
    raw = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, width * size + 1)
    rows = np.zeros((height + 1, width * size), np.uint8)
    for number in range(height):
        rows[number + 1] = _unfiltered(int(raw[number, 0]), raw[number, 1:], rows[number], size)
    return rows[1:].reshape(height, width, size)


def _unfiltered(kind: int, row: Bytes, above: Bytes, size: int) -> Bytes:
    if kind == 0:
        return row
    if kind == 2:
        return row + above
    if kind == 1:
        summed: Bytes = np.cumsum(row.reshape(-1, size), axis=0, dtype=np.uint8).reshape(-1)
        return summed
    out = [0] * len(row)
    given, up = row.tolist(), above.tolist()
    for at, value in enumerate(given):
        left = out[at - size] if at >= size else 0
        if kind == 3:
            guess = (left + up[at]) // 2
        else:
            corner = up[at - size] if at >= size else 0
            guess = _paeth(left, up[at], corner)
        out[at] = (value + guess) & 255
    return np.array(out, np.uint8)


def _paeth(left: int, up: int, corner: int) -> int:
    """The neighbour nearest to left + up - corner. Source: PNG specification, clause 9.4."""
    guess = left + up - corner
    off_left, off_up, off_corner = abs(guess - left), abs(guess - up), abs(guess - corner)
    if off_left <= off_up and off_left <= off_corner:
        return left
    return up if off_up <= off_corner else corner


def _chunk(kind: bytes, content: bytes) -> bytes:
    crc = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)
