"""Datagrams of a UDP port, unicast or multicast: Cursor on Target meshes, ASTERIX."""

import asyncio
import ipaddress
import socket
import struct
from collections import deque
from collections.abc import AsyncGenerator

DATAGRAMS_HELD_MAX = 4_096  # 64 ms of 10 Gbit/s in large ones; beyond it the oldest go, counted
RECEIVE_BUFFER_BYTES = 4 << 20


class DatagramSource:
    """A UDP port of ours; a multicast group is joined on the interface given.

    Attributes:
        dropped: datagrams that came faster than they were decoded: the oldest were dropped.
    """

    is_documents = True

    def __init__(self, host: str, port: int, interface: str = "0.0.0.0") -> None:  # noqa: S104
        self._host = host
        self._port = port
        self._interface = interface
        self.dropped = 0

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """All datagrams from when the port is open; see `ByteSource`."""
        receiver = _Receiver(self)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: receiver, sock=self._socket())
        try:
            yield b""
            while True:
                await receiver.something.wait()
                receiver.something.clear()
                while receiver.held:
                    yield receiver.held.popleft()
                if receiver.lost is not None:
                    raise receiver.lost
        finally:
            transport.close()

    def _socket(self) -> socket.socket:
        address = ipaddress.IPv4Address(self._host)
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            opened.settimeout(0.0)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            if address.is_multicast:
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.bind((self._host, self._port))
            if address.is_multicast:
                interface = ipaddress.IPv4Address(self._interface).packed
                joined = struct.pack("4s4s", address.packed, interface)
                opened.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
        except BaseException:
            opened.close()
            raise
        return opened


class _Receiver(asyncio.DatagramProtocol):
    """Holds datagrams until they are taken."""

    def __init__(self, source: DatagramSource) -> None:
        self._source = source
        self.held: deque[bytes] = deque()
        self.something = asyncio.Event()
        self.lost: OSError | None = None

    def datagram_received(self, data: bytes, addr: object) -> None:
        del addr
        if len(self.held) >= DATAGRAMS_HELD_MAX:
            self.held.popleft()
            self._source.dropped += 1
        self.held.append(data)
        self.something.set()

    def error_received(self, exc: Exception) -> None:
        self.lost = exc if isinstance(exc, OSError) else OSError(str(exc))
        self.something.set()
