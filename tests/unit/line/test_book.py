"""Matters, ladders, what is held back, checks and watches: the book as records and time change it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.line_world import (
    ADA,
    ALPHA,
    BRAVO,
    CHARLIE,
    MATTER,
    NOON,
    Line,
    line_terms,
    refused,
    said,
)

from comity.domain.line import (
    CALL,
    CHECK,
    CHECK_ANSWER,
    ESCALATION,
    HANDOVER,
    HANDOVER_ACCEPTANCE,
    QUEUED,
    STATUS,
    WATCH,
    Acknowledged,
    Call,
    CallOutcome,
    Handover,
    LineState,
    NumberSaid,
    Particulars,
    Precedence,
    ReadBack,
    call_body,
    handover_body,
    make_attachment,
    said_to_body,
)
from comity.domain.line import book as book_module
from comity.domain.records import Draft
from comity.kernel.ids import MatterId, OperatorId

GRACE = OperatorId("grace")
OTHER = MatterId(f"{ALPHA}/0000000000000001")


def kinds(made):
    return [draft.kind for _, draft in made]


def steps(made):
    return [(party, d.body["step"], d.body["echelon"]) for party, d in made if d.kind == ESCALATION]


def quiet():
    """A line whose first checks are over."""
    line = Line()
    line.settle()
    return line


# Matters


@pytest.mark.requirement("LINE-006")
def test_a_matter_is_opened_once_by_the_party_in_its_id():
    line = Line()
    line.say(ALPHA, said())
    assert refused(lambda: line.say(ALPHA, said())) == "matter-open"
    assert refused(lambda: line.say(BRAVO, said(matter=OTHER))) == "matter-owner"
    line.say(BRAVO, said(subject=None, precedence=Precedence.ROUTINE))
    matter = line[ALPHA].book.matter(MATTER)
    assert (matter.subject, len(matter.items)) == ("Two aircraft", 2)


@pytest.mark.requirement("LINE-006")
def test_a_matter_is_kept_to_its_participants():
    line = Line(ALPHA, BRAVO, CHARLIE)
    line.say(ALPHA, said(), BRAVO)
    drafted = Draft("line.message", (ALPHA, CHARLIE), said_to_body(said(subject=None)), ADA)
    record = line.records.make(BRAVO, drafted, line.at)
    assert refused(lambda: line.take(ALPHA, record)) == "matter-party"


@pytest.mark.requirement("LINE-006")
def test_a_reply_that_comes_before_the_opening_waits_for_its_subject():
    line = Line(ALPHA, BRAVO, CHARLIE)
    line.cut = {CHARLIE}
    opening = line.say(ALPHA, said())
    reply = line.say(BRAVO, said(subject=None))
    line.take(CHARLIE, reply)
    assert line[CHARLIE].book.matter(MATTER).subject is None
    line.take(CHARLIE, opening)
    matter = line[CHARLIE].book.matter(MATTER)
    assert matter.subject == "Two aircraft"
    assert matter.parties == line[ALPHA].book.matter(MATTER).parties


@pytest.mark.requirement("LINE-006")
def test_a_closed_matter_is_opened_by_what_is_said_later():
    line = Line()
    line.say(ALPHA, said())
    line.say(ALPHA, said(subject=None, closes=True))
    assert line[BRAVO].book.open_matters() == ()
    line.say(BRAVO, said(subject=None))
    assert [each.id for each in line[ALPHA].book.open_matters()] == [MATTER]


@pytest.mark.requirement("LINE-007")
def test_what_is_said_in_an_exercise_never_comes_into_the_live_book():
    line = Line()
    drafted = Draft("line.stop", (BRAVO,), {"anything": 1}, ADA, exercise=True)
    line.take(BRAVO, line.records.make(ALPHA, drafted, line.at))
    assert list(line[BRAVO].book.items()) == []
    assert line[BRAVO].book.stops(line.at) == ()


@pytest.mark.requirement("LINE-008")
def test_the_oldest_that_nothing_is_owed_about_makes_way_and_a_flash_does_not(monkeypatch):
    monkeypatch.setattr(book_module, "ITEMS_KEPT_MAX", 5)
    line = quiet()
    flash = line.say(ALPHA, said())
    routine = [
        line.say(ALPHA, said(str(n), subject=None, precedence=Precedence.ROUTINE)) for n in range(8)
    ]
    for party in (ALPHA, BRAVO):
        kept = [item.digest for item in line[party].book.items()]
        assert kept == [flash.digest, *(each.digest for each in routine[-4:])]
        assert line[party].book.matter(MATTER).items == kept
        assert [item.digest for item in line.replayed(party).items()] == kept
    assert steps(line.wait(60.0)) != []


@pytest.mark.requirement("LINE-005")
def test_the_book_keeps_of_a_file_what_it_is_and_not_its_bytes():
    line = quiet()
    attachment = make_attachment("a.txt", "text/plain", b"a note")
    message = line.say(ALPHA, said(attachments=(attachment,)))
    [kept] = line[BRAVO].book.item(message.digest).said.attachments
    assert (kept.name, kept.size_bytes, kept.content) == ("a.txt", 6, b"")
    assert kept.sha256 == attachment.sha256


@pytest.mark.requirement("LINE-006")
@given(st.permutations("aaabbbb"))
def test_a_third_party_sees_the_same_whatever_comes_first(order):
    """Each author's records come in its order; between authors any order may be."""
    line = Line(ALPHA, BRAVO, CHARLIE)
    line.cut = {CHARLIE}
    first = line.say(ALPHA, said(particulars=Particulars(number=NumberSaid(2, "aircraft"))))
    second = line.say(ALPHA, said("Still there?", subject=None))
    third = line.say(ALPHA, said("Out", subject=None, precedence=Precedence.ROUTINE))
    answers = [
        line.answer(BRAVO, first.digest, Acknowledged()),
        line.answer(BRAVO, first.digest, ReadBack(Particulars(number=NumberSaid(3, "aircraft")))),
        line.answer(BRAVO, second.digest, Acknowledged()),
        line.answer(BRAVO, first.digest, ReadBack(Particulars(number=NumberSaid(2, "aircraft")))),
    ]
    queues = {"a": iter([first, second, third]), "b": iter(answers)}
    for whose in order:
        line.take(CHARLIE, next(queues[whose]))
    for message in (first, second, third):
        ours = line[ALPHA].book.item(message.digest).answers[BRAVO]
        theirs = line[CHARLIE].book.item(message.digest).answers[BRAVO]
        assert repr(ours) == repr(theirs)


