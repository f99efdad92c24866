"""Which feeds a node listens to: said by a person, on record."""

from comity.application.node import Node
from comity.domain.records import Draft, Record
from comity.domain.tracks import FEED_ADDED, FEED_REMOVED, FeedId, FeedSettings, feed_to_body
from comity.domain.tracks.feed_register import FEEDS_MAX
from comity.kernel.errors import InputError
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant


def add_feed(node: Node, settings: FeedSettings, operator: OperatorId, at: Instant) -> Record:
    """Listen to one more feed from now on.

    Raises:
        InputError: its name is taken, there are `FEEDS_MAX`, or its party is neither this node's nor
            a peer's.
    """
    if node.feeds.get(settings.feed) is not None:
        raise InputError("feed", f"{settings.feed} is in use already; remove it first")
    if len(node.feeds) >= FEEDS_MAX:
        raise InputError("feed", f"{FEEDS_MAX} feeds are in use, the most there may be")
    if settings.party not in (node.party, *node.peers()):
        raise InputError("party", f"{settings.party} is neither this party nor a peer of it")
    return node.issue(Draft(FEED_ADDED, (), feed_to_body(settings), operator), at)


def remove_feed(node: Node, feed: FeedId, operator: OperatorId, at: Instant) -> Record:
    """Listen to a feed no more; what it brought stays with the tracks until they end.

    Raises:
        InputError: it is not in use.
    """
    if node.feeds.get(feed) is None:
        names = ", ".join(each.feed for each in node.feeds.feeds()) or "none"
        raise InputError("feed", f"{feed} is not in use; in use: {names}")
    return node.issue(Draft(FEED_REMOVED, (), {"feed": feed}, operator), at)
