"""Two and three parties agree on flights, or do not, by the ten rules."""

import pytest
from tests.intents_world import (
    ALPHA,
    BRAVO,
    CHARLIE,
    DECIDE_WITHIN_S,
    GUARD_BAND_S,
    OPERATOR,
    UNDETERMINED_PLACE,
    World,
    agreement,
    at_places,
    forged,
    said_kinds,
)

from comity.domain.intents import Label, Move, NotPossible
from comity.domain.records import Draft


def third_asked(terms, owner, footprint):
    """Only charlie has an interest: the owners do not ask each other."""
    return [CHARLIE]


@pytest.mark.requirement("INTENT-001")
def test_a_lone_proposal_is_accepted_with_the_assent_of_every_party():
    world = World(ALPHA, BRAVO, CHARLIE)
    proposal = world.proposed(ALPHA, at_places(1))
    world.settle()
    for party in (ALPHA, BRAVO, CHARLIE):
        assert world.state(party, proposal) == "accepted"
        view = world.view(party, proposal)
        assert view.label is Label.DECONFLICTED
        assert [answer.kind for answer in view.answers] == ["assent", "assent"]


@pytest.mark.requirement("INTENT-001", "INTENT-016")
def test_one_missing_assent_keeps_a_flight_from_being_accepted():
    world = World(ALPHA, BRAVO, CHARLIE)
    proposal = world.proposed(ALPHA, at_places(1))
    world.settle(away=[CHARLIE])
    view = world.view(ALPHA, proposal)
    assert view.state == "proposed"
    assert view.label is Label.NOT_DECONFLICTED
    assert [answer.kind for answer in view.answers] == ["assent", "unknown"]
    assert view.why_not == ("state-proposed", f"no-assent-from-{CHARLIE}")


@pytest.mark.requirement("INTENT-001")
def test_a_flight_that_concerns_nobody_else_is_accepted_at_once():
    world = World(ALPHA, BRAVO, required=lambda terms, owner, footprint: [])
    proposal = world.proposed(ALPHA, at_places(1))
    (acceptance,) = world[ALPHA].settle(world.at)
    assert acceptance.body["assents"] == []
    assert acceptance.recipients == ()
    assert world.state(ALPHA, proposal) == "accepted"


@pytest.mark.requirement("INTENT-001")
def test_an_assent_under_another_agreement_does_not_count():
    world = World(ALPHA, BRAVO)
    proposal = world.proposed(ALPHA, at_places(1))
    body = {"agreement": "0" * 64, "border": None, "kernel": "k", "proposal": proposal.digest}
    world[ALPHA].take(forged(world[BRAVO], "intent.assent", body, [ALPHA], world.at), world.at)
    assert world[ALPHA].settle(world.at) == []
    assert world.state(ALPHA, proposal) == "proposed"
    assert [alarm.kind for alarm in world[ALPHA].book.alarms.since(0)] == ["protocol-violation"]


@pytest.mark.requirement("INTENT-002")
def test_of_two_proposals_that_meet_the_outranked_one_gives_way_and_its_owner_assents():
    world = World(ALPHA, BRAVO)
    routine = world.proposed(ALPHA, at_places(1))
    medical = world.proposed(BRAVO, at_places(1), priority="medical")
    world.settle()
    assert world.state(ALPHA, routine) == "withdrawn"
    assert world.state(BRAVO, medical) == "accepted"
    said = [record for record, _, _ in world[ALPHA].journal if record.author == ALPHA]
    assert said_kinds(said) == ["proposal", "withdrawal", "assent"]
    assert said[1].body["reason"] == "outranked"
    assert said[1].body["because"] == medical.digest


@pytest.mark.requirement("INTENT-002")
def test_the_higher_ranked_side_refuses_and_keeps_its_own():
    world = World(ALPHA, BRAVO)
    medical = world.proposed(BRAVO, at_places(1), priority="medical")
    routine = world.proposed(ALPHA, at_places(1))
    world.deliver(ALPHA, BRAVO)
    (refusal,) = world[BRAVO].settle(world.at)
    assert refusal.body["reason"] == "outranked-conflict"
    world.settle()
    assert world.state(BRAVO, medical) == "accepted"
    assert world.state(ALPHA, routine) == "withdrawn"
    answer = world.view(ALPHA, routine).answers[0]
    assert (answer.party, answer.kind, answer.reason) == (BRAVO, "refusal", "outranked-conflict")


