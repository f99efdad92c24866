"""Job B: 20,000 tracks and a million drones against 15,254 areas; inside now, entering in 120 s.

Both sides start from their own form of the same places: earth-fixed arrays here, shapely's points
and lines there; making these is not counted against the peer, nor is making either index. The peer
is the strongest that was put together from shapely: an STRtree of boxes, then prepared polygons.
It tells for entering only that a straight lon/lat line touches; we tell when, and at which height.

Every answer is compared, entering along geodesics: shapely's lines are then cut in 16. What differs
must lie within a metre of the edge, or it fails.
"""

import gc
import math
from collections.abc import Callable, Iterator
from contextlib import closing
from time import perf_counter, thread_time
from typing import Any

import numpy as np
import shapely
from bench.area_load import Load, Tracks, areas, drones, tracks
from bench.beside import RUNS
from numpy.typing import NDArray

from comity.application.spread_work import Crew
from comity.domain.geometry import degrees_from_unit
from comity.domain.geometry.area_index import (
    AreaIndex,
    Bands,
    Moving,
    any_time,
    moved,
    unit_from_ecef,
)

LOOK_AHEAD_S = 120.0
METRES_PER_DEGREE = 111_320.0
OVER_M = 1.0  # docs/rooms/alerts.md, "How far areas err"
PARTS = 16
COMPARED_MAX = 20_000  # places of which every answer is compared
PEER = "shapely STRtree + prepared"
GATE_INSIDE = 18.0  # about 60 % of the 31 measured on one thread with others at work, at worst
GATE_ENTERING = 6.5  # 60 % of the 11 of one busy run; another showed 21
OURS_A_ROUND = 4  # seconds that ours is asked at, for each time that the peer is asked

Pairs = NDArray[np.int64]


def rows() -> Iterator[dict[str, Any]]:
    """Rows of `bench-out/areas.json`."""
    load = areas()
    start = perf_counter()
    index = AreaIndex(load.outlines)
    built_s = perf_counter() - start
    yield {
        "work": f"index of {index.count:,} areas made, {index.size_bytes / 1e6:.0f} MB",
        "n": index.edge_count, "ours_s": built_s, "peer": None, "peer_s": None, "ratio": None,
    }  # fmt: skip
    shapely.prepare(load.polygons)
    tree = shapely.STRtree(load.polygons)
    for name, some in (("tracks", tracks(20_000)), ("drones", drones(1_000_000))):
        for threads in (1, 2):
            yield inside(load, index, tree, name, some, threads)
        for threads in (1, 2):
            yield entering(load, index, tree, name, some, threads)


def gate() -> Iterator[dict[str, Any]]:
    """20,000 tracks on one thread."""
    load = areas()
    index = AreaIndex(load.outlines)
    shapely.prepare(load.polygons)
    tree = shapely.STRtree(load.polygons)
    some = tracks(20_000)
    yield {**inside(load, index, tree, "tracks", some, 1), "ratio_min": GATE_INSIDE}
    yield {**entering(load, index, tree, "tracks", some, 1), "ratio_min": GATE_ENTERING}


def inside(
    load: Load, index: AreaIndex, tree: shapely.STRtree, name: str, some: Tracks, threads: int
) -> dict[str, Any]:
    """Which areas each place is in."""
    points = shapely.points(some.longitude_deg, some.latitude_deg)

    def theirs() -> Pairs:
        i, j = tree.query(points)
        within = shapely.intersects_xy(
            load.polygons[j], some.longitude_deg[i], some.latitude_deg[i]
        )
        return np.stack([i[within], j[within]], axis=1)

    with closing(Crew(threads)) as crew:
        run = map if threads == 1 else crew.run
        ours_s, ours, peer_s, peer = beside_moving(
            lambda on: index.inside(on.position_ecef_m, run, threads), some, theirs, threads
        )
    mine = set(zip(ours.place.tolist(), ours.area.tolist(), strict=True))
    others = set(map(tuple, peer.tolist()))
    for place, area in mine ^ others:
        gap_m = shapely.distance(load.polygons[area].boundary, points[place]) * METRES_PER_DEGREE
        if gap_m > OVER_M:
            raise AssertionError(f"place {place}, area {area}: {gap_m:.1f} m from the edge")
    return row(
        f"inside now, {name}", some, threads, (ours_s, peer_s), len(mine), len(mine ^ others)
    )


def entering(
    load: Load, index: AreaIndex, tree: shapely.STRtree, name: str, some: Tracks, threads: int
) -> dict[str, Any]:
    """Which areas each path enters within the look-ahead, and when."""
    bands = any_time(index.count)
    heights = np.stack([load.lowest_m, load.highest_m], axis=1)[:, None, :]
    with_heights = Bands(heights, bands.time_s)
    lines = lines_of(some, 1)

    def theirs() -> Pairs:
        return touching(load, tree, lines)

    with closing(Crew(threads)) as crew:
        run = map if threads == 1 else crew.run
        ours_s, ours, peer_s, _ = beside_moving(
            lambda on: index.entering(on, LOOK_AHEAD_S, with_heights, run, threads),
            some, theirs, threads,
        )  # fmt: skip
    differences = compared(load, index, tree, some)
    return row(
        f"entering in {LOOK_AHEAD_S:.0f} s, {name}", some, threads, (ours_s, peer_s), len(ours.path),
        differences,
    )  # fmt: skip


