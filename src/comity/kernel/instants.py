"""Instants of UTC with one spelling, and times as people stated them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from comity.kernel.errors import InputError

_CANONICAL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z", re.ASCII)
_RFC3339 = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})?",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNIX_MS_MIN = 0  # 1970-01-01: nothing Comity holds is older
UNIX_MS_MAX = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z, the last instant RFC 3339 spells


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """A moment of UTC, whole milliseconds since 1970-01-01 (leap seconds not counted, as POSIX)."""

    unix_ms: int

    def __post_init__(self) -> None:
        if not UNIX_MS_MIN <= self.unix_ms <= UNIX_MS_MAX:
            raise InputError("instant", f"{self.unix_ms} ms is outside 1970 to 9999")

    def __str__(self) -> str:
        """The one canonical spelling: `2026-11-22T17:29:50.123Z`."""
        whole_s, ms = divmod(self.unix_ms, 1000)
        moment = _EPOCH + timedelta(seconds=whole_s)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms:03d}Z"

    def plus_s(self, seconds: float) -> "Instant":
        """This instant moved by elapsed seconds, rounded to the millisecond."""
        return Instant(self.unix_ms + round(seconds * 1000))

    def or_last_plus_s(self, seconds: float) -> "Instant":
        """As `plus_s`, but never beyond the last instant of 9999.

        For limits counted from a time that a peer claims: none it can write may make us fail.
        """
        return Instant(min(self.unix_ms + round(seconds * 1000), UNIX_MS_MAX))

    def minus(self, other: "Instant") -> float:
        """Elapsed seconds from `other` to this instant."""
        return (self.unix_ms - other.unix_ms) / 1000

    @property
    def unix_s(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return self.unix_ms / 1000


@dataclass(frozen=True, slots=True)
class StatedTime:
    """A time as a person or a document stated it, beside the instant it means (L-15)."""

    instant: Instant
    as_stated: str
    zone: str


def instant_from_canonical(text: object) -> Instant:
    """Read the one spelling that records use.

    Raises:
        InputError: any other spelling, or a date that does not exist.
    """
    if not isinstance(text, str) or _CANONICAL.fullmatch(text) is None:
        raise InputError("instant", f"{text!r} is not spelt YYYY-MM-DDTHH:MM:SS.mmmZ")
    return _instant(text[:19], text[19:23], "Z", text)


def instant_from_rfc3339(text: object, field: str = "time") -> Instant:
    """Read an RFC 3339 time with any offset. A time without a zone is refused (L-15).

    Raises:
        InputError: naive, malformed, non-existent, or a leap second.
    """
    match = _RFC3339.fullmatch(text.strip()) if isinstance(text, str) else None
    if not isinstance(text, str) or match is None:
        raise InputError(field, f"{text!r} is not an RFC 3339 time such as 2026-11-22T17:29:50Z")
    if match[4] is None:
        raise InputError(field, f"{text!r} has no time zone; write Z or an offset such as +03:00")
    return _instant(f"{match[1]}T{match[2]}", match[3] or "", match[4].upper(), text, field)


def _instant(
    seconds_text: str, fraction: str, zone: str, text: str, field: str = "instant"
) -> Instant:
    try:
        moment = datetime.fromisoformat(seconds_text + ("+00:00" if zone == "Z" else zone))
    except ValueError as error:
        raise InputError(field, f"{text!r}: {error}") from error
    delta = moment - _EPOCH
    whole_ms = (delta.days * 86_400 + delta.seconds) * 1000
    return Instant(whole_ms + (int((fraction[1:] + "000")[:3]) if fraction else 0))
