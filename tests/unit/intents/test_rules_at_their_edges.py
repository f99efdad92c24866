"""Each rule just inside and just outside: what a fault planted in one line of a rule would change."""

from dataclasses import replace

import pytest
from geographiclib.geodesic import Geodesic
from tests.intents_world import (
    ALPHA,
    BRAVO,
    CHARLIE,
    CLOCK_DIFFERENCE_S_MAX,
    DECIDE_WITHIN_S,
    GUARD_BAND_S,
    NOON,
    OPERATOR,
    World,
    agreement,
    at_places,
    forged,
    said_kinds,
)

from comity.domain.agreement import Caps
from comity.domain.airspace import (
    Altitude,
    CellCover,
    Datum,
    Footprint,
    Shape,
    ShapeKind,
    Volume4D,
)
from comity.domain.intents import (
    Blocker,
    DeclaredState,
    IntentState,
    Label,
    Move,
    NotPossible,
    RefusalReason,
    answer_to,
)
from comity.domain.intents.checks import extent_m
from comity.domain.records import Draft
from comity.domain.releasability import Disclosure
from comity.kernel.ids import PartyId, RecordDigest


def forged_proposal(world, *, made_after_s=0.0, to=(BRAVO,), by=ALPHA, **changed):
    """Alpha's proposal as a liar would make it: the honest one with members changed."""
    honest = World(ALPHA, BRAVO, CHARLIE)
    body = dict(honest.proposed(ALPHA, at_places(1)).body)
    body |= {"agreement": world.terms.digest, "required": sorted(to)}
    body |= {name: value for name, value in changed.items() if value is not None}
    return forged(world[by], "intent.proposal", body, to, world.at.plus_s(made_after_s))


def answer(world, record):
    """What bravo says to it at once, and why; None where it says nothing."""
    world[BRAVO].take(record, world.at)
    said = world[BRAVO].settle(world.at)
    assert len(said) <= 1
    if not said:
        return None
    return said[0].body.get("reason", said_kinds(said)[0])


# Rule 2 and 3: who gives way


@pytest.mark.requirement("INTENT-005", "INTENT-012")
def test_nothing_outranks_what_was_agreed_to_under_other_terms():
    """Charlie's proposal is held under the old terms and may yet be accepted: no waiting for it."""
    world = World(ALPHA, BRAVO, CHARLIE)
    held = world.proposed(CHARLIE, at_places(1))
    world.deliver(CHARLIE, BRAVO)
    world[BRAVO].settle(world.at)
    assert world.state(BRAVO, held) == "held"
    newer = agreement(ALPHA, BRAVO, CHARLIE, name="second")
    for party in (ALPHA, BRAVO):
        world.change_context(party, terms=newer)
    record = world.proposed(ALPHA, at_places(1), priority="medical")
    assert answer(world, record) == "outranked-conflict"


STATES = {
    IntentState.ACCEPTED: RefusalReason.CONFLICT,
    IntentState.ACTIVATED: RefusalReason.CONFLICT,
    IntentState.NONCONFORMING: RefusalReason.CONFLICT,
    IntentState.CONTINGENT: RefusalReason.CONFLICT,
    IntentState.CONTESTED: RefusalReason.CONFLICT,
    IntentState.PROPOSED: RefusalReason.OUTRANKED_CONFLICT,
    IntentState.HELD: RefusalReason.OUTRANKED_CONFLICT,
    IntentState.LAPSED: RefusalReason.LAPSED_HOLD,
}


@pytest.mark.requirement("INTENT-004", "INTENT-006")
@pytest.mark.parametrize("state", STATES)
def test_what_stands_or_contends_refuses(state):
    blocker = Blocker(
        key=RecordDigest("a" * 64),
        own=False,
        state=state,
        gives_way=False,
        owner_asked=False,
        determined=True,
    )
    assert answer_to([blocker]).reason is STATES[state]
    undetermined = replace(blocker, determined=False)
    expected = STATES[state] if state is IntentState.LAPSED else RefusalReason.UNDETERMINED
    assert answer_to([undetermined]).reason is expected
    gives_way = answer_to([replace(blocker, gives_way=True, owner_asked=True)])
    moves = {
        IntentState.PROPOSED: Move.WITHDRAW_OWN,
        IntentState.HELD: Move.WAIT,
        IntentState.LAPSED: Move.ASSENT,
    }
    assert gives_way.move is moves.get(state, Move.REFUSE)


# Rule 4: whose assent counts, and once


