"""Whatever is told for protection, on real nodes that lose, double and reorder messages and crash: once, and to all."""

import os
import random
from collections import Counter
from typing import Any

import pytest
from tests.hazards_world import CAT, circle, wish, written
from tests.observations_world import ADA, BEN, entry, policy, rule
from tests.simulation.invariants import logs_agree
from tests.simulation.network import Faults
from tests.simulation.settings import Setting
from tests.simulation.world import Place, World

from comity.application.answer_hazard import receive_for_echelon
from comity.application.keep_sites import consent, enter_sites, take_back_consent
from comity.application.make_pack import PackWish, make_pack
from comity.application.node import Node
from comity.application.notify import cancel_notice, send_notice
from comity.application.observe import (
    enter_observation,
    release_observation,
    set_policy,
    withdraw_observation,
)
from comity.application.preview_notice import preview_notice
from comity.application.read_register import put_down_list, query_register
from comity.domain.hazards import EXPOSURE, PREVIEW, READING, RECEIPT, SWEEP, TOUCH, Way
from comity.domain.notices import NOTICE
from comity.domain.observations import REPORT, WITHDRAWAL
from comity.domain.packs import PACK, TOLD
from comity.domain.records import Record, unwrap
from comity.domain.sites import ENTRIES, Question
from comity.kernel.errors import AgreementError, InputError, RecordError, StoreError
from comity.kernel.ids import NoticeId

CAMPAIGN = bool(os.environ.get("COMITY_CAMPAIGN"))
BAD_DAY = Faults(loss=0.2, replay=0.1, crash=0.01, partition=0.02, backup=0.0, restore=0.0)
REFUSED = AgreementError | InputError | RecordError | StoreError
DAY_S = 86_400.0


class Watch:
    """Somebody at each node who does what comes to mind."""

    def __init__(self, world: World, rng: random.Random) -> None:
        self.world, self.rng = world, rng
        self.done: Counter[str] = Counter()

    def act(self) -> None:
        place = self.rng.choice(list(self.world.places.values()))
        if not place.up:
            return
        name, work = self.rng.choice([
            ("preview", self._preview), ("query", self._query), ("query", self._query),
            ("map", self._read), ("list", self._read), ("send", self._send),
            ("cancel", self._cancel), ("receipt", self._receive), ("receipt", self._receive),
            ("pack", self._pack), ("observe", self._observe), ("release", self._release),
            ("release", self._release), ("withdraw", self._withdraw), ("consent", self._consent),
        ])  # fmt: skip
        self.do(place, name, lambda n, at: work(place, n, at))

    def do(self, place: Place, name: str, work: Any) -> None:
        outcome = self.world.do(place, work)
        if outcome is None:
            return
        assert outcome.error is None or isinstance(outcome.error, REFUSED), outcome.error
        self.done[name] += outcome.error is None

    def _shape(self) -> Any:
        return circle(self.rng.uniform(-9_000.0, 9_000.0), self.rng.choice([200.0, 3_000.0]))

    def _preview(self, _place: Place, node: Node, at: Any) -> object:
        return preview_notice(node, written(at, self._shape()), self.rng.choice([ADA, BEN]), at)

    def _query(self, _place: Place, node: Node, at: Any) -> object:
        return query_register(node, Question(self._shape(), 0.0), self.rng.choice([ADA, BEN]), at)

    def _read(self, _place: Place, node: Node, at: Any) -> object:
        rows = self.rng.choice([0, 1_000])
        way, page = (Way.LIST if rows else Way.MAP), str(self.rng.randrange(20))
        shown = list(node.sites.sites())
        return put_down_list(node, way, (page,), rows, shown, ADA, at)

    def _send(self, place: Place, node: Node, at: Any) -> object:
        others = tuple(each for each in self.world.places if each != place.party.id)
        return send_notice(node, written(at, self._shape()), ADA, at, recipients=others)

    def _cancel(self, _place: Place, node: Node, at: Any) -> object:
        own = [each for each in node.notices.standing(at) if each.author == node.party]
        notice = self.rng.choice(own).notice.id if own else NoticeId(f"{node.party}/{'0' * 16}")
        return cancel_notice(node, notice, "enough", ADA, at)

    def _receive(self, _place: Place, node: Node, at: Any) -> object:
        told = [each for each in node.hazards.echelons.told() if each.party == node.party]
        if not told:
            raise InputError("record", "nothing was told")
        each = self.rng.choice(told)
        level = self.rng.choice(each.expected)
        return receive_for_echelon(
            node, each.record, level.level.value, level.name, "whoever is there", None, CAT, at
        )

    def _pack(self, _place: Place, node: Node, at: Any) -> object:
        holder = f"crew {self.rng.randrange(9)}"
        return make_pack(node, PackWish(None, holder, None, 3_600.0, DAY_S), BEN, at)

    def _observe(self, _place: Place, node: Node, at: Any) -> object:
        return enter_observation(node, entry(at), ADA, at)

    def _release(self, place: Place, node: Node, at: Any) -> object:
        own = self._own(node)
        if not own:
            raise InputError("observation", "none")
        others = [each for each in self.world.places if each != place.party.id]
        to = [self.rng.choice(others)]
        return release_observation(node, self.rng.choice(own).id, to, ADA, at)

    def _withdraw(self, _place: Place, node: Node, at: Any) -> object:
        own = self._own(node)
        if not own:
            raise InputError("observation", "none")
        return withdraw_observation(node, self.rng.choice(own).id, "a faulty receiver", ADA, at)

    @staticmethod
    def _own(node: Node) -> list[Any]:
        held = list(node.observations.held())
        return [each for each in held if each.entry is not None and each.stands]

    def _consent(self, place: Place, node: Node, at: Any) -> object:
        other = self.rng.choice([each for each in self.world.places if each != place.party.id])
        if self.rng.random() < 0.3:
            return take_back_consent(node, other, None, "enough", CAT, at)
        return self.say_consent(other, node, at)

    def say_consent(self, to: Any, node: Node, at: Any) -> object:
        said = {
            "recipient": to, "sites": None, "precision_mm": self.rng.choice([1_000_000, 2_000_000]),
            "names": False, "contact": False, "until": str(at.plus_s(20 * DAY_S)), "words": "so",
        }  # fmt: skip
        return consent(node, said, CAT, at)


