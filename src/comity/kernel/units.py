"""Conversions used at the doors only; inside, everything is SI (docs/glossary.md)."""

import math

METRES_PER_FOOT = 0.3048  # international foot, exact
METRES_PER_NAUTICAL_MILE = 1852.0  # exact, ICAO Annex 5
MPS_PER_KNOT = METRES_PER_NAUTICAL_MILE / 3600.0
E7_PER_DEGREE = 10_000_000  # records carry 1e-7 degrees, at most 11 mm on the ground
MM_PER_METRE = 1000
RADIANS_PER_DEGREE = math.pi / 180.0


def metres_from_feet(feet: float) -> float:
    """Feet to metres."""
    return feet * METRES_PER_FOOT


def metres_from_flight_level(flight_level: float) -> float:
    """Flight level (hundreds of feet of pressure height) to metres of pressure height."""
    return flight_level * 100.0 * METRES_PER_FOOT


def feet_from_metres(metres: float) -> float:
    """Metres to feet."""
    return metres / METRES_PER_FOOT


def degrees_from_e7(degrees_e7: int) -> float:
    """Whole 1e-7 degrees to degrees."""
    return degrees_e7 / E7_PER_DEGREE


def e7_from_degrees(degrees: float) -> int:
    """Degrees to the nearest whole 1e-7 degree."""
    return round(degrees * E7_PER_DEGREE)


def radians_from_degrees(degrees: float) -> float:
    """Degrees to radians."""
    return degrees * RADIANS_PER_DEGREE
