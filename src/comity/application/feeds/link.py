"""The state of a live feed's link: connecting, up, down since when, how many tries."""

from dataclasses import dataclass
from enum import StrEnum

from comity.application.ports.entropy import Entropy
from comity.kernel.instants import Instant

BACKOFF_S_MIN = 0.5
BACKOFF_S_MAX = 30.0  # a receiver that restarts is back within half a minute


class LinkPhase(StrEnum):
    """Where a link stands."""

    CONNECTING = "connecting"
    UP = "up"
    DOWN = "down"
    CLOSED = "closed"  # ended by us


@dataclass(frozen=True, slots=True)
class FeedLink:
    """What is known of the way to a source.

    Attributes:
        since: when `phase` last changed.
        heard_at: when bytes last came; None before any.
        retries: attempts in a row that failed; 0 while up.
        drops: how often an established link was lost.
        reason: why it is down; None otherwise.
    """

    phase: LinkPhase
    since: Instant
    heard_at: Instant | None = None
    retries: int = 0
    drops: int = 0
    reason: str | None = None


class Backoff:
    """How long to wait after failures in a row: doubling, capped, half of it chance."""

    def __init__(
        self, entropy: Entropy, s_min: float = BACKOFF_S_MIN, s_max: float = BACKOFF_S_MAX
    ) -> None:
        self._entropy = entropy
        self._s_min = s_min
        self._s_max = s_max

    def delay_s(self, failures: int) -> float:
        """Seconds to wait after this many failures, at least one."""
        ceiling_s = min(self._s_max, self._s_min * 2.0 ** min(failures - 1, 30))
        chance = int.from_bytes(self._entropy.token(4), "big") / 2**32
        return ceiling_s * (0.5 + chance / 2)
