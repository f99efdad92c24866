"""Books of two and three parties under histories that Hypothesis makes up.

Everything that can happen happens in any order: declarations, changes, withdrawals, states,
announcements, deliveries that come late or not at all, time passing, and clocks that disagree
beyond what is allowed.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.intents_world import (
    ALPHA,
    BRAVO,
    CHARLIE,
    OPERATOR,
    PlaceFinder,
    World,
    at_places,
    snapshot,
)

from comity.domain.agreement import Terms
from comity.domain.airspace import Footprint
from comity.domain.intents import DeclaredState, Label, NotPossible, Version
from comity.domain.intents.holdings import KEPT
from comity.domain.records import Draft
from comity.kernel.ids import PartyId
from comity.kernel.instants import Instant

PARTIES = (ALPHA, BRAVO, CHARLIE)
PRIORITIES = ("medical", "state", "routine")


def asks_by_place(terms: Terms, owner: PartyId, footprint: Footprint) -> list[PartyId]:
    """Place 1 concerns everybody, 2 two parties, and 3 only one: areas of interest."""
    concerned = {1: PARTIES, 2: (ALPHA, BRAVO), 3: (CHARLIE,)}
    places = {int(volume.shape.longitude_deg[0]) for volume in footprint.volumes}
    asked = {party for place in places for party in concerned[place]}
    return [party for party in terms.party_ids if party in asked and party != owner]


class Histories(RuleBasedStateMachine):
    """Nodes that follow the handshake; nothing they hear or do not hear may bring them to harm."""

    def __init__(self) -> None:
        super().__init__()
        self.skew_s: dict[PartyId, float] = {}

    @initialize(skews=st.tuples(*[st.sampled_from([0.0, 0.0, 4.0, -4.0, 500.0, -500.0])] * 3))
    def start(self, skews: tuple[float, ...]) -> None:
        self.world = World(*PARTIES, required=asks_by_place)
        self.skew_s = dict(zip(PARTIES, skews, strict=True))

    def now(self, party: PartyId) -> Instant:
        return self.world.at.plus_s(self.skew_s[party])

    def say(self, party: PartyId, draft: Draft | NotPossible) -> None:
        if isinstance(draft, Draft):
            self.world[party].say(draft, self.now(party))

    @rule(
        party=st.sampled_from(PARTIES),
        places=st.sets(st.integers(1, 3), min_size=1, max_size=2),
        slot=st.sampled_from([0, 0, 0, 1]),
        priority=st.sampled_from(PRIORITIES),
    )
    def declare(self, party: PartyId, places: set[int], slot: int, priority: str) -> None:
        node = self.world[party]
        footprint = at_places(*sorted(places), start_s=1_000.0 + slot * 700.0)
        plan = self.world.plan(party, footprint, priority=priority)
        self.say(party, node.book.declare(plan, self.now(party), node.context))

    @rule(
        party=st.sampled_from(PARTIES),
        pick=st.integers(0, 99),
        places=st.sets(st.integers(1, 3), min_size=1, max_size=2),
    )
    def change(self, party: PartyId, pick: int, places: set[int]) -> None:
        node = self.world[party]
        own = [each for each in node.book.intents() if each.startswith(party)]
        if own:
            plan = self.world.plan(
                party,
                at_places(*sorted(places), start_s=1_000.0),
                intent=own[pick % len(own)],
                priority="state",
            )
            self.say(party, node.book.declare(plan, self.now(party), node.context))

    @rule(party=st.sampled_from(PARTIES), pick=st.integers(0, 99), change_only=st.booleans())
    def withdraw(self, party: PartyId, pick: int, change_only: bool) -> None:
        node = self.world[party]
        own = [each for each in node.book.intents() if each.startswith(party)]
        if own:
            intent = own[pick % len(own)]
            self.say(party, node.book.withdraw(intent, OPERATOR, change_only=change_only))

    @rule(
        party=st.sampled_from(PARTIES),
        pick=st.integers(0, 99),
        state=st.sampled_from(DeclaredState),
        off_nominal=st.booleans(),
    )
    def change_state(
        self, party: PartyId, pick: int, state: DeclaredState, off_nominal: bool
    ) -> None:
        node = self.world[party]
        own = [each for each in node.book.intents() if each.startswith(party)]
        if own:
            volume = at_places(1, start_s=1_000.0, duration_s=2_000.0) if off_nominal else None
            intent = own[pick % len(own)]
            self.say(party, node.book.change_state(intent, state, OPERATOR, volume))

    @rule(party=st.sampled_from(PARTIES), place=st.integers(1, 3))
    def announce(self, party: PartyId, place: int) -> None:
        node = self.world[party]
        footprint = at_places(place, start_s=1_200.0)
        intent = self.world.mint(party)
        self.say(party, node.book.announce(intent, footprint, OPERATOR, node.context))

    @rule(sender=st.sampled_from(PARTIES), to=st.sampled_from(PARTIES), count=st.integers(1, 4))
    def deliver_some(self, sender: PartyId, to: PartyId, count: int) -> None:
        waiting = self.world[sender].outbox.get(to, [])
        for record in waiting[:count]:
            self.world[to].take(record, self.now(to))
        del waiting[:count]

    @rule(party=st.sampled_from(PARTIES))
    def settle_one(self, party: PartyId) -> None:
        self.world[party].settle(self.now(party))

    @rule(cut=st.sets(st.tuples(st.sampled_from(PARTIES), st.sampled_from(PARTIES)), max_size=2))
    def settle_all(self, cut: set[tuple[PartyId, PartyId]]) -> None:
        """Everybody speaks and hears for a while, but for some links that are cut one way."""
        for _ in range(6):
            for party in PARTIES:
                self.world[party].settle(self.now(party))
                for to in PARTIES:
                    if (party, to) not in cut:
                        self.deliver_some(party, to, 1_000)

    @rule(seconds=st.sampled_from([1.0, 61.0, 75.0, 600.0]))
    def wait(self, seconds: float) -> None:
        self.world.wait(seconds)

    @rule(party=st.sampled_from(PARTIES))
    def restart(self, party: PartyId) -> None:
        """A crash loses nothing that was applied, and nothing more is owed after it than before."""
        node = self.world[party]
        rebuilt = node.replayed(PlaceFinder())
        at = max(self.now(party), node.book.holdings.now)
        live, again = node.book.next_owed(at, node.context), rebuilt.next_owed(at, node.context)
        assert (live is None) == (again is None)
        assert snapshot(rebuilt, at) == snapshot(node.book, at)
        node.book = rebuilt

    @invariant()
    def no_two_accepted_flights_of_different_parties_meet(self) -> None:
        if not self.skew_s:
            return
        agreed = list(self._agreed_by_owner())
        for position, one in enumerate(agreed):
            for other in agreed[position + 1 :]:
                assert one.owner == other.owner or not _meet(one, other), (one, other)

    @invariant()
    def deconflicted_means_accepted_with_every_assent(self) -> None:
        for party in PARTIES if self.skew_s else ():
            node = self.world[party]
            for intent in node.book.intents():
                view = node.book.view(intent, node.book.holdings.now, node.context)
                assert view is not None
                if view.current.label is Label.DECONFLICTED:
                    assert {each.kind for each in view.current.answers} <= {"assent"}
                    assert view.current.state in ("accepted", "activated")
                    assert not view.current.flags

    @invariant()
    def the_finder_holds_what_is_kept_and_nothing_else(self) -> None:
        for party in PARTIES if self.skew_s else ():
            holdings = self.world[party].book.holdings
            finder = holdings.finder
            assert isinstance(finder, PlaceFinder)
            kept = (
                {each.digest for each in holdings.versions.values() if each.state in KEPT}
                | {
                    each.off_nominal[0]
                    for each in holdings.versions.values()
                    if each.off_nominal is not None
                }
                | {
                    each.digest
                    for each in holdings.announcements.values()
                    if each.state == "announced"
                }
            )
            assert set(finder.held) == kept

    def _agreed_by_owner(self) -> Iterator[Version]:
        for party in PARTIES:
            for version in self.world[party].book.holdings.versions.values():
                if version.own and version.agreed:
                    yield version


def _meet(one: Version, other: Version) -> bool:
    finder = PlaceFinder()
    finder.hold(one.digest, one.proposal.footprint)
    return bool(finder.find(other.proposal.footprint))


TestHistories = pytest.mark.requirement("INTENT-010", "INTENT-011")(Histories.TestCase)
TestHistories.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    derandomize=True,
)
