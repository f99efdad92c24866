"""The shortest of several runs, ours and the peer's in turn: others' load falls on both alike."""

import gc
import math
from collections.abc import Callable
from time import perf_counter
from typing import Any

RUNS = 4


def beside(ours: Callable[[], Any], peer: Callable[[], Any]) -> tuple[float, Any, float, Any]:
    """Shortest time and last result of ours, then of the peer."""
    shortest_s = [math.inf, math.inf]
    results: list[Any] = [None, None]
    for _ in range(RUNS):
        for side, work in enumerate((ours, peer)):
            gc.collect()
            start = perf_counter()
            results[side] = work()
            shortest_s[side] = min(shortest_s[side], perf_counter() - start)
    return shortest_s[0], results[0], shortest_s[1], results[1]
