"""Reading the phrasebook's files: every language is held to every number, slot and script."""

import re
import string
import tomllib
import unicodedata
from collections.abc import Mapping
from typing import Any

from comity.domain.phrasebook.book import (
    Language,
    Meaning,
    Phrase,
    Phrasebook,
    SlotKind,
    phrasebook_digest,
)
from comity.domain.phrasebook.render import ENGLISH
from comity.domain.records import fault_of_words
from comity.kernel.errors import InputError

MEANINGS_FILE = "phrases.toml"
FILE_BYTES_MAX = 256 * 1024
TEXT_LENGTH_MAX = 300
LANGUAGES_MAX = 32
NUMBER_RANGE = range(100, 1000)
CODE = re.compile(r"[a-z]{2,3}")
# Letters that a text of a script may have, by the first word of their Unicode names.
SCRIPTS = {"Latn": "LATIN", "Cyrl": "CYRILLIC", "Arab": "ARABIC"}
FOREIGN = frozenset({"WGS", "UTC"})  # names of standards, the same in every script
POSITION_SLOTS = frozenset({"latitude", "north_south", "longitude", "east_west"})
HEIGHT_PATTERNS = ("EGM2008", "WGS84", "AGL", "QNE", "flight_level")
PLACEHOLDERS = ("todo", "tbd", "xxx", "lorem", "???", "fixme")


def parse_phrasebook(files: Mapping[str, bytes]) -> Phrasebook:
    """Read a phrasebook: the file of meanings and one file a language.

    Args:
        files: content by name; `phrases.toml` has the meanings, every other is a language's.

    Raises:
        InputError: names the file and the phrase: a number without words, a slot too many or too few,
            an answer that does not exist, letters of another script.
    """
    if MEANINGS_FILE not in files:
        raise InputError(MEANINGS_FILE, "missing")
    if len(files) - 1 > LANGUAGES_MAX:
        raise InputError("files", f"{len(files) - 1} languages, at most {LANGUAGES_MAX}")
    top = _table(files[MEANINGS_FILE], MEANINGS_FILE)
    meanings = _meanings(top)
    languages: dict[str, Language] = {}
    for name in sorted(set(files) - {MEANINGS_FILE}):
        language = _language(_table(files[name], name), name, meanings)
        if f"{language.code}.toml" != name:
            raise InputError(f"{name}.code", f"{language.code!r} is not the file's name")
        languages[language.code] = language
    version = top.get("version")
    if type(version) is not int or version < 1:
        raise InputError(f"{MEANINGS_FILE}.version", f"{version!r} is not a whole number from 1 on")
    return Phrasebook(version, phrasebook_digest(files), meanings, languages)


def slots_of(text: str, field: str) -> frozenset[str]:
    """Names of the slots in a pattern, each once.

    Raises:
        InputError: the braces do not match, or a slot stands twice or has a format.
    """
    try:
        parts = [
            (name, form, conversion)
            for _, name, form, conversion in string.Formatter().parse(text)
            if name is not None
        ]
    except ValueError as error:
        raise InputError(field, f"{text!r}: {error}") from error
    names = [name for name, _, _ in parts]
    if any(form or conversion for _, form, conversion in parts) or len(set(names)) != len(names):
        raise InputError(field, f"{text!r}: a slot with a format, or one that stands twice")
    return frozenset(names)


def _table(content: bytes, name: str) -> dict[str, Any]:
    if len(content) > FILE_BYTES_MAX:
        raise InputError(name, f"{len(content)} bytes, at most {FILE_BYTES_MAX}")
    try:
        return tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(name, f"not TOML: {error}") from error


def _meanings(top: Mapping[str, Any]) -> dict[int, Meaning]:
    kinds = {}
    for name, kind in _mapping(top, "slots", MEANINGS_FILE).items():
        if not isinstance(kind, str) or kind not in set(SlotKind):
            why = f"{kind!r} is none of {', '.join(SlotKind)}"
            raise InputError(f"{MEANINGS_FILE}.slots.{name}", why)
        kinds[name] = SlotKind(kind)
    sections = _mapping(top, "sections", MEANINGS_FILE)
    found: dict[int, Meaning] = {}
    for key, row in _mapping(top, "phrase", MEANINGS_FILE).items():
        field = f"{MEANINGS_FILE}.{key}"
        number = int(key) if key.isascii() and key.isdigit() else 0
        section = sections.get(key[:1])
        if number not in NUMBER_RANGE or not isinstance(section, str):
            raise InputError(field, "no number of three digits in a section")
        if not isinstance(row, Mapping):
            raise InputError(field, "no table")
        names = row.get("slots")
        if not isinstance(names, list) or not all(
            isinstance(name, str) and name in kinds for name in names
        ):
            raise InputError(f"{field}.slots", f"{names!r} are not names of slots")
        responses = row.get("responses")
        if not isinstance(responses, list):
            raise InputError(f"{field}.responses", f"{responses!r} is not a list of numbers")
        slots = {name: kinds[name] for name in names}
        words = _words(row.get("meaning"), f"{field}.meaning")
        found[number] = Meaning(number, section, words, slots, tuple(responses))
    for meaning in found.values():
        missing = [each for each in meaning.responses if type(each) is not int or each not in found]
        if missing:
            raise InputError(
                f"{MEANINGS_FILE}.{meaning.number}.responses", f"{missing[0]} is no phrase"
            )
    return found


