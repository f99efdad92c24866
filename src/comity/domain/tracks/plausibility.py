"""What an aircraft cannot do, and what a position cannot be: tests of single plots, many at once.

Every function is pure and says True where the data contradict themselves, never where they are missing.
Limits are wide: they are broken by what cannot be, not by what is rare. Lags of shared receivers are
allowed for.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LAG_S = 15.0  # positions of one recorded tanker came up to 12 s late, then caught up
HEIGHT_LAG_S = 5.0
HEIGHT_SLACK_M = 100.0  # 300 ft: the tolerance of a reported level, ICAO Doc 4444 §8.5.5.1
EARTH_RADIUS_OF_RADIO_M = 8_495_000.0  # 4/3 of the Earth's: ITU-R P.310, standard refraction
HORIZON_SLACK = 1.25  # super-refraction in summer; ducts over sea are rarer than spoofers
PRESSURE_DIVERGENCE_M = 400.0  # QNH 970 to 1050 hPa and the geoid
PRESSURE_DIVERGENCE_SHARE = 0.12  # of the height: air 30 K from standard
SLOW_HEIGHT_M = 9_000.0  # above, a wing needs 100 m/s of air speed
SLOW_HEIGHT_M_MAX = 16_000.0  # above fly balloons and solar gliders
SLOW_MPS = 40.0  # the slowest jet against the strongest jet stream measured, 100 m/s
STANDARD_GRAVITY_MPS2 = 9.80665


@dataclass(frozen=True, slots=True)
class Abilities:
    """What aircraft of a class can do at most.

    Attributes:
        speed_mps: over the ground, with the strongest wind behind.
        climb_mps: up or down.
        turn_mps2: sideways.
    """

    speed_mps: float
    climb_mps: float
    turn_mps2: float


_JET = Abilities(400.0, 80.0, 2.5 * STANDARD_GRAVITY_MPS2)
ANY_ABILITIES = Abilities(1_000.0, 300.0, 9.0 * STANDARD_GRAVITY_MPS2)
"""Mach 3.3 and 60,000 ft/min: the most that any aircraft has done that flies among others."""

ABILITIES = {
    "A1": Abilities(250.0, 80.0, 6.0 * STANDARD_GRAVITY_MPS2),
    "A2": _JET,
    "A3": _JET,
    "A4": _JET,
    "A5": _JET,
    "A7": Abilities(180.0, 60.0, 3.5 * STANDARD_GRAVITY_MPS2),
}
"""By emitter category (RTCA DO-260B §2.2.3.2.5.2); ground speed record of an airliner 1,327 km/h,
of a helicopter 400 km/h. Others, and those that state none: `ANY_ABILITIES`."""


def abilities_of(categories: NDArray[np.object_]) -> tuple[Floats, Floats, Floats]:
    """Greatest speed, climb and sideways acceleration (N,) of categories (N,), None among them."""
    found = [ABILITIES.get(category, ANY_ABILITIES) for category in categories.tolist()]
    return (
        np.array([each.speed_mps for each in found]),
        np.array([each.climb_mps for each in found]),
        np.array([each.turn_mps2 for each in found]),
    )


def too_fast(moved_m: Floats, elapsed_s: Floats, accuracy_m: Floats, speed_mps: Floats) -> Mask:
    """Positions further apart (N,) than the aircraft can have flown, lag and accuracy allowed for."""
    return moved_m > speed_mps * (np.abs(elapsed_s) + LAG_S) + accuracy_m


def climbs_too_fast(climbed_m: Floats, elapsed_s: Floats, climb_mps: Floats) -> Mask:
    """Heights of one datum further apart (N,) than the aircraft can have climbed or sunk."""
    allowed_m = climb_mps * (np.abs(elapsed_s) + HEIGHT_LAG_S) + HEIGHT_SLACK_M
    return np.abs(climbed_m) > allowed_m


def turns_too_hard(
    speed_mps: Floats, turn_rate_radps: Floats, accuracy_turn_radps: Floats, turn_mps2: Floats
) -> Mask:
    """Turns that need more sideways acceleration (N,) than the class bears, even at the least rate."""
    surely = np.maximum(np.abs(turn_rate_radps) - accuracy_turn_radps, 0.0)
    return speed_mps * surely > turn_mps2


def velocity_contradicts(
    moved_m: Floats, elapsed_s: Floats, speed_mps: Floats, previous_speed_mps: Floats
) -> Mask:
    """Whether the way between two positions (N,) is not that of the speeds reported at both.

    Lengths only: a direction that swings fast between two plots 10 s apart proves nothing. The way is
    compared over at least 5 s, with two fifths of the speed of slack, and 40 m/s more upwards, 20 m/s
    downwards. A way is shorter in a tight turn: this is why it must last.
    """
    faster = np.maximum(speed_mps, previous_speed_mps)
    slower = np.minimum(speed_mps, previous_speed_mps)
    flown_mps = moved_m / np.maximum(elapsed_s, 1e-3)
    off = (flown_mps > 1.4 * faster + 40.0) | (flown_mps < 0.6 * slower - 20.0)
    return (elapsed_s >= 5.0) & off


def heights_diverge(pressure_m: Floats, ellipsoid_m: Floats) -> Mask:
    """Pressure height and ellipsoid height (N,) further apart than any weather and geoid put them."""
    allowed_m = PRESSURE_DIVERGENCE_M + PRESSURE_DIVERGENCE_SHARE * np.abs(pressure_m)
    return np.abs(ellipsoid_m - pressure_m) > allowed_m


def too_slow_for_height(speed_mps: Floats, pressure_m: Floats) -> Mask:
    """Reported over the ground slower (N,) than a wing flies up there against any wind."""
    between = (pressure_m > SLOW_HEIGHT_M) & (pressure_m < SLOW_HEIGHT_M_MAX)
    return between & (speed_mps < SLOW_MPS)


def beyond_horizon(
    position_ecef_m: Floats, height_m: Floats, receiver_ecef_m: Floats, receiver_height_m: float
) -> Mask:
    """Positions (N, 3) that a receiver cannot have heard directly, with a quarter of slack.

    Source: horizon of a sphere of 4/3 of the Earth's radius, sqrt(2 R h) from each end.
    """
    apart = position_ecef_m - receiver_ecef_m
    ends = np.sqrt(2.0 * EARTH_RADIUS_OF_RADIO_M * np.maximum(height_m, 0.0))
    own = np.sqrt(2.0 * EARTH_RADIUS_OF_RADIO_M * max(receiver_height_m, 0.0))
    far: Mask = np.sqrt((apart**2).sum(axis=1)) > HORIZON_SLACK * (ends + own) + 10_000.0
    return far
