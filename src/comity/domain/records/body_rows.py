"""Readers of a body's rows, parties and words, over the readers of single fields; each names what it refuses."""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, TypeVar

from comity.domain.records.body_fields import required_field, text
from comity.domain.records.plain_words import fault_of_words
from comity.domain.records.record import RECIPIENTS_MAX
from comity.kernel.errors import RecordError
from comity.kernel.ids import DIGEST, PARTY_ID, PartyId, RecordDigest

Body = Mapping[str, Any]
Value = TypeVar("Value")


def body_digest(body: Body, name: str) -> RecordDigest:
    """The digest of a record."""
    return RecordDigest(text(body, name, DIGEST))


def body_party(body: Body, name: str) -> PartyId:
    """One party."""
    return PartyId(text(body, name, PARTY_ID))


def body_words(body: Body, name: str, length_max: int, *, empty: bool = False) -> str:
    """Words of a person (docs/spec/record.md, "Words for people"): not all blank unless `empty`.

    Raises:
        RecordError: `missing-field`, `field-form`.
    """
    value = required_field(body, name)
    if type(value) is not str:
        raise RecordError("field-form", f"{name}: not a text")
    fault = fault_of_words(value, length_max)
    if fault is None and not empty and not value.strip():
        fault = f"says nothing; 1 to {length_max} characters are allowed"
    if fault is not None:
        raise RecordError("field-form", f"{name}: {fault}")
    return value


def body_rows(
    body: Body, name: str, read: Callable[[Body], Value], least: int, most: int
) -> tuple[Value, ...]:
    """An array of objects, each read alike; a refusal names the row.

    Raises:
        RecordError: `missing-field`, `field-form`, `field-limit`, or a row's own.
    """
    value = required_field(body, name)
    if type(value) is not list:
        raise RecordError("field-form", f"{name}: not an array")
    if not least <= len(value) <= most:
        raise RecordError("field-limit", f"{name}: {len(value)} rows, {least} to {most} allowed")
    rows: list[Value] = []
    for number, row in enumerate(value):
        if type(row) is not dict:
            raise RecordError("field-form", f"{name}[{number}]: not an object")
        try:
            rows.append(read(row))
        except RecordError as error:
            raise RecordError(error.reason, f"{name}[{number}].{error.detail}") from error
    return tuple(rows)


def body_parties(body: Body, name: str, least: int = 0) -> tuple[PartyId, ...]:
    """Party ids in ascending order, each once."""
    found = body_texts(body, name, PARTY_ID, least, RECIPIENTS_MAX)
    return tuple(PartyId(each) for each in found)


def body_texts(
    body: Body, name: str, form: re.Pattern[str], least: int, most: int
) -> tuple[str, ...]:
    """Texts of a form in ascending order, each once.

    Raises:
        RecordError: `missing-field`, `field-form`, `field-limit`.
    """
    value = required_field(body, name)
    if type(value) is not list:
        raise RecordError("field-form", f"{name}: not an array")
    if not least <= len(value) <= most:
        raise RecordError("field-limit", f"{name}: {len(value)}, {least} to {most} are allowed")
    for item in value:
        if type(item) is not str or form.fullmatch(item) is None:
            raise RecordError("field-form", f"{name}: {str(item)[:80]!r} is not {form.pattern}")
    if any(before >= after for before, after in pairwise(value)):
        raise RecordError("field-form", f"{name}: not ascending, or one twice")
    return tuple(value)
