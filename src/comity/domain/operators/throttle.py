"""Slows guessing down: who failed often waits, longer each time; and how fast anybody may ask."""

from collections import OrderedDict
from dataclasses import dataclass

from comity.kernel.instants import Instant

FAILURES_FREE = 5  # a person mistypes; a guesser needs millions
WAIT_S_FIRST = 1.0
WAIT_S_MAX = 15 * 60.0
FORGET_S = 3600.0
KEYS_MAX = 10_000  # the key that failed longest ago is forgotten first


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last_at: Instant
    until: Instant


class Throttle:
    """Failures by key: an account or an address. After five, each doubles the wait, up to 15 minutes."""

    def __init__(self) -> None:
        self._failed: OrderedDict[str, _Failures] = OrderedDict()

    def wait_s(self, key: str, at: Instant) -> float:
        """Seconds until it may try again; 0 where it may now."""
        found = self._failed.get(key)
        return 0.0 if found is None else max(0.0, found.until.minus(at))

    def failed(self, key: str, at: Instant) -> None:
        """One more failure."""
        before = self._failed.pop(key, None)
        count = 1 if before is None or at.minus(before.last_at) > FORGET_S else before.count + 1
        over = count - FAILURES_FREE
        wait_s = 0.0 if over < 0 else min(WAIT_S_MAX, WAIT_S_FIRST * 2.0 ** min(over, 20))
        self._failed[key] = _Failures(count, at, at.plus_s(wait_s))
        while len(self._failed) > KEYS_MAX:
            self._failed.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Start counting anew."""
        self._failed.pop(key, None)


class RateLimit:
    """A bucket of requests by key, filled at a steady rate."""

    def __init__(self, per_s: float, burst: int) -> None:
        self._per_s = per_s
        self._burst = float(burst)
        self._left: OrderedDict[str, tuple[float, Instant]] = OrderedDict()

    def wait_s(self, key: str, at: Instant) -> float:
        """Take one; 0 where it is given, else seconds until there is one."""
        left, since = self._left.pop(key, (self._burst, at))
        left = min(self._burst, left + max(0.0, at.minus(since)) * self._per_s)
        given = left >= 1.0
        self._left[key] = (left - 1.0 if given else left, at)
        while len(self._left) > KEYS_MAX:
            self._left.popitem(last=False)
        return 0.0 if given else (1.0 - left) / self._per_s
