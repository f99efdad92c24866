"""The area net: what is inside, what is entered, how bad that is, and what cannot be told."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from tests.air_pictures import AT, picture_of
from tests.air_reference import Flight
from tests.area_reference import winds_round
from tests.geodesic_reference import WGS84
from tests.watched_areas import DIGEST, set_of, square

from comity.domain.airspace import Altitude, Datum, HeightBounds
from comity.domain.alerts import DATUM_CODES, AreaKind, AreaSet, HotTime, Severity
from comity.domain.alerts.area_proximity import WatchedAreas
from comity.domain.alerts.area_rules import AreaRule, AreaSeverityRule
from comity.domain.alerts.area_severity import area_findings
from comity.domain.alerts.picture import ecef_from_degrees
from comity.domain.geometry import degrees_from_unit
from comity.domain.geometry.area_outlines import (
    buffered_outline,
    circle_outline,
    excess_m,
    outline_of_rings,
)
from comity.domain.geometry.areas_few import holds, nearest_edge
from comity.domain.geometry.ellipsoid import unit_from_degrees
from comity.domain.geometry.kinds import EdgeKind
from comity.kernel.errors import InputError

EAST = 90.0
INSIDE = Flight(10.1, 20.1, 3_000.0, 100.0, EAST)
COMING = Flight(10.1, 19.95, 3_000.0, 100.0, EAST)  # 5.5 km, 55 s before the edge
AWAY = Flight(10.1, 19.95, 3_000.0, 100.0, 270.0)


def findings(areas, flights, rule=None, area_rule=None, **columns):
    watched = WatchedAreas([set_of(*areas)], area_rule)
    picture = picture_of(flights, **columns)
    told = area_findings(picture, watched, watched.find(picture), rule or AreaSeverityRule())
    return {finding.situation.subjects[0]: finding for finding in told.findings}


@pytest.mark.requirement("ALERT-054")
@pytest.mark.parametrize(
    ("kind", "inside", "coming"),
    [
        (AreaKind.PROHIBITED, Severity.WARNING, Severity.CAUTION),
        (AreaKind.HAZARD, Severity.WARNING, Severity.CAUTION),
        (AreaKind.PROTECTED_SITE, Severity.WARNING, Severity.CAUTION),
        (AreaKind.RESTRICTED, Severity.CAUTION, Severity.ADVISORY),
        (AreaKind.DANGER, Severity.CAUTION, Severity.ADVISORY),
        (AreaKind.AGREED, Severity.CAUTION, Severity.ADVISORY),
    ],
)
def test_severity_goes_by_kind_and_time(kind, inside, coming):
    told = findings([square("a", 10.0, 20.0, kind=kind)], [INSIDE, COMING, AWAY])
    assert set(told) == {"track-0", "track-1"}
    assert told["track-0"].severity is inside
    assert told["track-1"].severity is coming


@pytest.mark.requirement("ALERT-054")
def test_of_a_border_only_the_crossing_is_told_unless_it_is_guarded():
    areas = [square("land", 10.0, 20.0, kind=AreaKind.COUNTRY)]
    told = findings(areas, [INSIDE, COMING])
    assert set(told) == {"track-1"}
    assert (told["track-1"].severity, told["track-1"].situation.aspect) == (
        Severity.ADVISORY, "crossing",
    )  # fmt: skip
    guarded = findings(areas, [INSIDE, COMING], AreaSeverityRule(guarded=frozenset({"land"})))
    assert guarded["track-0"].severity is Severity.WARNING
    assert guarded["track-1"].severity is Severity.CAUTION
    assert guarded["track-1"].situation.aspect == ""


@pytest.mark.requirement("ALERT-054")
def test_who_is_permitted_raises_nothing_and_is_counted():
    watched = WatchedAreas([set_of(square("a", 10.0, 20.0))])
    picture = picture_of([INSIDE, COMING])
    rule = AreaSeverityRule(permitted=frozenset({("track-0", "a")}))
    told = area_findings(picture, watched, watched.find(picture), rule)
    assert [finding.situation.subjects for finding in told.findings] == [("track-1", "a")]
    assert told.permitted == 1


@pytest.mark.requirement("ALERT-056")
def test_a_finding_says_where_when_how_deep_and_by_whose_line():
    told = findings([square("a", 10.0, 20.0)], [INSIDE, COMING])
    inside, coming = told["track-0"].basis, told["track-1"].basis
    expected = WGS84.Inverse(10.1, 20.1, 10.1, 20.2)["s12"]
    assert inside["depth_mm"] is None, "10.9 km from the edge is not near"
    assert expected > 9_260.0
    away_m = WGS84.Inverse(10.1, 19.95, 10.1, 20.0)["s12"]
    assert coming["edge_distance_mm"] == pytest.approx(away_m * 1000, abs=1_000)
    assert coming["time_in_ms"] == pytest.approx(away_m * 10, abs=20)
    assert coming["entry_longitude_e7"] == pytest.approx(200_000_000, abs=100)
    assert coming["entry_latitude_e7"] == pytest.approx(101_000_000, abs=2_000)
    assert (coming["data_set"], coming["data_set_version"]) == ("drawn", "1")
    assert coming["data_set_digest"] == DIGEST
    assert coming["data_set_error_mm"] == 51_000
    assert (coming["inside"], inside["inside"]) == (False, True)
    near = findings([square("a", 10.0, 20.0)], [Flight(10.1, 20.199, 0.0, 0.0, EAST)])["track-0"]
    depth_m = WGS84.Inverse(10.1, 20.199, 10.1, 20.2)["s12"]
    assert near.basis["depth_mm"] == pytest.approx(depth_m * 1000, abs=1_000)
    assert near.basis["within_error"] is False
    close = findings([square("a", 10.0, 20.0)], [Flight(10.1, 20.1998, 0.0, 0.0, EAST)])["track-0"]
    assert close.basis["within_error"] is True, "22 m from a line that may err by 50"


@pytest.mark.requirement("ALERT-053")
def test_heights_that_do_not_compare_are_told_as_undetermined_and_never_dropped():
    band = {"lower": Altitude(300.0, Datum.AGL), "upper": Altitude(900.0, Datum.AGL)}
    area = square("a", 10.0, 20.0, kind=AreaKind.PROHIBITED, **band)
    told = findings([area], [INSIDE])["track-0"]
    assert (told.determined, told.severity) == (False, Severity.CAUTION)
    unknown = findings([area], [INSIDE], height_m=np.array([np.nan]))["track-0"]
    assert unknown.determined is False
    sea = square("a", 10.0, 20.0, upper=Altitude(2_000.0, Datum.EGM2008))
    assert findings([sea], [INSIDE])["track-0"].determined is False
    bounds = AreaRule(height_bounds=HeightBounds(pressure_error_m=600.0))
    assert findings([sea], [INSIDE], area_rule=bounds) == {}, "3,000 m is above 2,000 + 600"
    low = Flight(10.1, 20.1, 2_500.0, 100.0, EAST)
    assert findings([sea], [low], area_rule=bounds)["track-0"].determined is False
    geoid = np.array([DATUM_CODES[Datum.EGM2008]], np.uint8)
    assert findings([sea], [low], datum=geoid) == {}
    below = Flight(10.1, 20.1, 2_000.0, 100.0, EAST)
    assert findings([sea], [below], datum=geoid)["track-0"].determined is True, "the edge is in"


@pytest.mark.requirement("ALERT-052")
def test_an_area_counts_while_it_is_hot():
    def hot(start_s, end_s):
        return square("a", 10.0, 20.0, hot=(HotTime(AT.plus_s(start_s), AT.plus_s(end_s)),))

    assert findings([hot(-100, 100)], [INSIDE])["track-0"].time_to_s == 0.0
    assert findings([hot(60, 100)], [INSIDE])["track-0"].time_to_s == 60.0
    assert findings([hot(-100, -1)], [INSIDE]) == {}
    assert findings([hot(121, 500)], [INSIDE]) == {}
    assert findings([hot(0, 30)], [COMING]) == {}, "cold again before it comes"


@pytest.mark.requirement("ALERT-050")
@pytest.mark.parametrize("radius_m", [50.0, 3_000.0, 100_000.0])
def test_a_buffer_is_never_less_than_asked_and_more_by_the_stated_excess_only(radius_m):
    circle = circle_outline(61.0, 25.0, radius_m)
    box = [(np.array([61.0, 61.0, 61.01, 61.01]), np.array([25.0, 25.01, 25.01, 25.0]))]
    core = outline_of_rings(box, EdgeKind.GEODESIC)
    grown = buffered_outline(core, radius_m)
    for azimuth in range(0, 360, 7):
        for outline, from_m in ((circle, None), (grown, core)):
            there = WGS84.Direct(61.0, 25.0, azimuth, radius_m * 0.999)
            place = unit_from_degrees(np.array([there["lat2"]]), np.array([there["lon2"]]))[0]
            assert holds(outline, place)
            edge = outline.start[azimuth % len(outline.start)]
            gap_m = (
                nearest_edge(from_m.start, from_m.end, edge, 2 * radius_m).distance_m
                if from_m is not None
                else WGS84.Inverse(61.0, 25.0, *_degrees(edge))["s12"]
            )
            assert radius_m - 0.3 <= gap_m <= radius_m + excess_m(radius_m) + 0.3


def _degrees(unit):
    latitude, longitude = degrees_from_unit(unit)
    return float(latitude), float(longitude)


@pytest.mark.requirement("ALERT-055")
def test_compiled_and_plain_answers_are_the_same_on_any_number_of_threads():
    rng = np.random.default_rng(5)
    areas = [
        square(f"a{number}", south, west, size=0.3)
        for number, (south, west) in enumerate(rng.uniform(-3.0, 3.0, (60, 2)))
    ]
    watched = WatchedAreas([set_of(*areas)])
    flights = [
        Flight(*place, 1_000.0, 100.0, 45.0)
        for place in rng.uniform(-3.5, 3.5, (4_100, 2)).tolist()
    ]
    picture = picture_of(flights)
    one = watched.index.inside(picture.position_ecef_m)
    with ThreadPoolExecutor(2) as pool:
        two = watched.index.inside(picture.position_ecef_m, pool.map, 2)
        serial, spread = watched.find(picture), watched.find(picture, pool.map, 2)
    assert np.array_equal(one.place, two.place)
    assert np.array_equal(one.area, two.area)
    assert np.array_equal(serial.time_in_s, spread.time_in_s)
    some = set(zip(one.place.tolist(), one.area.tolist(), strict=True))
    units = unit_from_degrees(
        np.array([f.latitude_deg for f in flights[:150]]),
        np.array([f.longitude_deg for f in flights[:150]]),
    )
    near = watched.index.near(picture.position_ecef_m[:150], 10_000.0)
    gaps = dict(
        zip(
            zip(near.place.tolist(), near.area.tolist(), strict=True),
            near.distance_m.tolist(),
            strict=True,
        )
    )
    for place, unit in enumerate(units):
        for area, each in enumerate(areas):
            assert ((place, area) in some) == holds(each.outline, unit)
            edge = nearest_edge(each.outline.start, each.outline.end, unit, 10_000.0)
            assert gaps.get((place, area)) == (edge and pytest.approx(edge.distance_m, abs=1e-3))


@pytest.mark.requirement("ALERT-055")
def test_places_on_the_meridians_of_corners_are_no_special_places():
    """An arc to the pole then runs through corners exactly; whole degrees are common on maps."""
    corners = [(51.0, 2.0), (51.5, 2.0), (51.5, 3.0), (50.5, 4.0), (50.25, 2.0), (50.5, 1.0)]
    latitude, longitude = np.array(corners).T
    outline = outline_of_rings([(latitude, longitude)], EdgeKind.CHORD)
    watched = WatchedAreas([set_of(replace(square("a", 0.0, 0.0), outline=outline))])
    places = [(49.0 + step / 16.0, east) for step in range(60) for east in (1.0, 2.0, 3.0, 4.0)]
    north, east = np.array(places).T
    units = unit_from_degrees(north, east)
    inside = set(watched.index.inside(ecef_from_degrees(north, east)).place.tolist())
    for number, place in enumerate(places):
        expected = winds_round([*corners], place) if place not in corners else None
        on_edge = nearest_edge(outline.start, outline.end, units[number], 30.0) is not None
        if expected is not None and not on_edge:
            assert holds(outline, units[number]) == expected == (number in inside), place


def test_an_area_that_cannot_be_is_refused_by_field():
    with pytest.raises(InputError, match="lower"):
        square("a", 0, 0, lower=Altitude(500, Datum.QNE), upper=Altitude(400, Datum.QNE))
    with pytest.raises(InputError, match="hot"):
        square("a", 0, 0, hot=())
    with pytest.raises(InputError, match="area_id"):
        WatchedAreas([set_of(square("a", 0, 0), square("a", 1, 1))])
    with pytest.raises(InputError, match="digest"):
        AreaSet("x", "", "none", None, "", ())
    with pytest.raises(InputError, match="latitude_deg"):
        outline_of_rings([(np.array([0, 91.0, 0]), np.zeros(3))], EdgeKind.CHORD)
    with pytest.raises(InputError, match="latitude_deg"):
        outline_of_rings([(np.array([0, np.nan, 0]), np.zeros(3))], EdgeKind.CHORD)
    with pytest.raises(InputError, match="rings"):
        outline_of_rings([], EdgeKind.CHORD)
