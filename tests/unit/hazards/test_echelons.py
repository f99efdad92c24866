"""Who of a party has what was told for protection; silent echelons are listed and carried up the ladder."""

from dataclasses import replace
from typing import Any

import pytest
from tests.hazards_world import (
    ADA,
    BEN,
    circle,
    do,
    enter_convoy,
    send,
    sides,
    speak_for,
    wish,
    written,
)
from tests.simulation.world import Place, World

from comity.application.answer_hazard import receive_for_echelon
from comity.application.call_channels import calls_owed
from comity.application.keep_sites import take_back_consent
from comity.application.node import Node
from comity.application.notify import cancel_notice, revise_notice
from comity.domain.agreement import EchelonLevel
from comity.domain.hazards import EchelonState, Sort, echelons_of
from comity.domain.line import ESCALATION
from comity.domain.line.upkeep import Escalation, escalation_body
from comity.domain.records import Draft
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import PartyId, RecordDigest


@pytest.fixture
def world() -> World:
    return World(seed=13)


def states(world: World, at: Place, record: str, party: Place) -> dict[str, str]:
    told = at.node.hazards.echelons.get(RecordDigest(record), party.party.id)
    assert told is not None
    return {each.level.value: told.state(each, world.at(at)).value for each in told.expected}


def receive(world: World, place: Place, record: str, level: str, **changed: Any) -> Any:
    wanted = {"name": level, "holder": "whoever flies", "had_at": None, **changed}
    return do(world, place, lambda n, at: receive_for_echelon(
        n, RecordDigest(record), level, wanted["name"], wanted["holder"], wanted["had_at"], BEN, at))  # fmt: skip


@pytest.mark.requirement("HAZARD-015")
def test_each_echelon_is_unknown_until_it_says_so_and_overdue_after_its_time(world: World) -> None:
    flies, speaks = sides(world)
    record = send(world, flies, circle(), begins_s=90_000.0).digest
    world.run(10)
    unknown = {"headquarters": "unknown", "unit": "unknown", "operator": "unknown"}
    assert states(world, flies, record, speaks) == states(world, speaks, record, speaks) == unknown
    receive(world, speaks, record, "unit")
    world.run(10)
    for place in (flies, speaks):
        told = states(world, place, record, speaks)
        assert told == {**unknown, "unit": "acknowledged"}
    [word] = flies.node.hazards.echelons.get(record, speaks.party.id).received.values()
    assert (word.operator, word.receipt.holder) == (BEN, "whoever flies")
    world.run(1_801)
    told = states(world, flies, record, speaks)
    assert told == {"headquarters": "overdue", "unit": "acknowledged", "operator": "unknown"}
    assert {*told.values()} <= {*EchelonState}


@pytest.mark.requirement("HAZARD-016")
def test_a_silent_echelon_is_carried_up_the_ladder_by_both_nodes_until_it_speaks(
    world: World,
) -> None:
    flies, speaks = sides(world)
    record = send(world, flies, circle(), begins_s=90_000.0).digest
    world.run(1_700)

    def steps(place: Place) -> list[tuple[str, int]]:
        told = place.node.line.escalations_about(record)
        return sorted((each.given.party, each.escalation.step) for each in told)

    assert steps(flies) == steps(speaks) == []
    world.run(101 + 80)
    both = sorted([(flies.party.id, 1), (speaks.party.id, 1)])
    assert steps(flies) == steps(speaks) == both
    assert any(
        each.says == "escalation-notice"
        and f"has not taken the notice of {flies.party.id}: step 1" in each.text
        for each in speaks.node.alarms.of_each(100)
    )
    for level in EchelonLevel:
        receive(world, speaks, record, level.value)
    world.run(3_600)
    assert steps(flies) == steps(speaks) == both


@pytest.mark.requirement("HAZARD-016")
def test_a_ladder_goes_on_after_a_restart_and_ends_with_the_notice(world: World) -> None:
    flies, _ = sides(world)
    record = send(world, flies, circle(), begins_s=90_000.0)
    world.run(1_800 + 65)
    node = flies.node
    again = Node.open(
        node.store, node.signer, node.entropy, node.card, node.make_finder, node.kernel
    )
    assert again.decide(world.at(flies)) == 0
    assert again.line.escalations_about(record.digest) == node.line.escalations_about(record.digest)
    notice = record.body["notice"]
    do(world, flies, lambda n, at: cancel_notice(n, notice, "rain", ADA, at))
    world.run(3_600)
    kinds = [each.escalation.step for each in flies.node.line.escalations_about(record.digest)]
    assert kinds == [1, 1]
    assert ESCALATION == "line.escalation"


