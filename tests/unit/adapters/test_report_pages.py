"""Reports: set words in four languages, the same bytes each time, and every text as text."""

import builtins
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.hostile_texts import HOSTILE

from comity.adapters.report_pages import (
    LANGUAGES,
    Figure,
    Heading,
    Items,
    Paragraph,
    ReportDocument,
    Table,
    html_of,
    pdf_of,
    report_words,
)
from comity.adapters.report_pages import words as words_module
from comity.adapters.svg_figures import Lane, timeline
from comity.kernel.errors import InputError, StoreError

ROOT = Path(__file__).resolve().parents[3]


def document(text: str = "plain", language: str = "en") -> ReportDocument:
    """Every kind of part with one text in every field."""
    return ReportDocument(
        language, text, text, text, text, text,
        (
            Heading(1, text), Heading(2, text, foreign=True), Paragraph(text, foreign=False, weighty=True),
            Paragraph(text), Items((text, text)),
            Table(text, (text, "b"), ((text, text),), (1, 2), frozenset({1}), frozenset({1})),
            Figure(timeline(text, [Lane(text, ())]), text, text),
        ),
    )  # fmt: skip


class Page(HTMLParser):
    """What a browser would see."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


KNOWN = {
    "html", "head", "meta", "title", "style", "body", "main", "p", "h1", "h2", "h3", "h4", "ul", "li",
    "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "footer",
    "svg", "desc", "rect", "text", "polyline", "polygon", "circle",
}  # fmt: skip


@pytest.mark.requirement("REPORT-005")
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_text_on_the_page_and_the_print_is_made(text: str) -> None:
    page = Page(html_of(document(text)))
    assert {tag for tag, _ in page.tags} <= KNOWN
    for _, attributes in page.tags:
        assert not {
            key for key in attributes if key.startswith("on") or key in {"href", "src", "style"}
        }
    assert text in page.texts
    policy = next(a["content"] for tag, a in page.tags if tag == "meta" and "http-equiv" in a)
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in policy


@pytest.mark.requirement("REPORT-005")
def test_hostile_texts_are_printed_and_nothing_in_the_print_acts() -> None:
    content = pdf_of(document("  ".join(HOSTILE))).content
    assert content.startswith(b"%PDF")
    for action in (
        b"/JavaScript",
        b"/JS ",
        b"/OpenAction",
        b"/Launch",
        b"/URI",
        b"/EmbeddedFile",
        b"/AA ",
    ):
        assert action not in without_texts(content)


def without_texts(content: bytes) -> bytes:
    """The objects of a PDF without streams and without strings, in which any text may stand (ISO 32000-1 §7.3.4.2)."""
    objects = re.sub(rb"stream.*?endstream", b"", content, flags=re.DOTALL)
    kept, depth, place = bytearray(), 0, 0
    while place < len(objects):
        byte = objects[place : place + 1]
        if depth and byte == b"\\":
            place += 1
        elif byte == b"(":
            depth += 1
        elif depth and byte == b")":
            depth -= 1
        elif not depth:
            kept += byte
        place += 1
    assert depth == 0
    return bytes(kept)


@pytest.mark.requirement("REPORT-004")
def test_two_tables_of_one_caption_are_two_regions() -> None:
    one = Table("same", ("a",), (("b",),), (1,))
    page = html_of(ReportDocument("en", "t", "s", "f", "", "m", (one, one))).decode()
    assert re.findall('aria-label="([^"]+)"', page) == ["same", "same (2)"]


def test_what_does_not_print_is_written_out() -> None:
    assert "a⟨U+202E⟩b⟨U+0000⟩" in html_of(document("a\u202eb\x00")).decode()


@pytest.mark.requirement("REPORT-003")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_and_runs_in_its_direction(language: str) -> None:
    words, english = report_words(language), report_words("en")
    assert words.texts.keys() == english.texts.keys()
    assert words.terms.keys() == english.terms.keys()
    assert all(text.strip() for text in (*words.texts.values(), *words.terms.values()))
    page = html_of(document("x", language)).decode()
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert ('<h1 lang="en" dir="ltr">' in page) is (language != "en")
    if language != "en":
        shared = {k for k in words.texts if words.texts[k] == english.texts[k]}
        assert shared == {"sha256"}
        assert words.term("contested").endswith("(contested)")
    else:
        assert words.term("said-by-one") == "said by one"


def test_an_unknown_language_and_a_missing_file_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="'xx' is none of en, ru, ar, tr"):
        report_words("xx")
    with pytest.raises(StoreError) as caught:
        words_module.packaged_file("nothing.toml")
    assert caught.value.reason == "report-words"
    monkeypatch.setattr(
        words_module,
        "packaged_file",
        lambda name: "[texts]\n[terms]\n" if "tr" in name else "[texts]\na = 'b'\n[terms]\n",
    )
    words_module.report_words.cache_clear()
    with pytest.raises(StoreError, match="tr: texts lacks a"):
        report_words("tr")
    words_module.report_words.cache_clear()


@pytest.mark.requirement("REPORT-006")
def test_without_typst_the_refusal_says_so_and_the_page_is_still_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def without(name: str, *more: object, **named: object) -> object:
        if name == "typst":
            raise ImportError(name)
        return real(name, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(
        InputError, match=r"typst, which is not installed: pip install 'comity\[report\]'"
    ):
        pdf_of(document())
    assert html_of(document()).startswith(b"<!doctype html>")


@pytest.mark.requirement("REPORT-006")
def test_letters_without_a_font_cost_the_tags_and_a_remark_and_never_the_print() -> None:
    lacking = pdf_of(document("日本 नमस्ते"))
    assert lacking.content.startswith(b"%PDF")
    assert "stand as empty boxes" in lacking.remarks[-1]
    assert pdf_of(document("plain")).remarks == ()


@pytest.mark.requirement("REPORT-006")
def test_the_print_is_tagged_and_in_its_language() -> None:
    content = pdf_of(document("x", "ru")).content
    assert b"pdfuaid:part" in content or b"pdfuaid" in content
    assert b"/StructTreeRoot" in content or b"/MarkInfo" in content


@pytest.mark.requirement("REPORT-007")
def test_arabic_without_a_font_of_the_machine_says_so_and_is_set_all_the_same(
    tmp_path: Path,
) -> None:
    bare = pdf_of(document("حدث", "ar"), [tmp_path])
    assert "no font for Arabic was found on this machine" in bare.remarks[0]
    assert len(bare.fonts) == 1
    english = pdf_of(document(), [tmp_path])
    assert english.remarks == ()
    (tmp_path / "fonts").mkdir()
    font = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    if not font.is_file():
        pytest.skip("DejaVu Sans is not on this machine (Debian: fonts-dejavu-core)")
    (tmp_path / "fonts" / font.name).write_bytes(font.read_bytes())
    found = pdf_of(document("حدث", "ar"), [tmp_path])
    assert found.remarks == ()
    assert re.search(r"DejaVu Sans: DejaVuSans\.ttf, SHA-256 [0-9a-f]{64}", found.fonts[1])
    assert found.content != bare.content
