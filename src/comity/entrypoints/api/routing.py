"""Endpoints as typed functions: the signature says what a request must hold, and is held to it.

A parameter is filled by its name: `context`, `operator`, `caller` and `reply` from the door, `data` from a JSON body,
`content` with the body's very bytes, a name of the path's template from the path, and any other from
the query. Whatever else stands in a request is refused, for a misspelt limit must not vanish.
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar, NamedTuple, get_args, get_origin
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta

from comity.domain.records import INTEGER_MAX
from comity.kernel.errors import InputError

QUERY_FIELDS_MAX = 100
INJECTED = frozenset({"caller", "context", "operator", "reply"})
JSON_MEDIA_TYPES = frozenset({"application/json", "application/geo+json"})

Handler = Callable[..., Awaitable[Any]]

Offset = Annotated[int, Meta(ge=0, le=INTEGER_MAX)]
"""Where a page of a list begins; what no list is as long as is refused, and not handed to the store."""


class TooDeepError(InputError):
    """Brackets within brackets beyond what a reader follows."""

    reason = "too-deep"


class Query(NamedTuple):
    """One parameter of the query.

    Attributes:
        kind: its type, with bounds.
        default: where it is left out.
        repeated: whether it may stand more than once.
    """

    kind: Any
    default: Any
    repeated: bool

    @property
    def required(self) -> bool:
        """Whether a request without it is refused."""
        return self.default is inspect.Parameter.empty


class StreamKind(NamedTuple):
    """How an answer that goes on is written.

    Attributes:
        version: of its form, which its page tells.
        spec: the page.
        example: of what is sent.
    """

    name: str
    version: int
    spec: str
    example: str


@dataclass(frozen=True, slots=True)
class EventSource:
    """An answer that goes on: server-sent events, from a stream that is opened and closed with it.

    Attributes:
        open: the stream.
        headers: of the answer, beside those that every stream has.
    """

    open: Callable[[], AbstractAsyncContextManager[AsyncIterator[bytes]]]
    headers: tuple[tuple[bytes, bytes], ...] = ()
    media_type: ClassVar[str] = "text/event-stream"
    stream: ClassVar[StreamKind] = StreamKind(
        "comity-events",
        1,
        "docs/spec/events.md",
        ": watching\n\nid: 41\nevent: line.message\n"
        'data: {"kind":"line.message","at":"2026-03-01T10:00:00.000000Z","author":"borealis.bbbbbbbb","number":41,'
        '"digest":"3f0a…","operator":"olga","precedence":"flash"}\n\n: watching\n\n',
    )


@dataclass(frozen=True, slots=True)
class FrameSource(EventSource):
    """An answer that goes on: frames of bytes, each with its own length (docs/spec/track-stream.md)."""

    media_type: ClassVar[str] = "application/vnd.comity.track-stream"
    stream: ClassVar[StreamKind] = StreamKind(
        "comity-track-stream",
        1,
        "docs/spec/track-stream.md",
        "CTS1 and 84 bytes more, then columns; the next frame begins where this one's length ends",
    )


@dataclass(frozen=True)
class Route:
    """One endpoint.

    Attributes:
        method: of HTTP.
        path: its template, `/v1/peers/{peer}/remove`.
        summary: what it does, in a few words.
        handler: does it.
    """

    method: str
    path: str
    summary: str
    handler: Handler

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The template, taken apart."""
        return tuple(self.path.strip("/").split("/"))

    @cached_property
    def path_names(self) -> tuple[str, ...]:
        """Parameters that stand in the path."""
        return tuple(each[1:-1] for each in self.segments if each.startswith("{"))

    @cached_property
    def injected(self) -> frozenset[str]:
        """What the handler wants of the application."""
        return INJECTED & set(inspect.signature(self.handler).parameters)

    @cached_property
    def body(self) -> Any:
        """Type of the JSON body; `bytes` for one that the handler reads itself; None for none."""
        parameters = inspect.signature(self.handler).parameters
        if "content" in parameters:
            return bytes
        return parameters["data"].annotation if "data" in parameters else None

    @cached_property
    def query(self) -> Mapping[str, Query]:
        """Parameters of the query, by name."""
        taken = INJECTED | {"data", "content"} | set(self.path_names)
        return {
            name: Query(each.annotation, each.default, _repeated(each.annotation))
            for name, each in inspect.signature(self.handler).parameters.items()
            if name not in taken
        }

    @property
    def answer(self) -> Any:
        """Type of what is told."""
        return inspect.signature(self.handler).return_annotation

    @cached_property
    def _decoder(self) -> msgspec.json.Decoder[Any]:
        return msgspec.json.Decoder(self.body)

    def match(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """The path's parameters, or None where the path is another."""
        if len(segments) != len(self.segments):
            return None
        found: dict[str, str] = {}
        for template, stated in zip(self.segments, segments, strict=True):
            if template.startswith("{"):
                found[template[1:-1]] = stated
            elif template != stated:
                return None
        return found

    def read_body(self, content: bytes) -> dict[str, Any]:
        """What the body fills in.

        Raises:
            InputError: it is not what the endpoint takes; names the field.
        """
        if self.body is None:
            return {}
        if self.body is bytes:
            return {"content": content}
        try:
            return {"data": self._decoder.decode(content)}
        except RecursionError as error:
            raise TooDeepError("body", "nested deeper than a reader follows") from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            field, why = _field_of(str(error))
            raise InputError(field, why) from error

    def read_query(self, query: str) -> dict[str, Any]:
        """What the query fills in.

        Raises:
            InputError: an unknown name, one too often, or a value of another type or out of bounds.
        """
        try:
            pairs = parse_qsl(
                query, keep_blank_values=True, errors="strict", max_num_fields=QUERY_FIELDS_MAX
            )
        except (ValueError, UnicodeDecodeError) as error:
            why = f"not UTF-8, or more than {QUERY_FIELDS_MAX} fields"
            raise InputError("query", why) from error
        stated: dict[str, list[str]] = {}
        for name, value in pairs:
            if name not in self.query:
                known = ", ".join(self.query) or "none"
                raise InputError("query", f"{name[:40]!r} is not known here; known: {known}")
            stated.setdefault(name, []).append(value)
        return {name: _converted(name, each, stated) for name, each in self.query.items()}


def get(path: str, *, summary: str) -> Callable[[Handler], Route]:
    """An endpoint that reads."""
    return lambda handler: Route("GET", path, summary, handler)


def post(path: str, *, summary: str) -> Callable[[Handler], Route]:
    """An endpoint that does something."""
    return lambda handler: Route("POST", path, summary, handler)


def _converted(name: str, query: Query, stated: Mapping[str, list[str]]) -> Any:
    values = stated.get(name)
    if values is None:
        if query.required:
            raise InputError(name, "is missing")
        return query.default
    if not query.repeated and len(values) > 1:
        raise InputError(name, f"given {len(values)} times, once is allowed")
    try:
        return msgspec.convert(values if query.repeated else values[0], query.kind, strict=False)
    except msgspec.ValidationError as error:
        raise InputError(name, _field_of(str(error))[1]) from error


def _field_of(message: str) -> tuple[str, str]:
    """The field that msgspec names at the end of its message, and the message without it."""
    why, at, path = message.partition(" - at `$")
    field = path.removesuffix("`").removeprefix(".") if at else ""
    return field or "body", why


def _repeated(kind: Any) -> bool:
    return get_origin(kind) is list or any(get_origin(each) is list for each in get_args(kind))
