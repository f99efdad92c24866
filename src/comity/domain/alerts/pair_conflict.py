"""Pair conflict (STCA): tracks that will lose horizontal and vertical separation."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace import NO_HEIGHT_BOUNDS, HeightBounds
from comity.domain.alerts.as_flown import ManoeuvreRule, flown_paths
from comity.domain.alerts.picture import AirPicture, HeightAxis, height_axis
from comity.domain.geometry.closest_pairs import (
    CLASSES_MAX,
    MINIMUM_M_MIN,
    FlownPaths,
    Ints32,
    LevelMinima,
    LosingPairs,
    MovingPoints,
    check_look_ahead,
    no_paths,
)
from comity.domain.geometry.closest_pairs_few import losing_pairs
from comity.domain.geometry.ellipsoid import Floats
from comity.kernel.errors import InputError

Flags = NDArray[np.bool_]
Search = Callable[[MovingPoints, FlownPaths, LevelMinima, float], LosingPairs]
"""`closest_pairs_few.losing_pairs`, or the compiled one of `PairFinder`."""

LOOK_AHEAD_S = 120.0  # LESSONS «Figures of the field»: short-term conflict alert looks 2 min ahead
HORIZONTAL_M = 9_260.0  # 5 NM, ICAO Doc 4444 §8.7.3.1
VERTICAL_M = 304.8  # 1000 ft, ICAO Doc 4444 §5.3.2, RVSM
LEVEL_TOLERANCE_M = 60.96  # 200 ft: within it a level counts as kept, ICAO Doc 4444 §8.5.5.2.2
LEVEL_TOLERANCE_SHARE = 0.2  # of a vertical minimum, where that is less
LEVEL_RATE_MPS = 1.5  # 300 ft/min: codes of 25 ft and a filter's noise look like a climb until then
FEW_TRACKS = 1_000  # up to here NumPy answers before compiled code is loaded


def _one(value: float) -> Floats:
    return np.array([[value]])


@dataclass(frozen=True, slots=True)
class PairRule:
    """Parameters of the net, from the agreement in force.

    Attributes:
        minima: between classes of tracks (`AirPicture.minima_class`); one class by default.
        look_ahead_s: how far the search goes.
        look_ahead_s_by_class: how far ahead a loss counts, by class; of two tracks the longer. Empty:
            `look_ahead_s` for all.
        height_bounds: what is taken for granted where heights of two datums meet.
        manoeuvres: how tracks that turn or change their climb are followed, in union with the
            straight line; `None`: straight lines only.
        accuracy_share: how much of the position accuracy (95 %) widens the horizontal minimum; 0
            searches for what is reported, 1 for what may be so.
        level_tolerance_m: two level flights keep the vertical minimum up to this much below it, but
            for a fifth of it at most: a height is known in steps of 25 or 100 ft, and levels one
            minimum apart are how traffic is separated. 0: none. A track that climbs or descends has
            no tolerance; one of which that is not known is taken for level, as in the search.
    """

    minima: LevelMinima = field(
        default_factory=lambda: LevelMinima(_one(HORIZONTAL_M), _one(VERTICAL_M))
    )
    look_ahead_s: float = LOOK_AHEAD_S
    look_ahead_s_by_class: tuple[float, ...] = ()
    height_bounds: HeightBounds = NO_HEIGHT_BOUNDS
    manoeuvres: ManoeuvreRule | None = ManoeuvreRule()  # noqa: RUF009  frozen, so one will do
    accuracy_share: float = 0.0
    level_tolerance_m: float = LEVEL_TOLERANCE_M

    def __post_init__(self) -> None:
        check_look_ahead(self.look_ahead_s)
        if not 0.0 <= self.level_tolerance_m <= LEVEL_TOLERANCE_M:
            raise InputError(
                "level_tolerance_m", f"{self.level_tolerance_m} is outside 0 to {LEVEL_TOLERANCE_M}"
            )
        classes = len(self.minima.vertical_m)
        if 2 * classes > CLASSES_MAX:
            raise InputError("minima", f"{classes} classes; at most {CLASSES_MAX // 2}")
        by_class = self.look_ahead_s_by_class
        if by_class and len(by_class) != classes:
            raise InputError("look_ahead_s_by_class", f"{len(by_class)} of {classes} classes")
        for each_s in by_class:
            if not 0.0 < each_s <= self.look_ahead_s:
                raise InputError(
                    "look_ahead_s_by_class", f"{each_s} is outside 0 to {self.look_ahead_s}"
                )

    def level_minima(self) -> LevelMinima:
        """Minima between classes, those of level flights behind those of the others."""
        horizontal_m = np.tile(self.minima.horizontal_m, (2, 2))
        vertical_m = np.tile(self.minima.vertical_m, (2, 2))
        classes = len(self.minima.vertical_m)
        usual_m = self.minima.vertical_m
        tolerance_m = np.minimum(self.level_tolerance_m, LEVEL_TOLERANCE_SHARE * usual_m)
        vertical_m[classes:, classes:] = np.maximum(usual_m - tolerance_m, MINIMUM_M_MIN)
        return LevelMinima(horizontal_m, vertical_m)


@dataclass(frozen=True, slots=True)
class Suppression:
    """Pairs that raise nothing, given by people or the agreement; each one found is counted.

    Attributes:
        accepted: pairs of track keys in either order, such as an escort accepted by both.
        formations: groups of track keys that fly together.
    """

    accepted: frozenset[tuple[str, str]] = frozenset()
    formations: tuple[frozenset[str], ...] = ()


NOTHING_SUPPRESSED = Suppression()


@dataclass(frozen=True, slots=True, eq=False)
class PairConflicts:
    """Pairs that lose separation, in columns; row p of each is one pair, first below second.

    Attributes:
        first: (P,) row of the picture.
        second: (P,) row of the picture.
        time_to_loss_s: (P,) earliest along any path looked at; 0 where separation is lost now.
        time_straight_s: (P,) by straight lines; NaN where they keep separation.
        time_flown_s: (P,) where a track of the pair shows a manoeuvre: along the paths it may take,
            NaN where they keep separation; else as `time_straight_s`.
        time_cpa_s: (P,) of the closest approach of the path that loses separation first, within
            the look-ahead.
        distance_cpa_m: (P,) at that time.
        distance_cpa_error_m: (P,) 95 %, from the accuracy of both positions and velocities; NaN
            where that is not known.
        vertical_now_m: (P,) between the two now; NaN where heights do not compare.
        heights_compared: (P,) False where datums differ or a height is not known: separation may be
            lost, the data do not decide it (Undetermined).
        rate_assumed: (P,) a vertical rate is not known and was taken for level.
        manoeuvring: (P,) a track of the pair shows a manoeuvre.
        suppressed: how many pairs were found and left out as accepted or in formation.
    """

    first: Ints32
    second: Ints32
    time_to_loss_s: Floats
    time_straight_s: Floats
    time_flown_s: Floats
    time_cpa_s: Floats
    distance_cpa_m: Floats
    distance_cpa_error_m: Floats
    vertical_now_m: Floats
    heights_compared: Flags
    rate_assumed: Flags
    manoeuvring: Flags
    suppressed: int

    def __len__(self) -> int:
        return len(self.first)


def find_pair_conflicts(
    picture: AirPicture,
    rule: PairRule,
    suppression: Suppression = NOTHING_SUPPRESSED,
    search: Search = losing_pairs,
) -> PairConflicts:
    """All pairs of tracks that lose separation within the look-ahead.

    Exact against geodesics of WGS 84 but for a one-sided bound (`closest_pairs.bound_m`): never too
    few. Tracks whose heights do not compare are pairs too, marked so.

    Args:
        picture: tracks; `unusable_rows` taken out before.
        rule: the net's parameters.
        suppression: pairs that raise nothing.
        search: NumPy's by default; `PairFinder.search` from about `FEW_TRACKS` tracks on.

    Raises:
        InputError: a row that `unusable_rows` would have named, or a class without minima.
    """
    axis = height_axis(picture, rule.height_bounds)
    points = moving_points(picture, axis, rule)
    paths = _paths(picture, axis, rule)
    found = search(points, paths, rule.level_minima(), rule.look_ahead_s)
    found = _soon_enough(picture, rule, found)
    keep = ~_suppressed(picture, found, suppression)
    suppressed = len(np.unique(_pair_codes(found, len(picture))[~keep]))
    found = LosingPairs._make(column[keep] for column in found)
    return _merged(picture, axis, paths, found, suppressed)


def moving_points(picture: AirPicture, axis: HeightAxis, rule: PairRule) -> MovingPoints:
    """The picture as the search reads it."""
    margin = np.zeros(len(picture))
    if rule.accuracy_share > 0.0:
        margin = rule.accuracy_share * (
            np.nan_to_num(picture.column("position_accuracy_m"))
            + rule.look_ahead_s * np.nan_to_num(picture.column("velocity_accuracy_mps"))
        )
    classes = picture.minima_class
    if classes is None:
        classes = np.zeros(len(picture), np.uint8)
    level = np.abs(np.nan_to_num(picture.vertical_rate_mps)) <= LEVEL_RATE_MPS
    classes = (classes + np.where(level, len(rule.minima.vertical_m), 0)).astype(np.uint8)
    return MovingPoints(
        picture.position_ecef_m,
        picture.velocity_ecef_mps,
        axis.height_m,
        np.nan_to_num(picture.vertical_rate_mps),
        axis.group,
        axis.slack_m,
        margin,
        classes,
    )


def _paths(picture: AirPicture, axis: HeightAxis, rule: PairRule) -> FlownPaths:
    if rule.manoeuvres is None:
        return no_paths()
    return flown_paths(picture, axis, rule.manoeuvres, rule.look_ahead_s)


def _soon_enough(picture: AirPicture, rule: PairRule, found: LosingPairs) -> LosingPairs:
    """What is lost within the look-ahead of either track's class."""
    if not rule.look_ahead_s_by_class or picture.minima_class is None:
        within_s = np.float64(
            rule.look_ahead_s_by_class[0] if rule.look_ahead_s_by_class else rule.look_ahead_s
        )
    else:
        by_track_s = np.array(rule.look_ahead_s_by_class)[picture.minima_class]
        within_s = np.maximum(by_track_s[found.first], by_track_s[found.second])
    if np.all(within_s >= rule.look_ahead_s):
        return found
    soon = found.time_in_s <= within_s
    return LosingPairs._make(column[soon] for column in found)


