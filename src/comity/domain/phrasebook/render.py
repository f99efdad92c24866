"""A phrase with its slots filled, in one language: plain for records and voice, and for display."""

from collections.abc import Mapping
from dataclasses import dataclass

from comity.domain.phrasebook.book import Language, Meaning, Phrasebook
from comity.domain.phrasebook.slots import SlotValue, check_value, slot_words
from comity.kernel.errors import InputError

# Unicode UAX #9: what stands between such marks has no effect on the order of what stands around it.
LEFT_TO_RIGHT_ISOLATE = "\u2066"
RIGHT_TO_LEFT_ISOLATE = "\u2067"
FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A phrase as one side reads it.

    Attributes:
        language: code.
        plain: no mark of direction in it; for records, voice and comparison.
        display: each slot isolated, and the whole in its direction; for screens and paper only.
        say: how to pronounce it, for a reader of English, who finds the values of the slots in English;
            None in English.
    """

    language: str
    plain: str
    display: str
    say: str | None


def render(
    book: Phrasebook, number: int, values: Mapping[str, SlotValue], language_code: str
) -> Rendered:
    """A numbered phrase in one language.

    Raises:
        InputError: no such phrase or language, a slot too many or too few, or a value of another kind.
    """
    meaning = book.meaning(number)
    language = book.language(language_code)
    check_values(meaning, values)
    phrase = language.phrases[number]
    words = {name: slot_words(values[name], language) for name in meaning.slots}
    isolated = {name: isolate(value) for name, value in words.items()}
    return Rendered(
        language=language.code,
        plain=phrase.text.format(**words),
        display=_directed(phrase.text.format(**isolated), language),
        say=None if phrase.say is None else phrase.say.format(**_for_reader(book, words, values)),
    )


def check_values(meaning: Meaning, values: Mapping[str, SlotValue]) -> None:
    """Check that exactly the slots of a phrase are filled, each with its kind.

    Raises:
        InputError: naming the slot.
    """
    unknown = sorted(set(values) - set(meaning.slots))
    if unknown:
        known = ", ".join(meaning.slots) or "none"
        raise InputError(f"slots.{unknown[0][:20]}", f"no slot of {meaning.number}; it has {known}")
    for name, kind in meaning.slots.items():
        if name not in values:
            raise InputError(f"slots.{name}", f"phrase {meaning.number} needs a {kind}")
        check_value(kind, values[name], f"slots.{name}")


def isolate(text: str) -> str:
    """Words that keep their own direction and change none around them; for display only."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"


def _for_reader(
    book: Phrasebook, words: Mapping[str, str], values: Mapping[str, SlotValue]
) -> Mapping[str, str]:
    """Slots as a reader of English can read them; as they are where the book has no English."""
    english = book.languages.get(ENGLISH)
    if english is None:
        return words
    return {name: slot_words(values[name], english) for name in words}


def _directed(text: str, language: Language) -> str:
    mark = RIGHT_TO_LEFT_ISOLATE if language.right_to_left else LEFT_TO_RIGHT_ISOLATE
    return f"{mark}{text}{POP_ISOLATE}"
