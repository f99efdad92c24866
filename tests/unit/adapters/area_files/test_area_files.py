"""Areas from files: taken whole or refused by name; nothing vanishes, for what vanishes reads as clear."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.geodesic_reference import WGS84

from comity.adapters.area_files import read_area_file
from comity.adapters.area_files.limits import limit_from_text
from comity.domain.airspace import Altitude, Datum
from comity.domain.alerts import AreaKind
from comity.domain.geometry import degrees_from_unit
from comity.domain.geometry.areas_few import holds, nearest_edge
from comity.domain.geometry.ellipsoid import unit_from_degrees
from comity.kernel.errors import InputError
from comity.kernel.instants import instant_from_rfc3339

FLAT_MAP = [
    [-180, 60], [-90, 60], [0, 60], [90, 60], [180, 60], [180, 90], [-180, 90], [-180, 60],
]  # fmt: skip
RING = [[20.0, 10.0], [21.0, 10.0], [21.0, 11.0], [20.0, 11.0], [20.0, 10.0]]


def feature(geometry=None, **properties):
    whole = {"kind": "restricted", "name": "Square"} | properties
    return {
        "type": "Feature",
        "properties": {name: value for name, value in whole.items() if value is not None},
        "geometry": geometry or {"type": "Polygon", "coordinates": [RING]},
    }


def collection(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": list(features)} | more).encode()


def read(file_bytes, kind=None):
    return read_area_file(file_bytes, "drawn", kind)


def at(latitude, longitude):
    return unit_from_degrees(np.array([latitude]), np.array([longitude]))[0]


@pytest.mark.requirement("BORD-010")
def test_a_geojson_area_keeps_its_kind_band_times_and_source():
    file_bytes = collection(
        feature(
            id="R1", lower="SFC", upper={"height_m": 2000, "datum": "EGM2008"},
            hot=[["2026-12-01T08:00:00Z", "2026-12-01T12:00:00+02:00"]],
        ),
        name="Zones of Aurelia", version="2026-11", error_m=30, view="drawn by Aurelia",
    )  # fmt: skip
    read_file = read(file_bytes)
    areas = read_file.areas
    (area,) = areas.areas
    assert (areas.name, areas.version, areas.error_m) == ("Zones of Aurelia", "2026-11", 30.0)
    assert (area.area_id, area.kind) == ("Zones of Aurelia:R1", AreaKind.RESTRICTED)
    assert (area.lower, area.upper) == (None, Altitude(2_000.0, Datum.EGM2008))
    assert area.hot[0].end == instant_from_rfc3339("2026-12-01T10:00:00Z", "end")
    assert holds(area.outline, at(10.5, 20.5))
    assert not holds(area.outline, at(11.5, 20.5))
    assert areas.digest != read(file_bytes + b" ").areas.digest


@pytest.mark.requirement("BORD-010")
def test_a_site_is_a_point_with_a_buffer_and_holes_are_outside():
    hole = [[20.4, 10.4], [20.6, 10.4], [20.6, 10.6], [20.4, 10.6], [20.4, 10.4]]
    point = {"type": "Point", "coordinates": [5.0, 60.0]}
    file_bytes = collection(
        feature(point, kind="protected-site", buffer_m=2_000),
        feature({"type": "Polygon", "coordinates": [RING, hole]}, name="with a hole"),
    )
    site, ring = read(file_bytes).areas.areas
    inside = WGS84.Direct(60.0, 5.0, 33.0, 1_999.0)
    outside = WGS84.Direct(60.0, 5.0, 33.0, 2_006.0)
    assert holds(site.outline, at(inside["lat2"], inside["lon2"]))
    assert not holds(site.outline, at(outside["lat2"], outside["lon2"]))
    assert not holds(ring.outline, at(10.5, 20.5))
    assert holds(ring.outline, at(10.2, 20.5))


@pytest.mark.requirement("BORD-010")
def test_edges_are_what_the_area_says():
    """From 60° N the three lines between two points 40° apart lie up to 200 km from each other."""
    wide = [[0.0, 60.0], [40.0, 60.0], [40.0, 50.0], [0.0, 50.0], [0.0, 60.0]]
    geometry = {"type": "Polygon", "coordinates": [wide]}
    kinds = ("chord", "rhumb", "geodesic")
    areas = read(
        collection(*(feature(geometry, edge=edge, name=edge) for edge in kinds))
    ).areas.areas
    top = WGS84.InverseLine(60.0, 0.0, 60.0, 40.0)
    highest = top.Position(top.s13 / 2)["lat2"]
    inside = [holds(area.outline, at(highest - 0.01, 20.0)) for area in areas]
    assert inside == [False, False, True]
    assert [holds(area.outline, at(59.999, 20.0)) for area in areas] == [True, True, True]


@pytest.mark.requirement("BORD-010")
@pytest.mark.parametrize(
    ("ring", "inside", "outside"),
    [
        ([[179, -1], [-179, -1], [-179, 1], [179, 1], [179, -1]], (0, 180), (0, 0)),
        ([[0, 80], [120, 80], [-120, 80], [0, 80]], (90, 0), (70, 60)),
        ([[0, -80], [120, -80], [-120, -80], [0, -80]], (-90, 0), (-70, 60)),
        (FLAT_MAP, (89, 10), (59, 10)),
    ],
    ids=["antimeridian", "north pole", "south pole", "drawn as on a flat map"],
)
def test_areas_over_a_pole_or_the_antimeridian_are_the_side_meant(ring, inside, outside):
    (area,) = read(
        collection(feature({"type": "Polygon", "coordinates": [ring]}, edge=None))
    ).areas.areas
    assert holds(area.outline, at(*map(float, inside)))
    assert not holds(area.outline, at(*map(float, outside)))


@pytest.mark.requirement("BORD-011")
@pytest.mark.parametrize(
    ("file_bytes", "named"),
    [
        (b"{", "areas"),
        (b"{}", "areas.type"),
        (collection(), "areas.features"),
        (collection(feature(kind="enemy")), "kind"),
        (collection(feature(kind=None)), "kind"),
        (collection(feature(edge="straight")), "edge"),
        (collection(feature(uper="FL95")), "uper"),
        (collection(feature(upper="high")), "upper"),
        (collection(feature(lower="FL100", upper="FL95")), "lower"),
        (collection(feature(hot=[["2026-12-01T08:00:00", "2026-12-01T09:00:00"]])), "hot"),
        (collection(feature(hot=[["2026-12-01T09:00:00Z", "2026-12-01T08:00:00Z"]])), "hot"),
        (collection(feature(buffer_m=1e9)), "buffer_m"),
        (collection(feature({"type": "Point", "coordinates": [0, 0]})), "geometry"),
        (collection(feature({"type": "LineString", "coordinates": RING})), "geometry.type"),
        (collection(feature({"type": "Polygon", "coordinates": [RING[:-1]]})), "coordinates"),
        (collection(feature({"type": "Polygon", "coordinates": [[[0, 91]] * 4]})), "latitude"),
        (collection(feature({"type": "Polygon", "coordinates": [[[0, 1]] * 5]})), "geometry"),
        (
            collection(
                feature({"type": "Polygon", "coordinates": [
                    [[-180, 60], [180, 60], [180, 80], [-180, 80], [-180, 60]]]})
            ),
            "geometry",
        ),
        (b"\0\1\2", "areas"),
        (b"just a note\n", "line 1"),
        (b"", "areas"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_name(file_bytes, named):
    with pytest.raises(InputError) as caught:
        read(file_bytes)
    assert named in caught.value.field


@pytest.mark.requirement("BORD-011")
def test_what_is_enclosed_twice_would_read_as_outside_and_is_refused():
    bow = [[20, 10], [21, 11], [21, 10], [20, 11], [20, 10]]
    over = [[20.5, 10.5], [21.5, 10.5], [21.5, 11.5], [20.5, 11.5], [20.5, 10.5]]
    beside = [[21.0, 10.0], [22.0, 10.0], [22.0, 11.0], [21.0, 11.0], [21.0, 10.0]]
    for form, coordinates, why in (
        ("Polygon", [bow], "crosses itself"),
        ("MultiPolygon", [[RING], [over]], "overlap"),
    ):
        with pytest.raises(InputError, match=why):
            read(collection(feature({"type": form, "coordinates": coordinates})))
    joined = feature({"type": "MultiPolygon", "coordinates": [[RING], [beside]]})
    (area,) = read(collection(joined)).areas.areas
    place = at(10.5, 21.0)
    assert holds(area.outline, place), "on the edge that both parts share"
    edge = nearest_edge(area.outline.start, area.outline.end, place, 30_000.0)
    assert edge is None, "which is no edge of the whole"


OPENAIR = """* made up for a test
AC R
AN R-1 Square
AL GND
AH FL95
DP 10:00:00 N 020:00:00 E
DP 10:00:00 N 021:00:00 E
DP 11:00:00 N 021:00:00 E
DP 11:00:00 N 020:00:00 E

