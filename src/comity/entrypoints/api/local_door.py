"""The outermost layer of the local API: who may speak to it at all, before anything is parsed."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from comity.domain.operators import Operator
from comity.entrypoints.api.problems import (
    PROBLEM_MEDIA_TYPE,
    Problem,
    access_problem,
)
from comity.entrypoints.console import CONSOLE_PATH, ConsoleFiles

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK_NAMES = frozenset({"127.0.0.1", "::1", "localhost"})
OPERATOR_HEADER = "comity-operator"
"""Who the caller means to be; refused where the token is another's."""

_BEARER = "Bearer "


class LocalDoor:
    """Lets in requests to this machine's own names, with an operator's token.

    A web page that this very node served may ask, with a token; no other page may. One that a browser
    on this machine has open can send requests here, under a name that its owner made point to
    127.0.0.1; the Host header then carries that name (DNS rebinding).
    """

    def __init__(
        self,
        app: AsgiApp,
        operator_of: Callable[[str], Operator | None],
        host_names: frozenset[str] = LOOPBACK_NAMES,
        console: ConsoleFiles | None = None,
    ) -> None:
        """Guard an application.

        Args:
            app: what is guarded; finds the operator in `scope["state"]["operator"]`.
            operator_of: the operator whose token this is, or None.
            host_names: names of this machine that requests may be addressed to.
            console: pages without data, served without a token.
        """
        self._app = app
        self._operator_of = operator_of
        self._host_names = host_names
        self._console = console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        operator = self._operator(headers)
        refusal = self._foreign(headers)
        if refusal is None and self._console and scope["path"].startswith(CONSOLE_PATH):
            await self._console(scope["method"], scope["path"], send)
            return
        refusal = refusal or self._refusal(headers, operator)
        if refusal is not None:
            await _refuse(send, refusal)
            return
        scope.setdefault("state", {})["operator"] = operator
        await self._app(scope, receive, send)

    def _operator(self, headers: dict[bytes, str]) -> Operator | None:
        stated = headers.get(b"authorization", "")
        return self._operator_of(stated[len(_BEARER) :]) if stated.startswith(_BEARER) else None

    def _foreign(self, headers: dict[bytes, str]) -> Problem | None:
        name = _host_name(headers.get(b"host", ""))
        if name not in self._host_names:
            why = f"{name[:80]!r} is none of {', '.join(sorted(self._host_names))}"
            return access_problem(403, "host-refused", "host", why)
        if b"origin" in headers and headers[b"origin"] != f"http://{headers[b'host']}":
            why = "requests of web pages that this node did not serve are not taken"
            return access_problem(403, "origin-refused", "origin", why)
        return None

    def _refusal(self, headers: dict[bytes, str], operator: Operator | None) -> Problem | None:
        if operator is None:
            why = "no operator of this node has this token"
            return access_problem(401, "token-refused", "authorization", why)
        meant = headers.get(OPERATOR_HEADER.encode())
        if meant is not None and meant != operator.id:
            why = f"the token is not that of {meant[:40]!r}"
            return access_problem(401, "token-refused", OPERATOR_HEADER, why)
        return None


def _host_name(host: str) -> str:
    """The name in a Host header, without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if ":" in host else host


async def _refuse(send: Send, problem: Problem) -> None:
    body = msgspec.json.encode(problem)
    headers = [
        (b"content-type", PROBLEM_MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
