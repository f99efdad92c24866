"""Loading every compiled loop that a node or the command line uses, by asking each for something small."""

import numpy as np

from comity.domain.airspace import (
    Altitude,
    Datum,
    Footprint,
    Separation,
    Shape,
    ShapeKind,
    Volume4D,
    cover_footprint,
)
from comity.domain.conflicts import compiled
from comity.domain.conflicts.index import ConflictIndex
from comity.domain.geometry import nearest_compiled
from comity.domain.geometry.box_tree import box_rows, growing_tree
from comity.kernel.ids import RecordDigest
from comity.kernel.instants import Instant

FLIGHTS = 8
_AT = Instant(1_800_000_000_000)
_SEPARATION = Separation(9_260.0, 304.8)


def warm() -> None:
    """Load the compiled loops into this process, from their cache or by compiling them.

    Where the cache holds them it takes a second or two, else 20 to 40 s. It may run in a thread
    beside other work: an index goes over to the compiled loops once this has ended. A process that
    calls it before it says that it is ready never waits for a compiler afterwards.
    """
    index = ConflictIndex(lambda _one, _other: _SEPARATION, compiled_from=1)
    flights = {RecordDigest(f"{number:064x}"): _flight(number) for number in range(FLIGHTS)}
    for key, flight in flights.items():
        index.hold(key, flight)
        index.find(flight, (key,))
    in_cells = cover_footprint(flights[RecordDigest(f"{0:064x}")], _SEPARATION)
    index.find(in_cells)
    index.release(RecordDigest(f"{0:064x}"))
    index.all_conflicts()
    index.set_minima(lambda _one, _other: Separation(1_000.0, 100.0))
    index.maintain()
    _load_the_rest()
    compiled.note_loaded()


def _load_the_rest() -> None:
    """What an index of few flights does without."""
    from comity.domain.geometry import (  # noqa: PLC0415 (Numba)
        box_tree_packing_kernels as kernels,
    )

    bounds = np.zeros((4, 4))
    boxes = box_rows(bounds, bounds)
    tree = growing_tree(2)
    tree.append(boxes[:2], 0)
    tree.enlarged(4).meeting(boxes)
    two = np.arange(2, dtype=np.int32)
    kernels.merged_order(np.zeros(2, np.uint64), two, 1, two.copy())
    one, other = (_flight(number).volumes[0].shape.prepared for number in range(2))
    nearest_compiled(one, other, 1_000.0)


def _flight(number: int) -> Footprint:
    kind = (ShapeKind.RING, ShapeKind.PATH)[number % 2]
    shape = Shape(
        kind,
        latitude_deg=(59.0, 59.0, 59.02),
        longitude_deg=(24.0 + number / 100, 24.03 + number / 100, 24.01 + number / 100),
        radius_m=0.0 if kind is ShapeKind.RING else 500.0,
    )
    lower, upper = Altitude(0.0, Datum.WGS84), Altitude(3_000.0, tuple(Datum)[number % len(Datum)])
    return Footprint((Volume4D(shape, lower, upper, _AT, _AT.plus_s(3_600.0)),), None, "fixed-wing")
