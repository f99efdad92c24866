"""The local API as one ASGI application: finds the endpoint, reads the request, tells the answer."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import msgspec
import structlog

from comity.adapters.file_keys import token_digest
from comity.domain.operators import Operator
from comity.entrypoints.api.air import AIR_ROUTES
from comity.entrypoints.api.areas import AREA_ROUTES
from comity.entrypoints.api.calls import CALL_ROUTES
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.evidence import EVIDENCE_ROUTES
from comity.entrypoints.api.flights import FLIGHT_ROUTES
from comity.entrypoints.api.groups import GROUP_ROUTES
from comity.entrypoints.api.line import LINE_ROUTES
from comity.entrypoints.api.local_door import (
    LOOPBACK_NAMES,
    AsgiApp,
    LocalDoor,
    Receive,
    Scope,
    Send,
)
from comity.entrypoints.api.map_scene import MAP_ROUTES
from comity.entrypoints.api.meetings import MEETING_ROUTES
from comity.entrypoints.api.movements import MOVEMENT_ROUTES
from comity.entrypoints.api.notices import NOTICE_ROUTES
from comity.entrypoints.api.observations import OBSERVATION_ROUTES
from comity.entrypoints.api.openapi import openapi_document
from comity.entrypoints.api.parties import PARTY_ROUTES
from comity.entrypoints.api.phrases import PHRASE_ROUTES
from comity.entrypoints.api.places import PLACE_ROUTES
from comity.entrypoints.api.problems import (
    INTERNAL,
    PROBLEM_MEDIA_TYPE,
    Problem,
    input_problem,
    problem_of,
)
from comity.entrypoints.api.records import RECORD_ROUTES
from comity.entrypoints.api.routing import JSON_MEDIA_TYPES, EventSource, Route, get
from comity.entrypoints.api.sites import SITE_ROUTES
from comity.entrypoints.api.track_stream import TRACK_STREAM_ROUTES
from comity.entrypoints.api.watch import WATCH_ROUTES
from comity.entrypoints.console import ConsoleFiles
from comity.kernel.errors import ComityError, StoreError

REQUEST_BODY_BYTES_MAX = 33 << 20  # one flight plan file of the greatest size, and a little
ROUTES: tuple[Route, ...] = (
    *AIR_ROUTES,
    *AREA_ROUTES,
    *CALL_ROUTES,
    *EVIDENCE_ROUTES,
    *FLIGHT_ROUTES,
    *MOVEMENT_ROUTES,
    *LINE_ROUTES,
    *NOTICE_ROUTES,
    *OBSERVATION_ROUTES,
    *GROUP_ROUTES,
    *MAP_ROUTES,
    *MEETING_ROUTES,
    *PARTY_ROUTES,
    *PHRASE_ROUTES,
    *PLACE_ROUTES,
    *RECORD_ROUTES,
    *SITE_ROUTES,
    *TRACK_STREAM_ROUTES,
    *WATCH_ROUTES,
)

_LOG = structlog.get_logger("comity.api")


class _RefusedError(Exception):
    """A request that no endpoint takes."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def create_api(context: ApiContext, host_names: frozenset[str] = LOOPBACK_NAMES) -> AsgiApp:
    """The API over one node, behind its door."""

    def operator_of(token: str) -> Operator | None:
        return context.operators.acting_with(token_digest(token))

    api = LocalApi(context, (*ROUTES, show_openapi))
    return LocalDoor(api, operator_of, host_names, ConsoleFiles())


@get("/v1/openapi.json", summary="This API, described as OpenAPI 3.1")
async def show_openapi() -> dict[str, Any]:
    """The same that docs/reference/api.md is written from."""
    return openapi_document(ROUTES)


