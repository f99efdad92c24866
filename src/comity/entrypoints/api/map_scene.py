"""What the map draws beside live tracks: flights, notices, areas and sites as rings, and whose borders."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from comity.adapters.place_names import place_index
from comity.application.brief_areas import AreaFileBrief, areas_brief
from comity.application.node import Node
from comity.application.read_register import put_down_list
from comity.domain.airspace import CellCover, Footprint, Shape, Volume4D
from comity.domain.alerts import Area
from comity.domain.alerts.areas import BORDERS
from comity.domain.geometry.drawn_rings import Ring, drawn_rings, unwrapped_ring
from comity.domain.geometry.shape_outlines import shape_outline
from comity.domain.hazards import Way
from comity.domain.intents import IntentState, Label
from comity.domain.notices.check import shown
from comity.domain.operators import Action, Operator, authorise
from comity.domain.sites import Place, SiteState
from comity.entrypoints.api.border_messages import BordersNamed
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.routing import get
from comity.kernel.errors import ComityError, InputError, StoreError
from comity.kernel.instants import Instant
from comity.kernel.units import MM_PER_METRE

PLACES_MAX = 200
Latitude = Annotated[float, Meta(ge=-90.0, le=90.0)]
Longitude = Annotated[float, Meta(ge=-180.0, le=180.0)]
DRAWN_MAX = 5_000  # of each kind; what is left out is told
OVER = frozenset(
    {
        IntentState.ENDED,
        IntentState.EXPIRED,
        IntentState.WITHDRAWN,
        IntentState.REPLACED,
        IntentState.LAPSED,
    }
)
OUTLINES_KEPT = 20_000
AREA_FILES_KEPT = 64


class DrawnPart(msgspec.Struct, kw_only=True):
    """One area of a thing, at its heights, while it counts.

    Attributes:
        rings: longitude and latitude; longitudes go on beyond 180 degrees rather than jump. A point that
            lies in an odd number of them is inside.
        start_ms, end_ms: since 1970; null: without beginning, without end.
        lower, upper: in words, with the datum; null: not limited.
    """

    rings: list[list[list[float]]]
    start_ms: int | None = None
    end_ms: int | None = None
    lower: str | None = None
    upper: str | None = None


class Drawn(msgspec.Struct, kw_only=True):
    """One thing on the map.

    Attributes:
        kind: `intent`, `notice`, `area` or `site`.
        id: as the rest of the API names it.
        name: for people; text, whatever it holds.
        word: its state, as its own endpoint tells it.
        deconflicted: of an intent: whether it may be shown so; null: of a past moment that is not on record.
        own: of this party.
        precision_m: of a site: it is somewhere within what is drawn, so finely was it told; 0: as entered.
        error_m: how far beyond what is drawn it may reach; null: not stated.
        why: what stands against the word, or cannot be drawn.
        unbounded: parts that count and cannot be drawn.
    """

    kind: str
    id: str
    name: str
    word: str
    parts: list[DrawnPart]
    deconflicted: bool | None = False
    own: bool = False
    precision_m: float | None = None
    error_m: float | None = None
    why: list[str] = []
    unbounded: int = 0


class MapTold(msgspec.Struct, kw_only=True):
    """Everything but tracks and alerts.

    Attributes:
        at: as of when; what is over is left out, what is to come is told with its times.
        left_out: how many of a kind are not told, for there are more than are drawn.
        missing: what could not be read.
    """

    at: str
    exercise: bool
    things: list[Drawn]
    left_out: dict[str, int]
    missing: list[str]
    borders: BordersNamed | None = None


class PlaceNamed(msgspec.Struct, kw_only=True):
    """A named place; `names` by script."""

    name: str
    latitude_deg: float
    longitude_deg: float
    population: int
    names: dict[str, str]


class PlacesTold(msgspec.Struct, kw_only=True):
    """Places, and whose list they are of."""

    source: str
    places: list[PlaceNamed]


@get("/v1/map", summary="What the map draws: flights, notices, areas, sites")
async def show_map(context: ApiContext, operator: Operator, exercise: bool = False) -> MapTold:
    """As rings of longitude and latitude, with heights and times. What is not drawn is not clear.

    Sites that others speak for are put down for their owners, each once in four weeks and when it changes.
    """
    authorise(operator, Action.STATUS_READ)
    may_see_sites = _may(operator, Action.SITE_READ)

    def work(node: Node, at: Instant) -> tuple[Instant, list[Wanted], list[AreaFileBrief]]:
        wanted = [*_flights(node, at, exercise=exercise), *_notices(node, at, exercise=exercise)]
        if may_see_sites:
            on_map = _sites(node, at, exercise=exercise)
            wanted += on_map
            shown = [each.drawn.id for each in on_map[:DRAWN_MAX]]
            put_down_list(node, Way.MAP, (), 0, shown, operator.id, at, exercise=exercise)
        return at, wanted, [] if exercise else areas_brief(node, at).files

    at, wanted, files = await context.service.do(work)
    return await asyncio.to_thread(_told, context, at, wanted, files, exercise)


@get("/v1/map/borders", summary="The packaged borders as published, to be drawn")
async def show_borders(context: ApiContext, operator: Operator) -> msgspec.Raw:
    """TopoJSON of the very bytes that `borders` of `/v1/map` names by digest; one de facto view."""
    authorise(operator, Action.STATUS_READ)
    if context.borders is None:
        raise StoreError("border-data-missing", "this node has no packaged borders")
    content, _ = await asyncio.to_thread(context.borders)
    return msgspec.Raw(content)


@get("/v1/map/places", summary="The largest named places in a box, or those of a name")
async def show_places(
    context: ApiContext,
    operator: Operator,
    south_deg: Latitude = -90.0,
    west_deg: Longitude = -180.0,
    north_deg: Latitude = 90.0,
    east_deg: Longitude = 180.0,
    limit: Annotated[int, Meta(ge=1, le=PLACES_MAX)] = 50,
    name: Annotated[str, Meta(min_length=1, max_length=200)] | None = None,
) -> PlacesTold:
    """Largest first, over 180 degrees where west is the greater. A name may be in any script of the list."""
    del context
    authorise(operator, Action.STATUS_READ)
    if south_deg > north_deg:
        raise InputError("south_deg", f"{south_deg} is north of north_deg, {north_deg}")
    places = await asyncio.to_thread(place_index)
    if name is None:
        found = places.largest_within(south_deg, west_deg, north_deg, east_deg, limit)
    else:
        found = sorted(places.named(name.strip()), key=lambda each: -each.population)[:limit]
    return PlacesTold(
        source=f"{places.data.name} ({places.data.version})",
        places=[
            PlaceNamed(
                name=each.name,
                latitude_deg=each.latitude_deg,
                longitude_deg=each.longitude_deg,
                population=each.population,
                names=dict(each.names),
            )
            for each in found
        ],
    )


MAP_ROUTES = (show_borders, show_map, show_places)


class Wanted(msgspec.Struct):
    """A thing, and its shapes, which are outlined outside the node's batch."""

    drawn: Drawn
    volumes: Sequence[Volume4D | tuple[Shape, int | None, int | None]] = ()
    cells: CellCover | None = None


