"""What people do in a seeded run: plans made at odds on purpose, changed, poached, taken back, suspended."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.simulation.invariants import AGREED, own_versions
from tests.simulation.parties import lane

from comity.application import plan_flights
from comity.application.plan_flights import FlightRequest
from comity.domain.agreement import LegalState, StatementAction
from comity.domain.airspace import Footprint
from comity.domain.intents import DeclaredState, IntentState, Version
from comity.kernel.ids import OperatorId
from comity.kernel.instants import Instant

if TYPE_CHECKING:
    from tests.simulation.world import Place, World

OFFICER = OperatorId("officer-1")
LANES = 4  # few places, so that plans collide often
AHEAD_S = (15, 240)
DURATION_S = (30, 240)
POACHED_AFTER_MS = 4_000
RESTORED_AFTER_S_MAX = 30
PRIORITIES = ("general", "scheduled", "medical")


class People:
    """Somebody at each node; all of them draw from the world's one chance."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.rng = world.rng
        self._acts: dict[Callable[[Place], None], float] = {
            self._declare: 6,
            self._duel: 5,
            self._change: 3,
            self._change_and_poach: 2,
            self._withdraw: 2,
            self._say_state: 3,
            self._announce: 0.3,
            self._suspend_a_while: 0.3,
        }

    def act(self) -> None:
        """One thing that one person, or two at once, happen to do."""
        place = self.rng.choice(list(self.world.places.values()))
        if place.up:
            (act,) = self.rng.choices(list(self._acts), list(self._acts.values()))
            act(place)

    def declare(self, place: "Place", footprint: Footprint, old: Version | None = None) -> None:
        request = FlightRequest(
            footprint=footprint,
            priority=self.rng.choice(PRIORITIES),
            operator=OFFICER,
            intent=None if old is None else old.intent,
        )
        outcome = self.world.do(place, lambda n, at: plan_flights.declare_flight(n, request, at))
        if outcome is not None and outcome.error is None:
            possible = outcome.value.record is not None
            self.world.counts["declared" if possible else "not-possible"] += 1

    def _footprint(self, number: int | None = None) -> Footprint:
        start = Instant(self.world.agenda.now_ms).plus_s(self.rng.randint(*AHEAD_S))
        number = self.rng.randrange(LANES) if number is None else number
        return lane(number, start, self.rng.randint(*DURATION_S))

    def _declare(self, place: "Place") -> None:
        self.declare(place, self._footprint())

    def _other(self, place: "Place") -> "Place":
        return self.rng.choice([each for each in self.world.places.values() if each is not place])

    def _duel(self, place: "Place") -> None:
        """Two declare in one another's way before either can have heard of it."""
        self.world.counts["duels"] += 1
        number = self.rng.randrange(LANES)
        self.declare(place, self._footprint(number))
        self.declare(self._other(place), self._footprint(number))

    def _accepted(self, place: "Place") -> Version | None:
        agreed = [v for v in own_versions(place.node) if v.state is IntentState.ACCEPTED]
        return self.rng.choice(agreed) if agreed else None

    def _change(self, place: "Place") -> None:
        old = self._accepted(place)
        if old is not None:
            self.declare(place, self._footprint(), old)

    def _change_and_poach(self, place: "Place") -> None:
        """Another party wants the place of a flight whose change is under way."""
        old = self._accepted(place)
        if old is None or old.footprint is None:
            return
        footprint, other = old.footprint, self._other(place)
        self.declare(place, self._footprint(), old)
        delay_ms = self.rng.randrange(POACHED_AFTER_MS)
        self.world.agenda.after(delay_ms, lambda: self.declare(other, footprint))

    def _withdraw(self, place: "Place") -> None:
        states = (IntentState.PROPOSED, IntentState.ACCEPTED)
        open_ = [v for v in own_versions(place.node) if v.state in states]
        if open_:
            intent = self.rng.choice(open_).intent
            self.world.do(place, lambda n, at: plan_flights.withdraw_flight(n, intent, OFFICER, at))

    def _say_state(self, place: "Place") -> None:
        agreed = [v for v in own_versions(place.node) if v.state in AGREED]
        if agreed:
            version = self.rng.choice(agreed)
            state = self.rng.choice(list(DeclaredState))
            self.world.do(
                place,
                lambda n, at: plan_flights.change_flight_state(
                    n, version.intent, state, OFFICER, at
                ),
            )

    def _announce(self, place: "Place") -> None:
        footprint = self._footprint()
        self.world.do(place, lambda n, at: plan_flights.announce_flight(n, footprint, OFFICER, at))

    def _suspend_a_while(self, place: "Place") -> None:
        if place.node.agreements.legal_status(self.world.at(place)).state is LegalState.IN_FORCE:
            self.world.counts["suspended"] += 1
            self.world.state_agreement(place, StatementAction.SUSPEND)
            self._restore_in(place, self.rng.randint(1, RESTORED_AFTER_S_MAX))

    def _restore_in(self, place: "Place", delay_s: int) -> None:
        """A suspension is restored by the same side; where that fails, again a little later."""

        def restore() -> None:
            outcome = self.world.state_agreement(place, StatementAction.RESTORE)
            reason = None if outcome is None else getattr(outcome.error, "reason", "done")
            if reason not in ("done", "nothing-to-restore"):
                self._restore_in(place, 2)

        self.world.agenda.after(delay_s * 1_000, restore)
