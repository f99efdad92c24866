"""Pictures made small keep what a screen shows: each filter is undone, and few colours stay exact."""

import itertools
import struct
import zlib

import numpy as np
import pytest
from tools.small_png import SIGNATURE, small_png


def chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def paeth(a: int, b: int, c: int) -> int:
    return min((a, b, c), key=lambda each: abs(a + b - c - each))  # ties: the first


def filtered(kind: int, pixels: np.ndarray) -> bytes:
    """By the definition of the PNG specification, byte for byte."""
    height, width, size = pixels.shape
    rows = [[0] * (width * size), *pixels.reshape(height, -1).tolist()]
    out = bytearray()
    for above, row in itertools.pairwise(rows):
        out.append(kind)
        for at, value in enumerate(row):
            left = row[at - size] if at >= size else 0
            corner = above[at - size] if at >= size else 0
            guess = (0, left, above[at], (left + above[at]) // 2, paeth(left, above[at], corner))
            out.append((value - guess[kind]) & 255)
    return bytes(out)


def png(pixels: np.ndarray, kind: int) -> bytes:
    height, width, size = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if size == 3 else 6, 0, 0, 0)
    body = zlib.compress(filtered(kind, pixels))
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def shown(small: bytes) -> np.ndarray:
    """The pixels of a palette picture whose rows have filter 0."""
    parts, at = {}, len(SIGNATURE)
    while at < len(small):
        (length,) = struct.unpack(">I", small[at : at + 4])
        parts[small[at + 4 : at + 8]] = small[at + 8 : at + 8 + length]
        at += 12 + length
    width, height = struct.unpack(">II", parts[b"IHDR"][:8])
    palette = np.frombuffer(parts[b"PLTE"], np.uint8).reshape(-1, 3)
    rows = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()
    return palette[rows[:, 1:]]


@pytest.mark.parametrize("kind", range(5))
@pytest.mark.parametrize("size", [3, 4])
def test_few_colours_stay_exactly_what_they_were(kind, size):
    rng = np.random.default_rng(kind)
    colours = rng.integers(0, 256, (200, size), dtype=np.uint8)
    pixels = colours[rng.integers(0, 200, (13, 17))]
    assert np.array_equal(shown(small_png(png(pixels, kind))), pixels[..., :3])


def test_many_colours_come_near_and_the_frequent_ones_stay():
    rng = np.random.default_rng(9)
    pixels = rng.integers(0, 256, (60, 60, 3), dtype=np.uint8)
    pixels[:30] = (11, 16, 24)
    made = shown(small_png(png(pixels, 1)))
    assert (made[:30] == (11, 16, 24)).all()
    off = np.abs(made.astype(int) - pixels).max(axis=2)
    assert np.median(off[30:]) < 48


def test_another_kind_of_file_is_refused():
    with pytest.raises(ValueError, match="no PNG"):
        small_png(b"GIF89a")
