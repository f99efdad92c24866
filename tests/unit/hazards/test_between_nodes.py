"""Notices against what is protected, between whole nodes: previews, touches, sweeps, objections."""

import base64
import json
from typing import Any

import pytest
from tests.hazards_world import (
    ADA,
    BEN,
    CAT,
    circle,
    consent_to,
    do,
    enter_convoy,
    preview,
    send,
    sides,
    speak_for,
    wish,
    written,
)
from tests.simulation.settings import Setting
from tests.simulation.world import Place, World

from comity.application.answer_hazard import object_to_notice
from comity.application.keep_movements import report_position
from comity.application.keep_sites import end_site, take_back_consent
from comity.application.node import Node
from comity.application.notify import cancel_notice, revise_notice
from comity.domain.hazards import How, NoticeTouches, Standing, SweepRule
from comity.domain.sites import NothingNotified, Undetermined
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant


@pytest.fixture
def world() -> World:
    return World(seed=11)


def _payload(entry: Any) -> bytes:
    return base64.b64decode(json.loads(entry.envelope_bytes)["payload"])


def alarms(place: Place, code: str) -> list[str]:
    return [each.text for each in place.node.alarms.of_each(100) if each.code == code]


def received(place: Place) -> list[Any]:
    return [each.told for each in place.node.hazards.touches_received()]


@pytest.mark.requirement("HAZARD-001")
@pytest.mark.requirement("HAZARD-002")
def test_a_preview_tells_what_is_touched_and_the_owner_has_it_in_its_log(world: World) -> None:
    flies, speaks = sides(world)
    empty = preview(world, flies, circle())
    assert isinstance(empty.answer, Undetermined)
    [site] = speak_for(world, speaks, wish(), to=flies, precision_mm=1_000_000)
    told = preview(world, flies, circle())
    assert isinstance(told.answer, NoticeTouches)
    [touch] = told.answer.touched
    assert (touch.id, touch.how, touch.buffer_m) == (site, How.WITHIN, 5_000.0)
    assert touch.what.precision_mm == 1_000_000
    world.run(10)
    [seen] = [each for each in speaks.node.sites.exposures(site) if each.way == "preview"]
    assert (seen.viewer, seen.precision_mm) == (f"{flies.party.id} (ada)", 1_000_000)
    assert speaks.node.hazards.exposures(site)[0].by == ADA
    far = preview(world, flies, circle(north_m=300_000.0))
    assert isinstance(far.answer, NothingNotified)
    assert far.answer.words.startswith("nothing notified here as of ")


@pytest.mark.requirement("HAZARD-003")
def test_the_buffer_of_kind_and_activity_counts(world: World) -> None:
    flies, speaks = sides(world)
    speak_for(world, speaks, wish(1, "hospital"), wish(2, "school"), to=flies, precision_mm=0)
    kinds = {}
    for north_m, activity in ((4_000.0, "jet"), (7_000.0, "jet"), (7_000.0, "live-firing")):
        answer = preview(world, flies, circle(north_m=north_m), activity=activity).answer
        found = answer.touched if isinstance(answer, NoticeTouches) else ()
        kinds[north_m, activity] = sorted(each.what.kind for each in found)
    assert kinds == {
        (4_000.0, "jet"): ["hospital"],
        (7_000.0, "jet"): [],
        (7_000.0, "live-firing"): ["hospital", "school"],
    }


@pytest.mark.requirement("HAZARD-004")
def test_an_owner_is_told_what_a_notice_touches_and_again_when_anything_changes(
    world: World,
) -> None:
    flies, speaks = sides(world)
    [site] = speak_for(world, speaks, wish(), to=flies)
    record = send(world, flies, circle())
    world.run(10)
    [told] = received(speaks)
    assert (told.record, told.standing, told.count) == (record.digest, Standing.STANDS, 1)
    assert [each.id for each in told.touched] == [site]
    assert any("touches 1" in each for each in alarms(speaks, "notice-touches"))
    notice = told.notice
    do(world, flies, lambda n, at: revise_notice(
        n, notice, written(at, circle(north_m=200_000.0)), ADA, at))  # fmt: skip
    world.run(10)
    assert [(each.standing, each.count) for each in received(speaks)] == [(Standing.REPLACED, 0)]
    back = do(world, flies, lambda n, at: revise_notice(n, notice, written(at, circle()), ADA, at))
    world.run(10)
    assert (received(speaks)[-1].record, received(speaks)[-1].count) == (back.digest, 1)
    speak_for(world, speaks, wish(2, "school"), to=None)
    world.run(10)
    assert received(speaks)[-1].count == 2
    do(world, speaks, lambda n, at: end_site(n, site, "moved away", CAT, at))
    world.run(10)
    assert [each.id for each in received(speaks)[-1].touched] != [site]
    assert received(speaks)[-1].count == 1
    do(world, flies, lambda n, at: cancel_notice(n, notice, "rain", ADA, at))
    world.run(10)
    assert received(speaks)[-1].standing is Standing.CANCELLED


