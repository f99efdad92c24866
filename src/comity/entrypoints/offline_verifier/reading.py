"""Bytes in one spelling: canonical JSON, base64, records, notes. Written from docs/spec alone."""

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any, NoReturn

from . import ed25519

PART_BYTES_MAX = 2_097_152
PAYLOAD_BYTES_MAX = 1_048_576
ENVELOPE_BYTES_MAX = 1_398_616
INTEGER_MAX = 2**53 - 1
DEPTH_MAX = 32
UNIX_S_MAX = 253_402_300_799  # the last second of 9999
PAYLOAD_TYPE = "application/vnd.comity.record.v1+json"
_PARTY = re.compile(r"[a-z][a-z0-9-]{0,31}\.[a-z2-7]{8}")
_OPERATOR = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_KIND = re.compile(r"(?=.{1,64}\Z)[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9:+._/-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.\d{3}Z", re.ASCII)
_NOT_SHOWN = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class RefusedError(Exception):
    """A bundle does not hold; `reason` is a code of the specification."""

    def __init__(self, reason: str, why: str = "") -> None:
        super().__init__(f"{reason}: {why}" if why else reason)
        self.reason = reason


def need(condition: object, reason: str, why: str = "") -> None:
    """Refuse unless a condition holds."""
    if not condition:
        raise RefusedError(reason, why)


def canonical(data: bytes, reason: str, size_max: int = PART_BYTES_MAX) -> Any:
    """A value whose only spelling these bytes are (docs/spec/record.md §3)."""
    need(len(data) <= size_max, reason, f"more than {size_max} bytes")

    def no_float(text: str) -> NoReturn:
        raise RefusedError(reason, f"{text[:40]} is not a whole number")

    try:
        value = json.loads(
            data.decode("utf-8"), parse_float=no_float, parse_constant=no_float, parse_int=_integer
        )
        only = spelt(value)
    except (ValueError, RecursionError) as error:
        raise RefusedError(reason, f"not canonical JSON: {error}") from error
    need(only == data, reason, "not the canonical spelling")
    return value


def spelt(value: Any) -> bytes:
    """The one spelling of a value that was read from it."""
    return _spelt(value, 0).encode("utf-8")


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > INTEGER_MAX:
        raise ValueError("an integer beyond 2^53 - 1")
    return int(text)


def _spelt(value: Any, depth: int) -> str:
    if isinstance(value, (dict, list)) and depth == DEPTH_MAX:
        raise ValueError(f"nests more than {DEPTH_MAX} deep")
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        inner = (f"{_text(name)}:{_spelt(value[name], depth + 1)}" for name in names)
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_spelt(item, depth + 1) for item in value) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def exactly(value: Any, names: set[str], reason: str, place: str) -> dict[str, Any]:
    """An object of exactly these names."""
    need(isinstance(value, dict) and set(value) == names, reason, f"{place}: other fields")
    return dict(value)


def words(value: Any, least: int, most: int, reason: str, place: str) -> str:
    """A text that people can be shown (docs/spec/record.md §10)."""
    need(isinstance(value, str) and least <= len(value) <= most, reason, place)
    need(not any(unicodedata.category(each) in _NOT_SHOWN for each in value), reason, place)
    return str(value)


def whole(value: Any, least: int, most: int, reason: str, place: str) -> int:
    """A whole number; booleans are none."""
    need(type(value) is int and least <= value <= most, reason, place)
    return int(value)


def data64(value: Any, size: int | None, reason: str, place: str) -> bytes:
    """Bytes in the one spelling of base64."""
    try:
        need(isinstance(value, str), reason, place)
        found = base64.b64decode(value.encode("ascii"), validate=True)
    except ValueError as error:
        raise RefusedError(reason, f"{place}: {error}") from error
    need(base64.b64encode(found).decode() == value, reason, f"{place}: another spelling")
    need(size is None or len(found) == size, reason, f"{place}: {len(found)} bytes")
    return found


