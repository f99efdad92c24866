"""Job C: planned 4D volumes, all conflicts among them and one flight against all.

All its parts, one after the other; each is a benchmark of its own as well:
  planar      as it was first measured: lon/lat polygons, no separation; every answer the peer's
  separated   as the node does it: geodesic edges, minima by class; 100,000 volumes
  changing    the same with 1,000,000, 1,000 volumes a second coming and going meanwhile
"""

from collections.abc import Iterator
from typing import Any

from bench import changing, planar, separated
from bench.planned_flights import planned_flights

GATE = ((20_000, 1.5), (100_000, 3.0))
"""Volumes, and about 60 % of the ratio measured there on one thread."""


def rows() -> Iterator[dict[str, Any]]:
    """Rows of `bench-out/strategic.json`."""
    yield from planar.rows()
    yield from separated.rows()
    yield from changing.rows()


def gate() -> Iterator[dict[str, Any]]:
    """Small sizes on one thread."""
    for count, ratio_min in GATE:
        plans = planned_flights(count)
        row = planar.all_conflicts(plans, planar.polygons_of(plans), threads=1)
        yield {**row, "ratio_min": ratio_min}
