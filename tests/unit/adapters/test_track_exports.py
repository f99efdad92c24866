"""Tracks for other programs: read back by their schemas' rules and by this project's own readers."""

import json
from xml.etree import ElementTree as ET

import pytest
import shapely.geometry
from tests.hostile_texts import HOSTILE
from tests.unit.reconstruction.test_divergence import T, track

from comity.adapters.gpx_kml import XmlTracksDecoder
from comity.adapters.gpx_kml.tracks import HeightDatum
from comity.adapters.track_exports import EXPORTS, czml_of, geojson_of, gpx_of, kml_of
from comity.domain.airspace import Altitude, Datum
from comity.domain.incidents import OfferedTrack, TrackPoint
from comity.domain.tracks import FeedId
from comity.kernel.instants import instant_from_rfc3339

GPX = "{http://www.topografix.com/GPX/1/1}"
KML = "{http://www.opengis.net/kml/2.2}"
GX = "{http://www.google.com/kml/ext/2.2}"
ROWS = [(10.0 * n, 59.0 + 0.01 * n, 24.0 + 0.01 * n) for n in range(4)]
HOLES = [*ROWS, (900.0, 60.0, 25.0), (910.0, 60.01, 25.0)]

# What the schemas allow within what, in order: GPX 1.1 (gpx.xsd), KML 2.2 (ogckml22.xsd) with gx.
GPX_CHILDREN = {
    "gpx": ["metadata", "trk"], "metadata": ["name"], "trk": ["name", "desc", "trkseg"],
    "trkseg": ["trkpt"], "trkpt": ["time", "cmt"],
}  # fmt: skip
KML_CHILDREN = {
    "kml": ["Document"], "Document": ["name", "Placemark"],
    "Placemark": ["name", "description", "MultiTrack"], "MultiTrack": ["interpolate", "Track"],
    "Track": ["altitudeMode", "when", "coord"],
}  # fmt: skip


def in_order(root: ET.Element, allowed: dict[str, list[str]]) -> None:
    """Each element has only children of its type, in the order of the schema's sequence."""
    for element in root.iter():
        names = [child.tag.rpartition("}")[2] for child in element]
        order = allowed.get(element.tag.rpartition("}")[2], [])
        assert set(names) <= set(order), (element.tag, names)
        assert names == sorted(names, key=order.index)


def high(rows: list[tuple[float, float, float]]) -> OfferedTrack:
    points = tuple(
        TrackPoint(T.plus_s(s), lat, lon, 10.0, (Altitude(500.0 + s, Datum.WGS84),))
        for s, lat, lon in rows
    )
    return OfferedTrack("gps", "b", points, synthetic=True, accuracy_assumed=True)


@pytest.mark.requirement("RECON-032")
def test_gpx_is_of_its_schema_and_its_reader_gives_the_track_back() -> None:
    content = gpx_of("Two", [track("a", HOLES)])
    root = ET.fromstring(content)
    assert (root.tag, root.get("version"), root.get("creator")) == (f"{GPX}gpx", "1.1", "Comity")
    in_order(root, GPX_CHILDREN)
    assert len(root.findall(f"{GPX}trk/{GPX}trkseg")) == 2
    assert root.find(f".//{GPX}ele") is None  # above the sea in GPX, and no height here is
    assert "pressure height 9000.0 m" in content.decode()
    decoder = XmlTracksDecoder(FeedId("back"), HeightDatum.UNSTATED)
    plots = [*decoder.feed(content, None), *decoder.end(None)]
    assert [(p.at, p.latitude_deg, p.longitude_deg) for p in plots] == [
        (T.plus_s(s), pytest.approx(lat, abs=1e-7), pytest.approx(lon, abs=1e-7))
        for s, lat, lon in HOLES
    ]


