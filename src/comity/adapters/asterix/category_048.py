"""CAT048: monoradar target reports. Source: EUROCONTROL-SPEC-0149-4."""

import math

from comity.adapters.asterix.fields import (
    ANGLE_STEP_RAD,
    callsign_of_item,
    flight_level_m,
    polar_velocity,
    signed,
    squawk_of_item,
    time_of_day_s,
    unsigned,
)
from comity.adapters.asterix.report import Report
from comity.adapters.asterix.structure import Items
from comity.application.feeds import Refused
from comity.domain.tracks import PlotSource
from comity.kernel.units import METRES_PER_NAUTICAL_MILE

RANGE_STEP_M = METRES_PER_NAUTICAL_MILE / 256.0
CARTESIAN_STEP_M = METRES_PER_NAUTICAL_MILE / 128.0
PRIMARY_ONLY = 1
ON_GROUND_BY_STATUS = {0: False, 1: True, 2: False, 3: True}
SECONDARY = frozenset((2, 3, 4, 5, 6, 7))


def read_048(items: Items) -> Report:
    """What a CAT048 record says. No item gives a position on the Earth: that takes the radar's."""
    report = Report(time_of_day_s=time_of_day_s(items.get(140)))
    _read_descriptor(items.get(20), report)
    if 40 in items:
        report.range_m = unsigned(items[40][:2]) * RANGE_STEP_M
        report.azimuth_rad = unsigned(items[40][2:]) * ANGLE_STEP_RAD
    elif 42 in items:
        east_m = signed(items[42][:2]) * CARTESIAN_STEP_M
        north_m = signed(items[42][2:]) * CARTESIAN_STEP_M
        report.range_m = math.hypot(east_m, north_m)
        report.azimuth_rad = math.atan2(east_m, north_m) % (2.0 * math.pi)
    if 90 in items:
        report.altitude_pressure_m = flight_level_m(items[90])
    if 200 in items:
        report.ground_speed_mps, report.track_true_rad = polar_velocity(items[200])
    if 220 in items:
        report.address, report.address_is_icao = unsigned(items[220]), True
    if 161 in items:
        report.track_number = unsigned(items[161]) & 0xFFF
    if 240 in items:
        report.callsign = callsign_of_item(items[240])
    if 70 in items:
        report.squawk = squawk_of_item(items[70])
    if 230 in items:
        status = items[230][0] >> 2 & 7
        report.on_ground = ON_GROUND_BY_STATUS.get(status)
        report.ident = bool(report.ident) or status in {4, 5}
    return report


def _read_descriptor(item: bytes | None, report: Report) -> None:
    """I048/020: what saw it, simulated, special identification, field monitor, test."""
    if item is None:
        return
    kind = item[0] >> 5
    if kind == PRIMARY_ONLY:
        report.source = PlotSource.RADAR_PRIMARY
    elif kind in SECONDARY:
        report.source = PlotSource.RADAR_SECONDARY
        report.ident = bool(item[0] & 0x04)
    if item[0] & 0x02:
        report.refused = Refused.FIXED_TRANSPONDER
    if item[0] & 0x10 or (len(item) > 1 and item[1] & 0x80):
        report.refused = Refused.SIMULATED_OR_TEST
