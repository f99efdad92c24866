"""Live feeds over TCP, UDP and HTTP: bytes to a decoder, and what is known of the link."""

from comity.adapters.network_feeds.datagrams import DatagramSource
from comity.adapters.network_feeds.feed_loop import ByteSource, FeedLoop, FeedSink, SourceError
from comity.adapters.network_feeds.http_poll import HttpPollSource
from comity.adapters.network_feeds.tcp_stream import TcpSource

__all__ = [
    "ByteSource",
    "DatagramSource",
    "FeedLoop",
    "FeedSink",
    "HttpPollSource",
    "SourceError",
    "TcpSource",
]
