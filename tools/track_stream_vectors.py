"""The vectors of docs/spec/track-stream.md: streams of frames, and what a reader holds after them.

The bytes are spelt here by `struct` from the page's tables, and the places expected are worked out by hand
in fractions. Nothing here imports comity.
"""

import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

from tools.vector_cases import Case, Fields

AS_OF = 1_795_000_000_000
WHOLE, CHANGE, HEARTBEAT = 1, 2, 3
CONFIRMED, VELOCITY, PRESSURE, WARNING = 2, 16, 32, 3 << 12
Row = tuple[int, ...]
Name = tuple[str, str, str]


def known_keys() -> Fields:
    """No keys: nothing of a stream is signed."""
    return {}


@dataclass
class Sent:
    """One frame, in the page's terms."""

    kind: int = CHANGE
    sequence: int = 1
    after_ms: int = 0
    exercise: int = 0
    health: int = 2
    known: int = 1
    ended: Sequence[int] = ()
    named: Sequence[tuple[int, Name]] = ()
    placed: Sequence[Row] = ()
    moved: Sequence[Row] = ()
    detailed: Sequence[Row] = ()
    held: int = 0
    magic: bytes = b"CTS1"
    zero: int = 0
    flags_more: int = 0
    size_more: int = 0
    text: bytes | None = None
    tail: bytes = b""
    counts_more: Row = (0, 0, 0, 0, 0, 0)
    fractional: float = 0.0
    names: dict[str, Any] = field(default_factory=dict)

    def bytes(self) -> bytes:
        """As the page's section 2 has it."""
        text = "\0".join(part for _, name in self.named for part in name).encode()
        if self.text is not None:
            text = self.text
        body = columns("H", [(slot,) for slot in self.ended])
        body += columns("H", [(slot,) for slot, _ in self.named])
        body += columns("Hiihh", self.placed) + columns("Hhhhh", self.moved)
        body += columns("HHHhhhHHH", self.detailed) + padded(text) + self.tail
        counts = [
            len(self.ended), len(self.named), len(self.placed), len(self.moved), len(self.detailed),
            len(text),
        ]  # fmt: skip
        stated = [count + more for count, more in zip(counts, self.counts_more, strict=True)]
        as_of = AS_OF + self.after_ms
        return (
            struct.pack(
                "<4sIIIddBBBBIIIIIIHHIIIIII",
                self.magic, 88 + len(body) + self.size_more, self.sequence,
                self.sequence if self.known else 0,
                (as_of + self.fractional) if self.known else 0.0, float(as_of + 120), self.kind,
                self.exercise | self.known << 1 | self.flags_more, self.health, self.zero,
                self.held, self.held, 0, 0, 20_000, 2_000_000, 10, 0, *stated,
            )
            + body
        )  # fmt: skip


def padded(content: bytes) -> bytes:
    """To a multiple of four."""
    return content + bytes(-len(content) % 4)


def columns(form: str, rows: Sequence[Row]) -> bytes:
    """Rows as padded columns."""
    return b"".join(
        padded(b"".join(struct.pack("<" + kind, row[k]) for row in rows))
        for k, kind in enumerate(form)
    )


def detail(slot: int, flags: int = CONFIRMED | VELOCITY | PRESSURE) -> Row:
    """Eastwards at 200 m/s at 10,000 m."""
    return (slot, 16_384, 2_000, 10_000, 0, 0, 93, 4, flags)


def first(
    *slots: int, latitude: int = 59_900_000, longitude: int = 24_500_000, **more: Any
) -> Sent:
    """A whole picture of some tracks, 0.1 degrees apart eastwards."""
    more.setdefault("placed", [
        (slot, latitude, longitude + 100_000 * k, 0, 3_600) for k, slot in enumerate(slots)
    ])  # fmt: skip
    return Sent(
        kind=WHOLE, named=[(slot, name(slot)) for slot in slots],
        detailed=[detail(slot) for slot in slots], held=len(slots), **more,
    )  # fmt: skip


def name(slot: int) -> Name:
    """A key and a callsign."""
    return (f"aurelia.7vrrh7hi/4ca{slot:03x}", f"AUR{slot}", "")


def place(start: int, rate: int, elapsed_ms: int) -> int:
    """Section 5, exactly."""
    return floor(start + Fraction(rate * elapsed_ms, 1000) + Fraction(1, 2))


