"""Every format is read to the exact volumes it states."""

import json
import re
from pathlib import Path

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.adapters.flight_plans import read_flight_plans
from comity.domain.airspace import Altitude, Datum, EdgeKind, ShapeKind
from comity.kernel.instants import instant_from_rfc3339

PAGE = Path(__file__).parents[4] / "docs/howto/flight-plan-formats.md"
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.requirement("PLAN-001")
def test_the_examples_of_the_page_are_read_as_they_stand():
    plans = [plan for example in EXAMPLES for plan in read_flight_plans(example.encode())]
    assert [plan.callsign for plan in plans] == [
        "SURVEY1",
        "RELIEF7",
        "PATROL3",
        "NRA204",
        "LIFT1",
    ]
    survey, relief, patrol, jet, lift = plans
    (area,) = survey.footprint.volumes
    assert area.shape.kind is ShapeKind.RING
    assert area.shape.edge is EdgeKind.CHORD
    assert area.shape.latitude_deg == (59.9, 59.9, 60.1, 60.1)
    assert area.shape.longitude_deg == (24.5, 25.2, 25.2, 24.5)
    assert area.upper == Altitude(120.0, Datum.EGM2008)
    (line,) = relief.footprint.volumes
    assert line.shape.radius_m == pytest.approx(4630.0, abs=1e-9)
    assert (line.lower.height_m, line.lower.datum) == (pytest.approx(2743.2), Datum.QNE)
    assert patrol.footprint.volumes[0].shape.edge is EdgeKind.GEODESIC
    assert (patrol.priority, relief.priority) == ("state", "general")
    assert len(jet.footprint.volumes) == 2
    assert lift.footprint.volumes[0].lower.datum is Datum.AGL


@pytest.mark.requirement("PLAN-003")
def test_the_time_is_kept_as_it_was_stated_beside_the_instant_it_means():
    relief = read_flight_plans(EXAMPLES[0].encode())[1]
    assert str(relief.start.instant) == "2026-11-22T09:00:00.000Z"
    assert relief.start.as_stated == "2026-11-22T11:00:00+02:00"
    assert relief.start.zone == "+02:00"


@pytest.mark.requirement("PLAN-004")
@pytest.mark.parametrize(
    ("stated", "height_m", "datum"),
    [
        ("FL350", 10668.0, Datum.QNE),
        ("FL0", 0.0, Datum.QNE),
        ({"value": 1000, "unit": "ft", "datum": "EGM2008"}, 304.8, Datum.EGM2008),
        ({"value": -12.5, "unit": "m", "datum": "WGS84"}, -12.5, Datum.WGS84),
    ],
)
def test_a_height_keeps_its_datum_and_becomes_metres(stated, height_m, datum):
    corridor = json.loads(EXAMPLES[1])
    corridor["lower"] = corridor["upper"] = stated
    (plan,) = read_flight_plans(json.dumps(corridor).encode())
    lower = plan.footprint.volumes[0].lower
    assert (lower.height_m, lower.datum) == (pytest.approx(height_m), datum)


@pytest.mark.requirement("PLAN-001")
def test_features_of_one_callsign_are_one_flight_and_its_times_span_them():
    collection = json.loads(EXAMPLES[0])
    first, second = collection["features"]
    second["properties"].update(callsign="SURVEY1", flight_class="uas")
    (plan,) = read_flight_plans(json.dumps(collection).encode())
    assert len(plan.footprint.volumes) == 2
    assert plan.start.as_stated == first["properties"]["start"]
    assert plan.end.as_stated == first["properties"]["end"]


@pytest.mark.requirement("PLAN-007")
def test_an_area_cut_at_the_antimeridian_gives_a_volume_on_each_side():
    feature = json.loads(EXAMPLES[0])["features"][0]
    feature["geometry"] = {
        "type": "MultiPolygon",
        "coordinates": [
            [[[179, 0], [180, 0], [180, 1], [179, 1], [179, 0]]],
            [[[-180, 0], [-179, 0], [-179, 1], [-180, 1], [-180, 0]]],
        ],
    }
    (plan,) = read_flight_plans(json.dumps(feature).encode())
    assert [v.shape.longitude_deg for v in plan.footprint.volumes] == [
        (179, 180, 180, 179),
        (-180, -179, -179, -180),
    ]


