"""The vectors of docs/spec/intent.md: signed records by name, rule and reason, and ranks.

What an accepted record says is written by hand beside it; ISO weeks are a calendar's. Nothing here
imports comity.
"""

import copy
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from tools.record_vectors import known_keys, payload, sealed
from tools.vector_cases import ALFA, BRAVO, CHARLIE, Case, Fields, Party

__all__ = ["cases", "known_keys"]

MADE_AT = "2026-11-22T17:29:50.123Z"
INTENT = f"{ALFA.id}/00000000000000a1"
AGREEMENT, BORDER, ANOTHER = "a1" * 32, "b0" * 32, "c2" * 32
START, END = "2026-11-22T19:00:00.000Z", "2026-11-22T19:30:00.000Z"
ABSENT = object()

VOLUME: Fields = {
    "shape": {
        "edge": "geodesic",
        "kind": "path",
        "latitude_deg_e7": [470000000, 473000000],
        "longitude_deg_e7": [80000000, 85000000],
        "radius_mm": 1852000,
    },
    "lower": {"datum": "EGM2008", "height_mm": 900000},
    "upper": {"datum": "QNE", "height_mm": 3048000},
    "start": START,
    "end": END,
}
LATER: Fields = {**VOLUME, "start": END, "end": "2026-11-22T20:10:00.000Z"}
FOOTPRINT: Fields = {"flight_class": "standard", "volumes": [VOLUME, LATER]}
CELLS: Fields = {
    "flight_class": "standard",
    "cells": {
        "band_height_mm": 300000,
        # 1,795,374,000 s after 1970, 300 s a slot: 2026-11-22T19:00:00Z is slot 5,984,580
        "cells": [["871f8c4d1ffffff", 3, 5984580], ["871f8c4d1ffffff", 3, 5984581]],
        "datum": "EGM2008",
        "resolution": 7,
        "slot_s": 300,
    },
}
BASIS: Fields = {"agreement": AGREEMENT, "border": BORDER, "kernel": "pair-1"}
PROPOSAL: Fields = {
    **BASIS,
    "callsign": "RELIEF12",
    "decide_by": "2026-11-22T17:45:00.000Z",
    "disclosure": "full",
    "footprint": FOOTPRINT,
    "formation": None,
    "intent": INTENT,
    "priority": "medical",
    "replaces": None,
    "required": [BRAVO.id],
    "version": 1,
}
NAMED = "d3" * 32  # digest of a proposal
ASSENT: Fields = {**BASIS, "proposal": NAMED}
REFUSAL: Fields = {**ASSENT, "reason": "conflict", "detail": {"with": BRAVO.id}}
ACCEPTANCE: Fields = {
    "agreement": AGREEMENT,
    "assents": [{"digest": ANOTHER, "party": BRAVO.id}],
    "proposal": NAMED,
}
WITHDRAWAL: Fields = {"because": None, "proposal": NAMED, "reason": "operator"}
STATE: Fields = {"off_nominal": None, "proposal": NAMED, "state": "activated"}
ANNOUNCEMENT: Fields = {
    "callsign": "RELIEF12",
    "ends": None,
    "footprint": FOOTPRINT,
    "intent": INTENT,
    "precedence": "FLASH",
    "remark": "engine fire",
}
DOUBT: Fields = {"peer": BRAVO.id, "until": MADE_AT}
BODIES = {
    "proposal": PROPOSAL,
    "assent": ASSENT,
    "refusal": REFUSAL,
    "acceptance": ACCEPTANCE,
    "withdrawal": WITHDRAWAL,
    "state": STATE,
    "announcement": ANNOUNCEMENT,
    "doubt": DOUBT,
}


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from accepted()
    yield from rejected_proposals()
    yield from rejected_footprints()
    yield from rejected_others()
    yield from ranks()


def changed(body: Fields, **changes: Any) -> Fields:
    """A body with some members changed, or left out where the value is ABSENT; `a__b` is b in a."""
    fresh = copy.deepcopy(body)
    for path, value in changes.items():
        *steps, last = path.split("__")
        place: Any = fresh
        for step in steps:
            place = place[int(step) if step.isdigit() else step]
        key: Any = int(last) if last.isdigit() else last
        if value is ABSENT:
            del place[key]
        else:
            place[key] = value
    return fresh


