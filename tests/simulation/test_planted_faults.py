"""The simulator finds what is planted: a net that catches nothing proves nothing."""

import pytest
from tests.simulation.planted import PLANTED, planted
from tests.simulation.runs import run_seed

SEEDS_MAX = 60


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(name):
    with planted(name) as world:
        for seed in range(SEEDS_MAX):
            try:
                run_seed(seed, **world)
            except AssertionError:
                return
    pytest.fail(f"{name} was not found in {SEEDS_MAX} seeds")
