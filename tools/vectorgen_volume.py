"""Write the vectors of docs/spec/volume.md, the same on each run.

Run from the project's root: `python -m tools.vectorgen_volume`; then `git diff --exit-code` is clean.

Expected distances come from geographiclib by tests/geodesic_reference.py, gaps and verdicts from the
definition in the case's own words. Nothing here imports comity.
"""

import copy
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests import geodesic_reference as reference

ROOT = Path(__file__).resolve().parents[1]
Body = dict[str, Any]


def write_all(folder: Path) -> None:
    """Write every vector of volumes below a folder."""
    for stale in (place for place in folder.glob("*") if place.is_dir()):
        shutil.rmtree(stale)
    for name, rule, why, body in _accepted():
        _write(folder / name, {"volume": body}, {"result": "accept", "rule": rule, "why": why})
    for name, rule, why, body, reason, field in _rejected():
        expected = {"result": "reject", "rule": rule, "why": why, "reason": reason, "field": field}
        _write(folder / f"{name}_reject", {"volume": body}, expected)
    for name, why, pair, expected in _verdicts():
        _write(folder / name, {"pair": pair}, {"rule": "V14", "why": why, **expected})


def _write(place: Path, files: Body, expected: Body) -> None:
    place.mkdir(parents=True)
    for name, content in {**files, "expected": expected}.items():
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
        (place / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _shape(
    kind: str, *vertices: tuple[float, float], radius_m: float = 0, edge: str = "geodesic"
) -> Body:
    return {
        "kind": kind,
        "edge": edge,
        "latitude_deg_e7": [round(latitude * 1e7) for latitude, _ in vertices],
        "longitude_deg_e7": [round(longitude * 1e7) for _, longitude in vertices],
        "radius_mm": round(radius_m * 1000),
    }


def _volume(
    shape: Body,
    lower_m: float = 1000,
    upper_m: float = 2000,
    datum: str = "EGM2008",
    minutes: tuple[int, int] = (0, 30),
) -> Body:
    return {
        "shape": shape,
        "lower": {"height_mm": round(lower_m * 1000), "datum": datum},
        "upper": {"height_mm": round(upper_m * 1000), "datum": datum},
        "start": f"2026-11-22T12:{minutes[0]:02d}:00.000Z",
        "end": f"2026-11-22T12:{minutes[1]:02d}:00.000Z",
    }


def _plain() -> Body:
    return _volume(_shape("ring", (47, 8), (47, 8.5), (47.3, 8.5), (47.3, 8)))


def _with(path: str, value: object) -> Body:
    """The plain volume with one member changed, or left out where the value is `...`."""
    body = copy.deepcopy(_plain())
    place: Any = body
    *steps, last = path.split(".")
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return body


def _of(kind: str, *vertices: tuple[float, float], **options: Any) -> Body:
    return _volume(_shape(kind, *vertices, **options))


def _accepted() -> Iterator[tuple[str, str, str, Body]]:
    square_at_pole = [(80.0, longitude) for longitude in (0.0, 90.0, 180.0, -90.0)]
    yield "plain", "V1", "a ring of four vertices", _plain()
    yield "unknown-member", "V1", "members not known are left alone", _with("colour", "red")
    yield "circle", "V4", "a path of one vertex", _of("path", (47, 8), radius_m=5000)
    yield (
        "corridor",
        "V4",
        "a path with a radius",
        _of("path", (47, 8), (48, 9), (48, 11), radius_m=1852),
    )
    yield "point-at-pole", "V2", "the longitude of a pole is any", _of("path", (90, -180))
    yield (
        "antimeridian",
        "V10",
        "a ring across ±180°",
        _of("ring", (0, 179.5), (1, 179.5), (1, -179.5), (0, -179.5)),
    )
    yield "round-pole", "V10", "a ring that holds the pole", _of("ring", *square_at_pole)
    yield "through-pole", "V8", "an edge over the pole", _of("path", (89.9, 0), (89.9, 180))
    yield (
        "clockwise",
        "V10",
        "the order of the vertices does not matter",
        _of("ring", (47.3, 8), (47.3, 8.5), (47, 8.5), (47, 8)),
    )
    yield "path-crosses-itself", "V11", "paths may", _of("path", (0, 0), (1, 1), (0, 1), (1, 0))
    yield (
        "notched",
        "V11",
        "a ring need not be convex",
        _of("ring", (0, 0), (0, 2), (1, 1), (2, 2), (2, 0)),
    )
    yield "chord", "V7", "an edge as GeoJSON has it", _with("shape.edge", "chord")
    yield "rhumb-to-pole", "V7", "along a meridian", _of("path", (0, 0), (90, 0), edge="rhumb")
    yield "widest", "V6", "the largest radius", _with("shape.radius_mm", 200_000_000)
    yield "highest", "V6", "the greatest height", _with("upper.height_mm", 100_000_000)
    yield "flat", "V6", "lower equals upper", _with("lower.height_mm", 2_000_000)
    yield "longest", "V6", "seven days", _with("end", "2026-11-29T12:00:00.000Z")
    yield "mixed-datums", "V6", "surface to flight level", _with("lower.datum", "AGL")
    many = [(40 + 0.001 * (k % 2), 0.01 * k) for k in range(1000)]
    yield "most-vertices", "V4", "a thousand", _of("path", *many)
    yield (
        "longest-edge",
        "V8",
        "a quarter of the equator, 9,020 km in a straight line",
        _of("path", (0, 0), (0, 90)),
    )


def _rejected() -> Iterator[tuple[str, str, str, Body, str, str]]:
    yield from _malformed()
    yield from _out_of_limits()
    yield from _no_shapes()


def _malformed() -> Iterator[tuple[str, str, str, Body, str, str]]:
    for path in ("shape", "lower", "upper", "start", "end", "shape.kind", "shape.radius_mm"):
        name = f"no-{path.replace('.', '-').replace('_', '-')}"
        yield name, "V1", "a member is missing", _with(path, ...), "volume-malformed", path
    for name, path, value, rule, why in (
        ("list", "shape", [], "V1", "a list is no shape"),
        ("float", "shape.radius_mm", 0.5, "V1", "integers only"),
        ("true", "upper.height_mm", True, "V1", "true is no integer"),
        ("text-number", "lower.height_mm", "0", "V1", "a string is no integer"),
        ("degrees-object", "shape.latitude_deg_e7", {}, "V1", "an object is no list"),
        ("unknown-kind", "shape.kind", "disc", "V3", "ring or path"),
        ("unknown-edge", "shape.edge", "loxodrome", "V3", "geodesic, rhumb or chord"),
        ("unknown-datum", "upper.datum", "NAVD88", "V3", "four datums are known"),
        ("datum-case", "upper.datum", "wgs84", "V3", "names have one spelling"),
        ("naive-time", "start", "2026-11-22T12:00:00.000", "V2", "a time without a zone"),
        (
            "offset-time",
            "end",
            "2026-11-22T14:30:00.000+02:00",
            "V2",
            "not the spelling of records",
        ),
        ("no-such-time", "end", "2026-02-30T12:00:00.000Z", "V2", "a date that does not exist"),
    ):
        yield name, rule, why, _with(path, value), "volume-malformed", path


def _out_of_limits() -> Iterator[tuple[str, str, str, Body, str, str]]:
    latitudes = _plain()["shape"]["latitude_deg_e7"]
    for name, path, value, rule, why, field in (
        (
            "latitude",
            "shape.latitude_deg_e7",
            [900_000_001, *latitudes[1:]],
            "V2",
            "1e-7° beyond the pole",
            "shape.latitude_deg[0]",
        ),
        (
            "longitude",
            "shape.longitude_deg_e7",
            [0, 1, 2, -1_800_000_001],
            "V2",
            "1e-7° beyond half a turn",
            "shape.longitude_deg[3]",
        ),
        (
            "lengths",
            "shape.latitude_deg_e7",
            latitudes[:3],
            "V4",
            "three latitudes, four longitudes",
            "shape.longitude_deg",
        ),
        ("radius", "shape.radius_mm", 200_000_001, "V6", "1 mm too wide", "shape.radius_m"),
        ("negative-radius", "shape.radius_mm", -1, "V6", "less than nothing", "shape.radius_m"),
        ("height", "upper.height_mm", 100_000_001, "V6", "1 mm too high", "upper.height_m"),
        ("depth", "lower.height_mm", -1_000_001, "V6", "1 mm too low", "lower.height_m"),
        ("huge", "upper.height_mm", 2**53, "V1", "not an integer of records", "upper.height_mm"),
        ("upside-down", "lower.height_mm", 2_000_001, "V6", "lower above upper", "lower"),
        ("backwards", "end", "2026-11-22T11:59:59.999Z", "V6", "end before start", "end"),
        ("moment", "end", "2026-11-22T12:00:00.000Z", "V6", "no time at all", "end"),
        ("too-long", "end", "2026-11-29T12:00:00.001Z", "V6", "1 ms over seven days", "end"),
    ):
        yield name, rule, why, _with(path, value), "volume-invalid", field


def _no_shapes() -> Iterator[tuple[str, str, str, Body, str, str]]:
    equator = [(0.0, 5.0 * k - 180.0) for k in range(72)]
    crowd = [(40 + 0.001 * (k % 2), 0.01 * k) for k in range(1001)]
    winding = [(88.9, 100.0 * k % 360 - 180) for k in range(40)]
    for name, rule, why, shape, field in (
        ("empty", "V4", "no vertex", _shape("path"), "shape.latitude_deg"),
        ("two-vertex-ring", "V4", "no area", _shape("ring", (0, 0), (1, 1)), "shape.latitude_deg"),
        ("crowd", "V4", "1,001 vertices", _shape("path", *crowd), "shape.latitude_deg_e7"),
        (
            "closed-twice",
            "V5",
            "the first vertex repeated at the end",
            _shape("ring", (0, 0), (0, 1), (1, 1), (0, 0)),
            "shape.latitude_deg[0]",
        ),
        (
            "one-place-two-names",
            "V5",
            "180° and −180°",
            _shape("path", (10, 180), (10, -180)),
            "shape.latitude_deg[1]",
        ),
        (
            "two-poles",
            "V5",
            "a pole under two longitudes",
            _shape("ring", (90, 0), (90, 90), (80, 0)),
            "shape.latitude_deg[1]",
        ),
        (
            "bow-tie",
            "V11",
            "edges cross",
            _shape("ring", (0, 0), (1, 1), (0, 1), (1, 0)),
            "shape.latitude_deg",
        ),
        (
            "bow-tie-antimeridian",
            "V11",
            "edges cross at ±180°",
            _shape("ring", (0, 179.5), (1, -179.5), (0, -179.5), (1, 179.5)),
            "shape.latitude_deg",
        ),
        (
            "bow-tie-pole",
            "V11",
            "edges cross at the pole",
            _shape("ring", (89, 0), (89, 180), (89, 90), (89, -90)),
            "shape.latitude_deg",
        ),
        (
            "touching",
            "V11",
            "a vertex on another",
            _shape("ring", (0, 0), (0, 2), (1, 1), (2, 2), (2, 0), (1, 1)),
            "shape.latitude_deg",
        ),
        (
            "spike",
            "V11",
            "an edge turns back on the one before",
            _shape("ring", (0, 0), (0, 1), (0, 0.5)),
            "shape.latitude_deg",
        ),
        (
            "long-edge",
            "V8",
            "92° of the equator, 9,176 km in a straight line",
            _shape("path", (0, 0), (0, 92)),
            "shape.latitude_deg[0]",
        ),
        (
            "half-turn",
            "V7",
            "no short way round",
            _shape("path", (80, 0), (80, 180), edge="chord"),
            "shape.longitude_deg[0]",
        ),
        (
            "rhumb-near-pole",
            "V7",
            "beyond 89° off a meridian",
            _shape("path", (80, 0), (89.5, 10), edge="rhumb"),
            "shape.latitude_deg[0]",
        ),
        ("winding", "V9", "pieces", _shape("path", *winding, edge="chord"), "shape.latitude_deg"),
        (
            "equator",
            "V10",
            "neither side is smaller",
            _shape("ring", *equator),
            "shape.latitude_deg",
        ),
    ):
        yield name, rule, why, _volume(shape), "volume-invalid", field


def _verdicts() -> Iterator[tuple[str, str, Body, Body]]:
    here = _shape("path", (47, 8), radius_m=1000)
    yield _near("near-circles", "two circles", here, _shape("path", (47.05, 8.1), radius_m=2000))
    yield _near(
        "near-antimeridian",
        "the short way over ±180°",
        _shape("path", (10, 179.99), radius_m=100),
        _shape("path", (10.01, -179.99), radius_m=100),
    )
    yield _near(
        "near-pole",
        "on either side of the pole",
        _shape("path", (89.99, 10), radius_m=100),
        _shape("path", (89.98, -170), radius_m=100),
    )
    yield _near(
        "near-edges",
        "a corridor of 300 km passes a ring; its middle lies 3 km north of the parallel",
        _shape("path", (60, 10), (60, 15.4), radius_m=1000),
        _shape("ring", (60.1, 12.6), (60.1, 12.8), (60.2, 12.7)),
    )
    yield _near(
        "far-edges",
        "more than 100 km apart",
        _shape("path", (-30, 20), (-31, 22), radius_m=1000),
        _shape("ring", (-30.3, 23.2), (-29, 24), (-30, 24)),
        minimum_m=200_000,
    )
    yield _near(
        "inside",
        "a circle in a ring round the pole",
        _shape("ring", (80, 0), (80, 90), (80, 180), (80, -90)),
        _shape("path", (88, 33)),
    )
    yield from _heights_and_times(here)


def _heights_and_times(here: Body) -> Iterator[tuple[str, str, Body, Body]]:
    def case(
        name: str, why: str, first: Body, second: Body, expected: Body, vertical_m: float = 304.8
    ) -> tuple[str, str, Body, Body]:
        minima = {"horizontal_mm": 9_260_000, "vertical_mm": round(vertical_m * 1000)}
        return name, why, {"volumes": [first, second], "separation": minima}, expected

    def at_noon(gap_mm: int) -> Body:
        return {
            "result": "conflict",
            "first_time": "2026-11-22T12:00:00.000Z",
            "horizontal_mm": 0,
            "tolerance_mm": 0,
            "vertical_mm": gap_mm,
        }

    low = _volume(here, 1000, 2000)
    clear = {"result": "clear"}
    yield case("same", "one place and time", low, low, at_noon(0))
    yield case("gap-kept", "the minimum", low, _volume(here, 2304.8, 3000), clear)
    yield case("gap-broken", "1 mm less", low, _volume(here, 2304.799, 3000), at_noon(304_799))
    yield case("touching", "no minimum", low, _volume(here, 2000, 3000), at_noon(0), 0)
    yield case("above", "no minimum, 1 mm", low, _volume(here, 2000.001, 3000), clear, 0)
    later = _volume(here, minutes=(30, 40))
    then = {**at_noon(0), "first_time": "2026-11-22T12:30:00.000Z"}
    yield case("times-touch", "an instant in common", low, later, then)
    yield case("times-apart", "a minute", low, _volume(here, minutes=(31, 40)), clear)
    ellipsoidal = _volume(here, 2300, 3000, "WGS84")
    yield case("geoid", "300 m less 89 m of geoid", low, ellipsoidal, at_noon(211_000))
    yield case("geoid-clear", "500 − 89 m", low, _volume(here, 2500, 3000, "WGS84"), clear)
    pressure = _volume(here, 9000, 9500, "QNE")
    yield case("pressure", "no error agreed", low, pressure, {"result": "undetermined"})
    ground = _volume(here, 0, 120, "AGL")
    yield case("ground", "no ground agreed", low, ground, {"result": "undetermined"})
    yield case("ground-both", "as they stand", ground, _volume(here, 50, 90, "AGL"), at_noon(0))
    elsewhere = _volume(_shape("path", (48, 8)), 9000, 9500, "QNE")
    yield case("pressure-far", "nothing to compare 110 km away", low, elsewhere, clear)


def _near(
    name: str, why: str, first: Body, second: Body, minimum_m: float = 20_000
) -> tuple[str, str, Body, Body]:
    """A conflict whose least distance geographiclib tells."""
    core_m = reference.distance_m(_plain_shape(first), _plain_shape(second))
    least_m = max(0.0, core_m - (first["radius_mm"] + second["radius_mm"]) / 1000)
    pair = {
        "volumes": [_volume(first), _volume(second, minutes=(10, 20))],
        "separation": {"horizontal_mm": round(minimum_m * 1000), "vertical_mm": 0},
    }
    expected = {
        "result": "conflict",
        "first_time": "2026-11-22T12:10:00.000Z",
        "horizontal_mm": round(least_m * 1000),
        "tolerance_mm": 300 + round(1e-3 * least_m),
        "vertical_mm": 0,
    }
    return name, why, pair, expected


def _plain_shape(body: Body) -> SimpleNamespace:
    return SimpleNamespace(
        kind=body["kind"],
        latitude_deg=[value / 1e7 for value in body["latitude_deg_e7"]],
        longitude_deg=[value / 1e7 for value in body["longitude_deg_e7"]],
    )


def main() -> int:
    """Write everything below `vectors/volume`."""
    write_all(ROOT / "vectors" / "volume")
    return 0


if __name__ == "__main__":
    sys.exit(main())
