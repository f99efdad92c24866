"""A phrase as somebody wrote it, by whatever phrasebook: of the right form, whether or not it is known here.

A message is not refused because its reader's phrasebook is older: what cannot be shown in words is shown by number.

Source: docs/spec/phrase.md §2.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from comity.domain.phrasebook.book import SlotKind
from comity.domain.phrasebook.message import MALFORMED, SLOTS, read_height, read_place
from comity.domain.phrasebook.slots import NUMBER_MAX, check_value
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import DIGEST

SLOTS_MAX = 8  # of one phrase; those of this phrasebook have at most three
SLOT_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True)
class PhraseWritten:
    """A phrase in a record.

    Attributes:
        body: as it stands there; `message_from_body` reads it by a phrasebook.
    """

    number: int
    phrasebook: str
    body: Mapping[str, Any] = field(hash=False)


def written_from_body(body: object, name: str) -> PhraseWritten:
    """Read a phrase without a phrasebook.

    Args:
        body: decoded canonical JSON.
        name: of its member in the record.

    Raises:
        RecordError: `phrase-malformed` or `phrase-slots`, naming the field.
    """
    if not isinstance(body, Mapping):
        raise RecordError(MALFORMED, f"{name}: not an object")
    number, digest, slots = body.get("phrase"), body.get("phrasebook"), body.get("slots")
    if type(number) is not int or not 0 < number <= NUMBER_MAX:
        why = f"{str(number)[:40]!r} is not an integer of 1 to {NUMBER_MAX}"
        raise RecordError(MALFORMED, f"{name}.phrase: {why}")
    if not isinstance(digest, str) or DIGEST.fullmatch(digest) is None:
        raise RecordError(MALFORMED, f"{name}.phrasebook: not 64 hex digits")
    if not isinstance(slots, Mapping):
        raise RecordError(MALFORMED, f"{name}.slots: not an object")
    if len(slots) > SLOTS_MAX:
        raise RecordError(SLOTS, f"{name}.slots: {len(slots)}, at most {SLOTS_MAX}")
    for slot, value in slots.items():
        if SLOT_NAME.fullmatch(slot) is None:
            raise RecordError(SLOTS, f"{name}.slots: {slot[:40]!r} is no name of a slot")
        _check(value, f"{name}.slots.{slot}")
    return PhraseWritten(number, digest, body)


def _check(value: object, name: str) -> None:
    """That a value is of one of the forms of §2; which of them the phrase asks for is not known here."""
    try:
        if isinstance(value, Mapping):
            if "height_mm" in value:
                read_height(value, name)
            else:
                read_place(value, name)
        elif type(value) is int:
            check_value(SlotKind.NUMBER, value, name)
        elif type(value) is str:
            check_value(SlotKind.NAME, value, name)  # an instant is such words too
        else:
            raise RecordError(MALFORMED, f"{name}: neither an object, a number nor words")
    except InputError as error:
        raise RecordError(SLOTS, f"{name}: {error.why}") from error
