"""Losses of separation as they were flown: by geodesics, apart from the code that the nets run on."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.evaluation.flown import Flown, degrees_of
from comity.domain.geometry.ellipsoid import Floats
from comity.kernel.errors import InputError

Mask = NDArray[np.bool_]
Pair = tuple[str, str]
"""Names of two aircraft, the lesser first."""

NEAR_SHARE = 1.15  # of the horizontal minimum: closer, an alert is a matter of opinion
MARGINAL_SHARE = 0.95  # of the horizontal minimum: a loss that keeps so much is marginal
MARGINAL_VERTICAL_SHARE = 0.8  # 800 of 1000 ft: levels kept within 200 ft, Doc 4444 §8.5.5.2.2
JOIN_S = 10.0  # losses of a pair that a shorter while parts are one
HEIGHT_ROUNDING_M = 1e-6  # levels one minimum apart keep it
FORESEEN_GAP_S = 3.0  # a prediction that pauses for less has not ended


@dataclass(frozen=True, slots=True)
class Separation:
    """What must be kept.

    Attributes:
        horizontal_m, vertical_m: less than both at once is a loss.
        look_ahead_s: how far ahead a straight line counts as foreseeable.
    """

    horizontal_m: float = 9_260.0  # 5 NM, ICAO Doc 4444 §8.7.3.1
    vertical_m: float = 304.8  # 1000 ft, ICAO Doc 4444 §5.3.2, RVSM
    look_ahead_s: float = 120.0  # short-term conflict alert

    def __post_init__(self) -> None:
        for field, greatest in (
            ("horizontal_m", 200_000.0),
            ("vertical_m", 20_000.0),
            ("look_ahead_s", 1_200.0),
        ):
            value = getattr(self, field)
            if not 1.0 <= value <= greatest:
                raise InputError(field, f"{value} is outside 1 to {greatest:g}")


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss of separation.

    Attributes:
        pair: who.
        start_s, end_s: seconds since 1970, to the step of the grid.
        horizontal_m, vertical_m: at the instant when the greater share of its minimum was least.
        foreseeable_s: for how long before its start the straight lines of what was flown led to it.
        seen_s: for how long before its start both flights are in the data.
    """

    pair: Pair
    start_s: float
    end_s: float
    horizontal_m: float
    vertical_m: float
    foreseeable_s: float
    seen_s: float

    def marginal(self, separation: Separation) -> bool:
        """Whether nearly all of one minimum was kept throughout."""
        across = self.horizontal_m / separation.horizontal_m
        return across >= MARGINAL_SHARE or (
            self.vertical_m / separation.vertical_m >= MARGINAL_VERTICAL_SHARE
        )


@dataclass(frozen=True, slots=True)
class Together:
    """What two flights did while both were seen, where they came near or an alert names them.

    Attributes:
        pair: who.
        start_s, end_s: of the time both are in the data without a gap.
        losses: in order of time.
        near: spans in which the horizontal distance was under `NEAR_SHARE` and the vertical minimum
            was not kept.
        unknown: spans in which they were near and a height is not known.
    """

    pair: Pair
    start_s: float
    end_s: float
    losses: tuple[Loss, ...]
    near: tuple[tuple[float, float], ...]
    unknown: tuple[tuple[float, float], ...]


