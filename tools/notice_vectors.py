"""The vectors of docs/spec/notice.md: signed records by name, rule and reason, and what is found in notices.

What is found is worked out by hand from the page, the arithmetic beside it. Nothing here imports comity.
"""

import copy
from collections.abc import Iterator
from typing import Any

from tools.record_vectors import known_keys, payload, sealed
from tools.vector_cases import ALFA, BRAVO, Case, Fields, Party

__all__ = ["cases", "known_keys"]

ABSENT = object()
MADE_AT = "2026-11-28T13:39:00.000Z"
NOTICE_ID = f"{ALFA.id}/00000000000000a1"
AGREEMENT, NAMED = "a1" * 32, "d3" * 32
CIRCLE: Fields = {
    "edge": "geodesic",
    "kind": "path",
    "latitude_deg_e7": [353333333],
    "longitude_deg_e7": [399166667],
    "radius_mm": 5000000,
}
GROUND: Fields = {"datum": "AGL", "height_mm": 0}
FL320: Fields = {"datum": "QNE", "height_mm": 9753600}
FL530: Fields = {"datum": "QNE", "height_mm": 16154400}
BEGINS: Fields = {
    "at": "2026-11-28T14:00:00.000Z", "as_stated": "2026-11-28T17:00:00+03:00", "zone": "+03:00",
}  # fmt: skip
ENDS: Fields = {
    "at": "2026-11-28T16:00:00.000Z", "as_stated": "2026-11-28T19:00:00+03:00", "zone": "+03:00",
}  # fmt: skip
NOTICE: Fields = {
    "activity": "firing",
    "agreement": AGREEMENT,
    "areas": [{"lower": [GROUND], "shape": CIRCLE, "upper": [FL320]}],
    "contact": "Range control, by the line",
    "description": "Artillery practice.",
    "ends": [ENDS],
    "notice": NOTICE_ID,
    "place": "",
    "replaces": None,
    "revision": 1,
    "starts": [BEGINS],
}
CANCELLATION: Fields = {"notice": NOTICE_ID, "reason": "the range is closed", "record": NAMED}
ACKNOWLEDGEMENT: Fields = {"record": NAMED}
BODIES = {
    "notice": NOTICE,
    "cancellation": CANCELLATION,
    "acknowledgement": ACKNOWLEDGEMENT,
}


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from accepted()
    yield from rejected()
    yield from found()


def accepted() -> Iterator[Case]:
    """Bodies that every reader takes."""
    yield good("full", "C4", "the example of the page", "notice", NOTICE)
    nothing = changed(
        NOTICE, agreement=None, areas=[], contact="", description="", ends=[], starts=[]
    )
    yield good("nothing-stated", "C4", "a warning without anything is a warning", "notice", nothing)
    bare = changed(NOTICE, areas__0__lower=[], areas__0__upper=[])
    yield good("no-heights", "C7", "an area without limits", "notice", bare)
    four = changed(NOTICE, areas__0__upper=[FL320, FL530, FL320, FL530])
    yield good("four-limits", "C7", "four statements of one limit", "notice", four)
    upside = changed(NOTICE, areas__0__lower=[FL530])
    yield good("upside-down", "C7", "a lower limit above the upper", "notice", upside)
    yield good(
        "reversed",
        "C8",
        "ends before it begins",
        "notice",
        changed(NOTICE, starts=[ENDS], ends=[BEGINS]),
    )
    month = {**ENDS, "at": "2026-12-29T14:00:00.000Z"}
    yield good(
        "31-days", "C9", "31 days to the millisecond", "notice", changed(NOTICE, ends=[month])
    )
    second = changed(NOTICE, revision=2, replaces=NAMED)
    yield good("revision-2", "C6", "a revision names the one before", "notice", second)
    yield good("revision-999", "C6", "the last", "notice", changed(second, revision=999))
    yield good(
        "words-long", "C10", "1,000 characters", "notice", changed(NOTICE, description="é" * 1000)
    )
    yield good(
        "arabic",
        "C10",
        "another script",
        "notice",
        changed(NOTICE, description="تدريب على الرماية"),
    )
    yield good(
        "unknown-field", "C4", "a field of tomorrow is kept", "notice", {**NOTICE, "tomorrow": 1}
    )
    yield good("plain", "C5", "taken back", "cancellation", CANCELLATION)
    yield good(
        "no-reason", "C10", "without a reason", "cancellation", changed(CANCELLATION, reason="")
    )
    yield good("plain", "C3", "a person has it", "acknowledgement", ACKNOWLEDGEMENT)