def record(kind: str, body: Fields, **envelope: Any) -> bytes:
    """A signed record of one kind; answers are bravo's, everything else alfa's."""
    party: Party = BRAVO if kind in ("assent", "refusal") else ALFA
    other = ALFA if party is BRAVO else BRAVO
    fields = {
        "author": party.id,
        "recipients": [] if kind == "doubt" else [other.id],
        "kind": f"intent.{kind}",
        "operator": "node" if kind in ("assent", "refusal", "acceptance", "doubt") else "ada",
        "made_at": MADE_AT,
        "body": body,
    }
    return sealed(payload(**(fields | envelope)), party)


def good(name: str, rule: str, why: str, kind: str, body: Fields, **expected: Any) -> Case:
    """A record whose body is read; `expected` is what it says."""
    recipients = expected.pop("recipients", None)
    envelope = {} if recipients is None else {"recipients": recipients}
    files = {"envelope.json": record(kind, body, **envelope)}
    says: Fields = {"kind": f"intent.{kind}", "says": expected}
    return Case(f"{kind}-{name}", rule, why, files, values=says)


def bad(
    name: str, rule: str, reason: str, why: str, kind: str, body: Fields, **envelope: Any
) -> Case:
    """A record that opens, and whose body is refused."""
    files = {"envelope.json": record(kind, body, **envelope)}
    return Case(f"{kind}-{name}_reject", rule, why, files, reason)


def accepted() -> Iterator[Case]:
    """Bodies that every reader takes."""
    window = {"start": START, "end": "2026-11-22T20:10:00.000Z"}
    full: Fields = {"required": [BRAVO.id], "version": 1, "replaces": None, "parts": 2, **window}
    yield good("full", "I1", "the example of the page", "proposal", PROPOSAL, **full)
    # slots 5,984,580 and 5,984,581 of 300 s: ten minutes from seven in the evening
    in_cells = {"start": START, "end": "2026-11-22T19:10:00.000Z", "parts": 2}
    yield good(
        "cells", "I4", "a flight in cells; its window is that of the slots", "proposal",
        changed(PROPOSAL, footprint=CELLS, disclosure="cells"), **(full | in_cells),
    )  # fmt: skip
    yield good(
        "change", "I1", "a change names the accepted version", "proposal",
        changed(PROPOSAL, replaces=NAMED, version=9999), **(full | {"replaces": NAMED, "version": 9999}),
    )  # fmt: skip
    both = sorted((BRAVO.id, CHARLIE.id))
    yield good(
        "two-required", "I2", "two parties are asked", "proposal",
        changed(PROPOSAL, required=both), recipients=both, **(full | {"required": both}),
    )  # fmt: skip
    yield good(
        "nobody-required", "I2", "a flight that concerns nobody else", "proposal",
        changed(PROPOSAL, required=[]), recipients=[], **(full | {"required": []}),
    )  # fmt: skip
    yield good(
        "decide-by-when-made", "I3", "decided when it is made", "proposal",
        changed(PROPOSAL, decide_by=MADE_AT), **full,
    )  # fmt: skip
    yield good(
        "unknown-field", "I8", "a field of tomorrow is kept", "proposal",
        changed(PROPOSAL, tomorrow={"x": 1}), **full,
    )  # fmt: skip
    yield good(
        "nothing-optional", "I8", "null wherever null may stand", "proposal",
        changed(PROPOSAL, border=None, callsign=None), **full,
    )  # fmt: skip
    yield good("plain", "I8", "a yes", "assent", ASSENT, proposal=NAMED)
    yield good("conflict", "I11", "a no", "refusal", REFUSAL, proposal=NAMED, reason="conflict")
    yield good(
        "reason-of-tomorrow", "I17", "a reason that is not in the table", "refusal",
        changed(REFUSAL, reason="r" + "-9" * 23, detail={}), proposal=NAMED, reason="r" + "-9" * 23,
    )  # fmt: skip
    yield good(
        "one", "I12", "with its assent", "acceptance", ACCEPTANCE, proposal=NAMED,
        assents={BRAVO.id: ANOTHER},
    )  # fmt: skip
    yield good(
        "of-nobody", "I12", "nobody was asked", "acceptance", changed(ACCEPTANCE, assents=[]),
        proposal=NAMED, assents={}, recipients=[],
    )  # fmt: skip
    yield good(
        "outranked", "I13", "gives way to another", "withdrawal",
        changed(WITHDRAWAL, because=ANOTHER, reason="outranked"), proposal=NAMED, reason="outranked",
    )  # fmt: skip
    yield good("with", "I18", "lost to both", "doubt", DOUBT, peer=BRAVO.id)
    yield good("activated", "I5", "in the air", "state", STATE, proposal=NAMED, state="activated")
    for state in ("nonconforming", "contingent"):
        yield good(
            f"{state}-where", "I5", "and where it may be", "state",
            changed(STATE, off_nominal=FOOTPRINT, state=state), proposal=NAMED, state=state,
        )  # fmt: skip
    yield good(
        "contingent-nowhere", "I5", "where is not known", "state",
        changed(STATE, state="contingent"), proposal=NAMED, state="contingent",
    )  # fmt: skip
    yield good("begins", "I6", "an emergency", "announcement", ANNOUNCEMENT, remark="engine fire")
    yield good(
        "ends", "I6", "is over", "announcement",
        changed(ANNOUNCEMENT, footprint=None, ends=ANOTHER, remark=""), remark="",
    )  # fmt: skip
    scripts = "«Größe» — 高度 — ارتفاع ".ljust(400, "x")
    yield good(
        "remark-400", "I6", "400 characters of several scripts", "announcement",
        changed(ANNOUNCEMENT, remark=scripts), remark=scripts,
    )  # fmt: skip


