"""The vectors of docs/spec/hazard.md: signed records by name, rule and reason. Nothing here imports comity."""

from collections.abc import Iterator
from typing import Any

from tools.notice_vectors import ABSENT, changed
from tools.record_vectors import known_keys, payload, sealed
from tools.vector_cases import ALFA, BRAVO, CHARLIE, Case, Fields

__all__ = ["cases", "known_keys"]

MADE_AT = "2026-11-28T13:39:00.000Z"
NOTICE_ID = f"{ALFA.id}/00000000000000a1"
THEIRS = f"{BRAVO.id}/0000000000000001"
OTHER = f"{CHARLIE.id}/0000000000000001"
NAMED = "d3" * 32
SEEN: Fields = {"id": THEIRS, "precision_mm": 1_000_000}
ROW: Fields = {
    "buffer_mm": 5_000_000,
    "distance_mm": 1_700_000,
    "how": "within-buffer",
    "id": THEIRS,
    "precision_mm": 1_000_000,
    "version": 1,
}
BODIES: dict[str, Fields] = {
    "preview": {
        "activity": "firing",
        "answer": "touches",
        "cells": [[227, 85], [228, 85]],
        "question": "ab" * 32,
        "seen": [SEEN],
    },
    "reading": {
        "cells": [],
        "question": "cd" * 32,
        "rows": 500,
        "seen": [SEEN],
        "way": "list",
    },
    "exposure": {"by": "ada", "preview": NAMED, "seen": [SEEN]},
    "touch": {
        "activity": "firing",
        "begins": "2026-11-28T14:00:00.000Z",
        "count": 1,
        "ends": "2026-11-28T16:00:00.000Z",
        "notice": NOTICE_ID,
        "record": NAMED,
        "standing": "stands",
        "touched": [ROW],
    },
    "sweep": {
        "by": "ada",
        "cells": 1,
        "preview": NAMED,
        "questions": 6,
        "rule": "homing",
        "seen": [THEIRS],
        "since": "2026-11-28T12:00:00.000Z",
        "until": MADE_AT,
    },
    "objection": {
        "ids": [THEIRS],
        "notice": NOTICE_ID,
        "record": NAMED,
        "taken_back": False,
        "words": "Patients cannot be moved before noon.",
    },
    "receipt": {
        "had_at": MADE_AT,
        "holder": "pilot of the second aircraft",
        "level": "operator",
        "name": "crews on the ramp",
        "record": NAMED,
    },
}
PRIVATE = frozenset({"preview", "reading"})
BY_NODE = frozenset({"exposure", "touch", "sweep"})
BY_BRAVO = frozenset({"objection", "receipt"})


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from accepted()
    yield from rejected()


def accepted() -> Iterator[Case]:
    """Bodies that every reader takes."""
    for kind, body in BODIES.items():
        yield good("plain", "H3", "every field", kind, body)
        yield good("more", "H3", "a field of tomorrow is kept", kind, {**body, "tomorrow": 1})
    touch, preview, sweep = BODIES["touch"], BODIES["preview"], BODIES["sweep"]
    none = changed(touch, touched=[], count=0, standing="cancelled")
    yield good("none", "H9", "nothing is touched any more", "touch", none)
    yield good("many", "H3", "more than are told", "touch", changed(touch, count=2001))
    yield good("nothing", "H4", "the second answer", "preview", changed(
        preview, answer="nothing-notified", seen=[]))  # fmt: skip
    yield good("no-area", "H4", "the third answer", "preview", changed(
        preview, answer="undetermined", seen=[], cells=[]))  # fmt: skip
    yield good("caps", "H3", "the cells round the poles", "preview", changed(
        preview, cells=[[-1, 0], [512, 0]]))  # fmt: skip
    reading = BODIES["reading"]
    yield good("query", "H11", "a question about a place", "reading", changed(
        reading, way="query", cells=[[227, 85]], rows=0, seen=[]))  # fmt: skip
    for way in ("query", "list", "map"):
        yield good(way, "H11", "another way than a preview", "exposure", {
            **BODIES["exposure"], "way": way})  # fmt: skip
    yield good("reading-out", "H8", "lists have no cells", "sweep", changed(
        sweep, rule="reading-out", cells=0))  # fmt: skip
    yield good("together", "H8", "several operators", "sweep", changed(sweep, by=None))
    yield good("whole", "H3", "against the notice as a whole", "objection", changed(
        BODIES["objection"], ids=[]))  # fmt: skip


