"""Border verdicts: over, within the error, undetermined at sea; derived lines are called derived."""

from dataclasses import replace

import numpy as np
import pytest
from tests.geodesic_reference import WGS84
from tests.watched_areas import set_of, square

from comity.adapters.natural_earth import border_data_set
from comity.adapters.natural_earth.areas import border_area_set
from comity.adapters.natural_earth.lines import PackagedLines
from comity.domain.airspace import Altitude, Datum
from comity.domain.alerts import AreaKind, BorderVerdict, border_position
from comity.domain.alerts.area_proximity import WatchedAreas
from comity.domain.alerts.border_lines import AreaLines, check_border
from comity.domain.alerts.picture import ecef_from_degrees
from comity.domain.geometry.areas_few import bearing_deg
from comity.domain.geometry.ellipsoid import unit_from_degrees
from comity.kernel.errors import InputError


@pytest.fixture(scope="module")
def packaged():
    return PackagedLines(border_data_set())


@pytest.mark.requirement("BORD-005")
@pytest.mark.parametrize(
    ("over", "near", "error_m", "verdict"),
    [
        (["A"], [("A", 9_000.0)], 5_302.0, BorderVerdict.OVER),
        (["A"], [("A", 5_302.0), ("B", 5_302.0)], 5_302.0, BorderVerdict.WITHIN_ERROR),
        ([], [("A", 100.0)], 5_302.0, BorderVerdict.WITHIN_ERROR),
        ([], [("A", 9_000.0)], 5_302.0, BorderVerdict.UNDETERMINED_AT_SEA),
        ([], [], 5_302.0, BorderVerdict.UNDETERMINED_AT_SEA),
        (["A"], [("A", 1.0)], None, BorderVerdict.ERROR_NOT_STATED),
    ],
)
def test_the_error_of_the_line_is_part_of_the_verdict(over, near, error_m, verdict):
    assert border_position(over, near, error_m).verdict is verdict


@pytest.mark.requirement("BORD-005")
def test_nearness_to_a_line_names_both_its_sides():
    position = border_position(["A"], [("B", 900.0), ("A", 900.0)], 5_302.0)
    assert position.words() == "within the border's error: A or B"
    coast = border_position([], [("A", 900.0)], 5_302.0)
    assert coast.words() == "within the border's error: A or not A"


@pytest.mark.requirement("BORD-006")
def test_a_twelve_mile_line_is_called_derived_and_never_decides():
    position = border_position([], [("A", 22_224.0), ("B", 22_225.0)], 5_302.0, twelve_nm=True)
    assert position.verdict is BorderVerdict.UNDETERMINED_AT_SEA
    assert position.twelve_nm_of == ("A",)
    assert "derived 12 NM line of A" in position.words()
    assert border_position([], [("A", 9_000.0)], 5_302.0).twelve_nm_of is None
    assert border_position(["A"], [("A", 9_000.0)], 5_302.0, twelve_nm=True).twelve_nm_of == ()


@pytest.mark.requirement("BORD-005")
@pytest.mark.parametrize(
    ("place", "over", "verdict"),
    [
        ((52.0, 20.0), ("Poland",), BorderVerdict.OVER),
        ((-89.99, 12.0), ("Antarctica",), BorderVerdict.OVER),
        ((90.0, 0.0), (), BorderVerdict.UNDETERMINED_AT_SEA),
        ((67.0, 180.0), ("Russia",), BorderVerdict.OVER),
        ((67.0, -180.0), ("Russia",), BorderVerdict.OVER),
        ((-29.6, 28.2), ("Lesotho",), BorderVerdict.OVER),
        ((50.0, -30.0), (), BorderVerdict.UNDETERMINED_AT_SEA),
    ],
)
def test_well_known_places_are_over_the_countries_they_are_over(packaged, place, over, verdict):
    found = check_border(packaged, *place)
    assert (found.position.over, found.position.verdict) == (over, verdict)


@pytest.mark.requirement("BORD-008")
def test_where_the_data_are_cut_is_no_border(packaged):
    """Chukotka lies across ±180°, Antarctica round the pole: neither has a line there."""
    found = check_border(packaged, 67.0, 180.0)
    assert found.line_m > 50_000.0
    assert check_border(packaged, -89.99, 12.0).line_m is None or (
        check_border(packaged, -89.99, 12.0).line_m > 400_000.0
    )


@pytest.mark.requirement("BORD-007")
def test_distance_and_bearing_are_those_of_geodesics():
    lines = AreaLines(set_of(square("land", 10.0, 20.0, kind=AreaKind.COUNTRY)))
    found = check_border(lines, 10.1, 19.9)
    inverse = WGS84.Inverse(10.1, 19.9, 10.1, 20.0)
    assert found.line_m == pytest.approx(inverse["s12"], abs=0.5)
    assert found.bearing_deg == pytest.approx(inverse["azi1"], abs=0.1)
    assert (found.line_of, found.position.over) == (("land",), ())
    place = unit_from_degrees(np.array([60.0]), np.array([179.9]))[0]
    other = unit_from_degrees(np.array([60.3]), np.array([-179.9]))[0]
    azimuth = WGS84.Inverse(60.0, 179.9, 60.3, -179.9)["azi1"]
    assert bearing_deg(place, other) == pytest.approx(azimuth % 360.0, abs=0.2)


@pytest.mark.requirement("BORD-007")
def test_a_height_counts_where_an_area_has_a_band_of_its_datum():
    band = {"lower": Altitude(3_000.0, Datum.QNE), "kind": AreaKind.FIR}
    lines = AreaLines(set_of(square("above", 10.0, 20.0, **band)))
    assert check_border(lines, 10.1, 20.1, Altitude(2_999.0, Datum.QNE)).position.over == ()
    for height in (Altitude(3_000.0, Datum.QNE), Altitude(100.0, Datum.AGL), None):
        assert check_border(lines, 10.1, 20.1, height).position.over == ("above",)
    with pytest.raises(InputError, match="lat"):
        check_border(lines, 90.1, 0.0)
    with pytest.raises(InputError, match="lon"):
        check_border(lines, 0.0, float("nan"))


@pytest.mark.requirement("BORD-008")
def test_the_index_of_countries_answers_as_the_rings_do():
    """Two ways, written apart: chords in degrees on a meridian; great ellipses on a cube."""
    data_set = border_data_set()
    names = ("Russia", "Fiji", "Antarctica", "Lesotho", "South Africa", "Chile", "Italy", "Vatican")
    some = replace(data_set, countries={name: data_set.countries[name] for name in names})
    areas = border_area_set(some)
    packaged = PackagedLines(some)
    watched = WatchedAreas([areas])
    rng = np.random.default_rng(8)
    latitude = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, 400)))
    longitude = rng.uniform(-180.0, 180.0, 400)
    inside = watched.index.inside(ecef_from_degrees(latitude, longitude))
    named = {number: set() for number in range(len(latitude))}
    for place, area in zip(inside.place.tolist(), inside.area.tolist(), strict=True):
        named[place].add(areas.areas[area].name)
    for number, (north, east) in enumerate(zip(latitude.tolist(), longitude.tolist(), strict=True)):
        assert set(packaged.over(north, east, None)) == named[number]
    assert areas.error_m == data_set.error_m
    assert areas.digest == data_set.digest
