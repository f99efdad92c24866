"""How far a peer's clock is from ours, from the four times of each exchange."""

from collections import deque
from dataclasses import dataclass, field

SAMPLES_MAX = 8  # RFC 5905 §10: the clock filter keeps eight and trusts the one of least delay


@dataclass(frozen=True, slots=True)
class ClockSample:
    """One measurement.

    Attributes:
        difference_s: peer's clock minus ours.
        delay_s: round trip less the peer's own time; half of it bounds the error of `difference_s`.
    """

    difference_s: float
    delay_s: float


@dataclass(slots=True)
class ClockDifference:
    """The last few measurements of one peer's clock."""

    samples: deque[ClockSample] = field(default_factory=lambda: deque(maxlen=SAMPLES_MAX))

    def measure(
        self, sent_unix_ms: int, peer_received_unix_ms: int, peer_sent_unix_ms: int, at_unix_ms: int
    ) -> ClockSample:
        """Take in one exchange.

        Source: RFC 5905 §8, offset and delay from the four timestamps.
        """
        difference_ms = (
            (peer_received_unix_ms - sent_unix_ms) + (peer_sent_unix_ms - at_unix_ms)
        ) / 2
        delay_ms = (at_unix_ms - sent_unix_ms) - (peer_sent_unix_ms - peer_received_unix_ms)
        sample = ClockSample(difference_ms / 1000, max(delay_ms, 0) / 1000)
        self.samples.append(sample)
        return sample

    def best(self) -> ClockSample | None:
        """The sample of least delay among the kept ones; None: never measured."""
        return min(self.samples, key=lambda sample: sample.delay_s, default=None)

    def exceeds(self, difference_s_max: float) -> bool:
        """Whether the measured difference is above the allowed one."""
        sample = self.best()
        return sample is not None and abs(sample.difference_s) > difference_s_max
