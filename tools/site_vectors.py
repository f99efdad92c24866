"""The vectors of docs/spec/site.md: signed records by name, rule and reason, and coarse forms.

What an accepted record says is written by hand beside it. Coarse forms are computed here from the page, with
whole numbers and fractions for cells, and are right within 1 mm. All sites are invented. Nothing here
imports comity.
"""

import json
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from tools.intent_vectors import ABSENT, MADE_AT, changed
from tools.record_vectors import known_keys, payload, sealed
from tools.vector_cases import ALFA, BRAVO, CHARLIE, Case, Fields

__all__ = ["cases", "known_keys"]

SITE, OTHER = f"{ALFA.id}/00000000000000a1", f"{ALFA.id}/00000000000000a2"
FOREIGN = f"{CHARLIE.id}/00000000000000c1"
UNTIL, LATER = "2027-02-21T12:00:00.000Z", "2027-03-01T00:00:00.000Z"

PLACE: Fields = {
    "accuracy_mm": 10000,
    "datum": "WGS84",
    "edge": "geodesic",
    "kind": "path",
    "latitude_deg_e7": [-100000000],
    "longitude_deg_e7": [-1500000000],
    "radius_mm": 50000,
}
RING: Fields = {
    **PLACE,
    "kind": "ring",
    "latitude_deg_e7": [-100000000, -100000000, -99990000],
    "longitude_deg_e7": [-1500000000, -1499990000, -1500000000],
    "radius_mm": 0,
}
ENTRY: Fields = {
    "blind": "00112233445566778899aabbccddeeff",
    "contact": {"until": UNTIL, "words": "duty desk, channel 4"},
    "kind": "hospital",
    "names": [
        {"language": "en", "script": "Latn", "text": "Invented hospital"},
        {"language": "ar", "script": "Arab", "text": "مستشفى مخترع"},
    ],
    "origin": {"kind": "owner", "name": "owner's list"},
    "owner": "Invented Health Trust",
    "place": PLACE,
    "renew_by": UNTIL,
    "site": SITE,
    "valid_from": None,
    "valid_until": None,
    "version": 1,
}
ITEM: Fields = {
    "contact": None,
    "kind": "hospital",
    "names": [],
    "place": {**PLACE, "accuracy_mm": 0, "radius_mm": 1832911},
    "precision_mm": 1000000,
    "renew_by": UNTIL,
    "site": SITE,
    "state": "verified",
    "valid_from": None,
    "valid_until": None,
    "version": 1,
}
ERASURE: Fields = {
    "records": [{"envelope_sha256": "ab" * 32, "record": "cd" * 32, "stub_sha256": "ef" * 32}],
    "site": SITE,
    "words": "asked for by the trust",
}
REQUEST: Fields = {
    "records": [{"envelope_sha256": "ab" * 32, "record": "cd" * 32, "stub_sha256": "ef" * 32}],
    "sites": [SITE],
    "words": "the clinic was threatened",
}
REPLY: Fields = {"answer": "erased", "request": "cd" * 32, "words": "no pack holds it"}
FINDING: Fields = {
    "finding": "confirmed",
    "origin": {"kind": "visit", "name": "visit of June"},
    "site": SITE,
    "version": 1,
    "words": "seen on site",
}
CONSENT: Fields = {
    "contact": False,
    "names": False,
    "precision_mm": 1000000,
    "recipient": BRAVO.id,
    "sites": None,
    "until": UNTIL,
    "words": "agreed at the table",
}
TAKEN_BACK: Fields = {"recipient": BRAVO.id, "sites": [SITE], "words": "no longer"}
EXPOSURE: Fields = {
    "precision_mm": 0,
    "sites": [SITE],
    "viewer": "crew of relief 7",
    "way": "paper",
}
WITHDRAWAL: Fields = {"sites": [SITE, OTHER], "why": "consent-withdrawn"}
PROPOSALS: Fields = {
    "file": "list.csv",
    "sha256": "ab" * 32,
    "rows": [
        {"doubts": ["duplicate"], "entry": ENTRY, "number": 17, "rows": [3], "sites": [OTHER]}
    ],
}
ANSWER: Fields = {"answer": "left", "number": 17, "proposals": "cd" * 32, "words": "the same house"}
RENEWAL: Fields = {"renew_by": LATER, "site": SITE}
ENDING: Fields = {"site": SITE, "words": "moved away"}
TO_BRAVO: Fields = {"recipients": [BRAVO.id]}