@pytest.mark.requirement("INTENT-002")
def test_an_own_proposal_is_not_given_up_for_one_that_is_refused_anyway():
    world = World(ALPHA, BRAVO)
    world.proposed(ALPHA, at_places(1))
    world.settle()
    kept = world.proposed(ALPHA, at_places(2))
    world[ALPHA].outbox.clear()
    world[BRAVO].book.holdings.finder.held.clear()  # bravo does not see what alpha holds
    world.proposed(BRAVO, at_places(1, 2), priority="medical")
    world.deliver(BRAVO, ALPHA)
    (refusal,) = world[ALPHA].settle(world.at)
    assert refusal.body["reason"] == "conflict"
    assert world.state(ALPHA, kept) == "proposed"


@pytest.mark.requirement("INTENT-003")
def test_silence_withdraws_after_decide_by_and_never_accepts():
    world = World(ALPHA, BRAVO)
    proposal = world.proposed(ALPHA, at_places(1))
    world.wait(DECIDE_WITHIN_S)
    assert world[ALPHA].settle(world.at) == []
    world.wait(0.001)
    assert world[ALPHA].book.next_due() is not None
    (withdrawal,) = world[ALPHA].settle(world.at)
    assert withdrawal.body["reason"] == "decide-by"
    world.settle()
    assert world.state(BRAVO, proposal) == "withdrawn"


@pytest.mark.requirement("INTENT-003")
def test_an_assent_that_comes_after_decide_by_is_not_used():
    world = World(ALPHA, BRAVO)
    proposal = world.proposed(ALPHA, at_places(1))
    world.deliver(ALPHA, BRAVO)
    assert said_kinds(world[BRAVO].settle(world.at)) == ["assent"]
    world.wait(DECIDE_WITHIN_S + 0.001)
    world.deliver(BRAVO, ALPHA)
    (withdrawal,) = world[ALPHA].settle(world.at)
    assert withdrawal.body["reason"] == "decide-by"
    assert world.state(ALPHA, proposal) == "withdrawn"


@pytest.mark.requirement("INTENT-003")
def test_a_proposal_that_comes_after_its_decide_by_stays_unanswered():
    world = World(ALPHA, BRAVO)
    proposal = world.proposed(ALPHA, at_places(1))
    world.wait(DECIDE_WITHIN_S + 1.0)
    world.deliver(ALPHA, BRAVO)
    assert world[BRAVO].settle(world.at) == []
    assert world.state(BRAVO, proposal) == "unanswered"


@pytest.mark.requirement("INTENT-003")
def test_an_own_assent_given_back_after_a_restore_still_holds():
    world = World(ALPHA, BRAVO)
    proposal = world.proposed(ALPHA, at_places(1))
    world.deliver(ALPHA, BRAVO)
    (assent,) = world[BRAVO].settle(world.at)
    restored = World(ALPHA, BRAVO)[BRAVO]
    restored.take(proposal, world.at)
    late = world.at.plus_s(DECIDE_WITHIN_S + 1.0)
    restored.book.holdings.advance(late)
    version = restored.book.holdings.versions[proposal.digest]
    assert version.state == "unanswered"
    restored.take(assent, late)
    assert version.state == "held"


@pytest.mark.requirement("INTENT-003")
def test_an_own_answer_that_comes_back_before_its_proposal_is_kept_for_it():
    world = World(ALPHA, BRAVO)
    proposal = world.proposed(ALPHA, at_places(1))
    world.deliver(ALPHA, BRAVO)
    (assent,) = world[BRAVO].settle(world.at)
    restored = World(ALPHA, BRAVO)[BRAVO]
    restored.take(assent, world.at)
    restored.take(proposal, world.at)
    assert restored.book.holdings.versions[proposal.digest].state == "held"
    assert restored.settle(world.at) == []  # it has answered; a second answer would be another


@pytest.mark.requirement("INTENT-004")
def test_a_flight_that_meets_an_accepted_one_is_refused_with_time_and_place():
    world = World(ALPHA, BRAVO)
    world.proposed(ALPHA, at_places(1, 2))
    world.settle()
    world[BRAVO].book.holdings.finder.held.clear()  # bravo does not see what alpha holds
    world.proposed(BRAVO, at_places(2, 3), priority="medical")
    world.deliver(BRAVO, ALPHA)
    (refusal,) = world[ALPHA].settle(world.at)
    assert refusal.body["reason"] == "conflict"
    assert refusal.body["detail"] == {
        "with": ALPHA,
        "at": str(world.at.plus_s(3600.0)),
        "lat_e7": 0,
        "lon_e7": 20_000_000,
        "least_horizontal_mm": 0,
        "least_vertical_mm": 0,
        "proposal_volume": 0,
    }


