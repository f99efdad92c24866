"""`[{row}, …]` or `{column: {index: value}}`, as pandas writes tables; columns of `traffic`."""

from collections.abc import Iterator, Sequence

import msgspec

from comity.adapters.track_recordings.columns import (
    ADDRESS,
    POSITION_TIME,
    TIME,
    TRAFFIC_COLUMNS,
    RowReader,
    Value,
)
from comity.application.feeds import DocumentBuffer, FeedCounts, PlotGate, Refused
from comity.domain.tracks import FeedId, Plot
from comity.kernel.instants import Instant

RECORDING_BYTES_MAX = 256 << 20  # unpacked; a day over Switzerland at 10 s is 30 MB


class _Row(msgspec.Struct, gc=False):
    timestamp: int | float | str | None = None
    icao24: str | None = None
    callsign: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    geoaltitude: float | None = None
    groundspeed: float | None = None
    track: float | None = None
    vertical_rate: float | None = None
    squawk: str | float | None = None
    onground: bool | float | str | None = None
    spi: bool | float | str | None = None
    last_position: int | float | str | None = None


_NUMBERS = tuple(
    (name, column.field, column.factor)
    for name, column in TRAFFIC_COLUMNS.items()
    if column.field.endswith(("_deg", "_m", "_mps", "_rad"))
)
_BAD = (msgspec.MsgspecError, UnicodeDecodeError)


class JsonRowsDecoder:
    """One document from `feed`s to `end`."""

    def __init__(self, feed: FeedId) -> None:
        self.counts = FeedCounts()
        self._buffer = DocumentBuffer(self.counts, RECORDING_BYTES_MAX)
        self._gate = PlotGate(self.counts)
        self._reader = RowReader(feed, self.counts)

    def feed(self, chunk: bytes, received_at: Instant | None) -> Sequence[Plot]:
        """Keep the next bytes of the document."""
        del received_at
        self._buffer.add(chunk)
        return ()

    def end(self, received_at: Instant | None) -> Sequence[Plot]:
        """The plots of the document, in its order."""
        document = self._buffer.take()
        if document is None:
            return ()
        plots = []
        for row in self._rows(document):
            plot = self._reader.plot(_values(row), received_at)
            if plot is not None:
                plots.append(self._gate.admit(plot))
        return plots

    def _rows(self, document: bytes) -> Iterator[_Row]:
        try:
            if document.lstrip()[:1] == b"{":
                yield from self._rows_of_columns(document)
            else:
                yield from self._rows_of_list(document)
        except RecursionError:
            self.counts.refuse(Refused.TOO_DEEP)
        except _BAD:
            self.counts.refuse(Refused.NOT_A_MESSAGE)

    def _rows_of_list(self, document: bytes) -> Iterator[_Row]:
        try:
            rows = msgspec.json.decode(document, type=list[_Row])
        except _BAD:
            for raw in msgspec.json.decode(document, type=list[msgspec.Raw]):
                try:
                    row = msgspec.json.decode(raw, type=_Row)
                except _BAD:
                    self.counts.refuse(Refused.NOT_A_MESSAGE)
                    continue
                yield row
            return
        yield from rows

    def _rows_of_columns(self, document: bytes) -> Iterator[_Row]:
        columns = msgspec.json.decode(document, type=dict[str, dict[str, object]])
        known = [(name, columns[name]) for name in _Row.__struct_fields__ if name in columns]
        for index in columns.get("timestamp", {}):
            try:
                row = msgspec.convert({name: column.get(index) for name, column in known}, _Row)
            except msgspec.ValidationError:
                self.counts.refuse(Refused.NOT_A_MESSAGE)
                continue
            yield row


def _values(row: _Row) -> dict[str, Value]:
    """In SI units, by field of the plot."""
    values: dict[str, Value] = {
        TIME: row.timestamp,
        POSITION_TIME: row.last_position,
        ADDRESS: row.icao24,
        "callsign": row.callsign,
        "squawk": row.squawk,
        "on_ground": row.onground,
        "ident": row.spi,
    }
    for name, field, factor in _NUMBERS:
        value = getattr(row, name)
        if value is not None:
            values[field] = value * factor
    return values
