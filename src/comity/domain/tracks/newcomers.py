"""Which track a plot goes to: by its name, else where it fits best, else a new one."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from comity.domain.tracks import motion
from comity.domain.tracks.absorb import extrapolated
from comity.domain.tracks.association import assign, near_pairs
from comity.domain.tracks.columns import POSITION_TIME, PRESSURE_TIME, TrackColumns
from comity.domain.tracks.ready_plots import ReadyPlots
from comity.domain.tracks.rules import TrackRules

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

SCAN_MS = 1_000  # the fastest antenna turns in 2.5 s: within a second a radar sees a target once
GATE_SQUARED = 16.0  # two axes: a right plot is outside once in 3,000
REACH_M_MAX = 15_000.0  # 300 m/s from an unknown direction for 10 s, five sd
HEIGHT_GATE_M = 1_000.0  # a track whose height is not known to this does not tell aircraft apart
SQUAWK_PENALTY = 9.0  # another code is an aircraft whose code was changed once in 100 times


def placed(
    columns: TrackColumns, ready: ReadyPlots, rules: TrackRules, counts: Counter[str]
) -> Iterator[tuple[Integers, Integers]]:
    """Rows and their slots, to be filtered before the next are asked for.

    First those whose name is known; then newcomers, of each name its earliest plot; then their
    others; then plots without a name, scan by scan. Counted: `unplaced` (neither name nor
    position), `no-track-yet` (a name without a position and without a track), `table-full`.
    """
    named = np.flatnonzero(ready.has_key)
    slots, found = columns.find(ready.key[named])
    yield named[found], slots[found]
    new = named[~found]
    homeless = ~ready.has_position[new]
    counts["no-track-yet"] += int(np.count_nonzero(homeless))
    new = new[~homeless]
    if len(new):
        by_time = new[np.argsort(ready.at_ms[new], kind="stable")]
        _, first = np.unique(ready.key[by_time], return_index=True)
        opening = by_time[np.sort(first)]
        slots = _homes(columns, ready, opening, rules, counts)
        homed = slots >= 0
        columns.name(ready.key[opening[homed]], slots[homed])
        yield opening[homed], slots[homed]
        others = np.setdiff1d(by_time, opening)
        slots, found = columns.find(ready.key[others])
        yield others[found], slots[found]
    nameless = np.flatnonzero(~ready.has_key & ready.has_position)
    counts["unplaced"] += int(np.count_nonzero(~ready.has_key & ~ready.has_position))
    nameless = nameless[np.argsort(ready.at_ms[nameless], kind="stable")]
    scan = (ready.at_ms[nameless] - (ready.at_ms[nameless[0]] if len(nameless) else 0)) // SCAN_MS
    for number in np.unique(scan).tolist():
        rows = nameless[scan == number]
        slots = _homes(columns, ready, rows, rules, counts)
        yield rows[slots >= 0], slots[slots >= 0]


def _homes(
    columns: TrackColumns,
    ready: ReadyPlots,
    rows: Integers,
    rules: TrackRules,
    counts: Counter[str],
) -> Integers:
    """A slot for each row, old or new; -1 where the table is full."""
    slots = np.full(len(rows), -1)
    fitting, into = _best_fit(columns, ready, rows)
    slots[fitting] = into
    counts["associated"] += len(fitting)
    lacking = np.flatnonzero(slots < 0)
    room = max(rules.tracks_max - columns.live_count(), 0)
    if len(lacking) > room:
        counts["table-full"] += len(lacking) - room
        lacking = lacking[:room]
    slots[lacking] = columns.allocate(len(lacking))
    columns.party[slots[lacking]] = ready.party
    columns.source[slots[lacking]] = ready.source[rows[lacking]]
    counts["begun"] += len(lacking)
    return slots


def _best_fit(
    columns: TrackColumns, ready: ReadyPlots, rows: Integers
) -> tuple[Integers, Integers]:
    """Places in `rows` that belong to a track there is, and the slots of those tracks."""
    nobody = np.empty(0, np.int64)
    own = columns.live & columns.known[:, POSITION_TIME] & (columns.party == ready.party)
    if ready.has_address[rows].all():
        own &= ~columns.has_address
    slots = np.flatnonzero(own)
    if not len(slots) or not len(rows):
        return nobody, nobody
    at_ms = ready.at_ms[rows]
    middle_ms = int(np.median(at_ms))
    tracks = extrapolated(columns, slots, middle_ms)
    expected = tracks[motion.POSITION].T
    position = ready.position_ecef_m[rows]
    variance = ready.position_variance_m2[rows]
    plots, candidates, _ = near_pairs(position, expected, REACH_M_MAX)
    named = ready.has_address[rows[plots]] & columns.has_address[slots[candidates]]
    plots, candidates = plots[~named], candidates[~named]
    off_s = ((at_ms[plots] - middle_ms) / 1000.0)[:, None]
    apart = position[plots] - expected[candidates] - off_s * tracks[motion.VELOCITY, candidates].T
    spread = tracks[[motion.ALONG, motion.RIGHT]].max(axis=0)[candidates] + variance[plots]
    fit = np.einsum("ij,ij->i", apart, apart) / spread
    within = (fit <= GATE_SQUARED) & _heights_agree(
        columns, ready, rows[plots], tracks[:, candidates], slots[candidates]
    )
    plots, candidates = plots[within], candidates[within]
    doubt = 2.0 * np.log(spread[within] / variance[plots])
    costs = fit[within] + doubt + _squawk_penalty(columns, ready, rows[plots], slots[candidates])
    chosen_plots, chosen = assign(plots, candidates, costs)
    return chosen_plots, slots[chosen]


def _heights_agree(
    columns: TrackColumns, ready: ReadyPlots, rows: Integers, tracks: Floats, slots: Integers
) -> Mask:
    """Whether heights, where both are known in one datum, allow the pair."""
    agree = np.ones(len(rows), np.bool_)
    for place, base in enumerate((motion.PRESSURE, motion.ELLIPSOID)):
        both = ready.has_heights[rows, place] & columns.known[slots, PRESSURE_TIME + place]
        sd = np.sqrt(tracks[base + 2])
        limit = np.minimum(np.sqrt(GATE_SQUARED) * sd + 100.0, HEIGHT_GATE_M)
        agree &= ~both | (np.abs(ready.heights[rows, place] - tracks[base]) <= limit)
    return agree


def _squawk_penalty(
    columns: TrackColumns, ready: ReadyPlots, rows: Integers, slots: Integers
) -> Floats:
    texts = ready.texts.get("squawk")
    if texts is None or not len(rows):
        return np.zeros(len(rows))
    nothing = np.array(None)
    said, held = texts[rows], columns.squawk[slots]
    differ = (said != nothing) & (held != nothing) & (said != held)
    return np.where(differ, SQUAWK_PENALTY, 0.0)
