"""A bundle, checked from its bytes alone (docs/spec/bundle.md)."""

import base64
import hashlib
import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from . import ed25519
from .proofs import check_growth, check_inclusion, leaf_data
from .reading import (
    PART_BYTES_MAX,
    RefusedError,
    canonical,
    data64,
    exactly,
    fits,
    hashes,
    instant,
    need,
    open_cosignature,
    open_note,
    open_record,
    spelt,
    whole,
    words,
)
from .stamps import REPLY_BYTES_MAX, read_stamp

BYTES_MAX, ENTRIES_MAX, LEAVES_MAX = 2**31 - 1, 4_000, 1_000_000
STATEMENTS_MAX, REVOKES_MAX, VALID_DAYS_MAX = 1_000, 64, 90
STAMP_PREFIX = b"comity-bundle-time-stamp-v1\x00"
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_MATERIAL = re.compile(
    r"material/([0-9]{4})-[A-Za-z0-9][A-Za-z0-9_-]{0,63}(\.[A-Za-z0-9]{1,16})?", re.ASCII
)
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+", re.ASCII)


def verify(file: BinaryIO, roots: dict[str, bytes] | None = None) -> dict[str, Any]:
    """What a bundle shows; RefusedError where anything does not hold."""
    entries = _entries(file)
    manifest_bytes = _part(entries)
    parties_bytes = _part(entries)
    keys = Keys(parties_bytes, roots or {})
    record = open_record(manifest_bytes, keys.key_of)
    keys.check_time(record)
    need(keys.revoked_by(record) is None, "key-revoked", "the manifest's key")
    manifest = _manifest(record)
    listed = iter(manifest["files"])
    _check_listed(next(listed), "parties.json", parties_bytes)
    logs = Logs(keys)
    stamp_name, reply = _stamp_name(manifest), bytearray()
    for name, size, chunks in entries:
        wanted = next(listed, None)
        need(wanted is not None, "file-mismatch", f"{name} is not listed")
        assert wanted is not None
        need((wanted["name"], wanted["size_bytes"]) == (name, size), "file-mismatch", name)
        digest = hashlib.sha256()
        logs.take(name, _hashed(chunks, digest, reply if name == stamp_name else None))
        need(digest.hexdigest() == wanted["sha256"], "file-mismatch", name)
    need(next(listed, None) is None, "file-mismatch", "a file is missing")
    over = STAMP_PREFIX + spelt({"files": manifest["files"][:-1]})
    return {
        "title": manifest["title"],
        "maker": record["author"],
        "operator": record["operator"],
        "made_at": record["made_at"],
        "manifest": record["digest"],
        "parties": keys.told(),
        "logs": logs.told,
        "material": manifest["material"],
        "time_stamp": None if stamp_name is None else read_stamp(bytes(reply), over),
    }


def _stamp_name(manifest: dict[str, Any]) -> str | None:
    """The file that is a time-stamp over those before it: the last, by its name and media type (§3)."""
    last = manifest["material"][-1] if manifest["material"] else None
    if last is None or last["media_type"] != "application/timestamp-reply":
        return None
    name = str(manifest["files"][-1]["name"])
    return name if name.endswith("-time-stamp.tsr") else None


