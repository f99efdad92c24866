"""The phrasebook: meanings by number, and each language's words for them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from comity.kernel.errors import InputError

DIGEST_PREFIX = (
    b"comity-phrasebook-v1\x00"  # a phrasebook's digest is never the hash of anything else
)


class SlotKind(StrEnum):
    """What stands in a slot; each language has its own way of saying it."""

    POSITION = "position"
    HEIGHT = "height"
    TIME = "time"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One numbered phrase, whatever the language.

    Attributes:
        number: never given to another meaning.
        section: the word for its hundred.
        meaning: what it says, for people who choose it.
        slots: kind by name, in the order in which they are asked for.
        responses: numbers of the answers expected; empty where none is.
    """

    number: int
    section: str
    meaning: str
    slots: Mapping[str, SlotKind]
    responses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase in one language.

    Attributes:
        text: with each slot as `{name}`.
        say: how to pronounce it, for a reader of English, with the same slots; None in English.
        back: what it says word for word, in English, with the same slots; None in English.
    """

    text: str
    say: str | None
    back: str | None


@dataclass(frozen=True, slots=True)
class Language:
    """One language's words.

    Attributes:
        code: ISO 639-1.
        name: in the language itself.
        script: ISO 15924.
        right_to_left: its direction.
        digits: for 0 to 9.
        decimal: sign before a fraction.
        position: pattern, and the words north, south, east and west.
        height: pattern by datum, and of flight levels.
        time: pattern.
        phrases: by number.
    """

    code: str
    name: str
    script: str
    right_to_left: bool
    digits: str
    decimal: str
    position: Mapping[str, str]
    height: Mapping[str, str]
    time: str
    phrases: Mapping[int, Phrase]


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """Everything at once; every language has every number.

    Attributes:
        version: counted from 1; numbers are only added.
        digest: of all the files, in records of messages sent by number.
    """

    version: int
    digest: str
    meanings: Mapping[int, Meaning]
    languages: Mapping[str, Language]

    def meaning(self, number: int) -> Meaning:
        """What a number means.

        Raises:
            InputError: no phrase has that number.
        """
        found = self.meanings.get(number)
        if found is None:
            raise InputError("phrase", f"{number} is no number of phrasebook {self.version}")
        return found

    def language(self, code: str) -> Language:
        """One language.

        Raises:
            InputError: there is none of that code.
        """
        found = self.languages.get(code)
        if found is None:
            known = ", ".join(sorted(self.languages))
            raise InputError("language", f"{code[:20]!r} is none of {known}")
        return found


def phrasebook_digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 of the domain prefix, then of each file in order of name: name, NUL, SHA-256 of its bytes.

    Source: docs/rooms/phrasebook.md, «Digest».
    """
    whole = hashlib.sha256(DIGEST_PREFIX)
    for name in sorted(files):
        whole.update(name.encode() + b"\x00" + hashlib.sha256(files[name]).digest())
    return whole.hexdigest()
