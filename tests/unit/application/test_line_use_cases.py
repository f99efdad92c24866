"""What officers do at the door of the line, and what a hostile peer gets for its trouble."""

import sys
from dataclasses import replace

import pytest
from tests.simulation.line_people import STATED, line_world
from tests.simulation.parties import lane
from tests.simulation.world import OFFICER

from comity.adapters.phrase_files import packaged_phrasebook
from comity.adapters.place_names import place_index
from comity.application.alarm_standing import goes_on
from comity.application.answer_on_line import answer_item, attachment_bytes
from comity.application.audit_alarm import watch_collector
from comity.application.call_channels import calls_owed, note_call
from comity.application.keep_watch import (
    accept_watch,
    echelon_flags,
    hand_over,
    leave_watch,
    take_watch,
)
from comity.application.line_card import line_card
from comity.application.mark_stopped import stopped_intents, stops_on_notice
from comity.application.plan_flights import FlightRequest, declare_flight
from comity.application.speak_on_line import Words, request_stop, send_message
from comity.domain.agreement import SeparationTable
from comity.domain.airspace import Altitude, Datum, EdgeKind, Separation, Shape, ShapeKind
from comity.domain.conflicts import ConflictIndex
from comity.domain.line import (
    Acknowledged,
    Called,
    CallOutcome,
    HorizontalDatum,
    Particulars,
    PositionSaid,
    Precedence,
    Reference,
    ReferenceKind,
    Stop,
    StopRelease,
    TranslatedBy,
    Translation,
    make_attachment,
    said_to_body,
)
from comity.domain.notices import Held, Notice, NoticeArea
from comity.domain.records import Draft
from comity.entrypoints.api.line_telling import tell_item, tell_line_status
from comity.entrypoints.api.telling import tell_alarms
from comity.entrypoints.cli.line_words import print_item, print_status
from comity.kernel.errors import InputError
from comity.kernel.ids import NoticeId, OperatorId, RecordDigest
from comity.kernel.instants import Instant, StatedTime

GRACE = OperatorId("grace")
WATCH = "officer on watch"


@pytest.fixture
def world():
    return line_world(1)


@pytest.fixture
def measured():
    """A world whose conflict finder is the one of production."""
    minima = SeparationTable(Separation(9_260.0, 304.8)).minima
    return line_world(1, make_finder=lambda: ConflictIndex(minima, compiled_from=sys.maxsize))


def flash(world, here, there, **changed):
    words = Words("Do you see them?", "en", OFFICER, (there.party.id,), subject="Seen", **changed)
    return world.do(here, lambda n, at: send_message(n, words, Precedence.FLASH, at)).result()


def refusal(outcome):
    assert isinstance(outcome.error, InputError), outcome
    return f"{outcome.error.field}: {outcome.error.why}"


@pytest.mark.requirement("LINE-004")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"text": "turned \u202eround"}, "text: bidi-control"),
        ({"text": "x" * 10_000_000}, "text: field-limit"),
        ({"language": "no language"}, "language: field-form"),
        ({"subject": None}, "subject: a new matter"),
        ({"matter": "alder.aaaaaaaa/0000000000000001"}, "subject: a new matter"),
        ({"to": ("nobody.aaaaaaaa",)}, "to: nobody.aaaaaaaa: not a peer"),
        ({"to": ()}, "to: nobody is named"),
    ],
)
def test_what_is_refused_at_the_own_door_names_the_field_and_leaves_nothing(world, words, says):
    here, there = world.places.values()
    given = {
        "text": "x", "language": "en", "operator": OFFICER, "to": (there.party.id,), "subject": "s",
    } | words  # fmt: skip
    size = here.node.journal_size
    outcome = world.do(here, lambda n, at: send_message(n, Words(**given), Precedence.ROUTINE, at))
    assert refusal(outcome).startswith(says)
    assert here.node.journal_size == size


