"""`comity warmup`: ask the compiled index something small, so that its kernels are in the cache."""

from time import perf_counter

from comity.domain.agreement import SeparationTable
from comity.domain.airspace import (
    Altitude,
    Datum,
    EdgeKind,
    Footprint,
    Separation,
    Shape,
    ShapeKind,
    Volume4D,
)
from comity.domain.conflicts import ConflictIndex
from comity.kernel.ids import RecordDigest
from comity.kernel.instants import Instant

_AT = Instant(1_800_000_000_000)
_FLIGHTS = 8


def warm_up() -> float:
    """Compile what is not in the cache; gives the seconds it took."""
    start_s = perf_counter()
    minima = SeparationTable(Separation(9_260.0, 304.8)).minima
    index = ConflictIndex(minima, compiled_from=1)
    for number in range(_FLIGHTS):
        index.hold(RecordDigest(f"{number:064x}"), _flight(number))
    index.maintain()
    for number in range(_FLIGHTS):
        index.find(_flight(number))
        index.release(RecordDigest(f"{number:064x}"))
    return perf_counter() - start_s


def _flight(number: int) -> Footprint:
    kind = (ShapeKind.RING, ShapeKind.PATH)[number % 2]
    edge = tuple(EdgeKind)[number % len(EdgeKind)]
    shape = Shape(
        kind,
        latitude_deg=(59.0, 59.0, 59.5),
        longitude_deg=(24.0 + number / 10, 24.7 + number / 10, 24.3 + number / 10),
        radius_m=0.0 if kind is ShapeKind.RING else 500.0,
        edge=edge,
    )
    lower, upper = Altitude(0.0, Datum.WGS84), Altitude(3_000.0, Datum.WGS84)
    volume = Volume4D(shape, lower, upper, _AT, _AT.plus_s(3_600.0))
    return Footprint(volumes=(volume,), cells=None, flight_class="fixed-wing")