def rejected_proposals() -> Iterator[Case]:
    """Proposals that every reader refuses."""
    form, limit, both = "field-form", "field-limit", "intent-contradiction"

    def no(name: str, rule: str, reason: str, why: str, /, **changes: Any) -> Case:
        return bad(name, rule, reason, why, "proposal", changed(PROPOSAL, **changes))

    for field in sorted(PROPOSAL):
        yield no(
            f"no-{field.replace('_', '-')}", "I8", "missing-field", f"no {field}", **{field: ABSENT}
        )
    yield no("owner", "I1", "intent-owner", "bravo's intent", intent=f"{BRAVO.id}/{1:016x}")
    yield no("intent-form", "I1", form, "no intent id", intent="flight 7")
    yield no("version-zero", "I1", limit, "counted from 1", version=0)
    yield no("version-high", "I1", limit, "10,000", version=10000)
    yield no("version-true", "I1", form, "true is no number", version=True)
    yield no(
        "others", "I2", "intent-recipients", "asks others than it is sent to", required=[CHARLIE.id]
    )
    yield no(
        "none-asked", "I2", "intent-recipients", "asks nobody of those it is sent to", required=[]
    )
    yield no("party-twice", "I2", form, "a party twice", required=[BRAVO.id, BRAVO.id])
    yield no("unsorted", "I2", form, "not ascending", required=[CHARLIE.id, BRAVO.id])
    yield no("no-party", "I2", form, "no party id", required=["nobody"])
    yield no("crowd", "I2", limit, "65 parties", required=[BRAVO.id] * 65)
    yield no(
        "decide-by-early",
        "I3",
        both,
        "1 ms before it was made",
        decide_by="2026-11-22T17:29:50.122Z",
    )
    yield no("decide-by-form", "I3", form, "another spelling", decide_by="2026-11-22T17:45:00Z")
    yield no("disclosure-private", "I4", form, "not of this version", disclosure="private")
    yield no("cells-in-full", "I4", both, "says cells, shows volumes", disclosure="cells")
    yield no("full-in-cells", "I4", both, "says full, shows cells", footprint=CELLS)
    yield no("callsign-small", "I8", form, "small letters", callsign="relief 12")
    yield no("callsign-17", "I8", form, "17 characters", callsign="R" * 17)
    yield no("formation-33", "I8", form, "33 characters", formation="f" * 33)
    yield no("priority-form", "I8", form, "a space", priority="very urgent")
    yield no("kernel-form", "I8", form, "capitals", kernel="Pair-1")
    yield no("agreement-form", "I8", form, "63 digits", agreement="a" * 63)
    yield no("border-form", "I8", form, "capitals", border="B0" * 32)
    yield no("replaces-form", "I8", form, "too short", replaces="d3")
    yield bad(
        "kind-version", "I18", limit, "kind version 2", "proposal", PROPOSAL, kind_version=2
    )  # fmt: skip
    yield bad(
        "by-node",
        "I7",
        "person-required",
        "a plan is a person's",
        "proposal",
        PROPOSAL,
        operator="node",
    )


