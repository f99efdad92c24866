"""A person's repetition compared with what was said, field by field. Both nodes compute the same.

Source: docs/spec/line.md §6 (the tolerances are published there).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from comity.domain.line.particulars import HeightSaid, Particulars, PositionSaid
from comity.domain.places import bearing, distance_words
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
        why: the arithmetic, in words; for a position the distance and bearing from what was said to
            what was repeated (L-05).
    """

    name: str
    outcome: Repeated
    why: str = ""


def compare(said: Particulars, repeated: Particulars) -> tuple[FieldCompared, ...]:
    """Every field that either side states. It matches only if every one of them does."""
    found: list[FieldCompared] = []
    for name, judge in _JUDGES.items():
        a, b = getattr(said, name), getattr(repeated, name)
        if a is None and b is None:
            continue
        if b is None:
            found.append(FieldCompared(name, Repeated.MISSING, "not read back"))
        elif a is None:
            found.append(FieldCompared(name, Repeated.EXTRA, "the message does not say it"))
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


def _position(said: PositionSaid, repeated: PositionSaid) -> str | None:
    if said.datum is not repeated.datum:
        return f"datum {repeated.datum} read back, {said.datum} said"
    way = bearing(*_degrees(said), *_degrees(repeated))
    if way.distance_m <= POSITION_M:
        return None
    azimuth_deg = round(way.azimuth_true_deg) % 360
    return (
        f"{distance_words(way.distance_m)} {way.compass_point} ({azimuth_deg:03d} true) of what was "
        f"said; at most {POSITION_M:g} m are allowed"
    )


def _degrees(position: PositionSaid) -> tuple[float, float]:
    return degrees_from_e7(position.latitude_e7), degrees_from_e7(position.longitude_e7)


def _height(said: HeightSaid, repeated: HeightSaid) -> str | None:
    if said.datum is not repeated.datum:
        return f"datum {repeated.datum} read back, {said.datum} said"
    off_m = abs(said.height_mm - repeated.height_mm) / MM_PER_METRE
    return None if off_m <= HEIGHT_M else f"{off_m:.1f} m off; at most {HEIGHT_M:g} m are allowed"


def _time(said: Any, repeated: Any) -> str | None:
    off_s = abs(repeated.at.minus(said.at))
    return None if off_s <= TIME_S else f"{off_s:.0f} s off; at most {TIME_S:g} s are allowed"


def _number(said: Any, repeated: Any) -> str | None:
    if said.value == repeated.value:
        return None
    return f"{repeated.value} read back, {said.value} said"


_JUDGES: Mapping[str, Callable[[Any, Any], str | None]] = {
    "position": _position,
    "height": _height,
    "time": _time,
    "number": _number,
}
