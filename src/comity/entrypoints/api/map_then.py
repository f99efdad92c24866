"""What the map draws of a past moment beside its tracks: notices and sites by their records, lines of alerts."""

import asyncio
from typing import Literal

import msgspec

from comity.application.node import Node
from comity.application.read_register import put_down_list
from comity.application.reconstruct import MapThen, PlacedThen
from comity.domain.airspace import NO_HEIGHT_BOUNDS
from comity.domain.hazards import Way
from comity.domain.notices.bodies import notice_from_body
from comity.domain.notices.safer import held_volumes
from comity.domain.operators import Action, Operator, authorise
from comity.domain.reconstruction import AlertLine
from comity.domain.sites import NotifiedSite, SiteEntry, entry_from_body
from comity.domain.sites.bodies import erased_notice_row, notified_from_body
from comity.domain.sites.erasure import erased_entry
from comity.entrypoints.api.context import ApiContext
from comity.entrypoints.api.history import reconstruction_of
from comity.entrypoints.api.map_scene import DRAWN_MAX, Drawn, Wanted, outlined, site_shape
from comity.entrypoints.api.routing import get
from comity.kernel.errors import RecordError
from comity.kernel.ids import NoticeId
from comity.kernel.instants import Instant, instant_from_rfc3339
from comity.kernel.units import MM_PER_METRE

KIND = {"notices": "notice", "sites": "site"}


class LineThenTold(msgspec.Struct, frozen=True, kw_only=True):
    """An alert between two aircraft.

    Attributes:
        line: longitude and latitude of the newest plot of each, as they came.
    """

    alert: str
    severity: str
    acknowledged: bool
    line: list[list[float]]


class MapThenTold(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn of a moment beside its tracks.

    Attributes:
        known_by: what had been taken in by then; null: all that is known now.
        things: notices and sites, by the records that said where they are.
        left_out: how many of a kind are not told, for there are more than are drawn.
        missing: what could not be drawn at all, and why.
        lines_unknown: alerts between two aircraft of which it is unknown where one was.
    """

    at: str
    known_by: str | None
    exercise: bool
    things: list[Drawn]
    left_out: dict[str, int]
    missing: list[str]
    lines: list[LineThenTold]
    lines_unknown: int


@get("/v1/history/map", summary="Notices, sites and lines of alerts of a moment, to be drawn")
async def show_map_then(
    context: ApiContext,
    operator: Operator,
    at: str,
    known: Literal["then", "now"] = "then",
    exercise: bool = False,
) -> MapThenTold:
    """As `/v1/map` tells the present. A site is drawn as precisely as this node held it then.

    Sites that others speak for are put down for their owners, as those of `/v1/map` are.
    """
    for action in (Action.LOG_READ, Action.LINE_READ, Action.SITE_READ):
        authorise(operator, action)
    of = reconstruction_of(context)
    moment = instant_from_rfc3339(at, "at")
    known_by = moment if known == "then" else None
    found = await asyncio.to_thread(of.map_then, moment, known_by, DRAWN_MAX, exercise=exercise)
    told = await asyncio.to_thread(_told, found, moment, known_by, exercise=exercise)
    shown = [each.id for each in told.things if each.kind == KIND["sites"]]

    def work(node: Node, now: Instant) -> None:
        put_down_list(node, Way.MAP, (), 0, shown, operator.id, now, exercise=exercise)

    await context.service.do(work)
    return told


MAP_THEN_ROUTES = (show_map_then,)


def _told(found: MapThen, at: Instant, known_by: Instant | None, *, exercise: bool) -> MapThenTold:
    things, missing = [], []
    for each in found.placed:
        try:
            wanted = _notice(each) if each.family == "notices" else _site(each, at)
        except RecordError as error:
            missing.append(f"{each.key}: {error}")
            continue
        if wanted is not None:
            things.append(outlined(wanted))
    return MapThenTold(
        at=str(at),
        known_by=None if known_by is None else str(known_by),
        exercise=exercise,
        things=things,
        left_out={KIND[family]: count for family, count in found.left_out.items()},
        missing=missing,
        lines=[_line(each) for each in found.lines],
        lines_unknown=found.lines_unknown,
    )


def _line(line: AlertLine) -> LineThenTold:
    return LineThenTold(
        alert=line.alert,
        severity=line.severity,
        acknowledged=line.acknowledged,
        line=[[each.longitude_deg, each.latitude_deg] for each in (line.first, line.second)],
    )


def _notice(placed: PlacedThen) -> Wanted:
    """Where the notice is held to be, without bounds of heights: the terms then in force are not asked."""
    notice = notice_from_body(NoticeId(placed.key), placed.body)
    drawn = Drawn(
        kind="notice", id=placed.key, name=notice.activity, word=placed.status, parts=[],
        why=[f"by {placed.author}"],
    )  # fmt: skip
    volumes = held_volumes(notice, placed.received_at, NO_HEIGHT_BOUNDS)
    if not volumes:
        drawn.why.append("it states no area: anywhere")
        drawn.unbounded = 1
    return Wanted(drawn, volumes)


def _site(placed: PlacedThen, at: Instant) -> Wanted | None:
    """None: it was not yet, or no longer, one by its own dates."""
    site = _row(placed)
    if (site.valid_from is not None and at < site.valid_from) or (
        site.valid_until is not None and at >= site.valid_until
    ):
        return None
    drawn = Drawn(
        kind="site", id=placed.key, name=site.names[0].text if site.names else site.kind.value,
        word=placed.status, parts=[], own=isinstance(site, SiteEntry), precision_m=0.0,
        error_m=site.place.error_m, why=[site.kind.value],
    )  # fmt: skip
    if isinstance(site, NotifiedSite):
        drawn.precision_m = site.precision_mm / MM_PER_METRE
    if not site.place.latitude_e7:
        drawn.why.append("it was erased: where it was is not kept")
        drawn.unbounded = 1
        return Wanted(drawn)
    return Wanted(drawn, [(site_shape(site.place), None, None)])


def _row(placed: PlacedThen) -> SiteEntry | NotifiedSite:
    if placed.kind == "site.entries":
        return erased_entry(placed.body) or entry_from_body(placed.body)
    return erased_notice_row(placed.body) or notified_from_body(placed.body, "site")