HALF_TURN_E7 = 1_800_000_000
A_M, B_M = 6_378_137.0, 6_378_137.0 * (1.0 - 1.0 / 298.257223563)
E2 = 1.0 - (B_M / A_M) ** 2
HEIGHT_M = math.pi * A_M * (1.0 - E2)


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from accepted()
    yield from rejected_entries()
    yield from rejected_items()
    yield from rejected_others()
    yield from coarse()


def site_record(kind: str, body: Fields, **envelope: Any) -> bytes:
    """A record by a person of ALFA, to nobody unless said."""
    fields = {
        "author": ALFA.id,
        "recipients": [],
        "kind": f"site.{kind}",
        "operator": "ada",
        "made_at": MADE_AT,
        "body": body,
    }
    return sealed(payload(**(fields | envelope)), ALFA)


def good(name: str, rule: str, why: str, kind: str, body: Fields, **more: Any) -> Case:
    """An accepted record and what it says."""
    says = more.pop("says", {})
    files = {"envelope.json": site_record(kind, body, **more)}
    return Case(f"{kind}-{name}", rule, why, files, None, {"kind": f"site.{kind}", "says": says})


def bad(name: str, rule: str, reason: str, why: str, kind: str, body: Fields, **more: Any) -> Case:
    """A refused record."""
    files = {"envelope.json": site_record(kind, body, **more)}
    return Case(f"{kind}-{name}_reject", rule, why, files, reason)


def accepted() -> Iterator[Case]:
    """One of each kind, and what may be left open."""
    entries: Fields = {"entries": [ENTRY]}
    says = {"sites": [SITE], "versions": [1], "kinds": ["hospital"]}
    yield good("plain", "P1", "an entry in two scripts", "entries", entries, says=says)
    two = {
        "entries": [
            ENTRY,
            {**ENTRY, "site": OTHER, "kind": "school", "place": RING, "contact": None},
        ]
    }
    says = {"sites": [SITE, OTHER], "versions": [1, 1], "kinds": ["hospital", "school"]}
    yield good("two", "P3", "two sites, one an area without a contact", "entries", two, says=says)
    open_ = changed(
        entries, entries__0__place__accuracy_mm=None, entries__0__place__datum="unstated"
    )
    yield good(
        "unstated",
        "P4",
        "neither accuracy nor datum is stated",
        "entries",
        open_,
        says={"sites": [SITE]},
    )
    timed = changed(entries, entries__0__valid_from=UNTIL, entries__0__valid_until=LATER)
    yield good(
        "times", "P1", "something to protect for a week", "entries", timed, says={"sites": [SITE]}
    )
    more = changed(entries, entries__0__version=7, entries__0__more={"a": 1})
    yield good(
        "unknown-member",
        "P1",
        "a member not known is kept",
        "entries",
        more,
        says={"versions": [7]},
    )
    yield good("plain", "P10", "a renewal", "renewal", RENEWAL, says={"site": SITE})
    yield good("plain", "P2", "an ending", "ending", ENDING, says={"site": SITE})
    yield good("plain", "P24", "an erasure", "erasure", ERASURE, says={"site": SITE})
    yield good(
        "plain", "P27", "a wish", "erasure-request", REQUEST, says={"sites": [SITE]}, **TO_BRAVO
    )
    yield good("plain", "P29", "done", "erasure-answer", REPLY, says={"word": "erased"}, **TO_BRAVO)
    yield good(
        "all", "P17", "all sites, coarse", "consent", CONSENT, says={"precision_mm": 1000000}
    )
    exact = changed(CONSENT, precision_mm=0, sites=[SITE], names=True, contact=True)
    yield good("exact", "P17", "one site as entered", "consent", exact, says={"precision_mm": 0})
    yield good(
        "plain", "P17", "taken back", "consent-withdrawal", TAKEN_BACK, says={"sites": [SITE]}
    )
    yield good("plain", "P1", "seen on paper", "exposure", EXPOSURE, says={"sites": [SITE]})
    yield good("plain", "P1", "a row that waits", "proposals", PROPOSALS, says={"file": "list.csv"})
    yield good("plain", "P1", "a row left", "answer", ANSWER, says={"number": 17, "word": "left"})
    yield good("own", "P12", "the owner's own second look", "finding", FINDING, says={"site": SITE})
    theirs = changed(FINDING, site=FOREIGN, finding="disputed")
    to_owner = {"recipients": [CHARLIE.id]}
    yield good(
        "of-a-peer",
        "P12",
        "a dispute, to the owner",
        "finding",
        theirs,
        says={"site": FOREIGN},
        **to_owner,
    )
    notice: Fields = {"sites": [ITEM]}
    says = {"sites": [SITE], "precisions_mm": [1000000]}
    yield good("coarse", "P19", "one site, coarse", "notice", notice, says=says, **TO_BRAVO)
    exact = changed(
        notice, sites__0__precision_mm=0, sites__0__place=RING, sites__0__names=ENTRY["names"]
    )
    yield good(
        "exact",
        "P17",
        "as entered, with names",
        "notice",
        exact,
        says={"precisions_mm": [0]},
        **TO_BRAVO,
    )
    yield good(
        "plain",
        "P18",
        "two sites taken back",
        "withdrawal",
        WITHDRAWAL,
        says={"sites": [SITE, OTHER]},
        **TO_BRAVO,
    )


