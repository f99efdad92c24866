"""CAT021: ADS-B target reports. Source: EUROCONTROL-SPEC-0149-12."""

from comity.adapters.asterix.fields import (
    ANGLE_STEP_RAD,
    FLIGHT_LEVEL_STEP_M,
    HEIGHT_STEP_M,
    SPEED_STEP_MPS,
    callsign_of_item,
    signed,
    squawk_of_item,
    time_of_day_s,
    unsigned,
    vertical_rate_mps,
)
from comity.adapters.asterix.report import Report
from comity.adapters.asterix.structure import Items
from comity.application.feeds import EMERGENCIES, EPU_M_BY_NACP, Refused
from comity.domain.tracks import PlotSource
from comity.kernel.units import METRES_PER_NAUTICAL_MILE

FINE_STEP_DEG = 180.0 / 2**30
COARSE_STEP_DEG = 180.0 / 2**23
HEIGHT_GREATER_THAN = 0x7FFF  # I021/140: "greater than", which is no height
CATEGORIES: dict[int, str] = {
    **{number: f"A{number}" for number in range(1, 7)},
    10: "A7",
    11: "B1",
    12: "B2",
    13: "B6",
    14: "B7",
    15: "B4",
    16: "B3",
    20: "C1",
    21: "C2",
    22: "C3",
    23: "C4",
    24: "C5",
}
"""I021/020 in the emitter categories of DO-260B."""
CONTAINMENT_NM_BY_PIC = (
    None, 20.0, 10.0, 8.0, 4.0, 2.0, 1.0, 0.6, 0.5, 0.3, 0.2, 0.1, 0.04, 0.013, 0.004,
)  # fmt: skip
"""I021/090 PIC."""


def read_021(items: Items) -> Report:
    """What a CAT021 record says."""
    report = Report(source=PlotSource.ADS_B)
    for number in (71, 73, 77, 75):
        report.time_of_day_s = time_of_day_s(items.get(number))
        if report.time_of_day_s is not None:
            break
    if 131 in items:
        report.latitude_deg = signed(items[131][:4]) * FINE_STEP_DEG
        report.longitude_deg = signed(items[131][4:]) * FINE_STEP_DEG
    elif 130 in items:
        report.latitude_deg = signed(items[130][:3]) * COARSE_STEP_DEG
        report.longitude_deg = signed(items[130][3:]) * COARSE_STEP_DEG
    if 145 in items:
        report.altitude_pressure_m = signed(items[145]) * FLIGHT_LEVEL_STEP_M
    if 140 in items and unsigned(items[140]) != HEIGHT_GREATER_THAN:
        report.altitude_ellipsoid_m = signed(items[140]) * HEIGHT_STEP_M
    _read_velocity(items, report)
    _read_descriptor(items.get(40), report)
    _read_identity(items, report)
    _read_quality(items.get(90), report)
    return report


def _read_velocity(items: Items, report: Report) -> None:
    vector = items.get(160)
    if vector is not None and not vector[0] & 0x80:
        report.ground_speed_mps = unsigned(vector[:2]) * SPEED_STEP_MPS
        report.track_true_rad = unsigned(vector[2:]) * ANGLE_STEP_RAD
    for number in (155, 157):
        if number in items and report.vertical_rate_mps is None:
            report.vertical_rate_mps = vertical_rate_mps(items[number])


def _read_descriptor(item: bytes | None, report: Report) -> None:
    """I021/040: kind of address, on ground, simulated, test, field monitor."""
    if item is None:
        return
    kind = item[0] >> 5
    report.address_is_icao = kind in {0, 1, 2}
    if item[0] & 0x02:
        report.refused = Refused.FIXED_TRANSPONDER
    if len(item) > 1:
        report.on_ground = bool(item[1] & 0x40)
        if item[1] & 0x30:
            report.refused = Refused.SIMULATED_OR_TEST


def _read_identity(items: Items, report: Report) -> None:
    if 80 in items:
        report.address = unsigned(items[80])
        if 40 not in items:
            report.address_is_icao = True
    if 161 in items:
        report.track_number = unsigned(items[161]) & 0xFFF
    if 170 in items:
        report.callsign = callsign_of_item(items[170])
    if 70 in items:
        report.squawk = squawk_of_item(items[70])
    if 20 in items:
        report.category = CATEGORIES.get(items[20][0])
    if 200 in items:
        status = items[200][0]
        report.emergency = EMERGENCIES[status >> 2 & 7]
        report.ident = status & 3 == 3


def _read_quality(item: bytes | None, report: Report) -> None:
    """I021/090: NACp in the second part, PIC in the fourth."""
    if item is None:
        return
    if len(item) > 1:
        report.accuracy_horizontal_m = EPU_M_BY_NACP.get(item[1] >> 1 & 15)
    if len(item) > 3:
        index = item[3] >> 4
        miles = CONTAINMENT_NM_BY_PIC[index] if index < len(CONTAINMENT_NM_BY_PIC) else None
        report.containment_m = None if miles is None else miles * METRES_PER_NAUTICAL_MILE
