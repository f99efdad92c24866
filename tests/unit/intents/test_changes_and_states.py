"""What becomes of accepted flights: changes, states, emergencies, other agreements."""

from dataclasses import replace

import pytest
from tests.intents_world import (
    ALPHA,
    BRAVO,
    CHARLIE,
    OPERATOR,
    World,
    agreement,
    at_places,
    forged,
    said_kinds,
)

from comity.domain.agreement import Caps, SeparationTable
from comity.domain.airspace import Separation
from comity.domain.intents import (
    PEER_REMOVED,
    DeclaredState,
    FlagReason,
    Label,
    Move,
    NotPossible,
    applying,
    planning,
)
from comity.domain.records import Draft
from comity.kernel.invariants import InvariantError


def accepted(world, party, footprint, **given):
    proposal = world.proposed(party, footprint, **given)
    world.settle()
    assert world.state(party, proposal) == "accepted"
    return proposal


def says(world, party, proposal, state, off_nominal=None):
    node = world[party]
    draft = node.book.change_state(proposal.body["intent"], state, OPERATOR, off_nominal)
    assert isinstance(draft, Draft), draft
    record = node.say(draft, world.at)
    world.settle()
    return record


@pytest.mark.requirement("INTENT-007")
def test_a_change_keeps_the_accepted_version_until_the_new_one_is_accepted():
    world = World(ALPHA, BRAVO)
    first = accepted(world, ALPHA, at_places(1))
    second = world.proposed(ALPHA, at_places(2), intent=first.body["intent"])
    assert second.body["version"] == 2
    assert second.body["replaces"] == first.digest
    world.deliver(ALPHA, BRAVO)
    world[BRAVO].settle(world.at)
    for party in (ALPHA, BRAVO):
        assert world.state(party, first) == "accepted"
    assert isinstance(world.declare(BRAVO, at_places(1), priority="medical"), NotPossible)
    world.settle()
    for party in (ALPHA, BRAVO):
        assert world.state(party, first) == "replaced"
        assert world.state(party, second) == "accepted"
    accepted(world, BRAVO, at_places(1))


@pytest.mark.requirement("INTENT-007")
def test_a_change_that_fails_leaves_the_accepted_version_as_it_was():
    world = World(ALPHA, BRAVO)
    accepted(world, BRAVO, at_places(2))
    first = accepted(world, ALPHA, at_places(1))
    world[ALPHA].book.holdings.finder.held.clear()  # alpha does not see what bravo holds
    second = world.proposed(ALPHA, at_places(1, 2), intent=first.body["intent"])
    world.settle()
    assert world.state(ALPHA, second) == "withdrawn"
    for party in (ALPHA, BRAVO):
        assert world.state(party, first) == "accepted"
        assert world.view(party, first).label is Label.DECONFLICTED


@pytest.mark.requirement("INTENT-007")
def test_parties_no_longer_asked_are_told_that_a_version_was_replaced():
    by_place = {1: [BRAVO], 2: [CHARLIE]}
    world = World(
        ALPHA,
        BRAVO,
        CHARLIE,
        required=lambda terms, owner, footprint: by_place[
            int(footprint.volumes[0].shape.longitude_deg[0])
        ],
    )
    first = accepted(world, ALPHA, at_places(1))
    second = accepted(world, ALPHA, at_places(2), intent=first.body["intent"])
    told = world[BRAVO].journal[-1][0]
    assert (told.kind, told.body["reason"]) == ("intent.withdrawal", "replaced")
    assert told.recipients == (BRAVO,)
    assert world.state(BRAVO, first) == "replaced"
    assert world.state(CHARLIE, second) == "accepted"
    assert world[ALPHA].settle(world.at) == []


@pytest.mark.requirement("INTENT-007")
def test_a_change_of_a_flight_in_the_air_is_active_at_once():
    world = World(ALPHA, BRAVO)
    first = accepted(world, ALPHA, at_places(1))
    says(world, ALPHA, first, DeclaredState.ACTIVATED)
    second = world.proposed(ALPHA, at_places(2), intent=first.body["intent"])
    world.settle()
    for party in (ALPHA, BRAVO):
        assert world.state(party, second) == "activated"


@pytest.mark.requirement("INTENT-007")
def test_a_change_falls_with_the_version_it_would_replace():
    world = World(ALPHA, BRAVO)
    first = accepted(world, ALPHA, at_places(1))
    second = world.proposed(ALPHA, at_places(2), intent=first.body["intent"])
    says(world, ALPHA, first, DeclaredState.ENDED)
    assert world.state(ALPHA, second) == "withdrawn"
    assert world.view(ALPHA, second).withdrawn_because == "nothing-to-replace"


