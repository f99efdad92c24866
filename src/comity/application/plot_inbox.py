"""What waits between the feeds and the next cycle: bounded, and the newest position of an aircraft wins."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.domain.tracks import FeedId, Plot, PlotBatch, batch_of_plots

ROWS_MAX = 2_000_000  # plots that may wait: ten of each of 200,000 aircraft, 0.5 GB at the most
_NAMED = (
    np.int64(1) << 62
)  # over every address and track number, so that the two cannot be taken for each other


@dataclass(slots=True)
class PlotInbox:
    """Plots on their way to the tracks, by feed. Written and drained from one thread.

    Plots are handed on as they came. Only when more wait than `rows_max` is something left out, and
    it is counted: first what a newer plot of the same feed says again of the same aircraft, then the
    oldest of what is left.

    Attributes:
        rows_max: the most plots that may wait.
        counts: what came in and what was left out, by feed and name: `received`, `superseded`, `dropped`.
    """

    rows_max: int = ROWS_MAX
    counts: dict[FeedId, Counter[str]] = field(default_factory=dict)
    _waiting: dict[FeedId, list[PlotBatch]] = field(default_factory=dict)
    _rows: int = 0

    def __len__(self) -> int:
        return self._rows

    def put_plots(self, plots: Iterable[Plot]) -> None:
        """Take single plots, checked already."""
        for batch in batch_of_plots(plots):
            self.put(batch)

    def put(self, batch: PlotBatch) -> None:
        """Take the plots of one feed, checked already."""
        if not len(batch):
            return
        self._waiting.setdefault(batch.feed, []).append(batch)
        self.counts.setdefault(batch.feed, Counter())["received"] += len(batch)
        self._rows += len(batch)
        if self._rows > self.rows_max:
            self._make_room()

    def drain(self) -> list[PlotBatch]:
        """Everything that waits, one batch a feed, in the order of its coming; nothing waits after."""
        waiting, self._waiting, self._rows = self._waiting, {}, 0
        return [joined(batches) for batches in waiting.values()]

    def _make_room(self) -> None:
        """Keep the newest of each aircraft; if that is still too much, the newest of all."""
        for feed, batches in self._waiting.items():
            whole = joined(batches)
            newest = whole.rows(newest_rows(whole))
            self.counts[feed]["superseded"] += len(whole) - len(newest)
            self._waiting[feed] = [newest]
        self._rows = sum(len(batches[0]) for batches in self._waiting.values())
        if self._rows <= self.rows_max:
            return
        keep = (
            self.rows_max // 2
        )  # room for more, or each further plot would sort all of them again
        every = np.concatenate([batches[0].at_ms for batches in self._waiting.values()])
        oldest_kept_ms = np.partition(every, len(every) - keep)[len(every) - keep]
        for feed, batches in self._waiting.items():
            kept = batches[0].rows(batches[0].at_ms > oldest_kept_ms)
            self.counts[feed]["dropped"] += len(batches[0]) - len(kept)
            self._waiting[feed] = [kept]
        self._rows = sum(len(batches[0]) for batches in self._waiting.values())


def newest_rows(batch: PlotBatch) -> NDArray[np.int64]:
    """Rows (K,) without which nothing newest is lost, in the order of the batch.

    Of plots of one address, or of one track number where there is no address, that report the same
    things (a position or none), the newest stays. Plots without either name all stay.
    """
    name = np.where(
        batch.has_address,
        batch.address * 2 + batch.address_is_icao,
        np.where(batch.has_track_number, batch.track_number + _NAMED, -1),
    )
    named = np.flatnonzero(name >= 0)
    order = named[np.lexsort((batch.at_ms[named], batch.has_position[named], name[named]))]
    same = (name[order][1:] == name[order][:-1]) & (
        batch.has_position[order][1:] == batch.has_position[order][:-1]
    )
    last = np.append(~same, True)[: len(order)]
    return np.sort(np.concatenate([np.flatnonzero(name < 0), order[last]]))


def joined(batches: list[PlotBatch]) -> PlotBatch:
    """Batches of one feed as one, in their order."""
    if len(batches) == 1:
        return batches[0]
    columns: dict[str, Any] = {}
    for each in fields(PlotBatch):
        if each.name != "feed":
            columns[each.name] = _joined_column(
                [getattr(batch, each.name) for batch in batches], batches
            )
    return PlotBatch(feed=batches[0].feed, **columns)


def _joined_column(columns: list[Any], batches: list[PlotBatch]) -> Any:
    if all(column is None for column in columns):
        return None
    return np.concatenate(
        [
            np.full(len(batch), None, np.object_) if column is None else column
            for column, batch in zip(columns, batches, strict=True)
        ]
    )
