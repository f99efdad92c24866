"""The map over a real node with a real feed, as an officer sees and uses it."""

import http.server
import json
import math
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic
from playwright.sync_api import Browser, expect, sync_playwright
from tests.browser.conftest import FLAGS, start
from tests.browsers import NO_SCREEN, WITHOUT_SCREEN, need_browser
from tests.console_world import Console
from tests.map_page import GRAPHICS, make_map, open_page, wait
from tests.node_homes import OFFICER, RunningNode, make_home

from comity.adapters.system_clock import SystemClock

pytestmark = pytest.mark.skipif(NO_SCREEN, reason=WITHOUT_SCREEN)

HOSTILE = "<img src=x onerror=asked.violations.push('ran')>\u202e"
WATCH_S_MAX = 120.0  # a watch that compiles what is not in its cache
AIRCRAFT = 40
MIDDLE = (59.5, 25.0)
SQUARE = [[25.1, 59.3], [25.2, 59.3], [25.2, 59.35], [25.1, 59.35], [25.1, 59.3]]


class Receiver:
    """`aircraft.json` of forty aircraft about a place, two of them head on."""

    def __init__(self) -> None:
        self.began_s = SystemClock().now().unix_ms / 1000
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = outer.document()
                self.send_response(200)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def document(self) -> bytes:
        now_s = SystemClock().now().unix_ms / 1000
        moved = 200.0 * (now_s - self.began_s) / 111_320.0
        aircraft = []
        for row in range(AIRCRAFT):
            track = 90.0 if row % 2 else 0.0
            latitude = MIDDLE[0] + 0.4 * math.sin(row) + (moved % 0.3 if track == 0.0 else 0.0)
            longitude = MIDDLE[1] + 1.0 * math.cos(1.7 * row) + (moved % 0.3 if track else 0.0)
            aircraft.append(
                {"hex": f"4ca{row:03x}", "type": "adsb_icao", "flight": f"AUR{row}", "lat": latitude,
                 "lon": longitude, "alt_baro": 10_000 + 1_100 * row, "gs": 388.8, "track": track, "seen_pos": 0.0,
                 "seen": 0.0, "nac_p": 9, "nic": 8, "rc": 186}
            )  # fmt: skip
        return json.dumps({"now": now_s, "messages": 1, "aircraft": aircraft}).encode()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


def zone(folder: Path) -> Path:
    west, south = MIDDLE[1] + 0.1, MIDDLE[0] + 0.05
    ring = [
        [west, south],
        [west + 0.3, south],
        [west + 0.3, south + 0.2],
        [west, south + 0.2],
        [west, south],
    ]
    feature = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"name": HOSTILE, "kind": "prohibited"},
    }
    file = folder / "zone.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return file


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNode]:
    need_browser()
    folder = tmp_path_factory.mktemp("map")
    receiver = Receiver()
    running = RunningNode(make_home(folder / "a"))
    try:
        post(
            running, "/v1/areas", {"areas": "zone", "path": str(zone(folder)), "kind": "prohibited"}
        )
        address = f"http://127.0.0.1:{receiver.server.server_port}/aircraft.json"
        post(running, "/v1/feeds", {"feed": "roof", "address": address, "format": "readsb"})
        yield running
    finally:
        running.kill()
        receiver.stop()


