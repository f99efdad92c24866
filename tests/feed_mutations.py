"""Samples of feeds spoilt with knowledge of their form, so that the damage gets past the first check."""

import json
import random
import re
from collections.abc import Callable
from typing import Any

from comity.adapters.mode_s.parity import with_parity

HOSTILE_NUMBERS = (
    "0", "-0", "-1", "1", "90", "90.0000001", "91", "-91", "180", "180.0000001", "-181", "360",
    "2147483647", "2147483648", "-2147483648", "4294967296", "9223372036854775807", "1e308", "1e999",
    "-1e999", "1e-320", "NaN", "Infinity", "-Infinity", "9" * 400, "0." + "0" * 300 + "1", "007", "+5",
    "1_000", "٣", "0x1F", "1e", ".",
)  # fmt: skip
HOSTILE_TEXTS = (
    "", " ", "\x00", "\ud7ff", "ground", "null", "true", "~", "~4b1805", "g" * 6, "ffffff", "0000000",
    "7700", "8888", "A" * 5_000, "é" * 64, "﻿", "\u202e", "2026-11-22", "2026-02-30T00:00:00Z",
    "9999-12-31T23:59:59.999Z", "0000-00-00T00:00:00Z", "2026-11-22T12:00:00", "1969-12-31T23:59:59Z",
    "2026-11-22T12:00:60Z", "2026-11-22T12:00:00+99:99",
)  # fmt: skip
HOSTILE_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 91.0, 2**31, 2**63, -(2**63), 2**64, 1e308, -0.0, 1e-320, [], {}, [[]],
    [None] * 50, {"a": {"b": {"c": 1}}},
)  # fmt: skip
DEPTH_MAX = 300  # nesting that a mutation builds


def bytes_spoilt(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed, dropped, doubled, cut off, or noise put in between."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(out)) if out else 0
        kind = chance.randrange(6)
        if kind == 0 and out:
            out[place] = chance.randrange(256)
        elif kind == 1:
            del out[place : place + chance.randint(1, 20)]
        elif kind == 2:
            out[place:place] = out[place : place + chance.randint(1, 40)]
        elif kind == 3:
            out[place:place] = chance.randbytes(chance.randint(1, 12))
        elif kind == 4:
            del out[place:]
        else:
            out[place : place + 1] = chance.choice(
                (b"9" * 30, b"1e999", b"NaN", b"-", b"null", b'"', b"<", b"\x1a", b"\xff" * 4, b"[")
            )
    return bytes(out)


def json_spoilt(data: bytes, chance: random.Random) -> bytes:
    """Values of a document or of its lines changed for others, keys doubled, dropped, swapped."""
    text = data.decode("utf-8", "replace")
    lines = text.splitlines() if text.count("\n") > 1 else [text]
    picked = chance.randrange(len(lines)) if lines else 0
    try:
        tree = json.loads(lines[picked])
    except (ValueError, RecursionError, IndexError):
        return bytes_spoilt(data, chance)
    for _ in range(chance.randint(1, 4)):
        tree = _changed(tree, chance, chance.randint(0, 6))
    spelt = json.dumps(tree, ensure_ascii=chance.random() < 0.5)
    if chance.random() < 0.4:
        numbers = list(re.finditer(r"(?<=[:,\[ ])-?\d+(\.\d+)?(?=[,\]} ])", spelt))
        if numbers:
            found = chance.choice(numbers)
            spelt = spelt[: found.start()] + chance.choice(HOSTILE_NUMBERS) + spelt[found.end() :]
    if chance.random() < 0.05:
        deep = chance.randint(10, DEPTH_MAX)
        spelt = spelt.replace("[", "[" * deep, 1)
    lines[picked] = spelt
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def _changed(tree: Any, chance: random.Random, depth: int) -> Any:
    if isinstance(tree, dict) and tree and depth > 0:
        key = chance.choice(list(tree))
        kind = chance.randrange(8)
        if kind == 0:
            return {name: value for name, value in tree.items() if name != key}
        if kind == 1:
            return tree | {chance.choice(HOSTILE_TEXTS): tree[key]}
        return tree | {key: _changed(tree[key], chance, depth - 1)}
    if isinstance(tree, list) and tree and depth > 0:
        place = chance.randrange(len(tree))
        kind = chance.randrange(8)
        if kind == 0:
            return tree[:place]
        if kind == 1:
            return [*tree, *tree[place : place + 40]]
        return [*tree[:place], _changed(tree[place], chance, depth - 1), *tree[place + 1 :]]
    if chance.random() < 0.3:
        return chance.choice(HOSTILE_TEXTS)
    return chance.choice(HOSTILE_VALUES)


def cells_spoilt(data: bytes, chance: random.Random) -> bytes:
    """Cells of comma-separated lines changed, dropped, doubled; lines swapped."""
    lines = data.split(b"\n")
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(lines))
        cells = lines[place].split(b",")
        cell = chance.randrange(len(cells))
        kind = chance.randrange(6)
        if kind == 0:
            del cells[cell]
        elif kind == 1:
            cells.insert(cell, cells[cell])
        elif kind == 2:
            cells[cell] = b'"' + cells[cell]
        elif kind == 3:
            lines[place], lines[0] = lines[0], lines[place]
            continue
        else:
            chosen = HOSTILE_NUMBERS if kind == 4 else HOSTILE_TEXTS
            cells[cell] = chance.choice(chosen).encode("utf-8", "surrogatepass")
        lines[place] = b",".join(cells)
    return b"\n".join(lines)


