# ruff: noqa: PLC0415 - imported where used, so that the node starts at once
"""Composes the watch over the air: its process, as the node starts it, and what runs in that process."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from comity.adapters.network_feeds import ByteSource
    from comity.application.brief_areas import AreaFileBrief
    from comity.application.feeds import PlotDecoder
    from comity.domain.alerts.areas import AreaSet
    from comity.domain.tracks import FeedSettings
    from comity.entrypoints.air_process import AirChannel, FeedWanted, FromAir, ToAir
    from comity.entrypoints.air_process.watch_loop import PlotKeeper, Searches
    from comity.entrypoints.node_service.air_desk import AirProcess


THREADS_MAX = 4  # of the search for pairs; one core is left to the node
ENDED_S_MAX = 0.3  # a node ends within a second of being told (DOORS-034)


class WatchProcess:
    """A watch in a process of its own (`node_service.air_desk.AirProcess`)."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        channel: "AirChannel[FromAir, ToAir]",
    ) -> None:
        self.channel = channel
        self._process = process

    @property
    def process_id(self) -> int:
        """Of the system."""
        return self._process.pid

    async def end(self) -> None:
        """End it: it has a moment to write the plots that wait; a node that is told to end waits no longer."""
        self.channel.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), ENDED_S_MAX)
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


def launcher(
    log_level: str, plots: "Path | None" = None, plots_mib: int = 0
) -> "Callable[[], Awaitable[AirProcess]]":
    """How a node starts its watch.

    Args:
        log_level: of the process.
        plots: the folder in which its plots are kept; None: none are.
        plots_mib: how much of them.
    """

    async def launch() -> "AirProcess":
        from comity.entrypoints.air_process import AirChannel, FromAir

        ours, theirs = socket.socketpair()
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                "from comity.air_bootstrap import main; main()",
                str(theirs.fileno()),
                log_level,
                *(() if plots is None or plots_mib == 0 else (str(plots), str(plots_mib))),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )
        finally:
            theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours)
        return WatchProcess(process, AirChannel(reader, writer, FromAir))

    return launch


def main() -> None:
    """The process of the watch: arguments are the descriptor of its socket and the level of its log."""
    from comity.entrypoints.node_service.logs import write_json_logs

    descriptor, log_level = int(sys.argv[1]), sys.argv[2]
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is for the node, which then closes the socket
    write_json_logs(log_level)
    recorder = None
    if len(sys.argv) > 4:
        from pathlib import Path

        from comity.adapters.plot_recordings import PlotRecorder, RecorderLimits

        limits = RecorderLimits(total_bytes_max=int(sys.argv[4]) << 20)
        recorder = PlotRecorder(Path(sys.argv[3]), limits)
    watch(socket.socket(fileno=descriptor), recorder)


def watch(connected: socket.socket, recorder: "PlotKeeper | None" = None) -> None:
    """Watch for the node at the other end, until it is gone; plots are kept where there is a recorder."""
    from comity.adapters.system_clock import SystemClock, SystemEntropy
    from comity.application.take_areas import take_areas
    from comity.entrypoints.air_process.area_keeper import AreaKeeper
    from comity.entrypoints.air_process.ears import Ears
    from comity.entrypoints.air_process.process import watch_until_gone

    clock = SystemClock()
    ears = Ears(connect, clock, SystemEntropy())
    recorded = RecordedAreas()
    areas = AreaKeeper(lambda brief, bounds: take_areas(brief, bounds, recorded.read))
    try:
        asyncio.run(watch_until_gone(connected, ears, clock, load_searches(), areas, recorder))
    finally:
        if recorder is not None:
            recorder.close()


def load_searches() -> "Searches":
    """The compiled loops, from their cache or by compiling them."""
    from comity.application.spread_work import Crew
    from comity.domain.geometry import nearest_compiled
    from comity.domain.geometry.closest_pairs_many import PairFinder, warm
    from comity.entrypoints.air_process.watch_loop import Searches

    warm()
    threads = max(1, min(THREADS_MAX, (os.cpu_count() or 1) - 1))
    finder = PairFinder(Crew(threads).run, threads) if threads > 1 else PairFinder()
    return Searches(finder.search, nearest_compiled)


def connect(wanted: "FeedWanted") -> "tuple[ByteSource, PlotDecoder]":
    """Source and decoder of a feed.

    Raises:
        InputError: no such format, or an address that it is not read from.
    """
    from comity.domain.tracks import FeedId
    from comity.feed_formats import FormatOptions, check_live, decoder_of, source_of

    check_live(wanted.format_name, wanted.address)
    options = FormatOptions(zone_offset_s=wanted.zone_offset_s, receiver_deg=wanted.receiver_deg)
    source = source_of(wanted.address, wanted.every_s)
    return source, decoder_of(wanted.format_name, FeedId(wanted.feed), options)


def check_feed(settings: "FeedSettings") -> None:
    """Whether a feed of these settings could be connected.

    Raises:
        InputError: no such format, or an address that it is not read from.
    """
    from comity.entrypoints.air_process.messages import wanted_of

    connect(wanted_of(settings))


def read_areas(path: str | None, kind: str | None) -> "AreaSet":
    """Areas of a file on this machine, or the borders that the build carries.

    Raises:
        InputError: it cannot be read, or holds no areas that can be.
        StoreError: the packaged borders are not those that were pinned.
    """
    from pathlib import Path

    from comity.kernel.errors import InputError

    if path is None:
        from comity.adapters.natural_earth.areas import border_area_set
        from comity.adapters.natural_earth.data_set import border_data_set

        return border_area_set(border_data_set())
    from comity.adapters.area_files import read_area_file
    from comity.adapters.area_files.read import SIZE_BYTES_MAX

    file = Path(path)
    if not file.is_file():
        raise InputError("path", f"{path} is no file on the node's machine")
    try:
        with file.open("rb") as source:
            file_bytes = source.read(SIZE_BYTES_MAX + 1)
    except OSError as error:
        raise InputError("path", f"{path}: {error.strerror}") from error
    return read_area_file(file_bytes, file.name, kind).areas


KEPT_MAX = 64  # as many files as may be in use (`area_register.FILES_MAX`)


class RecordedAreas:
    """Areas as a person added them, and no others; bytes once read and found to be those are kept."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str | None, str | None, str], AreaSet] = {}

    def read(self, wanted: "AreaFileBrief") -> "AreaSet":
        """Areas of a source.

        Raises:
            InputError: as `read_areas`; `digest` where the bytes are others than were recorded.
            StoreError: as `read_areas`.
        """
        key = (wanted.path, wanted.kind, wanted.digest)
        if key not in self._kept:
            areas = read_recorded(wanted)
            if len(self._kept) >= KEPT_MAX:
                self._kept.clear()
            self._kept[key] = areas
        return self._kept[key]


def read_recorded(wanted: "AreaFileBrief") -> "AreaSet":
    """Areas as a person added them, and no others.

    Raises:
        InputError: as `read_areas`; `digest` where the bytes are others than were recorded.
        StoreError: as `read_areas`.
    """
    from comity.kernel.errors import InputError

    areas = read_areas(wanted.path, wanted.kind)
    if areas.digest != wanted.digest:
        why = f"{areas.digest[:16]} is not what was added, {wanted.digest[:16]}; add it anew"
        raise InputError("digest", why)
    return areas
