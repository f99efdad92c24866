# ruff: noqa: PLC0415 - a browser and a node are imported only where they are measured
"""20,000 live tracks to a console: bytes and time on both sides, in headless Chromium; peer: rows of JSON."""

import http.client
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from comity.entrypoints.track_stream import Held, Named, TrackPicture, View, encode_frame
from comity.entrypoints.track_stream.frame import Health
from comity.entrypoints.track_stream.picture import COLUMNS, SLOTS_MAX
from comity.kernel.instants import Instant

COUNT = 20_000
CYCLES = 60
NOISE_M = 15.0  # of positions, 1 sd: a filtered ADS-B track wanders less


def rows() -> Iterator[dict[str, Any]]:
    """The node's side, then a browser's with a node and a feed of its own."""
    yield from node_side()
    yield from reader_side()
    yield from browser_side()


def node_side(count: int = COUNT) -> Iterator[dict[str, Any]]:
    """What a reader lacks of a picture, and its bytes, beside the same picture as rows of JSON."""
    for tolerance_m in (0.0, 20.0, 500.0):
        world, held = _World(count), Held()
        versions = np.ones(SLOTS_MAX, np.int64)
        names = {k: Named(f"aurelia.7vrrh7hi/{k:06x}", f"T{k:06d}", None) for k in range(count)}
        spent, sizes, peer_s, peer_bytes = [], [], [], 0
        for cycle in range(1, CYCLES + 1):
            picture = world.picture(cycle)
            began = time.perf_counter()
            frame = held.advance(
                picture, names, versions, View(tolerance_m=tolerance_m), 0, Health.WORKING
            )
            frame_bytes = encode_frame(frame)
            spent.append(time.perf_counter() - began)
            sizes.append(len(frame_bytes))
            if cycle <= 5:
                began = time.perf_counter()
                peer_bytes = len(_as_rows(picture, names))
                peer_s.append(time.perf_counter() - began)
        yield {
            "work": f"frame, tolerance {tolerance_m:g} m",
            "n": count,
            "ours_s": min(spent[1:]),
            "peer": "rows of JSON",
            "peer_s": min(peer_s),
            "ratio": min(peer_s) / min(spent[1:]),
            "bytes_first": sizes[0],
            "bytes_a_second": float(np.mean(sizes[1:])),
            "peer_bytes": peer_bytes,
        }


def reader_side(count: int = COUNT, frames: int = 30) -> Iterator[dict[str, Any]]:
    """The console's main thread: frames taken in and mirrored for the graphics processor, without drawing."""
    import base64

    from playwright.sync_api import sync_playwright
    from tests.browsers import need_browser
    from tests.map_page import open_page

    versions = np.ones(SLOTS_MAX, np.int64)
    names = {k: Named(f"aurelia.7vrrh7hi/{k:06x}", f"T{k:06d}", None) for k in range(count)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=need_browser(), args=["--no-sandbox"])
        page = open_page(browser, "127.0.0.1:9")
        for tolerance_m in (0.0, 20.0):
            world, held = _World(count), Held()
            view = View(tolerance_m=tolerance_m)
            made = [
                encode_frame(
                    held.advance(world.picture(k), names, versions, view, 0, Health.WORKING)
                )
                for k in range(1, frames + 1)
            ]
            texts = [base64.b64encode(each).decode() for each in made]
            times = page.evaluate(READ, texts)
            yield {
                "work": f"taken in by the console, tolerance {tolerance_m:g} m", "n": count,
                "ours_s": min(times[1:]) / 1000, "peer": None, "peer_s": None, "ratio": None,
                "first_ms": times[0], "update_ms": _quantiles(times[1:]),
                "cpu_load": Path("/proc/loadavg").read_text().split()[0],
            }  # fmt: skip
        browser.close()


READ = """texts => {
  const store = new parts.TrackStore(false); const layer = new parts.TracksLayer(store);
  return texts.map(text => {
    const buffer = Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer;
    const began = performance.now(); store.apply(buffer); layer.update(); return performance.now() - began;
  });
}"""


