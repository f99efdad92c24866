"""The area net in the live loop: one alert a situation, its end, and what it lacks."""

import itertools

import pytest
from tests.watched_areas import set_of, square

from comity.application.area_net import AreaNet, BorderWatch
from comity.application.watch_air import AirWatch
from comity.domain.alerts import AlertKind, AlertPhase, AreaKind, NetHealth, Severity, alert_body
from comity.domain.alerts.area_proximity import WatchedAreas
from comity.domain.alerts.area_rules import Undrawn
from comity.domain.records import decode_canonical, encode_canonical
from comity.domain.tracks import FeedId, Plot, PlotSource, batch_of_plots
from comity.domain.tracks.table import Feed, TrackTable
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

START = Instant(1_795_000_000_000)
FEED = FeedId("roof")
DEGREES_A_SECOND = 200.0 / 111_320.0  # 200 m/s along the equator
NET = AlertKind.AREA_PROXIMITY


def watch_of(net):
    ticks = itertools.count()
    table = TrackTable([Feed(FEED, PartyId("aurelia.q3mbt5aa"))])
    return AirWatch(table, (net,), lambda: next(ticks) * 0.001, "r1")


def flying(second, longitude_deg=0.0):
    at = START.plus_s(second)
    return Plot(
        feed=FEED, source=PlotSource.ADS_B, at=at, received_at=at, address=0xA1,
        address_is_icao=True, latitude_deg=0.0,
        longitude_deg=longitude_deg + DEGREES_A_SECOND * second, altitude_pressure_m=9_000.0,
        ground_speed_mps=200.0, track_true_rad=1.5707963267948966, vertical_rate_mps=0.0,
    )  # fmt: skip


def run(watch, seconds):
    return [watch.cycle(START.plus_s(s), batch_of_plots([flying(s)])) for s in seconds]


@pytest.mark.requirement("ALERT-057")
def test_a_zone_flown_through_is_one_alert_that_gets_worse_and_ends():
    area = square("zone", -0.1, 0.2, size=0.2, kind=AreaKind.PROHIBITED)  # 22 km ahead, 22 km wide
    watch = watch_of(AreaNet(WatchedAreas([set_of(area)])))
    cycles = run(watch, range(260))
    changed = [alert for cycle in cycles for alert in cycle.changed]
    assert len({alert.alert_id for alert in changed}) == 1
    severities = [a.finding.severity for a in changed if a.phase is AlertPhase.RAISED]
    assert severities == [Severity.ADVISORY, Severity.CAUTION, Severity.WARNING]
    assert changed[-1].phase is AlertPhase.CLEARED
    left_s = 0.4 / DEGREES_A_SECOND
    assert changed[-1].cleared_at.minus(START) == pytest.approx(left_s + 8.0, abs=2.5)
    assert changed[0].finding.situation.subjects == ("aurelia.q3mbt5aa/0000a1", "zone")
    for alert in changed:
        body = alert_body(alert)
        assert decode_canonical(encode_canonical(body)) == body


@pytest.mark.requirement("ALERT-060")
@pytest.mark.parametrize(
    ("missing", "aside", "cleared"), [((), ("none: x",), True), (("gone",), (), False)]
)
def test_what_is_taken_away_by_a_person_is_cleared_and_what_is_lost_is_held(
    missing, aside, cleared
):
    net = AreaNet(WatchedAreas([set_of(square("zone", -0.1, 0.0, kind=AreaKind.PROHIBITED))]))
    watch = watch_of(net)
    assert any(cycle.changed for cycle in run(watch, range(10)))
    net.watched, net.missing, net.aside = None, missing, aside
    cycles = run(watch, range(10, 40))
    ended = [a for cycle in cycles for a in cycle.changed if a.phase is AlertPhase.CLEARED]
    assert bool(ended) is cleared
    assert cycles[-1].nets[NET].health is NetHealth.DEGRADED
    assert cycles[-1].nets[NET].why == (aside or ("data-set: gone",))


@pytest.mark.requirement("ALERT-064")
@pytest.mark.parametrize(
    "undrawn",
    [Undrawn("lost", "", "site lost: radius_m"), Undrawn("", " n1 revision ", "notice n1: shape")],
)
def test_what_cannot_be_drawn_holds_its_own_alerts_alone_and_is_told(undrawn):
    lost = square("lost", -0.1, 0.0, kind=AreaKind.PROHIBITED, name="firing n1 revision 2")
    other = square("other", -0.1, 0.0, kind=AreaKind.PROHIBITED, name="firing n11 revision 2")
    far = square("far", 50.0, 50.0)
    net = AreaNet(WatchedAreas([set_of(lost, other, far)]))
    watch = watch_of(net)
    run(watch, range(10))
    net.watched, net.undrawn = WatchedAreas([set_of(far)]), (undrawn,)
    cycles = run(watch, range(10, 40))
    ended = [a for cycle in cycles for a in cycle.changed if a.phase is AlertPhase.CLEARED]
    assert [a.finding.situation.subjects[1] for a in ended] == ["other"]
    (held,) = watch.alerts.open_alerts()
    assert held.finding.situation.subjects[1] == "lost"
    assert held.held == f"not watched: {undrawn.why}"
    state = cycles[-1].nets[NET]
    assert (state.health, state.why) == (NetHealth.DEGRADED, (f"data-set: {undrawn.why}",))
    net.undrawn = ()
    last = run(watch, range(40, 60))
    assert any(a.finding.situation.subjects[1] == "lost" for c in last for a in c.changed)
    assert last[-1].nets[NET].health is NetHealth.WORKING


@pytest.mark.requirement("ALERT-058")
def test_a_net_without_its_data_set_says_so_and_is_not_working():
    watch = watch_of(AreaNet(None, missing=("packaged borders: border-data-missing",)))
    state = run(watch, range(12))[-1].nets[NET]
    assert state.health is NetHealth.DEGRADED
    assert state.why == ("data-set: packaged borders: border-data-missing",)
    nothing = run(watch_of(AreaNet(None)), range(12))[-1].nets[NET]
    assert nothing.why == ("data-set: no areas are loaded",)
    whole = watch_of(AreaNet(WatchedAreas([set_of(square("far", 50.0, 50.0))])))
    assert run(whole, range(12))[-1].nets[NET].health is NetHealth.WORKING


@pytest.mark.requirement("BORD-005")
def test_over_which_country_a_track_is_is_told_when_it_changes():
    near = square("near", -0.1, -0.1, size=0.2, kind=AreaKind.COUNTRY, name="Aurelia")
    watched = WatchedAreas([set_of(near, error_m=2_000.0)])
    watch, borders = watch_of(AreaNet(watched)), BorderWatch(watched)
    said = []
    for second in range(140):
        watch.cycle(START.plus_s(second), batch_of_plots([flying(second)]))
        said += [position.words() for _, _, position in borders.changes(watch.view)]
    assert said == [
        "over Aurelia",
        "within the border's error: Aurelia or not Aurelia",
        "undetermined at sea: the data set has no maritime limits",
    ]