def rejected_entries() -> Iterator[Case]:
    """What an entry may not be."""
    for name, rule, reason, why, changes in (
        ("no-blind", "P11", "missing-field", "no blind", {"blind": ABSENT}),
        ("blind", "P11", "field-form", "a blind of 31 digits", {"blind": "0" * 31}),
        ("no-place", "P1", "missing-field", "no place", {"place": ABSENT}),
        ("kind", "P7", "field-form", "a kind that is not on the list", {"kind": "barracks"}),
        ("no-names", "P8", "field-limit", "no name", {"names": []}),
        ("script", "P8", "field-form", "a script in lower case", {"names__0__script": "latn"}),
        ("name-bidi", "P8", "field-form", "a name that turns the line round", {"names__0__text": "a\u202eb"}),
        ("name-twice", "P8", "field-form", "one name twice", {"names": [ENTRY["names"][0]] * 2}),
        ("accuracy", "P4", "field-limit", "accuracy below 0", {"place__accuracy_mm": -1}),
        ("accuracy-wide", "P4", "field-limit", "accuracy above 100 km", {"place__accuracy_mm": 100000001}),
        ("datum", "P5", "field-form", "a datum not known", {"place__datum": "NAD27"}),
        ("latitude", "P1", "volume-invalid", "91° north", {"place__latitude_deg_e7": [910000000]}),
        ("shape", "P1", "volume-malformed", "a place of no kind", {"place__kind": "cloud"}),
        ("version", "P6", "field-limit", "version 0", {"version": 0}),
        ("foreign", "P2", "not-owner", "a site of another party", {"site": FOREIGN}),
        ("site", "P2", "field-form", "an id of 15 digits", {"site": SITE[:-1]}),
        ("valid", "P1", "field-limit", "over before it begins", {"valid_from": LATER, "valid_until": UNTIL}),
        ("origin", "P1", "field-form", "an origin of no kind", {"origin__kind": "rumour"}),
        ("contact", "P9", "missing-field", "a contact without an end", {"contact__until": ABSENT}),
        ("renew-by", "P10", "field-form", "no instant", {"renew_by": "next year"}),
    ):  # fmt: skip
        yield bad(name, rule, reason, why, "entries", {"entries": [changed(ENTRY, **changes)]})
    yield bad("none", "P1", "field-limit", "no entry", "entries", {"entries": []})
    yield bad("object", "P1", "field-form", "no array", "entries", {"entries": ENTRY})
    yield bad("twice", "P3", "site-twice", "one site twice", "entries", {"entries": [ENTRY, ENTRY]})


def rejected_items() -> Iterator[Case]:
    """What a notice may not be."""
    for name, rule, reason, why, changes in (
        ("expired", "P14", "field-form", "expiry is the reader's to judge", {"state": "expired"}),
        ("ended", "P14", "field-form", "what ended is withdrawn", {"state": "ended"}),
        ("too-fine", "P20", "too-fine", "a disc of 998 m for 1 km", {"place__radius_mm": 499000}),
        ("precision", "P17", "field-limit", "coarser than the coarsest", {"precision_mm": 38800001}),
        ("no-names", "P1", "missing-field", "names left out", {"names": ABSENT}),
        ("foreign", "P2", "not-owner", "a site of another party", {"site": FOREIGN}),
    ):  # fmt: skip
        body: Fields = {"sites": [changed(ITEM, **changes)]}
        yield bad(name, rule, reason, why, "notice", body, **TO_BRAVO)
    body = {"sites": [ITEM]}
    yield bad("nobody", "P19", "one-recipient", "to nobody", "notice", body)
    both = {"recipients": [BRAVO.id, CHARLIE.id]}
    yield bad("two", "P19", "one-recipient", "to two parties at once", "notice", body, **both)


