"""Erasing what was entered of a site: its place, names, owner, contact and origin, in every record of its own.

Source: docs/spec/site.md §11.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from comity.domain.records import Record
from comity.domain.sites import fields
from comity.domain.sites.entry import (
    VERSION_MAX,
    WORDS_LENGTH_MAX,
    Origin,
    OriginKind,
    SiteEntry,
    SiteKind,
)
from comity.domain.sites.place import Place, PlaceDatum
from comity.kernel.errors import RecordError
from comity.kernel.ids import DIGEST, RecordDigest, SiteId

ERASURE: Final = "site.erasure"
RECORDS_MAX: Final = 10_000  # as many as a site may have versions

NOWHERE: Final = Place("path", "geodesic", (), (), 0, None, PlaceDatum.UNSTATED)
"""The place of an erased site: no vertex, so that nothing can be computed from it."""


@dataclass(frozen=True, slots=True)
class ErasedRow:
    """One record that lost a site.

    Attributes:
        envelope_sha256: of the envelope that was erased; leaves and journal keep it.
        stub_sha256: of what is left of it.
    """

    record: RecordDigest
    envelope_sha256: str
    stub_sha256: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """A site was erased, by whom the record says, and why."""

    site: SiteId
    words: str
    records: tuple[ErasedRow, ...]


def read_erasure(record: Record) -> Erasure:
    """What a `site.erasure` says.

    Raises:
        RecordError: a code of docs/spec/site.md §9.
    """
    body = record.body
    site = fields.site(body)
    if not site.startswith(f"{record.author}/"):
        raise RecordError("not-owner", f"{site} is not of {record.author}")
    rows = []
    for value in fields.rows(body, "records", RECORDS_MAX):
        row = fields.mapping(value, "records")
        rows.append(
            ErasedRow(
                RecordDigest(fields.form(row, "record", DIGEST)),
                fields.form(row, "envelope_sha256", DIGEST),
                fields.form(row, "stub_sha256", DIGEST),
            )
        )
    return Erasure(site, fields.words(body, "words", WORDS_LENGTH_MAX), tuple(rows))


def without_site(body: Mapping[str, Any], site: SiteId) -> dict[str, Any]:
    """The body of entries, proposals or a notice without what it says of a site; all others stay."""
    left = dict(body)
    if "entries" in left:
        left["entries"] = [_left_of(row) if row["site"] == site else row for row in left["entries"]]
    if "sites" in left:
        left["sites"] = [_left_of(row) if row["site"] == site else row for row in left["sites"]]
    if "rows" in left:
        left["rows"] = [
            {**row, "entry": _left_of(row["entry"])} if row["entry"]["site"] == site else row
            for row in left["rows"]
        ]
    return left


def erased_entry(row: Mapping[str, Any]) -> SiteEntry | None:
    """What is left of an erased entry in a stub; None: it was not erased."""
    if row.get("erased") is not True:
        return None
    return SiteEntry(
        site=fields.site(row),
        version=fields.integer(row, "version", 1, VERSION_MAX),
        kind=SiteKind.OTHER,
        names=(),
        place=NOWHERE,
        owner="",
        contact=None,
        origin=Origin("", OriginKind.OWNER),
        valid_from=None,
        valid_until=None,
        renew_by=fields.instant(row, "renew_by"),
        blind="",
    )


def emptied(entry: SiteEntry) -> SiteEntry:
    """An entry as it is kept in memory once it is erased: the same as after the next start."""
    row = {
        "erased": True,
        "site": entry.site,
        "version": entry.version,
        "renew_by": str(entry.renew_by),
    }
    found = erased_entry(row)
    return entry if found is None else found


def _left_of(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "erased": True,
        "renew_by": row["renew_by"],
        "site": row["site"],
        "version": row["version"],
    }
