"""Attachments: bounded, hashed, and of the type that their own bytes show.

What is not on the list is refused: markup and programs (HTML, SVG, archives, office files with macros)
have no place on a line. Nothing here opens a file; it is kept, hashed and handed on as bytes.

Source: docs/spec/line.md §5.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from comity.domain.agreement import AgreementTextError, check_text
from comity.domain.line.limits import ATTACHMENT_BYTES_MAX, ATTACHMENTS_MAX, NAME_LENGTH_MAX
from comity.domain.records import parse_json_strict
from comity.domain.records.body_fields import array, integer, text
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import DIGEST

NAME = re.compile(rf"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9 ._-]{{0,{NAME_LENGTH_MAX - 1}}}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_PNG_START = b"\x89PNG\r\n\x1a\n"
_JPEG_START, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
_PDF_START, _PDF_END, _PDF_TAIL = re.compile(rb"%PDF-[12]\.\d"), b"%%EOF", 1_024
# What runs or hides things in a PDF; such a file is refused rather than trusted to a viewer.
_PDF_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA|OpenAction|AA)\b")
_MARKUP = re.compile(rb"<\s*(!doctype|html|script|svg|iframe|\?xml)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file that came with a message.

    Attributes:
        name: as its sender calls it; never a path.
        media_type: one of `MEDIA_TYPES`, and the bytes bear it out.
        sha256: of the bytes, lower-case hex.
        size_bytes: how many bytes.
        content: the bytes; empty where only the rest is kept, and the record in the store has them.
    """

    name: str
    media_type: str
    sha256: str
    size_bytes: int
    content: bytes


def make_attachment(name: str, media_type: str, content: bytes) -> Attachment:
    """An attachment from a person's file.

    Raises:
        InputError: the name, the type or the size is refused, or the bytes are of another type.
    """
    try:
        return _checked(name, media_type, content)
    except RecordError as error:
        raise InputError("attachment", f"{error.reason}: {error.detail}") from error


def attachments_from_body(body: Mapping[str, Any], name: str) -> tuple[Attachment, ...]:
    """Read the attachments of a message.

    Raises:
        RecordError: `attachment-type` (the bytes are of another type than is said, or of none
            allowed), `attachment-hash`, `attachment-size`, or the form.
    """
    found: list[Attachment] = []
    for item in array(body, name, ATTACHMENTS_MAX):
        if type(item) is not dict:
            raise RecordError("field-form", f"{name}: not an object")
        spelt = text(item, "content_base64", _BASE64)
        try:
            content = base64.b64decode(spelt, validate=True)
        except (binascii.Error, ValueError) as error:
            raise RecordError("field-form", f"{name}: not base64") from error
        if base64.b64encode(content).decode() != spelt:
            raise RecordError("field-form", f"{name}: base64 with padding bits set")
        if len(content) != integer(item, "size_bytes", 1, ATTACHMENT_BYTES_MAX):
            raise RecordError("attachment-size", f"{len(content)} bytes are there")
        attachment = _checked(
            text(item, "name", NAME), text(item, "media_type", re.compile(r".{1,64}")), content
        )
        if attachment.sha256 != text(item, "sha256", DIGEST):
            raise RecordError("attachment-hash", f"{attachment.name} hashes to another value")
        found.append(attachment)
    total = sum(each.size_bytes for each in found)
    if total > ATTACHMENT_BYTES_MAX:
        raise RecordError(
            "attachment-size", f"{total} bytes together; {ATTACHMENT_BYTES_MAX} at most"
        )
    return tuple(found)


def attachment_to_body(attachment: Attachment) -> dict[str, Any]:
    """The record form."""
    return {
        "name": attachment.name,
        "media_type": attachment.media_type,
        "size_bytes": attachment.size_bytes,
        "sha256": attachment.sha256,
        "content_base64": base64.b64encode(attachment.content).decode(),
    }


def _checked(name: str, media_type: str, content: bytes) -> Attachment:
    if NAME.fullmatch(name) is None:
        raise RecordError("field-form", f"name: {name[:80]!r} is not {NAME.pattern}")
    if not 1 <= len(content) <= ATTACHMENT_BYTES_MAX:
        raise RecordError(
            "attachment-size", f"{name}: {len(content)} bytes, 1 to {ATTACHMENT_BYTES_MAX}"
        )
    judge = MEDIA_TYPES.get(media_type)
    if judge is None:
        raise RecordError(
            "attachment-type", f"{media_type[:64]!r} is none of {', '.join(sorted(MEDIA_TYPES))}"
        )
    fault = judge(content)
    if fault is not None:
        raise RecordError("attachment-type", f"{name} is not {media_type}: {fault}")
    return Attachment(name, media_type, hashlib.sha256(content).hexdigest(), len(content), content)


def _png(content: bytes) -> str | None:
    if not content.startswith(_PNG_START):
        return "it does not begin as one"
    place = len(_PNG_START)
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        kind = content[place + 4 : place + 8]
        place += 12 + length
        if kind == b"IEND":
            return None if place == len(content) else "bytes follow its end"
    return "it has no end"


def _jpeg(content: bytes) -> str | None:
    if not content.startswith(_JPEG_START):
        return "it does not begin as one"
    return None if content.endswith(_JPEG_END) else "bytes follow its end"


def _pdf(content: bytes) -> str | None:
    if _PDF_START.match(content) is None:
        return "it does not begin as one"
    if _PDF_END not in content[-_PDF_TAIL:]:
        return "it has no end"
    active = _PDF_ACTIVE.search(content)
    return None if active is None else f"it holds {active[0].decode()}"


def _plain(content: bytes) -> str | None:
    for start in (_PNG_START, _JPEG_START, b"%PDF-", b"PK\x03\x04", b"\x7fELF", b"MZ"):
        if content.startswith(start):
            return "it begins as a file of another type"
    if _MARKUP.search(content) is not None:
        return "it holds markup"
    try:
        check_text(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        return f"not UTF-8 at byte {error.start}"
    except AgreementTextError as error:
        return f"{error.reason} at {error.why}"
    return None


def _json(content: bytes) -> str | None:
    try:
        parse_json_strict(content, "attachment", size_bytes_max=ATTACHMENT_BYTES_MAX)
    except InputError as error:
        return error.why
    return None


MEDIA_TYPES: Mapping[str, Callable[[bytes], str | None]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "application/pdf": _pdf,
    "text/plain": _plain,
    "application/json": _json,
    "application/geo+json": _json,
}