@pytest.mark.requirement("INTENT-001", "INTENT-015")
def test_an_assent_of_a_party_that_was_not_asked_changes_nothing():
    world = World(ALPHA, BRAVO, CHARLIE, required=lambda terms, owner, footprint: (BRAVO,))
    proposal = world.proposed(ALPHA, at_places(1))
    body = {"agreement": world.terms.digest, "border": None, "kernel": "k"}
    assent = forged(
        world[CHARLIE], "intent.assent", body | {"proposal": proposal.digest}, [ALPHA], world.at
    )
    world[ALPHA].take(assent, world.at)
    assert world[ALPHA].book.holdings.versions[proposal.digest].assents == {}
    (alarm,) = world[ALPHA].book.alarms.since(0)
    assert (alarm.kind, alarm.party) == ("protocol-violation", CHARLIE)


@pytest.mark.requirement("INTENT-001", "INTENT-015")
@pytest.mark.parametrize("first", ["assent", "refusal"])
def test_of_two_answers_the_first_stands(first):
    world = World(ALPHA, BRAVO)
    proposal = world.proposed(ALPHA, at_places(1))
    basis = {"agreement": world.terms.digest, "border": None, "kernel": "k"}
    bodies = {
        "assent": basis | {"proposal": proposal.digest},
        "refusal": basis | {"proposal": proposal.digest, "reason": "person", "detail": {}},
    }
    second = next(kind for kind in bodies if kind != first)
    for kind in (first, second):
        record = forged(world[BRAVO], f"intent.{kind}", bodies[kind], [ALPHA], world.at)
        world[ALPHA].take(record, world.at)
    version = world[ALPHA].book.holdings.versions[proposal.digest]
    assert (bool(version.assents), bool(version.refusals)) == (first == "assent", first != "assent")
    (alarm,) = world[ALPHA].book.alarms.since(0)
    assert "second answer" in alarm.detail


# Rule 7: decide-by


@pytest.mark.requirement("INTENT-003", "INTENT-015")
@pytest.mark.parametrize(
    ("made_after_s", "decide_after_s", "said"),
    [
        (0.0, DECIDE_WITHIN_S, "assent"),
        (0.0, DECIDE_WITHIN_S + 0.001, "decide-by"),
        # made late by its owner's clock: the owner's time to decide is over earlier
        (-30.0, DECIDE_WITHIN_S - 30.0, "assent"),
        (-30.0, DECIDE_WITHIN_S - 29.999, "decide-by"),
        # made early by its owner's clock: no more than the allowed difference is granted
        (5.0, DECIDE_WITHIN_S + CLOCK_DIFFERENCE_S_MAX, "assent"),
        (6.0, DECIDE_WITHIN_S + CLOCK_DIFFERENCE_S_MAX + 0.001, "decide-by"),
    ],
)
def test_the_time_to_decide_is_the_agreed_one_by_both_clocks(made_after_s, decide_after_s, said):
    world = World(ALPHA, BRAVO)
    decide_by = str(world.at.plus_s(decide_after_s))
    record = forged_proposal(world, made_after_s=made_after_s, decide_by=decide_by)
    assert answer(world, record) == said


@pytest.mark.requirement("INTENT-003")
def test_nothing_is_declared_that_had_to_be_decided_already():
    world = World(ALPHA, BRAVO)
    world.wait(1.0)
    late = world.declare(ALPHA, at_places(1), decide_by=world.at.plus_s(-0.001))
    assert isinstance(late, NotPossible)
    assert late.reason == "decide-by"


# Rule 8: who is asked


@pytest.mark.requirement("INTENT-001", "INTENT-015")
def test_a_holder_computes_for_itself_who_must_be_asked():
    world = World(ALPHA, BRAVO, CHARLIE)
    world.change_context(ALPHA, required_parties=lambda terms, owner, footprint: (BRAVO,))
    record = world.proposed(ALPHA, at_places(1))
    world[BRAVO].take(record, world.at)
    (refusal,) = world[BRAVO].settle(world.at)
    assert (refusal.body["reason"], refusal.body["detail"]) == (
        "required",
        {"also_require": [CHARLIE]},
    )


@pytest.mark.requirement("INTENT-015")
def test_a_stranger_is_not_asked():
    world = World(ALPHA, BRAVO)
    stranger = PartyId("zulu.aaaaaaaa")
    assert answer(world, forged_proposal(world, to=(BRAVO, stranger))) == "required"


# Rule 10: one agreement


