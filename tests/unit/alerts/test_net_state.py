"""A net says what it can see, worse at once and better only after a while."""

import pytest

from comity.domain.alerts import NetHealth, NetInput, NetRule, NetWatch
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

START = Instant(1_800_000_000_000)


def given(second, age_s=0.0, **more):
    return NetInput(newest_at=START.plus_s(second - age_s), tracks=90, **more)


def watched(seconds, make):
    watch = NetWatch(START)
    return [watch.observe(START.plus_s(second), make(second)) for second in seconds][-1]


@pytest.mark.requirement("ALERT-030")
def test_a_net_is_blind_until_it_has_seen_something():
    watch = NetWatch(START)
    assert watch.state.health is NetHealth.BLIND
    state = watch.observe(START.plus_s(60), NetInput(newest_at=None, tracks=0))
    assert (state.health, state.since) == (NetHealth.BLIND, START)
    assert "none was ever received" in state.why[0]


@pytest.mark.requirement("ALERT-030")
def test_an_empty_sky_with_a_living_feed_is_not_blindness():
    state = watched(range(20), lambda second: NetInput(START.plus_s(second), tracks=0))
    assert (state.health, state.why) == (NetHealth.WORKING, ())


@pytest.mark.requirement("ALERT-031")
@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"age_s": 6.0}, "old-data"),
        ({"age_s": -6.0}, "clock"),
        ({"feeds_down": ("radar-2",)}, "feed-down: radar-2"),
        ({"left_out": 30}, "left-out: 30 of 120"),
        ({"undetermined": 30}, "undetermined: 30 of 90"),
        ({"cycle_s": 1.5}, "late: a cycle took 1.50 s"),
    ],
)
def test_what_is_missing_degrades_the_net_and_is_named(more, code):
    state = watched(range(20), lambda second: given(second, **more))
    assert state.health is NetHealth.DEGRADED
    assert any(why.startswith(code) for why in state.why)


@pytest.mark.requirement("ALERT-031")
def test_lost_data_blinds_at_once_with_the_time_it_began():
    watch = NetWatch(START)
    for second in range(10):
        watch.observe(START.plus_s(second), given(second))
    assert watch.state.health is NetHealth.WORKING
    for second in range(10, 40):
        watch.observe(START.plus_s(second), NetInput(START.plus_s(9), tracks=90))
    assert (watch.state.health, watch.state.since) == (NetHealth.BLIND, START.plus_s(22))
    assert "30 s old" in watch.state.why[0]


@pytest.mark.requirement("ALERT-032")
def test_one_report_does_not_make_a_blind_net_well():
    watch = NetWatch(START)
    for second in range(60):
        flicker = START.plus_s(second) if second % 20 == 0 else START
        watch.observe(START.plus_s(second), NetInput(flicker, tracks=90))
        assert second < 20 or watch.state.health is NetHealth.BLIND
    for second in range(60, 65):
        watch.observe(START.plus_s(second), given(second))
        assert watch.state.why[0] == "recovering"
    assert watch.observe(START.plus_s(65), given(65)).health is NetHealth.WORKING
    assert watch.state.since == START.plus_s(65)


@pytest.mark.requirement("ALERT-031")
def test_a_rule_that_contradicts_itself_is_refused():
    with pytest.raises(InputError, match="degraded_after_s"):
        NetRule(degraded_after_s=20.0)
    with pytest.raises(InputError, match="share_max"):
        NetRule(share_max=1.5)
