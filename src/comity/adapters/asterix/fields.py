"""Values out of the bytes of items that categories share."""

import math

from comity.application.feeds import callsign_of_codes
from comity.kernel.units import METRES_PER_FOOT, METRES_PER_NAUTICAL_MILE

TIME_STEP_S = 1.0 / 128.0
FLIGHT_LEVEL_STEP_M = 25.0 * METRES_PER_FOOT
HEIGHT_STEP_M = 6.25 * METRES_PER_FOOT
VERTICAL_STEP_MPS = 6.25 * METRES_PER_FOOT / 60.0
SPEED_STEP_MPS = METRES_PER_NAUTICAL_MILE / 16_384.0
ANGLE_STEP_RAD = 2.0 * math.pi / 65_536.0


def unsigned(item: bytes) -> int:
    """The whole item as a number."""
    return int.from_bytes(item, "big")


def signed(item: bytes) -> int:
    """The whole item in two's complement."""
    return int.from_bytes(item, "big", signed=True)


def time_of_day_s(item: bytes | None) -> float | None:
    """Seconds since midnight, of three bytes."""
    return None if item is None else unsigned(item) * TIME_STEP_S


def squawk_of_item(item: bytes) -> str | None:
    """A Mode A code, of two bytes; None where it is garbled or not validated."""
    code = unsigned(item)
    return None if code & 0xC000 else f"{code & 0xFFF:04o}"


def flight_level_m(item: bytes) -> float | None:
    """Pressure altitude of two bytes with V and G in front; None where garbled or not validated."""
    code = unsigned(item)
    if code & 0xC000:
        return None
    level = code & 0x3FFF
    return (level - 0x4000 if level & 0x2000 else level) * FLIGHT_LEVEL_STEP_M


def callsign_of_item(item: bytes) -> str | None:
    """Eight characters of six bits, in the last six bytes of the item."""
    return callsign_of_codes(unsigned(item[-6:]))


def vertical_rate_mps(item: bytes) -> float | None:
    """Of two bytes with a bit "range exceeded" in front."""
    code = unsigned(item)
    if code & 0x8000:
        return None
    return (code - 0x8000 if code & 0x4000 else code) * VERTICAL_STEP_MPS


def polar_velocity(item: bytes) -> tuple[float, float]:
    """Ground speed in m/s and direction in radians, of four bytes."""
    return unsigned(item[:2]) * SPEED_STEP_MPS, unsigned(item[2:]) * ANGLE_STEP_RAD
