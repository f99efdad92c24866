"""Canonical JSON without floats: the one spelling of every signed payload."""

import re
from itertools import chain
from typing import Any, NoReturn

import msgspec

from comity.domain.records.reasons import Reason
from comity.kernel.errors import InputError, RecordError

INTEGER_MAX = 2**53 - 1  # RFC 8785 §3.2.2.3: the largest integer every JSON reader holds exactly
DEPTH_MAX = 32  # our deepest body nests 9; far below every reader's recursion limit
PAYLOAD_SIZE_BYTES_MAX = 1 << 20  # a volume of 10,000 vertices takes 300 kB

JsonValue = Any
"""None, bool, int, str, list of JsonValue, or dict of str to JsonValue; nothing else, no floats."""

_ASTRAL = re.compile(rb"[\xf0-\xf4]")  # first byte of a UTF-8 sequence above U+FFFF
_NAME_LENGTH_MAX = 40
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_TEXT_ONLY = frozenset((str,))
_INTEGERS_ONLY = {int}
_CONTAINERS = (dict, list, tuple)
_PLAIN = frozenset((dict, list, str, int, bool, type(None)))
_encoder = msgspec.json.Encoder(order="sorted")


class _FloatError(Exception):
    """A number with a fraction or an exponent was met while decoding."""


def _refuse_float(text: str) -> NoReturn:
    raise _FloatError(text)


_decoder = msgspec.json.Decoder(float_hook=_refuse_float)


def encode_canonical(value: JsonValue, size_bytes_max: int = PAYLOAD_SIZE_BYTES_MAX) -> bytes:
    """The canonical bytes of a value (RFC 8785, floats left out).

    Args:
        value: exact built-in types only; tuples are written as arrays.
        size_bytes_max: the most bytes; other documents than payloads have limits of their own.

    Raises:
        InputError: another type, an integer beyond ±(2^53−1), a lone surrogate, nesting or size
            over the limit; the field is the path to the value.

    Source: RFC 8785 §3.2; docs/spec/record.md §3.
    """
    fault = None if _plainly_sound(value) else _first_fault(value)
    if fault is not None:
        raise InputError(_path_of_fault(value) or "payload", fault[1])
    payload_bytes = _encode(value)
    if payload_bytes is None:
        raise InputError("payload", "a string holds half of a surrogate pair")
    if len(payload_bytes) > size_bytes_max:
        raise InputError(
            "payload", f"{len(payload_bytes)} bytes, at most {size_bytes_max} are allowed"
        )
    return payload_bytes


def decode_canonical(
    payload_bytes: bytes, size_bytes_max: int = PAYLOAD_SIZE_BYTES_MAX
) -> JsonValue:
    """Read canonical bytes; any other spelling of the same value is refused.

    Raises:
        RecordError: `payload-size`, `not-json`, `number-form`, `too-deep` or `not-canonical`.

    Source: docs/spec/record.md §3.
    """
    if len(payload_bytes) > size_bytes_max:
        raise RecordError(
            Reason.PAYLOAD_SIZE, f"{len(payload_bytes)} bytes, at most {size_bytes_max}"
        )
    try:
        value = _decoder.decode(payload_bytes)
    except _FloatError as error:
        raise RecordError(Reason.NUMBER_FORM, f"{error} is not an integer") from error
    except RecursionError as error:
        raise RecordError(Reason.TOO_DEEP, f"more than {DEPTH_MAX} levels") from error
    except ValueError as error:  # malformed, not UTF-8, or more digits than CPython reads
        raise RecordError(Reason.NOT_JSON, str(error)) from error
    fault = None if _plainly_sound(value) else _first_fault(value)
    if fault is not None:
        raise RecordError(*fault)
    if _encode(value) != payload_bytes:  # also catches duplicate keys, stray spaces and -0
        raise RecordError(Reason.NOT_CANONICAL, "the bytes differ from the canonical spelling")
    return value


