"""Notices as records act on them: revisions, cancellations, acknowledgements, and what is said of a place."""

import ast
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.intents_world import ALPHA, BRAVO, CHARLIE, NOON, RecordMaker, agreement

from comity.domain.airspace import Altitude, Datum, Shape, ShapeKind
from comity.domain.notices import (
    ACKNOWLEDGEMENT,
    CANCELLATION,
    NOTICE,
    Acknowledgement,
    Cancellation,
    NothingNotified,
    Notice,
    NoticeArea,
    NoticeBook,
    NoticeState,
    NotifiedHere,
    acknowledgement_to_body,
    cancellation_to_body,
    notice_to_body,
    notified_at,
)
from comity.domain.notices import book as book_module
from comity.domain.records import Draft, Record
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import NoticeId, OperatorId, PartyId, RecordDigest
from comity.kernel.instants import Instant, StatedTime

TERMS = agreement(ALPHA, BRAVO, CHARLIE, notice_s={"firing": 3_600.0})
ID = NoticeId(f"{ALPHA}/00000000000000a1")
CIRCLE = Shape(ShapeKind.PATH, (60.0,), (25.0,), 5_000.0)


def time(hours: float) -> StatedTime:
    instant = NOON.plus_s(hours * 3_600.0)
    return StatedTime(instant, str(instant), "Z")


def notice(**changed: Any) -> Notice:
    stated = Notice(
        id=ID,
        revision=1,
        replaces=None,
        agreement=TERMS.digest,
        activity="firing",
        areas=(NoticeArea(CIRCLE, (Altitude(0.0, Datum.AGL),), (Altitude(9753.6, Datum.QNE),)),),
        starts=(time(2),),
        ends=(time(4),),
        description="Artillery practice.",
        contact="Range control",
    )
    return replace(stated, **changed)


class Desk:
    """A book, and parties that speak to it."""

    def __init__(self, me: PartyId = BRAVO, *, exercise: bool = False) -> None:
        self.me = me
        self.book = NoticeBook(me, exercise=exercise)
        self.makers = {party: RecordMaker(party) for party in (ALPHA, BRAVO, CHARLIE)}
        self.journal: list[tuple[Record, Instant]] = []

    def take(self, record: Record, at: Instant = NOON) -> Record:
        self.book.apply(record, at, TERMS)
        self.journal.append((record, at))
        return record

    def say(
        self,
        party: PartyId,
        kind: str,
        body: dict[str, Any],
        to: tuple[PartyId, ...] = (BRAVO, CHARLIE),
        at: Instant = NOON,
        **given: Any,
    ) -> Record:
        draft = Draft(kind, to, body, **{"operator": OperatorId("ada"), **given})
        return self.take(self.makers[party].make(draft, at), at)

    def notify(self, at: Instant = NOON, to: Any = (BRAVO, CHARLIE), **changed: Any) -> Record:
        return self.say(ALPHA, NOTICE, notice_to_body(notice(**changed)), to, at)

    def acknowledge(self, record: Record, party: PartyId = BRAVO, person: str = "ben") -> Record:
        body = acknowledgement_to_body(Acknowledgement(record.digest))
        return self.say(party, ACKNOWLEDGEMENT, body, (ALPHA,), operator=OperatorId(person))

    def cancel(self, record: Record, party: PartyId = ALPHA, **given: Any) -> Record:
        body = cancellation_to_body(Cancellation(given.pop("id", ID), record.digest, "closed"))
        return self.say(party, CANCELLATION, body, **given)

    def state(self, record: Record, hours: float = 0.0) -> NoticeState:
        view = self.book.view(record.digest, NOON.plus_s(hours * 3_600.0))
        assert view is not None
        return view.state


@pytest.mark.requirement("NOTICE-003")
def test_received_effective_and_lead_times_are_kept() -> None:
    desk = Desk()
    record = desk.notify(at=NOON.plus_s(4_000.0))
    view = desk.book.view(record.digest, NOON)
    assert view is not None
    assert (view.held.received_at, view.window[0]) == (NOON.plus_s(4_000.0), NOON.plus_s(7_200.0))
    assert (view.lead_s, view.agreed_lead_s) == (3_200.0, 3_600.0)
    assert [each.code for each in view.findings()] == ["late", "not-covered"]


def test_a_notice_comes_into_effect_and_is_over() -> None:
    desk = Desk()
    record = desk.notify()
    states = [desk.state(record, hours) for hours in (0, 1.999, 2, 4, 4.001)]
    assert states == ["to-come", "to-come", "in-effect", "in-effect", "over"]
    assert [each.record for each in desk.book.standing(NOON)] == [record.digest]
    assert list(desk.book.standing(NOON.plus_s(4.1 * 3_600.0))) == []