def cases() -> Iterator[Case]:
    """Every case of the page."""
    east = 24_500_000
    yield good("heartbeat-only", "T7", "no picture yet", [Sent(HEARTBEAT, known=0, health=0)], {})
    yield good("empty", "T4", "a whole picture of nothing", [first()], {})
    yield good(
        "one-track", "T3", "named, placed, detailed", [first(7)],
        {7: track(7, 59_900_000, east)},
    )  # fmt: skip
    yield good(
        "three-tracks-odd", "T2", "an odd number of slots: columns are padded", [first(1, 2, 300)],
        {s: track(s, 59_900_000, east + 100_000 * k) for k, s in enumerate((1, 2, 300))},
    )  # fmt: skip
    yield good(
        "extrapolated", "T7", "a frame without a word of a track: it is where its rates put it",
        [first(7), Sent(sequence=2, after_ms=2_500, held=1)],
        {7: track(7, 59_900_000, place(east, 3_600, 2_500))},
    )  # fmt: skip
    yield good(
        "extrapolated-half-up", "T3", "1,500 ms at 1 a second is 1.5 units: up to 2, and from -1.5 to -1",
        [
            first(7, placed=[(7, 0, 0, 1, -1)]),
            Sent(sequence=2, after_ms=1_500, moved=[(7, 0, 0, 0, 0)], held=1),
        ],
        {7: track(7, 2, -1)},
    )  # fmt: skip
    yield good(
        "moved", "T3", "a difference from where it was extrapolated to",
        [first(7), Sent(sequence=2, after_ms=1_001, moved=[(7, -250, 40, 10, 3_500)], held=1)],
        {7: track(7, 59_899_750, place(east, 3_600, 1_001) + 40)},
    )  # fmt: skip
    yield good(
        "moved-most", "T3", "the greatest differences",
        [first(7), Sent(sequence=2, moved=[(7, 32_767, -32_767, 0, 0)], held=1)],
        {7: track(7, 59_932_767, east - 32_767)},
    )  # fmt: skip
    yield good(
        "over-180", "T3", "eastwards over 180 degrees",
        [
            first(7, placed=[(7, 0, 179_999_000, 0, 3_600)]),
            Sent(sequence=2, after_ms=1_000, moved=[(7, 0, 5, 0, 3_600)], held=1),
        ],
        {7: track(7, 0, -179_997_395)},
    )  # fmt: skip
    yield good(
        "at-180", "T3", "180 degrees is told as -180",
        [first(7, placed=[(7, 0, -180_000_000, 0, 0)])], {7: track(7, 0, -180_000_000)},
    )  # fmt: skip
    yield good(
        "at-pole", "T3", "the north pole, no rates",
        [first(7, placed=[(7, 90_000_000, 0, 0, 0)])], {7: track(7, 90_000_000, 0)},
    )  # fmt: skip
    yield good(
        "ended", "T3", "one of two is no more",
        [first(1, 2), Sent(sequence=2, ended=[1], held=1)],
        {2: track(2, 59_900_000, east + 100_000)},
    )  # fmt: skip
    yield good(
        "slot-again", "T3", "ended and named in one frame: another track",
        [
            first(7),
            Sent(
                sequence=2, ended=[7], named=[(7, name(8))], placed=[(7, 1, 2, 0, 0)],
                detailed=[detail(7)], held=1,
            ),
        ],
        {7: track(8, 1, 2)},
    )  # fmt: skip
    yield good(
        "renamed", "T3", "a callsign that is said later",
        [first(7), Sent(sequence=2, named=[(7, ("k", "RELIEF 12", "aurelia.7vrrh7hi/4"))], held=1)],
        {7: {**track(7, 59_900_000, east), "key": "k", "callsign": "RELIEF 12",
             "flight": "aurelia.7vrrh7hi/4"}},
    )  # fmt: skip
    yield good(
        "hostile-name", "T3", "a name is text, whatever it holds",
        [first(7), Sent(sequence=2, named=[(7, ("k", "<img src=x onerror=alert(1)>\u202e", ""))], held=1)],
        {7: {**track(7, 59_900_000, east), "key": "k",
             "callsign": "<img src=x onerror=alert(1)>\u202e"}},
    )  # fmt: skip
    warned = CONFIRMED | WARNING
    yield good(
        "warning", "T3", "a warning about it is open",
        [first(7), Sent(sequence=2, detailed=[detail(7, warned)], held=1)],
        {7: {**track(7, 59_900_000, east), "flags": warned}},
    )  # fmt: skip
    yield good(
        "whole-again", "T4", "a second whole picture forgets the first",
        [first(1, 2), first(3, sequence=2)], {3: track(3, 59_900_000, east)},
    )  # fmt: skip
    yield good(
        "exercise", "T5", "a stream of the exercise", [first(7, exercise=1)],
        {7: track(7, 59_900_000, east)}, exercise=True,
    )  # fmt: skip
    yield good(
        "slot-greatest", "T12", "the last slot", [first(65_535)],
        {65_535: track(65_535, 59_900_000, east)},
    )  # fmt: skip

    malformed = "frame-malformed"
    yield bad("magic", "T2", malformed, "CTS2", [first(7, magic=b"CTS2")])
    yield bad("size-more", "T2", malformed, "says more than it has", [first(7, size_more=4)])
    yield bad("size-none", "T2", malformed, "says no bytes", [first(size_more=-88)])
    yield bad("size-most", "T2", malformed, "says 17 MB", [first(size_more=17 << 20)])
    yield bad("cut-in-header", "T2", malformed, "87 bytes", [first()], cut=87)
    yield bad("cut-in-columns", "T2", malformed, "without its last 8 bytes", [first(7)], cut=-8)
    yield bad("left-over", "T2", malformed, "four bytes behind its text", [first(7, tail=bytes(4))])
    yield bad("kind-4", "T2", malformed, "no such kind", [Sent(4)])
    yield bad("health-3", "T2", malformed, "no such health", [first(health=3)])
    yield bad("reserved", "T2", malformed, "byte 35 is not 0", [first(zero=1)])
    yield bad("flags-reserved", "T2", malformed, "bit 2 of the flags", [first(flags_more=4)])
    yield bad("instant-fraction", "T2", malformed, "half a millisecond", [first(fractional=0.5)])
    yield bad("instant-nan", "T2", malformed, "not a number", [first(fractional=float("nan"))])
    yield bad(
        "count-more", "T2", malformed, "one more placed than there are",
        [first(7, counts_more=(0, 0, 1, 0, 0, 0))],
    )  # fmt: skip
    yield bad(
        "slot-twice", "T2", malformed, "placed twice",
        [first(7, placed=[(7, 0, 0, 0, 0), (7, 1, 1, 0, 0)])],
    )  # fmt: skip
    yield bad("text-not-utf8", "T2", malformed, "ff", [first(7, text=b"k\0\xff\0")])
    yield bad("text-parts", "T2", malformed, "two parts for one slot", [first(7, text=b"k\0c")])
    yield bad("text-of-none", "T2", malformed, "a text and no slot named", [first(text=b"k\0c\0")])
    unknown = "slot-unknown"
    yield bad(
        "moved-unknown",
        "T3",
        unknown,
        "never heard of",
        [first(7), Sent(sequence=2, moved=[(8, 0, 0, 0, 0)])],
    )
    yield bad(
        "placed-unknown",
        "T3",
        unknown,
        "never heard of",
        [first(7), Sent(sequence=2, placed=[(8, 0, 0, 0, 0)])],
    )
    yield bad(
        "detailed-unknown",
        "T3",
        unknown,
        "never heard of",
        [first(7), Sent(sequence=2, detailed=[detail(8)])],
    )
    yield bad(
        "ended-unknown", "T3", unknown, "never heard of", [first(7), Sent(sequence=2, ended=[8])]
    )
    yield bad(
        "named-unplaced",
        "T3",
        unknown,
        "named alone",
        [first(7), Sent(sequence=2, named=[(8, name(8))])],
    )
    order = "stream-order"
    yield bad("change-first", "T4", order, "nothing to change yet", [Sent()])
    yield bad("sequence-gap", "T4", order, "3 after 1", [first(7), Sent(sequence=3)])
    yield bad("sequence-same", "T4", order, "1 after 1", [first(7), Sent(sequence=1)])
    yield bad(
        "heartbeat-gap", "T4", order, "a heartbeat counts", [first(7), Sent(HEARTBEAT, sequence=3)]
    )
    yield bad(
        "exercise-into-live",
        "T5",
        "exercise-mixed",
        "second frame",
        [first(7), first(8, sequence=2, exercise=1)],
    )
    yield bad(
        "live-into-exercise",
        "T5",
        "exercise-mixed",
        "live was not asked for",
        [first(7)],
        exercise=True,
    )


