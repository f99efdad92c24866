"""What the map draws of a past moment beside its tracks: what stood, by its records, and lines of alerts."""

import asyncio
from typing import Literal

import msgspec

from comity.application.brief_areas import AreaFileBrief
from comity.application.draw_past import AgreementThen, FlightThen, MapThen, PlacedThen
from comity.application.node import Node
from comity.application.read_register import put_down_list
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
from comity.entrypoints.api.map_scene import (
    DRAWN_MAX,
    Drawn,
    DrawnPart,
    Wanted,
    areas_of_file,
    outlined,
    site_shape,
)
from comity.entrypoints.api.routing import get
from comity.kernel.errors import RecordError
from comity.kernel.ids import NoticeId
from comity.kernel.instants import Instant, instant_from_rfc3339
from comity.kernel.units import MM_PER_METRE

KIND = {"flights": "intent", "notices": "notice", "sites": "site"}
AREA, AGREED = "area", "agreed-area"


class LineThenTold(msgspec.Struct, frozen=True, kw_only=True):
    """An alert between two aircraft.

    Attributes:
        line: longitude and latitude of the newest plot of each, as they came.
    """

    alert: str
    severity: str
    acknowledged: bool
    line: list[list[float]]


class AgreementThenTold(msgspec.Struct, frozen=True, kw_only=True):
    """The agreement that bound at a moment.

    Attributes:
        state: `in-force` or `suspended`.
        by: who suspended it, by their own statement.
        border: name and version of the border data that it names; null: it names none.
        border_sha256: of their bytes.
    """

    digest: str
    title: str
    version: int
    state: str
    by: list[str]
    border: str | None
    border_sha256: str | None


class MapThenTold(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn of a moment beside its tracks.

    Attributes:
        known_by: what had been taken in by then; null: all that is known now.
        things: flights, notices, sites and areas, by the records that said where they are; of what has times, what
            counts at that moment. `deconflicted` of a flight is null: which label it had is not on record.
        flights_not_now: flights that stood and are not drawn, for no volume of theirs counts at that moment.
        agreement: null: none was in force, as far as was known by then.
        left_out: how many of a kind are not told, for there are more than are drawn.
        missing: what could not be drawn at all, and why.
        lines_unknown: alerts between two aircraft of which it is unknown where one was.
    """

    at: str
    known_by: str | None
    exercise: bool
    things: list[Drawn]
    flights_not_now: int
    agreement: AgreementThenTold | None
    left_out: dict[str, int]
    missing: list[str]
    lines: list[LineThenTold]
    lines_unknown: int


@get(
    "/v1/history/map",
    summary="Flights, notices, sites, areas and lines of alerts of a moment, to be drawn",
)
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
    told = await asyncio.to_thread(_told, context, found, moment, known_by, exercise=exercise)
    shown = [each.id for each in told.things if each.kind == KIND["sites"]]

    def work(node: Node, now: Instant) -> None:
        put_down_list(node, Way.MAP, (), 0, shown, operator.id, now, exercise=exercise)

    await context.service.do(work)
    return told


MAP_THEN_ROUTES = (show_map_then,)


def _told(
    context: ApiContext, found: MapThen, at: Instant, known_by: Instant | None, *, exercise: bool
) -> MapThenTold:
    things, missing = [outlined(_flight(each)) for each in found.flights], list(found.unread)
    for each in found.placed:
        try:
            wanted = _notice(each) if each.family == "notices" else _site(each, at)
        except RecordError as error:
            missing.append(f"{each.key}: {error}")
            continue
        if wanted is not None:
            things.append(outlined(wanted))
    left_out = {KIND[family]: count for family, count in found.left_out.items()}
    areas = _areas(context, found, at, missing)
    if len(areas) > DRAWN_MAX:
        left_out[AREA] = len(areas) - DRAWN_MAX
    agreement = found.agreement
    if agreement is not None:
        areas.insert(0, outlined(_agreed(agreement)))
    return MapThenTold(
        at=str(at),
        known_by=None if known_by is None else str(known_by),
        exercise=exercise,
        things=things + areas[:DRAWN_MAX],
        flights_not_now=found.flights_not_now,
        agreement=None if agreement is None else _agreement(agreement),
        left_out=left_out,
        missing=missing,
        lines=[_line(each) for each in found.lines],
        lines_unknown=found.lines_unknown,
    )


def _flight(flight: FlightThen) -> Wanted:
    """As it stood by its records; which label it was shown with is not among them."""
    drawn = Drawn(
        kind="intent", id=flight.key, name=flight.callsign or flight.key,
        word=flight.state.value + (" change" if flight.change else ""), parts=[], deconflicted=None,
        why=[f"by {flight.owner}"],
    )  # fmt: skip
    found = [each for each in (flight.footprint, flight.outside) if each is not None]
    cells = [each.cells for each in found if each.cells is not None]
    return Wanted(
        drawn, [volume for each in found for volume in each.volumes], cells[0] if cells else None
    )


def _areas(context: ApiContext, found: MapThen, at: Instant, missing: list[str]) -> list[Drawn]:
    """Areas of the files then in use, hot at that moment; a file that is another now is told as missing."""
    things = []
    for each in found.areas:
        file = AreaFileBrief(each.name, each.path, each.digest, each.kind, list(each.guarded))
        for area in areas_of_file(context, file, missing):
            parts = [part for part in area.parts if _counts(part, at)]
            if parts:
                things.append(msgspec.structs.replace(area, parts=parts))
    return things


def _counts(part: DrawnPart, at: Instant) -> bool:
    return (part.start_ms is None or part.start_ms <= at.unix_ms) and (
        part.end_ms is None or at.unix_ms <= part.end_ms
    )


def _agreed(then: AgreementThen) -> Wanted:
    """Where the agreement applied, with whether it was suspended."""
    terms = then.terms
    drawn = Drawn(
        kind=AREA, id=f"agreement:{terms.digest}", name=terms.title,
        word=f"{AGREED} {then.status.state.value}", parts=[],
        why=[f"by {party}" for party in then.status.by],
    )  # fmt: skip
    return Wanted(drawn, [(shape, None, None) for shape in terms.area])


def _agreement(then: AgreementThen) -> AgreementThenTold:
    terms, border = then.terms, then.terms.border
    return AgreementThenTold(
        digest=terms.digest, title=terms.title, version=terms.version, state=then.status.state.value,
        by=list(then.status.by), border=None if border is None else f"{border.name} ({border.version})",
        border_sha256=None if border is None else border.sha256,
    )  # fmt: skip


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
