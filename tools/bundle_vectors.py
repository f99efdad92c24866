"""The vectors of docs/spec/bundle.md: whole bundles, byte by byte from the page.

Archives by zlib and struct, canonical bytes by rfc8785, signatures by OpenSSL, trees by tests/naive_merkle.py, tokens
by tools/time_stamp_tokens.py. Nothing here imports comity.
"""

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import rfc8785
from tests import naive_merkle
from tools.agreement_record_vectors import KEY, signed
from tools.checkpoint_vectors import owner_line, witness_line
from tools.record_vectors import MADE_AT, payload, sealed
from tools.time_stamp_tokens import AT, Authority
from tools.vector_cases import ALFA, BRAVO, CHARLIE, Case, Fields, Party, b64

STAMP_PREFIX = b"comity-bundle-time-stamp-v1\x00"
STAMP_TYPE = "application/timestamp-reply"
SIZE = 5
CHECKED, PRESENT = "checked", "bound, signer not checked"

Files = list[tuple[str, bytes]]


@cache
def authorities() -> tuple[Authority, Authority]:
    """The one whose root the verifier is given, and another."""
    return Authority("authority"), Authority("stranger")


def known_keys() -> Fields:
    """Root keys in hex, and the root of the authority that is trusted."""
    return {
        "roots": {party.id: party.root_public.hex() for party in (ALFA, BRAVO)},
        "time_stamp_root_pem": authorities()[0].root_pem().decode(),
    }


def cases() -> Iterator[Case]:
    """Every case of the page."""
    yield from _accepted()
    yield from _stamps()
    yield from _refused()


def _records() -> list[bytes]:
    found: list[bytes] = []
    previous = None
    for index in range(SIZE):
        fields = payload(sequence=index, previous=previous, body={"text": f"leaf {index}"})
        found.append(sealed(fields))
        previous = hashlib.sha256(b"comity-record-v1\x00" + rfc8785.dumps(fields)).hexdigest()
    return found


ENVELOPES = _records()
SALTS = [hashlib.sha256(b"comity vector bundle salt %d" % index).digest() for index in range(SIZE)]
LEAVES = [
    hashlib.sha256(b"comity-leaf-v1\x00" + salt + hashlib.sha256(envelope).digest()).digest()
    for salt, envelope in zip(SALTS, ENVELOPES, strict=True)
]


def _parties() -> list[Fields]:
    return [
        {
            "name": f"Party {party.slug}",
            "party": party.id,
            "root_key_base64": b64(party.root_public),
            "statements": [signed(_statement(party), party)],
        }
        for party in (ALFA, BRAVO)
    ]


def _statement(party: Party) -> Fields:
    return KEY | {"node_key_base64": b64(party.node_public), "party": party.id, "sequence": 0}


def _log() -> list[Fields]:
    """A log of alfa to bravo: five leaves, two shown, one withheld."""
    origin = f"comity.invalid/log/{ALFA.id}/{BRAVO.id}"
    text = f"{origin}\n{SIZE}\n{b64(naive_merkle.root(LEAVES))}\n"
    head: Fields = {
        "consistency": [],
        "cosignature": witness_line(text),
        "note": text + "\n" + owner_line(text),
        "owner": ALFA.id,
        "reader": BRAVO.id,
    }
    return [head, _shown(0), _shown(2), _withheld(4)]


def _proof(index: int) -> list[str]:
    return [b64(each) for each in naive_merkle.inclusion(index, LEAVES)]


def _shown(index: int) -> Fields:
    envelope, salt = ENVELOPES[index].decode(), b64(SALTS[index])
    return {"envelope": envelope, "index": index, "proof": _proof(index), "salt": salt}


def _withheld(index: int) -> Fields:
    return {
        "index": index,
        "leaf": b64(LEAVES[index]),
        "proof": _proof(index),
        "reason": "own work",
    }


def _files(
    parties: list[Fields] | None = None, log: list[Fields] | None = None, material: bytes = b"a,b\n"
) -> Files:
    lines = b"".join(rfc8785.dumps(each) + b"\n" for each in (_log() if log is None else log))
    return [
        ("parties.json", rfc8785.dumps({"parties": _parties() if parties is None else parties})),
        ("logs/0001.jsonl", lines),
        ("material/0001-radar.csv", material),
    ]


def _listed(files: Files) -> list[Fields]:
    return [
        {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}
        for name, content in files
    ]


