"""The register of a node over its real store: entering, starting again, memory, and answers, by the number of sites.

Sites are those of `bench.protected_places`, invented. Entering goes the way of an import: records of 1,000
entries, sealed, journalled and made durable one by one. Starting is `Node.open` in a process of its own: every
signature is checked and every record applied. Answers are whole ones (`application.keep_sites.ask_sites`), beside
scipy's cKDTree and SQLite's R*Tree, which only find numbers. Memory is what the process holds more than before.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
from bench.protected_places import Places, areas_asked, points_asked, protected_places
from bench.sites import AROUND_AREA_M, AT_S, RADIUS_M, KdTree, RStarTree

COUNT = int(os.environ.get("COMITY_BENCH_SITES", "1000000"))
ROWS = 1_000
ASKED = 2_000
YEAR_S = 1_767_225_600.0  # 2026-01-01: the year that the places' times count from


def rows() -> Iterator[dict[str, Any]]:
    """Every figure that is published."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "home"
        filled = _child("fill", root, COUNT)
        on_disk = f"{filled['bytes'] / COUNT:.0f} bytes a site on disk"
        yield _row(f"enter all, sealed and durable ({on_disk})", filled["s"])
        asked = _child("ask", root, COUNT)
        in_memory = f"{asked['bytes'] / COUNT:.0f} bytes a site in memory, index included"
        yield _row(f"start, every record checked ({in_memory})", asked["open_s"])
        yield _row("start, processor time", asked["open_cpu_s"])
        yield _row("build the index at the first question", asked["index_s"])
        for work in ("point", "area"):
            for peer in ("scipy cKDTree", "SQLite R*Tree"):
                for name in ("mean", "p99"):
                    ours_s, peer_s = asked[work][name], asked[f"{work} {peer}"][name]
                    yield _row(f"whole answer, {work}, {name}", ours_s, peer, peer_s)


def fill(root: Path, count: int) -> dict[str, float]:
    """Make a home and enter places."""
    from comity import bootstrap  # noqa: PLC0415 - in the child only
    from comity.application.keep_sites import enter_sites  # noqa: PLC0415
    from comity.entrypoints.home.create import HomeWish  # noqa: PLC0415
    from comity.kernel.ids import OperatorId  # noqa: PLC0415

    wish = HomeWish(
        name="Bench", slug="bench", operator=OperatorId("officer"), operator_name="First officer",
        root_passphrase=None, settings={},
    )  # fmt: skip
    layout = bootstrap.Composition().create_home(root, wish).layout
    service = bootstrap.open_service(layout)
    node, at = service._runner.node, service.now()  # noqa: SLF001 - no loop runs here
    places = protected_places(count)
    start = perf_counter()
    for first in range(0, count, ROWS):
        wishes = [_wish(places, number) for number in range(first, min(count, first + ROWS))]
        enter_sites(node, wishes, OperatorId("officer"), at)
        node.settle()
    elapsed_s = perf_counter() - start
    service.close()
    return {"s": elapsed_s, "bytes": layout.store.stat().st_size}


def ask(root: Path, count: int) -> dict[str, Any]:
    """Open the home again and ask it."""
    from comity import bootstrap  # noqa: PLC0415
    from comity.application.keep_sites import ask_sites  # noqa: PLC0415
    from comity.domain.geometry import Shape, ShapeKind, point_index  # noqa: PLC0415
    from comity.domain.sites import Question, point_question  # noqa: PLC0415
    from comity.entrypoints.home import HomeLayout  # noqa: PLC0415
    from comity.kernel.instants import Instant  # noqa: PLC0415

    places = protected_places(count)
    latitude, longitude = points_asked(places, ASKED)
    rings = areas_asked(places, ASKED)
    point_index.warm()
    before = _resident_bytes()
    start, begun = perf_counter(), process_time()
    service = bootstrap.open_service(HomeLayout(root))
    opened_s, worked_s = perf_counter() - start, process_time() - begun
    node, now = service._runner.node, service.now()  # noqa: SLF001 - no loop runs here
    at = Instant(round((YEAR_S + AT_S) * 1000))
    start = perf_counter()
    ask_sites(node, point_question(0.0, 0.0, 1.0), now)
    indexed_s = perf_counter() - start
    told: dict[str, Any] = {
        "open_s": opened_s, "open_cpu_s": worked_s, "index_s": indexed_s, "bytes": _resident_bytes() - before,
    }  # fmt: skip
    points = [
        point_question(float(a), float(b), RADIUS_M, at, at)
        for a, b in zip(latitude, longitude, strict=True)
    ]
    areas = [
        Question(Shape(ShapeKind.RING, tuple(lat), tuple(lon)), AROUND_AREA_M, at, at)
        for lat, lon in rings
    ]
    for each in areas:
        each.shape.prepared  # noqa: B018 - prepared beforehand on both sides
    told["point"] = _timed(lambda n: ask_sites(node, points[n], now))
    told["area"] = _timed(lambda n: ask_sites(node, areas[n], now))
    for peer in (KdTree(places), RStarTree(places)):
        told[f"point {peer.name}"] = _timed(peer.points(latitude.tolist(), longitude.tolist()))
        told[f"area {peer.name}"] = _timed(peer.areas(rings))
    return told


def _wish(places: Places, number: int) -> dict[str, Any]:
    from comity.kernel.instants import Instant  # noqa: PLC0415

    times = (places.from_s[number], places.until_s[number])
    valid = [str(Instant(round((YEAR_S + each) * 1000))) for each in times]
    return {
        "kind": "other",
        "names": [{"text": f"Invented place {number}", "script": "Zyyy", "language": "und"}],
        "place": {
            "kind": "path", "edge": "geodesic", "radius_mm": 0, "accuracy_mm": 0, "datum": "WGS84",
            "latitude_deg_e7": [round(places.latitude_deg[number] * 1e7)],
            "longitude_deg_e7": [round(places.longitude_deg[number] * 1e7)],
        },
        "owner": "Invented owner", "contact": None,
        "origin": {"name": "invented list", "kind": "register"},
        "valid_from": valid[0], "valid_until": valid[1],
    }  # fmt: skip


def _timed(work: Any) -> dict[str, float]:
    best = np.full(ASKED, np.inf)
    for _ in range(3):
        for n in range(ASKED):
            start = perf_counter()
            work(n)
            best[n] = min(best[n], perf_counter() - start)
    return {"mean": float(best.mean()), "p99": float(np.quantile(best, 0.99))}


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def _child(job: str, root: Path, count: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.site_store", job, str(root), str(count)]
    told: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=-1).stdout)
    return told


def _row(
    work: str, ours_s: float, peer: str | None = None, peer_s: float | None = None
) -> dict[str, Any]:
    ratio = None if peer_s is None else peer_s / ours_s
    return {
        "work": work,
        "n": COUNT,
        "ours_s": ours_s,
        "peer": peer,
        "peer_s": peer_s,
        "ratio": ratio,
    }


if __name__ == "__main__":
    print(json.dumps({"fill": fill, "ask": ask}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))))
