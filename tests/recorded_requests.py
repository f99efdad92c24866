"""Requests that nodes under test answered with 200, written down: what the API's examples are chosen from.

`COMITY_RECORD_REQUESTS=FOLDER` before a run of tests; then `python -m tools.api_examples FOLDER`.
"""

import functools
import itertools
import json
import os
from pathlib import Path
from typing import Any

import msgspec

from comity.entrypoints.api.app import LocalApi
from comity.entrypoints.api.routing import EventSource

FOLDER = os.environ.get("COMITY_RECORD_REQUESTS")
OF_EACH_MAX = 40  # of one process and operation
BYTES_MAX = 60_000


def record_requests() -> None:
    """Write down from now on, in this process and what is forked from it; nothing where nobody asked."""
    if FOLDER is None or hasattr(LocalApi._answer, "__wrapped__"):
        return
    folder = Path(FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    before = LocalApi._answer
    counts: dict[str, Any] = {}

    @functools.wraps(before)
    async def answer(self: LocalApi, scope: Any, receive: Any, reply: Any) -> Any:
        chunks: list[bytes] = []

        async def reading() -> Any:
            message = await receive()
            chunks.append(message.get("body", b""))
            return message

        told = await before(self, scope, reading, reply)
        route = scope["state"].get("route", "")
        number = next(counts.setdefault(route, itertools.count()))
        content = b"".join(chunks)
        if isinstance(told, EventSource) or number >= OF_EACH_MAX or len(content) > BYTES_MAX:
            return told
        written = msgspec.json.encode(told)
        if len(written) <= BYTES_MAX:
            line = {
                "route": route,
                "path": scope["path"],
                "query": scope["query_string"].decode("latin-1"),
                "body": content.decode("utf-8", "replace"),
                "answer": json.loads(written),
            }
            with (folder / f"{os.getpid()}.jsonl").open("a") as file:
                file.write(json.dumps(line) + "\n")
        return told

    LocalApi._answer = answer  # type: ignore[method-assign]
