import math

import numpy as np
import pytest

from comity.domain.tracks import Plot, PlotSource, TrackRules, feed_id
from comity.domain.tracks.absorb import TAKEN
from comity.domain.tracks.plot_batch import plot_batch
from comity.domain.tracks.rivals import same_event_pairs
from comity.domain.tracks.rules import SOURCE_CODE
from comity.domain.tracks.snapshot import speed_and_track
from comity.domain.tracks.table import Feed, TrackTable
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

OWN, RIVAL = "north.aaaaaaaa", "south.bbbbbbbb"
ROOF, MAST, RADAR, THEIRS = (feed_id(name) for name in ("roof", "mast", "radar", "theirs"))
T0_MS = 1_700_000_000_000
METRES_PER_DEGREE = 111_195.0


def table(**rules):
    feeds = [Feed(feed, OWN) for feed in (ROOF, MAST, RADAR)]
    return TrackTable([*feeds, Feed(THEIRS, RIVAL)], TrackRules(**rules))


def plot(second, latitude_deg, longitude_deg, feed=ROOF, received_s=None, **fields):
    fields = {"source": PlotSource.ADS_B, "address": 0x4B1234, "address_is_icao": True} | fields
    received = second if received_s is None else received_s
    return Plot(
        feed=feed,
        at=Instant(T0_MS + round(second * 1000)),
        received_at=Instant(T0_MS + round(received * 1000)),
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        **fields,
    )


def echo(second, latitude_deg, longitude_deg, **fields):
    nobody = {"source": PlotSource.RADAR_PRIMARY, "address": None, "address_is_icao": False}
    return plot(second, latitude_deg, longitude_deg, RADAR, **(nobody | fields))


def at(second):
    return Instant(T0_MS + round(second * 1000))


def north(second, speed_mps=200.0, start_deg=46.0):
    return start_deg + speed_mps * second / METRES_PER_DEGREE


@pytest.mark.requirement("TRACK-030")
def test_one_address_of_two_own_feeds_is_one_track_that_keeps_both():
    tracks = table()
    for second in range(10):
        tracks.take_plots([plot(second, north(second), 8.0)])
        tracks.take_plots([plot(second + 0.5, north(second + 0.5), 8.0, MAST)])
    snapshot = tracks.at(at(10))
    assert len(snapshot) == 1
    assert snapshot.latitude_deg[0] == pytest.approx(north(10), abs=50 / METRES_PER_DEGREE)
    said = tracks.said_by(int(snapshot.track_id[0]))
    assert {each.feed: each.plot_count for each in said} == {ROOF: 10, MAST: 10}
    assert {each.feed: each.at for each in said} == {ROOF: at(9), MAST: at(9.5)}
    assert said[0].latitude_deg == pytest.approx(north(9))


@pytest.mark.requirement("TRACK-031")
def test_rival_parties_tracks_are_linked_and_never_merged():
    """Two accounts of one border crossing, a mile and a half apart (L-13)."""
    tracks = table()
    for second in range(20):
        tracks.take_plots([plot(second, north(second), 36.00)])
        tracks.take_plots([plot(second, north(second), 36.03, THEIRS)])
    snapshot = tracks.at(at(20))
    assert len(snapshot) == 2
    assert sorted(snapshot.longitude_deg.round(4)) == [36.0, 36.03]
    assert [snapshot.parties[party] for party in snapshot.party] == [OWN, RIVAL]
    pairs = same_event_pairs(snapshot)
    assert len(pairs) == 1
    assert pairs.distance_m[0] == pytest.approx(2_318.0, rel=0.02)
    assert pairs.same_address[0]
    assert not pairs.consistent[0]


@pytest.mark.requirement("TRACK-031")
def test_own_tracks_are_not_rivals_of_each_other():
    tracks = table()
    tracks.take_plots([plot(0, 46.0, 8.0), plot(0, 46.001, 8.0, address=7)])
    tracks.take_plots([plot(0, 46.0, 8.001, THEIRS, address=9), plot(0, -46.0, 8.0, THEIRS)])
    pairs = same_event_pairs(tracks.at(at(0)))
    assert sorted(pairs.same_address.tolist()) == [False, False, True]
    assert pairs.other_address.tolist().count(True) == 2


