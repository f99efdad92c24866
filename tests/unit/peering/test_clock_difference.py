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
    clock = measured((0, 1, 1), *((9_000, 50, 50) for _ in range(8)))
    assert clock.exceeds(5.0), "a clock that was set wrong is noticed after eight exchanges"