@pytest.mark.requirement("HAZARD-015")
def test_what_is_told_anew_is_acknowledged_anew(world: World) -> None:
    flies, speaks = sides(world)
    first = send(world, flies, circle(), begins_s=90_000.0)
    world.run(10)
    receive(world, speaks, first.digest, "unit")
    notice = first.body["notice"]
    second = do(world, flies, lambda n, at: revise_notice(
        n, notice, written(at, circle(), begins_s=95_000.0), ADA, at))  # fmt: skip
    world.run(10)
    assert flies.node.hazards.echelons.get(first.digest, speaks.party.id) is None
    assert states(world, flies, second.digest, speaks)["unit"] == "unknown"
    with pytest.raises(InputError, match="tells this party of no notice"):
        receive(world, speaks, first.digest, "unit")


@pytest.mark.requirement("HAZARD-015")
def test_sites_and_movements_are_acknowledged_too_until_they_are_taken_back(world: World) -> None:
    flies, speaks = sides(world)
    speak_for(world, speaks, wish(1), wish(2, "school"), to=flies)
    enter_convoy(world, speaks, flies)
    told = {each.sort: each for each in speaks.node.hazards.echelons.told()}
    assert {Sort.SITE, Sort.MOVEMENT} == {*told}
    assert len(told[Sort.SITE].ids) == 2
    for each in told.values():
        receive(world, flies, each.record, "operator")
    world.run(10)
    for each in told.values():
        assert states(world, speaks, each.record, flies)["operator"] == "acknowledged"
    do(world, speaks, lambda n, at: take_back_consent(n, flies.party.id, None, "no", ADA, at))
    world.run(10)
    left = [each.sort for each in flies.node.hazards.echelons.told()]
    assert left == [Sort.MOVEMENT]


@pytest.mark.requirement("HAZARD-015")
def test_what_is_no_echelon_or_nothing_told_is_refused_by_its_field(world: World) -> None:
    flies, speaks = sides(world)
    record = send(world, flies, circle(), begins_s=90_000.0).digest
    world.run(10)
    late = world.at(speaks).plus_s(60.0)
    for changed, field in (
        ({"level": "division"}, "level"), ({"name": "nobody"}, "name"), ({"had_at": late}, "had_at"),
        ({"holder": ""}, "holder"), ({"holder": "x" * 101}, "holder"),
    ):  # fmt: skip
        wanted = {"level": "unit", **changed}
        level = wanted.pop("level")
        with pytest.raises(InputError) as caught:
            receive(world, speaks, record, level, **({"name": "unit"} | wanted))
        assert caught.value.field == field
    with pytest.raises(InputError, match="record"):
        receive(world, flies, record, "unit")


@pytest.mark.requirement("HAZARD-016")
def test_a_step_by_another_channel_is_called(world: World) -> None:
    flies, speaks = sides(world)
    record = send(world, flies, circle(), begins_s=90_000.0).digest
    world.run(10)

    def step(node: Node, at: Any) -> Any:
        body = escalation_body(Escalation(record, speaks.party.id, 1, "chief", "mail", at))
        return node.issue(Draft(ESCALATION, (flies.party.id,), body), at)

    do(world, speaks, step)
    [owed] = calls_owed(speaks.node, world.at(speaks), {"mail"})
    assert (owed.channel, owed.notice.sender, owed.notice.message) == (
        "mail",
        flies.party.id,
        record,
    )


def test_without_an_agreement_each_level_is_listed_and_nothing_is_ever_overdue() -> None:
    assumed = echelons_of(None, PartyId("alpha.aaaaaaaa"))
    assert [each.level for each in assumed] == list(EchelonLevel)
    assert all(each.assumed and each.within_s is None for each in assumed)


def test_a_receipt_or_an_objection_about_nothing_is_refused_by_its_code(world: World) -> None:
    flies, speaks = sides(world)
    record = send(world, flies, circle(), begins_s=90_000.0)
    world.run(10)
    made = receive(world, speaks, record.digest, "unit")
    stranger = made.body | {"record": "ab" * 32}
    with pytest.raises(RecordError) as caught:
        flies.node.hazards.apply(replace(made, body=stranger), world.at(flies))
    assert caught.value.reason == "hazard-unknown"
    told = flies.node.hazards.echelons.get(record.digest, speaks.party.id)
    assert told is not None
    told.received.update({(EchelonLevel.UNIT, str(n)): None for n in range(1_000)})  # type: ignore[misc]
    with pytest.raises(RecordError) as caught:
        flies.node.hazards.apply(
            replace(made, body=made.body | {"name": "another"}), world.at(flies)
        )
    assert caught.value.reason == "hazard-limit"
