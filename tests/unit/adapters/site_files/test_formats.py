"""Lists of sites in every format, and files made to do harm."""

import io
import json
import zipfile

import apsw
import pytest
import shapely

from comity.adapters.site_files import read_site_file
from comity.adapters.site_files.rows import KIND_WORDS, NAMES
from comity.domain.sites import PlaceDatum, SiteKind
from comity.kernel.errors import InputError

CSV = """id,name,name:ru,amenity,lat,lon,addr:country
1,Invented hospital,Больница,hospital,-10.1234567,-150.7654321,XX
2,"Invented, school",,school,-10.5,-150.5,XX
"""
HXL = """Name of it,Where,,What,Code
#loc+name,#geo+lat,#geo+lon,#loc+type,#meta+id
Invented hospital,-10.1234567,-150.7654321,hospital,1
"Invented, school",-10.5,-150.5,school,2
"""
GEOJSON = json.dumps({
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "id": 1, "properties": {"name": "Invented hospital", "amenity": "hospital"},
         "geometry": {"type": "Point", "coordinates": [-150.7654321, -10.1234567]}},
        {"type": "Feature", "id": 2, "properties": {"name": "Invented, school", "amenity": "school"},
         "geometry": {"type": "Point", "coordinates": [-150.5, -10.5]}},
    ],
})  # fmt: skip
KML = """<?xml version="1.0"?><kml xmlns="k"><Document>
<Placemark id="1"><name>Invented hospital</name>
<ExtendedData><Data name="amenity"><value>hospital</value></Data></ExtendedData>
<Point><coordinates>-150.7654321,-10.1234567,0</coordinates></Point></Placemark>
<Placemark id="2"><name>Invented, school</name>
<ExtendedData><Data name="amenity"><value>school</value></Data></ExtendedData>
<Point><coordinates>-150.5,-10.5</coordinates></Point></Placemark></Document></kml>"""


def kmz(kml=KML, name="doc.kml"):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, kml)
    return content.getvalue()


def geopackage(*extra, srs_id=4326, table="places", blob=None):
    connection = apsw.Connection(":memory:")
    connection.execute("PRAGMA application_id = 0x47504B47")
    connection.execute("CREATE TABLE gpkg_contents (table_name, data_type)")
    connection.execute("CREATE TABLE gpkg_geometry_columns (table_name, column_name, srs_id)")
    connection.execute(
        "CREATE TABLE places (fid INTEGER PRIMARY KEY, geom BLOB, id TEXT, name TEXT, amenity TEXT)"
    )
    connection.execute("INSERT INTO gpkg_contents VALUES (?, 'features')", (table,))
    connection.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?)", (table, srs_id))
    for row, (name, kind, lon, lat) in enumerate((
        ("Invented hospital", "hospital", -150.7654321, -10.1234567),
        ("Invented, school", "school", -150.5, -10.5),
    ), 1):  # fmt: skip
        geometry = blob or b"GP\x00\x01" + bytes(4) + shapely.to_wkb(shapely.Point(lon, lat))
        connection.execute(
            "INSERT INTO places VALUES (?, ?, ?, ?, ?)", (row, geometry, str(row), name, kind)
        )
    for statement in extra:
        connection.execute(statement)
    content = connection.serialize("main")
    connection.close()
    return content


FILES = {
    "CSV": CSV.encode(),
    "CSV with a byte order mark": b"\xef\xbb\xbf" + CSV.encode(),
    "CSV with semicolons": CSV.replace('"Invented, school"', "Invented§ school").replace(",", ";")
    .replace("§", ",").encode(),
    "HXL": HXL.encode(),
    "GeoJSON": GEOJSON.encode(),
    "KML": KML.encode(),
    "KMZ": kmz(),
    "GeoPackage": geopackage(),
}  # fmt: skip


@pytest.mark.requirement("SITES-040")
@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_every_format_says_the_same(content):
    read = read_site_file(content)
    assert read.refused == ()
    first, second = read.candidates
    assert (first.kind, second.kind) == (SiteKind.HOSPITAL, SiteKind.SCHOOL)
    assert (first.names[0].text, second.names[0].text) == ("Invented hospital", "Invented, school")
    assert (first.place.latitude_e7, first.place.longitude_e7) == ((-101234567,), (-1507654321,))
    assert first.reference == "1"
    assert first.place.datum is PlaceDatum.WGS84
    assert first.place.accuracy_mm is None, "what is not stated is not known"


@pytest.mark.requirement("SITES-040")
def test_names_in_several_scripts_and_what_few_digits_say():
    read = read_site_file(CSV.encode())
    assert [(name.text, name.script, name.language) for name in read.candidates[0].names] == [
        ("Invented hospital", "Latn", "und"),
        ("Больница", "Cyrl", "ru"),
    ]
    assert read.candidates[1].place.accuracy_mm > 7_000_000, (
        "one digit: half of a tenth of a degree"
    )


