"""What people may do about a meeting, and what they are told where they may not."""

import pytest
from tests.agreement_world import NOON, actors
from tools.meeting_vectors import description

from comity.domain.meetings import (
    MeetingBook,
    MeetingDrafts,
    MeetingState,
    Minutes,
    MinutesState,
    NewMeeting,
    Reply,
    Step,
    Undertaking,
    signals_to,
)
from comity.domain.meetings.limits import MEETINGS_OF_A_PARTY_MAX
from comity.domain.records import Draft
from comity.kernel.errors import AgreementError, InputError, RecordError
from comity.kernel.ids import GroupId, MeetingId, OperatorId

ADA = OperatorId("ada")
KEYS = {slug: ":".join([byte * 2] * 32) for slug, byte in (("here", "A"), ("there", "B"))}


class Table:
    """Two parties, each with its book; what one says both hold."""

    def __init__(self):
        self.here, self.there = actors("here", "there")
        self.shares = True
        self.books = {
            each.slug: MeetingBook(each.id, lambda _g, _p: self.shares)
            for each in (self.here, self.there)
        }
        self.meeting = MeetingId(f"{self.here.id}/00000000000000d1")

    def drafts(self, slug, operator=ADA):
        other = self.there if slug == "here" else self.here
        return MeetingDrafts(self.books[slug], (other.id,), operator)

    def say(self, slug, draft):
        record = getattr(self, slug).say(draft)
        for book in self.books.values():
            book.apply(record)
        return record

    def propose(self, **changes):
        return self.say("here", self.drafts("here").propose(self.meeting, self.wish(**changes)))

    def wish(self, **changes):
        fields = {
            "title": "Follow-up",
            "start": NOON,
            "end": NOON.plus_s(3600),
            "stated": "noon",
            "zone": "UTC",
            "parties": (self.there.id,),
        }
        return NewMeeting(**(fields | changes))

    @property
    def held(self):
        return self.books["here"].get(self.meeting)

    def join(self, slug, station, operator=ADA):
        drafts = self.drafts(slug, operator)
        return self.say(slug, drafts.join(self.meeting, station, KEYS[slug], slug))


@pytest.fixture
def table():
    return Table()


@pytest.mark.requirement("MEET-001")
def test_a_meeting_is_agreed_only_when_all_accepted_and_stands_until_its_change_is_accepted(table):
    first = table.propose()
    assert table.held.standing.state is MeetingState.PROPOSED
    assert table.held.standing.waiting_for(first.digest) == (table.there.id,)
    there = table.drafts("there")
    table.say("there", there.answer(table.meeting, Reply.ACCEPT, "Europe/Istanbul", ""))
    assert table.held.standing.state is MeetingState.AGREED
    assert table.held.zones()[table.there.id] == "Europe/Istanbul"
    wish = table.wish(start=NOON.plus_s(600))
    second = table.say("there", there.counter(table.meeting, wish, None))
    assert table.held.standing.current == first.digest
    here = table.drafts("here")
    table.say("here", here.answer(table.meeting, Reply.ACCEPT, None, "", second.digest))
    assert table.held.standing.current == second.digest
    table.say("there", there.cancel(table.meeting, "a storm"))
    assert table.held.standing.state is MeetingState.CANCELLED
    assert table.held.standing.cancelled_by == (table.there.id,)
    with pytest.raises(AgreementError, match="meeting-state"):
        here.answer(table.meeting, Reply.ACCEPT, None, "")


@pytest.mark.requirement("MEET-001")
def test_a_decline_stands(table):
    table.propose()
    there = table.drafts("there")
    table.say("there", there.answer(table.meeting, Reply.DECLINE, None, "not that night"))
    with pytest.raises(InputError, match="declined"):
        there.answer(table.meeting, Reply.ACCEPT, None, "")