@pytest.mark.requirement("LINE-004")
def test_a_peers_hostile_record_is_quarantined_with_its_code_and_the_line_goes_on(world):
    here, there = world.places.values()
    spoken = flash(world, here, there)
    item = here.node.line.item(spoken.record.digest)
    body = said_to_body(item.said) | {"text": "\u202etfel", "subject": None}
    apply, here.node.line.apply = here.node.line.apply, lambda *_: None
    draft = Draft("line.message", (there.party.id,), body, OFFICER)
    hostile = world.do(here, lambda n, at: n.issue(draft, at)).result()
    here.node.line.apply = apply
    after = flash(world, here, there)
    world.run(5)
    assert there.node.line.item(hostile.digest) is None
    assert there.node.line.item(after.record.digest) is not None
    [alarm] = [each for each in there.node.alarms.since(0) if each.code == "quarantine"]
    assert alarm.text.startswith("bidi-control")


@pytest.mark.requirement("LINE-005")
def test_the_bytes_of_a_file_come_out_of_the_store_on_the_other_side(world):
    here, there = world.places.values()
    file = make_attachment("a.txt", "text/plain", b"a note")
    spoken = flash(world, here, there, attachments=(file,))
    world.run(5)
    item = there.node.line.item(spoken.record.digest)
    assert attachment_bytes(there.node, item, file.sha256).content == b"a note"
    with pytest.raises(InputError, match="no attachment"):
        attachment_bytes(there.node, item, "ab" * 32)


@pytest.mark.requirement("LINE-004")
def test_no_line_of_a_text_passes_for_one_of_the_programs_own(world, capsys):
    here, there = world.places.values()
    words = Words("See\n  birch: acknowledged", "en", OFFICER, (there.party.id,), subject="Seen")
    spoken = world.do(here, lambda n, at: send_message(n, words, Precedence.FLASH, at)).result()
    digest = spoken.record.digest
    forged = Translation("ru", "Да\nline to here: WORKING", TranslatedBy.PERSON)
    world.do(here, lambda n, at: answer_item(n, digest, forged, OFFICER, at)).result()
    world.run(5)
    at = world.at(there)
    print_item(
        tell_item(there.node, there.node.line.item(digest), at, place_index(), exercise=False)
    )
    print_status(tell_line_status(there.node, at, place_index(), {}, exercise=False))
    shown = capsys.readouterr().out.split("\n")
    assert "  [en]   birch: acknowledged" in shown
    for line in shown:
        assert not line.startswith("line to here")
        assert not line.startswith("  birch: acknowledged")
    [alarm] = [each for each in there.node.alarms.since(0) if each.code == "flash"]
    assert "\n" not in alarm.text


@pytest.mark.requirement("LINE-002")
def test_an_answer_by_the_own_side_or_a_second_one_is_refused_at_the_door(world):
    here, there = world.places.values()
    digest = flash(world, here, there, particulars=STATED).record.digest
    world.run(5)

    def answer(place, about):
        return world.do(place, lambda n, at: answer_item(n, digest, about, OFFICER, at))

    assert "own-side" in refusal(answer(here, Acknowledged()))
    answer(there, Acknowledged()).result()
    assert "answered by officer-1" in refusal(answer(there, Acknowledged()))
    assert "not-a-stop" in refusal(answer(there, StopRelease("x")))


class Collector:
    """Only whether it is reached."""

    handed_on = waiting = 0
    fault: str | None = None

    def take(self, lines):
        raise NotImplementedError

    def close(self):
        raise NotImplementedError


@pytest.mark.requirement("OPER-019")
def test_a_collector_that_is_not_reached_rings_once_until_it_is_reached_again(world):
    here, _ = world.places.values()
    node, collector, begun = here.node, Collector(), world.at(here)

    def ringing(second):
        watch_collector(node, collector, begun.plus_s(second))
        told = tell_alarms(node, begun.plus_s(second))
        return [(each.values, each.goes_on) for each in told if each.code == "audit-not-handed-on"]

    assert ringing(0) == []
    collector.fault = "ConnectionRefusedError: refused"
    assert ringing(10) == ringing(69) == []  # one that is restarted wakes nobody
    rung = {"at": str(begun.plus_s(10)), "why": "ConnectionRefusedError: refused"}
    assert ringing(70) == [(rung, True)]
    collector.fault = "TimeoutError: timed out"  # the same outage
    assert ringing(7_000) == [(rung, True)]
    collector.fault = None
    assert ringing(7_001) == []
    collector.fault = "TimeoutError: timed out"
    assert ringing(7_002) == []
    again = {"at": str(begun.plus_s(7_002)), "why": "TimeoutError: timed out"}
    assert ringing(7_062) == [(again, True)]
    watch_collector(node, None, begun.plus_s(7_063))
    assert not [each for each in tell_alarms(node, begun) if each.code == "audit-not-handed-on"]