@pytest.mark.requirement("NOTICE-009")
def test_a_revision_takes_the_place_of_the_one_it_names() -> None:
    desk = Desk()
    first = desk.notify()
    second = desk.notify(revision=2, replaces=first.digest, starts=(time(3),))
    assert (desk.state(first), desk.state(second)) == ("replaced", "to-come")
    assert [each.record for each in desk.book.latest(ID)] == [second.digest]
    assert [each.record for each in desk.book.standing(NOON)] == [second.digest]


@pytest.mark.requirement("NOTICE-009")
def test_two_revisions_of_one_stand_both_and_are_told() -> None:
    desk = Desk()
    first = desk.notify()
    rivals = [
        desk.notify(revision=2, replaces=first.digest, starts=(time(hours),)) for hours in (2.5, 3)
    ]
    assert [each.record for each in desk.book.latest(ID)] == [each.digest for each in rivals]
    for one, other in (rivals, rivals[::-1]):
        view = desk.book.view(one.digest, NOON)
        assert view is not None
        assert view.rivals == (other.digest,)
        assert view.findings()[-1].rule == "N18"


@pytest.mark.requirement("NOTICE-009")
def test_a_revision_whose_first_never_came_stands_by_itself() -> None:
    desk = Desk()
    record = desk.notify(revision=2, replaces=RecordDigest("d3" * 32))
    assert desk.state(record) == "to-come"


@pytest.mark.requirement("NOTICE-009")
def test_a_cancellation_acts_when_it_comes_and_is_the_authors() -> None:
    desk = Desk()
    record = desk.notify()
    with pytest.raises(RecordError, match="notice-owner"):
        desk.cancel(record, CHARLIE, id=NoticeId(f"{CHARLIE}/00000000000000a1"), to=(BRAVO,))
    assert desk.state(record) == "to-come"
    desk.cancel(record)
    assert desk.state(record) == "cancelled"
    assert list(desk.book.standing(NOON)) == []


@pytest.mark.requirement("NOTICE-010")
def test_an_acknowledgement_is_one_persons_and_of_one_revision() -> None:
    desk = Desk(ALPHA)
    first = desk.notify()
    desk.acknowledge(first, BRAVO, "ben")
    desk.acknowledge(first, BRAVO, "bea")
    again = desk.acknowledge(first, BRAVO, "ben")
    view = desk.book.view(first.digest, NOON)
    assert view is not None
    assert [each.operator for each in view.acknowledged[BRAVO]] == ["ben", "bea"]
    assert again.digest not in {each.record for each in view.acknowledged[BRAVO]}
    assert view.acknowledged[CHARLIE] == ()  # unknown
    second = desk.notify(revision=2, replaces=first.digest)
    view = desk.book.view(second.digest, NOON)
    assert view is not None
    assert view.acknowledged[BRAVO] == ()


@pytest.mark.requirement("NOTICE-001")
@pytest.mark.parametrize(
    ("reason", "broken"),
    [
        ("notice-recipients", lambda d, r: d.notify(revision=2, replaces=r.digest, to=(BRAVO,))),
        (
            "notice-revision",
            lambda d, r: d.notify(
                id=NoticeId(f"{ALPHA}/00000000000000a2"), revision=2, replaces=r.digest
            ),
        ),
        ("notice-acknowledger", lambda d, r: d.acknowledge(r, ALPHA)),
        ("notice-unknown", lambda d, r: d.acknowledge(replace(r, digest="ab" * 32))),
        ("notice-owner", lambda d, r: d.cancel(r, id=NoticeId(f"{ALPHA}/00000000000000a9"))),
    ],
)
def test_what_does_not_fit_the_book_is_refused_and_changes_nothing(
    reason: str, broken: Any
) -> None:
    desk = Desk()
    record = desk.notify()
    before = desk.book.view(record.digest, NOON)
    with pytest.raises(RecordError) as caught:
        broken(desk, record)
    assert caught.value.reason == reason
    assert desk.book.view(record.digest, NOON) == before


@pytest.mark.requirement("NOTICE-001")
def test_one_author_cannot_fill_the_book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_module, "HELD_PER_PARTY_MAX", 2)
    monkeypatch.setattr(book_module, "ACKNOWLEDGEMENTS_MAX", 1)
    desk = Desk()
    record = desk.notify()
    desk.notify(id=NoticeId(f"{ALPHA}/00000000000000a2"))
    with pytest.raises(RecordError, match="notice-limit"):
        desk.notify(id=NoticeId(f"{ALPHA}/00000000000000a3"))
    desk.acknowledge(record)
    with pytest.raises(RecordError, match="notice-limit"):
        desk.acknowledge(record, person="bea")


