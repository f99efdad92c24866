"""Heights: what is on the ground is touched from any; a flight is left out only where heights tell that it is apart."""

import sys
from dataclasses import replace

import pytest
from tests.hazards_world import (
    ADA,
    LATITUDE,
    LONGITUDE,
    circle,
    do,
    enter_convoy,
    sides,
    speak_for,
    wish,
    written,
)
from tests.simulation.settings import Setting
from tests.simulation.world import World

from comity.application.plan_flights import FlightRequest, declare_flight
from comity.application.preview_notice import preview_notice
from comity.domain.agreement import SeparationTable
from comity.domain.airspace import (
    Altitude,
    Datum,
    Footprint,
    Separation,
    Shape,
    ShapeKind,
    Volume4D,
)
from comity.domain.conflicts import ConflictIndex
from comity.domain.hazards import NoticeTouches

AMSL, QNE, AGL = Datum.EGM2008, Datum.QNE, Datum.AGL


def band(low_m: float, high_m: float, datum: Datum) -> tuple[tuple[Altitude], tuple[Altitude]]:
    return (Altitude(low_m, datum),), (Altitude(high_m, datum),)


def previewed(world, place, limits):
    def work(node, at):
        said = written(at, circle(), activity="high-altitude")
        areas = tuple(replace(each, lower=limits[0], upper=limits[1]) for each in said.areas)
        return preview_notice(node, replace(said, areas=areas), ADA, at)

    return do(world, place, work)


@pytest.mark.requirement("HAZARD-019")
@pytest.mark.parametrize(
    "limits", [band(9_000.0, 12_000.0, QNE), band(5_000.0, 6_000.0, AMSL), ((), ())]
)
def test_what_is_on_the_ground_is_touched_from_any_height_and_a_movement_too(limits):
    world = World(seed=4)
    flies, speaks = sides(world)
    (site,) = speak_for(world, speaks, wish(), to=flies)
    movement = enter_convoy(world, speaks, flies)
    answer = previewed(world, flies, limits).answer
    assert isinstance(answer, NoticeTouches)
    assert {each.id for each in answer.touched} == {site, movement}


@pytest.mark.requirement("HAZARD-019")
def test_a_flight_is_left_out_only_where_the_heights_tell_that_it_keeps_away():
    minima = SeparationTable(Separation(1_000.0, 100.0)).minima
    finder = Setting(make_finder=lambda: ConflictIndex(minima, compiled_from=sys.maxsize))
    world = World(seed=4, setting=finder)
    flies, _ = sides(world)

    begins_s = iter(
        range(3_620, 7_200, 700)
    )  # one after another, so that they do not meet each other

    def fly(low_m: float, datum: Datum):
        after_s = float(next(begins_s))

        def work(node, at):
            volume = Volume4D(
                Shape(ShapeKind.PATH, (LATITUDE,), (LONGITUDE,), 1_000.0),
                Altitude(low_m, datum), Altitude(low_m + 100.0, datum),
                at.plus_s(after_s), at.plus_s(after_s + 600.0),
            )  # fmt: skip
            footprint = Footprint((volume,), None, "jet")
            return declare_flight(node, FlightRequest(footprint, "general", ADA), at).intent

        return do(world, flies, work)

    same, apart = fly(1_000.0, AMSL), fly(20_000.0, AMSL)
    mixed, mixed_apart, over_ground = fly(3_500.0, QNE), fly(10_000.0, QNE), fly(40_000.0, AGL)
    bounds = flies.node.terms(world.at(flies)).height_bounds
    assert (bounds.pressure_error_m, bounds.terrain_m) == (600.0, None)
    told = {
        each.intent: each.undetermined is None
        for each in previewed(world, flies, band(0.0, 3_000.0, AMSL)).picture.in_effect
    }
    assert told == {same: True, mixed: True, over_ground: False}, "widened, or not known"
    unstated = {each.intent for each in previewed(world, flies, ((), ())).picture.in_effect}
    every = {same, apart, mixed, mixed_apart, over_ground}
    assert unstated == every, "no height is stated: at all of them"
