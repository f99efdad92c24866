"""Job C as the node does it: geodesic edges and minima by class.

Part of bench/strategic.py; bench/changing.py goes on from here. The peer is shapely again: an
STRtree an hour over boxes widened by each class's share of the minima in degrees, filtered by
flight, time and vertical minimum, then `dwithin` the horizontal minimum in a plane around each pair.
That plane is not the ellipsoid, so its answers are an approximation; how many differ is in the row.
"""

import gc
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
import shapely
from bench.beside import beside
from bench.planned_flights import FLIGHT_CLASSES, METRES_PER_DEGREE, Plans, planned_flights
from bench.prepared_shapes import shapes_of
from numpy.typing import NDArray

from comity.domain.airspace import (
    Altitude,
    Datum,
    Footprint,
    Separation,
    Volume4D,
)
from comity.domain.conflicts import ConflictIndex, warm
from comity.domain.conflicts.flight_classes import FlightClasses
from comity.domain.conflicts.many_volumes import ManyVolumes
from comity.domain.conflicts.volume_arrays import volume_arrays
from comity.domain.geometry.box_tree import Run
from comity.kernel.ids import RecordDigest
from comity.kernel.instants import Instant

DAY = Instant(1_795_046_400_000)
SLICE_S = 3_600.0
CREWED_M, CREWED_VERTICAL_M = 9_260.0, 304.8  # 5 NM and 1,000 ft, en route
UAS_M, UAS_VERTICAL_M = 50.0, 15.0
SHARES_M = {"crewed": CREWED_M - UAS_M / 2, "uas-area": UAS_M / 2, "uas-corridor": UAS_M / 2}
ASKED = 2_000
SMALL = (1, 300, 1_000, 2_000)
PEER = "shapely STRtree an hour, boxes in degrees, dwithin in a local plane"


def rows() -> Iterator[dict[str, Any]]:
    """Rows of `bench-out/separated.json`."""
    warm()
    plans = planned_flights(100_000)
    flights = footprints_of(plans)
    peer = Peer(plans)
    for count in SMALL:
        yield from few(flights, count)
    index = ConflictIndex(minima)
    yield holding(index, flights)
    yield from all_conflicts(many_of(flights), peer)
    yield from questions(index, flights, peer)


def few(flights: list[Footprint], count: int) -> Iterator[dict[str, Any]]:
    """`find` in a process that is warm, where a few volumes are held."""
    index = ConflictIndex(minima)
    held = 0
    while index.volume_count < count:
        index.hold(key_of(held), flights[held])
        held += 1
    ours_s = []
    for flight in flights[held : held + ASKED]:
        start = perf_counter()
        index.find(flight)
        ours_s.append(perf_counter() - start)
    yield from quantile_rows(index, ours_s, None, ", a few held")


def holding(index: ConflictIndex, flights: list[Footprint]) -> dict[str, Any]:
    """Hold all, one flight after the other, packing included."""
    gc.freeze()
    start = perf_counter()
    for number, flight in enumerate(flights):
        index.hold(key_of(number), flight)
    return {
        "work": "hold all, one flight after the other, packing included",
        "n": index.volume_count,
        "ours_s": perf_counter() - start,
        "peer": None,
        "peer_s": None,
        "ratio": None,
        "bytes_a_volume": round(index.size_bytes / index.volume_count),
    }


def minima(one: str, other: str) -> Separation:
    """En-route minima beside a crewed flight, small ones among drones."""
    if "crewed" in {one, other}:
        return Separation(CREWED_M, CREWED_VERTICAL_M)
    return Separation(UAS_M, UAS_VERTICAL_M)


def key_of(number: int) -> RecordDigest:
    """The key a flight is held under."""
    return RecordDigest(hashlib.sha256(number.to_bytes(8, "big")).hexdigest())


