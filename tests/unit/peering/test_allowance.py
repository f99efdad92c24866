"""An allowance: so much at once, then so much a second, and what was overspent is waited out."""

import pytest

from comity.domain.peering import Allowance


@pytest.mark.requirement("PEER-013")
def test_what_is_overspent_is_waited_out_and_what_is_saved_is_bounded():
    allowance = Allowance(burst=100.0, per_s=10.0)
    assert allowance.wait_s(0.0) == 0.0
    allowance.spend(150.0, 0.0)
    assert allowance.wait_s(0.0) == 5.0
    assert allowance.wait_s(4.0) == 1.0
    assert allowance.wait_s(5.0) == 0.0
    allowance.spend(1.0, 1_000.0)
    assert allowance.left == 99.0


@pytest.mark.requirement("PEER-013")
def test_a_clock_set_back_fills_nothing_and_takes_nothing():
    allowance = Allowance(burst=100.0, per_s=10.0)
    allowance.spend(150.0, 1_000.0)
    assert allowance.wait_s(10.0) == 5.0
    assert allowance.wait_s(15.0) == 0.0
