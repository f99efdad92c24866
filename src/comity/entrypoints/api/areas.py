"""Which areas the node watches: files and packaged borders, added and removed by a person."""

import asyncio

from comity.application.node import Node
from comity.application.set_up_areas import add_areas, remove_areas
from comity.domain.alerts import AreaSet
from comity.domain.alerts.area_register import AreaFileSettings, guarded_ids
from comity.domain.operators import Action, Operator, authorise
from comity.entrypoints.api.air_messages import AddAreas, AreasListed
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.routing import get, post
from comity.kernel.errors import InputError
from comity.kernel.instants import Instant


@get("/v1/areas", summary="The area files in use")
async def list_areas(context: ApiContext, operator: Operator) -> list[AreasListed]:
    """Hazard notices and protected sites are watched beside them; how the net stands: /v1/air."""
    authorise(operator, Action.STATUS_READ)
    return await context.service.do(lambda node, _at: _tell_all(node))


@post("/v1/areas", summary="Watch the areas of one more file")
async def start_areas(context: ApiContext, operator: Operator, data: AddAreas) -> AreasListed:
    """On record with its digest; a file that changes is watched no more until it is added anew."""
    authorise(operator, Action.AREA_MANAGE)
    if data.packaged_borders is (data.path is not None):
        raise InputError("path", "one of path and packaged_borders must be given")
    if context.read_areas is None:
        raise InputError("path", "this node watches no areas")
    AreaFileSettings(data.areas, data.path, "0" * 64, data.kind, tuple(data.guarded))
    areas: AreaSet = await asyncio.to_thread(context.read_areas, data.path, data.kind)
    guarded_ids(
        tuple(data.guarded), {each.area_id: (str(each.kind), each.name) for each in areas.areas}
    )
    settings = AreaFileSettings(data.areas, data.path, areas.digest, data.kind, tuple(data.guarded))

    def work(node: Node, at: Instant) -> AreasListed:
        add_areas(node, settings, operator.id, at)
        return _tell(settings)

    told = await context.service.do(work)
    told.count, told.name, told.version = len(areas.areas), areas.name, areas.version
    return told


@post("/v1/areas/{areas}/remove", summary="Watch the areas of a file no more")
async def end_areas(context: ApiContext, operator: Operator, areas: str) -> list[AreasListed]:
    """Alerts that stand on them are cleared once the net sees without them."""
    authorise(operator, Action.AREA_MANAGE)

    def work(node: Node, at: Instant) -> list[AreasListed]:
        remove_areas(node, areas, operator.id, at)
        return _tell_all(node)

    return await context.service.do(work)


AREA_ROUTES = (end_areas, list_areas, start_areas)


def _tell_all(node: Node) -> list[AreasListed]:
    return [_tell(each) for each in node.area_files.files()]


def _tell(settings: AreaFileSettings) -> AreasListed:
    return AreasListed(
        areas=settings.name,
        path=settings.path,
        packaged_borders=settings.path is None,
        digest=settings.digest,
        kind=settings.kind,
        guarded=list(settings.guarded),
    )
