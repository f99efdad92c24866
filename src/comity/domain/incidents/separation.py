"""How near two tracks came, and how surely (L-16).

Between two positions an aircraft is taken to fly straight, and may have turned: it is then off by up to
a·t²/8 for the sideways acceleration a of `TURN_MPS2` and the time t between them. With both positions' errors and
the clocks' difference that gives a least and a greatest distance. Across a gap longer than `GAP_S_MAX`
nothing is said, and a nearer approach there is possible.

Source: docs/spec/claim.md §5, rule S1.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from comity.domain.geometry import unit_from_degrees
from comity.domain.geometry.distance import RANGE_M_MAX, surface_lengths_m
from comity.domain.geometry.ellipsoid import SEMI_MAJOR_M, SEMI_MINOR_M, Floats
from comity.domain.incidents.offered_track import OfferedTrack, TrackPoint
from comity.kernel.instants import Instant

GAP_S_MAX = 60.0  # at 9.8 m/s² a straight line is then off by up to 4.4 km: more tells nothing
TURN_MPS2 = 9.80665  # 1 g sideways, a bank of 45 degrees: steeper turns do not last a gap
CLOCK_S_ASSUMED = 1.0  # of two recorders that state no clock error
LINE_SLACK = 1e-3  # chords against surface below `RANGE_M_MAX` differ by under 0.04 %
LINE_M = 1.0  # along a leg of 60 s at 300 m/s equal steps of the chord are within 0.1 m of equal ones of the arc
_SCALE = np.array([SEMI_MAJOR_M, SEMI_MAJOR_M, SEMI_MINOR_M])


@dataclass(frozen=True, slots=True)
class ClosestApproach:
    """The nearest that two tracks came to each other while both were seen.

    Attributes:
        at: when, on straight lines between positions.
        horizontal_m: by those lines.
        horizontal_m_min: no nearer than this while both were seen, at any time.
        horizontal_m_max: at that time no farther apart than this.
        vertical_m: between heights of one datum at that time; `None`: none was common.
        vertical_datum: which.
        seen_s: how long both were seen.
        gaps_s: how long of the time that both spread over one was not seen.
    """

    at: Instant
    horizontal_m: float
    horizontal_m_min: float
    horizontal_m_max: float
    vertical_m: float | None
    vertical_datum: str | None
    seen_s: float
    gaps_s: float


def closest_approach_of(
    a: OfferedTrack, b: OfferedTrack, clock_s: float = CLOCK_S_ASSUMED
) -> ClosestApproach | None:
    """Closest approach of two tracks; None where there is no time at which both were seen.

    Args:
        a: the one.
        b: the other.
        clock_s: by how much their clocks may differ.
    """
    first, second = _Flown(a), _Flown(b)
    start_ms, end_ms = max(first.ms[0], second.ms[0]), min(first.ms[-1], second.ms[-1])
    if start_ms > end_ms:
        return None
    # a clock that is off by t shifts one track along its own way; either may be thought shifted
    shift_m = clock_s * min(first.speed_mps_max(), second.speed_mps_max())
    inner = np.concatenate([first.ms, second.ms])
    inner = inner[(inner > start_ms) & (inner < end_ms)]
    marks = np.unique(np.concatenate([[start_ms, end_ms], inner]))
    best: _Nearest | None = None
    least_m, seen_ms = math.inf, 0.0
    for from_ms, to_ms in list(pairwise(marks)) or [(marks[0], marks[0])]:
        spreads = first.spread_m(from_ms, to_ms), second.spread_m(from_ms, to_ms)
        if spreads[0] is None or spreads[1] is None:
            continue
        seen_ms += float(to_ms - from_ms)
        at_ms, apart_m = _nearest_in(first, second, float(from_ms), float(to_ms))
        off_m = spreads[0] + spreads[1] + shift_m
        least_m = min(least_m, apart_m * (1.0 - LINE_SLACK) - LINE_M - off_m)
        if best is None or apart_m < best.apart_m:
            best = _Nearest(at_ms, apart_m, off_m)
    if best is None:
        return None
    vertical = _vertical_m(first, second, best.at_ms)
    return ClosestApproach(
        at=Instant(round(best.at_ms)),
        horizontal_m=best.apart_m,
        horizontal_m_min=max(0.0, least_m),
        horizontal_m_max=best.apart_m * (1.0 + LINE_SLACK) + LINE_M + best.off_m,
        vertical_m=None if vertical is None else vertical[0],
        vertical_datum=None if vertical is None else vertical[1],
        seen_s=seen_ms / 1000.0,
        gaps_s=(end_ms - start_ms - seen_ms) / 1000.0,
    )


class _Nearest(NamedTuple):
    """The nearest so far: when, how near, and how far off both may be there."""

    at_ms: float
    apart_m: float
    off_m: float


class _Flown:
    """A track as arrays: times (N,) in ms, unit vectors (N, 3)."""

    def __init__(self, track: OfferedTrack) -> None:
        self.points = track.points
        self.ms = np.array([each.at.unix_ms for each in track.points], dtype=np.float64)
        self.unit = unit_from_degrees(
            np.array([each.latitude_deg for each in track.points]),
            np.array([each.longitude_deg for each in track.points]),
        )

    def leg(self, ms: float) -> int:
        """The leg that a time lies in."""
        found = int(np.searchsorted(self.ms, ms, side="right")) - 1
        return min(max(found, 0), max(len(self.ms) - 2, 0))

    def around(self, ms: float) -> tuple[TrackPoint, TrackPoint, float]:
        """Positions before and after a time, and which share of the way it is."""
        if len(self.ms) == 1:
            return self.points[0], self.points[0], 0.0
        leg = self.leg(ms)
        share = (ms - self.ms[leg]) / (self.ms[leg + 1] - self.ms[leg])
        return self.points[leg], self.points[leg + 1], float(share)

    def place(self, ms: float) -> Floats:
        """Unit vector (3,) at a time."""
        if len(self.ms) == 1:
            only: Floats = self.unit[0]
            return only
        leg = self.leg(ms)
        share = (ms - self.ms[leg]) / (self.ms[leg + 1] - self.ms[leg])
        found: Floats = self.unit[leg] + share * (self.unit[leg + 1] - self.unit[leg])
        return found / float(np.linalg.norm(found))

    def spread_m(self, from_ms: float, to_ms: float) -> float | None:
        """How far off the line the aircraft may be during a stretch within one leg; None in a gap."""
        before, after, _ = self.around((from_ms + to_ms) / 2.0)
        elapsed_s = after.at.minus(before.at)
        if elapsed_s > GAP_S_MAX:
            return None
        return max(before.accuracy_m, after.accuracy_m) + TURN_MPS2 * elapsed_s**2 / 8.0

    def speed_mps_max(self) -> float:
        """Greatest mean speed of a leg."""
        legs = np.linalg.norm(np.diff(self.unit, axis=0) * _SCALE, axis=1)
        return float((legs / (np.diff(self.ms) / 1000.0)).max(initial=0.0))

    def height_m(self, ms: float, datum: str) -> float | None:
        """Height at a time, by one datum."""
        before, after, share = self.around(ms)
        low = next((each.height_m for each in before.altitudes if each.datum == datum), None)
        high = next((each.height_m for each in after.altitudes if each.datum == datum), None)
        return None if low is None or high is None else low + share * (high - low)


def _nearest_in(first: _Flown, second: _Flown, from_ms: float, to_ms: float) -> tuple[float, float]:
    """Time (ms) and surface distance of the nearest point within one straight stretch."""
    start = (second.place(from_ms) - first.place(from_ms)) * _SCALE
    change = (second.place(to_ms) - first.place(to_ms)) * _SCALE - start
    square = float(change @ change)
    share = 0.0 if square == 0.0 else min(max(-float(start @ change) / square, 0.0), 1.0)
    at_ms = from_ms + share * (to_ms - from_ms)
    return at_ms, _apart_m(first.place(at_ms), second.place(at_ms))


def _apart_m(one: Floats, other: Floats) -> float:
    """Geodesic up to `RANGE_M_MAX`; beyond, the straight line, which is no longer."""
    chord = (other - one) * _SCALE
    chord_m = math.sqrt(float(chord @ chord))
    if chord_m > RANGE_M_MAX:
        return chord_m
    return float(surface_lengths_m(one[None], other[None])[0])


def _vertical_m(first: _Flown, second: _Flown, at_ms: float) -> tuple[float, str] | None:
    """Difference of heights by the first datum that both report, and its name."""
    for name in ("QNE", "WGS84"):
        low, high = first.height_m(at_ms, name), second.height_m(at_ms, name)
        if low is not None and high is not None:
            return abs(high - low), name
    return None
