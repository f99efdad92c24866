"""A person's repetition compared with what was said, field by field. Both nodes compute the same.

Source: docs/spec/line.md §6 (the tolerances are published there).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from comity.domain.line.particulars import HeightSaid, Particulars, PositionSaid
from comity.domain.places import bearing, distance_words
from comity.kernel.sentences import Sentence
from comity.kernel.sentences import said as words_of
from comity.kernel.units import MM_PER_METRE, degrees_from_e7

# A position read to the whole second of arc is off by up to 15.5 m north and as much east.
POSITION_M = 25.0
HEIGHT_M = 3.1  # read to the next 10 ft
TIME_S = 1.0  # times are repeated to the second


class Repeated(StrEnum):
    """How one field of a read-back stands to the message."""

    MATCH = "match"
    MISMATCH = "mismatch"
    MISSING = "missing"
    """The message says it and the read-back does not."""
    EXTRA = "extra"
    """The read-back says it and the message does not."""


@dataclass(frozen=True, slots=True)
class FieldCompared:
    """One field.

    Attributes:
        name: position, height, time or number.
        outcome: how the repetition stands to what was said.
        told: the arithmetic, in words; for a position the distance and bearing from what was said to
            what was repeated (L-05); None: it matches.
    """

    name: str
    outcome: Repeated
    told: Sentence | None = None

    @property
    def why(self) -> str:
        """The arithmetic in English; empty where it matches."""
        return "" if self.told is None else str(self.told)


def compare(said: Particulars, repeated: Particulars) -> tuple[FieldCompared, ...]:
    """Every field that either side states. It matches only if every one of them does."""
    found: list[FieldCompared] = []
    for name, judge in _JUDGES.items():
        a, b = getattr(said, name), getattr(repeated, name)
        if a is None and b is None:
            continue
        if b is None:
            words = words_of("read-back-missing", "not read back")
            found.append(FieldCompared(name, Repeated.MISSING, words))
        elif a is None:
            words = words_of("read-back-extra", "the message does not say it")
            found.append(FieldCompared(name, Repeated.EXTRA, words))
        else:
            why = judge(a, b)
            found.append(
                FieldCompared(name, Repeated.MATCH)
                if why is None
                else FieldCompared(name, Repeated.MISMATCH, why)
            )
    return tuple(found)


def matches(compared: tuple[FieldCompared, ...]) -> bool:
    """Whether a read-back is right: something was compared, and all of it matches."""
    return bool(compared) and all(each.outcome is Repeated.MATCH for each in compared)


def _position(said: PositionSaid, repeated: PositionSaid) -> Sentence | None:
    if said.datum is not repeated.datum:
        return _other_datum(str(said.datum), str(repeated.datum))
    way = bearing(*_degrees(said), *_degrees(repeated))
    if way.distance_m <= POSITION_M:
        return None
    azimuth_deg = round(way.azimuth_true_deg) % 360
    form = "{far} {point} ({azimuth} true) of what was said; at most {allowed} are allowed"
    return words_of(
        "read-back-position", form, far=distance_words(way.distance_m), point=way.compass_point,
        azimuth=f"{azimuth_deg:03d}", allowed=f"{POSITION_M:g} m",
    )  # fmt: skip


def _other_datum(said: str, repeated: str) -> Sentence:
    form = "datum {repeated} read back, {said} said"
    return words_of("read-back-datum", form, repeated=repeated, said=said)


def _degrees(position: PositionSaid) -> tuple[float, float]:
    return degrees_from_e7(position.latitude_e7), degrees_from_e7(position.longitude_e7)


def _height(said: HeightSaid, repeated: HeightSaid) -> Sentence | None:
    if said.datum is not repeated.datum:
        return _other_datum(str(said.datum), str(repeated.datum))
    off_m = abs(said.height_mm - repeated.height_mm) / MM_PER_METRE
    return None if off_m <= HEIGHT_M else _off(f"{off_m:.1f} m", f"{HEIGHT_M:g} m")


def _off(off: str, allowed: str) -> Sentence:
    form = "{off} off; at most {allowed} are allowed"
    return words_of("read-back-off", form, off=off, allowed=allowed)


def _time(said: Any, repeated: Any) -> Sentence | None:
    off_s = abs(repeated.at.minus(said.at))
    return None if off_s <= TIME_S else _off(f"{off_s:.0f} s", f"{TIME_S:g} s")


def _number(said: Any, repeated: Any) -> Sentence | None:
    if said.value == repeated.value:
        return None
    form = "{repeated} read back, {said} said"
    return words_of("read-back-number", form, repeated=str(repeated.value), said=str(said.value))


_JUDGES: Mapping[str, Callable[[Any, Any], Sentence | None]] = {
    "position": _position,
    "height": _height,
    "time": _time,
    "number": _number,
}
