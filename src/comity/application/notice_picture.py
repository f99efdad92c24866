"""What flies where something is notified, at once: flights held here and live tracks, now and when it takes effect.

Over-approximates: flights within the minima of the area are listed too, and a track within its own inaccuracy of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from comity.application.node import Node
from comity.application.ports.live_tracks import LivePicture, TracksSeen
from comity.domain.airspace import (
    NO_HEIGHT_BOUNDS,
    Altitude,
    Conflict,
    Datum,
    Footprint,
    HeightBounds,
    Shape,
    ShapeKind,
    Volume4D,
    geoid_heights_m,
)
from comity.domain.geometry import nearest, prepare, tolerance_m, unit_from_degrees
from comity.domain.geometry.ellipsoid import SEMI_MINOR_M
from comity.domain.notices import Held
from comity.kernel.ids import IntentId, PartyId
from comity.kernel.instants import Instant

NOW_S = 60.0  # what flies within a minute flies now
TRACKS_TOLD_MAX = 1_000


@dataclass(frozen=True, slots=True)
class FlightInside:
    """A flight held here that meets the notified area, or comes within the minima of it.

    Attributes:
        own: whether it is this party's.
        first_time: earliest instant of meeting; None where that is undetermined.
        undetermined: why, where heights or times do not tell.
    """

    intent: IntentId
    owner: PartyId
    own: bool
    first_time: Instant | None
    undetermined: str | None


@dataclass(frozen=True, slots=True)
class TrackInside:
    """A live track over the notified area.

    Attributes:
        height_known: whether its height tells that it is within the limits; else it is listed all the same.
        stale: too old to be relied on.
    """

    track_id: int
    latitude_deg: float
    longitude_deg: float
    height_known: bool
    stale: bool
    address: int | None


@dataclass(frozen=True, slots=True)
class NoticePicture:
    """What flies where it is notified.

    Attributes:
        at: asked about.
        no_area: the notice states no area, so that nothing can be listed; not that nothing is there.
        now: flights that meet it within the minute, whenever it takes effect.
        in_effect: flights that meet it while it is in effect.
    """

    at: Instant
    no_area: bool
    now: tuple[FlightInside, ...]
    in_effect: tuple[FlightInside, ...]


@dataclass(frozen=True, slots=True)
class TracksThere:
    """Live tracks where it is notified.

    Attributes:
        at: of which instant.
        tracks: at most `TRACKS_TOLD_MAX`.
        more: whether there are more.
    """

    at: Instant
    tracks: tuple[TrackInside, ...]
    more: bool


def notice_picture(node: Node, held: Held, at: Instant, *, exercise: bool = False) -> NoticePicture:
    """Flights in the notified area, now and while it is in effect."""
    volumes = held.volumes
    if not volumes:
        return NoticePicture(at, no_area=True, now=(), in_effect=())
    soon = [replace(volume, start=at, end=at.or_last_plus_s(NOW_S)) for volume in _parts(held)]
    still = [each for each in volumes if each.end >= at]
    return NoticePicture(
        at=at,
        no_area=False,
        now=_flights(node, soon, held, exercise=exercise),
        in_effect=_flights(node, still, held, exercise=exercise),
    )


def tracks_there(held: Held, live: LivePicture | None) -> TracksThere | None:
    """Live tracks in the notified area now, whenever it takes effect.

    May be asked in another thread, and takes some 0.1 ms a track inside.

    Returns:
        None where this node has no picture of the air, or the notice no area: unknown, not none.
    """
    if live is None or not held.volumes:
        return None
    bounds = NO_HEIGHT_BOUNDS if held.terms is None else held.terms.height_bounds
    found = tuple(islice(tracks_inside(live.tracks, _parts(held), bounds), TRACKS_TOLD_MAX + 1))
    more = live.more or len(found) > TRACKS_TOLD_MAX
    return TracksThere(live.tracks.at, found[:TRACKS_TOLD_MAX], more)


def _parts(held: Held) -> list[Volume4D]:
    """Each area once, whatever windows its time is cut into."""
    return list({(each.shape, each.lower, each.upper): each for each in held.volumes}.values())


def _flights(
    node: Node, volumes: Sequence[Volume4D], held: Held, *, exercise: bool
) -> tuple[FlightInside, ...]:
    if not volumes:
        return ()
    holdings = node.book(exercise=exercise).holdings
    footprint = Footprint(tuple(volumes), None, held.notice.activity)
    found: dict[IntentId, FlightInside] = {}
    for finding in holdings.finder.find(footprint):
        kept = holdings.kept(finding.key)
        if kept is None:
            continue
        met = finding.verdict if isinstance(finding.verdict, Conflict) else None
        found[kept.intent] = FlightInside(
            intent=kept.intent,
            owner=kept.owner,
            own=kept.own,
            first_time=None if met is None else met.first_time,
            undetermined=None if met is not None else getattr(finding.verdict, "reason", None),
        )
    return tuple(sorted(found.values(), key=lambda each: (not each.own, each.intent)))


def tracks_inside(
    snapshot: TracksSeen, volumes: Sequence[Volume4D], bounds: HeightBounds
) -> Iterator[TrackInside]:
    """Tracks over any of some volumes, whatever their times; a track without a height that tells is inside."""
    units = unit_from_degrees(snapshot.latitude_deg, snapshot.longitude_deg)
    for row in np.flatnonzero(_may_be_inside(snapshot, units, volumes)):
        accuracy_m = float(snapshot.accuracy_horizontal_m[row])
        point = prepare(
            Shape(
                ShapeKind.PATH,
                (float(snapshot.latitude_deg[row]),),
                (float(snapshot.longitude_deg[row]),),
            )
        )
        heights = list(_heights(snapshot, int(row)))
        known: list[bool] = []
        for volume in volumes:
            reach_m = volume.shape.radius_m + accuracy_m
            if nearest(point, prepare(volume.shape), reach_m + tolerance_m(reach_m)) is None:
                continue
            told = [_within(altitude, error_m, volume, bounds) for altitude, error_m in heights]
            if False not in told:
                known.append(True in told)
        if known:
            yield TrackInside(
                track_id=int(snapshot.track_id[row]),
                latitude_deg=float(snapshot.latitude_deg[row]),
                longitude_deg=float(snapshot.longitude_deg[row]),
                height_known=any(known),
                stale=bool(snapshot.stale[row]),
                address=int(snapshot.address[row]) if snapshot.has_address[row] else None,
            )


def _may_be_inside(
    snapshot: TracksSeen, units: NDArray[np.float64], volumes: Sequence[Volume4D]
) -> NDArray[np.bool_]:
    """Tracks whose straight line to the middle of some shape is short enough (over-approximates).

    Unit vectors are earth-fixed positions divided by the semi-axes, so no true line is shorter than
    theirs times the semi-minor axis.
    """
    near = np.zeros(len(snapshot), dtype=np.bool_)
    for shape in {volume.shape for volume in volumes}:
        prepared = prepare(shape)
        straight_m = SEMI_MINOR_M * np.sqrt(((units - prepared.centre) ** 2).sum(axis=1))
        near |= (
            straight_m <= prepared.reach_m + shape.radius_m + snapshot.accuracy_horizontal_m + 1.0
        )
    return near


def _heights(snapshot: TracksSeen, row: int) -> Iterator[tuple[Altitude, float]]:
    if snapshot.has_altitude_pressure[row]:
        yield (
            Altitude(float(snapshot.altitude_pressure_m[row]), Datum.QNE),
            float(snapshot.accuracy_pressure_m[row]),
        )
    if snapshot.has_altitude_ellipsoid[row]:
        yield (
            Altitude(float(snapshot.altitude_ellipsoid_m[row]), Datum.WGS84),
            float(snapshot.accuracy_ellipsoid_m[row]),
        )


def _within(
    altitude: Altitude, error_m: float, volume: Volume4D, bounds: HeightBounds
) -> bool | None:
    """Whether a height lies within a volume's limits: for sure, for sure not, or not known."""
    above = _above(altitude, error_m, volume.lower, bounds)
    below = _above(volume.upper, 0.0, altitude, bounds, error_m)
    if above is False or below is False:
        return False
    return True if above and below else None


def _above(
    upper: Altitude,
    upper_error_m: float,
    lower: Altitude,
    bounds: HeightBounds,
    lower_error_m: float = 0.0,
) -> bool | None:
    """Whether one height is at or above another; None where errors or datums do not tell."""
    if upper.datum is lower.datum:
        least_m = most_m = upper.height_m - lower.height_m
    else:
        high, low = geoid_heights_m(upper, bounds), geoid_heights_m(lower, bounds)
        if high is None or low is None:
            return None
        least_m, most_m = high[0] - low[1], high[1] - low[0]
    error_m = upper_error_m + lower_error_m
    if least_m - error_m >= 0.0:
        return True
    return False if most_m + error_m < 0.0 else None
