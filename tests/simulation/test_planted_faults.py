"""The simulator finds what is planted: a net that catches nothing proves nothing."""

import pytest
from tests.simulation.planted import FOUND_BY_SEED, planted
from tests.simulation.runs import run_seed
from tests.simulation.schedules import SCHEDULES

SEEDS_MORE = 30  # where a change of the code has moved the fault away from its seed


@pytest.mark.parametrize("name", FOUND_BY_SEED)
def test_a_planted_fault_is_found(name):
    first = FOUND_BY_SEED[name]
    with planted(name) as setting:
        for seed in (first, *range(first + 1, first + SEEDS_MORE)):
            try:
                run_seed(seed, **setting)
            except AssertionError:
                return
    pytest.fail(f"{name} was not found in {SEEDS_MORE} seeds from {first} on")


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_safe_and_with_its_rule_left_out_it_is_not(name):
    SCHEDULES[name]()
    with planted(name), pytest.raises(AssertionError, match="are both accepted"):
        SCHEDULES[name]()
