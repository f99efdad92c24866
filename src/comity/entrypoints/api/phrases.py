"""The phrasebook: every phrase, and one phrase filled in and shown in each side's language."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from comity.adapters.phrase_files import packaged_phrasebook
from comity.domain.operators import Action, Operator, authorise
from comity.domain.phrasebook import (
    Language,
    Meaning,
    Phrasebook,
    PhraseMessage,
    Place,
    SlotKind,
    SlotValue,
    message_to_body,
    render,
)
from comity.domain.places import read_position
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.routing import get, post
from comity.entrypoints.api.written import read_height
from comity.kernel.errors import InputError
from comity.kernel.instants import instant_from_rfc3339

NUMBER = re.compile(r"\d{1,6}")


class PhraseTold(msgspec.Struct, frozen=True, kw_only=True):
    """One phrase in one language.

    Attributes:
        text: with each slot as `{name}`.
        say: how to pronounce it, for a reader of English; null in English.
        back: what it says word for word, in English; null in English.
    """

    text: str
    say: str | None
    back: str | None


class MeaningTold(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered phrase.

    Attributes:
        slots: kind by name.
        responses: numbers of the answers expected.
        phrases: by code of language.
    """

    number: int
    section: str
    meaning: str
    slots: dict[str, str]
    responses: list[int]
    phrases: dict[str, PhraseTold]


class PhrasebookTold(msgspec.Struct, frozen=True, kw_only=True):
    """The phrasebook of this node.

    Attributes:
        digest: stands in every record of a message sent by number.
        languages: names by code, each in the language itself.
    """

    version: int
    digest: str
    languages: dict[str, str]
    right_to_left: list[str]
    phrases: list[MeaningTold]


class RenderPhrase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A phrase to fill in.

    Attributes:
        slots: each as people write it: a position in any known form, a height with unit and datum
            (`3000 ft EGM2008`) or a flight level (`FL320`), an RFC 3339 time with its zone, a number, a name.
        languages: codes; all if left out.
    """

    number: int
    slots: dict[str, str] = {}
    languages: list[str] | None = None


class RenderedTold(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase as one side reads it.

    Attributes:
        plain: without marks of direction.
        display: with them, for a screen.
        say: for a reader of English; null in English.
    """

    language: str
    name: str
    right_to_left: bool
    plain: str
    display: str
    say: str | None


class RenderedPhraseTold(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase in each language asked for.

    Attributes:
        body: what a record of it carries.
        assumed: what was not stated of a position and was taken for granted.
        responses: meanings of the answers expected, by number.
    """

    number: int
    meaning: str
    body: dict[str, Any]
    assumed: list[str]
    responses: dict[str, str]
    rendered: list[RenderedTold]


@get("/v1/phrasebook", summary="Every numbered phrase in every language")
async def show_phrasebook(context: ApiContext, operator: Operator) -> PhrasebookTold:
    """With the digest that stands in records of messages sent by number."""
    del context
    authorise(operator, Action.STATUS_READ)
    return tell_phrasebook(packaged_phrasebook())


@post("/v1/phrasebook/render", summary="Fill in a phrase")
async def render_phrase(
    data: RenderPhrase, context: ApiContext, operator: Operator
) -> RenderedPhraseTold:
    """In each side's language. Nothing is sent or recorded."""
    del context
    authorise(operator, Action.STATUS_READ)
    return tell_rendered(packaged_phrasebook(), data.number, data.slots, data.languages)


def tell_phrasebook(
    book: Phrasebook, languages: Sequence[str] | None = None, section: str | None = None
) -> PhrasebookTold:
    """The phrasebook as the API and the command line tell it."""
    chosen = _chosen(book, languages)
    sections = {each.section for each in book.meanings.values()}
    if section is not None and section not in sections:
        raise InputError("section", f"{section[:40]!r} is none of {', '.join(sorted(sections))}")
    return PhrasebookTold(
        version=book.version,
        digest=book.digest,
        languages={each.code: each.name for each in chosen},
        right_to_left=[each.code for each in chosen if each.right_to_left],
        phrases=[
            tell_meaning(meaning, chosen)
            for meaning in book.meanings.values()
            if section in (None, meaning.section)
        ],
    )


def tell_meaning(meaning: Meaning, languages: Sequence[Language]) -> MeaningTold:
    """One phrase in some languages."""
    return MeaningTold(
        number=meaning.number,
        section=meaning.section,
        meaning=meaning.meaning,
        slots={name: kind.value for name, kind in meaning.slots.items()},
        responses=list(meaning.responses),
        phrases={
            each.code: PhraseTold(
                text=each.phrases[meaning.number].text,
                say=each.phrases[meaning.number].say,
                back=each.phrases[meaning.number].back,
            )
            for each in languages
        },
    )


def tell_rendered(
    book: Phrasebook,
    number: int,
    stated: Mapping[str, str],
    languages: Sequence[str] | None = None,
) -> RenderedPhraseTold:
    """A phrase filled in, as the API and the command line tell it.

    Raises:
        InputError: no such phrase or language, or a slot that cannot be read; names it.
    """
    meaning = book.meaning(number)
    values, assumed = read_slots(meaning, stated)
    rendered = []
    for language in _chosen(book, languages):
        each = render(book, number, values, language.code)
        rendered.append(
            RenderedTold(
                language=language.code,
                name=language.name,
                right_to_left=language.right_to_left,
                plain=each.plain,
                display=each.display,
                say=each.say,
            )
        )
    return RenderedPhraseTold(
        number=number,
        meaning=meaning.meaning,
        body=message_to_body(PhraseMessage(number, values, book.digest)),
        assumed=assumed,
        responses={str(each): book.meaning(each).meaning for each in meaning.responses},
        rendered=rendered,
    )


def read_slots(
    meaning: Meaning, stated: Mapping[str, str]
) -> tuple[dict[str, SlotValue], list[str]]:
    """Slots as people write them, and what of them was assumed.

    Raises:
        InputError: one that the phrase has not, or one that cannot be read; names it.
    """
    values: dict[str, SlotValue] = {}
    assumed: list[str] = []
    for name, text in stated.items():
        kind = meaning.slots.get(name)
        field = f"slots.{name[:20]}"
        if kind is None:
            known = ", ".join(meaning.slots) or "none"
            raise InputError(field, f"no slot of {meaning.number}; it has {known}")
        if kind is SlotKind.POSITION:
            position = read_position(text, field)
            values[name] = Place(position.latitude_deg, position.longitude_deg)
            assumed += position.assumed
        elif kind is SlotKind.HEIGHT:
            values[name] = read_height(text, field)
        elif kind is SlotKind.TIME:
            values[name] = instant_from_rfc3339(text, field)
        elif kind is SlotKind.NUMBER:
            if NUMBER.fullmatch(text) is None:
                raise InputError(field, f"{text[:40]!r} is not a whole number of up to 6 digits")
            values[name] = int(text)
        else:
            values[name] = text
    return values, assumed


PHRASE_ROUTES = (render_phrase, show_phrasebook)


def _chosen(book: Phrasebook, codes: Sequence[str] | None) -> list[Language]:
    if codes is None:
        return list(book.languages.values())
    return [book.language(code) for code in dict.fromkeys(codes)]
