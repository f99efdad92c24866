"""Areas that a command is given to watch."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from comity.domain.alerts import AreaSet


@dataclass(frozen=True, slots=True)
class AreaSources:
    """Areas to watch.

    Attributes:
        sets: of each source.
        left_out: records of files that were not taken, by reason.
        missing: sources that could not be had, each as a net tells it.
    """

    sets: tuple["AreaSet", ...]
    left_out: dict[str, int]
    missing: tuple[str, ...]
