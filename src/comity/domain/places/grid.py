"""Military grid references (MGRS) of WGS 84 positions, both ways."""

import re
import warnings
from functools import cache
from typing import Any

from comity.kernel.errors import InputError

GRID_DIGITS_MAX = 5  # a metre; the system has no more
GRID_DIGITS_MIN = 2  # a kilometre; a coarser square places nothing
SQUARE_M = 100_000.0  # of the two letters after the zone

# Zone 1 to 60 and band C to X, or A, B, Y, Z at the poles; column and row letter. I and O are none.
GRID = re.compile(r"(?:([1-9]|[0-5]\d|60)([C-HJ-NP-X])|([ABYZ]))([A-HJ-NP-Z])([A-HJ-NP-Z])(\d*)")
BANDS = "CDEFGHJKLMNPQRSTUVWX"  # of 8 degrees from -80 on; the last has 12
SQUARE_DEG = 1.0  # a square of 100 km, 0.91 degrees, may reach over the edge of its band
EQUATOR_DEG = 1e-7  # 11 mm: nearer to it from the south the library rounds the northing up to a square that is none
GRID_LIKE = re.compile(r"(?:\d{1,2}[A-Z]|[ABYZ])[A-Z]{2}\d*")


def grid_reference(latitude_deg: float, longitude_deg: float, digits: int = GRID_DIGITS_MAX) -> str:
    """The grid reference of the square that a position lies in: `37SFV 03757 10792`.

    Args:
        latitude_deg: -90 to 90.
        longitude_deg: -180 to 180.
        digits: of easting and of northing, 2 (a kilometre) to 5 (a metre). Digits are cut off, not
            rounded, as the system wants.

    Raises:
        InputError: a position or a number of digits out of range.
    """
    if not GRID_DIGITS_MIN <= digits <= GRID_DIGITS_MAX:
        raise InputError("digits", f"{digits} is not {GRID_DIGITS_MIN} to {GRID_DIGITS_MAX}")
    if not (abs(latitude_deg) <= 90.0 and abs(longitude_deg) <= 180.0):
        raise InputError("position", f"{latitude_deg}, {longitude_deg} is no position")
    if -EQUATOR_DEG < latitude_deg < 0.0:
        latitude_deg = -EQUATOR_DEG
    text = str(_converter().toMGRS(latitude_deg, longitude_deg, MGRSPrecision=digits)).strip()
    square, numbers = text[: -2 * digits], text[-2 * digits :]
    return f"{square} {numbers[:digits]} {numbers[digits:]}"


def read_grid_reference(text: str, field: str = "position") -> tuple[float, float, float]:
    """The middle of the square that a grid reference names.

    Args:
        text: capital letters and digits without spaces.
        field: names it in a refusal.

    Returns:
        Latitude and longitude in degrees, and the side of the square in metres.

    Raises:
        InputError: it is no grid reference, too coarse, or names a square that does not exist.
    """
    match = GRID.fullmatch(text)
    if match is None:
        why = f"{text!r} is no grid reference: zones are 1 to 60, and I and O are no letters of it"
        raise InputError(field, why)
    count, odd = divmod(len(match[6]), 2)
    if odd or not GRID_DIGITS_MIN <= count <= GRID_DIGITS_MAX:
        raise InputError(field, f"{text!r} has {len(match[6])} digits; 4, 6, 8 or 10 are read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # letters of another band are placed all the same
            latitude_deg, longitude_deg = _converter().toLatLon(
                text
            )  # the middle, since release 1.6
    except Exception as error:  # the library raises several kinds, none of them documented
        raise InputError(field, f"{text!r} names no square of the grid: {error}") from error
    band = match[2]
    if band is not None:
        south_deg = -80.0 + 8.0 * BANDS.index(band)
        north_deg = south_deg + (12.0 if band == "X" else 8.0)
        if not south_deg - SQUARE_DEG <= latitude_deg <= north_deg + SQUARE_DEG:
            raise InputError(field, f"{text!r} lies at {latitude_deg:.1f}, outside its band {band}")
    return float(latitude_deg), float(longitude_deg), SQUARE_M / 10.0**count


@cache
def _converter() -> Any:
    import mgrs  # noqa: PLC0415  only where a grid reference is wanted

    return mgrs.MGRS()
