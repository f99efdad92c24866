"""What one reader holds, and what it lacks of a newer picture."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.entrypoints.track_stream.frame import Columns, Frame, FrameKind, Health
from comity.entrypoints.track_stream.picture import (
    COLUMNS,
    DETAILS,
    SLOTS_MAX,
    UNITS_PER_DEGREE,
    Flag,
    Named,
    TrackPicture,
)
from comity.kernel.errors import InputError

TOLERANCE_M_MIN, TOLERANCE_M_MAX = 0.0, 5_000.0
TOLERANCE_M_ASSUMED = 20.0  # under the 92.6 m that a good ADS-B position is known to (NACp 8)
TOLERANCE_FAR_M = 2_000.0
FAR_CYCLES = 10  # the whole world once in ten seconds
MARGIN = 0.25  # of the view's own size on each side: a drag of the map shows no bare edge
UNKNOWN = -1
METRES_PER_UNIT = 111_694.0 / UNITS_PER_DEGREE  # the longest degree of WGS 84, at a pole
TURN = 360_000_000
HALF = 180_000_000
OFF_MAX = 32_767
MS_PER_S = 1_000.0

# A detail is told anew once it differs by more than its step from what was told (docs/spec/track-stream.md).
STEPS: Mapping[str, float] = {
    "direction": 273.0,  # 1.5 degrees
    "speed": 20.0,  # 2 m/s
    "altitude_pressure": 10.0,  # metres
    "altitude_ellipsoid": 10.0,
    "vertical_rate": 100.0,  # 1 m/s
}
ACCURACY_PART, ACCURACY_M = 0.25, 20.0


@dataclass(frozen=True, slots=True)
class View:
    """What a reader looks at.

    Attributes:
        south_deg, west_deg, north_deg, east_deg: of its box; over 180° where west is the greater.
        tolerance_m: how far a track in it may be from where it is extrapolated to; 0: each second anew.
    """

    south_deg: float = -90.0
    west_deg: float = -180.0
    north_deg: float = 90.0
    east_deg: float = 180.0
    tolerance_m: float = TOLERANCE_M_ASSUMED

    def __post_init__(self) -> None:
        for name, value, limit in (
            ("south_deg", self.south_deg, 90.0),
            ("north_deg", self.north_deg, 90.0),
            ("west_deg", self.west_deg, 180.0),
            ("east_deg", self.east_deg, 180.0),
        ):
            if not abs(value) <= limit:
                raise InputError(name, f"{value} is outside -{limit:.0f} to {limit:.0f}")
        if self.south_deg > self.north_deg:
            raise InputError("south_deg", f"{self.south_deg} is north of {self.north_deg}")
        if not TOLERANCE_M_MIN <= self.tolerance_m <= TOLERANCE_M_MAX:
            why = f"{self.tolerance_m} is outside 0 to {TOLERANCE_M_MAX:.0f} m"
            raise InputError("tolerance_m", why)

    def holds(self, picture: TrackPicture) -> NDArray[np.bool_]:
        """(N,) which tracks are in the box or within its margin."""
        high = (self.north_deg - self.south_deg) * MARGIN
        width_deg = (self.east_deg - self.west_deg) % 360.0
        if self.west_deg == -180.0 and self.east_deg == 180.0:
            width_deg = 360.0
        south = (self.south_deg - high) * UNITS_PER_DEGREE
        north = (self.north_deg + high) * UNITS_PER_DEGREE
        within = (picture.latitude >= south) & (picture.latitude <= north)
        wide = width_deg * (1.0 + 2.0 * MARGIN)
        if wide >= 360.0:
            return within
        west = (self.west_deg - width_deg * MARGIN) * UNITS_PER_DEGREE
        east_of_west = (picture.longitude.astype(np.int64) - math.floor(west)) % TURN
        return within & (east_of_west <= wide * UNITS_PER_DEGREE + 1.0)


class Held:
    """What one reader has been sent. A frame is made only to be sent: what is made is held.

    The reader extrapolates every track by its rates; so does this, with the same arithmetic, and a
    track is told of again only where it is elsewhere (docs/spec/track-stream.md, section 5).
    """

    def __init__(self) -> None:
        self._sequence = 0
        self._cycle = 0
        self._arrays(0)

    @property
    def sequence(self) -> int:
        """Of the last frame made."""
        return self._sequence

    @property
    def count(self) -> int:
        """How many tracks the reader holds."""
        return int(np.count_nonzero(self._track_id != UNKNOWN))

    def forget(self) -> None:
        """The reader holds nothing: the next frame is a whole one."""
        self._cycle = 0
        self._arrays(0)

    def heartbeat(
        self, picture: TrackPicture | None, sent_ms: int, health: Health, *, exercise: bool
    ) -> Frame:
        """A frame that says only how old the picture is."""
        self._sequence += 1
        return Frame(
            kind=FrameKind.HEARTBEAT,
            sequence=self._sequence,
            cycle=0 if picture is None else picture.cycle,
            as_of_ms=None if picture is None else picture.at.unix_ms,
            sent_ms=sent_ms,
            exercise=exercise,
            health=health,
            total=0 if picture is None else len(picture),
            held=self.count,
            left_out=0 if picture is None else picture.left_out,
        )

    def advance(
        self,
        picture: TrackPicture,
        names: Mapping[int, Named],
        versions: NDArray[np.int64],
        view: View,
        sent_ms: int,
        health: Health,
    ) -> Frame:
        """What the reader lacks of a picture, which it holds from now on.

        Args:
            picture: newer than the one before.
            names: of every track in it, by track id.
            versions: (SLOTS_MAX,) of the names, by slot; another number is another name.
            view: what the reader looks at.
            sent_ms: now.
            health: of the watch.
        """
        whole = self._cycle == 0
        skipped = 0 if whole else max(picture.cycle - self._cycle - 1, 0)
        self._make_room(picture)
        slot = picture.slot.astype(np.int64)
        ended = self._end(picture, slot)
        near = view.holds(picture)
        far_turn = (slot + picture.cycle) % FAR_CYCLES == 0
        looked_at = near | far_turn | ((picture.flags & Flag.SEVERITY) != 0)
        if whole:
            looked_at = np.ones(len(slot), np.bool_)
        known = self._track_id[slot] == picture.track_id
        new = looked_at & ~known
        tolerance_m = np.where(near, view.tolerance_m, max(view.tolerance_m, TOLERANCE_FAR_M))
        off_north, off_east = self._off(picture, slot)
        away_m = np.hypot(
            off_north * METRES_PER_UNIT,
            off_east * METRES_PER_UNIT * np.cos(np.radians(picture.latitude / UNITS_PER_DEGREE)),
        )
        every = view.tolerance_m == 0.0
        elsewhere = looked_at & known & ((away_m > tolerance_m) | (every & near))
        small = (np.abs(off_north) <= OFF_MAX) & (np.abs(off_east) <= OFF_MAX)
        moved = np.flatnonzero(elsewhere & small)
        placed = np.flatnonzero(new | (elsewhere & ~small))
        detailed = np.flatnonzero(new | (looked_at & known & self._differ(picture, slot)))
        named = np.flatnonzero(new | (looked_at & known & (self._version[slot] != versions[slot])))
        self._hold(picture, slot, placed, moved, detailed)
        self._version[slot[named]] = versions[slot[named]]
        self._sequence += 1
        self._cycle = picture.cycle
        return Frame(
            kind=FrameKind.WHOLE if whole else FrameKind.CHANGE,
            sequence=self._sequence,
            cycle=picture.cycle,
            as_of_ms=picture.at.unix_ms,
            sent_ms=sent_ms,
            exercise=picture.exercise,
            health=health,
            total=len(picture),
            held=self.count,
            left_out=picture.left_out,
            skipped=skipped,
            tolerance_mm=round(view.tolerance_m * 1_000.0),
            tolerance_far_mm=round(max(view.tolerance_m, TOLERANCE_FAR_M) * 1_000.0),
            far_cycles=FAR_CYCLES,
            ended=ended.astype(np.uint16),
            named=picture.slot[named],
            names=[names[track] for track in picture.track_id[named].tolist()],
            placed=_taken(picture, placed, ("latitude", "longitude")),
            moved={
                **_taken(picture, moved, ()),
                "latitude_off": off_north[moved],
                "longitude_off": off_east[moved],
            },
            detailed={
                "slot": picture.slot[detailed],
                **{name: getattr(picture, name)[detailed] for name in DETAILS},
            },
        )

    def _arrays(self, capacity: int) -> None:
        self._track_id = np.full(capacity, UNKNOWN, np.int64)
        self._version = np.zeros(capacity, np.int64)
        self._at_ms = np.zeros(capacity)
        self._latitude = np.zeros(capacity)
        self._longitude = np.zeros(capacity)
        self._latitude_rate = np.zeros(capacity)
        self._longitude_rate = np.zeros(capacity)
        self._details: dict[str, NDArray[Any]] = {
            name: np.zeros(capacity, COLUMNS[name]) for name in DETAILS
        }

    def _make_room(self, picture: TrackPicture) -> None:
        needed = int(picture.slot.max()) + 1 if len(picture) else 0
        had = len(self._track_id)
        if needed <= had:
            return
        before = self._track_id, self._version, self._at_ms, self._latitude, self._longitude
        rates, details = (self._latitude_rate, self._longitude_rate), self._details
        self._arrays(min(max(needed, 2 * had, 1_024), SLOTS_MAX))
        self._track_id[:had], self._version[:had], self._at_ms[:had] = before[:3]
        self._latitude[:had], self._longitude[:had] = before[3:]
        self._latitude_rate[:had], self._longitude_rate[:had] = rates
        for name, column in details.items():
            self._details[name][:had] = column

    def _end(self, picture: TrackPicture, slot: NDArray[np.int64]) -> NDArray[np.int64]:
        """Slots held whose track is no more, or is another's now."""
        now = np.full(len(self._track_id), UNKNOWN, np.int64)
        now[slot] = picture.track_id
        ended = np.flatnonzero((self._track_id != UNKNOWN) & (self._track_id != now))
        self._track_id[ended] = UNKNOWN
        self._version[ended] = 0
        return ended

    def _off(
        self, picture: TrackPicture, slot: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How far each track is north and east of where its reader extrapolates it to, in units."""
        elapsed_ms = picture.at.unix_ms - self._at_ms[slot]
        north = self._latitude[slot] + self._latitude_rate[slot] * elapsed_ms / MS_PER_S
        east = self._longitude[slot] + self._longitude_rate[slot] * elapsed_ms / MS_PER_S
        off_north = picture.latitude.astype(np.int64) - np.floor(north + 0.5).astype(np.int64)
        off_east = picture.longitude.astype(np.int64) - np.floor(east + 0.5).astype(np.int64)
        wrapped: NDArray[np.int64] = (off_east + HALF) % TURN - HALF
        return off_north, wrapped

    def _differ(self, picture: TrackPicture, slot: NDArray[np.int64]) -> NDArray[np.bool_]:
        held = self._details
        differ: NDArray[np.bool_] = held["flags"][slot] != picture.flags
        for name, step in STEPS.items():
            change = getattr(picture, name).astype(np.int32) - held[name][slot]
            if name == "direction":
                change = (change + 32_768) % 65_536 - 32_768
            differ |= np.abs(change) > step
        accuracy = held["accuracy"][slot].astype(np.float64)
        differ |= np.abs(picture.accuracy - accuracy) > ACCURACY_PART * accuracy + ACCURACY_M
        return differ

    def _hold(
        self,
        picture: TrackPicture,
        slot: NDArray[np.int64],
        placed: NDArray[np.int64],
        moved: NDArray[np.int64],
        detailed: NDArray[np.int64],
    ) -> None:
        told = np.concatenate([placed, moved])
        to = slot[told]
        self._track_id[to] = picture.track_id[told]
        self._at_ms[to] = picture.at.unix_ms
        self._latitude[to] = picture.latitude[told]
        self._longitude[to] = picture.longitude[told]
        self._latitude_rate[to] = picture.latitude_rate[told]
        self._longitude_rate[to] = picture.longitude_rate[told]
        for name in DETAILS:
            self._details[name][slot[detailed]] = getattr(picture, name)[detailed]


def _taken(picture: TrackPicture, rows: NDArray[np.int64], more: tuple[str, ...]) -> Columns:
    names = ("slot", *more, "latitude_rate", "longitude_rate")
    return {name: getattr(picture, name)[rows] for name in names}
