"""The vectors of docs/spec/line.md: records of the line, and read-backs compared with what was said.

Signatures are OpenSSL's through cryptography, canonical bytes rfc8785's, hashes hashlib's, distances
GeographicLib's; what an accepted record says is written by hand beside it. Nothing here imports comity.
"""

import copy
import hashlib
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import rfc8785
from geographiclib.geodesic import Geodesic
from tools.record_vectors import known_keys, payload, sealed
from tools.vector_cases import ALFA, BRAVO, Case, Fields, b64

__all__ = ["cases", "known_keys"]

MATTER = f"{ALFA.id}/00c0ffee00c0ffee"
DIGEST = "a1" * 32
NOTHING: Fields = {"position": None, "height": None, "time": None, "number": None}
POSITION: Fields = {
    "latitude_deg_e7": 599_000_000,
    "longitude_deg_e7": 245_000_000,
    "datum": "WGS84",
    "accuracy_mm": None,
}
PARTICULARS: Fields = {
    "position": POSITION,
    "height": {"height_mm": 1_500_000, "datum": "EGM2008"},
    "time": {"at": "2026-11-22T18:40:00.000Z", "as_stated": "21:40", "zone": "UTC+3"},
    "number": {"value": 2, "of": "aircraft"},
}
SAID: Fields = {
    "matter": MATTER,
    "subject": "Two aircraft without contact",
    "language": "en",
    "text": "Two of ours without radio. Do you see them?",
    "particulars": PARTICULARS,
    "references": [],
    "attachments": [],
    "written_at": "2026-11-22T17:29:50.123Z",
    "queued": None,
    "closes": False,
}
MESSAGE = SAID | {"precedence": "flash"}
STOP = SAID | {"radius_mm": 3_000_000, "until": None}
DENIAL = SAID | {
    "precedence": "immediate",
    "answer": "none",
    "scope": "aircraft, east bank",
    "begins": "2026-11-22T18:00:00.000Z",
    "ends": "2026-11-22T19:00:00.000Z",
    "radius_mm": None,
}
TRANSLATION: Fields = {
    "message": DIGEST,
    "language": "ru",
    "text": "Две наших машины без связи",
    "by": "person",
    "engine": None,
}
ESCALATION: Fields = {
    "message": DIGEST,
    "party": BRAVO.id,
    "step": 1,
    "echelon": "officer on watch",
    "channel": "watch",
    "due_at": "2026-11-22T17:30:50.123Z",
}
LEFT: Fields = {
    "phrase": 401,
    "phrasebook": "7a" * 32,
    "slots": {"name": "RELIEF12", "number": 90},
}
TOLERANCE_M = 25.0


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from messages()
    yield from texts()
    yield from by_number()
    yield from files()
    yield from stops_and_denials()
    yield from answers()
    yield from upkeep()
    yield from read_backs()


def record(kind: str, body: Fields, **envelope: Any) -> bytes:
    """A record of alfa's officer to bravo."""
    fields = {"author": ALFA.id, "kind": kind, "operator": "ada", "body": body} | envelope
    return sealed(payload(**fields))


def good(name: str, rule: str, why: str, kind: str, body: Fields, **says: Any) -> Case:
    """A record that is taken in."""
    files = {"envelope.json": record(kind, body)}
    return Case(name, rule, why, files, values={"kind": kind, "says": says})


def bad(
    name: str, rule: str, reason: str, why: str, kind: str, body: Fields, **envelope: Any
) -> Case:
    """A record that opens, and is refused for what it says."""
    files = {"envelope.json": record(kind, body, **envelope)}
    return Case(f"{name}_reject", rule, why, files, reason)


def changed(body: Fields, **changes: Any) -> Fields:
    """A body with members changed, or left out where the value is `...`."""
    fresh = copy.deepcopy(body) | changes
    return {name: value for name, value in fresh.items() if value is not ...}


def at(**changes: Any) -> Fields:
    """Particulars of a changed position alone."""
    return NOTHING | {"position": POSITION | changes}


