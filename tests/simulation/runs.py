"""One seeded run: what happens, what must hold at each step, and what must hold in the end."""

from tests.simulation.network import Faults
from tests.simulation.world import World, logs_agree, safe

BUSY_S = 240
HEALED_S = 240


def run_seed(seed: int, **planted: object) -> World:
    """Run one seed; an AssertionError names what broke."""
    nodes = 2 + seed % 2
    world = World(seed, nodes=nodes, faults=Faults(), **planted)
    for _ in range(BUSY_S // 2):
        world.random_act()
        world.run(2, check=safe)
    world.heal()
    world.run(HEALED_S, check=safe)
    assert logs_agree(world), f"seed {seed}: logs differ after healing"
    undecided = [
        v for place in world.places.values() for v in place.node.intents.holdings.undecided()
    ]
    assert undecided == [], f"seed {seed}: undecided after healing: {undecided}"
    return world