def track(number: int, latitude: int, longitude: int) -> Fields:
    """As `first` told it, at a place as of the last frame."""
    key, callsign, _ = name(number)
    return {
        "key": key, "callsign": callsign, "flight": None, "latitude": latitude,
        "longitude": longitude, "flags": CONFIRMED | VELOCITY | PRESSURE,
    }  # fmt: skip


def good(
    label: str,
    rule: str,
    why: str,
    frames: list[Sent],
    tracks: dict[int, Fields],
    *,
    exercise: bool = False,
) -> Case:
    """Frames that a reader takes, and what it holds as of the last one."""
    held = {str(slot): each for slot, each in sorted(tracks.items())}
    return Case(
        label, rule, why, {"stream.bin": b"".join(each.bytes() for each in frames)},
        values={"exercise": exercise, "frames": len(frames), "tracks": held},
    )  # fmt: skip


def bad(
    label: str,
    rule: str,
    reason: str,
    why: str,
    frames: list[Sent],
    *,
    cut: int | None = None,
    exercise: bool = False,
) -> Case:
    """Frames of which the last is refused."""
    content = b"".join(each.bytes() for each in frames)
    return Case(
        f"{label}_reject", rule, why, {"stream.bin": content[:cut]}, reason,
        values={"exercise": exercise},
    )  # fmt: skip


if __name__ == "__main__":
    print(json.dumps([case.name for case in cases()]))
