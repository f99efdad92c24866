"""Pictures of the console for the README: `script/screenshots`, by Debian's Chromium over a running demonstration."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright
from tools.small_png import small_png

from comity.entrypoints.home.layout import HomeLayout
from comity.entrypoints.home.operators_file import load_operator_token
from comity.entrypoints.home.running import RunningNode, read_running
from comity.kernel.ids import OperatorId

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
OFFICER = OperatorId("officer")
UP_S_MAX = 1_800.0  # a machine that does much else
WAITS_MS = 120_000.0
FLAGS = (
    "--no-sandbox",  # CI and containers run as root
    "--hide-scrollbars",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE, PHONE = (1440, 900), (390, 844)
SCENE_TOLD = """['/v1/map', '/v1/map/borders'].every((path) =>
  performance.getEntriesByType('resource').some((each) => new URL(each.name).pathname === path))"""
STILL_S = 20.0  # until tracks have a trail and what was opened is drawn


@dataclass(frozen=True)
class Picture:
    """One picture: of whose console, how it is set, and what is done before it is taken.

    Attributes:
        keys: pressed one after the other.
        tour_stop: the tour is opened there; None: it is not.
    """

    name: str
    home: str
    size: tuple[int, int] = WIDE
    theme: str = "night"
    language: str = "en"
    keys: tuple[str, ...] = ()
    tour_stop: int | None = None


ALL = (
    Picture("watch-night", "southern-guard", keys=("1",)),
    Picture("alert-day", "northern-guard", theme="day", keys=("1", "Enter")),
    Picture("plan-in-conflict", "northern-guard", tour_stop=5),
    Picture("read-back-day", "northern-guard", theme="day", tour_stop=6),
    Picture("notice-touches", "relief-wings", tour_stop=7),
    Picture("watch-arabic", "southern-guard", language="ar", keys=("2",)),
    Picture("phone", "southern-guard", size=PHONE, keys=("2",)),
)


def main() -> None:
    """Take all pictures, or those named."""
    parser = argparse.ArgumentParser(prog="script/screenshots", description=main.__doc__)
    parser.add_argument(
        "--out", type=Path, default=Path("demo-out"), help="the demonstration's folder"
    )
    parser.add_argument("--to", type=Path, default=PICTURES, help="where the pictures go")
    parser.add_argument("names", nargs="*", help="only these pictures")
    given = parser.parse_args()
    wanted = [each for each in ALL if not given.names or each.name in given.names]
    if not wanted:
        parser.error(f"the pictures are {', '.join(each.name for each in ALL)}")
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if executable is None:
        sys.exit("screenshots: no Chromium; install Debian's, or set CHROMIUM to a path")
    up = is_up(given.out, wanted)
    if not up and given.out.exists():
        sys.exit(
            f"screenshots: no demonstration runs in {given.out}; start one there, or remove it"
        )
    running = None if up else started(given.out)
    try:
        given.to.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
            expect.set_options(timeout=WAITS_MS)
            for each in wanted:
                file = given.to / f"{each.name}.png"
                file.write_bytes(taken(browser, given.out, each))
                print(f"{file}: {file.stat().st_size // 1024} KiB", flush=True)
            browser.close()
    finally:
        if running is not None:
            running.send_signal(signal.SIGINT)
            running.wait(120)


def is_up(out: Path, wanted: list[Picture]) -> bool:
    """Whether the nodes of these pictures run in a folder."""
    return all(node_of(out, each.home) is not None for each in wanted)


def node_of(out: Path, home: str) -> RunningNode | None:
    """The node that runs in a home, if one does."""
    layout = HomeLayout(out.absolute() / home)
    return read_running(layout) if layout.root.is_dir() else None


def started(out: Path) -> subprocess.Popen[bytes]:
    """Start the demonstration, and wait until it stays."""
    said = out.with_name(f"{out.name}.said")
    with said.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "comity.entrypoints.demo", "--out", str(out)],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    stop_s = time.monotonic() + UP_S_MAX
    while b"Ctrl-C stops all." not in said.read_bytes():
        if process.poll() is not None or time.monotonic() > stop_s:
            process.kill()
            sys.exit(f"screenshots: the demonstration did not stay; see {said}")
        time.sleep(1.0)
    return process


def taken(browser: Browser, out: Path, picture: Picture) -> bytes:
    """Open a console as a person would, and take its picture."""
    node = node_of(out, picture.home)
    if node is None:
        sys.exit(f"screenshots: no node runs in {out / picture.home}")
    width, height = picture.size
    kept = {
        "comity-preferences": json.dumps({"language": picture.language, "theme": picture.theme}),
        "comity-tour": str(picture.tour_stop or 0),
    }
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="en-GB", reduced_motion="reduce"
    )
    context.add_init_script(
        f"for (const [key, value] of Object.entries({json.dumps(kept)})) localStorage.setItem(key, value);"
    )
    page = context.new_page()
    page.set_default_timeout(WAITS_MS)
    page.goto(f"http://{node.api_address}/console/")
    page.locator("dialog.sign-in input[name=operator]").fill(str(OFFICER))
    token = load_operator_token(HomeLayout(out.absolute() / picture.home), OFFICER)
    page.locator("dialog.sign-in input[name=token]").fill(token)
    page.locator("dialog.sign-in button.primary").click()
    expect(page.locator("dialog.sign-in")).to_have_count(0)
    expect(page.locator(".as-of.live").first).to_be_visible()
    expect(page.locator(".demonstration")).to_be_visible()
    if picture.size != PHONE:
        expect(page.locator("#map canvas.maplibregl-canvas")).to_be_visible()
        page.wait_for_function(SCENE_TOLD, timeout=WAITS_MS)
    for key in picture.keys:
        page.keyboard.press(key)
        page.wait_for_timeout(300)
    if picture.tour_stop is not None:
        page.locator("body").press("g")
        expect(page.locator("section.tour")).to_be_visible()
    time.sleep(STILL_S)
    png = page.screenshot()
    context.close()
    return small_png(png)


if __name__ == "__main__":
    main()
