"""A recording through the live loop, on the recording's own clock."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from comity.application.watch_air import AirWatch, Cycle
from comity.domain.tracks import Plot, batch_of_plots
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

PLOTS_MAX = 5_000_000  # kept in memory to be sorted by time: 3 GB
CYCLE_S = 1.0
GAP_S_MAX = (
    120.0  # a longer silence is not lived through second by second: every net is blind by then
)


def in_order(plots: Iterable[Plot]) -> list[Plot]:
    """The plots of a recording by the time of their positions; recordings are often flight by flight.

    Raises:
        InputError: there are more than `PLOTS_MAX`, or none.
    """
    kept: list[Plot] = []
    for plot in plots:
        if len(kept) >= PLOTS_MAX:
            raise InputError("recording", f"over {PLOTS_MAX} plots")
        kept.append(plot)
    if not kept:
        raise InputError("recording", "holds no plot")
    kept.sort(key=lambda plot: plot.at.unix_ms)
    return kept


def replay(plots: list[Plot], watch: AirWatch, cycle_s: float = CYCLE_S) -> Iterator[Cycle]:
    """Run the loop over plots in order of time, a cycle every `cycle_s` of the recording.

    After a silence of more than `GAP_S_MAX` the clock jumps to the next plot.
    """
    cycle_ms = round(cycle_s * 1000)
    now_ms: int | None = None
    for number, group in groupby(plots, key=lambda plot: plot.at.unix_ms // cycle_ms):
        due_ms = (number + 1) * cycle_ms
        if now_ms is not None:
            silent_to_ms = min(due_ms, now_ms + round(GAP_S_MAX * 1000))
            for at_ms in range(now_ms + cycle_ms, silent_to_ms, cycle_ms):
                yield watch.cycle(Instant(at_ms), ())
        now_ms = due_ms
        yield watch.cycle(Instant(due_ms), batch_of_plots(group))
