"""One node in one asyncio process: batches of work, events, and the ways to its peers."""

from comity.entrypoints.node_service.air_desk import AirDesk
from comity.entrypoints.node_service.calls import CallLoop
from comity.entrypoints.node_service.events import Event, EventStream, event_of
from comity.entrypoints.node_service.garbage import CycleCollector
from comity.entrypoints.node_service.links import PeerLinks
from comity.entrypoints.node_service.service import NodeService
from comity.entrypoints.node_service.serving import serve_until_told

__all__ = [
    "AirDesk",
    "CallLoop",
    "CycleCollector",
    "Event",
    "EventStream",
    "NodeService",
    "PeerLinks",
    "event_of",
    "serve_until_told",
]
