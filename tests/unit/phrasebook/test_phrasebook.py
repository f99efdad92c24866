"""The phrasebook as an officer meets it: whole in every language, and never to be misread."""

import re
import unicodedata
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.adapters.phrase_files import packaged, packaged_phrasebook
from comity.domain.airspace import Altitude, Datum
from comity.domain.phrasebook import (
    Phrasebook,
    Place,
    SlotKind,
    SlotValue,
    parse_phrasebook,
    render,
    slot_words,
)
from comity.kernel.errors import InputError, StoreError
from comity.kernel.instants import Instant, instant_from_canonical

BOOK = packaged_phrasebook()
LANGUAGES = sorted(BOOK.languages)
FILES = {
    place.name: place.read_bytes()
    for place in resources.files("comity.adapters.phrase_files").joinpath("data").iterdir()
}
VALUES: dict[SlotKind, SlotValue] = {
    SlotKind.POSITION: Place(-35.335, 40.5),
    SlotKind.HEIGHT: Altitude(914.4, Datum.EGM2008),
    SlotKind.TIME: instant_from_canonical("2026-11-28T14:05:00.000Z"),
    SlotKind.NUMBER: 270,
    SlotKind.NAME: "RELIEF12",
}
MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def values_of(number: int) -> dict[str, SlotValue]:
    return {name: VALUES[kind] for name, kind in BOOK.meanings[number].slots.items()}


def changed(name: str, old: str, new: str) -> Phrasebook:
    content = FILES[name].decode()
    assert old in content
    return parse_phrasebook({**FILES, name: content.replace(old, new, 1).encode()})


@pytest.mark.requirement("PHRASE-008")
def test_there_are_sixty_phrases_and_more_in_four_languages() -> None:
    assert {"ar", "en", "ru", "tr"} <= set(BOOK.languages)
    assert len(BOOK.meanings) >= 60
    counts = {each.section: 0 for each in BOOK.meanings.values()}
    for each in BOOK.meanings.values():
        counts[each.section] += 1
    assert set(counts) == {
        "identification", "intentions", "warnings", "requests", "emergencies", "line procedure",
    }  # fmt: skip
    assert min(counts.values()) >= 8


@pytest.mark.requirement("PHRASE-001")
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_phrase_renders_with_every_slot(code: str) -> None:
    language = BOOK.language(code)
    assert set(language.phrases) == set(BOOK.meanings)
    for number in BOOK.meanings:
        rendered = render(BOOK, number, values_of(number), code)
        assert "{" not in rendered.plain + (rendered.say or "")
        for value in values_of(number).values():
            assert slot_words(value, language) in rendered.plain


@pytest.mark.requirement("PHRASE-001")
@pytest.mark.parametrize(
    ("name", "old", "new", "field"),
    [
        ("ru.toml", "601 = {", "# 601 = {", "ru.toml.601"),
        ("ru.toml", "601 = {", "699 = {", "ru.toml.699"),
        ("tr.toml", "Konum: {position}.", "Konum.", "tr.toml.104.text"),
        ("tr.toml", "Konum: {position}.", "Konum: {position} {height}.", "tr.toml.104.text"),
        ("tr.toml", "Konum: {position}.", "Konum: {position:>9}.", "tr.toml.104.text"),
        ("tr.toml", "Konum: {position}.", "Konum: {position} {position}.", "tr.toml.104.text"),
        ("tr.toml", "Konum: {position}.", "Konum: {position.", "tr.toml.104.text"),
        ("ru.toml", 'text = "Понятно."', 'text = " "', "ru.toml.603.text"),
        ("en.toml", "Understood.", "TODO.", "en.toml.603.text"),
        ("en.toml", "Understood.", "Under\u200bstood.", "en.toml.603.text"),
        ("en.toml", "Understood.", "Understood\u202e.", "en.toml.603.text"),
        ("ru.toml", "{metres} м ({feet} футов) над средним", "{metres} м над средним", "ru.toml.height.EGM2008"),
        ("tr.toml", 'west = "batı"', 'west = "doğu"', "tr.toml.position"),
        ("ar.toml", "٠١٢٣٤٥٦٧٨٩", "٠١٢٣٤٥٦٧٩٨", "ar.toml.digits"),
        ("ar.toml", '"right-to-left"', '"backwards"', "ar.toml.direction"),
        ("phrases.toml", "responses = [102]", "responses = [199]", "phrases.toml.101.responses"),
        ("phrases.toml", "version = 1", "version = 0", "phrases.toml.version"),
        ("phrases.toml", '"name", "party"]', '"name", "rank"]', "phrases.toml.101.slots"),
        ("phrases.toml", 'end = "time"', 'end = "date"', "phrases.toml.slots.end"),
        ("tr.toml", 'code = "tr"', 'code = "az"', "tr.toml.code"),
        ("tr.toml", "[phrase]", "[phrase", "tr.toml"),
    ],
)  # fmt: skip
def test_a_book_that_is_not_whole_is_refused_by_file_and_number(
    name: str, old: str, new: str, field: str
) -> None:
    with pytest.raises(InputError) as caught:
        changed(name, old, new)
    assert caught.value.field == field


