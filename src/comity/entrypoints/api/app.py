"""The local API as one ASGI application: finds the endpoint, reads the request, tells the answer."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import msgspec
import structlog

from comity.adapters.file_keys import token_digest
from comity.application.access_errors import AccessError
from comity.domain.operators import STEP_UP, Action, Operator, authorise
from comity.entrypoints.api.access import ACCESS_ROUTES
from comity.entrypoints.api.air import AIR_ROUTES
from comity.entrypoints.api.areas import AREA_ROUTES
from comity.entrypoints.api.callers import Caller, Reply
from comity.entrypoints.api.calls import CALL_ROUTES
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.evidence import EVIDENCE_ROUTES
from comity.entrypoints.api.evidence_exports import EXPORT_ROUTES
from comity.entrypoints.api.flights import FLIGHT_ROUTES
from comity.entrypoints.api.groups import GROUP_ROUTES
from comity.entrypoints.api.hazards import HAZARD_ROUTES
from comity.entrypoints.api.history import HISTORY_ROUTES
from comity.entrypoints.api.incidents import INCIDENT_ROUTES
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
from comity.entrypoints.api.map_then import MAP_THEN_ROUTES
from comity.entrypoints.api.meetings import MEETING_ROUTES
from comity.entrypoints.api.movements import MOVEMENT_ROUTES
from comity.entrypoints.api.notices import NOTICE_ROUTES
from comity.entrypoints.api.observations import OBSERVATION_ROUTES
from comity.entrypoints.api.openapi import openapi_document
from comity.entrypoints.api.packs import PACK_ROUTES
from comity.entrypoints.api.parties import PARTY_ROUTES
from comity.entrypoints.api.phrases import PHRASE_ROUTES
from comity.entrypoints.api.places import PLACE_ROUTES
from comity.entrypoints.api.problems import (
    INTERNAL,
    PROBLEM_MEDIA_TYPE,
    Problem,
    access_problem,
    input_problem,
    problem_of,
    second_person_problem,
)
from comity.entrypoints.api.proposals import PROPOSAL_ROUTES, SecondPersonWaitsError
from comity.entrypoints.api.records import RECORD_ROUTES
from comity.entrypoints.api.route_actions import ROUTE_ACTIONS, Door, Wanted
from comity.entrypoints.api.routing import JSON_MEDIA_TYPES, EventSource, Route, get
from comity.entrypoints.api.sites import SITE_ROUTES
from comity.entrypoints.api.track_stream import TRACK_STREAM_ROUTES
from comity.entrypoints.api.watch import WATCH_ROUTES
from comity.entrypoints.console import ConsoleFiles, LoginPage
from comity.kernel.errors import ComityError, NotPermittedError, StoreError

REQUEST_BODY_BYTES_MAX = 33 << 20  # one flight plan file of the greatest size, and a little
ROUTES: tuple[Route, ...] = (
    *ACCESS_ROUTES,
    *AIR_ROUTES,
    *AREA_ROUTES,
    *CALL_ROUTES,
    *EVIDENCE_ROUTES,
    *EXPORT_ROUTES,
    *FLIGHT_ROUTES,
    *INCIDENT_ROUTES,
    *MOVEMENT_ROUTES,
    *HISTORY_ROUTES,
    *MAP_THEN_ROUTES,
    *LINE_ROUTES,
    *HAZARD_ROUTES,
    *NOTICE_ROUTES,
    *OBSERVATION_ROUTES,
    *PACK_ROUTES,
    *GROUP_ROUTES,
    *MAP_ROUTES,
    *MEETING_ROUTES,
    *PARTY_ROUTES,
    *PHRASE_ROUTES,
    *PLACE_ROUTES,
    *PROPOSAL_ROUTES,
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
    return LocalDoor(
        api,
        operator_of,
        context.access,
        context.service.now,
        host_names,
        ConsoleFiles(),
        LoginPage(),
    )


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
        reply = Reply()
        state = scope.setdefault("state", {})
        try:
            answer = await self._answer(scope, receive, reply)
            if reply.became is not None:
                state["became"] = reply.became
            if isinstance(answer, EventSource):
                await _send_events(answer, receive, send)
            else:
                content = msgspec.json.encode(answer)
                await _send(send, 200, content, "application/json", *reply.headers)
        except _RefusedError as refused:
            state["outcome"] = refused.problem.reason
            await _send_problem(send, refused.problem)
        except SecondPersonWaitsError as waits:
            state["outcome"] = "second-person"
            await _send_problem(send, second_person_problem(waits.proposal))
        except AccessError as error:
            state["outcome"] = error.reason
            later = [] if error.retry_after_s is None else [_retry_after(error.retry_after_s)]
            await _send_problem(send, problem_of(error), *later)
        except ComityError as error:
            problem = problem_of(error)
            state["outcome"] = problem.reason
            await _send_problem(send, problem)
        except asyncio.CancelledError:  # the node ends, and this took longer than it waits
            await _send_problem(
                send, problem_of(StoreError("closing", "this node is shutting down"))
            )
        except Exception:  # noqa: BLE001 - whatever it was: logged here, told as a fault and no more
            _LOG.exception("request-failed", method=scope["method"], path=scope["path"])
            await _send_problem(send, INTERNAL)

    async def _answer(self, scope: Scope, receive: Receive, reply: Reply) -> Any:
        route, found = self._route(scope["method"], scope["path"])
        scope["state"]["route"] = f"{route.method} {route.path}"
        caller: Caller = scope["state"]["caller"]  # put there by LocalDoor
        self._permit(route, caller)
        arguments: dict[str, Any] = {
            **found,
            **route.read_query(scope["query_string"].decode("latin-1")),
        }
        content = await _read_body(route, scope, receive)
        arguments |= route.read_body(content)
        if "context" in route.injected:
            arguments["context"] = self._context
        if "operator" in route.injected:
            arguments["operator"] = scope["state"]["operator"]
        if "caller" in route.injected:
            arguments["caller"] = caller
        if "reply" in route.injected:
            arguments["reply"] = reply
        return await route.handler(**arguments)

    def _permit(self, route: Route, caller: Caller) -> None:
        """Hold a caller to the one table, whatever the endpoint looks at itself."""
        wanted = ROUTE_ACTIONS.get((route.method, route.path))
        if wanted is None:
            why = f"{route.method} {route.path} stands in no table of what may be done"
            raise _RefusedError(access_problem(403, "not-in-table", "path", why))
        if wanted is Door.OPEN:
            return
        if caller.operator is None:
            why = "no operator of this node has this token"
            raise _RefusedError(access_problem(401, "token-refused", "authorization", why))
        actions = _actions(wanted)
        if actions:
            _authorise_one(caller.operator, actions)
        session = caller.session
        if session is None or not actions or not STEP_UP.issuperset(actions):
            return
        if not session.may_sign(self._context.service.now()):
            why = f"{actions[0]} takes a passkey or code used at most 5 minutes ago"
            raise AccessError("step-up-required", why)

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


def _actions(wanted: Wanted) -> tuple[Action, ...]:
    match wanted:
        case Door():
            return ()
        case Action():
            return (wanted,)
        case _:
            return wanted


def _authorise_one(operator: Operator, actions: tuple[Action, ...]) -> None:
    """Check that one of them at least is permitted; the endpoint looks which it is."""
    for each in actions[:-1]:
        try:
            authorise(operator, each)
        except NotPermittedError:
            continue
        return
    authorise(operator, actions[-1])


def _retry_after(wait_s: float) -> tuple[bytes, bytes]:
    return b"retry-after", str(max(1, round(wait_s))).encode()


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


async def _send_problem(send: Send, problem: Problem, *more: tuple[bytes, bytes]) -> None:
    # Where a body was not read to its end, what follows would be taken for a request.
    close = problem.status == 413
    content = msgspec.json.encode(problem)
    await _send(send, problem.status, content, PROBLEM_MEDIA_TYPE, *more, close=close)


async def _send(
    send: Send,
    status: int,
    content: bytes,
    media_type: str,
    *more: tuple[bytes, bytes],
    close: bool = False,
) -> None:
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(content)).encode()),
        *more,
    ]
    if close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
