"""Safety at every tick under faults; liveness once the network heals."""

import os
import subprocess
from pathlib import Path

import pytest
from tests.simulation.invariants import own_versions
from tests.simulation.plain_finder import PlainFinder
from tests.simulation.runs import run_seed
from tests.simulation.settings import setting_of

COUNT = int(os.environ.get("COMITY_SEEDS", "100"))
STORIES = Path(__file__).with_name("seeds.txt")


def seeds_with_a_story():
    lines = (line for line in STORIES.read_text().splitlines() if not line.startswith("#"))
    return {int(line.split(maxsplit=1)[0]) for line in lines if line.strip()}


def seed_of_commit():
    """Another seed for every commit; none where there is no repository around."""
    asked = ["git", "rev-parse", "HEAD"]
    done = subprocess.run(asked, cwd=STORIES.parent, capture_output=True, text=True, check=False)
    return {int(done.stdout[:8], 16)} if done.returncode == 0 else set()


@pytest.mark.parametrize(
    "seed", sorted(set(range(COUNT)) | seeds_with_a_story() | seed_of_commit())
)
def test_sovereign_nodes_stay_safe(seed):
    run_seed(seed)


def test_a_run_is_the_same_with_the_index_and_without():
    """The verdicts are the same, so everything that follows from them is."""
    seed = 2
    assert setting_of(seed).make_finder is not PlainFinder
    runs = [run_seed(seed), run_seed(seed, make_finder=PlainFinder)]
    told = [
        [
            (version.intent, version.state, version.start)
            for place in world.places.values()
            for version in own_versions(place.node)
        ]
        for world in runs
    ]
    assert told[0] == told[1]
    assert runs[0].counts == runs[1].counts
    assert runs[0].counts["replaced"] > 0  # changes of plan came through
