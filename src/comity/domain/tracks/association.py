"""Which plot belongs to which track where no name tells: near pairs, gates, least total cost."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PAIRS_MAX = 4_000_000  # candidates looked at in one go: 0.5 s of one core
EXACT_SIZE_MAX = 200  # plots or tracks that compete in one tangle; beyond it, cheapest first


def near_pairs(
    first_ecef_m: Floats, second_ecef_m: Floats, radius_m: float
) -> tuple[Integers, Integers, float]:
    """All pairs nearer than a radius, by cubes of that size.

    Args:
        first_ecef_m: (P, 3).
        second_ecef_m: (Q, 3).
        radius_m: above 0. Halved until at most `PAIRS_MAX` candidates remain.

    Returns:
        rows of the first and of the second, (F,) each, and the radius that was used.
    """
    none = np.empty(0, np.int64)
    if not len(first_ecef_m) or not len(second_ecef_m):
        return none, none, radius_m
    while True:
        firsts, seconds = _candidates(first_ecef_m, second_ecef_m, radius_m)
        if firsts is not None and seconds is not None:
            break
        radius_m /= 2.0
    apart = first_ecef_m[firsts] - second_ecef_m[seconds]
    near = np.einsum("ij,ij->i", apart, apart) <= radius_m**2
    return firsts[near], seconds[near], radius_m


def _candidates(
    first: Floats, second: Floats, size_m: float
) -> tuple[Integers | None, Integers | None]:
    cells = np.floor(second / size_m).astype(np.int64)
    keys = _cell_keys(cells)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    own = np.floor(first / size_m).astype(np.int64)
    starts, counts = [], []
    for step in product((-1, 0, 1), repeat=3):
        wanted = _cell_keys(own + np.array(step))
        start = np.searchsorted(keys, wanted, "left")
        starts.append(start)
        counts.append(np.searchsorted(keys, wanted, "right") - start)
    start, count = np.concatenate(starts), np.concatenate(counts)
    total = int(count.sum())
    if total > PAIRS_MAX:
        return None, None
    firsts = np.repeat(np.tile(np.arange(len(first)), 27), count)
    within = np.arange(total) - np.repeat(np.cumsum(count) - count, count)
    return firsts, order[np.repeat(start, count) + within]


def _cell_keys(cells: Integers) -> Integers:
    """One number a cube: 21 bits each way, 2 million cubes of 10 m and more round the Earth."""
    keys: Integers = ((cells[:, 0] + (1 << 20)) << 42) + ((cells[:, 1] + (1 << 20)) << 21)
    return keys + cells[:, 2] + (1 << 20)


def assign(plots: Integers, tracks: Integers, costs: Floats) -> tuple[Integers, Integers]:
    """Pairs of least total cost among candidates, as many as can be; each plot and track once.

    Exact (shortest augmenting paths) in each tangle of candidates that compete, up to
    `EXACT_SIZE_MAX` plots or tracks. A larger tangle, which only a flood of plots makes, is taken
    cheapest first; the number of pairs is then at least half of the most that is possible, for each
    pair taken stops at most two others.

    Args:
        plots: (E,) one side of each candidate pair.
        tracks: (E,) the other side.
        costs: (E,) finite.

    Returns:
        plots and their tracks, (A,) each.

    Source: Blackman, Popoli, Design and Analysis of Modern Tracking Systems (1999) §6.4 (global
    nearest neighbour); Crouse, On Implementing 2D Rectangular Assignment Algorithms (2016).
    """
    if not len(plots):
        return plots, tracks
    alone = (np.bincount(plots)[plots] == 1) & (np.bincount(tracks)[tracks] == 1)
    chosen = [np.flatnonzero(alone)]
    chosen += [
        _exact(plots, tracks, costs, tangle)
        if max(len(np.unique(plots[tangle])), len(np.unique(tracks[tangle]))) <= EXACT_SIZE_MAX
        else _cheapest_first(plots, tracks, costs, tangle)
        for tangle in _tangles(plots, tracks, np.flatnonzero(~alone))
    ]
    picked = np.concatenate(chosen)
    return plots[picked], tracks[picked]


def _tangles(plots: Integers, tracks: Integers, candidates: Integers) -> list[Integers]:
    """Candidates that share plots or tracks, directly or through others, together."""
    root: dict[tuple[int, int], tuple[int, int]] = {}

    def top(node: tuple[int, int]) -> tuple[int, int]:
        while root.setdefault(node, node) != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for plot, track in zip(plots[candidates].tolist(), tracks[candidates].tolist(), strict=True):
        root[top((0, plot))] = top((1, track))
    together: dict[tuple[int, int], list[int]] = {}
    for candidate, plot in zip(candidates.tolist(), plots[candidates].tolist(), strict=True):
        together.setdefault(top((0, plot)), []).append(candidate)
    return [np.array(of, np.int64) for of in together.values()]


def _cheapest_first(plots: Integers, tracks: Integers, costs: Floats, tangle: Integers) -> Integers:
    taken_plots: set[int] = set()
    taken_tracks: set[int] = set()
    picked = []
    for candidate in tangle[np.argsort(costs[tangle], kind="stable")].tolist():
        plot, track = int(plots[candidate]), int(tracks[candidate])
        if plot not in taken_plots and track not in taken_tracks:
            taken_plots.add(plot)
            taken_tracks.add(track)
            picked.append(candidate)
    return np.array(picked, np.int64)


def _exact(plots: Integers, tracks: Integers, costs: Floats, tangle: Integers) -> Integers:
    """Least cost over a dense table; a pair that is no candidate costs more than all that are."""
    row_plots, rows = np.unique(plots[tangle], return_inverse=True)
    column_tracks, columns = np.unique(tracks[tangle], return_inverse=True)
    least = float(costs[tangle].min())
    shifted = costs[tangle] - least
    barred = (float(shifted.max()) + 1.0) * (min(len(row_plots), len(column_tracks)) + 1)
    table = np.full((len(row_plots), len(column_tracks)), barred)
    table[rows, columns] = shifted
    turned = len(row_plots) > len(column_tracks)
    column_of = _least_cost(table.T if turned else table)
    pairs = {(column, row) if turned else (row, column) for row, column in enumerate(column_of)}
    at = zip(rows.tolist(), columns.tolist(), strict=True)
    return np.array([tangle[k] for k, pair in enumerate(at) if pair in pairs], np.int64)


def _least_cost(table: Floats) -> list[int]:
    """Column of each row, each column once at most, least total; rows are not more than columns."""
    row_count, column_count = table.shape
    row_price, column_price = np.zeros(row_count), np.zeros(column_count)
    row_of = np.full(column_count, -1)
    for start in range(row_count):
        shortest = np.full(column_count, np.inf)
        before = np.full(column_count, start)
        done = np.zeros(column_count, np.bool_)
        row, length = start, 0.0
        while True:
            reached = length + table[row] - row_price[row] - column_price
            better = ~done & (reached < shortest)
            shortest[better] = reached[better]
            before[better] = row
            column = int(np.argmin(np.where(done, np.inf, shortest)))
            length = float(shortest[column])
            done[column] = True
            if row_of[column] < 0:
                break
            row = int(row_of[column])
        matched = done & (row_of >= 0)
        row_price[row_of[matched]] += length - shortest[matched]
        row_price[start] += length
        column_price[done] -= length - shortest[done]
        while True:
            row = int(before[column])
            previous = np.flatnonzero(row_of == row)
            row_of[column] = row
            if row == start:
                break
            column = int(previous[previous != column][0])
    column_of = [-1] * row_count
    for column, row in enumerate(row_of.tolist()):
        if row >= 0:
            column_of[row] = column
    return column_of