@pytest.mark.requirement("INTENT-004")
def test_a_refusal_for_a_third_partys_flight_tells_nothing_of_it():
    world = World(ALPHA, BRAVO, CHARLIE, required=third_asked)
    world.proposed(ALPHA, at_places(1))
    world.settle()
    refused = world.proposed(BRAVO, at_places(1), priority="medical")
    world.settle()
    answer = world.view(BRAVO, refused).answers[0]
    assert (answer.reason, answer.detail) == ("conflict", {"with": "third-party"})
    assert world.state(BRAVO, refused) == "withdrawn"


@pytest.mark.requirement("INTENT-004")
def test_what_the_data_do_not_decide_is_refused():
    world = World(ALPHA, BRAVO, CHARLIE, required=third_asked)
    world.proposed(ALPHA, at_places(UNDETERMINED_PLACE))
    world.settle()
    refused = world.proposed(BRAVO, at_places(UNDETERMINED_PLACE), priority="medical")
    world.settle()
    assert world.view(BRAVO, refused).answers[0].reason == "undetermined"


@pytest.mark.requirement("INTENT-005")
def test_a_third_partys_lower_proposal_is_waited_for_and_then_decided():
    world = World(ALPHA, BRAVO, CHARLIE, required=third_asked)
    lower = world.proposed(ALPHA, at_places(1))
    world.settle(away=[BRAVO])  # accepted by alpha; charlie has heard of it
    assert world.state(CHARLIE, lower) == "accepted"
    held = world.proposed(ALPHA, at_places(2))
    world.deliver(ALPHA, CHARLIE)
    assert said_kinds(world[CHARLIE].settle(world.at)) == ["assent"]
    higher = world.proposed(BRAVO, at_places(2), priority="medical")
    world.deliver(BRAVO, CHARLIE)
    assert world[CHARLIE].settle(world.at) == []
    assert world.view(CHARLIE, higher).put_off == "waiting-for-another-proposal"
    intent = held.body["intent"]
    withdrawal = world[ALPHA].book.withdraw(intent, OPERATOR)
    assert isinstance(withdrawal, Draft)
    world[ALPHA].say(withdrawal, world.at)
    world.settle()
    assert world.state(BRAVO, higher) == "accepted"


@pytest.mark.requirement("INTENT-005")
def test_a_third_partys_higher_proposal_refuses_the_lower_one():
    world = World(ALPHA, BRAVO, CHARLIE, required=third_asked)
    world.proposed(ALPHA, at_places(2), priority="medical")
    world.deliver(ALPHA, CHARLIE)
    world[CHARLIE].settle(world.at)
    world.proposed(BRAVO, at_places(2))
    world.deliver(BRAVO, CHARLIE)
    (refusal,) = world[CHARLIE].settle(world.at)
    assert refusal.body["reason"] == "outranked-conflict"


def lapsed_at_charlie(world):
    """Alpha has accepted its flight with charlie's assent, and charlie has not heard of it."""
    proposal = world.proposed(ALPHA, at_places(1))
    world.deliver(ALPHA, CHARLIE)
    world[CHARLIE].settle(world.at)
    world.deliver(CHARLIE, ALPHA)
    assert said_kinds(world[ALPHA].settle(world.at)) == ["acceptance"]
    world.wait(DECIDE_WITHIN_S + GUARD_BAND_S)
    assert world.state(CHARLIE, proposal) == "held"
    world.wait(0.001)
    assert world.state(CHARLIE, proposal) == "lapsed"
    return proposal


@pytest.mark.requirement("INTENT-006")
def test_a_lapsed_hold_is_not_passed_over_without_its_owner():
    world = World(ALPHA, BRAVO, CHARLIE, required=third_asked)
    accepted = lapsed_at_charlie(world)
    refused = world.proposed(BRAVO, at_places(1), priority="medical")
    world.deliver(BRAVO, CHARLIE)
    (refusal,) = world[CHARLIE].settle(world.at)
    assert refusal.body["reason"] == "lapsed-hold"
    assert refusal.body["detail"] == {"also_require": [ALPHA]}
    assert world.state(ALPHA, accepted) == "accepted"
    world.deliver(CHARLIE, BRAVO)
    world[BRAVO].settle(world.at)
    assert world.state(BRAVO, refused) == "withdrawn"


