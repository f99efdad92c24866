"""Job C as the node does it: geodesic edges, minima by class, flights coming and going.

No `rows` of its own: bench/strategic.py publishes these beside the others.

The peer is shapely again: an STRtree an hour over boxes widened by each class's share of the minima
in degrees, filtered by flight, time and vertical minimum, then `dwithin` the horizontal minimum in a
plane around each pair. That plane is not the ellipsoid, so its answers are an approximation; how
many differ is in the row. A tree of shapely's cannot change: where flights come and go beside ours,
the peer's is left as it was.
"""

import hashlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
import shapely
from bench.beside import beside
from bench.planned_flights import FLIGHT_CLASSES, METRES_PER_DEGREE, Plans, planned_flights
from numpy.typing import NDArray

from comity.domain.airspace import (
    Altitude,
    Datum,
    Footprint,
    Separation,
    Shape,
    ShapeKind,
    Volume4D,
)
from comity.domain.conflicts import ConflictIndex
from comity.domain.conflicts.all_pairs import all_pairs
from comity.domain.conflicts.flight_classes import FlightClasses
from comity.domain.conflicts.many_volumes import ManyVolumes, Rebuild
from comity.domain.conflicts.part import Part, live_rows, packed_part
from comity.domain.conflicts.volume_arrays import volume_arrays
from comity.kernel.ids import RecordDigest
from comity.kernel.instants import Instant

DAY = Instant(1_795_046_400_000)
SLICE_S = 3_600.0
CREWED_M, CREWED_VERTICAL_M = 9_260.0, 304.8  # 5 NM and 1,000 ft, en route
UAS_M, UAS_VERTICAL_M = 50.0, 15.0
SHARES_M = {"crewed": CREWED_M - UAS_M / 2, "uas-area": UAS_M / 2, "uas-corridor": UAS_M / 2}
ASKED = 2_000
CHANGES_PER_S = 1_000.0  # volumes that come, and as many that go
CHANGING_S = 30.0
PEER = "shapely STRtree an hour, boxes in degrees, dwithin in a local plane"