def messages() -> Iterator[Case]:
    """Fields of what is said."""
    kind = "line.message"
    yield good("message", "2", "the example", kind, MESSAGE, matter=MATTER, precedence="flash")
    reply = changed(
        MESSAGE, subject=None, matter=f"{BRAVO.id}/00c0ffee00c0ffee", precedence="routine"
    )
    yield good("message-reply", "2", "in bravo's matter", kind, reply, precedence="routine")
    about = [
        {"kind": "intent", "id": f"{BRAVO.id}/0123456789abcdef", "digest": DIGEST},
        {"kind": "track", "id": "radar:4821", "digest": None},
    ]
    yield good("message-references", "2", "an intent by digest, a track by id", kind,
               changed(MESSAGE, references=about), references=2)  # fmt: skip
    yield good("message-unknown-field", "2", "a later reader's field is kept", kind,
               changed(MESSAGE, phrase=17), precedence="flash")  # fmt: skip
    for field in ("matter", "subject", "precedence", "language", "text", "particulars",
                  "references", "attachments", "written_at", "queued", "closes"):  # fmt: skip
        body = changed(MESSAGE, **{field: ...})
        yield bad(f"message-no-{field}", "2", "missing-field", f"no {field}", kind, body)
    for name, rule, reason, why, change in (
        ("owner", "2", "matter-owner", "opens bravo's matter",
         {"matter": f"{BRAVO.id}/00c0ffee00c0ffee"}),
        ("matter", "2", "field-form", "no id", {"matter": "alfa"}),
        ("precedence", "3", "field-form", "no such word", {"precedence": "urgent"}),
        ("language", "2", "field-form", "no BCP 47", {"language": "english"}),
        ("reference", "2", "reference", "an intent without a digest",
         {"references": [{"kind": "intent", "id": "x", "digest": None}]}),
        ("reference-track", "2", "reference", "a track without an id",
         {"references": [{"kind": "track", "id": None, "digest": None}]}),
        ("references-33", "2", "field-limit", "one too many",
         {"references": [{"kind": "track", "id": "t", "digest": None}] * 33}),
        ("latitude", "8", "field-limit", "beyond the pole",
         {"particulars": at(latitude_deg_e7=900_000_001)}),
        ("datum", "8", "field-form", "no such datum", {"particulars": at(datum="WGS 84")}),
        ("digits", "8", "field-form", "digits as a text",
         {"particulars": at(latitude_deg_e7="599000000")}),
        ("height-datum", "8", "missing-field", "a height without a datum",
         {"particulars": NOTHING | {"height": {"height_mm": 1}}}),
    ):  # fmt: skip
        yield bad(f"message-{name}", rule, reason, why, kind, changed(MESSAGE, **change))
    yield bad(
        "message-by-node", "1", "person-required", "no person", kind, MESSAGE, operator="node"
    )
    yield bad("message-nobody", "1", "line-audience", "to nobody", kind, MESSAGE, recipients=[])


def texts() -> Iterator[Case]:
    """What may stand in a text."""
    kind = "line.message"
    yield good("text-8000", "2", "the longest", kind, changed(MESSAGE, text="a" * 8_000))
    for name, text in (
        ("arabic", "هل تراهم؟"), ("markup", "<b>it is text</b>"), ("lines", "one\ntwo"),
    ):  # fmt: skip
        yield good(f"text-{name}", "2", name, kind, changed(MESSAGE, text=text), text=text)
    for name, reason, text in (
        ("8001", "field-limit", "a" * 8_001),
        ("blank", "field-form", " \n "),
        ("bidi", "bidi-control", "to the \u202etfel"),
        ("isolate", "bidi-control", "\u2066north\u2069"),
        ("zero-width", "invisible-character", "59\u200b.9"),
        ("tag", "invisible-character", "a\U000e0041"),
        ("bell", "control-character", "a\u0007"),
        ("tab", "control-character", "a\tb"),
        ("crlf", "carriage-return", "a\r\nb"),
        ("nfd", "not-nfc", "e\u0301"),
        ("private", "unassigned-character", "\ue000"),
        ("bom", "byte-order-mark", "\ufeffa"),
    ):
        yield bad(f"text-{name}", "2", reason, name, kind, changed(MESSAGE, text=text))
    subject = changed(MESSAGE, subject="a\u202eb")
    yield bad("subject-bidi", "2", "field-form", "words, record.md", kind, subject)