@pytest.mark.requirement("INTENT-006")
def test_who_proposes_across_a_lapsed_hold_asks_its_owner_who_knows():
    world = World(ALPHA, BRAVO, CHARLIE, required=third_asked)
    accepted = lapsed_at_charlie(world)
    nobody_else = lambda terms, owner, footprint: []  # noqa: E731  # charlie's place alone
    world.change_context(CHARLIE, required_parties=nobody_else)
    world.change_context(ALPHA, required_parties=nobody_else)
    across = world.proposed(CHARLIE, at_places(1), priority="medical")
    assert across.recipients == (ALPHA,)
    world.deliver(CHARLIE, ALPHA)
    (refusal,) = world[ALPHA].settle(world.at)
    assert refusal.body["reason"] == "conflict"
    assert world.state(ALPHA, accepted) == "accepted"


@pytest.mark.requirement("INTENT-006")
def test_an_acceptance_that_comes_after_the_lapse_stands():
    world = World(ALPHA, BRAVO, CHARLIE, required=third_asked)
    accepted = lapsed_at_charlie(world)
    world.deliver(ALPHA, CHARLIE)
    assert world.state(CHARLIE, accepted) == "accepted"
    assert world.view(CHARLIE, accepted).label is Label.DECONFLICTED
    refused = world.proposed(BRAVO, at_places(1), priority="medical")
    world.settle()
    assert world.view(BRAVO, refused).answers[0].reason == "conflict"


@pytest.mark.requirement("INTENT-008")
def test_an_acceptance_without_our_assent_is_contested_alarmed_and_keeps_others_out():
    world = World(ALPHA, BRAVO)
    proposal = world.proposed(ALPHA, at_places(1))
    world.wait(DECIDE_WITHIN_S + 1.0)
    world.deliver(ALPHA, BRAVO)
    body = {
        "agreement": world.terms.digest,
        "assents": [{"digest": "0" * 64, "party": BRAVO}],
        "proposal": proposal.digest,
    }
    acceptance = forged(world[ALPHA], "intent.acceptance", body, [BRAVO], proposal.made_at)
    world[BRAVO].take(acceptance, world.at)
    view = world.view(BRAVO, proposal)
    assert view.state == "contested"
    assert view.label is Label.NOT_DECONFLICTED
    (alarm,) = world[BRAVO].book.alarms.since(0)
    assert alarm.detail == "the acceptance does not name our assent"
    met = world.declare(BRAVO, at_places(1))
    assert isinstance(met, NotPossible)
    assert met.reason == "conflict"


@pytest.mark.requirement("INTENT-008")
@pytest.mark.parametrize(
    ("late_s", "parties", "detail"),
    [
        (DECIDE_WITHIN_S + 1.0, (BRAVO, CHARLIE), "after its decide-by"),
        (0.0, (BRAVO,), "does not name the assent of every required party"),
    ],
)
def test_a_late_or_incomplete_acceptance_is_contested(late_s, parties, detail):
    world = World(ALPHA, BRAVO, CHARLIE)
    proposal = world.proposed(ALPHA, at_places(1))
    world.deliver(ALPHA, BRAVO)
    (assent,) = world[BRAVO].settle(world.at)
    rows = [{"digest": assent.digest, "party": party} for party in parties]
    body = {"agreement": world.terms.digest, "assents": rows, "proposal": proposal.digest}
    made_at = world.at.plus_s(late_s)
    acceptance = forged(world[ALPHA], "intent.acceptance", body, [BRAVO, CHARLIE], made_at)
    world[BRAVO].take(acceptance, made_at)
    assert world[BRAVO].book.holdings.versions[proposal.digest].state == "contested"
    (alarm,) = world[BRAVO].book.alarms.since(0)
    assert detail in alarm.detail


@pytest.mark.requirement("INTENT-013")
def test_a_person_assents_where_the_agreement_asks_for_one():
    world = World(ALPHA, BRAVO, terms=agreement(ALPHA, BRAVO, assent_by="person"))
    proposal = world.proposed(ALPHA, at_places(1))
    world.settle()
    assert world.state(BRAVO, proposal) == "pending"
    bravo = world[BRAVO]
    assert world.view(BRAVO, proposal).put_off == "awaiting-person"
    answered = bravo.book.answer(proposal.digest, Move.ASSENT, OPERATOR, world.at, bravo.context)
    assert not isinstance(answered, NotPossible)
    (assent,) = answered.drafts
    assert assent.operator == OPERATOR
    bravo.say(assent, world.at)
    assert world.view(BRAVO, proposal).put_off is None
    world.settle()
    assert world.state(ALPHA, proposal) == "accepted"


