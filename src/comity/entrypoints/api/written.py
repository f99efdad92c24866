"""Heights, lengths and times as people write them in one line, read strictly."""

import re

from comity.domain.airspace import Altitude, Datum
from comity.kernel.errors import InputError
from comity.kernel.instants import StatedTime, instant_from_rfc3339
from comity.kernel.units import (
    METRES_PER_FOOT,
    METRES_PER_NAUTICAL_MILE,
    metres_from_flight_level,
)

HEIGHT = re.compile(r"(-?\d{1,6}(?:\.\d{1,3})?) ?(m|ft) (WGS84|EGM2008|QNE|AGL)")
FLIGHT_LEVEL = re.compile(r"FL ?(\d{1,3})")
LENGTH = re.compile(r"(\d{1,7}(?:\.\d{1,3})?) ?(m|km|ft|NM)")
ZONE = re.compile(r"(?:[Zz]|[+-]\d{2}:\d{2})$")
METRES_PER = {"m": 1.0, "km": 1000.0, "ft": METRES_PER_FOOT, "NM": METRES_PER_NAUTICAL_MILE}


def read_height(text: str, field: str) -> Altitude:
    """A height with unit and datum, `3000 ft EGM2008`, or a flight level, `FL320`.

    Raises:
        InputError: it is neither, or out of range.
    """
    level = FLIGHT_LEVEL.fullmatch(text)
    if level is not None:
        return Altitude(metres_from_flight_level(int(level[1])), Datum.QNE)
    match = HEIGHT.fullmatch(text)
    if match is None:
        why = f"{text[:40]!r} is no height with unit and datum such as 3000 ft EGM2008, or FL320"
        raise InputError(field, why)
    metres = float(match[1]) * (METRES_PER_FOOT if match[2] == "ft" else 1.0)
    try:
        return Altitude(metres, Datum(match[3]))
    except InputError as error:
        raise InputError(field, error.why) from error


def read_length_m(text: str, field: str) -> float:
    """A length with its unit, `5 NM`, in metres.

    Raises:
        InputError: it has none of the units, or no number.
    """
    match = LENGTH.fullmatch(text)
    if match is None:
        why = f"{text[:40]!r} is no length such as 5 km; units are {', '.join(METRES_PER)}"
        raise InputError(field, why)
    return float(match[1]) * METRES_PER[match[2]]


def read_time(text: str, field: str) -> StatedTime:
    """An RFC 3339 time with its zone, kept as it was stated (L-15).

    Raises:
        InputError: it is none, or has no zone.
    """
    instant = instant_from_rfc3339(text, field)
    zone = ZONE.search(text.strip())
    return StatedTime(instant, text.strip(), "Z" if zone is None else zone[0])
