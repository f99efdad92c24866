"""Documents are what their bytes are, not what their name says."""

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass, field
from enum import StrEnum

from comity.domain.groups.limits import DOCUMENT_SIZE_BYTES_MAX
from comity.domain.records import fault_of_words
from comity.kernel.errors import InputError

DOCUMENT_NAME_LENGTH_MAX = 120
_NOT_IN_A_NAME = frozenset('/\\:*?"<>|')  # what some file system reads as more than a name


class MediaType(StrEnum):
    """What a group may hold. Pages, drawings and programs that a viewer would run are not among it."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    JSON = "application/json"
    TEXT = "text/plain"


ENDINGS = {
    MediaType.PDF: (".pdf",),
    MediaType.PNG: (".png",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.JSON: (".json", ".geojson"),
    MediaType.TEXT: (".txt", ".md", ".csv"),
}

_SIGNATURES = (
    (b"%PDF-", MediaType.PDF),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"\xff\xd8\xff", MediaType.JPEG),
)
# Names by which a PDF runs, opens or carries something else (ISO 32000-1 §12.6, §7.11.4). What is packed in object
# streams is not seen: a viewer with scripts switched off is still wanted.
_PDF_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
_MARKUP = (b"<!", b"<?", b"<html", b"<svg", b"<script", b"<body", b"<head")


@dataclass(frozen=True, slots=True)
class Document:
    """One document, whole. `media_type` is what the bytes show."""

    name: str
    media_type: MediaType
    sha256: str
    content: bytes = field(repr=False)


def document(name: str, content: bytes) -> Document:
    """Read a document from its name and bytes.

    Raises:
        InputError: `name` or `content`: out of form, too large, of no known type, or the name's ending
            says another type than the bytes show.
    """
    fault = fault_of_words(name, DOCUMENT_NAME_LENGTH_MAX)
    if fault is None and (not name.strip(" .") or name[0] in ". " or name[-1] in ". "):
        fault = "is empty, or begins or ends with a dot or a blank"
    if fault is None and (wrong := sorted(_NOT_IN_A_NAME & set(name))):
        fault = f"{wrong[0]!r} is not allowed in a name"
    if fault is not None:
        raise InputError("name", fault)
    if not 0 < len(content) <= DOCUMENT_SIZE_BYTES_MAX:
        raise InputError(
            "content", f"{len(content)} bytes; 1 to {DOCUMENT_SIZE_BYTES_MAX} are allowed"
        )
    found = media_type_of(content)
    if found is None:
        known = ", ".join(MediaType)
        raise InputError("content", f"its bytes are of none of the types {known}")
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    if ending not in ENDINGS[found]:
        allowed = ", ".join(ENDINGS[found])
        raise InputError("name", f"{ending!r} says another type than its bytes, {found}: {allowed}")
    return Document(name, found, hashlib.sha256(content).hexdigest(), content)


def media_type_of(content: bytes) -> MediaType | None:
    """What the bytes are; None where no type that a group may hold fits.

    Text is UTF-8 without controls but tab and line ends; markup that a browser would run is no text.
    """
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature):
            active = media_type is MediaType.PDF and _PDF_ACTIVE.search(content)
            return None if active else media_type
    try:
        words = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:16].lower()
    if start.startswith(_MARKUP):
        return None
    plain = words.replace("\t", "").replace("\r\n", "").replace("\n", "")
    if fault_of_words(plain, DOCUMENT_SIZE_BYTES_MAX) is not None:
        return None
    if start[:1] in (b"{", b"["):
        try:
            json.loads(words)
        except (ValueError, RecursionError):
            return MediaType.TEXT
        return MediaType.JSON
    return MediaType.TEXT


def content_of(content_base64: str) -> bytes:
    """Bytes from their one spelling in base64.

    Raises:
        InputError: `content_base64`: any other spelling.
    """
    if len(content_base64) > 4 * (DOCUMENT_SIZE_BYTES_MAX // 3 + 1):
        raise InputError("content_base64", f"more than {DOCUMENT_SIZE_BYTES_MAX} bytes")
    try:
        content = base64.b64decode(content_base64, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("content_base64", "not base64") from error
    if base64.b64encode(content).decode() != content_base64:
        raise InputError("content_base64", "not the one spelling of its bytes")
    return content