@pytest.mark.requirement("INTENT-013")
def test_a_persons_assent_withdraws_the_own_proposal_that_gives_way_first():
    world = World(ALPHA, BRAVO, terms=agreement(ALPHA, BRAVO, assent_by="person"))
    world.proposed(BRAVO, at_places(1))
    medical = world.proposed(ALPHA, at_places(1), priority="medical")
    world.deliver(ALPHA, BRAVO)
    bravo = world[BRAVO]
    bravo.settle(world.at)
    answered = bravo.book.answer(medical.digest, Move.ASSENT, OPERATOR, world.at, bravo.context)
    assert not isinstance(answered, NotPossible)
    assert [draft.kind for draft in answered.drafts] == ["intent.withdrawal", "intent.assent"]


@pytest.mark.requirement("INTENT-013")
def test_a_person_may_refuse_what_nothing_speaks_against():
    world = World(ALPHA, BRAVO, terms=agreement(ALPHA, BRAVO, assent_by="person"))
    proposal = world.proposed(ALPHA, at_places(1))
    world.settle()
    bravo = world[BRAVO]
    answered = bravo.book.answer(proposal.digest, Move.REFUSE, OPERATOR, world.at, bravo.context)
    assert not isinstance(answered, NotPossible)
    bravo.say(answered.drafts[0], world.at)
    world.settle()
    assert world.view(ALPHA, proposal).answers[0].reason == "person"
    assert isinstance(
        bravo.book.answer(proposal.digest, Move.ASSENT, OPERATOR, world.at, bravo.context),
        NotPossible,
    )


@pytest.mark.requirement("INTENT-013")
def test_a_conflict_is_refused_without_a_person_and_in_spite_of_one():
    terms = agreement(ALPHA, BRAVO, CHARLIE, assent_by="person")
    world = World(ALPHA, BRAVO, CHARLIE, terms=terms, required=third_asked)
    charlie = world[CHARLIE]
    first = world.proposed(ALPHA, at_places(1), priority="medical")
    second = world.proposed(BRAVO, at_places(1))
    world.settle()
    answered = charlie.book.answer(first.digest, Move.ASSENT, OPERATOR, world.at, charlie.context)
    assert not isinstance(answered, NotPossible)
    charlie.say(answered.drafts[0], world.at)
    in_spite = charlie.book.answer(second.digest, Move.ASSENT, OPERATOR, world.at, charlie.context)
    assert not isinstance(in_spite, NotPossible)
    assert in_spite.given is Move.REFUSE
    charlie.say(in_spite.drafts[0], world.at)
    third = world.proposed(BRAVO, at_places(1), allow_own_conflict=True)
    world.deliver(BRAVO, CHARLIE)
    assert said_kinds(charlie.settle(world.at)) == ["refusal"]
    assert world.state(CHARLIE, third) == "refused"


@pytest.mark.requirement("INTENT-018")
def test_an_exercise_record_changes_nothing_in_the_live_book():
    world = World(ALPHA, BRAVO)
    draft = world[ALPHA].book.declare(
        world.plan(ALPHA, at_places(1)), world.at, world[ALPHA].context
    )
    assert isinstance(draft, Draft)
    exercise = Draft(draft.kind, draft.recipients, draft.body, exercise=True)
    record = world[ALPHA].maker.make(exercise, world.at)
    world[BRAVO].take(record, world.at)
    assert list(world[BRAVO].book.intents()) == []
    assert world[BRAVO].settle(world.at) == []


@pytest.mark.requirement("INTENT-019")
def test_a_plan_that_meets_what_is_held_is_not_proposed_and_says_whose_it_is():
    world = World(ALPHA, BRAVO)
    proposal = world.proposed(ALPHA, at_places(1))
    world.settle()
    answer = world.declare(BRAVO, at_places(1), priority="medical")
    assert isinstance(answer, NotPossible)
    (met,) = answer.met
    assert (met.owner, met.proposal, met.state) == (ALPHA, proposal.digest, "accepted")
    assert world[BRAVO].outbox == {ALPHA: []}


@pytest.mark.requirement("INTENT-019")
def test_an_owner_answers_for_conflicts_among_its_own_flights():
    world = World(ALPHA, BRAVO)
    first = world.proposed(ALPHA, at_places(1), formation="red")
    world.settle()
    assert isinstance(world.declare(ALPHA, at_places(1)), NotPossible)
    second = world.proposed(ALPHA, at_places(1), formation="red", allow_own_conflict=True)
    world.settle()
    assert [world.state(BRAVO, each) for each in (first, second)] == ["accepted", "accepted"]
