"""The articles of an agreement: prose for people, numbered alike in every language."""

import re
from dataclasses import dataclass

from comity.domain.agreement.limits import ARTICLES_MAX
from comity.domain.agreement.text import AgreementTextError

_LANGUAGE_HEADING = re.compile(r"# \[([A-Za-z-]{2,15})\] (\S.*)")
_ARTICLE_HEADING = re.compile(r"## ([1-9][0-9]{0,2})\. (\S.*)")


@dataclass(frozen=True, slots=True)
class Article:
    """One article in one language; a claim names it by number, `article 4` (L-03)."""

    language: str
    number: int
    title: str
    text: str


def read_articles(prose: str, languages: tuple[str, ...]) -> tuple[Article, ...]:
    """Read the articles in every language that the front matter names.

    Args:
        prose: sections `# [en] Title`, in each of them articles `## 1. Title`.
        languages: the authoritative one first.

    Raises:
        AgreementTextError: `language` (a section missing, repeated or not named) or `articles`
            (none, not numbered from 1 without a gap, or not the same in each language).

    Source: docs/spec/agreement.md §4.
    """
    sections = _sections(prose, languages)
    found: list[Article] = []
    for language in languages:
        if language not in sections:
            raise AgreementTextError("language", "articles", f"no section «# [{language}] …»")
        found += _articles_of(language, sections[language])
    counts = {each: sum(1 for article in found if article.language == each) for each in languages}
    if len(set(counts.values())) > 1:
        shown = ", ".join(f"{count} in {language}" for language, count in counts.items())
        raise AgreementTextError("articles", "articles", f"not the same in each language: {shown}")
    return tuple(found)


def _sections(prose: str, languages: tuple[str, ...]) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    lines: list[str] | None = None
    for line in prose.split("\n"):
        heading = _LANGUAGE_HEADING.fullmatch(line)
        if heading is not None:
            language = heading[1]
            if language not in languages or language in sections:
                why = f"section «# [{language}]» is repeated or not among the languages named"
                raise AgreementTextError("language", "articles", why)
            lines = sections.setdefault(language, [])
        elif lines is not None:
            lines.append(line)
        elif line.strip():
            why = f"{line[:60]!r} stands before the first section «# [language] …»"
            raise AgreementTextError("articles", "articles", why)
    return sections


def _articles_of(language: str, lines: list[str]) -> list[Article]:
    headings: list[tuple[int, re.Match[str]]] = []
    for index, line in enumerate(lines):
        heading = _ARTICLE_HEADING.fullmatch(line)
        if heading is None:
            continue
        if int(heading[1]) != len(headings) + 1:
            why = f"[{language}]: article {heading[1]} where {len(headings) + 1} is next"
            raise AgreementTextError("articles", "articles", why)
        headings.append((index, heading))
    if not 1 <= len(headings) <= ARTICLES_MAX:
        why = f"[{language}]: {len(headings)} articles «## 1. …»; 1 to {ARTICLES_MAX} are allowed"
        raise AgreementTextError("articles", "articles", why)
    ends = [index for index, _ in headings[1:]] + [len(lines)]
    return [
        Article(language, number, heading[2], "\n".join(lines[start + 1 : end]).strip())
        for number, ((start, heading), end) in enumerate(zip(headings, ends, strict=True), start=1)
    ]
