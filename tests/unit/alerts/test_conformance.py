import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.domain.airspace import (
    NO_HEIGHT_BOUNDS,
    Altitude,
    Datum,
    EdgeKind,
    HeightBounds,
    Shape,
    ShapeKind,
    Volume4D,
)
from comity.domain.alerts.conformance import (
    ConformanceRule,
    ConformanceState,
    Containment,
    Deviation,
    Flown,
    advanced,
    begun,
    deviation_of,
)
from comity.domain.geometry import unit_from_degrees
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

T0 = Instant(1_700_000_000_000)
RULE = ConformanceRule()
INSIDE, OUTSIDE, DOUBTFUL, NOWHERE = Containment
CONFORMING, NONCONFORMING, CONTINGENT = ConformanceState


def disk(latitude, longitude, radius_m, start_s=0.0, end_s=600.0, low_m=1_000.0, high_m=2_000.0):
    shape = Shape(ShapeKind.PATH, (latitude,), (longitude,), radius_m)
    lower, upper = Altitude(low_m, Datum.QNE), Altitude(high_m, Datum.QNE)
    return Volume4D(shape, lower, upper, T0.plus_s(start_s), T0.plus_s(end_s))


def flown(latitude, longitude, second=100.0, height_m=1_500.0, datum=Datum.QNE, accuracy_m=30.0):
    unit = unit_from_degrees(np.array([latitude]), np.array([longitude]))[0]
    altitudes = () if height_m is None else ((Altitude(height_m, datum), 20.0),)
    return Flown(T0.plus_s(second), unit, accuracy_m, altitudes)


@pytest.mark.requirement("FLOWN-001")
@given(
    st.sampled_from([(47.0, 8.0), (0.0, 180.0), (89.995, 30.0), (-90.0, 0.0), (60.0, -179.99)]),
    st.floats(0.0, 360.0),
    st.floats(0.0, 40_000.0),
    st.floats(-3_000.0, 3_000.0),
)
@settings(max_examples=80, deadline=None)
def test_it_says_what_geodesics_say(centre, azimuth, distance_m, above_m):
    """One disk of 10 km between 1,000 and 2,000 m, against geographiclib."""
    there = Geodesic.WGS84.Direct(*centre, azimuth, distance_m)
    longitude = (there["lon2"] + 180.0) % 360.0 - 180.0
    height_m = 1_500.0 + above_m
    if height_m < -900.0:
        return
    position = flown(there["lat2"], longitude, height_m=height_m)
    found = deviation_of(position, [disk(*centre, 10_000.0)], NO_HEIGHT_BOUNDS, 5.0)
    lateral_m, vertical_m = distance_m - 10_000.0, abs(above_m) - 500.0
    if abs(lateral_m) < 1.0 or abs(lateral_m - 30.0) < 1.0:
        return  # within what the distance itself may err
    if lateral_m > 30.0 or vertical_m > 20.0:
        expected = OUTSIDE
    else:
        expected = INSIDE if lateral_m <= 0.0 and vertical_m <= -20.0 else DOUBTFUL
    assert found.containment is expected
    assert found.lateral_m == pytest.approx(max(lateral_m, 0.0), abs=0.5)


@pytest.mark.requirement("FLOWN-002")
def test_early_and_late_are_told_in_seconds():
    volumes = [disk(47.0, 8.0, 5_000.0, 300.0, 400.0), disk(47.1, 8.0, 5_000.0, 0.0, 300.0)]
    early = deviation_of(flown(47.0, 8.0, second=100.0), volumes, NO_HEIGHT_BOUNDS, 5.0)
    assert (early.containment, early.time_s) == (OUTSIDE, -200.0)
    late = deviation_of(flown(47.1, 8.0, second=360.0), volumes, NO_HEIGHT_BOUNDS, 5.0)
    assert (late.containment, late.time_s) == (OUTSIDE, 60.0)
    slack = deviation_of(flown(47.1, 8.0, second=304.0), volumes, NO_HEIGHT_BOUNDS, 5.0)
    assert slack.containment is INSIDE
    nowhere = deviation_of(flown(48.0, 8.0, second=360.0), volumes, NO_HEIGHT_BOUNDS, 5.0)
    assert nowhere.time_s is None
    over = deviation_of(flown(47.0, 8.0, second=4_000.0), volumes, NO_HEIGHT_BOUNDS, 5.0)
    assert (over.containment, over.time_s) == (OUTSIDE, 3_600.0)


@pytest.mark.requirement("FLOWN-003")
def test_what_heights_do_not_tell_is_in_doubt_and_never_inside():
    volumes = [disk(47.0, 8.0, 5_000.0)]

    def containment(bounds=NO_HEIGHT_BOUNDS, **fields):
        return deviation_of(flown(47.0, 8.0, **fields), volumes, bounds, 5.0).containment

    assert containment(height_m=None) is DOUBTFUL
    assert containment(datum=Datum.WGS84) is DOUBTFUL
    known = HeightBounds(pressure_error_m=100.0)
    assert containment(known, datum=Datum.WGS84, height_m=1_550.0) is INSIDE
    assert containment(known, datum=Datum.WGS84, height_m=1_950.0) is DOUBTFUL
    assert containment(known, datum=Datum.WGS84, height_m=2_500.0) is OUTSIDE
    assert deviation_of(Flown(T0, None, 0.0, ()), volumes, NO_HEIGHT_BOUNDS, 5.0) == Deviation(
        NOWHERE
    )