def _language(top: Mapping[str, Any], name: str, meanings: Mapping[int, Meaning]) -> Language:
    script, code = top.get("script"), top.get("code")
    if not isinstance(code, str) or CODE.fullmatch(code) is None:
        raise InputError(f"{name}.code", f"{code!r} is no code of a language")
    if not isinstance(script, str) or script not in SCRIPTS:
        raise InputError(f"{name}.script", f"{script!r} is none of {', '.join(SCRIPTS)}")
    direction = top.get("direction")
    if direction not in ("left-to-right", "right-to-left"):
        raise InputError(f"{name}.direction", f"{direction!r} is no direction")
    digits, decimal = top.get("digits"), top.get("decimal")
    if not isinstance(digits, str) or [unicodedata.decimal(d, -1) for d in digits] != [*range(10)]:
        raise InputError(f"{name}.digits", f"{digits!r} are not the digits 0 to 9")
    if not isinstance(decimal, str) or len(decimal) != 1:
        raise InputError(f"{name}.decimal", f"{decimal!r} is no sign")
    return Language(
        code=code,
        name=_words(top.get("name"), f"{name}.name"),
        script=script,
        right_to_left=direction == "right-to-left",
        digits=digits,
        decimal=decimal,
        position=_position(_mapping(top, "position", name), name),
        height=_height(_mapping(top, "height", name), name),
        time=_pattern(_mapping(top, "time", name), "text", {"date", "clock"}, f"{name}.time"),
        phrases=_phrases(_mapping(top, "phrase", name), name, script, code, meanings),
    )


def _phrases(
    rows: Mapping[str, Any], name: str, script: str, code: str, meanings: Mapping[int, Meaning]
) -> dict[int, Phrase]:
    unknown = sorted(set(rows) - {str(number) for number in meanings})
    if unknown:
        raise InputError(f"{name}.{unknown[0][:20]}", "no meaning has that number")
    found: dict[int, Phrase] = {}
    for number, meaning in meanings.items():
        field = f"{name}.{number}"
        row = rows.get(str(number))
        if not isinstance(row, Mapping):
            raise InputError(field, "this language has no words for it")
        text = _pattern(row, "text", set(meaning.slots), field)
        _check_script(text, script, f"{field}.text")
        in_english: dict[str, str | None] = {"say": None, "back": None}
        for key in in_english if code != ENGLISH else ():
            said = _pattern(row, key, set(meaning.slots), field)
            if not said.isascii():
                raise InputError(f"{field}.{key}", "written with letters that English has not")
            in_english[key] = said
        found[number] = Phrase(text, **in_english)
    return found


def _position(table: Mapping[str, Any], name: str) -> dict[str, str]:
    field = f"{name}.position"
    words = {
        each: _words(table.get(each), f"{field}.{each}")
        for each in ("north", "south", "east", "west")
    }
    if len(set(words.values())) != 4:
        raise InputError(field, "two directions have one word")
    return {"text": _pattern(table, "text", POSITION_SLOTS, field), **words}


def _height(table: Mapping[str, Any], name: str) -> dict[str, str]:
    field = f"{name}.height"
    return {
        each: _pattern(
            table, each, {"level"} if each == "flight_level" else {"metres", "feet"}, field
        )
        for each in HEIGHT_PATTERNS
    }


def _pattern(
    table: Mapping[str, Any], key: str, slots: set[str] | frozenset[str], field: str
) -> str:
    text = _words(table.get(key), f"{field}.{key}")
    found = slots_of(text, f"{field}.{key}")
    if found != slots:
        expected = ", ".join(sorted(slots)) or "none"
        why = f"slots {', '.join(sorted(found)) or 'none'}; it has {expected}"
        raise InputError(f"{field}.{key}", why)
    return text


def _check_script(text: str, script: str, field: str) -> None:
    """Refuse letters of another script, which would only look alike."""
    bare = re.sub(r"\{\w+\}", " ", text)
    for word in re.findall(r"\w+", bare):
        if word in FOREIGN:
            continue
        for letter in word:
            if letter.isalpha() and not unicodedata.name(letter, "").startswith(SCRIPTS[script]):
                raise InputError(field, f"{letter!r} (U+{ord(letter):04X}) is not of {script}")


def _words(value: object, field: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InputError(field, "no words")
    fault = fault_of_words(value, TEXT_LENGTH_MAX)
    if fault is None and not unicodedata.is_normalized("NFC", value):
        fault = "not in form NFC"
    if fault is None and any(each in value.casefold() for each in PLACEHOLDERS):
        fault = "a placeholder"
    if fault is not None:
        raise InputError(field, fault)
    return value


def _mapping(table: Mapping[str, Any], key: str, name: str) -> Mapping[str, Any]:
    value = table.get(key)
    if not isinstance(value, Mapping):
        raise InputError(f"{name}.{key}", "no table")
    return value