def rejected() -> Iterator[Case]:
    """Bodies that every reader refuses."""
    for kind, body in BODIES.items():
        for name in body:
            yield bad(
                f"no-{name}",
                "C4",
                "missing-field",
                "left out",
                kind,
                changed(body, **{name: ABSENT}),
            )
        yield bad("by-node", "C3", "person-required", "no person", kind, body, operator="node")
        yield bad("to-nobody", "C1", "notice-recipients", "to nobody", kind, body, recipients=[])
        yield bad("version", "C4", "field-limit", "version 2", kind, body, kind_version=2)
    form, limit = "field-form", "field-limit"
    other = f"{BRAVO.id}/00000000000000a1"
    for kind in ("notice", "cancellation"):
        yield bad(
            "owner",
            "C5",
            "notice-owner",
            "minted by another",
            kind,
            changed(BODIES[kind], notice=other),
        )
        yield bad(
            "id-form", "C5", form, "15 digits", kind, changed(BODIES[kind], notice=NOTICE_ID[:-1])
        )
    yield bad("revision-0", "C6", limit, "0", "notice", changed(NOTICE, revision=0))
    yield bad(
        "revision-1000",
        "C6",
        limit,
        "1000",
        "notice",
        changed(NOTICE, revision=1000, replaces=NAMED),
    )
    yield bad(
        "first-replaces",
        "C6",
        "notice-revision",
        "nothing came before",
        "notice",
        changed(NOTICE, replaces=NAMED),
    )
    yield bad(
        "second-alone", "C6", "notice-revision", "names none", "notice", changed(NOTICE, revision=2)
    )
    yield bad(
        "activity-capitals", "C4", form, "capitals", "notice", changed(NOTICE, activity="Firing")
    )
    yield bad(
        "agreement-form", "C4", form, "63 digits", "notice", changed(NOTICE, agreement="a" * 63)
    )
    area = NOTICE["areas"][0]
    yield bad("areas-101", "C7", limit, "101 areas", "notice", changed(NOTICE, areas=[area] * 101))
    yield bad("area-text", "C7", form, "a text", "notice", changed(NOTICE, areas=["here"]))
    yield bad(
        "area-no-shape",
        "C7",
        "missing-field",
        "no shape",
        "notice",
        changed(NOTICE, areas__0__shape=ABSENT),
    )
    yield bad(
        "area-no-upper",
        "C7",
        "missing-field",
        "no list",
        "notice",
        changed(NOTICE, areas__0__upper=ABSENT),
    )
    yield bad(
        "limits-5", "C7", limit, "five", "notice", changed(NOTICE, areas__0__upper=[FL320] * 5)
    )
    yield bad("limit-null", "C7", form, "null", "notice", changed(NOTICE, areas__0__upper=[None]))
    yield bad(
        "limit-datum", "C7", form, "MSL", "notice", changed(NOTICE, areas__0__upper__0__datum="MSL")
    )
    yield bad(
        "limit-no-datum",
        "C7",
        "missing-field",
        "no datum",
        "notice",
        changed(NOTICE, areas__0__upper__0__datum=ABSENT),
    )
    yield bad(
        "limit-high",
        "C7",
        limit,
        "above 100 km",
        "notice",
        changed(NOTICE, areas__0__upper__0__height_mm=100000001),
    )
    yield bad(
        "limit-float",
        "C7",
        form,
        "a text",
        "notice",
        changed(NOTICE, areas__0__upper__0__height_mm="1"),
    )
    yield bad(
        "shape-malformed",
        "C7",
        "volume-malformed",
        "no kind",
        "notice",
        changed(NOTICE, areas__0__shape__kind=ABSENT),
    )
    yield bad(
        "shape-invalid",
        "C7",
        "volume-invalid",
        "beyond the pole",
        "notice",
        changed(NOTICE, areas__0__shape__latitude_deg_e7=[900000001]),
    )
    yield bad("starts-5", "C8", limit, "five", "notice", changed(NOTICE, starts=[BEGINS] * 5))
    yield bad("start-text", "C8", form, "a text", "notice", changed(NOTICE, starts=["14:00"]))
    yield bad(
        "start-no-zone",
        "C8",
        "missing-field",
        "no zone",
        "notice",
        changed(NOTICE, starts__0__zone=ABSENT),
    )
    yield bad(
        "start-zone-empty", "C8", form, "no zone", "notice", changed(NOTICE, starts__0__zone="")
    )
    yield bad(
        "start-stated-long",
        "C8",
        form,
        "65 characters",
        "notice",
        changed(NOTICE, starts__0__as_stated="1" * 65),
    )
    yield bad(
        "start-spelling",
        "C8",
        form,
        "no milliseconds",
        "notice",
        changed(NOTICE, starts__0__at="2026-11-28T14:00:00Z"),
    )
    late = {**ENDS, "at": "2026-12-29T14:00:00.001Z"}
    yield bad(
        "31-days-and-a-bit",
        "C9",
        limit,
        "a millisecond more",
        "notice",
        changed(NOTICE, ends=[late]),
    )
    yield bad(
        "words-1001",
        "C10",
        form,
        "1,001 characters",
        "notice",
        changed(NOTICE, description="x" * 1001),
    )
    yield bad(
        "place-201", "C10", form, "201 characters", "notice", changed(NOTICE, place="x" * 201)
    )
    yield bad(
        "contact-bidi",
        "C10",
        form,
        "turns what follows",
        "notice",
        changed(NOTICE, contact="a\u202eb"),
    )
    yield bad(
        "words-zero-width",
        "C10",
        form,
        "not seen",
        "notice",
        changed(NOTICE, description="a\u200bb"),
    )
    yield bad(
        "words-newline", "C10", form, "two lines", "notice", changed(NOTICE, description="a\nb")
    )
    yield bad(
        "words-not-nfc",
        "C10",
        form,
        "e and an accent",
        "notice",
        changed(NOTICE, description="e\u0301"),
    )
    yield bad("words-number", "C10", form, "no text", "notice", changed(NOTICE, description=1))
    yield bad(
        "reason-401",
        "C10",
        form,
        "401 characters",
        "cancellation",
        changed(CANCELLATION, reason="x" * 401),
    )
    yield bad(
        "record-form",
        "C5",
        form,
        "capitals",
        "cancellation",
        changed(CANCELLATION, record="D" * 64),
    )
    yield bad(
        "record-form",
        "C4",
        form,
        "no digest",
        "acknowledgement",
        changed(ACKNOWLEDGEMENT, record="x"),
    )


