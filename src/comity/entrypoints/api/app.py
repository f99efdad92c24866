"""The local API as one ASGI application."""

import sys
from typing import Any, cast

import msgspec
from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from comity import __version__
from comity.domain.operators import Operator
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.flights import flights_router
from comity.entrypoints.api.local_door import LOOPBACK_NAMES, AsgiApp, LocalDoor
from comity.entrypoints.api.parties import parties_router
from comity.entrypoints.api.problems import (
    INTERNAL,
    PROBLEM_MEDIA_TYPE,
    Problem,
    input_problem,
    problem_of,
)
from comity.entrypoints.api.records import records_router
from comity.entrypoints.home import token_digest
from comity.kernel.errors import ComityError

REQUEST_BODY_BYTES_MAX = 33 << 20  # one flight plan file of the greatest size, and a little


def create_api(context: ApiContext, host_names: frozenset[str] = LOOPBACK_NAMES) -> AsgiApp:
    """The API over one node, behind its door."""

    def context_provided() -> ApiContext:
        return context

    app = Litestar(
        route_handlers=[flights_router(), parties_router(), records_router()],
        dependencies={
            "context": Provide(context_provided, sync_to_thread=False, use_cache=True),
            "operator": Provide(_operator, sync_to_thread=False),
        },
        exception_handlers={
            ComityError: _tell_error,
            HTTPException: _tell_http_error,
            RecursionError: _tell_too_deep,
            Exception: _tell_fault,
        },
        openapi_config=OpenAPIConfig(
            title="Comity, local API",
            version=__version__,
            path="/v1/openapi",
            render_plugins=[JsonRenderPlugin()],
        ),
        request_max_body_size=REQUEST_BODY_BYTES_MAX,
        logging_config=None,
    )

    def operator_of(token: str) -> Operator | None:
        digest = token_digest(token)
        return next((each for each in context.operators if each.secret_hash == digest), None)

    return LocalDoor(cast("AsgiApp", app), operator_of, host_names)


def _operator(request: Request[Any, Any, Any]) -> Operator:
    operator: Operator = request.scope["state"]["operator"]  # put there by LocalDoor
    return operator


def _tell_error(_request: Request[Any, Any, Any], error: ComityError) -> Response[bytes]:
    return _response(problem_of(error))


def _tell_http_error(_request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    if isinstance(error, ValidationException):
        extra = error.extra
        found: Any = extra[0] if isinstance(extra, list) and extra else {}
        field = str(found.get("key") or "body")
        why = str(found.get("message") or error.detail)
        return _response(input_problem(400, "input-refused", field, why))
    reason = {404: "no-such-path", 405: "method-not-taken", 413: "too-large"}.get(
        error.status_code, "input-refused"
    )
    if error.status_code >= 500:
        return _response(INTERNAL)
    why = str(error.detail)
    if error.status_code == 413:
        why = f"at most {REQUEST_BODY_BYTES_MAX} bytes"
    return _response(input_problem(error.status_code, reason, None, why))


def _tell_too_deep(_request: Request[Any, Any, Any], _error: Exception) -> Response[bytes]:
    why = f"nested deeper than {sys.getrecursionlimit()} levels"
    return _response(input_problem(400, "too-deep", "body", why))


def _tell_fault(_request: Request[Any, Any, Any], _error: Exception) -> Response[bytes]:
    return _response(INTERNAL)


def _response(problem: Problem) -> Response[bytes]:
    return Response(
        content=msgspec.json.encode(problem),
        status_code=problem.status,
        media_type=PROBLEM_MEDIA_TYPE,
    )
