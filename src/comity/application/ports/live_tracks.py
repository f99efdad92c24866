"""The node's own picture of the air, where it has one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from comity.domain.airspace import Volume4D
from comity.kernel.instants import Instant

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]


class TracksSeen(Protocol):
    """Tracks at one instant, columns of (N,) as those of `TrackSnapshot`, which is one."""

    @property
    def at(self) -> Instant:
        """Of which instant."""
        ...

    @property
    def track_id(self) -> Integers:
        """Unique in this run."""
        ...

    @property
    def latitude_deg(self) -> Floats:
        """Geodetic, WGS 84."""
        ...

    @property
    def longitude_deg(self) -> Floats:
        """Likewise."""
        ...

    @property
    def accuracy_horizontal_m(self) -> Floats:
        """Radius of 95 %."""
        ...

    @property
    def altitude_pressure_m(self) -> Floats:
        """Means something where the next says so."""
        ...

    @property
    def has_altitude_pressure(self) -> Mask:
        """Whether it is known."""
        ...

    @property
    def accuracy_pressure_m(self) -> Floats:
        """Bound of 95 %."""
        ...

    @property
    def altitude_ellipsoid_m(self) -> Floats:
        """Means something where the next says so."""
        ...

    @property
    def has_altitude_ellipsoid(self) -> Mask:
        """Whether it is known."""
        ...

    @property
    def accuracy_ellipsoid_m(self) -> Floats:
        """Bound of 95 %."""
        ...

    @property
    def stale(self) -> Mask:
        """Too old to be relied on."""
        ...

    @property
    def address(self) -> Integers:
        """24 bits."""
        ...

    @property
    def has_address(self) -> Mask:
        """Whether it is known."""
        ...

    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class LivePicture:
    """Live tracks about some volumes.

    Attributes:
        tracks: at least all that may be over the volumes, but where `more`.
        more: there are more than the picture holds.
    """

    tracks: TracksSeen
    more: bool = False


class LiveTracks(Protocol):
    """Tracks as the live loop last brought them to one instant.

    Contract: what it gives is of one instant and is never changed afterwards; None where there is no
    picture (no feed, no watch, or none that answers). No picture is not an empty sky.
    """

    async def over(self, volumes: Sequence[Volume4D]) -> LivePicture | None:
        """The newest picture about volumes, or None."""
        ...
