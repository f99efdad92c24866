"""Records are cut and read as libasterix cuts and reads them."""

import json
import math
from pathlib import Path

import pytest

from comity.adapters.asterix.category_021 import read_021
from comity.adapters.asterix.category_048 import read_048
from comity.adapters.asterix.category_062 import read_062
from comity.adapters.asterix.profiles import PROFILES, RESERVED_EXPANSION, SPECIAL_PURPOSE
from comity.adapters.asterix.structure import CutOffError, cut_record
from comity.application.feeds import FeedCounts

CASES = json.loads(
    (Path(__file__).resolve().parents[2] / "vectors" / "asterix" / "records.json").read_text()
)
NAMES = {"RE": RESERVED_EXPANSION, "SP": SPECIAL_PURPOSE}
FACTORS = {
    "flight_level": ("altitude_pressure_m", 30.48),
    "height_ft": ("altitude_ellipsoid_m", 0.3048),
    "ground_speed_nmps": ("ground_speed_mps", 1852.0),
    "vertical_rate_fpm": ("vertical_rate_mps", 0.3048 / 60),
    "track_deg": ("track_true_rad", math.pi / 180),
    "azimuth_deg": ("azimuth_rad", math.pi / 180),
    "range_nm": ("range_m", 1852.0),
    "latitude_deg": ("latitude_deg", 1.0),
    "longitude_deg": ("longitude_deg", 1.0),
    "time_of_day_s": ("time_of_day_s", 1.0),
}


def read(case):
    items, end = cut_record(bytes.fromhex(case["record"]), 0, PROFILES[case["category"]])
    assert end == len(case["record"]) // 2
    if case["category"] == 62:
        return items, read_062(items, FeedCounts())
    return items, (read_021 if case["category"] == 21 else read_048)(items)


@pytest.mark.requirement("FEED-012")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['category']}-{case['record'][:8]}")
def test_items_are_cut_as_libasterix_cuts_them(case):
    items, _ = read(case)
    expected = {NAMES.get(name) or int(name): data for name, data in case["items"].items()}
    assert {number: item.hex() for number, item in items.items()} == expected


@pytest.mark.requirement("FEED-012")
def test_values_are_those_libasterix_reads_unless_they_are_marked_as_no_values():
    compared, unknown = dict.fromkeys(FACTORS, 0), 0
    for case in CASES:
        items, report = read(case)
        for name, value in case["values"].items():
            if name not in FACTORS or is_superseded(case["category"], name, items):
                continue
            field, factor = FACTORS[name]
            found = getattr(report, field)
            if found is None:
                assert is_marked(case["category"], name, items), (case, name)
                unknown += 1
            else:
                assert found == pytest.approx(value * factor, rel=1e-12, abs=1e-9), (case, name)
                compared[name] += 1
    assert min(compared.values()) >= 5, compared
    assert unknown > 0, "a code that is garbled or out of range was never met"


@pytest.mark.requirement("FEED-012")
def test_texts_are_those_libasterix_reads():
    squawks = callsigns = 0
    for case in CASES:
        items, report = read(case)
        values = case["values"]
        if report.squawk is not None:
            assert report.squawk == values["squawk"]
            squawks += 1
        if report.callsign is not None and "callsign" in values:
            assert report.callsign == values["callsign"].rstrip()
            callsigns += 1
    assert squawks >= 5
    # Random bits are seldom a callsign: all eight characters must be of the 37 (15 in a million).
    assert callsigns < 5


@pytest.mark.requirement("FEED-012")
def test_a_record_cut_short_anywhere_is_refused_or_ends_sooner():
    for case in CASES[::5]:
        record = bytes.fromhex(case["record"])
        for end in range(len(record)):
            with pytest.raises(CutOffError):
                cut_record(record[:end], 0, PROFILES[case["category"]])


def is_superseded(category, name, items):
    """A barometric rate out of range gives way to the geometric one."""
    return category == 21 and name == "vertical_rate_fpm" and bool(items[155][0] & 0x80)


def is_marked(category, name, items):
    """Whether the item itself says that its value is garbled, not validated or out of range."""
    if name == "flight_level":
        return bool(items[90][0] & 0xC0)
    if name in {"ground_speed_nmps", "track_deg"}:
        return bool(items[160][0] & 0x80)
    return name == "height_ft" and items[140] == b"\x7f\xff"