def rejected_footprints() -> Iterator[Case]:
    """Proposals with footprints that every reader refuses."""
    form, limit = "field-form", "field-limit"

    def no(name: str, reason: str, why: str, footprint: object) -> Case:
        body = changed(PROPOSAL, footprint=footprint)
        return bad(f"footprint-{name}", "I9", reason, why, "proposal", body)

    def in_cells(name: str, reason: str, why: str, **changes: Any) -> Case:
        cover = changed(CELLS, **{f"cells__{path}": value for path, value in changes.items()})
        body = changed(PROPOSAL, footprint=cover, disclosure="cells")
        return bad(f"cells-{name}", "I9", reason, why, "proposal", body)

    yield no("list", form, "an array", [])
    yield no("neither", form, "neither volumes nor cells", {"flight_class": "standard"})
    yield no("both", form, "volumes and cells", {**FOOTPRINT, **CELLS})
    yield no(
        "no-class", "missing-field", "no flight class", changed(FOOTPRINT, flight_class=ABSENT)
    )
    yield no("class-form", form, "a space", changed(FOOTPRINT, flight_class="a b"))
    yield no("no-volume", "volume-invalid", "no volume", changed(FOOTPRINT, volumes=[]))
    yield no("malformed", "volume-malformed", "no end", changed(FOOTPRINT, volumes__0__end=ABSENT))
    yield no(
        "reversed", "volume-invalid", "ends at its start", changed(FOOTPRINT, volumes__0__end=START)
    )
    cell = "871f8c4d1ffffff"
    yield in_cells("none", form, "no cells", cells=[])
    yield in_cells("twice", form, "a cell twice", cells=[[cell, 3, 7], [cell, 3, 7]])
    yield in_cells("unsorted", form, "not ascending", cells=[[cell, 4, 7], [cell, 3, 7]])
    yield in_cells("pair", form, "two members", cells=[[cell, 3]])
    yield in_cells("capitals", form, "capitals", cells=[[cell.upper(), 3, 7]])
    yield in_cells(
        "no-cell", limit, "of the form of a cell, and none", cells=[["8ffffffffffffff", 3, 7]]
    )
    yield in_cells("other-resolution", limit, "a cell of resolution 7", resolution=8)
    yield in_cells("band-text", limit, "a band in words", cells=[[cell, "low", 7]])
    yield in_cells("band-high", limit, "beyond every height", cells=[[cell, 1000, 7]])
    yield in_cells("slot-early", limit, "before 1970", cells=[[cell, 3, -1]])
    yield in_cells("slot-late", limit, "after 9999", cells=[[cell, 3, 2**48]])
    yield in_cells("resolution-16", limit, "finer than H3's finest", resolution=16)
    yield in_cells("band-thin", limit, "bands of 999 mm", band_height_mm=999)
    yield in_cells("band-thick", limit, "bands of over 10 km", band_height_mm=10_000_001)
    yield in_cells("slot-zero", limit, "slots of no time", slot_s=0)
    yield in_cells("slot-long", limit, "slots of over a day", slot_s=86_401)
    yield in_cells("datum", form, "a datum nobody knows", datum="MSL")


