"""Strict reading of JSON that people and programs hand in, floats allowed."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from comity.domain.records.canonical import JsonValue
from comity.kernel.errors import InputError

JSON_SIZE_BYTES_MAX = 64 << 20  # a day of flights as GeoJSON is about 20 MB
JSON_DEPTH_MAX = 64  # GeoJSON nests 9 deep; RFC 8259 §9 lets a reader set a limit
INTEGER_DIGITS_MAX = 1000  # CPython turns up to 4,300 digits into an integer; nothing real has 30

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def parse_json_strict(
    text_bytes: bytes,
    field: str = "json",
    *,
    unique_names: bool = True,
    size_bytes_max: int = JSON_SIZE_BYTES_MAX,
) -> JsonValue | float:
    """Read one JSON text exactly as RFC 8259 spells it, and nothing beside it.

    Refused: another encoding than UTF-8, a byte order mark, NaN and Infinity, a number beyond
    float64, half of a surrogate pair, nesting over `JSON_DEPTH_MAX`, trailing bytes.

    Args:
        text_bytes: the whole text.
        field: the name that an error gives to it.
        unique_names: refuse an object that says one name twice (RFC 8259 leaves that open; two
            values for one height are a contradiction that a person must resolve, L-23).
        size_bytes_max: the longest text that is read.

    Raises:
        InputError: naming the field and what is wrong.

    Source: RFC 8259; docs/spec/record.md §9.
    """
    if len(text_bytes) > size_bytes_max:
        raise InputError(field, f"{len(text_bytes)} bytes, at most {size_bytes_max} are read")

    try:
        text = text_bytes.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        raise InputError(field, f"not UTF-8 at byte {error.start}") from error
    if text.startswith("\ufeff"):
        raise InputError(field, "begins with a byte order mark")
    rules = _Rules(field, unique_names)
    try:
        value = json.loads(
            text,
            parse_constant=rules.refuse_constant,
            parse_float=rules.finite,
            parse_int=rules.integer,
            object_pairs_hook=rules.members,
        )
    except json.JSONDecodeError as error:
        raise InputError(
            field, f"not JSON at line {error.lineno} column {error.colno}: {error.msg}"
        ) from error
    except RecursionError as error:
        raise InputError(field, f"more than {JSON_DEPTH_MAX} levels deep") from error
    _check_depth_and_strings(value, field)
    return value


@dataclass(frozen=True, slots=True)
class _Rules:
    """What the standard library's reader lets through and we do not."""

    field: str
    unique_names: bool

    def refuse_constant(self, name: str) -> NoReturn:
        raise InputError(self.field, f"{name} is not a JSON number")

    def finite(self, text: str) -> float:
        number = float(text)
        if not math.isfinite(number):
            raise InputError(self.field, f"{text[:40]} is beyond the range of float64")
        return number

    def integer(self, text: str) -> int:
        if len(text) > INTEGER_DIGITS_MAX:
            raise InputError(self.field, f"an integer of {len(text)} digits")
        return int(text)

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if self.unique_names and len(members) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise InputError(self.field, f"the name {twice[:80]!a} stands twice in one object")
        return members


def _check_depth_and_strings(value: Any, field: str) -> None:
    level = [value]
    for depth in range(JSON_DEPTH_MAX + 1):
        deeper: list[Any] = []
        for item in level:
            if isinstance(item, str):
                if not item.isascii() and _SURROGATE.search(item):
                    raise InputError(field, f"{item[:40]!a} holds half of a surrogate pair")
            elif isinstance(item, dict | list):
                if depth == JSON_DEPTH_MAX:
                    raise InputError(field, f"more than {JSON_DEPTH_MAX} levels deep")
                deeper.extend(item)
                if isinstance(item, dict):
                    deeper.extend(item.values())
        level = deeper
