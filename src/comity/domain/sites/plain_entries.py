"""Entries of one record read as columns: first versions of sites at points, as lists of them are.

What is read here is what `read_entries` reads, the values and nothing but them; whatever is not of this
form, or may be at fault, is left to it. A thousand entries take a tenth of the time so.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any, Final

import numpy as np

from comity.domain.records import ErasedRecord, Record, fault_of_words
from comity.domain.sites import fields
from comity.domain.sites.entry import (
    BLIND,
    LANGUAGE,
    NAME_LENGTH_MAX,
    NAMES_MAX,
    SCRIPT,
    Contact,
    Name,
    Origin,
    SiteKind,
    contact_from_body,
    origin_from_body,
)
from comity.domain.sites.numbers import TOKEN_DIGITS
from comity.domain.sites.place import (
    ACCURACY_MM_MAX,
    LATITUDE_E7_MAX,
    LONGITUDE_E7_MAX,
    RADIUS_MM_MAX,
    PlaceDatum,
)
from comity.kernel.errors import RecordError
from comity.kernel.ids import PartyId
from comity.kernel.instants import UNIX_MS_MAX, UNIX_MS_MIN

ROWS_MAX: Final = 1_000  # of one record, as `bodies.ROWS_MAX`
ABSENT: Final = -1
"""Stands for null in columns of whole numbers that are never negative."""

_ENTRY: Final = itemgetter(
    "blind", "contact", "kind", "names", "origin", "owner", "place", "renew_by", "site", "valid_from",
    "valid_until", "version",
)  # fmt: skip
_PLACE: Final = itemgetter(
    "accuracy_mm", "datum", "edge", "kind", "latitude_deg_e7", "longitude_deg_e7", "radius_mm"
)
_NAME: Final = itemgetter("text", "script", "language")
_NAME_END, _PART_END = "\x1e", "\x1f"  # no name holds a control character (docs/spec/record.md §10)
_HEX: Final = re.compile(r"[0-9a-f]+")


class _OtherFormError(Exception):
    """Left to the reader that takes every form, and names what is at fault."""


@dataclass(frozen=True, slots=True)
class Said:
    """What many sites of one list have in common."""

    kind: SiteKind
    datum: PlaceDatum
    owner: str
    origin: Origin
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class PlainEntries:
    """First versions of sites at points, a column a field; each has as many values.

    Attributes:
        owner: the party that speaks for all of them.
        tokens: what stands behind the owner's id in theirs.
        accuracy_mm: `ABSENT`: not stated.
        valid_from_ms, valid_until_ms: POSIX milliseconds; `ABSENT`: not limited.
        blinds: 16 bytes each, in one piece.
    """

    owner: PartyId
    tokens: list[int]
    latitude_e7: list[int]
    longitude_e7: list[int]
    radius_mm: list[int]
    accuracy_mm: list[int]
    valid_from_ms: list[int]
    valid_until_ms: list[int]
    renew_by_ms: list[int]
    blinds: bytes
    said: list[Said]
    names: list[str]
    """As `packed_names` writes them."""

    def __len__(self) -> int:
        return len(self.tokens)


def read_plain_entries(record: Record) -> PlainEntries | None:
    """The entries of a record as columns; None: not all are of that form, or one may be at fault."""
    rows = record.body.get("entries")
    if isinstance(record, ErasedRecord) or type(rows) is not list or not 1 <= len(rows) <= ROWS_MAX:
        return None
    try:
        return _read(record.author, rows)
    except (_OtherFormError, RecordError, KeyError, TypeError, ValueError):
        return None


def packed_names(names: Iterable[Name]) -> str:
    """Names in one text."""
    return _NAME_END.join(_packed(each.text, each.script, each.language) for each in names)


def names_of(packed: str) -> tuple[Name, ...]:
    """The names that `packed_names` wrote."""
    return tuple(Name(*each.split(_PART_END)) for each in packed.split(_NAME_END))


def _packed(text: str, script: str, language: str) -> str:
    return f"{text}{_PART_END}{script}{_PART_END}{language}"


def _read(author: PartyId, rows: list[Any]) -> PlainEntries:
    _only(dict, rows)
    blinds, contacts, kinds, names, origins, owners, places, renewals, sites, begins, ends, versions = zip(
        *map(_ENTRY, rows), strict=True
    )  # fmt: skip
    _only(int, versions)
    _must(set(versions) == {1})
    latitude, longitude, radius_mm, accuracy_mm, datums = _points(places)
    begins_ms, ends_ms, renewals_ms = map(_milliseconds, (begins, ends, renewals))
    _must(ABSENT not in renewals_ms)
    for begin_ms, end_ms in zip(begins_ms, ends_ms, strict=True):
        _must(ABSENT in (begin_ms, end_ms) or begin_ms < end_ms)
    _only(dict, origins)
    stated = [(each["name"], each["kind"]) for each in origins]
    contact = [None if each is None else contact_from_body({"contact": each}) for each in contacts]
    shared = list(zip(kinds, datums, owners, stated, contact, strict=True))
    said_of = {each: _said(*each) for each in set(shared)}
    said = list(map(said_of.__getitem__, shared))
    return PlainEntries(
        author, _tokens(author, sites), latitude, longitude, radius_mm, accuracy_mm,
        begins_ms, ends_ms, renewals_ms, _blinds(blinds), said, _names(names),
    )  # fmt: skip


def _said(
    kind: Any, datum: Any, owner: Any, origin: tuple[Any, Any], contact: Contact | None
) -> Said:
    return Said(
        fields.choice({"kind": kind}, "kind", SiteKind),
        fields.choice({"datum": datum}, "datum", PlaceDatum),
        fields.words({"owner": owner}, "owner", NAME_LENGTH_MAX),
        origin_from_body({"origin": {"name": origin[0], "kind": origin[1]}}),
        contact,
    )


def _tokens(author: PartyId, sites: Sequence[Any]) -> list[int]:
    """What stands behind the author's id in each; all are its own, and each stands once."""
    _only(str, sites)
    start = f"{author}/"
    _must(all(site.startswith(start) for site in sites))
    digits = [site[len(start) :] for site in sites]
    _must(set(map(len, digits)) == {TOKEN_DIGITS})
    _must(_HEX.fullmatch("".join(digits)) is not None)
    _must(len(set(digits)) == len(digits))
    return [int(each, 16) for each in digits]