# Ladders


@pytest.mark.requirement("LINE-013")
def test_a_flash_that_nobody_takes_goes_up_the_ladder_at_both_nodes_at_its_times():
    line = quiet()
    message = line.say(ALPHA, said())
    assert steps(line.wait(59.999)) == []
    assert steps(line.wait(0.001)) == [
        (ALPHA, 1, "officer on watch"),
        (BRAVO, 1, "officer on watch"),
    ]
    assert steps(line.wait(119.999)) == []
    assert steps(line.wait(0.001)) == [(ALPHA, 2, "chief of watch"), (BRAVO, 2, "chief of watch")]
    assert steps(line.wait(100_000.0)) == []
    item = line[ALPHA].book.item(message.digest)
    assert {each.given.party for each in item.escalated} == {ALPHA, BRAVO}
    assert line[ALPHA].book.untaken() == (item,)


@pytest.mark.requirement("LINE-012")
def test_an_acknowledgement_by_any_officer_ends_the_ladder():
    line = quiet()
    message = line.say(ALPHA, said())
    line.wait(60.0)
    line.answer(BRAVO, message.digest, Acknowledged())
    assert steps(line.wait(600.0)) == []
    assert line[ALPHA].book.untaken() == ()


@pytest.mark.requirement("LINE-013")
def test_a_node_that_stopped_in_the_middle_of_a_ladder_goes_on_with_it():
    line = quiet()
    line.say(ALPHA, said())
    line.wait(60.0)
    line.at = line.at.plus_s(500.0)
    book = line.replayed(BRAVO)
    draft = book.next_owed(line.at, line.context(BRAVO))
    assert (draft.kind, draft.body["step"]) == (ESCALATION, 2)