def _may(operator: Operator, action: Action) -> bool:
    try:
        authorise(operator, action)
    except ComityError:
        return False
    return True


def _flights(node: Node, at: Instant, *, exercise: bool) -> list[Wanted]:
    book, basis = node.book(exercise=exercise), node.context(at)
    wanted = []
    for intent in book.intents():
        view = book.view(intent, at, basis)
        if view is None:
            continue
        for version in (view.current, view.change):
            if version is None or version.state in OVER:
                continue
            change = version is view.change
            drawn = Drawn(
                kind="intent",
                id=intent,
                name=version.proposal.callsign or intent,
                word=version.state.value + (" change" if change else ""),
                parts=[],
                deconflicted=version.label is Label.DECONFLICTED,
                own=version.own,
                why=list(version.why_not),
            )
            wanted.append(_with_footprint(drawn, version.footprint))
    for digest, announced in book.holdings.announcements.items():
        if announced.state in OVER:
            continue
        drawn = Drawn(
            kind="intent",
            id=announced.intent,
            name=digest[:8],
            word=announced.state.value,
            parts=[],
            own=announced.owner == node.party,
        )
        wanted.append(_with_footprint(drawn, announced.footprint))
    return wanted


def _with_footprint(drawn: Drawn, footprint: Footprint | None) -> Wanted:
    if footprint is None:
        drawn.why = [*drawn.why, "its volumes are not known here"]
        drawn.unbounded = 1
        return Wanted(drawn)
    return Wanted(drawn, footprint.volumes, footprint.cells)


