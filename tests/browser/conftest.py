"""A real browser: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module: its driver runs an event loop in this thread, which no other test may meet.

    Without a browser it is said that nothing ran, and as root in CI it is an error.
    """
    if CHROMIUM is None:
        if os.environ.get("CI") and os.getuid() == 0:
            pytest.fail("no chromium on the PATH; script/test installs it where it may")
        pytest.skip("NOT RUN: no chromium on the PATH (on Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield started
        finally:
            started.close()
