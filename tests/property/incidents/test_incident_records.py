"""Whatever persons do about incidents: the published moves and no others, one book by replay, nothing half done."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.claim_trees import statement, tree
from tests.incident_world import ADA, BEN, act, opened, opening, weighed
from tests.simulation.settings import Setting
from tests.simulation.world import Place, World

from comity.domain.groups import document as group_document
from comity.domain.incidents import (
    File,
    Grade,
    IncidentBook,
    IncidentEvent,
    Link,
    Linked,
    LinkKey,
    Task,
    TaskState,
)
from comity.domain.records import fault_of_words
from comity.kernel.errors import ComityError, InputError, RecordError

# From docs/spec/incident.md §4, by hand: what each event makes of each state.
MOVES = {
    ("open", "review"): "under-review", ("under-review", "resume"): "open",
    ("open", "close"): "closed", ("under-review", "close"): "closed",
    ("closed", "reopen"): "open", ("open", "void"): "void", ("under-review", "void"): "void",
}  # fmt: skip
ACTS = st.one_of(
    st.tuples(st.just("move"), st.sampled_from(list(IncidentEvent))),
    st.tuples(st.just("link"), st.integers(0, 3)),
    st.tuples(st.just("unlink"), st.integers(0, 3)),
    st.tuples(st.just("file"), st.integers(0, 3)),
    st.tuples(st.just("task"), st.sampled_from(list(TaskState))),
    st.tuples(st.just("claim"), st.sampled_from(["yes", "no", "unknown"])),
    st.tuples(st.just("amend"), st.sampled_from(["yes", "no", "unknown"])),
    st.tuples(st.just("withdraw"), st.just(0)),
    st.tuples(st.just("grade"), st.sampled_from([None, *Grade])),
    st.tuples(st.just("dissent"), st.sampled_from([ADA, BEN])),
    st.tuples(st.just("tell"), st.just(0)),
    st.tuples(st.just("give"), st.just(0)),
)


class Drill:
    """One incident of one node, and the acts of its people."""

    def __init__(self) -> None:
        self.world = World(seed=3, setting=Setting(nodes=2))
        self.a, self.b = self.world.places.values()
        self.incident = opened(self.world, self.a)

    @property
    def book(self) -> IncidentBook:
        return self.a.node.incidents

    def do(self, name: str, value: Any) -> None:
        getattr(self, f"_{name}")(value)

    def _act(self, work: Any, operator: Any = ADA) -> Any:
        return act(self.world, self.a, work, operator)

    def _move(self, event: IncidentEvent) -> None:
        self._act(lambda d: d.move(self.incident, event, "because"))

    def _link(self, number: int) -> None:
        self._act(lambda d: d.link(self.incident, [Link(Linked.TRACK, f"{number:064x}")]))

    def _unlink(self, number: int) -> None:
        key = LinkKey(Linked.TRACK, f"{number:064x}", None)
        self._act(lambda d: d.unlink(self.incident, key, "not of it"))

    def _file(self, number: int) -> None:
        found = group_document("note.txt", b"note %d\n" % number)
        size = len(found.content)
        file = File(self.incident, found.name, found.sha256, size, found.media_type.value,
                    "", "Watch", None, found)  # fmt: skip
        self._act(lambda d: d.add_file(file))

    def _task(self, state: TaskState) -> None:
        known = list(self.book.get(self.incident).tasks)
        due = self.world.at(self.a).plus_s(60.0)
        wish = Task(self.incident, known[0] if known else "", 0, "Ask", "ada",
                    self.a.party.id, due, state, "")  # fmt: skip
        self._act(lambda d: d.set_task(wish))

    def _tree(self, says: str) -> Any:
        return tree(statement(says=says), claimant=self.a.node.card.name)

    def _claim(self, says: str) -> None:
        self._act(lambda d: d.make_claim(self.incident, self._tree(says)))

    def _last_claim(self) -> Any:
        claims = self.book.get(self.incident).claims
        if not claims:
            raise InputError("claim", "none yet")
        return claims[-1]

    def _amend(self, says: str) -> None:
        claim = self._last_claim()
        self._act(lambda d: d.make_claim(self.incident, self._tree(says), claim=claim))

    def _withdraw(self, _: int) -> None:
        claim = self._last_claim()
        self._act(lambda d: d.withdraw_claim(claim, "misread"))

    def _grade(self, grade: Grade | None) -> None:
        claim = self._last_claim()
        found = weighed(self.book, self.incident)
        self._act(lambda d: d.grade(self.incident, claim, "crossing", found, grade, ""))

    def _dissent(self, operator: Any) -> None:
        grades = list(self.book.get(self.incident).all_grades())
        if not grades:
            raise InputError("grade", "none yet")
        last = grades[-1].made.record
        self._act(lambda d: d.dissent(self.incident, last, Grade.WEAK, "no"), operator)

    def _tell(self, _: int) -> None:
        self._act(lambda d: d.issue(d.tell(self.incident, [self.b.party.id], "")[0]))

    def _give(self, _: int) -> None:
        claim = self._last_claim()
        self._act(lambda d: d.give_claim(claim, [self.b.party.id]))


def replayed(place: Place) -> IncidentBook:
    book = IncidentBook(place.party.id)
    for entry in place.node.store.journal():
        record = place.node.open_envelope(entry.envelope_bytes)
        if record.kind.startswith(("incident.", "claim.")):
            book.apply(record, entry.received_at)
    return book


def picture(book: IncidentBook) -> str:
    return repr((book.incidents(), book.claims(), book.told()))


@pytest.mark.requirement("INCIDENT-022")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACTS, min_size=1, max_size=25))
def test_only_published_moves_happen_and_replay_gives_the_same(acts):
    drill = Drill()
    state = "open"
    for name, value in acts:
        before = picture(drill.book)
        open_tasks = drill.book.get(drill.incident).open_tasks()
        try:
            drill.do(name, value)
        except ComityError:
            assert picture(drill.book) == before, "what is refused changes nothing"
            if name == "move":
                assert (state, value.value) not in MOVES or (value.value == "close" and open_tasks)
        else:
            assert picture(drill.book) != before
            if name == "move":
                assert not (value.value == "close" and open_tasks)
                state = MOVES[state, value.value]
            elif name not in {"tell", "give", "dissent", "withdraw"}:
                assert state in {"open", "under-review"}, f"{name} of one that is {state}"
        assert drill.book.get(drill.incident).state.value == state
    drill.world.run(10)
    for place in (drill.a, drill.b):
        assert picture(replayed(place)) == picture(place.node.incidents)
    held = drill.book.get(drill.incident)
    graded = [each.made.record for each in held.all_grades()]
    assert len(graded) == len(set(graded))
    assert all(d.operator != g.made.operator for g in held.all_grades() for _, d in g.dissents)
    assert drill.b.node.incidents.incidents() == (), "nothing of a peer's opens an incident"


@pytest.mark.requirement("INCIDENT-029")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
def test_words_of_a_person_are_kept_as_they_are_or_refused(words):
    world = WORLDS.setdefault("one", World(seed=5, setting=Setting(nodes=2)))
    a, _ = world.places.values()
    ok = fault_of_words(words, 200) is None and words.strip() != ""
    if not ok:
        with pytest.raises((RecordError, InputError)):
            act(world, a, lambda d: d.open(opening(title=words)))
        return
    record = act(world, a, lambda d: d.open(opening(title=words)))
    assert record.body["title"] == words


WORLDS: dict[str, World] = {}