def _bundle(files: Files, listed: list[Fields] | None = None, **fields: Any) -> bytes:
    material = [
        {
            "description": "as received",
            "file": name,
            "media_type": STAMP_TYPE if name.endswith(".tsr") else "text/csv",
            "obtained_at": None,
            "obtained_from": "",
        }
        for name, _ in files
        if name.startswith("material/")
    ]
    body = {
        "custody": [],
        "files": _listed(files) if listed is None else listed,
        "material": material,
        "title": "A case",
    }
    manifest = payload(
        **({"kind": "evidence.bundle", "operator": "ada", "recipients": [], "body": body} | fields)
    )
    return _archive([("manifest.record", sealed(manifest)), *files])


def _archive(files: Files) -> bytes:
    """PKWARE APPNOTE 6.3 §4.3.7, §4.3.12, §4.3.16, as the page narrows it."""
    out, central = b"", b""
    for name, content in files:
        named = name.encode()
        shared = struct.pack(
            "<HHHHHIIIHH", 20, 0x0800, 0, 0, 0x0021, zlib.crc32(content), len(content), len(content),
            len(named), 0,
        )  # fmt: skip
        central += (
            b"PK\x01\x02"
            + struct.pack("<H", 20)
            + shared
            + struct.pack("<HHHII", 0, 0, 0, 0, len(out))
            + named
        )
        out += b"PK\x03\x04" + shared + named + content
    end = struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(central), len(out), 0)
    return out + central + b"PK\x05\x06" + end


def _good(name: str, rule: str, why: str, bundle: bytes, **values: Any) -> Case:
    told: Fields = {
        "title": "A case",
        "maker": ALFA.id,
        "shown": [0, 2],
        "withheld": [4],
        "size": SIZE,
    }
    return Case(name, rule, why, {"bundle.zip": bundle}, None, told | {"time_stamp": None} | values)


def _bad(name: str, rule: str, reason: str, why: str, bundle: bytes) -> Case:
    return Case(f"{name}_reject", rule, why, {"bundle.zip": bundle}, reason)


def _accepted() -> Iterator[Case]:
    yield _good("whole", "E14", "two leaves shown, one withheld, a file", _bundle(_files()))
    alone = _files()[:2]
    yield _good("no-material", "E7", "records alone", _bundle(alone))
    log = _log()
    log[0] = log[0] | {"cosignature": None}
    yield _good("not-cosigned", "E14", "nobody cosigned", _bundle(_files(log=log)))


def _stamped(over: Callable[[Files], bytes]) -> bytes:
    files = _files()
    files.append(("material/0002-time-stamp.tsr", over(files)))
    return _bundle(files)


def _stamp_message(files: Files) -> bytes:
    return STAMP_PREFIX + rfc8785.dumps({"files": _listed(files)})


def _stamps() -> Iterator[Case]:
    """What is not over the bundle is refused by all; who signed it is for verifiers that have the authority's root."""
    trusted, stranger = authorities()
    at = f"{AT[:4]}-{AT[4:6]}-{AT[6:8]}T{AT[8:10]}:{AT[10:12]}:{AT[12:14]}.000Z"

    def flipped(files: Files) -> bytes:
        reply = bytearray(trusted.reply(_stamp_message(files)))
        reply[-3] ^= 1  # in the signature's last bytes
        return bytes(reply)

    def later(files: Files) -> bytes:
        return trusted.reply(_stamp_message(files)).replace(AT.encode(), b"20261123173000Z")

    yield _good(
        "stamp-holds", "E17", "a token over the files before it, by the authority that is trusted",
        _stamped(lambda files: trusted.reply(_stamp_message(files))), time_stamp=CHECKED, stamped_at=at,
    )  # fmt: skip
    for name, why, over in (
        ("stamp-untrusted", "a token by an authority whose root was not given",
         lambda files: stranger.reply(_stamp_message(files))),
        ("stamp-broken-signature", "one bit of the signature is another", flipped),
    ):  # fmt: skip
        yield _good(name, "E17", why, _stamped(over), time_stamp=PRESENT, with_root="time-stamp")
    for name, why, over in (
        ("stamp-other-digest", "a token of that authority over other files",
         lambda files: trusted.reply(_stamp_message(files[:-1]))),
        ("stamp-without-prefix", "a token over the list without the prefix",
         lambda files: trusted.reply(_stamp_message(files)[len(STAMP_PREFIX):])),
        ("stamp-other-time", "the time was changed after signing", later),
        ("stamp-cut", "the reply ends early",
         lambda files: trusted.reply(_stamp_message(files))[:-40]),
        ("stamp-no-reply", "no reply of RFC 3161", lambda _: b"not a reply"),
    ):  # fmt: skip
        yield _bad(name, "E17", "time-stamp", why, _stamped(over))


