# ruff: noqa: PLC0415 - a browser is imported only where it is measured
"""20,000 live tracks drawn in headless Chromium: main-thread time, frames, memory, bytes; bounded in time.

The frames are those of the node's own code, sent once a second by a small server here, so that neither a watch nor a
feed takes time from the browser. At any time a third of the tracks turns, so that frames carry what no reader can
foresee; a row in which nothing changed in the browser's own store is no measurement, and ends the run. The camera goes
a fixed path. Our own time is taken around our own code by the map itself; the renderer's is what is left of a frame
when the page has to wait until the picture is whole.
"""

import contextlib
import http.server
import json
import math
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import numpy as np

from comity.entrypoints.track_stream import Held, Named, TrackPicture, View, encode_frame
from comity.entrypoints.track_stream.frame import Health
from comity.entrypoints.track_stream.picture import COLUMNS, SLOTS_MAX
from comity.kernel.instants import Instant

COUNT = 20_000
CROWDED = 10_000  # of them over one region of 20° by 12°: more than any real sky
REGION = (48.0, 10.0)
BORDERS = Path(__file__).parents[1] / "src/comity/adapters/natural_earth/data/countries-10m.json"
NOISE_M = 15.0
METRES_PER_UNIT = 0.111  # a millionth of a degree northwards
TURN_RAD_S = math.radians(3.0)  # a standard-rate turn, which takes two minutes for a circle
TURNING_SHARE = 1 / 3
TURN_S = 60.0  # then it flies straight on, and others turn
STILL_S = 6.0
READY_S_MAX = 90.0
STEPS = 60
LEG_S_MAX = 12.0  # no leg of the path takes longer, however slow the renderer
LEGS = {
    "pan the world": (2.0, 2.0, 3.0),
    "zoom in": (2.0, 9.0, 0.0),
    "pan a crowded region": (7.0, 7.0, 0.05),
}


def rows() -> Iterator[dict[str, Any]]:
    """The map held still, then along each leg of the path."""
    from playwright.sync_api import sync_playwright
    from tests.browsers import need_browser
    from tests.map_page import GRAPHICS, open_page, wait

    sky = Sky()
    flags = ["--no-sandbox", "--disable-background-networking", "--enable-precise-memory-info"]
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=need_browser(), args=[*flags, "--js-flags=--expose-gc", *GRAPHICS]
            )
            page = open_page(browser, sky.address)
            page.evaluate("() => { makeMap({token: 'none'}); }")
            wait(
                page, "handle.view.map.isStyleLoaded() && handle.view.borders !== null", READY_S_MAX
            )
            wait(page, f"handle.view.stream.store.count >= {COUNT}", READY_S_MAX)
            renderer = page.evaluate(RENDERER)
            page.evaluate(INSTRUMENT)
            for work, zoom in (
                ("held still, the world", 2.0),
                ("held still, a crowded region", 7.0),
            ):
                page.evaluate(
                    "([lat, lon, zoom]) => { handle.view.map.jumpTo({center: [lon, lat], zoom}); }",
                    [*REGION, zoom],
                )
                time.sleep(1.0)
                page.evaluate("() => { measured.reset(); }")
                time.sleep(STILL_S)
                yield _row(work, renderer, page.evaluate("measured.told()"))
            for work, leg in LEGS.items():
                page.evaluate("() => { measured.reset(); }")
                page.evaluate(
                    WALK,
                    {"leg": leg, "steps": STEPS, "most_ms": 1000 * LEG_S_MAX, "region": REGION},
                )
                wait(page, "globalThis.walked !== undefined", LEG_S_MAX + 15.0)
                row = _row(work, renderer, page.evaluate("measured.told()"))
                row["memory_bytes"] = page.evaluate(MEMORY)
                yield row | {"first_frame_bytes": sky.first_bytes}
            browser.close()
    finally:
        sky.stop()


def _row(work: str, renderer: str, told: Any) -> dict[str, Any]:
    def spread(name: str) -> dict[str, float] | None:
        values = told[name]
        return (
            {f"p{q}": round(float(np.percentile(values, q)), 2) for q in (50, 95)}
            if values
            else None
        )

    ours = told["ours"]
    if not told["changed"]:
        raise RuntimeError(f"{work}: no track changed in {told['seconds']:.1f} s: not measured")
    return {
        "work": work, "n": COUNT, "ours_s": float(np.median(ours or [0.0])) / 1000,
        "peer": None, "peer_s": None, "ratio": None, "renderer": renderer, "frames_drawn": len(told["frame"]),
        "frame_ms": spread("frame"), "ours_a_frame_ms": spread("ours"), "library_a_frame_ms": spread("library"),
        "renderer_a_frame_ms": spread("renderer"), "update_ms": spread("update"), "list_ms": spread("list"),
        "frames_taken": len(told["update"]), "tracks_told_a_frame": spread("touched"),
        "tracks_turned": told["changed"],
        "long_tasks_ms": spread("long"), "bytes_a_second": told["bytes"] / told["seconds"], "labels": told["labels"],
        "cpu_load": Path("/proc/loadavg").read_text().split()[0],
    }  # fmt: skip