@pytest.mark.requirement("NOTICE-011")
def test_replaying_the_journal_rebuilds_the_book() -> None:
    desk = Desk(ALPHA)
    first = desk.notify()
    desk.acknowledge(first)
    second = desk.notify(revision=2, replaces=first.digest)
    desk.cancel(second)
    again = NoticeBook(ALPHA)
    for record, received_at in desk.journal:
        again.apply(record, received_at, TERMS)
    for record in (first, second):
        assert again.view(record.digest, NOON) == desk.book.view(record.digest, NOON)


@pytest.mark.requirement("NOTICE-011")
def test_exercise_and_live_never_mix() -> None:
    desk = Desk(exercise=True)
    live = desk.notify()
    assert desk.book.view(live.digest, NOON) is None
    drill = desk.say(ALPHA, NOTICE, notice_to_body(notice()), exercise=True)
    assert desk.book.view(drill.digest, NOON) is not None
    assert Desk().book.get(drill.digest) is None


@pytest.mark.requirement("NOTICE-011")
def test_what_is_long_over_leaves_memory() -> None:
    desk = Desk()
    record = desk.notify()
    cancelled = desk.notify(id=NoticeId(f"{ALPHA}/00000000000000a2"), starts=(time(200),), ends=())
    desk.cancel(cancelled, id=NoticeId(f"{ALPHA}/00000000000000a2"))
    later = NOON.plus_s(4 * 3_600.0 + 7 * 86_400.0)
    desk.notify(at=later, id=NoticeId(f"{ALPHA}/00000000000000a3"))
    assert desk.book.get(record.digest) is not None
    desk.notify(at=later.plus_s(3_601.0), id=NoticeId(f"{ALPHA}/00000000000000a4"))
    assert desk.book.get(record.digest) is None
    with pytest.raises(InputError):
        desk.book.latest(ID)


@pytest.mark.requirement("NOTICE-013")
def test_the_strongest_answer_is_that_nothing_was_notified_as_of_a_time() -> None:
    desk = Desk()
    answer = notified_at(desk.book.standing(NOON), 60.0, 25.0, NOON)
    assert isinstance(answer, NothingNotified)
    assert answer.words.startswith(f"nothing notified here as of {NOON}; that does not say")
    desk.notify()
    answer = notified_at(desk.book.standing(NOON), 60.0, 25.0, NOON)
    assert isinstance(answer, NotifiedHere)
    assert [each.notice.id for each in answer.notices] == [ID]
    assert isinstance(notified_at(desk.book.standing(NOON), 60.0, 26.0, NOON), NothingNotified)
    for each in (answer, notified_at(desk.book.standing(NOON), 60.0, 26.0, NOON)):
        with pytest.raises(TypeError):
            bool(each)


@pytest.mark.requirement("NOTICE-013")
def test_a_notice_without_an_area_may_mean_every_place() -> None:
    desk = Desk()
    record = desk.notify(areas=(), place="in the hills")
    answer = notified_at(desk.book.standing(NOON), -45.0, 170.0, NOON)
    assert isinstance(answer, NotifiedHere)
    assert (answer.notices, [each.record for each in answer.anywhere]) == ((), [record.digest])


@pytest.mark.requirement("NOTICE-013")
def test_a_place_at_the_edge_or_stated_coarsely_is_reached() -> None:
    desk = Desk()
    desk.notify()
    edge_deg = 60.0 + 5_000.0 / 111_412.0  # a degree of latitude at 60 degrees
    assert isinstance(
        notified_at(desk.book.standing(NOON), edge_deg - 1e-5, 25.0, NOON), NotifiedHere
    )
    assert isinstance(
        notified_at(desk.book.standing(NOON), edge_deg + 1e-4, 25.0, NOON), NothingNotified
    )
    assert isinstance(
        notified_at(desk.book.standing(NOON), edge_deg + 1e-4, 25.0, NOON, 50.0), NotifiedHere
    )


def _texts(path: Path) -> list[str]:
    """Every text of a module that is no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs
    ]


@pytest.mark.requirement("NOTICE-013")
def test_no_words_of_the_room_or_its_doors_say_safe_or_clear() -> None:
    source = Path(__file__).parents[3] / "src" / "comity"
    paths = [
        *(source / "domain" / "notices").glob("*.py"),
        *source.glob("entrypoints/*/notice*.py"),
    ]
    assert len(paths) > 12
    for path in paths:
        for said in _texts(path):
            found = re.search(
                r"\b(safe|clear|cleared|all right|ok|permitted)\b", said, re.IGNORECASE
            )
            assert found is None, (path.name, said)