class Sky:
    """All that was flown, and what became of pairs."""

    def __init__(self, flown: Sequence[Flown], separation: Separation) -> None:
        self.separation = separation
        self._by_name: dict[str, list[Flown]] = {}
        for stretch in flown:
            self._by_name.setdefault(stretch.name, []).append(stretch)
        self.flown = tuple(flown)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def together(self) -> Iterator[Together]:
        """Every pair of stretches that came near."""
        order = sorted(self.flown, key=lambda stretch: stretch.first_s)
        active: list[Flown] = []
        for stretch in order:
            active = [other for other in active if other.last_s >= stretch.first_s]
            for other in active:
                if other.name != stretch.name:
                    found = self._between(other, stretch)
                    if found is not None:
                        yield found
            active.append(stretch)

    def stretches_at(self, pair: Pair, at_s: float) -> tuple[Flown, Flown] | None:
        """The two stretches that hold an instant; None where one of them is not in the data then."""
        found = []
        for name in pair:
            stretches = self._by_name.get(name, [])
            place = bisect_left([stretch.last_s for stretch in stretches], at_s - 1.0)
            if place == len(stretches) or stretches[place].first_s > at_s + 1.0:
                return None
            found.append(stretches[place])
        return found[0], found[1]

    def apart_at(self, pair: Pair, at_s: float) -> tuple[float, float] | None:
        """Geodesic and vertical distance (m) as flown; None where not known, vertical may be NaN."""
        stretches = self.stretches_at(pair, at_s)
        if stretches is None:
            return None
        one, other = (stretch.row_at(at_s) for stretch in stretches)
        if one is None or other is None:
            return None
        places = stretches[0].place_ecef_m[one][None], stretches[1].place_ecef_m[other][None]
        heights = _compared(*stretches)
        above = heights[0][one] - heights[1][other]
        return float(geodesic_m(*places)[0]), abs(float(above))

    def foreseen_at(self, pair: Pair, at_s: float) -> bool:
        """Whether the straight lines of what was flown led to a loss then."""
        stretches = self.stretches_at(pair, at_s)
        if stretches is None:
            return False
        spans = _overlap(*stretches)
        if spans is None:
            return False
        one, other = spans
        row = round((at_s - max(s.first_s for s in stretches)) / stretches[0].grid_s)
        first, last = max(row - 2, 0), row + 3
        led = _led(stretches[0], stretches[1], one, other, self.separation)
        return bool(led[first:last].any())

    def _between(self, one: Flown, other: Flown) -> Together | None:
        spans = _overlap(one, other)
        if spans is None:
            return None
        separation = self.separation
        apart = one.place_ecef_m[spans[0]] - other.place_ecef_m[spans[1]]
        square = (apart**2).sum(axis=1)
        close = square < (NEAR_SHARE * separation.horizontal_m) ** 2
        if not close.any():
            return None
        heights = _compared(one, other)
        above = np.abs(heights[0][spans[0]] - heights[1][spans[1]])
        unknown = close & np.isnan(above)
        near = close & (above < separation.vertical_m - HEIGHT_ROUNDING_M)
        if not near.any() and not unknown.any():
            return None
        grid_s = one.grid_s
        start_s = max(one.first_s, other.first_s)
        horizontal = np.sqrt(square)
        horizontal[near] = geodesic_m(
            one.place_ecef_m[spans[0]][near], other.place_ecef_m[spans[1]][near]
        )
        lost = near & (horizontal < separation.horizontal_m)
        pair = (min(one.name, other.name), max(one.name, other.name))
        losses = []
        led: Mask | None = None
        for first, last in _runs(lost, JOIN_S / grid_s):
            if led is None:
                led = _led(one, other, *spans, separation)
            share = np.maximum(
                horizontal[first : last + 1] / separation.horizontal_m,
                above[first : last + 1] / separation.vertical_m,
            )
            worst = first + int(np.nanargmin(share))
            losses.append(
                Loss(
                    pair, start_s + first * grid_s, start_s + last * grid_s,
                    float(horizontal[worst]), float(above[worst]),
                    _foreseeable_s(led, first, grid_s, separation.look_ahead_s), first * grid_s,
                )
            )  # fmt: skip
        length = spans[0].stop - spans[0].start

        def told(mask: Mask) -> tuple[tuple[float, float], ...]:
            return tuple((start_s + a * grid_s, start_s + b * grid_s) for a, b in _runs(mask, 0.0))

        end_s = start_s + (length - 1) * grid_s
        return Together(pair, start_s, end_s, tuple(losses), told(near), told(unknown))


