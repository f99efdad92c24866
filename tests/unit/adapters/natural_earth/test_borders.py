"""Real borders: decoded, unstitched, cleaned, and outlined."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic

from comity.adapters.natural_earth import (
    BorderDataSet,
    Country,
    border_data_set,
    data_set,
    outlines,
)
from comity.adapters.natural_earth.topology import decode_topology
from comity.adapters.natural_earth.unstitch import unstitch
from comity.kernel.errors import InputError, StoreError

ROOM = Path(__file__).parents[4] / "src/comity/adapters/natural_earth"
FILE = ROOM / "data/countries-10m.json"


@pytest.fixture(scope="module")
def borders() -> BorderDataSet:
    return border_data_set()


@pytest.mark.requirement("BORD-001")
def test_the_set_says_whose_view_it_is_which_bytes_and_how_far_it_may_err(borders):
    assert "de facto" in borders.view
    assert borders.digest == hashlib.sha256(FILE.read_bytes()).hexdigest()
    assert 200 < borders.error_quantised_m < 230
    assert borders.error_m > 5000


@pytest.mark.requirement("BORD-002")
def test_every_shape_of_the_published_file_becomes_valid(borders):
    stitched = decode_topology(FILE.read_bytes(), "countries").shapes
    crossing = [
        (shape.name, ring)
        for shape in stitched
        for polygon in shape.polygons
        for ring in polygon
        if np.abs(np.diff(ring[:, 0])).max(initial=0.0) > 180
    ]
    names = sorted(name for name, _ in crossing)
    assert names == ["Antarctica", "Fiji", "Fiji", "Fiji", "Russia", "Russia"]
    for name in set(names) | {"Spain", "Japan", "Maldives", "Vatican", "Indonesia"}:
        geometry = borders.country(name).geometry
        assert geometry.is_valid
        west, south, east, north = geometry.bounds if name != "Vatican" else (0, 0, 0, 0)
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90


@pytest.mark.requirement("BORD-002")
@pytest.mark.parametrize(
    ("country", "inside", "outside"),
    [
        ("Antarctica", [(0, -90), (10, -89.9), (179.9, -85), (-179.9, -85)], [(0, -60), (0, 90)]),
        ("Russia", [(179.0, 68.0), (-179.0, 68.0), (37.6, 55.75)], [(0.0, 68.0), (-100.0, 68.0)]),
        (
            "Fiji",
            [(178.0, -17.8), (179.2, -16.58), (-179.931, -16.823)],
            [(0.0, -16.5), (-90.0, -16.5), (175.0, -18)],
        ),
        ("South Africa", [(28.0, -26.2)], [(28.2, -29.5)]),  # a hole: Lesotho
        ("Lesotho", [(28.2, -29.5)], [(28.0, -26.2)]),
    ],
)
def test_known_places_lie_on_their_side_of_the_cut_the_pole_and_the_hole(
    borders, country, inside, outside
):
    geometry = borders.country(country).geometry
    assert all(geometry.covers(shapely.Point(place)) for place in inside)
    assert not any(geometry.covers(shapely.Point(place)) for place in outside)


def test_arrays_are_closed_rings_with_exteriors_counter_clockwise(borders):
    polygons = borders.country("South Africa").polygons
    for polygon in polygons:
        assert shapely.LinearRing(polygon.exterior_deg).is_ccw
        assert not any(shapely.LinearRing(hole).is_ccw for hole in polygon.holes_deg)
    assert sum(len(polygon.holes_deg) for polygon in polygons) == 1


def test_a_ring_folded_flat_by_quantisation_is_dropped():
    flat = np.array([(10.0, 50.0), (10.1, 50.0), (10.0, 50.0)])
    assert unstitch([flat]).is_empty


def test_a_bow_tie_across_the_antimeridian_becomes_two_triangles():
    ring = np.array([(179.0, 0.0), (-179.0, 2.0), (-179.0, 0.0), (179.0, 2.0), (179.0, 0.0)])
    found = unstitch([ring])
    assert found.is_valid
    assert found.area == pytest.approx(2.0)  # two triangles of base 2 and height 1
    assert found.bounds == (-180.0, 0.0, 180.0, 2.0)


def test_a_country_is_found_by_number_and_by_name_in_any_capitals(borders):
    assert borders.country("246").name == borders.country("fINLAND").name == "Finland"
    assert borders.country("036").name == "Australia"  # the code stands on two features
    with pytest.raises(InputError, match="'Atlantis' is not in"):
        borders.country("Atlantis")


def every_vertex(country: Country) -> Iterator[tuple[float, float]]:
    for polygon in country.polygons:
        yield from (tuple(point) for point in polygon.exterior_deg[:-1])


@pytest.mark.requirement("BORD-003")
@pytest.mark.parametrize("name", ["Finland", "Portugal", "Fiji"])
def test_an_outline_contains_the_land_and_the_buffer_and_is_short(borders, name):
    """By another implementation: each 5th vertex is inside and the buffer away from every edge."""
    country, buffer_m = borders.country(name), 30_000.0
    found = outlines(country, buffer_m)
    assert all(len(outline.latitude_deg) <= 60 for outline in found)
    shifted = 360.0 if name == "Fiji" else 0.0  # a plane in which nothing is cut at ±180°

    def plane(longitude_deg):
        return np.where(longitude_deg < 0, longitude_deg + shifted, longitude_deg)

    edges = [followed(outline.longitude_deg, outline.latitude_deg) for outline in found]
    rings = [shapely.Polygon(np.column_stack((plane(e[:, 0]), e[:, 1]))) for e in edges]
    boundary = np.concatenate(edges)
    for longitude_deg, latitude_deg in list(every_vertex(country))[::5]:
        place = shapely.Point(float(plane(np.array(longitude_deg))), latitude_deg)
        assert any(ring.contains(place) for ring in rings)
        nearest = boundary[least(boundary, longitude_deg, latitude_deg)]
        distance_m = Geodesic.WGS84.Inverse(latitude_deg, longitude_deg, nearest[1], nearest[0])[
            "s12"
        ]
        assert distance_m >= buffer_m


def followed(longitude_deg: np.ndarray, latitude_deg: np.ndarray) -> np.ndarray:
    """Points at most 3 km apart along the geodesic edges."""
    points: list[tuple[float, float]] = []
    for k in range(len(longitude_deg)):
        n = (k + 1) % len(longitude_deg)
        line = Geodesic.WGS84.InverseLine(
            latitude_deg[k], longitude_deg[k], latitude_deg[n], longitude_deg[n]
        )
        for s12 in np.arange(0.0, line.s13, 3000.0):
            at = line.Position(s12)
            points.append((at["lon2"], at["lat2"]))
    return np.array(points)


def least(boundary: np.ndarray, longitude_deg: float, latitude_deg: float) -> int:
    """The boundary point nearest on a sphere, good enough to choose by."""
    a, b = np.radians(boundary), np.radians((longitude_deg, latitude_deg))
    half = (
        np.sin((a[:, 1] - b[1]) / 2) ** 2
        + np.cos(a[:, 1]) * np.cos(b[1]) * np.sin((a[:, 0] - b[0]) / 2) ** 2
    )
    return int(half.argmin())


def test_an_outline_refuses_what_cannot_be(borders):
    with pytest.raises(InputError, match="buffer_m: 0 is under 1000 m"):
        outlines(borders.country("Finland"), 0)
    with pytest.raises(InputError, match="quantisation left no area"):
        outlines(borders.country("Vatican"), 5000)


@pytest.mark.parametrize(
    ("spoilt", "field"),
    [
        (b"{}", "topology"),
        (b"[", "topology"),
        (
            b'{"type":"Topology","transform":{"scale":[1,1],"translate":[0,0]},"arcs":[],"objects":{}}',
            "objects",
        ),
    ],
)
def test_a_file_that_is_no_topology_is_refused(spoilt, field):
    with pytest.raises(InputError) as caught:
        decode_topology(spoilt, "countries")
    assert caught.value.field == field


def test_an_arc_index_outside_the_arcs_is_refused():
    topology = {
        "type": "Topology",
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [[[0, 0], [1, 0], [0, 1], [-1, -1]]],
        "objects": {"land": {"geometries": [{"type": "Polygon", "arcs": [[7]]}]}},
    }
    with pytest.raises(InputError, match="arcs: index 7 is outside the 1 arcs"):
        decode_topology(json.dumps(topology).encode(), "land")


@pytest.mark.requirement("BORD-004")
def test_data_of_another_digest_are_not_served(monkeypatch, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "countries-10m.sha256").write_text(f"{'0' * 64}  data/countries-10m.json\n")
    monkeypatch.setattr(data_set.resources, "files", lambda _: tmp_path)
    with pytest.raises(StoreError, match="border-data-missing"):
        data_set.border_data_set.__wrapped__()
    (tmp_path / "data/countries-10m.json").write_bytes(b"{}")
    with pytest.raises(StoreError, match="border-data-changed"):
        data_set.border_data_set.__wrapped__()