def rejected_others() -> Iterator[Case]:
    """What the other kinds may not be."""
    doubt = changed(PROPOSALS, rows__0__doubts=["odd"])
    yield bad("doubt", "P1", "field-form", "no such doubt", "proposals", doubt)
    foreign = changed(PROPOSALS, rows__0__entry__site=FOREIGN)
    yield bad("foreign", "P2", "not-owner", "of another's site", "proposals", foreign)
    merged = changed(ANSWER, answer="merged")
    yield bad("word", "P1", "field-form", "no such answer", "answer", merged)
    yield bad(
        "foreign", "P2", "not-owner", "of another's site", "renewal", changed(RENEWAL, site=FOREIGN)
    )
    yield bad("no-words", "P1", "field-form", "no reason", "ending", changed(ENDING, words=" "))
    foreign = changed(ERASURE, site=FOREIGN)
    yield bad("foreign", "P2", "not-owner", "another party's site", "erasure", foreign)
    none: Fields = {**ERASURE, "records": []}
    yield bad("no-records", "P24", "field-limit", "erases nothing", "erasure", none)
    hashed = changed(ERASURE, records__0__stub_sha256="AB" * 32)
    yield bad("hash", "P24", "field-form", "no hash", "erasure", hashed)
    foreign = changed(REQUEST, sites=[FOREIGN])
    yield bad("foreign", "P2", "not-owner", "another's", "erasure-request", foreign, **TO_BRAVO)
    yield bad("nobody", "P27", "one-recipient", "asks nobody", "erasure-request", REQUEST)
    none = {**REQUEST, "records": []}
    yield bad("none", "P27", "field-limit", "of nothing", "erasure-request", none, **TO_BRAVO)
    twice = {**REQUEST, "records": REQUEST["records"] * 2}
    yield bad(
        "twice", "P27", "field-form", "one notice twice", "erasure-request", twice, **TO_BRAVO
    )
    maybe = changed(REPLY, answer="later")
    yield bad("word", "P29", "field-form", "no such answer", "erasure-answer", maybe, **TO_BRAVO)
    yield bad("nobody", "P29", "one-recipient", "told to nobody", "erasure-answer", REPLY)
    left = {"sites": [{"erased": True, "renew_by": UNTIL, "site": SITE, "version": 1}]}
    yield bad("stub", "P25", "missing-field", "a stub's item, signed", "notice", left, **TO_BRAVO)
    reduced = {
        "entries": [{"erased": True, "renew_by": UNTIL, "site": SITE, "version": 1}],
    }
    yield bad(
        "stub", "P25", "missing-field", "a stub's entry, signed as a record", "entries", reduced
    )
    yield bad(
        "self", "P17", "field-form", "to itself", "consent", changed(CONSENT, recipient=ALFA.id)
    )
    yield bad(
        "foreign",
        "P2",
        "not-owner",
        "for another's site",
        "consent",
        changed(CONSENT, sites=[FOREIGN]),
    )
    yield bad(
        "precision", "P17", "field-limit", "below 0", "consent", changed(CONSENT, precision_mm=-1)
    )
    yield bad(
        "names", "P1", "field-form", "neither true nor false", "consent", changed(CONSENT, names=1)
    )
    yield bad(
        "none",
        "P1",
        "field-limit",
        "of no site",
        "consent-withdrawal",
        changed(TAKEN_BACK, sites=[]),
    )
    yield bad(
        "twice",
        "P3",
        "site-twice",
        "one site twice",
        "exposure",
        changed(EXPOSURE, sites=[SITE, SITE]),
    )
    yield bad(
        "word",
        "P12",
        "field-form",
        "no such finding",
        "finding",
        changed(FINDING, finding="destroyed"),
    )
    elsewhere = {"recipients": [BRAVO.id]}
    yield bad(
        "audience",
        "P12",
        "finding-audience",
        "to another than the owner",
        "finding",
        FINDING,
        **elsewhere,
    )
    yield bad(
        "why",
        "P18",
        "field-form",
        "no such reason",
        "withdrawal",
        changed(WITHDRAWAL, why="because"),
        **TO_BRAVO,
    )
    yield bad("nobody", "P19", "one-recipient", "to nobody", "withdrawal", WITHDRAWAL)


