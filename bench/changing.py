"""Job C with 1,000,000 volumes, and flights coming and going while it is asked.

Part of bench/strategic.py; load, minima and peer are those of bench/separated.py. A tree of
shapely's cannot change: where flights come and go beside ours, the peer's is left as it was.
The index packs itself anew in a thread, as in a node; the longest of all calls is what it costs
whoever waits for an answer.
"""

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

import numpy as np
from bench.planned_flights import planned_flights
from bench.separated import (
    ASKED,
    Peer,
    footprints_of,
    holding,
    key_of,
    minima,
    quantile_rows,
    questions,
)

from comity.domain.airspace import Footprint
from comity.domain.conflicts import ConflictIndex, warm

VOLUMES = 1_000_000
CHANGES_PER_S = 1_000.0  # volumes that come, and as many that go
CHANGING_S = 30.0
ABSENT_FLIGHTS = 50
WHEN = ", 1,000 volumes/s coming and going"


def rows() -> Iterator[dict[str, Any]]:
    """Rows of `bench-out/changing.json`."""
    warm()
    plans = planned_flights(VOLUMES)
    flights = footprints_of(plans)
    gc.freeze()
    with ThreadPoolExecutor(1) as pool:
        index = ConflictIndex(minima, in_background=pool.submit)
        yield holding(index, flights)
        peer = Peer(plans)
        yield from questions(index, flights, peer)
        yield from while_changing(index, flights, peer)


def while_changing(
    index: ConflictIndex, flights: list[Footprint], peer: Peer
) -> Iterator[dict[str, Any]]:
    """`find` while volumes come and go at a steady rate; then how long any call took."""
    chance = np.random.default_rng(5)
    asked = chance.integers(0, len(flights), 100_000).tolist()
    changing = chance.permutation(len(flights)).tolist()
    found_s: list[float] = []
    changed_s: list[float] = []
    absent: list[int] = []
    changed = 0
    began = perf_counter()
    while (elapsed_s := perf_counter() - began) < CHANGING_S:
        while changed < CHANGES_PER_S * elapsed_s:
            number = changing.pop()
            changed += len(flights[number].volumes)
            start = perf_counter()
            index.release(key_of(number))
            changed_s.append(perf_counter() - start)
            absent.append(number)
            if len(absent) > ABSENT_FLIGHTS:
                back = absent.pop(0)
                start = perf_counter()
                index.hold(key_of(back), flights[back])
                changed_s.append(perf_counter() - start)
                changing.insert(0, back)
        number = asked[len(found_s) % len(asked)]
        start = perf_counter()
        index.find(flights[number], (key_of(number),))
        found_s.append(perf_counter() - start)
    peer_s = []
    for number in asked[:ASKED]:
        start = perf_counter()
        peer.met_by(number)
        peer_s.append(perf_counter() - start)
    for row in quantile_rows(index, found_s, peer_s, WHEN):
        yield {**row, "changed": changed, "asked": len(found_s)}
    for name, share in (("median", 0.5), ("p99", 0.99), ("longest", 1.0)):
        yield {
            "work": f"hold or release one flight{WHEN}, {name}",
            "n": index.volume_count,
            "ours_s": float(np.quantile(changed_s, share)),
            "peer": None,
            "peer_s": None,
            "ratio": None,
        }
    yield {
        "work": f"the longest of all calls{WHEN}",
        "n": index.volume_count,
        "ours_s": max(*found_s, *changed_s),
        "peer": None,
        "peer_s": None,
        "ratio": None,
    }
