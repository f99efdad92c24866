"""What a reader makes of a stream: for tests, measurements and whoever follows tracks in Python."""

from dataclasses import dataclass, field

import numpy as np

from comity.entrypoints.track_stream.frame import Frame, FrameKind
from comity.entrypoints.track_stream.picture import DETAILS, Named
from comity.kernel.errors import RecordError

HALF, TURN = 180_000_000, 360_000_000


@dataclass(slots=True)
class Followed:
    """One track as it was told last.

    Attributes:
        at_ms: as of when it was placed.
        latitude, longitude: 1e-6 degrees then.
        latitude_rate, longitude_rate: 1e-6 degrees a second.
        details: by name, in units of the wire.
    """

    named: Named
    at_ms: int = 0
    latitude: int = 0
    longitude: int = 0
    latitude_rate: int = 0
    longitude_rate: int = 0
    details: dict[str, int] = field(default_factory=dict)

    def place(self, at_ms: int) -> tuple[int, int]:
        """Where it is extrapolated to, in whole units (docs/spec/track-stream.md, section 5)."""
        elapsed_ms = at_ms - self.at_ms
        north = self.latitude + self.latitude_rate * elapsed_ms / 1000.0
        east = self.longitude + self.longitude_rate * elapsed_ms / 1000.0
        return int(np.floor(north + 0.5)), _wrapped(int(np.floor(east + 0.5)))


class Follower:
    """Applies frames; refuses what the specification refuses."""

    def __init__(self, *, exercise: bool = False) -> None:
        self.tracks: dict[int, Followed] = {}
        self.last: Frame | None = None
        self._exercise = exercise

    def apply(self, frame: Frame) -> None:
        """Take in the next frame.

        Raises:
            RecordError: `slot-unknown`, `stream-order`, `exercise-mixed`.
        """
        if frame.exercise is not self._exercise:
            raise RecordError("exercise-mixed", f"exercise is {frame.exercise}")
        if self.last is None:
            if frame.kind is FrameKind.CHANGE:
                raise RecordError("stream-order", "a change before a whole picture")
        elif frame.sequence != self.last.sequence + 1:
            why = f"{frame.sequence} after {self.last.sequence}"
            raise RecordError("stream-order", why)
        if frame.kind is not FrameKind.HEARTBEAT:
            self._take(frame)
        self.last = frame

    def _take(self, frame: Frame) -> None:
        tracks = {} if frame.kind is FrameKind.WHOLE else self.tracks
        at_ms = frame.as_of_ms or 0
        for slot in frame.ended.tolist():
            if tracks.pop(slot, None) is None:
                raise RecordError("slot-unknown", f"{slot} ended")
        fresh = set()
        for slot, named in zip(frame.named.tolist(), frame.names, strict=True):
            if slot in tracks:
                tracks[slot].named = named
            else:
                tracks[slot] = Followed(named)
                fresh.add(slot)
        placed = _rows(frame.placed)
        for slot, latitude, longitude, north, east in placed:
            track = _held(tracks, slot, "placed")
            track.at_ms, track.latitude, track.longitude = at_ms, latitude, longitude
            track.latitude_rate, track.longitude_rate = north, east
        for slot, north_off, east_off, north, east in _rows(frame.moved):
            track = _held(tracks, slot, "moved")
            latitude, longitude = track.place(at_ms)
            track.at_ms, track.latitude = at_ms, latitude + north_off
            track.longitude = _wrapped(longitude + east_off)
            track.latitude_rate, track.longitude_rate = north, east
        detailed = _rows(frame.detailed)
        for slot, *values in detailed:
            track = _held(tracks, slot, "detailed")
            track.details = dict(zip(DETAILS, values, strict=True))
        bare = fresh - {row[0] for row in placed} | fresh - {row[0] for row in detailed}
        if bare:
            raise RecordError("slot-unknown", f"{min(bare)} named, and not placed and detailed")
        self.tracks = tracks


def _held(tracks: dict[int, Followed], slot: int, what: str) -> Followed:
    track = tracks.get(slot)
    if track is None:
        raise RecordError("slot-unknown", f"{slot} {what}")
    return track


def _rows(columns: dict[str, np.typing.NDArray[np.generic]]) -> list[tuple[int, ...]]:
    return list(zip(*(column.tolist() for column in columns.values()), strict=True))


def _wrapped(longitude: int) -> int:
    return (longitude + HALF) % TURN - HALF
