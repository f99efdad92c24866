"""The peer door as an ASGI application: three endpoints, each limit named in its refusal."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from comity.adapters.http_peer.pins import PeerPins
from comity.adapters.http_peer.wire import (
    BODY_READ_S_MAX,
    CONNECTIONS_OF_A_PEER_MAX,
    HELLO_PATH,
    PEER_VERSIONS,
    PROBLEM_MEDIA_TYPE,
    PULL_MEDIA_TYPE,
    PULL_PATH,
    PULLS_WAITING_MAX,
    REQUEST_BODY_BYTES_MAX,
    REQUEST_COST_BYTES,
    SERVED_BYTES_BURST,
    SERVED_BYTES_PER_S,
    WAKE_PATH,
)
from comity.domain.peering import Allowance
from comity.kernel.errors import AgreementError, InputError, PeerError, RecordError, StoreError
from comity.kernel.ids import PartyId

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_METHODS = {HELLO_PATH: "GET", PULL_PATH: "POST", WAKE_PATH: "POST"}
_PEER_PATH = re.compile(r"/peer/v(\d{1,4})/")


class PeerExchange(Protocol):
    """What the node does for peers; the door only carries bytes."""

    @property
    def party(self) -> PartyId:
        """Whose door this is."""
        ...

    async def serve_pull(self, peer: PartyId, request_bytes: bytes) -> bytes:
        """The answer to a pull, once there is news or the wait that it asks for is over.

        Raises:
            ComityError: it is refused; the peer is told the reason.
        """
        ...

    def heard_from(self, peer: PartyId) -> None:
        """A peer is there: whoever waits to try it again may do so now."""
        ...


class _RefusedError(Exception):
    """A request this door turns away."""

    def __init__(self, status: int, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.detail = detail


class PeerDoor:
    """Answers peers whose certificate is pinned at the moment of the request."""

    def __init__(self, pins: PeerPins, exchange: PeerExchange) -> None:
        self._pins = pins
        self._exchange = exchange
        self._waiting: Counter[PartyId] = Counter()
        self._connections: Counter[PartyId] = Counter()
        self._served: dict[PartyId, Allowance] = {}

    def connected(self, certificate: str | None) -> Callable[[], None] | None:
        """What to call when a new connection ends; None where its peer has as many as it may."""
        peer = self._pins.party_of(certificate)
        if peer is None:  # unpinned since its handshake: refused by name at its first request
            return lambda: None
        if self._connections[peer] >= CONNECTIONS_OF_A_PEER_MAX:
            return None
        self._connections[peer] += 1

        def ended() -> None:
            self._connections[peer] -= 1

        return ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            body = await self._answer(scope, receive)
        except _RefusedError as refused:
            await _send_problem(send, refused.status, refused.reason, refused.detail)
        except InputError as error:
            await _send_problem(send, 400, "input-refused", str(error))
        except StoreError as error:
            await _send_problem(send, 503, "store-failed", error.reason)
        except (RecordError, PeerError, AgreementError) as error:
            await _send_problem(send, 409, error.reason, error.detail)
        except asyncio.CancelledError:  # the node ends, and this took longer than it waits
            await _send_problem(send, 503, "closing", "this node is shutting down")
        else:
            status, media_type = (204, None) if body is None else (200, _media_type(scope))
            await _send(send, status, body or b"", media_type)

    async def _answer(self, scope: Scope, receive: Receive) -> bytes | None:
        peer = self._pins.party_of(scope["state"].get("peer_certificate"))
        if peer is None:
            raise _RefusedError(403, "not-a-peer", "this certificate is not pinned here")
        path = scope["path"]
        if path not in _METHODS:
            raise _no_such_path(path)
        if scope["method"] != _METHODS[path]:
            why = f"{path} takes {_METHODS[path]}, not {scope['method']}"
            raise _RefusedError(405, "method-not-taken", why)
        allowance = self._served.setdefault(peer, Allowance(SERVED_BYTES_BURST, SERVED_BYTES_PER_S))
        time_s = asyncio.get_running_loop().time
        allowance.spend(REQUEST_COST_BYTES, time_s())
        await asyncio.sleep(allowance.wait_s(time_s()))  # others are served meanwhile
        body = await self._body_for(peer, path, scope, receive)
        allowance.spend(len(body or b""), time_s())
        return body

    async def _body_for(
        self, peer: PartyId, path: str, scope: Scope, receive: Receive
    ) -> bytes | None:
        if path == HELLO_PATH:
            return self._hello()
        if path == WAKE_PATH:
            self._exchange.heard_from(peer)
            return None
        request_bytes = await _read_body(scope, receive)
        if self._waiting[peer] >= PULLS_WAITING_MAX:
            why = f"{PULLS_WAITING_MAX} pulls of this peer are waiting, the most there may be"
            raise _RefusedError(429, "too-many-pulls", why)
        self._waiting[peer] += 1
        try:
            return await self._exchange.serve_pull(peer, request_bytes)
        finally:
            self._waiting[peer] -= 1

    def _hello(self) -> bytes:
        answer = {"versions": list(PEER_VERSIONS), "party": self._exchange.party}
        return json.dumps(answer).encode()


def _no_such_path(path: str) -> _RefusedError:
    versioned = _PEER_PATH.match(path)
    if versioned and int(versioned[1]) not in PEER_VERSIONS:
        why = f"asked for peer protocol {int(versioned[1])}, this node speaks {list(PEER_VERSIONS)}"
        return _RefusedError(400, "version-not-spoken", why)
    return _RefusedError(404, "no-such-path", f"peers may use {', '.join(sorted(_METHODS))}")


async def _read_body(scope: Scope, receive: Receive) -> bytes:
    stated = dict(scope["headers"]).get(b"content-length", b"0")
    if stated.isdigit() and int(stated) > REQUEST_BODY_BYTES_MAX:
        raise _too_large(int(stated))
    chunks: list[bytes] = []
    size_bytes = 0
    try:
        async with asyncio.timeout(BODY_READ_S_MAX):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _RefusedError(400, "cut-short", "the request ended before its body did")
                chunks.append(message.get("body", b""))
                size_bytes += len(chunks[-1])
                if size_bytes > REQUEST_BODY_BYTES_MAX:
                    raise _too_large(size_bytes)
                if not message.get("more_body", False):
                    return b"".join(chunks)
    except TimeoutError as error:
        why = f"the body took longer than {BODY_READ_S_MAX:g} s"
        raise _RefusedError(408, "too-slow", why) from error


def _too_large(size_bytes: int) -> _RefusedError:
    why = f"body of {size_bytes} bytes or more, at most {REQUEST_BODY_BYTES_MAX}"
    return _RefusedError(413, "too-large", why)


def _media_type(scope: Scope) -> str:
    return PULL_MEDIA_TYPE if scope["path"] == PULL_PATH else "application/json"


async def _send_problem(send: Send, status: int, reason: str, detail: str) -> None:
    problem = {
        "title": reason,
        "status": status,
        "reason": reason,
        "detail": detail,
        "versions": list(PEER_VERSIONS),
    }
    # A refused peer's connection is not kept: what it goes on sending would be read as requests.
    await _send(send, status, json.dumps(problem).encode(), PROBLEM_MEDIA_TYPE, close=True)


async def _send(
    send: Send, status: int, body: bytes, media_type: str | None, *, close: bool = False
) -> None:
    headers = [] if status == 204 else [(b"content-length", str(len(body)).encode())]
    if media_type is not None:
        headers.append((b"content-type", media_type.encode()))
    if close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
