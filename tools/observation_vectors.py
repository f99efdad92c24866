"""The vectors of docs/spec/observation.md: signed records by name, rule and reason, and what support is counted.

Cells and counts are worked out by hand from the page. Nothing here imports comity.
"""

from collections.abc import Iterator
from typing import Any

from tools.notice_vectors import ABSENT, changed
from tools.record_vectors import known_keys, payload, sealed
from tools.vector_cases import ALFA, BRAVO, CHARLIE, Case, Fields

__all__ = ["cases", "known_keys"]

MADE_AT = "2026-11-28T13:55:00.000Z"
ID, ORIGIN = f"{ALFA.id}/00000000000000a1", f"{ALFA.id}/00000000000000e1"
NAMED, OTHER = "d3" * 32, "d4" * 32
# 46.3°N: row 6203 of level 13 is 46.296 to 46.318°N; the column is any
AREA: Fields = {"column": 10, "level": 13, "row": 6203}
COMMON: Fields = {
    "area": AREA,
    "begins": "2026-11-28T13:30:00.000Z",
    "consent": None,
    "credibility": 3,
    "ends": "2026-11-28T13:50:00.000Z",
    "kind": "hazard-to-flight",
    "legal_basis": "flight-safety",
    "nature": "navigation-interference",
    "observation": ID,
    "provenance": [],
    "subject": None,
    "words": "Position lost.",
}
ENTRY: Fields = COMMON | {
    "labels": ["open"],
    "origin": ORIGIN,
    "replaces": None,
    "revision": 1,
    "source": {"kind": "crew", "name": "Crew of the day", "reliability": "B"},
    "words_below": "",
}
REPORT: Fields = COMMON | {
    "approval": None,
    "onward": [],
    "origins": [ORIGIN],
    "source": {"kind": None, "reliability": "B"},
    "supersedes": None,
}
SITE: Fields = {"digest": NAMED, "id": f"{CHARLIE.id}/00000000000000c1", "kind": "site"}
MOVEMENT: Fields = {**SITE, "kind": "movement"}
DAMAGE: Fields = {"kind": "site-damage", "nature": "water", "area": None, "subject": SITE}
LINK: Fields = {"observation": ID, "record": NAMED, "relation": "derived-from"}
RULE: Fields = {
    "kinds": ["airspace-event", "hazard-to-flight"],
    "level_max": 13,
    "marking": "tlp:amber",
    "onward": [],
    "recipients": [BRAVO.id],
    "source": "reliability",
    "time_step_s": 600,
    "two_persons": True,
    "words": "below-tear-line",
}
POLICY: Fields = {"labels": {"near": {"same_as": "open"}, "open": RULE}}
CONSENT: Fields = {
    "kinds": ["site-access-blocked", "site-damage"],
    "observer": BRAVO.id,
    "parties": [CHARLIE.id],
    "subject": {"id": f"{ALFA.id}/00000000000000c1", "kind": "site"},
    "until": "2026-12-28T00:00:00.000Z",
}
BODIES: dict[str, Fields] = {
    "entry": ENTRY,
    "report": REPORT,
    "approval": {"entry": NAMED, "form": OTHER, "recipient": BRAVO.id},
    "verification": {"beside": [OTHER], "record": NAMED, "words": ""},
    "ending": {"observation": ID, "reason": "an error", "record": NAMED},
    "withdrawal": {"observation": ID, "reason": "an error", "record": NAMED},
    "policy": POLICY,
    "consent": CONSENT,
    "consent-withdrawal": {"consent": NAMED, "reason": ""},
}
PRIVATE = {"entry", "approval", "verification", "ending", "policy"}


def cases() -> Iterator[Case]:
    """Every case of the page."""
    for kind, body in BODIES.items():
        yield good("plain", "O1", "the plain form", kind, body)
    yield from accepted()
    yield from rejected_everywhere()
    yield from rejected_said()
    yield from rejected_policies()
    yield from counted()


