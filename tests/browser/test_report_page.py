"""The report in a real browser: accessible, and deaf to everything that a claim may hold."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from tests.hostile_texts import HOSTILE
from tests.unit.adapters.test_report_pages import document

from comity import bootstrap
from comity.adapters.report_pages import html_of
from comity.entrypoints.cli import run

CASE = Path(__file__).resolve().parents[2] / "docs" / "cases" / "2015-11-24"


def opened(browser: Browser, page: Path) -> tuple[Any, list[str], list[str]]:
    """The page, what it asked of any host, and what its console said."""
    tab = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("dialog", lambda dialog: said.append(f"dialog {dialog.message}"))
    tab.goto(page.as_uri())
    tab.wait_for_timeout(100)
    return tab, asked, said


@pytest.mark.requirement("REPORT-005")
def test_nothing_of_a_hostile_text_runs_in_any_field(browser: Browser, tmp_path: Path) -> None:
    for number, text in enumerate(HOSTILE):
        page = tmp_path / f"{number}.html"
        page.write_bytes(html_of(document(text)))
        tab, asked, said = opened(browser, page)
        try:
            assert asked == [page.as_uri()], text
            assert said == [], text
            assert tab.title() == " ".join(text.split()), text
            assert tab.locator("h1").inner_text().strip() == text.strip(), text
            assert tab.locator("script, iframe, img, a, link, base, object, embed").count() == 0
            assert tab.frames == [tab.main_frame]
        finally:
            tab.close()


@pytest.mark.requirement("REPORT-005")
def test_a_script_that_is_put_into_the_file_is_stopped_by_the_policy(
    browser: Browser, tmp_path: Path
) -> None:
    page = tmp_path / "changed.html"
    attack = (
        b"<script>document.title='HACKED'</script><img src=x onerror=\"document.title='HACKED'\">"
    )
    page.write_bytes(html_of(document()).replace(b"<main>", b"<main>" + attack))
    tab, _, said = opened(browser, page)
    assert tab.title() == "plain"
    assert any("Content Security Policy" in each for each in said)
    tab.close()


@pytest.mark.requirement("REPORT-004")
@pytest.mark.parametrize("language", ["en", "ru", "ar", "tr"])
def test_axe_finds_nothing_in_the_report_of_the_lead_example(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    page = tmp_path / "report.html"
    files = [str(CASE / "turkey.toml"), str(CASE / "russia.toml")]
    arguments = ["report", "incident", *files, "-o", str(page), "--language", language]
    assert run(bootstrap.Composition(), arguments) == 0
    # axe is put into the page, which its policy forbids: only for this look it is opened without one
    text = page.read_text(encoding="utf-8")
    start = text.index('<meta http-equiv="Content-Security-Policy"')
    page.write_text(text[:start] + text[text.index(">", start) + 1 :], encoding="utf-8")
    tab, _, _ = opened(browser, page)
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()
    heads = [int(h.evaluate("e => e.tagName[1]")) for h in tab.locator("h1, h2, h3, h4").all()]
    assert heads[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(heads))
    assert tab.locator("table:not(:has(caption))").count() == 0
    assert tab.locator("th:not([scope])").count() == 0
    assert tab.locator("svg:not(:has(title)), svg:not(:has(desc))").count() == 0
    tab.close()