MEMORY = "(() => { gc(); return performance.memory.usedJSHeapSize; })()"
RENDERER = """(() => {
  const gl = document.createElement('canvas').getContext('webgl2');
  const e = gl.getExtension('WEBGL_debug_renderer_info');
  return gl.getParameter(e ? e.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
})()"""

# What is ours is summed by the map's own figures; all of the library's drawing has it within.
INSTRUMENT = """() => {
  const view = handle.view, map = view.map;
  const names = ['frame', 'ours', 'library', 'renderer', 'update', 'list', 'long', 'touched'];
  const m = {since: 0, bytes: 0, last: 0, rates: null};
  const {store} = view.stream;
  const ours = () => view.layer.figures.drawMs + view.overlay.figures.drawMs;
  m.reset = () => {
    for (const name of names) m[name] = [];
    m.rates = [store.latitudeRate.slice(0, store.top), store.longitudeRate.slice(0, store.top)];
    m.since = performance.now(); m.bytes = view.stream.figures.bytes; m.last = 0;
  };
  const other = (rate, k) => rate !== store.latitudeRate[k] || m.rates[1][k] !== store.longitudeRate[k];
  const changed = () => m.rates[0].filter(other).length;
  m.told = () => ({changed: changed(),
    ...Object.fromEntries(names.map(name => [name, m[name]])), seconds: (performance.now() - m.since) / 1000,
    bytes: view.stream.figures.bytes - m.bytes, labels: view.overlay.figures.labels});
  m.reset();
  const render = map._render.bind(map);
  let drawn = 0;
  map._render = time => {
    const before = ours(), began = performance.now();
    const told = render(time);
    const spent = performance.now() - began, mine = ours() - before;
    m.ours.push(mine); m.library.push(spent - mine);
    if (drawn++ % 10 === 0) { // a pixel read back waits until the renderer is done
      const gl = map.painter.context.gl, waits = performance.now();
      gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
      m.renderer.push(performance.now() - waits);
    }
    const now = performance.now();
    if (m.last) m.frame.push(now - m.last);
    m.last = now;
    return told;
  };
  const wrap = (whose, name, list) => {
    const inner = whose[name].bind(whose);
    whose[name] = (...a) => {
      const began = performance.now(), told = inner(...a);
      m[list].push(performance.now() - began);
      if (list === 'update') m.touched.push(store.touchedCount);
      return told;
    };
  };
  wrap(view.stream, 'take', 'update');
  wrap(view, 'tellList', 'list');
  const longTasks = new PerformanceObserver(found => m.long.push(...found.getEntries().map(each => each.duration)));
  longTasks.observe({entryTypes: ['longtask']});
  globalThis.measured = m;
}"""

WALK = """({leg: [from, to, by], steps, most_ms, region: [lat, lon]}) => {
  const map = handle.view.map, began = performance.now(); let k = 0;
  globalThis.walked = undefined;
  const step = () => {
    if (k >= steps || performance.now() - began > most_ms) { globalThis.walked = k; return; }
    map.jumpTo({center: [lon + by * (k - steps / 2), lat], zoom: from + (to - from) * k / steps});
    k++;
    map.once('render', () => requestAnimationFrame(step));
  };
  step();
}"""