def accepted() -> Iterator[Case]:
    """Bodies that every reader takes."""
    for level, row, column in ((9, 256, 511), (14, 8192, 0), (14, 16384, 0), (9, -1, 0)):
        area = {"column": column, "level": level, "row": row}
        why = "a cap" if row in (-1, 1 << level) else "an outer cell"
        yield good(f"cell-{level}-{row}", "O5", why, "report", changed(REPORT, area=area))
    yield good("damage", "O13", "with consent", "report", {**REPORT, **DAMAGE, "consent": OTHER})
    mine = {**SITE, "id": f"{ALFA.id}/00000000000000c1"}
    yield good("damage-own", "O13", "its own site", "report", {**REPORT, **DAMAGE, "subject": mine})
    theirs = {**SITE, "id": f"{BRAVO.id}/00000000000000c1"}
    to_owner = {**REPORT, **DAMAGE, "subject": theirs}
    yield good("damage-to-owner", "O13", "its owner hears of it", "report", to_owner)
    route = {"kind": "hazard-to-movement", "nature": "flood", "subject": MOVEMENT, "consent": OTHER}
    yield good("movement", "O4", "a movement and a cell", "report", {**REPORT, **route})
    yield good("unknown-source", "O10", "nothing of it", "report", changed(REPORT, source=None))
    yield good("no-origin", "O11", "not known", "report", changed(REPORT, origins=[]))
    two = [LINK, {**LINK, "record": OTHER}, {**LINK, "relation": "same-origin"}]
    yield good("provenance", "O11", "ascending", "report", changed(REPORT, provenance=two))
    approval = {"operator": "ben", "record": NAMED}
    yield good("approved", "O12", "two persons", "report", changed(REPORT, approval=approval))
    month = changed(REPORT, ends="2026-12-29T13:30:00.000Z")
    yield good("31-days", "O8", "31 days to the millisecond", "report", month)
    yield good(
        "numbers",
        "O9",
        "figures that are no position",
        "report",
        changed(REPORT, words="Below 1,500 ft from 13:30 to 13:50 UTC, 3 aircraft, QNH 1013.25."),
    )
    yield good(
        "revision-2", "O7", "after the first", "entry", changed(ENTRY, revision=2, replaces=NAMED)
    )
    yield good("no-labels", "O14", "it goes nowhere", "entry", changed(ENTRY, labels=[]))
    chain = {"a": {"same_as": "b"}, "b": {"same_as": "open"}, "open": RULE}
    yield good("chain", "O14", "ends at a rule", "policy", {"labels": chain})


def rejected_everywhere() -> Iterator[Case]:
    """What is refused of every kind."""
    for kind, body in BODIES.items():
        for name in body:
            without = changed(body, **{name: ABSENT})
            yield bad(f"no-{name}", "O3", "missing-field", "left out", kind, without)
        yield bad("by-node", "O2", "person-required", "no person", kind, body, operator="node")
        yield bad("version", "O3", "field-limit", "version 2", kind, body, kind_version=2)
        to = [BRAVO.id] if kind in PRIVATE else []
        yield bad(
            "recipients", "O1", "observation-recipients", "not its own", kind, body, recipients=to
        )
        for name in ("latitude_deg_e7", "target", "priority", "unit", "tomorrow"):
            more = {**body, name: 1}
            yield bad(f"field-{name}", "O3", "observation-field", "not on the page", kind, more)
    for name, inner in (("area", AREA), ("source", REPORT["source"])):
        more = changed(REPORT, **{name: {**inner, "latitude_deg_e7": 1}})
        yield bad(f"field-in-{name}", "O3", "observation-field", "beside it", "report", more)
    both = sorted([BRAVO.id, CHARLIE.id])
    for kind in ("report", "withdrawal"):
        yield bad("to-two", "O1", "observation-recipients", "a list of who was told", kind,
                  BODIES[kind], recipients=both)  # fmt: skip


