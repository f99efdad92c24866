import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from comity.domain.tracks import association
from comity.domain.tracks.association import assign, near_pairs
from comity.domain.tracks.snapshot import surface_ecef_m


@pytest.mark.requirement("TRACK-020")
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 12), st.floats(0.1, 1.0))
@settings(max_examples=150, deadline=None)
def test_the_assignment_is_the_best_there_is(seed, plot_count, track_count, share):
    chance = np.random.default_rng(seed)
    table = chance.uniform(0.0, 20.0, (plot_count, track_count))
    allowed = chance.random((plot_count, track_count)) < share
    plots, tracks = np.nonzero(allowed)
    chosen_plots, chosen_tracks = assign(plots, tracks, table[plots, tracks])
    assert len(set(chosen_plots.tolist())) == len(chosen_plots)
    assert len(set(chosen_tracks.tolist())) == len(chosen_tracks)
    assert allowed[chosen_plots, chosen_tracks].all()
    barred = np.where(allowed, table, 1e6)
    rows, columns = linear_sum_assignment(barred)
    real = allowed[rows, columns]
    assert len(chosen_plots) == real.sum()
    expected = table[rows[real], columns[real]].sum()
    assert table[chosen_plots, chosen_tracks].sum() == pytest.approx(expected, abs=1e-9)


@pytest.mark.requirement("TRACK-020")
def test_a_flood_is_taken_cheapest_first_and_still_pairs_half(monkeypatch):
    monkeypatch.setattr(association, "EXACT_SIZE_MAX", 10)
    chance = np.random.default_rng(3)
    allowed = chance.random((60, 50)) < 0.1
    plots, tracks = np.nonzero(allowed)
    chosen_plots, chosen_tracks = assign(plots, tracks, chance.random(len(plots)))
    assert len(set(chosen_plots.tolist())) == len(chosen_plots) == len(set(chosen_tracks.tolist()))
    most = allowed[linear_sum_assignment(~allowed)].sum()
    assert 2 * len(chosen_plots) >= most


@pytest.mark.requirement("TRACK-021")
@given(st.integers(0, 10_000), st.sampled_from([1_000.0, 20_000.0, 400_000.0]))
@settings(max_examples=30, deadline=None)
def test_near_pairs_are_those_of_every_pair_compared(seed, radius_m):
    chance = np.random.default_rng(seed)

    def places(count):
        around = chance.choice([-90.0, -0.1, 47.0, 89.99], count)
        latitude = np.clip(around + chance.normal(0.0, 0.2, count), -90.0, 90.0)
        return surface_ecef_m(latitude, chance.choice([-180.0, 0.0, 179.99], count))

    first, second = places(60), places(80)
    one, other, used_m = near_pairs(first, second, radius_m)
    apart = np.linalg.norm(first[:, None, :] - second[None, :, :], axis=2)
    assert used_m == radius_m
    assert set(zip(one.tolist(), other.tolist(), strict=True)) == {
        tuple(pair) for pair in np.argwhere(apart <= radius_m).tolist()
    }


@pytest.mark.requirement("TRACK-021")
def test_a_swarm_narrows_the_search_instead_of_filling_memory(monkeypatch):
    monkeypatch.setattr(association, "PAIRS_MAX", 1_000)
    chance = np.random.default_rng(1)
    swarm = surface_ecef_m(np.full(200, 47.0), 8.0 + chance.uniform(0.0, 0.2, 200))
    one, _, used_m = near_pairs(swarm, swarm, 15_000.0)
    assert used_m < 15_000.0
    assert set(range(200)) <= set(one.tolist())
