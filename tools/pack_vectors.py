"""The vectors of docs/spec/pack.md: whole packs by name, rule and reason.

Archives are written here with `struct` from bundle.md §2, signatures with OpenSSL, canonical bytes with
rfc8785. All places are invented. Nothing here imports comity.
"""

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import rfc8785
from tools.agreement_record_vectors import KEY, signed
from tools.intent_vectors import MADE_AT, changed
from tools.notice_vectors import NOTICE
from tools.record_vectors import payload, sealed
from tools.site_vectors import ITEM, SITE
from tools.vector_cases import ALFA, BRAVO, CHARLIE, Case, Fields, b64

PACK = f"{ALFA.id}/00000000000000f1"
STALE, EXPIRES = "2026-11-23T17:29:50.123Z", "2026-11-29T17:29:50.123Z"
NAMES = ("parties.json", "sites.jsonl", "movements.jsonl", "notices.jsonl", "taken-back.jsonl")
STATEMENT = {
    **KEY, "node_key_base64": b64(ALFA.node_public), "not_before": "2026-11-01T00:00:00.000Z",
    "not_after": "2027-01-20T00:00:00.000Z", "sequence": 0, "revokes": [],
}  # fmt: skip
PARTY: Fields = {
    "name": "Alfa", "party": ALFA.id, "root_key_base64": b64(ALFA.root_public),
    "statements": [signed(STATEMENT)],
}  # fmt: skip
SITE_LINE: Fields = {"received_at": MADE_AT, "record": None, "site": ITEM}
NOTICE_LINE: Fields = {
    "author": ALFA.id, "notice": NOTICE, "received_at": MADE_AT, "record": "ab" * 32,
}  # fmt: skip
GONE: Fields = {"id": f"{ALFA.id}/00000000000000a2", "what": "site", "why": "consent-withdrawn"}
BODY: Fields = {
    "area": None, "borders": [], "counts": {"movements": 0, "notices": 1, "sites": 1, "taken_back": 1},
    "files": [], "heard_at": MADE_AT, "holder": "crew of relief 7", "pack": PACK,
    "recipient": ALFA.id, "stale_from": STALE,
}  # fmt: skip


TOLD: Fields = {
    "by": "ada", "expires_at": EXPIRES, "holder": "crew of relief 7", "made_at": MADE_AT,
    "pack": PACK, "record": "ab" * 32, "what": "site",
    "rows": [{"numbers": ["0000000000000001", "00000000000000a2"], "precision_mm": 1_000_000}],
}  # fmt: skip


def known_keys() -> Fields:
    """The root keys that a reader may be given."""
    return {party.id: party.root_public.hex() for party in (ALFA, BRAVO)}


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield _case("plain", "P3", "a site, a notice and a site that was taken back", whole())
    area = {"latitude_deg_e7": -100000000, "longitude_deg_e7": -1500000000, "radius_mm": 50000000}
    yield _case("area", "P8", "made for 50 km around a point", whole(body={"area": area}))
    line = b'{"type":"FeatureCollection","features":[]}'
    named = "borders/0001-line.geojson"
    border = {
        "error_m": 200, "file": named, "name": "a line", "sha256": hashlib.sha256(line).hexdigest(),
    }  # fmt: skip
    yield _case(
        "borders", "P3", "a border file is included",
        whole(body={"borders": [border]}, more={named: line}),
    )  # fmt: skip
    yield _case("empty", "P6", "nothing may be held", whole(lines=((), (), (), ())))
    yield from _rejected(border, named, line)
    yield from _told()


def _told() -> Iterator[Case]:
    """What the maker of a pack says to an owner of what is in it: records, not packs."""
    form = "field-form"
    [row] = TOLD["rows"]
    yield _word("plain", "two sites as finely as they were told", TOLD)
    yield _word("movement", "a movement", {**TOLD, "what": "movement"})
    yield _word("more", "a field of tomorrow is kept", {**TOLD, "tomorrow": 1})
    for name in TOLD:
        less = {key: value for key, value in TOLD.items() if key != name}
        yield _word(f"no-{name}", "left out", less, "missing-field")
    yield _word("to-nobody", "to nobody", TOLD, "one-recipient", recipients=[])
    yield _word(
        "to-two", "to two parties", TOLD, "one-recipient", recipients=[BRAVO.id, CHARLIE.id]
    )
    another = {**TOLD, "pack": f"{BRAVO.id}/00000000000000f1"}
    yield _word("another", "a pack of another party", another, "pack-holding")
    yield _word("none", "no id", {**TOLD, "rows": []}, form)
    yield _word("thing", "neither site nor movement", {**TOLD, "what": "target"}, form)
    for name, numbers in (
        ("descending", row["numbers"][::-1]), ("twice", row["numbers"][:1] * 2),
        ("place", ["-10.0,-150.0"]), ("short", ["1"]),
    ):  # fmt: skip
        yield _word(name, name, {**TOLD, "rows": [{**row, "numbers": numbers}]}, form)
    fine = {**TOLD, "rows": [{**row, "precision_mm": 38_800_001}]}
    yield _word("precision", "coarser than the coarsest", fine, "field-limit")


