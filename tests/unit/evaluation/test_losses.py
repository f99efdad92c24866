"""What was flown and what it lost, against plain Python on geographiclib."""

import numpy as np
import pytest
from tests.geodesic_reference import WGS84

from comity.domain.evaluation import Separation, Sky, flown_of
from comity.domain.tracks import FeedId, Plot, PlotSource
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

BEGIN_MS = 1_800_000_000_000
FEED = FeedId("test")
FL350_M, FL360_M = 10_668.0, 10_972.8


def plot(at_s, address, latitude, longitude, height=FL350_M, **more):
    at = Instant(BEGIN_MS + round(1000 * at_s))
    given = {"altitude_pressure_m": height, "address": address, "address_is_icao": True} | more
    return Plot(
        feed=FEED, source=PlotSource.ADS_B, at=at, received_at=at,
        latitude_deg=latitude, longitude_deg=longitude, **given,
    )  # fmt: skip


def flight(address, start, azimuth, speed, height=FL350_M, seconds=200, step=1.0, climb=0.0):
    """Reports on a geodesic."""
    found = []
    for k in range(int(seconds / step) + 1):
        at_s = k * step
        there = WGS84.Direct(*start, azimuth, speed * at_s)
        found.append(plot(at_s, address, there["lat2"], there["lon2"], height + climb * at_s))
    return found


def lost(plots, **minima):
    sky = Sky(flown_of(plots), Separation(**minima))
    return [loss for each in sky.together() for loss in each.losses]


PLACES = {
    "mid latitude": (47.0, 8.0),
    "north pole": (89.95, 8.0),
    "south pole": (-89.9, -120.0),
    "antimeridian": (10.0, 179.95),
    "equator": (0.0, 0.0),
}


@pytest.mark.requirement("EVAL-001")
@pytest.mark.parametrize("place", PLACES)
def test_a_loss_begins_and_ends_when_geodesics_say_so(place):
    meeting = PLACES[place]
    one_start = WGS84.Direct(*meeting, 250.0, 200.0 * 100)
    two_start = WGS84.Direct(*meeting, 10.0, 220.0 * 100)
    starts = []
    for there in (one_start, two_start):
        back = WGS84.Inverse(there["lat2"], there["lon2"], *meeting)
        starts.append(((there["lat2"], there["lon2"]), back["azi1"]))
    plots = flight(1, *starts[0], 200.0) + flight(2, *starts[1], 220.0)
    (loss,) = lost(sorted(plots, key=lambda each: each.at.unix_ms))

    def apart(at_s):
        a = WGS84.Direct(*starts[0][0], starts[0][1], 200.0 * at_s)
        b = WGS84.Direct(*starts[1][0], starts[1][1], 220.0 * at_s)
        return WGS84.Inverse(a["lat2"], a["lon2"], b["lat2"], b["lon2"])["s12"]

    inside = [at_s for at_s in range(201) if apart(at_s) < 9_260.0]
    assert loss.start_s == BEGIN_MS / 1000 + inside[0]
    assert loss.end_s == BEGIN_MS / 1000 + inside[-1]
    assert loss.horizontal_m < 230.0
    assert loss.foreseeable_s == pytest.approx(inside[0], abs=6.0)
    assert loss.seen_s == inside[0]


@pytest.mark.requirement("EVAL-001")
def test_levels_one_minimum_apart_keep_it_and_less_is_a_loss():
    west, east = (50.0, 8.0), (50.0, 8.7)
    above = flight(2, east, 270.0, 230.0, FL360_M)
    assert lost(flight(1, west, 90.0, 230.0) + above) == []
    (loss,) = lost(flight(1, west, 90.0, 230.0, FL350_M + 90.0) + above)
    assert loss.vertical_m == pytest.approx(214.8)
    assert not loss.marginal(Separation())
    (loss,) = lost(flight(1, west, 90.0, 230.0, FL350_M + 50.0) + above)
    assert loss.marginal(Separation())


@pytest.mark.requirement("EVAL-002")
def test_a_gap_is_not_bridged_and_what_is_not_known_is_no_loss():
    one = flight(1, (50.0, 8.0), 90.0, 230.0, step=1.0)
    two = flight(2, (50.0, 8.7), 270.0, 230.0, step=1.0)
    gap = [each for each in two if not 60 <= (each.at.unix_ms - BEGIN_MS) / 1000 <= 175]
    assert [len(each) for each in flown_of(gap)] == [60, 25]
    assert lost(one + gap) == []
    unknown = [
        plot((each.at.unix_ms - BEGIN_MS) / 1000, 2, each.latitude_deg, each.longitude_deg, None)
        for each in two
    ]
    sky = Sky(flown_of(one + unknown), Separation())
    (together,) = sky.together()
    assert together.losses == ()
    assert together.unknown


@pytest.mark.requirement("EVAL-002")
def test_held_positions_jumps_and_garbled_heights_are_no_flight():
    plots = flight(1, (50.0, 8.0), 90.0, 230.0)
    spoilt = list(plots)
    spoilt[50] = plot(50, 1, 51.5, 8.0)
    spoilt[90] = plot(90, 1, plots[90].latitude_deg, plots[90].longitude_deg, 300.0)
    spoilt[120] = plot(120, 1, plots[119].latitude_deg, plots[119].longitude_deg)
    (true,), (found,) = flown_of(plots), flown_of(spoilt)
    assert len(true) == len(found)
    assert np.abs(true.place_ecef_m - found.place_ecef_m).max() < 1.0
    assert np.abs(found.pressure_m - FL350_M).max() < 1e-6


@pytest.mark.requirement("EVAL-002")
def test_what_stands_on_the_ground_or_has_no_name_is_left_out():
    grounded = [
        plot(k, 1, 50.0, 8.0 + k / 1000, 0.0, on_ground=True, address_is_icao=True)
        for k in range(9)
    ]
    nameless = [plot(k, None, 50.0, 8.0 + k / 1000, address_is_icao=False) for k in range(9)]
    assert flown_of(grounded + nameless) == ()


def test_minima_out_of_range_are_refused_by_name():
    for field in ("horizontal_m", "vertical_m", "look_ahead_s"):
        with pytest.raises(InputError) as caught:
            Separation(**{field: 0.0})
        assert caught.value.field == field
