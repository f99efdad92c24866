"""The vectors of docs/spec/plot-recording.md, from the page with Python's library alone.

Nothing here imports comity.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence

from tools.vector_cases import Case, Fields

MAGIC = b"comity-plots/1\n"
AT = 1_795_000_000_000
BITS = 11
SCALED = 8  # columns of rows that have them, before address and track number


def known_keys() -> Fields:
    """No keys: a recording is not signed."""
    return {}


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from _accepts()
    yield from _rejects()


def _column(values: Sequence[int], width: int | None = None) -> bytes:
    folded, before = [], 0
    for value in values:
        step, before = value - before, value
        folded.append(2 * step if step >= 0 else -2 * step - 1)
    most = max(folded, default=0)
    width = width or next(w for w in (1, 2, 4, 8) if most < 1 << (8 * w))
    planes = b"".join(
        bytes((each >> (8 * place)) & 0xFF for each in folded) for place in range(width)
    )
    return bytes([width]) + planes


def _texts(values: Sequence[str]) -> bytes:
    parts = [struct.pack("<I", len(values))]
    parts += [struct.pack("<H", len(each.encode())) + each.encode() for each in values]
    return b"".join(parts)


def _bits(values: Sequence[bool]) -> bytes:
    padded = [*values, *([False] * (-len(values) % 8))]
    return bytes(
        sum(bit << (7 - place) for place, bit in enumerate(padded[row : row + 8]))
        for row in range(0, len(padded), 8)
    )


def _body(rows: Sequence[Fields], feeds: Sequence[str] = ("roof",), dropped: int = 0) -> bytes:
    parts = [struct.pack("<I", dropped), _texts(feeds)]
    if not rows:
        return b"".join(parts)
    parts.append(_column([row.get("feed", 0) for row in rows]))
    parts.append(_column([row["at"] for row in rows]))
    parts.append(_column([row.get("late", 250) for row in rows]))
    parts.append(_column([row.get("source", 0) for row in rows]))
    masks = [
        [True] * len(rows),
        ["pressure" in row for row in rows],
        ["ellipsoid" in row for row in rows],
        [False] * len(rows),
        [False] * len(rows),
        ["speed" in row for row in rows],
        [False] * len(rows),
        [False] * len(rows),
        ["address" in row for row in rows],
        ["address" in row for row in rows],
        [False] * len(rows),
    ]
    parts += [_bits(mask) for mask in masks]
    names = (
        "lat",
        "lon",
        "pressure",
        "ellipsoid",
        "speed",
        "track",
        "rate",
        "accuracy",
        "address",
        "number",
    )
    parts += [_column([row[name] for row in rows if name in row]) for name in names]
    for name in ("callsign", "squawk", "category", "emergency"):
        known = sorted({row[name] for row in rows if name in row})
        parts.append(_texts(known))
        parts.append(_column([known.index(row[name]) if name in row else -1 for row in rows]))
    return b"".join(parts)


def _block(
    body: bytes, rows: int, chain: bytes, times: tuple[int, int], covers: tuple[int, int] | None = None,
    unpacked: int | None = None, mark: bytes = b"BLK1",
) -> tuple[bytes, bytes]:  # fmt: skip
    packed = zlib.compress(body, 0)  # stored: every zlib writes that alike
    covers = covers or (AT, AT + 10_000)
    size = len(body) if unpacked is None else unpacked
    head = struct.pack("<4sIIIqqqq", mark, len(packed), size, rows, *covers, *times)
    after = hashlib.sha256(chain + head + packed).digest()
    return head + after + packed, after


def _file(*lots: Sequence[Fields], **how: int) -> bytes:
    out, chain = MAGIC, hashlib.sha256(MAGIC).digest()
    for number, rows in enumerate(lots):
        times = [row["at"] for row in rows]
        covers = (AT + 10_000 * number, AT + 10_000 * (number + 1))
        block, chain = _block(
            _body(rows, **how),
            len(rows),
            chain,
            (min(times, default=1), max(times, default=0)),
            covers,
        )
        out += block
    return out


def _row(at_s: float = 0.0, **more: object) -> Fields:
    return {"at": AT + round(at_s * 1000), "lat": 595_000_000, "lon": 245_000_000, **more}


def _plots(*lots: Sequence[Fields]) -> list[Fields]:
    return [
        {
            "at_ms": row["at"],
            "received_at_ms": row["at"] + row.get("late", 250),
            "latitude_e7": row["lat"],
            "longitude_e7": row["lon"],
            "altitude_pressure_mm": row.get("pressure"),
            "altitude_ellipsoid_mm": row.get("ellipsoid"),
            "address": row.get("address"),
            "callsign": row.get("callsign"),
        }
        for rows in lots
        for row in rows
    ]


def _accepts() -> Iterator[Case]:
    one = [_row(address=0x3C0001, callsign="RIVAL1", pressure=9_144_000)]
    yield _accept("one", "P10", "one plot", one)
    yield _accept("empty", "P5", "no plot was received in ten seconds", [])
    yield _accept("late", "P10", "a plot received nine seconds late", [_row(late=9_000)])
    yield _accept("early", "P10", "a source whose clock is ahead", [_row(late=-1_500)])
    south = [_row(lat=-595_000_000, lon=-1_800_000_000, ellipsoid=-120_000)]
    yield _accept("south-west", "P9", "negative numbers, and -180 degrees", south)
    several = [_row(n, address=0x3C0001 + n % 2, lat=595_000_000 + 1_000 * n) for n in range(9)]
    yield _accept("several", "P9", "nine rows: bits of two bytes", several)
    yield _accept("two-blocks", "P6", "a chain of two", several[:4], several[4:])
    wide = [_row(0), _row(1, lat=900_000_000, lon=1_800_000_000), _row(2, lat=-900_000_000)]
    yield _accept("wide", "P9", "differences of four bytes and more", wide)
    words = [_row(callsign="Ж1"), _row(1, squawk="7700"), _row(2, emergency="general")]
    yield _accept("texts", "P11", "texts that some rows have, not all of them ASCII", words)
    yield Case(
        "dropped", "P7", "seven plots could not be kept", {"plots.cplots": _file([], dropped=7)},
        values={"plots": [], "dropped": 7},
    )  # fmt: skip


def _accept(name: str, rule: str, why: str, *lots: Sequence[Fields]) -> Case:
    values: Fields = {"plots": _plots(*lots), "dropped": 0}
    return Case(name, rule, why, {"plots.cplots": _file(*lots)}, values=values)


def _rejects() -> Iterator[Case]:
    rows = [_row(address=0x3C0001), _row(1, address=0x3C0001)]
    whole = _file(rows)
    body = _body(rows)
    begin = hashlib.sha256(MAGIC).digest()
    times = AT, AT + 1_000

    def block(content: bytes = body, count: int = 2, **how: object) -> bytes:
        return MAGIC + _block(content, count, begin, times, **how)[0]  # type: ignore[arg-type]

    two = _file(rows, [_row(12)])
    first_end = len(whole)
    yield _reject("magic", "P1", "version 9", b"comity-plots/9\n" + whole[len(MAGIC) :])
    yield _reject("cut-short", "P2", "the file ends within a block", whole[:-1])
    yield _reject("cut-head", "P2", "the file ends within a head", whole[: len(MAGIC) + 20])
    yield _reject("mark", "P3", "another mark", block(mark=b"BLK2"))
    huge = bytearray(whole)
    huge[len(MAGIC) + 4 : len(MAGIC) + 8] = struct.pack("<I", 5 << 29)
    yield _reject("packed-large", "P4", "2.5 GB packed are stated", bytes(huge))
    yield _reject("unpacked-large", "P4", "600 MB unpacked are stated", block(unpacked=600 << 20))
    yield _reject("rows-many", "P4", "five million rows", block(count=5_000_000))
    yield _reject(
        "covers-reversed", "P5", "the end before the beginning", block(covers=(AT, AT - 1))
    )
    changed = bytearray(whole)
    changed[len(MAGIC) + 16] ^= 1
    yield _reject("head-changed", "P6", "one bit of the stretch", bytes(changed))
    changed = bytearray(whole)
    changed[-1] ^= 1
    yield _reject("body-changed", "P6", "one bit of the body", bytes(changed))
    yield _reject(
        "block-taken-out", "P6", "the first of two blocks is gone", MAGIC + two[first_end:]
    )
    moved = MAGIC + two[first_end:] + two[len(MAGIC) : first_end]
    yield _reject("blocks-swapped", "P6", "two blocks in the other order", moved)
    yield _reject(
        "unpacked-less", "P7", "more unpacks than is stated", block(unpacked=len(body) - 1)
    )
    yield _reject(
        "unpacked-more", "P7", "less unpacks than is stated", block(unpacked=len(body) + 1)
    )
    yield _reject("bytes-behind", "P7", "a byte behind the last column", block(body + b"\x00"))
    yield _reject("column-short", "P7", "the body ends within a column", block(body[:-1]))
    yield _reject("feed-form", "P8", "a feed's name with a capital", block(_body(rows, ("Roof",))))
    unprinted = _body([_row(callsign="A\u202eB"), _row(1)])
    yield _reject("text-unprinted", "P8", "a mark that turns the direction", block(unprinted))
    tabbed = _body([_row(callsign="A\tB"), _row(1)])
    yield _reject("text-control", "P8", "a tab in a callsign", block(tabbed))
    narrow = body.replace(_column([0, 0]), b"\x03" + _column([0, 0])[1:], 1)
    yield _reject("width", "P9", "a width of three bytes", block(narrow))
    far = [_row(feed=1), _row(1)]
    yield _reject("feed-place", "P10", "a feed that is not listed", block(_body(far)))
    strange = [_row(source=9), _row(1)]
    yield _reject("source-place", "P10", "a source that is not listed", block(_body(strange)))
    known = _texts(["A1"]) + _column([0, 0])
    over = _body([_row(callsign="A1"), _row(1, callsign="A1")]).replace(
        known, _texts(["A1"]) + _column([0, 1]), 1
    )
    yield _reject("text-place", "P11", "a text that is not listed", block(over))
    north = [_row(lat=900_000_001), _row(1)]
    yield _reject("latitude", "P12", "90.0000001 degrees north", block(_body(north)))
    high = [_row(pressure=900_000_000_000), _row(1)]
    yield _reject("height", "P12", "a height of 900,000 km", block(_body(high)))


def _reject(name: str, rule: str, why: str, content: bytes) -> Case:
    return Case(f"{name}_reject", rule, why, {"plots.cplots": content}, "recording")
