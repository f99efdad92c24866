"""Positions as people give them, read strictly: what can be read in two ways is refused.

Source: docs/rooms/places.md, «Forms».
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from comity.domain.places.grid import GRID_LIKE, read_grid_reference
from comity.kernel.errors import InputError

TEXT_LENGTH_MAX = 80  # the longest form with its datum has under 50
DATUM_NAME = "WGS84"  # as the line and all else that states a datum spell it
DATUM_ASSUMED = "no datum stated: WGS 84 assumed"
ORDER_ASSUMED = "no N, S, E or W: latitude first assumed"
METRES_PER_DEGREE = 111_694.0  # WGS 84: one degree of latitude at a pole, the longest degree

_SYMBOLS = {"′": "'", "″": '"'}
_ALLOWED = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz .,+-/°'\"")
_DATUM = re.compile(r"(?:^|[\s,])WGS[\s-]?84(?=$|[\s,])")
_OTHER_DATUM = re.compile(
    r"\b(ED[\s-]?50|NAD[\s-]?(?:27|83)|SK[\s-]?(?:42|63|95)|PZ[\s-]?90(?:[.\d]*)|PULKOVO(?:[\s-]?1942)?"
    r"|GCJ[\s-]?02|CGCS[\s-]?2000|OSGB[\s-]?36|TOKYO|CLARKE[\s-]?\d*|WGS[\s-]?(?:60|66|72))\b"
)
_JOINED_LATITUDE = r"(?P<lat>\d{4}(?:\d{2})?)(?P<lat_part>\.\d+)?"
_JOINED_LONGITUDE = r"(?P<lon>\d{5}(?:\d{2})?)(?P<lon_part>\.\d+)?"
_ICAO = (
    re.compile(rf"{_JOINED_LATITUDE}(?P<north>[NS]) ?{_JOINED_LONGITUDE}(?P<east>[EW])"),
    re.compile(rf"(?P<north>[NS]){_JOINED_LATITUDE} ?(?P<east>[EW]){_JOINED_LONGITUDE}"),
)
_COMMA_IN_NUMBER = re.compile(r"\d,\d")
_BOTH_POINTED = re.compile(r"[NS]?[+-]?\d+\.\d+[NS]?,[EW]?[+-]?\d+\.\d+[EW]?")
_SIGNED = re.compile(r"([+-]?\d{1,2}(?:\.\d+)?)\s*[,\s]\s*([+-]?\d{1,3}(?:\.\d+)?)")
# A part ends with its sign or a space before the next begins, so that 3520 is never 352 and 0.
_PART = (
    r"(\d{1,3}(?:\.\d+)?)\s*°?"
    r"(?:(?<=[°\s])\s*(\d{1,2}(?:\.\d+)?)\s*'?"
    r"(?:(?<=['\s])\s*(\d{1,2}(?:\.\d+)?)\s*\"?)?)?\s*"
)
_LEADING = re.compile(rf"([NS])\s*{_PART}\s*[,/]?\s*([EW])\s*{_PART}")
_TRAILING = re.compile(rf"{_PART}([NS])\s*[,/]?\s*{_PART}([EW])")


@dataclass(frozen=True, slots=True)
class StatedPosition:
    """A position as stated, and what it was taken to mean.

    Attributes:
        latitude_deg, longitude_deg: WGS 84.
        as_stated: the very words.
        form: which form it was read as: `degrees`, `degrees-minutes`, `degrees-minutes-seconds`,
            `icao`, `grid`.
        resolution_m: the least step that the form and its digits can express, over-approximated.
        assumed: what was not stated and was taken for granted, in words; empty where nothing was.
    """

    latitude_deg: float
    longitude_deg: float
    as_stated: str
    form: str
    resolution_m: float
    assumed: tuple[str, ...]


def position_of_degrees(latitude: str, longitude: str, field: str = "position") -> StatedPosition:
    """A position as two signed decimal numbers, each known for what it is; the datum is assumed.

    Raises:
        InputError: a number is malformed or out of range.
    """
    _check_characters(latitude, f"{field}.latitude")
    _check_characters(longitude, f"{field}.longitude")
    match = _SIGNED.fullmatch(f"{latitude.strip()} {longitude.strip()}")
    if match is None:
        why = f"{latitude!r} {longitude!r} are not two numbers such as 35.335 and -40.14"
        raise InputError(field, why)
    return _of_numbers(match, f"{latitude} {longitude}", (DATUM_ASSUMED,), field)


def read_position(text: str, field: str = "position") -> StatedPosition:
    """Read a position in any of the known forms.

    Args:
        text: such as `N 35 20.1 E 040 08.5`, `35°20'06"N 40°08'30"E WGS84`, `352006N0400830E`,
            `37S FV 03757 10792`, `35.335, 40.1417`.
        field: names it in a refusal.

    Raises:
        InputError: unknown or ambiguous, a character that looks like another, out of range, or a
            datum that is not WGS 84; names the field and the limit.
    """
    _check_characters(text, field)
    plain = "".join(_SYMBOLS.get(each, each) for each in text).strip().upper()
    bare, stated = _without_datum(plain, field)
    assumed = () if stated else (DATUM_ASSUMED,)
    compact = re.sub(r"\s", "", bare)
    for joined in _ICAO:
        match = joined.fullmatch(bare)
        if match is not None:
            return _of_icao(match, text, assumed, field)
    if GRID_LIKE.fullmatch(compact):
        latitude_deg, longitude_deg, side_m = read_grid_reference(compact, field)
        return StatedPosition(latitude_deg, longitude_deg, text, "grid", side_m, assumed)
    if _COMMA_IN_NUMBER.search(bare) and not _BOTH_POINTED.fullmatch(compact):
        why = (
            f"{text!r}: a comma between digits may be a decimal sign or a separator; write a point"
        )
        raise InputError(field, why)
    signed = _SIGNED.fullmatch(bare)
    if signed is not None:
        return _of_numbers(signed, text, (*assumed, ORDER_ASSUMED), field)
    return _of_parts(bare, text, assumed, field)


def _check_characters(text: str, field: str) -> None:
    if len(text) > TEXT_LENGTH_MAX:
        raise InputError(field, f"{len(text)} characters, at most {TEXT_LENGTH_MAX}")
    for place, character in enumerate(text, start=1):
        if character not in _ALLOWED and character not in _SYMBOLS:
            why = f"character {place}, U+{ord(character):04X}, does not belong in a position"
            raise InputError(field, why)


def _without_datum(plain: str, field: str) -> tuple[str, bool]:
    other = _OTHER_DATUM.search(plain)
    if other is not None:
        why = f"datum {other[1]} is not converted here; state the position in WGS 84"
        raise InputError(f"{field}.datum", why)
    bare, count = _DATUM.subn(" ", plain)
    if count > 1:
        raise InputError(f"{field}.datum", "stated twice")
    return bare.strip(" ,"), count == 1


def _of_icao(
    match: re.Match[str], text: str, assumed: tuple[str, ...], field: str
) -> StatedPosition:
    """Digits run together: eleven characters to the minute, fifteen to the second, or a fraction of either.

    Source: ICAO Doc 4444 appendix 2, item 15 (c); Annex 15 for seconds.
    """
    latitude, longitude = match["lat"], match["lon"]
    if len(longitude) != len(latitude) + 1:
        raise InputError(field, f"{text!r}: seconds on one side only")
    sides = (
        _parts_of(latitude, 2, match["lat_part"]),
        _parts_of(longitude, 3, match["lon_part"]),
    )
    unit_deg = 1.0 / 60.0 if len(latitude) == 4 else 1.0 / 3600.0
    step_deg = max(_step(side[-1]) for side in sides) * unit_deg
    return StatedPosition(
        _joined(sides[0], match["north"], 90.0, f"{field}.latitude"),
        _joined(sides[1], match["east"], 180.0, f"{field}.longitude"),
        text,
        "icao",
        step_deg * METRES_PER_DEGREE,
        assumed,
    )


def _parts_of(digits: str, degrees_count: int, fraction: str | None) -> tuple[str, ...]:
    cuts = range(degrees_count, len(digits), 2)
    parts = [digits[:degrees_count], *(digits[cut : cut + 2] for cut in cuts)]
    return (*parts[:-1], parts[-1] + (fraction or ""))


def _of_numbers(
    match: re.Match[str], text: str, assumed: tuple[str, ...], field: str
) -> StatedPosition:
    latitude_deg, longitude_deg = float(match[1]), float(match[2])
    if abs(latitude_deg) > 90.0:
        raise InputError(f"{field}.latitude", f"{latitude_deg:g} is outside -90 to 90")
    if abs(longitude_deg) > 180.0:
        raise InputError(f"{field}.longitude", f"{longitude_deg:g} is outside -180 to 180")
    resolution_m = max(_step(match[1]), _step(match[2])) * METRES_PER_DEGREE
    return StatedPosition(latitude_deg, longitude_deg, text, "degrees", resolution_m, assumed)


def _of_parts(bare: str, text: str, assumed: tuple[str, ...], field: str) -> StatedPosition:
    """Degrees, minutes and seconds with a letter of the hemisphere on either side."""
    match = _LEADING.fullmatch(bare)
    if match is not None:
        north, latitude, east, longitude = (
            match[1],
            match.group(2, 3, 4),
            match[5],
            match.group(6, 7, 8),
        )
    else:
        match = _TRAILING.fullmatch(bare)
        if match is None:
            why = f"{text!r} is in none of the known forms, such as N 35 20.1 E 040 08.5"
            raise InputError(field, why)
        latitude, north, longitude, east = (
            match.group(1, 2, 3),
            match[4],
            match.group(5, 6, 7),
            match[8],
        )
    count = len(list(_given(latitude)))
    if count != len(list(_given(longitude))):
        raise InputError(field, f"{text!r}: latitude and longitude are not in one form")
    forms = ("degrees", "degrees-minutes", "degrees-minutes-seconds")
    unit_deg = (1.0, 1.0 / 60.0, 1.0 / 3600.0)[count - 1]
    last = latitude[count - 1], longitude[count - 1]
    step_deg = max(_step(each) for each in last) * unit_deg
    return StatedPosition(
        _joined(latitude, north, 90.0, f"{field}.latitude"),
        _joined(longitude, east, 180.0, f"{field}.longitude"),
        text,
        forms[count - 1],
        step_deg * METRES_PER_DEGREE,
        assumed,
    )


def _joined(parts: tuple[str | None, ...], letter: str, most: float, field: str) -> float:
    """Degrees of one side. Only the last part may have a fraction, and sixtieths stay below 60."""
    given = list(_given(parts))
    for part in given[:-1]:
        if "." in part:
            raise InputError(field, f"{part} has a fraction and is not the last part")
    value = 0.0
    for part, unit in zip(given, (1.0, 60.0, 3600.0), strict=False):
        if unit > 1.0 and float(part) >= 60.0:
            raise InputError(field, f"{part} minutes or seconds; below 60 are allowed")
        value += float(part) / unit
    if value > most:
        raise InputError(field, f"{value:g} degrees; at most {most:g}")
    return -value if letter in "SW" else value


def _given(parts: tuple[str | None, ...]) -> Iterator[str]:
    return (part for part in parts if part is not None)


def _step(number: str | None) -> float:
    """The least step of a decimal number as written."""
    return 10.0 ** -len((number or "").partition(".")[2])
