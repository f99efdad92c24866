"""Values of slots, and how a language says them: digits, hemispheres, datums, times."""

import math
from dataclasses import dataclass

from comity.domain.airspace import Altitude, Datum
from comity.domain.phrasebook.book import Language, SlotKind
from comity.domain.records import fault_of_words
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant
from comity.kernel.units import feet_from_metres

NAME_LENGTH_MAX = 64
NUMBER_MAX = 999_999
MINUTE_DECIMALS = 3  # 1.9 m; what a record holds is finer, and stands beside the words
FLIGHT_LEVEL_FEET = 100
LEVEL_FEET_TOLERANCE = 0.05  # heights are whole millimetres, 0.003 ft


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a slot, WGS 84."""

    latitude_deg: float
    longitude_deg: float

    def __post_init__(self) -> None:
        if not abs(self.latitude_deg) <= 90.0:
            raise InputError("latitude_deg", f"{self.latitude_deg} is outside -90 to 90")
        if not abs(self.longitude_deg) <= 180.0:
            raise InputError("longitude_deg", f"{self.longitude_deg} is outside -180 to 180")


SlotValue = Place | Altitude | Instant | int | str


def check_value(kind: SlotKind, value: SlotValue, field: str) -> None:
    """Check that a value is of a slot's kind.

    Raises:
        InputError: another kind, or outside a limit.
    """
    expected = {
        SlotKind.POSITION: Place,
        SlotKind.HEIGHT: Altitude,
        SlotKind.TIME: Instant,
        SlotKind.NUMBER: int,
        SlotKind.NAME: str,
    }[kind]
    if type(value) is not expected:
        raise InputError(field, f"{value!r} is not a {kind}")
    if isinstance(value, int) and not 0 <= value <= NUMBER_MAX:
        raise InputError(field, f"{value} is not 0 to {NUMBER_MAX}")
    if isinstance(value, str):
        fault = fault_of_words(value, NAME_LENGTH_MAX) or ("" if value.strip() else "empty")
        if fault:
            raise InputError(field, fault)


def slot_words(value: SlotValue, language: Language) -> str:
    """A slot's value as the language says it; without marks of direction."""
    match value:
        case Place():
            return _position_words(value, language)
        case Altitude():
            return _height_words(value, language)
        case Instant():
            return _time_words(value, language)
        case int():
            return in_digits(str(value), language)
    return value


def in_digits(text: str, language: Language) -> str:
    """Western digits turned into the language's own."""
    return text.translate(str.maketrans("0123456789", language.digits))


def _position_words(place: Place, language: Language) -> str:
    north = language.position["north" if place.latitude_deg >= 0.0 else "south"]
    east = language.position["east" if place.longitude_deg >= 0.0 else "west"]
    return language.position["text"].format(
        latitude=_angle(abs(place.latitude_deg), 2, language),
        north_south=north,
        longitude=_angle(abs(place.longitude_deg), 3, language),
        east_west=east,
    )


def _angle(degrees: float, width: int, language: Language) -> str:
    """Degrees and minutes, rounded once, so that no 60.000 minutes appear."""
    scale = 10**MINUTE_DECIMALS
    thousandths = round(degrees * 60 * scale)
    whole, rest = divmod(thousandths, 60 * scale)
    minutes, part = divmod(rest, scale)
    text = f"{whole:0{width}d}°{minutes:02d}{language.decimal}{part:0{MINUTE_DECIMALS}d}′"
    return in_digits(text, language)


def _height_words(altitude: Altitude, language: Language) -> str:
    feet = feet_from_metres(altitude.height_m)
    level = round(feet / FLIGHT_LEVEL_FEET)
    exact = math.isclose(feet, level * FLIGHT_LEVEL_FEET, abs_tol=LEVEL_FEET_TOLERANCE, rel_tol=0.0)
    if altitude.datum is Datum.QNE and exact and level >= 0:
        return language.height["flight_level"].format(level=in_digits(f"{level:03d}", language))
    return language.height[altitude.datum.value].format(
        metres=in_digits(_whole(altitude.height_m), language),
        feet=in_digits(_whole(feet), language),
    )


def _whole(value: float) -> str:
    return f"{round(value)}"


def _time_words(at: Instant, language: Language) -> str:
    date, _, clock = str(at).partition("T")
    clock = clock.removesuffix("Z")
    shortest = clock[:5] if clock.endswith(":00.000") else clock.removesuffix(".000")
    return language.time.format(date=in_digits(date, language), clock=in_digits(shortest, language))
