"""How the command line reaches a node: over its local API, or in this process where it does not run."""

import asyncio
import http.client
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar
from urllib.parse import quote, unquote, urlencode

import msgspec

from comity.adapters.file_keys import check_token, load_token
from comity.entrypoints.api.local_door import OPERATOR_HEADER
from comity.entrypoints.api.problems import Problem, error_of
from comity.entrypoints.cli.exit_codes import NodeUnreachableError
from comity.entrypoints.home import (
    HomeLayout,
    load_operator_token,
    read_running,
    read_starting,
    split_address,
    token_holders,
)
from comity.kernel.errors import ComityError, InputError
from comity.kernel.ids import OperatorId, operator_id

if TYPE_CHECKING:
    from comity.application.reconstruct import Reconstruction
    from comity.domain.airspace import Altitude
    from comity.domain.alerts.border_lines import BorderLines
    from comity.domain.tracks import Plot
    from comity.entrypoints.api.local_door import AsgiApp
    from comity.entrypoints.cli.sources import AreaSources
    from comity.entrypoints.home.create import CreatedHome, HomeWish
    from comity.entrypoints.node_service import NodeService

ANSWER_S_MAX = 60.0
NODE_VARIABLE = "COMITY_NODE"
TOKEN_VARIABLE = "COMITY_TOKEN_FILE"  # noqa: S105 - the variable's name, not a secret
Told = TypeVar("Told")


