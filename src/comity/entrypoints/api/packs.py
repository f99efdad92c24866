"""Offline packs: make one, note its other forms, list who holds which."""

import base64
import binascii
import hashlib
from typing import Annotated

from msgspec import Meta

from comity.application.make_pack import BorderWish, PackWish, make_pack, note_export
from comity.application.node import Node
from comity.domain.operators import Action, Operator, authorise
from comity.domain.packs import AREA_RADIUS_M_MAX, LIFE_S_MAX, Area, ExportFormat, MadePack, What
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.messages import RecordTold
from comity.entrypoints.api.pack_messages import (
    ExportTold,
    MakePack,
    NoteExport,
    PackArea,
    PackBorderAsked,
    PackMade,
    PackTold,
)
from comity.entrypoints.api.routing import Offset, get, post
from comity.entrypoints.api.telling import tell_record
from comity.kernel.errors import InputError
from comity.kernel.ids import party_id, record_digest, site_id
from comity.kernel.instants import Instant
from comity.kernel.units import MM_PER_METRE, e7_from_degrees

PACKS_TOLD_MAX = 1_000


@post("/v1/packs", summary="Make an offline pack")
async def make(
    data: MakePack, context: ApiContext, operator: Operator, exercise: bool = False
) -> PackMade:
    """What the recipient may hold now, signed, with its age and expiry; that it was made is on record."""
    authorise(operator, Action.PACK_MAKE)
    if not 60.0 <= data.life_s <= LIFE_S_MAX:
        raise InputError("life_s", f"{data.life_s}, 60 to {LIFE_S_MAX:.0f}")
    wish = PackWish(
        recipient=None if data.recipient is None else party_id(data.recipient),
        holder=data.holder,
        area=None if data.area is None else _area(data.area),
        stale_s=min(data.stale_s, data.life_s),
        life_s=data.life_s,
        borders=tuple(_border(each, n) for n, each in enumerate(data.borders)),
    )

    def work(node: Node, at: Instant) -> PackMade:
        made = make_pack(node, wish, operator.id, at, exercise=exercise)
        return PackMade(
            pack=made.manifest.pack,
            record=made.record.digest,
            sha256=hashlib.sha256(made.pack_bytes).hexdigest(),
            content=base64.b64encode(made.pack_bytes).decode("ascii"),
        )

    return await context.service.do(work)


@post("/v1/packs/exports", summary="Note that a pack is written in another form")
async def export(data: NoteExport, context: ApiContext, operator: Operator) -> RecordTold:
    """For tools that do not know packs: from then on the exposure log says who holds it."""
    authorise(operator, Action.PACK_MAKE)
    pack, sha256 = record_digest(data.record), record_digest(data.sha256)

    def work(node: Node, at: Instant) -> RecordTold:
        form = ExportFormat(data.format)
        record = note_export(node, pack, form, data.viewer, sha256, operator.id, at)
        return tell_record(node, record.digest, record.kind)

    return await context.service.do(work)


@get("/v1/packs", summary="List packs that were made here")
async def list_packs(
    context: ApiContext,
    operator: Operator,
    site: str | None = None,
    in_force: bool = False,
    offset: Offset = 0,
    limit: Annotated[int, Meta(ge=1, le=PACKS_TOLD_MAX)] = 100,
) -> list[PackTold]:
    """Newest first; of one site, those that hold it. An expired pack is listed: its bytes do not vanish."""
    authorise(operator, Action.SITE_READ)
    holding = None if site is None else site_id(site)

    def work(node: Node, at: Instant) -> list[PackTold]:
        if holding is None:
            packs = list(node.packs.packs())
        else:
            packs = [made for made, _ in node.packs.holding(What.SITE, holding)]
        found = [each for each in reversed(packs) if not in_force or at < each.expires_at]
        return [tell_pack(each, at) for each in found[offset : offset + limit]]

    return await context.service.do(work)


def tell_pack(made: MadePack, at: Instant) -> PackTold:
    """A pack in the words of the API."""
    manifest = made.manifest
    finest = [each.precision_mm for each in made.held if each.what is What.SITE]
    return PackTold(
        pack=manifest.pack,
        record=made.record,
        recipient=manifest.recipient,
        holder=manifest.holder,
        operator=made.operator,
        made_at=str(made.made_at),
        stale_from=str(manifest.stale_from),
        expires_at=str(made.expires_at),
        condition=made.condition(at).value,
        exercise=made.exercise,
        sites=manifest.counts["sites"],
        movements=manifest.counts["movements"],
        notices=manifest.counts["notices"],
        taken_back=manifest.counts["taken_back"],
        finest_m=min(finest) / MM_PER_METRE if finest else None,
        exports=[
            ExportTold(
                at=str(each.at), format=each.format.value, viewer=each.viewer,
                sha256=each.sha256, operator=each.operator,
            )
            for each in made.exports
        ],
    )  # fmt: skip


def _area(asked: PackArea) -> Area:
    if not 0.001 <= asked.radius_m <= AREA_RADIUS_M_MAX:
        raise InputError("area.radius_m", f"{asked.radius_m}, above 0 to {AREA_RADIUS_M_MAX:.0f}")
    if not -90.0 <= asked.latitude_deg <= 90.0:
        raise InputError("area.latitude_deg", f"{asked.latitude_deg}, -90 to 90")
    if not -180.0 <= asked.longitude_deg <= 180.0:
        raise InputError("area.longitude_deg", f"{asked.longitude_deg}, -180 to 180")
    return Area(
        e7_from_degrees(asked.latitude_deg),
        e7_from_degrees(asked.longitude_deg),
        round(asked.radius_m * MM_PER_METRE),
    )


def _border(asked: PackBorderAsked, number: int) -> BorderWish:
    try:
        content = base64.b64decode(asked.content or "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"borders[{number}].content", f"not base64: {error}") from error
    if asked.file_name is not None and hashlib.sha256(content).hexdigest() != asked.sha256:
        raise InputError(f"borders[{number}].sha256", "is not that of the content")
    return BorderWish(asked.name, asked.sha256, asked.error_m, asked.file_name, content)


PACK_ROUTES = (make, export, list_packs)
