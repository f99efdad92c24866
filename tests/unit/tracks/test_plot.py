import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.domain.tracks import NUMBER_LIMITS, Plot, PlotSource, checked_plot, feed_id
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

AT = Instant(1_700_000_000_000)


def plot(**fields):
    return Plot(feed=feed_id("roof"), source=PlotSource.ADS_B, at=AT, received_at=AT, **fields)


@pytest.mark.requirement("TRACK-001")
@pytest.mark.parametrize("field", NUMBER_LIMITS)
@given(data=st.data())
def test_each_number_is_taken_to_its_limits_and_refused_beyond(field, data):
    least, greatest = NUMBER_LIMITS[field]
    other = {
        "latitude_deg": {"longitude_deg": 0.0},
        "longitude_deg": {"latitude_deg": 0.0},
    }.get(field, {})
    inside = data.draw(st.sampled_from([least, greatest]) | st.floats(least, greatest))
    given_plot = plot(**{field: inside}, **other)
    assert checked_plot(given_plot) is given_plot
    outside = data.draw(
        st.sampled_from([math.nan, math.inf, -math.inf, float(2**31), "12", True])
        | st.floats(min_value=greatest, exclude_min=True)
        | st.floats(max_value=least, exclude_max=True)
    )
    if outside == float(2**31) and greatest >= 2**31:
        return
    with pytest.raises(InputError) as caught:
        checked_plot(plot(**{field: outside}, **other))
    assert caught.value.field == field
    assert repr(outside) in caught.value.why
    assert f"{greatest:g}" in caught.value.why


@pytest.mark.requirement("TRACK-001")
@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"latitude_deg": 91.0, "longitude_deg": 0.0}, "latitude_deg"),
        ({"latitude_deg": 1.0}, "longitude_deg"),
        ({"longitude_deg": 1.0}, "latitude_deg"),
        ({"squawk": "7800"}, "squawk"),
        ({"squawk": "700"}, "squawk"),
        ({"squawk": "7500\n"}, "squawk"),
        ({"squawk": "٧٥٠٠"}, "squawk"),
        ({"callsign": ""}, "callsign"),
        ({"callsign": "AB\x00"}, "callsign"),
        ({"callsign": "AB  "}, "callsign"),
        ({"callsign": "A\u202eB"}, "callsign"),
        ({"callsign": "A" * 65}, "callsign"),
        ({"category": "\n"}, "category"),
    ],
)
def test_what_cannot_be_is_refused_by_name(fields, refused):
    with pytest.raises(InputError) as caught:
        checked_plot(plot(**fields))
    assert caught.value.field == refused


@pytest.mark.requirement("TRACK-002")
def test_nothing_reported_is_nothing_known():
    empty = checked_plot(plot())
    known = {"feed", "source", "at", "received_at", "address_is_icao"}
    assert all(
        getattr(empty, field) is None for field in Plot.__struct_fields__ if field not in known
    )
    assert not empty.address_is_icao


@pytest.mark.requirement("TRACK-002")
def test_pressure_and_ellipsoid_heights_stay_two_things():
    both = checked_plot(plot(altitude_pressure_m=10_668.0, altitude_ellipsoid_m=10_910.0))
    assert (both.altitude_pressure_m, both.altitude_ellipsoid_m) == (10_668.0, 10_910.0)


@pytest.mark.parametrize("name", ["", "Roof", "-a", "a b", "a" * 33, "a\n", None])
def test_a_feed_has_a_plain_name(name):
    with pytest.raises(InputError, match="feed"):
        feed_id(name)