@pytest.mark.requirement("INTENT-007", "INTENT-015")
@pytest.mark.parametrize(
    "changed", [{"version": 1}, {"replaces": None}, {"replaces": "0" * 64}], ids=str
)
def test_a_version_that_does_not_follow_is_refused(changed):
    world = World(ALPHA, BRAVO)
    first = accepted(world, ALPHA, at_places(1))
    body = {**first.body, "version": 2, "replaces": first.digest, **changed}
    record = forged(world[ALPHA], "intent.proposal", body, [BRAVO], world.at)
    world[BRAVO].take(record, world.at)
    (refusal,) = world[BRAVO].settle(world.at)
    assert refusal.body["reason"] == "version"


@pytest.mark.requirement("INTENT-009")
def test_an_announcement_takes_the_label_from_what_it_meets_while_it_lasts():
    world = World(ALPHA, BRAVO)
    met, not_met = accepted(world, ALPHA, at_places(1)), accepted(world, ALPHA, at_places(2))
    bravo = world[BRAVO]
    draft = bravo.book.announce(
        world.mint(BRAVO), at_places(1), OPERATOR, bravo.context, remark="engine fire"
    )
    assert isinstance(draft, Draft)
    announcement = bravo.say(draft, world.at)
    assert announcement.body["precedence"] == "FLASH"
    world.settle()
    for party in (ALPHA, BRAVO):
        view = world.view(party, met)
        assert view.label is Label.NOT_DECONFLICTED
        assert view.flags == {announcement.digest: FlagReason.ANNOUNCED}
        assert world.view(party, not_met).label is Label.DECONFLICTED
        (shown,) = world[party].book.announcements(world.at)
        assert shown.label is Label.ANNOUNCED
        kinds = {alarm.kind.value for alarm in world[party].book.alarms.since(0)}
        assert kinds == {"emergency", "no-longer-deconflicted"}
    over = bravo.book.end_announcement(announcement.digest, OPERATOR)
    assert isinstance(over, Draft)
    bravo.say(over, world.at)
    world.settle()
    for party in (ALPHA, BRAVO):
        assert world.view(party, met).label is Label.DECONFLICTED
    assert isinstance(bravo.book.end_announcement(announcement.digest, OPERATOR), NotPossible)


@pytest.mark.requirement("INTENT-021")
def test_a_party_may_not_announce_without_end(monkeypatch):
    """Each announcement is held against every flight it meets: a thousand would be a flood, not emergencies."""
    for module in (applying, planning):
        monkeypatch.setattr(module, "ANNOUNCEMENTS_OPEN_MAX", 3)
    world = World(ALPHA, BRAVO)
    bravo = world[BRAVO]

    def announced():
        return bravo.book.announce(world.mint(BRAVO), at_places(1), OPERATOR, bravo.context)

    said = [bravo.say(announced(), world.at) for _ in range(3)]
    assert announced() == NotPossible("too-many-announced", {"most": 3})
    monkeypatch.setattr(planning, "ANNOUNCEMENTS_OPEN_MAX", 4)
    bravo.say(announced(), world.at)  # a party that keeps to no limit
    world.settle()
    assert len(list(world[ALPHA].book.announcements(world.at))) == 3
    alarms = [alarm.kind.value for alarm in world[ALPHA].book.alarms.since(0)]
    assert alarms == ["emergency"] * 3 + ["protocol-violation"]
    bravo.say(bravo.book.end_announcement(said[0].digest, OPERATOR), world.at)
    bravo.say(bravo.book.end_announcement(said[1].digest, OPERATOR), world.at)
    monkeypatch.setattr(planning, "ANNOUNCEMENTS_OPEN_MAX", 3)
    bravo.say(announced(), world.at)
    world.settle()
    shown = [each.state.value for each in world[ALPHA].book.announcements(world.at)]
    assert shown == ["ended", "ended", "announced", "announced"]


@pytest.mark.requirement("INTENT-009")
def test_what_is_asked_of_no_flight_is_refused_by_name():
    world = World(ALPHA, BRAVO)
    alpha = world[ALPHA]
    unknown = world.mint(ALPHA)
    assert alpha.book.withdraw(unknown, OPERATOR).reason == "no-such-intent"
    assert alpha.book.end_announcement("0" * 64, OPERATOR).reason == "no-such-announcement"
    answer = alpha.book.answer("0" * 64, Move.ASSENT, OPERATOR, world.at, alpha.context)
    assert answer.reason == "not-awaiting-an-answer"
    intent = world.proposed(ALPHA, at_places(2)).body["intent"]
    again = world.declare(ALPHA, at_places(3), intent=intent)
    assert again.reason == "version-undecided"


