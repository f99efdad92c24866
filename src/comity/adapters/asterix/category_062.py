"""CAT062: system tracks. Source: EUROCONTROL-SPEC-0149-9.

The velocity of I062/185 is along the axes of the tracker's plane, whose north differs from true
north by the convergence of meridians; the track angle that the aircraft sent is taken before it.
"""

import math

from comity.adapters.asterix.fields import (
    ANGLE_STEP_RAD,
    FLIGHT_LEVEL_STEP_M,
    HEIGHT_STEP_M,
    SPEED_STEP_MPS,
    VERTICAL_STEP_MPS,
    callsign_of_item,
    signed,
    squawk_of_item,
    time_of_day_s,
    unsigned,
)
from comity.adapters.asterix.profiles import ACCURACIES, AIRCRAFT_DERIVED, UPDATE_AGES
from comity.adapters.asterix.report import Report
from comity.adapters.asterix.structure import Items, parts_of
from comity.application.feeds import EMERGENCIES, FeedCounts, Refused, Remark
from comity.domain.tracks import PlotSource

POSITION_STEP_DEG = 180.0 / 2**25
VELOCITY_STEP_MPS = 0.25
ACCURACY_STEP_M = 0.5
TWO_SIGMA = 2.45  # 95 % radius of a circular normal error, in standard deviations of one axis
NO_AGE = 255  # I062/290: this old or older

ADDRESS_PART, IDENTITY_PART = 1, 2
VERTICAL_RATE_PART, TRACK_ANGLE_PART, SPEED_PART, CATEGORY_PART = 13, 17, 18, 21
PRIMARY_AGE, SECONDARY_AGES, SQUITTER_AGE = 2, (3, 4), 6


def read_062(items: Items, counts: FeedCounts) -> Report:
    """What a CAT062 record says."""
    report = Report(time_of_day_s=time_of_day_s(items.get(70)))
    if 105 in items:
        report.latitude_deg = signed(items[105][:4]) * POSITION_STEP_DEG
        report.longitude_deg = signed(items[105][4:]) * POSITION_STEP_DEG
    if 136 in items:
        report.altitude_pressure_m = signed(items[136]) * FLIGHT_LEVEL_STEP_M
    elif 135 in items and not items[135][0] & 0x80:
        level = unsigned(items[135]) & 0x7FFF
        level -= 0x8000 if level & 0x4000 else 0
        report.altitude_pressure_m = level * FLIGHT_LEVEL_STEP_M
    if 130 in items:
        report.altitude_ellipsoid_m = signed(items[130]) * HEIGHT_STEP_M
    if 220 in items:
        report.vertical_rate_mps = signed(items[220]) * VERTICAL_STEP_MPS
    if 40 in items:
        report.track_number = unsigned(items[40])
    if 60 in items:
        report.squawk = squawk_of_item(items[60])
    if 245 in items:
        report.callsign = callsign_of_item(items[245])
    if 500 in items:
        _read_accuracy(items[500], report)
    _read_status(items.get(80), report)
    _read_source(items, report)
    _read_velocity(items, report, counts)
    return report


def _read_velocity(items: Items, report: Report, counts: FeedCounts) -> None:
    """What the aircraft sent, then what the tracker computed."""
    parts = parts_of(AIRCRAFT_DERIVED, items[380]) if 380 in items else {}
    if ADDRESS_PART in parts:
        report.address, report.address_is_icao = unsigned(parts[ADDRESS_PART]), True
    if report.callsign is None and IDENTITY_PART in parts:
        report.callsign = callsign_of_item(parts[IDENTITY_PART])
    if report.vertical_rate_mps is None and VERTICAL_RATE_PART in parts:
        report.vertical_rate_mps = signed(parts[VERTICAL_RATE_PART]) * VERTICAL_STEP_MPS
    if TRACK_ANGLE_PART in parts and SPEED_PART in parts:
        report.track_true_rad = unsigned(parts[TRACK_ANGLE_PART]) * ANGLE_STEP_RAD
        report.ground_speed_mps = abs(signed(parts[SPEED_PART])) * SPEED_STEP_MPS
    elif 185 in items:
        east_mps = signed(items[185][:2]) * VELOCITY_STEP_MPS
        north_mps = signed(items[185][2:]) * VELOCITY_STEP_MPS
        report.ground_speed_mps = math.hypot(east_mps, north_mps)
        if report.ground_speed_mps > 0.0:
            report.track_true_rad = math.atan2(east_mps, north_mps) % (2.0 * math.pi)
            counts.remarks[Remark.DIRECTION_FROM_GRID_NORTH] += 1
    if CATEGORY_PART in parts:
        number = parts[CATEGORY_PART][0]
        report.category = str(number) if number else None


def _read_status(item: bytes | None, report: Report) -> None:
    """I062/080: special identification; simulated or military exercise tracks are marked there."""
    if item is None:
        return
    report.ident = bool(item[0] & 0x40)
    if len(item) > 1 and item[1] & 0x80:
        report.refused = Refused.SIMULATED_OR_TEST
    if len(item) > 4:
        report.emergency = EMERGENCIES[item[4] >> 3 & 7]


def _read_source(items: Items, report: Report) -> None:
    """What brought the track up to date, by the ages of I062/290; several kinds are `OTHER`."""
    if 290 not in items:
        return
    ages = parts_of(UPDATE_AGES, items[290])
    fresh = {
        PlotSource.RADAR_PRIMARY: _is_fresh(ages.get(PRIMARY_AGE)),
        PlotSource.RADAR_SECONDARY: any(_is_fresh(ages.get(part)) for part in SECONDARY_AGES),
        PlotSource.ADS_B: _is_fresh(ages.get(SQUITTER_AGE)),
    }
    kinds = [kind for kind, is_fresh in fresh.items() if is_fresh]
    if kinds == [PlotSource.RADAR_PRIMARY, PlotSource.RADAR_SECONDARY]:
        report.source = PlotSource.RADAR_SECONDARY
    elif len(kinds) == 1:
        report.source = kinds[0]


def _is_fresh(age: bytes | None) -> bool:
    return age is not None and age[0] != NO_AGE


def _read_accuracy(item: bytes, report: Report) -> None:
    """I062/500 APC: standard deviations along the two axes of the plane."""
    parts = parts_of(ACCURACIES, item)
    if 1 in parts:
        deviation_m = max(unsigned(parts[1][:2]), unsigned(parts[1][2:])) * ACCURACY_STEP_M
        report.accuracy_horizontal_m = TWO_SIGMA * deviation_m
