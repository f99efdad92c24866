"""What must be raised is raised, on the recordings too; what real flights do raises nothing."""

import math
import os
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.recorded_plots import recorded_plots

from comity.domain.tracks import Plot, PlotBatch, PlotSource, feed_id, plausibility
from comity.domain.tracks.integrity import IntegrityMonitor, Receiver
from comity.domain.tracks.integrity_kinds import REASONS, WEIGHINGS, IntegrityKind
from comity.domain.tracks.missing import Known, missing_of
from comity.domain.tracks.snapshot import surface_ecef_m
from comity.domain.tracks.table import Feed, TrackTable
from comity.kernel.instants import Instant

ROOF, RADAR = feed_id("roof"), feed_id("radar")
OWN = "north.aaaaaaaa"
T0_MS = 1_700_000_000_000
METRES_PER_DEGREE = 111_195.0


class Watched:
    """A table and a monitor, fed as a node feeds them: batch by batch, looked at after each."""

    def __init__(self, receivers=None):
        self.table = TrackTable([Feed(ROOF, OWN), Feed(RADAR, OWN)])
        self.monitor = IntegrityMonitor(receivers)
        self.found = {}

    def feed(self, batches, at):
        for batch in batches:
            taken = self.table.take(batch)
            self.monitor.watch(taken, self.table.categories(taken.slot))
        snapshot = self.table.at(at)
        self.monitor.look(snapshot, self.table.categories(snapshot.slot))
        for finding in self.monitor.findings(at):
            self.found.setdefault(finding.kind, []).append(finding)
        self.monitor.end(self.table.tidy(at))

    def plots(self, second, *plots):
        for each in plots:
            taken = self.table.take_plots([each])[0]
            self.monitor.watch(taken, self.table.categories(taken.slot))
        self.feed([], Instant(T0_MS + round(second * 1000)))

    def play(self, batch, slice_ms=10_000):
        cut = batch.at_ms // slice_ms
        edges = np.flatnonzero(np.append(True, cut[1:] != cut[:-1])).tolist()
        for start, end in zip(edges, [*edges[1:], len(batch)], strict=True):
            part = batch.rows(np.arange(start, end))
            self.feed([part], Instant(int(part.received_at_ms.max())))
        return self.found


def plot(second, latitude_deg, longitude_deg=8.0, feed=ROOF, **fields):
    at = Instant(T0_MS + round(second * 1000))
    stated = {"source": PlotSource.ADS_B, "address": 0x4B1234, "address_is_icao": True}
    return Plot(
        feed=feed,
        at=at,
        received_at=at,
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        **(stated | fields),
    )


def north(second, speed_mps=200.0, start_deg=46.0):
    return start_deg + speed_mps * second / METRES_PER_DEGREE


@pytest.mark.requirement("TRACK-050")
def test_the_recorded_spoofing_is_raised():
    """A stretch of 17 minutes in which the airliner's positions left the truth."""
    batch = recorded_plots("noisy_spoofing", ROOF)
    found = Watched().play(batch.rows(np.arange(4_750, 5_750)))
    assert set(found) == {IntegrityKind.TOO_SLOW, IntegrityKind.JUMP}
    jump = found[IntegrityKind.JUMP][0]
    assert jump.basis["off_m"] > 30_000.0
    assert jump.reason == REASONS[IntegrityKind.JUMP]


