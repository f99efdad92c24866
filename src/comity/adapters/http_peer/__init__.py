"""Peers over mutual TLS 1.3 with pinned certificates: a door to serve, a loop to pull.

What serves the door is imported from `server`: a command that only reads a home must not wait for it.
"""

from comity.adapters.http_peer.certificates import (
    certificate_digest,
    check_certificate,
)
from comity.adapters.http_peer.connection import PeerAddress, PeerConnection
from comity.adapters.http_peer.door import PeerDoor, PeerExchange
from comity.adapters.http_peer.pins import OwnCertificate, PeerPins
from comity.adapters.http_peer.pull_loop import LinkState, PullExchange, PullLoop, Reach

__all__ = [
    "LinkState",
    "OwnCertificate",
    "PeerAddress",
    "PeerConnection",
    "PeerDoor",
    "PeerExchange",
    "PeerPins",
    "PullExchange",
    "PullLoop",
    "Reach",
    "certificate_digest",
    "check_certificate",
]
