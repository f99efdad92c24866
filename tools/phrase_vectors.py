"""The vectors of docs/spec/phrase.md: bodies by name, rule and reason.

Numbers and slots are those of the published phrasebook; the verdicts are the page's. Nothing here imports comity.
"""

import copy
import json
from collections.abc import Iterator
from typing import Any

from tools.vector_cases import Case, Fields

ABSENT = object()
BOOK = "7a" * 32
POSITION: Fields = {
    "datum": "WGS84",
    "latitude_deg_e7": 353350000,
    "longitude_deg_e7": 401416667,
}
HEIGHT: Fields = {"datum": "QNE", "height_mm": 9753600}
WHERE: Fields = {
    "phrase": 109,
    "phrasebook": BOOK,
    "slots": {"height": HEIGHT, "position": POSITION, "time": "2026-11-28T14:05:00.000Z"},
}
LEFT: Fields = {"phrase": 401, "phrasebook": BOOK, "slots": {"name": "RELIEF12", "number": 90}}
YES: Fields = {"phrase": 601, "phrasebook": BOOK, "slots": {}}


def known_keys() -> Fields:
    """No keys: a phrase stands in a record of another page."""
    return {}


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield good("three-slots", "P6", "the example of the page", WHERE)
    yield good("no-slot", "P5", "an answer has none", YES)
    yield good("name-and-number", "P6", "a name and a number", LEFT)
    yield good("number-0", "P6", "the least number", changed(LEFT, slots__number=0))
    yield good("number-999999", "P6", "the greatest number", changed(LEFT, slots__number=999999))
    yield good("name-64", "P6", "the longest name", changed(LEFT, slots__name="N" * 64))
    yield good(
        "name-arabic", "P6", "a name in its own script", changed(LEFT, slots__name="إغاثة ١٢")
    )
    poles = {"datum": "WGS84", "latitude_deg_e7": -900000000, "longitude_deg_e7": 1800000000}
    yield good("pole", "P6", "the south pole at 180 degrees", changed(WHERE, slots__position=poles))
    yield good("unknown-member", "P5", "kept, and means nothing here", {**YES, "tomorrow": 1})

    malformed, unknown, slots = "phrase-malformed", "phrase-unknown", "phrase-slots"
    yield bad("phrase-text", "P1", malformed, "the number as a text", changed(YES, phrase="601"))
    yield bad("phrase-true", "P1", malformed, "true is no number", changed(YES, phrase=True))
    yield bad("phrase-missing", "P1", malformed, "no number", changed(YES, phrase=ABSENT))
    yield bad("phrase-999", "P1", unknown, "no such phrase", changed(YES, phrase=999))
    yield bad("book-short", "P3", malformed, "63 digits", changed(YES, phrasebook="a" * 63))
    yield bad("book-missing", "P3", malformed, "no digest", changed(YES, phrasebook=ABSENT))
    yield bad("slots-list", "P5", malformed, "a list", changed(YES, slots=[]))
    yield bad("slots-missing", "P5", malformed, "no slots", changed(YES, slots=ABSENT))
    yield bad("slot-missing", "P5", slots, "no height", changed(WHERE, slots__height=ABSENT))
    yield bad("slot-extra", "P5", slots, "a slot of another phrase", changed(YES, slots__number=1))
    yield bad("number-high", "P6", slots, "a million", changed(LEFT, slots__number=1000000))
    yield bad("number-negative", "P6", slots, "below 0", changed(LEFT, slots__number=-1))
    yield bad("number-text", "P6", malformed, "a text", changed(LEFT, slots__number="90"))
    yield bad("name-65", "P6", slots, "too long", changed(LEFT, slots__name="N" * 65))
    yield bad("name-empty", "P6", slots, "no name", changed(LEFT, slots__name=""))
    yield bad("name-blank", "P6", slots, "blanks alone", changed(LEFT, slots__name="  "))
    yield bad("name-bidi", "P6", slots, "turns what follows", changed(LEFT, slots__name="A\u202eB"))
    yield bad("name-isolate", "P6", slots, "an isolate", changed(LEFT, slots__name="\u2067A\u2069"))
    yield bad("name-zero-width", "P6", slots, "not seen", changed(LEFT, slots__name="A\u200bB"))
    yield bad("name-number", "P6", malformed, "no text", changed(LEFT, slots__name=12))
    north = changed(WHERE, slots__position__latitude_deg_e7=900000001)
    yield bad("position-north", "P6", slots, "beyond the pole", north)
    east = changed(WHERE, slots__position__longitude_deg_e7=1800000001)
    yield bad("position-east", "P6", slots, "beyond 180 degrees", east)
    half = changed(WHERE, slots__position__longitude_deg_e7=ABSENT)
    other = changed(WHERE, slots__position__datum="SK42")
    yield bad("position-datum", "P6", malformed, "another datum", other)
    unsaid = changed(WHERE, slots__position__datum=ABSENT)
    yield bad("position-no-datum", "P6", malformed, "no datum", unsaid)
    yield bad("position-half", "P6", malformed, "no longitude", half)
    yield bad(
        "height-datum", "P6", malformed, "MSL is none", changed(WHERE, slots__height__datum="MSL")
    )
    yield bad(
        "height-no-datum", "P6", malformed, "no datum", changed(WHERE, slots__height__datum=ABSENT)
    )
    high = changed(WHERE, slots__height__height_mm=100000001)
    yield bad("height-high", "P6", slots, "above 100 km", high)
    zone = changed(WHERE, slots__time="2026-11-28T14:05:00.000")
    yield bad("time-no-zone", "P6", slots, "no zone", zone)


def changed(body: Fields, **changes: Any) -> Fields:
    """A body with some members changed, or left out where the value is ABSENT; `a__b` is b in a."""
    fresh = copy.deepcopy(body)
    for path, value in changes.items():
        *steps, last = path.split("__")
        place: Any = fresh
        for step in steps:
            place = place[step]
        if value is ABSENT:
            del place[last]
        else:
            place[last] = value
    return fresh


def good(name: str, rule: str, why: str, body: Fields) -> Case:
    """A body that is read."""
    return Case(name, rule, why, {"body.json": _json(body)})


def bad(name: str, rule: str, reason: str, why: str, body: Fields) -> Case:
    """A body that is refused."""
    return Case(f"{name}_reject", rule, why, {"body.json": _json(body)}, reason)


def _json(body: Fields) -> bytes:
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
