"""Cursor on Target: events of TAK servers and clients, as XML and as TAK protocol version 1."""

from comity.adapters.cursor_on_target.events import CotEvent, EventReader
from comity.adapters.cursor_on_target.stream import (
    EVENT_BYTES_MAX,
    CotDatagramDecoder,
    CotStreamDecoder,
)

__all__ = [
    "EVENT_BYTES_MAX",
    "CotDatagramDecoder",
    "CotEvent",
    "CotStreamDecoder",
    "EventReader",
]
