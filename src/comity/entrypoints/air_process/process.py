"""The process of the watch, from its first message to the last."""

import asyncio
import socket

import structlog

from comity.application.ports.clock import Clock
from comity.entrypoints.air_process.area_keeper import AreaKeeper
from comity.entrypoints.air_process.channel import AirChannel, ChannelClosedError
from comity.entrypoints.air_process.ears import Ears
from comity.entrypoints.air_process.messages import Begin, FromAir, ToAir
from comity.entrypoints.air_process.watch_loop import PlotKeeper, Searches, WatchLoop

_LOG = structlog.get_logger("comity.air")


async def watch_until_gone(
    connected: socket.socket,
    ears: Ears,
    clock: Clock,
    searches: Searches,
    areas: AreaKeeper | None = None,
    recorder: PlotKeeper | None = None,
) -> None:
    """Watch for the node at the other end of a socket, until it is gone."""
    reader, writer = await asyncio.open_connection(sock=connected)
    channel: AirChannel[ToAir, FromAir] = AirChannel(reader, writer, ToAir)
    try:
        begin = await channel.receive()
    except ChannelClosedError:
        return
    if not isinstance(begin, Begin):
        _LOG.error("not-begun", message=type(begin).__name__)
        return
    ears.start()
    try:
        await WatchLoop(channel, ears, clock, searches, begin, areas, recorder).run()
    finally:
        ears.stop()
        if areas is not None:
            areas.stop()
        channel.close()
