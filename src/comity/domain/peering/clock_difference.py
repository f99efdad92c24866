"""How far a peer's clock is from ours, from the four times of each exchange."""

from collections import deque
from dataclasses import dataclass, field

SAMPLES_MAX = 8  # RFC 5905 §10: the clock filter keeps eight and trusts the one of least delay
ROUNDING_S = 0.002  # two stamps on each side, each cut to a whole millisecond


@dataclass(frozen=True, slots=True)
class ClockSample:
    """One measurement.

    Attributes:
        difference_s: peer's clock minus ours.
        delay_s: round trip less the peer's own time; half of it bounds the error of `difference_s`.
    """

    difference_s: float
    delay_s: float

    def agrees_with(self, other: "ClockSample") -> bool:
        """Whether one difference can have been behind both."""
        apart_s = abs(self.difference_s - other.difference_s)
        return apart_s <= (self.delay_s + other.delay_s) / 2 + ROUNDING_S


@dataclass(slots=True)
class ClockDifference:
    """The last few measurements of one peer's clock.

    A clock that is set makes void what was measured before. That it was set shows in one of two ways: an exchange
    that took less than no time, which says nothing itself; or one that no difference seen before can explain.

    Attributes:
        samples: kept since a clock was last set, oldest first.
        set_meanwhile: in the last exchange a clock was set; how far they differ now is not known.
    """

    samples: deque[ClockSample] = field(default_factory=lambda: deque(maxlen=SAMPLES_MAX))
    set_meanwhile: bool = False

    def measure(
        self, sent_unix_ms: int, peer_received_unix_ms: int, peer_sent_unix_ms: int, at_unix_ms: int
    ) -> ClockSample | None:
        """Take in one exchange; None where a clock was set in the midst of it.

        Source: RFC 5905 §8, offset and delay from the four timestamps.
        """
        difference_ms = (
            (peer_received_unix_ms - sent_unix_ms) + (peer_sent_unix_ms - at_unix_ms)
        ) / 2
        delay_ms = (at_unix_ms - sent_unix_ms) - (peer_sent_unix_ms - peer_received_unix_ms)
        self.set_meanwhile = delay_ms / 1000 < -ROUNDING_S
        if self.set_meanwhile:
            self.samples.clear()
            return None
        sample = ClockSample(difference_ms / 1000, max(delay_ms, 0) / 1000)
        if not all(sample.agrees_with(kept) for kept in self.samples):
            self.samples.clear()
        self.samples.append(sample)
        return sample

    def best(self) -> ClockSample | None:
        """The sample of least delay among the kept ones; None: nothing is known."""
        return min(self.samples, key=lambda sample: sample.delay_s, default=None)

    def exceeds(self, difference_s_max: float) -> bool:
        """Whether the measured difference is above the allowed one, or a clock has just been set."""
        sample = self.best()
        if sample is None:
            return self.set_meanwhile
        return abs(sample.difference_s) > difference_s_max