def rejected_said() -> Iterator[Case]:
    """What is refused of an entry or a report."""
    form, limit = "field-form", "field-limit"
    elsewhere = f"{BRAVO.id}/00000000000000a1"
    for kind in ("entry", "report", "ending", "withdrawal"):
        stated = changed(BODIES[kind], observation=elsewhere)
        yield bad("owner", "O6", "observation-owner", "another's", kind, stated)
    foreign = changed(ENTRY, origin=f"{BRAVO.id}/00000000000000e1")
    yield bad("origin", "O6", "observation-owner", "another's source", "entry", foreign)
    point = {"latitude_deg_e7": 463000000, "longitude_deg_e7": 75000000}
    for name, area in (
        ("null", None),
        ("level-15", {**AREA, "level": 15}),
        ("level-8", {**AREA, "level": 8, "row": 193}),
        ("row", {**AREA, "row": 8193}),
        ("column", {**AREA, "column": 1 << 14}),
        ("cap-column", {"column": 1, "level": 13, "row": -1}),
        ("polar-row", {"column": 0, "level": 13, "row": 0}),
    ):
        yield bad(
            f"area-{name}", "O5", "observation-area", name, "report", changed(REPORT, area=area)
        )
    yield bad("area-point", "O5", "missing-field", "a point", "report", changed(REPORT, area=point))
    placed = {**REPORT, **DAMAGE, "consent": OTHER, "area": AREA}
    yield bad("site-area", "O5", "observation-area", "a site and a place", "report", placed)
    for name, kind, reason in (("target", "target", form), ("strike", "strike-assessment", form)):
        yield bad(
            f"kind-{name}", "O4", reason, "no kind here", "report", changed(REPORT, kind=kind)
        )
    for nature in ("artillery", "air-defence", "command-post", "road"):
        stated = changed(REPORT, nature=nature)
        yield bad(f"nature-{nature}", "O4", "observation-kind", "not of it", "report", stated)
    yield bad("subject", "O4", "observation-kind", "a flight has none", "report",
              changed(REPORT, subject=SITE))  # fmt: skip
    yield bad("site-without", "O4", "observation-kind", "of no site", "report",
              {**REPORT, **DAMAGE, "subject": None})  # fmt: skip
    yield bad("other-subject", "O4", "observation-kind", "a movement", "report",
              {**REPORT, **DAMAGE, "subject": MOVEMENT, "consent": OTHER})  # fmt: skip
    yield bad("not-asked", "O13", "observation-consent", "its owner was not asked", "report",
              {**REPORT, **DAMAGE})  # fmt: skip
    yield bad("forged", "O13", "observation-consent", "for another's site", "consent",
              changed(CONSENT, subject__id=f"{BRAVO.id}/00000000000000c1"))  # fmt: skip
    yield bad("consent-elsewhere", "O1", "observation-recipients", "the observer is not told",
              "consent", changed(CONSENT, observer=CHARLIE.id))  # fmt: skip
    alone = changed(REPORT, approval={"operator": "ada", "record": NAMED})
    yield bad("approves-own", "O12", "observation-second-person", "one person", "report", alone)
    for name, said in POSITIONS.items():
        stated = changed(REPORT, words=said)
        yield bad(f"position-{name}", "O9", "observation-position", said, "report", stated)
        below = changed(ENTRY, words_below=said)
        yield bad(f"position-{name}", "O9", "observation-position", said, "entry", below)
    for name, said in (("bidi", "safe\u202ereverse"), ("line", "one\ntwo"), ("nfd", "e\u0301")):
        yield bad(
            f"words-{name}", "O9", form, "hostile text", "report", changed(REPORT, words=said)
        )
    for name, value in (("0", 0), ("7", 7)):
        stated = changed(REPORT, credibility=value)
        yield bad(f"credibility-{name}", "O10", limit, "1 to 6", "report", stated)
    yield bad(
        "reliability", "O10", form, "A to F", "report", changed(REPORT, source__reliability="G")
    )
    yield bad("revision", "O7", "observation-revision", "replaces nothing", "entry",
              changed(ENTRY, revision=2))  # fmt: skip
    yield bad(
        "instant", "O8", limit, "no time at all", "report", changed(REPORT, ends=REPORT["begins"])
    )
    yield bad("too-long", "O8", limit, "31 days and 1 ms", "report",
              changed(REPORT, ends="2026-12-29T13:30:00.001Z"))  # fmt: skip
    twice = changed(REPORT, provenance=[LINK, LINK])
    yield bad("provenance-twice", "O11", form, "one step twice", "report", twice)
    strange = changed(REPORT, provenance=[{**LINK, "relation": "supports"}])
    yield bad("relation", "O11", form, "no relation", "report", strange)
    yield bad("origins-order", "O11", form, "not ascending", "report",
              changed(REPORT, origins=[ORIGIN, ORIGIN]))  # fmt: skip
    yield bad("beside-itself", "O11", form, "beside nothing", "verification",
              changed(BODIES["verification"], beside=[]))  # fmt: skip


