"""What became of the plots of a batch, beside what the same feed had said of the track before."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.domain.tracks.absorb import TAKEN, Outcomes
from comity.domain.tracks.columns import FeedColumns, TrackColumns
from comity.domain.tracks.plot import FeedId
from comity.domain.tracks.ready_plots import ReadyPlots

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Taken:
    """Plots that reached a track, (N,) or (N, 3) columns; a plot may stand here twice.

    A plot that fell far from the track of its name is here once as gated out there, and once more in
    the track's twin.

    Attributes:
        feed: of all of them.
        ready: the batch as it was filtered.
        row: place in `ready`.
        slot, track_id: the track reached.
        outcome: codes of `absorb`: TAKEN, GATED_OUT, LATE, NO_POSITION, HELD.
        off_m: distance from where the track was expected; 0 for its first position.
        height_refused: a height that was too far from what was expected.
        has_previous: whether the feed had a plot with a position in that track before.
        previous_at_ms, previous_position_ecef_m, previous_velocity_ecef_mps, …: the last such plot.
    """

    feed: FeedId
    ready: ReadyPlots
    row: Integers
    slot: Integers
    track_id: Integers
    outcome: NDArray[np.uint8]
    off_m: Floats
    height_refused: Mask
    has_previous: Mask
    previous_at_ms: Integers
    previous_position_ecef_m: Floats
    previous_velocity_ecef_mps: Floats
    previous_has_velocity: Mask
    previous_heights: Floats
    previous_has_heights: Mask

    def __len__(self) -> int:
        return len(self.row)


def taken_part(
    ready: ReadyPlots,
    feed: FeedColumns,
    columns: TrackColumns,
    rows: Integers,
    slots: Integers,
    outcomes: Outcomes,
) -> Taken:
    """Rows, sorted by slot and time, after the filter and before the feed's columns are changed."""
    places = np.arange(len(rows))
    latest = np.maximum.accumulate(np.where(outcomes.code == TAKEN, places, -1))
    taken_at = np.append(-1, latest)[: len(rows)]  # the last one taken before each row
    opens = np.append(True, slots[1:] != slots[:-1])[: len(rows)]
    first = np.maximum.accumulate(np.where(opens, places, 0))
    inside = taken_at >= first
    before = rows[np.where(inside, taken_at, 0)]

    def previous(held: NDArray[Any], came: NDArray[Any]) -> NDArray[Any]:
        chosen = inside if held.ndim == 1 else inside[:, None]
        found: NDArray[Any] = np.where(chosen, came[before], held[slots])
        return found

    return Taken(
        feed=ready.feed,
        ready=ready,
        row=rows,
        slot=slots,
        track_id=columns.track_id[slots],
        outcome=outcomes.code,
        off_m=outcomes.off_m,
        height_refused=outcomes.height_refused,
        has_previous=inside | feed.has_position[slots],
        previous_at_ms=previous(feed.position_at_ms, ready.at_ms),
        previous_position_ecef_m=previous(feed.position_ecef_m, ready.position_ecef_m),
        previous_velocity_ecef_mps=previous(feed.velocity_ecef_mps, ready.velocity_ecef_mps),
        previous_has_velocity=previous(feed.has_velocity, ready.has_velocity),
        previous_heights=previous(feed.heights, ready.heights),
        previous_has_heights=previous(feed.has_heights, ready.has_heights),
    )


def collected(parts: Sequence[Taken], nothing: Taken) -> Taken:
    """Several parts of one batch as one; `nothing` where there is none."""
    if len(parts) < 2:
        return parts[0] if parts else nothing
    names = [each.name for each in fields(Taken) if each.name not in {"feed", "ready"}]
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return Taken(feed=nothing.feed, ready=nothing.ready, **columns)