def coarse() -> Iterator[Case]:
    """Coarse forms of points: anywhere, on edges, in caps, at ±180°."""
    for name, latitude, longitude, precision_mm, why in (
        ("plain", -100_000_000, -1_500_000_000, 1_000_000, "1 km in the open ocean"),
        ("finest", 123_456_789, 234_567_891, 1, "the finest there is"),
        ("coarsest", 123_456_789, 234_567_891, 38_800_000, "the coarsest there is"),
        ("equator", 0, 0, 5_000_000, "on an edge of every level: the cell north and east of it"),
        ("south-of-it", -1, -1, 5_000_000, "the cell south and west of it"),
        ("east-end", 450_000_000, 1_800_000_000, 2_000_000, "180° east is 180° west"),
        ("west-end", 450_000_000, -1_800_000_000, 2_000_000, "180° west"),
        ("high", 890_000_000, 1_000_000_000, 300_000, "cells widen in degrees towards a pole"),
        ("north-cap", 899_000_000, -300_000_000, 300_000, "the cap is one cell"),
        ("south-cap", -900_000_000, 0, 10_000_000, "a pole"),
    ):  # fmt: skip
        asked = {"latitude_e7": latitude, "longitude_e7": longitude, "precision_mm": precision_mm}
        told = coarse_form(latitude, longitude, precision_mm)
        files = {"place.json": json.dumps(asked, sort_keys=True).encode() + b"\n"}
        yield Case(f"coarse-{name}", "P16", why, files, None, {"disc": told})


def coarse_form(latitude_e7: int, longitude_e7: int, precision_mm: int) -> Fields:
    """Middle and radius of the form of a point, by §6 of the page."""
    level = next(n for n in range(17, 8, -1) if HEIGHT_M / 2**n * 1000 >= precision_mm)
    row = min(int(Fraction(latitude_e7 + HALF_TURN_E7 // 2, HALF_TURN_E7) * 2**level), 2**level - 1)
    band = row // 2 ** (level - 9)
    margin_m = HEIGHT_M / 2**level / 2
    if band in (0, 511):
        way_m = math.radians(180 / 512) * A_M**2 / B_M
        pole = -HALF_TURN_E7 // 2 if band == 0 else HALF_TURN_E7 // 2
        return {
            "latitude_e7": pole,
            "longitude_e7": 0,
            "radius_mm": math.ceil((way_m + margin_m + 1) * 1000),
        }
    farthest_deg = max(abs(band / 512 * 180 - 90), abs((band + 1) / 512 * 180 - 90))
    most = 2**level * 2 * A_M * math.cos(math.radians(farthest_deg)) / (A_M * (1 - E2))
    columns = next(2**m for m in range(40, -1, -1) if 2**m <= most)
    turned = (longitude_e7 + HALF_TURN_E7) % (2 * HALF_TURN_E7)
    column = turned * columns // (2 * HALF_TURN_E7)
    south, north = (
        Fraction(n * HALF_TURN_E7, 2**level) - HALF_TURN_E7 // 2 for n in (row, row + 1)
    )
    west, east = (
        Fraction(n * 2 * HALF_TURN_E7, columns) - HALF_TURN_E7 for n in (column, column + 1)
    )
    nearest_deg = 0.0 if south < 0 < north else float(min(abs(south), abs(north))) / 1e7
    sine = math.sin(math.radians(nearest_deg))
    parallel_m = A_M / math.sqrt(1 - E2 * sine * sine) * math.cos(math.radians(nearest_deg))
    high_m = math.radians(float(north - south) / 1e7) * A_M**2 / B_M
    wide_m = math.radians(float(east - west) / 1e7) * parallel_m
    radius_m = (high_m + wide_m) / 2 + margin_m + 1
    return {
        "latitude_e7": round((south + north) / 2),
        "longitude_e7": round((west + east) / 2),
        "radius_mm": math.ceil(radius_m * 1000),
    }
