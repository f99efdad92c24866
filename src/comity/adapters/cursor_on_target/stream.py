"""Events out of a stream (TCP) or out of datagrams (UDP, multicast), XML and TAK protocol mixed.

Source: TAK protocol, version 1: a stream message is `BF`, its length as a varint, the message; a
datagram is `BF 01 BF` and the message; anything else is XML.
"""

from collections.abc import Sequence

from comity.adapters.cursor_on_target.events import CotEvent, EventReader
from comity.adapters.cursor_on_target.protobuf_event import event_of_protobuf
from comity.adapters.cursor_on_target.xml_event import event_of_xml
from comity.application.feeds import FeedCounts, Refused, UnsafeXmlError
from comity.domain.tracks import FeedId, Plot
from comity.kernel.instants import Instant

EVENT_BYTES_MAX = 65_536  # one datagram; details of events are seldom over 4 kB
MAGIC = 0xBF
MESH_HEADER = b"\xbf\x01\xbf"
VARINT_BYTES_MAX = 5
EVENT_BEGINS, EVENT_ENDS = b"<event", b"</event>"


class CotStreamDecoder:
    """A stream of events."""

    def __init__(self, feed: FeedId) -> None:
        self.counts = FeedCounts()
        self._reader = EventReader(feed, self.counts)
        self._buffer = b""

    def feed(self, chunk: bytes, received_at: Instant | None) -> Sequence[Plot]:
        """Plots of the events that are complete now."""
        self.counts.bytes_read += len(chunk)
        plots: list[Plot] = []
        for start in range(0, len(chunk), EVENT_BYTES_MAX):
            self._buffer += chunk[start : start + EVENT_BYTES_MAX]
            self._take(received_at, plots)
        return plots

    def _take(self, received_at: Instant | None, plots: list[Plot]) -> None:
        """Read the events that are complete in the buffer."""
        while self._buffer:
            size_bytes, event = self._next()
            if not size_bytes:
                break
            self._buffer = self._buffer[size_bytes:]
            if event is None:
                self.counts.bytes_skipped += size_bytes
                continue
            plot = _plot(self._reader, self.counts, event, received_at)
            if plot is not None:
                plots.append(plot)

    def end(self, received_at: Instant | None) -> Sequence[Plot]:
        """An event that was cut off is lost."""
        del received_at
        self.counts.bytes_skipped += len(self._buffer)
        self._buffer = b""
        return ()

    def _next(self) -> tuple[int, bytes | None]:
        """How many bytes are done with, and the event they are; 0 bytes: more is needed."""
        buffer = self._buffer
        if buffer[0] == MAGIC:
            return self._next_protobuf(buffer)
        if not buffer.startswith(EVENT_BEGINS):
            return self._to_next_beginning(buffer), None
        end = buffer.find(EVENT_ENDS)
        if 0 <= end <= EVENT_BYTES_MAX:
            size_bytes = end + len(EVENT_ENDS)
            return size_bytes, buffer[:size_bytes]
        if len(buffer) <= EVENT_BYTES_MAX + len(EVENT_ENDS):
            return 0, None
        self.counts.refuse(Refused.TOO_LONG)
        return len(EVENT_BEGINS), None

    def _next_protobuf(self, buffer: bytes) -> tuple[int, bytes | None]:
        length = shift = 0
        for place in range(1, 1 + VARINT_BYTES_MAX):
            if place >= len(buffer):
                return 0, None
            length |= (buffer[place] & 0x7F) << shift
            shift += 7
            if not buffer[place] & 0x80:
                break
        else:
            length = EVENT_BYTES_MAX + 1
        if length > EVENT_BYTES_MAX:
            self.counts.refuse(Refused.TOO_LONG)
            return 1, None
        size_bytes = place + 1 + length
        if len(buffer) < size_bytes:
            return 0, None
        return size_bytes, MESH_HEADER + buffer[place + 1 : size_bytes]

    def _to_next_beginning(self, buffer: bytes) -> int:
        """Bytes until an event can begin; what may be half a beginning is kept."""
        xml = buffer.find(b"<event")
        magic = buffer.find(MAGIC)
        beginnings = [place for place in (xml, magic) if place >= 0]
        if beginnings:
            return min(beginnings)
        for kept in range(min(len(EVENT_BEGINS) - 1, len(buffer)), 0, -1):
            if EVENT_BEGINS.startswith(buffer[-kept:]):
                return len(buffer) - kept
        return len(buffer)


class CotDatagramDecoder:
    """Datagrams, one event each: `feed` takes a whole one."""

    def __init__(self, feed: FeedId) -> None:
        self.counts = FeedCounts()
        self._reader = EventReader(feed, self.counts)

    def feed(self, chunk: bytes, received_at: Instant | None) -> Sequence[Plot]:
        """The plot of a datagram."""
        self.counts.bytes_read += len(chunk)
        if not chunk:
            return ()
        if len(chunk) > EVENT_BYTES_MAX:
            self.counts.refuse(Refused.TOO_LONG)
            return ()
        plot = _plot(self._reader, self.counts, chunk, received_at)
        return () if plot is None else (plot,)

    def end(self, received_at: Instant | None) -> Sequence[Plot]:
        """Nothing is held between datagrams."""
        del received_at
        return ()


def _plot(
    reader: EventReader, counts: FeedCounts, event_bytes: bytes, received_at: Instant | None
) -> Plot | None:
    event: CotEvent | None
    try:
        if event_bytes.startswith(MESH_HEADER):
            event = event_of_protobuf(event_bytes[len(MESH_HEADER) :])
        else:
            event = event_of_xml(event_bytes)
    except UnsafeXmlError:
        counts.refuse(Refused.UNSAFE_XML)
        return None
    except ValueError:
        counts.refuse(Refused.NOT_A_MESSAGE)
        return None
    if event is None:
        counts.refuse(Refused.KIND_NOT_READ)
        return None
    return reader.plot(event, received_at)
