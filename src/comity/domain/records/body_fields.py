"""Strict readers of single body fields; each names the field and the limit when it refuses.

All raise RecordError: `missing-field`; `field-form` where the value is of another kind or spelling;
`field-limit` where it is too much, too little or too many (docs/reference/reasons.md).
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from itertools import pairwise
from typing import Any, TypeVar

from comity.domain.records.plain_words import fault_of_words
from comity.domain.records.record import RECIPIENTS_MAX
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import DIGEST, PARTY_ID, PartyId
from comity.kernel.instants import Instant, instant_from_canonical

OBJECT = "an object"

Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")


def required_field(body: Mapping[str, Any], name: str) -> Any:
    """The value of a field that must be there."""
    if name not in body:
        raise RecordError("missing-field", name)
    return body[name]


def optional(
    body: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any], str], Value]
) -> Value | None:
    """A field that must be there and may be null."""
    return None if required_field(body, name) is None else read(body, name)


def text(body: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    """A text of a given form."""
    value = required_field(body, name)
    if type(value) is not str or form.fullmatch(value) is None:
        raise RecordError("field-form", f"{name}: {str(value)[:80]!r} is not {form.pattern}")
    return value


def digest(body: Mapping[str, Any], name: str) -> str:
    """64 lower-case hex digits."""
    return text(body, name, DIGEST)


def integer(body: Mapping[str, Any], name: str, least: int, most: int) -> int:
    """A whole number within limits."""
    value = required_field(body, name)
    if type(value) is not int:
        raise RecordError("field-form", f"{name}: {str(value)[:80]!r} is not an integer")
    if not least <= value <= most:
        raise RecordError("field-limit", f"{name}: {value} is not within {least} to {most}")
    return value


def flag(body: Mapping[str, Any], name: str) -> bool:
    """True or false."""
    value = required_field(body, name)
    if type(value) is not bool:
        raise RecordError("field-form", f"{name}: neither true nor false")
    return value


def words(body: Mapping[str, Any], name: str, length_max: int, *, least: int = 1) -> str:
    """Words for people, of one line (docs/spec/record.md, "Words for people").

    Args:
        body: of the record.
        name: of the field.
        length_max: characters.
        least: characters beside spaces; 0 where the field may be empty.
    """
    value = required_field(body, name)
    if type(value) is not str:
        raise RecordError("field-form", f"{name}: not a text")
    fault = fault_of_words(value, length_max)
    if fault is not None:
        raise RecordError("field-form", f"{name}: {fault}")
    if len(value.strip()) < least:
        raise RecordError("field-form", f"{name}: empty")
    return value


def mapping(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object."""
    value = required_field(body, name)
    if type(value) is not dict:
        raise RecordError("field-form", f"{name}: not an object")
    return value


def array(body: Mapping[str, Any], name: str, count_max: int) -> list[Any]:
    """An array of at most so many."""
    value = required_field(body, name)
    if type(value) is not list:
        raise RecordError("field-form", f"{name}: not an array")
    if len(value) > count_max:
        raise RecordError("field-limit", f"{name}: {len(value)}, at most {count_max}")
    return value


def instant(body: Mapping[str, Any], name: str) -> Instant:
    """An instant in its one spelling."""
    try:
        return instant_from_canonical(required_field(body, name))
    except InputError as error:
        raise RecordError("field-form", f"{name}: {error.why}") from error


def choice(body: Mapping[str, Any], name: str, among: type[Choice]) -> Choice:
    """One of a closed list of words."""
    value = required_field(body, name)
    try:
        return among(value)
    except ValueError as error:
        known = ", ".join(sorted(among))
        raise RecordError(
            "field-form", f"{name}: {str(value)[:80]!r} is none of {known}"
        ) from error


def parties(body: Mapping[str, Any], name: str) -> tuple[PartyId, ...]:
    """Party ids in ascending order, each once."""
    value = array(body, name, RECIPIENTS_MAX)
    for party in value:
        if type(party) is not str or PARTY_ID.fullmatch(party) is None:
            raise RecordError("field-form", f"{name}: {str(party)[:80]!r} is not a party id")
    if any(before >= after for before, after in pairwise(value)):
        raise RecordError("field-form", f"{name}: not ascending, or a party twice")
    return tuple(PartyId(party) for party in value)