def by_number() -> Iterator[Case]:
    """What is said by number."""
    kind = "line.message"
    yield good("number", "3a", "a phrase with a name and a number", kind,
               changed(MESSAGE, by_number=LEFT), phrase=401)  # fmt: skip
    yield good("number-none", "3a", "words alone", kind, MESSAGE, phrase=None)
    yield good("number-not-known", "3a", "of a later phrasebook: kept, and shown by number", kind,
               changed(MESSAGE, by_number=LEFT | {"phrase": 998}), phrase=998)  # fmt: skip
    other = LEFT | {"slots": {"call": "RELIEF12"}}
    yield good("number-other-slots", "3a", "slots of a later phrasebook: likewise", kind,
               changed(MESSAGE, by_number=other), phrase=401)  # fmt: skip
    placed = LEFT | {
        "slots": {
            "height": {"datum": "QNE", "height_mm": 9_753_600},
            "position": {name: POSITION[name] for name in POSITION if name != "accuracy_mm"},
            "time": "2026-11-28T14:05:00.000Z",
        }
    }
    yield good("number-placed", "3a", "a position, a height, a time", kind,
               changed(MESSAGE, by_number=placed | {"phrase": 109}), phrase=109)  # fmt: skip
    yield good("number-of-a-denial", "3a", "a denial by number", "line.denial",
               changed(DENIAL, by_number=LEFT), phrase=401)  # fmt: skip
    yield good("number-of-a-stop", "3a", "a stop by number", "line.stop",
               changed(STOP, by_number=LEFT), phrase=401)  # fmt: skip
    for name, kind_of, body_of in (("denial", "line.denial", DENIAL), ("stop", "line.stop", STOP)):
        yield bad(f"number-of-a-{name}", "3a", "phrase-malformed", "no phrase", kind_of,
                  changed(body_of, by_number=7))  # fmt: skip
    malformed, slots = "phrase-malformed", "phrase-slots"
    for name, reason, why, value in (
        ("null", malformed, "left out where there is none", None),
        ("alone", malformed, "a number alone", 401),
        ("text", malformed, "the number as a text", LEFT | {"phrase": "401"}),
        ("true", malformed, "true is no number", LEFT | {"phrase": True}),
        ("zero", malformed, "no number is 0", LEFT | {"phrase": 0}),
        ("book", malformed, "63 digits", LEFT | {"phrasebook": "a" * 63}),
        ("no-book", malformed, "of no phrasebook", changed(LEFT, phrasebook=...)),
        ("no-slots", malformed, "no slots", changed(LEFT, slots=...)),
        ("slot-list", malformed, "a list in a slot", LEFT | {"slots": {"name": ["A"]}}),
        ("slot-true", malformed, "true in a slot", LEFT | {"slots": {"name": True}}),
        ("slot-datum", malformed, "a position on another datum",
         LEFT | {"slots": {"position": POSITION | {"datum": "SK42"}}}),
        ("slot-nine", slots, "one too many", LEFT | {"slots": {f"s{n}": n for n in range(9)}}),
        ("slot-key", slots, "no name of a slot", LEFT | {"slots": {"Name ": "A"}}),
        ("slot-bidi", slots, "turns what follows", LEFT | {"slots": {"name": "A\u202eB"}}),
        ("slot-isolate", slots, "an isolate", LEFT | {"slots": {"name": "\u2067A\u2069"}}),
        ("slot-zero-width", slots, "not seen", LEFT | {"slots": {"name": "A\u200bB"}}),
        ("slot-long", slots, "65 characters", LEFT | {"slots": {"name": "N" * 65}}),
        ("slot-high", slots, "a million", LEFT | {"slots": {"number": 1_000_000}}),
        ("slot-pole", slots, "beyond the pole",
         LEFT | {"slots": {"position": POSITION | {"latitude_deg_e7": 900_000_001}}}),
    ):  # fmt: skip
        body = changed(MESSAGE, by_number=value)
        yield bad(f"number-{name}", "3a", reason, why, kind, body)