@pytest.mark.requirement("LINE-013")
def test_only_flash_and_stops_go_up_a_ladder_and_each_party_has_its_own():
    line = Line(ALPHA, BRAVO, CHARLIE)
    line.settle()
    line.say(ALPHA, said(precedence=Precedence.IMMEDIATE))
    assert steps(line.wait(600.0)) == []
    line.say(ALPHA, said(matter=OTHER))
    found = steps(line.wait(60.0))
    assert (
        CHARLIE,
        1,
        "any officer on watch",
    ) in found  # none is agreed for Charlie; one is assumed
    assert (BRAVO, 1, "officer on watch") in found
    assert all(party != BRAVO or echelon == "officer on watch" for party, _, echelon in found)


@pytest.mark.requirement("LINE-013")
def test_a_party_that_floods_with_flash_cannot_have_a_whole_staff_called_out():
    line = quiet()
    for number in range(70):
        line.say(ALPHA, said(matter=MatterId(f"{ALPHA}/{number:016x}")))
    assert len(line[BRAVO].book.untaken()) == 70
    assert len([each for each in steps(line.wait(60.0)) if each[0] == BRAVO]) == 64


@pytest.mark.requirement("LINE-014")
def test_a_step_by_another_channel_is_called_a_bounded_number_of_times():
    line = quiet()
    line.say(ALPHA, said())
    line.wait(60.0)
    line.wait(120.0)
    book = line[BRAVO].book
    for attempt in range(1, 6):
        [called] = book.calls_owed(line.at, 30.0)
        assert called.escalation.channel == "pager"
        body = call_body(Call(called.digest, "pager", attempt, CallOutcome.FAILED, "not reached"))
        line.issue(BRAVO, Draft(CALL, (), body))
        assert list(book.calls_owed(line.at, 30.0)) == []  # not at once again
        line.at = line.at.plus_s(30.0)
    assert list(book.calls_owed(line.at, 30.0)) == []
    assert len(book.calls_of(called.digest).calls) == 5
    nobody = call_body(Call("ab" * 32, "pager", 1, CallOutcome.SENT, ""))
    unknown = refused(lambda: line.issue(BRAVO, Draft(CALL, (), nobody)))
    assert unknown == "unknown-escalation"


@pytest.mark.requirement("LINE-014")
def test_a_call_that_was_taken_is_not_made_again():
    line = quiet()
    line.say(ALPHA, said())
    line.wait(180.0)
    book = line[BRAVO].book
    [called] = book.calls_owed(line.at, 30.0)
    body = call_body(Call(called.digest, "pager", 1, CallOutcome.SENT, "answered 200"))
    line.issue(BRAVO, Draft(CALL, (), body))
    line.at = line.at.plus_s(3_600.0)
    assert list(book.calls_owed(line.at, 30.0)) == []


# What is held back


def hold(line, text, precedence):
    what = said(text, subject=None, precedence=precedence)
    body = {"kind": what.kind, "recipients": [BRAVO], "body": said_to_body(what)}
    return line.issue(ALPHA, Draft(QUEUED, (), body, ADA))


@pytest.mark.requirement("LINE-011")
def test_what_is_held_back_leaves_by_precedence_and_then_by_age():
    line = quiet()
    line.say(ALPHA, said())
    line[ALPHA].room = False
    for text, precedence in (
        ("r1", Precedence.ROUTINE), ("p1", Precedence.PRIORITY), ("r2", Precedence.ROUTINE),
        ("i1", Precedence.IMMEDIATE), ("p2", Precedence.PRIORITY),
    ):  # fmt: skip
        hold(line, text, precedence)
    assert line.settle() == []
    assert len(line[ALPHA].book.outbox) == 5
    line[ALPHA].room = True
    made = [draft.body["text"] for _, draft in line.settle()]
    assert made == ["i1", "p1", "p2", "r1", "r2"]
    assert len(line[ALPHA].book.outbox) == 0
    assert all(draft.operator == ADA for _, draft in line.settle())


