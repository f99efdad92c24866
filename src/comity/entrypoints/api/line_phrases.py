"""What is said by number: from slots as people write them to a record, and back into every language."""

from collections.abc import Mapping
from typing import TypeVar

from comity.domain.airspace import Altitude
from comity.domain.line import Said
from comity.domain.phrasebook import (
    Meaning,
    Phrasebook,
    PhraseMessage,
    PhraseWritten,
    Place,
    SlotKind,
    SlotValue,
    message_from_body,
    message_to_body,
    render,
    written_from_body,
)
from comity.entrypoints.api.line_messages import (
    ByNumberTold,
    HeightAsked,
    ParticularsAsked,
    PhraseAsked,
    PhraseShown,
    PositionAsked,
    SpokenAsked,
    TimeAsked,
)
from comity.entrypoints.api.phrases import read_slots
from comity.kernel.errors import InputError, RecordError

Spoken = TypeVar("Spoken", bound=SpokenAsked)


def by_number(data: Spoken, book: Phrasebook) -> tuple[Spoken, PhraseWritten | None]:
    """A message, stop or denial with the phrase's words for its text, and its slots among what can be read back.

    Raises:
        InputError: words beside the number, no such phrase, language or slot, or one thing stated twice.
    """
    if data.phrase is None:
        return data, None
    if data.text:
        raise InputError(
            "text", "what is said by number has the words of the phrase; send others apart"
        )
    number = data.phrase.number
    meaning = book.meaning(number)
    values, assumed = read_slots(meaning, data.phrase.slots)
    if assumed:
        raise InputError(
            "phrase.slots", f"nothing is taken for granted on the line: {'; '.join(assumed)}"
        )
    text = render(book, number, values, data.language).plain
    written = message_to_body(PhraseMessage(number, values, book.digest))
    fresh = type(data)(
        **{name: getattr(data, name) for name in data.__struct_fields__}
        | {
            "text": text,
            "particulars": _particulars(data.particulars, meaning, values, data.phrase),
        }
    )
    return fresh, written_from_body(written, "by_number")


def tell_by_number(said: Said, book: Phrasebook) -> ByNumberTold | None:
    """What is said by number, as this node's phrasebook has it."""
    written = said.by_number
    if written is None:
        return None
    same = written.phrasebook == book.digest
    try:
        values = message_from_body(written.body, book, "by_number").values
    except RecordError as error:
        return ByNumberTold(
            number=written.number,
            phrasebook=written.phrasebook,
            same_phrasebook=same,
            meaning=None,
            why_not=f"{error.reason}: {error.detail}",
            text_agrees=None,
            responses={},
            rendered=[],
        )
    meaning = book.meaning(written.number)
    shown = []
    for language in book.languages.values():
        each = render(book, written.number, values, language.code)
        shown.append(
            PhraseShown(
                language=language.code,
                right_to_left=language.right_to_left,
                display=each.display,
                plain=each.plain,
                say=each.say,
            )
        )
    in_language = next((each.plain for each in shown if each.language == said.language), None)
    return ByNumberTold(
        number=written.number,
        phrasebook=written.phrasebook,
        same_phrasebook=same,
        meaning=meaning.meaning,
        why_not=None,
        text_agrees=in_language == said.text if same and in_language is not None else None,
        responses={str(each): book.meaning(each).meaning for each in meaning.responses},
        rendered=shown,
    )


def _particulars(
    stated: ParticularsAsked | None,
    meaning: Meaning,
    values: Mapping[str, SlotValue],
    asked: PhraseAsked,
) -> ParticularsAsked | None:
    """The position, height and time of the phrase, each where it has exactly one."""
    found = ParticularsAsked() if stated is None else stated
    for kind in (SlotKind.POSITION, SlotKind.HEIGHT, SlotKind.TIME):
        names = [name for name, its in meaning.slots.items() if its is kind]
        if len(names) != 1:
            continue
        (name,) = names
        if getattr(found, kind.value) is not None:
            raise InputError(kind.value, f"the phrase states it in {name}")
        value = values[name]
        if isinstance(value, Place):
            found.position = PositionAsked(
                latitude_deg=value.latitude_deg, longitude_deg=value.longitude_deg, datum="WGS84"
            )
        elif isinstance(value, Altitude):
            found.height = HeightAsked(height_m=value.height_m, datum=value.datum.value)
        else:
            found.time = TimeAsked(at=asked.slots[name])
    nothing = not any((found.position, found.height, found.time, found.number))
    return None if nothing else found