def rejected() -> Iterator[Case]:
    """Bodies that every reader refuses."""
    for kind, body in BODIES.items():
        for name in body:
            fresh = changed(body, **{name: ABSENT})
            yield bad(f"no-{name}", "H3", "missing-field", "left out", kind, fresh)
        if kind in PRIVATE:
            yield bad("told", "H1", "private-kind", "told to another", kind, body,
                      recipients=[BRAVO.id])  # fmt: skip
        else:
            yield bad("to-nobody", "H1", "one-recipient", "to nobody", kind, body, recipients=[])
            yield bad("to-two", "H1", "one-recipient", "to two parties", kind, body,
                      recipients=[BRAVO.id if kind not in BY_BRAVO else ALFA.id, CHARLIE.id])  # fmt: skip
        if kind not in BY_NODE:
            yield bad("by-node", "H3", "person-required", "no person", kind, body, operator="node")
    owner, form, limit = "hazard-owner", "field-form", "field-limit"
    preview, touch = BODIES["preview"], BODIES["touch"]
    yield bad("owner", "H2", owner, "another's site", "exposure", changed(
        BODIES["exposure"], seen__0__id=OTHER))  # fmt: skip
    yield bad("owner", "H2", owner, "another's site", "touch", changed(touch, touched__0__id=OTHER))
    yield bad("owner", "H2", owner, "another's site", "sweep", changed(
        BODIES["sweep"], seen=[OTHER]))  # fmt: skip
    yield bad("owner", "H2", owner, "for another's site", "objection", changed(
        BODIES["objection"], ids=[OTHER]))  # fmt: skip
    yield bad("notice", "H5", "notice-owner", "another's notice", "touch", changed(
        touch, notice=f"{BRAVO.id}/00000000000000a1"))  # fmt: skip
    yield bad("notice", "H5", "notice-owner", "a notice of a third", "objection", changed(
        BODIES["objection"], notice=f"{CHARLIE.id}/00000000000000a1"))  # fmt: skip
    for word in ("clear", "safe", "free", "none", ""):
        yield bad(f"answer-{word or 'empty'}", "H4", form, "there is no such answer", "preview",
                  changed(preview, answer=word))  # fmt: skip
    yield bad("cells-65", "H3", limit, "65 cells", "preview", changed(
        preview, cells=[[227, each] for each in range(65)]))  # fmt: skip
    yield bad("cell-three", "H3", form, "no pair", "preview", changed(preview, cells=[[1, 2, 3]]))
    yield bad("cell-row", "H3", limit, "beyond the pole", "preview", changed(
        preview, cells=[[513, 0]]))  # fmt: skip
    reading = BODIES["reading"]
    yield bad("way", "H11", form, "a preview has a kind of its own", "reading", changed(
        reading, way="preview"))  # fmt: skip
    yield bad("rows-1001", "H3", limit, "1,001 rows", "reading", changed(reading, rows=1_001))
    yield bad("place", "H3", form, "a place in place of an id", "reading", changed(
        reading, seen__0__id="-10.0,-150.0"))  # fmt: skip
    yield bad("way", "H11", form, "no such way", "exposure", {**BODIES["exposure"], "way": "luck"})
    yield bad("seen-twice", "H3", form, "one site twice", "preview", changed(
        preview, seen=[SEEN, SEEN]))  # fmt: skip
    yield bad("precision", "H3", limit, "coarser than the coarsest", "preview", changed(
        preview, seen__0__precision_mm=38_800_001))  # fmt: skip
    yield bad("how", "H3", form, "another way", "touch", changed(touch, touched__0__how="near"))
    yield bad("distance", "H3", limit, "before it begins", "touch", changed(
        touch, touched__0__distance_mm=-1))  # fmt: skip
    yield bad("count", "H3", limit, "less than are told", "touch", changed(touch, count=0))
    yield bad("standing", "H3", form, "over", "touch", changed(touch, standing="over"))
    yield bad("shape", "H3", form, "a place in place of an id", "touch", changed(
        touch, touched__0__id="-10.0,-150.0"))  # fmt: skip
    yield bad("rule", "H8", form, "no such rule", "sweep", changed(BODIES["sweep"], rule="luck"))
    yield bad("words", "H3", form, "no words", "objection", changed(BODIES["objection"], words=""))
    yield bad("words-1001", "H3", form, "1,001 characters", "objection", changed(
        BODIES["objection"], words="é" * 1001))  # fmt: skip
    receipt = BODIES["receipt"]
    yield bad("level", "H10", form, "no such level", "receipt", changed(receipt, level="division"))
    yield bad("holder-101", "H10", form, "101 characters", "receipt", changed(
        receipt, holder="x" * 101))  # fmt: skip
    yield bad("time", "H3", form, "no milliseconds", "receipt", changed(
        receipt, had_at="2026-11-28T14:00:00Z"))  # fmt: skip


def record(kind: str, body: Fields, **envelope: Any) -> bytes:
    """A signed record of one kind; objections and receipts are bravo's, everything else alfa's."""
    party, other = (BRAVO, ALFA) if kind in BY_BRAVO else (ALFA, BRAVO)
    fields: Fields = {
        "author": party.id,
        "recipients": [] if kind in PRIVATE else [other.id],
        "kind": f"hazard.{kind}",
        "operator": "node" if kind in BY_NODE else "ada",
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