@pytest.mark.requirement("INTENT-012")
def test_another_agreement_is_said_before_any_other_fault():
    world = World(ALPHA, BRAVO)
    record = forged_proposal(world, agreement="f" * 64, replaces="e" * 64, decide_by=str(world.at))
    assert answer(world, record) == "agreement"


@pytest.mark.requirement("INTENT-008", "INTENT-012")
def test_an_acceptance_under_another_agreement_is_contested():
    world = World(ALPHA, BRAVO)
    proposal = world.proposed(ALPHA, at_places(1))
    world.deliver(ALPHA, BRAVO)
    (assent,) = world[BRAVO].settle(world.at)
    body = {
        "agreement": "f" * 64,
        "assents": [{"digest": assent.digest, "party": BRAVO}],
        "proposal": proposal.digest,
    }
    world[BRAVO].take(forged(world[ALPHA], "intent.acceptance", body, [BRAVO], world.at), world.at)
    assert world.state(BRAVO, proposal) == "contested"


@pytest.mark.requirement("INTENT-015")
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"priority": "royal"}, "priority"),
        ({"valid_until": NOON.plus_s(3600.0 + 600.0)}, "outside-validity"),
        ({"valid_until": NOON.plus_s(3600.0 + 600.001)}, "assent"),
        ({"valid_from": NOON.plus_s(3600.001)}, "outside-validity"),
        ({"valid_from": NOON.plus_s(3600.0)}, "assent"),
    ],
)
def test_class_and_validity_are_those_of_the_terms(changed, said):
    times = {name: at for name, at in changed.items() if name != "priority"}
    world = World(ALPHA, BRAVO, terms=agreement(ALPHA, BRAVO, **times))
    assert answer(world, forged_proposal(world, priority=changed.get("priority"))) == said


@pytest.mark.requirement("INTENT-015")
@pytest.mark.parametrize(("early_s", "said"), [(GUARD_BAND_S, "started"), (9.999, "assent")])
def test_a_flight_that_has_begun_is_not_agreed(early_s, said):
    """The guard band is for clocks that differ: begun longer ago than that is begun."""
    world = World(ALPHA, BRAVO)
    world.wait(3600.0 + early_s)
    decide_by = str(world.at.plus_s(30.0))
    assert answer(world, forged_proposal(world, decide_by=decide_by)) == said


@pytest.mark.requirement("INTENT-015")
def test_a_stranger_to_the_terms_is_refused_as_such():
    world = World(ALPHA, BRAVO, CHARLIE)
    world.terms = agreement(BRAVO, CHARLIE)
    world.change_context(BRAVO, terms=world.terms)
    record = forged_proposal(world)
    world[BRAVO].take(record, world.at)
    (refusal,) = world[BRAVO].settle(world.at)
    assert refusal.body["detail"] == {"not_a_party": ALPHA}


# Caps


@pytest.mark.requirement("INTENT-014")
def test_a_cap_is_the_most_that_is_allowed():
    caps = Caps(
        volumes_per_proposal_max=2,
        duration_s_max=600.0,
        look_ahead_s_max=3600.0,
        open_proposals_max=1,
        proposals_per_hour_max=1,
    )
    world = World(ALPHA, BRAVO, terms=agreement(ALPHA, BRAVO, caps=caps))
    world.proposed(ALPHA, at_places(1, 2))
    world.settle()


def circle(latitude_deg, longitude_deg, radius_m=0.0):
    shape = Shape(ShapeKind.PATH, (latitude_deg,), (longitude_deg,), radius_m)
    low, high = Altitude(0.0, Datum.WGS84), Altitude(1.0, Datum.WGS84)
    return Volume4D(shape, low, high, NOON, NOON.plus_s(1.0))


@pytest.mark.requirement("INTENT-014")
@pytest.mark.parametrize(
    "places",
    [
        [(0.0, 0.0), (0.0, 1.0)],
        [(60.0, 179.5), (60.0, -179.5)],
        [(89.9, 0.0), (89.9, 180.0)],
        [(-45.0, 10.0), (10.0, 40.0), (50.0, -20.0)],
        [(0.0, 0.0), (0.0, 179.0)],
        [(0.0, 0.0), (0.0, 180.0)],
        [(0.0, 0.0), (0.0, 120.0), (0.0, -120.0)],
    ],
)
def test_the_extent_is_never_less_than_the_greatest_distance(places):
    radius_m = 20_000.0
    volumes = tuple(circle(*place, radius_m) for place in places)
    apart_m = max(Geodesic.WGS84.Inverse(*a, *b)["s12"] for a in places for b in places)
    found_m = extent_m(Footprint(volumes, None, "standard"))
    half_way_round_m = 20_015_000.0
    assert found_m >= min(apart_m + 2 * radius_m, half_way_round_m) * 0.994  # a sphere's distances
    assert found_m <= 2.0 * (apart_m + 2 * radius_m) * 1.006