def made(place: Place) -> dict[str, list[Record]]:
    """Everything in a node's journal, by kind."""
    found: dict[str, list[Record]] = {}
    for each in place.store.journal():
        record = place.node.open_envelope(each.envelope_bytes)
        found.setdefault(record.kind, []).append(record)
    return found


def nothing_finer_than_consented_is_with_others(world: World, place: Place) -> None:
    """No exact latitude of an own site is in what any other party holds: all consents are coarse."""
    exact = {
        str(value).encode()
        for record in journals_of(place, ENTRIES)
        for row in record.body["entries"]
        for value in row["place"]["latitude_deg_e7"]
        if value
    }
    assert exact
    for other in world.places.values():
        if other is place:
            continue
        held = [unwrap(each.envelope_bytes).payload_bytes for each in other.store.journal()]
        held += [
            unwrap(leaf.envelope_bytes).payload_bytes
            for log in other.store.log_ids()
            for leaf in other.store.leaves(log)
            if log.owner == place.party.id
        ]
        own = [
            unwrap(each.envelope_bytes).payload_bytes
            for each in other.store.journal()
            if other.node.open_envelope(each.envelope_bytes).author == other.party.id
        ]
        about_own_activity = b'"kind":"notice.'  # its author's area, which may be where a site is
        told = [each for each in held if each not in own and about_own_activity not in each]
        assert any(place.party.id.encode() in each for each in told)
        assert [each for each in told for value in exact if value in each] == []


def owner_of(name: str) -> str:
    return name.partition("/")[0]


@pytest.mark.requirement("HAZARD-020")
@pytest.mark.parametrize("seed", range(200 if CAMPAIGN else 3))
def test_what_is_told_for_protection_is_told_once_and_to_all_whom_it_concerns(seed):
    world = World(seed=seed, setting=Setting(nodes=2 + seed % 2))
    rng = random.Random(seed)
    watch = Watch(world, rng)
    for number, place in enumerate(world.places.values()):
        others = [each for each in world.places if each != place.party.id]
        wishes = [wish(number), wish(number + 5, "school", 4_000.0 * number)]
        watch.do(place, "enter", lambda n, at, w=wishes: enter_sites(n, w, CAT, at))
        for other in others:
            watch.do(place, "consent", lambda n, at, o=other: watch.say_consent(o, n, at))
        rules = {"open": rule(*others)}
        watch.do(place, "policy", lambda n, at, r=rules: set_policy(n, policy(**r), ADA, at))
    world.run(5)
    world.network.faults = BAD_DAY
    for _ in range(60):
        watch.act()
        world.run(rng.choice([0, 0, 1]))
    world.heal()
    world.run(10)
    for (
        place
    ) in world.places.values():  # so that there is something of each kind, whatever was lost
        for name in ("_pack", "_observe", "_release", "_send", "_receive"):
            watch.do(place, name[1:], lambda n, at, p=place, a=name: getattr(watch, a)(p, n, at))
    world.run(60)
    assert logs_agree(world)
    assert sum(watch.done.values()) > 30, watch.done
    journals = {party: made(place) for party, place in world.places.items()}
    for kind in (EXPOSURE, TOLD, TOUCH, RECEIPT, REPORT):
        assert any(kind in each for each in journals.values()), kind
    for place in world.places.values():
        exposures_are_told_once(place, journals)
        packs_are_told_once(place, world, journals)
        touches_and_sweeps_are_the_same_at_both(place, world)
        receipts_are_the_same_at_both(place, world, journals)
        reports_are_the_same_at_both(place, world, journals)
        a_restart_owes_nothing(world, place)
        nothing_finer_than_consented_is_with_others(world, place)


