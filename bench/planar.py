"""Job C as it was first measured: polygons straight in longitude and latitude, no separation.

Every pair found must be the peer's. Part of bench/strategic.py.

Both sides start from the same arrays of a day's volumes. The peer is shapely: the volumes of each
hour in an STRtree of polygons, its pairs of overlapping boxes filtered by flight, time and altitude,
then tested exactly by GEOS. Making shapely's polygons is not counted against the peer.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
import shapely
from bench import planar_kernels
from bench.beside import beside
from bench.planned_flights import Plans, planned_flights
from numpy.typing import NDArray

from comity.domain.geometry.box_tree import BoxTree, Run, packed_tree

SLICE_S = 3_600.0  # fastest of 5 min, 15 min, 30 min, 1 h and 2 h for the peer
LEAVES_PER_TASK = 512
ROWS_PER_TASK = 65_536
ASKED = 2_000
PEER = "shapely STRtree an hour"
ASKED_FIRST = 200  # flights asked about before any is timed


def rows() -> Iterator[dict[str, Any]]:
    """Rows of `bench-out/planar.json`."""
    for count in (100_000, 1_000_000):
        plans = planned_flights(count)
        polygons = polygons_of(plans)
        yield all_conflicts(plans, polygons, threads=1)
        yield all_conflicts(plans, polygons, threads=2)
        yield from one_flight(plans, polygons)


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
    """Single flights against all the others: each side has a loop of its own, over the same ones."""
    tree, order = tree_of_planes(plans)
    asker = Asker(plans, tree, order)
    slices = slices_of(plans, polygons)
    flights = np.linspace(0, int(plans.flight[-1]), ASKED).astype(int).tolist()
    asked = {flight: plans.of_flight(flight) for flight in flights}
    arrays = {flight: exact(asked[flight]) for flight in flights}
    first = np.searchsorted(plans.flight, flights).tolist()
    own = [polygons[row : row + len(asked[f])] for f, row in zip(flights, first, strict=True)]

    def ours(number: int) -> NDArray[np.int32]:
        flight = flights[number]
        return asker.met_by(flight, arrays[flight])

    def theirs(number: int) -> NDArray[np.int64]:
        return met_by_shapely(plans, polygons, slices, asked[flights[number]], own[number])

    ours_s, mine = timed(ours)
    peer_s, others = timed(theirs)
    pairs = zip(mine, others, strict=True)
    differences = sum(
        set(map(tuple, one.tolist())) != set(map(tuple, other.tolist())) for one, other in pairs
    )
    if differences:
        raise AssertionError(f"{differences} answers differ from shapely's")
    for name, share in (("median", 0.5), ("p99", 0.99)):
        best, peer = float(np.quantile(ours_s, share)), float(np.quantile(peer_s, share))
        yield {
            "work": f"one flight against all, lon/lat polygons, {name}",
            "n": len(plans),
            "ours_s": best,
            "peer": PEER,
            "peer_s": peer,
            "ratio": peer / best,
            "differences": differences,
        }


def timed(answer: Callable[[int], Any]) -> tuple[list[float], list[Any]]:
    """Seconds that each of `ASKED` questions takes, and a copy of its answer."""
    for number in range(0, ASKED, ASKED // ASKED_FIRST):
        answer(number)
    seconds, answers = [], []
    for number in range(ASKED):
        start = perf_counter()
        found = answer(number)
        seconds.append(perf_counter() - start)
        answers.append(np.array(found))
    return seconds, answers


def boxes_of(plans: Plans, run: Run = map) -> NDArray[np.float32]:
    """(N, 8) boxes of the volumes."""
    boxes = np.empty((len(plans), 8), np.float32)

    def make(rows: tuple[int, int]) -> None:
        planar_kernels.ring_boxes(*exact(plans), *rows, boxes)

    deque(run(make, pairwise([*range(0, len(plans), ROWS_PER_TASK), len(plans)])), maxlen=0)
    return boxes


def tree_of_planes(plans: Plans, run: Run = map) -> tuple[BoxTree, NDArray[np.int32]]:
    """The packed tree of a day's volumes, and the volume at each of its positions."""
    return packed_tree(boxes_of(plans, run), plans.flight, run)


def pairs_of_planes(plans: Plans, threads: int) -> NDArray[np.int32]:
    """All pairs (F, 2) that meet, from the arrays alone: index made, searched, tested."""
    if threads == 1:
        return _pairs_of_planes(plans, map)
    with ThreadPoolExecutor(threads) as pool:
        return _pairs_of_planes(plans, pool.map)


def _pairs_of_planes(plans: Plans, run: Run) -> NDArray[np.int32]:
    tree, order = tree_of_planes(plans, run)
    cuts = [*range(0, tree.leaf_count, LEAVES_PER_TASK), tree.leaf_count]

    def pairs_from(leaves: tuple[int, int]) -> NDArray[np.int32]:
        positions, others = tree.pairs(*leaves)
        return meeting(plans, order[positions], order[others])

    return np.concatenate(list(run(pairs_from, pairwise(cuts))))


class Asker:
    """Asks what one flight meets, in one compiled call, with its room made once."""

    def __init__(self, plans: Plans, tree: BoxTree, order: NDArray[np.int32]) -> None:
        volumes_max = int(np.bincount(plans.flight).max())
        self._held = exact(plans.taken(order))
        self._order = order
        self._tree = tree
        self._boxes = np.empty((volumes_max, 8), np.float32)
        self._found = np.empty((1 << 16, 2), np.int32)

    def met_by(self, flight: int, asked: tuple[NDArray[Any], ...]) -> NDArray[np.int32]:
        """Its volume and the other volume, (F, 2); valid until the next question."""
        tree = self._tree
        count = planar_kernels.flight_meets(
            tree.nodes,
            tree.level_start,
            tree.owners,
            self._order,
            flight,
            asked,
            self._held,
            self._boxes,
            self._found,
        )
        return self._found[:count]


def meeting(plans: Plans, rows: NDArray[np.int32], others: NDArray[np.int32]) -> NDArray[np.int32]:
    """The pairs among candidates that meet, (F, 2), the lower volume first."""
    met = np.empty((len(rows), 2), np.int32)
    return met[: planar_kernels.pairs_that_meet(rows, others, exact(plans), met)]


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
