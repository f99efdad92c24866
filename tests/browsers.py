"""Chromium for tests: Debian's, headless, with devices that make a picture and a tone."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

LOUD = (
    "NO BROWSER: the pages were not tested. Install Debian's chromium, or set CHROMIUM to a path."
)
FIREFOX = os.environ.get("FIREFOX")  # its program; then the console's own tests are of it
NO_SCREEN = FIREFOX is not None and "DISPLAY" not in os.environ
WITHOUT_SCREEN = (
    "Firefox gives no WebGL 2 without a screen: set DISPLAY, to that of an Xvfb for one"
)
STARTED_S_MAX = 60.0
WAITS_MS = 60_000.0  # on a busy machine; most of it takes under a second
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # CI and containers run as root
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--mute-audio",
    "--remote-debugging-port=0",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--auto-accept-this-tab-capture",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
)


def chromium() -> str | None:
    """Where the browser is; None where there is none."""
    stated = (os.environ.get("CHROMIUM"), shutil.which("chromium"), shutil.which("google-chrome"))
    return next((each for each in stated if each and os.access(each, os.X_OK)), None)


def need_browser() -> str:
    """The browser, or a skip that pytest tells at the end."""
    found = chromium()
    if found is None:
        pytest.skip(LOUD)
    return found


class Browser:
    """One browser in a process group of its own, so that it can be killed."""

    def __init__(self, playwright: Any, profile: Path, more: tuple[str, ...] = ()) -> None:
        profile.mkdir(parents=True)
        self.log = profile / "chromium.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [need_browser(), *ARGUMENTS, *more, f"--user-data-dir={profile}", "about:blank"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        port = self._port(profile / "DevToolsActivePort")
        self.browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        self._look_at(self.browser.contexts[0].pages[0])

    def another(self) -> "Browser":
        """A second page of the same browser, with devices of its own."""
        other = object.__new__(Browser)
        other.process, other.browser, other.log = self.process, self.browser, self.log
        other._look_at(self.browser.contexts[0].new_page())
        return other

    def _look_at(self, page: Any) -> None:
        self.page = page
        self.errors: list[str] = []
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _port(self, file: Path) -> str:
        deadline_s = time.monotonic() + STARTED_S_MAX
        while not (file.exists() and file.read_text().strip()):
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < deadline_s, "chromium did not start"
            time.sleep(0.05)
        return file.read_text().splitlines()[0]

    def kill(self) -> None:
        """End it as a power cut would: nothing is said to anybody."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)


@contextmanager
def browsers(folder: Path, *more: str) -> Iterator[Any]:
    """A maker of browsers; all are killed at the end. `more` are arguments of the browser."""
    need_browser()
    sync_api = pytest.importorskip("playwright.sync_api")
    made: list[Browser] = []

    def make() -> Browser:
        made.append(Browser(playwright, folder / f"profile-{len(made)}", more))
        return made[-1]

    with sync_api.sync_playwright() as playwright:
        try:
            yield make
        finally:
            for each in made:
                each.kill()