def _notices(node: Node, at: Instant, *, exercise: bool) -> list[Wanted]:
    wanted = []
    for held in node.notices_of(exercise=exercise).standing(at):
        drawn = Drawn(
            kind="notice",
            id=held.notice.id,
            name=held.notice.activity,
            word="standing",
            parts=[],
            own=held.author == node.party,
            why=[f"by {held.author}"],
        )
        if not held.volumes:
            drawn.why.append("it states no area: anywhere")
            drawn.unbounded = 1
        wanted.append(Wanted(drawn, held.volumes))
    return wanted


def _sites(node: Node, at: Instant, *, exercise: bool) -> list[Wanted]:
    register = node.sites_of(exercise=exercise)
    wanted = []
    for site in register.sites():
        own, theirs = register.own(site), register.theirs(site)
        if own is not None:
            place, precision_mm = own.entry.place, 0
            names, kind, state = own.entry.names, own.entry.kind, own.state(at)
        elif theirs is not None and not theirs.withdrawn:
            told = theirs.notified
            place, precision_mm = told.place, told.precision_mm
            names, kind, state = told.names, told.kind, theirs.state(at)
        else:
            continue
        if state is SiteState.ENDED:
            continue
        drawn = Drawn(
            kind="site",
            id=site,
            name=names[0].text if names else kind.value,
            word=state.value,
            parts=[],
            own=own is not None,
            precision_m=precision_mm / MM_PER_METRE,
            error_m=place.error_m,
            why=[kind.value],
        )
        wanted.append(Wanted(drawn, [(site_shape(place), None, None)]))
    return wanted


def site_shape(place: Place) -> Shape:
    """What is drawn of a site with its error: an area, for no place is known to a point."""
    shape = place.shape
    radius_m = shape.radius_m + place.error_m
    return Shape(shape.kind, shape.latitude_deg, shape.longitude_deg, radius_m, shape.edge)


# Outside the node's batch


def _told(
    context: ApiContext,
    at: Instant,
    wanted: Sequence[Wanted],
    files: Sequence[AreaFileBrief],
    exercise: bool,
) -> MapTold:
    counts: dict[str, int] = {}
    things: list[Drawn] = []
    for each in wanted:
        kind = each.drawn.kind
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] <= DRAWN_MAX:
            things.append(outlined(each))
    missing: list[str] = []
    for file in files:
        for drawn in areas_of_file(context, file, missing):
            counts["area"] = counts.get("area", 0) + 1
            if counts["area"] <= DRAWN_MAX:
                things.append(drawn)
    left_out = {kind: count - DRAWN_MAX for kind, count in counts.items() if count > DRAWN_MAX}
    borders = None
    if context.borders is not None:
        try:
            borders = context.borders()[1]
        except ComityError as error:
            missing.append(f"borders: {error}")
    return MapTold(
        at=str(at), exercise=exercise, things=things, left_out=left_out, missing=missing,
        borders=borders,
    )  # fmt: skip