def browser_side(count: int = COUNT, seconds: float = 20.0) -> Iterator[dict[str, Any]]:
    """A real node, its watch, a made-up feed and the map in headless Chromium."""
    from playwright.sync_api import sync_playwright
    from tests.browsers import need_browser
    from tests.map_page import GRAPHICS, make_map, open_page, wait
    from tests.node_homes import RunningNode, free_port, make_home

    folder, port = Path(tempfile.mkdtemp()), free_port()
    traffic = subprocess.Popen(
        [sys.executable, "-m", "bench.air_traffic", str(port)], stdout=subprocess.DEVNULL
    )
    node = None
    try:
        node = RunningNode(make_home(folder / "a"))
        address = f"http://127.0.0.1:{port}/aircraft.json?count={count}"
        _post(node, {"feed": "world", "address": address, "format": "readsb"})
        with sync_playwright() as playwright:
            flags = [
                "--no-sandbox",
                "--disable-background-networking",
                "--js-flags=--expose-gc",
                *GRAPHICS,
            ]
            browser = playwright.chromium.launch(
                executable_path=need_browser(), args=[*flags, "--enable-precise-memory-info"]
            )
            page = open_page(browser, node.client.access.address)
            make_map(page, node.client.token)
            wait(page, f"handle.view.stream.store.count >= {count}", 240.0)
            renderer = page.evaluate(
                "(() => { const gl = document.createElement('canvas').getContext('webgl2');"
                " const e = gl.getExtension('WEBGL_debug_renderer_info');"
                " return gl.getParameter(e ? e.UNMASKED_RENDERER_WEBGL : gl.RENDERER); })()"
            )
            before, process_s = page.evaluate("handle.figures()"), _cpu_s(node.process.pid)
            page.evaluate("() => { handle.view.frameMs.length = 0; }")
            began = time.monotonic()
            time.sleep(seconds)
            after, node_s = page.evaluate("handle.figures()"), _cpu_s(node.process.pid) - process_s
            elapsed = time.monotonic() - began
            page.evaluate(PAN)
            wait(page, "globalThis.panned !== undefined", 180.0)
            moving = page.evaluate("panned")
            figures = _figures(before, after, elapsed)
            yield {
                "work": "map in Chromium", "n": count, "ours_s": figures["main_thread_ms"] / 1000,
                "peer": None, "peer_s": None, "ratio": None, "renderer": renderer, **figures,
                "frame_ms_panning": _quantiles(moving), "node_cpu_part": node_s / elapsed,
                "memory_bytes": page.evaluate("performance.memory.usedJSHeapSize"),
                "cpu_load": Path("/proc/loadavg").read_text().split()[0],
            }  # fmt: skip
            browser.close()
    finally:
        if node is not None:
            node.kill()
        traffic.kill()
        traffic.wait()


PAN = """() => {
  const map = handle.view.map; const times = []; let last = performance.now(); let k = 0;
  const step = () => {
    const now = performance.now(); times.push(now - last); last = now;
    if (k++ >= 60) { globalThis.panned = times.slice(1); return; }
    map.jumpTo({center: [20 + k, 30], zoom: 2 + 2 * Math.sin(k / 10)});
    map.once('render', () => requestAnimationFrame(step));
  };
  step();
}"""


def _figures(before: Any, after: Any, elapsed: float) -> dict[str, Any]:
    def more(part: str, name: str) -> float:
        return float(after[part][name]) - float(before[part][name])

    frames = max(more("stream", "frames"), 1.0)
    return {
        "frames": frames,
        "bytes_a_second": more("stream", "bytes") / elapsed,
        "apply_ms": more("stream", "applyMs") / frames,
        "mirror_ms": more("layer", "updateMs") / max(more("layer", "updates"), 1.0),
        "main_thread_ms": (more("stream", "applyMs") + more("layer", "updateMs")) / frames,
        "draw_call_ms": more("layer", "drawMs") / max(more("layer", "draws"), 1.0),
        "labels_ms": more("overlay", "drawMs") / max(more("overlay", "draws"), 1.0),
    }


def _quantiles(times_ms: list[float]) -> dict[str, float]:
    return {f"p{q}": float(np.percentile(times_ms, q)) for q in (50, 90, 99)}


def _cpu_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100.0


def _post(node: Any, body: dict[str, Any]) -> None:
    host, _, port = node.client.access.address.rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    headers = {"authorization": f"Bearer {node.client.token}", "content-type": "application/json"}
    connection.request("POST", "/v1/feeds", json.dumps(body), headers)
    connection.getresponse().read()
    connection.close()


class _World:
    """Straight flights with noise."""

    def __init__(self, count: int) -> None:
        self.rng = np.random.default_rng(5)
        self.count = count
        self.latitude = self.rng.uniform(-60e6, 60e6, count)
        self.longitude = self.rng.uniform(-170e6, 170e6, count)
        self.north, self.east = self.rng.uniform(-2_000, 2_000, (2, count))

    def picture(self, cycle: int) -> TrackPicture:
        noise = self.rng.normal(0.0, NOISE_M / 0.111, self.count)
        values = {
            "track_id": np.arange(self.count), "slot": np.arange(self.count),
            "latitude": np.rint(self.latitude + cycle * self.north + noise),
            "longitude": np.rint(self.longitude + cycle * self.east),
            "latitude_rate": np.rint(self.north), "longitude_rate": np.rint(self.east),
            "flags": np.full(self.count, 18), "accuracy": np.full(self.count, 93),
        }  # fmt: skip
        columns: dict[str, Any] = {
            name: np.asarray(values.get(name, np.zeros(self.count)), kind)
            for name, kind in COLUMNS.items()
        }
        return TrackPicture(cycle=cycle, at=Instant(1_795_000_000_000 + 1_000 * cycle), **columns)


def _as_rows(picture: TrackPicture, names: dict[int, Named]) -> bytes:
    """The peer: what `GET /v1/air/tracks` would tell of it, without its limit of 5,000."""
    import msgspec

    from comity.entrypoints.air_process import TrackRow

    return msgspec.json.encode(
        [
            TrackRow(
                key=names[track].key, callsign=names[track].callsign, latitude_deg=latitude / 1e6,
                longitude_deg=longitude / 1e6, accuracy_m=93.0, altitude_pressure_m=10_000.0,
                altitude_ellipsoid_m=None, ground_speed_mps=200.0, track_true_deg=90.0,
                vertical_rate_mps=0.0, on_ground=False, age_s=0.4, stale=False, confirmed=True,
            )
            for track, latitude, longitude in zip(
                picture.track_id.tolist(), picture.latitude.tolist(), picture.longitude.tolist(), strict=True
            )
        ]
    )  # fmt: skip
