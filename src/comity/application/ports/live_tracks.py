"""The node's own picture of the air, where it has one."""

from typing import Protocol

from comity.domain.tracks import TrackSnapshot


class LiveTracks(Protocol):
    """Tracks as the live loop last brought them to one instant.

    Contract: what it gives is whole and of one instant, and is never changed afterwards; None where
    there is no picture (no feed, or none that delivers). No picture is not an empty sky.
    """

    def snapshot(self) -> TrackSnapshot | None:
        """The newest picture, or None."""
        ...
