"""Altitudes, squawks, ground speeds and velocities out of their codes.

Source: ICAO Annex 10 vol. IV §3.1.2.6.5.4 (altitude), §3.1.2.6.7.1 (identity); RTCA DO-260B §2.2.3.2.
"""

import math

from comity.kernel.units import METRES_PER_FOOT, MPS_PER_KNOT

FEET_PER_MINUTE = METRES_PER_FOOT / 60.0
SUPERSONIC = 2  # subtype of a velocity whose steps are 4 kt
MOVEMENT_STEPS: tuple[tuple[int, float, float], ...] = (
    (2, 0.125, 0.125),
    (9, 1.0, 0.25),
    (13, 2.0, 0.5),
    (39, 15.0, 1.0),
    (94, 70.0, 2.0),
    (109, 100.0, 5.0),
)
"""First code, its knots, knots a step. Source: DO-260B table 2-14."""


def altitude_m_of_13_bits(code: int) -> float | None:
    """Pressure altitude of an AC field; None where it says nothing or counts in metres."""
    if code == 0 or code & 0x40:
        return None
    if code & 0x10:
        steps = (code & 0x1F80) >> 2 | (code & 0x20) >> 1 | code & 0x0F
        return (steps * 25.0 - 1000.0) * METRES_PER_FOOT
    return _gillham_m(code)


def altitude_m_of_12_bits(code: int) -> float | None:
    """Altitude of an extended squitter's AC field, which has no M bit."""
    return altitude_m_of_13_bits((code & 0xFC0) << 1 | code & 0x3F)


def squawk_of_13_bits(code: int) -> str:
    """Mode A code of an ID field: C1 A1 C2 A2 C4 A4 - B1 D1 B2 D2 B4 D4."""
    digits = (
        (code >> 11 & 1) | (code >> 9 & 1) << 1 | (code >> 7 & 1) << 2,
        (code >> 5 & 1) | (code >> 3 & 1) << 1 | (code >> 1 & 1) << 2,
        (code >> 12 & 1) | (code >> 10 & 1) << 1 | (code >> 8 & 1) << 2,
        (code >> 4 & 1) | (code >> 2 & 1) << 1 | (code & 1) << 2,
    )
    return "".join(map(str, digits))


def ground_speed_mps_of_movement(code: int) -> float | None:
    """Speed on the surface; None where it is not known. Above 175 kt the code says only that."""
    if code in {0, 124} or code > 124:
        return None
    if code == 1:
        return 0.0
    for first, knots, step in reversed(MOVEMENT_STEPS):
        if code >= first:
            return (knots + (code - first) * step) * MPS_PER_KNOT
    return None


def velocity_of(message: int) -> tuple[float | None, float | None]:
    """Ground speed in m/s and true track in radians of a velocity message, subtypes 1 and 2."""
    east_code, north_code = message >> 32 & 0x3FF, message >> 21 & 0x3FF
    if not east_code or not north_code:
        return None, None
    knots = 4.0 if message >> 48 & 7 == SUPERSONIC else 1.0
    east_mps = (east_code - 1) * knots * MPS_PER_KNOT * (-1 if message >> 42 & 1 else 1)
    north_mps = (north_code - 1) * knots * MPS_PER_KNOT * (-1 if message >> 31 & 1 else 1)
    speed_mps = math.hypot(east_mps, north_mps)
    if speed_mps == 0.0:
        return 0.0, None
    return speed_mps, math.atan2(east_mps, north_mps) % (2.0 * math.pi)


def vertical_rate_mps_of(message: int) -> float | None:
    """Vertical rate of a velocity message."""
    code = message >> 10 & 0x1FF
    if not code:
        return None
    return (code - 1) * 64.0 * FEET_PER_MINUTE * (-1 if message >> 19 & 1 else 1)


def height_difference_m_of(message: int) -> float | None:
    """Ellipsoidal less pressure altitude, of a velocity message."""
    code = message & 0x7F
    if not code:
        return None
    return (code - 1) * 25.0 * METRES_PER_FOOT * (-1 if message >> 7 & 1 else 1)


def _gillham_m(code: int) -> float | None:
    """The Gray code of altitudes in steps of 100 ft."""
    fifties = _binary_of_gray(
        (code >> 2 & 1) << 7
        | (code & 1) << 6
        | (code >> 11 & 1) << 5
        | (code >> 9 & 1) << 4
        | (code >> 7 & 1) << 3
        | (code >> 5 & 1) << 2
        | (code >> 3 & 1) << 1
        | (code >> 1 & 1)
    )
    hundreds = _binary_of_gray((code >> 12 & 1) << 2 | (code >> 10 & 1) << 1 | (code >> 8 & 1))
    if hundreds in {0, 5, 6}:
        return None
    if hundreds == 7:
        hundreds = 5
    if fifties % 2:
        hundreds = 6 - hundreds
    return (fifties * 500.0 + hundreds * 100.0 - 1300.0) * METRES_PER_FOOT


def _binary_of_gray(gray: int) -> int:
    gray ^= gray >> 4
    gray ^= gray >> 2
    return gray ^ gray >> 1
