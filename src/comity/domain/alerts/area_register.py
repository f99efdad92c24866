"""Area files that a node watches, as its own private records tell them: on which data alerts stood.

A file stays where it is: the record has its path and the digest of its bytes, and a file that is gone or
another since is not watched but told as missing. docs/rooms/alerts.md, "Which areas a node watches".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from comity.domain.alerts.areas import BORDERS, DIGEST, NAME, AreaKind
from comity.domain.records import Record
from comity.kernel.errors import InputError, RecordError

AREA_ADDED: Final = "area.added"
AREA_REMOVED: Final = "area.removed"
AREA_KINDS: Final = frozenset({AREA_ADDED, AREA_REMOVED})

FILES_MAX: Final = 64  # as feeds; each is read anew when the watch begins
FILE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
PATH_LENGTH_MAX: Final = 1_024
GUARDED_MAX: Final = 300  # as many countries and FIRs as there are names of either in one region


@dataclass(frozen=True, slots=True)
class AreaFileSettings:
    """One source of areas: a file, or the borders that the build carries.

    Attributes:
        name: at this node.
        path: where the file is on the node's machine; `None`: the packaged borders.
        digest: SHA-256 of its bytes when a person added it, hex.
        kind: what areas are that do not say so themselves.
        guarded: names of its countries and FIRs whose border is watched as a prohibited area.
    """

    name: str
    path: str | None
    digest: str
    kind: str | None = None
    guarded: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if FILE_NAME.fullmatch(self.name) is None:
            raise InputError("areas", f"{self.name[:40]!r} is not of the form {FILE_NAME.pattern}")
        if self.path is not None and not (
            self.path.startswith("/")
            and len(self.path) <= PATH_LENGTH_MAX
            and self.path.isprintable()
        ):
            raise InputError(
                "path", f"not an absolute path of at most {PATH_LENGTH_MAX} printable characters"
            )
        if DIGEST.fullmatch(self.digest) is None:
            raise InputError("digest", f"{self.digest[:80]!r} is not 64 hex digits")
        if self.kind is not None and self.kind not in set(AreaKind):
            raise InputError("kind", f"{self.kind[:40]!r} is none of {', '.join(AreaKind)}")
        if len(self.guarded) > GUARDED_MAX:
            raise InputError("guarded", f"{len(self.guarded)} names; at most {GUARDED_MAX}")
        for each in self.guarded:
            if NAME.fullmatch(each) is None:
                raise InputError("guarded", f"{each[:40]!r} is not 1 to 120 printable characters")


def area_file_to_body(settings: AreaFileSettings) -> dict[str, Any]:
    """The body of an `area.added` record."""
    return {
        "areas": settings.name,
        "path": settings.path,
        "digest": settings.digest,
        "kind": settings.kind,
        "guarded": list(settings.guarded),
    }


def area_file_from_body(body: Mapping[str, Any]) -> AreaFileSettings:
    """Read the body of an `area.added` record.

    Raises:
        RecordError: `field-form`: a field is missing or of another form; `field-limit`.
    """
    guarded = body.get("guarded")
    if not isinstance(guarded, list) or not all(isinstance(each, str) for each in guarded):
        raise RecordError("field-form", "guarded: not a list of texts")
    try:
        return AreaFileSettings(
            name=_text(body, "areas"),
            path=_text_or_none(body, "path"),
            digest=_text(body, "digest"),
            kind=_text_or_none(body, "kind"),
            guarded=tuple(guarded),
        )
    except InputError as error:
        raise RecordError("field-limit", str(error)) from error


@dataclass(slots=True)
class AreaFileRegister:
    """The area files in use, by name. Replaying the journal rebuilds it."""

    _files: dict[str, AreaFileSettings] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._files)

    def files(self) -> tuple[AreaFileSettings, ...]:
        """Every one in use, in the order of their adding."""
        return tuple(self._files.values())

    def get(self, name: str) -> AreaFileSettings | None:
        """One of them; None where it is not in use."""
        return self._files.get(name)

    def apply(self, record: Record) -> None:
        """Take in one record.

        Raises:
            RecordError: see `area_file_from_body`; `areas` where the name is in use already, is not,
                or there are `FILES_MAX`. Nothing changed.
        """
        if record.kind == AREA_ADDED:
            settings = area_file_from_body(record.body)
            if settings.name in self._files:
                raise RecordError("areas", f"{settings.name} is in use already")
            if len(self._files) >= FILES_MAX:
                raise RecordError("areas", f"{FILES_MAX} are in use, the most there may be")
            self._files[settings.name] = settings
            return
        name = _text(record.body, "areas")
        if self._files.pop(name, None) is None:
            raise RecordError("areas", f"{name[:40]} is not in use")


def guarded_ids(names: tuple[str, ...], areas: "Mapping[str, tuple[str, str]]") -> frozenset[str]:
    """Ids of the borders that names stand for; capitals do not matter.

    Args:
        names: names or ids of countries and FIRs.
        areas: kind and name by area id.

    Raises:
        InputError: one of the names is that of no country or FIR there.
    """
    found: set[str] = set()
    for name in names:
        wanted = name.casefold()
        named = {
            area_id
            for area_id, (kind, told) in areas.items()
            if kind in BORDERS and wanted in {told.casefold(), area_id.casefold()}
        }
        if not named:
            raise InputError("guarded", f"{name[:40]!r} is the name of no country or FIR there")
        found |= named
    return frozenset(found)


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise RecordError("field-form", f"{name}: not a text")
    return value


def _text_or_none(body: Mapping[str, Any], name: str) -> str | None:
    return None if body.get(name) is None else _text(body, name)
