"""Job C: planned 4D volumes, all conflicts among them and one flight against all.

First as it was first measured (polygons straight in longitude and latitude, no separation), where
every pair found must be the peer's; then as the node does it (`bench/separated.py`).

Both sides start from the same arrays of a day's volumes. The peer is shapely: the volumes of each
hour in an STRtree of polygons, its pairs of overlapping boxes filtered by flight, time and altitude,
then tested exactly by GEOS. Making shapely's polygons is not counted against the peer.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
import shapely
from bench import planar_kernels, separated
from bench.beside import beside
from bench.planned_flights import Plans, planned_flights
from numpy.typing import NDArray

from comity.domain.geometry.box_tree import BoxTree, box_rows, packed_tree

SLICE_S = 3_600.0  # fastest of 5 min, 15 min, 30 min, 1 h and 2 h for the peer
LEAVES_PER_TASK = 512
ASKED = 2_000
PEER = "shapely STRtree an hour"
GATE = ((20_000, 1.5), (100_000, 3.0))
"""Volumes, and about 60 % of the ratio measured there on one thread (3.7 and 5.3)."""


def rows() -> Iterator[dict[str, Any]]:
    """Rows of `bench-out/strategic.json`."""
    for count in (100_000, 1_000_000):
        plans = planned_flights(count)
        polygons = polygons_of(plans)
        yield all_conflicts(plans, polygons, threads=1)
        yield all_conflicts(plans, polygons, threads=2)
        yield from one_flight(plans, polygons)
    del plans, polygons
    yield from separated.rows_of(100_000)
    yield from separated.rows_of(1_000_000)


def gate() -> Iterator[dict[str, Any]]:
    """Small sizes on one thread."""
    for count, ratio_min in GATE:
        plans = planned_flights(count)
        row = all_conflicts(plans, polygons_of(plans), threads=1)
        yield {**row, "ratio_min": ratio_min}


def all_conflicts(plans: Plans, polygons: NDArray[Any], threads: int) -> dict[str, Any]:
    """All conflicts among the plans, index made, searched and tested."""
    pairs_of_planes(planned_flights(1_000), threads)
    ours_s, ours, peer_s, theirs = beside(
        lambda: pairs_of_planes(plans, threads), lambda: pairs_of_shapely(plans, polygons)
    )
    difference = len(set(map(tuple, ours.tolist())) ^ set(map(tuple, theirs.tolist())))
    if difference:
        raise AssertionError(f"{difference} pairs differ from shapely's at {len(plans)} volumes")
    return {
        "work": f"all conflicts, lon/lat polygons, {threads} thread{'s' * (threads > 1)}",
        "n": len(plans),
        "ours_s": ours_s,
        "peer": PEER,
        "peer_s": peer_s,
        "ratio": peer_s / ours_s,
        "found": len(ours),
        "differences": difference,
    }


def one_flight(plans: Plans, polygons: NDArray[Any]) -> Iterator[dict[str, Any]]:
    """Single flights against all the others: median and 99th percentile of `ASKED` of them."""
    asker = Asker(plans, tree_of_planes(plans))
    slices = slices_of(plans, polygons)
    flights = np.linspace(0, int(plans.flight[-1]), ASKED).astype(int)
    ours_s, peer_s, differences = [], [], 0
    for flight in (0, *flights.tolist()):
        asked = plans.of_flight(flight)
        first = int(np.searchsorted(plans.flight, flight))
        own = polygons[first : first + len(asked)]
        arrays = exact(asked)
        start = perf_counter()
        mine = asker.met_by(int(flight), arrays)
        middle = perf_counter()
        theirs = met_by_shapely(plans, polygons, slices, asked, own)
        ours_s.append(middle - start)
        peer_s.append(perf_counter() - middle)
        differences += set(map(tuple, mine.tolist())) != set(map(tuple, theirs.tolist()))
    if differences:
        raise AssertionError(f"{differences} answers differ from shapely's")
    for name, share in (("median", 0.5), ("p99", 0.99)):
        ours = float(np.quantile(ours_s[1:], share))  # the first one loads the loop
        peer = float(np.quantile(peer_s[1:], share))
        yield {
            "work": f"one flight against all, lon/lat polygons, {name}",
            "n": len(plans),
            "ours_s": ours,
            "peer": PEER,
            "peer_s": peer,
            "ratio": peer / ours,
            "differences": differences,
        }


def boxes_of(plans: Plans) -> NDArray[np.float32]:
    """(N, 8) boxes of the volumes."""
    lower = np.empty((len(plans), 4))
    upper = np.empty((len(plans), 4))
    planar_kernels.ring_bounds(
        plans.ring_start, plans.longitude_deg, plans.latitude_deg, lower, upper
    )
    lower[:, 2], lower[:, 3] = plans.lower_m, plans.start_s
    upper[:, 2], upper[:, 3] = plans.upper_m, plans.end_s
    return box_rows(lower, upper)


def tree_of_planes(plans: Plans) -> BoxTree:
    """The packed tree of a day's volumes."""
    return packed_tree(boxes_of(plans), np.arange(len(plans), dtype=np.int32), plans.flight)


