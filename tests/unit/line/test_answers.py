"""Who may answer what, and what of it counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.line_world import ADA, ALPHA, BRAVO, CHARLIE, Line, refused, said

from comity.domain.airspace import Datum
from comity.domain.line import (
    Acknowledged,
    Concurrence,
    Concurs,
    HeightSaid,
    HorizontalDatum,
    NumberSaid,
    Particulars,
    PositionSaid,
    ReadBack,
    Repeated,
    Stop,
    StopRelease,
    TimeSaid,
    TranslatedBy,
    Translation,
    about_to_body,
    compare,
    matches,
    said_to_body,
)
from comity.domain.records import Draft
from comity.kernel.instants import Instant, instant_from_canonical

HALF = instant_from_canonical("2026-11-22T18:40:00.000Z")
ALL = Particulars(
    position=PositionSaid(599_000_000, 245_000_000, HorizontalDatum.WGS84),
    height=HeightSaid(1_500_000, Datum.EGM2008),
    time=TimeSaid(HALF, "21:40", "UTC+3"),
    number=NumberSaid(2, "aircraft"),
)


@pytest.mark.requirement("LINE-001")
def test_each_answer_changes_its_own_and_leaves_the_others_unknown():
    line = Line()
    message = line.say(ALPHA, said(particulars=ALL))
    answers = line[ALPHA].book.item(message.digest).answers[BRAVO]
    assert (answers.acknowledged, answers.read_back_matched, answers.concurred) == (
        None,
        None,
        None,
    )
    line.answer(BRAVO, message.digest, Acknowledged())
    assert answers.acknowledged.operator == ADA
    assert (answers.read_back_matched, answers.concurred) == (None, None)
    line.answer(BRAVO, message.digest, ReadBack(ALL))
    assert (answers.read_back_matched, answers.concurred) == (True, None)
    line.answer(BRAVO, message.digest, Concurrence(Concurs.DO_NOT_CONCUR, "not now"))
    assert answers.concurred[1] is Concurs.DO_NOT_CONCUR


@pytest.mark.requirement("LINE-002")
@pytest.mark.parametrize("about", [Acknowledged(), ReadBack(ALL), Concurrence(Concurs.CONCUR)])
def test_an_answer_by_the_senders_own_side_or_a_stranger_is_refused(about):
    line = Line(ALPHA, BRAVO, CHARLIE)
    message = line.say(ALPHA, said(particulars=ALL), BRAVO)
    assert refused(lambda: line.answer(ALPHA, message.digest, about)) == "own-side"
    kind, body = about_to_body(message.digest, about)
    by_charlie = line.records.make(CHARLIE, Draft(kind, (ALPHA,), body, ADA), line.at)
    assert refused(lambda: line.take(ALPHA, by_charlie)) == "not-addressed"
    answers = line[ALPHA].book.item(message.digest).answers
    assert list(answers) == [BRAVO]
    assert answers[BRAVO].acknowledged is None


@pytest.mark.requirement("LINE-002")
def test_a_second_or_replayed_answer_changes_nothing():
    line = Line()
    message = line.say(ALPHA, said(particulars=ALL))
    first = line.answer(BRAVO, message.digest, Acknowledged("first"))
    line.answer(BRAVO, message.digest, Concurrence(Concurs.CONCUR))
    line.answer(BRAVO, message.digest, ReadBack(ALL))
    line.wait(5.0)
    line.answer(BRAVO, message.digest, Acknowledged("second"))
    line.answer(BRAVO, message.digest, Concurrence(Concurs.DO_NOT_CONCUR))
    line.answer(BRAVO, message.digest, ReadBack(Particulars(number=NumberSaid(3, "aircraft"))))
    line.take(ALPHA, first)
    answers = line[ALPHA].book.item(message.digest).answers[BRAVO]
    assert answers.acknowledged.digest == first.digest
    assert answers.concurred[1] is Concurs.CONCUR
    assert answers.read_back_matched is True
    assert len(answers.read_backs) == 1


@pytest.mark.requirement("LINE-003")
def test_a_wrong_read_back_is_kept_shown_and_not_accepted_until_a_right_one_comes():
    line = Line()
    message = line.say(ALPHA, said(particulars=ALL))
    wrong = Particulars(
        PositionSaid(599_000_000, 246_600_000, HorizontalDatum.WGS84),
        ALL.height,
        ALL.time,
        ALL.number,
    )
    line.answer(BRAVO, message.digest, ReadBack(wrong))
    answers = line[ALPHA].book.item(message.digest).answers[BRAVO]
    assert answers.read_back_matched is False
    [position] = [f for f in answers.read_backs[0].compared if f.outcome is not Repeated.MATCH]
    # 0.16 degrees along the parallel of 59.9: 6,394 km x cos 59.9 x 0.16 pi / 180 = 8.96 km
    assert position.why.startswith("9.0 km E (090 true) of what was said")
    assert line[BRAVO].book.item(message.digest).answers[BRAVO].read_backs == answers.read_backs
    line.answer(BRAVO, message.digest, ReadBack(ALL))
    assert [each.matched for each in answers.read_backs] == [False, True]
    assert answers.read_back_matched is True


@pytest.mark.requirement("LINE-003")
@pytest.mark.parametrize(
    ("repeated", "outcome"),
    [
        (PositionSaid(599_000_000, 245_000_000, HorizontalDatum.SK42), Repeated.MISMATCH),
        (PositionSaid(599_002_243, 245_000_000, HorizontalDatum.WGS84), Repeated.MATCH),  # 24.99 m
        (PositionSaid(599_002_250, 245_000_000, HorizontalDatum.WGS84), Repeated.MISMATCH),
        (None, Repeated.MISSING),
    ],
)
def test_the_datum_is_read_back_and_twenty_five_metres_are_allowed(repeated, outcome):
    """A degree of latitude at 59.9 is 111,411 m (WGS 84 meridian radius), so 25 m are 2,244e-7 degrees."""
    said_once = Particulars(position=ALL.position)
    [found] = compare(said_once, Particulars(position=repeated))
    assert found.outcome is outcome


@pytest.mark.requirement("LINE-003")
@pytest.mark.parametrize(
    ("field", "value", "outcome"),
    [
        ("height", HeightSaid(1_503_100, Datum.EGM2008), Repeated.MATCH),
        ("height", HeightSaid(1_503_101, Datum.EGM2008), Repeated.MISMATCH),
        ("height", HeightSaid(1_500_000, Datum.WGS84), Repeated.MISMATCH),
        ("time", TimeSaid(HALF.plus_s(1.0), "x", "Z"), Repeated.MATCH),
        ("time", TimeSaid(HALF.plus_s(1.001), "x", "Z"), Repeated.MISMATCH),
        ("time", TimeSaid(HALF.plus_s(-3600.0), "21:40", "UTC+4"), Repeated.MISMATCH),
        ("number", NumberSaid(2, "planes"), Repeated.MATCH),
        ("number", NumberSaid(3, "aircraft"), Repeated.MISMATCH),
    ],
)
def test_each_field_has_its_tolerance(field, value, outcome):
    [found] = compare(Particulars(**{field: getattr(ALL, field)}), Particulars(**{field: value}))
    assert found.outcome is outcome


@pytest.mark.requirement("LINE-003")
def test_what_only_the_read_back_states_does_not_match():
    only_number = Particulars(number=ALL.number)
    found = compare(only_number, ALL)
    assert not matches(found)
    assert {f.name for f in found if f.outcome is Repeated.EXTRA} == {"position", "height", "time"}


@pytest.mark.requirement("LINE-003")
def test_a_message_that_states_nothing_cannot_be_read_back():
    line = Line()
    message = line.say(ALPHA, said())
    assert (
        refused(lambda: line.answer(BRAVO, message.digest, ReadBack(ALL))) == "nothing-to-read-back"
    )


@pytest.mark.requirement("LINE-003")
@given(
    latitude=st.integers(-900_000_000, 900_000_000),
    longitude=st.integers(-1_800_000_000, 1_800_000_000),
)
def test_any_position_matches_itself_and_the_same_place_across_180(latitude, longitude):
    here = PositionSaid(latitude, longitude, HorizontalDatum.WGS84)
    turned = longitude - 3_600_000_000 if longitude > 0 else longitude + 3_600_000_000
    same = turned if abs(turned) <= 1_800_000_000 else longitude
    there = PositionSaid(latitude, same, HorizontalDatum.WGS84)
    assert matches(compare(Particulars(position=here), Particulars(position=there)))


@pytest.mark.requirement("LINE-006")
def test_an_answer_that_comes_before_its_message_counts_once_that_is_there():
    line = Line(ALPHA, BRAVO, CHARLIE)
    message = line.records.make(
        ALPHA, Draft("line.message", (BRAVO, CHARLIE), _body(said(particulars=ALL)), ADA), line.at
    )
    kind, body = about_to_body(message.digest, Acknowledged())
    answer = line.records.make(BRAVO, Draft(kind, (ALPHA, CHARLIE), body, ADA), line.at)
    line.take(CHARLIE, answer)
    assert line[CHARLIE].book.item(message.digest) is None
    line.take(CHARLIE, message)
    assert line[CHARLIE].book.item(message.digest).answers[BRAVO].acknowledged is not None


@pytest.mark.requirement("LINE-041")
def test_a_translation_stands_beside_the_original_and_says_who_made_it():
    line = Line()
    message = line.say(ALPHA, said("Two of ours"))
    line.answer(
        BRAVO, message.digest, Translation("ru", "Две наших", TranslatedBy.MACHINE, "engine 4")
    )
    line.answer(ALPHA, message.digest, Translation("ru", "Два наших", TranslatedBy.PERSON))
    item = line[ALPHA].book.item(message.digest)
    assert item.said.text == "Two of ours"
    assert [(by.party, each.by, each.engine) for by, each in item.translations] == [
        (BRAVO, TranslatedBy.MACHINE, "engine 4"),
        (ALPHA, TranslatedBy.PERSON, None),
    ]


@pytest.mark.requirement("LINE-021")
def test_only_the_side_that_asked_releases_a_stop():
    line = Line()
    stop = line.say(ALPHA, stop_said())
    assert line[BRAVO].book.stops(line.at) != ()
    assert refused(lambda: line.answer(BRAVO, stop.digest, StopRelease("enough"))) == "not-yours"
    line.answer(ALPHA, stop.digest, StopRelease("they have left"))
    assert line[BRAVO].book.stops(line.at) == ()
    message = line.say(ALPHA, said(subject=None))
    assert refused(lambda: line.answer(ALPHA, message.digest, StopRelease("x"))) == "not-a-stop"


@pytest.mark.requirement("LINE-021")
def test_a_stop_lapses_at_its_own_end_and_not_before():
    line = Line()
    stop = line.say(ALPHA, stop_said(until=line.at.plus_s(60.0)))
    book = line[BRAVO].book
    assert [each.digest for each in book.stops(Instant(line.at.unix_ms + 59_999))] == [stop.digest]
    assert book.stops(line.at.plus_s(60.0)) == ()


def stop_said(until=None):
    return said("Our people are there", particulars=ALL, stop=Stop(3_000_000, until))


def _body(what):
    return said_to_body(what)