@pytest.mark.requirement("INTENT-009")
def test_an_announcement_blocks_nobody_and_flags_who_comes_later():
    world = World(ALPHA, BRAVO)
    draft = world[BRAVO].book.announce(
        world.mint(BRAVO), at_places(1), OPERATOR, world[BRAVO].context
    )
    assert isinstance(draft, Draft)
    world[BRAVO].say(draft, world.at)
    world.settle()
    later = accepted(world, ALPHA, at_places(1))
    assert world.view(ALPHA, later).why_not == ("announced",)
    world.wait(20_000.0)
    (shown,) = world[ALPHA].book.announcements(world.at)
    assert shown.state == "expired"


@pytest.mark.requirement("INTENT-009")
def test_an_off_nominal_volume_takes_the_label_from_what_it_meets_and_keeps_others_out():
    world = World(ALPHA, BRAVO)
    stray, met = accepted(world, ALPHA, at_places(1)), accepted(world, BRAVO, at_places(2))
    says(world, ALPHA, stray, DeclaredState.ACTIVATED)
    record = says(world, ALPHA, stray, DeclaredState.NONCONFORMING, at_places(2, 3))
    for party in (ALPHA, BRAVO):
        assert world.view(party, met).flags == {record.digest: FlagReason.OFF_NOMINAL}
        assert world.view(party, stray).label is Label.NOT_DECONFLICTED
    assert isinstance(world.declare(BRAVO, at_places(3)), NotPossible)
    says(world, ALPHA, stray, DeclaredState.ACTIVATED)
    for party in (ALPHA, BRAVO):
        assert world.view(party, met).label is Label.DECONFLICTED
        assert world.view(party, stray).label is Label.DECONFLICTED
    accepted(world, BRAVO, at_places(3))


@pytest.mark.requirement("INTENT-012")
def test_another_agreement_is_refused_and_own_proposals_under_the_old_one_are_withdrawn():
    world = World(ALPHA, BRAVO)
    old = world.proposed(ALPHA, at_places(1))
    other = agreement(ALPHA, BRAVO, name="second")
    world.change_context(BRAVO, terms=other)
    world.deliver(ALPHA, BRAVO)
    (refusal,) = world[BRAVO].settle(world.at)
    assert refusal.body["reason"] == "agreement"
    assert refusal.body["detail"] == {"in_force": other.digest}
    world.change_context(ALPHA, terms=other)
    (withdrawal,) = world[ALPHA].settle(world.at)
    assert (withdrawal.body["reason"], world.state(ALPHA, old)) == ("agreement", "withdrawn")


@pytest.mark.requirement("INTENT-012")
def test_under_no_agreement_nothing_is_said_and_nothing_is_accepted():
    world = World(ALPHA, BRAVO)
    proposal = world.proposed(ALPHA, at_places(1))
    world.settle(away=[ALPHA])
    world.deliver(ALPHA, BRAVO)
    world[BRAVO].settle(world.at)
    world.deliver(BRAVO, ALPHA)
    world.change_context(ALPHA, terms=None)
    assert world[ALPHA].settle(world.at) == []
    assert world.view(ALPHA, proposal).put_off == "no-agreement-in-force"
    assert isinstance(world.declare(ALPHA, at_places(2)), NotPossible)
    world.change_context(ALPHA, terms=world.terms)
    assert said_kinds(world[ALPHA].settle(world.at)) == ["acceptance"]


@pytest.mark.requirement("INTENT-012")
def test_stricter_minima_flag_accepted_flights_and_drop_none():
    world = World(ALPHA, BRAVO)
    one, other = accepted(world, ALPHA, at_places(1)), accepted(world, BRAVO, at_places(2))
    stricter = agreement(
        ALPHA, BRAVO, name="second", separation=SeparationTable(Separation(150_000.0, 300.0))
    )
    for party in (ALPHA, BRAVO):
        world.change_context(party, terms=stricter)
    world.settle()
    for party in (ALPHA, BRAVO):
        assert world.state(party, one) == world.state(party, other) == "accepted"
        assert world.view(party, one).why_not == ("stricter-minima",)
        assert world.view(party, other).why_not == ("stricter-minima",)


