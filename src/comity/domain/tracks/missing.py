"""What a track lacks, each lack by itself: transponder, plan, radio contact.

A lack is no contradiction and no guilt: an old glider has no transponder. What is not known is not flagged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.tracks.plot import PlotSource
from comity.domain.tracks.rules import SOURCE_CODE
from comity.domain.tracks.snapshot import TrackSnapshot

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out of N tracks beside what their plots say; (N,) each.

    Attributes:
        tried: where it is known whether there is one.
        there: where there is one.
    """

    tried: Mask
    there: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Missing:
    """What is missing of N tracks, (N,) each; False where it is there or not known."""

    transponder: Mask
    plan: Mask
    radio: Mask


def missing_of(
    snapshot: TrackSnapshot,
    *,
    squawked: Mask | None = None,
    plan: Known | None = None,
    radio: Known | None = None,
) -> Missing:
    """Flags of the tracks of a snapshot.

    Args:
        snapshot: N tracks.
        squawked: (N,) whether a Mode A code was ever heard of it; None: not looked at.
        plan: whether it has a plan; None where no plans are held here.
        radio: whether it answers, of those that a person called; None: nobody says.
    """
    nothing = np.zeros(len(snapshot), np.bool_)
    echo = snapshot.source == SOURCE_CODE[PlotSource.RADAR_PRIMARY]
    answers = snapshot.has_address | snapshot.has_altitude_pressure
    if squawked is not None:
        answers |= squawked
    return Missing(
        transponder=echo & ~answers & snapshot.confirmed,
        plan=nothing if plan is None else plan.tried & ~plan.there & snapshot.confirmed,
        radio=nothing if radio is None else radio.tried & ~radio.there,
    )
