"""What a time-stamp reply is over, read strictly; who signed it is not looked at (docs/spec/bundle.md §3, [E17]).

Source: RFC 3161 §2.4.2, RFC 5652 §5, X.690 §10 (DER). console/src/verifier/stamps.ts is the same, line by line.
"""

import hashlib
import re
from typing import Any, NoReturn

from .reading import RefusedError, instant, words

REPLY_BYTES_MAX = 65_536
SERIAL_BYTES_MAX = 40
_INTEGER, _OCTETS, _OID, _TIME, _SEQUENCE, _SET = 0x02, 0x04, 0x06, 0x18, 0x30, 0x31
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_TST_INFO = bytes.fromhex("2a864886f70d0109100104")
_CONTENT_TYPE = bytes.fromhex("2a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_DIGESTS = {
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}
_TEXTS = {0x0C, 0x13, 0x16}  # UTF8String, PrintableString, IA5String
_MOMENT = re.compile(
    r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{0,8}[1-9]))?Z", re.ASCII
)  # X.690 §11.7: no zero at the end

Part = tuple[int, bytes]
"""Tag and content."""


def read_stamp(reply: bytes, message: bytes) -> dict[str, Any]:
    """What a reply says, where it grants a token over a message and the token is of one piece.

    Gives `at` (cut to the millisecond), `policy`, `serial` and `authority`, the name that it gives itself or None.
    RefusedError `time-stamp` where anything else stands there. No signature and no certificate is checked.
    """
    _need(len(reply) <= REPLY_BYTES_MAX, f"more than {REPLY_BYTES_MAX} bytes")
    response = _parts(_only(reply, _SEQUENCE, "reply"), "reply", 1, 2)
    status = _parts(_of(response, 0, _SEQUENCE, "status"), "status", 1, 3)
    granted = _whole(_of(status, 0, _INTEGER, "status"), "status")
    _need(granted in {0, 1}, f"not granted: status {granted}")
    token = _parts(_of(response, 1, _SEQUENCE, "token"), "token", 2, 2)
    _need(_of(token, 0, _OID, "token") == _SIGNED_DATA, "token: no signed data")
    signed = _parts(
        _only(_of(token, 1, 0xA0, "token"), _SEQUENCE, "signed data"), "signed data", 4, 6
    )
    _of(signed, 0, _INTEGER, "signed data: version")
    _of(signed, 1, _SET, "signed data: digests")
    middle = [tag for tag, _ in signed[3:-1]]
    _need(middle in ([], [0xA0], [0xA1], [0xA0, 0xA1]), "signed data: another part")
    holder = _parts(_of(signed, 2, _SEQUENCE, "content"), "content", 2, 2)
    _need(_of(holder, 0, _OID, "content") == _TST_INFO, "content: no TSTInfo")
    info = _only(_of(holder, 1, 0xA0, "content"), _OCTETS, "content")
    _check_signer(_of(signed, len(signed) - 1, _SET, "signers"), info)
    return _info(info, message)


def _check_signer(signers: bytes, info: bytes) -> None:
    """There is one signer, and what it signed names the digest of the content."""
    signer = _parts(_only(signers, _SEQUENCE, "one signer"), "signer", 6, 7)
    _of(signer, 0, _INTEGER, "signer: version")
    _need(signer[1][0] in {_SEQUENCE, 0x80}, "signer: whose it is")
    name = _digest_of(_of(signer, 2, _SEQUENCE, "signer: digest"), "signer: digest")
    held: dict[bytes, bytes] = {}
    for tag, content in _parts(
        _of(signer, 3, 0xA0, "signed attributes"), "signed attributes", 2, 64
    ):
        _need(tag == _SEQUENCE, "signed attributes")
        attribute = _parts(content, "signed attribute", 2, 2)
        kind = _of(attribute, 0, _OID, "signed attribute")
        _need(kind not in held, "a signed attribute stands twice")
        held[kind] = _of(attribute, 1, _SET, "signed attribute")
    _of(signer, 4, _SEQUENCE, "signer: algorithm")
    _of(signer, 5, _OCTETS, "signer: signature")
    if len(signer) == 7:
        _of(signer, 6, 0xA1, "signer: unsigned attributes")
    kind = _only(held.get(_CONTENT_TYPE, b""), _OID, "signed content type")
    _need(kind == _TST_INFO, "signed content type: no TSTInfo")
    digest = _only(held.get(_MESSAGE_DIGEST, b""), _OCTETS, "signed digest")
    _need(
        digest == hashlib.new(name, info).digest(),
        "what it says is not what its signer's digest is of",
    )