def files() -> Iterator[Case]:
    """Attachments."""
    kind = "line.message"
    for name, media_type, content in (
        ("png", "image/png", png()),
        ("jpeg", "image/jpeg", b"\xff\xd8\xff\xe0 picture \xff\xd9"),
        ("pdf", "application/pdf", b"%PDF-1.7\n1 0 obj\n%%EOF\n"),
        ("text", "text/plain", "Привет\n".encode()),
        ("geojson", "application/geo+json", b'{"type":"Point"}'),
    ):
        body = changed(MESSAGE, attachments=[attached(media_type, content)])
        sha256 = hashlib.sha256(content).hexdigest()
        yield good(f"file-{name}", "11", "is what it says", kind, body, sha256=[sha256])
    for name, media_type, content in (
        ("png-and-more", "image/png", png() + b"<script>"),
        ("png-cut", "image/png", png()[:-1]),
        ("png-is-jpeg", "image/png", b"\xff\xd8\xff\xe0 \xff\xd9"),
        ("jpeg-and-html", "image/jpeg", b"\xff\xd8\xff\xd9<html>"),
        ("pdf-opens", "application/pdf", b"%PDF-1.7\n/OpenAction\n%%EOF"),
        ("pdf-script", "application/pdf", b"%PDF-1.7\n/JavaScript (x)\n%%EOF"),
        ("pdf-late", "application/pdf", b"MZ%PDF-1.7\n%%EOF"),
        ("text-html", "text/plain", b"<!DOCTYPE html>"),
        ("text-pdf", "text/plain", b"%PDF-1.7"),
        ("text-bidi", "text/plain", "\u202e".encode()),
        ("json", "application/json", b"{'a':1}"),
        ("svg", "image/svg+xml", b"<svg/>"),
        ("zip", "application/zip", b"PK\x03\x04"),
    ):
        body = changed(MESSAGE, attachments=[attached(media_type, content)])
        yield bad(f"file-{name}", "11", "attachment-type", name, kind, body)
    for name, reason, lie in (
        ("hash", "attachment-hash", {"sha256": DIGEST}),
        ("size", "attachment-size", {"size_bytes": 3}),
        ("padding", "field-form", {"content_base64": "YR=="}),
        ("path", "field-form", {"name": "../a"}),
    ):
        body = changed(MESSAGE, attachments=[attached("text/plain", b"a") | lie])
        yield bad(f"file-{name}", "10", reason, name, kind, body)
    five = changed(MESSAGE, attachments=[attached("text/plain", b"a")] * 5)
    yield bad("file-five", "10", "field-limit", "one too many", kind, five)


def stops_and_denials() -> Iterator[Case]:
    """Stops and denials."""
    yield good(
        "stop", "5", "round a position", "line.stop", STOP, precedence="flash", radius_mm=3_000_000
    )
    named = changed(STOP, radius_mm=None, particulars=NOTHING)
    yield good("stop-named", "5", "by reference alone", "line.stop", named, radius_mm=None)
    nowhere = changed(STOP, particulars=NOTHING)
    yield bad("stop-nowhere", "7", "field-form", "a radius round nothing", "line.stop", nowhere)
    wide = changed(STOP, radius_mm=100_000_001)
    yield bad("stop-wide", "5", "field-limit", "wider than 100 km", "line.stop", wide)
    yield bad(
        "stop-by-node", "1", "person-required", "no person", "line.stop", STOP, operator="node"
    )
    yield good("denial", "6", "none of ours", "line.denial", DENIAL, answer="none")
    unknown = changed(DENIAL, answer="unknown")
    yield good("denial-unknown", "6", "we do not know", "line.denial", unknown, answer="unknown")
    for name, reason, change in (
        ("answer", "field-form", {"answer": "no"}),
        ("no-scope", "missing-field", {"scope": ...}),
        ("blank-scope", "field-form", {"scope": " "}),
        ("reversed", "times-reversed", {"ends": "2026-11-22T17:00:00.000Z"}),
        ("no-time", "missing-field", {"begins": ...}),
    ):
        yield bad(f"denial-{name}", "6", reason, name, "line.denial", changed(DENIAL, **change))