@pytest.mark.requirement("TRACK-032")
def test_two_places_at_once_are_two_tracks_of_one_address():
    tracks = table()
    for second in range(10):
        tracks.take_plots([plot(second, north(second), 8.0)])
        tracks.take_plots([plot(second, north(second, start_deg=40.0), 9.0)])
    snapshot = tracks.at(at(10))
    assert len(snapshot) == 2
    assert snapshot.confirmed.all()
    assert snapshot.is_twin.tolist().count(True) == 1
    assert set(snapshot.twin_of.tolist()) == {0, int(snapshot.track_id[~snapshot.is_twin][0])}
    assert sorted(snapshot.latitude_deg.round(2)) == [40.02, 46.02]


@pytest.mark.requirement("TRACK-032")
def test_after_a_jump_the_new_place_takes_over_the_name():
    tracks = table()
    for second in range(60):
        place = north(second) if second < 20 else north(second, start_deg=40.0)
        tracks.take_plots([plot(second, place, 8.0)])
        tracks.tidy(at(second))
    snapshot = tracks.at(at(60))
    assert len(snapshot) == 1
    assert not snapshot.is_twin[0]
    assert snapshot.latitude_deg[0] == pytest.approx(north(60, start_deg=40.0), abs=1e-3)
    assert tracks.counts[ROOF]["elsewhere"] > 0


@pytest.mark.requirement("TRACK-033")
def test_radar_echoes_without_a_name_make_tracks_that_cross_and_stay_apart():
    """Two echoes cross at right angles, a plot every 4 s with 80 m of noise, in either order."""
    tracks, chance = table(), np.random.default_rng(5)
    for scan in range(30):
        second = 4.0 * scan
        noise = chance.normal(0.0, 80.0 / METRES_PER_DEGREE, 4)
        run = (second - 60.0) * 150.0 / METRES_PER_DEGREE
        plots = [
            echo(second, 47.0 + run + noise[0], 8.0 + noise[1]),
            echo(second + 0.2, 47.01 + noise[2], 8.0 + run * 1.4 + noise[3]),
        ]
        tracks.take_plots(plots if scan % 2 else plots[::-1])
        tracks.tidy(at(second))
    snapshot = tracks.at(at(116.0))
    assert len(snapshot) == 2
    assert not snapshot.has_address.any()
    speed, track = speed_and_track(snapshot.position_ecef_m, snapshot.velocity_ecef_mps)
    assert speed == pytest.approx([150.0, 150.0], abs=25.0)
    assert sorted(track.tolist()) == pytest.approx([0.0, math.pi / 2.0], abs=0.2)
    assert tracks.counts[RADAR]["begun"] == 2


@pytest.mark.requirement("TRACK-033")
def test_an_echo_belongs_to_the_named_track_it_falls_on_and_not_to_one_far_above():
    tracks = table()
    high, low = {"altitude_pressure_m": 11_000.0}, {"altitude_pressure_m": 3_000.0}
    for second in range(10):
        tracks.take_plots(
            [
                plot(second, north(second), 8.0, **high),
                plot(second, north(second), 8.002, address=5, **low),
                echo(second, north(second) + 1e-4, 8.001, source=PlotSource.RADAR_SECONDARY, **low),
            ]
        )
    snapshot = tracks.at(at(10))
    assert len(snapshot) == 2
    by_address = {int(a): int(t) for a, t in zip(snapshot.address, snapshot.track_id, strict=True)}
    assert RADAR in {each.feed for each in tracks.said_by(by_address[5])}
    assert RADAR not in {each.feed for each in tracks.said_by(by_address[0x4B1234])}


@pytest.mark.requirement("TRACK-033")
def test_a_radar_track_keeps_its_id_when_it_gets_a_name():
    tracks = table()
    for scan in range(6):
        tracks.take_plots([echo(4.0 * scan, north(4.0 * scan), 8.0, track_number=17)])
    before = tracks.at(at(20)).track_id.tolist()
    tracks.take_plots([plot(21, north(21), 8.0)])
    tracks.take_plots([echo(24.0, north(24.0), 8.0, track_number=17)])
    after = tracks.at(at(24))
    assert after.track_id.tolist() == before
    assert after.address.tolist() == [0x4B1234]


