"""Area proximity: tracks that are in an area now, or enter one within the look-ahead.

Loads Numba by way of `geometry.area_index`; import it where areas are watched only.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace import Datum, HeightBounds
from comity.domain.alerts.area_rules import AreaRule
from comity.domain.alerts.areas import BORDERS, Area, AreaKind, AreaSet
from comity.domain.alerts.picture import DATUM_CODES, AirPicture, datum_step
from comity.domain.geometry.area_index import AreaIndex, Bands, Moving, Near, Run
from comity.domain.geometry.area_outlines import excess_m
from comity.domain.geometry.ellipsoid import Floats
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

Ints32 = NDArray[np.int32]
Flags = NDArray[np.bool_]

OVER_M = 1.0  # docs/rooms/alerts.md, "How far areas err"
_DATUMS = tuple(DATUM_CODES)
_UNKNOWN = len(_DATUMS)


@dataclass(frozen=True, slots=True, eq=False)
class AreaProximity:
    """Tracks and the areas they are in or enter, in columns; row p of each is one pair.

    Attributes:
        track: (P,) row of the picture.
        area: (P,) number of the area.
        time_in_s: (P,) of entry; 0 where inside now.
        time_out_s: (P,) of the end of that stay; the look-ahead where it does not end before.
        across: (P,) whether the way in is across the edge; else from above, below, or as it gets hot.
        edge_m: (P,) distance of the track now from the edge; NaN where beyond `AreaRule.near_m`.
        compared: (P,) False where the heights do not compare or are widened: it may be in the band,
            the data do not decide it (Undetermined).
        rate_assumed: (P,) the vertical rate is not known and was taken for level.
    """

    track: Ints32
    area: Ints32
    time_in_s: Floats
    time_out_s: Floats
    across: Flags
    edge_m: Floats
    compared: Flags
    rate_assumed: Flags

    def __len__(self) -> int:
        return len(self.track)


class WatchedAreas:
    """The areas of one net, compiled. Made once for each change of areas; asked each cycle."""

    def __init__(self, sets: Sequence[AreaSet], rule: AreaRule | None = None) -> None:
        """Compile.

        Raises:
            InputError: an area id stands there twice.
        """
        self.sets = tuple(sets)
        self.rule = rule or AreaRule()
        self.areas: tuple[Area, ...] = tuple(area for one in sets for area in one.areas)
        self.set_of = tuple(number for number, one in enumerate(sets) for _ in one.areas)
        seen: set[str] = set()
        for area in self.areas:
            if area.area_id in seen:
                raise InputError("area_id", f"{area.area_id!r} stands there twice")
            seen.add(area.area_id)
        self.index = AreaIndex([area.outline for area in self.areas])
        self.kinds = np.array([list(AreaKind).index(area.kind) for area in self.areas], np.uint8)
        self.is_border = np.array([area.kind in BORDERS for area in self.areas], np.bool_)
        self._height_m, self._compared = _bands(self.areas, self.rule.height_bounds)
        self._hot = [number for number, area in enumerate(self.areas) if area.hot is not None]

    def error_m(self, area: int) -> float | None:
        """How far the edge told may lie from the edge meant; `None` where its source states nothing."""
        stated = self.sets[self.set_of[area]].error_m
        buffer_m = self.areas[area].buffer_m
        own = OVER_M + (excess_m(buffer_m) if buffer_m > 0.0 else 0.0)
        return None if stated is None else stated + own

    def find(
        self,
        picture: AirPicture,
        run: Run = map,
        threads: int = 1,
        guarded: AbstractSet[str] = frozenset(),
    ) -> AreaProximity:
        """All pairs of tracks and areas inside now or entering within the look-ahead.

        Never too few and never late: docs/rooms/alerts.md, "How far areas err". Where heights do not
        compare the area counts at every height, marked so.

        Args:
            picture: tracks; `unusable_rows` taken out before.
            run: spreads work over threads.
            threads: how many it has.
            guarded: ids of borders whose distance is wanted from inside too; else that is left
                unknown, for it is asked of nobody.

        Raises:
            InputError: a row that `unusable_rows` would have named.
        """
        look_ahead_s = self.rule.look_ahead_s
        known = np.isfinite(picture.height_m) & (picture.datum < _UNKNOWN)
        group = np.where(known, picture.datum, _UNKNOWN).astype(np.uint8)
        moving = Moving(
            picture.position_ecef_m,
            picture.velocity_ecef_mps,
            np.where(known, picture.height_m, 0.0),
            np.nan_to_num(picture.vertical_rate_mps),
            group,
        )
        bands = Bands(self._height_m, self._active_s(picture.at))
        found = self.index.entering(moving, look_ahead_s, bands, run, threads)
        wanted = ~self.is_border | np.array(
            [area.area_id in guarded for area in self.areas], np.bool_
        )
        asked = wanted[found.area] | (found.time_in_s > 0.0)
        edge_m = np.full(len(found.path), np.nan)
        edge_m[asked] = self._edge_m(picture, found.path[asked], found.area[asked], run, threads)
        return AreaProximity(
            found.path, found.area, found.time_in_s, found.time_out_s, found.across, edge_m,
            self._compared[found.area, group[found.path]],
            np.isnan(picture.vertical_rate_mps)[found.path],
        )  # fmt: skip

    def near(self, picture: AirPicture, limit_m: float, run: Run = map, threads: int = 1) -> Near:
        """Areas whose edge is within the limit of tracks."""
        return self.index.near(picture.position_ecef_m, limit_m, run, threads)

    def _edge_m(
        self, picture: AirPicture, track: Ints32, area: Ints32, run: Run, threads: int
    ) -> Floats:
        """Distances to the edges of pairs; only tracks of pairs are asked."""
        asked, rank = np.unique(track, return_inverse=True)
        positions = picture.position_ecef_m[asked]
        near = self.index.near(positions, self.rule.near_m, run, threads)
        count = max(1, self.index.count)
        codes = near.place.astype(np.int64) * count + near.area
        order = np.argsort(codes)
        wanted = rank.astype(np.int64) * count + area
        if len(codes) == 0:
            return np.full(len(track), np.nan)
        at = np.minimum(np.searchsorted(codes[order], wanted), len(codes) - 1)
        hit = codes[order][at] == wanted
        return np.where(hit, near.distance_m[order][at], np.nan)

    def _active_s(self, at: Instant) -> Floats:
        """(A, 2) from and until when each area counts: all hot times of the look-ahead as one."""
        active = np.empty((len(self.areas), 2))
        active[:, 0], active[:, 1] = -np.inf, np.inf
        for number in self._hot:
            first, last = np.inf, -np.inf
            for hot in self.areas[number].hot or ():
                start_s, end_s = hot.start.minus(at), hot.end.minus(at)
                if start_s <= self.rule.look_ahead_s and end_s >= 0.0:
                    first, last = min(first, start_s), max(last, end_s)
            active[number] = first, last
        return active


def _bands(areas: Sequence[Area], bounds: HeightBounds) -> tuple[Floats, Flags]:
    """Bands (A, 5, 2) as heights of each datum, and whether they compare exactly (A, 5).

    The last column is for tracks without a known height.
    """
    heights = np.empty((len(areas), _UNKNOWN + 1, 2))
    heights[..., 0], heights[..., 1] = -np.inf, np.inf
    compared = np.ones((len(areas), _UNKNOWN + 1), np.bool_)
    steps = {
        (code, onto): datum_step(datum, onto, bounds)
        for code, datum in enumerate(_DATUMS)
        for onto in Datum
    }
    for number, area in enumerate(areas):
        for side, limit, sign in ((0, area.lower, -1.0), (1, area.upper, 1.0)):
            if limit is None:
                continue
            for code in range(_UNKNOWN):
                middle_m, half_m = steps[code, limit.datum]
                compared[number, code] &= half_m == 0.0
                if np.isfinite(half_m):
                    heights[number, code, side] = limit.height_m - middle_m + sign * half_m
            compared[number, _UNKNOWN] = False
    return heights, compared
