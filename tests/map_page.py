"""The map on a page of its own, bundled by esbuild without Node, laid over a real node's own address."""

import functools
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from tests.browsers import need_browser

CONSOLE = Path(__file__).resolve().parents[1] / "console"
LOUD = "NO BUNDLER: the map was not tested. Build the package once, so that console/node_modules is there."
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' blob: data:; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types default"
)
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>map</title>
<link rel="stylesheet" href="./harness.css"><link rel="stylesheet" href="./page.css"></head>
<body><main id="map" aria-label="map"></main><script type="module" src="./harness.js"></script></body></html>"""
CSS = "html, body { margin: 0; height: 100%; } #map { position: absolute; inset: 0; }"
GRAPHICS = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
DRAWN_S_MAX = 120.0  # without a graphics processor, on a machine that others use too
TYPES = {"html": "text/html", "js": "text/javascript", "css": "text/css"}


@functools.cache
def bundle() -> dict[str, bytes]:
    """Files of the page by name."""
    need_browser()
    found = sorted(CONSOLE.glob("node_modules/@esbuild/*/bin/esbuild"))
    if not found:
        pytest.skip(LOUD)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                str(found[0]), "src/map/harness.ts", "src/map/worker.ts", "--bundle", "--format=esm",
                "--target=es2022", "--charset=utf8", f"--outdir={folder}", "--log-level=warning",
                "--minify-syntax",
            ],
            cwd=CONSOLE,
            check=True,
            timeout=60,
        )  # fmt: skip
        files = {file.name: file.read_bytes() for file in Path(folder).iterdir()}
    return {**files, "index.html": PAGE.encode(), "page.css": CSS.encode()}


def wait(page: Any, expression: str, within_s: float = 60.0) -> Any:
    """Ask until it is true: the page's policy lets nothing be evaluated by the page itself."""
    deadline_s = time.monotonic() + within_s
    while True:
        found = page.evaluate(expression)
        if found:
            return found
        assert time.monotonic() < deadline_s, (expression, page.faults)
        time.sleep(0.05)


def open_page(browser: Any, address: str, **context: Any) -> Any:
    """A page with the parts of the map, at the node's own origin; what goes wrong is in `page.faults`."""
    files = bundle()
    made = browser.new_context(viewport={"width": 1280, "height": 800}, **context)
    page = made.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on(
        "console",
        lambda m: page.faults.append(m.text) if m.type in ("error", "warning") else None,
    )

    def serve(route: Any) -> None:
        name = route.request.url.rpartition("/")[2] or "index.html"
        if name not in files:
            route.fulfill(status=404)
            return
        headers = {"content-security-policy": POLICY, "x-content-type-options": "nosniff"}
        kind = TYPES[name.rpartition(".")[2]] + "; charset=utf-8"
        route.fulfill(status=200, body=files[name], headers=headers, content_type=kind)

    made.route("**/console/harness/*", serve)
    page.goto(f"http://{address}/console/harness/index.html")
    wait(page, "globalThis.makeMap !== undefined")
    return page


def make_map(page: Any, token: str, **options: Any) -> None:
    """The map, once it has drawn."""
    page.evaluate(
        "options => { makeMap(options); }", {"token": token, **json.loads(json.dumps(options))}
    )
    wait(page, "handle.view.map.isStyleLoaded() && handle.view.borders !== null", DRAWN_S_MAX)