def pairs_of_planes(plans: Plans, threads: int) -> NDArray[np.int32]:
    """All pairs (F, 2) that meet, from the arrays alone: index made, searched, tested."""
    tree = tree_of_planes(plans)
    cuts = [*range(0, tree.leaf_count, LEAVES_PER_TASK), tree.leaf_count]

    def pairs_from(leaves: tuple[int, int]) -> NDArray[np.int32]:
        positions, others = tree.pairs(*leaves)
        return meeting(plans, tree.ids[positions], plans, tree.ids[others])

    if threads == 1:
        parts = [pairs_from(leaves) for leaves in pairwise(cuts)]
    else:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(pairs_from, pairwise(cuts)))
    return np.sort(np.concatenate(parts), axis=1)


class Asker:
    """Asks what one flight meets, in one compiled call, with its room made once."""

    def __init__(self, plans: Plans, tree: BoxTree) -> None:
        volumes_max = int(np.bincount(plans.flight).max())
        self._held = exact(plans)
        self._tree = tree
        self._lower = np.empty((volumes_max, 4))
        self._upper = np.empty((volumes_max, 4))
        self._boxes = np.empty((volumes_max, 8), np.float32)
        self._found = np.empty((1 << 16, 2), np.int32)
        self._meets = np.empty(1 << 16, np.bool_)

    def met_by(self, flight: int, asked: tuple[NDArray[Any], ...]) -> NDArray[np.int32]:
        """Its volume and the other volume, (F, 2); valid until the next question."""
        tree = self._tree
        count = planar_kernels.flight_meets(
            tree.nodes,
            tree.level_start,
            tree.ids,
            tree.owners,
            flight,
            asked,
            self._held,
            self._lower,
            self._upper,
            self._boxes,
            self._found,
            self._meets,
        )
        return self._found[:count]


def meeting(
    plans: Plans, rows_of: NDArray[np.int32], others: Plans, other_rows: NDArray[np.int32]
) -> NDArray[np.int32]:
    """The pairs among candidates that meet, (F, 2)."""
    meets = np.empty(len(rows_of), np.bool_)
    planar_kernels.meeting(rows_of, other_rows, *exact(plans), *exact(others), meets)
    return np.stack([rows_of[meets], other_rows[meets]], axis=1)


def exact(plans: Plans) -> tuple[NDArray[Any], ...]:
    """What the exact test reads."""
    return (
        plans.ring_start,
        plans.longitude_deg,
        plans.latitude_deg,
        plans.lower_m,
        plans.upper_m,
        plans.start_s,
        plans.end_s,
    )


def polygons_of(plans: Plans) -> NDArray[Any]:
    """(N,) shapely polygons."""
    of = np.repeat(np.arange(len(plans)), np.diff(plans.ring_start))
    vertices = np.stack([plans.longitude_deg, plans.latitude_deg], axis=1)
    return shapely.polygons(shapely.linearrings(vertices, indices=of))


Slices = dict[int, tuple[NDArray[np.int64], shapely.STRtree]]
"""By hour: the volumes active in it, and a tree of their polygons."""


def slices_of(plans: Plans, polygons: NDArray[Any]) -> Slices:
    """One tree an hour."""
    first = np.floor(plans.start_s / SLICE_S).astype(int)
    last = np.floor(plans.end_s / SLICE_S).astype(int)
    slices: Slices = {}
    for number in range(first.min(), last.max() + 1):
        active = np.flatnonzero((first <= number) & (last >= number))
        slices[number] = (active, shapely.STRtree(polygons[active]))
    return slices


def pairs_of_shapely(plans: Plans, polygons: NDArray[Any]) -> NDArray[np.int64]:
    """All pairs (F, 2) that meet, by shapely."""
    first = np.floor(plans.start_s / SLICE_S).astype(int)
    parts = []
    for number, (active, tree) in slices_of(plans, polygons).items():
        i, j = tree.query(polygons[active])
        i, j = active[i[i < j]], active[j[i < j]]
        keep = (np.maximum(first[i], first[j]) == number) & near(plans, i, plans, j)
        i, j = i[keep], j[keep]
        keep = shapely.intersects(polygons[i], polygons[j])
        parts.append(np.stack([i[keep], j[keep]], axis=1))
    return np.concatenate(parts)


def met_by_shapely(
    plans: Plans, polygons: NDArray[Any], slices: Slices, asked: Plans, own: NDArray[Any]
) -> NDArray[np.int64]:
    """What one flight meets, (F, 2), by shapely: the trees of the hours in which it flies."""
    first = np.floor(asked.start_s / SLICE_S).astype(int)
    last = np.floor(asked.end_s / SLICE_S).astype(int)
    parts = [np.empty((0, 2), np.int64)]
    for number in range(first.min(), last.max() + 1):
        active, tree = slices[number]
        flying = np.flatnonzero((first <= number) & (last >= number))
        i, j = tree.query(own[flying])
        i, j = flying[i], active[j]
        keep = near(asked, i, plans, j)
        i, j = i[keep], j[keep]
        keep = shapely.intersects(own[i], polygons[j])
        parts.append(np.stack([i[keep], j[keep]], axis=1))
    return np.concatenate(parts)


def near(plans: Plans, i: Any, others: Plans, j: Any) -> Any:
    """(P,) do flights differ, times overlap and altitudes meet?"""
    return (
        (plans.flight[i] != others.flight[j])
        & (plans.start_s[i] < others.end_s[j])
        & (others.start_s[j] < plans.end_s[i])
        & (plans.lower_m[i] <= others.upper_m[j])
        & (others.lower_m[j] <= plans.upper_m[i])
    )
