"""Files, hazard notices and protected sites become areas that are watched; what cannot be is named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from tests.watched_areas import DIGEST, set_of, square

from comity.application.brief_areas import AreaFileBrief, AreasBrief, NoticeBrief, SiteBrief
from comity.application.brief_watch import NetsBrief
from comity.application.take_areas import NOTICES, SITES, take_areas
from comity.domain.airspace import NO_HEIGHT_BOUNDS, Altitude, Datum, Volume4D, volumes_to_body
from comity.domain.alerts import AlertKind, Finding, Severity, Situation
from comity.domain.alerts.area_rules import notice_name
from comity.domain.alerts.areas import AreaKind
from comity.domain.geometry import EdgeKind, Shape, ShapeKind, unit_from_degrees
from comity.domain.geometry.area_index import AreaIndex
from comity.domain.geometry.shape_outlines import shape_outline
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

START = Instant(1_795_000_000_000)
GROUND, TOP = Altitude(0.0, Datum.AGL), Altitude(9_753.6, Datum.QNE)


def _shape(latitude, longitude, kind=ShapeKind.PATH, radius_m=5_000.0):
    return Shape(kind, latitude, longitude, radius_m, EdgeKind.GEODESIC)


def _notice(shape, record="c4" * 32, hours=(0,)):
    volumes = [
        Volume4D(shape, GROUND, TOP, START.plus_s(3_600 * hour), START.plus_s(3_600 * hour + 1_800))
        for hour in hours
    ]
    return NoticeBrief(
        "aurelia.q3mbt5aa/00000000000000a1", 2, "aurelia.q3mbt5aa", "firing", record,
        volumes_to_body(volumes),
    )  # fmt: skip


def _file(name, guarded=()):
    return AreaFileBrief(name, f"/areas/{name}", DIGEST, None, list(guarded))


def _taken(sets=None, **brief):
    def read(file):
        found = (sets or {}).get(file.name)
        if found is None:
            raise InputError("path", f"{file.path} is no file on the node's machine")
        return found

    return take_areas(AreasBrief(**brief), NO_HEIGHT_BOUNDS, read)


def _alert(area_id, **basis):
    subjects = ("icao/4ca001", area_id)
    situation = Situation(AlertKind.AREA_PROXIMITY, subjects)
    return Finding(situation, Severity.WARNING, 0.0, determined=True, basis=basis)


def _inside(outline, latitude_deg, longitude_deg):
    units = unit_from_degrees(np.array([latitude_deg]), np.array([longitude_deg]))
    index = AreaIndex([outline])
    scaled = units * np.array([6_378_137.0, 6_378_137.0, 6_356_752.314245])
    return len(index.inside(scaled).place) == 1


@pytest.mark.requirement("ALERT-060")
def test_notices_and_sites_are_watched_beside_files():
    site = SiteBrief("aurelia.q3mbt5aa/00000000000000b2", "hospital", 10.0, 20.0, 300.0)
    taken = _taken(
        {"ranges": set_of(square("r1", 0.0, 0.0))},
        files=[_file("ranges")],
        notices=[_notice(_shape((5.0,), (5.0,)), hours=(0, 6))],
        sites=[site],
    )
    assert taken.missing == ()
    assert [one.name for one in taken.watched.sets] == ["drawn", NOTICES, SITES]
    _, firing, hospital = taken.watched.areas
    assert firing.kind is AreaKind.HAZARD
    assert (firing.lower, firing.upper) == (None, TOP)
    assert [hot.start for hot in firing.hot] == [START, START.plus_s(21_600)]
    assert hospital.area_id == site.site
    assert (hospital.kind, hospital.lower, hospital.upper) == (AreaKind.PROTECTED_SITE, None, None)


@pytest.mark.requirement("ALERT-060")
def test_a_source_that_cannot_be_read_is_named_and_the_others_are_watched():
    taken = _taken(
        {"ranges": set_of(square("r1", 0.0, 0.0))}, files=[_file("gone"), _file("ranges")]
    )
    assert [area.area_id for area in taken.watched.areas] == ["r1"]
    (undrawn,) = taken.undrawn
    assert undrawn.why.startswith("gone: path")
    assert taken.missing == ()
    assert undrawn.concerns(_alert("r9", data_set_digest=_file("gone").digest))
    assert not undrawn.concerns(_alert("r1", data_set_digest="c0" * 32))


@pytest.mark.requirement("ALERT-060")
def test_an_area_that_two_files_have_is_watched_once_and_told():
    sets = {"one": set_of(square("r1", 0.0, 0.0)), "two": set_of(square("r1", 1.0, 1.0))}
    taken = _taken(sets, files=[_file("one"), _file("two")])
    assert len(taken.watched.sets) == 1
    assert "two: area_id" in taken.undrawn[0].why


@pytest.mark.requirement("ALERT-060")
def test_a_border_is_guarded_by_its_name_and_an_unknown_one_is_told():
    land = set_of(square("c:utopia", 0.0, 0.0, kind=AreaKind.COUNTRY, name="Utopia"))
    assert _taken({"land": land}, files=[_file("land", ["UTOPIA"])]).rule.guarded == {"c:utopia"}
    taken = _taken({"land": land}, files=[_file("land", ["Nowhere"])])
    assert "Nowhere" in taken.undrawn[0].why
    assert (len(taken.watched.areas), taken.rule.guarded) == (1, frozenset())


@pytest.mark.requirement("ALERT-064")
def test_of_more_than_can_be_watched_only_the_alerts_of_what_is_left_out_are_held():
    site = SiteBrief("aurelia.q3mbt5aa/00000000000000b2", "school", 10.0, 20.0, 300.0)
    taken = _taken(
        notices=[_notice(_shape((5.0,), (5.0,)))],
        sites=[site],
        missing=["hazard notices: 1 of 2 are watched; not watched: n-2"],
        notices_left_out=["n-2"],
        sites_left_out=["s-2"],
    )
    (undrawn,) = taken.undrawn
    assert (len(taken.watched.areas), taken.missing) == (2, ())
    assert undrawn.concerns(_alert("x", area_name=notice_name("firing", "n-2", 3)))
    assert undrawn.concerns(_alert("s-2"))
    assert not undrawn.concerns(_alert("x", area_name=taken.watched.areas[0].name))
    assert not undrawn.concerns(_alert(site.site, area_name=taken.watched.areas[1].name))


@pytest.mark.requirement("ALERT-060")
def test_two_notices_of_one_area_id_are_watched_once_and_the_second_is_told():
    notice = _notice(_shape((5.0,), (5.0,)))
    taken = _taken(notices=[notice, notice, _notice(_shape((7.0,), (5.0,)), record="d6" * 32)])
    assert len(taken.watched.areas) == 2
    assert "stands there twice" in taken.undrawn[0].why


@pytest.mark.requirement("ALERT-065")
def test_a_site_counts_up_to_the_height_and_as_wide_as_the_agreement_states():
    site = SiteBrief(
        "aurelia.q3mbt5aa/00000000000000b3", "school", 10.0, 21.0, 300.0, 1_000.0, 914.4, "EGM2008"
    )
    (area,) = _taken(sites=[site], nets=NetsBrief(look_ahead_s=90.0)).watched.areas
    assert area.upper == Altitude(914.4, Datum.EGM2008)
    assert (area.lower, area.buffer_m) == (None, 1_300.0)


@pytest.mark.requirement("ALERT-065")
def test_the_area_net_looks_and_warns_as_the_agreement_states():
    nets = NetsBrief(look_ahead_s=90.0, warning_s=20.0, caution_s=50.0)
    taken = _taken(notices=[_notice(_shape((5.0,), (5.0,)))], nets=nets)
    assert taken.watched.rule.look_ahead_s == 90.0
    assert (taken.rule.warning_s, taken.rule.caution_s) == (20.0, 50.0)
    default = _taken(notices=[_notice(_shape((5.0,), (5.0,)))])
    assert (default.watched.rule.look_ahead_s, default.rule.warning_s) == (120.0, 40.0)


@pytest.mark.requirement("ALERT-060")
def test_a_site_whose_place_is_too_uncertain_is_told_and_not_dropped_in_silence():
    far = SiteBrief("aurelia.q3mbt5aa/00000000000000b2", "school", 10.0, 20.0, 300_000.0)
    near = SiteBrief("aurelia.q3mbt5aa/00000000000000b3", "school", 10.0, 21.0, 300.0)
    taken = _taken(sites=[far, near])
    (undrawn,) = taken.undrawn
    assert undrawn.why.startswith(f"protected site {far.site}")
    assert (undrawn.area_id, taken.missing) == (far.site, ())
    assert [area.area_id for area in taken.watched.areas] == [near.site]


@pytest.mark.requirement("ALERT-064")
def test_of_a_notice_that_cannot_be_drawn_whole_the_rest_is_watched_and_it_is_told():
    good, bad = _shape((5.0,), (5.0,)), _shape((6.0,), (5.0,), radius_m=5_000.0)
    notice = _notice(good)
    volumes = [*notice.volumes, *_notice(bad).volumes]
    whole = NoticeBrief(notice.notice, 2, notice.author, notice.activity, notice.record, volumes)
    assert len(_taken(notices=[whole]).watched.areas) == 2
    garbled = NoticeBrief(
        notice.notice, 2, notice.author, notice.activity, notice.record, [{"shape": None}]
    )
    taken = _taken(notices=[garbled, _notice(good, record="d5" * 32)])
    (undrawn,) = taken.undrawn
    assert notice.notice in undrawn.why
    assert undrawn.in_name in taken.watched.areas[0].name  # another revision of it is held too
    assert len(taken.watched.areas) == 1


@pytest.mark.requirement("ALERT-061")
@settings(max_examples=15, deadline=None)
@given(
    st.floats(-80.0, 80.0), st.floats(-180.0, 180.0), st.floats(0.0, 1.0), st.floats(0.0, 0.98),
    st.floats(0.0, 360.0),
)  # fmt: skip
def test_the_outline_of_a_corridor_holds_all_within_its_radius(south, west, along, share, azimuth):
    geod, radius_m = Geod(ellps="WGS84"), 4_000.0
    bearing, length_m = 60.0, 90_000.0
    east, north, _ = geod.fwd(west, south, bearing, length_m)
    outline = shape_outline(_shape((south, north), (west, east), radius_m=radius_m))
    on_east, on_north, _ = geod.fwd(west, south, bearing, along * length_m)
    off_east, off_north, _ = geod.fwd(on_east, on_north, azimuth, share * radius_m)
    assert _inside(outline, off_north, off_east)
    out_east, out_north, _ = geod.fwd(on_east, on_north, bearing + 90.0, radius_m * 1.01 + 10.0)
    assert not _inside(outline, out_north, out_east)


@pytest.mark.requirement("ALERT-061")
@pytest.mark.parametrize(
    ("shape", "inside", "outside"),
    [
        (_shape((0.0, 0.0, 1.0), (0.0, 1.0, 0.5), ShapeKind.RING, 0.0), (0.3, 0.5), (-0.1, 0.5)),
        (_shape((0.0, 0.0, 1.0), (0.0, 1.0, 0.5), ShapeKind.RING), (-0.04, 0.5), (-0.1, 0.5)),
        (_shape((0.0, 0.0, 1.0), (179.5, -179.5, 180.0), ShapeKind.RING), (0.3, 180.0), (0.3, 0.0)),
        (_shape((-20.0,), (180.0,)), (-20.0, -179.97), (-20.0, -179.9)),
        (_shape((89.99,), (0.0,)), (90.0, 0.0), (89.8, 180.0)),
        (_shape((5.0,), (5.0,), radius_m=0.0), (5.0, 5.0), (5.001, 5.0)),
    ],
)
def test_outlines_of_shapes_at_the_borders_of_the_map(shape, inside, outside):
    outline = shape_outline(shape)
    assert _inside(outline, *inside)
    assert not _inside(outline, *outside)
