"""Duty officers in a seeded run: they speak, answer, mistake a figure, ask to stop; and what must hold of it."""

import random
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from tests.simulation.network import NONE, Faults
from tests.simulation.parties import agreement_text
from tests.simulation.settings import Setting
from tests.simulation.world import OFFICER, Place, World

from comity.application.answer_on_line import answer_item
from comity.application.speak_on_line import Words, request_stop, send_message
from comity.domain.line import (
    Acknowledged,
    Concurrence,
    Concurs,
    Item,
    NumberSaid,
    Particulars,
    Precedence,
    ReadBack,
    Stop,
    ladder_of,
)
from comity.kernel.ids import PartyId, RecordDigest

FAULTS = Faults(backup=0.0, restore=0.0)  # a disk that is lost loses what nobody else had yet
LADDER_S = (10, 25, 60)
STATED = Particulars(number=NumberSaid(2, "aircraft"))
MISHEARD = Particulars(number=NumberSaid(3, "aircraft"))


def line_world(seed: int, *, nodes: int = 2, faults: Faults = NONE, **more: Any) -> World:
    """A world whose agreement has a short ladder and a check a minute."""

    def text_of(parties: Any, **overrides: object) -> str:
        text = agreement_text(parties, **overrides)
        for stated, short_s in zip(("after_min = 1\n", "after_min = 3\n", "after_min = 10\n"), LADDER_S,
                                   strict=True):  # fmt: skip
            text = text.replace(stated, f"after_s = {short_s}\n")
        return text.replace("line_check_interval_h = 24", "line_check_interval_s = 60")

    setting = Setting(nodes=nodes, faults=faults, **more)
    with patch("tests.simulation.world.agreement_text", text_of):
        return World(seed, setting)


@dataclass
class Officers:
    """Somebody at each node; what they were told is durable is remembered here."""

    world: World
    rng: random.Random
    sent: dict[RecordDigest, tuple[PartyId, tuple[PartyId, ...]]] = field(default_factory=dict)
    held_back: dict[RecordDigest, tuple[PartyId, tuple[PartyId, ...]]] = field(default_factory=dict)
    answered: int = 0

    def act(self) -> None:
        """One thing that one of them happens to do."""
        place = self.rng.choice(list(self.world.places.values()))
        if place.up:
            self.rng.choice((self.speak, self.speak, self.ask_to_stop, self.answer, self.answer))(
                place
            )

    def speak(self, place: Place, precedence: Precedence | None = None) -> None:
        """A message to some or all of the others."""
        what = precedence or self.rng.choice(list(Precedence))
        words = self._words(place)
        self._remember(
            place, words, self.world.do(place, lambda n, at: send_message(n, words, what, at))
        )

    def ask_to_stop(self, place: Place) -> None:
        """A stop, released never."""
        words = self._words(place)
        outcome = self.world.do(place, lambda n, at: request_stop(n, words, Stop(None, None), at))
        self._remember(place, words, outcome)

    def answer(self, place: Place) -> None:
        """Any answer to anything of another's, rightly or not, perhaps for the second time."""
        theirs = [item for item in place.node.line.items() if not item.own]
        if not theirs:
            return
        item = self.rng.choice(theirs)
        about = self.rng.choice((
            Acknowledged(), ReadBack(STATED), ReadBack(MISHEARD), Concurrence(Concurs.CONCUR),
        ))  # fmt: skip
        outcome = self.world.do(
            place, lambda n, at: answer_item(n, item.digest, about, OFFICER, at)
        )
        self.answered += outcome is not None and outcome.error is None

    def _words(self, place: Place) -> Words:
        others = [party for party in self.world.places if party != place.party.id]
        to = tuple(self.rng.sample(others, self.rng.randint(1, len(others))))
        return Words("Do you see them?", "en", OFFICER, to, subject="Seen", particulars=STATED)

    def _remember(self, place: Place, words: Words, outcome: Any) -> None:
        if outcome is None or outcome.error is not None:
            return
        spoken = outcome.value
        kept = self.held_back if spoken.held_back else self.sent
        kept[spoken.record.digest] = place.party.id, words.to


def nothing_shown_without_receipt(world: World) -> None:
    """What an author shows as stored is in the reader's store; each answer shown was made by its party."""
    for place in world.places.values():
        if not place.up:
            continue
        for item in place.node.line.items():
            for delivery in place.node.deliveries(item.digest) if item.own else ():
                if delivery.receipted:
                    stored = world.places[delivery.reader].store.read(item.digest)
                    said = f"seed {world.seed}: {item.digest} shown as stored at {delivery.reader}"
                    assert stored is not None, said
            for party, answers in item.answers.items():
                given = [answers.acknowledged, *(each.given for each in answers.read_backs)]
                for each in (one for one in given if one is not None):
                    made = world.places[party].store.read(each.digest)
                    assert made is not None, f"seed {world.seed}: {party} never gave {each.digest}"


def nothing_lost_or_doubled(officers: Officers) -> None:
    """Everything that an officer was told is kept is at every party it was said to, once."""
    world = officers.world
    for digest, (author, to) in officers.sent.items():
        for party in (author, *to):
            item = world.places[party].node.line.item(digest)
            assert item is not None, f"seed {world.seed}: {digest} is not at {party}"
    for digest, (author, to) in officers.held_back.items():
        for party in (author, *to):
            copies = [
                item for item in world.places[party].node.line.items() if item.said.queued == digest
            ]
            said = f"seed {world.seed}: held back {digest} is {len(copies)} times at {party}"
            assert len(copies) == 1, said
    for place in world.places.values():
        assert len(place.node.line.outbox) == 0, f"seed {world.seed}: still held back"


def answers_are_the_same_everywhere(world: World) -> None:
    """Who has a thing said sees the same answers of every party, by digest, once all have all."""
    seen: dict[RecordDigest, dict[PartyId, list[Any]]] = {}
    for place in world.places.values():
        for item in place.node.line.items():
            answers = {
                party: [
                    each.acknowledged and each.acknowledged.digest,
                    [(one.given.digest, one.matched) for one in each.read_backs],
                    each.concurred and each.concurred[0].digest,
                ]
                for party, each in item.answers.items()
            }
            first = seen.setdefault(item.digest, answers)
            said = f"seed {world.seed}: {place.party.id} sees other answers to {item.digest}"
            assert first == answers, said


def ladders_ran(world: World) -> None:
    """Who did not take a FLASH was called to the last step, by its own node and by the author's."""
    for party, place in world.places.items():
        terms = place.node.terms(world.at(place))
        for item in place.node.line.untaken():
            for reader in _on_whose_ladder(item, party):
                taken, steps = item.own_steps.get(reader, 0), ladder_of(terms, reader)
                said = f"seed {world.seed}: {item.digest} {taken} of {len(steps)} at {party}"
                assert taken == len(steps), said


def _on_whose_ladder(item: Item, party: PartyId) -> list[PartyId]:
    return [p for p in item.waiting_for() if item.own or p == party]
