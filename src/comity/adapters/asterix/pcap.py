"""Captures of UDP traffic in libpcap's format, as radar data is recorded.

Source: draft-ietf-opsawg-pcap: a header of 24 bytes, then packets of a 16-byte header each.
"""

import struct
from collections.abc import Mapping, Sequence

from comity.adapters.asterix.blocks import AsterixDecoder
from comity.adapters.asterix.radar_place import RadarPlace
from comity.application.feeds import FeedCounts, Refused
from comity.domain.tracks import FeedId, Plot
from comity.kernel.instants import Instant

MAGICS = {
    b"\xd4\xc3\xb2\xa1": ("<", 1_000_000),
    b"\xa1\xb2\xc3\xd4": (">", 1_000_000),
    b"\x4d\x3c\xb2\xa1": ("<", 1_000_000_000),
    b"\xa1\xb2\x3c\x4d": (">", 1_000_000_000),
}
"""Byte order and fractions of a second, by the first four bytes."""
FILE_HEADER_BYTES, PACKET_HEADER_BYTES = 24, 16
PACKET_BYTES_MAX = 262_144  # libpcap's own limit
ETHERNET, RAW_IP, LINUX_COOKED = 1, {101, 228}, 113
IPV4, VLAN, UDP = b"\x08\x00", b"\x81\x00", 17


class PcapDecoder:
    """A capture, from `feed`s to `end`; each packet's own time is when it was received.

    Args:
        feed: whose plots these are.
        radars: see `AsterixDecoder`.
    """

    def __init__(
        self, feed: FeedId, radars: Mapping[tuple[int, int], RadarPlace] | None = None
    ) -> None:
        self._blocks = AsterixDecoder(feed, radars)
        self._buffer = b""
        self._order = ""
        self._fractions = 1
        self._link = ETHERNET
        self._is_refused = False

    @property
    def counts(self) -> FeedCounts:
        """What came and what was wrong with it."""
        return self._blocks.counts

    def feed(self, chunk: bytes, received_at: Instant | None) -> Sequence[Plot]:
        """Plots of the packets that are complete now."""
        del received_at
        self.counts.bytes_read += len(chunk)
        if self._is_refused:
            self.counts.bytes_skipped += len(chunk)
            return ()
        data = self._buffer + chunk
        plots: list[Plot] = []
        place = self._read_file_header(data)
        while self._order and place + PACKET_HEADER_BYTES <= len(data):
            seconds, fraction, size_bytes, _ = struct.unpack_from(f"{self._order}4I", data, place)
            if size_bytes > PACKET_BYTES_MAX:
                self._refuse(len(data) - place)
                break
            end = place + PACKET_HEADER_BYTES + size_bytes
            if end > len(data):
                break
            payload = self._payload(data[place + PACKET_HEADER_BYTES : end])
            place = end
            if payload is None:
                self.counts.refuse(Refused.KIND_NOT_READ)
                continue
            at = Instant(seconds * 1000 + fraction * 1000 // self._fractions)
            found, used = self._blocks.read_blocks(payload, at)
            plots += found
            self.counts.bytes_skipped += len(payload) - used
        if not self._is_refused:
            self._buffer = data[place:]
        return plots

    def end(self, received_at: Instant | None) -> Sequence[Plot]:
        """A packet that was cut off is lost; ready for the next capture."""
        del received_at
        self.counts.bytes_skipped += len(self._buffer)
        self._buffer, self._order = b"", ""
        self._is_refused = False
        return ()

    def _read_file_header(self, data: bytes) -> int:
        """The place behind the header, once it is there."""
        if self._order or len(data) < FILE_HEADER_BYTES:
            return 0
        known = MAGICS.get(data[:4])
        if known is None:
            self._refuse(len(data))
            return 0
        self._order, self._fractions = known
        self._link = struct.unpack_from(f"{self._order}I", data, 20)[0] & 0xFFFF
        return FILE_HEADER_BYTES

    def _refuse(self, size_bytes: int) -> None:
        """The rest cannot be read."""
        self.counts.refuse(Refused.NOT_A_MESSAGE)
        self.counts.bytes_skipped += size_bytes
        self._is_refused = True
        self._order = ""
        self._buffer = b""

    def _payload(self, packet: bytes) -> bytes | None:
        """What a UDP datagram over IPv4 carries; None for other packets and later fragments."""
        start = 0
        if self._link == ETHERNET:
            start = 18 if packet[12:14] == VLAN else 14
        elif self._link == LINUX_COOKED:
            start = 16
        elif self._link not in RAW_IP:
            return None
        if start and packet[start - 2 : start] != IPV4:
            return None
        internet = packet[start:]
        if len(internet) < 20 or internet[0] >> 4 != 4 or internet[9] != UDP:
            return None
        if (internet[6] & 0x1F) << 8 | internet[7]:
            return None
        header_bytes = (internet[0] & 15) * 4
        datagram = internet[header_bytes : internet[2] << 8 | internet[3]]
        if len(datagram) < 8:
            return None
        return datagram[8 : datagram[4] << 8 | datagram[5]]
