"""Homes of nodes for tests: made quickly, opened in this process or run as one of their own."""

import asyncio
import functools
import json
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

from tests.held_to_description import hold_answers_to_their_description
from tests.recorded_requests import record_requests

from comity import bootstrap
from comity.adapters.system_clock import SystemClock
from comity.entrypoints.api.app import create_api
from comity.entrypoints.cli.access import HttpAccess, NodeClient
from comity.entrypoints.home import HomeLayout, load_operator_token, read_running
from comity.entrypoints.home.create import HomeWish
from comity.entrypoints.node_service import EventStream, NodeService
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

# A fork takes 50 ms where a start from nothing takes seconds of imports.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "comity.adapters.sqlite",
        "comity.bootstrap",
        "comity.domain.conflicts",
        "comity.entrypoints.api.app",
        "comity.entrypoints.api.server",
        "comity.entrypoints.cli.warming",
        "comity.entrypoints.demo.__main__",
        "comity.entrypoints.node_service.logs",
        "litestar.plugins.pydantic",  # litestar takes it where it is; not one of ours
        "tests.forked_ahead",
        "tests.node_homes",
    ]
)
OFFICER = OperatorId("officer")
record_requests()
hold_answers_to_their_description()
STARTED_S_MAX = 60.0
SETTLED_S_MAX = 60.0


def free_port() -> int:
    """A port that nobody uses now; peers keep the address on a card, so it must outlast a restart.

    A connection over it was closed from this side, which the system remembers for a minute: until then it
    gives the port to nobody who asks for any, and to a server that asks for this one (SO_REUSEADDR).
    """
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        socket.create_connection(taken.getsockname()),
    ):
        accepted, _ = taken.accept()
        accepted.close()
        port: int = taken.getsockname()[1]
    return port


def make_home(root: Path, name: str = "Aurelia", **settings: str | int | bool) -> HomeLayout:
    """A home with a peer port of its own; the system chooses the API's at each start."""
    wish = HomeWish(
        name=name,
        slug=name.lower(),
        operator=OFFICER,
        operator_name="First officer",
        root_passphrase=None,
        settings={"peer_port": free_port(), "api_port": 0, **settings},
    )
    return bootstrap.Composition().create_home(root, wish).layout


STREAMS = (b"text/event-stream", b"application/vnd.comity.track-stream", b"text/html")


class ApiUnderTest:
    """The API over a home, asked as a server would hand requests in."""

    def __init__(self, app: Any, service: NodeService, events: EventStream, token: str) -> None:
        self.app = app
        self.service = service
        self.events = events
        self.token = token

    async def ask(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        """One request; gives the status and what was told: JSON read, a stream as its bytes."""
        stated = {
            "host": "localhost:7480",
            "authorization": f"Bearer {self.token}",
            "content-type": "application/json",
            "content-length": str(len(body)),
            **(headers or {}),
        }
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in stated.items() if v],
            "server": ("localhost", 0),
            "client": ("localhost", 0),
            "state": {},
        }
        messages = [{"type": "http.request", "body": body, "more_body": False}]
        told: list[Any] = []

        async def receive() -> Any:
            return messages.pop() if messages else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            told.append(message)

        await self.app(scope, receive, send)
        content = b"".join(message.get("body", b"") for message in told[1:])
        media_type = dict(told[0]["headers"]).get(b"content-type", b"")
        if media_type.startswith(STREAMS):
            return told[0]["status"], content
        return told[0]["status"], json.loads(content) if content else None


@asynccontextmanager
async def api_over(layout: HomeLayout) -> AsyncIterator[ApiUnderTest]:
    """Open a home in this process and serve its API without a socket."""
    service = bootstrap.open_service(layout)
    events = EventStream(service)
    context = bootstrap.api_context(layout, service, events, lambda _: None, "node.example:7443")
    work = asyncio.create_task(service.run())
    try:
        yield ApiUnderTest(
            create_api(context), service, events, load_operator_token(layout, OFFICER)
        )
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        service.close()


@dataclass(frozen=True, slots=True)
class FastClock:
    """A time of day that goes so many times as fast from one moment on, alike in each process that has it."""

    speed: int
    begun_ns: int = field(default_factory=time.time_ns)

    def set(self) -> None:
        """Have this process go by it, for good."""
        SystemClock.now = lambda _: Instant(self.at_ns(time.time_ns()) // 1_000_000)  # type: ignore[method-assign]

    def at_ns(self, true_ns: int) -> int:
        """What it shows at a time."""
        return self.begun_ns + (true_ns - self.begun_ns) * self.speed


class RunningNode:
    """A node in a process of its own, forked from one that has imported everything already."""

    def __init__(self, layout: HomeLayout, clock: FastClock | None = None) -> None:
        self.layout = layout
        self.clock = clock
        self.log = layout.root / "node.log"
        self.start()

    def start(self) -> None:
        """Start the process and wait until it serves."""
        start_forkserver()
        self.process = FORKS.Process(
            target=serve, args=(self.layout.root, self.log, self.clock), daemon=True
        )
        self.process.start()
        until(self._serves, STARTED_S_MAX)
        running = read_running(self.layout)
        assert running is not None
        self.client = NodeClient(
            HttpAccess(running.api_address), load_operator_token(self.layout, OFFICER)
        )

    def _serves(self) -> bool:
        assert self.process.is_alive(), self.log.read_text()[-2000:]
        running = read_running(self.layout)
        return running is not None and running.process_id == self.process.pid

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int | None:
        """Ask it to end; gives its exit code."""
        assert self.process.pid is not None
        os.kill(self.process.pid, number)
        self.process.join(STARTED_S_MAX)
        return self.process.exitcode

    def kill(self) -> None:
        """End it with SIGKILL: it can finish nothing."""
        self.process.kill()
        self.process.join(20)


@functools.cache
def start_forkserver() -> None:
    """It takes its path from the environment alone (Python 3.11), so that goes with it."""
    before = dict(os.environ)
    os.environ.update(environment())
    try:
        forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(before)


def serve(home: Path, log: Path, clock: FastClock | None = None) -> None:
    """What `comity node run` does, in the process that this is called in."""
    if clock is not None:
        clock.set()
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    bootstrap.Composition().serve(home)


def environment() -> dict[str, str]:
    """This process's, with the sources in front."""
    root = Path(__file__).parents[1]
    return {**os.environ, "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"}


def until(happened: Callable[[], bool], within_s: float = SETTLED_S_MAX) -> None:
    """Wait for something that another process does."""
    deadline_s = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < deadline_s, f"not within {within_s:g} s"
        time.sleep(0.02)


def plan_file(
    callsign: str = "SURVEY1",
    *,
    west_deg: float = 24.5,
    south_deg: float = 59.9,
    day: str = "2030-01-02",
    **changes: Any,
) -> bytes:
    """A plan file of one flight over a box of a tenth of a degree, for an hour and a half."""
    east_deg, north_deg = west_deg + 0.1, south_deg + 0.1
    ring = [
        [west_deg, south_deg],
        [east_deg, south_deg],
        [east_deg, north_deg],
        [west_deg, north_deg],
        [west_deg, south_deg],
    ]
    properties: dict[str, Any] = {
        "callsign": callsign,
        "flight_class": "uncrewed",
        "priority": "general",
        "lower": {"value": 0, "unit": "m", "datum": "EGM2008"},
        "upper": {"value": 120, "unit": "m", "datum": "EGM2008"},
        "start": f"{day}T09:00:00Z",
        "end": f"{day}T10:30:00Z",
        **changes,
    }
    feature = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {name: value for name, value in properties.items() if value is not None},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
