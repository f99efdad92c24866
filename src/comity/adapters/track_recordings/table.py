"""CSV with a header line: columns of `traffic`, of OpenSky's database, or a plot's own fields."""

import csv
from collections.abc import Iterable, Sequence

from comity.adapters.track_recordings.columns import (
    ADDRESS,
    FLAGS,
    POSITION_TIME,
    TEXTS,
    TIME,
    Column,
    RowReader,
    Value,
    family_of,
)
from comity.application.feeds import FeedCounts, LineSplitter, PlotGate, Refused
from comity.domain.tracks import FeedId, Plot
from comity.kernel.instants import Instant

CSV_LINE_LENGTH_MAX = 8_192
UNKNOWN = {"", "nan", "none", "null", "nat"}  # as tables spell it


class CsvDecoder:
    """A stream of lines, the first of them the header. `end` forgets the header."""

    def __init__(self, feed: FeedId) -> None:
        self.counts = FeedCounts()
        self._lines = LineSplitter(self.counts, CSV_LINE_LENGTH_MAX)
        self._gate = PlotGate(self.counts)
        self._reader = RowReader(feed, self.counts)
        self._header: list[Column | None] | None = None

    def feed(self, chunk: bytes, received_at: Instant | None) -> Sequence[Plot]:
        """Plots of the lines that are complete now."""
        return self._plots(self._lines.lines(chunk), received_at)

    def end(self, received_at: Instant | None) -> Sequence[Plot]:
        """The plot of a last line without an end."""
        plots = self._plots(self._lines.last(), received_at)
        self._header = None
        return plots

    def _plots(self, lines: Iterable[bytes], received_at: Instant | None) -> list[Plot]:
        plots = []
        for line in lines:
            cells = self._cells(line)
            if cells is None:
                self.counts.refuse(Refused.NOT_A_MESSAGE)
            elif self._header is None:
                self._header = self._read_header(cells)
            else:
                plot = self._plot(cells, self._header, received_at)
                if plot is not None:
                    plots.append(self._gate.admit(plot))
        return plots

    def _cells(self, line: bytes) -> list[str] | None:
        try:
            return next(csv.reader([line.decode("utf-8-sig")], strict=True))
        except (csv.Error, UnicodeDecodeError, StopIteration):
            return None

    def _read_header(self, cells: list[str]) -> list[Column | None] | None:
        """What each column is; None, counted, where the line is the header of no known table."""
        names = [cell.strip() for cell in cells]
        family = family_of(set(names))
        if family is None or len(set(names)) != len(names):
            self.counts.refuse(Refused.NOT_A_MESSAGE)
            return None
        return [family.get(name) for name in names]

    def _plot(
        self, cells: list[str], header: list[Column | None], received_at: Instant | None
    ) -> Plot | None:
        values: dict[str, Value] = {}
        try:
            for column, cell in zip(header, cells, strict=True):
                text = cell.strip()
                if column is not None and text.lower() not in UNKNOWN:
                    values[column.field] = _value(column, text)
        except ValueError:
            self.counts.refuse(Refused.NOT_A_MESSAGE)
            return None
        return self._reader.plot(values, received_at)


def _value(column: Column, text: str) -> Value:
    """The value in SI units.

    Raises:
        ValueError: not a number where one is needed.
    """
    if column.field in TEXTS or column.field in FLAGS or column.field == ADDRESS:
        return text
    if column.field in {TIME, POSITION_TIME} and not text.isdigit():
        return text
    return float(text) * column.factor