def answers() -> Iterator[Case]:
    """Answers, translations and releases, as records alone."""
    acknowledged: Fields = {"message": DIGEST, "remark": ""}
    concurred: Fields = {"message": DIGEST, "answer": "do-not-concur", "remark": "not yet"}
    repeated: Fields = {"message": DIGEST, "particulars": PARTICULARS}
    released: Fields = {"message": DIGEST, "reason": "they have left"}
    for name, body in (
        ("acknowledgement", acknowledged), ("read-back", repeated), ("concurrence", concurred),
        ("translation", TRANSLATION), ("stop-release", released),
    ):  # fmt: skip
        kind = f"line.{name}"
        yield good(name, "12", name, kind, body, message=DIGEST)
        yield bad(f"{name}-no-message", "12", "missing-field", "about nothing", kind,
                  changed(body, message=...))  # fmt: skip
        yield bad(f"{name}-nobody", "12", "line-audience", "to nobody", kind, body, recipients=[])
        yield bad(
            f"{name}-by-node", "12", "person-required", "no person", kind, body, operator="node"
        )
    machine = changed(TRANSLATION, by="machine", engine="engine 4")
    yield good("translation-machine", "12", "named", "line.translation", machine, message=DIGEST)
    for name, change in (
        ("engine", {"engine": "engine 4"}), ("no-engine", {"by": "machine"}),
    ):  # fmt: skip
        body = changed(TRANSLATION, **change)
        yield bad(f"translation-{name}", "12", "field-form", name, "line.translation", body)
    maybe = changed(concurred, answer="maybe")
    yield bad("concurrence-answer", "12", "field-form", "no such answer", "line.concurrence", maybe)
    no_reason = changed(released, reason=" ")
    yield bad("stop-release-blank", "12", "field-form", "no reason", "line.stop-release", no_reason)


def upkeep() -> Iterator[Case]:
    """Steps, checks, status, watch and what a party keeps for itself."""
    yield good("escalation", "16", "a step", "line.escalation", ESCALATION, step=1)
    zero = changed(ESCALATION, step=0)
    yield bad("escalation-step", "16", "field-limit", "steps count from 1", "line.escalation", zero)
    check: Fields = {"slot": "2026-11-22T17:20:00.000Z", "wants": "node"}
    yield good("check", "19", "scheduled", "line.check", check, slot=check["slot"])
    by_hand = changed(check, slot=None, wants="person")
    yield good("check-by-hand", "19", "a person's", "line.check", by_hand, slot=None)
    yield bad("check-by-hand-node", "19", "person-required", "the node's own idea", "line.check",
              by_hand, operator="node")  # fmt: skip
    yield bad("check-wants", "19", "field-form", "no such answerer", "line.check",
              changed(check, wants="anybody"))  # fmt: skip
    yield good(
        "check-answer", "19", "an answer", "line.check-answer", {"check": DIGEST}, check=DIGEST
    )
    status: Fields = {"state": "degraded", "why": "no answer", "since": check["slot"]}
    yield good("status", "20", "degraded", "line.status", status, state="degraded")
    yield bad("status-state", "20", "field-form", "no such state", "line.status",
              changed(status, state="fine"))  # fmt: skip
    watch: Fields = {"echelon": "officer on watch", "officer": "ada", "reach": "desk 2"}
    yield good("watch", "21", "oneself", "line.watch", watch, officer="ada")
    yield good(
        "watch-left", "21", "nobody", "line.watch", changed(watch, officer=None), officer=None
    )
    yield bad("watch-another", "21", "other-officer", "another", "line.watch",
              changed(watch, officer="grace"))  # fmt: skip
    handover: Fields = {
        "echelon": "officer on watch", "to": "grace", "remark": "",
        "matters": [{"matter": MATTER, "last": DIGEST}],
    }  # fmt: skip
    case = good("handover", "22", "to another", "line.handover", handover, to="grace")
    yield Case(case.name, case.rule, case.why,
               {"envelope.json": record("line.handover", handover, recipients=[])}, None, case.values)  # fmt: skip
    yield bad("handover-oneself", "22", "other-officer", "to oneself", "line.handover",
              changed(handover, to="ada"), recipients=[])  # fmt: skip
    draft = {"kind": "line.message", "recipients": [BRAVO.id], "body": MESSAGE}
    yield bad("queued-flash", "15", "line-flash-queued", "a FLASH never waits", "line.queued", draft,
              recipients=[])  # fmt: skip
    routine = draft | {"body": MESSAGE | {"precedence": "routine"}}
    yield Case("queued", "15", "a draft that waits",
               {"envelope.json": record("line.queued", routine, recipients=[])}, None,
               {"kind": "line.queued", "says": {"precedence": "routine"}})  # fmt: skip


