"""What to look at next: a first-in-first-out queue without repetition, and a heap of moments."""

import heapq
from enum import StrEnum

from comity.kernel.ids import RecordDigest
from comity.kernel.instants import Instant


class Moment(StrEnum):
    """What comes due by time alone."""

    DECIDE_BY = "decide-by"
    LAPSE = "lapse"
    EXPIRY = "expiry"
    FINISHED = "finished"
    FORGET = "forget"


class Agenda:
    """Work to do, in a deterministic order; every operation is O(1) or O(log n)."""

    def __init__(self) -> None:
        self._queue: dict[RecordDigest, None] = {}
        self._moments: list[tuple[int, int, Moment, RecordDigest]] = []
        self._count = 0

    def add(self, digest: RecordDigest) -> None:
        """Look at this version again; it keeps its place if it waits already."""
        self._queue.setdefault(digest)

    def head(self) -> RecordDigest | None:
        """The version to look at now."""
        return next(iter(self._queue), None)

    def done(self, digest: RecordDigest) -> None:
        """Nothing is owed about this version until it is added again."""
        self._queue.pop(digest, None)

    def schedule(self, at: Instant, moment: Moment, digest: RecordDigest) -> None:
        """Something comes due at an instant."""
        self._count += 1
        heapq.heappush(self._moments, (at.unix_ms, self._count, moment, digest))

    def pop_due(self, at: Instant) -> tuple[Instant, Moment, RecordDigest] | None:
        """The earliest moment that has come, taken off the heap; ties in order of scheduling."""
        if not self._moments or self._moments[0][0] > at.unix_ms:
            return None
        due_ms, _, moment, digest = heapq.heappop(self._moments)
        return Instant(due_ms), moment, digest

    def next_due(self) -> Instant | None:
        """When something comes due next, for a node that sleeps until then."""
        return Instant(self._moments[0][0]) if self._moments else None
