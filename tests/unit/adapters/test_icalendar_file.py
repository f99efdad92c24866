"""Calendar files: what we write reads back, and what others write is bounded and certain, or refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.adapters.icalendar_file import EventStatus, read_calendar, write_event
from comity.adapters.icalendar_file.zones import check_offset, local_reading, zone_named
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant, instant_from_canonical

START = instant_from_canonical("2026-12-01T13:00:00.000Z")


def calendar(*lines, event=True):
    inner = ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20261101T000000Z", *lines, "END:VEVENT"]
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *(inner if event else lines)]
    return "\r\n".join([*whole, "END:VCALENDAR", ""]).encode()


def good(**changes):
    lines = {
        "DTSTART": "DTSTART;TZID=Europe/Helsinki:20261201T150000",
        "DTEND": "DTEND;TZID=Europe/Helsinki:20261201T160000",
        "SUMMARY": "SUMMARY:Follow-up",
    }
    return calendar(*(each for each in (lines | changes).values() if each))


@pytest.mark.requirement("MEET-005")
def test_what_is_written_reads_back_the_same():
    content = write_event(
        "x@comity", "Nächtliche Flüge, II", START, START.plus_s(3600), START, "Brücke; Süd",
        EventStatus.CONFIRMED, ["alfa: 15:00", "- один"],
    )  # fmt: skip
    [event] = read_calendar(content)
    assert (event.start, event.end) == (START, START.plus_s(3600))
    assert (event.title, event.place) == ("Nächtliche Flüge, II", "Brücke; Süd")
    assert event.zone == "UTC"
    assert b"STATUS:CONFIRMED" in content


@pytest.mark.requirement("MEET-005")
def test_a_time_in_a_zone_is_that_instant_and_stays_as_stated():
    [event] = read_calendar(good())
    assert event.start == START
    assert event.zone == "Europe/Helsinki"
    assert event.stated == "2026-12-01T15:00:00 Europe/Helsinki"
    [longer] = read_calendar(good(DTEND="DURATION:PT90M"))
    assert longer.end == START.plus_s(5400)


@pytest.mark.requirement("MEET-005")
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "calendar"),
        (b"\x00" * 100, "calendar"),
        (b"x" * (64 * 1024 + 1), "at most 65536"),
        (b"BEGIN:VCALENDAR\r\n" * 1001, "lines"),
        (b"BEGIN:VCALENDAR\r\n" * 50, "deep"),
        (b"BEGIN:VCALENDAR\r\nX:" + b"y" * 5000, "a line"),
        (calendar(event=False), "0 events"),
        (good(SUMMARY=""), "SUMMARY"),
        (good(SUMMARY="SUMMARY:a\u202eb"), "U\\+202E"),
        (good(SUMMARY="SUMMARY:" + "x" * 121), "121 characters"),
        (good(R="RRULE:FREQ=SECONDLY"), "recurring"),
        (good(R="RDATE:20261202T150000Z"), "recurring"),
        (good(DTSTART="DTSTART:20261201T150000"), "no time zone"),
        (good(DTSTART="DTSTART;VALUE=DATE:20261201"), "a day without a time"),
        (good(DTSTART="DTSTART;TZID=Mars/Olympus:20261201T150000"), "Mars"),
        (good(DTSTART="DTSTART;TZID=../../etc/passwd:20261201T150000"), "passwd"),
        (good(DTSTART="DTSTART;TZID=Europe/Helsinki:20270328T033000"), "does not exist"),
        (good(DTSTART="DTSTART;TZID=Europe/Helsinki:20261025T033000"), "exists twice"),
        (good(DTSTART="DTSTART:99991231T235959Z"), "9999"),
        (good(DTSTART="DTSTART:00010101T000000Z"), "outside"),
        (good(DTSTART=""), "missing"),
        (good(DTEND=""), "neither"),
        (good(DTEND="DTEND;TZID=Europe/Helsinki:20261201T150000"), "not after"),
        (good(DTEND="DURATION:P8D"), "not within"),
        (good(DTEND="DURATION:-PT1H"), "not within"),
        (good(R="DTSTART:20261201T150000Z"), "more than once"),
        (good(DTSTART="DTSTART:nonsense"), "calendar|DTSTART"),
    ],
)
def test_a_hostile_or_uncertain_file_is_refused_by_name(content, why):
    with pytest.raises(InputError, match=why):
        read_calendar(content)


@pytest.mark.requirement("MEET-005")
def test_a_zone_that_a_file_defines_itself_is_not_believed():
    zone = [
        "BEGIN:VTIMEZONE", "TZID:Europe/Helsinki", "BEGIN:STANDARD", "DTSTART:19700101T000000",
        "TZOFFSETFROM:+1100", "TZOFFSETTO:+1100", "END:STANDARD", "END:VTIMEZONE",
    ]  # fmt: skip
    content = good().replace(b"BEGIN:VEVENT", "\r\n".join([*zone, "BEGIN:VEVENT"]).encode(), 1)
    assert read_calendar(content)[0].start == START


@pytest.mark.requirement("MEET-004")
def test_a_time_is_read_in_each_zone_across_its_changes():
    assert local_reading(START, "Europe/Helsinki") == "2026-12-01T15:00:00+02:00"
    assert local_reading(START.plus_s(180 * 86_400), "Europe/Helsinki")[-6:] == "+03:00"
    assert local_reading(Instant(0), "Asia/Kathmandu")[-6:] == "+05:30"


@pytest.mark.requirement("MEET-004")
@pytest.mark.parametrize("stated", ["2026-12-01T16:00:00+03:00", "2026-12-01T13:00:00+00:00"])
def test_an_offset_that_is_not_the_zones_is_refused(stated):
    with pytest.raises(InputError, match="another offset"):
        check_offset(stated, START, "Europe/Helsinki", "start")
    check_offset("2026-12-01T15:00:00+02:00", START, "Europe/Helsinki", "start")
    check_offset("2026-12-01T13:00:00Z", START, "Europe/Helsinki", "start")


@pytest.mark.requirement("MEET-004")
@pytest.mark.parametrize("name", ["", "Helsinki!", "Europe/Nowhere", "/etc/localtime", "a" * 65])
def test_a_zone_that_is_none_is_refused(name):
    with pytest.raises(InputError, match="zone"):
        zone_named(name)


@pytest.mark.requirement("MEET-005")
@settings(max_examples=300, deadline=None)
@given(
    place=st.integers(0, 400),
    cut=st.integers(0, 30),
    put=st.one_of(
        st.binary(max_size=8),
        st.sampled_from(
            [b"\r\nBEGIN:VEVENT\r\n", b";TZID=", b"DTSTART:", b"\r\n ", b":", b"99999999"]
        ),
    ),
)
def test_a_bent_file_is_read_or_refused_and_nothing_else(place, cut, put):
    whole = good(R="DESCRIPTION:some\\, words", L="LOCATION:Bridge")
    bent = whole[:place] + put + whole[place + cut :]
    try:
        events = read_calendar(bent)
    except InputError:
        return
    assert all(each.start < each.end and each.title for each in events)
