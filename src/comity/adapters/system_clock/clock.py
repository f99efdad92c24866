"""Wall-clock UTC as the operating system keeps it."""

import time

from comity.kernel.instants import Instant

_NS_PER_MS = 1_000_000


class SystemClock:
    """`Clock` over the operating system's real-time clock."""

    def now(self) -> Instant:
        """The present instant, cut to the millisecond. May step either way."""
        return Instant(time.time_ns() // _NS_PER_MS)
