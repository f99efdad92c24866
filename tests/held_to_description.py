"""Every answer that a node under test gives is held to what its endpoint says it tells."""

import functools
from typing import Any

import msgspec

from comity.entrypoints.api.app import LocalApi
from comity.entrypoints.api.routing import EventSource, Route


class NotAsDescribedError(AssertionError):
    """An answer that the API's description does not tell; the caller is told 500, and the test fails."""


def hold_answers_to_their_description() -> None:
    """From now on, in this process and what is forked from it: closed words, bounds, and what is never null.

    A type checker sees the structs, but not what stands in their texts, lists by name and numbers.
    """
    before = LocalApi._answer
    if hasattr(before, "held_to_description"):
        return
    decoders: dict[str, msgspec.json.Decoder[Any]] = {}

    @functools.wraps(before)
    async def answer(self: LocalApi, scope: Any, receive: Any, reply: Any) -> Any:
        told = await before(self, scope, receive, reply)
        if isinstance(told, EventSource):
            return told
        route: Route = self._route(scope["method"], scope["path"])[0]
        name = f"{route.method} {route.path}"
        if name not in decoders:
            decoders[name] = msgspec.json.Decoder(route.answer)
        try:
            decoders[name].decode(msgspec.json.encode(told))
        except msgspec.DecodeError as error:
            raise NotAsDescribedError(f"{name}: {error}") from error
        return told

    answer.held_to_description = True  # type: ignore[attr-defined]
    LocalApi._answer = answer  # type: ignore[method-assign]