def _entries(file: BinaryIO) -> Iterator[tuple[str, int, Iterator[bytes]]]:
    """Name, size and bytes of each entry of an archive in its one spelling (§2)."""
    rows: list[bytes] = []
    position = logs = material = 0

    def take(size: int) -> bytes:
        nonlocal position
        position += size
        need(position <= BYTES_MAX, "bundle-size")
        found = file.read(size)
        need(len(found) == size, "bundle-form", "ends too early")
        return found

    def chunks(size: int, crc32: int) -> Iterator[bytes]:
        found = 0
        while size:
            chunk = take(min(size, 1 << 20))
            size, found = size - len(chunk), zlib.crc32(chunk, found)
            need(size or found == crc32, "bundle-form", "CRC-32")
            yield chunk
        need(found == crc32, "bundle-form", "CRC-32")

    while True:
        offset = position
        signature = take(4)
        if signature == b"PK\x01\x02" and rows:
            directory = b"".join(rows)
            end = struct.pack(
                "<4s4H2IH", b"PK\x05\x06", 0, 0, len(rows), len(rows), len(directory), offset, 0
            )
            need(signature + take(len(directory) + 18) == directory + end, "bundle-form")
            need(not file.read(1), "bundle-form", "something follows")
            return
        head = signature + take(_LOCAL.size - 4)
        crc32, size, name_size = (_LOCAL.unpack(head)[at] for at in (6, 7, 9))
        need(name_size <= 120, "bundle-form")
        raw = take(name_size)
        fixed = (20, 0x0800, 0, 0, 0x0021, crc32, size, size, name_size)
        need(head == _LOCAL.pack(b"PK\x03\x04", *fixed, 0), "bundle-form", "a header")
        need(raw.isascii(), "bundle-name")
        name = raw.decode()
        if len(rows) < 2:
            need(name == ("manifest.record", "parties.json")[len(rows)], "bundle-name", name)
        elif name == f"logs/{logs + 1:04}.jsonl" and not material:
            logs += 1
        else:
            match = _MATERIAL.fullmatch(name)
            material += 1
            need(match and int(match[1]) == material, "bundle-name", name)
        need(len(rows) < ENTRIES_MAX, "bundle-size")
        rows.append(_CENTRAL.pack(b"PK\x01\x02", 20, *fixed, 0, 0, 0, 0, 0, offset) + raw)
        yield name, size, chunks(size, crc32)


def _part(entries: Iterator[tuple[str, int, Iterator[bytes]]]) -> bytes:
    name, size, chunks = next(entries, ("", 0, iter(())))
    need(name, "bundle-form", "fewer than two entries")
    need(size <= PART_BYTES_MAX, "bundle-size", name)
    return b"".join(chunks)


def _hashed(chunks: Iterator[bytes], digest: Any, kept: bytearray | None) -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        if kept is not None and len(kept) <= REPLY_BYTES_MAX:
            kept += chunk
        yield chunk


def _check_listed(listed: dict[str, Any], name: str, content: bytes) -> None:
    found = {
        "name": name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_bytes": len(content),
    }
    need(listed == found, "file-mismatch", name)


def _manifest(record: dict[str, Any]) -> dict[str, Any]:
    """The body of the maker's record (§3)."""
    reason = "manifest-form"
    need((record["kind"], record["kind_version"]) == ("evidence.bundle", 1), reason)
    need(not record["recipients"] and record["operator"] != "node", reason)
    body = exactly(record["body"], {"custody", "files", "material", "title"}, reason, "manifest")
    words(body["title"], 1, 200, reason, "title")
    for name, most in (("files", ENTRIES_MAX), ("material", ENTRIES_MAX), ("custody", 200)):
        need(isinstance(body[name], list) and len(body[name]) <= most, reason, name)
    need(body["files"], reason, "files lists nothing")
    for each in body["files"]:
        exactly(each, {"name", "sha256", "size_bytes"}, reason, "files")
        need(isinstance(each["name"], str) and fits(each["sha256"], "digest"), reason, "files")
        whole(each["size_bytes"], 0, BYTES_MAX, reason, "files")
    for each in body["material"]:
        names = {"description", "file", "media_type", "obtained_at", "obtained_from"}
        exactly(each, names, reason, "material")
        words(each["description"], 0, 500, reason, "description")
        words(each["obtained_from"], 0, 200, reason, "obtained_from")
        kind = words(each["media_type"], 3, 100, reason, "media_type")
        need(_MEDIA_TYPE.fullmatch(kind), reason, "media_type")
        if each["obtained_at"] is not None:
            instant(each["obtained_at"], reason, "obtained_at")
    described = [each["file"] for each in body["material"]]
    listed = [each["name"] for each in body["files"] if each["name"].startswith("material/")]
    need(described == listed, reason, "material")
    last = ""
    for each in body["custody"]:
        exactly(each, {"action", "at", "operator"}, reason, "custody")
        words(each["action"], 1, 200, reason, "custody")
        need(fits(each["operator"], "operator"), reason, "custody")
        at = instant(each["at"], reason, "custody")
        need(at >= last, reason, "custody: a time goes back")
        last = at
    return body