@pytest.mark.requirement("TRACK-034")
def test_what_is_wrong_with_plots_is_counted_by_name():
    tracks = table()
    good = plot(100, 46.0, 8.0)
    tracks.take_plots([good])
    tracks.take_plots([good])
    tracks.take_plots([plot(99, 46.0, 8.0)])
    tracks.take_plots([plot(102, north(7, start_deg=46.0), 8.0, MAST)])
    tracks.take_plots([plot(94, 46.0, 8.0, MAST)])
    tracks.take_plots([plot(104, 46.0, 8.0, received_s=97)])
    tracks.take_plots([plot(104 - 7200, 46.0, 8.0, received_s=104)])
    tracks.take_plots([plot(104 + 7200, 46.0, 8.0, received_s=104)])
    tracks.take_plots([plot(105, 91.0, 8.0), plot(105, math.nan, 8.0)])
    tracks.take_plots([plot(106, None, None, address=99)])
    tracks.take_plots([echo(106, None, None)])
    seen = {name: count for name, count in tracks.counts[ROOF].items() if count}
    assert seen == {
        "received": 9,
        "taken": 1,
        "begun": 1,
        "duplicate": 1,
        "backwards": 1,
        "clock-ahead": 2,
        "clock-behind": 1,
        "refused:latitude_deg": 2,
        "no-track-yet": 1,
    }
    assert tracks.counts[MAST]["backwards"] == 1
    assert tracks.counts[RADAR]["unplaced"] == 1
    assert len(tracks) == 1


@pytest.mark.requirement("TRACK-034")
def test_another_feeds_late_plot_is_used_if_little_late_and_counted_if_more():
    tracks = table()
    for second in range(10):
        tracks.take_plots([plot(second, north(second), 8.0)])
    tracks.take_plots([plot(7.0, north(7.0), 8.0, MAST)])
    tracks.take_plots([plot(3.0, north(3.0), 8.0, RADAR)])
    assert tracks.counts[MAST]["taken"] == 1
    assert tracks.counts[RADAR]["late"] == 1
    assert tracks.at(at(9)).latitude_deg[0] == pytest.approx(north(9), abs=2e-4)


@pytest.mark.requirement("TRACK-035")
def test_age_makes_a_track_stale_then_gone_by_the_rules_of_its_source():
    tracks = table()
    for second in range(3):
        tracks.take_plots([plot(second, north(second), 8.0), echo(second, 10.0, 10.0)])
    assert not tracks.at(at(10)).stale.any()
    late = tracks.at(at(20))
    stale = dict(zip(late.has_address.tolist(), late.stale.tolist(), strict=True))
    assert stale == {True: True, False: False}
    grown = late.accuracy_horizontal_m / tracks.at(at(2)).accuracy_horizontal_m
    assert (grown > 2.0).all()
    assert len(tracks.tidy(at(50))) == 0
    assert len(tracks.tidy(at(63))) == 2
    assert len(tracks.at(at(63))) == len(tracks) == 0
    tracks.take_plots([plot(70, 46.0, 8.0)])
    assert tracks.at(at(70)).track_id.tolist() == [3]  # ids are never used again


@pytest.mark.requirement("TRACK-035")
def test_rules_are_checked():
    with pytest.raises(InputError, match="drop_s"):
        TrackRules(drop_s=dict.fromkeys(PlotSource, 5.0))
    with pytest.raises(InputError, match=r"stale_s\.ads-b"):
        TrackRules(stale_s={})
    with pytest.raises(InputError, match="here already"):
        table().add_feed(Feed(ROOF, OWN))
    with pytest.raises(InputError, match="not known here"):
        table().take_plots([plot(0, 46.0, 8.0, feed_id("unknown"))])


