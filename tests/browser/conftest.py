"""A real browser: Debian's Chromium, driven by Playwright; Firefox in `script/campaign firefox`."""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from tests.browsers import FIREFOX, WAITS_MS, need_browser

FLAGS = [
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FIREFOX_SETTINGS: dict[str, str | float | bool] = {
    "webgl.force-enabled": True,  # by software, where there is no graphics card
    "focusmanager.testmode": True,  # each window has the focus, as pages of Chromium have under test
}
ROOT = Path(__file__).parents[2]
expect.set_options(timeout=WAITS_MS)


def start(playwright: Playwright, folder: Path, *more: str) -> Browser:
    """The browser that these tests are of; `more` are flags of Chromium, in the place of `FLAGS`."""
    if FIREFOX is None:
        flags = list(more or FLAGS)
        return playwright.chromium.launch(executable_path=need_browser(), args=flags)
    door = folder / "firefox"
    words = shlex.join([sys.executable, "-m", "tests.firefox_door"])
    door.write_text(f'#!/bin/sh\ncd {shlex.quote(str(ROOT))} && exec {words} "$@"\n')
    door.chmod(0o700)
    return playwright.firefox.launch(
        channel="moz-firefox", executable_path=door, firefox_user_prefs=FIREFOX_SETTINGS
    )


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for a module: its driver runs an event loop in this thread, which no other test may meet."""
    with sync_playwright() as playwright:
        started = start(playwright, tmp_path_factory.mktemp("browser"))
        try:
            yield started
        finally:
            started.close()
