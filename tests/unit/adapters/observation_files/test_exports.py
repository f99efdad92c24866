"""Exports of observations: areas that hold the truth, no formula, nothing hostile, nothing of the source."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import pytest
import stix2
from hypothesis import example, given
from hypothesis import strategies as st

from comity.adapters.observation_files import (
    ExportedObservation,
    to_csv,
    to_cursor_on_target,
    to_geojson,
    to_label_xml,
    to_stix,
)
from comity.adapters.observation_files.areas import boxes_holding
from comity.adapters.observation_files.table import safe_cell
from comity.domain.geometry.nested_cells import cell_disc, cell_of
from comity.domain.places.bearing import geodesics
from comity.kernel.instants import Instant

AS_OF = "2026-11-28T14:00:00.000Z"
HOSTILE = ("=HYPERLINK(1)", "+1+1", "-2", "@SUM(A1)", " =1", "\u3000=1", "|calc", "%x")


def exported(**changed: Any) -> ExportedObservation:
    stated: dict[str, Any] = {
        "observation": "alfa.aaaaaaaa/00000000000000a1", "record": "ab" * 32,
        "author": "alfa.aaaaaaaa", "exercise": False, "state": "unverified",
        "kind": "hazard-to-flight", "nature": "smoke-or-ash",
        "area": cell_of(463_000_000, 75_000_000, 14), "subject": None,
        "begins": Instant(1_795_000_000_000), "ends": Instant(1_795_000_600_000),
        "words": "Smoke.", "reliability": "B", "credibility": 3, "circular": False,
        "marking": "tlp:amber", "onward": (),
    }  # fmt: skip
    return ExportedObservation(**(stated | changed))


@pytest.mark.requirement("OBSERVE-017")
@given(
    st.integers(-900_000_000, 900_000_000),
    st.integers(-1_800_000_000, 1_800_000_000),
    st.integers(9, 14),
    st.integers(0, 359),
)
@example(0, 1_800_000_000, 9, 90)
@example(890_000_000, -1_800_000_000, 9, 0)
@example(-883_000_000, 1_799_999_999, 11, 270)
def test_the_rectangles_hold_the_disc_everywhere(
    latitude_e7: int, longitude_e7: int, level: int, azimuth_deg: int
) -> None:
    area = cell_of(latitude_e7, longitude_e7, level)
    disc = cell_disc(area)
    longitude, latitude, _ = geodesics().fwd(
        disc.longitude_deg, disc.latitude_deg, azimuth_deg, disc.radius_m
    )
    boxes = boxes_holding(area)
    assert any(
        west - 1e-6 <= longitude <= east + 1e-6 and south - 1e-6 <= latitude <= north + 1e-6
        for west, south, east, north in boxes
    )
    assert all(-180.0 <= box[0] <= box[2] <= 180.0 for box in boxes)


@pytest.mark.requirement("OBSERVE-017")
def test_geojson_draws_areas_and_never_a_point() -> None:
    site = exported(area=None, subject="alfa.aaaaaaaa/00000000000000c1", kind="site-damage")
    edge = exported(area=cell_of(0, 1_800_000_000, 9))
    told = json.loads(to_geojson([exported(), site, edge], AS_OF))
    kinds = [each["geometry"] and each["geometry"]["type"] for each in told["features"]]
    assert kinds == ["Polygon", None, "MultiPolygon"]
    assert "clear" in told["note"]
    assert {each["properties"]["marking"] for each in told["features"]} == {"tlp:amber"}


@pytest.mark.requirement("OBSERVE-017")
@pytest.mark.parametrize("words", HOSTILE)
def test_no_cell_of_a_table_runs(words: str) -> None:
    [header, row] = list(csv.reader(io.StringIO(to_csv([exported(words=words)]).decode())))
    assert row[header.index("words")] == "'" + words == safe_cell(words)
    assert all(not cell.startswith(("=", "+", "@")) for cell in row)


@pytest.mark.requirement("OBSERVE-017")
def test_cursor_on_target_draws_circles_and_nobody() -> None:
    words = 'Smoke "over" <the> road & field'
    site = exported(area=None)
    content, without = to_cursor_on_target([exported(words=words, exercise=True), site], AS_OF)
    root = ET.fromstring(content)
    assert without == 1
    [event] = root
    assert event.get("type") == "u-d-c-c"
    assert b'type="a-' not in content
    point, detail = event.find("point"), event.find("detail")
    assert point is not None
    assert float(point.get("ce", "0")) >= cell_disc(exported().area).radius_m  # type: ignore[arg-type]
    assert detail is not None
    assert detail.findtext("remarks", "").endswith(words)
    assert detail.find("contact").get("callsign", "").startswith("EXERCISE ")  # type: ignore[union-attr]


@pytest.mark.requirement("OBSERVE-017")
@pytest.mark.parametrize("changed", [{}, {"area": None}, {"credibility": 6, "exercise": True}])
def test_stix_is_taken_by_its_own_library_and_places_nothing_finer_than_the_cell(
    changed: dict[str, Any],
) -> None:
    one, two = exported(**changed), exported(observation="bravo.bbbbbbbb/00000000000000b1")
    content = to_stix([one, two], AS_OF, "charlie.cccccccc")
    bundle = stix2.parse(content.decode(), allow_custom=False, version="2.1")
    kinds = Counter(each["type"] for each in bundle.objects)
    assert set(kinds) <= {"identity", "marking-definition", "location", "note"}
    assert kinds["note"] == 2
    ids = {each["id"] for each in bundle.objects}
    for note in (each for each in bundle.objects if each["type"] == "note"):
        assert set(note["object_refs"]) <= ids
        assert set(note["object_marking_refs"]) <= ids
        assert ("confidence" in note) == ("6)" not in note["abstract"])
    for place in (each for each in bundle.objects if each["type"] == "location"):
        disc = cell_disc(two.area if one.area is None else one.area)
        assert place["precision"] >= disc.radius_m
    statements = [
        e["definition"]["statement"] for e in bundle.objects if e["type"] == "marking-definition"
    ]
    assert statements == ["TLP:AMBER; to charlie.cccccccc; onward to nobody"]
    again = to_stix([one, two], AS_OF, "charlie.cccccccc")
    assert again == content, "one thing has one id"


def test_an_empty_stix_bundle_is_one() -> None:
    content = to_stix([], AS_OF, "charlie.cccccccc").decode()
    assert set(json.loads(content)) == {"type", "id"}
    assert stix2.parse(content, version="2.1").type == "bundle"


@pytest.mark.requirement("OBSERVE-017")
def test_a_label_names_its_own_policy_and_everybody_who_may_have_it_and_nobody_else() -> None:
    rows = [exported(onward=("delta.dddddddd",)), exported(marking="<b>&", exercise=True)]
    root = ET.fromstring(to_label_xml(rows, AS_OF, "charlie.cccccccc"))
    name = "{urn:nato:stanag:4774:confidentialitymetadatalabel:1:0}"
    first, second = root.findall("labelled")
    assert first.find(f".//{name}PolicyIdentifier").text == "urn:comity:policy:alfa.aaaaaaaa"
    assert first.find(f".//{name}Classification").text == "TLP:AMBER"
    released = [
        e.text for e in first.findall(f".//{name}Category[@Type='PERMISSIVE']/{name}GenericValue")
    ]
    assert released == ["charlie.cccccccc", "delta.dddddddd"]
    assert second.find(f".//{name}Classification").text == "<B>&"
    assert "EXERCISE" in {each.text for each in second.iter()}
