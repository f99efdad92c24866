"""What a check of two flights can say. Not knowing is an answer, and it is never Clear."""

from dataclasses import dataclass

from comity.kernel.instants import Instant


@dataclass(frozen=True, slots=True)
class Clear:
    """The two keep the minima."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """The two break the minima somewhere, or come within the numerical tolerance of it.

    Attributes:
        first_time: earliest instant at which two of their volumes conflict.
        latitude_deg: place, at that instant: between the closest points of those two volumes.
        longitude_deg: place.
        least_horizontal_m: over every conflicting pair of volumes; 0 where they overlap.
        least_vertical_m: over every conflicting pair of volumes; 0 where they overlap.
        volume: index of the first conflicting volume in the footprint asked about.
        other_volume: index of the volume it meets in the other footprint.
    """

    first_time: Instant
    latitude_deg: float
    longitude_deg: float
    least_horizontal_m: float
    least_vertical_m: float
    volume: int = 0
    other_volume: int = 0


@dataclass(frozen=True, slots=True)
class Undetermined:
    """The data do not decide it. Shown as a warning, never counted as Clear."""

    reason: str


Verdict = Clear | Conflict | Undetermined