class Sky:
    """Frames once a second to whoever asks, as a node would send them; and what the map asks beside."""

    def __init__(self) -> None:
        rng = np.random.default_rng(5)
        self.rng = rng
        self.latitude = rng.uniform(-60e6, 60e6, COUNT)
        self.longitude = rng.uniform(-170e6, 170e6, COUNT)
        lat, lon = (1e6 * each for each in REGION)
        self.latitude[:CROWDED] = rng.uniform(lat - 6e6, lat + 6e6, CROWDED)
        self.longitude[:CROWDED] = rng.uniform(lon - 10e6, lon + 10e6, CROWDED)
        self.north_mps, self.east_mps = rng.uniform(-222.0, 222.0, (2, COUNT))
        self.turn_rad_s = np.zeros(COUNT)
        self.moved_ms = 0
        self.view = View()
        self.first_bytes = 0
        self.borders = BORDERS.read_bytes()
        self.ended = False
        sky = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = urlsplit(self.path)
                if path.path == "/v1/air/stream":
                    sky.view = _view({k: float(v[0]) for k, v in parse_qs(path.query).items()})
                    self.send_response(200)
                    self.send_header("comity-stream", "0" * 24)
                    self.send_header("connection", "close")
                    self.end_headers()
                    sky.follow(self.wfile)
                    return
                told = {
                    "/v1/map/borders": sky.borders,
                    "/v1/map": SCENE,
                    "/v1/map/places": b'{"places": []}',
                }
                self.answer(told.get(path.path, b"[]"))

            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if "view" in said:
                    sky.view = _view(said["view"])
                self.answer(b"{}")

            def answer(self, content: bytes) -> None:
                self.send_response(200)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                with contextlib.suppress(OSError):  # who asked may be gone
                    self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"127.0.0.1:{self.server.server_port}"

    def follow(self, out: Any) -> None:
        """Send a picture a second until nobody reads or all is over."""
        held, versions = Held(), np.ones(SLOTS_MAX, np.int64)
        names = {k: Named(f"aurelia.7vrrh7hi/{k:06x}", f"T{k:06d}", None) for k in range(COUNT)}
        cycle = 0
        while not self.ended:
            cycle += 1
            frame = held.advance(
                self.picture(cycle),
                names,
                versions,
                self.view,
                int(time.time() * 1000),
                Health.WORKING,
            )
            content = encode_frame(frame)
            self.first_bytes = self.first_bytes or len(content)
            try:
                out.write(content)
                out.flush()
            except OSError:
                return
            time.sleep(1.0)

    def metres_per_unit_east(self) -> Any:
        """Of a millionth of a degree, at each track."""
        return METRES_PER_UNIT * np.cos(np.radians(self.latitude / 1e6))

    def fly(self, elapsed_s: float) -> None:
        """Move all tracks, and let others turn where a turn is over."""
        turn_rad = self.turn_rad_s * elapsed_s
        north, east = self.north_mps, self.east_mps
        self.north_mps = north * np.cos(turn_rad) - east * np.sin(turn_rad)
        self.east_mps = east * np.cos(turn_rad) + north * np.sin(turn_rad)
        self.latitude += self.north_mps * elapsed_s / METRES_PER_UNIT
        self.longitude += self.east_mps * elapsed_s / self.metres_per_unit_east()
        over = (
            self.rng.random(COUNT) < elapsed_s / TURN_S if elapsed_s else np.ones(COUNT, np.bool_)
        )
        turns = self.rng.choice([-TURN_RAD_S, TURN_RAD_S], COUNT)
        wanted = np.where(self.rng.random(COUNT) < TURNING_SHARE, turns, 0.0)
        self.turn_rad_s = np.where(over, wanted, self.turn_rad_s)

    def picture(self, cycle: int) -> TrackPicture:
        """All tracks now, straight on or turning, and measured with an error."""
        at_ms = int(time.time() * 1000)
        self.fly((at_ms - (self.moved_ms or at_ms)) / 1000)
        self.moved_ms = at_ms
        direction = np.degrees(np.arctan2(self.east_mps, self.north_mps)) % 360.0
        noise = self.rng.normal(0.0, NOISE_M / METRES_PER_UNIT, COUNT)
        values = {
            "track_id": np.arange(COUNT), "slot": np.arange(COUNT),
            "latitude": np.rint(self.latitude + noise), "longitude": np.rint(self.longitude),
            "latitude_rate": np.rint(self.north_mps / METRES_PER_UNIT),
            "longitude_rate": np.rint(self.east_mps / self.metres_per_unit_east()),
            "flags": np.full(COUNT, 18 | 32), "accuracy": np.full(COUNT, 93),
            "direction": np.floor(direction * 65_536 / 360.0),
            "speed": np.rint(10.0 * np.hypot(self.north_mps, self.east_mps)),
            "altitude_pressure": np.full(COUNT, 10_000),
        }  # fmt: skip
        columns: dict[str, Any] = {
            name: np.asarray(values.get(name, np.zeros(COUNT)), kind)
            for name, kind in COLUMNS.items()
        }
        return TrackPicture(cycle=cycle, at=Instant(at_ms), **columns)

    def stop(self) -> None:
        """Send nothing more."""
        self.ended = True
        self.server.shutdown()
        self.server.server_close()


SCENE = (
    b'{"at": "", "exercise": false, "things": [], "left_out": {}, "missing": [], "borders": null}'
)


def _view(asked: dict[str, float]) -> View:
    return View(**{name: asked[name] for name in cast("Any", View).__dataclass_fields__})
