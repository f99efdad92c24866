"""A phrase as a record carries it: by number, with its slots in integers, and which phrasebook it is of.

Source: docs/spec/phrase.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from comity.domain.airspace import Altitude, Datum
from comity.domain.phrasebook.book import Phrasebook, SlotKind
from comity.domain.phrasebook.render import check_values
from comity.domain.phrasebook.slots import Place, SlotValue
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import DIGEST
from comity.kernel.instants import Instant, instant_from_canonical
from comity.kernel.units import MM_PER_METRE, degrees_from_e7, e7_from_degrees

MALFORMED = "phrase-malformed"  # docs/spec/phrase.md: a field is missing or not of its form
UNKNOWN = "phrase-unknown"  # docs/spec/phrase.md: no such number here
HORIZONTAL_DATUM = "WGS84"  # of positions; others are converted before they are written (L-05)
SLOTS = "phrase-slots"  # docs/spec/phrase.md: other slots than the phrase has, or out of a limit


@dataclass(frozen=True, slots=True)
class PhraseMessage:
    """A message sent by number.

    Attributes:
        number: of the phrase.
        values: by name of the slot.
        phrasebook: digest of the book it was written with; a reader with another one says so.
    """

    number: int
    values: Mapping[str, SlotValue]
    phrasebook: str


def message_to_body(message: PhraseMessage) -> dict[str, Any]:
    """The record form of a message by number."""
    return {
        "phrase": message.number,
        "phrasebook": message.phrasebook,
        "slots": {name: _value_to_body(value) for name, value in message.values.items()},
    }


def message_from_body(body: object, book: Phrasebook, field: str = "phrase") -> PhraseMessage:
    """Read a message by number.

    Args:
        body: decoded canonical JSON.
        book: this node's phrasebook; the message may be of another one.
        field: its path in the record.

    Raises:
        RecordError: `phrase-malformed`, `phrase-unknown` or `phrase-slots`, naming the field.
    """
    fields = _mapping(body, field)
    number, digest = fields.get("phrase"), fields.get("phrasebook")
    if type(number) is not int:
        raise RecordError(MALFORMED, f"{field}.phrase: {str(number)[:40]!r} is not an integer")
    if not isinstance(digest, str) or DIGEST.fullmatch(digest) is None:
        raise RecordError(MALFORMED, f"{field}.phrasebook: not 64 hex digits")
    meaning = book.meanings.get(number)
    if meaning is None:
        raise RecordError(UNKNOWN, f"{field}.phrase: {number} in phrasebook {book.version}")
    stated = _mapping(fields.get("slots"), f"{field}.slots")
    values: dict[str, SlotValue] = {}
    for name, kind in meaning.slots.items():
        if name not in stated:
            raise RecordError(SLOTS, f"{field}.slots.{name}: missing")
        try:
            values[name] = _READERS[kind](stated[name], f"{field}.slots.{name}")
        except InputError as error:
            raise RecordError(SLOTS, f"{field}.slots.{name}: {error.why}") from error
    extra = sorted(set(stated) - set(meaning.slots))
    if extra:
        raise RecordError(SLOTS, f"{field}.slots.{extra[0][:40]}: no slot of phrase {number}")
    try:
        check_values(meaning, values)
    except InputError as error:
        raise RecordError(SLOTS, f"{field}.{error.field}: {error.why}") from error
    return PhraseMessage(number, values, digest)


def _value_to_body(value: SlotValue) -> Any:
    match value:
        case Place():
            return {
                "datum": HORIZONTAL_DATUM,
                "latitude_deg_e7": e7_from_degrees(value.latitude_deg),
                "longitude_deg_e7": e7_from_degrees(value.longitude_deg),
            }
        case Altitude():
            return {"datum": value.datum.value, "height_mm": round(value.height_m * MM_PER_METRE)}
        case Instant():
            return str(value)
    return value


def read_place(value: object, field: str) -> Place:
    """A position as a slot carries it.

    Raises:
        RecordError: `phrase-malformed`.
        InputError: outside a limit.
    """
    fields = _mapping(value, field)
    if fields.get("datum") != HORIZONTAL_DATUM:
        why = f"{str(fields.get('datum'))[:40]!r} is not {HORIZONTAL_DATUM}"
        raise RecordError(MALFORMED, f"{field}.datum: {why}")
    return Place(
        degrees_from_e7(_integer(fields.get("latitude_deg_e7"), f"{field}.latitude_deg_e7")),
        degrees_from_e7(_integer(fields.get("longitude_deg_e7"), f"{field}.longitude_deg_e7")),
    )


def read_height(value: object, field: str) -> Altitude:
    """A height as a slot carries it.

    Raises:
        RecordError: `phrase-malformed`.
        InputError: outside a limit.
    """
    fields = _mapping(value, field)
    datum = fields.get("datum")
    if not isinstance(datum, str) or datum not in {each.value for each in Datum}:
        raise RecordError(MALFORMED, f"{field}.datum: {str(datum)[:40]!r} is no datum")
    height_mm = _integer(fields.get("height_mm"), f"{field}.height_mm")
    return Altitude(height_mm / MM_PER_METRE, Datum(datum))


def _read_time(value: object, field: str) -> Instant:
    del field
    return instant_from_canonical(value)


def _read_name(value: object, field: str) -> str:
    if type(value) is not str:
        raise RecordError(MALFORMED, f"{field}: not a text")
    return value


def _integer(value: object, field: str) -> int:
    if type(value) is not int:
        raise RecordError(MALFORMED, f"{field}: {str(value)[:40]!r} is not an integer")
    return value


def _mapping(value: object, field: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise RecordError(MALFORMED, f"{field}: not an object")
    return value


_READERS: Mapping[SlotKind, Callable[[object, str], SlotValue]] = {
    SlotKind.POSITION: read_place,
    SlotKind.HEIGHT: read_height,
    SlotKind.TIME: _read_time,
    SlotKind.NUMBER: _integer,
    SlotKind.NAME: _read_name,
}
