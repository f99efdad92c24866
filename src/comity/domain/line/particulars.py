"""What of a message can be repeated and compared: position with datum, height with datum, time, number.

Bodies carry whole 1e-7 degrees, millimetres and canonical instants; nothing is converted here.

Source: docs/spec/line.md §4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from comity.domain.airspace import Datum
from comity.domain.line.limits import ACCURACY_M_MAX, NAME_LENGTH_MAX, NUMBER_MAX
from comity.domain.records.body_fields import choice, instant, integer, mapping, optional, words
from comity.kernel.instants import Instant

LATITUDE_E7_MAX = 900_000_000
LONGITUDE_E7_MAX = 1_800_000_000
HEIGHT_MM_MIN, HEIGHT_MM_MAX = -1_000_000, 100_000_000  # as airspace.altitude


class HorizontalDatum(StrEnum):
    """What latitude and longitude are measured on (L-05). Only WGS84 is ever computed with."""

    WGS84 = "WGS84"
    PZ90 = "PZ90"
    """PZ-90.11, within decimetres of WGS 84."""
    SK42 = "SK42"
    """Pulkovo 1942: up to some 200 m from WGS 84."""
    ED50 = "ED50"
    """European Datum 1950: up to some 200 m from WGS 84."""
    UNKNOWN = "UNKNOWN"
    """The sender does not know; the position may be off by hundreds of metres."""


@dataclass(frozen=True, slots=True)
class PositionSaid:
    """A position as its sender gave it.

    Attributes:
        latitude_e7: whole 1e-7 degrees.
        longitude_e7: likewise.
        datum: what they are measured on.
        accuracy_mm: the sender's own bound of its error; None: not stated.
    """

    latitude_e7: int
    longitude_e7: int
    datum: HorizontalDatum
    accuracy_mm: int | None = None


@dataclass(frozen=True, slots=True)
class HeightSaid:
    """A height and what it is measured from."""

    height_mm: int
    datum: Datum


@dataclass(frozen=True, slots=True)
class TimeSaid:
    """An instant, with the words and the zone in which it was given (L-15)."""

    at: Instant
    as_stated: str
    zone: str


@dataclass(frozen=True, slots=True)
class NumberSaid:
    """How many, and of what."""

    value: int
    of: str


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a reader repeats; None is «not stated»."""

    position: PositionSaid | None = None
    height: HeightSaid | None = None
    time: TimeSaid | None = None
    number: NumberSaid | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to read back."""
        return self == NO_PARTICULARS


NO_PARTICULARS = Particulars()


def particulars_from_body(body: Mapping[str, Any], name: str) -> Particulars:
    """Read particulars from a record's body.

    Raises:
        RecordError: `missing-field`, `field-form` or `field-limit`, naming the field.
    """
    fields = mapping(body, name)
    return Particulars(
        position=optional(fields, "position", _position),
        height=optional(fields, "height", _height),
        time=optional(fields, "time", _time),
        number=optional(fields, "number", _number),
    )


def particulars_to_body(particulars: Particulars) -> dict[str, Any]:
    """The record form."""
    position, height = particulars.position, particulars.height
    time, number = particulars.time, particulars.number
    return {
        "position": None
        if position is None
        else {
            "latitude_deg_e7": position.latitude_e7,
            "longitude_deg_e7": position.longitude_e7,
            "datum": position.datum.value,
            "accuracy_mm": position.accuracy_mm,
        },
        "height": None
        if height is None
        else {"height_mm": height.height_mm, "datum": height.datum.value},
        "time": None
        if time is None
        else {"at": str(time.at), "as_stated": time.as_stated, "zone": time.zone},
        "number": None if number is None else {"value": number.value, "of": number.of},
    }


def _position(body: Mapping[str, Any], name: str) -> PositionSaid:
    fields = mapping(body, name)
    return PositionSaid(
        integer(fields, "latitude_deg_e7", -LATITUDE_E7_MAX, LATITUDE_E7_MAX),
        integer(fields, "longitude_deg_e7", -LONGITUDE_E7_MAX, LONGITUDE_E7_MAX),
        choice(fields, "datum", HorizontalDatum),
        optional(fields, "accuracy_mm", _accuracy),
    )


def _accuracy(body: Mapping[str, Any], name: str) -> int:
    return integer(body, name, 0, ACCURACY_M_MAX * 1000)


def _height(body: Mapping[str, Any], name: str) -> HeightSaid:
    fields = mapping(body, name)
    return HeightSaid(
        integer(fields, "height_mm", HEIGHT_MM_MIN, HEIGHT_MM_MAX), choice(fields, "datum", Datum)
    )


def _time(body: Mapping[str, Any], name: str) -> TimeSaid:
    fields = mapping(body, name)
    return TimeSaid(
        instant(fields, "at"),
        words(fields, "as_stated", NAME_LENGTH_MAX),
        words(fields, "zone", NAME_LENGTH_MAX),
    )


def _number(body: Mapping[str, Any], name: str) -> NumberSaid:
    fields = mapping(body, name)
    return NumberSaid(integer(fields, "value", 0, NUMBER_MAX), words(fields, "of", NAME_LENGTH_MAX))