AC Q
AN D-2 Circle
AL 1500ft AMSL
AH 3000ft AGL
V X=60:00:00 N 005:00:00 E
DC 5

AC P
AN P-3 Half
AL SFC
AH UNLIM
V X=40:00:00 N 010:00:00 W
V D=+
DA 10,270,90
DP 39:50:00 N 010:00:00 W

AC C
AN TMA
AL FL65
AH FL95
DP 10:00:00 N 020:00:00 E
DP 10:00:00 N 021:00:00 E
DP 11:00:00 N 021:00:00 E
"""


@pytest.mark.requirement("BORD-012")
def test_openair_areas_are_read_and_what_is_no_warning_area_is_counted():
    whole = read(OPENAIR.encode())
    square, circle, half = whole.areas.areas
    assert whole.left_out == {"class C": 1}
    kinds = [area.kind for area in whole.areas.areas]
    assert kinds == [AreaKind.RESTRICTED, AreaKind.DANGER, AreaKind.PROHIBITED]
    assert (square.lower, square.upper) == (None, Altitude(9_500 * 0.3048, Datum.QNE))
    assert (circle.lower.datum, circle.upper.datum) == (Datum.EGM2008, Datum.AGL)
    assert whole.areas.error_m is None, "the format states none"
    for azimuth in range(0, 360, 30):
        rim = WGS84.Direct(60.0, 5.0, azimuth, 5 * 1852.0)
        place = at(rim["lat2"], rim["lon2"])
        assert holds(circle.outline, place)
        edge = nearest_edge(circle.outline.start, circle.outline.end, place, 1_000.0)
        assert edge.distance_m < 20.0
    north = WGS84.Direct(40.0, -10.0, 10.0, 18_519.0)
    south = WGS84.Direct(40.0, -10.0, 170.0, 18_000.0)
    assert holds(half.outline, at(north["lat2"], north["lon2"]))
    assert not holds(half.outline, at(south["lat2"], south["lon2"]))
    beyond = WGS84.Direct(40.0, -10.0, 10.0, 18_526.0)
    assert not holds(half.outline, at(beyond["lat2"], beyond["lon2"]))


@pytest.mark.requirement("BORD-012")
@pytest.mark.parametrize(
    ("was", "now", "named"),
    [
        ("DP 10:00:00 N 021:00:00 E", "DP 10 N 21 E", "line 7"),
        ("DC 5", "DC 5000", "line 16"),
        ("DC 5", "DC many", "line 16"),
        ("AH FL95", "AH as published", "R-1 Square.ceiling"),
        ("AL GND\n", "", "R-1 Square.floor"),
        ("DP 10:00:00 N 020:00:00 E", "DP 99:00:00 N 020:00:00 E", "R-1 Square"),
        ("AN R-1", "XX R-1", "line 3"),
    ],
)
def test_a_line_of_openair_that_cannot_be_read_is_named(was, now, named):
    with pytest.raises(InputError) as caught:
        read(OPENAIR.replace(was, now, 1).encode())
    assert named in caught.value.field


@pytest.mark.requirement("BORD-012")
def test_activations_need_a_zone_and_what_is_not_understood_is_always_hot():
    def hot(line):
        text = OPENAIR.replace("AH FL95\n", f"AH FL95\nAA {line}\n", 1)
        return read(text.encode()).areas.areas[0].hot

    (times,) = hot("2026-12-01T08:00Z/2026-12-01T09:00Z")
    assert times.start == instant_from_rfc3339("2026-12-01T08:00:00Z", "start")
    assert hot("NONE") is None
    assert hot("by NOTAM") is None
    assert hot("2026-12-01T08:00Z/NONE") is None
    with pytest.raises(InputError, match="zone"):
        hot("2026-12-01T08:00/2026-12-01T09:00")


@pytest.mark.requirement("BORD-010")
def test_a_set_of_firs_as_eurocontrol_publishes_it_is_read():
    given = {
        "ICAO": "XA", "IDENT": "XAXX", "NAME": "AURELIA FIR", "TYPE": "FIR", "UPPERLIMIT": "195",
        "UPPERUNIT": "FL", "LOWERLIMIT": "0", "LOWERUNIT": "FT", "EFFECTDATE": "30-04-2015",
    }  # fmt: skip
    geometry = {"type": "Polygon", "coordinates": [RING]}
    fir = {"type": "Feature", "properties": given, "geometry": geometry}
    (area,) = read(collection(fir)).areas.areas
    assert (area.kind, area.name, area.lower) == (AreaKind.FIR, "AURELIA FIR", None)
    assert area.upper == Altitude(19_500 * 0.3048, Datum.QNE)


@pytest.mark.requirement("BORD-010")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FL95", (2_895.6, Datum.QNE)),
        ("2500ft", (762.0, Datum.EGM2008)),
        ("2500 FT AGL", (762.0, Datum.AGL)),
        ("300 m AMSL", (300.0, Datum.EGM2008)),
        ("1000 GND", (304.8, Datum.AGL)),
        ("SFC", None),
        ("UNLIM", None),
    ],
)
def test_heights_as_texts_write_them(text, expected):
    found = limit_from_text(text, "upper")
    assert (found and (pytest.approx(found.height_m), found.datum)) == expected


@pytest.mark.requirement("BORD-011")
@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: ("AC R\n" + text).encode()),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["type", "geometry", "properties", "kind"]), inner
                )
            ),
            max_leaves=8,
        ).map(
            lambda value: json.dumps({"type": "FeatureCollection", "features": [value]}).encode()
        ),
    )
)
def test_garbage_is_refused_and_never_more_than_that(file_bytes):
    try:
        read(file_bytes)
    except InputError:
        return


def test_the_middle_of_a_read_area_is_where_it_was_drawn():
    (area,) = read(collection(feature())).areas.areas
    north, east = degrees_from_unit(area.outline.start.mean(axis=0))
    assert (float(north), float(east)) == (
        pytest.approx(10.5, abs=0.02),
        pytest.approx(20.5, abs=0.01),
    )