def _word(name: str, why: str, body: Fields, reason: str | None = None, **envelope: Any) -> Case:
    fields: Fields = {
        "author": ALFA.id, "recipients": [BRAVO.id], "kind": "pack.told", "operator": "node",
        "made_at": MADE_AT, "body": body,
    }  # fmt: skip
    files = {"envelope.json": sealed(payload(**(fields | envelope)), ALFA)}
    return Case(f"told-{name}{'_reject' if reason else ''}", "P17", why, files, reason)


def _rejected(border: Fields, named: str, line: bytes) -> Iterator[Case]:
    plain = whole()
    yield _case(
        "byte", "P10", "one byte of a line is another", _flipped(plain, b"hospital"), "bundle-form"
    )
    yield _case(
        "resigned-line", "P10", "a line is another, its CRC fitting",
        archive({**parts_of(plain), "sites.jsonl": _lines([changed(SITE_LINE, site__kind="school")])}),
        "file-mismatch",
    )  # fmt: skip
    yield _case("longer", "P3", "a byte behind the end", plain + b"\0", "bundle-form")
    yield _case("cut", "P3", "the last byte is missing", plain[:-1], "bundle-form")
    yield _case(
        "name", "P3", "an entry of no name of a pack",
        whole(body={"borders": [{**border, "file": "line.geojson"}]}, more={"line.geojson": line}), "pack-name",
    )  # fmt: skip
    yield _case(
        "unlisted-border",
        "P3",
        "a border file that no border names",
        whole(more={named: line}),
        "pack-form",
    )
    yield _case(
        "no-expiry",
        "P4",
        "it would never expire",
        whole(envelope={"expires_at": None}),
        "pack-form",
    )
    yield _case(
        "31-days", "P4", "it would be believed for 31 days",
        whole(envelope={"expires_at": "2026-12-23T17:29:50.123Z"}), "pack-limit",
    )  # fmt: skip
    yield _case(
        "stale-after-expiry",
        "P4",
        "stale after it expires",
        whole(body={"stale_from": "2026-11-30T17:29:50.123Z"}),
        "pack-form",
    )
    yield _case(
        "heard-later", "P4", "heard after it was made", whole(body={"heard_at": STALE}), "pack-form"
    )
    yield _case(
        "others-id",
        "P4",
        "the id of another party",
        whole(body={"pack": PACK.replace(ALFA.id, BRAVO.id)}),
        "pack-form",
    )
    yield _case(
        "by-node", "P4", "made by no person", whole(envelope={"operator": "node"}), "pack-form"
    )
    yield _case(
        "other-kind",
        "P4",
        "another kind of record",
        whole(envelope={"kind": "evidence.bundle"}),
        "pack-form",
    )
    yield _case(
        "recipients",
        "P4",
        "sent to somebody",
        whole(envelope={"recipients": [BRAVO.id]}),
        "pack-form",
    )
    yield _case(
        "unknown-field", "P4", "a field that nobody knows", whole(body={"clear": True}), "pack-form"
    )
    yield _case(
        "count",
        "P6",
        "fewer lines than it says",
        whole(lines=((), (), (NOTICE_LINE,), (GONE,)), counts=(1, 0, 1, 1)),
        "pack-count",
    )
    yield _case(
        "too-many", "P6", "more lines than it says", whole(counts=(0, 0, 1, 1)), "pack-count"
    )
    second = changed(SITE_LINE, site__site=SITE[:-1] + "0")
    yield _case(
        "order", "P6", "not ascending", whole(lines=((SITE_LINE, second), (), (), ())), "pack-order"
    )
    yield _case(
        "twice",
        "P6",
        "one site twice",
        whole(lines=((SITE_LINE, SITE_LINE), (), (), ())),
        "pack-order",
    )
    finer = changed(SITE_LINE, site__place__radius_mm=10)
    yield _case(
        "finer",
        "P7",
        "a form finer than it says",
        whole(lines=((finer,), (), (), ())),
        "pack-contents",
    )
    yield _case(
        "why",
        "P9",
        "taken back for no known reason",
        whole(lines=((), (), (), ({**GONE, "why": "safe"},))),
        "pack-contents",
    )
    foreign = {**NOTICE_LINE, "author": BRAVO.id}
    yield _case(
        "notice-of-another",
        "P7",
        "a notice that its author did not mint",
        whole(lines=((), (), (foreign,), ())),
        "pack-contents",
    )
    late = {"made_at": "2027-02-01T00:00:00.000Z", "expires_at": "2027-02-03T00:00:00.000Z"}
    yield _case(
        "key-expired", "P10", "made after its key ended",
        whole(envelope=late, body={"stale_from": "2027-02-02T00:00:00.000Z"}), "key-expired",
    )  # fmt: skip
    revoking = {
        **STATEMENT,
        "node_key_base64": b64(BRAVO.node_public),
        "sequence": 1,
        "revokes": [ALFA.key_id],
    }
    revoked = {**PARTY, "statements": [signed(STATEMENT), signed(revoking)]}
    yield _case("key-revoked", "P10", "its key is revoked", whole(party=revoked), "key-revoked")
    stranger = {**PARTY, "root_key_base64": b64(BRAVO.root_public)}
    yield _case(
        "root", "P5", "another root key than the id is made of", whole(party=stranger), "root-key"
    )
    unsigned = {**PARTY, "statements": [signed(STATEMENT, BRAVO)]}
    yield _case(
        "statement",
        "P5",
        "a statement that another root signed",
        whole(party=unsigned),
        "key-statement",
    )