def found() -> Iterator[Case]:
    """Notices and what is found in them: rules in order, by field; figures where there are any."""
    # received when it was made, 13:39, and it begins at 14:00: 21 min, 1260 s
    yield check("late", "N2", "7200 s are agreed", NOTICE, 7200, [["N2", "starts"]],
                figures={"N2": {"lead_s": 1260, "agreed_s": 7200, "short_s": 5940}})  # fmt: skip
    yield check("in-time", "N2", "to the second", NOTICE, 1260, [])
    yield check("late-by-a-second", "N2", "one second more is agreed", NOTICE, 1261, [["N2", "starts"]],
                figures={"N2": {"lead_s": 1260, "agreed_s": 1261, "short_s": 1}})  # fmt: skip
    yield check(
        "class-unknown",
        "N1",
        "no lead for it",
        changed(NOTICE, activity="parade"),
        1260,
        [["N1", "activity"]],
    )
    yield check(
        "no-start",
        "N1",
        "no beginning",
        changed(NOTICE, starts=[]),
        1260,
        [["N1", "starts"], ["N3", "starts"]],
    )
    empty = changed(NOTICE, areas=[], starts=[], ends=[], description="", contact="")
    names = ("areas", "starts", "ends", "description", "contact")
    yield check(
        "nothing",
        "N3",
        "nothing is stated",
        empty,
        1260,
        [["N1", "starts"], *(["N3", name] for name in names)],
    )
    bare = changed(NOTICE, areas__0__lower=[], areas__0__upper=[])
    yield check("no-heights", "N3", "no limits", bare, 1260, [["N3", "areas[0].lower"], ["N3", "areas[0].upper"]],
                held={"lower_mm": -1000000, "upper_mm": 100000000})  # fmt: skip
    two = changed(NOTICE, areas__0__upper=[FL320, FL530])
    yield check("two-uppers", "N9", "FL320 and FL530 (L-23)", two, 1260, [["N9", "areas[0].upper"]],
                held={"lower_mm": 0, "upper_mm": 16154400})  # fmt: skip
    same = changed(NOTICE, areas__0__upper=[FL320, FL320])
    yield check("said-twice", "N9", "one limit, said twice", same, 1260, [])
    upside = changed(NOTICE, areas__0__lower=[FL530])
    yield check("upside-down", "N10", "FL530 to FL320", upside, 1260, [["N10", "areas[0]"]],
                held={"lower_mm": 9753600, "upper_mm": 16154400})  # fmt: skip
    turned = changed(NOTICE, starts=[ENDS], ends=[BEGINS])
    yield check("reversed", "N11", "14:00 and 16:00, reversed", turned, 1260, [["N11", "ends"]],
                held={"start": BEGINS["at"], "end": ENDS["at"]})  # fmt: skip
    earlier = {**BEGINS, "at": "2026-11-28T13:59:00.000Z"}
    twice = changed(NOTICE, starts=[BEGINS, earlier])
    yield check("two-starts", "N9", "the earlier one counts: 1200 s", twice, 1260, [["N2", "starts"], ["N9", "starts"]],
                figures={"N2": {"lead_s": 1200, "agreed_s": 1260, "short_s": 60}})  # fmt: skip
    day = {**ENDS, "at": "2026-11-29T14:00:01.000Z"}
    yield check("day-and-a-second", "N8", "86,401 s", changed(NOTICE, ends=[day]), 1260, [["N8", "ends"]],
                figures={"N8": {"span_s": 86401}})  # fmt: skip
    yield check(
        "vague-word",
        "N4",
        "«near»",
        changed(NOTICE, description="Near the river."),
        1260,
        [["N4", "description"]],
    )
    yield check(
        "vague-russian",
        "N4",
        "«вблизи»",
        changed(NOTICE, place="Вблизи реки"),
        1260,
        [["N4", "place"]],
    )
    yield check(
        "word-within",
        "N4",
        "«nearly» is another word",
        changed(NOTICE, description="Nearly done."),
        1260,
        [],
    )
    yield check(
        "direction",
        "N4",
        "a direction and no distance",
        changed(NOTICE, place="north of the town"),
        1260,
        [["N4", "place"]],
    )
    yield check(
        "feet",
        "N5",
        "no datum",
        changed(NOTICE, description="Up to 3000 ft."),
        1260,
        [["N5", "description"]],
    )
    wide = changed(NOTICE, areas__0__shape__radius_mm=100001000)
    yield check(
        "wide",
        "N6",
        "twice 100.001 km",
        wide,
        1260,
        [["N6", "areas[0].shape"]],
        figures={"N6": {"across_m": 200002}},
    )
    level = changed(NOTICE, description="Up to FL290.")
    yield check("level", "N12", "FL290 is no limit", level, 1260, [["N12", "description"]],
                held={"lower_mm": 0, "upper_mm": 9753600})  # fmt: skip
    yield check("level-above", "N12", "FL400 widens the upper limit", changed(NOTICE, description="Up to FL400."), 1260,
                [["N12", "description"]], held={"lower_mm": 0, "upper_mm": 12192000})  # fmt: skip
    yield check(
        "level-same",
        "N12",
        "FL320 is the limit",
        changed(NOTICE, description="Up to FL320."),
        1260,
        [],
    )
    yield check(
        "clock",
        "N13",
        "15:30 is neither",
        changed(NOTICE, description="Until 1530Z."),
        1260,
        [["N13", "description"]],
    )
    yield check(
        "clock-same",
        "N13",
        "14:00 is the beginning",
        changed(NOTICE, description="From 14:00 UTC."),
        1260,
        [],
    )
    # 35 20 N 039 55 E is the middle; 35 20 06 N 040 08 30 E is 20.4 km east of it, and the radius is 5 km
    away = changed(NOTICE, description="Keep off 352006N0400830E.")
    yield check("position", "N14", "outside", away, 1260, [["N14", "description"]])
    inside = changed(NOTICE, description="At 3520N03955E.")
    yield check("position-inside", "N14", "the middle", inside, 1260, [])
    foreign = changed(NOTICE, agreement="b2" * 32)
    yield check("agreement", "N16", "another one", foreign, 1260, [["N16", "agreement"]])


