"""The bytes of an agreement: which spellings are allowed, its digest, its two parts."""

import hashlib
import unicodedata

from comity.domain.agreement.limits import LINE_LENGTH_MAX, TEXT_SIZE_BYTES_MAX
from comity.kernel.errors import InputError
from comity.kernel.ids import AgreementDigest

DIGEST_PREFIX = (
    b"comity-agreement-v1\x00"  # an agreement's digest is never the hash of anything else
)
FENCE = "+++"

_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_JOINERS = frozenset("\u200c\u200d")  # Persian and Indic spelling needs them; prose only


class AgreementTextError(InputError):
    """A text that cannot be an agreement; `reason` is a code of docs/spec/agreement.md §7."""

    def __init__(self, reason: str, field: str, why: str) -> None:
        super().__init__(field, why)
        self.reason = reason


def agreement_digest(text: str) -> AgreementDigest:
    """The digest that parties sign: SHA-256 of the domain prefix and the exact UTF-8 bytes.

    Source: docs/spec/agreement.md §2.
    """
    return AgreementDigest(hashlib.sha256(DIGEST_PREFIX + text.encode("utf-8")).hexdigest())


def decode_text(text_bytes: bytes) -> str:
    """Read a file's bytes as the text of an agreement; they are checked as `check_text` does.

    Raises:
        AgreementTextError: `too-large`, `not-utf8`, or as `check_text`.
    """
    if len(text_bytes) > TEXT_SIZE_BYTES_MAX:
        raise _too_large(len(text_bytes))
    try:
        text = text_bytes.decode("utf-8")
    except UnicodeDecodeError as error:
        raise AgreementTextError(
            "not-utf8", "text", f"byte {error.start}: {error.reason}"
        ) from error
    check_text(text)
    return text


def check_text(text: str) -> None:
    """Refuse every spelling that could read as one thing and be signed as another.

    Raises:
        AgreementTextError: with the first reason that applies, in the order of the table in
            docs/spec/agreement.md §2, and the line.

    Source: docs/spec/agreement.md §2; Unicode UAX #9 (bidi controls), UAX #15 (NFC).
    """
    if len(text) > TEXT_SIZE_BYTES_MAX:  # a character takes at least one byte
        raise _too_large(len(text))
    try:
        size_bytes = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        place = _place(text, error.start)
        raise AgreementTextError(
            "not-utf8", "text", f"{place}: half of a surrogate pair"
        ) from error
    if size_bytes > TEXT_SIZE_BYTES_MAX:
        raise _too_large(size_bytes)
    if text.startswith("\ufeff"):
        raise AgreementTextError("byte-order-mark", "text", "starts with U+FEFF; save without it")
    if "\r" in text:
        place = _place(text, text.index("\r"))
        raise AgreementTextError("carriage-return", "text", f"{place}: lines end in LF alone")
    _check_characters(text)
    if not unicodedata.is_normalized("NFC", text):
        raise AgreementTextError("not-nfc", "text", f"{_first_denormal(text)} is not in form NFC")
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LINE_LENGTH_MAX:
            why = f"line {number}: {len(line)} characters, at most {LINE_LENGTH_MAX}"
            raise AgreementTextError("line-too-long", "text", why)


def split_text(text: str) -> tuple[str, str]:
    """The front matter and the articles.

    Raises:
        AgreementTextError: `front-matter`: the text does not start with a line `+++`, or no second
            one ends it; `invisible-character` where the front matter holds a joiner.
    """
    lines = text.split("\n")
    if lines[0] != FENCE:
        raise AgreementTextError("front-matter", "text", f"the first line is not {FENCE}")
    if FENCE not in lines[1:]:
        raise AgreementTextError("front-matter", "text", f"no line {FENCE} ends the front matter")
    end = lines.index(FENCE, 1)
    front_matter = "\n".join(lines[1:end]) + "\n"
    for joiner in sorted(_JOINERS):
        if joiner in front_matter:
            place = _place(front_matter, front_matter.index(joiner))
            why = f"{place} of the front matter: U+{ord(joiner):04X}"
            raise AgreementTextError("invisible-character", "text", why)
    return front_matter, "\n".join(lines[end + 1 :])


def _check_characters(text: str) -> None:
    for line_number, line in enumerate(text.split("\n"), start=1):
        if line.isascii() and line.isprintable():
            continue
        for index, character in enumerate(line, start=1):
            reason = _fault(character)
            if reason is not None:
                place = f"line {line_number}, character {index}: U+{ord(character):04X}"
                raise AgreementTextError(reason, "text", place)


def _fault(character: str) -> str | None:
    """Why a character may not stand in an agreement, or None."""
    if character in _JOINERS:
        return None
    if character in _BIDI_CONTROLS:
        return "bidi-control"
    category = unicodedata.category(character)
    if category == "Cc":
        return "control-character"
    if category in {"Cf", "Zl", "Zp"}:
        return "invisible-character"
    if category in {"Cn", "Co", "Cs"}:
        return "unassigned-character"
    return None


def _first_denormal(text: str) -> str:
    for number, line in enumerate(text.split("\n"), start=1):
        if not unicodedata.is_normalized("NFC", line):
            return f"line {number}"
    return "a line's end"


def _place(text: str, index: int) -> str:
    line = text.count("\n", 0, index) + 1
    return f"line {line}, character {index - (text.rfind(chr(10), 0, index) + 1) + 1}"


def _too_large(size_bytes: int) -> AgreementTextError:
    why = f"{size_bytes} bytes, at most {TEXT_SIZE_BYTES_MAX} are allowed"
    return AgreementTextError("too-large", "text", why)
