"""Data blocks: a category, a length, and records one behind the other."""

from collections.abc import Mapping, Sequence

from comity.adapters.asterix.category_021 import read_021
from comity.adapters.asterix.category_048 import read_048
from comity.adapters.asterix.category_062 import read_062
from comity.adapters.asterix.profiles import PROFILES
from comity.adapters.asterix.radar_place import RadarPlace
from comity.adapters.asterix.report import Report, ReportReader
from comity.adapters.asterix.structure import CutOffError, Items, cut_record
from comity.application.feeds import FeedCounts, Refused
from comity.domain.tracks import FeedId, Plot
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

BLOCK_HEADER_BYTES = 3
BLOCK_BYTES_MIN = 5  # a header, one byte of presence bits, one byte of an item


class AsterixDecoder:
    """A stream of data blocks, or datagrams of whole ones.

    Args:
        feed: whose plots these are.
        radars: places of radars by (SAC, SIC): without it a CAT048 report has no position.
        day: a recording's day, for records have only a time of day; the nearest one is taken.
    """

    def __init__(
        self,
        feed: FeedId,
        radars: Mapping[tuple[int, int], RadarPlace] | None = None,
        day: Instant | None = None,
    ) -> None:
        self.counts = FeedCounts()
        self._reader = ReportReader(feed, self.counts, dict(radars or {}))
        self._day = day
        self._buffer = b""

    def feed(self, chunk: bytes, received_at: Instant | None) -> Sequence[Plot]:
        """Plots of the blocks that are complete now.

        Raises:
            InputError: a recording without `day`: records have a time of day only.
        """
        near = received_at or self._day
        if near is None:
            raise InputError("day", "ASTERIX records have a time of day only; say of which day")
        self.counts.bytes_read += len(chunk)
        data = self._buffer + chunk
        plots, place = self.read_blocks(data, near)
        self._buffer = data[place:]
        return plots

    def read_blocks(self, data: bytes, received_at: Instant) -> tuple[list[Plot], int]:
        """Plots of the blocks that are complete, and the place behind the last of them."""
        plots: list[Plot] = []
        place = 0
        while place + BLOCK_HEADER_BYTES <= len(data):
            size_bytes = data[place + 1] << 8 | data[place + 2]
            if size_bytes < BLOCK_BYTES_MIN:
                self.counts.bytes_skipped += 1
                place += 1
                continue
            if place + size_bytes > len(data):
                break
            self._read_block(data[place : place + size_bytes], received_at, plots)
            place += size_bytes
        return plots, place

    def end(self, received_at: Instant | None) -> Sequence[Plot]:
        """A block that was cut off is lost."""
        del received_at
        self.counts.bytes_skipped += len(self._buffer)
        self._buffer = b""
        return ()

    def _read_block(self, block: bytes, received_at: Instant, plots: list[Plot]) -> None:
        category = block[0]
        profile = PROFILES.get(category)
        if profile is None:
            self.counts.refuse(Refused.KIND_NOT_READ)
            return
        place = BLOCK_HEADER_BYTES
        while place < len(block):
            try:
                items, place = cut_record(block, place, profile)
                report = self._report(category, items)
            except CutOffError:
                self.counts.refuse(Refused.NOT_A_MESSAGE)  # the next record's place is not known
                return
            plot = self._reader.plot(report, _station(items), received_at)
            if plot is not None:
                plots.append(plot)

    def _report(self, category: int, items: Items) -> Report:
        if category == 21:
            return read_021(items)
        return read_048(items) if category == 48 else read_062(items, self.counts)


def _station(items: Items) -> tuple[int, int]:
    """System area and identification codes of who reports; 0, 0 where not said."""
    item = items.get(10, b"\0\0")
    return item[0], item[1]
