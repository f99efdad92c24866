import math

import pytest
from geographiclib.geodesic import Geodesic
from tests.agreement_world import DAY_S, NOON, actors, ring, text_between

from comity.domain.agreement import Gap, parse_agreement, required_parties, uncovered
from comity.domain.airspace import (
    Altitude,
    CellCover,
    Datum,
    EdgeKind,
    Footprint,
    Separation,
    Shape,
    ShapeKind,
    Volume4D,
    cover_footprint,
)
from comity.kernel.errors import AgreementError

NORTH, SOUTH, EAST = actors("north", "south", "east")
MINIMUM_M = 9_260.0
NORTH_AREA, SOUTH_AREA, EAST_AREA = (
    ring(45.0, 0.0, 50.0, 10.0),
    ring(40.0, 0.0, 45.5, 10.0),
    ring(40.0, 9.0, 50.0, 15.0),
)

LOWER, UPPER = (Altitude(height_m, Datum.EGM2008) for height_m in (3000.0, 4000.0))


def terms_of(north=(NORTH_AREA,), south=(SOUTH_AREA,), east=(EAST_AREA,), **changed):
    text = text_between(
        NORTH.draft_party(*north), SOUTH.draft_party(*south), EAST.draft_party(*east), **changed
    )
    return parse_agreement(text).terms


TERMS = terms_of()


def flight(
    *points: tuple[float, float],
    radius_m: float = 1000.0,
    lower: Altitude = LOWER,
    upper: Altitude = UPPER,
    start_s: float = 0.0,
    end_s: float = 3600.0,
    flight_class: str = "fixed-wing",
) -> Footprint:
    latitudes, longitudes = zip(*points, strict=True)
    volume = Volume4D(
        Shape(ShapeKind.PATH, latitudes, longitudes, radius_m),
        lower,
        upper,
        NOON.plus_s(start_s),
        NOON.plus_s(end_s),
    )
    return Footprint((volume,), None, flight_class)


def moved(latitude: float, longitude: float, azimuth: float, distance_m: float):
    place = Geodesic.WGS84.Direct(latitude, longitude, azimuth, distance_m)
    return place["lat2"], place["lon2"]


def asked(footprint: Footprint, owner, terms=TERMS) -> list[str]:
    return [party.partition(".")[0] for party in required_parties(footprint, owner.id, terms)]


@pytest.mark.requirement("AGREE-017")
def test_a_flight_deep_inside_its_owners_area_asks_nobody_else():
    assert asked(flight((48.0, 4.0), (48.5, 5.0)), NORTH) == []


@pytest.mark.requirement("AGREE-017")
def test_a_party_is_asked_where_the_buffered_flight_meets_its_area():
    assert asked(flight((48.0, 4.0), (48.5, 9.5)), NORTH) == ["east"]
    assert asked(flight((45.5, 4.0), (46.5, 5.0)), NORTH) == ["south"]


@pytest.mark.requirement("AGREE-017")
def test_the_buffer_counts_and_errs_on_asking():
    east_edge = 9.0
    for short_m, expected in ((200.0, []), (1.0, []), (-1.0, ["east"]), (-200.0, ["east"])):
        place = moved(48.0, east_edge, -90.0, 1000.0 + MINIMUM_M + short_m)
        found = asked(flight(place), NORTH)
        if expected or short_m > 100.0:
            assert found == expected
    assert asked(flight(moved(48.0, east_edge, -90.0, 1000.0 + MINIMUM_M)), NORTH) == ["east"]


@pytest.mark.requirement("AGREE-017")
def test_where_the_owners_own_area_is_left_everybody_is_asked():
    assert asked(flight((50.15, 5.0), (50.1, 4.0)), NORTH) == ["south", "east"]
    assert asked(flight((60.0, 5.0)), NORTH) == ["south", "east"]
    assert asked(flight((48.0, 4.0)), EAST) == ["north", "south"]


@pytest.mark.requirement("AGREE-017")
def test_the_gap_that_asking_everybody_closes():
    """North flies beyond its own area where south does too: neither area meets the place."""
    place = (55.0, 5.0)
    assert "south" in asked(flight(place), NORTH)
    assert "north" in asked(flight(place), SOUTH)


@pytest.mark.requirement("AGREE-017")
def test_a_party_without_an_area_of_interest_is_asked_about_everything():
    terms = terms_of(east=())
    assert asked(flight((48.0, 4.0)), NORTH, terms) == ["east"]
    assert asked(flight((48.0, 4.0)), EAST, terms) == ["north"]
    assert asked(flight((-30.0, 100.0)), EAST, terms) == []