@pytest.mark.requirement("LINE-011")
@settings(max_examples=30)
@given(st.lists(st.sampled_from(["immediate", "priority", "routine"]), max_size=12), st.data())
def test_a_restart_at_any_moment_loses_and_doubles_nothing_held_back(words, data):
    line = quiet()
    line.say(ALPHA, said())
    line[ALPHA].room = False
    for number, word in enumerate(words):
        hold(line, str(number), Precedence(word))
    line[ALPHA].room = True
    left = []
    while (draft := line[ALPHA].book.next_owed(line.at, line.context(ALPHA))) is not None:
        line.issue(ALPHA, draft)
        left.append(draft.body["text"])
        if data.draw(st.booleans()):
            line[ALPHA].book = line.replayed(ALPHA)
    order = sorted(range(len(words)), key=lambda n: (Precedence(words[n]).rank, n))
    assert left == [str(number) for number in order]


@pytest.mark.requirement("LINE-010")
def test_a_flash_is_never_held_back():
    line = quiet()
    assert refused(lambda: hold(line, "now", Precedence.FLASH)) == "line-flash-queued"


# Checks


@pytest.mark.requirement("LINE-030")
def test_both_sides_ask_and_answer_once_a_slot_and_the_line_works():
    line = Line()
    assert sorted(kinds(line.settle())) == sorted(
        [CHECK, CHECK, CHECK_ANSWER, CHECK_ANSWER, STATUS, STATUS]
    )
    for party, other in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
        assert line[party].book.checks.line(other).state is LineState.WORKING
    assert line.wait(599.0) == []
    assert sorted(kinds(line.wait(1.0))) == [CHECK, CHECK, CHECK_ANSWER, CHECK_ANSWER]


@pytest.mark.requirement("LINE-030")
def test_a_missed_check_degrades_the_line_at_both_ends():
    line = Line()
    line.settle()
    line.cut = {BRAVO}
    made = line.wait(600.0)
    assert STATUS not in kinds(made)
    made = [draft for _, draft in line.wait(60.0) if draft.kind == STATUS]
    assert [d.body["state"] for d in made] == ["degraded", "degraded"]
    assert {d.body["why"] for d in made} == {"no answer and no check"}
    for party, other in ((ALPHA, BRAVO), (BRAVO, ALPHA)):
        assert line[party].book.checks.line(other).state is LineState.DEGRADED


@pytest.mark.requirement("LINE-030")
def test_one_way_loss_is_shown_at_both_ends_once_either_can_say_so():
    line = Line()
    line.settle()
    lost = []

    def deliver(party, record, take=line.take):
        if record.author == ALPHA and party == BRAVO:
            lost.append(record)
        else:
            take(party, record)

    line.take = deliver
    line.wait(600.0)
    line.wait(60.0)
    assert lost
    assert line[BRAVO].book.checks.line(ALPHA).state is LineState.DEGRADED
    assert line[ALPHA].book.checks.line(BRAVO).state is LineState.DEGRADED
    assert line[ALPHA].book.checks.line(BRAVO).told.why == "no answer and no check"


@pytest.mark.requirement("LINE-030")
def test_a_line_that_comes_back_works_again_and_says_so():
    line = Line()
    line.settle()
    line.cut = {BRAVO}
    line.wait(660.0)
    line.cut = set()
    line.wait(540.0)
    assert line[ALPHA].book.checks.line(BRAVO).state is LineState.WORKING
    assert line[BRAVO].book.checks.line(ALPHA).state is LineState.WORKING


@pytest.mark.requirement("LINE-032")
def test_no_check_is_made_while_the_one_before_has_no_receipt():
    line = Line()
    line.settle()
    line.cut = {BRAVO}
    line[ALPHA].receipted = False
    made = [kind for _ in range(100) for kind in kinds(
        [each for each in line.wait(600.0) if each[0] == ALPHA]
    )]  # fmt: skip
    assert made.count(CHECK) == 0
    assert made.count(STATUS) == 1