@pytest.mark.requirement("RECON-032")
def test_kml_is_of_its_schema_and_its_reader_gives_the_track_back() -> None:
    content = kml_of("Two", [track("a", HOLES)])
    root = ET.fromstring(content)
    assert root.tag == f"{KML}kml"
    in_order(root, KML_CHILDREN)
    for each in root.iter(f"{GX}Track"):
        assert len(each.findall(f"{KML}when")) == len(each.findall(f"{GX}coord")) > 0
    assert {each.text for each in root.iter(f"{KML}altitudeMode")} == {"clampToGround"}
    decoder = XmlTracksDecoder(FeedId("back"), HeightDatum.UNSTATED)
    plots = [*decoder.feed(content, None), *decoder.end(None)]
    assert [p.at for p in plots] == [T.plus_s(s) for s, _, _ in HOLES]


@pytest.mark.requirement("RECON-032")
def test_geojson_is_read_by_shapely_and_gaps_and_the_antimeridian_break_the_line() -> None:
    across = [(10.0 * n, 10.0, (179.98 + 0.01 * n + 180.0) % 360.0 - 180.0) for n in range(5)]
    told = json.loads(geojson_of("Two", [track("a", HOLES), track("b", across)]))
    shapes = [shapely.geometry.shape(each["geometry"]) for each in told["features"]]
    assert [len(each.geoms) for each in shapes] == [2, 2]
    for each in shapes[1].geoms:
        west, _, east, _ = each.bounds
        assert east - west < 1.0
    properties = told["features"][0]["properties"]
    assert properties["altitude_pressure_m"] == [9_000.0] * 6
    assert properties["altitude_ellipsoid_m"] == [None] * 6
    assert len(properties["times"]) == len(properties["positions_deg"]) == 6
    assert all(
        len(place) == 2 for line in told["features"][0]["geometry"]["coordinates"] for place in line
    )
    lifted = json.loads(geojson_of("One", [high(ROWS)]))["features"][0]
    assert lifted["geometry"]["coordinates"][0][1][2] == 510.0


@pytest.mark.requirement("RECON-032")
def test_czml_has_a_document_first_and_an_interval_for_each_stretch() -> None:
    packets = json.loads(czml_of("Two", [track("a", HOLES), high(ROWS)]))
    assert packets[0] == {
        "id": "document", "name": "Two", "version": "1.0",
        "clock": {"interval": f"{T}/{T.plus_s(910)}", "currentTime": str(T), "multiplier": 1},
    }  # fmt: skip
    assert len({each["id"] for each in packets}) == 3
    first, second = packets[1]["position"]
    assert packets[1]["availability"] == [first["interval"], second["interval"]]
    assert second["epoch"] == str(T.plus_s(900))
    assert [len(each["cartographicDegrees"]) for each in (first, second)] == [16, 8]
    assert first["cartographicDegrees"][4:8] == [10.0, 24.01, 59.01, 0.0]
    assert "drawn on the ellipsoid" in packets[1]["description"]
    assert packets[2]["position"][0]["cartographicDegrees"][3] == 500.0
    for each in packets[1:]:
        for interval in each["availability"]:
            starts, ends = (instant_from_rfc3339(part) for part in interval.split("/"))
            assert starts < ends


@pytest.mark.requirement("RECON-032")
@pytest.mark.parametrize("form", sorted(EXPORTS))
def test_what_is_made_up_says_so_and_what_is_hostile_stays_text(form: str) -> None:
    assert b"SYNTHETIC" in EXPORTS[form]("t", [high(ROWS)])
    for name in (*HOSTILE, "a\x00b\u202ec\ud800"):
        content = EXPORTS[form](name, [track(name, ROWS)])
        if form in {"gpx", "kml"}:
            root = ET.fromstring(content)
            in_order(root, GPX_CHILDREN if form == "gpx" else KML_CHILDREN)
            assert b"<!" not in content
        else:
            told = json.loads(content)
            if form == "czml":
                assert "<" not in told[1]["description"]
