"""Pairs of volumes that conflict or may, and the verdict of a whole footprint made of them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace import Conflict
from comity.domain.geometry import degrees_from_unit
from comity.kernel.instants import Instant

Floats = NDArray[np.float64]
Ints8 = NDArray[np.int8]
Ints64 = NDArray[np.int64]

CLEAR = 0
CONFLICT = 1
UNDETERMINED = 2

NUMBER_BITS = 32  # footprint numbers are int32


class Hits(NamedTuple):
    """Pairs of a volume asked about and a volume held that are not clear of each other.

    Attributes:
        owner: (H,) number of the footprint held.
        volume: (H,) index of the volume within the footprint asked about.
        other_volume: (H,) index within the footprint held.
        outcome: (H,) CONFLICT or UNDETERMINED.
        first_ms: (H,) when both volumes are first in force.
        horizontal_m: (H,) least horizontal distance.
        vertical_m: (H,) least vertical distance.
        place: (H, 3) between the closest points, in unit coordinates, not normalised.
    """

    owner: Ints64
    volume: Ints64
    other_volume: Ints64
    outcome: Ints8
    first_ms: Ints64
    horizontal_m: Floats
    vertical_m: Floats
    place: Floats


def no_hits() -> Hits:
    """Nothing found."""
    none = np.empty(0, np.int64)
    nothing = np.empty(0)
    return Hits(none, none, none, np.empty(0, np.int8), none, nothing, nothing, np.empty((0, 3)))


def joined_hits(parts: list[Hits]) -> Hits:
    """All of them."""
    if len(parts) == 1:
        return parts[0]
    return Hits._make(np.concatenate(columns) for columns in zip(*parts, strict=True))


class Doubt(NamedTuple):
    """The first pair of volumes, by their indices, that the data do not decide."""

    volume: int
    other_volume: int


def verdicts(numbers: Ints64, hits: Hits) -> Iterator[tuple[int, Conflict | Doubt]]:
    """What the hits that bear one number come to, for each number, ascending.

    Where any is a conflict: time and place of the earliest (of the lowest volumes, where several
    begin at once) and the least distances of all conflicts. Else the doubt of the lowest volumes.

    Args:
        numbers: (H,) which hits belong together.
        hits: (H,).

    Source: `pair.combined`, one at a time.
    """
    if len(numbers) == 0:
        return
    conflict = hits.outcome == CONFLICT
    earliest_ms = np.where(conflict, hits.first_ms, 0)
    order = np.lexsort((hits.other_volume, hits.volume, earliest_ms, ~conflict, numbers))
    in_order = numbers[order]
    starts = np.concatenate([[0], np.flatnonzero(in_order[1:] != in_order[:-1]) + 1])
    first = order[starts]
    horizontal_m = np.where(conflict, hits.horizontal_m, np.inf)[order]
    vertical_m = np.where(conflict, hits.vertical_m, np.inf)[order]
    latitude_deg, longitude_deg = degrees_from_unit(hits.place[first])
    columns = (
        in_order[starts],
        conflict[first],
        hits.first_ms[first],
        latitude_deg,
        longitude_deg,
        np.minimum.reduceat(horizontal_m, starts),
        np.minimum.reduceat(vertical_m, starts),
        hits.volume[first],
        hits.other_volume[first],
    )
    for number, conflicts, first_ms, *rest in zip(*(c.tolist() for c in columns), strict=True):
        yield number, Conflict(Instant(first_ms), *rest) if conflicts else Doubt(*rest[-2:])


def pair_numbers(first: Ints64, second: Ints64) -> Ints64:
    """One number for each two footprint numbers."""
    return (first << NUMBER_BITS) | second


def pair_of(number: int) -> tuple[int, int]:
    """The two that `pair_numbers` put together."""
    return number >> NUMBER_BITS, number & ((1 << NUMBER_BITS) - 1)


def taken(hits: Hits, rows: Ints64) -> Hits:
    """The given rows."""
    return Hits._make(column[rows] for column in hits)
