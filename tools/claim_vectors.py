"""The vectors of docs/spec/claim.md: files by name, rule, and the field they are refused by.

Speeds come from exact fractions of the page's units, outcomes from the page. Nothing here imports comity.
"""

from collections.abc import Iterator
from fractions import Fraction

from tools.vector_cases import Case, Fields

HEAD = """format = "comity-claim/1"
claimant = "Aurelia"
title = "An invented crossing"

[[sources]]
name = "letter"
kind = "own"
reference = "an invented letter"
origin = "Aurelia"
"""
STATEMENT = """
[[statements]]
name = "crossing"
topic = "border-crossed"
kind = "border-violation"
says = "yes"
words = "It crossed."
sources = ["letter"]
"""
STATUTE, NAUTICAL, KM = Fraction(1_609_344, 1000), Fraction(1852), Fraction(1000)


def known_keys() -> Fields:
    """No keys: a claim file is not signed."""
    return {}


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from _accepts()
    yield from _rejects()


def _accepts() -> Iterator[Case]:
    yield good("least", "F9", "no more than the page asks for", "", [], "weak")
    lead = 'length = "1.15 mi"\nduration = "17 s"\n'
    speeds = [_speed("1.15", unit, "17") for unit in (STATUTE, NAUTICAL)]
    yield good(
        "two-miles", "K2", "a bare mile is read twice", lead, ["computed"] * 2, "weak", speeds
    )
    agree = 'length = "2.0 km"\nduration = "10.0 s"\nspeed = "720 km/h"\n'
    one = [_speed("2.0", KM, "10.0")]
    yield good("speed-agrees", "K2", "spans that meet", agree, ["consistent"], "weak", one)
    apart = 'length = "2.0 km"\nduration = "10.0 s"\nspeed = "360 km/h"\n'
    yield good("speed-differs", "K2", "none that meet", apart, ["contradictory"], "discounted", one)
    edge = 'length = "100 m ± 0"\nduration = "10 s ± 0"\nspeed = "9 m/s ± 1"\n'
    ten = [_speed("100", Fraction(1), "10")]
    yield good("ends-touch", "K2", "an end in common is in both", edge, ["consistent"], "weak", ten)
    zeros = 'length = "2000 m"\nduration = "10 s"\nspeed = "330 m/s ± 1"\n'
    wide = [_speed("2000", Fraction(1), "10")]
    why = "zeros do not count as digits: 1,500 to 2,500 m in 5 to 15 s"
    yield good("zeros", "K2", why, zeros, ["consistent"], "weak", wide)
    open_to = 'length = "1.15 mi"\nduration = "17 s"\nspeed = "244 kt ± 3"\n'
    why = "what breaks under one mile alone is strained"
    outcomes = ["strained", "consistent"]
    yield good("one-mile-breaks", "K2", why, open_to, outcomes, "weak", speeds)
    yield good("disputed", "G4", "disputed by others", "disputed = true\n", [], "contested")
    as_json = (
        '{"format":"comity-claim/1","claimant":"Aurelia","title":"t","statements":[{"name":"a",'
        '"topic":"a","kind":"other","says":"unknown","words":"not known"}]}'
    )
    values: Fields = {"K2": [], "grade": "discounted", "speeds_mps": []}
    files = {"claim.json": as_json.encode()}
    yield Case("json", "G2", "JSON is read alike; no source is named", files, None, values)


def _rejects() -> Iterator[Case]:
    body = HEAD + STATEMENT
    yield bad("key-twice", "F3", "one value or the other", body + 'words = "no"\n', "claim")
    yield bad("not-utf8", "F1", "not UTF-8", body.encode() + b"# \xff", "claim")
    yield bad("too-deep", "F2", "nested", body + "x = " + "[" * 9 + "]" * 9, "claim")
    yield bad("bare-number", "F4", "no unit, no digits", body + "length = 1.15\n", _at("length"))
    date = "starts = { stated = 2026-11-28T12:00:00Z }\n"
    yield bad("bare-date", "F4", "no longer as stated", body + date, _at("starts.stated"))
    bidi = body.replace("It crossed.", "It \u202ecrossed.")
    yield bad("bidirectional", "F5", "shows other figures", bidi, _at("words"))
    yield bad("misspelt", "F6", "would be lost", body + 'lenght = "1 km"\n', _at("lenght"))
    capital = body.replace('"border-crossed"', '"Crossed"')
    yield bad("name-form", "F7", "not of the form", capital, _at("topic"))
    long = body.replace("It crossed.", "x" * 2001)
    yield bad("words-long", "F8", "above 2,000 characters", long, _at("words"))
    ghost = body.replace('["letter"]', '["ghost"]')
    yield bad("source-unknown", "F9", "not described", ghost, _at("sources"))
    limits = HEAD + '[[aircraft]]\nname = "a"\nspeed_max = "900 km/h"\n' + STATEMENT
    yield bad("limit-unsourced", "F10", "nobody says so", limits, "aircraft[0].limits_source")
    zoneless = 'starts = { stated = "2026-11-28T12:00:00" }\n'
    yield bad("no-zone", "F11", "L-15", body + zoneless, _at("starts.stated"))
    changed = 'starts = { stated = "2015-11-24T09:24:05+03:00", zone = "Europe/Istanbul" }\n'
    yield bad("zone-changed", "F12", "it was +02:00 by then", body + changed, _at("starts.zone"))
    yield bad("comma", "Q1", "a decimal sign or not", body + 'length = "1,150 km"\n', _at("length"))
    yield bad("unit", "Q1", "no unit of length", body + 'length = "17 s"\n', _at("length"))
    yield bad(
        "mach", "Q1", "no speed without a temperature", body + 'speed = "0.9 M"\n', _at("speed")
    )
    yield bad("zero", "Q2", "not above 0", body + 'duration = "0 s"\n', _at("duration"))
    empty = HEAD.replace("\n[[sources]]", "\nstatements = []\n[[sources]]")
    yield bad("no-statement", "F9", "a claim says something", empty, "statements")
    other = body.replace("comity-claim/1", "comity-claim/2")
    yield bad("version", "F9", "another version", other, "format")


def good(
    name: str,
    rule: str,
    why: str,
    lines: str,
    outcomes: list[str],
    grade: str,
    speeds: list[str] | None = None,
) -> Case:
    """A file that is read, with what follows from its one statement."""
    values: Fields = {"K2": outcomes, "grade": grade, "speeds_mps": speeds or []}
    files = {"claim.toml": (HEAD + STATEMENT + lines).encode()}
    return Case(name, rule, why, files, None, values)


def bad(name: str, rule: str, why: str, content: str | bytes, field: str) -> Case:
    """A file that is refused; the reason is the path of the field, `claim` the file as a whole."""
    content = content if isinstance(content, bytes) else content.encode()
    return Case(f"{name}_reject", rule, why, {"claim.toml": content}, field)


def _at(field: str) -> str:
    return f"statements[0].{field}"


def _speed(length: str, unit: Fraction, seconds: str) -> str:
    """Metres a second to the sixth digit after the point, rounded half to even by exact division."""
    return f"{float(round(Fraction(length) * unit / Fraction(seconds), 6)):.6f}"
