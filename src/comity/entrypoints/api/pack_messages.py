"""What the local API takes and gives about offline packs."""

from typing import Literal

import msgspec

from comity.domain.packs import LIFE_S_ASSUMED, STALE_S_ASSUMED


class _Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A request: what is not known is refused, for a misspelt limit must not vanish."""


class _Told(msgspec.Struct, kw_only=True):
    """An answer."""


class PackArea(_Asked):
    """The disc that a pack is made for."""

    latitude_deg: float
    longitude_deg: float
    radius_m: float


class PackBorderAsked(_Asked):
    """A border data set to name; `content` in base64 and `file_name` where it is to go along."""

    name: str
    sha256: str
    error_m: int
    file_name: str | None = None
    content: str | None = None


class MakePack(_Asked):
    """A pack to make.

    Attributes:
        holder: who gets it, in words; stands in the exposure log.
        recipient: whose people these are; null: this party's own.
        area: null: everywhere that this node's register is.
    """

    holder: str
    recipient: str | None = None
    area: PackArea | None = None
    stale_s: float = STALE_S_ASSUMED
    life_s: float = LIFE_S_ASSUMED
    borders: list[PackBorderAsked] = []


class PackMade(_Told):
    """The pack, in base64; its records are durable."""

    pack: str
    record: str
    sha256: str
    content: str


class NoteExport(_Asked):
    """A pack is to be written in another form, and for whom."""

    record: str
    format: Literal["kml", "geojson", "cot"]
    viewer: str
    sha256: str


class ExportTold(_Told):
    """One form of a pack that was written."""

    at: str
    format: str
    viewer: str
    sha256: str
    operator: str


class PackTold(_Told):
    """A pack that was made here."""

    pack: str
    record: str
    recipient: str
    holder: str
    operator: str
    made_at: str
    stale_from: str
    expires_at: str
    condition: str
    exercise: bool
    sites: int
    movements: int
    notices: int
    taken_back: int
    finest_m: float | None
    exports: list[ExportTold]