class LocalApi:
    """Answers requests that the door has let in."""

    def __init__(self, context: ApiContext, routes: Iterable[Route]) -> None:
        # Of two templates that fit, the one with more words of its own is meant.
        self._routes = sorted(routes, key=lambda each: len(each.path_names))
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            answer = await self._answer(scope, receive)
            if isinstance(answer, EventSource):
                await _send_events(answer, receive, send)
            else:
                await _send(send, 200, msgspec.json.encode(answer), "application/json")
        except _RefusedError as refused:
            await _send_problem(send, refused.problem)
        except ComityError as error:
            await _send_problem(send, problem_of(error))
        except asyncio.CancelledError:  # the node ends, and this took longer than it waits
            await _send_problem(
                send, problem_of(StoreError("closing", "this node is shutting down"))
            )
        except Exception:  # noqa: BLE001 - whatever it was: logged here, told as a fault and no more
            _LOG.exception("request-failed", method=scope["method"], path=scope["path"])
            await _send_problem(send, INTERNAL)

    async def _answer(self, scope: Scope, receive: Receive) -> Any:
        route, found = self._route(scope["method"], scope["path"])
        arguments: dict[str, Any] = {
            **found,
            **route.read_query(scope["query_string"].decode("latin-1")),
        }
        content = await _read_body(route, scope, receive)
        arguments |= route.read_body(content)
        if "context" in route.injected:
            arguments["context"] = self._context
        if "operator" in route.injected:
            arguments["operator"] = scope["state"]["operator"]  # put there by LocalDoor
        return await route.handler(**arguments)

    def _route(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        segments = tuple(path.strip("/").split("/"))
        matching = [
            (each, found) for each in self._routes if (found := each.match(segments)) is not None
        ]
        for route, found in matching:
            if route.method == method:
                return route, found
        if matching:
            taken = ", ".join(sorted({each.method for each, _ in matching}))
            raise _refused(405, "method-not-taken", None, f"{path[:80]} takes {taken}")
        raise _refused(404, "no-such-path", None, f"{path[:80]} is no path of this API")


def _refused(status: int, reason: str, field: str | None, why: str) -> _RefusedError:
    return _RefusedError(input_problem(status, reason, field, why))


async def _read_body(route: Route, scope: Scope, receive: Receive) -> bytes:
    headers = dict(scope["headers"])
    stated = headers.get(b"content-length", b"0")
    if stated.isdigit() and int(stated[:20]) > REQUEST_BODY_BYTES_MAX:
        raise _too_large()
    chunks: list[bytes] = []
    size_bytes = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _refused(400, "cut-short", "body", "the request ended before its body did")
        chunks.append(message.get("body", b""))
        size_bytes += len(chunks[-1])
        if size_bytes > REQUEST_BODY_BYTES_MAX:
            raise _too_large()
        if not message.get("more_body", False):
            break
    media_type = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip()
    if route.body is not None and media_type and media_type.lower() not in JSON_MEDIA_TYPES:
        why = f"{media_type[:80]!r} is none of {', '.join(sorted(JSON_MEDIA_TYPES))}"
        raise _refused(415, "media-type", "content-type", why)
    return b"".join(chunks)


def _too_large() -> _RefusedError:
    return _refused(413, "too-large", "body", f"at most {REQUEST_BODY_BYTES_MAX} bytes")


async def _send_events(source: EventSource, receive: Receive, send: Send) -> None:
    """Tell events until the stream ends or the watcher goes."""
    async with source.open() as events:
        headers = [
            (b"content-type", source.media_type.encode()),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
            *source.headers,
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        telling = asyncio.create_task(_tell(events, send))
        gone = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({telling, gone}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            pass  # the node ends; so does the stream
        finally:
            telling.cancel()
            gone.cancel()
            ended = await asyncio.gather(telling, gone, return_exceptions=True)
        if isinstance(ended[0], Exception):
            _LOG.error("stream-failed", exc_info=ended[0])
    await send({"type": "http.response.body", "body": b""})


async def _tell(events: AsyncIterator[bytes], send: Send) -> None:
    async for event in events:
        await send({"type": "http.response.body", "body": event, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_problem(send: Send, problem: Problem) -> None:
    # Where a body was not read to its end, what follows would be taken for a request.
    close = problem.status == 413
    content = msgspec.json.encode(problem)
    await _send(send, problem.status, content, PROBLEM_MEDIA_TYPE, close=close)


async def _send(
    send: Send, status: int, content: bytes, media_type: str, *, close: bool = False
) -> None:
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(content)).encode()),
    ]
    if close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
