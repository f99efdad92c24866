"""From the first request to the last: the servers and the node in one event loop."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import structlog

from comity.entrypoints.home import HomeLayout, RunningNode, remove_running, write_running
from comity.entrypoints.node_service.air_desk import AirDesk
from comity.entrypoints.node_service.events import EventStream
from comity.entrypoints.node_service.links import PeerLinks
from comity.entrypoints.node_service.service import NodeService

if TYPE_CHECKING:
    from comity.adapters.http_peer.server import UnsignalledServer

_LOG = structlog.get_logger("comity.node")

Served = tuple["UnsignalledServer", socket.socket]


async def serve_until_told(
    layout: HomeLayout,
    running: RunningNode,
    service: NodeService,
    links: PeerLinks,
    events: EventStream,
    servers: Sequence[Served],
    air: AirDesk,
    serves: Callable[[], None],
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what was begun and close the store.

    `serves` is called once, as the doors stand open.

    Raises:
        InvariantError: the node itself failed; nothing is served any more.
    """
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    work = asyncio.create_task(service.run(), name="node")
    watch = asyncio.create_task(air.run(), name="air")
    serving = [
        asyncio.create_task(server.serve(sockets=[taken]), name="serve")
        for server, taken in servers
    ]
    try:
        await _until_listening(servers, serving)
        write_running(layout, running)
        serves()
        _LOG.info(
            "serving", party=service.party, peers=running.peer_address, api=running.api_address
        )
        waiting = asyncio.create_task(told.wait(), name="told")
        await asyncio.wait({waiting, work, *serving}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
    finally:
        _LOG.info("stopping", party=service.party)
        remove_running(layout)
        await air.close(watch)
        await links.close()
        events.close()
        for server, _ in servers:
            server.should_exit = True
        service.release_waiting()
        await asyncio.gather(*serving, return_exceptions=True)
        failed = work.done()
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        service.close()
    if failed:
        work.result()


async def _until_listening(
    servers: Sequence[Served], serving: Sequence[asyncio.Task[None]]
) -> None:
    while not all(server.started for server, _ in servers):
        for task in serving:
            if task.done():
                task.result()
        await asyncio.sleep(0.005)
