"""The live loop: plots become tracks, a closing pair an alert, the alert a record, and silence is not safety."""

import itertools

import pytest
from tests.simulation.world import OFFICER, World

from comity.application.pair_net import PairNet
from comity.application.watch_air import AirWatch
from comity.domain.alerts import KIND_OF, AlertKind, AlertPhase, NetHealth, alert_body
from comity.domain.records import Draft
from comity.domain.tracks import FeedId, Plot, PlotSource, batch_of_plots
from comity.domain.tracks.table import Feed, TrackTable
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

START = Instant(1_795_000_000_000)
PARTY = PartyId("aurelia.q3mbt5aa")
FEED = FeedId("roof")
DEGREES_A_SECOND = 200.0 / 111_320.0  # 200 m/s along the equator


def _watch():
    ticks = itertools.count()
    table = TrackTable([Feed(FEED, PARTY)])
    return AirWatch(table, (PairNet(),), lambda: next(ticks) * 0.001, "r1")


def _aircraft(address, second, longitude_deg, eastward, *, height_m=10_000.0, **said):
    at = START.plus_s(second)
    return Plot(
        feed=FEED, source=PlotSource.ADS_B, at=at, received_at=at, address=address,
        address_is_icao=True, latitude_deg=0.0,
        longitude_deg=longitude_deg + eastward * DEGREES_A_SECOND * second,
        altitude_pressure_m=height_m, ground_speed_mps=200.0,
        track_true_rad=1.5707963267948966 if eastward > 0 else 4.71238898038469,
        vertical_rate_mps=0.0, **said,
    )  # fmt: skip


def _head_on(second):
    """Two aircraft 60 km apart that close at 400 m/s."""
    return [_aircraft(0xA1, second, 0.0, 1), _aircraft(0xB2, second, 0.539, -1)]


def _run(watch, plots_at, seconds):
    changed = []
    for second in seconds:
        batches = batch_of_plots(plots_at(second))
        changed += watch.cycle(START.plus_s(second), batches).changed
    return changed


@pytest.mark.requirement("NODE-005")
def test_a_closing_pair_is_one_alert_with_the_data_it_stands_on():
    watch = _watch()
    changed = _run(watch, _head_on, range(40))
    raised = [alert for alert in changed if alert.phase is AlertPhase.RAISED]
    assert {alert.alert_id for alert in changed} == {raised[0].alert_id}
    assert [alert.revision for alert in raised] == list(range(len(raised)))
    finding = raised[0].finding
    assert finding.situation.subjects == (f"{PARTY}/0000a1", f"{PARTY}/0000b2")
    assert finding.determined
    assert 100_000 <= finding.basis["time_to_loss_ms"] <= 120_000
    _run(watch, _head_on, range(40, 80))
    (alert,) = watch.alerts.open_alerts()
    assert alert.finding.basis["distance_cpa_mm"] <= alert.finding.basis["distance_cpa_error_mm"]


def test_it_is_cleared_when_the_two_have_parted():
    watch = _watch()
    changed = _run(watch, _head_on, range(260))
    assert changed[-1].phase is AlertPhase.CLEARED
    assert watch.alerts.open_alerts() == ()


def test_a_net_without_data_says_that_it_is_blind_and_clears_nothing():
    watch = _watch()
    _run(watch, _head_on, range(60))
    assert watch.alerts.open_alerts()
    cycle = watch.cycle(START.plus_s(90), ())
    assert cycle.nets[AlertKind.PAIR_CONFLICT].health is NetHealth.BLIND
    assert cycle.changed == ()
    (alert,) = watch.alerts.open_alerts()
    assert "blind" in alert.held


def test_a_feed_that_is_down_makes_the_net_say_so():
    watch = _watch()
    _run(watch, _head_on, range(20))
    cycle = watch.cycle(START.plus_s(20), batch_of_plots(_head_on(20)), feeds_down=("roof",))
    state = cycle.nets[AlertKind.PAIR_CONFLICT]
    assert state.health is NetHealth.DEGRADED
    assert "feed-down: roof" in state.why


def test_aircraft_on_the_ground_raise_nothing():
    watch = _watch()

    def taxiing(second):
        return [
            _aircraft(0xA1, second, 0.0, 1, on_ground=True),
            _aircraft(0xB2, second, 0.1, -1, on_ground=True),
        ]

    assert _run(watch, taxiing, range(30)) == []


@pytest.mark.requirement("NODE-007")
def test_the_second_place_of_one_address_is_no_second_aircraft():
    """Whatever shows one address at two places, the pair net does not warn of the aircraft of itself."""
    watch = _watch()

    def doubled(second):
        return [_aircraft(0xA1, second, 0.0, 1), _aircraft(0xA1, second + 0.001, 0.1, -1)]

    changed = _run(watch, doubled, range(30))
    assert [alert for alert in changed if alert.phase is AlertPhase.RAISED] == []


@pytest.mark.requirement("NODE-006")
def test_alerts_go_on_record_and_a_node_that_starts_again_knows_which_are_open():
    world = World(seed=7)
    place = next(iter(world.places.values()))
    watch = _watch()
    (alert, *_) = _run(watch, _head_on, range(40))

    def issue(node, at, alert, operator=OFFICER):
        return node.issue(Draft(KIND_OF[alert.phase], (), alert_body(alert), operator), at)

    world.do(place, lambda n, at: issue(n, at, alert)).result()
    assert [each.alert_id for each in place.node.alerts.open_alerts()] == [alert.alert_id]
    seen = watch.acknowledge(alert.alert_id, OFFICER, START.plus_s(41))
    world.do(place, lambda n, at: issue(n, at, seen)).result()
    world._crash(place)
    world.run(10)
    (known,) = place.node.alerts.open_alerts()
    assert known.acknowledged_by == OFFICER
    assert known.finding.situation == alert.finding.situation
    cleared = _run(watch, _head_on, range(42, 260))[-1]
    world.do(place, lambda n, at: issue(n, at, cleared)).result()
    assert place.node.alerts.open_alerts() == ()
    assert place.node.alerts.cleared(known.alert_id) is not None
    outcome = world.do(place, lambda n, at: issue(n, at, cleared))
    assert isinstance(outcome.error, RecordError)
    assert outcome.error.reason == "alert"


def test_only_an_open_alert_can_be_acknowledged():
    watch = _watch()
    with pytest.raises(InputError, match="not open"):
        watch.acknowledge("0" * 32, OFFICER, START)