@pytest.mark.requirement("PHRASE-002")
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("en.toml", "Understood.", "Undеrstood."),  # a Cyrillic letter
        ("ru.toml", "Понятно.", "Пoнятно."),  # a Latin one
        ("ar.toml", "فهمت.", "فهمت ok."),
        ("ru.toml", "pah-NYAHT-nah", "пах-NYAHT-nah"),
        ("tr.toml", "ahn-lah-shil-DI", "ahn-lah-shıl-DI"),
        ("ar.toml", "I have understood.", "I hаve understood."),
    ],
)
def test_a_letter_of_another_script_is_refused(name: str, old: str, new: str) -> None:
    with pytest.raises(InputError):
        changed(name, old, new)


@pytest.mark.requirement("PHRASE-003")
def test_a_language_is_one_file() -> None:
    added = FILES["tr.toml"].decode().replace('code = "tr"', 'code = "az"').encode()
    book = parse_phrasebook({**FILES, "az.toml": added})
    assert set(book.languages) == {*BOOK.languages, "az"}
    assert render(book, 601, {}, "az").plain == render(BOOK, 601, {}, "tr").plain
    assert book.digest != BOOK.digest
    assert parse_phrasebook(FILES).digest == BOOK.digest


@pytest.mark.requirement("PHRASE-004")
@pytest.mark.parametrize("code", LANGUAGES)
@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_position_said_is_the_position_meant(
    code: str, latitude_deg: float, longitude_deg: float
) -> None:
    language = BOOK.language(code)
    said = slot_words(Place(latitude_deg, longitude_deg), language)
    western = said.translate(str.maketrans(language.digits, "0123456789"))
    western = western.replace(language.decimal, ".").replace("(WGS 84)", "")
    (lat, lat_min), (lon, lon_min) = re.findall(r"(\d+)°([\d.]+)′", western)
    assert float(lat_min) < 60 > float(lon_min)
    words = language.position
    north = -1 if f" {words['south']}" in said else 1
    east = -1 if f" {words['west']}" in said else 1
    half_step_deg = 0.0005 / 60 + 1e-9
    assert abs(north * (int(lat) + float(lat_min) / 60) - latitude_deg) <= half_step_deg
    assert abs(east * (int(lon) + float(lon_min) / 60) - longitude_deg) <= half_step_deg


@pytest.mark.requirement("PHRASE-004")
@pytest.mark.parametrize(
    ("altitude", "code", "words"),
    [
        (Altitude(9753.6, Datum.QNE), "en", "flight level 320"),
        (Altitude(9753.6, Datum.QNE), "ru", "эшелон 320"),
        (Altitude(9753.6, Datum.QNE), "ar", "مستوى الطيران ٣٢٠"),
        (Altitude(1524.0, Datum.QNE), "tr", "uçuş seviyesi 050"),
        (Altitude(1000.0, Datum.QNE), "en", "1000 metres (3281 feet) pressure altitude, 1013 hectopascals"),
        (Altitude(914.4, Datum.EGM2008), "en", "914 metres (3000 feet) above mean sea level"),
        (Altitude(914.4, Datum.AGL), "ru", "914 м (3000 футов) над поверхностью земли"),
        (Altitude(-30.48, Datum.WGS84), "tr", "WGS 84 elipsoidinden -30 metre (-100 fit)"),
        (Altitude(914.4, Datum.EGM2008), "ar", "٩١٤ متر (٣٠٠٠ قدم) فوق متوسط مستوى سطح البحر"),
    ],
)  # fmt: skip
def test_a_height_is_said_with_what_it_is_measured_from(
    altitude: Altitude, code: str, words: str
) -> None:
    assert slot_words(altitude, BOOK.language(code)) == words


@pytest.mark.requirement("PHRASE-004")
def test_a_time_keeps_its_seconds_where_it_has_any_and_says_utc() -> None:
    english, arabic = BOOK.language("en"), BOOK.language("ar")
    assert slot_words(VALUES[SlotKind.TIME], english) == "2026-11-28 14:05 UTC"
    assert slot_words(Instant(30_000), english) == "1970-01-01 00:00:30 UTC"
    assert slot_words(Instant(1), english) == "1970-01-01 00:00:00.001 UTC"
    assert slot_words(Instant(0), arabic).startswith("١٩٧٠-٠١-٠١ ٠٠:٠٠ UTC")


@pytest.mark.requirement("PHRASE-005")
@pytest.mark.parametrize("code", LANGUAGES)
def test_marks_of_direction_stand_in_what_is_displayed_and_nowhere_else(code: str) -> None:
    for number in BOOK.meanings:
        rendered = render(BOOK, number, values_of(number), code)
        assert MARKS.search(rendered.plain + (rendered.say or "")) is None
        assert MARKS.sub("", rendered.display) == rendered.plain
        opened = sum(rendered.display.count(mark) for mark in "\u2066\u2067\u2068")
        assert opened == rendered.display.count("\u2069") == 1 + len(BOOK.meanings[number].slots)
        assert rendered.display[0] == ("\u2067" if code == "ar" else "\u2066")
        for name, value in values_of(number).items():
            words = slot_words(value, BOOK.language(code))
            assert f"\u2068{words}\u2069" in rendered.display, name


