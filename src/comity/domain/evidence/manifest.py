"""The manifest: what the maker of a bundle signs."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from comity.domain.evidence.archive import MANIFEST_NAME, NameOrder
from comity.domain.evidence.fields import FieldReader
from comity.domain.evidence.limits import (
    BUNDLE_SIZE_BYTES_MAX,
    CUSTODY_MAX,
    DESCRIPTION_LENGTH_MAX,
    ENTRIES_MAX,
    MEDIA_TYPE_LENGTH_MAX,
    TITLE_LENGTH_MAX,
    WORDS_LENGTH_MAX,
)
from comity.domain.evidence.reasons import BundleReason
from comity.domain.operators import check_operator
from comity.domain.records import Draft, Record, encode_canonical
from comity.kernel.errors import InputError, RecordError
from comity.kernel.ids import DIGEST, OPERATOR_ID, OperatorId
from comity.kernel.instants import Instant

BUNDLE_KIND = "evidence.bundle"
KINDS = frozenset({BUNDLE_KIND})
STAMP_MEDIA_TYPE = "application/timestamp-reply"  # RFC 3161 §3.4
STAMP_NAME = "time-stamp.tsr"
STAMP_PREFIX = (
    b"comity-bundle-time-stamp-v1\x00"  # what is stamped is never the hash of anything else
)
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
_BODY = frozenset({"custody", "files", "material", "title"})
_FILE = frozenset({"name", "sha256", "size_bytes"})
_MATERIAL = frozenset({"description", "file", "media_type", "obtained_at", "obtained_from"})
_STEP = frozenset({"action", "at", "operator"})
_REASON = BundleReason.MANIFEST_FORM


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One entry of the archive, as the maker lists it."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Material:
    """What the maker says of one file of material.

    Attributes:
        obtained_at: when the maker got it; None where that is not known.
        obtained_from: from whom or what; empty where that is not known.
    """

    file: str
    description: str
    media_type: str
    obtained_at: Instant | None
    obtained_from: str


@dataclass(frozen=True, slots=True)
class CustodyStep:
    """One thing that a person did with the material before."""

    action: str
    at: Instant
    operator: OperatorId


@dataclass(frozen=True, slots=True)
class Manifest:
    """The body of a bundle's record."""

    title: str
    files: tuple[ListedFile, ...]
    material: tuple[Material, ...] = ()
    custody: tuple[CustodyStep, ...] = ()


def manifest_to_body(manifest: Manifest) -> dict[str, Any]:
    """The record form. Source: docs/spec/bundle.md §3."""
    return {
        "custody": [
            {"action": each.action, "at": str(each.at), "operator": each.operator}
            for each in manifest.custody
        ],
        "files": [
            {"name": each.name, "sha256": each.sha256, "size_bytes": each.size_bytes}
            for each in manifest.files
        ],
        "material": [
            {
                "description": each.description,
                "file": each.file,
                "media_type": each.media_type,
                "obtained_at": None if each.obtained_at is None else str(each.obtained_at),
                "obtained_from": each.obtained_from,
            }
            for each in manifest.material
        ],
        "title": manifest.title,
    }


def stamp_message(files: Sequence[ListedFile]) -> bytes:
    """What a time-stamp is over: the files listed before it. Source: docs/spec/bundle.md §3, [E17]."""
    rows = [
        {"name": each.name, "sha256": each.sha256, "size_bytes": each.size_bytes} for each in files
    ]
    return STAMP_PREFIX + encode_canonical({"files": rows})


def time_stamp_of(manifest: Manifest) -> ListedFile | None:
    """The file that is a time-stamp over those before it: the last one, by its name and media type."""
    if not manifest.material:
        return None
    last, listed = manifest.material[-1], manifest.files[-1]
    is_one = last.media_type == STAMP_MEDIA_TYPE and listed.name.endswith(f"-{STAMP_NAME}")
    return listed if is_one else None