class Keys:
    """Whose key is whose (§4)."""

    def __init__(self, content: bytes, roots: dict[str, bytes]) -> None:
        reason = "parties-form"
        parties = exactly(canonical(content, reason), {"parties"}, reason, "parties.json")[
            "parties"
        ]
        need(isinstance(parties, list) and len(parties) <= 64, reason)
        self._parties: dict[str, dict[str, Any]] = {}
        for each in parties:
            self._take(each, roots)
        ids = list(self._parties)
        need(ids == sorted(ids) and len(ids) == len(parties), reason, "not ascending")
        owners: dict[bytes, str] = {}
        for party, known in self._parties.items():
            need(owners.setdefault(known["root"], party + " root") == party + " root", "key-shared")
        for party, known in self._parties.items():
            for each in known["statements"]:
                need(owners.setdefault(each["key"], party) == party, "key-shared", party)

    def _take(self, value: Any, roots: dict[str, bytes]) -> None:
        reason = "parties-form"
        names = {"name", "party", "root_key_base64", "statements"}
        fields = exactly(value, names, reason, "party")
        party = fields["party"]
        need(fits(party, "party") and party not in self._parties, reason, "party")
        words(fields["name"], 1, 100, reason, "name")
        root = data64(fields["root_key_base64"], 32, reason, "root_key_base64")
        need(ed25519.is_key(root), "root-key", party)
        short = base64.b32encode(hashlib.sha256(root).digest()[:5]).decode().lower()
        need(party.endswith("." + short), "root-key", party)
        need(roots.get(party, root) == root, "root-key", f"{party}: not the one given")
        rows = fields["statements"]
        need(isinstance(rows, list) and 1 <= len(rows) <= STATEMENTS_MAX, reason, "statements")
        statements = [_statement(each, party, root) for each in rows]
        numbers = [each["sequence"] for each in statements]
        need(numbers == sorted(set(numbers)), reason, "statements: not ascending")
        revoked: dict[str, int] = {}
        for each in statements:
            for key_id in each["revokes"]:
                revoked.setdefault(key_id, each["sequence"])
        self._parties[party] = {
            "name": fields["name"], "root": root, "statements": statements, "revoked": revoked,
        }  # fmt: skip

    def keys(self, party: str) -> list[bytes]:
        """Every node key of a party."""
        need(party in self._parties, "unknown-party", party)
        return list(dict.fromkeys(each["key"] for each in self._parties[party]["statements"]))

    def key_of(self, party: str, key_id: str) -> bytes | None:
        """The node key of that id, or None."""
        known = self._parties.get(party, {"statements": []})
        return next((s["key"] for s in known["statements"] if s["key_id"] == key_id), None)

    def check_time(self, record: dict[str, Any]) -> None:
        """A record was made while its key was valid."""
        named = self._parties[record["author"]]["statements"]
        good = any(
            each["key_id"] == record["key_id"]
            and each["not_before"] <= record["made_at"] < each["not_after"]
            for each in named
        )
        need(good, "key-expired", f"{record['author']} at {record['made_at']}")

    def revoked_by(self, record: dict[str, Any]) -> int | None:
        """The first statement that revokes a record's key."""
        found: int | None = self._parties[record["author"]]["revoked"].get(record["key_id"])
        return found

    def told(self) -> list[dict[str, Any]]:
        """Each party and its root key's fingerprint."""
        return [
            {
                "party": party,
                "name": known["name"],
                "root_key_sha256": hashlib.sha256(known["root"]).hexdigest(),
            }
            for party, known in self._parties.items()
        ]


