"""The last step of every decoder: a plot is counted, and its time compared with ours and its last."""

from comity.application.feeds.counts import FeedCounts, Remark
from comity.domain.tracks import Plot

CLOCK_AHEAD_MS_MAX = 2_000  # networks do not deliver before the fact; 2 s is for plain clocks
LATE_MS_MAX = 60_000  # readsb and OpenSky drop positions after 60 s and 15 s
IDENTITIES_MAX = 200_000  # ten times the aircraft aloft in the world; the oldest are forgotten

Identity = tuple[int | None, int | None, str | None]


class PlotGate:
    """Counts plots of one feed and remarks on their times; keeps each of them."""

    __slots__ = ("_counts", "_last_ms")

    def __init__(self, counts: FeedCounts) -> None:
        self._counts = counts
        self._last_ms: dict[int | Identity, int] = {}

    def admit(self, plot: Plot) -> Plot:
        """The plot itself, counted."""
        counts = self._counts
        counts.messages += 1
        counts.plots += 1
        at_ms = plot.at.unix_ms
        if plot.received_at is not plot.at:
            ahead_ms = at_ms - plot.received_at.unix_ms
            counts.clock_difference_s = ahead_ms / 1000
            if ahead_ms > CLOCK_AHEAD_MS_MAX:
                counts.remarks[Remark.CLOCK_AHEAD] += 1
            elif -ahead_ms > LATE_MS_MAX:
                counts.remarks[Remark.LATE] += 1
        if plot.latitude_deg is None:
            counts.remarks[Remark.WITHOUT_POSITION] += 1
        self._compare_with_last(plot, at_ms)
        return plot

    def _compare_with_last(self, plot: Plot, at_ms: int) -> None:
        address = plot.address
        if address is not None and plot.address_is_icao:
            identity: int | Identity = address
        elif address is None and plot.track_number is None and plot.callsign is None:
            return
        else:
            identity = (address, plot.track_number, plot.callsign)
        last_ms = self._last_ms
        before_ms = last_ms.get(identity)
        if before_ms is None:
            if len(last_ms) >= IDENTITIES_MAX:
                del last_ms[next(iter(last_ms))]
        elif at_ms < before_ms:
            self._counts.remarks[Remark.TIME_BACKWARDS] += 1
        last_ms[identity] = at_ms