def footprints_of(plans: Plans) -> list[Footprint]:
    """The flights as the node takes them in."""
    volumes = [
        Volume4D(
            shape,
            Altitude(lower_m, Datum.WGS84),
            Altitude(upper_m, Datum.WGS84),
            DAY.plus_s(start_s),
            DAY.plus_s(end_s),
        )
        for shape, lower_m, upper_m, start_s, end_s in zip(
            shapes_of(plans),
            plans.lower_m.tolist(),
            plans.upper_m.tolist(),
            plans.start_s.tolist(),
            plans.end_s.tolist(),
            strict=True,
        )
    ]
    starts = np.searchsorted(plans.flight, np.arange(int(plans.flight[-1]) + 2)).tolist()
    return [
        Footprint(tuple(volumes[first:last]), None, FLIGHT_CLASSES[int(plans.kind[first])])
        for first, last in pairwise(starts)
    ]


def many_of(flights: list[Footprint]) -> ManyVolumes:
    """The flights in a compiled index, without keys."""
    classes = FlightClasses(minima, FLIGHT_CLASSES)
    many = ManyVolumes(classes, DAY.unix_ms)
    for number, flight in enumerate(flights):
        many.hold(number, volume_arrays(flight.volumes, classes.number(flight.flight_class)))
        if many.rebuild_due:
            many.rebuild()
    return many


def all_conflicts(many: ManyVolumes, peer: "Peer") -> Iterator[dict[str, Any]]:
    """All conflicts: packed anew, searched and judged; both sides have their boxes before."""

    def ours_of(run: Run) -> set[tuple[int, int]]:
        many.rebuild(run)
        hits = many.pairs(run)
        both = zip(hits["asker"].tolist(), hits["owner"].tolist(), strict=True)
        return {(min(pair), max(pair)) for pair in both}

    for threads in (1, 2):
        with ThreadPoolExecutor(threads) as pool:
            run: Run = map if threads == 1 else pool.map
            ours_s, ours, peer_s, theirs = beside(lambda run=run: ours_of(run), peer.pairs)
        yield {
            "work": f"all conflicts, geodesic, minima by class, {threads} thread{'s' * (threads > 1)}",
            "n": many.volume_count,
            "ours_s": ours_s,
            "peer": PEER,
            "peer_s": peer_s,
            "ratio": peer_s / ours_s,
            "found": len(ours),
            "differences": len(ours ^ theirs),
        }


def questions(
    index: ConflictIndex, flights: list[Footprint], peer: "Peer"
) -> Iterator[dict[str, Any]]:
    """`find` for flights spread over the day; each side has a loop of its own, over the same ones."""
    asked = np.linspace(0, len(flights) - 1, ASKED).astype(int).tolist()
    ours_s, peer_s, ours, theirs = [], [], [], []
    for number in asked:
        start = perf_counter()
        found = index.find(flights[number], (key_of(number),))
        ours_s.append(perf_counter() - start)
        ours.append({finding.key for finding in found})
    for number in asked:
        start = perf_counter()
        met = peer.met_by(number)
        peer_s.append(perf_counter() - start)
        theirs.append({key_of(other) for other in met})
    differences = sum(one != other for one, other in zip(ours, theirs, strict=True))
    for row in quantile_rows(index, ours_s, peer_s, ""):
        yield {**row, "differences": differences}


def quantile_rows(
    index: ConflictIndex, ours_s: list[float], peer_s: list[float] | None, when: str
) -> Iterator[dict[str, Any]]:
    """Median and 99th percentile; the longest is in both rows."""
    for name, share in (("median", 0.5), ("p99", 0.99)):
        ours = float(np.quantile(ours_s, share))
        peer = None if peer_s is None else float(np.quantile(peer_s, share))
        yield {
            "work": f"find one flight, geodesic, minima by class{when}, {name}",
            "n": index.volume_count,
            "ours_s": ours,
            "peer": None if peer is None else PEER,
            "peer_s": peer,
            "ratio": None if peer is None else peer / ours,
            "longest_s": max(ours_s),
        }