@pytest.mark.requirement("AGREE-017")
def test_a_stranger_owns_no_flight():
    with pytest.raises(AgreementError, match="not-a-party"):
        required_parties(flight((48.0, 4.0)), actors("west")[0].id, TERMS)


@pytest.mark.requirement("AGREE-017")
@pytest.mark.parametrize("radius_m", [30_000.0, 60_000.0])
def test_disks_and_corridors_hold_a_flight_only_with_its_buffer(radius_m):
    disk = Shape(ShapeKind.PATH, (48.0,), (4.0,), radius_m)
    lane = Shape(ShapeKind.PATH, (48.0, 48.0), (2.0, 8.0), radius_m, EdgeKind.RHUMB)
    room_m = radius_m - 1000.0 - MINIMUM_M
    for area in (disk, lane):
        terms = terms_of(north=(area,))
        for azimuth in (0.0, 180.0):
            inside = moved(48.0, 4.0, azimuth, room_m - 500.0)
            outside = moved(48.0, 4.0, azimuth, room_m + 500.0)
            assert asked(flight(inside), NORTH, terms) == []
            assert asked(flight(outside), NORTH, terms) == ["south", "east"]


@pytest.mark.requirement("AGREE-017")
def test_a_flight_along_overlapping_shapes_is_inside_them_together():
    west_part, east_part = ring(46.0, 0.0, 50.0, 5.0), ring(46.0, 4.0, 50.0, 8.9)
    gap_part = ring(46.0, 5.1, 50.0, 8.9)
    crossing = flight((48.0, 1.0), (48.0, 8.0))
    assert asked(crossing, NORTH, terms_of(north=(west_part, east_part))) == []
    assert asked(crossing, NORTH, terms_of(north=(west_part, gap_part))) == ["south", "east"]
    polygon = Footprint(
        (
            Volume4D(
                ring(47.0, 2.0, 48.0, 7.0),
                Altitude(0.0, Datum.EGM2008),
                Altitude(100.0, Datum.EGM2008),
                NOON,
                NOON.plus_s(60),
            ),
        ),
        None,
        "uncrewed",
    )
    both = terms_of(north=(west_part, east_part))
    assert asked(polygon, NORTH, both) == ["south", "east"], "not provable ring by ring: ask"
    assert asked(polygon, NORTH) == []


@pytest.mark.requirement("AGREE-017")
def test_a_polygon_around_a_hole_of_a_closed_corridor_is_not_inside_it():
    corridor = Shape(
        ShapeKind.PATH, (46.0, 46.0, 49.0, 49.0, 46.0), (2.0, 7.0, 7.0, 2.0, 2.0), 60_000.0
    )
    around = Footprint(
        (
            Volume4D(
                ring(46.1, 2.2, 48.9, 6.8),
                Altitude(0.0, Datum.EGM2008),
                Altitude(100.0, Datum.EGM2008),
                NOON,
                NOON.plus_s(60),
            ),
        ),
        None,
        "uncrewed",
    )
    assert asked(around, NORTH, terms_of(north=(corridor,))) == ["south", "east"]


@pytest.mark.requirement("AGREE-017")
@pytest.mark.parametrize(
    ("area", "place", "inside"),
    [
        (ring(70.0, 170.0, 75.0, -170.0), (72.0, 180.0), True),
        (ring(70.0, 170.0, 75.0, -170.0), (72.0, 0.0), False),
        (Shape(ShapeKind.RING, (80.0,) * 4, (0.0, 90.0, 180.0, -90.0)), (90.0, 0.0), True),
        (Shape(ShapeKind.RING, (80.0,) * 4, (0.0, 90.0, 180.0, -90.0)), (-90.0, 0.0), False),
        (ring(46.0, 1.0, 49.0, 8.0, radius_m=50_000.0), (49.2, 4.0), True),
    ],
)
def test_poles_and_the_antimeridian_are_places_like_others(area, place, inside):
    found = asked(flight(place), NORTH, terms_of(north=(area,)))
    assert (found == []) == inside


@pytest.mark.requirement("AGREE-017")
def test_cells_ask_at_least_whom_the_volumes_would_ask():
    greatest = TERMS.separation.greatest("fixed-wing")
    for longitude in (2.0, 5.0, 8.5, 8.8, 8.95, 9.5, 12.0):
        for latitude in (41.0, 45.2, 48.0, 49.9):
            full = flight((latitude, longitude), (latitude, longitude + 0.3))
            cells = cover_footprint(full, greatest)
            for owner in (NORTH, SOUTH, EAST):
                assert set(asked(full, owner)) <= set(asked(cells, owner))
    assert asked(cover_footprint(flight((48.0, 4.0)), greatest), NORTH) == []