def changed(body: Fields, **changes: Any) -> Fields:
    """A body with some members changed, or left out where the value is ABSENT; `a__b` is b in a."""
    fresh = copy.deepcopy(body)
    for path, value in changes.items():
        *steps, last = path.split("__")
        place: Any = fresh
        for step in steps:
            place = place[int(step) if step.isdigit() else step]
        if value is ABSENT:
            del place[last]
        else:
            place[int(last) if last.isdigit() else last] = value
    return fresh


def record(kind: str, body: Fields, **envelope: Any) -> bytes:
    """A signed record of one kind; acknowledgements are bravo's, everything else alfa's."""
    party: Party = BRAVO if kind == "acknowledgement" else ALFA
    other = ALFA if party is BRAVO else BRAVO
    fields = {
        "author": party.id,
        "recipients": [other.id],
        "kind": f"notice.{kind}",
        "operator": "ada",
        "made_at": MADE_AT,
        "body": body,
    }
    return sealed(payload(**(fields | envelope)), party)


def good(name: str, rule: str, why: str, kind: str, body: Fields) -> Case:
    """A record whose body is read, and written again the same."""
    return Case(f"{kind}-{name}", rule, why, {"envelope.json": record(kind, body)})


def bad(
    name: str, rule: str, reason: str, why: str, kind: str, body: Fields, **envelope: Any
) -> Case:
    """A record that opens, and whose body is refused."""
    files = {"envelope.json": record(kind, body, **envelope)}
    return Case(f"{kind}-{name}_reject", rule, why, files, reason)


def check(
    name: str,
    rule: str,
    why: str,
    body: Fields,
    lead_s: int,
    rules: list[list[str]],
    *,
    figures: Fields | None = None,
    held: Fields | None = None,
) -> Case:
    """What is found in a notice received when it was made, with so much lead agreed for firing."""
    values = {"lead_s": lead_s, "found": rules, "figures": figures or {}, "held": held or {}}
    return Case(f"found-{name}", rule, why, {"notice.json": record("notice", body)}, values=values)