@pytest.mark.requirement("INTENT-012")
@pytest.mark.parametrize(
    "standing_in_the_way",
    [{"holding": "suspended"}, {"holding_with": {ALPHA: "frozen", BRAVO: "frozen"}}],
    ids=["suspended", "frozen"],
)
def test_new_acceptances_stop_and_say_why_and_go_on_when_that_is_over(standing_in_the_way):
    world = World(ALPHA, BRAVO)
    standing = accepted(world, ALPHA, at_places(5))
    asked, answered = world.proposed(ALPHA, at_places(1)), world.proposed(ALPHA, at_places(2))
    world.deliver(ALPHA, BRAVO)
    world.change_context(BRAVO, **standing_in_the_way)
    assert world[BRAVO].settle(world.at) == []
    put_off = world.view(BRAVO, asked).put_off
    assert put_off is not None
    assert put_off.startswith("holding-new-acceptances: ")
    world.change_context(BRAVO, holding=None, holding_with={})
    world[BRAVO].settle(world.at)
    world.change_context(ALPHA, **standing_in_the_way)
    world.deliver(BRAVO, ALPHA)
    assert world[ALPHA].settle(world.at) == []
    refused = world.declare(ALPHA, at_places(3))
    assert isinstance(refused, NotPossible)
    assert refused.reason == "holding-new-acceptances"
    assert world.view(ALPHA, standing).label is Label.DECONFLICTED
    world.change_context(ALPHA, holding=None, holding_with={})
    assert said_kinds(world[ALPHA].settle(world.at)) == ["acceptance", "acceptance"]
    assert world.state(ALPHA, answered) == "accepted"


@pytest.mark.requirement("INTENT-012")
def test_a_flight_of_a_removed_peer_is_not_answered_until_it_is_paired_anew():
    world = World(ALPHA, BRAVO)
    asked = world.proposed(ALPHA, at_places(1))
    world.deliver(ALPHA, BRAVO)
    other = replace(world[BRAVO].context.terms, digest="f" * 64)
    for terms in (world[BRAVO].context.terms, other):  # under another agreement it would be refused
        world.change_context(BRAVO, terms=terms, holding_with={ALPHA: PEER_REMOVED})
        assert world[BRAVO].settle(world.at) == []
        assert world.view(BRAVO, asked).put_off == "holding-new-acceptances: removed"
    world.change_context(BRAVO, holding_with={})
    assert said_kinds(world[BRAVO].settle(world.at)) == ["refusal"]


@pytest.mark.requirement("INTENT-012", "INTENT-016")
def test_a_suspension_that_flags_takes_the_label_from_everything():
    world = World(ALPHA, BRAVO)
    standing = accepted(world, ALPHA, at_places(1))
    world.change_context(ALPHA, suspended_flags=True)
    assert world.view(ALPHA, standing).why_not == ("agreement-suspended",)


CAPS = {
    "volumes_per_proposal_max": (Caps(volumes_per_proposal_max=1), at_places(1, 2)),
    "duration_s_max": (Caps(duration_s_max=500.0), at_places(1)),
    "look_ahead_s_max": (Caps(look_ahead_s_max=3_000.0), at_places(1)),
    "horizontal_extent_m_max": (Caps(horizontal_extent_m_max=100_000.0), at_places(1, 3)),
    "open_proposals_max": (Caps(open_proposals_max=0), at_places(1)),
    "proposals_per_hour_max": (Caps(proposals_per_hour_max=0), at_places(1)),
}


@pytest.mark.requirement("INTENT-014")
@pytest.mark.parametrize("limit", CAPS)
def test_a_cap_holds_at_the_owner_and_at_the_asked(limit):
    caps, footprint = CAPS[limit]
    world = World(ALPHA, BRAVO)
    proposal = world.proposed(ALPHA, footprint)  # alpha's caps are wider
    world.change_context(BRAVO, terms=agreement(ALPHA, BRAVO, caps=caps))
    world.deliver(ALPHA, BRAVO)
    (refusal,) = world[BRAVO].settle(world.at)
    assert refusal.body["reason"] == "cap"
    assert refusal.body["detail"]["limit"] == limit
    assert refusal.body["detail"]["value"] > refusal.body["detail"]["most"]
    assert world.state(BRAVO, proposal) == "refused"
    own = world.declare(BRAVO, footprint)
    assert isinstance(own, NotPossible)
    assert (own.reason, own.detail["limit"]) == ("cap", limit)