def read_backs() -> Iterator[Case]:
    """What was said, what was repeated, and how each field stands: by GeographicLib and by hand."""
    near_e7, far_e7 = _north_of(TOLERANCE_M - 0.01), _north_of(TOLERANCE_M + 0.02)
    east = POSITION | {"longitude_deg_e7": -1_800_000_000}
    west = POSITION | {"longitude_deg_e7": 1_800_000_000}
    pole = POSITION | {"latitude_deg_e7": 900_000_000}
    height, time = PARTICULARS["height"], PARTICULARS["time"]
    for name, said, repeated, outcomes in (
        ("all", PARTICULARS, PARTICULARS, dict.fromkeys(PARTICULARS, "match")),
        ("near", at(), at(latitude_deg_e7=near_e7), {"position": "match"}),
        ("far", at(), at(latitude_deg_e7=far_e7), {"position": "mismatch"}),
        ("datum", at(), at(datum="SK42"), {"position": "mismatch"}),
        ("datum-unknown", at(datum="UNKNOWN"), at(), {"position": "mismatch"}),
        ("antimeridian", NOTHING | {"position": east}, NOTHING | {"position": west}, {"position": "match"}),
        ("pole", NOTHING | {"position": pole},
         NOTHING | {"position": pole | {"longitude_deg_e7": -1_000_000_000}}, {"position": "match"}),
        ("accuracy", at(accuracy_mm=5), at(), {"position": "match"}),
        ("height", NOTHING | {"height": height}, NOTHING | {"height": height | {"height_mm": 1_503_100}},
         {"height": "match"}),
        ("height-off", NOTHING | {"height": height},
         NOTHING | {"height": height | {"height_mm": 1_503_101}}, {"height": "mismatch"}),
        ("height-datum", NOTHING | {"height": height}, NOTHING | {"height": height | {"datum": "QNE"}},
         {"height": "mismatch"}),
        ("time", NOTHING | {"time": time},
         NOTHING | {"time": time | {"at": "2026-11-22T18:40:01.000Z"}}, {"time": "match"}),
        ("time-zone", NOTHING | {"time": time},
         NOTHING | {"time": time | {"at": "2026-11-22T19:40:00.000Z", "zone": "UTC+2"}},
         {"time": "mismatch"}),
        ("number", NOTHING | {"number": {"value": 2, "of": "aircraft"}},
         NOTHING | {"number": {"value": 3, "of": "aircraft"}}, {"number": "mismatch"}),
        ("missing", PARTICULARS, PARTICULARS | {"height": None},
         {"position": "match", "height": "missing", "time": "match", "number": "match"}),
        ("extra", NOTHING | {"number": PARTICULARS["number"]},
         NOTHING | {"number": PARTICULARS["number"], "height": height},
         {"number": "match", "height": "extra"}),
    ):  # fmt: skip
        fields = payload(
            author=ALFA.id,
            kind="line.message",
            operator="ada",
            body=changed(MESSAGE, particulars=said),
        )
        digest = hashlib.sha256(b"comity-record-v1\x00" + rfc8785.dumps(fields)).hexdigest()
        answer = payload(
            author=BRAVO.id,
            recipients=[ALFA.id],
            kind="line.read-back",
            operator="boris",
            body={"message": digest, "particulars": repeated},
        )
        files = {"message.json": sealed(fields), "read_back.json": sealed(answer, BRAVO)}
        values = {"fields": outcomes, "matches": set(outcomes.values()) == {"match"}}
        yield Case(f"compare-{name}", "14", name.replace("-", " "), files, values=values)


def attached(media_type: str, content: bytes) -> Fields:
    """One attachment as it should be."""
    return {
        "name": "file",
        "media_type": media_type,
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "content_base64": b64(content),
    }


def png() -> bytes:
    """A picture of one point."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    point = chunk(b"IDAT", b"\x78\x01\x63\x60\x00\x00\x00\x02\x00\x01")  # two zero bytes, deflated
    return b"\x89PNG\r\n\x1a\n" + head + point + chunk(b"IEND", b"")


def _north_of(distance_m: float) -> int:
    """Latitude so far north of the example's position, in whole 1e-7 degrees (1.1 cm)."""
    found = Geodesic.WGS84.Direct(59.9, 24.5, 0.0, distance_m)
    return round(float(found["lat2"]) * 1e7)