def _pair_codes(found: LosingPairs, count: int) -> NDArray[np.int64]:
    return found.first.astype(np.int64) * count + found.second


def _suppressed(picture: AirPicture, found: LosingPairs, suppression: Suppression) -> Flags:
    if not suppression.accepted and not suppression.formations:
        return np.zeros(len(found.first), np.bool_)
    row_of = {key: row for row, key in enumerate(picture.keys)}
    count = len(picture)
    codes = [
        min(row_of[one], row_of[other]) * count + max(row_of[one], row_of[other])
        for one, other in suppression.accepted
        if one in row_of and other in row_of
    ]
    for group in suppression.formations:
        rows = sorted(row_of[key] for key in group if key in row_of)
        codes += [a * count + b for number, a in enumerate(rows) for b in rows[number + 1 :]]
    return np.isin(_pair_codes(found, count), np.array(codes, np.int64))


def _merged(
    picture: AirPicture, axis: HeightAxis, paths: FlownPaths, found: LosingPairs, suppressed: int
) -> PairConflicts:
    """One row a pair, from one a pair of paths."""
    order = np.lexsort((found.time_in_s, _pair_codes(found, len(picture))))
    found = LosingPairs._make(column[order] for column in found)
    codes, lead, group = np.unique(
        _pair_codes(found, len(picture)), return_index=True, return_inverse=True
    )
    straight = np.full(len(codes), np.inf)
    flown = np.full(len(codes), np.inf)
    np.minimum.at(straight, group[~found.along_path], found.time_in_s[~found.along_path])
    np.minimum.at(flown, group[found.along_path], found.time_in_s[found.along_path])
    i, j = found.first[lead], found.second[lead]
    shows = np.zeros(len(picture), np.bool_)
    shows[paths.owner] = True
    manoeuvring = shows[i] | shows[j]
    flown = np.where(manoeuvring, flown, straight)
    time_cpa = found.time_cpa_s[lead]
    accuracy, drift = picture.column("position_accuracy_m"), picture.column("velocity_accuracy_mps")
    spread = accuracy[i] ** 2 + accuracy[j] ** 2 + time_cpa**2 * (drift[i] ** 2 + drift[j] ** 2)
    compared = found.compared[lead]
    above = np.where(compared, np.abs(axis.height_m[i] - axis.height_m[j]), np.nan)
    return PairConflicts(
        i, j, found.time_in_s[lead], _or_nan(straight), _or_nan(flown), time_cpa,
        found.distance_cpa_m[lead], np.sqrt(spread), above, compared,
        np.isnan(picture.vertical_rate_mps[i]) | np.isnan(picture.vertical_rate_mps[j]),
        manoeuvring, suppressed,
    )  # fmt: skip


def _or_nan(times_s: Floats) -> Floats:
    return np.where(np.isfinite(times_s), times_s, np.nan)