@pytest.mark.requirement("AGREE-017")
def test_cells_too_large_for_a_shape_ask_everybody():
    cover = CellCover(frozenset({(0x811FBFFFFFFFFFF, 0, 1)}), 1, 6000.0, 86_400, Datum.EGM2008)
    footprint = Footprint((), cover, "fixed-wing")
    assert asked(footprint, NORTH) == ["south", "east"]
    assert Gap.AREA in {each.gap for each in uncovered(footprint, TERMS)}


@pytest.mark.requirement("AGREE-018")
def test_a_flight_within_the_agreement_has_nothing_flagged():
    assert uncovered(flight((48.0, 4.0), (47.0, 9.0)), TERMS) == ()


@pytest.mark.requirement("AGREE-018")
@pytest.mark.parametrize(
    ("footprint", "gap"),
    [
        (flight((48.0, 4.0), (48.0, 15.5)), Gap.AREA),
        (flight((48.0, 14.99)), Gap.AREA),
        (flight((-48.0, 4.0)), Gap.AREA),
        (flight((48.0, 4.0), start_s=-2 * DAY_S, end_s=0.0), Gap.TIME),
        (flight((48.0, 4.0), start_s=29.5 * DAY_S, end_s=30 * DAY_S), Gap.TIME),
        (flight((48.0, 4.0), upper=Altitude(20_001.0, Datum.EGM2008)), Gap.HEIGHT),
        (flight((48.0, 4.0), upper=Altitude(19_900.0, Datum.WGS84)), Gap.HEIGHT),
        (flight((48.0, 4.0), upper=Altitude(19_500.0, Datum.QNE)), Gap.HEIGHT),
        (flight((48.0, 4.0), lower=Altitude(0.0, Datum.AGL)), Gap.HEIGHT),
    ],
)
def test_what_lies_outside_the_agreement_is_flagged(footprint, gap):
    found = uncovered(footprint, TERMS)
    assert [each.gap for each in found] == [gap]
    assert found[0].volume == 0
    assert len(found[0].words) > 20


@pytest.mark.requirement("AGREE-018")
@pytest.mark.parametrize("upper", [Altitude(19_891.0, Datum.WGS84), Altitude(19_400.0, Datum.QNE)])
def test_another_datum_is_covered_where_the_bounds_show_it(upper):
    assert uncovered(flight((48.0, 4.0), upper=upper), TERMS) == ()


@pytest.mark.requirement("AGREE-018")
def test_the_edge_of_the_area_errs_on_flagging():
    edge = 15.0
    for inside_m, flagged in ((500.0, False), (0.0, True), (-500.0, True)):
        place = moved(45.0, edge, -90.0, 1000.0 + inside_m)
        assert bool(uncovered(flight(place), TERMS)) == flagged


@pytest.mark.requirement("AGREE-018")
def test_cells_are_flagged_where_they_leave_the_agreement():
    greatest = Separation(MINIMUM_M, 304.8)
    inside = uncovered(cover_footprint(flight((45.0, 5.0)), greatest), TERMS)
    assert [each.gap for each in inside] == [Gap.HEIGHT], "heights of cells are never vouched for"
    outside = uncovered(cover_footprint(flight((45.0, 20.0)), greatest), TERMS)
    assert Gap.AREA in {each.gap for each in outside}
    early = cover_footprint(flight((45.0, 5.0), start_s=-2 * DAY_S, end_s=0.0), greatest)
    assert Gap.TIME in {each.gap for each in uncovered(early, TERMS)}


def test_long_lines_and_rhumb_edges_are_judged_by_their_own_course():
    """The geodesic between two places on a parallel bulges out of an area that the rhumb line keeps to."""
    area = Shape(ShapeKind.RING, (49.0, 49.0, 50.2, 50.2), (-20.0, 20.0, 20.0, -20.0), 0.0,
                 EdgeKind.RHUMB)  # fmt: skip
    terms = terms_of(area=[area])

    def along(edge: EdgeKind) -> Footprint:
        shape = Shape(ShapeKind.PATH, (50.0, 50.0), (-15.0, 15.0), 1000.0, edge)
        lower, upper = Altitude(0.0, Datum.EGM2008), Altitude(9.0, Datum.EGM2008)
        return Footprint((Volume4D(shape, lower, upper, NOON, NOON.plus_s(60)),), None, "uncrewed")

    assert uncovered(along(EdgeKind.RHUMB), terms) == ()
    assert [each.gap for each in uncovered(along(EdgeKind.GEODESIC), terms)] == [Gap.AREA]
    assert math.isclose(terms.area[0].latitude_deg[0], 49.0)
