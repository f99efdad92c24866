"""The time of day, as this node believes it."""

from typing import Protocol

from comity.kernel.instants import Instant


class Clock(Protocol):
    """Wall-clock UTC. The domain never asks; the application passes the answer inwards."""

    def now(self) -> Instant:
        """The present instant. May step either way; nothing relies on it being monotonic."""
        ...