def _blinds(blinds: Sequence[Any]) -> bytes:
    _only(str, blinds)
    _must(set(map(len, blinds)) == {32})
    joined = "".join(blinds)
    _must(_HEX.fullmatch(joined) is not None and BLIND.fullmatch(blinds[0]) is not None)
    return bytes.fromhex(joined)


def _points(
    places: Sequence[Any],
) -> tuple[list[int], list[int], list[int], list[int], tuple[Any, ...]]:
    _only(dict, places)
    accuracies, datums, edges, kinds, latitudes, longitudes, radii = zip(
        *map(_PLACE, places), strict=True
    )
    _must(set(edges) == {"geodesic"} and set(kinds) == {"path"})
    latitude, longitude = _single(latitudes), _single(longitudes)
    accuracy = [ABSENT if each is None else each for each in accuracies]
    for values, least, most in (
        (latitude, -LATITUDE_E7_MAX, LATITUDE_E7_MAX),
        (longitude, -LONGITUDE_E7_MAX, LONGITUDE_E7_MAX),
        (radii, 0, RADIUS_MM_MAX),
        ([each for each in accuracies if each is not None], 0, ACCURACY_MM_MAX),
    ):
        if values:
            _only(int, values)
            _must(least <= min(values) and max(values) <= most)
    return latitude, longitude, list(radii), accuracy, datums


def _single(values: Sequence[Any]) -> list[int]:
    _only(list, values)
    _must(set(map(len, values)) == {1})
    return list(chain.from_iterable(values))


def _names(rows: Sequence[Any]) -> list[str]:
    _only(list, rows)
    lengths = list(map(len, rows))
    _must(min(lengths) >= 1 and max(lengths) <= NAMES_MAX)
    flat = list(chain.from_iterable(rows))
    _only(dict, flat)
    texts, scripts, languages = zip(*map(_NAME, flat), strict=True)
    _check_words(texts)
    _check_form(scripts, SCRIPT)
    _check_form(languages, LANGUAGE)
    packed = list(map(_packed, texts, scripts, languages))
    if len(packed) == len(rows):
        return packed
    found, first = [], 0
    for length in lengths:
        own = packed[first : first + length]
        _must(len(set(own)) == length)
        found.append(_NAME_END.join(own))
        first += length
    return found


def _check_words(texts: Sequence[Any]) -> None:
    """As `fields.words`: safe to show, none empty, none too long."""
    _only(str, texts)
    _must(all(map(str.strip, texts)) and max(map(len, texts)) <= NAME_LENGTH_MAX)
    joined = "".join(texts)
    if not (joined.isascii() and joined.isprintable()):
        _must(all(fault_of_words(text, NAME_LENGTH_MAX) is None for text in texts))


def _check_form(values: Iterable[Any], form: re.Pattern[str]) -> None:
    for value in set(values):
        fields.form({"": value}, "", form)


def _milliseconds(values: Sequence[Any]) -> list[int]:
    """Instants in their one spelling as POSIX milliseconds, null as `ABSENT`.

    NumPy reads many spellings and writes one: what it writes again as it stood is in that one.
    """
    texts = [value for value in values if value is not None]
    if not texts:
        return [ABSENT] * len(values)
    _only(str, texts)
    _must(all(text.endswith("Z") for text in texts))
    plain = [text[:-1] for text in texts]
    at = np.array(plain, "datetime64[ms]")
    _must(np.datetime_as_string(at, unit="ms").tolist() == plain)
    found = at.astype(np.int64)
    _must(bool(found.min() >= UNIX_MS_MIN and found.max() <= UNIX_MS_MAX))
    if len(texts) == len(values):
        whole: list[int] = found.tolist()
        return whole
    rest = iter(found.tolist())
    return [ABSENT if value is None else next(rest) for value in values]


def _only(kind: type, values: Iterable[Any]) -> None:
    _must(set(map(type, values)) == {kind})


def _must(condition: bool) -> None:
    if not condition:
        raise _OtherFormError
