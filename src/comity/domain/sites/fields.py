"""Strict readers of single body fields; each names the field and the limit when it refuses."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from comity.domain.records import fault_of_words
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import SITE_ID, SiteId
from comity.kernel.instants import Instant, instant_from_canonical

Choice = TypeVar("Choice", bound=StrEnum)
Body = Mapping[str, Any]


def required(body: Body, name: str) -> Any:
    """The value of a field that must be there."""
    if name not in body:
        raise RecordError("missing-field", name)
    return body[name]


def mapping(value: Any, name: str) -> Body:
    """An object."""
    if type(value) is not dict:
        raise RecordError("field-form", f"{name}: not an object")
    return value


def rows(body: Body, name: str, count_max: int, least: int = 1) -> list[Any]:
    """An array of at least one and at most so many."""
    value = required(body, name)
    if type(value) is not list:
        raise RecordError("field-form", f"{name}: not an array")
    if not least <= len(value) <= count_max:
        raise RecordError(
            "field-limit", f"{name}: {len(value)}, {least} to {count_max} are allowed"
        )
    return value


def integer(body: Body, name: str, least: int, most: int) -> int:
    """A whole number within limits."""
    value = required(body, name)
    if type(value) is not int:
        raise RecordError("field-form", f"{name}: {str(value)[:80]!r} is not an integer")
    if not least <= value <= most:
        raise RecordError("field-limit", f"{name}: {value} is not within {least} to {most}")
    return value


def flag(body: Body, name: str) -> bool:
    """True or false."""
    value = required(body, name)
    if type(value) is not bool:
        raise RecordError("field-form", f"{name}: neither true nor false")
    return value


def words(body: Body, name: str, length_max: int, *, empty: bool = False) -> str:
    """Words of a person, safe to show."""
    value = required(body, name)
    if type(value) is not str:
        raise RecordError("field-form", f"{name}: not a text")
    if not empty and not value.strip():
        raise RecordError("field-form", f"{name}: empty")
    if value.isascii() and value.isprintable() and len(value) <= length_max:
        return value
    fault = fault_of_words(value, length_max)
    if fault is not None:
        raise RecordError("field-form", f"{name}: {fault}")
    return value


def form(body: Body, name: str, pattern: re.Pattern[str]) -> str:
    """A text of a given form."""
    value = required(body, name)
    if type(value) is not str or pattern.fullmatch(value) is None:
        raise RecordError("field-form", f"{name}: {str(value)[:80]!r} is not {pattern.pattern}")
    return value


def instant(body: Body, name: str) -> Instant:
    """An instant in its one spelling."""
    value = required(body, name)
    try:
        return _instant(value) if type(value) is str else instant_from_canonical(value)
    except InputError as error:
        raise RecordError("field-form", f"{name}: {error.why}") from error


@lru_cache(maxsize=1 << 12)
def _instant(text: str) -> Instant:
    """The same instant for the same text: those of one list share a renewal date."""
    return instant_from_canonical(text)


def instant_or_none(body: Body, name: str) -> Instant | None:
    """The same, or null."""
    return None if required(body, name) is None else instant(body, name)


def choice(body: Body, name: str, among: type[Choice]) -> Choice:
    """One of a closed list of words."""
    value = required(body, name)
    found: Choice | None = _members(among).get(value) if type(value) is str else None
    if found is None:
        known = ", ".join(sorted(among))
        raise RecordError("field-form", f"{name}: {str(value)[:80]!r} is none of {known}")
    return found


@lru_cache(maxsize=64)
def _members(among: type[Choice]) -> dict[str, Choice]:
    """A closed list by its words: a register asks a million times, and an enumeration takes 5 µs."""
    return {each.value: each for each in among}


def site(body: Body, name: str = "site") -> SiteId:
    """The id of a site."""
    return SiteId(form(body, name, SITE_ID))
