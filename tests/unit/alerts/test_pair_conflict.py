"""Border cases of the pair net, by both searches."""

import numpy as np
import pytest
from tests.air_pictures import picture_of
from tests.air_reference import Flight

from comity.domain.airspace import Datum, HeightBounds
from comity.domain.alerts import (
    DATUM_CODES,
    DATUM_UNKNOWN,
    LevelMinima,
    PairRule,
    Suppression,
    find_pair_conflicts,
    kept,
    unusable_rows,
)
from comity.domain.geometry.closest_pairs_few import losing_pairs
from comity.domain.geometry.closest_pairs_many import PairFinder
from comity.kernel.errors import InputError

SEARCHES = {"plain": losing_pairs, "compiled": PairFinder().search}
NM = 1852.0
FT = 0.3048
EXACT = PairRule(level_tolerance_m=0.0)
FL350, FL360 = 35_000 * FT, 36_000 * FT


@pytest.fixture(params=SEARCHES)
def search(request):
    return SEARCHES[request.param]


def found(flights, search, rule=None, **columns):
    return find_pair_conflicts(picture_of(flights, **columns), rule or EXACT, search=search)


NORTH, EAST, SOUTH, WEST = 0.0, 90.0, 180.0, 270.0
LOSING = {
    "head-on": (Flight(50, 8, FL350, 230, EAST), Flight(50, 8.7, FL350, 230, WEST)),
    "over the north pole": (Flight(89.9, 0, FL350, 230, NORTH), Flight(89.9, 180, FL350, 230, NORTH)),
    "at the south pole, not moving": (Flight(-90, 0, FL350, 0, 0), Flight(-89.99, 77, FL350, 0, 0)),
    "across the antimeridian": (Flight(0, 179.9, FL350, 230, EAST), Flight(0, -179.7, FL350, 230, WEST)),
    "on it, written both ways": (Flight(10, 180, FL350, 0, 0), Flight(10, -180, FL350, 0, 0)),
    "co-located and as fast": (Flight(50, 8, FL350, 230, EAST), Flight(50, 8, FL350, 230, EAST)),
    "no relative speed, 1 km apart": (Flight(0, 8, FL350, 230, NORTH), Flight(0, 8.009, FL350, 230, NORTH)),
    "creeping: 1 mm/s, a tenth of it needed": (Flight(0, 0, FL350, 0, 0), Flight(0, 0.08318387, FL350, 0.001, WEST)),
    "climbing through": (Flight(50, 8, FL350 - 1000, 0, 0, 12), Flight(50, 8.01, FL350, 0, 0)),
    "a metre under the vertical minimum": (Flight(50, 8, FL350, 0, 0), Flight(50, 8, FL360 - 1, 0, 0)),
    "just before the look-ahead ends": (Flight(0, 0, FL350, 100, EAST), Flight(0, 0.19095, FL350, 0, WEST)),
}  # fmt: skip
KEEPING = {
    "levels exactly a minimum apart": (Flight(50, 8, FL350, 230, EAST), Flight(50, 8.7, FL360, 230, WEST)),
    "no relative speed, a metre outside": (Flight(0, 8, FL350, 230, NORTH), Flight(0, 8.0831936, FL350, 230, NORTH)),
    "after the look-ahead ends": (Flight(0, 0, FL350, 100, EAST), Flight(0, 0.1911, FL350, 0, WEST)),
    "parting": (Flight(50, 8, FL350, 230, WEST), Flight(50, 8.2, FL350, 230, EAST)),
    "in one place, then at one height": (Flight(50, 8, FL350, 0, 0, -20), Flight(50, 8, FL350 - 2000, 230, EAST)),
    "antipodes": (Flight(10, 20, FL350, 230, EAST), Flight(-10, -160, FL350, 230, EAST)),
}  # fmt: skip


@pytest.mark.requirement("ALERT-001")
@pytest.mark.parametrize("case", LOSING)
def test_pairs_that_lose_separation_are_found(case, search):
    assert len(found(LOSING[case], search)) == 1


@pytest.mark.requirement("ALERT-001")
@pytest.mark.parametrize("case", KEEPING)
def test_pairs_that_keep_it_are_not(case, search):
    assert len(found(KEEPING[case], search)) == 0


NINE_HUNDRED = (Flight(50, 8, FL350, 230, EAST), Flight(50, 8.7, FL350 + 900 * FT, 230, WEST))


@pytest.mark.requirement("ALERT-009")
def test_level_flights_within_the_tolerance_of_their_levels_keep_separation(search):
    assert len(found(NINE_HUNDRED, search)) == 1
    assert len(found(NINE_HUNDRED, search, PairRule())) == 0
    deeper = (NINE_HUNDRED[0], Flight(50, 8.7, FL350 + 799 * FT, 230, WEST))
    assert len(found(deeper, search, PairRule())) == 1