def at_once(*batches):
    """Recordings as one batch: each flight moved to begin at one time, under an address of its own."""
    columns = {
        each.name: np.concatenate([getattr(batch, each.name) for batch in batches])
        for each in fields(PlotBatch)
        if each.name not in {"feed", "squawk", "category", "emergency"}
    }
    whole = PlotBatch(feed=ROOF, **columns)
    name = np.char.add(whole.callsign.astype(str), whole.address.astype(str))
    _, flight = np.unique(name, return_inverse=True)
    first_ms = np.full(flight.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(first_ms, flight, whole.at_ms)
    whole.at_ms[:] -= first_ms[flight] - T0_MS
    whole.received_at_ms[:] = whole.at_ms
    whole.address[:] = flight
    return whole.rows(np.argsort(whole.at_ms, kind="stable"))


@pytest.mark.requirement("TRACK-051")
def test_a_whole_day_a_tanker_a_helicopter_and_a_border_patrol_raise_nothing():
    """1,243 flights over Switzerland and the three, played at once: tracks do not see each other."""
    alone = [
        recorded_plots(name, ROOF).rows(slice(None, None, every))
        for name, every in (
            ("switzerland", 1),
            ("inflight_refuelling", 10),
            ("rega_sg", 5),
            ("border_control", 1),
        )
    ]
    watched = Watched()
    assert watched.play(at_once(*alone), 20_000) == {}
    assert watched.table.counts[ROOF]["taken"] > 141_000


@pytest.mark.requirement("TRACK-051")
@pytest.mark.skipif("COMITY_CAMPAIGN" not in os.environ, reason="campaign: every row of them")
@pytest.mark.parametrize("name", ["inflight_refuelling", "rega_sg", "border_control"])
def test_every_second_of_tanker_helicopter_and_border_patrol_raises_nothing(name):
    assert Watched().play(recorded_plots(name, ROOF)) == {}


@pytest.mark.requirement("TRACK-052")
def test_two_places_at_once_and_what_radar_contradicts_are_two_findings():
    watched = Watched()
    radar = {"source": PlotSource.RADAR_SECONDARY, "feed": RADAR}
    for second in range(20):
        watched.plots(
            second,
            plot(second, north(second)),
            plot(second + 0.1, north(second, start_deg=44.0)),
            plot(second, north(second), address=7),
            plot(second, north(second), 9.0, address=7, **radar),
        )
    assert {IntegrityKind.DUPLICATED_ADDRESS, IntegrityKind.CONTRADICTS_RADAR} <= set(watched.found)
    twice = watched.found[IntegrityKind.DUPLICATED_ADDRESS][0]
    assert twice.basis["distance_m"] == pytest.approx(2 * METRES_PER_DEGREE, rel=0.01)
    measured = watched.found[IntegrityKind.CONTRADICTS_RADAR][0]
    assert measured.track_id != twice.track_id
    assert measured.basis["distance_m"] == pytest.approx(77_000.0, rel=0.02)


@pytest.mark.requirement("TRACK-052")
def test_an_address_that_returns_too_far_away_too_soon_is_found():
    watched = Watched()
    for second in range(10):
        watched.plots(second, plot(second, north(second)))
    watched.plots(80, plot(81, 10.0, address=9))
    assert len(watched.table) == 1
    watched.plots(100, plot(100, -20.0))
    (finding,) = watched.found[IntegrityKind.IMPOSSIBLE_SPEED][:1]
    assert finding.basis["moved_m"] > 6_000_000.0


@pytest.mark.requirement("TRACK-053")
@pytest.mark.parametrize(
    ("kind", "stated"),
    [
        (
            IntegrityKind.HEIGHTS_DIVERGE,
            lambda second: {"altitude_pressure_m": 10_000.0, "altitude_ellipsoid_m": 100.0},
        ),
        (
            IntegrityKind.IMPOSSIBLE_CLIMB,
            lambda second: {"altitude_pressure_m": 1_000.0 + 4_000.0 * (second // 4 % 2)},
        ),
        (
            IntegrityKind.TOO_SLOW,
            lambda second: {
                "altitude_pressure_m": 11_000.0,
                "ground_speed_mps": 26.0,
                "track_true_rad": 0.0,
            },
        ),
        (
            IntegrityKind.VELOCITY_CONTRADICTS,
            lambda second: {"ground_speed_mps": 450.0 + second % 7, "track_true_rad": 0.0},
        ),
    ],
)
def test_signs_of_false_positions_are_found_once_they_last(kind, stated):
    watched = Watched()
    for second in range(170):
        said = {"category": "A3"} | stated(second)
        watched.plots(second, plot(second, north(second), **said))
        if second == 0:
            assert watched.found == {}
        if kind in watched.found:
            break
    assert kind in watched.found
    first = watched.found[kind][0]
    assert first.severity is WEIGHINGS[kind].severity
    assert first.basis


@pytest.mark.requirement("TRACK-053")
def test_a_place_that_freezes_while_the_flight_goes_on():
    def flight(alive):
        watched = Watched()
        for second in range(60):
            height = 5_000.0 + (8.0 * second if alive else 0.0)
            place = north(min(second, 20))
            watched.plots(second, plot(second, place, altitude_pressure_m=height))
        return set(watched.found)

    assert flight(alive=True) == {IntegrityKind.FROZEN_POSITION}
    assert flight(alive=False) == set()  # a receiver's memory: everything stands still


@pytest.mark.requirement("TRACK-053")
def test_a_turn_beyond_its_class_is_found():
    """A spoofer's circle: 200 m/s on a radius of 700 m is 5.8 g; an airliner does not."""
    watched = {"A3": Watched(), None: Watched()}
    for category, each in watched.items():
        for second in range(60):
            angle = 200.0 / 700.0 * second
            east, to_north = 700.0 * math.cos(angle), 700.0 * math.sin(angle)
            each.plots(
                second,
                plot(
                    second,
                    to_north / METRES_PER_DEGREE,
                    8.0 + east / METRES_PER_DEGREE,
                    ground_speed_mps=200.0 + second % 2,
                    track_true_rad=(-angle) % (2.0 * math.pi),
                    category=category,
                ),
            )
    assert IntegrityKind.IMPOSSIBLE_TURN in watched["A3"].found
    assert IntegrityKind.IMPOSSIBLE_TURN not in watched[None].found


@pytest.mark.requirement("TRACK-054")
def test_what_a_receiver_cannot_have_heard():
    antenna = Receiver(surface_ecef_m(np.array([46.0]), np.array([8.0]))[0], 500.0)
    near, far = Watched({ROOF: antenna}), Watched({ROOF: antenna})
    for second in range(10):
        near.plots(second, plot(second, north(second), altitude_pressure_m=300.0))
        far.plots(second, plot(second, north(second, start_deg=52.0), altitude_pressure_m=300.0))
    assert near.found == {}
    assert set(far.found) == {IntegrityKind.BEYOND_HORIZON}


@pytest.mark.requirement("TRACK-056")
@given(
    st.floats(0.0, 1e6),
    st.floats(0.0, 600.0),
    st.floats(-2_000.0, 20_000.0),
    st.floats(-2_000.0, 20_000.0),
    st.floats(0.0, 400.0),
    st.floats(0.0, 400.0),
)
def test_each_test_of_plots_is_its_rule_written_out(moved, elapsed, pressure, ellipsoid, one, two):
    """The same rules for one plot in plain Python, from the words of the room page."""

    def asked(test, *values):
        return bool(test(*(np.array([float(value)]) for value in values))[0])

    assert asked(plausibility.too_fast, moved, elapsed, 50.0, one) == (
        moved > one * (elapsed + 15.0) + 50.0
    )
    climbed = ellipsoid - pressure
    assert asked(plausibility.climbs_too_fast, climbed, elapsed, 60.0) == (
        abs(climbed) > 60.0 * (elapsed + 5.0) + 100.0
    )
    assert asked(plausibility.heights_diverge, pressure, ellipsoid) == (
        abs(ellipsoid - pressure) > 400.0 + 0.12 * abs(pressure)
    )
    assert asked(plausibility.too_slow_for_height, one, pressure) == (
        9_000.0 < pressure < 16_000.0 and one < 40.0
    )
    way = moved / max(elapsed, 1e-3)
    faster, slower = max(one, two), min(one, two)
    contradicts = elapsed >= 5.0 and (way > 1.4 * faster + 40.0 or way < 0.6 * slower - 20.0)
    assert asked(plausibility.velocity_contradicts, moved, elapsed, one, two) == contradicts
    assert asked(plausibility.turns_too_hard, one, 0.2, 0.1, 24.5) == (one * (0.2 - 0.1) > 24.5)


@pytest.mark.requirement("TRACK-055")
def test_what_is_missing_is_flagged_one_by_one_and_only_where_it_is_known():
    table = TrackTable([Feed(ROOF, OWN), Feed(RADAR, OWN)])
    echo = {"source": PlotSource.RADAR_PRIMARY, "address": None, "address_is_icao": False}
    for second in range(3):
        table.take_plots([plot(second, north(second)), plot(second, 10.0, feed=RADAR, **echo)])
    snapshot = table.at(Instant(T0_MS + 3_000))
    named = snapshot.has_address
    yes, no = np.array([True, True]), np.array([False, False])
    unknown = missing_of(snapshot)
    assert named.sum() == 1
    assert (unknown.transponder == ~named).all()
    assert not unknown.plan.any()
    assert not unknown.radio.any()
    assert not missing_of(snapshot, squawked=yes).transponder.any()
    known = missing_of(snapshot, plan=Known(yes, named), radio=Known(named, no))
    assert (known.plan == ~named).all()
    assert (known.radio == named).all()
    assert (known.transponder == ~named).all()
    assert not missing_of(snapshot, plan=Known(no, no), radio=Known(yes, yes)).plan.any()
    assert not missing_of(snapshot, plan=Known(no, no), radio=Known(yes, yes)).radio.any()
