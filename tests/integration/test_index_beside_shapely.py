"""The index and shapely on the same planned flights: every pair the same.

2,000 volumes here; `COMITY_CAMPAIGN=1` takes 20,000 and more seeds, and as many through `find`.
"""

import os
from dataclasses import replace

import numpy as np
import pytest
from bench import planar, separated
from bench.planned_flights import planned_flights

from comity.domain.airspace import Clear
from comity.domain.conflicts import ConflictIndex, footprint_verdict

CAMPAIGN = bool(os.environ.get("COMITY_CAMPAIGN"))
VOLUMES = 20_000 if CAMPAIGN else 2_000
SEEDS = range(1, 9) if CAMPAIGN else (1,)


@pytest.mark.requirement("CONF-020")
@pytest.mark.parametrize("seed", SEEDS)
def test_pairs_of_planned_flights_are_those_of_shapely(seed):
    plans = crowded(VOLUMES, seed)
    polygons = planar.polygons_of(plans)
    ours = set(map(tuple, planar.pairs_of_planes(plans, threads=2).tolist()))
    theirs = set(map(tuple, planar.pairs_of_shapely(plans, polygons).tolist()))
    assert ours == theirs
    assert len(ours) > 20
    asker = planar.Asker(plans, *planar.tree_of_planes(plans))
    slices = planar.slices_of(plans, polygons)
    for flight in range(0, int(plans.flight[-1]), 7):
        own = plans.of_flight(flight)
        first = int(np.searchsorted(plans.flight, flight))
        found = asker.met_by(flight, planar.exact(own))
        expected = planar.met_by_shapely(
            plans, polygons, slices, own, polygons[first : first + len(own)]
        )
        assert set(map(tuple, found.tolist())) == set(map(tuple, expected.tolist()))


@pytest.mark.requirement("CONF-027")
@pytest.mark.parametrize("seed", SEEDS)
def test_conflicts_of_planned_flights_are_those_of_the_peer_but_within_its_plane(seed):
    """The peer measures in a plane: it may differ within 0.5 % of the minimum, and nowhere else."""
    plans = crowded(VOLUMES, seed)
    flights = separated.footprints_of(plans)
    index = ConflictIndex(separated.minima)
    for number, flight in enumerate(flights):
        index.hold(separated.key_of(number), flight)
    numbers = {separated.key_of(number): number for number in range(len(flights))}
    ours = {
        (min(numbers[a], numbers[b]), max(numbers[a], numbers[b]))
        for a, b, _ in index.all_conflicts()
    }
    theirs = separated.Peer(plans).pairs()
    assert len(ours) > 20
    for one, other in ours ^ theirs:
        verdicts = [
            footprint_verdict(
                flights[one], flights[other], scaled(flights[one], flights[other], by)
            )
            for by in (0.995, 1.005)
        ]
        assert isinstance(verdicts[0], Clear)
        assert not isinstance(verdicts[1], Clear)


def scaled(flight, other, by):
    least = separated.minima(flight.flight_class, other.flight_class)
    return type(least)(least.horizontal_m * by, least.vertical_m)


def crowded(count, seed):
    """Planned flights turned about the earth's axis and the clock until they meet."""
    plans = planned_flights(count, seed)
    starts = np.searchsorted(plans.flight, plans.flight)
    longitude = plans.longitude_deg[plans.ring_start[starts]]
    turn = longitude - longitude % 0.02 - 8.0
    hours = np.floor(plans.start_s[starts] / 3_600.0) * 3_600.0
    return replace(
        plans,
        longitude_deg=plans.longitude_deg - np.repeat(turn, np.diff(plans.ring_start)),
        start_s=plans.start_s - hours,
        end_s=plans.end_s - hours,
    )