@pytest.mark.requirement("FLOWN-001")
def test_touching_and_the_edge_of_a_ring_are_told_with_their_error():
    ring = Shape(
        ShapeKind.RING, (46.0, 46.0, 47.0, 47.0), (7.0, 8.0, 8.0, 7.0), edge=EdgeKind.RHUMB
    )
    lower, upper = Altitude(1_000.0, Datum.QNE), Altitude(2_000.0, Datum.QNE)
    volume = Volume4D(ring, lower, upper, T0, T0.plus_s(600.0))

    def containment(latitude, **fields):
        found = deviation_of(flown(latitude, 7.5, **fields), [volume], NO_HEIGHT_BOUNDS, 5.0)
        return found.containment

    assert containment(46.0001) is INSIDE
    assert containment(45.9999) is DOUBTFUL  # 11 m off, accurate to 30 m
    assert containment(45.9999, accuracy_m=5.0) is OUTSIDE
    assert containment(46.5, height_m=2_000.0) is DOUBTFUL
    assert containment(46.5, height_m=1_980.0) is INSIDE


def states_by_hand(steps, rule=RULE):
    """The rules in words, over the whole history, without state of its own between steps."""
    state, entered, states = CONFORMING, 0.0, []

    def lasting(upto, wanted, through):
        """Seconds for which `wanted` holds without anything but `through` in between."""
        first = None
        for second, containment, _ in reversed(steps[: upto + 1]):
            if containment in wanted:
                first = second
            elif containment not in through:
                break
        return None if first is None else steps[upto][0] - first

    for place, (second, containment, lateral_m) in enumerate(steps):
        before = state
        inside = lasting(place, {INSIDE}, {DOUBTFUL})
        outside = lasting(place, {OUTSIDE}, {DOUBTFUL, NOWHERE})
        lost = lasting(place, {NOWHERE}, set())
        if lost is not None and all(step[1] is NOWHERE for step in steps[: place + 1]):
            lost = second  # lost since it began
        if state is NONCONFORMING:
            if inside is not None and inside >= rule.conforming_after_s:
                state = CONFORMING
            elif inside is None and second - entered >= rule.contingent_after_s:
                state = CONTINGENT
        elif state is CONFORMING:
            long = outside is not None and outside >= rule.nonconforming_after_s
            left = containment is OUTSIDE and (long or lateral_m > rule.at_once_m)
            if left or (lost is not None and lost >= rule.lost_after_s):
                state = NONCONFORMING
        if state is not before:
            entered = second
        states.append(state)
    return states


@pytest.mark.requirement("FLOWN-010")
@given(
    st.lists(
        st.tuples(
            st.integers(1, 40), st.sampled_from(list(Containment)), st.sampled_from([50.0, 5_000.0])
        ),
        max_size=30,
    )
)
@settings(max_examples=60, deadline=None)
def test_the_states_are_those_of_the_rules_in_words(changes):
    second, steps = 0.0, []
    for length, containment, lateral_m in changes:
        for _ in range(length):
            second += 1.0
            steps.append((second, containment, lateral_m if containment is OUTSIDE else 0.0))
    steps = steps[:250]
    held, states = begun(T0), []
    for second, containment, lateral_m in steps:
        at = T0.plus_s(second)
        held = advanced(held, at, Deviation(containment, lateral_m), RULE)
        states.append(held.state)
    assert states == states_by_hand(steps)


@pytest.mark.requirement("FLOWN-011")
def test_a_brief_excursion_is_none_and_a_gross_one_is_one_at_once():
    near, far = Deviation(OUTSIDE, 100.0), Deviation(OUTSIDE, 4_000.0)
    held = begun(T0)
    for second in range(9):
        held = advanced(held, T0.plus_s(second), near, RULE)
    held = advanced(held, T0.plus_s(9), Deviation(INSIDE), RULE)
    assert held.state is CONFORMING
    held = advanced(held, T0.plus_s(10), far, RULE)
    assert (held.state, held.since, held.why) == (
        NONCONFORMING,
        T0.plus_s(10),
        "outside its volumes",
    )


@pytest.mark.requirement("FLOWN-012")
def test_contingent_is_left_only_by_the_end_of_the_flight():
    held = advanced(begun(T0), T0.plus_s(1), Deviation(INSIDE), RULE, emergency=True)
    assert held.state is CONTINGENT
    for second in range(2, 600):
        held = advanced(held, T0.plus_s(second), Deviation(INSIDE), RULE)
    assert held.state is CONTINGENT
    assert held.why == "an emergency is stated"


@pytest.mark.requirement("FLOWN-013")
def test_a_lost_track_does_not_read_as_conforming_for_ever():
    held = advanced(begun(T0), T0.plus_s(1), Deviation(INSIDE), RULE)
    for second in range(2, 63):
        held = advanced(held, T0.plus_s(second), Deviation(NOWHERE), RULE)
    assert (held.state, held.why) == (NONCONFORMING, "its track is lost")


@pytest.mark.requirement("FLOWN-010")
def test_time_that_runs_backwards_changes_nothing():
    held = advanced(begun(T0), T0.plus_s(20), Deviation(INSIDE), RULE)
    assert advanced(held, T0.plus_s(10), Deviation(OUTSIDE, 9_999.0), RULE) is held


def test_rules_out_of_range_are_refused():
    with pytest.raises(InputError, match="conforming_after_s"):
        ConformanceRule(conforming_after_s=math.nan)