def whole(
    body: Fields | None = None,
    lines: tuple[tuple[Fields, ...], ...] = ((SITE_LINE,), (), (NOTICE_LINE,), (GONE,)),
    counts: tuple[int, ...] | None = None,
    envelope: Fields | None = None,
    party: Fields = PARTY,
    more: dict[str, bytes] | None = None,
) -> bytes:
    """A pack, signed by alfa."""
    files = {NAMES[0]: rfc8785.dumps({"parties": [party]})}
    files |= {name: _lines(each) for name, each in zip(NAMES[1:], lines, strict=True)}
    files |= more or {}
    names = ("sites", "movements", "notices", "taken_back")
    told = counts or tuple(len(each) for each in lines)
    manifest = {
        **BODY,
        "counts": dict(zip(names, told, strict=True)),
        "files": [
            {
                "name": name,
                "sha256": hashlib.sha256(content).hexdigest(),
                "size_bytes": len(content),
            }
            for name, content in files.items()
        ],
        **(body or {}),
    }
    fields: Fields = {
        "author": ALFA.id, "recipients": [], "kind": "pack.pack", "operator": "ada", "made_at": MADE_AT,
        "expires_at": EXPIRES, "body": manifest, **(envelope or {}),
    }  # fmt: skip
    return archive({"pack.record": sealed(payload(**fields), ALFA), **files})


def archive(files: dict[str, bytes]) -> bytes:
    """The one spelling of bundle.md §2."""
    locals_, directory = b"", b""
    for name, content in files.items():
        common = struct.pack(
            "<HHHHHIIIHH",
            20,
            0x0800,
            0,
            0,
            0x0021,
            zlib.crc32(content),
            len(content),
            len(content),
            len(name),
            0,
        )
        directory += (
            b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(locals_))
            + name.encode()
        )  # fmt: skip
        locals_ += b"PK\x03\x04" + common + name.encode() + content
    count = len(files)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(locals_), 0)
    return locals_ + directory + b"PK\x05\x06" + end


def parts_of(pack: bytes) -> dict[str, bytes]:
    """The entries of an archive, by name."""
    found: dict[str, bytes] = {}
    at = 0
    while pack[at : at + 4] == b"PK\x03\x04":
        size, name_size = (
            struct.unpack("<I", pack[at + 22 : at + 26])[0],
            struct.unpack("<H", pack[at + 26 : at + 28])[0],
        )
        start = at + 30 + name_size
        found[pack[at + 30 : start].decode()] = pack[start : start + size]
        at = start + size
    return found


def _flipped(pack: bytes, near: bytes) -> bytes:
    at = pack.index(near)
    return pack[:at] + bytes([pack[at] ^ 1]) + pack[at + 1 :]


def _lines(rows: Any) -> bytes:
    return b"".join(rfc8785.dumps(each) + b"\n" for each in rows)


def _case(name: str, rule: str, why: str, pack: bytes, reason: str | None = None) -> Case:
    values: Fields = {}
    if reason is None:
        record = parts_of(pack)["pack.record"]
        values = {
            "holder": BODY["holder"],
            "record_size_bytes": len(record),
            "counts": json.loads(_payload(record))["body"]["counts"],
        }
    return Case(
        f"{name}{'' if reason is None else '_reject'}",
        rule,
        why,
        {"file.pack": pack},
        reason,
        values,
    )


def _payload(envelope: bytes) -> bytes:
    import base64  # noqa: PLC0415

    decoded: bytes = base64.b64decode(json.loads(envelope)["payload"])
    return decoded
