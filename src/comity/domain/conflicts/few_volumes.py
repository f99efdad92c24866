"""Held footprints by the dozen and hundred: NumPy chooses pairs, each is judged one at a time.

It spares a small node, the command line and tests the second that compiled code takes to load.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace import (
    Clear,
    Footprint,
    Minima,
    Undetermined,
    Verdict,
    Volume4D,
)
from comity.domain.conflicts.pair import PairVerdict, combined, pair_verdict
from comity.domain.geometry import RADIUS_M_MAX, tolerance_m
from comity.domain.geometry.edges import ecef_lengths

Floats = NDArray[np.float64]
Ints64 = NDArray[np.int64]


PAIRS_JUDGED_MAX = 20_000  # of one question: a second or two
TOO_MUCH = Undetermined("too many volumes meet their boxes to compare each pair")
"""One-sided: it stands for a pair of flights that may be clear of each other."""


class FewVolumes:
    """Footprints by number, all of whose volumes are looked at for every question."""

    __slots__ = ("_balls", "_footprints", "_held", "_minima")

    def __init__(self, minima: Minima) -> None:
        self._minima = minima
        self._footprints: dict[int, Footprint] = {}
        self._balls: dict[int, Floats] = {}
        self._held: _Held | None = None

    def hold(self, number: int, footprint: Footprint) -> None:
        """Keep the volumes of a footprint under a free number."""
        self._footprints[number] = footprint
        self._balls[number] = _balls(footprint.volumes)
        self._held = None

    def release(self, number: int) -> None:
        """Forget a footprint."""
        del self._footprints[number], self._balls[number]
        self._held = None

    def set_minima(self, minima: Minima) -> None:
        """Use these from now on."""
        self._minima = minima

    def find(
        self, footprint: Footprint, ignoring: Collection[int] = ()
    ) -> list[tuple[int, Verdict]]:
        """Numbers of the footprints met, or maybe met, with the verdict on each."""
        if not self._footprints:
            return []
        if self._held is None:
            self._held = self._gather()
        held = self._held
        limits_m = np.array([self._limit_m(footprint.flight_class, name) for name in held.names])
        rows, others = _near(_balls(footprint.volumes), held.balls, limits_m[held.name])
        if len(rows) > PAIRS_JUDGED_MAX:
            numbers = np.unique(held.owner[others]).tolist()
            return [(number, TOO_MUCH) for number in numbers if number not in ignoring]
        by_owner: dict[int, list[tuple[int, int]]] = {}
        for row, other in zip(rows.tolist(), others.tolist(), strict=True):
            by_owner.setdefault(int(held.owner[other]), []).append((row, int(held.index[other])))
        found = [
            (number, self._verdict(footprint, self._footprints[number], pairs))
            for number, pairs in sorted(by_owner.items())
            if number not in ignoring
        ]
        return [(number, verdict) for number, verdict in found if not isinstance(verdict, Clear)]

    def _limit_m(self, one: str, other: str) -> float:
        """How far apart two balls may be, beside their radii, and still break the minima."""
        horizontal_m = self._minima(one, other).horizontal_m
        return horizontal_m + tolerance_m(horizontal_m + 2.0 * RADIUS_M_MAX)

    def _verdict(
        self, footprint: Footprint, other: Footprint, pairs: list[tuple[int, int]]
    ) -> Verdict:
        separation = self._minima(footprint.flight_class, other.flight_class)
        return combined(
            PairVerdict(i, j, pair_verdict(footprint.volumes[i], other.volumes[j], separation))
            for i, j in pairs
        )

    def _gather(self) -> "_Held":
        footprints = list(self._footprints.values())
        counts = [len(footprint.volumes) for footprint in footprints]
        names = sorted({footprint.flight_class for footprint in footprints})
        return _Held(
            balls=np.concatenate([self._balls[number] for number in self._footprints]),
            owner=np.repeat(np.array(list(self._footprints), np.int64), counts),
            index=np.concatenate([np.arange(count) for count in counts]).astype(np.int64),
            names=names,
            name=np.repeat([names.index(each.flight_class) for each in footprints], counts),
        )


@dataclass(frozen=True, slots=True)
class _Held:
    """All volumes held, a row each.

    Attributes:
        balls: (N, 6) from `_balls`.
        owner: (N,) number of the footprint.
        index: (N,) of the volume in its footprint.
        names: classes.
        name: (N,) index of the volume's class in `names`.
    """

    balls: Floats
    owner: Ints64
    index: Ints64
    names: list[str]
    name: Ints64


def _balls(volumes: Sequence[Volume4D]) -> Floats:
    """(N, 6) centre in unit coordinates, radius in metres, start and end in milliseconds."""
    return np.array(
        [
            (
                *volume.shape.prepared.centre,
                volume.shape.prepared.reach_m + volume.shape.prepared.radius_m,
                volume.start.unix_ms,
                volume.end.unix_ms,
            )
            for volume in volumes
        ]
    )


def _near(own: Floats, others: Floats, limit_m: Floats) -> tuple[Ints64, Ints64]:
    """Rows of `own` and of `others` whose times meet and whose balls come within the limit (N,) of the other."""
    rows, other_rows = np.nonzero(
        (own[:, None, 4] <= others[None, :, 5]) & (others[None, :, 4] <= own[:, None, 5])
    )
    apart_m = ecef_lengths(own[rows, :3] - others[other_rows, :3])
    near = apart_m <= own[rows, 3] + others[other_rows, 3] + limit_m[other_rows]
    return rows[near], other_rows[near]
