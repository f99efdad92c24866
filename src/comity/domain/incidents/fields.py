"""Fields of a claim file: known by name, bounded, and refused by their path."""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import TypeVar

from comity.kernel.errors import InputError

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,47}", re.ASCII)
SHORT_LENGTH_MAX = 200
WORDS_LENGTH_MAX = 2_000  # a page of what somebody said
LIST_LENGTH_MAX = 200  # statements, sources, material, aircraft of one file

Kind = TypeVar("Kind", bound=StrEnum)


class Fields:
    """One table of a file; `done` refuses what was not asked for."""

    def __init__(self, tree: object, path: str) -> None:
        if not isinstance(tree, dict):
            raise InputError(path or "file", "is not a table of named fields")
        self._tree = tree
        self._path = path
        self._asked: set[str] = set()

    def path(self, name: str) -> str:
        """Where a field stands, for a refusal."""
        return f"{self._path}.{name}" if self._path else name

    def has(self, name: str) -> bool:
        """Whether it is there."""
        return name in self._tree

    def words(self, name: str, length_max: int = SHORT_LENGTH_MAX, *, needed: bool = True) -> str:
        """A text in form NFC without control characters; empty where it may be left out and is."""
        found = self._take(name, needed=needed)
        if found is None:
            return ""
        where = self.path(name)
        if not isinstance(found, str):
            why = f"{_kind_of(found)} where a text in quotes is wanted"
            raise InputError(where, why)
        if len(found) > length_max:
            raise InputError(where, f"{len(found)} characters, at most {length_max}")
        text = unicodedata.normalize("NFC", found).strip()
        for place, character in enumerate(text, start=1):
            if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}:
                # bidirectional controls can show a reader other figures than those computed with
                raise InputError(where, f"character {place}, U+{ord(character):04X}, is not shown")
        if needed and not text:
            raise InputError(where, "is empty")
        return text

    def name(self, name: str) -> str:
        """A name within the file.

        Raises:
            InputError: it is not of the form.
        """
        found = self.words(name)
        if NAME.fullmatch(found) is None:
            raise InputError(self.path(name), f"{found!r} is not of the form {NAME.pattern}")
        return found

    def choice(self, name: str, kinds: type[Kind]) -> Kind:
        """One of a list of words."""
        found = self.words(name)
        try:
            return kinds(found)
        except ValueError:
            known = ", ".join(kinds)
            raise InputError(self.path(name), f"{found!r} is none of: {known}") from None

    def flag(self, name: str) -> bool:
        """True or false; false where it is left out."""
        found = self._take(name, needed=False)
        if found is not None and not isinstance(found, bool):
            raise InputError(self.path(name), f"{_kind_of(found)} where true or false is wanted")
        return bool(found)

    def names(self, name: str) -> tuple[str, ...]:
        """A list of names; empty where it is left out."""
        found = []
        for index, each in enumerate(self._list(name)):
            if not isinstance(each, str) or NAME.fullmatch(each) is None:
                why = f"is not a name of the form {NAME.pattern}"
                raise InputError(f"{self.path(name)}[{index}]", why)
            found.append(each)
        if len(set(found)) != len(found):
            raise InputError(self.path(name), "names one thing twice")
        return tuple(found)

    def table(self, name: str) -> "Fields | None":
        """A table within this one, or None."""
        found = self._take(name, needed=False)
        return None if found is None else Fields(found, self.path(name))

    def tables(self, name: str) -> Iterator["Fields"]:
        """A list of tables; none where it is left out."""
        for index, each in enumerate(self._list(name)):
            yield Fields(each, f"{self.path(name)}[{index}]")

    def done(self) -> None:
        """Refuse what nobody asked for: a field that is misspelt must not be lost."""
        unknown = sorted(_shown(str(each)) for each in self._tree if each not in self._asked)
        if unknown:
            known = ", ".join(sorted(self._asked))
            raise InputError(self.path(unknown[0]), f"no such field; known here: {known}")

    def _list(self, name: str) -> list[object]:
        found = self._take(name, needed=False)
        if found is None:
            return []
        if not isinstance(found, list):
            raise InputError(self.path(name), f"{_kind_of(found)} where a list is wanted")
        if len(found) > LIST_LENGTH_MAX:
            raise InputError(self.path(name), f"{len(found)} entries, at most {LIST_LENGTH_MAX}")
        return found

    def _take(self, name: str, *, needed: bool) -> object:
        self._asked.add(name)
        if name not in self._tree:
            if needed:
                raise InputError(self.path(name), "is missing")
            return None
        found: object = self._tree[name]
        return found


def _shown(key: str) -> str:
    """A key of a hostile file, as a terminal may have it."""
    return key[:40] if key.isprintable() else ascii(key[:40])


def _kind_of(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a bare number (write it in quotes, with its unit)"
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "a table"
    return "a date or null (write times in quotes, so that they stay as stated)"
