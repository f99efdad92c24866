"""4D volumes: a shape between two altitudes during a time window; footprints of flights."""

import re
from dataclasses import dataclass

from comity.domain.airspace.altitude import Altitude
from comity.domain.airspace.cells import CellCover
from comity.domain.geometry import Shape
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

DURATION_S_MAX = 7 * 86_400.0  # longer ones are standing volumes, agreed in the text itself
PIECES_TOGETHER_MAX = (
    32_768  # of a flight's shapes, cut to follow their edges: twice those of the longest one
)
VOLUMES_MAX = 1_000  # a 16 h flight in legs of one minute
FLIGHT_CLASS = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class Volume4D:
    """Everywhere in the shape, from `lower` to `upper`, from `start` to `end`, all included."""

    shape: Shape
    lower: Altitude
    upper: Altitude
    start: Instant
    end: Instant

    def __post_init__(self) -> None:
        if self.lower.datum is self.upper.datum and self.lower.height_m > self.upper.height_m:
            raise InputError(
                "lower", f"{self.lower.height_m} m is above upper, {self.upper.height_m} m"
            )
        if self.end <= self.start:
            raise InputError("end", f"{self.end} is not after start, {self.start}")
        if self.end.minus(self.start) > DURATION_S_MAX:
            raise InputError(
                "end",
                f"{self.end.minus(self.start):.0f} s after start; at most {DURATION_S_MAX:.0f} s",
            )


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a flight takes up: volumes in full, or cells that contain them.

    Attributes:
        volumes: empty where only cells are disclosed.
        cells: `None` where volumes are disclosed.
        flight_class: selects the separation minima.
    """

    volumes: tuple[Volume4D, ...]
    cells: CellCover | None
    flight_class: str

    def __post_init__(self) -> None:
        if bool(self.volumes) == (self.cells is not None):
            raise InputError("volumes", "a footprint has either volumes or cells")
        if len(self.volumes) > VOLUMES_MAX:
            raise InputError("volumes", f"{len(self.volumes)} volumes; at most {VOLUMES_MAX}")
        check_pieces(sum(len(each.shape.prepared.points) for each in self.volumes))
        if FLIGHT_CLASS.fullmatch(self.flight_class) is None:
            raise InputError("flight_class", f"{self.flight_class!r} is not {FLIGHT_CLASS.pattern}")


def check_pieces(count: int) -> None:
    """Refuse shapes that would take long to compare with anything.

    Raises:
        InputError: more pieces than `PIECES_TOGETHER_MAX`.
    """
    if count > PIECES_TOGETHER_MAX:
        why = f"edges take {count} pieces to follow; at most {PIECES_TOGETHER_MAX} together"
        raise InputError("volumes", why)
