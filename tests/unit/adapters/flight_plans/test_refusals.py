"""Bad input: a clear error that names the path and the limit."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.adapters.flight_plans import read_flight_plans
from comity.kernel.errors import InputError

PAGE = Path(__file__).parents[4] / "docs/howto/flight-plan-formats.md"
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
COLLECTION, CORRIDOR, TRAJECTORY, PLANS = EXAMPLES
MISSING = object()


def refusal(text: str | bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        read_flight_plans(text if isinstance(text, bytes) else text.encode())
    return caught.value


def changed(example: str, path: str, value: object) -> str:
    """The example with one member set, added or removed."""
    whole = json.loads(example)
    *parents, last = [int(k) if k.isdecimal() else k for k in re.findall(r"[^.\[\]]+", path)]
    inner = whole
    for key in parents:
        inner = inner[key]
    if value is MISSING:
        del inner[last]
    else:
        inner[last] = value
    return json.dumps(whole)


F = "features[0]"
P = f"{F}.properties"
G = f"{F}.geometry"
BOW_TIE = [[[24, 59], [25, 60], [25, 59], [24, 60], [24, 59]]]
SQUARE = [[24.5, 59.9], [25.2, 59.9], [25.2, 60.1], [24.5, 60.1], [24.5, 59.9]]
LONG = [[24 + n / 2000, 59] for n in range(1002)] + [[24.2, 60], [24, 59]]


@pytest.mark.requirement("PLAN-002")
@pytest.mark.parametrize(
    ("example", "path", "value", "field", "why"),
    [
        (COLLECTION, "type", "Flight", "type", "is not FeatureCollection, Feature"),
        (COLLECTION, "type", MISSING, "type", "missing"),
        (COLLECTION, "features", [], "features", "0 items; 1 to 10000 are read"),
        (COLLECTION, "features", {}, "features", "is not a list"),
        (COLLECTION, F, None, F, "is not an object"),
        (COLLECTION, f"{F}.type", "Polygon", f"{F}.type", "is not 'Feature'"),
        (COLLECTION, G, None, G, "missing"),
        (COLLECTION, f"{G}.type", "GeometryCollection", f"{G}.type", "is not Polygon"),
        (COLLECTION, f"{G}.coordinates", BOW_TIE, f"{G}.coordinates[0]", "Self-intersection"),
        (COLLECTION, f"{G}.coordinates", [SQUARE[:-1]], f"{G}.coordinates[0][3]", "not close"),
        (COLLECTION, f"{G}.coordinates", [SQUARE, SQUARE], f"{G}.coordinates[1]", "a hole"),
        (COLLECTION, f"{G}.coordinates", [LONG], f"{G}.coordinates[0]", "1004 items; 4 to 1001"),
        (COLLECTION, f"{G}.coordinates[0][1]", [1, 2, 3], f"{G}.coordinates[0][1]", "3 items"),
        (COLLECTION, f"{G}.coordinates[0][1][1]", 90.1, f"{G}.coordinates[0][1][1]", "-90 to 90"),
        (COLLECTION, f"{G}.coordinates[0][1][0]", True, f"{G}.coordinates[0][1][0]", "number"),
        (COLLECTION, f"{G}.coordinates[0][1][0]", "25", f"{G}.coordinates[0][1][0]", "number"),
        (COLLECTION, f"{P}.callsign", "no blanks", f"{P}.callsign", "is not of the form"),
        (COLLECTION, f"{P}.callsign", "RELIEF7", "features[1].properties.flight_class", "says"),
        (COLLECTION, f"{P}.flight_class", "Jet!", f"{F}.flight_class", "is not [a-z0-9]"),
        (COLLECTION, f"{P}.priority", "1st", f"{P}.priority", "is not of the form"),
        (COLLECTION, f"{P}.holes", "cut", f"{P}.holes", "is not 'filled'"),
        (COLLECTION, f"{P}.uper", 5, f"{P}.uper", "unknown; known here are callsign"),
        (COLLECTION, f"{P}.half_width", {}, f"{P}.half_width", "unknown"),
        (COLLECTION, f"{P}.lower", 300, f"{P}.lower", "is not an object"),
        (COLLECTION, f"{P}.lower", "350", f"{P}.lower", "is not a flight level such as FL350"),
        (COLLECTION, f"{P}.lower.datum", "MSL", f"{P}.lower.datum", "WGS84, EGM2008, QNE, AGL"),
        (COLLECTION, f"{P}.lower.datum", MISSING, f"{P}.lower.datum", "missing"),
        (COLLECTION, f"{P}.lower.unit", "km", f"{P}.lower.unit", "is not m or ft"),
        (COLLECTION, f"{P}.lower.value", 500, f"{P}.lower", "500.0 m is above upper, 120.0 m"),
        (COLLECTION, f"{P}.upper.value", 1e6, f"{P}.upper.height_m", "-1000 to 100000 m"),
        (COLLECTION, f"{P}.start", "2026-11-22T09:00:00", f"{P}.start", "has no time zone"),
        (COLLECTION, f"{P}.start", "2026-11-31T09:00:00Z", f"{P}.start", "day"),
        (COLLECTION, f"{P}.start", 1763801390, f"{P}.start", "is not a string"),
        (COLLECTION, f"{P}.end", "2026-11-22T08:00:00Z", f"{P}.end", "is not after start"),
        (COLLECTION, f"{P}.end", "2026-12-22T08:00:00Z", f"{P}.end", "at most 604800 s"),
        (CORRIDOR, "waypoints", [], "waypoints", "0 items; 1 to 1000"),
        (CORRIDOR, "waypoints[0].height", 3, "waypoints[0].height", "unknown"),
        (CORRIDOR, "half_width.value", 0, "half_width", "no room"),
        (CORRIDOR, "half_width.value", -1, "half_width.value", "outside 0 to"),
        (CORRIDOR, "half_width.value", 1e308, "half_width.value", "outside 0 to"),
        (CORRIDOR, "half_width.unit", "mi", "half_width.unit", "m, km, ft, NM"),
        (CORRIDOR, "half_width.about", 1, "half_width.about", "unknown"),
        (CORRIDOR, "edge", "straight", "edge", "geodesic, rhumb, chord"),
        (TRAJECTORY, "points[1].time", "2026-11-22T11:59:00Z", "points[1].time", "before it"),
        (TRAJECTORY, "points[1].time", "2026-11-22T12:00:00Z", "points[1].time", "before it"),
        (
            TRAJECTORY,
            "points[0].altitude.datum",
            "WGS84",
            "points[1].altitude.datum",
            "QNE, and WGS84 before it",
        ),
        (TRAJECTORY, "points", [], "points", "0 items; 2 to 1001"),
        (TRAJECTORY, "uncertainty", MISSING, "uncertainty", "missing"),
        (TRAJECTORY, "uncertainty.time_s", 1e9, "uncertainty.time_s", "outside 0 to 3600"),
        (PLANS, "plans[0].type", "Feature", "plans[0].type", "is not Corridor or Trajectory"),
        (PLANS, "plans[0].callsign", None, "plans[0].callsign", "missing"),
        (PLANS, "version", 2, "version", "unknown; known here are note, plans, type"),
    ],
)
def test_the_error_names_the_path_and_the_limit(example, path, value, field, why):
    error = refusal(changed(example, path, value))
    assert error.field == f"plan.{field}"
    assert why in error.why


@pytest.mark.requirement("PLAN-006")
def test_one_callsign_twice_is_refused():
    plans = json.loads(PLANS)
    plans["plans"] *= 2
    error = refusal(json.dumps(plans))
    assert error.field == "plan.plans[1].callsign"
    assert "plan.plans[0] already" in error.why


@pytest.mark.requirement("PLAN-006")
def test_a_member_said_twice_is_refused():
    assert "twice" in refusal(CORRIDOR.replace('"priority"', '"callsign"')).why


@pytest.mark.requirement("PLAN-007")
@pytest.mark.parametrize(
    "ring",
    [
        [[170, 0], [-170, 0], [-170, 5], [170, 5], [170, 0]],
        [[-90, 80], [0, 80], [90, 80], [135, 85], [-135, 85], [-90, 80]],
        [[0, 0], [180, 0], [0, 1], [0, 0]],
    ],
)
def test_an_uncut_edge_over_the_antimeridian_is_refused(ring):
    error = refusal(changed(COLLECTION, f"{G}.coordinates", [ring]))
    assert "cut at ±180 degrees (RFC 7946 §3.1.9)" in error.why


def test_a_ring_wider_than_half_the_earth_is_refused():
    ring = [[-100, 0], [0, 0], [100, 0], [0, 10], [-100, 0]]
    error = refusal(changed(COLLECTION, f"{G}.coordinates", [ring]))
    assert error.why == "spans 200 degrees of longitude; at most 180"


@pytest.mark.requirement("PLAN-005")
@pytest.mark.parametrize(
    ("text", "why"),
    [
        (CORRIDOR.replace("59.41", "NaN"), "NaN is not a JSON number"),
        (CORRIDOR.replace("59.41", "-Infinity"), "-Infinity is not a JSON number"),
        (CORRIDOR.replace("59.41", "1e999"), "beyond the range of float64"),
        (CORRIDOR.replace("59.41", "[" * 70 + "]" * 70), "more than 64 levels deep"),
        ("[" * 200_000, "deep"),
        ("", "not JSON"),
        ("[1]", "is not an object"),
        (CORRIDOR + "x", "not JSON at line"),
        (b"\xff" + CORRIDOR.encode(), "not UTF-8 at byte 0"),
        (b" " * (33 << 20), "bytes, at most 33554432 are read"),
    ],
)
def test_spoilt_huge_and_deep_texts_are_refused(text, why):
    assert why in str(refusal(text))


@settings(max_examples=150, deadline=None)
@given(
    example=st.sampled_from(EXAMPLES),
    where=st.integers(0, 2000),
    put=st.binary(min_size=1, max_size=6),
)
def test_whatever_the_bytes_they_are_read_or_refused_and_nothing_else(example, where, put):
    text = example.encode()
    refused = InputError("plan", "not refused")
    try:
        read_flight_plans(text[:where] + put + text[where + len(put) :])
    except InputError as error:
        refused = error
    assert refused.field.startswith("plan")
