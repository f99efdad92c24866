"""Flight classes by number, their minima in tables, and how much of them each box carries."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace import Minima, Separation
from comity.domain.conflicts.heights import DatumTables, datum_tables
from comity.domain.conflicts.volume_arrays import DATUMS
from comity.domain.geometry import RANGE_M_MAX, tolerance_m

Floats = NDArray[np.float64]
Kinds = NDArray[np.int16]


class MinimaTables(NamedTuple):
    """Minima of pairs of classes, by number, and what they take for granted of D datums.

    Attributes:
        kind: (C, C) which of the S different minima holds between two classes.
        horizontal_m: (S,).
        vertical_m: (S,).
        rise_low_m: (S, D) as `DatumTables`.
        rise_high_m: (S, D).
    """

    kind: Kinds
    horizontal_m: Floats
    vertical_m: Floats
    rise_low_m: Floats
    rise_high_m: Floats


class FlightClasses:
    """The classes met so far, numbered in the order in which they were met.

    A box is widened by its class's share of the minima, so that two boxes meet wherever their
    volumes come within the minima of their pair: share(a) + share(b) >= minimum(a, b) for all
    classes. A class that keeps 50 m from its own kind and 9 km from another has a share of 25 m;
    the other has the rest. (With half of the largest minimum for all, drones would be boxed as
    widely as airliners, and a city of them would meet itself.)

    Attributes:
        tables: minima of pairs.
        horizontal_share_m: (C,).
        vertical_share_m: (C,).
    """

    __slots__ = (
        "_kinds",
        "_minima",
        "_numbers",
        "horizontal_share_m",
        "tables",
        "vertical_share_m",
    )

    def __init__(self, minima: Minima, names: Iterable[str] = ()) -> None:
        self._minima = minima
        self._numbers: dict[str, int] = {}
        self._kinds: dict[Separation, int] = {}
        self.horizontal_share_m: Floats = np.empty(0)
        self.vertical_share_m: Floats = np.empty(0)
        self.tables = self._tables(np.empty((0, 0), np.int16))
        for name in names:
            self.number(name)

    @property
    def names(self) -> tuple[str, ...]:
        """Class of each number."""
        return tuple(self._numbers)

    def number(self, name: str) -> int:
        """The number of a class; a new class gets the next one."""
        if name not in self._numbers:
            self._numbers[name] = len(self._numbers)
            pairs = [self._minima(name, other) for other in self._numbers]
            self._add_shares(pairs)
            self._add_kinds(pairs)
        return self._numbers[name]

    def _add_shares(self, pairs: list[Separation]) -> None:
        *others, own = pairs
        horizontal_m = reach_m(own) / 2.0
        vertical_m = own.vertical_m / 2.0
        for number, pair in enumerate(others):
            horizontal_m = max(horizontal_m, reach_m(pair) - self.horizontal_share_m[number])
            vertical_m = max(vertical_m, pair.vertical_m - self.vertical_share_m[number])
        self.horizontal_share_m = np.append(self.horizontal_share_m, horizontal_m)
        self.vertical_share_m = np.append(self.vertical_share_m, vertical_m)

    def _add_kinds(self, pairs: list[Separation]) -> None:
        number = len(pairs) - 1
        kind = np.empty((len(pairs), len(pairs)), np.int16)
        kind[:number, :number] = self.tables.kind
        kind[number, :] = [self._kinds.setdefault(pair, len(self._kinds)) for pair in pairs]
        kind[:, number] = kind[number, :]
        self.tables = self._tables(kind)

    def _tables(self, kind: Kinds) -> MinimaTables:
        different = list(self._kinds)
        datums = [datum_tables(separation.height_bounds) for separation in different]
        shape = (len(different), len(DATUMS))
        return MinimaTables(
            kind,
            np.array([separation.horizontal_m for separation in different], np.float64),
            np.array([separation.vertical_m for separation in different], np.float64),
            np.array([each.rise_low_m for each in datums], np.float64).reshape(shape),
            np.array([each.rise_high_m for each in datums], np.float64).reshape(shape),
        )


def widest_datums(tables: MinimaTables) -> DatumTables:
    """What holds of datums between any two classes, at the widest."""
    return DatumTables(
        tables.rise_low_m.min(axis=0, initial=np.inf),
        tables.rise_high_m.max(axis=0, initial=-np.inf),
    )


def reach_m(separation: Separation) -> float:
    """How far apart two shapes may be found and still count as nearer than the minimum."""
    return separation.horizontal_m + tolerance_m(RANGE_M_MAX)
