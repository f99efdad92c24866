"""The vectorised filter against a textbook Kalman filter in plain matrices, and against geodesics."""

import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.domain.tracks import motion
from comity.domain.tracks.snapshot import (
    degrees_of,
    level_velocity_ecef_mps,
    speed_and_track,
    surface_ecef_m,
)

PLACES = [(47.0, 8.0), (0.0, 180.0), (89.9999, 10.0), (-90.0, 0.0), (10.0, -179.9999), (90.0, 33.0)]


def column(*values):
    return np.array(values, float)


def state_at(latitude, longitude, speed, direction_rad, variance=400.0):
    at = column(latitude), column(longitude)
    return motion.start(
        1,
        surface_ecef_m(*at).T,
        level_velocity_ecef_mps(*at, column(speed), column(direction_rad)).T,
        np.array([True]),
        column(variance),
    )


@pytest.mark.requirement("TRACK-010")
@pytest.mark.parametrize(("latitude", "longitude"), PLACES)
@pytest.mark.parametrize("direction_deg", [0.0, 37.0, 181.0, 270.0])
def test_a_straight_flight_follows_the_geodesic_wherever_it_is(latitude, longitude, direction_deg):
    state = state_at(latitude, longitude, 250.0, math.radians(direction_deg))
    for _ in range(12):
        motion.advance(state, column(10.0))
    truth = Geodesic.WGS84.Direct(latitude, longitude, direction_deg, 30_000.0)
    found = [float(value[0]) for value in degrees_of(state[motion.POSITION].T)]
    off_m = Geodesic.WGS84.Inverse(truth["lat2"], truth["lon2"], *found)["s12"]
    assert off_m < 1.0
    assert np.linalg.norm(state[motion.VELOCITY]) == pytest.approx(250.0, rel=1e-12)


@pytest.mark.requirement("TRACK-010")
def test_a_turn_goes_round_and_its_rate_fades_as_stated():
    state = state_at(47.0, 8.0, 100.0, 0.0)
    state[motion.TURN] = 0.02
    motion.advance(state, column(30.0))
    turned = 0.02 * motion.TURN_FADE_S * (1.0 - math.exp(-30.0 / motion.TURN_FADE_S))
    _, direction = speed_and_track(state[motion.POSITION].T, state[motion.VELOCITY].T)
    assert direction[0] == pytest.approx(turned, abs=1e-3)  # meridians converge by 3e-4 rad
    assert state[motion.TURN][0] == pytest.approx(0.02 * math.exp(-30.0 / motion.TURN_FADE_S))


@given(
    st.lists(
        st.tuples(st.floats(0.5, 12.0), st.floats(-60, 60), st.floats(-60, 60), st.booleans()),
        min_size=2,
        max_size=12,
    ),
    st.floats(20.0, 280.0),
)
@settings(max_examples=40, deadline=None)
def test_it_is_the_textbook_filter_while_nothing_surprises(steps, speed):
    """A 4-state Kalman filter in a plane, with full matrices; turns and fading left out on both sides."""
    latitude, longitude = 0.0, 0.0
    state = state_at(latitude, longitude, speed, math.pi / 2.0)
    mean = np.array([0.0, 0.0, speed, 0.0])
    covariance = np.diag([400.0, 400.0, *[motion.VELOCITY_SD_FIRST_MPS**2] * 2])
    unrest, repeats, east_m = 1.0, 0.0, 0.0
    for elapsed, off_east, off_north, moving in steps:
        east_m += speed * elapsed
        state[motion.TURN], state[motion.RIGHT + 3 : motion.RIGHT + 6] = 0.0, 0.0
        noise = motion.ACCELERATION_SD_MPS2**2 * max(unrest, 1.0)
        eye = np.eye(2)
        step = np.block([[eye, elapsed * eye], [0.0 * eye, eye]])
        push = np.vstack([0.5 * elapsed**2 * eye, elapsed * eye])
        ground = np.linalg.norm(mean[2:])
        mean, covariance = step @ mean, step @ covariance @ step.T + noise * push @ push.T
        measured = np.array([east_m + off_east, off_north, speed, 0.0])
        repeats = 0.0 if not moving else repeats
        variance = 400.0 + (ground * motion.TIME_SD_S) ** 2
        error = measured - mean
        spread = covariance[0, 0] + variance
        square = error[:2] @ error[:2]
        if square > motion.SURPRISE_SQUARED * spread:
            return  # what surprises is treated otherwise, and tested below
        gain = covariance[2, 0] / spread
        for off, of in (
            (error[2:], covariance[2, 2]),
            (error[2:] - gain * error[:2], covariance[2, 2] - gain * covariance[2, 0]),
        ):
            if off @ off > motion.FULL_WEIGHT_SQUARED * (of + motion.VELOCITY_SD_REPORTED_MPS**2):
                return
        angle = math.degrees(measured[0] / 6_378_137.0), math.degrees(measured[1] / 6_335_439.327)
        at = column(angle[1]), column(angle[0])
        velocity = level_velocity_ecef_mps(*at, column(speed), column(math.pi / 2.0)).T
        reported = np.array([[speed + 1e-9 * east_m], [math.pi / 2.0]])
        within, _ = motion.take_positions(
            state,
            surface_ecef_m(*at).T,
            velocity,
            reported,
            np.array([moving]),
            column(400.0),
            column(elapsed),
        )
        assert within[0]
        velocity_variance = motion.VELOCITY_SD_REPORTED_MPS**2
        now = 0.5 * square / spread
        if moving:
            now = 0.5 * (
                now + 0.5 * (error[2:] @ error[2:]) / (covariance[2, 2] + velocity_variance)
            )
        unrest = motion.UNREST_MEMORY * unrest + (1.0 - motion.UNREST_MEMORY) * now
        picks = [(np.hstack([eye, 0 * eye]), variance, measured[:2])]
        if moving:
            picks.append((np.hstack([0 * eye, eye]), velocity_variance, measured[2:]))
        for pick, of, value in picks:
            gain = covariance @ pick.T @ np.linalg.inv(pick @ covariance @ pick.T + of * eye)
            mean = mean + gain @ (value - pick @ mean)
            covariance = (np.eye(4) - gain @ pick) @ covariance
        found = motion.POSITION
        east = math.atan2(state[found][1, 0], state[found][0, 0]) * 6_378_137.0
        assert east == pytest.approx(mean[0], abs=0.05)
        assert state[motion.VELOCITY][1, 0] == pytest.approx(mean[2], abs=0.05)
        for axis, first in ((motion.ALONG, 0), (motion.RIGHT, 1)):
            of_axis = covariance[first, first], covariance[first, first + 2]
            assert state[axis, 0] == pytest.approx(of_axis[0], rel=1e-3)
            assert state[axis + 1, 0] == pytest.approx(of_axis[1], rel=1e-3, abs=1e-3)
            assert state[axis + 2, 0] == pytest.approx(covariance[2, 2], rel=1e-3)