@pytest.mark.requirement("HAZARD-004")
def test_an_owner_who_is_no_recipient_is_told_and_no_place_goes_along() -> None:
    world = World(seed=12, setting=Setting(nodes=3))
    flies, speaks = sides(world)
    third = list(world.places.values())[2]
    speak_for(world, speaks, wish(), to=flies)
    send(world, flies, circle(), to=(third.party.id,))
    world.run(10)
    [told] = received(speaks)
    assert told.count == 1
    assert list(speaks.node.notices.held()) == []
    [stored] = [each for each in speaks.node.store.journal() if b"hazard.touch" in _payload(each)]
    assert b"shape" not in _payload(stored)
    assert b"latitude" not in _payload(stored)
    assert third.node.hazards.touches_received() == ()


@pytest.mark.requirement("HAZARD-005")
def test_a_site_that_its_author_may_not_know_rings_at_its_owner_alone(world: World) -> None:
    flies, speaks = sides(world)
    speak_for(world, speaks, wish(), to=None)
    speak_for(world, speaks, wish(2, "school", north_m=400_000.0), to=None)
    record = send(world, flies, circle())
    world.run(10)
    assert received(speaks) == []
    assert any("by our own register" in each for each in alarms(speaks, "notice-touches"))
    assert alarms(flies, "notice-touches") == []
    assert flies.node.hazards.touched(record.digest) == ()


@pytest.mark.requirement("HAZARD-006")
def test_a_movement_that_deviates_is_checked_and_told_again(world: World) -> None:
    flies, speaks = sides(world)
    movement = enter_convoy(world, speaks, flies)
    record = send(world, flies, circle(), begins_s=30_000.0)
    world.run(10)
    assert flies.node.hazards.touched(record.digest) == ()  # long after the convoy's time
    place = {
        "latitude_deg_e7": -105_000_000,
        "longitude_deg_e7": -1_500_000_000,
        "accuracy_mm": 1_000,
    }
    do(world, speaks, lambda n, at: report_position(
        n, movement, place, at, 1_800.0, CAT, at))  # fmt: skip
    world.run(10)
    [touch] = flies.node.hazards.touched(record.digest)
    assert touch.id == movement
    assert touch.what.deviation is not None
    assert [each.id for each in received(speaks)[-1].touched] == [movement]


@pytest.mark.requirement("HAZARD-007")
def test_an_objection_is_shown_with_the_notice_at_both_sides_and_taken_back(world: World) -> None:
    flies, speaks = sides(world)
    [site] = speak_for(world, speaks, wish(), to=flies)
    [secret] = speak_for(world, speaks, wish(2, "school", north_m=400_000.0), to=None)
    record = send(world, flies, circle())
    world.run(10)
    notice = record.body["notice"]

    def objecting(ids: list[str], *, taken_back: bool = False) -> Any:
        return lambda n, at: object_to_notice(
            n, notice, ids, "patients cannot move", CAT, at, taken_back=taken_back
        )

    do(world, speaks, objecting([site]))
    world.run(10)
    for place in (flies, speaks):
        [made] = place.node.hazards.objections(record.digest)
        assert (made.party, made.objection.ids) == (speaks.party.id, (site,))
    assert alarms(flies, "objection")
    consent_to(world, speaks, flies, 1_000_000, sites=[site])
    do(world, speaks, lambda n, at: _take_back_all(n, flies, at))
    with pytest.raises(InputError, match=r"ids\[0\].*may not know"):
        do(world, speaks, objecting([secret]))
    do(world, speaks, objecting([], taken_back=True))
    world.run(10)
    assert flies.node.hazards.objections(record.digest) == ()
    with pytest.raises(InputError, match="our own"):
        do(world, flies, objecting([]))


def _take_back_all(node: Node, other: Place, at: Instant) -> Any:
    return take_back_consent(node, other.party.id, None, "no longer", CAT, at)


@pytest.mark.requirement("HAZARD-008")
def test_homing_in_rings_at_the_owner_and_the_own_supervisor_and_then_ends(world: World) -> None:
    flies, speaks = sides(world)
    [site] = speak_for(world, speaks, wish(), to=flies)
    for step in range(12):
        preview(world, flies, circle(north_m=100.0 * step), operator=ADA if step % 2 else BEN)
    with pytest.raises(InputError, match="12 different questions of this party about one area"):
        preview(world, flies, circle(north_m=3_000.0))
    world.run(10)
    [sweep] = [each for each in flies.node.hazards.sweeps() if each.rule is SweepRule.HOMING]
    assert (sweep.questions, sweep.operator) == (6, None)
    author, told, _ = speaks.node.hazards.sweeps_received()[0]
    assert (author, told.rule, told.seen) == (flies.party.id, SweepRule.HOMING, (site,))
    assert alarms(speaks, "preview-sweep")
    assert alarms(flies, "preview-sweep")


@pytest.mark.requirement("HAZARD-010")
def test_replaying_the_journal_gives_the_same_book_and_tells_nothing_twice(world: World) -> None:
    flies, speaks = sides(world)
    speak_for(world, speaks, wish(), to=flies)
    record = send(world, flies, circle())
    for step in range(7):
        preview(world, flies, circle(north_m=100.0 * step))
    world.run(10)
    before = flies.node.hazards
    node = flies.node
    again = Node.open(
        node.store, node.signer, node.entropy, node.card, node.make_finder, node.kernel
    )
    assert again.decide(world.at(flies)) == 0
    after = again.hazards
    assert after.touched(record.digest) == before.touched(record.digest) != ()
    assert after.told_of(record.digest) == before.told_of(record.digest) != {}
    assert after.sweeps() == before.sweeps() != ()
    assert after.previews.asked() == before.previews.asked()
