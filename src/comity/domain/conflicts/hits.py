"""Pairs of volumes that conflict or may, and the verdict of whole footprints made of them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace import Conflict
from comity.kernel.instants import Instant

Ints64 = NDArray[np.int64]
Rows = NDArray[np.void]

CLEAR = 0
CONFLICT = 1
UNDETERMINED = 2

NUMBER_BITS = 32  # footprint numbers are int32

HIT = np.dtype(
    [
        ("first_ms", np.int64),
        ("horizontal_m", np.float64),
        ("vertical_m", np.float64),
        ("place_x", np.float64),
        ("place_y", np.float64),
        ("place_z", np.float64),
        ("asker", np.int32),
        ("owner", np.int32),
        ("volume", np.int32),
        ("other_volume", np.int32),
        ("outcome", np.int8),
    ],
    align=True,
)
"""A volume asked about and a volume held that are not clear of each other.

`asker` and `owner` are numbers of footprints, `volume` and `other_volume` indices within them;
`outcome` is CONFLICT or UNDETERMINED, `first_ms` when both are first in force; then the least
distances, and the place between the closest points, in unit coordinates, not normalised.
"""

SAID = np.dtype(
    [
        ("number", np.uint64),
        ("conflict", np.bool_),
        ("first_ms", np.int64),
        ("latitude_deg", np.float64),
        ("longitude_deg", np.float64),
        ("horizontal_m", np.float64),
        ("vertical_m", np.float64),
        ("volume", np.int32),
        ("other_volume", np.int32),
    ],
    align=True,
)
"""What the hits of one number come to."""


class Doubt(NamedTuple):
    """The first pair of volumes, by their indices, that the data do not decide."""

    volume: int
    other_volume: int


def verdicts(numbers: NDArray[np.uint64], hits: Rows) -> Iterator[tuple[int, Conflict | Doubt]]:
    """What the hits that bear one number come to, for each number, ascending.

    Where any is a conflict: time and place of the earliest (of the lowest volumes, where several
    begin at once) and the least distances of all conflicts. Else the doubt of the lowest volumes.
    A hit that is there twice says no more than once.

    Args:
        numbers: (H,) which hits belong together.
        hits: (H,) of `HIT`.

    Source: `pair.combined`, one at a time.
    """
    from comity.domain.conflicts import hit_kernels as kernels  # noqa: PLC0415 (Numba)

    said = np.empty(len(hits), SAID)
    count = kernels.combine(numbers, hits, said) if len(hits) else 0
    for number, conflict, first_ms, *rest in said[:count].tolist():
        yield number, Conflict(Instant(first_ms), *rest) if conflict else Doubt(*rest[-2:])


def pair_numbers(first: Ints64, second: Ints64) -> NDArray[np.uint64]:
    """One number for each two footprint numbers."""
    return ((first << NUMBER_BITS) | second).astype(np.uint64)


def pair_of(number: int) -> tuple[int, int]:
    """The two that `pair_numbers` put together."""
    return number >> NUMBER_BITS, number & ((1 << NUMBER_BITS) - 1)
