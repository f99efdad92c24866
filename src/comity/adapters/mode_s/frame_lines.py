"""Frames as lines of text: `{"timestamp": s, "frame": hex}`, `*hex;`, `@counter hex;` or bare digits."""

from collections.abc import Iterable, Sequence

import msgspec

from comity.adapters.mode_s.frames import LONG, SHORT, FrameReader
from comity.adapters.mode_s.positions import Position
from comity.application.feeds import FeedCounts, LineSplitter, Refused
from comity.domain.tracks import FeedId, Plot
from comity.kernel.instants import UNIX_MS_MAX, Instant

FRAME_LINE_LENGTH_MAX = 4_096  # decoders write what they made of the frame beside it
COUNTER_DIGITS = 12


class _Line(msgspec.Struct, gc=False):
    timestamp: float
    frame: str


class FrameLinesDecoder:
    """A stream of lines, each with one frame; see `FrameReader` for `receiver_deg`."""

    def __init__(self, feed: FeedId, receiver_deg: Position | None = None) -> None:
        self.counts = FeedCounts()
        self._reader = FrameReader(feed, self.counts, receiver_deg)
        self._lines = LineSplitter(self.counts, FRAME_LINE_LENGTH_MAX)
        self._json = msgspec.json.Decoder(_Line)

    def feed(self, chunk: bytes, received_at: Instant | None) -> Sequence[Plot]:
        """Plots of the lines that are complete now."""
        return self._plots(self._lines.lines(chunk), received_at)

    def end(self, received_at: Instant | None) -> Sequence[Plot]:
        """The plot of a last line without an end."""
        return self._plots(self._lines.last(), received_at)

    def _plots(self, lines: Iterable[bytes], received_at: Instant | None) -> list[Plot]:
        plots = []
        for line in lines:
            plot = self._plot(line, received_at)
            if plot is not None:
                plots.append(plot)
        return plots

    def _plot(self, line: bytes, received_at: Instant | None) -> Plot | None:
        at = received_at
        if line.startswith(b"{"):
            try:
                read = self._json.decode(line)
            except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
                self.counts.refuse(Refused.NOT_A_MESSAGE)
                return None
            at_ms = read.timestamp * 1000
            if not 0.0 <= at_ms <= UNIX_MS_MAX:
                self.counts.refuse(Refused.TIME_OUT_OF_RANGE)
                return None
            at = Instant(round(at_ms))
            frame = _bytes_of(read.frame.encode())
        elif line.startswith(b"@"):
            frame = _bytes_of(line[1 + COUNTER_DIGITS :].rstrip(b";"))
        else:
            frame = _bytes_of(line.removeprefix(b"*").rstrip(b";"))
        if frame is None or len(frame) not in {SHORT, LONG}:
            self.counts.refuse(Refused.NOT_A_MESSAGE)
            return None
        if at is None:
            self.counts.refuse(Refused.NO_TIME)
            return None
        return self._reader.plot(frame, at, received_at or at)


def _bytes_of(digits: bytes) -> bytes | None:
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return None