def _info(content: bytes, message: bytes) -> dict[str, Any]:
    """The fields of a TSTInfo over a message."""
    info = _parts(_only(content, _SEQUENCE, "TSTInfo"), "TSTInfo", 5, 10)
    version = _whole(_of(info, 0, _INTEGER, "TSTInfo: version"), "TSTInfo: version")
    _need(version == 1, f"TSTInfo: version {version}")
    policy = _dotted(_of(info, 1, _OID, "TSTInfo: policy"))
    imprint = _parts(_of(info, 2, _SEQUENCE, "TSTInfo: imprint"), "TSTInfo: imprint", 2, 2)
    name = _digest_of(_of(imprint, 0, _SEQUENCE, "TSTInfo: imprint"), "TSTInfo: imprint")
    stated = _of(imprint, 1, _OCTETS, "TSTInfo: imprint")
    over = name == "sha256" and stated == hashlib.sha256(message).digest()
    _need(over, "it is over something else than the files listed before it")
    serial = _of(info, 3, _INTEGER, "TSTInfo: serial")
    _need(len(serial) <= SERIAL_BYTES_MAX, f"TSTInfo: serial of more than {SERIAL_BYTES_MAX} bytes")
    at = _moment(_of(info, 4, _TIME, "TSTInfo: time"))
    rest = [tag for tag, _ in info[5:]]
    order = [tag for tag in (0x30, 0x01, 0x02, 0xA0, 0xA1) if tag in rest]
    _need(rest == order, "TSTInfo: another field")  # accuracy, ordering, nonce, tsa, extensions
    named = next((each for tag, each in info[5:] if tag == 0xA0), None)
    return {
        "at": at,
        "policy": policy,
        "serial": str(_whole(serial, "TSTInfo: serial")),
        "authority": None if named is None else _name(named),
    }


def _parts(content: bytes, place: str, least: int, most: int) -> list[Part]:
    """Values one after the other in DER, none entered: definite and shortest lengths, tags of one byte."""
    found: list[Part] = []
    position = 0
    while position < len(content):
        _need(len(found) < most, f"{place}: more than {most} parts")
        _need(position + 2 <= len(content), f"{place}: ends too early")
        tag, size = content[position], content[position + 1]
        _need(tag & 0x1F != 0x1F, f"{place}: a long tag")
        position += 2
        if size >= 0x80:
            count = size - 0x80
            _need(1 <= count <= 3 and position + count <= len(content), f"{place}: a length")
            size = int.from_bytes(content[position : position + count], "big")
            _need(size >= 0x80 and size >> (8 * count - 8), f"{place}: a length not the shortest")
            position += count
        _need(position + size <= len(content), f"{place}: ends too early")
        found.append((tag, content[position : position + size]))
        position += size
    _need(len(found) >= least, f"{place}: fewer than {least} parts")
    return found


def _of(parts: list[Part], index: int, tag: int, place: str) -> bytes:
    _need(index < len(parts), f"{place}: missing")
    _need(parts[index][0] == tag, f"{place}: another type")
    return parts[index][1]


def _only(content: bytes, tag: int, place: str) -> bytes:
    return _of(_parts(content, place, 1, 1), 0, tag, place)


def _whole(content: bytes, place: str) -> int:
    """An INTEGER that is not below zero, in its shortest spelling."""
    shortest = len(content) == 1 or (len(content) > 1 and (content[0] or content[1] >= 0x80))
    _need(shortest and content[0] < 0x80, f"{place}: not a whole number from 0")
    return int.from_bytes(content, "big")


def _digest_of(content: bytes, place: str) -> str:
    parts = _parts(content, place, 1, 2)
    name = _DIGESTS.get(_of(parts, 0, _OID, place))
    _need(parts[1:] in ([], [(0x05, b"")]), f"{place}: parameters")
    if name is None:
        _refuse(f"{place}: none of SHA-256, SHA-384, SHA-512")
    return name


def _dotted(content: bytes) -> str:
    """An object identifier of at most 32 bytes, in figures and points."""
    place = "TSTInfo: policy"
    _need(0 < len(content) <= 32 and content[-1] < 0x80, place)
    arcs: list[int] = []
    value, begins = 0, True
    for each in content:
        _need(not begins or each != 0x80, place)
        value, begins = value << 7 | each & 0x7F, each < 0x80
        if begins:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def _moment(content: bytes) -> str:
    match = _MOMENT.fullmatch(content.decode("latin-1"))
    if match is None:
        _refuse("TSTInfo: time")
    year, month, day, hour, minute, second, part = match.groups()
    text = f"{year}-{month}-{day}T{hour}:{minute}:{second}.{(part or '')[:3]:0<3}Z"
    return instant(text, "time-stamp", "TSTInfo: time")


def _name(content: bytes) -> str | None:
    """The words of a directory name, None where it is another name or cannot be shown."""
    try:
        names = _parts(_only(_only(content, 0xA4, "name"), _SEQUENCE, "name"), "name", 1, 16)
        found = []
        for index in range(len(names)):
            pair = _parts(_only(_of(names, index, _SET, "name"), _SEQUENCE, "name"), "name", 2, 2)
            _need(pair[1][0] in _TEXTS, "name")
            found.append(pair[1][1].decode("utf-8"))
        return words(", ".join(found), 1, 200, "time-stamp", "name")
    except (RefusedError, UnicodeDecodeError):
        return None


def _need(condition: object, why: str) -> None:
    if not condition:
        _refuse(why)


def _refuse(why: str) -> NoReturn:
    raise RefusedError("time-stamp", why)
