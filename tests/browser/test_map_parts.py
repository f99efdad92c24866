"""Pure parts of the map, in a browser beside other implementations: vectors, geodesics, grid references, names."""

import base64
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mgrs
import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from playwright.sync_api import Browser
from tests.map_page import open_page, wait

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted(place.parent for place in (ROOT / "vectors" / "track-stream").glob("*/stream.bin"))
PLACES = [
    (0.0, 0.0), (89.9, 10.0), (-89.9, -170.0), (90.0, 0.0), (-90.0, 0.0), (84.0, 20.0), (83.999, 20.0),
    (-80.0, -30.0), (-80.001, -30.0), (60.0, 3.0), (59.5, 5.5), (63.999, 11.999), (75.0, 8.9), (75.0, 9.1),
    (78.0, 21.5), (78.0, 33.5), (71.999, 20.0), (12.0, -179.999), (12.0, 179.999), (-33.9, 151.2), (0.001, 6.001),
    (-0.001, 5.999), (85.0, 179.5), (-85.0, -179.5), (88.0, -90.0), (-88.0, 90.0),
]  # fmt: skip


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Any]:
    opened = open_page(
        browser, "127.0.0.1:9009"
    )  # nobody is asked there; some ports a Firefox refuses
    yield opened
    assert opened.evaluate("asked.violations") == []
    assert opened.faults == []
    opened.context.close()


@pytest.mark.requirement("MAP-001")
def test_the_console_s_reader_holds_what_the_vectors_say(page: Any) -> None:
    asked = []
    for case in CASES:
        expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
        content = base64.b64encode((case / "stream.bin").read_bytes()).decode()
        asked.append([content, expected["exercise"]])
    read = page.evaluate(
        "asked => asked.map(([b, e]) => parts.follow(Uint8Array.from(atob(b), c => c.charCodeAt(0)), e))",
        asked,
    )
    assert len(read) > 40
    for case, told in zip(CASES, read, strict=True):
        expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
        if expected["result"] == "reject":
            assert told == {"reason": expected["reason"]}, case.name
        else:
            assert told == {"frames": expected["frames"], "tracks": expected["tracks"]}, case.name


@pytest.mark.requirement("MAP-020")
def test_three_maps_of_a_browser_have_live_tracks_and_the_fourth_says_that_it_has_none(
    page: Any,
) -> None:
    """Each stream holds one of the six connections that a browser opens to a node."""
    asked: list[Any] = []

    def never_answered(route: Any) -> None:
        asked.append(route)

    page.context.route("**/v1/air/stream?*", never_answered)
    begin = """globalThis.health = []; globalThis.followed = new parts.TrackStream({apiBase: '',
        headers: () => ({}), exercise: false, onFrame() {}, onHealth: (each) => health.push(each)})"""
    pages = [page.context.new_page() for _ in range(4)]
    for each in pages:
        each.goto(page.url)
        wait(each, "globalThis.parts !== undefined")
        each.evaluate(f"() => {{ {begin} }}")
    wait(pages[3], "health.some((each) => each.elsewhere)")
    assert len(asked) == 3
    assert not any(each.evaluate("followed.health().elsewhere") for each in pages[:3])
    pages[0].close()
    wait(pages[3], "!followed.health().elsewhere")
    assert len(asked) == 4
    for each in pages[1:]:
        each.close()
    page.context.unroute("**/v1/air/stream?*")


def random_places(seed: int, count: int) -> list[tuple[float, float]]:
    rng = np.random.default_rng(seed)
    latitude = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, count)))
    return list(zip(latitude.tolist(), rng.uniform(-180.0, 180.0, count).tolist(), strict=True))


@pytest.mark.requirement("MAP-006")
def test_distances_are_those_of_geographiclib_and_antipodes_are_refused(page: Any) -> None:
    ends = random_places(11, 600)
    pairs = [(*a, *b) for a, b in zip(ends[::2], ends[1::2], strict=True)]
    pairs += [(a, x, b, y) for a, x in PLACES for b, y in PLACES[::5]]
    told = page.evaluate("pairs => pairs.map(p => parts.inverse(...p))", pairs)
    refused = 0
    for pair, line in zip(pairs, told, strict=True):
        ours = Geodesic.WGS84.Inverse(*pair)
        if line is None:
            refused += 1
            assert ours["s12"] > 19_900_000.0, pair
            continue
        assert line["distanceM"] == pytest.approx(ours["s12"], abs=0.0005), pair
        if 1.0 < ours["s12"] < 19_900_000.0 and max(abs(pair[0]), abs(pair[2])) < 89.0:
            turned = (line["azimuthDeg"] - ours["azi1"] + 180.0) % 360.0 - 180.0
            assert abs(turned) < 1e-4, pair
    assert refused < 10
    assert page.evaluate("parts.inverse(0, 0, 0.5, 179.7)") is None


