"""Beast: binary frames between escapes, as Mode-S Beast, dump1090 and readsb send them (port 30005).

A frame is `1A`, a kind (`1` Mode A/C, `2` short, `3` long, `4` status), six bytes of a 12 MHz counter,
one of signal strength, and the message; `1A` inside is doubled.
"""

from collections.abc import Sequence

from comity.adapters.mode_s.frames import FrameReader
from comity.adapters.mode_s.positions import Position
from comity.application.feeds import FeedCounts, Refused
from comity.domain.tracks import FeedId, Plot
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

ESCAPE = 0x1A
LENGTHS = {0x31: 9, 0x32: 14, 0x33: 21, 0x34: 21}
MODE_S_KINDS = {0x32, 0x33}
COUNTER_HZ = 12_000_000.0
COUNTER_JUMP_S_MAX = 86_400.0  # further than a day is another counter, not a gap


class BeastDecoder:
    """A stream of Beast frames.

    Args:
        feed: whose plots these are.
        receiver_deg: latitude and longitude of the receiver; see `FrameReader`.
        begins: when the first frame of a recording was received: frames have no time of day.
    """

    def __init__(
        self, feed: FeedId, receiver_deg: Position | None = None, begins: Instant | None = None
    ) -> None:
        self.counts = FeedCounts()
        self._reader = FrameReader(feed, self.counts, receiver_deg)
        self._begins = begins
        self._first_counter: int | None = None
        self._last_at = begins
        self._buffer = b""

    def feed(self, chunk: bytes, received_at: Instant | None) -> Sequence[Plot]:
        """Plots of the frames that are complete now.

        Raises:
            InputError: a recording without `begins`: its frames say no time of day.
        """
        if received_at is None and self._begins is None:
            raise InputError("begins", "Beast frames carry no time of day; say when they begin")
        self.counts.bytes_read += len(chunk)
        data = self._buffer + chunk
        plots: list[Plot] = []
        place = 0
        while True:
            start = data.find(ESCAPE, place)
            if start < 0:
                self.counts.bytes_skipped += len(data) - place
                self._buffer = b""
                return plots
            self.counts.bytes_skipped += start - place
            body, place = self._frame(data, start)
            if body is None:
                if place == start:
                    self._buffer = data[start:]
                    return plots
                continue
            plot = self._plot(data[start + 1], body, received_at)
            if plot is not None:
                plots.append(plot)

    def end(self, received_at: Instant | None) -> Sequence[Plot]:
        """A frame that was cut off is lost."""
        del received_at
        self.counts.bytes_skipped += len(self._buffer)
        self._buffer = b""
        return ()

    def _frame(self, data: bytes, start: int) -> tuple[bytes | None, int]:
        """The bytes of the frame at an escape, and the place behind it.

        No bytes and the same place: more is needed. No bytes and a later place: none begins here.
        """
        if start + 1 >= len(data):
            return None, start
        length = LENGTHS.get(data[start + 1])
        if length is None:
            skipped = 2 if data[start + 1] == ESCAPE else 1
            self.counts.bytes_skipped += skipped
            return None, start + skipped
        plain = data[start + 2 : start + 2 + length]
        if ESCAPE not in plain:
            return (plain, start + 2 + length) if len(plain) == length else (None, start)
        return self._escaped_frame(data, start, length)

    def _escaped_frame(self, data: bytes, start: int, length: int) -> tuple[bytes | None, int]:
        body = bytearray()
        place = start + 2
        while len(body) < length:
            if place >= len(data):
                return None, start
            byte = data[place]
            if byte == ESCAPE:
                if place + 1 >= len(data):
                    return None, start
                if data[place + 1] != ESCAPE:
                    self.counts.refuse(Refused.NOT_A_MESSAGE)
                    return None, place
                place += 1
            body.append(byte)
            place += 1
        return bytes(body), place

    def _plot(self, kind: int, body: bytes, received_at: Instant | None) -> Plot | None:
        if kind not in MODE_S_KINDS:
            self.counts.refuse(Refused.KIND_NOT_READ)
            return None
        at = received_at or self._counted_time(int.from_bytes(body[:6], "big"))
        return self._reader.plot(body[7:], at, received_at or at)

    def _counted_time(self, counter: int) -> Instant:
        """When a frame of a recording was received, by its counter; the last time if it jumped."""
        if self._begins is None or self._last_at is None:
            raise InputError("begins", "Beast frames carry no time of day; say when they begin")
        if self._first_counter is None:
            self._first_counter = counter
        elapsed_s = (counter - self._first_counter) / COUNTER_HZ
        step_s = elapsed_s - self._last_at.minus(self._begins)
        at = self._last_at
        if 0.0 <= step_s <= COUNTER_JUMP_S_MAX:
            at = self._begins.plus_s(elapsed_s)
        self._last_at = at
        return at
