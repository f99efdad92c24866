"""What an aircraft of each class can do, so that no generated flight asks for more.

Source: rounded from type data sheets and EUROCONTROL's Aircraft Performance Database classes;
they stand for a class (A320, ATR 72, H145, a survey drone) and describe no certified type.
"""

import math
from dataclasses import dataclass

from comity.kernel.units import metres_from_flight_level

GRAVITY_MPS2 = 9.80665  # standard gravity, ISO 80000-3
BANK_RAD = math.radians(25.0)  # ICAO Doc 8168: bank angle for turns en route is 15 to 25 degrees


@dataclass(frozen=True, slots=True)
class Performance:
    """Limits of one flight class, and how its plans are widened.

    Attributes:
        flight_class: the class an agreement's separation table knows.
        climb_speed_mps: ground speed in climb and descent.
        cruise_speed_mps: ground speed in cruise; no leg is faster.
        climb_rate_mps: steepest climb.
        descent_rate_mps: steepest descent, as a positive number.
        cruise_levels: flight levels it may choose, lowest first.
        range_m: shortest and longest route.
        horizontal_uncertainty_m: half-width of a plan; contains the cut corners of its turns.
        vertical_uncertainty_m: height keeping and altimetry.
        time_uncertainty_s: how early or late it may be anywhere.
    """

    flight_class: str
    climb_speed_mps: float
    cruise_speed_mps: float
    climb_rate_mps: float
    descent_rate_mps: float
    cruise_levels: tuple[int, ...]
    range_m: tuple[float, float]
    horizontal_uncertainty_m: float
    vertical_uncertainty_m: float
    time_uncertainty_s: float

    @property
    def turn_radius_m(self) -> float:
        """Radius of a level turn at cruise speed and the standard bank: v² / (g tan bank)."""
        return self.cruise_speed_mps**2 / (GRAVITY_MPS2 * math.tan(BANK_RAD))

    @property
    def turn_rad_max(self) -> float:
        """The greatest turn at one waypoint whose cut corner stays within the half-width.

        Flying by a waypoint with radius r and turn t passes it at r (1 / cos(t / 2) - 1).
        """
        return 2 * math.acos(1 / (1 + self.horizontal_uncertainty_m / self.turn_radius_m))

    @property
    def ceiling_m(self) -> float:
        """Pressure height of the highest level it may choose."""
        return metres_from_flight_level(self.cruise_levels[-1])


JET = Performance(
    flight_class="jet",
    climb_speed_mps=165.0,
    cruise_speed_mps=230.0,
    climb_rate_mps=9.0,
    descent_rate_mps=9.0,
    cruise_levels=tuple(range(240, 400, 10)),
    range_m=(280_000.0, 1_600_000.0),
    horizontal_uncertainty_m=1_852.0,
    vertical_uncertainty_m=60.0,
    time_uncertainty_s=60.0,
)
TURBOPROP = Performance(
    flight_class="turboprop",
    climb_speed_mps=100.0,
    cruise_speed_mps=135.0,
    climb_rate_mps=5.5,
    descent_rate_mps=6.0,
    cruise_levels=tuple(range(120, 240, 10)),
    range_m=(140_000.0, 800_000.0),
    horizontal_uncertainty_m=1_852.0,
    vertical_uncertainty_m=60.0,
    time_uncertainty_s=60.0,
)
HELICOPTER = Performance(
    flight_class="helicopter",
    climb_speed_mps=45.0,
    cruise_speed_mps=65.0,
    climb_rate_mps=5.0,
    descent_rate_mps=4.0,
    cruise_levels=(30, 40, 50),
    range_m=(25_000.0, 260_000.0),
    horizontal_uncertainty_m=926.0,
    vertical_uncertainty_m=45.0,
    time_uncertainty_s=90.0,
)
LIGHT_UAS = Performance(
    flight_class="uas",
    climb_speed_mps=12.0,
    cruise_speed_mps=22.0,
    climb_rate_mps=3.0,
    descent_rate_mps=3.0,
    cruise_levels=(4,),  # 400 ft, the limit of the open category (EU 2019/947)
    range_m=(3_000.0, 14_000.0),
    horizontal_uncertainty_m=100.0,
    vertical_uncertainty_m=30.0,
    time_uncertainty_s=30.0,
)
CLASSES = {p.flight_class: p for p in (JET, TURBOPROP, HELICOPTER, LIGHT_UAS)}
