"""An example of every operation: what one was asked with and what it told, as recorded from nodes under test.

`examples.json` is written by `python -m tools.api_examples`; a test holds each to its schema.
"""

from functools import cache
from importlib import resources
from typing import Any

import msgspec


class Example(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request and its answer.

    Attributes:
        path: what stood in the path, by name.
        body: as JSON; None where there was none.
        answer: as JSON.
    """

    path: dict[str, str] = {}
    body: Any = None
    answer: Any = None


@cache
def examples() -> dict[str, Example]:
    """By method and path of the operation, as `GET /v1/status`."""
    content = (resources.files(__package__) / "examples.json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, Example])
