"""Where tracks are kept: arrays that grow, slots that are used again, names that find them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.domain.tracks.motion import WIDTH

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

CAPACITY_START = 1_024
POSITION_TIME, PRESSURE_TIME, ELLIPSOID_TIME = 0, 1, 2
"""Columns of `times_ms` and `known`: of the last position, pressure height, ellipsoid height."""

_TRACK_COLUMNS: dict[str, tuple[tuple[int, ...], Any]] = {
    "times_ms": ((3,), np.int64),
    "known": ((3,), np.bool_),
    "position_count": ((), np.int64),
    "live": ((), np.bool_),
    "track_id": ((), np.int64),
    "party": ((), np.int64),
    "source": ((), np.uint8),
    "address": ((), np.int64),
    "has_address": ((), np.bool_),
    "address_is_icao": ((), np.bool_),
    "on_ground": ((), np.bool_),
    "has_on_ground": ((), np.bool_),
    "twin": ((), np.int64),
    "has_twin": ((), np.bool_),
    "is_twin": ((), np.bool_),
    "callsign": ((), np.object_),
    "squawk": ((), np.object_),
    "category": ((), np.object_),
    "emergency": ((), np.object_),
}

_FEED_COLUMNS: dict[str, tuple[tuple[int, ...], Any]] = {
    "plot_count": ((), np.int64),
    "at_ms": ((), np.int64),
    "received_at_ms": ((), np.int64),
    "source": ((), np.uint8),
    "position_at_ms": ((), np.int64),
    "position_ecef_m": ((3,), np.float64),
    "has_position": ((), np.bool_),
    "velocity_ecef_mps": ((3,), np.float64),
    "has_velocity": ((), np.bool_),
    "heights": ((3,), np.float64),
    "has_heights": ((3,), np.bool_),
}


class _Grown:
    """Columns of one length, as attributes."""

    def __init__(self, columns: dict[str, tuple[tuple[int, ...], Any]], capacity: int) -> None:
        self._columns = columns
        for name, (shape, kind) in columns.items():
            setattr(self, name, _empty(capacity, shape, kind))

    def grow(self, capacity: int) -> None:
        """Make room; what is there stays in its slot."""
        for name, (shape, kind) in self._columns.items():
            held = getattr(self, name)
            larger = _empty(capacity, shape, kind)
            larger[: len(held)] = held
            setattr(self, name, larger)

    def clear(self, slots: Integers) -> None:
        """Forget what stands in some slots."""
        for name, (_, kind) in self._columns.items():
            getattr(self, name)[slots] = None if kind is np.object_ else 0


class FeedColumns(_Grown):
    """The last plot of one feed in each track: (T,) or (T, 3), by slot.

    `plot_count` 0: this feed has said nothing of the track. From `position_at_ms` on, columns are of
    its last plot with a position; `heights` are pressure height, ellipsoid height, vertical rate.
    """

    plot_count: Integers
    at_ms: Integers
    received_at_ms: Integers
    source: NDArray[np.uint8]
    position_at_ms: Integers
    position_ecef_m: Floats
    has_position: Mask
    velocity_ecef_mps: Floats
    has_velocity: Mask
    heights: Floats
    has_heights: Mask

    def __init__(self, capacity: int) -> None:
        super().__init__(_FEED_COLUMNS, capacity)


class TrackColumns(_Grown):
    """All tracks by slot, and the slots that are free.

    `state` is (WIDTH, T) as `motion` says. `twin` is the slot of the
    track that began where plots under this one's name fell far from it.
    """

    state: Floats
    times_ms: Integers
    known: Mask
    position_count: Integers
    live: Mask
    track_id: Integers
    party: Integers
    source: NDArray[np.uint8]
    address: Integers
    has_address: Mask
    address_is_icao: Mask
    on_ground: Mask
    has_on_ground: Mask
    twin: Integers
    has_twin: Mask
    is_twin: Mask
    callsign: NDArray[np.object_]
    squawk: NDArray[np.object_]
    category: NDArray[np.object_]
    emergency: NDArray[np.object_]

    def __init__(self) -> None:
        super().__init__(_TRACK_COLUMNS, CAPACITY_START)
        self.state = np.zeros((WIDTH, CAPACITY_START))
        self.feeds: list[FeedColumns] = []
        self._free = list(range(CAPACITY_START - 1, -1, -1))
        self._next_id = 1
        self._slot_of: dict[int, int] = {}
        self._keys_of: dict[int, list[int]] = {}

    @property
    def capacity(self) -> int:
        """Slots there are."""
        return len(self.live)

    def live_count(self) -> int:
        """Tracks held."""
        return self.capacity - len(self._free)

    def add_feed(self) -> None:
        """Room for the last plots of one more feed."""
        self.feeds.append(FeedColumns(self.capacity))

    def allocate(self, count: int) -> Integers:
        """Slots for new tracks, empty, each with an id of its own that is never used again."""
        while len(self._free) < count:
            held = self.capacity
            self._free = [*range(2 * held - 1, held - 1, -1), *self._free]
            self.grow(2 * held)
            self.state = np.concatenate([self.state, np.zeros((WIDTH, held))], axis=1)
            for feed in self.feeds:
                feed.grow(2 * held)
        slots = np.array([self._free.pop() for _ in range(count)], np.int64)
        self.live[slots] = True
        self.track_id[slots] = np.arange(self._next_id, self._next_id + count)
        self._next_id += count
        return slots

    def release(self, slots: Integers) -> None:
        """End tracks: their names find nothing any more, their slots are free."""
        for slot in slots.tolist():
            for key in self._keys_of.pop(slot, ()):
                if self._slot_of.get(key) == slot:
                    del self._slot_of[key]
        self.clear(slots)
        for feed in self.feeds:
            feed.clear(slots)
        self._free.extend(slots.tolist())

    def find(self, keys: Integers) -> tuple[Integers, Mask]:
        """Slots of names (N,), and which of them were found."""
        find = self._slot_of.get
        slots = np.array([find(key, -1) for key in keys.tolist()], np.int64)
        found = slots >= 0
        return slots, found

    def name(self, keys: Integers, slots: Integers) -> None:
        """Let names find tracks from now on; a name that found another finds this one."""
        for key, slot in zip(keys.tolist(), slots.tolist(), strict=True):
            self._find_by(key, slot)

    def hand_over(self, old: int, new: int) -> None:
        """Names of one track find another."""
        for key in self._keys_of.pop(old, ()):
            if self._slot_of.get(key) == old:
                self._find_by(key, new)

    def _find_by(self, key: int, slot: int) -> None:
        """A name finds a slot, which keeps it once, however often it went and came back."""
        self._slot_of[key] = slot
        names = self._keys_of.setdefault(slot, [])
        if key not in names:
            names.append(key)


def _empty(capacity: int, shape: tuple[int, ...], kind: Any) -> NDArray[Any]:
    if kind is np.object_:
        return np.full((capacity, *shape), None, np.object_)
    return np.zeros((capacity, *shape), kind)