ROW = "id,name,amenity,lat,lon\n1,{name},hospital,{lat},{lon}\n"


@pytest.mark.requirement("SITES-041")
@pytest.mark.parametrize(
    ("name", "lat", "lon", "field"),
    [
        ("x", "91", "0", "latitude"),
        ("x", "0", "181", "longitude"),
        ("x", "nan", "0", "latitude"),
        ("x", "inf", "0", "latitude"),
        ("x", "north", "0", "latitude"),
        ("x", "1_0", "0", "latitude"),
        ("＝1+1", "1", "1", "name"),
        ("x", "", "0", "latitude"),
        ("", "1", "1", "name"),
        ('"=HYPERLINK(1)"', "1", "1", "name"),
        ("@SUM(1)", "1", "1", "name"),
        ("+1", "1", "1", "name"),
        ("y" * 2_001, "1", "1", "name"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_the_others_go_on(name, lat, lon, field):
    text = ROW.format(name=name, lat=lat, lon=lon) + "2,Invented school,school,1.5,1.5\n"
    read = read_site_file(text.encode())
    assert [(each.number, each.field) for each in read.refused] == [(1, field)]
    assert read.refused[0].why
    assert [each.number for each in read.candidates] == [2]


@pytest.mark.requirement("SITES-041")
def test_a_million_vertices_are_refused_as_one_row():
    ring = [[i * 1e-5, 1.0] for i in range(100_001)]
    text = json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": "x"}, "geometry": {"type": "Polygon", "coordinates": [ring]}},
        {"type": "Feature", "properties": {"name": "y"}, "geometry": {"type": "GeometryCollection"}},
        {"type": "Feature", "properties": {"name": "z"}, "geometry": {"type": "Point", "coordinates": ["a"]}},
        {"type": "Feature", "properties": {"name": "z"}, "geometry": {"type": "Polygon",
         "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}},
        {"type": "Feature", "properties": 3, "geometry": None}, 7,
    ]})  # fmt: skip
    read = read_site_file(text.encode())
    assert len(read.refused) == 6
    assert "at most 1000" in read.refused[0].why


DOCTYPE = '<!DOCTYPE k [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><kml>&b;</kml>'
BOMB = b"<kml>" + b" " * 80_000_000 + b"</kml>"
HARMFUL = {
    "empty": (b"", "empty"),
    "entities": (DOCTYPE.encode(), "document type"),
    "deep XML": (b"<a>" * 1_000, "deep"),
    "cut XML": (KML.encode()[:-30], "well-formed"),
    "zip bomb": (kmz(BOMB), "grows beyond"),
    "no KML in the zip": (kmz(name="doc.txt"), "without a .kml"),
    "cut zip": (kmz()[:-40], "zip archive"),
    "not UTF-8": (b"name,lat,lon\n\xff,1,1\n", "UTF-8"),
    "open quote": (b'name,lat,lon\n"x,1,1\n', "line"),
    "deep JSON": (b'{"a":' * 100_000, "deep"),
    "no features": (b'{"type": "Feature"}', "FeatureCollection"),
    "another reference system": (geopackage(srs_id=3857), "3857"),
    "a view for a table": (
        geopackage("CREATE VIEW v AS SELECT 1 AS fid, zeroblob(1000000000) AS geom", table="v"), "feature table"),
    "damaged": (geopackage()[:4_096] + bytes(12_288), "cannot|can be read"),
    "SQLite, no GeoPackage": (geopackage("PRAGMA application_id = 1"), "no GeoPackage"),
    "generated columns that count for ever": (
        geopackage("DROP TABLE places",
                   "CREATE VIEW places AS WITH RECURSIVE n(geom) AS (SELECT 1 UNION ALL SELECT geom+1 FROM n) "
                   "SELECT geom FROM n"), "feature table"),
}  # fmt: skip


@pytest.mark.requirement("SITES-041")
@pytest.mark.parametrize(("content", "words"), HARMFUL.values(), ids=HARMFUL)
def test_a_harmful_file_is_refused_as_a_whole(content, words):
    with pytest.raises(InputError, match=words) as caught:
        read_site_file(content)
    assert caught.value.why


@pytest.mark.requirement("SITES-041")
def test_a_geometry_that_is_none_is_refused_as_a_row():
    read = read_site_file(geopackage(blob=b"GP\x00\x01" + bytes(4) + b"\x01\xff\xff"))
    assert [each.field for each in read.refused] == ["geometry", "geometry"]


@pytest.mark.requirement("SITES-040")
def test_words_for_kinds_are_lower_case_and_no_column_stands_for_two_things():
    assert all(word == word.casefold() for word in KIND_WORDS)
    assert len(set(NAMES)) == len(NAMES)
