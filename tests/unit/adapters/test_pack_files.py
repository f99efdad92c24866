"""A pack in other forms: areas hold the true place, age and expiry stand there, nothing runs or renders."""

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from tests.pack_world import consent_to, enter, opened, pack_of, wish_of
from tests.simulation.world import World

from comity.adapters.pack_files import export_pack
from comity.adapters.pack_files.areas import farthest_m, rings_around
from comity.adapters.pack_files.features import features
from comity.domain.geometry import Shape, ShapeKind
from comity.domain.packs import ExportFormat

GEOD = Geod(ellps="WGS84")
KML = "{http://www.opengis.net/kml/2.2}"
EVIL = '=cmd|"x"!A1 <script>alert(1)</script> &lt;b&gt;'


def inside(rings, latitude, longitude):
    """Whether points are in one of the rings, as a tool sees them that draws straight lines."""
    found = np.zeros(len(latitude), bool)
    for ring in rings:
        found |= shapely.intersects_xy(shapely.Polygon(ring), longitude, latitude)
    return found


@pytest.mark.requirement("PACK-020")
@settings(max_examples=60, deadline=None)
@given(
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    radius_m=st.sampled_from([0.0, 30.0, 1_833.0, 52_000.0, 190_000.0]),
)
@pytest.mark.parametrize("added_m", [0.0, 2_000.0])
def test_rings_hold_every_point_of_a_disc_anywhere(latitude, longitude, radius_m, added_m):
    shape = Shape(ShapeKind.PATH, (latitude,), (longitude,), radius_m)
    rings = rings_around(shape, added_m)
    azimuth = np.arange(0.0, 360.0, 5.0)
    full = np.ones(len(azimuth))
    for share in (0.0, 0.5, 1.0):
        x, y, _ = GEOD.fwd(
            full * longitude, full * latitude, azimuth, full * (radius_m + added_m) * share
        )
        assert inside(rings, np.asarray(y), np.asarray(x)).all()


@pytest.mark.requirement("PACK-020")
@settings(max_examples=40, deadline=None)
@given(
    latitude=st.floats(-80, 80),
    longitude=st.floats(-180, 180),
    azimuth=st.floats(0, 360),
    length_m=st.floats(1.0, 199_000.0),
    half_width_m=st.sampled_from([50.0, 500.0, 20_000.0]),
)
def test_rings_hold_a_corridor_of_a_geodesic(latitude, longitude, azimuth, length_m, half_width_m):
    x, y, _ = GEOD.fwd(longitude, latitude, azimuth, length_m)
    shape = Shape(ShapeKind.PATH, (latitude, y), (longitude, x), half_width_m)
    rings = rings_around(shape, 0.0)
    for share in np.linspace(0.0, 1.0, 7):
        a, b, back = GEOD.fwd(longitude, latitude, azimuth, length_m * share)
        for side in (90.0, -90.0):
            p, q, _ = GEOD.fwd(a, b, back + 180.0 + side, half_width_m)
            assert inside(rings, np.array([q]), np.array([p])).all()


def test_what_is_too_large_to_draw_is_left_out_and_never_drawn_too_small():
    wide = Shape(ShapeKind.RING, (0.0, 0.0, 8.0, 8.0), (0.0, 8.0, 8.0, 0.0))
    assert rings_around(wide, 0.0) is None


@pytest.fixture(scope="module")
def pack():
    world = World(seed=12)
    here, there = world.places.values()
    named = [{"text": EVIL, "script": "Latn", "language": "en"}]
    enter(world, here, {**wish_of(), "names": named})
    enter(world, there, wish_of(kind="school", latitude_e7=-103_000_000))
    consent_to(world, there, here.party.id, 1_000_000)
    world.run(8)
    return opened(pack_of(world, here, holder="+49 crew <b>"))


@pytest.mark.requirement("PACK-020")
@pytest.mark.parametrize("form", list(ExportFormat))
def test_every_form_states_age_and_expiry_and_that_areas_hold_the_true_place(pack, form):
    at = pack.made_at.plus_s(7_200.0)
    text = export_pack(pack, form, at).decode()
    for said in (
        str(pack.made_at), str(pack.expires_at), "STALE", "2 h 0 min",
        "reas contain the true place; they do not show where in them it is.",
        "Protection does not depend on notification",
    ):  # fmt: skip
        assert said in text.replace("‐", "-"), said


@pytest.mark.requirement("PACK-020")
@pytest.mark.parametrize("form", list(ExportFormat))
def test_no_text_of_a_pack_runs_as_a_formula_or_renders_as_markup(pack, form):
    text = export_pack(pack, form, pack.made_at).decode()
    assert "<script" not in text
    assert "&lt;script" not in text
    assert "‹script›" in text
    values = []
    if form is ExportFormat.GEOJSON:
        level = [json.loads(text)]
        while level:
            item = level.pop()
            if isinstance(item, dict):
                level += item.values()
            elif isinstance(item, list):
                level += item
            elif isinstance(item, str):
                values.append(item)
    else:
        root = ET.fromstring(text)
        values = [each.text or "" for each in root.iter()]
    assert values
    for value in values:
        for line in value.split("\n"):
            assert not line.startswith(("=", "+", "-", "@")) or line.strip("-0123456789., ") == ""


@pytest.mark.requirement("PACK-020")
def test_a_coarse_site_is_drawn_as_an_area_that_holds_where_it_is_and_is_no_finer(pack):
    told = json.loads(export_pack(pack, ExportFormat.GEOJSON, pack.made_at))
    school = next(e for e in told["features"] if e["properties"]["kind"] == "school")
    (ring,) = (each[0] for each in school["geometry"]["coordinates"])
    assert inside([ring], np.array([-10.3]), np.array([-150.0])).all()
    area_m2 = abs(GEOD.polygon_area_perimeter(*np.array(ring).T)[0])
    assert area_m2 > 1_000.0**2
    assert not any(e["geometry"]["type"] == "Point" for e in told["features"])


@pytest.mark.requirement("PACK-020")
def test_cursor_on_target_draws_and_never_says_that_a_place_is_somebody(pack):
    root = ET.fromstring(export_pack(pack, ExportFormat.COT, pack.made_at))
    events = root.findall("event")
    assert len(events) == 2
    for event, drawn in zip(events, features(pack, pack.made_at), strict=True):
        assert event.get("type").startswith("u-d-")
        assert event.get("stale") == str(pack.expires_at)
        radius_m = float(event.find("detail/shape/ellipse").get("major"))
        around_m = float(event.find("point").get("ce"))
        (shape,) = drawn.shapes
        assert radius_m >= around_m > 0.0
        assert around_m >= farthest_m(shape, drawn.added_m), "rounded, and never to less"


@pytest.mark.requirement("PACK-020")
def test_kml_has_a_placemark_a_site_with_a_closed_ring(pack):
    root = ET.fromstring(export_pack(pack, ExportFormat.KML, pack.made_at))
    places = root.findall(f".//{KML}Placemark")
    assert len(places) == 2
    for place in places:
        corners = place.find(f".//{KML}coordinates").text.split()
        assert corners[0] == corners[-1]
        assert place.find(f".//{KML}Point") is None
