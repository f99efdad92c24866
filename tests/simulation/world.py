"""Sovereign nodes under a virtual clock, a bad network and bad disks; the very node code, one seed a run."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.network import NONE, Agenda, Faults, Network
from tests.simulation.parties import (
    EPOCH,
    Party,
    SeededEntropy,
    agreement_text,
    lane,
    make_party,
)
from tests.simulation.plain_finder import PlainFinder, meets

from comity.adapters.memory import MemoryRecordStore, SimulatedCrash
from comity.application import exchange_logs, plan_flights
from comity.application.agree_terms import propose_agreement, sign_agreement, state_agreement
from comity.application.node import RESTORED_SETTING, Node
from comity.application.pair_peers import accept_peer
from comity.application.plan_flights import FlightRequest
from comity.application.run_batch import NodeRunner, Outcome
from comity.domain.agreement import LegalState, StatementAction, encode_card, parse_agreement
from comity.domain.airspace import Footprint
from comity.domain.intents import DeclaredState, IntentState, Version
from comity.kernel.errors import ComityError, PeerError
from comity.kernel.ids import OperatorId, PartyId
from comity.kernel.instants import Instant

OFFICER = OperatorId("officer-1")
TICK_MS = 1_000
PULL_TIMEOUT_MS = 5_000
PULL_WAIT_S = 3.0
LANES = 3  # few places, so that plans collide often
AGREED = frozenset(
    {IntentState.ACCEPTED, IntentState.ACTIVATED, IntentState.NONCONFORMING, IntentState.CONTINGENT}
)
COUNTED = (
    "declared", "not-possible", "batches", "crashes", "disk-full", "restores", "suspended", "checks",
)  # fmt: skip
SLUGS = ("alder", "birch", "cedar", "dogwood")


@dataclass
class Place:
    """One node, its disk, and its pulls under way."""

    party: Party
    store: MemoryRecordStore
    rng: random.Random
    skew_ms: int = 0
    runner: NodeRunner | None = None
    pulls: dict[PartyId, int] = field(default_factory=dict)
    pull_count: int = 0
    waiting: dict[PartyId, Callable[[bytes | PeerError], None]] = field(default_factory=dict)
    crashes: int = 0
    backup: MemoryRecordStore | None = None
    lost_disk: bool = False

    @property
    def node(self) -> Node:
        assert self.runner is not None
        return self.runner.node

    @property
    def up(self) -> bool:
        return self.runner is not None


class World:
    """A run: everything that happens follows from the seed."""

    def __init__(
        self,
        seed: int,
        nodes: int = 2,
        faults: Faults = NONE,
        *,
        unsynced_commits: int = 0,
        node_class: type[Node] = Node,
        agreement: dict[str, Any] | None = None,
    ) -> None:
        self.seed = seed
        self.rng = random.Random(seed)
        self.faults = faults
        self.node_class = node_class
        self.agenda = Agenda(EPOCH.unix_ms)
        self.network = Network(self.agenda, self.rng, NONE)
        self.places: dict[PartyId, Place] = {}
        for slug in SLUGS[:nodes]:
            party = make_party(slug)
            store = MemoryRecordStore(unsynced_commits=unsynced_commits)
            self.places[party.id] = Place(party, store, random.Random(self.rng.random()))
        self.log: list[str] = []
        self.receipts: set[tuple[PartyId, PartyId, int, bytes]] = set()
        self.counts = dict.fromkeys(COUNTED, 0)
        self._text = agreement_text([p.party for p in self.places.values()], **(agreement or {}))
        self._set_up()

    # setting up, without faults

    def _set_up(self) -> None:
        for place in self.places.values():
            self._start(place)
        for place in self.places.values():
            for other in self.places.values():
                if other is not place:
                    card = encode_card(other.party.card)
                    self.do(place, lambda n, at, c=card: accept_peer(n, c, OFFICER, at))
        first = next(iter(self.places.values()))
        self.do(first, lambda n, at: propose_agreement(n, self._text, OFFICER, at))
        self.agenda.after(0, self._tick)
        self.run(10)
        digest = parse_agreement(self._text).digest
        for place in self.places.values():
            outcome = self.do(place, lambda n, at: sign_agreement(n, digest, OFFICER, at))
            assert outcome is not None
            outcome.result()
        self.run(10)
        for place in self.places.values():
            assert place.node.terms(self.at(place)) is not None, "the agreement is not in force"
        self.network.faults = self.faults
        for place in self.places.values():
            span = self.faults.skew_ms_max
            place.skew_ms = self.rng.randint(-span, span)

    def _start(self, place: Place) -> None:
        def open_node() -> Node:
            return self.node_class.open(
                place.store,
                place.party.signer,
                SeededEntropy(place.rng),
                place.party.card,
                make_finder=PlainFinder,
                kernel="plain-1",
            )

        place.runner = NodeRunner(open_node)

    # time

    def at(self, place: Place) -> Instant:
        return Instant(self.agenda.now_ms + place.skew_ms)

    def run(self, seconds: float, check: Callable[["World"], None] | None = None) -> None:
        until_ms = self.agenda.now_ms + int(seconds * 1000)
        while self.agenda.step(until_ms):
            if check is not None:
                check(self)

    def _tick(self) -> None:
        self.agenda.after(TICK_MS, self._tick)
        for place in self.places.values():
            self._misfortune(place)
            if not place.up:
                continue
            self.do(place, lambda n, at: None)
            for peer in self.places:
                if place.up and peer != place.party.id and peer not in place.pulls:
                    self._pull(place, peer)

    def _misfortune(self, place: Place) -> None:
        faults = self.network.faults
        if faults is NONE:
            return
        if place.up and self.rng.random() < faults.backup:
            place.backup = copy_of(place.store)
        if place.up and place.backup is not None and self.rng.random() < faults.restore:
            self._restore(place)
            return
        if self.rng.random() < faults.crash:
            place.store.crash_at_write(self.rng.randint(1, 12))
        if self.rng.random() < faults.disk_full:
            self.counts["disk-full"] += 1
            place.store.fail_next_commit()
        if self.rng.random() < faults.partition:
            other = self.rng.choice([p for p in self.places if p != place.party.id])
            duration_ms = self.rng.randrange(faults.partition_ms_max)
            self.network.partition(place.party.id, other, duration_ms)
            if self.rng.random() < 0.7:
                self.network.partition(other, place.party.id, duration_ms)

    # work

    def do(self, place: Place, work: Callable[[Node, Instant], Any]) -> Outcome | None:
        """Run one piece of work as a batch; None when the node is down or died in it."""
        if place.runner is None:
            return None
        self.counts["batches"] += 1
        try:
            outcome = place.runner.run([work], self.at(place))[0]
        except SimulatedCrash:
            self._crash(place)
            return None
        self._answer_waiting(place)
        return outcome

    def _crash(self, place: Place) -> None:
        self.counts["crashes"] += 1
        place.crashes += 1
        place.runner = None
        place.pulls.clear()
        place.waiting.clear()
        place.store.crash()
        self.agenda.after(self.rng.randrange(10, 8_000), lambda: self._restart(place))

    def _restore(self, place: Place) -> None:
        """The disk is gone; the node wakes up with its backup and is told so."""
        self.counts["restores"] += 1
        self._crash(place)
        assert place.backup is not None
        place.store = copy_of(place.backup)
        place.lost_disk = True
        place.store.put_setting(RESTORED_SETTING, b"1")
        place.store.commit()

    def _restart(self, place: Place) -> None:
        if place.runner is None:
            self._start(place)

    # pulling

    def _pull(self, place: Place, peer: PartyId) -> None:
        me = place.party.id
        place.pull_count += 1
        number = place.pulls[peer] = place.pull_count
        request = exchange_logs.pull_request(place.node, peer, self.at(place), PULL_WAIT_S)
        self.network.send(me, peer, lambda: self._serve(peer, me, number, request))
        self.agenda.after(PULL_TIMEOUT_MS, lambda: self._time_out(place, peer, number))

    def _time_out(self, place: Place, peer: PartyId, number: int) -> None:
        if place.pulls.get(peer) == number:
            del place.pulls[peer]
            if place.up:
                exchange_logs.pull_failed(place.node, peer)

    def _serve(self, owner: PartyId, reader: PartyId, number: int, request: bytes) -> None:
        place = self.places[owner]
        if place.runner is None:
            return
        runner = place.runner

        def answer(response: bytes | PeerError) -> None:
            if isinstance(response, bytes):
                self.network.send(
                    owner, reader, lambda: self._take(reader, owner, number, response)
                )

        outcome = self.do(place, lambda _node, at: runner.pull(reader, request, at))
        if outcome is None or outcome.error is not None or place.runner is not runner:
            return
        if outcome.value is None:
            place.waiting[reader] = answer
        else:
            answer(outcome.value)

    def _answer_waiting(self, place: Place) -> None:
        if place.runner is None:
            return
        for pull, response in place.runner.answer_waiting(self.at(place)):
            answer = place.waiting.pop(pull.peer, None)
            if answer is not None:
                answer(response)

    def _take(self, reader: PartyId, owner: PartyId, number: int, response: bytes) -> None:
        place = self.places[reader]
        if place.runner is None:
            return
        outcome = self.do(
            place, lambda n, at: exchange_logs.take_pull_response(n, owner, response, at)
        )
        if place.pulls.get(owner) == number:
            del place.pulls[owner]
            if outcome is not None and outcome.error is None and place.up:
                self._pull(place, owner)

    # what people do

    def random_act(self) -> None:
        place = self.rng.choice(list(self.places.values()))
        if not place.up:
            return
        act = self.rng.choices(
            (
                self._declare,
                self._change,
                self._withdraw,
                self._state,
                self._announce,
                self._suspend_or_restore,
            ),
            weights=(10, 3, 2, 3, 0.3, 0.3),
        )[0]
        act(place)

    def _footprint(self) -> Footprint:
        start = Instant(self.agenda.now_ms).plus_s(self.rng.randrange(20, 900))
        return lane(self.rng.randrange(LANES), start, self.rng.randrange(60, 600))

    def _declare(self, place: Place) -> None:
        self._send_plan(place, self._footprint(), None)

    def _change(self, place: Place) -> None:
        agreed = [v for v in own_versions(place.node) if v.state is IntentState.ACCEPTED]
        if agreed:
            self._send_plan(place, self._footprint(), self.rng.choice(agreed))

    def _send_plan(self, place: Place, footprint: Footprint, old: Version | None) -> None:
        request = FlightRequest(
            footprint=footprint,
            priority=self.rng.choice(("general", "scheduled", "medical")),
            operator=OFFICER,
            intent=None if old is None else old.intent,
        )
        outcome = self.do(place, lambda n, at: plan_flights.declare_flight(n, request, at))
        if outcome is None:
            return
        if isinstance(outcome.error, ComityError):
            return
        declared = outcome.result()
        self.counts["not-possible" if declared.record is None else "declared"] += 1

    def _withdraw(self, place: Place) -> None:
        open_ = [
            v
            for v in own_versions(place.node)
            if v.state in (IntentState.PROPOSED, IntentState.ACCEPTED)
        ]
        if open_:
            intent = self.rng.choice(open_).intent
            self.do(place, lambda n, at: plan_flights.withdraw_flight(n, intent, OFFICER, at))

    def _state(self, place: Place) -> None:
        agreed = [v for v in own_versions(place.node) if v.state in AGREED]
        if agreed:
            version = self.rng.choice(agreed)
            state = self.rng.choice(list(DeclaredState))
            self.do(
                place,
                lambda n, at: plan_flights.change_flight_state(
                    n, version.intent, state, OFFICER, at
                ),
            )

    def _announce(self, place: Place) -> None:
        footprint = self._footprint()
        self.do(place, lambda n, at: plan_flights.announce_flight(n, footprint, OFFICER, at))

    def _suspend_or_restore(self, place: Place) -> None:
        suspended = place.node.agreements.legal_status(self.at(place)).state
        action = (
            StatementAction.RESTORE
            if suspended is LegalState.SUSPENDED
            else StatementAction.SUSPEND
        )
        self.counts["suspended"] += 1
        self.state_agreement(place, action)

    def state_agreement(self, place: Place, action: StatementAction) -> Outcome | None:
        digest = parse_agreement(self._text).digest
        return self.do(
            place,
            lambda n, at: state_agreement(n, digest, action, "a test of the terms", OFFICER, at),
        )

    def heal(self) -> None:
        self.network.heal()
        self.faults = NONE
        for place in self.places.values():
            place.store._points_left = None
            place.skew_ms = 0
            self._restart(place)


def copy_of(store: MemoryRecordStore) -> MemoryRecordStore:
    """What a backup of a store holds."""
    other = MemoryRecordStore()
    for entry in store.journal():
        other.append_journal(entry)
    for log in store.log_ids():
        for leaf in store.leaves(log):
            other.append_leaf(log, leaf)
        for checkpoint in store.checkpoints(log):
            other.put_checkpoint(log, checkpoint)
    for name, value in store.settings().items():
        other.put_setting(name, value)
    other.commit()
    return other


def own_versions(node: Node) -> list[Version]:
    """Every version of every own intent, as the node itself keeps them."""
    return [v for v in node.intents.holdings.versions.values() if v.own]


# invariants


def no_two_accepted_conflict(world: World) -> None:
    """Safety: the owners' own views of what is agreed never meet across parties."""
    world.counts["checks"] += 1
    agreed = [
        v
        for place in world.places.values()
        if place.up and not place.node.recovering  # it says so, and calls nothing deconflicted
        for v in own_versions(place.node)
        if v.state in AGREED and v.footprint is not None
    ]
    for index, one in enumerate(agreed):
        for other in agreed[index + 1 :]:
            if one.owner == other.owner:
                continue
            assert not (
                one.footprint is not None
                and other.footprint is not None
                and meets(one.footprint, other.footprint)
            ), f"seed {world.seed}: {one.intent} and {other.intent} are both accepted"