def outlined(wanted: Wanted) -> Drawn:
    """The thing with its rings; what cannot be drawn is counted in it, with why."""
    drawn = wanted.drawn
    start_ms: int | None
    end_ms: int | None
    lower: str | None
    upper: str | None
    for each in wanted.volumes:
        if isinstance(each, Volume4D):
            shape, start_ms, end_ms = each.shape, each.start.unix_ms, each.end.unix_ms
            lower, upper = shown(each.lower), shown(each.upper)
        else:
            (shape, start_ms, end_ms), lower, upper = each, None, None
        try:
            rings = _rings(shape)
        except InputError as error:
            drawn.unbounded += 1
            drawn.why = [*drawn.why, f"cannot be drawn: {error.why}"]
            continue
        drawn.parts.append(
            DrawnPart(rings=rings, start_ms=start_ms, end_ms=end_ms, lower=lower, upper=upper)
        )
    if wanted.cells is not None:
        drawn.parts += _cells(wanted.cells)
        drawn.why = [*drawn.why, "shown as cells: it is somewhere within them"]
    return drawn


@lru_cache(maxsize=OUTLINES_KEPT)
def _rings(shape: Shape) -> list[Ring]:
    return drawn_rings(shape_outline(shape))


def _cells(cover: CellCover) -> Iterable[DrawnPart]:
    """One part for each cell and time, over all of its bands."""
    import h3  # noqa: PLC0415 - slow to import
    import numpy as np  # noqa: PLC0415

    bands: dict[tuple[Any, int], list[int]] = {}
    for cell, band, slot in cover.cells:
        bands.setdefault((cell, slot), []).append(band)
    for (cell, slot), found in sorted(bands.items()):
        corners = np.array(
            h3.cell_to_boundary(h3.int_to_str(cell) if isinstance(cell, int) else cell)
        )
        low, high = min(found) * cover.band_height_m, (max(found) + 1) * cover.band_height_m
        yield DrawnPart(
            rings=[unwrapped_ring(corners[:, 0], corners[:, 1])],
            start_ms=slot * cover.slot_s * 1000,
            end_ms=(slot + 1) * cover.slot_s * 1000,
            lower=f"{low:.0f} m {cover.datum.value}",
            upper=f"{high:.0f} m {cover.datum.value}",
        )


def areas_of_file(context: ApiContext, file: AreaFileBrief, missing: list[str]) -> list[Drawn]:
    """Areas of a file as it was added; one that is gone or another since is told as missing."""
    if context.read_areas is None:
        missing.append(f"{file.name}: this node reads no areas")
        return []
    try:
        return _areas_of(context.read_areas, file.path, file.kind, file.digest, file.name)
    except ComityError as error:
        missing.append(f"{file.name}: {error}")
        return []


@lru_cache(maxsize=AREA_FILES_KEPT)
def _areas_of(
    read: Callable[[str | None, str | None], Any],
    path: str | None,
    kind: str | None,
    digest: str,
    name: str,
) -> list[Drawn]:
    """Areas of a file as it was added; kept, for a file that changes has another digest."""
    areas = read(path, kind)
    if areas.digest != digest:
        raise InputError("digest", "the file is another now; add it anew")
    return [_area(area, name, areas.error_m) for area in areas.areas if area.kind not in BORDERS]


def _area(area: Area, file: str, error_m: float | None) -> Drawn:
    rings = drawn_rings(area.outline)
    times: list[tuple[int | None, int | None]] = [(None, None)] if area.hot is None else [
        (hot.start.unix_ms, hot.end.unix_ms) for hot in area.hot
    ]  # fmt: skip
    return Drawn(
        kind="area",
        id=f"{file}:{area.area_id}",
        name=area.name,
        word=area.kind.value,
        parts=[
            DrawnPart(
                rings=rings,
                start_ms=start,
                end_ms=end,
                lower=None if area.lower is None else shown(area.lower),
                upper=None if area.upper is None else shown(area.upper),
            )
            for start, end in times
        ],
        error_m=error_m,
    )