@pytest.mark.requirement("CONSOLE-040")
def test_an_alarm_goes_on_until_it_is_taken_answered_or_closed_and_is_told_no_more(world):
    here, there = world.places.values()
    digest = flash(world, here, there, particulars=STATED).record.digest
    world.run(1_200)  # past every step of the ladder

    def ringing(place, code):
        at = world.at(place)
        of_code = [each for each in place.node.alarms.since(0) if each.code == code]
        return [goes_on(place.node, each, at) for each in of_code]

    assert True in ringing(here, "escalation")
    assert ringing(there, "flash") == [True]
    steps = [each for each in here.node.alarms.since(0) if each.code == "escalation"]
    assert {each.about for each in steps} == {digest}
    assert {dict(each.values)["party"] for each in steps} == {there.party.id}
    said = here.node.line.item(digest).said.text  # whoever is woken by it reads of what it is
    assert {dict(each.values)["said"] for each in steps} == {said}
    assert all(f"not taken FLASH of {here.party.id}: step" in each.text for each in steps)
    world.do(there, lambda n, at: answer_item(n, digest, Acknowledged(), OFFICER, at)).result()
    world.run(5)
    for place in (here, there):
        assert set(ringing(place, "escalation")) <= {False}
        assert set(ringing(place, "flash")) <= {False}
        told = tell_alarms(place.node, world.at(place))
        assert not [each for each in told if each.code in {"escalation", "flash"}]


@pytest.mark.requirement("LINE-020")
def test_a_stop_rings_and_marks_without_a_further_batch_or_a_person(measured):
    world = measured
    here, there = world.places.values()
    flights = {}
    for number in (0, 1):
        footprint = lane(number, Instant(world.agenda.now_ms).plus_s(3_600), 300)
        request = FlightRequest(footprint, "general", OFFICER)
        flights[number] = world.do(
            there, lambda n, at, r=request: declare_flight(n, r, at)
        ).result()
    world.run(5)
    words = Words(
        "Our people are there", "en", OFFICER, (there.party.id,), subject="Stop",
        particulars=Particulars(PositionSaid(450_000_000, 50_000_000, HorizontalDatum.WGS84)),
    )  # fmt: skip
    stop = world.do(here, lambda n, at: request_stop(n, words, Stop(1_000_000, None), at)).result()
    near, far = flights[0].intent, flights[1].intent
    at = world.at(here)
    assert stopped_intents(here.node, at) == {near: (stop.record.digest,)}
    assert any(alarm.code == "stop-requested" for alarm in here.node.alarms.since(0))
    world.run(1)
    assert stopped_intents(there.node, at) == {near: (stop.record.digest,)}
    assert far not in stopped_intents(there.node, at)
    assert any(alarm.code == "stop-requested" for alarm in there.node.alarms.since(0))
    assert there.node.intents.view(near, at, there.node.context(at)).current.state == "accepted"
    world.do(
        here, lambda n, at: answer_item(n, stop.record.digest, StopRelease("left"), OFFICER, at)
    )
    world.run(1)
    assert stopped_intents(there.node, world.at(there)) == {}