@pytest.mark.requirement("ALERT-009")
def test_who_climbs_or_descends_has_no_tolerance(search):
    climbing = (Flight(50, 8, FL350, 230, EAST, 1.6), NINE_HUNDRED[1])
    assert len(found(climbing, search, PairRule())) == 1


@pytest.mark.requirement("ALERT-009")
def test_a_small_minimum_has_a_tolerance_of_a_fifth(search):
    minima = LevelMinima(np.array([[250.0]]), np.array([[30.0]]))
    for above_m, count in ((25.0, 0), (23.0, 1)):
        pair = (Flight(50, 8, 100.0, 0, 0), Flight(50, 8, 100.0 + above_m, 0, 0))
        assert len(found(pair, search, PairRule(minima=minima))) == count
    for wrong in (-1.0, 61.0, float("nan")):
        with pytest.raises(InputError) as caught:
            PairRule(level_tolerance_m=wrong)
        assert caught.value.field == "level_tolerance_m"


@pytest.mark.requirement("ALERT-002")
def test_times_and_distances_are_those_of_the_encounter(search):
    pair = found((Flight(0, 0, FL350, 200, EAST), Flight(0, 0.4, FL350, 200, WEST)), search)
    apart_m = 0.4 * np.radians(6_378_137.0)
    assert pair.time_to_loss_s[0] == pytest.approx((apart_m - 5 * NM) / 400, abs=0.01)
    assert pair.time_cpa_s[0] == pytest.approx(apart_m / 400, abs=0.01)
    assert pair.distance_cpa_m[0] == pytest.approx(0.0, abs=0.5)
    assert np.isnan(pair.distance_cpa_error_m[0]), "no accuracy was given"


@pytest.mark.requirement("ALERT-002")
def test_uncertainty_of_the_closest_approach_grows_with_its_time(search):
    flights = (Flight(0, 0, FL350, 200, EAST), Flight(0, 0.4, FL350, 200, WEST))
    pair = found(
        flights,
        search,
        position_accuracy_m=np.array([30.0, 40.0]),
        velocity_accuracy_mps=np.array([3.0, 4.0]),
    )
    assert pair.distance_cpa_error_m[0] == pytest.approx(np.hypot(50, 5 * pair.time_cpa_s[0]))


@pytest.mark.requirement("ALERT-002")
def test_accuracy_widens_the_search_where_the_rule_says_so(search):
    flights = (Flight(0, 8, FL350, 230, NORTH), Flight(0, 8.09, FL350, 230, NORTH))
    columns = {"position_accuracy_m": np.array([500.0, 500.0])}
    assert len(found(flights, search, **columns)) == 0
    assert len(found(flights, search, PairRule(accuracy_share=1.0), **columns)) == 1


@pytest.mark.requirement("ALERT-003")
def test_heights_that_do_not_compare_are_told_and_never_dropped(search):
    flights = (Flight(50, 8, 3000, 0, 0), Flight(50, 8.01, 9000, 0, 0))
    ellipsoid, pressure = DATUM_CODES[Datum.WGS84], DATUM_CODES[Datum.QNE]
    for datum, height in ((DATUM_UNKNOWN, 9000.0), (ellipsoid, 9000.0), (pressure, np.nan)):
        columns = {
            "datum": np.array([DATUM_CODES[Datum.QNE], datum], np.uint8),
            "height_m": np.array([3000.0, height]),
        }
        pair = found(flights, search, **columns)
        assert len(pair) == 1
        assert not pair.heights_compared[0]
        assert np.isnan(pair.vertical_now_m[0])
    bounded = PairRule(height_bounds=HeightBounds(pressure_error_m=600.0))
    columns["datum"][1], columns["height_m"][1] = DATUM_CODES[Datum.WGS84], 9000.0
    assert len(found(flights, search, bounded, **columns)) == 0, "6 km is beyond any difference"


@pytest.mark.requirement("ALERT-003")
def test_two_unknown_heights_are_not_one_height(search):
    flights = (Flight(50, 8, 0, 0, 0), Flight(50, 8.01, 0, 0, 0))
    pair = found(flights, search, height_m=np.array([np.nan, np.nan]))
    assert not pair.heights_compared[0]


@pytest.mark.requirement("ALERT-003")
def test_an_unknown_vertical_rate_is_taken_for_level_and_said_so(search):
    flights = (Flight(50, 8, FL350, 0, 0), Flight(50, 8.01, FL350, 0, 0))
    pair = found(flights, search, vertical_rate_mps=np.array([0.0, np.nan]))
    assert pair.rate_assumed[0]


