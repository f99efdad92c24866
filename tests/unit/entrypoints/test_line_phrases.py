"""Messages sent by number: what the record carries, and what each side is shown of it."""

from dataclasses import replace

import pytest
from tests.simulation.line_people import line_world
from tests.simulation.world import OFFICER

from comity.adapters.phrase_files import packaged_phrasebook
from comity.adapters.place_names import place_index
from comity.application.speak_on_line import Words, deny, request_stop, send_message
from comity.domain.line import Denial, DenialAnswer, Precedence, Stop
from comity.domain.phrasebook import written_from_body
from comity.entrypoints.api.line_messages import (
    ParticularsAsked,
    PhraseAsked,
    PositionAsked,
    SendMessage,
)
from comity.entrypoints.api.line_phrases import by_number
from comity.entrypoints.api.line_reading import read_particulars
from comity.entrypoints.api.line_telling import tell_item
from comity.entrypoints.cli.line_words import phrase_typed, print_item
from comity.kernel.errors import InputError

BOOK = packaged_phrasebook()
AROUND = PhraseAsked(number=408, slots={"position": "N 59 54.0 E 024 30.0 WGS84"})
PLACED = PhraseAsked(
    number=109,
    slots={
        "position": "N 59 54.0 E 024 30.0 WGS84",
        "height": "FL320",
        "time": "2026-11-28T17:05:00+03:00",
    },
)
TURN = PhraseAsked(number=401, slots={"name": "RELIEF12", "number": "90"})


def asked(phrase, **more):
    fields = {"language": "en", "subject": "S", "precedence": "flash"} | more
    return SendMessage(phrase=phrase, **fields)


@pytest.fixture
def world():
    return line_world(1)


def said_in(world, data, **changes):
    """Send it, and give both nodes' view of it."""
    here, there = world.places.values()
    spoken, written = by_number(data, BOOK)
    words = Words(
        spoken.text,
        spoken.language,
        OFFICER,
        (there.party.id,),
        subject=spoken.subject,
        particulars=read_particulars(spoken.particulars),
        by_number=written,
    )
    words = replace(words, **changes)
    done = world.do(here, lambda n, at: send_message(n, words, Precedence.FLASH, at)).result()
    world.run(2)
    told = []
    for place in (here, there):
        item = place.node.line.item(done.record.digest)
        told.append(tell_item(place.node, item, world.at(place), place_index(), exercise=False))
    return done.record, told


@pytest.mark.requirement("LINE-042")
def test_a_phrase_stands_in_the_record_by_number_and_is_shown_in_every_language(world, capsys):
    record, told = said_in(world, asked(TURN))
    assert record.body["by_number"] == {
        "phrase": 401,
        "phrasebook": BOOK.digest,
        "slots": {"name": "RELIEF12", "number": 90},
    }
    for each in told:
        assert each.by_number.text_agrees
        assert each.by_number.same_phrasebook
        assert [shown.language for shown in each.by_number.rendered] == list(BOOK.languages)
        assert set(each.by_number.responses) == {"612", "613"}
    print_item(told[1], ["ar"])
    printed = capsys.readouterr().out
    arabic = next(each for each in told[1].by_number.rendered if each.language == "ar")
    assert arabic.display in printed
    assert "[ru]" not in printed
    with pytest.raises(InputError, match="none of"):
        print_item(told[1], ["xx"])


@pytest.mark.requirement("LINE-042")
@pytest.mark.parametrize("kind", ["line.stop", "line.denial"])
def test_a_stop_and_a_denial_go_by_number_too(world, kind):
    here, there = world.places.values()
    spoken, written = by_number(asked(AROUND), BOOK)
    words = Words(
        spoken.text, "ru", OFFICER, (there.party.id,), subject="Stop",
        particulars=read_particulars(spoken.particulars), by_number=written,
    )  # fmt: skip

    def say(node, at):
        if kind == "line.stop":
            return request_stop(node, words, Stop(5_000_000, None), at)
        denial = Denial(DenialAnswer.NONE, "aircraft", at, at.plus_s(60), 5_000_000)
        return deny(node, words, denial, Precedence.IMMEDIATE, at)

    record = world.do(here, say).result().record
    world.run(2)
    assert record.kind == kind
    assert record.body["by_number"]["phrase"] == 408
    for place in (here, there):
        item = place.node.line.item(record.digest)
        told = tell_item(place.node, item, world.at(place), place_index(), exercise=False)
        assert told.by_number.text_agrees is False  # the words are English, said to be Russian
        assert [each.language for each in told.by_number.rendered] == list(BOOK.languages)
        assert (told.stop or told.denial).radius_m == 5_000