def exposures_are_told_once(place: Place, journals: Any) -> None:
    mine = journals[place.party.id]
    owed: Counter[tuple[str, str]] = Counter()
    for record in (*mine.get(PREVIEW, ()), *mine.get(READING, ())):
        for owner in {owner_of(row["id"]) for row in record.body["seen"]} - {place.party.id}:
            owed[record.digest, owner] += 1
    told = Counter(
        (record.body["preview"], record.recipients[0])
        for record in mine.get(EXPOSURE, ())
        if record.author == place.party.id
    )
    assert told == owed
    for record in mine.get(EXPOSURE, ()):
        other = record.recipients[0] if record.author == place.party.id else record.author
        theirs = [each.digest for each in journals[other].get(EXPOSURE, ())]
        assert theirs.count(record.digest) == 1


def packs_are_told_once(place: Place, world: World, journals: Any) -> None:
    mine = journals[place.party.id]
    for pack in place.node.packs.packs():
        for owner in {each.owner for each in pack.held} - {place.party.id}:
            told = [
                each for each in mine[TOLD]
                if each.body["pack"] == pack.manifest.pack and each.recipients == (owner,)
            ]  # fmt: skip
            assert len(told) == 1
            there = [
                each for each in world.places[owner].node.told_packs.packs()
                if each.pack == pack.manifest.pack
            ]  # fmt: skip
            assert [each.record for each in there] == [pack.record]
            assert {name for each in there[0].held for name in each.ids()} == {
                name for each in pack.held if each.owner == owner for name in each.ids()
            }
    made_here = [each for each in mine.get(PACK, ()) if each.author == place.party.id]
    assert len(made_here) == len(place.node.packs)


def touches_and_sweeps_are_the_same_at_both(place: Place, world: World) -> None:
    for record in journals_of(place, NOTICE):
        for owner, told in place.node.hazards.told_of(record.digest).items():
            there = world.places[owner].node.hazards.touch_received(record.digest)
            assert there is not None
            assert there.told == told
    told_sweeps = {
        (each.recipients[0], each.digest)
        for each in journals_of(place, SWEEP)
        if each.author == place.party.id
    }
    for owner, digest in told_sweeps:
        assert world.places[owner].node.knows(digest)


def journals_of(place: Place, kind: str) -> list[Record]:
    return made(place).get(kind, [])


def receipts_are_the_same_at_both(place: Place, world: World, journals: Any) -> None:
    for record in journals[place.party.id].get(RECEIPT, ()):
        if record.author != place.party.id:
            continue
        other = world.places[record.recipients[0]]
        about = record.body["record"]
        here = place.node.hazards.echelons.get(about, place.party.id)
        there = other.node.hazards.echelons.get(about, place.party.id)
        assert (here is None) == (there is None)
        if here is not None:
            assert {k: v.receipt for k, v in here.received.items()} == {
                k: v.receipt for k, v in there.received.items()
            }


def reports_are_the_same_at_both(place: Place, world: World, journals: Any) -> None:
    for kind in (REPORT, WITHDRAWAL):
        for record in journals[place.party.id].get(kind, ()):
            other = record.recipients[0] if record.author == place.party.id else record.author
            assert world.places[other].node.knows(record.digest)
    book = place.node.observations
    for observation in {each.id for each in book.held() if each.entry is not None}:
        for sent in book.sent_of(observation):
            there = world.places[sent.recipient].node.observations.get(sent.record)
            assert there is not None
            assert there.report == sent.report
            assert (there.withdrawn is None) == (sent.withdrawn_at is None)


def a_restart_owes_nothing(world: World, place: Place) -> None:
    node = place.node
    again = Node.open(
        node.store, node.signer, node.entropy, node.card, node.make_finder, node.kernel
    )
    assert again.told_packs.next_owed(again.peers()) is None
    for before, after in ((node.hazards, again.hazards),):
        assert after.previews.asked() == before.previews.asked()
        assert after.readings.listed() == before.readings.listed()
        assert after.sweeps() == before.sweeps()