@pytest.mark.requirement("MAP-006")
def test_a_line_ends_where_geographiclib_ends_it(page: Any) -> None:
    rng = np.random.default_rng(12)
    lines = [
        (latitude, longitude, float(rng.uniform(0, 360)), float(rng.uniform(0, 15e6)))
        for latitude, longitude in [*random_places(13, 200), (89.999, 0.0), (0.0, 179.999)]
    ]
    ends = page.evaluate("lines => lines.map(l => parts.direct(...l))", lines)
    for (latitude, longitude, azimuth, distance), (lat, lon) in zip(lines, ends, strict=True):
        ours = Geodesic.WGS84.Direct(latitude, longitude, azimuth, distance)
        away = Geodesic.WGS84.Inverse(lat, lon, ours["lat2"], ours["lon2"])["s12"]
        assert away < 0.001


@pytest.mark.requirement("MAP-006")
def test_grid_references_are_those_of_the_mgrs_package_poles_included(page: Any) -> None:
    places = [*PLACES, *random_places(14, 1_500)]
    ours = page.evaluate("places => places.map(p => parts.mgrsOf(...p))", places)
    library = mgrs.MGRS()
    apart = []
    for (latitude, longitude), told in zip(places, ours, strict=True):
        expected = library.toMGRS(latitude, longitude)
        if told == expected:
            continue
        # the library rounds a digit away in its last place: the same square, one metre beside
        assert told[:-10] == expected[:-10], (latitude, longitude, told, expected)
        east = abs(int(told[-10:-5]) - int(expected[-10:-5]))
        north = abs(int(told[-5:]) - int(expected[-5:]))
        assert max(east, north) <= 1, (latitude, longitude, told, expected)
        apart.append((latitude, longitude))
    assert len(apart) < 0.02 * len(places)
    back = page.evaluate("texts => texts.map(t => parts.mgrsRead(t))", ours)
    for (latitude, longitude), told in zip(places, back, strict=True):
        away = Geodesic.WGS84.Inverse(latitude, longitude, told["latDeg"], told["lonDeg"])["s12"]
        assert away < 1.5, (latitude, longitude, told)


@pytest.mark.requirement("MAP-006")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("59.5, 24.75", (59.5, 24.75)),
        ("59,5; 24,75", (59.5, 24.75)),
        ("-33.9 151.2", (-33.9, 151.2)),
        ("24.75E 59.5N", (59.5, 24.75)),
        ("S33 54.0 E151 12.0", (-33.9, 151.2)),
        ("59°30′00.0″N 024°45′00.0″E", (59.5, 24.75)),
        ("35VLF8677697432", (59.5, 25.0)),
        ("90 0", (90.0, 0.0)),
        ("hello", None),
        ("91, 0", None),
        ("59.5N 24N", None),
        ("-59.5N 24E", None),
        ("59 61 N 24 E", None),
        ("61VLF8677697432", None),
        ("<script>alert(1)</script>", None),
        ("", None),
    ],
)
def test_positions_are_read_as_people_write_them_or_not_at_all(
    page: Any, text: str, expected: tuple[float, float] | None
) -> None:
    told = page.evaluate("text => parts.readPosition(text)", text)
    if expected is None:
        assert told is None
        return
    assert (told["latDeg"], told["lonDeg"]) == pytest.approx(expected, abs=2e-5)


@pytest.mark.requirement("MAP-007")
def test_labels_never_touch_and_stop_at_their_cap(page: Any) -> None:
    taken = page.evaluate(
        """() => {
          const grid = new parts.CollisionGrid(); grid.reset(1000, 600, 60);
          let seed = 7; const chance = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
          const boxes = [];
          for (let k = 0; k < 3000; k++) {
            const [x, y] = [chance() * 1100 - 50, chance() * 700 - 50];
            if (grid.take(x, y, x + 60, y + 26)) boxes.push([x, y, x + 60, y + 26]);
          }
          return boxes;
        }"""
    )
    assert len(taken) == 60
    for k, a in enumerate(taken):
        for b in taken[:k]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.requirement("MAP-007")