@pytest.mark.requirement("MEET-002")
@pytest.mark.requirement("MEET-012")
def test_minutes_are_signed_by_all_or_disputed_with_each_sides_version(table):
    table.propose()
    task = Undertaking("Write", table.there.id, None, NOON)
    said = Minutes(table.meeting, ("words",), ("agreed",), (task,), None)
    owed = lambda who: table.held.standing.answer_owed(who.id)  # noqa: E731
    assert (owed(table.here), owed(table.there)) == (None, table.held.standing.current)
    version = table.say("here", table.drafts("here").minute(table.meeting, said))
    assert table.held.standing.unsigned(table.there.id) == (version.digest,)
    assert table.held.standing.unsigned(table.here.id) == ()
    stands = lambda digest: table.held.standing.minutes[digest].state  # noqa: E731
    assert stands(version.digest) is MinutesState.OPEN
    other = Minutes(table.meeting, ("other words",), (), (), version.digest)
    rival = table.say("there", table.drafts("there").minute(table.meeting, other))
    assert stands(version.digest) is MinutesState.DISPUTED
    assert table.held.standing.unsigned(table.there.id) == ()
    table.say("there", table.drafts("there").sign(table.meeting, version.digest))
    assert stands(version.digest) is MinutesState.SIGNED
    assert stands(rival.digest) is MinutesState.OPEN
    with pytest.raises(InputError, match="signed by this party already"):
        table.drafts("there").sign(table.meeting, version.digest)
    with pytest.raises(InputError, match="no version"):
        table.drafts("here").sign(table.meeting, "ab" * 32)
    stranger = Undertaking("Write", actors("away")[0].id, None, NOON)
    strange = Minutes(table.meeting, (), (), (stranger,), None)
    with pytest.raises(InputError, match="no party"):
        table.drafts("here").minute(table.meeting, strange)


@pytest.mark.requirement("MEET-006")
def test_records_of_a_meeting_go_to_its_circle_only(table):
    table.propose()
    book, stranger = table.books["here"], actors("away")[0].id
    draft = table.drafts("here").cancel(table.meeting, "x")
    assert book.denies(draft, table.there.id) is None
    assert book.denies(draft, stranger) is not None
    unknown = Draft("meeting.cancellation", (table.there.id,), {"meeting": "x"}, ADA)
    assert book.denies(unknown, table.there.id) is not None


@pytest.mark.requirement("MEET-006")
def test_a_groups_meeting_goes_to_whom_this_party_shares_with(table):
    group = GroupId(f"{table.here.id}/00000000000000a1")
    record = table.propose(group=group)
    assert table.held.group == group
    draft = table.drafts("here").cancel(table.meeting, "x")
    assert table.books["here"].denies(draft, table.there.id) is None
    table.shares = False
    assert "does not share" in table.books["here"].denies(draft, table.there.id)
    with pytest.raises(AgreementError, match="meeting-alone"):
        table.drafts("here").cancel(table.meeting, "x")
    with pytest.raises(AgreementError, match="meeting-group"):
        table.drafts("here").propose(
            MeetingId(f"{table.here.id}/{2:016x}"), table.wish(group=group)
        )
    assert record.body["group"] == group


@pytest.mark.requirement("MEET-007")
def test_a_description_is_handed_out_only_under_the_key_that_its_sender_joined_with(table):
    table.propose()
    a, b = "a" * 16, "b" * 16
    table.join("here", a)
    table.join("there", b)
    drafts = table.drafts("here")
    with pytest.raises(InputError, match="fingerprint"):
        drafts.signal(table.meeting, a, b, Step.OFFER, 0, description(KEYS["there"]))
    with pytest.raises(InputError, match="no station"):
        drafts.signal(table.meeting, b, a, Step.OFFER, 0, description(KEYS["here"]))
    good = drafts.signal(table.meeting, a, b, Step.OFFER, 0, description(KEYS["here"]))
    table.say("here", good)
    book = table.books["there"].get(table.meeting)
    assert [s.station for _, s in signals_to(b, book.call, book.called.values())] == [a]
    other = {**good.body, "fingerprint": KEYS["there"], "sdp": description(KEYS["there"])}
    table.say("here", Draft("meeting.signal", good.recipients, other, ADA))
    forged = {**good.body, "station": b, "to": a}
    table.say("here", Draft("meeting.signal", good.recipients, forged, ADA))
    assert len(signals_to(b, book.call, book.called.values())) == 1
    assert signals_to(a, book.call, book.called.values()) == []
    table.say("here", drafts.leave(table.meeting, a))
    assert signals_to(b, book.call, book.called.values()) == []