def post(node: RunningNode, path: str, body: Any) -> Any:
    import httpx  # noqa: PLC0415

    answer = httpx.post(
        f"http://{node.client.access.address}{path}",
        json=body,
        headers={"authorization": f"Bearer {node.client.token}"},
        trust_env=False,
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def graphics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    flags = [*(flag for flag in FLAGS if flag != "--disable-gpu"), *GRAPHICS]
    with sync_playwright() as playwright:
        started = start(playwright, tmp_path_factory.mktemp("graphics"), *flags)
        yield started
        started.close()


@pytest.fixture(scope="module")
def page(graphics: Browser, node: RunningNode) -> Iterator[Any]:
    opened = open_page(graphics, node.client.access.address, reduced_motion="reduce")
    opened.set_viewport_size({"width": 480, "height": 320})
    make_map(opened, node.client.token)
    opened.evaluate(
        "([lat, lon]) => { handle.view.map.jumpTo({center: [lon, lat], zoom: 7.6}); }", list(MIDDLE)
    )
    wait(opened, f"handle.view.stream.store.count >= {AIRCRAFT}", WATCH_S_MAX)
    wait(opened, "handle.view.told !== null", WATCH_S_MAX)
    yield opened
    assert opened.evaluate("asked.violations") == []
    assert [each for each in opened.faults if "GPU stall" not in each] == []
    opened.context.close()


def key_at(page: Any, callsign: str) -> str:
    found: str = page.evaluate(
        "name => { const s = handle.view.stream.store; return s.keys[s.callsigns.indexOf(name)]; }",
        callsign,
    )
    return found


@pytest.mark.requirement("MAP-003")
def test_live_tracks_are_drawn_and_told_as_live(page: Any) -> None:
    live = f"asked.health.filter(h => h.tracks === 'live' && h.count >= {AIRCRAFT} && h.ageS < 3).at(-1)"
    health = wait(page, live, WATCH_S_MAX)  # on a busy machine some are told late
    assert health["ageS"] >= 0.0
    assert page.evaluate("document.querySelector('.cm-loud').hidden")
    figures = page.evaluate("handle.figures()")
    assert figures["stream"]["refused"] is None
    wait(page, "handle.figures().layer.draws > 0")
    inked = page.evaluate(
        """async () => {
          const bitmap = await createImageBitmap(await handle.exportPng());
          const c = document.createElement('canvas'); c.width = bitmap.width; c.height = bitmap.height;
          const ink = c.getContext('2d'); ink.drawImage(bitmap, 0, 0);
          const data = ink.getImageData(0, 0, c.width, c.height).data;
          const colours = new Set();
          for (let k = 0; k < data.length; k += 4) colours.add((data[k] << 16) | (data[k + 1] << 8) | data[k + 2]);
          return [bitmap.width, bitmap.height, colours.size];
        }"""
    )
    assert inked[0] == 480
    assert inked[1] > 320
    assert inked[2] > 50


@pytest.mark.requirement("MAP-009")
def test_a_track_is_picked_where_it_is_drawn_and_by_keys(page: Any) -> None:
    key = key_at(page, "AUR3")
    x, y = page.evaluate(
        """key => { const v = handle.view; const slot = v.stream.store.slotOf.get(key);
          v.map.jumpTo({center: [v.stream.store.longitude[slot] / 1e6, v.stream.store.latitude[slot] / 1e6]});
          v.step++; v.aim(); v.sight.project(v.layer.placeX(slot), v.layer.placeY(slot));
          return [v.sight.px, v.sight.py]; }""",
        key,
    )
    page.mouse.click(x, y)
    wait(page, "asked.selected.length > 0")
    assert page.evaluate("asked.selected.at(-1)") == {"kind": "track", "id": key}
    page.evaluate("handle.view.map.getCanvas().focus()")
    page.keyboard.press("Enter")
    assert page.evaluate("asked.selected.at(-1).kind") == "track"
    first = page.evaluate("asked.selected.at(-1).id")
    page.keyboard.press(".")
    assert page.evaluate("asked.selected.at(-1).id") != first
    zoom = page.evaluate("handle.view.map.getZoom()")
    page.keyboard.press("+")
    wait(page, f"handle.view.map.getZoom() > {zoom}")
    page.evaluate("() => { handle.view.map.jumpTo({zoom: 7.6}); }")


@pytest.mark.requirement("MAP-009")
def test_the_list_beside_it_says_the_same_and_a_hostile_name_is_text(page: Any) -> None:
    page.evaluate(
        "([lat, lon]) => { handle.view.map.jumpTo({center: [lon, lat], zoom: 7.6}); }", list(MIDDLE)
    )
    rows = wait(
        page,
        "(() => { const t = [...document.querySelectorAll('.cm-list li')].map(e => e.textContent);"
        " return t.some(e => e.includes('img src')) && t.some(e => e.startsWith('AUR')) ? t : null; })()",
    )
    [row] = [each for each in rows if "img src" in each]
    assert row.startswith("<img src=x onerror=asked…") or "<img src=x" in row
    assert "prohibited" in row
    assert "\u202e" not in row
    assert page.query_selector("img") is None
    tracks = [each for each in rows if each.startswith("AUR")]
    assert all("FL" in each and "kt" in each for each in tracks)
    page.focus(".cm-list ul")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate("asked.selected.at(-1).kind") in {"track", "area"}
    assert "An empty map is not a clear sky" in page.inner_text(".cm-list")


@pytest.mark.requirement("MAP-008")
def test_a_corridor_is_drawn_by_keys_alone(page: Any) -> None:
    page.evaluate(
        "() => { globalThis.drawn = undefined; handle.startDrawing('corridor').then(g => { drawn = g; }); }"
    )
    page.evaluate("() => { handle.view.map.jumpTo({center: [25, 59.5]}); }")
    page.keyboard.press(" ")
    page.evaluate("() => { handle.view.map.jumpTo({center: [26, 59.75]}); }")
    page.keyboard.press(" ")
    page.keyboard.press("Enter")
    drawn = wait(page, "globalThis.drawn")
    assert drawn == {"type": "LineString", "coordinates": [[25, 59.5], [26, 59.75]]}
    page.evaluate(
        "() => { globalThis.drawn = undefined; handle.startDrawing('polygon').then(g => { drawn = g; }); }"
    )
    page.keyboard.press(" ")
    page.keyboard.press("Escape")
    assert wait(page, "globalThis.drawn === null")


@pytest.mark.requirement("MAP-006")
def test_measuring_tells_the_geodesic(page: Any) -> None:
    page.evaluate(
        "() => { handle.setLayers({measure: true}); handle.view.map.getCanvas().focus();"
        " handle.view.map.jumpTo({center: [25, 59.5]}); }"
    )
    page.keyboard.press(" ")
    page.evaluate("() => { handle.view.map.jumpTo({center: [25, 60.5]}); }")
    page.keyboard.press(" ")
    words = page.evaluate("handle.view.overlayState().measure.words.map(w => w.text)")
    metres = Geodesic.WGS84.Inverse(59.5, 25.0, 60.5, 25.0)["s12"]
    assert words == [f"{metres / 1000:.2f} km  {metres / 1852:.2f} NM  000.0°T"]
    page.evaluate("() => { handle.setLayers({measure: false}); }")


@pytest.mark.requirement("MAP-010")
def test_live_tracks_are_hidden_at_another_time_and_it_says_so(page: Any) -> None:
    page.evaluate("() => { handle.setTime('2030-01-02T09:00:00Z'); }")
    assert "PLANNED, live tracks hidden: \u20682030-01-02 09:00:00Z\u2069" in page.text_content(
        ".cm-loud"
    )
    assert (
        page.evaluate("(() => { handle.view.aim(); return handle.view.layer.look.tracks; })()")
        is False
    )
    assert not [
        e for e in page.evaluate("handle.view.inView().rows.map(r => r.ref.kind)") if e == "track"
    ]
    page.evaluate("() => { handle.setTime('now'); }")
    wait(page, "document.querySelector('.cm-loud').hidden")


@pytest.mark.requirement("MAP-010")
def test_the_picture_as_svg_is_well_formed_and_names_its_time_and_borders(page: Any) -> None:
    import xml.etree.ElementTree as ET  # noqa: PLC0415

    text = page.evaluate("handle.exportSvg().then(b => b.text())")
    root = ET.fromstring(text)
    words = " ".join(" ".join(root.itertext()).split())  # a caption is wrapped
    assert "tracks as of" in words
    assert "Natural Earth" in words
    assert "not a clear sky" in words
    assert HOSTILE[:10] in words
    assert not [each for each in root.iter() if each.tag.endswith(("script", "img", "image"))]


@pytest.mark.requirement("MAP-011")
def test_a_past_moment_is_drawn_in_the_place_of_what_is_live_and_said_loudly(page: Any) -> None:
    past = {
        "at": "2026-11-22T12:00:00Z", "words": "REPLAY", "exercise": True,
        "notes": ["By the records of alpha. " * 9 + "THE END"],
        "lines": [[[25.0, 59.5], [25.1, 59.5]]],
        "alerts": [{"severity": "warning", "acknowledged": False, "line": [[24.9, 59.4], [25.0, 59.5]]}],
        "things": [{"kind": "site", "id": "s1", "name": "As told then", "word": "notified", "own": False,
                    "deconflicted": False, "precision_m": 0, "error_m": None, "why": [], "unbounded": 0,
                    "parts": [{"rings": [SQUARE], "start_ms": None, "end_ms": None, "lower": None, "upper": None}]}],
        "estimates": [{"latDeg": 59.4, "lonDeg": 25.0, "text": "ESTIMATE 1.0 km ± ?"}],
        "tracks": [{"id": "a", "name": HOSTILE, "latDeg": 59.5, "lonDeg": 25.0, "directionDeg": 90.0, "stale": False}],
    }  # fmt: skip
    page.evaluate(
        "([lat, lon, past]) => { handle.view.map.jumpTo({center: [lon, lat], zoom: 7.6}); handle.setPast(past); }",
        [*MIDDLE, past],
    )
    assert "REPLAY: \u20682026-11-22 12:00:00Z\u2069" in page.text_content(".cm-loud")
    drawn = "handle.exportSvg().then(b => b.text()).then(t => t.includes('<circle r=\\\"3\\\"') ? t : '')"
    text = wait(page, drawn)  # the map has moved there, and may not have drawn it yet
    assert text.count('<circle r="3"') == 1
    assert text.count("rotate(") == 0  # no live track
    assert text.count('stroke-width="2"') == 2  # an account, and a line of an alert
    assert "As told then" in text
    assert text.count("M0-8L8 0L0 8L-8 0Z") == 1  # an estimate, unlike a plot
    assert "ESTIMATE 1.0 km" in text
    assert "THE END" in text  # in as many lines as it takes
    assert "EXERCISE" in text
    assert "prohibited" not in text  # nothing that only now is known
    assert "&#60;img" in text
    assert "<img" not in text
    assert page.evaluate("handle.view.pick(240, 160)") is None
    written = page.evaluate("handle.exportPdf().then(b => b.text())")
    assert written.startswith("%PDF-1.4")
    assert "REPLAY" in page.evaluate("handle.view.caption().lines[0]")
    page.evaluate("() => { handle.setPast(null); }")
    wait(page, "document.querySelector('.cm-loud').hidden")
    assert page.evaluate("handle.exportSvg().then(b => b.text())").count("rotate(") > 0


@pytest.mark.requirement("MAP-012")
def test_the_maps_own_words_are_those_it_is_given_and_its_scale_is_true(page: Any) -> None:
    page.evaluate("() => { handle.setWords({inView: 'В поле зрения', scale: 'Масштаб'}); }")
    assert page.text_content(".cm-list h2").startswith("В поле зрения")
    said = page.evaluate(
        "(() => { const e = document.querySelector('.cm-scale'); return [e.title, e.textContent,"
        " document.querySelector('.cm-bar').getBoundingClientRect().width, handle.view.metresPerPx()]; })()"
    )
    assert said[0] == "Масштаб"
    assert said[2] * said[3] == pytest.approx(1000 * float(said[1].split(" km")[0]), rel=0.03)
    page.evaluate("() => { handle.setWords({inView: 'In view', scale: 'Scale'}); }")


@pytest.mark.requirement("MAP-007")
def test_poles_and_180_are_drawn_round_and_flat(page: Any) -> None:
    for way in ("globe", "flat"):
        page.evaluate("on => { handle.setLayers({globe: on}); }", way == "globe")
        for center, zoom in (((0, 89), 3), ((180, 0), 4), ((-180, -80), 2)):
            page.evaluate(
                "([c, z]) => { handle.view.map.jumpTo({center: c, zoom: z}); }", [center, zoom]
            )
            assert page.evaluate("handle.exportPng().then(b => b.size)") > 2_000
    box = page.evaluate(
        "(() => { handle.view.map.jumpTo({center: [180, 0], zoom: 4}); return handle.view.box(); })()"
    )
    assert box[0] > 160.0
    assert box[2] < -160.0


@pytest.mark.requirement("TRACK-055")
@pytest.mark.requirement("TRACK-057")
def test_the_console_tells_what_a_track_lacks_and_takes_that_it_was_silent(
    page: Any, graphics: Browser, node: RunningNode
) -> None:
    key = key_at(page, "AUR3")
    opened = Console(graphics, node).open()
    try:
        opened.page.goto(f"{opened.url}#list=alerts&open=track:{key}")
        track = opened.page.locator(".track-now")
        expect(track).to_contain_text("Nobody has said.")
        expect(track.locator(".chip")).to_have_count(0)  # no plans are told to this node
        track.locator('[data-action="radio-silent"]').click()
        expect(track.locator(".chip")).to_have_text(["no radio contact"])
        expect(track).to_contain_text("A lack is no contradiction and no guilt.")
        expect(track.locator(".facts")).to_contain_text(f"silent {OFFICER}")
        track.locator('[data-action="radio-answered"]').click()
        expect(track.locator(".chip")).to_have_count(0)
        opened.page.locator(
            "#list .row"
        ).first.click()  # an alert tells the same of each of its tracks
        expect(opened.page.locator('.track-now [data-action="radio-silent"]').first).to_be_visible()
        opened.nothing_bad()
    finally:
        opened.close()


@pytest.mark.requirement("MAP-003")
def test_a_node_that_goes_is_loud_and_one_that_returns_is_followed_again(
    page: Any, node: RunningNode
) -> None:
    before = page.evaluate("handle.figures().stream.reconnects")
    page.route("**/v1/air/stream*", lambda route: route.abort())
    page.evaluate("() => { handle.view.stream.control.abort(); }")
    health = wait(page, "asked.health.at(-1).tracks === 'down' && asked.health.at(-1)", 60.0)
    assert health["ageS"] > 0.0
    assert "NO TRACKS come from the node" in page.text_content(".cm-loud")
    assert (
        page.evaluate("(() => { handle.view.aim(); return handle.view.layer.look.stale; })()")
        is True
    )
    page.unroute("**/v1/air/stream*")
    wait(page, "asked.health.at(-1).tracks === 'live'", 60.0)
    assert page.evaluate("handle.figures().stream.reconnects") > before
    page.faults[:] = [each for each in page.faults if "ERR_FAILED" not in each]  # what this cut off
    assert page.evaluate("handle.figures().stream.refused") is None
