"""Lines and documents out of chunks cut anywhere, each with a limit."""

from collections.abc import Iterator

from comity.application.feeds.counts import FeedCounts, Refused


class LineSplitter:
    """Cuts a stream at newlines; a line over the limit is skipped to its end and counted once."""

    __slots__ = ("_buffer", "_counts", "_length_max", "_skipping")

    def __init__(self, counts: FeedCounts, length_max: int) -> None:
        self._counts = counts
        self._length_max = length_max
        self._buffer = b""
        self._skipping = False

    def lines(self, chunk: bytes) -> Iterator[bytes]:
        """Complete lines, without their ends; empty ones left out."""
        self._counts.bytes_read += len(chunk)
        parts = (self._buffer + chunk).split(b"\n")
        self._buffer = parts.pop()
        for part in parts:
            line = part.strip()
            if self._skipping or len(part) > self._length_max:
                self._skipping = False
                self._counts.refuse(Refused.TOO_LONG)
            elif line:
                yield line
        if len(self._buffer) > self._length_max:
            self._buffer = b""
            self._skipping = True

    def last(self) -> Iterator[bytes]:
        """What stands behind the last newline, at the end of the stream."""
        line, self._buffer = self._buffer.strip(), b""
        if self._skipping:
            self._skipping = False
            self._counts.refuse(Refused.TOO_LONG)
        elif line:
            yield line


class DocumentBuffer:
    """Gathers one document; over the limit it is dropped, and counted once at its end."""

    __slots__ = ("_counts", "_parts", "_size_bytes", "_size_bytes_max")

    def __init__(self, counts: FeedCounts, size_bytes_max: int) -> None:
        self._counts = counts
        self._size_bytes_max = size_bytes_max
        self._parts: list[bytes] = []
        self._size_bytes = 0

    def add(self, chunk: bytes) -> None:
        """Keep the next bytes, as long as the document is not too large."""
        self._counts.bytes_read += len(chunk)
        self._size_bytes += len(chunk)
        if self._size_bytes > self._size_bytes_max:
            self._parts.clear()
        elif chunk:
            self._parts.append(chunk)

    def take(self) -> bytes | None:
        """The whole document; None where it was empty or too large. Ready for the next one."""
        parts, size_bytes = self._parts, self._size_bytes
        self._parts, self._size_bytes = [], 0
        if size_bytes > self._size_bytes_max:
            self._counts.refuse(Refused.TOO_LONG)
            return None
        return b"".join(parts) or None
