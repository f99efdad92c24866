"""Rings where a peer's pinned certificate is outside its time by our clock: one of the two clocks is wrong."""

from collections.abc import Mapping

from comity.application.alarm import Alarm
from comity.application.node import Node
from comity.kernel.errors import PeerError
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant


def note_out_of_time(node: Node, refused: Mapping[PartyId, PeerError], at: Instant) -> None:
    """Keep which peers it is now, all of them, and ring for each that it was not before.

    Args:
        node: whose links these are.
        refused: why the certificate of each was not taken.
        at: now.
    """
    for peer, error in refused.items():
        if node.out_of_time.get(peer) != error.reason:
            node.alarm(Alarm(at, error.reason, error.detail, peer))
    node.out_of_time = {peer: error.reason for peer, error in refused.items()}