@pytest.mark.requirement("MEET-007")
def test_a_person_who_comes_back_takes_the_place_of_the_console_that_died(table):
    table.propose()
    table.join("here", "a" * 16)
    table.join("here", "e" * 16, OperatorId("eve"))
    table.join("here", "c" * 16)
    assert [each.station for each in table.held.call.stations] == ["c" * 16, "e" * 16]
    table.join("there", "c" * 16)
    assert table.held.call.ambiguous == ("c" * 16,)
    assert table.held.call.get("c" * 16) is None


@pytest.mark.requirement("MEET-008")
def test_nothing_is_recorded_without_the_consent_of_all_who_are_in(table):
    table.propose()
    a, b = "a" * 16, "b" * 16
    table.join("here", a)
    table.join("there", b)
    here, there = table.drafts("here"), table.drafts("there")
    table.say("here", here.consent(table.meeting, a, 0, recording=True))
    with pytest.raises(AgreementError, match="meeting-consent"):
        here.record(table.meeting, a, 0, recording=True)
    table.say("there", there.consent(table.meeting, b, 0, recording=True))
    table.say("here", here.record(table.meeting, a, 0, recording=True))
    assert table.held.call.recording_allowed
    assert table.held.call.get(a).records
    table.join("there", "c" * 16, OperatorId("eve"))
    assert not table.held.call.recording_allowed
    table.say("there", there.leave(table.meeting, "c" * 16))
    assert table.held.call.recording_allowed
    table.say("there", there.consent(table.meeting, b, 1, recording=False))
    assert not table.held.call.recording_allowed
    table.say("there", there.consent(table.meeting, b, 0, recording=True))
    assert not table.held.call.recording_allowed


@pytest.mark.requirement("MEET-008")
def test_two_words_of_one_number_are_no_consent(table):
    table.propose()
    table.join("here", "a" * 16)
    for recording in (True, False, True):
        drafts = table.drafts("here")
        table.say("here", drafts.consent(table.meeting, "a" * 16, 5, recording=recording))
    assert not table.held.call.recording_allowed


@pytest.mark.requirement("MEET-007")
def test_a_call_has_no_more_stations_than_a_mesh_bears(table):
    table.propose()
    for number in range(6):
        table.join("here", f"{number:016x}", OperatorId(f"p{number}"))
    with pytest.raises(AgreementError, match="meeting-full"):
        table.join("there", "b" * 16)
    table.join("here", "a" * 16, OperatorId("p0"))


@pytest.mark.requirement("MEET-010")
def test_one_party_cannot_fill_the_book(table):
    for number in range(MEETINGS_OF_A_PARTY_MAX + 1):
        body = {"meeting": f"{table.here.id}/{number:016x}", "reason": "x"}
        record = table.there.say(Draft("meeting.cancellation", (table.here.id,), body, ADA))
        if number < MEETINGS_OF_A_PARTY_MAX:
            table.books["here"].apply(record)
    with pytest.raises(RecordError, match="meeting-limit"):
        table.books["here"].apply(record)


@pytest.mark.requirement("MEET-002")
def test_minutes_of_three_are_signed_only_when_the_third_has_signed_too():
    people = actors("alder", "birch", "cedar")
    parties = sorted(each.id for each in people)
    meeting = f"{people[0].id}/00000000000000d1"
    book = MeetingBook(people[2].id, lambda _group, _other: True)

    def say(who, kind, body):
        others = tuple(each for each in parties if each != who.id)
        record = who.say(Draft(f"meeting.{kind}", others, {"meeting": meeting, **body}, "ada"))
        book.apply(record)
        return record.digest

    say(people[0], "proposal", {
        "agenda": [], "end": "2026-12-01T14:00:00.000Z", "group": None, "means": "video",
        "parties": parties, "place": "", "replaces": None, "start": "2026-12-01T13:00:00.000Z",
        "stated": "13", "title": "x", "zone": "UTC",
    })  # fmt: skip
    digest = say(
        people[0], "minutes", {"decisions": [], "disputes": None, "lines": [], "tasks": []}
    )

    def stands():
        return book.meetings()[meeting].standing.minutes[digest]

    say(people[1], "signature", {"minutes": digest})
    assert (stands().state, stands().waiting_for) == (MinutesState.OPEN, (people[2].id,))
    say(people[2], "signature", {"minutes": digest})
    assert (stands().state, stands().waiting_for) == (MinutesState.SIGNED, ())