def geodesic_m(one_ecef_m: Floats, other_ecef_m: Floats) -> Floats:
    """Geodesic distances (N,) of places on the ellipsoid (N, 3), by PROJ's Karney algorithm."""
    from pyproj import Geod  # noqa: PLC0415  slow to import, and needed by evaluation only

    one, other = degrees_of(one_ecef_m), degrees_of(other_ecef_m)
    distance: Floats = Geod(ellps="WGS84").inv(one[1], one[0], other[1], other[0])[2]
    return distance


def _overlap(one: Flown, other: Flown) -> tuple[slice, slice] | None:
    """Rows of both in the time both have; None for under two steps."""
    first_s, last_s = max(one.first_s, other.first_s), min(one.last_s, other.last_s)
    count = round((last_s - first_s) / one.grid_s) + 1
    if count < 2:
        return None
    starts = [round((first_s - stretch.first_s) / one.grid_s) for stretch in (one, other)]
    return slice(starts[0], starts[0] + count), slice(starts[1], starts[1] + count)


def _compared(one: Flown, other: Flown) -> tuple[Floats, Floats]:
    """Heights of one datum: pressure where both ever state it, else ellipsoid; else not known."""
    for name in ("pressure_m", "ellipsoid_m"):
        heights = getattr(one, name), getattr(other, name)
        if all(np.isfinite(each).any() for each in heights):
            return heights
    return np.full(len(one), np.nan), np.full(len(other), np.nan)


def _led(one: Flown, other: Flown, own: slice, their: slice, separation: Separation) -> Mask:
    """At which steps straight lines on led to a loss within the look-ahead."""
    heights = _compared(one, other)
    apart = one.place_ecef_m[own] - other.place_ecef_m[their]
    above = heights[0][own] - heights[1][their]
    motion = one.rates()[0][own] - other.rates()[0][their]
    rise = np.gradient(above, one.grid_s) if len(above) > 4 else np.zeros(len(above))
    if len(above) > 4:  # over two steps each way, as the velocities
        padded = np.pad(above, 2, mode="edge")
        rise = (padded[4:] - padded[:-4]) / (4.0 * one.grid_s)
    aa = np.maximum((motion**2).sum(axis=1), 1e-12)
    ab, bb = (apart * motion).sum(axis=1), (apart**2).sum(axis=1)
    room = separation.horizontal_m**2 - (bb - ab * ab / aa)
    half = np.sqrt(np.maximum(room, 0.0) / aa)
    enters, leaves = (
        np.maximum(-ab / aa - half, 0.0),
        np.minimum(-ab / aa + half, separation.look_ahead_s),
    )
    rate = np.where(np.abs(rise) < 1e-6, 1e-6, rise)
    edges = np.stack(
        [(-separation.vertical_m - above) / rate, (separation.vertical_m - above) / rate]
    )
    enters = np.maximum(enters, edges.min(axis=0))
    leaves = np.minimum(leaves, edges.max(axis=0))
    led: Mask = (room > 0.0) & (enters < leaves)
    return led


def _foreseeable_s(led: Mask, first: int, grid_s: float, look_ahead_s: float) -> float:
    """For how long before row `first` the lines led to the loss, without a longer pause."""
    row, pause = first, 0
    earliest = first
    while row > 0 and (first - row) * grid_s < look_ahead_s:
        row -= 1
        if led[row]:
            earliest, pause = row, 0
        else:
            pause += 1
            if pause * grid_s > FORESEEN_GAP_S:
                break
    return (first - earliest) * grid_s


def _runs(mask: Mask, gap: float) -> list[tuple[int, int]]:
    """First and last row of each run of True; runs parted by no more than `gap` rows are one."""
    rows = np.flatnonzero(mask)
    if not len(rows):
        return []
    breaks = np.flatnonzero(np.diff(rows) > gap + 1.0)
    firsts = rows[np.append(0, breaks + 1)]
    lasts = rows[np.append(breaks, len(rows) - 1)]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))
