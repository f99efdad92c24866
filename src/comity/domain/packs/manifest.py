"""The manifest of a pack: what its maker signs.

Source: docs/spec/pack.md §3.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from comity.domain.evidence.fields import FieldReader
from comity.domain.packs.limits import (
    AREA_RADIUS_M_MAX,
    BORDERS_MAX,
    LIFE_S_MAX,
    PACK_MOVEMENTS_MAX,
    PACK_NOTICES_MAX,
    PACK_SITES_MAX,
    PACK_SIZE_BYTES_MAX,
    TAKEN_BACK_MAX,
    WORDS_LENGTH_MAX,
)
from comity.domain.packs.reasons import PackReason
from comity.domain.records import Record
from comity.kernel.errors import RecordError
from comity.kernel.ids import DIGEST, MINTED_ID, NODE_OPERATOR, PackId, PartyId
from comity.kernel.instants import Instant
from comity.kernel.units import E7_PER_DEGREE, MM_PER_METRE

PACK: Final = "pack.pack"
MANIFEST_NAME: Final = "pack.record"
PARTIES_NAME: Final = "parties.json"
SITES_NAME: Final = "sites.jsonl"
MOVEMENTS_NAME: Final = "movements.jsonl"
NOTICES_NAME: Final = "notices.jsonl"
TAKEN_BACK_NAME: Final = "taken-back.jsonl"
FIXED_NAMES: Final = (PARTIES_NAME, SITES_NAME, MOVEMENTS_NAME, NOTICES_NAME, TAKEN_BACK_NAME)
BORDER_NAME: Final = re.compile(
    r"borders/([0-9]{4})-[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.[a-z0-9]{1,16}"
)

_BODY = frozenset({
    "area", "borders", "counts", "files", "heard_at", "holder", "pack", "recipient", "stale_from",
})  # fmt: skip
_AREA = frozenset({"latitude_deg_e7", "longitude_deg_e7", "radius_mm"})
_BORDER = frozenset({"error_m", "file", "name", "sha256"})
_COUNTS = frozenset({"movements", "notices", "sites", "taken_back"})
_FILE = frozenset({"name", "sha256", "size_bytes"})


@dataclass(frozen=True, slots=True)
class Area:
    """The disc within which a pack holds everything its recipient may know."""

    latitude_e7: int
    longitude_e7: int
    radius_mm: int

    @property
    def latitude_deg(self) -> float:
        """Of its middle, WGS 84."""
        return self.latitude_e7 / E7_PER_DEGREE

    @property
    def longitude_deg(self) -> float:
        """Likewise."""
        return self.longitude_e7 / E7_PER_DEGREE

    @property
    def radius_m(self) -> float:
        """Metres."""
        return self.radius_mm / MM_PER_METRE


@dataclass(frozen=True, slots=True)
class PackFile:
    """One entry of the archive, as the maker lists it."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class PackedBorder:
    """A border data set that the maker works with (L-13): by digest, and included where `file` names it.

    Attributes:
        error_m: how far a line in it may lie from the line meant, rounded up.
    """

    name: str
    sha256: str
    error_m: int
    file: str | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The body of a pack's record; when it was made and expires stands in the record.

    Attributes:
        recipient: whose people may hold it: the maker's own, or another party's.
        holder: who gets this one, in words: it stands in the exposure log.
        stale_from: from when it warns that it is old.
        heard_at: when the maker's register last heard anything; None: never.
        area: where it is complete; None: everywhere that the maker's register is.
        counts: of sites, movements, notices, and what was taken back.
    """

    pack: PackId
    recipient: PartyId
    holder: str
    stale_from: Instant
    heard_at: Instant | None
    area: Area | None
    counts: Mapping[str, int]
    borders: tuple[PackedBorder, ...] = ()
    files: tuple[PackFile, ...] = ()


@dataclass(slots=True)
class PackNames:
    """Checks that names come as docs/spec/pack.md [P2] asks."""

    _count: int = 0
    _borders: int = field(default=0)

    def check(self, name: str) -> None:
        """Take the next name.

        Raises:
            RecordError: `pack-name`.
        """
        fixed = (MANIFEST_NAME, *FIXED_NAMES)
        if self._count < len(fixed):
            fits = name == fixed[self._count]
        else:
            border = BORDER_NAME.fullmatch(name)
            self._borders += 1
            fits = border is not None and int(border[1]) == self._borders
        if not fits:
            raise RecordError(PackReason.NAME, f"{name[:120]!r} as entry {self._count}")
        self._count += 1


def manifest_to_body(manifest: Manifest) -> dict[str, Any]:
    """The record form."""
    area = manifest.area
    return {
        "area": None
        if area is None
        else {
            "latitude_deg_e7": area.latitude_e7,
            "longitude_deg_e7": area.longitude_e7,
            "radius_mm": area.radius_mm,
        },
        "borders": [
            {"error_m": each.error_m, "file": each.file, "name": each.name, "sha256": each.sha256}
            for each in manifest.borders
        ],
        "counts": dict(manifest.counts),
        "files": [
            {"name": each.name, "sha256": each.sha256, "size_bytes": each.size_bytes}
            for each in manifest.files
        ],
        "heard_at": None if manifest.heard_at is None else str(manifest.heard_at),
        "holder": manifest.holder,
        "pack": manifest.pack,
        "recipient": manifest.recipient,
        "stale_from": str(manifest.stale_from),
    }


def read_manifest(record: Record) -> Manifest:
    """The manifest in a record.

    Raises:
        RecordError: `pack-form`, `pack-name` or `pack-limit`, naming the field and the limit.
    """
    if (record.kind, record.kind_version) != (PACK, 1):
        raise _form(f"{record.kind} {record.kind_version}, not {PACK} 1")
    if record.recipients:
        raise _form(f"has {len(record.recipients)} recipients")
    if record.operator == NODE_OPERATOR:
        raise _form("made by no person")
    if record.expires_at is None:
        raise _form("expires_at: a pack that never expires would be believed for ever")
    manifest = _from_body(record)
    life_s = record.expires_at.minus(record.made_at)
    if not 0.0 < life_s <= LIFE_S_MAX:
        why = f"expires_at: {life_s:.0f} s after it was made; at most {LIFE_S_MAX:.0f}"
        raise RecordError(PackReason.LIMIT, why)
    if not record.made_at < manifest.stale_from <= record.expires_at:
        why = f"stale_from: {manifest.stale_from} is not between making and expiry"
        raise _form(why)
    if manifest.heard_at is not None and manifest.heard_at > record.made_at:
        raise _form(f"heard_at: {manifest.heard_at} is after it was made")
    return manifest


def _from_body(record: Record) -> Manifest:
    read = FieldReader(dict(record.body), _BODY, PackReason.FORM, "manifest")
    pack = read.text("pack")
    if MINTED_ID.fullmatch(pack) is None or not pack.startswith(f"{record.author}/"):
        raise read.refused(f"pack: {pack[:80]!r} is no id of {record.author}")
    files = tuple(
        _file(each, f"files[{n}]") for n, each in enumerate(read.items("files", 5 + BORDERS_MAX))
    )
    order = PackNames()
    order.check(MANIFEST_NAME)
    for each in files:
        order.check(each.name)
    if len(files) < len(FIXED_NAMES):
        raise read.refused(f"files: {len(files)}; a pack has {len(FIXED_NAMES)} at least")
    borders = tuple(
        _border(each, f"borders[{n}]") for n, each in enumerate(read.items("borders", BORDERS_MAX))
    )
    listed = {each.name: each.sha256 for each in files[len(FIXED_NAMES) :]}
    included = {each.file: each.sha256 for each in borders if each.file is not None}
    if listed != included or len(included) != sum(each.file is not None for each in borders):
        raise read.refused("borders: not the very files that are listed")
    return Manifest(
        PackId(pack),
        read.party("recipient"),
        read.words("holder", 1, WORDS_LENGTH_MAX),
        read.instant("stale_from"),
        read.optional_instant("heard_at"),
        _area(record.body["area"]),
        _counts(record.body["counts"]),
        borders,
        files,
    )


def _area(value: object) -> Area | None:
    if value is None:
        return None
    read = FieldReader(value, _AREA, PackReason.FORM, "manifest.area")
    return Area(
        read.integer("latitude_deg_e7", -90 * E7_PER_DEGREE, 90 * E7_PER_DEGREE),
        read.integer("longitude_deg_e7", -180 * E7_PER_DEGREE, 180 * E7_PER_DEGREE),
        read.integer("radius_mm", 1, round(AREA_RADIUS_M_MAX) * MM_PER_METRE),
    )


def _counts(value: object) -> Mapping[str, int]:
    read = FieldReader(value, _COUNTS, PackReason.FORM, "manifest.counts")
    return {
        "sites": read.integer("sites", 0, PACK_SITES_MAX),
        "movements": read.integer("movements", 0, PACK_MOVEMENTS_MAX),
        "notices": read.integer("notices", 0, PACK_NOTICES_MAX),
        "taken_back": read.integer("taken_back", 0, TAKEN_BACK_MAX),
    }


def _file(value: object, place: str) -> PackFile:
    read = FieldReader(value, _FILE, PackReason.FORM, f"manifest.{place}")
    return PackFile(
        read.text("name"), _sha256(read), read.integer("size_bytes", 0, PACK_SIZE_BYTES_MAX)
    )


def _border(value: object, place: str) -> PackedBorder:
    read = FieldReader(value, _BORDER, PackReason.FORM, f"manifest.{place}")
    return PackedBorder(
        read.words("name", 1, WORDS_LENGTH_MAX),
        _sha256(read),
        read.integer("error_m", 0, 1_000_000),
        read.optional_text("file"),
    )


def _sha256(read: FieldReader) -> str:
    text = read.text("sha256")
    if DIGEST.fullmatch(text) is None:
        raise read.refused("sha256 is not 64 lower-case hex digits")
    return text


def _form(why: str) -> RecordError:
    return RecordError(PackReason.FORM, f"manifest: {why}")