def _encode(value: JsonValue) -> bytes | None:
    """Canonical bytes of a checked value; None where a string is not Unicode.

    msgspec escapes as RFC 8785 §3.2.2.2 asks and sorts keys by code point. That is the order of
    UTF-16 code units (§3.2.3) unless a key holds a character above U+FFFF, seen in the bytes.
    """
    try:
        encoded = _encoder.encode(value)
        if not encoded.isascii() and _ASTRAL.search(encoded) is not None:
            encoded = msgspec.json.encode(_in_utf16_order(value))
    except UnicodeEncodeError:
        return None
    return encoded


def _in_utf16_order(value: JsonValue) -> JsonValue:
    if type(value) is dict:
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return {key: _in_utf16_order(value[key]) for key in keys}
    if type(value) in (list, tuple):
        return [_in_utf16_order(item) for item in value]
    return value


def _plainly_sound(value: JsonValue) -> bool:
    """Whether a value is seen to be sound a level at a time, without a look at each item by itself.

    False tells nothing: `_first_fault` then looks. A record of a thousand rows takes a quarter of its time.
    """
    level: list[Any] = [value]
    for _ in range(DEPTH_MAX):
        kinds = set(map(type, level))
        if not kinds <= _PLAIN:
            return False
        if int in kinds:
            integers = [item for item in level if type(item) is int]
            if max(integers) > INTEGER_MAX or min(integers) < -INTEGER_MAX:
                return False
        deeper: list[Any] = []
        if list in kinds:
            deeper += chain.from_iterable(item for item in level if type(item) is list)
        if dict in kinds:
            objects = [item for item in level if type(item) is dict]
            if not _TEXT_ONLY.issuperset(map(type, chain.from_iterable(objects))):
                return False
            deeper += chain.from_iterable(map(dict.values, objects))
        if not deeper:
            return True
        level = deeper
    return False


def _first_fault(value: JsonValue) -> tuple[Reason, str] | None:
    """What the canonical form does not allow in this value, level by level; None if all is well."""
    level: list[Any] = [value]
    for depth in range(DEPTH_MAX + 1):
        deeper: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is str or kind is bool or item is None:
                continue
            if kind is int and -INTEGER_MAX <= item <= INTEGER_MAX:
                continue
            if depth == DEPTH_MAX and kind in _CONTAINERS:
                return Reason.TOO_DEEP, f"arrays and objects nest more than {DEPTH_MAX} deep"
            fault = _descend(item, deeper)
            if fault is not None:
                return fault
        level = deeper
    return None


def _descend(item: Any, deeper: list[Any]) -> tuple[Reason, str] | None:
    """Add what an array or object holds to the next level; or say why the item has no place."""
    kind = type(item)
    if kind is dict:
        if not _TEXT_ONLY.issuperset(map(type, item)):
            return Reason.FIELD_FORM, "a name that is not a string"
        deeper += item.values()
    elif kind is list or kind is tuple:
        if set(map(type, item)) != _INTEGERS_ONLY:  # rings are long arrays of integers
            deeper += item
        elif max(item) > INTEGER_MAX or min(item) < -INTEGER_MAX:
            return Reason.NUMBER_FORM, "an integer beyond ±(2^53-1)"
    elif kind is int:
        return Reason.NUMBER_FORM, f"{item} is beyond ±(2^53-1)"
    elif kind is float:
        return Reason.NUMBER_FORM, f"{item} is a float; records carry integers only"
    else:
        return Reason.FIELD_FORM, f"{kind.__name__} has no canonical form; convert it first"
    return None


def _step(key: object) -> str:
    """A name in a path; one that is none is quoted, and no longer than a name is."""
    name = str(key)
    return name if _NAME.fullmatch(name) else ascii(name[:_NAME_LENGTH_MAX])


def _path_of_fault(value: JsonValue, path: str = "", depth: int = 0) -> str:
    """The path to the first value at fault, for the message; slow, and only for refusals."""
    items: list[tuple[str, Any]] = []
    if type(value) is dict:
        items = [
            (f"{path}.{_step(key)}" if path else _step(key), item) for key, item in value.items()
        ]
    elif type(value) in _CONTAINERS:
        items = [(f"{path}[{index}]", item) for index, item in enumerate(value)]
    if depth <= DEPTH_MAX:
        for item_path, item in items:
            if _first_fault(item) is not None:
                return _path_of_fault(item, item_path, depth + 1)
    return path
