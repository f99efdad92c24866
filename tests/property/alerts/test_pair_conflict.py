"""The pair net against geodesics, for all encounters."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.air_pictures import picture_of
from tests.air_reference import Flight, first_loss_s, horizontal_m, least_excess_m, vertical_m
from tests.geodesic_reference import WGS84

from comity.domain.airspace import NO_HEIGHT_BOUNDS
from comity.domain.alerts import LevelMinima, PairRule, find_pair_conflicts
from comity.domain.alerts.pair_conflict import moving_points
from comity.domain.alerts.picture import height_axis
from comity.domain.geometry.closest_pairs import no_paths, rows_of

EXAMPLES = int(os.environ.get("COMITY_EXAMPLES", "12"))
STEPS = 60


@st.composite
def encounters(draw):
    """Two flights that may meet, anywhere on earth, within the look-ahead or shortly after."""
    latitude = draw(st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, 89.99, 0.0])))
    longitude = draw(st.one_of(st.floats(-180, 180), st.sampled_from([180.0, -180.0])))
    minimum_m = draw(st.sampled_from([250.0, 5_556.0, 9_260.0, 40_000.0]))
    look_ahead_s = draw(st.sampled_from([60.0, 120.0, 600.0]))
    flights = []
    for _ in range(2):
        speed = draw(st.one_of(st.floats(0, 350), st.just(0.0), st.just(200.0)))
        track = draw(st.one_of(st.floats(0, 360), st.just(90.0)))
        meeting_s = draw(st.floats(0, 1.2)) * look_ahead_s
        off = WGS84.Direct(
            latitude, longitude, draw(st.floats(0, 360)), draw(st.floats(0, 0.8)) * minimum_m
        )
        back = WGS84.Direct(off["lat2"], off["lon2"], track + 180, speed * meeting_s)
        onward = WGS84.Inverse(back["lat2"], back["lon2"], off["lat2"], off["lon2"])
        azimuth = onward["azi1"] if onward["s12"] > 1.0 else track
        flights.append(
            Flight(
                back["lat2"], back["lon2"], draw(st.floats(9_000, 9_600)), speed, azimuth,
                draw(st.one_of(st.just(0.0), st.floats(-15, 15))),
            )
        )  # fmt: skip
    return tuple(flights), (minimum_m, 304.8), look_ahead_s


def rule_of(minima_m, look_ahead_s):
    table = LevelMinima(np.array([[minima_m[0]]]), np.array([[minima_m[1]]]))
    return PairRule(minima=table, look_ahead_s=look_ahead_s, level_tolerance_m=0.0)


@pytest.mark.requirement("ALERT-007")
@settings(max_examples=5 * EXAMPLES, derandomize=True, deadline=None)
@given(encounters())
def test_what_geodesics_lose_is_found_and_hardly_more(encounter):
    flights, minima_m, look_ahead_s = encounter
    rule = rule_of(minima_m, look_ahead_s)
    picture = picture_of(flights)
    pairs = find_pair_conflicts(picture, rule)
    excess_m = least_excess_m(*flights, minima_m, look_ahead_s, STEPS)
    axis = height_axis(picture, NO_HEIGHT_BOUNDS)
    rows = rows_of(moving_points(picture, axis, rule), no_paths(), rule.minima, look_ahead_s / 2)
    allowed_m = 2.0 * float(rows.margin_m.sum()) + minima_m[0] ** 3 / 24.0 / 6.33e6**2
    if excess_m < 0.0:
        assert len(pairs) == 1
    if len(pairs) == 1:
        start_s = float(pairs.time_to_loss_s[0])
        assert horizontal_m(*flights, start_s) - minima_m[0] <= allowed_m
        assert vertical_m(*flights, start_s) <= minima_m[1]


@pytest.mark.requirement("ALERT-007")
@settings(max_examples=4 * EXAMPLES, derandomize=True, deadline=None)
@given(encounters())
def test_the_time_to_loss_is_never_later_than_on_geodesics(encounter):
    flights, minima_m, look_ahead_s = encounter
    expected = first_loss_s(*flights, minima_m, look_ahead_s, STEPS)
    if expected is None:
        return
    pairs = find_pair_conflicts(picture_of(flights), rule_of(minima_m, look_ahead_s))
    assert float(pairs.time_to_loss_s[0]) <= expected + 2e-3, "never late"