def xml_spoilt(data: bytes, chance: random.Random) -> bytes:
    """Attributes and texts of elements changed, elements doubled, dropped, nested, entities put in."""
    text = data.decode("utf-8", "replace")
    for _ in range(chance.randint(1, 4)):
        kind = chance.randrange(6)
        pattern = r'(?<==")[^"]*(?=")' if kind < 3 else r"(?<=>)[^<>]+(?=<)"
        found = list(re.finditer(pattern, text))
        if kind < 5 and found:
            spot = chance.choice(found)
            new = chance.choice(HOSTILE_NUMBERS if chance.random() < 0.5 else HOSTILE_TEXTS)
            if chance.random() < 0.1:
                new = "&amp;&lt;&#x0;&#65;&unknown;"
            text = text[: spot.start()] + new + text[spot.end() :]
            continue
        tags = list(re.finditer(r"<[^<>]+>", text))
        if not tags:
            break
        spot = chance.choice(tags)
        again = spot[0] * chance.choice((0, 2, 2, 3, DEPTH_MAX))
        text = text[: spot.start()] + again + text[spot.end() :]
    if chance.random() < 0.05:
        bomb = '<!DOCTYPE z [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        text = bomb + text.replace("TEST1", "&b;")
    return text.encode("utf-8", "surrogatepass")


def frames_spoilt(data: bytes, chance: random.Random) -> bytes:
    """Mode S frames with other contents and a good parity again, in Beast's or in lines' wrapping."""
    message = chance.randbytes(chance.choice((4, 11)))
    if chance.random() < 0.7:
        format_code = chance.choice((0, 4, 5, 11, 16, 17, 18, 20, 21, 24))
        message = bytes([format_code << 3 | chance.randrange(8)]) + message[1:]
    if len(message) == 11 and chance.random() < 0.6:
        type_code = chance.randrange(32)
        message = message[:4] + bytes([type_code << 3 | chance.randrange(8)]) + message[5:]
    frame = with_parity(message)
    if chance.random() < 0.3:
        frame = frame[: chance.randrange(len(frame))]
    if data.startswith(b"{"):
        stamp = chance.choice(("1795348800", "NaN", "-1", "1e300", '"x"', "null", "253402300800"))
        own = b'{"timestamp": %b, "frame": "%b"}\n' % (stamp.encode(), frame.hex().encode())
    else:
        kind = b"2" if len(frame) <= 7 else b"3"
        body = chance.randbytes(7) + frame
        own = b"\x1a" + kind + body.replace(b"\x1a", b"\x1a\x1a")
    place = data.find(b"\n", chance.randrange(len(data))) + 1 if data.startswith(b"{") else None
    if place is None:
        place = max(data.find(b"\x1a", chance.randrange(len(data))), 0)
    return data[:place] + own * chance.choice((1, 1, 2)) + data[place:]


def blocks_spoilt(data: bytes, chance: random.Random) -> bytes:
    """Lengths and field specifications of ASTERIX blocks changed, repetition counts among them."""
    out = bytearray(data)
    starts = [place for place in range(len(out) - 3) if out[place] in {21, 48, 62, 34}] or [0]
    for _ in range(chance.randint(1, 4)):
        place = chance.choice(starts)
        kind = chance.randrange(5)
        if kind == 0:
            out[place + 1 : place + 3] = chance.choice((0, 2, 3, 4, 65535, len(out))).to_bytes(
                2, "big"
            )
        elif kind == 1:
            spot = place + 3 + chance.randrange(6)
            if spot < len(out):
                out[spot] = chance.choice((0xFF, 0x01, 0x00, chance.randrange(256)))
        elif kind == 2:
            out[place] = chance.choice((1, 2, 8, 21, 34, 48, 62, 65, 247, 255))
        elif kind == 3 and out:
            out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
        else:
            extra = chance.randbytes(chance.randint(1, 40))
            out += (
                bytes([chance.choice((21, 48, 62))]) + (3 + len(extra)).to_bytes(2, "big") + extra
            )
    return bytes(out)


def capture_spoilt(data: bytes, chance: random.Random) -> bytes:
    """Lengths of packets and headers of a packet capture changed, and what is in them."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        place = chance.choice((20, 24, 28, 32, 36, 52, 54, 56, 63, 78, chance.randrange(len(out))))
        size = chance.choice((1, 2, 4))
        value = chance.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 65535, chance.randrange(1 << 32)))
        out[place : place + size] = value.to_bytes(4, "little")[:size]
    return bytes(out) if chance.random() < 0.5 else blocks_spoilt(bytes(out), chance)


Spoil = Callable[[bytes, random.Random], bytes]
FORMS: dict[str, Spoil] = {
    "readsb": json_spoilt,
    "readsb-trace": json_spoilt,
    "opensky": json_spoilt,
    "json-rows": json_spoilt,
    "sbs1": cells_spoilt,
    "csv": cells_spoilt,
    "cot": xml_spoilt,
    "cot-datagrams": xml_spoilt,
    "gpx-kml": xml_spoilt,
    "beast": frames_spoilt,
    "frames": frames_spoilt,
    "asterix": blocks_spoilt,
    "pcap": capture_spoilt,
    "plots": blocks_spoilt,
}
"""How samples of each format are spoilt with knowledge of it."""


def spoilt(format_name: str, data: bytes, chance: random.Random) -> bytes:
    """A sample spoilt: by its form, byte by byte, or both."""
    kind = chance.randrange(4)
    if kind and data:
        data = FORMS[format_name](data, chance)
    if kind in {0, 3}:
        data = bytes_spoilt(data, chance)
    return data