@pytest.mark.requirement("TRACK-036")
def test_a_flood_of_fakes_is_bounded_and_counted_and_the_others_go_on():
    tracks = table(tracks_max=1_000)
    real = 0x4B1234
    tracks.take_plots([plot(0, north(0), 8.0)])
    chance = np.random.default_rng(2)
    count = 5_000
    for second in range(1, 4):
        time = np.full(count + 1, T0_MS + 1000 * second)
        tracks.take(
            plot_batch(
                ROOF,
                source=np.full(count + 1, SOURCE_CODE[PlotSource.ADS_B], np.uint8),
                at_ms=time,
                received_at_ms=time,
                latitude_deg=np.append(chance.uniform(-90.0, 90.0, count), north(second)),
                longitude_deg=np.append(chance.uniform(-180.0, 180.0, count), 8.0),
                address=np.append(np.arange(1, count + 1) + second * count, real),
                address_is_icao=np.ones(count + 1, bool),
            )
        )
    assert len(tracks) == 1_000
    assert tracks.counts[ROOF]["table-full"] == 3 * count - 999
    snapshot = tracks.at(at(3))
    kept = snapshot.latitude_deg[snapshot.address == real]
    assert kept == pytest.approx([north(3)], abs=1e-3)


@pytest.mark.requirement("TRACK-037")
@pytest.mark.parametrize("latitude", [89.9995, -89.9995, 0.0])
def test_tracks_cross_the_pole_and_the_antimeridian_without_a_break(latitude):
    tracks = table()
    for second in range(40):
        along = (second - 20) * 200.0 / METRES_PER_DEGREE
        if latitude == 0.0:
            longitude = 180.0 + along
            place = (0.0, longitude - 360.0 if longitude > 180.0 else longitude)
        else:
            over = abs(latitude) + 0.0005 + along
            folded = 180.0 - over if over > 90.0 else over
            place = (math.copysign(folded, latitude), 10.0 if over <= 90.0 else -170.0)
        tracks.take_plots([plot(second, *place)])
    assert len(tracks) == 1
    assert tracks.counts[ROOF]["elsewhere"] == 0
    snapshot = tracks.at(at(40))
    speed, _ = speed_and_track(snapshot.position_ecef_m, snapshot.velocity_ecef_mps)
    assert speed[0] == pytest.approx(200.0, abs=5.0)


@pytest.mark.requirement("TRACK-038")
def test_a_position_that_repeats_while_the_aircraft_flies_is_not_a_measurement():
    tracks = table()
    for second in range(20):
        tracks.take_plots([plot(second, north(second), 8.0)])
    for second in range(20, 30):
        tracks.take_plots([plot(second, north(19), 8.0)])
    assert tracks.counts[ROOF]["held"] == 10
    snapshot = tracks.at(at(29))
    assert snapshot.age_s[0] == 10.0
    assert snapshot.latitude_deg[0] == pytest.approx(north(29), abs=1e-3)


def test_taken_tells_what_the_feed_said_before():
    tracks = table()
    first = tracks.take_plots([plot(0, 46.0, 8.0), plot(1, north(1), 8.0)])[0]
    assert first.has_previous.tolist() == [False, True]
    second = tracks.take_plots([plot(2, north(2), 8.0)])[0]
    assert second.outcome.tolist() == [TAKEN]
    assert second.previous_at_ms.tolist() == [T0_MS + 1000]


@pytest.mark.requirement("TRACK-014")
def test_a_vertical_rate_once_known_stays_known_between_rare_reports_and_its_error_grows():
    tracks = table()
    for second in range(0, 61, 10):
        tracks.take_plots(
            [plot(second, north(second), 8.0, altitude_pressure_m=5_000.0 + 8.0 * second,
                  vertical_rate_mps=8.0)]
        )  # fmt: skip
    accuracy = []
    for second in range(60, 71):
        snapshot = tracks.at(at(second))
        assert snapshot.has_vertical_rate[0]
        assert snapshot.vertical_rate_mps[0] == pytest.approx(8.0, abs=0.5)
        accuracy.append(snapshot.accuracy_vertical_rate_mps[0])
    assert sorted(accuracy) == accuracy
    assert accuracy[-1] > 2.0 * accuracy[0]
