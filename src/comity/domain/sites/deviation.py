"""A movement as it travels against its route: as notified, off the route, early, late, or lost.

A pure function over positions. What is not sure is never taken for a return: a doubt keeps what was held.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from comity.domain.geometry import PreparedShape, nearest, tolerance_m, unit_from_degrees
from comity.domain.sites.movement import Route
from comity.kernel.instants import Instant
from comity.kernel.units import E7_PER_DEGREE, MM_PER_METRE

CUTOFF_M: Final = 500_000.0  # how far off a deviation is still measured
LASTS_S: Final = 60.0  # off the route for so long, or twice its width at once: it has left it
LOST_S: Final = 1_800.0  # without a position for so long while under way: half an hour


class DeviationKind(StrEnum):
    """How it travels other than notified."""

    OFF_ROUTE = "off-route"
    EARLY = "early"
    LATE = "late"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Position:
    """Where it was seen.

    Attributes:
        expires_at: from when this is nobody's business any more, and is not told.
    """

    latitude_e7: int
    longitude_e7: int
    accuracy_mm: int
    seen_at: Instant
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class Deviation:
    """What differs, since when, and by how much at the least."""

    kind: DeviationKind
    since: Instant
    at_least_m: int
    at_least_s: int


@dataclass(frozen=True, slots=True)
class Travel:
    """What is held of one journey.

    Attributes:
        off_since: off the route without a break since; a doubt does not break it.
    """

    position: Position | None = None
    off_since: Instant | None = None
    deviation: Deviation | None = None


def travelled(held: Travel, route: Route, position: Position) -> Travel:
    """What is held after one more position; an older one changes nothing."""
    if held.position is not None and position.seen_at <= held.position.seen_at:
        return held
    off_m, early_s = _off(route, position)
    off_since = held.off_since
    if off_m is not None:
        off_since = None if off_m == 0.0 else (off_since or position.seen_at)
    found: tuple[DeviationKind, int, int] | None = None
    lasts = off_since is not None and position.seen_at.minus(off_since) >= LASTS_S
    if off_m is not None and off_m > 0.0 and (lasts or off_m > route.half_width_mm / MM_PER_METRE):
        found = (DeviationKind.OFF_ROUTE, int(off_m), 0)
    elif early_s is not None and abs(early_s) > route.slack_s:
        kind = DeviationKind.EARLY if early_s > 0.0 else DeviationKind.LATE
        found = (kind, 0, int(abs(early_s) - route.slack_s))
    if found is None:
        # surely on the route, and in time or with a time that nothing contradicts
        returned = off_m == 0.0
        deviation = None if returned else held.deviation
        return Travel(position, off_since, deviation)
    before = held.deviation
    same = before is not None and before.kind is found[0]
    since = before.since if same and before is not None else position.seen_at
    return Travel(position, off_since, Deviation(found[0], since, found[1], found[2]))


def deviation_at(held: Travel, route: Route, at: Instant) -> Deviation | None:
    """What is to be told at an instant: the deviation held, or that it is lost while under way."""
    if held.deviation is not None:
        return held.deviation
    if not route.begins <= at <= route.ends.plus_s(route.slack_s):
        return None
    seen = route.begins if held.position is None else held.position.seen_at
    heard = max(seen, route.begins)
    if at.minus(heard) > LOST_S:
        return Deviation(DeviationKind.LOST, heard.plus_s(LOST_S), 0, int(LOST_S))
    return None


def _off(route: Route, position: Position) -> tuple[float | None, float | None]:
    """How far outside the corridor at the least, 0: surely inside, None: in doubt; seconds early, late below 0.

    The time is that of the stretch, of all that the position may be on, that fits it best.
    """
    degrees = position.latitude_e7 / E7_PER_DEGREE, position.longitude_e7 / E7_PER_DEGREE
    unit = unit_from_degrees(np.array([degrees[0]]), np.array([degrees[1]]))[0]
    point = PreparedShape(
        np.stack([unit, unit]), ring=False, radius_m=0.0, centre=unit, reach_m=0.0, piece_m=0.0
    )
    width_m = route.half_width_mm / MM_PER_METRE
    least_m, least_early_s = CUTOFF_M, None
    for index in range(max(1, len(route.waypoints) - 1)):
        leg = route.stretch(index, min(index + 1, len(route.waypoints) - 1)).prepared
        found = nearest(point, leg, CUTOFF_M)
        if found is None:
            continue
        least_m = min(least_m, found.distance_m)
        error_m = position.accuracy_mm / MM_PER_METRE + tolerance_m(found.distance_m)
        if found.distance_m - error_m > width_m or len(route.waypoints) == 1:
            continue
        ends = leg.points[0], leg.points[-1]
        whole = float(np.linalg.norm(ends[1] - ends[0]))
        share = float(np.linalg.norm(found.other_point - ends[0])) / whole if whole else 0.0
        start, end = route.waypoints[index].at, route.waypoints[index + 1].at
        planned = start.plus_s(min(share, 1.0) * end.minus(start))
        early_s = planned.minus(position.seen_at)
        if least_early_s is None or abs(early_s) < abs(least_early_s):
            least_early_s = early_s
    error_m = position.accuracy_mm / MM_PER_METRE + tolerance_m(least_m)
    if least_m - error_m > width_m:
        return least_m - error_m - width_m, least_early_s
    return (0.0 if least_m + error_m <= width_m else None), least_early_s