@pytest.mark.requirement("ALERT-004")
def test_accepted_pairs_and_formations_raise_nothing_and_are_counted(search):
    flights = [Flight(50, 8 + k / 1000, FL350, 200, EAST) for k in range(4)]
    picture = picture_of(flights)
    quiet = Suppression(
        accepted=frozenset({("track-3", "track-0"), ("track-1", "gone")}),
        formations=(frozenset({"track-0", "track-1", "track-2"}),),
    )
    pairs = find_pair_conflicts(picture, PairRule(), quiet, search)
    assert set(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)) == {(1, 3), (2, 3)}
    assert pairs.suppressed == 4


@pytest.mark.requirement("ALERT-005")
def test_each_pair_of_classes_has_its_own_minima(search):
    flights = (Flight(50, 8, FL350, 0, 0), Flight(50, 8.05, FL350, 0, 0))
    table = LevelMinima(
        np.array([[5 * NM, 1 * NM], [1 * NM, 1 * NM]]), np.array([[300.0, 300.0], [300.0, 300.0]])
    )
    rule = PairRule(minima=table)
    for classes, expected in (([0, 0], 1), ([0, 1], 0), ([1, 1], 0)):
        assert (
            len(found(flights, search, rule, minima_class=np.array(classes, np.uint8))) == expected
        )


@pytest.mark.requirement("ALERT-006")
def test_rows_no_net_can_use_are_named_and_the_others_go_on():
    flights = [Flight(50, 8 + k / 100, FL350, 0, 0) for k in range(6)]
    picture = picture_of(flights)
    picture.position_ecef_m[0] *= 1.01
    picture.velocity_ecef_mps[1] = np.nan
    picture.height_m[2] = 2.0**31
    picture.vertical_rate_mps[3] = np.inf
    refused = unusable_rows(picture)
    assert [(each.row, each.field) for each in refused] == [
        (0, "position_ecef_m"),
        (1, "velocity_ecef_mps"),
        (2, "height_m"),
        (3, "vertical_rate_mps"),
    ]
    rest = kept(picture, ~np.isin(np.arange(6), [each.row for each in refused]))
    assert rest.keys == ("track-4", "track-5")
    assert len(find_pair_conflicts(rest, PairRule())) == 1
    with pytest.raises(InputError, match=r"position_ecef_m\[0\]"):
        find_pair_conflicts(picture, PairRule())


@pytest.mark.requirement("ALERT-006")
def test_minima_and_look_ahead_have_limits():
    for wrong in (0.0, -1.0, np.nan, 300_000.0):
        with pytest.raises(InputError, match="horizontal_m"):
            LevelMinima(np.array([[wrong]]), np.array([[300.0]]))
    with pytest.raises(InputError, match="order"):
        LevelMinima(np.array([[1.0, 2.0], [3.0, 1.0]]), np.ones((2, 2)))
    for wrong in (0.0, np.nan, 1e6):
        with pytest.raises(InputError, match="look_ahead_s"):
            PairRule(look_ahead_s=wrong)


@pytest.mark.requirement("ALERT-001")
@pytest.mark.parametrize("rate_mps", [5e-324, -5e-324, 1e-300])
def test_a_climb_too_slow_for_numbers_is_level(rate_mps, search):
    """Times to a height overflow to infinity there, which is what they are."""
    flights = (
        Flight(50, 8, FL350, 230, EAST, rate_mps),
        Flight(50, 8.7, FL350, 230, WEST, 0.0),
    )
    pairs = found(flights, search)
    level = found((flights[0].__class__(50, 8, FL350, 230, EAST), flights[1]), search)
    assert pairs.time_to_loss_s.tolist() == level.time_to_loss_s.tolist()


@pytest.mark.requirement("ALERT-066")
def test_of_two_classes_the_longer_look_ahead_counts(search):
    """Loss after some 70 s: within 90 s of the first class, not within the 40 s of the second."""
    flights = (Flight(50, 8, FL350, 230, EAST), Flight(50, 8.583, FL350, 230, WEST))
    minima = LevelMinima(np.full((2, 2), 9_260.0), np.full((2, 2), 304.8))
    rule = PairRule(minima=minima, look_ahead_s=90.0, look_ahead_s_by_class=(90.0, 40.0))
    told = [
        len(found(flights, search, rule, minima_class=np.array(classes, np.uint8)))
        for classes in ((0, 0), (0, 1), (1, 1))
    ]
    assert told == [1, 1, 0]


@pytest.mark.requirement("ALERT-066")
def test_a_look_ahead_of_a_class_that_is_none_or_longer_than_the_search_is_refused():
    for by_class in ((0.0,), (121.0,), (60.0, 60.0)):
        with pytest.raises(InputError, match="look_ahead_s_by_class"):
            PairRule(look_ahead_s_by_class=by_class)