@pytest.mark.requirement("INTENT-014")
def test_a_party_that_takes_back_most_of_what_it_proposes_is_alarmed_as_probing():
    world = World(ALPHA, BRAVO)
    for _ in range(21):
        proposal = world.proposed(ALPHA, at_places(1))
        withdrawal = world[ALPHA].book.withdraw(proposal.body["intent"], OPERATOR)
        assert isinstance(withdrawal, Draft)
        world[ALPHA].say(withdrawal, world.at)
    world.deliver(ALPHA, BRAVO)
    (alarm,) = world[BRAVO].book.alarms.since(0)
    assert (alarm.kind, alarm.party) == ("probing", ALPHA)
    assert world[BRAVO].book.tallies()[ALPHA].probing


@pytest.mark.requirement("INTENT-016")
def test_a_withdrawal_is_shown_as_under_way_until_every_receipt_is_here():
    world = World(ALPHA, BRAVO, CHARLIE)
    proposal = accepted(world, ALPHA, at_places(1))
    node = world[ALPHA]
    draft = node.book.withdraw(proposal.body["intent"], OPERATOR)
    assert isinstance(draft, Draft)
    node.say(draft, world.at)
    view = node.book.view_version(
        proposal.digest, world.at, node.context, lambda digest, party: party == BRAVO
    )
    assert view is not None
    assert (view.state, view.label, view.withdrawing) == ("withdrawn", Label.NONE, (CHARLIE,))


@pytest.mark.requirement("INTENT-016")
def test_an_intent_is_shown_with_the_version_that_stands_and_the_change_under_way():
    world = World(ALPHA, BRAVO)
    first = accepted(world, ALPHA, at_places(1))
    second = world.proposed(ALPHA, at_places(2), intent=first.body["intent"])
    view = world[ALPHA].book.view(first.body["intent"], world.at, world[ALPHA].context)
    assert view is not None
    assert view.change is not None
    assert (view.current.digest, view.change.digest) == (first.digest, second.digest)
    assert world[ALPHA].book.view(world.mint(BRAVO), world.at, world[ALPHA].context) is None


@pytest.mark.requirement("INTENT-016")
def test_a_flight_whose_time_is_over_and_that_nobody_ended_is_shown_as_overdue():
    world = World(ALPHA, BRAVO)
    proposal = accepted(world, ALPHA, at_places(1))
    world.wait(3600.0 + 601.0)
    assert world.view(BRAVO, proposal).overdue
    assert world.state(BRAVO, proposal) == "accepted"  # the guard band is not over
    world.wait(10.0)
    view = world.view(BRAVO, proposal)
    assert (view.state, view.overdue, view.label) == ("expired", True, Label.NONE)
    assert world[BRAVO].book.holdings.finder.held == {}


def test_a_record_of_our_own_that_breaks_the_table_stops_the_node():
    world = World(ALPHA, BRAVO)
    proposal = world.proposed(ALPHA, at_places(1))
    body = {"off_nominal": None, "proposal": proposal.digest, "state": "activated"}
    record = forged(world[ALPHA], "intent.state", body, [BRAVO], world.at)
    with pytest.raises(InvariantError):
        world[ALPHA].take(record, world.at)


PEER_BREAKS = {
    "an answer nobody asked for": (
        "intent.assent",
        {"agreement": "a" * 64, "border": None, "kernel": "k", "proposal": "theirs"},
    ),
    "about what was not sent here": (
        "intent.withdrawal",
        {"because": None, "proposal": "0" * 64, "reason": "operator"},
    ),
    "about another's intent": (
        "intent.withdrawal",
        {"because": None, "proposal": "ours", "reason": "operator"},
    ),
    "a move that the state does not allow": (
        "intent.state",
        {"off_nominal": None, "proposal": "theirs", "state": "activated"},
    ),
}


@pytest.mark.requirement("INTENT-015")
@pytest.mark.parametrize("case", PEER_BREAKS)
def test_a_peers_record_that_breaks_the_rules_is_alarmed_and_changes_nothing(case):
    kind, body = PEER_BREAKS[case]
    world = World(ALPHA, BRAVO)
    theirs, ours = world.proposed(BRAVO, at_places(1)), world.proposed(ALPHA, at_places(2))
    world.deliver(BRAVO, ALPHA)
    named = {"theirs": theirs.digest, "ours": ours.digest}
    body = {**body, "proposal": named.get(body["proposal"], body["proposal"])}
    before = [world.state(ALPHA, each) for each in (theirs, ours)]
    world[ALPHA].take(forged(world[BRAVO], kind, body, [ALPHA], world.at), world.at)
    assert [world.state(ALPHA, each) for each in (theirs, ours)] == before
    (alarm,) = world[ALPHA].book.alarms.since(0)
    assert (alarm.kind, alarm.party) == ("protocol-violation", BRAVO)
