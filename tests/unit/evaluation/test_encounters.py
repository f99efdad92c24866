"""Generated encounters: the same from the same seed, flyable, and labelled as plain Python would."""

import numpy as np
import pytest
from tests.geodesic_reference import WGS84

from comity.domain.evaluation import Separation, Wanted
from comity.domain.evaluation.encounter_kinds import KINDS, STEPS, Drawing
from comity.domain.evaluation.encounter_motion import STEP_S, integrated
from comity.domain.evaluation.encounters import ENCOUNTERS_MAX, _flyable, encounter_set
from comity.domain.evaluation.encounters import _controls as controls_of
from comity.domain.tracks import FeedId, checked_plot
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant

FEED = FeedId("test")
BEGINS = Instant(1_800_000_000_000)
SEPARATION = Separation()


COUNT = 2 * len(KINDS)


def made(seed=1, count=COUNT):
    return encounter_set(np.random.default_rng(seed), count, SEPARATION, FEED, BEGINS)


@pytest.fixture(scope="module")
def some():
    return made()


@pytest.mark.requirement("EVAL-010")
def test_a_seed_gives_the_same_set_and_another_one_another(some):
    assert made() == some
    assert made(2).plots != some.plots


@pytest.mark.requirement("EVAL-010")
def test_every_kind_is_there_every_plot_is_sound_and_all_pairs_are_labelled(some):
    assert len(some.encounters) == len(KINDS)
    assert set(some.encounters.values()) == {2}
    for plot in some.plots:
        checked_plot(plot)
    assert some.labels.complete
    assert {label.kind for label in some.labels.pairs} == set(some.encounters)
    assert {label.wanted for label in some.labels.pairs} == set(Wanted)
    for label in some.labels.pairs:
        assert (label.wanted is Wanted.YES) == (bool(label.losses) and not label.agreed)


@pytest.mark.requirement("EVAL-010")
@pytest.mark.parametrize("latitude", [47.0, 89.7, -89.6])
def test_flights_keep_to_what_their_type_can_fly(latitude):
    drawing = Drawing(np.random.default_rng(3), SEPARATION.horizontal_m, SEPARATION.vertical_m)
    flights = [
        flight for number in range(4 * len(KINDS)) for flight in _flyable(drawing, number).flights
    ]
    states = integrated(controls_of(flights, [(latitude, 179.9)] * len(flights)))
    for row, flight in enumerate(flights):
        slow, fast = flight.kind.speed_mps
        assert 0.55 * slow <= states.speed_mps[row].min()  # on final, and held back to be overtaken
        assert states.speed_mps[row].max() <= 1.05 * fast
        turn = np.abs((np.diff(states.track_deg[row]) + 180.0) % 360.0 - 180.0) / STEP_S
        speed = states.speed_mps[row, 0]
        away = (
            np.abs(states.latitude_deg[row]) < 89.0
        )  # near a pole the meridians turn, not the flight
        limit = np.degrees(9.80665 * np.tan(np.radians(flight.kind.bank_deg)) / speed)
        assert (turn[away[1:]] <= min(limit, 3.0) + 0.1).all()
        assert np.abs(states.climb_mps[row]).max() <= max(flight.kind.climb_mps, 15.0)
        assert states.height_m[row].min() >= 60.0


@pytest.mark.requirement("EVAL-011")
def test_straight_flights_of_a_set_are_on_geodesics_by_another_library():
    drawing = Drawing(np.random.default_rng(5), SEPARATION.horizontal_m, SEPARATION.vertical_m)
    flights = _flyable(drawing, 0).flights
    states = integrated(controls_of(flights, [(89.7, 20.0)] * 2))
    for row in range(2):
        start = states.latitude_deg[row, 0], states.longitude_deg[row, 0]
        there = WGS84.Direct(
            *start, states.track_deg[row, 0], states.speed_mps[row, 0] * STEPS * STEP_S
        )
        end = states.latitude_deg[row, -1], states.longitude_deg[row, -1]
        assert WGS84.Inverse(there["lat2"], there["lon2"], *end)["s12"] < 0.01


@pytest.mark.requirement("EVAL-011")
def test_labelled_losses_are_near_what_the_noisy_plots_show(some):
    """From plots alone, by another library: where a loss is labelled, reports come close."""
    by_name = {}
    for plot in some.plots:
        by_name.setdefault(f"{plot.address:06x}", []).append(plot)
    checked = 0
    for label in some.labels.pairs:
        for loss in label.losses[:1]:
            middle = (loss.start_s + loss.end_s) / 2.0
            near = [
                min(by_name[name], key=lambda plot: abs(plot.at.unix_s - middle))
                for name in label.pair
            ]
            a, b = near
            apart = WGS84.Inverse(a.latitude_deg, a.longitude_deg, b.latitude_deg, b.longitude_deg)
            late = max(abs(plot.at.unix_s - middle) for plot in near)
            assert apart["s12"] < SEPARATION.horizontal_m + 620.0 * late + 2_500.0
            checked += 1
    assert checked > 10


def test_more_than_can_be_held_is_refused_by_name():
    for count in (0, ENCOUNTERS_MAX + 1):
        with pytest.raises(InputError) as caught:
            made(count=count)
        assert caught.value.field == "count"
