"""Two accounts of one flight side by side: how far apart they are at each time, and how surely.

The accounts are never merged: no third track is made of them. Across a gap nothing is said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comity.domain.geometry import unit_from_degrees
from comity.domain.geometry.distance import RANGE_M_MAX, surface_lengths_m
from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M
from comity.domain.incidents import OfferedTrack
from comity.domain.incidents.separation import CLOCK_S_ASSUMED, GAP_S_MAX, LINE_SLACK, TURN_MPS2
from comity.kernel.instants import Instant
from comity.kernel.sentences import Number, Sentence, said

ROWS_MAX = 5_000  # of one comparison; a longer one is thinned, and says so
OFFSET_S_MAX = 120  # clocks of recorders that were further apart would be noticed
OFFSET_MARKS_MAX = 1_000  # positions that 241 shifts are tried on
_SCALE = np.array([SEMI_MAJOR_M, SEMI_MAJOR_M, SEMI_MINOR_M])
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DivergenceRow:
    """The distance at one time.

    Attributes:
        at: by the first track's clock.
        apart_m: on straight lines between positions, over the ellipsoid.
        apart_m_min, apart_m_max: what errors of both positions, turns between them and the clocks allow.
    """

    at: Instant
    apart_m: float
    apart_m_min: float
    apart_m_max: float


@dataclass(frozen=True, slots=True)
class Divergence:
    """Two tracks compared.

    Attributes:
        first, second: what they are, in words.
        rows: at every time at which either has a position and both were seen.
        clock_s: by how much the clocks may differ.
        offset_s: shift of the second clock, in whole seconds, with which the tracks would lie least far
            apart on the mean; None where they were not seen together. It is computed, not known.
        offset_mean_m: the mean distance with that shift; None as above.
        mean_m: the mean distance without a shift; None as above.
        left_out: rows thinned away.
    """

    first: Sentence
    second: Sentence
    rows: tuple[DivergenceRow, ...]
    clock_s: float
    offset_s: int | None
    offset_mean_m: float | None
    mean_m: float | None
    left_out: int = 0

    @property
    def clock_words(self) -> str:
        """What is known of the two clocks."""
        return str(self.clock_sentence())

    def clock_sentence(self) -> Sentence:
        """The same, with the figures apart."""
        form = "Clocks are taken to agree within {clock} s; neither file proves it."
        words = said("clocks", form, clock=f"{self.clock_s:g}")
        if self.offset_s is None or self.offset_mean_m is None or self.mean_m is None:
            return words
        mean = Number(self.mean_m, 0, "m")
        if self.offset_s == 0:
            form = "{clocks} Mean {mean}; no shift of a clock would make it less."
            return said("clocks-no-shift", form, clocks=words, mean=mean)
        return said(
            "clocks-shift",
            "{clocks} Mean {mean}; it would be least, {least}, with the second clock shifted by {shift} s.",
            clocks=words,
            mean=mean,
            least=Number(self.offset_mean_m, 0, "m"),
            shift=f"{self.offset_s:+d}",
        )

    @property
    def unseen_words(self) -> str:
        """Why there is nothing to compare."""
        return str(self.unseen_sentence())

    def unseen_sentence(self) -> Sentence:
        """The same, with the names apart."""
        form = "{first} and {second} were at no time both seen: their distance is unknown."
        return said("not-both-seen", form, first=self.first, second=self.second)

    def stretches(self) -> Iterator[Sequence[DivergenceRow]]:
        """Rows without a gap between them."""
        run: list[DivergenceRow] = []
        for row in self.rows:
            if run and row.at.minus(run[-1].at) > GAP_S_MAX:
                yield run
                run = []
            run.append(row)
        if run:
            yield run


def divergence_of(
    first: OfferedTrack, second: OfferedTrack, clock_s: float = CLOCK_S_ASSUMED
) -> Divergence:
    """Compare two tracks time by time.

    Args:
        first: one account, by its own clock.
        second: the other, by its own.
        clock_s: by how much the clocks may differ.
    """
    one, other = _Flown(first), _Flown(second)
    marks = np.unique(np.concatenate([one.ms, other.ms]))
    apart_m, off_m, seen = _apart(one, other, marks)
    shift_m = clock_s * min(one.speed_mps_max(), other.speed_mps_max())
    marks, apart_m, off_m = marks[seen], apart_m[seen], off_m[seen] + shift_m
    step = max(1, -(-len(marks) // ROWS_MAX))
    rows = tuple(
        DivergenceRow(
            Instant(round(float(ms))),
            float(m),
            max(0.0, float(m * (1.0 - LINE_SLACK) - off)),
            float(m * (1.0 + LINE_SLACK) + off),
        )
        for ms, m, off in zip(marks[::step], apart_m[::step], off_m[::step], strict=True)
    )
    offset = _least_offset(one, other) if len(marks) else None
    return Divergence(
        first=first.sentence(),
        second=second.sentence(),
        rows=rows,
        clock_s=clock_s,
        offset_s=None if offset is None else offset.shift_s,
        offset_mean_m=None if offset is None else offset.mean_m,
        mean_m=None if offset is None else offset.unshifted_m,
        left_out=len(marks) - len(rows),
    )


class _Offset(NamedTuple):
    """The shift with the least mean distance, that distance, and the one without a shift."""

    shift_s: int
    mean_m: float
    unshifted_m: float


class _Flown:
    """A track as arrays: times (N,) in ms, unit vectors (N, 3), accuracies (N,) in m."""

    def __init__(self, track: OfferedTrack) -> None:
        self.ms = np.array([each.at.unix_ms for each in track.points], dtype=np.float64)
        self.accuracy_m = np.array([each.accuracy_m for each in track.points])
        self.unit = unit_from_degrees(
            np.array([each.latitude_deg for each in track.points]),
            np.array([each.longitude_deg for each in track.points]),
        ).reshape(-1, 3)

    def at(self, ms: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Unit vectors (K, 3) at times (K,), how far off (K,), and where it was seen (K,)."""
        if len(self.ms) == 0:
            return np.zeros((len(ms), 3)), np.zeros(len(ms)), np.zeros(len(ms), np.bool_)
        if len(self.ms) == 1:
            seen = ms == self.ms[0]
            return np.repeat(self.unit, len(ms), axis=0), np.full(len(ms), self.accuracy_m[0]), seen
        leg = np.clip(np.searchsorted(self.ms, ms, side="right") - 1, 0, len(self.ms) - 2)
        elapsed_ms = self.ms[leg + 1] - self.ms[leg]
        share = (ms - self.ms[leg]) / elapsed_ms
        on_point = (share == 0.0) | (share == 1.0)
        seen = (ms >= self.ms[0]) & (ms <= self.ms[-1])
        seen &= on_point | (elapsed_ms <= GAP_S_MAX * 1000.0)
        place = self.unit[leg] + share[:, None] * (self.unit[leg + 1] - self.unit[leg])
        place /= np.linalg.norm(place, axis=1)[:, None]
        off_m = np.maximum(self.accuracy_m[leg], self.accuracy_m[leg + 1])
        # between positions a turn at TURN_MPS2 leads off the straight line by at most a·t1·t2/2
        turned_m = TURN_MPS2 * (elapsed_ms / 1000.0) ** 2 * share * (1.0 - share) / 2.0
        return place, off_m + turned_m, seen

    def speed_mps_max(self) -> float:
        """Greatest mean speed of a leg."""
        legs = np.linalg.norm(np.diff(self.unit, axis=0) * _SCALE, axis=1)
        return float((legs / (np.diff(self.ms) / 1000.0)).max(initial=0.0))