@pytest.mark.requirement("LINE-042")
def test_what_a_phrase_says_of_place_height_and_time_can_be_read_back(world):
    _, (_, there) = said_in(world, asked(PLACED))
    shown = there.particulars
    assert (shown.position.latitude_deg, shown.position.datum) == (59.9, "WGS84")
    assert shown.height.datum == "QNE"
    assert (shown.time.at, shown.time.zone) == ("2026-11-28T14:05:00.000Z", "+03:00")


@pytest.mark.requirement("LINE-042")
@pytest.mark.parametrize("language", sorted(BOOK.languages))
def test_the_text_of_a_phrase_is_taken_in_in_each_language(world, language):
    _, (_, there) = said_in(world, asked(PLACED, language=language))
    assert there.by_number.text_agrees
    assert "\u2066" not in there.text


@pytest.mark.requirement("LINE-042")
@pytest.mark.parametrize("change", [{"phrase": 998}, {"slots": {"call": "RELIEF12"}}])
def test_a_phrase_of_a_later_book_is_shown_by_number_and_not_refused(world, capsys, change):
    body = {
        "phrase": 401,
        "phrasebook": "7a" * 32,
        "slots": {"name": "RELIEF12", "number": 90},
    } | change
    _, (_, there) = said_in(world, asked(TURN), by_number=written_from_body(body, "by_number"))
    told = there.by_number
    assert (told.rendered, told.meaning, told.text_agrees) == ([], None, None)
    print_item(there, ["ar"])
    printed = capsys.readouterr().out
    assert f"PHRASE {body['phrase']}: not known here" in printed
    assert "WRITTEN WITH ANOTHER PHRASEBOOK, 7a7a7a7a7a7a" in printed
    assert "CANNOT BE SHOWN IN WORDS HERE" in printed


@pytest.mark.requirement("LINE-043")
def test_a_text_that_is_not_the_phrase_is_told(world, capsys):
    _, (_, there) = said_in(world, asked(TURN), text="Go on as you are")
    assert there.by_number.text_agrees is False
    print_item(there)
    assert "THE TEXT IS NOT THE PHRASE" in capsys.readouterr().out


@pytest.mark.requirement("LINE-042")
@pytest.mark.parametrize(
    ("data", "field"),
    [
        (asked(TURN, text="And more"), "text"),
        (asked(TURN, language="de"), "language"),
        (asked(PhraseAsked(number=998)), "phrase"),
        (asked(PhraseAsked(number=401, slots={"name": "A"})), "slots.number"),
        (asked(PhraseAsked(number=401, slots={"call": "A"})), "slots.call"),
        (asked(PhraseAsked(number=109, slots=PLACED.slots | {"position": "59.9 N 24.5 E"})),
         "phrase.slots"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_by_number_is_refused_by_field(data, field):
    with pytest.raises(InputError) as caught:
        by_number(data, BOOK)
    assert caught.value.field == field


@pytest.mark.requirement("LINE-042")
def test_a_place_stated_beside_the_phrase_s_own_is_refused():
    beside = ParticularsAsked(
        position=PositionAsked(latitude_deg=1.0, longitude_deg=2.0, datum="WGS84")
    )
    with pytest.raises(InputError, match="the phrase states it in position"):
        by_number(asked(PLACED, particulars=beside), BOOK)


@pytest.mark.requirement("LINE-042")
@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ((None, ["name=A"], "words"), "slot"),
        ((None, [], ""), "text"),
        ((401, [], "words"), "text"),
        ((401, ["name"], ""), "slot"),
        ((401, ["name=A", "name=B"], ""), "slot"),
    ],
)
def test_a_phrase_typed_wrong_is_refused_by_option(typed, field):
    with pytest.raises(InputError) as caught:
        phrase_typed(*typed)
    assert caught.value.field == field