@pytest.mark.requirement("LINE-020")
@pytest.mark.requirement("LINE-040")
def test_a_stop_on_another_datum_is_widened_and_one_by_reference_needs_no_place(measured):
    world = measured
    here, there = world.places.values()
    footprint = lane(0, Instant(world.agenda.now_ms).plus_s(3_600), 300)
    request = FlightRequest(footprint, "general", OFFICER)
    declared = world.do(there, lambda n, at: declare_flight(n, request, at)).result()
    world.run(5)
    # 45.05 N 5.05 E is the lane's end; 500 m half-width and 9,260 m minima reach 9,760 m beyond it
    south_e7 = 450_000_000 - round((9_760 + 150) / 111_140 * 1e7)

    def meant(datum):
        words = Words(
            "Stop", "en", OFFICER, (there.party.id,), subject="Stop",
            particulars=Particulars(PositionSaid(south_e7, 50_000_000, datum)),
        )  # fmt: skip
        stop = world.do(here, lambda n, at: request_stop(n, words, Stop(1_000, None), at)).result()
        found = stopped_intents(here.node, world.at(here))
        return stop.record.digest in found.get(declared.intent, ())

    assert not meant(HorizontalDatum.WGS84)
    assert meant(HorizontalDatum.SK42)
    words = Words(
        "Stop", "en", OFFICER, (there.party.id,), subject="Stop",
        references=(Reference(ReferenceKind.INTENT, declared.intent, declared.record.digest),),
    )  # fmt: skip
    stop = world.do(here, lambda n, at: request_stop(n, words, Stop(None, None), at)).result()
    world.run(1)
    assert stop.record.digest in stopped_intents(there.node, world.at(there))[declared.intent]


def held_notice(here, there, at, east_deg):
    """A notice of firing from an hour from now on, 2 km round a place on the parallel of 45."""
    circle = Shape(ShapeKind.PATH, (45.0,), (east_deg,), 2_000.0, EdgeKind.GEODESIC)
    area = NoticeArea(circle, (Altitude(0.0, Datum.EGM2008),), (Altitude(5_000.0, Datum.EGM2008),))
    times = [StatedTime(at.plus_s(s), str(at.plus_s(s)), "Z") for s in (3_600.0, 7_200.0)]
    notice = Notice(
        NoticeId(f"{there.party.id}/0000000000000001"), 1, None, None, "live-firing", (area,),
        (times[0],), (times[1],), "range", "firing", "desk 3",
    )  # fmt: skip
    recipients = (here.party.id,)
    return Held(RecordDigest("ab" * 32), there.party.id, recipients, OFFICER, at, at, notice, None)


@pytest.mark.requirement("LINE-020")
def test_a_stop_speaks_of_a_notice_that_it_names_or_whose_area_and_time_it_meets(world):
    here, there = world.places.values()
    at = world.at(here)
    near = held_notice(
        here, there, at, 5.06
    )  # 4.7 km from the stop, 2 km and 3 km together reach it
    far = held_notice(here, there, at, 5.08)  # 6.3 km
    words = Words(
        "Stop", "en", OFFICER, (there.party.id,), subject="Stop",
        particulars=Particulars(PositionSaid(450_000_000, 50_000_000, HorizontalDatum.WGS84)),
    )  # fmt: skip

    def ask(asked, until=None):
        stop = Stop(3_000_000, until)
        return world.do(here, lambda n, at: request_stop(n, asked, stop, at)).result().record.digest

    short = ask(words, at.plus_s(3_000.0))  # over before the firing begins
    assert stops_on_notice(here.node, near, at) == ()
    stop = ask(words)
    assert stops_on_notice(here.node, near, at) == (stop,)
    assert stops_on_notice(here.node, far, at) == ()
    anywhere = replace(near, notice=replace(near.notice, areas=()))
    assert stops_on_notice(here.node, anywhere, at) == (stop,)  # not shown to be elsewhere
    gone = replace(near, replaced_by=[RecordDigest("cd" * 32)])
    assert stops_on_notice(here.node, gone, at) == ()
    naming = (Reference(ReferenceKind.NOTICE, far.notice.id, far.record),)
    named = Words("Stop", "en", OFFICER, (there.party.id,), subject="Stop", references=naming)
    by_name = world.do(
        here, lambda n, at: request_stop(n, named, Stop(None, None), at)
    ).result().record.digest  # fmt: skip
    assert by_name in stops_on_notice(here.node, far, at)
    assert short not in stops_on_notice(here.node, far, at)


