"""A flight as flown against its accepted volumes: inside, outside, in doubt; and what follows from it.

States have the names of ASTM F3548-21. What is not known is never taken for inside: a doubt stops every
clock, and a track that is lost for long is nonconforming for that reason.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace import Altitude, HeightBounds, Volume4D
from comity.domain.airspace.altitude import geoid_heights_m
from comity.domain.geometry.distance import Measure, nearest, tolerance_m
from comity.domain.geometry.prepared import PreparedShape
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

CUTOFF_M = 500_000.0  # how far off a deviation is still measured; distances are proved to 600 km
TIMES_TRIED_MAX = 32  # volumes of other times that are looked at to tell how early or late it is


class Containment(StrEnum):
    """Where a position is, seen from the volumes."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    DOUBTFUL = "doubtful"
    """Errors, or heights that do not compare, leave it open."""
    NO_POSITION = "no-position"


class ConformanceState(StrEnum):
    """Names of ASTM F3548-21 for a flight that is under way."""

    CONFORMING = "conforming"
    NONCONFORMING = "nonconforming"
    CONTINGENT = "contingent"


@dataclass(frozen=True, slots=True)
class Flown:
    """Where a flight is, as its track says.

    Attributes:
        position_unit: (3,) unit vector as `geometry.unit_from_degrees` makes them; None: no track.
        accuracy_m: 95 % radius.
        altitudes: of each datum that is known, with the 95 % bound of its error.
    """

    at: Instant
    position_unit: NDArray[np.float64] | None
    accuracy_m: float
    altitudes: tuple[tuple[Altitude, float], ...]


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far off, at the least; of the volume that is least far off sideways.

    Attributes:
        containment: see there.
        lateral_m: 0 where the position is above, below or in the shape.
        vertical_m: above or below the band; None where heights do not compare.
        time_s: positive late, negative early: how far off in time a volume of the flight holds the
            position; None where none does, or it is inside now.
    """

    containment: Containment
    lateral_m: float = 0.0
    vertical_m: float | None = 0.0
    time_s: float | None = None


@dataclass(frozen=True, slots=True)
class ConformanceRule:
    """Times of grace; an agreement may state others.

    Attributes:
        nonconforming_after_s: outside for so long, it is nonconforming.
        at_once_m: further off sideways than this, it is so at once.
        conforming_after_s: inside for so long, it is conforming again.
        contingent_after_s: nonconforming for so long, it is contingent: no return is in sight.
        lost_after_s: without a position for so long, it is nonconforming.
        time_slack_s: volumes hold so long before their start and after their end.
    """

    nonconforming_after_s: float = 10.0  # two updates of 5 s (ESASSP 3 NM)
    at_once_m: float = 1_852.0  # 1 NM: no wind and no turn
    conforming_after_s: float = 15.0
    contingent_after_s: float = 120.0  # the look-ahead of a short-term conflict alert
    lost_after_s: float = 60.0  # a track's life (`tracks.rules.DROP_S_ASSUMED`)
    time_slack_s: float = 5.0  # ASTM F3548-21 TimeSyncMaxDifferentialSeconds

    def __post_init__(self) -> None:
        for field in self.__slots__:
            value = getattr(self, field)
            if not 0.0 <= value <= 86_400.0:
                raise InputError(field, f"{value} is outside 0 to 86400")


@dataclass(frozen=True, slots=True)
class Conformance:
    """What is held of one flight.

    Attributes:
        state: see there. CONTINGENT is left only by the flight's end (F3548).
        since: when it came into the state.
        deviation: of the last position.
        outside_since, inside_since, lost_since: since when without a break. A doubt breaks neither
            outside nor inside; a missing position does not break outside.
        seen_at: last observation; an older one changes nothing.
        why: in words, what brought it into the state.
    """

    state: ConformanceState
    since: Instant
    deviation: Deviation
    seen_at: Instant
    outside_since: Instant | None = None
    inside_since: Instant | None = None
    lost_since: Instant | None = None
    why: str = "activated"


def begun(at: Instant) -> Conformance:
    """A flight that has just been activated, before its first position."""
    return Conformance(
        ConformanceState.CONFORMING,
        at,
        Deviation(Containment.NO_POSITION),
        at,
        lost_since=at,
    )


def deviation_of(
    flown: Flown,
    volumes: Sequence[Volume4D],
    bounds: HeightBounds,
    time_slack_s: float,
    measure: Measure = nearest,
) -> Deviation:
    """Where a position is, seen from the volumes that hold at its instant.

    A position is outside where it is so by more than its accuracy and that of the distance, of every
    volume, sideways or in height; inside where the best estimate lies in the shape and the height,
    with its error, in the band of one volume. Else it is in doubt.

    Args:
        flown: position, heights, instant.
        volumes: of the accepted version.
        bounds: what is taken for granted between datums.
        time_slack_s: volumes hold so long before start and after end.
        measure: `geometry.nearest`, or its compiled form where many flights are watched.
    """
    if flown.position_unit is None:
        return Deviation(Containment.NO_POSITION)
    point = _point(flown.position_unit)
    holding = [
        volume for volume in volumes if _off_in_time_s(flown.at, volume, time_slack_s) == 0.0
    ]
    found = [_in_space(flown, point, volume, bounds, measure) for volume in holding]
    for wanted in (Containment.INSIDE, Containment.DOUBTFUL):
        for each in found:
            if each.containment is wanted:
                return each
    time_s = _time_off_s(flown, point, volumes, bounds, time_slack_s, measure)
    if not found:
        others = sorted(volumes, key=lambda volume: abs(_off_in_time_s(flown.at, volume, 0.0)))
        found = [_in_space(flown, point, others[0], bounds, measure)] if others else []
    least = min(
        found,
        key=lambda each: (each.lateral_m, each.vertical_m or 0.0),
        default=Deviation(Containment.OUTSIDE),
    )
    return Deviation(Containment.OUTSIDE, least.lateral_m, least.vertical_m, time_s)


def advanced(
    held: Conformance,
    at: Instant,
    deviation: Deviation,
    rule: ConformanceRule,
    *,
    emergency: bool = False,
) -> Conformance:
    """What is held after one more observation; time that runs backwards changes nothing.

    Args:
        held: before.
        at: of the observation.
        deviation: what it showed.
        rule: times of grace.
        emergency: stated by the crew or the transponder (7700): contingent at once.
    """
    if at < held.seen_at:
        return held
    where = deviation.containment
    if where is Containment.DOUBTFUL:
        outside, inside, lost = held.outside_since, held.inside_since, None
    else:
        outside = (held.outside_since or at) if where is Containment.OUTSIDE else None
        inside = (held.inside_since or at) if where is Containment.INSIDE else None
        lost = (held.lost_since or at) if where is Containment.NO_POSITION else None
        if where is Containment.NO_POSITION:
            outside = held.outside_since
    state, why = _next(held, at, deviation, rule, outside, inside, lost, emergency)
    changed = state is not held.state
    return Conformance(
        state,
        at if changed else held.since,
        deviation,
        at,
        outside,
        inside,
        lost,
        why if changed else held.why,
    )


def _next(
    held: Conformance,
    at: Instant,
    deviation: Deviation,
    rule: ConformanceRule,
    outside: Instant | None,
    inside: Instant | None,
    lost: Instant | None,
    emergency: bool,
) -> tuple[ConformanceState, str]:
    """The state after an observation, and why."""
    if held.state is ConformanceState.CONTINGENT:
        return held.state, held.why
    if emergency:
        return ConformanceState.CONTINGENT, "an emergency is stated"
    if held.state is ConformanceState.NONCONFORMING:
        if inside is not None and at.minus(inside) >= rule.conforming_after_s:
            return ConformanceState.CONFORMING, "inside again"
        if inside is None and at.minus(held.since) >= rule.contingent_after_s:
            return ConformanceState.CONTINGENT, "nonconforming for too long"
        return held.state, held.why
    if outside is not None and deviation.containment is Containment.OUTSIDE:
        far = deviation.lateral_m > rule.at_once_m
        if far or at.minus(outside) >= rule.nonconforming_after_s:
            return ConformanceState.NONCONFORMING, "outside its volumes"
    if lost is not None and at.minus(lost) >= rule.lost_after_s:
        return ConformanceState.NONCONFORMING, "its track is lost"
    return held.state, held.why


def _point(unit: NDArray[np.float64]) -> PreparedShape:
    return PreparedShape(
        np.stack([unit, unit]), ring=False, radius_m=0.0, centre=unit, reach_m=0.0, piece_m=0.0
    )


def _off_in_time_s(at: Instant, volume: Volume4D, slack_s: float) -> float:
    """Positive where the volume is over, negative where it is to begin, else 0."""
    late_s, early_s = at.minus(volume.end), volume.start.minus(at)
    if late_s > slack_s:
        return late_s
    return -early_s if early_s > slack_s else 0.0


def _time_off_s(
    flown: Flown,
    point: PreparedShape,
    volumes: Sequence[Volume4D],
    bounds: HeightBounds,
    slack_s: float,
    measure: Measure,
) -> float | None:
    """How early or late a volume holds this very place; the least."""
    off = [(_off_in_time_s(flown.at, volume, slack_s), volume) for volume in volumes]
    off = sorted((each for each in off if each[0]), key=lambda each: abs(each[0]))
    for time_s, volume in off[:TIMES_TRIED_MAX]:
        space = _in_space(flown, point, volume, bounds, measure)
        if space.containment is not Containment.OUTSIDE:
            return time_s
    return None


def _in_space(
    flown: Flown, point: PreparedShape, volume: Volume4D, bounds: HeightBounds, measure: Measure
) -> Deviation:
    """The position against one volume, its times left out of account."""
    shape = volume.shape.prepared
    found = measure(point, shape, CUTOFF_M + shape.radius_m)
    distance_m = CUTOFF_M if found is None else found.distance_m - shape.radius_m
    error_m = flown.accuracy_m + tolerance_m(abs(distance_m))
    least_m, most_m = _out_of_band_m(flown.altitudes, volume, bounds)
    vertical_m = None if math.isinf(least_m) else max(least_m, 0.0)
    lateral_m = max(distance_m, 0.0)
    if distance_m > error_m or least_m > 0.0:
        return Deviation(Containment.OUTSIDE, lateral_m, vertical_m)
    surely = distance_m <= 0.0 and most_m <= 0.0
    containment = Containment.INSIDE if surely else Containment.DOUBTFUL
    return Deviation(containment, lateral_m, vertical_m)


def _out_of_band_m(
    altitudes: tuple[tuple[Altitude, float], ...], volume: Volume4D, bounds: HeightBounds
) -> tuple[float, float]:
    """How far out of the band, at the least and at the most; negative inside. Infinite: not known."""
    least_m, most_m = -math.inf, math.inf
    for altitude, error_m in altitudes:
        above = _difference_m(altitude, volume.upper, bounds)
        below = _difference_m(volume.lower, altitude, bounds)
        least_m = max(least_m, above[0] - error_m, below[0] - error_m)
        most_m = min(most_m, max(above[1], below[1]) + error_m)
    return least_m, most_m


def _difference_m(upper: Altitude, lower: Altitude, bounds: HeightBounds) -> tuple[float, float]:
    """How far `upper` is above `lower`, at the least and at the most."""
    if upper.datum is lower.datum:
        return (upper.height_m - lower.height_m,) * 2
    one, other = geoid_heights_m(upper, bounds), geoid_heights_m(lower, bounds)
    if one is None or other is None:
        return -math.inf, math.inf
    return one[0] - other[1], one[1] - other[0]