def rows_of(count: int) -> Iterator[dict[str, Any]]:
    """All conflicts, single questions, and single questions while flights come and go."""
    plans = planned_flights(count)
    flights = footprints_of(plans)
    peer = Peer(plans)
    warm()
    index = ConflictIndex(minima)
    start = perf_counter()
    for number, flight in enumerate(flights):
        index.hold(key_of(number), flight)
        index.maintain()
    yield {
        "work": "hold all, one flight after the other, rebuilds included",
        "n": len(plans),
        "ours_s": perf_counter() - start,
        "peer": None,
        "peer_s": None,
        "ratio": None,
        "size_bytes": index.size_bytes,
    }
    yield from all_conflicts(flights, peer)
    yield from questions(index, flights, peer, "")
    yield from while_changing(index, flights, peer)


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
    longitude_deg = (plans.longitude_deg + 180.0) % 360.0 - 180.0
    volumes = [
        Volume4D(
            Shape(
                ShapeKind.RING,
                tuple(plans.latitude_deg[first:last].tolist()),
                tuple(longitude_deg[first:last].tolist()),
            ),
            Altitude(lower_m, Datum.WGS84),
            Altitude(upper_m, Datum.WGS84),
            DAY.plus_s(start_s),
            DAY.plus_s(end_s),
        )
        for first, last, lower_m, upper_m, start_s, end_s in zip(
            plans.ring_start[:-1].tolist(),
            plans.ring_start[1:].tolist(),
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


def warm() -> None:
    """Load the compiled loops, so that no figure holds their start-up."""
    index = ConflictIndex(minima, compiled_from=1)
    for number, flight in enumerate(footprints_of(planned_flights(300))):
        index.hold(key_of(number), flight)
        index.find(flight)
    index.release(key_of(0))
    index.all_conflicts()


def all_conflicts(flights: list[Footprint], peer: "Peer") -> Iterator[dict[str, Any]]:
    """All conflicts: packed, searched and judged; both sides have their boxes before."""
    classes = FlightClasses(minima, FLIGHT_CLASSES)
    many = ManyVolumes(classes, DAY.unix_ms)
    for number, flight in enumerate(flights):
        shapes = [volume.shape.prepared for volume in flight.volumes]
        kind = classes.number(flight.flight_class)
        many.hold(number, volume_arrays(flight.volumes, shapes, kind))
    rebuild = many.begin_rebuild()
    volumes, owner, index = live_rows(rebuild.parts, rebuild.dropped)
    boxes, box_rows = rebuild.boxing.boxes_held(volumes)
    for threads in (1, 2):
        with ThreadPoolExecutor(threads) as pool:
            run = map if threads == 1 else pool.map

            def ours_of(run: Any = run) -> set[tuple[int, int]]:
                part = packed_part(volumes, owner, index, boxes, box_rows)
                askers, hits = all_pairs(part, rebuild.boxing, classes.tables, run)
                return {
                    (min(each), max(each))
                    for each in zip(askers.tolist(), hits.owner.tolist(), strict=True)
                }

            ours_s, ours, peer_s, theirs = beside(ours_of, peer.pairs)
        yield {
            "work": f"all conflicts, geodesic, minima by class, {threads} thread{'s' * (threads > 1)}",
            "n": len(owner),
            "ours_s": ours_s,
            "peer": PEER,
            "peer_s": peer_s,
            "ratio": peer_s / ours_s,
            "found": len(ours),
            "differences": len(ours ^ theirs),
        }


def questions(
    index: ConflictIndex, flights: list[Footprint], peer: "Peer", when: str
) -> Iterator[dict[str, Any]]:
    """`find` for flights spread over the day, beside the peer's answer for the same."""
    ours_s, peer_s, differences = [], [], 0
    for number in np.linspace(0, len(flights) - 1, ASKED).astype(int).tolist():
        start = perf_counter()
        found = index.find(flights[number], (key_of(number),))
        middle = perf_counter()
        theirs = peer.met_by(number)
        ours_s.append(middle - start)
        peer_s.append(perf_counter() - middle)
        differences += {finding.key for finding in found} != {key_of(other) for other in theirs}
    yield from quantile_rows(index, ours_s, peer_s, when, differences)


def while_changing(
    index: ConflictIndex, flights: list[Footprint], peer: "Peer"
) -> Iterator[dict[str, Any]]:
    """`find` while volumes come and go at a steady rate and the index is rebuilt beside it."""
    chance = np.random.default_rng(5)
    asked = chance.integers(0, len(flights), 100_000)
    changing = chance.permutation(len(flights)).tolist()
    ours_s, peer_s = [], []
    absent: list[int] = []
    rebuilds, changed, turn = 0, 0, 0
    pending: tuple[Rebuild, Future[Part]] | None = None
    with ThreadPoolExecutor(1) as pool:
        began = perf_counter()
        while (elapsed_s := perf_counter() - began) < CHANGING_S:
            while changed < CHANGES_PER_S * elapsed_s:
                number = changing.pop()
                index.release(key_of(number))
                changed += len(flights[number].volumes)
                absent.append(number)
                if len(absent) > 50:
                    back = absent.pop(0)
                    index.hold(key_of(back), flights[back])
                    changing.insert(0, back)
            if pending is not None and pending[1].done():
                index.finish_rebuild(pending[0], pending[1].result())
                pending = None
                rebuilds += 1
            if pending is None and index.rebuild_due:
                rebuild = index.begin_rebuild()
                pending = (rebuild, pool.submit(rebuild.packed))
            number = int(asked[turn % len(asked)])
            turn += 1
            start = perf_counter()
            index.find(flights[number], (key_of(number),))
            ours_s.append(perf_counter() - start)
        if pending is not None:
            index.finish_rebuild(pending[0], pending[1].result())
            rebuilds += 1
    for number in asked[:ASKED].tolist():
        start = perf_counter()
        peer.met_by(number)
        peer_s.append(perf_counter() - start)
    for row in quantile_rows(index, ours_s, peer_s, ", 1,000 volumes/s coming and going", None):
        yield {**row, "rebuilds": rebuilds, "changed": changed, "asked": len(ours_s)}


def quantile_rows(
    index: ConflictIndex,
    ours_s: list[float],
    peer_s: list[float],
    when: str,
    differences: int | None,
) -> Iterator[dict[str, Any]]:
    """Median and 99th percentile."""
    for name, share in (("median", 0.5), ("p99", 0.99)):
        ours, peer = float(np.quantile(ours_s, share)), float(np.quantile(peer_s, share))
        yield {
            "work": f"find one flight, geodesic, minima by class{when}, {name}",
            "n": index.volume_count,
            "ours_s": ours,
            "peer": PEER,
            "peer_s": peer,
            "ratio": peer / ours,
            **({} if differences is None else {"differences": differences}),
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
