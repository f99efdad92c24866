"""What is over leaves the book, and what a node does about the next flight does not grow."""

import sys
from dataclasses import replace

import pytest
from tests.intents_world import (
    ALPHA,
    BRAVO,
    DECIDE_WITHIN_S,
    GUARD_BAND_S,
    NOON,
    World,
    at_places,
    forged,
)

from comity.domain.intents import IntentEvent, IntentState, finished
from comity.domain.intents.finished import FINISHED_KEPT_S
from comity.kernel.ids import IntentId, RecordDigest

OVER_S = 3600.0 + 600.0 + 2 * GUARD_BAND_S + DECIDE_WITHIN_S + 1.0  # after the owner's own waiting


def calls_of(work):
    """How many Python functions a piece of work enters: a measure that no clock disturbs."""
    count = 0

    def tick(frame, event, argument):
        nonlocal count
        count += event == "call"

    sys.setprofile(tick)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def fly_and_end(holdings, like, number):
    """One flight of half a minute, accepted and over, without its records."""
    start = NOON.plus_s(200.0 * number)
    version = replace(
        like,
        digest=RecordDigest(f"{number:064x}"),
        proposal=replace(
            like.proposal,
            intent=IntentId(f"{ALPHA}/{number + 1_000:016x}"),
            decide_by=start,
        ),
        start=start.plus_s(60.0),
        end=start.plus_s(90.0),
        state=IntentState.PROPOSED,
        footprint=like.proposal.footprint,
        assents={},
        flags={},
    )
    holdings.advance(start)
    holdings.admit(version)
    holdings.move(version, IntentEvent.ACCEPTANCE)
    holdings.agenda.done(version.digest)


@pytest.mark.requirement("INTENT-020")
def test_ten_thousand_finished_flights_cost_the_next_one_nothing():
    world = World(ALPHA, BRAVO, required=lambda terms, owner, footprint: ())
    node = world[ALPHA]
    like = node.book.holdings.versions[world.proposed(ALPHA, at_places(1)).digest]
    node.settle(world.at)
    holdings = node.book.holdings
    calls = {}
    for number in range(10_000):
        fly_and_end(holdings, like, number)
        if number in (2_000, 9_999):
            world.at = holdings.now
            away_s = world.at.minus(NOON)
            flight = at_places(2, start_s=away_s + 600.0, duration_s=30.0)

            def declare_and_decide(flight=flight):
                world.proposed(ALPHA, flight)
                assert len(node.settle(world.at)) == 1

            calls[number] = calls_of(declare_and_decide)
    kept = FINISHED_KEPT_S / 200.0 + 3
    assert abs(calls[2_000] - calls[9_999]) < 20  # of some 2,600; what others hook in makes a few
    assert len(holdings.versions) == len(holdings.history) <= kept
    assert len(holdings.finder.held) <= 3
    assert len(holdings.agenda._moments) <= 5 * kept
    assert len(list(holdings.undecided())) == 0


def flown(world):
    """A flight that was accepted and whose time is over; nobody said that it ended."""
    proposal = world.proposed(ALPHA, at_places(1))
    world.settle()
    assert world.state(BRAVO, proposal) == "accepted"
    return proposal


@pytest.mark.requirement("INTENT-020")
def test_a_flight_that_is_over_is_shown_for_a_day_and_then_only_its_records_are_known():
    world = World(ALPHA, BRAVO)
    proposal = flown(world)
    intent = proposal.body["intent"]
    world.wait(OVER_S + FINISHED_KEPT_S - 120.0)
    for party in (ALPHA, BRAVO):
        view = world[party].book.view(intent, world.at, world[party].context)
        assert view.current.overdue
    world.wait(121.0)
    for party in (ALPHA, BRAVO):
        world[party].book.holdings.advance(world.at)
        book = world[party].book
        assert book.view(intent, world.at, world[party].context) is None
        assert list(book.intents()) == []
        digests = book.records_of(intent)
        assert digests[0] == proposal.digest
        assert len(digests) == 3, "proposal, assent, acceptance"


@pytest.mark.requirement("INTENT-020")
def test_beyond_a_number_the_first_that_was_over_goes_first(monkeypatch):
    monkeypatch.setattr(finished, "FINISHED_KEPT_MAX", 2)
    world = World(ALPHA, BRAVO)
    proposals = []
    for place in range(4):
        proposals.append(world.proposed(ALPHA, at_places(place)))
        world.settle()
    world.wait(OVER_S)
    node = world[ALPHA]
    assert node.book.next_owed(world.at, node.context) is None
    assert list(node.book.intents()) == [each.body["intent"] for each in proposals[2:]]


@pytest.mark.requirement("INTENT-020")
def test_a_word_about_what_is_long_over_is_no_violation_and_the_flight_can_be_flown_again():
    world = World(ALPHA, BRAVO)
    proposal = flown(world)
    world.wait(OVER_S + FINISHED_KEPT_S)
    node = world[BRAVO]
    body = {"off_nominal": None, "proposal": proposal.digest, "state": "ended"}
    node.take(forged(world[ALPHA], "intent.state", body, [BRAVO], world.at), world.at)
    assert node.book.alarms.count == 0
    later = at_places(1, start_s=world.at.minus(proposal.made_at) + 3600.0)
    again = world.proposed(ALPHA, later, intent=proposal.body["intent"])
    assert again.body["version"] == 1
    world.settle()
    assert world.state(BRAVO, again) == "accepted"


@pytest.mark.requirement("INTENT-020")
def test_a_flight_that_goes_on_is_not_forgotten_with_its_old_versions():
    world = World(ALPHA, BRAVO)
    first = flown(world)
    change = world.proposed(
        ALPHA, at_places(1, start_s=3600.0, duration_s=80_000.0), intent=first.body["intent"]
    )
    world.settle()
    assert world.state(BRAVO, first) == "replaced"
    world.wait(OVER_S + 70_000.0)
    assert world.state(BRAVO, change) == "accepted"
    assert world.state(BRAVO, first) == "replaced", "the versions of one flight go together"


@pytest.mark.requirement("INTENT-020")
def test_of_emergencies_that_are_over_the_latest_are_listed(monkeypatch):
    monkeypatch.setattr("comity.domain.intents.holdings.ANNOUNCEMENTS_OVER_MAX", 2)
    world = World(ALPHA, BRAVO)
    node = world[ALPHA]
    digests = []
    for place in range(4):
        draft = node.book.announce(
            world.mint(ALPHA), at_places(place), "ada", node.context, remark="engine"
        )
        digests.append(node.say(draft, world.at).digest)
        node.say(node.book.end_announcement(digests[-1], "ada"), world.at)
    assert [each.digest for each in node.book.announcements(world.at)] == digests[2:]