def receipted_is_stored(world: World) -> None:
    """What an owner holds a receipt for is in the reader's store, leaf by leaf."""
    for owner, place in world.places.items():
        if not place.up or place.node.recovering:
            continue
        for reader, own_log in place.node.own_logs.items():
            if reader == owner or own_log.receipted_size == 0:
                continue
            other = world.places[reader]
            if not other.up or other.node.recovering:
                continue
            held = other.node.peer_log(owner).tree
            size = own_log.receipted_size
            if other.lost_disk and held.size < size:
                continue  # a disk was lost, not a promise broken; `logs_agree` holds in the end
            assert held.size >= size, f"seed {world.seed}: {reader} lost what it receipted"
            assert held.root(size) == own_log.tree.root(size), f"seed {world.seed}: logs differ"


def accepted_has_all_assents(world: World) -> None:
    """No acceptance without the assent of each required party."""
    for place in world.places.values():
        if place.up:
            for version in own_versions(place.node):
                if version.state in AGREED:
                    missing = set(version.proposal.required) - set(version.assents)
                    assert not missing, f"seed {world.seed}: {version.intent} lacks {missing}"


def safe(world: World) -> None:
    no_two_accepted_conflict(world)
    receipted_is_stored(world)
    accepted_has_all_assents(world)


def logs_agree(world: World) -> bool:
    """Every reader has the whole of every owner's log, and every owner the receipt for it."""
    for owner, place in world.places.items():
        for reader, other in world.places.items():
            if owner == reader:
                continue
            own_log = place.node.own_log(reader)
            held = other.node.peer_log(owner).tree
            if held.size != own_log.tree.size or own_log.receipted_size != own_log.tree.size:
                return False
            if held.root() != own_log.tree.root():
                return False
    return True