@pytest.mark.requirement("PHRASE-005")
@pytest.mark.parametrize("name", ["A\u202eB", "\u2067A", "A\u200b", "", "   ", "N" * 65, "A\nB"])
def test_a_name_cannot_bring_its_own_direction(name: str) -> None:
    with pytest.raises(InputError) as caught:
        render(BOOK, 108, {"name": name}, "ar")
    assert caught.value.field == "slots.name"


@pytest.mark.parametrize(
    ("number", "values", "field"),
    [
        (108, {}, "slots.name"),
        (601, {"name": "A"}, "slots.name"),
        (505, {"number": 1_000_000}, "slots.number"),
        (505, {"number": True}, "slots.number"),
        (505, {"number": "3"}, "slots.number"),
        (108, {"name": 3}, "slots.name"),
        (999, {}, "phrase"),
    ],
)
def test_a_phrase_takes_its_own_slots_only(
    number: int, values: dict[str, SlotValue], field: str
) -> None:
    with pytest.raises(InputError) as caught:
        render(BOOK, number, values, "en")
    assert caught.value.field == field
    with pytest.raises(InputError):
        render(BOOK, 601, {}, "xx")


def bare(code: str, number: int) -> str:
    text = re.sub(r"\{\w+\}", "", BOOK.language(code).phrases[number].text)
    return "".join(each for each in text.casefold() if unicodedata.category(each)[0] in "LN")


@pytest.mark.requirement("PHRASE-007")
@pytest.mark.parametrize("code", LANGUAGES)
def test_no_two_phrases_read_alike_and_opposites_are_unmistakable(code: str) -> None:
    texts = {number: bare(code, number) for number in BOOK.meanings}
    assert len(set(texts.values())) == len(texts)
    first = {n: BOOK.language(code).phrases[n].text.split()[0].strip(".,،") for n in texts}
    for one, other in ((601, 602), (603, 604), (105, 106), (612, 613)):
        assert first[one] != first[other]
        assert not first[one].endswith(first[other]), (one, other)
        assert not first[other].endswith(first[one]), (one, other)
    words = {n: set(BOOK.language(code).phrases[n].text.replace(".", " ").split()) for n in texts}
    for one, other in ((205, 206), (202, 203), (401, 402), (403, 404)):
        assert words[one] - words[other], (one, other)
        assert words[other] - words[one], (one, other)


@pytest.mark.requirement("PHRASE-009")
def test_no_phrase_says_that_a_place_is_safe_or_may_be_struck() -> None:
    forbidden = re.compile(
        r"\b(safe|clear|cleared|strike|target|attack|permitted|authori[sz]ed"
        r"|güvenlidir|güvenli|emniyetli|hedef|vur\w*|saldır\w*"
        r"|безопасн\w*|чист\w*|цель\w*(?! полёта)|удар\w*|атак\w*|آمن\w*|هدف\w*|هجوم\w*|ضرب\w*)\b"
    )
    for language in BOOK.languages.values():
        for number, phrase in language.phrases.items():
            found = forbidden.search(phrase.text.casefold())
            assert found is None, (language.code, number, found)
    for meaning in BOOK.meanings.values():
        assert re.search(r"\b(safe|clear|target|strike)\b", meaning.meaning) is None
    assert BOOK.meanings[626].slots == {"position": SlotKind.POSITION, "time": SlotKind.TIME}


def test_a_book_that_cannot_be_read_is_told_to_whoever_keeps_the_node(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(files: object) -> Phrasebook:
        raise InputError("ru.toml.601", "this language has no words for it")

    monkeypatch.setattr(packaged, "parse_phrasebook", refuse)
    with pytest.raises(StoreError, match=r"ru\.toml\.601") as caught:
        packaged_phrasebook.__wrapped__()
    assert caught.value.reason == "phrasebook"


@pytest.mark.requirement("PHRASE-011")
@pytest.mark.parametrize("code", sorted({*LANGUAGES} - {"en"}))
def test_what_a_phrase_says_word_for_word_is_what_it_means(code: str) -> None:
    backs = {n: each.back or "" for n, each in BOOK.language(code).phrases.items()}
    assert len(set(backs.values())) == len(backs)
    carried = {
        601: "Yes.", 602: "No.", 105: "Yes,", 106: "No,", 202: r"climb|gain height", 203: r"lower",
        403: r"climb|gain height", 404: r"lower", 205: "to the left", 206: "to the right", 401: "to the left",
        402: "to the right", 208: "not (cross|pass)", 408: "^Stop. Stop. Stop.", 611: "not know",
        621: "not an exercise", 612: r"cannot|not possible", 613: "We will", 626: r"Nothing|No report",
    }  # fmt: skip
    for number, words in carried.items():
        assert re.search(words, backs[number]), (number, backs[number])
    for one, other in ((205, "right"), (206, "left"), (202, "lower"), (203, "climb"), (613, "not")):
        assert other not in backs[one], (one, backs[one])
