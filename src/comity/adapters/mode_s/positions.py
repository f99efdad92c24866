"""Compact position reports (CPR): 17 bits of each coordinate, completed by a pair or a place nearby.

Source: ICAO Doc 9871 appendix C §C.2.6; RTCA DO-260B §A.1.7.
"""

import math
from bisect import bisect_left

SCALE = 131_072.0  # 2^17
ZONES = 15
LOCAL_AIRBORNE_M_MAX = 300_000.0  # half a zone is 180 NM = 333 km
LOCAL_SURFACE_M_MAX = 75_000.0  # half a zone is 45 NM = 83 km

Position = tuple[float, float]
"""Latitude and longitude in degrees."""


def _zone_borders() -> tuple[float, ...]:
    """Latitudes at which the number of longitude zones falls by one, from 59 to 2."""
    shrink = 1.0 - math.cos(math.pi / (2.0 * ZONES))
    return tuple(
        math.degrees(math.acos(math.sqrt(shrink / (1.0 - math.cos(2.0 * math.pi / zones)))))
        for zones in range(59, 1, -1)
    )


_BORDERS_DEG = _zone_borders()


def longitude_zones(latitude_deg: float) -> int:
    """NL: longitude zones at a latitude, 59 at the equator, 1 beyond 87 degrees."""
    return 59 - bisect_left(_BORDERS_DEG, abs(latitude_deg))


def airborne_of_pair(
    even: tuple[int, int], odd: tuple[int, int], *, latest_is_odd: bool
) -> Position | None:
    """Position of the later of two airborne reports; None where they straddle a zone border."""
    even_latitude, odd_latitude = even[0] / SCALE, odd[0] / SCALE
    zone = math.floor(59.0 * even_latitude - 60.0 * odd_latitude + 0.5)
    latitude_even_deg = _half_turn(6.0 * (zone % 60 + even_latitude))
    latitude_odd_deg = _half_turn(360.0 / 59.0 * (zone % 59 + odd_latitude))
    zones = longitude_zones(latitude_even_deg)
    if zones != longitude_zones(latitude_odd_deg):
        return None
    latitude_deg = latitude_odd_deg if latest_is_odd else latitude_even_deg
    if not -90.0 <= latitude_deg <= 90.0:
        return None
    even_longitude, odd_longitude = even[1] / SCALE, odd[1] / SCALE
    place = math.floor(even_longitude * (zones - 1) - odd_longitude * zones + 0.5)
    count = max(zones - latest_is_odd, 1)
    latest_longitude = odd_longitude if latest_is_odd else even_longitude
    longitude_deg = 360.0 / count * (place % count + latest_longitude)
    return latitude_deg, _half_turn(longitude_deg)


def near(
    report: tuple[int, int], near_deg: Position, *, is_odd: bool, is_surface: bool
) -> Position | None:
    """The position a report means that is nearest to a place known.

    None where even the nearest is too far for the place to have been near enough to tell.
    """
    turn_deg = 90.0 if is_surface else 360.0
    latitude, longitude = report[0] / SCALE, report[1] / SCALE
    latitude_deg = _nearest(turn_deg / (60 - is_odd), latitude, near_deg[0])
    if not -90.0 <= latitude_deg <= 90.0:
        return None
    width_deg = turn_deg / max(longitude_zones(latitude_deg) - is_odd, 1)
    longitude_deg = _half_turn(_nearest(width_deg, longitude, near_deg[1]))
    found = (latitude_deg, longitude_deg)
    limit_m = LOCAL_SURFACE_M_MAX if is_surface else LOCAL_AIRBORNE_M_MAX
    return found if roughly_m(found, near_deg) <= limit_m else None


def roughly_m(one: Position, other: Position) -> float:
    """Distance on a sphere, good to 0.6 %: for telling near from far only."""
    first, second = math.radians(one[0]), math.radians(other[0])
    half_north = math.sin((second - first) / 2.0)
    half_east = math.sin(math.radians(other[1] - one[1]) / 2.0)
    chord = half_north**2 + math.cos(first) * math.cos(second) * half_east**2
    return 2.0 * 6_371_009.0 * math.asin(min(1.0, math.sqrt(chord)))


def _nearest(width_deg: float, fraction: float, near_deg: float) -> float:
    """The value with that fraction of a zone that is nearest.

    One rounding instead of the specification's floor and modulo, which in floating point disagree
    where a zone begins at the place itself, as at 180 degrees.
    """
    return width_deg * (math.floor(near_deg / width_deg - fraction + 0.5) + fraction)


def _half_turn(degrees: float) -> float:
    """Into -180 to 180."""
    return (degrees + 180.0) % 360.0 - 180.0