class NodeAccess(Protocol):
    """A way to ask a node's API."""

    def ask(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """One request; gives the status and the body.

        Raises:
            NodeUnreachableError: nobody answers.
        """
        ...


class Composition(Protocol):
    """What the command line cannot make for itself; `bootstrap` does."""

    def create_home(self, home: Path, wish: "HomeWish") -> "CreatedHome":
        """Make a new home."""
        ...

    def serve(self, home: Path) -> None:
        """Run the node of a home until it is told to end."""
        ...

    def offline(self, home: Path) -> AbstractContextManager[NodeAccess]:
        """The API of a node that does not run, in this process."""
        ...

    def recording(self, file: Path, begins: str | None) -> "PlayedRecording":
        """A recording of tracks, of whatever known format."""
        ...

    def reconstruction(self, home: Path) -> "Reconstruction":
        """What a home holds, asked of any moment; its node may run or not."""
        ...

    def border_lines(self, data_set: Path | None) -> "BorderLines":
        """The lines of a border data set; the packaged one where none is named."""
        ...

    def area_sets(self, files: Sequence[Path], *, borders: bool) -> "AreaSources":
        """Areas of files, and the packaged borders where wanted."""
        ...

    def altitude(self, text: str) -> "Altitude | None":
        """A height as a person writes it."""
        ...


class PlayedRecording(Protocol):
    """A recording of tracks, opened."""

    @property
    def format_name(self) -> str:
        """What it is."""
        ...

    def plots(self) -> Iterator["Plot"]:
        """Its plots, in the order of the file."""
        ...

    def counts(self) -> dict[str, Any]:
        """What was read, and what was wrong with it."""
        ...


@dataclass(frozen=True, slots=True)
class HttpAccess:
    """The API of a running node.

    Attributes:
        certificate: of the node where it has TLS; no other is taken, whatever name it bears.
    """

    address: str
    certificate: str | None = None

    def ask(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """One request over one connection."""
        host, port = split_address(self.address, "api_address")
        connection = self._connection(host, port)
        try:
            connection.request(method, target, body or None, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise NodeUnreachableError(f"the node at {self.address} does not answer") from error
        finally:
            connection.close()

    def _connection(self, host: str, port: int) -> http.client.HTTPConnection:
        if self.certificate is None:
            return http.client.HTTPConnection(host, port, timeout=ANSWER_S_MAX)
        import ssl  # noqa: PLC0415 - so that the command line starts at once

        context = ssl.create_default_context(cafile=self.certificate)
        context.check_hostname = False  # the certificate itself is pinned
        return http.client.HTTPSConnection(host, port, timeout=ANSWER_S_MAX, context=context)


class InProcessAccess:
    """The API of a node that this process has opened for the length of a `with` block."""

    def __init__(self, loop: asyncio.Runner, app: "AsgiApp", service: "NodeService") -> None:
        self._loop = loop
        self._app = app
        self._service = service
        self._work: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        """Start the node's batches."""
        self._work = self._loop.get_loop().create_task(self._service.run())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End them and close the store."""
        self._loop.run(self._end())
        self._service.close()

    def ask(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """One request, handed to the application as a server would."""
        return self._loop.run(self._ask(method, target, body, headers))

    async def _ask(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        path, _, query = target.partition("?")
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [
                (b"host", b"localhost"),
                (b"content-length", str(len(body)).encode()),
                *((name.encode(), value.encode()) for name, value in headers.items()),
            ],
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

        await self._app(scope, receive, send)
        return told[0]["status"], b"".join(message.get("body", b"") for message in told[1:])

    async def _end(self) -> None:
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class NodeClient:
    """A node's API as one operator uses it.

    Attributes:
        access: the way to it.
        token: the operator's secret.
        operator: who it is to be; the node refuses where the token is another's. None: whoever it is.
    """

    access: NodeAccess
    token: str
    operator: OperatorId | None = None

    def get(
        self, path: str, kind: type[Told], **query: str | int | bool | list[str] | None
    ) -> Told:
        """Read something."""
        return self._ask("GET", path, b"", kind, query)

    def post(
        self, path: str, body: Any, kind: type[Told], **query: str | int | bool | list[str] | None
    ) -> Told:
        """Ask for something; `body` is bytes that are JSON already, or a value."""
        encoded = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return self._ask("POST", path, encoded, kind, query)

    def _ask(
        self, method: str, path: str, body: bytes, kind: type[Told], query: dict[str, Any]
    ) -> Told:
        stated = {
            name: str(value).lower() if isinstance(value, bool) else value
            for name, value in query.items()
            if value is not None
        }
        target = quote(path, safe="/:")  # what was typed into it stays within its part
        if stated:
            target += f"?{urlencode(stated, doseq=True)}"
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        if self.operator is not None:
            headers[OPERATOR_HEADER] = self.operator
        status, answer = self.access.ask(method, target, body, headers)
        if status >= 400:
            raise _refusal(status, answer)
        try:
            return msgspec.json.decode(answer, type=kind)
        except msgspec.MsgspecError as error:
            raise NodeUnreachableError(
                f"the node answers in a form that this command does not know ({error}); "
                "node and command must be of one version: comity status tells the node's"
            ) from error


@contextmanager
def open_node(
    composition: Composition, home: Path, operator: str | None, *, running_only: bool = False
) -> Iterator[NodeClient]:
    """A node's API: of the running node, or of its home where it does not run.

    Raises:
        NodeUnreachableError: it starts, or it does not run and what is asked needs it to.
        InputError: the home is none, more operators than one have a token here and none is named, or
            what was typed is no token.
        StoreError: the token cannot be read, or another process has the store.
    """
    layout = HomeLayout(home)
    address = os.environ.get(NODE_VARIABLE)
    if address is None and not layout.config.exists():
        raise InputError("home", f"{home} is not a node's home; comity init makes one")
    acting = _acting(layout, None if operator is None else operator_id(operator))
    if address is not None:
        split_address(address, NODE_VARIABLE)
        yield NodeClient(HttpAccess(address), *acting)
        return
    running = read_running(layout)
    if running is None:
        refuse_while_starting(layout)
        running = read_running(layout)  # it may have come to serve between the two looks
    if running is not None:
        yield NodeClient(HttpAccess(running.api_address, running.api_certificate), *acting)
    elif running_only:
        raise NodeUnreachableError(f"the node of {home} is not running; start it: comity node run")
    else:
        with composition.offline(home) as access:
            yield NodeClient(access, *acting)


def refuse_while_starting(layout: HomeLayout) -> None:
    """A node that starts has its store, and answers nobody yet.

    Raises:
        NodeUnreachableError: it starts; since when and how far it is.
    """
    starting = read_starting(layout)
    if starting is not None:
        raise NodeUnreachableError(f"the node of {layout.root} {starting.words}; ask again")


def _acting(layout: HomeLayout, stated: OperatorId | None) -> tuple[str, OperatorId | None]:
    """The secret of whoever acts, and their id where it is known: of a file of their own, of the home, or asked for."""
    own_file = os.environ.get(TOKEN_VARIABLE)
    if own_file is not None:
        return load_token(Path(own_file).expanduser()), stated
    if stated is None:
        holders = token_holders(layout)
        if len(holders) != 1:
            names = ", ".join(holders) or "none"
            raise InputError("operator", f"name one with --operator; tokens are here for: {names}")
        stated = holders[0]
    if stated not in token_holders(layout) and sys.stdin.isatty():
        return check_token(getpass(f"Token of {stated}: ")), stated
    return load_operator_token(layout, stated), stated


def _refusal(status: int, answer: bytes) -> ComityError:
    try:
        problem = msgspec.json.decode(answer, type=Problem)
    except msgspec.DecodeError as error:
        raise NodeUnreachableError(f"the node answered {status} without a reason") from error
    told = error_of(problem)
    if told is None:
        raise RuntimeError(f"the node had a fault of its own: {problem.why}")
    return told