def _refused() -> Iterator[Case]:
    whole, files = _bundle(_files()), _files()
    yield _bad("byte-before", "E1", "bundle-form", "a byte before the archive", b"\0" + whole)
    yield _bad("byte-behind", "E1", "bundle-form", "a byte behind the end record", whole + b"\0")
    yield _bad("cut", "E1", "bundle-form", "the end is missing", whole[:-1])
    flags = bytearray(whole)
    flags[7] = 0
    yield _bad("flags", "E2", "bundle-form", "flags are another", bytes(flags))
    for name, inside in (("climbing", "material/../../etc.csv"), ("rooted", "/material/0001-a.csv"),
                         ("back-slash", "material\\0001-radar.csv"), ("other-folder", "logs2/0001.jsonl")):  # fmt: skip
        changed = [*files[:2], (inside, files[2][1])]
        yield _bad(
            f"name-{name}", "E4", "bundle-name", f"an entry named {inside}", _bundle(changed)
        )
    swapped = [files[1], files[0], files[2]]
    yield _bad("order", "E4", "bundle-name", "a log before the parties", _bundle(swapped))
    other = [*files[:2], (files[2][0], b"a,c\n")]
    yield _bad("file-changed", "E7", "file-mismatch", "a file is another than listed",
               _bundle(other, _listed(files)))  # fmt: skip
    told = _bundle(files, recipients=[BRAVO.id])
    yield _bad("manifest-to-somebody", "E6", "manifest-form", "a manifest has recipients", told)
    node = _bundle(files, operator="node")
    yield _bad("manifest-by-node", "E6", "manifest-form", "no person made the manifest", node)
    parties = _parties()
    parties[1] = parties[1] | {"root_key_base64": b64(CHARLIE.root_public)}
    yield _bad("root-of-another", "E8", "root-key", "a root key is not the one that makes the party's id",
               _bundle(_files(parties)))  # fmt: skip
    parties = _parties()
    parties[1] = parties[1] | {"statements": [signed(_statement(BRAVO), CHARLIE)]}
    yield _bad("statement-by-another", "E8", "key-statement", "a key statement is by another root",
               _bundle(_files(parties)))  # fmt: skip
    parties = _parties()
    shared = _statement(BRAVO) | {"node_key_base64": b64(ALFA.node_public)}
    parties[1] = parties[1] | {"statements": [signed(shared, BRAVO)]}
    yield _bad("key-of-two", "E9", "key-shared", "one node key belongs to two parties",
               _bundle(_files(parties)))  # fmt: skip
    yield _bad("party-unknown", "E8", "unknown-party", "the reader is not among the parties",
               _bundle(_files(_parties()[:1])))  # fmt: skip
    parties = _parties()
    later = _statement(ALFA) | {"not_before": "2026-11-22T18:00:00.000Z"}
    parties[0] = parties[0] | {"statements": [signed(later, ALFA)]}
    yield _bad("key-not-yet", "E10", "key-expired", f"records made at {MADE_AT}, before their key counts",
               _bundle(_files(parties)))  # fmt: skip
    log = _log()
    log[1], log[2] = log[2], log[1]
    yield _bad(
        "leaf-order",
        "E13",
        "leaf-order",
        "a leaf before the one before it",
        _bundle(_files(log=log)),
    )
    log = [*_log()[:2], *_log()[1:]]
    yield _bad("leaf-twice", "E13", "leaf-order", "a leaf stands twice", _bundle(_files(log=log)))
    log = _log()
    log[2] = log[2] | {"salt": b64(SALTS[1])}
    yield _bad(
        "salt-of-another",
        "E14",
        "bad-inclusion-proof",
        "a salt of another leaf",
        _bundle(_files(log=log)),
    )
    log = _log()
    log[2] = log[2] | {"proof": log[2]["proof"][:-1]}
    yield _bad(
        "proof-cut", "E14", "bad-inclusion-proof", "a proof lacks a hash", _bundle(_files(log=log))
    )
    log = _log()
    log[3] = log[3] | {"reason": ""}
    yield _bad("withheld-without-reason", "E13", "log-form", "a leaf is withheld without a reason",
               _bundle(_files(log=log)))  # fmt: skip
