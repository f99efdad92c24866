"""One site as its owner enters it: kind, names, place, owner, contact, source, renewal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from sys import intern
from typing import Any, Final

from comity.domain.sites import fields
from comity.domain.sites.place import Place, place_from_body
from comity.kernel.errors import RecordError
from comity.kernel.ids import SiteId
from comity.kernel.instants import Instant

NAMES_MAX: Final = 16
NAME_LENGTH_MAX: Final = 200  # the longest official names of ministries' lists have some 150
WORDS_LENGTH_MAX: Final = 400
VERSION_MAX: Final = 9_999
BLIND: Final = re.compile(r"[0-9a-f]{32}")
SCRIPT: Final = re.compile(r"[A-Z][a-z]{3}")  # ISO 15924
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*|und")  # BCP 47, und: not stated


class SiteKind(StrEnum):
    """What a place is. A closed list: nothing in it is a target, and nothing ranks one above another."""

    HOSPITAL = "hospital"
    CLINIC = "clinic"
    SCHOOL = "school"
    WORSHIP = "place-of-worship"
    SHELTER = "shelter"
    CAMP = "displacement-camp"
    WATER = "water"
    FOOD = "food-distribution"
    POWER = "power-for-civilians"
    DANGEROUS_FORCES = "dangerous-forces"  # Additional Protocol I, Art. 56: dams, dykes, nuclear
    HERITAGE = "cultural-heritage"
    AID_OFFICE = "aid-office"
    ORPHANAGE = "orphanage"
    CEMETERY = "cemetery"
    OTHER = "other"


class OriginKind(StrEnum):
    """How whoever vouches for an entry came to know of it."""

    OWNER = "owner"
    VISIT = "visit"
    IMAGERY = "imagery"
    REGISTER = "register"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Name:
    """A name in one script and language."""

    text: str
    script: str
    language: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a statement comes from: two of one name and kind are one origin."""

    name: str
    kind: OriginKind


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to reach there, and until when that is good."""

    words: str
    until: Instant


@dataclass(frozen=True, slots=True)
class SiteEntry:
    """One version of one site.

    Attributes:
        version: 1, and one more with each change.
        owner: who runs the place, in words; the party that speaks for it is in the id.
        valid_from, valid_until: when there is something to protect; None: not limited.
        renew_by: from when the entry counts as expired unless its owner renews it.
        blind: chance that makes the record's digest say nothing about an erased body.
    """

    site: SiteId
    version: int
    kind: SiteKind
    names: tuple[Name, ...]
    place: Place
    owner: str
    contact: Contact | None
    origin: Origin
    valid_from: Instant | None
    valid_until: Instant | None
    renew_by: Instant
    blind: str

    def to_body(self) -> dict[str, Any]:
        """The record form."""
        return {
            "site": self.site,
            "version": self.version,
            "kind": self.kind.value,
            "names": names_to_body(self.names),
            "place": self.place.to_body(),
            "owner": self.owner,
            "contact": contact_to_body(self.contact),
            "origin": origin_to_body(self.origin),
            "valid_from": instant_to_body(self.valid_from),
            "valid_until": instant_to_body(self.valid_until),
            "renew_by": str(self.renew_by),
            "blind": self.blind,
        }


def entry_from_body(body: object, field: str = "entry") -> SiteEntry:
    """Read an entry.

    Raises:
        RecordError: a code of docs/spec/site.md §9, naming the field and the limit.
    """
    read = fields.mapping(body, field)
    valid_from = fields.instant_or_none(read, "valid_from")
    valid_until = fields.instant_or_none(read, "valid_until")
    if valid_from is not None and valid_until is not None and valid_until <= valid_from:
        raise RecordError(
            "field-limit", f"{field}.valid_until: {valid_until} is not after {valid_from}"
        )
    return SiteEntry(
        site=fields.site(read),
        version=fields.integer(read, "version", 1, VERSION_MAX),
        kind=fields.choice(read, "kind", SiteKind),
        names=names_from_body(read),
        place=place_from_body(fields.required(read, "place"), f"{field}.place"),
        owner=intern(fields.words(read, "owner", NAME_LENGTH_MAX)),
        contact=contact_from_body(read),
        origin=origin_from_body(read),
        valid_from=valid_from,
        valid_until=valid_until,
        renew_by=fields.instant(read, "renew_by"),
        blind=fields.form(read, "blind", BLIND),
    )


def names_from_body(body: Mapping[str, Any]) -> tuple[Name, ...]:
    """Names in several scripts, each text once."""
    found = []
    for value in fields.rows(body, "names", NAMES_MAX):
        row = fields.mapping(value, "names")
        text = fields.words(row, "text", NAME_LENGTH_MAX)
        found.append(
            Name(
                text,
                intern(fields.form(row, "script", SCRIPT)),
                intern(fields.form(row, "language", LANGUAGE)),
            )
        )
    if len(set(found)) != len(found):
        raise RecordError("field-form", "names: one of them stands twice")
    return tuple(found)


def names_to_body(names: tuple[Name, ...]) -> list[dict[str, str]]:
    """The record form."""
    return [{"text": name.text, "script": name.script, "language": name.language} for name in names]


def origin_from_body(body: Mapping[str, Any]) -> Origin:
    """Who vouches, and how they know."""
    row = fields.mapping(fields.required(body, "origin"), "origin")
    return Origin(
        fields.words(row, "name", NAME_LENGTH_MAX), fields.choice(row, "kind", OriginKind)
    )


def origin_to_body(origin: Origin) -> dict[str, str]:
    """The record form."""
    return {"name": origin.name, "kind": origin.kind.value}


def contact_from_body(body: Mapping[str, Any]) -> Contact | None:
    """A contact, or null."""
    value = fields.required(body, "contact")
    if value is None:
        return None
    row = fields.mapping(value, "contact")
    return _contact(fields.words(row, "words", WORDS_LENGTH_MAX), fields.instant(row, "until"))


def contact_to_body(contact: Contact | None) -> dict[str, str] | None:
    """The record form."""
    return None if contact is None else {"words": contact.words, "until": str(contact.until)}


def instant_to_body(at: Instant | None) -> str | None:
    """The record form of an instant that may be absent."""
    return None if at is None else str(at)


# Of a list of 100,000 sites all may share one origin, owner and contact: a register holds each once.
_origin = lru_cache(maxsize=1 << 12)(Origin)
_contact = lru_cache(maxsize=1 << 12)(Contact)
