"""A report as one page: no script, nothing from elsewhere, read by eye or by ear."""

import base64
import hashlib
from collections import Counter
from html import escape

from comity.adapters.report_pages.document import (
    TEXT_CHARACTERS_MAX,
    Figure,
    Heading,
    Items,
    Paragraph,
    Part,
    ReportDocument,
    Table,
    Words,
)
from comity.adapters.report_pages.plain import MARKS, plain
from comity.adapters.report_pages.words import packaged_file, report_words


def html_of(document: ReportDocument) -> bytes:
    """The page; the same document gives the same bytes."""
    words = report_words(document.language)
    style = packaged_file("report.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    direction = "rtl" if words.right_to_left else "ltr"
    foreign = "" if document.language == "en" else ' lang="en" dir="ltr"'
    title = _text(document.title)
    regions: Counter[str] = Counter()
    body = "\n".join(_part(each, document.language, regions) for each in document.parts)
    dated = f'<p class="about"{foreign}>{_text(document.dated)}</p>' if document.dated else ""
    page = f"""<!doctype html>
<html lang="{document.language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<p class="about">{_text(document.subtitle)}</p>
<h1{foreign}>{title}</h1>
{dated}
{body}
</main>
<footer><p>{_text(document.footer)}</p><p lang="en" dir="ltr">{_text(document.made_with)}</p></footer>
</body>
</html>
"""
    return page.encode()


def _part(part: Part, language: str, regions: Counter[str]) -> str:
    match part:
        case Heading():
            level = part.level + 1
            return f"<h{level}{_mark(part.foreign, language)}>{_text(part.text)}</h{level}>"
        case Paragraph():
            named = ' class="weighty"' if part.weighty else ""
            return f"<p{named}{_mark(part.foreign, language)}>{_words(part.text)}</p>"
        case Items():
            rows = "".join(f"<li>{_words(each)}</li>" for each in part.texts)
            return f"<ul{_mark(part.foreign, language)}>{rows}</ul>"
        case Table():
            return _table(part, language, regions)
        case Figure():
            mark = _mark(foreign=isinstance(part.caption, str), language=language)
            caption = f"<figcaption{mark}>{_words(part.caption)}</figcaption>"
            return f'<figure><div dir="ltr">{part.svg.strip()}</div>{caption}</figure>'


def _table(table: Table, language: str, regions: Counter[str]) -> str:
    heads = "".join(f'<th scope="col">{_text(each)}</th>' for each in table.columns)
    rows = []
    for row in table.rows:
        cells = []
        for number, cell in enumerate(row):
            tag, scope = ("th", ' scope="row"') if number == 0 else ("td", "")
            mono = ' class="mono"' if number in table.mono_columns else ""
            mark = _mark(number not in table.own_columns, language)
            cells.append(f"<{tag}{scope}{mono}{mark}>{_words(cell)}</{tag}>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    caption = _text(table.caption)
    regions[caption] += 1  # two regions of one name could not be told apart by ear
    region = caption if regions[caption] == 1 else f"{caption} ({regions[caption]})"
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{region}"><table>'
        f"<caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>"
        f"{''.join(rows)}</tbody></table></div>"
    )


def _mark(foreign: bool, language: str) -> str:
    return ' lang="en" dir="ltr"' if foreign and language != "en" else ""


def _words(words: Words) -> str:
    """Pieces in another language are kept apart: their direction changes nothing around them."""
    if isinstance(words, str):
        return _text(words)
    return "".join(
        f'<bdi lang="en" dir="ltr">{_text(each.text, MARKS)}</bdi>'
        if each.foreign
        else _text(each.text)
        for each in words
    )


def _text(text: str, kept: frozenset[str] = frozenset()) -> str:
    return escape(plain(text, TEXT_CHARACTERS_MAX, kept), quote=True)
