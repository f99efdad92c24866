"""How much of something a peer may have over time: so much at once, and then so much a second."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Allowance:
    """A bucket that fills steadily. What is spent may go beyond it once; then it must fill again.

    Attributes:
        burst: what it holds when full, as at first.
        per_s: what flows in.
        left: what is in it; below nothing, what is owed.
        at_s: when that was so; None before the first use.
    """

    burst: float
    per_s: float
    left: float = field(init=False)
    at_s: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.left = self.burst

    def spend(self, amount: float, at_s: float) -> None:
        """Take something out, whatever is left."""
        self._fill(at_s)
        self.left -= amount

    def wait_s(self, at_s: float) -> float:
        """How long until something is left; 0 where something is."""
        self._fill(at_s)
        return max(0.0, -self.left / self.per_s)

    def _fill(self, at_s: float) -> None:
        if self.at_s is not None and at_s > self.at_s:  # a clock set back fills nothing
            self.left = min(self.burst, self.left + (at_s - self.at_s) * self.per_s)
        self.at_s = at_s
