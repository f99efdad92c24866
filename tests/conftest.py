"""The long tests first: two workers end together only where the last pieces handed out are short."""

import pytest

LONG_FIRST = (
    "test_demo.py",
    "test_kill_nine.py",
    "test_three_nodes.py",
    "test_two_nodes.py",
    "tests/integration",
    "test_planted_faults.py",
    "tests/simulation",
    "tests/property",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def turn(item: pytest.Item) -> int:
        places = (at for at, part in enumerate(LONG_FIRST) if part in item.nodeid)
        return next(places, len(LONG_FIRST))

    items.sort(key=turn)  # stable: within a place as collected
