"""What every decoder of a feed promises."""

from collections.abc import Sequence
from typing import Protocol

from comity.application.feeds.counts import FeedCounts
from comity.domain.tracks import Plot
from comity.kernel.instants import Instant


class PlotDecoder(Protocol):
    """Bytes in, plots out; no file, socket or clock is touched.

    Contract, run against every decoder by tests/contract/test_plot_decoders.py:
      - any bytes are taken: what cannot be read is counted by reason, and the feed goes on;
      - the same bytes cut at any borders give the same plots and the same counts;
      - every plot given out has passed `domain.tracks.checked_plot`'s limits;
      - what is held between calls is bounded, whatever comes in.
    """

    @property
    def counts(self) -> FeedCounts:
        """What came and what was wrong with it."""
        ...

    def feed(self, chunk: bytes, received_at: Instant | None) -> Sequence[Plot]:
        """Take the next bytes and give what is complete.

        Args:
            chunk: any number of bytes of the stream.
            received_at: this node's clock; None when a recording is read: plots are then as
                received at their own time.
        """
        ...

    def end(self, received_at: Instant | None) -> Sequence[Plot]:
        """The stream or document is over: what the last bytes give; ready for the next one."""
        ...
