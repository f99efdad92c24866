"""A real browser: Debian's Chromium, driven by Playwright; Firefox in `script/campaign firefox`."""

import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.browsers import need_browser

FLAGS = [
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FIREFOX = os.environ.get("FIREFOX")  # the program; then all of these tests are of it
FIREFOX_SETTINGS: dict[str, str | float | bool] = {
    "webgl.force-enabled": True,  # by software, where there is no graphics card
    "focusmanager.testmode": True,  # each window has the focus, as pages of Chromium have under test
}
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for a module: its driver runs an event loop in this thread, which no other test may meet."""
    with sync_playwright() as playwright:
        if FIREFOX is None:
            started = playwright.chromium.launch(executable_path=need_browser(), args=FLAGS)
        else:
            door = tmp_path_factory.mktemp("firefox") / "firefox"
            words = shlex.join([sys.executable, "-m", "tests.firefox_door"])
            door.write_text(f'#!/bin/sh\ncd {shlex.quote(str(ROOT))} && exec {words} "$@"\n')
            door.chmod(0o700)
            started = playwright.firefox.launch(
                channel="moz-firefox", executable_path=door, firefox_user_prefs=FIREFOX_SETTINGS
            )
        try:
            yield started
        finally:
            started.close()
