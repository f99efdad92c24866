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


@dataclass(frozen=True, slots=True, eq=False)
class Missing:
    """What is missing of N tracks, (N,) each; False where it is there or not known."""

    transponder: Mask
    plan: Mask
    radio: Mask


def missing_of(
    snapshot: TrackSnapshot,
    *,
    has_plan: Mask | None,
    has_radio: Mask | None,
    knows_radio: Mask | None,
) -> Missing:
    """Flags of the tracks of a snapshot.

    Args:
        snapshot: N tracks.
        has_plan: (N,) whether an accepted intent is linked; None where no plans are held here.
        has_radio: (N,) whether it answers on the frequency.
        knows_radio: (N,) whether that was tried. None, as for `has_radio`: nobody listens.
    """
    nothing = np.zeros(len(snapshot), np.bool_)
    echo = snapshot.source == SOURCE_CODE[PlotSource.RADAR_PRIMARY]
    answers = snapshot.has_address | snapshot.has_altitude_pressure
    radio = nothing if has_radio is None or knows_radio is None else knows_radio & ~has_radio
    return Missing(
        transponder=echo & ~answers & snapshot.confirmed,
        plan=nothing if has_plan is None else ~has_plan & snapshot.confirmed,
        radio=radio,
    )