# What is disclosed


def cells(*numbers):
    cover = CellCover(
        frozenset((0x871FA4C4AFFFFFF, band, 5_984_000) for band in numbers),
        7,
        100.0,
        300,
        Datum.WGS84,
    )
    return Footprint((), cover, "standard")


@pytest.mark.requirement("INTENT-004")
def test_a_refusal_names_at_most_a_hundred_shared_cells_and_no_place():
    world = World(ALPHA, BRAVO)
    many = cells(*range(150))
    world.wait(5_984_000 * 300 - world.at.unix_s - 3600.0)
    world.proposed(ALPHA, many, disclosure=Disclosure.CELLS)
    world.settle()
    world[BRAVO].book.holdings.finder.held.clear()  # bravo has not heard of it yet
    world.proposed(BRAVO, cells(*range(20, 150)), disclosure=Disclosure.CELLS)
    world.deliver(BRAVO, ALPHA)
    (refusal,) = world[ALPHA].settle(world.at)
    assert refusal.body["reason"] == "conflict"
    assert set(refusal.body["detail"]) == {"with", "cells"}
    assert len(refusal.body["detail"]["cells"]) == 100


@pytest.mark.requirement("INTENT-004")
def test_a_flight_shown_as_cells_is_not_placed_better_to_one_that_shows_volumes():
    world = World(ALPHA, BRAVO)

    class MeetsAll(type(world[ALPHA].book.holdings.finder)):
        def _verdict(self, one, other):
            return super()._verdict(at_places(1), at_places(1))

    world[ALPHA].book.holdings.finder.__class__ = MeetsAll
    world.wait(5_984_000 * 300 - world.at.unix_s - 3600.0)
    world.proposed(ALPHA, cells(1), disclosure=Disclosure.CELLS)
    world.settle()
    world[BRAVO].book.holdings.finder.held.clear()
    world.proposed(BRAVO, at_places(1, start_s=world.at.minus(NOON) + 3600.0))
    world.deliver(BRAVO, ALPHA)
    (refusal,) = world[ALPHA].settle(world.at)
    assert refusal.body["reason"] == "conflict"
    assert set(refusal.body["detail"]) == {"with"}


# Watching


@pytest.mark.requirement("INTENT-009")
def test_a_flight_off_its_volumes_is_kept_to_the_end_of_where_it_may_be():
    world = World(ALPHA, BRAVO)
    proposal = world.proposed(ALPHA, at_places(1))
    world.settle()
    longer = at_places(2, duration_s=1200.0)
    draft = world[ALPHA].book.change_state(
        proposal.body["intent"], DeclaredState.CONTINGENT, OPERATOR, longer
    )
    assert isinstance(draft, Draft)
    world[ALPHA].say(draft, world.at)
    world.settle()
    world.wait(3600.0 + 600.0 + GUARD_BAND_S + 1.0)
    assert [world.state(party, proposal) for party in (ALPHA, BRAVO)] == ["contingent"] * 2
    world.wait(600.0)
    assert [world.state(party, proposal) for party in (ALPHA, BRAVO)] == ["expired"] * 2


@pytest.mark.requirement("INTENT-014")
def test_a_dispatcher_who_takes_back_a_few_of_many_is_no_prober():
    world = World(ALPHA, BRAVO)
    for number in range(66):  # 22 of them
        proposal = world.proposed(ALPHA, at_places(number))
        if number % 3 == 0:
            draft = world[ALPHA].book.withdraw(proposal.body["intent"], OPERATOR)
            assert isinstance(draft, Draft)
            world[ALPHA].say(draft, world.at)
        world.settle()
    assert world[BRAVO].book.alarms.count == 0


@pytest.mark.requirement("INTENT-016")
def test_a_node_that_was_restored_and_has_not_heard_its_peers_calls_nothing_deconflicted():
    world = World(ALPHA, BRAVO)
    proposal = world.proposed(ALPHA, at_places(1))
    world.settle()
    assert world.view(ALPHA, proposal).label is Label.DECONFLICTED
    world.change_context(ALPHA, recovering=True)
    view = world.view(ALPHA, proposal)
    assert (view.label, view.why_not) == (Label.NOT_DECONFLICTED, ("recovering",))