def _apart(
    one: _Flown, other: _Flown, marks: Floats, shift_ms: float = 0.0
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    here, off_m, seen = one.at(marks)
    there, other_off_m, other_seen = other.at(marks + shift_ms)
    return _distance_m(here, there), off_m + other_off_m, seen & other_seen


def _distance_m(here: Floats, there: Floats) -> Floats:
    """Geodesic up to `RANGE_M_MAX`; beyond, the straight line, which is no longer."""
    apart_m: Floats = np.linalg.norm((there - here) * _SCALE, axis=1)
    near = apart_m <= RANGE_M_MAX
    if near.any():
        apart_m[near] = surface_lengths_m(here[near], there[near])
    return apart_m


def _least_offset(one: _Flown, other: _Flown) -> _Offset | None:
    """The shift of the second clock with the least mean distance at positions of the first.

    Only shifts that keep at least half of what is seen together without one are compared: two tracks that
    are hardly together are near by chance. None where no position of the first is seen by both.
    """
    marks = one.ms[:: max(1, -(-len(one.ms) // OFFSET_MARKS_MAX))]
    apart_m, _, seen = _apart(one, other, marks)
    together = int(seen.sum())
    if not together:
        return None
    unshifted_m = float(apart_m[seen].mean())
    found: list[tuple[float, int, int]] = []
    for offset_s in range(-OFFSET_S_MAX, OFFSET_S_MAX + 1):
        # a clock shifted by +s says t+s where it said t: at mark t of the first, it is at t-s of its own
        apart_m, _, seen = _apart(one, other, marks, -offset_s * 1000.0)
        if seen.any() and 2 * int(seen.sum()) >= together:
            found.append((float(apart_m[seen].mean()), abs(offset_s), offset_s))
    mean_m, _, offset_s = min(found)
    return _Offset(offset_s, mean_m, unshifted_m)