def beside_moving(
    ours: Callable[[Moving], Any], some: Tracks, theirs: Callable[[], Pairs], threads: int
) -> tuple[float, Any, float, Pairs]:
    """Shortest times and last results: ours each time a second further on, at last where the peer is.

    One thread in CPU seconds, which others' load changes less. The peer has the same places each time.
    """
    clock = thread_time if threads == 1 else perf_counter
    moving = some.moving()
    flown = [
        moving._replace(
            position_ecef_m=moved(
                moving.position_ecef_m, moving.velocity_ecef_mps, np.full(len(moving[2]), second)
            )
        )
        for second in range(OURS_A_ROUND, 0, -1)
    ] + [moving]
    ours(moving)
    shortest_s = [math.inf, math.inf]
    for _ in range(RUNS):
        gc.collect()
        for on in flown:
            start = clock()
            mine = ours(on)
            shortest_s[0] = min(shortest_s[0], clock() - start)
        start = clock()
        peer = theirs()
        shortest_s[1] = min(shortest_s[1], clock() - start)
    return shortest_s[0], mine, shortest_s[1], peer


def row(
    work: str,
    some: Tracks,
    threads: int,
    seconds: tuple[float, float],
    found: int,
    differences: int,
) -> dict[str, Any]:
    return {
        "work": f"{work}, {threads} thread{'s' * (threads > 1)}",
        "n": len(some.height_m),
        "ours_s": seconds[0],
        "peer": PEER,
        "peer_s": seconds[1],
        "ratio": seconds[1] / seconds[0],
        "found": found,
        "differences_within_a_metre_of_the_edge": differences,
    }


def lines_of(some: Tracks, parts: int) -> NDArray[Any]:
    """Paths as lon/lat lines, cut in parts; longitudes run on beyond ±180°."""
    moving = some.moving()
    places = []
    before = some.longitude_deg
    for part in range(parts + 1):
        time_s = np.full(len(before), LOOK_AHEAD_S * part / parts)
        gone = moved(moving.position_ecef_m, moving.velocity_ecef_mps, time_s)
        latitude, longitude = degrees_from_unit(unit_from_ecef(gone))
        if part == 0:
            latitude, longitude = some.latitude_deg, some.longitude_deg
        longitude = before + (longitude - before + 180.0) % 360.0 - 180.0
        before = longitude
        places.append(np.stack([longitude, latitude], axis=1))
    return shapely.linestrings(np.stack(places, axis=1))


def touching(load: Load, tree: shapely.STRtree, lines: NDArray[Any]) -> Pairs:
    """Pairs (line, area) that touch, by shapely."""
    west, _, east, _ = shapely.bounds(lines).T
    parts = [np.empty((0, 2), np.int64)]
    for offset, chosen in ((0.0, None), (-360.0, east > 180.0), (360.0, west < -180.0)):
        of = np.arange(len(lines)) if chosen is None else np.flatnonzero(chosen)
        moved_lines = lines[of]
        if offset and len(of):
            moved_lines = shapely.transform(
                moved_lines, lambda at, by=offset: at + np.array([by, 0.0])
            )
        i, j = tree.query(moved_lines)
        touch = shapely.intersects(load.polygons[j], moved_lines[i])
        parts.append(np.stack([of[i[touch]], j[touch]], axis=1))
    return np.concatenate(parts)


def compared(load: Load, index: AreaIndex, tree: shapely.STRtree, some: Tracks) -> int:
    """Answers that differ along geodesics, at any height; those over a metre from the edge fail."""
    few = Tracks(*(getattr(some, name)[:COMPARED_MAX] for name in some.__dataclass_fields__))
    found = index.entering(few.moving(), LOOK_AHEAD_S, any_time(index.count))
    mine = set(zip(found.path.tolist(), found.area.tolist(), strict=True))
    lines = lines_of(few, PARTS)
    others = set(map(tuple, touching(load, tree, lines).tolist()))
    for path, area in mine ^ others:
        if (path, area) in mine:
            off_m = shapely.distance(load.polygons[area], lines[path]) * METRES_PER_DEGREE
        else:
            off_m = depth_m(load.polygons[area], lines[path])
        if off_m > OVER_M:
            raise AssertionError(f"path {path}, area {area}: {off_m:.1f} m from the edge")
    return len(mine ^ others)


def depth_m(polygon: Any, line: Any) -> float:
    """How deep a line goes into a polygon, in its middle."""
    part = shapely.intersection(line, polygon)
    middle = shapely.line_interpolate_point(part, 0.5, normalized=True)
    return float(shapely.distance(polygon.boundary, middle)) * METRES_PER_DEGREE