class Peer:
    """What one would assemble from shapely and NumPy."""

    def __init__(self, plans: Plans) -> None:
        self._plans = plans
        self._of = np.repeat(np.arange(len(plans)), np.diff(plans.ring_start))
        self._crewed = plans.kind == FLIGHT_CLASSES.index("crewed")
        share_m = np.array([SHARES_M[name] for name in FLIGHT_CLASSES])[plans.kind]
        starts = plans.ring_start[:-1]
        west, east = (f.reduceat(plans.longitude_deg, starts) for f in (np.minimum, np.maximum))
        south, north = (f.reduceat(plans.latitude_deg, starts) for f in (np.minimum, np.maximum))
        high = share_m / METRES_PER_DEGREE
        wide = high / np.cos(np.radians(np.maximum(abs(south), abs(north)) + high))
        self._boxes = shapely.box(west - wide, south - high, east + wide, north + high)
        self._first = np.floor(plans.start_s / SLICE_S).astype(int)
        self._last = np.floor(plans.end_s / SLICE_S).astype(int)
        self._slices = self._sliced()

    def pairs(self) -> set[tuple[int, int]]:
        """Pairs of flights that conflict; the trees are made anew, as ours is."""
        found: set[tuple[int, int]] = set()
        for number, (active, tree) in self._sliced().items():
            i, j = tree.query(self._boxes[active])
            i, j = active[i[i < j]], active[j[i < j]]
            once = np.maximum(self._first[i], self._first[j]) == number
            i, j = self._conflicting(i[once], j[once])
            flight = self._plans.flight
            found.update(zip(flight[i].tolist(), flight[j].tolist(), strict=True))
        return {(min(pair), max(pair)) for pair in found}

    def met_by(self, flight: int) -> set[int]:
        """Flights that one flight conflicts with."""
        first, last = np.searchsorted(self._plans.flight, [flight, flight + 1])
        own = np.arange(first, last)
        found: set[int] = set()
        for number in range(self._first[own].min(), self._last[own].max() + 1):
            active, tree = self._slices[number]
            flying = own[(self._first[own] <= number) & (self._last[own] >= number)]
            i, j = tree.query(self._boxes[flying])
            _, j = self._conflicting(flying[i], active[j])
            found.update(self._plans.flight[j].tolist())
        return found

    def _sliced(self) -> dict[int, tuple[NDArray[np.int64], shapely.STRtree]]:
        slices = {}
        for number in range(self._first.min(), self._last.max() + 1):
            active = np.flatnonzero((self._first <= number) & (self._last >= number))
            slices[number] = (active, shapely.STRtree(self._boxes[active]))
        return slices

    def _conflicting(
        self, i: NDArray[np.int64], j: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        plans = self._plans
        crewed = self._crewed[i] | self._crewed[j]
        vertical_m = np.where(crewed, CREWED_VERTICAL_M, UAS_VERTICAL_M)
        gap_m = np.maximum(plans.lower_m[i] - plans.upper_m[j], plans.lower_m[j] - plans.upper_m[i])
        keep = (
            (plans.flight[i] != plans.flight[j])
            & (plans.start_s[i] <= plans.end_s[j])
            & (plans.start_s[j] <= plans.end_s[i])
            & ((gap_m < vertical_m - 1e-6) | (gap_m <= 0.0))
        )
        i, j, crewed = i[keep], j[keep], crewed[keep]
        if len(i) == 0:
            return i, j
        origin = plans.ring_start[i]
        latitude, longitude = plans.latitude_deg[origin], plans.longitude_deg[origin]
        meets = shapely.dwithin(
            self._in_plane(i, latitude, longitude),
            self._in_plane(j, latitude, longitude),
            np.where(crewed, CREWED_M, UAS_M),
        )
        return i[meets], j[meets]

    def _in_plane(self, rows: NDArray[np.int64], latitude: Any, longitude: Any) -> NDArray[Any]:
        """Polygons in metres around a point each, (P,)."""
        starts, counts = self._plans.ring_start[rows], np.diff(self._plans.ring_start)[rows]
        of = np.repeat(np.arange(len(rows)), counts)
        vertex = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - starts, counts)
        north = (self._plans.latitude_deg[vertex] - latitude[of]) * METRES_PER_DEGREE
        east = self._plans.longitude_deg[vertex] - longitude[of]
        east = east * METRES_PER_DEGREE * np.cos(np.radians(latitude[of]))
        return shapely.polygons(shapely.linearrings(np.stack([east, north], axis=1), indices=of))