def test_a_name_cannot_look_like_another_s(page: Any) -> None:
    names = [
        "AUR1\u202e<b>",
        "A\u200bUR1",
        "a\nb\0c",
        "x" * 60,
        "Борт 12",
        "إغاثة ١٢",
        "\U0001f6e9",
    ]
    told = page.evaluate("names => names.map(n => parts.shownName(n))", names)
    assert told == [
        "AUR1·<b>",
        "A·UR1",
        "a·b·c",
        "x" * 24 + "…",
        "Борт 12",
        "إغاثة ١٢",
        "\U0001f6e9",
    ]
    assert page.evaluate("parts.escaped('<a b=\"c\">&\\u0000')") == "&#60;a b=&#34;c&#34;&#62;&#38;"


@pytest.mark.requirement("MAP-005")
def test_rings_within_rings_are_holes_and_islands(page: Any) -> None:
    def square(size: float) -> list[list[float]]:
        return [[-size, -size], [size, -size], [size, size], [-size, size], [-size, -size]]

    rings = [square(1.0), square(3.0), square(2.0), [[x + 10.0, y] for x, y in square(1.0)]]
    told = page.evaluate("rings => parts.polygonsOf(rings)", rings)["coordinates"]
    assert sorted(len(polygon) for polygon in told) == [1, 1, 2]


@pytest.mark.requirement("MAP-005")
def test_what_is_not_deconflicted_is_never_drawn_as_what_is(page: Any) -> None:
    part = {
        "rings": [[[0, 0], [1, 0], [1, 1], [0, 0]]],
        "start_ms": 100,
        "end_ms": 200,
        "lower": None,
        "upper": None,
    }
    states = [
        *("proposed", "pending", "held", "refused", "unanswered", "contested", "accepted"),
        *("activated", "nonconforming", "contingent", "announced"),
    ]
    things = [
        {"kind": "intent", "id": f"{word} {good}", "name": "x", "word": word, "parts": [part],
         "deconflicted": good, "own": True, "precision_m": None, "error_m": None, "why": [], "unbounded": 0}
        for word in states for good in (False, True)
    ]  # fmt: skip
    told = page.evaluate("things => parts.featuresOf(things, 'intent', 150)", things)
    tones = {each["properties"]["id"]: each["properties"]["tone"] for each in told}
    assert len(tones) == 2 * len(states)
    for word in states:
        assert tones[f"{word} False"] != "agreed"
        if word in {
            "refused",
            "contested",
            "unanswered",
            "announced",
            "nonconforming",
            "contingent",
        }:
            assert tones[f"{word} True"] != "agreed"
    assert tones["accepted True"] == "agreed"
    for at_ms, count in ((99, 0), (100, 2 * len(states)), (200, 2 * len(states)), (201, 0)):
        found = page.evaluate("([t, at]) => parts.featuresOf(t, 'intent', at)", [things, at_ms])
        assert len(found) == count


@pytest.mark.requirement("MAP-008")
def test_a_drawing_over_180_is_told_within_180(page: Any) -> None:
    told = page.evaluate(
        """async () => {
          const drafts = []; const drawing = new parts.Drawing('polygon', d => drafts.push(d));
          for (const [x, y] of [[179, 0], [-179, 0], [-179, 1], [179, 1]]) drawing.add(x, y);
          drawing.end();
          const few = new parts.Drawing('polygon', () => {});
          few.add(0, 0); few.add(1, 1); few.end();
          const line = new parts.Drawing('corridor', () => {});
          line.add(10, 50); line.add(20, 50); line.undo(); line.add(11, 51); line.end();
          const shown = drafts.at(-2).map(f => f.geometry).filter(g => g.type === 'LineString');
          const xs = shown.flatMap(g => g.coordinates.map(c => c[0]));
          return [await drawing.done, await few.done, await line.done, Math.max(...xs) - Math.min(...xs)];
        }"""
    )
    polygon, few, line, width = told
    assert polygon["coordinates"][0] == [[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]
    assert few is None
    assert line == {"type": "LineString", "coordinates": [[10, 50], [11, 51]]}
    assert math.isclose(width, 2.0, abs_tol=1e-6)
