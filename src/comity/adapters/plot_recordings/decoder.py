"""Recorded plots as any other recording: a claim can offer them, and whatever reads tracks reads them."""

from collections.abc import Sequence

from comity.application.feeds import FeedCounts, PlotGate, Refused
from comity.domain.tracks import FeedId, Plot, PlotBatch, PlotSource, checked_plot
from comity.domain.tracks.plot import Emergency
from comity.domain.tracks.plot_batch import MASK_OF, NUMBERS
from comity.domain.tracks.recorded_block import (
    HEAD_BYTES,
    MAGIC,
    check_chain,
    decode_block,
    first_chain,
    read_head,
)
from comity.domain.tracks.rules import SOURCES
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant


class RecordedPlots:
    """`PlotDecoder` of files of docs/spec/plot-recording.md. What follows a broken block is left out and counted."""

    def __init__(self, feed: FeedId) -> None:
        self._feed = feed
        self._begin()
        self.counts = FeedCounts()
        self._gate = PlotGate(self.counts)

    def feed(self, chunk: bytes, received_at: Instant | None) -> Sequence[Plot]:
        """Take the next bytes."""
        del received_at  # the file says when each plot was received
        self.counts.bytes_read += len(chunk)
        if self._broken:
            self.counts.bytes_skipped += len(chunk)
            return []
        self._held += chunk
        found: list[Plot] = []
        try:
            while self._step(found):
                pass
        except InputError:
            self._break(Refused.NOT_A_MESSAGE)
        return found

    def end(self, received_at: Instant | None) -> Sequence[Plot]:
        """The file is over."""
        del received_at
        if self._held and not self._broken:
            self._break(Refused.NOT_A_MESSAGE)
        self._begin()
        return []

    def _begin(self) -> None:
        self._held = bytearray()
        self._broken = self._begun = False
        self._chain = first_chain()

    def _break(self, why: Refused) -> None:
        self.counts.refuse(why)
        self.counts.bytes_skipped += len(self._held)
        self._held.clear()
        self._broken = True

    def _step(self, found: list[Plot]) -> bool:
        """Take one block or the beginning from what is held, if all of it is there."""
        if not self._begun:
            head = bytes(self._held[: len(MAGIC)])
            if not MAGIC.startswith(head):
                raise InputError("recording", "no recording of plots")
            if len(head) < len(MAGIC):
                return False
            del self._held[: len(MAGIC)]
            self._begun = True
        if len(self._held) < HEAD_BYTES:
            return False
        head_bytes = bytes(self._held[:HEAD_BYTES])
        block = read_head(head_bytes)
        if len(self._held) < HEAD_BYTES + block.packed_bytes:
            return False
        packed = bytes(self._held[HEAD_BYTES : HEAD_BYTES + block.packed_bytes])
        self._chain = check_chain(head_bytes, packed, self._chain)
        batches, _ = decode_block(block, packed)
        del self._held[: HEAD_BYTES + block.packed_bytes]
        plots = [plot for batch in batches for plot in plots_of(batch, self._feed)]
        found += [self._gate.admit(plot) for plot in plots]
        return True


def plots_of(batch: PlotBatch, feed: FeedId) -> list[Plot]:
    """The rows of a batch one by one, under the name of a feed."""
    columns = {name: getattr(batch, name).tolist() for name in NUMBERS}
    masks = {name: getattr(batch, MASK_OF[name]).tolist() for name in NUMBERS}
    found = []
    for row in range(len(batch)):
        values = {name: column[row] for name, column in columns.items() if masks[name][row]}
        for name in ("callsign", "squawk", "category"):
            texts = getattr(batch, name)
            values[name] = None if texts is None else texts[row]
        emergency = None if batch.emergency is None else batch.emergency[row]
        if emergency is not None and emergency not in set(Emergency):
            raise InputError("recording", f"{emergency!r} is no emergency")
        plot = Plot(
            feed=feed,
            source=PlotSource(SOURCES[int(batch.source[row])]),
            at=Instant(int(batch.at_ms[row])),
            received_at=Instant(int(batch.received_at_ms[row])),
            on_ground=bool(batch.on_ground[row]) if batch.has_on_ground[row] else None,
            address_is_icao=bool(batch.address_is_icao[row]),
            emergency=None if emergency is None else Emergency(emergency),
            **values,
        )
        found.append(checked_plot(plot))
    return found