def _statement(value: Any, party: str, root: bytes) -> dict[str, Any]:
    reason = "parties-form"
    signed = exactly(value, {"signature_base64", "statement"}, reason, "statement")
    names = {
        *("node_key_base64", "not_after", "not_before", "party", "revokes", "sequence"),
        "tls_certificate_sha256",
    }
    fields = exactly(signed["statement"], names, reason, "statement")
    key = data64(fields["node_key_base64"], 32, reason, "node_key_base64")
    need(ed25519.is_key(key), reason, "node_key_base64")
    signature = data64(signed["signature_base64"], 64, reason, "signature_base64")
    start = instant(fields["not_before"], reason, "not_before")
    end = instant(fields["not_after"], reason, "not_after")
    days = (_unix_ms(end) - _unix_ms(start)) / 86_400_000
    need(0 < days <= VALID_DAYS_MAX, reason, "not_after")
    need(fits(fields["tls_certificate_sha256"], "digest"), reason, "tls_certificate_sha256")
    need(fits(fields["party"], "party"), reason, "party")
    sequence = whole(fields["sequence"], 0, STATEMENTS_MAX - 1, reason, "sequence")
    revokes = fields["revokes"]
    need(isinstance(revokes, list) and len(revokes) <= REVOKES_MAX, reason, "revokes")
    for each in revokes:
        good = isinstance(each, str) and each.startswith("ed25519:") and fits(each[8:], "digest")
        need(good, reason, "revokes")
    need(revokes == sorted(set(revokes)), reason, "revokes")
    key_id = "ed25519:" + hashlib.sha256(key).hexdigest()
    need(key_id not in revokes, reason, "revokes")
    message = b"comity-key-statement-v1\x00" + _canonical_bytes(fields)
    good = fields["party"] == party and ed25519.holds(root, message, signature)
    need(good, "key-statement", party)
    return {
        "key": key, "key_id": key_id, "not_before": start, "not_after": end,
        "revokes": revokes, "sequence": sequence,
    }  # fmt: skip


def _canonical_bytes(fields: dict[str, Any]) -> bytes:
    """Canonical JSON of an object of texts, a number and a list of texts, all in ASCII."""
    import json  # noqa: PLC0415 - used here alone

    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")