@pytest.mark.requirement("TRACK-011")
@pytest.mark.parametrize("rate_deg", [-3.0, 1.5, 3.0])
@pytest.mark.parametrize("moving", [True, False])
def test_a_turn_is_found_from_velocities_and_from_positions_alone(rate_deg, moving):
    """200 m/s, a plot a second with 15 m of noise: within half a degree a second after 25 s."""
    chance = np.random.default_rng(7)
    rate, direction = math.radians(rate_deg), 0.3
    truth = state_at(46.0, 7.0, 200.0, direction)
    state = truth.copy()
    state[[motion.ALONG + 2, motion.RIGHT + 2]] = motion.VELOCITY_SD_UNKNOWN_MPS**2
    for _ in range(60):
        truth[motion.TURN], truth[motion.TURN_VARIANCE] = rate, 0.0
        for _ in range(10):
            truth[motion.TURN] = rate
            motion.advance(truth, column(0.1))
        position = truth[motion.POSITION] + chance.normal(0.0, 15.0, (3, 1))
        velocity = truth[motion.VELOCITY] + chance.normal(0.0, 1.0, (3, 1))
        speed, track = speed_and_track(position.T, velocity.T)
        motion.take_positions(
            state,
            position,
            velocity,
            np.array([speed, track]),
            np.array([moving]),
            column(225.0),
            column(1.0),
        )
    assert math.degrees(state[motion.TURN, 0]) == pytest.approx(rate_deg, abs=0.5)
    off_m = np.linalg.norm(state[motion.POSITION] - truth[motion.POSITION])
    assert off_m < 40.0


@pytest.mark.requirement("TRACK-012")
def test_a_velocity_that_never_changes_stops_to_count():
    """A stuck ground speed (536 kt for an hour in one recording) does not hold the track back."""
    state = state_at(46.0, 2.0, 276.0, 4.9)
    latitude = 46.0
    for _ in range(60):
        latitude -= 200.0 / 111_150.0  # flies south at 200 m/s
        at = column(latitude), column(2.0)
        stuck = level_velocity_ecef_mps(*at, column(276.0), column(4.9)).T
        motion.take_positions(
            state,
            surface_ecef_m(*at).T,
            stuck,
            np.array([[276.0], [4.9]]),
            np.array([True]),
            column(400.0),
            column(1.0),
        )
    speed, track = speed_and_track(state[motion.POSITION].T, state[motion.VELOCITY].T)
    assert speed[0] == pytest.approx(200.0, abs=15.0)
    assert track[0] == pytest.approx(math.pi, abs=0.1)


@pytest.mark.requirement("TRACK-013")
def test_a_garbled_height_is_refused_and_the_third_begins_anew():
    part = np.zeros((6, 1))
    fresh, rated = np.array([True]), np.array([True])
    motion.take_heights(part, column(10_000.0), 8.0, column(0.0), rated, column(0.0), fresh)
    garbled = [
        motion.take_heights(part, column(32_827.0), 8.0, column(0.0), rated, column(1.0), ~fresh)[0]
        for _ in range(3)
    ]
    assert garbled == [True, True, False]
    assert part[0, 0] == 32_827.0


@pytest.mark.requirement("TRACK-011")
def test_a_climb_is_found_from_heights_alone():
    part = np.zeros((6, 1))
    never = np.array([False])
    motion.take_heights(part, column(1_000.0), 8.0, column(0.0), never, column(0.0), ~never)
    for second in range(1, 40):
        height = column(round((1_000.0 + 12.5 * second) / 7.62) * 7.62)  # 25 ft steps
        motion.take_heights(part, height, 8.0, column(0.0), never, column(1.0), never)
    assert part[1, 0] == pytest.approx(12.5, abs=1.0)
    assert math.sqrt(part[4, 0]) < 3.0
