"""The vectors of docs/spec/peering.md: the two messages, byte for byte.

MessagePack is written here by hand from its specification (msgpack/spec.md), for the reader under test
uses a library for it. Nothing here imports comity.
"""

import struct
from collections.abc import Iterator
from typing import Any

from tools.vector_cases import ALFA, BRAVO, Case, Fields

REQUEST: Fields = {
    "protocol": 1,
    "reader": ALFA.id,
    "position": 41,
    "checkpoint": b"note over 41",
    "cosignature": b"line",
    "prove_position": False,
    "recover_from": None,
    "wait_s": 20.0,
    "sent_unix_ms": 1_795_361_390_123,
}
ENTRY: Fields = {"salt": bytes(range(32)), "envelope": b"an envelope"}
RESPONSE: Fields = {
    "protocol": 1,
    "owner": BRAVO.id,
    "position": 41,
    "entries": [ENTRY, {**ENTRY, "envelope": b"x" * 300}],
    "checkpoint": b"note over 43",
    "position_checkpoint": b"",
    "recovered": None,
    "request_sent_unix_ms": 1_795_361_390_123,
    "received_unix_ms": 1_795_361_390_125,
    "sent_unix_ms": 1_795_361_390_131,
}


def known_keys() -> Fields:
    """No keys: messages are not signed, what they carry is."""
    return {}


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from requests()
    yield from responses()


def good(name: str, rule: str, why: str, message: Fields, **says: Any) -> Case:
    """A message that is read, and what it says."""
    return Case(name, rule, why, {"message.bin": packed(message)}, values={"says": says})


def bad(name: str, rule: str, reason: str, why: str, message: bytes | Fields) -> Case:
    """A message that is refused."""
    written = message if isinstance(message, bytes) else packed(message)
    return Case(f"{name}_reject", rule, why, {"message.bin": written}, reason)


def requests() -> Iterator[Case]:
    """Pull requests."""
    says = {
        "reader": ALFA.id,
        "position": 41,
        "recover_from": None,
        "sent_unix_ms": REQUEST["sent_unix_ms"],
    }
    yield good("request", "1", "the example of the page", REQUEST, **says)
    least = {"protocol": 1, "reader": ALFA.id, "position": 0}
    yield good(
        "request-least",
        "1",
        "what may be left out is",
        least,
        **(says | {"position": 0, "sent_unix_ms": 0}),
    )
    yield good(
        "request-recovers",
        "10",
        "after a restore",
        {**REQUEST, "recover_from": 0},
        **(says | {"recover_from": 0}),
    )
    yield good(
        "request-tomorrow",
        "13",
        "an unknown field is ignored",
        {**REQUEST, "tomorrow": [1, None]},
        **says,
    )
    yield bad(
        "request-protocol", "13", "protocol-version", "another version", {**REQUEST, "protocol": 2}
    )
    yield bad("request-position", "9", "position", "below zero", {**REQUEST, "position": -1})
    yield bad("request-recover", "10", "position", "below zero", {**REQUEST, "recover_from": -1})
    yield bad("request-empty", "1", "malformed", "no bytes", b"")
    yield bad("request-array", "1", "malformed", "an array", packed([1, 2]))
    yield bad("request-cut", "1", "malformed", "the last byte is missing", packed(REQUEST)[:-1])
    yield bad("request-twice", "1", "malformed", "two messages", packed(REQUEST) * 2)
    without = {name: value for name, value in REQUEST.items() if name != "reader"}
    yield bad("request-no-reader", "1", "malformed", "whose?", without)
    yield bad(
        "request-text", "1", "malformed", "a position in words", {**REQUEST, "position": "41"}
    )
    yield bad(
        "request-not-utf8",
        "1",
        "malformed",
        "a name that is no text",
        packed(REQUEST).replace(ALFA.id.encode(), b"\xff" * len(ALFA.id)),
    )


def responses() -> Iterator[Case]:
    """Pull responses."""
    says = {"owner": BRAVO.id, "position": 41, "entry_sizes": [11, 300], "recovered": None}
    yield good("response", "3", "the example of the page", RESPONSE, **says)
    yield good(
        "response-empty",
        "3",
        "nothing new",
        {**RESPONSE, "entries": [], "checkpoint": b""},
        **(says | {"entry_sizes": []}),
    )
    back = {"entries": [ENTRY], "checkpoint": b"own note", "size": 7}
    yield good(
        "response-recovered",
        "10",
        "gives back the reader's own",
        {**RESPONSE, "recovered": back},
        **(says | {"recovered": 7}),
    )
    erased = {**ENTRY, "envelope": b"a stub", "erased_sha256": bytes(32)}
    yield good(
        "response-erased",
        "17",
        "gives back a leaf of which a stub is left",
        {**RESPONSE, "entries": [ENTRY, erased]},
        **(says | {"entry_sizes": [11, 6]}),
    )
    yield bad(
        "response-erased-short",
        "17",
        "malformed",
        "a hash of 31 bytes",
        {**RESPONSE, "entries": [{**erased, "erased_sha256": bytes(31)}]},
    )
    many = [ENTRY] * 512
    yield good(
        "response-512",
        "limits",
        "512 entries",
        {**RESPONSE, "entries": many},
        **(says | {"entry_sizes": [11] * 512}),
    )
    yield bad(
        "response-513",
        "limits",
        "too-large",
        "513 entries",
        {**RESPONSE, "entries": [*many, ENTRY]},
    )
    yield bad(
        "response-protocol",
        "13",
        "protocol-version",
        "another version",
        {**RESPONSE, "protocol": 0},
    )
    yield bad("response-position", "9", "position", "below zero", {**RESPONSE, "position": -1})
    yield bad(
        "response-entry",
        "3",
        "malformed",
        "an entry without salt",
        {**RESPONSE, "entries": [{"envelope": b""}]},
    )
    yield bad(
        "response-salt",
        "3",
        "malformed",
        "a salt that is a text",
        {**RESPONSE, "entries": [{**ENTRY, "salt": "s"}]},
    )
    yield bad("response-cut", "3", "malformed", "the last byte is missing", packed(RESPONSE)[:-1])


def packed(value: Any) -> bytes:
    """One value in MessagePack, each in its shortest form."""
    if value is None:
        return b"\xc0"
    if value is True or value is False:
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, float):
        return struct.pack(">Bd", 0xCB, value)
    if isinstance(value, int):
        return _whole(value)
    if isinstance(value, bytes):
        return _sized(len(value), ((8, 0xC4), (16, 0xC5), (32, 0xC6))) + value
    if isinstance(value, str):
        coded = value.encode()
        short = bytes([0xA0 | len(coded)]) if len(coded) < 32 else None
        return (short or _sized(len(coded), ((8, 0xD9), (16, 0xDA), (32, 0xDB)))) + coded
    if isinstance(value, list):
        short = bytes([0x90 | len(value)]) if len(value) < 16 else None
        head = short or _sized(len(value), ((16, 0xDC), (32, 0xDD)))
        return head + b"".join(packed(each) for each in value)
    pairs = b"".join(packed(name) + packed(each) for name, each in value.items())
    return bytes([0x80 | len(value)]) + pairs


def _whole(value: int) -> bytes:
    if 0 <= value < 128:
        return bytes([value])
    if -32 <= value < 0:
        return struct.pack(">b", value)
    return struct.pack(">BQ", 0xCF, value)


def _sized(size: int, forms: tuple[tuple[int, int], ...]) -> bytes:
    for bits, first in forms:
        if size < 1 << bits:
            return bytes([first]) + size.to_bytes(bits // 8, "big")
    raise ValueError(size)