def rejected_others() -> Iterator[Case]:
    """Answers, acceptances, withdrawals, states and announcements that every reader refuses."""
    form, both = "field-form", "intent-contradiction"

    def no(kind: str, name: str, rule: str, code: str, why: str, /, **changes: Any) -> Case:
        return bad(name, rule, code, why, kind, changed(BODIES[kind], **changes))

    for kind, body in BODIES.items():
        if kind != "proposal":
            for field in sorted(body):
                name = f"no-{field.replace('_', '-')}"
                yield no(kind, name, "I8", "missing-field", f"no {field}", **{field: ABSENT})
    yield no("assent", "proposal-form", "I8", form, "capitals", proposal="D3" * 32)
    yield no("refusal", "reason-form", "I17", form, "words", reason="No way")
    yield no("refusal", "reason-49", "I17", form, "49 characters", reason="r" * 49)
    yield no("refusal", "detail", "I8", form, "an array", detail=[])
    yield no("acceptance", "assents", "I12", form, "not an array", assents={})
    yield no("acceptance", "assents-text", "I12", form, "not objects", assents=["x"])
    one = {"digest": ANOTHER, "party": BRAVO.id}
    yield no("acceptance", "party-twice", "I12", form, "a party twice", assents=[one, one])
    lacking = {"party": BRAVO.id}
    yield no("acceptance", "no-digest", "I12", "missing-field", "which assent?", assents=[lacking])
    short = {"digest": "c2", "party": BRAVO.id}
    yield no("acceptance", "digest-form", "I12", form, "too short", assents=[short])
    yield no("withdrawal", "because", "I8", form, "too short", because="d3")
    yield no("state", "unknown", "I5", form, "no such state", state="landed")
    yield no("state", "activated-off", "I5", both, "in its volumes", off_nominal=FOOTPRINT)
    yield no("state", "ended-off", "I5", both, "over", off_nominal=FOOTPRINT, state="ended")
    yield no("doubt", "peer-form", "I18", form, "no party", peer="bravo")
    yield no("doubt", "until-form", "I18", form, "another spelling", until="2026-11-28")
    yield no("announcement", "both", "I6", both, "begins and ends", ends=ANOTHER)
    yield no("announcement", "neither", "I6", both, "neither", footprint=None)
    yield no("announcement", "routine", "I6", form, "no haste", precedence="ROUTINE")
    yield no(
        "announcement", "owner", "I1", "intent-owner", "bravo's", intent=f"{BRAVO.id}/{1:016x}"
    )
    yield no("announcement", "remark-401", "I6", form, "401 characters", remark="x" * 401)
    yield no("announcement", "remark-bidi", "I6", form, "turns the line round", remark="a\u202eb")
    yield no("announcement", "remark-newline", "I6", form, "a second line", remark="a\nb")
    yield bad(
        "by-node", "I7", "person-required", "an emergency is a person's word", "announcement",
        ANNOUNCEMENT, operator="node",
    )  # fmt: skip


def ranks() -> Iterator[Case]:
    """Intents in order of their rank. Weeks by a calendar: 2026 has 53, for it begins on a Thursday."""

    def case(name: str, why: str, *rows: tuple[str, int, str]) -> Case:
        """Rows are (priority, party index, start), the highest rank first."""
        asked: Fields = {
            "parties": 3,
            "precedence": ["medical", "state", "general"],
            "intents": [
                {"party_index": index, "priority": priority, "start": start}
                for priority, index, start in sorted(rows, key=lambda row: hashlib.sha256(repr(row).encode()).digest())
            ],
        }  # fmt: skip
        order = [{"party_index": i, "priority": p, "start": s} for p, i, s in rows]
        text = json.dumps(asked, indent=1, sort_keys=True).encode() + b"\n"
        return Case(f"rank-{name}", "I10", why, {"rank.json": text}, values={"order": order})

    week_48, week_49 = "2026-11-23T00:00:00.000Z", "2026-11-30T00:00:00.000Z"
    yield case(
        "week-48", "48 mod 3 is 0: party 0 goes first",
        ("general", 0, week_48), ("general", 1, week_48), ("general", 2, week_48),
    )  # fmt: skip
    yield case(
        "week-49", "49 mod 3 is 1: (1+49) and (2+49) mod 3 are 2 and 0, so party 2 goes first",
        ("general", 2, week_49), ("general", 0, week_49), ("general", 1, week_49),
    )  # fmt: skip
    yield case(
        "class-first", "the precedence table goes before the week",
        ("medical", 2, week_48), ("state", 1, week_48), ("general", 0, week_48),
    )  # fmt: skip
    yield case(
        "sunday-night", "the last millisecond of week 48, and the first of week 49 for party 1",
        ("general", 0, "2026-11-29T23:59:59.999Z"), ("general", 1, "2026-11-29T23:59:59.999Z"),
        ("general", 1, week_49),
    )  # fmt: skip
    yield case(
        "week-53", "1 January 2027, a Friday, is in week 53 of 2026; 53 mod 3 is 2, so party 1 is first",
        ("general", 1, "2027-01-01T12:00:00.000Z"), ("general", 2, "2027-01-01T12:00:00.000Z"),
        ("general", 0, "2027-01-01T12:00:00.000Z"),
    )  # fmt: skip
    yield case(
        "week-1-in-december", "30 December 2024, a Monday, begins week 1 of 2025: party 2 is first",
        ("general", 2, "2024-12-30T00:00:00.000Z"), ("general", 0, "2024-12-30T00:00:00.000Z"),
        ("general", 1, "2024-12-30T00:00:00.000Z"),
    )  # fmt: skip