@pytest.mark.requirement("LINE-031")
def test_an_answer_by_a_person_is_told_from_one_by_the_node():
    line = Line()
    line.settle()
    by_hand = line.issue(ALPHA, Draft(CHECK, (BRAVO,), {"slot": None, "wants": "person"}, ADA))
    assert kinds(line.settle()) == []  # the node does not answer what asks for a person
    line.issue(BRAVO, Draft(CHECK_ANSWER, (ALPHA,), {"check": by_hand.digest}, GRACE))
    check = line[ALPHA].book.checks.line(BRAVO).own[by_hand.digest]
    assert (check.by_node, check.by_person.operator) == (None, GRACE)
    drafted = Draft(CHECK_ANSWER, (BRAVO,), {"check": by_hand.digest}, ADA)
    assert refused(lambda: line.issue(ALPHA, drafted)) == "own-side"


@pytest.mark.requirement("LINE-030")
def test_without_an_agreed_interval_nothing_is_checked_and_the_line_is_unknown():
    line = Line(terms=line_terms(line_check_interval_s=None))
    assert line.wait(100_000.0) == []
    assert line[ALPHA].book.checks.line(BRAVO).state is LineState.UNKNOWN


# Watches


@pytest.mark.requirement("LINE-033")
def test_everybody_puts_only_themselves_on_watch_and_the_others_are_told():
    line = quiet()
    body = {"echelon": "officer on watch", "officer": "ada", "reach": "desk 2"}
    line.issue(ALPHA, Draft(WATCH, (BRAVO,), body, ADA))
    assert line[BRAVO].book.watches.officer(ALPHA, "officer on watch") == ADA
    drafted = Draft(WATCH, (BRAVO,), body | {"officer": "grace"}, ADA)
    assert refused(lambda: line.issue(ALPHA, drafted)) == "other-officer"
    line.issue(ALPHA, Draft(WATCH, (BRAVO,), body | {"officer": None}, GRACE))
    assert line[BRAVO].book.watches.on_watch() == ()


@pytest.mark.requirement("LINE-034")
def test_a_hand_over_is_signed_by_the_officer_it_is_for_and_nobody_else():
    line = quiet()
    message = line.say(ALPHA, said())
    body = handover_body(Handover("officer on watch", GRACE, ((MATTER, message.digest),), ""))
    offered = line.issue(ALPHA, Draft(HANDOVER, (), body, ADA))
    accept = {"handover": offered.digest}
    wrong = Draft(HANDOVER_ACCEPTANCE, (), accept, ADA)
    assert refused(lambda: line.issue(ALPHA, wrong)) == "other-officer"
    line.issue(ALPHA, Draft(HANDOVER_ACCEPTANCE, (), accept, GRACE))
    [seen] = line[ALPHA].book.watches.handovers()
    assert (seen.given.operator, seen.accepted.operator) == (ADA, GRACE)
    assert seen.handover.matters == ((MATTER, message.digest),)
    unknown = Draft(HANDOVER_ACCEPTANCE, (), {"handover": "ab" * 32}, GRACE)
    assert refused(lambda: line.issue(ALPHA, unknown)) == "unknown-handover"


@pytest.mark.requirement("LINE-008")
def test_replaying_the_journal_gives_the_same_book_and_owes_nothing_more():
    line = Line()
    line.settle()
    message = line.say(ALPHA, said())
    line.wait(200.0)
    line.answer(BRAVO, message.digest, Acknowledged())
    hold(line, "r", Precedence.ROUTINE)
    line.wait(10_000.0)
    for party in (ALPHA, BRAVO):
        book, again = line[party].book, line.replayed(party)
        assert again.next_owed(line.at, line.context(party)) is None
        assert [*map(repr, again.items())] == [*map(repr, book.items())]
        assert [*map(repr, again.matters())] == [*map(repr, book.matters())]
        assert repr(again.checks.line(BRAVO if party == ALPHA else ALPHA)) == repr(
            book.checks.line(BRAVO if party == ALPHA else ALPHA)
        )


def test_the_world_begins_at_noon():
    assert Line().at == NOON