def rejected_policies() -> Iterator[Case]:
    """Policies that are refused."""
    for name, labels in (
        ("loop", {"a": {"same_as": "b"}, "b": {"same_as": "a"}, "open": RULE}),
        ("loop-of-one", {"a": {"same_as": "a"}}),
        ("nowhere", {"a": {"same_as": "b"}, "open": RULE}),
        ("red-onward", {"open": {**RULE, "marking": "tlp:red", "onward": [BRAVO.id]}}),
    ):
        yield bad(name, "O14", "observation-policy", name, "policy", {"labels": labels})
    for name, changes in (
        ("level", {"level_max": 15}),
        ("step", {"time_step_s": 61}),
    ):
        labels = {"open": {**RULE, **changes}}
        yield bad(name, "O14", "field-limit", name, "policy", {"labels": labels})
    yield bad("empty", "O14", "field-limit", "no label", "policy", {"labels": {}})
    yield bad("marking", "O14", "field-form", "no marking", "policy",
              {"labels": {"open": {**RULE, "marking": "secret"}}})  # fmt: skip
    yield bad("rule-field", "O3", "observation-field", "beside a rule", "policy",
              {"labels": {"open": {**RULE, "target": 1}}})  # fmt: skip


POSITIONS = {
    "degrees": "debris at 46.3012, 7.5521",
    "minutes": "debris at 46°18'N 007°33'E",
    "letters-first": "debris at N46 18.1 E007 33.1",
    "joined": "debris at 4618N00733E",
    "grid": "debris at 32TLS 83307 10394",
    "plus-code": "debris at 8FR98H22+2C",
}


def counted() -> Iterator[Case]:
    """What support is counted at bravo, by hand."""
    a, b, c = "a", "b", "c"  # alfa, bravo, charlie
    one = tell(1, a, "a1")
    yield count("one", "one report of one origin", [one], 1, 1, [])
    passed = tell(2, c, "", [("derived-from", 1)])
    yield count("channel", "passed on by another", [one, passed], 1, 1, [])
    again = tell(3, c, "a1", [("reported-by", 2)])
    yield count("two-channels", "three reports, one origin", [one, passed, again], 1, 1, [])
    yield count("two-words", "two parties, two origins", [one, tell(2, c, "c1")], 2, 2, [])
    yield count("one-word", "two origins of one party", [one, tell(2, a, "a2")], 2, 1, [])
    own = tell(2, b, "b1")
    yield count("own", "another's and one's own", [one, own], 2, 2, [])
    yield count("own-twice", "two sources of one's own", [own, tell(3, b, "b2")], 2, 2, [])
    back = tell(3, a, "", [("derived-from", 2)])
    yield count("circular", "one's own came back", [own, back], 1, 1, [3])
    same = tell(3, c, "c1", [("same-origin", 1)])
    yield count("same-origin", "two that are said to be one", [one, same], 1, 1, [])
    fused = tell(3, c, "", [("derived-from", 1), ("derived-from", 2)])
    yield count("fused", "made of two origins", [one, tell(2, b, "b1"), fused], 2, 2, [3])
    yield count("unknown", "of no known origin", [one, tell(2, c, "")], 1, 1, [])
    borrowed = [tell(1, c, "a1"), tell(2, c, "c1")]
    yield count("in-anothers-name", "alfa's origin by charlie's word", borrowed, 2, 1, [])


def tell(number: int, author: str, origin: str, steps: Any = ()) -> Fields:
    """One record of the arithmetic: by whom, of which origin, resting on which."""
    return {"number": number, "author": author, "origin": origin, "steps": [list(e) for e in steps]}


def count(
    name: str, why: str, told: list[Fields], stated: int, number: int, circular: list[int]
) -> Case:
    """What bravo counts of some records."""
    values = {"told": told, "stated": stated, "counted": number, "circular": circular}
    return Case(f"support-{name}", "S6", why, {"me.txt": b"b"}, values=values)


def record(kind: str, body: Fields, **envelope: Any) -> bytes:
    """A signed record of one kind, by alfa."""
    to = [] if kind in PRIVATE else [BRAVO.id]
    if kind == "consent":
        to = sorted([BRAVO.id, CHARLIE.id]) if body.get("observer") != CHARLIE.id else [BRAVO.id]
    fields = {
        "author": ALFA.id,
        "recipients": to,
        "kind": f"observation.{kind}",
        "operator": "ada",
        "made_at": MADE_AT,
        "body": body,
    }
    return sealed(payload(**(fields | envelope)), ALFA)


def good(name: str, rule: str, why: str, kind: str, body: Fields) -> Case:
    """A record whose body is read, and written again the same."""
    return Case(f"{kind}-{name}", rule, why, {"envelope.json": record(kind, body)})


def bad(
    name: str, rule: str, reason: str, why: str, kind: str, body: Fields, **envelope: Any
) -> Case:
    """A record that opens, and whose body is refused."""
    files = {"envelope.json": record(kind, body, **envelope)}
    return Case(f"{kind}-{name}_reject", rule, why, files, reason)
