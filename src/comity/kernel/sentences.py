"""Sentences that a program makes: an id, an English form, and what stands in it as values.

English stands where the sentence is made and is the source of record; another language is a form of the same id in
a catalogue, with the same places. Numbers stay numbers until they are shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is shown: with so many decimals, and an international unit sign behind it."""

    value: float
    decimals: int = 0
    unit: str = ""

    def shown(self, group: str = ",") -> str:
        """In digits; `group` parts groups of three."""
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.value:,.{self.decimals}f}".replace(",", group) + unit

    def __str__(self) -> str:
        return self.shown()


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the rules, such as a grade or the name of a field; English is the word itself."""

    word: str

    def __str__(self) -> str:
        return self.word


@dataclass(frozen=True, slots=True)
class Listed:
    """Several parts behind each other, with a sign between them."""

    parts: tuple["Part", ...]
    sign: str = "; "

    def __str__(self) -> str:
        return self.sign.join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence; `str` gives the English.

    Attributes:
        message: its id.
        form: in English, with places such as `{speed}`.
        parts: what stands at each place; a text is shown as it is, in whatever language it was written.
    """

    message: str
    form: str
    parts: tuple[tuple[str, "Part"], ...] = ()

    def __str__(self) -> str:
        return self.form.format_map({name: str(part) for name, part in self.parts})

    def within(self) -> Iterator["Sentence"]:
        """This sentence and every one that stands in it."""
        yield self
        for _, part in self.parts:
            yield from _within(part)


Part = str | Number | Term | Listed | Sentence
"""What may stand at a place of a sentence."""


def said(message: str, form: str, **parts: Part) -> Sentence:
    """A sentence; the names of the parts are those of the places in the form."""
    return Sentence(message, form, tuple(parts.items()))


def all_of(names: Sequence[str]) -> Part:
    """Names with "and" between them."""
    return _joined("both", "{one} and {other}", names)


def one_of(names: Sequence[str]) -> Part:
    """Names with "or" between them."""
    return _joined("either", "{one} or {other}", names)


def _joined(message: str, form: str, names: Sequence[str]) -> Part:
    found: Part = names[-1]
    for name in reversed(names[:-1]):
        found = Sentence(message, form, (("one", name), ("other", found)))
    return found


def _within(part: Part) -> Iterator[Sentence]:
    if isinstance(part, Sentence):
        yield from part.within()
    elif isinstance(part, Listed):
        for each in part.parts:
            yield from _within(each)