@pytest.mark.requirement("LINE-034")
def test_a_watch_goes_from_hand_to_hand_and_never_by_itself(world):
    here, _ = world.places.values()
    world.do(here, lambda n, at: take_watch(n, WATCH, OFFICER, at)).result()
    assert "handed over" in refusal(world.do(here, lambda n, at: take_watch(n, WATCH, GRACE, at)))
    assert "has not the watch" in refusal(
        world.do(here, lambda n, at: hand_over(n, WATCH, OFFICER, GRACE, at))
    )
    offered = world.do(here, lambda n, at: hand_over(n, WATCH, GRACE, OFFICER, at)).result()
    wrong = world.do(here, lambda n, at: accept_watch(n, offered.digest, OFFICER, at))
    assert "other-officer" in refusal(wrong)
    world.do(here, lambda n, at: accept_watch(n, offered.digest, GRACE, at)).result()
    assert here.node.line.watches.officer(here.party.id, WATCH) == GRACE
    again = world.do(here, lambda n, at: accept_watch(n, offered.digest, GRACE, at))
    assert "before" in refusal(again)
    world.do(here, lambda n, at: leave_watch(n, WATCH, GRACE, at)).result()
    assert here.node.line.watches.on_watch() == ()
    assert echelon_flags(here.node, WATCH, world.at(here)) == ()
    (words,) = echelon_flags(here.node, "offcer on watch", world.at(here))
    assert words.startswith(
        "no step of the ladder calls 'offcer on watch'; it calls 'officer on watch'"
    )


@pytest.mark.requirement("LINE-035")
def test_the_card_escapes_every_word_and_says_when_it_was_printed(world):
    here, there = world.places.values()
    words = Words("x", "en", OFFICER, (there.party.id,), subject="<img src=x onerror=alert(1)>")
    world.do(here, lambda n, at: send_message(n, words, Precedence.ROUTINE, at)).result()
    book = packaged_phrasebook()
    card = line_card(here.node, world.at(here), book)
    page = card.as_html()
    assert "<img" not in page
    assert "&lt;img src=x" in page
    assert f"Printed {world.at(here)}" in card.as_text()
    assert "officer on watch" in card.as_text()
    phrases = card.sections[-1]
    assert [row[0] for row in phrases.rows] == [str(number) for number in book.meanings]
    assert phrases.columns[:2] == ("number", book.language("en").name)
    assert book.digest[:16] in phrases.heading


@pytest.mark.requirement("LINE-014")
def test_a_call_is_owed_until_it_is_on_record_and_holds_nothing_of_what_was_said(world):
    here, there = world.places.values()
    flash(world, here, there)
    world.run(15)
    by_pager = _as_by_pager(there)
    there.node.line._calls.update(by_pager)
    there.node.line._calls_open.update(dict.fromkeys(by_pager))
    [owed] = calls_owed(there.node, world.at(there), {"pager"})
    assert calls_owed(there.node, world.at(there), {"pager"}) == [owed]
    assert "Do you see them?" not in owed.notice.words
    record = world.do(
        there,
        lambda n, at: note_call(n, owed, CallOutcome.SENT, "answered\n200", owed.attempt, at),
    ).result()
    assert record.recipients == ()
    assert record.body["detail"] == "answered200"
    assert calls_owed(there.node, world.at(there).plus_s(3_600), {"pager"}) == []


def _as_by_pager(place):
    """The own step of the ladder, as if the agreement named another channel for it."""
    [item] = place.node.line.untaken()
    own = next(each for each in item.escalated if each.given.party == place.party.id)
    step = replace(own.escalation, channel="pager")
    return {own.given.digest: Called(own.given.digest, step, own.given.received_at)}


@pytest.mark.requirement("LINE-007")
def test_an_exercise_flash_stays_in_the_exercise_and_wears_its_banner(world):
    here, there = world.places.values()
    words = Words("x", "en", OFFICER, (there.party.id,), subject="s", exercise=True)
    spoken = world.do(here, lambda n, at: send_message(n, words, Precedence.FLASH, at)).result()
    world.run(5)
    assert there.node.line.item(spoken.record.digest) is None
    assert there.node.exercise_line.item(spoken.record.digest) is not None
    [alarm] = [each for each in there.node.alarms.since(0) if each.code == "flash"]
    assert alarm.text.startswith("EXERCISE FLASH")
    live = Words("x", "en", OFFICER, matter=spoken.matter)
    outcome = world.do(here, lambda n, at: send_message(n, live, Precedence.FLASH, at))
    assert "not known here" in refusal(outcome)
