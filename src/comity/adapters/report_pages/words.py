"""Set words and sentences of a report, by language."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from comity.adapters.report_pages.document import TEXT_CHARACTERS_MAX, Run, Words
from comity.adapters.report_pages.plain import LEFT_TO_RIGHT_MARK, plain
from comity.kernel.errors import InputError, StoreError
from comity.kernel.sentences import Listed, Number, Part, Sentence, Term

LANGUAGES = ("en", "ru", "ar", "tr")
RIGHT_TO_LEFT = frozenset({"ar"})
GROUP = "\u00a0"  # parts groups of three digits where a comma may be a decimal sign (CGPM 2003, resolution 10)
_PLACE = re.compile(r"\{([a-z0-9_]+)\}")
_SIGNS = {"ar": {"; ": "؛ ", ", ": "، "}}
_LATIN_WORD = r"-*[A-Za-z0-9%°](?:[\w%°/.:+-]*[\w%°])?"
_LATIN = re.compile(rf"(?:^[ {GROUP}])?{_LATIN_WORD}(?: {_LATIN_WORD})*(?: $)?", re.ASCII)
"""Within a text that runs from the right: words and figures of the other direction, and the blank beside a place."""
_UNIT_BEHIND = re.compile(r"^ (?=(?:km/h|m/s²?|ft/min|km|m|NM|ft|kt|ms|s|min|h|g|deg|mi|smi)\b)")
"""The blank between a place for a figure and the unit in the form behind it; a line does not end there."""
_VOWELS = re.compile("[\u064b-\u0652\u0670]")
"""Marks over and under Arabic letters; a picture in a print of typst loses what they mean to who listens."""
_ARABIC = re.compile("[\u0600-\u08ff]")
_LIGATURE = re.compile(r"[fTtQ](?=[a-z])")
"""Where a Latin font may draw two letters as one: a picture in a print finds no font for Arabic beside such a sign."""
_ISOLATE_LEFT, _ISOLATE_RIGHT, _ISOLATE_END = "\u2066", "\u2067", "\u2069"  # UAX 9 §2.4


@dataclass(frozen=True, slots=True)
class ReportWords:
    """Headings, heads of columns, terms and sentences of one language; English sentences stand where they are made."""

    language: str
    texts: Mapping[str, str]
    terms: Mapping[str, str]
    sentences: Mapping[str, str]

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

    def told(self, part: Part) -> Words:
        """A sentence in the language; what stands in it as it was stated is kept apart.

        Raises:
            StoreError: `report-words`: the catalogue lacks the sentence.
        """
        return self.joined([part])

    def text(self, part: Part) -> str:
        """The same as one text."""
        told = self.told(part)
        return told if isinstance(told, str) else "".join(each.text for each in told)

    def label(self, part: Part, characters_max: int) -> str:
        """The same as one line of a picture: pieces of another direction are kept apart by marks of their own."""
        kept: list[str] = []
        left = characters_max
        for run in self._merged([part]):
            whole = _VOWELS.sub("", run.text)
            text = whole if len(whole) <= left else f"{whole[: max(0, left - 1)]}…"
            apart = run.foreign and self.right_to_left
            kept.append(f"{_ISOLATE_LEFT}{text}{_ISOLATE_END}" if apart else text)
            left -= len(text)
            if text is not whole or left <= 0:
                break
        shown = "".join(kept)
        if _ARABIC.search(shown):
            shown = _LIGATURE.sub("\\g<0>\u200c", shown)
        return f"{_ISOLATE_RIGHT}{shown}{_ISOLATE_END}" if self.right_to_left else shown

    def joined(self, pieces: Iterable[Run | Part]) -> Words:
        """Pieces behind each other: sentences and runs; in English all of it is one text."""
        runs = self._merged(pieces)
        return "".join(each.text for each in runs) if self.language == "en" else tuple(runs)

    def _merged(self, pieces: Iterable[Run | Part]) -> list[Run]:
        runs: list[Run] = []
        for piece in pieces:
            for each in [_shown(piece)] if isinstance(piece, Run) else self._runs(piece):
                if runs and runs[-1].foreign == each.foreign:
                    runs[-1] = Run(runs[-1].text + each.text, each.foreign)
                elif each.text:
                    runs.append(each)
        return runs

    def _runs(self, part: Part) -> Iterator[Run]:
        if self.language == "en" and not isinstance(part, Term):
            yield Run(str(part))
            return
        match part:
            case str():
                yield _shown(Run(part, foreign=True))
            case Term():
                yield from self._term(part.word)
            case Number():
                yield Run(part.shown(GROUP), foreign=True)
            case Listed():
                sign = _SIGNS.get(self.language, {}).get(part.sign, part.sign)
                for number, each in enumerate(part.parts):
                    if number:
                        yield Run(sign)
                    yield from self._runs(each)
            case Sentence() if _is_formula(part):
                # in one piece, left to right: from the right, 17 s would be divided by 1.15 mi
                yield Run("".join(map(self._kept_in_order, self._pieces(part))), foreign=True)
            case Sentence():
                yield from self._pieces(part)

    def _pieces(self, sentence: Sentence) -> Iterator[Run]:
        places = dict(sentence.parts)
        for number, piece in enumerate(_PLACE.split(self.form_of(sentence))):
            if number % 2:
                yield from self._runs(places[piece])
            else:
                own = _UNIT_BEHIND.sub(GROUP, piece) if number else piece
                yield from self._own(own, behind_place=number > 0)

    def _own(self, text: str, *, behind_place: bool) -> Iterator[Run]:
        """A text of a form. A unit goes with the figure before it, or it would stand on its other side."""
        place = 0
        for found in _LATIN.finditer(text) if self.right_to_left else ():
            piece = found.group()
            if found.start() == 0 and not behind_place:
                piece = piece.lstrip()
            if piece.strip().isdigit():  # alone it stands right in either direction
                continue
            yield Run(text[place : found.end() - len(piece)])
            yield Run(piece, foreign=True)
            place = found.end()
        yield Run(text[place:])

    def _kept_in_order(self, run: Run) -> str:
        """A piece of a formula: words written from the right do not draw figures over to them."""
        if run.foreign or not self.right_to_left or not any(map(str.isalpha, run.text)):
            return run.text
        return f"{LEFT_TO_RIGHT_MARK}{run.text}{LEFT_TO_RIGHT_MARK}"

    def _term(self, word: str) -> Iterator[Run]:
        said = self.terms.get(word, word)
        if self.language == "en" or said == word:
            yield Run(said, foreign=said == word)
            return
        yield Run(f"{said} (")
        yield Run(word, foreign=True)
        yield Run(")")

    def form_of(self, sentence: Sentence) -> str:
        """The form of a sentence; one that has no words is the same in every language.

        Raises:
            StoreError: `report-words`: the catalogue lacks it, or has other places in it.
        """
        if is_wordless(sentence.form):
            wordless = sentence.form
            if _is_formula(sentence):  # it runs from left to right, and so do its signs
                return wordless
            for latin, sign in _SIGNS.get(self.language, {}).items():
                wordless = wordless.replace(latin, sign)
            return wordless
        form = self.sentences.get(sentence.message)
        places = {name for name, _ in sentence.parts}
        if form is None or set(_PLACE.findall(form)) - places:
            raise StoreError("report-words", f"{self.language}: sentence {sentence.message}")
        return form


def _shown(run: Run) -> Run:
    return Run(plain(run.text, TEXT_CHARACTERS_MAX), run.foreign)


def _is_formula(sentence: Sentence) -> bool:
    """Whether it is arithmetic, or figures alone."""
    if not is_wordless(sentence.form):
        return False
    figures = all(isinstance(part, Number) for _, part in sentence.parts)
    return figures or any(sign in sentence.form for sign in "=÷×")


def is_wordless(form: str) -> bool:
    """Whether a form has nothing but places, signs and figures."""
    return not any(each.isalpha() for each in _PLACE.sub("", form))


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
    sentences = {} if language == "en" else _sentences(language)
    return ReportWords(language, found["texts"], found["terms"], sentences)


def _sentences(language: str) -> Mapping[str, str]:
    try:
        return tomllib.loads(packaged_file(f"sentences-{language}.toml"))
    except tomllib.TOMLDecodeError as error:
        raise StoreError("report-words", str(error)) from error


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
