"""The long tests first, and some for each worker: they end together only where the last pieces are short."""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

LONG_FIRST = (
    "test_demo.py",
    "test_kill_nine.py",
    "test_three_nodes.py",
    "test_two_nodes.py",
    "tests/integration",
    "tests/browser",
    "test_planted_faults.py",
    "tests/simulation",
    "tests/property",
)

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(
    "untimed"
)  # how long an example takes is the machine's; benchmarks judge speed


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        places = (at for at, part in enumerate(LONG_FIRST) if part in item.nodeid)
        return next(places, len(LONG_FIRST))

    items.sort(key=turn)  # stable: within a place as collected
    items[:] = _dealt(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")), turn)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: cycles are looked for in the rest, and less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _dealt(items, workers, turn):
    """As many in a row for each worker, its share of the long files at their head: so they are handed out."""
    files: dict[str, list[pytest.Item]] = {}
    short = []
    for item in items:
        if turn(item) < len(LONG_FIRST):
            files.setdefault(item.nodeid.partition("::")[0], []).append(item)
        else:
            short.append(item)
    hands: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for number, together in enumerate(files.values()):
        hands[number % workers] += together
    size = -(-len(items) // workers)
    dealt = []
    for hand in hands:
        taken = max(0, min(size - len(hand), len(short)))
        dealt += hand + short[:taken]
        short = short[taken:]
    return dealt + short