def _unix_ms(text: str) -> int:
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    # days from the civil calendar: months counted from March, so that leap days come last
    shifted = year - (month <= 2)
    era_days = 365 * shifted + shifted // 4 - shifted // 100 + shifted // 400
    days = era_days + (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1 - 719_468
    seconds = int(text[11:13]) * 3600 + int(text[14:16]) * 60 + int(text[17:19])
    return (days * 86_400 + seconds) * 1000 + int(text[20:23])


class Logs:
    """The log files, one after the other (§5)."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._opened: dict[str, dict[str, Any]] = {}
        self._before: tuple[str, str, int, bytes] | None = None
        self._leaves = 0
        self.told: list[dict[str, Any]] = []

    def take(self, name: str, chunks: Iterator[bytes]) -> None:
        """The next entry; material is only read."""
        if not name.startswith("logs/"):
            for _ in chunks:
                pass
            return
        reason = "log-form"
        lines = _lines(chunks)
        first = next(lines, None)
        need(first is not None, reason, "empty")
        names = {"consistency", "cosignature", "note", "owner", "reader"}
        head = exactly(canonical(first or b"", reason), names, reason, name)
        owner, reader = head["owner"], head["reader"]
        need(fits(owner, "party") and fits(reader, "party"), reason, "parties")
        need(isinstance(head["note"], str), reason, "note")
        need(head["cosignature"] is None or isinstance(head["cosignature"], str), reason)
        consistency = hashes(head["consistency"], 64, reason, "consistency")
        readers = self._keys.keys(reader)
        origin = f"comity.invalid/log/{owner}/{reader}"
        note = head["note"].encode()
        size, root = open_note(note, origin, self._keys.keys(owner))
        cosigned = None
        if head["cosignature"] is not None:
            body = note.rpartition(b"\n\n")[0] + b"\n"
            witness = f"comity.invalid/witness/{reader}"
            cosigned = open_cosignature(head["cosignature"].encode(), body, witness, readers)
        self._check_order(owner, reader, size, root, consistency)
        shown, withheld = self._leaves_of(lines, owner, reader, size, root)
        self._check_revocations(shown)
        self.told.append(
            {
                "owner": owner, "reader": reader, "size": size, "cosigned_unix_s": cosigned,
                "shown": [
                    {"index": i, **{k: r[k] for k in ("digest", "kind", "made_at", "operator")}}
                    for i, r in shown
                ],
                "withheld": withheld,
            }
        )  # fmt: skip

    def _check_order(
        self, owner: str, reader: str, size: int, root: bytes, consistency: list[bytes]
    ) -> None:
        old = None
        if self._before is not None:
            b_owner, b_reader, b_size, b_root = self._before
            if (b_owner, b_reader, b_size) == (owner, reader, size):
                need(b_root == root, "split-view", owner)
            need((b_owner, b_reader, b_size) < (owner, reader, size), "log-order", owner)
            if (b_owner, b_reader) == (owner, reader):
                old = (b_size, b_root)
        check_growth(old, size, root, consistency)
        self._before = (owner, reader, size, root)

    def _leaves_of(
        self, lines: Iterator[bytes], owner: str, reader: str, size: int, root: bytes
    ) -> tuple[list[tuple[int, dict[str, Any]]], list[dict[str, Any]]]:
        reason, last = "log-form", -1
        shown: list[tuple[int, dict[str, Any]]] = []
        withheld: list[dict[str, Any]] = []
        for line in lines:
            value = canonical(line, reason)
            is_shown = isinstance(value, dict) and "envelope" in value
            names = {"envelope", "salt"} if is_shown else {"leaf", "reason"}
            leaf = exactly(value, {"index", "proof", *names}, reason, "leaf")
            index = whole(leaf["index"], 0, 2**63 - 1, reason, "index")
            proof = hashes(leaf["proof"], 63, reason, "proof")
            self._leaves += 1
            need(self._leaves <= LEAVES_MAX, "bundle-size", "leaves")
            if is_shown:
                need(isinstance(leaf["envelope"], str), reason, "envelope")
                data = leaf_data(
                    data64(leaf["salt"], 32, reason, "salt"), leaf["envelope"].encode()
                )
            else:
                data = data64(leaf["leaf"], 32, reason, "leaf")
                words(leaf["reason"], 1, 200, reason, "reason")
            need(index > last, "leaf-order", f"{index} behind {last}")
            last = index
            check_inclusion(data, index, size, proof, root)
            if is_shown:
                shown.append((index, self._record(leaf["envelope"], owner, reader)))
            else:
                withheld.append({"index": index, "reason": leaf["reason"]})
        return shown, withheld

    def _record(self, envelope: str, owner: str, reader: str) -> dict[str, Any]:
        record = self._opened.get(envelope)
        if record is None:
            record = open_record(envelope.encode(), self._keys.key_of)
            self._keys.check_time(record)
            self._opened[envelope] = record
        to = record["recipients"]
        addressed = reader in to or (not to and owner == reader)
        need(record["author"] == owner and addressed, "wrong-log", record["author"])
        return record

    def _check_revocations(self, shown: list[tuple[int, dict[str, Any]]]) -> None:
        told: dict[int, int] = {}
        for index, record in shown:
            if record["kind"] == "party.key":
                statement = record["body"].get("statement")
                sequence = statement.get("sequence") if isinstance(statement, dict) else None
                need(type(sequence) is int, "key-statement")
                told.setdefault(int(sequence or 0), index)
        for index, record in shown:
            number = self._keys.revoked_by(record)
            need(number is None or index <= told.get(number, -1), "key-revoked", f"leaf {index}")


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    pending = b""
    for chunk in chunks:
        *lines, pending = (pending + chunk).split(b"\n")
        for line in (*lines, pending):
            if len(line) >= PART_BYTES_MAX:
                raise RefusedError("bundle-size", "a line")
        yield from lines
    need(not pending, "log-form", "the last line has no newline")
