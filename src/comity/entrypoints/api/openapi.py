"""The API described by itself: OpenAPI 3.1, made from the endpoints' signatures."""

from collections.abc import Iterable
from inspect import cleandoc
from typing import Any

import msgspec

from comity import __version__
from comity.domain.operators import Action
from comity.entrypoints.api.api_examples import Example, examples
from comity.entrypoints.api.callers import LOOPBACK_COOKIE, SECURE_COOKIE
from comity.entrypoints.api.problems import PROBLEM_MEDIA_TYPE, Problem
from comity.entrypoints.api.route_actions import ROUTE_ACTIONS, Door
from comity.entrypoints.api.routing import EventSource, FrameSource, Route
from comity.entrypoints.node_service import Event

SECURITY_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "the token of an operator's home (comity-…) or of a machine (comity-api-…)",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SECURE_COOKIE,
        "description": f"made at login; {LOOPBACK_COOKIE}PORT on plain loopback",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "Comity-Csrf",
        "description": "beside the cookie, for what changes something; told by /v1/access/session",
    },
}
API_VERSION = 1
"""Of every path; docs/reference/api.md says what may change within it."""

VERSIONS = (
    "Every path begins with the version of the API. Within a version fields and paths are added, none is taken "
    "away and none means something else; a reader passes over fields that it does not know. A breaking change has "
    "a version of its own, and the one before is served for one release beside it. A stream has a version of its "
    "own, told as `x-stream`."
)

_REF = "#/components/schemas/{name}"


def openapi_document(routes: Iterable[Route]) -> dict[str, Any]:
    """The whole description.

    Source: OpenAPI Specification 3.1.0; schemas are JSON Schema 2020-12.
    """
    listed = sorted(routes, key=lambda each: (each.path, each.method))
    kinds = [kind for each in listed for kind in _kinds(each)]
    schemas, components = msgspec.json.schema_components(
        [*kinds, Problem, Event], ref_template=_REF
    )
    for component in components.values():
        if "description" in component:  # a docstring, with its indentation up to Python 3.12
            component["description"] = cleandoc(component["description"])
    known = dict(zip(map(id, kinds), schemas, strict=False))
    paths: dict[str, dict[str, Any]] = {}
    for each in listed:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, known)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Comity, local API",
            "version": __version__,
            "description": VERSIONS,
            "x-api-version": API_VERSION,
        },
        "security": [{"token": []}, {"session": [], "csrf": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _kinds(route: Route) -> list[Any]:
    kinds = [each.kind for each in route.query.values()]
    if route.body not in {None, bytes}:
        kinds.append(route.body)
    if not _goes_on(route):
        kinds.append(route.answer)
    return kinds


def _operation(route: Route, known: dict[int, Any]) -> dict[str, Any]:
    told = _answer(route, known)
    example = examples().get(f"{route.method} {route.path}", Example())
    operation: dict[str, Any] = {
        "operationId": getattr(route.handler, "__name__", route.path),
        "summary": route.summary,
        "description": cleandoc(route.handler.__doc__ or ""),
        "parameters": [
            *(
                {
                    "name": name,
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string"},
                    **({"example": example.path[name]} if name in example.path else {}),
                }
                for name in route.path_names
            ),
            *(
                {
                    "name": name,
                    "in": "query",
                    "required": each.required,
                    "schema": known[id(each.kind)],
                }
                for name, each in route.query.items()
            ),
        ],
        "responses": {"200": told, "default": _refusal()},
    }
    if example.answer is not None and not _goes_on(route):
        told["content"]["application/json"]["example"] = example.answer
    wanted = ROUTE_ACTIONS.get((route.method, route.path))
    if wanted is Door.OPEN:
        operation["security"] = []
    elif route.method == "GET":
        operation["security"] = [{"token": []}, {"session": []}]
    if wanted is not None and not isinstance(wanted, Door):
        operation["x-actions"] = [wanted] if isinstance(wanted, Action) else list(wanted)
    if route.body is not None:
        schema = {} if route.body is bytes else known[id(route.body)]
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
        if example.body is not None:
            operation["requestBody"]["content"]["application/json"]["example"] = example.body
    return operation


def _goes_on(route: Route) -> bool:
    return isinstance(route.answer, type) and issubclass(route.answer, EventSource)


def _answer(route: Route, known: dict[int, Any]) -> dict[str, Any]:
    if _goes_on(route):
        kind = route.answer.stream
        stream: dict[str, Any] = {
            "name": kind.name,
            "version": kind.version,
            "specification": kind.spec,
        }
        if not issubclass(route.answer, FrameSource):
            stream["item"] = {"$ref": _REF.format(name=Event.__name__)}
        return {
            "description": "goes on until either side ends it",
            "content": {
                route.answer.media_type: {"schema": {"type": "string"}, "example": kind.example}
            },
            "x-stream": stream,
        }
    return {
        "description": "done",
        "content": {"application/json": {"schema": known[id(route.answer)]}},
    }


def _refusal() -> dict[str, Any]:
    schema = {"$ref": _REF.format(name=Problem.__name__)}
    refused = {"schema": schema, "example": _REFUSED}
    return {"description": "refused", "content": {PROBLEM_MEDIA_TYPE: refused}}


_REFUSED = {
    "title": "limit",
    "status": 400,
    "kind": "input",
    "reason": "input",
    "field": "limit",
    "why": "Expected `int` >= 1",
}
