"""How far a peer's clock is from ours: either way, by the exchange of least delay, at the limit."""

import pytest

from comity.domain.peering import ClockDifference


def measured(*exchanges):
    """Exchanges of (peer's clock minus ours, delay there, delay back) in ms."""
    clock = ClockDifference()
    for number, (ahead_ms, there_ms, back_ms) in enumerate(exchanges):
        sent_ms = 1_000_000 + 60_000 * number
        received_ms = sent_ms + there_ms + ahead_ms
        clock.measure(sent_ms, received_ms, received_ms + 7, sent_ms + there_ms + 7 + back_ms)
    return clock


@pytest.mark.requirement("PEER-008")
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("ahead_ms", "exceeds"), [(5_000, False), (5_001, True)])
def test_a_clock_ahead_or_behind_is_too_far_off_above_the_limit_only(sign, ahead_ms, exceeds):
    assert measured((sign * ahead_ms, 20, 20)).exceeds(5.0) is exceeds


@pytest.mark.requirement("PEER-008")
def test_the_exchange_of_least_delay_tells():
    """A path slow one way looks like a clock that is off; the quick exchange before it is right."""
    clock = measured((0, 10, 10), (0, 20_000, 10))
    sample = clock.best()
    assert sample is not None
    assert (sample.difference_s, sample.delay_s) == (0.0, 0.020)
    assert not clock.exceeds(5.0)


@pytest.mark.requirement("PEER-008")
def test_what_was_never_measured_is_not_too_far_off_and_old_exchanges_are_forgotten():
    assert not ClockDifference().exceeds(5.0)
    clock = measured(*((0, 50 + n, 50) for n in range(9)))
    expected = [0.1 + n / 1000 for n in range(1, 9)]
    assert [sample.delay_s for sample in clock.samples] == pytest.approx(expected)


@pytest.mark.requirement("PEER-008")
@pytest.mark.parametrize("ahead_ms", [9_000, -9_000, 5_200])
def test_a_clock_that_was_set_is_noticed_in_the_next_exchange(ahead_ms):
    before = [(0, 1, 1) for _ in range(7)]
    for exchanges in ([(ahead_ms, 1, 50)], [(ahead_ms, 20_000, 50), (ahead_ms, 1, 1)]):
        assert measured(*before, *exchanges).exceeds(5.0)
    clock = measured(*((ahead_ms, 50, 50) for _ in range(8)), (0, 70, 70))
    assert not clock.exceeds(5.0), "and one that was set right does not count as wrong any more"


@pytest.mark.requirement("PEER-008")
@pytest.mark.parametrize("step_ms", [-3_600_000, -8_000, -20])
def test_a_clock_set_back_in_the_midst_of_an_exchange_rules_nothing(step_ms):
    clock = measured((0, 5, 5))
    assert clock.measure(2_000_000, 2_000_005, 2_000_012, 2_000_017 + step_ms) is None
    assert clock.best() is None
    assert clock.exceeds(5.0), "how far they differ is not known until the next exchange"
    sent_ms = 2_060_000 + step_ms
    clock.measure(sent_ms, sent_ms + 5 - step_ms, sent_ms + 12 - step_ms, sent_ms + 17)
    assert clock.exceeds(5.0) is (step_ms < -5_000)


@pytest.mark.requirement("PEER-008")
@pytest.mark.parametrize("step_ms", [3_600_000, 12_000])
def test_a_clock_set_forward_in_the_midst_of_an_exchange_is_noticed_in_the_next(step_ms):
    clock = measured((0, 5, 5))
    clock.measure(2_000_000, 2_000_005, 2_000_012, 2_000_017 + step_ms)
    sent_ms = 2_060_000 + step_ms
    clock.measure(sent_ms, sent_ms + 5 - step_ms, sent_ms + 12 - step_ms, sent_ms + 17)
    best = clock.best()
    assert best is not None
    assert best.difference_s == -step_ms / 1000
    assert clock.exceeds(5.0)
