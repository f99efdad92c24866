"""What the map is told beside tracks: rings, heights, times, words; nothing that reads as more than it is."""

import asyncio
import json
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from tests.node_homes import api_over, make_home, plan_file
from tests.unit.entrypoints.test_sites_api import asked

from comity.domain.geometry import EdgeKind, Shape, ShapeKind
from comity.domain.geometry.drawn_rings import drawn_rings, unwrapped_ring
from comity.domain.geometry.shape_outlines import shape_outline

NOTICE = {
    "activity": "gunnery",
    "areas": [{"circle": {"centre": "59.5, 24.5", "radius": "5 km"}, "lower": "0 ft AMSL", "upper": "5000 ft AMSL"}],
    "starts": ["2030-01-02T09:00:00Z"],
    "ends": ["2030-01-02T12:00:00Z"],
    "place": "",
    "description": "<script>alert(1)</script>",
}  # fmt: skip


def run(layout, scenario):
    async def within():
        async with api_over(layout) as api:
            return await scenario(api)

    return asyncio.run(within())


def zone_file(folder: Path) -> Path:
    ring = [[179.0, -1.0], [-179.0, -1.0], [-179.0, 1.0], [179.0, 1.0], [179.0, -1.0]]
    feature = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"name": "Zone \u202e<b>", "kind": "prohibited"},
    }
    file = folder / "zone.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return file


@pytest.mark.requirement("MAP-005")
def test_flights_sites_areas_and_notices_are_told_as_they_are(tmp_path):
    async def scenario(api):
        status, declared = await api.ask("POST", "/v1/intents", plan_file("SURVEY1"))
        status, _ = await api.ask("POST", "/v1/sites", json.dumps({"sites": [asked()]}).encode())
        assert status == 200
        wish = {"areas": "zone", "path": str(zone_file(tmp_path)), "kind": "prohibited"}
        status, told = await api.ask("POST", "/v1/areas", json.dumps(wish).encode())
        assert status == 200, told
        status, told = await api.ask("GET", "/v1/map")
        assert status == 200
        rehearsed = (await api.ask("GET", "/v1/map?exercise=true"))[1]
        return declared, told, rehearsed

    layout = make_home(tmp_path / "a")
    _, told, rehearsed = run(layout, scenario)
    by_kind = {each["kind"]: each for each in told["things"]}
    assert {"site", "area"} <= set(by_kind)
    site = by_kind["site"]
    assert site["own"] is True
    [part] = site["parts"]
    [ring] = part["rings"]
    # entered as a point known to 20 m: drawn as the disc that it is, never as a point
    away = [
        Geodesic.WGS84.Inverse(-10.0, -150.0, latitude, longitude)["s12"]
        for longitude, latitude in ring
    ]
    assert min(away) == pytest.approx(20.0, abs=0.5)
    assert site["error_m"] == 20.0
    area = by_kind["area"]
    assert area["name"] == "Zone \u202e<b>"
    longitudes = [x for x, _ in area["parts"][0]["rings"][0]]
    assert max(longitudes) - min(longitudes) == pytest.approx(2.0)
    assert told["borders"]["name"] == "Natural Earth 10m countries"
    assert "de facto" in told["borders"]["view"]
    assert told["borders"]["error_m"] > 5_000
    assert rehearsed["things"] == []
    assert rehearsed["exercise"] is True


@pytest.mark.requirement("MAP-005")
def test_borders_are_the_very_bytes_that_are_named(tmp_path):
    async def scenario(api):
        told = (await api.ask("GET", "/v1/map"))[1]
        status, topology = await api.ask("GET", "/v1/map/borders")
        return told["borders"], status, topology

    borders, status, topology = run(make_home(tmp_path / "a"), scenario)
    assert status == 200
    assert topology["type"] == "Topology"
    assert len(borders["digest"]) == 64


def drawn(shape):
    return drawn_rings(shape_outline(shape))


@pytest.mark.requirement("MAP-005")
@pytest.mark.parametrize(
    ("latitude", "longitude", "radius_m"),
    [(0.0, 179.99, 5_000.0), (89.99, 10.0, 5_000.0), (-90.0, 0.0, 50_000.0), (60.0, 25.0, 200_000.0)],
)  # fmt: skip
def test_a_circle_is_drawn_over_poles_and_180(latitude, longitude, radius_m):
    [ring] = drawn(Shape(ShapeKind.PATH, (latitude,), (longitude,), radius_m))
    steps = np.abs(np.diff([x for x, _ in ring]))
    polar = any(abs(y) == 90.0 for _, y in ring)
    assert polar is (abs(latitude) > 89.0)
    assert polar or steps.max() < 180.0
    assert ring[0] == ring[-1]
    for x, y in ring:
        if abs(y) < 90.0:
            away = Geodesic.WGS84.Inverse(latitude, longitude, y, x)["s12"]
            assert radius_m - 1.0 <= away <= radius_m * 1.002 + 3.0


@pytest.mark.requirement("MAP-005")
def test_a_corridor_over_180_is_one_ring():
    [ring] = drawn(Shape(ShapeKind.PATH, (10.0, 12.0), (178.0, -178.0), 9_260.0))
    outline = shapely.Polygon(ring)
    assert outline.is_valid
    turn = 0.0 if outline.bounds[0] < 178.0 < outline.bounds[2] else -360.0
    assert outline.contains(shapely.Point(178.0 + turn, 10.0))
    assert outline.contains(shapely.Point(182.0 + turn, 12.0))


def test_a_ring_round_a_pole_is_closed_along_it():
    ring = unwrapped_ring(
        np.array([80.0, 80.0, 80.0, 80.0]), np.array([-135.0, -45.0, 45.0, 135.0])
    )
    assert ring[-1] == ring[0]
    assert [-135.0, 90.0] in ring
    assert [225.0, 90.0] in ring
    assert math.isclose(shapely.Polygon(ring).area, 3_600.0)


def test_a_ring_with_a_hole_is_two_rings():
    from comity.domain.geometry.area_outlines import outline_of_rings  # noqa: PLC0415

    square = np.array([0.0, 0.0, 4.0, 4.0]), np.array([0.0, 4.0, 4.0, 0.0])
    hole = np.array([1.0, 1.0, 2.0, 2.0]), np.array([1.0, 2.0, 2.0, 1.0])
    rings = drawn_rings(outline_of_rings([square, hole], EdgeKind.CHORD))
    assert len(rings) == 2
