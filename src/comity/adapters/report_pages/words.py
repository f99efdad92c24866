"""Set words of a report, by language."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from comity.kernel.errors import InputError, StoreError

LANGUAGES = ("en", "ru", "ar", "tr")
RIGHT_TO_LEFT = frozenset({"ar"})


@dataclass(frozen=True, slots=True)
class ReportWords:
    """Headings, heads of columns, set sentences and terms of one language."""

    language: str
    texts: Mapping[str, str]
    terms: Mapping[str, str]

    @property
    def right_to_left(self) -> bool:
        """Whether it is written so."""
        return self.language in RIGHT_TO_LEFT

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

    def term(self, word: str) -> str:
        """A word of the rules, with the English one beside it where it is another."""
        said = self.terms.get(word, word)
        return said if self.language == "en" or said == word else f"{said} ({word})"


@cache
def report_words(language: str) -> ReportWords:
    """The words of a language.

    Raises:
        InputError: `language` is none of `LANGUAGES`.
        StoreError: `report-words`: the file is missing or lacks a word.
    """
    if language not in LANGUAGES:
        raise InputError("language", f"{language!r} is none of {', '.join(LANGUAGES)}")
    try:
        read = {each: tomllib.loads(packaged_file(f"{each}.toml")) for each in {language, "en"}}
    except tomllib.TOMLDecodeError as error:
        raise StoreError("report-words", str(error)) from error
    found, complete = read[language], read["en"]
    for part in ("texts", "terms"):
        missing = sorted(complete[part].keys() - found[part].keys())
        if missing:
            raise StoreError("report-words", f"{language}: {part} lacks {', '.join(missing)}")
    return ReportWords(language, found["texts"], found["terms"])


@cache
def packaged_file(name: str) -> str:
    """A text file that comes with this room.

    Raises:
        StoreError: `report-words`: it is missing.
    """
    try:
        return resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    except OSError as error:
        raise StoreError("report-words", str(error)) from error
