"""Serves the peer door: uvicorn on a socket that speaks TLS 1.3 with pinned certificates."""

import contextlib
import socket
from asyncio import BaseTransport, Transport
from collections.abc import Callable, Iterator
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from comity.adapters.http_peer.certificates import certificate_digest
from comity.adapters.http_peer.door import PeerDoor
from comity.adapters.http_peer.pins import PeerPins
from comity.adapters.http_peer.wire import (
    CONNECTIONS_MAX,
    HEADER_BYTES_MAX,
    PULL_WAIT_S_MAX,
)

_HEADERS_TOO_LONG = (
    f"request line and headers are longer than {HEADER_BYTES_MAX} bytes, the most there may be"
)


class PeerProtocol(HttpToolsProtocol):
    """One peer's connection. The application finds the certificate's digest in `scope["state"]`."""

    _ended: Callable[[], None] | None = None
    _header_bytes = 0
    _in_headers = True

    def connection_made(self, transport: BaseTransport) -> None:
        """Note who is at the other end."""
        super().connection_made(cast("Transport", transport))
        tls = transport.get_extra_info("ssl_object")
        der = tls.getpeercert(binary_form=True) if tls is not None else None
        digest = certificate_digest(der) if der is not None else None
        self.app_state = {**self.app_state, "peer_certificate": digest}
        self._ended = cast("PeerDoor", self.config.app).connected(digest)
        if self._ended is None:
            cast("Transport", transport).abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the connection's place back."""
        if self._ended is not None:
            self._ended()
            self._ended = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, which itself sets no limit to headers."""
        if self._in_headers:
            self._header_bytes += len(data)
        super().data_received(data)
        if self._in_headers and self._header_bytes > HEADER_BYTES_MAX:
            self.send_400_response(_HEADERS_TOO_LONG)

    def on_headers_complete(self) -> None:
        """From here on, bytes are the body's: the door counts those."""
        self._in_headers = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The next bytes are headers again."""
        self._in_headers = True
        self._header_bytes = 0
        super().on_message_complete()


class UnsignalledServer(uvicorn.Server):
    """A server that leaves the process's signals to whoever composed the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


def peer_server(pins: PeerPins, door: PeerDoor) -> UnsignalledServer:
    """The server of the peer door; run it with `serve(sockets=[…])`, end it with `should_exit`."""

    def context_factory(_config: uvicorn.Config, _default: Any) -> Any:
        return pins.server_context()

    config = uvicorn.Config(
        door,
        http=PeerProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        limit_concurrency=CONNECTIONS_MAX,
        timeout_keep_alive=round(2 * PULL_WAIT_S_MAX),
        timeout_graceful_shutdown=1,
        ssl_context_factory=context_factory,
    )
    return UnsignalledServer(config)


def bound_socket(host: str, port: int) -> socket.socket:
    """A listening address, taken. Port 0 takes any free one.

    Raises:
        OSError: the address is in use or not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol left at 0, asyncio does not set TCP_NODELAY on what is accepted here, and
    # each answer of two writes then waits 40 ms for a delayed acknowledgement.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
    except OSError:
        taken.close()
        raise
    return taken
