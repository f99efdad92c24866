"""Sovereign nodes under a virtual clock, a bad network and bad disks; the very node code, one seed a run."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.invariants import Watch
from tests.simulation.network import NONE, Agenda, Network
from tests.simulation.parties import EPOCH, Party, SeededEntropy, agreement_text, make_party
from tests.simulation.settings import Setting

from comity.adapters.memory import MemoryRecordStore, SimulatedCrash
from comity.application import exchange_logs, take_entries
from comity.application.agree_terms import propose_agreement, sign_agreement, state_agreement
from comity.application.node import RESTORED_SETTING, Node
from comity.application.pair_peers import accept_peer
from comity.application.run_batch import NodeRunner, Outcome
from comity.domain.agreement import StatementAction, encode_card, parse_agreement
from comity.kernel.errors import PeerError
from comity.kernel.ids import OperatorId, PartyId
from comity.kernel.instants import Instant
from comity.kernel.invariants import InvariantError

OFFICER = OperatorId("officer-1")
TICK_MS = 1_000
CLOCK_RIGHT_MS = 2_500  # half of the difference that the agreement allows
IDLE_MS = 2_000  # without anything to do, a node looks at its clock this often
PULL_TIMEOUT_MS = 8_000  # above the wait and an idle node's slowness together
PULL_WAIT_S = 3.0
COUNTED = (
    "declared", "not-possible", "duels", "batches", "crashes", "disk-full", "restores",
    "suspended", "clock-steps", "checks", "accepted", "withdrawn", "replaced", "ticks",
    "slices",
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
    backup: MemoryRecordStore | None = None
    lost_disk: bool = False
    batch_ms: int = 0
    goes_on: bool = False
    taking: set[PartyId] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.slices = random.Random(self.party.id)

    @property
    def node(self) -> Node:
        assert self.runner is not None
        return self.runner.node

    @property
    def up(self) -> bool:
        return self.runner is not None


class World:
    """A run: everything that happens follows from the seed."""

    def __init__(self, seed: int, setting: Setting | None = None) -> None:
        self.seed = seed
        self.setting = setting or Setting()
        self.rng = random.Random(seed)
        self.agenda = Agenda(EPOCH.unix_ms)
        self.network = Network(self.agenda, self.rng, NONE)
        self.places: dict[PartyId, Place] = {}
        for slug in SLUGS[: self.setting.nodes]:
            party = make_party(slug)
            store = MemoryRecordStore(unsynced_commits=self.setting.unsynced_commits)
            self.places[party.id] = Place(party, store, random.Random(self.rng.random()))
        self.counts = dict.fromkeys(COUNTED, 0)
        self.touched: set[PartyId] = set()
        self.watch = Watch(self)
        self._text = agreement_text(
            [place.party for place in self.places.values()],
            decide_within_s=self.setting.decide_within_s,
        )
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
        self.network.faults = self.setting.faults
        for place in self.places.values():
            span = self.setting.faults.skew_ms_max
            place.skew_ms = self.rng.randint(-span, span)

    def _start(self, place: Place) -> None:
        def open_node() -> Node:
            return self.setting.node_class.open(
                place.store,
                place.party.signer,
                SeededEntropy(place.rng),
                place.party.card,
                make_finder=self.setting.make_finder,
                kernel="simulated-1",
            )

        self.touched.add(place.party.id)
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
        self.counts["ticks"] += 1
        for place in self.places.values():
            self._misfortune(place)
            if not place.up:
                continue
            if self.agenda.now_ms - place.batch_ms >= IDLE_MS:
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
        if self.rng.random() < faults.clock_step:
            self._step_clock(place, faults.clock_step_ms_max)
        if self.rng.random() < faults.partition:
            other = self.rng.choice([p for p in self.places if p != place.party.id])
            duration_ms = self.rng.randrange(faults.partition_ms_max)
            self.network.partition(place.party.id, other, duration_ms)
            if self.rng.random() < 0.7:
                self.network.partition(other, place.party.id, duration_ms)

    def _step_clock(self, place: Place, step_ms_max: int) -> None:
        """A clock is far off for some seconds, and then right again."""
        self.counts["clock-steps"] += 1
        right_ms = place.skew_ms if abs(place.skew_ms) < CLOCK_RIGHT_MS else 0
        place.skew_ms = self.rng.randint(-step_ms_max, step_ms_max)

        def set_right() -> None:
            place.skew_ms = right_ms

        self.agenda.after(self.rng.randrange(500, 12_000), set_right)

    # work

    def do(self, place: Place, work: Callable[[Node, Instant], Any]) -> Outcome | None:
        """Run one piece of work as a batch; None when the node is down or died in it."""
        if place.runner is None:
            return None
        self.counts["batches"] += 1
        place.batch_ms = self.agenda.now_ms
        self.touched.add(place.party.id)
        try:
            outcome = place.runner.run([work], self.at(place), self._time(place))[0]
        except SimulatedCrash:
            self._crash(place)
            return None
        broken = isinstance(outcome.error, InvariantError)
        assert not broken, f"seed {self.seed}: {place.party.id} breaks its own: {outcome.error}"
        self._answer_waiting(place)
        if place.runner is not None and place.runner.more_owed and not place.goes_on:
            place.goes_on = True
            self.agenda.after(place.slices.randrange(1, 500), lambda: self._go_on(place))
        return outcome

    def _time(self, place: Place) -> Callable[[], bool]:
        """How much one batch may do before others come in between: by count, as the seed says."""
        left = place.slices.choice((0, 1, 2, 5, 1_000))

        def may_go_on() -> bool:
            nonlocal left
            left -= 1
            return left >= 0

        return may_go_on

    def _go_on(self, place: Place) -> None:
        """Another batch, for the last had no time for all that is owed."""
        place.goes_on = False
        self.do(place, lambda _node, _at: None)

    def _crash(self, place: Place) -> None:
        self.counts["crashes"] += 1
        self.touched.add(place.party.id)
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
        """Ask a peer, once all that it answered before is in the log."""
        me = place.party.id
        if not self._all_taken(place, peer):
            return
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
            place,
            lambda n, at: exchange_logs.take_pull_response(
                n, owner, response, at, self._time(place)
            ),
        )
        if place.pulls.get(owner) == number:
            del place.pulls[owner]
            if outcome is not None and outcome.error is None and place.up:
                self._pull(place, owner)

    def _all_taken(self, place: Place, peer: PartyId) -> bool:
        """Whether nothing of an earlier answer is left; else one slice of it is taken, and later more."""
        if peer in place.taking:
            return False
        peer_log = place.node.peer_log(peer)
        if peer_log.unfinished is None:
            return True
        self.counts["slices"] += 1
        outcome = self.do(
            place, lambda n, at: take_entries.go_on_taking(n, peer, at, self._time(place))
        )
        if outcome is None or outcome.error is not None:
            return False
        if outcome.value:
            return True
        place.taking.add(peer)

        def more() -> None:
            place.taking.discard(peer)
            if place.up and peer not in place.pulls:
                self._pull(place, peer)

        self.agenda.after(place.slices.randrange(1, 500), more)
        return False

    # what people ask of it

    def state_agreement(self, place: Place, action: StatementAction) -> Outcome | None:
        digest = parse_agreement(self._text).digest
        return self.do(
            place,
            lambda n, at: state_agreement(n, digest, action, "a test of the terms", OFFICER, at),
        )

    def heal(self) -> None:
        self.network.heal()
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
