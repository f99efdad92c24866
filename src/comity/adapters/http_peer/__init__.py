"""Peers over mutual TLS 1.3 with pinned certificates: a door to serve, a loop to pull."""

from comity.adapters.http_peer.certificates import (
    certificate_digest,
    check_certificate,
)
from comity.adapters.http_peer.connection import PeerAddress, PeerConnection
from comity.adapters.http_peer.door import PeerDoor, PeerExchange
from comity.adapters.http_peer.pins import PeerPins
from comity.adapters.http_peer.pull_loop import LinkState, PullExchange, PullLoop, Reach
from comity.adapters.http_peer.server import UnsignalledServer, bound_socket, peer_server

__all__ = [
    "LinkState",
    "PeerAddress",
    "PeerConnection",
    "PeerDoor",
    "PeerExchange",
    "PeerPins",
    "PullExchange",
    "PullLoop",
    "Reach",
    "UnsignalledServer",
    "bound_socket",
    "certificate_digest",
    "check_certificate",
    "peer_server",
]