def manifest_draft(manifest: Manifest, operator: OperatorId) -> Draft:
    """The record that lists a bundle's files, checked.

    Raises:
        InputError: a field breaks its form or limit.
    """
    body = manifest_to_body(manifest)
    try:
        manifest_from_body(body)
    except RecordError as error:
        raise InputError("manifest", error.detail) from error
    return Draft(BUNDLE_KIND, (), body, operator)


def read_manifest(record: Record) -> Manifest:
    """The manifest in a record.

    Raises:
        RecordError: `manifest-form`, `bundle-name`.

    Source: docs/spec/bundle.md §3.
    """
    if record.kind != BUNDLE_KIND or record.kind_version != 1:
        raise RecordError(_REASON, f"{record.kind} {record.kind_version}, not {BUNDLE_KIND} 1")
    if record.recipients:
        raise RecordError(_REASON, f"has {len(record.recipients)} recipients")
    try:
        check_operator(record.kind, record.operator)
    except RecordError as error:
        raise RecordError(_REASON, error.detail) from error
    return manifest_from_body(record.body)


def manifest_from_body(body: Mapping[str, Any]) -> Manifest:
    """Read a body; names of files are checked, their bytes are not.

    Raises:
        RecordError: `manifest-form`, `bundle-name`.
    """
    read = FieldReader(dict(body), _BODY, _REASON, "manifest")
    files = tuple(
        _file(each, f"files[{index}]")
        for index, each in enumerate(read.items("files", ENTRIES_MAX))
    )
    order = NameOrder()
    order.check(MANIFEST_NAME)
    for each in files:
        order.check(each.name)
    if not files:
        raise read.refused("files lists nothing")
    material = tuple(
        _material(each, f"material[{index}]")
        for index, each in enumerate(read.items("material", ENTRIES_MAX))
    )
    _check_described(material, files)
    custody = tuple(
        _step(each, f"custody[{index}]")
        for index, each in enumerate(read.items("custody", CUSTODY_MAX))
    )
    if any(later.at < earlier.at for earlier, later in pairwise(custody)):
        raise read.refused("custody: a time goes back")
    return Manifest(read.words("title", 1, TITLE_LENGTH_MAX), files, material, custody)


def _check_described(material: Iterable[Material], files: Iterable[ListedFile]) -> None:
    described = [each.file for each in material]
    listed = [each.name for each in files if each.name.startswith("material/")]
    if described != listed:
        why = f"{len(described)} files of material described, {len(listed)} listed, or not in order"
        raise RecordError(_REASON, why)


def _file(value: object, place: str) -> ListedFile:
    read = FieldReader(value, _FILE, _REASON, place)
    sha256 = read.text("sha256")
    if DIGEST.fullmatch(sha256) is None:
        raise read.refused("sha256 is not 64 lower-case hex digits")
    return ListedFile(
        read.text("name"), sha256, read.integer("size_bytes", 0, BUNDLE_SIZE_BYTES_MAX)
    )


def _material(value: object, place: str) -> Material:
    read = FieldReader(value, _MATERIAL, _REASON, place)
    media_type = read.words("media_type", 3, MEDIA_TYPE_LENGTH_MAX)
    if _MEDIA_TYPE.fullmatch(media_type) is None:
        raise read.refused("media_type is not a type and subtype")
    return Material(
        read.text("file"),
        read.words("description", 0, DESCRIPTION_LENGTH_MAX),
        media_type,
        read.optional_instant("obtained_at"),
        read.words("obtained_from", 0, WORDS_LENGTH_MAX),
    )


def _step(value: object, place: str) -> CustodyStep:
    read = FieldReader(value, _STEP, _REASON, place)
    operator = read.text("operator")
    if OPERATOR_ID.fullmatch(operator) is None:
        raise read.refused("operator is not an operator id")
    action = read.words("action", 1, WORDS_LENGTH_MAX)
    return CustodyStep(action, read.instant("at"), OperatorId(operator))
