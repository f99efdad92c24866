# ruff: noqa: PLC0415 - typst is an extra, and only who prints needs it
"""A report as PDF, through Typst: text goes in as data and is never read as markup or code."""

import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

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
from comity.adapters.report_pages.plain import MARKS, RIGHT_TO_LEFT_MARK, plain
from comity.adapters.report_pages.words import packaged_file, report_words
from comity.kernel.errors import InputError

FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
ARABIC_FONTS = (
    ("Noto Naskh Arabic", "NotoNaskhArabic-Regular.ttf", "NotoNaskhArabic-Bold.ttf"),
    ("Noto Sans Arabic", "NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf"),
    ("DejaVu Sans", "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
)
"""Looked for in this order; Debian has them as fonts-noto-core and fonts-dejavu-core."""
FONT_BYTES_MAX = 16 << 20
LATIN_FONT = (
    "Libertinus Serif"  # comes within typst, as does the next; has Latin and Cyrillic letters
)
MONO_FONT = "DejaVu Sans Mono"
LETTERS_LACKING = ("could not be displayed", "missing codepoints")
"""Of what typst says where PDF/UA-1 cannot be held to for want of a font."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed report.

    Attributes:
        content: the PDF.
        fonts: what it was set in: those of the machine with the SHA-256 of their files, for the same bytes
            come out only with the same fonts.
        remarks: what could not be done as it should.
    """

    content: bytes
    fonts: tuple[str, ...]
    remarks: tuple[str, ...]


def pdf_of(document: ReportDocument, font_folders: Sequence[Path] = FONT_FOLDERS) -> Printed:
    """Print a report. The same document, typst and fonts give the same bytes; no clock is asked.

    Args:
        document: the report.
        font_folders: where a font for Arabic is looked for; all else comes with typst.

    Raises:
        InputError: `report`: the extra is not installed, or what is to be printed is too much for typst.
        StoreError: `report-words`: the template is missing.
    """
    try:
        import typst
    except ImportError as error:
        raise InputError(
            "report",
            "PDF needs typst, which is not installed: pip install 'comity[report]'; HTML needs nothing",
        ) from error
    remarks: list[str] = []
    fonts = [f"{LATIN_FONT}, {MONO_FONT} (within typst {version('typst')})"]
    families = [LATIN_FONT]
    with tempfile.TemporaryDirectory(prefix="comity-report-") as place:
        folder = Path(place)
        arabic = _arabic_font(font_folders) if _needs_arabic(document) else None
        if arabic is not None:
            family, files = arabic
            families.append(family)
            for number, file in enumerate(files):
                content = file.read_bytes()
                (folder / f"{number}{file.suffix}").write_bytes(content)
                fonts.append(
                    f"{family}: {file.name}, SHA-256 {hashlib.sha256(content).hexdigest()}"
                )
        elif _needs_arabic(document):
            families.append(MONO_FONT)
            remarks.append(
                "no font for Arabic was found on this machine (Debian: fonts-noto-core); set in "
                f"{MONO_FONT}, whose letters are of one width"
            )
        try:
            content = _compiled(typst, document, families, folder, tagged=True)
        except InputError as error:
            if not any(each in error.why for each in LETTERS_LACKING):
                raise
            content = _compiled(typst, document, families, folder, tagged=False)
            remarks.append(
                "letters of a script for which there is no font here stand as empty boxes, so the print"
                " does not hold to PDF/UA-1; the page in HTML has them"
            )
    return Printed(content, tuple(fonts), tuple(remarks))


def _compiled(
    typst: Any, document: ReportDocument, families: Sequence[str], folder: Path, *, tagged: bool
) -> bytes:
    words = report_words(document.language)
    template = packaged_file("template.typ").encode()
    data = {
        "language": document.language,
        "rtl": words.right_to_left,
        "fonts": list(families),
        "mono": MONO_FONT,
        "page": words["page"],
        "title": _text(document.title),
        "subtitle": _text(document.subtitle),
        "footer": _text(document.footer),
        "dated": _text(document.dated),
        "made_with": _text(document.made_with),
        "parts": [_part(each, rtl=words.right_to_left) for each in document.parts],
    }
    root = folder / "root"
    root.mkdir(exist_ok=True)
    try:
        compiler = typst.Compiler(
            template, root=root, font_paths=[folder], ignore_system_fonts=True,
            sys_inputs={"report": json.dumps(data, ensure_ascii=False, sort_keys=True)},
        )  # fmt: skip
        content = compiler.compile(
            format="pdf", pdf_standards=["ua-1"] if tagged else [], timestamp=0
        )
    except (typst.TypstError, ValueError, RuntimeError) as error:
        raise InputError("report", f"typst cannot print it: {str(error)[:300]}") from error
    if not isinstance(content, bytes):
        raise InputError("report", "typst gave no single file")
    return content


def _part(part: Part, *, rtl: bool) -> dict[str, Any]:
    match part:
        case Heading():
            return {
                "is": "heading",
                "level": part.level,
                "text": _text(part.text),
                "foreign": part.foreign,
            }
        case Paragraph():
            return {
                "is": "paragraph", "text": _words(part.text, rtl=rtl), "foreign": part.foreign,
                "weighty": part.weighty,
            }  # fmt: skip
        case Items():
            return {
                "is": "items",
                "texts": [_words(t, rtl=rtl) for t in part.texts],
                "foreign": part.foreign,
            }
        case Table():
            return {
                "is": "table",
                "caption": _text(part.caption),
                "columns": [_text(each) for each in part.columns],
                "rows": [[_words(cell, rtl=rtl) for cell in row] for row in part.rows],
                "widths": list(part.widths),
                "own": sorted(part.own_columns),
                "mono": sorted(part.mono_columns),
            }
        case Figure():
            return {
                "is": "figure", "svg": part.svg, "alt": _text(part.alt),
                "caption": _words(part.caption, rtl=rtl),
            }  # fmt: skip


def _words(words: Words, *, rtl: bool) -> str | list[dict[str, Any]]:
    if isinstance(words, str):
        return _text(words)
    return [
        {"text": plain(each.text, TEXT_CHARACTERS_MAX, MARKS), "foreign": True}
        if each.foreign
        else {"text": _marked(_text(each.text)) if rtl else _text(each.text), "foreign": False}
        for each in words
    ]


def _marked(text: str) -> str:
    """Typst embeds a piece of another direction and does not isolate it: signs beside it would turn with it."""
    return f"{RIGHT_TO_LEFT_MARK}{text}{RIGHT_TO_LEFT_MARK}"


def _needs_arabic(document: ReportDocument) -> bool:
    """Whether any letter of the Arabic script is to be set."""
    parts = json.dumps([_part(each, rtl=False) for each in document.parts], ensure_ascii=False)
    every = parts + document.title + document.subtitle + document.footer
    return any("\u0600" <= each <= "\u06ff" or "\ufb50" <= each <= "\ufeff" for each in every)


def _arabic_font(folders: Sequence[Path]) -> tuple[str, list[Path]] | None:
    for family, *names in ARABIC_FONTS:
        for folder in folders:
            found = [path for name in names for path in sorted(folder.glob(f"**/{name}"))[:1]]
            found = [path for path in found if path.stat().st_size <= FONT_BYTES_MAX]
            if found:
                return family, found
    return None


def _text(text: str) -> str:
    return plain(text, TEXT_CHARACTERS_MAX)