def test_a_point_with_a_radius_is_a_circle_even_at_the_pole():
    feature = json.loads(EXAMPLES[0])["features"][0]
    feature["geometry"] = {"type": "Point", "coordinates": [0, 90]}
    feature["properties"]["radius"] = {"value": 10, "unit": "km"}
    (plan,) = read_flight_plans(json.dumps(feature).encode())
    shape = plan.footprint.volumes[0].shape
    assert (shape.kind, shape.latitude_deg, shape.radius_m) == (ShapeKind.PATH, (90.0,), 10_000)


def test_a_hole_may_be_filled_by_saying_so():
    feature = json.loads(EXAMPLES[0])["features"][0]
    hole = [[24.7, 59.95], [24.8, 59.95], [24.8, 60.0], [24.7, 59.95]]
    feature["geometry"]["coordinates"].append(hole)
    feature["properties"]["holes"] = "filled"
    (plan,) = read_flight_plans(json.dumps(feature).encode())
    assert len(plan.footprint.volumes) == 1
    assert len(plan.footprint.volumes[0].shape.latitude_deg) == 4


@pytest.mark.requirement("PLAN-008")
@pytest.mark.parametrize("moved_deg", [0.0, 1e-9, 1e-7, 4e-7])
@pytest.mark.parametrize("latitude_deg", [0.0, 60.0, 89.99])
def test_a_flight_that_stays_where_it_is_takes_up_a_circle(latitude_deg, moved_deg):
    trajectory = json.loads(EXAMPLES[2])
    here, there, _ = trajectory["points"]
    here["latitude_deg"] = there["latitude_deg"] = latitude_deg
    there["longitude_deg"] = here["longitude_deg"] + moved_deg
    trajectory["points"] = [here, there]
    (plan,) = read_flight_plans(json.dumps(trajectory).encode())
    shape = plan.footprint.volumes[0].shape
    assert (shape.kind, len(shape.latitude_deg)) == (ShapeKind.PATH, 1)
    assert shape.radius_m == 1852.05


@pytest.mark.requirement("PLAN-008")
@settings(max_examples=60, deadline=None)
@given(
    latitude_deg=st.floats(-89, 89).flatmap(
        lambda near: st.lists(
            st.floats(max(-90, near - 20), min(90, near + 20)), min_size=2, max_size=4
        )
    ),
    longitude_deg=st.floats(-180, 180).flatmap(
        lambda near: st.lists(
            st.floats(-20, 20).map(lambda off: (near + off + 180) % 360 - 180),
            min_size=4,
            max_size=4,
        )
    ),
    heights_m=st.lists(st.floats(0, 12_000), min_size=4, max_size=4),
    part=st.floats(0, 1),
    lag_s=st.floats(-60, 60),
)
def test_each_leg_contains_every_position_between_its_points(
    latitude_deg, longitude_deg, heights_m, part, lag_s
):
    """Fly the geodesic of each leg at any even speed, up to the time uncertainty early or late."""
    points = [
        {
            "time": f"2026-11-22T12:{10 * n:02d}:00Z",
            "latitude_deg": latitude_deg[n],
            "longitude_deg": longitude_deg[n],
            "altitude": {"value": heights_m[n], "unit": "m", "datum": "QNE"},
        }
        for n in range(len(latitude_deg))
    ]
    trajectory = json.loads(EXAMPLES[2]) | {"points": points}
    (plan,) = read_flight_plans(json.dumps(trajectory).encode())
    for n, volume in enumerate(plan.footprint.volumes):
        here, there = points[n], points[n + 1]
        at = instant_from_rfc3339(here["time"]).plus_s(600 * part + lag_s)
        assert volume.start <= at <= volume.end
        assert volume.shape.edge is EdgeKind.GEODESIC
        ends = list(zip(volume.shape.latitude_deg, volume.shape.longitude_deg, strict=True))
        assert ends[0] == (here["latitude_deg"], here["longitude_deg"])
        assert 1852.0 <= volume.shape.radius_m <= 1852.05
        away = Geodesic.WGS84.Inverse(*ends[-1], there["latitude_deg"], there["longitude_deg"])
        assert away["s12"] <= volume.shape.radius_m - 1852.0
        height_m = heights_m[n] + part * (heights_m[n + 1] - heights_m[n])
        assert volume.lower.height_m <= height_m - 91.4
        assert volume.upper.height_m >= height_m + 91.4