def hashes(value: Any, most: int, reason: str, place: str) -> list[bytes]:
    """Hashes of 32 bytes."""
    need(isinstance(value, list) and len(value) <= most, reason, place)
    return [data64(each, 32, reason, place) for each in value]


def instant(value: Any, reason: str, place: str) -> str:
    """An instant; two are in order as their texts are."""
    match = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    need(match, reason, place)
    assert match is not None
    year, month, day, hour, minute, second = map(int, match.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    good = year >= 1970 and 1 <= month <= 12 and hour < 24 and minute < 60 and second < 60
    need(good and 1 <= day <= _MONTH_DAYS[month - 1], reason, place)
    need(leap or (month, day) != (2, 29), reason, place)
    return match[0]


def fits(value: Any, form: str) -> bool:
    """Whether a text is of a form: party, operator, digest."""
    forms = {"party": _PARTY, "operator": _OPERATOR, "digest": _DIGEST}
    return isinstance(value, str) and forms[form].fullmatch(value) is not None


KeyOf = Callable[[str, str], bytes | None]


def open_record(envelope: bytes, key_of: KeyOf) -> dict[str, Any]:
    """A record whose signature holds; adds `digest` and `key_id` to its fields (docs/spec/record.md)."""
    form = "envelope-form"
    need(len(envelope) <= ENVELOPE_BYTES_MAX, "envelope-size")
    outer = exactly(
        canonical(envelope, form), {"payload", "payloadType", "signatures"}, form, "envelope"
    )
    need(outer["payloadType"] == PAYLOAD_TYPE, "payload-type")
    signatures = outer["signatures"]
    need(isinstance(signatures, list), form)
    need(len(signatures) == 1, "signature-count")
    signed = exactly(signatures[0], {"keyid", "sig"}, form, "signature")
    key_id = signed["keyid"]
    need(isinstance(key_id, str), form)
    need(key_id.startswith("ed25519:"), "unknown-algorithm")
    need(fits(key_id[8:], "digest"), form, "keyid")
    payload = data64(outer["payload"], None, form, "payload")
    signature = data64(signed["sig"], 64, form, "sig")
    fields = _fields(canonical(payload, "not-canonical", PAYLOAD_BYTES_MAX))
    key = key_of(fields["author"], key_id)
    need(key is not None, "unknown-key", f"{fields['author']} {key_id}")
    assert key is not None
    need("ed25519:" + hashlib.sha256(key).hexdigest() == key_id, "unknown-key")
    message = b"DSSEv1 %d %b %d %b" % (
        len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload,
    )  # fmt: skip
    need(ed25519.holds(key, message, signature), "bad-signature", fields["author"])
    digest = hashlib.sha256(b"comity-record-v1\x00" + payload).hexdigest()
    return {**fields, "digest": digest, "key_id": key_id}


def _fields(payload: Any) -> dict[str, Any]:
    reason = "field-form"
    names = {
        *("author", "body", "exercise", "expires_at", "kind", "kind_version", "labels", "made_at"),
        *("operator", "previous", "recipients", "sequence"),
    }
    need(isinstance(payload, dict), reason)
    need(names <= set(payload), "missing-field", str(sorted(names - set(payload))))
    need(fits(payload["author"], "party"), reason, "author")
    need(isinstance(payload["body"], dict), reason, "body")
    need(isinstance(payload["exercise"], bool), reason, "exercise")
    need(fits(payload["operator"], "operator"), reason, "operator")
    kind = payload["kind"]
    need(isinstance(kind, str) and _KIND.fullmatch(kind), reason, "kind")
    whole(payload["kind_version"], 1, 65_535, reason, "kind_version")
    sequence = whole(payload["sequence"], 0, INTEGER_MAX, reason, "sequence")
    previous = payload["previous"]
    need(previous is None or fits(previous, "digest"), reason, "previous")
    need((previous is None) == (sequence == 0), "chain-form")
    _ordered(payload["recipients"], _PARTY, 64, "recipient-order")
    _ordered(payload["labels"], _LABEL, 32, "label-order")
    need(payload["author"] not in payload["recipients"], reason, "recipients")
    made_at = instant(payload["made_at"], reason, "made_at")
    expires_at = payload["expires_at"]
    if expires_at is not None:
        need(instant(expires_at, reason, "expires_at") >= made_at, "expiry-before-making")
    return dict(payload)


def _ordered(value: Any, form: re.Pattern[str], most: int, order: str) -> None:
    need(isinstance(value, list) and len(value) <= most, "field-form", order)
    good = all(isinstance(each, str) and form.fullmatch(each) for each in value)
    need(good, "field-form", order)
    need(value == sorted(set(value)), order)


def signature_line(line: bytes, reason: str = "note-form") -> tuple[str, bytes, bytes]:
    """Key name, key hash and signature of a line of a note, newline included."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError(reason, "not UTF-8") from error
    need(not any(ord(each) < 32 for each in text[:-1]) and text.endswith("\n"), reason)
    need(text.startswith("— ") and text.count("\n") == 1, reason)
    name, space, encoded = text[2:-1].rpartition(" ")
    need(space and name and not re.search(r"[\s+]", name), reason)
    blob = data64(encoded, None, reason, "signature line")
    need(len(blob) > 4, reason)
    return name, blob[:4], blob[4:]


def open_note(note: bytes, origin: str, keys: list[bytes]) -> tuple[int, bytes]:
    """Size and root of a checkpoint with its owner's signature alone (docs/spec/checkpoint.md §3, §4)."""
    need(len(note) <= 65_536, "note-size")
    text, blank, tail = note.rpartition(b"\n\n")
    need(blank and text and tail.endswith(b"\n"), "note-form")
    try:
        lines = (text + b"\n").decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise RefusedError("note-form", "not UTF-8") from error
    need(not any(ord(each) < 32 for line in lines for each in line), "note-form")
    need(tail.count(b"\n") == 1, "log-form", "note: more than one signature line")
    name, key_hash, signature = signature_line(tail)
    need(len(lines) == 4 and all(lines[:3]), "checkpoint-form")
    need(re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1], re.ASCII), "checkpoint-form", "size")
    size, root = int(lines[1]), data64(lines[2], 32, "checkpoint-form", "root")
    need(size <= 2**63 - 1, "checkpoint-form", "size")
    need(size or root == hashlib.sha256(b"").digest(), "checkpoint-form", "root of nothing")
    need(lines[0] == origin, "other-origin", lines[0])
    named = [key for key in keys if name == origin and _key_hash(origin, 1, key) == key_hash]
    need(named, "unknown-signer", origin)
    good = len(signature) == 64 and any(
        ed25519.holds(key, text + b"\n", signature) for key in named
    )
    need(good, "bad-note-signature", origin)
    return size, root


def open_cosignature(line: bytes, body: bytes, witness: str, keys: list[bytes]) -> int:
    """POSIX seconds of a cosignature that holds (docs/spec/checkpoint.md §5)."""
    name, key_hash, blob = signature_line(line)
    named = [key for key in keys if name == witness and _key_hash(witness, 4, key) == key_hash]
    need(named, "unknown-witness", name)
    need(len(blob) == 72, "cosignature-form")
    unix_s = int.from_bytes(blob[:8], "big")
    need(unix_s <= UNIX_S_MAX, "cosignature-form", "beyond the year 9999")
    message = b"cosignature/v1\ntime %d\n%b" % (unix_s, body)
    need(any(ed25519.holds(key, message, blob[8:]) for key in named), "bad-cosignature", name)
    return unix_s


def _key_hash(name: str, kind: int, key: bytes) -> bytes:
    return hashlib.sha256(b"%b\n%c%b" % (name.encode(), kind, key)).digest()[:4]
