"""Plots into the tracks they belong to: in rounds, so that each track has one plot in each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.domain.tracks import motion
from comity.domain.tracks.columns import ELLIPSOID_TIME, POSITION_TIME, PRESSURE_TIME, TrackColumns
from comity.domain.tracks.ready_plots import ReadyPlots

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

TAKEN, GATED_OUT, LATE, NO_POSITION, HELD = 0, 1, 2, 3, 4
"""What became of a plot's position."""

HELD_M_MIN = 30.0  # a position that repeats to the last bit where this much must have been flown


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What became of N plots: `code`, distance from where the track was expected, height refused."""

    code: NDArray[np.uint8]
    off_m: Floats
    height_refused: Mask


def absorb(
    columns: TrackColumns,
    ready: ReadyPlots,
    rows: Integers,
    slots: Integers,
    held: Mask,
    late_s_max: float,
) -> Outcomes:
    """Absorb plots into their tracks.

    Args:
        columns: the tracks, changed in place.
        ready: the batch.
        rows: (N,) plots, sorted by slot, then by time.
        slots: (N,) their tracks.
        held: (N,) the feed's last position again, to the last bit.
        late_s_max: a position older than its track by more is left out.
    """
    count = len(rows)
    outcomes = Outcomes(
        np.full(count, NO_POSITION, np.uint8), np.zeros(count), np.zeros(count, np.bool_)
    )
    places = np.arange(count)
    opens = np.append(True, slots[1:] != slots[:-1])[:count]
    turn = places - np.maximum.accumulate(np.where(opens, places, 0))
    for number in range(int(turn.max(initial=-1)) + 1):
        chosen = np.flatnonzero(turn == number) if number or not opens.all() else places
        _round(
            columns, ready, rows[chosen], slots[chosen], held[chosen], late_s_max, outcomes, chosen
        )
    return outcomes


def _round(
    columns: TrackColumns,
    ready: ReadyPlots,
    rows: Integers,
    slots: Integers,
    held: Mask,
    late_s_max: float,
    outcomes: Outcomes,
    places: Integers,
) -> None:
    """One plot a track at most."""
    known = columns.known[slots, POSITION_TIME]
    positioned = ready.has_position[rows]
    elapsed_s = (ready.at_ms[rows] - columns.times_ms[slots, POSITION_TIME]) / 1000.0
    first = positioned & ~known
    late = positioned & known & (elapsed_s < -late_s_max)
    follows = positioned & known & ~late
    if held.any():
        velocity = columns.state[motion.VELOCITY, slots]
        flown_m = np.sqrt((velocity**2).sum(axis=0)) * elapsed_s
        repeats = follows & held & (flown_m > HELD_M_MIN)
        outcomes.code[places[repeats]] = HELD
        follows &= ~repeats
    outcomes.code[places[late]] = LATE
    _begin(columns, ready, rows[first], slots[first])
    outcomes.code[places[first]] = TAKEN
    within, off_m = _follow(columns, ready, rows[follows], slots[follows], elapsed_s[follows])
    outcomes.code[places[follows]] = np.where(within, TAKEN, GATED_OUT)
    outcomes.off_m[places[follows]] = off_m
    believed = outcomes.code[places] != GATED_OUT
    believed &= ~late
    for datum in (PRESSURE_TIME, ELLIPSOID_TIME):
        has = believed & ready.has_heights[rows, datum - PRESSURE_TIME]
        refused = _take_heights(columns, ready, rows[has], slots[has], datum)
        outcomes.height_refused[places[has]] |= refused


def _begin(columns: TrackColumns, ready: ReadyPlots, rows: Integers, slots: Integers) -> None:
    if not len(rows):
        return
    columns.state[:, slots] = motion.start(
        len(rows),
        ready.position_ecef_m[rows].T,
        ready.velocity_ecef_mps[rows].T,
        ready.has_velocity[rows],
        ready.position_variance_m2[rows],
    )
    columns.times_ms[slots, POSITION_TIME] = ready.at_ms[rows]
    columns.known[slots, POSITION_TIME] = True
    columns.position_count[slots] += 1


def _follow(
    columns: TrackColumns, ready: ReadyPlots, rows: Integers, slots: Integers, elapsed_s: Floats
) -> tuple[Mask, Floats]:
    if not len(rows):
        return np.empty(0, np.bool_), np.empty(0)
    state = np.take(columns.state, slots, axis=1)
    within, off_m = motion.take_positions(
        state,
        ready.position_ecef_m[rows].T,
        ready.velocity_ecef_mps[rows].T,
        ready.reported[rows].T,
        ready.has_velocity[rows],
        ready.position_variance_m2[rows],
        elapsed_s,
    )
    chosen = slots[within]
    columns.state[:, chosen] = state if within.all() else state[:, within]
    columns.times_ms[chosen, POSITION_TIME] = np.maximum(
        columns.times_ms[chosen, POSITION_TIME], ready.at_ms[rows[within]]
    )
    columns.position_count[chosen] += 1
    return within, off_m


def _take_heights(
    columns: TrackColumns, ready: ReadyPlots, rows: Integers, slots: Integers, datum: int
) -> Mask:
    """Heights of one datum; those from before the last one are left out."""
    refused = np.zeros(len(rows), np.bool_)
    fresh = ~columns.known[slots, datum]
    elapsed_s = np.where(fresh, 0.0, (ready.at_ms[rows] - columns.times_ms[slots, datum]) / 1000.0)
    newer = np.flatnonzero(elapsed_s >= 0.0)
    if not len(newer):
        return refused
    rows, slots = rows[newer], slots[newer]
    by_pressure = datum == PRESSURE_TIME
    base = motion.PRESSURE if by_pressure else motion.ELLIPSOID
    part = columns.state[base : base + 6, slots]
    turned_down = motion.take_heights(
        part,
        ready.heights[rows, datum - PRESSURE_TIME],
        motion.HEIGHT_SD_PRESSURE_M if by_pressure else motion.HEIGHT_SD_ELLIPSOID_M,
        ready.heights[rows, 2],
        ready.has_heights[rows, 2],
        elapsed_s[newer],
        fresh[newer],
    )
    columns.state[base : base + 6, slots] = part
    taken = slots[~turned_down]
    columns.times_ms[taken, datum] = ready.at_ms[rows[~turned_down]]
    columns.known[taken, datum] = True
    refused[newer] = turned_down
    return refused


def extrapolated(columns: TrackColumns, slots: Integers, at_ms: int) -> Floats:
    """State (WIDTH, N) of tracks at one instant; one whose time is later is left where it is."""
    state = np.take(columns.state, slots, axis=1)
    elapsed_s = np.maximum((at_ms - columns.times_ms[slots]) / 1000.0, 0.0)
    elapsed_s *= columns.known[slots]
    motion.advance(state, elapsed_s[:, POSITION_TIME])
    for datum, base in ((PRESSURE_TIME, motion.PRESSURE), (ELLIPSOID_TIME, motion.ELLIPSOID)):
        motion.advance_heights(state[base : base + 6], elapsed_s[:, datum])
    return state
