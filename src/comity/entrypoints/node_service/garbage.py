"""Python's collector of reference cycles, kept from stopping a node that holds much.

A full collection looks at every object: with 2,000 flights held it took 150 ms, and longer with each
flight more. Nothing that a node holds is in a cycle; what is comes from connections and failures, and
mostly dies young.
"""

import gc

from comity.application.node import Node
from comity.kernel.instants import Instant

NEVER = 1_000_000_000  # young collections between two full ones
QUIET_S = 60.0  # without a new record: nobody is waiting
FULL_EVERY_S = 86_400.0


class CycleCollector:
    """Leaves young objects to Python, sets aside what has outlived that, and looks at all when idle."""

    def __init__(self, at: Instant) -> None:
        self._full_at = at
        self._quiet_since = at
        self._journal_size = -1

    def begin(self) -> None:
        """Set aside what is there now, for good measure after one look at all of it."""
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, NEVER)
        gc.collect()
        gc.freeze()

    def tend(self, node: Node, at: Instant) -> None:
        """Call between two batches; takes microseconds but for once a day, when the node is idle."""
        if gc.get_count()[2] > 0:  # a collection of the young has gone through what follows
            gc.freeze()
        if node.journal_size != self._journal_size:
            self._journal_size = node.journal_size
            self._quiet_since = at
        idle = at.minus(self._quiet_since) >= QUIET_S
        if idle and at.minus(self._full_at) >= FULL_EVERY_S:
            self._full_at = at
            gc.unfreeze()
            gc.collect()
            gc.freeze()
