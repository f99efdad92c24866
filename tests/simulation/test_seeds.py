"""Safety at every tick under faults; liveness once the network heals."""

import os

import pytest
from tests.simulation.runs import run_seed

COUNT = int(os.environ.get("COMITY_SEEDS", "100"))


@pytest.mark.parametrize("seed", range(COUNT))
def test_sovereign_nodes_stay_safe(seed):
    run_seed(seed)
