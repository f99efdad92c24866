"""`python -m bench.node_with_watch PLACE HOME`: a node whose watch runs in its loop, in a thread, or beside it.

Only for comparing the three; a node itself knows no other place than a process.
"""

import asyncio
import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

from comity import air_bootstrap, bootstrap
from comity.adapters.system_clock import SystemClock, SystemEntropy
from comity.entrypoints.air_process import AirChannel, FromAir
from comity.entrypoints.air_process.ears import Ears
from comity.entrypoints.air_process.process import watch_until_gone


class _Inside:
    """A watch in the node's own process."""

    def __init__(self, channel: AirChannel) -> None:
        self.channel = channel

    async def end(self) -> None:
        """It ends with its socket."""
        self.channel.close()


def launcher_in(place: str) -> Callable[[str], Callable[[], Awaitable[_Inside]]]:
    """As `air_bootstrap.launcher`."""

    def launcher(_log_level: str) -> Callable[[], Awaitable[_Inside]]:
        async def launch() -> _Inside:
            ours, theirs = socket.socketpair()
            if place == "thread":
                threading.Thread(target=air_bootstrap.watch, args=(theirs,), daemon=True).start()
            else:
                clock = SystemClock()
                ears = Ears(air_bootstrap.connect, clock, SystemEntropy())
                searches = air_bootstrap.load_searches()
                launch.task = asyncio.create_task(watch_until_gone(theirs, ears, clock, searches))
            reader, writer = await asyncio.open_connection(sock=ours)
            return _Inside(AirChannel(reader, writer, FromAir))

        return launch

    return launcher


if __name__ == "__main__":
    if sys.argv[1] != "process":
        air_bootstrap.launcher = launcher_in(sys.argv[1])
    bootstrap.Composition().serve(Path(sys.argv[2]))
